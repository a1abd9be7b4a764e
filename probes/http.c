/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c - the httpGet carrier: one GET as a kubelet makes it, redirects included.
 *
 * A run is one CALL (connect, send, receive: one completion if the answer comes in one piece) and a
 * RECV for each further piece. A new connection for every request, closed as soon as enough is
 * known, unless the policy is to keep connections (see kept.h and `go_on` below). TLS is not spoken
 * yet: an https target, also one reached by a redirect, fails with a text that says so. A host
 * written as loopback is dialled at the pod's own address, and no address outside 127.0.0.0/8 is
 * dialled at all: see probe_host_aim.
 *
 * The attempt's buffer, from front to back:
 *
 *     [URL of this hop] [request ......... , then what the parser keeps] [pieces as they arrive]
 *     0                 url_len                                          recv_at               end
 *
 * Once the answer begins the request is no longer needed, and its place is lent to the parser: for
 * the Location, and later for the beginning of the body if an event is to show it. Limits that
 * follow: a URL of 1 KiB, URL and request together 3.5 KiB, a Location of 768 bytes or more,
 * and 1.3 KiB or more of body in a ProbeWarning (a kubelet shows up to 10 KiB).
 */
#include "engine/reactor/limit.h"
#include "probes/carriers.h"
#include "probes/kept.h"
#include "probes/wire_http1.h"

#include <errno.h>
#include <string.h>

enum phase {
    HEAD, /* until the head of the response is in */
    BODY,
    LEAVING /* nobody waits for the verdict any more: only for the last completion */
};

enum {
    URL_MAX = 1024,
    KEEP_MIN = 1536, /* bytes for the parser */
    RECV_MIN = 512,  /* bytes for a piece */
    MESSAGE_ROOM = 3072,
};

struct run {
    struct probe_http1 m;
    uint32_t url_len, recv_at;
    bool forget_host; /* a redirect has led away from the configured Host header */
    bool clean; /* the response came in whole and nothing after it: the connection may serve again */
};

_Static_assert(sizeof(struct run) <= sizeof(((struct pod_attempt *)0)->scratch),
               "the state of a run must fit into the attempt");
_Static_assert(URL_MAX + KEEP_MIN + RECV_MIN <= POD_ATTEMPT_BUFFER, "buffer too small");

static struct run *run_of(struct pod_attempt *a)
{
    return (struct run *)(void *)a->scratch;
}

/* ---- messages -------------------------------------------------------------------------------- */

struct message {
    struct probe_text t;
    char room[MESSAGE_ROOM];
};

/* `Get "URL": `, as every complaint of Go's client begins. */
static void message_get(struct message *w, const char *url, uint32_t n)
{
    w->t = (struct probe_text){.at = w->room, .room = sizeof(w->room)};
    probe_text_str(&w->t, "Get ");
    probe_text_quote(&w->t, url, n);
    probe_text_str(&w->t, ": ");
}

static void message_bare(struct message *w)
{
    w->t = (struct probe_text){.at = w->room, .room = sizeof(w->room)};
}

/* NULL: this run has a connection of its own. So has a hook, and what follows a redirect: the
 * connection that is kept is the one to the probe's own address. */
static struct probe_kept *kept_of(const struct pod_attempt *a)
{
    const struct probe_socket_options *options = a->carrier_ctx;

    return options != NULL && !a->hook && a->redirects == 0 ? options->kept : NULL;
}

/* The end of a run; no operation is in flight. */
static void settle(struct pod_attempt *a, enum pod_outcome outcome, const char *text, uint32_t n)
{
    struct probe_kept *kept = kept_of(a);

    rx_loop_disarm(a->loop, &a->deadline);
    if (a->sock != RX_SOCK_NONE && kept != NULL && run_of(a)->clean)
        probe_kept_put(kept, a);
    else if (a->sock != RX_SOCK_NONE)
        rx_loop_close(a->loop, a->sock, false);
    a->sock = RX_SOCK_NONE;
    pod_attempt_done(a, outcome, text, n);
    pod_attempt_free(a);
}

