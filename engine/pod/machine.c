/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine.c - an instance booted, its main process run, commands run in it, its log.
 */
#include "engine/pod/machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/pod_int.h"
#include "engine/pod/system_files.h"
#include "engine/pod/timer.h"
#include "engine/reactor/err.h"

static const struct shell_host main_host, exec_host;

static int boot(struct pod_container *c, const char **why);

static rx_ms now_of(struct pod_container *c)
{
    return rx_loop_now(pod_world_of(pod_of_container(c))->loop);
}

/* ---- logs ------------------------------------------------------------------------------------ */

/* Keeps the end of what is written: half of the room is given up at a time, at a line if there is
 * one. */
static void log_write(const struct rx_mem *mem, struct pod_log *l, const char *data,
                      uint32_t length)
{
    if (length == 0)
        return;
    if (length > POD_LOG_MAX) {
        data += length - POD_LOG_MAX;
        length = POD_LOG_MAX;
        l->cut = true;
    }
    if (l->used + length > POD_LOG_MAX) {
        uint32_t drop =
            RX_MIN(l->used, RX_MAX(l->used + length - POD_LOG_MAX, (uint32_t)POD_LOG_MAX / 2));
        const char *line = memchr(l->at + drop, '\n', l->used - drop);

        if (line != NULL)
            drop = (uint32_t)(line + 1 - l->at);
        memmove(l->at, l->at + drop, l->used - drop);
        l->used -= drop;
        l->cut = true;
    }
    if (l->used + length > l->room) {
        uint32_t room = RX_MIN(RX_MAX(2 * l->room, l->used + length + 64), (uint32_t)POD_LOG_MAX);
        char *more = rx_mem_grow(mem, l->at, l->room, room);

        if (more == NULL)
            return; /* the log has a hole; the container goes on */
        l->at = more;
        l->room = room;
    }
    memcpy(l->at + l->used, data, length);
    l->used += length;
}

static void log_free(const struct rx_mem *mem, struct pod_log *l)
{
    rx_mem_free(mem, l->at, l->room);
    *l = (struct pod_log){0};
}

const char *pod_machine_log(struct pod_container *c, bool previous, uint32_t *length)
{
    const struct pod_log *l = NULL;

    if (c->extra != NULL && previous)
        l = &c->extra->log_before;
    else if (c->extra != NULL && c->extra->machine != NULL)
        l = &c->extra->machine->log;
    if (l == NULL)
        return NULL;
    *length = l->used;
    return l->at != NULL ? l->at : "";
}

/* ---- booting --------------------------------------------------------------------------------- */

static void close_main(struct pod_machine *m)
{
    pod_asks_drop(m->container, &m->asks);
    shell_close(m->main);
    m->main = NULL;
}

/* The container's processes are gone, and commands from outside with them. */
static void end_own(struct pod_container *c)
{
    struct rx_loop *loop = pod_world_of(pod_of_container(c))->loop;
    struct rx_list *l = c->extra->execs.next;

    while (l != &c->extra->execs) {
        struct pod_exec *e = rx_container_of(l, struct pod_exec, link);

        l = l->next;
        if (e->handler != NULL)
            continue;
        pod_asks_drop(c, &e->asks);
        shell_close(e->proc);
        e->proc = NULL;
        e->container = NULL;
        rx_list_remove(&e->link);
        rx_loop_arm(loop, e->wake, rx_loop_now(loop));
    }
}

static void discard(struct pod_container *c, struct pod_machine *m)
{
    const struct rx_mem *mem = &pod_world_of(pod_of_container(c))->guest;

    end_own(c);
    rx_loop_disarm(pod_world_of(pod_of_container(c))->loop, &m->wake);
    close_main(m);
    fs_fini(&m->fs);
    log_free(mem, &m->log);
    pod_instance_end(mem, &m->life);
    rx_mem_free(mem, m, sizeof(*m));
}

static bool is_scripted(const struct pod_container *c)
{
    return c->script != NULL && c->script->instances != NULL;
}

/* Is the script there that a path names? False for what is none: somebody else's program. */
static bool script_there(struct fs *fs, const char *path, bool *executable)
{
    struct fs_stat st;
    const char *text, *end;
    uint32_t size;

    if (fs_stat(fs, path, &st) != 0 || fs_get(fs, path, &text, &size) != 0)
        return false;
    *executable = st.executable;
    end = memchr(text, '\n', size);
    return size < 2 || text[0] != '#' || text[1] != '!' ||
           memmem(text, end != NULL ? (size_t)(end - text) : size, "sh", 2) != NULL;
}

