/* SPDX-License-Identifier: Apache-2.0 */
/* metric.c - see metric.h. What is a count of what was due may be said as a share of it. */
#include "api/cli/bench/metric.h"

const struct metric bench_metric[BENCH_METRICS] = {
#define X(name, unit, more, who, share, help)                                                      \
    {#name, help, offsetof(struct bench_numbers, name), METRIC_##unit, BENCH_##who, more, share},
    BENCH_MAP(X)
#undef X
};
