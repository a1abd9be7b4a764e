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

/* It would look like the pod's fault: whoever asks then finds nobody. */
Test(attempts, a_run_whose_container_ends_in_the_queue_is_missed)
{
    podring *r = open_narrow();

    kit_apply(r, SLOW_POD("a", "5s") KIT_POD("b")
                     "    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 60}\n"
                     KIT_BEHAVIOR(
                         "b", "  - exit: {after: 2s, code: 1}\n  - start: {fail: gone}\n"));
    kit_run(r, 1000);
    cr_expect_eq(kit_stats(r).waited, 1);
    kit_run(r, 10000);
    cr_expect_eq(kit_stats(r).success, 1);
    cr_expect_eq(kit_stats(r).failure, 0);
    cr_expect_eq(kit_stats(r).missed, 1);
    podring_close(r);
}

/* ... and so does a run that would ask another container of its pod. */
Test(attempts, a_run_whose_target_ends_in_the_queue_is_missed)
{
    podring *r = open_narrow();

    kit_apply(r, SLOW_POD("a", "12s") KIT_POD("b")
                     "    livenessProbe: {httpGet: {port: 81}, periodSeconds: 10}\n"
                     "  - {name: d, image: 'i:1', ports: [{containerPort: 81}]}\n"
                     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: d}\nspec:\n"
                     "  container: d\n  instances:\n"
                     "  - exit: {after: 11s, code: 1}\n  - start: {fail: gone}\n");
    kit_run(r, 10000);
    cr_expect_eq(kit_stats(r).waited, 1);
    kit_run(r, 15000);
    cr_expect_eq(kit_stats(r).success, 1);
    cr_expect_eq(kit_stats(r).failure, 0);
    cr_expect_eq(kit_stats(r).missed, 1);
    podring_close(r);
}

/* It has had its place: behind the others it would be asked when its container has long ended. */
Test(attempts, a_run_that_is_repeated_does_not_wait_once_more)
{
    podring *r = open_narrow();

    kit_apply(r, KIT_POD("b")
              "    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 60, timeoutSeconds: 50}\n"
              KIT_BEHAVIOR("b", "  - {exit: {after: 2s, code: 1}, serve: [{bodyAfter: 40s}]}\n"
                                "  - start: {fail: gone}\n") SLOW_POD("a", "5s"));
    kit_run(r, 1000);
    cr_expect_eq(kit_stats(r).waited, 1);
    kit_run(r, 2000);
    cr_expect_eq(kit_stats(r).error, 1);
    cr_expect_eq(kit_stats(r).failure, 1);
    cr_expect_eq(kit_stats(r).in_flight, 1);
    cr_expect_eq(kit_stats(r).waited, 1);
    kit_run(r, 7000);
    cr_expect(ready(r, "a"));
    podring_close(r);
}

