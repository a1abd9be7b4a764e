/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_service.c - what a Service and a node have been given, and the endpoints of Services as the
 * API has them: in one Endpoints, and in slices.
 */
#include "api/show.h"

#include <stdio.h>
#include <string.h>

#include "api/manifest/document.h"
#include "engine/cluster/ingress.h"
#include "engine/cluster/node.h"
#include "engine/cluster/slice.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

/* ---- Services -------------------------------------------------------------------------------- */

static const char *ip_text(struct api_show *s, uint32_t ip)
{
    char text[POD_IP_MAX];

    pod_ip_text(ip, text);
    return api_show_say(s, "%s", text);
}

static void put_ports(struct api_show *s, const struct cluster_service *v)
{
    for (uint32_t i = 0; i < v->spec.port_count; i++) {
        const struct pod_service_port *p = &v->spec.port[i];
        const char *at = api_show_say(s, "spec.ports[%u]", i);

        if (p->name != NULL)
            api_show_text(s, api_show_say(s, "%s.name", at), p->name);
        api_show_put(s, api_show_say(s, "%s.port", at), "%u", p->port);
        api_show_text(s, api_show_say(s, "%s.protocol", at), p->protocol);
        if (p->target_name != NULL)
            api_show_text(s, api_show_say(s, "%s.targetPort", at), p->target_name);
        else
            api_show_put(s, api_show_say(s, "%s.targetPort", at), "%u", p->target);
        if (v->node_port != NULL && v->node_port[i] != 0)
            api_show_put(s, api_show_say(s, "%s.nodePort", at), "%u", v->node_port[i]);
    }
}

void api_show_service(struct api_show *s, struct cluster_service *v)
{
    static const char *const type[] = {
        [ST_SERVICE_CLUSTER_IP] = "ClusterIP",
        [ST_SERVICE_EXTERNAL_NAME] = "ExternalName",
        [ST_SERVICE_LOAD_BALANCER] = "LoadBalancer",
        [ST_SERVICE_NODE_PORT] = "NodePort",
    };
    bool external = v->spec.type == ST_SERVICE_EXTERNAL_NAME;

    api_show_text(s, "spec.type", type[v->spec.type]);
    api_show_text(s, "spec.sessionAffinity", v->spec.affinity_s > 0 ? "ClientIP" : "None");
    if (!external) {
        const char *ip = v->ip != 0 ? ip_text(s, v->ip) : "None";

        api_show_text(s, "spec.clusterIP", ip);
        api_show_put(s, "spec.clusterIPs", "[\"%s\"]", ip);
        api_show_put(s, "spec.ipFamilies", "[\"IPv4\"]");
        api_show_text(s, "spec.ipFamilyPolicy", "SingleStack");
        api_show_text(s, "spec.internalTrafficPolicy",
                      v->spec.internal_traffic == ST_TRAFFIC_LOCAL ? "Local" : "Cluster");
    }
    if (v->node_port != NULL)
        api_show_text(s, "spec.externalTrafficPolicy",
                      v->spec.external_traffic == ST_TRAFFIC_LOCAL ? "Local" : "Cluster");
    if (v->health_port != 0)
        api_show_put(s, "spec.healthCheckNodePort", "%u", v->health_port);
    put_ports(s, v);
    if (v->balancer_ip != 0)
        api_show_put(s, "status.loadBalancer.ingress", "[{\"ip\":\"%s\",\"ipMode\":\"VIP\"}]",
                     ip_text(s, v->balancer_ip));
}

void api_show_ingress(struct api_show *s)
{
    api_show_put(s, "status.loadBalancer.ingress", "[{\"ip\":\"%s\"}]",
                 ip_text(s, (uint32_t)CLUSTER_INGRESS_IP));
}

/* ---- nodes ----------------------------------------------------------------------------------- */

void api_show_node(struct api_show *s, const struct st_object *o)
{
    const struct cluster_node *n = rx_container_of(o, struct cluster_node, object);

    api_show_text(s, "metadata.labels[\"kubernetes.io/hostname\"]", n->spec.name);
    if (n->cordoned)
        api_show_put(s, "spec.unschedulable", "true");
    api_show_put(s, "spec.taints", "[]");
    for (uint32_t i = 0; i < n->taints; i++) {
        const char *at = api_show_say(s, "spec.taints[%u]", i);

        api_show_text(s, api_show_say(s, "%s.effect", at),
                      st_taint_effect_name(n->taint[i].effect));
        api_show_text(s, api_show_say(s, "%s.key", at), n->taint[i].key);
        if (n->taint[i].value[0] != '\0')
            api_show_text(s, api_show_say(s, "%s.value", at), n->taint[i].value);
    }
}

