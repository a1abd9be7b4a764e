/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.c - the carrier that needs no socket: it asks the pod's Behavior and says what the wire
 * would have said, in the same words, after the same time.
 *
 * It carries every kind of handler in scripted runs, and in all others those that go over no wire
 * of ours (exec, gRPC, HTTPS). An HTTP run goes from request to request as one over a wire does:
 * each target is asked when its request would arrive, and one timer waits for what comes next. The
 * URL of the request is at the front of the attempt's buffer. All other kinds are worked out whole
 * when they start.
 */
#include <errno.h>
#include <string.h>

#include "engine/pod/runtime.h"
#include "engine/reactor/limit.h"
#include "probes/carry/target.h"
#include "probes/carry/script.h"
#include "probes/wire/url.h"
#include "probes/wire/http1.h"

enum state {
    SETTLED, /* what there is to say is known */
    AWAITING_HEAD,
    AWAITING_BODY,
};

/* What will become of the run, and when. */
struct fate {
    uint8_t state;
    bool stepping; /* its timer has fired: this is its place in the instant */
    /* HTTP */
    struct pod_http_end end; /* once settled */
    struct pod_answer answer;  /* of the request under way */
    uint32_t url_len;
    bool dialled;      /* the target has to do with what comes of it */
    bool forget_host;  /* a redirect has led away from the configured Host header */
    /* all others */
    const char *text; /* in the attempt's buffer, or the script's own */
    uint32_t length;
    uint8_t outcome;
    bool unasked; /* nobody is: what is wrong is known before a connection is made */
    bool hangs;   /* until its deadline or the end of the process */
};

_Static_assert(sizeof(struct fate) <= sizeof(((struct pod_attempt *)0)->scratch),
               "the fate of a run must fit into the attempt");
_Static_assert((int)POD_HTTP_URL_MAX <= (int)POD_SCRIPT_BUFFER,
               "the URL of a run must fit into its buffer");

static struct fate *fate_of(struct pod_attempt *a)
{
    return (struct fate *)(void *)a->scratch;
}

static void tell_http(struct pod_attempt *a);

static void settle(struct pod_attempt *a)
{
    struct fate *f = fate_of(a);

    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    if (a->handler->kind == POD_HANDLER_HTTP)
        tell_http(a);
    else
        pod_attempt_done(a, (enum pod_outcome)f->outcome, f->text, f->length);
    pod_attempt_free(a);
}

/* ---- texts ----------------------------------------------------------------------------------- */

static struct rx_fit begin(struct pod_attempt *a)
{
    return (struct rx_fit){.at = a->buffer, .room = a->room};
}

static void end(struct pod_attempt *a, enum pod_outcome outcome, const struct rx_fit *t)
{
    struct fate *f = fate_of(a);

    f->outcome = (uint8_t)outcome;
    f->text = t->at;
    f->length = t->len;
}

static void end_plain(struct pod_attempt *a, enum pod_outcome outcome, const char *text)
{
    struct fate *f = fate_of(a);

    f->outcome = (uint8_t)outcome;
    f->text = text;
    f->length = (uint32_t)strlen(text);
}

static struct rx_fit begin_seconds(struct pod_attempt *a, const char *head, const char *tail)
{
    struct rx_fit t = begin(a);

    rx_fit_str(&t, head);
    rx_fit_uint(&t, (uint64_t)(a->timeout / RX_NS_PER_S));
    rx_fit_str(&t, tail);
    return t;
}

/* ---- where a probe is aimed ------------------------------------------------------------------ */

/* Nobody listens, or the container that does is down, or it refuses just now: all look the same. */
static bool ask(struct pod_attempt *a, uint16_t port, const char *path, uint32_t path_length,
                uint32_t hop, struct pod_answer *out)
{
    uint32_t container;

    return pod_world_listens(a->world, a->pod, port, &container) &&
           pod_world_answer(a->world, a->pod, container, port, path, path_length,
                           pod_attempt_tag(a, hop), out);
}

