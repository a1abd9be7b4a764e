/* SPDX-License-Identifier: Apache-2.0 */
/* cronjob.c - one sync of a CronJob: old Jobs go, finished ones are noted, a due one is made. */
#include "engine/cluster/cronjob.h"

#include <stdio.h>
#include <string.h>

#include "engine/cluster/job.h"
#include "engine/cluster/quota.h"
#include "engine/reactor/civil.h"
#include "engine/reactor/err.h"
#include "engine/store/rule_shard.h"

static int cron_sync(struct cluster *c, struct cluster_work *work);
static void cron_announce(struct cluster *c, struct cluster_work *work);
static void prune(struct cluster *c, struct cluster_cronjob *k, bool success, int32_t kept);
static void note_children(struct cluster *c, struct cluster_cronjob *k);
static int start_due(struct cluster *c, struct cluster_cronjob *k);

const struct cluster_worker cluster_cronjob_worker = {
    .rank = CLUSTER_RANK_OWNER,
    .retry = CLUSTER_RETRY_SET,
    .sync = cron_sync,
    .announce = cron_announce,
};

static struct cluster_cronjob *cronjob_of(struct cluster_workload *w)
{
    return rx_container_of(w, struct cluster_cronjob, w);
}

int cluster_cronjob_begin(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_cronjob *k = cronjob_of(w);

    (void)c;
    k->last = k->succeeded = k->told_last = k->told_succeeded = -1;
    k->seen = w->spec.cron;
    return 0;
}

void cluster_cronjob_end(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_cronjob *k = cronjob_of(w);

    rx_mem_free(c->world->mem, k->active, k->actives_room * sizeof(*k->active));
}

int cluster_cronjob_suspend(struct cluster *c, struct cluster_workload *w, bool suspended)
{
    struct st_cron_spec *copy = rx_arena_alloc(&c->world->arena, sizeof(*copy));

    if (copy == NULL)
        return -RX_ENOMEM;
    *copy = *w->spec.cron;
    copy->suspended = suspended;
    w->spec.cron = copy;
    cluster_dirty(c, &w->work);
    return 0;
}

static bool is_same_time(const struct st_cron_spec *a, const struct st_cron_spec *b)
{
    bool named = a->zone_name != NULL && b->zone_name != NULL;

    return strcmp(a->text, b->text) == 0 &&
           (named ? strcmp(a->zone_name, b->zone_name) == 0 : a->zone_name == b->zone_name);
}

static void wake_at(struct cluster *c, struct cluster_cronjob *k, int64_t second)
{
    if (second != ST_CRON_NEVER)
        cluster_wake(c, &k->w.work, second * RX_MS_PER_S + c->world->knobs.cron_delta_ms -
                                          c->world->epoch_ms);
}

static int cron_sync(struct cluster *c, struct cluster_work *work)
{
    struct cluster_cronjob *k = cronjob_of(cluster_workload_at(work));
    const struct st_cron_spec *s = k->w.spec.cron;
    bool retimed = !is_same_time(k->seen, s);

    if (k->w.ending)
        return 0;

    k->seen = s;
    if (retimed) { /* it waits for the next time to come, and what was pending stays */
        wake_at(c, k, st_cron_next(&s->schedule, s->zone, cluster_wall_s(c)));
        return 0;
    }
    cluster_announce(c, work);
    prune(c, k, true, s->successful_kept);
    prune(c, k, false, s->failed_kept);
    note_children(c, k);
    return s->suspended ? 0 : start_due(c, k);
}

/* ---- its Jobs -------------------------------------------------------------------------------- */

static bool take_active(struct cluster_cronjob *k, const char *name)
{
    for (uint32_t i = 0; i < k->actives; i++) {
        if (strcmp(k->active[i], name) != 0)
            continue;
        memmove(&k->active[i], &k->active[i + 1], (--k->actives - i) * sizeof(*k->active));
        return true;
    }
    return false;
}

static bool succeeded(const struct cluster_job *j)
{
    return j->condition[CLUSTER_JOB_COMPLETE].status == ST_STATUS_TRUE;
}

