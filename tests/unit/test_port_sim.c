/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_sim.c - the simulated port, verb by verb. The soak that mixes everything is
 * tests/unit/test_port_sim_soak.c, clocks and faults in test_port_sim_time.c.
 */
#include "engine/reactor/err.h"
#include "engine/reactor/port.h"
#include "engine/reactor/prng.h"
#include "tests/support/deed.h"
#include "tests/support/failmem.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { ALL = 64, STREAM = 4096 }; /* STREAM: what port_sim.h says */

static const struct rx_addr web = {0x7f010001, 8080};

static struct failmem heap;
static struct rx_mem mem;
static struct rx_port *port;

static void open_port(struct rx_sim_options options)
{
    if (options.connections_max == 0)
        options.connections_max = 100; /* heap fills what it gives, and the default is large */
    failmem_open(&mem, &heap, 0);
    cr_assert_eq(rx_port_sim_open(&port, &mem, &options), 0);
}

static void setup(void)
{
    open_port((struct rx_sim_options){.clock = RX_SIM_VIRTUAL, .seed = 1});
}

static void teardown(void)
{
    port->ops->destroy(port);
    rx_mem_close(&mem);
    cr_assert_eq(heap.blocks, 0);
}

TestSuite(port_sim, .init = setup, .fini = teardown);

static void reopen(struct rx_sim_options options)
{
    teardown();
    open_port(options);
}

static void shut(rx_sock sock)
{
    port->ops->close(port, sock, false);
}

static void cancel(struct deed *d)
{
    port->ops->cancel(port, &d->op);
}

#define assert_done(d, result)                                                                     \
    do {                                                                                           \
        cr_assert_eq((d)->results, 1);                                                             \
        cr_assert_eq((d)->op.state, RX_OP_DEAD);                                                   \
        cr_assert_eq((d)->op.res, (result), "res is %d", (d)->op.res);                             \
    } while (0)

#define assert_done_at(d, result, when)                                                            \
    do {                                                                                           \
        assert_done(d, result);                                                                    \
        cr_assert_eq((d)->op.stage, (when), "stage is %d", (d)->op.stage);                         \
    } while (0)

#define assert_pending(d) cr_assert_eq((d)->results, 0)

/* What most tests begin with: a connection, both ends open. */
struct pair {
    struct deed accept, dial;
    rx_sock listener, client, server;
};

static struct pair *pair_open(struct pair *p)
{
    *p = (struct pair){0};
    p->listener = deed_listen(port, web, 8);
    deed_accept(port, &p->accept, p->listener);
    deed_dial(port, &p->dial, web);
    deed_settle(port);
    assert_done(&p->dial, 0);
    cr_assert_eq(p->accept.results, 1);
    cr_assert_eq(p->accept.op.state, RX_OP_ACTIVE);
    p->client = p->dial.op.sock;
    p->server = p->accept.op.sock_new;
    return p;
}

/* ---- connecting ----------------------------------------------------------------------------- */

Test(port_sim, nobody_listens)
{
    struct deed d = {0}, c = {0};

    deed_dial(port, &d, web);
    deed_call(port, &c, web, "x", 1);
    assert_pending(&d); /* never inside start */
    deed_settle(port);
    assert_done_at(&d, -ECONNREFUSED, RX_STAGE_CONNECT);
    assert_done_at(&c, -ECONNREFUSED, RX_STAGE_CONNECT);
    cr_assert_eq(d.op.sock, RX_SOCK_NONE);
    cr_assert_eq(c.op.sock, RX_SOCK_NONE);
}

Test(port_sim, a_whole_exchange)
{
    rx_sock listener = deed_listen(port, web, 8), server;
    struct deed a = {0}, c = {0}, s = {0};
    struct rx_addr local;

    deed_accept(port, &a, listener);
    deed_call(port, &c, web, "question", 8);
    deed_settle(port);
    server = a.op.sock_new;
    cr_assert_eq(a.op.res, 0);
    cr_assert_eq(port->ops->local(port, server, &local), 0);
    cr_assert(local.ip == web.ip && local.port == web.port);
    deed_recv(port, &s, server, sizeof(s.buffer));
    deed_settle(port);
    assert_done(&s, 8);
    cr_assert_arr_eq(s.buffer, "question", 8);
    assert_pending(&c);
    deed_send(port, &s, server, "answer", 6);
    deed_settle(port);
    assert_done_at(&c, 6, RX_STAGE_RECV);
    cr_assert_arr_eq(c.buffer, "answer", 6);
    assert_done(&s, 6);
    shut(server);
    deed_recv(port, &s, c.op.sock, 10);
    deed_settle(port);
    assert_done(&s, 0);
    shut(c.op.sock);
    cr_assert_eq(port->ops->now(port), 0);
}

