/* SPDX-License-Identifier: Apache-2.0 */
/*
 * responder.c - see responder.h. Three nouns here, the fourth, a connection, in responder_conn.c:
 *
 *   place   a running container that serves: its doors, its open connections
 *   door    one (address, port) of a place; found by it when a connection comes in
 *   ear     one listener: of one door, or of all doors with one port number (wildcard)
 *
 * An ear outlives the doors it serves until its ACCEPT has really ended: memory that an operation
 * points to is never reused before its last completion.
 */
#include "probes/serve/responder_conn.h"

#include <errno.h>

#include "engine/reactor/err.h"

enum {
    BACKLOG_DEFAULT = 128,
    BACKLOG_SHARED = 4096,
    BUCKETS_MIN = 64,
};

/* ---- a hash table of nodes that others embed ------------------------------------------------- */

struct node {
    struct node *next;
    uint64_t key;
    uint32_t sub;
};

struct table {
    struct node **bucket;
    uint32_t buckets, count; /* buckets: a power of two */
};

/* ---- the nouns ------------------------------------------------------------------------------- */

struct ear {
    struct rx_op op;      /* ACCEPT */
    struct node node;     /* in `ears`, by address and port, while it is wanted */
    struct rx_list dying; /* in the list of those that are not, until ACCEPT has ended */
    struct probe_responder *responder;
    uint64_t id;
    struct rx_addr at;
    rx_sock sock; /* RX_SOCK_NONE: not listening */
    struct place *place; /* whose it is, if it is of one door alone; NULL: ask the table */
    uint32_t doors;
    bool closed;
};

struct door {
    struct node node;  /* in `doors`, by address and port */
    struct door *next; /* of its place */
    struct place *place;
    struct ear *ear; /* NULL while it refuses */
    uint64_t id;
    struct rx_addr at;
};

struct place {
    struct node node; /* in `places`, by pod and container */
    struct probe_party party;
    struct door *doors;
    uint64_t id;
};

struct probe_responder {
    struct rx_loop *loop;
    const struct rx_mem *mem;
    struct pod_server server;
    struct table places, doors, ears;
    struct rx_slab place_slab, door_slab, ear_slab;
    struct rx_mem_pool pool; /* the tables */
    struct rx_list dying;
    bool wildcard;
    int32_t backlog;
    struct rx_addr stranger; /* somebody else listens there; port 0: nowhere, or it was told */
    struct probe_conns conns; /* and the counters of all */
};

/* ---- opening and closing --------------------------------------------------------------------- */

static int server_spare(void *ctx, uint32_t containers, uint32_t ports);
static void server_up(void *ctx, const struct pod_serve_target *t);
static void server_also(void *ctx, uint64_t pod, uint32_t container, struct rx_addr at);
static void server_down(void *ctx, uint64_t pod, uint32_t container);
static void server_review(void *ctx, uint64_t pod, uint32_t container);
static void server_drain(void *ctx, uint64_t pod, uint32_t container);
static int table_init(struct table *t, const struct rx_mem *mem);
static void table_fini(struct table *t, const struct rx_mem *mem);
static void on_grow(struct rx_mem_pool *p);

int probe_responder_open(struct probe_responder **out, struct rx_loop *loop,
                         const struct rx_mem *mem, const struct probe_responder_options *options)
{
    struct probe_responder *r = rx_mem_zalloc(mem, sizeof(*r));
    int rc;

    if (r == NULL)
        return -RX_ENOMEM;
    r->loop = loop;
    r->mem = mem;
    r->wildcard = options->wildcard;
    r->backlog = options->backlog > 0 ? options->backlog
                 : options->wildcard  ? BACKLOG_SHARED
                                      : BACKLOG_DEFAULT;
    r->server = (struct pod_server){r,           server_spare,  server_up,   server_also,
                                    server_down, server_review, server_drain};
    rx_list_init(&r->dying);
    rc = table_init(&r->places, mem);
    rc = rc != 0 ? rc : table_init(&r->doors, mem);
    rc = rc != 0 ? rc : table_init(&r->ears, mem);
    rc = rc != 0 ? rc : rx_slab_init(&r->place_slab, mem, sizeof(struct place), 0);
    rc = rc != 0 ? rc : rx_slab_init(&r->door_slab, mem, sizeof(struct door), 0);
    rc = rc != 0 ? rc : rx_slab_init(&r->ear_slab, mem, sizeof(struct ear), 0);
    rc = rc != 0 ? rc : probe_conns_init(&r->conns, loop, mem, options);
    if (rc != 0) {
        probe_responder_close(r);
        return rc;
    }
    rx_mem_pool_add(mem, &r->pool, on_grow);
    *out = r;
    return 0;
}

