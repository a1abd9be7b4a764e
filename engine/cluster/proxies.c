/* SPDX-License-Identifier: Apache-2.0 */
/* proxies.c - what proxies have been told, and when they go by it. */
#include "engine/cluster/proxies.h"
#include "engine/cluster/balancer.h"

#include <string.h>

#include "engine/reactor/err.h"

/* A slice says something else of an endpoint. */
struct change {
    struct cluster_endpoint *endpoint; /* NULL: its Service has gone */
    rx_ms seen;
    uint8_t bits;
};

struct cluster_proxy {
    struct cluster_work work;
    struct cluster_chain chain;
    struct change *change; /* a ring: those that are not programmed yet */
    uint32_t head, count, room;
    uint32_t taken; /* by the sync under way, */
    bool syncing;
    rx_ms ends;     /* which ends then */
    rx_ms program;  /* of its own; -1: as the knob says */
    bool ingress;   /* it stands for Ingresses, and goes by the knob ingress_ms alone */
    uint8_t index;
    struct rx_list touched; /* Services that it has programmed something of */
};

static int sync(struct cluster *c, struct cluster_work *w);
static void announce(struct cluster *c, struct cluster_work *w);

static const struct cluster_worker worker = {.rank = CLUSTER_RANK_PROXY,
                                             .retry = CLUSTER_RETRY_NONE,
                                             .sync = sync,
                                             .announce = announce};

static struct cluster_proxy *proxy_at(struct cluster_work *w)
{
    return rx_container_of(w, struct cluster_proxy, work);
}

static int add_proxy(struct cluster *c, rx_ms program)
{
    struct cluster_proxy *p;
    int rc;

    if (c->proxies == CLUSTER_PROXIES_MAX)
        return -RX_ELIMIT;
    p = rx_mem_zalloc(c->world->mem, sizeof(*p));
    if (p == NULL)
        return -RX_ENOMEM;
    p->index = (uint8_t)c->proxies;
    p->program = program;
    rx_list_init(&p->touched);
    rc = cluster_work_init(c, &p->work, &worker, p->index);
    if (rc != 0)
        rx_mem_free(c->world->mem, p, sizeof(*p));
    else
        c->proxy[c->proxies++] = p;
    return rc;
}

int cluster_proxies_begin(struct cluster *c)
{
    int rc = c->proxies > 0 ? 0 : add_proxy(c, -1);

    if (rc != 0 || c->ingress_view != CLUSTER_BY_SLICE || c->world->knobs.ingress_ms == 0)
        return rc;
    rc = add_proxy(c, 0);
    if (rc == 0) {
        c->ingress_view = (uint8_t)(c->proxies - 1);
        c->proxy[c->ingress_view]->ingress = true;
    }
    return rc;
}

void cluster_proxies_fini(struct cluster *c)
{
    while (c->proxies > 0) {
        struct cluster_proxy *p = c->proxy[--c->proxies];

        cluster_work_drop(c, &p->work);
        rx_mem_free(c->world->mem, p->change, p->room * sizeof(*p->change));
        rx_mem_free(c->world->mem, p, sizeof(*p));
    }
    rx_mem_free(c->world->mem, c->slow, c->slows * sizeof(*c->slow));
    c->slow = NULL;
    c->slows = 0;
}

/* ---- nodes that are slower ------------------------------------------------------------------- */

int cluster_proxy_slow(struct cluster *c, const char *node, rx_ms program)
{
    struct cluster_slow *more;
    uint8_t proxy = 0;
    int rc = cluster_proxies_begin(c);

    while (rc == 0 && proxy < c->proxies &&
           (c->proxy[proxy]->program != program || c->proxy[proxy]->ingress))
        proxy++;
    if (rc == 0 && proxy == CLUSTER_PROXIES_MAX - 1)
        rc = -RX_ELIMIT; /* the last one is the Ingresses' */
    if (rc == 0 && proxy == c->proxies)
        rc = add_proxy(c, program);
    if (rc != 0)
        return rc;
    for (uint32_t i = 0; i < c->slows; i++)
        if (strcmp(c->slow[i].node, node) == 0) {
            c->slow[i].proxy = proxy;
            c->slow[i].program = program;
            return 0;
        }
    more = rx_mem_grow(c->world->mem, c->slow, c->slows * sizeof(*more),
                       (c->slows + 1) * sizeof(*more));
    if (more == NULL)
        return -RX_ENOMEM;
    c->slow = more;
    c->slow[c->slows++] = (struct cluster_slow){program, node, proxy};
    return 0;
}

