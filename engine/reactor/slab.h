/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab.h - slots of one size with stable addresses and ids that go stale.
 *
 * An id is generation << 32 | (index + 1): never 0, and an id kept beyond the life of its slot is
 * recognised (until the 32-bit generation of that one slot has wrapped). The slot given back last
 * is taken first; when none is free, fresh ones are taken in the order of their index. Memory grows
 * in chunks and is given back only at fini.
 */
#ifndef RX_SLAB_H
#define RX_SLAB_H

#include "engine/reactor/base.h"
#include "engine/reactor/mem.h"

struct rx_slab {
    const struct rx_mem *mem;
    size_t slot_size;   /* rounded up to 16 */
    uint32_t per_chunk; /* slots in a chunk, a power of two */
    uint32_t chunks, chunks_room;
    char **chunk;         /* memory of each chunk */
    uint32_t *generation; /* per slot; odd = taken, even = free */
    uint32_t *next_free;  /* per slot, meaningful while free */
    uint32_t free_head;   /* index + 1, 0 = none */
    uint32_t slots;       /* slots that exist */
    uint32_t fresh;       /* slots from this index on were never taken */
    uint32_t count;       /* slots that are taken */
    uint32_t max;         /* 0 = 2^32 - 2 */
    uint32_t spare;       /* slots that are kept free; 0 = none */
    struct rx_mem_pool pool;
};

int rx_slab_init(struct rx_slab *s, const struct rx_mem *mem, size_t slot_size, uint32_t max);
void rx_slab_fini(struct rx_slab *s);

int rx_slab_reserve(struct rx_slab *s, uint32_t slots);
/* Makes room for that many taken slots in all, so that takes up to there allocate nothing.
 * -RX_ENOMEM, -RX_ELIMIT; what exists stays as it is. */

int rx_slab_spare(struct rx_slab *s, uint32_t slots);
/* From now on at least so many are free when a handler begins (mem.h), up to max. The slab stays
 * where it is. -RX_ENOMEM. */

void *rx_slab_take(struct rx_slab *s, uint64_t *id);
/* A zeroed slot, or NULL: no memory, or max reached. */

void rx_slab_give(struct rx_slab *s, uint64_t id);
/* The id must be live. */

void *rx_slab_get(const struct rx_slab *s, uint64_t id);
/* NULL for 0, stale or invented ids. */

void *rx_slab_next(const struct rx_slab *s, uint32_t *cursor, uint64_t *id);
/* Iterates over taken slots by index: start with *cursor = 0; NULL at the end. id may be NULL. */

#endif
