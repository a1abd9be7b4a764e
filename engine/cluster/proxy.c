/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy.c - what a new connection comes to. Candidates are gathered from the endpoints of the
 * moment: what the propagation of a change through a cluster takes is not modelled yet.
 */
#include "engine/cluster/proxy.h"

#include "engine/reactor/prng.h"

void cluster_proxy_init(struct cluster *c)
{
    c->world->resolve = cluster_resolve;
}

static bool add(struct cluster *c, struct cluster_aim *aim, const struct pod *p, uint16_t port)
{
    uint32_t room = aim->room > 0 ? 2 * aim->room : 4;
    struct cluster_candidate *more;
    bool sealed;

    if (aim->count == aim->room) {
        sealed = rx_mem_unseal(c->world->mem);
        more = rx_mem_grow(c->world->mem, aim->candidate, aim->room * sizeof(*more),
                           room * sizeof(*more));
        if (sealed)
            rx_mem_seal(c->world->mem);
        if (more == NULL)
            return false;
        aim->candidate = more;
        aim->room = room;
    }
    aim->candidate[aim->count++] =
        (struct cluster_candidate){.pod = p->id, .ip = p->ip, .port = port};
    return true;
}

/* Ready endpoints; if there is none, those that serve while they terminate. Without an address of
 * its own a Service's name is its pods, at the port that is asked for. */
static void gather(struct cluster *c, struct cluster_aim *aim, struct cluster_service *s)
{
    const struct pod_service_port *port = cluster_service_port(&s->spec, aim->port);
    int kinds = s->ip != 0 ? 2 : 1;

    for (int terminating = 0; terminating < kinds && aim->count == 0; terminating++) {
        struct cluster_walk walk = cluster_walk(c, s);
        struct pod *p;

        while ((p = cluster_walk_next(&walk)) != NULL) {
            uint16_t to = s->ip == 0 ? aim->port : cluster_target_port(port, pod_spec_of(p));

            if (to != 0 && cluster_endpoint_is(&s->spec, p, terminating != 0) &&
                !add(c, aim, p, to))
                return;
        }
    }
}

static enum cluster_way to_service(struct cluster *c, struct cluster_aim *aim)
{
    struct cluster_service *s = aim->name.service;

    if (s == &c->api)
        return aim->port == 443 ? CLUSTER_WAY_API : CLUSTER_WAY_DROPPED;
    if (s->spec.external)
        return CLUSTER_WAY_NO_NAME;
    if (s->ip != 0 && cluster_service_port(&s->spec, aim->port) == NULL)
        return CLUSTER_WAY_DROPPED;
    gather(c, aim, s);
    if (aim->count > 0)
        return CLUSTER_WAY_POD;
    return s->ip != 0 ? CLUSTER_WAY_REFUSED : CLUSTER_WAY_NO_NAME;
}

static enum cluster_way to_name(struct cluster *c, struct cluster_aim *aim)
{
    struct pod *p = NULL;

    aim->count = 0;
    switch (aim->name.kind) {
    case CLUSTER_NAME_NONE:
        return CLUSTER_WAY_NO_NAME;
    case CLUSTER_NAME_SERVICE:
        return to_service(c, aim);
    case CLUSTER_NAME_ENDPOINT:
        p = aim->name.pod;
        break;
    case CLUSTER_NAME_ADDRESS:
        p = cluster_find_address(c, aim->name.ip);
        break;
    }
    return p != NULL && add(c, aim, p, aim->port) ? CLUSTER_WAY_POD : CLUSTER_WAY_DROPPED;
}

void cluster_choose(struct cluster *c, struct cluster_aim *aim, const struct cluster_try *try,
                    struct cluster_choice *out)
{
    uint64_t services = c->store->table[ST_SERVICE].changes;

    if (!aim->looked_up || aim->services != services || !cluster_name_lasts(&aim->name)) {
        struct pod_spec from = {.ns = aim->ns};

        cluster_look_up(c, &from, aim->host, &aim->name);
        aim->looked_up = true;
        aim->services = services;
    }
    *out = (struct cluster_choice){.way = to_name(c, aim)};
    if (out->way != CLUSTER_WAY_POD)
        return;
    out->candidate = aim->candidate;
    out->count = aim->count;
    if (try->pick == CLUSTER_PICK_SHARE)
        return;
    out->candidate += try->pick == CLUSTER_PICK_TURN ? try->nth % aim->count
                                                     : rx_prng_scale(try->nth, aim->count);
    out->count = 1;
}

void cluster_aim_fini(struct cluster *c, struct cluster_aim *aim)
{
    rx_mem_free(c->world->mem, aim->candidate, aim->room * sizeof(*aim->candidate));
    aim->candidate = NULL;
    aim->count = aim->room = 0;
}

/* ---- commands of pods ------------------------------------------------------------------------ */

static void to_pod(struct cluster *c, const struct cluster_name *name, uint16_t port,
                   struct pod_reach *out)
{
    *out = (struct pod_reach){.route = POD_ROUTE_REFUSED, .addresses = 1, .port = port};
    out->pod = name->kind == CLUSTER_NAME_ENDPOINT ? name->pod : cluster_find_address(c, name->ip);
    out->address[0] = out->pod != NULL ? out->pod->ip : name->ip;
    if (out->pod != NULL)
        out->route = POD_ROUTE_POD;
    else
        c->world->stats.foreign_lookups += c->world->shard.count > 1 && name->ip >> 24 == 127;
}

void cluster_resolve(void *cluster, struct pod *from, const char *host, uint16_t port,
                     struct pod_reach *out)
{
    struct cluster_name name;

    *out = (struct pod_reach){.route = POD_ROUTE_NO_NAME};
    cluster_look_up(cluster, pod_spec_of(from), host, &name);
    if (name.kind == CLUSTER_NAME_SERVICE)
        cluster_route(cluster, name.service, port, out);
    else if (name.kind != CLUSTER_NAME_NONE)
        to_pod(cluster, &name, port, out);
}
