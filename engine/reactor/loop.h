/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.h - the turn: the only place that calls a port, the only place that fires a timer.
 *
 * One turn
 *  1. submits what the last turn prepared and waits, at most until the caller's limit or the next
 *     deadline: one system call;
 *  2. samples the clock, once;
 *  3. runs the completions that came: an answer that is here beats a deadline that has passed;
 *  4. opens, one after the other, the instants that are due and runs their timers in (class, id)
 *     order, each instant at its own logical time. Where the network is in memory, what a timer
 *     brings about there is run right after it, as if it were part of it;
 *  5. runs posted messages, then the owner's end-of-turn hook (event delivery).
 * Steps 3 to 5 only prepare operations.
 *
 * Logical time. `rx_loop_now` is what everything above this file calls "now". In an instant it is
 * the deadline of that instant, even if the clock is already past it: being late changes when a
 * thing is done, not when it was due, so that chains of deadlines come out the same under both
 * clocks. During step 3 it is the sampled clock, but never past the first due deadline. It never
 * goes back. How late the clock was is recorded in the lateness histogram.
 *
 * Memory. While it turns the core memory is sealed (mem.h), and the loop alone opens it: for the
 * handlers that bring new objects, which are timers of a growing class, completions of operations
 * with RX_OP_GROWS, and messages.
 */
#ifndef RX_LOOP_H
#define RX_LOOP_H

#include "engine/reactor/hist.h"
#include "engine/reactor/limit.h"
#include "engine/reactor/mailbox.h"
#include "engine/reactor/port.h"
#include "engine/reactor/wheel.h"

typedef void rx_timer_fn(void *ctx, struct rx_timer *t);
typedef void rx_turn_fn(void *ctx);

struct rx_loop_stats {
    uint64_t turns, instants, timers, completions, messages, held;
};

struct rx_loop {
    struct rx_port *port;
    struct rx_wheel *wheel;
    const struct rx_mem *mem;
    struct rx_mailbox *mailbox;
    rx_ms now;    /* logical */
    rx_ns now_ns; /* sampled */
    struct {
        rx_timer_fn *fn;
        void *ctx;
    } class_[RX_CLASS_MAX];
    rx_turn_fn *turn_end; /* may be NULL */
    void (*on_message)(void *owner, const struct rx_message *m); /* NULL: m->fn(owner, m->arg) */
    bool held;            /* set by the owner: the turn stops before the next step of work */
    void *owner;
    struct rx_hist lateness_ns; /* clock minus deadline of each timer of a lateness class */
    uint16_t lateness_classes;  /* bit per class */
    uint16_t growing_classes;   /* bit per class: see above */
    bool in_turn, open;         /* open: an instant is under way, perhaps left half done */
    rx_ms whole;                /* every instant up to here is over; -1 = none */
    unsigned reached;           /* the highest class that has been fired in the open instant */
    int ready_count, ready_next;
    struct rx_ready ready[RX_READY_MAX];
    struct rx_loop_stats stats;
};

int rx_loop_init(struct rx_loop *l, struct rx_port *port, const struct rx_mem *mem);
/* Takes the port over: fini destroys it, and so does an init that fails. -RX_ENOMEM. */

void rx_loop_fini(struct rx_loop *l);

void rx_loop_shut(struct rx_loop *l);
/* Ends the port, and with it every operation: what they point into may be freed, and no operation
 * starts any more. fini does the rest. */

void rx_loop_on(struct rx_loop *l, unsigned class_, rx_timer_fn *fn, void *ctx);
/* Who runs the timers of a class. */

int rx_loop_turn(struct rx_loop *l, rx_ms until);
/* One turn that waits no longer than `until` and fires nothing due later. 1: something was done;
 * 0: nothing happened before `until`; a negative error if the port is broken. -RX_ESTATE from
 * inside a turn. -RX_EFULL: held back (see `held`); call again after making room. -RX_ENOMEM: an
 * allocation has failed and nobody has told of it (mem.h): what would follow from it does not
 * happen, now or later. */

int rx_loop_turn_within(struct rx_loop *l, rx_ms until, rx_ns wake);
/* The same, but it waits no longer than `wake`: for a caller whose own deadlines fall between two
 * milliseconds. */

static inline rx_ms rx_loop_now(const struct rx_loop *l)
{
    return l->now;
}

static inline bool rx_loop_passed(const struct rx_loop *l, unsigned class_)
{
    return !l->open || l->whole >= l->now || l->reached >= class_;
}
/* Has a class been reached in this instant, whether or not it had timers? */

static inline rx_ns rx_loop_clock(const struct rx_loop *l)
{
    return l->now_ns;
}
/* The sampled clock: for measuring only, and for timeouts that count from when a thing really
 * began. */

static inline void rx_loop_arm(struct rx_loop *l, struct rx_timer *t, rx_ms due)
{
    rx_wheel_arm(l->wheel, t, due);
}

static inline void rx_loop_disarm(struct rx_loop *l, struct rx_timer *t)
{
    if (rx_timer_armed(t))
        rx_wheel_cancel(l->wheel, t);
}

static inline void rx_loop_hint(struct rx_loop *l, rx_hint_fn *hint)
{
    rx_wheel_hint(l->wheel, hint);
}
/* Of all classes: see wheel.h. */

rx_ns rx_loop_clock_read(const struct rx_loop *l);
/* Reads the clock anew: for callers outside a turn that must know how long to sleep. */

rx_ms rx_loop_next(const struct rx_loop *l);
/* The next deadline; the current instant if work is left over. */

size_t rx_loop_timers(const struct rx_loop *l);
/* How many are armed. */

bool rx_loop_prepared(const struct rx_loop *l);
/* Is there something that the next turn submits or reports without waiting for it? */

void rx_loop_start(struct rx_loop *l, struct rx_op *op);
/* op->kind, done and the verb's inputs are set; op must be DEAD. Clears res and stage. */

rx_ns rx_loop_waited(const struct rx_loop *l, const struct rx_op *op);
/* How long the operation has waited for room since it was started: time that its peer has not
 * had. */

void rx_loop_cancel(struct rx_loop *l, struct rx_op *op);
void rx_loop_close(struct rx_loop *l, rx_sock s, bool reset);
int rx_loop_listen(struct rx_loop *l, struct rx_addr at, int backlog, rx_sock *out); /* -errno */
int rx_loop_spare(struct rx_loop *l, uint32_t listeners);
/* Room so that one handler can open so many and allocates nothing. -RX_ENOMEM. */

int rx_loop_local(struct rx_loop *l, rx_sock s, struct rx_addr *out);                /* -errno */

void rx_loop_port_stats(const struct rx_loop *l, struct rx_port_stats *out);

void rx_loop_wake(struct rx_loop *l);
/* Any thread, and a signal handler too: a turn that waits, or the next one, does not wait. */

int rx_loop_fd(const struct rx_loop *l);
/* A descriptor that is readable when the port has something to report; negative: there is none. */

int rx_loop_post(struct rx_loop *l, rx_message_fn *fn, void *arg);
/* Any thread: fn(owner, arg) runs on the engine's thread in step 5 of a turn. -RX_EAGAIN: full. */

#endif
