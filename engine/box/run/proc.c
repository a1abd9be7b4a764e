/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc.c - a script as the host sees it: its tasks, when they run, signals, answers, memory.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

static struct sh_task *task_new(struct shell_proc *p);
static void task_free(struct sh_task *t);
static bool start(struct shell_proc *p);

/* ---- memory and limits ----------------------------------------------------------------------- */

void *sh_alloc(struct shell_proc *p, size_t size)
{
    void *mem;

    if (p->over)
        return NULL;
    if (p->bytes + size > SHELL_MEMORY_MAX) {
        sh_limit(p->current, "the script needs too much memory");
        return NULL;
    }
    mem = rx_mem_alloc(p->mem, size);
    if (mem == NULL) {
        sh_limit(p->current, "out of memory");
        return NULL;
    }
    p->bytes += size;
    return mem;
}

void sh_free(struct shell_proc *p, void *mem, size_t size)
{
    if (mem == NULL)
        return;
    RX_ASSERT(p->bytes >= size);
    p->bytes -= size;
    rx_mem_free(p->mem, mem, size);
}

void *sh_regrow(struct shell_proc *p, void *mem, size_t used, size_t old_size, size_t new_size)
{
    void *bigger = sh_alloc(p, new_size);

    if (bigger == NULL)
        return NULL;
    if (used > 0)
        memcpy(bigger, mem, used);
    sh_free(p, mem, old_size);
    return bigger;
}

size_t shell_bytes(const struct shell_proc *p)
{
    return p->bytes;
}

void sh_proc_end(struct shell_proc *p, enum shell_phase phase, int32_t code, int32_t signo)
{
    if (p->over)
        return;
    p->over = true;
    p->state = (struct shell_state){.phase = phase, .code = code, .signo = signo};
}

void sh_limit(struct sh_task *t, const char *what)
{
    char text[120];

    if (t == NULL || t->proc->over)
        return;
    snprintf(text, sizeof(text), "limit: %s", what);
    sh_diagnose(t, SHELL_DIAG_LIMIT, t->call.command != NULL ? t->call.pos : 0,
                t->call.command != NULL ? t->call.command->name : "", text);
    /* Written past the limits, which may be the very reason. */
    if (t->proc->turn != NULL && t->proc->setup.host->output != NULL) {
        char line[136];
        int n = snprintf(line, sizeof(line), "sh: %s\n", text);

        sh_flush(t->proc);
        t->proc->setup.host->output(t->proc->setup.ctx, 2, line, (uint32_t)n);
    }
    sh_proc_end(t->proc, SHELL_ENDED, SHELL_EXIT_LIMIT, 0);
}

bool sh_charge(struct sh_task *t, uint32_t steps)
{
    struct shell_proc *p = t->proc;

    if (p->over)
        return false;
    p->steps += RX_MIN(steps, (uint32_t)SHELL_STEPS_MAX);
    if (p->steps <= SHELL_STEPS_MAX)
        return true;
    sh_limit(t, "too many steps in one instant (a loop that never sleeps?)");
    return false;
}

void sh_diagnose(struct sh_task *t, enum shell_diag_kind kind, uint32_t pos, const char *word,
                 const char *what)
{
    const struct shell_setup *s = &t->proc->setup;
    struct shell_diag d;

    t->call.beyond |= kind == SHELL_DIAG_UNSUPPORTED && !s->unknown_missing;
    if (s->host->diagnose == NULL)
        return;
    if (strncmp(what, "sh: ", 4) == 0)
        what += 4;
    sh_diag_set(&d, kind, "sh", pos, word, what);
    s->host->diagnose(s->ctx, &d);
}

rx_ms sh_later(rx_ms now, rx_ms delay)
{
    return delay >= RX_MS_NEVER - now ? RX_MS_NEVER : now + delay;
}

struct sh_str *sh_str_new(struct shell_proc *p, const char *s, size_t length)
{
    struct sh_str *str = sh_alloc(p, sizeof(*str) + length + 1);

    if (str == NULL)
        return NULL;
    str->refs = 1;
    str->length = (uint32_t)length;
    memcpy(str->text, s, length);
    str->text[length] = '\0';
    return str;
}

void sh_str_unref(struct shell_proc *p, struct sh_str *s)
{
    if (s != NULL && --s->refs == 0)
        sh_free(p, s, sizeof(*s) + s->length + 1);
}

