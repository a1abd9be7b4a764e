/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update.c - a workload is told something else.
 *
 * What may fail is done first, and nobody has heard of it: new pods are made, which had their first
 * sync not yet. Then the update is kept, which cannot fail, or taken back. Told they are in the
 * other order: who goes, then who comes.
 */
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/quota.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "engine/store/rule_template.h"

static bool is_same_template(const struct pod_spec *a, const struct pod_spec *b)
{
    return a == b || a->hash == b->hash;
}

/* A ReplicaSet counts its pods, whatever they were made of: only the next ones are new. A bare pod
 * has its containers replaced. */
static bool replaces(const struct cluster_workload *w)
{
    return w->spec.kind != POD_WORKLOAD_REPLICASET && w->spec.kind != POD_WORKLOAD_CONTROLLER &&
           w->spec.kind != POD_WORKLOAD_POD;
}

/* Would its pods be in other shards? */
static bool moves(struct cluster *c, const struct cluster_workload *w,
                  const struct pod_workload_spec *spec)
{
    bool whole, here;

    cluster_set_shard(c, spec, &whole, &here);
    return whole != w->whole || (w->whole && here != w->here);
}

/* Do pods of other shards need its images, at a time that is not known here? */
static bool comes_later(const struct cluster *c, const struct cluster_workload *w)
{
    return c->world->shard.count > 1 && !(w->whole && w->here) &&
           (w->spec.kind == POD_WORKLOAD_STATEFULSET || !replaces(w));
}

static void note_images(struct cluster *c, const struct cluster_workload *w,
                        const struct pod_spec *spec)
{
    const struct pod_spec *old = w->spec.template_;

    for (uint32_t i = 0; comes_later(c, w) && i < spec->container_count; i++) {
        if (i >= old->container_count ||
            old->container[i].image_id != spec->container[i].image_id)
            pod_foreign_image(c->world, spec->container[i].image_id);
    }
}

/* Pods of the changed template, or as many more as there shall be. */
static int make_pods(struct cluster *c, struct cluster_workload *w, struct cluster_update *u)
{
    uint32_t active, more;

    if (w->controlled)
        return 0;
    if (u->replaces && w->spec.kind != POD_WORKLOAD_STATEFULSET)
        return cluster_create(c, w, u->ordinals, w->replicas, &u->made);
    if (!u->scales)
        return 0;
    active = cluster_active_pods(c, w);
    more = w->replicas > active ? w->replicas - active : 0;
    if (more > 0 && cluster_too_many(c, more))
        return -RX_ELIMIT;
    return more > 0 ? cluster_create(c, w, CLUSTER_NEXT, more, &u->made) : 0;
}

static int begin_pod(struct cluster *c, struct cluster_workload *w,
                     const struct pod_workload_spec *spec)
{
    const struct pod *p = pod_get(c->world, w->pod[0]);
    struct pod_template *t = pod_world_template(c->world, spec->template_);

    if (t == NULL)
        return -RX_ENOMEM;
    if (p != NULL && (t->size != p->tmpl->size ||
                      spec->template_->container_count != pod_spec_of(p)->container_count))
        return -RX_EINVALID;
    if (cluster_limited(c, t) == NULL)
        return -RX_ENOMEM;
    w->spec = *spec;
    w->tmpl = t;
    return 0;
}

int cluster_update_begin(struct cluster *c, struct cluster_workload *w,
                         const struct pod_workload_spec *spec, struct cluster_update *u)
{
    bool changes = !is_same_template(w->spec.template_, spec->template_);
    uint32_t replicas = c->replicas_override > 0 || !cluster_has_replicas(spec->kind)
                            ? w->replicas
                            : (uint32_t)spec->replicas;
    int rc = 0;

    *u = (struct cluster_update){.spec = w->spec, .owner = w->owner, .tmpl = w->tmpl,
                                 .replicas = w->replicas,
                                 .ordinals = w->ordinals,
                                 .pods_peak = c->world->stats.pods_peak,
                                 .replaces = changes && replaces(w) && !w->controlled,
                                 .scales = replicas != w->replicas};
    if (spec->kind == POD_WORKLOAD_POD)
        return begin_pod(c, w, spec);
    if ((u->scales && !w->whole) || (changes && moves(c, w, spec)))
        return -RX_ESTATE;
    note_images(c, w, spec->template_);
    w->spec = *spec;
    w->replicas = replicas;
    if (changes)
        w->tmpl = pod_world_template(c->world, spec->template_);
    else
        w->spec.template_ = u->spec.template_;
    if (changes && (w->tmpl == NULL || (!w->controlled && cluster_set_owner(c, w) != 0)))
        rc = -RX_ENOMEM;
    if (rc == 0)
        rc = make_pods(c, w, u);
    if (rc != 0)
        cluster_update_undo(c, w, u);
    return rc;
}

void cluster_update_undo(struct cluster *c, struct cluster_workload *w, struct cluster_update *u)
{
    cluster_uncreate(c, w, &u->made);
    w->ordinals = u->ordinals;
    c->world->stats.pods_peak = u->pods_peak;
    w->spec = u->spec;
    w->replicas = u->replicas;
    w->tmpl = u->tmpl;
    w->owner = u->owner;
}

