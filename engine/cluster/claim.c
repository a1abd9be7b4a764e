/* SPDX-License-Identifier: Apache-2.0 */
/* claim.c - who is selected by whom, found by one label; and what becomes of it. */
#include "engine/cluster/claim.h"

#include <stdlib.h>
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/cluster/node.h"
#include "engine/cluster/slice.h"
#include "engine/pod/program.h"
#include "engine/reactor/err.h"
#include "engine/store/rule_shard.h"

/* A pod that was adopted. */
struct cluster_kept {
    uint64_t id, serial;
    struct cluster_workload *owner;
};

/* Orphans that have a label. Those that are stale are dropped when the list would grow. */
struct cluster_orphans {
    struct cluster_orphans *next; /* of all lists */
    uint64_t hash;
    uint64_t *id;
    uint32_t count, room;
};

static void adopt(struct cluster *c, struct cluster_workload *w, struct pod *p);
static void claim(struct cluster *c, struct pod *p);

/* ---- whose it is ----------------------------------------------------------------------------- */

static struct cluster_kept *kept_of(const struct cluster *c, const struct pod *p)
{
    uint64_t hash = rx_hash_end(p->id);
    struct cluster_kept *k;
    uint32_t cursor = 0;

    while ((k = rx_map_next(&c->kept, hash, &cursor)) != NULL && k->id != p->id) {
    }
    return k;
}

static struct cluster_workload *maker_of(const struct pod *p)
{
    return p->owner == NULL
               ? NULL
               : rx_container_of(p->owner, struct cluster_revision, owner)->workload;
}

struct cluster_workload *cluster_owner_of(const struct cluster *c, const struct pod *p)
{
    struct cluster_workload *w;

    if (p->strange) {
        const struct cluster_kept *k = kept_of(c, p);

        return k != NULL ? k->owner : NULL;
    }
    w = maker_of(p);
    return w != NULL && !cluster_is_departed(w) ? w : NULL;
}

bool cluster_is_left_over(const struct pod *p)
{
    const struct cluster_workload *w = p->strange ? NULL : maker_of(p);

    return w != NULL && cluster_is_departed(w) && !w->orphans;
}

uint64_t cluster_kept_id(const struct cluster_workload *w, uint32_t at)
{
    return w->kept[at]->id;
}

static bool is_orphan(const struct cluster *c, const struct pod *p)
{
    return !pod_is_gone(p) && cluster_owner_of(c, p) == NULL;
}

/* ---- what fits ------------------------------------------------------------------------------- */

/* A set of a Deployment has the hash of its template in its selector. */
static bool has_hash(const struct cluster_workload *w, struct pod *p)
{
    const struct pod_requirement hash = {.key = "pod-template-hash", .op = POD_SELECT_IN,
                                         .count = 1,
                                         .value = (const char *const[]){w->owner->hash}};
    const struct pod_selector selector = {true, 1, &hash};

    return w->spec.kind != POD_WORKLOAD_REPLICASET || w->owner->hash[0] == '\0' ||
           pod_selected(&selector, p);
}

/* That of a Job says whose pods they are. */
static bool has_uid(const struct cluster_workload *w, struct pod *p)
{
    const char *key = "batch.kubernetes.io/controller-uid";
    char uid[POD_UID_MAX];
    const struct pod_requirement mine = {.key = key, .op = POD_SELECT_IN, .count = 1,
                                         .value = (const char *const[]){uid}};
    const struct pod_selector selector = {true, 1, &mine};

    pod_owner_uid(w->owner, pod_world_of(p)->seed, uid);
    return pod_selected(&selector, p);
}

/* Does its selector mean that pod? */
static bool wants(const struct cluster_workload *w, struct pod *p)
{
    if (!w->spec.selector.present)
        return w->spec.kind == POD_WORKLOAD_JOB && has_uid(w, p);
    return strcmp(w->spec.ns, pod_spec_of(p)->ns) == 0 && pod_selected(&w->spec.selector, p) &&
           has_hash(w, p);
}

/* What the name of a StatefulSet's pod must be. */
static bool is_named_for(const struct cluster_workload *w, struct pod *p)
{
    size_t base = strlen(w->spec.name);
    char room[POD_NAME_MAX];
    const char *name;

    if (w->spec.kind != POD_WORKLOAD_STATEFULSET)
        return true;
    name = pod_name(p, room);
    if (strncmp(name, w->spec.name, base) != 0 || name[base] != '-' || name[base + 1] == '\0' ||
        (name[base + 1] == '0' && name[base + 2] != '\0'))
        return false;
    return strspn(name + base + 1, "0123456789") == strlen(name + base + 1);
}

