/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - no two objects of a kind share a name in a namespace. An index of all workloads of the
 * set, made when a load needs it first and thrown away with the load: a file of a hundred thousand
 * pods must not compare each with each.
 */
#include "api/manifest/parts.h"

#include "engine/pod/rule_shard.h"
#include "engine/reactor/base.h"

#include <string.h>

static uint32_t *slot_find(struct mf_load *l, enum pod_workload_kind kind, const char *ns,
                           const char *name);
static bool names_grow(struct mf_load *l);
static uint32_t name_hash(enum pod_workload_kind kind, const char *ns, const char *name);

uint32_t mf_name_owner(struct mf_load *l, enum pod_workload_kind kind, const char *ns,
                       const char *name)
{
    return names_grow(l) ? *slot_find(l, kind, ns, name) : 0;
}

void mf_name_take(struct mf_load *l)
{
    const struct manifest_workloads *w = &l->set->workloads;
    uint32_t *slot;

    if (!names_grow(l))
        return;
    slot = slot_find(l, w->item[w->count - 1].kind, w->item[w->count - 1].ns,
                     w->item[w->count - 1].name);
    l->names.used += *slot == 0;
    *slot = w->count; /* the latest of a name is the one that counts */
}

static uint32_t *slot_find(struct mf_load *l, enum pod_workload_kind kind, const char *ns,
                           const char *name)
{
    uint32_t mask = l->names.room - 1, i = name_hash(kind, ns, name) & mask;

    for (;; i = (i + 1) & mask) {
        const struct pod_workload_spec *w;

        if (l->names.slot[i] == 0)
            return &l->names.slot[i];
        w = &l->set->workloads.item[l->names.slot[i] - 1];
        if (w->kind == kind && strcmp(w->ns, ns) == 0 && strcmp(w->name, name) == 0)
            return &l->names.slot[i];
    }
}

/* At most half full; a new table is filled from the workloads themselves. */
static bool names_grow(struct mf_load *l)
{
    const struct manifest_workloads *w = &l->set->workloads;
    uint32_t room = RX_MAX(l->names.room, 64);

    if (l->names.room && l->names.used < l->names.room / 2)
        return true;
    while (room / 4 <= w->count)
        room *= 2;
    l->names.slot = rx_arena_alloc(&l->scratch, room * sizeof *l->names.slot);
    l->names.room = l->names.slot ? room : 0;
    l->names.used = 0;
    if (!l->names.slot) {
        l->no_memory = true;
        return false;
    }
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t *slot = slot_find(l, w->item[i].kind, w->item[i].ns, w->item[i].name);

        l->names.used += *slot == 0;
        *slot = i + 1;
    }
    return true;
}

static uint32_t name_hash(enum pod_workload_kind kind, const char *ns, const char *name)
{
    return (uint32_t)pod_hash_name(ns, name) ^ (uint32_t)kind;
}
