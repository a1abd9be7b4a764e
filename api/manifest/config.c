/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - ConfigMap and Secret documents (pkg/apis/core/validation: ValidateConfigMap,
 * ValidateSecret). What stands in a Secret is never printed.
 *
 * Not checked: that the registry credentials of a dockerconfigjson are JSON; nothing here pulls.
 */
#include "api/manifest/parts.h"
#include "api/manifest/text.h"

#include "engine/reactor/base.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG_BYTES_MAX = 1 << 20 };

#define REDACTED "<secret contents redacted>"

/* One key of a map while the document is read. */
struct entry {
    struct st_data data;
    const struct mf_node *node; /* of the value */
    uint32_t rank;              /* of its map: where a key is in two, the later map counts */
};

struct reader {
    struct mf_load *l;
    const struct mf_at *root;
    bool secret;
    struct entry *entry; /* in scratch */
    uint32_t count, maps;
};

static bool entries_open(struct reader *r);
static void map_read(struct reader *r, const char *field, bool base64);
static void value_read(struct reader *r, const struct mf_at *at, bool base64, struct entry *out);
static void keys_merge(struct reader *r);
static int entry_order(const void *left, const void *right);
static void size_check(struct reader *r);
static void type_check(struct reader *r, const char *type, const struct mf_meta *meta);
static void config_add(struct reader *r, const struct mf_meta *meta);

void mf_config_read(struct mf_load *l, const struct mf_node *doc, bool secret)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), base = mf_field(&meta_at, "generateName");
    struct reader r = {.l = l, .root = &root, .secret = secret};
    struct mf_meta meta;

    mf_fields_check(l, &root, secret ? MF_FIELDS_SECRET : MF_FIELDS_CONFIG_MAP);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !base.node && !(name.node && name.node->type != MF_STRING))
        mf_required(l, &name, "name or generateName is required");
    if (!entries_open(&r))
        return;
    if (secret) {
        map_read(&r, "data", true);
        map_read(&r, "stringData", false);
    } else {
        map_read(&r, "data", false);
        map_read(&r, "binaryData", true);
    }
    keys_merge(&r);
    size_check(&r);
    if (secret)
        type_check(&r, mf_string(l, &root, "type", "Opaque"), &meta);
    if (*meta.name)
        config_add(&r, &meta);
    else if (base.node) /* a name that is made up is a name that nobody can refer to */
        mf_say_at(l, MANIFEST_NOTE, doc->line, doc->column, "v1/%s %s: not simulated, skipped",
                  secret ? "Secret" : "ConfigMap", mf_json(l, base.node));
}

static bool entries_open(struct reader *r)
{
    static const char *const maps[] = {"data", "binaryData", "stringData"};
    size_t room = 1;

    for (size_t i = 0; i < RX_ARRAY_LEN(maps); i++) {
        struct mf_at at = mf_field(r->root, maps[i]);

        room += at.node && at.node->type == MF_MAPPING ? at.node->count : 0;
    }
    r->entry = rx_arena_alloc(&r->l->scratch, room * sizeof(*r->entry));
    r->l->no_memory = r->l->no_memory || !r->entry;
    return r->entry != NULL;
}

static void map_read(struct reader *r, const char *field, bool base64)
{
    struct mf_at map = mf_field(r->root, field);

    r->maps++;
    if (!mf_is_object(r->l, &map))
        return;
    for (uint32_t i = 0; i < map.node->count; i++) {
        const struct mf_pair *p = &map.node->item[i];
        struct entry *e = &r->entry[r->count++];
        /* The API server's path of a key is data[key]. */
        struct mf_at at = {.up = r->root,
                           .name = mf_scratch(r->l, "%s[%s]", field, p->key->text),
                           .node = p->value};

        *e = (struct entry){.node = p->value, .rank = r->maps};
        e->data.key = mf_keep(r->l, p->key->text, p->key->length);
        e->data.bytes = "";
        mf_shape_check(r->l, &at, MF_CONFIG_KEY, e->data.key);
        value_read(r, &at, base64, e);
    }
}

/* Null is empty, as in Go. */
static void value_read(struct reader *r, const struct mf_at *at, bool base64, struct entry *out)
{
    const char *type = base64 ? "[]uint8" : "string";
    size_t used = at->node->length, bad;
    char *bytes;

    out->data.binary = base64 && !r->secret;
    if (at->node->type == MF_NULL)
        return;
    if (at->node->type != MF_STRING) {
        if (r->secret)
            mf_invalid_text(r->l, at, REDACTED,
                            "cannot unmarshal %s into Go struct field of type %s",
                            mf_type_name(at->node), type);
        else
            mf_wrong_type(r->l, at, type);
        return;
    }
    bytes = rx_arena_alloc(&r->l->set->arena, used + 1);
    if (bytes == NULL) {
        r->l->no_memory = true;
        return;
    }
    if (!base64) {
        memcpy(bytes, at->node->text, used);
    } else if (!mf_text_base64(at->node->text, at->node->length, bytes, &used, &bad)) {
        mf_invalid_text(r->l, at, r->secret ? REDACTED : at->node->text,
                        "illegal base64 data at input byte %zu", bad);
        return;
    }
    bytes[used] = '\0';
    out->data.bytes = bytes;
    out->data.length = (uint32_t)used;
}

