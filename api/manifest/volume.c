/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volume.c - volumes, what is projected into them, and their mounts (pkg/apis/core/validation:
 * ValidateVolumes, validateProjectionSources, ValidateVolumeMounts).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

static void volume_read(struct mf_load *l, const struct mf_at *at, struct pod_volume_spec *out);
static void volume_source_read(struct mf_load *l, const struct mf_at *source,
                               struct pod_volume_spec *out);
static void config_volume_read(struct mf_load *l, const struct mf_at *source, bool secret,
                               struct pod_volume_spec *out);
static void downward_volume_read(struct mf_load *l, const struct mf_at *source,
                                 struct pod_volume_spec *out);
static void projected_volume_read(struct mf_load *l, const struct mf_at *source,
                                  struct pod_volume_spec *out);
static bool projection_read(struct mf_load *l, const struct mf_at *at,
                            struct pod_projection_spec *out);
static void config_read(struct mf_load *l, const struct mf_at *at, const char *name_field,
                        struct pod_projection_spec *out);
static void downward_read(struct mf_load *l, const struct mf_at *at,
                          struct pod_projection_spec *out);
static void downward_file_read(struct mf_load *l, const struct mf_at *source,
                               const struct mf_at *item, struct pod_key_path *out);
static void token_read(struct mf_load *l, const struct mf_at *at, struct pod_projection_spec *out);
static const char *path_read(struct mf_load *l, const struct mf_at *up);
static void paths_check(struct mf_load *l, const struct mf_at *source,
                        const struct pod_volume_spec *v);
static bool mode_read(struct mf_load *l, const struct mf_at *up, const char *field, bool fallback);
static bool host_is_file(struct mf_load *l, const struct mf_at *source);
static void mount_read(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                       struct pod_mount_spec *out);
static const struct pod_volume_spec *volume_find(const struct pod_volume_spec *v, uint32_t count,
                                                 const char *name);

void mf_volumes_read(struct mf_load *l, const struct mf_at *spec, const struct mf_at *claims,
                     struct pod_spec *out)
{
    struct mf_at volumes = mf_field(spec, "volumes");
    uint32_t own = mf_count(l, &volumes), claimed = claims ? mf_count(l, claims) : 0;
    struct pod_volume_spec *v = mf_array(l, own + claimed, sizeof(*v), &out->volume_count);

    if (v == NULL)
        return;
    for (uint32_t i = 0; i < own; i++) {
        struct mf_at item = mf_item(&volumes, i), name = mf_field(&item, "name");

        volume_read(l, &item, &v[i]);
        if (*v[i].name && volume_find(v, i, v[i].name))
            mf_duplicate(l, &name, v[i].name);
    }
    out->volume_count = own;
    /* A claim takes the place of a volume of the same name, as the StatefulSet controller does it.
     */
    for (uint32_t i = 0; i < claimed; i++) {
        struct mf_at item = mf_item(claims, i), meta = mf_field(&item, "metadata"),
                     name = mf_field(&meta, "name"), of = mf_field(&item, "spec");
        const struct pod_volume_spec *same;
        const char *text;

        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_CLAIM_TEMPLATE);
        if (mf_is_object(l, &of))
            mf_fields_check(l, &of, MF_FIELDS_CLAIM);
        text = mf_needed(l, &name);
        if (!*text)
            continue;
        mf_shape_check(l, &name, MF_DNS_LABEL, text);
        same = volume_find(v, out->volume_count, text);
        v[same ? same - v : out->volume_count++] =
            (struct pod_volume_spec){
                .name = text, .kind = POD_VOLUME_CLAIM, .source = text, .templated = true};
    }
    out->volume = v;
}

