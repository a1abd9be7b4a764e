/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slice.c - EndpointSlice documents: the endpoints of a Service without a selector
 * (pkg/apis/discovery/validation: ValidateEndpointSlice).
 */
#include "api/manifest/parts.h"

#include <string.h>

enum { ENDPOINTS_MAX = 1000, PORTS_MAX = 20000, ADDRESSES_MAX = 100 };

static const char service_label[] = "kubernetes.io/service-name";

/* ready absent is true; serving absent is what ready says; terminating absent is false. */
static void conditions_read(struct mf_load *l, const struct mf_at *endpoint,
                            struct st_slice_endpoint *out)
{
    struct mf_at at = mf_field(endpoint, "conditions");

    if (at.node && mf_is_object(l, &at))
        mf_fields_check(l, &at, MF_FIELDS_SLICE_CONDITIONS);
    out->ready = mf_bool(l, &at, "ready", true);
    out->serving = mf_bool(l, &at, "serving", out->ready);
    out->terminating = mf_bool(l, &at, "terminating", false);
}

static void address_read(struct mf_load *l, const struct mf_at *endpoint, bool names,
                         struct st_slice_endpoint *out)
{
    struct mf_at list = mf_field(endpoint, "addresses");
    uint32_t count;
    const char *const *text = mf_strings(l, endpoint, "addresses", &count);

    if (count == 0)
        mf_required(l, &list, "must contain at least 1 address");
    else if (count > ADDRESSES_MAX)
        mf_too_many(l, &list, count, ADDRESSES_MAX);
    for (uint32_t i = 0; i < count && i < ADDRESSES_MAX; i++) {
        struct mf_at at = mf_item(&list, i);

        if (names)
            mf_shape_check(l, &at, MF_DNS_SUBDOMAIN, text[i]);
        else
            mf_ip_check(l, &at, text[i]);
    }
    if (count > 0) /* the first one stands for all of them, as it does for kube-proxy */
        mf_ipv4(text[0], &out->ip);
}

static void endpoint_read(struct mf_load *l, const struct mf_at *at, bool names,
                          struct st_slice_endpoint *out)
{
    struct mf_at target = mf_field(at, "targetRef");

    mf_fields_check(l, at, MF_FIELDS_SLICE_ENDPOINT);
    address_read(l, at, names, out);
    conditions_read(l, at, out);
    out->node = mf_string(l, at, "nodeName", NULL);
    out->zone = mf_string(l, at, "zone", NULL);
    if (target.node && mf_is_object(l, &target) &&
        strcmp(mf_string(l, &target, "kind", ""), "Pod") == 0)
        out->pod = mf_string(l, &target, "name", NULL);
}

static void ports_read(struct mf_load *l, const struct mf_at *root, struct st_slice_spec *out)
{
    struct mf_at list = mf_field(root, "ports");
    uint32_t count = mf_count(l, &list);
    struct st_slice_port *port = NULL;

    if (count > PORTS_MAX)
        mf_too_many(l, &list, count, PORTS_MAX);
    else
        port = mf_array(l, count, sizeof(*port), &out->port_count);
    for (uint32_t i = 0; i < out->port_count; i++) {
        struct mf_at at = mf_item(&list, i), name = mf_field(&at, "name"),
                     number_at = mf_field(&at, "port");
        int64_t number;

        port[i].name = "";
        if (!mf_is_object(l, &at))
            continue;
        mf_fields_check(l, &at, MF_FIELDS_SLICE_PORT);
        port[i].name = mf_string_at(l, &name, "");
        if (*port[i].name)
            mf_shape_check(l, &name, MF_DNS_LABEL, port[i].name);
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(port[k].name, port[i].name) == 0) {
                mf_duplicate(l, &name, port[i].name);
                break;
            }
        mf_choice(l, &at, "protocol", "SCTP TCP UDP", 1);
        number = mf_int(l, &at, "port", 0);
        if (number_at.node && mf_number_between(l, &number_at, number, 1, 65535))
            port[i].port = (uint16_t)number;
    }
    out->port = port;
}

static void endpoints_read(struct mf_load *l, const struct mf_at *root, bool names,
                           struct st_slice_spec *out)
{
    struct mf_at list = mf_field(root, "endpoints");
    uint32_t count = mf_count(l, &list);
    struct st_slice_endpoint *endpoint = NULL;

    if (count > ENDPOINTS_MAX)
        mf_too_many(l, &list, count, ENDPOINTS_MAX);
    else
        endpoint = mf_array(l, count, sizeof(*endpoint), &out->endpoint_count);
    for (uint32_t i = 0; i < out->endpoint_count; i++) {
        struct mf_at at = mf_item(&list, i);

        if (mf_is_object(l, &at))
            endpoint_read(l, &at, names, &endpoint[i]);
    }
    out->endpoint = endpoint;
}

void mf_slice_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), meta_at = mf_field(&root, "metadata"),
                 name = mf_field(&meta_at, "name"), type = mf_field(&root, "addressType");
    struct manifest_slices *all = &l->set->slices;
    struct st_slice_spec out = {0};
    struct mf_meta meta;
    int family;

    mf_fields_check(l, &root, MF_FIELDS_SLICE);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    mf_needed(l, &type);
    family = mf_choice(l, &root, "addressType", "FQDN IPv4 IPv6", 1);
    out.family = family == 0 ? "FQDN" : family == 1 ? "IPv4" : "IPv6";
    out.ns = meta.ns;
    out.name = meta.name;
    for (uint32_t i = 0; i < meta.labels.count; i++)
        if (strcmp(meta.labels.pair[i].key, service_label) == 0)
            out.service = meta.labels.pair[i].value;
    ports_read(l, &root, &out);
    endpoints_read(l, &root, family == 0, &out);
    if (!*meta.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_SLICE, 0, out.ns, out.name)) {
        mf_duplicate(l, &name, out.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){out.ns, out.name, all->count - 1, ST_SLICE, 0});
}