/* ---- HTTP ------------------------------------------------------------------------------------ */

static void http_hop(struct pod_attempt *a);
static void http_head(struct pod_attempt *a);

static void tell_http(struct pod_attempt *a)
{
    char room[POD_HTTP_MESSAGE_MAX];
    struct rx_fit t = {.at = room, .room = sizeof(room)};
    struct fate *f = fate_of(a);
    struct pod_http_asked asked = probe_http_asked(a, f->url_len);
    struct pod_http_verdict v = pod_http_judge(&f->end, &asked, &t);

    a->error_is_failure = v.error_is_failure;
    pod_attempt_done(a, v.outcome, t.at, t.len);
}

/* It has come out so. A run that has waited for it says it now: its timer has found the place. */
static void http_is_settled(struct pod_attempt *a)
{
    struct fate *f = fate_of(a);

    f->state = SETTLED;
    if (f->stepping || (!f->dialled && a->redirects == 0)) /* or nobody was asked */
        settle(a);
    else
        pod_attempt_answer(a, rx_loop_now(a->loop));
}

static void http_ends(struct pod_attempt *a, const struct pod_http_end *e)
{
    fate_of(a)->end = *e;
    http_is_settled(a);
}

/* One timer is enough: whichever comes first. In one instant that is what was waited for, and both
 * are armed: what has come may be only the first part, and a deadline that were armed then would
 * miss its place among the others of that instant. */
static void http_waits(struct pod_attempt *a, enum state state, rx_ms takes)
{
    rx_ms at = takes != RX_MS_NEVER ? rx_loop_now(a->loop) + takes : RX_MS_NEVER;
    rx_ms deadline = RX_MS_NEVER; /* of a hook's request */

    fate_of(a)->state = (uint8_t)state;
    fate_of(a)->stepping = false;
    if (a->timeout != RX_NS_NEVER)
        deadline = rx_ms_ceil(a->started + a->timeout);
    if (at <= deadline && takes != RX_MS_NEVER)
        pod_attempt_answer(a, at);
    if (at >= deadline && deadline != RX_MS_NEVER && !rx_timer_armed(&a->deadline))
        rx_loop_arm(a->loop, &a->deadline, deadline);
}

static void http_start(struct pod_attempt *a)
{
    struct rx_fit url = {.at = a->buffer, .room = POD_HTTP_URL_MAX};

    a->redirects = 0;
    if (a->handler->port == 0) {
        http_ends(a, &(struct pod_http_end){.how = POD_HTTP_NO_PORT});
        return;
    }
    if (!probe_http_first_url(a->handler, a->ip, &url)) {
        http_ends(a, &(struct pod_http_end){.how = POD_HTTP_LONG_URL});
        return;
    }
    fate_of(a)->url_len = url.len;
    http_hop(a);
}

/* What a manifest says of headers may make a request that cannot be written down. */
static bool unwritable(const struct pod_attempt *a, const struct probe_url *u,
                       struct pod_http_end *e)
{
    const struct fate *f = fate_of((struct pod_attempt *)(uintptr_t)a);
    struct probe_http1_ask ask = {
        .target = a->buffer + u->target_at,
        .target_len = f->url_len - u->target_at,
        .host = a->buffer + u->authority_at,
        .host_len = u->authority_len,
        .user_agent = a->user_agent,
        .header = a->handler->header,
        .header_count = a->handler->header_count,
        .forget_host = f->forget_host,
    };
    const struct rx_pair *bad = NULL;
    char room[POD_HTTP_REQUEST_MAX];
    int32_t n;

    n = probe_http1_render_request(room, POD_HTTP_REQUEST_MAX - f->url_len, &ask, &bad);
    return probe_http_refused(n, bad, e);
}

