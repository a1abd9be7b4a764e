/* SPDX-License-Identifier: Apache-2.0 */
/*
 * responder_conn.h - the connections of a responder; nobody but responder.c includes it.
 *
 * responder.c knows who lives where; here is what happens on a connection once it has been accepted
 * for somebody: requests are read, asked of the owner's answer function and answered as it says.
 */
#ifndef PROBE_RESPONDER_CONN_H
#define PROBE_RESPONDER_CONN_H

#include "engine/reactor/list.h"
#include "engine/reactor/slab.h"
#include "probes/serve/responder.h"

struct conn;

/* All connections of one responder. */
struct probe_conns {
    struct rx_loop *loop;
    const struct rx_mem *mem;
    struct probe_responder_options options;
    struct probe_responder_stats stats;
    struct rx_slab slab;
    struct conn *free;
    uint64_t serial; /* the stable id of a connection's timer */
};

/* Whom a connection is for. */
struct probe_party {
    uint64_t pod;
    uint32_t container;
    struct rx_list conns; /* its open connections */
};

int probe_conns_init(struct probe_conns *all, struct rx_loop *loop, const struct rx_mem *mem,
                     const struct probe_responder_options *options);
void probe_conns_fini(struct probe_conns *all);

void probe_conns_accept(struct probe_conns *all, struct probe_party *party, uint16_t port,
                        rx_sock sock);
/* A new connection to that port of the party; NULL: for nobody, which resets it. */

void probe_conns_abort(struct probe_party *party);
/* Resets all connections of the party, now; it may be forgotten then. */

void probe_conns_drain(struct probe_party *party);
/* Closes those that lie idle, and the others once what they carry has been answered. */

void probe_conns_timer(struct rx_timer *t);

#endif
