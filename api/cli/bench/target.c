/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.c - the load test of somebody else's server: GETs or TCP connects to a URL, or to
 * every address of a range, a new connection each, on the reactor alone. With --keep-alive each of
 * the connections stays with one address and is used again after every answer that allows it.
 *
 * Open loop: probe k is due at k * period / pods, rounded up to the tick of 1 ms, whatever became
 * of the probes before it. One that finds no free connection waits in line, and counts from when it
 * was due: its lateness and its corrected latency hold the wait, its raw latency does not. That is
 * exact; nothing has to be put back afterwards. Closed loop: each connection asks again as soon as
 * it was answered. There is no schedule then, and corrected is raw.
 *
 * Only loopback is probed unless --allow-remote is given: a load test of a machine that has not
 * agreed to it is an attack.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "api/cli/bench/bench.h"
#include "api/cli/live.h"
#include "api/cli/plan.h"
#include "api/cli/signals.h"
#include "engine/reactor/err.h"
#include "engine/reactor/loop.h"
#include "probes/wire/url.h"
#include "probes/wire/http1.h"

enum {
    CLASS_DEADLINE, /* before the next probes start, so that they find a connection */
    CLASS_DUE,
    TIMEOUT_MS = 1000, /* a probe's timeoutSeconds, by default */
    REQUEST_MAX = 2048,
    HOST_MAX = 32,
    KEEP_MAX = 256,
    ANSWER_MAX = 4096,
    CONNECTIONS_OPEN = 4096, /* at most, unless --connections says otherwise */
    CONNECTIONS_CLOSED = 64,
    SLICE_MS = 100,
};

struct target {
    bool tcp;
    uint32_t first, last; /* addresses, host byte order */
    uint16_t port;
    char path[1024];
};

struct load;

struct connection {
    struct rx_op op;
    struct rx_timer deadline;
    struct load *load;
    struct connection *next_free;
    uint32_t number;
    rx_sock kept; /* from the probe before; RX_SOCK_NONE = there is none */
    rx_ns due, started;
    bool timed_out;
    bool clean; /* the answer came in whole, and nothing after it */
    struct probe_http1 answer;
    char keep[KEEP_MAX];
    char in[ANSWER_MAX];
    char request[REQUEST_MAX];
};

struct load {
    const struct bench *bench;
    struct target target;
    struct rx_mem mem;
    struct rx_loop loop;
    struct rx_timer due;
    struct connection *connection, *free, **free_end;
    uint32_t connections, in_flight;
    uint64_t asked; /* probes started; the next one goes to the next address */
    uint64_t taken; /* probes of the schedule that are started or given up */
    bool closed, stopping, keep;
    struct rx_hist lateness, latency, corrected;
    uint64_t done, success, failure, error, timeouts, missed;
};

/* ---- the target ----------------------------------------------------------------------------- */

static bool read_port(const char *text, size_t n, uint16_t *out)
{
    char digits[8];
    uint64_t port;

    if (n == 0 || n >= sizeof(digits))
        return false;
    memcpy(digits, text, n);
    digits[n] = '\0';
    if (!cli_read_u64(digits, 65535, &port) || port == 0)
        return false;
    *out = (uint16_t)port;
    return true;
}

/* ADDRESS or FIRST-LAST */
static bool read_addresses(const char *text, size_t n, struct target *t)
{
    const char *dash = memchr(text, '-', n);
    size_t head = dash != NULL ? (size_t)(dash - text) : n;

    if (!probe_host_resolve(text, head, &t->first))
        return false;
    t->last = t->first;
    return dash == NULL ||
           (probe_host_resolve(dash + 1, n - head - 1, &t->last) && t->last >= t->first);
}