static void volume_read(struct mf_load *l, const struct mf_at *at, struct pod_volume_spec *out)
{
    struct mf_at name = mf_field(at, "name");
    uint32_t sources = 0;

    *out = (struct pod_volume_spec){.name = "", .kind = POD_VOLUME_EMPTY_DIR, .size_limit = -1};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_VOLUME);
    out->name = mf_needed(l, &name);
    if (*out->name)
        mf_shape_check(l, &name, MF_DNS_LABEL, out->name);
    /* Without any source it is an emptyDir (SetDefaults_Volume). */
    for (uint32_t i = 0; i < at->node->count; i++) {
        const struct mf_pair *p = &at->node->item[i];
        struct mf_at source = {.up = at, .name = p->key->text, .node = p->value};

        if (strcmp(p->key->text, "name") == 0 || p->value->type == MF_NULL ||
            !mf_is_object(l, &source))
            continue;
        if (sources++)
            mf_forbidden(l, &source, "may not specify more than 1 volume type");
        else
            volume_source_read(l, &source, out);
    }
}

static void volume_source_read(struct mf_load *l, const struct mf_at *source,
                               struct pod_volume_spec *out)
{
    const char *type = source->name;
    struct mf_at name;

    out->kind = POD_VOLUME_OTHER;
    if (strcmp(type, "configMap") == 0) {
        config_volume_read(l, source, false, out);
    } else if (strcmp(type, "secret") == 0) {
        config_volume_read(l, source, true, out);
    } else if (strcmp(type, "projected") == 0) {
        projected_volume_read(l, source, out);
    } else if (strcmp(type, "downwardAPI") == 0) {
        downward_volume_read(l, source, out);
    } else if (strcmp(type, "emptyDir") == 0) {
        struct mf_at size = mf_field(source, "sizeLimit");

        mf_fields_check(l, source, MF_FIELDS_EMPTY_DIR);
        /* "Memory" or huge pages, which are no less volatile. */
        out->medium = mf_string(l, source, "medium", "");
        out->kind = *out->medium ? POD_VOLUME_EMPTY_DIR_MEMORY : POD_VOLUME_EMPTY_DIR;
        out->size_text = mf_quantity_read(l, &size);
        if (out->size_text && *out->size_text == '-')
            mf_invalid(l, &size, "SizeLimit field must be a valid resource quantity");
        if (out->size_text && *out->size_text != '-')
            out->size_limit = mf_bytes_of(out->size_text);
    } else if (strcmp(type, "persistentVolumeClaim") == 0) {
        out->kind = POD_VOLUME_CLAIM;
        mf_fields_check(l, source, MF_FIELDS_CLAIM_VOLUME);
        name = mf_field(source, "claimName");
        out->source = mf_needed(l, &name);
        out->read_only = mf_bool(l, source, "readOnly", false);
    } else if (strcmp(type, "hostPath") == 0) {
        out->kind = POD_VOLUME_HOST_PATH;
        mf_fields_check(l, source, MF_FIELDS_HOST_PATH);
        name = mf_field(source, "path");
        out->source = mf_needed(l, &name);
        out->host_type = mf_string(l, source, "type", NULL);
        out->file = host_is_file(l, source);
    }
}

/* ---- what is projected ---------------------------------------------------------------------- */

static void config_volume_read(struct mf_load *l, const struct mf_at *source, bool secret,
                               struct pod_volume_spec *out)
{
    struct pod_projection_spec *p = mf_array(l, 1, sizeof(*p), &out->projection_count);

    out->kind = secret ? POD_VOLUME_SECRET : POD_VOLUME_CONFIG_MAP;
    if (p == NULL)
        return;
    mf_fields_check(l, source, secret ? MF_FIELDS_SECRET_VOLUME : MF_FIELDS_CONFIG_MAP_VOLUME);
    p->kind = secret ? POD_PROJECT_SECRET : POD_PROJECT_CONFIG_MAP;
    p->executable = mode_read(l, source, "defaultMode", false);
    config_read(l, source, secret ? "secretName" : "name", p);
    out->projection = p;
    out->source = p->source;
    out->optional = p->optional;
}

