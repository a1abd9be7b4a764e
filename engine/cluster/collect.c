/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collect.c - a workload is taken away, with those that belong to it or without: the garbage
 * collector. It takes no time, whatever controllers take.
 *
 * A workload that was deleted stays where it is, as a departed one, for as long as there are pods
 * that it has made: they have their names of it. One that is deleted in the foreground is `ending`
 * until all that belongs to it has gone; whoever may be the last of them calls for the collector.
 */
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/quota.h"
#include "engine/reactor/err.h"

static bool has_work(const struct cluster_workload *w)
{
    return w->spec.kind != POD_WORKLOAD_POD;
}

/* ---- going ----------------------------------------------------------------------------------- */

/* Nobody finds it any more. */
static void depart(struct cluster *c, struct cluster_workload *w)
{
    if (w->controlled)
        st_tell_object(c->store, &w->object,
                       w->ending ? POD_OBJECT_TERMINATING : POD_OBJECT_CREATED,
                       POD_OBJECT_DELETED);
    else
        st_tell(c->store, &w->object, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    if (has_work(w)) {
        cluster_work_drop(c, &w->work);
        rx_list_remove(&w->sibling);
        if (w->controller != NULL) {
            cluster_dirty(c, &w->controller->work);
            if (w->controller->ending)
                cluster_collect(c);
        }
        w->controller = NULL;
        w->ending = false;
    }
    rx_list_remove(&w->departed); /* of those that are ending */
    rx_list_add_tail(&c->departed, &w->departed);
    cluster_quotas_recount(c);
    if (w->controlled && c->kinds[w->spec.kind].gone != NULL)
        c->kinds[w->spec.kind].gone(c, w);
    w->object.sub |= CLUSTER_DEPARTED;
    w->object.meta.deleted = rx_loop_now(c->world->loop);
    rx_loop_disarm(c->world->loop, &w->heal);
    cluster_quotas_recount(c);
    cluster_budgets_scaled(c, w->object.ns);
}

static void delete_pods(struct cluster *c, struct cluster_workload *w,
                        const struct pod_delete_request *request)
{
    uint32_t ordinals = w->ordinals;

    pod_foreign_unsure(c->world, w->spec.template_);
    for (uint32_t i = 0; i < ordinals; i++) {
        struct pod *p = pod_get(c->world, w->pod[i]);

        if (w->pod[i] == CLUSTER_FOREIGN)
            w->pod[i] = CLUSTER_FOREIGN_OVER;
        else if (p != NULL && !pod_is_deleting(p) && !p->strange)
            pod_delete(p, request);
    }
    for (uint32_t i = 0; has_work(w) && i < w->kept_count;) {
        uint64_t id = cluster_kept_id(w, i);
        struct pod *p = pod_get(c->world, id);

        if (p != NULL && !pod_is_deleting(p))
            pod_delete(p, request);
        i += i < w->kept_count && cluster_kept_id(w, i) == id; /* it is not forgotten already */
    }
}

static void delete_dependents(struct cluster *c, struct cluster_workload *w,
                              const struct pod_delete_request *request,
                              enum cluster_cascade cascade)
{
    struct rx_list *next;

    for (struct rx_list *l = w->owned.next; l != &w->owned; l = next) {
        struct cluster_workload *d = rx_container_of(l, struct cluster_workload, sibling);

        next = l->next;
        if (!d->ending)
            cluster_delete(c, d, request, cascade);
    }
}

/* Those that belonged to it belong to nobody, or to another that they fit. */
static void leave_dependents(struct cluster *c, struct cluster_workload *w)
{
    struct rx_list *l;

    w->orphans = true;
    while ((l = rx_list_take_head(&w->owned)) != NULL) {
        struct cluster_workload *d = rx_container_of(l, struct cluster_workload, sibling);

        d->controller = NULL;
        cluster_claims_lone(c, d);
    }
    cluster_claims_orphan(c, w);
}

static bool has_dependents(const struct cluster_workload *w)
{
    uint32_t pods = 0;

    for (int i = CLUSTER_NOT_COUNTED + 1; i < CLUSTER_COUNTED; i++)
        pods += w->counts[i];
    return pods > 0 || !rx_list_empty(&w->owned);
}

/* ---- ways to delete -------------------------------------------------------------------------- */

static void delete_background(struct cluster *c, struct cluster_workload *w,
                              const struct pod_delete_request *request)
{
    struct st_log *log = &c->world->log;
    uint64_t acting = log->acting;

    depart(c, w);
    log->acting = w->object.meta.version;
    if (has_work(w))
        delete_dependents(c, w, request, CLUSTER_BACKGROUND);
    delete_pods(c, w, request);
    if (has_work(w))
        cluster_claims_end(c, w);
    log->acting = acting;
}

static void delete_foreground(struct cluster *c, struct cluster_workload *w,
                              const struct pod_delete_request *request)
{
    struct st_log *log = &c->world->log;
    uint64_t acting = log->acting;

    if (!has_dependents(w)) {
        depart(c, w);
        cluster_claims_end(c, w);
        return;
    }
    w->ending = true;
    w->object.meta.deleted = rx_loop_now(c->world->loop);
    rx_list_add_tail(&c->ending, &w->departed);
    st_tell_object(c->store, &w->object, POD_OBJECT_CREATED, POD_OBJECT_TERMINATING);
    w->work.cause = w->object.meta.version;
    cluster_dirty(c, &w->work);
    log->acting = w->object.meta.version;
    delete_dependents(c, w, request, CLUSTER_FOREGROUND);
    delete_pods(c, w, request);
    log->acting = acting;
    cluster_collect(c);
}

void cluster_delete(struct cluster *c, struct cluster_workload *w,
                    const struct pod_delete_request *request, enum cluster_cascade cascade)
{
    struct st_log *log = &c->world->log;
    uint64_t acting = log->acting;

    if (cascade == CLUSTER_FOREGROUND && w->controlled) {
        if (!w->ending)
            delete_foreground(c, w, request);
        return;
    }
    if (cascade != CLUSTER_ORPHAN) {
        delete_background(c, w, request);
        return;
    }
    depart(c, w);
    log->acting = w->object.meta.version;
    if (has_work(w))
        leave_dependents(c, w);
    log->acting = acting;
}

void cluster_workload_gone(struct cluster *c, struct cluster_workload *w)
{
    static const struct pod_delete_request request = {.given = false};

    cluster_delete(c, w, &request, CLUSTER_BACKGROUND);
}

/* ---- those that wait ------------------------------------------------------------------------- */

static int collect(struct cluster *c, struct cluster_work *work)
{
    struct rx_list *next;

    (void)work;
    for (struct rx_list *l = c->ending.next; l != &c->ending; l = next) {
        struct cluster_workload *w = rx_container_of(l, struct cluster_workload, departed);

        next = l->next;
        if (has_dependents(w))
            continue;
        depart(c, w); /* which calls for the collector if somebody waits for this one */
        cluster_claims_end(c, w);
    }
    return 0;
}

void cluster_collect(struct cluster *c)
{
    cluster_work_now(c, &c->collector);
}

int cluster_collect_begin(struct cluster *c)
{
    static const struct cluster_worker worker = {CLUSTER_RANK_COLLECTOR, CLUSTER_RETRY_NONE,
                                                 collect, NULL};

    return c->collector.present ? 0 : cluster_work_init(c, &c->collector, &worker, 0);
}
