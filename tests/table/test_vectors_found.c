/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small worlds that random ones were shrunken to (tests/sim/test_worlds.c), each with the rule it
 * broke when it was found.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define POD VECTOR_POD
#define BEHAVIOR VECTOR_BEHAVIOR

static const struct vector vectors[] = {
    /* A pull that ends in the instant of a deletion starts nothing. */
    {"found: pull", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
     "  pull: [{takes: 3s}]\n" VECTOR_STEPS
                        "  - {at: 3s, delete: pod/p}\n",
     10, {{"starts c", ""}, {"field object", "0:Created 3:Terminating 3:Deleted"}}},
    /* A process that ends while its hook runs has ended, whatever it waited for before it
     * started. */
    {"found: word",
     POD "  containers:\n  - name: c\n    image: i:1\n    lifecycle: {postStart: {sleep: {seconds: "
         "1}}}\n" BEHAVIOR("c")
                        "  instances: [{exit: {after: 0s}}]\n",
     11, {{"starts c", "0 1 11"}, {"at 10 status", "CrashLoopBackOff"},
          {"at 11 status", "Completed"}}},
    /* That a container has ended does not wait for a worker which is busy elsewhere. */
    {"found: flags",
     POD "  containers: [{name: a, image: i:1, command: [sh, -c, \"true\"]}, {name: b, image: "
         "i:1}]\n" BEHAVIOR("b")
                         "  instances: [{start: {takes: 5s}}]\n",
     1, {{"ends a", "0:0/Completed"}, {"of a started", "0:True 0:False"}}},
    /* Between the kill and the start of one sync nothing is over. */
    {"found: phase", POD "  restartPolicy: OnFailure\n  containers:\n  - name: c\n    image: i:1\n"
                         "    startupProbe: {httpGet: {port: 80}, periodSeconds: 1, "
                         "failureThreshold: 1}\n" BEHAVIOR("c")
                         "  instances: [{onStop: {after: 0s, code: 0}, serve: [{status: 500}]}, "
                         "{start: {takes: 2s}}]\n",
     4, {{"starts c", "0 3"}, {"phase", "0:Running"}}},
    /* An init container that is to run again is not ready, although it has succeeded. */
    {"found: init",
     POD "  initContainers:\n  - name: i\n    image: i:1\n    restartPolicy: Never\n    "
         "restartPolicyRules:\n"
         "    - {action: Restart, exitCodes: {operator: In, values: [0]}}\n"
         "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("i")
         "  instances: [{exit: {after: 0s}}]\n",
     5, {{"starts i", "0 0"}, {"at 5 of i state", "Waiting"}, {"at 5 of i ready", "False"}}},
    /* A request of a hook fails with the process that was to answer it. */
    {"found: hook",
     POD "  containers:\n  - name: c\n    image: i:1\n    ports: [{containerPort: 80}]\n"
         "    lifecycle: {postStart: {httpGet: {port: 80}}}\n" BEHAVIOR("c")
         "  instances: [{exit: {after: 0s}}, {}]\n",
     5, {{"starts c", "0 0"}, {"event FailedPostStartHook", "0"}, {"at 5 status", "Running"}}},
    /* A probe without a port needs nobody to say so: in the instant of an end, too. */
    {"found: port", POD "  activeDeadlineSeconds: 1\n  containers:\n  - name: c\n    image: i:1\n"
                        "    readinessProbe: {httpGet: {port: nobody}, periodSeconds: 1}\n",
     5, {{"event Unhealthy", "0 1"}}},
    /* A closed listener hears of no request: what is drawn for each is the same in both worlds. */
    {"found: draws", POD "  containers:\n  - name: c\n    image: i:1\n"
                         "    readinessProbe: {httpGet: {port: 80}, periodSeconds: 1, "
                         "failureThreshold: 9}\n" BEHAVIOR("c")
                         "  instances: [{serve: [{from: 0s, to: 5s, do: refuse}, {status: 500, "
                         "rate: 0.5}]}]\n",
     20, {{"event Unhealthy/500", "6 9 13 15 16 17 19 20"}}},
    /* A container that waits for something else than before says so, ContainerCreating included. */
    {"found: reason", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
                          "  pull: [{from: 0s, to: 1s, fail: gone}, {from: 1s, takes: 5s}]\n"
                          VECTOR_STEPS
                          "  - {at: 2s, reboot: node}\n",
     9, {{"state c", "0:Waiting/ErrImagePull 2:Waiting/ContainerCreating 7:Running"},
         {"at 3 status", "ContainerCreating"}}},
    /* What happens in the instant of a creation happens after it. */
    {"found: gate",
     POD "  readinessGates: [{conditionType: a/b}]\n  containers: [{name: c, image: i:1}]\n"
     VECTOR_STEPS
                        "  - {at: 0s, condition: pod/p, type: a/b, status: \"True\"}\n",
     1, {{"field a/b", "0:True"},
         {"order 0", "object=Created a/b=True Scheduled Initialized=True PodScheduled=True "
                     "PodReadyToStartContainers=True Pulling/c Pulled/c Created/c Started/c "
                     "state/c=Running "
                     "started/c=True ready/c=True phase=Running Ready=True ContainersReady=True "
                     "status=Running"}}},
    /* While all containers wait to be started afresh, those that were stopped are shown so. */
    {"found: again",
     POD "  containers:\n  - {name: a, image: i:1}\n  - name: c\n    image: i:1\n    "
         "restartPolicy: Never\n"
         "    restartPolicyRules:\n"
         "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [1]}}\n"
         BEHAVIOR("c")
         "  instances: [{exit: {after: 0s, code: 1}}, {exit: {after: 0s, code: 1}}, "
         "{exit: {after: 0s, code: 1}}, {}]\n"
     BEHAVIOR("a") "  instances: [{onStop: {after: 1ms}}]\n",
     2, {{"starts a", "0 0.001 0.002 1.002"},
         {"of a started",
          "0:True 0.001:False 0.001:True 0.002:False 0.002:True 0.003:False 1.002:True"}}},
    /* Whether a lost request is an error of the body or a failure depends on whether its headers
     * had come. */
    {"found: body",
     POD "  containers:\n  - name: c\n    image: i:1\n    ports: [{containerPort: 80}]\n"
         "    lifecycle: {postStart: {httpGet: {port: 80}}}\n" BEHAVIOR("c")
         "  instances: [{exit: {after: 1s}, serve: [{do: headersOnly}]}, {}]\n",
     5, {{"starts c", "0 1"}, {"event FailedPostStartHook", ""}}},
    /* A port that two containers probe and neither declares has one listener, whoever asks: the
     * first. */
    {"found: one ear",
     POD "  containers:\n  - name: b\n    image: i:1\n    ports: [{containerPort: 80}]\n"
         "    livenessProbe: {httpGet: {port: 83}}\n  - name: a\n    image: i:1\n"
         "    livenessProbe: {httpGet: {port: 83}}\n" BEHAVIOR("a")
         "  instances: [{serve: [{status: 500}]}]\n",
     60, {{"event Unhealthy", ""}, {"starts a", "0"}}},
    {"found: one ear, declared twice",
     POD "  containers:\n  - name: b\n    image: i:1\n    ports: [{containerPort: 80}]\n"
         "  - name: a\n    image: i:1\n    ports: [{containerPort: 80}]\n"
         "    livenessProbe: {httpGet: {port: 80}}\n" BEHAVIOR("b")
         "  instances: [{serve: [{status: 500}]}]\n",
     35, {{"starts a", "0 30"}, {"starts b", "0"}}},
    /* ... of those that are up together: an init container has had it before. */
    {"found: one ear, one after the other", POD
     "  initContainers: [{name: i, image: i:1, ports: [{containerPort: 80}]}]\n"
     "  containers:\n  - name: c\n    image: i:1\n    ports: [{containerPort: 80}]\n"
     "    livenessProbe: {httpGet: {port: 80}}\n" BEHAVIOR("i")
     "  instances: [{exit: {after: 5s}}]\n", 60, {{"starts c", "5"}, {"event Unhealthy", ""}}},
    /* A command that a rule lets hang keeps its container waiting, until somebody takes it away. */
    {"found: hang",
     POD "  containers:\n  - name: c\n    image: i:1\n    lifecycle: {postStart: {exec: {command: "
         "[test, -e, x]}}}\n" BEHAVIOR("c")
                        "  instances: [{exit: {after: 500s}}]\n  exec: [{command: [test], hang: "
                        "true}]\n",
     400, {{"starts c", "0"}, {"at 400 status", "ContainerCreating"},
           {"event FailedPostStartHook", ""}}},
    /* ... and one that waits to be started again is not ready before it is shown to have ended for
     * good. */
    {"found: waits",
     POD "  initContainers:\n  - name: b\n    image: i:1\n    restartPolicy: Always\n"
         "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 1, failureThreshold: 1}\n"
         "  - name: a\n    image: i:1\n    restartPolicy: Never\n    restartPolicyRules:\n"
         "    - {action: Restart, exitCodes: {operator: In, values: [0]}}\n"
         "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("a")
         "  instances: [{exit: {after: 0s}}]\n"
     BEHAVIOR("b") "  instances: [{onStop: {after: 9s}, serve: [{status: 500}]}]\n" VECTOR_STEPS
                   "  - {at: 2s, delete: pod/p}\n",
     9, {{"at 9 of a state", "Waiting"}, {"at 9 of a ready", "False"}}},
    {"found: head", POD "  containers:\n  - name: c\n    image: i:1\n"
                        "    readinessProbe: {httpGet: {port: 80}, periodSeconds: 9}\n"
                        BEHAVIOR("c")
                        "  instances: [{exit: {after: 50ms}, serve: [{headersAfter: 100ms, "
                        "bodyAfter: 2s}]}, {}]\n",
     5, {{"starts c", "0 0.05"}, {"event Unhealthy/reset by peer", "0.05"}}},
};

