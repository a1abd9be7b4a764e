/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_lateness.c - an open loop at half of what the machine can do: how late do probes start, and
 * what does a probe cost when there is time to sleep between them?
 *
 *   podring    the whole engine: pods with one liveness probe each, as many in a second as the rate
 *              asks for; its lateness is that of its ticks
 *   ticks      our port with a plain schedule: everything due in a millisecond starts together
 *   instants   the same code, but each probe starts at its own instant: what starting by the tick
 *              saves is the ratio of the two
 *   go         a goroutine a probe, each started at its own instant (perf/rivals/goclient)
 *
 * Lateness counts from the instant a probe was due to the start of its operation; that a tick comes
 * up to a millisecond later is part of it (not for "podring": its schedule is in milliseconds).
 * What is due is never dropped: a row that falls behind starts late, and the engine counts what it
 * misses.
 *
 * Half of the peak is measured first, by the port in a closed loop. Then the rows take turns in a
 * rotated order, a slice each, for as many rounds as it takes to schedule --probes of them. Server
 * and network as in bench_http.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/podring.h"
#include "engine/reactor/hist.h"
#include "engine/reactor/limit.h"
#include "engine/reactor/port.h"
#include "perf/report.h"
#include "perf/rivals/http.h"

enum { CALLS = 4096, ANSWER_MAX = 256, PEAK_IN_FLIGHT = 64, WARM_UP_MS = 300 };
enum { PODRING, TICKS, INSTANTS, GO, ROWS };
enum { COST, P50, P99, MAX, DONE, MISSED, ENTERS };

static const struct report_column columns[] = {
    [COST] = {"cpu", "us/probe", 2, false},    [P50] = {"late p50", "ms", 3, false},
    [P99] = {"late p99", "ms", 3, false},      [MAX] = {"late max", "ms", 3, false},
    [DONE] = {"probes", "", 0, true},          [MISSED] = {"missed", "", 0, false},
    [ENTERS] = {"enters", "/probe", 3, false},
};

static const struct {
    const char *name, *what;
} rows[ROWS] = {
    [PODRING] = {"podring", "the whole engine, a pod for each probe of a second"},
    [TICKS] = {"ticks", "our port, starts gathered by the millisecond"},
    [INSTANTS] = {"instants", "the same, each start by itself"},
    [GO] = {"go", "net/http, kubelet's transport, goroutine a probe"},
};

struct bench {
    double probes, seconds, rate;
    unsigned share;
    bool sleepy, host_net, smoke;
    const char *go, *json;
    uint16_t port;
    uint64_t failures;
};

struct slice {
    uint64_t done, failures, missed, enters;
    double cpu_s, p50_ns, p99_ns, max_ns; /* a go row gives no more than these */
    struct rx_hist late;                  /* empty for go */
};

static struct rx_hist total[ROWS]; /* over all rounds */
static uint64_t total_missed, total_done;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench_lateness: %s\n", what);
    exit(69);
}

/* ---- the port, by the tick or by the instant ----------------------------------------------------
 */

struct call {
    struct rx_op op;
    struct call *next;
    char answer[ANSWER_MAX];
};

struct calls {
    struct rx_port *port;
    struct call *free;
    uint16_t to_port;
    uint64_t started, done, failures;
    struct rx_hist *late;
    struct rx_ready ready[RX_READY_MAX];
};

static bool start_one(struct calls *e)
{
    struct call *c = e->free;
    struct sockaddr_in to;

    if (c == NULL)
        return false;
    e->free = c->next;
    to = http_address(e->started++, e->to_port);
    c->op = (struct rx_op){.kind = RX_OP_CALL,
                           .sock = RX_SOCK_NONE,
                           .to = {ntohl(to.sin_addr.s_addr), e->to_port},
                           .out = http_request,
                           .out_len = (uint32_t)strlen(http_request),
                           .in = c->answer,
                           .in_len = sizeof(c->answer)};
    e->port->ops->start(e->port, &c->op);
    return true;
}

