/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replicaset.c - the controller of ReplicaSets and ReplicationControllers: as many active pods as
 * there shall be (pkg/controller/replicaset).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cluster/kinds.h"
#include "engine/cluster/rule_replicaset.h"
#include "engine/reactor/err.h"

static struct cluster_set *set_of(struct cluster_work *w)
{
    return rx_container_of(cluster_workload_at(w), struct cluster_set, w);
}

/* ---- status ---------------------------------------------------------------------------------- */

/* Ready for at least minReadySeconds. Those that are not yet are looked at again when they are. */
static uint32_t count_available(struct cluster *c, struct cluster_set *s)
{
    int64_t now_s = cluster_now_s(c), next_s = INT64_MAX;
    uint32_t n = 0, cursor = 0;
    struct pod *p;

    if (s->w.spec.min_ready_s == 0)
        return s->w.counts[CLUSTER_READY];
    while ((p = cluster_pod_next(c, &s->w, &cursor)) != NULL) {
        int64_t at_s = (int64_t)p->ready_s + s->w.spec.min_ready_s;

        if (p->counted != CLUSTER_READY)
            continue;
        if (at_s <= now_s)
            n++;
        else
            next_s = RX_MIN(next_s, at_s);
    }
    if (next_s != INT64_MAX)
        cluster_wake(c, &s->w.work, next_s * RX_MS_PER_S);
    return n;
}

static struct cluster_set_status status_now(struct cluster *c, struct cluster_set *s)
{
    return (struct cluster_set_status){
        .spec = s->w.replicas,
        .replicas = cluster_active(&s->w),
        .ready = s->w.counts[CLUSTER_READY],
        .available = count_available(c, s),
        .terminating = s->w.counts[CLUSTER_TERMINATING],
    };
}

static void announce_set(struct cluster *c, struct cluster_work *w)
{
    static const struct cluster_counter row[] = {
        {ST_FIELD_OF_SPEC_REPLICAS, offsetof(struct cluster_set_status, spec)},
        {ST_FIELD_OF_REPLICAS, offsetof(struct cluster_set_status, replicas)},
        {ST_FIELD_OF_READY_REPLICAS, offsetof(struct cluster_set_status, ready)},
        {ST_FIELD_OF_AVAILABLE_REPLICAS, offsetof(struct cluster_set_status, available)},
        {ST_FIELD_OF_TERMINATING_REPLICAS, offsetof(struct cluster_set_status, terminating)},
    };
    struct cluster_set *s = set_of(w);

    cluster_tell_counters(c, &s->w.object, row, RX_ARRAY_LEN(row), &s->status, &s->told);
}

/* ---- too few --------------------------------------------------------------------------------- */

static bool create_one(struct cluster *c, struct cluster_set *s, char why[CLUSTER_WHY_MAX])
{
    struct cluster_workload *w = &s->w;
    char name[POD_NAME_MAX], sentence[CLUSTER_WHY_MAX];

    if (cluster_pod_add(c, w, w->ordinals, sentence) == 0) {
        st_tell_event(c->store, &w->object, ST_EVENT_SUCCESSFUL_CREATE, "Created pod: %s",
                      pod_name_of(w->owner, w->ordinals - 1, w->spec.template_, name));
        return true;
    }
    st_tell_event(c->store, &w->object, ST_EVENT_FAILED_CREATE, "Error creating: %s", sentence);
    if (why[0] == '\0')
        memcpy(why, sentence, CLUSTER_WHY_MAX);
    return false;
}

static int create_missing(struct cluster *c, struct cluster_set *s, uint32_t missing,
                          char why[CLUSTER_WHY_MAX])
{
    rx_ms now = rx_loop_now(c->world->loop);
    uint32_t done = 0, failed = 0;

    if (now < s->w.not_before) {
        cluster_wake(c, &s->w.work, s->w.not_before);
        return 0;
    }
    missing = RX_MIN(missing, (uint32_t)CLUSTER_BURST);
    if (cluster_pods_reserve(c, &s->w, missing) != 0)
        return -RX_ENOMEM;
    while (done < missing && failed == 0) {
        uint32_t batch = cluster_batch_next(done, missing);

        for (uint32_t i = 0; i < batch; i++)
            failed += !create_one(c, s, why);
        done += batch;
    }
    return failed > 0 ? -RX_ELIMIT : 0;
}

