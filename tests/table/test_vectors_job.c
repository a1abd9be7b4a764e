/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs through the whole engine: the worked vectors, by their numbers.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/object.h"

#define JOB "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n"
#define PODS(policy)                                                                               \
    "  template:\n    metadata: {labels: {app: j}}\n    spec:\n      restartPolicy: " policy       \
    "\n      containers: [{name: c, image: \"x:1\"}]\n"
#define NEVER PODS("Never")
/* What the program of some pods does, by the order of their creation; "" for all of them. */
#define RUN(name, pods, instances)                                                                 \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: " name "}\nspec:\n"         \
    "  selector: {matchLabels: {app: j}}\n" pods "  instances: [{" instances "}]\n"
#define ALL(instances) RUN("all", "", instances)
#define SOME(pods, instances) RUN("some", "  pods: [" pods "]\n", instances)
#define EXIT(after, code) "exit: {after: " after ", code: " code "}"
#define STEPS VECTOR_STEPS

static const struct vector plain[] = {
    {"J-01", JOB "  completions: 6\n  parallelism: 3\n" NEVER ALL(EXIT("4s", "0")), 60,
     {{"starts c", "0 0 0 4 4 4"},
      {"job/j succeeded", "4:3 8:6"},
      {"job/j active", "0:3 8:0"},
      {"job/j how SuccessCriteriaMet", "8:True/CompletionsReached"},
      {"job/j how Complete", "8:True/CompletionsReached"},
      {"job/j says Complete", "Reached expected number of succeeded pods"},
      {"job/j event Completed", "8"},
      {"job/j says Completed", "Job completed"},
      {"job/j startTime", "0:2026-01-01T00:00:00Z"},
      {"job/j completionTime", "8:2026-01-01T00:00:08Z"}}},
    {"J-02",
     JOB "  completions: 4\n  parallelism: 2\n" NEVER SOME("0", EXIT("3s", "0"))
         SOME("1", EXIT("7s", "0")) SOME("2", EXIT("4s", "0")) SOME("3", EXIT("2s", "0")),
     60,
     {{"starts c", "0 0 3 7"},
      {"ends c", "3:0/Completed 7:0/Completed 7:0/Completed 9:0/Completed"},
      {"job/j how Complete", "9:True/CompletionsReached"}}},
    {"J-03", JOB "  backoffLimit: 1\n" NEVER ALL(EXIT("3s", "1")), 60,
     {{"starts c", "0 13"},
      {"ends c", "3:1/Error 16:1/Error"},
      {"job/j failed", "3:1 16:2"},
      {"job/j how FailureTarget", "16:True/BackoffLimitExceeded"},
      {"job/j how Failed", "16:True/BackoffLimitExceeded"},
      {"job/j event BackoffLimitExceeded", "16"},
      {"job/j says BackoffLimitExceeded", "Job has reached the specified backoff limit"},
      {"job/j completionTime", ""}}},
    {"J-04",
     JOB "  parallelism: 2\n  completions: 2\n  backoffLimit: 2\n" NEVER ALL(EXIT("3s", "1")), 60,
     {{"starts c", "0 0 23 23"},
      {"job/j failed", "3:2 26:4"},
      {"job/j how Failed", "26:True/BackoffLimitExceeded"}}},
    {"J-05",
     JOB "  backoffLimit: 0\n  parallelism: 2\n  completions: 2\n" NEVER SOME("0", EXIT("3s", "1"))
         SOME("1", "onStop: {after: 2s}"),
     60,
     {{"job/j how FailureTarget", "3:True/BackoffLimitExceeded"},
      {"job/j event SuccessfulDelete", "3"},
      {"job/j failed", "3:2"},
      {"job/j terminating", "3:1 5:0"},
      {"job/j how Failed", "5:True/BackoffLimitExceeded"},
      {"job/j event BackoffLimitExceeded", "5"}}},
    {"J-06", JOB "  activeDeadlineSeconds: 10\n" NEVER
         ALL("onStop: {after: 4s}, " EXIT("30s", "0")),
     60,
     {{"job/j event SuccessfulDelete", "10"},
      {"job/j how FailureTarget", "10:True/DeadlineExceeded"},
      {"job/j how Failed", "14:True/DeadlineExceeded"},
      {"job/j event DeadlineExceeded", "14"},
      {"job/j says DeadlineExceeded", "Job was active longer than specified deadline"}}},
    {"J-07", JOB "  activeDeadlineSeconds: 10\n" NEVER ALL(EXIT("4s", "1")), 60,
     {{"starts c", "0"}, {"job/j how Failed", "10:True/DeadlineExceeded"}}},
};

