/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.c - the embedder's own timers and descriptors, on the same wheel and the same ring.
 */
#include "api/engine.h"

void api_timer_fired(void *ctx, struct rx_timer *t)
{
    podring *r = ctx;
    struct api_timer *a = rx_container_of(t, struct api_timer, timer);
    podring_timer_fn *fn = a->fn;
    void *fn_ctx = a->ctx;
    uint64_t id = a->id;
    bool was = r->in_callback, sealed = rx_mem_unseal(&r->mem);

    rx_slab_give(&r->timers, id);
    r->in_callback = true;
    fn(fn_ctx, r, id);
    r->in_callback = was;
    if (sealed)
        rx_mem_seal(&r->mem);
}

static int start_timer(podring *r, rx_ms at, podring_timer_fn *fn, void *ctx, uint64_t *timer)
{
    struct api_timer *a;
    uint64_t id;

    a = rx_slab_take(&r->timers, &id);
    if (a == NULL)
        return -PODRING_ENOMEM;
    a->ring = r;
    a->id = id;
    a->fn = fn;
    a->ctx = ctx;
    rx_timer_init(&a->timer, rx_key(POD_CLASS_HOST, id & ((1ull << 60) - 1)));
    rx_loop_arm(&r->loop, &a->timer, RX_MIN(at, RX_MS_NEVER - 1));
    if (timer != NULL)
        *timer = id;
    return 0;
}

int podring_timer_start(podring *r, int64_t at_ms, podring_timer_fn *fn, void *ctx, uint64_t *timer)
{
    API_OWN(r);
    RX_API_CHECK(fn != NULL && at_ms >= 0, -PODRING_EINVALID);
    return start_timer(r, at_ms, fn, ctx, timer);
}

int podring_timer_after(podring *r, int64_t delay_ms, podring_timer_fn *fn, void *ctx,
                        uint64_t *timer)
{
    rx_ms from;

    API_OWN(r);
    RX_API_CHECK(fn != NULL && delay_ms >= 0, -PODRING_EINVALID);
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
        return -PODRING_ENOTFOUND;
    rx_loop_disarm(&r->loop, &a->timer);
    rx_slab_give(&r->timers, timer);
    return 0;
}

static void watch_ready(struct rx_loop *loop, struct rx_op *op)
{
    struct api_watch *w = rx_container_of(op, struct api_watch, op);
    podring *r = w->ring;
    bool was = r->in_callback, sealed;

    (void)loop;
    if (!w->stopped && op->res > 0) {
        sealed = rx_mem_unseal(&r->mem);
        r->in_callback = true;
        w->fn(w->ctx, r, w->id, (uint32_t)op->res);
        r->in_callback = was;
        if (sealed)
            rx_mem_seal(&r->mem);
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
    RX_API_CHECK(fn != NULL && fd >= 0, -PODRING_EINVALID);
    if (r->virtual_)
        return api_fail(r, -PODRING_EUNSUPPORTED, "descriptors cannot be watched in virtual time");
    w = rx_slab_take(&r->watches, &id);
    if (w == NULL)
        return -PODRING_ENOMEM;
    w->ring = r;
    w->id = id;
    w->fn = fn;
    w->ctx = ctx;
    w->op.kind = RX_OP_POLL;
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
        return -PODRING_ENOTFOUND;
    w->stopped = true;
    rx_loop_cancel(&r->loop, &w->op);
    return 0;
}
