/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ReplicaSets and Deployments through the whole engine: the vectors R-* and D-* of the cluster
 * reference that need neither quota nor nodes.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/story.h"

/* A Deployment whose template is of that image and becomes Ready after so many seconds; the stop of
 * its process takes `stop` seconds. */
static const char *deployment(int replicas, const char *more, int ready_s, int stop_s,
                              const char *steps)
{
    static char text[8192];
    char probe[128] = "";

    if (ready_s > 0)
        snprintf(probe, sizeof(probe),
                 ", readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: %d, "
                 "periodSeconds: 1}", ready_s);
    snprintf(text, sizeof(text),
             "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
             "  replicas: %d\n  selector: {matchLabels: {app: web}}\n%s"
             "  template:\n    metadata: {labels: {app: web}}\n    spec:\n"
             "      containers: [{name: c, image: \"v:1\"%s}]\n"
             "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
             "  instances: [{onStop: {after: %ds, code: 143}}]\n"
             "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
             "  steps:\n%s",
             replicas, more, probe, stop_s, steps);
    return text;
}

#define ROLLING(surge, unavailable)                                                                \
    "  strategy: {rollingUpdate: {maxSurge: " surge ", maxUnavailable: " unavailable "}}\n"
#define IMAGE(at, image) "  - {at: " at ", setImage: deployment/web, image: \"" image "\"}\n"
#define SCALE(at, n) "  - {at: " at ", scale: deployment/web, replicas: " n "}\n"

/* Sizes as ScalingReplicaSet tells them: "50:+4 50:-6 ..." is up to 4, down to 6. */
static const char *sizes(struct story *s)
{
    static char out[2][4096];
    static int turn;
    char *to = out[turn ^= 1];
    size_t n = 0;
    char times[4096], all[16384], *t, *m, *save_t, *save_m;

    snprintf(times, sizeof(times), "%s",
             story_events_of(s, "deployment/web", "ScalingReplicaSet", NULL));
    snprintf(all, sizeof(all), "%s", story_messages(s, "ScalingReplicaSet"));
    to[0] = '\0';
    t = strtok_r(times, " ", &save_t);
    m = strtok_r(all, "|", &save_m);
    for (; t != NULL && m != NULL; t = strtok_r(NULL, " ", &save_t),
                                   m = strtok_r(NULL, "|", &save_m))
        n += (size_t)snprintf(to + n, sizeof(out[0]) - n, "%s%s:%c%s", n > 0 ? " " : "", t,
                              strstr(m, "Scaled up") != NULL ? '+' : '-',
                              strstr(m, " to ") + 4);
    cr_expect(t == NULL && m == NULL);
    return to;
}

static struct story *run(const char *text, int seconds)
{
    struct story_options o = {.for_ms = seconds * 1000};

    return story_run(text, &o);
}

static void expect(const char *id, const char *text, int seconds, const char *expected)
{
    struct story *s = run(text, seconds);

    cr_expect_str_eq(sizes(s), expected, "%s: got \"%s\"", id, sizes(s));
    story_free(s);
}

Test(vectors_deployment, sizes_step_by_step)
{
    expect("D-01", deployment(8, ROLLING("50%", "25%"), 6, 0, IMAGE("50s", "v:2")), 200,
           "0:+8 50:+4 50:-6 50:+6 56:-0 56:+8");
    expect("D-03", deployment(4, ROLLING("100%", "0"), 9, 0, IMAGE("50s", "v:2")), 200,
           "0:+4 50:+4 59:-0");
    expect("D-04", deployment(4, ROLLING("0", "100%"), 9, 0, IMAGE("50s", "v:2")), 200,
           "0:+4 50:-0 50:+4");
    expect("D-05", deployment(1, ROLLING("0", "1"), 9, 0, IMAGE("50s", "v:2")), 200,
           "0:+1 50:-0 50:+1");
    expect("D-06",
           deployment(4, ROLLING("1", "1"), 10, 0, IMAGE("50s", "v:2") IMAGE("53s", "v:3")), 200,
           "0:+4 50:+1 50:-3 50:+2 53:-0 53:+2 63:-1 63:+4 73:-0");
    expect("D-07",
           deployment(5, ROLLING("20%", "0"), 8, 0, IMAGE("50s", "v:2") IMAGE("60s", "v:3")), 200,
           "0:+5 50:+1 58:-4 58:+2 60:-1 60:+1 68:-3 68:+2 76:-2 76:+3 84:-1 84:+4 92:-0 92:+5 "
           "100:-0");
    expect("D-17", deployment(4, "", 0, 0, IMAGE("50s", "v:2")), 200,
           "0:+4 50:+1 50:-3 50:+2 50:-1 50:+4 50:-0");
}

