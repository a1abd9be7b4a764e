/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - Services: which pods are behind one, and which of them gets the next connection. */
#include <string.h>

#include "engine/cluster/cluster.h"
#include "engine/reactor/hash.h"
#include "engine/reactor/err.h"

enum { FIRST_IP = CLUSTER_API_IP + 1 };

struct cluster_service *cluster_find_service(struct cluster *c, const char *ns, const char *name)
{
    struct st_object *o = st_find(c->store, ST_SERVICE, 0, ns, name);

    if (o != NULL)
        return cluster_service_of(o);
    if (strcmp(c->api.spec.name, name) == 0 && strcmp(c->api.spec.ns, ns) == 0)
        return &c->api;
    return NULL;
}

/* The next address that is not taken: not the DNS server's, nor one that a manifest has asked
 * for. */
static uint32_t next_ip(struct cluster *c)
{
    for (;;) {
        uint32_t ip = FIRST_IP + c->service_ips_given++;
        const struct cluster_service *s;
        bool taken = ip == CLUSTER_DNS_IP;
        uint32_t cursor = 0;

        while ((s = rx_map_next(&c->service_ips, rx_hash_end(ip), &cursor)) != NULL)
            taken |= s->ip == ip;
        if (!taken)
            return ip;
    }
}

static void free_service(struct cluster *c, struct cluster_service *s)
{
    cluster_members_drop(c, s);
    st_unadd(c->store, &s->object);
    if (s->ip != 0)
        rx_map_remove(&c->service_ips, rx_hash_end(s->ip), s);
    rx_mem_free(c->world->mem, s, sizeof(*s));
}

void cluster_undo_service(struct cluster *c, const struct pod_service_spec *spec,
                          uint32_t ips_given)
{
    free_service(c, cluster_find_service(c, spec->ns, spec->name));
    c->service_ips_given = ips_given;
}

int cluster_add_service(struct cluster *c, const struct pod_service_spec *spec)
{
    uint32_t given = c->service_ips_given;
    struct cluster_service *s = rx_mem_zalloc(c->world->mem, sizeof(*s));
    int rc;

    if (s == NULL)
        return -RX_ENOMEM;
    s->object = (struct st_object){.ns = spec->ns, .name = spec->name, .kind = ST_SERVICE};
    s->spec = *spec;
    rc = st_add(c->store, &s->object);
    if (rc == 0 && !spec->external && !spec->headless) {
        s->ip = spec->ip != 0 ? spec->ip : next_ip(c);
        rc = rx_map_put(&c->service_ips, rx_hash_end(s->ip), s);
    }
    if (rc != 0) {
        c->service_ips_given = given;
        free_service(c, s);
    }
    return rc;
}

/* The rule of kube-proxy: ready endpoints; if there are none, those that still serve while they
 * terminate. */
bool cluster_endpoint_is(const struct pod_service_spec *s, struct pod *p, bool terminating)
{
    bool serving = p->conditions >> POD_COND_READY & 1;

    if (pod_is_gone(p) || pod_phase_terminal((enum pod_phase)p->phase) || !pod_on_node(p))
        return false;
    if (terminating)
        return serving && pod_is_deleting(p);
    return s->publish_not_ready || (serving && !pod_is_deleting(p));
}

uint16_t cluster_target_port(const struct pod_service_port *port, const struct pod_spec *spec)
{
    if (port->target_name == NULL)
        return port->target;
    for (uint32_t i = 0; i < spec->container_count; i++) {
        for (uint32_t k = 0; k < spec->container[i].port_count; k++) {
            const struct pod_port_spec *p = &spec->container[i].port[k];

            if (p->name != NULL && strcmp(p->name, port->target_name) == 0)
                return p->number;
        }
    }
    return 0;
}

const struct pod_service_port *cluster_service_port(const struct pod_service_spec *s,
                                                    uint16_t port)
{
    for (uint32_t i = 0; i < s->port_count; i++)
        if (s->port[i].port == port)
            return &s->port[i];
    return NULL;
}

bool cluster_endpoint(const struct pod_service_spec *s, struct pod *p)
{
    return cluster_endpoint_is(s, p, false);
}

static enum pod_route through(struct cluster *c, struct cluster_service *service, uint16_t port,
                              struct pod_reach *out)
{
    const struct pod_service_spec *s = &service->spec;
    const struct pod_service_port *found = cluster_service_port(s, port);

    if (found == NULL)
        return POD_ROUTE_REFUSED;
    for (int terminating = 0; terminating < 2; terminating++) {
        struct cluster_walk walk = cluster_walk(c, service);
        struct pod *p;

        while ((p = cluster_walk_next(&walk)) != NULL) {
            if (!cluster_endpoint_is(s, p, terminating != 0))
                continue;
            out->pod = p;
            out->port = cluster_target_port(found, pod_spec_of(p));
            return out->port != 0 ? POD_ROUTE_POD : POD_ROUTE_REFUSED;
        }
    }
    return POD_ROUTE_REFUSED;
}

/* Its name is its pods: a client goes to the first of them, at the port it asks for. */
static void directly(struct cluster *c, struct cluster_service *service, uint16_t port,
                     struct pod_reach *out)
{
    struct cluster_walk walk = cluster_walk(c, service);
    struct pod *p;

    while (out->addresses < POD_REACH_MAX && (p = cluster_walk_next(&walk)) != NULL) {
        if (!cluster_endpoint_is(&service->spec, p, false))
            continue;
        out->address[out->addresses++] = p->ip;
        if (out->pod == NULL)
            out->pod = p;
    }
    out->port = port;
    out->route = out->pod != NULL ? POD_ROUTE_POD : POD_ROUTE_NO_NAME;
}

void cluster_route(struct cluster *c, struct cluster_service *s, uint16_t port,
                   struct pod_reach *out)
{
    *out = (struct pod_reach){.route = POD_ROUTE_NO_NAME};
    if (s->ip != 0 && s->spec.has_selector && c->world->shard.count > 1)
        c->world->stats.foreign_lookups++; /* without an address its name has been counted */
    if (s->spec.external)
        return;
    if (s->ip == 0) {
        directly(c, s, port, out);
        return;
    }
    out->addresses = 1;
    out->address[0] = s->ip;
    if (port == 0)
        out->route = POD_ROUTE_REFUSED;
    else if (s == &c->api)
        out->route = port == 443 ? POD_ROUTE_API : POD_ROUTE_REFUSED;
    else
        out->route = through(c, s, port, out);
}
