/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch_strategic.c - a strategic merge patch (k8s.io/apimachinery/pkg/util/strategicpatch):
 * mappings are merged as in RFC 7386, and so are the lists that Kubernetes' types say it of, by a
 * key of their entries.
 *
 * What says so in the patch itself: `$patch: delete`, `replace` or `merge` in a mapping,
 * `$retainKeys`, and `$setElementOrder/LIST` and `$deleteFromPrimitiveList/LIST` beside a list.
 */
#include "api/manifest/document.h"
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

#define CONTAINERS "containers initContainers ephemeralContainers"
#define ORDER "$setElementOrder/"
#define DELETE "$deleteFromPrimitiveList/"
#define RETAIN "$retainKeys"
#define PATCH "$patch"

/* The tags patchStrategy and patchMergeKey of the types of k8s.io/api. */
static const struct list {
    const char *name, *in; /* in: the fields that it may stand in, one blank between */
    const char *key;       /* NULL: its entries are no mappings */
} lists[] = {
    {"containers", "spec", "name"},
    {"initContainers", "spec", "name"},
    {"ephemeralContainers", "spec", "name"},
    {"volumes", "spec", "name"},
    {"imagePullSecrets", "spec", "name"},
    {"hostAliases", "spec", "ip"},
    {"topologySpreadConstraints", "spec", "topologyKey"},
    {"schedulingGates", "spec", "name"},
    {"resourceClaims", "spec", "name"},
    {"ports", CONTAINERS, "containerPort"},
    {"env", CONTAINERS, "name"},
    {"volumeMounts", CONTAINERS, "mountPath"},
    {"volumeDevices", CONTAINERS, "devicePath"},
    {"ports", "spec", "port"}, /* of a Service */
    {"podCIDRs", "spec", NULL},
    {"ownerReferences", "metadata", "uid"},
    {"finalizers", "metadata", NULL},
    {"conditions", "status", "type"},
};

static struct mf_node *merge(struct mf_load *l, struct mf_node *into, struct mf_node *patch,
                             const char *field);

static struct mf_node *refuse(struct mf_load *l, const struct mf_node *at, const char *text)
{
    mf_say_at(l, MANIFEST_ERROR, at->line, at->column, "%s", text);
    return NULL;
}

/* NULL: it is atomic, and what the patch says replaces it. */
static const struct list *list_of(const char *name, const char *in)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(lists); i++) {
        if (strcmp(lists[i].name, name) == 0 && mf_word_in(lists[i].in, in, strlen(in)))
            return &lists[i];
    }
    return NULL;
}

static bool begins(const struct mf_node *key, const char *with)
{
    return strncmp(key->text, with, strlen(with)) == 0;
}

static bool is_directive(const struct mf_node *key)
{
    return begins(key, ORDER) || begins(key, DELETE) || strcmp(key->text, RETAIN) == 0 ||
           strcmp(key->text, PATCH) == 0;
}

static struct mf_node *member(const struct mf_node *n, const char *key)
{
    return n->type == MF_MAPPING ? mf_node_find(n, key) : NULL;
}

static bool is_text(const struct mf_node *n, const char *text)
{
    return n != NULL && n->type == MF_STRING && strcmp(n->text, text) == 0;
}

static bool is_equal(const struct mf_node *a, const struct mf_node *b)
{
    return a != NULL && b != NULL && mf_hash_node(a) == mf_hash_node(b);
}

/* An empty list or mapping with room for so many entries. */
static struct mf_node *empty(struct mf_load *l, enum mf_type type, const struct mf_node *place,
                             uint32_t room)
{
    struct mf_node *n = mf_node_new(l, type);

    if (n == NULL)
        return NULL;
    n->line = place->line;
    n->column = place->column;
    n->item = rx_arena_alloc(&l->scratch, (room + 1) * sizeof(*n->item));
    l->no_memory |= n->item == NULL;
    return n->item != NULL ? n : NULL;
}

