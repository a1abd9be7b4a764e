/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_limits.c - what a LimitRange gives, and its refusals. */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/cluster/rule_limits.h"

#define PAIR(k, v)  {1, (const struct rx_pair[]){{k, v}}}
#define PAIRS(n, ...) {n, (const struct rx_pair[]){__VA_ARGS__}}

/* A pod of one container with that limit and request of cpu. */
static const char *refusal(const struct st_limit *l, const char *limit, const char *request)
{
    static char out[1024];
    struct rx_pair limits = {"cpu", limit}, requests = {"cpu", request};
    struct pod_container_spec c = {.name = "c", .kind = POD_MAIN,
                                   .limits = {limit != NULL, &limits},
                                   .requests = {request != NULL, &requests}};
    struct pod_spec pod = {.container_count = 1, .container = &c};
    struct st_limit_range_spec r = {.count = 1, .limit = l};
    struct rx_fit t = {.at = out, .room = sizeof(out) - 1};
    bool refused = cluster_limits_refuse(&r, &pod, &t);

    out[t.len] = '\0';
    cr_expect_eq(refused, t.len > 0);
    return out;
}

Test(rule_limits, refusals_in_their_words)
{
    const struct {
        struct st_limit limit;
        const char *has, *asks, *text;
    } rows[] = {
        {{.min = PAIR("cpu", "100m")}, "1", "100m", ""},
        {{.min = PAIR("cpu", "100m")}, "1", "50m",
         "minimum cpu usage per Container is 100m, but request is 50m"},
        {{.min = PAIR("cpu", "100m")}, "50m", "200m",
         "minimum cpu usage per Container is 100m, but limit is 50m"},
        {{.min = PAIR("cpu", "100m")}, NULL, "100m", ""},
        {{.min = PAIR("cpu", "100m")}, "1", NULL,
         "minimum cpu usage per Container is 100m.  No request is specified"},
        {{.max = PAIR("cpu", "1")}, "1", "1", ""},
        {{.max = PAIR("cpu", "1")}, "2", NULL, /* */
         "maximum cpu usage per Container is 1, but limit is 2"},
        {{.max = PAIR("cpu", "1")}, "1", "1500m",
         "maximum cpu usage per Container is 1, but request is 1500m"},
        {{.max = PAIR("cpu", "1")}, NULL, "1",
         "maximum cpu usage per Container is 1.  No limit is specified"},
        {{.type = ST_LIMIT_POD, .max = PAIR("cpu", "1")}, "2", "1",
         "maximum cpu usage per Pod is 1, but limit is 2"},
        {{.ratio = PAIR("cpu", "2")}, "1", "500m", ""},
        {{.ratio = PAIR("cpu", "2")}, "2", "500m",
         "cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000"},
        {{.ratio = PAIR("cpu", "1500m")}, "2", "1200m",
         "cpu max limit to request ratio per Container is 1500m, but provided ratio is 1.666667"},
        {{.ratio = PAIR("cpu", "2")}, "21", "10",
         "cpu max limit to request ratio per Container is 2, but provided ratio is 2.100000"},
        {{.ratio = PAIR("cpu", "1")}, "101", "100",
         "cpu max limit to request ratio per Container is 1, but provided ratio is 1.010000"},
        {{.ratio = PAIR("cpu", "2")}, "2", NULL,
         "cpu max limit to request ratio per Container is 2, but no request is specified or "
         "request is 0"},
        {{.ratio = PAIR("cpu", "2")}, NULL, "1",
         "cpu max limit to request ratio per Container is 2, but no limit is specified or limit "
         "is 0"},
        {{.max = PAIRS(2, {"cpu", "1"}, {"memory", "1Gi"})}, "2", "1",
         "[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per "
         "Container is 1Gi.  No limit is specified]"},
        {{.type = ST_LIMIT_CLAIM, .max = PAIR("cpu", "1")}, "2", "1", ""},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        const char *text = refusal(&rows[i].limit, rows[i].has, rows[i].asks);

        cr_expect_str_eq(text, rows[i].text, "row %zu: %s", i, text);
    }
}

