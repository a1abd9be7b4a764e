/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemonset.c - the controller of DaemonSets: nodes with their pods are gathered, planned by
 * rule_daemonset.h, and what the plan says is carried out (pkg/controller/daemon).
 *
 * Without Node documents there is the one node of the world, which has each of them.
 */
#include "engine/cluster/daemonset.h"

#include <string.h>

#include "engine/cluster/node.h"
#include "engine/cluster/rule_replicaset.h"
#include "engine/reactor/err.h"

enum { BURST = 250, NOWHERE = -1 };

static struct cluster_daemonset *daemonset_of(struct cluster_workload *w)
{
    return rx_container_of(w, struct cluster_daemonset, w);
}

static uint32_t nodes_of(const struct cluster *c)
{
    return c->nodes != NULL ? c->nodes->count : 1;
}

/* ---- begin and end --------------------------------------------------------------------------- */

int cluster_daemonset_begin(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_daemonset *d = daemonset_of(w);

    if (cluster_history_note(c, &d->history, w) == NULL) {
        cluster_history_end(c, &d->history);
        return -RX_ENOMEM;
    }
    d->nodes.work = &w->work;
    rx_list_add_tail(&c->node_watches, &d->nodes.link);
    return 0;
}

void cluster_daemonset_end(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_daemonset *d = daemonset_of(w);
    const struct rx_mem *mem = c->world->mem;

    rx_list_remove(&d->nodes.link);
    cluster_history_end(c, &d->history);
    rx_mem_free(mem, d->aim, d->aims_room * sizeof(*d->aim));
    rx_mem_free(mem, d->node, d->nodes_room * sizeof(*d->node));
    rx_mem_free(mem, d->pod, d->pods_room * sizeof(*d->pod));
    rx_mem_free(mem, d->pod_at, d->pods_room * sizeof(struct pod *));
    rx_mem_free(mem, d->step, d->steps_room * sizeof(*d->step));
}

void cluster_daemonset_gone(struct cluster *c, struct cluster_workload *w)
{
    cluster_history_gone(c, &daemonset_of(w)->history);
}

/* ---- room ------------------------------------------------------------------------------------ */

/* What is new is zero. */
static void *grow(struct cluster *c, void *old, uint32_t had, uint32_t wanted, size_t size)
{
    char *more = rx_mem_grow(c->world->mem, old, had * size, wanted * size);

    if (more != NULL)
        memset(more + had * size, 0, (wanted - had) * size);
    return more;
}

static int room_for_aims(struct cluster *c, struct cluster_daemonset *d, uint32_t ordinals)
{
    uint32_t room = RX_MAX(2 * d->aims_room, ordinals);
    struct cluster_daemon_aim *more;

    if (ordinals <= d->aims_room)
        return 0;
    more = grow(c, d->aim, d->aims_room, room, sizeof(*more));
    if (more == NULL)
        return -RX_ENOMEM;
    d->aim = more;
    d->aims_room = room;
    return 0;
}

static int room_for_nodes(struct cluster *c, struct cluster_daemonset *d, uint32_t nodes)
{
    struct cluster_daemon_node *more;

    if (nodes <= d->nodes_room)
        return 0;
    more = grow(c, d->node, d->nodes_room, nodes, sizeof(*more));
    if (more == NULL)
        return -RX_ENOMEM;
    d->node = more;
    d->nodes_room = nodes;
    return 0;
}

static int room_for_pods(struct cluster *c, struct cluster_daemonset *d, uint32_t pods)
{
    uint32_t room = RX_MAX(2 * d->pods_room, pods);
    struct cluster_daemon_pod *more;
    struct pod **at;

    if (pods <= d->pods_room)
        return 0;
    more = rx_mem_alloc(c->world->mem, room * sizeof(*more));
    at = rx_mem_alloc(c->world->mem, room * sizeof(struct pod *));
    if (more == NULL || at == NULL) {
        rx_mem_free(c->world->mem, more, more != NULL ? room * sizeof(*more) : 0);
        rx_mem_free(c->world->mem, at, at != NULL ? room * sizeof(struct pod *) : 0);
        return -RX_ENOMEM;
    }
    rx_mem_free(c->world->mem, d->pod, d->pods_room * sizeof(*more));
    rx_mem_free(c->world->mem, d->pod_at, d->pods_room * sizeof(struct pod *));
    d->pod = more;
    d->pod_at = at;
    d->pods_room = room;
    return 0;
}

