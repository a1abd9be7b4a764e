/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_sim_net.c - listeners and connections in memory, as far as the verbs can tell them from TCP.
 *
 *  1. A connection is open for the client once the handshake is over, whether or not anybody
 *     accepts it. With the backlog full a request gets no answer until there is room. (A kernel
 *     lets the client repeat it after 1, 3, 7 seconds; here the answer comes with the room.)
 *  2. Closing one end with bytes unread, or on request, resets the other; else it ends its stream.
 *     What arrived before can still be read either way.
 *  3. Whatever arrives for an end that is gone is answered with a reset.
 *  4. Nobody closes one direction only, so an end of stream means that writing is in vain: -EPIPE.
 *  5. The window opens without travel time: a writer goes on in the instant its bytes are read.
 *  6. A wildcard listener and listeners on single addresses of its port live side by side, and the
 *     nearer one wins. (A kernel asks for SO_REUSEPORT or SO_REUSEADDR on both.)
 */
#include "engine/reactor/port_sim.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

#include <errno.h>
#include <string.h>

/* Handles: what they name, and above it which user of that slot. Never negative. */
enum {
    CONN_BITS = 24, /* index of the connection * 2 + side */
    CONN_GENERATIONS = 64,
    LISTENER_FLAG = 1 << 30,
    LISTENER_BITS = 22,
    LISTENER_GENERATIONS = 256,
};

enum { PORT_ANY_FIRST = 32768, PORT_ANY_COUNT = 28232 }; /* as Linux hands them out by default */

enum { CENSUS_SLOTS = 4096, DIRECTORY_SLOTS = 64 }; /* at open; powers of two */

static inline uint64_t key_of(struct rx_addr at)
{
    return (uint64_t)at.ip << 16 | at.port;
}

/* Multiplicative hashing: the upper bits of the product depend on all of the key. */
static inline uint32_t slot_of(uint64_t key, uint32_t slots)
{
    return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (slots - 1);
}

static struct sim_listener *listener_for(const struct sim *s, struct rx_addr to);
static uint64_t fate_of(struct sim *s, struct rx_addr to);
static struct sim_conn *conn_take(struct sim *s);
static void arrive_syn(struct sim *s, struct sim_conn *c);
static void arrive_syn_ack(struct sim *s, struct sim_conn *c);
static void arrive_syn_rst(struct sim *s, struct sim_conn *c);
static void arrive_ack(struct sim *s, struct sim_conn *c);
static void arrive_data(struct sim *s, struct sim_conn *c, enum sim_side side, uint32_t bytes);
static void arrive_end(struct sim *s, struct sim_conn *c, enum sim_side side, uint32_t flag);
static void accept_all(struct sim *s, struct rx_op *op);
static void listener_shut(struct sim *s, struct sim_listener *l);

int sim_net_open(struct sim *s)
{
    s->conn = rx_mem_alloc_aligned(s->mem, s->conns_max * sizeof(*s->conn), 64);
    s->directory.slot = rx_mem_zalloc(s->mem, DIRECTORY_SLOTS * sizeof(*s->directory.slot));
    s->directory.slots = s->directory.slot ? DIRECTORY_SLOTS : 0;
    if (s->chancy) {
        s->census.tally = rx_mem_zalloc(s->mem, CENSUS_SLOTS * sizeof(*s->census.tally));
        s->census.slots = s->census.tally ? CENSUS_SLOTS : 0;
    }
    if (!s->conn || !s->directory.slot || (s->chancy && !s->census.tally))
        return -RX_ENOMEM;
    return sim_stream_open(s);
}

void sim_net_close(struct sim *s)
{
    sim_stream_close(s);
    for (uint32_t i = 0; i < s->listeners; i++)
        rx_mem_free(s->mem, s->listener[i], sizeof(*s->listener[i]));
    rx_mem_free(s->mem, s->listener, s->listeners_room * sizeof(*s->listener));
    rx_mem_free(s->mem, s->listeners_free, s->listeners_room * sizeof(*s->listeners_free));
    rx_mem_free(s->mem, s->census.tally, s->census.slots * sizeof(*s->census.tally));
    rx_mem_free(s->mem, s->directory.slot, s->directory.slots * sizeof(*s->directory.slot));
    rx_mem_free(s->mem, s->conn, s->conns_max * sizeof(*s->conn));
}

