/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.c - processes and time: sleep, wait, kill, and the commands that run others.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

/* ---- kill ------------------------------------------------------------------------------------ */

/* %1, %2, ...: the background children in order. */
static struct sh_task *job_of(struct sh_task *t, const char *spec)
{
    struct sh_task *last = NULL;
    int64_t n = 0, seen = 0;

    sh_number(spec + 1, &n);
    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next) {
        if (k->parent != t->pid || !k->background || k->orphan)
            continue;
        last = k;
        if (++seen == n)
            return k;
    }
    return n == 0 ? last : NULL;
}

static void signal_all(struct sh_task *t, int signo)
{
    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next)
        if (k != t && k->wait != SH_ENDED)
            sh_signal_pid(t, k->pid, signo);
    sh_signal_pid(t, t->pid, signo); /* itself last */
}

static int kill_one(struct sh_task *t, const char *spec, int signo)
{
    struct sh_task *job = spec[0] == '%' ? job_of(t, spec) : NULL;
    int64_t pid;

    if (job != NULL) {
        pid = job->pid;
    } else if (!sh_number(spec, &pid)) {
        sh_complain(t, "kill: invalid number '%s'", spec);
        return 1;
    }
    if (pid <= 0) {
        signal_all(t, signo);
        return 0;
    }
    sh_flush(t->proc);
    if (pid < UINT32_MAX && sh_signal_pid(t, (uint32_t)pid, signo))
        return 0;
    sh_complain(t, "kill: can't kill pid %lld: No such process", (long long)pid);
    return 1;
}

int sh_cmd_kill(struct sh_task *t, struct sh_call *c)
{
    int signo = SH_SIG_TERM, status = 0;
    uint32_t i = 1;
    const char *name = NULL;

    if (c->argc > 1 && strcmp(c->argv[1], "-l") == 0) {
        for (int s = 1; s < SH_SIG_MAX; s++)
            sh_printf(t, "%2d) %s\n", s, sh_signal_name(s));
        return 0;
    }
    if (c->argc > 2 && (strcmp(c->argv[1], "-s") == 0 || strcmp(c->argv[1], "-n") == 0)) {
        name = c->argv[2];
        i = 3;
    } else if (c->argc > 2 && c->argv[1][0] == '-' && strcmp(c->argv[1], "--") != 0) {
        name = c->argv[1] + 1;
        i = 2;
    }
    if (name != NULL)
        signo = sh_signal_number(name);
    if (signo < 0) {
        sh_complain(t, "kill: bad signal name '%s'", name);
        return 1;
    }
    if (i < c->argc && strcmp(c->argv[i], "--") == 0)
        i++;
    if (i == c->argc) {
        sh_complain(t, "kill: you need to specify whom to kill");
        return 1;
    }
    for (; i < c->argc; i++)
        status |= kill_one(t, c->argv[i], signo);
    return status;
}

/* ---- wait, jobs ------------------------------------------------------------------------------ */

/* A signal with a trap ends the wait at once: its number, or 0. */
static int interrupted(const struct sh_task *t)
{
    return t->pending != 0 ? __builtin_ctz(t->pending) : 0;
}

static int wait_all(struct sh_task *t)
{
    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next) {
        if (k->parent != t->pid || !k->background || k->wait == SH_ENDED)
            continue;
        t->wait = SH_WAITS_JOBS;
        t->in_wait = true;
        return SH_BLOCKED;
    }
    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next)
        if (k->parent == t->pid && k->background)
            sh_task_reap(k);
    return 0;
}

/* wait -n: for the first of the jobs that ends, which is then forgotten. */
static int wait_any(struct sh_task *t)
{
    bool any = false;

    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next) {
        if (k->parent != t->pid || !k->background || k->orphan)
            continue;
        any = true;
        if (k->wait == SH_ENDED) {
            sh_task_reap(k);
            return k->status;
        }
    }
    if (!any)
        return SHELL_EXIT_NOT_FOUND;
    t->wait = SH_WAITS_ANY_JOB;
    t->in_wait = true;
    return SH_BLOCKED;
}

