/* SPDX-License-Identifier: Apache-2.0 */
/* served.c - the loop, the script and the client of served.h. */
#include "tests/support/served.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

bool served_answer(void *ctx, uint64_t pod, uint32_t container, uint16_t port,
                         const char *path, uint32_t path_length, uint64_t tag,
                         struct pod_answer *out)
{
    struct served *w = ctx;

    (void)tag;
    w->last_pod = pod;
    w->last_container = container;
    w->last_port = port;
    *out = w->answer;
    if (path == NULL) {
        w->asked_bare++;
        out->act = w->reset_bare                      ? POD_SERVE_RESET
                   : w->answer.act == POD_SERVE_RESET ? POD_SERVE_ANSWER
                                                      : w->answer.act;
        return true;
    }
    w->asked++;
    snprintf(w->last_path, sizeof(w->last_path), "%.*s", (int)path_length, path);
    return !w->nobody;
}

static bool refuses(void *ctx, uint64_t pod, uint32_t container, uint16_t port)
{
    const struct served *w = ctx;

    (void)container;
    return pod == w->refusing && (w->refusing_port == 0 || w->refusing_port == port);
}

void served_open(struct served *w, struct probe_responder_options o)
{
    struct rx_sim_options sim = {.clock = RX_SIM_VIRTUAL, .seed = 1, .connections_max = 256};
    struct rx_port *port;

    memset(w, 0, sizeof(*w));
    w->answer = (struct pod_answer){.status = 200, .keep.idle = RX_MS_NEVER};
    cr_assert_eq(rx_mem_open(&w->mem), 0);
    cr_assert_eq(rx_port_sim_open(&port, &w->mem, &sim), 0);
    cr_assert_eq(rx_loop_init(&w->loop, port, &w->mem), 0);
    o.answer = served_answer;
    o.refuses = refuses;
    o.answer_ctx = w;
    o.timer_class = SERVED_CLASS;
    cr_assert_eq(probe_responder_open(&w->r, &w->loop, &w->mem, &o), 0);
    rx_loop_on(&w->loop, SERVED_CLASS, probe_responder_timer, w->r);
    w->server = probe_responder_server(w->r);
}

void served_open_one(struct served *w)
{
    served_open(w, (struct probe_responder_options){0});
    served_up(w, 7, 2, SERVED_IP, 8080);
}

void served_refuses(struct served *w, uint64_t pod, bool refuses, uint16_t port)
{
    w->refusing = refuses ? pod : 0;
    w->refusing_port = port;
    w->server->review(w->server->ctx, pod, 2);
}

void served_close(struct served *w)
{
    rx_loop_fini(&w->loop);
    probe_responder_close(w->r);
    rx_mem_close(&w->mem);
}

void served_run(struct served *w, rx_ms until)
{
    int rc;

    while ((rc = rx_loop_turn(&w->loop, until)) == 1)
        ;
    cr_assert_eq(rc, 0);
}

void served_up(struct served *w, uint64_t pod, uint32_t container, uint32_t ip, uint16_t port)
{
    struct pod_serve_target t = {pod, container, ip, 1, &port};

    w->server->up(w->server->ctx, &t);
}

void served_down(struct served *w, uint64_t pod, uint32_t container)
{
    w->server->down(w->server->ctx, pod, container);
}

struct probe_responder_stats served_stats(const struct served *w)
{
    struct probe_responder_stats s;

    probe_responder_stats(w->r, &s);
    return s;
}

/* ---- a client -------------------------------------------------------------------------------- */

static void client_step(struct served_client *c)
{
    size_t n = RX_MIN(c->out_len - c->out_at, c->piece);

    c->op.kind = n > 0 ? RX_OP_SEND : RX_OP_RECV;
    c->op.sock = c->sock;
    c->op.out = c->out + c->out_at;
    c->op.out_len = (uint32_t)n;
    c->op.in = c->in;
    c->op.in_len = sizeof(c->in);
    c->out_at += n;
    rx_loop_start(c->loop, &c->op);
}

static void client_on_op(struct rx_loop *loop, struct rx_op *op)
{
    struct served_client *c = rx_container_of(op, struct served_client, op);

    if (op->kind == RX_OP_DIAL && op->res == 0) {
        c->connected = true;
        c->sock = op->sock;
    }
    if (op->res < 0 || (op->kind == RX_OP_RECV && op->res == 0)) {
        c->error = -op->res;
        c->ended = true;
        c->end_at = rx_loop_now(loop);
        if (c->connected)
            rx_loop_close(loop, c->sock, false);
        return;
    }
    if (op->kind == RX_OP_RECV) {
        if (c->got_len == 0)
            c->first_at = rx_loop_now(loop);
        c->last_at = rx_loop_now(loop);
        cr_assert_leq(c->got_len + (size_t)op->res, sizeof(c->got));
        memcpy(c->got + c->got_len, c->in, (size_t)op->res);
        c->got_len += (size_t)op->res;
    }
    client_step(c);
}

void served_client_start(struct served *w, struct served_client *c, uint32_t ip, uint16_t port,
                         const char *out)
{
    memset(c, 0, sizeof(*c));
    c->loop = &w->loop;
    c->out = out;
    c->out_len = strlen(out);
    c->piece = SIZE_MAX;
    c->op.kind = RX_OP_DIAL;
    c->op.to = (struct rx_addr){ip, port};
    c->op.done = client_on_op;
    rx_loop_start(&w->loop, &c->op);
}

/* Says more on the open connection; its RECV is in flight, so a second op says it. */
static struct rx_op more;

static void more_done(struct rx_loop *loop, struct rx_op *op)
{
    (void)loop;
    cr_expect_eq(op->res, (int32_t)op->out_len);
}

void served_client_say(struct served_client *c, const char *out)
{
    more = (struct rx_op){.kind = RX_OP_SEND,
                          .sock = c->sock,
                          .out = out,
                          .done = more_done,
                          .out_len = (uint32_t)strlen(out)};
    rx_loop_start(c->loop, &more);
}

size_t served_count(const char *in, size_t n, const char *what)
{
    size_t found = 0, len = strlen(what);

    for (size_t i = 0; i + len <= n; i++)
        found += memcmp(in + i, what, len) == 0;
    return found;
}

bool served_begins(const struct served_client *c, const char *what)
{
    return c->got_len >= strlen(what) && memcmp(c->got, what, strlen(what)) == 0;
}

bool served_ends(const struct served_client *c, const char *what)
{
    size_t n = strlen(what);

    return c->got_len >= n && memcmp(c->got + c->got_len - n, what, n) == 0;
}