/* Sorted, each key once. A Secret's stringData takes the place of its data; in a ConfigMap a key in
 * both is an error. */
static void keys_merge(struct reader *r)
{
    uint32_t kept = 0;

    if (r->count)
        qsort(r->entry, r->count, sizeof(*r->entry), entry_order);
    for (uint32_t i = 0; i < r->count; i++) {
        const struct entry *e = &r->entry[i];
        bool again = kept > 0 && strcmp(r->entry[kept - 1].data.key, e->data.key) == 0;

        if (again && !r->secret && r->entry[kept - 1].rank != e->rank) {
            struct mf_at at = {.up = r->root,
                               .name = mf_scratch(r->l, "binaryData[%s]", e->data.key),
                               .node = e->node};

            mf_invalid_text(r->l, &at, e->data.key, "duplicate key in both data and binaryData");
        }
        kept -= again;
        r->entry[kept++] = *e;
    }
    r->count = kept;
}

static int entry_order(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = strcmp(a->data.key, b->data.key);

    return order ? order : a->rank < b->rank ? -1 : a->rank > b->rank;
}

static void size_check(struct reader *r)
{
    struct mf_at data = mf_field(r->root, "data"), all = *r->root;
    uint64_t total = 0;

    for (uint32_t i = 0; i < r->count; i++)
        total += r->entry[i].data.length;
    if (total <= CONFIG_BYTES_MAX)
        return;
    if (!r->secret) { /* the path of a ConfigMap's whole content is empty, and printed like that */
        all.up = r->root;
        all.name = "[]";
    }
    mf_say(r->l, r->secret ? &data : &all, "Too long: may not be more than %d bytes",
           CONFIG_BYTES_MAX);
}

static const struct st_data *entry_find(const struct reader *r, const char *key)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (strcmp(r->entry[i].data.key, key) == 0)
            return &r->entry[i].data;
    return NULL;
}

static void key_required(struct reader *r, const char *key, bool filled)
{
    const struct st_data *d = entry_find(r, key);
    struct mf_at at = {.up = r->root, .name = mf_scratch(r->l, "data[%s]", key)};

    if (d == NULL || (filled && d->length == 0))
        mf_required(r->l, &at, "");
}

static void type_check(struct reader *r, const char *type, const struct mf_meta *meta)
{
    static const struct {
        const char *type, *key;
        bool filled;
    } needed[] = {
        {"kubernetes.io/dockercfg", ".dockercfg", false},
        {"kubernetes.io/dockerconfigjson", ".dockerconfigjson", false},
        {"kubernetes.io/ssh-auth", "ssh-privatekey", true},
        {"kubernetes.io/tls", "tls.crt", false},
        {"kubernetes.io/tls", "tls.key", false},
    };
    static const char account[] = "kubernetes.io/service-account.name";
    struct mf_at metadata = mf_field(r->root, "metadata");
    struct mf_at at = {.up = &metadata, .name = mf_scratch(r->l, "annotations[%s]", account)};
    bool named = false;

    for (size_t i = 0; i < RX_ARRAY_LEN(needed); i++)
        if (strcmp(type, needed[i].type) == 0)
            key_required(r, needed[i].key, needed[i].filled);
    /* Either will do; where there is neither, both are asked for. */
    if (strcmp(type, "kubernetes.io/basic-auth") == 0 && !entry_find(r, "username") &&
        !entry_find(r, "password")) {
        key_required(r, "username", false);
        key_required(r, "password", false);
    }
    for (uint32_t i = 0; i < meta->annotations.count; i++)
        named = named || (strcmp(meta->annotations.pair[i].key, account) == 0 &&
                          *meta->annotations.pair[i].value);
    if (strcmp(type, "kubernetes.io/service-account-token") == 0 && !named)
        mf_required(r->l, &at, "");
}

/* ---- keeping -------------------------------------------------------------------------------- */

static void config_add(struct reader *r, const struct mf_meta *meta)
{
    struct mf_load *l = r->l;
    struct manifest_configs *list = &l->set->configs;
    struct mf_at metadata = mf_field(r->root, "metadata"), name = mf_field(&metadata, "name");
    uint32_t one, count;
    struct st_config *c;
    struct st_data *item;

    if (mf_name_taken(l->set, l->set->applied, ST_CONFIG, r->secret, meta->ns, meta->name)) {
        mf_duplicate(l, &name, meta->name);
        return;
    }
    c = mf_array(l, 1, sizeof(*c), &one);
    item = mf_array(l, r->count, sizeof(*item), &count);
    if (c == NULL || count != r->count ||
        !mf_room(l, &l->set->arena, &list->item, list->count, &list->room, sizeof(*list->item)))
        return;
    for (uint32_t i = 0; i < count; i++)
        item[i] = r->entry[i].data;
    *c = (struct st_config){.ns = meta->ns,
                             .name = meta->name,
                             .secret = r->secret,
                             .count = count,
                             .item = item,
                             .immutable = mf_bool(l, r->root, "immutable", false)};
    list->item[list->count++] = c;
    mf_object_add(l,
                  &(struct manifest_object){c->ns, c->name, list->count - 1, ST_CONFIG, c->secret});
}
