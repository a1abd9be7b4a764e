/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_budget.c - how budgets stand, and every input of an eviction. */
#include <criterion/criterion.h>

#include "engine/cluster/rule_budget.h"
#include "engine/reactor/base.h"

#define MIN ST_BUDGET_MIN_AVAILABLE
#define MAX ST_BUDGET_MAX_UNAVAILABLE

Test(rule_budget, stands)
{
    static const struct {
        const char *id;
        enum st_budget_kind kind;
        int32_t value;
        bool percent;
        uint32_t pods, healthy, scale;
        struct cluster_budget_status is; /* expected, desired, healthy, allowed */
    } rows[] = {
        {"PD-01", MIN, 3, false, 3, 3, 9, {3, 3, 3, 0}},
        {"PD-02", MIN, 90, true, 10, 10, 10, {10, 9, 10, 1}},
        {"PD-03", MAX, 1, false, 10, 9, 10, {10, 9, 9, 0}},
        {"PD-04", MAX, 25, true, 5, 5, 5, {5, 3, 5, 2}},
        {"PD-07", MIN, 1, false, 1, 0, 1, {1, 1, 0, 0}},
        {"PD-08", MIN, 2, false, 3, 2, 3, {3, 2, 2, 0}},
        {"scale counts", MAX, 1, false, 3, 3, 5, {5, 4, 3, 0}},
        {"pods count", MIN, 1, false, 3, 3, 5, {3, 1, 3, 2}},
        {"more than all", MAX, 7, false, 3, 3, 3, {3, 0, 3, 3}},
        {"all", MIN, 100, true, 3, 3, 3, {3, 3, 3, 0}},
        {"nobody expected", MAX, 1, false, 3, 3, 0, {0, 0, 3, 0}},
        {"nobody there", MIN, 0, false, 0, 0, 0, {0, 0, 0, 0}},
        {"neither", ST_BUDGET_NONE, 0, false, 3, 3, 3, {0, 0, 3, 0}},
        {"more than needed", MIN, 1, false, 2, 5, 2, {2, 1, 5, 4}},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct st_budget_spec b = {.kind = rows[i].kind,
                                   .share = {rows[i].value, rows[i].percent}};
        struct cluster_budget_status s =
            cluster_budget_stands(&b, rows[i].pods, rows[i].healthy, rows[i].scale);

        cr_expect_eq(s.expected, rows[i].is.expected, "%s: %u", rows[i].id, s.expected);
        cr_expect_eq(s.desired, rows[i].is.desired, "%s: %u", rows[i].id, s.desired);
        cr_expect_eq(s.healthy, rows[i].is.healthy, "%s: %u", rows[i].id, s.healthy);
        cr_expect_eq(s.allowed, rows[i].is.allowed, "%s: %u", rows[i].id, s.allowed);
    }
}

/* What the API server's code says, once more and in its order. */
static enum cluster_eviction_answer answer(const struct cluster_eviction_in *in)
{
    if (in->phase == POD_PHASE_SUCCEEDED || in->phase == POD_PHASE_FAILED)
        return CLUSTER_EVICTION_DELETES;
    if (in->phase == POD_PHASE_PENDING || in->deleting)
        return CLUSTER_EVICTION_DELETES;
    if (in->budgets > 1)
        return CLUSTER_EVICTION_AMBIGUOUS;
    if (in->budgets == 0)
        return CLUSTER_EVICTION_DELETES;
    if (!in->ready) {
        if (in->always_allow)
            return CLUSTER_EVICTION_DELETES;
        if (in->status.healthy >= in->status.desired && in->status.desired > 0)
            return CLUSTER_EVICTION_DELETES;
    }
    if (in->unsynced || in->status.allowed == 0)
        return CLUSTER_EVICTION_TOO_MANY;
    return CLUSTER_EVICTION_SPENDS;
}

Test(rule_budget, evictions)
{
    unsigned seen[4] = {0};

    for (unsigned bits = 0; bits < 1u << 13; bits++) {
        struct cluster_eviction_in in = {
            .phase = (enum pod_phase)(bits & 3),
            .deleting = bits >> 2 & 1,
            .ready = bits >> 3 & 1,
            .budgets = (bits >> 4 & 3) % 3,
            .always_allow = bits >> 6 & 1,
            .unsynced = bits >> 7 & 1,
            .status = {.desired = bits >> 8 & 1, .healthy = bits >> 9 & 3,
                       .allowed = bits >> 11 & 3},
        };
        enum cluster_eviction_answer is = cluster_evict(&in);

        cr_expect_eq(is, answer(&in), "bits %#x: %d", bits, is);
        seen[is]++;
    }
    for (int i = 0; i < 4; i++)
        cr_expect_gt(seen[i], 0);
}
