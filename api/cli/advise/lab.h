/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lab.h - an experiment: a workload, with some of its fields changed and documents beside it, in an
 * engine of its own in virtual time.
 */
#ifndef ADVISE_LAB_H
#define ADVISE_LAB_H

#include "api/cli/advise/advise.h"

struct lab_result {
    uint64_t asked, broken; /* requests of the client */
    uint64_t restarts;      /* of containers of the subject's pods, as all that follows is */
    int64_t ready_ms;       /* when all were ready for the first time; -1: never */
    int64_t slowest_ms;     /* from creation to readiness, of the pods made after `since_ms`;
                             * LAB_NEVER: one of them was not ready at the end */
    int64_t down_ms;        /* from the first end of a container after that to its pod's end */
    uint32_t killed;        /* containers that ended with 137 after that */
    uint32_t going;         /* pods that were to be deleted after that */
    uint32_t lost;          /* how often a pod that was not to be deleted stopped being ready */
    uint32_t pods, ready;   /* at the end */
    int32_t exit_code;      /* of the last container that ended; -1: none did */
    const char *message;    /* what it has left; "" */
    const char *status;     /* of a pod that is not ready at the end; NULL: all are */
    uint32_t claims;        /* that there are at the end */
    uint64_t heard;         /* what the plan's listener has counted */
};

enum { LAB_NEVER = INT32_MAX };

struct lab_plan {
    const struct manifest_change *given; /* what is changed both times */
    uint32_t givens;
    const char *beside; /* documents */
    int64_t since_ms, for_ms;
    int64_t again_ms; /* when its document is applied once more; 0: not */
    bool until_ready; /* ends when all are ready */
    uint64_t (*hear)(const struct podring_event *e); /* adds to `heard`; NULL: nobody listens */
};

bool lab_run(struct advise *a, const struct advise_subject *s, const struct lab_plan *p,
             const struct advice *change, struct lab_result *out);
/* change NULL: as it is. False: it cannot be tried (a->failed: for want of memory). */

void lab_keep(struct advise *a, const struct advise_subject *s, const struct lab_plan *p,
              struct advice *v);
/* How it is tried again: the documents beside the manifest, or, where its own were changed for the
 * experiment, all of them. */

bool lab_both(struct advise *a, const struct advise_subject *s, const struct lab_plan *p,
              struct advice *v, struct lab_result *is, struct lab_result *then);
/* As it is, and with the change of v, which then says how that is tried again. */

/* ---- documents ------------------------------------------------------------------------------- */

#define LAB_LATE "slice_ms: 200, proxy_watch_ms: 300, proxy_program_ms: 500, "

const char *lab_scenario(struct advise *a, const struct advise_subject *s, const char *knobs,
                         const char *steps);
/* steps: "  - {at: 30s, ...}\n", each with its namespace; "" for none. */

const char *lab_step(struct advise *a, const struct advise_subject *s, int64_t at_s,
                     const char *what, const char *more);
/* A line of steps: what is done to the subject, and more fields (", replicas: 2"). */

extern const char lab_two_nodes[]; /* documents: advise-1, and advise-2, which takes no pods yet */

const char *lab_client(struct advise *a, const struct advise_subject *s, int64_t from_s,
                       int64_t to_s);
/* Fifty requests a second to its Service. */

const char *lab_behaviour(struct advise *a, const struct advise_subject *s, uint32_t container,
                          const char *fields);
/* fields: "  serve: [...]\n" */

const char *lab_needs(struct advise *a, const struct advise_subject *s, int64_t takes_s);
/* A new container of its server takes so long to come up. "" where a Behavior speaks. */

const char *lab_starts(struct advise *a, const struct advise_subject *s, uint32_t container,
                       int64_t takes_s);
/* Its program listens, and its probes' commands succeed, so long after its start. */

int64_t lab_when(const struct advise_subject *s);
/* Seconds: when all are ready and have been for a while. */

int64_t lab_rollout_s(const struct advise_subject *s);
/* Within which all its pods are replaced, by far. */

#endif
