/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statefulset.c - the controller of StatefulSets: revisions, a view of the pods, the status of
 * that, the steps of rule_statefulset.h (pkg/controller/statefulset).
 *
 * The name of a pod says its ordinal, and the owner it was made by its revision. Another pod that
 * has the name already (of a set that was deleted, or released by its labels) is waited for with
 * the retries of the queue.
 */
#include "engine/cluster/statefulset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cluster/rule_replicaset.h"
#include "engine/cluster/storage.h"
#include "engine/reactor/err.h"
#include "engine/reactor/fit.h"

static struct cluster_stateful *stateful_of(struct cluster_workload *w)
{
    return rx_container_of(w, struct cluster_stateful, w);
}

/* ---- begin and end --------------------------------------------------------------------------- */

static bool is_named_already(struct cluster *c, const struct cluster_workload *w, uint32_t ordinal)
{
    char name[POD_NAME_MAX];

    pod_name_of(w->owner, ordinal, w->spec.template_, name);
    return cluster_find_pod(c, w->spec.ns, name) != NULL;
}

/* Those that the first sync would create for certain. */
static int create_first(struct cluster *c, struct cluster_stateful *s)
{
    const struct st_statefulset_spec *spec = s->w.spec.statefulset;
    uint32_t n = spec->parallel ? s->w.replicas : RX_MIN(s->w.replicas, 1u);
    struct cluster_made made;
    int rc;

    if (s->w.kept_count > 0 || cluster_may_refuse(c, s->w.spec.ns))
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        if (is_named_already(c, &s->w, (uint32_t)spec->start + i))
            return 0;
    }
    rc = cluster_create(c, &s->w, (uint32_t)spec->start, n, &made);
    if (rc != 0)
        return rc;
    cluster_made_free(c, &made);
    s->untold = n;
    return 0;
}

int cluster_stateful_begin(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_stateful *s = stateful_of(w);
    int rc;

    s->current = s->update = cluster_history_note(c, &s->history, w);
    rc = s->update != NULL ? create_first(c, s) : -RX_ENOMEM;
    if (rc != 0)
        cluster_history_end(c, &s->history);
    return rc;
}

void cluster_stateful_end(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_stateful *s = stateful_of(w);
    const struct rx_mem *mem = c->world->mem;

    cluster_history_end(c, &s->history);
    rx_mem_free(mem, s->pod, s->pods_room * sizeof(*s->pod));
    rx_mem_free(mem, s->pod_at, s->pods_room * sizeof(struct pod *));
    rx_mem_free(mem, s->step, s->steps_room * sizeof(*s->step));
}

void cluster_stateful_gone(struct cluster *c, struct cluster_workload *w)
{
    cluster_history_gone(c, &stateful_of(w)->history);
    if (stateful_of(w)->policed)
        cluster_claims_of_set_gone(c, w->object.meta.serial);
}

/* ---- room ------------------------------------------------------------------------------------ */

static int room_for_pods(struct cluster *c, struct cluster_stateful *s, uint32_t pods)
{
    uint32_t room = RX_MAX(2 * s->pods_room, pods);
    const struct rx_mem *mem = c->world->mem;
    struct cluster_stateful_pod *more;
    struct pod **at;

    if (pods <= s->pods_room)
        return 0;
    more = rx_mem_alloc(mem, room * sizeof(*more));
    at = rx_mem_alloc(mem, room * sizeof(struct pod *));
    if (more == NULL || at == NULL) {
        rx_mem_free(mem, more, more != NULL ? room * sizeof(*more) : 0);
        rx_mem_free(mem, at, at != NULL ? room * sizeof(struct pod *) : 0);
        return -RX_ENOMEM;
    }
    rx_mem_free(mem, s->pod, s->pods_room * sizeof(*more));
    rx_mem_free(mem, s->pod_at, s->pods_room * sizeof(struct pod *));
    s->pod = more;
    s->pod_at = at;
    s->pods_room = room;
    return 0;
}

