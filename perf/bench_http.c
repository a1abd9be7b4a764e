/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_http.c - real HTTP probes, a new connection each, as many as one core can carry.
 *
 * Our port and its rivals send the same request to the same server, a process of its own on the
 * other core; each keeps the same number in flight. They take turns: every round runs all of them
 * in a rotated order, ratios are taken within a round, and the median of the rounds is what counts.
 * On a shared machine the rates swing by half; the ratios do not.
 *
 *   bench_http [--rounds N] [--seconds S] [--in-flight N] [--sleepy] [--json FILE]
 *
 * --seconds is for one client in one round. --sleepy: the server sleeps when it has nothing to do,
 * and the client pays for waking it.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "engine/reactor/limit.h"
#include "engine/reactor/port.h"
#include "perf/rivals/http.h"

enum { ROUNDS_MAX = 101, ANSWER_MAX = 256 };

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
        bool again = http_clock_ns() < until_ns;

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

/* ---- rounds ------------------------------------------------------------------------------------
 */

enum { OURS, CHAIN, EPOLL, OURS_RST, CONNECT, RIVALS };

static const struct http_rival *const rivals[RIVALS] = {
    [OURS] = &engine,         [CHAIN] = &http_chain,      [EPOLL] = &http_epoll,
    [OURS_RST] = &engine_rst, [CONNECT] = &http_blocking,
};

struct sample {
    double rate, cpu_us, enters, cqes;
};

