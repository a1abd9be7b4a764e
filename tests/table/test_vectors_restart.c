/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worked timelines of restarts and back-off (B-01 and so on), in virtual time.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/story.h"

struct vector {
    const char *name;
    const char *policy;   /* restartPolicy, or NULL */
    const char *probe;    /* a line of the container, or NULL */
    const char *instances; /* the instances list of the Behavior */
    const char *knob, *value;
    int64_t for_s;
    const char *starts, *ends; /* ends NULL: not compared */
    const char *phase;         /* of the whole run, NULL: not compared */
};

#define ALWAYS_500 "    livenessProbe: {httpGet: {port: 80}}\n"

static const struct vector vectors[] = {
    {"B-01", NULL, NULL, "  - exit: {after: 0s, code: 1}\n", NULL, NULL, 1300,
     "0 0 10 30 70 150 310 610 910 1210", NULL, NULL},
    {"B-02", NULL, NULL, "  - exit: {after: 5s, code: 1}\n", NULL, NULL, 1000,
     "0 5 20 45 90 175 340 645 950", NULL, NULL},
    {"B-03", NULL, NULL, "  - exit: {after: 3s, code: 1}\n", NULL, NULL, 400,
     "0 3 16 39 82 165 328", NULL, NULL},
    {"B-04", NULL, NULL, "  - exit: {after: 720s, code: 1}\n  - exit: {after: 2s, code: 1}\n", NULL,
     NULL, 800, "0 720 732 754 796", NULL, NULL},
    {"B-05", NULL, NULL,
     "  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: "
     "1}\n"
     "  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: "
     "1}\n"
     "  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: 1}\n"
     "  - exit: {after: 601s, code: 1}\n  - exit: {after: 0s, code: 1}\n",
     NULL, NULL, 1545, "0 0 10 30 70 150 310 610 910 1511 1521 1541", NULL, NULL},
    {"B-06", NULL, NULL,
     "  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: "
     "1}\n"
     "  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: "
     "1}\n"
     "  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: 1}\n"
     "  - exit: {after: 600s, code: 1}\n  - exit: {after: 0s, code: 1}\n",
     NULL, NULL, 2200, "0 0 10 30 70 150 310 610 910 1810 2110", NULL, NULL},
    {"B-07", NULL, NULL, "  - exit: {after: 1s, code: 1}\n", "max_restart_period", "100s", 400,
     "0 1 12 33 74 155 256 357", NULL, NULL},
    {"B-08", NULL, NULL, "  - exit: {after: 1s, code: 1}\n", "max_restart_period", "2s", 14,
     "0 1 4 7 10 13", NULL, NULL},
    {"B-09", NULL, NULL, "  - exit: {after: 0s, code: 1}\n", "reduced_backoff", "on", 190,
     "0 0 1 3 7 15 31 63 123 183", NULL, NULL},
    {"B-10", "OnFailure", NULL, "  - exit: {after: 4s, code: 0}\n", NULL, NULL, 100, "0",
     "4:0/Completed", "0:Running 4:Succeeded"},
    {"B-11", "OnFailure", NULL, "  - exit: {after: 4s, code: 1}\n  - exit: {after: 6s, code: 0}\n",
     NULL, NULL, 100, "0 4", "4:1/Error 10:0/Completed", "0:Running 10:Succeeded"},
    {"B-12", "Never", NULL, "  - exit: {after: 4s, code: 3}\n", NULL, NULL, 100, "0", "4:3/Error",
     "0:Running 4:Failed"},
    {"B-13", NULL, ALWAYS_500, "  - serve: [{status: 500}]\n", NULL, NULL, 1190,
     "0 30 60 90 120 190 300 490 820 850 1180",
     "30:143/Error 60:143/Error 90:143/Error 120:143/Error 150:143/Error 220:143/Error "
     "330:143/Error "
     "520:143/Error 850:143/Error 880:143/Error",
     "0:Running"},
    {"B-14", NULL, ALWAYS_500, "  - onStop: {after: 2s}\n    serve: [{status: 500}]\n", NULL, NULL,
     830,
     "0 32 62 92 122 192 302 492 822", NULL, NULL},
    {"B-20", NULL, NULL, "  - exit: {after: 4s, code: 1}\n", "max_restart_period", "37s", 170,
     "0 4 18 42 83 124 165", NULL, NULL},
    {"B-24", NULL, NULL, "  - exit: {after: 2s, code: 0}\n", NULL, NULL, 165, "0 2 14 36 78 160",
     "2:0/Completed 4:0/Completed 16:0/Completed 38:0/Completed 80:0/Completed 162:0/Completed",
     "0:Running"},
    {"liveness under Never", "Never", ALWAYS_500,
     "  - onStop: {after: 0s, code: 0}\n    serve: [{status: 500}]\n", NULL, NULL, 100, "0",
     "30:0/Completed", "0:Running 30:Succeeded"},
    {"liveness under OnFailure, exit 0", "OnFailure", ALWAYS_500,
     "  - onStop: {after: 0s, code: 0}\n    serve: [{from: 0s, to: 35s, status: 500}]\n", NULL,
     NULL, 100,
     "0 30", "30:0/Completed", "0:Running"},
    {"ignores SIGTERM, grace of the pod", NULL, ALWAYS_500,
     "  - onStop: ignore\n    serve: [{from: 0s, to: 45s, status: 500}]\n", NULL, NULL, 70, "0 60",
     "60:137/Error", "0:Running"},
    {"noticed once a second", NULL, NULL, "  - exit: {after: 1500ms, code: 1}\n", "relist", "1s",
     40,
     "0 2 13.5 35", "1.5:1/Error 3.5:1/Error 15:1/Error 36.5:1/Error", "0:Running"},
    {"OOM", NULL, NULL, "  - exit: {after: 5s, reason: OOMKilled}\n  - {}\n", NULL, NULL, 70, "0 5",
     "5:137/OOMKilled", "0:Running"},
};

