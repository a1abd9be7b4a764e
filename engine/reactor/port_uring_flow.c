/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring_flow.c - the traffic of the real port: who goes, who waits, how an operation ends.
 *
 *  1. An op needs room in the submission queue for all it has to do at once, DIAL and CALL also a
 *     slot. What finds none waits in order, those that need a slot apart from the rest: or else an
 *     answer, after which a slot would be given back, could wait behind a call that wants one.
 *  2. What can run out elsewhere (descriptors, local ports, kernel memory) sends a DIAL or CALL
 *     back to wait, ahead of the others: until a connection is closed or a pause has passed, and
 *     not for ever. An ACCEPT is parked for a pause.
 *  3. A failed DIAL or CALL closes its slot here.
 *  4. A cancel is one entry for each stage that can block. If all of them miss, the chain was
 *     between two stages, and the next wait sends them again.
 *  5. SPAWN goes its own way: port_uring_proc.h.
 */
#include "engine/reactor/port_uring_flow.h"

#include <errno.h>
#include <unistd.h>

#include "engine/reactor/port_uring_sys.h"

/* Times an op goes back to wait before its errno counts: with the pause of port_uring.c 200 ms. */
enum { WAITS_MAX = 50 };

/* port_slot of an op that is WAITING; port_gen counts its waits. Once it is over without a
 * completion of the kernel's, port_slot is RX_UNONE and port_gen the result. */
enum { WAIT_PLAIN, WAIT_CANCELLED };

const struct rx_uspan rx_uspan[] = {
    [RX_OP_DIAL] = {RX_AT_SOCKET, RX_AT_CONNECT}, [RX_OP_CALL] = {RX_AT_SOCKET, RX_AT_RECV},
    [RX_OP_TALK] = {RX_AT_SEND, RX_AT_RECV},      [RX_OP_SEND] = {RX_AT_SEND, RX_AT_SEND},
    [RX_OP_RECV] = {RX_AT_RECV, RX_AT_RECV},      [RX_OP_ACCEPT] = {RX_AT_ACCEPT, RX_AT_ACCEPT},
    [RX_OP_POLL] = {RX_AT_POLL, RX_AT_POLL},
    [RX_OP_SPAWN] = {RX_AT_PROC_RUNS, RX_AT_PROC_ENDS},
};

static bool begin(struct rx_uring *u, struct rx_op *op);
static void retire(struct rx_uring *u, struct rx_uflight *f, bool failed);
static void put_off(struct rx_list *where, struct rx_uflight *f, unsigned stage);
static bool push_cancels(struct rx_uring *u, struct rx_uflight *f);
static void close_index(struct rx_uring *u, uint32_t index, bool reset);

static struct rx_uring *self(struct rx_port *p)
{
    return rx_container_of(p, struct rx_uring, port);
}

void rx_uflow_init(struct rx_uring *u)
{
    rx_uqueue_init(&u->for_room);
    rx_uqueue_init(&u->for_slot);
    rx_uqueue_init(&u->for_another);
    rx_uqueue_init(&u->over);
    rx_list_init(&u->again);
    rx_list_init(&u->parked);
    u->unclosed = RX_UNONE;
}

/* ---- starting -------------------------------------------------------------------------------- */

void rx_uflow_start(struct rx_port *p, struct rx_op *op)
{
    struct rx_uring *u = self(p);
    bool slot = rx_uop_needs_slot(op), behind;

    RX_ASSERT(op->kind > RX_OP_NONE && op->kind <= RX_OP_SPAWN);
    u->stats.ops++;
    op->started = u->now;
    op->port_gen = 0;
    if (op->kind == RX_OP_SPAWN) {
        rx_uproc_start(u, op);
        return;
    }
    if (slot)
        behind = u->for_slot.head != NULL || u->for_another.head != NULL || u->exhausted;
    else
        behind = u->for_room.head != NULL;
    if (behind || !begin(u, op))
        rx_uflow_enqueue(u, slot ? &u->for_slot : &u->for_room, op);
}

