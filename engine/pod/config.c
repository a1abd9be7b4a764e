/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - the store of ConfigMaps and Secrets, what of them a pod misses, and the files of
 * volumes. Sentences are those of the kubelet (kubelet_pods.go, volume/configmap, volume/secret,
 * volume/projected).
 */
#include "engine/pod/config.h"

#include <stdio.h>
#include <string.h>

#include "engine/pod/config_field.h"
#include "engine/pod/rule_shard.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

enum { ROOM_MIN = 16 };

static uint32_t slot_of(const struct pod_configs *all, const char *ns, bool secret,
                        const char *name);
static uint32_t home_of(const struct pod_configs *all, const char *ns, bool secret,
                        const char *name);
static int grow(struct pod_configs *all);
static bool same(const struct pod_config *a, const struct pod_config *b);

/* ---- the store ------------------------------------------------------------------------------ */

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

/* ---- what is missing ------------------------------------------------------------------------ */

bool pod_config_missing(const struct pod_configs *all, const struct pod_spec *spec,
                        const struct pod_container_spec *c, char *why, size_t room)
{
    for (uint32_t i = 0; i < c->env_count; i++) {
        const struct pod_env_spec *e = &c->env[i];
        enum pod_env_from from = pod_env_from(e);
        bool secret = from == POD_ENV_SECRET_KEY || from == POD_ENV_SECRET;
        bool one_key = from == POD_ENV_CONFIG_MAP_KEY || from == POD_ENV_SECRET_KEY;
        const struct pod_config *config;
        const struct pod_data *d;

        if (e->optional || (!secret && !one_key && from != POD_ENV_CONFIG_MAP))
            continue;
        config = pod_configs_find(all, spec->ns, secret, e->from_name);
        if (config == NULL) {
            snprintf(why, room, "%s \"%s\" not found", secret ? "secret" : "configmap",
                     e->from_name);
            return true;
        }
        d = one_key ? pod_config_key(config, e->from_key) : NULL;
        if (one_key && (d == NULL || d->binary)) {
            snprintf(why, room, "couldn't find key %s in %s %s/%s", e->from_key,
                     secret ? "Secret" : "ConfigMap", spec->ns, e->from_name);
            return true;
        }
    }
    return false;
}

static bool projection_missing(const struct pod_configs *all, const char *ns,
                               const struct pod_projection_spec *p, char *why, size_t room)
{
    bool secret = p->kind == POD_PROJECT_SECRET;
    const struct pod_config *c;

    if ((!secret && p->kind != POD_PROJECT_CONFIG_MAP) || p->optional)
        return false;
    c = pod_configs_find(all, ns, secret, p->source);
    if (c == NULL) {
        snprintf(why, room, "%s \"%s\" not found", secret ? "secret" : "configmap", p->source);
        return true;
    }
    for (uint32_t i = 0; i < p->item_count; i++) {
        if (pod_config_key(c, p->item[i].key) != NULL)
            continue;
        snprintf(why, room, "%sreferences non-existent %s key: %s", secret ? "" : "configmap ",
                 secret ? "secret" : "config", p->item[i].key);
        return true;
    }
    return false;
}

/* As Go prints an aggregate of errors: one as it is, more as [a, b]; equal ones once. */
bool pod_config_volume_missing(const struct pod_configs *all, const struct pod_spec *spec,
                               const struct pod_volume_spec *v, char *why, size_t room)
{
    char first[512] = "", text[512];
    size_t used = 0;
    bool several = false;

    for (uint32_t i = 0; i < v->projection_count; i++) {
        if (!projection_missing(all, spec->ns, &v->projection[i], text, sizeof(text)) ||
            strcmp(first, text) == 0)
            continue;
        if (first[0] == '\0') {
            memcpy(first, text, sizeof(text));
            continue;
        }
        if (!several)
            used = (size_t)snprintf(why, room, "MountVolume.SetUp failed for volume \"%s\" : [%s",
                                    v->name, first);
        several = true;
        if (used < room)
            used += (size_t)snprintf(why + used, room - used, ", %s", text);
    }
    if (several && used < room)
        snprintf(why + used, room - used, "]");
    if (!several && first[0] != '\0')
        snprintf(why, room, "MountVolume.SetUp failed for volume \"%s\" : %s", v->name, first);
    return first[0] != '\0';
}