/* The limit is one of probes: a hook that found none would fail, and its container be stopped. */
Test(attempts, a_hook_needs_none_of_them)
{
    podring *r = open_narrow();
    struct podring_stats s;

    kit_apply(r, SLOW_POD("a", "5s") KIT_POD("b")
                     "    lifecycle: {postStart: {httpGet: {port: 8080}}, "
                     "preStop: {httpGet: {port: 8080}}}\n" SLOW_POD("c", "5s"));
    kit_run(r, 1000);
    cr_expect(ready(r, "b"));
    cr_expect_eq(kit_stats(r).in_flight, 1);
    cr_expect_eq(kit_stats(r).in_flight_peak, 1);
    cr_assert_eq(podring_delete(r, kit_pod(r, "b"), -1, 0), 0);
    kit_run(r, 1100);
    s = kit_stats(r);
    cr_expect_eq(s.pods, 2);
    cr_expect_eq(s.kills, 1);
    kit_run(r, 4900);
    cr_expect(!ready(r, "a") && !ready(r, "c"));
    kit_run(r, 10100);
    cr_expect(ready(r, "a") && ready(r, "c"));
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

Test(attempts, all_of_a_long_queue_come)
{
    static const char *const name[] = {"a", "b", "c", "d", "e"};
    podring *r = open_narrow();

    kit_apply(r, SLOW_POD("a", "5s") SLOW_POD("b", "5s") SLOW_POD("c", "5s") SLOW_POD("d", "5s")
                     SLOW_POD("e", "5s"));
    for (int i = 0; i < 5; i++) {
        kit_run(r, 5000 * i + 4900);
        cr_expect_not(ready(r, name[i]));
        kit_run(r, 5000 * i + 5100);
        cr_expect(ready(r, name[i]), "%s", name[i]);
    }
    podring_close(r);
}

/* ---- what is counted ------------------------------------------------------------------------- */

static struct podring_stats after(uint32_t net, const char *yaml, int64_t ms)
{
    struct podring_options o = kit_options();
    struct podring_stats s;
    podring *r;

    o.net = net;
    r = kit_open(o);
    kit_apply(r, yaml);
    kit_run(r, ms);
    s = kit_stats(r);
    podring_close(r);
    return s;
}

/* A run that errs is tried three times, each time anew. */
Test(attempts, each_run_has_its_three_tries)
{
    static const char yaml[] =
        KIT_POD("a") "    livenessProbe: {httpGet: {port: nobody}, periodSeconds: 1}\n";

    cr_expect_eq(after(PODRING_NET_SCRIPT, yaml, 4500).probes, 12);
    cr_expect_eq(after(PODRING_NET_MEMORY, yaml, 4500).probes, 12);
}

Test(attempts, timeouts_are_counted)
{
    static const char yaml[] =
        KIT_POD("a") "    livenessProbe: {httpGet: {port: 8080}, periodSeconds: 3, "
                     "failureThreshold: 9}\n" KIT_BEHAVIOR("a", "  - serve: [{do: hang}]\n");

    cr_expect_eq(after(PODRING_NET_SCRIPT, yaml, 11000).timeouts, 3);
    cr_expect_eq(after(PODRING_NET_MEMORY, yaml, 11000).timeouts, 3);
}

static void kill_it(void *ctx, podring *r, uint64_t timer)
{
    (void)timer;
    cr_assert_eq(podring_kill(r, *(uint64_t *)ctx, NULL, 9), 0);
}

/* The container is killed in the instant of its first probe, after its tick. */
static struct podring_stats lost(uint32_t net, const char *yaml)
{
    struct podring_options o = kit_options();
    struct podring_stats s;
    uint64_t pod, timer;
    podring *r;

    o.net = net;
    r = kit_open(o);
    kit_apply(r, yaml);
    kit_run(r, 500);
    pod = kit_pod(r, "a");
    cr_assert_eq(podring_timer_start(r, 1000, kill_it, &pod, &timer), 0);
    kit_run(r, 1000);
    s = kit_stats(r);
    podring_close(r);
    return s;
}

/* What stops a container counts, whoever asks for it; what ends it at once does not. */
Test(attempts, kills_are_counted)
{
    static const char yaml[] = KIT_POD("a") "    livenessProbe: {httpGet: {port: 8080}, "
                                            "periodSeconds: 1, failureThreshold: 2}\n" KIT_BEHAVIOR(
                                                "a", "  - serve: [{status: 500}]\n  - {}\n");

    cr_expect_eq(after(PODRING_NET_SCRIPT, yaml, 5000).kills, 1);
    cr_expect_eq(lost(PODRING_NET_SCRIPT, KIT_POD("a")).kills, 0);
}

/* The handshake of a TCP probe took no time: its outcome stands. An answer is lost, and counted
 * once. */
Test(attempts, a_run_that_is_lost_is_counted_once)
{
    static const uint32_t net[] = {PODRING_NET_SCRIPT, PODRING_NET_MEMORY};

    for (int i = 0; i < 2; i++) {
        struct podring_stats tcp =
            lost(net[i],
                 KIT_POD("a") "    livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}\n");
        struct podring_stats http = lost(
            net[i], KIT_POD("a") "    livenessProbe: {httpGet: {port: 8080}, periodSeconds: 1}\n");

        cr_expect(tcp.probes == 1 && tcp.success == 1, "net %u, tcp: %d runs, %d succeeded", net[i],
                  (int)tcp.probes, (int)tcp.success);
        cr_expect(http.probes == 1 && http.success == 0 && http.failure == 1,
                  "net %u, http: %d runs, %d succeeded, %d failed", net[i], (int)http.probes,
                  (int)http.success, (int)http.failure);
    }
}

/* What is asked for while a run is in progress: a tick at 2, and at 2.5 the sync after the other
 * container's end, which asks at once and begins the period anew. The runs: 0, 3, 5, 7, 9. */
Test(attempts, a_trigger_forgets_the_tick_before_it)
{
    static const char yaml[] = KIT_POD(
        "a") "    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 2, timeoutSeconds: 9}\n"
             "  - {name: d, image: i:1}\n"
             "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: c}\nspec:\n  "
             "container: c\n"
             "  instances: [{serve: [{from: 0s, to: 1s, status: 500, latency: 3s}, "
             "{status: 500, latency: 100ms}]}]\n"
             "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: d}\nspec:\n  "
             "container: d\n"
             "  instances: [{exit: {after: 2500ms, code: 1}}, {}]\n";

    cr_expect_eq(after(PODRING_NET_SCRIPT, yaml, 9500).probes, 5);
    cr_expect_eq(after(PODRING_NET_MEMORY, yaml, 9500).probes, 5);
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
    podring *r = kit_ring(KIT_POD(
        "a") "    livenessProbe: {httpGet: {port: 8080}, periodSeconds: 2, timeoutSeconds: "
             "9}\n" KIT_BEHAVIOR(
                 "a", "  - serve: [{from: 0s, to: 3s, latency: 2500ms}, {latency: 100ms}]\n"));

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

/* In real time, nothing turned for some periods: as many ticks are counted as lost, and those to
 * come are due where they would have been. */
static void come_late(useconds_t us, uint64_t lost)
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
    usleep(us);
    while (podring_turn(r, 0) > 0)
        ;
    cr_expect_geq(kit_stats(r).missed, lost);
    cr_expect_eq(kit_stats(r).probes, 1);
    after = next_due(r);
    cr_expect(multiple_between(after.from - before.to, after.to - before.from, 1000000000),
              "due %lld ns later", (long long)(after.from - before.to));
    podring_close(r);
}

Test(attempts, late_ticks_are_counted_and_keep_their_phase, .timeout = 60)
{
    come_late(2500000, 1);
    come_late(4400000, 3);
}
