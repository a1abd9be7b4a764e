/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timers_libev.c - libev's 4-ary heap.
 *
 * libev reads the clock itself, so its time cannot be stepped by hand. Instead a millisecond of the
 * bench is a nanosecond of its clock: deadlines keep their order and spread, and once all timers
 * are armed, all are due. One run fires them all. That flatters libev: no step of the clock costs
 * it anything. It offers no call that tells the next deadline.
 */
#include "perf/rivals/timers.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct queue {
    struct ev_loop *loop;
    struct timers_fired *fired;
    ev_timer timer[];
};

static void on_timer(struct ev_loop *loop, ev_timer *t, int events)
{
    struct queue *q = ev_userdata(loop);

    (void)events;
    q->fired->count++;
    q->fired->sum += (uint64_t)(t - q->timer);
}

static void *libev_open(uint32_t timers)
{
    struct queue *q = malloc(sizeof(*q) + timers * sizeof(q->timer[0]));

    if (q == NULL)
        abort();
    q->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
    if (!q->loop)
        abort();
    ev_set_userdata(q->loop, q);
    for (uint32_t i = 0; i < timers; i++)
        ev_timer_init(&q->timer[i], on_timer, 0., 0.);
    usleep(1000); /* the loop's cached time stays where it is */
    return q;
}

static void libev_arm(void *queue, uint32_t timer, int64_t due_ms)
{
    struct queue *q = queue;

    ev_timer_set(&q->timer[timer], (double)due_ms * 1e-9, 0.);
    ev_timer_start(q->loop, &q->timer[timer]);
}

static void libev_cancel(void *queue, uint32_t timer)
{
    struct queue *q = queue;

    ev_timer_stop(q->loop, &q->timer[timer]);
}

static void libev_fire(void *queue, struct timers_fired *fired)
{
    struct queue *q = queue;

    q->fired = fired;
    ev_run(q->loop, EVRUN_NOWAIT);
}

static void libev_close(void *queue)
{
    struct queue *q = queue;

    ev_loop_destroy(q->loop);
    free(q);
}

static const char *libev_version(void)
{
    static char text[32];

    snprintf(text, sizeof(text), "%d.%02d", ev_version_major(), ev_version_minor());
    return text;
}

const struct timers_rival timers_libev = {
    .name = "libev",
    .version = libev_version,
    .open = libev_open,
    .arm = libev_arm,
    .cancel = libev_cancel,
    .fire = libev_fire,
    .close = libev_close,
};
