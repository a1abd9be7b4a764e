/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The responder under virtual time and in-memory sockets, spoken to by a bare client made of
 * operations. Latency of the net is 0: what is not delayed by a script happens at the same instant.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/err.h"
#include "probes/serve/responder.h"
#include "tests/support/failmem.h"

enum { CLASS = 3, IP = 0x0a000005 };

/* ---- the world ------------------------------------------------------------------------------- */

struct world {
    struct rx_mem mem;
    struct rx_loop loop;
    struct probe_responder *r;
    const struct pod_server *server;
    /* the script: what is answered, and what was asked */
    struct pod_answer answer;
    bool nobody;
    bool reset_bare;
    uint32_t asked, asked_bare;
    uint64_t last_pod;
    uint32_t last_container;
    uint16_t last_port;
    char last_path[64];
};

static bool world_answer(void *ctx, uint64_t pod, uint32_t container, uint16_t port,
                         const char *path, uint32_t path_length, uint64_t tag,
                         struct pod_answer *out)
{
    struct world *w = ctx;

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
        if (out->act == POD_SERVE_REFUSE)
            out->act = POD_SERVE_ANSWER;
        return true;
    }
    w->asked++;
    snprintf(w->last_path, sizeof(w->last_path), "%.*s", (int)path_length, path);
    return !w->nobody;
}

static void world_open(struct world *w, struct probe_responder_options o)
{
    struct rx_sim_options sim = {.clock = RX_SIM_VIRTUAL, .seed = 1, .connections_max = 256};
    struct rx_port *port;

    memset(w, 0, sizeof(*w));
    w->answer.status = 200;
    cr_assert_eq(rx_mem_open(&w->mem), 0);
    cr_assert_eq(rx_port_sim_open(&port, &w->mem, &sim), 0);
    cr_assert_eq(rx_loop_init(&w->loop, port, &w->mem), 0);
    o.answer = world_answer;
    o.answer_ctx = w;
    o.timer_class = CLASS;
    cr_assert_eq(probe_responder_open(&w->r, &w->loop, &w->mem, &o), 0);
    rx_loop_on(&w->loop, CLASS, probe_responder_timer, w->r);
    w->server = probe_responder_server(w->r);
}

static void world_close(struct world *w)
{
    rx_loop_fini(&w->loop);
    probe_responder_close(w->r);
    rx_mem_close(&w->mem);
}

static void run(struct world *w, rx_ms until)
{
    int rc;

    while ((rc = rx_loop_turn(&w->loop, until)) == 1)
        ;
    cr_assert_eq(rc, 0);
}

static void up(struct world *w, uint64_t pod, uint32_t container, uint32_t ip, uint16_t port)
{
    struct pod_serve_target t = {pod, container, ip, 1, &port};

    w->server->up(w->server->ctx, &t);
}

static void down(struct world *w, uint64_t pod, uint32_t container)
{
    w->server->down(w->server->ctx, pod, container);
}

static struct probe_responder_stats stats(const struct world *w)
{
    struct probe_responder_stats s;

    probe_responder_stats(w->r, &s);
    return s;
}

/* ---- a client -------------------------------------------------------------------------------- */

struct client {
    struct rx_op op;
    struct rx_loop *loop;
    rx_sock sock;
    const char *out;
    size_t out_len, out_at, piece;
    char in[512];
    char got[65536];
    size_t got_len;
    rx_ms first_at, last_at, end_at;
    int error;
    bool connected, ended;
};

static void client_step(struct client *c)
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
    struct client *c = rx_container_of(op, struct client, op);

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

