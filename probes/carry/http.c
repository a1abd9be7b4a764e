/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c - the httpGet carrier: one GET as a kubelet makes it, redirects included.
 *
 * A run is one CALL (connect, send, receive: one completion if the answer comes in one piece) and a
 * RECV for each further piece. A new connection for every request, closed as soon as enough is
 * known, unless the policy is to keep connections (see kept.h and `go_on` below). What follows from
 * an answer is in rule_http_probe.h. TLS is not spoken yet: where a redirect leads to https, the
 * Behavior is asked from there on, as it is for https probes. A host written as loopback is dialled
 * at the pod's own address, and no address outside 127.0.0.0/8 is dialled at all: see
 * probe_host_aim.
 *
 * The attempt's buffer, from front to back:
 *
 *     [URL of this hop] [request ......... , then what the parser keeps] [pieces as they arrive]
 *     0                 url_len                                          recv_at               end
 *
 * Once the answer begins the request is no longer needed, and its place is lent to the parser: for
 * the Location, and later for the beginning of the body if an event is to show it. Limits that
 * follow: a URL of 1 KiB, URL and request together 3.5 KiB, a Location of 768 bytes or more.
 */
#include "probes/carry/carriers.h"
#include "probes/carry/kept.h"
#include "probes/carry/target.h"
#include "probes/carry/script.h"
#include "probes/wire/http1.h"

#include <errno.h>
#include <string.h>

enum phase {
    HEAD, /* until the head of the response is in */
    BODY,
    HELD,   /* how it came out is known, and told when its class in the instant has come */
    BEYOND, /* a redirect has led where no wire of ours goes: the script carries on, and `scratch`
             * is its */
    LEAVING /* nobody waits for the verdict any more: only for the last completion */
};

enum {
    KEEP_MIN = 1536, /* bytes for the parser */
    RECV_MIN = 512,  /* bytes for a piece */
};

struct run {
    struct probe_http1 m;
    struct pod_http_end end; /* HELD */
    uint32_t url_len, recv_at;
    bool dialled;     /* in this hop: the target has to do with what comes of it */
    bool forget_host; /* a redirect has led away from the configured Host header */
    bool clean; /* the response came in whole and nothing after it: the connection may serve
                 * again */
};

_Static_assert(sizeof(struct run) <= sizeof(((struct pod_attempt *)0)->scratch),
               "the state of a run must fit into the attempt");
_Static_assert(POD_HTTP_REQUEST_MAX == POD_ATTEMPT_BUFFER - RECV_MIN, "one limit in both carriers");
_Static_assert(POD_HTTP_URL_MAX + KEEP_MIN + RECV_MIN <= POD_ATTEMPT_BUFFER, "buffer too small");

static struct run *run_of(struct pod_attempt *a)
{
    return (struct run *)(void *)a->scratch;
}

/* NULL: this run has a connection of its own. So has a hook, and what follows a redirect: the
 * connection that is kept is the one to the probe's own address. */
static struct probe_kept *kept_of(const struct pod_attempt *a)
{
    const struct probe_socket_options *options = a->carrier_ctx;

    return options != NULL && !a->hook && a->redirects == 0 ? options->kept : NULL;
}

/* The connection is not needed any more. */
static void part(struct pod_attempt *a)
{
    struct probe_kept *kept = kept_of(a);

    if (a->sock != RX_SOCK_NONE && kept != NULL && run_of(a)->clean)
        probe_kept_put(kept, a);
    else if (a->sock != RX_SOCK_NONE)
        rx_loop_close(a->loop, a->sock, false);
    a->sock = RX_SOCK_NONE;
}

static void tell(struct pod_attempt *a, const struct pod_http_end *e);

/* The end of a run; no operation is in flight. What the server said is seen with all other answers
 * of this instant: see pod_attempt_answer. What e points to stays as it is until then. A run that
 * never came to ask needs nobody's answer. */
