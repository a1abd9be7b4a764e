/* SPDX-License-Identifier: Apache-2.0 */
/* limit.h - limits to the results of a load test. */
#ifndef CLI_BENCH_LIMIT_H
#define CLI_BENCH_LIMIT_H

#include "api/cli/bench/metric.h"
#include "api/cli/io/limit.h"

int bench_limit_read(const struct cli_options *o, const char *text, struct limit *out);
/* An exit code, after a refusal: also of a result that such a test does not have. */

#endif
