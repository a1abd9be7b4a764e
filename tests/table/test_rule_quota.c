/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_quota.c - what a ResourceQuota counts, of whom, and how it refuses. */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/store/rule_quota.h"

#define PAIRS(n, ...) {n, (const struct rx_pair[]){__VA_ARGS__}}

static struct st_quantity amount(const char *text)
{
    struct st_quantity q;

    cr_assert(st_quantity_parse(text, strlen(text), &q));
    return q;
}

Test(rule_quota, keys)
{
    static const struct {
        const char *key;
        enum st_quota_what what;
        const char *resource;
    } rows[] = {
        {"pods", ST_QUOTA_PODS, NULL},
        {"count/pods", ST_QUOTA_ALL_PODS, NULL},
        {"cpu", ST_QUOTA_REQUESTS, "cpu"},
        {"requests.cpu", ST_QUOTA_REQUESTS, "cpu"},
        {"requests.memory", ST_QUOTA_REQUESTS, "memory"},
        {"requests.nvidia.com/gpu", ST_QUOTA_REQUESTS, "nvidia.com/gpu"},
        {"hugepages-2Mi", ST_QUOTA_REQUESTS, "hugepages-2Mi"},
        {"limits.memory", ST_QUOTA_LIMITS, "memory"},
        {"limits.nvidia.com/gpu", ST_QUOTA_UNKNOWN, NULL},
        {"services", ST_QUOTA_OBJECTS, NULL},
        {"count/services", ST_QUOTA_OBJECTS, NULL},
        {"count/deployments.apps", ST_QUOTA_OBJECTS, NULL},
        {"deployments.apps", ST_QUOTA_UNKNOWN, NULL},
        {"count/widgets.example.com", ST_QUOTA_UNKNOWN, NULL},
        {"services.nodeports", ST_QUOTA_NODE_PORTS, NULL},
        {"services.loadbalancers", ST_QUOTA_BALANCERS, NULL},
        {"requests.storage", ST_QUOTA_STORAGE, NULL},
        {"fast.storageclass.storage.k8s.io/requests.storage", ST_QUOTA_STORAGE, "fast"},
        {"fast.storageclass.storage.k8s.io/persistentvolumeclaims", ST_QUOTA_CLAIMS, "fast"},
        {"fast.storageclass.storage.k8s.io/pods", ST_QUOTA_UNKNOWN, NULL},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct st_quota_key key = st_quota_key(rows[i].key);

        cr_expect_eq(key.what, rows[i].what, "%s", rows[i].key);
        cr_expect(rows[i].resource == NULL ||
                  strncmp(key.resource, rows[i].resource, key.length > 0 ? key.length
                                                                         : SIZE_MAX) == 0);
    }
    cr_expect_str_eq(st_quota_resource(ST_WORKLOAD, POD_WORKLOAD_JOB), "jobs.batch");
    cr_expect_null(st_quota_resource(ST_NODE, 0));
}

/* All scopes against a pod with and without a deadline, requests and a class. */
Test(rule_quota, scopes)
{
    for (int bits = 0; bits < 8; bits++) {
        struct pod_container_spec c = {.name = "c", .kind = POD_MAIN};
        struct pod_spec pod = {.container_count = 1, .container = &c,
                               .active_deadline_s = bits & 1 ? 0 : -1};
        struct rx_pair cpu = {"cpu", "1"};
        const char *class = bits & 4 ? "high" : NULL, *values[] = {"high", "low"};
        const struct {
            struct st_scope scope;
            bool fits;
        } rows[] = {
            {{.scope = ST_SCOPE_TERMINATING}, bits & 1},
            {{.scope = ST_SCOPE_NOT_TERMINATING}, !(bits & 1)},
            {{.scope = ST_SCOPE_BEST_EFFORT}, !(bits & 2)},
            {{.scope = ST_SCOPE_NOT_BEST_EFFORT}, bits & 2},
            {{.scope = ST_SCOPE_PRIORITY_CLASS, .op = POD_SELECT_EXISTS}, bits & 4},
            {{.scope = ST_SCOPE_PRIORITY_CLASS, .op = POD_SELECT_NOT_EXISTS}, !(bits & 4)},
            {{ST_SCOPE_PRIORITY_CLASS, POD_SELECT_IN, 2, values}, bits & 4},
            {{ST_SCOPE_PRIORITY_CLASS, POD_SELECT_IN, 1, values + 1}, false},
            {{ST_SCOPE_PRIORITY_CLASS, POD_SELECT_NOT_IN, 1, values}, !(bits & 4)},
            {{ST_SCOPE_PRIORITY_CLASS, POD_SELECT_NOT_IN, 1, values + 1}, true},
            {{.scope = ST_SCOPE_CROSS_AFFINITY}, false},
            {{.scope = ST_SCOPE_ATTRIBUTES_CLASS}, false},
        };

        if (bits & 2)
            c.requests = (struct pod_labels){1, &cpu};
        for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
            struct st_scope two[] = {rows[i].scope, {.scope = ST_SCOPE_TERMINATING}};
            struct st_quota_spec q = {.scope_count = 1, .scope = two};

            cr_expect_eq(st_quota_fits(&q, &pod, class), rows[i].fits, "row %zu of %d", i, bits);
            q.scope_count = 2; /* all must fit */
            cr_expect_eq(st_quota_fits(&q, &pod, class), rows[i].fits && (bits & 1));
        }
    }
}

