/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of simulated time, many seeds: what a short run cannot show - counters that drift, queues
 * and memory that grow, timers that get lost, ladders that never come down.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/maker.h"
#include "tests/support/story.h"

enum { HOUR_MS = 3600000, DAY_S = 86400, DAY_MS = 24 * HOUR_MS, POOLS_MAX = 128 << 10 };

static uint64_t first_seed(void)
{
    const char *given = getenv("PODRING_SEED");

    return given != NULL ? strtoull(given, NULL, 10) : 0;
}

/* ---- random pods for a day
 * ----------------------------------------------------------------------- */

struct books {
    uint64_t started, ended, restarts, created, deleted, last_seq;
    int64_t last_at;
    int broken;
};

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct books *b = ctx;

    (void)ring;
    b->broken += e->seq != b->last_seq + 1 || e->at_ms < b->last_at;
    b->last_seq = e->seq;
    b->last_at = e->at_ms;
    if (e->kind == PODRING_EVENT) {
        b->started += strcmp(e->reason, "Started") == 0;
    } else if (strcmp(e->field, "object") == 0) {
        b->created += strcmp(e->to, "Created") == 0;
        b->deleted += strcmp(e->to, "Deleted") == 0;
    } else if (strcmp(e->field, "state") == 0) {
        b->ended += strcmp(e->to, "Terminated") == 0 && strcmp(e->from, "Running") == 0;
    }
}

static podring *open_ring(uint64_t seed, enum podring_net net, const char *yaml, size_t length)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;

    o.clock = PODRING_VIRTUAL;
    o.net = net;
    o.seed = seed;
    cr_assert_eq(podring_open(&o, &r), 0, "%s", podring_why(NULL));
    cr_assert_eq(podring_load_text(r, "long", yaml, length), 0, "seed %llu\n%s",
                 (unsigned long long)seed, yaml);
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    return r;
}

static uint64_t a_day(uint64_t seed, enum podring_net net, const struct maker *m)
{
    struct podring_stats s = PODRING_STATS_INIT, half = PODRING_STATS_INIT;
    struct books b = {0};
    podring *r = open_ring(seed, net, m->text, m->used);
    uint64_t digest;

    podring_on_event(r, on_event, &b);
    cr_assert_eq(podring_run_until(r, DAY_MS / 2), 0);
    podring_stats(r, &half);
    for (int hour = 13; hour <= 24; hour++)
        cr_assert_eq(podring_run_until(r, (int64_t)hour * HOUR_MS), 0);
    podring_stats(r, &s);
    digest = podring_digest(r);
    cr_expect_eq(b.broken, 0, "seed %llu: events out of order", (unsigned long long)seed);
    cr_expect_eq(s.events, b.last_seq);
    cr_expect_eq(s.pods_created, b.created);
    cr_expect_eq(s.pods_deleted, b.deleted);
    cr_expect_eq(s.pods_created - s.pods_deleted, s.pods);
    cr_expect_eq(s.success + s.warning + s.failure + s.error, s.probes_done);
    cr_expect_leq(s.containers_running, 2 * s.pods + 2 * s.pods_deleted);
    cr_expect_eq(b.started - b.ended, s.containers_running,
                 "seed %llu: %llu starts, %llu ends, %llu run", (unsigned long long)seed,
                 (unsigned long long)b.started, (unsigned long long)b.ended,
                 (unsigned long long)s.containers_running);
    cr_expect_eq(s.steady_allocations, 0, "seed %llu allocated while turning",
                 (unsigned long long)seed);
    cr_expect_eq(s.events_dropped, 0);
    /* Pools may reach a new height when much falls together; a leak of a byte a probe is more. */
    cr_expect_leq(s.memory, half.memory + POOLS_MAX,
                  "seed %llu: %llu bytes more at the end of the day", (unsigned long long)seed,
                  (unsigned long long)(s.memory - half.memory));
    podring_close(r);
    return digest;
}

Test(long, days_of_random_pods, .timeout = 600)
{
    static const struct maker_shape shape = {.pods_max = 12, .span_s = DAY_S};
    struct maker m = {0};
    uint64_t first = first_seed();

    for (uint64_t seed = first; seed < first + 300; seed++) {
        maker_make(&m, seed, &shape);
        cr_expect_eq(a_day(seed, PODRING_NET_SCRIPT, &m), a_day(seed, PODRING_NET_SCRIPT, &m),
                     "seed %llu told two stories", (unsigned long long)seed);
    }
    maker_free(&m);
}

Test(long, days_of_random_pods_over_memory, .timeout = 600)
{
    static const struct maker_shape shape = {.pods_max = 6, .span_s = DAY_S};
    struct maker m = {0};
    uint64_t first = first_seed();

    for (uint64_t seed = first; seed < first + 60; seed++) {
        maker_make(&m, seed, &shape);
        a_day(seed, PODRING_NET_MEMORY, &m);
    }
    maker_free(&m);
}

/* Many short worlds: the wire tells the script's story. The quick test has 150 seeds of it. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted_lines(struct story *s)
{
    const char *json = story_json(s);
    char *copy = strdup(json), *out = malloc(strlen(json) + 1), *to = out, **line;
    size_t count = 0;

    line = malloc((strlen(json) / 32 + 1) * sizeof(*line));
    for (char *at = strtok(copy, "\n"); at != NULL; at = strtok(NULL, "\n")) {
        char *seq = strstr(at, "\"seq\":"), *rest = strchr(seq, ',') + 1;

        memmove(seq, rest, strlen(rest) + 1);
        line[count++] = at;
    }
    qsort(line, count, sizeof(*line), by_text);
    *to = '\0';
    for (size_t i = 0; i < count; i++)
        to += sprintf(to, "%s\n", line[i]);
    free(line);
    free(copy);
    return out;
}

Test(long, the_wire_tells_the_scripts_story, .timeout = 600)
{
    struct maker m = {0};
    uint64_t first = first_seed() + 10000;
    unsigned differ = 0;

    for (uint64_t seed = first; seed < first + 5000; seed++) {
        struct story_options o = {.for_ms = 180000, .seed = seed, .net = PODRING_NET_SCRIPT};
        struct story *a, *b;
        char *x, *y;

        maker_make(&m, seed, NULL);
        a = story_run(m.text, &o);
        o.net = PODRING_NET_MEMORY;
        b = story_run(m.text, &o);
        x = sorted_lines(a);
        y = sorted_lines(b);
        if (strcmp(x, y) != 0) {
            differ++;
            fprintf(stderr, "PODRING_SEED=%llu differs\n", (unsigned long long)(seed - 10000));
        }
        free(x);
        free(y);
        story_free(a);
        story_free(b);
    }
    cr_expect_eq(differ, 0, "%u seeds differ", differ);
    maker_free(&m);
}

/* ---- two thousand flapping pods for a day
 * ------------------------------------------------------------ */

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
