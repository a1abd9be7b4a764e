/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.c - the load test of somebody else's server, from opening the ring to the numbers. What
 * counts, and how, is said in server.h.
 */
#include "api/cli/bench/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "api/cli/live.h"
#include "api/cli/plan.h"
#include "api/cli/signals.h"
#include "engine/reactor/err.h"

enum {
    CONNECTIONS_OPEN = 4096, /* at most, unless --connections says otherwise */
    CONNECTIONS_CLOSED = 64,
    DESCRIPTORS_KEPT = 32, /* for the rest of the program */
    SLICE_MS = 100,
};

/* ---- before the run ------------------------------------------------------------------------ */

static int choose_connections(struct bench_load *l)
{
    const struct cli_options *o = l->bench->options;
    uint64_t descriptors = plan_raise_descriptors();
    uint32_t usual =
        l->closed ? CONNECTIONS_CLOSED : (uint32_t)RX_MIN(descriptors / 2, CONNECTIONS_OPEN);

    l->connections = o->engine.connections_max > 0 ? o->engine.connections_max : usual;
    if (l->connections + DESCRIPTORS_KEPT <= descriptors)
        return CLI_OK;
    cli_say("--connections %u: %llu files may be open here, and a few are in use; raise "
            "'ulimit -n'",
            l->connections, (unsigned long long)descriptors);
    return CLI_SYSTEM;
}

/* What must fit into a request whatever it is for: the command line is refused here, not later. */
static int check_request(const struct bench_load *l)
{
    static const char *const why[] = {[-PROBE_HTTP1_TOO_LONG] = "the headers are too long",
                                      [-PROBE_HTTP1_BAD_HEADER] = "no header may have that value",
                                      [-PROBE_HTTP1_BAD_HOST] = "not a value for Host"};
    char room[BENCH_REQUEST_MAX], target[POD_HTTP_URL_MAX];
    struct probe_http1_ask ask = {.target = target,
                                  .target_len = sizeof(target),
                                  .host = "255.255.255.255:65535",
                                  .host_len = 21,
                                  .user_agent = "kube-probe/1.36",
                                  .header = l->header,
                                  .header_count = l->header_count};
    const struct rx_pair *bad = NULL;
    int32_t n;

    if (l->aim.tcp)
        return CLI_OK;
    if (strlen(l->aim.path) + 40 > POD_HTTP_URL_MAX)
        return cli_refuse(l->bench->options->verb, "--target: the path is too long");
    memset(target, '/', sizeof(target));
    n = probe_http1_render_request(room, sizeof(room), &ask, &bad);
    if (n > 0)
        return CLI_OK;
    return cli_refuse(l->bench->options->verb, "--header%s%s: %s", bad != NULL ? " " : "",
                      bad != NULL ? bad->key : "", why[-n]);
}

static int open_port(struct bench_load *l)
{
    struct rx_uring_options uring = {.slots = l->connections};
    struct rx_port *port;
    char why[256] = "";
    int error;

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
    if (l->connection != NULL && error == 0)
        return CLI_OK;
    cli_say("out of memory");
    rx_mem_free(&l->mem, l->connection, l->connections * sizeof(*l->connection));
    rx_loop_fini(&l->loop);
    rx_mem_close(&l->mem);
    return CLI_SYSTEM;
}

static void lay_out(struct bench_load *l)
{
    uint32_t width = l->aim.last - l->aim.first + 1;

    l->over = bench_pace_free;
    rx_loop_on(&l->loop, BENCH_CLASS_DEADLINE, bench_ask_deadline, l);
    for (uint32_t i = l->connections; i-- > 0;) {
        struct bench_connection *c = &l->connection[i];

        rx_timer_init(&c->deadline, rx_key(BENCH_CLASS_DEADLINE, i));
        c->load = l;
        c->number = i;
        c->kept = RX_SOCK_NONE;
        c->next_free = l->free;
        l->free = c;
    }
    l->free_end = &l->connection[l->connections - 1].next_free;
    l->turns = width == 0 || width > l->connections;
    if (l->keep && l->turns && !l->bench->options->quiet)
        cli_say("--keep-alive: %u connections cannot stay with %u addresses; each is closed when "
                "its next probe goes elsewhere",
                l->connections, width);
    rx_hist_reset(&l->lateness);
    rx_hist_reset(&l->latency);
    rx_hist_reset(&l->corrected);
    rx_hist_reset(&l->waited);
}

