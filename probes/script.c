/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.c - the carrier that needs no socket: it asks the pod's behaviour and says what the wire
 * would have said, in the same words, after the same time.
 *
 * It carries every kind of handler in scripted runs, and in all others those that go over no wire of
 * ours (exec, gRPC, HTTPS). The whole run is worked out when it starts: what the targets answer is
 * asked at that instant, also for the later hops of a redirect. Then one timer waits for the end.
 *
 * One difference to a kernel is meant: a target that hangs also keeps a TCP probe waiting, where a
 * kernel would have completed the handshake on its behalf.
 */
#include <errno.h>
#include <string.h>

#include "engine/pod/node.h"
#include "engine/reactor/limit.h"
#include "probes/script.h"
#include "probes/url.h"

enum { URL_MAX = 512 };

/* What will become of the run, and when. */
struct fate {
    const char *text; /* in the attempt's buffer, or the script's own */
    uint32_t length;
    rx_ms headers;    /* when they come, counted from the start */
    uint8_t outcome;
    bool hangs;       /* until its deadline or the end of the process */
    bool in_body;     /* it does so after the headers */
    bool unasked;     /* nobody is asked: what is wrong is known before a connection is made */
};

_Static_assert(sizeof(struct fate) <= sizeof(((struct pod_attempt *)0)->scratch),
               "the fate of a run must fit into the attempt");

static struct fate *fate_of(struct pod_attempt *a)
{
    return (struct fate *)(void *)a->scratch;
}

static void settle(struct pod_attempt *a)
{
    struct fate *f = fate_of(a);

    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    pod_attempt_done(a, (enum pod_outcome)f->outcome, f->text, f->length);
    pod_attempt_free(a);
}

/* ---- texts ------------------------------------------------------------------------------------ */

static struct probe_text begin(struct pod_attempt *a)
{
    return (struct probe_text){.at = a->buffer, .room = a->room};
}

static void end(struct pod_attempt *a, enum pod_outcome outcome, const struct probe_text *t)
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

struct url {
    char at[URL_MAX];
    uint32_t length;
};

static struct probe_text begin_get(struct pod_attempt *a, const struct url *u)
{
    struct probe_text t = begin(a);

    probe_text_str(&t, "Get ");
    probe_text_quote(&t, u->at, u->length);
    probe_text_str(&t, ": ");
    return t;
}

static struct probe_text begin_seconds(struct pod_attempt *a, const char *head, const char *tail)
{
    struct probe_text t = begin(a);

    probe_text_str(&t, head);
    probe_text_uint(&t, (uint64_t)(a->timeout / RX_NS_PER_S));
    probe_text_str(&t, tail);
    return t;
}

/* ---- where a probe is aimed -------------------------------------------------------------------- */

/* Nobody listens, or the container that does is down, or it refuses just now: all look the same. */
static bool ask(struct pod_attempt *a, uint16_t port, const char *path, uint32_t path_length,
                struct pod_answer *out)
{
    uint32_t container;

    return pod_node_listens(a->node, a->pod, a->container, port, &container) &&
           pod_node_answer(a->node, a->pod, container, port, path, path_length, out) &&
           out->act != POD_SERVE_REFUSE;
}

/* ---- HTTP -------------------------------------------------------------------------------------- */

enum hop { HOP_DONE, HOP_FOLLOW };

struct http_run {
    struct url url;
    rx_ms first_byte, done; /* since the start */
    uint32_t redirects;
};

static bool first_url(struct pod_attempt *a, struct url *u)
{
    const struct pod_handler_spec *h = a->handler;
    struct probe_text t = {.at = u->at, .room = sizeof(u->at)};

    probe_text_str(&t, h->https ? "https://" : "http://");
    if (h->host == NULL || h->host[0] == '\0')
        probe_text_addr(&t, (struct rx_addr){.ip = a->ip, .port = h->port});
    else
        probe_text_host_port(&t, h->host, strlen(h->host), h->port);
    probe_url_target(&t, h->path);
    u->length = t.len;
    return !t.cut;
}

/* Why a host cannot be dialled, as the carriers with sockets say it. */
static void text_astray(struct probe_text *t, enum probe_aim aim, const char *host, size_t n,
                        struct rx_addr to)
{
    if (aim == PROBE_AIM_NO_ROUTE)
        probe_text_io_error(t, to, RX_STAGE_CONNECT, EHOSTUNREACH);
    else
        probe_text_no_host(t, host, n);
}

