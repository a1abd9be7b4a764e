/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.c - the embedder's own timers and descriptors, on the same wheel and the same ring.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "api/engine.h"

bool api_callback_begin(podring *r, struct api_callback *c)
{
    if (r->closing)
        return false;
    *c = (struct api_callback){.was = r->in_callback, .refused = r->refused};
    r->refused = r->mem.state->refused;
    r->in_callback = true;
    return true;
}

void api_callback_end(podring *r, const struct api_callback *c)
{
    r->in_callback = c->was;
    r->refused = c->refused;
}

void api_timer_fired(void *ctx, struct rx_timer *t)
{
    podring *r = ctx;
    struct api_timer *a = rx_container_of(t, struct api_timer, timer);
    podring_timer_fn *fn = a->fn;
    void *fn_ctx = a->ctx;
    uint64_t id = a->id;
    struct api_callback c;

    if (a->stays) {
        fn(fn_ctx, r, id);
        return;
    }
    rx_slab_give(&r->timers, id);
    if (!api_callback_begin(r, &c))
        return;
    fn(fn_ctx, r, id);
    api_callback_end(r, &c);
}

static int start_timer(podring *r, rx_ms at, podring_timer_fn *fn, void *ctx, uint64_t *timer)
{
    struct api_timer *a;
    uint64_t id;

    a = rx_slab_take(&r->timers, &id);
    if (a == NULL)
        return api_result(r, -PODRING_ENOMEM, "a timer");
    *a = (struct api_timer){.ring = r, .id = id, .fn = fn, .ctx = ctx};
    rx_timer_init(&a->timer, rx_key(POD_CLASS_HOST, id & ((1ull << 60) - 1)));
    rx_loop_arm(&r->loop, &a->timer, RX_MIN(at, RX_MS_NEVER - 1));
    if (timer != NULL)
        *timer = id;
    return 0;
}

int podring_timer_start(podring *r, int64_t at_ms, podring_timer_fn *fn, void *ctx, uint64_t *timer)
{
    API_OWN(r);
    API_CHECK(r, fn != NULL, "fn is NULL");
    API_CHECK(r, at_ms >= 0, "at_ms is negative");
    return start_timer(r, at_ms, fn, ctx, timer);
}

int podring_timer_after(podring *r, int64_t delay_ms, podring_timer_fn *fn, void *ctx,
                        uint64_t *timer)
{
    rx_ms from;

    API_OWN(r);
    API_CHECK(r, fn != NULL, "fn is NULL");
    API_CHECK(r, delay_ms >= 0, "delay_ms is negative");
    from = rx_loop_now(&r->loop);
    if (!r->virtual_) /* rounded up: no delay is ever shorter than it was asked for */
        from = RX_MAX(from, rx_ms_ceil(rx_loop_clock_read(&r->loop)));
    return start_timer(r, from + RX_MIN(delay_ms, RX_MS_NEVER - 1 - from), fn, ctx, timer);
}

int podring_timer_stop(podring *r, uint64_t timer)
{
    struct api_timer *a;

    API_OWN(r);
    a = rx_slab_get(&r->timers, timer);
    if (a == NULL)
        return api_fail(r, -PODRING_ENOTFOUND, "that timer has run or was stopped");
    rx_loop_disarm(&r->loop, &a->timer);
    rx_slab_give(&r->timers, timer);
    return 0;
}

static void watch_ready(struct rx_loop *loop, struct rx_op *op)
{
    struct api_watch *w = rx_container_of(op, struct api_watch, op);
    podring *r = w->ring;
    struct api_callback c;

    (void)loop;
    if (!w->stopped && op->res > 0 && api_callback_begin(r, &c)) {
        w->fn(w->ctx, r, w->id, (uint32_t)op->res);
        api_callback_end(r, &c);
    }
    if (op->state == RX_OP_DEAD)
        rx_slab_give(&r->watches, w->id);
}

int podring_watch_start(podring *r, int fd, uint32_t events, podring_watch_fn *fn, void *ctx,
                        uint64_t *watch)
{
    struct api_watch *w;
    uint64_t id;

    API_OWN(r);
    API_CHECK(r, fn != NULL, "fn is NULL");
    API_CHECK(r, events != 0, "events is 0: that never happens");
    if (r->virtual_)
        return api_fail(r, -PODRING_EUNSUPPORTED, "descriptors cannot be watched in virtual time");
    if (fcntl(fd, F_GETFD) < 0)
        return api_fail(r, -PODRING_EINVALID, "descriptor %d: %s", fd, strerror(errno));
    w = rx_slab_take(&r->watches, &id);
    if (w == NULL)
        return api_result(r, -PODRING_ENOMEM, "a watch");
    w->ring = r;
    w->id = id;
    w->fn = fn;
    w->ctx = ctx;
    w->op.kind = RX_OP_POLL;
    w->op.flags = RX_OP_GROWS;
    w->op.fd = fd;
    w->op.events = events;
    w->op.done = watch_ready;
    rx_loop_start(&r->loop, &w->op);
    if (watch != NULL)
        *watch = id;
    return 0;
}

int podring_watch_stop(podring *r, uint64_t watch)
{
    struct api_watch *w;

    API_OWN(r);
    w = rx_slab_get(&r->watches, watch);
    if (w == NULL || w->stopped)
        return api_fail(r, -PODRING_ENOTFOUND, "that watch was stopped");
    w->stopped = true;
    rx_loop_cancel(&r->loop, &w->op);
    return 0;
}

/* ---- what other threads send ----------------------------------------------------------------- */

typedef void post_fn(podring *ring, void *arg);

/* The box stores functions of one type; here they get back the type they came with. */
void api_run_post(void *owner, const struct rx_message *m)
{
    podring *r = owner;
    struct api_callback c;

    if (!api_callback_begin(r, &c))
        return;
    ((post_fn *)(void (*)(void))m->fn)(r, m->arg);
    api_callback_end(r, &c);
}
