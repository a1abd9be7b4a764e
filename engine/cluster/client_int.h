/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_int.h - what the sources of clients say to each other, from the ground up:
 * client_queue.c keeps what comes when, client_conn.c connections and their pods, client_ask.c
 * carries one request out, client.c is the client and its instants.
 */
#ifndef CLUSTER_CLIENT_INT_H
#define CLUSTER_CLIENT_INT_H

#include "engine/cluster/client.h"
#include "engine/cluster/rule_idle.h"
#include "engine/cluster/rule_pick.h"

/* A request, or, where requests are shared out, a part of one. */
struct cluster_request {
    uint64_t number;
    uint64_t units;
    rx_ms limit;       /* by when an attempt has to be over that waits for a connection */
    uint32_t machine;
    uint32_t attempts; /* that count against those it has */
    uint8_t tries;     /* of an Ingress, for this attempt */
    bool free_taken, fresh;
    bool waits;        /* for a connection: `limit` holds */
};

enum cluster_flight_state {
    CLUSTER_FLIGHT_AGAIN,   /* it begins another attempt, or the one that it has waited for */
    CLUSTER_FLIGHT_WAITING, /* for a connection, until its limit */
    CLUSTER_FLIGHT_ENDS,    /* its outcome is certain, and comes then */
    CLUSTER_FLIGHT_ASKED,   /* a pod answers then, if it lives */
    CLUSTER_FLIGHT_DIALS,   /* over sockets: it has that long for its connection, */
    CLUSTER_FLIGHT_SENT,    /* ... and for the answer */
};

/* A request that has not ended in the instant in which it began. */
struct cluster_flight {
    struct rx_list link; /* of those that its pod answers, or that wait for a connection */
    rx_ms due;           /* what comes next */
    struct cluster_request request;
    struct cluster_conn *conn; /* NULL: it is over with the request */
    struct cluster_peer *peer; /* NULL: no pod is to answer */
    struct cluster_flight *next_free;
    struct cluster_client *client;
    struct pod_conn *wire;     /* over sockets: what carries it, while something does */
    uint32_t at;         /* in its queue */
    uint32_t container;
    uint32_t node;       /* of the pod, over sockets */
    rx_ms head;          /* its first bytes come then */
    rx_ms limit;         /* of one that a pod answers: its client gives up then, */
    uint8_t given_up;    /* ... which is that outcome, */
    bool goes_on;        /* ... and the connection lasts all the same: it is an Ingress's */
    uint8_t state, outcome;
    bool reused, lasts, answers, ingress;
};

struct cluster_conn {
    struct rx_list link;      /* of those of the machine that are idle */
    struct rx_list peer_link; /* of those to the pod */
    struct cluster_conn *next_free;
    struct cluster_peer *peer; /* NULL: it is an Ingress's */
    struct cluster_client *client;
    struct pod_conn *wire;     /* over sockets: while it is idle */
    rx_ms last, closed;
    struct pod_keep_alive keep; /* of the server */
    uint32_t container, requests, machine;
    uint16_t port;
    bool idle;
    bool drained; /* the server closes it once it has answered */
    bool dead;    /* its process has ended, and nobody could say so: its node has failed */
};

/* ---- client_queue.c -------------------------------------------------------------------------- */

void cluster_queue_push(struct cluster_flights *q, struct cluster_flight *f, rx_ms due);
/* There is room. */

void cluster_queue_remove(struct cluster_flights *q, struct cluster_flight *f);

static inline struct cluster_flight *cluster_queue_first(const struct cluster_flights *q)
{
    return q->count > 0 ? q->item[0] : NULL;
}

struct cluster_flight *cluster_flight_take(struct cluster_client *k);
/* With room in both queues. NULL: no memory, which the engine then knows. */

void cluster_flight_give(struct cluster_client *k, struct cluster_flight *f);

/* ---- client_conn.c --------------------------------------------------------------------------- */

struct cluster_peer *cluster_peer_find(struct cluster_client *k, uint64_t pod);
struct cluster_peer *cluster_peer_of(struct cluster_client *k, uint64_t pod);
/* Made when it is not there. NULL: the pod is gone, or no memory. */

void cluster_peer_forget(struct cluster_client *k, struct cluster_peer *p);
/* Unless something still leads there, or is counted. */

struct cluster_conn *cluster_conn_open(struct cluster_client *k, uint32_t machine);
/* One more of the machine's. NULL: no memory. */

void cluster_conn_leads(struct cluster_client *k, struct cluster_conn *conn,
                        const struct cluster_candidate *to, const struct pod_served *served);
/* It has been accepted. */

struct cluster_conn *cluster_conn_reuse(struct cluster_client *k, uint32_t machine, bool *lost);
/* The most recently used that lies idle, and is not any more; those that are known to be closed are
 * gone then. lost: the server has closed it, and the request will not come through. NULL: none. */

void cluster_conn_done(struct cluster_client *k, struct cluster_conn *conn, bool lasts);
/* The exchange is over: it lies idle, or is closed. Somebody who waits for one is to begin. */

void cluster_conn_close_idle(struct cluster_client *k, struct cluster_conn *conn);
/* The pod closes it now, or once it has answered; the client learns of it when the FIN is there. */

void cluster_conn_gone(struct cluster_client *k, struct cluster_conn *conn);
/* Over sockets: one that lies idle has been closed by its peer. */

/* ---- client_ask.c ---------------------------------------------------------------------------- */

void cluster_client_begin(struct cluster_client *k, struct cluster_request *r,
                          struct cluster_flight *f);
/* An attempt, and those after it that begin in this instant. f: what it is kept in, or NULL: it has
 * just begun. */

void cluster_client_end(struct cluster_client *k, struct cluster_flight *f);
/* Its outcome has come. */

void cluster_client_connected(struct cluster_client *k, struct cluster_flight *f);
void cluster_client_told(struct cluster_client *k, struct cluster_flight *f,
                         const struct pod_call_told *told);
/* Over sockets: its connection stands; what has come of it. */

void cluster_client_cut(struct cluster_client *k, struct cluster_flight *f);
/* Its pod cannot be reached any more: nothing comes before its client gives up. */

bool cluster_client_dials(const struct cluster_client *k, const struct cluster_flight *f);
/* Its time is over, but not by its target's doing: it is still waiting for a socket. */

static inline rx_ms cluster_client_now(const struct cluster_client *k)
{
    return rx_loop_now(k->cluster->world->loop);
}

#endif
