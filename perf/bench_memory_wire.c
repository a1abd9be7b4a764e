/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_memory_wire.c - HTTP probes through the real wire code over in-memory sockets, on the real
 * clock: what a probe costs us when the kernel's TCP costs nothing.
 *
 *   port        the simulated port alone: CALL, ACCEPT, RECV, SEND of the same bytes, no HTTP
 *   wire        the httpGet carrier against the responder: requests rendered, parsed, answered,
 *               answers parsed; a deadline armed and disarmed for each; the bench is the worker
 *   wire keep   the same on kept connections
 *   dense       whole pods through podring.h, overloaded: a million probes, fifty containers a pod
 *   dense keep  the same on kept connections, as many as there is room for (49,152)
 *   pods        the same with a container a pod and a tenth of the probes: as many pods as one has,
 *               and cache misses on every one
 *
 * A probe's period is a second at least, so whole pods need a million probes to ask for a million a
 * second; what they then show is memory, some 900 bytes of which are touched for each probe. The
 * rows above them show the code.
 *
 * Times are CPU time of the one thread there is: others on the machine do not count. Rows take
 * turns in a rotated order; the pods are measured once they have all answered and nothing is
 * published any more.
 */
#define pod_attempt_done bench_attempt_done
#define pod_attempt_free bench_attempt_free
#define probe_http       bench_probe_http
#include "probes/carry/http.c"

#include <stdio.h>
#include <stdlib.h>

#include "api/podring.h"
#include "engine/pod/pod.h"
#include "engine/reactor/limit.h"
#include "perf/report.h"
#include "perf/rivals/http.h"
#include "probes/serve/responder.h"

enum { TARGETS = 512, PORT = 8080, IP_FIRST = 0x7f010000 };
enum { DENSE_CONTAINERS = 50, DENSE_PROBES = 2 };

enum { PORT_ALONE, WIRE, WIRE_KEEP, DENSE, DENSE_KEEP, PODS, ROWS };
static const struct {
    const char *name, *what;
} rows[ROWS] = {
    [PORT_ALONE] = {"port", "in-memory sockets alone, no HTTP"},
    [WIRE] = {"wire", "httpGet carrier and responder, a new connection each"},
    [WIRE_KEEP] = {"wire keep", "\", kept connections"},
    [DENSE] = {"dense", "whole pods, fifty containers each, overloaded"},
    [DENSE_KEEP] = {"dense keep", "\", kept connections where there is room"},
    [PODS] = {"pods", "whole pods, one container and one probe each"},
};

enum { RATE, COST, ALLOCATIONS };

static const struct report_column columns[] = {
    [RATE] = {"rate", "/s", 0, true},
    [COST] = {"cpu", "ns/probe", 0, false},
    [ALLOCATIONS] = {"allocations", "", 0, false},
};

struct bench {
    unsigned rounds, probes, in_flight;
    double seconds;
    bool smoke;
    const char *only, *json;
};

struct result {
    uint64_t probes, failures, allocations;
    double cpu_s;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench_memory_wire: %s\n", what);
    exit(1);
}

static struct rx_loop *loop_open(struct rx_mem *mem, uint32_t connections)
{
    struct rx_sim_options options = {.clock = RX_SIM_REAL, .connections_max = connections};
    struct rx_loop *loop = calloc(1, sizeof(*loop));
    struct rx_port *port;

    if (loop == NULL || rx_mem_open(mem) != 0 || rx_port_sim_open(&port, mem, &options) != 0 ||
        rx_loop_init(loop, port, mem) != 0)
        fail("out of memory");
    return loop;
}

/* Long enough between two looks at the clock not to count. */
static bool turns(struct rx_loop *loop, int64_t until_ns)
{
    for (int i = 0; i < 64; i++)
        if (rx_loop_turn(loop, RX_MS_NEVER) < 0)
            fail("the port failed");
    return report_clock_ns() < until_ns;
}

static struct rx_addr target_of(uint64_t n)
{
    return (struct rx_addr){IP_FIRST + (uint32_t)(n % TARGETS), PORT};
}

/* ---- the carrier and the responder, and this file for the worker --------------------------------
 */

