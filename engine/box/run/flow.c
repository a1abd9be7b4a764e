/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow.c - where control goes: ways out (exit, break, return, the end of a text), traps, and
 * children (subshells, jobs, pipelines, command substitutions).
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/task.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

enum { CAPTURE_CHUNK = 1024 };

/* ---- ways out -------------------------------------------------------------------------------- */

static bool take_trap(struct sh_task *t, int signo, struct sh_trap **out)
{
    for (struct sh_trap **at = &t->traps; *at != NULL; at = &(*at)->next) {
        if ((*at)->signo == signo) {
            *out = *at;
            *at = (*at)->next;
            return true;
        }
    }
    return false;
}

void sh_exit(struct sh_task *t, int32_t status)
{
    struct sh_trap *trap;
    bool ok;

    t->status = status & 255;
    sh_task_reset(t);
    if (t->proc->over || !take_trap(t, 0, &trap)) {
        sh_task_end(t, t->status);
        return;
    }
    ok = trap->length > 0 && sh_source(t, SH_FRAME_TRAP, NULL, trap->action, trap->length);
    sh_free(t->proc, trap, sizeof(*trap) + trap->length + 1);
    if (ok)
        sh_top(t)->final = true;
    else
        sh_task_end(t, t->status);
}

struct sh_unit *sh_compile(struct sh_task *t, enum shell_flavour flavour, const char *text,
                           size_t length)
{
    struct shell_diag diag = {0};
    struct sh_unit *unit;
    int error;

    t->refused = false;
    if (!sh_charge(t, (uint32_t)(length / 8)))
        return NULL;
    error = sh_unit_compile(t->proc->mem, flavour, t->extglob, text, length, &unit, &diag);
    if (error == -RX_EINVALID) {
        t->refused = diag.kind != SHELL_DIAG_SYNTAX;
        if (!t->refused)
            sh_complain(t, "%s", diag.text);
        if (t->proc->setup.host->diagnose != NULL)
            t->proc->setup.host->diagnose(t->proc->setup.ctx, &diag);
        return NULL;
    }
    if (error != 0) {
        sh_limit(t, "out of memory");
        return NULL;
    }
    return unit;
}

bool sh_source(struct sh_task *t, enum sh_frame_kind kind, const char *source, const char *text,
               size_t length)
{
    struct sh_unit *unit = sh_compile(t, t->flavour, text, length);

    if (unit == NULL)
        return false;
    unit->source = source != NULL ? rx_arena_strdup(&unit->arena, source) : t->unit->source;
    return sh_enter_unit(t, kind, unit, 0);
}

bool sh_call_function(struct sh_task *t, const struct sh_func *f, char *const *argv, uint32_t argc)
{
    struct sh_params *params = sh_params_new(t->proc, argv + 1, argc - 1);
    struct sh_unit *unit = f->unit;

    if (params == NULL)
        return false;
    unit->refs += unit->refs > 0;
    if (!sh_enter_unit(t, SH_FRAME_CALL, unit, f->pc)) {
        sh_params_unref(t->proc, params);
        return false;
    }
    sh_top(t)->name = f->name;
    sh_top(t)->cursor = f->pc;
    sh_top(t)->params = t->params;
    sh_top(t)->shift = t->shift;
    t->params = params;
    t->shift = 0;
    return true;
}

void sh_run_traps(struct sh_task *t)
{
    while (t->pending != 0 && t->wait != SH_ENDED && !t->proc->over) {
        int signo = __builtin_ctz(t->pending);

        t->pending &= ~(1u << signo);
        for (const struct sh_trap *trap = t->traps; trap != NULL; trap = trap->next) {
            if (trap->signo != signo || trap->length == 0)
                continue;
            if (sh_source(t, SH_FRAME_TRAP, NULL, trap->action, trap->length))
                return; /* one at a time; the next when this has run a command */
            break;
        }
    }
}

uint32_t sh_line(const struct sh_task *t)
{
    for (uint16_t i = t->frames; i > 0; i--)
        if (t->frame[i - 1].kind == SH_FRAME_TRAP)
            return t->frame[i - 1].again;
    return t->line;
}

