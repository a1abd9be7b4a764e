/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - podFailurePolicy and successPolicy of a Job.
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"
#include "engine/store/job_spec.h"

#include <string.h>

enum { RULES_MAX = 20, VALUES_MAX = 255, PATTERNS_MAX = 20 };

static void failure_rule_read(struct mf_load *l, const struct mf_at *at,
                              const struct pod_spec *pod, const struct st_job_spec *job,
                              struct st_failure_rule *out);
static void codes_read(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                       struct st_failure_rule *out);
static void conditions_read(struct mf_load *l, const struct mf_at *at,
                            struct st_failure_rule *out);
static void success_rule_read(struct mf_load *l, const struct mf_at *at,
                              const struct st_job_spec *job, struct st_success_rule *out);

static bool is_empty(const struct mf_at *at)
{
    return at->node == NULL || (at->node->type == MF_STRING && at->node->length == 0);
}

/* The rules of a policy, as many as there may be. */
static uint32_t rules_count(struct mf_load *l, const struct mf_at *rules)
{
    uint32_t count = mf_count(l, rules);

    if (count > RULES_MAX)
        mf_too_many(l, rules, count, RULES_MAX);
    return count;
}

void mf_failure_policy_read(struct mf_load *l, const struct mf_at *spec,
                            const struct pod_spec *pod, struct st_job_spec *out)
{
    struct mf_at policy = mf_field(spec, "podFailurePolicy"), rules = mf_field(&policy, "rules"),
                 template = mf_field(spec, "template"), pod_spec = mf_field(&template, "spec"),
                 restart = mf_field(&pod_spec, "restartPolicy");
    struct st_failure_rule *rule;

    if (!mf_is_object(l, &policy))
        return;
    mf_fields_check(l, &policy, MF_FIELDS_JOB_POLICY);
    if (pod->restart_policy == POD_RESTART_ON_FAILURE)
        mf_invalid(l, &restart, "only \"Never\" is supported when podFailurePolicy is specified");
    rule = mf_array(l, rules_count(l, &rules), sizeof(*rule), &out->failure_count);
    for (uint32_t i = 0; i < out->failure_count; i++) {
        struct mf_at item = mf_item(&rules, i);

        failure_rule_read(l, &item, pod, out, &rule[i]);
    }
    out->failure = rule;
}

static void failure_rule_read(struct mf_load *l, const struct mf_at *at,
                              const struct pod_spec *pod, const struct st_job_spec *job,
                              struct st_failure_rule *out)
{
    struct mf_at action = mf_field(at, "action"), codes = mf_field(at, "onExitCodes"),
                 conditions = mf_field(at, "onPodConditions");
    uint32_t patterns;

    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_FAILURE_RULE);
    if (is_empty(&action))
        mf_required(l, &action, "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
    out->action = (enum st_failure_action)mf_choice(l, at, "action",
                                                    "Count FailIndex FailJob Ignore", 0);
    if (out->action == ST_FAILURE_FAIL_INDEX && job->per_index_limit < 0)
        mf_invalid(l, &action, "requires the backoffLimitPerIndex to be set");
    if (mf_is_object(l, &codes))
        codes_read(l, &codes, pod, out);
    patterns = mf_count(l, &conditions);
    if (patterns > 0)
        conditions_read(l, &conditions, out);
    if (codes.node && patterns > 0)
        mf_say(l, at, "Invalid value: specifying both OnExitCodes and OnPodConditions is not "
                      "supported");
    if (!codes.node && patterns == 0)
        mf_say(l, at, "Invalid value: specifying one of OnExitCodes and OnPodConditions is "
                      "required");
}

