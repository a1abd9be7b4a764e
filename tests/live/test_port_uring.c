/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_uring.c - the real port against real sockets on 127.0.0.0/8: client and server share
 * one ring. Nothing here measures time; waits have a limit only so that a bug ends as a failure.
 */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/reactor/err.h"
#include "engine/reactor/port.h"
#include "engine/reactor/port_uring_sys.h"

#define LOCALHOST 0x7f000001u
#define LIMIT     (10 * RX_NS_PER_S)

/* ---- the rig: a port, and what the loop would do with its completions ------------------------ */

struct rig {
    struct rx_mem mem;
    struct rx_port *port;
    struct rx_ready ready[64];
};

static bool rig_open_with(struct rig *g, struct rx_uring_options options)
{
    char why[256] = "";
    int rc;

    memset(g, 0, sizeof *g);
    cr_assert_eq(rx_mem_open(&g->mem), 0);
    rc = rx_port_uring_open(&g->port, &g->mem, &options, why, sizeof why);
    if (rc == -RX_ENORING)
        cr_skip_test("%s", why);
    cr_assert_eq(rc, 0, "open: %s", rx_err_name(rc));
    return true;
}

static void rig_open(struct rig *g)
{
    rig_open_with(g, (struct rx_uring_options){.slots = 1024});
}

static void rig_close(struct rig *g)
{
    g->port->ops->destroy(g->port);
    cr_assert_eq(g->mem.state->bytes, 0, "%zu bytes leaked", g->mem.state->bytes);
    rx_mem_close(&g->mem);
}

static int rig_wait(struct rig *g, rx_ns until)
{
    int n = g->port->ops->wait(g->port, until, g->ready, (int)RX_ARRAY_LEN(g->ready));

    cr_assert_geq(n, 0, "wait: %s", rx_err_name(n));
    for (int i = 0; i < n; i++) {
        struct rx_op *op = g->ready[i].op;

        cr_assert_eq(op->state, RX_OP_ACTIVE, "a completion for an op that is not active");
        op->res = g->ready[i].res;
        op->stage = g->ready[i].stage;
        if (op->kind == RX_OP_ACCEPT)
            op->sock_new = g->ready[i].sock;
        else if (op->kind == RX_OP_DIAL || op->kind == RX_OP_CALL)
            op->sock = g->ready[i].sock;
        if (g->ready[i].final)
            op->state = RX_OP_DEAD;
        op->done(NULL, op);
    }
    return n;
}

static rx_ns rig_now(struct rig *g)
{
    return g->port->ops->now(g->port);
}

/* Until *count reaches target. */
static void rig_until(struct rig *g, const int *count, int target)
{
    rx_ns limit = rig_now(g) + LIMIT;

    while (*count < target) {
        cr_assert_lt(rig_now(g), limit, "stuck at %d of %d", *count, target);
        rig_wait(g, limit);
    }
}

/* Lets everything happen that is about to. */
static void rig_settle(struct rig *g)
{
    for (int i = 0; i < 5; i++)
        rig_wait(g, rig_now(g) + 2 * RX_NS_PER_MS);
}

static void rig_start(struct rig *g, struct rx_op *op)
{
    g->port->ops->start(g->port, op);
}

static struct rx_port_stats rig_stats(struct rig *g)
{
    struct rx_port_stats stats;

    g->port->ops->stats(g->port, &stats);
    return stats;
}

static void rig_until_retries(struct rig *g, uint64_t retries)
{
    rx_ns limit = rig_now(g) + LIMIT;

    while (rig_stats(g).accept_retry < retries) {
        cr_assert_lt(rig_now(g), limit, "no accept failed");
        rig_wait(g, rig_now(g) + 2 * RX_NS_PER_MS);
    }
}

/* ---- a client op that counts ----------------------------------------------------------------- */

struct client {
    struct rx_op op;
    struct rig *rig;
    int *count;         /* common to several */
    int done;           /* completions of this one */
    int *order, number; /* where to note the order of completion */
    bool keep;          /* do not close what was opened */
    char in[64];
};

