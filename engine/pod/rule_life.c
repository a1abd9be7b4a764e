/* SPDX-License-Identifier: Apache-2.0 */
/* rule_life.c - the table of the pod worker's next step, and the match. */
#include "engine/pod/rule_life.h"

#include "engine/reactor/base.h"

#define _ POD_CELL_ANY
#define Y POD_CELL_YES
#define N POD_CELL_NO

/* objects, workers, ends, works */
#define NONE (1u << POD_LIFE_NONE)
#define CREATED (1u << POD_LIFE_CREATED)
#define LEAVING (1u << POD_LIFE_TERMINATING | 1u << POD_LIFE_DELETED)
#define SYNC (1u << POD_WORKER_SYNC)
#define STOPS (1u << POD_WORKER_TERMINATING)
#define OVER (1u << POD_WORKER_TERMINATED)
#define NO_END (1u << POD_END_NONE)
#define FAILED (1u << POD_END_FAILED)
#define RESTART (1u << POD_END_RESTART)
#define REAL (_ & ~RESTART) /* an end that is one */
#define FREE (1u << POD_WORK_FREE)
#define PAUSED (1u << POD_WORK_PAUSED)
#define STEP (1u << POD_WORK_STEP)
#define FIRM (1u << POD_WORK_FIRM)

/* clang-format off */
const struct pod_life_change pod_life_changes[] = {
    /* event            object            worker         end                 object
     * worker                  end              */
    { POD_LIFE_ACCEPT,   NONE,             SYNC,          NO_END|FAILED,      POD_LIFE_CREATED,
     -1,                     -1 },
    { POD_LIFE_DELETE,   CREATED,          _,             _,                  POD_LIFE_TERMINATING,
     -1,                     -1 },
    { POD_LIFE_REMOVE,   CREATED|LEAVING,  _,             _,                  POD_LIFE_DELETED,
     -1,                     -1 },
    { POD_LIFE_FAIL,     NONE|CREATED,     SYNC,          NO_END,             -1,
     -1,                     POD_END_FAILED },
    { POD_LIFE_FAIL,     CREATED,          STOPS,         RESTART,            -1,
     -1,                     POD_END_FAILED },
    { POD_LIFE_STOP,     CREATED|LEAVING,  SYNC,          FAILED,             -1,
     POD_WORKER_TERMINATING, -1 },
    { POD_LIFE_STOP,     LEAVING,          SYNC,          NO_END,             -1,
     POD_WORKER_TERMINATING, POD_END_DELETED },
    { POD_LIFE_EMPTY,    CREATED,          SYNC,          NO_END,             -1,
     POD_WORKER_TERMINATING, POD_END_EMPTY },
    { POD_LIFE_RESTART,  CREATED,          SYNC,          NO_END,             -1,
     POD_WORKER_TERMINATING, POD_END_RESTART },
    { POD_LIFE_AGAIN,    CREATED,          STOPS,         RESTART,            -1,
     POD_WORKER_SYNC,        POD_END_NONE },
    { POD_LIFE_DOWN,     CREATED|LEAVING,  STOPS,         REAL,               -1,
     POD_WORKER_TERMINATED,  -1 },
    { POD_LIFE_DOWN,     LEAVING,          STOPS,         RESTART,            -1,
     POD_WORKER_TERMINATED,  POD_END_DELETED },
    { POD_LIFE_COMPLETE, CREATED,          SYNC,          NO_END,             -1,
     POD_WORKER_TERMINATED,  POD_END_ITSELF },
};