/* The command of this instance: what of it can be said only now that there are files. */
static int choose_shell(struct pod_machine *m, const char **why)
{
    bool executable;

    /* What a Behavior document scripts for this container's instances is not run. */
    if (is_scripted(m->container))
        m->life.main.shell = NULL;
    if (m->life.main.shell == NULL || !m->life.main.by_path)
        return 0;
    if (!script_there(&m->fs, m->life.argv[0], &executable)) {
        m->life.main.shell = NULL;
        return 0;
    }
    *why = "exec: permission denied";
    return executable ? 0 : -RX_ESTATE;
}

/* Its own files: a fresh layer, its mounts, its working directory. */
static int furnish(struct pod_container *c, struct pod_machine *m)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    int rc = fs_init(&m->fs, &pod_world_of(pod_of_container(c))->guest);

    if (rc == 0 && fs_mount_file(&m->fs, s->message_path) == -ENOMEM)
        rc = -RX_ENOMEM;
    if (rc == 0)
        rc = pod_volumes_mount(c, &m->fs, m->life.env, m->life.env_count);
    if (!pod_world_of(pod_of_container(c))->knobs.unknown_missing)
        m->fs.image = (uint8_t)shell_image_of(s->image);
    if (rc == 0 && s->working_dir != NULL && fs_image_dir(&m->fs, s->working_dir, now_of(c)) != 0)
        fs_mkdir(&m->fs, s->working_dir, true, now_of(c));
    m->fs.made = &pod_system_files;
    m->fs.made_ctx = m;
    m->fs.seed = pod_container_draw(c, POD_STREAM_DEVICE, c->restarts);
    m->fs.read_only = s->read_only_root;
    m->fs.uid = s->user.uid;
    m->fs.gid = s->user.gid;
    return rc;
}

static struct pod_machine *next_machine(struct pod_container *c)
{
    const struct rx_mem *mem = &pod_world_of(pod_of_container(c))->guest;
    struct pod_extra *e = pod_extra_of(c);
    struct pod_machine *m = e != NULL ? rx_mem_zalloc(mem, sizeof(*m)) : NULL;

    if (m == NULL)
        return NULL;
    if (e->machine != NULL) {
        log_free(mem, &e->log_before);
        e->log_before = e->machine->log;
        e->machine->log = (struct pod_log){0};
        discard(c, e->machine);
    }
    e->machine = m;
    m->container = c;
    m->first_pid = pod_first_pid(c);
    m->next_pid = m->first_pid + 1;
    rx_timer_init(&m->wake, pod_timer_key(POD_TIMER_WAKE, pod_of_container(c), c->index, 0));
    return m;
}

int pod_machine_boot(struct pod_container *c, const char **why)
{
    *why = "no memory for its files";
    if (!pod_programs_of(c)->any &&
        !pod_exec_rule_may(c, pod_container_spec_of(c)->argc, pod_programs_of(c)->argv))
        return 0;
    return boot(c, why);
}

struct fs *pod_machine_files(struct pod_container *c)
{
    const char *why;
    int rc = c->extra == NULL || c->extra->machine == NULL ? boot(c, &why) : 0;

    return rc == 0 ? &c->extra->machine->fs : NULL;
}

int pod_machine_put(struct pod_container *c, const char *path, const char *data, uint32_t size)
{
    int rc = fs_put(&c->extra->machine->fs, path, data, size, now_of(c));

    if (rc == 0)
        pod_storage_used(c);
    return rc;
}

static int boot(struct pod_container *c, const char **why)
{
    struct pod_machine *m = next_machine(c);
    int rc;

    if (m == NULL)
        return -RX_ENOMEM;
    rc = pod_instance_begin(c, &m->life);
    if (rc == -RX_ELIMIT)
        *why = "exec: argument list too long";
    if (rc == 0)
        rc = furnish(c, m);
    return rc == 0 ? choose_shell(m, why) : rc;
}

void pod_machine_halt(struct pod_container *c)
{
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;

    if (m == NULL)
        return;
    end_own(c);
    rx_loop_disarm(pod_world_of(pod_of_container(c))->loop, &m->wake);
    if (m->in_run)
        return; /* the caller of shell_run closes it */
    close_main(m);
}

