/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_container.h - the rules of one container, pure: names of its states and reasons, what an exit
 * looks like, and whether a dead container is started again.
 */
#ifndef POD_RULE_CONTAINER_H
#define POD_RULE_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

enum pod_container_kind { POD_INIT, POD_SIDECAR, POD_MAIN };

enum pod_restart_policy { POD_RESTART_UNSET, POD_RESTART_ALWAYS, POD_RESTART_ON_FAILURE,
                          POD_RESTART_NEVER };

enum pod_rule_action { POD_RULE_RESTART, POD_RULE_RESTART_ALL };

struct pod_restart_rule {
    enum pod_rule_action action;
    bool not_in;
    uint32_t count;
    const int32_t *exit_code;
};

/* Why a container waits or ended: every reason of the API the engine can show. */
/*    name                      as kubectl shows it */
#define POD_REASON_MAP(X)                                                                          \
    X(NONE, "")                                                                                    \
    X(COMPLETED, "Completed")                                                                      \
    X(ERROR, "Error")                                                                              \
    X(OOM_KILLED, "OOMKilled")                                                                     \
    X(START_ERROR, "StartError")                                                                   \
    X(STATUS_UNKNOWN, "ContainerStatusUnknown")                                                    \
    X(RESTARTING_ALL, "RestartingAllContainers")                                                   \
    X(CREATING, "ContainerCreating")                                                               \
    X(INITIALIZING, "PodInitializing")                                                             \
    X(CRASH_LOOP, "CrashLoopBackOff")                                                              \
    X(IMAGE_PULL, "ErrImagePull")                                                                  \
    X(IMAGE_BACKOFF, "ImagePullBackOff")                                                           \
    X(IMAGE_NEVER, "ErrImageNeverPull")                                                            \
    X(IMAGE_NAME, "InvalidImageName")                                                              \
    X(IMAGE_INSPECT, "ImageInspectError")                                                          \
    X(REGISTRY, "RegistryUnavailable")                                                             \
    X(SIGNATURE, "SignatureValidationFailed")                                                      \
    X(CONFIG_ERROR, "CreateContainerConfigError")                                                  \
    X(CREATE_ERROR, "CreateContainerError")                                                        \
    X(PRE_CREATE_ERROR, "PreCreateHookError")                                                      \
    X(PRE_START_ERROR, "PreStartHookError")                                                        \
    X(RUN_ERROR, "RunContainerError")                                                              \
    X(POST_START_ERROR, "PostStartHookError")

enum pod_reason {
#define X(name, text) POD_REASON_##name,
    POD_REASON_MAP(X)
#undef X
        POD_REASON_SCRIPTED /* from here on: texts that Behavior documents invent, by pod_node_reason */
};

const char *pod_reason_text(enum pod_reason r); /* NULL from POD_REASON_SCRIPTED on */
enum pod_reason pod_reason_named(const char *text);
/* POD_REASON_SCRIPTED for a text that is none of the list. */

enum pod_container_state { POD_WAITING, POD_RUNNING, POD_TERMINATED };

const char *pod_container_state_name(enum pod_container_state s);

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
/* After a probe has had it killed: anything but Never; rules and the exit code are not consulted. */

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
