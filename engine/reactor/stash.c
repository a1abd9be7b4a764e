/* SPDX-License-Identifier: Apache-2.0 */
/* stash.c - a free list that the loop fills up between two handlers. */
#include "engine/reactor/stash.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

void rx_stash_init(struct rx_stash *s, const struct rx_mem *mem, size_t size)
{
    *s = (struct rx_stash){.mem = mem, .size = RX_MAX(size, sizeof(void *))};
}

static void push(struct rx_stash *s, void *block)
{
    memcpy(block, &s->head, sizeof(s->head));
    s->head = block;
    s->ready++;
}

static void *pop(struct rx_stash *s)
{
    void *block = s->head;

    memcpy(&s->head, block, sizeof(s->head));
    s->ready--;
    return block;
}

void rx_stash_fini(struct rx_stash *s)
{
    rx_mem_pool_remove(&s->pool);
    while (s->ready > 0)
        rx_mem_free(s->mem, pop(s), s->size);
    s->spare = 0;
}

static int fill(struct rx_stash *s, uint32_t blocks)
{
    while (s->ready < blocks) {
        void *block = rx_mem_alloc(s->mem, s->size);

        if (block == NULL)
            return -RX_ENOMEM;
        push(s, block);
    }
    return 0;
}

static void on_grow(struct rx_mem_pool *p)
{
    struct rx_stash *s = rx_container_of(p, struct rx_stash, pool);

    if (s->ready < s->spare)
        fill(s, 2 * s->spare);
}

int rx_stash_spare(struct rx_stash *s, uint32_t blocks)
{
    if (s->spare == 0 && blocks > 0)
        rx_mem_pool_add(s->mem, &s->pool, on_grow);
    s->spare = RX_MAX(s->spare, blocks);
    return fill(s, s->spare);
}

void *rx_stash_take(struct rx_stash *s)
{
    void *block = s->ready > 0 ? pop(s) : rx_mem_alloc(s->mem, s->size);

    if (s->ready < s->spare)
        rx_mem_want(s->mem);
    if (block != NULL)
        memset(block, 0, s->size);
    return block;
}

void rx_stash_give(struct rx_stash *s, void *block)
{
    if (block != NULL && s->ready < 2 * s->spare)
        push(s, block);
    else
        rx_mem_free(s->mem, block, s->size);
}