static void downward_volume_read(struct mf_load *l, const struct mf_at *source,
                                 struct pod_volume_spec *out)
{
    struct pod_projection_spec *p = mf_array(l, 1, sizeof(*p), &out->projection_count);

    out->kind = POD_VOLUME_PROJECTED;
    if (p == NULL)
        return;
    mf_fields_check(l, source, MF_FIELDS_DOWNWARD_VOLUME);
    p->executable = mode_read(l, source, "defaultMode", false);
    downward_read(l, source, p);
    out->projection = p;
    out->downward = true;
}

static void projected_volume_read(struct mf_load *l, const struct mf_at *source,
                                  struct pod_volume_spec *out)
{
    struct mf_at sources = mf_field(source, "sources");
    bool executable;
    uint32_t count;
    struct pod_projection_spec *p = mf_array(l, mf_count(l, &sources), sizeof(*p), &count);

    mf_fields_check(l, source, MF_FIELDS_PROJECTED);
    executable = mode_read(l, source, "defaultMode", false);
    out->kind = POD_VOLUME_PROJECTED;
    for (uint32_t i = 0; i < count; i++) {
        struct mf_at item = mf_item(&sources, i);

        p[out->projection_count].executable = executable;
        if (mf_is_object(l, &item))
            out->projection_count += projection_read(l, &item, &p[out->projection_count]);
    }
    out->projection = p;
    paths_check(l, source, out);
}

/* False for what is not simulated: trust bundles, pod certificates. */
static bool projection_read(struct mf_load *l, const struct mf_at *at,
                            struct pod_projection_spec *out)
{
    struct mf_at config = mf_field(at, "configMap"), secret = mf_field(at, "secret"),
                 downward = mf_field(at, "downwardAPI"),
                 token = mf_field(at, "serviceAccountToken");
    const struct mf_at *ref = config.node ? &config : &secret;
    int sources = !!config.node + !!secret.node + !!downward.node + !!token.node;

    mf_fields_check(l, at, MF_FIELDS_PROJECTION);
    if (sources > 1)
        mf_forbidden(l, at, "may not specify more than 1 volume type per source");
    if (mf_is_object(l, ref)) {
        mf_fields_check(l, ref, MF_FIELDS_CONFIG_PROJECTION);
        out->kind = ref == &secret ? POD_PROJECT_SECRET : POD_PROJECT_CONFIG_MAP;
        config_read(l, ref, "name", out);
    } else if (mf_is_object(l, &downward)) {
        mf_fields_check(l, &downward, MF_FIELDS_DOWNWARD_PROJECTION);
        downward_read(l, &downward, out);
    } else if (mf_is_object(l, &token)) {
        token_read(l, &token, out);
    } else {
        return false;
    }
    return true;
}

static void config_read(struct mf_load *l, const struct mf_at *at, const char *name_field,
                        struct pod_projection_spec *out)
{
    struct mf_at name = mf_field(at, name_field), items = mf_field(at, "items");
    struct pod_key_path *item = mf_array(l, mf_count(l, &items), sizeof(*item), &out->item_count);

    out->source = mf_needed(l, &name);
    out->optional = mf_bool(l, at, "optional", false);
    for (uint32_t i = 0; i < out->item_count; i++) {
        struct mf_at entry = mf_item(&items, i), key = mf_field(&entry, "key");

        item[i] = (struct pod_key_path){.key = "", .path = ""};
        if (!mf_is_object(l, &entry))
            continue;
        mf_fields_check(l, &entry, MF_FIELDS_KEY_TO_PATH);
        item[i].key = mf_needed(l, &key);
        item[i].path = path_read(l, &entry);
        item[i].executable = mode_read(l, &entry, "mode", out->executable);
    }
    out->item = item;
}

static void downward_read(struct mf_load *l, const struct mf_at *at,
                          struct pod_projection_spec *out)
{
    struct mf_at items = mf_field(at, "items");
    struct pod_key_path *item = mf_array(l, mf_count(l, &items), sizeof(*item), &out->item_count);