void rx_uflow_enqueue(struct rx_uring *u, struct rx_uqueue *q, struct rx_op *op)
{
    if (op->port_gen++ == 0)
        u->stats.waited++;
    op->state = RX_OP_WAITING;
    op->port_slot = WAIT_PLAIN;
    rx_uqueue_push(q, op);
}

/* False, and nothing done, if there is no room for it. */
static bool begin(struct rx_uring *u, struct rx_op *op)
{
    uint16_t waits = (uint16_t)op->port_gen;
    uint32_t index = RX_UNONE;
    struct rx_usock *s = NULL;
    struct rx_uflight *f;

    if (!rx_uop_needs_slot(op) && op->kind != RX_OP_POLL) {
        s = rx_utable_find(&u->table, op->sock, &index);
        if (s == NULL) { /* a listener that was closed while its ACCEPT waited */
            rx_uflow_end(u, op, op->kind == RX_OP_ACCEPT ? -ECANCELED : -EBADF);
            return true;
        }
    }
    if (!rx_usq_room(u, rx_usq_chain_length(op)) || u->table.flights_used == u->table.flights)
        return false;
    if (rx_uop_needs_slot(op)) {
        index = rx_utable_slot_take(&u->table);
        if (index == RX_UNONE)
            return false;
        rx_utable_slot_aim(&u->table, index, op->to);
        op->sock = RX_SOCK_NONE;
    }
    f = rx_utable_flight_take(&u->table, op);
    f->waits = waits;
    f->sock = index;
    if (op->kind == RX_OP_ACCEPT)
        s->accept = op->port_slot;
    rx_uflow_leave_queue(u, op);
    op->state = RX_OP_ACTIVE;
    rx_usq_chain(u, f, rx_uspan[op->kind].first);
    return true;
}

void rx_uflow_leave_queue(struct rx_uring *u, struct rx_op *op)
{
    uint64_t waited = (uint64_t)(u->now - op->started);

    if (op->state != RX_OP_WAITING)
        return;
    op->waited += (rx_ns)waited;
    u->stats.waited_ns += waited;
    u->stats.waited_ns_max = RX_MAX(u->stats.waited_ns_max, waited);
}

/* ---- what was put off ------------------------------------------------------------------------ */

static void close_unclosed(struct rx_uring *u);
static void sweep_queue(struct rx_uring *u, struct rx_uqueue *q);
static void go_on(struct rx_uring *u);
static void pump(struct rx_uring *u, struct rx_uqueue *q);

void rx_uflow_prepare(struct rx_uring *u)
{
    close_unclosed(u);
    if (u->sweep) {
        u->sweep = false;
        sweep_queue(u, &u->for_room);
        sweep_queue(u, &u->for_another);
        sweep_queue(u, &u->for_slot);
        sweep_queue(u, &u->procs.waiting);
    }
    go_on(u);
    pump(u, &u->for_room);
    pump(u, &u->for_another);
    if (u->for_another.head == NULL)
        pump(u, &u->for_slot);
    rx_uproc_pump(u);
}

bool rx_uflow_prepared(const struct rx_uring *u)
{
    bool slots = u->table.slots_used < u->table.slots && (!u->exhausted || u->allowed > 0);

    if (u->over.head != NULL || u->sweep || u->unclosed != RX_UNONE || !rx_list_empty(&u->again))
        return true;
    if (u->table.flights_used == u->table.flights)
        return false;
    return u->for_room.head != NULL || rx_uproc_ready(&u->procs) ||
           (slots && (u->for_slot.head != NULL || u->for_another.head != NULL));
}

void rx_uflow_pause_over(struct rx_uring *u)
{
    struct rx_list *link;

    u->exhausted = false;
    u->procs.held = false;
    while ((link = rx_list_take_head(&u->parked)) != NULL)
        rx_list_add_tail(&u->again, link);
}

static void close_unclosed(struct rx_uring *u)
{
    while (u->unclosed != RX_UNONE) {
        uint32_t index = u->unclosed;

        u->unclosed = u->table.sock[index].next;
        close_index(u, index, u->table.sock[index].reset);
        if (u->unclosed == index)
            return; /* still no room */
    }
}

