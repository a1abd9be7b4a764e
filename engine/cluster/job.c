/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.c - one sync of a Job: gather, decide, manage, count, conclude (rule_job.h has the rules).
 */
#include "engine/cluster/job.h"

#include <stdio.h>
#include <string.h>

#include "engine/reactor/err.h"

enum { BURST = 500, FIRST_BATCH = 1 }; /* creations in one sync; of the first batch */

/* What a sync has found and made of it. */
struct facts {
    const struct st_job_spec *job;
    struct cluster_job_tally t;
    uint32_t succeeded, failed, active, ready, terminating;
    enum cluster_job_reason reason;
    struct st_indexes busy; /* of active pods */
    int64_t now_ms;
    bool told; /* the decision stood before this sync */
};

static int job_sync(struct cluster *c, struct cluster_work *work);
static void gather(struct cluster *c, struct cluster_job *j, struct facts *f);
static void decide(struct cluster *c, struct cluster_job *j, struct facts *f);
static int manage(struct cluster *c, struct cluster_job *j, struct facts *f);
static void tell_suspension(struct cluster *c, struct cluster_job *j, const struct facts *f);
static void count(struct cluster_job *j, struct facts *f);
static void conclude(struct cluster *c, struct cluster_job *j, struct facts *f);

const struct cluster_worker cluster_job_worker = {
    .rank = CLUSTER_RANK_SET,
    .retry = CLUSTER_RETRY_JOB,
    .sync = job_sync,
    .announce = cluster_job_announce,
};

int cluster_job_begin(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_job *j = cluster_job_of(w);

    j->now.started = j->now.completed = j->told.started = j->told.completed = -1;
    j->finished = -1;
    return cluster_work_init(c, &j->ttl, &cluster_ttl_worker, w->object.meta.serial);
}

void cluster_job_end_of(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_job *j = cluster_job_of(w);
    const struct rx_mem *mem = c->world->mem;
    char *told[] = {j->told_completed, j->told_failed};

    cluster_work_drop(c, &j->ttl);
    for (size_t i = 0; i < RX_ARRAY_LEN(told); i++) {
        if (told[i] != NULL)
            rx_mem_free(mem, told[i], strlen(told[i]) + 1);
    }
    for (int i = 0; i < CLUSTER_JOB_CONDITIONS; i++)
        st_condition_fini(c->store, &j->condition[i]);
    rx_mem_free(mem, j->pod, j->pods_room * sizeof(*j->pod));
    rx_mem_free(mem, j->place, j->places_room * sizeof(*j->place));
    rx_mem_free(mem, j->failure, j->failure_room);
    rx_mem_free(mem, j->busy, j->busy_room * sizeof(*j->busy));
    rx_mem_free(mem, j->completed.range, j->completed.room * sizeof(*j->completed.range));
    rx_mem_free(mem, j->failed_indexes.range,
                j->failed_indexes.room * sizeof(*j->failed_indexes.range));
}

static struct st_job_spec *changed_spec(struct cluster *c, struct cluster_workload *w)
{
    struct st_job_spec *copy = rx_arena_alloc(&c->world->arena, sizeof(*copy));

    if (copy == NULL)
        return NULL;
    *copy = *w->spec.job;
    w->spec.job = copy;
    cluster_dirty(c, &w->work);
    return copy;
}

int cluster_job_suspend(struct cluster *c, struct cluster_workload *w, bool suspended)
{
    struct st_job_spec *s = changed_spec(c, w);

    if (s == NULL)
        return -RX_ENOMEM;
    s->suspended = suspended;
    return 0;
}

int cluster_job_scale(struct cluster *c, struct cluster_workload *w, uint32_t parallelism)
{
    struct st_job_spec *s = changed_spec(c, w);

    if (s == NULL)
        return -RX_ENOMEM;
    s->parallelism = (int32_t)parallelism;
    return 0;
}

static int job_sync(struct cluster *c, struct cluster_work *work)
{
    struct cluster_job *j = cluster_job_of_work(work);
    struct facts f = {.job = cluster_job_spec(j), .now_ms = cluster_wall_ms(c)};
    int rc;

    if (j->finished >= 0 || f.job->foreign)
        return 0;
    rc = cluster_job_room(c, j, 0);
    if (rc != 0)
        return rc;
    gather(c, j, &f);
    decide(c, j, &f);
    if (!j->w.ending)
        rc = manage(c, j, &f);
    count(j, &f);
    conclude(c, j, &f);
    j->now.active = f.active;
    j->now.ready = f.ready;
    j->now.terminating = f.terminating;
    cluster_job_forget(j);
    cluster_announce(c, work);
    return rc;
}

