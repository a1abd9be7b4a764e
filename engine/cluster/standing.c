/* SPDX-License-Identifier: Apache-2.0 */
/* standing.c - classes of pods, and which of them stand on which node. */
#include "engine/cluster/node.h"

#include <string.h>

#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"
#include "engine/store/rule_shard.h"

/* ---- tallies --------------------------------------------------------------------------------- */

static struct cluster_tally_slot *slot_of(const struct cluster_tally *t, uint32_t node)
{
    uint32_t i = (node + 1) * 2654435769u;

    if (t->room == 0)
        return NULL;
    for (i &= t->room - 1; t->slot[i].node != 0; i = (i + 1) & (t->room - 1))
        if (t->slot[i].node == node + 1)
            return &t->slot[i];
    return &t->slot[i];
}

static int grow(struct cluster *c, struct cluster_tally *t)
{
    struct cluster_tally old = *t;

    if (2 * (t->used + 1) <= t->room)
        return 0;
    t->room = old.room > 0 ? 2 * old.room : 4;
    t->slot = rx_mem_zalloc(c->world->mem, t->room * sizeof(*t->slot));
    if (t->slot == NULL) {
        *t = old;
        return -RX_ENOMEM;
    }
    t->used = 0;
    for (uint32_t i = 0; i < old.room; i++) {
        if (old.slot[i].node == 0 || old.slot[i].pods == 0)
            continue;
        *slot_of(t, old.slot[i].node - 1) = old.slot[i];
        t->used++;
    }
    rx_mem_free(c->world->mem, old.slot, old.room * sizeof(*old.slot));
    return 0;
}

uint32_t cluster_tally_of(const struct cluster_tally *t, uint32_t node)
{
    const struct cluster_tally_slot *s = slot_of(t, node);

    return s != NULL && s->node != 0 ? s->pods : 0;
}

/* ---- classes --------------------------------------------------------------------------------- */

const struct st_priority_class *cluster_priority_class(struct cluster *c,
                                                       const struct pod_spec *spec)
{
    const struct st_priority_class *k = NULL;

    ST_EACH(l, c->store, ST_PRIORITY_CLASS)
    {
        const struct cluster_priority *o =
            rx_container_of(st_object_at(l), struct cluster_priority, object);

        if (spec->priority_class != NULL ? strcmp(o->spec.name, spec->priority_class) == 0
                                         : o->spec.global_default)
            k = &o->spec;
    }
    return k;
}

static int64_t priority_of(struct cluster *c, const struct pod_spec *spec, bool *never)
{
    const struct st_priority_class *k = cluster_priority_class(c, spec);

    *never = spec->never_preempts || (k != NULL && k->never_preempts);
    return k != NULL ? k->value : spec->priority;
}

static bool holds_ports(const struct pod_spec *spec)
{
    for (uint32_t i = 0; i < spec->container_count; i++)
        for (uint32_t k = 0; k < spec->container[i].port_count; k++)
            if (spec->host_network || spec->container[i].port[k].host != 0)
                return true;
    return false;
}

static struct cluster_class *class_new(struct cluster *c, const struct pod *p)
{
    struct cluster_nodes *k = c->nodes;
    const struct pod_spec *spec = pod_spec_of(p);
    struct cluster_class *class = rx_mem_zalloc(c->world->mem, sizeof(*class));

    if (class == NULL)
        return NULL;
    class->tmpl = p->tmpl;
    class->spec = spec;
    st_request_of(spec, &class->asks);
    class->taken = cluster_score_ask(spec);
    class->priority = priority_of(c, spec, &class->never);
    class->owned = p->owner != NULL;
    class->holds_ports = holds_ports(spec);
    class->plain = spec->affinity == NULL && !class->holds_ports;
    if (rx_map_put(&k->class_of, rx_hash_end((uintptr_t)p->tmpl), class) != 0) {
        rx_mem_free(c->world->mem, class, sizeof(*class));
        return NULL;
    }
    class->next = k->classes;
    k->classes = class;
    if (spec->affinity != NULL && spec->affinity->apart_count > 0) {
        class->apart = k->apart;
        k->apart = class;
    }
    return class;
}

struct cluster_class *cluster_class_of(struct cluster *c, const struct pod *p)
{
    struct cluster_class *class;
    uint32_t cursor = 0;

    while ((class = rx_map_next(&c->nodes->class_of, rx_hash_end((uintptr_t)p->tmpl), &cursor)) !=
           NULL)
        if (class->tmpl == p->tmpl)
            return class;
    return class_new(c, p);
}