/* W-05 to W-09, W-21 and W-22, whose pods never become Ready; their time 0 is 50 here. */
Test(vectors_deployment, sizes_of_the_older_reference)
{
    static const struct {
        const char *id;
        int replicas;
        const char *strategy;
        int ready_s;
        const char *expected;
    } row[] = {
        {"W-05", 4, ROLLING("25%", "25%"), 5, "0:+4 50:+1 50:-3 50:+2 55:-1 55:+4 60:-0"},
        {"W-06", 10, ROLLING("25%", "25%"), 8, "0:+10 50:+3 50:-8 50:+5 58:-3 58:+10 66:-0"},
        {"W-07", 3, ROLLING("1", "0"), 6,
         "0:+3 50:+1 56:-2 56:+2 62:-1 62:+3 68:-0"},
        {"W-08", 3, ROLLING("0", "1"), 6, "0:+3 50:-2 50:+1 56:-1 56:+2 62:-0 62:+3"},
        {"W-09", 1, "", 4, "0:+1 50:+1 54:-0"},
        {"W-21", 6, ROLLING("2", "1"), 5, "0:+6 50:+2 50:-5 50:+3 55:-2 55:+6 60:-0"},
        {"W-22", 10, ROLLING("3", "2"), 4000, "0:+10 50:+3 50:-8 50:+5"},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
        expect(row[i].id,
               deployment(row[i].replicas, row[i].strategy, row[i].ready_s, 0,
                          IMAGE("50s", "v:2")),
               200, row[i].expected);
}

Test(vectors_deployment, recreate)
{
    static const char recreate[] = "  strategy: {type: Recreate}\n";
    struct story *s = run(deployment(3, recreate, 4, 7, IMAGE("50s", "v:2")), 200);

    /* D-15 */
    story_eq(sizes(s), "0:+3 50:-0 57:+3");
    story_eq(story_field(s, "deployment/web", NULL, "Available"),
             "0:False 4:True 50:False 61:True");
    story_free(s);
    /* D-16: the second template never got a set */
    s = run(deployment(2, recreate, 0, 12, IMAGE("50s", "v:2") IMAGE("55s", "v:3")), 200);
    story_eq(sizes(s), "0:+2 50:-0 62:+2");
    story_eq(story_field(s, "deployment/web", NULL, "revision"), "0:1 62:2");
    story_free(s);
    /* W-23 */
    s = run(deployment(2, recreate, 0, 12, IMAGE("50s", "v:2")), 200);
    story_eq(sizes(s), "0:+2 50:-0 62:+2");
    story_free(s);
}

/* The new template never becomes Ready: D-02. */
Test(vectors_deployment, a_deadline_is_missed)
{
    static const char stuck[] = "---\napiVersion: podring.dev/v1\nkind: Behavior\n"
                                "metadata: {name: stuck}\nspec:\n  pods: [3, 4, 5, 6, 7, 8, 9]\n"
                                "  instances: [{serve: [{status: 500}]}]\n";
    char text[16384];
    struct story *s;

    snprintf(text, sizeof(text), "%s%s", deployment(4, "", 1, 0, IMAGE("50s", "v:2")),
             "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: stuck}\nspec:\n"
             "  pods: [4, 5, 6, 7, 8, 9]\n  instances: [{serve: [{status: 500}]}]\n");
    s = run(text, 900);
    /* W-10 */
    story_eq(sizes(s), "0:+4 50:+1 50:-3 50:+2");
    story_eq(story_events_of(s, "deployment/web", "ScalingReplicaSet", NULL), "0 50 50 50");
    cr_expect_not_null(strstr(story_reasons(s, "deployment/web", "Progressing"),
                              "651:False/ProgressDeadlineExceeded"));
    story_free(s);
    snprintf(text, sizeof(text), "%s%s", deployment(3, "", 1, 0, IMAGE("50s", "v:2")), stuck);
    s = run(text, 900);
    story_eq(sizes(s), "0:+3 50:+1");
    story_eq(story_reasons(s, "deployment/web", "Progressing"),
             "0:True/NewReplicaSetCreated 0:True/ReplicaSetUpdated 1:True/NewReplicaSetAvailable "
             "50:True/NewReplicaSetCreated 50:True/ReplicaSetUpdated "
             "651:False/ProgressDeadlineExceeded");
    story_free(s);
}

/* Scaling in the middle of a rollout that stands still, in proportion: D-10, D-11, D-12, D-14. */
Test(vectors_deployment, scaled_while_it_rolls)
{
    static const struct {
        const char *id;
        int replicas;
        const char *strategy, *steps, *expected;
    } row[] = {
        {"D-10", 10, ROLLING("3", "2"), IMAGE("50s", "v:2") SCALE("200s", "30"),
         "0:+10 50:+3 50:-8 50:+5 200:+20 200:+13"},
        {"D-11", 6, ROLLING("2", "1"), IMAGE("50s", "v:2") SCALE("70s", "12"),
         "0:+6 50:+2 50:-5 50:+3 70:+9 70:+5"},
        {"D-12", 12, "", IMAGE("50s", "v:2") SCALE("70s", "4"),
         "0:+12 50:+3 50:-9 50:+6 70:-3 70:-2"},
        {"D-14", 6, ROLLING("2", "1"), IMAGE("50s", "v:2") SCALE("70s", "0") SCALE("90s", "4"),
         "0:+6 50:+2 50:-5 50:+3 70:-0 70:-0 90:+4"},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        char text[16384];
        size_t n = (size_t)snprintf(text, sizeof(text), "%s---\napiVersion: podring.dev/v1\n"
                                    "kind: Behavior\nmetadata: {name: stuck}\nspec:\n  pods: [",
                                    deployment(row[i].replicas, row[i].strategy, 1, 0,
                                               row[i].steps));

        for (int p = row[i].replicas; p < row[i].replicas + 60; p++)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%d",
                                  p > row[i].replicas ? ", " : "", p);
        snprintf(text + n, sizeof(text) - n,
                 "]\n  instances: [{serve: [{status: 500}]}]\n");
        expect(row[i].id, text, 300, row[i].expected);
    }
}

