/* SPDX-License-Identifier: Apache-2.0 */
/* census_sets.c - the census of workloads: how many pods they have, and how they replace them. */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/cronjob.h"
#include "engine/cluster/daemonset.h"
#include "engine/cluster/job.h"
#include "tests/support/census_parts.h"

static bool is_active(const struct census_pod *p)
{
    return !p->gone && !p->deleting && !p->over;
}

static bool is_here(const struct cluster_workload *w, enum pod_workload_kind kind)
{
    return w->spec.kind == kind && !cluster_is_departed(w) && !w->ending;
}

static uint32_t active_of(const struct census *x, uint64_t owner)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < x->pods; i++)
        n += x->pod[i].owner == owner && is_active(&x->pod[i]);
    return n;
}

/* ---- counting -------------------------------------------------------------------------------- */

void census_counts(struct census *x)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        const struct cluster_workload *w = census_workload(l);
        uint32_t ready = 0, active = 0, terminating = 0;

        if (w->spec.kind == POD_WORKLOAD_POD || !w->controlled || cluster_is_departed(w))
            continue;
        for (uint32_t i = 0; i < x->pods; i++) {
            const struct census_pod *p = &x->pod[i];

            if (p->owner != w->object.meta.serial || p->gone)
                continue;
            ready += is_active(p) && p->ready;
            active += is_active(p);
            terminating += p->deleting && !p->over;
        }
        if (ready != w->counts[CLUSTER_READY] ||
            active != w->counts[CLUSTER_READY] + w->counts[CLUSTER_UNREADY] ||
            terminating != w->counts[CLUSTER_TERMINATING])
            census_broken(x, "count", "%s counts %u ready, %u unready, %u terminating; there are "
                          "%u, %u, %u", w->spec.name, w->counts[CLUSTER_READY],
                          w->counts[CLUSTER_UNREADY], w->counts[CLUSTER_TERMINATING], ready,
                          active - ready, terminating);
    }
}

void census_numbers(struct census *x)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        const struct cluster_workload *w = census_workload(l);

        if (!is_here(w, POD_WORKLOAD_REPLICASET) &&
            !is_here(w, POD_WORKLOAD_CONTROLLER))
            continue;
        if (!x->settled || x->quotas || w->work.failures > 0 || rx_timer_armed(&w->work.wake) ||
            !w->controlled)
            continue;
        if (active_of(x, w->object.meta.serial) != w->replicas)
            census_broken(x, "number", "%s shall have %u pods, and has %u", w->spec.name,
                          w->replicas, active_of(x, w->object.meta.serial));
    }
}

/* ---- Deployments ----------------------------------------------------------------------------- */

struct rollout {
    uint32_t told; /* to its sets */
    uint32_t ready, deleted; /* ready pods; those of before that are being deleted now */
    uint32_t lost;           /* ready ones of before that are neither */
    bool behind;             /* some set has not as many pods as it was told */
};

static void add_set(struct census *x, const struct cluster_workload *set, struct rollout *r)
{
    uint64_t serial = set->object.meta.serial;

    r->told += set->replicas;
    r->behind |= active_of(x, serial) != set->replicas;
    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *p = &x->pod[i], *was = census_before(x, p->id);

        if (p->owner != serial)
            continue;
        r->ready += is_active(p) && p->ready;
        if (was == NULL || was->owner != serial || !is_active(was) || !was->ready)
            continue;
        if (p->deleting && !was->deleting)
            r->deleted++;
        else
            r->lost += !is_active(p) || !p->ready;
    }
}

static struct rollout rollout_of(struct census *x, const struct cluster_workload *w)
{
    struct rollout r = {0};

    RX_LIST_EACH(l, &w->owned)
        add_set(x, rx_container_of(l, struct cluster_workload, sibling), &r);
    return r;
}

/* Whoever else deletes pods is not asked what for. */
static bool is_disturbed(const struct census *x)
{
    return x->lost || census_step(x, POD_STEP_DELETE, NULL, NULL, x->now) ||
           census_step(x, POD_STEP_EVICT_API, NULL, NULL, x->now) ||
           census_step(x, POD_STEP_DRAIN, NULL, NULL, 0) ||
           census_step(x, POD_STEP_TAINT, NULL, NULL, 0) || x->c->nodes != NULL;
}