/* ---- handles -------------------------------------------------------------------------------- */

rx_sock sim_net_handle(const struct sim *s, const struct sim_conn *c, enum sim_side side)
{
    return (rx_sock)(c->generation << CONN_BITS | (uint32_t)(c - s->conn) << 1 | side);
}

/* NULL: stale or invented. */
static struct sim_conn *conn_of(const struct sim *s, rx_sock sock, enum sim_side *side)
{
    uint32_t index = ((uint32_t)sock & ((1u << CONN_BITS) - 1)) >> 1;
    struct sim_conn *c;

    if (sock < 0 || (sock & LISTENER_FLAG) || index >= s->conns_fresh)
        return NULL;
    c = &s->conn[index];
    *side = sock & 1 ? SIM_SERVER : SIM_CLIENT;
    if (c->generation != (uint32_t)sock >> CONN_BITS || !(c->end[*side].flags & SIM_LIVE))
        return NULL;
    return c;
}

static rx_sock listener_handle(const struct sim_listener *l)
{
    return (rx_sock)(LISTENER_FLAG | l->generation << LISTENER_BITS | l->index);
}

static struct sim_listener *listener_of(const struct sim *s, rx_sock sock)
{
    uint32_t index = (uint32_t)sock & ((1u << LISTENER_BITS) - 1);
    struct sim_listener *l;

    if (sock < 0 || !(sock & LISTENER_FLAG) || index >= s->listeners)
        return NULL;
    l = s->listener[index];
    return l->open && listener_handle(l) == sock ? l : NULL;
}

/* ---- verbs ---------------------------------------------------------------------------------- */

void sim_net_dial(struct sim *s, struct rx_op *op)
{
    struct sim_conn *c;

    if (op->kind == RX_OP_CALL && op->in_len == 0) { /* could not be told from an end of stream */
        sim_complete(s, op, -EINVAL, RX_SOCK_NONE, RX_STAGE_SOCKET);
        return;
    }
    c = conn_take(s);
    c->to = op->to;
    c->dialer = op;
    c->end[SIM_CLIENT].flags = SIM_LIVE | (op->flags & RX_OP_RST_CLOSE ? SIM_ABORTIVE : 0);
    op->port_slot = (uint32_t)(c - s->conn);
    if (s->chancy)
        c->fate = fate_of(s, c->to);
    if (!sim_chance(c, SIM_DRAW_DROP, 0, s->options.fault_drop_ppm))
        sim_send_news(s, c, SIM_SERVER, SIM_SYN, 0);
}

void sim_net_start(struct sim *s, struct rx_op *op)
{
    bool writes = op->kind == RX_OP_SEND || op->kind == RX_OP_TALK;
    bool reads = op->kind == RX_OP_RECV || op->kind == RX_OP_TALK;
    enum sim_side side = SIM_CLIENT;
    struct sim_conn *c;
    struct sim_end *end;
    int error = 0;

    if (op->kind == RX_OP_ACCEPT) {
        accept_all(s, op);
        return;
    }
    RX_ASSERT(writes || reads);
    c = conn_of(s, op->sock, &side);
    end = c ? &c->end[side] : NULL;
    if (c == NULL)
        error = -EBADF;
    else if (reads && op->in_len == 0)
        error = -EINVAL;
    else if (writes && end->flags & SIM_RST_SEEN)
        error = -ECONNRESET;
    else if (writes && end->flags & SIM_FIN_SEEN)
        error = -EPIPE;
    if (error) {
        sim_complete(s, op, error, RX_SOCK_NONE, writes ? RX_STAGE_SEND : RX_STAGE_RECV);
        return;
    }
    RX_ASSERT(!(writes && end->writer)); /* one writer and one reader at a time */
    RX_ASSERT(!(reads && end->reader));
    if (op->kind == RX_OP_TALK)
        sim_stream_talk(s, c, side, op);
    else if (op->kind == RX_OP_SEND)
        sim_stream_send(s, c, side, op);
    else
        sim_stream_recv(s, c, side, op);
}