    out->kind = POD_PROJECT_DOWNWARD;
    for (uint32_t i = 0; i < out->item_count; i++) {
        struct mf_at entry = mf_item(&items, i);

        item[i] = (struct pod_key_path){.path = "", .executable = out->executable};
        if (mf_is_object(l, &entry))
            downward_file_read(l, at, &entry, &item[i]);
    }
    out->item = item;
}

/* The API server leaves "items[n]" out of these paths. */
static void downward_file_read(struct mf_load *l, const struct mf_at *source,
                               const struct mf_at *item, struct pod_key_path *out)
{
    struct mf_at at = {
        .up = source->up, .name = source->name, .index = source->index, .node = item->node};
    struct mf_at field = mf_field(&at, "fieldRef"), resource = mf_field(&at, "resourceFieldRef"),
                 name = mf_field(&resource, "resource");

    mf_fields_check(l, item, MF_FIELDS_DOWNWARD_FILE);
    out->path = path_read(l, &at);
    out->executable = mode_read(l, &at, "mode", out->executable);
    if (field.node && resource.node)
        mf_invalid_text(l, &at, "resource",
                        "fieldRef and resourceFieldRef can not be specified simultaneously");
    if (mf_is_object(l, &field)) {
        mf_fields_check(l, &field, MF_FIELDS_FIELD_REF);
        out->key = mf_field_path_read(l, &field,
                                      "metadata.annotations metadata.labels metadata.name "
                                      "metadata.namespace metadata.uid");
    } else if (mf_is_object(l, &resource)) {
        mf_fields_check(l, &resource, MF_FIELDS_RESOURCE_FIELD_REF);
        mf_needed(l, &name);
        out->container = mf_string(l, &resource, "containerName", "");
        out->resource = mf_string(l, &resource, "resource", "");
        out->divisor_milli = mf_divisor_read(l, &resource);
    } else if (!field.node && !resource.node) {
        mf_required(l, &at, "one of fieldRef and resourceFieldRef is required");
    }
}

static void token_read(struct mf_load *l, const struct mf_at *at, struct pod_projection_spec *out)
{
    struct mf_at expires = mf_field(at, "expirationSeconds");
    struct pod_key_path *item = mf_array(l, 1, sizeof(*item), &out->item_count);
    int64_t s = 3600;
    const char *seconds;

    out->kind = POD_PROJECT_TOKEN;
    mf_fields_check(l, at, MF_FIELDS_TOKEN_PROJECTION);
    if (mf_integer_at(l, &expires, "int64", &s)) {
        if (s < 600)
            mf_invalid(l, &expires, "may not specify a duration less than 10 minutes");
        if (s > (int64_t)1 << 32)
            mf_invalid(l, &expires, "may not specify a duration larger than 2^32 seconds");
    }
    if (item == NULL)
        return;
    seconds = mf_scratch(l, "%lld", (long long)s);
    item->path = path_read(l, at);
    item->amount = mf_keep(l, seconds, strlen(seconds));
    out->item = item;
}

/* A relative path that stays below where it starts (validateLocalDescendingPath). */
static bool descends(struct mf_load *l, const struct mf_at *at, const char *path)
{
    bool back = false;

    if (path[0] == '/')
        mf_invalid(l, at, "must be a relative path");
    for (const char *part = path; *part;) {
        size_t n = strcspn(part, "/");

        back = back || (n == 2 && part[0] == '.' && part[1] == '.');
        part += n + (part[n] == '/');
    }
    if (back)
        mf_invalid(l, at, "must not contain '..'");
    return !back;
}

/* The same, and out of the way of the kubelet's own names. */
static const char *path_read(struct mf_load *l, const struct mf_at *up)
{
    struct mf_at at = mf_field(up, "path");
    const char *path = mf_needed(l, &at);

    if (!descends(l, &at, path))
        return path;
    if (path[0] == '.' && path[1] == '.')
        mf_invalid(l, &at, "must not start with '..'");
    return path;
}

