/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of Services on plain values: what an endpoint is, who is used on which node, when rules
 * are there, which node a load balancer uses, which path a request goes by. Where there is
 * arithmetic, a plain retelling says it a second time.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/cluster/rule_affinity.h"
#include "engine/cluster/rule_balancer.h"
#include "engine/cluster/rule_chain.h"
#include "engine/cluster/rule_endpoint.h"
#include "engine/cluster/rule_ingress.h"
#include "engine/cluster/rule_proxy.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

/* ---- endpoints ------------------------------------------------------------------------------- */

Test(rule_service, an_endpoint)
{
    for (unsigned i = 0; i < 32; i++) {
        struct cluster_endpoint_facts f = {.has_ip = i & 1, .terminal = i & 2, .ready = i & 4,
                                           .deleting = i & 8, .publish = i & 16};
        uint8_t bits = cluster_endpoint_bits(&f);
        bool listed = f.has_ip && !f.terminal;

        cr_expect_eq((bits & CLUSTER_ENDPOINT_LISTED) != 0, listed);
        cr_expect(listed || bits == 0);
        cr_expect_eq((bits & CLUSTER_ENDPOINT_SERVING) != 0, listed && f.ready);
        cr_expect_eq((bits & CLUSTER_ENDPOINT_TERMINATING) != 0, listed && f.deleting);
        cr_expect_eq(cluster_endpoint_ready(bits),
                     listed && (f.publish || (f.ready && !f.deleting)));
        cr_expect_eq(cluster_endpoint_fallback(bits),
                     listed && f.ready && f.deleting && !f.publish);
    }
}

Test(rule_service, words_of_endpoints)
{
    static const struct {
        struct cluster_endpoint_facts f;
        const char *word;
    } row[] = {
        {{.has_ip = true, .ready = true}, "ready"},
        {{.has_ip = true}, "notReady"},
        {{.has_ip = true, .ready = true, .deleting = true}, "serving"},
        {{.has_ip = true, .deleting = true}, "terminating"},
        {{.has_ip = true, .deleting = true, .publish = true}, "ready"}, /* SV-06 */
        {{.has_ip = true, .ready = true, .terminal = true}, "gone"},
        {{.ready = true}, "gone"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++)
        cr_expect_str_eq(cluster_endpoint_word(cluster_endpoint_bits(&row[i].f)), row[i].word,
                         "row %zu", i);
}

/* ---- who is used ----------------------------------------------------------------------------- */

enum { R = CLUSTER_ENDPOINT_LISTED | CLUSTER_ENDPOINT_READY | CLUSTER_ENDPOINT_SERVING,
       S = CLUSTER_ENDPOINT_LISTED | CLUSTER_ENDPOINT_SERVING | CLUSTER_ENDPOINT_TERMINATING,
       N = CLUSTER_ENDPOINT_LISTED,
       T = CLUSTER_ENDPOINT_LISTED | CLUSTER_ENDPOINT_TERMINATING,
       ALL = CLUSTER_LIST_ALL, ZONE = CLUSTER_LIST_ZONE, NODE = CLUSTER_LIST_NODE,
       LOCAL = CLUSTER_LIST_LOCAL };

static const struct {
    const char *id;
    struct cluster_backend b[4]; /* node, zone, bits */
    struct cluster_proxy_place at;
    int list;
    const char *used;
} lists[] = {
    {"SV-01", {{1, 0, R}, {2, 0, R}, {3, 0, N}}, {1, 0}, ALL, "0 1"},
    {"SV-02", {{1, 0, R}, {2, 0, R}, {3, 0, S}}, {1, 0}, ALL, "0 1"},
    {"SV-03", {{1, 0, S}, {2, 0, S}, {3, 0, S}}, {1, 0}, ALL, "0 1 2"},
    {"SV-03 over", {{1, 0, T}, {2, 0, T}, {3, 0, 0}}, {1, 0}, ALL, ""},
    {"SV-04", {{1, 0, R}, {1, 0, S}}, {1, 0}, ALL, "0"},
    {"SV-05", {{1, 0, N}, {1, 0, S}}, {1, 0}, ALL, "1"},
    {"SV-09", {{2, 0, R}, {2, 0, R}}, {1, 0}, LOCAL, ""},
    {"SV-11", {{1, 1, R}, {2, 2, R}, {3, 2, R}}, {4, 1}, ZONE, "0"},
    {"SV-11 not ready", {{1, 1, N}, {2, 2, R}, {3, 2, R}}, {4, 1}, ZONE, "1 2"},
    {"SV-12", {{1, 1, R}, {2, 2, R}, {3, 2, R}}, {4, 3}, ZONE, "0 1 2"},
    {"a zone is not known", {{1, 1, R}, {2, 0, R}}, {4, 1}, ZONE, "0 1"},
    {"its zone does not matter when it is not ready", {{1, 1, R}, {2, 0, N}, {3, 2, R}},
     {4, 1}, ZONE, "0"},
    {"my node", {{1, 1, R}, {2, 1, R}}, {1, 1}, NODE, "0"},
    {"none on my node: my zone", {{1, 1, R}, {2, 2, R}}, {3, 2}, NODE, "1"},
    {"neither", {{1, 1, R}, {2, 2, R}}, {3, 3}, NODE, "0 1"},
    {"the fallback is not narrowed down", {{1, 1, S}, {2, 2, S}}, {1, 1}, NODE, "0 1"},
    {"local", {{1, 0, R}, {2, 0, R}, {1, 0, S}}, {1, 0}, LOCAL, "0"},
    {"local fallback, whoever is ready elsewhere", {{1, 0, S}, {2, 0, R}}, {1, 0}, LOCAL, "0"},
};

static uint32_t listed(const struct cluster_backend *b)
{
    uint32_t count = 0;

    while (count < 4 && b[count].node != 0)
        count++;
    return count;
}

Test(rule_service, who_is_used)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(lists); i++) {
        uint32_t out[4], count = listed(lists[i].b),
                         used = cluster_proxy_list(lists[i].b, count, &lists[i].at,
                                                   (enum cluster_list)lists[i].list, out);
        char text[32] = "";

        for (uint32_t k = 0; k < used; k++)
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%u", k > 0 ? " " : "",
                     out[k]);
        cr_expect_str_eq(text, lists[i].used, "%s: %s", lists[i].id, text);
        cr_expect_eq(cluster_proxy_list(lists[i].b, count, &lists[i].at,
                                        (enum cluster_list)lists[i].list, NULL),
                     used);
    }
}

