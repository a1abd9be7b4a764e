/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit.h - a limit that --fail-if sets to one of the numbers of a result:
 *
 *     latency_p99>10ms     the value itself
 *     failure>1%           a share of what there was
 *     latency_p99>+10%     with --compare: the change from A to B
 *
 * A result that was not measured keeps no limit: nothing says that it would have.
 */
#ifndef CLI_LIMIT_H
#define CLI_LIMIT_H

#include "api/cli/io/metric.h"

enum limit_kind { LIMIT_VALUE, LIMIT_SHARE, LIMIT_CHANGE };

struct limit {
    const struct metric *metric;
    bool above; /* fails if the result is above the value; otherwise below */
    bool equal; /* ... or equal to it */
    bool less;  /* CHANGE: the value is negative */
    enum limit_kind kind;
    uint64_t value; /* SHARE, CHANGE: thousandths of a percent */
};

int limit_read(const struct cli_options *o, const struct metric_list *list, const char *text,
               struct limit *out);
/* An exit code, after a refusal. */

bool limit_fails(const struct limit *l, const uint64_t *was, uint64_t is, uint64_t base);
/* was: the value in A (NULL where there is no comparison); base: what a share is a share of. */

void limit_say_failed(const char *condition, const struct metric *m, uint64_t value);

#endif