/* Only paths that are spelled out can be told to collide; keys of a ConfigMap are known later, and
 * there the later source wins. Quadratic, over the few files of a volume. */
static void paths_check(struct mf_load *l, const struct mf_at *source,
                        const struct pod_volume_spec *v)
{
    const struct pod_projection_spec *p = v->projection;

    for (uint32_t i = 0; i < v->projection_count; i++)
        for (uint32_t k = 0; k < p[i].item_count; k++) {
            bool taken = false;

            for (uint32_t m = 0; m <= i && !taken; m++)
                for (uint32_t n = 0; n < (m < i ? p[m].item_count : k) && !taken; n++)
                    taken = *p[m].item[n].path && strcmp(p[m].item[n].path, p[i].item[k].path) == 0;
            if (taken)
                mf_invalid_text(l, source, p[i].source ? p[i].source : p[i].item[k].path,
                                "conflicting duplicate paths");
        }
}

/* Of a mode only this is simulated: may the file be executed? */
static bool mode_read(struct mf_load *l, const struct mf_at *up, const char *field, bool fallback)
{
    struct mf_at at = mf_field(up, field);
    int64_t mode;

    if (!mf_integer_at(l, &at, "int32", &mode))
        return fallback;
    if (mode < 0 || mode > 0777)
        mf_invalid(l, &at, "must be a number between 0 and 0777 (octal), both inclusive");
    return (mode & 0111) != 0;
}

/* What has to be there already is taken to be there: nobody here knows the node's own files. */
static bool host_is_file(struct mf_load *l, const struct mf_at *source)
{
    int type = mf_choice(l, source, "type",
                         "BlockDevice CharDevice Directory DirectoryOrCreate File FileOrCreate "
                         "Socket", 2);

    return type < 2 || type > 3;
}

/* ---- mounts --------------------------------------------------------------------------------- */

void mf_mounts_read(struct mf_load *l, const struct mf_at *container, const struct pod_spec *pod,
                    struct pod_container_spec *out)
{
    struct mf_at mounts = mf_field(container, "volumeMounts");
    struct pod_mount_spec *m = mf_array(l, mf_count(l, &mounts), sizeof(*m), &out->mount_count);

    for (uint32_t i = 0; i < out->mount_count; i++) {
        struct mf_at item = mf_item(&mounts, i), path = mf_field(&item, "mountPath");

        mount_read(l, &item, pod, &m[i]);
        for (uint32_t k = 0; k < i; k++)
            if (*m[i].path && strcmp(m[k].path, m[i].path) == 0) {
                mf_invalid(l, &path, "must be unique");
                break;
            }
    }
    out->mount = m;
}

static void mount_read(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                       struct pod_mount_spec *out)
{
    struct mf_at name = mf_field(at, "name"), path = mf_field(at, "mountPath"),
                 sub = mf_field(at, "subPath"), expr = mf_field(at, "subPathExpr");
    const char *text;

    *out = (struct pod_mount_spec){.volume = "", .path = ""};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_MOUNT);
    out->volume = mf_needed(l, &name);
    if (*out->volume && !volume_find(pod->volume, pod->volume_count, out->volume))
        mf_not_found(l, &name, out->volume);
    out->path = mf_needed(l, &path);
    out->sub_path = mf_string_at(l, &sub, NULL);
    if (out->sub_path)
        descends(l, &sub, out->sub_path);
    text = mf_string_at(l, &expr, NULL);
    if (text)
        descends(l, &expr, text);
    if (text && out->sub_path)
        mf_invalid(l, &expr, "subPathExpr and subPath are mutually exclusive");
    if (text) {
        out->sub_path = text;
        out->expand = true;
    }
    out->read_only = mf_bool(l, at, "readOnly", false);
}

static const struct pod_volume_spec *volume_find(const struct pod_volume_spec *v, uint32_t count,
                                                 const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(v[i].name, name) == 0)
            return &v[i];
    return NULL;
}