/* The rule told again, for one endpoint at a time: is it used? */
static bool used_plainly(const struct cluster_backend *b, uint32_t n, uint32_t i,
                         struct cluster_proxy_place at, int list)
{
    bool all_nodes = true, my_node = false, all_zones = true, my_zone = false;
    uint32_t ready = 0, ready_here = 0;

    for (uint32_t k = 0; k < n; k++) {
        if (b[k].bits != R)
            continue;
        ready++;
        ready_here += b[k].node == at.node;
        all_nodes &= b[k].node != CLUSTER_NO_NODE;
        my_node |= b[k].node == at.node;
        all_zones &= b[k].zone != 0;
        my_zone |= b[k].zone == at.zone;
    }
    if (list == LOCAL)
        return b[i].node == at.node && b[i].bits == (ready_here > 0 ? R : S);
    if (ready == 0)
        return b[i].bits == S;
    if (b[i].bits != R)
        return false;
    if (list == NODE && all_nodes && my_node)
        return b[i].node == at.node;
    if (list != ALL && all_zones && my_zone)
        return b[i].zone == at.zone;
    return true;
}

Test(rule_service, who_is_used_told_again)
{
    static const uint8_t bits[] = {R, R, S, N, T, 0};
    struct rx_prng r = rx_prng_stream(11, 1, 1);

    for (int round = 0; round < 20000; round++) {
        struct cluster_backend b[6];
        uint32_t n = (uint32_t)rx_prng_below(&r, 7), out[6], used, at = 0;
        struct cluster_proxy_place place = {1 + (uint32_t)rx_prng_below(&r, 3),
                                            1 + (uint32_t)rx_prng_below(&r, 3)};
        int list = (int)rx_prng_below(&r, 4);

        for (uint32_t i = 0; i < n; i++) {
            uint32_t node = (uint32_t)rx_prng_below(&r, 8);

            b[i] = (struct cluster_backend){
                .node = node == 7 ? CLUSTER_NO_NODE : 1 + node % 3,
                .zone = rx_prng_below(&r, 8) == 0 ? 0 : 1 + node % 3,
                .bits = bits[rx_prng_below(&r, RX_ARRAY_LEN(bits))]};
        }
        used = cluster_proxy_list(b, n, &place, (enum cluster_list)list, out);
        for (uint32_t i = 0; i < n; i++) {
            bool is = at < used && out[at] == i;

            at += is;
            cr_assert_eq(is, used_plainly(b, n, i, place, list), "round %d endpoint %u", round, i);
        }
        cr_assert_eq(at, used);
    }
}

