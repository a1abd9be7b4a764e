/* SPDX-License-Identifier: Apache-2.0 */
/* quota.c - ResourceQuotas, and what is charged to them. */
#include "engine/cluster/quota.h"

#include <stdio.h>
#include <string.h>

#include "engine/cluster/binder.h"
#include "engine/cluster/node.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

/* A pod that counts. */
struct cluster_charge {
    struct rx_list link; /* of its quota */
    struct cluster_quota *quota;
    const struct pod_spec *spec;
    uint64_t pod;
    bool over; /* only as an object */
};

enum { USED_TEXT_MAX = 2048 };

static struct cluster_quota *quota_at(struct st_object *o)
{
    return rx_container_of(o, struct cluster_quota, object);
}

static struct st_quantity nothing(void)
{
    return (struct st_quantity){.form = ST_QUANTITY_DECIMAL};
}

/* ---- use ------------------------------------------------------------------------------------- */

/* As far as it goes by pods. over: of one that is, its object only. */
static void use_of(const struct cluster_quota *q, uint32_t i, const struct pod_spec *pod, bool over,
                   struct st_quantity *out)
{
    struct st_quota_key key = st_quota_key(q->spec.hard.pair[i].key);

    if ((over && key.what != ST_QUOTA_ALL_PODS) || !st_quota_use(&key, pod, out))
        *out = nothing();
}

static void count(struct cluster_quota *q, const struct pod_spec *pod, bool was_over, bool counts,
                  bool over)
{
    for (uint32_t i = 0; i < q->spec.hard.count; i++) {
        struct st_quantity before, now = nothing();

        use_of(q, i, pod, was_over, &before);
        if (counts)
            use_of(q, i, pod, over, &now);
        before.nano = now.nano - before.nano;
        st_quantity_add(&q->count[i].used, &before);
    }
}

static int64_t node_ports_of(const struct pod_service_spec *s)
{
    int64_t given = 0;

    if (s->type != ST_SERVICE_NODE_PORT && s->type != ST_SERVICE_LOAD_BALANCER)
        return 0;
    for (uint32_t i = 0; i < s->port_count; i++)
        given += s->port[i].node_port != 0;
    return s->type == ST_SERVICE_LOAD_BALANCER && s->no_node_ports ? given : s->port_count;
}

/* What one object counts for under a key that is none of pods. service, claim: what it is, if it is
 * one. */
static void use_of_object(struct cluster *c, const struct st_quota_key *key,
                          const struct cluster_newcomer *n, struct st_quantity *out)
{
    int64_t count = 0;

    *out = nothing();
    switch (key->what) {
    case ST_QUOTA_OBJECTS:
        count = key->kind == n->kind && key->sub == n->sub;
        break;
    case ST_QUOTA_NODE_PORTS:
        count = n->service != NULL ? node_ports_of(n->service) : 0;
        break;
    case ST_QUOTA_BALANCERS:
        count = n->service != NULL && n->service->type == ST_SERVICE_LOAD_BALANCER;
        break;
    default:
        if (n->claim != NULL)
            st_quota_claim(key, n->claim, cluster_claim_class(c, n->claim), out);
        return;
    }
    out->nano = (__int128)count * 1000000000;
}

static bool is_of_objects(const struct st_quota_key *key)
{
    return key->what == ST_QUOTA_OBJECTS || key->what == ST_QUOTA_NODE_PORTS ||
           key->what == ST_QUOTA_BALANCERS || key->what == ST_QUOTA_STORAGE ||
           key->what == ST_QUOTA_CLAIMS;
}

/* Of which kind are the objects that the key counts? */
static enum st_kind kind_of(const struct st_quota_key *key)
{
    if (key->what == ST_QUOTA_OBJECTS)
        return (enum st_kind)key->kind;
    return key->what == ST_QUOTA_STORAGE || key->what == ST_QUOTA_CLAIMS ? ST_CLAIM : ST_SERVICE;
}