static int make_room(struct cluster *c, struct cluster_stateful *s)
{
    uint32_t pods = cluster_active(&s->w) + s->w.counts[CLUSTER_TERMINATING] +
                    s->w.counts[CLUSTER_OVER];
    uint32_t steps = pods + RX_MIN(s->w.replicas, (uint32_t)CLUSTER_BURST) + 1;
    struct cluster_stateful_step *more;
    int rc = room_for_pods(c, s, pods);

    if (rc != 0 || steps <= s->steps_room)
        return rc;
    steps = RX_MAX(2 * s->steps_room, steps);
    more = rx_mem_grow(c->world->mem, s->step, s->steps_room * sizeof(*more),
                       steps * sizeof(*more));
    if (more == NULL)
        return -RX_ENOMEM;
    s->step = more;
    s->steps_room = steps;
    return 0;
}

/* ---- the view -------------------------------------------------------------------------------- */

/* One that was adopted has it in its name only. */
static uint32_t ordinal_of(const struct pod *p)
{
    char name[POD_NAME_MAX];
    unsigned long n;

    if (!p->strange)
        return p->ordinal;
    n = strtoul(strrchr(pod_name(p, name), '-') + 1, NULL, 10);
    return (uint32_t)RX_MIN(n, (unsigned long)UINT32_MAX);
}

static int64_t available_s(const struct cluster_stateful *s, const struct pod *p)
{
    return (int64_t)p->ready_s + s->w.spec.min_ready_s;
}

static struct cluster_stateful_pod look_at(const struct cluster *c,
                                           const struct cluster_stateful *s, const struct pod *p)
{
    const struct cluster_template *t = cluster_history_of(&s->history, p);
    bool ready = p->phase == POD_PHASE_RUNNING && p->conditions >> POD_COND_READY & 1;

    return (struct cluster_stateful_pod){
        .ordinal = ordinal_of(p),
        .revision = t != NULL ? t->id : 0,
        .deleting = pod_is_deleting(p),
        .over = pod_phase_terminal((enum pod_phase)p->phase),
        .ready = ready,
        .available = ready && available_s(s, p) <= cluster_now_s(c),
    };
}

/* By ordinal; adopted ones come last, and find their places. */
static void put(struct cluster_stateful *s, uint32_t count, struct cluster_stateful_pod is,
                struct pod *p)
{
    uint32_t at = count;

    for (; at > 0 && s->pod[at - 1].ordinal > is.ordinal; at--) {
        s->pod[at] = s->pod[at - 1];
        s->pod_at[at] = s->pod_at[at - 1];
    }
    s->pod[at] = is;
    s->pod_at[at] = p;
}

static struct cluster_stateful_view gather(struct cluster *c, struct cluster_stateful *s)
{
    const struct st_statefulset_spec *spec = s->w.spec.statefulset;
    struct cluster_stateful_view v = {
        .start = (uint32_t)spec->start,
        .replicas = s->w.replicas,
        .partition = (uint32_t)spec->partition,
        .parallel = spec->parallel,
        .on_delete = spec->on_delete,
        .has_partition = spec->has_partition,
        .deleting = s->w.ending,
        .current = s->current->id,
        .update = s->update->id,
        .current_replicas = s->status.current,
        .pod = s->pod,
        .most = CLUSTER_BURST,
    };
    int64_t next_s = INT64_MAX;
    uint32_t cursor = 0;
    struct pod *p;

    while ((p = cluster_pod_next(c, &s->w, &cursor)) != NULL) {
        struct cluster_stateful_pod is = look_at(c, s, p);

        put(s, v.count++, is, p);
        if (is.ready && !is.available)
            next_s = RX_MIN(next_s, available_s(s, p));
    }
    if (next_s != INT64_MAX)
        cluster_wake(c, &s->w.work, next_s * RX_MS_PER_S);
    return v;
}

/* ---- claims ---------------------------------------------------------------------------------- */

/* Longer than any volume's and pod's name. */
enum { CLAIM_NAME_MAX = 2 * POD_NAME_MAX };

