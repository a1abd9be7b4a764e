/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unknown.c - programs that are not simulated here: scripts among the container's files, what a
 * rule answers for, and what nobody knows, which is a matter of rule_program.h.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

/* A script that runs so many programs that nobody knows in one instant would spin for ever only
 * because they take no time here: from then on they last. */
enum { UNKNOWN_RUNS_MAX = 1000 };

/* ---- programs that last ---------------------------------------------------------------------- */

static int last(struct sh_task *t, struct sh_call *c)
{
    (void)c;
    t->wait = SH_WAITS_FOREVER;
    return SH_BLOCKED;
}

static const struct sh_command lasting = {"program", last, 0};

/* Nothing is left of the shell: signals reach the program itself. */
static bool replaces_all(struct sh_task *t)
{
    return t == t->proc->tasks && sh_call_frame(t)->exec;
}

int sh_call_serve(struct sh_task *t, struct sh_call *c)
{
    struct shell_proc *p = t->proc;
    bool took_over = replaces_all(t) && p->setup.host->server != NULL;

    t->server = true;
    c->command = &lasting;
    sh_flush(p);
    if (p->setup.host->server != NULL)
        p->setup.host->server(p->setup.ctx, c->argv[0], true, took_over);
    if (took_over)
        sh_proc_end(p, SHELL_SERVER, 0, 0);
    return last(t, c);
}

/* ---- programs that a rule answers for -------------------------------------------------------- */

struct scripted_state {
    struct shell_scripted rule;
    rx_ms until;
};

static int run_scripted(struct sh_task *t, struct sh_call *c)
{
    struct scripted_state *s = c->state;

    if (t->proc->now < s->until)
        return s->until < RX_MS_NEVER ? sh_sleep_until(t, s->until) : last(t, c);
    if (s->rule.output != NULL)
        sh_puts(t, s->rule.output);
    return s->rule.code & 255;
}

static const struct sh_command scripted = {"program", run_scripted, 0};

bool sh_call_scripted(struct sh_task *t, struct sh_call *c, int *status)
{
    const struct shell_setup *setup = &t->proc->setup;
    struct shell_scripted rule = {0};
    struct scripted_state *s;

    if (setup->host->scripted == NULL ||
        !setup->host->scripted(setup->ctx, c->argc, (const char *const *)(uintptr_t)c->argv, &rule))
        return false;
    if (rule.error != NULL) {
        sh_warn(t, "%s: %s", c->argv[0], rule.error);
        *status = SHELL_EXIT_NOT_FOUND;
        return true;
    }
    *status = SH_BLOCKED;
    s = sh_call_alloc(t, sizeof(*s));
    if (s == NULL)
        return true;
    *s = (struct scripted_state){.rule = rule, .until = sh_later(t->proc->now, rule.takes)};
    c->command = &scripted;
    c->state = s;
    t->is_program = replaces_all(t);
    *status = run_scripted(t, c);
    return true;
}

/* ---- programs that nobody knows -------------------------------------------------------------- */

/* A path to a script of the container's own. False: it is not there, or none of ours. */
static bool run_file(struct sh_task *t, struct sh_call *c, int *status)
{
    char full[FS_PATH_MAX];
    struct fs *fs = t->proc->setup.fs;
    struct fs_stat st;
    const char *text;
    uint32_t size;
    struct sh_script s = {.name = c->argv[0], .params = c->argv + 1, .count = c->argc - 1};
    const char *line_end;

    if (fs_path(full, t->cwd->text, c->argv[0]) != 0 || fs_stat(fs, full, &st) != 0)
        return false;
    if (st.kind != FS_FILE || !st.executable) {
        sh_warn(t, "%s: Permission denied", c->argv[0]);
        *status = SHELL_EXIT_CANNOT;
        return true;
    }
    if (fs_get(fs, full, &text, &size) != 0)
        return false;
    line_end = memchr(text, '\n', size);
    if (size > 2 && text[0] == '#' && text[1] == '!' &&
        memmem(text, line_end != NULL ? (size_t)(line_end - text) : size, "sh", 2) == NULL)
        return false; /* somebody else's language */
    s.text = text;
    s.source = c->argv[0];
    s.flavour = sh_flavour_of_text(t->proc, t->flavour, text, size);
    s.length = size;
    c->command = sh_command_of(t, "sh"); /* whose second phase waits for the child */
    *status = sh_spawn_script(t, c, &s);
    return true;
}