/* ---- gather ---------------------------------------------------------------------------------- */

static void gather_indexes(struct cluster_job *j, struct facts *f)
{
    uint32_t completions = (uint32_t)f->job->completions;

    f->busy = (struct st_indexes){.range = j->busy, .room = j->busy_room};
    st_indexes_cut(&j->completed, completions);
    for (uint32_t i = 0; i < j->pods; i++) {
        const struct cluster_job_pod *p = &j->pod[i];

        if (p->index < 0 || (uint32_t)p->index >= completions)
            continue;
        if (cluster_job_pod_active(p))
            st_indexes_add(&f->busy, (uint32_t)p->index);
        if (!p->counted && p->phase == POD_PHASE_SUCCEEDED)
            st_indexes_add(&j->completed, (uint32_t)p->index);
        if (cluster_job_index_failed(f->job, p))
            st_indexes_add(&j->failed_indexes, (uint32_t)p->index);
    }
    f->succeeded = j->completed.total;
}

/* With a limit per index the last failed pod of each index that waits for a successor is not
 * counted before that is there, which has its numbers of it. */
static void mark_delayed(struct cluster_job *j, struct facts *f)
{
    for (uint32_t i = 0; i < j->pods; i++) {
        struct cluster_job_pod *p = &j->pod[i];
        uint32_t index = (uint32_t)p->index;

        p->delayed = false;
        if (f->job->per_index_limit < 0 || p->counted || p->index < 0 ||
            !cluster_job_pod_failed(f->job, p) || st_indexes_has(&j->completed, index) ||
            st_indexes_has(&j->failed_indexes, index) || st_indexes_has(&f->busy, index))
            continue;
        p->delayed = true;
        for (uint32_t k = 0; k < i; k++) { /* of two the one with more failures, and later */
            struct cluster_job_pod *q = &j->pod[k];

            if (q->delayed && q->index == p->index) {
                p->delayed = q->failures + q->ignored <= p->failures + p->ignored &&
                             q->ended <= p->ended;
                q->delayed = !p->delayed;
            }
        }
    }
}

static void gather(struct cluster *c, struct cluster_job *j, struct facts *f)
{
    cluster_job_tally(f->job, j->pod, j->pods, &f->t);
    f->active = f->t.active;
    f->ready = f->t.ready;
    f->terminating = f->t.terminating;
    f->succeeded = j->now.succeeded + f->t.succeeded;
    f->failed = j->now.failed + f->t.failed;
    if (f->job->indexed) {
        gather_indexes(j, f);
        mark_delayed(j, f);
    }
    if (j->now.started < 0 && !f->job->suspended)
        j->now.started = cluster_wall_s(c);
    j->backoff = cluster_job_backoff(j->backoff, &f->t);
}

/* ---- decide ---------------------------------------------------------------------------------- */

static bool any_policy_fails(const struct cluster_job *j)
{
    for (uint32_t i = 0; i < j->pods; i++) {
        if (j->pod[i].policy_fails)
            return true;
    }
    return false;
}

static void decide(struct cluster *c, struct cluster_job *j, struct facts *f)
{
    struct cluster_job_end_input in = {.policy_fails = any_policy_fails(j),
                                       .failed = f->failed,
                                       .restarts = f->t.restarts,
                                       .started = j->now.started < 0
                                           ? -1 : j->now.started * RX_MS_PER_S,
                                       .now = f->now_ms,
                                       .completed = &j->completed,
                                       .failed_indexes = &j->failed_indexes};
    uint32_t rule;

    f->told = j->reason != CLUSTER_JOB_GOES_ON;
    f->reason = f->told ? j->reason : cluster_job_end(f->job, &in, &rule);
    if (!f->told && f->reason == CLUSTER_JOB_SUCCESS_POLICY)
        j->message = rx_arena_printf(&c->world->arena, "Matched rules at index %u", rule);
    if (f->reason == CLUSTER_JOB_GOES_ON && f->job->deadline_s >= 0 && !f->job->suspended)
        cluster_wake(c, &j->w.work, (j->now.started + f->job->deadline_s) * RX_MS_PER_S -
                                        c->world->epoch_ms);
}

/* ---- manage ---------------------------------------------------------------------------------- */

