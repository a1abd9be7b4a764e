/* SPDX-License-Identifier: Apache-2.0 */
/*
 * twin.h - the kubelet's and kubectl's rules once more, dumb and short, written from the
 * specification and not from the engine: what random worlds are compared with. No line of
 * engine/pod/rule_* is used.
 */
#ifndef TWIN_H
#define TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/store/spec.h"

enum twin_state { TWIN_WAITING, TWIN_RUNNING, TWIN_TERMINATED };

/* A container as the API shows it. */
struct twin_container {
    const struct pod_container_spec *spec;
    enum twin_state state;
    char reason[64];
    int32_t exit_code; /* of Terminated */
    bool ready, started, has_last;
};

/* A pod as the API shows it. */
struct twin_pod {
    const struct pod_spec *spec;
    const struct twin_container *container; /* as in the spec */
    const char *phase, *reason;             /* reason: of the pod; NULL */
    bool bound, initialized, ready, terminating;
    bool explained; /* its message says what became of the whole pod: the reason goes before those
                     * of containers */
};

void twin_status(const struct twin_pod *p, char *out, size_t room);
/* kubectl's STATUS. */

int32_t twin_ready(const struct twin_pod *p);
/* ... and how many are ready in its READY, which sees no further than STATUS. */

bool twin_initialized(const struct twin_pod *p);
bool twin_containers_ready(const struct twin_pod *p);

bool twin_restarts(const struct pod_spec *spec, const struct pod_container_spec *c,
                   int32_t exit_code, bool oom_killed);
/* What policy says about a container that has ended by itself, rules for all containers left out.
 */

bool twin_restarts_after_kill(const struct pod_spec *spec, const struct pod_container_spec *c);

/* The crash-loop ladder. */
struct twin_ladder {
    int64_t delay_ms, last_ms; /* delay 0: no entry */
};

struct twin_limits {
    int64_t base_ms, cap_ms;
};

bool twin_must_wait(const struct twin_ladder *l, bool has_dead, int64_t dead_ms, int64_t now_ms);
void twin_climb(struct twin_ladder *l, const struct twin_limits *limits, bool has_dead,
                int64_t dead_ms, int64_t now_ms);
/* A start was decided. */

int64_t twin_window_ms(int32_t grace_s, int64_t hook_ms, int64_t turn_ms);
/* From the stop signal to SIGKILL, after a hook and a wait for one's turn that took so long. */

bool twin_exit_fits(const char *reason, int32_t code);
/* May a container that ended for this reason have this exit code? */

#endif