static struct wire {
    struct rx_mem mem;
    struct rx_loop *loop;
    struct probe_responder *responder;
    struct probe_socket_options options;
    struct pod_handler_spec handler;
    struct pod_attempt *again; /* those that are over */
    struct pod_world world;      /* of which attempts need the seed and the counts alone */
    uint64_t asked, done, failures;
} wire;

static bool answer(void *ctx, uint64_t pod, uint32_t container, uint16_t port, const char *path,
                   uint32_t path_length, uint64_t tag, struct pod_answer *out)
{
    (void)ctx, (void)pod, (void)container, (void)port, (void)path, (void)path_length, (void)tag;
    *out = (struct pod_answer){
        .act = POD_SERVE_ANSWER, .status = 200, .keep.idle = POD_KEEP_IDLE_MS};
    return true;
}

void bench_attempt_done(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                        uint32_t length)
{
    (void)a, (void)text, (void)length;
    wire.done++;
    wire.failures += outcome != POD_SUCCESS;
}

void bench_attempt_free(struct pod_attempt *a)
{
    a->next_free = wire.again;
    wire.again = a;
}

enum { DEADLINE_BIT = 128 }; /* of a key here */

/* The deadline of an attempt, or the moment when it is answered. */
static void on_timer(void *ctx, struct rx_timer *t)
{
    struct pod_attempt *a;

    (void)ctx;
    if (t->key & DEADLINE_BIT) {
        a = rx_container_of(t, struct pod_attempt, deadline);
        a->carrier->expire(a);
    } else {
        a = rx_container_of(t, struct pod_attempt, step);
        a->carrier->step(a);
    }
}

static void bench_ask(struct pod_attempt *a)
{
    uint64_t n = wire.asked++;

    memset(a, 0, offsetof(struct pod_attempt, scratch));
    rx_timer_init(&a->step, rx_key(POD_CLASS_DONE, n % TARGETS << 8));
    rx_timer_init(&a->deadline, rx_key(POD_CLASS_DONE, n % TARGETS << 8 | DEADLINE_BIT));
    a->loop = wire.loop;
    a->world = &wire.world;
    a->carrier = &bench_probe_http;
    a->carrier_ctx = &wire.options;
    a->handler = &wire.handler;
    a->timeout = RX_NS_PER_S;
    a->ip = target_of(n).ip;
    a->user_agent = "kube-probe/1.36";
    a->probe = n % TARGETS;
    a->started = rx_loop_clock(wire.loop);
    a->began = rx_loop_now(wire.loop);
    a->serial = (uint64_t)a->began << 8;
    a->carrier->start(a);
}

/* In the middle of a turn there is nobody to take an attempt up again; at its end there is. */
static void bench_ask_freed(void *owner)
{
    struct pod_attempt *a = wire.again;

    (void)owner;
    wire.again = NULL;
    while (a != NULL) {
        struct pod_attempt *next = a->next_free;

        bench_ask(a);
        a = next;
    }
}

static void wire_serve(void)
{
    const struct probe_responder_options options =
        {.answer = answer, .timer_class = POD_CLASS_SERVE};
    static const uint16_t ports[] = {PORT};
    const struct pod_server *server;

    if (probe_responder_open(&wire.responder, wire.loop, &wire.mem, &options) != 0)
        fail("out of memory");
    server = probe_responder_server(wire.responder);
    rx_loop_on(wire.loop, POD_CLASS_SERVE, probe_responder_timer, wire.responder);
    for (uint32_t i = 0; i < TARGETS; i++)
        server->up(server->ctx,
                   &(struct pod_serve_target){
                       .pod = i + 1, .ip = target_of(i).ip, .port_count = 1, .port = ports});
}