static bool has_container(const struct pod_spec *pod, const char *name)
{
    for (uint32_t i = 0; i < pod->container_count; i++) {
        if (strcmp(pod->container[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Rising, each once, and no 0 where one of them has to match. */
static void values_check(struct mf_load *l, const struct mf_at *values, bool not_in,
                         const int32_t *code, uint32_t count)
{
    bool ordered = true;

    for (uint32_t i = 0; i < count; i++) {
        struct mf_at item = mf_item(values, i);
        bool again = false;

        for (uint32_t k = 0; k < i && i < VALUES_MAX; k++)
            again = again || code[k] == code[i];
        if (again)
            mf_say(l, &item, "Duplicate value: %d", code[i]);
        if (!not_in && code[i] == 0)
            mf_invalid(l, &item, "must not be 0 for the In operator");
        ordered = ordered && (i == 0 || code[i - 1] <= code[i]);
    }
    if (!ordered)
        mf_invalid(l, values, "must be ordered");
}

static void codes_read(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                       struct st_failure_rule *out)
{
    struct mf_at values = mf_field(at, "values"), op = mf_field(at, "operator"),
                 name = mf_field(at, "containerName");
    int32_t *code;

    mf_fields_check(l, at, MF_FIELDS_FAILURE_CODES);
    if (is_empty(&op))
        mf_required(l, &op, "valid values: [\"In\" \"NotIn\"]");
    out->not_in = mf_choice(l, at, "operator", "In NotIn", 0) == 1;
    if (name.node) {
        out->container = mf_string_at(l, &name, "");
        if (!has_container(pod, out->container))
            mf_invalid(l, &name,
                       "must be one of the container or initContainer names in the pod template");
    }
    code = mf_array(l, mf_count(l, &values), sizeof(*code), &out->code_count);
    if (out->code_count == 0)
        mf_say(l, &values, "Invalid value: %s: at least one value is required",
               values.node ? "[]" : "null");
    if (out->code_count > VALUES_MAX)
        mf_too_many(l, &values, out->code_count, VALUES_MAX);
    for (uint32_t i = 0; i < out->code_count; i++) {
        struct mf_at item = mf_item(&values, i);
        int64_t value = 0;

        if (mf_integer_at(l, &item, "int32", &value) &&
            mf_number_between(l, &item, value, INT32_MIN, INT32_MAX))
            code[i] = (int32_t)value;
    }
    values_check(l, &values, out->not_in, code, out->code_count);
    out->code = code;
}

static void conditions_read(struct mf_load *l, const struct mf_at *at,
                            struct st_failure_rule *out)
{
    struct st_failure_condition *c = mf_array(l, at->node->count, sizeof(*c),
                                              &out->condition_count);

    if (at->node->count > PATTERNS_MAX)
        mf_too_many(l, at, at->node->count, PATTERNS_MAX);
    for (uint32_t i = 0; i < out->condition_count; i++) {
        static const char *const status[] = {"False", "True", "Unknown"};
        struct mf_at item = mf_item(at, i), type = mf_field(&item, "type");

        c[i] = (struct st_failure_condition){"", "True"};
        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_FAILURE_CONDITION);
        c[i].type = mf_string_at(l, &type, "");
        mf_shape_check(l, &type, MF_LABEL_KEY, c[i].type);
        c[i].status = status[mf_choice(l, &item, "status", "False True Unknown", 1)];
    }
    out->condition = c;
}

/* ---- success --------------------------------------------------------------------------------- */

void mf_success_policy_read(struct mf_load *l, const struct mf_at *spec, struct st_job_spec *out)
{
    struct mf_at policy = mf_field(spec, "successPolicy"), rules = mf_field(&policy, "rules");
    struct st_success_rule *rule;

    if (!mf_is_object(l, &policy))
        return;
    mf_fields_check(l, &policy, MF_FIELDS_JOB_POLICY);
    if (!out->indexed) {
        mf_invalid(l, &policy, "requires indexed completion mode");
        return;
    }
    if (mf_count(l, &rules) == 0)
        mf_required(l, &rules,
                    "at least one rules must be specified when the successPolicy is specified");
    rule = mf_array(l, rules_count(l, &rules), sizeof(*rule), &out->success_count);
    for (uint32_t i = 0; i < out->success_count; i++) {
        struct mf_at item = mf_item(&rules, i);

        success_rule_read(l, &item, out, &rule[i]);
    }
    out->success = rule;
}

static void indexes_read(struct mf_load *l, const struct mf_at *at, uint32_t completions,
                         struct st_success_rule *out)
{
    const char *text = mf_string_at(l, at, "");
    char why[ST_INDEXES_WHY_MAX];
    uint32_t ranges = 1;

    for (const char *c = text; *c; c++)
        ranges += *c == ',';
    out->listed = true;
    out->indexes.range = mf_array(l, ranges, sizeof(*out->indexes.range), &out->indexes.room);
    if (out->indexes.room > 0 && !st_indexes_read(text, completions, &out->indexes, why))
        mf_invalid(l, at, "error parsing succeededIndexes: %s", why);
}

static void success_rule_read(struct mf_load *l, const struct mf_at *at,
                              const struct st_job_spec *job, struct st_success_rule *out)
{
    struct mf_at indexes = mf_field(at, "succeededIndexes"), count = mf_field(at, "succeededCount");

    *out = (struct st_success_rule){.count = -1};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_SUCCESS_RULE);
    if (!indexes.node && !count.node)
        mf_required(l, at,
                    "at least one of succeededCount or succeededIndexes must be specified");
    if (indexes.node)
        indexes_read(l, &indexes, (uint32_t)RX_MAX(job->completions, 0), out);
    if (!count.node)
        return;
    out->count = mf_natural(l, at, "succeededCount", -1);
    if (job->completions >= 0 && out->count > job->completions)
        mf_invalid(l, &count,
                   "must be less than or equal to %d (the number of specified completions)",
                   job->completions);
    if (out->listed && out->count > (int32_t)out->indexes.total)
        mf_invalid(l, &count,
                   "must be less than or equal to %u (the number of indexes in the specified "
                   "succeededIndexes field)",
                   out->indexes.total);
}
