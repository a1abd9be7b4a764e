/* SPDX-License-Identifier: Apache-2.0 */
/* proxy.c - where a new connection leads: an aim, its rules, a candidate of them. */
#include "engine/cluster/proxy.h"

#include <string.h>

#include "engine/cluster/balancer.h"
#include "engine/reactor/prng.h"

/* ---- where it leads -------------------------------------------------------------------------- */

static uint64_t places_changed(const struct cluster *c)
{
    const struct st_table *t = c->store->table;

    return t[ST_SERVICE].changes + t[ST_INGRESS].changes + t[ST_NODE].changes;
}

static bool is_kept(const struct cluster *c, const struct cluster_aim *aim)
{
    return aim->looked_up && aim->changes == places_changed(c) &&
           (!aim->name.fleeting || rx_loop_now(c->world->loop) < aim->kept_until);
}

static void keep_answer(struct cluster *c, struct cluster_aim *aim);

static void look_up(struct cluster *c, struct cluster_aim *aim)
{
    struct pod_spec from = {.ns = aim->ns};

    if (is_kept(c, aim))
        return;
    cluster_look_up(c, &from, aim->host, &aim->name);
    aim->looked_up = true;
    aim->changes = places_changed(c);
    aim->rules = NULL;
    aim->kept_until = 0;
    if (aim->name.fleeting && c->world->knobs.dns_ttl > 0)
        keep_answer(c, aim);
    aim->routed = false;
    if (aim->name.kind != CLUSTER_NAME_NONE &&
        (aim->name.kind != CLUSTER_NAME_ADDRESS || aim->name.ip != (uint32_t)CLUSTER_INGRESS_IP))
        return;
    aim->route = cluster_ingress_route(c, aim->host, aim->path != NULL ? aim->path : "/");
    aim->routed = aim->route.found;
}

/* The addresses of a headless Service, as its endpoints are now. */
static struct cluster_rules *bare_rules(struct cluster *c, struct cluster_aim *aim)
{
    if (aim->rules == NULL)
        aim->rules = cluster_rules_get(c, aim->name.service, &(struct cluster_rules_key){
            .view = CLUSTER_BY_SLICE, .port = CLUSTER_ANY_PORT, .asked = aim->port});
    return aim->rules;
}

/* Whoever asks keeps what he was told, whatever becomes of it: that there is no such name, one pod,
 * or several. */
static void keep_answer(struct cluster *c, struct cluster_aim *aim)
{
    struct cluster_candidate *more;
    const struct cluster_rules *r = NULL;

    aim->kept_count = 0;
    aim->kept_until = rx_loop_now(c->world->loop) + c->world->knobs.dns_ttl;
    if (aim->name.kind == CLUSTER_NAME_ENDPOINT)
        aim->one = (struct cluster_candidate){
            .pod = aim->name.pod->id, .ip = aim->name.pod->ip, .port = aim->port};
    if (aim->name.kind == CLUSTER_NAME_SERVICE && aim->name.ip == 0)
        r = bare_rules(c, aim);
    if (r == NULL || !cluster_rules_fresh(c, aim->rules))
        return;
    if (r->count > aim->kept_room) {
        more = rx_mem_grow(&c->world->guest, aim->kept, aim->kept_room * sizeof(*more),
                           r->count * sizeof(*more));
        if (more == NULL)
            return; /* the engine ends by it */
        aim->kept = more;
        aim->kept_room = r->count;
    }
    aim->kept_count = r->count;
    if (r->count > 0)
        memcpy(aim->kept, r->candidate, r->count * sizeof(*aim->kept));
}

static uint32_t index_of(const struct cluster_service *s, uint16_t port)
{
    const struct pod_service_port *p = cluster_service_port(&s->spec, port);

    return p != NULL ? (uint32_t)(p - s->spec.port) : CLUSTER_ANY_PORT;
}

/* What is the same for all connections of an aim, as long as nothing changes. */
static struct cluster_rules *rules_of(struct cluster *c, struct cluster_aim *aim,
                                      struct cluster_service *s, uint32_t port, uint32_t node,
                                      enum cluster_traffic traffic)
{
    struct cluster_rules_key key = {
        .view = cluster_proxy_of(c, node),
        .list = (uint8_t)cluster_list_of(s, traffic),
        .port = port,
        .node = node,
    };

