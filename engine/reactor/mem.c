/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem.c - counting and phases around an allocator, and the arena. The allocators themselves are
 * mem_mi.c and mem_libc.c (one of the two is in a build), or the embedder's.
 *
 * The state block comes from the allocator too, but is not counted: a fresh engine has used
 * nothing.
 */
#include "engine/reactor/mem.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ALIGN = 16 };

int rx_mem_open_with(struct rx_mem *m, const struct rx_mem_ops *ops, void *ctx)
{
    struct rx_mem_state *state = ops->alloc(ctx, sizeof(*state), ALIGN);

    if (state == NULL)
        return -RX_ENOMEM;
    *state = (struct rx_mem_state){.core = state};
    rx_list_init(&state->pools);
    *m = (struct rx_mem){.ops = ops, .ctx = ctx, .state = state};
    return 0;
}

int rx_mem_open_guest(struct rx_mem *guest, const struct rx_mem *core)
{
    struct rx_mem_state *state = core->ops->alloc(core->ctx, sizeof(*state), ALIGN);

    if (state == NULL)
        return -RX_ENOMEM;
    *state = (struct rx_mem_state){.core = core->state};
    *guest = (struct rx_mem){.ops = core->ops, .ctx = core->ctx, .state = state};
    return 0;
}

void rx_mem_close(struct rx_mem *m)
{
    bool guest = m->state->core != m->state;

    m->ops->free(m->ctx, m->state, sizeof(*m->state));
    if (!guest && m->ops->close)
        m->ops->close(m->ctx);
    *m = (struct rx_mem){0};
}

void *rx_mem_alloc(const struct rx_mem *m, size_t size)
{
    return rx_mem_alloc_aligned(m, size, ALIGN);
}

void *rx_mem_zalloc(const struct rx_mem *m, size_t size)
{
    void *p = rx_mem_alloc_aligned(m, size, ALIGN);

    if (RX_LIKELY(p))
        memset(p, 0, size);
    return p;
}

void *rx_mem_alloc_aligned(const struct rx_mem *m, size_t size, size_t align)
{
    struct rx_mem_state *s = m->state;
    void *p;

    RX_ASSERT_SLOW(s != s->core || s->phase != RX_MEM_SEALED);
    s->calls++;
    s->counted[s->core->phase]++;
    p = m->ops->alloc(m->ctx, size, align);
    if (RX_UNLIKELY(p == NULL)) {
        s->core->refused++;
        return NULL;
    }
    s->bytes += size;
    s->bytes_peak = RX_MAX(s->bytes, s->bytes_peak);
    s->core->all += size;
    s->core->all_peak = RX_MAX(s->core->all, s->core->all_peak);
    return p;
}

void *rx_mem_grow(const struct rx_mem *m, void *p, size_t old_size, size_t new_size)
{
    void *q = rx_mem_alloc(m, new_size);

    if (q == NULL)
        return NULL;
    if (p) {
        memcpy(q, p, RX_MIN(old_size, new_size));
        rx_mem_free(m, p, old_size);
    }
    return q;
}

void rx_mem_free(const struct rx_mem *m, void *p, size_t size)
{
    if (p == NULL)
        return;
    RX_ASSERT(m->state->bytes >= size); /* a size that was never asked for */
    m->state->bytes -= size;
    m->state->core->all -= size;
    m->ops->free(m->ctx, p, size);
}

void rx_mem_pool_add(const struct rx_mem *core, struct rx_mem_pool *p, rx_mem_grow_fn *grow)
{
    RX_ASSERT(core->state->core == core->state);
    p->grow = grow;
    rx_list_add_tail(&core->state->pools, &p->link);
}

void rx_mem_pool_remove(struct rx_mem_pool *p)
{
    if (p->grow != NULL)
        rx_list_remove(&p->link);
    p->grow = NULL;
}

void rx_mem_pools_grow(const struct rx_mem *core)
{
    core->state->wanting = false;
    RX_LIST_EACH(l, &core->state->pools) {
        struct rx_mem_pool *p = rx_container_of(l, struct rx_mem_pool, link);

        p->grow(p);
    }
}

/* ---- arena ---------------------------------------------------------------------------------- */

struct rx_arena_block {
    struct rx_arena_block *next;
    size_t size; /* with this header */
    size_t used; /* with this header; a multiple of ALIGN */
    size_t pad;
};

_Static_assert(sizeof(struct rx_arena_block) % ALIGN == 0, "what follows the header is aligned");

/* Blocks double up to a size that a big document fills and a small one does not regret. */
enum { BLOCK_MIN = 1024, BLOCK_MAX = 64 * 1024 };

static struct rx_arena_block *arena_block_new(struct rx_arena *a, size_t payload);

void rx_arena_init(struct rx_arena *a, const struct rx_mem *mem)
{
    *a = (struct rx_arena){.mem = mem};
}

void rx_arena_fini(struct rx_arena *a)
{
    while (a->head) {
        struct rx_arena_block *b = a->head;

        a->head = b->next;
        rx_mem_free(a->mem, b, b->size);
    }
}

void *rx_arena_alloc(struct rx_arena *a, size_t size)
{
    struct rx_arena_block *b = a->head;
    void *p;

    if (size > PTRDIFF_MAX - BLOCK_MAX)
        return NULL;
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (b == NULL || b->size - b->used < size)
        b = arena_block_new(a, size);
    if (b == NULL)
        return NULL;
    p = (char *)b + b->used;
    b->used += size;
    return p;
}

/* A block with room for the payload. What is larger than a whole block gets one of its own behind
 * the head, so that the room left in the head is not lost. */
static struct rx_arena_block *arena_block_new(struct rx_arena *a, size_t payload)
{
    size_t usual = a->head ? RX_MIN(a->head->size * 2, (size_t)BLOCK_MAX) : (size_t)BLOCK_MIN;
    size_t need = sizeof(struct rx_arena_block) + payload;
    struct rx_arena_block *b = rx_mem_zalloc(a->mem, RX_MAX(need, usual));

    if (b == NULL)
        return NULL;
    b->size = RX_MAX(need, usual);
    b->used = sizeof(*b);
    if (need > usual && a->head) {
        b->next = a->head->next;
        a->head->next = b;
    } else {
        b->next = a->head;
        a->head = b;
    }
    return b;
}

char *rx_arena_strndup(struct rx_arena *a, const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    char *p = rx_arena_alloc(a, len + 1);

    if (p)
        memcpy(p, s, len); /* the arena is zeroed: the end is there already */
    return p;
}

char *rx_arena_strdup(struct rx_arena *a, const char *s)
{
    return rx_arena_strndup(a, s, strlen(s));
}

char *rx_arena_printf(struct rx_arena *a, const char *format, ...)
{
    va_list args;
    char *p = NULL;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len >= 0)
        p = rx_arena_alloc(a, (size_t)len + 1);
    if (p == NULL)
        return NULL;
    va_start(args, format);
    vsnprintf(p, (size_t)len + 1, format, args);
    va_end(args);
    return p;
}