/* One pass over all that wait, however many of them were cancelled. */
static void sweep_queue(struct rx_uring *u, struct rx_uqueue *q)
{
    struct rx_op *op = q->head;

    rx_uqueue_init(q);
    while (op != NULL) {
        struct rx_op *next = op->next;

        if (op->port_slot == WAIT_CANCELLED)
            rx_uflow_end(u, op, -ECANCELED);
        else
            rx_uqueue_push(q, op);
        op = next;
    }
}

static void go_on(struct rx_uring *u)
{
    while (!rx_list_empty(&u->again)) {
        struct rx_uflight *f = rx_container_of(u->again.next, struct rx_uflight, link);

        if (f->op->kind == RX_OP_SPAWN) {
            if (!rx_uproc_go_on(u, f))
                return;
        } else if (f->armed) {
            if (!push_cancels(u, f))
                return;
        } else {
            if (!rx_usq_room(u, rx_usq_chain_length(f->op)))
                return;
            rx_usq_chain(u, f, f->resume);
        }
        rx_list_remove(&f->link);
    }
}

static void pump(struct rx_uring *u, struct rx_uqueue *q)
{
    while (q->head != NULL) {
        bool rationed = u->exhausted && rx_uop_needs_slot(q->head);
        struct rx_op *op = q->head;

        if (rationed && u->allowed == 0)
            return;
        rx_uqueue_pop(q); /* before begin, which may put it on another queue */
        if (!begin(u, op)) {
            rx_uqueue_unpop(q, op);
            return;
        }
        if (rationed)
            u->allowed--;
    }
}

/* ---- completions ----------------------------------------------------------------------------- */

static int take_chain(struct rx_uring *u, struct rx_uflight *f, unsigned stage, int32_t res,
                      struct rx_ready *ready);
static int take_accept(struct rx_uring *u, struct rx_uflight *f, int32_t res, bool more,
                       struct rx_ready *ready);
static int take_poll(struct rx_uring *u, struct rx_uflight *f, int32_t res, struct rx_ready *ready);
static bool is_exhaustion(int32_t res);
static void start_over(struct rx_uring *u, struct rx_uflight *f);

int rx_uflow_take(struct rx_uring *u, struct rx_uflight *f, unsigned code, int32_t res, bool more,
                  struct rx_ready *ready)
{
    if (f->op->kind == RX_OP_SPAWN)
        return rx_uproc_take(u, f, code, res, ready);
    switch (code) {
    case RX_AT_CANCEL:
        RX_ASSERT(f->misses > 0);
        if (--f->misses == 0)
            rx_uflow_later(u, f);
        return 0;
    case RX_AT_ACCEPT:
        return take_accept(u, f, res, more, ready);
    case RX_AT_POLL:
        return take_poll(u, f, res, ready);
    default:
        return take_chain(u, f, code, res, ready);
    }
}

static int take_chain(struct rx_uring *u, struct rx_uflight *f, unsigned stage, int32_t res,
                      struct rx_ready *ready)
{
    struct rx_op *op = f->op;

    if (stage == RX_AT_SEND && res >= 0) {
        /* A short send breaks the chain. The rest follows in an entry of its own: if the connection
         * is at fault, that one will say so. */
        bool whole = (f->sent += (uint32_t)res) >= op->out_len;

        if (f->cancelled && !(whole && op->kind == RX_OP_SEND)) {
            res = -ECANCELED;
        } else if (!whole && res == 0) {
            res = -EPIPE;
        } else if (!whole || op->kind != RX_OP_SEND) {
            put_off(&u->again, f, whole ? RX_AT_RECV : RX_AT_SEND);
            return 0;
        } else {
            res = (int32_t)op->out_len;
        }
    }
    if (is_exhaustion(res) && stage <= RX_AT_CONNECT && !f->cancelled && f->waits < WAITS_MAX &&
        (op->flags & RX_OP_ONCE) == 0) {
        start_over(u, f);
        return 0;
    }
    *ready = (struct rx_ready){
        .op = op, .res = res, .stage = (uint8_t)stage, .final = true, .sock = RX_SOCK_NONE};
    if (rx_uop_needs_slot(op) && res >= 0)
        ready->sock = rx_utable_handle(&u->table, f->sock);
    retire(u, f, res < 0);
    return 1;
}

