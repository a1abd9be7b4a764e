/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rule_fit.c - the scheduler's filters, their order and their sentence; and a dumb twin, which
 * looks at every pod anew instead of counting.
 */
#include "engine/cluster/rule_fit.h"

#include <criterion/criterion.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

static struct st_node_spec node_of(const char *name, int64_t cpu, int64_t memory)
{
    return (struct st_node_spec){.name = name, .limited = true, .pods = 110,
                                 .allocatable = {.cpu_milli = cpu, .memory = memory}};
}

static struct pod_spec pod_of(struct pod_container_spec *c, int64_t cpu, int64_t memory)
{
    *c = (struct pod_container_spec){.kind = POD_MAIN,
                                     .asks = {.cpu_milli = cpu, .memory = memory}};
    return (struct pod_spec){.container = c, .container_count = 1};
}

/* ---- one node -------------------------------------------------------------------------------- */

Test(rule_fit, the_first_filter_names_the_reason)
{
    static const struct st_taint taint = {"k", "v", ST_TAINT_NO_SCHEDULE},
                                 soft = {"k", "v", ST_TAINT_PREFER_NO_SCHEDULE};
    static const struct rx_pair zone = {"zone", "a"};
    struct st_node_spec node = node_of("n1", 1000, 100);
    struct pod_container_spec c;
    struct pod_spec pod = pod_of(&c, 2000, 10);
    struct st_request asks;
    struct cluster_fit_in in = {.pod = &pod, .asks = &asks, .node = &node, .cordoned = true,
                                .taint_count = 1, .taint = &taint, .only = "n2",
                                .use = {.ports = 1, .claims = 1}};
    const struct {
        enum cluster_fit fit;
        bool hopeless;
    } row[] = {{CLUSTER_UNFIT_DAEMON, true},     {CLUSTER_UNFIT_CORDONED, true},
               {CLUSTER_UNFIT_TAINT, true},      {CLUSTER_UNFIT_SELECTOR, true},
               {CLUSTER_UNFIT_PORTS, false},     {CLUSTER_UNFIT_RESOURCES, true},
               {CLUSTER_UNFIT_RESOURCES, false}, {CLUSTER_UNFIT_CLAIM, false},
               {CLUSTER_UNFIT_NO_VOLUME, true},  {CLUSTER_FITS, false}};

    pod.node_selector = (struct pod_labels){1, &zone};
    in.volumes = CLUSTER_UNFIT_NO_VOLUME;
    st_request_of(&pod, &asks);
    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        struct cluster_fit_out out = cluster_fit(&in);

        cr_expect_eq(out.fit, row[i].fit, "step %zu: %d", i, out.fit);
        cr_expect_eq(out.hopeless, row[i].hopeless, "step %zu", i);
        /* What was in the way goes away. */
        if (i == 0)
            in.only = "n1";
        else if (i == 1)
            in.cordoned = false;
        else if (i == 2)
            in.taint = &soft;
        else if (i == 3)
            node.labels = (struct pod_labels){1, &zone};
        else if (i == 4)
            in.use.ports = 0;
        else if (i == 5) {
            node.allocatable.cpu_milli = 2000;
            in.use.cpu_milli = 1;
        } else if (i == 6)
            in.use.cpu_milli = 0;
        else if (i == 7)
            in.use.claims = 0;
        else
            in.volumes = CLUSTER_FITS;
    }
}

Test(rule_fit, all_that_lacks_is_named)
{
    static const struct pod_amount gpu = {"example.com/gpu", 2};
    struct st_node_spec node = node_of("n1", 1000, 100);
    struct pod_container_spec c;
    struct pod_spec pod = pod_of(&c, 900, 101);
    struct st_request asks;
    struct cluster_fit_in in = {.pod = &pod, .asks = &asks, .node = &node,
                                .use = {.cpu_milli = 200, .pods = 110}};
    struct cluster_parts parts = {0};
    struct cluster_fit_out out;
    char text[512];

    c.asks.other_count = 1;
    c.asks.other = &gpu;
    st_request_of(&pod, &asks);
    out = cluster_fit(&in);
    cluster_parts_fit(&parts, &out, &asks, 3);
    cluster_sentence(3, &parts, text, sizeof(text));
    cr_expect_str_eq(text, "0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient "
                           "example.com/gpu, 3 Insufficient memory, 3 Too many pods.");
    cr_expect(out.hopeless);
    node.limited = false;
    cr_expect_eq(cluster_fit(&in).fit, CLUSTER_FITS, "a node without an end to what it has");
}