static const char *read_target(const char *text, struct target *t)
{
    static const char form[] = "expected http://ADDRESS[:PORT][/PATH], tcp://ADDRESS:PORT or "
                               "FIRST-LAST:PORT, addresses as dotted quads or localhost";
    bool url = strncmp(text, "http://", 7) == 0, bare;
    size_t host, colon;

    *t = (struct target){.tcp = strncmp(text, "tcp://", 6) == 0, .port = 80};
    bare = !url && !t->tcp;
    if (bare && strstr(text, "://") != NULL)
        return strncmp(text, "https://", 8) == 0 ? "https is not spoken here" : form;
    text += url ? 7 : t->tcp ? 6 : 0;
    host = strcspn(text, "/");
    colon = strcspn(text, ":/");
    if (colon < host && !read_port(text + colon + 1, host - colon - 1, &t->port))
        return form;
    if ((colon == host && !url) || (t->tcp && text[host] != '\0') ||
        !read_addresses(text, colon, t))
        return form;
    if (snprintf(t->path, sizeof(t->path), "%s", text[host] != '\0' ? text + host : "/") >=
        (int)sizeof(t->path))
        return "the path is too long";
    return NULL;
}

static bool is_loopback(const struct target *t)
{
    return t->first >> 24 == 127 && t->last >> 24 == 127;
}

const char *bench_target_check(const char *text, bool allow_remote)
{
    struct target t;
    const char *wrong = read_target(text, &t);

    if (wrong != NULL || allow_remote || is_loopback(&t))
        return wrong;
    return "not on loopback: --allow-remote says that its owner agrees to this load";
}

/* ---- one probe ------------------------------------------------------------------------------ */

static void on_answer(struct rx_loop *loop, struct rx_op *op);
static void start_next(struct load *l);

/* The addresses take turns; but a connection that may be kept stays with its own. */
static uint32_t address_for(const struct connection *c)
{
    const struct target *t = &c->load->target;
    uint64_t n = c->load->keep ? c->number : c->load->asked;
    uint32_t width = t->last - t->first + 1;

    return width != 0 ? t->first + (uint32_t)(n % width) : (uint32_t)n;
}

static uint8_t policies(const struct cli_options *o)
{
    return (uint8_t)((o->engine.flags & PODRING_RST_CLOSE ? RX_OP_RST_CLOSE : 0) |
                     (o->engine.flags & PODRING_FAST_OPEN ? RX_OP_FAST_OPEN : 0));
}

static void ask(struct connection *c, rx_ns due)
{
    struct load *l = c->load;
    const struct target *t = &l->target;
    struct probe_http1_ask question = {.target = t->path,
                                       .target_len = (uint32_t)strlen(t->path),
                                       .user_agent = "kube-probe/1.36",
                                       .persistent = l->keep};
    char host[HOST_MAX];
    struct rx_fit text = {.at = host, .room = sizeof(host)};
    const struct rx_pair *bad;

    l->in_flight++;
    c->due = due;
    c->started = rx_loop_clock(&l->loop);
    c->timed_out = false;
    c->clean = false;
    c->op = (struct rx_op){.kind = t->tcp ? RX_OP_DIAL : RX_OP_CALL,
                           .done = on_answer,
                           .flags = policies(l->bench->options),
                           .sock = c->kept,
                           .to = {address_for(c), t->port},
                           .in = c->in,
                           .in_len = sizeof(c->in)};
    if (c->kept != RX_SOCK_NONE)
        c->op.kind = RX_OP_TALK;
    c->kept = RX_SOCK_NONE;
    l->asked++;
    if (!t->tcp) {
        pod_text_addr(&text, c->op.to);
        question.host = host;
        question.host_len = text.len;
        c->op.out = c->request;
        c->op.out_len =
            (uint32_t)probe_http1_render_request(c->request, sizeof(c->request), &question, &bad);
        probe_http1_init(&c->answer, PROBE_HTTP1_RESPONSE, c->keep, sizeof(c->keep));
    }
    rx_loop_arm(&l->loop, &c->deadline, rx_ms_ceil(c->started) + TIMEOUT_MS);
    rx_loop_start(&l->loop, &c->op);
}

