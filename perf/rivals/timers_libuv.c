/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timers_libuv.c - libuv's binary heap.
 *
 * libuv reads the clock at the start of a run, so its time cannot be stepped by hand. Instead the
 * loop's cached time is set back by the horizon before timers are armed: once a run has looked at
 * the clock, all are due. One run fires them all. That flatters libuv: no step of the clock costs
 * it anything.
 */
#include "perf/rivals/timers.h"

#include <stdlib.h>
#include <uv.h>

struct queue {
    uv_loop_t loop;
    uint64_t epoch_ms; /* of the loop's clock; stands still until all have been armed */
    struct timers_fired *fired;
    uint32_t count;
    uv_timer_t timer[];
};

static void on_timer(uv_timer_t *t)
{
    struct queue *q = t->loop->data;

    q->fired->count++;
    q->fired->sum += (uint64_t)(t - q->timer);
}

static void *libuv_open(uint32_t timers)
{
    struct queue *q = malloc(sizeof(*q) + timers * sizeof(q->timer[0]));

    if (q == NULL || uv_loop_init(&q->loop) != 0)
        abort();
    q->loop.data = q;
    q->count = timers;
    for (uint32_t i = 0; i < timers; i++)
        uv_timer_init(&q->loop, &q->timer[i]);
    uv_update_time(&q->loop);
    if (q->loop.time <= TIMERS_HORIZON_MS)
        return NULL; /* a machine that booted less than five minutes ago */
    q->epoch_ms = q->loop.time -= TIMERS_HORIZON_MS + 1;
    return q;
}

static void libuv_arm(void *queue, uint32_t timer, int64_t due_ms)
{
    struct queue *q = queue;

    uv_timer_start(&q->timer[timer], on_timer, (uint64_t)due_ms, 0);
}

static void libuv_cancel(void *queue, uint32_t timer)
{
    struct queue *q = queue;

    uv_timer_stop(&q->timer[timer]);
}

static int64_t libuv_next(void *queue)
{
    struct queue *q = queue;

    return uv_backend_timeout(&q->loop); /* from the loop's time, which is our 0 */
}

static void libuv_fire(void *queue, struct timers_fired *fired)
{
    struct queue *q = queue;

    q->fired = fired;
    uv_run(&q->loop, UV_RUN_NOWAIT);
}

static void libuv_close(void *queue)
{
    struct queue *q = queue;

    for (uint32_t i = 0; i < q->count; i++)
        uv_close((uv_handle_t *)&q->timer[i], NULL);
    uv_run(&q->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&q->loop) != 0)
        abort();
    free(q);
}

const struct timers_rival timers_libuv = {
    .name = "libuv",
    .version = uv_version_string,
    .open = libuv_open,
    .arm = libuv_arm,
    .cancel = libuv_cancel,
    .next = libuv_next,
    .fire = libuv_fire,
    .close = libuv_close,
};
