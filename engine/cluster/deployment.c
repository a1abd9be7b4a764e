/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deployment.c - the controller of Deployments: a ReplicaSet for each template, sized step by step
 * (pkg/controller/deployment; the steps are in rule_rollout.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cluster/kinds.h"
#include "engine/cluster/quota.h"
#include "engine/reactor/digest.h"
#include "engine/reactor/err.h"

/* What a sync looks at, and what comes of it. */
struct view {
    struct rollout_in in;
    struct rollout_out out;
    struct rollout_set set[ROLLOUT_SETS_MAX];
    struct cluster_set *at[ROLLOUT_SETS_MAX];
    uint64_t newest; /* hash of the template */
};

static struct cluster_deployment *deployment_of(struct cluster_workload *w)
{
    return rx_container_of(w, struct cluster_deployment, w);
}

static struct cluster_set *set_at(struct rx_list *sibling)
{
    return rx_container_of(rx_container_of(sibling, struct cluster_workload, sibling),
                           struct cluster_set, w);
}

static bool has_deadline(const struct cluster_deployment *d)
{
    return d->w.spec.deployment->deadline_s != ST_NO_DEADLINE;
}

/* ---- what is there --------------------------------------------------------------------------- */

static bool has_old_pods(const struct view *v)
{
    for (uint32_t i = 0; i < v->in.count; i++) {
        const uint32_t *n = v->at[i]->w.counts;

        if (i != v->in.current &&
            n[CLUSTER_UNREADY] + n[CLUSTER_READY] + n[CLUSTER_TERMINATING] > 0)
            return true;
    }
    return false;
}

/* Of sets with the newest template the oldest is the new one. */
static void look(struct cluster_deployment *d, struct view *v)
{
    v->in = (struct rollout_in){.current = ROLLOUT_NO_SET, .set = v->set};
    v->newest = d->w.spec.template_->hash;
    rollout_limits(d->w.spec.deployment, d->w.replicas, &v->in);
    RX_LIST_EACH (l, &d->w.owned) {
        struct cluster_set *s = set_at(l);
        uint32_t i = v->in.count;

        if (s->w.ending || i == ROLLOUT_SETS_MAX)
            continue;
        v->at[i] = s;
        v->set[i] = (struct rollout_set){
            .size = s->w.replicas,
            .replicas = s->status.replicas,
            .ready = s->status.ready,
            .available = s->status.available,
            .terminating = s->status.terminating,
            .desired = s->desired,
            .max = s->max,
            .failing = s->failure.status == ST_STATUS_TRUE,
        };
        if (v->in.current == ROLLOUT_NO_SET && s->w.spec.template_->hash == v->newest)
            v->in.current = i;
        v->in.count++;
    }
    v->in.old_pods = has_old_pods(v);
}

/* ---- conditions ------------------------------------------------------------------------------ */

static const struct {
    enum st_status status;
    const char *reason;
} progressing[] = {
    [ROLLOUT_CREATED] = {ST_STATUS_TRUE, "NewReplicaSetCreated"},
    [ROLLOUT_FOUND] = {ST_STATUS_TRUE, "FoundNewReplicaSet"},
    [ROLLOUT_UPDATED] = {ST_STATUS_TRUE, "ReplicaSetUpdated"},
    [ROLLOUT_AVAILABLE] = {ST_STATUS_TRUE, "NewReplicaSetAvailable"},
    [ROLLOUT_TIMED_OUT] = {ST_STATUS_FALSE, "ProgressDeadlineExceeded"},
    [ROLLOUT_CREATE_ERROR] = {ST_STATUS_FALSE, "ReplicaSetCreateError"},
    [ROLLOUT_PAUSED] = {ST_STATUS_UNKNOWN, "DeploymentPaused"},
    [ROLLOUT_RESUMED] = {ST_STATUS_UNKNOWN, "DeploymentResumed"},
};

static void progress_message(const struct cluster_deployment *d, enum rollout_reason reason,
                             const struct cluster_set *s, char *out, size_t room)
{
    const char *name = s != NULL ? s->w.spec.name : d->w.spec.name;
    const char *kind = s != NULL ? "ReplicaSet" : "Deployment";

    switch (reason) {
    case ROLLOUT_CREATED:
        snprintf(out, room, "Created new replica set \"%s\"", name);
        break;
    case ROLLOUT_FOUND:
        snprintf(out, room, "Found new replica set \"%s\"", name);
        break;
    case ROLLOUT_UPDATED:
        snprintf(out, room, "%s \"%s\" is progressing.", kind, name);
        break;
    case ROLLOUT_AVAILABLE:
        snprintf(out, room, "%s \"%s\" has successfully progressed.", kind, name);
        break;
    case ROLLOUT_TIMED_OUT:
        snprintf(out, room, "%s \"%s\" has timed out progressing.", kind, name);
        break;
    default:
        snprintf(out, room, "Deployment is %s",
                 reason == ROLLOUT_PAUSED ? "paused" : "resumed");
        break;
    }
}

static void set_progress(struct cluster *c, struct cluster_deployment *d,
                         enum rollout_reason reason, const struct cluster_set *s)
{
    char message[2 * POD_NAME_MAX];

    if (!has_deadline(d))
        return;
    progress_message(d, reason, s, message, sizeof(message));
    st_condition_set(c->store, &d->w.object, ST_FIELD_OF_PROGRESSING, &d->progressing,
                     progressing[reason].status, progressing[reason].reason, message);
    d->reason = reason;
    d->progress_s = cluster_now_s(c);
}

static void set_available(struct cluster *c, struct cluster_deployment *d, bool enough)
{
    st_condition_set(c->store, &d->w.object, ST_FIELD_OF_AVAILABLE, &d->available,
                     enough ? ST_STATUS_TRUE : ST_STATUS_FALSE,
                     enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                     enough ? "Deployment has minimum availability."
                            : "Deployment does not have minimum availability.");
}

/* That of the new set, or else of an old one. */
static void copy_failure(struct cluster *c, struct cluster_deployment *d, const struct view *v)
{
    uint32_t from = v->in.current;

    if (from == ROLLOUT_NO_SET || !v->set[from].failing) {
        for (from = 0; from < v->in.count && !v->set[from].failing; from++) {
        }
    }
    if (from < v->in.count) {
        const struct st_condition *f = &v->at[from]->failure;

        st_condition_set(c->store, &d->w.object, ST_FIELD_OF_REPLICA_FAILURE, &d->failure,
                         f->status, f->reason, f->message);
    } else if (d->failure.status != ST_STATUS_NONE) {
        st_condition_set(c->store, &d->w.object, ST_FIELD_OF_REPLICA_FAILURE, &d->failure,
                         ST_STATUS_NONE, NULL, NULL);
    }
}

/* ---- sets ------------------------------------------------------------------------------------ */

static void resize(struct cluster *c, struct cluster_deployment *d, struct view *v, uint32_t i)
{
    struct cluster_set *s = v->at[i];
    uint32_t size = v->out.size[i], was = s->w.replicas;

    if (size == was && !v->out.renews)
        return;
    s->desired = v->in.replicas;
    s->max = v->in.replicas + v->in.surge;
    if (size == was)
        return;
    s->w.replicas = size;
    st_tell_event(c->store, &d->w.object, ST_EVENT_SCALING_SET,
                  "Scaled %s replica set %s from %u to %u", size > was ? "up" : "down",
                  s->w.spec.name, was, size);
    s->w.work.cause = d->w.object.meta.version;
    cluster_dirty(c, &s->w.work);
}

static bool resize_all(struct cluster *c, struct cluster_deployment *d, struct view *v)
{
    bool changes = false;

    for (uint32_t i = 0; i < v->in.count; i++) {
        changes = changes || v->out.size[i] != v->set[i].size;
        resize(c, d, v, i);
    }
    return changes;
}

static uint64_t highest_revision(const struct view *v)
{
    uint64_t highest = 0;

    for (uint32_t i = 0; i < v->in.count; i++) {
        if (i != v->in.current)
            highest = RX_MAX(highest, v->at[i]->revision);
    }
    return highest;
}

/* The new set has the highest number: an old one that has become new again gets another. */
static void adopt_revision(struct cluster *c, struct cluster_deployment *d, struct view *v)
{
    struct cluster_set *s;

    if (v->in.current == ROLLOUT_NO_SET)
        return;
    s = v->at[v->in.current];
    s->revision = RX_MAX(s->revision, highest_revision(v) + 1);
    if (d->revision != s->revision) {
        d->revision = s->revision;
        cluster_announce(c, &d->w.work);
    }
    if (s->w.spec.min_ready_s != d->w.spec.min_ready_s) {
        s->w.spec.min_ready_s = d->w.spec.min_ready_s;
        cluster_dirty(c, &s->w.work);
    }
    if (d->progressing.status == ST_STATUS_NONE)
        set_progress(c, d, ROLLOUT_FOUND, s);
}

enum { SET_NAME_MAX = POD_NAME_MAX + 16 };

/* The first name that is free: that of another's set may be in the way. */
static const char *name_set(struct cluster *c, struct cluster_deployment *d, char hash[12],
                            char name[SET_NAME_MAX])
{
    do {
        cluster_hash_text(d->w.spec.template_->hash + d->collisions, hash);
        snprintf(name, SET_NAME_MAX, "%s-%s", d->w.spec.name, hash);
    } while (cluster_name_taken(c, POD_WORKLOAD_REPLICASET, d->w.spec.ns, name) &&
             ++d->collisions > 0);
    return name;
}

/* May there be a new set? c->why says why not. */
static bool may_make_set(struct cluster *c, struct cluster_deployment *d)
{
    char hash[12], name[SET_NAME_MAX];
    struct cluster_newcomer n = {.kind = ST_WORKLOAD, .sub = POD_WORKLOAD_REPLICASET,
                                 .ns = d->w.spec.ns, .name = name_set(c, d, hash, name)};

    return cluster_admit_object(c, &n);
}

/* Told, and noted in place of progress; nothing else of its status is written then. */
static void tell_refused_set(struct cluster *c, struct cluster_deployment *d)
{
    char hash[12], name[SET_NAME_MAX], text[SET_NAME_MAX + CLUSTER_WHY_MAX + 64];

    snprintf(text, sizeof(text), "Failed to create new replica set \"%s\": %s",
             name_set(c, d, hash, name), c->why);
    if (has_deadline(d)) {
        st_condition_set(c->store, &d->w.object, ST_FIELD_OF_PROGRESSING, &d->progressing,
                         progressing[ROLLOUT_CREATE_ERROR].status,
                         progressing[ROLLOUT_CREATE_ERROR].reason, text);
        d->reason = ROLLOUT_CREATE_ERROR;
        d->progress_s = cluster_now_s(c);
    }
    st_tell_event(c->store, &d->w.object, ST_EVENT_SET_CREATE_ERROR, "%s", text);
}

static void introduce(struct cluster *c, struct cluster_deployment *d, struct cluster_set *s)
{
    st_tell_object(c->store, &s->w.object, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    if (s->w.replicas > 0)
        st_tell_event(c->store, &d->w.object, ST_EVENT_SCALING_SET,
                      "Scaled up replica set %s from 0 to %u", s->w.spec.name, s->w.replicas);
    s->w.work.cause = d->w.object.meta.version;
    set_progress(c, d, ROLLOUT_CREATED, s);
    cluster_announce(c, &d->w.work);
    s->fresh = false;
    cluster_dirty(c, &s->w.work);
}

static struct cluster_set *make_set(struct cluster *c, struct cluster_deployment *d, uint32_t size,
                                    uint64_t revision)
{
    struct pod_owner naming = {.kind = POD_WORKLOAD_DEPLOYMENT,
                               .ns = d->w.spec.ns,
                               .name = d->w.spec.name,
                               .name_id = cluster_number(&d->w) |
                                          (uint64_t)d->w.dependents << 40};
    char name[SET_NAME_MAX];
    struct pod_workload_spec spec = {.kind = POD_WORKLOAD_REPLICASET,
                                     .ns = d->w.spec.ns,
                                     .name = rx_arena_strdup(
                                         &c->world->arena, name_set(c, d, naming.hash, name)),
                                     .template_ = d->w.spec.template_,
                                     .labels = d->w.spec.template_->labels,
                                     .replicas = (int32_t)size,
                                     .selector = d->w.spec.selector,
                                     .min_ready_s = d->w.spec.min_ready_s};
    struct rollout_in limits;
    struct cluster_workload *w;
    struct cluster_set *s;

    w = spec.name != NULL ? cluster_dependent_add(c, &d->w, &spec, &naming) : NULL;
    if (w == NULL)
        return NULL;
    rollout_limits(d->w.spec.deployment, d->w.replicas, &limits);
    s = rx_container_of(w, struct cluster_set, w);
    s->desired = limits.replicas;
    s->max = limits.replicas + limits.surge;
    s->revision = d->revision = revision;
    s->fresh = true;
    return s;
}

static int create_set(struct cluster *c, struct cluster_deployment *d, struct view *v)
{
    struct cluster_set *s = NULL;

    if (!may_make_set(c, d)) {
        tell_refused_set(c, d);
        return -RX_EFORBIDDEN;
    }
    if (v->in.count < ROLLOUT_SETS_MAX)
        s = make_set(c, d, v->out.created, highest_revision(v) + 1);
    if (s == NULL)
        return -RX_ENOMEM;
    introduce(c, d, s);
    cluster_dirty(c, &d->w.work);
    return 0;
}

/* Its first set has all its pods from the start, whatever the strategy, unless it adopts some. */
int cluster_deployment_begin(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_deployment *d = deployment_of(w);
    struct cluster_set *s;

    if (w->spec.deployment->paused || !rx_list_empty(&w->owned) || !may_make_set(c, d))
        return 0;
    s = make_set(c, d, w->replicas, 1);
    if (s == NULL)
        return -RX_ENOMEM;
    return s->w.kept_count == 0 ? cluster_set_create_first(c, &s->w) : 0;
}

static int by_revision(const void *a, const void *b)
{
    const struct cluster_set *const *x = a, *const *y = b;

    return (*x)->revision < (*y)->revision ? -1 : (*x)->revision > (*y)->revision;
}

/* Of the old sets beyond the limit those with the lowest revisions go, unless they have pods. */
static void prune(struct cluster *c, struct cluster_deployment *d, const struct view *v)
{
    struct cluster_set *old[ROLLOUT_SETS_MAX];
    uint32_t n = 0, limit = (uint32_t)d->w.spec.deployment->history;

    for (uint32_t i = 0; i < v->in.count; i++) {
        if (i != v->in.current)
            old[n++] = v->at[i];
    }
    if (n <= limit)
        return;
    qsort(old, n, sizeof(struct cluster_set *), by_revision);
    for (uint32_t i = 0; i < n - limit; i++) {
        if (old[i]->w.replicas == 0 && old[i]->status.replicas == 0)
            cluster_workload_gone(c, &old[i]->w);
    }
}

/* ---- status ---------------------------------------------------------------------------------- */

static void announce_deployment(struct cluster *c, struct cluster_work *work)
{
    static const struct cluster_counter row[] = {
        {ST_FIELD_OF_REPLICAS, offsetof(struct rollout_status, replicas)},
        {ST_FIELD_OF_UPDATED_REPLICAS, offsetof(struct rollout_status, updated)},
        {ST_FIELD_OF_READY_REPLICAS, offsetof(struct rollout_status, ready)},
        {ST_FIELD_OF_AVAILABLE_REPLICAS, offsetof(struct rollout_status, available)},
        {ST_FIELD_OF_UNAVAILABLE_REPLICAS, offsetof(struct rollout_status, unavailable)},
        {ST_FIELD_OF_TERMINATING_REPLICAS, offsetof(struct rollout_status, terminating)},
    };
    static const struct cluster_counter spec = {ST_FIELD_OF_SPEC_REPLICAS, 0};
    struct cluster_deployment *d = deployment_of(cluster_workload_at(work));
    struct st_object *o = &d->w.object;

    cluster_tell_counters(c, o, &spec, 1, &d->w.replicas, &d->spec_told);
    cluster_tell_counters(c, o, row, RX_ARRAY_LEN(row), &d->status, &d->told);
    if (d->revision != d->revision_told) {
        st_tell_number(c->store, o, ST_FIELD_OF_REVISION, d->revision_told, d->revision);
        d->revision_told = d->revision;
    }
}

static void write_status(struct cluster *c, struct cluster_deployment *d,
                         const struct rollout_status *is)
{
    if (memcmp(&d->status, is, sizeof(*is)) == 0 && d->spec_told == d->w.replicas)
        return;
    if (memcmp(&d->status, is, sizeof(*is)) != 0)
        cluster_dirty(c, &d->w.work); /* it sees what it has written */
    d->status = *is;
    cluster_announce(c, &d->w.work);
}

static void judge(struct cluster *c, struct cluster_deployment *d, const struct view *v,
                  const struct rollout_status *is)
{
    struct rollout_progress p = {.reason = d->reason,
                                 .updated_s = d->progress_s,
                                 .now_ms = rx_loop_now(c->world->loop),
                                 .deadline_s = d->w.spec.deployment->deadline_s};
    const struct cluster_set *s =
        v->in.current != ROLLOUT_NO_SET ? v->at[v->in.current] : NULL;
    enum rollout_reason reason;
    bool renews;
    int64_t again;

    reason = rollout_judge(&p, &d->status, is, d->w.replicas, &renews);
    if (reason != d->reason || renews) {
        set_progress(c, d, reason, s);
        p.reason = d->reason;
        p.updated_s = d->progress_s;
    }
    again = rollout_look_again(&p, is, d->w.replicas);
    if (again >= 0 && memcmp(&d->status, is, sizeof(*is)) == 0)
        cluster_wake(c, &d->w.work, again);
}

static void sync_status(struct cluster *c, struct cluster_deployment *d, const struct view *v,
                        bool judges)
{
    struct rollout_status is;

    rollout_status_of(&v->in, &is);
    set_available(c, d, is.available + v->in.unavailable >= d->w.replicas);
    if (judges)
        judge(c, d, v, &is);
    copy_failure(c, d, v);
    write_status(c, d, &is);
}

/* ---- a sync ---------------------------------------------------------------------------------- */

/* A pause and its end are noted once; that the deadline was missed stands above both. */
static void note_pause(struct cluster *c, struct cluster_deployment *d)
{
    bool paused = d->w.spec.deployment->paused, noted = d->reason == ROLLOUT_PAUSED;

    if (d->reason == ROLLOUT_TIMED_OUT || paused == noted)
        return;
    set_progress(c, d, paused ? ROLLOUT_PAUSED : ROLLOUT_RESUMED, NULL);
}

static int sync_looked(struct cluster *c, struct cluster_deployment *d, struct view *v)
{
    bool paused = d->w.spec.deployment->paused;
    int rc = 0;

    look(d, v);
    if (d->w.ending) {
        sync_status(c, d, v, false);
        return 0;
    }
    if (v->in.count > 0 && v->at[0]->fresh)
        introduce(c, d, v->at[0]);
    note_pause(c, d);
    adopt_revision(c, d, v);
    if (paused || rollout_is_scaled(&v->in)) {
        rollout_scale(&v->in, &v->out);
        resize_all(c, d, v);
        if (paused)
            prune(c, d, v);
        sync_status(c, d, v, false);
        return 0;
    }
    rollout_step(&v->in, &v->out);
    if (v->out.creates)
        rc = create_set(c, d, v);
    if (rc == -RX_EFORBIDDEN)
        return rc;
    if (!resize_all(c, d, v) && !v->out.creates && rollout_is_complete(&d->status, d->w.replicas))
        prune(c, d, v);
    sync_status(c, d, v, true);
    return rc;
}

static int sync_deployment(struct cluster *c, struct cluster_work *work)
{
    struct view v;

    return sync_looked(c, deployment_of(cluster_workload_at(work)), &v);
}

void cluster_deployment_end(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_deployment *d = deployment_of(w);

    st_condition_fini(c->store, &d->available);
    st_condition_fini(c->store, &d->progressing);
    st_condition_fini(c->store, &d->failure);
}

const struct cluster_worker cluster_deployment_worker = {
    CLUSTER_RANK_OWNER, CLUSTER_RETRY_DEPLOYMENT, sync_deployment, announce_deployment};
