/* SPDX-License-Identifier: Apache-2.0 */
/* work.c - a heap of what is dirty, and passes over it. */
#include <stdlib.h>
#include <string.h>

#include "engine/cluster/cluster.h"
#include "engine/reactor/err.h"

enum { RANK_SHIFT = 52 };

#define PASS_ID ((1ull << RX_KEY_CLASS_SHIFT) - 1) /* above those of all works */

/* ---- the heap -------------------------------------------------------------------------------- */

static bool before(const struct cluster_work *a, const struct cluster_work *b)
{
    return a->wake.key < b->wake.key;
}

static void sift_up(struct cluster_work **heap, uint32_t i)
{
    struct cluster_work *w = heap[i];

    for (; i > 0 && before(w, heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = w;
}

static void sift_down(struct cluster_work **heap, uint32_t count, uint32_t i)
{
    struct cluster_work *w = heap[i];
    uint32_t child;

    while ((child = 2 * i + 1) < count) {
        child += child + 1 < count && before(heap[child + 1], heap[child]);
        if (!before(heap[child], w))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = w;
}

static struct cluster_work *take_lowest(struct cluster_queue *q)
{
    struct cluster_work *w = q->heap[0];

    q->heap[0] = q->heap[--q->dirty];
    if (q->dirty > 0)
        sift_down(q->heap, q->dirty, 0);
    w->dirty = false;
    return w;
}

/* ---- what is in it --------------------------------------------------------------------------- */

static void on_timer(void *cluster, struct rx_timer *t);

void cluster_queue_init(struct cluster *c)
{
    memset(&c->queue, 0, sizeof(c->queue));
    rx_timer_init(&c->queue.pass, rx_key(POD_CLASS_CONTROL, PASS_ID));
    rx_loop_on(c->world->loop, POD_CLASS_CONTROL, on_timer, c);
}

void cluster_queue_fini(struct cluster *c)
{
    struct cluster_queue *q = &c->queue;

    rx_loop_disarm(c->world->loop, &q->pass);
    rx_mem_free(c->world->mem, q->heap, q->room * sizeof(*q->heap));
    rx_mem_free(c->world->mem, q->telling, q->room * sizeof(*q->telling));
    q->heap = q->telling = NULL;
    q->room = 0;
}

/* Each that is present may be dirty at once. */
static int make_room(struct cluster *c)
{
    struct cluster_queue *q = &c->queue;
    uint32_t room = q->room > 0 ? 2 * q->room : 16;
    struct cluster_work **heap, **telling;

    if (q->present < q->room)
        return 0;
    heap = rx_mem_alloc(c->world->mem, room * sizeof(*heap));
    telling = rx_mem_alloc(c->world->mem, room * sizeof(*telling));
    if (heap == NULL || telling == NULL) {
        rx_mem_free(c->world->mem, heap, heap != NULL ? room * sizeof(*heap) : 0);
        rx_mem_free(c->world->mem, telling, telling != NULL ? room * sizeof(*telling) : 0);
        return -RX_ENOMEM;
    }
    if (q->dirty > 0)
        memcpy(heap, q->heap, q->dirty * sizeof(*heap));
    if (q->to_tell > 0)
        memcpy(telling, q->telling, q->to_tell * sizeof(*telling));
    rx_mem_free(c->world->mem, q->heap, q->room * sizeof(*heap));
    rx_mem_free(c->world->mem, q->telling, q->room * sizeof(*telling));
    q->heap = heap;
    q->telling = telling;
    q->room = room;
    return 0;
}

int cluster_work_init(struct cluster *c, struct cluster_work *w, const struct cluster_worker *how,
                      uint64_t number)
{
    RX_ASSERT(number >> RANK_SHIFT == 0);
    *w = (struct cluster_work){.how = how};
    rx_timer_init(&w->wake,
                  rx_key(POD_CLASS_CONTROL, (uint64_t)how->rank << RANK_SHIFT | number));
    if (make_room(c) != 0)
        return -RX_ENOMEM;
    c->queue.present++;
    w->present = true;
    return 0;
}

static void forget(struct cluster_work **list, uint32_t *count, const struct cluster_work *w)
{
    uint32_t i = 0;

    while (i < *count && list[i] != w)
        i++;
    if (i < *count)
        list[i] = list[--*count];
}

void cluster_work_drop(struct cluster *c, struct cluster_work *w)
{
    struct cluster_queue *q = &c->queue;

    if (!w->present)
        return;
    rx_loop_disarm(c->world->loop, &w->wake);
    if (w->dirty) {
        forget(q->heap, &q->dirty, w);
        for (uint32_t i = q->dirty / 2; i > 0; i--)
            sift_down(q->heap, q->dirty, i - 1);
    }
    if (w->announces)
        forget(q->telling, &q->to_tell, w);
    q->present--;
    w->present = w->dirty = w->announces = false;
}

static void arm_pass(struct cluster *c, rx_ms at)
{
    struct cluster_queue *q = &c->queue;

    at = RX_MAX(at, q->paused_until);
    if (!q->passing && (!rx_timer_armed(&q->pass) || at < q->pass.due))
        rx_loop_arm(c->world->loop, &q->pass, at);
}

void cluster_dirty(struct cluster *c, struct cluster_work *w)
{
    if (c->queue.delay == 0)
        cluster_work_now(c, w);
    else
        cluster_wake(c, w, rx_loop_now(c->world->loop) + c->queue.delay);
}

void cluster_dirty_in(struct cluster *c, struct cluster_work *w, rx_ms wait)
{
    if (wait == 0)
        cluster_dirty(c, w);
    else
        cluster_wake(c, w, rx_loop_now(c->world->loop) + wait);
}

void cluster_work_now(struct cluster *c, struct cluster_work *w)
{
    struct cluster_queue *q = &c->queue;

    if (w->dirty || !w->present)
        return;
    w->dirty = true;
    q->heap[q->dirty] = w;
    sift_up(q->heap, q->dirty++);
    arm_pass(c, rx_loop_now(c->world->loop));
}

void cluster_wake(struct cluster *c, struct cluster_work *w, rx_ms at)
{
    if (w->present && (!rx_timer_armed(&w->wake) || at < w->wake.due))
        rx_loop_arm(c->world->loop, &w->wake, at);
}

void cluster_announce(struct cluster *c, struct cluster_work *w)
{
    struct cluster_queue *q = &c->queue;

    if (w->announces || !w->present)
        return;
    w->announces = true;
    q->telling[q->to_tell++] = w;
    arm_pass(c, rx_loop_now(c->world->loop));
}

/* ---- passes ---------------------------------------------------------------------------------- */

rx_ms cluster_retry_delay(enum cluster_retry rule, uint32_t failures)
{
    static const struct {
        rx_ms first, cap;
        uint32_t times; /* 0: for ever */
    } row[] = {
        [CLUSTER_RETRY_SET] = {5, 1000000, 0},
        [CLUSTER_RETRY_DEPLOYMENT] = {5, 1000000, 15},
        [CLUSTER_RETRY_JOB] = {1000, 60000, 0},
        [CLUSTER_RETRY_SLICE] = {1000, 1000000, 15},
    };

    if (rule == CLUSTER_RETRY_NONE || (row[rule].times > 0 && failures > row[rule].times))
        return RX_MS_NEVER;
    return RX_MIN(row[rule].first << RX_MIN(failures - 1, 30), row[rule].cap);
}

static void sync_one(struct cluster *c, struct cluster_work *w)
{
    struct st_log *log = &c->world->log;
    uint64_t acting = log->acting;
    rx_ms delay;
    int rc;

    log->acting = w->cause;
    rc = w->how->sync(c, w);
    log->acting = acting;
    if (!w->present) /* it has gone in its sync */
        return;
    if (rc == 0) {
        w->failures = 0;
        return;
    }
    delay = cluster_retry_delay(w->how->retry, ++w->failures);
    if (delay != RX_MS_NEVER)
        cluster_wake(c, w, rx_loop_now(c->world->loop) + delay);
}

static int by_key(const void *a, const void *b)
{
    const struct cluster_work *const *x = a, *const *y = b;

    return before(*x, *y) ? -1 : before(*y, *x);
}

static void tell_all(struct cluster *c)
{
    struct cluster_queue *q = &c->queue;

    if (q->to_tell > 1)
        qsort(q->telling, q->to_tell, sizeof(struct cluster_work *), by_key);
    for (uint32_t i = 0; i < q->to_tell; i++) {
        struct cluster_work *w = q->telling[i];

        w->announces = false;
        w->how->announce(c, w);
    }
    q->to_tell = 0;
}

static void pass(struct cluster *c)
{
    struct cluster_queue *q = &c->queue;

    q->passing = true;
    q->paused_until = 0;
    while (q->dirty > 0 && !rx_mem_failed(c->world->mem))
        sync_one(c, take_lowest(q));
    tell_all(c);
    q->passing = false;
}

static void on_timer(void *cluster, struct rx_timer *t)
{
    struct cluster *c = cluster;

    if (t == &c->queue.pass)
        pass(c);
    else
        cluster_work_now(c, rx_container_of(t, struct cluster_work, wake));
}

void cluster_settle(struct cluster *c)
{
    if (c->queue.paused_until == 0 && c->queue.dirty + c->queue.to_tell > 0) {
        rx_loop_disarm(c->world->loop, &c->queue.pass);
        pass(c);
    }
}

void cluster_pause(struct cluster *c, rx_ms until)
{
    struct cluster_queue *q = &c->queue;
    bool armed = rx_timer_armed(&q->pass);

    q->paused_until = RX_MAX(q->paused_until, until);
    rx_loop_disarm(c->world->loop, &q->pass);
    if (armed || q->dirty > 0)
        arm_pass(c, rx_loop_now(c->world->loop));
}