Test(rule_quota, what_a_pod_uses)
{
    struct pod_container_spec c[] = {
        {.name = "i", .kind = POD_INIT, .requests = PAIRS(1, {"cpu", "2"})},
        {.name = "s", .kind = POD_SIDECAR, .requests = PAIRS(1, {"cpu", "100m"})},
        {.name = "a", .kind = POD_MAIN,
         .requests = PAIRS(2, {"cpu", "250m"}, {"example.com/x", "3"}),
         .limits = PAIRS(1, {"memory", "1Gi"})},
    };
    struct pod_spec pod = {.init_count = 2, .container_count = 3, .container = c};
    static const struct {
        const char *key, *is; /* NULL: nothing */
    } rows[] = {
        {"pods", "1"}, {"count/pods", "1"}, {"cpu", "2"}, {"requests.cpu", "2"},
        {"requests.memory", NULL}, {"limits.memory", "1Gi"}, {"limits.cpu", NULL},
        {"requests.example.com/x", "3"}, {"services", NULL},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct st_quota_key key = st_quota_key(rows[i].key);
        char text[ST_QUANTITY_TEXT];
        struct st_quantity q;
        bool any = st_quota_use(&key, &pod, &q);

        cr_expect_eq(any, rows[i].is != NULL, "%s", rows[i].key);
        if (!any)
            continue;
        st_quantity_text(&q, text);
        cr_expect_str_eq(text, rows[i].is, "%s is %s", rows[i].key, text);
    }
}

Test(rule_quota, what_must_be_stated)
{
    struct pod_container_spec c[] = {
        {.name = "b", .kind = POD_MAIN, .requests = PAIRS(1, {"cpu", "1"})},
        {.name = "a", .kind = POD_MAIN},
    };
    struct pod_spec pod = {.container_count = 2, .container = c};
    struct st_quota_spec q = {.hard = PAIRS(4, {"cpu", "1"}, {"limits.ephemeral-storage", "1"},
                                            {"memory", "1"}, {"pods", "1"})};
    char out[256];
    struct rx_fit t = {.at = out, .room = sizeof(out) - 1};

    cr_assert(st_quota_unstated(&q, &pod, &t));
    out[t.len] = '\0';
    cr_expect_str_eq(out, "must specify cpu for: a; memory for: a,b");
    q.hard.count = 0;
    cr_expect_not(st_quota_unstated(&q, &pod, &t));
}

Test(rule_quota, only_what_is_too_much_is_named)
{
    struct st_quota_spec q = {.name = "q",
                              .hard = PAIRS(3, {"limits.cpu", "1"}, {"pods", "4"},
                                            {"requests.memory", "1Gi"})};
    struct st_quota_count n[3] = {
        {amount("1"), amount("500m"), amount("501m")},
        {amount("4"), amount("3"), amount("1")},
        {amount("1Gi"), amount("1Gi"), amount("1Mi")},
    };
    char out[256];
    struct rx_fit t = {.at = out, .room = sizeof(out) - 1};

    cr_assert(st_quota_exceeds(&q, n, &t));
    out[t.len] = '\0';
    cr_expect_str_eq(out,
                     "exceeded quota: q, requested: limits.cpu=501m,requests.memory=1Mi, used: "
                     "limits.cpu=500m,requests.memory=1Gi, limited: limits.cpu=1,"
                     "requests.memory=1Gi");
    n[0].asked = amount("500m");
    n[2].asked = amount("0"); /* nothing is never too much */
    cr_expect_not(st_quota_exceeds(&q, n, &t));
}
