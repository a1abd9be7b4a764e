/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - lists of candidates, and who is held by session affinity. */
#include "engine/cluster/rules.h"

#include <string.h>

#include "engine/cluster/rule_affinity.h"
#include "engine/reactor/hash.h"

/* What a source was given last. */
struct cluster_grip {
    struct cluster_grip *next; /* of the Service */
    struct cluster_rules *rules;
    uint32_t source, index;
    uint64_t pod;
    uint32_t ip;
    rx_ms last;
};

static uint64_t hash_rules(const struct cluster_service *s, const struct cluster_rules_key *k)
{
    return rx_hash_end(s->object.meta.serial << 32 ^ k->node ^
                       rx_hash_end((uint64_t)k->port << 32 | (uint32_t)k->asked << 16 |
                                   (uint32_t)k->list << 8 | k->view));
}

static bool is_key(const struct cluster_rules_key *a, const struct cluster_rules_key *b)
{
    return a->view == b->view && a->list == b->list && a->port == b->port &&
           a->asked == b->asked && a->node == b->node;
}

struct cluster_rules *cluster_rules_get(struct cluster *c, struct cluster_service *s,
                                        const struct cluster_rules_key *key)
{
    struct cluster_rules_key k = *key;
    struct cluster_rules *r;
    uint32_t cursor = 0;
    uint64_t hash;

    if (k.list == CLUSTER_LIST_ALL)
        k.node = 0;
    hash = hash_rules(s, &k);
    while ((r = rx_map_next(&c->rules, hash, &cursor)) != NULL)
        if (r->service == s && is_key(&r->key, &k))
            return r;
    r = rx_mem_zalloc(&c->world->guest, sizeof(*r));
    if (r != NULL && rx_map_put(&c->rules, hash, r) != 0) {
        rx_mem_free(&c->world->guest, r, sizeof(*r));
        r = NULL;
    }
    if (r != NULL) {
        *r = (struct cluster_rules){
            .next = s->rules, .service = s, .key = k, .version = UINT64_MAX};
        s->rules = r;
    }
    return r;
}

/* ---- working them out ------------------------------------------------------------------------ */

static uint8_t seen_bits(const struct cluster_rules *r, const struct cluster_endpoint *e)
{
    return r->key.view == CLUSTER_BY_SLICE ? e->bits : e->programmed[r->key.view];
}

static uint16_t port_to(const struct cluster_rules *r, const struct cluster_endpoint *e)
{
    return r->key.port == CLUSTER_ANY_PORT
               ? r->key.asked
               : cluster_endpoint_port(e, &r->service->spec.port[r->key.port]);
}

/* A document may name a pod, or its address may be one's. */
static uint64_t pod_of_document(struct cluster *c, const struct cluster_endpoint *e)
{
    struct pod *p = e->target != NULL ? cluster_find_pod(c, e->document->ns, e->target) : NULL;

    if (p == NULL)
        p = cluster_find_address(c, e->ip);
    return p != NULL ? p->id : 0;
}

static struct cluster_candidate candidate_of(struct cluster *c, const struct cluster_endpoint *e,
                                             uint16_t port)
{
    return (struct cluster_candidate){
        .pod = e->document != NULL ? pod_of_document(c, e) : e->pod.id, .ip = e->ip, .port = port};
}

static bool make_room(struct cluster *c, struct cluster_rules *r, uint32_t count)
{
    struct cluster_candidate *more;
    uint32_t room = r->room > 0 ? r->room : 4;

    while (room < count)
        room *= 2;
    if (count <= r->room)
        return true;
    more = rx_mem_grow(&c->world->guest, r->candidate, r->room * sizeof(*more),
                       room * sizeof(*more));
    if (more == NULL)
        return false;
    r->candidate = more;
    r->room = room;
    return true;
}

/* With the endpoints as plain values, the rule says which of them are used. */
static bool narrow(struct cluster *c, struct cluster_rules *r, uint32_t most)
{
    struct cluster_proxy_place at = {r->key.node, cluster_zone_of(c, r->key.node)};
    size_t size = most * (sizeof(struct cluster_backend) + sizeof(uint32_t) + sizeof(void *));
    struct cluster_endpoint **from = rx_mem_alloc(&c->world->guest, size);
    struct cluster_backend *b = (struct cluster_backend *)(void *)(from + most);
    uint32_t *used = (uint32_t *)(void *)(b + most), count = 0;

    if (from == NULL)
        return false;
    RX_LIST_EACH (l, &r->service->endpoints) {
        struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);
        uint8_t bits = seen_bits(r, e);

        if ((!cluster_endpoint_ready(bits) && !cluster_endpoint_fallback(bits)) ||
            port_to(r, e) == 0)
            continue;
        from[count] = e;
        b[count++] = (struct cluster_backend){e->node, e->zone, bits};
    }
    r->usable = count;
    r->count = cluster_proxy_list(b, count, &at, (enum cluster_list)r->key.list, used);
    for (uint32_t i = 0; i < r->count; i++)
        r->candidate[i] = candidate_of(c, from[used[i]], port_to(r, from[used[i]]));
    rx_mem_free(&c->world->guest, from, size);
    return true;
}