Test(vectors_job, J_01_to_07_completions_limits_deadlines)
{
    OBJECT_EACH(plain);
}

static const struct vector changes[] = {
    {"J-08",
     JOB "  activeDeadlineSeconds: 30\n" NEVER ALL("onStop: {after: 1s}, " EXIT("20s", "0"))
         STEPS "  - {at: 5s, suspend: job/j}\n  - {at: 50s, resume: job/j}\n",
     120,
     {{"starts c", "0 50"},
      {"job/j how Suspended", "5:True/JobSuspended 50:False/JobResumed"},
      {"job/j event Suspended", "5"},
      {"job/j event Resumed", "50"},
      {"job/j event SuccessfulDelete", "5"},
      {"job/j failed", ""},
      {"job/j startTime", "0:2026-01-01T00:00:00Z 5: 50:2026-01-01T00:00:50Z"},
      {"job/j how Complete", "70:True/CompletionsReached"},
      {"job/j active", "0:1 5:0 50:1 70:0"}}},
    {"J-08, the deadline counts from the resumption",
     JOB "  activeDeadlineSeconds: 30\n" NEVER ALL("onStop: {after: 1s}, " EXIT("40s", "0"))
         STEPS "  - {at: 5s, suspend: job/j}\n  - {at: 50s, resume: job/j}\n",
     120,
     {{"job/j how FailureTarget", "80:True/DeadlineExceeded"}}},
    {"J-09",
     JOB "  suspend: true\n" NEVER ALL(EXIT("5s", "0")) STEPS "  - {at: 30s, resume: job/j}\n", 60,
     {{"job/j how Suspended", "0:True/JobSuspended 30:False/JobResumed"},
      {"job/j event Suspended", "0"},
      {"job/j event Resumed", "30"},
      {"starts c", "30"},
      {"job/j startTime", "30:2026-01-01T00:00:30Z"},
      {"job/j how Complete", "35:True/CompletionsReached"}}},
    {"J-19",
     JOB "  ttlSecondsAfterFinished: 30\n" NEVER ALL(EXIT("12s", "0")), 60,
     {{"job/j how Complete", "12:True/CompletionsReached"},
      {"job/j object", "0:Created 42:Terminating 42:Deleted"},
      {"pods", "0 42-"}}},
    {"J-21",
     JOB "  completions: 6\n  parallelism: 3\n" NEVER ALL("onStop: {after: 0s}, " EXIT("10s", "0"))
         STEPS "  - {at: 4s, scale: job/j, replicas: 1}\n",
     120,
     {{"job/j event SuccessfulDelete", "4 4"},
      {"job/j failed", ""},
      {"starts c", "0 0 0 10 20 30 40 50"},
      {"job/j succeeded", "10:1 20:2 30:3 40:4 50:5 60:6"},
      {"job/j how Complete", "60:True/CompletionsReached"}}},
};

Test(vectors_job, J_08_09_19_21_suspension_scale_and_end_of_life)
{
    OBJECT_EACH(changes);
}

