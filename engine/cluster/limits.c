/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.c - LimitRanges, and the admission of pods. What they make of a template is worked out
 * once, and again when one of them has changed.
 */
#include "engine/cluster/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"
#include "engine/store/resource_ref.h"
#include "engine/store/rule_request.h"

/* What has become of a template. */
struct cluster_limited {
    struct pod_template *of, *to;
    uint64_t made_for;           /* which changes of LimitRanges */
    struct cluster_limited *next; /* all of them */
};

enum { MISSING_MAX = 32, NOTE_MAX = 1024 };

static struct cluster_limit_range *range_at(struct st_object *o)
{
    return rx_container_of(o, struct cluster_limit_range, object);
}

static bool is_limited(struct cluster *c, const char *ns)
{
    ST_EACH(l, c->store, ST_LIMIT_RANGE)
        if (strcmp(st_object_at(l)->ns, ns) == 0)
            return true;
    return false;
}

/* ---- what they give -------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct rx_pair *)a)->key, ((const struct rx_pair *)b)->key);
}

/* A list with what it lacks. -RX_ENOMEM. */
static int complete(struct cluster *c, const struct st_limit_range_spec *r, bool requests,
                    struct pod_labels *list, struct rx_pair *given, uint32_t *count)
{
    struct rx_pair *all;

    *count = cluster_limits_missing(r, requests, list, given, MISSING_MAX);
    if (*count == 0)
        return 0;
    all = rx_arena_alloc(&c->world->arena, (list->count + *count) * sizeof(*all));
    if (all == NULL)
        return -RX_ENOMEM;
    if (list->count > 0)
        memcpy(all, list->pair, list->count * sizeof(*all));
    memcpy(all + list->count, given, *count * sizeof(*all));
    *list = (struct pod_labels){list->count + *count, all};
    qsort(all, list->count, sizeof(*all), by_name);
    qsort(given, *count, sizeof(*given), by_name);
    return 0;
}

static int64_t number_of(const struct pod_labels *list, const char *name, bool milli)
{
    struct st_quantity q;
    int64_t n;

    if (!st_amount_text(list, name, &q) || !st_quantity_milli(&q, &n))
        return -1;
    return milli ? n : n / 1000 + (n % 1000 > 0);
}

/* The same lists as numbers. */
static int count_amounts(struct cluster *c, struct pod_container_spec *k)
{
    struct pod_amount *other =
        rx_arena_alloc(&c->world->arena, RX_MAX(k->requests.count, 1) * sizeof(*other));

    if (other == NULL)
        return -RX_ENOMEM;
    k->cpu_milli = number_of(&k->limits, "cpu", true);
    k->memory_bytes = number_of(&k->limits, "memory", false);
    k->storage_bytes = number_of(&k->limits, "ephemeral-storage", false);
    k->asks = (struct pod_amounts){
        .cpu_milli = RX_MAX(number_of(&k->requests, "cpu", true), 0),
        .memory = RX_MAX(number_of(&k->requests, "memory", false), 0),
        .storage = RX_MAX(number_of(&k->requests, "ephemeral-storage", false), 0),
        .other = other};
    for (uint32_t i = 0; i < k->requests.count; i++) {
        const char *name = k->requests.pair[i].key;

        if (strcmp(name, "cpu") != 0 && strcmp(name, "memory") != 0 &&
            strcmp(name, "ephemeral-storage") != 0)
            other[k->asks.other_count++] =
                (struct pod_amount){name, RX_MAX(number_of(&k->requests, name, false), 0)};
    }
    return 0;
}

static void note(struct rx_fit *t, const struct pod_container_spec *k, const char *what,
                 const struct rx_pair *given, uint32_t count)
{
    if (count == 0)
        return;
    rx_fit_str(t, t->len == 0 ? "LimitRanger plugin set: " : "; ");
    for (uint32_t i = 0; i < count; i++) {
        rx_fit_str(t, i > 0 ? ", " : "");
        rx_fit_str(t, given[i].key);
    }
    rx_fit_str(t, what);
    rx_fit_str(t, k->kind == POD_MAIN ? " for container " : " for init container ");
    rx_fit_str(t, k->name);
}

static int complete_container(struct cluster *c, const struct st_limit_range_spec *r,
                              struct pod_container_spec *k, struct rx_fit *t)
{
    struct rx_pair requests[MISSING_MAX], limits[MISSING_MAX];
    uint32_t some, more = 0;
    int rc = complete(c, r, true, &k->requests, requests, &some);

