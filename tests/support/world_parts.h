/* SPDX-License-Identifier: Apache-2.0 */
/* world_parts.h - what the files that run random worlds share. Not for tests. */
#ifndef WORLD_PARTS_H
#define WORLD_PARTS_H

#include "tests/support/world.h"

struct caller;
struct census;

/* One run of a world. */
struct run {
    podring *ring;
    struct watch *watch;
    struct caller *caller;
    struct census *census; /* NULL: the world is no cluster */
    uint32_t events_max;
    enum podring_net net;
};

/* In which way it is run. */
struct world_how {
    enum podring_net net;
    uint32_t flags;
    uint32_t shard_index, shard_count;         /* 0, 0: everything */
    const struct podring_allocator *allocator; /* NULL: the engine's own */
};

void world_broken(struct verdict *v, const char *rule, int64_t at_ms, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Keeps the first one. */

int world_open(struct run *r, const struct maker *m, uint64_t seed, const struct world_how *how,
               struct verdict *v);
/* An engine with nothing in it, under observation; what podring_open or podring_set answers. */

bool world_begin(struct run *r, const struct maker *m, uint64_t seed, const struct world_how *how,
                 struct verdict *v);
/* ... and the world is in it. False: no engine. */

void world_turn(struct run *r, const struct hunt *h, struct verdict *v);
/* to the end of the hunt's time */
void world_finish(struct run *r);

void world_shares(const struct hunt *h, const struct maker *m, uint64_t seed,
                  const struct run *whole, uint32_t count, struct verdict *v);
/* The same in so many engines: the story of each pod, and the sums of what is counted. */

void world_starve(const struct hunt *h, const struct maker *m, uint64_t seed,
                  const struct run *first, struct verdict *v);
/* The same while single allocations fail. */

void world_empty(const struct hunt *h, const struct maker *m, struct run *r, uint64_t guest_before,
                 struct verdict *v);
/* Deletes all there is, and sees that nothing stays. guest_before: what programs had before the
 * first turn. */

uint64_t world_counter(const struct run *r, unsigned i, const char **name, bool *adds_up);
/* What a run has counted, but for the engine's own work: turns, timers, calls, memory. NULL as the
 * name: past the last. adds_up: the counters of shards do. */

void world_check(const struct hunt *h, const struct maker *m, uint64_t seed, struct verdict *v);
/* Runs a world as often as the hunt asks; v says what is broken, if anything. */

#endif
