/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_uring_kit.h - what the tests of the real port share: the port and what a loop would do
 * with its completions, an operation that counts, a server in the same ring.
 */
#ifndef TEST_PORT_URING_KIT_H
#define TEST_PORT_URING_KIT_H

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "engine/reactor/err.h"
#include "engine/reactor/port.h"

#define LOCALHOST 0x7f000001u
#define LIMIT     (10 * RX_NS_PER_S)

/* ---- the rig: a port, and what the loop would do with its completions ------------------------ */

struct rig {
    struct rx_mem mem;
    struct rx_port *port;
    struct rx_ready ready[64];
};

static inline bool rig_open_with(struct rig *g, struct rx_uring_options options)
{
    char why[256] = "";
    int rc;

    memset(g, 0, sizeof(*g));
    cr_assert_eq(rx_mem_open(&g->mem), 0);
    rc = rx_port_uring_open(&g->port, &g->mem, &options, why, sizeof(why));
    if (rc == -RX_ENORING)
        cr_skip_test("%s", why);
    cr_assert_eq(rc, 0, "open: %s", rx_err_name(rc));
    return true;
}

static inline void rig_open(struct rig *g)
{
    rig_open_with(g, (struct rx_uring_options){.slots = 1024});
}

static inline void rig_close(struct rig *g)
{
    g->port->ops->destroy(g->port);
    cr_assert_eq(g->mem.state->bytes, 0, "%zu bytes leaked", g->mem.state->bytes);
    rx_mem_close(&g->mem);
}

static inline int rig_wait(struct rig *g, rx_ns until)
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

static inline rx_ns rig_now(struct rig *g)
{
    return g->port->ops->now(g->port);
}

/* Until *count reaches target. */
static inline void rig_until(struct rig *g, const int *count, int target)
{
    rx_ns limit = rig_now(g) + LIMIT;

    while (*count < target) {
        cr_assert_lt(rig_now(g), limit, "stuck at %d of %d", *count, target);
        rig_wait(g, limit);
    }
}

/* Lets everything happen that is about to. */
static inline void rig_settle(struct rig *g)
{
    for (int i = 0; i < 5; i++)
        rig_wait(g, rig_now(g) + 2 * RX_NS_PER_MS);
}

static inline void rig_start(struct rig *g, struct rx_op *op)
{
    g->port->ops->start(g->port, op);
}

static inline struct rx_port_stats rig_stats(struct rig *g)
{
    struct rx_port_stats stats;

    g->port->ops->stats(g->port, &stats);
    return stats;
}

static inline void rig_until_retries(struct rig *g, uint64_t retries)
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

static inline void client_done(struct rx_loop *loop, struct rx_op *op)
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

static inline void client_init(struct client *c, struct rig *g, uint8_t kind, struct rx_addr to,
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
                           .in_len = sizeof(c->in)};
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

static inline void peer_close(struct peer *p, bool reset)
{
    p->closed = true;
    p->server->rig->port->ops->close(p->server->rig->port, p->sock, reset);
}

static inline void peer_sent(struct rx_loop *loop, struct rx_op *op)
{
    struct peer *p = rx_container_of(op, struct peer, send);

    (void)loop;
    if (op->res >= 0 && p->server->manner == KEEPS)
        rig_start(p->server->rig, &p->recv);
    else
        peer_close(p, false);
}

static inline void peer_received(struct rx_loop *loop, struct rx_op *op)
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

static inline void server_accepted(struct rx_loop *loop, struct rx_op *op)
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
    p = calloc(1, sizeof(*p));
    p->server = s;
    p->sock = op->sock_new;
    p->next = s->peers;
    s->peers = p;
    p->recv = (struct rx_op){.kind = RX_OP_RECV,
                             .done = peer_received,
                             .sock = p->sock,
                             .in = p->bytes,
                             .in_len = sizeof(p->bytes)};
    if (s->manner == RESETS)
        peer_close(p, true);
    else if (s->manner != IS_SILENT)
        rig_start(s->rig, &p->recv);
}

static inline void server_open_at(struct server *s, struct rig *g, enum manner manner,
                                  struct rx_addr at,
                           int backlog)
{
    rx_sock sock;
    int rc = g->port->ops->listen(g->port, at, backlog, &sock);

    cr_assert_eq(rc, 0, "listen: %s", strerror(-rc));
    *s = (struct server){.rig = g, .manner = manner};
    cr_assert_eq(g->port->ops->local(g->port, sock, &s->at), 0);
    s->accept = (struct rx_op){.kind = RX_OP_ACCEPT, .done = server_accepted, .sock = sock};
}

static inline void server_open(struct server *s, struct rig *g, enum manner manner)
{
    server_open_at(s, g, manner, (struct rx_addr){.ip = LOCALHOST}, 1024);
    rig_start(g, &s->accept);
}

static inline void server_free(struct server *s)
{
    while (s->peers != NULL) {
        struct peer *p = s->peers;

        s->peers = p->next;
        free(p);
    }
}

static inline void server_close(struct server *s)
{
    s->rig->port->ops->close(s->rig->port, s->accept.sock, false);
    rig_until(s->rig, &s->ended, 1);
    server_free(s);
}

static inline int descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

/* Before Linux 6.7 a direct descriptor has no socket options, and so cannot be reset. */
static inline void needs_socket_options(void)
{
    struct utsname name;
    int major = 0, minor = 0;

    if (uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
        (major < 6 || (major == 6 && minor < 7)))
        cr_skip_test("needs Linux 6.7");
}

#endif