const char *cluster_slow_stranger(const struct cluster *c)
{
    for (uint32_t i = 0; i < c->slows && c->store->table[ST_SERVICE].count > 0; i++)
        if (cluster_node_number(c, c->slow[i].node) == CLUSTER_NO_NODE)
            return c->slow[i].node;
    return NULL;
}

/* ---- what they are told ---------------------------------------------------------------------- */

static struct change *change_at(struct cluster_proxy *p, uint32_t i)
{
    return &p->change[(p->head + i) % p->room];
}

static int make_room(struct cluster *c, struct cluster_proxy *p)
{
    uint32_t room = p->room > 0 ? 2 * p->room : 16;
    struct change *more;

    if (p->count < p->room)
        return 0;
    more = rx_mem_alloc(c->world->mem, room * sizeof(*more));
    if (more == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < p->count; i++)
        more[i] = *change_at(p, i);
    rx_mem_free(c->world->mem, p->change, p->room * sizeof(*more));
    p->change = more;
    p->head = 0;
    p->room = room;
    return 0;
}

int cluster_proxies_take(struct cluster *c, struct cluster_endpoint *e, uint8_t bits)
{
    const struct pod_knobs *set = &c->world->knobs;
    int rc = 0;

    for (uint32_t i = 0; i < c->proxies && rc == 0; i++)
        rc = make_room(c, c->proxy[i]);
    for (uint32_t i = 0; i < c->proxies && rc == 0; i++) {
        struct cluster_proxy *p = c->proxy[i];
        rx_ms after = p->ingress ? set->ingress_ms : set->proxy_watch_ms;
        rx_ms seen = rx_loop_now(c->world->loop) + after;

        if (!p->ingress && e->service->ip == 0)
            continue;
        p->count++;
        *change_at(p, p->count - 1) = (struct change){.endpoint = e, .seen = seen, .bits = bits};
        e->pending++;
        if (after == 0)
            cluster_dirty(c, &p->work);
        else
            cluster_wake(c, &p->work, seen);
    }
    return rc;
}

void cluster_proxies_forget(struct cluster *c, struct cluster_service *s)
{
    for (uint32_t i = 0; i < c->proxies; i++) {
        struct cluster_proxy *p = c->proxy[i];

        rx_list_remove(&s->touched[i]);
        for (uint32_t k = 0; k < p->count; k++) {
            struct change *change = change_at(p, k);

            if (change->endpoint != NULL && change->endpoint->service == s)
                change->endpoint = NULL;
        }
    }
}

/* ---- syncs ----------------------------------------------------------------------------------- */

static void program(struct cluster *c, struct cluster_proxy *p, const struct change *change)
{
    struct cluster_endpoint *e = change->endpoint;
    struct cluster_service *s;

    if (e == NULL)
        return;
    s = e->service;
    cluster_usable_count(&s->usable[p->index], e->programmed[p->index], change->bits);
    e->programmed[p->index] = change->bits;
    s->version[p->index]++;
    if (rx_list_empty(&s->touched[p->index]))
        rx_list_add_tail(&p->touched, &s->touched[p->index]);
    e->pending--;
    cluster_endpoint_settled(c, e);
}

static void end_sync(struct cluster *c, struct cluster_proxy *p)
{
    for (uint32_t i = 0; i < p->taken; i++) {
        program(c, p, &p->change[p->head]);
        p->head = (p->head + 1) % p->room;
    }
    p->count -= p->taken;
    p->syncing = false;
    cluster_announce(c, &p->work);
}

static int sync(struct cluster *c, struct cluster_work *w)
{
    struct cluster_proxy *p = proxy_at(w);
    const struct pod_knobs *set = &c->world->knobs;
    struct cluster_chain_knobs knobs = {set->proxy_watch_ms, set->proxy_min_sync_ms,
                                        set->proxy_program_ms};
    rx_ms now = rx_loop_now(c->world->loop), start;

    if (p->program >= 0)
        knobs.program = p->program;
    if (p->ingress)
        knobs = (struct cluster_chain_knobs){.watch = set->ingress_ms};
    if (c->check_due < now)
        cluster_balancer_settle(c); /* by what its instant came to */
    for (;;) {
        if (p->syncing && p->ends > now) {
            cluster_wake(c, w, p->ends);
            return 0;
        }
        if (p->syncing)
            end_sync(c, p);
        if (p->count == 0)
            return 0;
        start = cluster_chain_start(&p->chain, p->change[p->head].seen);
        if (start > now) {
            cluster_wake(c, w, start);
            return 0;
        }
        p->taken = 0;
        while (p->taken < p->count && change_at(p, p->taken)->seen <= now)
            p->taken++;
        p->ends = cluster_chain_sync(&p->chain, &knobs, now);
        p->syncing = true;
    }
}