static void client_start(struct world *w, struct client *c, uint32_t ip, uint16_t port,
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

static void client_say(struct client *c, const char *out)
{
    more = (struct rx_op){.kind = RX_OP_SEND,
                          .sock = c->sock,
                          .out = out,
                          .done = more_done,
                          .out_len = (uint32_t)strlen(out)};
    rx_loop_start(c->loop, &more);
}

static size_t count(const char *in, size_t n, const char *what)
{
    size_t found = 0, len = strlen(what);

    for (size_t i = 0; i + len <= n; i++)
        found += memcmp(in + i, what, len) == 0;
    return found;
}

static bool begins(const struct client *c, const char *what)
{
    return c->got_len >= strlen(what) && memcmp(c->got, what, strlen(what)) == 0;
}

static bool ends(const struct client *c, const char *what)
{
    size_t n = strlen(what);

    return c->got_len >= n && memcmp(c->got + c->got_len - n, what, n) == 0;
}

#define CLOSE "GET /healthz?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
#define KEEP  "GET /k HTTP/1.1\r\nHost: x\r\n\r\n"

static struct world w;
static struct client c, d;

static void open_one(void)
{
    world_open(&w, (struct probe_responder_options){0});
    up(&w, 7, 2, IP, 8080);
}

/* ---- answers --------------------------------------------------------------------------------- */

Test(responder, answers_and_closes)
{
    open_one();
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 10);
    cr_expect(begins(&c, "HTTP/1.1 200 OK\r\n"));
    cr_expect(ends(&c, "Content-Length: 3\r\nConnection: close\r\n\r\nok\n"), "%.*s",
              (int)c.got_len, c.got);
    cr_expect(c.ended);
    cr_expect_eq(c.error, 0);
    cr_expect_eq(w.last_pod, 7);
    cr_expect_eq(w.last_container, 2);
    cr_expect_eq(w.last_port, 8080);
    cr_expect_str_eq(w.last_path, "/healthz");
    cr_expect_eq(w.asked, 1);
    cr_expect_eq(w.asked_bare, 1);
    cr_expect_eq(stats(&w).requests, 1);
    cr_expect_eq(stats(&w).connections, 1);
    cr_expect_eq(stats(&w).open, 0);
    world_close(&w);
}

Test(responder, keeps_a_connection_that_is_to_be_kept)
{
    open_one();
    client_start(&w, &c, IP, 8080, KEEP);
    run(&w, 10);
    cr_expect(ends(&c, "\r\n\r\nok\n"));
    cr_expect_not(c.ended);
    client_say(&c, KEEP);
    run(&w, 20);
    cr_expect_eq(count(c.got, c.got_len, "HTTP/1.1 200 OK"), 2);
    client_say(&c, CLOSE);
    run(&w, 30);
    cr_expect_eq(count(c.got, c.got_len, "HTTP/1.1 200 OK"), 3);
    cr_expect(c.ended);
    cr_expect_eq(stats(&w).connections, 1);
    cr_expect_eq(stats(&w).requests, 3);
    world_close(&w);
}

Test(responder, http_1_0_closes)
{
    open_one();
    client_start(&w, &c, IP, 8080, "GET / HTTP/1.0\r\n\r\n");
    run(&w, 10);
    cr_expect(ends(&c, "ok\n"));
    cr_expect(c.ended);
    world_close(&w);
}

Test(responder, pipelined_requests_are_answered_in_turn)
{
    open_one();
    w.answer.latency = 5;
    client_start(&w, &c, IP, 8080, KEEP KEEP CLOSE);
    run(&w, 100);
    cr_expect_eq(count(c.got, c.got_len, "HTTP/1.1 200 OK"), 3);
    cr_expect(c.ended);
    cr_expect_eq(c.end_at, 15);
    world_close(&w);
}

Test(responder, a_request_may_come_byte_by_byte_and_bring_a_body)
{
    open_one();
    client_start(&w, &c, IP, 8080,
                 "POST http://x:1/p?q HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody" CLOSE);
    c.piece = 1;
    run(&w, 10);
    cr_expect_eq(count(c.got, c.got_len, "HTTP/1.1 200 OK"), 2);
    cr_expect_eq(w.asked, 2);
    cr_expect(c.ended);
    world_close(&w);
}

Test(responder, the_path_of_an_odd_target)
{
    open_one();
    client_start(&w, &c, IP, 8080, "GET http://x:1/p?q HTTP/1.0\r\n\r\n");
    run(&w, 10);
    cr_expect_str_eq(w.last_path, "/p");
    client_start(&w, &c, IP, 8080, "GET http://x:1 HTTP/1.0\r\n\r\n");
    run(&w, 10);
    cr_expect_str_eq(w.last_path, "/");
    w.last_path[0] = '\0';
    client_start(&w, &c, IP, 8080, "GET ?p=/q HTTP/1.0\r\n\r\n");
    run(&w, 10);
    cr_expect_str_eq(w.last_path, "/", "a query alone asks for the root");
    world_close(&w);
}

