/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hook.c - postStart and preStop: a command, a request or a pause. Requests travel over the
 * carriers of the probes, and so do commands that are processes; else what a command does is
 * scripted (Behavior `hooks`) or run by the shell. A hook has no deadline of its own.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"
#include "engine/pod/rule_quote.h"
#include "engine/pod/timer.h"
#include "engine/reactor/err.h"

static void answered(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                     uint32_t length);

/* Whoever began the hook goes on; a hook whose stage has passed was called off. */
static void finished(struct pod_container *c)
{
    if (c->stage == POD_STAGE_POST_START || c->stage == POD_STAGE_PRE_STOP)
        c->extra->hook.done(c);
}

/* ---- commands -------------------------------------------------------------------------------- */

/* `sh -c exit 15`, as the kubelet prints a command. */
static void command_text(const struct pod_handler_spec *h, char *out, size_t room)
{
    size_t used = 0;

    out[0] = '\0';
    for (uint32_t i = 0; i < h->argc && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%s", i > 0 ? " " : "", h->argv[i]);
}

/* `... for Container "c" in Pod "p_ns(uid)" failed - error: ` */
static size_t begin_text(struct pod_container *c, const char *what, char out[POD_TROUBLE_MAX])
{
    struct pod *p = pod_of_container(c);
    char name[POD_NAME_MAX], uid[POD_UID_MAX];
    int n;

    pod_uid(p, uid);
    n = snprintf(out, POD_TROUBLE_MAX,
                 "%s for Container \"%s\" in Pod \"%s_%s(%s)\" failed - error: ", what,
                 pod_container_spec_of(c)->name, pod_name(p, name), pod_spec_of(p)->ns, uid);
    return RX_MIN((size_t)n, (size_t)POD_TROUBLE_MAX - 1);
}

/* Only a postStart hook is what its container then waits for; a preStop hook that fails is an Event
 * and leaves no text, least of all in the place of the one that began the stop. */
static void failed(struct pod_container *c, const char *text)
{
    c->extra->hook.failed = true;
    if (!c->extra->hook.is_stop)
        pod_trouble_note(c, text);
}

/* `error` is why the command could not be run; NULL: it ended as `left` says. */
static void command_failed(struct pod_container *c, const struct pod_handler_spec *h,
                           const char *error, const struct pod_leavings *left)
{
    char command[POD_TROUBLE_MAX / 4], what[POD_TROUBLE_MAX / 4 + 32];
    char text[POD_TROUBLE_MAX], said[POD_TROUBLE_MAX];
    size_t used, out = RX_MIN(left->out_length, sizeof(said)),
                 err = RX_MIN(left->err_length, sizeof(said) - out);

    command_text(h, command, sizeof(command));
    snprintf(what, sizeof(what), "Exec lifecycle hook ([%s])", command);
    used = begin_text(c, what, text);
    if (error != NULL)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", error);
    else
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "command '%s' exited with %d: %.*s", command, left->code,
                                 (int)left->err_length, left->err);
    if (used + 16 < sizeof(text)) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, ", message: ");
        if (out > 0)
            memcpy(said, left->out, out);
        if (err > 0)
            memcpy(said + out, left->err, err);
        pod_quote(said, out + err, text + used, sizeof(text) - used);
    }
    failed(c, text);
}

static void request_failed(struct pod_container *c, const struct pod_handler_spec *h,
                           const char *error, size_t length)
{
    char what[POD_TROUBLE_MAX / 2], text[POD_TROUBLE_MAX];
    size_t used;

    snprintf(what, sizeof(what), "HTTP lifecycle hook (%s)", h->path);
    used = begin_text(c, what, text);
    snprintf(text + used, sizeof(text) - used, "%.*s", (int)length, error);
    failed(c, text);
}

/* A tcpSocket passes validation and then cannot be run; the kubelet shows the handler as Go prints
 * it. */
static void no_handler(struct pod_container *c, const struct pod_handler_spec *h)
{
    char text[POD_TROUBLE_MAX];
    bool named = h->port_text != NULL && (h->port_text[0] < '0' || h->port_text[0] > '9');

    snprintf(text, sizeof(text),
             "Cannot run handler: invalid handler: "
             "&LifecycleHandler{Exec:nil,HTTPGet:nil,TCPSocket:"
             "&TCPSocketAction{Port:{%d %u %s},Host:%s,},Sleep:nil,}",
             named, named ? 0u : (unsigned)h->port, named ? h->port_text : "",
             h->host != NULL ? h->host : "");
    failed(c, text);
}

static const struct pod_hook_rule *rule_of(const struct pod_container *c, bool stop)
{
    if (c->script == NULL)
        return NULL;
    if (stop)
        return c->script->pre_stop != NULL ? &c->script->pre_stop->pre_stop : NULL;
    return c->script->post_start != NULL ? &c->script->post_start->post_start : NULL;
}