/* ---- open and close -------------------------------------------------------------------------- */

int shell_open(struct shell_proc **out, const struct rx_mem *mem, const struct shell_setup *setup,
               rx_ms now)
{
    struct shell_proc *p;

    RX_API_CHECK(setup->program != NULL && setup->program->class_ != SHELL_UNKNOWN, -RX_EINVALID);
    p = rx_mem_zalloc(mem, sizeof(*p));
    if (p == NULL)
        return -RX_ENOMEM;
    p->mem = mem;
    p->setup = *setup;
    p->setup.pid1 = setup->pid1 && !setup->program->under_init;
    p->now = now;
    p->bytes = sizeof(*p);
    p->own_next_pid = setup->pid + 1;
    p->out = (struct sh_file){.refs = 1, .kind = SH_FILE_OUT};
    p->err = (struct sh_file){.refs = 1, .kind = SH_FILE_ERR};
    p->log = (struct sh_file){.refs = 1, .kind = SH_FILE_LOG};
    p->null = (struct sh_file){.refs = 1, .kind = SH_FILE_NULL};
    if (!start(p)) {
        shell_close(p);
        return -RX_ENOMEM;
    }
    *out = p;
    return 0;
}

/* The first task, as its program begins. */
static bool start(struct shell_proc *p)
{
    const struct shell_program *program = p->setup.program;
    struct sh_task *t = task_new(p);
    const char *cwd = p->setup.cwd != NULL ? p->setup.cwd : "/";
    const char *name = program->argc > 0 ? program->argv[0] : "sh";

    if (t == NULL)
        return false;
    p->current = t;
    t->pid = t->shell_pid = p->setup.pid;
    t->unit = (struct sh_unit *)(uintptr_t)&program->unit;
    t->cwd = sh_str_new(p, cwd, strlen(cwd));
    t->name = sh_str_new(p, name, strlen(name));
    if (program->class_ != SHELL_COMMAND && program->argc > 1)
        t->params =
            sh_params_new(p, (char *const *)(uintptr_t)(program->argv + 1), program->argc - 1);
    sh_apply_options(t, program->options);
    t->flavour = (uint8_t)program->flavour;
    t->umask = 022;
    p->seconds_from = p->now;
    t->fd[0] = sh_file_ref(&p->null);
    t->fd[1] = sh_file_ref(&p->out);
    t->fd[2] = sh_file_ref(&p->err);
    p->current = NULL;
    return t->cwd != NULL && t->name != NULL && !p->over;
}

static void close_tasks(struct shell_proc *p)
{
    p->over = true;
    while (p->tasks != NULL) {
        struct sh_task *t = p->tasks;

        if (t->wait != SH_ENDED)
            sh_task_end(t, 0);
        p->tasks = t->next;
        task_free(t);
    }
}