const struct pod_life_row pod_life_table[] = {
    /* name        object           worker      end     work      runs bound mounted dirty   step
     * a worker whose pod ... */
    { "new",      {NONE,            SYNC,       _,      _,          _, _,    _,      _},
     POD_STEP_ACCEPT, "is new accepts it" },
    { "unbound",  {CREATED,         SYNC,       NO_END, _,          _, N,    _,      _},
     POD_STEP_BIND,   "has no node waits for one" },
    { "unmounted",{CREATED,         SYNC,       NO_END, _,          _, Y,    N,      _},
     POD_STEP_MOUNT,  "has no volumes waits for them" },
    { "dirty",    {CREATED,         SYNC,       NO_END, FREE,       _, Y,    Y,      Y},
     POD_STEP_PLAN,   "has changed looks at all of it" },
    { "clean",    {CREATED,         SYNC,       NO_END, FREE,       _, Y,    Y,      N},
     POD_STEP_REST,   "is as it should be rests" },
    { "paused",   {CREATED,         SYNC,       NO_END, PAUSED,     _, Y,    Y,      _},
     POD_STEP_GO_ON,  "has made a step makes the next" },
    { "busy",     {CREATED,         SYNC,       NO_END, STEP|FIRM,  _, Y,    Y,      _},
     POD_STEP_WATCH,  "is in a step waits for its end" },
    { "fail-firm",{CREATED,         SYNC,       FAILED, FIRM,       _, _,    _,      _},
     POD_STEP_WATCH,  "is to fail ends its step first" },
    { "fail",     {CREATED,         SYNC,       FAILED, _ & ~FIRM,  _, _,    _,      _},
     POD_STEP_END,    "is to fail stops it" },
    { "go-firm",  {LEAVING,         SYNC,       _,      FIRM,       _, _,    _,      _},
     POD_STEP_WATCH,  "is deleted ends its step first" },
    { "go",       {LEAVING,         SYNC,       _,      _ & ~FIRM,  _, _,    _,      _},
     POD_STEP_END,    "is deleted stops it" },
    { "stopping", {CREATED|LEAVING, STOPS,      _,      _,          Y, _,    _,      _},
     POD_STEP_WAIT,   "is being stopped waits for its processes" },
    { "again",    {CREATED,         STOPS,      RESTART,_,          N, _,    _,      _},
     POD_STEP_AGAIN,  "is down to be restarted starts it afresh" },
    { "down",     {CREATED,         STOPS,      REAL,   _,          N, _,    _,      _},
     POD_STEP_FINISH, "is down ends" },
    { "over",     {CREATED,         OVER,       REAL,   _,          N, _,    _,      _},
     POD_STEP_SHOW,   "is over shows what has changed" },
    { "left",     {LEAVING,         STOPS|OVER, _,      _,          N, _,    _,      _},
     POD_STEP_FINISH, "is down and deleted ends with it" },
};
/* clang-format on */
const uint32_t pod_life_change_rows = RX_ARRAY_LEN(pod_life_changes);
const uint32_t pod_life_rows = RX_ARRAY_LEN(pod_life_table);

#undef _
#undef Y
#undef N
#undef NONE
#undef CREATED
#undef LEAVING
#undef SYNC
#undef STOPS
#undef OVER
#undef NO_END
#undef FAILED
#undef RESTART
#undef REAL
#undef FREE
#undef PAUSED
#undef STEP
#undef FIRM

const struct pod_life_change *pod_life_change_of(struct pod_life l, enum pod_life_event e)
{
    for (uint32_t i = 0; i < pod_life_change_rows; i++) {
        const struct pod_life_change *c = &pod_life_changes[i];

        if (c->event == e && c->objects >> l.object & 1 && c->workers >> l.worker & 1 &&
            c->ends >> l.end & 1)
            return c;
    }
    return NULL;
}

struct pod_life pod_life_after(struct pod_life l, enum pod_life_event e)
{
    const struct pod_life_change *c = pod_life_change_of(l, e);

    RX_ASSERT(c != NULL);
    return (struct pod_life){
        .object = (unsigned)(c->object >= 0 ? c->object : l.object) & 3u,
        .worker = (unsigned)(c->worker >= 0 ? c->worker : l.worker) & 3u,
        .end = (unsigned)(c->end >= 0 ? c->end : l.end) & 7u,
    };
}

static uint64_t cells_of(const struct pod_life_in *in)
{
    const uint8_t cell[POD_CELLS] = {
        pod_cell(in->life.object), pod_cell(in->life.worker), pod_cell(in->life.end),
        pod_cell(in->work),        pod_cell(in->runs),        pod_cell(in->bound),
        pod_cell(in->mounted),     pod_cell(in->dirty),
    };

    return pod_cells(cell);
}

bool pod_life_row_matches(const struct pod_life_row *row, const struct pod_life_in *in)
{
    return pod_cells_fit(row->cell, cells_of(in));
}

const struct pod_life_row *pod_life_next(const struct pod_life_in *in)
{
    uint64_t cells = cells_of(in);
    uint32_t i = 0;

    while (i < pod_life_rows && !pod_cells_fit(pod_life_table[i].cell, cells))
        i++;
    RX_ASSERT(i < pod_life_rows);
    return &pod_life_table[i];
}

const char *pod_life_step_name(enum pod_life_step s)
{
    static const char *const name[] = {"accept", "bind", "mount", "plan",   "go on",  "watch",
                                       "rest",   "end",  "wait",  "again", "finish", "show"};

    return name[s];
}
