/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotas and limits that come, change and go while there are pods, and what calls are refused.
 */
#include "tests/api/test_api_kit.h"

#define QUOTA(name, hard)                                                                          \
    "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: " name "}\nspec: {hard: {" hard    \
    "}}\n"
#define LIMITS(what)                                                                               \
    "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{type: "          \
    "Container, " what "}]}\n"

static int create(podring *r, const char *yaml)
{
    return podring_create_text(r, "text", yaml, strlen(yaml));
}

static int replace(podring *r, const char *yaml)
{
    return podring_replace_text(r, "text", yaml, strlen(yaml));
}

/* The last use of a quota that was told. */
static const char *used(podring *r, const char *object)
{
    static char out[256];
    struct podring_event e = PODRING_EVENT_INIT;

    while (podring_next_event(r, &e) == 0)
        if (e.object != NULL && strcmp(e.object, object) == 0 && e.field != NULL &&
            strcmp(e.field, "used") == 0)
            snprintf(out, sizeof(out), "%s", e.to);
    return out;
}

static unsigned pods(podring *r)
{
    uint64_t cursor = 0;
    unsigned n = 0;

    while (podring_next_pod(r, &cursor) != 0)
        n++;
    return n;
}

Test(api_quota, counts_what_is_there_and_never_deletes)
{
    podring *r = kit_ring(KIT_POD("a") KIT_POD("b") KIT_DEPLOYMENT("web", 2));

    kit_run(r, 1000);
    cr_assert_eq(create(r, QUOTA("q", "pods: 3")), 0, "%s", podring_why(r));
    kit_run(r, 2000);
    cr_expect_str_eq(used(r, "resourcequota/q"), "pods=4");
    cr_expect_eq(pods(r), 4);
    cr_expect_eq(create(r, KIT_POD("c")), -PODRING_EFORBIDDEN);
    cr_expect_str_eq(podring_why(r), "pods \"c\" is forbidden: exceeded quota: q, requested: "
                                     "pods=1, used: pods=4, limited: pods=3");
    cr_expect_eq(pods(r), 4);
    cr_assert_eq(replace(r, QUOTA("q", "pods: 5")), 0, "%s", podring_why(r));
    cr_expect_eq(create(r, KIT_POD("c")), 0, "%s", podring_why(r));
    cr_expect_eq(create(r, KIT_POD("d")), -PODRING_EFORBIDDEN);
    cr_assert_eq(podring_delete_object(r, NULL, "resourcequota/q", NULL), 0, "%s", podring_why(r));
    cr_expect_eq(create(r, KIT_POD("d")), 0, "%s", podring_why(r));
    kit_run(r, 3000);
    cr_expect_eq(pods(r), 6);
    podring_close(r);
}

Test(api_quota, is_told_other_keys_but_no_other_scopes)
{
    podring *r = kit_ring(QUOTA("q", "pods: 3") KIT_POD("a"));

    kit_run(r, 1000);
    cr_expect_str_eq(used(r, "resourcequota/q"), "pods=1");
    cr_assert_eq(replace(r, QUOTA("q", "count/pods: 3, configmaps: 1")), 0, "%s", podring_why(r));
    kit_run(r, 2000);
    cr_expect_str_eq(used(r, "resourcequota/q"), "configmaps=0,count/pods=1");
    cr_expect_eq(replace(r, "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\n"
                            "spec: {hard: {pods: 3}, scopes: [BestEffort]}\n"),
                 -PODRING_ESTATE);
    cr_expect_not_null(strstr(podring_why(r), "spec.scopes: Invalid value: "), "%s",
                       podring_why(r));
    cr_expect_not_null(strstr(podring_why(r), "field is immutable"), "%s", podring_why(r));
    podring_close(r);
}

