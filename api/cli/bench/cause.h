/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cause.h - why probes of a load test came out as they did: how many for each cause, and the
 * address that was the first to show it.
 */
#ifndef CLI_BENCH_CAUSE_H
#define CLI_BENCH_CAUSE_H

#include "engine/reactor/op.h"
#include "engine/reactor/text.h"

enum bench_cause_kind {
    BENCH_TIMED_OUT,   /* stage */
    BENCH_ERRNO,       /* stage, detail: a positive errno */
    BENCH_STATUS,      /* detail: the status of the answer */
    BENCH_GARBLED,     /* detail: enum probe_http1_fault */
    BENCH_NO_ANSWER,   /* the connection ended without one */
    BENCH_NOT_FOLLOWED, /* a redirect that no probe can follow */
    BENCH_LOOP,        /* more redirects than are followed */
};

struct bench_cause {
    uint8_t kind, stage; /* enum bench_cause_kind, enum rx_op_stage */
    int32_t detail;
    uint64_t count;
    struct rx_addr first;
};

enum { BENCH_CAUSES = 48 };

struct bench_causes {
    struct bench_cause row[BENCH_CAUSES];
    uint32_t count;
    uint64_t others; /* causes that found no row */
};

void bench_cause_add(struct bench_causes *all, struct bench_cause what, struct rx_addr at);
/* One more of it; what.count and what.first do not matter. */

void bench_cause_text(struct rx_text *t, const struct bench_cause *c);
/* "timed out connecting", "connect: connection refused", "status 503" */

const char *bench_cause_stage(const struct bench_cause *c);
/* Where in a probe it happened: socket, connect, send, receive or answer. */

#endif