static int open_load(struct bench_load *l)
{
    const struct bench *b = l->bench;
    int code;

    l->closed = b->options->closed;
    l->keep = (b->options->engine.flags & PODRING_KEEP_ALIVE) != 0;
    l->header = b->options->header;
    l->header_count = (uint32_t)b->options->header_count;
    bench_aim_read(b->options->target, &l->aim); /* was checked with the command line */
    code = check_request(l);
    if (code == CLI_OK)
        code = choose_connections(l);
    if (code == CLI_OK)
        code = open_port(l);
    if (code == CLI_OK)
        lay_out(l);
    return code;
}

/* ---- the run ------------------------------------------------------------------------------- */

/* Until an instant of the clock; the turn ends in time for the next probe, which is not one of its
 * timers because those have whole milliseconds. */
static int drive(struct bench_load *l, rx_ns until)
{
    while (rx_loop_clock(&l->loop) < until && !signals_seen()) {
        rx_ms slice = rx_loop_now(&l->loop) + SLICE_MS;
        int rc = rx_loop_turn_within(&l->loop, slice, RX_MIN(bench_pace_next(l), until));

        if (rc < 0) {
            cli_say("the port failed: %s", rx_err_text(rc));
            return CLI_SYSTEM;
        }
        if (rx_loop_clock(&l->loop) < until)
            bench_pace_start(l);
        bench_series_tick(l);
    }
    return CLI_OK;
}

