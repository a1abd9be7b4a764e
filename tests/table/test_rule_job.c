/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_job.c - a Job's arithmetic, row by row and enumerated. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "engine/cluster/rule_job.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

/* ---- back-off -------------------------------------------------------------------------------- */

Test(rule_job, the_ladder)
{
    static const int64_t wait[] = {10, 20, 40, 80, 160, 320, 600, 600, 600};

    cr_expect_eq(cluster_job_backoff_end((struct cluster_job_backoff){0, 100}), INT64_MIN);
    for (uint32_t n = 1; n <= RX_ARRAY_LEN(wait); n++)
        cr_expect_eq(cluster_job_backoff_end((struct cluster_job_backoff){n, 100}),
                     100 + wait[n - 1], "%u", n);
    cr_expect_eq(cluster_job_backoff_end((struct cluster_job_backoff){UINT32_MAX, 7}), 607);
}

/* Failures and successes that are seen at once, by the second of their ends. */
static const struct {
    uint32_t before;
    int failed[4], succeeded[3]; /* 0: no more */
    uint32_t failures;
    int64_t last;
} seen[] = {
    {0, {3}, {0}, 1, 3},
    {2, {9}, {0}, 3, 9},
    {1, {9, 8, 5}, {0}, 4, 9},
    {5, {0}, {4}, 0, INT64_MIN},
    {5, {5}, {5}, 0, 5},         /* the same second: it does not count */
    {5, {6, 5, 4}, {5}, 1, 6},
    {5, {7, 6, 3}, {2, 5}, 2, 7},
    {3, {0}, {0}, 3, 50},        /* nothing new */
};

Test(rule_job, back_off_of_what_is_seen_at_once)
{
    static const struct st_job_spec job = {.completions = 9, .per_index_limit = -1};

    for (size_t i = 0; i < RX_ARRAY_LEN(seen); i++) {
        struct cluster_job_pod pod[8] = {{0}};
        struct cluster_job_tally t;
        struct cluster_job_backoff b = {seen[i].before, 50};
        uint32_t n = 0;

        for (int k = 0; k < 4 && seen[i].failed[k]; k++)
            pod[n++] = (struct cluster_job_pod){
                .phase = POD_PHASE_FAILED, .index = -1, .ended = seen[i].failed[k]};
        for (int k = 0; k < 3 && seen[i].succeeded[k]; k++)
            pod[n++] = (struct cluster_job_pod){
                .phase = POD_PHASE_SUCCEEDED, .index = -1, .ended = seen[i].succeeded[k]};
        cluster_job_tally(&job, pod, n, &t);
        b = cluster_job_backoff(b, &t);
        cr_expect_eq(b.failures, seen[i].failures, "row %zu: %u", i, b.failures);
        if (b.failures > 0)
            cr_expect_eq(b.last, seen[i].last, "row %zu: %lld", i, (long long)b.last);
    }
}

/* ---- which pods count ------------------------------------------------------------------------ */

/* Every pod there can be, against the words of the reference. */
Test(rule_job, which_pods_count)
{
    static const enum pod_phase phases[] = {POD_PHASE_PENDING, POD_PHASE_RUNNING,
                                            POD_PHASE_SUCCEEDED, POD_PHASE_FAILED};

    for (uint32_t x = 0; x < 4 * 128; x++) {
        struct st_job_spec job = {.completions = 3,
                                  .indexed = x & 1,
                                  .replace_failed = x & 2,
                                  .per_index_limit = -1};
        struct cluster_job_pod p = {.deleting = x & 4,
                                    .ready = x & 8,
                                    .counted = x & 16,
                                    .index = x & 32 ? 1 : -1,
                                    .action = x & 64 ? ST_FAILURE_IGNORE : ST_FAILURE_COUNT,
                                    .phase = phases[x >> 7],
                                    .restarts = 5};
        bool over = p.phase == POD_PHASE_SUCCEEDED || p.phase == POD_PHASE_FAILED,
             counts = !p.counted && (!job.indexed || p.index >= 0),
             failed = p.phase == POD_PHASE_FAILED ||
                      (!job.replace_failed && p.deleting && p.phase != POD_PHASE_SUCCEEDED);
        struct cluster_job_tally t;

        cluster_job_tally(&job, &p, 1, &t);
        cr_expect_eq(t.active, !over && !p.deleting, "%x", x);
        cr_expect_eq(t.ready, !over && !p.deleting && p.ready, "%x", x);
        cr_expect_eq(t.terminating, !over && p.deleting, "%x", x);
        cr_expect_eq(t.succeeded, counts && p.phase == POD_PHASE_SUCCEEDED, "%x", x);
        cr_expect_eq(t.failures, counts && failed, "%x", x);
        cr_expect_eq(t.failed, counts && failed && !(x & 64), "%x", x);
        cr_expect_eq(t.restarts, over ? 0 : 5, "%x", x);
    }
}