/* One node has `now` pods of the class instead of `was`. */
static int count_nodes(struct cluster *c, struct cluster_class *class, uint32_t was, uint32_t now)
{
    if (now >= class->with_room) {
        uint32_t room = RX_MAX(2 * class->with_room, now + 4);
        uint32_t *with = rx_mem_grow(c->world->mem, class->with,
                                     class->with_room * sizeof(*with), room * sizeof(*with));

        if (with == NULL)
            return -RX_ENOMEM;
        memset(with + class->with_room, 0, (room - class->with_room) * sizeof(*with));
        class->with = with;
        class->with_room = room;
    }
    if (was > 0)
        class->with[was]--;
    if (now > 0)
        class->with[now]++;
    class->most = RX_MAX(class->most, now);
    while (class->most > 0 && class->with[class->most] == 0)
        class->most--;
    return 0;
}

/* ---- standing -------------------------------------------------------------------------------- */

void cluster_touch(struct cluster_nodes *k, struct cluster_node *n)
{
    n->touched = k->touches;
    k->journal[k->touches++ & (CLUSTER_JOURNAL - 1)] = n->index;
}

static void use(struct cluster_node *n, const struct cluster_class *class, int64_t by)
{
    n->cpu += class->asks.cpu_milli * by;
    n->memory_used += class->asks.memory * by;
    n->storage += class->asks.storage * by;
    n->cpu_taken += class->taken.cpu_milli * by;
    n->memory_taken += class->taken.memory * by;
    for (uint32_t i = 0; i < n->others; i++)
        n->other[i].value +=
            st_amount_named(class->asks.other_count, class->asks.other, n->other[i].name) * by;
}

int cluster_stand(struct cluster *c, struct cluster_node *n, struct cluster_class *class,
                  struct pod *p)
{
    struct cluster_tally_slot *s;

    if (n->standing == n->standing_room) {
        uint32_t room = n->standing_room > 0 ? 2 * n->standing_room : 8;
        struct cluster_standing *more = rx_mem_grow(c->world->mem, n->stands,
                                                    n->standing_room * sizeof(*more),
                                                    room * sizeof(*more));

        if (more == NULL)
            return -RX_ENOMEM;
        n->stands = more;
        n->standing_room = room;
    }
    if (grow(c, &class->on) != 0)
        return -RX_ENOMEM;
    s = slot_of(&class->on, n->index);
    if (count_nodes(c, class, s->pods, s->pods + 1) != 0)
        return -RX_ENOMEM;
    class->on.used += s->node == 0;
    s->node = n->index + 1;
    s->pods++;
    class->standing++;
    n->stands[n->standing++] = (struct cluster_standing){.id = p->id, .class = class};
    use(n, class, 1);
    cluster_touch(c->nodes, n);
    return 0;
}

/* Where the pod is noted; NULL: nowhere, it counts no more. */
static struct cluster_standing *find(struct cluster *c, const struct pod *p,
                                     struct cluster_node **node)
{
    struct cluster_nodes *k = c->nodes;
    uint32_t index = p->node - 1u; /* the first node is the world's own */

    if (p->node == 0 || index >= k->count)
        return NULL;
    *node = k->at[index];
    for (uint32_t i = (*node)->standing; i-- > 0;)
        if ((*node)->stands[i].id == p->id)
            return &(*node)->stands[i];
    return NULL;
}

void cluster_going(struct cluster *c, struct pod *p)
{
    struct cluster_node *n;
    struct cluster_standing *s = find(c, p, &n);

    if (s == NULL || s->going)
        return;
    s->going = true;
    slot_of(&s->class->on, n->index)->going++;
}

bool cluster_unstand(struct cluster *c, struct pod *p)
{
    struct cluster_node *n;
    struct cluster_standing *s = find(c, p, &n);
    struct cluster_tally_slot *slot;

    if (s == NULL)
        return false;
    slot = slot_of(&s->class->on, n->index);
    slot->going -= s->going;
    count_nodes(c, s->class, slot->pods, slot->pods - 1u);
    slot->pods--;
    s->class->standing--;
    use(n, s->class, -1);
    n->standing--;
    memmove(s, s + 1, (size_t)(n->stands + n->standing - s) * sizeof(*s)); /* by arrival */
    cluster_touch(c->nodes, n);
    return true;
}

int cluster_use_again(struct cluster *c, struct cluster_node *n)
{
    const struct pod_amounts *has = &n->spec.allocatable;
    struct pod_amount *other = rx_mem_zalloc(c->world->mem, has->other_count * sizeof(*other));

    if (other == NULL && has->other_count > 0) {
        n->spec.allocatable.other_count = n->others; /* the engine goes no further */
        return -RX_ENOMEM;
    }
    rx_mem_free(c->world->mem, n->other, n->others * sizeof(*other));
    n->other = other;
    n->others = has->other_count;
    for (uint32_t i = 0; i < n->others; i++) {
        other[i].name = has->other[i].name;
        for (uint32_t k = 0; k < n->standing; k++) {
            const struct st_request *asks = &n->stands[k].class->asks;

            other[i].value += st_amount_named(asks->other_count, asks->other, other[i].name);
        }
    }
    return 0;
}

