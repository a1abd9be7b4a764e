/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_podring.c - ours, behind the same table as the rivals: the port alone with each of the
 * socket policies, and the whole engine.
 *
 * The engine has pods whose liveness probes ask the server (PODRING_NO_SERVER), somewhat more of
 * them in a second than can be done: one starts whenever one ends, and the rest waits in line. A
 * probe's period is a second at least, so the pods have fifty containers each. Not many more: a
 * tick that finds its probe waiting costs time, too, and says nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"
#include "engine/reactor/limit.h"
#include "engine/reactor/port.h"
#include "perf/report.h"
#include "perf/rivals/http.h"

enum { ANSWER_MAX = 256, CONTAINERS = HTTP_PROBES_PER_POD };

/* ---- the port ----------------------------------------------------------------------------------
 */

enum { KEEP = 128 }; /* beside enum rx_op_flag: go on on the same connection */

struct call {
    struct rx_op op;
    char answer[ANSWER_MAX];
};

struct calls {
    struct rx_mem mem;
    struct rx_port *port;
    struct call *call;
    uint32_t in_flight;
    uint64_t started;
    uint16_t to_port;
    uint8_t flags;
    struct rx_ready ready[RX_READY_MAX];
};

static void *port_open_with(uint16_t port, uint32_t in_flight, uint8_t flags)
{
    struct calls *e = calloc(1, sizeof(*e));
    struct rx_uring_options options = {.slots = in_flight};
    char why[256] = "";

    if (rx_mem_open(&e->mem) != 0 ||
        rx_port_uring_open(&e->port, &e->mem, &options, why, sizeof(why)) != 0) {
        fprintf(stderr, "perf: %s\n", why);
        free(e);
        return NULL;
    }
    e->call = calloc(in_flight, sizeof(*e->call));
    e->in_flight = in_flight;
    e->to_port = flags & KEEP ? port + 1 : port;
    e->flags = flags;
    return e;
}

static void port_start(struct calls *e, struct call *c)
{
    const char *request = e->flags & KEEP ? http_request_keep : http_request;
    struct sockaddr_in to = http_address(e->started++, e->to_port);

    c->op = (struct rx_op){.kind = RX_OP_CALL,
                           .flags = e->flags & (uint8_t)~KEEP,
                           .sock = RX_SOCK_NONE,
                           .to = {ntohl(to.sin_addr.s_addr), e->to_port},
                           .out = request,
                           .out_len = (uint32_t)strlen(request),
                           .in = c->answer,
                           .in_len = sizeof(c->answer)};
    e->port->ops->start(e->port, &c->op);
}

/* What became of one call: on with the next, on the same connection or on another. */
static bool port_go_on(struct calls *e, struct call *c, rx_sock sock, bool again)
{
    c->op.state = RX_OP_DEAD;
    if (again && (e->flags & KEEP) && sock != RX_SOCK_NONE) {
        c->op.kind = RX_OP_TALK;
        c->op.sock = sock;
        e->port->ops->start(e->port, &c->op);
        return true;
    }
    if (sock != RX_SOCK_NONE)
        e->port->ops->close(e->port, sock, false);
    if (again)
        port_start(e, c);
    return again;
}

static void port_run(void *client, int64_t until_ns, struct http_tally *tally)
{
    struct calls *e = client;
    struct rx_port_stats before, after;
    uint32_t flying = e->in_flight;

    e->port->ops->stats(e->port, &before);
    for (uint32_t i = 0; i < e->in_flight; i++)
        port_start(e, &e->call[i]);
    while (flying > 0) {
        int n = e->port->ops->wait(e->port, RX_NS_NEVER, e->ready, RX_READY_MAX);
        bool again = report_clock_ns() < until_ns;

        if (n < 0) {
            tally->failures += flying;
            return;
        }
        for (int i = 0; i < n; i++) {
            struct call *c = rx_container_of(e->ready[i].op, struct call, op);
            rx_sock sock = c->op.kind == RX_OP_TALK ? c->op.sock : e->ready[i].sock;

            tally->probes++;
            if (!http_is_ok(c->answer, e->ready[i].res))
                tally->failures++;
            if (!port_go_on(e, c, sock, again))
                flying--;
        }
    }
    e->port->ops->wait(e->port, 0, e->ready, RX_READY_MAX); /* the last closes */
    e->port->ops->stats(e->port, &after);
    tally->enters += after.enters - before.enters;
    tally->cqes += after.cqes - before.cqes;
}

