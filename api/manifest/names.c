/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - what a set has read, in one list, and the index of its names: no two objects of a kind
 * share one in a namespace. The index lives as long as the set: neither a file of a hundred
 * thousand pods nor a hundred thousand files of one pod may compare each with each.
 */
#include "api/manifest/parts.h"

#include "engine/store/rule_shard.h"
#include "engine/reactor/hash.h"

#include <string.h>

static uint64_t name_hash(uint8_t kind, uint8_t sub, const char *ns, const char *name)
{
    return rx_hash_end(pod_hash_name(ns, name) ^ (uint64_t)kind << 8 ^ sub);
}

/* What the map keeps of an object: the list moves, so that it is its number plus one. */
static void *value_of(uint32_t number)
{
    return (void *)((uintptr_t)number + 1);
}

bool mf_name_taken(const struct manifest_set *s, uint32_t from, enum st_kind kind, uint8_t sub,
                   const char *ns, const char *name)
{
    uint64_t hash = name_hash((uint8_t)kind, sub, ns, name);
    uint32_t cursor = 0;
    const void *value;

    while ((value = rx_map_next(&s->names, hash, &cursor)) != NULL) {
        uint32_t number = (uint32_t)(uintptr_t)value - 1;
        const struct manifest_object *o = &s->objects.item[number];

        if (number >= from && o->kind == kind && o->sub == sub && strcmp(o->ns, ns) == 0 &&
            strcmp(o->name, name) == 0)
            return true;
    }
    return false;
}

void mf_object_add(struct mf_load *l, const struct manifest_object *o)
{
    struct manifest_objects *all = &l->set->objects;
    struct manifest_documents *documents = &l->set->documents;

    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)) ||
        !mf_room(l, &l->set->arena, &documents->item, documents->count, &documents->room,
                 sizeof(*documents->item)))
        return;
    if (o->name != NULL &&
        rx_map_put(&l->set->names, name_hash(o->kind, o->sub, o->ns, o->name),
                   value_of(all->count)) != 0) {
        l->no_memory = true;
        return;
    }
    all->item[all->count++] = *o;
    documents->item[documents->count++] = (struct manifest_document){0};
}

void mf_objects_cut(struct manifest_set *s, uint32_t count)
{
    while (s->objects.count > count) {
        const struct manifest_object *o = &s->objects.item[--s->objects.count];

        s->documents.count--;
        st_document_free(s->arena.mem, s->documents.item[s->documents.count].kept);
        if (o->name != NULL)
            rx_map_remove(&s->names, name_hash(o->kind, o->sub, o->ns, o->name),
                          value_of(s->objects.count));
    }
}
