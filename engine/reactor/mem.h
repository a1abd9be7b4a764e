/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem.h - the allocator an engine is born with, and the arena built on it.
 *
 * An engine takes its memory through one struct of functions. The default is a private mimalloc
 * heap (mem_mi.c), freed whole at close; ALLOC=libc and sanitizer builds use mem_libc.c instead. An
 * embedder may bring his own.
 *
 * There are two accounts of it. The core is the engine's own: sealed while it turns, when each
 * allocation is counted as a breach, which makes "allocates nothing in the steady state" testable.
 * The loop alone opens it then, for handlers that bring new objects and for pools that grow; what
 * is allocated so is counted apart. The guest account (rx_mem_open_guest) is for what
 * the programs in them need: shells, files, logs. It is never sealed, and says how much it holds
 * and how often it was asked while the core was sealed. Both take from the same allocator; what one
 * has given is given back to the same one.
 *
 * A pool is what a handler may take from while the core is sealed: it keeps room for as much as one
 * handler takes at most. Whoever takes below that mark says so (rx_mem_want), and between this
 * handler and the next one the loop lets all pools grow.
 *
 * Whoever finds no memory, undoes what he began and answers -RX_ENOMEM says rx_mem_told: back to
 * how many refusals there were before. Those that nobody has told of stop the loop, so that none of
 * the many places that ask for memory can turn a refusal into another story.
 */
#ifndef RX_MEM_H
#define RX_MEM_H

#include "engine/reactor/base.h"
#include "engine/reactor/list.h"

struct rx_mem_ops {
    void *(*alloc)(void *ctx, size_t size, size_t align); /* NULL = no memory; not zeroed */
    void (*free)(void *ctx, void *p, size_t size);        /* size as it was asked for */
    void (*close)(void *ctx);                             /* may be NULL; frees the heap whole */
};

struct rx_mem {
    const struct rx_mem_ops *ops;
    void *ctx;
    struct rx_mem_state *state; /* counters and phase; shared by copies of this struct */
};

enum rx_mem_phase {
    RX_MEM_OPEN,    /* nobody minds */
    RX_MEM_SEALED,  /* a breach: debug builds abort */
    RX_MEM_GROWS,
    RX_MEM_PHASES
};

struct rx_mem_state {
    size_t bytes, bytes_peak; /* asked for and not yet given back */
    size_t all, all_peak;     /* of the core: with its guest's */
    uint64_t calls;           /* allocations since open */
    uint64_t refused;         /* of the core: of both, there was no memory, and nobody has told of
                               * it */
    uint64_t counted[RX_MEM_PHASES]; /* of the calls, in each phase of the core */
    struct rx_mem_state *core;       /* its own, or that of the core */
    struct rx_list pools;            /* of the core */
    uint8_t phase;                   /* of the core: enum rx_mem_phase */
    bool wanting;                    /* of the core: a pool is below its mark */
};

struct rx_mem_pool;
typedef void rx_mem_grow_fn(struct rx_mem_pool *p);
/* Takes what the pool lacks. Memory that is refused is left to whoever calls (rx_mem_failed). */

struct rx_mem_pool {
    struct rx_list link;
    rx_mem_grow_fn *grow;
};

int rx_mem_open(struct rx_mem *m);
/* The build's default allocator: mimalloc or libc. -RX_ENOMEM. Belongs to the calling thread. */

int rx_mem_open_with(struct rx_mem *m, const struct rx_mem_ops *ops, void *ctx);
/* An allocator of the caller's. */

int rx_mem_open_guest(struct rx_mem *guest, const struct rx_mem *core);
/* Another account of the same allocator. Close it before the core. -RX_ENOMEM. */

void rx_mem_close(struct rx_mem *m);
/* Gives everything back that the allocator can give back whole, and the state. */

const char *rx_mem_name(void);
/* "mimalloc 2.0.9" or "libc": for --version. */

void *rx_mem_alloc(const struct rx_mem *m, size_t size); /* aligned to 16; NULL = no memory */
void *rx_mem_zalloc(const struct rx_mem *m, size_t size);
void *rx_mem_alloc_aligned(const struct rx_mem *m, size_t size, size_t align);
void *rx_mem_grow(const struct rx_mem *m, void *p, size_t old_size, size_t new_size);
/* Like realloc; on NULL the old block is untouched. */
void rx_mem_free(const struct rx_mem *m, void *p, size_t size); /* NULL is allowed */

static inline enum rx_mem_phase rx_mem_enter(const struct rx_mem *core, enum rx_mem_phase phase)
{
    enum rx_mem_phase before = (enum rx_mem_phase)core->state->phase;

    RX_ASSERT_SLOW(core->state->core == core->state);
    core->state->phase = (uint8_t)phase;
    return before;
}
/* Returns the phase before. For the loop alone. */

void rx_mem_pool_add(const struct rx_mem *core, struct rx_mem_pool *p, rx_mem_grow_fn *grow);
/* It stays where it is until it is removed. */

void rx_mem_pool_remove(struct rx_mem_pool *p); /* one that was never added must be all zeroes */

void rx_mem_pools_grow(const struct rx_mem *core);
/* All of them, while the core is open. */

static inline void rx_mem_want(const struct rx_mem *core)
{
    core->state->wanting = true;
}

static inline bool rx_mem_wanting(const struct rx_mem *core)
{
    return core->state->wanting;
}

static inline bool rx_mem_sealed(const struct rx_mem *core)
{
    return core->state->phase == RX_MEM_SEALED;
}

static inline bool rx_mem_failed(const struct rx_mem *m)
{
    return m->state->core->refused > 0;
}

static inline void rx_mem_told(const struct rx_mem *m, uint64_t back_to)
{
    m->state->core->refused = back_to;
}

static inline uint64_t rx_mem_breaches(const struct rx_mem *m)
{
    return m->state->counted[RX_MEM_SEALED];
}

/*
 * Arena: memory that lives as long as its owner (specs, strings). Bump allocation in blocks.
 */
struct rx_arena {
    const struct rx_mem *mem;
    struct rx_arena_block *head;
};

void rx_arena_init(struct rx_arena *a, const struct rx_mem *mem);
void rx_arena_fini(struct rx_arena *a);
void *rx_arena_alloc(struct rx_arena *a, size_t size); /* zeroed, aligned to 16; NULL = no memory */
char *rx_arena_strndup(struct rx_arena *a, const char *s, size_t n);
char *rx_arena_strdup(struct rx_arena *a, const char *s);
char *rx_arena_printf(struct rx_arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
