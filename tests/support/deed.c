/* SPDX-License-Identifier: Apache-2.0 */
/* deed.c - starting operations, waiting by hand, and the marks that results leave. */
#include "tests/support/deed.h"

#include <criterion/criterion.h>

enum { ROOM = 64 };

static void deliver(const struct rx_ready *r, rx_ns now)
{
    struct deed *d = rx_container_of(r->op, struct deed, op);

    cr_assert_neq(d->op.state, RX_OP_DEAD, "a result of an op that is over");
    d->op.res = r->res;
    d->op.stage = r->stage;
    if (d->op.kind == RX_OP_ACCEPT)
        d->op.sock_new = r->sock;
    else if (d->op.kind == RX_OP_DIAL || d->op.kind == RX_OP_CALL)
        d->op.sock = r->sock;
    if (r->final)
        d->op.state = RX_OP_DEAD;
    d->results++;
    d->at = now;
}

int deed_turn(struct rx_port *port, rx_ns until, int room)
{
    rx_ns before = port->ops->now(port);
    struct rx_ready ready[ROOM];
    int n = port->ops->wait(port, until, ready, RX_MIN(room, ROOM));

    cr_assert(n >= 0 && n <= room, "wait returned %d", n);
    cr_assert_geq(port->ops->now(port), before);
    for (int i = 0; i < n; i++)
        deliver(&ready[i], port->ops->now(port));
    return n;
}

void deed_settle(struct rx_port *port)
{
    while (deed_turn(port, RX_NS_NEVER, ROOM) > 0)
        ;
}

void deed_start(struct rx_port *port, struct deed *d)
{
    d->results = 0;
    d->op.res = 0;
    port->ops->start(port, &d->op);
}

void deed_dial(struct rx_port *port, struct deed *d, struct rx_addr to)
{
    d->op.kind = RX_OP_DIAL;
    d->op.to = to;
    deed_start(port, d);
}

void deed_call(struct rx_port *port, struct deed *d, struct rx_addr to, const void *out,
               size_t size)
{
    d->op.kind = RX_OP_CALL;
    d->op.to = to;
    d->op.out = out;
    d->op.out_len = (uint32_t)size;
    d->op.in = d->buffer;
    d->op.in_len = sizeof(d->buffer);
    deed_start(port, d);
}

void deed_send(struct rx_port *port, struct deed *d, rx_sock sock, const void *out, size_t size)
{
    d->op.kind = RX_OP_SEND;
    d->op.sock = sock;
    d->op.out = out;
    d->op.out_len = (uint32_t)size;
    deed_start(port, d);
}

void deed_recv(struct rx_port *port, struct deed *d, rx_sock sock, size_t room)
{
    cr_assert_leq(room, sizeof(d->buffer));
    d->op.kind = RX_OP_RECV;
    d->op.sock = sock;
    d->op.in = d->buffer;
    d->op.in_len = (uint32_t)room;
    deed_start(port, d);
}

void deed_accept(struct rx_port *port, struct deed *d, rx_sock listener)
{
    d->op.kind = RX_OP_ACCEPT;
    d->op.sock = listener;
    d->op.sock_new = RX_SOCK_NONE;
    deed_start(port, d);
}

void deed_poll(struct rx_port *port, struct deed *d, int fd, uint32_t events)
{
    d->op.kind = RX_OP_POLL;
    d->op.fd = fd;
    d->op.events = events;
    deed_start(port, d);
}

rx_sock deed_listen(struct rx_port *port, struct rx_addr at, int backlog)
{
    rx_sock sock = RX_SOCK_NONE;
    int rc = port->ops->listen(port, at, backlog, &sock);

    cr_assert_eq(rc, 0, "listen: %d", rc);
    cr_assert_neq(sock, RX_SOCK_NONE);
    return sock;
}
