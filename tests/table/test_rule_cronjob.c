/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_cronjob.c - what a CronJob has missed; all its times in a list are the twin. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/cluster/rule_cronjob.h"
#include "engine/reactor/base.h"
#include "engine/reactor/civil.h"
#include "engine/reactor/prng.h"

/* Times of day on 2026-01-01, in milliseconds; more than a day goes on. */
static int64_t at(int h, int m, int ms)
{
    return (rx_civil_days(2026, 1, 1) * 86400 + h * 3600 + m * 60) * RX_MS_PER_S + ms;
}

static int64_t second(int h, int m)
{
    return at(h, m, 0) / RX_MS_PER_S;
}

static struct st_cron_spec spec_of(const char *schedule, int64_t deadline)
{
    struct st_cron_spec s = {.text = schedule, .deadline_s = deadline};
    char why[ST_CRON_WHY_MAX];

    cr_assert(st_cron_read(schedule, &s.schedule, why), "%s", why);
    return s;
}

static const struct {
    const char *schedule;
    int64_t deadline;
    int created_m, last_h, last_m; /* minutes of the day; last_h -1: none */
    int now_h, now_m, now_ms;
    int due_h, due_m; /* -1: none */
    int wake_h, wake_m;
    bool many;
} rows[] = {
    /* CJ-10: at the end of the Job of 1:00 the run of 3:00 starts; before that 2:00 and 3:00 */
    {"* * * * *", -1, 0, 0, 1, 0, 2, 100, 0, 2, 0, 3, false},
    {"* * * * *", -1, 0, 0, 1, 0, 3, 100, 0, 3, 0, 4, false},
    {"* * * * *", -1, 0, 0, 1, 0, 3, 30100, 0, 3, 0, 4, false},
    /* CJ-11 */
    {"* * * * *", 20, 0, 0, 1, 0, 3, 30100, -1, 0, 0, 4, false},
    {"* * * * *", 20, 0, 0, 1, 0, 3, 20000, -1, 0, 0, 4, false},
    {"* * * * *", 20, 0, 0, 1, 0, 3, 19999, 0, 3, 0, 4, false},
    /* CJ-12, CJ-13 */
    {"*/5 * * * *", -1, 0, 0, 5, 0, 23, 0, 0, 20, 0, 25, false},
    {"*/5 * * * *", 120, 0, 0, 5, 0, 23, 0, -1, 0, 0, 25, false},
    /* CJ-16 */
    {"* * * * *", -1, 0, 0, 1, 4, 0, 0, 4, 0, 4, 1, true},
    {"* * * * *", -1, 0, 0, 0, 1, 40, 0, 1, 40, 1, 41, false},
    {"* * * * *", -1, 0, 0, 0, 1, 41, 0, 1, 41, 1, 42, true},
    /* CJ-19 */
    {"0,1 12 * * *", -1, 660, -1, 0, 12, 10, 0, -1, 0, 36, 0, false},
    {"0,1 12 * * *", -1, 660, -1, 0, 12, 1, 30000, 12, 1, 36, 0, false},
    /* CJ-20 */
    {"0 12 * * *", -1, 0, -1, 0, 24, 0, 100, 12, 0, 36, 0, false},
    /* before the first, exactly at it, and what has been started */
    {"*/5 * * * *", -1, 2, -1, 0, 0, 4, 59999, -1, 0, 0, 5, false},
    {"*/5 * * * *", -1, 2, -1, 0, 0, 5, 0, 0, 5, 0, 10, false},
    {"*/5 * * * *", -1, 2, 0, 5, 0, 5, 100, -1, 0, 0, 10, false},
    /* with deadline 0 nothing ever starts */
    {"*/5 * * * *", 0, 2, -1, 0, 0, 5, 0, -1, 0, 0, 10, false},
};

Test(rule_cronjob, what_is_due_and_when_it_looks_again)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct st_cron_spec s = spec_of(rows[i].schedule, rows[i].deadline);
        struct cluster_cron_state state = {
            .created = second(0, rows[i].created_m),
            .last = rows[i].last_h < 0 ? -1 : second(rows[i].last_h, rows[i].last_m)};
        int64_t now = at(rows[i].now_h, rows[i].now_m, rows[i].now_ms), wake;
        struct cluster_cron_due due = cluster_cron_due(&s, &state, now);

        if (rows[i].due_h < 0) {
            cr_expect_eq(due.what, CLUSTER_CRON_IDLE, "row %zu", i);
        } else {
            cr_expect_eq(due.what, CLUSTER_CRON_DUE, "row %zu", i);
            cr_expect_eq(due.at, second(rows[i].due_h, rows[i].due_m), "row %zu: %lld", i,
                         (long long)(due.at - second(0, 0)));
            cr_expect_eq(due.too_many_missed, rows[i].many, "row %zu", i);
            state.last = due.at;
        }
        wake = cluster_cron_wake(&s, &state, now);
        cr_expect_eq(wake, second(rows[i].wake_h, rows[i].wake_m), "row %zu: %lld", i,
                     (long long)(wake - second(0, 0)));
    }
}

Test(rule_cronjob, a_schedule_that_never_comes)
{
    struct st_cron_spec s = spec_of("0 0 31 2 *", -1);
    struct cluster_cron_state state = {.created = second(0, 0), .last = -1};

    cr_expect_eq(cluster_cron_due(&s, &state, at(5, 0, 0)).what, CLUSTER_CRON_INVALID);
    cr_expect_eq(cluster_cron_wake(&s, &state, at(5, 0, 0)), ST_CRON_NEVER);
}

/* Of a regular schedule the latest missed time is the last of the list. */
Test(rule_cronjob, regular_ones_as_a_list)
{
    static const char *const schedules[] = {"* * * * *", "*/10 * * * *", "30 * * * *", "0 0 * * *",
                                            "@every 95s", "@every 3h"};
    struct rx_prng r = rx_prng_stream(5, 0, 0);

    for (int round = 0; round < 2000; round++) {
        struct st_cron_spec s = spec_of(schedules[rx_prng_below(&r, RX_ARRAY_LEN(schedules))], -1);
        struct cluster_cron_state state = {.created = second(0, (int)rx_prng_below(&r, 1440)),
                                           .last = -1};
        int64_t now = state.created * RX_MS_PER_S + (int64_t)rx_prng_below(&r, 3 * 86400000),
                latest = -1, count = 0;
        struct cluster_cron_due due = cluster_cron_due(&s, &state, now);

        for (int64_t t = st_cron_next(&s.schedule, NULL, state.created); t * RX_MS_PER_S <= now;
             t = st_cron_next(&s.schedule, NULL, t)) {
            latest = t;
            count++;
        }
        cr_expect_eq(due.what, latest < 0 ? CLUSTER_CRON_IDLE : CLUSTER_CRON_DUE, "%s", s.text);
        if (latest >= 0) {
            cr_expect_eq(due.at, latest, "%s", s.text);
            cr_expect_eq(due.too_many_missed, count > 100, "%s: %lld", s.text, (long long)count);
        }
    }
}

static const struct cluster_cron_old old[] = {
    {100, "b"}, {101, "a"}, {200, "a"}, {200, "c"}, {INT64_MAX, "a"}};

Test(rule_cronjob, the_oldest_go_first)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(old); i++) {
        for (size_t k = i + 1; k < RX_ARRAY_LEN(old); k++) {
            cr_expect_lt(cluster_cron_older(&old[i], &old[k]), 0);
            cr_expect_gt(cluster_cron_older(&old[k], &old[i]), 0);
        }
    }
}