void probe_responder_close(struct probe_responder *r)
{
    if (r == NULL)
        return;
    rx_mem_pool_remove(&r->pool);
    table_fini(&r->places, r->mem);
    table_fini(&r->doors, r->mem);
    table_fini(&r->ears, r->mem);
    rx_slab_fini(&r->place_slab);
    rx_slab_fini(&r->door_slab);
    rx_slab_fini(&r->ear_slab);
    probe_conns_fini(&r->conns);
    rx_mem_free(r->mem, r, sizeof(*r));
}

const struct pod_server *probe_responder_server(struct probe_responder *r)
{
    return &r->server;
}

bool probe_responder_stranger(struct probe_responder *r, struct rx_addr *at)
{
    *at = r->stranger;
    r->stranger.port = 0;
    return at->port != 0;
}

void probe_responder_stats(const struct probe_responder *r, struct probe_responder_stats *out)
{
    *out = r->conns.stats;
}

void probe_responder_timer(void *responder, struct rx_timer *t)
{
    (void)responder;
    probe_conns_timer(t);
}

/* ---- hash table ------------------------------------------------------------------------------ */

static int table_init(struct table *t, const struct rx_mem *mem)
{
    t->bucket = rx_mem_zalloc(mem, BUCKETS_MIN * sizeof(struct node *));
    t->buckets = t->bucket != NULL ? BUCKETS_MIN : 0;
    return t->bucket != NULL ? 0 : -RX_ENOMEM;
}

static void table_fini(struct table *t, const struct rx_mem *mem)
{
    rx_mem_free(mem, t->bucket, t->buckets * sizeof(struct node *));
}