static int wait_one(struct sh_task *t, const char *spec)
{
    struct sh_task *k = NULL;
    int64_t pid;

    if (spec[0] == '-') {
        sh_warn(t, "wait: illegal option %s", spec);
        sh_diagnose(t, SHELL_DIAG_OPTION, t->call.pos, "wait", "wait: option not simulated");
        return 2;
    }
    if (spec[0] == '%')
        k = job_of(t, spec);
    else if (sh_number(spec, &pid) && pid > 0 && pid < UINT32_MAX)
        k = sh_task_find(t->proc, (uint32_t)pid);
    if (k == NULL || k->parent != t->pid || k->orphan)
        return SHELL_EXIT_NOT_FOUND;
    if (k->wait != SH_ENDED) {
        t->wait = SH_WAITS_CHILD;
        t->child = k->pid;
        t->in_wait = true;
        return SH_BLOCKED;
    }
    return k->status; /* remembered: it may be asked for again */
}

int sh_cmd_wait(struct sh_task *t, struct sh_call *c)
{
    int signo = interrupted(t), status = 0;

    t->child = 0;
    t->in_wait = false;
    if (signo != 0)
        return 128 + signo;
    if (c->argc == 1)
        return wait_all(t);
    if (strcmp(c->argv[1], "-n") == 0 && c->argc == 2 && t->flavour != SHELL_DASH)
        return wait_any(t);
    for (c->phase = RX_MAX(c->phase, 1u); c->phase < c->argc; c->phase++) {
        status = wait_one(t, c->argv[c->phase]);
        if (status == SH_BLOCKED)
            break;
    }
    return status;
}

int sh_cmd_jobs(struct sh_task *t, struct sh_call *c)
{
    bool pids = c->argc > 1 && strcmp(c->argv[1], "-p") == 0;
    int n = 0;

    for (struct sh_task *k = t->proc->tasks; k != NULL; k = k->next) {
        if (k->parent != t->pid || !k->background || k->orphan)
            continue;
        n++;
        if (pids && k->wait != SH_ENDED)
            sh_printf(t, "%u\n", k->pid);
        else if (!pids)
            sh_printf(t, "[%d] %s\n", n, k->wait == SH_ENDED ? "Done" : "Running");
    }
    return 0;
}

/* ---- sleep ----------------------------------------------------------------------------------- */

int sh_cmd_sleep(struct sh_task *t, struct sh_call *c)
{
    rx_ms total = 0, part;

    if (c->phase == 1)
        return 0;
    for (uint32_t i = 1; i < c->argc; i++) {
        if (!sh_duration(c->argv[i], &part)) {
            sh_complain(t, "%s: invalid number '%s'", c->argv[0], c->argv[i]);
            return 1;
        }
        total = sh_later(total, part);
    }
    if (c->argc == 1) {
        sh_complain(t, "%s: missing operand", c->argv[0]);
        return 1;
    }
    if (strcmp(c->argv[0], "usleep") == 0 && total < RX_MS_NEVER)
        total = (total + 999999) / 1000000; /* it was read as seconds */
    c->phase = 1;
    return total > 0 ? sh_sleep_until(t, sh_later(t->proc->now, total)) : 0;
}

/* ---- commands that run others ---------------------------------------------------------------- */

/* `sh` behind it is its own. */
int sh_cmd_busybox(struct sh_task *t, struct sh_call *c)
{
    static char ash[] = "ash";

    if (c->argc > 1 && strcmp(c->argv[0], "busybox") == 0 && strcmp(c->argv[1], "sh") == 0)
        c->argv[1] = ash;
    (void)t;
    c->plain = true;
    return c->argc > 1 ? sh_shift_argv(c, 1) : 0;
}

int sh_cmd_nohup(struct sh_task *t, struct sh_call *c)
{
    return sh_cmd_busybox(t, c);
}

int sh_cmd_exec(struct sh_task *t, struct sh_call *c)
{
    struct sh_saved **at = &t->saved;

    if (c->argc > 1) {
        for (struct sh_trap **k = &t->traps; *k != NULL;) { /* handlers do not outlive exec */
            struct sh_trap *trap = *k;

            if (trap->length == 0 && trap->signo != 0) {
                k = &trap->next;
                continue;
            }
            *k = trap->next;
            sh_free(t->proc, trap, sizeof(*trap) + trap->length + 1);
        }
        t->pending = 0;
        sh_call_frame(t)->exec = true;
        c->plain = c->replaces = true;
        return sh_shift_argv(c, 1);
    }
    while (*at != NULL && (*at)->depth >= t->frames) { /* its redirections are here to stay */
        struct sh_saved *s = *at;

        if (s->is_var || s->is_options) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        sh_file_unref(t->proc, s->file);
        sh_free(t->proc, s, sizeof(*s));
    }
    return 0;
}

