/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_container.h - the rules of one container, pure: what a signal does to it, and whether it is
 * started again when it is dead.
 */
#ifndef POD_RULE_CONTAINER_H
#define POD_RULE_CONTAINER_H

#include "engine/store/spec.h"

struct pod_restart_in {
    bool deleting; /* the pod has a deletionTimestamp */
    enum pod_container_kind kind;
    enum pod_restart_policy pod_policy, own_policy; /* own may be UNSET */
    uint32_t rule_count;
    const struct pod_restart_rule *rule;
    int32_t exit_code;
    bool oom_killed; /* of a regular init container: a failure whatever the code */
};

enum pod_restart { POD_STAYS_DEAD, POD_RESTARTS, POD_RESTARTS_ALL };

enum pod_restart pod_restart_decide(const struct pod_restart_in *in);
/* What becomes of a container that has ended by itself. */

bool pod_restart_after_kill(enum pod_container_kind kind, enum pod_restart_policy pod_policy,
                            enum pod_restart_policy own_policy);
/* After a probe has had it killed: anything but Never; rules and the exit code are not
 * consulted. */

enum { POD_SIGTERM = 15, POD_SIGKILL = 9 };

/* What a signal does to the main process of a container. */
enum pod_signal {
    POD_SIGNAL_FATAL, /* ends it: SIGKILL, and what the kernel sends to a process that has failed */
    POD_SIGNAL_STOP,  /* SIGTERM: the stop signal, with the reaction to it */
    POD_SIGNAL_HEARD, /* what people send: a command of ours hears it, another ends */
    POD_SIGNAL_FAINT, /* ignored unless it is listened to */
};

enum pod_signal pod_signal_of(int32_t number);

static inline int32_t pod_exit_of_signal(int32_t signal)
{
    return 128 + signal;
}

#endif