static void wait_and_take(struct calls *e, rx_ns until)
{
    int n = e->port->ops->wait(e->port, until, e->ready, RX_READY_MAX);

    if (n < 0)
        fail("the port failed");
    for (int i = 0; i < n; i++) {
        struct call *c = rx_container_of(e->ready[i].op, struct call, op);

        e->done++;
        e->failures += !http_is_ok(c->answer, e->ready[i].res);
        if (e->ready[i].sock != RX_SOCK_NONE)
            e->port->ops->close(e->port, e->ready[i].sock, false);
        c->next = e->free;
        e->free = c;
    }
}

static rx_ns due_at(rx_ns from, uint64_t k, double rate)
{
    return from + (rx_ns)((double)k * 1e9 / rate);
}

static rx_ns up_to_tick(rx_ns t, rx_ns tick)
{
    return (t + tick - 1) / tick * tick;
}

static void schedule(struct calls *e, double rate, double seconds, rx_ns tick)
{
    rx_ns from = e->port->ops->now(e->port);
    uint64_t k = 0, probes = (uint64_t)(rate * seconds);

    while (e->done < probes) {
        rx_ns now = e->port->ops->now(e->port), due;

        while (k < probes && (due = due_at(from, k, rate), up_to_tick(due, tick) <= now)) {
            if (!start_one(e))
                break;
            rx_hist_record(e->late, now - due);
            k++;
        }
        wait_and_take(e, k < probes && e->free != NULL ? up_to_tick(due_at(from, k, rate), tick)
                                                       : RX_NS_NEVER);
    }
}

static void run_calls(const struct bench *b, rx_ns tick, struct slice *out)
{
    struct call *call = calloc(CALLS, sizeof(*call));
    struct calls *e = calloc(1, sizeof(*e));
    struct rx_uring_options options = {.slots = CALLS};
    struct rx_port_stats before, after;
    struct rx_mem mem;
    char why[256];

    if (call == NULL || e == NULL || rx_mem_open(&mem) != 0 ||
        rx_port_uring_open(&e->port, &mem, &options, why, sizeof(why)) != 0)
        fail("no ring");
    e->late = &out->late;
    e->to_port = b->port;
    for (int i = 0; i < CALLS; i++) {
        call[i].next = e->free;
        e->free = &call[i];
    }
    e->port->ops->wait(e->port, 0, e->ready, RX_READY_MAX);
    e->port->ops->stats(e->port, &before);
    out->cpu_s = report_cpu_s();
    schedule(e, b->rate, b->seconds, tick);
    out->cpu_s = report_cpu_s() - out->cpu_s;
    e->port->ops->stats(e->port, &after);
    out->done = e->done;
    out->failures = e->failures;
    out->enters = after.enters - before.enters;
    e->port->ops->destroy(e->port);
    rx_mem_close(&mem);
    free(call);
    free(e);
}

static double peak_rate(const struct bench *b)
{
    void *client = http_port.open(b->port, PEAK_IN_FLIGHT);
    int64_t ns = (int64_t)(b->seconds * 1e9), from = report_clock_ns();
    struct http_tally tally = {0};

    if (client == NULL)
        fail("no ring");
    http_port.run(client, from + ns, &tally);
    http_port.close(client);
    return (double)tally.probes * 1e9 / (double)(report_clock_ns() - from);
}

/* ---- the engine ---------------------------------------------------------------------------------
 */

static void engine_load(const struct bench *b, podring *ring)
{
    char text[1024];
    int n = snprintf(text, sizeof(text),
                     "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: bench}\nspec:\n"
                     "  replicas: %u\n  selector: {matchLabels: {app: bench}}\n  template:\n"
                     "    metadata: {labels: {app: bench}}\n    spec:\n      containers:\n"
                     "      - {name: c, image: 'i:1', livenessProbe: {periodSeconds: 1, "
                     "failureThreshold: 1000000, httpGet: {path: /healthz, port: %u}}}\n",
                     (unsigned)b->rate, b->port);

    if (podring_load_text(ring, "<bench>", text, (size_t)n) != 0 || podring_apply(ring) != 0)
        fail(podring_why(ring));
}

static void take_lateness(podring *ring, struct rx_hist *out)
{
    struct podring_bucket bucket = PODRING_BUCKET_INIT;
    uint32_t cursor = 0;

    while (podring_next_bucket(ring, PODRING_LATENESS_NS, &cursor, &bucket) == 0)
        rx_hist_record_n(out, (int64_t)bucket.high, bucket.count);
}

