/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metric.h - one named number of a result: how it is called, where it stands among its like, and
 * how its value is written and read. What numbers a result has is a list of these; --fail-if, help,
 * tables and JSON documents go by it.
 */
#ifndef CLI_METRIC_H
#define CLI_METRIC_H

#include "api/cli/options.h"

enum metric_unit { METRIC_COUNT, METRIC_NS, METRIC_BYTES, METRIC_MILLI /* thousandths */ };

#define METRIC_NONE UINT64_MAX /* nothing was measured: "-" in the table, null in JSON */

struct metric {
    const char *name, *help; /* help "": as the one before it */
    size_t offset;           /* of a uint64_t, in the struct of such numbers */
    enum metric_unit unit;
    unsigned who;            /* whose result it is, for whoever asks */
    bool more_is_better;
    bool share;              /* it may be said as a share of what there was */
};

struct metric_list {
    const struct metric *item;
    size_t count;
};

const struct metric *metric_find(const struct metric_list *list, const char *name, size_t length);
/* By its name, in which case and underscores do not matter. NULL: there is none. */

uint64_t metric_value(const void *numbers, const struct metric *m);

bool metric_read(const struct metric *m, const char *text, uint64_t *out);
/* As one would write it: 5ms, 0.25, 17. */

bool metric_read_json(const struct metric *m, const char *text, uint64_t *out);
/* As the JSON document has it: durations in nanoseconds. */

bool metric_read_decimal(const char *text, unsigned decimals, uint64_t *out);
/* A number with up to so many decimals, times ten to that power. */

void metric_put(struct rx_text *t, const struct metric *m, uint64_t value);
void metric_put_key(struct rx_text *t, const struct metric *m);
/* Its name in the JSON document. */

#endif
