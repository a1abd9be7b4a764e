/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe's rules, enumerated: every input of the gate has exactly one row; the threshold step is
 * compared with a plain retelling of worker.go.
 */
#include <criterion/criterion.h>

#include "engine/pod/rule_probe.h"

Test(rule_probe, every_input_has_exactly_one_row)
{
    for (unsigned kind = 0; kind < POD_PROBE_KINDS; kind++) {
        for (unsigned i = 0; i < POD_GATE_INPUTS; i++) {
            struct pod_gate_in in = pod_gate_input((uint8_t)i, (enum pod_probe_kind)kind);
            unsigned matches = 0;

            for (uint32_t row = 0; row < pod_gate_rows; row++)
                matches += pod_gate_row_matches(&pod_gate_table[row], in);
            cr_assert_eq(matches, 1, "input %02x of %s: %u rows", i,
                         pod_probe_kind_name((enum pod_probe_kind)kind), matches);
            cr_assert_eq(pod_gate_index(in), i);
        }
    }
}

Test(rule_probe, every_row_is_needed)
{
    for (uint32_t row = 0; row < pod_gate_rows; row++) {
        bool used = false;

        for (unsigned kind = 0; kind < POD_PROBE_KINDS && !used; kind++) {
            for (unsigned i = 0; i < POD_GATE_INPUTS && !used; i++)
                used = pod_gate_row_matches(&pod_gate_table[row],
                                            pod_gate_input((uint8_t)i, (enum pod_probe_kind)kind));
        }
        cr_assert(used, "row %s matches nothing", pod_gate_table[row].name);
    }
}

/* doProbe of the kubelet, as a ladder of ifs. */
static unsigned ladder(struct pod_gate_in in)
{
    if (!in.known || in.held)
        return POD_GATE_SKIP;
    if (!in.running)
        return POD_GATE_SET_FAILURE | (in.final ? POD_GATE_RETIRE : 0);
    if (!in.delay_over)
        return POD_GATE_SKIP;
    if ((in.kind == POD_STARTUP) == in.started)
        return POD_GATE_SKIP;
    return POD_GATE_PROBE;
}

Test(rule_probe, table_is_the_ladder)
{
    struct pod_gate_lookup lookup;

    pod_gate_compile(&lookup);
    for (unsigned kind = 0; kind < POD_PROBE_KINDS; kind++) {
        for (unsigned i = 0; i < POD_GATE_INPUTS; i++) {
            struct pod_gate_in in = pod_gate_input((uint8_t)i, (enum pod_probe_kind)kind);

            cr_assert_eq(pod_gate(in)->decision, ladder(in), "input %02x kind %u", i, kind);
            cr_assert_eq(lookup.decision[kind][i], ladder(in));
        }
    }
}

Test(rule_probe, delay_counts_from_the_truncated_second)
{
    cr_expect(!pod_probe_delay_over(10000, 7000, 4), "P-09: three seconds have passed");
    cr_expect(pod_probe_delay_over(10000, 7000, 3), "P-08");
    cr_expect(pod_probe_delay_over(10000, 7999, 3), "startedAt 7.999 counts as 7");
    cr_expect(!pod_probe_delay_over(9999, 7999, 3));
    cr_expect(pod_probe_delay_over(0, 0, 0));
}

Test(rule_probe, step_publishes_at_the_threshold_only)
{
    for (int threshold = 1; threshold <= 5; threshold++) {
        struct pod_probe_state s = {.result = POD_RESULT_SUCCESS};

        for (int run = 1; run <= threshold; run++) {
            struct pod_probe_step step = pod_probe_step(s, POD_READINESS, false, 1, threshold);

            s = step.state;
            cr_assert_eq((step.actions & POD_PROBE_CHANGED) != 0, run == threshold);
            cr_assert_eq(s.result, run == threshold ? POD_RESULT_FAILURE : POD_RESULT_SUCCESS);
            cr_assert_eq(s.run_length, (uint32_t)run);
        }
    }
}

Test(rule_probe, a_run_without_end_is_still_one)
{
    struct pod_probe_state s = {
        .last = POD_RESULT_SUCCESS, .result = POD_RESULT_SUCCESS, .run_length = UINT32_MAX};

    cr_expect_eq(pod_probe_step(s, POD_READINESS, true, 3, 3).state.run_length, UINT32_MAX);
    cr_expect_eq(pod_probe_step(s, POD_READINESS, true, 3, 3).actions, POD_PROBE_PUBLISHED);
}

Test(rule_probe, a_different_outcome_starts_a_new_run)
{
    struct pod_probe_state s = {.result = POD_RESULT_SUCCESS};

    for (int i = 0; i < 20; i++) {
        struct pod_probe_step step = pod_probe_step(s, POD_LIVENESS, i % 3 == 2, 1, 3);

        s = step.state;
        cr_assert(!s.held, "two failures, then a success, for ever");
        cr_assert_neq(s.result, POD_RESULT_FAILURE);
    }
}

Test(rule_probe, what_holds_a_probe)
{
    struct pod_probe_state s = {.result = POD_RESULT_SUCCESS};

    cr_expect(pod_probe_step(s, POD_LIVENESS, false, 1, 1).state.held);
    cr_expect(!pod_probe_step(s, POD_LIVENESS, true, 1, 1).state.held);
    cr_expect(pod_probe_step(s, POD_STARTUP, false, 1, 1).state.held);
    cr_expect(pod_probe_step(s, POD_STARTUP, true, 1, 1).state.held);
    cr_expect(!pod_probe_step(s, POD_READINESS, false, 1, 1).state.held);
    cr_expect(!pod_probe_step(s, POD_READINESS, true, 1, 1).state.held);
    cr_expect_eq(pod_probe_step(s, POD_LIVENESS, false, 1, 1).state.run_length, 0);
}
