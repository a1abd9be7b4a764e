/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.c - the spec of a Job, which is also a CronJob's template (pkg/apis/batch: v1/defaults.go,
 * validation/validation.go). Its policies are in policy.c.
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"
#include "engine/store/job_spec.h"

#include <string.h>

/* What an Indexed Job may ask for, and what it may with a limit per index. */
enum { PARALLEL_MAX = 100000, FAILED_MAX = 100000, SOFT_MAX = 100000, HIGH_MAX = 10000 };

static void numbers_read(struct mf_load *l, const struct mf_at *spec, struct st_job_spec *job);
static void indexed_check(struct mf_load *l, const struct mf_at *spec,
                          const struct st_job_spec *job);
static void manager_read(struct mf_load *l, const struct mf_at *spec, struct st_job_spec *job);
static void index_variables(struct mf_load *l, struct pod_spec *pod);

const struct st_job_spec *mf_job_read(struct mf_load *l, const struct mf_at *spec,
                                      struct pod_spec *pod)
{
    struct mf_at completions = mf_field(spec, "completions"),
                 policy = mf_field(spec, "podFailurePolicy");
    uint32_t count;
    struct st_job_spec *job = mf_array(l, 1, sizeof(*job), &count);

    if (job == NULL)
        return NULL;
    job->failure_policy = policy.node != NULL;
    job->on_failure = pod->restart_policy == POD_RESTART_ON_FAILURE;
    numbers_read(l, spec, job);
    job->indexed = mf_choice(l, spec, "completionMode", "NonIndexed Indexed", 0) == 1;
    job->suspended = mf_bool(l, spec, "suspend", false);
    if (job->failure_policy) /* the only one that goes with it */
        mf_choice(l, spec, "podReplacementPolicy", "Failed", 0);
    job->replace_failed =
        job->failure_policy ||
        mf_choice(l, spec, "podReplacementPolicy", "Failed TerminatingOrFailed", 1) == 0;
    if (job->indexed && !completions.node && job->completions < 0)
        mf_required(l, &completions, "when completion mode is Indexed");
    indexed_check(l, spec, job);
    manager_read(l, spec, job);
    mf_failure_policy_read(l, spec, pod, job);
    mf_success_policy_read(l, spec, job);
    if (job->indexed)
        index_variables(l, pod);
    return job;
}

static void numbers_read(struct mf_load *l, const struct mf_at *spec, struct st_job_spec *job)
{
    struct mf_at completions = mf_field(spec, "completions"),
                 parallelism = mf_field(spec, "parallelism"),
                 per_index = mf_field(spec, "backoffLimitPerIndex"),
                 max_failed = mf_field(spec, "maxFailedIndexes"),
                 deadline = mf_field(spec, "activeDeadlineSeconds");

    job->parallelism = mf_natural(l, spec, "parallelism", 1);
    job->completions =
        mf_natural(l, spec, "completions", completions.node || parallelism.node ? -1 : 1);
    /* With a limit per index the common one is out of the way (SetDefaults_Job). */
    job->backoff_limit = mf_natural(l, spec, "backoffLimit", per_index.node ? INT32_MAX : 6);
    job->per_index_limit = mf_natural(l, spec, "backoffLimitPerIndex", -1);
    job->max_failed_indexes = mf_natural(l, spec, "maxFailedIndexes", -1);
    if (max_failed.node && !per_index.node)
        mf_required(l, &per_index, "when maxFailedIndexes is specified");
    job->deadline_s = -1;
    if (mf_integer_at(l, &deadline, "int64", &job->deadline_s) && job->deadline_s < 0)
        mf_invalid(l, &deadline, "must be greater than or equal to 0");
    job->ttl_s = mf_natural(l, spec, "ttlSecondsAfterFinished", -1);
}

static void at_most(struct mf_load *l, const struct mf_at *spec, const char *field, int64_t value,
                    int64_t max, const char *when)
{
    struct mf_at at = mf_field(spec, field);

    if (at.node && value > max)
        mf_invalid(l, &at, "must be less than or equal to %lld%s", (long long)max, when);
}