static void client_done(struct rx_loop *loop, struct rx_op *op)
{
    struct client *c = rx_container_of(op, struct client, op);

    (void)loop;
    c->done++;
    if (c->order != NULL)
        c->order[*c->count] = c->number;
    (*c->count)++;
    if (!c->keep && op->sock != RX_SOCK_NONE &&
        (op->kind == RX_OP_DIAL || op->kind == RX_OP_CALL)) {
        c->rig->port->ops->close(c->rig->port, op->sock, false);
        op->sock = RX_SOCK_NONE;
    }
}

static void client_init(struct client *c, struct rig *g, uint8_t kind, struct rx_addr to,
                        int *count)
{
    *c = (struct client){.rig = g, .count = count};
    c->op = (struct rx_op){.kind = kind,
                           .done = client_done,
                           .to = to,
                           .sock = RX_SOCK_NONE,
                           .out = "ping",
                           .out_len = 4,
                           .in = c->in,
                           .in_len = sizeof c->in};
}

/* ---- a server in the same ring --------------------------------------------------------------- */

enum manner { ANSWERS, KEEPS, IS_SILENT, RESETS };

struct server {
    struct rx_op accept;
    struct rig *rig;
    enum manner manner;
    struct rx_addr at;
    int accepted, ended;
    struct peer *peers;
};

struct peer {
    struct rx_op recv, send;
    struct server *server;
    struct peer *next;
    rx_sock sock;
    char bytes[64];
    bool closed;
};

static void peer_close(struct peer *p, bool reset)
{
    p->closed = true;
    p->server->rig->port->ops->close(p->server->rig->port, p->sock, reset);
}

static void peer_sent(struct rx_loop *loop, struct rx_op *op)
{
    struct peer *p = rx_container_of(op, struct peer, send);

    (void)loop;
    if (op->res >= 0 && p->server->manner == KEEPS)
        rig_start(p->server->rig, &p->recv);
    else
        peer_close(p, false);
}

static void peer_received(struct rx_loop *loop, struct rx_op *op)
{
    struct peer *p = rx_container_of(op, struct peer, recv);

    (void)loop;
    if (op->res <= 0) {
        peer_close(p, false);
        return;
    }
    p->send = (struct rx_op){.kind = RX_OP_SEND,
                             .done = peer_sent,
                             .sock = p->sock,
                             .out = p->bytes,
                             .out_len = (uint32_t)op->res};
    rig_start(p->server->rig, &p->send);
}

static void server_accepted(struct rx_loop *loop, struct rx_op *op)
{
    struct server *s = rx_container_of(op, struct server, accept);
    struct peer *p;

    (void)loop;
    if (op->res < 0) {
        s->ended++;
        cr_assert_eq(op->state, RX_OP_DEAD);
        return;
    }
    s->accepted++;
    p = calloc(1, sizeof *p);
    p->server = s;
    p->sock = op->sock_new;
    p->next = s->peers;
    s->peers = p;
    p->recv = (struct rx_op){.kind = RX_OP_RECV,
                             .done = peer_received,
                             .sock = p->sock,
                             .in = p->bytes,
                             .in_len = sizeof p->bytes};
    if (s->manner == RESETS)
        peer_close(p, true);
    else if (s->manner != IS_SILENT)
        rig_start(s->rig, &p->recv);
}

static void server_open_at(struct server *s, struct rig *g, enum manner manner, struct rx_addr at,
                           int backlog)
{
    rx_sock sock;
    int rc = g->port->ops->listen(g->port, at, backlog, &sock);

    cr_assert_eq(rc, 0, "listen: %s", strerror(-rc));
    *s = (struct server){.rig = g, .manner = manner};
    cr_assert_eq(g->port->ops->local(g->port, sock, &s->at), 0);
    s->accept = (struct rx_op){.kind = RX_OP_ACCEPT, .done = server_accepted, .sock = sock};
}

static void server_open(struct server *s, struct rig *g, enum manner manner)
{
    server_open_at(s, g, manner, (struct rx_addr){.ip = LOCALHOST}, 1024);
    rig_start(g, &s->accept);
}

