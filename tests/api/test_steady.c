/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The promise that turning allocates nothing: probes that fail and succeed, containers that crash,
 * hang, refuse and are killed, in every world that needs no kernel.
 */
#include <criterion/criterion.h>

#include "tests/support/story.h"

static const char manifest[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 60\n"
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
    "    spec:\n      containers:\n      - name: c\n        image: i:1\n"
    "        ports: [{containerPort: 8080}]\n"
    "        livenessProbe: {httpGet: {port: 8080}, periodSeconds: 3}\n"
    "        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 2}\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: crash}\nspec:\n"
    "  pods: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n  instances: [{exit: {after: {exp: 40s}, code: 1}}]\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: hang}\nspec:\n"
    "  pods: [10, 11, 12, 13, 14]\n"
    "  instances: [{serve: [{from: 20s, clock: instance, path: /, do: hang}]}]\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: refuse}\nspec:\n"
    "  pods: [15, 16, 17]\n  instances: [{serve: [{from: 5s, to: 7s, clock: instance, do: "
    "refuse}]}]\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: flap}\nspec:\n"
    "  pods: [20, 21, 22, 23]\n  instances: [{serve: [{status: 500, rate: 0.5}]}]\n";

static void check(enum podring_net net)
{
    struct story_options o = {.for_ms = 200000, .seed = 7, .net = net};
    struct podring_stats before = PODRING_STATS_INIT, after = PODRING_STATS_INIT;
    struct story *s = story_run(manifest, &o);

    podring_stats(story_ring(s), &before);
    cr_assert_eq(podring_run_until(story_ring(s), 1200000), 0);
    podring_stats(story_ring(s), &after);
    cr_expect_gt(after.restarts, before.restarts + 20);
    cr_expect_gt(after.failure, before.failure + 100);
    cr_expect_eq(after.allocations, before.allocations, "%llu allocations in a steady state",
                 (unsigned long long)(after.allocations - before.allocations));
    cr_expect_eq(after.steady_allocations, 0);
    story_free(s);
}

Test(steady, scripted)
{
    check(PODRING_NET_SCRIPT);
}

Test(steady, over_memory)
{
    check(PODRING_NET_MEMORY);
}

/* A loop in a shell needs memory all the time: that is the program's, and is not hidden. */
Test(steady, programs_are_counted_apart)
{
    static const char loop[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    "
        "image: i:1\n"
        "    command: [sh, -c, \"while true; do x=$(date); echo $x >>/tmp/a; rm /tmp/a; sleep 1; "
        "done\"]\n";
    struct story_options o = {.for_ms = 100000, .seed = 7};
    struct podring_stats before = PODRING_STATS_INIT, after = PODRING_STATS_INIT;
    struct story *s = story_run(loop, &o);

    podring_stats(story_ring(s), &before);
    cr_assert_eq(podring_run_until(story_ring(s), 400000), 0);
    podring_stats(story_ring(s), &after);
    cr_expect_geq(after.program_allocations, before.program_allocations + 300);
    cr_expect_eq(after.growth_allocations, before.growth_allocations);
    cr_expect_eq(after.allocations - before.allocations,
                 after.program_allocations - before.program_allocations);
    cr_expect_eq(after.steady_allocations, 0);
    cr_expect_gt(after.guest_memory, 0);
    cr_expect_leq(after.guest_memory, after.guest_memory_peak);
    cr_expect_lt(after.guest_memory_peak, after.memory_peak);
    story_free(s);
}

/* What a pod's programs have taken goes with the pod; what stays is the template's compiled
 * command. */
Test(steady, guest_memory_goes_with_the_pod)
{
    static const char logs[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  volumes: [{name: v, emptyDir: "
        "{}}]\n"
        "  terminationGracePeriodSeconds: 1\n  containers:\n  - name: c\n    image: i:1\n"
        "    volumeMounts: [{name: v, mountPath: /v}]\n"
        "    command: [sh, -c, \"seq 20000 | tee /v/all; sleep 1000\"]\n";
    struct story_options o = {.for_ms = 10000, .seed = 7};
    struct podring_stats before = PODRING_STATS_INIT, after = PODRING_STATS_INIT;
    struct story *s = story_run(logs, &o);
    uint64_t pod;

    podring_stats(story_ring(s), &before);
    cr_assert_eq(podring_find(story_ring(s), "default", "p", &pod), 0);
    cr_assert_eq(podring_delete(story_ring(s), pod, -1, 0), 0);
    cr_assert_eq(podring_run_until(story_ring(s), 60000), 0);
    podring_stats(story_ring(s), &after);
    cr_expect_gt(before.guest_memory, 200000);
    cr_expect_lt(after.guest_memory, 20000);
    cr_expect_eq(after.guest_memory_peak, before.guest_memory_peak);
    story_free(s);
}

/* Two connections, latency and faults: what is on its way may be more than was thought at first. */
Test(steady, with_two_connections)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_stats s = PODRING_STATS_INIT;
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    o.net = PODRING_NET_MEMORY;
    o.connections_max = 2;
    o.net_latency_max_us = 400000;
    o.net_reset_ppm = 100000;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_assert_eq(podring_load_text(ring, "steady", manifest, sizeof(manifest) - 1), 0);
    cr_assert_eq(podring_apply(ring), 0);
    cr_assert_eq(podring_run_until(ring, 600000), 0);
    podring_stats(ring, &s);
    cr_expect_gt(s.connection_waits, 1000);
    cr_expect_eq(s.steady_allocations, 0);
    podring_close(ring);
}