static void run_wire(const struct bench *b, bool keep, struct result *out)
{
    struct pod_attempt *attempts = calloc(b->in_flight, sizeof(*attempts));
    int64_t until = report_clock_ns() + (int64_t)(b->seconds * 1e9);
    uint64_t breaches;
    double cpu;

    if (attempts == NULL)
        fail("out of memory");
    memset(&wire, 0, sizeof(wire));
    wire.loop = loop_open(&wire.mem, 0);
    wire.handler = (struct pod_handler_spec){
        .kind = POD_HANDLER_HTTP, .port = PORT, .port_text = "8080", .path = "/healthz"};
    if (keep && probe_kept_open(&wire.options.kept, wire.loop, &wire.mem) != 0)
        fail("out of memory");
    rx_loop_on(wire.loop, POD_CLASS_DONE, on_timer, NULL);
    rx_loop_on(wire.loop, POD_CLASS_ANSWER, on_timer, NULL);
    wire_serve();
    for (uint32_t i = 0; i < b->in_flight; i++)
        bench_attempt_free(&attempts[i]);
    wire.loop->turn_end = bench_ask_freed;
    bench_ask_freed(NULL);
    for (int i = 0; i < 4 * TARGETS; i++) /* every target has been asked, every pool has grown */
        rx_loop_turn(wire.loop, RX_MS_NEVER);
    rx_mem_enter(&wire.mem, RX_MEM_SEALED);
    breaches = rx_mem_breaches(&wire.mem);
    wire.done = 0;
    cpu = report_cpu_s();
    while (turns(wire.loop, until))
        ;
    out->cpu_s = report_cpu_s() - cpu;
    out->probes = wire.done;
    out->failures = wire.failures;
    out->allocations = rx_mem_breaches(&wire.mem) - breaches;
    wire.loop->port->ops->destroy(wire.loop->port);
    wire.loop->port = NULL;
    probe_responder_close(wire.responder);
    probe_kept_close(wire.options.kept);
    rx_loop_fini(wire.loop);
    rx_mem_close(&wire.mem);
    free(wire.loop);
    free(attempts);
}

/* ---- the port alone
 * ------------------------------------------------------------------------------ */

struct half {
    struct rx_op op;
    struct half *next;
    char in[512];
};

static struct {
    struct rx_mem mem;
    struct rx_loop *loop;
    struct rx_op accept[TARGETS];
    struct half *server_free;
    uint64_t asked, done, failures;
} bare;

static void bare_on_server(struct rx_loop *loop, struct rx_op *op)
{
    struct half *h = rx_container_of(op, struct half, op);

    if (op->kind == RX_OP_RECV && op->res > 0) {
        op->kind = RX_OP_SEND;
        op->out = http_answer;
        op->out_len = (uint32_t)strlen(http_answer);
        rx_loop_start(loop, op);
        return;
    }
    rx_loop_close(loop, op->sock, false);
    h->next = bare.server_free;
    bare.server_free = h;
}

static void bare_on_accept(struct rx_loop *loop, struct rx_op *op)
{
    struct half *h = bare.server_free;

    if (op->res < 0)
        return;
    if (h == NULL)
        h = calloc(1, sizeof(*h)); /* never freed: as many as were ever open at once */
    else
        bare.server_free = h->next;
    h->op = (struct rx_op){.kind = RX_OP_RECV,
                           .done = bare_on_server,
                           .sock = op->sock_new,
                           .in = h->in,
                           .in_len = sizeof(h->in)};
    rx_loop_start(loop, &h->op);
}

static void bare_on_answer(struct rx_loop *loop, struct rx_op *op);

static void bare_ask(struct half *h)
{
    h->op = (struct rx_op){.kind = RX_OP_CALL,
                           .done = bare_on_answer,
                           .sock = RX_SOCK_NONE,
                           .to = target_of(bare.asked++),
                           .out = http_request,
                           .out_len = (uint32_t)strlen(http_request),
                           .in = h->in,
                           .in_len = sizeof(h->in)};
    rx_loop_start(bare.loop, &h->op);
}

static void bare_on_answer(struct rx_loop *loop, struct rx_op *op)
{
    struct half *h = rx_container_of(op, struct half, op);

    bare.done++;
    bare.failures += !http_is_ok(h->in, op->res);
    if (op->sock != RX_SOCK_NONE)
        rx_loop_close(loop, op->sock, false);
    bare_ask(h);
}

