/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_sim.c - the port in memory: what all simulated worlds share, and the virtual clock.
 *
 * All memory that the number of connections bounds is taken at open, in one piece and without
 * touching it: a page costs nothing until a connection uses it, and an engine that has been sealed
 * does not grow here. What is bounded by the behaviour of the owner instead (completions not yet
 * taken, bytes not yet read) starts with room enough for ordinary runs and doubles: in a wait, and
 * else between two handlers (mem.h), which is before what one of them can cause would not fit.
 */
#include "engine/reactor/port_sim.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

#include <errno.h>
#include <string.h>

enum {
    READY_ROOM = 8192,    /* at open; a power of two */
    TRAVELS_PER_CONN = 2, /* on the way at once, at open: one each way */
    TRAVELS_ROOM_MIN = 1024,
    TRAVELS_ROOM_MAX = 1 << 20,
};

#define SIM_SEED_KIND UINT64_C(0x6e6574776f726b) /* "network" */

static void on_grow(struct rx_mem_pool *p);
static bool options_valid(const struct rx_sim_options *o);
static int take_memory(struct sim *s);
static void admit_waiting(struct sim *s);
static void dial(struct sim *s, struct rx_op *op);
static bool leave_queue(struct sim *s, struct rx_op *op);

static const struct rx_port_ops virtual_ops, memory_ops;

int rx_port_sim_open(struct rx_port **out, const struct rx_mem *mem,
                     const struct rx_sim_options *options)
{
    struct sim *s;
    int rc;

    RX_API_CHECK(out && mem && options && options_valid(options), -RX_EINVALID);
    s = rx_mem_zalloc(mem, sizeof(*s));
    if (s == NULL)
        return -RX_ENOMEM;
    s->mem = mem;
    s->options = *options;
    s->seed = rx_prng_at(options->seed, SIM_SEED_KIND, 0, 0);
    s->delayed = options->latency_max > 0;
    s->chancy = s->delayed || options->fault_refuse_ppm || options->fault_reset_ppm ||
                options->fault_drop_ppm;
    s->conns_max = options->connections_max ? options->connections_max : SIM_CONNECTIONS_DEFAULT;
    s->stats.slots_max = s->conns_max;
    s->waiting_tail = &s->waiting;
    s->port.ops = options->clock == RX_SIM_REAL ? &memory_ops : &virtual_ops;
    rc = take_memory(s);
    if (rc == 0)
        rc = sim_net_open(s);
    if (rc == 0 && options->clock == RX_SIM_REAL)
        rc = sim_real_open(s);
    if (rc != 0) {
        sim_net_close(s);
        rx_mem_free(mem, s->travel, s->travels_room * sizeof(*s->travel));
        rx_mem_free(mem, s->ready, s->ready_room * sizeof(*s->ready));
        rx_mem_free(mem, s, sizeof(*s));
        return rc;
    }
    rx_mem_pool_add(mem, &s->pool, on_grow);
    *out = &s->port;
    return 0;
}

static bool options_valid(const struct rx_sim_options *o)
{
    return o->latency_min >= 0 && o->latency_min <= o->latency_max &&
           o->latency_max <= RX_NS_NEVER / 4 && o->fault_refuse_ppm <= SIM_PPM &&
           o->fault_reset_ppm <= SIM_PPM && o->fault_drop_ppm <= SIM_PPM &&
           o->connections_max <= SIM_CONNECTIONS_LIMIT;
}

static int take_memory(struct sim *s)
{
    s->ready = rx_mem_alloc(s->mem, READY_ROOM * sizeof(*s->ready));
    if (!s->ready)
        return -RX_ENOMEM;
    s->ready_room = READY_ROOM;
    if (s->delayed) {
        uint32_t room = RX_MIN(s->conns_max * TRAVELS_PER_CONN, (uint32_t)TRAVELS_ROOM_MAX);

        room = RX_MAX(room, (uint32_t)TRAVELS_ROOM_MIN);
        s->travel = rx_mem_alloc(s->mem, room * sizeof(*s->travel));
        if (!s->travel)
            return -RX_ENOMEM;
        s->travels_room = room;
    }
    return 0;
}

static void destroy(struct rx_port *p)
{
    struct sim *s = sim_of(p);
    const struct rx_mem *mem = s->mem;

    rx_mem_pool_remove(&s->pool);
    if (s->options.clock == RX_SIM_REAL)
        sim_real_close(s);
    sim_net_close(s);
    rx_mem_free(mem, s->travel, s->travels_room * sizeof(*s->travel));
    rx_mem_free(mem, s->ready, s->ready_room * sizeof(*s->ready));
    rx_mem_free(mem, s, sizeof(*s));
}

