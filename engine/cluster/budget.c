/* SPDX-License-Identifier: Apache-2.0 */
/* budget.c - PodDisruptionBudgets: their status (pkg/controller/disruption). */
#include "engine/cluster/budget.h"

#include <stdio.h>
#include <string.h>

#include "engine/cluster/claim.h"
#include "engine/reactor/err.h"

static struct cluster_budget *budget_at(struct st_object *o)
{
    return rx_container_of(o, struct cluster_budget, object);
}

/* ---- how many there shall be ----------------------------------------------------------------- */

enum { WHY_MAX = 384 };

/* What the controllers of its pods are told to have, each once. */
struct scale {
    uint32_t sum, unmanaged;
    char why[WHY_MAX]; /* it cannot be known */
};

/* Who has the scale of a pod's controller. */
static struct cluster_workload *scaled_of(struct cluster_workload *w)
{
    return w->controller != NULL && w->controller->spec.kind == POD_WORKLOAD_DEPLOYMENT
               ? w->controller : w;
}

static void add_scale(struct cluster *c, struct scale *s, struct pod *p, uint64_t mark)
{
    struct cluster_workload *w = cluster_owner_of(c, p);
    char name[POD_NAME_MAX];

    if (cluster_is_left_over(p)) {
        snprintf(s->why, WHY_MAX, "found no controllers for pod \"%s\"", pod_name(p, name));
        return;
    }
    if (w == NULL) {
        s->unmanaged++;
        return;
    }
    w = scaled_of(w);
    if (!cluster_has_replicas(w->spec.kind))
        snprintf(s->why, WHY_MAX, "%s does not implement the scale subresource",
                 w->spec.kind == POD_WORKLOAD_JOB ? "jobs.batch" : "daemonsets.apps");
    else if (w->counted_for != mark)
        s->sum += w->replicas;
    w->counted_for = mark;
}

static void find_scale(struct cluster *c, const struct cluster_budget *b, struct scale *s)
{
    *s = (struct scale){0};
    c->marks++;
    RX_LIST_EACH(l, &b->guarded) {
        const struct cluster_guard *g = rx_container_of(l, struct cluster_guard, link);
        struct pod *p = s->why[0] == '\0' ? pod_get(c->world, g->pod) : NULL;

        if (p != NULL)
            add_scale(c, s, p, c->marks);
    }
}

/* ---- a sync ---------------------------------------------------------------------------------- */

static void tell_condition(struct cluster *c, struct cluster_budget *b, bool allowed)
{
    st_condition_set(c->store, &b->object, ST_FIELD_OF_DISRUPTION_ALLOWED, &b->allows,
                     allowed ? ST_STATUS_TRUE : ST_STATUS_FALSE,
                     allowed ? "SufficientPods" : "InsufficientPods", NULL);
}

/* Nothing is allowed while nothing is known. */
static void fail(struct cluster *c, struct cluster_budget *b, const char *why)
{
    st_tell_event(c->store, &b->object, (enum pod_event_kind)ST_EVENT_FAILED_EXPECTED,
                  "Failed to calculate the number of expected pods: %s", why);
    b->status.allowed = 0;
    st_condition_set(c->store, &b->object, ST_FIELD_OF_DISRUPTION_ALLOWED, &b->allows,
                     ST_STATUS_FALSE, "SyncFailed", why);
}