/* All nodes: ready ones, or those that serve while they terminate. */
static void list_all(struct cluster *c, struct cluster_rules *r)
{
    bool fallback = r->key.view != CLUSTER_BY_SLICE && r->key.view != c->ingress_view;

    r->count = 0;
    for (int terminating = 0; terminating <= fallback && r->count == 0; terminating++)
        RX_LIST_EACH (l, &r->service->endpoints) {
            struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);
            uint8_t bits = seen_bits(r, e);
            uint16_t port = port_to(r, e);

            c->steps++;
            if (port != 0 && (terminating ? cluster_endpoint_fallback(bits)
                                          : cluster_endpoint_ready(bits)))
                r->candidate[r->count++] = candidate_of(c, e, port);
        }
    r->usable = r->count;
}

bool cluster_rules_fresh(struct cluster *c, struct cluster_rules *r)
{
    const struct cluster_usable *u = &r->service->usable[r->key.view];
    uint64_t version = r->service->version[r->key.view];
    bool done;

    if (r->version == version)
        return true;
    done = make_room(c, r, u->ready + u->fallback);
    if (done && r->key.list == CLUSTER_LIST_ALL)
        list_all(c, r);
    else if (done)
        done = narrow(c, r, u->ready + u->fallback);
    if (done)
        r->version = version;
    return done;
}

/* ---- session affinity ------------------------------------------------------------------------ */

static uint64_t hash_grip(const struct cluster_rules *r, uint32_t source)
{
    return rx_hash_end(r->service->object.meta.serial << 32 ^ source ^
                       rx_hash_end((uint64_t)r->key.port << 32 | r->key.node));
}

static struct cluster_grip *grip_of(struct cluster *c, struct cluster_rules *r, uint32_t source)
{
    uint64_t hash = hash_grip(r, source);
    struct cluster_grip *g;
    uint32_t cursor = 0;

    while ((g = rx_map_next(&c->grips, hash, &cursor)) != NULL)
        if (g->rules == r && g->source == source)
            return g;
    g = rx_mem_zalloc(&c->world->guest, sizeof(*g));
    if (g != NULL && rx_map_put(&c->grips, hash, g) != 0) {
        rx_mem_free(&c->world->guest, g, sizeof(*g));
        g = NULL;
    }
    if (g == NULL)
        return NULL;
    *g = (struct cluster_grip){
        .next = r->service->grips, .rules = r, .source = source, .index = UINT32_MAX};
    r->service->grips = g;
    return g;
}

static uint32_t find(const struct cluster_rules *r, const struct cluster_grip *g)
{
    uint32_t i = g->index;

    if (i == UINT32_MAX)
        return r->count; /* it has been given nothing yet */
    if (i < r->count && r->candidate[i].pod == g->pod && r->candidate[i].ip == g->ip)
        return i;
    for (i = 0; i < r->count; i++)
        if (r->candidate[i].pod == g->pod && r->candidate[i].ip == g->ip)
            return i;
    return r->count;
}

uint32_t cluster_grip_hold(struct cluster *c, struct cluster_rules *r, uint32_t source,
                           uint32_t index)
{
    struct cluster_grip *g = grip_of(c, r, source);
    rx_ms now = rx_loop_now(c->world->loop);
    uint32_t i;

    if (g == NULL)
        return index; /* the engine ends by it */
    i = find(r, g);
    if (!cluster_affinity_holds(g->last, now, r->service->spec.affinity_s, i < r->count))
        i = index;
    g->index = i;
    g->pod = r->candidate[i].pod;
    g->ip = r->candidate[i].ip;
    g->last = now;
    return i;
}

void cluster_rules_drop(struct cluster *c, struct cluster_service *s)
{
    while (s->grips != NULL) {
        struct cluster_grip *g = s->grips;

        s->grips = g->next;
        rx_map_remove(&c->grips, hash_grip(g->rules, g->source), g);
        rx_mem_free(&c->world->guest, g, sizeof(*g));
    }
    while (s->rules != NULL) {
        struct cluster_rules *r = s->rules;

        s->rules = r->next;
        rx_map_remove(&c->rules, hash_rules(s, &r->key), r);
        rx_mem_free(&c->world->guest, r->candidate, r->room * sizeof(*r->candidate));
        rx_mem_free(&c->world->guest, r, sizeof(*r));
    }
}
