/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patch.c - trees that are made of other trees: a merge patch (RFC 7386), and fields that are set
 * by their paths. A tree that is there is never changed; what is new shares all else with it.
 */
#include "api/manifest/document.h"

#include "engine/reactor/base.h"

#include <stdlib.h>
#include <string.h>

struct mf_node *mf_node_new(struct mf_load *l, enum mf_type type)
{
    struct mf_node *n = rx_arena_alloc(&l->scratch, sizeof(*n));

    if (n == NULL)
        l->no_memory = true;
    else
        n->type = type;
    return n;
}

struct mf_node *mf_node_text(struct mf_load *l, const char *text, size_t length)
{
    struct mf_node *n = mf_node_new(l, MF_STRING);

    if (n == NULL)
        return NULL;
    n->text = rx_arena_strndup(&l->scratch, text, length);
    n->length = length;
    if (n->text != NULL)
        return n;
    l->no_memory = true;
    return NULL;
}

void mf_places_at(struct mf_node *n, uint32_t line)
{
    n->line = line;
    n->column = n->inside = 0;
    for (uint32_t i = 0; i < n->count; i++) {
        if (n->item[i].key != NULL) {
            n->item[i].key->line = line;
            n->item[i].key->column = 0;
        }
        mf_places_at(n->item[i].value, line);
    }
}

struct mf_node *mf_node_copy(struct mf_load *l, const struct mf_node *n)
{
    struct mf_node *c = mf_node_new(l, n->type);

    if (c == NULL)
        return NULL;
    *c = *n;
    c->item = rx_arena_alloc(&l->scratch, (n->count + 1) * sizeof(*c->item));
    if (c->item == NULL) {
        l->no_memory = true;
        return NULL;
    }
    if (n->count > 0)
        memcpy(c->item, n->item, n->count * sizeof(*c->item));
    return c;
}

uint32_t mf_node_index(const struct mf_node *m, const char *key, size_t length)
{
    uint32_t i = 0;

    while (i < m->count &&
           (m->item[i].key->length != length || memcmp(m->item[i].key->text, key, length) != 0))
        i++;
    return i;
}

bool mf_node_put(struct mf_load *l, struct mf_node *m, const char *key, size_t length,
                 struct mf_node *value)
{
    uint32_t i = mf_node_index(m, key, length);

    if (value == NULL)
        return false;
    if (i == m->count) {
        struct mf_node *k = mf_node_text(l, key, length);

        if (k == NULL)
            return false;
        m->item[m->count++] = (struct mf_pair){.key = k};
    }
    m->item[i].value = value;
    return true;
}

struct mf_node *mf_with(struct mf_load *l, const struct mf_node *m, const char *key,
                        struct mf_node *value)
{
    struct mf_node empty = {.type = MF_MAPPING};
    struct mf_node *c = mf_node_copy(l, m != NULL && m->type == MF_MAPPING ? m : &empty);

    return c != NULL && mf_node_put(l, c, key, strlen(key), value) ? c : NULL;
}

/* ---- RFC 7386 -------------------------------------------------------------------------------- */

struct mf_node *mf_merge(struct mf_load *l, struct mf_node *into, struct mf_node *patch)
{
    struct mf_node empty = {.type = MF_MAPPING, .line = patch->line, .column = patch->column};
    struct mf_node *out;

    if (patch->type != MF_MAPPING)
        return patch;
    out = mf_node_copy(l, into != NULL && into->type == MF_MAPPING ? into : &empty);
    for (uint32_t i = 0; out != NULL && i < patch->count; i++) {
        const struct mf_pair *p = &patch->item[i];
        uint32_t at = mf_node_index(out, p->key->text, p->key->length);
        struct mf_node *old = at < out->count ? out->item[at].value : NULL;
        struct mf_node *grown;

        if (p->value->type == MF_NULL) {
            if (old != NULL)
                memmove(&out->item[at], &out->item[at + 1],
                        (--out->count - at) * sizeof(*out->item));
            continue;
        }
        /* Each new key needs room for one more. */
        grown = old == NULL ? mf_node_copy(l, out) : out;
        if (grown == NULL ||
            !mf_node_put(l, grown, p->key->text, p->key->length, mf_merge(l, old, p->value)))
            return NULL;
        out = grown;
        if (old == NULL) {
            out->item[out->count - 1].key->line = p->key->line;
            out->item[out->count - 1].key->column = p->key->column;
        }
    }
    return out;
}

/* ---- paths ----------------------------------------------------------------------------------- */

