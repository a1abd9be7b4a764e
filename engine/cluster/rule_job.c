/* SPDX-License-Identifier: Apache-2.0 */
/* rule_job.c - a Job's arithmetic. */
#include "engine/cluster/rule_job.h"

#include "engine/reactor/base.h"

enum { BACKOFF_S = 10, BACKOFF_MAX_S = 600 };

/* ---- pods ------------------------------------------------------------------------------------ */

bool cluster_job_pod_active(const struct cluster_job_pod *p)
{
    return !p->gone && !p->deleting && !pod_phase_terminal(p->phase);
}

bool cluster_job_pod_failed(const struct st_job_spec *job, const struct cluster_job_pod *p)
{
    if (p->phase == POD_PHASE_FAILED)
        return true;
    return !job->replace_failed && p->deleting && p->phase != POD_PHASE_SUCCEEDED;
}

/* Is it one whose end counts: with an index, if the Job has indexes? */
static bool is_valid(const struct st_job_spec *job, const struct cluster_job_pod *p)
{
    return !p->counted && (!job->indexed || p->index >= 0);
}

static void tally_one(const struct st_job_spec *job, const struct cluster_job_pod *p,
                      struct cluster_job_tally *out)
{
    bool active = cluster_job_pod_active(p);

    out->active += active;
    out->ready += active && p->ready;
    out->terminating += !p->gone && p->deleting && !pod_phase_terminal(p->phase);
    if (!p->gone && !pod_phase_terminal(p->phase))
        out->restarts += p->restarts;
    if (!is_valid(job, p))
        return;
    if (p->phase == POD_PHASE_SUCCEEDED) {
        out->succeeded++;
        out->last_success = RX_MAX(out->last_success, p->ended);
    } else if (cluster_job_pod_failed(job, p)) {
        out->failures++;
        out->failed += p->action != ST_FAILURE_IGNORE;
        out->last_failure = RX_MAX(out->last_failure, p->ended);
    }
}

void cluster_job_tally(const struct st_job_spec *job, const struct cluster_job_pod *pod,
                       uint32_t count, struct cluster_job_tally *out)
{
    *out = (struct cluster_job_tally){.last_success = INT64_MIN, .last_failure = INT64_MIN};
    for (uint32_t i = 0; i < count; i++)
        tally_one(job, &pod[i], out);
    for (uint32_t i = 0; i < count && out->failures > 0; i++) {
        if (is_valid(job, &pod[i]) && cluster_job_pod_failed(job, &pod[i]))
            out->failures_after += pod[i].ended > out->last_success;
    }
}

bool cluster_job_index_failed(const struct st_job_spec *job, const struct cluster_job_pod *p)
{
    if (p->index < 0 || p->counted || job->per_index_limit < 0 || !cluster_job_pod_failed(job, p))
        return false;
    if (p->action == ST_FAILURE_FAIL_INDEX)
        return true;
    return p->action != ST_FAILURE_IGNORE && p->failures >= (uint32_t)job->per_index_limit;
}

/* ---- back-off -------------------------------------------------------------------------------- */

struct cluster_job_backoff cluster_job_backoff(struct cluster_job_backoff old,
                                               const struct cluster_job_tally *t)
{
    if (t->succeeded > 0) /* only what has failed since then counts */
        return (struct cluster_job_backoff){t->failures_after, t->last_failure};
    if (t->failures == 0)
        return old;
    return (struct cluster_job_backoff){old.failures + t->failures, t->last_failure};
}

int64_t cluster_job_backoff_end(struct cluster_job_backoff b)
{
    int64_t wait = BACKOFF_S;

    if (b.failures == 0)
        return INT64_MIN;
    for (uint32_t i = 1; i < b.failures && wait < BACKOFF_MAX_S; i++)
        wait = RX_MIN(wait * 2, BACKOFF_MAX_S);
    return b.last + wait;
}

/* ---- the end --------------------------------------------------------------------------------- */

static const struct {
    const char *name, *message;
} reasons[] = {
    [CLUSTER_JOB_GOES_ON] = {NULL, NULL},
    [CLUSTER_JOB_POD_FAILURE] = {"PodFailurePolicy", NULL},
    [CLUSTER_JOB_BACKOFF_LIMIT] = {"BackoffLimitExceeded",
                                   "Job has reached the specified backoff limit"},
    [CLUSTER_JOB_DEADLINE] = {"DeadlineExceeded", "Job was active longer than specified deadline"},
    [CLUSTER_JOB_MAX_FAILED] = {"MaxFailedIndexesExceeded",
                                "Job has exceeded the specified maximal number of failed indexes"},
    [CLUSTER_JOB_FAILED_INDEXES] = {"FailedIndexes", "Job has failed indexes"},
    [CLUSTER_JOB_SUCCESS_POLICY] = {"SuccessPolicy", NULL},
    [CLUSTER_JOB_COMPLETIONS] = {"CompletionsReached", "Reached expected number of succeeded pods"},
};

