/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.h - values found by a 64-bit hash: open addressing, at most half full.
 *
 * The map knows no keys. Whoever looks something up walks the values of that hash and compares; so
 * one map serves whatever has a hash. Nothing iterates over a map, hence no order ever comes from a
 * hash. The low bits of a hash must be well mixed (rx_hash_end helps).
 */
#ifndef RX_MAP_H
#define RX_MAP_H

#include "engine/reactor/mem.h"

struct rx_map_slot {
    uint64_t hash;
    void *value; /* NULL: free */
};

struct rx_map {
    const struct rx_mem *mem;
    struct rx_map_slot *slot;
    uint32_t room, count; /* room is 0 or a power of two */
    uint32_t spare;       /* values for which room is kept; 0 = none */
    struct rx_mem_pool pool;
};

void rx_map_init(struct rx_map *m, const struct rx_mem *mem);
void rx_map_fini(struct rx_map *m);

int rx_map_spare(struct rx_map *m, uint32_t values);
/* From now on there is room for at least so many when a handler begins (mem.h). The map stays where
 * it is. -RX_ENOMEM. */

int rx_map_put(struct rx_map *m, uint64_t hash, void *value);
/* Adds one more value, which is not NULL. -RX_ENOMEM: the map is as it was. */

void rx_map_remove(struct rx_map *m, uint64_t hash, const void *value);
/* One that is not there is left where it is. */

void *rx_map_next(const struct rx_map *m, uint64_t hash, uint32_t *cursor);
/* The values of a hash, one a call; the cursor starts at 0. NULL: no more. Puts and removes in
 * between end the walk. */

#endif
