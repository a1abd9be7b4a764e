/* SPDX-License-Identifier: Apache-2.0 */
/* diagnose.c - the list of what was said of the documents, in the order of its places. */
#include <string.h>

#include "api/manifest/manifest.h"
#include "engine/reactor/err.h"

int manifest_diagnose(struct manifest_set *s, const struct manifest_diagnostic *d)
{
    struct manifest_diagnostics *all = &s->diagnostics;

    if (all->count == all->room) {
        uint32_t room = all->room > 0 ? 2 * all->room : 16;
        struct manifest_diagnostic *item = rx_arena_alloc(&s->arena, room * sizeof(*item));

        if (item == NULL)
            return -RX_ENOMEM;
        if (all->count > 0)
            memcpy(item, all->item, all->count * sizeof(*item));
        all->item = item;
        all->room = room;
    }
    all->item[all->count++] = *d;
    return 0;
}

void manifest_diagnostics_sort(struct manifest_set *s, uint32_t from)
{
    struct manifest_diagnostic *d = s->diagnostics.item + from;

    for (uint32_t i = 1; from + i < s->diagnostics.count; i++) {
        struct manifest_diagnostic x = d[i];
        uint32_t k = i;

        for (; k > 0 && d[k - 1].file == x.file &&
               (d[k - 1].line > x.line || (d[k - 1].line == x.line && d[k - 1].column > x.column));
             k--)
            d[k] = d[k - 1];
        d[k] = x;
    }
}