void shell_close(struct shell_proc *p)
{
    if (p == NULL)
        return;
    close_tasks(p);
    RX_ASSERT(p->bytes == sizeof(*p));
    rx_mem_free(p->mem, p, sizeof(*p));
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static struct sh_task *task_new(struct shell_proc *p)
{
    struct sh_task *t, **tail = &p->tasks;

    if (p->task_count >= SHELL_TASKS_MAX) {
        sh_limit(p->current, "too many processes");
        return NULL;
    }
    t = sh_alloc(p, sizeof(*t));
    if (t == NULL)
        return NULL;
    memset(t, 0, sizeof(*t));
    t->proc = p;
    t->until = RX_MS_NEVER;
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = t;
    p->task_count++;
    return t;
}

static void task_free(struct sh_task *t)
{
    t->proc->task_count--;
    sh_free(t->proc, t, sizeof(*t));
}

static bool copy_ignored(struct sh_task *to, const struct sh_task *from)
{
    for (const struct sh_trap *k = from->traps; k != NULL; k = k->next) {
        struct sh_trap *trap;

        if ((k->length > 0 && !(k->signo == SH_SIG_ERR && from->opt_errtrace) &&
             !(k->signo == SH_SIG_RETURN && from->opt_functrace)) ||
            k->signo == 0)
            continue;
        trap = sh_alloc(to->proc, sizeof(*trap) + k->length + 1);
        if (trap == NULL)
            return false;
        *trap = (struct sh_trap){.next = to->traps, .signo = k->signo, .length = k->length};
        memcpy(trap->action, k->action, k->length + 1);
        to->traps = trap;
    }
    return true;
}

static uint32_t *share(uint32_t *refs)
{
    ++*refs;
    return refs;
}

struct sh_task *sh_fork(struct sh_task *parent)
{
    struct shell_proc *p = parent->proc;
    struct sh_task *t = task_new(p);
    uint32_t *next_pid = p->setup.next_pid != NULL ? p->setup.next_pid : &p->own_next_pid;

    if (t == NULL)
        return NULL;
    t->pid = (*next_pid)++;
    t->parent = parent->pid;
    t->shell_pid = parent->shell_pid;
    t->unit = parent->unit;
    t->unit->refs += t->unit->refs > 0;
    t->pc = parent->pc;
    t->status = parent->status;
    t->last_job = parent->last_job;
    t->tested = sh_tested(parent);
    t->captured_by = parent->captured_by;
    t->ignores_int = parent->ignores_int;
    t->opt_e = parent->opt_e;
    t->opt_u = parent->opt_u;
    t->opt_x = parent->opt_x;
    t->opt_f = parent->opt_f;
    t->opt_pipefail = parent->opt_pipefail;
    t->opt_a = parent->opt_a;
    t->opt_C = parent->opt_C;
    t->opt_n = parent->opt_n;
    t->opt_v = parent->opt_v;
    t->opt_errtrace = parent->opt_errtrace;
    t->opt_functrace = parent->opt_functrace;
    t->nullglob = parent->nullglob;
    t->failglob = parent->failglob;
    t->dotglob = parent->dotglob;
    t->inherit_errexit = parent->inherit_errexit;
    t->xpg_echo = parent->xpg_echo;
    t->extglob = parent->extglob;
    t->globstar = parent->globstar;
    t->nocaseglob = parent->nocaseglob;
    t->nocasematch = parent->nocasematch;
    t->flavour = parent->flavour;
    t->umask = parent->umask;
    t->line = parent->line;
    t->pipe_count = parent->pipe_count;
    memcpy(t->pipe_status, parent->pipe_status, sizeof(t->pipe_status));
    t->shift = parent->shift;
    t->vars = parent->vars != NULL && share(&parent->vars->refs) ? parent->vars : NULL;
    t->funcs = parent->funcs != NULL && share(&parent->funcs->refs) ? parent->funcs : NULL;
    t->params = parent->params != NULL && share(&parent->params->refs) ? parent->params : NULL;
    t->cwd = parent->cwd;
    t->cwd->refs++;
    t->name = parent->name;
    t->name->refs++;
    t->last_arg = parent->last_arg;
    if (t->last_arg != NULL)
        t->last_arg->refs++;
    for (int fd = 0; fd < SHELL_FDS; fd++)
        t->fd[fd] = sh_file_ref(parent->fd[fd]);
    memcpy(t->number, parent->number, sizeof(t->number));
    return copy_ignored(t, parent) && sh_alias_copy(t, parent) ? t : NULL;
}

static void drop_reply(struct sh_task *t)
{
    if (t->reply != NULL)
        sh_free(t->proc, t->reply, t->reply->size);
    t->reply = NULL;
}

/* Frees what a task has, apart from what its parent may still ask for. */
static void task_strip(struct sh_task *t)
{
    struct shell_proc *p = t->proc;
    struct sh_trap *trap;

    sh_task_reset(t);
    drop_reply(t);
    while ((trap = t->traps) != NULL) {
        t->traps = trap->next;
        sh_free(p, trap, sizeof(*trap) + trap->length + 1);
    }
    for (int fd = 0; fd < SHELL_FDS; fd++)
        sh_set_fd(t, fd, NULL);
    sh_vars_unref(p, t->vars);
    sh_funcs_unref(p, t->funcs);
    sh_params_unref(p, t->params);
    sh_str_unref(p, t->cwd);
    sh_str_unref(p, t->name);
    sh_str_unref(p, t->last_arg);
    sh_alias_drop(t, NULL);
    sh_unit_unref(t->unit);
    sh_free(p, t->frame, t->frame_room * sizeof(*t->frame));
    sh_free(p, t->acc, t->acc_room * sizeof(*t->acc));
    sh_free(p, t->bytes, t->room);
    t->vars = NULL;
    t->funcs = NULL;
    t->params = NULL;
    t->cwd = t->name = t->last_arg = NULL;
    t->unit = NULL;
    t->frame = NULL;
    t->acc = NULL;
    t->bytes = NULL;
    t->frame_room = t->acc_room = 0;
    t->room = 0;
}

void sh_task_end(struct sh_task *t, int32_t status)
{
    struct shell_proc *p = t->proc;

    if (t->wait == SH_ENDED)
        return;
    if (t->server && p->setup.host->server != NULL && p->state.phase != SHELL_SERVER)
        p->setup.host->server(p->setup.ctx, t->call.argv[0], false, false);
    if (t == p->tasks)
        sh_proc_end(p, SHELL_ENDED, status & 255, t->doomed);
    task_strip(t);
    t->wait = SH_ENDED;
    t->until = RX_MS_NEVER;
    t->status = status & 255;
    for (struct sh_task *k = p->tasks; k != NULL; k = k->next)
        k->orphan |= k->parent == t->pid;
    p->stale = true;
}

void sh_task_reap(struct sh_task *t)
{
    t->orphan = true;
    t->proc->stale = true;
}

struct sh_task *sh_task_find(struct shell_proc *p, uint32_t pid)
{
    for (struct sh_task *t = p->tasks; t != NULL; t = t->next)
        if (t->pid == pid)
            return t;
    return NULL;
}

/* Frees the ended tasks that nobody will ask for. The first stays: it stands for the script. */
static void sweep(struct shell_proc *p)
{
    struct sh_task **at = &p->tasks;

    p->stale = false;
    while (*at != NULL) {
        struct sh_task *t = *at;

        if (t == p->tasks || t->wait != SH_ENDED || !t->orphan) {
            at = &t->next;
            continue;
        }
        *at = t->next;
        task_free(t);
    }
}

/* ---- signals --------------------------------------------------------------------------------- */

static const struct sh_trap *trap_of(const struct sh_task *t, int signo)
{
    for (const struct sh_trap *trap = t->traps; trap != NULL; trap = trap->next)
        if (trap->signo == signo)
            return trap;
    return NULL;
}

bool sh_signal(struct sh_task *t, int signo)
{
    struct shell_proc *p = t->proc;
    const struct sh_trap *trap = trap_of(t, signo);

    if (t->wait == SH_ENDED || signo <= 0 || signo >= SH_SIG_MAX)
        return false;
    if (trap != NULL && signo != SH_SIG_KILL) {
        if (trap->length == 0)
            return false;
        t->pending |= 1u << signo;
        if (t->in_wait)
            t->wait = SH_RUNS;
        return true;
    }
    /* What does nothing by default, what stops and continues, what a job ignores. */
    if (signo == SH_SIG_CHLD || (signo >= 18 && signo <= 23) || signo == 28)
        return false;
    if (t->ignores_int && (signo == SH_SIG_INT || signo == SH_SIG_QUIT))
        return false;
    if (t == p->tasks && p->setup.pid1 && !t->is_program && signo != SH_SIG_KILL)
        return false;
    t->doomed = (uint8_t)signo;
    if (t != p->current)
        t->wait = SH_RUNS; /* so that it is looked at, and ends */
    return true;
}

bool sh_signal_pid(struct sh_task *from, uint32_t pid, int signo)
{
    struct shell_proc *p = from->proc;
    struct sh_task *t = sh_task_find(p, pid);

    if (t != NULL && t->orphan && t->wait == SH_ENDED)
        t = NULL;
    if (t == NULL)
        return p->setup.host->kill != NULL && p->setup.host->kill(p->setup.ctx, pid, signo);
    if (signo == 0 || t->wait == SH_ENDED)
        return t->wait != SH_ENDED;
    /* The kernel keeps even its own signals away from PID 1, SIGKILL included. */
    if (t == p->tasks && p->setup.pid1 && (trap_of(t, signo) == NULL || signo == SH_SIG_KILL))
        return true;
    sh_signal(t, signo);
    return true;
}

bool shell_signal(struct shell_proc *p, int signo)
{
    return !p->over && sh_signal(p->tasks, signo);
}

bool shell_owns_pid(const struct shell_proc *p, uint32_t pid)
{
    const struct sh_task *t;

    for (t = p->tasks; t != NULL && t->pid != pid; t = t->next)
        ;
    return !p->over && t != NULL && t->wait != SH_ENDED;
}

bool shell_signal_pid(struct shell_proc *p, uint32_t pid, int signo)
{
    struct sh_task *t = p->over ? NULL : sh_task_find(p, pid);

    return t != NULL && sh_signal(t, signo);
}

bool shell_task_view(const struct shell_proc *p, uint32_t nth, struct shell_task_view *out)
{
    const struct sh_task *t = p->tasks;
    bool other;

    while (t != NULL && (nth > 0 || t->wait == SH_ENDED)) {
        nth -= t->wait != SH_ENDED;
        t = t->next;
    }
    if (t == NULL || p->over)
        return false;
    *out = (struct shell_task_view){.pid = t->pid, .parent = t->parent};
    /* A command that the shell waits for is a process of its own elsewhere; here the shell is seen.
     */
    other = t->call.command != NULL && !(t->call.command->flags & SH_INTERNAL) &&
            (t != p->tasks || (t->frames > 0 && t->frame[t->frames - 1].exec));
    if (other) {
        out->argc = t->call.argc;
        out->argv = t->call.argv;
    }
    return true;
}

/* ---- answers --------------------------------------------------------------------------------- */

void shell_answer(struct shell_proc *p, uint32_t id, const struct shell_result *result)
{
    size_t location = result->location != NULL ? strlen(result->location) + 1 : 0;
    struct sh_task *t = p->over ? NULL : p->tasks, *running = p->current;
    struct sh_reply *r;
    size_t size;

    while (t != NULL && (t->wait != SH_WAITS_ANSWER || t->request != id))
        t = t->next;
    if (t == NULL || t->answered)
        return;
    p->current = t;
    drop_reply(t);
    size = sizeof(*r) + (result->body != NULL ? result->body_length : 0) + location;
    r = sh_alloc(p, size);
    p->current = running;
    if (r == NULL)
        return;
    r->size = size;
    r->result = *result;
    if (location > 0)
        memcpy(r->text, result->location, location);
    if (result->body != NULL && result->body_length > 0)
        memcpy(r->text + location, result->body, result->body_length);
    r->result.location = location > 0 ? r->text : NULL;
    r->result.body = result->body != NULL ? r->text + location : NULL;
    r->due = sh_later(p->now, result->after);
    r->has_headers = false;
    t->reply = r;
    t->answered = true;
    t->until = RX_MIN(t->until, r->due);
}

bool shell_answer_lost(struct shell_proc *p, uint32_t id, rx_ms now)
{
    const struct shell_result reset = {.reply = SHELL_REPLY_RESET};
    struct sh_task *t = p->over ? NULL : p->tasks;

    while (t != NULL && (t->wait != SH_WAITS_ANSWER || t->request != id))
        t = t->next;
    if (t == NULL || (t->answered && t->reply->due <= now))
        return false;
    if (!t->answered) {
        shell_answer(p, id, &reset);
        return true;
    }
    t->reply->result.reply = t->reply->has_headers ? SHELL_REPLY_CUT : SHELL_REPLY_RESET;
    t->reply->due = t->until = now;
    return true;
}

/* ---- running --------------------------------------------------------------------------------- */

/* Has what the task waits for come? */
static bool ready(const struct sh_task *t)
{
    const struct shell_proc *p = t->proc;

    if (t->wait != SH_ENDED && t->until <= p->now)
        return true;
    switch ((enum sh_wait)t->wait) {
    case SH_RUNS:
        return true;
    case SH_WAITS_READ:
        return t->file->pipe->length > 0 || t->file->pipe->writers == 0;
    case SH_WAITS_WRITE:
        return t->file->pipe->length < SHELL_PIPE_BYTES || t->file->pipe->readers == 0;
    case SH_WAITS_CHILD:
        for (const struct sh_task *k = p->tasks; k != NULL; k = k->next)
            if (k->pid == t->child)
                return k->wait == SH_ENDED;
        return true;
    case SH_WAITS_GROUP:
        for (const struct sh_task *k = p->tasks; k != NULL; k = k->next)
            if (k->parent == t->pid && k->group == t->child && k->wait != SH_ENDED)
                return false;
        return true;
    case SH_WAITS_ANY:
        for (const struct sh_task *k = p->tasks; k != NULL; k = k->next)
            if (k->parent == t->pid && k->group == t->child && k->wait == SH_ENDED && !k->orphan)
                return true;
        return false;
    case SH_WAITS_JOBS:
        for (const struct sh_task *k = p->tasks; k != NULL; k = k->next)
            if (k->parent == t->pid && k->background && k->wait != SH_ENDED)
                return false;
        return true;
    case SH_WAITS_ANY_JOB:
        for (const struct sh_task *k = p->tasks; k != NULL; k = k->next)
            if (k->parent == t->pid && k->background && !k->orphan && k->wait == SH_ENDED)
                return true;
        return false;
    case SH_WAITS_ANSWER:
        return t->answered && t->reply->due <= p->now;
    default:
        return false;
    }
}

static rx_ms next_deadline(const struct shell_proc *p)
{
    rx_ms until = RX_MS_NEVER;

    for (const struct sh_task *t = p->tasks; t != NULL; t = t->next)
        until = RX_MIN(until, t->until);
    return until;
}

/* A program that has no code of its own yet: a file, or one that does not parse. */
static void begin(struct shell_proc *p)
{
    const struct shell_program *program = p->setup.program;
    struct sh_task *t = p->tasks;
    const char *path, *text;
    char full[FS_PATH_MAX];
    struct sh_unit *unit;
    uint32_t size;
    int error;

    if (shell_program_refused(program)) {
        if (p->setup.host->diagnose != NULL)
            p->setup.host->diagnose(p->setup.ctx, &program->diag);
        sh_begin_of_image(t, t->name->text, false);
        return;
    }
    if (program->broken) {
        sh_complain(t, "%s", program->diag.text);
        if (p->setup.host->diagnose != NULL)
            p->setup.host->diagnose(p->setup.ctx, &program->diag);
        sh_proc_end(p, SHELL_ENDED, SHELL_EXIT_SYNTAX, 0);
        return;
    }
    if (program->class_ != SHELL_FILE || t->frames > 0 || t->unit != &program->unit)
        return;
    path = program->argv[0];
    error = fs_path(full, t->cwd->text, path);
    if (error == 0)
        error = fs_get(p->setup.fs, full, &text, &size);
    if (error != 0 && !sh_program_missing(t, path)) {
        sh_begin_of_image(t, path, true);
        return;
    }
    if (error != 0) {
        sh_warn(t, "can't open '%s': %s", path, fs_strerror(error));
        sh_diagnose(t, SHELL_DIAG_NOT_FOUND, 0, path, "no such script in the container's files");
        sh_proc_end(p, SHELL_ENDED, SHELL_EXIT_NOT_FOUND, 0);
        return;
    }
    p->current = t;
    if (program->by_path)
        t->flavour = (uint8_t)sh_flavour_of_text(p, program->flavour, text, size);
    unit = sh_compile(t, t->flavour, text, size);
    p->current = NULL;
    if (unit != NULL) {
        t->unit = unit;
        unit->source = rx_arena_strdup(&unit->arena, path);
    } else if (t->refused) {
        sh_begin_of_image(t, path, false);
    } else {
        sh_proc_end(p, SHELL_ENDED, SHELL_EXIT_SYNTAX, 0);
    }
}

struct shell_state shell_run(struct shell_proc *p, rx_ms now)
{
    struct sh_turn turn = {.fd = 1};
    struct fs_told told = {.assumed = sh_assumed};
    bool progress = true;

    if (p->over && p->tasks == NULL)
        return p->state;
    if (now > p->now)
        p->steps = p->output = p->unknown_runs = 0;
    p->now = now;
    p->turn = &turn;
    if (!p->over)
        begin(p);
    while (progress && !p->over) {
        progress = false;
        for (struct sh_task *t = p->tasks; t != NULL && !p->over; t = t->next) {
            if (t->wait == SH_ENDED || !ready(t))
                continue;
            p->setup.fs->umask = t->umask;
            told.ctx = t;
            p->setup.fs->told = &told;
            sh_step(t);
            p->setup.fs->umask = 022;
            p->setup.fs->told = NULL;
            progress = true;
        }
        if (p->stale)
            sweep(p);
    }
    sh_flush(p);
    if (p->over) {
        close_tasks(p);
    } else {
        rx_ms until = next_deadline(p);

        p->state = (struct shell_state){
            .phase = until < RX_MS_NEVER ? SHELL_SLEEPING : SHELL_WAITING, .until = until};
    }
    p->turn = NULL;
    return p->state;
}
