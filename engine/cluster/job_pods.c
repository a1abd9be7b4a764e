/* SPDX-License-Identifier: Apache-2.0 */
/* job_pods.c - what a Job knows of its pods. */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/claim.h"
#include "engine/cluster/job.h"
#include "engine/cluster/rule_pod_failure.h"
#include "engine/reactor/err.h"

enum { FAILURE_TEXT = 1024 };

/* ---- room ------------------------------------------------------------------------------------ */

/* Grows an array, zeroed, at least doubling it. */
static int grow(struct cluster *c, void *array, uint32_t *room, uint32_t wanted, size_t size)
{
    uint32_t larger = RX_MAX(wanted, *room > 0 ? 2 * *room : 4);
    void *old, *new;

    if (wanted <= *room)
        return 0;
    memcpy(&old, array, sizeof(old));
    new = rx_mem_grow(c->world->mem, old, *room * size, larger * size);
    if (new == NULL)
        return -RX_ENOMEM;
    memset((char *)new + *room * size, 0, (larger - *room) * size);
    memcpy(array, &new, sizeof(new));
    *room = larger;
    return 0;
}

int cluster_job_room(struct cluster *c, struct cluster_job *j, uint32_t more)
{
    uint32_t pods = j->pods + more;
    int rc = grow(c, &j->pod, &j->pods_room, pods, sizeof(*j->pod));

    if (rc == 0)
        rc = grow(c, &j->place, &j->places_room, j->w.ordinals + more, sizeof(*j->place));
    /* A pod fails when nothing may be allocated. */
    if (rc == 0 && cluster_job_spec(j)->failure_count > 0)
        rc = grow(c, &j->failure, &j->failure_room, FAILURE_TEXT, sizeof(*j->failure));
    if (rc != 0 || !cluster_job_spec(j)->indexed)
        return rc;
    /* One range for each pod that may end, and one more. */
    rc = grow(c, &j->busy, &j->busy_room, pods + 1, sizeof(*j->busy));
    if (rc == 0)
        rc = grow(c, &j->completed.range, &j->completed.room, j->completed.count + pods + 1,
                  sizeof(*j->completed.range));
    if (rc == 0)
        rc = grow(c, &j->failed_indexes.range, &j->failed_indexes.room,
                  j->failed_indexes.count + pods + 1, sizeof(*j->failed_indexes.range));
    return rc;
}

/* ---- views ----------------------------------------------------------------------------------- */

struct cluster_job_pod *cluster_job_note(struct cluster_job *j, const struct pod *p)
{
    struct cluster_job_pod *v = &j->pod[j->pods++];
    static const struct pod_owner nobody = {.indexed = false};
    const struct pod_owner *o = p->owner != NULL ? p->owner : &nobody;

    *v = (struct cluster_job_pod){.id = p->id,
                                  .ordinal = p->ordinal,
                                  .phase = POD_PHASE_PENDING,
                                  .action = ST_FAILURE_COUNT,
                                  .index = o->indexed ? (int32_t)o->index : -1,
                                  .failures = o->failures,
                                  .ignored = o->ignored};
    v->adopted = p->strange;
    if (!v->adopted)
        j->place[p->ordinal] = j->pods;
    return v;
}

void cluster_job_forget(struct cluster_job *j)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < j->pods; i++) {
        const struct cluster_job_pod *v = &j->pod[i];

        if (v->counted && (v->gone || pod_phase_terminal(v->phase))) {
            if (!v->adopted)
                j->place[v->ordinal] = 0;
            continue;
        }
        j->pod[kept++] = *v;
        if (!v->adopted)
            j->place[v->ordinal] = kept;
    }
    j->pods = kept;
}

static bool is_sidecar_or_main(const struct pod_container_spec *s)
{
    return s->kind != POD_INIT;
}

/* When the last of its containers ended, in milliseconds of the run; -1: they have not all. */
static rx_ms containers_ended(struct pod *p)
{
    rx_ms latest = -1;

    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *k = pod_container_at(p, i);

        if (!is_sidecar_or_main(pod_container_spec_of(k)))
            continue;
        if (k->pub_state != POD_TERMINATED || !k->cur.valid)
            return -1;
        latest = RX_MAX(latest, k->cur.finished);
    }
    return latest;
}

/* The second of its end, as far as its status tells it. */
static int64_t end_of(const struct cluster *c, struct pod *p)
{
    rx_ms at = containers_ended(p);

    if (at < 0 && pod_on_node(p) && !(p->conditions >> POD_COND_READY & 1))
        at = (rx_ms)p->ready_s * RX_MS_PER_S;
    if (at < 0)
        at = pod_is_deleting(p) ? p->deleted_at : p->created_at;
    return (c->world->epoch_ms + at) / RX_MS_PER_S;
}

