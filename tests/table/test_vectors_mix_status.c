/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timelines of what the API and kubectl show: phase, conditions with their reasons and messages,
 * STATUS, READY and RESTARTS, where containers of all kinds are in different states. Worked out by
 * hand.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/vector.h"

#define HTTP(port) "{httpGet: {port: " port "}, periodSeconds: 5}"

static const struct vector conditions[] = {
    {"first seconds, no init",
     VECTOR_POD "  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("c")
     "  pull: [{takes: 2s}]\n", 5,

     {{"how PodReadyToStartContainers", "0:True"},
      {"how Initialized", "0:True"},
      {"how PodScheduled", "0:True"},
      {"how Ready", "2:True"},
      {"how ContainersReady", "2:True"},
      {"status", "0:ContainerCreating 2:Running"},
      {"phase", "2:Running"},
      {"of c started", "2:True"},
      {"of c ready", "2:True"}}},
    {"who is not ready",
     VECTOR_POD
     "  containers:\n  - {name: zeta, image: \"i:1\", ports: [{containerPort: 80}], "
     "readinessProbe: "
     HTTP("80") "}\n  - {name: beta, image: \"i:1\"}\n  - {name: alpha, image: \"i:1\", ports: "
     "[{containerPort: 81}], readinessProbe: " HTTP("81") "}\n" VECTOR_BEHAVIOR("zeta")
     "  instances: [{serve: [{from: 12s, to: 40s, status: 500}]}]\n" VECTOR_BEHAVIOR("alpha")
     "  instances: [{serve: [{from: 12s, to: 44s, status: 500}]}]\n",
     /* Failures at 15, 20, 25. zeta's result comes first (pod order of ticks), both within one
      * instant. */
     60,
     {{"how Ready", "0:True 25:False/ContainersNotReady 45:True"},
      {"of zeta ready", "0:True 25:False 40:True"},
      {"of alpha ready", "0:True 25:False 45:True"},
      {"says ContainersReady", "containers with unready status: [zeta alpha]"},
      {"at 30 status", "Running"},
      {"row", "3/3 Running 0"}}},
    {"PodCompleted, and what is left of the conditions",
     VECTOR_POD "  restartPolicy: Never\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 3s, code: 0}}]\n",
     5,
     {{"how Ready", "0:True 3:False/PodCompleted"},
      {"how ContainersReady", "0:True 3:False/PodCompleted"},
      {"how PodReadyToStartContainers", "0:True 3:False"},
      {"how Initialized", "0:True"},
      {"status", "0:Running 3:Completed"},
      {"row", "0/1 Completed 0"}}},
    {"PodFailed",
     VECTOR_POD
     "  restartPolicy: Never\n  containers: [{name: a, image: \"i:1\"}, {name: b, image: "
     "\"i:1\"}]\n"
     VECTOR_BEHAVIOR("a") "  instances: [{exit: {after: 3s, code: 0}}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 7s, signal: SIGSEGV}}]\n",
     10,
     {{"how Ready", "0:True 3:False/ContainersNotReady"},
      {"says Ready", "containers with unready status: [a]"},
      {"status", "0:Running 3:NotReady 7:Error"},
      {"ends b", "7:139/Error"},
      {"phase", "0:Running 7:Failed"},
      {"how PodReadyToStartContainers", "0:True 7:False"}}},
    {"two gates, one of them written",
     VECTOR_POD "  readinessGates: [{conditionType: x}, {conditionType: z}]\n"
                "  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_STEPS
     "  - {at: 5s, condition: pod/p, type: z, status: \"True\"}\n"
     "  - {at: 8s, condition: pod/p, type: x, status: \"True\"}\n"
     "  - {at: 11s, condition: pod/p, type: z, status: \"False\"}\n",
     15,
     {{"how Ready", "8:True 11:False/ReadinessGatesNotReady"},
      {"how ContainersReady", "0:True"},
      {"says Ready", "the status of pod readiness gate \"z\" is not \"True\", but False"},
      {"row", "1/1 Running 0"}}},
    {"all containers restart",
     VECTOR_POD "  restartPolicy: Never\n  initContainers:\n  - {name: i, image: \"i:1\"}\n"
                "  - {name: s, image: \"i:1\", restartPolicy: Always}\n  containers:\n"
                "  - name: a\n    image: \"i:1\"\n    restartPolicy: Never\n    "
                "restartPolicyRules:\n"
                "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}\n"
                "  - name: b\n    image: \"i:1\"\n    lifecycle: {preStop: {sleep: {seconds: 9}}}\n"
     VECTOR_BEHAVIOR("i") "  instances: [{exit: {after: 1s, code: 0}}]\n" VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 5s, code: 42}}, {exit: {after: 5s, code: 42}}, {}]\n"
     VECTOR_BEHAVIOR("b")
     "  instances: [{onStop: ignore}, {}]\n",
     20,
     /* b is killed after 2 s at 8, without its hook; from there all over again; the second time at
      * 14. */
     {{"starts i", "0 8 14"},
      {"starts s", "1 9 15"},
      {"starts a", "1 9 15"},
      {"starts b", "1 9 15"},
      {"ends a", "6:42/Error 14:42/Error"},
      {"ends b", "8:137/RestartingAllContainers 14:137/RestartingAllContainers"},
      {"ends s", "6:137/RestartingAllContainers 14:137/RestartingAllContainers"},
      {"how AllContainersRestarting", "6:True/RestartAllContainersStarted 8:False "
                                      "14:True/RestartAllContainersStarted 14:False"},
      {"says AllContainersRestarting",
       "container exited with restart policy rule|container exited with restart policy rule"},
      {"phase", "1:Running 8:Pending 9:Running 14:Pending 15:Running"},
      {"Initialized", "1:True 8:False 9:True 14:False 15:True"},
      {"row", "3/3 Running 6 (6s)"}}},
    {"a sidecar's rule restarts all as well",
     VECTOR_POD "  initContainers:\n  - name: s\n    image: \"i:1\"\n    restartPolicy: Always\n"
                "    restartPolicyRules:\n"
                "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [9]}}\n"
                "  containers: [{name: m, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("s")
     "  instances: [{exit: {after: 4s, code: 9}}, {exit: {after: 4s, code: 1}}, {}]\n",
     10,
     {{"ends s", "4:9/Error 8:1/Error"},
      {"ends m", "4:137/RestartingAllContainers"},
      {"starts s", "0 4 8"},
      {"starts m", "0 4"}}},
    {"no dead instance is left after a restart of all: a kill restarts at once",
     VECTOR_POD "  containers:\n  - name: a\n    image: \"i:1\"\n    restartPolicy: Always\n"
                "    ports: [{containerPort: 80}]\n    livenessProbe: {httpGet: {port: 80}, "
                "periodSeconds: 4, "
                "failureThreshold: 1}\n    restartPolicyRules:\n"
                "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [9]}}\n"
                VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 1s, code: 1}}, {exit: {after: 6s, code: 9}}, {serve: [{status: "
     "500}]}, {}]\n",
     /* 1: crash, entry 10. 7: all. 8: the tick kills inst2; nothing dead was there: at once. */
     12, {{"starts a", "0 1 7 8"}, {"event BackOff", ""}}},
    {"an eviction marks the pod with its end",
     VECTOR_POD "  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("c")
     "  instances: [{onStop: {after: 3s, code: 0}}]\n" VECTOR_STEPS "  - {at: 10s, evict: pod/p}\n",
     20,
     {{"how DisruptionTarget", "13:True/TerminationByKubelet"},
      {"phase", "0:Running 13:Failed"},
      {"how Ready", "0:True 13:False/PodFailed"},
      {"object", "0:Created"}}},
};

Test(vectors_mix_status, conditions)
{
    vector_check_all(conditions, sizeof(conditions) / sizeof(*conditions));
}

static const struct vector inits[] = {
    {"names of what is incomplete, and RESTARTS while it initialises",
     VECTOR_POD
     "  initContainers:\n  - {name: a, image: \"i:1\"}\n  - {name: s, image: \"i:1\", "
     "restartPolicy: "
     "Always, ports: [{containerPort: 80}], startupProbe: " HTTP("80") "}\n"
     "  - {name: b, image: \"i:1\"}\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 1s, code: 1}}, {exit: {after: 1s, code: 0}}]\n"
     VECTOR_BEHAVIOR("s")
     "  serve: [{to: 6s, status: 500}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 4s, code: 0}}]\n",
     /* a: 0-1, 1-2. s from 2: fails at 5, well at 10. b 10-14. */
     12,
     {{"starts s", "2"},
      {"starts b", "10"},
      {"status", "0:Init:0/3 2:Init:1/3 10:Init:2/3"},
      {"how Initialized", ""},
      {"of s started", "10:True"},
      {"row", "1/2 Init:2/3 1 (11s)"}}},
    {"the same, initialised",
     VECTOR_POD
     "  initContainers: [{name: a, image: \"i:1\"}]\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 1s, code: 1}}, {exit: {after: 1s, code: 0}}]\n", 12,
     {{"of a restartCount", "1:1"}, {"how Initialized", "2:True"}, {"phase", "2:Running"},
      {"row", "1/1 Running 0"}}},
    {"OOM with exit 0 is a failure of an init container",
     VECTOR_POD "  restartPolicy: Never\n  initContainers: [{name: a, image: \"i:1\"}]\n"
                "  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 2s, code: 0, reason: OOMKilled}}]\n",
     5, {{"starts c", ""}, {"phase", "2:Failed"}, {"state a", "0:Running 2:Terminated/OOMKilled"}}},
    {"an init container fails for good",
     VECTOR_POD
     "  restartPolicy: Never\n  initContainers: [{name: a, image: \"i:1\"}, {name: b, image: "
     "\"i:1\"}]\n"
     "  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 2s, code: 0}}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 2s, code: 3}}]\n",
     8,
     {{"phase", "4:Failed"},
      {"status", "0:Init:0/2 2:Init:1/2 4:Init:Error"},
      {"how Ready", ""},
      {"starts c", ""},
      {"row", "0/1 Init:Error 0"}}},
    {"an init container under its own policy",
     VECTOR_POD
     "  restartPolicy: Always\n  initContainers: [{name: a, image: \"i:1\", restartPolicy: "
     "Never}]\n"
     "  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 2s, code: 3}}]\n",
     8, {{"phase", "2:Failed"}, {"starts a", "0"}, {"at 5 status", "Init:Error"}}},
    {"a sidecar and the main container both in back-off",
     VECTOR_POD "  initContainers: [{name: s, image: \"i:1\", restartPolicy: Always}]\n"
                "  containers: [{name: m, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("s")
     "  instances: [{exit: {after: 5s, code: 1}}, {exit: {after: 5s, code: 1}}, {}]\n"
     VECTOR_BEHAVIOR("m")
     "  instances: [{exit: {after: 7s, code: 1}}, {exit: {after: 7s, code: 1}}, {}]\n",
     /* s waits 10-20, m 14-24. From 14 no main container runs or is terminated: no longer
      * initialised. */
     30,
     {{"starts s", "0 5 20"},
      {"starts m", "0 7 24"},
      {"how Initialized", "0:True 14:False/ContainersNotInitialized 20:True"},
      {"at 11 status", "Init:CrashLoopBackOff"},
      {"at 15 status", "Init:CrashLoopBackOff"},
      {"at 21 status", "CrashLoopBackOff"},
      {"phase", "0:Running"},
      {"row", "2/2 Running 4 (16s)"}}},
    {"kubectl does not look past a sidecar that waits",
     VECTOR_POD "  initContainers:\n  - {name: s, image: \"i:1\", restartPolicy: Always}\n"
                "  - {name: t, image: \"i:1\", restartPolicy: Always}\n  containers: [{name: m, "
                "image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("s") "  instances: [{exit: {after: 2s, code: 1}}]\n",
     /* s waits from 4; t is ready, but only m is counted. */
     8, {{"Ready", "0:True 2:False 2:True 4:False"}, {"row", "1/3 Init:CrashLoopBackOff 1 (4s)"}}},
    {"a new sandbox whose init container fails",
     VECTOR_POD
     "  initContainers: [{name: i, image: \"i:1\"}]\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("i")
     "  instances: [{exit: {after: 2s, code: 0}}, {exit: {after: 3s, code: 1}}, "
     "{exit: {after: 3s, code: 1}}, {exit: {after: 3s, code: 0}}]\n" VECTOR_STEPS
     "  - {at: 20s, reboot: node}\n",
     /* i: 20-23, 23-26, back-off to 36, 36-39. While it waits it is not pending, and c was there
      * before: Running. c is terminated all the while, hence Initialized. At 23 the status before
      * the sync says so, too. */
     45,
     {{"starts i", "0 20 23 36"},
      {"starts c", "2 39"},
      {"phase", "2:Running 20:Pending 23:Running 23:Pending 26:Running 36:Pending 39:Running"},
      {"Initialized", "2:True"},
      {"event SandboxChanged", "20"},
      {"Ready", "2:True 20:False 39:True"}}},
    {"mains end, the sidecar follows",
     VECTOR_POD
     "  restartPolicy: OnFailure\n  initContainers: [{name: s, image: \"i:1\", restartPolicy: "
     "Always}]\n"
     "  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("s")
     "  instances: [{onStop: {after: 4s, code: 3}}]\n" VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 3s, code: 0}}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 2s, code: 1}}, {exit: {after: 6s, code: 0}}]\n",
     20,
     {{"starts b", "0 2"},
      {"says Killing", "Stopping container s"},
      {"ends s", "12:3/Error"},
      {"phase", "0:Running 12:Succeeded"},
      {"at 5 status", "NotReady"},
      {"at 10 status", "Completed"},
      {"row", "0/3 Completed 1 (18s)"}}},
};

