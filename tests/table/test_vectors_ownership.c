/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who belongs to whom, through the whole engine: the vectors GC-* and those of R-* that are about
 * which pods a set has and which of them go.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/object.h"

#define SET_OF(name, replicas, more, pod, container)                                               \
    "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: " name "}\nspec:\n"                   \
    "  replicas: " replicas "\n  selector: {matchLabels: {app: web}}\n" more                       \
    "  template:\n    metadata: {labels: {app: web}}\n    spec:\n" pod                             \
    "      containers: [{name: c, image: \"v:1\"" container "}]\n"
#define SET(name, replicas) SET_OF(name, replicas, "", "", "")
#define DEPLOYMENT                                                                                 \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n"         \
    "  selector: {matchLabels: {app: web}}\n"                                                      \
    "  template:\n    metadata: {labels: {app: web}}\n    spec:\n"                                 \
    "      containers: [{name: c, image: \"v:1\"}]\n"
#define BARE                                                                                       \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: web}}\nspec:\n"             \
    "  containers: [{name: c, image: \"v:1\"}]\n"
#define STOP(after)                                                                                \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                \
    "  instances: [{onStop: {after: " after ", code: 143}}]\n"
/* Which pods become Ready at which second of the run, by the order of their creation. */
#define READY(pods, at)                                                                            \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: ready" at "}\nspec:\n"      \
    "  pods: [" pods "]\n  instances: [{serve: [{to: " at ", status: 503}]}]\n"
#define PROBE                                                                                      \
    ", readinessProbe: {httpGet: {port: 80}, periodSeconds: 1, failureThreshold: 1}"
#define STEPS VECTOR_STEPS

/* ---- rows ------------------------------------------------------------------------------------ */

enum { TEXT_MAX = 16384, NAMES_MAX = 8 };

/* The names of the first pods, which the rows call @0, @1 ..; the set of the first one is @s. */
struct names {
    char pod[NAMES_MAX][128], set[128];
};

static void find_names(const char *yaml, struct names *out)
{
    static char text[TEXT_MAX];
    struct story_options o = {.for_ms = 1000};
    struct story *s;
    uint64_t cursor = 0, id;
    char *steps;

    memset(out, 0, sizeof(*out));
    snprintf(text, sizeof(text), "%s", yaml);
    steps = strstr(text, STEPS);
    if (steps != NULL)
        *steps = '\0';
    s = story_run(text, &o);
    for (int i = 0; i < NAMES_MAX && (id = podring_next_pod(story_ring(s), &cursor)) != 0; i++) {
        struct podring_pod_info info = PODRING_POD_INFO_INIT;

        podring_pod_info(story_ring(s), id, &info);
        snprintf(out->pod[i], sizeof(out->pod[i]), "%s", info.name);
    }
    snprintf(out->set, sizeof(out->set), "%s", out->pod[0]);
    if (strrchr(out->set, '-') != NULL)
        *strrchr(out->set, '-') = '\0';
    story_free(s);
}

static const char *fill(const char *text, const struct names *n)
{
    char *out = malloc(TEXT_MAX);
    size_t used = 0;

    for (; *text != '\0'; text++) {
        const char *name = text;
        size_t length = 1;

        if (*text == '@') {
            text++;
            name = *text == 's' ? n->set : n->pod[*text - '0'];
            length = strlen(name);
        }
        memcpy(out + used, name, length);
        used += length;
    }
    out[used] = '\0';
    return out;
}

static void check(const struct vector *v)
{
    struct vector filled = *v;
    struct names n;

    find_names(v->yaml, &n);
    filled.yaml = fill(v->yaml, &n);
    for (int i = 0; i < VECTOR_EXPECT_MAX && v->expect[i].what != NULL; i++) {
        filled.expect[i].what = fill(v->expect[i].what, &n);
        filled.expect[i].is = fill(v->expect[i].is, &n);
    }
    object_check(&filled);
    for (int i = 0; i < VECTOR_EXPECT_MAX && v->expect[i].what != NULL; i++) {
        free((char *)(uintptr_t)filled.expect[i].what);
        free((char *)(uintptr_t)filled.expect[i].is);
    }
    free((char *)(uintptr_t)filled.yaml);
}

