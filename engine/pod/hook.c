/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hook.c - postStart and preStop: a command, a request or a pause. Requests travel over the carriers of
 * the probes; what a command does is scripted (Behavior `hooks`). A hook has no deadline of its own.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/machine.h"
#include "engine/reactor/err.h"

struct pod_extra *pod_extra_of(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    bool sealed;

    if (c->extra != NULL)
        return c->extra;
    sealed = rx_mem_unseal(pod_node_of(p)->mem);
    c->extra = rx_mem_zalloc(pod_node_of(p)->mem, sizeof(*c->extra));
    if (sealed)
        rx_mem_seal(pod_node_of(p)->mem);
    if (c->extra == NULL)
        return NULL;
    c->extra->container = c;
    rx_timer_init(&c->extra->border, pod_key(POD_CLASS_SCRIPT, p, c->index, 2));
    rx_timer_init(&c->extra->hook, pod_key(POD_CLASS_DONE, p, c->index, POD_HOOK_TIMER));
    return c->extra;
}

void pod_extra_free(struct pod_container *c)
{
    struct pod_node *n = pod_node_of(pod_of_container(c));

    if (c->extra == NULL)
        return;
    pod_hook_cancel(c);
    pod_machine_free(c);
    if (c->index == 0)
        pod_volumes_free(pod_of_container(c));
    rx_loop_disarm(n->loop, &c->extra->border);
    rx_loop_disarm(n->loop, &c->extra->deadline);
    rx_mem_free(n->mem, c->extra, sizeof(*c->extra));
    c->extra = NULL;
}

static void finished(struct pod_container *c)
{
    if (c->stage == POD_STAGE_POST_START) {
        pod_start_hooked(c);
        pod_need_sync(pod_of_container(c));
    } else if (c->stage == POD_STAGE_PRE_STOP) {
        pod_stop_hooked(c);
    }
}

/* ---- commands ------------------------------------------------------------------------------------- */

/* `sh -c exit 15`, as the kubelet prints a command. */
static void command_text(const struct pod_handler_spec *h, char *out, size_t room)
{
    size_t used = 0;

    out[0] = '\0';
    for (uint32_t i = 0; i < h->argc && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%s", i > 0 ? " " : "", h->argv[i]);
}

/* `error` is why it could not be run; otherwise it ended with `code`, with the first lines of its standard
 * error and output. */
static void command_failed(struct pod_container *c, const struct pod_handler_spec *h, int32_t code,
                           const char *error, const char *complaint, const char *said)
{
    struct pod *p = pod_of_container(c);
    char command[96], name[POD_NAME_MAX], uid[POD_UID_MAX];
    struct pod_extra *e = c->extra;
    size_t used, room = sizeof(e->hook_error);

    e->hook_failed = true;
    command_text(h, command, sizeof(command));
    pod_uid(p, uid);
    used = (size_t)snprintf(
        e->hook_error, room,
        "Exec lifecycle hook ([%s]) for Container \"%s\" in Pod \"%s_%s(%s)\" failed - error: ", command,
        pod_container_spec_of(c)->name, pod_name(p, name), pod_spec_of(p)->ns, uid);
    used = RX_MIN(used, room - 1);
    if (error != NULL)
        snprintf(e->hook_error + used, room - used, "%s, message: \"\"", error);
    else
        snprintf(e->hook_error + used, room - used, "command '%s' exited with %d: %.*s, message: \"%.*s\"",
                 command, code, (int)strcspn(complaint, "\n"), complaint, (int)strcspn(said, "\n"), said);
}

static const struct pod_hook_rule *rule_of(const struct pod_container *c, bool stop)
{
    if (c->script == NULL)
        return NULL;
    if (stop)
        return c->script->pre_stop != NULL ? &c->script->pre_stop->pre_stop : NULL;
    return c->script->post_start != NULL ? &c->script->post_start->post_start : NULL;
}

static void judge_command(struct pod_container *c, const struct pod_handler_spec *h,
                          const struct pod_hook_rule *r)
{
    if (r == NULL)
        command_failed(c, h, 0, "executable file not found in $PATH", "", "");
    else if (r->start_error != NULL)
        command_failed(c, h, 0, r->start_error, "", "");
    else if (r->exit_code != 0)
        command_failed(c, h, r->exit_code, NULL, "", r->output != NULL ? r->output : "");
}

/* ---- all kinds ------------------------------------------------------------------------------------- */

/* ---- commands that run -------------------------------------------------------------------------------- */

static void end_command(struct pod_container *c)
{
    struct pod_extra *e = c->extra;

    if (e->hook_exec == NULL)
        return;
    pod_exec_close(e->hook_exec);
    rx_mem_free(pod_node_of(pod_of_container(c))->mem, e->hook_exec, sizeof(*e->hook_exec));
    e->hook_exec = NULL;
}

/* True: it has not ended yet. */
static bool go_on(struct pod_container *c, const struct pod_handler_spec *h)
{
    struct pod_extra *e = c->extra;
    struct shell_state s = pod_exec_run(e->hook_exec);
    struct rx_loop *loop = pod_node_of(pod_of_container(c))->loop;
    int32_t code;

    if (s.phase == SHELL_SLEEPING)
        rx_loop_arm(loop, &e->hook, RX_MAX(s.until, rx_loop_now(loop)));
    if (s.phase == SHELL_SLEEPING || s.phase == SHELL_WAITING)
        return true;
    code = s.phase == SHELL_SERVER ? SHELL_EXIT_NOT_FOUND : s.code;
    if (code != 0) {
        char complaint[200], said[400];

        snprintf(complaint, sizeof(complaint), "%.*s", (int)e->hook_exec->err.used,
                 e->hook_exec->err.at != NULL ? e->hook_exec->err.at : "");
        snprintf(said, sizeof(said), "%.*s", (int)e->hook_exec->out.used,
                 e->hook_exec->out.at != NULL ? e->hook_exec->out.at : "");
        command_failed(c, h, code, NULL, complaint, said);
    }
    end_command(c);
    return false;
}

static bool begin_command(struct pod_container *c, const struct pod_handler_spec *h,
                          const struct shell_program *program)
{
    const struct rx_mem *mem = pod_node_of(pod_of_container(c))->mem;
    bool sealed = rx_mem_unseal(mem);
    int rc;

    c->extra->hook_exec = rx_mem_zalloc(mem, sizeof(*c->extra->hook_exec));
    rc = c->extra->hook_exec != NULL ? pod_exec_open(c->extra->hook_exec, c, program) : -RX_ENOMEM;
    if (sealed)
        rx_mem_seal(mem);
    if (rc != 0) {
        end_command(c);
        command_failed(c, h, 0, "no memory for the command", "", "");
        return false;
    }
    return go_on(c, h);
}

static const struct pod_handler_spec *handler_of(struct pod_container *c, bool stop)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);

    return stop ? s->pre_stop : s->post_start;
}