Test(vectors_mix_status, init_containers_and_sidecars)
{
    vector_check_all(inits, sizeof(inits) / sizeof(*inits));
}

static const struct vector words[] = {
    {"the alphabetically first of several reasons",
     VECTOR_POD
     "  containers:\n  - {name: zeta, image: \"i:1\"}\n  - {name: alpha, image: \"j:1\", "
     "imagePullPolicy: "
     "Never}\n  - {name: mid, image: \"i:1\"}\n" VECTOR_BEHAVIOR("zeta")
     "  instances: [{exit: {after: 2s, code: 1}}]\n",
     8,
     {{"status", "0:ErrImageNeverPull"}, {"phase", ""}, {"row", "1/3 ErrImageNeverPull 1 (4s)"}}},
    {"killed from outside, under Never",
     VECTOR_POD "  restartPolicy: Never\n  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_STEPS
     "  - {at: 4s, kill: pod/p, container: c, signal: SIGKILL}\n",
     8, {{"ends c", "4:137/Error"}, {"status", "0:Running 4:Error"},
         {"phase", "0:Running 4:Failed"}}},
    {"OOM under Never",
     VECTOR_POD "  restartPolicy: Never\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("c")
                                   "  instances: [{exit: {after: 4s, reason: OOMKilled}}]\n",
     8, {{"ends c", "4:137/OOMKilled"}, {"status", "0:Running 4:OOMKilled"}}},
    {"an error is remembered behind Completed",
     VECTOR_POD
     "  restartPolicy: Never\n  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"i:1\"}, "
     "{name: c, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 5s, code: 0}}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 3s, code: 4}}]\n",
     8, {{"status", "0:Running 3:Error"}, {"row", "1/3 Error 0"}, {"phase", "0:Running"}}},
    {"waiting for its image while it is deleted",
     VECTOR_POD "  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("c")
     "  pull: [{fail: \"no\"}]\n"
     VECTOR_STEPS "  - {at: 25s, delete: pod/p}\n",
     30,
     {{"status", "0:ErrImagePull 20:ImagePullBackOff 25:ContainerStatusUnknown"},
      {"at 22 of c state", "Waiting"},
      {"says state",
       "no|Back-off pulling image \"i:1\": ErrImagePull: no|The container could not be located "
       "when "
       "the pod was terminated"},
      {"object", "0:Created 25:Terminating 25:Deleted"},
      {"phase", "25:Failed"}}},
    {"Completed hides a back-off that comes later in the alphabet",
     VECTOR_POD
     "  restartPolicy: OnFailure\n  containers: [{name: a, image: \"i:1\"}, {name: b, image: "
     "\"i:1\"}]\n"
     VECTOR_BEHAVIOR("a") "  instances: [{exit: {after: 1s, code: 0}}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 2s, code: 1}}]\n",
     8, {{"status", "0:Running 1:NotReady 4:Completed"}, {"phase", "0:Running"},
         {"row", "0/2 Completed 1 (4s)"}}},
    {"... and not one that comes before",
     VECTOR_POD
     "  restartPolicy: OnFailure\n  containers: [{name: b, image: \"i:1\"}, {name: a, image: "
     "\"i:1\"}]\n"
     VECTOR_BEHAVIOR("b") "  instances: [{exit: {after: 1s, code: 0}}]\n" VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 2s, code: 1}}]\n",
     8, {{"status", "0:Running 1:NotReady 4:CrashLoopBackOff"}}},
    {"running but not ready beside a finished one",
     VECTOR_POD
     "  restartPolicy: Never\n  containers:\n  - {name: a, image: \"i:1\", ports: [{containerPort: "
     "80}], "
     "readinessProbe: " HTTP("80") "}\n  - {name: b, image: \"i:1\"}\n" VECTOR_BEHAVIOR("a")
     "  instances: [{serve: [{to: 7s, status: 500}]}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 3s, code: 0}}]\n",
     /* 3: b ends, and a is asked again: 3, 8. */
     12, {{"status", "0:Running 3:Completed 8:NotReady"}, {"event Unhealthy", "0 3"},
          {"phase", "0:Running"}}},
    {"a reason of its own",
     VECTOR_POD "  restartPolicy: Never\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 3s, code: 5, reason: Evaporated, message: gone}}]\n",
     5, {{"ends c", "3:5/Evaporated"}, {"status", "0:Running 3:Evaporated"},
         {"says state", "gone"}}},
    {"what it is scripted to leave behind, with files of its own",
     VECTOR_POD
     "  restartPolicy: Never\n  containers: [{name: c, image: \"i:1\", readinessProbe: {exec: "
     "{command: "
     "[sh, -c, \"exit 0\"]}}}]\n" VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 3s, code: 5, message: bye}}]\n",
     5, {{"ends c", "3:5/Error"}, {"says state", "bye"}}},
    {"held back from scheduling",
     VECTOR_POD "  schedulingGates: [{name: wait}]\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_STEPS
     "  - {at: 10s, delete: pod/p}\n",
     15,
     {{"status", "0:SchedulingGated"},
      {"PodScheduled", ""},
      {"object", "0:Created 10:Deleted"},
      {"starts c", ""}}},
    {"stopping, still ready",
     VECTOR_POD "  containers: [{name: c, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("c")
     "  instances: [{onStop: {after: 5s, code: 0}}]\n" VECTOR_STEPS
     "  - {at: 10s, delete: pod/p}\n", 12,
     {{"status", "0:Running 10:Terminating"}, {"Ready", "0:True"}, {"row", "1/1 Terminating 0"}}},
    {"first waits for an image that takes its time",
     VECTOR_POD "  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"j:1\"}]\n"
     VECTOR_BEHAVIOR("b")
     "  pull: [{takes: 6s}]\n",
     3, {{"status", "0:ContainerCreating"}, {"phase", ""}, {"starts a", "0"}}},
};