/* What a rule says of the hook, or of its command. */
static void judge_rule(struct pod_container *c, const struct pod_handler_spec *h,
                       const struct pod_hook_rule *r)
{
    const struct pod_exec_rule *e = c->extra->hook.rule;
    const char *error = r != NULL ? r->start_error : e->start_error;
    const char *output = r != NULL ? r->output : e->output;
    struct pod_leavings left = {.code = r != NULL ? r->exit_code : e->exit_code, .err = ""};

    if (output != NULL) {
        left.out = output;
        left.out_length = strlen(output);
    }
    if (error != NULL || left.code != 0)
        command_failed(c, h, error, &left);
}

/* What is left when neither a rule nor the shell speaks for it. */
static void judge_unknown(struct pod_container *c, const struct pod_handler_spec *h)
{
    char why[POD_TROUBLE_MAX / 4];

    if (h->kind == POD_HANDLER_TCP)
        no_handler(c, h);
    else if (h->kind == POD_HANDLER_EXEC &&
             pod_command_fate(c, h, why, sizeof(why)) == SHELL_PROGRAM_NOT_STARTED)
        command_failed(c, h, why, &(struct pod_leavings){.err = ""});
}

/* ---- commands that run ----------------------------------------------------------------------- */

static void end_command(struct pod_container *c)
{
    struct pod_extra *e = c->extra;

    if (e->hook.exec == NULL)
        return;
    pod_exec_close(e->hook.exec);
    rx_mem_free(&pod_world_of(pod_of_container(c))->guest, e->hook.exec, sizeof(*e->hook.exec));
    e->hook.exec = NULL;
}

/* True: it has not ended yet. */
static bool go_on(struct pod_container *c, const struct pod_handler_spec *h)
{
    struct pod_extra *e = c->extra;
    struct shell_state s = pod_exec_run(e->hook.exec);
    struct rx_loop *loop = pod_world_of(pod_of_container(c))->loop;
    struct pod_leavings left;

    if (s.phase == SHELL_SLEEPING)
        rx_loop_arm(loop, &e->hook.timer, RX_MAX(s.until, rx_loop_now(loop)));
    if (s.phase == SHELL_SLEEPING || s.phase == SHELL_WAITING)
        return true;
    left = (struct pod_leavings){
        .code = s.code,
        .out = e->hook.exec->out.at,
        .out_length = e->hook.exec->out.used,
        .err = e->hook.exec->err.at,
        .err_length = e->hook.exec->err.used,
    };
    if (left.code != 0)
        command_failed(c, h, NULL, &left);
    end_command(c);
    return false;
}

static bool begin_command(struct pod_container *c, const struct pod_handler_spec *h)
{
    int rc;

    c->extra->hook.exec = rx_mem_zalloc(&pod_world_of(pod_of_container(c))->guest,
                                        sizeof(*c->extra->hook.exec));
    rc = c->extra->hook.exec != NULL
        ? pod_exec_open(c->extra->hook.exec, c, h, &c->extra->hook.timer)
                                    : -RX_ENOMEM;
    if (rc != 0) {
        end_command(c);
        command_failed(c, h, "no memory for the command", &(struct pod_leavings){.err = ""});
        return false;
    }
    return go_on(c, h);
}

static const struct pod_handler_spec *handler_of(struct pod_container *c, bool stop)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);

    return stop ? s->pre_stop : s->post_start;
}

/* ---- all kinds ------------------------------------------------------------------------------- */

/* A command that was a process; `error` is why it was none. */
static void process_failed(struct pod_container *c, const struct pod_attempt *a, const char *error,
                           size_t length)
{
    char text[POD_TROUBLE_MAX];

    if (a->left != NULL) {
        command_failed(c, a->handler, NULL, a->left);
        return;
    }
    snprintf(text, sizeof(text), "%.*s", (int)length, error);
    command_failed(c, a->handler, text, &(struct pod_leavings){.err = ""});
}

static void ask(struct pod_attempt *a, struct pod_container *c, const struct pod_handler_spec *h)
{
    pod_attempt_fill(a, pod_of_container(c), c->index, POD_HOOK_RUN, h);
    a->timeout = RX_NS_NEVER;
    a->user_agent = "kube-lifecycle/1.36";
    a->any_status = true;
    a->owner = c;
    a->done = answered;
    a->serial = c->extra->hook.runs;
    pod_attempt_start(a, c);
}

static bool begin_request(struct pod_container *c, const struct pod_handler_spec *h)
{
    struct pod_attempt *a = pod_attempt_take(pod_world_of(pod_of_container(c)), true);

    if (a == NULL) {
        c->extra->hook.failed = true;
        return false;
    }
    c->extra->hook.attempt = a;
    c->extra->hook.starting = true;
    ask(a, c, h);
    c->extra->hook.starting = false;
    return c->extra->hook.attempt != NULL;
}