    if (aim->rules == NULL || aim->rules_node != node)
        aim->rules = cluster_rules_get(c, s, &key);
    aim->rules_node = node;
    return aim->rules;
}

/* ---- picking --------------------------------------------------------------------------------- */

static void pick(struct cluster *c, struct cluster_rules *r, const struct cluster_try *try,
                 struct cluster_choice *out)
{
    uint32_t i;

    if (r == NULL || !cluster_rules_fresh(c, r)) {
        out->way = CLUSTER_WAY_DROPPED; /* no memory: the engine ends by it */
        return;
    }
    if (r->count == 0) {
        out->way = cluster_proxy_nothing(r->usable) == CLUSTER_NOTHING_REFUSED
                       ? CLUSTER_WAY_REFUSED
                       : CLUSTER_WAY_DROPPED;
        return;
    }
    out->way = CLUSTER_WAY_POD;
    out->candidate = r->candidate;
    out->count = r->count;
    if (try->pick == CLUSTER_PICK_SHARE)
        return;
    i = (uint32_t)(try->pick == CLUSTER_PICK_TURN ? try->nth % r->count
                                                  : rx_prng_scale(try->nth, r->count));
    if (r->service->spec.affinity_s > 0)
        i = cluster_grip_hold(c, r, try->source, i);
    out->candidate += i;
    out->count = 1;
}

/* Of the addresses that are kept. */
static void pick_kept(const struct cluster_aim *aim, const struct cluster_try *try,
                      struct cluster_choice *out)
{
    uint32_t n = aim->kept_count;

    if (n == 0)
        return;
    out->way = CLUSTER_WAY_POD;
    out->candidate = aim->kept;
    out->count = try->pick == CLUSTER_PICK_SHARE ? n : 1;
    if (try->pick != CLUSTER_PICK_SHARE)
        out->candidate += try->pick == CLUSTER_PICK_TURN ? try->nth % n
                                                         : rx_prng_scale(try->nth, n);
}

/* By a balancer in turn; which pod at that node is the turn within. */
static void through_balancer(struct cluster *c, struct cluster_aim *aim, struct cluster_service *s,
                             uint32_t port, const struct cluster_try *try,
                             struct cluster_choice *out)
{
    struct cluster_try inner = *try;
    uint32_t nodes = cluster_balancer_nodes(c, s), node;

    if (nodes == 0) {
        out->way = CLUSTER_WAY_DROPPED; /* no memory */
        return;
    }
    node = cluster_balancer_node(s, try->pick == CLUSTER_PICK_RANDOM
                                           ? (uint32_t)rx_prng_scale(try->nth * 0x9e3779b97f4a7c15,
                                                                     nodes)
                                           : (uint32_t)(try->nth % nodes));
    if (!cluster_reaches(c, aim->node, node)) {
        out->way = CLUSTER_WAY_DROPPED;
        return;
    }
    if (try->pick != CLUSTER_PICK_RANDOM && s->spec.external_traffic == ST_TRAFFIC_LOCAL)
        inner.nth = try->nth / nodes;
    pick(c, rules_of(c, aim, s, port, node, CLUSTER_TRAFFIC_OUTSIDE), &inner, out);
}

static void to_service(struct cluster *c, struct cluster_aim *aim, const struct cluster_try *try,
                       struct cluster_choice *out)
{
    struct cluster_service *s = aim->name.service;
    uint32_t port = index_of(s, aim->port);
    bool outer = aim->name.ip != s->ip;

    if (s == &c->api) {
        out->way = aim->port == 443 ? CLUSTER_WAY_API : CLUSTER_WAY_DROPPED;
        return;
    }
    if (s->ip == 0) { /* its name is its pods: at the port that is asked for */
        if (aim->kept_until > 0)
            pick_kept(aim, try, out);
        else
            pick(c, bare_rules(c, aim), try, out);
        if (out->way != CLUSTER_WAY_POD)
            out->way = CLUSTER_WAY_NO_NAME;
        return;
    }
    if (port == CLUSTER_ANY_PORT) {
        out->way = CLUSTER_WAY_DROPPED;
        return;
    }
    if (outer && aim->node == (uint32_t)CLUSTER_OUTSIDE)
        through_balancer(c, aim, s, port, try, out);
    else
        pick(c, rules_of(c, aim, s, port, aim->node,
                         outer ? CLUSTER_TRAFFIC_BENT : CLUSTER_TRAFFIC_INSIDE),
             try, out);
}

