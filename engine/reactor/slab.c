/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab.c - chunks of slots; generations and the free list stand beside them, so that checking an id
 * or walking the taken slots does not touch the slots themselves.
 */
#include "engine/reactor/slab.h"
#include "engine/reactor/err.h"

#include <string.h>

enum { SLOT_ALIGN = 16, CHUNK_BYTES = 64 * 1024, PER_CHUNK_MIN = 8, PER_CHUNK_MAX = 4096 };

/* Index + 1 fits into 32 bits, and a last, partly used chunk must not overflow the slot count. */
static const uint32_t SLOTS_MAX = UINT32_MAX - 1;

static uint32_t per_chunk_of(size_t slot_size, uint32_t max);
static int make_room(struct rx_slab *s, uint32_t chunks_room);
static int add_chunk(struct rx_slab *s);

static char *slot_at(const struct rx_slab *s, uint32_t index)
{
    return s->chunk[index / s->per_chunk] + (size_t)(index & (s->per_chunk - 1)) * s->slot_size;
}

static uint64_t id_of(const struct rx_slab *s, uint32_t index)
{
    return (uint64_t)s->generation[index] << 32 | (index + 1);
}

int rx_slab_init(struct rx_slab *s, const struct rx_mem *mem, size_t slot_size, uint32_t max)
{
    if (slot_size == 0)
        return -RX_EINVALID;
    slot_size = (slot_size + SLOT_ALIGN - 1) & ~(size_t)(SLOT_ALIGN - 1);
    *s = (struct rx_slab){
        .mem = mem, .slot_size = slot_size, .per_chunk = per_chunk_of(slot_size, max), .max = max};
    return 0;
}

void rx_slab_fini(struct rx_slab *s)
{
    size_t room = s->chunks_room;

    rx_mem_pool_remove(&s->pool);
    for (uint32_t i = 0; i < s->chunks; i++)
        rx_mem_free(s->mem, s->chunk[i], s->slot_size * s->per_chunk);
    rx_mem_free(s->mem, s->chunk, room * sizeof(*s->chunk));
    rx_mem_free(s->mem, s->generation, room * s->per_chunk * sizeof(*s->generation));
    rx_mem_free(s->mem, s->next_free, room * s->per_chunk * sizeof(*s->next_free));
    *s = (struct rx_slab){0};
}

int rx_slab_reserve(struct rx_slab *s, uint32_t slots)
{
    uint32_t chunks = (uint32_t)(((uint64_t)slots + s->per_chunk - 1) / s->per_chunk);
    int error = 0;

    if (slots > (s->max ? s->max : SLOTS_MAX))
        return -RX_ELIMIT;
    if (chunks > s->chunks_room)
        error = make_room(s, chunks);
    while (!error && s->chunks < chunks)
        error = add_chunk(s);
    return error;
}

/* Are there fewer than that free slots, and can there be more? */
static bool is_short(const struct rx_slab *s, uint32_t spare)
{
    return s->slots - s->count < spare && s->slots < (s->max ? s->max : SLOTS_MAX);
}

static int keep_spare(struct rx_slab *s)
{
    while (is_short(s, s->spare)) {
        if (add_chunk(s) != 0)
            return -RX_ENOMEM;
    }
    return 0;
}

static void on_grow(struct rx_mem_pool *p)
{
    keep_spare(rx_container_of(p, struct rx_slab, pool));
}

int rx_slab_spare(struct rx_slab *s, uint32_t slots)
{
    if (s->spare == 0 && slots > 0)
        rx_mem_pool_add(s->mem, &s->pool, on_grow);
    s->spare = RX_MAX(s->spare, slots);
    return keep_spare(s);
}

void *rx_slab_take(struct rx_slab *s, uint64_t *id)
{
    uint32_t index;
    char *slot;

    if (s->max && s->count >= s->max)
        return NULL;
    if (s->free_head) {
        index = s->free_head - 1;
        s->free_head = s->next_free[index];
    } else {
        if (s->fresh == s->slots && add_chunk(s) != 0)
            return NULL;
        index = s->fresh++;
        s->generation[index] = 0;
    }
    s->generation[index]++;
    s->count++;
    if (is_short(s, s->spare))
        rx_mem_want(s->mem);
    *id = id_of(s, index);
    slot = slot_at(s, index);
    memset(slot, 0, s->slot_size);
    return slot;
}