static const struct {
    int32_t limit;
    uint32_t failures;
    enum st_failure_action action;
    enum pod_phase phase;
    bool failed;
} indexes[] = {
    {0, 0, ST_FAILURE_COUNT, POD_PHASE_FAILED, true},
    {1, 0, ST_FAILURE_COUNT, POD_PHASE_FAILED, false},
    {1, 1, ST_FAILURE_COUNT, POD_PHASE_FAILED, true},
    {1, 1, ST_FAILURE_IGNORE, POD_PHASE_FAILED, false},
    {3, 0, ST_FAILURE_FAIL_INDEX, POD_PHASE_FAILED, true},
    {0, 0, ST_FAILURE_FAIL_INDEX, POD_PHASE_SUCCEEDED, false},
    {-1, 9, ST_FAILURE_FAIL_INDEX, POD_PHASE_FAILED, false},
};

Test(rule_job, when_an_index_has_failed)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(indexes); i++) {
        const struct st_job_spec job = {.indexed = true, .per_index_limit = indexes[i].limit};
        const struct cluster_job_pod p = {.phase = indexes[i].phase,
                                          .failures = indexes[i].failures,
                                          .action = indexes[i].action};

        cr_expect_eq(cluster_job_index_failed(&job, &p), indexes[i].failed, "row %zu", i);
    }
}

/* ---- the end --------------------------------------------------------------------------------- */

static struct st_index_range none_range[1], two_range[] = {{0, 1}}, far_range[] = {{4, 4}};
static const struct st_indexes none = {none_range, 0, 1, 0}, two = {two_range, 1, 1, 2};
static const struct st_success_rule successes[] = {
    {.listed = true, .count = -1, .indexes = {far_range, 1, 1, 1}},
    {.listed = false, .count = 2},
};

static const struct {
    struct st_job_spec job;
    struct cluster_job_end_input in;
    enum cluster_job_reason reason;
} ends[] = {
    {{.backoff_limit = 1, .deadline_s = -1}, {.failed = 1, .started = 0}, CLUSTER_JOB_GOES_ON},
    {{.backoff_limit = 1, .deadline_s = -1}, {.failed = 2}, CLUSTER_JOB_BACKOFF_LIMIT},
    {{.backoff_limit = 0, .deadline_s = -1}, {.failed = 1}, CLUSTER_JOB_BACKOFF_LIMIT},
    {{.backoff_limit = 9, .deadline_s = -1}, {.policy_fails = true}, CLUSTER_JOB_POD_FAILURE},
    {{.backoff_limit = 0, .deadline_s = 0}, {.policy_fails = true, .failed = 5},
     CLUSTER_JOB_POD_FAILURE},
    {{.backoff_limit = 2, .deadline_s = -1, .on_failure = true}, {.restarts = 1},
     CLUSTER_JOB_GOES_ON},
    {{.backoff_limit = 2, .deadline_s = -1, .on_failure = true}, {.restarts = 2},
     CLUSTER_JOB_BACKOFF_LIMIT},
    {{.backoff_limit = 2, .deadline_s = -1}, {.restarts = 9}, CLUSTER_JOB_GOES_ON},
    {{.backoff_limit = 0, .deadline_s = -1, .on_failure = true}, {.restarts = 0},
     CLUSTER_JOB_GOES_ON},
    {{.backoff_limit = 0, .deadline_s = -1, .on_failure = true}, {.restarts = 1},
     CLUSTER_JOB_BACKOFF_LIMIT},
    {{.backoff_limit = 6, .deadline_s = 10}, {.started = 1000, .now = 10999}, CLUSTER_JOB_GOES_ON},
    {{.backoff_limit = 6, .deadline_s = 10}, {.started = 1000, .now = 11000},
     CLUSTER_JOB_DEADLINE},
    {{.backoff_limit = 6, .deadline_s = 10, .suspended = true}, {.started = 0, .now = 99000},
     CLUSTER_JOB_GOES_ON},
    {{.backoff_limit = 6, .deadline_s = 10}, {.started = -1, .now = 99000}, CLUSTER_JOB_GOES_ON},
    /* limits of indexes */
    {{.backoff_limit = 99, .deadline_s = -1, .indexed = true, .completions = 5,
      .per_index_limit = 0, .max_failed_indexes = 1},
     {.completed = &none, .failed_indexes = &two}, CLUSTER_JOB_MAX_FAILED},
    {{.backoff_limit = 99, .deadline_s = -1, .indexed = true, .completions = 5,
      .per_index_limit = 0, .max_failed_indexes = 2},
     {.completed = &none, .failed_indexes = &two}, CLUSTER_JOB_GOES_ON},
    {{.backoff_limit = 99, .deadline_s = -1, .indexed = true, .completions = 4,
      .per_index_limit = 0, .max_failed_indexes = -1},
     {.completed = &two, .failed_indexes = &two}, CLUSTER_JOB_FAILED_INDEXES},
    {{.backoff_limit = 99, .deadline_s = -1, .indexed = true, .completions = 2,
      .per_index_limit = 0, .max_failed_indexes = -1},
     {.completed = &two, .failed_indexes = &none}, CLUSTER_JOB_GOES_ON},
    /* success */
    {{.backoff_limit = 99, .deadline_s = -1, .indexed = true, .completions = 5,
      .per_index_limit = -1, .success_count = 2, .success = successes},
     {.completed = &two, .failed_indexes = &none}, CLUSTER_JOB_SUCCESS_POLICY},
    {{.backoff_limit = 99, .deadline_s = -1, .indexed = true, .completions = 5,
      .per_index_limit = -1, .success_count = 1, .success = successes},
     {.completed = &two, .failed_indexes = &none}, CLUSTER_JOB_GOES_ON},
    {{.backoff_limit = 0, .deadline_s = -1, .indexed = true, .completions = 5,
      .per_index_limit = -1, .success_count = 2, .success = successes},
     {.completed = &two, .failed_indexes = &none, .failed = 1}, CLUSTER_JOB_BACKOFF_LIMIT},
};

