/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wiring.c - what connects a container with the world: ports, environment, volumes and mounts
 * (pkg/apis/core/validation: validateContainerPorts, ValidateEnv, ValidateVolumes,
 * ValidateVolumeMounts).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

static void port_read(struct mf_load *l, const struct mf_at *at, struct pod_port_spec *out);
static uint32_t env_from_read(struct mf_load *l, const struct mf_at *list,
                              struct pod_env_spec *out);
static void env_entry_read(struct mf_load *l, const struct mf_at *at, struct pod_env_spec *out);
static void env_source_read(struct mf_load *l, const struct mf_at *at, struct pod_env_spec *out);
static void volume_read(struct mf_load *l, const struct mf_at *at, struct pod_volume_spec *out);
static void volume_source_read(struct mf_load *l, const struct mf_at *source,
                               struct pod_volume_spec *out);
static void mount_read(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                       struct pod_mount_spec *out);
static const struct pod_volume_spec *volume_find(const struct pod_volume_spec *v, uint32_t count,
                                                 const char *name);

/* ---- ports ---------------------------------------------------------------------------------- */

void mf_ports_read(struct mf_load *l, const struct mf_at *container, struct pod_container_spec *out)
{
    struct mf_at ports = mf_field(container, "ports");
    struct pod_port_spec *p = mf_array(l, mf_count(l, &ports), sizeof *p, &out->port_count);

    for (uint32_t i = 0; i < out->port_count; i++) {
        struct mf_at item = mf_item(&ports, i), name = mf_field(&item, "name");

        port_read(l, &item, &p[i]);
        for (uint32_t k = 0; k < i && p[i].name; k++)
            if (p[k].name && strcmp(p[k].name, p[i].name) == 0) {
                mf_duplicate(l, &name, p[i].name);
                break;
            }
    }
    out->port = p;
}

static void port_read(struct mf_load *l, const struct mf_at *at, struct pod_port_spec *out)
{
    struct mf_at name = mf_field(at, "name"), number = mf_field(at, "containerPort"),
                 host = mf_field(at, "hostPort");
    int64_t n = 0;

    *out = (struct pod_port_spec){.tcp = true};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_CONTAINER_PORT);
    out->name = mf_string_at(l, &name, NULL);
    if (out->name)
        mf_shape_check(l, &name, MF_PORT_NAME, out->name);
    out->tcp = mf_choice(l, at, "protocol", "SCTP TCP UDP", 1) == 1;
    if (!number.node || (number.node->type == MF_INT && number.node->number == 0))
        mf_required(l, &number, "");
    else if (mf_integer_at(l, &number, "int32", &n) &&
             mf_number_between(l, &number, n, 1, UINT16_MAX))
        out->number = (uint16_t)n;
    if (mf_integer_at(l, &host, "int32", &n) && n != 0)
        mf_number_between(l, &host, n, 1, UINT16_MAX);
}

/* Text of a port's host side, protocol/address/port; NULL where it has none. */
static const char *host_port(struct mf_load *l, const struct mf_at *port)
{
    struct mf_at number = mf_field(port, "hostPort"), protocol = mf_field(port, "protocol"),
                 address = mf_field(port, "hostIP");

    if (!number.node || number.node->type != MF_INT || number.node->number == 0)
        return NULL;
    return mf_scratch(l, "%s/%s/%lld",
                      protocol.node && protocol.node->length ? protocol.node->text : "TCP",
                      address.node && address.node->length ? address.node->text : "",
                      (long long)number.node->number);
}

/* Quadratic, over the few ports that claim one of the host. */
void mf_host_ports_check(struct mf_load *l, const struct mf_at *containers)
{
    struct host_claim {
        const struct host_claim *next;
        const char *text;
    } *seen = NULL;

    for (uint32_t i = 0; i < containers->node->count; i++) {
        struct mf_at container = mf_item(containers, i), ports = mf_field(&container, "ports");

        if (!ports.node || ports.node->type != MF_SEQUENCE)
            continue;
        for (uint32_t k = 0; k < ports.node->count; k++) {
            struct mf_at port = mf_item(&ports, k), at = mf_field(&port, "hostPort");
            const char *text = host_port(l, &port);
            const struct host_claim *other = seen;
            struct host_claim *claim;

            if (!text)
                continue;
            while (other && strcmp(other->text, text) != 0)
                other = other->next;
            if (other) {
                mf_duplicate(l, &at, text);
                continue;
            }
            claim = rx_arena_alloc(&l->scratch, sizeof *claim);
            if (!claim) {
                l->no_memory = true;
                return;
            }
            *claim = (struct host_claim){.next = seen, .text = text};
            seen = claim;
        }
    }
}