/* ---- verbs ---------------------------------------------------------------------------------- */

static void start(struct rx_port *p, struct rx_op *op)
{
    struct sim *s = sim_of(p);

    RX_ASSERT(op->state == RX_OP_DEAD);
    s->stats.ops++;
    op->started = s->now;
    op->next = NULL;
    op->state = RX_OP_ACTIVE;
    switch (op->kind) {
    case RX_OP_DIAL:
    case RX_OP_CALL:
        dial(s, op);
        break;
    case RX_OP_POLL:
        if (s->options.clock == RX_SIM_REAL)
            sim_real_watch(s, op);
        else /* the world of descriptors goes by another clock */
            sim_complete(s, op, -EOPNOTSUPP, RX_SOCK_NONE, RX_STAGE_SOCKET);
        break;
    case RX_OP_SPAWN: /* what a simulation runs, it runs above the port */
        sim_complete(s, op, -EOPNOTSUPP, RX_SOCK_NONE, RX_STAGE_SOCKET);
        break;
    default:
        sim_net_start(s, op);
    }
    admit_waiting(s);
}

static void dial(struct sim *s, struct rx_op *op)
{
    if (!sim_net_full(s)) {
        sim_net_dial(s, op);
        return;
    }
    op->state = RX_OP_WAITING;
    *s->waiting_tail = op;
    s->waiting_tail = &op->next;
    s->waiting_count++;
    s->stats.waited++;
}

/* At the end of every verb that may have freed a slot, and never from where it is freed: a long
 * queue of refused connections would nest as deep as it is long. */
static void admit_waiting(struct sim *s)
{
    while (s->waiting && !sim_net_full(s)) {
        struct rx_op *op = s->waiting;
        uint64_t waited = (uint64_t)(s->now - op->started);

        leave_queue(s, op);
        op->waited += (rx_ns)waited;
        s->stats.waited_ns += waited;
        s->stats.waited_ns_max = RX_MAX(s->stats.waited_ns_max, waited);
        op->state = RX_OP_ACTIVE;
        sim_net_dial(s, op);
    }
}

/* Linear, but those who lose patience first are at the front. */
static bool leave_queue(struct sim *s, struct rx_op *op)
{
    struct rx_op **at = &s->waiting;

    while (*at && *at != op)
        at = &(*at)->next;
    if (!*at)
        return false;
    s->waiting_count--;
    *at = op->next;
    if (!*at)
        s->waiting_tail = at;
    op->next = NULL;
    return true;
}

static void cancel(struct rx_port *p, struct rx_op *op)
{
    struct sim *s = sim_of(p);

    if (op->state == RX_OP_DEAD)
        return;
    if (op->state == RX_OP_WAITING) {
        if (leave_queue(s, op)) {
            op->state = RX_OP_ACTIVE; /* it waits no more: only its completion is to be delivered */
            sim_complete(s, op, -ECANCELED, RX_SOCK_NONE, RX_STAGE_SOCKET);
        }
        return;
    }
    if (op->kind == RX_OP_SPAWN)
        return; /* its refusal is on its way */
    if (op->kind == RX_OP_POLL)
        sim_real_unwatch(s, op);
    else
        sim_net_cancel(s, op);
    admit_waiting(s);
}

static void shut(struct rx_port *p, rx_sock sock, bool reset)
{
    sim_net_shut(sim_of(p), sock, reset);
    admit_waiting(sim_of(p));
}

static rx_ns now(const struct rx_port *p)
{
    return sim_of_const(p)->now;
}

static void stats(const struct rx_port *p, struct rx_port_stats *out)
{
    const struct sim *s = sim_of_const(p);

    *out = s->stats;
    out->slots_used = s->conns_used;
    out->slots_short = s->waiting != NULL;
    out->slots_waiting_ns = s->waiting != NULL ? (uint64_t)(s->now - s->waiting->started) : 0;
    out->slots_waiting = s->waiting_count;
}

/* ---- the virtual clock ---------------------------------------------------------------------- */

static int virtual_wait(struct rx_port *p, rx_ns until, struct rx_ready *ready, int room)
{
    struct sim *s = sim_of(p);

    sim_arrivals(s, s->now);
    while (s->ready_count == 0 && !s->broken) {
        rx_ns next = s->travels ? s->travel[0].at : RX_NS_NEVER;

        if (atomic_load_explicit(&s->real.woken, memory_order_relaxed))
            break;
        next = RX_MIN(next, until);
        if (next == RX_NS_NEVER || next <= s->now)
            break;
        s->now = next;
        sim_arrivals(s, next);
    }
    if (atomic_load_explicit(&s->real.woken, memory_order_relaxed))
        atomic_exchange_explicit(&s->real.woken, false, memory_order_acquire);
    return s->broken ? s->broken : sim_take_ready(s, ready, room);
}