static void server_free(struct server *s)
{
    while (s->peers != NULL) {
        struct peer *p = s->peers;

        s->peers = p->next;
        free(p);
    }
}

static void server_close(struct server *s)
{
    s->rig->port->ops->close(s->rig->port, s->accept.sock, false);
    rig_until(s->rig, &s->ended, 1);
    server_free(s);
}

static int descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

/* Before Linux 6.7 a direct descriptor has no socket options, and so cannot be reset. */
static void needs_socket_options(void)
{
    struct utsname name;
    int major = 0, minor = 0;

    if (uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
        (major < 6 || (major == 6 && minor < 7)))
        cr_skip_test("needs Linux 6.7");
}

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

/* ---- exhaustion ------------------------------------------------------------------------------ */

Test(port_uring, four_slots_carry_a_hundred_calls)
{
    struct rig g;
    struct server s;
    struct client *c = calloc(100, sizeof *c);
    struct rx_port_stats stats;
    int count = 0;

    rig_open_with(&g, (struct rx_uring_options){.slots = 4});
    server_open(&s, &g, ANSWERS);
    for (int i = 0; i < 100; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 100);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(c[i].op.res, 4);
        cr_assert_eq(c[i].done, 1);
    }
    stats = rig_stats(&g);
    cr_assert_eq(stats.slots_max, 4);
    cr_assert_eq(stats.slots_peak, 4);
    cr_assert_eq(stats.waited, 96);
    cr_assert_gt(stats.waited_ns, 0);
    cr_assert_geq(stats.waited_ns, stats.waited_ns_max);
    server_close(&s);
    rig_close(&g);
    free(c);
}

Test(port_uring, one_slot_serves_in_order)
{
    struct rig g;
    struct server s;
    struct client c[20];
    int count = 0, order[20];

    rig_open_with(&g, (struct rx_uring_options){.slots = 1});
    server_open(&s, &g, ANSWERS);
    for (int i = 0; i < 20; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        c[i].order = order;
        c[i].number = i;
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 20);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(order[i], i);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, tiny_queues_lose_nothing)
{
    enum { CALLS = 500 };
    struct rig g;
    struct server s;
    struct client *c = calloc(CALLS, sizeof *c);
    struct rx_port_stats stats;
    int count = 0;

    rig_open_with(&g, (struct rx_uring_options){.slots = 300, .sq_entries = 8, .cq_entries = 16});
    server_open(&s, &g, ANSWERS);
    for (int i = 0; i < CALLS; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, CALLS);
    rig_settle(&g);
    for (int i = 0; i < CALLS; i++) {
        cr_assert_eq(c[i].op.res, 4, "call %d: %d", i, c[i].op.res);
        cr_assert_eq(c[i].done, 1);
    }
    stats = rig_stats(&g);
    cr_assert_gt(stats.sq_full, 0);
    cr_assert_gt(stats.cq_overflow, 0);
    cr_assert_eq(s.accepted, CALLS);
    server_close(&s);
    rig_close(&g);
    free(c);
}