static void run_port(const struct bench *b, struct result *out)
{
    struct half *halves = calloc(b->in_flight, sizeof(*halves));
    int64_t until;
    double cpu;

    if (halves == NULL)
        fail("out of memory");
    memset(&bare, 0, sizeof(bare));
    bare.loop = loop_open(&bare.mem, 0);
    for (uint32_t i = 0; i < TARGETS; i++) {
        rx_sock sock;

        if (rx_loop_listen(bare.loop, target_of(i), 128, &sock) != 0)
            fail("no listener");
        bare.accept[i] = (struct rx_op){.kind = RX_OP_ACCEPT, .sock = sock, .done = bare_on_accept};
        rx_loop_start(bare.loop, &bare.accept[i]);
    }
    for (uint32_t i = 0; i < b->in_flight; i++)
        bare_ask(&halves[i]);
    until = report_clock_ns() + (int64_t)(b->seconds * 1e9);
    cpu = report_cpu_s();
    while (turns(bare.loop, until))
        ;
    out->cpu_s = report_cpu_s() - cpu;
    out->probes = bare.done;
    out->failures = bare.failures;
    rx_loop_fini(bare.loop);
    rx_mem_close(&bare.mem);
    free(bare.loop);
    free(halves);
}

/* ---- whole pods
 * ---------------------------------------------------------------------------------- */

static char *manifest(unsigned pods, unsigned containers)
{
    static const char probe[] =
        "{httpGet: {path: /healthz, port: 8080}, periodSeconds: 1, failureThreshold: 1000000}";
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    if (f == NULL)
        fail("out of memory");
    fprintf(f,
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wire}\nspec:\n"
            "  replicas: %u\n  selector: {matchLabels: {app: wire}}\n  template:\n"
            "    metadata: {labels: {app: wire}}\n    spec:\n      containers:\n",
            pods);
    for (unsigned i = 0; i < containers; i++) {
        fprintf(f, "      - name: c%u\n        image: i:1\n        livenessProbe: %s\n", i, probe);
        if (containers > 1)
            fprintf(f, "        readinessProbe: %s\n", probe);
        if (i == 0)
            fprintf(f, "        ports: [{containerPort: 8080}]\n");
    }
    fclose(f);
    return text;
}

/* By the wall clock: an engine that is behind its schedule would take its own for done. */
static void turn_for(podring *ring, double seconds)
{
    int64_t until = report_clock_ns() + (int64_t)(seconds * 1e9);

    while (report_clock_ns() < until)
        if (podring_turn(ring, 1) < 0)
            fail(podring_why(ring));
}

static void run_pods(const struct bench *b, unsigned pods, unsigned containers, bool keep,
                     struct result *out)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_stats before = PODRING_STATS_INIT, after = PODRING_STATS_INIT;
    char *text = manifest(pods, containers);
    uint64_t probes = (uint64_t)pods * (containers > 1 ? containers * DENSE_PROBES : 1);
    podring *ring;
    double cpu;

    o.net = PODRING_NET_MEMORY;
    o.timing = PODRING_TIMING_SPREAD;
    o.flags = PODRING_NO_EVENTS | PODRING_NO_PROBE_EVENTS | (keep ? PODRING_KEEP_ALIVE : 0);
    o.attempts_max = b->in_flight; /* the rest waits in line */
    if (podring_open(&o, &ring) != 0 ||
        podring_load_text(ring, "<bench>", text, strlen(text)) != 0 || podring_apply(ring) != 0)
        fail(podring_why(NULL));
    do { /* every probe has answered once, and what that changes has been published */
        turn_for(ring, 0.1);
        podring_stats(ring, &before);
    } while (before.probes_done < probes + probes / 4);
    cpu = report_cpu_s();
    turn_for(ring, b->seconds);
    out->cpu_s = report_cpu_s() - cpu;
    podring_stats(ring, &after);
    out->probes = after.probes_done - before.probes_done;
    out->failures = out->probes - (after.success - before.success);
    out->allocations = after.steady_allocations - before.steady_allocations;
    podring_close(ring);
    free(text);
}

/* ---- rounds
 * --------------------------------------------------------------------------------------- */

/* More probes due than whole pods can do, but not many more: a tick that finds its probe waiting
 * costs time, too, and says nothing. Whole pods do about half of what the wire code can, and how
 * much that is just now depends on who else is on the machine. */
static unsigned somewhat_too_many(const struct bench *b)
{
    int64_t from = report_clock_ns();
    struct result v = {0};

    run_wire(b, false, &v);
    return (unsigned)((double)v.probes * 0.8e9 / (double)(report_clock_ns() - from)) + 1000;
}

