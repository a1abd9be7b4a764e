/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wheel.h - the hierarchical timer wheel. Ticks are rx_ms; the wheel never reads a clock.
 *
 * Contract
 *  1. Timers are the caller's, embedded where their story lives, pinned while armed. The wheel only
 *     links them: arm and cancel are O(1), allocate nothing and cannot fail.
 *  2. A timer is exact: it is handed out in the instant of its deadline or, if the wheel is
 *     advanced late, in an instant of its own before all later deadlines. Never early, never twice.
 *  3. One instant at a time. rx_wheel_begin opens the earliest deadline d <= now as the current
 *     instant; rx_wheel_pull hands out its timers in the order of their keys (class first, then the
 *     stable id), whatever the order of arming and whatever the step of the clock.
 *  4. What is armed for the current instant (or the past) while it is open still belongs to it. It
 *     is handed out at the next change of class, lowest class first: a reaction that starts a
 *     process which ends at once sees that end before any tick of a later class. An instant is over
 *     when pull returns NULL; a second begin with the same now may open a new instant for the same
 *     d only if something was armed for it since.
 *  5. A timer may be cancelled or armed anew at any time, also while it waits in the open instant.
 *
 * Layout: level 0 has one slot a tick and is wide enough (65.536 s) that the usual periods
 * and timeouts never cascade; the slots of each higher level are 64 times as wide as those below
 * (of level 1: 1.024 s). Timers move down well before they must, one for each timer that fires, so
 * that no instant pays for many.
 * Occupancy bitmaps (one summary level above the words) make "next deadline" a few bit scans.
 */
#ifndef RX_WHEEL_H
#define RX_WHEEL_H

#include "engine/reactor/base.h"
#include "engine/reactor/mem.h"
#include "engine/reactor/time.h"

struct rx_timer {
    struct rx_timer *next;  /* wheel's */
    struct rx_timer **link; /* wheel's: the pointer that points here, and more; NULL = not armed */
    rx_ms due;              /* read-only for the owner: the deadline it was last armed for */
    uint64_t key;           /* owner's, set by rx_timer_init: class and stable id */
};

#define RX_KEY_CLASS_SHIFT 60

static inline uint64_t rx_key(unsigned class_, uint64_t id)
{
    return (uint64_t)class_ << RX_KEY_CLASS_SHIFT | id;
}
/* class_ 0..15 (limit.h), id below 2^60. Keys of timers armed together should differ; equal keys
 * are handed out in an unspecified order. */

static inline unsigned rx_key_class(uint64_t key)
{
    return (unsigned)(key >> RX_KEY_CLASS_SHIFT);
}

static inline void rx_timer_init(struct rx_timer *t, uint64_t key)
{
    t->next = NULL;
    t->link = NULL;
    t->due = RX_MS_NEVER;
    t->key = key;
}

static inline bool rx_timer_armed(const struct rx_timer *t)
{
    return t->link != NULL;
}

struct rx_wheel;

int rx_wheel_open(struct rx_wheel **out, const struct rx_mem *mem, rx_ms now);
/* -RX_ENOMEM. All memory of the wheel is taken here, about 1.7 MiB, and given back by close. `mem`
 * must outlive the wheel. */

void rx_wheel_close(struct rx_wheel *w);
/* Armed timers are forgotten. NULL is allowed. */

void rx_wheel_arm(struct rx_wheel *w, struct rx_timer *t, rx_ms due);
/* Arms or re-arms. RX_MS_NEVER cancels. */

void rx_wheel_cancel(struct rx_wheel *w, struct rx_timer *t);
/* No-op for a timer that is not armed. */

rx_ms rx_wheel_next(const struct rx_wheel *w);
/* The earliest deadline, exact; RX_MS_NEVER if there is none. While an instant is open: its
 * time. */

bool rx_wheel_begin(struct rx_wheel *w, rx_ms now);
/* Opens the earliest deadline <= now as the current instant. False: none is due; the wheel then
 * stands at now. Must not be called while an instant is open. */

struct rx_timer *rx_wheel_pull(struct rx_wheel *w);
/* The next timer of the open instant, detached (not armed); NULL ends the instant. */

typedef void rx_hint_fn(const struct rx_timer *t);

void rx_wheel_hint(struct rx_wheel *w, rx_hint_fn *hint);
/* With many timers armed, hint is called for most of them shortly before they are handed out, in no
 * particular order, and perhaps in vain: the owner may prefetch what its handler will touch, and
 * must do nothing else. NULL: nobody asks. */

rx_ms rx_wheel_now(const struct rx_wheel *w);
/* The open instant, else the tick the wheel stands at. */

size_t rx_wheel_count(const struct rx_wheel *w);
/* Armed timers, those of the open instant included. */

void rx_wheel_verify(const struct rx_wheel *w);
/* The dumb twin: walks every slot and asserts that bitmaps, links, slots and counts agree. Slow. */

#endif
