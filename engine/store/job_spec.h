/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_spec.h - what a Job and a CronJob are told to do, beside the template of their pods.
 *
 * As everything in spec.h: defaulted and validated once, immutable, in the arena it was built in.
 */
#ifndef ST_JOB_SPEC_H
#define ST_JOB_SPEC_H

#include "engine/store/rule_cron.h"
#include "engine/store/rule_index.h"
#include "engine/store/spec.h"

enum st_failure_action { ST_FAILURE_COUNT, ST_FAILURE_FAIL_INDEX, ST_FAILURE_FAIL_JOB,
                         ST_FAILURE_IGNORE };

struct st_failure_condition {
    const char *type, *status;
};

/* podFailurePolicy: one of the two parts is there. */
struct st_failure_rule {
    enum st_failure_action action;
    bool not_in;
    const char *container; /* NULL: any */
    uint32_t code_count;   /* 0: conditions count */
    const int32_t *code;   /* rising */
    uint32_t condition_count;
    const struct st_failure_condition *condition;
};

/* successPolicy */
struct st_success_rule {
    bool listed;            /* indexes count, else all of them */
    struct st_indexes indexes;
    int32_t count;          /* -1 = all of indexes */
};

struct st_job_spec {
    int32_t completions; /* -1 = unset: a work queue */
    int32_t parallelism, backoff_limit;
    int32_t per_index_limit, max_failed_indexes; /* -1 = unset */
    int32_t ttl_s;                               /* ttlSecondsAfterFinished; -1 = unset */
    int64_t deadline_s;                          /* activeDeadlineSeconds; -1 = unset */
    bool indexed, suspended;
    bool on_failure;       /* restartPolicy of its pods; else Never */
    bool replace_failed;   /* podReplacementPolicy Failed; else TerminatingOrFailed */
    bool failure_policy;   /* has one, maybe without rules */
    bool foreign;          /* managedBy somebody else */
    uint32_t failure_count, success_count;
    const struct st_failure_rule *failure;
    const struct st_success_rule *success;
};

enum st_concurrency { ST_CONCURRENT_ALLOW, ST_CONCURRENT_FORBID, ST_CONCURRENT_REPLACE };

struct st_cron_spec {
    const char *text;            /* of the schedule */
    struct st_cron schedule;
    const char *zone_name;       /* NULL: none given, which is UTC here */
    const struct st_zone *zone;  /* NULL: UTC */
    enum st_concurrency concurrency;
    bool suspended;
    int64_t deadline_s;          /* startingDeadlineSeconds; -1 = unset */
    int32_t successful_kept, failed_kept; /* history limits */
    struct pod_labels labels, annotations; /* of its Jobs */
};

#endif
