/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask.c - one probe of a load test: a GET, or a TCP connection, and what became of it. Redirects
 * are followed as a kubelet follows them: to the same host only, ten of them at most.
 */
#include <errno.h>
#include <string.h>

#include "api/cli/bench/server.h"
#include "engine/pod/rule_words.h"
#include "probes/carry/target.h"

enum { HOST_MAX = 32, STATUS_LEAST = 200, STATUS_MOST = 399 };

static void on_answer(struct rx_loop *loop, struct rx_op *op);

static uint8_t policies(const struct cli_options *o)
{
    return (uint8_t)(RX_OP_ONCE | (o->engine.flags & PODRING_RST_CLOSE ? RX_OP_RST_CLOSE : 0) |
                     (o->engine.flags & PODRING_FAST_OPEN ? RX_OP_FAST_OPEN : 0));
}

static struct rx_addr address_for(const struct bench_connection *c)
{
    const struct bench_aim *aim = &c->load->aim;
    uint64_t n = c->load->keep && !c->load->turns ? c->number : c->load->asked;
    uint32_t width = aim->last - aim->first + 1;

    return (struct rx_addr){width != 0 ? aim->first + (uint32_t)(n % width) : (uint32_t)n,
                            aim->port};
}

static void forget_kept(struct bench_connection *c)
{
    if (c->kept != RX_SOCK_NONE)
        rx_loop_close(&c->load->loop, c->kept, false);
    c->kept = RX_SOCK_NONE;
}

/* Writes the request for c->url. It fits: the command line was checked with the longest URL. */
static void render(struct bench_connection *c)
{
    const struct bench_load *l = c->load;
    const struct rx_pair *bad;
    struct probe_url u;
    struct probe_http1_ask question = {.user_agent = "kube-probe/1.36",
                                       .header = l->header,
                                       .header_count = l->header_count,
                                       .persistent = l->keep};
    int32_t n;

    probe_url_split(c->url, c->url_len, &u);
    question.target = c->url + u.target_at;
    question.target_len = c->url_len - u.target_at;
    question.host = c->url + u.authority_at;
    question.host_len = u.authority_len;
    n = probe_http1_render_request(c->request, sizeof(c->request), &question, &bad);
    RX_ASSERT(n > 0);
    c->op.out = c->request;
    c->op.out_len = (uint32_t)n;
    probe_http1_init(&c->answer, PROBE_HTTP1_RESPONSE, c->keep, sizeof(c->keep));
    c->answer.body_max = POD_PROBE_BODY_MAX;
}

static void call(struct bench_connection *c)
{
    struct bench_load *l = c->load;
    bool same = c->kept != RX_SOCK_NONE && c->kept_to.ip == c->to.ip &&
                c->kept_to.port == c->to.port;

    if (!same)
        forget_kept(c);
    c->clean = false;
    c->op = (struct rx_op){.kind = same ? RX_OP_TALK : l->aim.tcp ? RX_OP_DIAL : RX_OP_CALL,
                           .done = on_answer,
                           .flags = policies(l->bench->options),
                           .sock = c->kept,
                           .to = c->to,
                           .in = c->in,
                           .in_len = sizeof(c->in)};
    c->kept = RX_SOCK_NONE;
    if (!l->aim.tcp)
        render(c);
    rx_loop_start(&l->loop, &c->op);
}

static void first_url(struct bench_connection *c)
{
    struct rx_fit url = {.at = c->url, .room = sizeof(c->url)};

    rx_fit_str(&url, "http://");
    pod_text_addr(&url, c->to);
    rx_fit_str(&url, c->load->aim.path);
    c->url_len = url.len;
}

void bench_ask(struct bench_connection *c, rx_ns due)
{
    struct bench_load *l = c->load;

    l->in_flight++;
    c->due = due;
    c->started = rx_loop_clock(&l->loop);
    c->timed_out = false;
    c->redirects = 0;
    c->counts = due >= l->from && due < l->to;
    l->n.sent += c->counts;
    c->asked = c->to = address_for(c);
    l->asked++;
    if (!l->aim.tcp)
        first_url(c);
    rx_loop_arm(&l->loop, &c->deadline,
                rx_ms_ceil(c->started) + l->bench->options->probe_timeout_ms);
    call(c);
}

/* ---- verdicts ------------------------------------------------------------------------------ */

enum verdict { GOOD, BAD, BROKEN, UNSENT };

static void count(struct bench_connection *c, enum verdict verdict, struct bench_cause cause)
{
    struct bench_load *l = c->load;
    rx_ns now = rx_loop_clock(&l->loop);

    if (verdict == UNSENT) {
        l->n.not_sent++;
        l->n.sent--;
        bench_cause_add(&l->unsent, cause, c->asked);
        return;
    }
    l->n.done++;
    l->n.success += verdict == GOOD;
    l->n.failure += verdict == BAD;
    l->n.error += verdict == BROKEN;
    l->n.timeouts += c->timed_out;
    if (verdict != GOOD)
        bench_cause_add(&l->failures, cause, c->asked);
    rx_hist_record(&l->latency, now - c->started);
    rx_hist_record(&l->corrected, now - c->due);
    if (l->series.file != NULL)
        rx_hist_record(&l->series.corrected, now - c->due);
}

