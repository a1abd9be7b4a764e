/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sync means to do: every container in every role meets one row, and small pods, enumerated,
 * get the plan that the same rules give when they are written as statements.
 */
#include <criterion/criterion.h>

#include "engine/pod/rule_plan.h"
#include "engine/reactor/base.h"

/* ---- one container --------------------------------------------------------------------------- */

enum { RUNNING_VIEWS = 4 * 2 * 2, DEAD_VIEWS = 3 * 2, VIEWS = 1 + RUNNING_VIEWS + DEAD_VIEWS };

static struct pod_plan_view view_at(unsigned i, enum pod_container_kind kind)
{
    struct pod_plan_view v = {.kind = (uint8_t)kind};

    if (i == 0)
        return v;
    i--;
    if (i < RUNNING_VIEWS) {
        v.proc = POD_PROC_RUNNING;
        v.doom = i & 3;
        v.again = i >> 2 & 1;
        v.started = i >> 3 & 1;
        return v;
    }
    i -= RUNNING_VIEWS;
    v.proc = POD_PROC_DEAD;
    v.fate = (uint8_t)(i / 2);
    v.well = i & 1;
    return v;
}

Test(rule_plan, every_container_meets_one_row)
{
    bool met[64] = {false};

    for (unsigned role = POD_ROLE_MAIN; role <= POD_ROLE_LATER; role++)
        for (unsigned i = 0; i < VIEWS; i++) {
            struct pod_plan_view v = view_at(i, role == POD_ROLE_MAIN ? POD_MAIN : POD_SIDECAR);
            unsigned rows = 0;

            if (role == POD_ROLE_NOW && v.proc == POD_PROC_NONE)
                continue; /* the sequence has not come to it */
            for (uint32_t k = 0; k < pod_plan_rows; k++)
                rows += pod_plan_row_matches(&pod_plan_table[k], (enum pod_plan_role)role, &v);
            cr_expect_eq(rows, 1, "role %u, view %u meets %u rows", role, i, rows);
            met[pod_plan_row_of((enum pod_plan_role)role, &v) - pod_plan_table] = true;
        }
    for (uint32_t k = 0; k < pod_plan_rows; k++)
        cr_expect(met[k], "nothing meets %s", pod_plan_table[k].name);
}

Test(rule_plan, doom)
{
    cr_expect_eq(pod_plan_doom(false, false, false), POD_DOOM_NONE);
    cr_expect_eq(pod_plan_doom(false, false, true), POD_DOOM_STARTUP);
    cr_expect_eq(pod_plan_doom(false, true, true), POD_DOOM_LIVENESS);
    cr_expect_eq(pod_plan_doom(true, true, true), POD_DOOM_CHANGED);
}

/* ---- the same in statements ------------------------------------------------------------------ */

struct twin {
    const struct pod_plan_in *in;
    bool kill[4], start[4], all;
};

/* True: it stays, or comes back. */
static bool twin_running(struct twin *t, uint32_t i)
{
    const struct pod_plan_view *v = &t->in->view[i];

    if (v->doom == POD_DOOM_NONE)
        return true;
    t->kill[i] = true;
    t->start[i] = v->doom == POD_DOOM_CHANGED || v->again;
    return t->start[i];
}

static bool twin_main(struct twin *t, uint32_t i)
{
    const struct pod_plan_view *v = &t->in->view[i];

    if (v->proc == POD_PROC_RUNNING)
        return twin_running(t, i);
    if (v->proc == POD_PROC_DEAD && v->fate == POD_STAYS_DEAD)
        return false;
    t->all |= v->proc == POD_PROC_DEAD && v->fate == POD_RESTARTS_ALL;
    t->start[i] = true;
    return true;
}

static void twin_earlier(struct twin *t, uint32_t i)
{
    const struct pod_plan_view *v = &t->in->view[i];

    if (v->kind != POD_SIDECAR)
        return;
    if (v->proc == POD_PROC_RUNNING)
        twin_running(t, i);
    else if (v->proc == POD_PROC_DEAD && v->fate == POD_RESTARTS_ALL)
        t->all = true;
    else
        t->start[i] = true;
}