/* ---- environment ---------------------------------------------------------------------------- */

/* envFrom first: what env says about the same name wins, by coming later. */
void mf_env_read(struct mf_load *l, const struct mf_at *container, struct pod_container_spec *out)
{
    struct mf_at from = mf_field(container, "envFrom"), env = mf_field(container, "env");
    uint32_t from_count = mf_count(l, &from), env_count = mf_count(l, &env);
    struct pod_env_spec *e = mf_array(l, from_count + env_count, sizeof *e, &out->env_count);
    uint32_t used = 0;

    if (!e)
        return;
    if (from_count)
        used = env_from_read(l, &from, e);
    for (uint32_t i = 0; i < env_count; i++) {
        struct mf_at item = mf_item(&env, i);

        env_entry_read(l, &item, &e[used++]);
    }
    out->env = e;
}

static uint32_t env_from_read(struct mf_load *l, const struct mf_at *list, struct pod_env_spec *out)
{
    for (uint32_t i = 0; i < list->node->count; i++) {
        struct mf_at item = mf_item(list, i), map = mf_field(&item, "configMapRef"),
                     secret = mf_field(&item, "secretRef"), prefix = mf_field(&item, "prefix"),
                     *ref = map.node ? &map : &secret, name;

        out[i] = (struct pod_env_spec){.name = "", .from_kind = "configMapRef", .from_name = ""};
        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_ENV_FROM);
        out[i].name = mf_string_at(l, &prefix, "");
        mf_shape_check(l, &prefix, MF_ENV_NAME, out[i].name);
        if (!map.node && !secret.node)
            mf_invalid_text(l, &item, "", "must specify one of: `configMapRef` or `secretRef`");
        if (map.node && secret.node)
            mf_invalid_text(l, &item, "", "may not have more than one field specified at a time");
        if (!mf_is_object(l, ref))
            continue;
        mf_fields_check(l, ref, MF_FIELDS_LOCAL_REF);
        out[i].from_kind = ref == &map ? "configMapRef" : "secretRef";
        out[i].optional = mf_bool(l, ref, "optional", false);
        name = mf_field(ref, "name");
        out[i].from_name = mf_needed(l, &name);
        if (*out[i].from_name)
            mf_shape_check(l, &name, MF_DNS_SUBDOMAIN, out[i].from_name);
    }
    return list->node->count;
}

static void env_entry_read(struct mf_load *l, const struct mf_at *at, struct pod_env_spec *out)
{
    struct mf_at name = mf_field(at, "name"), value = mf_field(at, "value"),
                 from = mf_field(at, "valueFrom");

    *out = (struct pod_env_spec){.name = "", .value = ""};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_ENV);
    out->name = mf_needed(l, &name);
    mf_shape_check(l, &name, MF_ENV_NAME, out->name);
    out->value = mf_string_at(l, &value, "");
    if (!mf_is_object(l, &from))
        return;
    if (*out->value)
        mf_invalid_text(l, &from, "", "may not be specified when `value` is not empty");
    out->value = NULL;
    env_source_read(l, &from, out);
}

static void env_source_read(struct mf_load *l, const struct mf_at *at, struct pod_env_spec *out)
{
    static const struct {
        const char *field;
        enum mf_fields fields;
        const char *name, *key; /* the fields that are from_name and from_key */
    } source[] = {
        {"fieldRef", MF_FIELDS_FIELD_REF, NULL, "fieldPath"},
        {"resourceFieldRef", MF_FIELDS_RESOURCE_FIELD_REF, "containerName", "resource"},
        {"configMapKeyRef", MF_FIELDS_KEY_REF, "name", "key"},
        {"secretKeyRef", MF_FIELDS_KEY_REF, "name", "key"},
        {"fileKeyRef", MF_FIELDS_FILE_KEY_REF, "volumeName", "key"},
    };
    int sources = 0;

    mf_fields_check(l, at, MF_FIELDS_ENV_SOURCE);
    for (size_t i = 0; i < RX_ARRAY_LEN(source); i++) {
        struct mf_at ref = mf_field(at, source[i].field), key = mf_field(&ref, source[i].key);

        if (!mf_is_object(l, &ref))
            continue;
        sources++;
        mf_fields_check(l, &ref, source[i].fields);
        out->from_kind = source[i].field;
        out->from_name = source[i].name ? mf_string(l, &ref, source[i].name, "") : "";
        out->from_key = mf_needed(l, &key);
        out->optional = mf_bool(l, &ref, "optional", false);
        if (source[i].fields == MF_FIELDS_KEY_REF)
            mf_shape_check(l, &key, MF_CONFIG_KEY, out->from_key);
    }
    if (sources == 0)
        mf_invalid_text(l, at, "",
                        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
                        "`secretKeyRef` or `fileKeyRef`");
    if (sources > 1)
        mf_invalid_text(l, at, "", "may not have more than one field specified at a time");
}