static const struct vector policies[] = {
    {"J-12",
     JOB "  completionMode: Indexed\n  completions: 4\n  parallelism: 2\n"
         "  backoffLimitPerIndex: 1\n"
         "  template:\n    metadata: {labels: {app: j}}\n    spec:\n      restartPolicy: Never\n"
         "      containers: [{name: c, image: \"x:1\", command: [sh, -c, "
         "\"sleep 2; exit $((JOB_COMPLETION_INDEX % 2))\"]}]\n",
     60,
     {{"starts c", "0 0 2 4 12 16"},
      {"ends c", "2:0/Completed 2:1/Error 4:0/Completed 6:1/Error 14:1/Error 18:1/Error"},
      {"job/j how Failed", "18:True/FailedIndexes"},
      {"job/j says Failed", "Job has failed indexes"},
      {"job/j failedIndexes", "14:1 18:1,3"},
      {"job/j completedIndexes", "2:0 4:0,2"},
      {"job/j succeeded", "2:1 4:2"},
      {"job/j failed", "12:1 14:2 16:3 18:4"}}},
    {"J-13",
     JOB "  completionMode: Indexed\n  completions: 4\n  parallelism: 1\n"
         "  backoffLimitPerIndex: 0\n  maxFailedIndexes: 0\n" NEVER ALL(EXIT("2s", "1")),
     60,
     {{"starts c", "0"},
      {"job/j how Failed", "2:True/MaxFailedIndexesExceeded"},
      {"job/j says Failed", "Job has exceeded the specified maximal number of failed indexes"},
      {"job/j failedIndexes", "2:0"},
      {"job/j failed", "2:1"}}},
    {"J-15",
     JOB "  podFailurePolicy:\n    rules:\n"
         "    - {action: Ignore, onExitCodes: {operator: In, values: [5]}}\n" NEVER
             SOME("0, 1", EXIT("2s", "5")) SOME("2", EXIT("2s", "0")),
     60,
     {{"starts c", "0 12 34"},
      {"ends c", "2:5/Error 14:5/Error 36:0/Completed"},
      {"job/j failed", ""},
      {"job/j how Complete", "36:True/CompletionsReached"}}},
    {"J-16",
     JOB "  completionMode: Indexed\n  completions: 5\n  parallelism: 5\n"
         "  successPolicy: {rules: [{succeededCount: 2}]}\n" NEVER
             SOME("0", "onStop: {after: 1s}, " EXIT("3s", "0"))
             SOME("1", "onStop: {after: 1s}, " EXIT("6s", "0"))
             SOME("2", "onStop: {after: 1s}, " EXIT("9s", "0"))
             SOME("3", "onStop: {after: 1s}, " EXIT("12s", "0"))
             SOME("4", "onStop: {after: 1s}, " EXIT("15s", "0")),
     60,
     {{"job/j how SuccessCriteriaMet", "6:True/SuccessPolicy"},
      {"job/j event SuccessfulDelete", "6 6 6"},
      {"job/j how Complete", "7:True/SuccessPolicy"},
      {"job/j succeeded", "3:1 6:2"},
      {"job/j failed", ""},
      {"job/j completedIndexes", "3:0 6:0,1"}}},
    {"J-17",
     JOB "  completionMode: Indexed\n  completions: 3\n  parallelism: 3\n"
         "  successPolicy: {rules: [{succeededIndexes: '0'}]}\n" NEVER SOME("0", EXIT("4s", "0"))
             SOME("1, 2", "onStop: {after: 0s}"),
     60,
     {{"job/j how SuccessCriteriaMet", "4:True/SuccessPolicy"},
      {"job/j how Complete", "4:True/SuccessPolicy"},
      {"job/j says Complete", "Matched rules at index 0"},
      {"job/j failed", ""}}},
    {"J-18",
     JOB "  completionMode: Indexed\n  completions: 2\n  parallelism: 2\n"
         "  backoffLimitPerIndex: 3\n  podFailurePolicy:\n    rules:\n"
         "    - {action: FailIndex, onExitCodes: {operator: In, values: [9]}}\n" NEVER
             SOME("0", EXIT("2s", "9")) SOME("1", EXIT("5s", "0")),
     60,
     {{"starts c", "0 0"},
      {"job/j failedIndexes", "2:0"},
      {"job/j how Failed", "5:True/FailedIndexes"}}},
};

Test(vectors_job, J_12_to_18_indexes_and_policies)
{
    OBJECT_EACH(policies);
}

/* The message names the pod, whose suffix is drawn. */
Test(vectors_job, J_14_a_rule_that_fails_the_job)
{
    static const struct story_options minute = {.for_ms = 60000};
    struct story *s = story_run(
        JOB "  podFailurePolicy:\n    rules:\n"
            "    - {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}\n"
            "    - {action: FailJob, onExitCodes: {operator: In, values: [3]}}\n" NEVER
                ALL(EXIT("4s", "3")),
        &minute);
    const char *says;

    cr_expect_str_eq(object_look(s, "job/j how FailureTarget"), "4:True/PodFailurePolicy");
    cr_expect_str_eq(object_look(s, "job/j how Failed"), "4:True/PodFailurePolicy");
    cr_expect_str_eq(object_look(s, "job/j event PodFailurePolicy"), "4");
    cr_expect_str_eq(object_look(s, "job/j failed"), "4:1");
    says = object_look(s, "job/j says PodFailurePolicy");
    cr_expect_eq(strncmp(says, "Container c for pod default/j-", 30), 0, "%s", says);
    cr_expect_not_null(strstr(says, " failed with exit code 3 matching FailJob rule at index 1"),
                       "%s", says);
    story_free(s);
}