/* The rest of the response once its head is in. */
static void judge(struct pod_attempt *a, const struct pod_answer *answer)
{
    struct probe_text t = begin(a);

    if (a->any_status || answer->status / 100 == 2) {
        end_plain(a, POD_SUCCESS, "");
    } else if (answer->status / 100 == 3) {
        probe_text_str(&t, "Probe terminated redirects, Response body: ");
        /* A redirect has the body it is given, another answer one of its own. */
        if ((answer->act == POD_SERVE_ANSWER || answer->body != NULL) && answer->status != 304 &&
            answer->body_bytes == 0)
            probe_text_str(&t, answer->body != NULL ? answer->body : POD_BODY_DEFAULT);
        end(a, POD_WARNING, &t);
    } else {
        probe_text_str(&t, "HTTP probe failed with statuscode: ");
        probe_text_uint(&t, answer->status);
        end(a, POD_FAILURE, &t);
    }
}

static bool same_host(const struct url *a, const struct url *b)
{
    struct probe_url u, v;

    probe_url_split(a->at, a->length, &u);
    probe_url_split(b->at, b->length, &v);
    return u.host_len == v.host_len && memcmp(a->at + u.host_at, b->at + v.host_at, u.host_len) == 0;
}

static enum hop redirect(struct pod_attempt *a, struct http_run *r, const struct pod_answer *answer)
{
    struct url next;
    struct probe_text t = {.at = next.at, .room = sizeof(next.at)};
    enum probe_url_fault fault;
    bool follows = (answer->status >= 301 && answer->status <= 303) || answer->status == 307 ||
                   answer->status == 308;

    if (!follows || answer->location == NULL) {
        judge(a, answer);
        return HOP_DONE;
    }
    fault = probe_url_resolve(&t, r->url.at, r->url.length, answer->location,
                              (uint32_t)strlen(answer->location));
    next.length = t.len;
    if (fault != PROBE_URL_OK) {
        t = begin_get(a, &r->url);
        probe_text_str(&t, "failed to parse Location header ");
        probe_text_quote(&t, answer->location, strlen(answer->location));
        probe_text_str(&t, ": parse ");
        probe_text_quote(&t, answer->location, strlen(answer->location));
        probe_text_str(&t, ": ");
        probe_text_str(&t, probe_url_fault_text(fault));
        end(a, POD_FAILURE, &t);
        return HOP_DONE;
    }
    if (!same_host(&r->url, &next)) {
        judge(a, answer);
        return HOP_DONE;
    }
    if (++r->redirects >= POD_REDIRECTS_MAX) {
        t = begin(a);
        probe_text_str(&t, "Get ");
        probe_text_quote(&t, answer->location, strlen(answer->location));
        probe_text_str(&t, ": stopped after ");
        probe_text_uint(&t, POD_REDIRECTS_MAX);
        probe_text_str(&t, " redirects");
        end(a, POD_FAILURE, &t);
        return HOP_DONE;
    }
    r->url = next;
    return HOP_FOLLOW;
}

