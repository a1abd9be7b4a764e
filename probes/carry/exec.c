/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec.c - the exec carrier: runs the probe's command in its container, in simulated time, over the
 * container's own files. What a Behavior scripts, and what is no command of ours, never comes here.
 */
#include <string.h>

#include "engine/pod/runtime.h"
#include "engine/reactor/limit.h"
#include "probes/carry/carriers.h"
#include "probes/carry/script.h"
#include "probes/wire/url.h"

struct run {
    struct pod_exec exec;
    int32_t code;
    bool ended;
};

_Static_assert(sizeof(struct run) <= sizeof(((struct pod_attempt *)0)->scratch),
               "the state of a run must fit into the attempt");

static struct run *run_of(struct pod_attempt *a)
{
    return (struct run *)(void *)a->scratch;
}

static void settle(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                   uint32_t length)
{
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    pod_attempt_done(a, outcome, text, RX_MIN(length, (uint32_t)POD_PROBE_BODY_MAX));
    pod_exec_close(&run_of(a)->exec);
    pod_attempt_free(a);
}

static void go_on(struct pod_attempt *a)
{
    struct run *r = run_of(a);
    struct shell_state s = pod_exec_run(&r->exec);

    if (s.phase == SHELL_SLEEPING) {
        rx_loop_arm(a->loop, &a->step, s.until);
        return;
    }
    if (s.phase == SHELL_WAITING)
        return;
    r->code = s.code;
    r->ended = true;
    a->step.key = pod_key_in_class(a->step.key, POD_CLASS_ANSWER);
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

static void exec_start(struct pod_attempt *a)
{
    const struct pod_handler_spec *h = a->handler;
    struct pod_container *c = pod_machine_find(a->world, a->pod, a->container);
    struct run *r = run_of(a);

    RX_ASSERT(c != NULL);
    memset(r, 0, sizeof(*r));
    if (pod_exec_open(&r->exec, c, h, &a->step) != 0) {
        static const char text[] = "no memory for the command";

        pod_attempt_done(a, POD_ERROR, text, sizeof(text) - 1);
        pod_attempt_free(a);
        return;
    }
    if (a->timeout != RX_NS_NEVER)
        rx_loop_arm(a->loop, &a->deadline, rx_ms_ceil(a->started + a->timeout));
    go_on(a);
}

static void exec_step(struct pod_attempt *a)
{
    struct run *r = run_of(a);
    const char *text;
    uint32_t length;

    if (!r->ended) {
        go_on(a);
        return;
    }
    text = pod_exec_output(&r->exec, &length);
    settle(a, r->code == 0 ? POD_SUCCESS : POD_FAILURE, text, length);
}

static void exec_expire(struct pod_attempt *a)
{
    struct rx_fit t = {.at = a->buffer, .room = a->room};

    probe_exec_timeout(a, &t);
    settle(a, POD_FAILURE, t.at, t.len);
}

static void exec_cancel(struct pod_attempt *a)
{
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    pod_exec_close(&run_of(a)->exec);
    pod_attempt_free(a);
}

/* The container has ended, and its commands with it. */
static void exec_lost(struct pod_attempt *a)
{
    struct run *r = run_of(a);

    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    r->ended = true;
    r->code = pod_exit_of_signal(POD_SIGKILL);
    a->step.key = pod_key_in_class(a->step.key, POD_CLASS_DONE);
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

static void exec_drop(struct pod_attempt *a)
{
    pod_exec_close(&run_of(a)->exec);
}

const struct pod_carrier probe_exec = {
    .name = "exec",
    .start = exec_start,
    .expire = exec_expire,
    .step = exec_step,
    .cancel = exec_cancel,
    .lost = exec_lost,
    .drop = exec_drop,
};
