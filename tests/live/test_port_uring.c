/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_uring.c - the real port against real sockets on 127.0.0.0/8: calls, and calls that are
 * cancelled. Client and server share one ring. Nothing here measures time; waits have a limit only
 * so that a bug ends as a failure.
 */
#include <criterion/criterion.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/live/test_port_uring_kit.h"

/* ---- calls ----------------------------------------------------------------------------------- */

Test(port_uring, call_gets_an_answer_with_one_completion)
{
    struct rig g;
    struct server s;
    struct client c;
    int count = 0;

    rig_open(&g);
    cr_assert_str_eq(g.port->ops->name, "io_uring");
    server_open(&s, &g, ANSWERS);
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    c.keep = true;
    rig_start(&g, &c.op);
    rig_until(&g, &count, 1);
    cr_assert_eq(c.op.res, 4);
    cr_assert_arr_eq(c.in, "ping", 4);
    cr_assert_eq(c.op.stage, RX_STAGE_RECV);
    cr_assert_neq(c.op.sock, RX_SOCK_NONE);
    g.port->ops->close(g.port, c.op.sock, false);
    rig_settle(&g);
    cr_assert_eq(count, 1);
    cr_assert_eq(s.accepted, 1);
    server_close(&s);
    rig_close(&g);
}

static void policy(uint8_t flags)
{
    struct rig g;
    struct server s;
    struct client c[8];
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    for (int i = 0; i < 8; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        c[i].op.flags = flags;
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 8);
    for (int i = 0; i < 8; i++)
        cr_assert_eq(c[i].op.res, 4, "%s", strerror(-c[i].op.res));
    rig_settle(&g);
    cr_assert_eq(count, 8);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, call_with_reset_on_close)
{
    policy(RX_OP_RST_CLOSE);
}

Test(port_uring, call_with_fast_open)
{
    policy(RX_OP_FAST_OPEN | RX_OP_RST_CLOSE);
}

Test(port_uring, refused_fails_at_connect_once)
{
    struct rig g;
    struct server s;
    struct client c[3];
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    server_close(&s); /* a port that nobody listens on */
    for (int i = 0; i < 3; i++) {
        client_init(&c[i], &g, i == 2 ? RX_OP_DIAL : RX_OP_CALL, s.at, &count);
        c[i].op.flags = i == 1 ? RX_OP_RST_CLOSE : 0;
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 3);
    rig_settle(&g);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(c[i].op.res, -ECONNREFUSED);
        cr_assert_eq(c[i].op.stage, RX_STAGE_CONNECT);
        cr_assert_eq(c[i].op.sock, RX_SOCK_NONE);
        cr_assert_eq(c[i].done, 1);
    }
    rig_close(&g);
}

Test(port_uring, refused_with_fast_open_fails_once)
{
    struct rig g;
    struct server s;
    struct client c;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    server_close(&s);
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    c.op.flags = RX_OP_FAST_OPEN;
    rig_start(&g, &c.op);
    rig_until(&g, &count, 1);
    rig_settle(&g);
    cr_assert_eq(c.op.res, -ECONNREFUSED);
    cr_assert_leq(c.op.stage, RX_STAGE_SEND); /* SEND when the connect was put off */
    cr_assert_eq(c.done, 1);
    rig_close(&g);
}