static void remove_pod(struct cluster *c, struct cluster_job *j, struct facts *f,
                       struct cluster_job_pod *v)
{
    static const struct pod_delete_request request = {.given = false};
    struct pod *p = pod_get(c->world, v->id);
    char name[POD_NAME_MAX];

    f->active--;
    f->terminating++;
    f->ready -= v->ready;
    st_tell_event(c->store, &j->w.object, ST_EVENT_SUCCESSFUL_DELETE, "Deleted pod: %s",
                  pod_name(p, name));
    pod_delete(p, &request); /* v may be looked at anew by that */
}

static void remove_all(struct cluster *c, struct cluster_job *j, struct facts *f, bool counted)
{
    for (uint32_t i = 0; i < j->pods; i++) {
        struct cluster_job_pod *v = &j->pod[i];

        if (!cluster_job_pod_active(v))
            continue;
        v->counted = v->counted || counted;
        remove_pod(c, j, f, v);
        v->doomed = true;
    }
}

static struct cluster_job_rank rank_of(struct cluster *c, const struct cluster_job_pod *v)
{
    struct pod *p = pod_get(c->world, v->id);

    return (struct cluster_job_rank){.bound = pod_on_node(p),
                                     .running = v->phase == POD_PHASE_RUNNING,
                                     .ready = v->ready,
                                     .ready_since = (rx_ms)p->ready_s * RX_MS_PER_S,
                                     .created = p->created_at,
                                     .restarts = v->restarts,
                                     .serial = p->ordinal};
}

static void remove_some(struct cluster *c, struct cluster_job *j, struct facts *f, uint32_t some)
{
    for (; some > 0; some--) {
        struct cluster_job_pod *first = NULL;
        struct cluster_job_rank of_first = {0};

        for (uint32_t i = 0; i < j->pods; i++) {
            struct cluster_job_pod *v = &j->pod[i];
            struct cluster_job_rank of;

            if (!cluster_job_pod_active(v))
                continue;
            of = rank_of(c, v);
            if (first == NULL || cluster_job_goes_first(&of, &of_first) < 0) {
                first = v;
                of_first = of;
            }
        }
        first->counted = true; /* it is not a failure */
        remove_pod(c, j, f, first);
    }
}

/* Those whose index is beyond the completions by now. */
static uint32_t remove_beyond(struct cluster *c, struct cluster_job *j, struct facts *f)
{
    uint32_t removed = 0;

    for (uint32_t i = 0; f->job->indexed && i < j->pods; i++) {
        struct cluster_job_pod *v = &j->pod[i];

        if (!cluster_job_pod_active(v) || v->index < f->job->completions)
            continue;
        v->counted = true;
        remove_pod(c, j, f, v);
        removed++;
    }
    return removed;
}

/* Whose name and labels the next pod has: those of its index, or of the Job. */
static int owner_of_index(struct cluster *c, struct cluster_job *j, uint32_t index,
                          const struct cluster_job_pod *before)
{
    struct pod_owner o = *j->w.owner;

    o.indexed = true;
    o.index = index;
    o.limited = cluster_job_spec(j)->per_index_limit >= 0;
    o.failures = o.ignored = 0;
    if (before != NULL) {
        o.failures = before->failures + (before->action != ST_FAILURE_IGNORE);
        o.ignored = before->ignored + (before->action == ST_FAILURE_IGNORE);
    }
    return cluster_set_naming(c, &j->w, &o);
}

static int create_one(struct cluster *c, struct cluster_job *j, struct facts *f, int64_t index,
                      const struct cluster_job_pod *before)
{
    char name[POD_NAME_MAX], why[CLUSTER_WHY_MAX];
    struct pod *p;
    int rc = index < 0 ? 0 : owner_of_index(c, j, (uint32_t)index, before);

    if (rc != 0)
        return rc;
    rc = cluster_pod_add(c, &j->w, j->w.ordinals, why);
    if (rc != 0) {
        st_tell_event(c->store, &j->w.object, ST_EVENT_FAILED_CREATE, "Error creating: %s", why);
        return rc;
    }
    p = pod_get(c->world, j->w.pod[j->w.ordinals - 1]);
    cluster_job_note(j, p);
    f->active++;
    st_tell_event(c->store, &j->w.object, ST_EVENT_SUCCESSFUL_CREATE, "Created pod: %s",
                  pod_name(p, name));
    return 0;
}

