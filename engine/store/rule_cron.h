/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_cron.h - schedules of CronJobs: their text, and when they are due next.
 *
 * Five fields as robfig/cron reads them for Kubernetes, its @words and @every. Day of month and day
 * of week: if one of them contains a `*` or `?` that has no step, both must match, otherwise one is
 * enough.
 *
 * Due is every whole minute whose fields match on the wall clock of the zone. So what lies in an
 * hour that is skipped is not due on that day, and what lies in one that comes twice is due twice.
 * (robfig/cron walks by hours, and misses a minute or two a year where clocks change by half an
 * hour.)
 */
#ifndef ST_RULE_CRON_H
#define ST_RULE_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/store/rule_zone.h"

struct st_cron {
    uint64_t minute; /* a bit for each value */
    uint32_t hour, day, month, weekday;
    bool any_day, any_weekday; /* contains a * */
    int64_t every_s;           /* @every; 0: the fields count */
};

enum { ST_CRON_WHY_MAX = 300 };

bool st_cron_read(const char *text, struct st_cron *out, char why[ST_CRON_WHY_MAX]);
/* False: it is none; why is a sentence, with a NUL. */

#define ST_CRON_NEVER INT64_MAX

int64_t st_cron_next(const struct st_cron *c, const struct st_zone *zone, int64_t after);
/* Seconds since 1970: the first that is due after that one. NEVER: not in the five years to come.
 * zone NULL: UTC. */

#endif
