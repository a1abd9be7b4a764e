/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_http.c - real HTTP probes, a new connection each, as many as one core can carry.
 *
 * Our port and its rivals send the same request to the same server, a process of its own on the
 * other core; each keeps the same number in flight. They take turns: every round runs all of them
 * in a rotated order, ratios are taken within a round, and the median of the rounds is what counts.
 * On a shared machine the rates swing by half; the ratios do not.
 *
 * A Go client with kubelet's transport settings joins if its program is there
 * (perf/rivals/goclient;
 * --go names it). --seconds is for one client in one round. --sleepy: the server sleeps when it has
 * nothing to do, and the client pays for waking it.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/reactor/limit.h"
#include "engine/reactor/port.h"
#include "perf/report.h"
#include "perf/rivals/http.h"

enum { ANSWER_MAX = 256 };

/* ---- ours: CALL after CALL over the real port --------------------------------------------------
 */

struct call {
    struct rx_op op;
    char answer[ANSWER_MAX];
};

struct engine {
    struct rx_mem mem;
    struct rx_port *port;
    struct call *call;
    uint32_t in_flight;
    uint64_t started;
    uint16_t to_port;
    uint8_t flags;
    struct rx_ready ready[RX_READY_MAX];
};

static void *engine_open_with(uint16_t port, uint32_t in_flight, uint8_t flags)
{
    struct engine *e = calloc(1, sizeof *e);
    struct rx_uring_options options = {.slots = in_flight};
    char why[256] = "";

    if (rx_mem_open(&e->mem) != 0 ||
        rx_port_uring_open(&e->port, &e->mem, &options, why, sizeof why) != 0) {
        fprintf(stderr, "bench_http: %s\n", why);
        free(e);
        return NULL;
    }
    e->call = calloc(in_flight, sizeof *e->call);
    e->in_flight = in_flight;
    e->to_port = port;
    e->flags = flags;
    return e;
}

static void *engine_open(uint16_t port, uint32_t in_flight)
{
    return engine_open_with(port, in_flight, 0);
}

static void *engine_open_rst(uint16_t port, uint32_t in_flight)
{
    return engine_open_with(port, in_flight, RX_OP_RST_CLOSE);
}

static void engine_start(struct engine *e, struct call *c)
{
    struct sockaddr_in to = http_address(e->started++, e->to_port);

    c->op = (struct rx_op){.kind = RX_OP_CALL,
                           .flags = e->flags,
                           .sock = RX_SOCK_NONE,
                           .to = {ntohl(to.sin_addr.s_addr), e->to_port},
                           .out = http_request,
                           .out_len = (uint32_t)strlen(http_request),
                           .in = c->answer,
                           .in_len = sizeof c->answer};
    e->port->ops->start(e->port, &c->op);
}

static void engine_run(void *client, int64_t until_ns, struct http_tally *tally)
{
    struct engine *e = client;
    struct rx_port_stats before, after;
    uint32_t flying = e->in_flight;

    e->port->ops->stats(e->port, &before);
    for (uint32_t i = 0; i < e->in_flight; i++)
        engine_start(e, &e->call[i]);
    while (flying > 0) {
        int n = e->port->ops->wait(e->port, RX_NS_NEVER, e->ready, RX_READY_MAX);
        bool again = report_clock_ns() < until_ns;

        if (n < 0) {
            tally->failures += flying;
            return;
        }
        for (int i = 0; i < n; i++) {
            struct call *c = rx_container_of(e->ready[i].op, struct call, op);

            tally->probes++;
            if (!http_is_ok(c->answer, e->ready[i].res))
                tally->failures++;
            if (e->ready[i].sock != RX_SOCK_NONE)
                e->port->ops->close(e->port, e->ready[i].sock, false);
            if (again)
                engine_start(e, c);
            else
                flying--;
        }
    }
    e->port->ops->wait(e->port, 0, e->ready, RX_READY_MAX); /* the last closes */
    e->port->ops->stats(e->port, &after);
    tally->enters += after.enters - before.enters;
    tally->cqes += after.cqes - before.cqes;
}