static int take(struct rx_port *p, struct rx_ready *ready, int room)
{
    struct sim *s = sim_of(p);

    return s->broken ? s->broken : sim_take_ready(s, ready, room);
}

static void virtual_wake(struct rx_port *p)
{
    atomic_store_explicit(&sim_of(p)->real.woken, true, memory_order_release);
}

static int virtual_fd(struct rx_port *p)
{
    (void)p;
    return -EOPNOTSUPP; /* nothing outside can make this clock go */
}

static bool prepared(const struct rx_port *p)
{
    return sim_of_const(p)->ready_count > 0;
}

static const struct rx_port_ops virtual_ops = {
    .name = "virtual",
    .now = now,
    .wait = virtual_wait,
    .start = start,
    .cancel = cancel,
    .listen = sim_net_listen,
    .spare = sim_net_spare,
    .local = sim_net_local,
    .close = shut,
    .wake = virtual_wake,
    .prepared = prepared,
    .take = take,
    .fd = virtual_fd,
    .stats = stats,
    .destroy = destroy,
};

static const struct rx_port_ops memory_ops = {
    .name = "memory",
    .now = now,
    .clock = sim_real_clock,
    .wait = sim_real_wait,
    .start = start,
    .cancel = cancel,
    .listen = sim_net_listen,
    .spare = sim_net_spare,
    .local = sim_net_local,
    .close = shut,
    .wake = sim_real_wake,
    .prepared = prepared,
    .take = take,
    .fd = sim_real_fd,
    .stats = stats,
    .destroy = destroy,
};

/* ---- the ready queue ------------------------------------------------------------------------ */

static __attribute__((noinline)) bool ready_grow(struct sim *s)
{
    uint32_t room = s->ready_room * 2;
    struct rx_ready *grown = rx_mem_alloc(s->mem, room * sizeof(*grown));

    if (grown == NULL) {
        s->broken = -RX_ENOMEM;
        return false;
    }
    for (uint32_t i = 0; i < s->ready_count; i++)
        grown[i] = s->ready[(s->ready_head + i) & (s->ready_room - 1)];
    rx_mem_free(s->mem, s->ready, s->ready_room * sizeof(*s->ready));
    s->ready = grown;
    s->ready_room = room;
    s->ready_head = 0;
    return true;
}

static void push_grown(struct sim *s, struct rx_op *op, int32_t res, rx_sock sock, uint8_t stage,
                       bool final);

static inline void ready_push(struct sim *s, struct rx_op *op, int32_t res, rx_sock sock,
                              uint8_t stage, bool final)
{
    struct rx_ready *r;

    if (RX_UNLIKELY(s->ready_count == s->ready_room)) {
        push_grown(s, op, res, sock, stage, final);
        return;
    }
    r = &s->ready[(s->ready_head + s->ready_count) & (s->ready_room - 1)];
    r->op = op;
    r->res = res;
    r->sock = sock;
    r->stage = stage;
    r->final = final;
    s->port.busy = true;
    if (s->ready_count++ == 0 && s->real.embedded)
        sim_real_work(s);
}

/* The last thing its caller does: nothing has to be kept over it, there or here. */
static __attribute__((noinline)) void push_grown(struct sim *s, struct rx_op *op, int32_t res,
                                                 rx_sock sock, uint8_t stage, bool final)
{
    if (ready_grow(s))
        ready_push(s, op, res, sock, stage, final);
}

void sim_complete(struct sim *s, struct rx_op *op, int32_t res, rx_sock sock,
                  enum rx_op_stage stage)
{
    ready_push(s, op, res, sock, (uint8_t)stage, true);
}

void sim_report(struct sim *s, struct rx_op *op, int32_t res, rx_sock sock)
{
    /* One of many listeners: its ACCEPT has not been looked at for long, and will be in a
     * moment. */
    __builtin_prefetch(op);
    __builtin_prefetch((const char *)op + 64);
    __builtin_prefetch((const char *)op + 128);
    ready_push(s, op, res, sock, 0, false);
}

