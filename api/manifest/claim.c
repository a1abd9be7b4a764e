/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim.c - PersistentVolumeClaims, PersistentVolumes and StorageClasses (pkg/apis/core/validation:
 * ValidatePersistentVolumeClaim, ValidatePersistentVolume; pkg/apis/storage). What is behind a
 * volume is accepted unread.
 */
#include "api/manifest/parts.h"

#include <string.h>

static const char modes[] = "ReadOnlyMany ReadWriteMany ReadWriteOnce ReadWriteOncePod";

static void modes_check(struct mf_load *l, const struct mf_at *spec)
{
    struct mf_at at = mf_field(spec, "accessModes");
    uint32_t count;
    const char *const *mode = mf_strings(l, spec, "accessModes", &count);

    if (mf_count(l, &at) == 0)
        mf_required(l, &at, "at least 1 access mode is required");
    for (uint32_t i = 0; i < count; i++)
        if (!mf_word_in(modes, mode[i], strlen(mode[i])))
            mf_unsupported(l, &at, mode[i], modes);
}

/* Those that are none have been refused. */
static uint8_t modes_of(struct mf_load *l, const struct mf_at *spec)
{
    uint32_t count;
    const char *const *mode = mf_strings(l, spec, "accessModes", &count);
    uint8_t set = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(mode[i], "ReadWriteOncePod") == 0)
            set |= ST_ACCESS_RWOP;
        else if (strcmp(mode[i], "ReadWriteOnce") == 0)
            set |= ST_ACCESS_RWO;
        else
            set |= strcmp(mode[i], "ReadOnlyMany") == 0 ? ST_ACCESS_ROX : ST_ACCESS_RWX;
    }
    return set;
}

static struct st_quantity size_read(struct mf_load *l, const struct mf_at *list)
{
    struct mf_at at = mf_field(list, "storage");
    struct st_quantity q = {0};
    const char *text = at.node != NULL ? mf_quantity_read(l, &at) : NULL;

    if (text != NULL)
        st_quantity_parse(text, strlen(text), &q);
    return q;
}

void mf_claim_spec_read(struct mf_load *l, const struct mf_at *spec, struct st_claim_spec *out)
{
    struct mf_at selector = mf_field(spec, "selector"), class_ = mf_field(spec, "storageClassName"),
                 mode = mf_field(spec, "volumeMode"), resources = mf_field(spec, "resources"),
                 requests = mf_field(&resources, "requests");

    *out = (struct st_claim_spec){
        .class_name = mf_string(l, spec, "storageClassName", NULL),
        .volume = mf_string(l, spec, "volumeName", NULL),
        .modes = modes_of(l, spec),
        .block = mode.node != NULL && strcmp(mf_string_at(l, &mode, ""), "Block") == 0,
        .size = size_read(l, &requests),
    };
    if (class_.node != NULL && class_.node->type == MF_STRING && class_.node->length == 0)
        out->class_name = "";
    if (out->volume != NULL && out->volume[0] == '\0')
        out->volume = NULL;
    if (selector.node != NULL)
        out->selector = mf_selector_read(l, &selector);
}

