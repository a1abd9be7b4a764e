/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outside.h - the seam to a container runtime of somebody else's: who pulls images, starts the
 * processes of containers, signals them and tells how they have ended, while all that a kubelet
 * decides is decided here. The commands of probes and hooks go there over a carrier (carrier.h).
 *
 *  1. A world has one, or simulates all containers itself. It is set before there are pods.
 *  2. pull and start answer at once, or say that they will: then the container stays in its stage
 *     until pod_outside_done. What is told of it, and what a process comes to, takes its place in
 *     the instant: the tellers arm a timer, and the loop does the rest.
 *  3. A process ends when pod_outside_exited says so, whatever it has been sent. After SIGKILL,
 *     too, it is waited for, as a kubelet waits for its runtime.
 *  4. A node that is lost, or rebooted, takes its containers with it: they are sent SIGKILL, and
 *     nothing is heard of them any more.
 */
#ifndef POD_OUTSIDE_H
#define POD_OUTSIDE_H

#include "engine/pod/pod.h"

enum pod_outside_answer { POD_OUTSIDE_FAILED = -1, POD_OUTSIDE_LATER, POD_OUTSIDE_DONE };

struct pod_outside {
    enum pod_outside_answer (*pull)(void *ctx, struct pod_container *c); /* NULL: all are there */
    enum pod_outside_answer (*start)(void *ctx, struct pod_container *c);
    void (*send)(void *ctx, struct pod_container *c, int32_t signal);
    void *ctx;
};

/* What it has said of a container, until that is taken up: part of struct pod_extra. */
struct pod_outside_told {
    char *text;   /* why a pull or start has failed, or what an exit says; NULL: nothing */
    int32_t code; /* of an exit */
    bool failed;  /* the pull or start under way */
};

struct pod_container *pod_outside_find(struct pod_world *w, uint64_t pod, uint32_t container);
/* Also of a pod whose object is gone. NULL: there is none. */

bool pod_outside_waits(const struct pod_container *c, bool pull);
/* For a pull, or for a start? */

int pod_outside_done(struct pod_container *c, bool failed, const char *text);
/* The pull or start under way has come to its end; text: why it has failed. -RX_ESTATE: nothing is
 * waited for; -RX_ENOMEM. */

int pod_outside_exited(struct pod_container *c, int32_t code, const char *message);
/* message: what a process leaves as its termination message; NULL: nothing. -RX_ESTATE: it does not
 * run, or its end has been told already; -RX_ENOMEM. */

/* ---- for start.c, image.c, stop.c and message.c ---------------------------------------------- */

static inline bool pod_is_outside(struct pod_container *c)
{
    return pod_world_of(pod_of_container(c))->outside != NULL;
}

bool pod_outside_signal(struct pod_container *c, int32_t signal);
/* False: it is simulated here. */

const char *pod_outside_text(const struct pod_container *c); /* NULL: there is none */
void pod_outside_forget(struct pod_container *c);
/* What has been told is taken up. */

#endif
