/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_job.h - what a Job does: which of its pods count, whether it is over, how many pods it
 * wants, and how long it waits for the next.
 *
 * A sync goes through the questions below in their order; the driver (job.c) fetches what they ask
 * for and carries out what they answer. A pod is counted once: the finalizer that a real Job puts
 * on its pods and takes away when it has counted them is the flag `counted` here.
 */
#ifndef CLUSTER_RULE_JOB_H
#define CLUSTER_RULE_JOB_H

#include "engine/reactor/time.h"
#include "engine/store/job_spec.h"

/* ---- pods ------------------------------------------------------------------------------------ */

/* One of its pods, as its status says it. */
struct cluster_job_pod {
    uint64_t id;      /* of the driver's, like */
    uint32_t ordinal; /* its place among all there were, */
    bool policy_fails; /* and whether it matches a FailJob rule */
    enum pod_phase phase;
    bool gone;        /* its object */
    bool delayed;     /* it is counted when its index has a successor */
    bool doomed;      /* its deletion is the Job's own end */
    bool deleting, ready, counted;
    bool adopted;     /* the driver's: the Job has not made it */
    bool released;    /* likewise: it is not the Job's any more, and counts for nothing */
    enum st_failure_action action; /* of the podFailurePolicy; COUNT without one */
    int32_t index;                 /* -1: none, or beyond the completions */
    uint32_t failures, ignored;    /* of its index, before this pod */
    uint32_t restarts;             /* of all its containers */
    int64_t ended;                 /* the second of its end; if it has failed or succeeded */
};

bool cluster_job_pod_active(const struct cluster_job_pod *p);
bool cluster_job_pod_failed(const struct st_job_spec *job, const struct cluster_job_pod *p);
/* With TerminatingOrFailed also one that is being deleted, unless it has succeeded. */

/* What can be counted in one walk over all pods. */
struct cluster_job_tally {
    uint32_t active, ready, terminating;
    uint32_t succeeded, failed; /* not counted so far; ignored failures are not among them */
    uint32_t failures;          /* not counted so far, ignored ones among them */
    uint32_t restarts;          /* of pods that are Pending or Running */
    int64_t last_success, last_failure; /* seconds */
    uint32_t failures_after; /* those that ended in a later second than the last success */
};

void cluster_job_tally(const struct st_job_spec *job, const struct cluster_job_pod *pod,
                       uint32_t count, struct cluster_job_tally *out);

bool cluster_job_index_failed(const struct st_job_spec *job, const struct cluster_job_pod *p);
/* Is its index over with this pod? Only with a limit per index. */

/* ---- back-off -------------------------------------------------------------------------------- */

struct cluster_job_backoff {
    uint32_t failures; /* since the last success */
    int64_t last;      /* second of the newest failure */
};

struct cluster_job_backoff cluster_job_backoff(struct cluster_job_backoff old,
                                               const struct cluster_job_tally *t);
int64_t cluster_job_backoff_end(struct cluster_job_backoff b);
/* The second from which on there may be a new pod: 10, 20, 40 ... 600 after the newest failure. */

/* ---- the end --------------------------------------------------------------------------------- */

enum cluster_job_reason { CLUSTER_JOB_GOES_ON, CLUSTER_JOB_POD_FAILURE, CLUSTER_JOB_BACKOFF_LIMIT,
                          CLUSTER_JOB_DEADLINE, CLUSTER_JOB_MAX_FAILED, CLUSTER_JOB_FAILED_INDEXES,
                          CLUSTER_JOB_SUCCESS_POLICY, CLUSTER_JOB_COMPLETIONS,
                          CLUSTER_JOB_REASONS };

const char *cluster_job_reason_name(enum cluster_job_reason r);    /* NULL: GOES_ON */
const char *cluster_job_reason_message(enum cluster_job_reason r); /* NULL: made of its parts */

static inline bool cluster_job_succeeds(enum cluster_job_reason r)
{
    return r >= CLUSTER_JOB_SUCCESS_POLICY;
}

struct cluster_job_end_input {
    bool policy_fails; /* an uncounted or counted pod of it matches a FailJob rule */
    uint32_t failed, restarts;
    rx_ms started, now; /* started -1: it has no startTime */
    const struct st_indexes *completed, *failed_indexes; /* Indexed; with a limit per index */
};

enum cluster_job_reason cluster_job_end(const struct st_job_spec *job,
                                        const struct cluster_job_end_input *in, uint32_t *rule);
/* Whether it is over before anything is managed; rule: of SUCCESS_POLICY. */

/* ---- pods that are wanted -------------------------------------------------------------------- */

struct cluster_job_wish {
    uint32_t active, remove, create;
};

struct cluster_job_wish cluster_job_wish(const struct st_job_spec *job, uint32_t active,
                                         uint32_t terminating, uint32_t succeeded);
/* active: how many are wanted. Indexes may demand that more are removed. */

bool cluster_job_complete(const struct st_job_spec *job, uint32_t active, uint32_t succeeded);

/* ---- who goes first -------------------------------------------------------------------------- */

/* What the order of deletion looks at (C5.2 without cost, node and buckets). */
struct cluster_job_rank {
    bool bound, running, ready;
    rx_ms ready_since, created;
    uint32_t restarts;
    uint64_t serial;
};

int cluster_job_goes_first(const struct cluster_job_rank *a, const struct cluster_job_rank *b);
/* < 0: a; never 0 for two pods. */

#endif
