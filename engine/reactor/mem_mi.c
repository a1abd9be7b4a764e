/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem_mi.c - the default allocator: a private mimalloc heap, thrown away whole at close.
 *
 * A mimalloc heap allocates only on the thread that made it, and dies with that thread: an engine
 * belongs to one thread for life. The only file that knows mimalloc.
 */
#include "engine/reactor/err.h"
#include "engine/reactor/mem.h"

#include <mimalloc.h>

/* mimalloc aligns blocks of 16 bytes and more to 16 by itself; asking for it takes a slower path.
 */
enum { NATURAL_ALIGN = 16 };

static void *heap_alloc(void *ctx, size_t size, size_t align)
{
    if (align <= NATURAL_ALIGN)
        return mi_heap_malloc(ctx, size < NATURAL_ALIGN ? NATURAL_ALIGN : size);
    return mi_heap_malloc_aligned(ctx, size, align);
}

static void heap_free(void *ctx, void *p, size_t size)
{
    (void)ctx;
    (void)size;
    mi_free(p);
}

static void heap_close(void *ctx)
{
    mi_heap_destroy(ctx);
}

static const struct rx_mem_ops heap_ops = {heap_alloc, heap_free, heap_close};

int rx_mem_open(struct rx_mem *m)
{
    mi_heap_t *heap = mi_heap_new();
    int error;

    if (heap == NULL)
        return -RX_ENOMEM;
    error = rx_mem_open_with(m, &heap_ops, heap);
    if (error)
        mi_heap_destroy(heap);
    return error;
}

/* Three digits up to 2.1.9; later releases count differently and are named without a version. */
#if MI_MALLOC_VERSION < 1000
static const char name[] = {'m', 'i',
                            'm', 'a',
                            'l', 'l',
                            'o', 'c',
                            ' ', '0' + MI_MALLOC_VERSION / 100,
                            '.', '0' + MI_MALLOC_VERSION / 10 % 10,
                            '.', '0' + MI_MALLOC_VERSION % 10,
                            '\0'};
#else
static const char name[] = "mimalloc";
#endif

const char *rx_mem_name(void)
{
    return name;
}
