/* SPDX-License-Identifier: Apache-2.0 */
/* grow.h - room for one more at the end of a list. */
#ifndef CLI_GROW_H
#define CLI_GROW_H

#include <stdbool.h>
#include <stdlib.h>

static inline bool cli_grow(void **list, size_t count, size_t *room, size_t size)
{
    size_t more = 2 * *room + 64;
    void *larger;

    if (count < *room)
        return true;
    larger = realloc(*list, more * size);
    if (larger == NULL)
        return false;
    *list = larger;
    *room = more;
    return true;
}
/* False: no memory, and the list is as it was. */

#endif
