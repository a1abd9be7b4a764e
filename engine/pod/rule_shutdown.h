/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_shutdown.h - the termination ladder, pure: how long a pod may take to die.
 *
 * Source: apiserver registry/rest/delete.go and pod/strategy.go; kuberuntime_container.go
 * (killContainer) of Kubernetes 1.36.
 */
#ifndef POD_RULE_SHUTDOWN_H
#define POD_RULE_SHUTDOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/time.h"

enum { POD_GRACE_MIN_S = 2 }; /* a process always gets so long between SIGTERM and SIGKILL */

struct pod_delete_in {
    bool given;         /* the caller named a period */
    int64_t given_s;    /* may be negative: 1 */
    bool force;         /* kubectl --force: period 0 */
    int32_t spec_s;     /* terminationGracePeriodSeconds */
    bool bound;         /* the pod has a node */
    bool terminal;      /* phase Succeeded or Failed */
    bool deleting;      /* a deletion was recorded before, ... */
    rx_ms first_at;     /* ... then, */
    int32_t recorded_s; /* ... with this period */
    rx_ms now;
};

struct pod_delete_out {
    bool changes;       /* false: a second deletion that shortens nothing */
    int32_t period_s;   /* deletionGracePeriodSeconds */
    rx_ms deadline;     /* deletionTimestamp */
    bool gone_at_once;  /* the object disappears now, whatever its processes do */
};

struct pod_delete_out pod_delete_decide(const struct pod_delete_in *in);

static inline int32_t pod_kill_grace_s(int32_t grace_s, rx_ms hook_ms, rx_ms turn_ms)
{
    int64_t left = grace_s - hook_ms / 1000 - turn_ms / 1000;

    return (int32_t)(left < POD_GRACE_MIN_S ? POD_GRACE_MIN_S : left);
}
/* Seconds between SIGTERM and SIGKILL, after a preStop hook that took hook_ms and a sidecar's wait
 * for its place in the order: each counts in whole seconds. */

static inline rx_ms pod_turn_patience_ms(int32_t grace_s, rx_ms hook_ms)
{
    int64_t left = grace_s - hook_ms / 1000;

    return left > 0 ? left * 1000 : 0;
}
/* How long a sidecar waits for its place in the order at most, once its hook is over. */

#endif