bool sh_program_missing(struct sh_task *t, const char *name)
{
    const struct shell_setup *s = &t->proc->setup;
    const struct sh_command *elsewhere = sh_command_of(t, name);
    char full[FS_PATH_MAX];

    /* A word that only other shells have is no program. */
    if (s->unknown_missing || shell_program_is_no_name(name) ||
        (elsewhere != NULL && !sh_command_here(t, elsewhere)))
        return true;
    return s->host->missing != NULL && strchr(name, '/') != NULL &&
           fs_path(full, t->cwd->text, name) == 0 && s->host->missing(s->ctx, full);
}

static void tell(struct sh_task *t, enum shell_diag_kind kind, const char *word, const char *what)
{
    char text[160];

    snprintf(text, sizeof(text), "%.48s%s", word, what);
    sh_diagnose(t, kind, t->call.pos, word, text);
}

int sh_call_beyond(struct sh_task *t)
{
    for (int fd = 1; fd <= 2; fd++)
        if (t->fd[fd] != NULL && t->fd[fd]->kind == SH_FILE_WRITER)
            t->fd[fd]->pipe->unknown = true;
    return 0;
}

static int done(struct sh_task *t, struct sh_call *c)
{
    sh_call_beyond(t);
    if (t->proc->unknown_runs < UNKNOWN_RUNS_MAX) {
        t->proc->unknown_runs++;
        return 0;
    }
    c->command = &lasting;
    return last(t, c);
}

void sh_call_taken(struct sh_task *t, const char *word)
{
    tell(t, SHELL_DIAG_DONE, word, " is not known: taken to be in the image");
}

int sh_call_obscure(struct sh_task *t, struct sh_call *c)
{
    return shell_program_fate(t->proc->setup.role, sh_spot(t), false) == SHELL_PROGRAM_SERVES
               ? sh_call_serve(t, c)
               : done(t, c);
}

int sh_call_of_image(struct sh_task *t, struct sh_call *c, const char *word)
{
    if (shell_program_fate(t->proc->setup.role, sh_spot(t), false) == SHELL_PROGRAM_SERVES)
        tell(t, SHELL_DIAG_SERVER, word, SHELL_SAYS_SERVER);
    else
        tell(t, SHELL_DIAG_DONE, word, SHELL_SAYS_DONE);
    return sh_call_obscure(t, c);
}

int sh_call_unknown(struct sh_task *t, struct sh_call *c)
{
    const char *name = c->argv[0];
    int r;

    if (strchr(name, '/') != NULL && run_file(t, c, &r))
        return r;
    if (!sh_program_missing(t, name))
        return sh_call_of_image(t, c, name);
    sh_warn(t,
            t->flavour != SHELL_BASH    ? "%s: not found"
            : strchr(name, '/') == NULL ? "%s: command not found"
                                        : "%s: No such file or directory",
            name);
    tell(t, SHELL_DIAG_NOT_FOUND, name, ": not found");
    return SHELL_EXIT_NOT_FOUND;
}

void sh_begin_of_image(struct sh_task *t, const char *word, bool say)
{
    struct shell_proc *p = t->proc;

    if (shell_program_fate(p->setup.role, SHELL_SPOT_ALONE, false) != SHELL_PROGRAM_SERVES ||
        p->setup.host->server == NULL) {
        if (say)
            tell(t, SHELL_DIAG_DONE, word, SHELL_SAYS_DONE);
        sh_proc_end(p, SHELL_ENDED, 0, 0);
        return;
    }
    if (say)
        tell(t, SHELL_DIAG_SERVER, word, SHELL_SAYS_SERVER);
    p->setup.host->server(p->setup.ctx, word, true, true);
    sh_proc_end(p, SHELL_SERVER, 0, 0);
}