void pod_machines_retire(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);

        if (c->extra != NULL && c->extra->machine != NULL && !c->extra->machine->in_run)
            fs_fini(&c->extra->machine->fs);
    }
    pod_volumes_free(p);
}

void pod_machine_free(struct pod_container *c)
{
    const struct rx_mem *mem = &pod_world_of(pod_of_container(c))->guest;
    struct pod_extra *e = c->extra;

    if (e->machine != NULL)
        discard(c, e->machine);
    e->machine = NULL;
    log_free(mem, &e->log_before);
    rx_mem_free(mem, e->message, e->message != NULL ? strlen(e->message) + 1 : 0);
    rx_mem_free(mem, e->message_before, e->message_before != NULL ? strlen(e->message_before) + 1
                : 0);
    e->message = e->message_before = NULL;
}

/* ---- the main process ------------------------------------------------------------------------ */

static void follow(struct pod_container *c, struct shell_state s)
{
    struct pod_machine *m = c->extra->machine;
    struct rx_loop *loop = pod_world_of(pod_of_container(c))->loop;

    switch (s.phase) {
    case SHELL_ENDED:
        m->exit_code = s.code;
        c->exit_by = POD_EXIT_SHELL;
        rx_loop_arm(loop, &c->proc, now_of(c));
        break;
    case SHELL_SLEEPING:
        rx_loop_arm(loop, &m->wake, s.until);
        break;
    case SHELL_SERVER: /* exec: from now on it is a server like any other */
        close_main(m);
        break;
    case SHELL_WAITING:
        break;
    }
}

/* What all processes of a container have in common. */
static struct shell_setup setup_of(struct pod_machine *m)
{
    struct pod_container *c = m->container;
    struct pod *p = pod_of_container(c);

    return (struct shell_setup){
        .fs = &m->fs,
        .env_count = m->life.env_count,
        .env = m->life.env,
        .hostname = m->life.hostname,
        .fqdn = m->life.fqdn,
        .address = p->ip,
        .user = &pod_programs_of(c)->user,
        .cwd = pod_container_spec_of(c)->working_dir,
        .epoch_ms = pod_world_of(p)->epoch_ms,
        .seed = pod_world_of(p)->seed,
        .id = p->serial << 8 | c->index,
        .next_pid = &m->next_pid,
        .unknown_missing = pod_world_of(p)->knobs.unknown_missing,
    };
}

static int open_shell(struct pod_container *c, const struct shell_setup *setup,
                      struct shell_proc **out)
{
    return shell_open(out, &pod_world_of(pod_of_container(c))->guest, setup, now_of(c));
}

/* Whoever asks from outside what takes so long, even a signal handler, learns whose command it
 * is. */
static struct shell_state run_shell(struct pod_container *c, struct shell_proc *proc)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));
    const struct pod_container *outer = w->computing;
    struct shell_state s;

    w->computing = c;
    s = shell_run(proc, now_of(c));
    w->computing = outer;
    return s;
}

static void run(struct pod_container *c)
{
    struct pod_machine *m = c->extra->machine;
    struct shell_state s;

    m->in_run = true;
    s = run_shell(c, m->main);
    m->in_run = false;
    follow(c, s);
    pod_storage_used(c);
}

const struct pod_exec_rule *pod_machine_rule(struct pod_container *c, uint32_t argc,
                                             const char *const *argv, rx_ms *takes)
{
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;
    const struct pod_exec_rule *r;
    uint64_t request;

    if (c->script == NULL || c->script->exec == NULL || !pod_exec_rule_may(c, argc, argv))
        return NULL;
    /* Apart from the numbers of probes' runs, which have the low half to themselves. */
    request = (uint64_t)(c->restarts + 1) << 32 | (m != NULL ? m->draws++ : 0);
    r = pod_exec_rule_of(c, argc, argv, request);
    if (r == NULL)
        return NULL;
    if (m != NULL)
        m->obscure = true;
    *takes = r->never_ends ? RX_MS_NEVER
                           : pod_draw_ms(&r->takes,
                                         pod_container_draw(c, POD_STREAM_EXEC, request));
    return r;
}

