/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - the load test of somebody else's server, shared by its parts: the run and its numbers
 * (server.c), when a probe is due (pace.c), one probe (ask.c), a line per interval (series.c).
 *
 *  1. Probe k of an open loop is due at k * period / pods after the start, to the nanosecond,
 *     whatever became of those before it. One that finds no free connection waits in line.
 *  2. Only probes that are due in the measured time count, and each of them counts once: it is
 *     done, in flight at the end, missed (never started) or not sent (this machine had no port or
 *     descriptor for it). due = done + in_flight + missed + not_sent.
 *  3. latency is from the start of a probe to its verdict. corrected is from when it was due; what
 *     is in flight or missed at the end is in it as having taken until then, which is too little.
 *  4. lateness is how long a probe that could have started did not: this program's own delay.
 *     waited is how long it waited for a connection, all of which the server held.
 *  5. In a closed loop each connection asks again as soon as it was answered. A probe is due when
 *     it starts, and corrected is latency.
 *  6. Addresses take turns. With --keep-alive each connection stays with one address, if there are
 *     connections for all of them; else each is closed when its next probe goes elsewhere.
 */
#ifndef CLI_BENCH_SERVER_H
#define CLI_BENCH_SERVER_H

#include <stdio.h>

#include "api/cli/bench/aim.h"
#include "api/cli/bench/bench.h"
#include "api/cli/bench/cause.h"
#include "engine/pod/rule_http_probe.h"
#include "engine/reactor/loop.h"
#include "probes/wire/http1.h"

enum {
    BENCH_CLASS_DEADLINE, /* the only class of timers */
    BENCH_REQUEST_MAX = 4096,
    BENCH_KEEP_MAX = 1024,
    BENCH_ANSWER_MAX = 4096,
};

struct bench_load;

struct bench_connection {
    struct rx_op op;
    struct rx_timer deadline;
    struct bench_load *load;
    struct bench_connection *next_free;
    uint32_t number, redirects;
    rx_sock kept; /* from the probe before; RX_SOCK_NONE = there is none */
    struct rx_addr kept_to, to, asked; /* asked: the address that was due, before redirects */
    rx_ns due, started;
    bool timed_out;
    bool counts; /* due in the measured time */
    bool clean;  /* the answer came in whole, and nothing after it */
    struct probe_http1 answer;
    uint32_t url_len;
    char url[POD_HTTP_URL_MAX];
    char keep[BENCH_KEEP_MAX];
    char in[BENCH_ANSWER_MAX];
    char request[BENCH_REQUEST_MAX];
};

struct bench_counts {
    uint64_t sent, done, success, failure, error, timeouts, not_sent;
};

struct bench_series {
    FILE *file; /* NULL: not asked for */
    bool csv;
    rx_ns every, next; /* the instant at which the interval ends */
    uint64_t due;
    struct bench_counts before;
    uint64_t cpu_before;
    struct rx_hist corrected; /* of this interval */
};

struct bench_load {
    const struct bench *bench;
    struct bench_aim aim;
    struct rx_mem mem;
    struct rx_loop loop;
    struct bench_connection *connection, *free, **free_end;
    uint32_t connections, in_flight;
    uint64_t asked;     /* probes started; the next one goes to the next address */
    uint64_t taken;     /* probes of the schedule that are started or given up */
    rx_ns origin;       /* when probe 0 is due */
    rx_ns from, to;     /* the measured time: due in [from, to) */
    rx_ns empty_since;  /* no connection is free since then */
    void (*over)(struct bench_load *l, struct bench_connection *c, bool pause); /* a probe is */
    bool closed, stopping, keep, turns; /* turns: addresses take turns on each connection */
    const struct rx_pair *header;
    uint32_t header_count;
    struct bench_counts n;
    struct rx_hist lateness, latency, corrected, waited;
    struct bench_causes failures, unsent;
    uint64_t status[BENCH_STATUSES]; /* of the answers that count */
    struct bench_series series;
};

/* ---- ask.c --------------------------------------------------------------------------------- */

void bench_ask(struct bench_connection *c, rx_ns due);
/* Starts a probe on a connection that is not free any more. */

void bench_ask_deadline(void *ctx, struct rx_timer *timer);
/* The deadline of a probe: ctx is the load. */

/* ---- pace.c -------------------------------------------------------------------------------- */

void bench_pace_start(struct bench_load *l);
/* Starts everything that is due and finds a connection. */

rx_ns bench_pace_next(const struct bench_load *l);
/* When to look again: the next probe that is not due yet, or never. */

void bench_pace_free(struct bench_load *l, struct bench_connection *c, bool pause);
/* The connection has nothing to do; with a pause also not if something is due. */

uint64_t bench_pace_due(const struct bench_load *l, rx_ns before);
/* How many probes of the schedule are due before that instant. */

rx_ns bench_pace_at(const struct bench_load *l, uint64_t k);
/* When probe k is due. */

/* ---- series.c ------------------------------------------------------------------------------ */

int bench_series_open(struct bench_load *l);
/* The file of --series. An exit code. */

void bench_series_begin(struct bench_load *l);
void bench_series_tick(struct bench_load *l);
/* Ends the intervals that are over. */

int bench_series_close(struct bench_load *l, rx_ns now);
/* The last interval, and the file. An exit code. */

#endif