/* A node port is one of every node; nobody listens on others. */
static void to_node(struct cluster *c, struct cluster_aim *aim, const struct cluster_try *try,
                    struct cluster_choice *out)
{
    uint32_t port, node = aim->name.node;
    struct cluster_service *s = cluster_service_on(c, aim->port, &port);

    out->way = CLUSTER_WAY_REFUSED;
    if (!cluster_reaches(c, aim->node, node))
        out->way = CLUSTER_WAY_DROPPED;
    else if (s != NULL && port < s->spec.port_count)
        pick(c, rules_of(c, aim, s, port, node,
                         aim->node == node ? CLUSTER_TRAFFIC_BENT : CLUSTER_TRAFFIC_OUTSIDE),
             try, out);
}

static void to_pod(struct cluster *c, struct cluster_aim *aim, struct cluster_choice *out)
{
    struct pod *p = NULL;

    if (aim->kept_until == 0)
        p = aim->name.kind == CLUSTER_NAME_ENDPOINT ? aim->name.pod
                                                    : cluster_find_address(c, aim->name.ip);
    if (p == NULL && aim->kept_until == 0) {
        out->way = CLUSTER_WAY_DROPPED;
        return;
    }
    if (p != NULL)
        aim->one = (struct cluster_candidate){.pod = p->id, .ip = p->ip, .port = aim->port};
    out->way = CLUSTER_WAY_POD;
    out->candidate = &aim->one;
    out->count = 1;
}

/* ---- through an Ingress ---------------------------------------------------------------------- */

/* The controller has a turn of its own, for all that come to it. */
static void to_ingress(struct cluster *c, struct cluster_aim *aim, const struct cluster_try *try,
                       struct cluster_choice *out)
{
    const struct cluster_ingress_route *route = &aim->route;
    struct cluster_rules_key key = {.view = c->ingress_view, .port = route->port};
    struct cluster_rules *r;

    out->ingress = true;
    out->way = CLUSTER_WAY_ANSWER;
    out->status = route->backend == NULL ? 404 : 503;
    if (route->service == NULL)
        return;
    if (aim->rules == NULL)
        aim->rules = cluster_rules_get(c, route->service, &key);
    r = aim->rules;
    if (r == NULL || !cluster_rules_fresh(c, r) || r->count == 0)
        return;
    out->way = CLUSTER_WAY_POD;
    out->candidate = r->candidate;
    out->count = r->count;
    if (try->pick == CLUSTER_PICK_SHARE)
        return;
    out->candidate += r->turn++ % r->count;
    out->count = 1;
}

void cluster_choose(struct cluster *c, struct cluster_aim *aim, const struct cluster_try *try,
                    struct cluster_choice *out)
{
    *out = (struct cluster_choice){.way = CLUSTER_WAY_NO_NAME};
    look_up(c, aim);
    if (aim->routed) {
        to_ingress(c, aim, try, out);
        return;
    }
    switch (aim->name.kind) {
    case CLUSTER_NAME_NONE:
        return;
    case CLUSTER_NAME_SERVICE:
        to_service(c, aim, try, out);
        return;
    case CLUSTER_NAME_NODE:
        to_node(c, aim, try, out);
        return;
    case CLUSTER_NAME_ENDPOINT:
    case CLUSTER_NAME_ADDRESS:
        to_pod(c, aim, out);
        return;
    }
}

void cluster_aim_fini(struct cluster *c, struct cluster_aim *aim)
{
    /* What it leads to belongs to Services. */
    rx_mem_free(&c->world->guest, aim->kept, aim->kept_room * sizeof(*aim->kept));
    aim->kept = NULL;
    aim->kept_room = 0;
    aim->looked_up = aim->routed = false;
    aim->rules = NULL;
}

/* ---- commands of pods ------------------------------------------------------------------------ */

static void reach_pod(struct cluster *c, const struct cluster_name *name, uint16_t port,
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

/* A name without an address of its own has those of its pods. */
static void name_pods(struct cluster *c, struct cluster_service *s, struct pod_reach *out)
{
    RX_LIST_EACH (l, &s->endpoints) {
        const struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);

        c->steps++;
        if (out->addresses == POD_REACH_MAX)
            return;
        if (!cluster_endpoint_ready(cluster_endpoint_bits_told(c, e)))
            continue;
        out->address[out->addresses++] = e->ip;
        if (out->pod == NULL)
            out->pod = pod_get(c->world, e->pod.id);
    }
}

