/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manifest_policy.c - LimitRanges, ResourceQuotas, PodDisruptionBudgets and the steps about
 * them: what the API server refuses, in its words, and its defaults.
 */
#include "tests/unit/test_manifest_kit.h"

#define LIMITS(items)                                                                              \
    "apiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [" items "]}\n"
#define QUOTA(spec)                                                                                \
    "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {" spec "}\n"
#define BUDGET(spec)                                                                               \
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {" spec "}\n"
#define STEP(step)                                                                                 \
    "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec: {steps: [" step "]}\n"

Test(manifest_policy, limits_follow_from_each_other)
{
    static const char text[] =
        LIMITS("{type: Container, max: {cpu: 2}, default: {memory: 1Gi}, min: {cpu: 100m, "
               "ephemeral-storage: 1Mi}, defaultRequest: {cpu: 500m}}");
    const struct st_limit *m;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
    m = &k.set.limit_ranges.item[0].limit[0];
    cr_expect_eq(m->limits.count, 2);
    cr_expect_str_eq(m->limits.pair[0].key, "cpu"); /* from max */
    cr_expect_str_eq(m->limits.pair[0].value, "2");
    cr_expect_str_eq(m->limits.pair[1].value, "1Gi");
    cr_expect_eq(m->requests.count, 3);
    cr_expect_str_eq(m->requests.pair[0].value, "500m"); /* as it says */
    cr_expect_str_eq(m->requests.pair[1].key, "ephemeral-storage"); /* from min */
    cr_expect_str_eq(m->requests.pair[2].value, "1Gi"); /* from the default limit */
    kit_close(&k);
}

Test(manifest_policy, is_refused)
{
    static const struct refusal table[] = {
        {LIMITS("{type: Container, default: {cpu: 2}, max: {cpu: 1}}"),
         "4:17 spec.limits[0].defaultRequest.cpu: Invalid value: \"2\": default request value 2 is "
         "greater than max value 1\n"
         "4:50 spec.limits[0].default.cpu: Invalid value: \"1\": default value 2 is greater than "
         "max value 1\n"},
        {LIMITS("{type: Container, min: {cpu: 1}, defaultRequest: {cpu: 500m}}"),
         "4:72 spec.limits[0].defaultRequest.cpu: Invalid value: \"500m\": min value 1 is greater "
         "than default request value 500m\n"},
        {LIMITS("{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 1}}"),
         "4:79 spec.limits[0].defaultRequest.cpu: Invalid value: \"1\": default request value 1 is "
         "greater than default limit value 500m\n"},
        {LIMITS("{type: Pod, default: {cpu: 1}}"),
         "4:38 spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'\n"},
        {LIMITS("{type: Container, maxLimitRequestRatio: {cpu: 500m}}"),
         "4:63 spec.limits[0].maxLimitRequestRatio.cpu: Invalid value: \"500m\": ratio 500m is "
         "less than 1\n"},
        {LIMITS("{type: Pod, min: {cpu: 2}, max: {cpu: 1}}"),
         "4:40 spec.limits[0].min.cpu: Invalid value: \"2\": min value 2 is greater than max value "
         "1\n"},
        {LIMITS("{type: Pod}, {type: Pod}"),
         "4:37 spec.limits[1].type: Duplicate value: \"Pod\"\n"},
        {QUOTA("hard: {potatoes: 1}"),
         "4:25 spec.hard.potatoes: Invalid value: \"potatoes\": must be a standard resource for "
         "quotas\n"},
        {QUOTA("hard: {pods: 1500m}"),
         "4:21 spec.hard.pods: Invalid value: \"1500m\": must be an integer\n"},
        {QUOTA("hard: {pods: 1}, scopes: [Best]"),
         "4:34 spec.scopes[0]: Invalid value: \"Best\": unsupported scope\n"},
        {QUOTA("hard: {cpu: 1}, scopes: [BestEffort]"),
         "4:33 spec.scopes[0]: Invalid value: \"BestEffort\": unsupported scope applied to "
         "resource\n"},
        {QUOTA("hard: {pods: 1}, scopes: [BestEffort, NotBestEffort]"),
         "4:33 spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\"]: conflicting "
         "scopes\n"},
        {QUOTA("hard: {pods: 1}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, "
               "operator: In}]}"),
         "4:60 spec.scopeSelector.matchExpressions[0].values: Required value: must be at least one "
         "value when `operator` is 'In' or 'NotIn' for scope selector\n"},
        {BUDGET("minAvailable: 1, maxUnavailable: 1"),
         "4:7 spec: Invalid value: {\"maxUnavailable\":1,\"minAvailable\":1}: minAvailable and "
         "maxUnavailable cannot be both set\n"},
        {BUDGET("minAvailable: 101%"),
         "4:22 spec.minAvailable: Invalid value: \"101%\": must not be greater than 100%\n"},
        {BUDGET("minAvailable: 1, unhealthyPodEvictionPolicy: Never"),
         "4:53 spec.unhealthyPodEvictionPolicy: Unsupported value: \"Never\": supported values: "
         "\"AlwaysAllow\", \"IfHealthyBudget\"\n"},
        {"apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: b}\n",
         "1:1 no matches for kind \"PodDisruptionBudget\" in version \"policy/v1beta1\": must be "
         "policy/v1\n"},
        {STEP("{at: 1s, evict: pod/p, gracePeriodSeconds: 1}"),
         "4:59 spec.steps[0].gracePeriodSeconds: Forbidden: only an eviction with `api: true` has "
         "a grace period\n"},
        {STEP("{at: 1s, drain: pod/p}"),
         "4:32 spec.steps[0].drain: Unsupported value: \"pod\": supported values: \"node\"\n"},
        {STEP("{at: 1s, cordon: node/n, timeout: 1s}"),
         "4:41 spec.steps[0].timeout: Forbidden: may not be set with `cordon`\n"},
    };

    kit_refuse(table, sizeof(table) / sizeof(*table));
}

/* What is accepted, but nobody does. */
Test(manifest_policy, warns_of_what_is_not_counted)
{
    static const char text[] =
        QUOTA("hard: {count/widgets.example.com: 1, requests.storage: 1Gi}") "---\n"
        LIMITS("{type: PersistentVolumeClaim, max: {storage: 1Gi}}");
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
    cr_expect_str_eq(kit_said(&k),
                     "4:42 count/widgets.example.com: nothing of that is simulated, so it is not "
                     "counted\n");
    kit_close(&k);
}

Test(manifest_policy, a_selector_as_go_prints_it)
{
    static const char text[] =
        BUDGET("selector: {matchLabels: {b: x, a: z}, matchExpressions: [{key: c, operator: In, "
               "values: [d, e]}]}");
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
    cr_expect_str_eq(k.set.budgets.item[0].selector_text,
                     "&LabelSelector{MatchLabels:map[string]string{a: z,b: x,},MatchExpressions:[]"
                     "LabelSelectorRequirement{LabelSelectorRequirement{Key:c,Operator:In,Values:["
                     "d e],},},}");
    kit_close(&k);
}