/* The request for the URL at the front of the buffer arrives. */
static void http_hop(struct pod_attempt *a)
{
    struct pod_http_end e = {0};
    struct fate *f = fate_of(a);
    struct probe_url u;

    f->dialled = false;
    if (!probe_http_aim(a->buffer, f->url_len, a->ip, &u, &e) ||
        (a->handler->header_count > 0 && unwritable(a, &u, &e))) {
        http_ends(a, &e);
        return;
    }
    f->dialled = true;
    a->to = e.to;
    if (e.to.ip != a->ip || !ask(a, e.to.port, a->buffer + u.target_at, f->url_len - u.target_at,
                                 a->redirects, &f->answer)) {
        e.how = POD_HTTP_IO;
        e.stage = RX_STAGE_CONNECT;
        e.error = ECONNREFUSED;
        http_ends(a, &e);
        return;
    }
    a->not_tls = a->hook && u.https && !f->answer.tls; /* then the kubelet asks again without */
    if (f->answer.act == POD_SERVE_HANG)
        http_waits(a, AWAITING_HEAD, RX_MS_NEVER);
    else if (f->answer.latency > 0)
        http_waits(a, AWAITING_HEAD, f->answer.latency);
    else
        http_head(a);
}

static const char filler[POD_HTTP_SHOWN_MAX] = {[0 ... POD_HTTP_SHOWN_MAX - 1] = 'x'};

/* The response once it is in, with as much of its body as may be shown. */
static void whole(const struct pod_answer *answer, struct pod_http_end *e)
{
    e->how = POD_HTTP_ANSWERED;
    e->status = answer->status;
    e->said = "";
    e->said_len = 0;
    if (!probe_http1_status_has_body(answer->status))
        return;
    if (answer->body_bytes > 0) {
        e->said = filler;
        e->said_len = RX_MIN(answer->body_bytes, (uint32_t)POD_HTTP_SHOWN_MAX);
    } else if (answer->body != NULL || answer->act == POD_SERVE_ANSWER) {
        e->said = answer->body != NULL ? answer->body : POD_BODY_DEFAULT;
        e->said_len = (uint32_t)strlen(e->said);
    }
}

static bool has_body(const struct pod_answer *answer)
{
    struct pod_http_end e;

    whole(answer, &e);
    return e.said_len > 0;
}

static void http_is_whole(struct pod_attempt *a)
{
    whole(&fate_of(a)->answer, &fate_of(a)->end);
    http_is_settled(a);
}

/* Only its head has come. False: the run has gone on or has ended. */
static bool http_redirect(struct pod_attempt *a)
{
    const struct pod_answer *answer = &fate_of(a)->answer;
    struct fate *f = fate_of(a);
    char url[POD_HTTP_URL_MAX];
    struct rx_fit next = {.at = url, .room = sizeof(url)};
    struct pod_http_end e = {.to = a->to};
    const char *location = answer->location;
    uint32_t length = (uint32_t)strlen(location);

    switch (probe_http_redirect(a->buffer, f->url_len, answer->status, location, length,
                                false, a->redirects, &next, &e)) {
    case POD_HTTP_STAYS:
        return true;
    case POD_HTTP_FOLLOWS:
        f->forget_host |= !probe_url_is_relative(location, length);
        a->redirects++;
        memcpy(a->buffer, url, next.len);
        f->url_len = next.len;
        http_hop(a);
        return false;
    default:
        http_ends(a, &e);
        return false;
    }
}

