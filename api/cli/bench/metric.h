/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metric.h - one named number of a load test: its row of BENCH_MAP, its value, and how that is
 * written and read.
 */
#ifndef CLI_BENCH_METRIC_H
#define CLI_BENCH_METRIC_H

#include "api/cli/bench/bench.h"

struct bench_metric {
    const char *name, *help;
    size_t offset;
    enum bench_unit unit;
    enum bench_who who;
    bool more_is_better;
};

enum { BENCH_METRICS = sizeof(struct bench_numbers) / sizeof(uint64_t) };

extern const struct bench_metric bench_metric[BENCH_METRICS];

const struct bench_metric *bench_metric_find(const char *name, size_t length);
/* NULL: there is none. */

uint64_t bench_metric_value(const struct bench_numbers *n, const struct bench_metric *m);

bool bench_metric_read(const struct bench_metric *m, const char *text, uint64_t *out);
/* As one would write it: 5ms, 0.25, 17. */

bool bench_metric_read_json(const struct bench_metric *m, const char *text, uint64_t *out);
/* As the JSON document has it: durations in nanoseconds. */

bool bench_read_decimal(const char *text, unsigned decimals, uint64_t *out);
/* A number with up to so many decimals, times ten to that power. */

void bench_metric_put(struct rx_text *t, const struct bench_metric *m, uint64_t value);
void bench_metric_put_key(struct rx_text *t, const struct bench_metric *m);
/* Its name in the JSON document. */

#endif