static void replace_pods(struct cluster *c, struct cluster_workload *w, uint32_t ordinals)
{
    static const struct pod_delete_request request = {.given = false};

    for (uint32_t i = 0; i < ordinals; i++) {
        struct pod *p = pod_get(c->world, w->pod[i]);

        if (w->pod[i] == CLUSTER_FOREIGN)
            w->pod[i] = CLUSTER_FOREIGN_OVER;
        else if (cluster_is_active(p))
            pod_delete(p, &request);
    }
}

void cluster_update_keep(struct cluster *c, struct cluster_workload *w, struct cluster_update *u)
{
    struct pod *p = w->spec.kind == POD_WORKLOAD_POD ? pod_get(c->world, w->pod[0]) : NULL;

    cluster_made_free(c, &u->made);
    if (p != NULL) {
        int rc = pod_set_spec(p, cluster_limited(c, w->tmpl));

        RX_ASSERT(rc == 0); /* begin_pod has looked */
        cluster_relabelled(c, p);
    }
    if (u->replaces)
        pod_foreign_unsure(c->world, u->spec.template_);
    if (w->controlled) {
        cluster_changed(c, w);
        return;
    }
    if (u->replaces)
        replace_pods(c, w, u->ordinals);
    else if (u->scales)
        cluster_remove(c, w, w->replicas);
    if (u->replaces) /* not those that made way at once */
        c->world->stats.pods_peak = RX_MAX(u->pods_peak, c->world->stats.pods);
}

static int update(struct cluster *c, struct cluster_workload *w,
                  const struct pod_workload_spec *spec)
{
    struct cluster_update u;
    int rc = cluster_update_begin(c, w, spec, &u);

    if (rc == 0)
        cluster_update_keep(c, w, &u);
    return rc;
}

/* A copy of the spec with one container's image changed. -RX_ENOTFOUND: no such container. */
static int with_image(struct cluster *c, const struct pod_spec *old, const char *container,
                      const char *image, uint16_t image_id, struct pod_spec **out)
{
    struct rx_arena *arena = &c->world->arena;
    struct pod_spec *spec = rx_arena_alloc(arena, sizeof(*spec));
    struct pod_container_spec *list =
        rx_arena_alloc(arena, old->container_count * sizeof(*list));
    uint32_t i = old->init_count;
    uint64_t change;

    if (spec == NULL || list == NULL)
        return -RX_ENOMEM;
    if (container != NULL) {
        for (i = 0; i < old->container_count && strcmp(old->container[i].name, container) != 0;
             i++) {
        }
    }
    if (i == old->container_count)
        return -RX_ENOTFOUND;
    *spec = *old;
    memcpy(list, old->container, old->container_count * sizeof(*list));
    change = st_image_mark(i, old->container[i].image) ^ st_image_mark(i, image);
    list[i].image = rx_arena_strdup(arena, image);
    list[i].image_id = image_id;
    list[i].hash ^= change; /* an image that comes back brings the old hash with it */
    spec->container = list;
    spec->hash ^= change;
    *out = spec;
    return list[i].image != NULL ? 0 : -RX_ENOMEM;
}

/* The document is still the workload's, and that of its template before. */
static void leave_document(struct cluster *c, struct cluster_workload *w,
                           const struct pod_spec *was)
{
    const struct st_document *from = w->object.document;
    struct st_document *copy = NULL;

    if (from == NULL || from->length == 0 ||
        (w->spec.kind != POD_WORKLOAD_DEPLOYMENT && w->spec.kind != POD_WORKLOAD_STATEFULSET))
        return;
    copy = st_document_new(c->world->mem, from->length);
    if (copy == NULL)
        return; /* the engine knows of memory that was refused */
    memcpy(copy, from, sizeof(*from) + from->length + 1);
    cluster_keeps(w, was, &copy);
    st_document_free(c->world->mem, copy);
}

int cluster_set_image(struct cluster *c, const char *ns, const char *kind, const char *name,
                      const char *container, const char *image)
{
    struct cluster_workload *w = NULL;
    struct pod *p = NULL;
    const struct pod_spec *old;
    struct pod_spec *spec;
    struct pod_template *t;
    uint16_t image_id;
    int rc;

    if (strcmp(kind, "pod") == 0)
        p = cluster_find_pod(c, ns, name);
    else
        w = cluster_find(c, ns, kind, name);
    if (p == NULL && w == NULL && cluster_find_foreign(c, ns, name) == NULL)
        return -RX_ENOTFOUND;
    rc = c->host.image_id(c->host.ctx, image, &image_id);
    if (rc != 0)
        return rc;
    if (p == NULL && w == NULL) {
        pod_foreign_unsure(c->world, NULL);
        pod_foreign_image(c->world, image_id);
        return 0;
    }
    if (w != NULL && w->spec.kind == POD_WORKLOAD_JOB)
        return -RX_EUNSUPPORTED;
    old = p != NULL ? pod_spec_of(p) : w->spec.template_;
    rc = with_image(c, old, container, image, image_id, &spec);
    if (rc != 0)
        return rc;
    if (spec->hash == old->hash)
        return 0; /* it has that image: nothing changes */
    if (w != NULL) {
        struct pod_workload_spec changed = w->spec;

        changed.template_ = spec;
        changed.replicas = (int32_t)w->replicas;
        rc = update(c, w, &changed);
        if (rc == 0)
            leave_document(c, w, old);
        if (rc == 0)
            st_tell(c->store, &w->object, POD_OBJECT_CREATED, POD_OBJECT_CREATED);
        return rc;
    }
    t = pod_world_template(c->world, spec);
    return t != NULL ? pod_set_spec(p, t) : -RX_ENOMEM;
}
