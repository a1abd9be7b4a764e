/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - Services come and go, with their addresses and node ports. */
#include <string.h>

#include "engine/cluster/balancer.h"
#include "engine/cluster/slice.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

enum { FIRST_IP = CLUSTER_API_IP + 1, FIRST_BALANCER_IP = 192 << 24 | 2 << 8 | 1 };

struct cluster_service *cluster_find_service(struct cluster *c, const char *ns, const char *name)
{
    struct st_object *o = st_find(c->store, ST_SERVICE, 0, ns, name);

    if (o != NULL)
        return cluster_service_of(o);
    if (strcmp(c->api.spec.name, name) == 0 && strcmp(c->api.spec.ns, ns) == 0)
        return &c->api;
    return NULL;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool has_address(const struct cluster_service *s, uint32_t ip)
{
    if (s->ip == ip || s->balancer_ip == ip)
        return true;
    for (uint32_t i = 0; i < s->spec.external_ip_count; i++)
        if (s->spec.external_ip[i] == ip)
            return true;
    return false;
}

struct cluster_service *cluster_service_at(struct cluster *c, uint32_t ip)
{
    struct cluster_service *s;
    uint32_t cursor = 0;

    if (ip == c->api.ip)
        return &c->api;
    while ((s = rx_map_next(&c->service_ips, rx_hash_end(ip), &cursor)) != NULL &&
           !has_address(s, ip))
        ;
    return s;
}

/* The next address that is not taken: not the DNS server's, nor one that a manifest has asked
 * for. */
static uint32_t next_ip(struct cluster *c)
{
    for (;;) {
        uint32_t ip = FIRST_IP + c->service_ips_given++;

        if (ip != CLUSTER_DNS_IP && cluster_service_at(c, ip) == NULL)
            return ip;
    }
}

static uint32_t next_balancer_ip(struct cluster *c)
{
    uint32_t ip = (uint32_t)FIRST_BALANCER_IP;

    while (cluster_service_at(c, ip) != NULL)
        ip++;
    return ip;
}

static int put_address(struct cluster *c, struct cluster_service *s, uint32_t ip)
{
    return ip != 0 ? rx_map_put(&c->service_ips, rx_hash_end(ip), s) : 0;
}

static int take_addresses(struct cluster *c, struct cluster_service *s)
{
    const struct pod_service_spec *spec = &s->spec;
    int rc;

    if (spec->external || spec->headless)
        return 0;
    s->ip = spec->ip != 0 ? spec->ip : next_ip(c);
    rc = put_address(c, s, s->ip);
    if (rc == 0 && spec->type == ST_SERVICE_LOAD_BALANCER) {
        s->balancer_ip = spec->balancer_ip != 0 ? spec->balancer_ip : next_balancer_ip(c);
        rc = put_address(c, s, s->balancer_ip);
    }
    for (uint32_t i = 0; i < spec->external_ip_count && rc == 0; i++)
        rc = put_address(c, s, spec->external_ip[i]);
    return rc;
}

static void give_addresses(struct cluster *c, struct cluster_service *s)
{
    if (s->ip == 0)
        return;
    rx_map_remove(&c->service_ips, rx_hash_end(s->ip), s);
    if (s->balancer_ip != 0)
        rx_map_remove(&c->service_ips, rx_hash_end(s->balancer_ip), s);
    for (uint32_t i = 0; i < s->spec.external_ip_count; i++)
        rx_map_remove(&c->service_ips, rx_hash_end(s->spec.external_ip[i]), s);
}

/* ---- node ports ------------------------------------------------------------------------------ */

struct cluster_service *cluster_service_on(struct cluster *c, uint16_t node_port, uint32_t *index)
{
    struct cluster_service *s;
    uint32_t cursor = 0;

