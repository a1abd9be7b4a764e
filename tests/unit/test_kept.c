/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kept connections: the httpGet carrier and its store against a scripted peer, under virtual time
 * and in-memory sockets. As in test_http.c the carrier is compiled into this file with its two
 * calls to the worker renamed, so that the test is the worker.
 */
#define pod_attempt_done kept_test_done
#define pod_attempt_free kept_test_free
#define pod_attempt_answer kept_test_answer
#define pod_attempt_answer_lost kept_test_answer_lost
#define pod_attempt_tag kept_test_tag
#define pod_attempt_waited kept_test_waited
#define probe_http       probe_http_with_kept
#include "probes/carry/http.c"

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/failmem.h"

enum { CLASS = 3, IP = 0x0a000005, PORT = 8080, CONNS = 16, PROBES = 4, ASKS = 8, STEP = 1024 };

#define URL   "http://10.0.0.5:8080/h"
#define OK    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define CLOSE "close" /* without an answer */
#define RESET "reset"
#define HANG  "hang"

/* ---- the peer: the n-th request on a connection gets the n-th answer of its script -------------
 */

struct peer {
    struct rx_op op;
    rx_sock sock;
    const char *const *script; /* NULL ends it: CLOSE from there on */
    int asked;
    bool open;
    char request[2048];
};

static struct world {
    struct rx_mem mem;
    struct rx_loop loop;
    struct rx_op accept[2];
    const char *const *script[CONNS]; /* of the n-th connection; NULL: as the one before */
    struct peer peer[CONNS];
    int conns;

    struct probe_kept *kept;
    struct probe_socket_options options;
    struct pod_handler_spec h;
    struct pod_attempt a[PROBES];
    int done[PROBES];
    enum pod_outcome outcome[PROBES];
    char text[PROBES][512];
} w;

void kept_test_done(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                    uint32_t length)
{
    long i = a - w.a;

    w.done[i]++;
    w.outcome[i] = outcome;
    snprintf(w.text[i], sizeof(w.text[i]), "%.*s", (int)length, text);
}

void kept_test_free(struct pod_attempt *a)
{
    cr_expect_eq(a->op.state, RX_OP_DEAD, "freed with its operation in flight");
}

void kept_test_answer(struct pod_attempt *a, rx_ms at)
{
    rx_loop_arm(a->loop, &a->step, at);
}