#define UNDO(at) "  - {at: " at ", undo: deployment/web}\n"

/* The program of the pods from that one on, by the order of their creation. */
static const char *later_pods(int from, const char *instance)
{
    static char text[1024];
    size_t n = (size_t)snprintf(text, sizeof(text), "---\napiVersion: podring.dev/v1\n"
                                "kind: Behavior\nmetadata: {name: later}\nspec:\n  pods: [%d",
                                from);

    for (int p = from + 1; p < from + 40; p++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, ", %d", p);
    snprintf(text + n, sizeof(text) - n, "]\n  instances: [{%s}]\n", instance);
    return text;
}

static struct story *run_with(const char *text, const char *behavior, int seconds)
{
    static char both[16384];

    snprintf(both, sizeof(both), "%s%s", text, behavior);
    return run(both, seconds);
}

/* D-08, D-09 and D-13: a rollout that hangs is taken back, or made smaller. */
Test(vectors_deployment, D_08_09_13_taken_back)
{
    static const char never[] = "serve: [{status: 500}]";
    struct story *s = run_with(deployment(10, ROLLING("3", "2"), 1, 0,
                                          IMAGE("50s", "v:2") UNDO("100s")),
                               later_pods(10, never), 130);

    story_eq(sizes(s), "0:+10 50:+3 50:-8 50:+5 100:-0 100:+10");
    story_eq(story_field(s, "deployment/web", NULL, "revision"), "0:1 50:2 100:3");
    story_free(s);
    s = run(deployment(6, ROLLING("1", "1"), 5, 0, IMAGE("50s", "v:2") UNDO("57s")), 200);
    story_eq(sizes(s), "0:+6 50:+1 50:-5 50:+2 55:-3 55:+4 57:-2 57:+5 62:-0 62:+6");
    cr_expect_str_eq(story_value(s, "deployment/web", NULL, "Progressing", 66999), "True");
    cr_expect_not_null(strstr(story_reasons(s, "deployment/web", "Progressing"),
                              "67:True/NewReplicaSetAvailable"));
    story_free(s);
    s = run_with(deployment(10, ROLLING("3", "2"), 1, 0, IMAGE("50s", "v:2") SCALE("100s", "3")),
                 later_pods(10, never), 120);
    story_eq(sizes(s), "0:+10 50:+3 50:-8 50:+5 100:-4 100:-2 100:-1 100:+3");
    story_free(s);
}