static void look_at_rollout(struct census *x, struct cluster_workload *w)
{
    const struct st_deployment_spec *s = w->spec.deployment;
    uint32_t surge = st_share_of(s->surge, w->replicas, true),
             away = st_share_of(s->unavailable, w->replicas, false);
    struct rollout r = rollout_of(x, w);
    struct census_note *n;
    bool fresh, scaled;

    if (surge == 0 && away == 0)
        away = 1;
    n = census_note(x, census_deployments, w->object.meta.serial, &fresh);
    /* value: what its sets were told, its own number, and since when it is not scaled. */
    scaled = fresh || n->value[1] != w->replicas || (n->value[2] != 0 && r.behind);
    if (!fresh && r.told > n->value[0] && !s->recreate && r.told > w->replicas + surge)
        census_broken(x, "surge", "%s: its sets are told %u, and were %lld; replicas %u, surge %u",
                      w->spec.name, r.told, (long long)n->value[0], w->replicas, surge);
    if (!fresh && r.told > n->value[0] && s->recreate && r.told > w->replicas)
        census_broken(x, "surge", "%s: its sets are told %u of %u", w->spec.name, r.told,
                      w->replicas);
    if (!scaled && !s->recreate && !is_disturbed(x) && w->spec.min_ready_s == 0 && r.deleted > 0 &&
        r.ready + r.lost + away < w->replicas)
        census_broken(x, "available", "%s: %u deleted, %u ready, %u lost; replicas %u, "
                      "maxUnavailable %u", w->spec.name, r.deleted, r.ready, r.lost, w->replicas,
                      away);
    n->value[0] = r.told;
    n->value[1] = w->replicas;
    n->value[2] = scaled;
}

void census_deployments(struct census *x)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        struct cluster_workload *w = census_workload(l);

        if (is_here(w, POD_WORKLOAD_DEPLOYMENT) && w->controlled)
            look_at_rollout(x, w);
    }
}

/* ---- StatefulSets ---------------------------------------------------------------------------- */

static bool has_ordinal(const struct census *x, uint64_t owner, uint32_t ordinal)
{
    for (uint32_t i = 0; i < x->pods; i++) {
        if (x->pod[i].owner == owner && !x->pod[i].gone && x->pod[i].pod->ordinal == ordinal)
            return true;
    }
    return false;
}

static void look_at_order(struct census *x, const struct cluster_workload *w)
{
    uint32_t start = (uint32_t)w->spec.statefulset->start;
    char name[POD_NAME_MAX];

    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *p = &x->pod[i];

        if (p->owner != w->object.meta.serial || p->gone || p->pod->strange ||
            census_before(x, p->id) != NULL)
            continue;
        for (uint32_t k = start; k < p->pod->ordinal; k++) {
            if (!has_ordinal(x, p->owner, k))
                census_broken(x, "order", "%s is made, and there is no %s-%u",
                              pod_name(p->pod, name), w->spec.name, k);
        }
    }
}

void census_stateful(struct census *x)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        const struct cluster_workload *w = census_workload(l);

        if (is_here(w, POD_WORKLOAD_STATEFULSET) && w->controlled && !w->spec.parallel_pods)
            look_at_order(x, w);
    }
}

/* ---- DaemonSets ------------------------------------------------------------------------------ */

static void look_at_daemon(struct census *x, struct cluster_workload *w)
{
    const struct cluster_daemonset *d = rx_container_of(w, struct cluster_daemonset, w);
    const struct st_share *surge = &w->spec.daemonset->surge;
    unsigned most = !w->spec.daemonset->on_delete && surge->value > 0 ? 2 : 1;

    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *a = &x->pod[i];
        unsigned n = 1;

        if (a->owner != w->object.meta.serial || !is_active(a) || a->pod->strange)
            continue;
        for (uint32_t k = i + 1; k < x->pods; k++) {
            const struct census_pod *b = &x->pod[k];

            n += b->owner == a->owner && is_active(b) && !b->pod->strange &&
                 d->aim[b->pod->ordinal].node == d->aim[a->pod->ordinal].node;
        }
        if (n > most)
            census_broken(x, "daemon", "%s has %u pods on one node", w->spec.name, n);
    }
}

