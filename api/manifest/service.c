/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service.c - Service documents (pkg/apis/core/v1: SetDefaults_Service; pkg/apis/core/validation:
 * ValidateService; pkg/registry/core/service: which node ports may be asked for).
 */
#include "api/manifest/parts.h"

#include <string.h>

enum { KUBELET_PORT = 10250, AFFINITY_MAX_S = 86400 };

static const char port_taken[] = "provided port is already allocated";
static const char port_range[] =
    "provided port is not in the valid range. The range of valid ports is 30000-32767";

static void type_read(struct mf_load *l, const struct mf_at *spec, struct pod_service_spec *out);
static void addresses_read(struct mf_load *l, const struct mf_at *spec,
                           struct pod_service_spec *out);
static void ports_read(struct mf_load *l, const struct mf_at *spec, struct pod_service_spec *out);
static void affinity_read(struct mf_load *l, const struct mf_at *spec,
                          struct pod_service_spec *out);
static void balancer_read(struct mf_load *l, const struct mf_at *spec,
                          struct pod_service_spec *out);
static void traffic_read(struct mf_load *l, const struct mf_at *spec,
                         struct pod_service_spec *out);

void mf_service_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
                 meta_at = mf_field(&root, "metadata"), name = mf_field(&meta_at, "name"),
                 selector = mf_field(&spec, "selector");
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
    type_read(l, &spec, &out);
    ports_read(l, &spec, &out);
    if (mf_is_object(l, &selector) && selector.node->count > 0) {
        out.has_selector = true;
        out.selector = mf_labels_read(l, &selector);
    }
    affinity_read(l, &spec, &out);
    addresses_read(l, &spec, &out);
    balancer_read(l, &spec, &out);
    traffic_read(l, &spec, &out);
    out.publish_not_ready = mf_bool(l, &spec, "publishNotReadyAddresses", false);
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){out.ns, out.name, all->count - 1, ST_SERVICE, 0});
}

static void type_read(struct mf_load *l, const struct mf_at *spec, struct pod_service_spec *out)
{
    struct mf_at address = mf_field(spec, "clusterIP"), external = mf_field(spec, "externalName"),
                 several = mf_field(spec, "clusterIPs"), family;
    static const char *const alone[] = {"clusterIPs", "ipFamilies", "ipFamilyPolicy"};
    bool given = address.node != NULL || (several.node != NULL && several.node->count > 0);
    size_t length;
    char *name;

    out->type = (uint8_t)mf_choice(l, spec, "type", "ClusterIP ExternalName LoadBalancer NodePort",
                                   ST_SERVICE_CLUSTER_IP);
    out->external = out->type == ST_SERVICE_EXTERNAL_NAME;
    out->headless = address.node && address.node->type == MF_STRING &&
                    strcmp(address.node->text, "None") == 0;
    if (!out->external) {
        if (out->headless && out->type != ST_SERVICE_CLUSTER_IP) {
            several = (struct mf_at){.up = spec, .name = "clusterIPs[0]", .node = address.node};
            mf_invalid(l, &several, "may not be set to 'None' for %s services",
                       out->type == ST_SERVICE_NODE_PORT ? "NodePort" : "LoadBalancer");
        }
        return;
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(alone); i++) {
        family = mf_field(spec, alone[i]);
        if (family.node != NULL || (i == 0 && given && *mf_string(l, spec, "clusterIP", "")))
            mf_forbidden(l, &family, "may not be set for ExternalName services");
    }
    out->external_name = mf_needed(l, &external);
    if (!*out->external_name)
        return;
    name = mf_scratch(l, "%s", out->external_name);
    length = strlen(name);
    if (length > 1 && name[length - 1] == '.')
        name[length - 1] = '\0';
    mf_shape_check(l, &external, MF_DNS_SUBDOMAIN, name);
}

/* ---- ports ----------------------------------------------------------------------------------- */

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

/* Of what has been loaded and not been applied yet: the engine knows of the others. */
static bool is_allocated(const struct mf_load *l, uint16_t number, const char *protocol)
{
    const struct manifest_services *all = &l->set->services;

    for (uint32_t i = l->set->applied_services; i < all->count; i++) {
        for (uint32_t k = 0; k < all->item[i].port_count; k++)
            if (all->item[i].port[k].node_port == number &&
                strcmp(all->item[i].port[k].protocol, protocol) == 0)
                return true;
        if (all->item[i].health_port == number)
            return true;
    }
    return false;
}

static void node_port_read(struct mf_load *l, const struct mf_at *at, uint8_t type,
                           struct pod_service_port *out)
{
    struct mf_at number_at = mf_field(at, "nodePort");
    int64_t number = mf_int(l, at, "nodePort", 0);