static bool set_for_command(struct sh_task *t, const char *name, const char *value)
{
    return sh_save_var(t, name, t->frames) &&
           (value != NULL ? sh_set_flags(t, name, value, SH_VAR_EXPORT) : sh_unset(t, name));
}

/* env -i: unsets what is exported, name by name. */
static bool clear_env(struct sh_task *t)
{
    const char *name = "", *value;
    int flags;

    while ((name = sh_var_next(t, name, &value, &flags)) != NULL) {
        char copy[256];

        snprintf(copy, sizeof(copy), "%s", name);
        if ((flags & SH_VAR_EXPORT) && strlen(name) < sizeof(copy) &&
            !set_for_command(t, copy, NULL))
            return false;
        if (t->proc->over)
            return false;
        if (flags & SH_VAR_EXPORT)
            name = "";
    }
    return true;
}

int sh_cmd_env(struct sh_task *t, struct sh_call *c)
{
    const char *name = "", *value;
    struct sh_opts o;
    uint32_t i;
    int flags;

    if (!sh_options(t, c, "^iu:", &o))
        return 125;
    if ((sh_opt(&o, 'i') && !clear_env(t)) ||
        (sh_opt(&o, 'u') && !set_for_command(t, o.arg[sh_opt_bit('u')], NULL)))
        return SH_BLOCKED;
    for (i = o.first; i < c->argc; i++) {
        char *equals = strchr(c->argv[i], '=');

        if (equals == NULL || !sh_is_name(c->argv[i], (size_t)(equals - c->argv[i])))
            break;
        *equals = '\0';
        if (!set_for_command(t, c->argv[i], equals + 1))
            return t->proc->over ? SH_BLOCKED : 125;
    }
    c->plain = true;
    if (i < c->argc)
        return sh_shift_argv(c, i);
    while ((name = sh_var_next(t, name, &value, &flags)) != NULL && !t->proc->over)
        if (flags & SH_VAR_EXPORT) {
            sh_puts(t, name);
            sh_puts(t, "=");
            sh_puts(t, value);
            sh_puts(t, "\n");
        }
    return 0;
}

int sh_cmd_printenv(struct sh_task *t, struct sh_call *c)
{
    int status = 0;

    if (c->argc == 1)
        return sh_cmd_env(t, c);
    for (uint32_t i = 1; i < c->argc; i++) {
        const char *value = sh_get(t, c->argv[i]);

        if (value == NULL) {
            status = 1;
            continue;
        }
        sh_puts(t, value);
        sh_puts(t, "\n");
    }
    return status;
}

/* ---- timeout --------------------------------------------------------------------------------- */

struct timeout_state {
    rx_ms until, kill_after;
    int signo;
};

int sh_cmd_timeout(struct sh_task *t, struct sh_call *c)
{
    struct timeout_state *s = c->state;
    struct sh_task *child;
    int status;

    if (s == NULL) {
        struct sh_opts o;
        rx_ms limit;
        bool exec;
        uint32_t duration;

        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "^s:k:t:", &o))
            return 125;
        duration = sh_opt(&o, 't') ? o.first - 1 : o.first; /* the old busybox form: -t SECONDS */
        s->signo = sh_opt(&o, 's') ? sh_signal_number(o.arg[sh_opt_bit('s')]) : SH_SIG_TERM;
        s->kill_after = RX_MS_NEVER;
        if (sh_opt(&o, 'k') && !sh_duration(o.arg[sh_opt_bit('k')], &s->kill_after))
            s->signo = -1;
        if (duration + 1 >= c->argc || s->signo < 0 ||
            !sh_duration(sh_opt(&o, 't') ? o.arg[sh_opt_bit('t')] : c->argv[duration], &limit)) {
            sh_complain(t, "timeout: usage: timeout [-s SIG] [-k SECS] SECS PROG ARGS");
            return 125;
        }
        s->until = limit == 0 ? RX_MS_NEVER : sh_later(t->proc->now, limit);
        exec = sh_call_frame(t)->exec;
        sh_call_frame(t)->exec = false; /* it stays, to watch over its child */
        status = sh_spawn_argv(t, c, c->argc - duration - 1, c->argv + duration + 1);
        sh_call_frame(t)->exec = exec;
        t->until = s->until;
        return status;
    }
    child = sh_task_find(t->proc, t->child);
    if (t->proc->now >= s->until && child != NULL && child->wait != SH_ENDED) {
        sh_signal(child, c->phase == 1 ? s->signo : SH_SIG_KILL);
        s->until = sh_later(t->proc->now, s->kill_after);
        c->phase++;
    }
    status = sh_spawn_wait(t);
    t->until = s->until;
    /* busybox becomes the program itself and leaves its watcher behind: the code is the
     * program's. */
    if (status == SH_BLOCKED || c->phase == 1 || t->flavour == SHELL_ASH)
        return status;
    return c->phase > 2 || s->signo == SH_SIG_KILL ? 128 + SH_SIG_KILL : 124;
}