/* What is counted, not charged. */
static void count_objects(struct cluster *c, struct cluster_quota *q)
{
    for (uint32_t i = 0; i < q->spec.hard.count; i++) {
        struct st_quota_key key = st_quota_key(q->spec.hard.pair[i].key);
        struct st_quantity use = nothing();

        if (!is_of_objects(&key))
            continue;
        q->count[i].used = nothing();
        ST_EACH(l, c->store, kind_of(&key))
        {
            struct st_object *o = st_object_at(l);
            struct cluster_newcomer n = {.kind = o->kind, .sub = o->sub};

            if (strcmp(o->ns, q->spec.ns) != 0)
                continue;
            if (o->kind == ST_SERVICE)
                n.service = &cluster_service_of(o)->spec;
            if (o->kind == ST_CLAIM)
                n.claim = rx_container_of(o, struct pod_claim, object)->spec;
            use_of_object(c, &key, &n, &use);
            st_quantity_add(&q->count[i].used, &use);
        }
        use = nothing();
        st_amount_text(&q->spec.others, q->spec.hard.pair[i].key, &use);
        st_quantity_add(&q->count[i].used, &use);
    }
}

/* All anew. */
static void count_all(struct cluster *c, struct cluster_quota *q)
{
    for (uint32_t i = 0; i < q->spec.hard.count; i++) {
        struct st_quota_count *n = &q->count[i];

        *n = (struct st_quota_count){.hard = nothing(), .used = nothing()};
        st_amount_text(&q->spec.hard, q->spec.hard.pair[i].key, &n->hard);
        st_amount_text(&q->spec.others, q->spec.hard.pair[i].key, &n->used);
    }
    count_objects(c, q);
    for (int k = 0; k < 2; k++) {
        RX_LIST_EACH(l, k == 0 ? &q->charges : &q->leaving) {
            const struct cluster_charge *e = rx_container_of(l, struct cluster_charge, link);

            for (uint32_t i = 0; i < q->spec.hard.count; i++) {
                struct st_quantity use;

                use_of(q, i, e->spec, e->over, &use);
                st_quantity_add(&q->count[i].used, &use);
            }
        }
    }
}

/* ---- charges --------------------------------------------------------------------------------- */

static const char *class_of(struct cluster *c, const struct pod_spec *spec)
{
    const struct st_priority_class *k = cluster_priority_class(c, spec);

    return spec->priority_class != NULL ? spec->priority_class : k != NULL ? k->name : NULL;
}

static int charge(struct cluster *c, struct cluster_quota *q, struct pod *p)
{
    struct cluster_charge *e = rx_mem_zalloc(c->world->mem, sizeof(*e));

    if (e == NULL)
        return -RX_ENOMEM;
    *e = (struct cluster_charge){.quota = q, .spec = pod_spec_of(p), .pod = p->id,
                                 .over = pod_phase_terminal((enum pod_phase)p->phase)};
    if (rx_map_put(&c->charges, rx_hash_end(p->id), e) != 0) {
        rx_mem_free(c->world->mem, e, sizeof(*e));
        return -RX_ENOMEM;
    }
    rx_list_add_tail(&q->charges, &e->link);
    for (uint32_t i = 0; i < q->spec.hard.count; i++) {
        struct st_quantity use;

        use_of(q, i, e->spec, e->over, &use);
        st_quantity_add(&q->count[i].used, &use);
    }
    return 0;
}

static void release(struct cluster *c, struct cluster_charge *e)
{
    rx_list_remove(&e->link);
    rx_map_remove(&c->charges, rx_hash_end(e->pod), e);
    rx_mem_free(c->world->mem, e, sizeof(*e));
}

static struct cluster_charge *next_charge(struct cluster *c, uint64_t pod, uint32_t *cursor)
{
    struct cluster_charge *e;

    while ((e = rx_map_next(&c->charges, rx_hash_end(pod), cursor)) != NULL)
        if (e->pod == pod)
            return e;
    return NULL;
}

