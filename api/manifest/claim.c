/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim.c - PersistentVolumeClaim documents, as far as their names go (pkg/apis/core/validation:
 * ValidatePersistentVolumeClaim). Classes, sizes and the volumes behind them are accepted unread: a
 * claim is bound as soon as it is there.
 */
#include "api/manifest/parts.h"
#include <string.h>

static void modes_check(struct mf_load *l, const struct mf_at *spec)
{
    static const char modes[] = "ReadOnlyMany ReadWriteMany ReadWriteOnce ReadWriteOncePod";
    struct mf_at at = mf_field(spec, "accessModes");
    uint32_t count;
    const char *const *mode = mf_strings(l, spec, "accessModes", &count);

    if (mf_count(l, &at) == 0)
        mf_required(l, &at, "at least 1 access mode is required");
    for (uint32_t i = 0; i < count; i++)
        if (!mf_word_in(modes, mode[i], strlen(mode[i])))
            mf_unsupported(l, &at, mode[i], modes);
}

void mf_claim_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), spec = mf_field(&root, "spec"),
                 resources = mf_field(&spec, "resources"),
                 requests = mf_field(&resources, "requests"),
                 storage = mf_field(&requests, "storage");
    struct manifest_claims *all = &l->set->claims;
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    if (mf_is_object(l, &spec))
        mf_fields_check(l, &spec, MF_FIELDS_CLAIM);
    modes_check(l, &spec);
    if (!storage.node) {
        struct mf_at at = {.up = &spec, .name = "resources[storage]"};

        mf_required(l, &at, "");
    }
    if (!*meta.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_CLAIM, 0, meta.ns, meta.name)) {
        mf_duplicate(l, &name, meta.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = (struct manifest_claim){meta.ns, meta.name};
    mf_object_add(l, &(struct manifest_object){meta.ns, meta.name, all->count - 1, ST_CLAIM, 0});
}