static const char *claim_name(const struct cluster_stateful *s, uint32_t claim, uint32_t ordinal,
                              char out[CLAIM_NAME_MAX])
{
    snprintf(out, CLAIM_NAME_MAX, "%s-%s-%u", s->w.spec.statefulset->claim[claim], s->w.spec.name,
             ordinal);
    return out;
}

/* What c->why says is told, and added to what is said of the pod: "[a, b]" if there are several. */
static void tell_refused_claim(struct cluster *c, struct cluster_stateful *s, const char *claim,
                               const char *pod, struct rx_fit *all, uint32_t before)
{
    st_tell_event(c->store, &s->w.object, ST_EVENT_FAILED_CREATE,
                  "Create Claim %s for Pod %s in StatefulSet %s failed error: %s", claim, pod,
                  s->w.spec.name, c->why);
    if (before == 1 && all->len < all->room) {
        memmove(all->at + 1, all->at, all->len);
        all->at[0] = '[';
        all->len++;
    }
    rx_fit_str(all, before > 0 ? ", failed to create PVC " : "failed to create PVC ");
    rx_fit_str(all, claim);
    rx_fit_str(all, ": ");
    rx_fit_str(all, c->why);
}

static int make_claims(struct cluster *c, struct cluster_stateful *s, uint32_t ordinal,
                       const char *pod, char why[CLUSTER_WHY_MAX])
{
    struct rx_fit all = {.at = why, .room = CLUSTER_WHY_MAX - 1};
    uint32_t refused = 0;
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < s->w.spec.statefulset->claims; i++) {
        char name[CLAIM_NAME_MAX];
        bool created;

        rc = cluster_claim_make(c, s->w.spec.ns, claim_name(s, i, ordinal, name),
                                &s->w.spec.statefulset->claim_spec[i], &created);
        if (rc == -RX_ESTATE)
            snprintf(why, CLUSTER_WHY_MAX, "pvc %.480s is being deleted", name);
        else if (rc == 0 && created)
            st_tell_event(c->store, &s->w.object, ST_EVENT_SUCCESSFUL_CREATE,
                          "Create Claim %s Pod %s in StatefulSet %s success", name, pod,
                          s->w.spec.name);
        if (rc == -RX_EFORBIDDEN) { /* the others are tried, too */
            tell_refused_claim(c, s, name, pod, &all, refused++);
            rc = 0;
        }
    }
    if (refused > 1)
        rx_fit_str(&all, "]");
    if (refused > 0)
        why[all.len] = '\0';
    return rc == 0 && refused > 0 ? -RX_EFORBIDDEN : rc;
}

/* Whose the claims of its pods are, by persistentVolumeClaimRetentionPolicy. */
static int give_claims(struct cluster *c, struct cluster_stateful *s,
                       const struct cluster_stateful_view *v)
{
    const struct st_statefulset_spec *spec = s->w.spec.statefulset;
    bool policed = spec->deleted_with_set || spec->deleted_with_pod;
    int rc = 0;

    if (spec->claims == 0 || (!policed && !s->policed))
        return 0;
    s->policed = policed;
    for (uint32_t i = 0; rc == 0 && i < v->count * spec->claims; i++) {
        const struct pod *p = s->pod_at[i / spec->claims];
        uint32_t ordinal = v->pod[i / spec->claims].ordinal;
        bool condemned = ordinal < v->start || ordinal - v->start >= v->replicas,
             with_pod = spec->deleted_with_pod && condemned;
        char name[CLAIM_NAME_MAX];

        rc = cluster_claim_belongs(
            c, s->w.spec.ns, claim_name(s, i % spec->claims, ordinal, name),
            spec->deleted_with_set && !with_pod ? s->w.object.meta.serial : 0,
            with_pod ? p->id : 0);
    }
    return rc;
}

/* ---- what is done ---------------------------------------------------------------------------- */