static void look_again(struct cluster *c, struct cluster_quota *q, uint64_t cause)
{
    q->work.cause = cause;
    cluster_dirty(c, &q->work);
}

int cluster_quotas_came(struct cluster *c, struct pod *p)
{
    const struct pod_spec *spec = pod_spec_of(p);
    int rc = 0;

    ST_EACH(l, c->store, ST_QUOTA)
    {
        struct cluster_quota *q = quota_at(st_object_at(l));

        if (rc != 0 || strcmp(q->spec.ns, spec->ns) != 0 ||
            !st_quota_fits(&q->spec, spec, class_of(c, spec)))
            continue;
        rc = charge(c, q, p);
        look_again(c, q, 0);
    }
    if (rc != 0)
        cluster_quotas_went(c, p);
    return rc;
}

void cluster_quotas_went(struct cluster *c, struct pod *p)
{
    struct cluster_charge *e;
    uint32_t cursor = 0;

    while (c->charges.count > 0 && (e = next_charge(c, p->id, &cursor)) != NULL) {
        count(e->quota, e->spec, e->over, false, false);
        release(c, e);
        cursor = 0;
    }
}

/* When a pod that is being deleted does not count any more. */
static rx_ms forgotten_at(const struct pod *p)
{
    return p->deleted_at + 2 * (rx_ms)p->grace_s * RX_MS_PER_S + 1;
}

void cluster_quotas_changed(struct cluster *c, struct pod *p, uint32_t what)
{
    struct cluster_charge *e;
    uint32_t cursor = 0;

    while (c->charges.count > 0 && (e = next_charge(c, p->id, &cursor)) != NULL) {
        bool over = pod_phase_terminal((enum pod_phase)p->phase);

        if (pod_is_gone(p) || (over && !e->over)) {
            rx_list_remove(&e->link);
            rx_list_add_tail(&e->quota->leaving, &e->link);
            look_again(c, e->quota, p->version);
        } else if ((what & POD_CHANGED_LEFT) && pod_is_deleting(p) && !over) {
            cluster_wake(c, &e->quota->work, forgotten_at(p));
        }
    }
}

/* ---- a sync ---------------------------------------------------------------------------------- */

static void settle(struct cluster *c, struct cluster_charge *e)
{
    const struct pod *p = pod_get(c->world, e->pod);

    count(e->quota, e->spec, e->over, p != NULL, true);
    if (p == NULL) {
        release(c, e);
        return;
    }
    e->over = true;
    rx_list_remove(&e->link);
    rx_list_add_tail(&e->quota->charges, &e->link);
}

/* Of pods that take too long to go. */
static void forget_slow(struct cluster *c, struct cluster_quota *q)
{
    rx_ms now = rx_loop_now(c->world->loop), next = RX_MS_NEVER;

    RX_LIST_EACH(l, &q->charges) {
        struct cluster_charge *e = rx_container_of(l, struct cluster_charge, link);
        const struct pod *p = e->over ? NULL : pod_get(c->world, e->pod);

        if (p == NULL || !pod_is_deleting(p))
            continue;
        if (forgotten_at(p) > now) {
            next = RX_MIN(next, forgotten_at(p));
            continue;
        }
        count(q, e->spec, false, true, true);
        e->over = true;
    }
    if (next != RX_MS_NEVER)
        cluster_wake(c, &q->work, next);
}

static int sync_quota(struct cluster *c, struct cluster_work *w)
{
    struct cluster_quota *q = rx_container_of(w, struct cluster_quota, work);

    while (!rx_list_empty(&q->leaving))
        settle(c, rx_container_of(q->leaving.next, struct cluster_charge, link));
    forget_slow(c, q);
    count_objects(c, q);
    cluster_announce(c, w);
    return 0;
}