static uint32_t bucket_of(const struct table *t, uint64_t key, uint32_t sub)
{
    uint64_t h = (key + sub * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;

    return (uint32_t)(h >> 32) & (t->buckets - 1);
}

static struct node *table_get(const struct table *t, uint64_t key, uint32_t sub)
{
    struct node *n = t->bucket[bucket_of(t, key, sub)];

    while (n != NULL && (n->key != key || n->sub != sub))
        n = n->next;
    return n;
}

/* Doubles, between two handlers; until then it only is slower. */
static void table_grow(struct table *t, const struct rx_mem *mem)
{
    struct table wide = {.buckets = t->buckets * 2, .count = t->count};

    if (t->count < t->buckets)
        return;
    wide.bucket = rx_mem_zalloc(mem, wide.buckets * sizeof(struct node *));
    if (wide.bucket == NULL)
        return;
    for (uint32_t i = 0; i < t->buckets; i++) {
        for (struct node *n = t->bucket[i], *next; n != NULL; n = next) {
            struct node **at = &wide.bucket[bucket_of(&wide, n->key, n->sub)];

            next = n->next;
            n->next = *at;
            *at = n;
        }
    }
    table_fini(t, mem);
    *t = wide;
}

static void on_grow(struct rx_mem_pool *p)
{
    struct probe_responder *r = rx_container_of(p, struct probe_responder, pool);

    table_grow(&r->places, r->mem);
    table_grow(&r->doors, r->mem);
    table_grow(&r->ears, r->mem);
}

static void table_put(struct table *t, const struct rx_mem *mem, struct node *n)
{
    struct node **at;

    if (t->count >= t->buckets)
        rx_mem_want(mem);
    at = &t->bucket[bucket_of(t, n->key, n->sub)];
    n->next = *at;
    *at = n;
    t->count++;
}

static void table_take(struct table *t, struct node *n)
{
    struct node **at = &t->bucket[bucket_of(t, n->key, n->sub)];

    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    t->count--;
}

static uint64_t addr_key(struct rx_addr a)
{
    return (uint64_t)a.ip << 16 | a.port;
}

/* ---- ears ------------------------------------------------------------------------------------ */

static void on_accept(struct rx_loop *loop, struct rx_op *op);

static void listen_failed(struct probe_responder *r, int error)
{
    r->conns.stats.listen_failed++;
    if (r->conns.stats.listen_errno == 0)
        r->conns.stats.listen_errno = error;
}

/* Is there a listener at that address which is closed but not gone? */
static bool is_dying(struct probe_responder *r, struct rx_addr at)
{
    RX_LIST_EACH (it, &r->dying) {
        struct ear *e = rx_container_of(it, struct ear, dying);

        if (addr_key(e->at) == addr_key(at))
            return true;
    }
    return false;
}

static void ear_listen(struct probe_responder *r, struct ear *e)
{
    int rc = rx_loop_listen(r->loop, e->at, r->backlog, &e->sock);

    if (rc < 0) {
        e->sock = RX_SOCK_NONE;
        /* The predecessor may hold the address until its last completion: then we try again. */
        if (rc == -EADDRINUSE && is_dying(r, e->at))
            return;
        listen_failed(r, -rc);
        if (rc == -EADDRINUSE)
            r->stranger = e->at;
        return;
    }
    r->conns.stats.listeners++;
    e->op.kind = RX_OP_ACCEPT;
    e->op.sock = e->sock;
    e->op.done = on_accept;
    rx_loop_start(r->loop, &e->op);
}

static struct ear *ear_acquire(struct probe_responder *r, struct place *p, struct rx_addr at)
{
    struct node *known;
    struct ear *e;
    uint64_t id;

    if (r->wildcard)
        at.ip = 0;
    known = table_get(&r->ears, addr_key(at), 0);
    if (known != NULL) {
        e = rx_container_of(known, struct ear, node);
        e->doors++;
        e->place = NULL;
        return e;
    }
    e = rx_slab_take(&r->ear_slab, &id);
    if (e == NULL) {
        listen_failed(r, ENOMEM);
        return NULL;
    }
    e->id = id;
    e->responder = r;
    e->at = at;
    e->doors = 1;
    e->place = r->wildcard ? NULL : p;
    e->node.key = addr_key(at);
    rx_list_init(&e->dying);
    table_put(&r->ears, r->mem, &e->node);
    ear_listen(r, e);
    return e;
}

static void ear_stop(struct probe_responder *r, struct ear *e)
{
    if (e->sock == RX_SOCK_NONE)
        return;
    rx_loop_close(r->loop, e->sock, false);
    e->sock = RX_SOCK_NONE;
    r->conns.stats.listeners--;
}

static void ear_release(struct probe_responder *r, struct ear *e)
{
    e->place = NULL;
    if (--e->doors > 0)
        return;
    ear_stop(r, e);
    e->closed = true;
    table_take(&r->ears, &e->node);
    if (e->op.state == RX_OP_DEAD)
        rx_slab_give(&r->ear_slab, e->id);
    else
        rx_list_add_tail(&r->dying, &e->dying);
}

/* The ACCEPT of an ear has ended, because we closed it or because the port gave it up. */
static void ear_ended(struct probe_responder *r, struct ear *e, int res)
{
    struct node *heir;

    if (!e->closed) {
        ear_stop(r, e);
        listen_failed(r, -res);
        return;
    }
    rx_list_remove(&e->dying);
    heir = table_get(&r->ears, addr_key(e->at), 0);
    rx_slab_give(&r->ear_slab, e->id);
    if (heir != NULL) {
        e = rx_container_of(heir, struct ear, node);
        if (e->sock == RX_SOCK_NONE && e->op.state == RX_OP_DEAD)
            ear_listen(r, e);
    }
}

static bool refuses(const struct probe_responder *r, const struct place *p, uint16_t port)
{
    const struct probe_responder_options *o = &r->conns.options;

    return o->refuses != NULL && o->refuses(o->answer_ctx, p->party.pod, p->party.container, port);
}

/* Whom a connection to that address is for; NULL: nobody, or nobody now. */
static struct probe_party *party_at(struct probe_responder *r, const struct ear *e,
                                    struct rx_addr at)
{
    struct node *n = e->place == NULL ? table_get(&r->doors, addr_key(at), 0) : NULL;
    struct place *p = n != NULL ? rx_container_of(n, struct door, node)->place : e->place;

    return p != NULL && !refuses(r, p, at.port) ? &p->party : NULL;
}

static void on_accept(struct rx_loop *loop, struct rx_op *op)
{
    struct ear *e = rx_container_of(op, struct ear, op);
    struct probe_responder *r = e->responder;
    struct rx_addr at = e->at;

    if (op->res >= 0 && op->sock_new != RX_SOCK_NONE) {
        bool known = !e->closed;

        if (known && r->wildcard)
            known = rx_loop_local(loop, op->sock_new, &at) == 0;
        probe_conns_accept(&r->conns, known ? party_at(r, e, at) : NULL, at.port, op->sock_new);
    }
    if (op->state == RX_OP_DEAD)
        ear_ended(r, e, op->res);
}

/* ---- places and doors ------------------------------------------------------------------------ */

static struct place *place_find(struct probe_responder *r, uint64_t pod, uint32_t container)
{
    struct node *n = table_get(&r->places, pod, container);

    return n != NULL ? rx_container_of(n, struct place, node) : NULL;
}

static void door_add(struct probe_responder *r, struct place *p, struct rx_addr at)
{
    struct node *taken = table_get(&r->doors, addr_key(at), 0);
    struct door *d;
    uint64_t id;

    if (taken != NULL) {
        d = rx_container_of(taken, struct door, node);
        if (d->place != p)
            listen_failed(r, EADDRINUSE);
        return;
    }
    d = rx_slab_take(&r->door_slab, &id);
    if (d == NULL) {
        listen_failed(r, ENOMEM);
        return;
    }
    d->id = id;
    d->place = p;
    d->at = at;
    d->node.key = addr_key(at);
    d->next = p->doors;
    p->doors = d;
    table_put(&r->doors, r->mem, &d->node);
    d->ear = refuses(r, p, at.port) ? NULL : ear_acquire(r, p, at);
}

/* Of a listener that is closed the last completion may not be there yet when its address is opened
 * again. */
static int server_spare(void *ctx, uint32_t containers, uint32_t ports)
{
    struct probe_responder *r = ctx;
    int rc = rx_slab_spare(&r->place_slab, containers);

    rc = rc != 0 ? rc : rx_slab_spare(&r->door_slab, ports);
    rc = rc != 0 ? rc : rx_slab_spare(&r->ear_slab, ports);
    return rc != 0 ? rc : rx_loop_spare(r->loop, ports);
}

static void server_up(void *ctx, const struct pod_serve_target *t)
{
    struct probe_responder *r = ctx;
    struct place *p;
    uint64_t id;

    server_down(r, t->pod, t->container);
    p = rx_slab_take(&r->place_slab, &id);
    if (p == NULL) {
        listen_failed(r, ENOMEM);
        return;
    }
    p->id = id;
    p->party.pod = t->pod;
    p->party.container = t->container;
    p->node.key = t->pod;
    p->node.sub = t->container;
    rx_list_init(&p->party.conns);
    table_put(&r->places, r->mem, &p->node);
    for (uint16_t i = 0; i < t->port_count; i++)
        door_add(r, p, (struct rx_addr){.ip = t->ip, .port = t->port[i]});
}

static void server_also(void *ctx, uint64_t pod, uint32_t container, struct rx_addr at)
{
    struct place *p = place_find(ctx, pod, container);
    uint16_t none = 0;

    if (p == NULL) { /* it runs, and nothing was known to listen on */
        server_up(ctx, &(struct pod_serve_target){pod, container, at.ip, 0, &none});
        p = place_find(ctx, pod, container);
    }
    if (p != NULL)
        door_add(ctx, p, at);
}

static void server_down(void *ctx, uint64_t pod, uint32_t container)
{
    struct probe_responder *r = ctx;
    struct place *p = place_find(r, pod, container);

    if (p == NULL)
        return;
    for (struct door *d = p->doors, *next; d != NULL; d = next) {
        next = d->next;
        table_take(&r->doors, &d->node);
        if (d->ear != NULL)
            ear_release(r, d->ear);
        rx_slab_give(&r->door_slab, d->id);
    }
    probe_conns_abort(&p->party);
    table_take(&r->places, &p->node);
    rx_slab_give(&r->place_slab, p->id);
}

static void server_review(void *ctx, uint64_t pod, uint32_t container)
{
    struct probe_responder *r = ctx;
    struct place *p = place_find(r, pod, container);

    for (struct door *d = p != NULL ? p->doors : NULL; d != NULL; d = d->next) {
        bool shut = refuses(r, p, d->at.port);

        if (shut && d->ear != NULL) {
            ear_release(r, d->ear);
            d->ear = NULL;
        } else if (!shut && d->ear == NULL) {
            d->ear = ear_acquire(r, p, d->at);
        }
    }
}

static void server_drain(void *ctx, uint64_t pod, uint32_t container)
{
    struct place *p = place_find(ctx, pod, container);

    if (p != NULL)
        probe_conns_drain(&p->party);
}