static void tell_created(struct cluster *c, struct cluster_stateful *s, const char *pod)
{
    st_tell_event(c->store, &s->w.object, ST_EVENT_SUCCESSFUL_CREATE,
                  "Create Pod %s in StatefulSet %s successful", pod, s->w.spec.name);
}

static int tell_first(struct cluster *c, struct cluster_stateful *s)
{
    char name[POD_NAME_MAX], why[CLUSTER_WHY_MAX];
    int rc = 0;

    for (uint32_t i = 0; rc != -RX_ENOMEM && i < s->untold; i++) {
        uint32_t ordinal = (uint32_t)s->w.spec.statefulset->start + i;

        pod_name_of(s->w.owner, ordinal, s->w.spec.template_, name);
        rc = make_claims(c, s, ordinal, name, why);
        tell_created(c, s, name);
    }
    s->untold = 0;
    return rc;
}

static int refused(struct cluster *c, struct cluster_stateful *s, const char *pod, const char *why,
                   int rc)
{
    if (rc != -RX_ENOMEM)
        st_tell_event(c->store, &s->w.object, ST_EVENT_FAILED_CREATE,
                      "Create Pod %s in StatefulSet %s failed error: %s", pod, s->w.spec.name, why);
    return rc;
}

static const struct cluster_template *template_with(const struct cluster_stateful *s, uint32_t id)
{
    return id == s->current->id ? s->current : s->update;
}

static int create_pod(struct cluster *c, struct cluster_stateful *s,
                      const struct cluster_stateful_step *step)
{
    const struct cluster_template *t = template_with(s, step->revision);
    const struct pod_owner *owner = s->w.owner;
    struct pod_template *tmpl = s->w.tmpl;
    char name[POD_NAME_MAX], why[CLUSTER_WHY_MAX];
    int rc;

    if (rx_loop_now(c->world->loop) < s->w.not_before) {
        cluster_wake(c, &s->w.work, s->w.not_before);
        return 0;
    }
    pod_name_of(t->owner, step->ordinal, t->spec, name);
    if (cluster_find_pod(c, s->w.spec.ns, name) != NULL)
        return -RX_EEXISTS;
    rc = make_claims(c, s, step->ordinal, name, why);
    if (rc != 0)
        return refused(c, s, name, why, rc);
    s->w.owner = t->owner;
    s->w.tmpl = t->tmpl;
    rc = cluster_pods_reserve(c, &s->w, 1);
    if (rc == 0)
        rc = cluster_pod_add(c, &s->w, step->ordinal, why);
    s->w.owner = owner;
    s->w.tmpl = tmpl;
    if (rc != 0)
        return refused(c, s, name, why, rc);
    tell_created(c, s, name);
    return 0;
}

static struct pod *pod_with(const struct cluster_stateful *s, uint32_t count, uint32_t ordinal)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (s->pod[middle].ordinal < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return s->pod_at[low];
}

static void delete_pod(struct cluster *c, struct cluster_stateful *s, struct pod *p)
{
    static const struct pod_delete_request request = {.given = false};
    rx_ms not_before = s->w.not_before;
    char name[POD_NAME_MAX];

    st_tell_event(c->store, &s->w.object, ST_EVENT_SUCCESSFUL_DELETE,
                  "Delete Pod %s in StatefulSet %s successful", pod_name(p, name), s->w.spec.name);
    pod_delete(p, &request);
    s->w.not_before = not_before; /* its own deletions do not slow it down */
}

/* After one that has failed those of its batch are tried, and no later ones. */
static int carry_out(struct cluster *c, struct cluster_stateful *s,
                     const struct cluster_stateful_view *v, uint32_t steps)
{
    int error = 0;

    for (uint32_t i = 0; i < steps; i++) {
        const struct cluster_stateful_step *step = &s->step[i];
        int rc = 0;

        if (error != 0 && step->batch != step[-1].batch)
            break;
        if (step->act == CLUSTER_STATEFUL_CREATE)
            rc = create_pod(c, s, step);
        else if (step->act == CLUSTER_STATEFUL_DELETE)
            delete_pod(c, s, pod_with(s, v->count, step->ordinal));
        error = error != 0 ? error : rc;
    }
    return error;
}