static void check_all(const struct vector *v, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(&v[i]);
}

/* ---- cascades -------------------------------------------------------------------------------- */

static const struct vector cascades[] = {
    {"GC-01", DEPLOYMENT STOP("4s") STEPS "  - {at: 100s, delete: deployment/web}\n", 200,
     {{"deployment/web object", "0:Created 100:Deleted"},
      {"replicaset/@s object", "0:Created 100:Deleted"},
      {"pods", "0 0 0 104- 104- 104-"},
      {"scenario/s step", "100:done"}}},
    {"GC-02",
     DEPLOYMENT STOP("4s") STEPS
     "  - {at: 100s, delete: deployment/web, cascade: foreground}\n",
     200,
     {{"deployment/web object", "0:Created 100:Terminating 104:Deleted"},
      {"replicaset/@s object", "0:Created 100:Terminating 104:Deleted"},
      {"replicaset/@s terminatingReplicas", "100:3"},
      {"pods", "0 0 0 104- 104- 104-"}}},
    {"foreground, and there is nothing to wait for",
     SET("web", "0") STEPS "  - {at: 100s, delete: rs/web, cascade: foreground}\n", 200,
     {{"replicaset/web object", "0:Created 100:Deleted"}}},
    {"foreground, and then in the background",
     SET("web", "1") STOP("20s") STEPS
     "  - {at: 100s, delete: rs/web, cascade: foreground}\n  - {at: 110s, delete: rs/web}\n"
     "  - {at: 111s, delete: rs/web}\n",
     200,
     {{"replicaset/web object", "0:Created 100:Terminating 110:Deleted"},
      {"pods", "0 120-"},
      {"scenario/s how step", "100:done/ 110:done/ 111:refused/NotFound"},
      {"scenario/s says step", "replicasets.apps \"web\" not found"}}},
    {"a Deployment that is orphaned leaves sets and pods",
     DEPLOYMENT STEPS "  - {at: 100s, delete: deployment/web, cascade: orphan}\n"
                      "  - {at: 120s, delete: pod/@0}\n",
     200,
     {{"deployment/web object", "0:Created 100:Deleted"},
      {"replicaset/@s object", "0:Created"},
      {"pods", "0 0 0 120- 120"}}},
    {"GC-08",
     "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  completions: 2\n"
     "  template:\n    spec:\n      restartPolicy: Never\n"
     "      containers: [{name: c, image: \"v:1\", command: [sleep, '5']}]\n" STEPS
     "  - {at: 100s, delete: job/j}\n",
     200,
     {{"job/j object", "0:Created 100:Deleted"}, {"pods", "0 5 100- 100-"}}},
};

Test(vectors_ownership, GC_01_02_08_cascades)
{
    check_all(cascades, sizeof(cascades) / sizeof(cascades[0]));
}

/* ---- adoption and release -------------------------------------------------------------------- */

/* The file that a step applies. */
static const char *applied(const char *text)
{
    static char path[64];
    FILE *f;
    int fd;

    snprintf(path, sizeof(path), "/tmp/podring-ownership-XXXXXX");
    fd = mkstemp(path);
    cr_assert(fd >= 0);
    f = fdopen(fd, "w");
    fputs(text, f);
    fclose(f);
    return path;
}

/* GC-03: those that were left are adopted; GC-06: one that comes is one too many. */
Test(vectors_ownership, GC_03_06_what_comes_later)
{
    static char text[TEXT_MAX];
    struct vector gc_03 = {"GC-03", text, 200,
                           {{"replicaset/web object", "0:Created 100:Deleted"},
                            {"replicaset/later object", "120:Created 150:Deleted"},
                            {"replicaset/later event SuccessfulCreate", ""},
                            {"replicaset/later readyReplicas", "120:3"},
                            {"pods", "0 0 0 150- 150- 150-"}}};
    struct vector gc_06 = {"GC-06", text, 200,
                           {{"replicaset/web event SuccessfulDelete", "20"},
                            {"replicaset/web says SuccessfulDelete", "Deleted pod: p"},
                            {"pods", "0 20 20-"}}};
    const char *path = applied(SET("later", "3"));

    snprintf(text, sizeof(text),
             SET("web", "3") STEPS "  - {at: 100s, delete: rs/web, cascade: orphan}\n"
                                   "  - {at: 120s, apply: %s}\n"
                                   "  - {at: 150s, delete: rs/later}\n",
             path);
    check(&gc_03);
    remove(path);
    path = applied(BARE);
    snprintf(text, sizeof(text), SET("web", "1") STEPS "  - {at: 20s, apply: %s}\n", path);
    check(&gc_06);
    remove(path);
}

