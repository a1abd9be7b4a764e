/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_probe.h - the rules of one probe, pure: may it run now, and what does its outcome change?
 *
 * Source: pkg/kubelet/prober/worker.go (doProbe) of Kubernetes 1.36. The gate is a table; tests
 * enumerate every input and demand exactly one matching row.
 */
#ifndef POD_RULE_PROBE_H
#define POD_RULE_PROBE_H

#include "engine/store/words.h"

enum { POD_PROBE_TRIES_MAX = 3 }; /* of a run that ends as an error */

/* ---- the gate ------------------------------------------------------------------------------- */

/* What an attempt sees. Probes of a pod that is over have retired, and so have those that must not
 * disturb a shutdown. `known`: the container has an instance whose id is published. */
struct pod_gate_in {
    bool known;
    bool held;     /* on hold until the container id changes (already judged for a new id) */
    bool running;
    bool final;    /* not running, and will not be restarted */
    bool delay_over;
    bool started;  /* the container's `started` */
    uint8_t kind;  /* enum pod_probe_kind */
};

/* Decisions, a bit set. */
enum pod_gate {
    POD_GATE_SKIP = 0,
    POD_GATE_PROBE = 1,
    POD_GATE_SET_FAILURE = 2, /* publish Failure for the known instance */
    POD_GATE_RETIRE = 4, /* the worker ends */
};

struct pod_gate_row {
    const char *name;
    /* -1 = any, 0 = no, 1 = yes */
    int8_t known, held, running, final, delay_over, started;
    uint8_t kinds;    /* bit per enum pod_probe_kind */
    uint8_t decision; /* enum pod_gate bits */
    const char *why;  /* a probe that ... */
};

extern const struct pod_gate_row pod_gate_table[];
extern const uint32_t pod_gate_rows;

const struct pod_gate_row *pod_gate(struct pod_gate_in in);
/* The one row that matches; asserts that there is one. */

enum { POD_GATE_INPUTS = 64 }; /* of a kind */

/* The table as a lookup. A probe asks every period of its life; the table is searched once. */
struct pod_gate_lookup {
    uint8_t decision[POD_PROBE_KINDS][POD_GATE_INPUTS];
};

void pod_gate_compile(struct pod_gate_lookup *out);

static inline uint8_t pod_gate_index(struct pod_gate_in in)
{
    return (uint8_t)(in.known | in.held << 1 | in.running << 2 | in.final << 3 |
                     in.delay_over << 4 | in.started << 5);
}

struct pod_gate_in pod_gate_input(uint8_t index, enum pod_probe_kind kind);
/* The inverse of pod_gate_index. */

bool pod_gate_row_matches(const struct pod_gate_row *row, struct pod_gate_in in);

bool pod_probe_delay_over(int64_t now_ms, int64_t started_ms, int32_t initial_delay_s);
/* As the kubelet computes it: startedAt is truncated to a whole second before the difference is. */

/* ---- one run ------------------------------------------------------------------------------- */

enum pod_outcome {
    POD_SUCCESS,
    POD_WARNING, /* counts as success, but gives an event */
    POD_FAILURE,
    POD_ERROR /* not a result: repeated, then discarded */
};

/* ---- the threshold step --------------------------------------------------------------------- */

enum pod_result { POD_RESULT_UNKNOWN, POD_RESULT_SUCCESS, POD_RESULT_FAILURE };

const char *pod_result_name(enum pod_result r);

struct pod_probe_state {
    uint8_t last;   /* enum pod_result of the last counted run; UNKNOWN = none yet */
    uint8_t result; /* published, for the known instance */
    bool held;
    uint32_t run_length;
};

enum pod_probe_action {
    POD_PROBE_NOTHING = 0,
    POD_PROBE_PUBLISHED = 1, /* the published result was set (maybe to what it was) */
    POD_PROBE_CHANGED = 2,   /* ... to something new */
};

struct pod_probe_step {
    struct pod_probe_state state;
    uint8_t actions;
};

struct pod_probe_step pod_probe_step(struct pod_probe_state s, enum pod_probe_kind kind,
                                     bool success, int32_t success_threshold,
                                     int32_t failure_threshold);
/* Counts one run that gave a result (errors are not counted and never come here). */

static inline enum pod_result pod_probe_initial(enum pod_probe_kind kind)
{
    static const uint8_t initial[] = {
        [POD_STARTUP] = POD_RESULT_UNKNOWN,
        [POD_READINESS] = POD_RESULT_FAILURE,
        [POD_LIVENESS] = POD_RESULT_SUCCESS,
    };

    return (enum pod_result)initial[kind];
}
/* What counts as the result of an instance before its first verdict. */

#endif
