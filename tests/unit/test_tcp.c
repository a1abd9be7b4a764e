/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tcpSocket carrier under virtual time. As in test_http.c, it is compiled into this file with
 * its calls to the worker renamed.
 */
#define pod_attempt_done tcp_test_done
#define pod_attempt_free tcp_test_free
#define pod_attempt_answer tcp_test_answer
#define pod_attempt_answer_lost tcp_test_answer_lost
#define pod_attempt_tag tcp_test_tag
#define pod_attempt_waited tcp_test_waited
#define probe_tcp        probe_tcp_under_test
#include "probes/carry/tcp.c"

#include <criterion/criterion.h>
#include <stdio.h>

enum { CLASS = 3, IP = 0x0a000005, PORT = 80 };

static struct {
    struct rx_mem mem;
    struct rx_loop loop;
    struct rx_op accept;
    rx_sock listener;
    int accepted;
    bool close_at_once;
    struct pod_attempt a;
    struct pod_handler_spec h;
    struct probe_socket_options options;
    int done, freed;
    bool in_flight; /* when it was done */
    enum pod_outcome outcome;
    char text[512];
    rx_ms done_at;
} w;

void tcp_test_done(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                   uint32_t length)
{
    cr_assert_eq(a, &w.a);
    cr_assert_eq(w.freed, 0);
    w.done++;
    w.in_flight = a->op.state != RX_OP_DEAD;
    w.outcome = outcome;
    w.done_at = rx_loop_now(&w.loop);
    snprintf(w.text, sizeof(w.text), "%.*s", (int)length, text);
}

void tcp_test_free(struct pod_attempt *a)
{
    w.freed++;
    cr_expect_eq(a->op.state, RX_OP_DEAD);
    cr_expect_not(rx_timer_armed(&a->deadline));
}

void tcp_test_answer(struct pod_attempt *a, rx_ms at)
{
    rx_loop_arm(a->loop, &a->step, at);
}