static const struct cluster_job_pod *delayed_of(const struct cluster_job *j, uint32_t index)
{
    for (uint32_t i = 0; i < j->pods; i++) {
        if (j->pod[i].delayed && j->pod[i].index == (int32_t)index)
            return &j->pod[i];
    }
    return NULL;
}

/* The lowest indexes that are free are looked at, as many as there shall be pods; those that still
 * wait are left out, and no higher index takes their place. */
struct search {
    uint32_t from, left;
    int64_t earliest; /* second in which one of those left out may come; INT64_MAX: none */
};

static bool next_index(const struct cluster_job *j, const struct facts *f, struct search *s,
                       uint32_t *index, const struct cluster_job_pod **before)
{
    const struct st_indexes *taken[] = {&f->busy, &j->completed, &j->failed_indexes};

    while (s->left > 0) {
        uint32_t at = st_index_free(taken, RX_ARRAY_LEN(taken), s->from);
        struct cluster_job_backoff b;
        int64_t end;

        if (at >= (uint32_t)f->job->completions)
            return false;
        s->from = at + 1;
        s->left--;
        *index = at;
        *before = f->job->per_index_limit >= 0 ? delayed_of(j, at) : NULL;
        if (*before == NULL)
            return true;
        b = (struct cluster_job_backoff){(*before)->failures + (*before)->ignored + 1,
                                         (*before)->ended};
        end = cluster_job_backoff_end(b);
        if (f->now_ms >= end * RX_MS_PER_S)
            return true;
        s->earliest = RX_MIN(s->earliest, end);
    }
    return false;
}

/* In batches that double: one that fails stops the rest. */
static int create_some(struct cluster *c, struct cluster_job *j, struct facts *f, uint32_t some)
{
    struct search s = {.left = some, .earliest = INT64_MAX};
    uint32_t made = 0, batch = FIRST_BATCH, in_batch = 0;
    int rc = cluster_job_room(c, j, some), failed = 0;

    if (rc == 0)
        rc = cluster_pods_reserve(c, &j->w, some);

    if (f->job->indexed)
        f->busy.range = j->busy;
    while (rc == 0 && made < some) {
        const struct cluster_job_pod *before = NULL;
        int64_t index = -1;
        uint32_t free = 0;

        if (f->job->indexed && !next_index(j, f, &s, &free, &before))
            break;
        if (f->job->indexed)
            index = free;
        rc = create_one(c, j, f, index, before);
        if (rc == -RX_ENOMEM)
            return rc;
        failed = rc != 0 ? rc : failed;
        rc = 0;
        made++;
        if (++in_batch == batch) {
            if (failed != 0)
                return failed;
            batch *= 2;
            in_batch = 0;
        }
    }
    if (made == 0 && s.earliest != INT64_MAX)
        cluster_wake(c, &j->w.work, s.earliest * RX_MS_PER_S - c->world->epoch_ms);
    return rc != 0 ? rc : failed;
}

static int adjust(struct cluster *c, struct cluster_job *j, struct facts *f)
{
    struct cluster_job_wish wish =
        cluster_job_wish(f->job, f->active, f->terminating, f->succeeded);
    uint32_t beyond = f->job->suspended ? 0 : remove_beyond(c, j, f);
    int64_t end;

    if (f->job->suspended) {
        remove_all(c, j, f, true);
        return 0;
    }
    if (beyond > 0 || wish.remove > 0) {
        remove_some(c, j, f, wish.remove > beyond ? wish.remove - beyond : 0);
        return 0;
    }
    if (wish.create == 0)
        return 0;
    end = f->job->per_index_limit < 0 ? cluster_job_backoff_end(j->backoff) : INT64_MIN;
    if (end != INT64_MIN && f->now_ms < end * RX_MS_PER_S) {
        cluster_wake(c, &j->w.work, end * RX_MS_PER_S - c->world->epoch_ms);
        return 0;
    }
    return create_some(c, j, f, RX_MIN(wish.create, (uint32_t)BURST));
}

static int manage(struct cluster *c, struct cluster_job *j, struct facts *f)
{
    int rc;

    if (f->reason != CLUSTER_JOB_GOES_ON) {
        remove_all(c, j, f, false);
        return 0;
    }
    rc = adjust(c, j, f);
    if (cluster_job_complete(f->job, f->active, f->succeeded))
        f->reason = CLUSTER_JOB_COMPLETIONS;
    else
        tell_suspension(c, j, f);
    return rc;
}

