/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_life.h - the life of a pod, pure: one small state, what may happen to it, and what its
 * worker does next.
 *
 * The state is three things: the API object, the worker, and the reason for the end. A deletion
 * makes the object terminating at once; the worker follows when the step it is in allows that. A
 * forced deletion takes the object away while the worker has not even begun to stop the containers.
 *
 * Source: pkg/kubelet/pod_workers.go (SyncPod, TerminatingPod, TerminatedPod) of Kubernetes 1.36.
 */
#ifndef POD_RULE_LIFE_H
#define POD_RULE_LIFE_H

#include "engine/pod/rule_table.h"

enum pod_life_object { POD_LIFE_NONE, POD_LIFE_CREATED, POD_LIFE_TERMINATING, POD_LIFE_DELETED };

enum pod_life_worker {
    POD_WORKER_SYNC,        /* starts and restarts containers */
    POD_WORKER_TERMINATING, /* stops all of them: none is started again */
    POD_WORKER_TERMINATED,  /* none runs, and none will */
};

enum pod_life_end {
    POD_END_NONE,
    POD_END_ITSELF,  /* its containers have ended, and policy leaves them so */
    POD_END_EMPTY,   /* nothing is left to run but sidecars, which are stopped */
    POD_END_FAILED,  /* the kubelet ends it: a deadline, an eviction */
    POD_END_DELETED,
    POD_END_RESTART, /* no end: all containers are stopped to be started afresh */
};

struct pod_life {
    uint8_t end : 3, : 1, object : 2, worker : 2; /* ticks ask for the highest bit */
};

_Static_assert(sizeof(struct pod_life) == 1, "each pod has one");

static inline bool pod_life_over(struct pod_life l)
{
    return l.worker >= POD_WORKER_TERMINATED;
}

static inline bool pod_life_deleting(struct pod_life l)
{
    return l.object >= POD_LIFE_TERMINATING;
}
/* Its deletion was requested. */

static inline bool pod_life_stopping(struct pod_life l)
{
    return l.worker != POD_WORKER_SYNC && l.end != POD_END_ITSELF;
}
/* The stop of all containers has begun; it may be over. */

static inline bool pod_life_final(struct pod_life l)
{
    return pod_life_deleting(l) || (pod_life_stopping(l) && l.end != POD_END_RESTART);
}
/* What ends now stays dead, whatever its policy. */

/* ---- what happens to it ---------------------------------------------------------------------- */

enum pod_life_event {
    POD_LIFE_ACCEPT,   /* the object has been accepted */
    POD_LIFE_DELETE,   /* its deletion is requested */
    POD_LIFE_REMOVE,   /* the object is taken away */
    POD_LIFE_FAIL,     /* the kubelet decides to end it */
    POD_LIFE_STOP,     /* the worker begins with the end that was asked for */
    POD_LIFE_EMPTY,    /* ... with the stop of what serves nobody any more */
    POD_LIFE_RESTART,  /* ... of all containers, since a rule of one says so */
    POD_LIFE_AGAIN,    /* all are down and will be started afresh */
    POD_LIFE_DOWN,     /* all are down for good */
    POD_LIFE_COMPLETE, /* it has ended by itself */
    POD_LIFE_EVENTS
};

struct pod_life_change {
    uint8_t event, objects, workers, ends; /* bits of the states in which it may happen */
    int8_t object, worker, end;            /* what they become; -1: what they were */
};

extern const struct pod_life_change pod_life_changes[];
extern const uint32_t pod_life_change_rows;

const struct pod_life_change *pod_life_change_of(struct pod_life l, enum pod_life_event e);
/* NULL: that cannot happen now. */

struct pod_life pod_life_after(struct pod_life l, enum pod_life_event e);
/* Asserts that it can. */

/* ---- what the worker does next --------------------------------------------------------------- */

/* What the worker is doing with the plan of a sync. */
enum pod_life_work {
    POD_WORK_FREE,   /* there is none */
    POD_WORK_PAUSED, /* a step that took time is over: the plan goes on */
    POD_WORK_STEP,   /* it waits for a pull or a start, which the end of the pod calls off */
    POD_WORK_FIRM,   /* it waits for a hook or a stop, which nothing calls off */
};

struct pod_life_in {
    struct pod_life life;
    uint8_t work;   /* enum pod_life_work */
    bool runs;      /* does a container? Matters from TERMINATING on */
    bool bound;     /* the pod has a node */
    bool mounted;   /* its volumes are there */
    bool dirty;     /* something has happened since the last plan */
};

enum pod_life_step {
    POD_STEP_ACCEPT,
    POD_STEP_BIND,
    POD_STEP_MOUNT,
    POD_STEP_PLAN,
    POD_STEP_GO_ON,   /* with the plan */
    POD_STEP_WATCH,   /* readiness does not wait for the worker */
    POD_STEP_REST,
    POD_STEP_END,     /* begin to stop all containers */
    POD_STEP_WAIT,    /* for them */
    POD_STEP_AGAIN,
    POD_STEP_FINISH,  /* all are down; a deleted pod is taken away */
    POD_STEP_SHOW,    /* tell what has changed of a pod that is over */
    POD_STEPS
};

struct pod_life_row {
    const char *name;
    uint8_t cell[POD_CELLS]; /* object, worker, end, work, runs, bound, mounted, dirty */
    uint8_t step;            /* enum pod_life_step */
    const char *why;         /* a worker whose pod ... */
};

extern const struct pod_life_row pod_life_table[];
extern const uint32_t pod_life_rows;

bool pod_life_row_matches(const struct pod_life_row *row, const struct pod_life_in *in);
const struct pod_life_row *pod_life_next(const struct pod_life_in *in);
/* The one row that matches; asserts that there is one. */

const char *pod_life_step_name(enum pod_life_step s);

#endif