Test(rule_service, which_list)
{
    for (unsigned i = 0; i < 36; i++) {
        enum cluster_traffic traffic = (enum cluster_traffic)(i % 3);
        bool inside = i / 3 & 1, outside = i / 6 & 1;
        static const int list[] = {ALL, ZONE, NODE};
        uint8_t distribution = (uint8_t)(i / 12);
        bool local = (traffic == CLUSTER_TRAFFIC_INSIDE && inside) ||
                     (traffic == CLUSTER_TRAFFIC_OUTSIDE && outside);

        cr_expect_eq((int)cluster_proxy_which(traffic, inside, outside, distribution),
                     local ? LOCAL : list[distribution]);
    }
    cr_expect_eq(cluster_proxy_nothing(0), CLUSTER_NOTHING_REFUSED); /* SV-10 */
    cr_expect_eq(cluster_proxy_nothing(3), CLUSTER_NOTHING_DROPPED);
}

/* ---- affinity -------------------------------------------------------------------------------- */

/* SV-13: a connection every 4 s with a timeout of 10; then a pause of 11 s. SV-14: it is gone. */
Test(rule_service, affinity)
{
    for (rx_ms t = 4000; t <= 400000; t += 4000)
        cr_expect(cluster_affinity_holds(t - 4000, t, 10, true));
    cr_expect_not(cluster_affinity_holds(0, 11000, 10, true));
    cr_expect_not(cluster_affinity_holds(0, 4000, 10, false));
    cr_expect(cluster_affinity_holds(0, 9999, 10, true));
    cr_expect_not(cluster_affinity_holds(0, 10000, 10, true));
    cr_expect(cluster_affinity_holds(0, 86399999, 86400, true));
}

/* ---- the chain ------------------------------------------------------------------------------- */

/* When each change is there, one proxy, changes in the order of time. */
static void chain(const rx_ms *written, uint32_t count, const struct cluster_chain_knobs *knobs,
                  rx_ms *there)
{
    struct cluster_chain state = {0};

    for (uint32_t i = 0; i < count;) {
        rx_ms start = cluster_chain_start(&state, written[i] + knobs->watch);
        rx_ms end = cluster_chain_sync(&state, knobs, start);

        while (i < count && written[i] + knobs->watch <= start)
            there[i++] = end;
    }
}

/* SV-15, SV-16: the slice takes 200, which is not the proxy's. */
Test(rule_service, the_chain)
{
    static const struct cluster_chain_knobs slow = {100, 0, 400}, merging = {100, 1000, 400},
                                            none = {0, 0, 0};
    static const rx_ms one[] = {10200}, two[] = {10200, 10700}, three[] = {10200, 10201, 10300},
                       soon[] = {7, 7, 8};
    rx_ms there[3];

    chain(one, 1, &slow, there);
    cr_expect_eq(there[0], 10700);
    chain(two, 2, &merging, there);
    cr_expect_eq(there[0], 10700);
    cr_expect_eq(there[1], 12100);
    chain(three, 3, &slow, there); /* seen while it programs */
    cr_expect_eq(there[1], 11100);
    cr_expect_eq(there[2], 11100);
    chain(soon, 3, &none, there);
    cr_expect(there[0] == 7 && there[1] == 7 && there[2] == 8);
}

/* Millisecond by millisecond. */
static void chain_plainly(const rx_ms *written, uint32_t count,
                          const struct cluster_chain_knobs *knobs, rx_ms *there)
{
    rx_ms ends = -1, idle_from = 0;
    uint32_t taken = 0;

    for (rx_ms now = 0; taken < count; now++) {
        if (now == ends)
            idle_from = now + knobs->min_sync;
        if (now < ends || now < idle_from || written[taken] + knobs->watch > now)
            continue;
        ends = now + knobs->program;
        while (taken < count && written[taken] + knobs->watch <= now)
            there[taken++] = ends;
        idle_from = ends + knobs->min_sync;
    }
}

