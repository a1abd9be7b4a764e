/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask.h - what a command in a container asks of the network: its own pod, and the Services and pods
 * of the cluster.
 *
 * Nothing of it goes over a wire: scripts live in simulated time. The whole answer is worked out
 * when the question is put, and given at once together with the time at which it comes; a question
 * whose answer is still to come is kept, since the process that was to give it may end before.
 */
#ifndef POD_ASK_H
#define POD_ASK_H

#include "engine/pod/pod.h"
#include "engine/box/shell.h"

struct pod_ask {
    struct pod_ask *next; /* of the same command */
    struct rx_list link;  /* among the target's clients */
    struct shell_proc *proc;
    struct rx_timer *wake; /* for the command to go on */
    uint32_t id;
    rx_ms over; /* when it has been answered, or given up */
};

void pod_ask(struct pod_container *c, struct shell_proc *p, const struct shell_request *r,
             struct pod_ask **mine, struct rx_timer *wake);
/* A command of c asks. `mine` is the list of what it has asked. */

void pod_asks_drop(struct pod_container *c, struct pod_ask **mine); /* the command is gone */

#endif
