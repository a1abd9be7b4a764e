/* SPDX-License-Identifier: Apache-2.0 */
/* rule_plan.c - the table of what a sync does with a container, and the match. */
#include "engine/pod/rule_plan.h"

#include "engine/reactor/base.h"

#define _ POD_CELL_ANY
#define Y POD_CELL_YES
#define N POD_CELL_NO
#define MAIN (1u << POD_ROLE_MAIN)
#define DONE (1u << POD_ROLE_DONE)
#define BESIDE (1u << POD_ROLE_BESIDE)
#define NOW (1u << POD_ROLE_NOW)
#define NEXT (1u << POD_ROLE_NEXT)
#define LATER (1u << POD_ROLE_LATER)
#define NONE (1u << POD_PROC_NONE)
#define RUNS (1u << POD_PROC_RUNNING)
#define DEAD (1u << POD_PROC_DEAD)
#define FINE (1u << POD_DOOM_NONE)
#define CHANGED (1u << POD_DOOM_CHANGED)
#define FAILED (1u << POD_DOOM_LIVENESS | 1u << POD_DOOM_STARTUP)
#define STAYS (1u << POD_STAYS_DEAD)
#define COMES (1u << POD_RESTARTS)
#define ALL (1u << POD_RESTARTS_ALL)

/* clang-format off */
const struct pod_plan_row pod_plan_table[] = {
    /* name        role            proc  doom     again fate         act               a container
     * that ...                       */
    { "keep",     {MAIN|BESIDE|NOW, RUNS, FINE,    _,    _},          POD_ACT_KEEP,
     "runs well is kept" },
    { "changed",  {MAIN|BESIDE|NOW, RUNS, CHANGED, _,    _},          POD_ACT_REPLACE,
     "has another definition is replaced" },
    { "failed",   {MAIN|BESIDE|NOW, RUNS, FAILED,  Y,    _},          POD_ACT_REPLACE,
     "has failed a probe is replaced" },
    { "killed",   {MAIN|BESIDE|NOW, RUNS, FAILED,  N,    _},          POD_ACT_KILL,
     "has failed a probe is killed for good" },
    { "first",    {MAIN,            NONE, _,       _,    _},          POD_ACT_START,
     "has never run is started" },
    { "dead",     {MAIN|NOW,        DEAD, _,       _,    STAYS},      POD_ACT_LEAVE,
     "has ended for good is left alone" },
    { "restart",  {MAIN|NOW,        DEAD, _,       _,    COMES},      POD_ACT_START,
     "has ended is started again" },
    { "all",      {MAIN|BESIDE|NOW, DEAD, _,       _,    ALL},        POD_ACT_ALL,
     "has ended so that all must be is restarted with all" },
    { "beside",   {BESIDE,     NONE|DEAD, _,       _,    STAYS|COMES},POD_ACT_START,
     "serves the others is started again" },
    { "next",     {NEXT,            _,    _,       _,    _},          POD_ACT_START,
     "is next in the sequence is started" },
    { "done",     {DONE,            _,    _,       _,    _},          POD_ACT_LEAVE,
     "has done its part is left alone" },
    { "later",    {LATER,           _,    _,       _,    _},          POD_ACT_LEAVE,
     "must wait for others waits" },
};
/* clang-format on */
const uint32_t pod_plan_rows = RX_ARRAY_LEN(pod_plan_table);

#undef _
#undef Y
#undef N
#undef MAIN
#undef DONE
#undef BESIDE
#undef NOW
#undef NEXT
#undef LATER
#undef NONE
#undef RUNS
#undef DEAD
#undef FINE
#undef CHANGED
#undef FAILED
#undef STAYS
#undef COMES
#undef ALL

static uint64_t cells_of(enum pod_plan_role role, const struct pod_plan_view *v)
{
    const uint8_t cell[POD_CELLS] = {pod_cell(role), pod_cell(v->proc), pod_cell(v->doom),
                                     pod_cell(v->again), pod_cell(v->fate)};

    return pod_cells(cell);
}