void kept_test_answer_lost(struct pod_attempt *a)
{
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

void kept_test_waited(struct pod_attempt *a)
{
    (void)a;
}

uint64_t kept_test_tag(const struct pod_attempt *a, uint32_t hop)
{
    (void)a;
    return hop + 1;
}

static void on_timer(void *ctx, struct rx_timer *t)
{
    struct pod_attempt *a = rx_container_of(t, struct pod_attempt, deadline);

    (void)ctx;
    if (t->key & STEP) {
        a = rx_container_of(t, struct pod_attempt, step);
        a->carrier->step(a);
        return;
    }
    a->carrier->expire(a);
}

static void peer_read(struct peer *p)
{
    p->op.kind = RX_OP_RECV;
    p->op.in = p->request;
    p->op.in_len = sizeof(p->request) - 1;
    rx_loop_start(&w.loop, &p->op);
}

static void peer_close(struct peer *p, bool reset)
{
    p->open = false;
    rx_loop_close(&w.loop, p->sock, reset);
}

static void peer_on_op(struct rx_loop *loop, struct rx_op *op)
{
    struct peer *p = rx_container_of(op, struct peer, op);
    const char *answer;

    (void)loop;
    if (op->res <= 0) {
        peer_close(p, false);
    } else if (op->kind == RX_OP_SEND) {
        if (p->script[p->asked] == NULL)
            peer_close(p, false);
        else
            peer_read(p);
    } else {
        p->request[op->res] = '\0';
        answer = p->script[p->asked++];
        if (answer == NULL || strcmp(answer, CLOSE) == 0 || strcmp(answer, RESET) == 0) {
            peer_close(p, answer != NULL && strcmp(answer, RESET) == 0);
        } else if (strcmp(answer, HANG) == 0) {
            peer_read(p);
        } else {
            p->op.kind = RX_OP_SEND;
            p->op.out = answer;
            p->op.out_len = (uint32_t)strlen(answer);
            rx_loop_start(&w.loop, &p->op);
        }
    }
}

static void peer_on_accept(struct rx_loop *loop, struct rx_op *op)
{
    struct peer *p = &w.peer[w.conns];
    int n = w.conns;

    (void)loop;
    if (op->res < 0)
        return;
    cr_assert_lt(w.conns++, CONNS);
    while (w.script[n] == NULL)
        n--;
    *p = (struct peer){.sock = op->sock_new, .script = w.script[n], .open = true};
    p->op.sock = p->sock;
    p->op.done = peer_on_op;
    peer_read(p);
}

/* ---- the world --------------------------------------------------------------------------------
 */

static const char *const answers[] = {OK, OK, OK, OK, OK, OK, HANG, NULL};

static void world_open(uint32_t connections_max)
{
    struct rx_sim_options sim = {
        .clock = RX_SIM_VIRTUAL, .seed = 1, .connections_max = connections_max};
    struct rx_port *port;

    memset(&w, 0, sizeof(w));
    cr_assert_eq(rx_mem_open(&w.mem), 0);
    cr_assert_eq(rx_port_sim_open(&port, &w.mem, &sim), 0);
    cr_assert_eq(rx_loop_init(&w.loop, port, &w.mem), 0);
    cr_assert_eq(probe_kept_open(&w.kept, &w.loop, &w.mem), 0);
    w.options.kept = w.kept;
    rx_loop_on(&w.loop, CLASS, on_timer, NULL);
    for (uint16_t i = 0; i < 2; i++) {
        struct rx_addr at = {IP, (uint16_t)(PORT + i)};
        rx_sock listener;

        cr_assert_eq(port->ops->listen(port, at, 16, &listener), 0);
        w.accept[i] =
            (struct rx_op){.kind = RX_OP_ACCEPT, .sock = listener, .done = peer_on_accept};
        rx_loop_start(&w.loop, &w.accept[i]);
    }
    w.h = (struct pod_handler_spec){
        .kind = POD_HANDLER_HTTP, .port = PORT, .port_text = "8080", .path = "/h"};
    w.script[0] = answers;
    for (uint32_t i = 0; i < PROBES; i++) {
        struct pod_attempt *a = &w.a[i];

        rx_timer_init(&a->deadline, rx_key(CLASS, i));
        rx_timer_init(&a->step, rx_key(CLASS, STEP | i));
        a->loop = &w.loop;
        a->carrier = &probe_http_with_kept;
        a->carrier_ctx = &w.options;
        a->handler = &w.h;
        a->ip = IP;
        a->user_agent = "kube-probe/1.36";
        a->timeout = RX_NS_PER_S;
        a->probe = 100 + i;
        a->instance = 1;
    }
}

static void world_close(void)
{
    rx_loop_shut(&w.loop);
    probe_kept_close(w.kept);
    rx_loop_fini(&w.loop);
    rx_mem_close(&w.mem);
}

static void settle_down(rx_ms for_ms)
{
    rx_ms until = rx_loop_now(&w.loop) + for_ms;
    int rc;

    while ((rc = rx_loop_turn(&w.loop, until)) == 1)
        ;
    cr_assert_eq(rc, 0);
}

static void begin(int i)
{
    struct pod_attempt *a = &w.a[i];

    w.done[i] = 0;
    a->answered = a->error_is_failure = false;
    a->started = rx_loop_clock(&w.loop);
    memset(a->buffer, 0xee, sizeof(a->buffer));
    a->carrier->start(a);
}

static void expect(int i, enum pod_outcome outcome, const char *text)
{
    cr_expect_eq(w.done[i], 1);
    cr_expect_eq(w.outcome[i], outcome, "outcome %d: %s", (int)w.outcome[i], w.text[i]);
    cr_expect_str_eq(w.text[i], text, "\n  got  %s\n  want %s", w.text[i], text);
}

static void run(int i, enum pod_outcome outcome, const char *text)
{
    begin(i);
    settle_down(10);
    expect(i, outcome, text);
}

static struct probe_kept_stats stats(void)
{
    struct probe_kept_stats s;

    probe_kept_stats(w.kept, &s);
    return s;
}

static struct rx_port_stats port_stats(void)
{
    struct rx_port_stats s;

    rx_loop_port_stats(&w.loop, &s);
    return s;
}

#define SCRIPT(n, ...)                                                                             \
    w.script[n] = (const char *const[])                                                            \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* ---- keeping ----------------------------------------------------------------------------------
 */

Test(kept, one_connection_for_all_runs_of_a_probe)
{
    world_open(64);
    for (int i = 0; i < 5; i++)
        run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 1);
    cr_expect_eq(w.peer[0].asked, 5);
    cr_expect_str_eq(w.peer[0].request, "GET /h HTTP/1.1\r\nHost: 10.0.0.5:8080\r\n"
                                        "User-Agent: kube-probe/1.36\r\nAccept: */*\r\n\r\n");
    cr_expect_eq(stats().reused, 4);
    cr_expect_eq(port_stats().slots_used, 1);
    world_close();
}

Test(kept, every_probe_has_its_own)
{
    world_open(64);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < PROBES; i++)
            run(i, POD_SUCCESS, "");
    cr_expect_eq(w.conns, PROBES);
    cr_expect_eq(stats().idle, PROBES);
    world_close();
}