/* ---- a sync ---------------------------------------------------------------------------------- */

static void tell_revision(struct cluster *c, struct cluster_stateful *s, enum st_field f,
                          char told[POD_NAME_MAX], const char *is)
{
    if (strcmp(told, is) != 0)
        st_tell_text(c->store, &s->w.object, f, told, is, NULL);
    snprintf(told, POD_NAME_MAX, "%s", is);
}

static void announce_stateful(struct cluster *c, struct cluster_work *work)
{
    static const struct cluster_counter row[] = {
        {ST_FIELD_OF_SPEC_REPLICAS, offsetof(struct cluster_stateful_counts, spec)},
        {ST_FIELD_OF_REPLICAS, offsetof(struct cluster_stateful_counts, replicas)},
        {ST_FIELD_OF_READY_REPLICAS, offsetof(struct cluster_stateful_counts, ready)},
        {ST_FIELD_OF_AVAILABLE_REPLICAS, offsetof(struct cluster_stateful_counts, available)},
        {ST_FIELD_OF_CURRENT_REPLICAS, offsetof(struct cluster_stateful_counts, current)},
        {ST_FIELD_OF_UPDATED_REPLICAS, offsetof(struct cluster_stateful_counts, updated)},
    };
    struct cluster_stateful *s = stateful_of(cluster_workload_at(work));

    cluster_tell_counters(c, &s->w.object, row, RX_ARRAY_LEN(row), &s->now, &s->told);
    if (s->history.count == 0) /* it is gone */
        return;
    tell_revision(c, s, ST_FIELD_OF_CURRENT_REVISION, s->current_told, s->current->name);
    tell_revision(c, s, ST_FIELD_OF_UPDATE_REVISION, s->update_told, s->update->name);
}

static void note_status(struct cluster *c, struct cluster_stateful *s,
                        const struct cluster_stateful_view *v)
{
    s->status = cluster_stateful_count(v);
    if (s->status.complete)
        s->current = s->update;
    s->now = (struct cluster_stateful_counts){
        .spec = s->w.replicas,
        .replicas = s->status.replicas,
        .ready = s->status.ready,
        .available = s->status.available,
        .current = s->status.current,
        .updated = s->status.updated,
    };
    cluster_announce(c, &s->w.work);
}

struct users {
    const struct cluster_stateful *set;
    const struct cluster_stateful_view *view;
};

static bool in_use(const void *ctx, const struct cluster_template *t)
{
    const struct users *u = ctx;

    if (t == u->set->current || t == u->set->update)
        return true;
    for (uint32_t i = 0; i < u->view->count; i++) {
        if (u->view->pod[i].revision == t->id)
            return true;
    }
    return false;
}

static int sync_stateful(struct cluster *c, struct cluster_work *work)
{
    struct cluster_stateful *s = stateful_of(cluster_workload_at(work));
    struct cluster_stateful_view v;
    struct users users = {s, &v};
    uint32_t steps;
    int rc = make_room(c, s);

    if (rc != 0)
        return rc;
    s->update = cluster_history_note(c, &s->history, &s->w);
    if (s->update == NULL)
        return -RX_ENOMEM;
    cluster_history_tell(c, &s->history);
    rc = tell_first(c, s);
    if (rc == -RX_ENOMEM)
        return rc;
    v = gather(c, s);
    rc = give_claims(c, s, &v);
    if (rc != 0)
        return rc;
    steps = cluster_stateful_plan(&v, s->step);
    note_status(c, s, &v);
    rc = carry_out(c, s, &v, steps);
    cluster_history_prune(c, &s->history, (uint32_t)s->w.spec.statefulset->history, in_use, &users);
    return rc;
}

const struct cluster_worker cluster_stateful_worker = {CLUSTER_RANK_SET, CLUSTER_RETRY_SET,
                                                       sync_stateful, announce_stateful};