/* D-18: while it is paused only its size changes. */
Test(vectors_deployment, D_18_paused)
{
    struct story *s = run(deployment(4, "", 5, 0,
                                     "  - {at: 40s, pauseRollout: deployment/web}\n"
                                     IMAGE("50s", "v:2") SCALE("60s", "6")
                                     "  - {at: 70s, resumeRollout: deployment/web}\n"
                                     "  - {at: 71s, resumeRollout: deployment/web}\n"), 200);

    story_eq(sizes(s), "0:+4 60:+6 70:+2 70:-5 70:+3 75:-2 75:+6 80:-0");
    cr_expect_not_null(strstr(story_reasons(s, "deployment/web", "Progressing"),
                              "40:Unknown/DeploymentPaused 70:Unknown/DeploymentResumed"));
    story_eq(story_reasons(s, "scenario/s", "step"),
             "40:done 50:done 60:done 70:done 71:refused/Invalid");
    story_eq(story_messages(s, "step"), "deployments.apps \"web\" is not paused");
    story_free(s);
}

/* D-22: a deadline that is missed twice, and a rollout that goes on. */
Test(vectors_deployment, D_22_a_deadline_is_missed_twice)
{
    struct story *s = run_with(
        deployment(2, "  progressDeadlineSeconds: 20\n" ROLLING("1", "0"), 5, 0,
                   IMAGE("50s", "v:2")),
        later_pods(2, "serve: [{to: 30s, clock: instance, status: 500}]"), 200);

    story_eq(sizes(s), "0:+2 50:+1 80:-1 80:+2 110:-0");
    cr_expect_not_null(strstr(story_reasons(s, "deployment/web", "Progressing"),
                              "71:False/ProgressDeadlineExceeded 80:True/ReplicaSetUpdated "
                              "101:False/ProgressDeadlineExceeded "
                              "110:True/ReplicaSetUpdated 110:True/NewReplicaSetAvailable"),
                       "%s", story_reasons(s, "deployment/web", "Progressing"));
    story_free(s);
}

/* D-24: what fails after a rollout has ended is no matter of its deadline. */
Test(vectors_deployment, D_24_a_pod_fails_later)
{
    struct story *s = run_with(deployment(2, "  progressDeadlineSeconds: 20\n", 5, 0,
                                          SCALE("1s", "2")),
                               "---\napiVersion: podring.dev/v1\nkind: Behavior\n"
                               "metadata: {name: late}\nspec:\n  pods: [0]\n"
                               "  instances: [{serve: [{from: 100s, status: 500}]}]\n",
                               400);

    cr_expect_not_null(strstr(story_field(s, "deployment/web", NULL, "availableReplicas"),
                              "102:1"),
                       "%s", story_field(s, "deployment/web", NULL, "availableReplicas"));
    story_eq(story_value(s, "deployment/web", NULL, "Progressing", 399000), "True");
    cr_expect_null(strstr(story_reasons(s, "deployment/web", "Progressing"), "Exceeded"));
    story_free(s);
}