/* An op that is found nowhere is over: its completion is in the ready queue, and stands. */
void sim_net_cancel(struct sim *s, struct rx_op *op)
{
    enum sim_side side = SIM_CLIENT;
    struct sim_conn *c;

    if (op->kind == RX_OP_ACCEPT) {
        struct sim_listener *l = listener_of(s, op->sock);

        if (l && l->accept == op) {
            l->accept = NULL;
            sim_complete(s, op, -ECANCELED, RX_SOCK_NONE, RX_STAGE_SOCKET);
        }
        return;
    }
    if (op->kind == RX_OP_DIAL || op->kind == RX_OP_CALL)
        c = op->port_slot < s->conns_fresh ? &s->conn[op->port_slot] : NULL;
    else
        c = conn_of(s, op->sock, &side);
    if (c == NULL)
        return;
    if (c->dialer == op) {
        c->dialer = NULL;
        sim_net_abandon(s, c, SIM_CLIENT, false);
        sim_complete(s, op, -ECANCELED, RX_SOCK_NONE, RX_STAGE_CONNECT);
    } else if (c->end[side].reader == op || c->end[side].writer == op) {
        sim_stream_end(s, c, side, op, -ECANCELED);
    }
}

void sim_net_shut(struct sim *s, rx_sock sock, bool reset)
{
    struct sim_listener *l = listener_of(s, sock);
    enum sim_side side;
    struct sim_conn *c;

    if (l) {
        listener_shut(s, l);
        return;
    }
    c = conn_of(s, sock, &side);
    RX_ASSERT(c); /* closed twice, or never open: the real port would hit somebody else's */
    RX_ASSERT(!c->end[side].reader && !c->end[side].writer);
    sim_net_abandon(s, c, side, reset);
}

int sim_net_local(struct rx_port *p, rx_sock sock, struct rx_addr *out)
{
    struct sim *s = sim_of(p);
    struct sim_listener *l = listener_of(s, sock);
    enum sim_side side = SIM_CLIENT;
    struct sim_conn *c = l ? NULL : conn_of(s, sock, &side);

    if (l == NULL && c == NULL)
        return -EBADF;
    if (c && side == SIM_CLIENT)
        return -EOPNOTSUPP; /* it has none: nothing here ever needed to tell clients apart */
    *out = l ? l->at : c->to;
    return 0;
}

/* ---- connections ---------------------------------------------------------------------------- */

static struct sim_conn *conn_take(struct sim *s)
{
    uint32_t generation = 0;
    struct sim_conn *c;

    if (s->conns_free) {
        c = &s->conn[s->conns_free - 1];
        s->conns_free = c->next;
        generation = c->generation;
    } else {
        c = &s->conn[s->conns_fresh++];
    }
    *c = (struct sim_conn){.serial = ++s->serial, .generation = generation};
    rx_list_init(&c->link);
    s->conns_used++;
    if (s->ready_count + sim_burst(s) > s->ready_room)
        rx_mem_want(s->mem);
    s->stats.slots_peak = RX_MAX(s->stats.slots_peak, (uint64_t)s->conns_used);
    return c;
}

static void conn_give(struct sim *s, struct sim_conn *c)
{
    RX_ASSERT(rx_list_empty(&c->link) && !c->dialer);
    c->serial = 0; /* what still travels to it arrives nowhere */
    c->generation = (c->generation + 1) % CONN_GENERATIONS;
    c->next = s->conns_free;
    s->conns_free = (uint32_t)(c - s->conn) + 1;
    s->conns_used--;
}

static void end_drop(struct sim *s, struct sim_conn *c, enum sim_side side)
{
    c->end[side].flags &= ~(uint32_t)SIM_LIVE;
    sim_stream_drop(s, &c->end[side]);
    if (!(c->end[sim_other(side)].flags & SIM_LIVE))
        conn_give(s, c);
}

