/* SPDX-License-Identifier: Apache-2.0 */
/* guard.c - pages without rights on both sides of the data. */
#include "tests/support/guard.h"

#include "engine/reactor/base.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard guard_open(size_t size, enum guard_side side)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t usable = (size + page - 1) / page * page;
    struct guard g = {.size = size, .map_size = usable + page};
    char *fence;

    g.map = mmap(NULL, g.map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    RX_ASSERT(g.map != MAP_FAILED);
    fence = (char *)g.map + (side == GUARD_AFTER ? usable : 0);
    RX_ASSERT(mprotect(fence, page, PROT_NONE) == 0);
    g.data = side == GUARD_AFTER ? fence - size : fence + page;
    return g;
}

struct guard guard_copy(const void *bytes, size_t size)
{
    struct guard g = guard_open(size, GUARD_AFTER);

    if (size)
        memcpy(g.data, bytes, size);
    return g;
}

void guard_close(struct guard *g)
{
    RX_ASSERT(munmap(g->map, g->map_size) == 0);
    *g = (struct guard){0};
}