static struct cluster_job *child_at(struct rx_list *l)
{
    return cluster_job_of(rx_container_of(l, struct cluster_workload, sibling));
}

static void note_success(struct cluster_cronjob *k, const struct cluster_job *j)
{
    if (j->finished >= 0 && succeeded(j))
        k->succeeded = RX_MAX(k->succeeded, j->now.completed);
}

static void delete_job(struct cluster *c, struct cluster_cronjob *k, struct cluster_job *j)
{
    const char *name = j->w.spec.name;

    take_active(k, name);
    cluster_workload_gone(c, &j->w);
    st_tell_event(c->store, &k->w.object, ST_EVENT_SUCCESSFUL_DELETE, "Deleted job %s", name);
}

/* Those beyond the limit of their history, the oldest first. */
static void prune(struct cluster *c, struct cluster_cronjob *k, bool success, int32_t kept)
{
    for (;;) {
        struct cluster_job *oldest = NULL;
        struct cluster_cron_old of_oldest = {0};
        int32_t count = 0;

        RX_LIST_EACH(l, &k->w.owned) {
            struct cluster_job *j = child_at(l);
            struct cluster_cron_old of = {j->now.started < 0 ? INT64_MAX : j->now.started,
                                          j->w.spec.name};

            if (j->finished < 0 || succeeded(j) != success)
                continue;
            count++;
            if (oldest == NULL || cluster_cron_older(&of, &of_oldest) < 0) {
                oldest = j;
                of_oldest = of;
            }
        }
        if (count <= kept)
            return;
        note_success(k, oldest);
        delete_job(c, k, oldest);
    }
}

static bool is_child(struct cluster_cronjob *k, const char *name)
{
    RX_LIST_EACH(l, &k->w.owned) {
        if (strcmp(child_at(l)->w.spec.name, name) == 0)
            return true;
    }
    return false;
}

static void note_children(struct cluster *c, struct cluster_cronjob *k)
{
    RX_LIST_EACH(l, &k->w.owned) {
        struct cluster_job *j = child_at(l);

        note_success(k, j);
        if (j->finished >= 0 && take_active(k, j->w.spec.name))
            st_tell_event(c->store, &k->w.object, ST_EVENT_SAW_COMPLETED,
                          "Saw completed job: %s, condition: %s", j->w.spec.name,
                          succeeded(j) ? "Complete" : "Failed");
    }
    for (uint32_t i = 0; i < k->actives;) {
        const char *name = k->active[i];

        if (is_child(k, name)) {
            i++;
            continue;
        }
        take_active(k, name);
        st_tell_event(c->store, &k->w.object, ST_EVENT_MISSING_JOB, "Active job went missing: %s",
                      name);
    }
}

/* ---- the next -------------------------------------------------------------------------------- */

static int room_for_active(struct cluster *c, struct cluster_cronjob *k)
{
    uint32_t room = k->actives_room > 0 ? 2 * k->actives_room : 4;
    const char **active;

    if (k->actives < k->actives_room)
        return 0;
    active = rx_mem_grow(c->world->mem, k->active, k->actives_room * sizeof(*active),
                         room * sizeof(*active));
    if (active == NULL)
        return -RX_ENOMEM;
    k->active = active;
    k->actives_room = room;
    return 0;
}

