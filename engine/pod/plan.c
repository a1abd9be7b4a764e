/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.c - what one sync means to do: which containers to kill and which to start, by the rules. It
 * leaves bits in the containers' plans and says what becomes of the pod; pod.c carries both out.
 */
#include "engine/pod/pod_int.h"

/* What it takes is done when the plan is complete. */
static void restart_all(struct pod_container *c)
{
    pod_of_container(c)->flags |= POD_RESTARTING;
}

static bool failed_probe(struct pod_container *c, enum pod_probe_kind kind)
{
    struct pod *p = pod_of_container(c);

    return c->probe[kind] != 255 &&
           pod_probe_result(pod_probe_at(p, c->probe[kind]), c) == POD_RESULT_FAILURE;
}

/* A running container: kept, unless a probe has condemned it or its definition has changed. True: it
 * stays, or comes back. */
static bool plan_running(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_container_spec *s = pod_container_spec_of(c);

    if (c->changed) {
        c->kill_by = POD_KILL_CHANGED;
        c->plan = POD_PLAN_KILL | POD_PLAN_START | POD_PLAN_AFTER_KILL;
        return true;
    }
    if (failed_probe(c, POD_LIVENESS))
        c->kill_by = POD_KILL_LIVENESS;
    else if (failed_probe(c, POD_STARTUP))
        c->kill_by = POD_KILL_STARTUP;
    else
        return true;
    c->plan = POD_PLAN_KILL;
    if (!pod_restart_after_kill(s->kind, pod_spec_of(p)->restart_policy, s->restart_policy))
        return false;
    c->plan |= POD_PLAN_START | POD_PLAN_AFTER_KILL;
    return true;
}

static bool plan_main(struct pod_container *c)
{
    enum pod_restart fate = POD_RESTARTS;

    if (c->proc_state == POD_PROC_RUNNING)
        return plan_running(c);
    if (c->proc_state == POD_PROC_DEAD)
        fate = pod_container_fate(c);
    if (fate == POD_STAYS_DEAD)
        return false;
    if (fate == POD_RESTARTS_ALL)
        restart_all(c);
    c->plan = POD_PLAN_START;
    return true;
}

/* One that had started before: a sidecar is kept alive, a regular one has done its work. */
static void plan_earlier(struct pod_container *c)
{
    if (pod_container_spec_of(c)->kind != POD_SIDECAR)
        return;
    if (c->proc_state == POD_PROC_RUNNING)
        plan_running(c);
    else if (c->proc_state == POD_PROC_DEAD && pod_container_fate(c) == POD_RESTARTS_ALL)
        restart_all(c);
    else
        c->plan = POD_PLAN_START;
}

/* The init container the sequence has come to. True: it is done, what follows may start. */
static bool plan_latest(struct pod_container *c)
{
    if (c->proc_state == POD_PROC_RUNNING) {
        plan_running(c);
        return pod_container_spec_of(c)->kind == POD_SIDECAR && pod_container_started(c);
    }
    switch (pod_container_fate(c)) {
    case POD_STAYS_DEAD: /* if it has failed, so has the pod */
        return c->cur.exit_code == 0 && c->cur.reason != POD_REASON_OOM_KILLED;
    case POD_RESTARTS_ALL:
        restart_all(c);
        return false;
    default:
        c->plan = POD_PLAN_START;
        return false;
    }
}

/* Init containers run one after the other; a sidecar lets the next one go as soon as it has started. How
 * far they are is told by the last that has ever run in this sandbox: a sidecar before it that is down
 * again holds nothing back. True: all of them are done, main containers may run. */
static bool plan_inits(struct pod *p)
{
    uint32_t count = pod_spec_of(p)->init_count, next = 0;
    bool begun = pod_has(p, POD_MAINS_BEGUN);

    for (uint32_t i = 0; i < count; i++) {
        if (begun || pod_container_at(p, i)->proc_state != POD_PROC_NONE)
            next = i + 1;
    }
    for (uint32_t i = 0; i < (begun ? count : RX_MAX(next, 1u) - 1); i++)
        plan_earlier(pod_container_at(p, i));
    if (begun || count == 0)
        return true;
    if (next > 0 && !plan_latest(pod_container_at(p, next - 1)))
        return false;
    if (next == count)
        return true;
    pod_container_at(p, next)->plan = POD_PLAN_START;
    return false;
}

static bool anything_planned(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        if (pod_container_at(p, i)->plan != 0)
            return true;
    }
    return false;
}

enum pod_plan_end pod_plan(struct pod *p)
{
    const struct pod_spec *spec = pod_spec_of(p);
    bool lives = false;

    for (uint32_t i = 0; i < spec->container_count; i++)
        pod_container_at(p, i)->plan = 0;
    if (plan_inits(p)) {
        for (uint32_t i = spec->init_count; i < spec->container_count; i++)
            lives |= plan_main(pod_container_at(p, i));
    } else {
        lives = pod_phase_now(p, false) != POD_PHASE_FAILED;
    }
    if (pod_has(p, POD_RESTARTING))
        return POD_PLAN_RESTART_ALL;
    if (lives)
        return POD_PLAN_CARRY_OUT;
    /* Nothing kept and nothing to start: the pod is over, and its sidecars with it. */
    for (uint32_t i = 0; i < spec->container_count; i++)
        pod_container_at(p, i)->plan &= (uint8_t)~(POD_PLAN_START | POD_PLAN_AFTER_KILL);
    return !anything_planned(p) && pod_anything_runs(p) ? POD_PLAN_STOP_ALL : POD_PLAN_CARRY_OUT;
}
