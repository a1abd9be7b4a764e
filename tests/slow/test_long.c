/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of simulated time, many seeds: what a short run cannot show - counters that drift, queues
 * and memory that grow, timers that get lost, ladders that never come down.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/world.h"

enum { HOUR_MS = 3600000, DAY_S = 86400, DAY_MS = 24 * HOUR_MS };

static uint64_t first_seed(void)
{
    const char *given = getenv("PODRING_SEED");

    return given != NULL ? strtoull(given, NULL, 10) : 0;
}

/* ---- random worlds
 * -------------------------------------------------------------------------------- */

/* Logs, files and pools may reach a new height when much falls together; a leak of a byte a probe
 * is more. */
enum { GROWTH_MAX = 1 << 20 };

Test(long, days_of_random_worlds, .timeout = 3600)
{
    static const struct hunt h = {.shape = {.pods_max = 6, .span_s = DAY_S, .timings = true},
                                  .for_ms = DAY_MS,
                                  .seed = 0,
                                  .count = 150,
                                  .twice = true,
                                  .growth_max = GROWTH_MAX,
                                  .tries = 300};

    cr_expect(hunt_run(&h));
}

Test(long, days_of_random_worlds_under_faults, .timeout = 3600)
{
    static const struct hunt h = {
        .shape = {.pods_max = 6, .span_s = DAY_S, .timings = true, .faults = true},
        .for_ms = DAY_MS,
        .seed = 1000,
        .count = 60,
        .twice = true,
        .growth_max = GROWTH_MAX,
        .tries = 300};

    cr_expect(hunt_run(&h));
}

/* Many short worlds; the quick tests have a few hundred of each kind. */
Test(long, many_worlds_keep_the_invariants, .timeout = 3600)
{
    static const struct hunt h = {
        .shape = {.timings = true}, .for_ms = 180000, .seed = 10000, .count = 10000, .twice = true};

    cr_expect(hunt_run(&h));
}

Test(long, many_worlds_tell_one_story_by_wire_and_script, .timeout = 3600)
{
    static const struct hunt h = {
        .shape = {.wire = true}, .for_ms = 180000, .seed = 110000, .count = 3000, .wire = true};

    cr_expect(hunt_run(&h));
}

/* ---- two thousand flapping pods for a day
 * ----------------------------------------------------------- */

static const char flapping[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2000\n"
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
    "    spec:\n      containers:\n      - name: c\n        image: i:1\n"
    "        ports: [{containerPort: 8080}]\n"
    "        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 10, failureThreshold: 2}\n"
    "        livenessProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 10}\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: flap}\nspec:\n"
    "  instances:\n  - exit: {after: {exp: 3h}, code: 1}\n    serve:\n"
    "    - {path: /, status: 503, rate: 0.3}\n    - {path: /live, status: 500, rate: 0.05}\n";

Test(long, a_day_of_flapping_pods, .timeout = 900)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_stats s = PODRING_STATS_INIT, warm = PODRING_STATS_INIT;
    podring *r;

    o.clock = PODRING_VIRTUAL;
    o.flags = PODRING_NO_EVENTS;
    o.seed = first_seed();
    cr_assert_eq(podring_open(&o, &r), 0);
    cr_assert_eq(podring_load_text(r, "flapping", flapping, strlen(flapping)), 0);
    cr_assert_eq(podring_apply(r), 0);
    cr_assert_eq(podring_run_until(r, HOUR_MS), 0);
    podring_stats(r, &warm);
    cr_assert_eq(podring_run_until(r, DAY_MS), 0);
    podring_stats(r, &s);
    cr_expect_eq(s.pods, 2000);
    cr_expect_eq(s.allocations, warm.allocations, "%llu allocations since the first hour",
                 (unsigned long long)(s.allocations - warm.allocations));
    cr_expect_eq(s.memory, warm.memory);
    cr_expect_eq(s.missed, 0, "virtual time is never late");
    cr_expect_eq(s.success + s.warning + s.failure + s.error, s.probes_done);
    /* 2,000 pods, a run every 5 s, less what crash loops take. */
    cr_expect_gt(s.probes_done, 30000000, "%llu runs", (unsigned long long)s.probes_done);
    cr_expect_gt(s.restarts, 2000 * 6, "%llu restarts", (unsigned long long)s.restarts);
    cr_expect_gt(s.timers_armed, 2000 * 2, "every probe has its next tick");
    podring_close(r);
}