static void run_engine(const struct bench *b, struct slice *out)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_stats before = PODRING_STATS_INIT, after = PODRING_STATS_INIT;
    podring *ring;

    o.flags = PODRING_NO_SERVER | PODRING_NO_EVENTS | PODRING_NO_PROBE_EVENTS;
    if (podring_open(&o, &ring) != 0)
        fail(podring_why(NULL));
    engine_load(b, ring);
    podring_run_until(ring, WARM_UP_MS);
    podring_reset_measures(ring);
    podring_stats(ring, &before);
    out->cpu_s = report_cpu_s();
    podring_run_until(ring, WARM_UP_MS + (int64_t)(b->seconds * 1e3));
    out->cpu_s = report_cpu_s() - out->cpu_s;
    podring_stats(ring, &after);
    take_lateness(ring, &out->late);
    out->done = after.probes_done - before.probes_done;
    out->failures = out->done - (after.success - before.success);
    out->missed = after.missed - before.missed;
    out->enters = after.enters - before.enters;
    podring_close(ring);
}

/* ---- Go -----------------------------------------------------------------------------------------
 */

static bool run_go(const struct bench *b, struct slice *out)
{
    unsigned long long probes = 0, failures = 0;
    double elapsed, p50_us = 0, p99_us = 0;
    char command[4096];
    FILE *f;
    int n;

    if (access(http_go_program, X_OK) != 0)
        return false;
    snprintf(command, sizeof(command), "exec '%s' -port %u -rate %u -seconds %.3f -addresses %u",
             http_go_program, b->port, (unsigned)b->rate, b->seconds, http_addresses);
    f = popen(command, "r");
    if (f == NULL)
        return false;
    n = fscanf(f, "%llu %llu %lf %lf %lf %lf", &probes, &failures, &out->cpu_s, &elapsed, &p50_us,
               &p99_us);
    pclose(f);
    out->done = probes;
    out->failures = n == 6 ? failures : 1;
    out->p50_ns = p50_us * 1e3;
    out->p99_ns = p99_us * 1e3;
    return true;
}

/* ---- rounds -------------------------------------------------------------------------------------
 */

static void measure(struct bench *b, struct report *r, unsigned row, unsigned round)
{
    static struct slice s; /* a histogram is too large for the stack */
    bool had = true;

    memset(&s, 0, sizeof(s));
    rx_hist_reset(&s.late);
    switch (row) {
    case PODRING:
        run_engine(b, &s);
        break;
    case GO:
        had = run_go(b, &s);
        break;
    default:
        run_calls(b, row == TICKS ? RX_NS_PER_MS : 1, &s);
        break;
    }
    if (!had || s.done == 0)
        return;
    if (s.failures > 0)
        fprintf(stderr, "bench_lateness: %s: %" PRIu64 " of %" PRIu64 " probes failed\n",
                rows[row].name, s.failures, s.done);
    if (row != GO) /* how others fare at this rate is theirs to answer for */
        b->failures += s.failures;
    report_put(r, round, row, COST, s.cpu_s * 1e6 / (double)s.done);
    report_put(r, round, row, DONE, (double)s.done);
    if (row == GO) {
        report_put(r, round, row, P50, s.p50_ns / 1e6);
        report_put(r, round, row, P99, s.p99_ns / 1e6);
        return;
    }
    report_put(r, round, row, P50, (double)rx_hist_percentile(&s.late, 500000) / 1e6);
    report_put(r, round, row, P99, (double)rx_hist_percentile(&s.late, 990000) / 1e6);
    report_put(r, round, row, MAX, (double)s.late.max / 1e6);
    report_put(r, round, row, MISSED, (double)s.missed);
    report_put(r, round, row, ENTERS, (double)s.enters / (double)s.done);
    rx_hist_merge(&total[row], &s.late);
    if (row == PODRING) {
        total_missed += s.missed;
        total_done += s.done;
    }
}