static int room_for_steps(struct cluster *c, struct cluster_daemonset *d)
{
    uint32_t room = d->nodes_room + d->pods_room;
    struct cluster_daemon_step *more;

    if (room <= d->steps_room)
        return 0;
    more = grow(c, d->step, d->steps_room, room, sizeof(*more));
    if (more == NULL)
        return -RX_ENOMEM;
    d->step = more;
    d->steps_room = room;
    return 0;
}

static int make_room(struct cluster *c, struct cluster_daemonset *d)
{
    const uint32_t *n = d->w.counts;
    uint32_t pods = n[CLUSTER_UNREADY] + n[CLUSTER_READY] + n[CLUSTER_TERMINATING] +
                    n[CLUSTER_OVER];
    int rc = room_for_nodes(c, d, nodes_of(c));

    if (rc == 0)
        rc = room_for_pods(c, d, pods);
    return rc == 0 ? room_for_steps(c, d) : rc;
}

/* ---- the view -------------------------------------------------------------------------------- */

static void judge(const struct pod_spec *template_, const struct cluster_node *n,
                  struct cluster_daemon_node *out)
{
    const uint32_t expelling = 1u << ST_TAINT_NO_EXECUTE,
                   repelling = expelling | 1u << ST_TAINT_NO_SCHEDULE;
    struct cluster_daemon_place place = {
        .named = template_->node_name == NULL || strcmp(template_->node_name, n->spec.name) == 0,
        .selected = st_selects_node(template_, &n->spec),
        .repels = st_untolerated(template_, n->taints, n->taint, repelling) != NULL,
        .expels = st_untolerated(template_, n->taints, n->taint, expelling) != NULL,
    };

    out->run = !n->gone && cluster_daemon_may_run(place);
    out->stay = !n->gone && cluster_daemon_may_stay(place);
}

static void judge_nodes(struct cluster *c, struct cluster_daemonset *d)
{
    const struct pod_spec *template_ = d->w.spec.template_;
    struct cluster_nodes *k = c->nodes;

    if (k == NULL) {
        d->node[0].run = d->node[0].stay = true;
        d->judged = NULL;
        return;
    }
    if (d->judged == template_ && d->judged_epoch == k->epoch && d->judged_nodes == k->count)
        return;
    for (uint32_t i = 0; i < k->count; i++)
        judge(template_, k->at[i], &d->node[i]);
    d->judged = template_;
    d->judged_epoch = k->epoch;
    d->judged_nodes = k->count;
}

/* It has no node yet. */
static bool waits(const struct pod *p)
{
    return !pod_has(p, POD_PLACED) && (p->life.object == POD_LIFE_NONE || !pod_on_node(p));
}

/* What was noted of it; NULL: another has made it. */
static const struct cluster_daemon_aim *aim_of(const struct cluster_daemonset *d,
                                               const struct pod *p)
{
    const struct cluster_revision *r = rx_container_of(p->owner, struct cluster_revision, owner);

    return p->owner != NULL && r->workload == &d->w ? &d->aim[p->ordinal] : NULL;
}

/* The index of the node on which the pod is, or for which it waits; NOWHERE: that node is gone, or
 * the pod was there before the first Node. */
static int64_t node_of(const struct cluster *c, const struct cluster_daemonset *d,
                       const struct pod *p)
{
    const struct cluster_nodes *k = c->nodes;
    const struct cluster_daemon_aim *aim = aim_of(d, p);
    uint32_t node = !waits(p) ? p->node - 1u : aim != NULL ? aim->node : UINT32_MAX;

    if (k == NULL)
        return 0;
    return node < k->count && !k->at[node]->gone ? (int64_t)node : NOWHERE;
}

