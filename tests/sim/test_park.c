/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run whose steady probes are parked against the same run in which every tick is fired: the same
 * events, the same digest, and the same counters whenever one looks, also when somebody interferes.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"
#include "tests/support/maker.h"

/* Steady for most of its life, with every kind of thing that ends that. */
static const char *const mixed =
    "apiVersion: v1\n"
    "kind: Pod\n"
    "metadata: {name: a, labels: {app: a}}\n"
    "spec:\n"
    "  containers:\n"
    "  - name: c\n"
    "    image: a:1\n"
    "    ports: [{containerPort: 80}]\n"
    "    startupProbe: {httpGet: {port: 80}, periodSeconds: 3}\n"
    "    readinessProbe: {httpGet: {port: 80, path: /ready}, periodSeconds: 5}\n"
    "    livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 7, initialDelaySeconds: 4}\n"
    "  - name: d\n"
    "    image: d:1\n"
    "    livenessProbe: {httpGet: {port: 80, path: /other}, periodSeconds: 10}\n"
    "---\n"
    "apiVersion: apps/v1\n"
    "kind: Deployment\n"
    "metadata: {name: w}\n"
    "spec:\n"
    "  replicas: 5\n"
    "  selector: {matchLabels: {app: w}}\n"
    "  template:\n"
    "    metadata: {labels: {app: w}}\n"
    "    spec:\n"
    "      terminationGracePeriodSeconds: 5\n"
    "      containers:\n"
    "      - name: c\n"
    "        image: w:1\n"
    "        ports: [{containerPort: 80}]\n"
    "        readinessProbe: {httpGet: {port: 80}, periodSeconds: 2, failureThreshold: 2}\n"
    "        livenessProbe: {httpGet: {port: 80}, periodSeconds: 3}\n"
    "---\n"
    "apiVersion: podring.dev/v1\n"
    "kind: Behavior\n"
    "metadata: {name: a}\n"
    "spec:\n"
    "  selector: {matchLabels: {app: a}}\n"
    "  instances:\n"
    "  - exit: {after: 300s, code: 3}\n"
    "    serve:\n"
    "    - {from: 0s, to: 6s, status: 500}\n"
    "    - {from: 120s, to: 131s, path: /ready, status: 503}\n"
    "    - {from: 200s, to: 220s, clock: instance, do: refuse}\n"
    "---\n"
    "apiVersion: podring.dev/v1\n"
    "kind: Behavior\n"
    "metadata: {name: w}\n"
    "spec:\n"
    "  selector: {matchLabels: {app: w}}\n"
    "  pods: [1, 3]\n"
    "  instances:\n"
    "  - serve: [{from: 100s, to: 400s, status: 500, rate: 0.3}]\n"
    "---\n"
    "apiVersion: podring.dev/v1\n"
    "kind: Scenario\n"
    "metadata: {name: s}\n"
    "spec:\n"
    "  steps:\n"
    "  - {at: 60s, scale: deployment/w, replicas: 3}\n"
    "  - {at: 90s, kill: pod/a, container: d, signal: SIGKILL}\n"
    "  - {at: 150s, setImage: deployment/w, container: c, image: \"w:2\"}\n"
    "  - {at: 240s, reboot: node}\n"
    "  - {at: 360s, delete: pod/a}\n";

/* ---- one of the two
 * ------------------------------------------------------------------------------ */

struct run {
    podring *ring;
    char *json;
    size_t length;
    FILE *out;
};

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    char line[4096];

    (void)ring;
    podring_event_json(e, line, sizeof(line));
    fprintf(((struct run *)ctx)->out, "%s\n", line);
}

static void start(struct run *r, const char *text, uint64_t seed, uint32_t timing, uint32_t flags)
{
    struct podring_options o = PODRING_OPTIONS_INIT;

    o.clock = PODRING_VIRTUAL;
    o.timing = timing;
    o.seed = seed;
    o.flags = flags;
    cr_assert_eq(podring_open(&o, &r->ring), 0, "%s", podring_why(NULL));
    r->out = open_memstream(&r->json, &r->length);
    podring_on_event(r->ring, on_event, r);
    cr_assert_eq(podring_load_text(r->ring, "t", text, strlen(text)), 0, "%s\n%s", text,
                 podring_why(r->ring));
    cr_assert_eq(podring_apply(r->ring), 0, "%s", podring_why(r->ring));
}

static void end(struct run *r)
{
    podring_close(r->ring);
    fclose(r->out);
    free(r->json);
}

/* How much the engine worked may differ; what it worked out may not. */
static struct podring_stats stats_of(const struct run *r)
{
    struct podring_stats s = PODRING_STATS_INIT;

    podring_stats(r->ring, &s);
    s.turns = s.enters = s.sqes = s.cqes = 0;
    s.memory = s.memory_peak = s.allocations = 0;
    return s;
}