/* ---- too many -------------------------------------------------------------------------------- */

struct candidate {
    struct cluster_surplus v;
    struct pod *pod;
};

static int by_order(const void *a, const void *b, void *now_s)
{
    return cluster_surplus_order(&((const struct candidate *)a)->v,
                                &((const struct candidate *)b)->v, *(const int64_t *)now_s);
}

static int32_t deletion_cost(const struct pod_spec *spec)
{
    const char *cost = st_label(&spec->annotations, "controller.kubernetes.io/pod-deletion-cost");

    return cost != NULL ? (int32_t)strtol(cost, NULL, 10) : 0;
}

static bool is_active(const struct pod *p)
{
    return p->counted == CLUSTER_UNREADY || p->counted == CLUSTER_READY;
}

/* Active pods of the Deployment, by the number of their node. A set that belongs to nobody does not
 * count. */
static void count_beside(struct cluster *c, const struct cluster_set *s, uint32_t *beside)
{
    if (s->w.controller == NULL || c->world->nodes < 2)
        return;
    RX_LIST_EACH (l, &s->w.controller->owned) {
        struct cluster_workload *w = rx_container_of(l, struct cluster_workload, sibling);
        uint32_t cursor = 0;
        struct pod *p;

        while ((p = cluster_pod_next(c, w, &cursor)) != NULL)
            beside[p->node] += is_active(p);
    }
}

static void look_at(struct pod *p, const uint32_t *beside, struct candidate *out)
{
    struct cluster_surplus *v = &out->v;

    out->pod = p;
    *v = (struct cluster_surplus){
        .assigned = pod_on_node(p),
        .running = p->phase == POD_PHASE_RUNNING,
        .ready = p->counted == CLUSTER_READY,
        .cost = deletion_cost(pod_spec_of(p)),
        .beside = beside[p->node],
        .ready_s = p->ready_s,
        .created_s = p->created_at / RX_MS_PER_S,
        .uid = pod_uid_key(p),
        .serial = p->serial,
    };
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        enum pod_container_kind kind = pod_spec_of(p)->container[i].kind;
        uint32_t restarts = pod_container_at(p, i)->restarts;

        if (kind == POD_MAIN)
            v->restarts = RX_MAX(v->restarts, restarts);
        else if (kind == POD_SIDECAR)
            v->sidecar_restarts = RX_MAX(v->sidecar_restarts, restarts);
    }
}

static void delete_one(struct cluster *c, struct cluster_set *s, struct pod *p)
{
    static const struct pod_delete_request request = {.given = false};
    char name[POD_NAME_MAX];

    st_tell_event(c->store, &s->w.object, ST_EVENT_SUCCESSFUL_DELETE, "Deleted pod: %s",
                  pod_name(p, name));
    pod_delete(p, &request);
}

/* Only if nobody looks at nodes: what is deleted changes how many are beside each other. */
static bool order_lasts(const struct cluster *c, const struct cluster_set *s)
{
    return (s->w.controller == NULL || c->world->nodes < 2) && s->orders > 0 &&
           s->ordered_at == rx_loop_now(c->world->loop) && s->stirred == s->w.stirred &&
           s->orders - s->deleted == cluster_active(&s->w);
}

static void forget_order(struct cluster *c, struct cluster_set *s)
{
    rx_mem_free(c->world->mem, s->order, s->orders * sizeof(*s->order));
    s->order = NULL;
    s->orders = s->deleted = 0;
}

static void put_in_order(struct cluster *c, struct cluster_set *s, uint32_t surplus,
                         struct candidate *all, uint32_t *beside)
{
    int64_t now_s = cluster_now_s(c);
    uint32_t n = 0, cursor = 0;
    struct pod *p;

    count_beside(c, s, beside);
    while ((p = cluster_pod_next(c, &s->w, &cursor)) != NULL) {
        if (is_active(p))
            look_at(p, beside, &all[n++]);
    }
    RX_ASSERT(n == s->orders);
    if (surplus < n)
        qsort_r(all, n, sizeof(*all), by_order, &now_s);
    for (uint32_t i = 0; i < n; i++)
        s->order[i] = all[i].pod->id;
    s->ordered_at = rx_loop_now(c->world->loop);
    s->stirred = s->w.stirred;
}