/* The first bytes of the answer arrive. */
static void http_head(struct pod_attempt *a)
{
    struct pod_http_end e = {.to = a->to, .stage = RX_STAGE_RECV};
    const struct pod_answer *answer = &fate_of(a)->answer;

    switch (answer->act) {
    case POD_SERVE_RESET:
        e.how = POD_HTTP_IO;
        e.error = ECONNRESET;
        http_ends(a, &e);
        return;
    case POD_SERVE_GARBAGE:
        e.how = POD_HTTP_GARBLED;
        e.in_head = true;
        e.said = POD_HTTP_GARBAGE_SAID;
        e.said_len = (uint32_t)strlen(POD_HTTP_GARBAGE_SAID);
        http_ends(a, &e);
        return;
    case POD_SERVE_HEADERS_ONLY:
        http_waits(a, AWAITING_BODY, RX_MS_NEVER);
        return;
    default:
        break;
    }
    if (answer->status < 200 && answer->status != 101) {
        /* An interim response; the final one never comes. */
        e.how = POD_HTTP_GARBLED;
        e.in_head = true;
        e.said = "unexpected EOF";
        e.said_len = (uint32_t)strlen(e.said);
        http_ends(a, &e);
        return;
    }
    if (answer->location != NULL && !http_redirect(a))
        return;
    if (answer->body_after > 0 && has_body(answer))
        http_waits(a, AWAITING_BODY, answer->body_after);
    else
        http_is_whole(a);
}

static void http_step(struct pod_attempt *a)
{
    struct fate *f = fate_of(a);

    f->stepping = true;
    if (f->state == AWAITING_HEAD)
        http_head(a);
    else if (f->state == AWAITING_BODY)
        http_is_whole(a);
    else
        settle(a);
}

void probe_script_go_on(struct pod_attempt *a, uint32_t url_len)
{
    memset(fate_of(a), 0, sizeof(struct fate));
    fate_of(a)->forget_host = true; /* only an absolute Location leads to another scheme */
    fate_of(a)->url_len = url_len;
    http_hop(a);
}

/* What the target would have sent by now, had it a wire: in this very instant only once the turn of
 * servers has come. */
static bool has_come(const struct pod_attempt *a)
{
    return rx_timer_armed(&a->step) && a->step.due == rx_loop_now(a->loop) &&
           rx_loop_passed(a->loop, POD_CLASS_SERVE);
}

static void http_lost(struct pod_attempt *a)
{
    struct fate *f = fate_of(a);
    bool in_body;

    /* What has come already is acted on, a redirect too: its request has been on its way. */
    if (f->state == AWAITING_HEAD && has_come(a)) {
        rx_loop_disarm(a->loop, &a->step);
        http_head(a);
    }
    if (!f->dialled)
        return;
    in_body = f->state == AWAITING_BODY && !has_come(a);
    f->state = SETTLED;
    f->end = (struct pod_http_end){
        .how = POD_HTTP_IO,
        .stage = RX_STAGE_RECV,
        .in_body = in_body,
        .error = ECONNRESET,
        .to = a->to,
    };
    rx_loop_disarm(a->loop, &a->deadline);
    pod_attempt_answer_lost(a);
}

/* ---- TCP, gRPC, exec ------------------------------------------------------------------------- */

static void tcp(struct pod_attempt *a)
{
    const struct pod_handler_spec *h = a->handler;
    struct rx_addr to = {.ip = a->ip, .port = h->port};
    struct rx_fit t = begin(a);
    enum probe_aim aim = PROBE_AIM_OK;
    struct pod_answer answer;

    if (h->host != NULL && h->host[0] != '\0')
        aim = probe_host_aim(h->host, strlen(h->host), a->ip, &to.ip);
    fate_of(a)->unasked = h->port == 0 || aim != PROBE_AIM_OK;
    if (h->port == 0) {
        pod_text_no_port(&t, h->port_text);
        end(a, POD_ERROR, &t);
    } else if (aim != PROBE_AIM_OK) {
        if (aim == PROBE_AIM_NO_ROUTE)
            pod_text_io_error(&t, to, RX_STAGE_CONNECT, EHOSTUNREACH);
        else
            pod_text_no_host(&t, h->host, strlen(h->host));
        end(a, POD_FAILURE, &t);
    } else if (to.ip != a->ip || !ask(a, h->port, NULL, 0, 0, &answer)) {
        pod_text_io_error(&t, to, RX_STAGE_CONNECT, ECONNREFUSED);
        end(a, POD_FAILURE, &t);
    } else {
        /* Also if it hangs: a kernel makes the handshake on behalf of the process. */
        end_plain(a, POD_SUCCESS, "");
    }
}