static struct cluster_daemon_pod look_at(const struct cluster *c, const struct cluster_daemonset *d,
                                         const struct pod *p)
{
    const struct cluster_daemon_aim *aim = aim_of(d, p);
    uint64_t hash = aim != NULL ? aim->hash : pod_spec_of(p)->hash;
    bool ready = p->conditions >> POD_COND_READY & 1;

    return (struct cluster_daemon_pod){
        .bound = !waits(p),
        .deleting = pod_is_deleting(p),
        .failed = p->phase == POD_PHASE_FAILED,
        .succeeded = p->phase == POD_PHASE_SUCCEEDED,
        .ready = ready,
        .available = ready && (int64_t)p->ready_s + d->w.spec.min_ready_s <= cluster_now_s(c),
        .updated = hash == d->w.spec.template_->hash,
    };
}

static void put_pods(struct cluster *c, struct cluster_daemonset *d, bool bound)
{
    uint32_t cursor = 0;
    struct pod *p;

    while ((p = cluster_pod_next(c, &d->w, &cursor)) != NULL) {
        int64_t node = node_of(c, d, p);
        struct cluster_daemon_pod is = look_at(c, d, p);
        uint32_t at;

        if (node == NOWHERE || is.bound != bound)
            continue;
        at = d->node[node].first + d->node[node].count++;
        d->pod[at] = is;
        d->pod_at[at] = p;
    }
}

/* By node; on each those that are bound first, the oldest first. */
static void gather(struct cluster *c, struct cluster_daemonset *d)
{
    uint32_t nodes = nodes_of(c), cursor = 0, first = 0;
    struct pod *p;

    for (uint32_t i = 0; i < nodes; i++)
        d->node[i].count = 0;
    while ((p = cluster_pod_next(c, &d->w, &cursor)) != NULL) {
        int64_t node = node_of(c, d, p);

        if (node != NOWHERE)
            d->node[node].count++;
    }
    for (uint32_t i = 0; i < nodes; i++) {
        d->node[i].first = first;
        first += d->node[i].count;
        d->node[i].count = 0;
    }
    put_pods(c, d, true);
    put_pods(c, d, false);
}

/* ---- what is done ---------------------------------------------------------------------------- */

static void delete_pod(struct cluster *c, struct cluster_daemonset *d, struct pod *p)
{
    static const struct pod_delete_request request = {.given = false};
    rx_ms not_before = d->w.not_before;
    char name[POD_NAME_MAX];

    st_tell_event(c->store, &d->w.object, ST_EVENT_SUCCESSFUL_DELETE, "Deleted pod: %s",
                  pod_name(p, name));
    pod_delete(p, &request);
    d->w.not_before = not_before; /* its own deletions do not slow it down */
}

/* Pods that wait for a node which is gone will never be bound. */
static void delete_stranded(struct cluster *c, struct cluster_daemonset *d)
{
    uint32_t cursor = 0;
    struct pod *p;

    while (c->nodes != NULL && (p = cluster_pod_next(c, &d->w, &cursor)) != NULL)
        if (waits(p) && !pod_is_deleting(p) && node_of(c, d, p) == NOWHERE)
            delete_pod(c, d, p);
}

static void tell_ended(struct cluster *c, struct cluster_daemonset *d,
                       const struct cluster_daemon_plan *plan)
{
    char name[POD_NAME_MAX];

    for (uint32_t i = 0; i < plan->steps; i++) {
        enum cluster_daemon_act act = plan->step[i].act;
        const struct pod *p;

        if (act != CLUSTER_DAEMON_DELETE_FAILED && act != CLUSTER_DAEMON_DELETE_SUCCEEDED)
            continue;
        p = d->pod_at[plan->step[i].at];
        if (act == CLUSTER_DAEMON_DELETE_FAILED)
            st_tell_event(c->store, &d->w.object, ST_EVENT_FAILED_DAEMON,
                          "Found failed daemon pod %s/%s on node %s, will try to kill it",
                          d->w.spec.ns, pod_name(p, name), pod_node_name(p));
        else
            st_tell_event(c->store, &d->w.object, ST_EVENT_SUCCEEDED_DAEMON,
                          "Found succeeded daemon pod %s/%s on node %s, will try to delete it",
                          d->w.spec.ns, pod_name(p, name), pod_node_name(p));
    }
}

