/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.c - scripted actions: one timer, the next step; all steps of an instant in their order.
 */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/cronjob.h"
#include "engine/cluster/job.h"
#include "engine/cluster/node.h"
#include "engine/reactor/civil.h"
#include "engine/reactor/err.h"

static struct cluster_step *step_of(const struct pod_step *s)
{
    return rx_container_of((struct pod_step *)(uintptr_t)s, struct cluster_step, spec);
}

/* ---- on pods --------------------------------------------------------------------------------- */

static uint32_t container_index(const struct pod *p, const char *name)
{
    const struct pod_spec *spec = pod_spec_of(p);
    uint32_t i = spec->init_count;

    if (name == NULL)
        return i;
    for (i = 0; i < spec->container_count && strcmp(spec->container[i].name, name) != 0; i++) {
    }
    return i;
}

static void kill_process(struct pod *p, const struct pod_step *s, struct cluster_refusal *r)
{
    uint32_t i = container_index(p, s->container);

    if (i == pod_spec_of(p)->container_count)
        cluster_refuse(r, "NotFound", "container \"%s\" not found in pod \"%s\"", s->container,
                       s->object_name);
    else if (pod_kill(p, i, s->signal) != 0)
        cluster_refuse(r, "Conflict", "container \"%s\" of pod \"%s\" is not running",
                       pod_spec_of(p)->container[i].name, s->object_name);
}

static void set_condition(struct pod *p, const struct pod_step *s, struct cluster_refusal *r)
{
    const struct pod_spec *spec = pod_spec_of(p);

    for (uint32_t i = 0; i < spec->gate_count; i++) {
        if (strcmp(spec->gate[i], s->type) == 0) {
            pod_set_gate(p, i, strcmp(s->status, "True") == 0);
            return;
        }
    }
    cluster_refuse(r, "Invalid", "pod \"%s\" has no readiness gate \"%s\"", s->object_name,
                   s->type);
}

static bool takes_away(const struct pod_step *s)
{
    return s->kind == POD_STEP_DELETE || s->kind == POD_STEP_EVICT || s->kind == POD_STEP_FAIL ||
           s->kind == POD_STEP_EVICT_API;
}

/* Has the step come after the pod? Then no shard could foresee it. */
static bool is_late(const struct pod_step *s, const struct pod *p)
{
    return step_of(s)->object.meta.created > p->created_at;
}

/* Its own shard does it. Here it is only noted that the pod is not active any more. */
static void on_foreign_pod(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    uint64_t *pod = cluster_find_foreign(c, s->ns, s->object_name);
    bool numbered = strchr(s->object_name, '#') != NULL;

    if (numbered && c->divides)
        cluster_refuse(r, "Forbidden", "\"%s\": a share of the pods does not know which one that "
                       "is: say its name", s->object_name);
    else if (pod == NULL)
        cluster_refuse_missing(r, "pod", s->object_name);
    else if (takes_away(s))
        *pod = CLUSTER_FOREIGN_TAKEN;
}

static void end_pod(struct pod *p, const struct pod_step *s, struct cluster_refusal *r)
{
    int rc = s->kind == POD_STEP_EVICT ? pod_evict(p, POD_STATUS_EVICTED, false)
                                       : pod_evict(p, POD_STATUS_NONE, true);

    if (rc != 0)
        cluster_refuse(r, "Conflict", "pod \"%s\" is over already", s->object_name);
}

/* By its name, or by that of a workload that has one. NULL: it is refused, or another shard's. */
static struct pod *pod_of(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    struct pod *p = cluster_find_pod(c, s->ns, s->object_name);
    uint32_t count = 0;

    if (p == NULL && !c->divides && strchr(s->object_name, '#') == NULL)
        p = cluster_pod_of(c, s->ns, s->object_name, strlen(s->object_name), 0, &count);
    if (count > 1) {
        cluster_refuse(r, "Invalid", "\"%s\" has %u pods: say %s#0, ... or their names",
                       s->object_name, count, s->object_name);
        return NULL;
    }
    if (p == NULL)
        on_foreign_pod(c, s, r);
    return p;
}

