/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probe runs that wait for others: in the queue for an attempt, behind the run before, behind an
 * engine that comes late.
 */
#include <time.h>
#include <unistd.h>

#include "tests/api/test_api_kit.h"

/* A readiness probe whose answer takes that long. */
#define SLOW_POD(name, latency)                                                                    \
    KIT_POD(name)                                                                                  \
    "    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 60, timeoutSeconds: "              \
    "50}\n" KIT_BEHAVIOR(name, "  - serve: [{latency: " latency "}]\n")

static bool ready(podring *r, const char *name)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    cr_assert_eq(podring_pod_info(r, kit_pod(r, name), &info), 0);
    return info.ready == info.ready_of;
}

static podring *open_narrow(void)
{
    struct podring_options o = kit_options();

    o.net = PODRING_NET_MEMORY; /* scripted probes need no attempts */
    o.attempts_max = 1;
    return kit_open(o);
}

/* The queue is first come, first served, whoever of it goes before it is his turn. */
static void leaves_the_queue(const char *who, const char *first, const char *second)
{
    podring *r = open_narrow();

    kit_apply(r, SLOW_POD("a", "5s") SLOW_POD("b", "5s") SLOW_POD("c", "5s"));
    kit_run(r, 1000);
    cr_expect_eq(kit_stats(r).in_flight, 1);
    cr_expect_eq(kit_stats(r).waited, 2);
    cr_assert_eq(podring_delete(r, kit_pod(r, who), 0, 1), 0);
    kit_run(r, 4000);
    kit_apply(r, SLOW_POD("d", "5s"));
    kit_run(r, 12500);
    cr_expect(ready(r, first), "%s, without %s", first, who);
    cr_expect_not(ready(r, second), "%s, without %s", second, who);
    kit_run(r, 17500);
    cr_expect(ready(r, second), "%s, without %s", second, who);
    cr_expect_eq(kit_stats(r).waited, 3);
    podring_close(r);
}

Test(attempts, the_last_of_the_queue_may_leave_it)
{
    leaves_the_queue("c", "b", "d");
}

Test(attempts, the_first_of_the_queue_may_leave_it)
{
    leaves_the_queue("b", "c", "d");
}

Test(attempts, a_queue_that_is_empty_begins_anew)
{
    podring *r = open_narrow();

    kit_apply(r, SLOW_POD("a", "5s") SLOW_POD("b", "5s"));
    kit_run(r, 1000);
    cr_assert_eq(podring_delete(r, kit_pod(r, "b"), 0, 1), 0);
    kit_run(r, 4000);
    kit_apply(r, SLOW_POD("c", "5s"));
    kit_run(r, 11000);
    cr_expect(ready(r, "a") && ready(r, "c"));
    kit_apply(r, SLOW_POD("d", "5s") SLOW_POD("e", "5s"));
    kit_run(r, 22000);
    cr_expect(ready(r, "d") && ready(r, "e"));
    podring_close(r);
}

/* ---- ticks that are lost --------------------------------------------------------------------- */

/* Runs of 4.7 s from 1 s on: a tick within one is remembered, the others are lost: 3, 4, 5, then 7,
 * 8, 9, 10. */
Test(attempts, ticks_within_a_run_are_counted_but_for_one)
{
    podring *r = kit_ring(
        KIT_POD("a") "    livenessProbe: {httpGet: {port: 8080}, periodSeconds: 1, timeoutSeconds: "
                     "5}\n" KIT_BEHAVIOR("a", "  - serve: [{latency: 4700ms}]\n"));

    kit_run(r, 5500);
    cr_expect_eq(kit_stats(r).missed, 3);
    cr_expect_eq(kit_stats(r).probes, 1);
    kit_run(r, 5700);
    cr_expect_eq(kit_stats(r).probes, 2, "the one that was remembered");
    kit_run(r, 10200);
    cr_expect_eq(kit_stats(r).missed, 7);
    cr_expect_eq(kit_stats(r).probes, 2);
    podring_close(r);
}

/* A short run after a long one: what was remembered is asked once. */
Test(attempts, a_remembered_tick_is_asked_once)
{
    podring *r = kit_ring(
        KIT_POD("a") "    livenessProbe: {httpGet: {port: 8080}, periodSeconds: 2, timeoutSeconds: "
                     "9}\n" KIT_BEHAVIOR(
                         "a",
                         "  - serve: [{from: 0s, to: 3s, latency: 2500ms}, {latency: 100ms}]\n"));

    /* Runs from 2 to 4.5, 4.5 to 4.6, then at 6, 8 and 10. */
    kit_run(r, 5900);
    cr_expect_eq(kit_stats(r).probes, 2);
    kit_run(r, 10500);
    cr_expect_eq(kit_stats(r).probes, 5);
    cr_expect_eq(kit_stats(r).missed, 0);
    podring_close(r);
}

/* ---- the first probe ------------------------------------------------------------------------- */

/* What is to be spread over a period does not begin with all of it in one instant. */
Test(attempts, spread_probes_are_no_herd)
{
    struct podring_options o = kit_options();
    podring *r;

    o.timing = PODRING_TIMING_SPREAD;
    r = kit_open(o);
    kit_apply(
        r, KIT_DEPLOYMENT(
               "web", 200) "        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 10}\n");
    kit_run(r, 0);
    cr_expect_eq(kit_stats(r).probes, 0);
    kit_run(r, 5000);
    cr_expect(kit_stats(r).probes > 60 && kit_stats(r).probes < 140, "%llu",
              (unsigned long long)kit_stats(r).probes);
    kit_run(r, 10000);
    cr_expect_eq(kit_stats(r).probes, 200);
    podring_close(r);
}

/* ---- an engine that comes late --------------------------------------------------------------- */

static int64_t clock_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* When the next tick is due lies between these two. */
struct due {
    int64_t from, to;
};

static struct due next_due(podring *r)
{
    struct due d = {.from = clock_ns()};
    int64_t wait = podring_wait_ns(r);

    d.to = clock_ns() + wait;
    d.from += wait;
    return d;
}

/* Does a multiple of so many ns lie between from and to? */
static bool multiple_between(int64_t from, int64_t to, int64_t ns)
{
    return to / ns * ns >= from;
}

/* In real time, nothing turned for more than three periods: as many ticks are counted as lost, and
 * those to come are due where they would have been. */
Test(attempts, late_ticks_are_counted_and_keep_their_phase, .timeout = 60)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct due before, after;
    podring *r;

    o.net = PODRING_NET_SCRIPT;
    o.timing = PODRING_TIMING_REFERENCE;
    r = kit_open(o);
    kit_apply(r, KIT_POD("a") "    livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}\n");
    while (kit_stats(r).containers_running == 0)
        cr_assert_geq(podring_turn(r, 0), 0);
    while (podring_turn(r, 0) > 0)
        ;
    before = next_due(r);
    cr_assert_lt(before.to - clock_ns(), INT64_C(1100000000));
    usleep(4400000);
    while (podring_turn(r, 0) > 0)
        ;
    cr_expect_geq(kit_stats(r).missed, 3);
    cr_expect_eq(kit_stats(r).probes, 1);
    after = next_due(r);
    cr_expect(multiple_between(after.from - before.to, after.to - before.from, 1000000000),
              "due %lld ns later", (long long)(after.from - before.to));
    podring_close(r);
}
