/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_responder.c - the answering side of pods: any bytes as requests, at once and in pieces.
 *
 *   byte 0      how it answers (bits 0-2), its status (3-4), with a body (5), a location (6), late
 * (7) byte 1      how the second connection cuts the bytes: a seed the rest    what the client
 * sends
 *
 * Both connections, each to a server of its own, must be answered alike, byte for byte.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/behaviour.h"
#include "engine/reactor/loop.h"
#include "probes/serve/responder.h"
#include "tests/fuzz/kit.h"
#include "tests/support/failmem.h"

enum { CLASS = 3, IP = 0x7f000005, PORT = 80, GOT_MAX = 1 << 20, MS_MAX = 10000 };

struct world {
    struct failmem f;
    struct rx_mem mem;
    struct rx_loop loop;
    struct probe_responder *r;
    uint8_t how;
    uint64_t asked; /* digest of what the server was asked */
    /* the client */
    struct rx_op send, receive;
    rx_sock sock;
    const uint8_t *out;
    size_t out_len, out_at;
    uint32_t seed;
    bool cut, open, over;
    char in[700];
    size_t got;
    uint64_t digest;
};

static bool answer(void *ctx, uint64_t pod, uint32_t container, uint16_t port, const char *path,
                   uint32_t path_length, uint64_t tag, struct pod_answer *out)
{
    static const uint16_t status[] = {200, 302, 404, 500};
    struct world *w = ctx;

    (void)pod;
    (void)container;
    (void)port;
    (void)tag;
    *out = (struct pod_answer){.status = status[w->how >> 3 & 3], .keep.idle = RX_MS_NEVER};
    if (path == NULL)
        return true;
    w->asked = fuzz_hash(w->asked, path, path_length);
    CHECK(path_length > 0);
    out->act = w->how & 7;
    if (out->act > POD_SERVE_GARBAGE)
        out->act = POD_SERVE_ANSWER;
    out->body = w->how & 32 ? "{\"status\":\"up\"}\n" : NULL;
    out->location = w->how & 64 ? "/elsewhere?x=y" : NULL;
    out->latency = w->how & 128 ? 7 : 0;
    return true;
}

static void receive(struct world *w)
{
    w->receive.kind = RX_OP_RECV;
    w->receive.sock = w->sock;
    w->receive.in = w->in;
    w->receive.in_len = sizeof(w->in);
    rx_loop_start(&w->loop, &w->receive);
}

static void say(struct world *w)
{
    size_t left = w->out_len - w->out_at, n = left;

    if (w->over || left == 0)
        return;
    if (w->cut) {
        w->seed = w->seed * 1664525u + 1013904223u;
        n = w->seed % 8 == 0 ? 1 : 1 + (w->seed >> 16) % 31;
        n = n < left ? n : left;
    }
    w->send.kind = RX_OP_SEND;
    w->send.sock = w->sock;
    w->send.out = (const char *)w->out + w->out_at;
    w->send.out_len = (uint32_t)n;
    w->out_at += n;
    rx_loop_start(&w->loop, &w->send);
}

static void sent(struct rx_loop *loop, struct rx_op *op)
{
    struct world *w = rx_container_of(op, struct world, send);

    (void)loop;
    if (op->kind == RX_OP_DIAL && op->res == 0) {
        w->sock = op->sock;
        w->open = true;
        receive(w);
    }
    if (op->res >= 0)
        say(w);
}

static void received(struct rx_loop *loop, struct rx_op *op)
{
    struct world *w = rx_container_of(op, struct world, receive);

    (void)loop;
    if (op->res <= 0) {
        w->over = true;
        return;
    }
    w->digest = fuzz_hash(w->digest, w->in, (size_t)op->res);
    w->got += (size_t)op->res;
    if (w->got < GOT_MAX)
        receive(w);
}

static void run(struct world *w, const uint8_t *data, size_t size, bool cut)
{
    struct rx_sim_options sim = {.clock = RX_SIM_VIRTUAL, .seed = 1, .connections_max = 16};
    struct pod_serve_target target = {1, 0, IP, 1, (const uint16_t[]){PORT}};
    struct rx_port *port;
    int rc;

    *w = (struct world){.how = data[0], .asked = FUZZ_HASH, .digest = FUZZ_HASH, .cut = cut};
    w->seed = data[1] * 2654435761u + 1;
    w->out = data + 2;
    w->out_len = size - 2;
    failmem_open(&w->mem, &w->f, 0);
    CHECK(rx_port_sim_open(&port, &w->mem, &sim) == 0);
    CHECK(rx_loop_init(&w->loop, port, &w->mem) == 0);
    CHECK(probe_responder_open(&w->r, &w->loop, &w->mem,
                               &(struct probe_responder_options){
                                   .answer = answer, .answer_ctx = w, .timer_class = CLASS}) == 0);
    rx_loop_on(&w->loop, CLASS, probe_responder_timer, w->r);
    probe_responder_server(w->r)->up(probe_responder_server(w->r)->ctx, &target);
    w->send = (struct rx_op){.kind = RX_OP_DIAL, .to = {IP, PORT}, .done = sent};
    w->receive.done = received;
    rx_loop_start(&w->loop, &w->send);
    while ((rc = rx_loop_turn(&w->loop, MS_MAX)) == 1)
        ;
    CHECK(rc == 0 && w->open);
    rx_loop_fini(&w->loop);
    probe_responder_close(w->r);
    rx_mem_close(&w->mem);
    CHECK(w->f.blocks == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world whole, cut;

    if (size < 3 || size > 20000)
        return 0;
    run(&whole, data, size, false);
    run(&cut, data, size, true);
    CHECK(whole.over == cut.over);
    CHECK(whole.asked == cut.asked);
    CHECK(whole.got == cut.got && whole.digest == cut.digest);
    return 0;
}