static void check(const struct vector *v)
{
    struct story_options o = {
        .for_ms = v->for_s * 1000, .knob = v->knob, .knob_value = v->value};
    char yaml[4096];
    struct story *s;
    const char *is;

    snprintf(yaml, sizeof(yaml),
             "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
             "%s%s%s  containers:\n  - name: c\n    image: web:1\n%s"
             "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n  "
             "instances:\n%s", v->policy != NULL ? "  restartPolicy: " : "",
             v->policy != NULL ? v->policy : "", v->policy != NULL ? "\n" : "",
             v->probe != NULL ? v->probe : "", v->instances);
    s = story_run(yaml, &o);
    is = story_events(s, "Started");
    cr_expect_str_eq(is, v->starts, "%s: starts %s, should be %s", v->name, is, v->starts);
    if (v->ends != NULL) {
        is = story_ends(s, "c");
        cr_expect_str_eq(is, v->ends, "%s: ends %s, should be %s", v->name, is, v->ends);
    }
    if (v->phase != NULL) {
        is = story_field(s, "p", NULL, "phase");
        cr_expect_str_eq(is, v->phase, "%s: phase %s, should be %s", v->name, is, v->phase);
    }
    story_free(s);
}

Test(vectors_restart, worked_timelines)
{
    for (unsigned i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        check(&vectors[i]);
}

Test(vectors_restart, what_a_waiting_container_says)
{
    struct story_options o = {.for_ms = 1300000};
    struct story *s = story_run("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
                                "  containers: [{name: c, image: web:1}]\n"
                                "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: "
                                "b}\n"
                                "spec: {instances: [{exit: {after: 0s, code: 1}}]}\n",
                                &o);
    static const char *const delay[] = {"10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s",
                                        "5m0s"};
    const char *at = story_messages(s, "state");

    for (unsigned i = 0; i < 8; i++) {
        char want[64];

        snprintf(want, sizeof(want), "back-off %s restarting failed container=c pod=p_default(",
                 delay[i]);
        cr_assert_eq(strncmp(at, want, strlen(want)), 0, "%u: %s", i, at);
        at = strchr(at, '|');
        at = at != NULL ? at + 1 : "";
    }
    story_eq(story_events_of(s, "p", "BackOff",
                             "Back-off restarting failed container c in pod p_default("),
             "0 10 30 70 150 310 610 910 1210");
    story_free(s);
}

Test(vectors_restart, serial_worker)
{
    /* While a is being stopped, nothing else happens to the pod: b waits to be restarted. */
    struct story_options o = {.for_ms = 70000};
    struct story *s = story_run(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  terminationGracePeriodSeconds: "
        "20\n"
        "  containers:\n  - {name: a, image: i:1, livenessProbe: {httpGet: {port: 80}}}\n"
        "  - {name: b, image: i:1}\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: a}\nspec:\n  container: "
        "a\n"
        "  instances:\n  - onStop: ignore\n    serve: [{status: 500}]\n  - {}\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n  container: "
        "b\n"
        "  instances:\n  - exit: {after: 35s, code: 1}\n  - {}\n",
        &o);

    story_eq(story_ends(s, "a"), "50:137/Error");
    story_eq(story_ends(s, "b"), "35:1/Error");
    story_eq(story_field(s, "p", "b", "restartCount"), "50:1");
    story_eq(story_field(s, "p", "a", "restartCount"), "50:1");
    story_free(s);
}
