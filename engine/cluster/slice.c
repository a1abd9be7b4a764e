/* SPDX-License-Identifier: Apache-2.0 */
/* slice.c - the endpoints of Services follow their pods. */
#include "engine/cluster/slice.h"

#include <string.h>

#include "engine/cluster/proxies.h"
#include "engine/pod/program.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"
#include "engine/store/rule_shard.h"

static int sync(struct cluster *c, struct cluster_work *w);

static const struct cluster_worker worker = {
    .rank = CLUSTER_RANK_SLICE, .retry = CLUSTER_RETRY_SLICE, .sync = sync};

static void mark(struct cluster *c, struct cluster_endpoint *e)
{
    struct cluster_service *s = e->service;

    if (rx_list_empty(&e->dirty))
        rx_list_add_tail(&s->dirty, &e->dirty);
    if (c->world->knobs.slice_ms == 0)
        cluster_dirty(c, &s->work);
    else
        cluster_wake(c, &s->work, rx_loop_now(c->world->loop) + c->world->knobs.slice_ms);
}

/* ---- writing --------------------------------------------------------------------------------- */

static uint8_t bits_of_document(const struct st_slice_endpoint *d)
{
    return (uint8_t)(CLUSTER_ENDPOINT_LISTED | (d->ready ? CLUSTER_ENDPOINT_READY : 0) |
                     (d->serving ? CLUSTER_ENDPOINT_SERVING : 0) |
                     (d->terminating ? CLUSTER_ENDPOINT_TERMINATING : 0));
}

static int write_endpoint(struct cluster *c, struct cluster_endpoint *e, uint8_t bits)
{
    struct cluster_service *s = e->service;
    uint8_t was = e->bits;
    const char *from = was != 0 ? cluster_endpoint_word(was) : "",
               *to = cluster_endpoint_word(bits);
    const struct pod *p = pod_get(c->world, e->pod.id);
    int rc;

    if (bits == was)
        return 0;
    if (e->document == NULL && p != NULL) {
        e->node = p->node;
        e->zone = s->spec.distribution != ST_DISTRIBUTE_ALL ? cluster_zone_of(c, p->node)
                                                            : CLUSTER_NO_ZONE;
    }
    rc = s->ip != 0 || c->ingress_view != CLUSTER_BY_SLICE ? cluster_proxies_take(c, e, bits) : 0;
    if (rc != 0)
        return rc;
    e->bits = bits;
    s->listed += (uint32_t)(bits != 0) - (uint32_t)(was != 0);
    cluster_usable_count(&s->usable[CLUSTER_BY_SLICE], was, bits);
    s->version[CLUSTER_BY_SLICE]++;
    if (strcmp(from, to) != 0)
        st_tell_text(c->store, &s->object, ST_FIELD_OF_ENDPOINT, from, to,
                     e->pod.id != 0 ? &e->pod : NULL);
    return 0;
}

static int sync(struct cluster *c, struct cluster_work *w)
{
    struct cluster_service *s = rx_container_of(w, struct cluster_service, work);
    struct rx_list *l;

    while ((l = rx_list_take_head(&s->dirty)) != NULL) {
        struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, dirty);
        int rc = write_endpoint(c, e, cluster_endpoint_now(c, e));

        if (rc != 0) {
            rx_list_add_tail(&s->dirty, &e->dirty);
            return rc;
        }
        cluster_endpoint_settled(c, e);
    }
    return 0;
}

/* ---- Services and pods come and go ----------------------------------------------------------- */

uint64_t cluster_label_hash(const char *ns, const struct rx_pair *label)
{
    return pod_hash_name(ns, label->key) ^ rx_hash_end(pod_hash_name(label->value, label->key));
}

static bool is_for(const struct cluster_slice *d, const struct cluster_service *s)
{
    return d->spec->service != NULL && strcmp(d->spec->service, s->spec.name) == 0 &&
           strcmp(d->spec->ns, s->spec.ns) == 0;
}

