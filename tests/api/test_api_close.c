/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podring_close inside the callbacks of an engine: it is done at the end of the turn, nothing is
 * called any more, and the turn says so.
 */
#include <poll.h>
#include <unistd.h>

#include "tests/api/test_api_kit.h"

static int called, refused;

static void shut(podring *r)
{
    struct podring_stats s = PODRING_STATS_INIT;

    called++;
    podring_close(r);
    podring_close(r); /* twice is once */
    refused += podring_stats(r, &s) == -PODRING_ESTATE;
    refused += podring_post(r, NULL, NULL) == -PODRING_EINVALID;
}

static void on_timer(void *ctx, podring *r, uint64_t timer)
{
    (void)ctx, (void)timer;
    shut(r);
}

static void on_watch(void *ctx, podring *r, uint64_t watch, uint32_t events)
{
    (void)ctx, (void)watch, (void)events;
    shut(r);
}

static void on_post(podring *r, void *arg)
{
    (void)arg;
    shut(r);
}

static void on_event(void *ctx, podring *r, const struct podring_event *e)
{
    (void)ctx, (void)e;
    shut(r);
}

static void closed_once(int rc)
{
    cr_expect_eq(rc, -PODRING_ESTATE);
    cr_expect_str_eq(podring_why(NULL), "the engine was closed in a callback");
    cr_expect_eq(called, 1, "called %d times", called);
    cr_expect_eq(refused, 2);
    called = refused = 0;
}

static const char two[] = KIT_POD("p") KIT_LIVENESS KIT_POD("q") KIT_READINESS;

Test(api_close, in_a_timer)
{
    podring *r = kit_ring(two);

    podring_timer_start(r, 7000, on_timer, NULL, NULL);
    podring_timer_start(r, 7000, on_timer, NULL, NULL);
    closed_once(podring_run_until(r, 60000));
}

Test(api_close, in_a_post)
{
    podring *r = kit_ring(two);

    podring_post(r, on_post, NULL);
    podring_post(r, on_post, NULL);
    closed_once(podring_turn(r, 0));
}

Test(api_close, in_an_event)
{
    podring *r = kit_ring(two);

    podring_on_event(r, on_event, NULL);
    closed_once(podring_run_until(r, 60000));
}

static podring *real(uint32_t net)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;
    int rc;

    o.net = net;
    o.connections_max = 16;
    rc = podring_open(&o, &r);
    if (rc == -PODRING_ENORING)
        cr_skip_test("no io_uring: %s", podring_why(NULL));
    cr_assert_eq(rc, 0, "%s", podring_why(NULL));
    kit_apply(r, two);
    return r;
}

static void in_a_watch(uint32_t net)
{
    podring *r = real(net);
    int ends[2], rc = 0;

    cr_assert_eq(pipe(ends), 0);
    podring_watch_start(r, ends[0], POLLIN, on_watch, NULL, NULL);
    podring_watch_start(r, ends[0], POLLIN, on_watch, NULL, NULL);
    cr_assert_eq(write(ends[1], "x", 1), 1);
    while (rc >= 0)
        rc = podring_turn(r, PODRING_FOREVER);
    closed_once(rc);
    close(ends[0]);
    close(ends[1]);
}

Test(api_close, in_a_watch)
{
    in_a_watch(PODRING_NET_MEMORY);
    in_a_watch(PODRING_NET_KERNEL);
}

Test(api_close, amid_traffic)
{
    podring *r = real(PODRING_NET_KERNEL);

    podring_timer_after(r, 30, on_timer, NULL, NULL);
    closed_once(podring_run_until(r, 60000));
}