Test(port_uring, more_answers_than_room_stay_queued)
{
    struct rig g;
    struct server s;
    struct client c[100];
    struct rx_ready one;
    int count = 0, rounds = 0;

    rig_open(&g);
    server_open(&s, &g, IS_SILENT);
    server_close(&s);
    for (int i = 0; i < 100; i++) {
        client_init(&c[i], &g, RX_OP_DIAL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    for (; count < 100 && rounds < 1000; rounds++) {
        if (g.port->ops->wait(g.port, rig_now(&g) + LIMIT, &one, 1) != 1)
            continue;
        one.op->state = RX_OP_DEAD;
        one.op->res = one.res;
        one.op->sock = one.sock;
        one.op->done(NULL, one.op);
    }
    cr_assert_eq(count, 100);
    cr_assert_eq(rounds, 100, "a wait with answers queued must not come back empty");
    rig_close(&g);
}

Test(port_uring, accept_goes_on_after_descriptors_ran_out)
{
    struct rig g;
    struct server s;
    struct client c[8];
    struct rlimit limit, low;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    getrlimit(RLIMIT_NOFILE, &limit);
    low = limit;
    low.rlim_cur = 3; /* every number below is taken; the kernel looks when the accept is armed */
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    for (int i = 0; i < 8; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until_retries(&g, 2);
    cr_assert_eq(s.accepted, 0);
    cr_assert_lt(rig_stats(&g).accept_retry, 100, "spinning");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    rig_until(&g, &count, 8);
    for (int i = 0; i < 8; i++)
        cr_assert_eq(c[i].op.res, 4);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, a_parked_accept_ends_with_its_listener)
{
    struct rig g;
    struct server s;
    struct client c;
    struct rlimit limit, low;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    getrlimit(RLIMIT_NOFILE, &limit);
    low = limit;
    low.rlim_cur = 3;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    rig_start(&g, &c.op);
    rig_until_retries(&g, 1);
    server_close(&s);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    rig_until(&g, &count, 1);
    cr_assert_eq(c.op.res, -ECONNRESET);
    rig_close(&g);
}

static bool own_network(const char *ports)
{
    struct ifreq lo = {.ifr_flags = IFF_UP};
    int fd;
    bool ok;

    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 && unshare(CLONE_NEWNET) != 0)
        return false;
    strcpy(lo.ifr_name, "lo");
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    ok = ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    close(fd);
    fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY);
    ok = ok && fd >= 0 && write(fd, ports, strlen(ports)) > 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

Test(port_uring, calls_wait_for_local_ports)
{
    struct rig g;
    struct server s;
    struct client c[30];
    int count = 0;

    needs_socket_options(); /* or TIME_WAIT keeps the ports for a minute */
    if (!own_network("40000 40003"))
        cr_skip_test("needs a network namespace of its own");
    rig_open(&g);
    server_open_at(&s, &g, ANSWERS, (struct rx_addr){LOCALHOST, 80}, 128);
    rig_start(&g, &s.accept);
    for (int i = 0; i < 30; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        c[i].op.flags = RX_OP_RST_CLOSE;
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 30);
    for (int i = 0; i < 30; i++) {
        cr_assert_eq(c[i].op.res, 4, "call %d: %s", i, strerror(-c[i].op.res));
        cr_assert_eq(c[i].done, 1);
    }
    cr_assert_gt(rig_stats(&g).waited, 0);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, calls_do_not_wait_for_ports_for_ever)
{
    struct rig g;
    struct server s;
    struct client c[6];
    int count = 0, failed = 0;

    if (!own_network("40000 40003"))
        cr_skip_test("needs a network namespace of its own");
    rig_open(&g);
    server_open_at(&s, &g, IS_SILENT, (struct rx_addr){LOCALHOST, 80}, 128);
    for (int i = 0; i < 6; i++) {
        client_init(&c[i], &g, RX_OP_DIAL, s.at, &count);
        c[i].keep = true;
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 6);
    for (int i = 0; i < 6; i++)
        if (c[i].op.res == -EADDRNOTAVAIL && c[i].op.stage == RX_STAGE_CONNECT)
            failed++;
    cr_assert_eq(failed, 2);
    rig_close(&g);
}

/* Everything at once, with too little of everything: whatever happens, an op ends exactly once. */
static void storm(uint32_t seed, struct rx_uring_options options)
{
    enum { OPS = 600, SERVERS = 5 };
    struct rig g;
    struct server s[SERVERS];
    struct client *c = calloc(OPS, sizeof *c);
    int count = 0, started = 0;
    rx_ns limit = LIMIT;

    rig_open_with(&g, options);
    for (int i = 0; i < SERVERS; i++)
        server_open(&s[i], &g, (enum manner)RX_MIN(i, (int)RESETS));
    server_close(&s[4]); /* and one that refuses */
    while (count < OPS) {
        cr_assert_lt(rig_now(&g), limit, "seed %u: stuck at %d of %d", seed, count, OPS);
        seed = seed * 1664525 + 1013904223;
        for (uint32_t n = (seed >> 8) % 40; n > 0 && started < OPS; n--, started++) {
            unsigned draw = (seed >> 16) + n;

            client_init(&c[started], &g, draw % 3 == 0 ? RX_OP_DIAL : RX_OP_CALL,
                        s[draw % SERVERS].at, &count);
            c[started].op.flags = draw / 8 % 4;
            rig_start(&g, &c[started].op);
        }
        for (int i = 0; i < started; i++) /* the older, the likelier */
            if (c[i].done == 0 && (seed = seed * 1664525 + 1013904223) >> 29 == 0)
                g.port->ops->cancel(g.port, &c[i].op);
        rig_wait(&g, rig_now(&g) + (seed >> 24 & 1) * RX_NS_PER_MS);
    }
    rig_settle(&g);
    for (int i = 0; i < OPS; i++) {
        cr_assert_eq(c[i].done, 1, "seed %u, op %d: %d completions", seed, i, c[i].done);
        cr_assert_eq(c[i].op.state, RX_OP_DEAD);
    }
    rig_close(&g);
    for (int i = 0; i < SERVERS; i++)
        server_free(&s[i]);
    free(c);
}

Test(port_uring, storm_with_room)
{
    storm(1, (struct rx_uring_options){.slots = 512});
}

Test(port_uring, storm_with_few_slots)
{
    storm(2, (struct rx_uring_options){.slots = 7});
}

Test(port_uring, storm_with_tiny_queues)
{
    storm(3, (struct rx_uring_options){.slots = 256, .sq_entries = 8, .cq_entries = 8});
}

/* ---- listeners ------------------------------------------------------------------------------- */

Test(port_uring, a_closed_listener_refuses_at_once)
{
    struct rig g;
    struct server s;
    struct sockaddr_in to = {.sin_family = AF_INET};
    int fd;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    rig_settle(&g);
    to.sin_port = htons(s.at.port);
    to.sin_addr.s_addr = htonl(s.at.ip);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    close(fd);
    g.port->ops->close(g.port, s.accept.sock, false);
    fd = socket(AF_INET, SOCK_STREAM, 0); /* no wait in between */
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof to), -1);
    cr_assert_eq(errno, ECONNREFUSED);
    close(fd);
    rig_until(&g, &s.ended, 1);
    cr_assert_lt(s.accept.res, 0);
    rig_close(&g);
    server_free(&s);
}

