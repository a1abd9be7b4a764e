/* SPDX-License-Identifier: Apache-2.0 */
/* workload.c - workloads come, with whoever controls them or with all of their pods, and go. */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/binder.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/budget.h"
#include "engine/cluster/ingress.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/node.h"
#include "engine/cluster/proxies.h"
#include "engine/cluster/quota.h"
#include "engine/cluster/slice.h"
#include "engine/store/rule_shard.h"
#include "engine/reactor/err.h"

static struct cluster_workload *workload_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_workload, object);
}

static size_t size_of(const struct cluster *c, enum pod_workload_kind kind)
{
    if (kind == POD_WORKLOAD_POD)
        return offsetof(struct cluster_workload, work);
    return RX_MAX(sizeof(struct cluster_workload), c->kinds[kind].size);
}

/* Its dependents have nobody above them any more. */
static void leave_family(struct cluster_workload *w)
{
    while (!rx_list_empty(&w->owned)) {
        struct cluster_workload *d =
            rx_container_of(rx_list_take_head(&w->owned), struct cluster_workload, sibling);

        d->controller = NULL;
    }
    rx_list_remove(&w->sibling);
    w->controller = NULL;
}

static void free_workload(struct cluster *c, struct cluster_workload *w)
{
    enum pod_workload_kind kind = w->spec.kind;

    rx_loop_disarm(c->world->loop, &w->heal);
    rx_list_remove(&w->departed);
    if (kind != POD_WORKLOAD_POD) {
        cluster_claims_end(c, w);
        cluster_work_drop(c, &w->work);
        leave_family(w);
        if (w->controlled && c->kinds[kind].end != NULL)
            c->kinds[kind].end(c, w);
    }
    for (struct cluster_revision *r = w->revisions; r != NULL; r = r->next)
        r->workload = NULL;
    st_remove(c->store, &w->object);
    rx_mem_free(c->world->mem, w->pod, w->room * sizeof(*w->pod));
    rx_mem_free(c->world->mem, w, size_of(c, kind));
}

void cluster_workloads_fini(struct cluster *c)
{
    struct st_object *o;

    while ((o = st_newest(c->store, ST_WORKLOAD)) != NULL)
        free_workload(c, workload_of(o));
}

/* ---- creating -------------------------------------------------------------------------------- */

/* Its pods have not had their first sync, so they vanish without anybody having heard of them. */
static void undo_workload(struct cluster *c, struct cluster_workload *w)
{
    while (w->spec.kind != POD_WORKLOAD_POD && !rx_list_empty(&w->owned)) {
        struct cluster_workload *d =
            rx_container_of(w->owned.prev, struct cluster_workload, sibling);

        if (!d->adopted) {
            undo_workload(c, d);
            continue;
        }
        rx_list_remove(&d->sibling);
        rx_list_add_tail(&c->lone_sets, &d->sibling);
        d->controller = NULL;
    }
    cluster_uncreate_all(c, w);
    st_unadd(c->store, &w->object);
    free_workload(c, w);
}

bool cluster_tells(const struct st_object *workload)
{
    return rx_container_of(workload, struct cluster_workload, object)->controlled;
}

void cluster_undo(struct cluster *c, const struct pod_workload_spec *spec)
{
    undo_workload(c, cluster_find(c, spec->ns, cluster_kind_name(spec->kind), spec->name));
}

/* Those whose last pod is gone. */
static void forget_departed(struct cluster *c)
{
    struct rx_list *next;

    for (struct rx_list *l = c->departed.next; l != &c->departed; l = next) {
        struct cluster_workload *w = rx_container_of(l, struct cluster_workload, departed);
        uint32_t i = 0;

        next = l->next;
        while (i < w->ordinals && pod_get(c->world, w->pod[i]) == NULL)
            i++;
        if (i == w->ordinals)
            free_workload(c, w);
    }
}

static struct cluster_workload *new_workload(struct cluster *c,
                                             const struct pod_workload_spec *spec)
{
    struct cluster_workload *w = rx_mem_zalloc(c->world->mem, size_of(c, spec->kind));

    if (w == NULL)
        return NULL;
    w->object = (struct st_object){
        .ns = spec->ns, .name = spec->name, .kind = ST_WORKLOAD, .sub = (uint8_t)spec->kind};
    w->spec = *spec;
    w->cluster = c;
    rx_list_init(&w->departed);
    if (spec->kind != POD_WORKLOAD_POD) {
        rx_list_init(&w->owned);
        rx_list_init(&w->sibling);
    }
    return w;
}

