/* SPDX-License-Identifier: Apache-2.0 */
/* test_manifest_job.c - Jobs and CronJobs: defaults, and what Kubernetes refuses. */
#include "engine/store/job_spec.h"
#include "tests/unit/test_manifest_kit.h"

#define REFUSE(table) kit_refuse(table, sizeof(table) / sizeof((table)[0]))
#define PODS(policy)                                                                               \
    "  template: {spec: {restartPolicy: " policy ", containers: [{name: c, image: x}]}}\n"
#define JOB(more) "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n" more PODS("Never")
#define RULES(rules) JOB("  podFailurePolicy:\n    rules:\n" rules)
#define INDEXED(more) JOB("  completionMode: Indexed\n  completions: 5\n" more)
#define CRON(schedule, more)                                                                       \
    "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  schedule: " schedule       \
    "\n" more                                                                                      \
    "  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, "      \
    "image: x}]}}}}\n"

static const struct refusal numbers[] = {
    {JOB("  parallelism: -1\n  completions: -1\n  backoffLimit: -1\n  activeDeadlineSeconds: -1\n"
         "  ttlSecondsAfterFinished: -1\n"),
     "5:16 spec.parallelism: Invalid value: -1: must be greater than or equal to 0\n"
     "6:16 spec.completions: Invalid value: -1: must be greater than or equal to 0\n"
     "7:17 spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0\n"
     "8:26 spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0\n"
     "9:28 spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0\n"},
    {JOB("  backoffLimitPerIndex: 1\n  maxFailedIndexes: 1\n  successPolicy: {rules: "
         "[{succeededCount: 1}]}\n"),
     "5:25 spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode\n"
     "6:21 spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode\n"
     "7:18 spec.successPolicy: Invalid value: {\"rules\":[{\"succeededCount\":1}]}: requires "
     "indexed completion mode\n"},
    {INDEXED("  maxFailedIndexes: 6\n  parallelism: 100001\n"),
     "5:3 spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified\n"
     "7:21 spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions\n"
     "8:16 spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when "
     "completion mode is Indexed\n"},
    {JOB("  completionMode: Indexed\n  completions: 100001\n  parallelism: 20000\n"
         "  backoffLimitPerIndex: 0\n"),
     "5:3 spec.maxFailedIndexes: Required value: must be specified when completions is above "
     "100000\n"
     "7:16 spec.parallelism: Invalid value: 20000: must be less than or equal to 10000 when "
     "completions are above 100000 and used with backoff limit per index\n"},
    {JOB("  podReplacementPolicy: Never\n"),
     "5:25 spec.podReplacementPolicy: Unsupported value: \"Never\": supported values: \"Failed\", "
     "\"TerminatingOrFailed\"\n"},
    {JOB("  podReplacementPolicy: TerminatingOrFailed\n  podFailurePolicy: {rules: []}\n"),
     "5:25 spec.podReplacementPolicy: Unsupported value: \"TerminatingOrFailed\": supported "
     "values: \"Failed\"\n"},
    {JOB("  managedBy: me\n"),
     "5:14 spec.managedBy: Invalid value: \"me\": must be a domain-prefixed path (such as "
     "\"acme.io/foo\")\n"
     "5:14 managedBy: me is not simulated: nobody looks after this Job\n"},
    {"apiVersion: batch/v1\nkind: Job\n"
     "metadata: {name: a234567890123456789012345678901234567890123456789012345678901}\nspec:\n"
     "  completionMode: Indexed\n  completions: 11\n" PODS("OnFailure"),
     "3:18 metadata.name: Invalid value: "
     "\"a234567890123456789012345678901234567890123456789012345678901\": will not able to create "
     "pod with invalid DNS label: a234567890123456789012345678901234567890123456789012345678901-10"
     "\n"},
};

Test(manifest_job, numbers_and_modes)
{
    REFUSE(numbers);
}