/* Its name says in which minute it was due, and its pods' suffixes come from its name. */
static int make_job(struct cluster *c, struct cluster_cronjob *k, int64_t due)
{
    const char *name = rx_arena_printf(&c->world->arena, "%s-%lld", k->w.spec.name,
                                       (long long)(due / 60));
    struct pod_workload_spec spec = {.kind = POD_WORKLOAD_JOB,
                                     .ns = k->w.spec.ns,
                                     .name = name,
                                     .template_ = k->w.spec.template_,
                                     .job = k->w.spec.job};
    struct pod_owner naming = {.kind = POD_WORKLOAD_JOB, .ns = spec.ns, .name = name};
    int rc = name != NULL ? room_for_active(c, k) : -RX_ENOMEM;
    struct cluster_workload *job;

    if (rc != 0)
        return rc;
    if (cluster_name_taken(c, POD_WORKLOAD_JOB, spec.ns, name))
        return 0; /* somebody has made it, who will know why */
    if (!cluster_admit_object(c, &(struct cluster_newcomer){.kind = ST_WORKLOAD,
                                                            .sub = POD_WORKLOAD_JOB,
                                                            .ns = spec.ns, .name = name})) {
        st_tell_event(c->store, &k->w.object, ST_EVENT_FAILED_CREATE, "Error creating job: %s",
                      c->why);
        return -RX_EFORBIDDEN;
    }
    naming.name_id = pod_hash_name(spec.ns, name) | 1ull << 63;
    job = cluster_dependent_add(c, &k->w, &spec, &naming);
    if (job == NULL)
        return -RX_ENOMEM;
    st_tell_object(c->store, &job->object, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    k->active[k->actives++] = name;
    st_tell_event(c->store, &k->w.object, ST_EVENT_SUCCESSFUL_CREATE, "Created job %s", name);
    return 0;
}

static void replace_active(struct cluster *c, struct cluster_cronjob *k)
{
    while (k->actives > 0) {
        struct cluster_workload *w =
            cluster_find(c, k->w.spec.ns, cluster_kind_name(POD_WORKLOAD_JOB), k->active[0]);

        if (w != NULL)
            delete_job(c, k, cluster_job_of(w));
        else
            take_active(k, k->active[0]);
    }
}

static int start_due(struct cluster *c, struct cluster_cronjob *k)
{
    const struct st_cron_spec *s = k->w.spec.cron;
    int64_t now = cluster_wall_ms(c);
    struct cluster_cron_state state = {
        .created = (c->world->epoch_ms + k->w.object.meta.created) / RX_MS_PER_S, .last = k->last};
    struct cluster_cron_due due = cluster_cron_due(s, &state, now);
    struct st_object *o = &k->w.object;
    int rc = 0;

    if (due.what == CLUSTER_CRON_INVALID) {
        st_tell_event(c->store, o, ST_EVENT_INVALID_SCHEDULE,
                      "invalid schedule: %s : time difference between two schedules is less than "
                      "1 second",
                      s->text);
        return 0;
    }
    if (due.too_many_missed)
        st_tell_event(c->store, o, ST_EVENT_TOO_MANY_MISSED,
                      "too many missed start times. Set or decrease "
                      ".spec.startingDeadlineSeconds or check clock skew");
    if (due.what == CLUSTER_CRON_DUE && s->concurrency == ST_CONCURRENT_FORBID && k->actives > 0) {
        st_tell_event(c->store, o, ST_EVENT_JOB_ACTIVE,
                      "Not starting job because prior execution is running and concurrency policy "
                      "is Forbid");
    } else if (due.what == CLUSTER_CRON_DUE) {
        if (s->concurrency == ST_CONCURRENT_REPLACE)
            replace_active(c, k);
        rc = make_job(c, k, due.at);
        if (rc == 0)
            k->last = state.last = due.at;
    }
    wake_at(c, k, cluster_cron_wake(s, &state, now));
    return rc;
}

/* ---- telling --------------------------------------------------------------------------------- */

static void tell_time(struct cluster *c, struct cluster_cronjob *k, enum st_field f, int64_t *told,
                      int64_t now)
{
    char text[2][RX_RFC3339_MAX] = {"", ""};

    if (*told == now)
        return;
    if (*told >= 0)
        rx_rfc3339(*told, 0, text[0]);
    if (now >= 0)
        rx_rfc3339(now, 0, text[1]);
    st_tell_text(c->store, &k->w.object, f, text[0], text[1], NULL);
    *told = now;
}

static void cron_announce(struct cluster *c, struct cluster_work *work)
{
    struct cluster_cronjob *k = cronjob_of(cluster_workload_at(work));

    if (k->told_active != k->actives)
        st_tell_number(c->store, &k->w.object, ST_FIELD_OF_ACTIVE, k->told_active, k->actives);
    k->told_active = k->actives;
    tell_time(c, k, ST_FIELD_OF_LAST_SCHEDULE, &k->told_last, k->last);
    tell_time(c, k, ST_FIELD_OF_LAST_SUCCESSFUL, &k->told_succeeded, k->succeeded);
}