void sim_net_abandon(struct sim *s, struct sim_conn *c, enum sim_side side, bool reset)
{
    struct sim_end *end = &c->end[side], *peer = &c->end[sim_other(side)];
    bool hard = reset || (end->flags & SIM_ABORTIVE) || end->arrived > 0;
    bool tell = peer->flags & SIM_LIVE;

    if (side == SIM_CLIENT && !(end->flags & SIM_CONNECTED)) {
        /* Gave up during the handshake: no server has seen it, and none will. */
        rx_list_remove(&c->link);
        c->listener = NULL;
        peer->flags &= ~(uint32_t)SIM_LIVE;
        tell = false;
    }
    end_drop(s, c, side);
    if (tell)
        sim_send_news(s, c, sim_other(side), hard ? SIM_RST : SIM_FIN, 0);
}

/* ---- arrivals ------------------------------------------------------------------------------- */

void sim_net_arrive(struct sim *s, struct sim_conn *c, enum sim_side at, enum sim_news news,
                    uint32_t bytes)
{
    switch (news) {
    case SIM_SYN:
        arrive_syn(s, c);
        break;
    case SIM_SYN_ACK:
        arrive_syn_ack(s, c);
        break;
    case SIM_SYN_RST:
        arrive_syn_rst(s, c);
        break;
    case SIM_ACK:
        arrive_ack(s, c);
        break;
    case SIM_DATA:
        arrive_data(s, c, at, bytes);
        break;
    case SIM_FIN:
        arrive_end(s, c, at, SIM_FIN_SEEN);
        break;
    case SIM_RST:
        arrive_end(s, c, at, SIM_RST_SEEN);
        break;
    }
}

static void answer_syn(struct sim *s, struct sim_listener *l, struct sim_conn *c);

static void arrive_syn(struct sim *s, struct sim_conn *c)
{
    struct sim_listener *l = listener_for(s, c->to);

    if (l == NULL || sim_chance(c, SIM_DRAW_REFUSE, 0, s->options.fault_refuse_ppm)) {
        sim_send_news(s, c, SIM_CLIENT, SIM_SYN_RST, 0);
    } else if (l->backlog_count >= l->backlog_max) {
        c->listener = l;
        rx_list_add_tail(&l->overflow, &c->link);
    } else {
        answer_syn(s, l, c);
    }
}

static void answer_syn(struct sim *s, struct sim_listener *l, struct sim_conn *c)
{
    c->listener = l;
    c->end[SIM_SERVER].flags = SIM_LIVE;
    rx_list_add_tail(&l->opening, &c->link);
    sim_send_news(s, c, SIM_CLIENT, SIM_SYN_ACK, 0);
}

static void arrive_syn_ack(struct sim *s, struct sim_conn *c)
{
    struct rx_op *op = c->dialer;

    c->dialer = NULL;
    c->end[SIM_CLIENT].flags |= SIM_CONNECTED;
    sim_send_news(s, c, SIM_SERVER, SIM_ACK, 0);
    if (op->kind == RX_OP_CALL)
        sim_stream_talk(s, c, SIM_CLIENT, op);
    else
        sim_complete(s, op, 0, sim_net_handle(s, c, SIM_CLIENT), RX_STAGE_CONNECT);
}

static void arrive_syn_rst(struct sim *s, struct sim_conn *c)
{
    struct rx_op *op = c->dialer;

    c->dialer = NULL;
    end_drop(s, c, SIM_CLIENT);
    sim_complete(s, op, -ECONNREFUSED, RX_SOCK_NONE, RX_STAGE_CONNECT);
}

static void hand_over(struct sim *s, struct sim_listener *l, struct sim_conn *c)
{
    c->listener = NULL;
    sim_report(s, l->accept, 0, sim_net_handle(s, c, SIM_SERVER));
}

static void arrive_ack(struct sim *s, struct sim_conn *c)
{
    struct sim_listener *l = c->listener;

    if (l == NULL)
        return; /* closed meanwhile; the client will hear of it */
    rx_list_remove(&c->link);
    c->end[SIM_SERVER].flags |= SIM_CONNECTED;
    if (l->accept) {
        hand_over(s, l, c);
    } else {
        rx_list_add_tail(&l->backlog, &c->link);
        l->backlog_count++;
    }
}