int pod_machine_choose(struct pod_container *c, struct pod_main *out, char *why, size_t room)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;
    const struct pod_program *p = m != NULL ? &m->life.main : &pod_programs_of(c)->main;
    const char *const *argv = m != NULL ? m->life.argv : pod_programs_of(c)->argv;

    *out = (struct pod_main){.kind = POD_MAIN_SERVER};
    if (is_scripted(c))
        return 0;
    if (s->argc > 0)
        out->rule = pod_machine_rule(c, s->argc, argv, &out->takes);
    if (out->rule != NULL && out->rule->start_error != NULL) {
        snprintf(why, room, "%s", out->rule->start_error);
        return -RX_ESTATE;
    }
    if (out->rule != NULL || (m != NULL && p->shell != NULL)) {
        out->kind = out->rule != NULL ? POD_MAIN_RULE : POD_MAIN_SHELL;
        return 0;
    }
    /* Without a command, the words are arguments of a program that the image names. */
    switch (pod_program_alone(c, NULL, p, s->command_argc > 0 ? argv[0] : NULL, why, room)) {
    case SHELL_PROGRAM_SERVES:
        return 0;
    case SHELL_PROGRAM_DONE:
        out->kind = POD_MAIN_DONE;
        return 0;
    default:
        return -RX_ESTATE;
    }
}

/* A rule's program runs for its time, and answers on its ports meanwhile. */
static void begin_rule(struct pod_container *c, const struct pod_main *main)
{
    struct pod_machine *m = c->extra->machine;

    pod_container_serve(c, true);
    if (main->takes == RX_MS_NEVER)
        return;
    m->exit_code = main->rule->exit_code;
    m->output = main->rule->output;
    c->exit_by = POD_EXIT_SHELL;
    rx_loop_arm(pod_world_of(pod_of_container(c))->loop, &c->proc, now_of(c) + main->takes);
}

int32_t pod_machine_exit(struct pod_container *c)
{
    struct pod_machine *m = c->extra->machine;
    const struct rx_mem *mem = &pod_world_of(pod_of_container(c))->guest;

    if (m->output != NULL)
        log_write(mem, &m->log, m->output, (uint32_t)strlen(m->output));
    m->output = NULL;
    return m->exit_code;
}

static void begin_shell(struct pod_container *c)
{
    struct pod_machine *m = c->extra->machine;
    struct shell_setup setup = setup_of(m);

    setup.program = m->life.main.shell;
    setup.host = &main_host;
    setup.ctx = m;
    setup.pid = m->first_pid;
    setup.pid1 = !pod_spec_of(pod_of_container(c))->shared_pids;
    setup.role = pod_program_role_of(c);
    if (open_shell(c, &setup, &m->main) == 0)
        run(c);
    else
        pod_container_serve(c, true);
}

void pod_machine_main(struct pod_container *c, const struct pod_main *m)
{
    switch (m->kind) {
    case POD_MAIN_SERVER:
        pod_container_serve(c, true);
        break;
    case POD_MAIN_DONE:
        c->exit_by = POD_EXIT_DONE;
        rx_loop_arm(pod_world_of(pod_of_container(c))->loop, &c->proc, now_of(c));
        break;
    case POD_MAIN_SHELL:
        begin_shell(c);
        break;
    case POD_MAIN_RULE:
        begin_rule(c, m);
        break;
    }
}

void pod_on_wake(void *world, struct rx_timer *t)
{
    struct pod_machine *m = rx_container_of(t, struct pod_machine, wake);

    (void)world;
    if (m->main != NULL)
        run(m->container);
}

bool pod_machine_signal(struct pod_container *c, int32_t signal)
{
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;

    if (m == NULL || m->main == NULL)
        return false;
    shell_signal(m->main, signal);
    if (!m->in_run)
        run(c);
    return true;
}

/* ---- what a process asks of its container ---------------------------------------------------- */

static void main_output(void *ctx, int fd, const char *data, uint32_t length)
{
    struct pod_machine *m = ctx;

    (void)fd;
    log_write(&pod_world_of(pod_of_container(m->container))->guest, &m->log, data, length);
}

static void main_server(void *ctx, const char *name, bool up, bool took_over)
{
    struct pod_machine *m = ctx;

    if (up && took_over)
        snprintf(m->took_over, sizeof(m->took_over), "%s",
                 strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name);
    pod_container_serve(m->container, up);
}

static void main_request(void *ctx, struct shell_proc *p, const struct shell_request *r)
{
    struct pod_machine *m = ctx;

    pod_ask(m->container, p, r, &m->asks, &m->wake);
}