static uint32_t restarts_of(struct pod *p)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *k = pod_container_at(p, i);

        n += k->restarts - k->untold;
    }
    return n;
}

/* ---- the policy ------------------------------------------------------------------------------ */

static uint32_t put_ended(struct pod *p, bool inits, struct cluster_ended_container *out)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *k = pod_container_at(p, i);
        const struct pod_container_spec *s = pod_container_spec_of(k);

        if ((s->kind == POD_MAIN) == inits)
            continue;
        out[n++] = (struct cluster_ended_container){
            s->name, k->pub_state == POD_TERMINATED && k->cur.valid, k->cur.exit_code};
    }
    return n;
}

/* What the policy says of it; kept, with the message of the first pod that fails the Job. */
static void match(struct cluster_job *j, struct pod *p, struct cluster_job_pod *v)
{
    struct cluster_ended_container container[POD_CONTAINERS_MAX];
    struct cluster_pod_condition condition[POD_CONDITIONS];
    char name[POD_NAME_MAX];
    struct cluster_failed_pod pod = {.ns = j->w.spec.ns,
                                     .name = pod_name(p, name),
                                     .container = container,
                                     .condition = condition};
    struct cluster_failure_match m;
    struct rx_fit fit = {.at = j->failure, .room = FAILURE_TEXT - 1};

    pod.containers = put_ended(p, false, container);
    pod.containers += put_ended(p, true, container + pod.containers);
    for (int k = 0; k < POD_CONDITIONS; k++) {
        if (pod_condition_listed(p, (enum pod_condition)k))
            condition[pod.conditions++] = (struct cluster_pod_condition){
                pod_condition_name((enum pod_condition)k),
                p->conditions >> k & 1 ? "True" : "False"};
    }
    m = cluster_failure_match(cluster_job_spec(j), &pod);
    v->action = m.action;
    v->policy_fails = m.rule >= 0 && m.action == ST_FAILURE_FAIL_JOB;
    if (!v->policy_fails || j->message != NULL)
        return;
    cluster_failure_text(&m, cluster_job_spec(j), &pod, &fit);
    j->failure[fit.len] = '\0';
    j->message = j->failure;
}

static void look(struct cluster *c, struct cluster_job *j, struct pod *p,
                 struct cluster_job_pod *v)
{
    const struct st_job_spec *job = cluster_job_spec(j);

    v->phase = (enum pod_phase)p->phase;
    v->gone = pod_is_gone(p);
    v->deleting = pod_is_deleting(p) || v->gone;
    v->ready = p->conditions >> POD_COND_READY & 1;
    v->restarts = restarts_of(p);
    /* The object of a real one would wait for its end, and to be counted. */
    if (v->gone && job->replace_failed && !pod_phase_terminal(v->phase))
        v->phase = POD_PHASE_FAILED;
    if (v->phase == POD_PHASE_SUCCEEDED || cluster_job_pod_failed(job, v)) {
        v->ended = end_of(c, p);
        if (job->failure_count > 0 && v->phase == POD_PHASE_FAILED)
            match(j, p, v);
    }
}

/* Where it is looked at; NULL: it is not. */
static struct cluster_job_pod *view_of(struct cluster_job *j, const struct pod *p)
{
    uint32_t place = p->ordinal < j->places_room ? j->place[p->ordinal] : 0, i = 0;

    if (place > 0 && j->pod[place - 1].id == p->id)
        return &j->pod[place - 1];
    while (p->strange && i < j->pods && j->pod[i].id != p->id)
        i++;
    return p->strange && i < j->pods ? &j->pod[i] : NULL;
}

/* One that it has adopted counts from then on, and one that it has released for nothing. */
void cluster_job_changed(struct cluster *c, struct cluster_workload *w, struct pod *p)
{
    struct cluster_job *j = cluster_job_of(w);
    bool mine = pod_is_gone(p) || cluster_owner_of(c, p) == w;
    struct cluster_job_pod *v = view_of(j, p);

    if (v == NULL && mine && !pod_is_deleting(p) &&
        !pod_phase_terminal((enum pod_phase)p->phase) && cluster_job_room(c, j, 1) == 0)
        v = cluster_job_note(j, p);
    if (v == NULL)
        return;
    if (v->released)
        v->released = v->counted = false;
    look(c, j, p, v);
    if (!mine)
        v->gone = v->deleting = v->counted = v->released = true;
    cluster_dirty_in(c, &w->work, c->world->knobs.job_batch_ms);
}
