/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - no two objects of a kind share a name in a namespace. The index lives as long as the set: neither
 * a file of a hundred thousand pods nor a hundred thousand files of one pod may compare each with each.
 */
#include "api/manifest/parts.h"

#include "engine/store/rule_shard.h"

#include <string.h>

static uint64_t name_hash(enum pod_workload_kind kind, const char *ns, const char *name)
{
    return rx_map_mix(pod_hash_name(ns, name) ^ (uint64_t)kind);
}

static uint64_t hash_of(const struct pod_workload_spec *w)
{
    return name_hash(w->kind, w->ns, w->name);
}

/* What the map keeps of a workload: the array of workloads moves, so that it is its number plus one. */
static void *value_of(uint32_t index)
{
    return (void *)((uintptr_t)index + 1);
}

bool mf_name_taken(const struct manifest_set *s, uint32_t from, enum pod_workload_kind kind, const char *ns,
                   const char *name)
{
    uint64_t hash = name_hash(kind, ns, name);
    uint32_t cursor = 0;
    const void *value;

    while ((value = rx_map_next(&s->names, hash, &cursor)) != NULL) {
        uint32_t number = (uint32_t)(uintptr_t)value;
        const struct pod_workload_spec *w = &s->workloads.item[number - 1];

        if (number > from && w->kind == kind && strcmp(w->ns, ns) == 0 &&
            strcmp(w->name, name) == 0)
            return true;
    }
    return false;
}

void mf_name_take(struct mf_load *l, uint32_t index)
{
    if (rx_map_put(&l->set->names, hash_of(&l->set->workloads.item[index]), value_of(index)) != 0)
        l->no_memory = true;
}

void mf_name_free(struct manifest_set *s, uint32_t index)
{
    rx_map_remove(&s->names, hash_of(&s->workloads.item[index]), value_of(index));
}