Test(port_sim, talk_goes_on_where_call_ended)
{
    rx_sock listener = deed_listen(port, web, 8);
    struct deed a = {0}, c = {0}, s = {0};

    deed_accept(port, &a, listener);
    deed_call(port, &c, web, "one", 3);
    deed_settle(port);
    for (int i = 0; i < 3; i++) {
        deed_recv(port, &s, a.op.sock_new, 10);
        deed_settle(port);
        assert_done(&s, 3);
        deed_send(port, &s, a.op.sock_new, i ? "TWO" : "ONE", 3);
        deed_settle(port);
        assert_done(&c, 3);
        cr_assert_arr_eq(c.buffer, i ? "TWO" : "ONE", 3);
        c.op.kind = RX_OP_TALK;
        c.op.out = "two";
        deed_start(port, &c);
    }
    shut(a.op.sock_new); /* the third question is unread */
    deed_settle(port);
    assert_done_at(&c, -ECONNRESET, RX_STAGE_RECV);
    shut(c.op.sock); /* errors of TALK leave the connection to its owner */
}

Test(port_sim, the_wildcard_listener_takes_what_nobody_else_does)
{
    struct rx_addr any = {0, 8080}, other = {0x7f010002, 8080}, closed = {0x7f010002, 81}, local;
    rx_sock wild = deed_listen(port, any, 8), own = deed_listen(port, web, 8);
    struct deed aw = {0}, ao = {0}, d[3] = {0};

    deed_accept(port, &aw, wild);
    deed_accept(port, &ao, own);
    deed_dial(port, &d[0], other);
    deed_dial(port, &d[1], web);
    deed_dial(port, &d[2], closed);
    deed_settle(port);
    cr_assert_eq(aw.results, 1);
    cr_assert_eq(ao.results, 1);
    assert_done(&d[2], -ECONNREFUSED);
    cr_assert_eq(port->ops->local(port, aw.op.sock_new, &local), 0);
    cr_assert(local.ip == other.ip && local.port == other.port);
    shut(own);
    deed_dial(port, &d[2], web);
    deed_settle(port);
    assert_done(&d[2], 0);
    cr_assert_eq(aw.results, 2);
}

Test(port_sim, an_address_has_one_listener)
{
    rx_sock first = deed_listen(port, web, 8), second;

    cr_assert_eq(port->ops->listen(port, web, 8, &second), -EADDRINUSE);
    shut(first);
    cr_assert_eq(port->ops->listen(port, web, 8, &second), 0);
    cr_assert_neq(first, second);
}

Test(port_sim, port_0_is_any_free_port)
{
    struct rx_addr any = {web.ip, 0}, a, b;
    rx_sock one = deed_listen(port, any, 8), two = deed_listen(port, any, 8);

    cr_assert_eq(port->ops->local(port, one, &a), 0);
    cr_assert_eq(port->ops->local(port, two, &b), 0);
    cr_assert(a.ip == web.ip && a.port != 0 && b.port != 0 && a.port != b.port);
}

Test(port_sim, a_connection_waits_in_the_backlog)
{
    rx_sock listener = deed_listen(port, web, 8), first;
    struct deed d = {0}, c = {0}, a = {0}, s = {0};

    deed_dial(port, &d, web);
    deed_call(port, &c, web, "x", 1);
    deed_settle(port);
    assert_done(&d, 0); /* as a kernel completes the handshake without the program */
    assert_pending(&c);
    deed_accept(port, &a, listener);
    cr_assert_eq(deed_turn(port, RX_NS_NEVER, 1), 1); /* no more room: one result */
    cr_assert_eq(a.results, 1);
    first = a.op.sock_new;
    cr_assert_eq(deed_turn(port, 0, ALL), 1); /* and the rest is not forgotten */
    cr_assert_eq(a.results, 2);
    deed_recv(port, &s, first, 1); /* in the order they came: that is the dialled one */
    deed_settle(port);
    assert_pending(&s);
    cancel(&s);
    deed_settle(port);
    deed_recv(port, &s, a.op.sock_new, 1);
    deed_settle(port);
    assert_done(&s, 1);
}

