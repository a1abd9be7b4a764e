/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.h - Jobs: pods until enough of them have succeeded.
 *
 * The rules are in rule_job.h. Here stand what a Job knows of its pods and what it has told. Of a
 * pod a view is kept until it has been counted and is over: its object may be gone before the
 * control plane looks.
 */
#ifndef CLUSTER_JOB_H
#define CLUSTER_JOB_H

#include "engine/cluster/kinds.h"
#include "engine/cluster/rule_job.h"

enum cluster_job_condition { CLUSTER_JOB_SUSPENDED, CLUSTER_JOB_FAILURE_TARGET,
                             CLUSTER_JOB_CRITERIA_MET, CLUSTER_JOB_FAILED, CLUSTER_JOB_COMPLETE,
                             CLUSTER_JOB_CONDITIONS };

struct cluster_job_counts {
    uint32_t active, ready, terminating, succeeded, failed;
    int64_t started, completed; /* wall seconds; -1: unset */
};

struct cluster_job {
    struct cluster_workload w;
    struct cluster_work ttl;     /* of ttl.c */
    struct cluster_job_pod *pod; /* those that are looked at, by their age */
    uint32_t *place;             /* of each ordinal among them, plus one */
    struct st_index_range *busy; /* lent to a set of active indexes */
    uint32_t pods, pods_room, places_room, busy_room;
    struct st_indexes completed, failed_indexes;
    struct cluster_job_backoff backoff;
    struct cluster_job_counts now, told;
    char *told_completed, *told_failed; /* lists; NULL: nothing told */
    struct st_condition condition[CLUSTER_JOB_CONDITIONS];
    enum cluster_job_reason reason; /* why it is over, once that is decided */
    char *failure; /* room for the message of a pod that fails it, if a policy can say so */
    uint32_t failure_room;
    const char *message;            /* of its end; NULL: not decided */
    int64_t finished;               /* wall second of its last condition; -1: it is not */
};

static inline struct cluster_job *cluster_job_of(struct cluster_workload *w)
{
    return rx_container_of(w, struct cluster_job, w);
}

static inline struct cluster_job *cluster_job_of_work(struct cluster_work *work)
{
    return cluster_job_of(rx_container_of(work, struct cluster_workload, work));
}

static inline const struct st_job_spec *cluster_job_spec(const struct cluster_job *j)
{
    return j->w.spec.job;
}

static inline int64_t cluster_wall_ms(const struct cluster *c)
{
    return c->world->epoch_ms + rx_loop_now(c->world->loop);
}

static inline int64_t cluster_wall_s(const struct cluster *c)
{
    int64_t ms = cluster_wall_ms(c);

    return ms / RX_MS_PER_S - (ms % RX_MS_PER_S < 0);
}

extern const struct cluster_worker cluster_job_worker, cluster_ttl_worker;

int cluster_job_begin(struct cluster *c, struct cluster_workload *w);
/* The rest of it is zero. It is dirty: its first pods come in the next pass. */

void cluster_job_end_of(struct cluster *c, struct cluster_workload *w);
void cluster_job_changed(struct cluster *c, struct cluster_workload *w, struct pod *p);
/* What the API shows of one of its pods, or that it is gone. */

int cluster_job_suspend(struct cluster *c, struct cluster_workload *w, bool suspended);
int cluster_job_scale(struct cluster *c, struct cluster_workload *w, uint32_t parallelism);
/* Patches of its spec. -RX_ENOMEM. */

/* ---- job_pods.c ------------------------------------------------------------------------------ */

int cluster_job_room(struct cluster *c, struct cluster_job *j, uint32_t more);
/* For so many more pods, and what goes with them. -RX_ENOMEM. */

struct cluster_job_pod *cluster_job_note(struct cluster_job *j, const struct pod *p);
/* A pod that has just been created. There is room for it. */

void cluster_job_forget(struct cluster_job *j);
/* Those that have been counted and are over. */

/* ---- job_tell.c ------------------------------------------------------------------------------ */

void cluster_job_announce(struct cluster *c, struct cluster_work *work);
bool cluster_job_tell(struct cluster *c, struct cluster_job *j, enum cluster_job_condition which,
                      bool status, const char *reason, const char *message);
/* Whether it was told. */

#endif