Test(port_uring, a_listener_closed_in_the_turn_of_its_start)
{
    struct rig g;
    struct server s;
    rx_sock again;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    server_close(&s);
    cr_assert_eq(s.ended, 1);
    cr_assert_eq(g.port->ops->listen(g.port, s.at, 16, &again), 0, "the port is still taken");
    g.port->ops->close(g.port, again, false); /* one that was never accepted from */
    rig_settle(&g);
    rig_close(&g);
}

Test(port_uring, listen_says_why_not)
{
    struct rig g;
    struct server s;
    rx_sock other;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    cr_assert_eq(g.port->ops->listen(g.port, s.at, 16, &other), -EADDRINUSE);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, local_tells_which_address_was_called)
{
    struct rig g;
    struct server s;
    struct client c;
    struct rx_addr at, to;
    int count = 0;

    rig_open(&g);
    server_open_at(&s, &g, IS_SILENT, (struct rx_addr){0}, 128); /* the wildcard */
    rig_start(&g, &s.accept);
    to = (struct rx_addr){0x7f010203, s.at.port};
    client_init(&c, &g, RX_OP_DIAL, to, &count);
    c.keep = true;
    rig_start(&g, &c.op);
    rig_until(&g, &s.accepted, 1);
    rig_until(&g, &count, 1);
    cr_assert_eq(g.port->ops->local(g.port, s.peers->sock, &at), 0);
    cr_assert_eq(at.ip, to.ip);
    cr_assert_eq(at.port, to.port);
    cr_assert_eq(g.port->ops->local(g.port, c.op.sock, &at), -EOPNOTSUPP);
    cr_assert_eq(g.port->ops->local(g.port, 12345, &at), -EBADF);
    rig_close(&g);
    server_free(&s);
}

