/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a dead container is started again: every combination of kind, policies, rules, exit
 * codes, OOM kills and deletion, compared with the decision as the documentation words it.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/pod/rule_container.h"
#include "engine/reactor/base.h"

/* ---- the decision as it is written down ---------------------------------------------------------
 */

static bool listed(const struct pod_restart_rule *r, int32_t code)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->exit_code[i] == code)
            return true;
    }
    return false;
}

static bool policy_restarts(enum pod_restart_policy policy, bool failed)
{
    switch (policy) {
    case POD_RESTART_ALWAYS:
        return true;
    case POD_RESTART_ON_FAILURE:
        return failed;
    default:
        return false;
    }
}

static enum pod_restart words(const struct pod_restart_in *in)
{
    bool failed = in->exit_code != 0;
    enum pod_restart_policy policy;

    if (in->deleting)
        return POD_STAYS_DEAD; /* first of all */
    if (in->kind == POD_INIT && in->oom_killed)
        failed = true; /* even with code 0 */
    if (in->own_policy == POD_RESTART_UNSET) {
        policy = in->pod_policy; /* rules require a policy of the container's own */
    } else {
        for (uint32_t i = 0; i < in->rule_count; i++) {
            const struct pod_restart_rule *r = &in->rule[i];

            if (r->not_in ? listed(r, in->exit_code) : !listed(r, in->exit_code))
                continue;
            return r->action == POD_RULE_RESTART_ALL ? POD_RESTARTS_ALL : POD_RESTARTS;
        }
        policy = in->own_policy;
    }
    if (in->kind == POD_SIDECAR)
        return POD_RESTARTS; /* after any exit */
    if (in->kind == POD_INIT && policy == POD_RESTART_ALWAYS)
        policy = POD_RESTART_ON_FAILURE; /* exit 0 is final */
    return policy_restarts(policy, failed) ? POD_RESTARTS : POD_STAYS_DEAD;
}

static const int32_t none_or_one[] = {0, 1}, answer[] = {42}, killed[] = {137, 143};

static const struct pod_restart_rule rules[][2] = {
    {{POD_RULE_RESTART, false, 1, answer}, {POD_RULE_RESTART_ALL, false, 2, killed}},
    {{POD_RULE_RESTART, true, 2, none_or_one}, {POD_RULE_RESTART_ALL, false, 1, answer}},
    {{POD_RULE_RESTART_ALL, true, 1, answer}, {POD_RULE_RESTART, false, 1, answer}},
    {{POD_RULE_RESTART, false, 0, NULL}, {POD_RULE_RESTART_ALL, true, 0, NULL}},
};

static const int32_t codes[] = {0, 1, 2, 42, 128, 137, 139, 143, 255};

Test(rule_container, every_input_is_decided_as_written)
{
    unsigned seen[3] = {0}, cases = 0;

    for (unsigned bits = 0; bits < 4; bits++) {
        for (unsigned n = 0; n < 3 * 3 * 4 * 4 * 3 * RX_ARRAY_LEN(codes); n++) {
            unsigned x = n;
            struct pod_restart_in in = {.deleting = bits & 1, .oom_killed = bits & 2};
            enum pod_restart is, should;

            in.kind = (enum pod_container_kind)(x % 3), x /= 3;
            in.pod_policy = (enum pod_restart_policy)(POD_RESTART_ALWAYS + x % 3), x /= 3;
            in.own_policy = (enum pod_restart_policy)(x % 4), x /= 4;
            in.rule = rules[x % 4], x /= 4;
            in.rule_count = x % 3, x /= 3;
            in.exit_code = codes[x];
            is = pod_restart_decide(&in);
            should = words(&in);
            cr_assert_eq(is, should,
                         "kind %d pod %d own %d rules %u code %d oom %d deleting %d: %d",
                         (int)in.kind, (int)in.pod_policy, (int)in.own_policy, in.rule_count,
                         in.exit_code, in.oom_killed, in.deleting, (int)is);
            seen[is]++;
            cases++;
        }
    }
    cr_expect(seen[POD_STAYS_DEAD] > 100 && seen[POD_RESTARTS] > 100 &&
              seen[POD_RESTARTS_ALL] > 100);
    cr_expect_eq(cases, 4u * 3 * 3 * 4 * 4 * 3 * RX_ARRAY_LEN(codes));
}