Test(port_sim, a_full_backlog_lets_requests_hang)
{
    rx_sock listener = deed_listen(port, web, 2);
    struct deed d[5] = {0}, a = {0};

    for (int i = 0; i < 5; i++)
        deed_dial(port, &d[i], web);
    deed_settle(port);
    assert_done(&d[1], 0);
    assert_pending(&d[2]);
    cancel(&d[3]);
    deed_settle(port);
    assert_done_at(&d[3], -ECANCELED, RX_STAGE_CONNECT);
    deed_accept(port, &a, listener);
    deed_settle(port);
    assert_done(&d[2], 0);
    assert_done(&d[4], 0);
    cr_assert_eq(a.results, 4);
}

Test(port_sim, a_listener_closes_on_everyone)
{
    rx_sock listener = deed_listen(port, web, 2);
    struct deed c[2] = {0}, late = {0}, after = {0}, d = {0};

    deed_call(port, &c[0], web, "x", 1);
    deed_dial(port, &d, web);
    deed_settle(port);
    deed_dial(port, &late, web); /* the backlog is full */
    deed_settle(port);
    shut(listener);
    deed_dial(port, &after, web);
    deed_settle(port);
    assert_done_at(&c[0], -ECONNRESET, RX_STAGE_RECV);
    assert_done(&late, -ECONNREFUSED);
    assert_done(&after, -ECONNREFUSED);
    deed_recv(port, &c[1], d.op.sock, 1);
    deed_settle(port);
    assert_done(&c[1], -ECONNRESET);
    shut(d.op.sock);
}

Test(port_sim, closing_a_listener_ends_accept_but_not_what_was_accepted)
{
    struct pair p;
    struct deed s = {0}, r = {0};

    pair_open(&p);
    shut(p.listener);
    deed_settle(port);
    cr_assert_eq(p.accept.results, 2);
    cr_assert_eq(p.accept.op.state, RX_OP_DEAD);
    cr_assert_eq(p.accept.op.res, -ECANCELED);
    deed_send(port, &s, p.client, "still", 5);
    deed_recv(port, &r, p.server, 10);
    deed_settle(port);
    assert_done(&r, 5);
}

/* Against the dumbest of directories: an array of flags. */
Test(port_sim, many_listeners_come_and_go)
{
    enum { COUNT = 300 };
    struct rx_prng chance = rx_prng_stream(7, 0, 0);
    static struct deed accept[COUNT];
    rx_sock listener[COUNT];
    bool open[COUNT] = {false};

    for (int round = 0; round < 3000; round++) {
        uint64_t i = rx_prng_below(&chance, COUNT);
        struct rx_addr at = {web.ip + (uint32_t)i % 20, (uint16_t)(1 + i / 20)};
        struct deed d = {0};

        if (rx_prng_below(&chance, 2)) {
            if (open[i]) {
                shut(listener[i]);
                deed_settle(port);
                cr_assert_eq(accept[i].op.state, RX_OP_DEAD);
            } else {
                listener[i] = deed_listen(port, at, 1);
                deed_accept(port, &accept[i], listener[i]);
            }
            open[i] = !open[i];
        }
        deed_dial(port, &d, at);
        deed_settle(port);
        assert_done(&d, open[i] ? 0 : -ECONNREFUSED);
        if (open[i]) {
            cr_assert_eq(accept[i].op.res, 0);
            shut(d.op.sock);
            shut(accept[i].op.sock_new);
        }
    }
}

/* ---- streams -------------------------------------------------------------------------------- */

Test(port_sim, a_writer_waits_for_a_slow_reader_and_no_byte_is_lost)
{
    static char out[5 * STREAM];
    static struct deed s, r;
    struct pair p;
    size_t seen = 0, step = 1;

    for (size_t i = 0; i < sizeof(out); i++)
        out[i] = (char)(i % 251);
    pair_open(&p);
    deed_send(port, &s, p.client, out, sizeof(out));
    deed_settle(port);
    assert_pending(&s);
    while (seen < sizeof(out)) {
        step = step * 3 % 1999; /* sizes of no pattern */
        deed_recv(port, &r, p.server, step);
        deed_settle(port);
        cr_assert(r.op.res > 0 && r.op.res <= (int32_t)step);
        cr_assert_arr_eq(r.buffer, out + seen, (size_t)r.op.res);
        seen += (size_t)r.op.res;
        cr_assert_eq(s.results, seen + STREAM >= sizeof(out), "at %zu", seen);
    }
    assert_done(&s, sizeof(out));
}

