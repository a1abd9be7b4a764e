/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/cluster.h"
#include "engine/reactor/err.h"

static struct cluster_service *find(struct cluster *c, const char *ns, const char *name,
                                    size_t length)
{
    RX_LIST_EACH(l, &c->services) {
        struct cluster_service *s = rx_container_of(l, struct cluster_service, link);

        if (strlen(s->spec.name) == length && memcmp(s->spec.name, name, length) == 0 &&
            strcmp(s->spec.ns, ns) == 0)
            return s;
    }
    return NULL;
}

int cluster_add_service(struct cluster *c, const struct pod_service_spec *spec)
{
    struct cluster_service *s;

    if (find(c, spec->ns, spec->name, strlen(spec->name)) != NULL)
        return -RX_EEXISTS;
    s = rx_mem_zalloc(c->node->mem, sizeof(*s));
    if (s == NULL)
        return -RX_ENOMEM;
    s->spec = *spec;
    rx_list_add_tail(&c->services, &s->link);
    return 0;
}

/* "NAME", or "NAME.NS" with the suffixes a cluster's DNS knows. */
static struct cluster_service *by_host(struct cluster *c, const char *ns, const char *host)
{
    static const char *const suffix[] = {"", ".svc", ".svc.cluster.local", ".svc.cluster.local."};
    const char *dot = strchr(host, '.');
    char space[64];
    size_t length;

    if (dot == NULL)
        return find(c, ns, host, strlen(host));
    length = strcspn(dot + 1, ".");
    if (length >= sizeof(space))
        return NULL;
    memcpy(space, dot + 1, length);
    space[length] = '\0';
    for (unsigned i = 0; i < RX_ARRAY_LEN(suffix); i++) {
        if (strcmp(dot + 1 + length, suffix[i]) == 0)
            return find(c, space, host, (size_t)(dot - host));
    }
    return NULL;
}

static bool selects(const struct pod_service_spec *s, const struct pod_labels *labels)
{
    for (uint32_t i = 0; i < s->selector.count; i++) {
        bool has = false;

        for (uint32_t k = 0; k < labels->count && !has; k++)
            has = strcmp(s->selector.pair[i].key, labels->pair[k].key) == 0 &&
                  strcmp(s->selector.pair[i].value, labels->pair[k].value) == 0;
        if (!has)
            return false;
    }
    return s->has_selector;
}

/* The rule of kube-proxy: ready endpoints; if there are none, those that still serve while they
 * terminate. */
static bool endpoint(const struct pod_service_spec *s, struct pod *p, bool terminating)
{
    const struct pod_spec *spec = pod_spec_of(p);
    bool serving = p->conditions >> POD_COND_READY & 1;

    if (pod_has(p, POD_GONE) || pod_phase_terminal((enum pod_phase)p->phase) ||
        strcmp(spec->ns, s->ns) != 0 || !selects(s, &spec->labels))
        return false;
    if (terminating)
        return serving && pod_has(p, POD_DELETING);
    return s->publish_not_ready || (serving && !pod_has(p, POD_DELETING));
}

static uint16_t target_port(const struct pod_service_port *port, const struct pod_spec *spec)
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

static enum pod_route through(struct cluster *c, const struct pod_service_spec *s, uint16_t port,
                              struct pod **pod, uint16_t *target)
{
    const struct pod_service_port *found = NULL;

    for (uint32_t i = 0; i < s->port_count && found == NULL; i++) {
        if (s->port[i].port == port)
            found = &s->port[i];
    }
    if (found == NULL && !s->headless)
        return POD_ROUTE_REFUSED;
    for (int terminating = 0; terminating < 2; terminating++) {
        RX_LIST_EACH(l, &c->node->pods) {
            struct pod *p = rx_container_of(l, struct pod, link);

            if (!endpoint(s, p, terminating != 0))
                continue;
            *pod = p;
            *target = s->headless ? port : target_port(found, pod_spec_of(p));
            return *target != 0 ? POD_ROUTE_POD : POD_ROUTE_REFUSED;
        }
    }
    return POD_ROUTE_REFUSED;
}

enum pod_route cluster_resolve(void *cluster, const char *ns, const char *host, uint16_t port,
                               struct pod **pod, uint16_t *target)
{
    struct cluster *c = cluster;
    struct cluster_service *s = by_host(c, ns, host);
    unsigned a, b, d, e;
    char end;

    if (s != NULL && s->spec.has_selector && c->node->shard.count > 1)
        c->node->stats.foreign_lookups++;
    if (s != NULL)
        return s->spec.external ? POD_ROUTE_NO_NAME : through(c, &s->spec, port, pod, target);
    if (sscanf(host, "%3u.%3u.%3u.%3u%c", &a, &b, &d, &e, &end) != 4)
        return POD_ROUTE_NO_NAME;
    RX_LIST_EACH(l, &c->node->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (p->ip == (a << 24 | b << 16 | d << 8 | e)) {
            *pod = p;
            *target = port;
            return POD_ROUTE_POD;
        }
    }
    c->node->stats.foreign_lookups += c->node->shard.count > 1 && a == 127;
    return POD_ROUTE_REFUSED;
}
