/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's own timers and descriptors on the engine's loop, and the engine inside a foreign loop.
 */
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "tests/api/test_api_kit.h"

/* ---- timers ---------------------------------------------------------------------------------- */

enum { FIRED_MAX = 64 };

struct fired {
    unsigned count;
    struct {
        int64_t at;
        uint64_t id;
    } item[FIRED_MAX];
    int64_t again_ms; /* > 0: starts another so much later */
    uint64_t stop;    /* a timer to stop when the first fires */
    int stopped;
};

static void fire(void *ctx, podring *ring, uint64_t timer)
{
    struct fired *f = ctx;

    cr_assert_lt(f->count, FIRED_MAX);
    f->item[f->count].at = podring_now(ring);
    f->item[f->count++].id = timer;
    cr_expect_eq(podring_timer_stop(ring, timer), -PODRING_ENOTFOUND, "it has run");
    cr_expect_eq(podring_turn(ring, 0), -PODRING_ESTATE);
    if (f->again_ms > 0)
        cr_assert_eq(podring_timer_start(ring, podring_now(ring) + f->again_ms, fire, f, NULL), 0);
    if (f->stop != 0)
        f->stopped = podring_timer_stop(ring, f->stop);
    f->stop = 0;
}

Test(api_timers, fire_once_at_their_time)
{
    static const int64_t at[] = {500, 0, 7, 100000, 7, 3600000};
    podring *r = kit_open(kit_options());
    struct fired f = {0};
    uint64_t id[6];

    for (int i = 0; i < 6; i++)
        cr_assert_eq(podring_timer_start(r, at[i], fire, &f, &id[i]), 0);
    kit_run(r, 4000000);
    cr_assert_eq(f.count, 6);
    cr_expect(f.item[0].at == 0 && f.item[0].id == id[1]);
    cr_expect(f.item[1].at == 7 && f.item[2].at == 7 && f.item[1].id != f.item[2].id);
    cr_expect(f.item[3].at == 500 && f.item[3].id == id[0]);
    cr_expect(f.item[4].at == 100000);
    cr_expect(f.item[5].at == 3600000);
    for (int i = 0; i < 6; i++)
        cr_expect_eq(podring_timer_stop(r, id[i]), -PODRING_ENOTFOUND);
    podring_close(r);
}

Test(api_timers, can_be_stopped)
{
    podring *r = kit_open(kit_options());
    struct fired f = {0};
    uint64_t a, b, c;

    podring_timer_start(r, 1000, fire, &f, &a);
    podring_timer_start(r, 2000, fire, &f, &b);
    podring_timer_start(r, 3000, fire, &f, &c);
    f.stop = b; /* from inside the callback of a */
    cr_assert_eq(podring_timer_stop(r, c), 0);
    cr_expect_eq(podring_timer_stop(r, c), -PODRING_ENOTFOUND);
    kit_run(r, 10000);
    cr_expect_eq(f.count, 1);
    cr_expect_eq(f.stopped, 0);
    cr_expect_eq(podring_timer_stop(r, 0), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_timer_stop(r, UINT64_MAX), -PODRING_ENOTFOUND);
    cr_assert_eq(podring_timer_start(r, 11000, fire, &f, &b), 0);
    cr_expect_eq(podring_timer_stop(r, a), -PODRING_ENOTFOUND, "its slot has another timer now");
    kit_run(r, 12000);
    cr_expect_eq(f.count, 2);
    podring_close(r);
}

Test(api_timers, one_of_the_past_fires_in_the_next_turn)
{
    podring *r = kit_open(kit_options());
    struct fired f = {0};

    kit_run(r, 5000);
    podring_timer_start(r, 1000, fire, &f, NULL);
    cr_expect_eq(f.count, 0, "never inside the call");
    cr_expect_eq(podring_wait_ns(r), 0);
    cr_assert_eq(podring_turn(r, 0), 1);
    cr_assert_eq(f.count, 1);
    cr_expect_eq(f.item[0].at, 5000);
    podring_close(r);
}

Test(api_timers, periodic_ones_are_made_of_single_ones)
{
    podring *r = kit_open(kit_options());
    struct fired f = {.again_ms = 250};

    podring_timer_start(r, 250, fire, &f, NULL);
    kit_run(r, 10000);
    cr_expect_eq(f.count, 40);
    cr_expect_eq(f.item[39].at, 10000, "up to and including");
    podring_close(r);
}