static void arrive_data(struct sim *s, struct sim_conn *c, enum sim_side side, uint32_t bytes)
{
    if (!(c->end[side].flags & SIM_LIVE)) {
        sim_send_news(s, c, sim_other(side), SIM_RST, 0);
    } else if (sim_chance(c, SIM_DRAW_RESET, c->delivered++, s->options.fault_reset_ppm)) {
        arrive_end(s, c, side, SIM_RST_SEEN);
        arrive_end(s, c, sim_other(side), SIM_RST_SEEN);
    } else {
        sim_stream_news(s, c, side, bytes);
    }
}

static void arrive_end(struct sim *s, struct sim_conn *c, enum sim_side side, uint32_t flag)
{
    struct sim_end *end = &c->end[side];

    if (!(end->flags & SIM_LIVE))
        return;
    end->flags |= flag;
    if (flag == SIM_RST_SEEN && end->writer && end->writer != end->reader)
        sim_stream_end(s, c, side, end->writer, -ECONNRESET);
    sim_stream_news(s, c, side, 0);
}

/* ---- listeners ------------------------------------------------------------------------------ */

static struct sim_slot *directory_at(const struct sim *s, uint64_t key);
static bool directory_add(struct sim *s, struct sim_listener *l);
static void directory_remove(struct sim *s, struct sim_listener *l);
static struct sim_listener *listener_take(struct sim *s);
static void listener_give(struct sim *s, struct sim_listener *l);
static uint16_t port_any(struct sim *s, uint32_t ip);

int sim_net_listen(struct rx_port *p, struct rx_addr at, int backlog, rx_sock *out)
{
    struct sim *s = sim_of(p);
    struct sim_listener *l;

    if (at.port == 0)
        at.port = port_any(s, at.ip);
    if (at.port == 0 || directory_at(s, key_of(at))->listener)
        return -EADDRINUSE;
    if (s->listeners == 1 << LISTENER_BITS && s->listeners_free_count == 0)
        return -EMFILE;
    l = listener_take(s);
    if (l == NULL)
        return -ENOMEM;
    l->at = at;
    l->backlog_max = (uint32_t)RX_MAX(backlog, SIM_BACKLOG_MIN);
    if (!directory_add(s, l)) {
        listener_give(s, l);
        return -ENOMEM;
    }
    *out = listener_handle(l);
    return 0;
}

static void accept_all(struct sim *s, struct rx_op *op)
{
    struct sim_listener *l = listener_of(s, op->sock);
    struct rx_list *node;

    if (l == NULL) {
        sim_complete(s, op, -EBADF, RX_SOCK_NONE, RX_STAGE_SOCKET);
        return;
    }
    RX_ASSERT(!l->accept);
    l->accept = op;
    while ((node = rx_list_take_head(&l->backlog)))
        hand_over(s, l, rx_container_of(node, struct sim_conn, link));
    l->backlog_count = 0;
    while ((node = rx_list_take_head(&l->overflow)))
        answer_syn(s, l, rx_container_of(node, struct sim_conn, link));
}

static void listener_shut(struct sim *s, struct sim_listener *l)
{
    struct rx_list *queues[] = {&l->backlog, &l->opening};
    struct rx_list *node;

    directory_remove(s, l);
    if (l->accept)
        sim_complete(s, l->accept, -ECANCELED, RX_SOCK_NONE, RX_STAGE_SOCKET);
    for (size_t i = 0; i < RX_ARRAY_LEN(queues); i++) {
        while ((node = rx_list_take_head(queues[i]))) {
            struct sim_conn *c = rx_container_of(node, struct sim_conn, link);

            c->listener = NULL;
            sim_net_abandon(s, c, SIM_SERVER, true);
        }
    }
    while ((node = rx_list_take_head(&l->overflow))) {
        struct sim_conn *c = rx_container_of(node, struct sim_conn, link);

        c->listener = NULL;
        sim_send_news(s, c, SIM_CLIENT, SIM_SYN_RST, 0);
    }
    listener_give(s, l);
}

static struct sim_listener *listener_for(const struct sim *s, struct rx_addr to)
{
    struct sim_listener *l = directory_at(s, key_of(to))->listener;