/* Not the peer's doing, and not for ever. */
static bool is_exhaustion(int32_t res)
{
    return res == -EMFILE || res == -ENFILE || res == -ENOBUFS || res == -ENOMEM ||
           res == -EADDRNOTAVAIL;
}

static void start_over(struct rx_uring *u, struct rx_uflight *f)
{
    struct rx_op *op = f->op;
    uint32_t waits = f->waits;

    retire(u, f, true);
    op->port_gen = waits;
    op->started = u->now;
    rx_uflow_enqueue(u, &u->for_another, op);
    u->exhausted = u->want_pause = true;
    u->allowed = 0;
}

static int take_accept(struct rx_uring *u, struct rx_uflight *f, int32_t res, bool more,
                       struct rx_ready *ready)
{
    struct rx_op *op = f->op;
    uint32_t index = RX_UNONE;

    *ready = (struct rx_ready){.op = op, .res = 0, .sock = RX_SOCK_NONE};
    if (res >= 0) {
        index = rx_utable_fd_take(&u->table, res, RX_USOCK_OPEN);
        if (index != RX_UNONE) {
            ready->sock = rx_utable_handle(&u->table, index);
        } else { /* RLIMIT_NOFILE was raised after open */
            u->stats.accept_retry++;
            close(res);
        }
    }
    if (more)
        return index != RX_UNONE;
    if (f->cancelled && res >= 0) {
        retire(u, f, false);
        rx_uflow_end(u, op, -ECANCELED);
    } else if (!f->cancelled && is_exhaustion(res)) {
        u->stats.accept_retry++;
        u->want_pause = true;
        put_off(&u->parked, f, RX_AT_ACCEPT);
    } else if (!f->cancelled && (res >= 0 || res == -ECONNABORTED || res == -EINTR)) {
        put_off(&u->again, f, RX_AT_ACCEPT);
    } else {
        ready->res = f->cancelled ? -ECANCELED : res;
        ready->final = true;
        retire(u, f, false);
    }
    return index != RX_UNONE || ready->final;
}

static int take_poll(struct rx_uring *u, struct rx_uflight *f, int32_t res, struct rx_ready *ready)
{
    struct rx_op *op = f->op;

    *ready = (struct rx_ready){.op = op, .res = res, .sock = RX_SOCK_NONE, .final = res < 0};
    if (res >= 0 && !f->cancelled) {
        put_off(&u->again, f, RX_AT_POLL);
        return 1;
    }
    retire(u, f, false);
    if (res >= 0)
        rx_uflow_end(u, op, -ECANCELED);
    return 1;
}

/* The kernel has the flight no more; the next wait, or the one after the pause, gives it back. */
static void put_off(struct rx_list *where, struct rx_uflight *f, unsigned stage)
{
    f->armed = false;
    f->resume = (uint8_t)stage;
    rx_list_remove(&f->link);
    rx_list_add_tail(where, &f->link);
}

void rx_uflow_later(struct rx_uring *u, struct rx_uflight *f)
{
    rx_list_remove(&f->link);
    rx_list_add_tail(&u->again, &f->link);
}

/* ---- ending ---------------------------------------------------------------------------------- */

/* Over without, or beside, a completion of the kernel's. op->res is not ours to write: an earlier
 * completion of the same op may still be on its way to the owner. */
void rx_uflow_end(struct rx_uring *u, struct rx_op *op, int32_t res)
{
    op->state = RX_OP_ACTIVE;
    op->port_slot = RX_UNONE;
    op->port_gen = (uint32_t)res;
    rx_uqueue_push(&u->over, op);
}

