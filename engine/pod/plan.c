/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.c - what one sync means to do: shows rule_plan the containers, and writes what it says into
 * their plans. pod.c carries it out.
 */
#include "engine/pod/pod_int.h"

static bool failed_probe(struct pod_container *c, enum pod_probe_kind kind)
{
    struct pod *p = pod_of_container(c);

    return c->probe[kind] != 255 &&
           pod_probe_result(pod_probe_at(p, c->probe[kind]), c) == POD_RESULT_FAILURE;
}

static struct pod_plan_view view_of(struct pod_container *c)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    struct pod_plan_view v = {.kind = (uint8_t)s->kind, .proc = c->proc_state};

    if (c->proc_state == POD_PROC_RUNNING) {
        v.doom = (uint8_t)pod_plan_doom(c->changed, failed_probe(c, POD_LIVENESS),
                                        failed_probe(c, POD_STARTUP));
        v.again = pod_restart_after_kill(s->kind, pod_spec_of(pod_of_container(c))->restart_policy,
                                         s->restart_policy);
        v.started = pod_container_started(c);
    } else if (c->proc_state == POD_PROC_DEAD) {
        v.fate = (uint8_t)pod_container_fate(c);
        v.well = c->cur.exit_code == 0 && c->cur.reason != POD_REASON_OOM_KILLED;
    }
    return v;
}

/* What it is killed for is told when it is. */
static void write_down(struct pod_container *c, enum pod_plan_act act, enum pod_plan_doom doom)
{
    static const uint8_t bits[POD_ACTS] = {
        [POD_ACT_START] = POD_PLAN_START,
        [POD_ACT_KILL] = POD_PLAN_KILL,
        [POD_ACT_REPLACE] = POD_PLAN_KILL | POD_PLAN_START | POD_PLAN_AFTER_KILL,
    };
    static const uint8_t by[] = {
        [POD_DOOM_CHANGED] = POD_KILL_CHANGED,
        [POD_DOOM_LIVENESS] = POD_KILL_LIVENESS,
        [POD_DOOM_STARTUP] = POD_KILL_STARTUP,
    };

    c->plan = bits[act];
    if (c->plan & POD_PLAN_KILL)
        c->kill_by = (unsigned)by[doom] & 15u;
}

enum pod_plan_end pod_plan(struct pod *p)
{
    const struct pod_spec *spec = pod_spec_of(p);
    const struct pod_plan_row *row[POD_CONTAINERS_MAX];
    struct pod_plan_view view[POD_CONTAINERS_MAX];
    uint8_t act[POD_CONTAINERS_MAX];
    struct pod_plan_in in = {
        .init_count = spec->init_count,
        .count = spec->container_count,
        .view = view,
        .mains_begun = pod_has(p, POD_MAINS_BEGUN),
    };
    struct pod_met *met = pod_world_of(p)->met;
    enum pod_plan_end end;

    for (uint32_t i = 0; i < in.count; i++)
        view[i] = view_of(pod_container_at(p, i));
    if (!in.mains_begun && in.init_count > 0)
        in.failed = pod_phase_now(p, false) == POD_PHASE_FAILED;
    end = pod_plan_make(&in, row, act);
    for (uint32_t i = 0; i < in.count; i++) {
        write_down(pod_container_at(p, i), (enum pod_plan_act)act[i],
                   (enum pod_plan_doom)view[i].doom);
        if (met != NULL)
            met->plan[row[i] - pod_plan_table]++;
    }
    return end;
}