/* ---- what they tell -------------------------------------------------------------------------- */

enum cluster_list cluster_list_of(const struct cluster_service *s, enum cluster_traffic traffic)
{
    return cluster_proxy_which(traffic, s->spec.internal_traffic == ST_TRAFFIC_LOCAL,
                               s->spec.external_traffic == ST_TRAFFIC_LOCAL,
                               s->spec.distribution);
}

/* How many endpoints a node's proxy chooses from, whatever their ports. */
static uint32_t backends(struct cluster *c, const struct cluster_service *s, uint8_t view,
                         enum cluster_list list, uint32_t node)
{
    const struct cluster_usable *u = &s->usable[view];
    struct cluster_proxy_place at = {node, cluster_zone_of(c, node)};
    struct cluster_backend *b;
    uint32_t count = 0, used;

    if (list == CLUSTER_LIST_ALL || u->ready + u->fallback == 0)
        return u->ready > 0 ? u->ready : u->fallback;
    b = rx_mem_alloc(c->world->mem, (u->ready + u->fallback) * sizeof(*b));
    if (b == NULL)
        return 0; /* the engine ends by it */
    RX_LIST_EACH (l, &s->endpoints) {
        const struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);
        uint8_t bits = view == CLUSTER_BY_SLICE ? e->bits : e->programmed[view];

        if (cluster_endpoint_ready(bits) || cluster_endpoint_fallback(bits))
            b[count++] = (struct cluster_backend){e->node, e->zone, bits};
    }
    used = cluster_proxy_list(b, count, &at, list, NULL);
    rx_mem_free(c->world->mem, b, (u->ready + u->fallback) * sizeof(*b));
    return used;
}

static uint32_t *told_on(struct cluster *c, struct cluster_service *s, uint32_t node)
{
    uint32_t room = s->told_room > 0 ? s->told_room : 4, *more;

    while (room <= node)
        room *= 2;
    if (node >= s->told_room) {
        more = rx_mem_grow(c->world->mem, s->told_on, s->told_room * sizeof(*more),
                           room * sizeof(*more));
        if (more == NULL)
            return NULL;
        memset(more + s->told_room, 0, (room - s->told_room) * sizeof(*more));
        s->told_on = more;
        s->told_room = room;
    }
    return &s->told_on[node];
}

static void tell_node(struct cluster *c, struct cluster_service *s, enum cluster_list list,
                      uint8_t view, uint32_t node, const char *name)
{
    uint32_t now = backends(c, s, view, list, node), *told = told_on(c, s, node);

    if (told == NULL || *told == now)
        return;
    st_tell_number_on(c->store, &s->object, ST_FIELD_OF_BACKENDS, *told, now, name);
    *told = now;
}

static void tell_service(struct cluster *c, struct cluster_service *s, uint8_t view)
{
    enum cluster_list list = cluster_list_of(s, CLUSTER_TRAFFIC_INSIDE);
    uint64_t nodes = c->store->table[ST_NODE].count;
    uint32_t now;

    if (nodes > 0 && nodes <= CLUSTER_TOLD_NODES) {
        ST_EACH(l, c->store, ST_NODE) {
            const char *name = st_object_at(l)->name;
            uint32_t node = cluster_node_number(c, name);

            if (node != CLUSTER_NO_NODE && cluster_proxy_of(c, node) == view)
                tell_node(c, s, list, view, node, name);
        }
        return;
    }
    now = backends(c, s, view, nodes > 0 ? CLUSTER_LIST_ALL : list, 0);
    if (s->told[view] != now)
        st_tell_number(c->store, &s->object, ST_FIELD_OF_BACKENDS, s->told[view], now);
    s->told[view] = now;
}

static void announce(struct cluster *c, struct cluster_work *w)
{
    struct cluster_proxy *p = proxy_at(w);
    struct rx_list *l;

    while ((l = rx_list_take_head(&p->touched)) != NULL && p->ingress)
        ; /* nobody asks what Ingresses know */
    for (; l != NULL; l = rx_list_take_head(&p->touched))
        tell_service(c, rx_container_of(l, struct cluster_service, touched[p->index]), p->index);
}