static bool may_adopt(const struct cluster_workload *w, struct pod *p)
{
    return !w->ending && !cluster_is_departed(w) && !pod_is_deleting(p) &&
           !pod_phase_terminal((enum pod_phase)p->phase) && wants(w, p) &&
           is_named_for(w, p);
}

/* ---- claimants, by a label ------------------------------------------------------------------- */

static const struct rx_pair no_label = {"", ""};

/* A Deployment claims sets, by the same labels as they claim pods. */
static uint64_t hash_of(const struct cluster_workload *w, const struct rx_pair *label)
{
    return rx_hash_end(cluster_label_hash(w->spec.ns, label) ^
                       (w->spec.kind == POD_WORKLOAD_DEPLOYMENT));
}

/* One that the selector demands and that its template has as written; else none in particular. */
static struct rx_pair label_of(const struct cluster_workload *w)
{
    const struct pod_selector *s = &w->spec.selector;

    for (uint32_t i = 0; i < s->count; i++) {
        const struct pod_requirement *r = &s->requirement[i];

        if (r->op == POD_SELECT_IN && r->count == 1 &&
            st_label(&w->spec.template_->labels, r->key) != NULL)
            return (struct rx_pair){r->key, r->value[0]};
    }
    return no_label;
}

static struct cluster_workload *older(struct cluster_workload *a, struct cluster_workload *b)
{
    return a == NULL || b->object.meta.serial < a->object.meta.serial ? b : a;
}

/* The oldest of those that are known by the label and would take the pod. */
static struct cluster_workload *claimant(struct cluster *c, struct pod *p,
                                         const struct rx_pair *label,
                                         struct cluster_workload *found)
{
    uint64_t hash = rx_hash_end(cluster_label_hash(pod_spec_of(p)->ns, label));
    struct cluster_workload *w;
    uint32_t cursor = 0;

    while ((w = rx_map_next(&c->claimants, hash, &cursor)) != NULL) {
        c->steps++;
        if (w->spec.kind != POD_WORKLOAD_DEPLOYMENT && may_adopt(w, p))
            found = older(found, w);
    }
    return found;
}

/* ---- orphans, by their labels ---------------------------------------------------------------- */

static struct cluster_orphans *orphans_of(struct cluster *c, uint64_t hash)
{
    struct cluster_orphans *o;
    uint32_t cursor = 0;

    while ((o = rx_map_next(&c->orphans, hash, &cursor)) != NULL && o->hash != hash) {
    }
    return o;
}

static void drop_stale(struct cluster *c, struct cluster_orphans *o)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < o->count; i++) {
        const struct pod *p = pod_get(c->world, o->id[i]);

        if (p != NULL && is_orphan(c, p))
            o->id[kept++] = o->id[i];
    }
    o->count = kept;
}

static int grow(struct cluster *c, struct cluster_orphans *o)
{
    uint32_t room = o->room > 0 ? 2 * o->room : 4;
    uint64_t *id;

    drop_stale(c, o);
    if (o->count < o->room / 2)
        return 0;
    id = rx_mem_grow(c->world->mem, o->id, o->room * sizeof(*id), room * sizeof(*id));
    if (id == NULL)
        return -RX_ENOMEM;
    o->id = id;
    o->room = room;
    return 0;
}

static int list_under(struct cluster *c, struct pod *p, const struct rx_pair *label)
{
    uint64_t hash = rx_hash_end(cluster_label_hash(pod_spec_of(p)->ns, label));
    struct cluster_orphans *o = orphans_of(c, hash);

    if (o == NULL) {
        o = rx_mem_zalloc(c->world->mem, sizeof(*o));
        if (o == NULL)
            return -RX_ENOMEM;
        o->hash = hash;
        if (rx_map_put(&c->orphans, hash, o) != 0) {
            rx_mem_free(c->world->mem, o, sizeof(*o));
            return -RX_ENOMEM;
        }
        o->next = c->orphan_lists;
        c->orphan_lists = o;
    }
    if (o->count == o->room && grow(c, o) != 0)
        return -RX_ENOMEM;
    o->id[o->count++] = p->id;
    return 0;
}

static int list_orphan(struct cluster *c, struct pod *p)
{
    const struct pod_labels *labels = &pod_spec_of(p)->labels;
    int rc = list_under(c, p, &no_label);

    for (uint32_t i = 0; rc == 0 && i < labels->count; i++)
        rc = list_under(c, p, &labels->pair[i]);
    return rc;
}

static int list_orphans(struct cluster *c)
{
    int rc = 0;

    if (c->orphans_listed)
        return 0;
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (rc == 0 && is_orphan(c, p))
            rc = list_orphan(c, p);
    }
    c->orphans_listed = rc == 0;
    return rc;
}