static void tell_suspension(struct cluster *c, struct cluster_job *j, const struct facts *f)
{
    struct st_object *o = &j->w.object;

    if (f->job->suspended) {
        if (cluster_job_tell(c, j, CLUSTER_JOB_SUSPENDED, true, "JobSuspended", "Job suspended")) {
            st_tell_event(c->store, o, ST_EVENT_JOB_SUSPENDED, "Job suspended");
            j->now.started = -1;
        }
    } else if (j->condition[CLUSTER_JOB_SUSPENDED].status == ST_STATUS_TRUE) {
        cluster_job_tell(c, j, CLUSTER_JOB_SUSPENDED, false, "JobResumed", "Job resumed");
        st_tell_event(c->store, o, ST_EVENT_JOB_RESUMED, "Job resumed");
        j->now.started = cluster_wall_s(c);
    }
}

/* ---- count ----------------------------------------------------------------------------------- */

/* Whoever is killed because the Job has failed has failed as well. */
static void count(struct cluster_job *j, struct facts *f)
{
    bool over = f->reason != CLUSTER_JOB_GOES_ON, fails = over && !cluster_job_succeeds(f->reason);

    for (uint32_t i = 0; i < j->pods; i++) {
        struct cluster_job_pod *p = &j->pod[i];
        bool succeeded = p->phase == POD_PHASE_SUCCEEDED,
             failed = !p->doomed && cluster_job_pod_failed(f->job, p);

        if (p->counted || !(over || succeeded || (failed && !p->delayed)))
            continue;
        p->counted = true;
        if (f->job->indexed && p->index < 0)
            continue;
        if (succeeded)
            j->now.succeeded++;
        else if (failed || fails)
            j->now.failed += p->action != ST_FAILURE_IGNORE;
    }
    if (f->job->indexed)
        j->now.succeeded = j->completed.total;
}

/* ---- conclude -------------------------------------------------------------------------------- */

static void tell_end(struct cluster *c, struct cluster_job *j, const struct facts *f)
{
    static const enum pod_event_kind failure[] = {
        [CLUSTER_JOB_POD_FAILURE] = ST_EVENT_JOB_POLICY,
        [CLUSTER_JOB_BACKOFF_LIMIT] = ST_EVENT_JOB_BACKOFF_LIMIT,
        [CLUSTER_JOB_DEADLINE] = ST_EVENT_JOB_DEADLINE,
        [CLUSTER_JOB_MAX_FAILED] = ST_EVENT_JOB_MAX_FAILED,
        [CLUSTER_JOB_FAILED_INDEXES] = ST_EVENT_JOB_FAILED_INDEXES,
    };
    struct st_object *o = &j->w.object;

    if (!cluster_job_succeeds(f->reason)) {
        st_tell_event(c->store, o, failure[f->reason], "%s", j->message);
        return;
    }
    if (f->job->completions >= 0 && j->now.succeeded > (uint32_t)f->job->completions)
        st_tell_event(c->store, o, ST_EVENT_JOB_TOO_MANY,
                      "Too many succeeded pods running after completion count reached");
    st_tell_event(c->store, o, ST_EVENT_JOB_COMPLETED, "Job completed");
}

static void conclude(struct cluster *c, struct cluster_job *j, struct facts *f)
{
    bool succeeds = cluster_job_succeeds(f->reason);
    const char *reason = cluster_job_reason_name(f->reason),
               *plain = cluster_job_reason_message(f->reason);

    if (f->reason == CLUSTER_JOB_GOES_ON)
        return;
    if (!f->told) {
        j->reason = f->reason;
        if (plain != NULL)
            j->message = plain;
        if (j->message == NULL) /* no memory */
            j->message = "";
        cluster_job_tell(c, j, succeeds ? CLUSTER_JOB_CRITERIA_MET : CLUSTER_JOB_FAILURE_TARGET,
                         true, reason, j->message);
    }
    if (f->terminating > 0)
        return;
    j->finished = cluster_wall_s(c);
    if (succeeds)
        j->now.completed = j->finished;
    cluster_job_tell(c, j, succeeds ? CLUSTER_JOB_COMPLETE : CLUSTER_JOB_FAILED, true, reason,
                     j->message);
    tell_end(c, j, f);
    cluster_dirty(c, &j->ttl);
    if (j->w.controller != NULL)
        cluster_dirty(c, &j->w.controller->work);
}