Test(rule_job, the_first_end)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(ends); i++) {
        uint32_t rule = 99;
        enum cluster_job_reason r = cluster_job_end(&ends[i].job, &ends[i].in, &rule);

        cr_expect_eq(r, ends[i].reason, "row %zu: %d", i, r);
        if (r == CLUSTER_JOB_SUCCESS_POLICY)
            cr_expect_eq(rule, 1);
    }
    for (int r = CLUSTER_JOB_GOES_ON + 1; r < CLUSTER_JOB_REASONS; r++)
        cr_expect_not_null(cluster_job_reason_name((enum cluster_job_reason)r));
}

/* ---- pods that are wanted -------------------------------------------------------------------- */

/* One pod at a time, until nobody wants another. */
static struct cluster_job_wish wish_by_steps(const struct st_job_spec *job, uint32_t active,
                                             uint32_t terminating, uint32_t succeeded)
{
    struct cluster_job_wish w = {0};
    uint32_t limit = (uint32_t)job->parallelism;

    if (job->suspended) {
        w.remove = active;
        return w;
    }
    if (job->completions >= 0) {
        while (w.active < limit && succeeded + w.active < (uint32_t)job->completions)
            w.active++;
    } else {
        w.active = succeeded > 0 ? active : limit;
    }
    while (active - w.remove > w.active)
        w.remove++;
    while (w.remove == 0 &&
           active + w.create + (job->replace_failed ? terminating : 0) < w.active)
        w.create++;
    return w;
}

Test(rule_job, wishes)
{
    for (uint32_t x = 0; x < 6 * 7 * 5 * 4 * 7 * 4; x++) {
        uint32_t v = x, active = v % 6, succeeded = (v /= 6) % 7, terminating = (v /= 7) % 5;
        struct st_job_spec job = {.parallelism = (int32_t)((v /= 5) % 4),
                                  .completions = (int32_t)((v /= 4) % 7) - 1,
                                  .replace_failed = (v / 7) & 1,
                                  .suspended = (v / 7) & 2};
        struct cluster_job_wish a = cluster_job_wish(&job, active, terminating, succeeded),
                                b = wish_by_steps(&job, active, terminating, succeeded);

        cr_expect(a.active == b.active && a.remove == b.remove && a.create == b.create,
                  "active %u succeeded %u terminating %u parallelism %d completions %d: "
                  "%u -%u +%u, not %u -%u +%u",
                  active, succeeded, terminating, job.parallelism, job.completions, a.active,
                  a.remove, a.create, b.active, b.remove, b.create);
        cr_expect_eq(cluster_job_complete(&job, active, succeeded),
                     active == 0 && (job.completions < 0 ? succeeded > 0
                                                         : (int32_t)succeeded >= job.completions));
    }
}

/* ---- who goes first -------------------------------------------------------------------------- */

/* From first to last. */
static const struct cluster_job_rank order[] = {
    {.bound = false, .created = 9, .serial = 9},
    {.bound = false, .created = 1, .serial = 1},
    {.bound = true, .restarts = 3, .created = 1, .serial = 2},
    {.bound = true, .created = 8, .serial = 3},
    {.bound = true, .running = true, .created = 8, .serial = 4},
    {.bound = true, .running = true, .ready = true, .ready_since = 900, .serial = 5},
    {.bound = true, .running = true, .ready = true, .ready_since = 899, .restarts = 2,
     .created = 1, .serial = 6},
    {.bound = true, .running = true, .ready = true, .ready_since = 899, .created = 5, .serial = 7},
    {.bound = true, .running = true, .ready = true, .ready_since = 899, .created = 4, .serial = 9},
    {.bound = true, .running = true, .ready = true, .ready_since = 899, .created = 4, .serial = 8},
};

Test(rule_job, who_goes_first)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(order); i++) {
        for (size_t k = i + 1; k < RX_ARRAY_LEN(order); k++) {
            cr_expect_lt(cluster_job_goes_first(&order[i], &order[k]), 0, "%zu %zu", i, k);
            cr_expect_gt(cluster_job_goes_first(&order[k], &order[i]), 0, "%zu %zu", k, i);
        }
    }
}