Test(port_sim, a_large_question_is_asked_piece_by_piece)
{
    static char out[3 * STREAM];
    static struct deed a, c, s;
    size_t seen = 0;

    memset(out, 'q', sizeof(out));
    deed_accept(port, &a, deed_listen(port, web, 8));
    deed_call(port, &c, web, out, sizeof(out));
    deed_settle(port);
    deed_send(port, &s, a.op.sock_new, "too early", 9); /* nobody reads before he has asked */
    deed_settle(port);
    assert_pending(&c);
    while (seen < sizeof(out)) {
        deed_recv(port, &s, a.op.sock_new, 1000);
        deed_settle(port);
        cr_assert_gt(s.op.res, 0);
        seen += (size_t)s.op.res;
    }
    assert_done(&c, 9);
}

Test(port_sim, a_large_question_that_is_cancelled_has_not_been_asked)
{
    static char out[3 * STREAM];
    static struct deed a, c;

    deed_accept(port, &a, deed_listen(port, web, 8));
    deed_call(port, &c, web, out, sizeof(out));
    deed_settle(port);
    cancel(&c);
    deed_settle(port);
    assert_done_at(&c, -ECANCELED, RX_STAGE_SEND);
}

Test(port_sim, end_of_stream_comes_behind_the_bytes_and_stays)
{
    struct pair p;
    struct deed s = {0}, r = {0};

    pair_open(&p);
    deed_send(port, &s, p.server, "bye", 3);
    deed_settle(port);
    shut(p.server);
    for (int i = 0; i < 3; i++) {
        deed_recv(port, &r, p.client, 2);
        deed_settle(port);
        assert_done(&r, i == 0 ? 2 : i == 1 ? 1 : 0);
    }
    deed_send(port, &s, p.client, "x", 1);
    deed_settle(port);
    assert_done_at(&s, -EPIPE, RX_STAGE_SEND);
}

Test(port_sim, a_waiting_reader_learns_of_the_end)
{
    struct pair p;
    struct deed r = {0};

    pair_open(&p);
    deed_recv(port, &r, p.client, 2);
    deed_settle(port);
    assert_pending(&r);
    shut(p.server);
    deed_settle(port);
    assert_done(&r, 0);
}

Test(port_sim, reset_reaches_readers_and_writers)
{
    static struct deed s, r;
    static char out[2 * STREAM];
    struct pair p;

    pair_open(&p);
    deed_recv(port, &r, p.client, 2);
    deed_send(port, &s, p.client, out, sizeof(out));
    deed_settle(port);
    assert_pending(&s);
    port->ops->close(port, p.server, true);
    deed_settle(port);
    assert_done(&r, -ECONNRESET);
    assert_done_at(&s, -ECONNRESET, RX_STAGE_SEND);
    deed_send(port, &s, p.client, "x", 1);
    deed_settle(port);
    assert_done(&s, -ECONNRESET);
    shut(p.client);
}

Test(port_sim, what_came_before_a_reset_can_be_read)
{
    struct pair p;
    struct deed s = {0}, r = {0};

    pair_open(&p);
    deed_send(port, &s, p.server, "last", 4);
    deed_settle(port);
    port->ops->close(port, p.server, true);
    deed_recv(port, &r, p.client, 10);
    deed_settle(port);
    assert_done(&r, 4);
    deed_recv(port, &r, p.client, 10);
    deed_settle(port);
    assert_done(&r, -ECONNRESET);
}

Test(port_sim, closing_with_bytes_unread_resets)
{
    struct pair p;
    struct deed s = {0}, r = {0};

    pair_open(&p);
    deed_send(port, &s, p.client, "unread", 6);
    deed_recv(port, &r, p.server, 5);
    deed_settle(port);
    assert_done(&r, 5);
    deed_recv(port, &s, p.client, 1);
    shut(p.server);
    deed_settle(port);
    assert_done(&s, -ECONNRESET);
}