bool sh_run_err_trap(struct sh_task *t)
{
    const struct sh_trap *trap = t->traps;

    while (trap != NULL && trap->signo != SH_SIG_ERR)
        trap = trap->next;
    for (uint16_t i = 0; trap != NULL && i < t->frames; i++)
        if (t->frame[i].kind == SH_FRAME_TRAP ||
            (t->frame[i].kind == SH_FRAME_CALL && !t->opt_errtrace))
            return false;
    t->err_told = true;
    if (trap == NULL || trap->length == 0 ||
        !sh_source(t, SH_FRAME_TRAP, NULL, trap->action, trap->length))
        return false;
    sh_top(t)->err = true;
    return true;
}

static struct sh_trap *return_trap(const struct sh_task *t)
{
    struct sh_trap *trap = t->traps;

    while (trap != NULL && trap->signo != SH_SIG_RETURN)
        trap = trap->next;
    return trap;
}

/* A function does not know the trap of who called it, unless with functrace. */
static bool traps_return(const struct sh_task *t)
{
    const struct sh_trap *trap = return_trap(t);

    if (trap == NULL || trap->length == 0 || (!t->opt_functrace && trap->depth < sh_functions(t)))
        return false;
    for (uint16_t i = 0; i < t->frames; i++)
        if (t->frame[i].kind == SH_FRAME_TRAP)
            return false;
    return true;
}

bool sh_run_return_trap(struct sh_task *t)
{
    struct sh_trap *trap = return_trap(t);
    uint32_t functions;

    if (trap == NULL) {
        t->return_told = false; /* it may have taken itself away */
        return false;
    }
    if (!t->return_told && traps_return(t) &&
        sh_source(t, SH_FRAME_TRAP, NULL, trap->action, trap->length)) {
        t->return_told = true;
        if (t->before_return > 0)
            t->status = t->before_return - 1;
        t->before_return = 0;
        return true;
    }
    t->return_told = false;
    functions = sh_functions(t);
    if (sh_top(t)->kind == SH_FRAME_CALL && trap->depth >= functions)
        trap->depth = (uint16_t)(functions - 1); /* it is the caller's now */
    return false;
}

int sh_break(struct sh_task *t, uint32_t levels, bool again)
{
    uint32_t left = levels;
    int at = t->frames - 1, loop = -1;

    for (; at >= 0 && left > 0; at--) {
        if (t->frame[at].kind == SH_FRAME_CALL || t->frame[at].kind == SH_FRAME_TRAP)
            break;
        if (t->frame[at].kind == SH_FRAME_LOOP) {
            loop = at;
            left--;
        }
    }
    if (loop < 0)
        return 0; /* in no loop: nothing happens */
    sh_call_end(t);
    t->status = 0;
    while (t->frames > loop + 1)
        sh_frame_pop(t);
    if (again) {
        t->pc = sh_top(t)->again;
        t->length = sh_top(t)->top;
        t->accs = sh_top(t)->accs;
        sh_top(t)->status = 0;
    } else {
        uint32_t pc = sh_top(t)->pc;

        sh_frame_pop(t);
        t->pc = pc;
    }
    return SH_MOVED;
}

int sh_return(struct sh_task *t, int32_t status)
{
    int at = t->frames - 1;

    while (at >= 0 && t->frame[at].kind != SH_FRAME_CALL &&
           !(t->frame[at].kind == SH_FRAME_SOURCE && t->frame[at].final))
        at--;
    if (at < 0) {
        sh_exit(t, status);
        return SH_MOVED;
    }
    sh_call_end(t);
    if (traps_return(t)) { /* the trap runs at the end of the function or file */
        while (t->frames > at + 1)
            sh_frame_pop(t);
        t->before_return = t->status + 1;
        t->status = status & 255;
        t->pc = sh_top(t)->kind == SH_FRAME_CALL ? t->unit->ins[sh_top(t)->cursor - 1].c - 1
                                                 : t->unit->count - 1;
        return SH_MOVED;
    }
    while (t->frames > at)
        sh_frame_pop(t);
    sh_simple_end(t, status & 255);
    return SH_MOVED;
}