static struct podring_stats stats_of(const char *yaml, enum podring_net net)
{
    struct story_options o = {.for_ms = 60000, .net = net};
    struct podring_stats s = PODRING_STATS_INIT;
    struct story *story = story_run(yaml, &o);

    podring_stats(story_ring(story), &s);
    story_free(story);
    return s;
}

/* Commands are given their memory between turns or on purpose. */
Test(vectors_found, commands_keep_the_promise_of_steady_memory)
{
    static const char yaml[] =
        POD "  containers: [{name: c, image: i:1, command: [sh, -c, \"echo here; sleep 2\"]}]\n";

    cr_expect_eq(stats_of(yaml, PODRING_NET_SCRIPT).steady_allocations, 0);
}

/* An engine that is closed ends its commands, and with them servers whose listeners are gone. */
Test(vectors_found, a_server_below_a_shell_outlives_no_engine)
{
    static const char yaml[] =
        POD "  containers: [{name: c, image: i:1, ports: [{containerPort: 80}], command: [sh, -c, "
            "\"/server & wait\"]}]\n";

    cr_expect_eq(stats_of(yaml, PODRING_NET_MEMORY).containers_running, 1);
}

/* What the stream has told is there to be asked for. */
Test(vectors_found, the_condition_of_an_evicted_pod_without_a_node)
{
    static const char yaml[] = POD
        "  schedulingGates: [{name: a/b}]\n  containers: [{name: c, image: i:1}]\n" VECTOR_STEPS
                                   "  - {at: 1s, evict: pod/p}\n";
    struct story_options o = {.for_ms = 2000};
    struct story *s = story_run(yaml, &o);
    const char *status = "";
    uint64_t pod = 0;

    story_eq(story_field(s, "p", NULL, "DisruptionTarget"), "1:True");
    cr_assert_eq(podring_find(story_ring(s), NULL, "p", &pod), 0);
    cr_expect_eq(podring_condition(story_ring(s), pod, "DisruptionTarget", &status, NULL, NULL), 0);
    cr_expect_str_eq(status, "True");
    story_free(s);
}

