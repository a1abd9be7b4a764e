/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_http.c - real HTTP probes, as many as one core can carry.
 *
 * Ours and the rivals send the same request to the same server, a process of its own on the other
 * core, a new connection for each probe unless a row says otherwise; each keeps the same number in
 * flight. They take turns: every round runs all of them in a rotated order, ratios are taken within
 * a round, and the median of the rounds is what counts. Targets are for the rate by CPU time, which
 * is what one core does when nobody else is on the machine: by the wall clock, rates swing by half
 * on a shared one, and their ratios with them.
 *
 * A Go client with kubelet's transport settings joins where there is a Go compiler to build it
 * (perf/rivals/goclient; --go names the program), and ab, wrk and hey where they are installed.
 * --seconds is for one client in one round. --sleepy: the server sleeps when it has nothing to do,
 * and the client pays for waking it. --host-net: in the machine's network, as it is set up, instead
 * of a namespace of its own.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/reactor/base.h"
#include "perf/report.h"
#include "perf/rivals/http.h"

enum {
    PODRING,
    PORT,
    CHAIN,
    EPOLL,
    CONNECT,
    GO,
    PORT_RST,
    PORT_FAST,
    PORT_KEEP,
    AB,
    WRK,
    HEY,
    RIVALS
};

static const struct http_rival *const rivals[RIVALS] = {
    [PODRING] = &http_podring,
    [PORT] = &http_port,
    [CHAIN] = &http_chain,
    [EPOLL] = &http_epoll,
    [CONNECT] = &http_blocking,
    [GO] = &http_go,
    [PORT_RST] = &http_port_rst,
    [PORT_FAST] = &http_port_fast,
    [PORT_KEEP] = &http_port_keep,
    [AB] = &http_ab,
    [WRK] = &http_wrk,
    [HEY] = &http_hey,
};

enum { RATE, WALL, CPU, ENTERS, CQES, FAILED };

static const struct report_column columns[] = {
    [RATE] = {"rate", "/cpu-s", 0, true},  [WALL] = {"rate", "/s", 0, true},
    [CPU] = {"cpu", "us/probe", 2, false}, [ENTERS] = {"enters", "/probe", 3, false},
    [CQES] = {"cqes", "/probe", 3, false}, [FAILED] = {"failed", "", 0, false},
};

struct bench {
    unsigned rounds, in_flight;
    double seconds;
    bool sleepy, host_net, smoke;
    const char *json, *go, *only;
    uint16_t port;
    uint64_t failures;
};

static bool measure(struct bench *b, struct report *report, unsigned which, unsigned round)
{
    const struct http_rival *r = rivals[which];
    bool wanted = b->only == NULL || strcmp(b->only, r->name) == 0;
    void *client = wanted ? r->open(b->port, b->in_flight) : NULL;
    struct http_tally tally = {0};
    int64_t start, spent;
    double probes, cpu;

    if (!wanted)
        return true;
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
    if (tally.elapsed_s > 0)
        spent = (int64_t)(tally.elapsed_s * 1e9);
    report_put(report, round, which, RATE, probes / cpu);
    report_put(report, round, which, WALL, probes * 1e9 / (double)spent);
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
    report_claim(r, "rate: podring / bare chain", PODRING, RATE, CHAIN, '>', 0.95);
    report_claim(r, "rate: podring / epoll", PODRING, RATE, EPOLL, '>', 1.08);
    report_claim(r, "rate: podring / blocking connect and close", PODRING, RATE, CONNECT, '>',
                 0.60);
    report_claim(r, "rate: podring / Go client", PODRING, RATE, GO, '>', 3.2);
    report_claim(r, "ring enters a probe", PODRING, ENTERS, REPORT_ALONE, '<', 0.10);
    report_claim(r, "completions a probe", PODRING, CQES, REPORT_ALONE, '<', 1.05);
    report_claim(r, "rate: RST / none", PORT_RST, RATE, PORT, '>', 1.07);
    report_claim(r, "rate: RST and fast open / none", PORT_FAST, RATE, PORT, '>', 1.2);
    report_claim(r, "rate: keep-alive / none", PORT_KEEP, RATE, PORT, '>', 6);
    report_claim(r, "rate: port / bare chain", PORT, RATE, CHAIN, 0, 0);
    report_claim(r, "by the wall clock: podring / bare chain", PODRING, WALL, CHAIN, 0, 0);
    report_claim(r, "by the wall clock: podring / epoll", PODRING, WALL, EPOLL, 0, 0);
    report_claim(r, "by the wall clock: podring / blocking", PODRING, WALL, CONNECT, 0, 0);
    report_claim(r, "by the wall clock: podring / Go client", PODRING, WALL, GO, 0, 0);
    report_claim(r, "by the wall clock: RST / none", PORT_RST, WALL, PORT, 0, 0);
    report_claim(r, "by the wall clock: RST and fast open / none", PORT_FAST, WALL, PORT, 0, 0);
    report_claim(r, "by the wall clock: keep-alive / none", PORT_KEEP, WALL, PORT, 0, 0);
}