int rx_uflow_over(struct rx_uring *u, struct rx_ready *ready, int room)
{
    struct rx_op *op;
    int n = 0;

    while (n < room && (op = rx_uqueue_pop(&u->over)) != NULL) {
        uint8_t first = rx_uspan[op->kind].first;

        ready[n++] = (struct rx_ready){.op = op,
                                       .res = (int32_t)op->port_gen,
                                       .final = true,
                                       .sock = RX_SOCK_NONE,
                                       .stage = first <= RX_AT_RECV ? first : RX_AT_SOCKET};
    }
    return n;
}

static void retire(struct rx_uring *u, struct rx_uflight *f, bool failed)
{
    struct rx_op *op = f->op;

    if (rx_uop_needs_slot(op) && failed)
        close_index(u, f->sock, false);
    if (op->kind == RX_OP_ACCEPT && u->table.sock[f->sock].accept == op->port_slot)
        u->table.sock[f->sock].accept = RX_UNONE;
    rx_utable_flight_give(&u->table, f);
}

void rx_uflow_close(struct rx_port *p, rx_sock handle, bool reset)
{
    struct rx_uring *u = self(p);
    uint32_t index = RX_UNONE;
    struct rx_usock *s = rx_utable_find(&u->table, handle, &index);

    RX_ASSERT(s != NULL); /* closed twice */
    if (s->state == RX_USOCK_LISTENER) {
        rx_sys_stop_listening(rx_utable_fd(&u->table, index));
        if (s->accept != RX_UNONE)
            rx_uflow_cancel(p, u->table.flight[s->accept].op);
    } else if (rx_utable_is_slot(&u->table, index)) {
        u->allowed++;
    } else if (reset) {
        rx_sys_reset_on_close(rx_utable_fd(&u->table, index));
    }
    close_index(u, index, reset);
}

static void close_index(struct rx_uring *u, uint32_t index, bool reset)
{
    struct rx_usock *s = &u->table.sock[index];

    if (rx_usq_close(u, index, reset)) {
        rx_utable_give(&u->table, index);
        return;
    }
    s->state = RX_USOCK_CLOSING;
    s->reset = reset;
    s->next = u->unclosed;
    u->unclosed = index;
}

/* ---- cancelling ------------------------------------------------------------------------------ */

void rx_uflow_cancel(struct rx_port *p, struct rx_op *op)
{
    struct rx_uring *u = self(p);
    struct rx_uflight *f;

    if (op->state == RX_OP_DEAD)
        return;
    if (op->state == RX_OP_WAITING) {
        op->port_slot = WAIT_CANCELLED;
        u->sweep = true;
        return;
    }
    f = rx_utable_flight_find(&u->table, op->port_slot, op->port_gen);
    if (f == NULL || f->op != op || f->cancelled)
        return; /* its last completion is on its way, or was asked for */
    if (op->kind == RX_OP_SPAWN) {
        rx_uproc_cancel(u, f);
        return;
    }
    f->cancelled = true;
    if (!f->armed) {
        retire(u, f, true);
        rx_uflow_end(u, op, -ECANCELED);
    } else if (!push_cancels(u, f)) {
        rx_uflow_later(u, f);
    }
}

/* SEND can block when fast open makes it the one that connects, when the connection is old and its
 * buffer may be full, and when there is much to send. */
static bool may_block(const struct rx_op *op, unsigned stage)
{
    enum { FITS_ANY_BUFFER = 4096 };

    if (stage == RX_AT_SOCKET)
        return false;
    if (stage != RX_AT_SEND || !rx_uop_needs_slot(op))
        return true;
    return (op->flags & RX_OP_FAST_OPEN) != 0 || op->out_len > FITS_ANY_BUFFER;
}

static bool push_cancels(struct rx_uring *u, struct rx_uflight *f)
{
    struct rx_uspan span = rx_uspan[f->op->kind];

    if (!rx_usq_room(u, span.last - span.first + 1U))
        return false;
    f->misses = 0;
    for (unsigned stage = span.first; stage <= span.last; stage++) {
        if (!may_block(f->op, stage))
            continue;
        rx_usq_cancel(u, f, stage);
        f->misses++;
    }
    return true;
}