Test(api_timers, far_beyond_any_life)
{
    podring *r = kit_open(kit_options());
    struct fired f = {0};
    uint64_t id;

    cr_assert_eq(podring_timer_start(r, INT64_MAX, fire, &f, &id), 0);
    cr_assert_eq(podring_timer_start(r, INT64_MAX / 1000000, fire, &f, NULL), 0);
    kit_run(r, 1000000);
    cr_expect_eq(f.count, 0);
    cr_expect_eq(podring_timer_stop(r, id), 0);
    podring_close(r);
}

/* The story of the pods is the same whatever else hangs on the loop. */
Test(api_timers, leave_the_pods_alone)
{
    static const char yaml[] =
        KIT_POD("p") KIT_LIVENESS KIT_BEHAVIOR("p", "  - serve: [{from: 12s, status: 500}]\n");
    podring *a = kit_ring(yaml), *b = kit_ring(yaml);
    struct fired f = {.again_ms = 2500};

    podring_timer_start(b, 0, fire, &f, NULL);
    kit_run(a, 100000);
    kit_run(b, 100000);
    cr_expect_eq(podring_digest(a), podring_digest(b));
    podring_close(a);
    podring_close(b);
}

Test(api_timers, close_forgets_them)
{
    podring *r = kit_open(kit_options());
    struct fired f = {0};

    for (int i = 0; i < 1000; i++)
        podring_timer_start(r, 1000 + i, fire, &f, NULL);
    podring_close(r);
    cr_expect_eq(f.count, 0);
}

/* ---- waiting -----------------------------------------------------------------------------------
 */

Test(api_timers, virtual_time_does_not_wait)
{
    podring *r = kit_ring(KIT_POD("p"));

    cr_expect_eq(podring_fd(r), -PODRING_EUNSUPPORTED);
    cr_expect_eq(podring_wait_ns(r), 0);
    kit_run(r, 1000);
    cr_expect_eq(podring_wait_ns(r), INT64_MAX, "nothing will ever happen again");
    cr_expect_eq(podring_run_until(r, PODRING_FOREVER), 0);
    cr_expect_eq(podring_turn(r, PODRING_FOREVER), 0);
    podring_close(r);
}

Test(api_timers, the_past_cannot_be_run_again)
{
    podring *r = kit_ring(KIT_POD("p"));

    kit_run(r, 9000);
    cr_expect_eq(podring_run_until(r, 100), 0);
    cr_expect_eq(podring_run_until(r, INT64_MIN), 0);
    cr_expect_eq(podring_turn(r, -5), -PODRING_EINVALID);
    cr_expect_eq(podring_now(r), 9000);
    podring_close(r);
}

Test(api_timers, a_turn_waits_no_longer_than_told)
{
    podring *r = kit_open(kit_options());
    struct fired f = {0};

    podring_timer_start(r, 10000, fire, &f, NULL);
    cr_expect_eq(podring_turn(r, 4000), 0);
    cr_expect_eq(podring_now(r), 4000);
    cr_expect_eq(podring_wait_ns(r), 0, "virtual time has no patience");
    cr_expect_eq(podring_turn(r, PODRING_FOREVER), 1);
    cr_expect_eq(podring_now(r), 10000);
    cr_expect_eq(f.count, 1);
    podring_close(r);
}

/* ---- the real clock
 * ------------------------------------------------------------------------------- */

static podring *real_ring(enum podring_net net, const char *yaml)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;
    int rc;

    o.net = net;
    o.timing = PODRING_TIMING_REFERENCE;
    o.connections_max = 16;
    rc = podring_open(&o, &r);
    if (rc == -PODRING_ENORING)
        cr_skip_test("no io_uring: %s", podring_why(NULL));
    cr_assert_eq(rc, 0, "%s", podring_why(NULL));
    kit_apply(r, yaml);
    return r;
}

static int64_t clock_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Pods have the same addresses in every run: a port of its own keeps this one apart from others at
 * the same time. */
static const char *with_own_port(char *yaml, size_t room)
{
    static const char form[] =
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  containers:\n  - name: c\n"
        "    image: i:1\n    %sProbe: {httpGet: {port: %d}, periodSeconds: 1}\n";
    int port = 20000 + (int)(getpid() % 10000), n;

    n = snprintf(yaml, room, form, "p", "readiness", port);
    snprintf(yaml + n, room - (size_t)n, form, "q", "liveness", port);
    return yaml;
}