#define SERVICE                                                                                    \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"                                  \
    "spec: {selector: {app: web}, ports: [{port: 80}]}\n"

static const struct vector claims[] = {
    {"GC-04",
     SET("web", "3") SERVICE STEPS
     "  - {at: 50s, setLabel: pod/@0, labels: {app: null, debug: 'yes'}}\n"
     "  - {at: 100s, delete: rs/web}\n",
     200,
     {{"replicaset/web event SuccessfulCreate", "0 0 0 50"},
      {"pods", "0 0 0 50 100- 100- 100-"},
      {"scenario/s step", "50:done 100:done"}}},
    {"GC-05", SET("web", "1") BARE, 100,
     {{"replicaset/web event SuccessfulDelete", "0"}, {"replicaset/web replicas", "0:1"}}},
    {"GC-05, the pod first", BARE "---\n" SET("web", "1"), 100,
     {{"replicaset/web event SuccessfulCreate", ""},
      {"replicaset/web readyReplicas", "0:1"},
      {"pods", "0"}}},
    {"GC-05, it goes with its set", BARE "---\n" SET("web", "1") STEPS
     "  - {at: 50s, delete: rs/web}\n",
     100,
     {{"pods", "0 50-"}}},
    {"GC-07",
     SET("web", "3") STEPS "  - {at: 50s, setLabel: pod/@0, labels: {app: null}}\n"
                           "  - {at: 80s, setLabel: pod/@0, labels: {app: web}}\n",
     200,
     {{"replicaset/web event SuccessfulCreate", "0 0 0 50"},
      {"replicaset/web event SuccessfulDelete", "80"},
      {"pods", "0 0 0 50 80-"}}},
    {"a pod of a Deployment is released by its hash",
     DEPLOYMENT STEPS "  - {at: 50s, setLabel: pod/@0, labels: {pod-template-hash: null}}\n"
                      "  - {at: 100s, delete: deployment/web}\n",
     200,
     {{"replicaset/@s event SuccessfulCreate", "0 0 0 50"}, {"pods", "0 0 0 50 100- 100- 100-"}}},
    {"a Job's pod that is released counts for nothing",
     "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n"
     "      restartPolicy: Never\n      containers: [{name: c, image: \"v:1\", "
     "command: [sleep, '20']}]\n" STEPS
     "  - {at: 10s, setLabel: pod/@0, labels: {batch.kubernetes.io/controller-uid: null}}\n",
     100,
     {{"pods", "0 10"},
      {"job/j failed", ""},
      {"job/j succeeded", "30:1"},
      {"job/j how Complete", "30:True/CompletionsReached"}}},
    {"a pod that is not there has no labels",
     SET("web", "1") STEPS "  - {at: 10s, setLabel: pod/x, labels: {a: b}}\n", 20,
     {{"scenario/s how step", "10:refused/NotFound"},
      {"scenario/s says step", "pods \"x\" not found"},
      {"diag", "17:0 at 10000ms: pod/x: pods \"x\" not found"}}},
};

Test(vectors_ownership, GC_04_05_07_claims)
{
    check_all(claims, sizeof(claims) / sizeof(claims[0]));
}

/* ---- knobs of a Scenario --------------------------------------------------------------------- */

static const struct vector knobs[] = {
    {"slices are late",
     SET("web", "1") SERVICE
     "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: k}\nspec:\n"
     "  set: {slice_ms: 200, proxy_program_ms: 400}\n" STEPS "  - {at: 10s, delete: pod/@0}\n",
     20,
     {{"service/web endpoint", "0.2:ready 10.2:gone 10.2:ready"},
      {"service/web backends", "0.6:1"}}},
};