Test(responder, head_has_no_body)
{
    open_one();
    w.answer.body = "12345";
    client_start(&w, &c, IP, 8080, "HEAD / HTTP/1.0\r\n\r\n");
    run(&w, 10);
    cr_expect(ends(&c, "Content-Length: 5\r\nConnection: close\r\n\r\n"));
    cr_expect(c.ended);
    world_close(&w);
}

Test(responder, statuses_without_a_body)
{
    static const uint16_t status[] = {204, 304, 199};

    open_one();
    for (size_t i = 0; i < RX_ARRAY_LEN(status); i++) {
        w.answer.status = status[i];
        client_start(&w, &c, IP, 8080, CLOSE);
        run(&w, 10);
        cr_expect(ends(&c, "\r\n\r\n"));
        cr_expect_eq(count(c.got, c.got_len, "Content-Length"), 0);
        cr_expect(c.ended);
    }
    world_close(&w);
}

Test(responder, latency_and_body_after)
{
    open_one();
    w.answer.latency = 250;
    w.answer.body_after = 40;
    w.answer.body = "late";
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 249);
    cr_expect_eq(c.got_len, 0);
    run(&w, 250);
    cr_expect(ends(&c, "\r\n\r\n"));
    run(&w, 1000);
    cr_expect(ends(&c, "\r\n\r\nlate"));
    cr_expect_eq(c.first_at, 250);
    cr_expect_eq(c.last_at, 290);
    cr_expect_eq(c.end_at, 290);
    world_close(&w);
}

Test(responder, large_bodies)
{
    static char text[9000];

    open_one();
    w.answer.body_bytes = 50000;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 10);
    cr_expect_eq(count(c.got, c.got_len, "x"), 50000 + 1); /* one in "text/plain" */
    cr_expect(ends(&c, "xxx"));
    cr_expect(c.ended);

    memset(text, 'y', sizeof(text) - 2);
    text[sizeof(text) - 2] = 'z';
    w.answer.body_bytes = 0;
    w.answer.body = text;
    client_start(&w, &c, IP, 8080, KEEP CLOSE);
    run(&w, 20);
    cr_expect_eq(count(c.got, c.got_len, "yz"), 2);
    cr_expect_eq(count(c.got, c.got_len, "Content-Length: 8999\r\n"), 2);
    cr_expect(c.ended);
    world_close(&w);
}

/* A reset destroys what is still on its way: only small answers may end in one. */
Test(responder, reset_close)
{
    world_open(&w, (struct probe_responder_options){.reset_close = true});
    up(&w, 1, 0, IP, 80);
    client_start(&w, &c, IP, 80, CLOSE);
    run(&w, 10);
    cr_expect(ends(&c, "ok\n"));
    cr_expect_eq(c.error, ECONNRESET);
    w.answer.body_bytes = 30000;
    client_start(&w, &c, IP, 80, CLOSE);
    run(&w, 20);
    cr_expect(ends(&c, "xxx"));
    cr_expect_eq(c.error, 0);
    world_close(&w);
}

Test(responder, hangs_until_the_client_gives_up)
{
    open_one();
    w.answer.act = POD_SERVE_HANG;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 100000);
    cr_expect_eq(c.got_len, 0);
    cr_expect_not(c.ended);
    cr_expect_eq(stats(&w).open, 1);
    rx_loop_cancel(&w.loop, &c.op); /* ends the client, which closes */
    run(&w, 100001);
    cr_expect_eq(stats(&w).open, 0);
    world_close(&w);
}

Test(responder, resets)
{
    open_one();
    w.answer.act = POD_SERVE_RESET;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 10);
    cr_expect_eq(c.error, ECONNRESET);
    cr_expect_eq(w.asked, 1);

    w.answer.act = POD_SERVE_REFUSE;
    w.answer.latency = 30;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 100);
    cr_expect_eq(c.error, ECONNRESET);
    cr_expect_eq(c.end_at, 40);

    w.nobody = true;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 100);
    cr_expect_eq(c.error, ECONNRESET);

    w.reset_bare = true;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 200);
    cr_expect_eq(c.error, ECONNRESET);
    cr_expect_eq(w.asked, 3);
    cr_expect_eq(stats(&w).open, 0);
    world_close(&w);
}

