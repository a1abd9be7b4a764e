/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node.c - Node documents (pkg/apis/core/validation: ValidateNode): labels, taints, and what the
 * node has. A node that says nothing of that takes whatever comes.
 */
#include "api/manifest/parts.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/store/rule_request.h"

static void taint_read(struct mf_load *l, const struct mf_at *at, struct st_taint *out)
{
    struct mf_at key = mf_field(at, "key"), value = mf_field(at, "value"),
                 effect = mf_field(at, "effect");

    *out = (struct st_taint){.key = "", .value = ""};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_TAINT);
    out->key = mf_string_at(l, &key, "");
    mf_shape_check(l, &key, MF_LABEL_KEY, out->key);
    out->value = mf_string_at(l, &value, "");
    if (*out->value)
        mf_shape_check(l, &value, MF_LABEL_VALUE, out->value);
    if (!effect.node || (effect.node->type == MF_STRING && effect.node->length == 0))
        mf_required(l, &effect, "");
    else
        out->effect = (enum st_taint_effect)mf_choice(l, at, "effect", MF_TAINT_EFFECTS, 0);
}

static void taints_read(struct mf_load *l, const struct mf_at *spec, struct st_node_spec *out)
{
    struct mf_at list = mf_field(spec, "taints");
    struct st_taint *t = mf_array(l, mf_count(l, &list), sizeof(*t), &out->taint_count);

    for (uint32_t i = 0; i < out->taint_count; i++) {
        struct mf_at item = mf_item(&list, i);

        taint_read(l, &item, &t[i]);
        for (uint32_t k = 0; k < i; k++)
            if (*t[i].key && strcmp(t[k].key, t[i].key) == 0 && t[k].effect == t[i].effect)
                mf_duplicate(l, &item, mf_json(l, item.node));
    }
    out->taint = t;
}

/* The amounts of a list, checked; NULL: there is no such list. */
static const struct pod_labels *amounts_read(struct mf_load *l, const struct mf_at *status,
                                             const char *name, struct pod_labels *list)
{
    struct mf_at at = mf_field(status, name);

    if (!at.node || !mf_is_object(l, &at))
        return NULL;
    *list = mf_amounts_read(l, &at);
    return list;
}

static void address_read(struct mf_load *l, const struct mf_at *status, struct st_node_spec *out)
{
    struct mf_at list = mf_field(status, "addresses");

    for (uint32_t i = 0, count = mf_count(l, &list); i < count; i++) {
        struct mf_at item = mf_item(&list, i), address = mf_field(&item, "address");

        if (mf_is_object(l, &item) && out->address == NULL &&
            strcmp(mf_string(l, &item, "type", ""), "InternalIP") == 0)
            out->address = mf_string_at(l, &address, NULL);
    }
}

static void status_read(struct mf_load *l, const struct mf_at *root, struct st_node_spec *out)
{
    struct mf_at status = mf_field(root, "status");
    struct pod_labels capacity_list = {0}, free_list = {0};
    const struct pod_labels *capacity, *given;
    struct pod_amounts has;
    int64_t pods;

    if (!mf_is_object(l, &status))
        return;
    capacity = amounts_read(l, &status, "capacity", &capacity_list);
    given = amounts_read(l, &status, "allocatable", &free_list);
    address_read(l, &status, out);
    if (given == NULL)
        given = capacity;
    if (given == NULL)
        return;
    out->limited = true;
    mf_amounts_count(l, given, &out->allocatable);
    pods = st_amount_named(out->allocatable.other_count, out->allocatable.other, "pods");
    out->pods = mf_amount_text(given, "pods") == NULL ? ST_NODE_PODS
                                                      : (uint32_t)RX_MIN(pods, UINT32_MAX);
    mf_amounts_count(l, capacity != NULL ? capacity : given, &has);
    out->cpus = (int32_t)RX_MIN(has.cpu_milli / 1000 + (has.cpu_milli % 1000 > 0), INT32_MAX);
    out->memory = has.memory;
}

void mf_node_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), spec = mf_field(&root, "spec");
    struct manifest_nodes *all = &l->set->nodes;
    struct st_node_spec out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    if (spec.node && mf_is_object(l, &spec)) {
        mf_fields_check(l, &spec, MF_FIELDS_NODE);
        taints_read(l, &spec, &out);
        out.unschedulable = mf_bool(l, &spec, "unschedulable", false);
    }
    status_read(l, &root, &out);
    if (!*meta.name)
        return;
    out.name = meta.name;
    out.labels = meta.labels;
    out.annotations = meta.annotations;
    if (mf_name_taken(l->set, l->set->applied, ST_NODE, 0, "", meta.name)) {
        mf_duplicate(l, &name, meta.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){"", meta.name, all->count - 1, ST_NODE, 0});
}
