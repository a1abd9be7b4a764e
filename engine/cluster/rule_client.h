/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_client.h - what a client does, pure: when its requests are due, whether one is repeated,
 * which connection it takes, what a pod yields, and how it is counted.
 */
#ifndef CLUSTER_RULE_CLIENT_H
#define CLUSTER_RULE_CLIENT_H

#include "engine/store/behaviour.h"
#include "engine/store/client_spec.h"

/* ---- when ------------------------------------------------------------------------------------ */

/* The next request of a rate whose arrivals are even: number i is due at from + floor(i * 1000 /
 * rate), worked out from the one before it without a division. */
struct cluster_pace {
    rx_ms due;      /* RX_MS_NEVER: the window is over */
    uint64_t rest;  /* what the floor has cut off, in parts of `rate` */
    uint64_t whole, part; /* of the distance between two */
};

struct cluster_pace cluster_pace_begin(const struct st_client_rate *r);
void cluster_pace_next(struct cluster_pace *p, const struct st_client_rate *r);

rx_ms cluster_due(const struct st_client_rate *r, uint64_t i);
/* The same by its definition. RX_MS_NEVER: there is no such request. */

/* Arrivals by chance: the gaps are exponential, and sum up in nanoseconds. */
struct cluster_chance_pace {
    rx_ms due;
    rx_ns at;
};

void cluster_chance_next(struct cluster_chance_pace *p, const struct st_client_rate *r, rx_ns gap);
/* at is the instant of the one before it (from, for the first), gap the draw. */

rx_ns cluster_gap_mean(const struct st_client_rate *r);

/* ---- again ----------------------------------------------------------------------------------- */

struct cluster_retry_in {
    enum st_outcome outcome;
    uint32_t attempts;  /* that count so far, this one among them */
    bool reused;        /* it went over a connection that had carried others */
    bool answered;      /* some byte of an answer had come */
    bool free_taken;    /* it has been repeated for nothing before */
};

enum cluster_again { CLUSTER_AGAIN_NOT, CLUSTER_AGAIN_LATER, CLUSTER_AGAIN_FREE };

struct cluster_retry_out {
    enum cluster_again then;
    rx_ms delay; /* AGAIN */
};

struct cluster_retry_out cluster_client_retry(const struct st_client_retries *r,
                                       const struct cluster_retry_in *in);

/* ---- which connection ------------------------------------------------------------------------ */

struct cluster_pool_in {
    bool keep_alive;
    bool idle;     /* one of the machine's connections is free */
    bool fresh;    /* it must be a new one */
    uint32_t open, pool;
};

enum cluster_pool { CLUSTER_POOL_REUSE, CLUSTER_POOL_OPEN, CLUSTER_POOL_WAIT };

enum cluster_pool cluster_pool(const struct cluster_pool_in *in);

/* ---- what a pod yields ----------------------------------------------------------------------- */

struct cluster_yield_in {
    bool kept;        /* over a connection that is there already */
    bool gone;        /* no pod has the address any more */
    bool dead_times_out; /* ... and connections to it are not refused but vanish */
    bool lost;        /* the pod's node cannot be reached */
    bool listens;     /* a new connection would be accepted; without meaning for a kept one */
    const struct pod_answer *answer; /* what it then says */
    rx_ms connect, request; /* timeouts */
};

struct cluster_yield {
    enum st_outcome outcome;
    rx_ms after;  /* when that is known */
    bool by_pod;  /* it is the pod that answers then; else the client gives up */
    bool held;    /* by the pod until then: the end of its process would reset it */
    bool lasts;   /* the connection can carry another request */
    bool answers; /* bytes of an answer have come */
    rx_ms head;   /* ... the first of them then; RX_MS_NEVER: none */
};

struct cluster_yield cluster_yield(const struct cluster_yield_in *in);

enum st_outcome cluster_outcome_of(uint32_t status);

/* ---- counting -------------------------------------------------------------------------------- */

/* In units: one request is one, or CLUSTER_UNITS where clients share requests out (rule_pick.h). */
struct cluster_counts {
    uint64_t attempts;
    uint64_t by[ST_OUTCOMES]; /* requests, by their last attempts */
};

uint64_t cluster_counts_requests(const struct cluster_counts *n);
uint64_t cluster_counts_failed(const struct cluster_counts *n);

#endif
