/* SPDX-License-Identifier: Apache-2.0 */
/* rule_budget.c - see rule_budget.h. */
#include "engine/cluster/rule_budget.h"

bool cluster_budget_asks_scale(const struct st_budget_spec *b)
{
    return b->kind == ST_BUDGET_MAX_UNAVAILABLE ||
           (b->kind == ST_BUDGET_MIN_AVAILABLE && b->share.percent);
}

struct cluster_budget_status cluster_budget_stands(const struct st_budget_spec *b, uint32_t pods,
                                                   uint32_t healthy, uint32_t scale)
{
    struct cluster_budget_status s = {.healthy = healthy};
    uint32_t share;

    if (b->kind != ST_BUDGET_NONE)
        s.expected = cluster_budget_asks_scale(b) ? scale : pods;
    share = st_share_of(b->share, s.expected, true);
    if (b->kind == ST_BUDGET_MIN_AVAILABLE)
        s.desired = share;
    else if (b->kind == ST_BUDGET_MAX_UNAVAILABLE && share < s.expected)
        s.desired = s.expected - share;
    if (s.expected > 0 && healthy > s.desired)
        s.allowed = healthy - s.desired;
    return s;
}

enum cluster_eviction_answer cluster_evict(const struct cluster_eviction_in *in)
{
    const struct cluster_budget_status *s = &in->status;

    if (in->deleting || in->phase != POD_PHASE_RUNNING || in->budgets == 0)
        return CLUSTER_EVICTION_DELETES;
    if (in->budgets > 1)
        return CLUSTER_EVICTION_AMBIGUOUS;
    if (!in->ready && (in->always_allow || (s->healthy >= s->desired && s->desired > 0)))
        return CLUSTER_EVICTION_DELETES;
    return s->allowed > 0 && !in->unsynced ? CLUSTER_EVICTION_SPENDS : CLUSTER_EVICTION_TOO_MANY;
}