static void on_pod(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    struct pod_delete_request request = {
        .given = s->grace_s >= 0,
        .grace_s = s->grace_s,
        .force = s->force,
    };
    struct pod *p = pod_of(c, s, r);

    if (p == NULL)
        return;
    if (takes_away(s) && is_late(s, p))
        pod_foreign_taken(p);
    switch (s->kind) {
    case POD_STEP_DELETE:
        pod_delete(p, &request);
        break;
    case POD_STEP_EVICT_API:
        cluster_evict_pod(c, p, &request, r);
        break;
    case POD_STEP_KILL:
        kill_process(p, s, r);
        break;
    case POD_STEP_EVICT:
    case POD_STEP_FAIL:
        end_pod(p, s, r);
        break;
    case POD_STEP_SET_LABEL:
        if (cluster_relabel(c, p, &s->labels) != 0)
            cluster_refuse(r, "InternalError", "%s", rx_err_text(-RX_ENOMEM));
        break;
    default:
        set_condition(p, s, r);
        break;
    }
}

/* ---- on workloads ---------------------------------------------------------------------------- */

static bool is_workload(const struct pod_step *s)
{
    for (int k = 0; k < POD_WORKLOAD_KINDS; k++) {
        if (strcmp(cluster_kind_name((enum pod_workload_kind)k), s->object_kind) == 0)
            return true;
    }
    return false;
}

/* NULL: it is refused. */
static struct cluster_workload *workload_of(struct cluster *c, const struct pod_step *s,
                                            struct cluster_refusal *r)
{
    struct cluster_workload *w = cluster_find(c, s->ns, s->object_kind, s->object_name);

    if (w == NULL)
        cluster_refuse_missing(r, s->object_kind, s->object_name);
    return w;
}

static void delete_object(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    static const struct pod_delete_request request = {.given = false};
    struct cluster_workload *w;

    if (strcmp(s->object_kind, "pod") == 0) {
        on_pod(c, s, r);
    } else if (!is_workload(s)) {
        c->host.remove(c->host.ctx, s, r);
    } else {
        w = workload_of(c, s, r);
        if (w != NULL)
            cluster_delete(c, w, &request, (enum cluster_cascade)s->cascade);
    }
}

static void scale(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    struct cluster_workload *w = workload_of(c, s, r);

    if (w == NULL)
        return;
    switch (cluster_scale(c, w, (uint32_t)s->replicas)) {
    case 0:
        break;
    case -RX_ESTATE:
        cluster_refuse(r, "Forbidden",
                       "its pods are divided among shards: have the step in a file that is loaded "
                       "from the start");
        break;
    case -RX_ELIMIT:
        cluster_refuse(r, "Forbidden", "podring has no room for more than %u pods (pods_max)",
                       c->pods_max);
        break;
    default:
        cluster_refuse(r, "Invalid", "a %s cannot be scaled", s->object_kind);
        break;
    }
}

static void set_image(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    int rc = cluster_set_image(c, s->ns, s->object_kind, s->object_name, s->container, s->image);

    if (rc == -RX_ENOTFOUND && s->container != NULL &&
        (cluster_find(c, s->ns, s->object_kind, s->object_name) != NULL ||
         cluster_find_pod(c, s->ns, s->object_name) != NULL))
        cluster_refuse(r, "NotFound", "unable to find container named \"%s\"", s->container);
    else if (rc == -RX_ENOTFOUND)
        cluster_refuse_missing(r, s->object_kind, s->object_name);
    else if (rc == -RX_EUNSUPPORTED)
        cluster_refuse(r, "Invalid", "job \"%s\" is invalid: spec.template: field is immutable",
                       s->object_name);
    else if (rc != 0)
        cluster_refuse(r, "Forbidden", "%s", rx_err_text(rc));
}

static void suspend(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    struct cluster_workload *w = workload_of(c, s, r);
    int rc;

    if (w == NULL || !w->controlled)
        return; /* its own shard does it */
    if (w->spec.kind == POD_WORKLOAD_JOB)
        rc = cluster_job_suspend(c, w, s->kind == POD_STEP_SUSPEND);
    else
        rc = cluster_cronjob_suspend(c, w, s->kind == POD_STEP_SUSPEND);
    if (rc != 0)
        cluster_refuse(r, "InternalError", "%s", rx_err_text(rc));
}

/* ---- rollouts -------------------------------------------------------------------------------- */

static void patch(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    c->host.patch(c->host.ctx, s, s->patch, r);
}

