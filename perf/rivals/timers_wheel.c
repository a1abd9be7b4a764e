/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timers_wheel.c - ours. The clock goes from deadline to deadline, as an idle loop makes it go:
 * each instant is looked up, opened, emptied and closed on its own.
 */
#include "engine/reactor/wheel.h"
#include "perf/rivals/timers.h"

#include <stdlib.h>

struct queue {
    struct rx_mem mem;
    struct rx_wheel *wheel;
    uint32_t count;
    struct rx_timer timer[];
};

static void *wheel_open(uint32_t timers)
{
    struct queue *q = malloc(sizeof(*q) + timers * sizeof(q->timer[0]));

    if (q == NULL || rx_mem_open(&q->mem) != 0)
        abort();
    if (rx_wheel_open(&q->wheel, &q->mem, 0) != 0)
        abort();
    q->count = timers;
    for (uint32_t i = 0; i < timers; i++)
        rx_timer_init(&q->timer[i], rx_key(i % 4, i));
    return q;
}

static void wheel_arm(void *queue, uint32_t timer, int64_t due_ms)
{
    struct queue *q = queue;

    rx_wheel_arm(q->wheel, &q->timer[timer], due_ms);
}

static void wheel_cancel(void *queue, uint32_t timer)
{
    struct queue *q = queue;

    rx_wheel_cancel(q->wheel, &q->timer[timer]);
}

static int64_t wheel_next(void *queue)
{
    return rx_wheel_next(((struct queue *)queue)->wheel);
}

static void wheel_fire(void *queue, struct timers_fired *fired)
{
    struct queue *q = queue;
    struct rx_timer *t;

    while (rx_wheel_begin(q->wheel, rx_wheel_next(q->wheel))) {
        while ((t = rx_wheel_pull(q->wheel)) != NULL) {
            fired->count++;
            fired->sum += (uint64_t)(t - q->timer);
        }
    }
}

static void wheel_close(void *queue)
{
    struct queue *q = queue;

    rx_wheel_close(q->wheel);
    rx_mem_close(&q->mem);
    free(q);
}

const struct timers_rival timers_wheel = {
    .name = "podring wheel",
    .open = wheel_open,
    .arm = wheel_arm,
    .cancel = wheel_cancel,
    .next = wheel_next,
    .fire = wheel_fire,
    .close = wheel_close,
};
