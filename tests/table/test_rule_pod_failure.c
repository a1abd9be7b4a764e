/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_pod_failure.c - which rule of a podFailurePolicy speaks, and what it says. */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/cluster/rule_pod_failure.h"
#include "engine/reactor/base.h"

static const int32_t three[] = {3}, some[] = {1, 3, 5};
static const struct st_failure_condition disruption[] = {{"DisruptionTarget", "True"}};
static const struct st_failure_rule rules[] = {
    {.action = ST_FAILURE_IGNORE, .condition_count = 1, .condition = disruption},
    {.action = ST_FAILURE_FAIL_JOB, .container = "main", .code_count = 1, .code = three},
    {.action = ST_FAILURE_FAIL_INDEX, .code_count = 3, .code = some},
    {.action = ST_FAILURE_COUNT, .not_in = true, .container = "init", .code_count = 3,
     .code = some},
};
static const struct st_job_spec job = {.failure_count = 4, .failure = rules};

static const struct {
    const char *disrupted; /* status of DisruptionTarget */
    struct cluster_ended_container container[2];
    int32_t rule;
    enum st_failure_action action;
    const char *text; /* NULL: not asked for */
} rows[] = {
    {"False", {{"main", true, 3}, {"init", true, 0}}, 1, ST_FAILURE_FAIL_JOB,
     "Container main for pod ns/p failed with exit code 3 matching FailJob rule at index 1"},
    {"True", {{"main", true, 3}, {"init", true, 0}}, 0, ST_FAILURE_IGNORE,
     "Pod ns/p has condition DisruptionTarget matching FailJob rule at index 0"},
    {"False", {{"main", false, 3}, {"init", true, 0}}, -1, ST_FAILURE_COUNT, NULL},
    {"False", {{"main", true, 0}, {"init", true, 3}}, 2, ST_FAILURE_FAIL_INDEX,
     "Container init for pod ns/p failed with exit code 3 matching FailJob rule at index 2"},
    {"False", {{"main", true, 4}, {"init", true, 4}}, 3, ST_FAILURE_COUNT, NULL},
    {"False", {{"main", true, 4}, {"init", true, 0}}, -1, ST_FAILURE_COUNT, NULL},
    {"False", {{"main", true, 137}, {"init", true, 137}}, 3, ST_FAILURE_COUNT, NULL},
    {"False", {{"main", true, -1}, {"init", true, 1}}, 2, ST_FAILURE_FAIL_INDEX, NULL},
    {"Unknown", {{"other", true, 2}, {"other", true, 5}}, 2, ST_FAILURE_FAIL_INDEX, NULL},
};

Test(rule_pod_failure, the_first_rule_that_matches)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        const struct cluster_pod_condition condition = {"DisruptionTarget", rows[i].disrupted};
        const struct cluster_failed_pod pod = {"ns", "p", 2, 1, rows[i].container, &condition};
        struct cluster_failure_match m = cluster_failure_match(&job, &pod);
        char text[256];
        struct rx_fit fit = {.at = text, .room = sizeof(text) - 1};

        cr_expect_eq(m.rule, rows[i].rule, "row %zu: %d", i, m.rule);
        cr_expect_eq(m.action, rows[i].action, "row %zu", i);
        if (rows[i].text == NULL)
            continue;
        cluster_failure_text(&m, &job, &pod, &fit);
        text[fit.len] = '\0';
        cr_expect_str_eq(text, rows[i].text, "row %zu: %s", i, text);
    }
}

Test(rule_pod_failure, no_rules_count)
{
    static const struct st_job_spec none = {.failure_policy = true};
    const struct cluster_ended_container c = {"main", true, 1};
    const struct cluster_failed_pod pod = {"ns", "p", 1, 0, &c, NULL};
    struct cluster_failure_match m = cluster_failure_match(&none, &pod);

    cr_expect_eq(m.rule, -1);
    cr_expect_eq(m.action, ST_FAILURE_COUNT);
}
