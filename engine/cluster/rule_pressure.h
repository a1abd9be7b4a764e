/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_pressure.h - whom the kubelet evicts when its node runs short of something, pure.
 *
 * Source: pkg/kubelet/eviction/helpers.go of Kubernetes 1.36 (rankMemoryPressure,
 * rankDiskPressureFunc, rankPIDPressure).
 */
#ifndef CLUSTER_RULE_PRESSURE_H
#define CLUSTER_RULE_PRESSURE_H

#include <stdbool.h>
#include <stdint.h>

#define CLUSTER_CRITICAL INT64_C(2000000000) /* pods of that priority and above are not evicted */

enum { CLUSTER_PRESSURE_MS = 300000 }; /* the condition stays at least so long */

struct cluster_pressed {
    int64_t priority, usage, request;
};

int cluster_pressed_order(const struct cluster_pressed *a, const struct cluster_pressed *b,
                          bool requested);
/* Negative: a goes before b; 0: neither. requested: pods ask for it, so who uses more than that
 * goes first. */

#endif