static void pause_rollout(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    struct cluster_workload *w = workload_of(c, s, r);
    bool pauses = s->kind == POD_STEP_PAUSE_ROLLOUT;

    if (w == NULL)
        return;
    if (w->spec.deployment->paused == pauses)
        cluster_refuse(r, "Invalid", "deployments.apps \"%s\" is %s", s->object_name,
                       pauses ? "already paused" : "not paused");
    else
        c->host.patch(c->host.ctx, s, pauses ? "{\"spec\":{\"paused\":true}}"
                                             : "{\"spec\":{\"paused\":false}}", r);
}

static void restart_rollout(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    struct cluster_workload *w = workload_of(c, s, r);
    int64_t now_ms = c->world->epoch_ms + rx_loop_now(c->world->loop);
    char at[RX_RFC3339_MAX], text[256];

    if (w == NULL)
        return;
    if (w->spec.deployment != NULL && w->spec.deployment->paused) {
        cluster_refuse(r, "Invalid", "can't restart paused deployment (run rollout resume first)");
        return;
    }
    rx_rfc3339(now_ms / RX_MS_PER_S, 0, at);
    snprintf(text, sizeof(text), "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{"
             "\"kubectl.kubernetes.io/restartedAt\":\"%s\"}}}}}", at);
    c->host.patch(c->host.ctx, s, text, r);
}

static void undo(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    struct cluster_workload *w = workload_of(c, s, r);
    struct cluster_rollback to;

    if (w == NULL)
        return;
    if (!w->controlled)
        cluster_refuse(r, "Invalid", "a %s has no history here", s->object_kind);
    else if (cluster_rollback_of(w, (uint64_t)s->revision, &to, r))
        c->host.undo(c->host.ctx, s, &to, r);
}

/* ---- on others ------------------------------------------------------------------------------- */

static void reboot(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    (void)s;
    (void)r;
    cluster_reboot(c);
}

static void apply(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    int rc = c->host.apply(c->host.ctx, s);

    if (rc != 0)
        cluster_refuse(r, "Invalid", "%s: %s", s->path, rx_err_text(rc));
}

static void on_node(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    const char *problem = cluster_node_step(c, s);

    if (cluster_node_find(c, s->object_name) == NULL)
        cluster_refuse_missing(r, "node", s->object_name);
    else if (problem != NULL)
        cluster_refuse(r, "Invalid", "node \"%s\": %s", s->object_name, problem);
}

static void pause(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    (void)r;
    cluster_pause(c, rx_loop_now(c->world->loop) + s->for_ms);
}

static void set_label(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    if (strcmp(s->object_kind, "node") == 0)
        on_node(c, s, r);
    else
        on_pod(c, s, r);
}

typedef void step_fn(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r);

static step_fn *const steps[POD_STEP_KINDS] = {
    [POD_STEP_DELETE] = delete_object,
    [POD_STEP_KILL] = on_pod,
    [POD_STEP_REBOOT] = reboot,
    [POD_STEP_SCALE] = scale,
    [POD_STEP_SET_IMAGE] = set_image,
    [POD_STEP_APPLY] = apply,
    [POD_STEP_CONDITION] = on_pod,
    [POD_STEP_EVICT] = on_pod,
    [POD_STEP_EVICT_API] = on_pod,
    [POD_STEP_DRAIN] = cluster_drain_node,
    [POD_STEP_FAIL] = on_pod,
    [POD_STEP_SUSPEND] = suspend,
    [POD_STEP_RESUME] = suspend,
    [POD_STEP_PAUSE] = pause,
    [POD_STEP_CORDON] = on_node,
    [POD_STEP_UNCORDON] = on_node,
    [POD_STEP_TAINT] = on_node,
    [POD_STEP_UNTAINT] = on_node,
    [POD_STEP_LOSE] = on_node,
    [POD_STEP_RECOVER] = on_node,
    [POD_STEP_SET_LABEL] = set_label,
    [POD_STEP_PRESSURE] = on_node,
    [POD_STEP_UNDO] = undo,
    [POD_STEP_PAUSE_ROLLOUT] = pause_rollout,
    [POD_STEP_RESUME_ROLLOUT] = pause_rollout,
    [POD_STEP_RESTART_ROLLOUT] = restart_rollout,
    [POD_STEP_PATCH] = patch,
};

/* ---- what has become of them ----------------------------------------------------------------- */

