/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint.c - endpoints, one for each pod that a Service selects, found by their pods. */
#include "engine/cluster/endpoint.h"
#include "engine/cluster/node.h"

#include <string.h>

#include "engine/pod/program.h"
#include "engine/reactor/hash.h"

static bool has_label(const struct pod_labels *labels, const struct rx_pair *wanted)
{
    const char *value = st_label(labels, wanted->key);

    return value != NULL && strcmp(value, wanted->value) == 0;
}

bool cluster_label_is_given(const char *key)
{
    static const char *const given[] = {
        "pod-template-hash", "controller-revision-hash", "pod-template-generation",
        "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/job-name", "controller-uid", "job-name"};

    for (size_t i = 0; i < RX_ARRAY_LEN(given); i++)
        if (strcmp(given[i], key) == 0)
            return true;
    return false;
}

/* Its controller gives it that label, which then stands in place of its template's. */
static bool is_given(const struct cluster *c, const struct pod *p, const struct rx_pair *wanted,
                     bool *is)
{
    struct pod_self self;

    if (p->owner == NULL || pod_spec_of(p)->all_labels || !cluster_label_is_given(wanted->key))
        return false;
    pod_self_labels(pod_get(c->world, p->id), &self);
    *is = has_label(&self.fields.labels, wanted);
    return st_label(&self.fields.labels, wanted->key) != NULL;
}

bool cluster_selects(const struct cluster *c, const struct pod_service_spec *s,
                     const struct pod *p)
{
    const struct pod_spec *spec = pod_spec_of(p);
    bool is;

    if (!s->has_selector || strcmp(spec->ns, s->ns) != 0)
        return false;
    for (uint32_t i = 0; i < s->selector.count; i++) {
        if (!is_given(c, p, &s->selector.pair[i], &is))
            is = has_label(&spec->labels, &s->selector.pair[i]);
        if (!is)
            return false;
    }
    return true;
}

static uint64_t hash_pod(uint64_t id)
{
    return rx_hash_end(id);
}

struct cluster_endpoint *cluster_endpoint_add(struct cluster *c, struct cluster_service *s,
                                              const struct pod *p)
{
    struct cluster_endpoint *e = rx_mem_zalloc(c->world->mem, sizeof(*e));

    if (e == NULL)
        return NULL;
    *e = (struct cluster_endpoint){.service = s, .node = CLUSTER_NO_NODE};
    if (p != NULL) {
        e->pod = (struct st_pod_ref){p->id, p->serial, pod_spec_of(p), p->owner, p->ordinal};
        e->ip = p->ip;
        if (rx_map_put(&c->endpoints, hash_pod(p->id), e) != 0) {
            rx_mem_free(c->world->mem, e, sizeof(*e));
            return NULL;
        }
    }
    rx_list_init(&e->dirty);
    rx_list_add_tail(&s->endpoints, &e->link);
    return e;
}

void cluster_endpoint_free(struct cluster *c, struct cluster_endpoint *e)
{
    if (e->document == NULL)
        rx_map_remove(&c->endpoints, hash_pod(e->pod.id), e);
    rx_list_remove(&e->link);
    rx_list_remove(&e->dirty);
    rx_mem_free(c->world->mem, e, sizeof(*e));
}

void cluster_endpoint_settled(struct cluster *c, struct cluster_endpoint *e)
{
    if (e->pending == 0 && e->bits == 0 &&
        (e->document != NULL || e->left || pod_get(c->world, e->pod.id) == NULL))
        cluster_endpoint_free(c, e);
}

struct cluster_endpoint *cluster_endpoint_next(struct cluster *c, uint64_t pod, uint32_t *cursor)
{
    struct cluster_endpoint *e;

    if (c->endpoints.count == 0)
        return NULL;
    while ((e = rx_map_next(&c->endpoints, hash_pod(pod), cursor)) != NULL && e->pod.id != pod)
        ;
    return e;
}

struct cluster_endpoint *cluster_endpoint_of(struct cluster *c, const struct cluster_service *s,
                                             uint64_t pod)
{
    struct cluster_endpoint *e;
    uint32_t cursor = 0;

    while ((e = cluster_endpoint_next(c, pod, &cursor)) != NULL && e->service != s)
        ;
    return e;
}

uint8_t cluster_endpoint_now(const struct cluster *c, const struct cluster_endpoint *e)
{
    struct pod *p = pod_get(c->world, e->pod.id);

    if (p == NULL || e->left)
        return 0;
    return cluster_endpoint_bits(&(struct cluster_endpoint_facts){
        .has_ip = (p->conditions >> POD_COND_SANDBOX & 1) != 0 || e->bits != 0,
        .terminal = pod_phase_terminal((enum pod_phase)p->phase),
        .ready = (p->conditions >> POD_COND_READY & 1) != 0,
        .deleting = pod_is_deleting(p),
        .publish = e->service->spec.publish_not_ready,
    });
}