Test(rule_service, the_chain_told_again)
{
    struct rx_prng r = rx_prng_stream(12, 1, 1);

    for (int round = 0; round < 3000; round++) {
        struct cluster_chain_knobs knobs = {(rx_ms)rx_prng_below(&r, 30),
                                            (rx_ms)rx_prng_below(&r, 60),
                                            (rx_ms)rx_prng_below(&r, 40)};
        rx_ms written[12], there[12], again[12], at = 0;

        for (int i = 0; i < 12; i++)
            written[i] = at += (rx_ms)rx_prng_below(&r, 50);
        chain(written, 12, &knobs, there);
        chain_plainly(written, 12, &knobs, again);
        cr_assert_eq(memcmp(there, again, sizeof(there)), 0, "round %d", round);
    }
}

/* ---- load balancers -------------------------------------------------------------------------- */

/* SV-17: checks every 5 s, ready until 12. */
Test(rule_service, health_checks)
{
    struct cluster_health h = {0};
    rx_ms out_at = -1;

    for (rx_ms t = 0; t <= 30; t += 5) {
        cluster_health_check(&h, cluster_health_answer(true, t < 12 ? 1 : 0), 2);
        if (!h.in && out_at < 0)
            out_at = t;
    }
    cr_expect_eq(out_at, 20);
    cluster_health_check(&h, true, 2);
    cr_expect(h.in && h.failures == 0, "the first success brings it back");
    cluster_health_check(&h, false, 2);
    cluster_health_check(&h, true, 2);
    cluster_health_check(&h, false, 2);
    cr_expect(h.in, "not in a row");
    cr_expect_not(cluster_health_answer(false, 3));
}

/* ---- Ingress --------------------------------------------------------------------------------- */

static const char *pathed(const struct st_ingress_path *rule, size_t count, const char *path)
{
    uint32_t best = 0;
    const char *service = "404";

    for (size_t i = 0; i < count; i++) {
        uint32_t fit = cluster_ingress_path(&rule[i], path);

        if (fit > best) {
            best = fit;
            service = rule[i].backend.service;
        }
    }
    return service;
}

Test(rule_service, paths_of_an_ingress)
{
    static const struct st_ingress_path rule[] = {
        {NULL, "/", ST_PATH_PREFIX, {.service = "root"}},
        {NULL, "/api", ST_PATH_PREFIX, {.service = "prefix"}},
        {NULL, "/api", ST_PATH_EXACT, {.service = "exact"}},
        {NULL, "/a/b/", ST_PATH_ANY, {.service = "deep"}},
    };
    static const struct {
        const char *path, *service;
    } row[] = {
        {"/api", "exact"}, {"/api/x", "prefix"}, {"/apix", "root"}, /* SV-18 */
        {"/api/", "prefix"}, {"/api?x=/api/y", "exact"}, {"/", "root"}, {"/a/b", "deep"},
        {"/a/b/c", "deep"}, {"/a/bc", "root"}, {"/a", "root"}, {"/API", "root"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++)
        cr_expect_str_eq(pathed(rule, RX_ARRAY_LEN(rule), row[i].path), row[i].service, "%s",
                         row[i].path);
    cr_expect_str_eq(pathed(rule + 1, 2, "/b"), "404");
}

Test(rule_service, hosts_of_an_ingress)
{
    static const struct {
        const char *rule, *host;
        enum cluster_host_fit fit;
    } row[] = {
        {NULL, "a.b", CLUSTER_HOST_ANY},           {"a.b", "a.b", CLUSTER_HOST_EXACT},
        {"a.b", "A.B", CLUSTER_HOST_EXACT},        {"*.a.b", "x.a.b", CLUSTER_HOST_WILDCARD},
        {"*.a.b", "y.x.a.b", CLUSTER_HOST_NONE},   {"*.a.b", "a.b", CLUSTER_HOST_NONE},
        {"*.a.b", ".a.b", CLUSTER_HOST_NONE},      {"a.b", "c.b", CLUSTER_HOST_NONE},
        {"*.a.b", "X.A.B", CLUSTER_HOST_WILDCARD}, {"*.b", "nodots", CLUSTER_HOST_NONE},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++)
        cr_expect_eq(cluster_ingress_host(row[i].rule, row[i].host), row[i].fit, "row %zu", i);
}