Test(kept, a_failure_with_an_answer_is_kept_too)
{
    world_open(64);
    SCRIPT(0, "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", OK, HANG);
    run(0, POD_FAILURE, "HTTP probe failed with statuscode: 500");
    run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 1);
    world_close();
}

/* What says that it is the last answer, what does not say where it ends, and what says too much. */
Test(kept, not_after_every_answer)
{
    static const char *const last[] = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        OK "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(last); i++) {
        world_open(64);
        SCRIPT(0, last[i], HANG);
        SCRIPT(1, OK, HANG);
        begin(0);
        settle_down(10);
        cr_expect_eq(w.done[0], 1);
        cr_expect_eq(stats().idle, 0, "%s", last[i]);
        cr_expect_not(w.peer[0].open);
        run(0, POD_SUCCESS, "");
        cr_expect_eq(w.conns, 2);
        world_close();
    }
}

Test(kept, not_by_hooks_and_not_after_a_redirect)
{
    world_open(64);
    w.a[0].hook = true;
    run(0, POD_SUCCESS, "");
    cr_expect_eq(stats().idle, 0);
    cr_expect(strstr(w.peer[0].request, "Connection: close") != NULL);
    w.a[0].hook = false;
    SCRIPT(1, "HTTP/1.1 302 X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", HANG);
    SCRIPT(2, OK, HANG);
    run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 3);
    cr_expect_eq(stats().idle, 0);
    cr_expect_not(w.peer[1].open);
    cr_expect_not(w.peer[2].open);
    world_close();
}

/* ---- whose it is ------------------------------------------------------------------------------
 */

Test(kept, never_across_a_restart)
{
    world_open(64);
    run(0, POD_SUCCESS, "");
    w.a[0].instance = 2;
    run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 2);
    cr_expect_not(w.peer[0].open);
    cr_expect_eq(stats().idle, 1);
    world_close();
}

Test(kept, never_to_another_address)
{
    world_open(64);
    run(0, POD_SUCCESS, "");
    w.h.port = PORT + 1;
    run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 2);
    cr_expect_not(w.peer[0].open);
    world_close();
}

Test(kept, forgetting_closes_at_once)
{
    world_open(64);
    run(0, POD_SUCCESS, "");
    run(1, POD_SUCCESS, "");
    probe_http_with_kept.forget(&w.options, w.a[0].probe);
    probe_http_with_kept.forget(&w.options, w.a[0].probe);
    probe_http_with_kept.forget(&w.options, 4711);
    settle_down(1);
    cr_expect_not(w.peer[0].open);
    cr_expect(w.peer[1].open);
    cr_expect_eq(port_stats().slots_used, 1);
    run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 3);
    world_close();
}

/* ---- closed by the peer -----------------------------------------------------------------------
 */

Test(kept, closed_while_idle_is_no_failure)
{
    world_open(64);
    SCRIPT(0, OK);
    SCRIPT(1, OK);
    SCRIPT(2, OK, HANG);
    for (int i = 0; i < 3; i++)
        run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 3);
    cr_expect_eq(stats().reused, 2);
    cr_expect_eq(port_stats().slots_used, 1);
    world_close();
}

Test(kept, closed_or_reset_under_the_request_is_no_failure)
{
    static const char *const how[] = {CLOSE, RESET};

    for (size_t i = 0; i < RX_ARRAY_LEN(how); i++) {
        world_open(64);
        SCRIPT(0, OK, how[i]);
        SCRIPT(1, OK, HANG);
        run(0, POD_SUCCESS, "");
        run(0, POD_SUCCESS, "");
        cr_expect_eq(w.conns, 2);
        cr_expect_eq(w.peer[0].asked, 2);
        world_close();
    }
}

/* The second connection is new: what it says counts, and there is no third. */
Test(kept, asked_again_once)
{
    world_open(64);
    SCRIPT(0, OK, CLOSE);
    SCRIPT(1, CLOSE);
    SCRIPT(2, OK, HANG);
    run(0, POD_SUCCESS, "");
    run(0, POD_FAILURE, "Get \"" URL "\": EOF");
    cr_expect_eq(w.conns, 2);
    run(0, POD_SUCCESS, "");
    world_close();
}

Test(kept, refused_where_it_was_kept)
{
    world_open(64);
    SCRIPT(0, OK, CLOSE);
    run(0, POD_SUCCESS, "");
    rx_loop_close(&w.loop, w.accept[0].sock, false);
    run(0, POD_FAILURE, "Get \"" URL "\": dial tcp 10.0.0.5:8080: connect: connection refused");
    world_close();
}