Test(vectors_mix_status, words)
{
    vector_check_all(words, sizeof(words) / sizeof(*words));
}

/* The name of the only pod there is at that time, without what is different for every pod. */
static void name_at(int64_t at_ms, char out[64])
{
    static const char yaml[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
        "    spec: {containers: [{name: c, image: \"i:1\"}]}\n" VECTOR_STEPS
        "  - {at: 10s, setImage: deployment/web, image: \"i:2\"}\n"
        "  - {at: 20s, setImage: deployment/web, image: \"i:1\"}\n"
        "  - {at: 30s, setImage: deployment/web, image: \"i:1\"}\n";
    struct story_options o = {.for_ms = at_ms};
    struct story *s = story_run(yaml, &o);
    struct podring_pod_info p = PODRING_POD_INFO_INIT;
    uint64_t cursor = 0, found;

    found = podring_next_pod(story_ring(s), &cursor);
    cr_assert_eq(podring_pod_info(story_ring(s), found, &p), 0);
    cr_expect_eq(podring_find(story_ring(s), NULL, p.name, &cursor), 0, "%s cannot be found",
                 p.name);
    cr_expect_eq(cursor, found);
    snprintf(out, 64, "%.*s", (int)(strrchr(p.name, '-') - p.name), p.name);
    story_free(s);
}

Test(vectors_mix_status, names_tell_the_template)
{
    char first[64], second[64], third[64];

    name_at(5000, first);
    name_at(15000, second);
    name_at(25000, third);
    cr_expect_str_neq(first, second, "another template has another hash");
    cr_expect_str_eq(first, third, "the old template has the old hash");
    name_at(35000, third);
    cr_expect_str_eq(first, third, "the image it has already changes nothing");
}