static void settle_message(struct pod_attempt *a, enum pod_outcome outcome, const struct message *w)
{
    settle(a, outcome, w->t.at, w->t.len);
}

/* After its head, what goes wrong with a response is no verdict on the target: the run is an error,
 * to be repeated. A hook has its answer already. */
static void settle_body_error(struct pod_attempt *a, const struct message *w)
{
    if (a->any_status) {
        settle(a, POD_SUCCESS, "", 0);
        return;
    }
    a->error_is_failure = true;
    settle_message(a, POD_ERROR, w);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void on_answer(struct rx_loop *loop, struct rx_op *op);
static void call(struct pod_attempt *a, const char *referer, uint32_t referer_len);
static void connect_and_ask(struct pod_attempt *a);
static void go_on(struct pod_attempt *a);
static bool first_url(struct pod_attempt *a);

static void http_start(struct pod_attempt *a)
{
    struct message w;

    a->phase = HEAD;
    a->redirects = 0;
    a->sock = RX_SOCK_NONE;
    run_of(a)->forget_host = run_of(a)->clean = false;
    if (a->handler->port == 0) {
        message_bare(&w);
        probe_text_no_port(&w.t, a->handler->port_text);
        settle_message(a, POD_ERROR, &w);
        return;
    }
    if (!first_url(a)) {
        message_bare(&w);
        probe_text_str(&w.t, "the URL of the probe is longer than ");
        probe_text_uint(&w.t, URL_MAX);
        probe_text_str(&w.t, " bytes");
        settle_message(a, POD_ERROR, &w);
        return;
    }
    if (a->timeout != RX_NS_NEVER)
        rx_loop_arm(a->loop, &a->deadline, rx_ms_ceil(a->started + a->timeout));
    call(a, NULL, 0);
}

static bool first_url(struct pod_attempt *a)
{
    const struct pod_handler_spec *h = a->handler;
    struct probe_text t = {.at = a->buffer, .room = URL_MAX};

    probe_text_str(&t, h->https ? "https://" : "http://");
    if (h->host == NULL || h->host[0] == '\0')
        probe_text_addr(&t, (struct rx_addr){.ip = a->ip, .port = h->port});
    else
        probe_text_host_port(&t, h->host, strlen(h->host), h->port);
    probe_url_target(&t, h->path);
    run_of(a)->url_len = t.len;
    return !t.cut;
}

/* Where the hop's URL leads, as far as its host says. */
static enum probe_aim aim(struct pod_attempt *a, const struct probe_url *u)
{
    a->to.port = (uint16_t)u->port;
    return probe_host_aim(a->buffer + u->host_at, u->host_len, a->ip, &a->to.ip);
}

static bool speaks(const struct probe_url *u)
{
    return u->known && !u->https && u->port <= 65535;
}

static void settle_astray(struct pod_attempt *a, const struct probe_url *u, enum probe_aim aim)
{
    const char *url = a->buffer;
    struct message w;

    message_get(&w, url, run_of(a)->url_len);
    if (!u->known) {
        probe_text_str(&w.t, "unsupported protocol scheme ");
        probe_text_quote(&w.t, url, u->scheme_len);
    } else if (u->https) {
        probe_text_str(&w.t, "tls: HTTPS probes are not supported yet");
    } else if (u->port > 65535) {
        probe_text_str(&w.t, "dial tcp: address ");
        probe_text_uint(&w.t, u->port);
        probe_text_str(&w.t, ": invalid port");
    } else if (aim == PROBE_AIM_NO_ROUTE) {
        probe_text_io_error(&w.t, a->to, RX_STAGE_CONNECT, EHOSTUNREACH);
    } else {
        probe_text_no_host(&w.t, url + u->host_at, u->host_len);
    }
    settle_message(a, POD_FAILURE, &w);
}

static int32_t render(struct pod_attempt *a, const struct probe_url *u, const char *referer,
                      uint32_t referer_len, const struct pod_pair **bad)
{
    const struct pod_handler_spec *h = a->handler;
    struct run *r = run_of(a);
    struct probe_http1_ask ask = {
        .target = a->buffer + u->target_at,
        .target_len = r->url_len - u->target_at,
        .host = a->buffer + u->authority_at,
        .host_len = u->authority_len,
        .referer = referer,
        .referer_len = referer_len,
        .user_agent = a->user_agent,
        .header = h->header,
        .header_count = h->header_count,
        .forget_host = r->forget_host,
        .persistent = kept_of(a) != NULL,
    };

    return probe_http1_render_request(a->buffer + r->url_len,
                                      POD_ATTEMPT_BUFFER - RECV_MIN - r->url_len, &ask, bad);
}

static void settle_unasked(struct pod_attempt *a, int32_t why, const struct pod_pair *bad)
{
    struct message w;

    if (why == PROBE_HTTP1_TOO_LONG) {
        /* Our limit, not the target's fault: never a verdict. */
        message_bare(&w);
        probe_text_str(&w.t, "the request of the probe is longer than ");
        probe_text_uint(&w.t, POD_ATTEMPT_BUFFER - RECV_MIN);
        probe_text_str(&w.t, " bytes");
        settle_message(a, POD_ERROR, &w);
        return;
    }
    message_get(&w, a->buffer, run_of(a)->url_len);
    if (why == PROBE_HTTP1_BAD_HOST) {
        probe_text_str(&w.t, "http: invalid Host header");
    } else {
        probe_text_str(&w.t, "net/http: invalid header field value for ");
        probe_text_quote(&w.t, bad->key, strlen(bad->key));
    }
    settle_message(a, POD_FAILURE, &w);
}

/* Sends the request for the URL at the front of the buffer. No operation is in flight. */
static void call(struct pod_attempt *a, const char *referer, uint32_t referer_len)
{
    const struct pod_pair *bad = NULL;
    struct run *r = run_of(a);
    enum probe_aim where;
    struct probe_url u;
    int32_t n;

    probe_url_split(a->buffer, r->url_len, &u);
    where = aim(a, &u);
    if (!speaks(&u) || where != PROBE_AIM_OK) {
        settle_astray(a, &u, where);
        return;
    }
    n = render(a, &u, referer, referer_len, &bad);
    if (n < 0) {
        settle_unasked(a, n, bad);
        return;
    }
    r->recv_at = r->url_len + RX_MAX((uint32_t)n, (uint32_t)KEEP_MIN);
    probe_http1_init(&r->m, PROBE_HTTP1_RESPONSE, a->buffer + r->url_len, r->recv_at - r->url_len);
    r->m.body_max = POD_PROBE_BODY_MAX;
    a->phase = HEAD;
    a->op.out = a->buffer + r->url_len;
    a->op.out_len = (uint32_t)n;
    a->op.in = a->buffer + r->recv_at;
    a->op.in_len = POD_ATTEMPT_BUFFER - r->recv_at;
    a->op.done = on_answer;
    if (kept_of(a) != NULL)
        a->sock = probe_kept_take(kept_of(a), a);
    if (a->sock == RX_SOCK_NONE)
        connect_and_ask(a);
    else
        go_on(a);
}

static void connect_and_ask(struct pod_attempt *a)
{
    const struct probe_socket_options *options = a->carrier_ctx;

    if (options != NULL)
        probe_kept_make_room(options->kept);
    a->op.kind = RX_OP_CALL;
    a->op.flags = options != NULL ? options->op_flags : 0;
    a->op.to = a->to;
    rx_loop_start(a->loop, &a->op);
}

/*
 * On the connection of the run before. Its peer may have closed it meanwhile, or be about to: if it
 * ends (end of stream, reset, broken pipe) before the first byte of an answer, the request is sent
 * again on a new connection, once, in the same instant and under the same deadline, and only what
 * that one says counts. A GET can be repeated; net/http does the same. A connection that is dead
 * without a word is found out by the deadline, and that run has failed.
 */
static void go_on(struct pod_attempt *a)
{
    a->op.kind = RX_OP_TALK;
    a->op.sock = a->sock;
    rx_loop_start(a->loop, &a->op);
}

static bool was_closed_idle(const struct rx_op *op)
{
    return op->kind == RX_OP_TALK && (op->res == 0 || op->res == -ECONNRESET || op->res == -EPIPE);
}

/* The request is still where it was: the parser takes its place with the first byte only. */
static void ask_again(struct pod_attempt *a)
{
    rx_loop_close(a->loop, a->sock, false);
    a->sock = RX_SOCK_NONE;
    connect_and_ask(a);
}

static void receive(struct pod_attempt *a)
{
    a->op.kind = RX_OP_RECV;
    a->op.sock = a->sock;
    rx_loop_start(a->loop, &a->op);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void on_bytes(struct pod_attempt *a, uint32_t n);
static void on_fault(struct pod_attempt *a);
static void on_io_error(struct pod_attempt *a, int error);
static bool on_head(struct pod_attempt *a);
static void conclude(struct pod_attempt *a);

static void on_answer(struct rx_loop *loop, struct rx_op *op)
{
    struct pod_attempt *a = rx_container_of(op, struct pod_attempt, op);

    a->sock = op->sock;
    if (a->phase == LEAVING) {
        if (a->sock != RX_SOCK_NONE)
            rx_loop_close(loop, a->sock, false);
        pod_attempt_free(a);
    } else if (was_closed_idle(op)) {
        ask_again(a);
    } else if (op->res < 0) {
        on_io_error(a, -op->res);
    } else if (op->res > 0) {
        on_bytes(a, (uint32_t)op->res);
    } else if (probe_http1_end(&run_of(a)->m) == 0) {
        conclude(a);
    } else {
        on_fault(a);
    }
}

static void on_bytes(struct pod_attempt *a, uint32_t n)
{
    struct run *r = run_of(a);
    const char *piece = a->buffer + r->recv_at;
    uint32_t at = 0;

    while (at < n && !r->m.done) {
        int32_t took = probe_http1_feed(&r->m, piece + at, n - at);

        if (took < 0) {
            on_fault(a);
            return;
        }
        at += (uint32_t)took;
        if (r->m.head_done && a->phase == HEAD) {
            a->phase = BODY;
            if (on_head(a))
                return;
        }
    }
    if (!r->m.done) {
        receive(a);
        return;
    }
    r->clean = at == n && !r->m.close && !r->m.body_cut && r->m.status >= 200;
    conclude(a);
}

static void on_fault(struct pod_attempt *a)
{
    struct run *r = run_of(a);
    struct message w;

    if (a->phase == BODY) {
        message_bare(&w);
        probe_http1_fault_text(&r->m, &w.t);
        settle_body_error(a, &w);
        return;
    }
    message_get(&w, a->buffer, r->url_len);
    if (r->m.fault != PROBE_HTTP1_FAULT_NOTHING && r->m.fault != PROBE_HTTP1_FAULT_HEAD_SIZE)
        probe_text_str(&w.t, "net/http: HTTP/1.x transport connection broken: ");
    probe_http1_fault_text(&r->m, &w.t);
    settle_message(a, POD_FAILURE, &w);
}

static void on_io_error(struct pod_attempt *a, int error)
{
    uint8_t stage = a->op.kind == RX_OP_RECV ? (uint8_t)RX_STAGE_RECV : a->op.stage;
    struct run *r = run_of(a);
    struct message w;

    if (a->phase == BODY) {
        message_bare(&w);
        probe_text_io_error(&w.t, a->to, stage, error);
        settle_body_error(a, &w);
        return;
    }
    message_get(&w, a->buffer, r->url_len);
    if (r->m.head_bytes > 0)
        probe_text_str(&w.t, "net/http: HTTP/1.x transport connection broken: ");
    probe_text_io_error(&w.t, a->to, stage, error);
    settle_message(a, POD_FAILURE, &w);
}

/* ---- redirects ------------------------------------------------------------------------------- */

static bool is_redirect(uint16_t status)
{
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

static bool same_host(const char *a, uint32_t a_len, const char *b, uint32_t b_len)
{
    struct probe_url u, v;

    probe_url_split(a, a_len, &u);
    probe_url_split(b, b_len, &v);
    return u.host_len == v.host_len && memcmp(a + u.host_at, b + v.host_at, u.host_len) == 0;
}

/* `failed to parse Location header "x": parse "x": why`. */
static void settle_bad_location(struct pod_attempt *a, enum probe_url_fault fault)
{
    const struct probe_http1 *m = &run_of(a)->m;
    struct message w;

    message_get(&w, a->buffer, run_of(a)->url_len);
    probe_text_str(&w.t, "failed to parse Location header ");
    probe_text_quote(&w.t, m->keep, m->value_len);
    probe_text_str(&w.t, ": parse ");
    probe_text_quote(&w.t, m->keep, m->value_len);
    probe_text_str(&w.t, ": ");
    probe_text_str(&w.t, probe_url_fault_text(fault));
    settle_message(a, POD_FAILURE, &w);
}

static void follow(struct pod_attempt *a, const struct probe_text *next)
{
    struct run *r = run_of(a);
    uint32_t old_len = r->url_len;
    char old[URL_MAX];

    if (!probe_url_is_relative(r->m.keep, r->m.value_len))
        r->forget_host = true;
    rx_loop_close(a->loop, a->sock, false);
    a->sock = RX_SOCK_NONE;
    memcpy(old, a->buffer, old_len);
    memcpy(a->buffer, next->at, next->len);
    r->url_len = next->len;
    call(a, old, old_len);
}

/* True: the response was a redirect, and the run has gone on or has ended. The rest of the response
 * is not waited for: Go reads a little of it, to reuse a connection that a kubelet closes anyway.
 */
static bool redirect(struct pod_attempt *a)
{
    char url[URL_MAX];
    struct probe_text next = {.at = url, .room = sizeof(url)};
    struct run *r = run_of(a);
    enum probe_url_fault fault;
    struct message w;

    if (!is_redirect(r->m.status) || r->m.value_len == 0)
        return false;
    fault = probe_url_resolve(&next, a->buffer, r->url_len, r->m.keep, r->m.value_len);
    if (fault == PROBE_URL_OK && r->m.value_cut)
        fault = PROBE_URL_TOO_LONG;
    if (fault != PROBE_URL_OK && fault != PROBE_URL_TOO_LONG) {
        settle_bad_location(a, fault);
        return true;
    }
    if (!same_host(a->buffer, r->url_len, next.at, next.len))
        return false;
    if (++a->redirects >= POD_REDIRECTS_MAX) {
        message_get(&w, r->m.keep, r->m.value_len);
        probe_text_str(&w.t, "stopped after ");
        probe_text_uint(&w.t, POD_REDIRECTS_MAX);
        probe_text_str(&w.t, " redirects");
        settle_message(a, POD_FAILURE, &w);
    } else if (fault == PROBE_URL_TOO_LONG) {
        settle_bad_location(a, fault);
    } else {
        follow(a, &next);
    }
    return true;
}

/* ---- verdicts -------------------------------------------------------------------------------- */

static const char warning[] = "Probe terminated redirects, Response body: ";

/* The head is in. True: the run does not go on with the body. */
static bool on_head(struct pod_attempt *a)
{
    struct run *r = run_of(a);
    char *front = a->buffer + r->url_len;

    if (redirect(a))
        return true;
    if (r->m.status / 100 != 3)
        return false;
    /* The event will show the body: collect it behind the words it is shown with. */
    probe_http1_lend(&r->m, a->buffer + r->recv_at - PROBE_HTTP1_KEEP_MIN, PROBE_HTTP1_KEEP_MIN);
    memcpy(front, warning, sizeof(warning) - 1);
    r->m.body = front + sizeof(warning) - 1;
    r->m.body_room = (uint32_t)(r->m.keep - r->m.body);
    return false;
}

static void conclude(struct pod_attempt *a)
{
    struct run *r = run_of(a);
    uint16_t status = r->m.status;
    struct message w;

    if (a->any_status || status / 100 == 2) {
        settle(a, POD_SUCCESS, "", 0);
    } else if (status / 100 == 3) {
        settle(a, POD_WARNING, a->buffer + r->url_len,
               (uint32_t)sizeof(warning) - 1 + r->m.body_len);
    } else {
        message_bare(&w);
        probe_text_str(&w.t, "HTTP probe failed with statuscode: ");
        probe_text_uint(&w.t, status);
        settle_message(a, POD_FAILURE, &w);
    }
}

static void http_expire(struct pod_attempt *a)
{
    bool in_head = a->phase == HEAD;
    struct message w;

    if (a->phase == LEAVING)
        return;
    a->phase = LEAVING;
    rx_loop_cancel(a->loop, &a->op);
    if (in_head) {
        message_get(&w, a->buffer, run_of(a)->url_len);
        probe_text_str(&w.t, "context deadline exceeded "
                             "(Client.Timeout exceeded while awaiting headers)");
        pod_attempt_done(a, POD_FAILURE, w.t.at, w.t.len);
    } else if (a->any_status) {
        pod_attempt_done(a, POD_SUCCESS, "", 0);
    } else {
        message_bare(&w);
        probe_text_str(&w.t, "context deadline exceeded "
                             "(Client.Timeout or context cancellation while reading body)");
        a->error_is_failure = true;
        pod_attempt_done(a, POD_ERROR, w.t.at, w.t.len);
    }
}

static void http_cancel(struct pod_attempt *a)
{
    if (a->phase == LEAVING)
        return;
    a->phase = LEAVING;
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_cancel(a->loop, &a->op);
}

/* The process that was to answer has ended, and its sockets with it. The reset is on its way;
 * saying so now puts the verdict into the instant of the exit, before what the exit causes, in
 * every world. */
static void http_lost(struct pod_attempt *a)
{
    if (a->phase != LEAVING)
        rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

static void http_step(struct pod_attempt *a)
{
    bool in_body = a->phase == BODY;
    enum pod_outcome outcome = POD_FAILURE;
    struct message w;

    if (a->phase == LEAVING)
        return;
    if (in_body)
        message_bare(&w);
    else
        message_get(&w, a->buffer, run_of(a)->url_len);
    probe_text_io_error(&w.t, a->to, RX_STAGE_RECV, ECONNRESET);
    if (in_body) {
        a->error_is_failure = true;
        outcome = a->any_status ? POD_SUCCESS : POD_ERROR;
    }
    a->phase = LEAVING;
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_cancel(a->loop, &a->op);
    pod_attempt_done(a, outcome, w.t.at, w.t.len);
}

static void http_forget(void *carrier_ctx, uint64_t probe)
{
    const struct probe_socket_options *options = carrier_ctx;

    if (options != NULL && options->kept != NULL)
        probe_kept_forget(options->kept, probe);
}

const struct pod_carrier probe_http = {
    .name = "http",
    .start = http_start,
    .expire = http_expire,
    .step = http_step,
    .cancel = http_cancel,
    .lost = http_lost,
    .forget = http_forget,
};
