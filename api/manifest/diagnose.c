/* SPDX-License-Identifier: Apache-2.0 */
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
