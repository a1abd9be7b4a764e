/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timers_libevent.c - libevent's binary heap.
 *
 * libevent reads the clock itself with every timer it arms, so its time can neither be stepped nor
 * held. A millisecond of the bench is three microseconds of its clock: the spread of deadlines is
 * then several times as long as the arming takes, and the heap has about as much to sort as the
 * others. When a second has passed all are due, and one run fires them all. That flatters libevent:
 * no step of the clock costs it anything. Nothing tells the next deadline.
 *
 * libev exports libevent's old names as well: libevent must be linked first.
 */
#include "perf/rivals/timers.h"

#ifdef TIMERS_LIBEVENT

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <unistd.h>

enum { US_PER_MS = 3 }; /* of its clock, of ours */

struct queue {
    struct event_base *base;
    struct timers_fired *fired;
    uint32_t count;
    struct shot {
        struct event event;
        struct queue *queue;
    } timer[];
};

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct shot *s = arg;

    (void)fd;
    (void)what;
    s->queue->fired->count++;
    s->queue->fired->sum += (uint64_t)(s - s->queue->timer);
}

static void *libevent_open(uint32_t timers)
{
    struct queue *q = malloc(sizeof(*q) + timers * sizeof(q->timer[0]));
    struct event_config *config = event_config_new();

    if (q == NULL || config == NULL)
        abort();
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
    q->base = event_base_new_with_config(config);
    event_config_free(config);
    if (!q->base)
        abort();
    q->count = timers;
    for (uint32_t i = 0; i < timers; i++) {
        q->timer[i].queue = q;
        event_assign(&q->timer[i].event, q->base, -1, 0, on_timer, &q->timer[i]);
    }
    return q;
}

static void libevent_arm(void *queue, uint32_t timer, int64_t due_ms)
{
    struct queue *q = queue;
    int64_t us = due_ms * US_PER_MS;
    struct timeval after = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};

    event_add(&q->timer[timer].event, &after);
}

static void libevent_cancel(void *queue, uint32_t timer)
{
    struct queue *q = queue;

    event_del(&q->timer[timer].event);
}

static void libevent_settle(void *queue)
{
    (void)queue;
    usleep(TIMERS_HORIZON_MS * US_PER_MS + 1000);
}

static void libevent_fire(void *queue, struct timers_fired *fired)
{
    struct queue *q = queue;

    q->fired = fired;
    event_base_loop(q->base, EVLOOP_NONBLOCK);
}

static void libevent_close(void *queue)
{
    struct queue *q = queue;

    for (uint32_t i = 0; i < q->count; i++)
        event_del(&q->timer[i].event);
    event_base_free(q->base);
    free(q);
}

const struct timers_rival timers_libevent = {
    .name = "libevent",
    .version = event_get_version,
    .open = libevent_open,
    .arm = libevent_arm,
    .cancel = libevent_cancel,
    .settle = libevent_settle,
    .fire = libevent_fire,
    .close = libevent_close,
};

#endif