/* A wildcard listener is for this machine: nobody outside finds its port open. */
Test(port_uring, a_wildcard_listens_on_loopback_only)
{
    int every = rx_sys_listen((struct rx_addr){0}, 8);
    int one = rx_sys_listen((struct rx_addr){.ip = LOCALHOST}, 8);
    char device[16] = "";
    socklen_t length = sizeof(device);

    cr_assert_geq(every, 0);
    cr_assert_eq(getsockopt(every, SOL_SOCKET, SO_BINDTODEVICE, device, &length), 0);
    cr_expect_str_eq(device, "lo");
    cr_assert_geq(one, 0);
    close(every);
    close(one);
}

Test(port_uring, a_thousand_listeners_open_serve_and_close)
{
    enum { LISTENERS = 1000 };
    struct rig g;
    struct server *s = calloc(LISTENERS, sizeof *s), probe;
    struct client c[20];
    int count = 0, before;

    rig_open(&g);
    server_open(&probe, &g, ANSWERS);
    server_close(&probe);
    rig_settle(&g);
    before = descriptors();
    for (unsigned i = 0; i < LISTENERS; i++) {
        struct rx_addr at = {0x7f020000u + i + 1, probe.at.port};

        server_open_at(&s[i], &g, ANSWERS, at, 16);
        rig_start(&g, &s[i].accept);
    }
    rig_settle(&g);
    for (int i = 0; i < 20; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s[i * 50].at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 20);
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(c[i].op.res, 4);
        cr_assert_eq(s[i * 50].accepted, 1);
    }
    for (int i = 0; i < LISTENERS; i++)
        g.port->ops->close(g.port, s[i].accept.sock, false);
    for (int i = 0; i < LISTENERS; i++) {
        rig_until(&g, &s[i].ended, 1);
        server_free(&s[i]);
    }
    rig_settle(&g);
    cr_assert_eq(descriptors(), before);
    client_init(&c[0], &g, RX_OP_CALL, s[999].at, &count);
    rig_start(&g, &c[0].op);
    rig_until(&g, &count, 21);
    cr_assert_eq(c[0].op.res, -ECONNREFUSED);
    rig_close(&g);
    free(s);
}

/* ---- waking and foreign descriptors ---------------------------------------------------------- */

static void *wake_it(void *port)
{
    ((struct rx_port *)port)->ops->wake(port);
    return NULL;
}

Test(port_uring, wake_from_a_thread)
{
    struct rig g;
    pthread_t thread;

    rig_open(&g);
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(pthread_create(&thread, NULL, wake_it, g.port), 0);
        cr_assert_eq(rig_wait(&g, RX_NS_NEVER), 0); /* before or during the wait */
        pthread_join(thread, NULL);
    }
    rig_close(&g);
}

Test(port_uring, wait_is_not_early_and_now_stands_still)
{
    struct rig g;
    rx_ns until;

    rig_open(&g);
    rig_wait(&g, 0);
    until = rig_now(&g) + 3 * RX_NS_PER_MS;
    cr_assert_eq(rig_wait(&g, until), 0);
    cr_assert_geq(rig_now(&g), until);
    until = rig_now(&g);
    usleep(1000);
    cr_assert_eq(rig_now(&g), until);
    rig_close(&g);
}

struct watch {
    struct rx_op op;
    int count;
};

static void watch_done(struct rx_loop *loop, struct rx_op *op)
{
    (void)loop;
    rx_container_of(op, struct watch, op)->count++;
}

