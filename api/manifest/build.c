/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.c - a document that is made field by field, and checked when it is loaded: as any other.
 *
 * The tree lives in an arena of the builder's, with what has been replaced in it: a builder is
 * short-lived.
 */
#include "api/manifest/document.h"

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

#include <stdio.h>
#include <string.h>

static struct mf_load load_of(struct manifest_builder *b, struct manifest_set *set)
{
    return (struct mf_load){.set = set, .scratch = b->arena, .file = "value"};
}

/* "Deployment", or "apps/v1/Deployment" for what is not listed. */
static bool split(const char *kind, char version[64], const char **name)
{
    static const struct rx_pair known[] = {
        {"Pod", "v1"},
        {"ReplicationController", "v1"},
        {"ConfigMap", "v1"},
        {"Secret", "v1"},
        {"Service", "v1"},
        {"PersistentVolumeClaim", "v1"},
        {"Deployment", "apps/v1"},
        {"ReplicaSet", "apps/v1"},
        {"StatefulSet", "apps/v1"},
        {"DaemonSet", "apps/v1"},
        {"Job", "batch/v1"},
        {"Behavior", "podring.dev/v1"},
    };
    const char *slash = strrchr(kind, '/');

    *name = kind;
    if (slash != NULL) {
        *name = slash + 1;
        return snprintf(version, 64, "%.*s", (int)(slash - kind), kind) < 64 && slash[1] != '\0';
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++) {
        if (strcmp(known[i].key, kind) == 0)
            return snprintf(version, 64, "%s", known[i].value) < 64;
    }
    return false;
}

static struct mf_node *begin(struct mf_load *l, const char *version, const char *kind,
                             const char *ns, const char *name)
{
    struct mf_node *meta = mf_with(l, NULL, "name", mf_node_text(l, name, strlen(name))), *root;

    if (meta != NULL && ns != NULL)
        meta = mf_with(l, meta, "namespace", mf_node_text(l, ns, strlen(ns)));
    root = mf_with(l, NULL, "apiVersion", mf_node_text(l, version, strlen(version)));
    if (root != NULL)
        root = mf_with(l, root, "kind", mf_node_text(l, kind, strlen(kind)));
    return root != NULL ? mf_with(l, root, "metadata", meta) : NULL;
}

int manifest_build_begin(struct manifest_builder *b, const struct rx_mem *mem, const char *kind,
                         const char *ns, const char *name)
{
    char version[64];
    struct mf_load l;

    *b = (struct manifest_builder){0};
    rx_arena_init(&b->arena, mem);
    if (!split(kind, version, &kind))
        return -RX_EINVALID;
    l = load_of(b, NULL);
    b->root = begin(&l, version, kind, ns, name);
    b->arena = l.scratch;
    if (b->root != NULL)
        return 0;
    manifest_build_end(b);
    return -RX_ENOMEM;
}

void manifest_build_end(struct manifest_builder *b)
{
    rx_arena_fini(&b->arena);
    b->root = NULL;
}

/* One value, whatever it is. NULL: said in `why`, or no memory. */
static struct mf_node *read_value(struct mf_load *l, const char *value, char *why, size_t room)
{
    struct mf_docs docs;

    mf_docs_read(l, value, strlen(value), &docs);
    if (l->no_memory)
        return NULL;
    if (l->set->diagnostics.count > 0)
        snprintf(why, room, "%s", l->set->diagnostics.item[0].text);
    else if (docs.count != 1)
        snprintf(why, room, "expected one value");
    else
        return mf_places_at(docs.root[0], 0), docs.root[0];
    return NULL;
}

static struct mf_node *value_of(struct mf_load *l, const char *value, bool is_text, char *why,
                                size_t room)
{
    if (value == NULL)
        return mf_node_new(l, MF_NULL);
    if (is_text)
        return mf_node_text(l, value, strlen(value));
    return read_value(l, value, why, room);
}

int manifest_build_set(struct manifest_builder *b, const struct rx_mem *mem, const char *path,
                       const char *value, bool is_text, char *why, size_t room)
{
    struct manifest_set set;
    struct mf_node *node, *root = NULL;
    const char *problem = NULL;
    uint64_t refused = mem->state->refused;
    struct mf_load l;

    why[0] = '\0';
    manifest_init(&set, mem);
    l = load_of(b, &set);
    node = value_of(&l, value, is_text, why, room);
    if (node != NULL)
        root = mf_set(&l, b->root, path, node, &problem);
    if (problem != NULL)
        snprintf(why, room, "%s", problem);
    b->arena = l.scratch;
    l.no_memory |= mem->state->refused != refused;
    if (root != NULL && !l.no_memory)
        b->root = root;
    manifest_fini(&set);
    return l.no_memory ? -RX_ENOMEM : root != NULL ? 0 : -RX_EINVALID;
}

int manifest_compose(const struct rx_mem *mem, const struct manifest_base *base, const char *text,
                     const struct rx_pair *set, uint32_t sets, struct rx_text *out)
{
    struct manifest_builder b = {0};
    struct manifest_set scratch;
    uint64_t refused = mem->state->refused;
    struct mf_load l;
    struct mf_node *root;
    const char *problem;
    char why[256];

    rx_arena_init(&b.arena, mem);
    manifest_init(&scratch, mem);
    l = load_of(&b, &scratch);
    root = read_value(&l, text, why, sizeof(why));
    root = root != NULL ? mf_overlay(&l, root, base) : NULL;
    for (uint32_t i = 0; root != NULL && i < sets; i++) {
        struct mf_node *value = read_value(&l, set[i].value, why, sizeof(why));
        struct mf_node *now = value != NULL ? mf_set(&l, root, set[i].key, value, &problem) : NULL;

        /* What nobody reads, such as a status, may be of any type, and then stays as it is. */
        root = now != NULL || value == NULL || problem == NULL ? now : root;
    }
    if (root != NULL)
        mf_write_json(out, root);
    RX_ASSERT(root != NULL || l.no_memory || mem->state->refused != refused);
    rx_arena_fini(&l.scratch);
    manifest_fini(&scratch);
    return root != NULL && mem->state->refused == refused ? 0 : -RX_ENOMEM;
}
