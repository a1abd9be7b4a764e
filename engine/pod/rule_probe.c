/* SPDX-License-Identifier: Apache-2.0 */
/* rule_probe.c - the gate table and the threshold step. */
#include "engine/pod/rule_probe.h"
#include "engine/reactor/base.h"

#define _ (-1)
#define Y 1
#define N 0
#define S (1u << POD_STARTUP)
#define R (1u << POD_READINESS)
#define L (1u << POD_LIVENESS)
#define SKIP POD_GATE_SKIP
#define PROBE POD_GATE_PROBE
#define SET_FAILURE POD_GATE_SET_FAILURE
#define RETIRE POD_GATE_RETIRE

/* clang-format off */
const struct pod_gate_row pod_gate_table[] = {
    /* name       known held run final delay started kinds  decision               a probe that
     * ... */
    { "unborn",   N,    _,   _,  _,    _,    _,      S|R|L, SKIP,
     "has no container yet waits" },
    { "held",     Y,    Y,   _,  _,    _,    _,      S|R|L, SKIP,
     "has spoken waits for a new container" },
    { "down",     Y,    N,   N,  N,    _,    _,      S|R|L, SET_FAILURE,
     "finds its container down says so" },
    { "gone",     Y,    N,   N,  Y,    _,    _,      S|R|L, SET_FAILURE | RETIRE,
     "finds its container down for good ends" },
    { "early",    Y,    N,   Y,  _,    N,    _,      S|R|L, SKIP,
     "is inside initialDelaySeconds waits" },
    { "done",     Y,    N,   Y,  _,    Y,    Y,      S,     SKIP,
     "has let the container start is done" },
    { "first",    Y,    N,   Y,  _,    Y,    N,      S,     PROBE,
     "asks whether the container has started" },
    { "gated",    Y,    N,   Y,  _,    Y,    N,      R|L,   SKIP,
     "waits for the startup probe" },
    { "live",     Y,    N,   Y,  _,    Y,    Y,      L,     PROBE,
     "asks whether the container is alive" },
    { "ready",    Y,    N,   Y,  _,    Y,    Y,      R,     PROBE,
     "asks whether the container is ready" },
};
/* clang-format on */
const uint32_t pod_gate_rows = RX_ARRAY_LEN(pod_gate_table);

static bool fits(int8_t cell, bool value)
{
    return cell == _ || cell == (value ? Y : N);
}

bool pod_gate_row_matches(const struct pod_gate_row *row, struct pod_gate_in in)
{
    return (row->kinds >> in.kind & 1) && fits(row->known, in.known) &&
           fits(row->held, in.held) && fits(row->running, in.running) &&
           fits(row->final, in.final) && fits(row->delay_over, in.delay_over) &&
           fits(row->started, in.started);
}

const struct pod_gate_row *pod_gate(struct pod_gate_in in)
{
    uint32_t i = 0;

    while (i < pod_gate_rows && !pod_gate_row_matches(&pod_gate_table[i], in))
        i++;
    RX_ASSERT(i < pod_gate_rows);
    return &pod_gate_table[i];
}

struct pod_gate_in pod_gate_input(uint8_t index, enum pod_probe_kind kind)
{
    struct pod_gate_in in = {
        .known = index & 1,
        .held = index >> 1 & 1,
        .running = index >> 2 & 1,
        .final = index >> 3 & 1,
        .delay_over = index >> 4 & 1,
        .started = index >> 5 & 1,
        .kind = (uint8_t)kind,
    };

    return in;
}

void pod_gate_compile(struct pod_gate_lookup *out)
{
    for (unsigned kind = 0; kind < POD_PROBE_KINDS; kind++) {
        for (unsigned i = 0; i < POD_GATE_INPUTS; i++)
            out->decision[kind][i] =
            pod_gate(pod_gate_input((uint8_t)i, (enum pod_probe_kind)kind))->decision;
    }
}

#undef _
#undef Y
#undef N
#undef S
#undef R
#undef L

bool pod_probe_delay_over(int64_t now_ms, int64_t started_ms, int32_t initial_delay_s)
{
    int64_t started_s = started_ms / 1000;

    return (now_ms - started_s * 1000) / 1000 >= initial_delay_s;
}

struct pod_probe_step pod_probe_step(struct pod_probe_state s, enum pod_probe_kind kind,
                                     bool success, int32_t success_threshold,
                                     int32_t failure_threshold)
{
    struct pod_probe_step out = {s, POD_PROBE_NOTHING};
    uint8_t outcome = success ? POD_RESULT_SUCCESS : POD_RESULT_FAILURE;
    uint32_t threshold = (uint32_t)(success ? success_threshold : failure_threshold);

    if (s.last == outcome) {
        if (out.state.run_length != UINT32_MAX)
            out.state.run_length++;
    } else {
        out.state.last = outcome;
        out.state.run_length = 1;
    }
    if (out.state.run_length < threshold)
        return out;
    out.actions = POD_PROBE_PUBLISHED;
    if (s.result != outcome)
        out.actions |= POD_PROBE_CHANGED;
    out.state.result = outcome;
    /* The container is about to be replaced, or has started: nothing more to ask of this
     * instance. */
    if (kind == POD_STARTUP || (kind == POD_LIVENESS && !success)) {
        out.state.held = true;
        out.state.run_length = 0;
    }
    return out;
}

const char *pod_result_name(enum pod_result r)
{
    static const char *const name[] = {"Unknown", "Success", "Failure"};

    return name[r];
}