Test(vectors_found, all)
{
    vector_check_all(vectors, sizeof(vectors) / sizeof(*vectors));
}

/* ---- by random clusters ---------------------------------------------------------------------- */

#define SET(kind)                                                                                  \
    "apiVersion: apps/v1\nkind: " kind "\nmetadata: {name: w}\nspec:\n  selector: {matchLabels: " \
    "{app: w}}\n  template:\n    metadata: {labels: {app: w}}\n    spec: {containers: [{name: c, " \
    "image: i:1}]}\n---\n"
#define STEPS "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"

static void expect_told(const char *yaml, const char *what, const char *field, const char *text)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_event e = PODRING_EVENT_INIT;
    char line[16384];
    bool found = false;
    podring *r;

    o.clock = PODRING_VIRTUAL;
    o.net = PODRING_NET_SCRIPT;
    cr_assert_eq(podring_open(&o, &r), 0);
    cr_assert_eq(podring_load_text(r, "found", yaml, strlen(yaml)), 0, "%s", podring_why(r));
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    cr_assert_eq(podring_run_until(r, 100000), 0);
    while (podring_next_event(r, &e) == 0) {
        podring_event_json(&e, line, sizeof(line));
        found |= strstr(line, what) != NULL && strstr(line, field) != NULL &&
                 strstr(line, text) != NULL;
    }
    cr_expect(found, "nothing is told of %s, %s: %s", what, field, text);
    podring_close(r);
}