/* A loop of somebody else's, which sleeps in poll(2) and turns when it is told to. */
static void in_a_foreign_loop(enum podring_net net)
{
    char yaml[1024];
    podring *r = real_ring(net, with_own_port(yaml, sizeof(yaml)));
    struct pollfd p = {.fd = podring_fd(r), .events = POLLIN};
    unsigned sleeps = 0, turns = 0;
    int64_t end = clock_ms() + 1300;
    struct podring_stats s;

    cr_assert_geq(p.fd, 0);
    while (clock_ms() < end) {
        int64_t wait = podring_wait_ns(r);
        int timeout = wait > 50000000 ? 50 : (int)((wait + 999999) / 1000000);

        cr_assert_geq(wait, 0);
        if (wait > 0)
            sleeps += poll(&p, 1, timeout) >= 0;
        while (podring_turn(r, 0) == 1)
            turns++;
    }
    s = kit_stats(r);
    cr_expect_geq(s.success, 2, "two probes of one second in 1.3 s");
    cr_expect_eq(s.success, s.probes_done);
    cr_expect_geq(sleeps, 3);
    cr_expect_lt(turns, 500, "it must not spin");
    podring_close(r);
}

Test(api_timers, a_foreign_loop_over_memory)
{
    in_a_foreign_loop(PODRING_NET_MEMORY);
}

Test(api_timers, a_foreign_loop_over_the_kernel)
{
    in_a_foreign_loop(PODRING_NET_KERNEL);
}

Test(api_timers, real_timers_are_never_early)
{
    /* The clock is read before the engine's begins: its now may be older than this line. */
    int64_t began = clock_ms();
    podring *r = real_ring(PODRING_NET_MEMORY, KIT_POD("p"));
    struct fired f = {0};

    podring_timer_start(r, podring_now(r) + 60, fire, &f, NULL);
    podring_timer_start(r, podring_now(r) + 30, fire, &f, NULL);
    cr_assert_eq(podring_run_until(r, podring_now(r) + 80), 0);
    cr_expect_geq(clock_ms() - began, 79);
    cr_assert_eq(f.count, 2);
    cr_expect_lt(f.item[0].at, f.item[1].at);
    podring_close(r);
}

/* ---- descriptors
 * ------------------------------------------------------------------------------------ */

struct watched {
    unsigned calls;
    int fd;
    uint64_t id;
    uint32_t events;
    int stop_after;
};

static void on_ready(void *ctx, podring *ring, uint64_t watch, uint32_t events)
{
    struct watched *w = ctx;
    char byte;

    w->calls++;
    w->events = events;
    cr_assert_eq(watch, w->id);
    cr_expect_eq(podring_turn(ring, 0), -PODRING_ESTATE);
    if (events & POLLIN)
        cr_expect_eq(read(w->fd, &byte, 1), 1);
    if (w->stop_after > 0 && --w->stop_after == 0)
        cr_expect_eq(podring_watch_stop(ring, watch), 0);
}

static void watch(enum podring_net net)
{
    podring *r = real_ring(net, KIT_POD("p"));
    struct watched w = {0};
    int pipefd[2];

    cr_assert_eq(pipe(pipefd), 0);
    w.fd = pipefd[0];
    cr_assert_eq(podring_watch_start(r, w.fd, POLLIN, on_ready, &w, &w.id), 0);
    podring_run_until(r, podring_now(r) + 10);
    cr_expect_eq(w.calls, 0, "there is nothing to read");
    for (unsigned i = 1; i <= 3; i++) {
        cr_assert_eq(write(pipefd[1], "x", 1), 1);
        for (int k = 0; k < 100 && w.calls < i; k++)
            podring_turn(r, 10);
        cr_assert_eq(w.calls, i, "write %u", i);
    }
    w.stop_after = 1;
    cr_assert_eq(write(pipefd[1], "x", 1), 1);
    for (int k = 0; k < 100 && w.calls < 4; k++)
        podring_turn(r, 10);
    cr_assert_eq(w.calls, 4);
    cr_expect_eq(podring_watch_stop(r, w.id), -PODRING_ENOTFOUND);
    cr_assert_eq(write(pipefd[1], "x", 1), 1);
    podring_run_until(r, podring_now(r) + 20);
    cr_expect_eq(w.calls, 4, "stopped");
    cr_expect_eq(podring_watch_stop(r, 0), -PODRING_ENOTFOUND);
    podring_close(r);
    close(pipefd[0]);
    close(pipefd[1]);
}

Test(api_timers, descriptors_over_memory)
{
    watch(PODRING_NET_MEMORY);
}

Test(api_timers, descriptors_over_the_kernel)
{
    watch(PODRING_NET_KERNEL);
}

Test(api_timers, virtual_time_watches_nothing)
{
    podring *r = kit_open(kit_options());
    struct watched w = {0};

    cr_expect_eq(podring_watch_start(r, 0, POLLIN, on_ready, &w, &w.id), -PODRING_EUNSUPPORTED);
    cr_expect_neq(podring_why(r)[0], '\0');
    podring_close(r);
}
