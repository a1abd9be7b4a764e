/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem_libc.c - the C library's allocator, for ALLOC=libc and for sanitizers, which must see every
 * block. Nothing is given back whole here: what an engine forgets to free shows up as a leak.
 */
#include "engine/reactor/mem.h"

#include <stdalign.h>
#include <stdlib.h>

static void *libc_alloc(void *ctx, size_t size, size_t align)
{
    void *p;

    (void)ctx;
    if (align <= alignof(max_align_t))
        return malloc(size ? size : 1);
    return posix_memalign(&p, align, size) == 0 ? p : NULL;
}

static void libc_free(void *ctx, void *p, size_t size)
{
    (void)ctx;
    (void)size;
    free(p);
}

static const struct rx_mem_ops libc_ops = {libc_alloc, libc_free, NULL};

int rx_mem_open(struct rx_mem *m)
{
    return rx_mem_open_with(m, &libc_ops, NULL);
}

const char *rx_mem_name(void)
{
    return "libc";
}