int sim_take_ready(struct sim *s, struct rx_ready *ready, int room)
{
    uint32_t n = RX_MIN(s->ready_count, (uint32_t)RX_MAX(room, 0));

    /* Mostly one or two, after each timer: too few for memcpy. */
    for (uint32_t i = 0; i < n; i++)
        ready[i] = s->ready[(s->ready_head + i) & (s->ready_room - 1)];
    s->ready_head = (s->ready_head + n) & (s->ready_room - 1);
    s->ready_count -= n;
    s->port.busy = s->ready_count > 0;
    return (int)n;
}

/* ---- travel --------------------------------------------------------------------------------- */

static bool travel_push(struct sim *s, struct sim_travel t);
static struct sim_travel travel_pop(struct sim *s);

static __attribute__((noinline)) void send_delayed(struct sim *s, struct sim_conn *c,
                                                   enum sim_side to, enum sim_news news,
                                                   uint32_t bytes)
{
    const struct rx_sim_options *o = &s->options;
    struct sim_end *end = &c->end[to];
    rx_ns at = s->instant + o->latency_min;

    at += (rx_ns)rx_prng_scale(rx_prng_at(c->fate, SIM_DRAW_LATENCY, 0, c->sent++),
                               (uint64_t)(o->latency_max - o->latency_min) + 1);
    at = RX_MAX(at, end->quiet);
    end->quiet = at;
    if (!travel_push(s, (struct sim_travel){.at = at,
                                            .sequence = s->sequence++,
                                            .serial = c->serial,
                                            .conn = (uint32_t)(c - s->conn),
                                            .bytes = bytes,
                                            .side = (uint8_t)to,
                                            .news = (uint8_t)news}))
        s->broken = -RX_ENOMEM;
}

void sim_send_news(struct sim *s, struct sim_conn *c, enum sim_side to, enum sim_news news,
                   uint32_t bytes)
{
    if (s->delayed)
        send_delayed(s, c, to, news, bytes);
    else
        sim_net_arrive(s, c, to, news, bytes);
}

void sim_arrivals(struct sim *s, rx_ns until)
{
    while (s->travels && s->travel[0].at <= until) {
        struct sim_travel t = travel_pop(s);
        struct sim_conn *c = &s->conn[t.conn];

        s->instant = t.at;
        if (c->serial == t.serial)
            sim_net_arrive(s, c, (enum sim_side)t.side, (enum sim_news)t.news, t.bytes);
        admit_waiting(s);
    }
    s->instant = s->now;
}

bool sim_chance_draw(const struct sim_conn *c, enum sim_draw kind, uint32_t n, uint32_t ppm)
{
    return rx_prng_scale(rx_prng_at(c->fate, kind, 0, n), SIM_PPM) < ppm;
}

static inline bool earlier(const struct sim_travel *a, const struct sim_travel *b)
{
    return a->at < b->at || (a->at == b->at && a->sequence < b->sequence);
}

static bool travels_grow(struct sim *s)
{
    uint32_t room = s->travels_room * 2;
    struct sim_travel *grown =
        rx_mem_grow(s->mem, s->travel, s->travels_room * sizeof(*grown), room * sizeof(*grown));

    if (grown == NULL)
        return false;
    s->travel = grown;
    s->travels_room = room;
    return true;
}

static bool travel_push(struct sim *s, struct sim_travel t)
{
    uint32_t i = s->travels;

    if (s->travels == s->travels_room && !travels_grow(s))
        return false;
    s->travels++;
    if (s->travels + sim_burst(s) > s->travels_room)
        rx_mem_want(s->mem);
    while (i > 0 && earlier(&t, &s->travel[(i - 1) / 2])) {
        s->travel[i] = s->travel[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    s->travel[i] = t;
    if (i == 0 && s->real.embedded)
        sim_real_work(s);
    return true;
}

static struct sim_travel travel_pop(struct sim *s)
{
    struct sim_travel top = s->travel[0], last = s->travel[--s->travels];
    uint32_t i = 0;

    for (;;) {
        uint32_t child = 2 * i + 1;

        if (child >= s->travels)
            break;
        if (child + 1 < s->travels && earlier(&s->travel[child + 1], &s->travel[child]))
            child++;
        if (!earlier(&s->travel[child], &last))
            break;
        s->travel[i] = s->travel[child];
        i = child;
    }
    s->travel[i] = last;
    return top;
}

/* ---- growing --------------------------------------------------------------------------------- */

static void on_grow(struct rx_mem_pool *p)
{
    struct sim *s = rx_container_of(p, struct sim, pool);

    while (s->ready_count + sim_burst(s) > s->ready_room && ready_grow(s)) {
    }
    while (s->delayed && s->travels + sim_burst(s) > s->travels_room && travels_grow(s)) {
    }
    sim_net_grow(s);
    sim_stream_grow(s);
}