static void claim(struct report *r)
{
    report_claim(r, "lateness p99 of podring, ms", PODRING, P99, REPORT_ALONE, '<', 3);
    report_claim(r, "probe ticks missed by podring", PODRING, MISSED, REPORT_ALONE, '<', 0);
    report_claim(r, "CPU: ticks / instants", TICKS, COST, INSTANTS, '<', 0.80);
    report_claim(r, "CPU: podring / instants", PODRING, COST, INSTANTS, '<', 0.80);
    report_claim(r, "CPU: podring / Go client", PODRING, COST, GO, 0, 0);
    report_claim(r, "lateness p99: Go client / podring", GO, P99, PODRING, 0, 0);
    report_fact(
        r, "podring, all", "%llu probes, lateness p50 %.3f, p99 %.3f, max %.3f ms, %llu missed",
        (unsigned long long)total_done, (double)rx_hist_percentile(&total[PODRING], 500000) / 1e6,
        (double)rx_hist_percentile(&total[PODRING], 990000) / 1e6, (double)total[PODRING].max / 1e6,
        (unsigned long long)total_missed);
}

static pid_t set_up(struct bench *b, struct report *r)
{
    const char *network = b->host_net ? "the machine's" : http_own_network();
    bool two_cores = sysconf(_SC_NPROCESSORS_ONLN) > 1;
    pid_t server = http_server_start(&b->port, two_cores ? 1 : -1, two_cores && !b->sleepy);
    double peak = 0;

    if (server < 0)
        fail("no server");
    if (two_cores)
        http_stay_on_cpu(0);
    if (b->rate == 0) {
        peak = peak_rate(b);
        b->rate = peak * b->share / 100;
    }
    report_fact(r, "policy", "%.0f probes/s, open loop, %g s to a slice; peak %.0f/s", b->rate,
                b->seconds, peak);
    report_fact(r, "server", "%s, io_uring, on the other core: %s",
                b->sleepy ? "sleeps when idle" : "spins", two_cores ? "yes" : "no, there is one");
    report_fact(r, "network", "%s", network);
    return server;
}

int main(int argc, char **argv)
{
    struct bench b = {.probes = 100000, .seconds = 1.5, .share = 50};
    const struct report_flag flags[] = {
        {"--probes", REPORT_REAL, &b.probes, 1, 1e9, "to schedule in all"},
        {"--seconds", REPORT_REAL, &b.seconds, 0.05, 3600, "one slice of one row"},
        {"--rate", REPORT_REAL, &b.rate, 1, 1e6, "probes a second, instead of a share of the peak"},
        {"--share", REPORT_NUMBER, &b.share, 1, 100, "percent of the peak rate"},
        {"--sleepy", REPORT_SWITCH, &b.sleepy, 0, 0, "the server sleeps when it is idle"},
        {"--host-net", REPORT_SWITCH, &b.host_net, 0, 0,
         "in the machine's network, not in one of its own"},
        {"--go", REPORT_TEXT, &b.go, 0, 0, "the program of perf/rivals/goclient"},
        {"--smoke", REPORT_SWITCH, &b.smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &b.json, 0, 0, "writes the result"},
    };
    struct report *r = report_new("lateness", columns, RX_ARRAY_LEN(columns));
    unsigned rounds = 0;
    bool ok = true;
    pid_t server;

    if (!report_flags("lateness and cost of probes at half of the peak rate", argc, argv, flags,
                      RX_ARRAY_LEN(flags)))
        return 64;
    if (b.smoke) {
        b.probes = 1;
        b.seconds = 0.1;
    }
    if (b.go != NULL)
        http_go_program = b.go;
    server = set_up(&b, r);
    for (unsigned i = 0; i < ROWS; i++) {
        rx_hist_reset(&total[i]);
        report_row(r, i, rows[i].name, rows[i].what);
    }
    for (; total_done < (uint64_t)b.probes && rounds < REPORT_ROUNDS_MAX; rounds++)
        for (unsigned i = 0; i < ROWS; i++)
            measure(&b, r, (i + rounds) % ROWS, rounds);
    http_server_stop(server);
    if (!b.smoke)
        claim(r);
    report_print(r);
    ok = b.json == NULL || report_write(r, b.json);
    report_free(r);
    return !ok ? 69 : b.failures == 0 ? 0 : 1;
}
