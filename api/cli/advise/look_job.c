/* SPDX-License-Identifier: Apache-2.0 */
/* look_job.c - Jobs and CronJobs: runs that hang, that overlap, and that stay. */
#include <string.h>

#include "api/cli/advise/catalogue.h"
#include "engine/reactor/base.h"
#include "engine/store/job_spec.h"

enum { HOUR_MS = 3600000, DAY_MS = 24 * HOUR_MS };

static const char *job_path(struct advise *a, const struct advise_subject *s, const char *field)
{
    return advise_say(a, "%s.%s", s->w->cron != NULL ? "spec.jobTemplate.spec" : "spec", field);
}

static bool is_job(const struct advise_subject *s)
{
    return subject_is(s, POD_WORKLOAD_JOB) || subject_is(s, POD_WORKLOAD_CRONJOB);
}

/* Its program hangs, or does what it has to in a second. */
static struct manifest_change does(struct advise *a, const struct advise_subject *s,
                                   const char *what)
{
    return (struct manifest_change){subject_container_path(a, s, s->pod->init_count, "command"),
                                    what};
}

void look_job_deadline(struct advise *a, const struct advise_subject *s)
{
    struct manifest_change hangs = does(a, s, "[sleep, \"10000000\"]");
    struct advice v = {.level = ADVISE_NOTE, .changes = 1};
    struct lab_plan p = {
        .given = &hangs, .givens = 1, .for_ms = DAY_MS, .beside = lab_scenario(a, s, "", "")};
    struct lab_result is, then;

    if (!is_job(s) || s->w->job->deadline_s >= 0 || s->pod->active_deadline_s >= 0 ||
        (s->w->cron != NULL && s->w->cron->suspended))
        return;
    v.change[0] = (struct manifest_change){job_path(a, s, "activeDeadlineSeconds"), "3600"};
    if (!lab_both(a, s, &p, &v, &is, &then) || is.ready == 0 || then.ready * 2 > is.ready)
        return;
    v.assumes = "a run hangs; an hour is longer than any run that does not";
    v.text = advise_say(a,
                        "a run that hangs goes on for ever: %u pod%s after 24 h; with "
                        "activeDeadlineSeconds 3600: %u",
                        is.ready, is.ready == 1 ? " runs" : "s run", then.ready);
    advise_give(a, s, &v);
}

void look_cron_overlap(struct advise *a, const struct advise_subject *s)
{
    struct manifest_change hangs = does(a, s, "[sleep, \"10000000\"]");
    struct advice v = {
        .level = ADVISE_NOTE, .changes = 1, .change = {{"spec.concurrencyPolicy", "Forbid"}}};
    struct lab_plan p = {.given = &hangs, .givens = 1, .beside = lab_scenario(a, s, "", "")};
    struct lab_result is = {0}, then;
    int64_t hours;

    if (!subject_is(s, POD_WORKLOAD_CRONJOB) || s->w->cron->suspended ||
        s->w->cron->concurrency != ST_CONCURRENT_ALLOW)
        return;
    for (hours = 1; hours <= 512 && is.pods < 3; hours *= 4) {
        p.for_ms = hours * HOUR_MS;
        if (!lab_run(a, s, &p, NULL, &is))
            return;
    }
    if (is.pods < 3 || !lab_run(a, s, &p, &v, &then) || then.pods >= is.pods)
        return;
    v.assumes = "a run hangs, and so do those after it";
    v.text =
        advise_say(a, "runs that hang pile up: %u after %lld h; with concurrencyPolicy Forbid: %u",
                   is.pods, (long long)p.for_ms / HOUR_MS, then.pods);
    advise_give(a, s, &v);
}

void look_job_stays(struct advise *a, const struct advise_subject *s)
{
    struct manifest_change ends = does(a, s, "[sleep, \"1\"]");
    struct advice v = {
        .level = ADVISE_NOTE, .changes = 1, .change = {{"spec.ttlSecondsAfterFinished", "86400"}}};
    struct lab_plan p = {
        .given = &ends, .givens = 1, .for_ms = 2 * DAY_MS, .beside = lab_scenario(a, s, "", "")};
    struct lab_result is, then;

    if (!subject_is(s, POD_WORKLOAD_JOB) || s->w->job->ttl_s >= 0)
        return;
    if (!lab_both(a, s, &p, &v, &is, &then) || is.pods == 0 || then.pods > 0)
        return;
    v.text =
        advise_say(a,
                   "after it has finished it stays: %u pod%s 2 days later, and its name is taken; "
                   "with ttlSecondsAfterFinished 86400: 0",
                   is.pods, is.pods == 1 ? "" : "s");
    advise_give(a, s, &v);
}