/* Last in, first out keeps few of them warm; but all of them are to be used if they are kept, for
 * each has an address of its own. */
static void give_back(struct load *l, struct connection *c)
{
    if (l->free == NULL)
        l->free_end = &l->free;
    if (l->keep) {
        c->next_free = NULL;
        *l->free_end = c;
        l->free_end = &c->next_free;
    } else {
        c->next_free = l->free;
        l->free = c;
    }
}

enum verdict { GOOD, BAD, BROKEN };

static void finish(struct connection *c, enum verdict verdict)
{
    struct load *l = c->load;
    rx_ns now = rx_loop_clock(&l->loop);

    rx_loop_disarm(&l->loop, &c->deadline);
    if (l->keep && c->clean && !c->timed_out)
        c->kept = c->op.sock;
    else if (c->op.sock != RX_SOCK_NONE)
        rx_loop_close(&l->loop, c->op.sock, c->timed_out);
    l->done++;
    l->success += verdict == GOOD;
    l->failure += verdict == BAD;
    l->error += verdict == BROKEN;
    l->timeouts += c->timed_out;
    if (!l->closed)
        rx_hist_record(&l->lateness, c->started - c->due);
    rx_hist_record(&l->latency, now - c->started);
    rx_hist_record(&l->corrected, now - c->due);
    l->in_flight--;
    give_back(l, c);
    start_next(l);
}

/* As in probes/carry/http.c: what ends before the first byte of an answer was closed while it was
 * idle.
 */
static bool was_closed_idle(const struct rx_op *op)
{
    return op->kind == RX_OP_TALK && (op->res == 0 || op->res == -ECONNRESET || op->res == -EPIPE);
}

static void ask_again(struct connection *c)
{
    rx_loop_close(&c->load->loop, c->op.sock, false);
    c->op.sock = RX_SOCK_NONE;
    c->op.kind = RX_OP_CALL;
    rx_loop_start(&c->load->loop, &c->op);
}

/* More of the answer is to come. */
static void read_on(struct connection *c)
{
    c->op.kind = RX_OP_RECV;
    rx_loop_start(&c->load->loop, &c->op);
}

static void on_answer(struct rx_loop *loop, struct rx_op *op)
{
    struct connection *c = rx_container_of(op, struct connection, op);
    int32_t at = 0, n = 0;

    (void)loop;
    if (!c->timed_out && was_closed_idle(op)) {
        ask_again(c);
        return;
    }
    if (op->res < 0 || c->timed_out) {
        finish(c, BAD);
        return;
    }
    if (c->load->target.tcp) {
        finish(c, GOOD);
        return;
    }
    while (at < op->res && !c->answer.done && n >= 0) {
        n = probe_http1_feed(&c->answer, c->in + at, (uint32_t)(op->res - at));
        at += n;
    }
    if (n >= 0 && op->res == 0)
        n = probe_http1_end(&c->answer);
    c->clean = op->res > 0 && at == op->res && c->answer.done && !c->answer.close &&
               c->answer.status >= 200;
    if (n < 0)
        finish(c, BROKEN);
    else if (c->answer.done || op->res == 0)
        finish(c, c->answer.status >= 200 && c->answer.status < 400 ? GOOD : BAD);
    else
        read_on(c);
}

static void on_deadline(void *ctx, struct rx_timer *timer)
{
    struct connection *c = rx_container_of(timer, struct connection, deadline);

    c->timed_out = true;
    rx_loop_cancel(&((struct load *)ctx)->loop, &c->op);
}

/* ---- the schedule --------------------------------------------------------------------------- */

static rx_ns due_of(const struct load *l, uint64_t k)
{
    uint64_t period = (uint64_t)l->bench->period_s * RX_NS_PER_S;
    rx_ns due = (rx_ns)((unsigned __int128)k * period / l->bench->pods);

    return rx_ns_from_ms(rx_ms_ceil(due));
}