/* By the document that it is listed in. */
static struct cluster_endpoint *listed(const struct cluster_service *s,
                                       const struct st_slice_spec *document, uint32_t ip)
{
    RX_LIST_EACH (l, &s->endpoints) {
        struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);

        if (e->document == document && e->ip == ip)
            return e;
    }
    return NULL;
}

static int list_endpoint(struct cluster *c, struct cluster_endpoint *e,
                         const struct st_slice_spec *document, const struct st_slice_endpoint *from)
{
    e->document = document;
    e->ip = from->ip;
    e->target = from->pod;
    e->node = from->node != NULL ? cluster_node_number(c, from->node) : CLUSTER_NO_NODE;
    e->zone = from->zone != NULL ? cluster_zone_number(c, from->zone) : CLUSTER_NO_ZONE;
    return write_endpoint(c, e, bits_of_document(from));
}

/* was: of which those with the same address are taken over; NULL: there are none. */
static int list_document(struct cluster *c, struct cluster_service *s,
                         const struct st_slice_spec *document, const struct st_slice_spec *was)
{
    int rc = 0;

    for (uint32_t i = 0; i < document->endpoint_count && rc == 0; i++) {
        const struct st_slice_endpoint *from = &document->endpoint[i];
        struct cluster_endpoint *e = was != NULL ? listed(s, was, from->ip) : NULL;

        if (e == NULL)
            e = cluster_endpoint_add(c, s, NULL);
        if (e == NULL)
            return -RX_ENOMEM;
        rc = list_endpoint(c, e, document, from);
    }
    return rc;
}

static void unlist_document(struct cluster *c, struct cluster_service *s,
                            const struct st_slice_spec *document)
{
    struct rx_list *next;

    for (struct rx_list *l = s->endpoints.next; l != &s->endpoints; l = next) {
        struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);

        next = l->next;
        if (e->document == document && write_endpoint(c, e, 0) == 0)
            cluster_endpoint_settled(c, e);
    }
}

/* Of its labels the one that the fewest others are known by: what many have in common (app: web)
 * would bring all of them to every pod. One that controllers give only if there is no other: then
 * every pod with a controller is looked at by those, too. */
static uint32_t rarest_label(struct cluster *c, const struct cluster_service *s)
{
    uint32_t best = 0, fewest = UINT32_MAX;

    for (uint32_t i = 0; i < s->spec.selector.count && fewest > 0; i++) {
        uint64_t hash = cluster_label_hash(s->spec.ns, &s->spec.selector.pair[i]);
        uint32_t cursor = 0, count = 0;

        if (i > 0 && cluster_label_is_given(s->spec.selector.pair[i].key))
            continue;
        if (cluster_label_is_given(s->spec.selector.pair[best].key))
            fewest = UINT32_MAX;
        while (count < fewest && rx_map_next(&c->selectors, hash, &cursor) != NULL)
            count++;
        if (count < fewest) {
            fewest = count;
            best = i;
        }
    }
    return best;
}

static const struct rx_pair *label_of(const struct cluster_service *s)
{
    return &s->spec.selector.pair[s->label];
}

static int find_pods(struct cluster *c, struct cluster_service *s)
{
    int rc;

    s->label = rarest_label(c, s);
    rc = rx_map_put(&c->selectors, cluster_label_hash(s->spec.ns, label_of(s)), s);
    s->by_given = rc == 0 && cluster_label_is_given(label_of(s)->key);
    c->selectors_given += s->by_given;

    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);
        struct cluster_endpoint *e = NULL;

        if (rc != 0 || pod_is_gone(p) || !cluster_selects(c, &s->spec, p))
            continue;
        e = cluster_endpoint_add(c, s, p);
        if (e == NULL)
            rc = -RX_ENOMEM;
        else
            mark(c, e);
    }
    return rc;
}