Test(port_uring, poll_reports_while_there_is_something)
{
    struct rig g;
    struct watch w = {.op = {.kind = RX_OP_POLL, .done = watch_done, .events = POLLIN}};
    int fds[2];
    char byte;

    rig_open(&g);
    cr_assert_eq(pipe(fds), 0);
    w.op.fd = fds[0];
    rig_start(&g, &w.op);
    rig_settle(&g);
    cr_assert_eq(w.count, 0);
    cr_assert_eq(write(fds[1], "x", 1), 1);
    rig_until(&g, &w.count, 1);
    cr_assert_eq(w.op.res & POLLIN, POLLIN);
    rig_until(&g, &w.count, 2); /* not read yet */
    cr_assert_eq(read(fds[0], &byte, 1), 1);
    rig_settle(&g);
    w.count = 0;
    rig_settle(&g);
    cr_assert_eq(w.count, 0);
    g.port->ops->cancel(g.port, &w.op);
    rig_until(&g, &w.count, 1);
    cr_assert_eq(w.op.res, -ECANCELED);
    cr_assert_eq(w.op.state, RX_OP_DEAD);
    rig_close(&g);
    close(fds[0]);
    close(fds[1]);
}

Test(port_uring, poll_cancelled_between_two_reports)
{
    struct rig g;
    struct watch w = {.op = {.kind = RX_OP_POLL, .done = watch_done, .events = POLLIN}};
    int fds[2];

    rig_open(&g);
    cr_assert_eq(pipe(fds), 0);
    cr_assert_eq(write(fds[1], "x", 1), 1);
    w.op.fd = fds[0];
    rig_start(&g, &w.op);
    rig_until(&g, &w.count, 1);
    g.port->ops->cancel(g.port, &w.op);
    rig_until(&g, &w.count, 2);
    cr_assert_eq(w.op.res, -ECANCELED);
    rig_settle(&g);
    cr_assert_eq(w.count, 2);
    rig_close(&g);
    close(fds[0]);
    close(fds[1]);
}

Test(port_uring, a_foreign_loop_can_poll_the_port)
{
    struct rig g;
    struct server s;
    struct client c;
    struct pollfd fd = {.events = POLLIN};
    int count = 0;

    rig_open_with(&g, (struct rx_uring_options){.slots = 1});
    fd.fd = g.port->ops->fd(g.port);
    server_open(&s, &g, ANSWERS);
    rig_wait(&g, 0);
    rig_wait(&g, 0);
    cr_assert_eq(poll(&fd, 1, 0), 0, "readable without work");
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    rig_start(&g, &c.op);
    for (int i = 0; count < 1 && i < 100; i++) {
        rig_wait(&g, 0);
        if (count < 1 && !g.port->ops->prepared(g.port))
            cr_assert_eq(poll(&fd, 1, 5000), 1, "not readable, with work to do");
    }
    cr_assert_eq(c.op.res, 4);
    server_close(&s);
    rig_settle(&g);
    cr_assert_eq(poll(&fd, 1, 0), 0, "readable without work");
    g.port->ops->wake(g.port);
    cr_assert_eq(poll(&fd, 1, 5000), 1);
    rig_wait(&g, 0);
    cr_assert_eq(poll(&fd, 1, 0), 0, "readable after the wake was seen");
    rig_close(&g);
}

/* ---- open and close -------------------------------------------------------------------------- */

Test(port_uring, open_and_close_leak_no_descriptor)
{
    struct rig g;
    struct server s;
    struct client c[10];
    int count, before;

    rig_open(&g);
    rig_close(&g);
    before = descriptors();
    for (int round = 0; round < 3; round++) {
        count = 0;
        rig_open(&g);
        server_open(&s, &g, round == 0 ? ANSWERS : IS_SILENT);
        for (int i = 0; i < 10; i++) {
            client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
            rig_start(&g, &c[i].op);
        }
        if (round < 2) /* round 2: never submitted */
            rig_until(&g, &s.accepted, 10);
        rig_close(&g); /* in the middle of it all */
        server_free(&s);
        cr_assert_eq(descriptors(), before, "round %d", round);
    }
}

Test(port_uring, after_close_the_port_can_be_taken_again)
{
    struct rig g;
    struct server s;
    struct rx_addr at = {0};

    for (int i = 0; i < 5; i++) {
        rig_open(&g);
        server_open_at(&s, &g, ANSWERS, at.port == 0 ? (struct rx_addr){.ip = LOCALHOST} : at, 16);
        at = s.at;
        rig_start(&g, &s.accept);
        rig_wait(&g, 0);
        rig_close(&g);
    }
}

