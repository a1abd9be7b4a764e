/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_host.c - the exec carrier of `--exec host`: the command is a process of this machine. Only
 * in real time over the kernel's network, and only if the engine was opened so.
 *
 *  1. What a Behavior scripts is not run: a script wins over the machine, as it wins over the
 *     shell.
 *  2. The timeout counts from when the process runs, not from when it was its time to start: a
 *     run that waits for a place has not failed, it is late.
 *  3. At the timeout the verdict is published; the group is killed, and the attempt (not the
 *     probe) waits until it has been reaped.
 *  4. Exit code 0 is success, any other failure. The text is what it wrote to standard output,
 *     then what it wrote to standard error, 10 KiB at most. What cannot be started is an error,
 *     never counted.
 *  5. A command dies with its container.
 *  6. A hook has no timeout. What its command left behind goes along with its verdict.
 */
#include <errno.h>
#include <string.h>

#include "engine/pod/runtime.h"
#include "engine/reactor/err.h"
#include "engine/reactor/limit.h"
#include "probes/carry/carriers.h"
#include "probes/carry/exec_env.h"
#include "probes/carry/script.h"
#include "probes/wire/url.h"

/* LOST: its container is gone, the verdict comes with the timer. LEAVING: nobody waits for it. */
enum phase { STARTING, RUNNING, LOST, LEAVING };

struct host_run {
    struct rx_list link;
    struct rx_spawn spawn;
    struct rx_arena arena; /* what the process is started with */
    char out[POD_PROBE_BODY_MAX], err[POD_PROBE_BODY_MAX];
};

static void on_news(struct rx_loop *loop, struct rx_op *op);

static struct host_run **slot_of(struct pod_attempt *a)
{
    return (struct host_run **)(void *)a->scratch;
}

/* Room is taken for each run and given back after it: next to a process that costs nothing, and
 * those that hold it are few. */
static int open_run(struct pod_attempt *a, struct pod_container *c)
{
    const struct rx_mem *mem = &a->world->guest;
    struct host_run *r = rx_mem_alloc(mem, sizeof(*r));
    int rc = -RX_ENOMEM;

    *slot_of(a) = r;
    if (r != NULL) {
        r->spawn = (struct rx_spawn){.out = r->out, .err = r->err, .room = POD_PROBE_BODY_MAX};
        rx_arena_init(&r->arena, mem);
        rx_list_add_tail(&((struct probe_exec_runs *)a->carrier_ctx)->all, &r->link);
        rc = probe_exec_prepare(a, c, &r->arena, &r->spawn);
    }
    return rc;
}

static void close_run(struct host_run *r, const struct rx_mem *mem)
{
    rx_list_remove(&r->link);
    rx_arena_fini(&r->arena);
    rx_mem_free(mem, r, sizeof(*r));
}

void probe_exec_runs_drop(struct probe_exec_runs *runs, const struct rx_mem *mem)
{
    while (!rx_list_empty(&runs->all))
        close_run(rx_container_of(runs->all.next, struct host_run, link), mem);
}

static void leave(struct pod_attempt *a)
{
    struct host_run *r = *slot_of(a);

    if (r != NULL)
        close_run(r, &a->world->guest);
    *slot_of(a) = NULL;
    pod_attempt_free(a);
}

/* ---- texts ----------------------------------------------------------------------------------- */

static void text_no_start(const struct pod_attempt *a, struct rx_fit *t, int error)
{
    const char *program = a->handler->argv[0];
    size_t length = strlen(program);

    rx_fit_str(t, "rpc error: code = Unknown desc = failed to exec in container: exec: ");
    pod_text_quote(t, program, length);
    rx_fit_str(t, ": ");
    if (error == ENOENT && strchr(program, '/') == NULL) {
        rx_fit_str(t, "executable file not found in $PATH");
        return;
    }
    if (error == ENOENT) {
        rx_fit_str(t, "stat ");
        rx_fit_add(t, program, length);
        rx_fit_str(t, ": ");
    }
    pod_text_errno(t, error);
}

