/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - the list of them, looked through by namespace, kind and name. */
#include "engine/store/config.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

struct kept {
    struct st_object object;
    const struct st_config *config;
};

static struct kept *find(const struct st_store *s, const char *ns, bool secret, const char *name);
static void drop(struct st_store *s, struct kept *k);
static bool same(const struct st_config *a, const struct st_config *b);

const struct st_data *st_config_key(const struct st_config *c, const char *key)
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

int st_config_put(struct st_store *s, const struct st_config *c, const struct st_config **old)
{
    struct kept *k = find(s, c->ns, c->secret, c->name);
    int rc;

    if (old != NULL)
        *old = k != NULL ? k->config : NULL;
    if (k != NULL) {
        if (k->config->immutable && !same(k->config, c))
            return -RX_ESTATE;
        k->config = c;
        k->object.ns = c->ns;
        k->object.name = c->name;
        s->table[ST_CONFIG].changes++;
        return 0;
    }
    k = rx_mem_zalloc(s->names.mem, sizeof(*k));
    if (k == NULL)
        return -RX_ENOMEM;
    *k = (struct kept){.object = {.ns = c->ns, .name = c->name, .kind = ST_CONFIG,
                                  .sub = c->secret}, .config = c};
    rc = st_add(s, &k->object);
    if (rc != 0)
        rx_mem_free(s->names.mem, k, sizeof(*k));
    return rc;
}

void st_config_undo(struct st_store *s, const struct st_config *c, const struct st_config *old)
{
    struct kept *k = find(s, c->ns, c->secret, c->name);

    if (k == NULL)
        return;
    if (old == NULL) {
        st_unadd(s, &k->object);
        rx_mem_free(s->names.mem, k, sizeof(*k));
        return;
    }
    k->config = old;
    k->object.ns = old->ns;
    k->object.name = old->name;
    s->table[ST_CONFIG].changes++;
}

const struct st_config *st_config_find(const struct st_store *s, const char *ns, bool secret,
                                       const char *name)
{
    static const char text[] = "# The authority of a simulated cluster signs nothing.\n";
    static const struct st_data item = {
        .key = "ca.crt", .bytes = text, .length = sizeof(text) - 1};
    static const struct st_config root_ca = {
        .ns = "", .name = "kube-root-ca.crt", .count = 1, .item = &item};
    const struct kept *k = find(s, ns, secret, name);

    if (k == NULL && !secret && strcmp(name, root_ca.name) == 0)
        return &root_ca;
    return k != NULL ? k->config : NULL;
}

void st_configs_free(struct st_store *s)
{
    struct st_object *o;

    while ((o = st_newest(s, ST_CONFIG)) != NULL)
        drop(s, rx_container_of(o, struct kept, object));
}

void st_config_delete(struct st_store *s, struct st_object *o)
{
    st_tell(s, o, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    drop(s, rx_container_of(o, struct kept, object));
}

static void drop(struct st_store *s, struct kept *k)
{
    st_remove(s, &k->object);
    rx_mem_free(s->names.mem, k, sizeof(*k));
}

static struct kept *find(const struct st_store *s, const char *ns, bool secret, const char *name)
{
    struct st_object *o = st_find(s, ST_CONFIG, secret, ns, name);

    return o != NULL ? rx_container_of(o, struct kept, object) : NULL;
}

static bool same(const struct st_config *a, const struct st_config *b)
{
    if (a->count != b->count || a->immutable != b->immutable)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct st_data *x = &a->item[i], *y = &b->item[i];

        if (strcmp(x->key, y->key) != 0 || x->binary != y->binary || x->length != y->length ||
            memcmp(x->bytes, y->bytes, x->length) != 0)
            return false;
    }
    return true;
}