static bool create_one(struct cluster *c, struct cluster_daemonset *d, uint32_t node)
{
    struct cluster_workload *w = &d->w;
    char name[POD_NAME_MAX], why[CLUSTER_WHY_MAX];
    struct pod *p;

    d->aim[w->ordinals] = (struct cluster_daemon_aim){node, w->spec.template_->hash};
    if (cluster_pod_add(c, w, w->ordinals, why) != 0) {
        st_tell_event(c->store, &w->object, ST_EVENT_FAILED_CREATE, "Error creating: %s", why);
        return false;
    }
    p = pod_get(c->world, w->pod[w->ordinals - 1]);
    if (c->nodes != NULL)
        cluster_aim(c, p, c->nodes->at[node]);
    st_tell_event(c->store, &w->object, ST_EVENT_SUCCESSFUL_CREATE, "Created pod: %s",
                  pod_name(p, name));
    return true;
}

/* The next node that the plan gives a pod. */
static uint32_t next_node(const struct cluster_daemon_plan *plan, uint32_t *at)
{
    while (plan->step[*at].act != CLUSTER_DAEMON_CREATE)
        ++*at;
    return plan->step[(*at)++].at;
}

static int create_some(struct cluster *c, struct cluster_daemonset *d,
                       const struct cluster_daemon_plan *plan, uint32_t wanted)
{
    uint32_t done = 0, failed = 0, at = 0;

    if (wanted > 0 && rx_loop_now(c->world->loop) < d->w.not_before) {
        cluster_wake(c, &d->w.work, d->w.not_before);
        return 0;
    }
    wanted = RX_MIN(wanted, (uint32_t)BURST);
    if (cluster_pods_reserve(c, &d->w, wanted) != 0 ||
        room_for_aims(c, d, d->w.ordinals + wanted) != 0)
        return -RX_ENOMEM;
    while (done < wanted && failed == 0) {
        uint32_t batch = cluster_batch_next(done, wanted);

        for (uint32_t i = 0; i < batch; i++)
            failed += !create_one(c, d, next_node(plan, &at));
        done += batch;
    }
    return failed > 0 ? -RX_ELIMIT : 0;
}

static int carry_out(struct cluster *c, struct cluster_daemonset *d,
                     const struct cluster_daemon_plan *plan)
{
    uint32_t wanted = 0, deleted = 0;
    int rc;

    tell_ended(c, d, plan);
    for (uint32_t i = 0; i < plan->steps; i++)
        wanted += plan->step[i].act == CLUSTER_DAEMON_CREATE;
    rc = create_some(c, d, plan, wanted);
    for (uint32_t i = 0; i < plan->steps && deleted < BURST; i++) {
        if (plan->step[i].act == CLUSTER_DAEMON_CREATE)
            continue;
        delete_pod(c, d, d->pod_at[plan->step[i].at]);
        deleted++;
    }
    return rc;
}

/* ---- a sync ---------------------------------------------------------------------------------- */

