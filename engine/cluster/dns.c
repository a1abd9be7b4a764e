/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns.c - names, as the DNS server of a cluster has them and as a pod's resolver asks for them.
 *
 * An answer is worked out from the endpoints of the moment: nothing is cached on the way.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/cluster/dns.h"
#include "engine/cluster/endpoint.h"
#include "engine/reactor/hash.h"
#include "engine/pod/etc_files.h"

enum { LABELS_MAX = 8, ALIASES_MAX = 8 };

struct question {
    struct cluster *c;
    const struct pod_spec *from;
    uint32_t aliases; /* ExternalNames followed so far */
    bool fleeting;    /* endpoints have been asked */
    struct cluster_name *out;
};

static bool look_up(struct question *q, const char *name);

/* ---- addresses ------------------------------------------------------------------------------- */

static bool parse_address(const char *text, char separator, uint32_t *out)
{
    uint32_t ip = 0;

    for (int part = 0; part < 4; part++) {
        uint32_t octet = 0;
        int digits = 0;

        for (; *text >= '0' && *text <= '9' && digits < 3; text++, digits++)
            octet = octet * 10 + (uint32_t)(*text - '0');
        if (digits == 0 || octet > 255 || *text != (part < 3 ? separator : '\0'))
            return false;
        ip = ip << 8 | octet;
        text += part < 3;
    }
    *out = ip;
    return true;
}

static bool is_of_node(const struct cluster *c, uint32_t node, uint32_t ip)
{
    uint32_t own;

    return parse_address(c->world->node[node]->ip, '.', &own) && own == ip;
}

static void to_address(struct question *q, uint32_t ip)
{
    struct cluster_service *s = cluster_service_at(q->c, ip);

    *q->out = (struct cluster_name){
        .kind = s != NULL ? CLUSTER_NAME_SERVICE : CLUSTER_NAME_ADDRESS, .service = s, .ip = ip};
    for (uint32_t i = 0; s == NULL && i < q->c->world->nodes; i++)
        if (is_of_node(q->c, i, ip)) {
            q->out->kind = CLUSTER_NAME_NODE;
            q->out->node = i;
            return;
        }
}

/* ---- what the server knows ------------------------------------------------------------------- */

static bool has_endpoint_name(struct pod *p, const char *service, const char *label)
{
    char name[POD_NAME_MAX];
    uint32_t ip;

    if (!pod_has_subdomain_name(p) || strcmp(pod_spec_of(p)->subdomain, service) != 0)
        return parse_address(label, '-', &ip) && ip == p->ip;
    pod_hostname(p, name);
    name[strcspn(name, ".")] = '\0';
    return strcmp(name, label) == 0;
}

/* By its own name, if that is its hostname, or its address; else all are asked. */
static struct pod *find_endpoint(struct cluster *c, struct cluster_service *s, const char *label)
{
    uint32_t ip;
    struct pod *p = parse_address(label, '-', &ip) ? cluster_find_address(c, ip)
                                                   : cluster_find_pod(c, s->spec.ns, label);
    const struct cluster_endpoint *e = p != NULL ? cluster_endpoint_of(c, s, p->id) : NULL;

    if (e != NULL && has_endpoint_name(p, s->spec.name, label))
        return cluster_endpoint_ready(cluster_endpoint_bits_told(c, e)) ? p : NULL;
    RX_LIST_EACH (l, &s->endpoints) {
        e = rx_container_of(l, struct cluster_endpoint, link);
        c->steps++;
        p = cluster_endpoint_ready(cluster_endpoint_bits_told(c, e))
                ? pod_get(c->world, e->pod.id)
                : NULL;
        if (p != NULL && has_endpoint_name(p, s->spec.name, label))
            return p;
    }
    return NULL;
}

/* web-0.web.default.svc: one endpoint of a Service without an address. */
static bool endpoint_name(struct question *q, const char *ns, const char *service,
                          const char *label)
{
    struct cluster_service *s = cluster_find_service(q->c, ns, service);
    struct pod *p;

    if (s == NULL || !s->spec.headless)
        return false;
    if (cluster_service_is_foreign(q->c, s))
        q->c->world->stats.foreign_lookups++;
    q->fleeting = true;
    p = find_endpoint(q->c, s, label);
    if (p == NULL)
        return false;
    *q->out = (struct cluster_name){.kind = CLUSTER_NAME_ENDPOINT, .pod = p};
    return true;
}

static bool has_endpoints(struct cluster *c, const struct cluster_service *s)
{
    if (s->spec.has_selector && cluster_service_is_foreign(c, s))
        c->world->stats.foreign_lookups++;
    if (rx_list_empty(&s->dirty))
        return s->usable[CLUSTER_BY_SLICE].ready > 0;
    RX_LIST_EACH (l, &s->endpoints) {
        const struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);

        c->steps++;
        if (cluster_endpoint_ready(cluster_endpoint_bits_told(c, e)))
            return true;
    }
    return false;
}

