/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep.c - what all the rest stands on: memory that a set keeps, arrays that grow, and the values
 * of a mapping by their keys.
 */
#include "api/manifest/parts.h"

#include <string.h>

struct mf_node *mf_node_find(const struct mf_node *mapping, const char *key)
{
    size_t length = strlen(key);

    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct mf_node *k = mapping->item[i].key;

        if (k->length == length && memcmp(k->text, key, length) == 0)
            return mapping->item[i].value;
    }
    return NULL;
}

const char *mf_keep(struct mf_load *l, const char *text, size_t length)
{
    const char *kept = length ? rx_arena_strndup(&l->set->arena, text, length) : "";

    if (kept == NULL) {
        l->no_memory = true;
        return "";
    }
    return kept;
}

void *mf_array(struct mf_load *l, uint32_t count, size_t size, uint32_t *out_count)
{
    void *items = count ? rx_arena_alloc(&l->set->arena, count * size) : NULL;

    if (count && items == NULL)
        l->no_memory = true;
    *out_count = items ? count : 0;
    return items;
}

bool mf_room(struct mf_load *l, struct rx_arena *arena, void *items, uint32_t count, uint32_t *room,
             size_t size)
{
    void *old, *new;
    uint32_t larger = *room ? *room * 2 : 8;

    if (count < *room)
        return true;
    memcpy(&old, items, sizeof(old));
    new = rx_arena_alloc(arena, larger * size);
    if (!new) {
        l->no_memory = true;
        return false;
    }
    if (count)
        memcpy(new, old, count * size);
    memcpy(items, &new, sizeof(new));
    *room = larger;
    return true;
}

void mf_input_add(struct mf_load *l, const char *path)
{
    struct manifest_inputs *list = &l->set->inputs;

    if (mf_room(l, &l->set->arena, &list->item, list->count, &list->room, sizeof(*list->item)))
        list->item[list->count++] = path;
}