static void announce_daemonset(struct cluster *c, struct cluster_work *work)
{
    static const struct cluster_counter row[] = {
        {ST_FIELD_OF_DESIRED_SCHEDULED, offsetof(struct cluster_daemon_status, desired)},
        {ST_FIELD_OF_CURRENT_SCHEDULED, offsetof(struct cluster_daemon_status, current)},
        {ST_FIELD_OF_MISSCHEDULED, offsetof(struct cluster_daemon_status, misscheduled)},
        {ST_FIELD_OF_NUMBER_READY, offsetof(struct cluster_daemon_status, ready)},
        {ST_FIELD_OF_UPDATED_SCHEDULED, offsetof(struct cluster_daemon_status, updated)},
        {ST_FIELD_OF_NUMBER_AVAILABLE, offsetof(struct cluster_daemon_status, available)},
    };
    static const struct cluster_counter lacking = {ST_FIELD_OF_NUMBER_UNAVAILABLE, 0};
    struct cluster_daemonset *d = daemonset_of(cluster_workload_at(work));
    uint32_t unavailable = d->status.desired - d->status.available;

    cluster_tell_counters(c, &d->w.object, row, RX_ARRAY_LEN(row), &d->status, &d->told);
    cluster_tell_counters(c, &d->w.object, &lacking, 1, &unavailable, &d->unavailable_told);
}

/* Failures of another generation do not count. The first sync of a new one still goes by the old
 * ones. */
static void observe(struct cluster *c, struct cluster_daemonset *d)
{
    struct cluster_daemon_generation g = {d->w.spec.daemonset, d->w.spec.template_};

    if (g.spec == d->observed.spec && g.template_ == d->observed.template_)
        return;
    d->observed = g;
    for (uint32_t i = 0; i < nodes_of(c); i++)
        d->node[i].backoff = (struct cluster_daemon_backoff){0};
}

/* The newest one, and those that pods are of. */
struct users {
    struct cluster *cluster;
    struct cluster_daemonset *set;
};

static bool in_use(const void *ctx, const struct cluster_template *t)
{
    const struct users *u = ctx;
    uint32_t cursor = 0;
    struct pod *p;

    if (t->owner == u->set->w.owner)
        return true;
    while ((p = cluster_pod_next(u->cluster, &u->set->w, &cursor)) != NULL)
        if (cluster_history_of(&u->set->history, p) == t)
            return true;
    return false;
}

static void prune(struct cluster *c, struct cluster_daemonset *d)
{
    const struct users users = {c, d};
    uint32_t limit = (uint32_t)d->w.spec.daemonset->history;

    if (d->history.count > limit + 1)
        cluster_history_prune(c, &d->history, limit, in_use, &users);
}

static int sync_daemonset(struct cluster *c, struct cluster_work *work)
{
    struct cluster_daemonset *d = daemonset_of(cluster_workload_at(work));
    const struct st_daemonset_spec *spec = d->w.spec.daemonset;
    struct cluster_daemon_view v = {
        .now = rx_loop_now(c->world->loop),
        .on_delete = spec->on_delete,
        .surges = spec->surge.value > 0,
        .unavailable = spec->unavailable,
        .surge = spec->surge,
        .nodes = nodes_of(c),
    };
    struct cluster_daemon_plan plan;
    int rc = make_room(c, d);

    if (rc == 0 && cluster_history_note(c, &d->history, &d->w) == NULL)
        rc = -RX_ENOMEM;
    if (rc != 0)
        return rc;
    cluster_history_tell(c, &d->history);
    judge_nodes(c, d);
    gather(c, d);
    v.node = d->node;
    v.pod = d->pod;
    plan.step = d->step;
    d->status = cluster_daemon_count(&v);
    cluster_announce(c, work);
    if (d->status.ready != d->status.available)
        cluster_wake(c, work, v.now + (rx_ms)d->w.spec.min_ready_s * RX_MS_PER_S);
    if (d->w.ending)
        return 0;
    cluster_daemon_plan(&v, &plan);
    if (plan.look_at != RX_MS_NEVER)
        cluster_wake(c, work, plan.look_at);
    rc = carry_out(c, d, &plan);
    delete_stranded(c, d);
    observe(c, d);
    prune(c, d);
    return rc;
}

const struct cluster_worker cluster_daemonset_worker = {CLUSTER_RANK_SET, CLUSTER_RETRY_SET,
                                                        sync_daemonset, announce_daemonset};