bool pod_plan_row_matches(const struct pod_plan_row *row, enum pod_plan_role role,
                          const struct pod_plan_view *v)
{
    return pod_cells_fit(row->cell, cells_of(role, v));
}

const struct pod_plan_row *pod_plan_row_of(enum pod_plan_role role, const struct pod_plan_view *v)
{
    uint64_t cells = cells_of(role, v);
    uint32_t i = 0;

    while (i < pod_plan_rows && !pod_cells_fit(pod_plan_table[i].cell, cells))
        i++;
    RX_ASSERT(i < pod_plan_rows);
    return &pod_plan_table[i];
}

const char *pod_plan_act_name(enum pod_plan_act a)
{
    static const char *const name[] = {"keep", "leave", "start", "kill", "replace", "restart all"};

    return name[a];
}

/* ---- the whole pod --------------------------------------------------------------------------- */

/* May what follows this init container run? */
static bool lets_go(const struct pod_plan_view *v)
{
    if (v->proc == POD_PROC_RUNNING)
        return v->kind == POD_SIDECAR && v->started;
    return v->fate == POD_STAYS_DEAD && v->well; /* if it has failed, so has the pod */
}

/* How many init containers the sequence has come to. */
static uint32_t reached(const struct pod_plan_in *in)
{
    uint32_t count = in->mains_begun ? in->init_count : 0;

    for (uint32_t i = count; i < in->init_count; i++) {
        if (in->view[i].proc != POD_PROC_NONE)
            count = i + 1;
    }
    return count;
}

static enum pod_plan_role role_of(const struct pod_plan_in *in, uint32_t i, uint32_t come, bool go)
{
    if (i >= in->init_count)
        return go && come == in->init_count ? POD_ROLE_MAIN : POD_ROLE_LATER;
    if (i + 1 < come || in->mains_begun)
        return in->view[i].kind == POD_SIDECAR ? POD_ROLE_BESIDE : POD_ROLE_DONE;
    if (i + 1 == come)
        return POD_ROLE_NOW;
    return go && i == come ? POD_ROLE_NEXT : POD_ROLE_LATER;
}

/* Nothing kept and nothing to start: the pod is over, and its sidecars with it. */
static enum pod_plan_end call_off(const struct pod_plan_in *in, uint8_t *act)
{
    bool kills = false, runs = false;

    for (uint32_t i = 0; i < in->count; i++) {
        if (act[i] == POD_ACT_START)
            act[i] = POD_ACT_LEAVE;
        else if (act[i] == POD_ACT_REPLACE)
            act[i] = POD_ACT_KILL;
        kills |= act[i] == POD_ACT_KILL;
        runs |= in->view[i].proc == POD_PROC_RUNNING;
    }
    return runs && !kills ? POD_PLAN_STOP_ALL : POD_PLAN_CARRY_OUT;
}

enum pod_plan_end pod_plan_make(const struct pod_plan_in *in, const struct pod_plan_row **row,
                                uint8_t *act)
{
    uint32_t come = reached(in);
    bool go = in->mains_begun || come == 0 || lets_go(&in->view[come - 1]);
    bool inits_done = go && come == in->init_count, lives = !inits_done && !in->failed, all = false;

    for (uint32_t i = 0; i < in->count; i++) {
        row[i] = pod_plan_row_of(role_of(in, i, come, go), &in->view[i]);
        act[i] = row[i]->act;
        all |= act[i] == POD_ACT_ALL;
        lives |= inits_done && i >= in->init_count &&
                 (act[i] == POD_ACT_KEEP || act[i] == POD_ACT_START || act[i] == POD_ACT_REPLACE);
    }
    if (all)
        return POD_PLAN_RESTART_ALL;
    return lives ? POD_PLAN_CARRY_OUT : call_off(in, act);
}