/* ---- shells ---------------------------------------------------------------------------------- */

struct sh_state {
    struct sh_script script;
    struct sh_input in;
    struct sh_buf text;
    struct sh_shell_options o;
};

static int shell_file(struct sh_task *t, struct sh_call *c, struct sh_state *s, uint32_t first)
{
    char full[FS_PATH_MAX];
    uint32_t size;
    int error;

    if (sh_full_path(t, c->argv[first], full, &error) != NULL)
        error = fs_get(t->proc->setup.fs, full, &s->script.text, &size);
    if (error != 0 && !sh_program_missing(t, c->argv[first]))
        return sh_call_of_image(t, c, c->argv[first]);
    if (error != 0) {
        sh_warn(t, "can't open '%s': %s", c->argv[first], fs_strerror(error));
        return SHELL_EXIT_SYNTAX;
    }
    s->script.length = size;
    s->script.source = c->argv[first];
    s->script.name = c->argv[first];
    s->script.params = c->argv + first + 1;
    s->script.count = c->argc - first - 1;
    return sh_spawn_script(t, c, &s->script);
}

/* A script on standard input. */
static int shell_stdin(struct sh_task *t, struct sh_call *c, struct sh_state *s)
{
    const char *data;
    uint32_t length;
    int r;

    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1)
        if (!sh_buf_add(t, &s->text, data, length))
            return SH_BLOCKED;
    if (r == SH_BLOCKED)
        return r;
    s->script.name = c->argv[0];
    s->script.text = s->text.text != NULL ? s->text.text : "";
    s->script.length = s->text.length;
    return sh_spawn_script(t, c, &s->script);
}

int sh_cmd_sh(struct sh_task *t, struct sh_call *c)
{
    struct sh_state *s = c->state;
    uint32_t first;

    if (c->phase == 1)
        return sh_spawn_wait(t);
    if (s != NULL)
        return shell_stdin(t, c, s);
    s = sh_call_alloc(t, sizeof(*s));
    if (s == NULL)
        return SH_BLOCKED;
    if (!sh_shell_options(c->argc, (const char *const *)(uintptr_t)c->argv, &s->o)) {
        char what[64];

        snprintf(what, sizeof(what), "illegal option %.40s", s->o.bad);
        sh_warn(t, "%s", what);
        sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, c->argv[0], what);
        return SHELL_EXIT_SYNTAX;
    }
    first = s->o.first;
    s->script.options = s->o.options;
    s->script.flavour = sh_flavour_named(t->proc, c->argv[0]);
    if (!s->o.text && first < c->argc)
        return shell_file(t, c, s, first);
    if (!s->o.text) {
        c->state = s;
        return shell_stdin(t, c, s);
    }
    if (first == c->argc) {
        sh_warn(t, "-c requires an argument");
        return SHELL_EXIT_SYNTAX;
    }
    s->script.text = c->argv[first];
    s->script.length = strlen(c->argv[first]);
    s->script.name = first + 1 < c->argc ? c->argv[first + 1] : c->argv[0];
    s->script.params = c->argv + RX_MIN(first + 2, c->argc);
    s->script.count = c->argc - RX_MIN(first + 2, c->argc);
    return sh_spawn_script(t, c, &s->script);
}