/* A call of which a part is refused has changed nothing; an apply goes on without that part. */
Test(api_quota, an_apply_goes_on_and_a_creation_does_not)
{
    static const char two[] = KIT_POD("b") KIT_POD("c");
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    podring *r = kit_ring(QUOTA("q", "pods: 2") KIT_POD("a"));

    cr_expect_eq(create(r, two), -PODRING_EFORBIDDEN);
    cr_expect_eq(pods(r), 1);
    kit_apply(r, two);
    cr_expect_eq(pods(r), 2);
    cr_assert_eq(podring_diagnostic_at(r, 0, &d), 0);
    cr_expect_eq(d.severity, PODRING_WARNING);
    cr_expect_str_eq(d.text, "pods \"c\" is forbidden: exceeded quota: q, requested: pods=1, used: "
                             "pods=2, limited: pods=2");
    kit_apply(r, two); /* b is there, c is refused again */
    cr_expect_eq(pods(r), 2);
    podring_close(r);
}

Test(api_quota, limits_are_of_those_that_come)
{
    podring *r = kit_ring(QUOTA("q", "limits.cpu: 4") LIMITS("default: {cpu: 1}") KIT_POD("a"));

    kit_run(r, 1000);
    cr_expect_str_eq(used(r, "resourcequota/q"), "limits.cpu=1");
    cr_assert_eq(replace(r, LIMITS("default: {cpu: 2}")), 0, "%s", podring_why(r));
    cr_assert_eq(create(r, KIT_POD("b")), 0, "%s", podring_why(r));
    kit_run(r, 2000);
    cr_expect_str_eq(used(r, "resourcequota/q"), "limits.cpu=3");
    cr_assert_eq(podring_delete_object(r, NULL, "limitrange/l", NULL), 0, "%s", podring_why(r));
    cr_expect_eq(create(r, KIT_POD("c")), -PODRING_EFORBIDDEN);
    cr_expect_str_eq(podring_why(r), "pods \"c\" is forbidden: failed quota: q: must specify "
                                     "limits.cpu for: c");
    podring_close(r);
}

/* The pod is another one than its document says, also when that changes. */
Test(api_quota, an_update_keeps_what_limits_gave)
{
    static const char other[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: a}}\nspec:\n  containers:\n"
        "  - {name: c, image: \"i:2\", ports: [{containerPort: 8080}]}\n";
    podring *r = kit_ring(LIMITS("default: {cpu: 1}, defaultRequest: {cpu: 500m}") KIT_POD("a"));
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *key, *value;
    uint64_t pod = kit_pod(r, "a");

    kit_run(r, 1000);
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(podring_fact_at(r, pod, 0, PODRING_LIMIT, 0, &key, &value), 0, "%s",
                     podring_why(r));
        cr_expect_str_eq(key, "cpu");
        cr_expect_str_eq(value, "1");
        cr_assert_eq(podring_fact_at(r, pod, 0, PODRING_ANNOTATION, 0, &key, &value), 0);
        cr_expect_str_eq(key, "kubernetes.io/limit-ranger");
        cr_expect_str_eq(value, "LimitRanger plugin set: cpu request for container c; cpu limit "
                                "for container c");
        cr_assert_eq(replace(r, other), 0, "%s", podring_why(r));
        kit_run(r, 40000 * (again + 1));
    }
    cr_assert_eq(podring_container_info(r, pod, 0, &c), 0);
    cr_expect_str_eq(c.image, "i:2");
    cr_expect_eq(c.restart_count, 1);
    podring_close(r);
}

/* Once a run is divided by its pods nobody sees all: what comes later cannot change that. */
Test(api_quota, comes_too_late_for_a_run_that_is_divided)
{
    static const char pod[] = KIT_POD("p"), yaml[] = QUOTA("q", "pods: 2");
    struct podring_options o = kit_options();
    podring *r;

    o.shard_count = 2;
    r = kit_open(o);
    kit_apply(r, pod);
    cr_assert_eq(podring_load_text(r, "kit", yaml, strlen(yaml)), 0);
    cr_expect_eq(podring_apply(r), -PODRING_EUNSUPPORTED);
    cr_expect_str_eq(podring_why(r), "resourcequota default/q: a run that has such is not divided "
                                     "among several engines");
    podring_close(r);
}
