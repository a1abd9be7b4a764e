/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http_kit.h - the httpGet carrier against a scripted peer, under virtual time and in-memory
 * sockets. The carrier is compiled into each file of tests with its calls to the worker renamed, so
 * that the test is the worker and sees every verdict and every release. Whoever includes this says
 * first how: #define UNDER_TEST(name) name##_of_mine.
 */
#ifndef TEST_HTTP_KIT_H
#define TEST_HTTP_KIT_H

#define pod_attempt_done        UNDER_TEST(pod_attempt_done)
#define pod_attempt_free        UNDER_TEST(pod_attempt_free)
#define pod_attempt_answer      UNDER_TEST(pod_attempt_answer)
#define pod_attempt_answer_lost UNDER_TEST(pod_attempt_answer_lost)
#define pod_attempt_tag         UNDER_TEST(pod_attempt_tag)
#define pod_attempt_waited      UNDER_TEST(pod_attempt_waited)
#define probe_http              UNDER_TEST(probe_http)
#include "probes/carry/http.c"

#include <criterion/criterion.h>
#include <stdio.h>

enum { CLASS = 3, IP = 0x0a000005, PORT = 8080, CONNS = 16 };

#define URL "http://10.0.0.5:8080/healthz"
#define TIMED_OUT(url)                                                                             \
    "Get \"" url "\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"

#define FINE                                                                                       \
    {                                                                                              \
        .bytes = OK "Content-Length: 0\r\n\r\n"                                                    \
    }

/* ---- the peer -------------------------------------------------------------------------------- */

enum ending { CLOSES, RESETS, HOLDS };

/* What the n-th connection is answered; the last script repeats. */
struct script {
    const char *bytes;
    size_t size;  /* 0: a string */
    size_t piece; /* 0: all at once */
    enum ending ending;
};

struct peer_conn {
    struct rx_op op;
    const struct script *script;
    rx_sock sock;
    size_t at;
    bool asked;
    char request[4096];
    size_t request_len;
};

/* ---- the world ------------------------------------------------------------------------------- */

struct world {
    struct rx_mem mem;
    struct rx_loop loop;
    struct rx_op accept[2];
    rx_sock listener[2];
    const struct script *script;
    int scripts, conns;
    struct peer_conn conn[CONNS];

    struct pod_attempt a;
    struct pod_handler_spec h;
    struct probe_socket_options options;
    int done, freed;
    bool in_flight; /* when it was done */
    enum pod_outcome outcome;
    char text[POD_ATTEMPT_BUFFER];
    rx_ms done_at, freed_at;
};

static struct world w;

void pod_attempt_done(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                    uint32_t length)
{
    cr_assert_eq(a, &w.a);
    cr_assert_eq(w.freed, 0, "done after free");
    a->answered = true;
    w.done++;
    w.in_flight = a->op.state != RX_OP_DEAD;
    w.outcome = outcome;
    w.done_at = rx_loop_now(&w.loop);
    snprintf(w.text, sizeof(w.text), "%.*s", (int)length, text);
}

void pod_attempt_free(struct pod_attempt *a)
{
    cr_assert_eq(a, &w.a);
    w.freed++;
    w.freed_at = rx_loop_now(&w.loop);
    cr_expect_eq(a->op.state, RX_OP_DEAD, "freed with its operation in flight");
    cr_expect_not(rx_timer_armed(&a->deadline), "freed with its timer armed");
}

void pod_attempt_answer(struct pod_attempt *a, rx_ms at)
{
    rx_loop_arm(a->loop, &a->step, at);
}