/* What a step makes of a document stays when another step or a file changes it again. */
Test(vectors_deployment, documents_and_steps_go_together)
{
    struct story *s = run(deployment(
        2, "  revisionHistoryLimit: 5\n", 0, 0,
        IMAGE("20s", "v:2") "  - {at: 30s, restartRollout: deployment/web}\n" UNDO("40s")
        "  - {at: 50s, undo: deployment/web, toRevision: 1}\n"
        "  - {at: 60s, patch: deployment/web, spec: {minReadySeconds: 5}}\n"
        "  - {at: 70s, undo: deployment/web, toRevision: 9}\n"
        "  - {at: 80s, undo: deployment/web, toRevision: 3}\n"), 200);

    story_eq(story_field(s, "deployment/web", NULL, "revision"),
             "0:1 20:2 30:3 40:4 50:5 80:6");
    story_eq(story_reasons(s, "scenario/s", "step"),
             "20:done 30:done 40:done 50:done 60:done 70:refused/NotFound 80:done");
    story_eq(story_messages(s, "step"), "unable to find specified revision 9 in history");
    story_free(s);
}

static const struct {
    const char *step, *reason, *message;
} refused[] = {
    {"patch: deployment/web, spec: {replicas: -1}", "Invalid",
     "deployment \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or "
     "equal to 0"},
    {"patch: deployment/no, spec: {replicas: 1}", "NotFound", "deployments.apps \"no\" not found"},
    {"patch: svc/no, spec: {type: NodePort}", "NotFound", "services \"no\" not found"},
    {"undo: deployment/web", "NotFound", "no rollout history found for deployment \"web\""},
    {"undo: deployment/no", "NotFound", "deployments.apps \"no\" not found"},
    {"restartRollout: ds/no", "NotFound", "daemonsets.apps \"no\" not found"},
    {"pauseRollout: deploy/no", "NotFound", "deployments.apps \"no\" not found"},
    {"scale: deploy/no, replicas: 2", "NotFound", "deployments.apps \"no\" not found"},
    {"setImage: deploy/web, container: x, image: a", "NotFound",
     "unable to find container named \"x\""},
    {"setImage: job/no, image: a", "NotFound", "jobs.batch \"no\" not found"},
    {"setImage: job/j, image: a", "Invalid",
     "job \"j\" is invalid: spec.template: field is immutable"},
    {"scale: job/j, replicas: 2", NULL, ""},
    {"suspend: cj/no", "NotFound", "cronjobs.batch \"no\" not found"},
    {"delete: ing/no", "NotFound", "ingresses.networking.k8s.io \"no\" not found"},
    {"kill: nobody", "NotFound", "pods \"nobody\" not found"},
};

/* Each step that cannot be done says so, and the run goes on. */
Test(vectors_deployment, refused_steps)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        char steps[256];
        struct story *s;

        snprintf(steps, sizeof(steps), "  - {at: 10s, %s}\n" SCALE("20s", "3"), refused[i].step);
        s = run_with(deployment(2, "", 0, 0, steps),
                     "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: "
                     "{spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}\n",
                     30);
        cr_expect_str_eq(story_messages(s, "step"), refused[i].message, "%s: %s", refused[i].step,
                         story_messages(s, "step"));
        cr_expect_not_null(strstr(story_reasons(s, "scenario/s", "step"),
                                  refused[i].reason != NULL ? refused[i].reason : "10:done"));
        cr_expect_not_null(strstr(story_reasons(s, "scenario/s", "step"), "20:done"));
        story_free(s);
    }
}

