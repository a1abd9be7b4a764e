/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_budget.h - how a PodDisruptionBudget stands, and what becomes of an eviction, pure.
 *
 * Source: pkg/controller/disruption and pkg/registry/core/pod/storage/eviction.go of Kubernetes
 * 1.36.
 */
#ifndef CLUSTER_RULE_BUDGET_H
#define CLUSTER_RULE_BUDGET_H

#include "engine/store/budget_spec.h"

struct cluster_budget_status {
    uint32_t expected, desired, healthy, allowed;
};

struct cluster_budget_status cluster_budget_stands(const struct st_budget_spec *b, uint32_t pods,
                                                   uint32_t healthy, uint32_t scale);
/* pods: those it selects, whatever they do; healthy: those of them that are Ready and not being
 * deleted; scale: what their controllers are told to have. */

bool cluster_budget_asks_scale(const struct st_budget_spec *b);
/* Does the scale count, and not the pods that are there? */

enum cluster_eviction_answer {
    CLUSTER_EVICTION_DELETES,   /* whatever the budget says */
    CLUSTER_EVICTION_SPENDS,    /* it is deleted, and one disruption fewer is allowed */
    CLUSTER_EVICTION_TOO_MANY,  /* 429: not now */
    CLUSTER_EVICTION_AMBIGUOUS, /* 500: there are several budgets */
};

struct cluster_eviction_in {
    enum pod_phase phase;
    bool deleting, ready;
    uint32_t budgets; /* that select it; of one of them: */
    bool always_allow, unsynced; /* unsynced: its status is of another spec */
    struct cluster_budget_status status; /* as it was told last */
};

enum cluster_eviction_answer cluster_evict(const struct cluster_eviction_in *in);

#endif