/* What is in flight ends, at the latest by its deadline. */
static void drain(struct bench_load *l)
{
    rx_ms patience = rx_loop_now(&l->loop) + 2 * l->bench->options->probe_timeout_ms;

    l->stopping = true;
    while (l->in_flight > 0 && rx_loop_now(&l->loop) < patience && !signals_seen())
        rx_loop_turn(&l->loop, rx_loop_now(&l->loop) + SLICE_MS);
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* What is not over yet has taken at least until now. */
static void correct_the_rest(struct bench_load *l, uint64_t missed)
{
    for (uint32_t i = 0; i < l->connections; i++) {
        const struct bench_connection *c = &l->connection[i];

        if (rx_timer_armed(&c->deadline) && c->counts)
            rx_hist_record(&l->corrected, l->to - c->due);
    }
    for (uint64_t i = 0; i < missed; i++)
        rx_hist_record(&l->corrected, l->to - bench_pace_at(l, l->taken + i));
}

static uint64_t per_done(const struct bench_load *l, uint64_t n)
{
    return l->n.done > 0 ? n / l->n.done : BENCH_NONE;
}

static void work_out(struct bench *b, struct bench_load *l, const struct rx_port_stats *before,
                     const struct rx_port_stats *after)
{
    const struct face_report *r = &b->report;
    uint64_t ns = RX_MAX(r->cost.elapsed_ns, 1), cpu = r->cost.cpu_user_ns + r->cost.cpu_system_ns;
    uint64_t asked = l->n.sent + l->n.not_sent;
    uint64_t due = l->closed ? asked : bench_pace_due(l, l->to) - bench_pace_due(l, l->from);

    correct_the_rest(l, due - asked);
    b->numbers = (struct bench_numbers){
        .probes_per_s = (uint64_t)((unsigned __int128)l->n.done * RX_NS_PER_S / ns),
        .cpu_per_probe = per_done(l, cpu),
        .cpu_user_per_probe = per_done(l, r->cost.cpu_user_ns),
        .client_busy = cpu * 1000 / ns,
        .due = due,
        .done = l->n.done,
        .success = l->n.success,
        .failure = l->n.failure,
        .error = l->n.error,
        .timeouts = l->n.timeouts,
        .in_flight = l->n.sent - l->n.done,
        .missed = due - asked,
        .not_sent = l->n.not_sent,
        .enters_per_probe = per_done(l, (after->enters - before->enters) * 1000),
        .sqes_per_probe = per_done(l, (after->sqes - before->sqes) * 1000),
        .cqes_per_probe = per_done(l, (after->cqes - before->cqes) * 1000),
        .sq_full = after->sq_full - before->sq_full,
        .cq_overflow = after->cq_overflow - before->cq_overflow,
        .rss_bytes = r->cost.rss_bytes,
        .steady_allocations = rx_mem_breaches(&l->mem),
    };
    bench_spread(&b->numbers, &l->lateness, &l->latency, &l->corrected);
    bench_spread_waited(&b->numbers, &l->waited);
    b->failures = l->failures;
    b->unsent = l->unsent;
    memcpy(b->status, l->status, sizeof(b->status));
}

/* The two things that make a figure one of this machine rather than of the server. */
static void warn(const struct bench *b, const struct bench_load *l)
{
    const struct bench_numbers *n = &b->numbers;

    if (b->options->quiet)
        return;
    for (uint32_t i = 0; i < l->unsent.count; i++) {
        const struct bench_cause *c = &l->unsent.row[i];

        cli_say("%llu probes were not sent: %s%s", (unsigned long long)c->count,
                strerrordesc_np(c->detail),
                c->detail == EADDRNOTAVAIL
                    ? "; every closed connection keeps its port for a minute: see "
                      "net.ipv4.ip_local_port_range, net.ipv4.tcp_tw_reuse, --keep-alive and --rst"
                    : "");
    }
    if (n->client_busy >= 900)
        cli_say("this client used %llu %% of a core: the figures are its limit, perhaps not the "
                "server's",
                (unsigned long long)(n->client_busy / 10));
}

static int measure(struct bench *b, struct bench_load *l)
{
    struct rx_port_stats before, after;
    struct cost_mark mark;
    int code;

    l->from = l->origin + rx_ns_from_ms(b->warm_up_ms);
    l->to = l->from + rx_ns_from_ms(b->measure_ms);
    bench_pace_start(l);
    code = drive(l, l->from);
    if (code != CLI_OK)
        return code;
    rx_loop_port_stats(&l->loop, &before);
    mark = live_mark();
    bench_series_begin(l);
    if (rx_loop_clock(&l->loop) < l->to)
        bench_pace_start(l);
    code = drive(l, l->to);
    if (signals_seen()) {
        l->to = RX_MAX(l->from, RX_MIN(l->to, rx_loop_clock(&l->loop) + 1));
        b->interrupted = true;
        b->measure_ms = rx_ms_floor(l->to - l->from);
    }
    live_measure(&b->report, &mark);
    rx_loop_port_stats(&l->loop, &after);
    if (code == CLI_OK)
        work_out(b, l, &before, &after);
    return code;
}

static int run(struct bench *b, struct bench_load *l)
{
    int code = bench_hdr_open(b), series = bench_series_open(l);

    if (code == CLI_OK)
        code = series;
    /* The kernel rounds waits up by 50 us unless it is told otherwise, to save wake-ups. */
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    rx_loop_turn(&l->loop, 0); /* samples the clock */
    l->origin = rx_loop_clock(&l->loop);
    if (code == CLI_OK)
        code = measure(b, l);
    series = bench_series_close(l, rx_loop_clock(&l->loop));
    if (code == CLI_OK) {
        warn(b, l);
        b->output_code = bench_write_hdr(b, &l->lateness, &l->latency, &l->corrected);
        b->output_code = b->output_code == CLI_OK ? series : b->output_code;
    }
    drain(l);
    return code;
}

int bench_target(struct bench *b)
{
    struct bench_load *l = calloc(1, sizeof(*l));
    int code;

    if (l == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    l->bench = b;
    code = open_load(l);
    if (code == CLI_OK) {
        signals_hold();
        code = run(b, l);
        rx_loop_fini(&l->loop);
        rx_mem_free(&l->mem, l->connection, l->connections * sizeof(*l->connection));
        rx_mem_close(&l->mem);
    }
    free(l);
    return code;
}