Test(port_sim, rst_close_is_a_policy_of_the_dialler)
{
    rx_sock listener = deed_listen(port, web, 8);
    struct deed a = {0}, d = {0}, r = {0};

    deed_accept(port, &a, listener);
    d.op.flags = RX_OP_RST_CLOSE;
    deed_dial(port, &d, web);
    deed_settle(port);
    deed_recv(port, &r, a.op.sock_new, 1);
    shut(d.op.sock);
    deed_settle(port);
    assert_done(&r, -ECONNRESET);
}

Test(port_sim, an_answer_may_come_before_the_question_was_read)
{
    rx_sock listener = deed_listen(port, web, 8);
    struct deed a = {0}, c = {0}, s = {0};
    char out[] = "question";

    deed_accept(port, &a, listener);
    deed_call(port, &c, web, out, 8);
    deed_settle(port);
    deed_send(port, &s, a.op.sock_new, "220 hello", 9);
    deed_settle(port);
    assert_done(&c, 9);
    memset(out, 0, sizeof(out)); /* the caller's again */
    deed_recv(port, &s, a.op.sock_new, 20);
    deed_settle(port);
    assert_done(&s, 8);
    cr_assert_arr_eq(s.buffer, "question", 8);
}

Test(port_sim, stale_and_foreign_handles)
{
    static struct pair p, old;
    struct deed d = {0};
    struct rx_addr local;

    pair_open(&p);
    shut(p.client);
    shut(p.server);
    deed_recv(port, &d, p.client, 1);
    deed_settle(port);
    assert_done(&d, -EBADF);
    deed_send(port, &d, 12345678, "x", 1);
    deed_settle(port);
    assert_done(&d, -EBADF);
    deed_recv(port, &d, RX_SOCK_NONE, 1);
    deed_settle(port);
    assert_done(&d, -EBADF);
    cr_assert_eq(port->ops->local(port, p.server, &local), -EBADF);
    shut(p.listener);
    deed_settle(port);
    old = p;
    pair_open(&p); /* the same slots again, for somebody else */
    deed_recv(port, &d, old.client, 1);
    deed_settle(port);
    assert_done(&d, -EBADF);
    deed_accept(port, &d, old.listener);
    deed_settle(port);
    assert_done(&d, -EBADF);
}

Test(port_sim, questions_that_make_no_sense)
{
    struct pair p;
    struct deed d = {0};
    struct rx_addr local;

    pair_open(&p);
    deed_recv(port, &d, p.client, 0); /* 0 bytes would look like the end of the stream */
    deed_settle(port);
    assert_done(&d, -EINVAL);
    d.op = (struct rx_op){.kind = RX_OP_CALL, .to = web};
    deed_start(port, &d);
    deed_settle(port);
    assert_done_at(&d, -EINVAL, RX_STAGE_SOCKET);
    deed_send(port, &d, p.client, NULL, 0);
    deed_settle(port);
    assert_done(&d, 0);
    cr_assert_eq(port->ops->local(port, p.client, &local), -EOPNOTSUPP);
}

Test(port_sim, closing_twice_is_our_bug, .signal = SIGABRT)
{
    struct pair p;

    pair_open(&p);
    shut(p.client);
    shut(p.client);
}

/* ---- cancelling ----------------------------------------------------------------------------- */

Test(port_sim, cancelled_ops_complete_once)
{
    struct pair p;
    struct deed r = {0};

    pair_open(&p);
    deed_recv(port, &r, p.client, 1);
    cancel(&r);
    cancel(&r);
    assert_pending(&r);
    deed_settle(port);
    assert_done(&r, -ECANCELED);
    cancel(&r); /* DEAD */
    cancel(&p.accept);
    deed_settle(port);
    cr_assert_eq(p.accept.op.res, -ECANCELED);
    cr_assert_eq(p.accept.op.state, RX_OP_DEAD);
    assert_done(&r, -ECANCELED);
}

Test(port_sim, what_has_happened_already_stands)
{
    rx_sock listener = deed_listen(port, web, 8);
    struct deed d = {0}, s = {0};

    (void)listener;
    deed_dial(port, &d, web);
    cancel(&d);
    deed_settle(port);
    assert_done(&d, 0); /* the handshake was over; the connection is the caller's to close */
    deed_send(port, &s, d.op.sock, "x", 1);
    cancel(&s);
    deed_settle(port);
    assert_done(&s, 1);
    shut(d.op.sock);
}

