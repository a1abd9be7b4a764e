/* SPDX-License-Identifier: Apache-2.0 */
/*
 * priority.c - PriorityClass documents (pkg/apis/scheduling/validation).
 */
#include "api/manifest/parts.h"

#include <string.h>

enum { PRIORITY_USER_MAX = 1000000000 };

void mf_priority_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), value = mf_field(&root, "value");
    struct manifest_priorities *all = &l->set->priorities;
    struct st_priority_class out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_PRIORITY);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    out.name = meta.name;
    out.value = mf_int32(l, &root, "value", 0);
    out.global_default = mf_bool(l, &root, "globalDefault", false);
    out.never_preempts =
        mf_choice(l, &root, "preemptionPolicy", "PreemptLowerPriority Never", 0) == 1;
    if (strncmp(meta.name, "system-", strlen("system-")) == 0)
        mf_forbidden(l, &name, "priority class names with 'system-' prefix are reserved for system "
                               "use only");
    else if (out.value > PRIORITY_USER_MAX)
        mf_forbidden(l, &value, mf_scratch(l, "maximum allowed value of a user defined priority is "
                                              "%d", PRIORITY_USER_MAX));
    if (!*meta.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_PRIORITY_CLASS, 0, "", meta.name)) {
        mf_duplicate(l, &name, meta.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(
        l, &(struct manifest_object){"", meta.name, all->count - 1, ST_PRIORITY_CLASS, 0});
}
