/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ingress.c - Ingress documents (pkg/apis/networking/validation: ValidateIngressSpec).
 */
#include "api/manifest/parts.h"

#include <string.h>

static void backend_read(struct mf_load *l, const struct mf_at *at, struct st_ingress_backend *out)
{
    struct mf_at service = mf_field(at, "service"), resource = mf_field(at, "resource"),
                 name = mf_field(&service, "name"), port = mf_field(&service, "port"),
                 port_name = mf_field(&port, "name"), number_at = mf_field(&port, "number");
    int64_t number;

    if (at->node == NULL || !mf_is_object(l, at)) {
        mf_invalid_text(l, at, "", "resource or service backend is required");
        return;
    }
    mf_fields_check(l, at, MF_FIELDS_INGRESS_BACKEND);
    if (service.node && resource.node)
        mf_invalid_text(l, at, "", "cannot set both resource and service backends");
    else if (!service.node && !resource.node)
        mf_invalid_text(l, at, "", "resource or service backend is required");
    if (!service.node || resource.node || !mf_is_object(l, &service))
        return;
    mf_fields_check(l, &service, MF_FIELDS_INGRESS_SERVICE);
    out->service = mf_needed(l, &name);
    if (port.node && mf_is_object(l, &port))
        mf_fields_check(l, &port, MF_FIELDS_INGRESS_PORT);
    out->port_name = mf_string(l, &port, "name", NULL);
    number = mf_int(l, &port, "number", 0);
    if (out->port_name != NULL && number != 0)
        mf_invalid_text(l, at, "", "cannot set both port name & port number");
    else if (out->port_name != NULL)
        mf_shape_check(l, &port_name, MF_PORT_NAME, out->port_name);
    else if (number_at.node && number != 0 && mf_number_between(l, &number_at, number, 1, 65535))
        out->port = (uint16_t)number;
    else if (number == 0)
        mf_required(l, at, "port name or number is required");
}

/* Exact and Prefix: none that somebody could take for another. */
static void path_check(struct mf_load *l, const struct mf_at *at, const char *path, int type)
{
    static const char *const sequence[] = {"//", "/./", "/../", "%2f", "%2F"},
                             *const end[] = {"/..", "/."};
    size_t length = strlen(path);

    if (type == ST_PATH_ANY) {
        if (length > 0 && path[0] != '/')
            mf_invalid_text(l, at, path, "must be an absolute path");
        return;
    }
    if (path[0] != '/')
        mf_invalid_text(l, at, path, "must be an absolute path");
    for (size_t i = 0; i < RX_ARRAY_LEN(sequence); i++)
        if (strstr(path, sequence[i]) != NULL)
            mf_invalid_text(l, at, path, "must not contain '%s'", sequence[i]);
    for (size_t i = 0; i < RX_ARRAY_LEN(end); i++)
        if (length >= strlen(end[i]) && strcmp(path + length - strlen(end[i]), end[i]) == 0)
            mf_invalid_text(l, at, path, "cannot end with '%s'", end[i]);
}

static void path_read(struct mf_load *l, const struct mf_at *at, const char *host,
                      struct st_ingress_path *out)
{
    struct mf_at path = mf_field(at, "path"), type = mf_field(at, "pathType"),
                 backend = mf_field(at, "backend");

    *out = (struct st_ingress_path){.host = host, .path = "/"};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_INGRESS_PATH);
    out->path = mf_string_at(l, &path, "");
    if (type.node == NULL) {
        mf_required(l, &type, "pathType must be specified");
        return;
    }
    out->type = (uint8_t)mf_choice(l, at, "pathType", "Exact ImplementationSpecific Prefix", 0);
    path_check(l, &path, out->path, out->type);
    if (!*out->path)
        out->path = "/";
    backend_read(l, &backend, &out->backend);
}

static const char *host_read(struct mf_load *l, const struct mf_at *rule)
{
    struct mf_at at = mf_field(rule, "host");
    const char *host = mf_string_at(l, &at, "");
    uint32_t ip;

    if (!*host)
        return NULL;
    if (mf_ipv4(host, &ip) || strchr(host, ':') != NULL)
        mf_invalid_text(l, &at, host, "must be a DNS name, not an IP address");
    else if (strchr(host, '*') == NULL)
        mf_shape_check(l, &at, MF_DNS_SUBDOMAIN, host);
    else if (strncmp(host, "*.", 2) != 0 || !mf_is_dns_subdomain(host + 2))
        mf_invalid_text(
            l, &at, host,
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS "
            "subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and "
            "end with an alphanumeric character (e.g. '*.example.com', regex used for validation "
            "is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    return host;
}

/* How many paths all rules have together. */
static uint32_t count_paths(const struct mf_at *rules, uint32_t count)
{
    uint32_t paths = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct mf_at rule = mf_item(rules, i), http = mf_field(&rule, "http"),
                     list = mf_field(&http, "paths");

        paths += list.node && list.node->type == MF_SEQUENCE ? list.node->count : 0;
    }
    return paths;
}

static void rules_read(struct mf_load *l, const struct mf_at *spec, struct st_ingress_spec *out)
{
    struct mf_at rules = mf_field(spec, "rules");
    uint32_t count = mf_count(l, &rules), room, used = 0;
    const char **host = mf_array(l, count, sizeof(*host), &out->host_count);
    struct st_ingress_path *path =
        mf_array(l, count_paths(&rules, count), sizeof(*path), &room);

    for (uint32_t i = 0; i < out->host_count; i++) {
        struct mf_at rule = mf_item(&rules, i), http = mf_field(&rule, "http"),
                     list = mf_field(&http, "paths");
        uint32_t paths;

        if (!mf_is_object(l, &rule))
            continue;
        mf_fields_check(l, &rule, MF_FIELDS_INGRESS_RULE);
        host[i] = host_read(l, &rule);
        if (http.node == NULL || !mf_is_object(l, &http))
            continue;
        paths = mf_count(l, &list);
        if (paths == 0)
            mf_required(l, &list, "");
        for (uint32_t k = 0; k < paths && used < room; k++) {
            struct mf_at at = mf_item(&list, k);

            path_read(l, &at, host[i], &path[used++]);
        }
    }
    out->host = host;
    out->path = path;
    out->path_count = used;
}

void mf_ingress_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), spec = mf_field(&root, "spec"),
                 fallback = mf_field(&spec, "defaultBackend"), tls = mf_field(&spec, "tls"),
                 rules = mf_field(&spec, "rules"), class = mf_field(&spec, "ingressClassName");
    struct manifest_ingresses *all = &l->set->ingresses;
    struct st_ingress_spec out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    if (spec.node && mf_is_object(l, &spec))
        mf_fields_check(l, &spec, MF_FIELDS_INGRESS);
    if (fallback.node == NULL && mf_count(l, &rules) == 0)
        mf_say(l, &spec,
               "Invalid value: %s: either `defaultBackend` or `rules` must be specified",
               rules.node ? "[]" : "null");
    out.ns = meta.ns;
    out.name = meta.name;
    out.class_name = mf_string_at(l, &class, NULL);
    if (out.class_name != NULL)
        mf_shape_check(l, &class, MF_DNS_SUBDOMAIN, out.class_name);
    if (fallback.node != NULL)
        backend_read(l, &fallback, &out.fallback);
    out.tls = mf_count(l, &tls) > 0;
    rules_read(l, &spec, &out);
    if (!*meta.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_INGRESS, 0, out.ns, out.name)) {
        mf_duplicate(l, &name, out.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){out.ns, out.name, all->count - 1, ST_INGRESS, 0});
}
