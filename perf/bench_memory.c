/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_memory.c - how many whole probe exchanges a second the simulated port carries on one core.
 *
 * One exchange is what an HTTP probe costs in a simulation without its parsing: CALL on the
 * client's side, then its close; ACCEPT, RECV, SEND and close on the server's. Both sides run on
 * one loop, so dispatch is in the number. A row for each number in flight, and one under latency.
 */
#include "engine/reactor/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perf/report.h"

static const char request[] = "GET /healthz HTTP/1.1\r\nHost: 127.1.0.1:8080\r\n"
                              "User-Agent: kube-probe/1.36\r\nAccept: */*\r\n"
                              "Connection: close\r\n\r\n";
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                             "Content-Length: 2\r\nConnection: close\r\n\r\nok";

enum { PODS = 1000, FLIGHT_MAX = 4096, PORT = 8080 };

struct bench;

struct client {
    struct rx_op op;
    struct bench *bench;
    char in[512];
};

struct server {
    struct rx_op op;
    struct bench *bench;
    struct server *next_free;
    char in[512];
};

struct bench {
    struct rx_loop loop;
    struct rx_op accept[PODS];
    struct client client[FLIGHT_MAX];
    struct server server[FLIGHT_MAX * 2]; /* a client may be back before its server has closed */
    struct server *free_server;
    uint32_t next_pod;
    uint64_t exchanges;
};

static const struct row {
    const char *name, *what;
    uint32_t flight;
    rx_ns latency;
} rows[] = {
    {"one", "1 in flight", 1, 0},
    {"few", "64 in flight", 64, 0},
    {"many", "4096 in flight", FLIGHT_MAX, 0},
    {"latency", "64 in flight, 0.5 to 1 ms each way", 64, RX_NS_PER_MS},
};

enum { RATE };

static const struct report_column columns[] = {[RATE] = {"exchanges", "/cpu-s", 0, true}};

static void fail(const char *what)
{
    fprintf(stderr, "bench_memory: %s\n", what);
    exit(1);
}

/* ---- the server's side ---------------------------------------------------------------------- */

static void on_sent(struct rx_loop *loop, struct rx_op *op)
{
    struct server *s = rx_container_of(op, struct server, op);

    rx_loop_close(loop, op->sock, false);
    s->next_free = s->bench->free_server;
    s->bench->free_server = s;
}

static void on_request(struct rx_loop *loop, struct rx_op *op)
{
    if (op->res != sizeof(request) - 1)
        fail("a request came in pieces");
    op->kind = RX_OP_SEND;
    op->done = on_sent;
    op->out = answer;
    op->out_len = sizeof(answer) - 1;
    rx_loop_start(loop, op);
}

static void on_accept(struct rx_loop *loop, struct rx_op *op)
{
    struct bench *b = rx_container_of(loop, struct bench, loop);
    struct server *s = b->free_server;

    if (op->res < 0 || s == NULL)
        fail("cannot accept");
    b->free_server = s->next_free;
    s->op = (struct rx_op){.kind = RX_OP_RECV,
                           .done = on_request,
                           .sock = op->sock_new,
                           .in = s->in,
                           .in_len = sizeof(s->in)};
    rx_loop_start(loop, &s->op);
}

/* ---- the client's side ---------------------------------------------------------------------- */

static void on_answer(struct rx_loop *loop, struct rx_op *op);

static void ask(struct client *c)
{
    struct bench *b = c->bench;

    b->next_pod = (b->next_pod + 1) % PODS;
    c->op = (struct rx_op){.kind = RX_OP_CALL,
                           .done = on_answer,
                           .to = {0x7f010000 + b->next_pod, PORT},
                           .out = request,
                           .out_len = sizeof(request) - 1,
                           .in = c->in,
                           .in_len = sizeof(c->in)};
    rx_loop_start(&b->loop, &c->op);
}

