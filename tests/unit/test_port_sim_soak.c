/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_sim_soak.c - clients and servers that do at random whatever the contract of the port
 * allows, for a few thousand turns. Both ends of a connection write the same endless pattern, so
 * that each knows what it must read. Checked: every byte; that each op ends once; that everything
 * ends in the end; that no slot is lost; and that the trace of all results depends on the seed and
 * on nothing else. A seed that fails is a line to add to `seeds`.
 */
#include "engine/reactor/digest.h"
#include "engine/reactor/port.h"
#include "engine/reactor/prng.h"
#include "tests/support/deed.h"
#include "tests/support/failmem.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct rx_addr web = {0x7f010001, 8080}, shop = {0x7f010002, 8080};

enum { ALL = 64, CLIENTS = 24, SERVERS = 64, LISTENERS = 6, SOAK_SLOTS = 20 };
enum { TURNS = 6000, PATTERN = 251 };

struct peer { /* one end of a connection, with one op at a time */
    struct deed deed;
    rx_sock sock;
    uint64_t written, seen;
    bool torn; /* a write was cut short: how much of it arrived is not known */
};

struct soak {
    struct failmem heap;
    struct rx_mem mem;
    struct rx_prng chance;
    struct peer client[CLIENTS], server[SERVERS];
    struct deed accept[LISTENERS];
    rx_sock listener[LISTENERS];
    rx_sock accepted[SERVERS];
    int accepted_count;
    char pattern[PATTERN + 3 * 4096];
    struct rx_digest trace;
    uint64_t bytes, answers, errors;
};

static struct rx_port *port;

static uint32_t pick(struct soak *k, uint32_t n)
{
    return (uint32_t)rx_prng_below(&k->chance, n);
}

static struct rx_addr soak_address(uint32_t i)
{
    return (struct rx_addr){i ? web.ip + i : 0, 80}; /* 0 is the wildcard */
}

static void soak_write(struct soak *k, struct peer *p)
{
    p->deed.op.out = k->pattern + p->written % PATTERN;
    p->deed.op.out_len = pick(k, 4) ? pick(k, 300) : pick(k, 3 * 4096);
    p->deed.op.in = p->deed.buffer;
    p->deed.op.in_len = 1 + pick(k, 6000);
}

static void soak_hang_up(struct soak *k, struct peer *p)
{
    port->ops->close(port, p->sock, pick(k, 4) == 0);
    p->sock = RX_SOCK_NONE;
}

/* What a peer without an op does next. */
static void soak_act(struct soak *k, struct peer *p)
{
    uint32_t choice = pick(k, 10);

    if (p->sock == RX_SOCK_NONE)
        return;
    if (choice == 0 || (p->torn && choice < 5)) {
        soak_hang_up(k, p);
    } else if (choice < 5 || p->torn) {
        deed_recv(port, &p->deed, p->sock, 1 + pick(k, 6000));
    } else {
        soak_write(k, p);
        p->deed.op.kind = choice < 8 ? RX_OP_SEND : RX_OP_TALK;
        p->deed.op.sock = p->sock;
        deed_start(port, &p->deed);
    }
}

static void soak_dial(struct soak *k, struct peer *p)
{
    p->written = p->seen = 0;
    p->torn = false;
    soak_write(k, p);
    p->deed.op.kind = pick(k, 2) ? RX_OP_CALL : RX_OP_DIAL;
    p->deed.op.to = soak_address(pick(k, LISTENERS + 2));
    p->deed.op.flags = pick(k, 3) ? 0 : RX_OP_RST_CLOSE;
    deed_start(port, &p->deed);
}

/* A result of a peer's op: check it, keep the books. */
static void soak_result(struct soak *k, struct peer *p)
{
    struct rx_op *op = &p->deed.op;
    bool reads = op->kind == RX_OP_RECV || op->kind == RX_OP_CALL || op->kind == RX_OP_TALK;
    bool writes = op->kind == RX_OP_SEND || op->kind == RX_OP_CALL || op->kind == RX_OP_TALK;

    if (op->kind == RX_OP_DIAL || op->kind == RX_OP_CALL)
        p->sock = op->res < 0 ? RX_SOCK_NONE : op->sock;
    if (op->kind == RX_OP_DIAL || op->kind == RX_OP_CALL)
        cr_assert_eq(op->sock == RX_SOCK_NONE, op->res < 0);
    if (op->kind == RX_OP_SEND && op->res >= 0)
        cr_assert_eq(op->res, (int32_t)op->out_len);
    if (op->res < 0) {
        k->errors++;
        p->torn |= writes;
        return;
    }
    k->answers++;
    if (writes)
        p->written += op->out_len;
    if (reads) {
        cr_assert_leq(op->res, (int32_t)op->in_len);
        cr_assert_eq(memcmp(p->deed.buffer, k->pattern + p->seen % PATTERN, (size_t)op->res), 0);
        p->seen += (uint64_t)op->res;
        k->bytes += (uint64_t)op->res;
    }
}