/* Everything that is due and finds a connection. */
static void start_next(struct load *l)
{
    while (!l->stopping && l->free != NULL) {
        struct connection *c = l->free;
        rx_ns now = rx_loop_clock(&l->loop), due = l->closed ? now : due_of(l, l->taken);

        if (due > now)
            return;
        l->taken++;
        l->free = c->next_free;
        ask(c, due);
    }
}

static void on_due(void *ctx, struct rx_timer *timer)
{
    struct load *l = ctx;
    uint64_t next;

    start_next(l);
    if (l->closed)
        return;
    /* What is behind starts when a connection is free; the timer is for what is yet to come. */
    next = l->taken;
    if (due_of(l, next) <= rx_loop_clock(&l->loop))
        next += 1 + (uint64_t)((unsigned __int128)(rx_loop_clock(&l->loop) - due_of(l, next)) *
                               l->bench->pods / ((uint64_t)l->bench->period_s * RX_NS_PER_S));
    rx_loop_arm(&l->loop, timer, RX_MAX(rx_ms_ceil(due_of(l, next)), rx_loop_now(&l->loop) + 1));
}

/* ---- the run -------------------------------------------------------------------------------- */

static int open_load(struct load *l)
{
    const struct cli_options *o = l->bench->options;
    uint64_t descriptors = plan_raise_descriptors();
    uint32_t usual =
        l->closed ? CONNECTIONS_CLOSED : (uint32_t)RX_MIN(descriptors / 2, CONNECTIONS_OPEN);
    struct rx_uring_options uring = {0};
    struct rx_port *port;
    char why[256] = "";
    int error;

    l->connections = o->engine.connections_max > 0 ? o->engine.connections_max : usual;
    uring.slots = l->connections;
    if (rx_mem_open(&l->mem) != 0)
        return CLI_SYSTEM;
    error = rx_port_uring_open(&port, &l->mem, &uring, why, sizeof(why));
    if (error != 0) {
        cli_say("%s", why[0] != '\0' ? why : rx_err_text(error));
        rx_mem_close(&l->mem);
        return cli_exit_code(error);
    }
    error = rx_loop_init(&l->loop, port, &l->mem);
    l->connection = rx_mem_zalloc(&l->mem, l->connections * sizeof(*l->connection));
    if (l->connection == NULL || error != 0) {
        cli_say("out of memory");
        rx_mem_free(&l->mem, l->connection, l->connections * sizeof(*l->connection));
        rx_loop_fini(&l->loop);
        rx_mem_close(&l->mem);
        return CLI_SYSTEM;
    }
    rx_loop_on(&l->loop, CLASS_DEADLINE, on_deadline, l);
    rx_loop_on(&l->loop, CLASS_DUE, on_due, l);
    rx_timer_init(&l->due, rx_key(CLASS_DUE, 0));
    for (uint32_t i = l->connections; i-- > 0;) {
        struct connection *c = &l->connection[i];

        rx_timer_init(&c->deadline, rx_key(CLASS_DEADLINE, i));
        c->load = l;
        c->number = i;
        c->kept = RX_SOCK_NONE;
        c->next_free = l->free;
        l->free = c;
    }
    l->free_end = &l->connection[l->connections - 1].next_free;
    rx_hist_reset(&l->lateness);
    rx_hist_reset(&l->latency);
    rx_hist_reset(&l->corrected);
    return CLI_OK;
}

static int drive(struct load *l, rx_ms until)
{
    while (rx_loop_now(&l->loop) < until && !signals_seen()) {
        int rc = rx_loop_turn(&l->loop, RX_MIN(until, rx_loop_now(&l->loop) + SLICE_MS));

        if (rc < 0) {
            cli_say("the port failed");
            return CLI_SYSTEM;
        }
    }
    return CLI_OK;
}