static int sync_budget(struct cluster *c, struct cluster_work *work)
{
    struct cluster_budget *b = rx_container_of(work, struct cluster_budget, work);
    struct scale s = {0};

    b->synced = true;
    cluster_announce(c, work);
    if (b->pods == 0)
        st_tell_event(c->store, &b->object, (enum pod_event_kind)ST_EVENT_NO_PODS,
                      "No matching pods found");
    if (cluster_budget_asks_scale(&b->spec))
        find_scale(c, b, &s);
    if (s.why[0] != '\0') {
        fail(c, b, s.why);
        return 0;
    }
    if (s.unmanaged > 0)
        st_tell_event(c->store, &b->object, (enum pod_event_kind)ST_EVENT_UNMANAGED_PODS,
                      "Pods selected by this PodDisruptionBudget (selector: %s) were found to be "
                      "unmanaged. As a result, the status of the PDB cannot be calculated "
                      "correctly, which may result in undefined behavior. To account for these "
                      "pods please set \".spec.minAvailable\" field of the PDB to an integer "
                      "value.", b->spec.selector_text);
    b->status = cluster_budget_stands(&b->spec, b->pods, b->healthy, s.sum);
    tell_condition(c, b, b->status.allowed > 0);
    return 0;
}

static void announce_budget(struct cluster *c, struct cluster_work *work)
{
    static const struct cluster_counter row[] = {
        {ST_FIELD_OF_CURRENT_HEALTHY, offsetof(struct cluster_budget_status, healthy)},
        {ST_FIELD_OF_DESIRED_HEALTHY, offsetof(struct cluster_budget_status, desired)},
        {ST_FIELD_OF_EXPECTED_PODS, offsetof(struct cluster_budget_status, expected)},
        {ST_FIELD_OF_DISRUPTIONS_ALLOWED, offsetof(struct cluster_budget_status, allowed)},
    };
    struct cluster_budget *b = rx_container_of(work, struct cluster_budget, work);

    cluster_tell_counters(c, &b->object, row, RX_ARRAY_LEN(row), &b->status, &b->told);
}

/* ---- coming and going ------------------------------------------------------------------------ */

static int budget_new(struct cluster *c, const struct st_budget_spec *spec)
{
    static const struct cluster_worker worker = {CLUSTER_RANK_BUDGET, CLUSTER_RETRY_NONE,
                                                 sync_budget, announce_budget};
    struct cluster_budget *b = rx_mem_zalloc(c->world->mem, sizeof(*b));
    int rc;

    if (b == NULL)
        return -RX_ENOMEM;
    rx_list_init(&b->guarded);
    b->spec = *spec;
    b->object = (struct st_object){.ns = spec->ns, .name = spec->name, .kind = ST_BUDGET};
    rc = st_add(c->store, &b->object);
    if (rc == 0)
        rc = cluster_work_init(c, &b->work, &worker, b->object.meta.serial);
    if (rc == 0)
        rc = cluster_guard_all(c, b);
    if (rc != 0) {
        st_unadd(c->store, &b->object);
        cluster_budget_free(c, b);
        return rc;
    }
    cluster_dirty(c, &b->work);
    return 0;
}

/* Its selector may be another one. */
static int set_spec(struct cluster *c, struct cluster_budget *b, const struct st_budget_spec *spec)
{
    cluster_guard_none(c, b);
    b->spec = *spec;
    b->synced = false;
    cluster_dirty(c, &b->work);
    return cluster_guard_all(c, b);
}

int cluster_budget_put(struct cluster *c, const struct st_budget_spec *spec,
                       struct st_budget_spec *old)
{
    struct st_object *o = st_find(c->store, ST_BUDGET, 0, spec->ns, spec->name);

    *old = (struct st_budget_spec){0};
    if (o == NULL)
        return budget_new(c, spec);
    *old = budget_at(o)->spec;
    return set_spec(c, budget_at(o), spec);
}

void cluster_budget_undo(struct cluster *c, const struct st_budget_spec *spec,
                         const struct st_budget_spec *old)
{
    struct cluster_budget *b = budget_at(st_find(c->store, ST_BUDGET, 0, spec->ns, spec->name));

    if (old->name != NULL) {
        set_spec(c, b, old);
        return;
    }
    st_unadd(c->store, &b->object);
    cluster_budget_free(c, b);
}

void cluster_budget_delete(struct cluster *c, struct st_object *o)
{
    st_tell_object(c->store, o, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    st_remove(c->store, o);
    cluster_budget_free(c, budget_at(o));
}
