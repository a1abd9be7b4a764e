/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health.h - in which of ten classes each pod is, and what that comes to for its workload.
 *
 * kubectl's STATUS alone does not say it: a pod that its probe has told to stop stays Running
 * through its grace period, and Running says nothing of readiness. The script of the page
 * (model.js) goes by the same rules, and a test compares the two.
 */
#ifndef CLI_HEALTH_H
#define CLI_HEALTH_H

#include "api/cli/picture/texts.h"
#include "api/podring.h"

/*    id            what it is called */
#define HEALTH_CLASS_MAP(X)                                                                        \
    X(READY, "ready")                                                                              \
    X(NOT_READY, "not ready")                                                                      \
    X(STARTING, "starting")                                                                        \
    X(STOPPING, "stopping")                                                                        \
    X(BACK_OFF, "back-off")                                                                        \
    X(CANNOT_START, "cannot start")                                                                \
    X(FAILED, "failed")                                                                            \
    X(COMPLETED, "completed")                                                                      \
    X(TERMINATING, "terminating")                                                                  \
    X(UNKNOWN, "unknown")

enum health_class {
#define X(id, name) HEALTH_##id,
    HEALTH_CLASS_MAP(X)
#undef X
        HEALTH_CLASSES
};

const char *health_name(enum health_class c);

enum health_class health_of_word(const char *status);
/* Of a STATUS word alone: Running counts as ready. */

struct health_pod {
    int64_t since_ms;  /* in this class */
    uint32_t workload; /* of the list */
    uint8_t class, word; /* enum health_class; word: by the STATUS alone */
    bool ready, unscheduled, been_ready, gone;
    uint8_t stopping; /* containers that have been told to stop, to be restarted */
};

struct health_workload {
    uint64_t pods, pods_peak, pods_all;
    uint64_t of[HEALTH_CLASSES]; /* pods in each class now */
    uint64_t restarts, failures; /* failures: probe runs */
    int64_t trouble_first_ms;    /* -1 = none */
    int64_t trouble_ms;          /* of all its pods, added up */
};

struct health {
    struct texts numbers; /* of pods, 8 bytes each: the place in `pod` */
    struct health_pod *pod;
    size_t pods_room;
    struct texts owners; /* "namespace NUL kind NUL name": the workload that its pods belong to */
    uint32_t *owner;
    size_t owners_room;
    struct texts names; /* of workloads: "namespace NUL kind NUL name" */
    struct health_workload *workload;
    size_t workloads_room;
    struct texts killed; /* pod and container of kills that lead to a restart */
    bool *is_killed;
    size_t killed_room;
    bool failed; /* out of memory: what it says is worth nothing */
};

struct health_owner {
    char kind[64], name[256];      /* who has made the pod; "" = nobody */
    const char *above_kind;        /* who has made that one; "" = nobody */
    char above[256];
};

void health_owner_of(podring *ring, uint64_t pod, struct health_owner *o);

void health_find_above(podring *ring, const char *ns, struct health_owner *o);
/* Fills in the rest of an owner of kind and name. */

uint32_t health_hear(struct health *h, podring *ring, const struct podring_event *e);
/* An event of a pod: the pod's place. TEXTS_NONE: it is about something else, or memory has run
 * out. */

const struct health_pod *health_see(struct health *h, podring *ring, uint64_t pod,
                                    const struct podring_pod_info *info, int64_t at_ms);
/* For whoever looks at pods now and then instead of hearing of them: what the pod is now. NULL: no
 * memory. Calls the engine for a pod that is new to it, and only then. */

bool health_is_trouble(const struct health_pod *p);

void health_end(struct health *h, int64_t end_ms);
/* Adds up what has not ended. */

void health_workload_name(const struct health *h, uint32_t workload, const char **ns,
                          const char **kind, const char **name);
/* kind and name are "" for pods that nobody has made. */

void health_free(struct health *h);

#endif