Test(vectors_ownership, a_scenario_sets_knobs)
{
    static const struct {
        const char *set, *why;
    } row[] = {
        {"{slice_ms: x}", "s:3:14: spec.set: slice_ms: expected a number from 0 to 86400000, not "
                          "\"x\""},
        {"{colour: red}", "s:3:14: spec.set: no knob is called \"colour\""},
    };

    check_all(knobs, sizeof(knobs) / sizeof(knobs[0]));
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct podring_options o = PODRING_OPTIONS_INIT;
        char text[256];
        podring *r;

        o.clock = PODRING_VIRTUAL;
        cr_assert_eq(podring_open(&o, &r), 0);
        snprintf(text, sizeof(text),
                 "apiVersion: podring.dev/v1\nkind: Scenario\nspec: {set: %s}\n", row[i].set);
        cr_expect_neq(podring_load_text(r, "s", text, strlen(text)), 0);
        cr_expect_str_eq(podring_why(r), row[i].why, "%s", podring_why(r));
        podring_close(r);
    }
}

/* ---- Jobs whose pods are deleted by hand ----------------------------------------------------- */

#define JOB(more)                                                                                  \
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n" more                           \
    "  template:\n    metadata: {labels: {app: j}}\n    spec:\n      restartPolicy: Never\n"       \
    "      containers: [{name: c, image: \"x:1\"}]\n"

static const struct vector jobs[] = {
    {"J-10",
     JOB("") "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
     "  instances: [{onStop: {after: 5s, code: 143}, exit: {after: 30s, code: 0}}]\n" STEPS
     "  - {at: 10s, delete: pod/@0}\n",
     100,
     {{"job/j failed", "10:1"},
      {"pods", "0 15- 20"},
      {"job/j how Complete", "50:True/CompletionsReached"}}},
    {"J-11",
     JOB("  podReplacementPolicy: Failed\n")
     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
     "  instances: [{onStop: {after: 5s, code: 143}, exit: {after: 30s, code: 0}}]\n" STEPS
     "  - {at: 10s, delete: pod/@0}\n",
     100,
     {{"job/j failed", "15:1"},
      {"pods", "0 15- 25"},
      {"job/j how Complete", "55:True/CompletionsReached"}}},
    {"J-14",
     JOB("  backoffLimit: 6\n  podFailurePolicy:\n    rules:\n"
         "    - {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}\n"
         "    - {action: FailJob, onExitCodes: {operator: In, values: [3]}}\n")
     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
     "  instances: [{exit: {after: 4s, code: 3}}]\n",
     100,
     {{"job/j how Failed", "4:True/PodFailurePolicy"},
      {"job/j says Failed",
       "Container c for pod default/@0 failed with exit code 3 matching FailJob rule at index 1"}}},
};

Test(vectors_ownership, J_10_11_14_by_hand)
{
    check_all(jobs, sizeof(jobs) / sizeof(jobs[0]));
}

/* ---- sets that are refused pods -------------------------------------------------------------- */

#define QUOTA(pods)                                                                                \
    "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\n"                              \
    "spec: {hard: {pods: '" pods "'}}\n"

static const struct vector refused[] = {
    {"R-01", SET("web", "10") QUOTA("4"), 100,
     {{"replicaset/web event SuccessfulCreate", "0 0 0 0"},
      {"replicaset/web event FailedCreate",
       "0 0 0 0 0 0.0 0.0 0.1 0.3 0.6 1.2 2.5 5.1 10.2 20.4 40.9 81.9"},
      {"replicaset/web how ReplicaFailure", "0:True/FailedCreate"},
      {"replicaset/web replicas", "0:4"}}},
    {"W-01", SET("web", "10"), 1,
     {{"replicaset/web event SuccessfulCreate", "0 0 0 0 0 0 0 0 0 0"},
      {"replicaset/web event FailedCreate", ""}}},
    {"W-02", SET("web", "10") QUOTA("2"), 1,
     {{"replicaset/web event SuccessfulCreate", "0 0"},
      {"replicaset/web event FailedCreate", "0 0 0 0.0 0.0 0.1 0.3 0.6"}}},
    {"R-02",
     SET("web", "10") QUOTA("4") STEPS
     "  - {at: 30s, patch: resourcequota/q, spec: {hard: {pods: '20'}}}\n",
     100,
     {{"replicaset/web event SuccessfulCreate", "0 0 0 0 40.9 40.9 40.9 40.9 40.9 40.9"},
      {"replicaset/web how ReplicaFailure", "0:True/FailedCreate 40.9:/"},
      {"scenario/s step", "30:done"}}},
    {"R-03", SET("web", "10") QUOTA("4") STEPS "  - {at: 30s, delete: pod/@1}\n", 35,
     {{"replicaset/web event SuccessfulCreate", "0 0 0 0 30"},
      {"replicaset/web event FailedCreate",
       "0 0 0 0 0 0.0 0.0 0.1 0.3 0.6 1.2 2.5 5.1 10.2 20.4 30 30 30 30"}}},
    {"J-22",
     JOB("  parallelism: 3\n  completions: 3\n") QUOTA("1")
     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
     "  instances: [{exit: {after: 10s, code: 0}}]\n",
     60,
     {{"job/j event SuccessfulCreate", "0 10 20"},
      {"pods", "0 10 20"},
      {"job/j how Complete", "30:True/CompletionsReached"}}},
};

Test(vectors_ownership, R_01_02_03_J_22_refused_pods)
{
    check_all(refused, sizeof(refused) / sizeof(refused[0]));
}

/* D-23: a rollout that may take no pod away hangs, one that may goes on. */
Test(vectors_ownership, D_23_a_rollout_without_room)
{
#define ROLL(unavailable)                                                                          \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 4\n"         \
    "  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: " unavailable "}}\n"               \
    "  selector: {matchLabels: {app: web}}\n"                                                     \
    "  template:\n    metadata: {labels: {app: web}}\n    spec:\n"                                \
    "      containers: [{name: c, image: \"v:1\"}]\n" QUOTA("4") STEPS                            \
    "  - {at: 50s, setImage: deployment/web, image: \"v:2\"}\n"
    static const struct vector row[] = {
        {"D-23", ROLL("0"), 100,
         {{"deployment/web event ScalingReplicaSet", "0 50"},
          {"deployment/web how ReplicaFailure", "50:True/FailedCreate"},
          {"deployment/web updatedReplicas", "0:4 50:0"},
          {"pods", "0 0 0 0"}}},
        {"D-23, unavailable 1", ROLL("1"), 100,
         {{"deployment/web readyReplicas", "0:4 50:3 55.5:4"},
          {"deployment/web updatedReplicas", "0:4 50:0 50.0:1 50.0:2 50.3:3 55.5:4"}}},
    };

    check_all(row, sizeof(row) / sizeof(row[0]));
}

/* ---- who goes first -------------------------------------------------------------------------- */

#define SCALE(at, n) "  - {at: " at ", scale: rs/web, replicas: " n "}\n"

static const struct vector sets[] = {
    {"R-05",
     SET_OF("web", "2", "  minReadySeconds: 10\n", "", PROBE) READY("0, 1", "2700ms"), 60,
     {{"replicaset/web readyReplicas", "3:2"}, {"replicaset/web availableReplicas", "13:2"}}},
    {"R-06", SET("web", "3") STOP("30s") STEPS "  - {at: 100s, delete: pod/@1}\n", 200,
     {{"replicaset/web replicas", "0:3"},
      {"replicaset/web terminatingReplicas", "100:1 130:0"},
      {"pods", "0 0 0 100 130-"}}},
    {"R-08",
     SET_OF("web", "3", "", "", PROBE) READY("0", "400s") READY("1", "650s") READY("2", "400s")
         STEPS SCALE("1000s", "2"),
     1001,
     {{"replicaset/web says SuccessfulDelete", "Deleted pod: @1"}}},
    {"R-10", SET("web", "3") STEPS "  - {at: 50s, fail: pod/@1}\n", 100,
     {{"pods", "0 0 0 50"},
      {"replicaset/web replicas", "0:3"},
      {"replicaset/web event SuccessfulCreate", "0 0 0 50"}}},
    {"R-13",
     SET_OF("web", "3", "", "", PROBE) READY("0, 1, 2", "60s") STEPS
     "  - {at: 10s, kill: pod/@0}\n  - {at: 20s, kill: pod/@0}\n" SCALE("100s", "2"),
     101,
     {{"replicaset/web says SuccessfulDelete", "Deleted pod: @0"}}},
    {"R-07, the third is a bare one",
     SET("web", "3") "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n"
     "  labels: {app: web}\n"
     "  annotations: {controller.kubernetes.io/pod-deletion-cost: '5'}\nspec:\n"
     "  containers: [{name: c, image: \"v:1\"}]\n" STEPS SCALE("1000s", "2") SCALE("1010s", "1"),
     1100,
     {{"replicaset/web event SuccessfulDelete", "0 1000 1010"},
      {"at 1100 phase", "Running"}}},
};

/* of two whose ages are in one bucket the one with the smaller uid. */
Test(vectors_ownership, R_09_same_bucket)
{
    static const char yaml[] = SET_OF("web", "2", "", "", PROBE) READY("0", "100s")
        READY("1", "400s") STEPS SCALE("1000s", "1");
    struct story_options o = {.for_ms = 999000};
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    char name[2][128], uid[2][64], message[256];
    struct story *s = story_run(yaml, &o);
    uint64_t cursor = 0;

    for (int i = 0; i < 2; i++) {
        cr_assert_eq(podring_pod_info(story_ring(s), podring_next_pod(story_ring(s), &cursor),
                                      &info), 0);
        snprintf(name[i], sizeof(name[i]), "%s", info.name);
        snprintf(uid[i], sizeof(uid[i]), "%s", info.uid);
    }
    story_free(s);
    o.for_ms = 1000000;
    s = story_run(yaml, &o);
    snprintf(message, sizeof(message), "Deleted pod: %s", name[strcmp(uid[0], uid[1]) > 0]);
    story_eq(story_messages(s, "SuccessfulDelete"), message);
    story_free(s);
}

#define NODE(name, pods)                                                                           \
    "---\napiVersion: v1\nkind: Node\nmetadata: {name: " name "}\n"                               \
    "status: {allocatable: {pods: '" pods "', cpu: '8', memory: 8Gi}}\n"

/* of a Deployment's set one goes that has the most beside it; a bare set does not look. */
Test(vectors_ownership, R_11_beside_others)
{
    static const char deployment[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 4\n"
        "  selector: {matchLabels: {app: web}}\n"
        "  template:\n    metadata: {labels: {app: web}}\n    spec:\n"
        "      containers: [{name: c, image: \"v:1\"}]\n" NODE("n1", "3") NODE("n2", "1") STEPS
        "  - {at: 100s, scale: deployment/web, replicas: 3}\n";
    struct story_options o = {.for_ms = 99000};
    struct story *s = story_run(deployment, &o);
    char alone[128] = "", message[256];
    uint64_t cursor = 0, id;

    while ((id = podring_next_pod(story_ring(s), &cursor)) != 0) {
        struct podring_pod_info info = PODRING_POD_INFO_INIT;

        podring_pod_info(story_ring(s), id, &info);
        if (strcmp(info.node, "n2") == 0)
            snprintf(alone, sizeof(alone), "%s", info.name);
    }
    story_free(s);
    o.for_ms = 101000;
    s = story_run(deployment, &o);
    snprintf(message, sizeof(message), "Deleted pod: %s", alone);
    cr_expect_str_neq(alone, "");
    cr_expect_str_neq(story_messages(s, "SuccessfulDelete"), message);
    cr_expect_str_neq(story_messages(s, "SuccessfulDelete"), "");
    story_free(s);
}

Test(vectors_ownership, R_05_06_07_08_10_13_sets)
{
    check_all(sets, sizeof(sets) / sizeof(sets[0]));
}