static bool is_prompt(const struct cluster *c)
{
    const struct pod_knobs *k = &c->world->knobs;

    return k->slice_ms == 0 && k->proxy_watch_ms == 0 && k->proxy_min_sync_ms == 0 &&
           k->proxy_program_ms == 0 && c->queue.delay == 0;
}

/* Where nothing takes time, what has changed in this instant and is not written yet is found as
 * well: the oldest ready endpoint, or the oldest that serves while it terminates. */
static void reach_now(struct cluster *c, const struct cluster_aim *aim, uint32_t port,
                      struct pod_reach *out)
{
    const struct cluster_service *s = aim->name.service;

    for (int terminating = 0; terminating < 2 && out->pod == NULL; terminating++)
        RX_LIST_EACH (l, &s->endpoints) {
            const struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);
            uint8_t bits = cluster_endpoint_bits_told(c, e);

            c->steps++;
            out->port = cluster_endpoint_port(e, &s->spec.port[port]);
            if (out->port != 0 && (terminating ? cluster_endpoint_fallback(bits)
                                               : cluster_endpoint_ready(bits))) {
                out->pod = pod_get(c->world, e->pod.id);
                break;
            }
        }
    if (out->pod != NULL)
        out->route = POD_ROUTE_POD;
}

static void reach_choice(struct cluster *c, struct cluster_aim *aim, struct pod_reach *out)
{
    static const struct cluster_try first = {.pick = CLUSTER_PICK_TURN};
    struct cluster_choice choice = {.way = CLUSTER_WAY_REFUSED};

    if (aim->name.kind == CLUSTER_NAME_NODE)
        to_node(c, aim, &first, &choice);
    else
        to_service(c, aim, &first, &choice);
    if (choice.way == CLUSTER_WAY_API)
        out->route = POD_ROUTE_API;
    if (choice.way != CLUSTER_WAY_POD)
        return;
    out->pod = pod_get(c->world, choice.candidate->pod);
    out->port = choice.candidate->port;
    if (out->pod != NULL)
        out->route = POD_ROUTE_POD;
}

/* Of several endpoints the oldest one answers. */
static void reach_service(struct cluster *c, struct cluster_aim *aim, struct pod_reach *out)
{
    struct cluster_service *s = aim->name.service;
    uint32_t port;

    *out = (struct pod_reach){.route = POD_ROUTE_REFUSED, .port = aim->port};
    if (s == NULL) {
        out->addresses = 1;
        out->address[0] = aim->name.ip;
        if (aim->port != 0)
            reach_choice(c, aim, out);
        return;
    }
    if (s->ip == 0) {
        name_pods(c, s, out);
        out->route = out->pod != NULL ? POD_ROUTE_POD : POD_ROUTE_NO_NAME;
        return;
    }
    if (s->spec.has_selector)
        c->world->stats.foreign_lookups += cluster_service_is_foreign(c, s);
    out->addresses = 1;
    out->address[0] = aim->name.ip;
    port = index_of(s, aim->port);
    if (aim->port == 0)
        return;
    if (s != &c->api && port != CLUSTER_ANY_PORT && !rx_list_empty(&s->dirty) && is_prompt(c))
        reach_now(c, aim, port, out);
    else
        reach_choice(c, aim, out);
}

/* pod_resolve_fn: what a command in a pod finds. */
static void resolve(void *cluster, struct pod *from, const char *host, uint16_t port,
                    struct pod_reach *out)
{
    struct cluster_aim aim = {.node = from->node, .port = port};

    *out = (struct pod_reach){.route = POD_ROUTE_NO_NAME};
    cluster_look_up(cluster, pod_spec_of(from), host, &aim.name);
    switch (aim.name.kind) {
    case CLUSTER_NAME_NONE:
        return;
    case CLUSTER_NAME_SERVICE:
    case CLUSTER_NAME_NODE:
        reach_service(cluster, &aim, out);
        return;
    case CLUSTER_NAME_ENDPOINT:
    case CLUSTER_NAME_ADDRESS:
        reach_pod(cluster, &aim.name, port, out);
        return;
    }
}

void cluster_proxy_init(struct cluster *c)
{
    c->world->resolve = resolve;
    c->service_goes = cluster_rules_drop;
}