static const struct refusal failures[] = {
    {RULES("    - {onExitCodes: {values: [1]}}\n"),
     "7:7 spec.podFailurePolicy.rules[0].action: Required value: valid values: [\"Count\" "
     "\"FailIndex\" \"FailJob\" \"Ignore\"]\n"
     "7:21 spec.podFailurePolicy.rules[0].onExitCodes.operator: Required value: valid values: "
     "[\"In\" \"NotIn\"]\n"},
    {RULES("    - {action: Fail, onExitCodes: {operator: Or, values: []}}\n"),
     "7:16 spec.podFailurePolicy.rules[0].action: Unsupported value: \"Fail\": supported values: "
     "\"Count\", \"FailIndex\", \"FailJob\", \"Ignore\"\n"
     "7:46 spec.podFailurePolicy.rules[0].onExitCodes.operator: Unsupported value: \"Or\": "
     "supported values: \"In\", \"NotIn\"\n"
     "7:58 spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []: at least one "
     "value is required\n"},
    {RULES("    - {action: FailJob, onExitCodes: {operator: In, values: [3, 0, 3]}}\n"
           "    - {action: FailIndex, onExitCodes: {operator: NotIn, containerName: d, values: "
           "[0]}}\n"),
     "7:61 spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [3,0,3]: must be "
     "ordered\n"
     "7:65 spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 "
     "for the In operator\n"
     "7:68 spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 3\n"
     "8:16 spec.podFailurePolicy.rules[1].action: Invalid value: \"FailIndex\": requires the "
     "backoffLimitPerIndex to be set\n"
     "8:73 spec.podFailurePolicy.rules[1].onExitCodes.containerName: Invalid value: \"d\": must "
     "be one of the container or initContainer names in the pod template\n"},
    {RULES("    - {action: Ignore, onExitCodes: {operator: In, values: [1]}, onPodConditions: "
           "[{type: A, status: Maybe}]}\n    - {action: Count}\n"),
     "7:7 spec.podFailurePolicy.rules[0]: Invalid value: specifying both OnExitCodes and "
     "OnPodConditions is not supported\n"
     "7:102 spec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: "
     "\"Maybe\": supported values: \"False\", \"True\", \"Unknown\"\n"
     "8:7 spec.podFailurePolicy.rules[1]: Invalid value: specifying one of OnExitCodes and "
     "OnPodConditions is required\n"},
    {"apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n"
     "  podFailurePolicy: {rules: [{action: Count, onPodConditions: [{type: A}]}]}\n"
         PODS("OnFailure"),
     "6:36 spec.template.spec.restartPolicy: Invalid value: \"OnFailure\": only \"Never\" is "
     "supported when podFailurePolicy is specified\n"},
    {"apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n" PODS("Sometimes"),
     "5:36 spec.template.spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: "
     "\"Always\", \"OnFailure\", \"Never\"\n"
     "5:36 spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", "
     "\"Never\"\n"},
};

Test(manifest_job, policies_of_failure)
{
    REFUSE(failures);
}

static const struct refusal successes[] = {
    {INDEXED("  successPolicy: {rules: []}\n"),
     "7:26 spec.successPolicy.rules: Required value: at least one rules must be specified when "
     "the successPolicy is specified\n"},
    {INDEXED("  successPolicy:\n    rules:\n    - {}\n    - {succeededCount: 6}\n"
             "    - {succeededIndexes: '0-1', succeededCount: 3}\n"
             "    - {succeededIndexes: '4,5'}\n"),
     "9:7 spec.successPolicy.rules[0]: Required value: at least one of succeededCount or "
     "succeededIndexes must be specified\n"
     "10:24 spec.successPolicy.rules[1].succeededCount: Invalid value: 6: must be less than or "
     "equal to 5 (the number of specified completions)\n"
     "11:49 spec.successPolicy.rules[2].succeededCount: Invalid value: 3: must be less than or "
     "equal to 2 (the number of indexes in the specified succeededIndexes field)\n"
     "12:26 spec.successPolicy.rules[3].succeededIndexes: Invalid value: \"4,5\": error parsing "
     "succeededIndexes: too large index: \"5\"\n"},
};

Test(manifest_job, policies_of_success)
{
    REFUSE(successes);
}