    if (rc == 0)
        rc = complete(c, r, false, &k->limits, limits, &more);
    if (rc != 0 || some + more == 0)
        return rc;
    note(t, k, " request", requests, some);
    note(t, k, " limit", limits, more);
    return count_amounts(c, k);
}

/* What has been given is told in an annotation. */
static int annotate(struct cluster *c, struct pod_spec *spec, const char *text)
{
    static const char name[] = "kubernetes.io/limit-ranger";
    uint32_t n = 0, count = spec->annotations.count;
    struct rx_pair *all = rx_arena_alloc(&c->world->arena, (count + 1) * sizeof(*all));
    const char *copy = rx_arena_strdup(&c->world->arena, text);

    if (all == NULL || copy == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(spec->annotations.pair[i].key, name) != 0)
            all[n++] = spec->annotations.pair[i];
    all[n++] = (struct rx_pair){name, copy};
    qsort(all, n, sizeof(*all), by_name);
    spec->annotations = (struct pod_labels){n, all};
    return 0;
}

/* A copy of the spec with all that LimitRanges give; *out stays NULL where they give nothing. */
static int complete_spec(struct cluster *c, const struct pod_spec *old, struct pod_spec **out)
{
    struct rx_arena *arena = &c->world->arena;
    struct pod_spec *spec = rx_arena_alloc(arena, sizeof(*spec));
    struct pod_container_spec *list = rx_arena_alloc(arena, old->container_count * sizeof(*list));
    char text[NOTE_MAX];
    int rc = 0;

    *out = NULL;
    if (spec == NULL || list == NULL)
        return -RX_ENOMEM;
    *spec = *old;
    memcpy(list, old->container, old->container_count * sizeof(*list));
    spec->container = list;
    ST_EACH(l, c->store, ST_LIMIT_RANGE)
    {
        const struct st_limit_range_spec *r = &range_at(st_object_at(l))->spec;
        struct rx_fit t = {.at = text, .room = NOTE_MAX - 1};

        for (uint32_t i = 0; rc == 0 && strcmp(r->ns, spec->ns) == 0 && i < spec->container_count;
             i++) /* main containers come first */
            rc = complete_container(c, r, &list[(i + spec->init_count) % spec->container_count],
                                    &t);
        if (rc != 0 || t.len == 0)
            continue;
        text[t.len] = '\0';
        rc = annotate(c, spec, text);
        *out = spec;
    }
    for (uint32_t i = 0; *out != NULL && i < spec->container_count; i++)
        spec->limits_storage |= list[i].storage_bytes > 0;
    return rc == 0 && *out != NULL ? st_resources_fill(arena, spec) : rc;
}

static struct cluster_limited *find_limited(struct cluster *c, const struct pod_template *t)
{
    struct cluster_limited *m;
    uint32_t cursor = 0;

    while ((m = rx_map_next(&c->limited, rx_hash_end((uintptr_t)t), &cursor)) != NULL)
        if (m->of == t)
            return m;
    return NULL;
}

struct pod_template *cluster_limited(struct cluster *c, struct pod_template *t)
{
    uint64_t changes = c->store->table[ST_LIMIT_RANGE].changes;
    struct cluster_limited *m;
    struct pod_spec *spec;

    if (!is_limited(c, t->spec->ns))
        return t;
    m = find_limited(c, t);
    if (m == NULL) {
        m = rx_arena_alloc(&c->world->arena, sizeof(*m));
        if (m == NULL || rx_map_put(&c->limited, rx_hash_end((uintptr_t)t), m) != 0)
            return NULL;
        *m = (struct cluster_limited){.of = t};
    }
    if (m->to != NULL && m->made_for == changes)
        return m->to;
    if (complete_spec(c, t->spec, &spec) != 0)
        return NULL;
    m->to = spec != NULL ? pod_world_template(c->world, spec) : t;
    m->made_for = changes;
    return m->to;
}

/* ---- admission ------------------------------------------------------------------------------- */

static bool ranges_take(struct cluster *c, const struct pod_spec *spec, struct rx_fit *t)
{
    ST_EACH(l, c->store, ST_LIMIT_RANGE)
    {
        const struct st_limit_range_spec *r = &range_at(st_object_at(l))->spec;

        if (strcmp(r->ns, spec->ns) == 0 && cluster_limits_refuse(r, spec, t))
            return false;
    }
    return true;
}

