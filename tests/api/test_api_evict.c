/* SPDX-License-Identifier: Apache-2.0 */
/* Evictions by a call: what a budget allows, and what the API says otherwise. */
#include "tests/api/test_api_kit.h"

#define BUDGET(name, what)                                                                         \
    "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: " name "}\nspec: {"   \
    what "}\n"

Test(api_evict, goes_by_the_budget)
{
    podring *r = kit_ring(KIT_POD("a") KIT_POD("b") BUDGET("x", "minAvailable: 1, selector: {}"));
    uint64_t a = kit_pod(r, "a"), b = kit_pod(r, "b");
    const char *status, *reason;

    kit_run(r, 1000);
    cr_assert_eq(podring_evict(r, a, PODRING_GRACE_DEFAULT), 0, "%s", podring_why(r));
    cr_assert_eq(podring_condition(r, a, "DisruptionTarget", &status, &reason, NULL), 0);
    cr_expect_str_eq(status, "True");
    cr_expect_str_eq(reason, "EvictionByEvictionAPI");
    cr_expect_eq(podring_evict(r, b, PODRING_GRACE_DEFAULT), -PODRING_EBUDGET);
    cr_expect_str_eq(podring_why(r),
                     "Cannot evict pod as it would violate the pod's disruption budget. The "
                     "disruption budget x needs 1 healthy pods and has 1 currently");
    kit_run(r, 2000);
    cr_expect_str_eq(kit_status(r, b), "Running");
    cr_expect_eq(podring_evict(r, a, PODRING_GRACE_DEFAULT), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_evict(r, b, -2), -PODRING_EINVALID);
    podring_close(r);
}

Test(api_evict, of_several_budgets_and_of_none)
{
    podring *r = kit_ring(KIT_POD("a") BUDGET("x", "minAvailable: 0, selector: {}")
                              BUDGET("z", "maxUnavailable: 1, selector: {matchLabels: {app: a}}"));
    uint64_t a = kit_pod(r, "a");

    kit_run(r, 1000);
    cr_expect_eq(podring_evict(r, a, 0), -PODRING_ESTATE);
    cr_expect_str_eq(podring_why(r), "This pod has more than one PodDisruptionBudget, which the "
                                     "eviction subresource does not support.");
    cr_assert_eq(podring_delete_object(r, NULL, "poddisruptionbudget/x", NULL), 0, "%s",
                 podring_why(r));
    cr_assert_eq(podring_delete_object(r, NULL, "poddisruptionbudget/z", NULL), 0, "%s",
                 podring_why(r));
    cr_expect_eq(podring_evict(r, a, 0), 0, "%s", podring_why(r));
    podring_close(r);
}

/* What is told of it counts at once, also in the instant in which it comes. */
Test(api_evict, a_budget_may_change)
{
    static const char none[] = BUDGET("x", "maxUnavailable: 0, selector: {matchLabels: {app: a}}");
    static const char one[] = BUDGET("x", "minAvailable: 0, selector: {matchLabels: {app: a}}");
    podring *r = kit_ring(KIT_POD("a"));
    uint64_t a = kit_pod(r, "a");

    kit_run(r, 1000);
    kit_apply(r, none);
    cr_expect_eq(podring_evict(r, a, 0), -PODRING_EBUDGET);
    cr_assert_eq(podring_replace_text(r, "text", one, strlen(one)), 0, "%s", podring_why(r));
    cr_expect_eq(podring_evict(r, a, 0), 0, "%s", podring_why(r));
    podring_close(r);
}
