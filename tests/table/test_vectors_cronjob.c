/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CronJobs through the whole engine: the worked vectors, by their numbers. A run begins at
 * 2026-01-01 00:00 UTC; they look 0.1 s after each time of their schedule.
 */
#include <criterion/criterion.h>

#include "tests/support/object.h"

#define CRON(schedule, more)                                                                       \
    "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: k}\nspec:\n  schedule: '" schedule      \
    "'\n" more                                                                                     \
    "  jobTemplate:\n    spec:\n      template:\n        metadata: {labels: {app: j}}\n"          \
    "        spec: {restartPolicy: Never, containers: [{name: c, image: \"x:1\"}]}\n"
#define RUNS(for, stop)                                                                            \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                \
    "  selector: {matchLabels: {app: j}}\n  instances: [{onStop: {after: " stop                    \
    "}, exit: {after: " for ", code: 0}}]\n"
#define STEPS VECTOR_STEPS
#define APPLY(t, file) "  - {at: " t ", apply: tests/golden/manifests/" file ".yaml}\n"

static const struct vector rows[] = {
    {"CJ-10", CRON("* * * * *", "  concurrencyPolicy: Forbid\n") RUNS("150s", "0s"), 239,
     {{"cronjob/k event SuccessfulCreate", "60.1 210.1"},
      {"cronjob/k says SuccessfulCreate", "Created job k-29453761|Created job k-29453763"},
      {"cronjob/k event JobAlreadyActive", "120.1 180.1"},
      {"cronjob/k event SawCompletedJob", "210.1"},
      {"cronjob/k active", "60.1:1"},
      {"cronjob/k lastScheduleTime",
       "60.1:2026-01-01T00:01:00Z 210.1:2026-01-01T00:03:00Z"}}},
    {"CJ-11",
     CRON("* * * * *", "  concurrencyPolicy: Forbid\n  startingDeadlineSeconds: 20\n")
         RUNS("150s", "0s"),
     245,
     {{"cronjob/k event SuccessfulCreate", "60.1 240.1"}}},
    {"CJ-12, CJ-17",
     CRON("*/5 * * * *", "") RUNS("5s", "0s")
         STEPS "  - {at: 6m, suspend: cronjob/k}\n  - {at: 23m, resume: cronjob/k}\n",
     1510,
     {{"cronjob/k event SuccessfulCreate", "300.1 1380 1500.1"},
      {"cronjob/k says SuccessfulCreate",
       "Created job k-29453765|Created job k-29453780|Created job k-29453785"}}},
    {"CJ-13",
     CRON("*/5 * * * *", "  startingDeadlineSeconds: 120\n") RUNS("5s", "0s")
         STEPS "  - {at: 6m, suspend: cronjob/k}\n  - {at: 23m, resume: cronjob/k}\n",
     1510,
     {{"cronjob/k event SuccessfulCreate", "300.1 1500.1"}}},
    {"CJ-14", CRON("* * * * *", "  concurrencyPolicy: Replace\n") RUNS("5m", "10s"), 185,
     {{"cronjob/k event SuccessfulCreate", "60.1 120.1 180.1"},
      {"cronjob/k event SuccessfulDelete", "120.1 180.1"},
      {"pods", "60.1 120.1 130.1- 180.1"}}},
    {"CJ-15", CRON("* * * * *", "  successfulJobsHistoryLimit: 1\n") RUNS("5s", "0s"), 130,
     {{"job/k-29453761 object", "60.1:Created 125.1:Deleted"},
      {"cronjob/k says SuccessfulDelete", "Deleted job k-29453761"},
      {"cronjob/k event SawCompletedJob", "65.1 125.1"}}},
    {"CJ-16", CRON("* * * * *", "") RUNS("5s", "0s") STEPS "  - {at: 2m, pause: controllers, for: "
                                                          "238m}\n",
     14430,
     {{"cronjob/k event SuccessfulCreate", "60.1 14400"},
      {"cronjob/k event TooManyMissedTimes", "14400"}}},
    {"CJ-18", CRON("0 0 31 2 *", "") RUNS("5s", "0s"), 600,
     {{"cronjob/k event InvalidSchedule", "0"}, {"cronjob/k event SuccessfulCreate", ""}}},
    {"CJ-19",
     CRON("0,1 12 * * *", "") RUNS("5s", "0s")
         STEPS "  - {at: 11h, suspend: cronjob/k}\n  - {at: 12h10m, resume: cronjob/k}\n",
     86400 + 43210,
     {{"cronjob/k event SuccessfulCreate", "129600.1"}}},
    {"CJ-19, resumed earlier",
     CRON("0,1 12 * * *", "") RUNS("5s", "0s")
         STEPS "  - {at: 11h, suspend: cronjob/k}\n  - {at: 12h1m30s, resume: cronjob/k}\n",
     43300,
     {{"cronjob/k event SuccessfulCreate", "43290"}}},
    {"W-18", STEPS APPLY("150s", "cronjob-five"), 700,
     {{"cronjob/k object", "150:Created"},
      {"cronjob/k event SuccessfulCreate", "300.1 600.1"}}},
    {"W-19", CRON("*/5 * * * *", "  concurrencyPolicy: Forbid\n") RUNS("420s", "0s"), 901,
     {{"cronjob/k event SuccessfulCreate", "300.1 720.1"},
      {"cronjob/k event JobAlreadyActive", "600.1 900.1"},
      {"cronjob/k says SuccessfulCreate", "Created job k-29453765|Created job k-29453770"}}},
    {"W-20",
     CRON("*/5 * * * *", "  concurrencyPolicy: Forbid\n  startingDeadlineSeconds: 60\n")
         RUNS("420s", "0s"), 901,
     {{"cronjob/k event SuccessfulCreate", "300.1 900.1"},
      {"cronjob/k event JobAlreadyActive", "600.1"}}},
    {"W-25", CRON("*/5 * * * *", "  concurrencyPolicy: Replace\n") RUNS("420s", "0s"), 700,
     {{"cronjob/k event SuccessfulCreate", "300.1 600.1"},
      {"cronjob/k event SuccessfulDelete", "600.1"},
      {"cronjob/k says SuccessfulDelete", "Deleted job k-29453765"}}},
    {"CJ-21", CRON("* * * * *", "  successfulJobsHistoryLimit: 0\n") RUNS("5s", "0s"), 130,
     {{"cronjob/k event SuccessfulDelete", "65.1 125.1"}, {"cronjob/k event SawCompletedJob", ""}}},
};

Test(vectors_cronjob, CJ_10_to_21)
{
    OBJECT_EACH(rows);
}