Test(port_uring, a_reset_answer_fails_at_recv)
{
    struct rig g;
    struct server s;
    struct client c;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, RESETS);
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    rig_start(&g, &c.op);
    rig_until(&g, &count, 1);
    cr_assert_eq(c.op.res, -ECONNRESET);
    cr_assert_geq(c.op.stage, RX_STAGE_SEND);
    cr_assert_eq(c.op.sock, RX_SOCK_NONE);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, closing_with_reset_resets_the_peer)
{
    struct rig g;
    struct server s;
    struct client c;
    int count = 0;

    needs_socket_options();
    rig_open(&g);
    server_open(&s, &g, KEEPS);
    client_init(&c, &g, RX_OP_DIAL, s.at, &count);
    c.keep = true;
    rig_start(&g, &c.op);
    rig_until(&g, &count, 1);
    cr_assert_eq(c.op.res, 0);
    rig_until(&g, &s.accepted, 1);
    rig_settle(&g); /* the server's RECV is armed */
    g.port->ops->close(g.port, c.op.sock, true);
    rig_settle(&g);
    cr_assert(s.peers->closed);
    cr_assert_eq(s.peers->recv.res, -ECONNRESET, "%d", s.peers->recv.res);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, dial_then_talk_twice_on_one_connection)
{
    struct rig g;
    struct server s;
    struct client d, t;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, KEEPS);
    client_init(&d, &g, RX_OP_DIAL, s.at, &count);
    d.keep = true;
    rig_start(&g, &d.op);
    rig_until(&g, &count, 1);
    cr_assert_eq(d.op.res, 0);
    for (int i = 0; i < 2; i++) {
        client_init(&t, &g, RX_OP_TALK, s.at, &count);
        t.op.sock = d.op.sock;
        t.op.out = i == 0 ? "first" : "secnd";
        t.op.out_len = 5;
        rig_start(&g, &t.op);
        rig_until(&g, &count, 2 + i);
        cr_assert_eq(t.op.res, 5);
        cr_assert_arr_eq(t.in, t.op.out, 5);
        cr_assert_eq(t.op.stage, RX_STAGE_RECV);
    }
    g.port->ops->close(g.port, d.op.sock, false);
    cr_assert_eq(s.accepted, 1);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, send_of_more_than_any_buffer_sends_all)
{
    enum { BYTES = 12 << 20 };
    struct rig g;
    struct server s;
    struct client d, out, in;
    char *big = malloc(BYTES), *piece = malloc(1 << 16);
    int count = 0, got = 0;

    rig_open(&g);
    memset(big, 'x', BYTES);
    server_open(&s, &g, IS_SILENT);
    client_init(&d, &g, RX_OP_DIAL, s.at, &count);
    d.keep = true;
    rig_start(&g, &d.op);
    rig_until(&g, &count, 1);
    rig_until(&g, &s.accepted, 1);
    client_init(&out, &g, RX_OP_SEND, s.at, &count);
    out.op.sock = d.op.sock;
    out.op.out = big;
    out.op.out_len = BYTES;
    rig_start(&g, &out.op);
    rig_settle(&g);
    cr_assert_eq(count, 1, "nobody has read, and yet it is all sent");
    while (got < BYTES) {
        int before = in.done = 0;

        client_init(&in, &g, RX_OP_RECV, s.at, &before);
        in.op.sock = s.peers->sock;
        in.op.in = piece;
        in.op.in_len = 1 << 16;
        rig_start(&g, &in.op);
        rig_until(&g, &before, 1);
        cr_assert_gt(in.op.res, 0);
        got += in.op.res;
    }
    rig_until(&g, &count, 2);
    cr_assert_eq(out.op.res, BYTES);
    g.port->ops->close(g.port, d.op.sock, false);
    peer_close(s.peers, false);
    server_close(&s);
    rig_close(&g);
    free(piece);
    free(big);
}

Test(port_uring, recv_sees_the_end_of_the_stream)
{
    struct rig g;
    struct server s;
    struct client c, r;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    c.keep = true;
    rig_start(&g, &c.op);
    rig_until(&g, &count, 1);
    client_init(&r, &g, RX_OP_RECV, s.at, &count);
    r.op.sock = c.op.sock;
    rig_start(&g, &r.op);
    rig_until(&g, &count, 2);
    cr_assert_eq(r.op.res, 0);
    g.port->ops->close(g.port, c.op.sock, false);
    server_close(&s);
    rig_close(&g);
}

/* ---- cancelling ------------------------------------------------------------------------------ */