size_t mf_path_step(const char *path, bool *index, size_t *from, size_t *length)
{
    size_t n;

    *index = path[0] == '[';
    if (!*index) {
        *from = path[0] == '.';
        *length = strcspn(path + *from, ".[");
        return *length > 0 ? *from + *length : 0;
    }
    *from = 1;
    if (path[1] == '"') { /* ["app.kubernetes.io/name"]: a name with dots in it */
        *index = false;
        *from = 2;
        n = strcspn(path + 2, "\"");
        *length = n;
        return n > 0 && path[n + 2] == '"' && path[n + 3] == ']' ? n + 4 : 0;
    }
    *length = strspn(path + 1, "0123456789");
    return *length > 0 && *length < 6 && path[*length + 1] == ']' ? *length + 2 : 0;
}

static const char *no_step(struct mf_load *l, const char *path)
{
    return mf_scratch(l, "%s: expected a name, [0] or [\"a name\"]", path);
}

/* Returns what stands there afterwards; NULL: said in *why, or no memory. */
static struct mf_node *set(struct mf_load *l, struct mf_node *n, const char *path,
                           struct mf_node *value, unsigned depth, const char **why)
{
    struct mf_node *c, *child, *old = NULL;
    size_t used, from, length;
    bool index;
    uint32_t at;

    if (*path == '\0')
        return value;
    used = mf_path_step(path, &index, &from, &length);
    if (used == 0 || depth == MF_DEPTH_MAX) {
        *why = depth == MF_DEPTH_MAX ? "nested too deeply" : no_step(l, path);
        return NULL;
    }
    if (n == NULL || n->type == MF_NULL)
        n = mf_node_new(l, index ? MF_SEQUENCE : MF_MAPPING);
    if (n == NULL)
        return NULL;
    if (n->type != (index ? MF_SEQUENCE : MF_MAPPING)) {
        *why = mf_scratch(l, "%s: what stands there is no %s", path, index ? "list" : "mapping");
        return NULL;
    }
    at = index ? (uint32_t)strtoul(path + from, NULL, 10) : mf_node_index(n, path + from, length);
    if (index && at > n->count) {
        *why = mf_scratch(l, "%s: the list has %u entries", path, n->count);
        return NULL;
    }
    old = at < n->count ? n->item[at].value : NULL;
    child = set(l, old, path + used, value, depth + 1, why);
    c = child != NULL ? mf_node_copy(l, n) : NULL;
    if (c == NULL)
        return NULL;
    if (!index)
        return mf_node_put(l, c, path + from, length, child) ? c : NULL;
    if (at == c->count)
        c->item[c->count++] = (struct mf_pair){0};
    c->item[at].value = child;
    return c;
}

struct mf_node *mf_set(struct mf_load *l, struct mf_node *root, const char *path,
                       struct mf_node *value, const char **why)
{
    *why = NULL;
    if (*path == '\0') {
        *why = "the path is empty";
        return NULL;
    }
    return set(l, root, path, value, 0, why);
}

struct mf_node *mf_unset(struct mf_load *l, struct mf_node *root, const char *path,
                         const char **why)
{
    size_t used, from, length;
    struct mf_node *c, *child;
    bool index;
    uint32_t at;

    used = mf_path_step(path, &index, &from, &length);
    at = root == NULL || used == 0 || root->type != (index ? MF_SEQUENCE : MF_MAPPING) ? UINT32_MAX
         : index ? (uint32_t)strtoul(path + from, NULL, 10)
                 : mf_node_index(root, path + from, length);
    if (at == UINT32_MAX || at >= root->count || (path[used] == '\0' && index)) {
        *why = mf_scratch(l, "%s: there is no such field", path);
        return NULL;
    }
    child = path[used] != '\0' ? mf_unset(l, root->item[at].value, path + used, why) : NULL;
    c = child != NULL || path[used] == '\0' ? mf_node_copy(l, root) : NULL;
    if (c == NULL)
        return NULL;
    if (child != NULL)
        c->item[at].value = child;
    else
        memmove(&c->item[at], &c->item[at + 1], (--c->count - at) * sizeof(*c->item));
    return c;
}

bool mf_same(const struct mf_node *a, const struct mf_node *b)
{
    if (a->type != b->type || a->count != b->count)
        return false;
    if (a->type == MF_BOOL)
        return a->truth == b->truth;
    if (a->type == MF_INT)
        return a->number == b->number;
    if (a->type == MF_STRING || a->type == MF_FLOAT)
        return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct mf_pair *p = &a->item[i];
        uint32_t at = p->key != NULL ? mf_node_index(b, p->key->text, p->key->length) : i;

        if (at >= b->count || !mf_same(p->value, b->item[at].value))
            return false;
    }
    return true;
}

/* ---- what calls have changed since ----------------------------------------------------------- */

