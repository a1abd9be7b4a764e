/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply_workloads.c - workloads are put, kept and taken back, and what is loaded with them: what is
 * wrong with their commands, and the steps of Scenarios.
 */
#include <string.h>

#include "api/apply.h"
#include "api/fits.h"
#include "engine/cluster/kinds.h"
#include "engine/reactor/err.h"

int api_begin_workloads(podring *r, struct undo *u)
{
    int claimed = api_addresses_claim(r);

    if (claimed != 0)
        return claimed;
    if (r->world.node[0]->foreign_images > 0) {
        u->image = rx_mem_alloc(&r->mem, r->world.node[0]->foreign_images * sizeof(*u->image));
        if (u->image == NULL)
            return -PODRING_ENOMEM;
        u->images = r->world.node[0]->foreign_images;
        memcpy(u->image, r->world.node[0]->foreign_image, u->images * sizeof(*u->image));
    }
    u->images_noted = true;
    return 0;
}

static int workload_result(podring *r, const struct pod_workload_spec *w, int rc)
{
    if (rc == -PODRING_ELIMIT)
        return api_fail(r, rc, "%s %s/%s: more than %u pods in all (pods_max; on the command line "
                        "--pods-max)", cluster_kind_name(w->kind), w->ns, w->name,
                        r->cluster.pods_max);
    if (rc == -PODRING_ESTATE)
        return api_fail(r, rc, "%s %s/%s: its pods are divided among shards",
                        cluster_kind_name(w->kind), w->ns, w->name);
    return rc;
}

/* Does it say what it said, and is that how things stand? Who does not say how many replicas there
 * shall be leaves them to whoever has scaled it. */
static bool is_as_told(podring *r, const struct change *c, const struct cluster_workload *w,
                       const struct pod_workload_spec *spec)
{
    const struct pod *p = w->spec.kind == POD_WORKLOAD_POD ? pod_get(&r->world, w->pod[0]) : NULL;

    return api_is_same(r, c) && w->spec.template_->hash == spec->template_->hash &&
           (p == NULL || !pod_spec_of(p)->all_labels) &&
           (w->replicas == (uint32_t)spec->replicas || !cluster_has_replicas(spec->kind) ||
            r->cluster.replicas_override > 0);
}

static int update_workload(podring *r, struct undo *u, struct change *c,
                           struct cluster_workload *w, const struct pod_workload_spec *spec)
{
    const struct pod *p = w->spec.kind == POD_WORKLOAD_POD ? pod_get(&r->world, w->pod[0]) : NULL;
    struct pod_workload_spec now = *spec;
    int rc;

    if (u->how == API_APPLY && !r->set.documents.item[c->number].has_replicas)
        now.replicas = (int32_t)w->replicas;
    if (is_as_told(r, c, w, &now)) {
        c->unchanged = true;
        return 0;
    }
    rc = p != NULL ? api_may_update_pod(r, spec, p) : 0;
    if (rc != 0)
        return rc;
    c->workload = rx_mem_zalloc(&r->mem, sizeof(*c->workload));
    if (c->workload == NULL)
        return -PODRING_ENOMEM;
    rc = cluster_update_begin(&r->cluster, w, &now, c->workload);
    return workload_result(r, spec, rc);
}

int api_put_workload(podring *r, struct undo *u, struct change *c)
{
    struct pod_workload_spec *spec = &r->set.workloads.item[c->what->index];
    struct cluster_workload *w = NULL;
    int rc;

    if (cluster_exists(&r->cluster, spec->kind, spec->ns, spec->name))
        w = cluster_find(&r->cluster, spec->ns, cluster_kind_name(spec->kind), spec->name);
    rc = api_may_put(r, u, c, w != NULL ? &w->object : NULL);
    if (rc != 0)
        return rc;
    if (w == NULL)
        return workload_result(r, spec, cluster_add(&r->cluster, spec));
    rc = update_workload(r, u, c, w, spec);
    if (rc == 0 && w->spec.template_ != spec->template_)
        spec->template_ = NULL; /* the one that was there stays, and has been spoken of */
    return rc;
}

void api_take_workload(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo(&r->cluster, &r->set.workloads.item[c->what->index]);
    else if (c->workload != NULL)
        cluster_update_undo(&r->cluster, api_workload_of(c), c->workload);
}

void api_keep_workload(podring *r, struct change *c)
{
    if (c->workload != NULL)
        cluster_update_keep(&r->cluster, api_workload_of(c), c->workload);
}

void api_undo_workloads(podring *r, struct undo *u)
{
    if (u->images_noted && r->world.node[0]->foreign_images > 0) {
        memset(r->world.node[0]->foreign_image, 0, r->world.node[0]->foreign_images *
               sizeof(*u->image));
        if (u->image != NULL)
            memcpy(r->world.node[0]->foreign_image, u->image, u->images * sizeof(*u->image));
    }
}

/* What is wrong with commands, and what is assumed of them. */
int api_say_words(podring *r, struct undo *u)
{
    uint64_t refused = r->mem.state->refused;

    api_check_commands(r, r->applied.workloads);
    if (u->how == API_APPLY) /* what is created one by one may be in any order */
        api_check_fits(r);
    return r->mem.state->refused == refused ? 0 : -PODRING_ENOMEM;
}

void api_unsay_words(podring *r, struct undo *u)
{
    r->set.diagnostics.count = u->said;
}

int api_put_step(podring *r, struct undo *u, struct change *c)
{
    (void)u;
    return cluster_add_step(&r->cluster, &r->set.steps.item[c->what->index]);
}

void api_take_step(podring *r, struct change *c)
{
    (void)c;
    cluster_undo_step(&r->cluster);
}