/* It belongs to nobody now. Refused memory is the engine's to tell. */
static void orphaned(struct cluster *c, struct pod *p)
{
    if (c->orphans_listed)
        list_orphan(c, p);
    cluster_budgets_owner(c, p);
    claim(c, p);
}

/* By the one that has made it, if it is what that would take: its selector may say nothing. */
static void claim(struct cluster *c, struct pod *p)
{
    const struct pod_labels *labels = &pod_spec_of(p)->labels;
    struct cluster_workload *w = maker_of(p);

    if (w != NULL && (!w->controlled || cluster_is_departed(w) || !may_adopt(w, p)))
        w = NULL;
    if (c->claimants.count > 0)
        w = claimant(c, p, &no_label, w);
    for (uint32_t i = 0; i < labels->count && c->claimants.count > 0; i++)
        w = claimant(c, p, &labels->pair[i], w);
    if (w != NULL)
        adopt(c, w, p);
}

static int by_serial(const void *a, const void *b, void *world)
{
    const struct pod *x = pod_get(world, *(const uint64_t *)a),
                     *y = pod_get(world, *(const uint64_t *)b);

    return x->serial < y->serial ? -1 : x->serial > y->serial;
}

/* All that are there, in the order of their creation. */
static int claim_orphans(struct cluster *c, struct cluster_workload *w)
{
    const struct rx_pair label = label_of(w);
    struct cluster_orphans *o;
    int rc = list_orphans(c);

    o = rc == 0 ? orphans_of(c, rx_hash_end(cluster_label_hash(w->spec.ns, &label))) : NULL;
    if (o == NULL)
        return rc;
    drop_stale(c, o);
    if (o->count > 1)
        qsort_r(o->id, o->count, sizeof(*o->id), by_serial, c->world);
    for (uint32_t i = 0; i < o->count; i++) {
        struct pod *p = pod_get(c->world, o->id[i]);

        c->steps++;
        if (is_orphan(c, p) && may_adopt(w, p))
            adopt(c, w, p);
    }
    return rx_mem_failed(c->world->mem) ? -RX_ENOMEM : 0;
}

/* ---- adoption and release -------------------------------------------------------------------- */

static void count(struct cluster_workload *w, struct pod *p)
{
    p->counted = cluster_count_as(p) & 7;
    w->counts[p->counted]++;
    w->stirred++;
}

static void tell_controller(struct cluster *c, struct cluster_workload *w, struct pod *p)
{
    if (c->kinds[w->spec.kind].pod != NULL)
        c->kinds[w->spec.kind].pod(c, w, p);
    w->work.cause = p->version;
    cluster_dirty(c, &w->work);
}

/* By the number of their creation, as those that it has made. */
static int keep(struct cluster *c, struct cluster_workload *w, struct pod *p)
{
    uint32_t room = w->kept_room > 0 ? 2 * w->kept_room : 4, at = w->kept_count;
    struct cluster_kept *k;

    if (w->kept_count == w->kept_room) {
        struct cluster_kept **more = rx_mem_grow(c->world->mem, w->kept,
                                                 w->kept_room * sizeof(struct cluster_kept *),
                                                 room * sizeof(struct cluster_kept *));

        if (more == NULL)
            return -RX_ENOMEM;
        w->kept = more;
        w->kept_room = room;
    }
    k = rx_mem_zalloc(c->world->mem, sizeof(*k));
    if (k == NULL || rx_map_put(&c->kept, rx_hash_end(p->id), k) != 0) {
        rx_mem_free(c->world->mem, k, k != NULL ? sizeof(*k) : 0);
        return -RX_ENOMEM;
    }
    *k = (struct cluster_kept){.id = p->id, .serial = p->serial, .owner = w};
    for (; at > 0 && w->kept[at - 1]->serial > p->serial; at--)
        w->kept[at] = w->kept[at - 1];
    w->kept[at] = k;
    w->kept_count++;
    return 0;
}

static void adopt(struct cluster *c, struct cluster_workload *w, struct pod *p)
{
    bool own = maker_of(p) == w;

    if (!own && keep(c, w, p) != 0)
        return; /* the engine knows of memory that was refused */
    p->strange = !own;
    count(w, p);
    cluster_budgets_owner(c, p);
    tell_controller(c, w, p);
}