static void port_close(void *client)
{
    struct calls *e = client;

    e->port->ops->destroy(e->port);
    rx_mem_close(&e->mem);
    free(e->call);
    free(e);
}

#define PORT_RIVAL(id, label, words, policy)                                                       \
    static void *id##_open(uint16_t port, uint32_t in_flight)                                      \
    {                                                                                              \
        return port_open_with(port, in_flight, policy);                                            \
    }                                                                                              \
    const struct http_rival http_##id = {                                                          \
        .name = label, .what = words, .open = id##_open, .run = port_run, .close = port_close};

PORT_RIVAL(port, "port", "our port alone, CALL", 0)
PORT_RIVAL(port_rst, "port+rst", "the same, reset on close", RX_OP_RST_CLOSE)
PORT_RIVAL(port_fast, "port+rst+tfo", "the same, and TCP fast open",
           RX_OP_RST_CLOSE | RX_OP_FAST_OPEN)
PORT_RIVAL(port_keep, "port+keep", "one connection for each in flight", KEEP)

/* ---- the engine ---------------------------------------------------------------------------------
 */

static char *manifest(uint32_t pods, uint16_t port)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    fprintf(f,
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: bench}\nspec:\n"
            "  replicas: %u\n  selector: {matchLabels: {app: bench}}\n  template:\n"
            "    metadata: {labels: {app: bench}}\n    spec:\n      containers:\n",
            pods);
    for (int i = 0; i < CONTAINERS; i++)
        fprintf(f,
                "      - {name: c%d, image: 'i:1', livenessProbe: {periodSeconds: 1, "
                "failureThreshold: 1000000, httpGet: {path: /healthz, port: %u}}}\n",
                i, port);
    fclose(f);
    return text;
}

static void *engine_open(uint16_t port, uint32_t in_flight)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_stats stats = PODRING_STATS_INIT;
    char *text = manifest(http_addresses, port);
    podring *ring = NULL;

    o.flags = PODRING_NO_SERVER | PODRING_NO_EVENTS | PODRING_NO_PROBE_EVENTS;
    o.attempts_max = o.connections_max = in_flight;
    if (podring_open(&o, &ring) != 0 ||
        podring_load_text(ring, "<bench>", text, strlen(text)) != 0 || podring_apply(ring) != 0 ||
        podring_run_until(ring, podring_now(ring)) < 0 || podring_stats(ring, &stats) != 0 ||
        stats.containers_running != (uint64_t)http_addresses * CONTAINERS) {
        fprintf(stderr, "perf: %s\n", podring_why(ring));
        podring_close(ring);
        ring = NULL;
    }
    free(text);
    return ring;
}

static void engine_run(void *client, int64_t until_ns, struct http_tally *tally)
{
    struct podring_stats before = PODRING_STATS_INIT, after = PODRING_STATS_INIT;
    podring *ring = client;

    podring_stats(ring, &before);
    while (report_clock_ns() < until_ns && podring_turn(ring, 1) >= 0)
        ;
    podring_stats(ring, &after);
    tally->probes = after.probes_done - before.probes_done;
    tally->failures = tally->probes - (after.success - before.success);
    tally->enters = after.enters - before.enters;
    tally->cqes = after.cqes - before.cqes;
}

static void engine_close(void *client)
{
    podring_close(client);
}

const struct http_rival http_podring = {.name = "podring",
                                        .what = "the whole engine: pods, wheel, carrier, parser",
                                        .open = engine_open,
                                        .run = engine_run,
                                        .close = engine_close};
