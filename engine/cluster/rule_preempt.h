/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_preempt.h - whom a pod drives away when no node has room, pure: on one node, and on which.
 *
 * On a node all pods of lower priority are thought away; if the pod fits then, they come back one
 * by one, the more important first, as long as it still fits. Those that do not are its victims.
 *
 * Source: pkg/scheduler/framework/plugins/defaultpreemption and framework/preemption of Kubernetes
 * 1.36.
 */
#ifndef CLUSTER_RULE_PREEMPT_H
#define CLUSTER_RULE_PREEMPT_H

#include "engine/cluster/rule_fit.h"
#include "engine/reactor/time.h"

/* A pod of lower priority on the node: who it is, and what it takes there. */
struct cluster_victim {
    int64_t priority;
    rx_ms started;   /* equals in priority: the older one is the more important */
    uint64_t number; /* the caller's; the order of equals */
    bool budget;     /* its deletion would be against a disruption budget */
    const struct st_request *asks;
    bool port, claim; /* counts in cluster_use.ports, .claims */
    uint32_t spread;  /* bits: counts in cluster_around.spread; */
    uint32_t near;    /* ... .near (bits), and in near_total if there is one, */
    uint32_t apart;   /* ... .apart, */
    uint32_t others;  /* ... .others: so many times */
    bool taken; /* out: it has to go */
};

/* What a node would cost. */
struct cluster_price {
    uint32_t budgets, victims;
    int64_t highest, sum; /* of the victims' priorities */
    rx_ms since; /* the earliest start of those of the highest priority */
};

enum cluster_preempt { CLUSTER_PREEMPT_OK, CLUSTER_PREEMPT_NOBODY, CLUSTER_PREEMPT_UNFIT };

enum cluster_preempt cluster_preempt(const struct cluster_fit_in *in, struct cluster_victim *v,
                                     uint32_t count, struct cluster_price *price,
                                     struct cluster_fit_out *unfit);
/* in: the node as it is. Sorts v, and sets `taken`. UNFIT: *unfit says what is still in the way. */

bool cluster_price_lower(const struct cluster_price *a, const struct cluster_price *b);
/* Strictly: of equals the first one stays. */

#endif