static struct mf_node *with_images(struct mf_load *l, struct mf_node *list,
                                   const struct pod_spec *pod)
{
    for (uint32_t i = 0; list->type == MF_SEQUENCE && i < list->count; i++) {
        const struct mf_node *c = list->item[i].value, *name, *image;

        if (c->type != MF_MAPPING)
            continue;
        name = mf_node_find(c, "name");
        image = mf_node_find(c, "image");
        for (uint32_t k = 0; name != NULL && image != NULL && k < pod->container_count; k++) {
            const struct pod_container_spec *s = &pod->container[k];
            struct mf_node *now;

            if (strcmp(s->name, name->text) != 0 || strcmp(s->image, image->text) == 0)
                continue;
            list = mf_node_copy(l, list);
            now = list != NULL ? mf_with(l, c, "image",
                                         mf_node_text(l, s->image, strlen(s->image))) : NULL;
            if (now == NULL)
                return NULL;
            list->item[i].value = now;
        }
    }
    return list;
}

static struct mf_node *at_path(struct mf_node *root, const char *const *path, uint32_t steps)
{
    struct mf_node *n = root;

    for (uint32_t i = 0; n != NULL && i < steps; i++)
        n = n->type == MF_MAPPING ? mf_node_find(n, path[i]) : NULL;
    return n;
}

/* Unless it stands there already: what is silent stays so. */
static struct mf_node *with_number(struct mf_load *l, struct mf_node *root, const char *path,
                                   int64_t is, int64_t now)
{
    struct mf_node *n = now >= 0 && now != is && root != NULL ? mf_node_new(l, MF_INT) : NULL;
    const char *why;

    if (now < 0 || now == is || root == NULL)
        return root;
    if (n == NULL)
        return NULL;
    n->number = now;
    return mf_set(l, root, path, n, &why);
}

static struct mf_node *with_suspension(struct mf_load *l, struct mf_node *root, bool now)
{
    static const char *const path[] = {"spec", "suspend"};
    const struct mf_node *is = at_path(root, path, 2);
    struct mf_node *n;
    const char *why;

    if (now == (is != NULL && is->type == MF_BOOL && is->truth))
        return root;
    n = mf_node_new(l, MF_BOOL);
    if (n == NULL)
        return NULL;
    n->truth = now;
    return mf_set(l, root, "spec.suspend", n, &why);
}

static struct mf_node *with_labels(struct mf_load *l, struct mf_node *root,
                                   const struct pod_labels *labels)
{
    struct mf_node *m = mf_node_new(l, MF_MAPPING);
    const char *why;

    for (uint32_t i = 0; m != NULL && i < labels->count; i++)
        m = mf_with(l, m, labels->pair[i].key,
                    mf_node_text(l, labels->pair[i].value, strlen(labels->pair[i].value)));
    return m != NULL ? mf_set(l, root, "metadata.labels", m, &why) : NULL;
}

static int64_t number_at(struct mf_node *root, const char *field, int64_t fallback)
{
    const char *path[] = {"spec", field};
    const struct mf_node *n = at_path(root, path, 2);

    return n != NULL && n->type == MF_INT ? n->number : fallback;
}

static struct mf_node *with_pod(struct mf_load *l, struct mf_node *root,
                                const struct manifest_base *b)
{
    static const char *const path[] = {"spec", "jobTemplate", "spec", "template", "spec"};
    static const char *const lists[] = {"containers", "initContainers"};
    const char *why, *prefix = b->bare        ? "spec"
                               : b->scheduled ? "spec.jobTemplate.spec.template.spec"
                                              : "spec.template.spec";

    for (size_t i = 0; root != NULL && i < RX_ARRAY_LEN(lists); i++) {
        struct mf_node *spec = b->bare        ? at_path(root, path, 1)
                               : b->scheduled ? at_path(root, path, 5)
                                              : at_path(root, path + 2, 3);
        struct mf_node *list = spec != NULL && spec->type == MF_MAPPING
                                   ? mf_node_find(spec, lists[i]) : NULL;
        struct mf_node *now = list != NULL ? with_images(l, list, b->pod) : NULL;

        if (list != NULL && now != list)
            root = now != NULL
                ? mf_set(l, root, mf_scratch(l, "%s.%s", prefix, lists[i]), now, &why) : NULL;
    }
    return root;
}

struct mf_node *mf_overlay(struct mf_load *l, struct mf_node *root, const struct manifest_base *b)
{
    if (b->pod != NULL)
        root = with_pod(l, root, b);
    if (root != NULL && b->labels != NULL)
        root = with_labels(l, root, b->labels);
    root = with_number(l, root, "spec.replicas", -1, b->replicas);
    if (root != NULL)
        root = with_number(l, root, "spec.parallelism", number_at(root, "parallelism", 1),
                           b->parallelism);
    return root != NULL && b->suspended >= 0 ? with_suspension(l, root, b->suspended > 0) : root;
}