static const struct vector others[] = {
    {"J-20",
     JOB "  parallelism: 3\n" NEVER SOME("0", EXIT("5s", "0")) SOME("1", EXIT("8s", "0"))
         SOME("2", EXIT("11s", "0")),
     60,
     {{"starts c", "0 0 0"},
      {"job/j succeeded", "5:1 8:2 11:3"},
      {"job/j how Complete", "11:True/CompletionsReached"}}},
    {"J-23",
     JOB "  completions: 3\n  parallelism: 1\n" NEVER SOME("0, 3, 4", EXIT("4s", "0"))
         SOME("1, 2", EXIT("4s", "1")),
     90,
     {{"starts c", "0 4 18 42 46"}, {"job/j how Complete", "50:True/CompletionsReached"}}},
    {"J-24", JOB "  backoffLimit: 2\n" PODS("OnFailure") ALL(EXIT("3s", "1")), 60,
     {{"starts c", "0 3 16"}, {"job/j how FailureTarget", "16:True/BackoffLimitExceeded"}}},
    {"J-25",
     JOB "  completions: 3\n  parallelism: 2\n" NEVER SOME("0, 2, 3", EXIT("5s", "0"))
         SOME("1", EXIT("5s", "1")),
     60,
     {{"starts c", "0 0 5 5"}, {"job/j how Complete", "10:True/CompletionsReached"}}},
    {"W-13", JOB "  backoffLimit: 3\n" NEVER ALL(EXIT("5s", "1")), 200,
     {{"starts c", "0 15 40 85"}, {"job/j how Failed", "90:True/BackoffLimitExceeded"}}},
    {"W-14", JOB NEVER ALL(EXIT("2s", "1")), 800,
     {{"starts c", "0 12 34 76 158 320 642"},
      {"job/j how Failed", "644:True/BackoffLimitExceeded"}}},
    {"W-15", JOB "  backoffLimit: 2\n" PODS("OnFailure") ALL(EXIT("5s", "1")), 60,
     {{"starts c", "0 5 20"}, {"job/j how FailureTarget", "20:True/BackoffLimitExceeded"}}},
    {"W-16", JOB "  completions: 5\n  parallelism: 3\n" NEVER ALL(EXIT("10s", "0")), 60,
     {{"starts c", "0 0 0 10 10"}, {"job/j how Complete", "20:True/CompletionsReached"}}},
    {"W-17", JOB "  ttlSecondsAfterFinished: 100\n" NEVER ALL(EXIT("62s", "0")), 200,
     {{"job/j object", "0:Created 162:Terminating 162:Deleted"}, {"pods", "0 162-"}}},
    {"no completions are asked for", JOB "  completions: 0\n" NEVER ALL(EXIT("10s", "0")), 60,
     {{"starts c", ""}, {"job/j how Complete", "0:True/CompletionsReached"}}},
    {"somebody else's", JOB "  managedBy: example.com/me\n" NEVER ALL(EXIT("10s", "0")), 60,
     {{"starts c", ""}, {"job/j startTime", ""}}},
};

Test(vectors_job, J_20_23_to_25_and_the_older_ones)
{
    OBJECT_EACH(others);
}

/* The pod is deleted by hand, and its name is drawn: it is asked for first. */
static void deleted_by_hand(const char *yaml, const char *failed, const char *starts,
                            const char *complete)
{
    static const struct story_options two_minutes = {.for_ms = 120000};
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    struct story *s = story_run(yaml, &two_minutes);
    uint64_t cursor = 0;
    char text[4096];

    podring_pod_info(story_ring(s), podring_next_pod(story_ring(s), &cursor), &info);
    snprintf(text, sizeof(text), "%s" STEPS "  - {at: 10s, delete: pod/%s}\n", yaml, info.name);
    story_free(s);
    s = story_run(text, &two_minutes);
    cr_expect_str_eq(object_look(s, "job/j failed"), failed);
    cr_expect_str_eq(object_look(s, "starts c"), starts);
    cr_expect_str_eq(object_look(s, "job/j how Complete"), complete);
    story_free(s);
}

Test(vectors_job, J_10_11_a_pod_deleted_by_hand)
{
    deleted_by_hand(JOB NEVER ALL("onStop: {after: 5s}, " EXIT("30s", "0")), "10:1", "0 20",
                    "50:True/CompletionsReached");
    deleted_by_hand(JOB "  podReplacementPolicy: Failed\n" NEVER
                        ALL("onStop: {after: 5s}, " EXIT("30s", "0")),
                    "15:1", "0 25", "55:True/CompletionsReached");
}