static bool twin_latest(struct twin *t, uint32_t i)
{
    const struct pod_plan_view *v = &t->in->view[i];

    if (v->proc == POD_PROC_RUNNING) {
        twin_running(t, i);
        return v->kind == POD_SIDECAR && v->started;
    }
    if (v->fate == POD_STAYS_DEAD)
        return v->well;
    t->all |= v->fate == POD_RESTARTS_ALL;
    t->start[i] = v->fate == POD_RESTARTS;
    return false;
}

static bool twin_inits(struct twin *t)
{
    uint32_t count = t->in->init_count, next = 0;

    for (uint32_t i = 0; i < count; i++)
        if (t->in->mains_begun || t->in->view[i].proc != POD_PROC_NONE)
            next = i + 1;
    for (uint32_t i = 0; i < (t->in->mains_begun ? count : RX_MAX(next, 1u) - 1); i++)
        twin_earlier(t, i);
    if (t->in->mains_begun || count == 0)
        return true;
    if (next > 0 && !twin_latest(t, next - 1))
        return false;
    if (next == count)
        return true;
    t->start[next] = true;
    return false;
}

static enum pod_plan_end twin_plan(struct twin *t)
{
    bool lives = false, kills = false, runs = false;

    if (twin_inits(t)) {
        for (uint32_t i = t->in->init_count; i < t->in->count; i++)
            lives |= twin_main(t, i);
    } else {
        lives = !t->in->failed;
    }
    if (t->all)
        return POD_PLAN_RESTART_ALL;
    if (lives)
        return POD_PLAN_CARRY_OUT;
    for (uint32_t i = 0; i < t->in->count; i++) {
        t->start[i] = false;
        kills |= t->kill[i];
        runs |= t->in->view[i].proc == POD_PROC_RUNNING;
    }
    return runs && !kills ? POD_PLAN_STOP_ALL : POD_PLAN_CARRY_OUT;
}

/* ---- small pods ------------------------------------------------------------------------------ */

static void check_pod(const struct pod_plan_in *in, unsigned which)
{
    struct twin t = {.in = in};
    enum pod_plan_end want = twin_plan(&t);
    const struct pod_plan_row *row[4];
    uint8_t act[4];
    enum pod_plan_end got = pod_plan_make(in, row, act);

    cr_assert_eq(got, want, "pod %u: %u, not %u", which, got, want);
    for (uint32_t i = 0; got != POD_PLAN_RESTART_ALL && i < in->count; i++) {
        cr_assert_eq(act[i] == POD_ACT_KILL || act[i] == POD_ACT_REPLACE, t.kill[i],
                     "pod %u, container %u: %s", which, i, row[i]->name);
        cr_assert_eq(act[i] == POD_ACT_START || act[i] == POD_ACT_REPLACE, t.start[i],
                     "pod %u, container %u: %s", which, i, row[i]->name);
    }
}

/* Every pod of so many init containers (each a regular one or a sidecar) and main containers. */
static void check_all(uint32_t inits, uint32_t mains)
{
    uint32_t count = inits + mains, pods = 4u << inits;

    for (uint32_t i = 0; i < count; i++)
        pods *= VIEWS;
    for (uint32_t which = 0; which < pods; which++) {
        struct pod_plan_view view[4];
        struct pod_plan_in in = {.init_count = inits, .count = count, .view = view};
        uint32_t rest = which;

        in.mains_begun = rest & 1;
        in.failed = rest >> 1 & 1;
        rest >>= 2;
        for (uint32_t i = 0; i < count; i++) {
            enum pod_container_kind kind = POD_MAIN;

            if (i < inits) {
                kind = rest & 1 ? POD_SIDECAR : POD_INIT;
                rest >>= 1;
            }
            view[i] = view_at(rest % VIEWS, kind);
            rest /= VIEWS;
        }
        check_pod(&in, which);
    }
}

Test(rule_plan, pods_without_init_containers)
{
    check_all(0, 1);
    check_all(0, 2);
}

Test(rule_plan, pods_with_init_containers)
{
    check_all(1, 1);
    check_all(2, 1);
    check_all(1, 2);
}

Test(rule_plan, three_init_containers)
{
    check_all(3, 0);
}