/* D-21: minReadySeconds; D-25: another size without another template. */
Test(vectors_deployment, available_is_ready_for_a_while)
{
    struct story *s = run(deployment(5, "  minReadySeconds: 3\n" ROLLING("40%", "30%"), 7, 0,
                                     IMAGE("50s", "v:2")), 200);

    story_eq(sizes(s), "0:+5 50:+2 50:-4 50:+3 60:-1 60:+5 70:-0");
    story_free(s);
    s = run(deployment(3, "", 0, 0, SCALE("50s", "5")), 200);
    story_eq(sizes(s), "0:+3 50:+5");
    story_eq(story_reasons(s, "deployment/web", "Progressing"),
             "0:True/NewReplicaSetCreated 0:True/ReplicaSetUpdated 0:True/NewReplicaSetAvailable");
    story_free(s);
}

/* D-19: of the sets that are not needed the oldest go. */
Test(vectors_deployment, history_is_limited)
{
    struct story *s = run(deployment(2, "  revisionHistoryLimit: 2\n", 1, 0,
                                     IMAGE("20s", "v:2") IMAGE("40s", "v:3") IMAGE("60s", "v:4")
                                     IMAGE("80s", "v:5")), 200);
    unsigned deleted = 0;

    for (const char *at = story_json(s); (at = strstr(at, "\"object\":\"replicaset/")) != NULL;
         at++) {
        const char *end = strchr(at, '\n'), *to = strstr(at, "\"to\":\"Deleted\"");

        deleted += to != NULL && to < end;
    }
    cr_expect_eq(deleted, 2);
    story_eq(story_field(s, "deployment/web", NULL, "revision"), "0:1 20:2 40:3 60:4 80:5");
    story_free(s);
}

/* D-20: an old template that comes back is an old set with a new number. */
Test(vectors_deployment, an_old_template_comes_back)
{
    struct story *s = run(deployment(2, "", 1, 0, IMAGE("20s", "v:2") IMAGE("40s", "v:1")), 200);

    story_eq(story_field(s, "deployment/web", NULL, "revision"), "0:1 20:2 40:3");
    story_free(s);
}

/* A document that says what a step has done is no other template, and the image that a document
 * brings is that which a step would have set. */
Test(vectors_deployment, an_image_is_one_image_however_it_came)
{
    char path[] = "/tmp/podring-image-XXXXXX", steps[1024], *text, *image;
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    struct story *s;

    text = strdup(deployment(2, "", 1, 0, ""));
    *strstr(text, "---\n") = '\0';
    image = strstr(text, "v:1");
    image[2] = '2';
    fputs(text, f);
    fclose(f);
    free(text);
    snprintf(steps, sizeof(steps),
             IMAGE("20s", "v:2") "  - {at: 40s, apply: %s}\n" IMAGE("60s", "v:1")
                 "  - {at: 80s, apply: %s}\n" IMAGE("90s", "v:2"),
             path, path);
    s = run(deployment(2, "", 1, 0, steps), 200);
    story_eq(story_field(s, "deployment/web", NULL, "revision"), "0:1 20:2 60:3 80:4");
    story_eq(story_field(s, "scenario/s", NULL, "step"),
             "20:done 40:done 60:done 80:done 90:done");
    story_free(s);
    remove(path);
}

/* and what is said of a set's pods. */
Test(vectors_deployment, a_set_counts)
{
    static const char set[] =
        "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: rs}\nspec:\n  replicas: 2\n"
        "  minReadySeconds: 10\n  selector: {matchLabels: {app: rs}}\n"
        "  template:\n    metadata: {labels: {app: rs}}\n    spec:\n"
        "      containers: [{name: c, image: \"v:1\", readinessProbe: {httpGet: {port: 80}, "
        "initialDelaySeconds: 3, periodSeconds: 1}}]\n"
        "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
        "  - {at: 50s, scale: replicaset/rs, replicas: 0}\n"
        "  - {at: 50s, scale: replicaset/rs, replicas: 2}\n";
    struct story *s = run(set, 100);

    story_eq(story_field(s, "replicaset/rs", NULL, "readyReplicas"), "3:2");
    story_eq(story_field(s, "replicaset/rs", NULL, "availableReplicas"), "13:2");
    story_eq(story_field(s, "replicaset/rs", NULL, "specReplicas"), "0:2");
    story_eq(story_events_of(s, "replicaset/rs", "SuccessfulDelete", NULL), "");
    story_free(s);
}
