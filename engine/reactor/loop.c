/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c - the turn, written in the order of its steps. */
#include "engine/reactor/loop.h"

#include <string.h>

#include "engine/reactor/err.h"
#include "engine/reactor/trace.h"

int rx_loop_init(struct rx_loop *l, struct rx_port *port, const struct rx_mem *mem)
{
    int rc;

    memset(l, 0, sizeof(*l));
    l->port = port;
    rc = rx_wheel_open(&l->wheel, mem, 0);
    if (rc == 0)
        rc = rx_mailbox_open(&l->mailbox, mem, RX_MAILBOX_MAX);
    if (rc != 0) {
        rx_loop_fini(l);
        return rc;
    }
    l->mem = mem;
    l->whole = -1;
    rx_hist_reset(&l->lateness_ns);
    return 0;
}

void rx_loop_fini(struct rx_loop *l)
{
    rx_loop_shut(l);
    rx_mailbox_close(l->mailbox);
    rx_wheel_close(l->wheel);
    memset(l, 0, sizeof(*l));
}

void rx_loop_shut(struct rx_loop *l)
{
    if (l->port != NULL)
        l->port->ops->destroy(l->port);
    l->port = NULL;
}

void rx_loop_on(struct rx_loop *l, unsigned class_, rx_timer_fn *fn, void *ctx)
{
    RX_ASSERT(class_ < RX_CLASS_MAX);
    l->class_[class_].fn = fn;
    l->class_[class_].ctx = ctx;
}

/* ---- memory (see the header) ----------------------------------------------------------------- */

static void open_memory(struct rx_loop *l)
{
    rx_mem_enter(l->mem, RX_MEM_GROWS);
}

static void seal_memory(struct rx_loop *l)
{
    rx_mem_enter(l->mem, RX_MEM_SEALED);
}

static __attribute__((noinline)) void grow_pools(struct rx_loop *l)
{
    open_memory(l);
    rx_mem_pools_grow(l->mem);
    seal_memory(l);
}

/* Between two handlers. */
static inline void let_pools_grow(struct rx_loop *l)
{
    if (RX_UNLIKELY(rx_mem_wanting(l->mem)))
        grow_pools(l);
}

/* ---- the turn, step by step (the numbers are those of the header) ---------------------------- */

static int run_turn(struct rx_loop *l, rx_ms until, rx_ns wake);
static int take_completions(struct rx_loop *l, rx_ms until, rx_ns wake); /* 1, 2 */
static bool run_completions(struct rx_loop *l, rx_ms until);      /* 3 */
static bool run_instants(struct rx_loop *l, rx_ms until);         /* 4 */
static bool run_messages(struct rx_loop *l);                      /* 5 */

int rx_loop_turn(struct rx_loop *l, rx_ms until)
{
    return rx_loop_turn_within(l, until, RX_NS_NEVER);
}

int rx_loop_turn_within(struct rx_loop *l, rx_ms until, rx_ns wake)
{
    enum rx_mem_phase outside;
    int rc;

    if (l->in_turn)
        return -RX_ESTATE;
    if (rx_mem_failed(l->mem))
        return -RX_ENOMEM;
    if (l->held)
        return -RX_EFULL;
    l->in_turn = true;
    l->stats.turns++;
    RX_TRACE(turn_begin, until);
    outside = rx_mem_enter(l->mem, RX_MEM_SEALED);
    rc = run_turn(l, until, wake);
    rx_mem_enter(l->mem, outside);
    l->in_turn = false;
    return rc;
}