Test(responder, headers_only)
{
    open_one();
    w.answer.act = POD_SERVE_HEADERS_ONLY;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 100000);
    cr_expect(begins(&c, "HTTP/1.1 200 OK\r\n"));
    cr_expect(ends(&c, "\r\n\r\n"));
    cr_expect_eq(count(c.got, c.got_len, "Content-Length: 3"), 1);
    cr_expect_not(c.ended);
    world_close(&w);
}

Test(responder, garbage_and_redirect)
{
    static char long_location[2000];

    open_one();
    w.answer.act = POD_SERVE_GARBAGE;
    client_start(&w, &c, IP, 8080, KEEP);
    run(&w, 10);
    cr_expect_not(begins(&c, "HTTP"));
    cr_expect_gt(c.got_len, 0);
    cr_expect(c.ended);

    w.answer.act = POD_SERVE_REDIRECT;
    w.answer.status = 0;
    w.answer.location = "http://elsewhere/";
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 10);
    cr_expect(begins(&c, "HTTP/1.1 302 Found\r\n"));
    cr_expect_eq(count(c.got, c.got_len, "\r\nLocation: http://elsewhere/\r\n"), 1);
    cr_expect(c.ended);

    memset(long_location, 'l', sizeof(long_location) - 1);
    w.answer.location = long_location;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 10);
    cr_expect(begins(&c, "HTTP/1.1 500 "));
    cr_expect(c.ended);
    world_close(&w);
}

Test(responder, what_is_not_http)
{
    open_one();
    client_start(&w, &c, IP, 8080, "nonsense\r\n\r\n");
    run(&w, 10);
    cr_expect(begins(&c, "HTTP/1.1 400 Bad Request\r\n"));
    cr_expect(c.ended);
    cr_expect_eq(stats(&w).bad_requests, 1);
    cr_expect_eq(w.asked, 0);
    world_close(&w);
}

Test(responder, a_bare_connection)
{
    open_one();
    client_start(&w, &c, IP, 8080, "");
    run(&w, 10);
    cr_expect(c.connected);
    cr_expect_not(c.ended);
    cr_expect_eq(w.asked_bare, 1);
    cr_expect_eq(stats(&w).open, 1);
    rx_loop_cancel(&w.loop, &c.op);
    run(&w, 20);
    cr_expect_eq(stats(&w).open, 0);
    cr_expect_eq(stats(&w).requests, 0);
    world_close(&w);
}

/* ---- coming and going ------------------------------------------------------------------------ */

Test(responder, down_resets_and_refuses_and_up_serves_again)
{
    open_one();
    w.answer.act = POD_SERVE_HANG;
    client_start(&w, &c, IP, 8080, KEEP);
    w.answer.act = POD_SERVE_HANG;
    run(&w, 10);
    w.answer = (struct pod_answer){.status = 200, .latency = 1000};
    client_start(&w, &d, IP, 8080, KEEP);
    run(&w, 20);
    cr_expect_eq(stats(&w).open, 2);

    down(&w, 7, 2);
    run(&w, 20);
    cr_expect_eq(c.error, ECONNRESET, "was waiting for the peer");
    cr_expect_eq(d.error, ECONNRESET, "was waiting for its timer");
    cr_expect_eq(c.end_at, 20);
    cr_expect_eq(stats(&w).open, 0);
    cr_expect_eq(stats(&w).listeners, 0);
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 30);
    cr_expect_eq(c.error, ECONNREFUSED);

    /* Down and up in one instant: nobody notices but the open connections. */
    up(&w, 7, 2, IP, 8080);
    down(&w, 7, 2);
    up(&w, 7, 2, IP, 8080);
    w.answer.latency = 0;
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 40);
    cr_expect(ends(&c, "ok\n"));
    cr_expect_eq(stats(&w).listeners, 1);
    cr_expect_eq(stats(&w).listen_failed, 0);
    run(&w, 5000);
    world_close(&w);
}

Test(responder, down_of_who_is_not_up)
{
    open_one();
    down(&w, 7, 1);
    down(&w, 8, 2);
    w.server->refuse(w.server->ctx, 8, 2, true);
    cr_expect_eq(stats(&w).listeners, 1);
    up(&w, 7, 2, IP, 8081); /* up again replaces */
    cr_expect_eq(stats(&w).listeners, 1);
    client_start(&w, &c, IP, 8080, CLOSE);
    client_start(&w, &d, IP, 8081, CLOSE);
    run(&w, 10);
    cr_expect_eq(c.error, ECONNREFUSED);
    cr_expect(ends(&d, "ok\n"));
    world_close(&w);
}