static bool scripted(struct pod_container *c, uint32_t argc, const char *const *argv,
                     struct shell_scripted *out)
{
    const struct pod_exec_rule *r = pod_machine_rule(c, argc, argv, &out->takes);

    if (r == NULL)
        return false;
    out->code = r->exit_code;
    out->output = r->output;
    out->error = r->start_error;
    return true;
}

static void diagnose(struct pod_container *c, const struct pod_handler_spec *h,
                     const struct shell_program *program, const struct shell_diag *d)
{
    c->extra->machine->obscure |= d->kind == SHELL_DIAG_SERVER || d->kind == SHELL_DIAG_DONE;
    pod_program_tell(c, h, program, d);
}

static void main_diagnose(void *ctx, const struct shell_diag *d)
{
    struct pod_machine *m = ctx;

    diagnose(m->container, NULL, m->life.main.shell, d);
}

static bool main_missing(void *ctx, const char *path)
{
    return pod_program_missing_below(((struct pod_machine *)ctx)->container, path);
}

static bool main_scripted(void *ctx, uint32_t argc, const char *const *argv,
                          struct shell_scripted *out)
{
    return scripted(((struct pod_machine *)ctx)->container, argc, argv, out);
}

static const struct shell_host main_host = {
    .diagnose = main_diagnose,
    .output = main_output,
    .request = main_request,
    .server = main_server,
    .missing = main_missing,
    .scripted = main_scripted,
};

/* ---- commands of probes and hooks ------------------------------------------------------------ */

struct pod_container *pod_machine_find(struct pod_world *w, uint64_t pod, uint32_t container)
{
    struct pod **slot = rx_slab_get(&w->ids, pod);
    struct pod_container *c = slot != NULL ? pod_container_at(*slot, container) : NULL;

    return c != NULL && c->proc_state == POD_PROC_RUNNING ? c : NULL;
}

const struct shell_program *pod_machine_program(struct pod_container *c,
                                                const struct pod_handler_spec *h)
{
    const struct pod_program *p = pod_machine_handler(c, h);
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;
    bool executable;

    if (m == NULL || p == NULL)
        return NULL;
    if (p->by_path && !(script_there(&m->fs, h->argv[0], &executable) && executable))
        return NULL;
    return p->shell;
}

enum shell_program_fate pod_command_fate(struct pod_container *c, const struct pod_handler_spec *h,
                                         char *why, size_t room)
{
    return pod_program_alone(c, h, pod_machine_handler(c, h), pod_machine_argv(c, h)[0], why, room);
}

void pod_command_look(const struct pod_attempt *a, struct pod_container *c,
                      struct pod_carrier_in *in)
{
    const struct pod_handler_spec *h = a->handler;

    in->runs = c->proc_state == POD_PROC_RUNNING;
    if (!in->runs)
        return;
    /* Rules for a hook have been asked before there is an attempt. */
    in->ruled = !a->hook && pod_world_exec(a->world, a->pod, a->container, h->argc, h->argv,
                                           a->serial) != NULL;
    in->program = !in->host && pod_machine_program(c, h) != NULL;
}

static void exec_output(void *ctx, int fd, const char *data, uint32_t length)
{
    struct pod_exec *e = ctx;
    struct pod_log *to = fd == 3   ? &e->container->extra->machine->log
                         : fd == 2 ? &e->err
                                   : &e->out;

    log_write(&pod_world_of(pod_of_container(e->container))->guest, to, data, length);
}

static void exec_request(void *ctx, struct shell_proc *p, const struct shell_request *r)
{
    struct pod_exec *e = ctx;

    pod_ask(e->container, p, r, &e->asks, e->wake);
}

/* `kill 1` from a hook: to the main process, when this command has paused. */
static bool exec_kill(void *ctx, uint32_t pid, int signo)
{
    struct pod_container *c = ((struct pod_exec *)ctx)->container;
    struct pod_machine *m = c->extra->machine;

    if (pid != m->first_pid)
        return m->main != NULL && shell_owns_pid(m->main, pid) &&
               (signo == 0 || shell_signal_pid(m->main, pid, signo));
    if (signo != 0 && (signo != POD_SIGKILL || pod_spec_of(pod_of_container(c))->shared_pids)) {
        ((struct pod_exec *)ctx)->signals |= 1ull << (signo & 63);
        return true;
    }
    return true; /* a container's own SIGKILL does not reach its PID 1 */
}