/* An answer had begun: this is the target's failure. */
Test(kept, not_asked_again_after_the_first_byte)
{
    world_open(64);
    SCRIPT(0, OK, "HTTP/1.1 200");
    run(0, POD_SUCCESS, "");
    run(0, POD_FAILURE,
        "Get \"" URL "\": net/http: HTTP/1.x transport connection broken: "
        "unexpected EOF");
    cr_expect_eq(w.conns, 1);
    world_close();
}

Test(kept, silence_is_a_timeout)
{
    world_open(64);
    SCRIPT(0, OK, HANG, OK);
    SCRIPT(1, OK, HANG);
    run(0, POD_SUCCESS, "");
    begin(0);
    settle_down(1500);
    expect(0, POD_FAILURE,
           "Get \"" URL "\": context deadline exceeded "
           "(Client.Timeout exceeded while awaiting headers)");
    cr_expect_not(w.peer[0].open);
    run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 2);
    world_close();
}

/* The deadline of the run is not put off by asking again. */
Test(kept, one_deadline_for_both)
{
    world_open(64);
    SCRIPT(0, OK, HANG);
    SCRIPT(1, HANG);
    run(0, POD_SUCCESS, "");
    begin(0);
    settle_down(600);
    rx_loop_cancel(&w.loop, &w.peer[0].op); /* and with it the connection is closed */
    settle_down(399);
    cr_expect_eq(w.conns, 2);
    cr_expect_eq(w.done[0], 0);
    settle_down(1);
    cr_expect_eq(w.done[0], 1);
    world_close();
}

/* ---- room -------------------------------------------------------------------------------------
 */

Test(kept, the_longest_idle_makes_room)
{
    world_open(2);
    run(0, POD_SUCCESS, "");
    run(1, POD_SUCCESS, "");
    run(0, POD_SUCCESS, ""); /* 1 is the oldest now */
    run(2, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 3);
    cr_expect(w.peer[0].open);
    cr_expect_not(w.peer[1].open);
    cr_expect_eq(stats().evicted, 1);
    cr_expect_leq(port_stats().slots_peak, 2);
    world_close();
}

Test(kept, nothing_is_kept_while_somebody_waits)
{
    world_open(1);
    for (int i = 0; i < PROBES; i++)
        begin(i);
    settle_down(10);
    for (int i = 0; i < PROBES; i++)
        expect(i, POD_SUCCESS, "");
    cr_expect_eq(w.conns, PROBES);
    cr_expect_eq(stats().idle, 1, "the last one");
    world_close();
}

static uint64_t idle_of(struct probe_kept *kept)
{
    struct probe_kept_stats s;

    probe_kept_stats(kept, &s);
    return s.idle;
}

/* Without memory to remember a connection by, it is closed as ever. */
Test(kept, no_memory_no_connection)
{
    struct pod_attempt a = {.instance = 1, .to = {IP, PORT}};
    uint64_t before = UINT64_MAX;
    struct failmem fail;
    struct rx_mem mem;
    struct probe_kept *kept;

    world_open(64);
    cr_assert_eq(failmem_open(&mem, &fail, 0), 0);
    cr_assert_eq(probe_kept_open(&kept, &w.loop, &mem), 0);
    w.options.kept = kept;
    run(0, POD_SUCCESS, "");
    cr_expect_eq(idle_of(kept), 1);
    a.sock = probe_kept_take(kept, &w.a[0]);
    fail.fail_at = 1;
    fail.and_after = true;
    for (uint64_t i = 0; idle_of(kept) != before; i++) { /* until there is no place */
        before = idle_of(kept);
        a.probe = i * 65536;
        probe_kept_put(kept, &a);
    }
    cr_expect_eq(fail.failed, 1);
    run(0, POD_SUCCESS, "");
    cr_expect_eq(w.conns, 2, "the first one was closed");
    probe_kept_close(kept);
    world_close();
    rx_mem_close(&mem);
    cr_expect_eq(fail.blocks, 0);
}

Test(kept, ten_thousand)
{
    enum { MANY = 10000 };
    struct pod_attempt a = {.instance = 1, .to = {IP, PORT}};

    world_open(MANY + 8);
    run(0, POD_SUCCESS, "");
    a.sock = probe_kept_take(w.kept, &w.a[0]);
    for (uint32_t i = 0; i < MANY; i++) { /* the table does not look at the socket it is given */
        a.probe = i * 65536ull;
        probe_kept_put(w.kept, &a);
    }
    cr_expect_eq(stats().idle, MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        a.probe = i * 65536ull;
        cr_assert_eq(probe_kept_take(w.kept, &a), a.sock);
        cr_assert_eq(probe_kept_take(w.kept, &a), RX_SOCK_NONE);
    }
    cr_expect_eq(stats().idle, 0);
    rx_loop_close(&w.loop, a.sock, false);
    world_close();
}