void pod_attempt_answer_lost(struct pod_attempt *a)
{
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

void pod_attempt_waited(struct pod_attempt *a)
{
    (void)a;
}

uint64_t pod_attempt_tag(const struct pod_attempt *a, uint32_t hop)
{
    (void)a;
    return hop + 1;
}

static inline void on_timer(void *ctx, struct rx_timer *t)
{
    (void)ctx;
    if (t == &w.a.step) {
        w.a.carrier->step(&w.a);
        return;
    }
    cr_assert_eq(t, &w.a.deadline);
    w.a.carrier->expire(&w.a);
}

static void peer_go_on(struct peer_conn *c);

static inline void peer_on_op(struct rx_loop *loop, struct rx_op *op)
{
    struct peer_conn *c = rx_container_of(op, struct peer_conn, op);

    if (op->res < 0 || (op->kind == RX_OP_RECV && op->res == 0)) {
        rx_loop_close(loop, c->sock, false);
        return;
    }
    if (op->kind == RX_OP_RECV) {
        c->request_len += (size_t)op->res;
        c->request[c->request_len] = '\0';
        c->asked = strstr(c->request, "\r\n\r\n") != NULL;
    }
    peer_go_on(c);
}

static inline void peer_go_on(struct peer_conn *c)
{
    size_t size = c->script->size > 0 ? c->script->size : strlen(c->script->bytes);
    size_t n = RX_MIN(size - c->at, c->script->piece > 0 ? c->script->piece : SIZE_MAX);

    c->op.done = peer_on_op;
    c->op.sock = c->sock;
    if (c->asked && n == 0 && c->script->ending != HOLDS) {
        rx_loop_close(&w.loop, c->sock, c->script->ending == RESETS);
        return;
    }
    if (c->asked && n > 0) {
        c->op.kind = RX_OP_SEND;
        c->op.out = c->script->bytes + c->at;
        c->op.out_len = (uint32_t)n;
        c->at += n;
    } else {
        c->op.kind = RX_OP_RECV;
        c->op.in = c->request + c->request_len;
        c->op.in_len = (uint32_t)(sizeof(c->request) - c->request_len - 1);
    }
    rx_loop_start(&w.loop, &c->op);
}

static inline void peer_on_accept(struct rx_loop *loop, struct rx_op *op)
{
    struct peer_conn *c;

    (void)loop;
    if (op->res < 0)
        return;
    cr_assert_lt(w.conns, CONNS);
    c = &w.conn[w.conns];
    c->script = &w.script[RX_MIN(w.conns, w.scripts - 1)];
    c->sock = op->sock_new;
    w.conns++;
    peer_go_on(c);
}

static inline void world_open_with(struct rx_sim_options sim)
{
    struct rx_port *port;

    memset(&w, 0, sizeof(w));
    sim.clock = RX_SIM_VIRTUAL;
    sim.seed = 1;
    sim.connections_max = 64;
    cr_assert_eq(rx_mem_open(&w.mem), 0);
    cr_assert_eq(rx_port_sim_open(&port, &w.mem, &sim), 0);
    cr_assert_eq(rx_loop_init(&w.loop, port, &w.mem), 0);
    rx_loop_on(&w.loop, CLASS, on_timer, NULL);
    w.h = (struct pod_handler_spec){
        .kind = POD_HANDLER_HTTP, .port = PORT, .port_text = "8080", .path = "/healthz"};
    w.a.timeout = RX_NS_PER_S;
}

static inline void world_open(void)
{
    world_open_with((struct rx_sim_options){0});
}

static inline void world_close(void)
{
    rx_loop_fini(&w.loop);
    rx_mem_close(&w.mem);
}

static inline void serve(const struct script *s, int n)
{
    w.script = s;
    w.scripts = n;
    for (uint16_t i = 0; i < 2; i++) {
        struct rx_port *p = w.loop.port;

        cr_assert_eq(
            p->ops->listen(p, (struct rx_addr){IP, (uint16_t)(PORT + i)}, 16, &w.listener[i]), 0);
        w.accept[i] =
            (struct rx_op){.kind = RX_OP_ACCEPT, .sock = w.listener[i], .done = peer_on_accept};
        rx_loop_start(&w.loop, &w.accept[i]);
    }
}

static inline void unserve(void)
{
    for (int i = 0; i < 2; i++)
        rx_loop_close(&w.loop, w.listener[i], false);
}

static inline void run(rx_ms until)
{
    int rc;

    while ((rc = rx_loop_turn(&w.loop, until)) == 1)
        ;
    cr_assert_eq(rc, 0);
}

static inline void start(void)
{
    struct pod_attempt *a = &w.a;

    w.done = w.freed = w.conns = 0;
    memset(w.conn, 0, sizeof(w.conn));
    a->answered = a->error_is_failure = false;
    rx_timer_init(&a->deadline, rx_key(CLASS, 1));
    rx_timer_init(&a->step, rx_key(CLASS, 0));
    a->loop = &w.loop;
    a->carrier = &probe_http;
    a->carrier_ctx = &w.options;
    a->handler = &w.h;
    a->ip = IP;
    a->user_agent = "kube-probe/1.36";
    a->started = rx_loop_clock(&w.loop);
    memset(a->buffer, 0xee, sizeof(a->buffer));
    a->carrier->start(a);
}

static inline void expect(enum pod_outcome outcome, const char *text)
{
    cr_expect_eq(w.done, 1);
    cr_expect_eq(w.freed, 1);
    cr_expect_eq(w.outcome, outcome, "outcome %d: %s", (int)w.outcome, w.text);
    cr_expect_str_eq(w.text, text, "\n  got  %s\n  want %s", w.text, text);
}

/* One run against one script, from start to release. */
static inline void probe_once(struct script s, enum pod_outcome outcome, const char *text)
{
    rx_ms from = rx_loop_now(&w.loop);

    serve(&s, 1);
    start();
    run(from + 10000);
    expect(outcome, text);
    unserve();
    run(from + 10001);
}

#define PROBE(outcome, text, ...) probe_once((struct script){__VA_ARGS__}, outcome, text)

static inline bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

#define OK "HTTP/1.1 200 OK\r\n"

#endif