static int run_turn(struct rx_loop *l, rx_ms until, rx_ns wake)
{
    bool busy, whole;

    if (!l->open && l->ready_next == l->ready_count) {
        int rc = take_completions(l, until, wake);

        if (rc < 0)
            return rc;
    }
    busy = l->ready_next < l->ready_count || l->open;
    whole = run_completions(l, until);
    if (whole) {
        uint64_t before = l->stats.timers;

        whole = run_instants(l, until);
        busy |= l->stats.timers != before;
    }
    if (whole) {
        rx_ms stand = RX_MIN(rx_ms_floor(l->now_ns), until);

        l->whole = l->now = RX_MAX(l->now, stand);
        busy |= run_messages(l);
    } else if (l->held) {
        l->stats.held++;
    }
    let_pools_grow(l);
    if (l->turn_end != NULL)
        l->turn_end(l->owner);
    RX_TRACE(turn_end, l->now, l->stats.timers, l->stats.completions);
    if (rx_mem_failed(l->mem))
        return -RX_ENOMEM;
    return busy ? 1 : 0;
}

static int take_completions(struct rx_loop *l, rx_ms until, rx_ns wake)
{
    rx_ms next = rx_wheel_next(l->wheel);
    rx_ns limit = RX_MIN(rx_ns_from_ms(RX_MIN(next, until)), wake);
    int n;

    open_memory(l); /* much may arrive at once */
    n = l->port->ops->wait(l->port, limit, l->ready, RX_READY_MAX);
    seal_memory(l);
    if (n < 0)
        return n;
    l->now_ns = l->port->ops->now(l->port);
    l->ready_count = n;
    l->ready_next = 0;
    return 0;
}

static bool run_ready(struct rx_loop *l);

/* Nothing more may happen in this turn. */
static bool is_stopped(const struct rx_loop *l)
{
    return l->held || rx_mem_failed(l->mem);
}

static bool run_completions(struct rx_loop *l, rx_ms until)
{
    rx_ms now = RX_MIN(rx_ms_floor(l->now_ns), rx_wheel_next(l->wheel));

    now = RX_MIN(now, until);
    if (!l->open)
        l->now = RX_MAX(l->now, now);
    return run_ready(l);
}

static bool run_ready(struct rx_loop *l)
{
    while (l->ready_next < l->ready_count) {
        struct rx_ready *r = &l->ready[l->ready_next];
        struct rx_op *op = r->op;

        let_pools_grow(l);
        if (is_stopped(l))
            return false;
        l->ready_next++;
        op->res = r->res;
        op->stage = r->stage;
        if (op->kind == RX_OP_ACCEPT)
            op->sock_new = r->sock;
        else if (op->kind == RX_OP_DIAL || op->kind == RX_OP_CALL)
            op->sock = r->sock;
        if (r->final)
            op->state = RX_OP_DEAD;
        l->stats.completions++;
        if (op->flags & RX_OP_GROWS) {
            open_memory(l);
            op->done(l, op);
            seal_memory(l);
        } else {
            op->done(l, op);
        }
    }
    return true;
}

static void fire(struct rx_loop *l, struct rx_timer *t)
{
    unsigned class_ = rx_key_class(t->key);
    rx_ns late = l->now_ns - rx_ns_from_ms(t->due);

    l->stats.timers++;
    l->reached = RX_MAX(l->reached, class_);
    RX_TRACE(timer_fire, t->key, t->due, late);
    if (l->lateness_classes >> class_ & 1)
        rx_hist_record(&l->lateness_ns, late);
    if (l->growing_classes >> class_ & 1) {
        open_memory(l);
        l->class_[class_].fn(l->class_[class_].ctx, t);
        seal_memory(l);
    } else {
        l->class_[class_].fn(l->class_[class_].ctx, t);
    }
}

/* What the timer before has brought about in memory: all of it, before the next timer. False: held
 * back. */
static bool run_echo(struct rx_loop *l)
{
    while (l->port->busy) {
        int n = l->port->ops->take(l->port, l->ready, RX_READY_MAX);

        if (n <= 0)
            return true; /* broken: the next wait says so */
        l->ready_count = n;
        l->ready_next = 0;
        if (!run_ready(l))
            return false;
    }
    return true;
}