/* The end of the unit: of a called text, or of the script. */
void sh_op_end(struct sh_task *t)
{
    int32_t status;
    bool final, err;

    if (t->frames == 0) {
        sh_exit(t, t->status);
        return;
    }
    switch (sh_top(t)->kind) {
    case SH_FRAME_TRAP:
        status = sh_top(t)->status;
        final = sh_top(t)->final;
        err = sh_top(t)->err;
        sh_frame_pop(t);
        t->status = status;
        t->err_told = err;
        if (final)
            sh_task_end(t, status);
        else
            sh_run_traps(t);
        return;
    default:
        if (t->traps != NULL && sh_top(t)->final && sh_run_return_trap(t))
            return;
        sh_frame_pop(t);
        sh_simple_end(t, t->status);
        return;
    }
}

/* ---- children -------------------------------------------------------------------------------- */

static bool capture_begin(struct sh_task *t)
{
    struct sh_file *writer;
    struct sh_task *child;

    if (!sh_pipe_new(t->proc, &t->capture, &writer)) {
        t->capture = NULL;
        return false;
    }
    child = sh_fork(t);
    if (child == NULL) {
        sh_file_unref(t->proc, writer);
        return false;
    }
    sh_set_fd(child, 1, writer);
    child->pc = t->pc + 1;
    child->captured_by = true;
    if (t->flavour == SHELL_ASH || (t->flavour == SHELL_BASH && !t->inherit_errexit))
        child->opt_e = false;
    t->child = child->pid;
    t->capture_from = t->length;
    return true;
}

/* Takes what was captured off the byte stack and adds it to the word below, without the newlines at
 * its end and without NULs. */
static void capture_end(struct sh_task *t, bool quoted)
{
    uint32_t length = t->length - t->capture_from, kept = 0;
    char *text;

    while (length > 0 && t->bytes[t->capture_from + length - 1] == '\n')
        length--;
    t->length = t->capture_from;
    if (length == 0) {
        sh_add(t, "", 0, quoted, true);
        return;
    }
    text = sh_alloc(t->proc, length);
    if (text == NULL)
        return;
    for (uint32_t k = 0; k < length; k++)
        if (t->bytes[t->capture_from + k] != '\0')
            text[kept++] = t->bytes[t->capture_from + k];
    sh_add(t, text, kept, quoted, true);
    sh_free(t->proc, text, length);
}

void sh_op_capture(struct sh_task *t, const struct sh_ins *i)
{
    char chunk[CAPTURE_CHUNK];
    int n;

    if (t->capture == NULL && !capture_begin(t))
        return;
    while ((n = sh_read_file(t, t->capture, chunk, sizeof(chunk))) > 0)
        if (!sh_charge(t, 1) || !sh_bytes(t, chunk, (size_t)n))
            return;
    if (n == SH_BLOCKED || (n = sh_spawn_wait(t)) == SH_BLOCKED)
        return;
    t->captured = n;
    if (t->flavour == SHELL_BASH) /* the others know of it when the command is done */
        t->status = n;
    if (t->length == t->capture_from && t->capture->pipe->unknown)
        t->proc->blank = true;
    sh_file_unref(t->proc, t->capture);
    t->capture = NULL;
    t->pc = i->c;
    capture_end(t, i->a & SH_QUOTED);
}

void sh_op_subshell(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_task *child;
    int status;

    if (t->child == 0) {
        child = sh_fork(t);
        if (child == NULL)
            return;
        child->pc = t->pc + 1;
        t->child = child->pid;
    }
    status = sh_spawn_wait(t);
    if (status == SH_BLOCKED)
        return;
    t->pc = i->c;
    t->status = status;
    sh_run_traps(t);
}

/* Ended jobs beyond those one can still ask for are forgotten, the oldest first. */
static void forget_jobs(struct sh_task *t)
{
    uint32_t ended = 0;

    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next)
        ended += k->parent == t->pid && k->background && k->wait == SH_ENDED && !k->orphan;
    for (struct sh_task *k = t->proc->tasks; k != NULL && ended > SHELL_JOBS_KEPT; k = k->next) {
        if (k->parent == t->pid && k->background && k->wait == SH_ENDED && !k->orphan) {
            sh_task_reap(k);
            ended--;
        }
    }
}

void sh_op_background(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_task *child;

    forget_jobs(t);
    child = sh_fork(t);
    if (child == NULL)
        return;
    child->pc = t->pc + 1;
    child->background = true;
    child->ignores_int = true;
    child->tested = false;
    sh_set_fd(child, 0, sh_file_ref(&t->proc->null));
    t->last_job = child->pid;
    t->status = 0;
    t->pc = i->c;
}