struct bench {
    uint32_t rounds, in_flight;
    double seconds;
    bool sleepy;
    const char *json;
    uint16_t port;
    struct sample sample[RIVALS][ROUNDS_MAX];
    uint64_t probes[RIVALS], failures[RIVALS];
};

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static bool measure(struct bench *b, unsigned which, unsigned round)
{
    const struct http_rival *r = rivals[which];
    void *client = r->open(b->port, b->in_flight);
    struct http_tally tally = {0};
    struct rusage before, after;
    int64_t start, spent;
    double probes;

    if (client == NULL)
        return false;
    getrusage(RUSAGE_SELF, &before);
    start = http_clock_ns();
    r->run(client, start + (int64_t)(b->seconds * 1e9), &tally);
    spent = http_clock_ns() - start;
    getrusage(RUSAGE_SELF, &after);
    r->close(client);
    b->probes[which] += tally.probes;
    b->failures[which] += tally.failures;
    probes = tally.probes > 0 ? (double)tally.probes : 1;
    b->sample[which][round] = (struct sample){
        .rate = probes * 1e9 / (double)spent,
        .cpu_us = (seconds_of(after.ru_utime) - seconds_of(before.ru_utime) +
                   seconds_of(after.ru_stime) - seconds_of(before.ru_stime)) *
                  1e6 / probes,
        .enters = (double)tally.enters / probes,
        .cqes = (double)tally.cqes / probes,
    };
    return true;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, unsigned n)
{
    qsort(values, n, sizeof *values, compare);
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* The median over the rounds of one field; `to` a rival, of the ratio to the same field of that. */
static double median_of(const struct bench *b, size_t offset, unsigned which, unsigned to)
{
    double values[ROUNDS_MAX];

    for (unsigned i = 0; i < b->rounds; i++) {
        const char *mine = (const char *)&b->sample[which][i];
        const char *other = to < RIVALS ? (const char *)&b->sample[to][i] : NULL;

        values[i] = *(const double *)(const void *)(mine + offset);
        if (other != NULL)
            values[i] /= *(const double *)(const void *)(other + offset);
    }
    return median(values, b->rounds);
}

/* ---- report ------------------------------------------------------------------------------------
 */

#define MEDIAN(b, which, field)    median_of(b, offsetof(struct sample, field), which, RIVALS)
#define RATIO(b, which, field, to) median_of(b, offsetof(struct sample, field), which, to)

static void print_rows(const struct bench *b)
{
    printf("%-12s %9s %9s %8s %9s %8s %8s %8s  %s\n", "client", "probes/s", "vs chain", "cpu us",
           "vs chain", "enters", "cqes", "failed", "what");
    for (unsigned i = 0; i < RIVALS; i++)
        printf("%-12s %9.0f %9.3f %8.2f %9.3f %8.3f %8.3f %8llu  %s\n", rivals[i]->name,
               MEDIAN(b, i, rate), RATIO(b, i, rate, CHAIN), MEDIAN(b, i, cpu_us),
               RATIO(b, i, cpu_us, CHAIN), MEDIAN(b, i, enters), MEDIAN(b, i, cqes),
               (unsigned long long)b->failures[i], rivals[i]->what);
}

static int write_json(const struct bench *b)
{
    struct utsname name;
    FILE *f = strcmp(b->json, "-") == 0 ? stdout : fopen(b->json, "w");

    if (f == NULL) {
        perror(b->json);
        return 1;
    }
    uname(&name);
    fprintf(f,
            "{\"bench\":\"http\",\"kernel\":\"%s\",\"inFlight\":%u,\"rounds\":%u,\"seconds\":%g,",
            name.release, b->in_flight, b->rounds, b->seconds);
    fprintf(f, "\"server\":\"%s\",\"rows\":[", b->sleepy ? "sleepy" : "spinning");
    for (unsigned i = 0; i < RIVALS; i++)
        fprintf(f,
                "%s{\"client\":\"%s\",\"rate\":%.0f,\"rateToChain\":%.4f,\"rateToEpoll\":%.4f,"
                "\"rateToConnect\":%.4f,\"cpuMicros\":%.3f,\"cpuToChain\":%.4f,"
                "\"cpuToEpoll\":%.4f,\"enters\":%.4f,\"cqes\":%.4f,\"probes\":%llu,"
                "\"failures\":%llu}",
                i > 0 ? "," : "", rivals[i]->name, MEDIAN(b, i, rate), RATIO(b, i, rate, CHAIN),
                RATIO(b, i, rate, EPOLL), RATIO(b, i, rate, CONNECT), MEDIAN(b, i, cpu_us),
                RATIO(b, i, cpu_us, CHAIN), RATIO(b, i, cpu_us, EPOLL), MEDIAN(b, i, enters),
                MEDIAN(b, i, cqes), (unsigned long long)b->probes[i],
                (unsigned long long)b->failures[i]);
    fprintf(f, "]}\n");
    return f != stdout && fclose(f) != 0;
}

/* ---- command line ------------------------------------------------------------------------------
 */

static int usage(void)
{
    fprintf(stderr, "usage: bench_http [--rounds N] [--seconds S] [--in-flight N] [--sleepy] "
                    "[--json FILE]\n");
    return 64;
}

static bool parse(struct bench *b, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];

        if (strcmp(name, "--sleepy") == 0) {
            b->sleepy = true;
            continue;
        }
        if (++i == argc)
            return false;
        if (strcmp(name, "--rounds") == 0)
            b->rounds = (uint32_t)strtoul(argv[i], NULL, 10);
        else if (strcmp(name, "--seconds") == 0)
            b->seconds = strtod(argv[i], NULL);
        else if (strcmp(name, "--in-flight") == 0)
            b->in_flight = (uint32_t)strtoul(argv[i], NULL, 10);
        else if (strcmp(name, "--json") == 0)
            b->json = argv[i];
        else
            return false;
    }
    return b->rounds >= 1 && b->rounds <= ROUNDS_MAX && b->in_flight >= 1 && b->in_flight <= 4096 &&
           b->seconds > 0 && b->seconds <= 3600;
}

static bool run(struct bench *b)
{
    for (unsigned round = 0; round < b->rounds; round++)
        for (unsigned i = 0; i < RIVALS; i++)
            if (!measure(b, (i + round) % RIVALS, round))
                return false;
    return true;
}

int main(int argc, char **argv)
{
    static struct bench b = {.rounds = 5, .in_flight = 64, .seconds = 0.4};
    bool two_cores = sysconf(_SC_NPROCESSORS_ONLN) > 1, ok;
    uint64_t failures = 0;
    pid_t server;

    if (!parse(&b, argc, argv))
        return usage();
    server = http_server_start(&b.port, two_cores ? 1 : -1, two_cores && !b.sleepy);
    if (server < 0) {
        fprintf(stderr, "bench_http: no server\n");
        return 69;
    }
    if (two_cores) {
        cpu_set_t first;

        CPU_ZERO(&first);
        CPU_SET(0, &first);
        sched_setaffinity(0, sizeof first, &first);
    }
    ok = run(&b);
    http_server_stop(server);
    if (!ok)
        return 69;
    print_rows(&b);
    for (unsigned i = 0; i < RIVALS; i++)
        failures += b.failures[i];
    if (b.json != NULL && write_json(&b) != 0)
        return 74;
    return failures == 0 ? 0 : 1;
}