static void soak_listeners(struct soak *k)
{
    uint32_t i = pick(k, LISTENERS);

    if (k->listener[i] == RX_SOCK_NONE) {
        if (k->accept[i].op.state == RX_OP_DEAD)
            k->listener[i] = deed_listen(port, soak_address(i), 1 + (int)pick(k, 3));
    } else if (pick(k, 6) == 0) {
        port->ops->close(port, k->listener[i], false);
        k->listener[i] = RX_SOCK_NONE;
    } else if (k->accept[i].op.state == RX_OP_DEAD) {
        deed_accept(port, &k->accept[i], k->listener[i]);
    } else if (pick(k, 6) == 0) {
        port->ops->cancel(port, &k->accept[i].op);
    }
}

static struct peer *soak_peer_of(struct soak *k, struct rx_op *op)
{
    struct peer *p = rx_container_of(op, struct peer, deed.op);

    if ((p >= k->client && p < k->client + CLIENTS) || (p >= k->server && p < k->server + SERVERS))
        return p;
    return NULL;
}

/* As deed_turn, but each result is looked at as it comes: an ACCEPT may have several. */
static int soak_turn(struct soak *k, rx_ns until, int room)
{
    struct rx_ready ready[ALL];
    int n = port->ops->wait(port, until, ready, room);

    cr_assert(n >= 0 && n <= room);
    for (int i = 0; i < n; i++) {
        struct peer *p = soak_peer_of(k, ready[i].op);
        struct rx_op *op = ready[i].op;

        cr_assert_neq(op->state, RX_OP_DEAD, "a result of an op that is over");
        op->res = ready[i].res;
        if (ready[i].final)
            op->state = RX_OP_DEAD;
        rx_digest_u64(&k->trace, (uint64_t)port->ops->now(port));
        rx_digest_u64(&k->trace, (uint64_t)((char *)op - (char *)k));
        rx_digest_u64(&k->trace, (uint64_t)ready[i].res);
        rx_digest_u64(&k->trace, (uint64_t)ready[i].sock << 8 | ready[i].stage);
        if (p) {
            cr_assert(ready[i].final);
            if (op->kind == RX_OP_DIAL || op->kind == RX_OP_CALL)
                op->sock = ready[i].sock;
            soak_result(k, p);
        } else if (!ready[i].final) {
            cr_assert_lt(k->accepted_count, SERVERS);
            k->accepted[k->accepted_count++] = ready[i].sock;
        }
    }
    return n;
}

static void soak_step(struct soak *k)
{
    for (int i = 0; i < SERVERS && k->accepted_count; i++) {
        struct peer *p = &k->server[i];

        if (p->sock == RX_SOCK_NONE && p->deed.op.state == RX_OP_DEAD)
            *p = (struct peer){.sock = k->accepted[--k->accepted_count]};
    }
    for (int i = 0; i < CLIENTS + SERVERS; i++) {
        struct peer *p = i < CLIENTS ? &k->client[i] : &k->server[i - CLIENTS];

        if (p->deed.op.state != RX_OP_DEAD) {
            if (pick(k, 200) == 0)
                port->ops->cancel(port, &p->deed.op);
        } else if (p->sock != RX_SOCK_NONE) {
            soak_act(k, p);
        } else if (i < CLIENTS && pick(k, 4) == 0) {
            soak_dial(k, p);
        }
    }
    if (pick(k, 10) == 0)
        soak_listeners(k);
}