static int make_order(struct cluster *c, struct cluster_set *s, uint32_t surplus)
{
    const struct rx_mem *mem = c->world->mem;
    uint32_t active = cluster_active(&s->w), nodes = c->world->nodes;
    struct candidate *all = rx_mem_alloc(mem, active * sizeof(*all));
    uint32_t *beside = rx_mem_zalloc(mem, nodes * sizeof(*beside));
    bool made;

    forget_order(c, s);
    s->order = rx_mem_alloc(mem, active * sizeof(*s->order));
    s->orders = s->order != NULL ? active : 0;
    made = all != NULL && beside != NULL && s->order != NULL;
    if (made)
        put_in_order(c, s, surplus, all, beside);
    rx_mem_free(mem, all, all != NULL ? active * sizeof(*all) : 0);
    rx_mem_free(mem, beside, beside != NULL ? nodes * sizeof(*beside) : 0);
    return made ? 0 : -RX_ENOMEM;
}

/* In bursts, each of which is a sync: the order is made once for all of an instant. */
static int delete_surplus(struct cluster *c, struct cluster_set *s, uint32_t surplus)
{
    uint32_t burst = RX_MIN(surplus, (uint32_t)CLUSTER_BURST);

    if (!order_lasts(c, s) && make_order(c, s, surplus) != 0)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < burst; i++)
        delete_one(c, s, pod_get(c->world, s->order[s->deleted++]));
    if (burst == surplus)
        forget_order(c, s);
    return 0;
}

int cluster_set_create_first(struct cluster *c, struct cluster_workload *w)
{
    if (cluster_may_refuse(c, w->spec.ns))
        return 0;
    rx_container_of(w, struct cluster_set, w)->untold = w->replicas;
    return cluster_create_first(c, w);
}

/* Those of a Deployment come by its steps, and where some are adopted a sync counts the rest. */
int cluster_set_begin(struct cluster *c, struct cluster_workload *w)
{
    return w->controller == NULL && w->kept_count == 0 ? cluster_set_create_first(c, w) : 0;
}

static void tell_first(struct cluster *c, struct cluster_set *s)
{
    char name[POD_NAME_MAX];

    for (uint32_t i = 0; i < s->untold; i++)
        st_tell_event(c->store, &s->w.object, ST_EVENT_SUCCESSFUL_CREATE, "Created pod: %s",
                      pod_name_of(s->w.owner, i, s->w.spec.template_, name));
    s->untold = 0;
}

/* ---- a sync ---------------------------------------------------------------------------------- */

static void set_failure(struct cluster *c, struct cluster_set *s, const char *why)
{
    bool failing = s->failure.status == ST_STATUS_TRUE;

    if (why[0] != '\0' && !failing)
        st_condition_set(c->store, &s->w.object, ST_FIELD_OF_REPLICA_FAILURE, &s->failure,
                         ST_STATUS_TRUE, "FailedCreate", why);
    else if (why[0] == '\0' && failing)
        st_condition_set(c->store, &s->w.object, ST_FIELD_OF_REPLICA_FAILURE, &s->failure,
                         ST_STATUS_NONE, NULL, NULL);
    else
        return;
    if (s->w.controller != NULL)
        cluster_dirty(c, &s->w.controller->work);
}

static int sync_set(struct cluster *c, struct cluster_work *work)
{
    struct cluster_set *s = set_of(work);
    struct cluster_set_status now = status_now(c, s); /* of the pods as they were before */
    uint32_t active = now.replicas;
    char why[CLUSTER_WHY_MAX] = "";
    int rc = 0;

    if (s->fresh) /* its Deployment speaks first */
        return 0;
    tell_first(c, s);
    if (!s->w.ending) {
        if (active < s->w.replicas)
            rc = create_missing(c, s, s->w.replicas - active, why);
        else if (active > s->w.replicas)
            rc = delete_surplus(c, s, active - s->w.replicas);
        set_failure(c, s, why);
    }
    if (memcmp(&now, &s->status, sizeof(now)) != 0) {
        s->status = now;
        cluster_announce(c, work);
        if (s->w.controller != NULL)
            cluster_dirty(c, &s->w.controller->work);
    }
    return rc;
}

void cluster_set_end(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_set *s = rx_container_of(w, struct cluster_set, w);

    st_condition_fini(c->store, &s->failure);
    forget_order(c, s);
}

const struct cluster_worker cluster_set_worker = {CLUSTER_RANK_SET, CLUSTER_RETRY_SET, sync_set,
                                                  announce_set};
