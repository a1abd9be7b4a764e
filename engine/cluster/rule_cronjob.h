/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_cronjob.h - which time of its schedule a CronJob has missed, and when it looks again.
 *
 * The latest missed time is estimated from the distance of the first two that were missed: exact
 * for regular schedules, while one with gaps drops what it has missed once that is older than about
 * one distance. Wall time, in milliseconds since 1970; times of schedules are whole seconds.
 */
#ifndef CLUSTER_RULE_CRONJOB_H
#define CLUSTER_RULE_CRONJOB_H

#include "engine/reactor/time.h"
#include "engine/store/job_spec.h"

struct cluster_cron_state {
    int64_t created; /* second of its creation */
    int64_t last;    /* second of the schedule that was started last; -1: none */
};

enum cluster_cron_what { CLUSTER_CRON_IDLE, CLUSTER_CRON_DUE, CLUSTER_CRON_INVALID };

struct cluster_cron_due {
    enum cluster_cron_what what;
    int64_t at; /* DUE: the second of the schedule */
    bool too_many_missed;
};

struct cluster_cron_due cluster_cron_due(const struct st_cron_spec *s,
                                         const struct cluster_cron_state *state, int64_t now_ms);
/* INVALID: the schedule never comes. */

int64_t cluster_cron_wake(const struct st_cron_spec *s, const struct cluster_cron_state *state,
                          int64_t now_ms);
/* The second of the next time that it waits for; ST_CRON_NEVER. */

/* A finished Job, for the history. */
struct cluster_cron_old {
    int64_t started; /* INT64_MAX: never */
    const char *name;
};

int cluster_cron_older(const struct cluster_cron_old *a, const struct cluster_cron_old *b);
/* < 0: a goes first. */

#endif