static bool begin_request(struct pod_container *c, const struct pod_handler_spec *h)
{
    struct pod_attempt *a = pod_attempt_take(pod_node_of(pod_of_container(c)));

    if (a == NULL) {
        c->extra->hook_failed = true;
        return false;
    }
    c->extra->hook_attempt = a;
    c->extra->hook_starting = true;
    pod_attempt_ask_hook(a, c, h);
    c->extra->hook_starting = false;
    return c->extra->hook_attempt != NULL;
}

bool pod_hook_begin(struct pod_container *c, bool stop)
{
    struct pod *p = pod_of_container(c);
    const struct pod_handler_spec *h = handler_of(c, stop);
    const struct pod_hook_rule *r = rule_of(c, stop);
    struct pod_extra *e = pod_extra_of(c);
    rx_ms takes = 0;

    if (e == NULL)
        return false;
    e->hook_is_stop = stop;
    e->hook_failed = false;
    e->hooks_run++;
    /* A Behavior speaks for any kind of hook; the request goes out only if it is silent. */
    if (r != NULL)
        takes = pod_draw_ms(&r->takes, pod_container_draw(c, POD_STREAM_HOOK, e->hooks_run));
    else if (h->kind == POD_HANDLER_SLEEP)
        takes = (rx_ms)h->seconds * RX_MS_PER_S;
    else if (h->kind == POD_HANDLER_HTTP)
        return begin_request(c, h);
    else if (pod_machine_program(c, h) != NULL)
        return begin_command(c, h, pod_machine_program(c, h));
    if (takes == 0) {
        if (r != NULL || h->kind != POD_HANDLER_SLEEP)
            judge_command(c, h, r);
        return false;
    }
    rx_loop_arm(pod_node_of(p)->loop, &e->hook, rx_loop_now(pod_node_of(p)->loop) + takes);
    return true;
}

void pod_on_hook(struct rx_timer *t)
{
    struct pod_extra *e = rx_container_of(t, struct pod_extra, hook);
    struct pod_container *c = e->container;
    const struct pod_hook_rule *r = rule_of(c, e->hook_is_stop);

    if (e->hook_exec != NULL && go_on(c, handler_of(c, e->hook_is_stop)))
        return;
    if (r != NULL)
        judge_command(c, handler_of(c, e->hook_is_stop), r);
    finished(c);
}

void pod_hook_answered(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                       uint32_t length)
{
    struct pod_container *c = a->owner;
    struct pod_extra *e = c->extra;

    a->owner = NULL;
    e->hook_attempt = NULL;
    if (outcome == POD_FAILURE || outcome == POD_ERROR) {
        e->hook_failed = true;
        snprintf(e->hook_error, sizeof(e->hook_error), "HTTP lifecycle hook failed - error: %.*s",
                 (int)RX_MIN(length, 200u), text);
    }
    /* Inside pod_hook_begin the caller goes on by itself. */
    if (!e->hook_starting)
        finished(c);
}

void pod_hook_cancel(struct pod_container *c)
{
    struct pod_extra *e = c->extra;
    struct pod_attempt *a;

    if (e == NULL)
        return;
    rx_loop_disarm(pod_node_of(pod_of_container(c))->loop, &e->hook);
    end_command(c);
    a = e->hook_attempt;
    e->hook_attempt = NULL;
    if (a != NULL) {
        a->owner = NULL;
        a->carrier->cancel(a);
    }
}

/* A command dies with its container; a pause or a request does not notice. */
void pod_hook_process_ended(struct pod_container *c)
{
    const struct pod_handler_spec *h = handler_of(c, false);

    if (h->kind != POD_HANDLER_EXEC)
        return;
    pod_hook_cancel(c);
    command_failed(c, h, pod_exit_of_signal(POD_SIGKILL), NULL, "", "");
    finished(c);
}