bool pod_config_volumes_missing(const struct pod_configs *all, const struct pod_spec *spec,
                                char *why, size_t room)
{
    for (uint32_t i = 0; i < spec->volume_count; i++)
        if (pod_config_volume_missing(all, spec, &spec->volume[i], why, room))
            return true;
    return false;
}

/* ---- files ---------------------------------------------------------------------------------- */

struct file_walk {
    const struct pod_configs *all;
    const struct pod_spec *spec;
    const struct pod_fields *fields;
    struct rx_arena *arena;
    pod_config_put *put;
    void *ctx;
};

static int put_config(struct file_walk *w, const struct pod_projection_spec *p);
static int put_downward(struct file_walk *w, const struct pod_projection_spec *p);
static int put_token(struct file_walk *w, const struct pod_projection_spec *p);

bool pod_config_volume_fixed(const struct pod_volume_spec *v)
{
    for (uint32_t i = 0; i < v->projection_count; i++)
        if (v->projection[i].kind == POD_PROJECT_DOWNWARD)
            return false;
    return true;
}

int pod_config_files(const struct pod_configs *all, const struct pod_spec *spec,
                     const struct pod_volume_spec *v, const struct pod_fields *fields,
                     struct rx_arena *arena, pod_config_put *put, void *ctx)
{
    struct file_walk w = {
        .all = all, .spec = spec, .fields = fields, .arena = arena, .put = put, .ctx = ctx};
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < v->projection_count; i++) {
        const struct pod_projection_spec *p = &v->projection[i];

        switch (p->kind) {
        case POD_PROJECT_CONFIG_MAP:
        case POD_PROJECT_SECRET:
            rc = put_config(&w, p);
            break;
        case POD_PROJECT_DOWNWARD:
            rc = put_downward(&w, p);
            break;
        case POD_PROJECT_TOKEN:
            rc = put_token(&w, p);
            break;
        }
    }
    return rc;
}

static int put_config(struct file_walk *w, const struct pod_projection_spec *p)
{
    const struct pod_config *c =
        pod_configs_find(w->all, w->spec->ns, p->kind == POD_PROJECT_SECRET, p->source);
    int rc = 0;

    if (c == NULL)
        return 0;
    for (uint32_t i = 0; rc == 0 && p->item_count == 0 && i < c->count; i++)
        rc = w->put(w->ctx, c->item[i].key, c->item[i].bytes, c->item[i].length, p->executable);
    for (uint32_t i = 0; rc == 0 && i < p->item_count; i++) {
        const struct pod_data *d = pod_config_key(c, p->item[i].key);

        if (d != NULL)
            rc = w->put(w->ctx, p->item[i].path, d->bytes, d->length, p->item[i].executable);
    }
    return rc;
}

static int put_downward(struct file_walk *w, const struct pod_projection_spec *p)
{
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < p->item_count; i++) {
        const char *text = p->item[i].amount != NULL ? p->item[i].amount : "0";

        if (p->item[i].key != NULL)
            rc = pod_field_text(w->arena, w->spec, w->fields, p->item[i].key, &text);
        if (rc == 0)
            rc = w->put(w->ctx, p->item[i].path, text, (uint32_t)strlen(text), p->item[i].executable);
    }
    return rc;
}

static int put_token(struct file_walk *w, const struct pod_projection_spec *p)
{
    static const char token[] = "simulated";
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < p->item_count; i++)
        rc = w->put(w->ctx, p->item[i].path, token, sizeof(token) - 1, false);
    return rc;
}
