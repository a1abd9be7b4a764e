/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timers.h - what bench_wheel asks of a timer queue, ours and the rivals' alike.
 *
 * Times are milliseconds from the opening of the queue. A queue is opened for a fixed number of
 * timers, numbered from 0; creating them belongs to open and is not measured.
 */
#ifndef TIMERS_H
#define TIMERS_H

#include <stdint.h>

enum { TIMERS_HORIZON_MS = 300000 }; /* no deadline is later than that */

/* What fired: how many, and the sum of their numbers, so that rivals can be compared. */
struct timers_fired {
    uint64_t count, sum;
};

struct timers_rival {
    const char *name;
    const char *(*version)(void);   /* of its library; NULL: ours */
    void *(*open)(uint32_t timers); /* NULL: not to be had */
    void (*arm)(void *queue, uint32_t timer, int64_t due_ms);
    void (*cancel)(void *queue, uint32_t timer);
    int64_t (*next)(void *queue); /* the earliest deadline; NULL where there is no such call */
    void (*settle)(void *queue); /* waits until all are due, unmeasured; NULL: time is stepped */
    void (*fire)(void *queue, struct timers_fired *fired); /* the whole horizon; all of them */
    void (*close)(void *queue);
};

extern const struct timers_rival timers_wheel, timers_libev, timers_libuv;

/* Only where its header is installed; the build then has to link libevent_core. */
#if defined(__has_include)
#if __has_include(<event2/event.h>)
#define TIMERS_LIBEVENT 1
extern const struct timers_rival timers_libevent;
#endif
#endif

#endif