/* ---- volumes -------------------------------------------------------------------------------- */

void mf_volumes_read(struct mf_load *l, const struct mf_at *spec, const struct mf_at *claims,
                     struct pod_spec *out)
{
    struct mf_at volumes = mf_field(spec, "volumes");
    uint32_t own = mf_count(l, &volumes), claimed = claims ? mf_count(l, claims) : 0;
    struct pod_volume_spec *v = mf_array(l, own + claimed, sizeof *v, &out->volume_count);

    if (!v)
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
                     name = mf_field(&meta, "name");
        const struct pod_volume_spec *same;
        const char *text;

        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_CLAIM_TEMPLATE);
        text = mf_needed(l, &name);
        if (!*text)
            continue;
        mf_shape_check(l, &name, MF_DNS_LABEL, text);
        same = volume_find(v, out->volume_count, text);
        v[same ? same - v : out->volume_count++] =
            (struct pod_volume_spec){.name = text, .kind = POD_VOLUME_CLAIM, .source = text};
    }
    out->volume = v;
}

static void volume_read(struct mf_load *l, const struct mf_at *at, struct pod_volume_spec *out)
{
    struct mf_at name = mf_field(at, "name");
    uint32_t sources = 0;

    *out = (struct pod_volume_spec){.name = "", .kind = POD_VOLUME_EMPTY_DIR};
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
    static const struct {
        const char *field;
        enum pod_volume_kind kind;
        const char *name; /* the field that names it, which is required; NULL: none */
    } known[] = {
        {"emptyDir", POD_VOLUME_EMPTY_DIR, NULL},
        {"configMap", POD_VOLUME_CONFIG_MAP, "name"},
        {"secret", POD_VOLUME_SECRET, "secretName"},
        {"persistentVolumeClaim", POD_VOLUME_CLAIM, "claimName"},
        {"hostPath", POD_VOLUME_HOST_PATH, "path"},
    };
    struct mf_at name;

    out->kind = POD_VOLUME_OTHER;
    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++) {
        if (strcmp(source->name, known[i].field) != 0)
            continue;
        out->kind = known[i].kind;
        if (!known[i].name)
            continue;
        name = mf_field(source, known[i].name);
        out->source = mf_needed(l, &name);
    }
    if (out->kind == POD_VOLUME_EMPTY_DIR && *mf_string(l, source, "medium", ""))
        out->kind =
            POD_VOLUME_EMPTY_DIR_MEMORY; /* "Memory" or huge pages, which are no less volatile */
    if (out->kind == POD_VOLUME_CONFIG_MAP || out->kind == POD_VOLUME_SECRET)
        out->optional = mf_bool(l, source, "optional", false);
}

void mf_mounts_read(struct mf_load *l, const struct mf_at *container, const struct pod_spec *pod,
                    struct pod_container_spec *out)
{
    struct mf_at mounts = mf_field(container, "volumeMounts");
    struct pod_mount_spec *m = mf_array(l, mf_count(l, &mounts), sizeof *m, &out->mount_count);

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
                 sub = mf_field(at, "subPath");

    *out = (struct pod_mount_spec){.volume = "", .path = ""};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_MOUNT);
    out->volume = mf_needed(l, &name);
    if (*out->volume && !volume_find(pod->volume, pod->volume_count, out->volume))
        mf_not_found(l, &name, out->volume);
    out->path = mf_needed(l, &path);
    out->sub_path = mf_string_at(l, &sub, NULL);
    if (out->sub_path && out->sub_path[0] == '/')
        mf_invalid(l, &sub, "must be a relative path");
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