/* What is used of it, as in "cpu=500m,pods=2". */
static size_t used_text(const struct cluster_quota *q, char *out, size_t room)
{
    size_t n = 0;

    for (uint32_t i = 0; i < q->spec.hard.count; i++) {
        char text[ST_QUANTITY_TEXT];

        st_quantity_text(&q->count[i].used, text);
        n += (size_t)snprintf(n < room ? out + n : NULL, n < room ? room - n : 0, "%s%s=%s",
                              i > 0 ? "," : "", q->spec.hard.pair[i].key, text);
    }
    return n;
}

static void forget_told(struct cluster *c, struct cluster_quota *q)
{
    rx_mem_free(c->world->mem, q->told, q->told != NULL ? strlen(q->told) + 1 : 0);
    q->told = NULL;
}

static void announce_quota(struct cluster *c, struct cluster_work *w)
{
    struct cluster_quota *q = rx_container_of(w, struct cluster_quota, work);
    const char *told = q->told != NULL ? q->told : "";
    char text[USED_TEXT_MAX] = "";
    char *copy;

    used_text(q, text, sizeof(text));
    if (strcmp(told, text) == 0)
        return;
    st_tell_text(c->store, &q->object, ST_FIELD_OF_USED, told, text, NULL);
    copy = rx_mem_alloc(c->world->mem, strlen(text) + 1);
    forget_told(c, q);
    q->told = copy;
    if (copy != NULL)
        memcpy(copy, text, strlen(text) + 1);
}

/* ---- coming and going ------------------------------------------------------------------------ */

void cluster_quotas_init(struct cluster *c)
{
    rx_map_init(&c->charges, c->world->mem);
    rx_map_init(&c->limited, c->world->mem);
}

static int set_spec(struct cluster *c, struct cluster_quota *q, const struct st_quota_spec *spec)
{
    size_t size = spec->hard.count * sizeof(*q->count);
    struct st_quota_count *more = rx_mem_zalloc(c->world->mem, size);

    if (more == NULL && size > 0)
        return -RX_ENOMEM;
    rx_mem_free(c->world->mem, q->count, q->spec.hard.count * sizeof(*q->count));
    q->count = more;
    q->spec = *spec;
    count_all(c, q);
    return 0;
}

static void free_quota(struct cluster *c, struct cluster_quota *q)
{
    while (!rx_list_empty(&q->charges))
        release(c, rx_container_of(q->charges.next, struct cluster_charge, link));
    while (!rx_list_empty(&q->leaving))
        release(c, rx_container_of(q->leaving.next, struct cluster_charge, link));
    cluster_work_drop(c, &q->work);
    forget_told(c, q);
    rx_mem_free(c->world->mem, q->count, q->spec.hard.count * sizeof(*q->count));
    rx_mem_free(c->world->mem, q, sizeof(*q));
}

/* Those that are there already. */
static int charge_all(struct cluster *c, struct cluster_quota *q)
{
    int rc = 0;

    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);
        const struct pod_spec *spec = pod_spec_of(p);

        if (rc == 0 && !pod_is_gone(p) && strcmp(spec->ns, q->spec.ns) == 0 &&
            st_quota_fits(&q->spec, spec, class_of(c, spec)))
            rc = charge(c, q, p);
    }
    return rc;
}

static int quota_new(struct cluster *c, const struct st_quota_spec *spec)
{
    static const struct cluster_worker worker = {CLUSTER_RANK_QUOTA, CLUSTER_RETRY_NONE, sync_quota,
                                                 announce_quota};
    struct cluster_quota *q = rx_mem_zalloc(c->world->mem, sizeof(*q));
    int rc;

    if (q == NULL)
        return -RX_ENOMEM;
    rx_list_init(&q->charges);
    rx_list_init(&q->leaving);
    q->object = (struct st_object){.ns = spec->ns, .name = spec->name, .kind = ST_QUOTA};
    rc = st_add(c->store, &q->object);
    if (rc == 0)
        rc = cluster_work_init(c, &q->work, &worker, q->object.meta.serial);
    if (rc == 0)
        rc = set_spec(c, q, spec);
    if (rc == 0)
        rc = charge_all(c, q);
    if (rc != 0) {
        st_unadd(c->store, &q->object);
        free_quota(c, q);
        return rc;
    }
    cluster_dirty(c, &q->work);
    return 0;
}

