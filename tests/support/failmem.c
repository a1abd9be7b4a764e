/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failmem.c - libc's allocator with a header in front of each block.
 */
#include "tests/support/failmem.h"
#include "engine/reactor/base.h"

#include <stdlib.h>
#include <string.h>

struct header {
    size_t size, lead; /* lead: from the start of the raw block to the caller's */
    uint64_t mark, pad;
};

#define MARK UINT64_C(0xfa17ed3e30f7a110)
enum { RUBBISH = 0xa5 };

static void *failmem_alloc(void *ctx, size_t size, size_t align)
{
    struct failmem *f = ctx;
    size_t lead = RX_MAX(align, sizeof(struct header));
    struct header *h;
    void *raw;

    f->calls++;
    if (f->fail_at && (f->calls == f->fail_at || (f->and_after && f->calls > f->fail_at))) {
        f->failed++;
        return NULL;
    }
    RX_ASSERT(align >= 16 && (align & (align - 1)) == 0);
    if (posix_memalign(&raw, align, lead + size) != 0)
        return NULL;
    h = (struct header *)(void *)((char *)raw + lead) - 1;
    *h = (struct header){.size = size, .lead = lead, .mark = MARK};
    memset(h + 1, RUBBISH, size);
    f->blocks++;
    f->bytes += size;
    return h + 1;
}

static void failmem_free(void *ctx, void *p, size_t size)
{
    struct failmem *f = ctx;
    struct header *h = (struct header *)p - 1;

    RX_ASSERT(h->mark == MARK);
    RX_ASSERT(h->size == size);
    h->mark = 0;
    f->blocks--;
    f->bytes -= size;
    memset(p, RUBBISH, size);
    free((char *)p - h->lead);
}

static void failmem_close(void *ctx)
{
    ((struct failmem *)ctx)->closes++;
}

const struct rx_mem_ops failmem_ops = {failmem_alloc, failmem_free, failmem_close};

int failmem_open(struct rx_mem *m, struct failmem *f, uint64_t fail_at)
{
    *f = (struct failmem){.fail_at = fail_at};
    return rx_mem_open_with(m, &failmem_ops, f);
}