/* ---- verdicts -------------------------------------------------------------------------------- */

static void judge(struct pod_attempt *a, int32_t code)
{
    const struct host_run *r = *slot_of(a);
    struct pod_leavings left = {
        .code = code,
        .out = r->out,
        .out_length = r->spawn.out_len,
        .err = r->err,
        .err_length = r->spawn.err_len,
    };
    char text[POD_PROBE_BODY_MAX]; /* a copy: a stream that still flows is not touched */
    struct rx_fit t = {.at = text, .room = sizeof(text)};

    if (code != 0) {
        rx_fit_add(&t, left.out, left.out_length);
        rx_fit_add(&t, left.err, left.err_length);
    }
    a->left = &left;
    pod_attempt_done(a, code == 0 ? POD_SUCCESS : POD_FAILURE, t.at, t.len);
    a->left = NULL;
}

static void judge_no_start(struct pod_attempt *a, int error)
{
    char text[POD_PROBE_BODY_MAX];
    struct rx_fit t = {.at = text, .room = sizeof(text)};

    text_no_start(a, &t, error);
    pod_attempt_done(a, POD_ERROR, t.at, t.len);
}

/* ---- the run --------------------------------------------------------------------------------- */

static void host_start(struct pod_attempt *a)
{
    struct pod_container *c = pod_machine_find(a->world, a->pod, a->container);
    int rc;

    RX_ASSERT(c != NULL);
    a->phase = STARTING;
    rc = open_run(a, c);
    if (rc != 0) {
        judge_no_start(a, rc == -RX_ELIMIT ? E2BIG : ENOMEM);
        leave(a);
        return;
    }
    a->op.kind = RX_OP_SPAWN;
    a->op.spawn = &(*slot_of(a))->spawn;
    a->op.done = on_news;
    rx_loop_start(a->loop, &a->op);
}

static void on_news(struct rx_loop *loop, struct rx_op *op)
{
    struct pod_attempt *a = rx_container_of(op, struct pod_attempt, op);
    bool over = op->state == RX_OP_DEAD;

    if (a->phase == LOST)
        return;
    if (over && a->phase != LEAVING) {
        rx_loop_disarm(loop, &a->deadline);
        if (op->res >= 0)
            judge(a, op->res);
        else
            judge_no_start(a, -op->res);
    }
    if (over) {
        leave(a);
        return;
    }
    if (a->phase != STARTING)
        return;
    a->phase = RUNNING;
    if (a->timeout != RX_NS_NEVER)
        rx_loop_arm(loop, &a->deadline, rx_ms_ceil(rx_loop_clock(loop) + a->timeout));
}

static void host_expire(struct pod_attempt *a)
{
    char text[POD_PROBE_BODY_MAX];
    struct rx_fit t = {.at = text, .room = sizeof(text)};

    a->phase = LEAVING;
    rx_loop_cancel(a->loop, &a->op);
    probe_exec_timeout(a, &t);
    pod_attempt_done(a, POD_FAILURE, t.at, t.len);
}

/* Nobody waits any more. */
static void host_cancel(struct pod_attempt *a)
{
    if (a->phase == LEAVING)
        return;
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    a->phase = LEAVING;
    if (a->op.state == RX_OP_DEAD)
        leave(a);
    else
        rx_loop_cancel(a->loop, &a->op);
}

/* The container has ended, and its commands with it: in the same instant, whenever the machine is
 * done with the process. */
static void host_lost(struct pod_attempt *a)
{
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_cancel(a->loop, &a->op);
    a->phase = LOST;
    a->step.key = pod_key_in_class(a->step.key, POD_CLASS_DONE);
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

static void host_step(struct pod_attempt *a)
{
    a->phase = LEAVING;
    judge(a, pod_exit_of_signal(POD_SIGKILL));
    if (a->op.state == RX_OP_DEAD)
        leave(a);
}

const struct pod_carrier probe_exec_host = {
    .name = "exec, host",
    .start = host_start,
    .expire = host_expire,
    .step = host_step,
    .cancel = host_cancel,
    .lost = host_lost,
};