static void settle(struct pod_attempt *a, const struct pod_http_end *e)
{
    rx_loop_disarm(a->loop, &a->deadline);
    part(a);
    if (!run_of(a)->dialled && a->redirects == 0) {
        tell(a, e);
        pod_attempt_free(a);
        return;
    }
    a->phase = HELD;
    run_of(a)->end = *e;
    pod_attempt_answer(a, rx_loop_now(a->loop));
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void on_answer(struct rx_loop *loop, struct rx_op *op);
static void call(struct pod_attempt *a, const char *referer, uint32_t referer_len);
static void connect_and_ask(struct pod_attempt *a);
static void go_on(struct pod_attempt *a);

static void http_start(struct pod_attempt *a)
{
    struct rx_fit url = {.at = a->buffer, .room = POD_HTTP_URL_MAX};
    struct pod_http_end e = {.how = POD_HTTP_NO_PORT};
    struct run *r = run_of(a);

    a->phase = HEAD;
    a->redirects = 0;
    a->sock = RX_SOCK_NONE;
    r->forget_host = r->clean = r->dialled = false;
    r->url_len = 0;
    if (a->handler->port == 0) {
        settle(a, &e);
        return;
    }
    if (!probe_http_first_url(a->handler, a->ip, &url)) {
        e.how = POD_HTTP_LONG_URL;
        settle(a, &e);
        return;
    }
    r->url_len = url.len;
    if (a->timeout != RX_NS_NEVER)
        rx_loop_arm(a->loop, &a->deadline, rx_ms_ceil(a->started + a->timeout));
    call(a, NULL, 0);
}

static int32_t render(struct pod_attempt *a, const struct probe_url *u, const char *referer,
                      uint32_t referer_len, const struct rx_pair **bad)
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

/* Sends the request for the URL at the front of the buffer. No operation is in flight. */
static void call(struct pod_attempt *a, const char *referer, uint32_t referer_len)
{
    const struct rx_pair *bad = NULL;
    struct pod_http_end e = {0};
    struct run *r = run_of(a);
    struct probe_url u;
    int32_t n;

    r->dialled = false;
    if (!probe_http_aim(a->buffer, r->url_len, a->ip, &u, &e)) {
        settle(a, &e);
        return;
    }
    if (u.https) {
        rx_loop_disarm(a->loop, &a->deadline);
        a->phase = BEYOND;
        probe_script_go_on(a, r->url_len);
        return;
    }
    a->to = e.to;
    n = render(a, &u, referer, referer_len, &bad);
    if (probe_http_refused(n, bad, &e)) {
        settle(a, &e);
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
    a->op.tag = pod_attempt_tag(a, a->redirects);
    r->dialled = true;
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
    a->op.tag = pod_attempt_tag(a, a->redirects);
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
    pod_attempt_waited(a);
    if (a->phase == LEAVING) {
        if (a->sock != RX_SOCK_NONE)
            rx_loop_close(loop, a->sock, false);
        pod_attempt_free(a);
    } else if (a->phase == HELD) {
        part(a);
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
    char what[RECV_MIN];
    struct rx_fit t = {.at = what, .room = sizeof(what)};
    struct pod_http_end e = {
        .how = POD_HTTP_GARBLED,
        .in_body = a->phase == BODY,
        .in_head = r->m.fault != PROBE_HTTP1_FAULT_NOTHING &&
        r->m.fault != PROBE_HTTP1_FAULT_HEAD_SIZE, .said = a->buffer + r->recv_at,
    };

    /* The parser's area is read for it; the piece that came is done with. */
    probe_http1_fault_text(&r->m, &t);
    memcpy(a->buffer + r->recv_at, what, t.len);
    e.said_len = t.len;
    settle(a, &e);
}

static void on_io_error(struct pod_attempt *a, int error)
{
    struct pod_http_end e = {
        .how = POD_HTTP_IO,
        .stage = a->op.kind == RX_OP_RECV ? (uint8_t)RX_STAGE_RECV : a->op.stage,
        .in_head = run_of(a)->m.head_bytes > 0,
        .in_body = a->phase == BODY,
        .error = error,
        .to = a->to,
    };

    settle(a, &e);
}

/* ---- redirects ------------------------------------------------------------------------------- */

static void follow(struct pod_attempt *a, const struct rx_fit *next)
{
    struct run *r = run_of(a);
    uint32_t old_len = r->url_len;
    char old[POD_HTTP_URL_MAX];

    if (!probe_url_is_relative(r->m.keep, r->m.value_len))
        r->forget_host = true;
    rx_loop_close(a->loop, a->sock, false);
    a->sock = RX_SOCK_NONE;
    a->redirects++;
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
    char url[POD_HTTP_URL_MAX];
    struct rx_fit next = {.at = url, .room = sizeof(url)};
    struct pod_http_end e = {0};
    struct run *r = run_of(a);

    switch (probe_http_redirect(a->buffer, r->url_len, r->m.status, r->m.keep, r->m.value_len,
                                r->m.value_cut, a->redirects, &next, &e)) {
    case POD_HTTP_STAYS:
        return false;
    case POD_HTTP_FOLLOWS:
        follow(a, &next);
        return true;
    default:
        a->redirects++; /* what this connection was is over: it is not kept */
        settle(a, &e);
        return true;
    }
}

/* ---- verdicts -------------------------------------------------------------------------------- */

/* The head is in. True: the run does not go on with the body. */
static bool on_head(struct pod_attempt *a)
{
    struct run *r = run_of(a);

    if (r->m.status / 100 != 3)
        return false;
    if (redirect(a))
        return true;
    /* The event will show the body. */
    probe_http1_lend(&r->m, a->buffer + r->recv_at - PROBE_HTTP1_KEEP_MIN, PROBE_HTTP1_KEEP_MIN);
    r->m.body = a->buffer + r->url_len;
    r->m.body_room = POD_HTTP_SHOWN_MAX;
    return false;
}

static void conclude(struct pod_attempt *a)
{
    struct run *r = run_of(a);
    struct pod_http_end e = {
        .how = POD_HTTP_ANSWERED,
        .status = r->m.status,
        .said = r->m.body,
        .said_len = r->m.body_len,
    };

    settle(a, &e);
}

static void tell(struct pod_attempt *a, const struct pod_http_end *e)
{
    char room[POD_HTTP_MESSAGE_MAX];
    struct rx_fit t = {.at = room, .room = sizeof(room)};
    struct pod_http_asked asked = probe_http_asked(a, run_of(a)->url_len);
    struct pod_http_verdict v = pod_http_judge(e, &asked, &t);

    a->error_is_failure = v.error_is_failure;
    pod_attempt_done(a, v.outcome, t.at, t.len);
}

static void http_expire(struct pod_attempt *a)
{
    struct pod_http_end e = {.how = POD_HTTP_SILENT, .in_body = a->phase == BODY};

    if (a->phase == BEYOND) {
        probe_script.expire(a);
        return;
    }
    if (a->phase == LEAVING)
        return;
    a->phase = LEAVING;
    rx_loop_cancel(a->loop, &a->op);
    tell(a, &e);
}

static void http_cancel(struct pod_attempt *a)
{
    bool quiet = a->op.state == RX_OP_DEAD;

    if (a->phase == LEAVING)
        return;
    a->phase = LEAVING;
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    if (quiet)
        pod_attempt_free(a);
    else
        rx_loop_cancel(a->loop, &a->op);
}

/* The process that was to answer has ended, and its sockets with it. The reset is on its way;
 * saying so now puts the verdict into the instant of the exit, before what the exit causes, in
 * every world. */
static void http_lost(struct pod_attempt *a)
{
    struct run *r = run_of(a);

    if (a->phase == BEYOND) {
        probe_script.lost(a);
        return;
    }
    if (a->phase == LEAVING || !r->dialled)
        return;
    r->end = (struct pod_http_end){
        .how = POD_HTTP_IO,
        .stage = RX_STAGE_RECV,
        .in_body = a->phase == BODY,
        .error = ECONNRESET,
        .to = a->to,
    };
    a->phase = HELD;
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_cancel(a->loop, &a->op);
    pod_attempt_answer_lost(a);
}

/* Its class in the instant has come. */
static void http_step(struct pod_attempt *a)
{
    if (a->phase == BEYOND) {
        probe_script.step(a);
        return;
    }
    tell(a, &run_of(a)->end);
    a->phase = LEAVING;
    if (a->op.state == RX_OP_DEAD)
        pod_attempt_free(a);
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
