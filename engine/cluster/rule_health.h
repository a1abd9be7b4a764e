/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_health.h - when a node that has failed is found out, and when its pods have to go, pure.
 *
 * The kubelet renews its lease every 10 s of the run; the node controller looks every 5 s, notes
 * when it saw the newest renewal, and takes the node for lost once that is more than 50 s ago. Then
 * it taints it; the taint that drives pods away comes at a rate that depends on how many nodes of
 * the zone are lost.
 *
 * Source: pkg/controller/nodelifecycle of Kubernetes 1.36, with its defaults.
 */
#ifndef CLUSTER_RULE_HEALTH_H
#define CLUSTER_RULE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/time.h"

enum {
    CLUSTER_RENEW_MS = 10000, /* the kubelet's lease */
    CLUSTER_LOOK_MS = 5000,   /* the node controller */
    CLUSTER_LOST_MS = 50000,  /* node-monitor-grace-period */
    CLUSTER_GC_MS = 20000,    /* pod GC */
    CLUSTER_ORPHAN_MS = 40000, /* ... and how long it watches pods whose node has gone */
};

/* ---- one node -------------------------------------------------------------------------------- */

rx_ms cluster_renewed(rx_ms failed, rx_ms since);
/* The newest renewal of a kubelet that runs since then and failed: in the instant of a renewal the
 * failure comes first. */

rx_ms cluster_look_from(rx_ms at);  /* the first look that is not before */
rx_ms cluster_look_after(rx_ms at); /* ... that is after */
rx_ms cluster_gc_from(rx_ms at);    /* the first pass of the pod GC that is not before */

rx_ms cluster_lost_at(rx_ms renewed);
/* The look at which the node is taken for lost, unless it renews again. */

/* ---- its zone -------------------------------------------------------------------------------- */

enum cluster_zone { CLUSTER_ZONE_NORMAL, CLUSTER_ZONE_PARTLY, CLUSTER_ZONE_WHOLLY };

enum cluster_zone cluster_zone(uint32_t ready, uint32_t lost);

rx_ms cluster_zone_pause(enum cluster_zone z, uint32_t nodes);
/* Between two nodes of a zone whose pods are driven away; RX_MS_NEVER: none is. */

#endif