static void take_step(struct cluster *c, const struct pod_step *s)
{
    struct cluster_refusal r = {.reason = NULL};

    steps[s->kind](c, s, &r);
    if (!r.later)
        cluster_step_told(c, s, &r);
}

static struct cluster_step *next_step(struct cluster *c)
{
    return rx_list_empty(&c->step_next) ? NULL
        : rx_container_of(c->step_next.next, struct cluster_step, link);
}

static void arm(struct cluster *c)
{
    const struct cluster_step *s = next_step(c);

    if (s != NULL)
        rx_loop_arm(c->world->loop, &c->step_timer, s->spec.at);
    else
        rx_loop_disarm(c->world->loop, &c->step_timer);
}

static void take_steps(struct cluster *c)
{
    rx_ms now = rx_loop_now(c->world->loop);
    struct cluster_step *s;

    /* One after the other: a step may apply a file that brings more steps. */
    while ((s = next_step(c)) != NULL && s->spec.at <= now) {
        rx_list_remove(&s->link);
        st_tell(c->store, &s->object, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
        if (!cluster_here(c, ST_SCENARIO, 0, s->spec.scenario_ns, s->spec.scenario)) {
            if (s->spec.kind == POD_STEP_APPLY) /* it counts, as what was there from the start */
                c->host.apply(c->host.ctx, &s->spec);
            continue;
        }
        c->world->log.acting = s->object.meta.version;
        take_step(c, &s->spec);
        c->world->log.acting = 0;
    }
    arm(c);
}

void cluster_on_script(void *cluster, struct rx_timer *t)
{
    struct cluster *c = cluster;

    if (t == &c->step_timer)
        take_steps(c);
    else if (t == &c->drain_timer)
        cluster_on_drain(c);
    else if (cluster_is_heal(t))
        cluster_heal(t);
    else
        pod_on_border(c->world, t);
}

/* NULL: no memory. */
static struct cluster_scenario *scenario_of(struct cluster *c, const struct pod_step *step)
{
    struct st_object *o = st_find(c->store, ST_SCENARIO, 0, step->scenario_ns, step->scenario);
    struct cluster_scenario *s;

    if (o != NULL)
        return rx_container_of(o, struct cluster_scenario, object);
    s = rx_mem_zalloc(c->world->mem, sizeof(*s));
    if (s == NULL)
        return NULL;
    s->object =
        (struct st_object){.ns = step->scenario_ns, .name = step->scenario, .kind = ST_SCENARIO};
    if (st_add(c->store, &s->object) == 0)
        return s;
    rx_mem_free(c->world->mem, s, sizeof(*s));
    return NULL;
}

static void leave_scenario(struct cluster *c, struct cluster_scenario *s)
{
    if (s->steps > 0)
        return;
    st_unadd(c->store, &s->object);
    rx_mem_free(c->world->mem, s, sizeof(*s));
}

int cluster_add_step(struct cluster *c, const struct pod_step *step)
{
    struct cluster_scenario *scenario = scenario_of(c, step);
    struct cluster_step *s = rx_mem_zalloc(c->world->mem, sizeof(*s));
    struct rx_list *at = c->step_next.prev;
    int rc;

    if (s == NULL || scenario == NULL) {
        rx_mem_free(c->world->mem, s, s != NULL ? sizeof(*s) : 0);
        if (scenario != NULL)
            leave_scenario(c, scenario);
        return -RX_ENOMEM;
    }
    s->object = (struct st_object){.ns = step->ns, .kind = ST_STEP};
    s->spec = *step;
    s->scenario = scenario;
    scenario->steps++;
    rc = st_add(c->store, &s->object);
    RX_ASSERT(rc == 0); /* it has no name that could be taken */
    /* Steps of one instant stay in the order in which they were written. */
    while (at != &c->step_next && rx_container_of(at, struct cluster_step, link)->spec.at >
           step->at)
        at = at->prev;
    rx_list_add_tail(at->next, &s->link);
    arm(c);
    return 0;
}

void cluster_undo_step(struct cluster *c)
{
    struct cluster_step *s = rx_container_of(st_newest(c->store, ST_STEP), struct cluster_step,
                                             object);

    rx_list_remove(&s->link);
    st_unadd(c->store, &s->object);
    s->scenario->steps--;
    leave_scenario(c, s->scenario);
    rx_mem_free(c->world->mem, s, sizeof(*s));
    arm(c);
}