bool pod_hook_begin(struct pod_container *c, bool stop, pod_hook_done_fn *done)
{
    struct pod *p = pod_of_container(c);
    const struct pod_handler_spec *h = handler_of(c, stop);
    const struct pod_hook_rule *r = rule_of(c, stop);
    struct pod_extra *e = pod_extra_of(c);
    rx_ms takes = 0;

    if (e == NULL)
        return false;
    e->hook.is_stop = stop;
    e->hook.done = done;
    e->hook.failed = false;
    e->hook.rule = NULL;
    e->hook.runs++;
    /* A Behavior speaks for any kind of hook; the request goes out only if it is silent. */
    if (r != NULL)
        takes = pod_draw_ms(&r->takes, pod_container_draw(c, POD_STREAM_HOOK, e->hook.runs));
    else if (h->kind == POD_HANDLER_SLEEP)
        takes = (rx_ms)h->seconds * RX_MS_PER_S;
    else if (h->kind == POD_HANDLER_HTTP ||
             (h->kind == POD_HANDLER_EXEC && pod_world_of(p)->exec_host))
        return begin_request(c, h);
    else if (h->kind == POD_HANDLER_EXEC)
        e->hook.rule = pod_machine_rule(c, h->argc, h->argv, &takes);
    if (r == NULL && e->hook.rule == NULL && pod_machine_program(c, h) != NULL)
        return begin_command(c, h);
    if (takes == 0) {
        if (r != NULL || e->hook.rule != NULL)
            judge_rule(c, h, r);
        else
            judge_unknown(c, h);
        return false;
    }
    if (takes == RX_MS_NEVER)
        return true; /* until it is killed with its container */
    rx_loop_arm(pod_world_of(p)->loop, &e->hook.timer, rx_loop_now(pod_world_of(p)->loop) + takes);
    return true;
}

void pod_on_hook(void *world, struct rx_timer *t)
{
    struct pod_extra *e = rx_container_of(t, struct pod_extra, hook.timer);
    struct pod_container *c = e->container;
    const struct pod_hook_rule *r = rule_of(c, e->hook.is_stop);

    (void)world;
    if (e->hook.exec != NULL && go_on(c, handler_of(c, e->hook.is_stop)))
        return;
    if (r != NULL || e->hook.rule != NULL)
        judge_rule(c, handler_of(c, e->hook.is_stop), r);
    finished(c);
}

static void answered(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                     uint32_t length)
{
    struct pod_container *c = a->owner;
    struct pod_extra *e = c->extra;
    char ip[POD_IP_MAX];

    a->owner = NULL;
    e->hook.attempt = NULL;
    if ((outcome == POD_FAILURE || outcome == POD_ERROR) && a->handler->kind == POD_HANDLER_EXEC)
        process_failed(c, a, text, length);
    else if (outcome == POD_FAILURE || outcome == POD_ERROR)
        request_failed(c, a->handler, text, length);
    else if (a->not_tls) {
        pod_ip_text(a->to.ip, ip);
        pod_tell(pod_of_container(c), c->index, POD_EVENT_HTTP_FALLBACK,
                 "request to HTTPS lifecycle hook %s:%u got HTTP response, retry with HTTP "
                 "succeeded", ip, a->to.port);
    }
    /* Inside pod_hook_begin the caller goes on by itself. */
    if (!e->hook.starting)
        finished(c);
}

void pod_hook_cancel(struct pod_container *c)
{
    struct pod_extra *e = c->extra;
    struct pod_attempt *a;

    if (e == NULL)
        return;
    rx_loop_disarm(pod_world_of(pod_of_container(c))->loop, &e->hook.timer);
    end_command(c);
    a = e->hook.attempt;
    e->hook.attempt = NULL;
    if (a != NULL) {
        a->owner = NULL;
        a->carrier->cancel(a);
    }
}

void pod_hook_lost(struct pod *p, const struct pod_container *c)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        const struct pod_extra *e = pod_container_at(p, i)->extra;
        struct pod_attempt *a = e != NULL ? e->hook.attempt : NULL;

        if (a != NULL && a->carrier->lost != NULL && pod_attempt_asks(a, c))
            a->carrier->lost(a);
    }
}

/* A command dies with its container; a pause does not notice, and a request by its connection. */
void pod_hook_process_ended(struct pod_container *c)
{
    const struct pod_handler_spec *h = handler_of(c, false);

    if (h->kind != POD_HANDLER_EXEC)
        return;
    pod_hook_cancel(c);
    command_failed(c, h, NULL,
                   &(struct pod_leavings){.code = pod_exit_of_signal(POD_SIGKILL), .err = ""});
    finished(c);
}