Test(rule_fit, who_asks_for_nothing_needs_a_place_only)
{
    struct st_node_spec node = node_of("n1", 1000, 100);
    struct pod_container_spec c;
    struct pod_spec pod = pod_of(&c, 0, 0);
    struct st_request asks;
    struct cluster_fit_in in = {.pod = &pod, .asks = &asks, .node = &node,
                                .use = {.cpu_milli = 5000, .memory = 5000, .pods = 109}};

    st_request_of(&pod, &asks);
    cr_expect_eq(cluster_fit(&in).fit, CLUSTER_FITS);
    in.use.pods = 110;
    cr_expect_eq(cluster_fit(&in).lacks, 1u << CLUSTER_LACK_PODS);
    cr_expect_not(cluster_fit(&in).hopeless);
}

/* SC-05: by the characters, not by the number. */
Test(rule_fit, parts_are_sorted_as_strings)
{
    struct cluster_parts parts = {0};
    char text[256], small[32];

    cluster_parts_add(&parts, "Insufficient cpu", NULL, 7);
    cluster_parts_add(&parts, "node(s) had untolerated taint(s)", NULL, 1);
    cluster_parts_add(&parts, "Insufficient cpu", NULL, 3);
    cluster_parts_add(&parts, "nothing", NULL, 0);
    cluster_sentence(11, &parts, text, sizeof(text));
    cr_expect_str_eq(text, "0/11 nodes are available: 1 node(s) had untolerated taint(s), 10 "
                           "Insufficient cpu.");
    cr_expect_eq(cluster_sentence(11, &parts, small, sizeof(small)), 31);
    cr_expect_str_eq(small, "0/11 nodes are available: 1 nod");
}

/* ---- the twin -------------------------------------------------------------------------------- */

enum { NODES = 6, PODS = 14, ZONES = 3 };

static const char *const zone_name[] = {"a", "b", "c"}, *const host_name[] = {"n0", "n1", "n2",
                                                                             "n3", "n4", "n5"};
static const char *const topology[] = {"zone", "host"};

/* A small cluster: each node may have a zone, each pod one label and a place. */
struct small {
    uint32_t zone[NODES]; /* ZONES: none */
    uint32_t app[PODS], on[PODS];
    struct st_node_spec node[NODES];
    struct rx_pair label[NODES][2];
};

/* What the pod wants: of app `app` near or apart, by topology; a spread. */
struct wish {
    uint32_t self, near, apart, spread; /* apps; 2: nothing */
    uint32_t near_by, apart_by, spread_by; /* topologies */
    int32_t skew;
    uint32_t min_domains;
};

static uint32_t domain_of(const struct small *s, uint32_t node, uint32_t by)
{
    return by == 1 ? node : s->zone[node] == ZONES ? CLUSTER_NO_DOMAIN : s->zone[node];
}

static void draw_small(struct rx_prng *p, struct small *s)
{
    for (uint32_t i = 0; i < NODES; i++) {
        s->zone[i] = (uint32_t)rx_prng_below(p, ZONES + 1);
        s->label[i][0] = (struct rx_pair){"host", host_name[i]};
        if (s->zone[i] < ZONES)
            s->label[i][1] = (struct rx_pair){"zone", zone_name[s->zone[i]]};
        s->node[i] = (struct st_node_spec){
            .name = host_name[i], .labels = {s->zone[i] < ZONES ? 2 : 1, s->label[i]}};
    }
    for (uint32_t i = 0; i < PODS; i++) {
        s->app[i] = (uint32_t)rx_prng_below(p, 2);
        s->on[i] = (uint32_t)rx_prng_below(p, NODES);
    }
}

/* By definition: how many pods of that app are in that node's domain. */
static uint32_t around(const struct small *s, uint32_t node, uint32_t app, uint32_t by)
{
    uint32_t here = domain_of(s, node, by), n = 0;

    for (uint32_t i = 0; here != CLUSTER_NO_DOMAIN && i < PODS; i++)
        n += s->app[i] == app && domain_of(s, s->on[i], by) == here;
    return n;
}