static bool service_name(struct question *q, const char *ns, const char *service)
{
    struct cluster_service *s = cluster_find_service(q->c, ns, service);

    if (s == NULL)
        return false;
    if (s->spec.external)
        return s->spec.external_name != NULL && q->aliases++ < ALIASES_MAX &&
               look_up(q, s->spec.external_name);
    q->fleeting |= s->ip == 0;
    if (s->ip == 0 && !has_endpoints(q->c, s))
        return false;
    *q->out =
        (struct cluster_name){.kind = CLUSTER_NAME_SERVICE, .service = s, .ip = s->ip};
    return true;
}

/* _http._tcp.web.default.svc, what SRV records are asked for by: a port of the Service, which has
 * to have one of that name. Who asks for an address gets the Service's. */
static bool port_name(struct question *q, const char *ns, const char *service, const char *port,
                      const char *protocol)
{
    struct cluster_service *s = cluster_find_service(q->c, ns, service);

    for (uint32_t i = 0; s != NULL && i < s->spec.port_count; i++) {
        const struct pod_service_port *p = &s->spec.port[i];

        if (port[0] == '_' && protocol[0] == '_' && p->name != NULL &&
            strcmp(p->name, port + 1) == 0 &&
            strcasecmp(p->protocol != NULL ? p->protocol : "TCP", protocol + 1) == 0)
            return service_name(q, ns, service);
    }
    return false;
}

/* A full name, in lower case, without the dot at its end. */
static bool full_name(struct question *q, const char *name)
{
    static const char domain[] = "." POD_CLUSTER_DOMAIN;
    size_t length = strlen(name), tail = sizeof(domain) - 1;
    char copy[POD_FQDN_MAX], *label[LABELS_MAX], *rest = copy;
    uint32_t labels = 0, ip;

    if (length <= tail || length >= sizeof(copy) || strcmp(name + length - tail, domain) != 0)
        return false;
    memcpy(copy, name, length - tail);
    copy[length - tail] = '\0';
    while (labels < LABELS_MAX && (label[labels] = strsep(&rest, ".")) != NULL)
        labels++;
    if (labels == 3 && strcmp(label[2], "svc") == 0)
        return service_name(q, label[1], label[0]);
    if (labels == 4 && strcmp(label[3], "svc") == 0)
        return endpoint_name(q, label[2], label[1], label[0]);
    if (labels == 5 && strcmp(label[4], "svc") == 0)
        return port_name(q, label[3], label[2], label[0], label[1]);
    if (labels == 3 && strcmp(label[2], "pod") == 0 && parse_address(label[0], '-', &ip)) {
        to_address(q, ip);
        return true;
    }
    return false;
}

/* ---- how a resolver asks --------------------------------------------------------------------- */

/* As it stands, and in the domains of the pod's search list: in which order says the number of
 * dots. */
static bool look_up(struct question *q, const char *name)
{
    const struct pod_spec *spec = q->from;
    char lower[POD_FQDN_MAX], domain[POD_FQDN_MAX], full[2 * POD_FQDN_MAX];
    size_t length = strlen(name);
    uint32_t dots = 0;

    if (length == 0 || length >= sizeof(lower))
        return false;
    for (size_t i = 0; i <= length; i++) {
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
        dots += name[i] == '.';
    }
    if (lower[length - 1] == '.') {
        lower[length - 1] = '\0';
        return full_name(q, lower);
    }
    if (dots >= pod_dns_ndots(spec) && full_name(q, lower))
        return true;
    for (uint32_t i = 0; pod_dns_search(spec, i, domain); i++) {
        snprintf(full, sizeof(full), "%s.%s", lower, domain);
        if (full_name(q, full))
            return true;
    }
    return full_name(q, lower);
}

void cluster_look_up(struct cluster *c, const struct pod_spec *from, const char *host,
                     struct cluster_name *out)
{
    struct question q = {.c = c, .from = from, .out = out};
    uint32_t ip;

    *out = (struct cluster_name){.kind = CLUSTER_NAME_NONE};
    if (parse_address(host, '.', &ip)) {
        to_address(&q, ip);
        return;
    }
    if (pod_dns_knows_cluster(from) && look_up(&q, host)) {
        out->fleeting = q.fleeting;
        return;
    }
    *out = (struct cluster_name){.kind = CLUSTER_NAME_NONE,
                                 .node = cluster_node_number(c, host),
                                 .fleeting = q.fleeting};
    if (c->store->table[ST_NODE].count > 0 && out->node != CLUSTER_NO_NODE &&
        parse_address(c->world->node[out->node]->ip, '.', &out->ip))
        out->kind = CLUSTER_NAME_NODE;
}