/* As many addresses as the engine needs pods to be kept busy, for everybody: a third more probes
 * are due than the port can do. */
static void calibrate(const struct bench *b)
{
    void *client = http_port.open(b->port, b->in_flight);
    int64_t ns = (int64_t)(b->seconds * 1e9);
    struct http_tally tally = {0};

    if (client == NULL)
        return;
    http_port.run(client, report_clock_ns() + ns, &tally);
    http_port.close(client);
    http_addresses = (uint32_t)((double)tally.probes / b->seconds * 1.33 / HTTP_PROBES_PER_POD) + 1;
}

int main(int argc, char **argv)
{
    static struct bench b = {.rounds = 5, .in_flight = 64, .seconds = 0.4};
    const struct report_flag flags[] = {
        {"--rounds", REPORT_NUMBER, &b.rounds, 1, REPORT_ROUNDS_MAX, "how often all is measured"},
        {"--seconds", REPORT_REAL, &b.seconds, 0.01, 3600, "for one client in one round"},
        {"--in-flight", REPORT_NUMBER, &b.in_flight, 1, 4096, "probes under way at any time"},
        {"--sleepy", REPORT_SWITCH, &b.sleepy, 0, 0, "the server sleeps when it is idle"},
        {"--host-net", REPORT_SWITCH, &b.host_net, 0, 0,
         "in the machine's network, not in one of its own"},
        {"--go", REPORT_TEXT, &b.go, 0, 0, "the program of perf/rivals/goclient"},
        {"--only", REPORT_TEXT, &b.only, 0, 0, "one row"},
        {"--smoke", REPORT_SWITCH, &b.smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &b.json, 0, 0, "writes the result"},
    };
    bool two_cores = sysconf(_SC_NPROCESSORS_ONLN) > 1, ok = true;
    struct report *r = report_new("http", columns, RX_ARRAY_LEN(columns));
    const char *network = "the machine's";
    pid_t server;

    if (!report_flags("HTTP probes over real sockets, as many as one core can carry", argc, argv,
                      flags, RX_ARRAY_LEN(flags)))
        return 64;
    if (b.smoke) {
        b.rounds = 1;
        b.seconds = 0.05;
    }
    if (b.go != NULL)
        http_go_program = b.go;
    if (!b.host_net)
        network = http_own_network();
    server = http_server_start(&b.port, two_cores ? 1 : -1, two_cores && !b.sleepy);
    if (server < 0) {
        fprintf(stderr, "bench_http: no server\n");
        return 69;
    }
    if (two_cores)
        http_stay_on_cpu(0);
    calibrate(&b);
    report_fact(r, "policy", "%u in flight, %u addresses, %g s to a measurement", b.in_flight,
                http_addresses, b.seconds);
    report_fact(r, "server", "%s, io_uring, on the other core: %s",
                b.sleepy ? "sleeps when idle" : "spins", two_cores ? "yes" : "no, there is one");
    report_fact(r, "network", "%s", network);
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