    while ((s = rx_map_next(&c->node_ports, rx_hash_end(node_port), &cursor)) != NULL) {
        for (*index = 0; s->node_port != NULL && *index < s->spec.port_count; ++*index)
            if (s->node_port[*index] == node_port)
                return s;
        if (s->health_port == node_port)
            return s;
    }
    return NULL;
}

static bool is_taken(struct cluster *c, uint16_t number)
{
    uint32_t index;

    return cluster_service_on(c, number, &index) != NULL;
}

/* Those that are asked for go before those that are given: who has been given one that somebody
 * asks for now keeps it, and the other one is refused. */
static int take_port(struct cluster *c, struct cluster_service *s, uint16_t asked, uint16_t *out)
{
    uint16_t number = asked;

    if (asked != 0 && is_taken(c, asked))
        return -RX_EEXISTS;
    for (number = asked != 0 ? asked : ST_NODE_PORT_FIRST; asked == 0 && is_taken(c, number);)
        if (number++ == ST_NODE_PORT_LAST)
            return -RX_ELIMIT;
    *out = number;
    return rx_map_put(&c->node_ports, rx_hash_end(number), s);
}

static int take_ports(struct cluster *c, struct cluster_service *s)
{
    const struct pod_service_spec *spec = &s->spec;
    bool local = spec->type == ST_SERVICE_LOAD_BALANCER &&
                 spec->external_traffic == ST_TRAFFIC_LOCAL;
    int rc = 0;

    if (spec->type != ST_SERVICE_NODE_PORT && spec->type != ST_SERVICE_LOAD_BALANCER)
        return 0;
    if (spec->port_count > 0) {
        s->node_port = rx_mem_zalloc(c->world->mem, spec->port_count * sizeof(*s->node_port));
        if (s->node_port == NULL)
            return -RX_ENOMEM;
    }
    for (int asked = 1; asked >= 0; asked--)
        for (uint32_t i = 0; i < spec->port_count && rc == 0; i++)
            if ((spec->port[i].node_port != 0) == asked && (asked || !spec->no_node_ports))
                rc = take_port(c, s, spec->port[i].node_port, &s->node_port[i]);
    return rc == 0 && local ? take_port(c, s, spec->health_port, &s->health_port) : rc;
}

static void give_ports(struct cluster *c, struct cluster_service *s)
{
    for (uint32_t i = 0; s->node_port != NULL && i < s->spec.port_count; i++)
        if (s->node_port[i] != 0)
            rx_map_remove(&c->node_ports, rx_hash_end(s->node_port[i]), s);
    if (s->health_port != 0)
        rx_map_remove(&c->node_ports, rx_hash_end(s->health_port), s);
    rx_mem_free(c->world->mem, s->node_port, s->spec.port_count * sizeof(*s->node_port));
    s->node_port = NULL;
}

/* ---- Services -------------------------------------------------------------------------------- */

static void free_service(struct cluster *c, struct cluster_service *s)
{
    cluster_balancer_end(c, s);
    cluster_slices_end(c, s);
    if (c->service_goes != NULL)
        c->service_goes(c, s);
    st_unadd(c->store, &s->object);
    give_addresses(c, s);
    give_ports(c, s);
    rx_mem_free(c->world->mem, s->told_on, s->told_room * sizeof(*s->told_on));
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
    /* No share sees all pods of a Service. */
    s->object = (struct st_object){
        .ns = spec->ns, .name = spec->name, .kind = ST_SERVICE, .mute = c->divides};
    s->spec = *spec;
    rx_list_init(&s->endpoints);
    rx_list_init(&s->dirty);
    for (int i = 0; i < CLUSTER_PROXIES_MAX; i++)
        rx_list_init(&s->touched[i]);
    rc = st_add(c->store, &s->object);
    if (rc == 0)
        rc = take_addresses(c, s);
    if (rc == 0 && take_ports(c, s) != 0)
        rc = -RX_ESTATE;
    if (rc == 0)
        rc = cluster_slices_begin(c, s);
    if (rc == 0)
        rc = cluster_balancer_begin(c, s);
    if (rc != 0) {
        c->service_ips_given = given;
        free_service(c, s);
    }
    return rc;
}

/* ---- updates --------------------------------------------------------------------------------- */

static bool has_ip(const struct pod_service_spec *spec)
{
    return !spec->external && !spec->headless;
}

int cluster_update_service(struct cluster *c, struct cluster_service *s,
                           const struct pod_service_spec *spec, struct cluster_service_update *u)
{
    *u = (struct cluster_service_update){*spec, s->ip, c->service_ips_given};
    for (uint32_t i = 0; i < spec->port_count; i++) {
        uint32_t index;
        struct cluster_service *other = spec->port[i].node_port != 0
            ? cluster_service_on(c, spec->port[i].node_port, &index) : NULL;

        if (other != NULL && other != s)
            return -RX_ESTATE;
    }
    if (has_ip(spec) && s->ip == 0) {
        uint32_t ip = spec->ip != 0 ? spec->ip : next_ip(c);

        if (put_address(c, s, ip) != 0) {
            c->service_ips_given = u->ips_given;
            return -RX_ENOMEM;
        }
        s->ip = ip;
    }
    return 0;
}

static bool is_same_selection(const struct pod_service_spec *a, const struct pod_service_spec *b)
{
    if (a->has_selector != b->has_selector || a->selector.count != b->selector.count ||
        a->publish_not_ready != b->publish_not_ready || a->port_count != b->port_count ||
        a->headless != b->headless || a->external != b->external)
        return false;
    for (uint32_t i = 0; i < a->selector.count; i++)
        if (strcmp(a->selector.pair[i].key, b->selector.pair[i].key) != 0 ||
            strcmp(a->selector.pair[i].value, b->selector.pair[i].value) != 0)
            return false;
    for (uint32_t i = 0; i < a->port_count; i++)
        if (a->port[i].target != b->port[i].target || a->port[i].port != b->port[i].port ||
            a->port[i].target_name != NULL || b->port[i].target_name != NULL)
            return false;
    return true;
}

/* Its address stays. If there is no memory for the rest, the engine knows of it. */
void cluster_keep_service(struct cluster *c, struct cluster_service *s,
                          const struct cluster_service_update *u)
{
    bool same = is_same_selection(&s->spec, &u->now);
    uint32_t ip = s->ip;

    cluster_balancer_end(c, s);
    if (!same)
        cluster_slices_end(c, s);
    if (c->service_goes != NULL)
        c->service_goes(c, s);
    give_addresses(c, s);
    give_ports(c, s);
    s->spec = u->now;
    s->ip = s->balancer_ip = 0;
    s->health_port = 0;
    if (ip != 0)
        s->spec.ip = ip;
    if (take_addresses(c, s) == 0 && take_ports(c, s) == 0 &&
        (same || cluster_slices_begin(c, s) == 0))
        cluster_balancer_begin(c, s);
}

void cluster_restore_service(struct cluster *c, struct cluster_service *s,
                             const struct cluster_service_update *u)
{
    if (u->ip == 0 && s->ip != 0)
        rx_map_remove(&c->service_ips, rx_hash_end(s->ip), s);
    s->ip = u->ip;
    c->service_ips_given = u->ips_given;
}

void cluster_delete_service(struct cluster *c, struct cluster_service *s)
{
    st_tell(c->store, &s->object, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    st_remove(c->store, &s->object);
    free_service(c, s);
}

void cluster_services_fini(struct cluster *c)
{
    struct st_object *o;

    while ((o = st_newest(c->store, ST_SERVICE)) != NULL)
        free_service(c, cluster_service_of(o));
}

const struct pod_service_port *cluster_service_port(const struct pod_service_spec *s,
                                                    uint16_t port)
{
    for (uint32_t i = 0; i < s->port_count; i++)
        if (s->port[i].port == port)
            return &s->port[i];
    return NULL;
}