/* What a patch adds where nothing stands: without its directives and its nulls. */
static struct mf_node *added(struct mf_load *l, struct mf_node *patch)
{
    struct mf_node *out;

    if (patch->type != MF_MAPPING && patch->type != MF_SEQUENCE)
        return patch;
    out = empty(l, patch->type, patch, patch->count);
    for (uint32_t i = 0; out != NULL && i < patch->count; i++) {
        const struct mf_pair *p = &patch->item[i];
        struct mf_node *value = p->value;

        if (p->key != NULL ? is_directive(p->key) || value->type == MF_NULL
                           : is_text(member(value, PATCH), "delete"))
            continue;
        value = added(l, value);
        if (value == NULL)
            return NULL;
        out->item[out->count++] = (struct mf_pair){.key = p->key, .value = value};
    }
    return out;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* Where an entry like that stands: with the same key, or that very value. n->count: nowhere. */
static uint32_t place_of(const struct mf_node *list, const struct mf_node *like, const char *key)
{
    const struct mf_node *is = key != NULL ? member(like, key) : like;
    uint32_t i = 0;

    while (i < list->count &&
           !is_equal(key != NULL ? member(list->item[i].value, key) : list->item[i].value, is))
        i++;
    return i;
}

static void drop(struct mf_node *list, uint32_t at)
{
    memmove(&list->item[at], &list->item[at + 1], (--list->count - at) * sizeof(*list->item));
}

/* First those that the patch has, in its order, then the others; but those that stood before one of
 * the patch's stay before it. */
static struct mf_node *ordered(struct mf_load *l, const struct mf_node *merged,
                               const struct mf_node *order, const struct mf_node *was,
                               const char *key)
{
    struct mf_node *out = empty(l, MF_SEQUENCE, merged, merged->count),
                   *told = empty(l, MF_SEQUENCE, merged, merged->count),
                   *rest = empty(l, MF_SEQUENCE, merged, merged->count);
    uint32_t i = 0, k = 0;

    if (out == NULL || told == NULL || rest == NULL)
        return NULL;
    for (uint32_t n = 0; n < order->count; n++) {
        uint32_t at = place_of(merged, order->item[n].value, key);

        if (at < merged->count && place_of(told, order->item[n].value, key) == told->count)
            told->item[told->count++] = merged->item[at];
    }
    for (uint32_t n = 0; n < merged->count; n++) {
        if (place_of(told, merged->item[n].value, key) == told->count)
            rest->item[rest->count++] = merged->item[n];
    }
    while (i < rest->count || k < told->count) {
        bool before = k == told->count;

        if (i < rest->count && k < told->count) {
            uint32_t a = place_of(was, rest->item[i].value, key),
                     b = place_of(was, told->item[k].value, key);

            before = a < was->count && b < was->count && a < b;
        }
        out->item[out->count++] = before ? rest->item[i++] : told->item[k++];
    }
    return out;
}

/* One entry of a patch into a list of mappings, which is ours. NULL: said, or no memory. */
static struct mf_node *merge_entry(struct mf_load *l, struct mf_node *list, struct mf_node *entry,
                                   const struct list *as)
{
    struct mf_node *value = NULL;
    uint32_t at;

    if (entry->type != MF_MAPPING || member(entry, as->key) == NULL)
        return refuse(l, entry, mf_scratch(l, "map: %s does not contain declared merge key: %s",
                                           mf_json(l, entry), as->key));
    at = place_of(list, entry, as->key);
    if (is_text(member(entry, PATCH), "delete")) {
        while ((at = place_of(list, entry, as->key)) < list->count)
            drop(list, at);
        return list;
    }
    value = at < list->count ? merge(l, list->item[at].value, entry, as->name) : added(l, entry);
    if (value == NULL)
        return NULL;
    list->item[at] = (struct mf_pair){.value = value};
    list->count += at == list->count;
    return list;
}

/* `$patch: replace` as an entry: the others are the whole list. */
static bool replaces(const struct mf_node *patch)
{
    for (uint32_t i = 0; i < patch->count; i++) {
        if (is_text(member(patch->item[i].value, PATCH), "replace"))
            return true;
    }
    return false;
}

static struct mf_node *without_replace(struct mf_load *l, struct mf_node *patch)
{
    struct mf_node *out = mf_node_copy(l, patch);

