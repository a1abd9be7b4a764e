/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_daemonset.h - what a DaemonSet does next: nodes with its pods in, steps out.
 *
 * First every node is given the pod it should have, and rid of those it should not; only when
 * nothing is to be done there does a rolling update go on.
 */
#ifndef CLUSTER_RULE_DAEMONSET_H
#define CLUSTER_RULE_DAEMONSET_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/time.h"
#include "engine/store/daemonset_spec.h"

/* ---- places ---------------------------------------------------------------------------------- */

/* What stands between a node and the pods of a template. */
struct cluster_daemon_place {
    bool named;    /* the template names no node, or this one */
    bool selected; /* its node selector and required affinity fit */
    bool repels;   /* an untolerated taint NoSchedule or NoExecute */
    bool expels;   /* an untolerated taint NoExecute */
};

bool cluster_daemon_may_run(struct cluster_daemon_place p);
bool cluster_daemon_may_stay(struct cluster_daemon_place p);

/* ---- failed pods ----------------------------------------------------------------------------- */

/* Of one node, for one generation of the set. All zero: nothing has failed there. */
struct cluster_daemon_backoff {
    rx_ms at, delay;
};

bool cluster_daemon_try(struct cluster_daemon_backoff *b, rx_ms now);
/* May a pod that has failed be deleted now? Then the next one waits longer. */

/* ---- the plan -------------------------------------------------------------------------------- */

struct cluster_daemon_pod {
    bool bound, deleting;
    bool failed, succeeded; /* its phase */
    bool ready, available;
    bool updated; /* of the newest template */
};

struct cluster_daemon_node {
    bool run, stay; /* may it run there, may it stay */
    struct cluster_daemon_backoff backoff;
    uint32_t first, count; /* its pods: bound ones first, the oldest first. */
};

struct cluster_daemon_view {
    rx_ms now;
    bool on_delete;
    bool surges; /* maxSurge is not 0 */
    struct st_share unavailable, surge;
    uint32_t nodes;                   /* by creation; */
    struct cluster_daemon_node *node; /* the plan changes their back-offs */
    const struct cluster_daemon_pod *pod;
};

enum cluster_daemon_act {
    CLUSTER_DAEMON_CREATE,
    CLUSTER_DAEMON_DELETE,
    CLUSTER_DAEMON_DELETE_FAILED, /* said with an event */
    CLUSTER_DAEMON_DELETE_SUCCEEDED,
};

struct cluster_daemon_step {
    enum cluster_daemon_act act;
    uint32_t at; /* CREATE: the node; else the pod */
};

struct cluster_daemon_plan {
    uint32_t steps;
    struct cluster_daemon_step *step; /* room for one for each node and each pod */
    rx_ms look_at;                    /* when to look at failed pods again; RX_MS_NEVER */
};

void cluster_daemon_plan(struct cluster_daemon_view *v, struct cluster_daemon_plan *out);

struct cluster_daemon_status {
    uint32_t desired, current, misscheduled, ready, updated, available;
};

struct cluster_daemon_status cluster_daemon_count(const struct cluster_daemon_view *v);

#endif