static bool ranges_take_claim(struct cluster *c, const struct cluster_newcomer *n)
{
    char size[ST_QUANTITY_TEXT];

    st_quantity_text(&n->claim->size, size);
    ST_EACH(l, c->store, ST_LIMIT_RANGE)
    {
        const struct st_limit_range_spec *r = &range_at(st_object_at(l))->spec;
        struct rx_fit t = cluster_why_begin(c, "persistentvolumeclaims", n->name);

        if (strcmp(r->ns, n->ns) != 0 || !cluster_limits_refuse_claim(r, size, &t))
            continue;
        cluster_why_end(c, &t);
        return false;
    }
    return true;
}

int cluster_admit(struct cluster *c, struct cluster_workload *w, uint32_t ordinal,
                  struct pod_template **as)
{
    const struct pod_owner *owner = w->spec.kind == POD_WORKLOAD_POD ? NULL : w->owner;
    char name[POD_NAME_MAX];
    struct rx_fit t;

    *as = w->tmpl;
    if (!cluster_may_refuse(c, w->spec.ns))
        return 0;
    *as = cluster_limited(c, w->tmpl);
    if (*as == NULL)
        return -RX_ENOMEM;
    t = cluster_why_begin(c, "pods", pod_name_of(owner, ordinal, (*as)->spec, name));
    if (ranges_take(c, (*as)->spec, &t) && cluster_quotas_take(c, (*as)->spec, &t))
        return 0;
    cluster_why_end(c, &t);
    return -RX_EFORBIDDEN;
}

bool cluster_admit_object(struct cluster *c, const struct cluster_newcomer *n)
{
    return (n->claim == NULL || ranges_take_claim(c, n)) && cluster_quotas_take_object(c, n);
}

bool cluster_may_refuse(struct cluster *c, const char *ns)
{
    if (is_limited(c, ns))
        return true;
    ST_EACH(l, c->store, ST_QUOTA)
        if (strcmp(st_object_at(l)->ns, ns) == 0)
            return true;
    return false;
}

/* ---- coming and going ------------------------------------------------------------------------ */

int cluster_limit_range_put(struct cluster *c, const struct st_limit_range_spec *spec,
                            struct st_limit_range_spec *old)
{
    struct st_object *o = st_find(c->store, ST_LIMIT_RANGE, 0, spec->ns, spec->name);
    struct cluster_limit_range *r;
    int rc;

    *old = (struct st_limit_range_spec){0};
    if (o != NULL) {
        *old = range_at(o)->spec;
        range_at(o)->spec = *spec;
        c->store->table[ST_LIMIT_RANGE].changes++;
        return 0;
    }
    r = rx_mem_zalloc(c->world->mem, sizeof(*r));
    if (r == NULL)
        return -RX_ENOMEM;
    r->object = (struct st_object){.ns = spec->ns, .name = spec->name, .kind = ST_LIMIT_RANGE};
    r->spec = *spec;
    rc = st_add(c->store, &r->object);
    if (rc != 0)
        rx_mem_free(c->world->mem, r, sizeof(*r));
    return rc;
}

void cluster_limit_range_undo(struct cluster *c, const struct st_limit_range_spec *spec,
                              const struct st_limit_range_spec *old)
{
    struct st_object *o = st_find(c->store, ST_LIMIT_RANGE, 0, spec->ns, spec->name);

    if (old->name != NULL) {
        range_at(o)->spec = *old;
        c->store->table[ST_LIMIT_RANGE].changes++;
        return;
    }
    st_unadd(c->store, o);
    rx_mem_free(c->world->mem, range_at(o), sizeof(struct cluster_limit_range));
}

void cluster_limit_range_delete(struct cluster *c, struct st_object *o)
{
    st_tell(c->store, o, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    st_remove(c->store, o);
    rx_mem_free(c->world->mem, range_at(o), sizeof(struct cluster_limit_range));
}

void cluster_limits_fini(struct cluster *c)
{
    struct st_object *o;

    while ((o = st_newest(c->store, ST_LIMIT_RANGE)) != NULL) {
        st_remove(c->store, o);
        rx_mem_free(c->world->mem, range_at(o), sizeof(struct cluster_limit_range));
    }
    rx_map_fini(&c->limited);
}