Test(port_sim, a_cancelled_call_closes_and_its_question_still_arrives)
{
    rx_sock listener = deed_listen(port, web, 8);
    struct deed a = {0}, c = {0}, s = {0};
    char out[] = "question";

    deed_accept(port, &a, listener);
    deed_call(port, &c, web, out, 8);
    deed_settle(port);
    cancel(&c);
    deed_settle(port);
    assert_done_at(&c, -ECANCELED, RX_STAGE_RECV);
    cr_assert_eq(c.op.sock, RX_SOCK_NONE);
    memset(out, 0, sizeof(out));
    deed_recv(port, &s, a.op.sock_new, 20);
    deed_settle(port);
    assert_done(&s, 8);
    cr_assert_arr_eq(s.buffer, "question", 8);
    deed_recv(port, &s, a.op.sock_new, 20);
    deed_settle(port);
    assert_done(&s, 0);
}

Test(port_sim, a_cancelled_send_has_sent_a_beginning)
{
    static char out[2 * STREAM];
    static struct deed s, r;
    struct pair p;

    pair_open(&p);
    deed_send(port, &s, p.client, out, sizeof(out));
    cancel(&s);
    deed_settle(port);
    assert_done(&s, -ECANCELED);
    deed_recv(port, &r, p.server, sizeof(r.buffer));
    deed_settle(port);
    assert_done(&r, STREAM);
    deed_recv(port, &r, p.server, 1);
    deed_settle(port);
    assert_pending(&r);
}

/* ---- room ----------------------------------------------------------------------------------- */

Test(port_sim, more_connections_than_slots_wait_in_order)
{
    struct rx_port_stats stats;
    rx_sock listener;
    struct deed a = {0}, d[5] = {0};

    reopen((struct rx_sim_options){.seed = 1, .connections_max = 2});
    listener = deed_listen(port, web, 8);
    deed_accept(port, &a, listener);
    for (int i = 0; i < 5; i++)
        deed_dial(port, &d[i], web);
    deed_settle(port);
    assert_done(&d[1], 0);
    assert_pending(&d[2]);
    cr_assert_eq(d[2].op.state, RX_OP_WAITING);
    cancel(&d[3]);
    cr_assert_eq(deed_turn(port, 5000, ALL), 1);
    assert_done_at(&d[3], -ECANCELED, RX_STAGE_SOCKET);
    deed_turn(port, 5000, ALL);
    cr_assert_eq(port->ops->now(port), 5000);
    shut(a.op.sock_new); /* of the second: half of a connection still holds its slot */
    deed_settle(port);
    assert_pending(&d[2]);
    shut(d[1].op.sock);
    deed_settle(port);
    assert_done(&d[2], 0);
    assert_pending(&d[4]);
    port->ops->stats(port, &stats);
    cr_assert_eq(stats.slots_max, 2);
    cr_assert_eq(stats.slots_peak, 2);
    cr_assert_eq(stats.waited, 3);
    cr_assert_eq(stats.waited_ns, 5000);
    cr_assert_eq(stats.waited_ns_max, 5000);
    cr_assert_eq(stats.ops, 6);
    cr_assert_eq(stats.enters, 0);
}

/* Each dial that leaves the queue is refused and so makes room for the next: that must not nest.
 * And all of them complete in one instant, which is more than the ready queue holds at first. */
Test(port_sim, a_long_queue_of_refused_connections_drains)
{
    enum { COUNT = 100000 };
    struct deed a = {0}, hog = {0};
    struct rx_op *d = calloc(COUNT, sizeof(*d));
    struct rx_ready ready[ALL];
    int next = 0, n;

    reopen((struct rx_sim_options){.seed = 1, .connections_max = 1});
    deed_accept(port, &a, deed_listen(port, web, 8));
    deed_dial(port, &hog, web);
    deed_settle(port);
    for (int i = 0; i < COUNT; i++) {
        d[i] = (struct rx_op){.kind = RX_OP_DIAL, .to = {web.ip, 1}};
        port->ops->start(port, &d[i]);
    }
    shut(hog.op.sock);
    cr_assert_eq(deed_turn(port, 0, ALL), 0);
    shut(a.op.sock_new);
    while ((n = port->ops->wait(port, 0, ready, ALL)) > 0) {
        for (int i = 0; i < n; i++, next++) {
            cr_assert_eq(ready[i].op, &d[next]);
            cr_assert_eq(ready[i].res, -ECONNREFUSED);
        }
    }
    cr_assert_eq(next, COUNT);
    free(d);
}