static void indexed_check(struct mf_load *l, const struct mf_at *spec,
                          const struct st_job_spec *job)
{
    static const char high[] = " when completions are above 100000 and used with backoff limit per "
                               "index";
    struct mf_at per_index = mf_field(spec, "backoffLimitPerIndex"),
                 max_failed = mf_field(spec, "maxFailedIndexes");

    if (!job->indexed) {
        if (per_index.node)
            mf_invalid(l, &per_index, "requires indexed completion mode");
        if (max_failed.node)
            mf_invalid(l, &max_failed, "requires indexed completion mode");
        return;
    }
    at_most(l, spec, "parallelism", job->parallelism, PARALLEL_MAX,
            " when completion mode is Indexed");
    if (max_failed.node && job->completions >= 0 && job->max_failed_indexes > job->completions)
        mf_invalid(l, &max_failed, "must be less than or equal to completions");
    at_most(l, spec, "maxFailedIndexes", job->max_failed_indexes, FAILED_MAX, "");
    if (job->completions <= SOFT_MAX || !per_index.node)
        return;
    if (!max_failed.node)
        mf_required(l, &max_failed, "must be specified when completions is above 100000");
    at_most(l, spec, "parallelism", job->parallelism, HIGH_MAX, high);
    at_most(l, spec, "maxFailedIndexes", job->max_failed_indexes, HIGH_MAX, high);
}

/* Whose Jobs are looked after by somebody else, who is not here. */
static void manager_read(struct mf_load *l, const struct mf_at *spec, struct st_job_spec *job)
{
    struct mf_at at = mf_field(spec, "managedBy");
    const char *by = mf_string_at(l, &at, ""), *slash = strchr(by, '/');

    if (!*by)
        return;
    if (slash == NULL || slash == by || slash[1] == '\0')
        mf_invalid(l, &at, "must be a domain-prefixed path (such as \"acme.io/foo\")");
    else if (strlen(by) > 63)
        mf_say(l, &at, "Too long: may not be more than 63 bytes");
    job->foreign = strcmp(by, "kubernetes.io/job-controller") != 0;
    if (job->foreign)
        mf_say_at(l, MANIFEST_WARNING, at.node->line, at.node->column,
                  "managedBy: %s is not simulated: nobody looks after this Job", by);
}

void mf_job_name_check(struct mf_load *l, const struct mf_at *root, const char *name,
                       const struct st_job_spec *job)
{
    struct mf_at meta = mf_field(root, "metadata"), at = mf_field(&meta, "name");
    const char *host;
    size_t length;

    if (job == NULL || !job->indexed || job->completions <= 0 || !*name)
        return;
    host = mf_scratch(l, "%s-%d", name, job->completions - 1);
    length = strlen(host);
    if (length > 63 || strchr(name, '.') != NULL)
        mf_invalid_text(l, &at, name, "will not able to create pod with invalid DNS label: %s",
                        host);
}

/* The controller adds the variable to each container that has none of that name. */
static void index_variable(struct mf_load *l, struct pod_container_spec *c)
{
    static const struct pod_env_spec variable = {
        .name = "JOB_COMPLETION_INDEX",
        .from_kind = "fieldRef",
        .from_name = "",
        .from_key = "metadata.labels['batch.kubernetes.io/job-completion-index']",
    };
    struct pod_env_spec *env;
    uint32_t count;

    for (uint32_t i = 0; i < c->env_count; i++) {
        if (strcmp(c->env[i].name, variable.name) == 0)
            return;
    }
    env = mf_array(l, c->env_count + 1, sizeof(*env), &count);
    if (count == 0)
        return;
    if (c->env_count > 0)
        memcpy(env, c->env, c->env_count * sizeof(*env));
    env[c->env_count] = variable;
    c->env = env;
    c->env_count = count;
}

static void index_variables(struct mf_load *l, struct pod_spec *pod)
{
    uint32_t count;
    struct pod_container_spec *c = mf_array(l, pod->container_count, sizeof(*c), &count);

    if (count == 0)
        return;
    memcpy(c, pod->container, count * sizeof(*c));
    for (uint32_t i = 0; i < count; i++)
        index_variable(l, &c[i]);
    pod->container = c;
}