Test(rule_limits, the_same_sentence_is_said_once)
{
    struct pod_container_spec c[] = {{.name = "a", .kind = POD_MAIN},
                                     {.name = "b", .kind = POD_MAIN}};
    struct pod_spec pod = {.container_count = 2, .container = c};
    struct st_limit limit = {.max = PAIR("cpu", "1")};
    struct st_limit_range_spec r = {.count = 1, .limit = &limit};
    char out[256];
    struct rx_fit t = {.at = out, .room = sizeof(out) - 1};

    cr_assert(cluster_limits_refuse(&r, &pod, &t));
    out[t.len] = '\0';
    cr_expect_str_eq(out, "maximum cpu usage per Container is 1.  No limit is specified");
}

/* Containers side by side add up, one init container after the other does not. */
Test(rule_limits, a_pod_is_held_by_its_sums)
{
    struct pod_container_spec c[] = {
        {.name = "i", .kind = POD_INIT, .limits = PAIR("cpu", "3")},
        {.name = "s", .kind = POD_SIDECAR, .limits = PAIR("cpu", "1")},
        {.name = "a", .kind = POD_MAIN, .limits = PAIR("cpu", "1500m")},
    };
    struct pod_spec pod = {.init_count = 2, .container_count = 3, .container = c};
    struct st_limit limit = {.type = ST_LIMIT_POD, .max = PAIR("cpu", "2")};
    struct st_limit_range_spec r = {.count = 1, .limit = &limit};
    char out[256];
    struct rx_fit t = {.at = out, .room = sizeof(out) - 1};

    cr_assert(cluster_limits_refuse(&r, &pod, &t));
    out[t.len] = '\0';
    cr_expect_str_eq(out, "maximum cpu usage per Pod is 2, but limit is 3");
    c[0].limits.count = 0;
    t.len = 0;
    cr_assert(cluster_limits_refuse(&r, &pod, &t));
    out[t.len] = '\0';
    cr_expect_str_eq(out, "maximum cpu usage per Pod is 2, but limit is 2500m");
}

Test(rule_limits, only_what_is_missing_is_given)
{
    struct st_limit limit = {.limits = PAIRS(2, {"cpu", "1"}, {"memory", "1Gi"}),
                             .requests = PAIR("cpu", "100m")};
    struct st_limit_range_spec r = {.count = 1, .limit = &limit};
    struct pod_labels none = {0}, some = PAIR("cpu", "2");
    struct rx_pair out[4];

    cr_expect_eq(cluster_limits_missing(&r, false, &none, out, 4), 2);
    cr_expect_eq(cluster_limits_missing(&r, false, &some, out, 4), 1);
    cr_expect_str_eq(out[0].key, "memory");
    cr_expect_eq(cluster_limits_missing(&r, true, &some, out, 4), 0);
    cr_expect_eq(cluster_limits_missing(&r, true, &none, out, 4), 1);
    cr_expect_str_eq(out[0].value, "100m");
    limit.type = ST_LIMIT_POD;
    cr_expect_eq(cluster_limits_missing(&r, true, &none, out, 4), 0);
}

Test(rule_limits, claims_have_requests_only)
{
    struct st_limit limit = {.type = ST_LIMIT_CLAIM, .min = PAIR("storage", "1Gi"),
                             .max = PAIR("storage", "10Gi")};
    struct st_limit_range_spec r = {.count = 1, .limit = &limit};
    static const struct {
        const char *asks, *text;
    } rows[] = {
        {"1Gi", ""},
        {"10Gi", ""},
        {"512Mi", "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi"},
        {"20Gi", "maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        char out[256];
        struct rx_fit t = {.at = out, .room = sizeof(out) - 1};

        cluster_limits_refuse_claim(&r, rows[i].asks, &t);
        out[t.len] = '\0';
        cr_expect_str_eq(out, rows[i].text, "%s", out);
    }
}
