/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_idle.h - may a connection that lies idle still be used, pure: who has closed it, and whether
 * the client can know.
 *
 * A FIN that the server sends at c is known to the client at c + rtt/2, and a request needs as long
 * to the server. So one that is sent inside (c - rtt/2, c + rtt/2) meets a closed socket.
 */
#ifndef CLUSTER_RULE_IDLE_H
#define CLUSTER_RULE_IDLE_H

#include "engine/reactor/time.h"

struct cluster_idle_in {
    rx_ms now;
    rx_ms last;   /* the last byte of the last answer, at both ends */
    rx_ms closed; /* the server has closed it for another reason; RX_MS_NEVER: it has not */
    rx_ms client_idle, server_idle; /* after which each closes it; RX_MS_NEVER: never */
    rx_ms rtt;
};

enum cluster_idle {
    CLUSTER_IDLE_GOOD,
    CLUSTER_IDLE_GONE,  /* it is closed, and the client knows */
    CLUSTER_IDLE_RESET, /* ... and does not: the request is lost */
};

enum cluster_idle cluster_idle(const struct cluster_idle_in *in);

#endif