static const struct refusal crons[] = {
    {CRON("'* * * * 7'", ""),
     "5:13 spec.schedule: Invalid value: \"* * * * 7\": end of range (7) above maximum (6): 7\n"},
    {CRON("''", ""), "5:13 spec.schedule: Required value\n"},
    {CRON("TZ=UTC 0 0 * * *", ""),
     "5:13 spec.schedule: Invalid value: \"TZ=UTC 0 0 * * *\": cannot use TZ or CRON_TZ in "
     "schedule, use timeZone field instead\n"},
    {CRON("'@daily'", "  timeZone: ''\n"),
     "6:13 spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty string\n"},
    {CRON("'@daily'", "  timeZone: local\n"),
     "6:13 spec.timeZone: Invalid value: \"local\": timeZone must be an explicit time zone as "
     "defined in https://www.iana.org/time-zones\n"},
    {CRON("'@daily'", "  timeZone: Mars/Phobos\n"),
     "6:13 spec.timeZone: Invalid value: \"Mars/Phobos\": unknown time zone Mars/Phobos\n"},
    {CRON("'@daily'", "  concurrencyPolicy: Maybe\n  startingDeadlineSeconds: -1\n"
                      "  successfulJobsHistoryLimit: -1\n  failedJobsHistoryLimit: -2\n"),
     "6:22 spec.concurrencyPolicy: Unsupported value: \"Maybe\": supported values: \"Allow\", "
     "\"Forbid\", \"Replace\"\n"
     "7:28 spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0\n"
     "8:31 spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to "
     "0\n"
     "9:27 spec.failedJobsHistoryLimit: Invalid value: -2: must be greater than or equal to 0\n"},
    {"apiVersion: batch/v1\nkind: CronJob\n"
     "metadata: {name: a2345678901234567890123456789012345678901234567890123}\nspec:\n"
     "  schedule: '@daily'\n  jobTemplate: {spec: {selector: {}, manualSelector: true, template: "
     "{spec: {containers: [{name: c, image: x}]}}}}\n",
     "3:18 metadata.name: Invalid value: "
     "\"a2345678901234567890123456789012345678901234567890123\": must be no more than 52 "
     "characters\n"
     "6:34 spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated\n"
     "6:54 spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "
     "\"nil\", \"false\"\n"
     "6:77 spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "
     "\"OnFailure\", \"Never\"\n"},
    {"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\n",
     "1:1 spec.schedule: Required value\n"
     "1:1 spec.jobTemplate.spec.template.spec.containers: Required value\n"
     "1:1 spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "
     "\"OnFailure\", \"Never\"\n"},
    {"apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: c}\n",
     "1:1 no matches for kind \"CronJob\" in version \"batch/v1beta1\": must be batch/v1\n"},
};

Test(manifest_job, cronjobs)
{
    REFUSE(crons);
}

Test(manifest_job, defaults)
{
    struct kit k;
    const struct st_job_spec *j;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, JOB("")), 0, "%s", kit_said(&k));
    j = k.set.workloads.item[0].job;
    cr_expect_eq(j->completions, 1);
    cr_expect_eq(j->parallelism, 1);
    cr_expect_eq(j->backoff_limit, 6);
    cr_expect_eq(j->per_index_limit, -1);
    cr_expect_eq(j->max_failed_indexes, -1);
    cr_expect_eq(j->ttl_s, -1);
    cr_expect_eq(j->deadline_s, -1);
    cr_expect_not(j->indexed || j->suspended || j->on_failure || j->replace_failed ||
                  j->failure_policy || j->foreign);
    kit_close(&k);
}

Test(manifest_job, what_policies_say)
{
    struct kit k;
    const struct st_job_spec *j;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, INDEXED("  backoffLimitPerIndex: 2\n  podFailurePolicy:\n    rules:\n"
                                      "    - {action: Ignore, onPodConditions: [{type: "
                                      "DisruptionTarget}, {type: A, status: 'False'}]}\n"
                                      "    - {action: FailIndex, onExitCodes: {operator: NotIn, "
                                      "containerName: c, values: [0, 3]}}\n"
                                      "  successPolicy: {rules: [{succeededIndexes: '0,2-3', "
                                      "succeededCount: 2}, {succeededCount: 4}]}\n")),
                 0, "%s", kit_said(&k));
    j = k.set.workloads.item[0].job;
    cr_expect_eq(j->backoff_limit, INT32_MAX);
    cr_expect_eq(j->per_index_limit, 2);
    cr_expect(j->failure_policy && j->replace_failed);
    cr_assert_eq(j->failure_count, 2);
    cr_expect_eq(j->failure[0].action, ST_FAILURE_IGNORE);
    cr_assert_eq(j->failure[0].condition_count, 2);
    cr_expect_str_eq(j->failure[0].condition[0].status, "True");
    cr_expect_str_eq(j->failure[0].condition[1].status, "False");
    cr_expect_eq(j->failure[1].action, ST_FAILURE_FAIL_INDEX);
    cr_expect(j->failure[1].not_in);
    cr_expect_str_eq(j->failure[1].container, "c");
    cr_expect_eq(j->failure[1].code_count, 2);
    cr_expect_eq(j->failure[1].code[1], 3);
    cr_assert_eq(j->success_count, 2);
    cr_expect(j->success[0].listed);
    cr_expect_eq(j->success[0].indexes.total, 3);
    cr_expect_eq(j->success[0].count, 2);
    cr_expect_not(j->success[1].listed);
    cr_expect_eq(j->success[1].count, 4);
    kit_close(&k);
}