static void forget(struct cluster *c, struct cluster_kept *k)
{
    struct cluster_workload *w = k->owner;
    uint32_t i = 0;

    while (w->kept[i] != k)
        i++;
    memmove(&w->kept[i], &w->kept[i + 1], (--w->kept_count - i) * sizeof(struct cluster_kept *));
    rx_map_remove(&c->kept, rx_hash_end(k->id), k);
    rx_mem_free(c->world->mem, k, sizeof(*k));
}

static void release(struct cluster *c, struct cluster_workload *w, struct pod *p)
{
    struct cluster_kept *k = p->strange ? kept_of(c, p) : NULL;

    w->counts[p->counted]--;
    if (k != NULL)
        forget(c, k);
    p->strange = true;
    cluster_budgets_owner(c, p);
    tell_controller(c, w, p);
}

void cluster_claims_went(struct cluster *c, struct pod *p)
{
    struct cluster_kept *k = kept_of(c, p);

    if (k != NULL)
        forget(c, k);
}

void cluster_claims_came(struct cluster *c, struct pod *p)
{
    if (is_orphan(c, p) && !c->divides)
        orphaned(c, p);
}

void cluster_claims_fini(struct cluster *c)
{
    while (c->orphan_lists != NULL) {
        struct cluster_orphans *o = c->orphan_lists;

        c->orphan_lists = o->next;
        rx_mem_free(c->world->mem, o->id, o->room * sizeof(*o->id));
        rx_mem_free(c->world->mem, o, sizeof(*o));
    }
    rx_map_fini(&c->claimants);
    rx_map_fini(&c->kept);
    rx_map_fini(&c->orphans);
}

/* ---- sets and their Deployments -------------------------------------------------------------- */

static bool may_adopt_set(const struct cluster_workload *d, const struct cluster_workload *set)
{
    return !d->ending && !cluster_is_departed(d) && !set->ending && set->controller == NULL &&
           strcmp(d->spec.ns, set->spec.ns) == 0 &&
           pod_selector_matches(&d->spec.selector, &set->spec.labels);
}

static void adopt_set(struct cluster *c, struct cluster_workload *d, struct cluster_workload *set)
{
    rx_list_remove(&set->sibling); /* of those that belong to nobody */
    set->controller = d;
    set->adopted = true;
    rx_list_add_tail(&d->owned, &set->sibling);
    cluster_dirty(c, &d->work);
}

static void claim_sets(struct cluster *c, struct cluster_workload *deployment)
{
    struct rx_list *next;

    for (struct rx_list *l = c->lone_sets.next; l != &c->lone_sets; l = next) {
        struct cluster_workload *set = rx_container_of(l, struct cluster_workload, sibling);

        next = l->next;
        c->steps++;
        if (may_adopt_set(deployment, set))
            adopt_set(c, deployment, set);
    }
}

void cluster_claims_lone(struct cluster *c, struct cluster_workload *set)
{
    const struct pod_labels *labels = &set->spec.labels;
    struct cluster_workload *w, *found = NULL;

    if (set->spec.kind != POD_WORKLOAD_REPLICASET || !set->controlled)
        return;
    rx_list_add_tail(&c->lone_sets, &set->sibling);
    set->adopted = false;
    for (uint32_t i = 0; i <= labels->count; i++) {
        const struct rx_pair *label = i < labels->count ? &labels->pair[i] : &no_label;
        uint64_t hash = rx_hash_end(cluster_label_hash(set->spec.ns, label) ^ 1);
        uint32_t cursor = 0;

        while ((w = rx_map_next(&c->claimants, hash, &cursor)) != NULL) {
            c->steps++;
            if (w->spec.kind == POD_WORKLOAD_DEPLOYMENT && may_adopt_set(w, set))
                found = older(found, w);
        }
    }
    if (found != NULL)
        adopt_set(c, found, set);
}

/* ---- claimants come and go ------------------------------------------------------------------- */

int cluster_claims_begin(struct cluster *c, struct cluster_workload *w)
{
    const struct rx_pair label = label_of(w);
    int rc;

    if (!w->spec.selector.present)
        return 0; /* that of a Job means its own pods only */
    rc = rx_map_put(&c->claimants, hash_of(w, &label), w);
    w->claims = rc == 0;
    if (rc != 0)
        return rc;
    if (w->spec.kind != POD_WORKLOAD_DEPLOYMENT)
        return claim_orphans(c, w);
    claim_sets(c, w);
    return 0;
}

void cluster_claims_end(struct cluster *c, struct cluster_workload *w)
{
    const struct rx_pair label = label_of(w);

    if (w->claims)
        rx_map_remove(&c->claimants, hash_of(w, &label), w);
    w->claims = false;
    while (w->kept_count > 0)
        forget(c, w->kept[w->kept_count - 1]);
    rx_mem_free(c->world->mem, w->kept, w->kept_room * sizeof(struct cluster_kept *));
    w->kept = NULL;
    w->kept_room = 0;
}