static void engine_close(void *client)
{
    struct engine *e = client;

    e->port->ops->destroy(e->port);
    rx_mem_close(&e->mem);
    free(e->call);
    free(e);
}

static void *engine_open_fast(uint16_t port, uint32_t in_flight)
{
    return engine_open_with(port, in_flight, RX_OP_RST_CLOSE | RX_OP_FAST_OPEN);
}

static const struct http_rival engine = {.name = "podring",
                                         .what = "our port, CALL",
                                         .open = engine_open,
                                         .run = engine_run,
                                         .close = engine_close};
static const struct http_rival engine_rst = {.name = "podring+rst",
                                             .what = "the same, reset on close",
                                             .open = engine_open_rst,
                                             .run = engine_run,
                                             .close = engine_close};
static const struct http_rival engine_fast = {.name = "podring+rst+tfo",
                                              .what = "the same, and TCP fast open",
                                              .open = engine_open_fast,
                                              .run = engine_run,
                                              .close = engine_close};

/* ---- rounds ------------------------------------------------------------------------------------
 */

enum { OURS, CHAIN, EPOLL, OURS_RST, OURS_FAST, GO, CONNECT, RIVALS };

static const struct http_rival *const rivals[RIVALS] = {
    [OURS] = &engine,           [CHAIN] = &http_chain,      [EPOLL] = &http_epoll,
    [OURS_RST] = &engine_rst,   [OURS_FAST] = &engine_fast, [GO] = &http_go,
    [CONNECT] = &http_blocking,
};

enum { RATE, CPU, ENTERS, CQES, FAILED };

static const struct report_column columns[] = {
    [RATE] = {"rate", "/s", 0, true},          [CPU] = {"cpu", "us/probe", 2, false},
    [ENTERS] = {"enters", "/probe", 3, false}, [CQES] = {"cqes", "/probe", 3, false},
    [FAILED] = {"failed", "", 0, false},
};

struct bench {
    unsigned rounds, in_flight;
    double seconds;
    bool sleepy, smoke;
    const char *json, *go;
    uint16_t port;
    uint64_t failures;
};

static bool measure(struct bench *b, struct report *report, unsigned which, unsigned round)
{
    const struct http_rival *r = rivals[which];
    void *client = r->open(b->port, b->in_flight);
    struct http_tally tally = {0};
    int64_t start, spent;
    double probes, cpu;

    if (client == NULL)
        return r->optional;
    cpu = report_cpu_s();
    start = report_clock_ns();
    r->run(client, start + (int64_t)(b->seconds * 1e9), &tally);
    spent = report_clock_ns() - start;
    cpu = tally.cpu_s > 0 ? tally.cpu_s : report_cpu_s() - cpu;
    r->close(client);
    b->failures += tally.failures;
    probes = tally.probes > 0 ? (double)tally.probes : 1;
    report_put(report, round, which, RATE, probes * 1e9 / (double)spent);
    report_put(report, round, which, CPU, cpu * 1e6 / probes);
    if (tally.enters > 0) {
        report_put(report, round, which, ENTERS, (double)tally.enters / probes);
        report_put(report, round, which, CQES, (double)tally.cqes / probes);
    }
    report_put(report, round, which, FAILED, (double)tally.failures);
    return true;
}