static bool is_for_a_controller(const struct cluster *c, const struct cluster_workload *w)
{
    return c->kinds[w->spec.kind].size > 0 && !c->divides;
}

static int begin_control(struct cluster *c, struct cluster_workload *w)
{
    const struct cluster_kind *kind = &c->kinds[w->spec.kind];
    int rc = cluster_collect_begin(c);

    if (rc == 0)
        rc = cluster_work_init(c, &w->work, kind->worker, w->object.meta.serial);
    if (rc == 0)
        rc = cluster_claims_begin(c, w);
    if (rc == 0 && kind->begin != NULL)
        rc = kind->begin(c, w);
    w->controlled = rc == 0;
    if (rc == 0 && w->here)
        cluster_dirty(c, &w->work);
    else if (rc == 0) /* its first pods have been counted: that is all */
        cluster_work_drop(c, &w->work);
    return rc;
}

int cluster_add(struct cluster *c, const struct pod_workload_spec *spec)
{
    uint32_t replicas = c->replicas_override > 0 && spec->kind != POD_WORKLOAD_POD
                            ? c->replicas_override
                            : (uint32_t)spec->replicas;
    struct cluster_workload *w;
    int rc;

    forget_departed(c);
    if (cluster_exists(c, spec->kind, spec->ns, spec->name))
        return -RX_EEXISTS;
    if (cluster_too_many(c, replicas))
        return -RX_ELIMIT;
    w = new_workload(c, spec);
    if (w == NULL)
        return -RX_ENOMEM;
    w->replicas = spec->kind == POD_WORKLOAD_CRONJOB ? 0 : replicas; /* its Jobs have pods */
    rc = st_add(c->store, &w->object);
    cluster_heal_init(w);
    cluster_set_shard(c, spec, &w->whole, &w->here);
    w->object.mute = c->coupled && !w->here;
    if (rc == 0)
        w->tmpl = pod_world_template(c->world, spec->template_);
    if (rc == 0)
        rc = w->tmpl != NULL ? cluster_set_owner(c, w) : -RX_ENOMEM;
    if (rc == 0)
        rc = is_for_a_controller(c, w) ? begin_control(c, w) : cluster_create_first(c, w);
    if (rc != 0) {
        undo_workload(c, w); /* nothing half done */
        return rc;
    }
    if (w->controlled)
        cluster_claims_lone(c, w);
    return 0;
}

struct cluster_workload *cluster_dependent_add(struct cluster *c, struct cluster_workload *owner,
                                               const struct pod_workload_spec *spec,
                                               const struct pod_owner *naming)
{
    struct cluster_workload *w = new_workload(c, spec);

    if (w == NULL)
        return NULL;
    w->replicas = (uint32_t)spec->replicas;
    w->whole = true;
    w->here = owner->here;
    w->object.mute = owner->object.mute;
    w->tmpl = pod_world_template(c->world, spec->template_);
    w->controller = owner;
    rx_list_add_tail(&owner->owned, &w->sibling);
    cluster_heal_init(w);
    if (w->tmpl == NULL || cluster_set_naming(c, w, naming) != 0 ||
        st_add_made(c->store, &w->object, owner->object.meta.serial, owner->dependents) != 0 ||
        begin_control(c, w) != 0) {
        free_workload(c, w);
        return NULL;
    }
    owner->dependents++;
    cluster_quotas_recount(c);
    return w;
}

bool cluster_exists(struct cluster *c, enum pod_workload_kind kind, const char *ns,
                    const char *name)
{
    struct cluster_workload *w = cluster_find(c, ns, cluster_kind_name(kind), name);

    if (w == NULL)
        return false;
    if (kind == POD_WORKLOAD_POD && w->pod[0] != CLUSTER_FOREIGN &&
        pod_get(c->world, w->pod[0]) == NULL) {
        free_workload(c, w); /* the object has been deleted: its name is free */
        return false;
    }
    return true;
}
