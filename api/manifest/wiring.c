/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wiring.c - what connects a container with the world: ports and environment
 * (pkg/apis/core/validation: validateContainerPorts, ValidateEnv, validateObjectFieldSelector).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

static void port_read(struct mf_load *l, const struct mf_at *at, struct pod_port_spec *out);
static uint32_t env_from_read(struct mf_load *l, const struct mf_at *list,
                              struct pod_env_spec *out);
static void env_entry_read(struct mf_load *l, const struct mf_at *at, struct pod_env_spec *out);
static void env_source_read(struct mf_load *l, const struct mf_at *at, struct pod_env_spec *out);

/* ---- ports ---------------------------------------------------------------------------------- */

void mf_ports_read(struct mf_load *l, const struct mf_at *container, struct pod_container_spec *out)
{
    struct mf_at ports = mf_field(container, "ports");
    struct pod_port_spec *p = mf_array(l, mf_count(l, &ports), sizeof(*p), &out->port_count);

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
    static const char *const protocol[] = {"SCTP", "TCP", "UDP"};
    int64_t n = 0;

    *out = (struct pod_port_spec){.tcp = true, .protocol = protocol[1]};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_CONTAINER_PORT);
    out->name = mf_string_at(l, &name, NULL);
    if (out->name)
        mf_shape_check(l, &name, MF_PORT_NAME, out->name);
    out->protocol = protocol[mf_choice(l, at, "protocol", "SCTP TCP UDP", 1)];
    out->tcp = out->protocol == protocol[1];
    if (!number.node || (number.node->type == MF_INT && number.node->number == 0))
        mf_required(l, &number, "");
    else if (mf_integer_at(l, &number, "int32", &n) &&
             mf_number_between(l, &number, n, 1, UINT16_MAX))
        out->number = (uint16_t)n;
    if (mf_integer_at(l, &host, "int32", &n) && n != 0 &&
        mf_number_between(l, &host, n, 1, UINT16_MAX))
        out->host = (uint16_t)n;
    out->host_ip = mf_string(l, at, "hostIP", NULL);
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

            if (text == NULL)
                continue;
            while (other && strcmp(other->text, text) != 0)
                other = other->next;
            if (other) {
                mf_duplicate(l, &at, text);
                continue;
            }
            claim = rx_arena_alloc(&l->scratch, sizeof(*claim));
            if (claim == NULL) {
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
    struct pod_env_spec *e = mf_array(l, from_count + env_count, sizeof(*e), &out->env_count);
    uint32_t used = 0;

    if (e == NULL)
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
    static const char paths[] =
        "metadata.name metadata.namespace metadata.uid spec.nodeName spec.serviceAccountName "
        "status.hostIP status.hostIPs status.podIP status.podIPs";
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
        out->optional = mf_bool(l, &ref, "optional", false);
        if (source[i].fields == MF_FIELDS_FIELD_REF) {
            out->from_key = mf_field_path_read(l, &ref, paths);
            continue;
        }
        out->from_key = mf_needed(l, &key);
        if (source[i].fields == MF_FIELDS_RESOURCE_FIELD_REF)
            out->divisor_milli = mf_divisor_read(l, &ref);
        if (source[i].fields == MF_FIELDS_KEY_REF && *out->from_key)
            mf_shape_check(l, &key, MF_CONFIG_KEY, out->from_key);
    }
    if (sources == 0)
        mf_invalid_text(l, at, "",
                        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
                        "`secretKeyRef` or `fileKeyRef`");
    if (sources > 1)
        mf_invalid_text(l, at, "", "may not have more than one field specified at a time");
}

const char *mf_field_path_read(struct mf_load *l, const struct mf_at *ref, const char *supported)
{
    static const char downward[] =
        "metadata.annotations metadata.labels metadata.name metadata.namespace metadata.uid "
        "spec.host spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName "
        "spec.terminationGracePeriodSeconds status.hostIP status.hostIPs status.phase "
        "status.podIP status.podIPs";
    struct mf_at at = mf_field(ref, "fieldPath");
    const char *path = mf_needed(l, &at), *open = strstr(path, "['");
    size_t length = strlen(path);
    char *key;

    if (!*path)
        return path;
    if (open && open > path && open + 4 <= path + length && strcmp(path + length - 2, "']") == 0) {
        bool labels = strncmp(path, "metadata.labels['", 17) == 0;

        key = mf_scratch(l, "%.*s", (int)(path + length - 2 - (open + 2)), open + 2);
        for (char *p = key; !labels && *p; p++) /* annotations come in any case */
            *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        if (!labels && strncmp(path, "metadata.annotations['", 22) != 0)
            mf_invalid(l, &at,
                       "error converting fieldPath: field label does not support "
                       "subscript: %s",
                       path);
        else
            mf_shape_check(l, ref, MF_LABEL_KEY, key);
    } else if (!mf_word_in(downward, path, length)) {
        mf_invalid(l, &at, "error converting fieldPath: field label not supported: %s", path);
    } else if (!mf_word_in(supported, path, length) && strcmp(path, "spec.host") != 0) {
        mf_unsupported(l, &at, path, supported);
    }
    return path;
}