static void claim(struct report *r)
{
    report_claim(r, "rate: podring / bare chain", OURS, RATE, CHAIN, '>', 0.95);
    report_claim(r, "rate: podring / epoll", OURS, RATE, EPOLL, '>', 1.08);
    report_claim(r, "rate: podring / blocking connect and close", OURS, RATE, CONNECT, '>', 0.60);
    report_claim(r, "rate: podring / Go client", OURS, RATE, GO, '>', 3.2);
    report_claim(r, "rate: podring with RST / podring", OURS_RST, RATE, OURS, '>', 1.07);
    report_claim(r, "rate: podring with RST and fast open / podring", OURS_FAST, RATE, OURS, '>',
                 1.2);
    report_claim(r, "CPU: bare chain / podring", CHAIN, CPU, OURS, 0, 0);
    report_claim(r, "CPU: epoll / podring", EPOLL, CPU, OURS, 0, 0);
    report_claim(r, "CPU: Go client / podring", GO, CPU, OURS, 0, 0);
    report_claim(r, "ring enters a probe", OURS, ENTERS, REPORT_ALONE, '<', 0.10);
    report_claim(r, "completions a probe", OURS, CQES, REPORT_ALONE, '<', 1.05);
}

/* The server has a core of its own, if there are two; what we start stays on the other. */
static void stay_on_first_core(void)
{
    cpu_set_t first;

    CPU_ZERO(&first);
    CPU_SET(0, &first);
    sched_setaffinity(0, sizeof(first), &first);
}

static const char *fast_open_setting(void)
{
    static char line[16];
    FILE *f = fopen("/proc/sys/net/ipv4/tcp_fastopen", "r");

    if (f == NULL || fgets(line, sizeof(line), f) == NULL)
        line[0] = '\0';
    if (f != NULL)
        fclose(f);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

int main(int argc, char **argv)
{
    static struct bench b = {.rounds = 5, .in_flight = 64, .seconds = 0.4};
    const struct report_flag flags[] = {
        {"--rounds", REPORT_NUMBER, &b.rounds, 1, REPORT_ROUNDS_MAX, "how often all is measured"},
        {"--seconds", REPORT_REAL, &b.seconds, 0.01, 3600, "for one client in one round"},
        {"--in-flight", REPORT_NUMBER, &b.in_flight, 1, 4096, "probes under way at any time"},
        {"--sleepy", REPORT_SWITCH, &b.sleepy, 0, 0, "the server sleeps when it is idle"},
        {"--go", REPORT_TEXT, &b.go, 0, 0, "the program of perf/rivals/goclient"},
        {"--smoke", REPORT_SWITCH, &b.smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &b.json, 0, 0, "writes the result"},
    };
    bool two_cores = sysconf(_SC_NPROCESSORS_ONLN) > 1, ok = true;
    struct report *r = report_new("http", columns, RX_ARRAY_LEN(columns));
    pid_t server;

    if (!report_flags("HTTP probes over real sockets, a new connection each", argc, argv, flags,
                      RX_ARRAY_LEN(flags)))
        return 64;
    if (b.smoke) {
        b.rounds = 1;
        b.seconds = 0.05;
    }
    if (b.go != NULL)
        http_go_program = b.go;
    server = http_server_start(&b.port, two_cores ? 1 : -1, two_cores && !b.sleepy);
    if (server < 0) {
        fprintf(stderr, "bench_http: no server\n");
        return 69;
    }
    if (two_cores)
        stay_on_first_core();
    report_fact(r, "policy", "%u in flight, a new connection each, %g s to a measurement",
                b.in_flight, b.seconds);
    report_fact(r, "server", "%s, io_uring, on the other core: %s",
                b.sleepy ? "sleeps when idle" : "spins", two_cores ? "yes" : "no, there is one");
    report_fact(r, "tcp_fastopen", "%s (2 or 3: the server allows it)", fast_open_setting());
    for (unsigned i = 0; i < RIVALS; i++)
        report_row(r, i, rivals[i]->name, rivals[i]->what);
    for (unsigned round = 0; ok && round < b.rounds; round++)
        for (unsigned i = 0; ok && i < RIVALS; i++)
            ok = measure(&b, r, (i + round) % RIVALS, round);
    http_server_stop(server);
    if (ok) {
        if (!b.smoke)
            claim(r);
        report_print(r);
        ok = b.json == NULL || report_write(r, b.json);
    }
    report_free(r);
    return !ok ? 69 : b.failures == 0 ? 0 : 1;
}