uint8_t cluster_endpoint_bits_told(const struct cluster *c, const struct cluster_endpoint *e)
{
    return !rx_list_empty(&e->dirty) && c->world->knobs.slice_ms == 0 ? cluster_endpoint_now(c, e)
                                                                      : e->bits;
}

static uint16_t container_port(const struct pod_spec *spec, const char *name)
{
    for (uint32_t i = 0; i < spec->container_count; i++)
        for (uint32_t k = 0; k < spec->container[i].port_count; k++) {
            const struct pod_port_spec *p = &spec->container[i].port[k];

            if (p->name != NULL && strcmp(p->name, name) == 0)
                return p->number;
        }
    return 0;
}

/* A document names its own ports: they are those of the Service with the same name. */
static uint16_t document_port(const struct st_slice_spec *d, const struct pod_service_port *port)
{
    for (uint32_t i = 0; i < d->port_count; i++)
        if (strcmp(d->port[i].name, port->name != NULL ? port->name : "") == 0)
            return d->port[i].port;
    return 0;
}

uint16_t cluster_endpoint_port(const struct cluster_endpoint *e,
                               const struct pod_service_port *port)
{
    if (e->document != NULL)
        return document_port(e->document, port);
    return port->target_name != NULL ? container_port(e->pod.spec, port->target_name)
                                     : port->target;
}

void cluster_usable_count(struct cluster_usable *u, uint8_t was, uint8_t is)
{
    u->ready += (uint32_t)cluster_endpoint_ready(is) - (uint32_t)cluster_endpoint_ready(was);
    u->fallback +=
        (uint32_t)cluster_endpoint_fallback(is) - (uint32_t)cluster_endpoint_fallback(was);
}

/* ---- places ---------------------------------------------------------------------------------- */

uint32_t cluster_node_number(const struct cluster *c, const char *name)
{
    /* Of two that have had that name the one before has been deleted. */
    for (uint32_t i = c->world->nodes; i-- > 0;)
        if (strcmp(c->world->node[i]->name, name) == 0)
            return i;
    return CLUSTER_NO_NODE;
}

uint32_t cluster_zone_number(struct cluster *c, const char *zone)
{
    struct cluster_zones *z = &c->zones;
    const char **more;
    uint32_t room = z->room > 0 ? 2 * z->room : 4;

    for (uint32_t i = 0; i < z->count; i++)
        if (strcmp(z->name[i], zone) == 0)
            return i + 1;
    if (z->count == z->room) {
        more = rx_mem_grow(&c->world->guest, (void *)z->name, z->room * sizeof(*more),
                           room * sizeof(*more));
        if (more == NULL)
            return CLUSTER_NO_ZONE;
        z->name = more;
        z->room = room;
    }
    z->name[z->count++] = zone;
    return z->count;
}

static const struct cluster_node *object_of(const struct cluster *c, uint32_t node)
{
    /* Number 0 is the node of a run without Node objects; each of these has the next one. */
    const struct cluster_node *n =
        c->nodes != NULL && node > 0 && node <= c->nodes->count ? c->nodes->at[node - 1] : NULL;

    return n != NULL && !n->gone ? n : NULL;
}

uint32_t cluster_zone_of(const struct cluster *c, uint32_t node)
{
    const struct cluster_node *n = object_of(c, node);

    return n != NULL ? n->zone : CLUSTER_NO_ZONE;
}

bool cluster_node_dead(const struct cluster *c, uint32_t node)
{
    return node < c->world->nodes && (c->world->node[node]->lost || c->world->node[node]->off);
}

bool cluster_reaches(const struct cluster *c, uint32_t from, uint32_t to)
{
    if (from == to)
        return to >= c->world->nodes || !c->world->node[to]->off;
    return !cluster_node_dead(c, from) && !cluster_node_dead(c, to);
}

bool cluster_node_ready(const struct cluster *c, uint32_t node)
{
    const struct cluster_node *n = object_of(c, node);

    return n == NULL || n->ready.status == ST_STATUS_TRUE;
}

void cluster_places_fini(struct cluster *c)
{
    struct cluster_zones *z = &c->zones;

    rx_mem_free(&c->world->guest, (void *)z->name, z->room * sizeof(*z->name));
    *z = (struct cluster_zones){0};
}

uint8_t cluster_proxy_of(const struct cluster *c, uint32_t node)
{
    if (c->slows == 0 || node >= c->world->nodes)
        return 0;
    for (uint32_t i = 0; i < c->slows; i++)
        if (strcmp(c->slow[i].node, c->world->node[node]->name) == 0)
            return c->slow[i].proxy;
    return 0;
}