    for (uint32_t i = 0; out != NULL && i < out->count;) {
        if (is_text(member(out->item[i].value, PATCH), "replace"))
            drop(out, i);
        else
            i++;
    }
    return out != NULL ? added(l, out) : NULL;
}

/* into: may be NULL. order: of $setElementOrder, or NULL: that of the patch. */
static struct mf_node *merge_list(struct mf_load *l, struct mf_node *into, struct mf_node *patch,
                                  const struct mf_node *order, const struct list *as)
{
    struct mf_node *was = into != NULL && into->type == MF_SEQUENCE
        ? into : empty(l, MF_SEQUENCE, patch, 0), *list;

    if (replaces(patch))
        return without_replace(l, patch);
    list = was != NULL ? empty(l, MF_SEQUENCE, was, was->count + patch->count) : NULL;
    if (list == NULL)
        return NULL;
    if (was->count > 0)
        memcpy(list->item, was->item, was->count * sizeof(*list->item));
    list->count = was->count;
    for (uint32_t i = 0; i < patch->count; i++) {
        struct mf_node *entry = patch->item[i].value;

        if (as->key != NULL && merge_entry(l, list, entry, as) == NULL)
            return NULL;
        if (as->key == NULL && place_of(list, entry, NULL) == list->count)
            list->item[list->count++] = (struct mf_pair){.value = entry};
    }
    return ordered(l, list, order != NULL ? order : patch, was, as->key);
}

/* ---- mappings -------------------------------------------------------------------------------- */

/* All keys that the patch brings must be among those to retain. */
static bool has_all(const struct mf_node *keys, const struct mf_node *patch)
{
    for (uint32_t i = 0; i < patch->count; i++) {
        const struct mf_pair *p = &patch->item[i];

        if (!is_directive(p->key) && p->value->type != MF_NULL &&
            place_of(keys, p->key, NULL) == keys->count)
            return false;
    }
    return true;
}

/* Of what stands there only what the patch says to retain, or brings, stays. */
static bool retain(struct mf_load *l, struct mf_node *into, const struct mf_node *patch)
{
    const struct mf_node *keys = mf_node_find(patch, RETAIN);

    if (keys == NULL)
        return true;
    if (keys->type != MF_SEQUENCE || !has_all(keys, patch)) {
        refuse(l, keys, "invalid patch format of retainKeys list");
        return false;
    }
    for (uint32_t i = 0; i < into->count;) {
        if (place_of(keys, into->item[i].key, NULL) == keys->count)
            drop(into, i);
        else
            i++;
    }
    return true;
}

/* Of a list of texts or numbers. */
static bool delete_from(struct mf_load *l, struct mf_node *into, const struct mf_pair *p)
{
    const char *name = p->key->text + strlen(DELETE);
    uint32_t at = mf_node_index(into, name, strlen(name));
    struct mf_node *list;

    if (at == into->count || into->item[at].value->type != MF_SEQUENCE ||
        p->value->type != MF_SEQUENCE)
        return true;
    list = mf_node_copy(l, into->item[at].value);
    for (uint32_t i = 0; list != NULL && i < p->value->count; i++) {
        uint32_t gone;

        while ((gone = place_of(list, p->value->item[i].value, NULL)) < list->count)
            drop(list, gone);
    }
    into->item[at].value = list;
    return list != NULL;
}

/* What stands in `field` and in the patch. NULL: said, or no memory. */
static struct mf_node *merge_value(struct mf_load *l, const struct mf_node *patch,
                                   const struct mf_pair *p, struct mf_node *old, const char *field)
{
    const struct list *as = p->value->type == MF_SEQUENCE ? list_of(p->key->text, field) : NULL;
    const struct mf_node *order;

    if (as != NULL) {
        order = mf_node_find(patch, mf_scratch(l, ORDER "%s", p->key->text));
        if (order != NULL && order->type != MF_SEQUENCE)
            return refuse(l, order, ORDER " needs a list");
        return merge_list(l, old, p->value, order, as);
    }
    if (p->value->type == MF_MAPPING && old != NULL && old->type == MF_MAPPING)
        return merge(l, old, p->value, p->key->text);
    return added(l, p->value);
}

/* A list that the patch only puts into another order. */
static bool reorder(struct mf_load *l, struct mf_node *into, const struct mf_node *patch,
                    const struct mf_pair *p, const char *field)
{
    const char *name = p->key->text + strlen(ORDER);
    uint32_t at = mf_node_index(into, name, strlen(name));
    const struct list *as = list_of(name, field);

    if (mf_node_find(patch, name) != NULL || at == into->count || as == NULL ||
        into->item[at].value->type != MF_SEQUENCE || p->value->type != MF_SEQUENCE)
        return true;
    into->item[at].value = ordered(l, into->item[at].value, p->value, into->item[at].value,
                                   as->key);
    return into->item[at].value != NULL;
}

static bool merge_pair(struct mf_load *l, struct mf_node *out, const struct mf_node *patch,
                       const struct mf_pair *p, const char *field)
{
    uint32_t at = mf_node_index(out, p->key->text, p->key->length);
    struct mf_node *old = at < out->count ? out->item[at].value : NULL, *value;

    if (begins(p->key, DELETE))
        return delete_from(l, out, p);
    if (begins(p->key, ORDER))
        return reorder(l, out, patch, p, field);
    if (is_directive(p->key))
        return true;
    if (p->value->type == MF_NULL) {
        if (old != NULL)
            drop(out, at);
        return true;
    }
    value = merge_value(l, patch, p, old, field);
    if (value == NULL)
        return false;
    out->item[at] = (struct mf_pair){.key = old != NULL ? out->item[at].key : p->key,
                                     .value = value};
    out->count += old == NULL;
    return true;
}

/* field: in which `into` stands. */
static struct mf_node *merge(struct mf_load *l, struct mf_node *into, struct mf_node *patch,
                             const char *field)
{
    const struct mf_node *how = mf_node_find(patch, PATCH);
    struct mf_node *out;

    if (is_text(how, "replace"))
        return added(l, patch);
    if (is_text(how, "delete"))
        return empty(l, MF_MAPPING, patch, 0);
    if (how != NULL && !is_text(how, "merge"))
        return refuse(l, how, mf_scratch(l, "unknown patch type found: %s", mf_json(l, how)));
    out = empty(l, MF_MAPPING, into, into->count + patch->count);
    if (out == NULL)
        return NULL;
    if (into->count > 0)
        memcpy(out->item, into->item, into->count * sizeof(*out->item));
    out->count = into->count;
    if (!retain(l, out, patch))
        return NULL;
    for (uint32_t i = 0; i < patch->count; i++) {
        if (!merge_pair(l, out, patch, &patch->item[i], field))
            return NULL;
    }
    return out;
}

struct mf_node *mf_patch_strategic(struct mf_load *l, struct mf_node *into, struct mf_node *patch)
{
    const struct mf_node *spec = member(patch, "spec"),
                         *selector = spec != NULL ? member(spec, "selector") : NULL;
    const char *why;

    /* Its type alone has a mapping with the strategy replace. */
    if (is_text(member(into, "kind"), "PodDisruptionBudget") && selector != NULL &&
        selector->type == MF_MAPPING)
        patch = mf_set(l, patch, "spec.selector." PATCH, mf_node_text(l, "replace", 7), &why);
    return patch != NULL ? merge(l, into, patch, "") : NULL;
}
