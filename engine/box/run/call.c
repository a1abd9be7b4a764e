/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.c - from the words of a command to what runs: functions, commands, scripts. What is
 * scripted, and what nobody knows, is in unknown.c.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

static int dispatch(struct sh_task *t, struct sh_call *c);

/* ---- the table ------------------------------------------------------------------------------- */

static const struct sh_command *find(const struct sh_commands *all, const char *name)
{
    size_t low = 0, high = all->count;

    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strcmp(all->at[mid].name, name);

        if (order == 0)
            return &all->at[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

bool sh_command_here(const struct sh_task *t, const struct sh_command *c)
{
    if (c == NULL || (c->flags & SH_BASH ? t->flavour != SHELL_BASH
                                         : c->flags & SH_ASH && t->flavour == SHELL_DASH))
        return false;
    return true;
}

/* What images carry along wherever they like: /wait-for-it.sh, ./wait-for-it.sh, /app/dockerize. */
static const struct sh_command *find_carried(const struct sh_commands *all, const char *base)
{
    static const char *const carried[] = {"dockerize", "wait-for", "wait-for-it", "wait-for-it.sh"};

    for (size_t i = 0; i < RX_ARRAY_LEN(carried); i++)
        if (strcmp(carried[i], base) == 0)
            return find(all, base);
    return NULL;
}

const struct sh_command *sh_command_find(const struct sh_commands *all, const char *name)
{
    static const char *const dirs[] = {"/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/",
                                       "/usr/local/bin/"};
    const struct sh_command *c;

    if (strchr(name, '/') == NULL)
        return find(all, name);
    for (size_t i = 0; i < RX_ARRAY_LEN(dirs); i++) {
        size_t n = strlen(dirs[i]);

        if (strncmp(name, dirs[i], n) == 0) {
            c = find(all, name + n);
            return c != NULL && !(c->flags & SH_INTERNAL) ? c : NULL;
        }
    }
    return find_carried(all, strrchr(name, '/') + 1);
}

const struct sh_command *sh_command_of(const struct sh_task *t, const char *name)
{
    return sh_command_find(t->proc->setup.program->commands, name);
}

/* ---- calls ----------------------------------------------------------------------------------- */

struct sh_frame *sh_call_frame(struct sh_task *t)
{
    RX_ASSERT(t->frames > 0 && t->frame[t->frames - 1].kind == SH_FRAME_SIMPLE);
    return &t->frame[t->frames - 1];
}

static void trace(struct sh_task *t, const struct sh_call *c)
{
    struct sh_buf line = {0};

    sh_buf_add(t, &line, "+", 1);
    for (uint32_t i = 0; i < c->argc; i++) {
        sh_buf_add(t, &line, " ", 1);
        sh_buf_add(t, &line, c->argv[i], strlen(c->argv[i]));
    }
    if (sh_buf_add(t, &line, "\n", 1))
        sh_write_file(t, t->fd[2], line.text, line.length);
}

int sh_call_begin(struct sh_task *t, uint32_t pos)
{
    struct sh_call *c = &t->call;
    struct sh_acc *a = &t->acc[t->accs - 1];

    if (a->count == 0) {
        sh_acc_pop(t);
        return t->captured;
    }
    *c = (struct sh_call){.argc = a->count, .pos = pos};
    c->argv = sh_argv(t, a, &c->argv_size);
    if (c->argv == NULL)
        return SH_BLOCKED;
    sh_acc_pop(t);
    if (t->opt_n) { /* only looked at */
        sh_free(t->proc, c->argv, c->argv_size);
        *c = (struct sh_call){0};
        return t->status;
    }
    if (t->opt_x)
        trace(t, c);
    t->pipe_count = 0;
    if (t->flavour == SHELL_BASH) { /* $_ */
        const char *last = c->argv[c->argc - 1];

        sh_str_unref(t->proc, t->last_arg);
        t->last_arg = sh_str_new(t->proc, last, strlen(last));
        if (t->last_arg == NULL)
            return SH_BLOCKED;
    }
    if (t->aliases != NULL) {
        int r = sh_alias_run(t, c);

        if (r != SH_AGAIN)
            return r;
    }
    return dispatch(t, c);
}

/* The last command of the script, and a program: the shell becomes it, unless a trap is to run yet.
 */
static bool becomes(struct sh_task *t, const struct sh_command *command)
{
    if (!sh_call_frame(t)->last || t != t->proc->tasks || t->frames != 1 ||
        (command != NULL && command->flags & SH_INTERNAL))
        return false;
    for (const struct sh_trap *k = t->traps; k != NULL; k = k->next)
        if (k->length > 0)
            return false;
    return true;
}

/* A command that was asked for more than is simulated here is no better known than any other
 * program. */
static int settle(struct sh_task *t, const struct sh_call *c, int status)
{
    return status > 0 && c->beyond ? sh_call_beyond(t) : status;
}

int sh_call_resume(struct sh_task *t)
{
    int r = t->call.command->run(t, &t->call);

    return r == SH_AGAIN ? dispatch(t, &t->call) : settle(t, &t->call, r);
}

void sh_call_end(struct sh_task *t)
{
    struct sh_call *c = &t->call;
    struct sh_block *b;

    while ((b = c->blocks) != NULL) {
        c->blocks = b->next;
        sh_free(t->proc, b, b->size);
    }
    sh_file_unref(t->proc, c->in);
    sh_free(t->proc, c->argv != NULL ? c->argv - c->skipped : NULL, c->argv_size);
    *c = (struct sh_call){0};
    t->in_wait = false;
}

void *sh_call_alloc(struct sh_task *t, size_t size)
{
    struct sh_block *b = sh_alloc(t->proc, sizeof(*b) + size);

    if (b == NULL)
        return NULL;
    b->size = sizeof(*b) + size;
    b->next = t->call.blocks;
    t->call.blocks = b;
    return memset(b + 1, 0, size);
}

void *sh_call_grow(struct sh_task *t, void *mem, size_t used, size_t size)
{
    void *bigger = sh_call_alloc(t, size);

    if (bigger == NULL)
        return NULL;
    if (used > 0)
        memcpy(bigger, mem, used);
    for (struct sh_block **at = &t->call.blocks; mem != NULL && *at != NULL; at = &(*at)->next) {
        struct sh_block *b = *at;

        if ((void *)(b + 1) == mem) {
            *at = b->next;
            sh_free(t->proc, b, b->size);
            break;
        }
    }
    return bigger;
}

static int dispatch(struct sh_task *t, struct sh_call *c)
{
    for (;;) {
        const struct sh_command *command = sh_command_of(t, c->argv[0]);
        const struct sh_func *f = c->plain ? NULL : sh_func_find(t, c->argv[0]);
        int r;

        if (!sh_command_here(t, command))
            command = NULL;
        c->phase = 0;
        c->state = NULL;
        c->command = command;
        if (f != NULL &&
            (command == NULL || t->flavour == SHELL_BASH || !(command->flags & SH_SPECIAL))) {
            bool ok = sh_call_function(t, f, c->argv, c->argc);

            sh_call_end(t);
            return ok ? SH_MOVED : SH_BLOCKED;
        }
        sh_call_frame(t)->exec |= becomes(t, command);
        if ((command == NULL || !(command->flags & SH_INTERNAL)) && sh_call_scripted(t, c, &r))
            return r;
        if (command == NULL)
            return sh_call_unknown(t, c);
        r = command->run(t, c);
        if (r != SH_AGAIN)
            return settle(t, c, r);
        if (!sh_charge(t, 1))
            return SH_BLOCKED;
    }
}

/* ---- children -------------------------------------------------------------------------------- */

/* The task becomes a new shell: nothing is left of the old one but the environment. */
static bool become(struct sh_task *t, struct sh_unit *unit, const struct sh_script *s)
{
    struct shell_proc *p = t->proc;
    struct sh_str *name = sh_str_new(p, s->name, strlen(s->name));
    struct sh_params *params = sh_params_new(p, s->params, s->count);
    struct sh_trap **at = &t->traps;

    if (name == NULL || params == NULL) {
        sh_str_unref(p, name);
        sh_params_unref(p, params);
        sh_unit_unref(unit);
        return false;
    }
    while (*at != NULL) { /* what was ignored stays ignored */
        struct sh_trap *trap = *at;

        if (trap->length == 0 && trap->signo != 0) {
            at = &trap->next;
            continue;
        }
        *at = trap->next;
        sh_free(p, trap, sizeof(*trap) + trap->length + 1);
    }
    sh_str_unref(p, t->name);
    sh_params_unref(p, t->params);
    sh_funcs_unref(p, t->funcs);
    sh_unit_unref(t->unit);
    t->name = name;
    t->params = params;
    t->funcs = NULL;
    t->unit = unit;
    t->flavour = (uint8_t)s->flavour;
    sh_alias_drop(t, NULL);
    t->pc = t->shift = 0;
    t->shell_pid = t->pid;
    t->last_job = 0;
    t->status = 0;
    t->tested = false;
    sh_apply_options(t, s->options);
    return sh_vars_keep_exported(t);
}

/* Redirections of a command that is replaced by `exec` stay. */
static void keep_redirections(struct sh_task *t)
{
    struct sh_saved *s;

    while ((s = t->saved) != NULL) {
        t->saved = s->next;
        if (s->is_options) {
            sh_free(t->proc, s, sizeof(*s));
        } else if (s->is_var) {
            if (s->var != NULL && --s->var->refs == 0)
                sh_free(t->proc, s->var,
                        sizeof(*s->var) + s->var->name_length + s->var->length + 2);
            sh_free(t->proc, s, sizeof(*s) + strlen(s->name) + 1);
        } else {
            sh_file_unref(t->proc, s->file);
            sh_free(t->proc, s, sizeof(*s));
        }
    }
}

static int spawn(struct sh_task *t, struct sh_call *c, struct sh_unit *unit,
                 const struct sh_script *s)
{
    struct sh_task *child;
    struct sh_call kept;

    if (!sh_call_frame(t)->exec) {
        child = sh_fork(t);
        if (child == NULL) {
            sh_unit_unref(unit);
            return SH_BLOCKED;
        }
        t->child = child->pid;
        c->phase = 1;
        become(child, unit, s);
        t->wait = SH_WAITS_CHILD;
        return SH_BLOCKED;
    }
    kept = t->call; /* what s points into */
    t->call = (struct sh_call){0};
    keep_redirections(t);
    sh_task_reset(t);
    become(t, unit, s);
    t->call = kept;
    sh_call_end(t);
    return SH_MOVED;
}

int sh_spawn_script(struct sh_task *t, struct sh_call *c, const struct sh_script *s)
{
    struct sh_unit *unit = sh_compile(t, s->flavour, s->text, s->length);

    if (unit == NULL && !t->proc->over && t->refused)
        return sh_call_obscure(t, c);
    if (unit == NULL)
        return t->proc->over ? SH_BLOCKED : SHELL_EXIT_SYNTAX;
    if (s->source != NULL)
        unit->source = rx_arena_strdup(&unit->arena, s->source);
    return spawn(t, c, unit, s);
}

int sh_spawn_argv(struct sh_task *t, struct sh_call *c, uint32_t argc, char *const *argv)
{
    const struct rx_mem *mem = t->proc->mem;
    struct sh_unit *unit = rx_mem_zalloc(mem, sizeof(*unit));
    struct sh_script s = {.name = t->name->text, .flavour = t->flavour};

    if (unit != NULL) {
        unit->refs = 1;
        rx_arena_init(&unit->arena, mem);
        if (sh_generate_command(&unit->arena, argc, (const char *const *)(uintptr_t)argv, unit) ==
            0)
            return spawn(t, c, unit, &s);
        sh_unit_unref(unit);
    }
    sh_limit(t, "out of memory");
    return SH_BLOCKED;
}

int sh_spawn_wait(struct sh_task *t)
{
    struct sh_task *child = sh_task_find(t->proc, t->child);
    int status;

    if (child == NULL) {
        t->child = 0;
        return SHELL_EXIT_NOT_FOUND;
    }
    if (child->wait != SH_ENDED) {
        t->wait = SH_WAITS_CHILD;
        return SH_BLOCKED;
    }
    status = child->status;
    t->child = 0;
    sh_task_reap(child);
    return status;
}
