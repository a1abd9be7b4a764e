/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - linear probing; a removal moves back what would lose its way. */
#include "engine/reactor/map.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

enum { ROOM_MIN = 16 };

static int grow(struct rx_map *m);
static void place(struct rx_map *m, uint64_t hash, void *value);

void rx_map_init(struct rx_map *m, const struct rx_mem *mem)
{
    *m = (struct rx_map){.mem = mem};
}

void rx_map_fini(struct rx_map *m)
{
    rx_mem_pool_remove(&m->pool);
    rx_mem_free(m->mem, m->slot, m->room * sizeof(*m->slot));
    m->slot = NULL;
    m->room = m->count = m->spare = 0;
}

/* Is there not room for so many more? */
static bool is_short(const struct rx_map *m, uint32_t values)
{
    return m->count + values > m->room / 2;
}

static int keep_spare(struct rx_map *m)
{
    while (is_short(m, m->spare)) {
        if (grow(m) != 0)
            return -RX_ENOMEM;
    }
    return 0;
}

static void on_grow(struct rx_mem_pool *p)
{
    keep_spare(rx_container_of(p, struct rx_map, pool));
}

int rx_map_spare(struct rx_map *m, uint32_t values)
{
    if (m->spare == 0 && values > 0)
        rx_mem_pool_add(m->mem, &m->pool, on_grow);
    m->spare = RX_MAX(m->spare, values);
    return keep_spare(m);
}

int rx_map_put(struct rx_map *m, uint64_t hash, void *value)
{
    RX_ASSERT(value != NULL);
    if (m->count >= m->room / 2 && grow(m) != 0)
        return -RX_ENOMEM;
    place(m, hash, value);
    m->count++;
    if (m->spare > 0 && is_short(m, m->spare))
        rx_mem_want(m->mem);
    return 0;
}

/* Those behind the gap move up, unless they would leave the way from their home. */
void rx_map_remove(struct rx_map *m, uint64_t hash, const void *value)
{
    uint32_t mask = m->room - 1, gap = (uint32_t)hash & mask;

    if (m->room == 0)
        return;
    while (m->slot[gap].value != value) {
        if (m->slot[gap].value == NULL)
            return;
        gap = (gap + 1) & mask;
    }
    for (uint32_t i = (gap + 1) & mask; m->slot[i].value != NULL; i = (i + 1) & mask) {
        uint32_t home = (uint32_t)m->slot[i].hash & mask;

        if (((i - home) & mask) < ((i - gap) & mask))
            continue;
        m->slot[gap] = m->slot[i];
        gap = i;
    }
    m->slot[gap].value = NULL;
    m->count--;
}

void *rx_map_next(const struct rx_map *m, uint64_t hash, uint32_t *cursor)
{
    uint32_t mask = m->room - 1;

    if (m->room == 0)
        return NULL;
    for (;;) {
        const struct rx_map_slot *s = &m->slot[((uint32_t)hash + *cursor) & mask];

        if (s->value == NULL)
            return NULL;
        ++*cursor;
        if (s->hash == hash)
            return s->value;
    }
}

static int grow(struct rx_map *m)
{
    struct rx_map larger = {.mem = m->mem, .room = RX_MAX(2 * m->room, (uint32_t)ROOM_MIN)};

    if (larger.room < m->room)
        return -RX_ENOMEM;
    larger.slot = rx_mem_zalloc(m->mem, larger.room * sizeof(*larger.slot));
    if (larger.slot == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < m->room; i++) {
        if (m->slot[i].value != NULL)
            place(&larger, m->slot[i].hash, m->slot[i].value);
    }
    rx_mem_free(m->mem, m->slot, m->room * sizeof(*m->slot));
    m->slot = larger.slot;
    m->room = larger.room;
    return 0;
}

static void place(struct rx_map *m, uint64_t hash, void *value)
{
    uint32_t mask = m->room - 1, i = (uint32_t)hash & mask;

    while (m->slot[i].value != NULL)
        i = (i + 1) & mask;
    m->slot[i] = (struct rx_map_slot){hash, value};
}