static void compare(const struct run *a, const struct run *b, const char *what)
{
    struct podring_stats x = stats_of(a), y = stats_of(b);

    fflush(a->out);
    fflush(b->out);
    cr_assert_eq(podring_now(a->ring), podring_now(b->ring));
    cr_assert_str_eq(a->json, b->json, "%s: events differ at %lld ms", what,
                     (long long)podring_now(a->ring));
    cr_assert_eq(podring_digest(a->ring), podring_digest(b->ring), "%s: digest", what);
    for (size_t i = 0; i < sizeof(x) / sizeof(uint64_t); i++)
        cr_assert_eq(((const uint64_t *)&x)[i], ((const uint64_t *)&y)[i],
                     "%s: counter %zu at %lld ms: %llu parked, %llu not", what, i,
                     (long long)podring_now(a->ring), (unsigned long long)((const uint64_t *)&x)[i],
                     (unsigned long long)((const uint64_t *)&y)[i]);
    for (int h = 0; h < PODRING_HISTOGRAMS; h++)
        cr_assert_eq(podring_samples(a->ring, h), podring_samples(b->ring, h), "%s: samples", what);
}

/* ---- somebody interferes
 * --------------------------------------------------------------------------- */

static uint64_t nth_pod(podring *ring, uint64_t n)
{
    uint64_t cursor = 0, pod = 0;

    for (uint64_t i = 0; i <= n; i++)
        pod = podring_next_pod(ring, &cursor);
    return pod;
}

static void interfere(const struct run *r, uint64_t random)
{
    uint64_t pod = nth_pod(r->ring, random >> 8 & 7);

    if (pod == 0)
        return;
    switch (random & 15) {
    case 0:
        podring_kill(r->ring, pod, "c", 9);
        break;
    case 1:
        podring_delete(r->ring, pod, 3, 0);
        break;
    case 2:
        podring_reboot(r->ring);
        break;
    case 3:
        podring_reset_measures(r->ring);
        break;
    default:
        break;
    }
}

static void run_both(const char *text, const char *what, uint64_t seed, uint32_t timing,
                     int64_t for_ms)
{
    struct run a = {0}, b = {0};
    struct rx_prng random = rx_prng_stream(seed, 0, 0);
    int64_t at = 0;

    start(&a, text, seed, timing, 0);
    start(&b, text, seed, timing, PODRING_NO_PARK);
    while (at < for_ms) {
        uint64_t what_next = rx_prng_next(&random);

        /* Often at the very instant of ticks, whose periods are whole seconds. */
        at += what_next & 1 ? (int64_t)(what_next >> 32) % 20000
                            : (int64_t)((what_next >> 32) % 20) * 1000;
        podring_run_until(a.ring, at);
        podring_run_until(b.ring, at);
        compare(&a, &b, what);
        what_next = rx_prng_next(&random);
        interfere(&a, what_next);
        interfere(&b, what_next);
        compare(&a, &b, what);
    }
    end(&a);
    end(&b);
}

Test(park, counters_are_those_of_every_tick)
{
    run_both(mixed, "mixed", 1, PODRING_TIMING_REFERENCE, 500000);
    run_both(mixed, "mixed, spread", 2, PODRING_TIMING_SPREAD, 500000);
    for (uint64_t seed = 10; seed < 40; seed++)
        run_both(mixed, "mixed", seed, (uint32_t)seed % 3, 200000);
}

Test(park, random_worlds_do_not_notice)
{
    struct maker m = {0};

    for (uint64_t seed = 0; seed < 100; seed++) {
        char what[64];

        snprintf(what, sizeof(what), "seed %llu", (unsigned long long)seed);
        maker_make(&m, seed, NULL);
        run_both(m.text, what, seed, PODRING_TIMING_REFERENCE, 180000);
    }
    maker_free(&m);
}

/* Parking must happen, or the rest of this file says nothing: turns tell. */
Test(park, steady_pods_cost_no_turns)
{
    static const char *const text = "apiVersion: apps/v1\n"
                                    "kind: Deployment\n"
                                    "metadata: {name: w}\n"
                                    "spec:\n"
                                    "  replicas: 100\n"
                                    "  selector: {matchLabels: {app: w}}\n"
                                    "  template:\n"
                                    "    metadata: {labels: {app: w}}\n"
                                    "    spec:\n"
                                    "      containers:\n"
                                    "      - name: c\n"
                                    "        image: w:1\n"
                                    "        startupProbe: {tcpSocket: {port: 80}}\n"
                                    "        readinessProbe: {httpGet: {port: 80}}\n"
                                    "        livenessProbe: {httpGet: {port: 80}}\n";
    struct podring_stats s = PODRING_STATS_INIT;
    struct run r = {0};
    uint64_t turns;

    start(&r, text, 1, PODRING_TIMING_SPREAD, 0);
    podring_run_until(r.ring, 60000);
    podring_stats(r.ring, &s);
    turns = s.turns;
    podring_run_until(r.ring, 86400000);
    podring_stats(r.ring, &s);
    cr_expect_lt(s.turns - turns, 10);
    cr_expect_eq(s.failure + s.error + s.in_flight, 0);
    /* 8,640 periods in a day, two probes of 100 pods; less what the start of each took. */
    cr_expect_gt(s.probes, 8635u * 200);
    cr_expect_lt(s.probes, 8640u * 200 + 100);
    end(&r);
}
