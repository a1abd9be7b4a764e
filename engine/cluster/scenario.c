/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.c - scripted actions: one timer, the next step; all steps of an instant in their order.
 */
#include <string.h>

#include "engine/cluster/cluster.h"
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

/* Its own shard does it. Here it is only noted that the pod is not active any more. */
static const char *on_foreign_pod(struct cluster *c, const struct pod_step *s)
{
    uint64_t *pod = cluster_find_foreign(c, s->ns, s->object_name);

    if (pod == NULL)
        return "no such pod";
    if (s->kind == POD_STEP_DELETE || s->kind == POD_STEP_EVICT || s->kind == POD_STEP_FAIL)
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
        return "its pods are divided among shards: have the step in a file that is loaded from the start";
    default:
        return "cannot be scaled";
    }
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
        problem = rc == 0 ? NULL : rc == -RX_ENOTFOUND ? "no such object or container" : rx_err_text(rc);
        break;
    case POD_STEP_APPLY:
        rc = c->host.apply(c->host.ctx, s);
        problem = rc == 0 ? NULL : rx_err_text(rc);
        break;
    case POD_STEP_SUSPEND:
    case POD_STEP_RESUME:
    case POD_STEP_PAUSE:
        problem = "this action is not simulated yet";
        break;
    }
    if (problem != NULL)
        complain(c, s, problem);
}

static void take_steps(struct cluster *c)
{
    rx_ms now = rx_loop_now(c->node->loop);

    /* By index: a step may apply a file that brings more steps. */
    while (c->step_next < c->step_count && c->step[c->step_next].at <= now) {
        struct pod_step s = c->step[c->step_next++];

        take_step(c, &s);
    }
    if (c->step_next < c->step_count)
        rx_loop_arm(c->node->loop, &c->step_timer, c->step[c->step_next].at);
}

void cluster_on_script(void *cluster, struct rx_timer *t)
{
    struct cluster *c = cluster;
    bool sealed;

    if (t != &c->step_timer && !cluster_is_heal(t)) {
        pod_on_border(c->node, t);
        return;
    }
    sealed = rx_mem_unseal(c->node->mem);
    if (t == &c->step_timer)
        take_steps(c);
    else
        cluster_heal(t);
    if (sealed)
        rx_mem_seal(c->node->mem);
}

int cluster_steps(struct cluster *c, const struct pod_step *step, uint32_t count)
{
    uint32_t room = RX_MAX(c->step_room, 16);

    if (count == 0)
        return 0;
    while (room < c->step_count + count)
        room *= 2;
    if (room != c->step_room) {
        struct pod_step *more = rx_mem_grow(c->node->mem, c->step, c->step_room * sizeof(*more),
                                            room * sizeof(*more));

        if (more == NULL)
            return -RX_ENOMEM;
        c->step = more;
        c->step_room = room;
    }
    /* Insertion keeps steps of one instant in the order they were written. */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = c->step_count++;

        for (; at > c->step_next && c->step[at - 1].at > step[i].at; at--)
            c->step[at] = c->step[at - 1];
        c->step[at] = step[i];
    }
    rx_loop_arm(c->node->loop, &c->step_timer, c->step[c->step_next].at);
    return 0;
}