/* ---- endpoints ------------------------------------------------------------------------------- */

static void put_head(struct api_show *s, struct rx_text *t, const struct cluster_service *v,
                     const char *version, const char *kind, const char *name)
{
    char uid[POD_UID_MAX];

    api_show_uid(s, ST_SLICE, rx_hash_end(rx_hash_bytes(RX_HASH_START, name, strlen(name))) >> 12,
                 uid);
    rx_text_say(t, "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"name\":%s,", version,
                kind, api_show_quote(s, name));
    rx_text_say(t, "\"namespace\":\"%s\",\"uid\":\"%s\",\"creationTimestamp\":\"", v->object.ns,
                uid);
    api_show_time(s, t, v->object.meta.created);
    rx_text_puts(t, "\"");
}

static void put_target(struct api_show *s, struct rx_text *t, const struct cluster_endpoint *e)
{
    char name[POD_NAME_MAX], uid[POD_UID_MAX];

    if (e->pod.id == 0)
        return;
    pod_uid_of(&s->ring->world, e->pod.serial, uid);
    rx_text_say(t,
                ",\"targetRef\":{\"kind\":\"Pod\",\"name\":\"%s\",\"namespace\":\"%s\","
                "\"uid\":\"%s\"}",
                pod_name_of(e->pod.owner, e->pod.ordinal, e->pod.spec, name), e->pod.spec->ns, uid);
}

static void put_node_name(struct api_show *s, struct rx_text *t, const struct cluster_endpoint *e)
{
    if (e->node < s->ring->world.nodes)
        rx_text_say(t, ",\"nodeName\":%s", api_show_quote(s, s->ring->world.node[e->node]->name));
}

static void put_port_list(struct api_show *s, struct rx_text *t, const struct cluster_service *v,
                          const struct cluster_endpoint *e)
{
    const char *between = "";

    rx_text_puts(t, "\"ports\":[");
    for (uint32_t i = 0; i < v->spec.port_count; i++) {
        const struct pod_service_port *p = &v->spec.port[i];
        uint16_t number = cluster_endpoint_port(e, p);

        if (number == 0)
            continue;
        rx_text_say(t, "%s{\"name\":%s,\"port\":%u,\"protocol\":\"%s\"}", between,
                    api_show_quote(s, p->name != NULL ? p->name : ""), number, p->protocol);
        between = ",";
    }
    rx_text_puts(t, "]");
}

static const char *truth(uint8_t bits, uint8_t bit)
{
    return (bits & bit) != 0 ? "true" : "false";
}

static void put_slice(struct api_show *s, struct rx_text *t, struct cluster_service *v,
                      const struct cluster_slice_cut *cut, uint32_t nth)
{
    static const char letter[] = "bcdfghjklmnpqrstvwxz2456789";
    const char *name = v->spec.name;
    uint64_t h = rx_hash_end(
        rx_hash_bytes(rx_hash_bytes(RX_HASH_START ^ nth, v->object.ns, strlen(v->object.ns)), name,
                      strlen(name)));
    char suffix[6] = "";
    char uid[POD_UID_MAX];

    for (int i = 0; i < 5; i++, h /= 27)
        suffix[i] = letter[h % 27];
    put_head(s, t, v, "discovery.k8s.io/v1", "EndpointSlice",
             api_show_say(s, "%s-%s", name, suffix));
    api_show_uid(s, ST_SERVICE, v->object.meta.serial, uid);
    rx_text_say(t,
                ",\"generateName\":%s,\"labels\":{\"endpointslice.kubernetes.io/managed-by\":"
                "\"endpointslice-controller.k8s.io\",\"kubernetes.io/service-name\":%s},",
                api_show_quote(s, api_show_say(s, "%s-", name)), api_show_quote(s, name));
    rx_text_say(t,
                "\"ownerReferences\":[{\"apiVersion\":\"v1\",\"blockOwnerDeletion\":true,"
                "\"controller\":true,\"kind\":\"Service\",\"name\":%s,\"uid\":\"%s\"}]},",
                api_show_quote(s, name), uid);
    rx_text_puts(t, "\"addressType\":\"IPv4\",\"endpoints\":[");
    for (uint32_t i = 0; i < cut->count; i++) {
        const struct cluster_endpoint *e = cut->endpoint[i];

        rx_text_say(t,
                    "%s{\"addresses\":[\"%s\"],\"conditions\":{\"ready\":%s,\"serving\":%s,"
                    "\"terminating\":%s}",
                    i > 0 ? "," : "", ip_text(s, e->ip), truth(e->bits, CLUSTER_ENDPOINT_READY),
                    truth(e->bits, CLUSTER_ENDPOINT_SERVING),
                    truth(e->bits, CLUSTER_ENDPOINT_TERMINATING));
        put_node_name(s, t, e);
        put_target(s, t, e);
        rx_text_putc(t, '}');
    }
    rx_text_puts(t, "],");
    put_port_list(s, t, v, cut->first);
    rx_text_putc(t, '}');
}

