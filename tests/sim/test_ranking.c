/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ranking.c - a ranking that is kept from pod to pod places them as a survey of all nodes for
 * each of them would: random clusters, zones, taints, requests, pods that go, nodes that change.
 */
#include "api/engine.h"
#include "engine/cluster/node.h"
#include "engine/reactor/prng.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 16384 };

static uint32_t draw(struct rx_prng *p, uint32_t n)
{
    return (uint32_t)rx_prng_below(p, n);
}

static size_t draw_nodes(struct rx_prng *p, char *out)
{
    uint32_t zones = draw(p, 4), count = 1 + draw(p, 12);
    size_t used = 0;

    for (uint32_t i = 0; i < count; i++) {
        used += (size_t)snprintf(out + used, TEXT_MAX - used,
                                 "apiVersion: v1\nkind: Node\nmetadata: {name: n%u", i);
        if (zones > 0 && draw(p, 8) > 0)
            used += (size_t)snprintf(out + used, TEXT_MAX - used,
                                     ", labels: {topology.kubernetes.io/zone: z%u}",
                                     draw(p, zones));
        used += (size_t)snprintf(out + used, TEXT_MAX - used, "}\n");
        if (draw(p, 6) == 0)
            used += (size_t)snprintf(out + used, TEXT_MAX - used,
                                     "spec: {taints: [{key: k, effect: %s}]}\n",
                                     draw(p, 3) == 0 ? "PreferNoSchedule" : "NoSchedule");
        if (draw(p, 8) > 0)
            used += (size_t)snprintf(out + used, TEXT_MAX - used,
                                     "status: {allocatable: {cpu: %u, memory: %uGi, pods: %u}}\n",
                                     1 + draw(p, 4), 1 + draw(p, 8), 3 + draw(p, 20));
        used += (size_t)snprintf(out + used, TEXT_MAX - used, "---\n");
    }
    return used;
}

static void draw_pods(struct rx_prng *p, char *out)
{
    size_t used = 0;

    for (uint32_t i = 0, sets = 1 + draw(p, 4); i < sets; i++)
        used += (size_t)snprintf(
            out + used, TEXT_MAX - used,
            "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: w%u}\nspec:\n  replicas: %u\n"
            "  selector: {matchLabels: {a: w%u}}\n  template:\n    metadata: {labels: {a: w%u}}\n"
            "    spec: {%scontainers: [{name: c, image: i, resources: {requests: {cpu: %um, "
            "memory: %uMi}}}]}\n---\n",
            i, 1 + draw(p, 30), i, i,
            draw(p, 4) == 0 ? "tolerations: [{operator: Exists}], " : "", 50 * draw(p, 12),
            64 * draw(p, 12));
    used += (size_t)snprintf(out + used, TEXT_MAX - used,
                             "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
                             "spec:\n  steps:\n");
    for (uint32_t i = 0; i < 6; i++) {
        used += (size_t)snprintf(out + used, TEXT_MAX - used, "  - {at: %us, scale: replicaset/w0, "
                                 "replicas: %u}\n", 1 + 2 * i, draw(p, 40));
        if (draw(p, 2) == 0)
            used += (size_t)snprintf(out + used, TEXT_MAX - used, "  - {at: %us, %s: node/n0}\n",
                                     2 + 2 * i, i % 2 == 0 ? "cordon" : "uncordon");
    }
}

static uint64_t run(const char *nodes, const char *pods, bool ranking, uint64_t *placed)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;
    uint64_t digest;

    o.clock = PODRING_VIRTUAL;
    o.flags |= PODRING_NO_EVENTS;
    cr_assert_eq(podring_open(&o, &r), 0);
    cr_assert_eq(podring_load_text(r, "nodes", nodes, strlen(nodes)), 0, "%s", nodes);
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    r->cluster.nodes->no_ranking = !ranking;
    cr_assert_eq(podring_load_text(r, "pods", pods, strlen(pods)), 0, "%s", pods);
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    cr_assert_eq(podring_run_until(r, 20000), 0);
    digest = r->world.log.digest;
    for (uint32_t i = 0; i < r->cluster.nodes->count; i++)
        *placed += r->cluster.nodes->at[i]->standing;
    podring_close(r);
    return digest;
}

Test(ranking, places_as_a_survey_would)
{
    static char nodes[TEXT_MAX], pods[TEXT_MAX];
    uint64_t placed = 0, again = 0;

    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct rx_prng p = rx_prng_stream(seed, 0, 0);
        uint64_t a, b;

        draw_nodes(&p, nodes);
        draw_pods(&p, pods);
        a = run(nodes, pods, true, &placed);
        b = run(nodes, pods, false, &again);
        cr_assert_eq(a, b, "seed %llu:\n%s%s", (unsigned long long)seed, nodes, pods);
    }
    cr_expect_eq(placed, again);
    cr_expect_gt(placed, 1000, "only %llu pods have been placed", (unsigned long long)placed);
}
