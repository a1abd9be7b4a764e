/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h - the event streams of several engines, made one.
 *
 * Each engine's thread renders its events and appends them to its own feed; the main thread takes
 * them out in the order of (at_ms, order of creation of the pod, order within the pod) and numbers
 * them; what is about no pod comes first, by a hash of what it is about. That order does not depend
 * on how many engines there are. Within an instant it is not the order of one engine, which goes by
 * what happens: exits of all pods before reactions of all pods.
 *
 * An engine that runs far ahead of the others waits: what a feed holds is bounded.
 */
#ifndef CLI_FEED_H
#define CLI_FEED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "api/cli/io/out.h"
#include "api/podring.h"

struct feed_bytes {
    char *at;
    size_t used, room;
};

struct feed_entry {
    uint64_t number; /* of the pod; 0: it is about something else, */
    uint64_t object; /* and this is the hash of its name */
    uint64_t order;  /* within the instant */
    size_t offset;
    uint32_t json, line; /* lengths of the two texts; 0 = not rendered */
};

struct feed {
    /* The engine's thread only: the instant that has not ended. */
    int64_t at_ms;
    struct feed_entry *entry;
    size_t entries, entry_room;
    struct feed_bytes text;
    /* Both, under the lock. */
    pthread_mutex_t *lock;
    pthread_cond_t *changed;
    struct feed_bytes ready;
    int64_t reached_ms; /* everything before this is in `ready` or taken */
    bool failed;        /* no memory: something is missing */
    atomic_bool *stop;  /* nobody takes anything any more */
    /* The main thread only. */
    struct feed_bytes taken;
    size_t next;
};

void feed_open(struct feed *f, pthread_mutex_t *lock, pthread_cond_t *changed, atomic_bool *stop);
void feed_close(struct feed *f);

void feed_put(struct feed *f, const struct podring_event *e, bool json, bool line);
/* The engine's thread: an event, as JSON and as a line of the timeline. */

void feed_reach(struct feed *f, int64_t at_ms);
/* The engine's thread: the clock stands there; INT64_MAX: it has ended. May wait for the main
 * thread. */

struct feed_sink {
    struct out *json, *line; /* NULL = not wanted */
    struct out *json2;
    uint64_t seq; /* of the newest event */
};

bool feed_pump(struct feed *const *feeds, uint32_t count, struct feed_sink *sink);
/* The main thread: writes all that can be put in order by now. False: memory ran out. */

#endif
