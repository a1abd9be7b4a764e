/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.c - what all parts of a sweep need, whether it was run or read. */
#include "api/cli/sweep/sweep.h"

#include <stdlib.h>

void sweep_close(struct sweep *s)
{
    podring_close(s->ring);
    free(s->value);
    free(s->done);
    free(s->sorted);
    if (s->mem.ops != NULL) {
        rx_arena_fini(&s->arena);
        rx_mem_close(&s->mem);
    }
    *s = (struct sweep){0};
}

uint32_t sweep_at(const struct sweep *s, uint32_t combination, uint32_t axis)
{
    for (uint32_t i = s->axes - 1; i > axis; i--)
        combination /= s->axis[i].values;
    return combination % s->axis[axis].values;
}

bool sweep_room(struct sweep *s)
{
    s->value = calloc((size_t)s->runs * s->measures + 1, sizeof(*s->value));
    s->done = calloc((size_t)s->runs + 1, sizeof(*s->done));
    s->sorted = calloc((size_t)s->seeds + 1, sizeof(*s->sorted));
    return s->value != NULL && s->done != NULL && s->sorted != NULL;
}