static void on_answer(struct rx_loop *loop, struct rx_op *op)
{
    struct client *c = rx_container_of(op, struct client, op);

    if (op->res != sizeof(answer) - 1 || memcmp(c->in, answer, sizeof(answer) - 1) != 0)
        fail("not the answer");
    rx_loop_close(loop, op->sock, false);
    c->bench->exchanges++;
    ask(c);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void prepare(struct bench *b, struct rx_port *port)
{
    for (uint32_t i = 0; i < RX_ARRAY_LEN(b->server); i++) {
        b->server[i].bench = b;
        b->server[i].next_free = b->free_server;
        b->free_server = &b->server[i];
    }
    for (uint32_t i = 0; i < PODS; i++) {
        rx_sock sock;

        if (port->ops->listen(port, (struct rx_addr){0x7f010000 + i, PORT}, 128, &sock) != 0)
            fail("cannot listen");
        b->accept[i] = (struct rx_op){.kind = RX_OP_ACCEPT, .done = on_accept, .sock = sock};
        rx_loop_start(&b->loop, &b->accept[i]);
    }
}

/* Exchanges a second of CPU. */
static double run(const struct row *row, double seconds)
{
    struct rx_sim_options options = {
        .seed = 1, .latency_min = row->latency / 2, .latency_max = row->latency};
    struct bench *b = calloc(1, sizeof(*b));
    struct rx_port *port;
    struct rx_mem mem;
    uint64_t warm;
    double start, stop, rate;

    if (b == NULL || rx_mem_open(&mem) != 0 || rx_port_sim_open(&port, &mem, &options) != 0 ||
        rx_loop_init(&b->loop, port, &mem) != 0)
        fail("out of memory");
    prepare(b, port);
    for (uint32_t i = 0; i < row->flight; i++) {
        b->client[i].bench = b;
        ask(&b->client[i]);
    }
    while (b->exchanges < 2 * row->flight)
        rx_loop_turn(&b->loop, RX_MS_NEVER);
    rx_mem_enter(&mem, RX_MEM_SEALED);
    warm = b->exchanges;
    start = report_cpu_s();
    do {
        for (int i = 0; i < 100; i++)
            rx_loop_turn(&b->loop, RX_MS_NEVER);
        stop = report_cpu_s();
    } while (stop - start < seconds);
    rate = (double)(b->exchanges - warm) / (stop - start);
    if (rx_mem_breaches(&mem) != 0)
        fail("allocated in the steady state");
    rx_loop_fini(&b->loop);
    rx_mem_close(&mem);
    free(b);
    return rate;
}

int main(int argc, char **argv)
{
    unsigned rounds = 3;
    double seconds = 0.5;
    bool smoke = false;
    const char *json = NULL;
    const struct report_flag flags[] = {
        {"--rounds", REPORT_NUMBER, &rounds, 1, REPORT_ROUNDS_MAX, "how often all is measured"},
        {"--seconds", REPORT_REAL, &seconds, 0.001, 3600, "of CPU, for one measurement"},
        {"--smoke", REPORT_SWITCH, &smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &json, 0, 0, "writes the result"},
    };
    struct report *r = report_new("memory", columns, RX_ARRAY_LEN(columns));
    bool ok;

    if (!report_flags("whole probe exchanges over the in-memory sockets of a simulation", argc,
                      argv, flags, RX_ARRAY_LEN(flags)))
        return 64;
    if (smoke) {
        rounds = 1;
        seconds = 0.01;
    }
    for (unsigned i = 0; i < RX_ARRAY_LEN(rows); i++)
        report_row(r, i, rows[i].name, rows[i].what);
    for (unsigned round = 0; round < rounds; round++)
        for (unsigned i = 0; i < RX_ARRAY_LEN(rows); i++)
            report_put(r, round, i, RATE, run(&rows[i], seconds));
    report_print(r);
    ok = json == NULL || report_write(r, json);
    report_free(r);
    return ok ? 0 : 1;
}