void cluster_claims_orphan(struct cluster *c, struct cluster_workload *w)
{
    uint32_t adopted = w->kept_count;
    uint64_t *id = adopted > 0 ? rx_mem_alloc(c->world->mem, adopted * sizeof(*id)) : NULL;

    for (uint32_t i = 0; id != NULL && i < adopted; i++)
        id[i] = w->kept[i]->id;
    cluster_claims_end(c, w);
    for (uint32_t i = 0; i < w->ordinals; i++) {
        struct pod *p = pod_get(c->world, w->pod[i]);

        if (p != NULL && is_orphan(c, p))
            orphaned(c, p);
    }
    for (uint32_t i = 0; id != NULL && i < adopted; i++)
        orphaned(c, pod_get(c->world, id[i]));
    rx_mem_free(c->world->mem, id, id != NULL ? adopted * sizeof(*id) : 0);
}

/* ---- labels change --------------------------------------------------------------------------- */

static uint32_t put(struct rx_pair *pair, uint32_t count, const struct rx_pair *add)
{
    uint32_t at = 0;
    bool there;

    while (at < count && strcmp(pair[at].key, add->key) < 0)
        at++;
    there = at < count && strcmp(pair[at].key, add->key) == 0;
    if (add->value == NULL) {
        if (there)
            memmove(&pair[at], &pair[at + 1], (count - at - 1) * sizeof(*pair));
        return count - there;
    }
    if (!there)
        memmove(&pair[at + 1], &pair[at], (count - at) * sizeof(*pair));
    pair[at] = *add;
    return count + !there;
}

/* A copy of its spec in which all of its labels stand, also those that its controller adds. */
static struct pod_spec *with_labels(struct cluster *c, struct pod *p,
                                    const struct pod_labels *change)
{
    const struct pod_spec *old = pod_spec_of(p);
    struct rx_arena *arena = &c->world->arena;
    struct pod_spec *spec = rx_arena_alloc(arena, sizeof(*spec));
    struct pod_self self;
    struct rx_pair *pair;
    uint32_t n = 0;

    pod_self_labels(p, &self);
    pair = rx_arena_alloc(
        arena, (old->labels.count + self.fields.labels.count + change->count) * sizeof(*pair));
    if (spec == NULL || pair == NULL)
        return NULL;
    for (uint32_t i = 0; i < old->labels.count; i++)
        n = put(pair, n, &old->labels.pair[i]);
    for (uint32_t i = 0; i < self.fields.labels.count; i++) {
        const struct rx_pair *added = &self.fields.labels.pair[i];
        struct rx_pair own = {added->key, rx_arena_strdup(arena, added->value)};

        if (own.value == NULL)
            return NULL;
        n = put(pair, n, &own);
    }
    for (uint32_t i = 0; i < change->count; i++)
        n = put(pair, n, &change->pair[i]);
    *spec = *old;
    spec->all_labels = true;
    spec->labels = (struct pod_labels){n, pair};
    return spec;
}

/* Does it have these labels as its own, and none of those without a value? */
static bool is_labelled(const struct pod *p, const struct pod_labels *labels)
{
    const struct pod_spec *spec = pod_spec_of(p);

    for (uint32_t i = 0; i < labels->count; i++) {
        const char *is = st_label(&spec->labels, labels->pair[i].key),
                   *shall = labels->pair[i].value;

        if ((is == NULL) != (shall == NULL) || (is != NULL && strcmp(is, shall) != 0))
            return false;
    }
    return spec->all_labels;
}

int cluster_relabel(struct cluster *c, struct pod *p, const struct pod_labels *labels)
{
    struct pod_template *t;
    struct pod_spec *spec;
    int rc;

    if (is_labelled(p, labels))
        return 0;
    spec = with_labels(c, p, labels);
    t = spec != NULL ? pod_world_template(c->world, spec) : NULL;
    rc = t != NULL ? pod_set_spec(p, t) : -RX_ENOMEM;
    if (rc == 0)
        cluster_relabelled(c, p);
    return rc;
}

void cluster_relabelled(struct cluster *c, struct pod *p)
{
    struct cluster_workload *w = cluster_owner_of(c, p);

    cluster_nodes_relabelled(c, p);
    cluster_slices_relabelled(c, p);
    cluster_budgets_relabelled(c, p);
    if (w == NULL) {
        cluster_claims_came(c, p);
        return;
    }
    if (w->controlled && !w->ending && !wants(w, p)) {
        release(c, w, p);
        orphaned(c, p);
    }
}
