/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop_libuv.c - an engine in a libuv loop: its descriptor is polled, and a timer stands for what
 * is due. Before the loop waits the timer is set anew, since any call may have changed it.
 */
#include "loop.h"

#include <uv.h>

static podring *ring;
static uv_poll_t readable;
static uv_timer_t due;
static uv_prepare_t before;

static void turn(void)
{
    if (podring_turn(ring, 0) < 0 || podring_now(ring) >= RUN_MS)
        uv_stop(readable.loop);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)poll, (void)status, (void)events;
    turn();
}

static void on_due(uv_timer_t *timer)
{
    (void)timer;
    turn();
}

static void on_prepare(uv_prepare_t *prepare)
{
    int ms = wait_ms(ring);

    (void)prepare;
    uv_update_time(due.loop);
    if (ms < 0)
        uv_timer_stop(&due);
    else
        uv_timer_start(&due, on_due, (uint64_t)ms, 0);
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();

    ring = open_ring();
    uv_poll_init(loop, &readable, podring_fd(ring));
    uv_poll_start(&readable, UV_READABLE, on_readable);
    uv_timer_init(loop, &due);
    uv_prepare_init(loop, &before);
    uv_prepare_start(&before, on_prepare);
    uv_run(loop, UV_RUN_DEFAULT);
    return verdict(ring);
}