void mf_claim_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), spec = mf_field(&root, "spec"),
                 resources = mf_field(&spec, "resources"),
                 requests = mf_field(&resources, "requests"),
                 storage = mf_field(&requests, "storage");
    struct manifest_claims *all = &l->set->claims;
    uint32_t one;
    struct st_claim_spec *asks = mf_array(l, 1, sizeof(*asks), &one);
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
    if (one > 0)
        mf_claim_spec_read(l, &spec, asks);
    if (!*meta.name || one == 0)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_CLAIM, 0, meta.ns, meta.name)) {
        mf_duplicate(l, &name, meta.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = (struct manifest_claim){meta.ns, meta.name, asks};
    mf_object_add(l, &(struct manifest_object){meta.ns, meta.name, all->count - 1, ST_CLAIM, 0});
}

/* ---- PersistentVolumes ----------------------------------------------------------------------- */

static void reserved_read(struct mf_load *l, const struct mf_at *spec, struct st_volume_spec *out)
{
    struct mf_at ref = mf_field(spec, "claimRef");

    if (!mf_is_object(l, &ref))
        return;
    mf_fields_check(l, &ref, MF_FIELDS_VOLUME_CLAIM_REF);
    out->claim = mf_string(l, &ref, "name", NULL);
    out->claim_ns = mf_string(l, &ref, "namespace", "default");
}

static void volume_check(struct mf_load *l, const struct mf_at *spec, const struct mf_at *storage,
                         const struct st_volume_spec *v)
{
    modes_check(l, spec);
    if (storage->node == NULL) {
        struct mf_at at = {.up = spec, .name = "capacity"};

        mf_required(l, &at, "");
    } else if (v->size.nano <= 0) {
        mf_invalid(l, storage, "must be greater than zero");
    }
    if ((v->modes & ST_ACCESS_RWOP) != 0 && v->modes != ST_ACCESS_RWOP) {
        struct mf_at at = mf_field(spec, "accessModes");

        mf_forbidden(l, &at, "may not use ReadWriteOncePod with other access modes");
    }
}

static void volume_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), spec = mf_field(&root, "spec"),
                 capacity = mf_field(&spec, "capacity"), storage = mf_field(&capacity, "storage");
    struct manifest_volumes *all = &l->set->volumes;
    struct st_volume_spec out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    if (mf_is_object(l, &spec))
        mf_fields_check(l, &spec, MF_FIELDS_VOLUME_OBJECT);
    out.name = meta.name;
    out.labels = meta.labels;
    out.class_name = mf_string(l, &spec, "storageClassName", "");
    out.modes = modes_of(l, &spec);
    out.block = mf_choice(l, &spec, "volumeMode", "Block Filesystem", 1) == 0;
    out.deletes =
        mf_choice(l, &spec, "persistentVolumeReclaimPolicy", "Delete Recycle Retain", 2) == 0;
    out.size = size_read(l, &capacity);
    reserved_read(l, &spec, &out);
    volume_check(l, &spec, &storage, &out);
    if (!*meta.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_VOLUME, 0, "", meta.name)) {
        mf_duplicate(l, &name, meta.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){"", meta.name, all->count - 1, ST_VOLUME, 0});
}

/* ---- StorageClasses -------------------------------------------------------------------------- */

static bool is_true(const struct pod_labels *annotations, const char *key)
{
    const char *value = st_label(annotations, key);

    return value != NULL && strcmp(value, "true") == 0;
}

static void class_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), provisioner = mf_field(&root, "provisioner");
    struct manifest_classes *all = &l->set->classes;
    struct st_class_spec out;
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_STORAGE_CLASS);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    out = (struct st_class_spec){
        .name = meta.name,
        .provisioner = mf_string_at(l, &provisioner, ""),
        .is_default =
            is_true(&meta.annotations, "storageclass.kubernetes.io/is-default-class") ||
            is_true(&meta.annotations, "storageclass.beta.kubernetes.io/is-default-class"),
        .deletes = mf_choice(l, &root, "reclaimPolicy", "Delete Retain", 0) == 0,
        .waits = mf_choice(l, &root, "volumeBindingMode", "Immediate WaitForFirstConsumer", 0) == 1,
    };
    if (out.provisioner[0] == '\0')
        mf_required(l, &provisioner, "");
    if (!*meta.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_STORAGE_CLASS, 0, "", meta.name)) {
        mf_duplicate(l, &name, meta.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){"", meta.name, all->count - 1, ST_STORAGE_CLASS, 0});
}

bool mf_storage_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                     const char *kind)
{
    bool volume = strcmp(kind, "PersistentVolume") == 0 && strchr(version, '/') == NULL;
    const char *must = volume ? "v1" : "storage.k8s.io/v1";

    if (!volume && (strcmp(kind, "StorageClass") != 0 ||
                    strncmp(version, "storage.k8s.io/", strlen("storage.k8s.io/")) != 0))
        return false;
    if (strcmp(version, must) != 0)
        mf_say_at(l, MANIFEST_ERROR, doc->line, doc->column,
                  "no matches for kind \"%s\" in version \"%s\": must be %s", kind, version, must);
    else if (volume)
        volume_read(l, doc);
    else
        class_read(l, doc);
    return true;
}