Test(port_uring, cancel_of_an_answer_that_never_comes)
{
    struct rig g;
    struct server s;
    struct client c;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, IS_SILENT);
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    rig_start(&g, &c.op);
    rig_until(&g, &s.accepted, 1);
    g.port->ops->cancel(g.port, &c.op);
    g.port->ops->cancel(g.port, &c.op); /* asking twice changes nothing */
    rig_until(&g, &count, 1);
    rig_settle(&g);
    cr_assert_eq(c.op.res, -ECANCELED);
    cr_assert_eq(c.op.stage, RX_STAGE_RECV);
    cr_assert_eq(c.op.sock, RX_SOCK_NONE);
    cr_assert_eq(c.done, 1);
    g.port->ops->cancel(g.port, &c.op); /* dead: nothing */
    peer_close(s.peers, false);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, cancel_in_the_turn_of_the_start)
{
    struct rig g;
    struct server s;
    struct client c[20];
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, IS_SILENT);
    for (int i = 0; i < 20; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
        g.port->ops->cancel(g.port, &c[i].op);
    }
    rig_until(&g, &count, 20); /* the first cancels can only miss */
    rig_settle(&g);
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(c[i].op.res, -ECANCELED);
        cr_assert_eq(c[i].done, 1);
    }
    rig_close(&g);
    server_free(&s);
}

Test(port_uring, cancel_of_a_connect_that_hangs)
{
    struct rig g;
    struct server s;
    struct client c[6];
    int count = 0;

    rig_open(&g);
    /* Nobody accepts: a full backlog leaves later connects without an answer. */
    server_open_at(&s, &g, IS_SILENT, (struct rx_addr){.ip = LOCALHOST}, 1);
    for (int i = 0; i < 6; i++) {
        client_init(&c[i], &g, RX_OP_DIAL, s.at, &count);
        c[i].keep = true;
        rig_start(&g, &c[i].op);
    }
    rig_settle(&g);
    cr_assert_lt(count, 6);
    cr_assert_gt(count, 0);
    for (int i = 0; i < 6; i++)
        if (c[i].done == 0)
            g.port->ops->cancel(g.port, &c[i].op);
    rig_until(&g, &count, 6);
    cr_assert_eq(c[5].op.res, -ECANCELED);
    cr_assert_eq(c[5].op.stage, RX_STAGE_CONNECT);
    cr_assert_eq(c[5].op.sock, RX_SOCK_NONE);
    rig_close(&g);
}

Test(port_uring, a_stale_cancel_does_not_hit_the_next_op)
{
    struct rig g;
    struct server s;
    struct client a, b;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, IS_SILENT);
    client_init(&a, &g, RX_OP_CALL, s.at, &count);
    rig_start(&g, &a.op);
    rig_until(&g, &s.accepted, 1);
    {
        struct rx_op before = a.op; /* as it was in flight */

        g.port->ops->cancel(g.port, &a.op);
        rig_until(&g, &count, 1);
        client_init(&b, &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &b.op);
        cr_assert_eq(b.op.port_slot, before.port_slot, "the test needs the same flight");
        cr_assert_neq(b.op.port_gen, before.port_gen);
        g.port->ops->cancel(g.port, &before);
    }
    rig_until(&g, &s.accepted, 2);
    rig_settle(&g);
    cr_assert_eq(count, 1);
    g.port->ops->cancel(g.port, &b.op);
    rig_until(&g, &count, 2);
    rig_close(&g);
    server_free(&s);
}

Test(port_uring, cancel_of_a_waiting_op)
{
    struct rig g;
    struct server s;
    struct client c[4];
    int count = 0;

    rig_open_with(&g, (struct rx_uring_options){.slots = 1});
    server_open(&s, &g, IS_SILENT);
    for (int i = 0; i < 4; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &s.accepted, 1);
    cr_assert_eq(c[0].op.state, RX_OP_ACTIVE);
    cr_assert_eq(c[2].op.state, RX_OP_WAITING);
    g.port->ops->cancel(g.port, &c[2].op);
    cr_assert_eq(count, 0, "a completion inside cancel");
    rig_wait(&g, RX_NS_NEVER);
    cr_assert_eq(count, 1);
    cr_assert_eq(c[2].op.res, -ECANCELED);
    cr_assert_eq(c[2].op.state, RX_OP_DEAD);
    g.port->ops->cancel(g.port, &c[0].op);
    rig_until(&g, &s.accepted, 2); /* c[1], not c[3], is next */
    cr_assert_eq(c[1].op.state, RX_OP_ACTIVE);
    cr_assert_eq(c[3].op.state, RX_OP_WAITING);
    rig_close(&g);
    server_free(&s);
}