void census_daemons(struct census *x)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        struct cluster_workload *w = census_workload(l);

        if (x->settled && is_here(w, POD_WORKLOAD_DAEMONSET) && w->controlled)
            look_at_daemon(x, w);
    }
}

/* ---- Jobs ------------------------------------------------------------------------------------ */

static void look_at_indexes(struct census *x, const struct cluster_workload *w)
{
    for (uint32_t i = 0; i < x->pods; i++) {
        const struct census_pod *a = &x->pod[i];

        for (uint32_t k = i + 1; k < x->pods && a->owner == w->object.meta.serial; k++) {
            const struct census_pod *b = &x->pod[k];

            if (b->owner == a->owner && is_active(a) && is_active(b) && !a->pod->strange &&
                !b->pod->strange && a->pod->owner->index == b->pod->owner->index)
                census_broken(x, "job", "%s has two active pods of index %u", w->spec.name,
                              (unsigned)a->pod->owner->index);
        }
    }
}

static void look_at_job(struct census *x, struct cluster_workload *w)
{
    const struct cluster_job *j = cluster_job_of(w);
    const struct st_job_spec *s = w->spec.job;
    uint32_t active = active_of(x, w->object.meta.serial);
    struct census_note *n;
    bool fresh;

    if (s->foreign || rx_timer_armed(&w->work.wake) || w->work.failures > 0)
        return;
    if (active > (uint32_t)s->parallelism)
        census_broken(x, "job", "%s has %u active pods, parallelism %d", w->spec.name, active,
                      s->parallelism);
    if ((j->finished >= 0 || s->suspended) && active > 0)
        census_broken(x, "job", "%s is %s and has %u active pods", w->spec.name,
                      j->finished >= 0 ? "over" : "suspended", active);
    if (s->indexed)
        look_at_indexes(x, w);
    if (s->completions >= 0 && s->indexed && j->now.succeeded > (uint32_t)s->completions)
        census_broken(x, "job", "%s: %u of %d have succeeded", w->spec.name, j->now.succeeded,
                      s->completions);
    n = census_note(x, census_jobs, w->object.meta.serial, &fresh);
    if (n->value[0] > j->now.succeeded || n->value[1] > j->now.failed)
        census_broken(x, "job", "%s: %u succeeded, %u failed, and it was %lld, %lld", w->spec.name,
                      j->now.succeeded, j->now.failed, (long long)n->value[0],
                      (long long)n->value[1]);
    n->value[0] = j->now.succeeded;
    n->value[1] = j->now.failed;
}

void census_jobs(struct census *x)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        struct cluster_workload *w = census_workload(l);

        if (x->settled && is_here(w, POD_WORKLOAD_JOB) && w->controlled)
            look_at_job(x, w);
    }
}

/* ---- CronJobs -------------------------------------------------------------------------------- */

static void look_at_cron(struct census *x, const struct cluster_workload *w)
{
    struct census_note *n;
    uint32_t open = 0;
    bool fresh, news = false;

    RX_LIST_EACH(l, &w->owned) {
        struct cluster_workload *j = rx_container_of(l, struct cluster_workload, sibling);

        if (j->spec.kind != POD_WORKLOAD_JOB || j->ending)
            continue;
        census_note(x, w, j->object.meta.serial, &fresh);
        news |= fresh;
        open += cluster_job_of(j)->finished < 0;
    }
    n = census_note(x, census_crons, w->object.meta.serial, &fresh);
    if (news && open > 1 && w->spec.cron->concurrency != ST_CONCURRENT_ALLOW && n->value[0] > 0)
        census_broken(x, "cron", "%s has started a Job, and %u are unfinished", w->spec.name, open);
    n->value[0] = open;
}

void census_crons(struct census *x)
{
    ST_EACH(l, x->c->store, ST_WORKLOAD) {
        const struct cluster_workload *w = census_workload(l);

        if (x->settled && is_here(w, POD_WORKLOAD_CRONJOB) && w->controlled)
            look_at_cron(x, w);
    }
}
