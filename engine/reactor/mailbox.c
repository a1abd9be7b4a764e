/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mailbox.c - a bounded ring with a ticket in every cell (Dmitry Vyukov's bounded queue).
 *
 * A cell's ticket says who may have it: ticket == position: free for the producer that claims this
 * position; ticket == position + 1: filled, for the consumer; after taking, the consumer hands the
 * cell to the producer one lap later. Producers contend on one counter only; a producer that was
 * interrupted between claiming and filling hides the messages after it until it goes on. None is
 * lost: its own wake-up follows its own filling.
 */
#include "engine/reactor/mailbox.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

#include <stdalign.h>
#include <stdatomic.h>

enum { CACHE_LINE = 64 };

struct cell {
    _Atomic uint64_t ticket;
    struct rx_message message;
};

struct rx_mailbox {
    alignas(CACHE_LINE) _Atomic uint64_t put; /* next position to claim; all producers */
    alignas(CACHE_LINE) uint64_t take;        /* next position to read; the consumer */
    const struct rx_mem *mem;
    uint32_t capacity;
    alignas(CACHE_LINE) struct cell cell[];
};

static size_t size_of(uint32_t capacity)
{
    return sizeof(struct rx_mailbox) + (size_t)capacity * sizeof(struct cell);
}

int rx_mailbox_open(struct rx_mailbox **out, const struct rx_mem *mem, uint32_t capacity)
{
    struct rx_mailbox *b;

    /* With a single cell, "filled" and "free one lap later" would be the same ticket. */
    if (capacity < 2 || (capacity & (capacity - 1)) != 0)
        return -RX_EINVALID;
    b = rx_mem_alloc_aligned(mem, size_of(capacity), CACHE_LINE);
    if (b == NULL)
        return -RX_ENOMEM;
    atomic_init(&b->put, 0);
    b->take = 0;
    b->mem = mem;
    b->capacity = capacity;
    for (uint32_t i = 0; i < capacity; i++)
        atomic_init(&b->cell[i].ticket, i);
    *out = b;
    return 0;
}

void rx_mailbox_close(struct rx_mailbox *b)
{
    if (b)
        rx_mem_free(b->mem, b, size_of(b->capacity));
}

int rx_mailbox_put(struct rx_mailbox *b, rx_message_fn *fn, void *arg)
{
    uint64_t position = atomic_load_explicit(&b->put, memory_order_relaxed);

    for (;;) {
        struct cell *c = &b->cell[position & (b->capacity - 1)];
        uint64_t ticket = atomic_load_explicit(&c->ticket, memory_order_acquire);

        if (ticket < position)
            return -RX_EAGAIN; /* still holds the message of the lap before */
        if (ticket > position) {
            position = atomic_load_explicit(&b->put, memory_order_relaxed); /* another was faster */
            continue;
        }
        if (atomic_compare_exchange_weak_explicit(&b->put, &position, position + 1,
                                                  memory_order_relaxed, memory_order_relaxed)) {
            c->message = (struct rx_message){fn, arg};
            atomic_store_explicit(&c->ticket, position + 1, memory_order_release);
            return 0;
        }
    }
}

bool rx_mailbox_take(struct rx_mailbox *b, struct rx_message *out)
{
    struct cell *c = &b->cell[b->take & (b->capacity - 1)];

    if (atomic_load_explicit(&c->ticket, memory_order_acquire) != b->take + 1)
        return false;
    *out = c->message;
    atomic_store_explicit(&c->ticket, b->take + b->capacity, memory_order_release);
    b->take++;
    return true;
}