/* Who terminates is in no Endpoints. */
static uint32_t put_addresses(struct api_show *s, struct rx_text *t,
                              const struct cluster_slice_cut *cut, bool ready)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < cut->count; i++) {
        const struct cluster_endpoint *e = cut->endpoint[i];

        if (((e->bits & CLUSTER_ENDPOINT_READY) != 0) != ready ||
            (!ready && (e->bits & CLUSTER_ENDPOINT_TERMINATING) != 0))
            continue;
        rx_text_say(t, "%s{\"ip\":\"%s\"",
                    count++ > 0 ? ","
                    : ready     ? "\"addresses\":["
                                : "\"notReadyAddresses\":[",
                    ip_text(s, e->ip));
        put_node_name(s, t, e);
        put_target(s, t, e);
        rx_text_putc(t, '}');
    }
    if (count > 0)
        rx_text_puts(t, "],");
    return count;
}

static void put_whole(struct api_show *s, struct rx_text *t, struct cluster_service *v)
{
    struct cluster_slice_cut cut = {0};
    bool any = false;

    put_head(s, t, v, "v1", "Endpoints", v->spec.name);
    rx_text_puts(t, ",\"labels\":{\"endpoints.kubernetes.io/managed-by\":"
                    "\"endpoint-controller\"}}");
    while (cluster_slices_next(v, &cut) > 0) {
        size_t from = t->length;

        rx_text_puts(t, any ? ",{" : ",\"subsets\":[{");
        if (put_addresses(s, t, &cut, true) + put_addresses(s, t, &cut, false) == 0) {
            t->length = from;
            continue;
        }
        put_port_list(s, t, v, cut.first);
        rx_text_putc(t, '}');
        any = true;
    }
    rx_text_puts(t, any ? "]}" : "}");
}

static struct cluster_service *service_from(struct api_show *s, const char *ns, uint64_t serial)
{
    struct st_object *o = api_object_from(s->ring, ST_SERVICE, serial);

    while (o != NULL &&
           ((ns[0] != '\0' && strcmp(o->ns, ns) != 0) || !cluster_service_of(o)->spec.has_selector))
        o = api_object_from(s->ring, ST_SERVICE, o->meta.serial + 1);
    return o != NULL ? cluster_service_of(o) : NULL;
}

/* The cursor has the Service in its upper part, and which of its slices comes next. */
enum { SLICE_BITS = 20 };

static int next_slice(struct api_show *s, const char *ns, uint64_t *cursor, struct rx_text *out)
{
    uint64_t serial = RX_MAX(*cursor >> SLICE_BITS, 1u);
    uint32_t nth = (uint32_t)(*cursor & ((1u << SLICE_BITS) - 1));
    struct cluster_service *v;

    for (; (v = service_from(s, ns, serial)) != NULL; serial = v->object.meta.serial + 1, nth = 0) {
        struct cluster_slice_cut cut = {0};

        for (uint32_t i = 0; cluster_slices_next(v, &cut) > 0; i++) {
            if (v->object.meta.serial == serial && i < nth)
                continue;
            put_slice(s, out, v, &cut, i);
            *cursor = v->object.meta.serial << SLICE_BITS | (i + 1);
            return 0;
        }
    }
    return -RX_ENOTFOUND;
}

int api_show_endpoints(struct api_show *s, bool whole, const char *ns, uint64_t *cursor,
                       struct rx_text *out)
{
    struct cluster_service *v;

    if (!whole)
        return next_slice(s, ns, cursor, out);
    v = service_from(s, ns, *cursor + 1);
    if (v == NULL)
        return -RX_ENOTFOUND;
    *cursor = v->object.meta.serial;
    put_whole(s, out, v);
    return 0;
}