Test(rule_container, worked_examples)
{
    static const struct {
        const char *name;
        struct pod_restart_in in;
        enum pod_restart out;
    } rows[] = {
        {"B-10", {.kind = POD_MAIN, .pod_policy = POD_RESTART_ON_FAILURE}, POD_STAYS_DEAD},
        {"B-11",
         {.kind = POD_MAIN, .pod_policy = POD_RESTART_ON_FAILURE, .exit_code = 1},
         POD_RESTARTS},
        {"B-12",
         {.kind = POD_MAIN, .pod_policy = POD_RESTART_NEVER, .exit_code = 3},
         POD_STAYS_DEAD},
        {"B-15, 42",
         {.kind = POD_MAIN,
          .pod_policy = POD_RESTART_NEVER,
          .own_policy = POD_RESTART_NEVER,
          .rule = rules[0],
          .rule_count = 1,
          .exit_code = 42},
         POD_RESTARTS},
        {"B-15, 1",
         {.kind = POD_MAIN,
          .pod_policy = POD_RESTART_NEVER,
          .own_policy = POD_RESTART_NEVER,
          .rule = rules[0],
          .rule_count = 1,
          .exit_code = 1},
         POD_STAYS_DEAD},
        {"B-21",
         {.kind = POD_MAIN,
          .pod_policy = POD_RESTART_ALWAYS,
          .own_policy = POD_RESTART_ON_FAILURE,
          .rule = rules[1],
          .rule_count = 1,
          .exit_code = 0},
         POD_STAYS_DEAD},
        {"B-22",
         {.kind = POD_MAIN,
          .pod_policy = POD_RESTART_ALWAYS,
          .own_policy = POD_RESTART_ON_FAILURE,
          .rule = rules[1],
          .rule_count = 1,
          .exit_code = 5},
         POD_RESTARTS},
        {"an init container that has done its work",
         {.kind = POD_INIT, .pod_policy = POD_RESTART_ALWAYS},
         POD_STAYS_DEAD},
        {"an init container reported as OOMKilled with code 0",
         {.kind = POD_INIT, .pod_policy = POD_RESTART_ALWAYS, .oom_killed = true},
         POD_RESTARTS},
        {"I-09, a sidecar under Never",
         {.kind = POD_SIDECAR, .pod_policy = POD_RESTART_NEVER, .own_policy = POD_RESTART_ALWAYS},
         POD_RESTARTS},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++)
        cr_expect_eq(pod_restart_decide(&rows[i].in), rows[i].out, "%s", rows[i].name);
}

/* "Policy is not Never", the container's before the pod's; nothing else is asked. */
Test(rule_container, after_a_kill_by_a_probe)
{
    for (unsigned kind = POD_INIT; kind <= POD_MAIN; kind++) {
        for (unsigned pod = POD_RESTART_ALWAYS; pod <= POD_RESTART_NEVER; pod++) {
            for (unsigned own = POD_RESTART_UNSET; own <= POD_RESTART_NEVER; own++) {
                bool never = own == POD_RESTART_NEVER ||
                             (own == POD_RESTART_UNSET && pod == POD_RESTART_NEVER);

                cr_expect_eq(pod_restart_after_kill((enum pod_container_kind)kind,
                                                    (enum pod_restart_policy)pod,
                                                    (enum pod_restart_policy)own),
                             kind == POD_SIDECAR || !never, "kind %u pod %u own %u", kind, pod,
                             own);
            }
        }
    }
}

Test(rule_container, reasons_are_found_by_their_names)
{
    for (unsigned r = POD_REASON_NONE; r < POD_REASON_SCRIPTED; r++)
        cr_expect_eq(pod_reason_named(pod_reason_text((enum pod_reason)r)), r, "reason %u", r);
    cr_expect_eq(pod_reason_named("Whatever"), POD_REASON_SCRIPTED);
    cr_expect_eq(pod_reason_named("crashloopbackoff"), POD_REASON_SCRIPTED, "names are exact");
    cr_expect_null(pod_reason_text(POD_REASON_SCRIPTED));
    cr_expect_str_eq(pod_reason_text(POD_REASON_CRASH_LOOP), "CrashLoopBackOff");
}

Test(rule_container, exit_of_a_signal)
{
    cr_expect_eq(pod_exit_of_signal(POD_SIGTERM), 143);
    cr_expect_eq(pod_exit_of_signal(POD_SIGKILL), 137);
    cr_expect_eq(pod_exit_of_signal(11), 139);
}

Test(rule_container, signals)
{
    static const int32_t heard[] = {1, 2, 3, 10, 12, 14}, faint[] = {17, 18, 23, 28};

    for (int32_t n = -1; n < 70; n++) {
        enum pod_signal want = n == POD_SIGTERM ? POD_SIGNAL_STOP : POD_SIGNAL_FATAL;

        for (size_t i = 0; i < RX_ARRAY_LEN(heard); i++)
            want = n == heard[i] ? POD_SIGNAL_HEARD : want;
        for (size_t i = 0; i < RX_ARRAY_LEN(faint); i++)
            want = n == faint[i] ? POD_SIGNAL_FAINT : want;
        cr_assert_eq(pod_signal_of(n), want, "%d", n);
    }
}