/* The number that bash gives the first, and counts down from. */
enum { SUBSTITUTED = 63 };

/* <(...): a pipe to or from a child, open in this task until the frame on top is left. */
void sh_op_proc(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_file *reader, *writer;
    struct sh_task *child;
    char path[24];
    int number = SUBSTITUTED, fd;

    while (sh_fd_slot(t, number) >= 0)
        number--;
    fd = sh_fd_claim(t, number);
    if (fd < 0) {
        sh_limit(t, "too many open files");
        return;
    }
    if (!sh_pipe_new(t->proc, &reader, &writer))
        return;
    child = sh_fork(t);
    if (child == NULL) {
        sh_file_unref(t->proc, reader);
        sh_file_unref(t->proc, writer);
        return;
    }
    child->pc = t->pc + 1;
    child->orphan = true; /* nobody asks for its status */
    child->tested = false;
    sh_set_fd(child, i->a ? 0 : 1, i->a ? reader : writer);
    if (!sh_keep_fd(t, fd, i->a ? writer : reader))
        return;
    snprintf(path, sizeof(path), "/dev/fd/%d", number);
    t->pc = i->c;
    sh_add(t, path, strlen(path), true, false);
}

/* ---- time ------------------------------------------------------------------------------------ */

void sh_op_time(struct sh_task *t)
{
    if (!sh_frame_push(t, SH_FRAME_TIME))
        return;
    sh_top(t)->left = (uint32_t)((uint64_t)t->proc->now >> 32);
    sh_top(t)->cursor = (uint32_t)t->proc->now;
    t->pc++;
}

void sh_op_time_end(struct sh_task *t, const struct sh_ins *i)
{
    const struct sh_frame *f = sh_top(t);
    rx_ms took = t->proc->now - (rx_ms)((uint64_t)f->left << 32 | f->cursor);
    long long s = took / 1000, ms = took % 1000;

    sh_frame_pop(t);
    t->pc++;
    if (i->a)
        sh_complain(t, "real %lld.%02lld\nuser 0.00\nsys 0.00", s, ms / 10);
    else
        sh_complain(t, "\nreal\t%lldm%lld.%03llds\nuser\t0m0.000s\nsys\t0m0.000s", s / 60, s % 60,
                    ms);
}

void sh_op_pipe(struct sh_task *t, const struct sh_ins *i)
{
    if (!sh_frame_push(t, SH_FRAME_PIPE))
        return;
    sh_top(t)->again = ++t->proc->next_group;
    sh_top(t)->left = i->b;
    t->pc++;
}

void sh_op_stage(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_frame *f = sh_top(t);
    struct sh_file *reader = NULL, *writer = NULL;
    struct sh_task *child;

    f->cursor++;
    if (f->cursor < f->left && !sh_pipe_new(t->proc, &reader, &writer))
        return;
    child = sh_fork(t);
    if (child == NULL) {
        sh_file_unref(t->proc, reader);
        sh_file_unref(t->proc, writer);
        return;
    }
    child->pc = t->pc + 1;
    child->group = f->again;
    if (f->file != NULL)
        sh_set_fd(child, 0, f->file);
    if (writer != NULL)
        sh_set_fd(child, 1, writer);
    f->file = reader;
    t->pc = i->c;
}

void sh_op_pipe_end(struct sh_task *t)
{
    struct sh_frame *f = sh_top(t);
    int32_t status = 0, failed = 0;
    uint8_t stages = 0;

    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next) {
        if (k->parent != t->pid || k->group != f->again || k->orphan)
            continue;
        if (k->wait != SH_ENDED) {
            t->wait = SH_WAITS_GROUP;
            t->child = f->again;
            return;
        }
        status = k->status;
        if (status != 0)
            failed = status;
        if (stages < SH_PIPE_STATUS_MAX)
            t->pipe_status[stages++] = (uint8_t)status;
    }
    t->pipe_count = stages;
    t->child = 0;
    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next)
        if (k->parent == t->pid && k->group == f->again)
            sh_task_reap(k);
    sh_frame_pop(t);
    t->pc++;
    t->status = t->opt_pipefail ? failed : status;
    sh_run_traps(t);
}