    return l ? l : directory_at(s, to.port)->listener; /* ip 0: every address */
}

/* Both tables or neither. */
static bool listeners_grow(struct sim *s)
{
    uint32_t room = RX_MAX(s->listeners_room * 2, 16u);
    uint32_t *spare = rx_mem_alloc(s->mem, room * sizeof(*spare));
    struct sim_listener **all = rx_mem_alloc(s->mem, room * sizeof(*all));

    if (spare == NULL || all == NULL) {
        rx_mem_free(s->mem, spare, room * sizeof(*spare));
        rx_mem_free(s->mem, all, room * sizeof(*all));
        return false;
    }
    if (s->listeners)
        memcpy(all, s->listener, s->listeners * sizeof(*all));
    if (s->listeners_free_count)
        memcpy(spare, s->listeners_free, s->listeners_free_count * sizeof(*spare));
    rx_mem_free(s->mem, s->listener, s->listeners_room * sizeof(*all));
    rx_mem_free(s->mem, s->listeners_free, s->listeners_room * sizeof(*spare));
    s->listener = all;
    s->listeners_free = spare;
    s->listeners_room = room;
    return true;
}

/* One more, which is free. */
static bool listener_add(struct sim *s)
{
    struct sim_listener *l;

    if (s->listeners == 1 << LISTENER_BITS ||
        (s->listeners == s->listeners_room && !listeners_grow(s)))
        return false;
    l = rx_mem_alloc(s->mem, sizeof(*l));
    if (l == NULL)
        return false;
    *l = (struct sim_listener){.index = s->listeners};
    s->listeners_free[s->listeners_free_count++] = s->listeners;
    s->listener[s->listeners++] = l;
    return true;
}

static void listeners_keep(struct sim *s)
{
    while (s->listeners_free_count < s->listeners_spare && listener_add(s)) {
    }
}

static struct sim_listener *listener_take(struct sim *s)
{
    uint32_t index, generation;
    struct sim_listener *l;

    if (s->listeners_free_count == 0 && !listener_add(s))
        return NULL;
    index = s->listeners_free[--s->listeners_free_count];
    l = s->listener[index];
    generation = l->generation;
    if (s->listeners_free_count < s->listeners_spare)
        rx_mem_want(s->mem);
    *l = (struct sim_listener){.index = index, .generation = generation, .open = true};
    rx_list_init(&l->overflow);
    rx_list_init(&l->opening);
    rx_list_init(&l->backlog);
    return l;
}

static void listener_give(struct sim *s, struct sim_listener *l)
{
    l->open = false;
    l->accept = NULL;
    l->generation = (l->generation + 1) % LISTENER_GENERATIONS;
    s->listeners_free[s->listeners_free_count++] = l->index;
}

static uint16_t port_any(struct sim *s, uint32_t ip)
{
    for (int i = 0; i < PORT_ANY_COUNT; i++) {
        struct rx_addr at = {ip, (uint16_t)(PORT_ANY_FIRST + s->port_next)};

        s->port_next = (uint16_t)((s->port_next + 1) % PORT_ANY_COUNT);
        if (!directory_at(s, key_of(at))->listener)
            return at.port;
    }
    return 0;
}

/* ---- directory ------------------------------------------------------------------------------ */

/* Where the key is, or the free slot where it would have to go. There always is one. */
static struct sim_slot *directory_at(const struct sim *s, uint64_t key)
{
    const struct sim_directory *d = &s->directory;
    uint32_t i = slot_of(key, d->slots);

    while (d->slot[i].listener && d->slot[i].key != key)
        i = (i + 1) & (d->slots - 1);
    return &d->slot[i];
}

static bool directory_grow(struct sim *s)
{
    struct sim_directory old = s->directory;
    struct sim_slot *slot = rx_mem_zalloc(s->mem, old.slots * 2 * sizeof(*slot));

    if (slot == NULL)
        return false;
    s->directory.slot = slot;
    s->directory.slots = old.slots * 2;
    for (uint32_t i = 0; i < old.slots; i++)
        if (old.slot[i].listener)
            *directory_at(s, old.slot[i].key) = old.slot[i];
    rx_mem_free(s->mem, old.slot, old.slots * sizeof(*slot));
    return true;
}

