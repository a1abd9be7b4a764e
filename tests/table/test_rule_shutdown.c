/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a deletion does to a pod: the API's rules for the grace period enumerated against their
 * wording, and the worked examples.
 */
#include <criterion/criterion.h>

#include "engine/pod/rule_shutdown.h"
#include "engine/reactor/base.h"

enum { S = 1000 };

/* "option gracePeriodSeconds, else spec; negative -> 1; --force alone means 0; --grace-period=0
 * without
 * --force is turned into 1; 0 if not yet bound or already Succeeded/Failed" */
static int64_t asked_for(const struct pod_delete_in *in)
{
    if (!in->bound || in->terminal || in->force)
        return 0;
    if (!in->given)
        return in->spec_s < 0 ? 1 : in->spec_s;
    return in->given_s <= 0 ? 1 : in->given_s;
}

static const int64_t periods[] = {-7, -1, 0, 1, 2, 5, 10, 30, 60, 3600};
static const rx_ms waits[] = {0, 1, 999, 1000, 4999, 5000, 5001, 10000, 59999, 60000, 90000};

#define EACH(i, list) for (size_t i = 0; i < RX_ARRAY_LEN(list); i++)

Test(rule_shutdown, the_first_deletion)
{
    for (unsigned bits = 0; bits < 16; bits++) {
        EACH(g, periods) EACH(s, periods) EACH(w, waits)
        {
            struct pod_delete_in in = {.given = bits & 1,
                                       .force = bits & 2,
                                       .bound = bits & 4,
                                       .terminal = bits & 8,
                                       .given_s = periods[g],
                                       .spec_s = (int32_t)periods[s],
                                       .now = waits[w]};
            struct pod_delete_out out = pod_delete_decide(&in);
            int64_t period = asked_for(&in);

            cr_assert(out.changes);
            cr_assert_eq(out.period_s, period, "bits %x given %lld spec %lld", bits,
                         (long long)periods[g], (long long)periods[s]);
            cr_assert_eq(out.deadline, in.now + period * S);
            cr_assert_eq(out.gone_at_once, period == 0);
        }
    }
}

Test(rule_shutdown, a_second_one_can_only_shorten)
{
    static const int32_t recorded[] = {1, 2, 5, 10, 30, 60};
    unsigned shortened = 0, pulled = 0;

    for (unsigned bits = 0; bits < 16; bits++) {
        EACH(g, periods) EACH(r, recorded) EACH(w, waits)
        {
            struct pod_delete_in in = {.given = bits & 1,
                                       .force = bits & 2,
                                       .bound = bits & 4,
                                       .terminal = bits & 8,
                                       .given_s = periods[g],
                                       .spec_s = 30,
                                       .deleting = true,
                                       .first_at = 100 * S,
                                       .recorded_s = recorded[r],
                                       .now = 100 * S + waits[w]};
            struct pod_delete_out out = pod_delete_decide(&in);
            int64_t period = asked_for(&in);
            rx_ms deadline = in.first_at + period * S;

            if (period >= in.recorded_s) {
                cr_assert(!out.changes && !out.gone_at_once);
                cr_assert_eq(out.period_s, in.recorded_s);
                cr_assert_eq(out.deadline, in.first_at + (rx_ms)in.recorded_s * S);
                continue;
            }
            shortened++;
            cr_assert(out.changes);
            cr_assert_eq(out.gone_at_once, period == 0);
            cr_assert_eq(out.deadline, RX_MAX(deadline, in.now), "never in the past");
            pulled += deadline < in.now;
            cr_assert_eq(out.period_s, deadline < in.now && period > 0 ? 1 : period);
        }
    }
    cr_expect_gt(shortened, 500);
    cr_expect_gt(pulled, 100);
}

Test(rule_shutdown, worked_examples)
{
    struct pod_delete_in plain = {.spec_s = 30, .bound = true, .now = 100 * S}, in = plain;
    struct pod_delete_out out = pod_delete_decide(&in);

    cr_expect_eq(out.deadline, 130 * S, "T-02");
    in.given = true;
    out = pod_delete_decide(&in);
    cr_expect(out.period_s == 1 && !out.gone_at_once && out.deadline == 101 * S, "T-07");
    in.given = false;
    in.force = true;
    out = pod_delete_decide(&in);
    cr_expect(out.period_s == 0 && out.gone_at_once && out.deadline == 100 * S, "T-05");
    in = plain;
    in.bound = false;
    cr_expect(pod_delete_decide(&in).gone_at_once, "T-13: unscheduled");

    in = (struct pod_delete_in){.given = true,
                                .given_s = 5,
                                .spec_s = 60,
                                .bound = true,
                                .deleting = true,
                                .first_at = 100 * S,
                                .recorded_s = 60,
                                .now = 110 * S};
    out = pod_delete_decide(&in);
    cr_expect(out.changes && out.deadline == 110 * S && out.period_s == 1, "T-14");
    in.now = 105 * S;
    out = pod_delete_decide(&in);
    cr_expect(out.deadline == 105 * S && out.period_s == 5, "now is not yet the past");

    in = (struct pod_delete_in){.given = true,
                                .given_s = 40,
                                .spec_s = 30,
                                .bound = true,
                                .deleting = true,
                                .first_at = 100 * S,
                                .recorded_s = 10,
                                .now = 103 * S};
    out = pod_delete_decide(&in);
    cr_expect(!out.changes && out.period_s == 10 && out.deadline == 110 * S, "T-20");
}

Test(rule_shutdown, huge_periods)
{
    struct pod_delete_in in = {.given = true, .given_s = INT64_MAX, .bound = true, .now = 5};
    struct pod_delete_out out = pod_delete_decide(&in);

    cr_expect_eq(out.period_s, INT32_MAX);
    cr_expect_eq(out.deadline, 5 + (rx_ms)INT32_MAX * S);
    in.given_s = INT64_MIN;
    cr_expect_eq(pod_delete_decide(&in).period_s, 1);
}

Test(rule_shutdown, what_the_hook_leaves_to_the_process)
{
    static const struct {
        const char *name;
        int32_t grace_s;
        rx_ms hook, turn;
        int32_t left_s;
    } rows[] = {
        {"H-01", 30, 5000, 0, 25},
        {"H-02", 30, 5900, 0, 25},
        {"H-03", 30, 30000, 0, 2},
        {"H-04", 30, 29200, 0, 2},
        {"no hook", 30, 0, 0, 30},
        {"T-06: period 0 lifted to 1", 1, 1000, 0, 2},
        {"T-07", 1, 0, 0, 2},
        {"T-18", 20, 8500, 0, 12},
        {"whole seconds", 10, 7999, 0, 3},
        {"never below two", 10, 8000, 0, 2},
        {"a turn that came late", 10, 0, 2500, 8},
        {"each in whole seconds", 10, 1600, 1600, 8},
        {"a turn that never came", 10, 3000, 7000, 2},
    };

    EACH(i, rows)
    cr_expect_eq(pod_kill_grace_s(rows[i].grace_s, rows[i].hook, rows[i].turn), rows[i].left_s,
                 "%s", rows[i].name);
    for (int32_t grace = 0; grace < 40; grace++) {
        for (rx_ms hook = 0; hook <= 45 * S; hook += 250) {
            int64_t left = grace - hook / S;

            cr_assert_eq(pod_kill_grace_s(grace, hook, 0), left > 2 ? left : 2);
            cr_assert_eq(pod_turn_patience_ms(grace, hook), left > 0 ? left * S : 0);
        }
    }
}