static void hang(struct pod_attempt *a, const struct url *u, bool in_body)
{
    struct probe_text t = begin(a);

    fate_of(a)->hangs = true;
    fate_of(a)->in_body = in_body;
    if (in_body) {
        probe_text_str(&t, "context deadline exceeded "
                           "(Client.Timeout or context cancellation while reading body)");
        a->error_is_failure = true;
        end(a, a->any_status ? POD_SUCCESS : POD_ERROR, &t);
        return;
    }
    t = begin_get(a, u);
    probe_text_str(&t, "context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
    end(a, POD_FAILURE, &t);
}

static enum hop hop(struct pod_attempt *a, struct http_run *r)
{
    struct pod_answer answer;
    struct probe_url u;
    struct probe_text t;
    struct rx_addr to;
    enum probe_aim aim;

    probe_url_split(r->url.at, r->url.length, &u);
    to.port = (uint16_t)u.port;
    aim = probe_host_aim(r->url.at + u.host_at, u.host_len, a->ip, &to.ip);
    if (aim != PROBE_AIM_OK) {
        t = begin_get(a, &r->url);
        text_astray(&t, aim, r->url.at + u.host_at, u.host_len, to);
        end(a, POD_FAILURE, &t);
        return HOP_DONE;
    }
    fate_of(a)->unasked = false;
    if (to.ip != a->ip || u.port > 65535 ||
        !ask(a, to.port, r->url.at + u.target_at, r->url.length - u.target_at, &answer)) {
        t = begin_get(a, &r->url);
        probe_text_io_error(&t, to, RX_STAGE_CONNECT, ECONNREFUSED);
        end(a, POD_FAILURE, &t);
        return HOP_DONE;
    }
    a->to = to;
    a->not_tls = a->hook && u.https && !answer.tls; /* then the kubelet asks again without */
    switch (answer.act) {
    case POD_SERVE_HANG:
        hang(a, &r->url, false);
        return HOP_DONE;
    case POD_SERVE_RESET:
        t = begin_get(a, &r->url);
        probe_text_io_error(&t, to, RX_STAGE_RECV, ECONNRESET);
        end(a, POD_FAILURE, &t);
        return HOP_DONE;
    case POD_SERVE_GARBAGE:
        t = begin_get(a, &r->url);
        probe_text_str(&t, "net/http: HTTP/1.x transport connection broken: malformed HTTP response ");
        probe_text_quote(&t, POD_GARBAGE_LINE, strlen(POD_GARBAGE_LINE));
        end(a, POD_FAILURE, &t);
        return HOP_DONE;
    case POD_SERVE_HEADERS_ONLY:
        r->first_byte = r->done += answer.latency;
        fate_of(a)->headers = r->first_byte;
        hang(a, &r->url, true);
        return HOP_DONE;
    default:
        r->first_byte = r->done + answer.latency;
        r->done = r->first_byte;
        if (answer.status / 100 == 3)
            return redirect(a, r, &answer);
        r->done += answer.body_after;
        judge(a, &answer);
        return HOP_DONE;
    }
}

static void http(struct pod_attempt *a, rx_ms *takes)
{
    struct http_run r = {.redirects = 0};
    rx_ms limit = rx_ms_floor(a->timeout);
    struct probe_text t = begin(a);

    fate_of(a)->unasked = true;
    if (a->handler->port == 0) {
        probe_text_no_port(&t, a->handler->port_text);
        end(a, POD_ERROR, &t);
        return;
    }
    if (!first_url(a, &r.url)) {
        end_plain(a, POD_ERROR, "the URL of the probe is too long");
        return;
    }
    while (hop(a, &r) == HOP_FOLLOW) {
    }
    if (fate_of(a)->hangs)
        return;
    /* What comes after the deadline does not come. The terminator of the URL is not stored: the
     * message of a hop that is late names the last hop. */
    if (r.first_byte > limit)
        hang(a, &r.url, false);
    else if (r.done > limit)
        hang(a, &r.url, true);
    fate_of(a)->headers = r.first_byte;
    *takes = r.done;
}

/* ---- TCP, gRPC, exec ----------------------------------------------------------------------------- */

static void tcp(struct pod_attempt *a)
{
    const struct pod_handler_spec *h = a->handler;
    struct rx_addr to = {.ip = a->ip, .port = h->port};
    struct probe_text t = begin(a);
    enum probe_aim aim = PROBE_AIM_OK;
    struct pod_answer answer;

    if (h->host != NULL && h->host[0] != '\0')
        aim = probe_host_aim(h->host, strlen(h->host), a->ip, &to.ip);
    fate_of(a)->unasked = h->port == 0 || aim != PROBE_AIM_OK;
    if (h->port == 0) {
        probe_text_no_port(&t, h->port_text);
        end(a, POD_ERROR, &t);
    } else if (aim != PROBE_AIM_OK) {
        text_astray(&t, aim, h->host, strlen(h->host), to);
        end(a, POD_FAILURE, &t);
    } else if (to.ip != a->ip || !ask(a, h->port, NULL, 0, &answer)) {
        probe_text_io_error(&t, to, RX_STAGE_CONNECT, ECONNREFUSED);
        end(a, POD_FAILURE, &t);
    } else if (answer.act == POD_SERVE_HANG) {
        probe_text_str(&t, "dial tcp ");
        probe_text_addr(&t, to);
        probe_text_str(&t, ": i/o timeout");
        fate_of(a)->hangs = true;
        end(a, POD_FAILURE, &t);
    } else {
        end_plain(a, POD_SUCCESS, "");
    }
}

static void grpc(struct pod_attempt *a, rx_ms *takes)
{
    static const char *const status[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
    struct rx_addr to = {.ip = a->ip, .port = a->handler->port};
    struct pod_answer answer;
    struct probe_text t = begin(a);

    if (!ask(a, a->handler->port, "/grpc.health.v1.Health/Check", 28, &answer)) {
        probe_text_str(&t, "timeout: failed to connect service \"");
        probe_text_addr(&t, to);
        probe_text_str(&t, "\" within ");
        probe_text_uint(&t, (uint64_t)(a->timeout / RX_NS_PER_S));
        probe_text_str(&t, "s: connection error: desc = \"transport: Error while dialing: ");
        probe_text_io_error(&t, to, RX_STAGE_CONNECT, ECONNREFUSED);
        probe_text_str(&t, "\"");
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
                  "error: health rpc probe failed: rpc error: code = Unavailable desc = transport is "
                  "closing");
    } else if (answer.grpc == POD_GRPC_UNIMPLEMENTED) {
        end_plain(a, POD_FAILURE,
                  "error: this server does not implement the grpc health protocol "
                  "(grpc.health.v1.Health): unknown service grpc.health.v1.Health");
    } else if (answer.grpc == POD_GRPC_SERVING || answer.grpc == POD_GRPC_UNSET) {
        end_plain(a, POD_SUCCESS, "");
    } else {
        probe_text_str(&t, "service unhealthy (responded with \"");
        probe_text_str(&t, status[answer.grpc & 3]);
        probe_text_str(&t, "\")");
        end(a, POD_FAILURE, &t);
    }
}

void probe_exec_timeout(const struct pod_attempt *a, struct probe_text *t)
{
    probe_text_str(t, "command timed out: \"");
    for (uint32_t i = 0; i < a->handler->argc; i++) {
        probe_text_str(t, i > 0 ? " " : "");
        probe_text_str(t, a->handler->argv[i]);
    }
    probe_text_str(t, "\" timed out after ");
    probe_text_uint(t, (uint64_t)(a->timeout / RX_NS_PER_S));
    probe_text_str(t, "s");
}

static void exec_timeout(struct pod_attempt *a)
{
    struct probe_text t = begin(a);

    probe_exec_timeout(a, &t);
    fate_of(a)->hangs = true;
    end(a, POD_FAILURE, &t);
}

static void exec(struct pod_attempt *a, rx_ms *takes)
{
    const struct pod_handler_spec *h = a->handler;
    const struct pod_exec_rule *r =
        pod_node_exec(a->node, a->pod, a->container, h->argc, h->argv, a->serial);
    struct probe_text t = begin(a);

    if (r == NULL || r->start_error != NULL) {
        probe_text_str(&t, "rpc error: code = Unknown desc = failed to exec in container: ");
        if (r != NULL) {
            probe_text_str(&t, r->start_error);
        } else {
            probe_text_str(&t, "exec: ");
            probe_text_quote(&t, h->argv[0], strlen(h->argv[0]));
            probe_text_str(&t, ": executable file not found in $PATH");
        }
        end(a, POD_ERROR, &t);
        return;
    }
    *takes = pod_draw_ms(&r->takes, pod_node_draw(a->node, a->pod, a->container, POD_STREAM_EXEC,
                                                  a->serial));
    if (r->never_ends || *takes > rx_ms_floor(a->timeout)) {
        exec_timeout(a);
        return;
    }
    end_plain(a, r->exit_code == 0 ? POD_SUCCESS : POD_FAILURE, r->output != NULL ? r->output : "");
    fate_of(a)->length = RX_MIN(fate_of(a)->length, (uint32_t)POD_PROBE_BODY_MAX);
}

/* ---- the run ------------------------------------------------------------------------------------- */

static void script_start(struct pod_attempt *a)
{
    struct fate *f = fate_of(a);
    rx_ms takes = 0;

    memset(f, 0, sizeof(*f));
    f->outcome = POD_ERROR;
    f->text = "";
    switch (a->handler->kind) {
    case POD_HANDLER_HTTP:
        http(a, &takes);
        break;
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
        if (a->timeout != RX_NS_NEVER) /* a hook's request has no deadline of its own */
            rx_loop_arm(a->loop, &a->deadline, rx_ms_ceil(a->started + a->timeout));
        return;
    }
    if (takes == 0)
        a->step.key = pod_key_in_class(a->step.key, POD_CLASS_ANSWER);
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop) + takes);
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
    struct rx_addr to = {.ip = a->ip, .port = a->handler->port};
    struct fate *f = fate_of(a);
    struct probe_text t;
    struct url u;

    if (a->handler->kind == POD_HANDLER_TCP) {
        if (!f->hangs)
            return; /* the handshake took no time: its outcome stands */
        t = begin(a);
        probe_text_io_error(&t, to, RX_STAGE_CONNECT, ECONNRESET);
        end(a, POD_FAILURE, &t);
    } else if (a->handler->kind == POD_HANDLER_HTTP && first_url(a, &u)) {
        bool in_body = f->in_body &&
                       rx_loop_clock(a->loop) > a->started + f->headers * (rx_ns)RX_NS_PER_MS;

        t = in_body ? begin(a) : begin_get(a, &u);
        probe_text_io_error(&t, to, RX_STAGE_RECV, ECONNRESET);
        end(a, !in_body ? POD_FAILURE : a->any_status ? POD_SUCCESS : POD_ERROR, &t);
    } else if (a->handler->kind == POD_HANDLER_GRPC) {
        end_plain(a, POD_FAILURE,
                  "error: health rpc probe failed: rpc error: code = Unavailable desc = error reading "
                  "from server: EOF");
    } else {
        end_plain(a, POD_FAILURE, "");
    }
    f->hangs = false;
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    a->step.key = pod_key_in_class(a->step.key, POD_CLASS_DONE);
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

const struct pod_carrier probe_script = {
    .name = "script",
    .start = script_start,
    .expire = settle,
    .step = settle,
    .cancel = script_cancel,
    .lost = script_lost,
};