int cluster_slices_begin(struct cluster *c, struct cluster_service *s)
{
    int rc = cluster_work_init(c, &s->work, &worker, s->object.meta.serial);

    if (rc == 0 && (s->ip != 0 || c->world->knobs.ingress_ms > 0))
        rc = cluster_proxies_begin(c);
    if (rc == 0 && s->spec.has_selector)
        rc = find_pods(c, s);
    ST_EACH(l, c->store, ST_SLICE) {
        struct cluster_slice *d =
            rx_container_of(st_object_at(l), struct cluster_slice, object);

        if (rc == 0 && is_for(d, s))
            rc = list_document(c, s, d->spec, NULL);
    }
    return rc;
}

void cluster_slices_end(struct cluster *c, struct cluster_service *s)
{
    cluster_work_drop(c, &s->work);
    if (s->spec.has_selector)
        rx_map_remove(&c->selectors, cluster_label_hash(s->spec.ns, label_of(s)), s);
    c->selectors_given -= s->by_given;
    s->by_given = false;
    cluster_proxies_forget(c, s);
    while (!rx_list_empty(&s->endpoints))
        cluster_endpoint_free(c, rx_container_of(s->endpoints.next, struct cluster_endpoint, link));
}

void cluster_slices_changed(struct cluster *c, const struct pod *p)
{
    struct cluster_endpoint *e;
    uint32_t cursor = 0;

    while ((e = cluster_endpoint_next(c, p->id, &cursor)) != NULL)
        mark(c, e);
}

/* By one of its labels: a Service is known by one of its selector. */
static void join(struct cluster *c, const struct pod *p, const struct rx_pair *label, bool again)
{
    uint64_t hash = cluster_label_hash(pod_spec_of(p)->ns, label);
    struct cluster_service *s;
    uint32_t cursor = 0;

    while ((s = rx_map_next(&c->selectors, hash, &cursor)) != NULL) {
        struct cluster_endpoint *e = NULL;

        c->steps++;
        if (strcmp(label_of(s)->key, label->key) != 0 || !cluster_selects(c, &s->spec, p))
            continue;
        if (again) /* it may have been selected before */
            e = cluster_endpoint_of(c, s, p->id);
        if (e == NULL)
            e = cluster_endpoint_add(c, s, p); /* the engine knows of memory that was refused */
        if (e != NULL && again) {
            e->left = false;
            mark(c, e);
        }
    }
}

static void join_all(struct cluster *c, const struct pod *p, bool again)
{
    const struct pod_labels *labels = &pod_spec_of(p)->labels;
    struct pod_self self;

    for (uint32_t i = 0; i < labels->count && c->selectors.count > 0; i++)
        if (!cluster_label_is_given(labels->pair[i].key) || p->owner == NULL ||
            pod_spec_of(p)->all_labels)
            join(c, p, &labels->pair[i], again);
    if (c->selectors_given == 0 || p->owner == NULL || pod_spec_of(p)->all_labels)
        return;
    pod_self_labels(pod_get(c->world, p->id), &self);
    for (uint32_t i = 0; i < self.fields.labels.count; i++)
        join(c, p, &self.fields.labels.pair[i], again);
}

void cluster_slices_came(struct cluster *c, const struct pod *p)
{
    join_all(c, p, false);
}

void cluster_slices_relabelled(struct cluster *c, const struct pod *p)
{
    struct cluster_endpoint *e;
    uint32_t cursor = 0;

    while ((e = cluster_endpoint_next(c, p->id, &cursor)) != NULL) {
        e->left = !cluster_selects(c, &e->service->spec, p);
        mark(c, e);
    }
    join_all(c, p, true);
}

/* ---- documents ------------------------------------------------------------------------------- */

static struct cluster_service *service_of(struct cluster *c, const struct st_slice_spec *spec)
{
    struct st_object *o = spec->service != NULL
                              ? st_find(c->store, ST_SERVICE, 0, spec->ns, spec->service) : NULL;

    return o != NULL ? cluster_service_of(o) : NULL;
}

static const struct st_slice_spec *kept(struct cluster *c, const struct st_slice_spec *spec)
{
    struct st_slice_spec *copy = rx_arena_alloc(&c->world->arena, sizeof(*copy));

    if (copy != NULL)
        *copy = *spec;
    return copy;
}

