/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit.h - a limit that --fail-if sets to a result:
 *
 *     latency_p99>10ms     the value itself
 *     failure>1%           a share of what was due
 *     latency_p99>+10%     with --compare: the change from A to B
 *
 * A result that was not measured keeps no limit: nothing says that it would have.
 */
#ifndef CLI_BENCH_LIMIT_H
#define CLI_BENCH_LIMIT_H

#include "api/cli/bench/metric.h"

enum bench_limit_kind { BENCH_VALUE, BENCH_SHARE, BENCH_CHANGE };

struct bench_limit {
    const struct bench_metric *metric;
    bool above; /* fails if the result is above the value; otherwise below */
    bool equal; /* ... or equal to it */
    bool less;  /* CHANGE: the value is negative */
    enum bench_limit_kind kind;
    uint64_t value; /* SHARE, CHANGE: thousandths of a percent */
};

int bench_limit_read(const struct cli_options *o, const char *text, struct bench_limit *out);
/* An exit code, after a refusal. */

bool bench_limit_fails(const struct bench_limit *l, const uint64_t *was, uint64_t is,
                       uint64_t base);
/* was: the value in A (NULL where there is no comparison); base: what a share is a share of. */

#endif