static void grpc(struct pod_attempt *a, rx_ms *takes)
{
    static const char *const status[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
    struct rx_addr to = {.ip = a->ip, .port = a->handler->port};
    struct pod_answer answer;
    struct rx_fit t = begin(a);

    if (!ask(a, a->handler->port, "/grpc.health.v1.Health/Check", 28, 0, &answer)) {
        rx_fit_str(&t, "timeout: failed to connect service \"");
        pod_text_addr(&t, to);
        rx_fit_str(&t, "\" within ");
        rx_fit_uint(&t, (uint64_t)(a->timeout / RX_NS_PER_S));
        rx_fit_str(&t, "s: connection error: desc = \"transport: Error while dialing: ");
        pod_text_io_error(&t, to, RX_STAGE_CONNECT, ECONNREFUSED);
        rx_fit_str(&t, "\"");
        end(a, POD_FAILURE, &t);
        return;
    }
    *takes = answer.latency + answer.body_after;
    if (answer.act == POD_SERVE_HANG || answer.act == POD_SERVE_HEADERS_ONLY ||
        *takes > rx_ms_floor(a->timeout)) {
        t = begin_seconds(a, "timeout: health rpc did not complete within ", "s");
        fate_of(a)->hangs = true;
        end(a, POD_FAILURE, &t);
    } else if (answer.act != POD_SERVE_ANSWER ||
               (answer.grpc == POD_GRPC_UNSET && answer.status != 200)) {
        end_plain(a, POD_FAILURE,
                  "error: health rpc probe failed: rpc error: code = Unavailable desc = transport "
                  "is "
                  "closing");
    } else if (answer.grpc == POD_GRPC_UNIMPLEMENTED) {
        end_plain(a, POD_FAILURE,
                  "error: this server does not implement the grpc health protocol "
                  "(grpc.health.v1.Health): unknown service grpc.health.v1.Health");
    } else if (answer.grpc == POD_GRPC_SERVING || answer.grpc == POD_GRPC_UNSET) {
        end_plain(a, POD_SUCCESS, "");
    } else {
        rx_fit_str(&t, "service unhealthy (responded with \"");
        rx_fit_str(&t, status[answer.grpc & 3]);
        rx_fit_str(&t, "\")");
        end(a, POD_FAILURE, &t);
    }
}

void probe_exec_timeout(const struct pod_attempt *a, struct rx_fit *t)
{
    rx_fit_str(t, "command timed out: \"");
    for (uint32_t i = 0; i < a->handler->argc; i++) {
        rx_fit_str(t, i > 0 ? " " : "");
        rx_fit_str(t, a->handler->argv[i]);
    }
    rx_fit_str(t, "\" timed out after ");
    rx_fit_uint(t, (uint64_t)(a->timeout / RX_NS_PER_S));
    rx_fit_str(t, "s");
}

static void exec_timeout(struct pod_attempt *a)
{
    struct rx_fit t = begin(a);

    probe_exec_timeout(a, &t);
    fate_of(a)->hangs = true;
    end(a, POD_FAILURE, &t);
}

static void exec_error(struct pod_attempt *a, const char *why)
{
    struct rx_fit t = begin(a);

    rx_fit_str(&t, "rpc error: code = Unknown desc = failed to exec in container: ");
    rx_fit_str(&t, why);
    end(a, POD_ERROR, &t);
}

/* No rule answers for the command, and it is not the shell's. */
static void exec_unknown(struct pod_attempt *a)
{
    const struct pod_handler_spec *h = a->handler;
    struct pod_container *c = pod_machine_find(a->world, a->pod, a->container);
    char why[POD_PROBE_BODY_MAX / 8];

    if (c == NULL)
        exec_error(a, "container not running");
    else if (pod_command_fate(c, h, why, sizeof(why)) == SHELL_PROGRAM_NOT_STARTED)
        exec_error(a, why);
    else
        end_plain(a, POD_SUCCESS, "");
}

static void exec(struct pod_attempt *a, rx_ms *takes)
{
    const struct pod_handler_spec *h = a->handler;
    const struct pod_exec_rule *r =
        pod_world_exec(a->world, a->pod, a->container, h->argc, h->argv, a->serial);

    if (r == NULL) {
        exec_unknown(a);
        return;
    }
    if (r->start_error != NULL) {
        exec_error(a, r->start_error);
        return;
    }
    *takes = pod_draw_ms(&r->takes, pod_world_draw(a->world, a->pod, a->container, POD_STREAM_EXEC,
                                                  a->serial));
    if (r->never_ends || *takes > rx_ms_floor(a->timeout)) {
        exec_timeout(a);
        return;
    }
    end_plain(a, r->exit_code == 0 ? POD_SUCCESS : POD_FAILURE, r->output != NULL ? r->output : "");
    fate_of(a)->length = RX_MIN(fate_of(a)->length, (uint32_t)POD_PROBE_BODY_MAX);
}

/* ---- the run --------------------------------------------------------------------------------- */

static void script_start(struct pod_attempt *a)
{
    struct fate *f = fate_of(a);
    rx_ms takes = 0;

    memset(f, 0, sizeof(*f));
    f->outcome = POD_ERROR;
    f->text = "";
    switch (a->handler->kind) {
    case POD_HANDLER_HTTP:
        http_start(a);
        return;
    case POD_HANDLER_TCP:
        tcp(a);
        break;
    case POD_HANDLER_GRPC:
        grpc(a, &takes);
        break;
    default:
        exec(a, &takes);
        break;
    }
    if (f->unasked) {
        settle(a);
        return;
    }
    if (f->hangs) {
        if (a->timeout != RX_NS_NEVER)
            rx_loop_arm(a->loop, &a->deadline, rx_ms_ceil(a->started + a->timeout));
        return;
    }
    pod_attempt_answer(a, a->began + takes);
}

static void script_step(struct pod_attempt *a)
{
    if (a->handler->kind == POD_HANDLER_HTTP)
        http_step(a);
    else
        settle(a);
}

static void script_expire(struct pod_attempt *a)
{
    struct fate *f = fate_of(a);

    if (a->handler->kind == POD_HANDLER_HTTP)
        f->end = (struct pod_http_end){.how = POD_HTTP_SILENT,
                                       .in_body = f->state == AWAITING_BODY};
    settle(a);
}

static void script_cancel(struct pod_attempt *a)
{
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    pod_attempt_free(a);
}

/* The process has ended under the probe: what it was waiting for will not come. */
static void script_lost(struct pod_attempt *a)
{
    if (a->handler->kind == POD_HANDLER_TCP)
        return; /* the handshake took no time: its outcome stands */
    if (a->handler->kind == POD_HANDLER_HTTP) {
        http_lost(a);
        return;
    }
    if (a->handler->kind == POD_HANDLER_GRPC)
        end_plain(a, POD_FAILURE,
                  "error: health rpc probe failed: rpc error: code = Unavailable desc = error "
                  "reading "
                  "from server: EOF");
    else
        end_plain(a, POD_FAILURE, "");
    fate_of(a)->hangs = false;
    rx_loop_disarm(a->loop, &a->deadline);
    pod_attempt_answer_lost(a);
}

const struct pod_carrier probe_script = {
    .name = "script",
    .start = script_start,
    .expire = script_expire,
    .step = script_step,
    .cancel = script_cancel,
    .lost = script_lost,
};
