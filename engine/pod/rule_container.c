/* SPDX-License-Identifier: Apache-2.0 */
/* rule_container.c - restart policy and exit codes as tables. */
#include "engine/pod/rule_container.h"

#include "engine/reactor/base.h"

static bool rule_matches(const struct pod_restart_rule *rule, int32_t exit_code)
{
    bool listed = false;

    for (uint32_t i = 0; i < rule->count && !listed; i++)
        listed = rule->exit_code[i] == exit_code;
    return listed != rule->not_in;
}

enum pod_restart pod_restart_decide(const struct pod_restart_in *in)
{
    enum pod_restart_policy policy = in->pod_policy;
    bool failed = in->exit_code != 0 || (in->kind == POD_INIT && in->oom_killed);

    if (in->deleting)
        return POD_STAYS_DEAD;
    if (in->own_policy != POD_RESTART_UNSET) {
        for (uint32_t i = 0; i < in->rule_count; i++) {
            if (rule_matches(&in->rule[i], in->exit_code))
                return in->rule[i].action == POD_RULE_RESTART ? POD_RESTARTS : POD_RESTARTS_ALL;
        }
        policy = in->own_policy;
    }
    if (in->kind == POD_SIDECAR)
        return POD_RESTARTS;
    /* An init container that has done its work is not run again. */
    if (in->kind == POD_INIT && policy == POD_RESTART_ALWAYS)
        policy = POD_RESTART_ON_FAILURE;
    if (policy == POD_RESTART_ALWAYS || (policy == POD_RESTART_ON_FAILURE && failed))
        return POD_RESTARTS;
    return POD_STAYS_DEAD;
}

bool pod_restart_after_kill(enum pod_container_kind kind, enum pod_restart_policy pod_policy,
                            enum pod_restart_policy own_policy)
{
    if (kind == POD_SIDECAR)
        return true;
    return (own_policy != POD_RESTART_UNSET ? own_policy : pod_policy) != POD_RESTART_NEVER;
}

enum pod_signal pod_signal_of(int32_t number)
{
    static const uint8_t is[] = {
        [1] = POD_SIGNAL_HEARD,  /* SIGHUP */
        [2] = POD_SIGNAL_HEARD,  /* SIGINT */
        [3] = POD_SIGNAL_HEARD,  /* SIGQUIT */
        [10] = POD_SIGNAL_HEARD, /* SIGUSR1 */
        [12] = POD_SIGNAL_HEARD, /* SIGUSR2 */
        [14] = POD_SIGNAL_HEARD, /* SIGALRM */
        [15] = POD_SIGNAL_STOP,
        [17] = POD_SIGNAL_FAINT, /* SIGCHLD */
        [18] = POD_SIGNAL_FAINT, /* SIGCONT */
        [23] = POD_SIGNAL_FAINT, /* SIGURG */
        [28] = POD_SIGNAL_FAINT, /* SIGWINCH */
    };

    if (number < 0 || (size_t)number >= RX_ARRAY_LEN(is))
        return POD_SIGNAL_FATAL;
    return (enum pod_signal)is[number];
}