int cluster_quota_put(struct cluster *c, const struct st_quota_spec *spec,
                      struct st_quota_spec *old)
{
    struct st_object *o = st_find(c->store, ST_QUOTA, 0, spec->ns, spec->name);
    int rc;

    *old = (struct st_quota_spec){0};
    if (o == NULL)
        return quota_new(c, spec);
    *old = quota_at(o)->spec;
    rc = set_spec(c, quota_at(o), spec);
    cluster_dirty(c, &quota_at(o)->work);
    return rc;
}

void cluster_quota_undo(struct cluster *c, const struct st_quota_spec *spec,
                        const struct st_quota_spec *old)
{
    struct cluster_quota *q = quota_at(st_find(c->store, ST_QUOTA, 0, spec->ns, spec->name));

    if (old->name != NULL) {
        set_spec(c, q, old);
        return;
    }
    st_unadd(c->store, &q->object);
    free_quota(c, q);
}

void cluster_quota_delete(struct cluster *c, struct st_object *o)
{
    st_tell_object(c->store, o, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    st_remove(c->store, o);
    free_quota(c, quota_at(o));
}

void cluster_quotas_recount(struct cluster *c)
{
    ST_EACH(l, c->store, ST_QUOTA)
        look_again(c, quota_at(st_object_at(l)), 0);
}

void cluster_quotas_fini(struct cluster *c)
{
    struct st_object *o;

    while ((o = st_newest(c->store, ST_QUOTA)) != NULL) {
        st_remove(c->store, o);
        free_quota(c, quota_at(o));
    }
    rx_map_fini(&c->charges);
}

/* ---- admission ------------------------------------------------------------------------------- */

/* May the quota have that pod? */
static bool takes(struct cluster_quota *q, const struct pod_spec *spec, struct rx_fit *t)
{
    struct rx_fit begin = *t;

    rx_fit_str(t, "failed quota: ");
    rx_fit_str(t, q->spec.name);
    rx_fit_str(t, ": ");
    if (st_quota_unstated(&q->spec, spec, t))
        return false;
    *t = begin;
    for (uint32_t i = 0; i < q->spec.hard.count; i++)
        use_of(q, i, spec, false, &q->count[i].asked);
    return !st_quota_exceeds(&q->spec, q->count, t);
}

bool cluster_quotas_take(struct cluster *c, const struct pod_spec *spec, struct rx_fit *t)
{
    ST_EACH(l, c->store, ST_QUOTA)
    {
        struct cluster_quota *q = quota_at(st_object_at(l));

        if (strcmp(q->spec.ns, spec->ns) == 0 &&
            st_quota_fits(&q->spec, spec, class_of(c, spec)) && !takes(q, spec, t))
            return false;
    }
    return true;
}

bool cluster_quotas_take_object(struct cluster *c, const struct cluster_newcomer *n)
{
    const char *resource = st_quota_resource(n->kind, n->sub);

    ST_EACH(l, c->store, ST_QUOTA)
    {
        struct cluster_quota *q = quota_at(st_object_at(l));
        struct rx_fit t;

        if (resource == NULL || q->spec.scope_count > 0 || strcmp(q->spec.ns, n->ns) != 0)
            continue;
        count_objects(c, q);
        for (uint32_t i = 0; i < q->spec.hard.count; i++) {
            struct st_quota_key key = st_quota_key(q->spec.hard.pair[i].key);

            use_of_object(c, &key, n, &q->count[i].asked);
        }
        t = cluster_why_begin(c, resource, n->name);
        if (st_quota_exceeds(&q->spec, q->count, &t)) {
            cluster_why_end(c, &t);
            return false;
        }
    }
    return true;
}