    if (number == 0)
        return;
    if (type == ST_SERVICE_CLUSTER_IP)
        mf_forbidden(l, &number_at, "may not be used when `type` is 'ClusterIP'");
    else if (type == ST_SERVICE_EXTERNAL_NAME)
        return;
    else if (number < ST_NODE_PORT_FIRST || number > ST_NODE_PORT_LAST)
        mf_invalid(l, &number_at, "%s", port_range);
    else if (is_allocated(l, (uint16_t)number, out->protocol))
        mf_invalid(l, &number_at, "%s", port_taken);
    else
        out->node_port = (uint16_t)number;
}

static void port_read(struct mf_load *l, const struct mf_at *at, uint32_t of, uint8_t type,
                      struct pod_service_port *out)
{
    static const char *const protocol[] = {"SCTP", "TCP", "UDP"};
    struct mf_at number_at = mf_field(at, "port"), name_at = mf_field(at, "name");
    int64_t number = mf_int(l, at, "port", 0);

    mf_fields_check(l, at, MF_FIELDS_SERVICE_PORT);
    out->name = mf_string(l, at, "name", NULL);
    if (out->name == NULL && of > 1)
        mf_required(l, &name_at, "");
    else if (out->name != NULL)
        mf_shape_check(l, &name_at, MF_DNS_LABEL, out->name);
    if (type == ST_SERVICE_LOAD_BALANCER && number == KUBELET_PORT)
        mf_invalid(l, at, "may not expose port %d externally since it is used by kubelet",
                   KUBELET_PORT);
    if (mf_number_between(l, &number_at, number, 1, 65535))
        out->port = (uint16_t)number;
    out->protocol = protocol[mf_choice(l, at, "protocol", "SCTP TCP UDP", 1)];
    target_read(l, at, out);
    node_port_read(l, at, type, out);
}

/* No two have a name in common, nor a number of one protocol. */
static void twins_check(struct mf_load *l, const struct mf_at *at, const struct pod_service_port *p,
                        uint32_t i)
{
    struct mf_at name = mf_field(at, "name"), node_port = mf_field(at, "nodePort");
    bool same_name = false, same_port = false, same_node_port = false;

    for (uint32_t k = 0; k < i; k++) {
        bool same = p[k].protocol == p[i].protocol;

        same_name |= p[k].name != NULL && p[i].name != NULL && strcmp(p[k].name, p[i].name) == 0;
        same_port |= same && p[k].port == p[i].port;
        same_node_port |= same && p[i].node_port != 0 && p[k].node_port == p[i].node_port;
    }
    if (same_name)
        mf_duplicate(l, &name, p[i].name);
    if (same_node_port)
        mf_say(l, &node_port, "Duplicate value: %u", p[i].node_port);
    if (same_port && p[i].port != 0)
        mf_say(l, at,
               "Duplicate value: {\"Name\":\"\",\"Protocol\":\"%s\",\"AppProtocol\":null,"
               "\"Port\":%u,\"TargetPort\":0,\"NodePort\":0}",
               p[i].protocol, p[i].port);
}

static void ports_read(struct mf_load *l, const struct mf_at *spec, struct pod_service_spec *out)
{
    struct mf_at ports = mf_field(spec, "ports");
    uint32_t count = mf_count(l, &ports);
    struct pod_service_port *port = mf_array(l, count, sizeof(*port), &out->port_count);

    if (count == 0 && !out->external && !out->headless)
        mf_required(l, &ports, "");
    for (uint32_t i = 0; i < out->port_count; i++) {
        struct mf_at at = mf_item(&ports, i);

        port[i].protocol = "TCP";
        if (!mf_is_object(l, &at))
            continue;
        port_read(l, &at, count, out->type, &port[i]);
        twins_check(l, &at, port, i);
    }
    out->port = port;
}

/* ---- addresses and policies ------------------------------------------------------------------ */

static void addresses_read(struct mf_load *l, const struct mf_at *spec,
                           struct pod_service_spec *out)
{
    struct mf_at ips = mf_field(spec, "externalIPs"), address = mf_field(spec, "clusterIP");
    uint32_t count, known = 0, *ip;
    const char *const *text = mf_strings(l, spec, "externalIPs", &count);
    const char *own = mf_string(l, spec, "clusterIP", "");

    if (*own && !out->headless && !out->external) {
        address.name = "clusterIPs[0]";
        mf_ip_check(l, &address, own);
        mf_ipv4(own, &out->ip);
    }
    ip = mf_array(l, count, sizeof(*ip), &count);
    for (uint32_t i = 0; i < count; i++) {
        struct mf_at at = mf_item(&ips, i);

        if (mf_ip_check(l, &at, text[i]) && mf_ipv4(text[i], &ip[known]))
            known++;
    }
    out->external_ip = ip;
    out->external_ip_count = known; /* others are of a family that no pod has */
}

