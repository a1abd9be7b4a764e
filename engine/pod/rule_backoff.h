/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_backoff.h - crash-loop back-off, pure: double, cap, forget.
 *
 * Source: client-go util/flowcontrol/backoff.go and kuberuntime_manager.go (doBackOff) of
 * Kubernetes 1.36. The wait is counted from the *end* of the dead instance, the reset from the
 * *decision to start* it. After the cap the delay stays at the cap; only an instance that lived
 * more than ten minutes brings it back to the base.
 */
#ifndef POD_RULE_BACKOFF_H
#define POD_RULE_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/time.h"

struct pod_backoff_limits {
    rx_ms base_ms, cap_ms; /* 10 s, 300 s; base <= cap */
    rx_ms reset_ms;        /* 600 s */
};

struct pod_backoff {
    rx_ms last;      /* time of the latest decision to start; meaningful if delay_ms > 0 */
    int32_t delay_ms; /* 0 = there is no entry */
};

struct pod_backoff_verdict {
    struct pod_backoff state;
    bool start;      /* else: wait until retry_at, showing state.delay_ms */
    rx_ms retry_at;
};

struct pod_backoff_verdict pod_backoff_try(struct pod_backoff state, bool has_dead, rx_ms finished,
                                           rx_ms now, const struct pod_backoff_limits *limits);
/* May a container start at `now` whose relevant dead instance (if any) ended at `finished`? */

struct pod_backoff_limits pod_backoff_limits_make(bool reduced, rx_ms max_period_ms);
/* The limits of a node: `reduced` is the gate ReduceDefaultCrashLoopBackOffDecay (base 1 s, cap 60
 * s); max_period_ms is crashLoopBackOff.maxContainerRestartPeriod, 0 = unset. */

rx_ms pod_backoff_collected_at(struct pod_backoff state, const struct pod_backoff_limits *limits);
/* When the kubelet's housekeeping drops the entry (knob bo_gc): its first pass, every 2 s, at which
 * the entry is older than the reset threshold. RX_MS_NEVER if there is none. */

#endif