static bool directory_short(const struct sim *s)
{
    return (s->directory.count + s->listeners_spare) * 2 >= s->directory.slots;
}

static bool directory_add(struct sim *s, struct sim_listener *l)
{
    uint64_t key = key_of(l->at);

    if (s->directory.count * 2 >= s->directory.slots && !directory_grow(s))
        return false;
    if (directory_short(s))
        rx_mem_want(s->mem);
    *directory_at(s, key) = (struct sim_slot){.key = key, .listener = l};
    s->directory.count++;
    return true;
}

/* Closes the gap with entries behind it, so that no search ends too early. */
static void directory_remove(struct sim *s, struct sim_listener *l)
{
    struct sim_directory *d = &s->directory;
    uint32_t mask = d->slots - 1, gap = (uint32_t)(directory_at(s, key_of(l->at)) - d->slot);

    RX_ASSERT(d->slot[gap].listener == l);
    for (uint32_t i = (gap + 1) & mask; d->slot[i].listener; i = (i + 1) & mask) {
        uint32_t home = slot_of(d->slot[i].key, d->slots);

        if (((i - home) & mask) >= ((i - gap) & mask)) { /* its search passes the gap */
            d->slot[gap] = d->slot[i];
            gap = i;
        }
    }
    d->slot[gap].listener = NULL;
    d->count--;
}

/* ---- fate ----------------------------------------------------------------------------------- */

static struct sim_tally *census_at(const struct sim_census *n, uint64_t key)
{
    uint32_t i = slot_of(key, n->slots);

    while (n->tally[i].count && n->tally[i].instant == n->instant && n->tally[i].key != key)
        i = (i + 1) & (n->slots - 1);
    return &n->tally[i];
}

static bool census_grow(struct sim *s)
{
    struct sim_census old = s->census;
    struct sim_tally *tally = rx_mem_zalloc(s->mem, old.slots * 2 * sizeof(*tally));

    if (tally == NULL)
        return false;
    s->census.tally = tally;
    s->census.slots = old.slots * 2;
    for (uint32_t i = 0; i < old.slots; i++)
        if (old.tally[i].count && old.tally[i].instant == old.instant)
            *census_at(&s->census, old.tally[i].key) = old.tally[i];
    rx_mem_free(s->mem, old.tally, old.slots * sizeof(*tally));
    return true;
}

/* Of those who wait for a place as many can dial at once as there are places. */
static bool census_short(const struct sim *s)
{
    uint32_t dials = SIM_SPARE + RX_MIN(s->waiting_count, s->conns_max);

    return (s->census.count + dials) * 2 >= s->census.slots;
}

static uint64_t fate_of(struct sim *s, struct rx_addr to)
{
    struct sim_census *n = &s->census;
    uint64_t key = key_of(to);
    struct sim_tally *t;

    if (n->instant != s->instant) {
        n->instant = s->instant;
        n->count = 0;
    }
    if (n->count * 2 >= n->slots && !census_grow(s)) {
        s->broken = -RX_ENOMEM;
        return 0;
    }
    if (census_short(s))
        rx_mem_want(s->mem);
    t = census_at(n, key);
    if (t->count == 0 || t->instant != n->instant) {
        *t = (struct sim_tally){.key = key, .instant = n->instant};
        n->count++;
    }
    return rx_prng_at(s->seed, key, (uint64_t)n->instant, t->count++);
}

/* ---- growing --------------------------------------------------------------------------------- */

int sim_net_spare(struct rx_port *p, uint32_t listeners)
{
    struct sim *s = sim_of(p);

    s->listeners_spare = RX_MAX(s->listeners_spare, RX_MIN(listeners, 1u << LISTENER_BITS));
    sim_net_grow(s);
    return rx_mem_failed(s->mem) ? -RX_ENOMEM : 0;
}

void sim_net_grow(struct sim *s)
{
    listeners_keep(s);
    while (directory_short(s) && directory_grow(s)) {
    }
    while (s->chancy && census_short(s) && census_grow(s)) {
    }
}