Test(responder, a_window_of_refusal)
{
    open_one();
    client_start(&w, &c, IP, 8080, KEEP);
    run(&w, 10);
    w.server->refuse(w.server->ctx, 7, 2, true);
    w.server->refuse(w.server->ctx, 7, 2, true);
    client_start(&w, &d, IP, 8080, CLOSE);
    run(&w, 20);
    cr_expect_eq(d.error, ECONNREFUSED);
    cr_expect_not(c.ended, "an open connection is left alone");
    client_say(&c, KEEP);
    run(&w, 30);
    cr_expect_eq(count(c.got, c.got_len, "HTTP/1.1 200 OK"), 2);
    w.server->refuse(w.server->ctx, 7, 2, false);
    client_start(&w, &d, IP, 8080, CLOSE);
    run(&w, 40);
    cr_expect(ends(&d, "ok\n"));
    w.server->refuse(w.server->ctx, 7, 2, true);
    down(&w, 7, 2);
    run(&w, 50);
    cr_expect(c.ended);
    cr_expect_eq(stats(&w).listeners, 0);
    world_close(&w);
}

Test(responder, the_second_container_does_not_get_the_port)
{
    static const uint16_t ports[] = {8080, 9090, 8080};
    struct pod_serve_target t = {7, 3, IP, 3, ports};

    open_one();
    w.server->up(w.server->ctx, &t);
    cr_expect_eq(stats(&w).listeners, 2);
    cr_expect_eq(stats(&w).listen_failed, 2);
    cr_expect_eq(stats(&w).listen_errno, EADDRINUSE);
    client_start(&w, &c, IP, 8080, CLOSE);
    run(&w, 10);
    cr_expect_eq(w.last_container, 2);
    client_start(&w, &c, IP, 9090, CLOSE);
    run(&w, 10);
    cr_expect_eq(w.last_container, 3);
    world_close(&w);
}

Test(responder, one_port_written_twice_is_one_port)
{
    static const uint16_t ports[] = {80, 80};
    struct pod_serve_target t = {1, 0, IP, 2, ports};

    world_open(&w, (struct probe_responder_options){0});
    w.server->up(w.server->ctx, &t);
    cr_expect_eq(stats(&w).listeners, 1);
    cr_expect_eq(stats(&w).listen_failed, 0);
    world_close(&w);
}

Test(responder, a_foreign_listener_is_counted)
{
    rx_sock squatter;

    world_open(&w, (struct probe_responder_options){0});
    cr_assert_eq(rx_loop_listen(&w.loop, (struct rx_addr){IP, 80}, 1, &squatter), 0);
    up(&w, 1, 0, IP, 80);
    cr_expect_eq(stats(&w).listen_failed, 1);
    cr_expect_eq(stats(&w).listen_errno, EADDRINUSE);
    cr_expect_eq(stats(&w).listeners, 0);
    down(&w, 1, 0);
    rx_loop_close(&w.loop, squatter, false);
    up(&w, 1, 0, IP, 80);
    cr_expect_eq(stats(&w).listeners, 1);
    world_close(&w);
}

Test(responder, wildcard)
{
    world_open(&w, (struct probe_responder_options){.wildcard = true});
    for (uint32_t i = 0; i < 100; i++)
        up(&w, 1 + i, 0, IP + i, 80);
    cr_expect_eq(stats(&w).listeners, 1);
    for (uint32_t i = 0; i < 100; i += 33) {
        client_start(&w, &c, IP + i, 80, CLOSE);
        run(&w, 10);
        cr_expect(ends(&c, "ok\n"));
        cr_expect_eq(w.last_pod, 1 + i);
    }
    client_start(&w, &c, IP + 50, 80, KEEP);
    client_start(&w, &d, IP + 51, 80, KEEP);
    run(&w, 20);
    down(&w, 51, 0);
    w.server->refuse(w.server->ctx, 53, 0, true);
    run(&w, 30);
    cr_expect_eq(c.error, ECONNRESET);
    cr_expect_not(d.ended);
    for (uint32_t i = 50; i < 54; i++) { /* gone, fine, refusing, fine */
        client_start(&w, &c, IP + i, 80, CLOSE);
        run(&w, 40);
        cr_expect_eq(c.error, i % 2 == 0 ? ECONNRESET : 0, "pod %u", i + 1);
    }
    for (uint32_t i = 0; i < 100; i++)
        down(&w, 1 + i, 0);
    cr_expect_eq(stats(&w).listeners, 0);
    client_start(&w, &c, IP, 80, CLOSE);
    run(&w, 50);
    cr_expect_eq(c.error, ECONNREFUSED);
    world_close(&w);
}