Test(port_uring, one_system_call_a_wait)
{
    struct rig g;
    struct server s;
    struct client c[50];
    int count = 0;
    uint64_t waits = 0, enters;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    rig_settle(&g);
    enters = rig_stats(&g).enters;
    for (int i = 0; i < 50; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    for (; count < 50; waits++)
        rig_wait(&g, rig_now(&g) + LIMIT);
    cr_assert_eq(rig_stats(&g).enters - enters, waits);
    server_close(&s);
    rig_close(&g);
}

static void forbid(long call, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = 4, .filter = code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        cr_skip_test("seccomp filters are not to be had");
}

static void refused_because(unsigned error, const char *word)
{
    struct rx_mem mem;
    struct rx_port *port;
    char why[256] = "";

    forbid(SYS_io_uring_setup, error);
    cr_assert_eq(rx_mem_open(&mem), 0);
    cr_assert_eq(rx_port_uring_open(&port, &mem, NULL, why, sizeof why), -RX_ENORING);
    cr_assert_not_null(strstr(why, word), "'%s' does not say '%s'", why, word);
    cr_assert_eq(mem.state->bytes, 0);
    rx_mem_close(&mem);
}

/* In a process of its own: a filter cannot be taken off again. */
static void child_refused(long call, unsigned error, bool memory, const char *word)
{
    struct rx_sim_options sim = {.clock = RX_SIM_REAL};
    struct rx_mem mem;
    struct rx_port *port;
    char why[256] = "";
    int rc;

    forbid(call, error);
    sim.why = why;
    sim.why_room = sizeof why;
    rx_mem_open(&mem);
    rc = memory ? rx_port_sim_open(&port, &mem, &sim)
                : rx_port_uring_open(&port, &mem, NULL, why, sizeof why);
    if (rc == (memory ? -RX_EIO : -RX_ENORING) && strncmp(why, word, strlen(word)) == 0 &&
        strstr(why, "seccomp") != NULL)
        _exit(0);
    fprintf(stderr, "%d '%s', not '%s...'\n", rc, why, word);
    _exit(1);
}

Test(port_uring, each_call_that_is_refused_is_named)
{
    static const struct {
        long call;
        bool memory;
        const char *name;
    } rows[] = {{SYS_io_uring_register, false, "io_uring_register is refused"},
                {SYS_io_uring_enter, false, "io_uring_enter is refused"},
                {SYS_eventfd2, false, "eventfd2 is refused"},
                {SYS_eventfd2, true, "eventfd2 is refused"},
                {SYS_timerfd_create, true, "timerfd_create is refused"},
                {SYS_epoll_create1, true, "epoll_create1 is refused"}};
    struct rig g;

    rig_open(&g); /* skips if there is no ring at all */
    rig_close(&g);
    for (size_t i = 0; i < 2 * RX_ARRAY_LEN(rows); i++) {
        pid_t child = fork();
        int status;

        if (child == 0)
            child_refused(rows[i / 2].call, i % 2 ? ENOSYS : EPERM, rows[i / 2].memory, rows[i / 2].name);
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_expect_eq(status, 0, "%s", rows[i / 2].name);
    }
}

Test(port_uring, why_no_ring_names_seccomp)
{
    char digit = '0';
    int fd = open("/proc/sys/kernel/io_uring_disabled", O_RDONLY);

    if (fd >= 0) {
        if (read(fd, &digit, 1) != 1)
            digit = '0';
        close(fd);
    }
    refused_because(EPERM, digit == '0' ? "seccomp" : "io_uring_disabled");
}

Test(port_uring, why_no_ring_names_the_kernel)
{
    refused_because(ENOSYS, "5.19");
}

Test(port_uring, why_no_ring_names_locked_memory)
{
    refused_because(ENOMEM, "RLIMIT_MEMLOCK");
}
