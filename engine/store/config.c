/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/config.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "engine/store/rule_shard.h"

enum { ROOM_MIN = 16 };

static uint32_t slot_of(const struct pod_configs *all, const char *ns, bool secret,
                        const char *name);
static uint32_t home_of(const struct pod_configs *all, const char *ns, bool secret,
                        const char *name);
static int grow(struct pod_configs *all);
static bool same(const struct pod_config *a, const struct pod_config *b);

const struct pod_data *pod_config_key(const struct pod_config *c, const char *key)
{
    uint32_t low = 0, high = c->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(c->item[middle].key, key);

        if (order == 0)
            return &c->item[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void pod_configs_init(struct pod_configs *all, const struct rx_mem *mem)
{
    *all = (struct pod_configs){.mem = mem};
}

void pod_configs_fini(struct pod_configs *all)
{
    rx_mem_free(all->mem, all->slot, all->room * sizeof(*all->slot));
    *all = (struct pod_configs){0};
}

int pod_configs_put(struct pod_configs *all, const struct pod_config *c)
{
    uint32_t i;

    if (2 * (all->count + 1) > all->room && grow(all) != 0)
        return -RX_ENOMEM;
    i = slot_of(all, c->ns, c->secret, c->name);
    if (all->slot[i] != NULL && all->slot[i]->immutable && !same(all->slot[i], c))
        return -RX_ESTATE;
    all->count += all->slot[i] == NULL;
    all->slot[i] = c;
    all->generation++;
    return 0;
}

void pod_configs_undo(struct pod_configs *all, const struct pod_config *c, const struct pod_config *old)
{
    if (old == NULL) {
        pod_configs_remove(all, c->ns, c->secret, c->name);
        return;
    }
    all->slot[slot_of(all, c->ns, c->secret, c->name)] = old;
    all->generation++;
}

const struct pod_config *pod_configs_own(const struct pod_configs *all, const struct pod_config *like)
{
    return all->count > 0 ? all->slot[slot_of(all, like->ns, like->secret, like->name)] : NULL;
}

/* Those behind the gap move up, unless they would leave the way from their home. */
bool pod_configs_remove(struct pod_configs *all, const char *ns, bool secret, const char *name)
{
    uint32_t mask = all->room - 1, gap;

    if (all->count == 0)
        return false;
    gap = slot_of(all, ns, secret, name);
    if (all->slot[gap] == NULL)
        return false;
    for (uint32_t i = (gap + 1) & mask; all->slot[i] != NULL; i = (i + 1) & mask) {
        const struct pod_config *c = all->slot[i];
        uint32_t home = home_of(all, c->ns, c->secret, c->name);

        if (((i - home) & mask) < ((i - gap) & mask))
            continue;
        all->slot[gap] = c;
        gap = i;
    }
    all->slot[gap] = NULL;
    all->count--;
    all->generation++;
    return true;
}

const struct pod_config *pod_configs_find(const struct pod_configs *all, const char *ns,
                                          bool secret, const char *name)
{
    static const char text[] = "# The authority of a simulated cluster signs nothing.\n";
    static const struct pod_data item = {
        .key = "ca.crt", .bytes = text, .length = sizeof(text) - 1};
    static const struct pod_config root_ca = {
        .ns = "", .name = "kube-root-ca.crt", .count = 1, .item = &item};
    const struct pod_config *c = NULL;

    if (all->count > 0)
        c = all->slot[slot_of(all, ns, secret, name)];
    if (c == NULL && !secret && strcmp(name, root_ca.name) == 0)
        c = &root_ca;
    return c;
}

/* Where it is, or the free slot where it would be. */
static uint32_t slot_of(const struct pod_configs *all, const char *ns, bool secret,
                        const char *name)
{
    uint32_t mask = all->room - 1, i = home_of(all, ns, secret, name);

    for (;; i = (i + 1) & mask) {
        const struct pod_config *c = all->slot[i];

        if (c == NULL ||
            (c->secret == secret && strcmp(c->name, name) == 0 && strcmp(c->ns, ns) == 0))
            return i;
    }
}

static uint32_t home_of(const struct pod_configs *all, const char *ns, bool secret,
                        const char *name)
{
    return ((uint32_t)pod_hash_name(ns, name) ^ secret) & (all->room - 1);
}

static int grow(struct pod_configs *all)
{
    struct pod_configs old = *all;

    all->room = RX_MAX(2 * old.room, (uint32_t)ROOM_MIN);
    all->slot = rx_mem_zalloc(all->mem, all->room * sizeof(*all->slot));
    if (all->slot == NULL) {
        *all = old;
        return -RX_ENOMEM;
    }
    for (uint32_t i = 0; i < old.room; i++) {
        const struct pod_config *c = old.slot[i];

        if (c != NULL)
            all->slot[slot_of(all, c->ns, c->secret, c->name)] = c;
    }
    rx_mem_free(all->mem, old.slot, old.room * sizeof(*old.slot));
    return 0;
}

static bool same(const struct pod_config *a, const struct pod_config *b)
{
    if (a->count != b->count || a->immutable != b->immutable)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct pod_data *x = &a->item[i], *y = &b->item[i];

        if (strcmp(x->key, y->key) != 0 || x->binary != y->binary || x->length != y->length ||
            memcmp(x->bytes, y->bytes, x->length) != 0)
            return false;
    }
    return true;
}