static void soak_end(struct soak *k)
{
    for (int i = 0; i < LISTENERS; i++)
        if (k->listener[i] != RX_SOCK_NONE)
            port->ops->close(port, k->listener[i], false);
    for (int i = 0; i < CLIENTS + SERVERS; i++)
        port->ops->cancel(port,
                          i < CLIENTS ? &k->client[i].deed.op : &k->server[i - CLIENTS].deed.op);
    while (soak_turn(k, RX_NS_NEVER, ALL) > 0)
        ;
    for (int i = 0; i < CLIENTS + SERVERS; i++) {
        struct peer *p = i < CLIENTS ? &k->client[i] : &k->server[i - CLIENTS];

        cr_assert_eq(p->deed.op.state, RX_OP_DEAD, "peer %d, verb %d", i, p->deed.op.kind);
        if (p->sock != RX_SOCK_NONE)
            soak_hang_up(k, p);
    }
    while (k->accepted_count)
        port->ops->close(port, k->accepted[--k->accepted_count], false);
    for (int i = 0; i < LISTENERS; i++)
        cr_assert_eq(k->accept[i].op.state, RX_OP_DEAD);
    cr_assert_eq(soak_turn(k, RX_NS_NEVER, ALL), 0);
}

/* Every slot must be there again: dials that are not refused, by a fault, take all of them. */
static void soak_count_slots(struct soak *k)
{
    rx_sock listener = deed_listen(port, shop, CLIENTS);
    int refused = 0, waiting = 0;

    for (int i = 0; i < CLIENTS; i++)
        deed_dial(port, &k->client[i].deed, shop);
    deed_settle(port);
    for (int i = 0; i < CLIENTS; i++) {
        refused += k->client[i].deed.op.res < 0;
        waiting += k->client[i].deed.op.state == RX_OP_WAITING;
    }
    cr_assert_eq(waiting, RX_MAX(0, CLIENTS - refused - SOAK_SLOTS));
    port->ops->close(port, listener, false);
}

static uint64_t soak(struct rx_sim_options options, uint64_t seed, struct soak *k)
{
    *k = (struct soak){.chance = rx_prng_stream(seed, 1, 1)};
    rx_digest_init(&k->trace);
    for (size_t i = 0; i < sizeof(k->pattern); i++)
        k->pattern[i] = (char)(i % PATTERN);
    for (int i = 0; i < CLIENTS; i++)
        k->client[i].sock = RX_SOCK_NONE;
    for (int i = 0; i < SERVERS; i++)
        k->server[i].sock = RX_SOCK_NONE;
    for (int i = 0; i < LISTENERS; i++)
        k->listener[i] = RX_SOCK_NONE;
    options.seed = seed;
    options.connections_max = SOAK_SLOTS;
    failmem_open(&k->mem, &k->heap, 0);
    cr_assert_eq(rx_port_sim_open(&port, &k->mem, &options), 0);
    for (int i = 0; i < TURNS; i++) {
        soak_step(k);
        soak_turn(k, port->ops->now(port) + 1 + pick(k, 2000), 1 + (int)pick(k, ALL - 1));
    }
    soak_end(k);
    soak_count_slots(k);
    port->ops->destroy(port);
    rx_mem_close(&k->mem);
    cr_assert_eq(k->heap.blocks, 0);
    return rx_digest_value(&k->trace);
}

static void soak_twice(struct rx_sim_options options)
{
    static const uint64_t seeds[] = {11, 12};
    struct soak *k = malloc(sizeof(*k));
    uint64_t trace[RX_ARRAY_LEN(seeds)];

    for (size_t i = 0; i < RX_ARRAY_LEN(seeds); i++) {
        trace[i] = soak(options, seeds[i], k);
        cr_log_info("seed %d: %d results, %d errors, %d bytes", (int)seeds[i], (int)k->answers,
                    (int)k->errors, (int)k->bytes);
        cr_assert_gt(k->answers, TURNS / 2); /* it did something */
        cr_assert_gt(k->bytes, 100 * TURNS);
    }
    cr_assert_eq(trace[0], soak(options, seeds[0], k));
    cr_assert_neq(trace[0], trace[1]);
    free(k);
}

Test(port_sim_soak, at_once)
{
    soak_twice((struct rx_sim_options){0});
}

Test(port_sim_soak, at_once_with_faults)
{
    soak_twice((struct rx_sim_options){
        .fault_refuse_ppm = 20000, .fault_reset_ppm = 10000, .fault_drop_ppm = 20000});
}

Test(port_sim_soak, with_latency_that_may_be_none)
{
    soak_twice((struct rx_sim_options){.latency_min = 0, .latency_max = 400});
}

Test(port_sim_soak, with_latency_and_faults)
{
    soak_twice((struct rx_sim_options){.latency_min = 50,
                                       .latency_max = 300,
                                       .fault_refuse_ppm = 20000,
                                       .fault_reset_ppm = 10000,
                                       .fault_drop_ppm = 20000});
}