static void measure(const struct bench *b, struct report *r, unsigned row, unsigned round)
{
    unsigned dense = b->probes / (DENSE_CONTAINERS * DENSE_PROBES);
    struct result v = {0};

    switch (row) {
    case PORT_ALONE:
        run_port(b, &v);
        break;
    case WIRE:
    case WIRE_KEEP:
        run_wire(b, row == WIRE_KEEP, &v);
        break;
    case DENSE:
    case DENSE_KEEP:
        run_pods(b, dense > 0 ? dense : 1, DENSE_CONTAINERS, row == DENSE_KEEP, &v);
        break;
    default:
        run_pods(b, b->probes > 10 ? b->probes / 10 : 1, 1, false, &v);
        break;
    }
    if (v.failures > 0 || v.probes == 0) {
        fprintf(stderr, "bench_memory_wire: %s: %llu probes, %llu failed\n", rows[row].name,
                (unsigned long long)v.probes, (unsigned long long)v.failures);
        exit(1);
    }
    report_put(r, round, row, RATE, (double)v.probes / v.cpu_s);
    report_put(r, round, row, COST, v.cpu_s * 1e9 / (double)v.probes);
    report_put(r, round, row, ALLOCATIONS, (double)v.allocations);
}

static void claim(struct report *r)
{
    report_claim(r, "HTTP probes a second through the wire code", WIRE, RATE, REPORT_ALONE, '>',
                 1e6);
    report_claim(r, "the same on kept connections", WIRE_KEEP, RATE, REPORT_ALONE, '>', 1e6);
    report_claim(r, "rate: wire / port alone", WIRE, RATE, PORT_ALONE, 0, 0);
    report_claim(r, "rate: kept / new connections", WIRE_KEEP, RATE, WIRE, 0, 0);
    report_claim(r, "HTTP probes a second of whole pods, dense", DENSE, RATE, REPORT_ALONE, '>',
                 1e6);
    report_claim(r, "allocations while measuring", WIRE, ALLOCATIONS, REPORT_ALONE, '<', 0);
}

int main(int argc, char **argv)
{
    struct bench b = {.rounds = 5, .in_flight = 64, .seconds = 0.5};
    const struct report_flag flags[] = {
        {"--rounds", REPORT_NUMBER, &b.rounds, 1, REPORT_ROUNDS_MAX, "how often all is measured"},
        {"--seconds", REPORT_REAL, &b.seconds, 0.01, 3600, "one measurement of one row"},
        {"--probes", REPORT_NUMBER, &b.probes, 1, 1e7,
         "of all pods together, instead of some more than can be done"},
        {"--in-flight", REPORT_NUMBER, &b.in_flight, 1, 4096, "probes under way at any time"},
        {"--only", REPORT_TEXT, &b.only, 0, 0, "one row"},
        {"--smoke", REPORT_SWITCH, &b.smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &b.json, 0, 0, "writes the result"},
    };
    struct report *r = report_new("memory_wire", columns, RX_ARRAY_LEN(columns));
    bool ok = true;

    if (!report_flags("HTTP probes through the wire code over in-memory sockets", argc, argv, flags,
                      RX_ARRAY_LEN(flags)))
        return 64;
    if (b.smoke) {
        b.rounds = 1;
        b.seconds = 0.05;
        b.probes = 1000;
    }
    if (b.probes == 0)
        b.probes = somewhat_too_many(&b);
    report_fact(r, "policy", "%u in flight, %d targets (port, wire), %u probes (pods)", b.in_flight,
                TARGETS, b.probes);
    report_fact(r, "rate", "probes a second of CPU time, %g s to a measurement", b.seconds);
    for (unsigned i = 0; i < ROWS; i++)
        report_row(r, i, rows[i].name, rows[i].what);
    for (unsigned round = 0; round < b.rounds; round++)
        for (unsigned i = 0; i < ROWS; i++)
            if (b.only == NULL || strcmp(b.only, rows[(i + round) % ROWS].name) == 0)
                measure(&b, r, (i + round) % ROWS, round);
    if (!b.smoke)
        claim(r);
    report_print(r);
    ok = b.json == NULL || report_write(r, b.json);
    report_free(r);
    return ok ? 0 : 1;
}
