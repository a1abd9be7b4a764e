/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refuse.c - scripted windows in which a running process does not listen, on any port or on one,
 * for the worlds that have sockets. A listener cannot be asked before a connection is there, so it
 * is closed and opened again at the borders of the windows. Scripted runs need none of this: there
 * the target is asked. And what a process does in every world once it has heard its stop signal: it
 * may cease to listen while it goes on, and close what lies idle.
 */
#include "engine/pod/timer.h"
#include "engine/reactor/err.h"

static bool script_refuses(const struct pod_behaviour *b)
{
    for (uint32_t i = 0; b != NULL && i < b->instance_count; i++) {
        for (uint32_t k = 0; k < b->instance[i].serve_count; k++) {
            if (b->instance[i].serve[k].act == POD_SERVE_REFUSE)
                return true;
        }
    }
    return false;
}

int pod_refusal_prepare(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);

    if (pod_world_of(p)->server == NULL || c->script == NULL ||
        !script_refuses(c->script->instances))
        return 0;
    return pod_extra_of(c) != NULL ? 0 : -RX_ENOMEM;
}

/* Does it refuse somewhere now, and when may that change next? Once its listener is closed it stays
 * so. */
static bool look(struct pod_container *c, rx_ms now, rx_ms *next)
{
    const struct pod_instance_script *script = pod_instance_of(c, c->restarts);
    bool refusing = pod_listener_closed(c);

    *next = RX_MS_NEVER;
    for (uint32_t i = 0; script != NULL && i < script->serve_count; i++) {
        const struct pod_serve_rule *r = &script->serve[i];
        rx_ms border = pod_window_border(&r->window, c->cur.started, now);

        if (r->act != POD_SERVE_REFUSE)
            continue;
        refusing |= pod_window_open(&r->window, c->cur.started, now);
        *next = RX_MIN(*next, border);
    }
    return refusing;
}

static void apply(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_server *server = pod_world_of(p)->server;
    rx_ms next;
    bool refusing = look(c, rx_loop_now(pod_world_of(p)->loop), &next);

    if (refusing || c->extra->refusing)
        server->review(server->ctx, p->id, c->index);
    c->extra->refusing = refusing;
    rx_loop_arm(pod_world_of(p)->loop, &c->extra->border, next);
}

void pod_refusal_begin(struct pod_container *c)
{
    if (c->extra == NULL)
        return;
    c->extra->refusing = false;
    apply(c);
}

void pod_refusal_review(struct pod_world *w)
{
    if (w->server == NULL)
        return;
    RX_LIST_EACH(l, &w->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
            struct pod_container *c = pod_container_at(p, i);

            if (c->serving && c->extra != NULL)
                apply(c);
        }
    }
}

void pod_refusal_end(struct pod_container *c)
{
    if (c->extra != NULL)
        rx_loop_disarm(pod_world_of(pod_of_container(c))->loop, &c->extra->border);
}

bool pod_refuses(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        const struct pod_container *c = pod_container_at(p, i);

        if (c->extra != NULL && c->extra->refusing)
            return true;
    }
    return false;
}

void pod_on_border(void *world, struct rx_timer *t)
{
    (void)world;
    apply(rx_container_of(t, struct pod_extra, border)->container);
}

/* ---- on the way to its end ------------------------------------------------------------------- */

static void close_listener(struct pod_container *c)
{
    pod_unpark(pod_of_container(c));
    c->extra->closed = true;
    if (pod_world_of(pod_of_container(c))->server != NULL)
        apply(c);
}

static void forget(struct pod_world *w, struct pod_closing *k)
{
    rx_loop_disarm(w->loop, &k->timer);
    rx_list_remove(&k->link);
    k->container->extra->closing = false;
    rx_stash_give(&w->closes, k);
}

void pod_on_closes(void *world, struct rx_timer *t)
{
    struct pod_closing *k = rx_container_of(t, struct pod_closing, timer);
    struct pod_container *c = k->container;

    forget(world, k);
    close_listener(c);
}

static void close_later(struct pod_container *c, rx_ms after)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));
    struct pod_closing *k = rx_stash_take(&w->closes);

    if (k == NULL)
        return;
    k->container = c;
    c->extra->closing = true;
    rx_list_add_tail(&w->closings, &k->link);
    rx_timer_init(&k->timer, pod_timer_key(POD_TIMER_CLOSES, pod_of_container(c), c->index, 0));
    rx_loop_arm(w->loop, &k->timer, rx_loop_now(w->loop) + after);
}

void pod_listener_stops(struct pod_container *c, const struct pod_instance_script *s)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));
    rx_ms after;

    if ((!s->closes && !s->drains) || !c->serving || pod_extra_of(c) == NULL)
        return;
    if (c->extra->closing || c->extra->closed)
        return; /* once is enough */
    c->extra->drains = s->drains;
    if (s->drains && w->peers != NULL)
        w->peers(w->peers_ctx, c, false);
    if (s->drains && w->server != NULL)
        w->server->drain(w->server->ctx, pod_of_container(c)->id, c->index);
    if (!s->closes)
        return;
    after = pod_draw_ms(&s->closes_after, pod_container_draw(c, POD_STREAM_CLOSE, c->restarts));
    if (after == 0)
        close_listener(c);
    else
        close_later(c, after);
}

void pod_listener_reset(struct pod_container *c)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));
    struct rx_list *next;

    if (c->extra == NULL)
        return;
    c->extra->closed = c->extra->drains = false;
    for (struct rx_list *l = w->closings.next; c->extra->closing && l != &w->closings; l = next) {
        struct pod_closing *k = rx_container_of(l, struct pod_closing, link);

        next = l->next;
        if (k->container == c)
            forget(w, k);
    }
}