/* ---- limits ---------------------------------------------------------------------------------- */

Test(responder, a_full_pool_resets)
{
    static struct client all[4];

    world_open(&w, (struct probe_responder_options){.connections_max = 2});
    up(&w, 1, 0, IP, 80);
    for (int i = 0; i < 4; i++)
        client_start(&w, &all[i], IP, 80, "");
    run(&w, 10);
    cr_expect_eq(stats(&w).exhausted, 2);
    cr_expect_eq(stats(&w).open, 2);
    cr_expect_not(all[0].ended);
    cr_expect_not(all[1].ended);
    cr_expect_eq(all[2].error, ECONNRESET);
    cr_expect_eq(all[3].error, ECONNRESET);
    rx_loop_cancel(&w.loop, &all[0].op);
    run(&w, 20);
    client_start(&w, &c, IP, 80, CLOSE);
    run(&w, 30);
    cr_expect(ends(&c, "ok\n"));
    world_close(&w);
}

Test(responder, allocates_nothing_once_it_is_warm)
{
    uint64_t calls;

    open_one();
    for (int i = 0; i < 3; i++) {
        client_start(&w, &c, IP, 8080, KEEP CLOSE);
        run(&w, 10);
    }
    rx_mem_seal(&w.mem);
    calls = w.mem.state->calls;
    for (int i = 0; i < 100; i++) {
        client_start(&w, &c, IP, 8080, KEEP CLOSE);
        run(&w, 20);
        cr_assert(c.ended);
        down(&w, 7, 2);
        up(&w, 7, 2, IP, 8080);
    }
    cr_expect_eq(w.mem.state->calls, calls);
    cr_expect_eq(rx_mem_breaches(&w.mem), 0);
    world_close(&w);
}

/* Fails each allocation of a life in turn: nothing is lost, nobody is called who is not there. */
Test(responder, survives_want_of_memory)
{
    struct rx_sim_options sim = {.clock = RX_SIM_VIRTUAL, .seed = 1, .connections_max = 16};
    struct probe_responder_options o = {
        .answer = world_answer, .answer_ctx = &w, .timer_class = CLASS};
    bool failed = true;

    memset(&w, 0, sizeof(w));
    w.answer.status = 200;
    cr_assert_eq(rx_mem_open(&w.mem), 0);
    for (uint64_t n = 2; failed; n++) {
        struct failmem f;
        struct rx_mem mem;
        struct rx_port *port;

        cr_assert_lt(n, 100);
        cr_assert_eq(rx_port_sim_open(&port, &w.mem, &sim), 0);
        cr_assert_eq(rx_loop_init(&w.loop, port, &w.mem), 0);
        cr_assert_eq(failmem_open(&mem, &f, n), 0);
        w.r = NULL;
        if (probe_responder_open(&w.r, &w.loop, &mem, &o) == 0) {
            w.server = probe_responder_server(w.r);
            for (uint32_t i = 0; i < 70; i++) /* makes the tables grow */
                up(&w, 1 + i, 0, IP + i, 80);
            client_start(&w, &c, IP + 1, 80, CLOSE);
            run(&w, 10);
            cr_expect(ends(&c, "ok\n") || c.error == ECONNRESET || c.error == ECONNREFUSED);
            cr_expect_eq(stats(&w).listen_failed + stats(&w).exhausted > 0 || f.failed == 0 ||
                             ends(&c, "ok\n"),
                         true);
            for (uint32_t i = 0; i < 70; i++)
                down(&w, 1 + i, 0);
        } else {
            cr_expect_null(w.r);
        }
        rx_loop_fini(&w.loop);
        probe_responder_close(w.r);
        failed = f.failed > 0;
        rx_mem_close(&mem);
        cr_expect_eq(f.blocks, 0, "allocation %lu", n);
    }
    rx_mem_close(&w.mem);
}