/* A Job's end by its failure policy is told by a text for which there was room. */
Test(vectors_found, a_failure_policy_keeps_the_promise_of_steady_memory)
{
    static const char yaml[] =
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: w}\nspec:\n"
        "  schedule: \"* * * * *\"\n  jobTemplate:\n    spec:\n"
        "      podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: "
        "[3]}}]}\n      template:\n        metadata: {labels: {app: w}}\n"
        "        spec: {restartPolicy: Never, containers: [{name: c, image: i:1}]}\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
        "spec: {instances: [{exit: {after: 1s, code: 3}}]}\n";
    struct story_options o = {.for_ms = 3600000, .net = PODRING_NET_SCRIPT};
    struct podring_stats s = PODRING_STATS_INIT;
    struct story *story = story_run(yaml, &o);

    podring_stats(story_ring(story), &s);
    cr_expect_eq(s.steady_allocations, 0);
    story_free(story);
    expect_told(yaml, "job/w-", "FailureTarget", "exit code 3 matching FailJob rule at index 0");
}

/* A bare pod has its name from its spec. */
Test(vectors_found, a_drain_names_a_bare_pod_that_a_budget_holds)
{
    static const char yaml[] =
        "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: bare, labels: {app: w}}\n"
        "spec: {containers: [{name: c, image: i:1}]}\n---\n"
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: d}\n"
        "spec: {minAvailable: 1, selector: {matchLabels: {app: w}}}\n---\n" STEPS
        "  - {at: 5s, drain: node/n1, force: true}\n";

    expect_told(yaml, "scenario/s", "TooManyRequests", "evicting pods/\\\"bare\\\" -n");
}

Test(vectors_found, a_stateful_set_adopts_a_bare_pod_by_its_name)
{
    static const char yaml[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: w-0, labels: {app: w}}\n"
        "spec: {containers: [{name: c, image: i:1}]}\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: other, labels: {app: w}}\n"
        "spec: {containers: [{name: c, image: i:1}]}\n---\n" SET("StatefulSet");

    for (int i = 0; i < 20; i++)
        expect_told(yaml, "statefulset/w", "replicas", "\"to\":1");
}

/* What happens in the instant of a creation is told after it. */
Test(vectors_found, pressure_at_once_evicts_a_pod_that_is_told_of_first)
{
    static const char yaml[] =
        "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        "spec: {containers: [{name: c, image: i:1}]}\n---\n" STEPS
        "  - {at: 0s, pressure: node/n1, resource: memory}\n";
    struct story_options o = {.for_ms = 1000, .net = PODRING_NET_SCRIPT};
    struct story *story = story_run(yaml, &o);
    const char *json = story_json(story), *created = strstr(json, "\"pod\":\"p\""),
               *evicted = strstr(json, "\"reason\":\"Evicted\"");

    cr_assert_not_null(evicted);
    cr_expect_not_null(strstr(created, "\"field\":\"object\",\"to\":\"Created\""));
    cr_expect_lt(created, evicted);
    story_free(story);
}

#define BUDGET                                                                                     \
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: d}\n"                     \
    "spec: {maxUnavailable: 0, selector: {matchLabels: {app: w}}}\n---\n"

/* A budget goes by the scale of whom its pods belong to, also when that has gone. */
Test(vectors_found, a_budget_looks_again_when_its_pods_belong_to_nobody)
{
    expect_told(SET("ReplicaSet") BUDGET STEPS
                "  - {at: 5s, delete: replicaset/w, cascade: orphan}\n",
                "\"at_ms\":5000", "poddisruptionbudget/d", "UnmanagedPods");
    expect_told(SET("ReplicaSet") BUDGET
                "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
                "spec: {instances: [{onStop: {after: 9s}}]}\n---\n" STEPS
                "  - {at: 5s, delete: replicaset/w}\n",
                "\"at_ms\":5000", "poddisruptionbudget/d", "found no controllers for pod");
}

/* ... and a quota of objects by those that there are. */
Test(vectors_found, a_quota_of_objects_looks_again_when_one_comes_or_goes)
{
    static const char quota[] =
        "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\n"
        "spec: {hard: {count/deployments.apps: 8, persistentvolumeclaims: 8}}\n---\n"
        SET("Deployment") "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: u}\nspec:\n"
        "  selector: {matchLabels: {app: u}}\n  volumeClaimTemplates:\n  - metadata: {name: d}\n"
        "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
        "  template:\n    metadata: {labels: {app: u}}\n    spec: {containers: [{name: c, image: "
        "i:1}]}\n---\n" STEPS
        "  - {at: 5s, delete: deployment/w}\n  - {at: 6s, scale: statefulset/u, replicas: 2}\n";

    expect_told(quota, "\"at_ms\":0", "resourcequota/q",
                "count/deployments.apps=1,persistentvolumeclaims=1\"");
    expect_told(quota, "\"at_ms\":5000", "resourcequota/q",
                "count/deployments.apps=0,persistentvolumeclaims=1\"");
    expect_told(quota, "\"at_ms\":6000", "resourcequota/q",
                "count/deployments.apps=0,persistentvolumeclaims=2\"");
}
