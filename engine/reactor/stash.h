/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stash.h - blocks of one size, of which some are always at hand.
 *
 * For what few objects need, and then in the middle of a handler: unlike a slab it takes memory
 * block by block and gives it back. What is given back is kept up to twice the mark.
 */
#ifndef RX_STASH_H
#define RX_STASH_H

#include "engine/reactor/mem.h"

struct rx_stash {
    const struct rx_mem *mem;
    size_t size;
    void *head;            /* each begins with a pointer to the next */
    uint32_t ready, spare; /* blocks at hand; and how many there are when a handler begins */
    struct rx_mem_pool pool;
};

void rx_stash_init(struct rx_stash *s, const struct rx_mem *mem, size_t size);
void rx_stash_fini(struct rx_stash *s);
/* Those that were taken are their owners'. */

int rx_stash_spare(struct rx_stash *s, uint32_t blocks);
/* From now on at least so many are at hand when a handler begins (mem.h). The stash stays where it
 * is. -RX_ENOMEM. */

void *rx_stash_take(struct rx_stash *s); /* zeroed; NULL: no memory */
void rx_stash_give(struct rx_stash *s, void *block);

#endif
