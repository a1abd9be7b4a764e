/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget.h - PodDisruptionBudgets, evictions through the API, and what drain makes of them
 * (rule_budget.h).
 *
 * 1. A budget knows the pods that it selects, and how many of them are Ready and not being deleted.
 *    Whatever changes one of them, or the scale of their controllers, makes it dirty; its sync
 *    writes the status, which is told.
 * 2. An eviction goes by the status that was written last, and takes one of the disruptions that
 *    it allows. Those that follow in the same instant see that.
 * 3. A drain cordons its node, evicts what stands there and tries again every five seconds whom a
 *    budget holds. It is over when all of them are gone. Retries are of class SCRIPT.
 *
 *   guard.c    which budgets guard a pod
 *   budget.c   the objects and their syncs
 *   eviction.c one pod
 *   drain.c    a node
 */
#ifndef CLUSTER_BUDGET_H
#define CLUSTER_BUDGET_H

#include "engine/cluster/cluster.h"
#include "engine/cluster/rule_budget.h"
#include "engine/store/tell.h"

struct cluster_budget {
    struct st_object object; /* ST_BUDGET */
    struct st_budget_spec spec;
    struct cluster_work work;
    struct rx_list guarded; /* pods that it selects, by their coming */
    uint32_t pods, healthy; /* of these */
    struct cluster_budget_status status, told;
    struct st_condition allows; /* DisruptionAllowed */
    bool synced; /* the status is of its spec */
    uint32_t spent; /* by a preemption that is thought through */
};

/* A pod that a budget selects. */
struct cluster_guard {
    struct rx_list link; /* of its budget */
    struct cluster_budget *budget;
    uint64_t pod;
    bool healthy;
};

/* ---- guard.c --------------------------------------------------------------------------------- */

int cluster_guard_all(struct cluster *c, struct cluster_budget *b);
/* The pods that are there. -RX_ENOMEM. */

void cluster_guard_none(struct cluster *c, struct cluster_budget *b);
struct cluster_guard *cluster_guard_next(const struct cluster *c, uint64_t pod, uint32_t *cursor);

int cluster_budgets_came(struct cluster *c, struct pod *p); /* -RX_ENOMEM: nobody guards it */
void cluster_budgets_went(struct cluster *c, struct pod *p);
void cluster_budgets_changed(struct cluster *c, struct pod *p);
void cluster_budgets_relabelled(struct cluster *c, struct pod *p);
void cluster_budgets_owner(struct cluster *c, struct pod *p); /* it belongs to another now */
void cluster_budgets_scaled(struct cluster *c, const char *ns);
/* A workload of the namespace has another number of replicas, or is gone. */

void cluster_budgets_spare(struct cluster *c);
bool cluster_budget_breaks(struct cluster *c, uint64_t pod);
/* Would that pod be one too many of those that have been asked for since? */

void cluster_budget_free(struct cluster *c, struct cluster_budget *b); /* it is in no table */
void cluster_budgets_fini(struct cluster *c);

/* ---- budget.c -------------------------------------------------------------------------------- */

int cluster_budget_put(struct cluster *c, const struct st_budget_spec *spec,
                       struct st_budget_spec *old);
/* As cluster_quota_put. */
void cluster_budget_undo(struct cluster *c, const struct st_budget_spec *spec,
                         const struct st_budget_spec *old);
void cluster_budget_delete(struct cluster *c, struct st_object *o);
/* ---- eviction.c, drain.c --------------------------------------------------------------------- */

bool cluster_evict_pod(struct cluster *c, struct pod *p, const struct pod_delete_request *request,
                       struct cluster_refusal *r);
/* As the Eviction API has it. False: it is refused, with the reason TooManyRequests if it may be
 * tried again. */

struct cluster_drain;

void cluster_drain_node(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r);
void cluster_drains_changed(struct cluster *c, const struct pod *p); /* it is gone */
void cluster_on_drain(struct cluster *c); /* c->drain_timer is due */
void cluster_drains_fini(struct cluster *c);

#endif
