/* SPDX-License-Identifier: Apache-2.0 */
/* metric.h - the list of a load test's numbers, from BENCH_MAP. */
#ifndef CLI_BENCH_METRIC_H
#define CLI_BENCH_METRIC_H

#include "api/cli/bench/bench.h"

enum { BENCH_METRICS = sizeof(struct bench_numbers) / sizeof(uint64_t) };

extern const struct metric bench_metric[BENCH_METRICS];

#endif