/* What is in flight ends, at the latest by its deadline. */
static void drain(struct load *l)
{
    rx_ms patience = rx_loop_now(&l->loop) + 2 * TIMEOUT_MS;

    l->stopping = true;
    rx_loop_disarm(&l->loop, &l->due);
    while (l->in_flight > 0 && rx_loop_now(&l->loop) < patience)
        rx_loop_turn(&l->loop, rx_loop_now(&l->loop) + SLICE_MS);
}

/* Only what was started after the warm-up is to be in the histograms; what was under way by then is
 * counted with the rest, a few of many. */
static void forget(struct load *l)
{
    rx_hist_reset(&l->lateness);
    rx_hist_reset(&l->latency);
    rx_hist_reset(&l->corrected);
    l->done = l->success = l->failure = l->error = l->timeouts = 0;
}

static void work_out(struct bench *b, const struct load *l, const struct rx_port_stats *before,
                     const struct rx_port_stats *after)
{
    const struct face_report *r = &b->report;
    uint64_t done = RX_MAX(l->done, 1), ns = RX_MAX(r->cost.elapsed_ns, 1);

    b->numbers = (struct bench_numbers){
        .probes_per_s = (uint64_t)((unsigned __int128)l->done * RX_NS_PER_S / ns),
        .cpu_per_probe = (r->cost.cpu_user_ns + r->cost.cpu_system_ns) / done,
        .cpu_user_per_probe = r->cost.cpu_user_ns / done,
        .success = l->success,
        .failure = l->failure,
        .error = l->error,
        .timeouts = l->timeouts,
        .missed = l->missed,
        .enters_per_probe = (after->enters - before->enters) * 1000 / done,
        .sqes_per_probe = (after->sqes - before->sqes) * 1000 / done,
        .cqes_per_probe = (after->cqes - before->cqes) * 1000 / done,
        .rss_bytes = r->cost.rss_bytes,
        .steady_allocations = rx_mem_breaches(&l->mem),
    };
    bench_spread(&b->numbers, &l->lateness, &l->latency, &l->corrected);
}

/* Due, but never started: the load did not keep up with its schedule. */
static void count_missed(struct load *l)
{
    rx_ns now = rx_loop_clock(&l->loop);

    while (!l->closed && due_of(l, l->taken) <= now) {
        l->taken++;
        l->missed++;
    }
}

static int run(struct bench *b, struct load *l)
{
    struct rx_port_stats before, after;
    struct cost_mark mark;
    rx_ms began = rx_loop_now(&l->loop);
    int code;

    rx_loop_arm(&l->loop, &l->due, began + 1);
    code = drive(l, began + b->warm_up_ms);
    if (code != CLI_OK)
        return code;
    forget(l);
    rx_loop_port_stats(&l->loop, &before);
    mark = live_mark();
    code = drive(l, began + b->warm_up_ms + b->measure_ms);
    live_measure(&b->report, &mark);
    rx_loop_port_stats(&l->loop, &after);
    count_missed(l);
    if (code == CLI_OK) {
        work_out(b, l, &before, &after);
        code = bench_write_hdr(b->options, &l->lateness, &l->latency, &l->corrected);
    }
    drain(l);
    return code;
}

int bench_target(struct bench *b)
{
    struct load *l = calloc(1, sizeof(*l));
    int code;

    if (l == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    l->bench = b;
    l->closed = b->options->closed;
    l->keep = (b->options->engine.flags & PODRING_KEEP_ALIVE) != 0;
    read_target(b->options->target, &l->target); /* was checked with the command line */
    code = open_load(l);
    if (code == CLI_OK) {
        code = run(b, l);
        rx_loop_fini(&l->loop);
        rx_mem_free(&l->mem, l->connection, l->connections * sizeof(*l->connection));
        rx_mem_close(&l->mem);
    }
    free(l);
    return code;
}