int cluster_add_slice(struct cluster *c, const struct st_slice_spec *spec)
{
    struct cluster_slice *d = rx_arena_alloc(&c->world->arena, sizeof(*d));
    struct cluster_service *s = service_of(c, spec);
    const struct st_slice_spec *stays = kept(c, spec);
    int rc;

    if (d == NULL || stays == NULL)
        return -RX_ENOMEM;
    *d = (struct cluster_slice){
        .object = {.ns = spec->ns, .name = spec->name, .kind = ST_SLICE}, .spec = stays};
    rc = st_add(c->store, &d->object);
    return rc == 0 && s != NULL ? list_document(c, s, d->spec, NULL) : rc;
}

int cluster_update_slice(struct cluster *c, struct st_object *o, const struct st_slice_spec *spec)
{
    struct cluster_slice *d = rx_container_of(o, struct cluster_slice, object);
    const struct st_slice_spec *was = d->spec;
    struct cluster_service *before = service_of(c, was), *s = service_of(c, spec);
    int rc = 0;

    spec = kept(c, spec);
    if (spec == NULL)
        return -RX_ENOMEM;
    d->spec = spec;
    if (s != NULL)
        rc = list_document(c, s, spec, was);
    if (before != NULL)
        unlist_document(c, before, was);
    if (s != NULL) /* ports are in no endpoint */
        s->version[CLUSTER_BY_SLICE]++;
    return rc;
}

void cluster_slices_fini(struct cluster *c)
{
    struct st_object *o;

    while ((o = st_newest(c->store, ST_SLICE)) != NULL)
        st_remove(c->store, o);
}

void cluster_undo_slice(struct cluster *c, const struct st_slice_spec *spec)
{
    struct st_object *o = st_find(c->store, ST_SLICE, 0, spec->ns, spec->name);
    struct cluster_service *s = service_of(c, spec);

    if (s != NULL)
        unlist_document(c, s, rx_container_of(o, struct cluster_slice, object)->spec);
    st_unadd(c->store, o);
}

/* ---- how Kubernetes would cut them ----------------------------------------------------------- */

static bool same_ports(const struct cluster_service *s, const struct cluster_endpoint *a,
                       const struct cluster_endpoint *b)
{
    for (uint32_t i = 0; i < s->spec.port_count; i++)
        if (cluster_endpoint_port(a, &s->spec.port[i]) !=
            cluster_endpoint_port(b, &s->spec.port[i]))
            return false;
    return true;
}

static bool is_first(const struct cluster_service *s, const struct cluster_endpoint *e)
{
    RX_LIST_EACH (l, &s->endpoints) {
        const struct cluster_endpoint *other = rx_container_of(l, struct cluster_endpoint, link);

        if (other == e)
            return true;
        if (other->bits != 0 && other->document == NULL && same_ports(s, other, e))
            return false;
    }
    return true;
}

uint32_t cluster_slices_next(const struct cluster_service *s, struct cluster_slice_cut *cut)
{
    uint32_t skip = cut->from, count = 0;

    if (cut->done)
        return 0;
    cut->count = 0;
    if (cut->first == NULL || cut->over) {
        struct rx_list *l = cut->first != NULL ? cut->first->link.next : s->endpoints.next;

        cut->first = NULL;
        for (; l != &s->endpoints && cut->first == NULL; l = l->next) {
            struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);

            if (e->bits != 0 && e->document == NULL && is_first(s, e))
                cut->first = e;
        }
        skip = cut->from = 0;
        if (cut->first == NULL) {
            cut->done = true;
            return 0;
        }
    }
    cut->over = true;
    RX_LIST_EACH (l, &s->endpoints) {
        const struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);

        if (e->bits == 0 || e->document != NULL || !same_ports(s, e, cut->first))
            continue;
        if (skip > 0) {
            skip--;
            continue;
        }
        if (count == CLUSTER_SLICE_MAX) {
            cut->over = false;
            break;
        }
        cut->endpoint[count++] = e;
    }
    cut->from += count;
    cut->count = count;
    return count;
}