static void affinity_read(struct mf_load *l, const struct mf_at *spec,
                          struct pod_service_spec *out)
{
    struct mf_at config = mf_field(spec, "sessionAffinityConfig"),
                 client = mf_field(&config, "clientIP"),
                 timeout = mf_field(&client, "timeoutSeconds");
    bool kept = mf_choice(l, spec, "sessionAffinity", "ClientIP None", 1) == 0;

    if (config.node)
        mf_is_object(l, &config);
    if (!kept)
        return; /* the defaults drop the configuration */
    out->affinity_s = mf_int32(l, &client, "timeoutSeconds", ST_AFFINITY_S);
    if (out->affinity_s <= 0 || out->affinity_s > AFFINITY_MAX_S) {
        mf_invalid(l, &timeout, "must be greater than 0 and less than %d", AFFINITY_MAX_S);
        out->affinity_s = ST_AFFINITY_S;
    }
}

static void balancer_read(struct mf_load *l, const struct mf_at *spec,
                          struct pod_service_spec *out)
{
    static const char only[] = "may only be used when `type` is 'LoadBalancer'";
    static const char *const fields[] = {"loadBalancerSourceRanges",
                                         "allocateLoadBalancerNodePorts", "loadBalancerClass"};
    struct mf_at at;

    for (size_t i = 0; i < RX_ARRAY_LEN(fields); i++) {
        at = mf_field(spec, fields[i]);
        if (out->type == ST_SERVICE_LOAD_BALANCER || at.node == NULL ||
            (at.node->type == MF_SEQUENCE && at.node->count == 0))
            continue;
        mf_forbidden(l, &at, only);
    }
    if (out->type != ST_SERVICE_LOAD_BALANCER)
        return;
    out->no_node_ports = !mf_bool(l, spec, "allocateLoadBalancerNodePorts", true);
    mf_ipv4(mf_string(l, spec, "loadBalancerIP", ""), &out->balancer_ip);
}

static bool is_accessible(const struct pod_service_spec *s)
{
    return s->type == ST_SERVICE_NODE_PORT || s->type == ST_SERVICE_LOAD_BALANCER ||
           (s->type == ST_SERVICE_CLUSTER_IP && s->external_ip_count > 0);
}

static void health_port_read(struct mf_load *l, const struct mf_at *spec,
                             struct pod_service_spec *out)
{
    struct mf_at at = mf_field(spec, "healthCheckNodePort");
    int64_t number = mf_int(l, spec, "healthCheckNodePort", 0);

    if (number == 0)
        return;
    if (out->type != ST_SERVICE_LOAD_BALANCER || out->external_traffic != ST_TRAFFIC_LOCAL)
        mf_invalid(l, &at,
                   "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is "
                   "'Local'");
    else if (!mf_number_between(l, &at, number, 1, 65535))
        return;
    else if (number < ST_NODE_PORT_FIRST || number > ST_NODE_PORT_LAST)
        mf_invalid(l, &at, "failed to allocate requested HealthCheck NodePort %lld: %s",
                   (long long)number, port_range);
    else if (is_allocated(l, (uint16_t)number, "TCP"))
        mf_invalid(l, &at, "failed to allocate requested HealthCheck NodePort %lld: %s",
                   (long long)number, port_taken);
    else
        out->health_port = (uint16_t)number;
}

static void traffic_read(struct mf_load *l, const struct mf_at *spec,
                         struct pod_service_spec *out)
{
    static const uint8_t ways[] = {ST_DISTRIBUTE_ZONE, ST_DISTRIBUTE_ZONE, ST_DISTRIBUTE_NODE,
                                   ST_DISTRIBUTE_ALL};
    struct mf_at external = mf_field(spec, "externalTrafficPolicy");

    out->external_traffic = (uint8_t)mf_choice(l, spec, "externalTrafficPolicy", "Cluster Local",
                                               ST_TRAFFIC_CLUSTER);
    if (!is_accessible(out) && external.node && *mf_string_at(l, &external, ""))
        mf_invalid(l, &external, "may only be set for externally-accessible services");
    health_port_read(l, spec, out);
    out->internal_traffic = (uint8_t)mf_choice(l, spec, "internalTrafficPolicy", "Cluster Local",
                                               ST_TRAFFIC_CLUSTER);
    out->distribution = ways[mf_choice(l, spec, "trafficDistribution",
                                       "PreferClose PreferSameZone PreferSameNode", 3)];
}