static bool run_instants(struct rx_loop *l, rx_ms until)
{
    rx_ms limit = RX_MIN(rx_ms_floor(l->now_ns), until);

    while (l->open || rx_wheel_begin(l->wheel, limit)) {
        struct rx_timer *t;

        if (!l->open) {
            l->stats.instants++;
            l->reached = 0;
        }
        l->open = true;
        l->now = RX_MAX(l->now, rx_wheel_now(l->wheel));
        for (;;) {
            let_pools_grow(l);
            if (is_stopped(l))
                return false;
            if (l->port->busy && !run_echo(l))
                return false;
            t = rx_wheel_pull(l->wheel);
            if (t == NULL)
                break;
            fire(l, t);
        }
        l->open = false;
        l->whole = l->now;
    }
    return true;
}

static bool run_messages(struct rx_loop *l)
{
    struct rx_message m;
    bool any = false;

    /* Bounded: a message that posts another must not keep the turn from ending. */
    for (int i = 0; i < RX_MAILBOX_MAX && rx_mailbox_take(l->mailbox, &m); i++) {
        l->stats.messages++;
        open_memory(l);
        if (l->on_message != NULL)
            l->on_message(l->owner, &m);
        else
            m.fn(l->owner, m.arg);
        seal_memory(l);
        let_pools_grow(l);
        any = true;
    }
    return any;
}

/* ---- for everybody above --------------------------------------------------------------------- */

rx_ns rx_loop_clock_read(const struct rx_loop *l)
{
    const struct rx_port_ops *ops = l->port->ops;

    return ops->clock != NULL ? ops->clock(l->port) : ops->now(l->port);
}

rx_ms rx_loop_next(const struct rx_loop *l)
{
    if (l->open || l->ready_next < l->ready_count)
        return l->now;
    return rx_wheel_next(l->wheel);
}

size_t rx_loop_timers(const struct rx_loop *l)
{
    return rx_wheel_count(l->wheel);
}

bool rx_loop_prepared(const struct rx_loop *l)
{
    return l->port->ops->prepared(l->port);
}

void rx_loop_start(struct rx_loop *l, struct rx_op *op)
{
    RX_ASSERT(op->state == RX_OP_DEAD);
    RX_ASSERT(op->done != NULL);
    op->res = 0;
    op->stage = RX_STAGE_SOCKET;
    op->started = l->now_ns;
    op->waited = 0;
    l->port->ops->start(l->port, op);
}

rx_ns rx_loop_waited(const struct rx_loop *l, const struct rx_op *op)
{
    return op->waited + (op->state == RX_OP_WAITING ? l->now_ns - op->started : 0);
}

void rx_loop_cancel(struct rx_loop *l, struct rx_op *op)
{
    if (op->state != RX_OP_DEAD)
        l->port->ops->cancel(l->port, op);
}

void rx_loop_close(struct rx_loop *l, rx_sock s, bool reset)
{
    l->port->ops->close(l->port, s, reset);
}

int rx_loop_listen(struct rx_loop *l, struct rx_addr at, int backlog, rx_sock *out)
{
    return l->port->ops->listen(l->port, at, backlog, out);
}

int rx_loop_spare(struct rx_loop *l, uint32_t listeners)
{
    return l->port->ops->spare != NULL ? l->port->ops->spare(l->port, listeners) : 0;
}

int rx_loop_local(struct rx_loop *l, rx_sock s, struct rx_addr *out)
{
    return l->port->ops->local(l->port, s, out);
}

void rx_loop_port_stats(const struct rx_loop *l, struct rx_port_stats *out)
{
    l->port->ops->stats(l->port, out);
}

void rx_loop_wake(struct rx_loop *l)
{
    l->port->ops->wake(l->port);
}

int rx_loop_fd(const struct rx_loop *l)
{
    return l->port->ops->fd(l->port);
}

int rx_loop_post(struct rx_loop *l, rx_message_fn *fn, void *arg)
{
    int rc = rx_mailbox_put(l->mailbox, fn, arg);

    if (rc == 0)
        rx_loop_wake(l);
    return rc;
}
