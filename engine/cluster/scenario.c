/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.c - scripted actions: one timer, the next step; all steps of an instant in their order.
 */
#include <string.h>

#include "engine/cluster/cronjob.h"
#include "engine/cluster/job.h"
#include "engine/cluster/node.h"
#include "engine/reactor/err.h"

static void complain(struct cluster *c, const struct pod_step *s, const char *text)
{
    if (c->host.complain != NULL)
        c->host.complain(c->host.ctx, s, text);
}

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

static const char *kill_process(struct pod *p, const struct pod_step *s)
{
    uint32_t i = container_index(p, s->container);

    if (i == pod_spec_of(p)->container_count)
        return "no such container";
    return pod_kill(p, i, s->signal) == 0 ? NULL : "the container is not running";
}

static const char *set_condition(struct pod *p, const struct pod_step *s)
{
    const struct pod_spec *spec = pod_spec_of(p);

    for (uint32_t i = 0; i < spec->gate_count; i++) {
        if (strcmp(spec->gate[i], s->type) == 0) {
            pod_set_gate(p, i, strcmp(s->status, "True") == 0);
            return NULL;
        }
    }
    return "the pod has no such readiness gate";
}

static bool takes_away(const struct pod_step *s)
{
    return s->kind == POD_STEP_DELETE || s->kind == POD_STEP_EVICT || s->kind == POD_STEP_FAIL;
}

/* Has the step come after the pod? Then no shard could foresee it. */
static bool is_late(const struct pod_step *s, const struct pod *p)
{
    const struct cluster_step *step =
        rx_container_of((struct pod_step *)(uintptr_t)s, struct cluster_step, spec);

    return step->object.meta.created > p->created_at;
}

/* Its own shard does it. Here it is only noted that the pod is not active any more. */
static const char *on_foreign_pod(struct cluster *c, const struct pod_step *s)
{
    uint64_t *pod = cluster_find_foreign(c, s->ns, s->object_name);

    if (pod == NULL)
        return "no such pod";
    if (takes_away(s))
        *pod = CLUSTER_FOREIGN_TAKEN;
    return NULL;
}

static const char *on_pod(struct cluster *c, const struct pod_step *s)
{
    struct pod_delete_request request = {
        .given = s->grace_s >= 0,
        .grace_s = s->grace_s,
        .force = s->force,
    };
    struct pod *p = cluster_find_pod(c, s->ns, s->object_name);

    if (p == NULL)
        return on_foreign_pod(c, s);
    if (takes_away(s) && is_late(s, p))
        pod_foreign_taken(p);
    switch (s->kind) {
    case POD_STEP_DELETE:
        pod_delete(p, &request);
        return NULL;
    case POD_STEP_KILL:
        return kill_process(p, s);
    case POD_STEP_EVICT:
        return pod_evict(p, POD_STATUS_EVICTED, false) == 0 ? NULL : "the pod is over already";
    case POD_STEP_FAIL:
        return pod_evict(p, POD_STATUS_NONE, true) == 0 ? NULL : "the pod is over already";
    default:
        return set_condition(p, s);
    }
}

static const char *scale(struct cluster *c, const struct pod_step *s)
{
    struct cluster_workload *w = cluster_find(c, s->ns, s->object_kind, s->object_name);

    if (w == NULL)
        return "no such object";
    switch (cluster_scale(c, w, (uint32_t)s->replicas)) {
    case 0:
        return NULL;
    case -RX_ESTATE:
        return "its pods are divided among shards: have the step in a file that is loaded from the "
               "start";
    default:
        return "cannot be scaled";
    }
}

static const char *suspend(struct cluster *c, const struct pod_step *s)
{
    struct cluster_workload *w = cluster_find(c, s->ns, s->object_kind, s->object_name);
    int rc;

    if (w == NULL)
        return "no such object";
    if (!w->controlled)
        return NULL; /* its own shard does it */
    if (w->spec.kind == POD_WORKLOAD_JOB)
        rc = cluster_job_suspend(c, w, s->kind == POD_STEP_SUSPEND);
    else
        rc = cluster_cronjob_suspend(c, w, s->kind == POD_STEP_SUSPEND);
    return rc == 0 ? NULL : "out of memory";
}

static void take_step(struct cluster *c, const struct pod_step *s)
{
    const char *problem = NULL;
    int rc;

    switch (s->kind) {
    case POD_STEP_DELETE:
    case POD_STEP_KILL:
    case POD_STEP_CONDITION:
    case POD_STEP_EVICT:
    case POD_STEP_FAIL:
        problem = on_pod(c, s);
        break;
    case POD_STEP_REBOOT:
        cluster_reboot(c);
        break;
    case POD_STEP_SCALE:
        problem = scale(c, s);
        break;
    case POD_STEP_SET_IMAGE:
        rc = cluster_set_image(c, s->ns, s->object_kind, s->object_name, s->container, s->image);
        problem = rc == 0 ? NULL : rc == -RX_ENOTFOUND ? "no such object or container"
            : rx_err_text(rc);
        break;
    case POD_STEP_APPLY:
        rc = c->host.apply(c->host.ctx, s);
        problem = rc == 0 ? NULL : rx_err_text(rc);
        break;
    case POD_STEP_CORDON:
    case POD_STEP_UNCORDON:
    case POD_STEP_TAINT:
    case POD_STEP_UNTAINT:
    case POD_STEP_LOSE:
    case POD_STEP_RECOVER:
        problem = cluster_node_step(c, s);
        break;
    case POD_STEP_SUSPEND:
    case POD_STEP_RESUME:
        problem = suspend(c, s);
        break;
    case POD_STEP_PAUSE:
        cluster_pause(c, rx_loop_now(c->world->loop) + s->for_ms);
        break;
    }
    if (problem != NULL)
        complain(c, s, problem);
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
    else if (cluster_is_heal(t))
        cluster_heal(t);
    else
        pod_on_border(c->world, t);
}

int cluster_add_step(struct cluster *c, const struct pod_step *step)
{
    struct cluster_step *s = rx_mem_zalloc(c->world->mem, sizeof(*s));
    struct rx_list *at = c->step_next.prev;
    int rc;

    if (s == NULL)
        return -RX_ENOMEM;
    s->object = (struct st_object){.ns = step->ns, .kind = ST_STEP};
    s->spec = *step;
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
    rx_mem_free(c->world->mem, s, sizeof(*s));
    arm(c);
}
