/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deed.h - operations with a record of what came of them, and a port driven by hand: what tests of
 * ports use instead of a loop. It applies results to ops exactly as loop.c does, and fails the test
 * when a port reports something of an op that is over.
 */
#ifndef DEED_H
#define DEED_H

#include "engine/reactor/port.h"

struct deed {
    struct rx_op op;
    int results; /* since the last start */
    rx_ns at;    /* of the last one, by the port's clock */
    char buffer[3 * 4096];
};

int deed_turn(struct rx_port *port, rx_ns until, int room);
/* One wait for at most that many results (up to 64); their number. */

void deed_settle(struct rx_port *port);
/* Everything that happens by itself. Virtual clock only: it ends when nothing is in flight. */

void deed_start(struct rx_port *port, struct deed *d); /* again, as it stands */
void deed_dial(struct rx_port *port, struct deed *d, struct rx_addr to);
void deed_call(struct rx_port *port, struct deed *d, struct rx_addr to, const void *out,
               size_t size);
void deed_send(struct rx_port *port, struct deed *d, rx_sock sock, const void *out, size_t size);
void deed_recv(struct rx_port *port, struct deed *d, rx_sock sock, size_t room);
void deed_accept(struct rx_port *port, struct deed *d, rx_sock listener);
void deed_poll(struct rx_port *port, struct deed *d, int fd, uint32_t events);
/* CALL and RECV read into the deed's buffer. */

rx_sock deed_listen(struct rx_port *port, struct rx_addr at, int backlog); /* or fails the test */

#endif