const char *cluster_job_reason_name(enum cluster_job_reason r)
{
    return reasons[r].name;
}

const char *cluster_job_reason_message(enum cluster_job_reason r)
{
    return reasons[r].message;
}

static bool restarted_too_often(const struct st_job_spec *job, uint32_t restarts)
{
    if (!job->on_failure)
        return false;
    return job->backoff_limit == 0 ? restarts > 0 : restarts >= (uint32_t)job->backoff_limit;
}

static bool past_deadline(const struct st_job_spec *job, const struct cluster_job_end_input *in)
{
    return job->deadline_s >= 0 && in->started >= 0 && !job->suspended &&
           (in->now - in->started) / RX_MS_PER_S >= job->deadline_s;
}

/* How many of the indexes that a rule lists have succeeded. */
static uint32_t succeeded_of(const struct st_success_rule *r, const struct st_indexes *completed)
{
    uint32_t n = 0;

    if (!r->listed)
        return completed->total;
    for (uint32_t i = 0; i < r->indexes.count; i++)
        n += st_indexes_below(completed, r->indexes.range[i].last + 1) -
             st_indexes_below(completed, r->indexes.range[i].first);
    return n;
}

static bool success_met(const struct st_job_spec *job, const struct st_indexes *completed,
                        uint32_t *rule)
{
    for (*rule = 0; *rule < job->success_count; ++*rule) {
        const struct st_success_rule *r = &job->success[*rule];
        uint32_t done = succeeded_of(r, completed),
                 wanted = r->count >= 0 ? (uint32_t)r->count : r->indexes.total;

        if (done >= wanted)
            return true;
    }
    return false;
}

enum cluster_job_reason cluster_job_end(const struct st_job_spec *job,
                                        const struct cluster_job_end_input *in, uint32_t *rule)
{
    if (in->policy_fails)
        return CLUSTER_JOB_POD_FAILURE;
    if (in->failed > (uint32_t)job->backoff_limit || restarted_too_often(job, in->restarts))
        return CLUSTER_JOB_BACKOFF_LIMIT;
    if (past_deadline(job, in))
        return CLUSTER_JOB_DEADLINE;
    if (!job->indexed)
        return CLUSTER_JOB_GOES_ON;
    if (job->per_index_limit >= 0) {
        uint32_t failed = in->failed_indexes->total;

        if (job->max_failed_indexes >= 0 && failed > (uint32_t)job->max_failed_indexes)
            return CLUSTER_JOB_MAX_FAILED;
        if (failed > 0 && failed + in->completed->total >= (uint32_t)job->completions)
            return CLUSTER_JOB_FAILED_INDEXES;
    }
    return success_met(job, in->completed, rule) ? CLUSTER_JOB_SUCCESS_POLICY
                                                 : CLUSTER_JOB_GOES_ON;
}

/* ---- pods that are wanted -------------------------------------------------------------------- */

struct cluster_job_wish cluster_job_wish(const struct st_job_spec *job, uint32_t active,
                                         uint32_t terminating, uint32_t succeeded)
{
    uint32_t parallelism = (uint32_t)job->parallelism, gone = 0;
    struct cluster_job_wish w = {.active = parallelism};

    if (job->suspended)
        return (struct cluster_job_wish){.remove = active};
    if (job->completions < 0) /* a work queue: after the first success whoever runs, runs on */
        w.active = succeeded > 0 ? active : parallelism;
    else
        w.active = succeeded >= (uint32_t)job->completions
            ? 0 : RX_MIN(parallelism, (uint32_t)job->completions - succeeded);
    if (active > w.active) {
        w.remove = active - w.active;
        return w;
    }
    if (job->replace_failed)
        gone = terminating;
    w.create = w.active > active + gone ? w.active - active - gone : 0;
    return w;
}

bool cluster_job_complete(const struct st_job_spec *job, uint32_t active, uint32_t succeeded)
{
    if (active > 0)
        return false;
    return job->completions < 0 ? succeeded > 0 : succeeded >= (uint32_t)job->completions;
}

/* ---- who goes first -------------------------------------------------------------------------- */

int cluster_job_goes_first(const struct cluster_job_rank *a, const struct cluster_job_rank *b)
{
    if (a->bound != b->bound)
        return a->bound ? 1 : -1;
    if (a->running != b->running)
        return a->running ? 1 : -1;
    if (a->ready != b->ready)
        return a->ready ? 1 : -1;
    if (a->ready && a->ready_since != b->ready_since)
        return a->ready_since > b->ready_since ? -1 : 1;
    if (a->restarts != b->restarts)
        return a->restarts > b->restarts ? -1 : 1;
    if (a->created != b->created)
        return a->created > b->created ? -1 : 1;
    return a->serial > b->serial ? -1 : 1;
}