static enum cluster_fit twin(const struct small *s, const struct wish *w, uint32_t node)
{
    if (w->spread < 2) {
        uint32_t least = UINT32_MAX, domains = 0;

        if (domain_of(s, node, w->spread_by) == CLUSTER_NO_DOMAIN)
            return CLUSTER_UNFIT_SPREAD_LABEL;
        for (uint32_t d = 0; d < NODES; d++) {
            uint32_t first = 0;

            while (first < NODES && domain_of(s, first, w->spread_by) != d)
                first++;
            if (first == NODES)
                continue;
            domains++;
            least = RX_MIN(least, around(s, first, w->spread, w->spread_by));
        }
        least = domains < w->min_domains ? 0 : least;
        if ((int64_t)around(s, node, w->spread, w->spread_by) + (w->self == w->spread) -
                (int64_t)least > w->skew)
            return CLUSTER_UNFIT_SPREAD;
    }
    if (w->near < 2) {
        uint32_t anywhere = 0;

        for (uint32_t i = 0; i < NODES; i++)
            anywhere += around(s, i, w->near, w->near_by);
        if (domain_of(s, node, w->near_by) == CLUSTER_NO_DOMAIN)
            return CLUSTER_UNFIT_NEAR;
        if (around(s, node, w->near, w->near_by) == 0 && !(anywhere == 0 && w->self == w->near))
            return CLUSTER_UNFIT_NEAR;
    }
    if (w->apart < 2 && around(s, node, w->apart, w->apart_by) > 0)
        return CLUSTER_UNFIT_APART;
    return CLUSTER_FITS;
}

static void count(const struct small *s, const struct wish *w, uint32_t node,
                  struct cluster_around *out)
{
    uint32_t domain[NODES], matching[NODES] = {0}, sum[NODES], d;
    bool counted[NODES];
    struct cluster_spread_in in = {NODES, NODES, domain, matching, counted, w->min_domains};
    struct cluster_spread spread;

    *out = (struct cluster_around){.near_self = w->self == w->near,
                                   .spread_self = w->self == w->spread};
    for (uint32_t i = 0; i < NODES; i++) {
        domain[i] = domain_of(s, i, w->spread_by);
        counted[i] = domain[i] != CLUSTER_NO_DOMAIN;
        if (w->near < 2)
            out->near_total += around(s, i, w->near, w->near_by);
    }
    for (uint32_t i = 0; i < PODS; i++)
        matching[s->on[i]] += s->app[i] == w->spread;
    spread = cluster_spread(&in, sum);
    d = domain[node];
    if (d != CLUSTER_NO_DOMAIN) {
        out->spread[0] = sum[d];
        out->spread_rest[0] = cluster_spread_rest(&spread, d, w->min_domains);
    }
    if (w->near < 2)
        out->near[0] = around(s, node, w->near, w->near_by);
    if (w->apart < 2)
        out->apart[0] = around(s, node, w->apart, w->apart_by);
}

Test(rule_fit, counts_say_what_a_look_at_each_pod_says)
{
    struct pod_pod_term near = {0}, apart = {0};
    struct pod_spread_spec spread = {.hard = true};
    struct pod_affinity_spec a = {.near = &near, .apart = &apart, .spread = &spread};
    struct pod_spec pod = {.affinity = &a};
    struct st_request asks = {0};
    uint32_t met[CLUSTER_UNFIT_KINDS] = {0};
    struct rx_prng p;

    p = rx_prng_stream(16, 0, 0);
    for (uint32_t round = 0; round < 4000; round++) {
        struct small s;
        struct wish w = {(uint32_t)rx_prng_below(&p, 3), (uint32_t)rx_prng_below(&p, 3),
                         (uint32_t)rx_prng_below(&p, 3), (uint32_t)rx_prng_below(&p, 3),
                         (uint32_t)rx_prng_below(&p, 2), (uint32_t)rx_prng_below(&p, 2),
                         (uint32_t)rx_prng_below(&p, 2), 1 + (int32_t)rx_prng_below(&p, 3),
                         (uint32_t)rx_prng_below(&p, 5)};

        draw_small(&p, &s);
        a.near_count = w.near < 2;
        a.apart_count = w.apart < 2;
        a.spread_count = w.spread < 2;
        near.topology = topology[w.near_by];
        apart.topology = topology[w.apart_by];
        spread.topology = topology[w.spread_by];
        spread.max_skew = w.skew;
        for (uint32_t n = 0; n < NODES; n++) {
            struct cluster_around counts;
            struct cluster_fit_in in = {.pod = &pod, .asks = &asks, .node = &s.node[n],
                                        .counts = &counts};
            enum cluster_fit is, should = twin(&s, &w, n);

            count(&s, &w, n, &counts);
            is = cluster_fit(&in).fit;
            met[should]++;
            cr_assert_eq(is, should, "round %u, node %u: %d instead of %d", round, n, is, should);
        }
    }
    for (int f = CLUSTER_UNFIT_SPREAD_LABEL; f <= CLUSTER_UNFIT_APART; f++)
        cr_expect_gt(met[f], 100, "reason %d has hardly been met", f);
}