void tcp_test_answer_lost(struct pod_attempt *a)
{
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

void tcp_test_waited(struct pod_attempt *a)
{
    (void)a;
}

uint64_t tcp_test_tag(const struct pod_attempt *a, uint32_t hop)
{
    (void)a;
    return hop + 1;
}

static void on_timer(void *ctx, struct rx_timer *t)
{
    (void)ctx;
    if (t == &w.a.step)
        w.a.carrier->step(&w.a);
    else
        w.a.carrier->expire(&w.a);
}

static void on_accept(struct rx_loop *loop, struct rx_op *op)
{
    if (op->res < 0)
        return;
    w.accepted++;
    rx_loop_close(loop, op->sock_new, w.close_at_once);
}

static void world_open(struct rx_sim_options sim)
{
    struct rx_port *port;

    memset(&w, 0, sizeof(w));
    sim.seed = 1;
    sim.connections_max = 16;
    cr_assert_eq(rx_mem_open(&w.mem), 0);
    cr_assert_eq(rx_port_sim_open(&port, &w.mem, &sim), 0);
    cr_assert_eq(rx_loop_init(&w.loop, port, &w.mem), 0);
    rx_loop_on(&w.loop, CLASS, on_timer, NULL);
    w.h = (struct pod_handler_spec){.kind = POD_HANDLER_TCP, .port = PORT, .port_text = "80"};
    w.a.timeout = RX_NS_PER_S;
}

static void world_close(void)
{
    rx_loop_fini(&w.loop);
    rx_mem_close(&w.mem);
}

static void listen_there(void)
{
    struct rx_port *p = w.loop.port;

    cr_assert_eq(p->ops->listen(p, (struct rx_addr){IP, PORT}, 16, &w.listener), 0);
    w.accept = (struct rx_op){.kind = RX_OP_ACCEPT, .sock = w.listener, .done = on_accept};
    rx_loop_start(&w.loop, &w.accept);
}

static void run(rx_ms until)
{
    int rc;

    while ((rc = rx_loop_turn(&w.loop, until)) == 1)
        ;
    cr_assert_eq(rc, 0);
}

static void start(void)
{
    struct pod_attempt *a = &w.a;

    w.done = w.freed = 0;
    rx_timer_init(&a->deadline, rx_key(CLASS, 1));
    rx_timer_init(&a->step, rx_key(CLASS, 0));
    a->loop = &w.loop;
    a->carrier = &probe_tcp_under_test;
    a->carrier_ctx = &w.options;
    a->handler = &w.h;
    a->ip = IP;
    a->started = rx_loop_clock(&w.loop);
    a->carrier->start(a);
}

static void expect(enum pod_outcome outcome, const char *text)
{
    cr_expect_eq(w.done, 1);
    cr_expect_eq(w.freed, 1);
    cr_expect_eq(w.outcome, outcome);
    cr_expect_str_eq(w.text, text, "%s", w.text);
}

Test(tcp, an_open_port)
{
    world_open((struct rx_sim_options){0});
    listen_there();
    start();
    run(10000);
    expect(POD_SUCCESS, "");
    cr_expect_eq(w.accepted, 1);
    cr_expect_eq(w.done_at, 0);
    w.close_at_once = true;
    start();
    run(10000);
    expect(POD_SUCCESS, "");
    world_close();
}

Test(tcp, a_closed_port)
{
    world_open((struct rx_sim_options){0});
    start();
    run(10000);
    expect(POD_FAILURE, "dial tcp 10.0.0.5:80: connect: connection refused");
    cr_expect_eq(w.done_at, 0);
    world_close();
}

Test(tcp, no_answer_at_all)
{
    world_open((struct rx_sim_options){.fault_drop_ppm = 1000000});
    w.a.timeout = 3 * RX_NS_PER_S;
    start();
    while (w.done == 0)
        cr_assert_eq(rx_loop_turn(&w.loop, 10000), 1);
    cr_expect(w.in_flight, "its operation goes on until it is cancelled");
    cr_expect_eq(w.done_at, 3000);
    w.a.carrier->cancel(&w.a);
    run(10000);
    expect(POD_FAILURE, "dial tcp 10.0.0.5:80: i/o timeout");
    world_close();
}

Test(tcp, cancelled_at_any_time)
{
    for (rx_ms at = 0; at < 25; at++) {
        world_open((struct rx_sim_options){.latency_min = 10 * RX_NS_PER_MS,
                                           .latency_max = 10 * RX_NS_PER_MS});
        listen_there();
        start();
        run(at);
        if (w.done == 0) {
            w.a.carrier->cancel(&w.a);
            run(5000);
            cr_expect_eq(w.done, 0);
        }
        cr_expect_eq(w.freed, 1);
        world_close();
    }
}

Test(tcp, hosts_and_ports)
{
    world_open((struct rx_sim_options){0});
    w.h.host = "db.example.com";
    start();
    run(10);
    expect(POD_FAILURE, "dial tcp: lookup db.example.com: no such host");
    w.h.host = "127.0.0.9";
    start();
    run(20);
    expect(POD_FAILURE, "dial tcp 127.0.0.9:80: connect: connection refused");
    w.h.host = "10.0.0.6";
    start();
    run(30);
    expect(POD_FAILURE, "dial tcp 10.0.0.6:80: connect: no route to host");
    w.h.host = "10.0.0.5";
    start();
    run(40);
    expect(POD_FAILURE, "dial tcp 10.0.0.5:80: connect: connection refused");
    w.h.port = 0;
    w.h.port_text = "web";
    start();
    run(50);
    expect(POD_ERROR, "strconv.Atoi: parsing \"web\": invalid syntax");
    world_close();
}

Test(tcp, loopback_is_the_pod_itself)
{
    static const char *const host[] = {"localhost", "127.0.0.1", "::1"};

    world_open((struct rx_sim_options){0});
    listen_there();
    for (size_t i = 0; i < RX_ARRAY_LEN(host); i++) {
        w.h.host = host[i];
        start();
        run(10 * (rx_ms)(i + 1));
        expect(POD_SUCCESS, "");
        cr_expect_eq(w.accepted, (int)i + 1);
    }
    world_close();
}

Test(tcp, socket_policies_are_those_of_the_registration)
{
    world_open((struct rx_sim_options){0});
    w.options.op_flags = RX_OP_RST_CLOSE | RX_OP_FAST_OPEN;
    start();
    cr_expect_eq(w.a.op.flags, RX_OP_RST_CLOSE | RX_OP_FAST_OPEN);
    run(10);
    world_close();
}