/* What it counts as follows from its template. */
void cluster_stand_again(struct cluster *c, struct pod *p)
{
    struct cluster_node *n;
    struct cluster_standing *s = find(c, p, &n);
    bool going = s != NULL && s->going;
    struct cluster_class *class = s != NULL ? cluster_class_of(c, p) : NULL;

    if (class == NULL)
        return;
    cluster_unstand(c, p);
    if (cluster_stand(c, n, class, p) == 0 && going)
        cluster_going(c, p);
}

void cluster_use_of(const struct cluster_node *n, struct cluster_use *out)
{
    *out = (struct cluster_use){
        .cpu_milli = n->cpu,
        .memory = n->memory_used,
        .storage = n->storage,
        .pods = n->standing,
        .other_count = n->spec.allocatable.other_count,
        .other = n->other,
    };
}

struct cluster_node *cluster_node_find(struct cluster *c, const char *name)
{
    struct st_object *o = st_find(c->store, ST_NODE, 0, "", name);

    return o != NULL ? rx_container_of(o, struct cluster_node, object) : NULL;
}

/* ---- topologies ------------------------------------------------------------------------------ */

static int number_domains(struct cluster_nodes *k, struct cluster_topology *t, struct rx_map *seen)
{
    t->domains = 0;
    for (uint32_t i = 0; i < k->count; i++) {
        const char *value = k->at[i]->gone ? NULL : st_label(&k->at[i]->spec.labels, t->key);
        uint64_t hash = value != NULL ? pod_hash_name("", value) : 0;
        uint32_t cursor = 0;
        const struct cluster_node *other;

        t->domain[i] = CLUSTER_NO_DOMAIN;
        while (value != NULL && (other = rx_map_next(seen, hash, &cursor)) != NULL)
            if (strcmp(st_label(&other->spec.labels, t->key), value) == 0)
                t->domain[i] = t->domain[other->index];
        if (value == NULL || t->domain[i] != CLUSTER_NO_DOMAIN)
            continue;
        t->domain[i] = t->domains++;
        if (rx_map_put(seen, hash, k->at[i]) != 0)
            return -RX_ENOMEM;
    }
    t->epoch = k->epoch;
    return 0;
}

struct cluster_topology *cluster_topology(struct cluster *c, const char *key)
{
    struct cluster_nodes *k = c->nodes;
    struct cluster_topology *t = k->topologies;
    struct rx_map seen;
    int rc;

    while (t != NULL && strcmp(t->key, key) != 0)
        t = t->next;
    if (t != NULL && t->epoch == k->epoch)
        return t;
    if (t == NULL) {
        t = rx_mem_zalloc(c->world->mem, sizeof(*t));
        if (t == NULL)
            return NULL;
        t->key = key; /* a spec's: it lives as long as the engine */
        t->next = k->topologies;
        k->topologies = t;
    }
    if (t->nodes != k->count) {
        uint32_t *domain = rx_mem_grow(c->world->mem, t->domain, t->nodes * sizeof(*domain),
                                       k->count * sizeof(*domain));

        if (domain == NULL)
            return NULL;
        t->domain = domain;
        t->nodes = k->count;
    }
    rx_map_init(&seen, c->world->mem);
    rc = number_domains(k, t, &seen);
    rx_map_fini(&seen);
    return rc == 0 ? t : NULL;
}

/* ---- the end --------------------------------------------------------------------------------- */

void cluster_standing_fini(struct cluster *c)
{
    struct cluster_nodes *k = c->nodes;
    const struct rx_mem *mem = c->world->mem;
    struct cluster_topology *t;
    struct cluster_class *class;

    while ((class = k->classes) != NULL) {
        k->classes = class->next;
        rx_mem_free(mem, class->on.slot, class->on.room * sizeof(*class->on.slot));
        rx_mem_free(mem, class->with, class->with_room * sizeof(*class->with));
        rx_mem_free(mem, class, sizeof(*class));
    }
    while ((t = k->topologies) != NULL) {
        k->topologies = t->next;
        rx_mem_free(mem, t->domain, t->nodes * sizeof(*t->domain));
        rx_mem_free(mem, t, sizeof(*t));
    }
    rx_map_fini(&k->class_of);
}
