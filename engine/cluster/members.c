/* SPDX-License-Identifier: Apache-2.0 */
/*
 * members.c - which pods a Service selects, and which pod has an address, without a walk over all
 * pods at every question. Who is never asked about costs nothing: a list is made at the first
 * question, and from then on pods that come are added to it. Those that have gone are left where
 * they are until half of a list is such.
 *
 * Only what never changes of a pod decides: its namespace, labels and address. Whether it is ready
 * is looked up by who walks. Memory that is refused leaves a list unmade, and the walk goes over
 * all pods. It is the programs in pods that ask, so it is the guest memory that has the lists.
 */
#include <string.h>

#include "engine/cluster/cluster.h"
#include "engine/reactor/hash.h"
#include "engine/store/rule_shard.h"

enum { STALE_MIN = 16 };

/* ---- what a Service selects
 * ---------------------------------------------------------------------------- */

static uint64_t hash_label(const char *ns, const struct rx_pair *label)
{
    return pod_hash_name(ns, label->key) ^ rx_hash_end(pod_hash_name(label->value, label->key));
}

static bool has_label(const struct pod_labels *labels, const struct rx_pair *wanted)
{
    for (uint32_t i = 0; i < labels->count; i++)
        if (strcmp(labels->pair[i].key, wanted->key) == 0 &&
            strcmp(labels->pair[i].value, wanted->value) == 0)
            return true;
    return false;
}

bool cluster_selects(const struct pod_service_spec *s, const struct pod_spec *pod)
{
    if (!s->has_selector || strcmp(pod->ns, s->ns) != 0)
        return false;
    for (uint32_t i = 0; i < s->selector.count; i++)
        if (!has_label(&pod->labels, &s->selector.pair[i]))
            return false;
    return true;
}

void cluster_members_drop(struct cluster *c, struct cluster_service *s)
{
    if (s->listed)
        rx_map_remove(&c->selectors, hash_label(s->spec.ns, &s->spec.selector.pair[0]), s);
    rx_mem_free(&c->world->guest, s->member, s->members_room * sizeof(*s->member));
    s->member = NULL;
    s->members = s->members_room = 0;
    s->listed = false;
}

/* In the order of serial numbers, as the pods of the node are. */
static bool add(struct cluster *c, struct cluster_service *s, const struct pod *p)
{
    struct cluster_member *more;
    uint32_t room = s->members_room > 0 ? 2 * s->members_room : 4, at = s->members;

    if (s->members == s->members_room) {
        more = rx_mem_grow(&c->world->guest, s->member, s->members_room * sizeof(*more),
                           room * sizeof(*more));
        if (more == NULL)
            return false;
        s->member = more;
        s->members_room = room;
    }
    for (; at > 0 && s->member[at - 1].serial > p->serial; at--)
        s->member[at] = s->member[at - 1];
    s->member[at] = (struct cluster_member){.serial = p->serial, .id = p->id};
    s->members++;
    return true;
}

static void make(struct cluster *c, struct cluster_service *s)
{
    s->listed =
        rx_map_put(&c->selectors, hash_label(s->spec.ns, &s->spec.selector.pair[0]), s) == 0;
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (s->listed && cluster_selects(&s->spec, pod_spec_of(p)) && !add(c, s, p))
            cluster_members_drop(c, s);
    }
}

static void tidy(struct cluster *c, struct cluster_service *s)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < s->members; i++)
        if (pod_get(c->world, s->member[i].id) != NULL)
            s->member[kept++] = s->member[i];
    s->members = kept;
}

struct cluster_walk cluster_walk(struct cluster *c, struct cluster_service *s)
{
    struct cluster_walk w = {.cluster = c, .service = s, .link = c->world->pods.next};

    if (s->spec.has_selector && !s->listed)
        make(c, s);
    return w;
}

struct pod *cluster_walk_next(struct cluster_walk *w)
{
    struct cluster_service *s = w->service;
    struct pod_world *world = w->cluster->world;

    if (!s->spec.has_selector)
        return NULL;
    while (s->listed && w->at < s->members) {
        struct pod *p = pod_get(world, s->member[w->at++].id);

        w->cluster->steps++;
        if (p != NULL)
            return p;
        if (++w->stale >= STALE_MIN && 2 * w->stale > s->members) {
            tidy(w->cluster, s);
            w->at -= w->stale; /* all that were seen to be gone stood before it */
            w->stale = 0;
        }
    }
    while (!s->listed && w->link != &world->pods) {
        struct pod *p = rx_container_of(w->link, struct pod, link);

        w->link = w->link->next;
        w->cluster->steps++;
        if (cluster_selects(&s->spec, pod_spec_of(p)))
            return p;
    }
    return NULL;
}

/* ---- addresses
 * ----------------------------------------------------------------------------------------- */

_Static_assert(sizeof(void *) >= sizeof(uint64_t), "ids are kept in a map of pointers");

static void *value_of(const struct pod *p)
{
    return (void *)(uintptr_t)p->id;
}

static void drop_addresses(struct cluster *c)
{
    rx_map_fini(&c->pod_ips);
    rx_map_init(&c->pod_ips, &c->world->guest);
    c->ips_listed = false;
}

static void list_addresses(struct cluster *c)
{
    c->ips_listed = true;
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (c->ips_listed && rx_map_put(&c->pod_ips, rx_hash_end(p->ip), value_of(p)) != 0)
            drop_addresses(c);
    }
}

struct pod *cluster_find_address(struct cluster *c, uint32_t ip)
{
    uint32_t cursor = 0;
    void *value;

    if (!c->ips_listed)
        list_addresses(c);
    while (c->ips_listed && (value = rx_map_next(&c->pod_ips, rx_hash_end(ip), &cursor)) != NULL) {
        struct pod *p = pod_get(c->world, (uint64_t)(uintptr_t)value);

        c->steps++;
        if (p != NULL && p->ip == ip)
            return p;
    }
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (c->ips_listed)
            break;
        c->steps++;
        if (p->ip == ip)
            return p;
    }
    return NULL;
}

/* ---- pods that come
 * -------------------------------------------------------------------------------------- */

static void join(struct cluster *c, const struct pod *p, const struct rx_pair *label)
{
    uint64_t hash = hash_label(pod_spec_of(p)->ns, label);
    struct cluster_service *s;
    uint32_t cursor = 0;

    while ((s = rx_map_next(&c->selectors, hash, &cursor)) != NULL) {
        const struct rx_pair *first = &s->spec.selector.pair[0];

        if (strcmp(first->key, label->key) != 0 || !cluster_selects(&s->spec, pod_spec_of(p)))
            continue;
        if (s->members > 2 * c->world->stats.pods + STALE_MIN)
            tidy(c, s);
        if (!add(c, s, p)) {
            cluster_members_drop(c, s);
            join(
                c, p,
                label); /* the walk of the map is over; for those before it nothing is left to do */
            return;
        }
    }
}

void cluster_pod_came(struct cluster *c, const struct pod *p)
{
    const struct pod_labels *labels = &pod_spec_of(p)->labels;

    for (uint32_t i = 0; i < labels->count && c->selectors.count > 0; i++)
        join(c, p, &labels->pair[i]);
    if (!c->ips_listed)
        return;
    if (c->pod_ips.count > 2 * c->world->stats.pods + STALE_MIN ||
        rx_map_put(&c->pod_ips, rx_hash_end(p->ip), value_of(p)) != 0)
        drop_addresses(c);
}
