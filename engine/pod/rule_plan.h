/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_plan.h - what one sync means to do, pure: views of the containers in, kills and starts out.
 *
 * Init containers run one after the other; a sidecar lets the next one go as soon as it has
 * started. How far they are is told by the last that has ever run in this sandbox: a sidecar before
 * it that is down again holds nothing back.
 *
 * Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions) and
 * kuberuntime_container.go (computeInitContainerActions) of Kubernetes 1.36.
 */
#ifndef POD_RULE_PLAN_H
#define POD_RULE_PLAN_H

#include "engine/pod/rule_container.h"
#include "engine/pod/rule_table.h"

enum pod_proc { POD_PROC_NONE, POD_PROC_RUNNING, POD_PROC_DEAD };

/* Where a container stands in the order of its pod. */
enum pod_plan_role {
    POD_ROLE_MAIN,   /* a main container; all init containers are done */
    POD_ROLE_DONE,   /* a regular init container that others have followed */
    POD_ROLE_BESIDE, /* a sidecar that others have followed */
    POD_ROLE_NOW,    /* the init container that the sequence has come to */
    POD_ROLE_NEXT,   /* the one after it, if that lets it go */
    POD_ROLE_LATER,  /* must wait */
};

/* Why a container that runs may not go on. */
enum pod_plan_doom { POD_DOOM_NONE, POD_DOOM_CHANGED, POD_DOOM_LIVENESS, POD_DOOM_STARTUP };

enum pod_plan_act {
    POD_ACT_KEEP,
    POD_ACT_LEAVE,   /* it stays as it is: dead, or not there yet */
    POD_ACT_START,
    POD_ACT_KILL,    /* for good */
    POD_ACT_REPLACE, /* is killed, and started again */
    POD_ACT_ALL,     /* all containers of the pod are to be started afresh */
    POD_ACTS
};

struct pod_plan_view {
    uint8_t kind; /* enum pod_container_kind */
    uint8_t proc; /* enum pod_proc */
    uint8_t doom; /* enum pod_plan_doom; of one that runs */
    uint8_t fate; /* enum pod_restart; of a dead one */
    bool again;   /* policy lets it come back after a probe has had it killed */
    bool started; /* it runs and counts as started */
    bool well;    /* a dead one: it has ended well */
};

static inline enum pod_plan_doom pod_plan_doom(bool changed, bool liveness_failed,
                                               bool startup_failed)
{
    if (changed)
        return POD_DOOM_CHANGED;
    if (liveness_failed)
        return POD_DOOM_LIVENESS;
    return startup_failed ? POD_DOOM_STARTUP : POD_DOOM_NONE;
}

struct pod_plan_row {
    const char *name;
    uint8_t cell[POD_CELLS]; /* role, proc, doom, again, fate */
    uint8_t act;             /* enum pod_plan_act */
    const char *why;         /* a container that ... */
};

extern const struct pod_plan_row pod_plan_table[];
extern const uint32_t pod_plan_rows;

bool pod_plan_row_matches(const struct pod_plan_row *row, enum pod_plan_role role,
                          const struct pod_plan_view *v);
const struct pod_plan_row *pod_plan_row_of(enum pod_plan_role role, const struct pod_plan_view *v);
/* The one row that matches; asserts that there is one. */

const char *pod_plan_act_name(enum pod_plan_act a);

/* ---- the whole pod --------------------------------------------------------------------------- */

struct pod_plan_in {
    uint32_t init_count, count;
    const struct pod_plan_view *view;
    bool mains_begun; /* a main container has run in this sandbox: the init containers are done */
    bool failed;      /* what has ended of it makes the pod fail, whatever is still to come */
};

/* What becomes of the pod. */
enum pod_plan_end {
    POD_PLAN_CARRY_OUT,
    POD_PLAN_RESTART_ALL, /* all containers are stopped, to be started afresh */
    POD_PLAN_STOP_ALL,    /* nothing of it is left to run but what serves the rest */
};

enum pod_plan_end pod_plan_make(const struct pod_plan_in *in, const struct pod_plan_row **row,
                                uint8_t *act);
/* For each container the row that has decided, and what is done in the end: in a pod that is over
 * nothing is started. */

#endif