static void finish(struct bench_connection *c, enum verdict verdict, struct bench_cause cause)
{
    struct bench_load *l = c->load;

    rx_loop_disarm(&l->loop, &c->deadline);
    if (l->keep && c->clean && !c->timed_out && c->redirects == 0) {
        c->kept = c->op.sock;
        c->kept_to = c->to;
    } else if (c->op.sock != RX_SOCK_NONE) {
        rx_loop_close(&l->loop, c->op.sock, c->timed_out);
    }
    c->op.sock = RX_SOCK_NONE;
    if (c->counts && !l->stopping)
        count(c, verdict, cause);
    l->in_flight--;
    /* Without a schedule, one that could not be sent would be tried again at once, for ever. */
    l->over(l, c, l->closed && verdict == UNSENT);
}

/* Nothing of it is the server's doing: no port, no descriptor, no memory on this side. */
static bool is_ours(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
           error == EADDRNOTAVAIL;
}

static void failed(struct bench_connection *c)
{
    struct bench_cause cause = {.kind = c->timed_out ? BENCH_TIMED_OUT : BENCH_ERRNO,
                                .stage = c->op.kind == RX_OP_RECV ? RX_STAGE_RECV : c->op.stage,
                                .detail = c->timed_out ? 0 : -c->op.res};
    bool ours = !c->timed_out && cause.stage <= RX_STAGE_CONNECT && is_ours(cause.detail);

    finish(c, ours ? UNSENT : BAD, cause);
}

/* The answer is whole, or its connection has ended. */
static void answered(struct bench_connection *c)
{
    struct bench_load *l = c->load;
    const struct cli_options *o = l->bench->options;
    uint32_t status = c->answer.status, least = STATUS_LEAST, most = STATUS_MOST;
    struct bench_cause cause = {.kind = BENCH_STATUS, .detail = (int32_t)status};

    if (!c->answer.done) {
        cause = (struct bench_cause){.kind = BENCH_NO_ANSWER};
        finish(c, BAD, cause);
        return;
    }
    if (o->expect_least > 0) {
        least = o->expect_least;
        most = o->expect_most;
    }
    if (c->counts && !l->stopping && status < BENCH_STATUSES)
        l->status[status]++;
    finish(c, status >= least && status <= most ? GOOD : BAD, cause);
}

/* ---- redirects ----------------------------------------------------------------------------- */

/* The same host, perhaps another port. */
static bool follow(struct bench_connection *c, const struct rx_fit *next)
{
    struct probe_url u;

    probe_url_split(next->at, next->len, &u);
    if (u.https || !u.known || u.port == 0 || u.port > UINT16_MAX)
        return false;
    rx_loop_close(&c->load->loop, c->op.sock, false);
    c->op.sock = RX_SOCK_NONE;
    memcpy(c->url, next->at, next->len);
    c->url_len = next->len;
    c->to.port = (uint16_t)u.port;
    c->redirects++;
    call(c);
    return true;
}

/* True: the probe goes on, or is over. */
static bool redirected(struct bench_connection *c)
{
    char url[POD_HTTP_URL_MAX];
    struct rx_fit next = {.at = url, .room = sizeof(url)};
    struct pod_http_end e = {0};
    const struct probe_http1 *m = &c->answer;
    enum pod_http_next way;

    if (m->status / 100 != 3)
        return false;
    way = probe_http_redirect(c->url, c->url_len, m->status, m->has_value ? m->keep : NULL,
                              m->value_len, m->value_cut, c->redirects, &next, &e);
    if (way == POD_HTTP_STAYS || (way == POD_HTTP_FOLLOWS && follow(c, &next)))
        return way == POD_HTTP_FOLLOWS;
    finish(c, BAD, (struct bench_cause){.kind = e.how == POD_HTTP_TOO_MANY ? BENCH_LOOP
                                                                           : BENCH_NOT_FOLLOWED});
    return true;
}

/* ---- completions --------------------------------------------------------------------------- */

/* As in probes/carry/http.c: what ends before the first byte of an answer was closed while it was
 * idle, and the request is made again on a new connection. */
static bool was_closed_idle(const struct rx_op *op)
{
    return op->kind == RX_OP_TALK && (op->res == 0 || op->res == -ECONNRESET || op->res == -EPIPE);
}

static void on_answer(struct rx_loop *loop, struct rx_op *op)
{
    struct bench_connection *c = rx_container_of(op, struct bench_connection, op);
    int32_t at = 0, n = 0;

    if (!c->timed_out && was_closed_idle(op)) {
        rx_loop_close(loop, op->sock, false);
        call(c);
        return;
    }
    if (op->res < 0 || c->timed_out) {
        failed(c);
        return;
    }
    if (c->load->aim.tcp) {
        finish(c, GOOD, (struct bench_cause){0});
        return;
    }
    while (at < op->res && !c->answer.done && n >= 0) {
        n = probe_http1_feed(&c->answer, c->in + at, (uint32_t)(op->res - at));
        at += n;
    }
    if (n >= 0 && op->res == 0)
        n = probe_http1_end(&c->answer);
    c->clean = op->res > 0 && at == op->res && c->answer.done && !c->answer.body_cut &&
               !c->answer.close && c->answer.status >= 200;
    if (n < 0) {
        finish(c, BROKEN,
               (struct bench_cause){.kind = BENCH_GARBLED, .detail = c->answer.fault});
    } else if (c->answer.done || op->res == 0) {
        if (!c->answer.done || !redirected(c))
            answered(c);
    } else {
        op->kind = RX_OP_RECV;
        rx_loop_start(loop, op);
    }
}

void bench_ask_deadline(void *ctx, struct rx_timer *timer)
{
    struct bench_connection *c = rx_container_of(timer, struct bench_connection, deadline);

    c->timed_out = true;
    rx_loop_cancel(&((struct bench_load *)ctx)->loop, &c->op);
}
