/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service.c - Service documents, as far as names that pods ask for need them
 * (pkg/apis/core/validation: ValidateService). Node ports are accepted unread, and traffic policies
 * if there are such.
 */
#include "api/manifest/parts.h"

#include <stdio.h>
#include <string.h>

/* targetPort: a number or a container port's name; the port itself when absent, 0 or "" (defaults
 * come before the rules: SetDefaults_Service). */
static void target_read(struct mf_load *l, const struct mf_at *port, struct pod_service_port *out)
{
    struct mf_at at = mf_field(port, "targetPort");
    int64_t number;

    if (!at.node || (at.node->type == MF_INT && at.node->number == 0) ||
        (at.node->type == MF_STRING && at.node->length == 0)) {
        out->target = out->port;
    } else if (at.node->type == MF_STRING) {
        out->target_name = mf_string_at(l, &at, "");
        mf_shape_check(l, &at, MF_PORT_NAME, out->target_name);
    } else if (mf_integer_at(l, &at, "int or string", &number) &&
               mf_number_between(l, &at, number, 1, 65535)) {
        out->target = (uint16_t)number;
    }
}

static void port_read(struct mf_load *l, const struct mf_at *at, uint32_t of,
                      struct pod_service_port *out)
{
    static const char *const protocol[] = {"SCTP", "TCP", "UDP"};
    struct mf_at number_at = mf_field(at, "port"), name_at = mf_field(at, "name");
    int64_t number = mf_int(l, at, "port", 0);

    mf_fields_check(l, at, MF_FIELDS_SERVICE_PORT);
    out->name = mf_string(l, at, "name", NULL);
    if (out->name == NULL && of > 1)
        mf_required(l, &name_at, "");
    if (mf_number_between(l, &number_at, number, 1, 65535))
        out->port = (uint16_t)number;
    out->protocol = protocol[mf_choice(l, at, "protocol", "SCTP TCP UDP", 1)];
    target_read(l, at, out);
}

static void ports_read(struct mf_load *l, const struct mf_at *spec, bool needed,
                       struct pod_service_spec *out)
{
    struct mf_at ports = mf_field(spec, "ports");
    uint32_t count = mf_count(l, &ports);
    struct pod_service_port *port = mf_array(l, count, sizeof(*port), &out->port_count);

    if (count == 0 && needed)
        mf_required(l, &ports, "");
    for (uint32_t i = 0; i < out->port_count; i++) {
        struct mf_at at = mf_item(&ports, i);

        if (mf_is_object(l, &at))
            port_read(l, &at, count, &port[i]);
    }
    out->port = port;
}

void mf_service_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
        meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), selector = mf_field(&spec, "selector"),
                 address = mf_field(&spec, "clusterIP"), external = mf_field(&spec, "externalName");
    unsigned a, b, c, d;
    struct manifest_services *all = &l->set->services;
    struct pod_service_spec out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    if (!mf_is_object(l, &spec))
        return;
    mf_fields_check(l, &spec, MF_FIELDS_SERVICE);
    out.ns = meta.ns;
    out.name = meta.name;
    out.external = mf_choice(l, &spec, "type", "ClusterIP ExternalName LoadBalancer NodePort", 0) ==
        1;
    out.publish_not_ready = mf_bool(l, &spec, "publishNotReadyAddresses", false);
    out.has_selector = selector.node && selector.node->type == MF_MAPPING && selector.node->count >
        0;
    if (out.has_selector)
        out.selector = mf_labels_read(l, &selector);
    out.headless = address.node && address.node->type == MF_STRING &&
                   strcmp(address.node->text, "None") == 0;
    if (address.node && address.node->type == MF_STRING &&
        sscanf(address.node->text, "%3u.%3u.%3u.%3u", &a, &b, &c, &d) == 4)
        out.ip = (a & 255) << 24 | (b & 255) << 16 | (c & 255) << 8 | (d & 255);
    if (out.external)
        out.external_name = mf_needed(l, &external);
    ports_read(l, &spec, !out.external && !out.headless, &out);
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){out.ns, out.name, all->count - 1, ST_SERVICE, 0});
}
