/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_spec.h - load from outside of the pods: what a Client document (podring.dev/v1) asks for,
 * and the words for what becomes of a request.
 *
 * A Client is open loop: its requests are due at instants of their own, whatever became of those
 * before them. Times are of the run's clock; windows are half-open, [from, to).
 */
#ifndef ST_CLIENT_SPEC_H
#define ST_CLIENT_SPEC_H

#include "engine/reactor/time.h"

#include <stdbool.h>
#include <stdint.h>

/* What a request comes to, by its last attempt. Those from HTTP_5XX on are failures. */
#define ST_OUTCOME_MAP(X)                                                                          \
    X(OK, "ok")                                                                                    \
    X(HTTP_4XX, "http4xx")                                                                         \
    X(HTTP_5XX, "http5xx")                                                                         \
    X(REFUSED, "refused")                                                                          \
    X(RESET, "reset")                                                                              \
    X(CONNECT_TIMEOUT, "connectTimeout")                                                           \
    X(REQUEST_TIMEOUT, "requestTimeout")                                                           \
    X(DNS, "dns")

enum st_outcome {
#define X(id, word) ST_OUTCOME_##id,
    ST_OUTCOME_MAP(X)
#undef X
        ST_OUTCOMES
};

static inline bool st_outcome_failed(enum st_outcome o)
{
    return o >= ST_OUTCOME_HTTP_5XX;
}

/* A window of a rate. Windows may overlap: then the requests of all of them are sent. */
struct st_client_rate {
    rx_ms from, to;     /* to = RX_MS_NEVER: to the end of the run */
    uint64_t per_s_ppm; /* requests per second, in millionths; > 0 */
};

enum st_client_pick { ST_PICK_TURN, ST_PICK_RANDOM, ST_PICK_SHARE };

struct st_client_retries {
    uint32_t attempts;     /* in all; 1: none is repeated */
    uint32_t on;           /* bit per enum st_outcome */
    rx_ms delay, cap;
    uint32_t factor_milli; /* of the delay, from one retry to the next, in thousandths; >= 1000 */
    bool reused;           /* a reset on a reused connection is repeated once, for nothing */
};

struct st_client_spec {
    const char *ns, *name;
    const char *url;  /* as it is written; its parts: */
    const char *host;
    const char *path; /* with its query; at least "/" */
    uint16_t port;
    const char *node; /* where it runs; NULL: outside of all nodes */
    uint32_t count;   /* machines, each with an address and connections of its own; >= 1 */
    uint32_t rate_count;
    const struct st_client_rate *rate; /* cut to the window of the client; none is empty */
    rx_ms from, to;
    bool poisson;     /* arrivals by chance; else even */
    enum st_client_pick pick;
    bool keep_alive;
    uint32_t pool;         /* connections of a machine */
    uint32_t max_requests; /* that one of them carries; 0: no limit */
    rx_ms idle;            /* after which it is closed */
    rx_ms connect, request; /* timeouts */
    struct st_client_retries retries;
    rx_ms report; /* between announcements of the counters; 0: only at the end */
    bool by_pod;
    const char *file; /* where it stands, for messages */
    uint32_t line;
};

#endif