void rx_slab_give(struct rx_slab *s, uint64_t id)
{
    uint32_t index = (uint32_t)id - 1;

    RX_ASSERT(rx_slab_get(s, id));
    s->generation[index]++;
    s->next_free[index] = s->free_head;
    s->free_head = index + 1;
    s->count--;
}

void *rx_slab_get(const struct rx_slab *s, uint64_t id)
{
    uint32_t index = (uint32_t)id - 1, generation = (uint32_t)(id >> 32);

    /* Index 0 - 1 wraps to the largest number; an even generation can only be an invented id. */
    if (index >= s->fresh || !(generation & 1) || s->generation[index] != generation)
        return NULL;
    return slot_at(s, index);
}

void *rx_slab_next(const struct rx_slab *s, uint32_t *cursor, uint64_t *id)
{
    for (uint32_t index = *cursor; index < s->fresh; index++) {
        if (!(s->generation[index] & 1))
            continue;
        *cursor = index + 1;
        if (id)
            *id = id_of(s, index);
        return slot_at(s, index);
    }
    *cursor = s->fresh;
    return NULL;
}

/* ---- growing -------------------------------------------------------------------------------- */

static uint32_t per_chunk_of(size_t slot_size, uint32_t max)
{
    uint32_t n = PER_CHUNK_MIN;

    while (n < PER_CHUNK_MAX && (size_t)n * 2 * slot_size <= CHUNK_BYTES)
        n *= 2;
    while (max && n / 2 >= max) /* a slab that may hold four things does not need a page */
        n /= 2;
    return n;
}

/* All three tables grow or none does: they share one size. */
static int make_room(struct rx_slab *s, uint32_t chunks_room)
{
    size_t was = s->chunks_room, room = chunks_room, per = s->per_chunk;
    char **chunk = rx_mem_alloc(s->mem, room * sizeof(*chunk));
    uint32_t *generation = rx_mem_alloc(s->mem, room * per * sizeof(*generation));
    uint32_t *next_free = rx_mem_alloc(s->mem, room * per * sizeof(*next_free));

    if (chunk == NULL || generation == NULL || next_free == NULL) {
        rx_mem_free(s->mem, chunk, room * sizeof(*chunk));
        rx_mem_free(s->mem, generation, room * per * sizeof(*generation));
        rx_mem_free(s->mem, next_free, room * per * sizeof(*next_free));
        return -RX_ENOMEM;
    }
    if (was) {
        memcpy(chunk, s->chunk, s->chunks * sizeof(*chunk));
        memcpy(generation, s->generation, s->fresh * sizeof(*generation));
        memcpy(next_free, s->next_free, s->fresh * sizeof(*next_free));
        rx_mem_free(s->mem, s->chunk, was * sizeof(*chunk));
        rx_mem_free(s->mem, s->generation, was * per * sizeof(*generation));
        rx_mem_free(s->mem, s->next_free, was * per * sizeof(*next_free));
    }
    s->chunk = chunk;
    s->generation = generation;
    s->next_free = next_free;
    s->chunks_room = chunks_room;
    return 0;
}

static int add_chunk(struct rx_slab *s)
{
    char *chunk;

    if (SLOTS_MAX - s->slots < s->per_chunk)
        return -RX_ELIMIT;
    if (s->chunks == s->chunks_room && make_room(s, RX_MAX(4u, s->chunks_room * 2)) != 0)
        return -RX_ENOMEM;
    chunk = rx_mem_alloc(s->mem, s->slot_size * s->per_chunk);
    if (chunk == NULL)
        return -RX_ENOMEM;
    s->chunk[s->chunks++] = chunk;
    s->slots += s->per_chunk;
    return 0;
}