static void exec_diagnose(void *ctx, const struct shell_diag *d)
{
    struct pod_exec *e = ctx;

    if (e->handler != NULL) {
        diagnose(e->container, e->handler, pod_machine_handler(e->container, e->handler)->shell,
                 d);
        return;
    }
    log_write(e->mem, &e->err, d->text, (uint32_t)strlen(d->text));
    log_write(e->mem, &e->err, "\n", 1);
}

static bool exec_missing(void *ctx, const char *path)
{
    return pod_program_missing_below(((struct pod_exec *)ctx)->container, path);
}

static bool exec_scripted(void *ctx, uint32_t argc, const char *const *argv,
                          struct shell_scripted *out)
{
    return scripted(((struct pod_exec *)ctx)->container, argc, argv, out);
}

static const struct shell_host exec_host = {
    .diagnose = exec_diagnose,
    .output = exec_output,
    .request = exec_request,
    .kill = exec_kill,
    .missing = exec_missing,
    .scripted = exec_scripted,
};

static int open_exec(struct pod_exec *e, struct pod_container *c,
                     const struct shell_program *program, enum shell_program_role role,
                     struct rx_timer *wake)
{
    struct shell_setup setup = setup_of(c->extra->machine);
    const struct pod_handler_spec *h = e->handler;
    int rc;

    setup.program = program;
    setup.host = &exec_host;
    setup.ctx = e;
    setup.pid = c->extra->machine->next_pid++;
    setup.role = role;
    *e = (struct pod_exec){.container = c, .handler = h, .wake = wake,
                           .argc = e->argc, .argv = e->argv,
                           .mem = &pod_world_of(pod_of_container(c))->guest};
    rc = open_shell(c, &setup, &e->proc);
    if (rc == 0)
        rx_list_add_tail(&c->extra->execs, &e->link);
    return rc;
}

int pod_exec_open(struct pod_exec *e, struct pod_container *c, const struct pod_handler_spec *h,
                  struct rx_timer *wake)
{
    const struct shell_program *program = pod_machine_program(c, h);

    if (program == NULL)
        return -RX_ENOTFOUND;
    e->handler = h;
    e->argc = h->argc;
    e->argv = pod_machine_argv(c, h);
    return open_exec(e, c, program,
                     pod_handler_is_hook(c, h) ? SHELL_PROGRAM_HOOK : SHELL_PROGRAM_PROBE, wake);
}

int pod_exec_open_own(struct pod_exec *e, struct pod_container *c,
                      const struct shell_program *program, struct rx_timer *wake)
{
    if (pod_machine_files(c) == NULL)
        return -RX_ENOMEM;
    e->handler = NULL;
    return open_exec(e, c, program, SHELL_PROGRAM_HOOK, wake);
}

struct shell_state pod_exec_run(struct pod_exec *e)
{
    struct pod_container *c = e->container;
    struct shell_state s = {.phase = SHELL_ENDED, .code = 128 + POD_SIGKILL};
    uint64_t signals;

    if (c == NULL)
        return s;
    s = run_shell(c, e->proc);
    signals = e->signals;
    e->signals = 0;
    for (int signo = 1; signals >> signo != 0 && signo < 63; signo++)
        if ((signals >> signo & 1) && c->proc_state == POD_PROC_RUNNING)
            pod_world_of(pod_of_container(c))->kill(pod_of_container(c), c->index, signo);
    pod_storage_used(c);
    return s;
}

const char *pod_exec_output(struct pod_exec *e, uint32_t *length)
{
    if (e->err.used > 0)
        log_write(e->mem, &e->out, e->err.at, e->err.used);
    e->err.used = 0;
    *length = e->out.used;
    return e->out.at != NULL ? e->out.at : "";
}

void pod_exec_close(struct pod_exec *e)
{
    const struct rx_mem *mem = e->mem;

    if (e->container != NULL && e->link.next != NULL) /* it was opened */
        rx_list_remove(&e->link);
    if (e->container != NULL)
        pod_asks_drop(e->container, &e->asks);
    shell_close(e->proc);
    if (mem != NULL) {
        log_free(mem, &e->out);
        log_free(mem, &e->err);
    }
    e->proc = NULL;
}
