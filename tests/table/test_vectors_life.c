/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worked timelines of images, init containers, hooks, termination and status (B-17.., I-, H-,
 * T-, S-), in virtual time, over scripted targets and over the wire.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define POD VECTOR_POD
#define BEHAVIOR VECTOR_BEHAVIOR
#define DELETE_100(more) VECTOR_STEPS "  - {at: 100s, delete: pod/p" more "}\n"

static const struct vector vectors[] = {
    {"B-15", POD "  restartPolicy: Never\n  containers:\n  - name: c\n    image: i:1\n"
                 "    restartPolicy: Never\n    restartPolicyRules:\n"
                 "    - {action: Restart, exitCodes: {operator: In, values: [42]}}\n" BEHAVIOR("c")
                 "  instances: [{exit: {after: 5s, code: 42}}, {exit: {after: 5s, code: 1}}]\n",
     30, {{"starts c", "0 5"}, {"ends c", "5:42/Error 10:1/Error"},
          {"phase", "0:Running 10:Failed"}}},
    {"B-17", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
                 "  pull: [{from: 0s, fail: \"no\"}]\n",
     920,
     {{"event Pulling", "0 10 30 70 150 310 610 910"},
      {"at 5 status", "ErrImagePull"},
      {"at 15 status", "ErrImagePull"},
      {"at 25 status", "ImagePullBackOff"},
      {"at 35 status", "ErrImagePull"},
      {"at 45 status", "ImagePullBackOff"},
      {"at 65 status", "ImagePullBackOff"},
      {"at 75 status", "ErrImagePull"},
      {"phase", ""}}},
    {"B-18", POD "  containers: [{name: c, image: i:1, imagePullPolicy: Never}]\n", 35,
     {{"event ErrImageNeverPull", "0 10 20 30"}, {"phase", ""},
      {"at 35 status", "ErrImageNeverPull"}}},
    {"B-19", POD "  containers: [{name: a, image: i:1}, {name: b, image: j:1}]\n" BEHAVIOR("a")
                 "  pull: [{from: 0s, fail: \"no\"}]\n",
     5, {{"starts b", "0"}, {"starts a", ""}, {"phase", ""}, {"state b", "0:Running"}}},
    {"B-21", POD "  restartPolicy: Never\n  containers:\n  - name: c\n    image: i:1\n"
                 "    restartPolicy: OnFailure\n    restartPolicyRules:\n"
                 "    - {action: Restart, exitCodes: {operator: NotIn, values: [0, 1]}}\n"
                 BEHAVIOR("c")
                 "  instances: [{exit: {after: 5s, code: 0}}]\n",
     30, {{"starts c", "0"}, {"phase", "0:Running 5:Succeeded"}}},
    {"B-22", POD "  restartPolicy: Never\n  containers:\n  - name: c\n    image: i:1\n"
                 "    restartPolicy: OnFailure\n    restartPolicyRules:\n"
                 "    - {action: Restart, exitCodes: {operator: NotIn, values: [0, 1]}}\n"
                 BEHAVIOR("c")
                 "  instances: [{exit: {after: 5s, code: 5}}, {}]\n",
     30, {{"starts c", "0 5"}, {"phase", "0:Running"}}},
    {"I-01", POD "  initContainers: [{name: a, image: i:1}, {name: b, image: i:1}]\n"
                 "  containers: [{name: main, image: i:1}]\n" BEHAVIOR("a")
                 "  instances: [{exit: {after: 3s, code: 0}}]\n" BEHAVIOR("b")
                 "  instances: [{exit: {after: 4s, code: 0}}]\n",
     20,
     {{"starts a", "0"}, {"starts b", "3"}, {"starts main", "7"}, {"at 1 status", "Init:0/2"},
      {"at 4 status", "Init:1/2"}, {"at 8 status", "Running"}, {"field Initialized", "7:True"}}},
    {"I-02", POD "  initContainers: [{name: a, image: i:1}]\n"
                 "  containers: [{name: main, image: i:1}]\n" BEHAVIOR("a")
                 "  instances: [{exit: {after: 2s, code: 1}}]\n",
     37,
     {{"starts a", "0 2 14 36"}, {"starts main", ""}, {"phase", ""},
      {"at 5 status", "Init:CrashLoopBackOff"}, {"at 15 status", "Init:0/1"},
      {"at 20 status", "Init:CrashLoopBackOff"}}},
    {"I-03", POD "  restartPolicy: Never\n  initContainers: [{name: a, image: i:1}]\n"
                 "  containers: [{name: main, image: i:1}]\n" BEHAVIOR("a")
                 "  instances: [{exit: {after: 2s, code: 1}}]\n",
     20, {{"phase", "2:Failed"}, {"at 3 status", "Init:Error"}, {"starts main", ""}}},
    {"I-04", POD "  initContainers: [{name: s, image: i:1, restartPolicy: Always}]\n"
                 "  containers: [{name: main, image: i:1}]\n",
     5, {{"starts s", "0"}, {"starts main", "0"}, {"field Ready", "0:True"}}},
    {"I-05", POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
                 "    startupProbe: {httpGet: {port: 80}, periodSeconds: 2}\n"
                 "  containers: [{name: main, image: i:1}]\n" BEHAVIOR("s")
                 "  instances: [{serve: [{from: 0s, to: 3s, status: 500}]}]\n",
     10,
     {{"event Unhealthy", "2"}, {"starts main", "4"}, {"field Ready", "4:True"}}},
    {"I-06", POD "  initContainers:\n  - {name: a, image: i:1}\n"
                 "  - {name: s, image: i:1, restartPolicy: Always, "
                 "lifecycle: {postStart: {exec: {command: [x]}}}}\n  - {name: b, image: i:1}\n"
                 "  containers: [{name: main, image: i:1}]\n" BEHAVIOR("a")
                 "  instances: [{exit: {after: 2s, code: 0}}]\n" BEHAVIOR("s")
                 "  hooks: {postStart: {takes: 3s}}\n" BEHAVIOR("b")
                 "  instances: [{exit: {after: 1s, code: 0}}]\n",
     10, {{"starts s", "2"}, {"starts b", "5"}, {"ends b", "6:0/Completed"}, {"starts main", "6"}}},
    {"I-07", POD "  containers:\n  - {name: a, image: i:1, "
                 "lifecycle: {postStart: {exec: {command: [x]}}}}\n  - {name: b, image: i:1}\n"
                 BEHAVIOR("a")
                 "  hooks: {postStart: {takes: 4s}}\n",
     10, {{"starts a", "0"}, {"starts b", "4"}, {"phase", "4:Running"},
          {"at 2 status", "ContainerCreating"}}},
    {"I-08", POD
     "  restartPolicy: Never\n  initContainers: [{name: s, image: i:1, restartPolicy: Always}]\n"
     "  containers: [{name: main, image: i:1}]\n" BEHAVIOR("main")
     "  instances: [{exit: {after: 10s, code: 0}}]\n" BEHAVIOR("s")
     "  instances: [{onStop: {after: 1s, code: 2}}]\n",
     20, {{"ends s", "11:2/Error"}, {"phase", "0:Running 11:Succeeded"}}},
    {"I-09", POD "  initContainers: [{name: s, image: i:1, restartPolicy: Always}]\n"
                 "  containers: [{name: main, image: i:1}]\n" BEHAVIOR("s")
                 "  instances: [{exit: {after: 5s, code: 1}}, {exit: {after: 1s, code: 1}}, {}]\n",
     20,
     {{"starts s", "0 5 16"}, {"phase", "0:Running"}, {"at 8 status", "Init:CrashLoopBackOff"},
      {"at 17 status", "Running"}, {"field Initialized", "0:True"}}},
    {"I-10", POD "  initContainers:\n  - name: s1\n    image: i:1\n    restartPolicy: Always\n"
                 "    startupProbe: {httpGet: {port: 80}, periodSeconds: 3}\n"
                 "  - {name: s2, image: i:1, restartPolicy: Always}\n  - {name: b, image: i:1}\n"
                 "  containers: [{name: main, image: i:1}]\n" BEHAVIOR("s1")
                 "  instances: [{serve: [{from: 0s, to: 7s, clock: instance, status: 500}]}]\n"
                 BEHAVIOR("b")
                 "  instances: [{exit: {after: 2s, code: 0}}]\n",
     15, {{"event Unhealthy", "3 6"}, {"starts s2", "9"}, {"starts b", "9"},
          {"starts main", "11"}}},
    {"I-11", POD "  containers:\n  - {name: a, image: i:1, "
                 "lifecycle: {postStart: {exec: {command: [x]}}}}\n  - {name: b, image: j:1}\n"
                 BEHAVIOR("a")
                 "  pull: [{from: 0s, takes: 3s}]\n  hooks: {postStart: {takes: 2s}}\n",
     10, {{"starts a", "3"}, {"starts b", "5"}, {"phase", "5:Running"}}},
    {"H-01", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {sleep: {seconds: 5}}}}]\n"
     BEHAVIOR("c")
                 "  instances: [{onStop: {after: 1s, code: 0}}]\n" DELETE_100(""),
     200, {{"ends c", "106:0/Completed"}, {"object", "0:Created 100:Terminating 106:Deleted"}}},
    {"H-02", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {exec: {command: [x]}}}}]\n"
     BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n  hooks: {preStop: {takes: 5900ms}}\n"
                 DELETE_100(""),
     200, {{"ends c", "130.9:137/Error"}}},
    {"H-03", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {exec: {command: [x]}}}}]\n"
     BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n  hooks: {preStop: {takes: 60s}}\n"
                 DELETE_100(""),
     200, {{"ends c", "132:137/Error"}}},
    {"H-04", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {exec: {command: [x]}}}}]\n"
     BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n  hooks: {preStop: {takes: 29200ms}}\n"
                 DELETE_100(""),
     200, {{"ends c", "131.2:137/Error"}}},
    {"H-05", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {exec: {command: [x]}}}}]\n"
     BEHAVIOR("c")
                 "  hooks: {preStop: {exitCode: 1}}\n" DELETE_100(""),
     200, {{"event FailedPreStopHook", "100"}, {"ends c", "100:143/Error"}}},
    {"H-06", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {httpGet: {port: 80, path: "
     "/bye}}}}]\n" BEHAVIOR("c")
                 "  instances: [{serve: [{path: /bye, status: 500, latency: 300ms}]}]\n"
                 DELETE_100(""),
     200, {{"event FailedPreStopHook", ""}, {"ends c", "100.3:143/Error"}}},
    {"H-07", POD
     "  containers: [{name: c, image: i:1, lifecycle: {postStart: {exec: {command: [sh, -c, \"exit "
     "15\"]}}}}]\n" BEHAVIOR("c")
                 "  hooks: {postStart: {takes: 5s, exitCode: 15}}\n",
     50,
     {{"starts c", "0 5 20 45"}, {"ends c", "5:143/Error 10:143/Error 25:143/Error 50:143/Error"},
      {"event FailedPostStartHook", "5 10 25 50"}, {"at 3 status", "ContainerCreating"},
      {"at 15 status", "CrashLoopBackOff"}, {"at 3 phase", ""}, {"at 7 phase", "Running"}}},
    {"H-08", POD
     "  containers: [{name: c, image: i:1, lifecycle: {postStart: {sleep: {seconds: 8}}}, "
     "livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 5, periodSeconds: 3}}]\n"
     BEHAVIOR("c")
     "  instances: [{serve: [{status: 500}]}]\n",
     12, {{"event Unhealthy", "9 12"}, {"state c", "8:Running"}}},
    {"H-09", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {sleep: {seconds: 5}}}}]\n"
     BEHAVIOR("c")
                 "  instances: [{exit: {after: 40s, code: 1}}, {}]\n",
     60, {{"starts c", "0 40"}, {"event Killing", ""}}},
    {"T-01", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
                 "  instances: [{onStop: {after: 2500ms, code: 0}}]\n" DELETE_100(""),
     200, {{"ends c", "102.5:0/Completed"}, {"phase", "0:Running 102.5:Succeeded"},
           {"object", "0:Created 100:Terminating 102.5:Deleted"},
           {"at 101 status", "Terminating"}}},
    {"T-02", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n" DELETE_100(""),
     200, {{"ends c", "130:137/Error"}, {"phase", "0:Running 130:Failed"}}},
    {"T-03", POD "  containers: [{name: c, image: i:1}]\n" DELETE_100(""), 200,
     {{"ends c", "100:143/Error"}, {"phase", "0:Running 100:Failed"}}},
    {"T-04", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n" DELETE_100(", gracePeriodSeconds: 5"),
     200, {{"ends c", "105:137/Error"}}},
    {"T-05", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n"
                 DELETE_100(", gracePeriodSeconds: 0, force: true"),
     200, {{"object", "0:Created 100:Deleted"}, {"ends c", "102:137/Error"}}},
    {"T-06", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {sleep: {seconds: 5}}}}]\n"
     BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n" DELETE_100(", force: true"),
     200, {{"object", "0:Created 100:Deleted"}, {"ends c", "103:137/Error"}}},
    {"T-07", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n" DELETE_100(", gracePeriodSeconds: 0"),
     200, {{"object", "0:Created 100:Terminating 102:Deleted"}, {"ends c", "102:137/Error"}}},
    {"T-08", POD "  containers: [{name: a, image: i:1}, {name: b, image: i:1}]\n" BEHAVIOR("a")
                 "  instances: [{onStop: {after: 1s}}]\n" BEHAVIOR("b")
                 "  instances: [{onStop: {after: 12s}}]\n" DELETE_100(""),
     200, {{"ends a", "101:143/Error"}, {"ends b", "112:143/Error"},
           {"object", "0:Created 100:Terminating 112:Deleted"}}},
    {"T-09", POD "  initContainers: [{name: s1, image: i:1, restartPolicy: Always}, "
                 "{name: s2, image: i:1, restartPolicy: Always}]\n"
                 "  containers: [{name: m, image: i:1}]\n" BEHAVIOR("m")
                 "  instances: [{onStop: {after: 4s}}]\n" BEHAVIOR("s1")
                 "  instances: [{onStop: {after: 1s}}]\n" BEHAVIOR("s2")
                 "  instances: [{onStop: {after: 3s}}]\n" DELETE_100(""),
     200, {{"ends m", "104:143/Error"}, {"ends s2", "107:143/Error"}, {"ends s1", "108:143/Error"},
           {"object", "0:Created 100:Terminating 108:Deleted"}}},
    {"T-10", POD "  initContainers: [{name: s1, image: i:1, restartPolicy: Always}, "
                 "{name: s2, image: i:1, restartPolicy: Always}]\n"
                 "  containers: [{name: m, image: i:1}]\n" BEHAVIOR("m")
                 "  instances: [{onStop: ignore}]\n" BEHAVIOR("s1")
                 "  instances: [{onStop: ignore}]\n" BEHAVIOR("s2")
                 "  instances: [{onStop: ignore}]\n" DELETE_100(""),
     200, {{"ends m", "130:137/Error"}, {"ends s2", "132:137/Error"},
           {"ends s1", "132:137/Error"}}},
    {"T-11", POD "  initContainers: [{name: s, image: i:1, restartPolicy: Always, "
                 "lifecycle: {preStop: {sleep: {seconds: 10}}}}]\n"
                 "  containers: [{name: m, image: i:1}]\n" BEHAVIOR("m")
                 "  instances: [{onStop: {after: 4s}}]\n" DELETE_100(""),
     200, {{"ends m", "104:143/Error"}, {"ends s", "110:143/Error"}}},
    {"T-12", POD
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {sleep: {seconds: 5}}}}]\n"
     BEHAVIOR("c")
                 "  instances: [{exit: {after: 0s, code: 1}}]\n" DELETE_100(""),
     200, {{"object", "0:Created 100:Terminating 100:Deleted"}, {"phase", "0:Running 100:Failed"},
           {"event Killing", ""}}},
    {"T-14", POD "  terminationGracePeriodSeconds: 60\n  containers: [{name: c, image: i:1}]\n"
     BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n" DELETE_100("")
                 "  - {at: 110s, delete: pod/p, gracePeriodSeconds: 5}\n",
     200, {{"ends c", "160:137/Error"}}},
    {"T-15", POD "  terminationGracePeriodSeconds: 60\n  containers: [{name: c, image: i:1, "
                 "livenessProbe: {httpGet: {port: 80}, terminationGracePeriodSeconds: 10}}]\n"
                 BEHAVIOR("c")
                 "  instances: [{onStop: ignore, serve: [{from: 25s, to: 55s, status: 500}]}]\n",
     100, {{"event Killing", "50"}, {"ends c", "60:137/Error"}, {"starts c", "0 60"}}},
    {"T-16", POD "  terminationGracePeriodSeconds: 0\n  containers: [{name: c, image: i:1, "
                 "lifecycle: {preStop: {exec: {command: [x]}}}, livenessProbe: {httpGet: {port: "
                 "80}}}]\n" BEHAVIOR("c")
                 "  instances: [{onStop: ignore, serve: [{from: 25s, to: 55s, status: 500}]}]\n"
                 "  hooks: {preStop: {takes: 1s}}\n",
     100, {{"ends c", "52:137/Error"}}},
    {"T-17", POD "  activeDeadlineSeconds: 20\n  containers: [{name: c, image: i:1}]\n"
     BEHAVIOR("c")
                 "  instances: [{onStop: {after: 3s}}]\n",
     100, {{"event DeadlineExceeded", "20"}, {"ends c", "23:143/Error"},
           {"phase", "0:Running 23:Failed"},
           {"object", "0:Created"}, {"at 22 status", "Running"}, {"at 30 status", "Error"}}},
    {"T-18", POD "  terminationGracePeriodSeconds: 20\n  containers:\n"
                 "  - {name: a, image: i:1, lifecycle: {preStop: {exec: {command: [x]}}}}\n"
                 "  - {name: b, image: i:1}\n" BEHAVIOR("a")
                 "  instances: [{onStop: {after: 1s}}]\n  hooks: {preStop: {takes: 8500ms}}\n"
                 BEHAVIOR("b")
                 "  instances: [{onStop: ignore}]\n" DELETE_100(""),
     200, {{"ends a", "109.5:143/Error"}, {"ends b", "120:137/Error"},
           {"object", "0:Created 100:Terminating 120:Deleted"}, {"phase", "0:Running 120:Failed"}}},
    {"T-19", POD "  activeDeadlineSeconds: 15\n  containers: [{name: c, image: i:1, "
                 "lifecycle: {preStop: {sleep: {seconds: 4}}}}]\n" BEHAVIOR("c")
                 "  instances: [{onStop: {after: 2s, code: 0}}]\n",
     100, {{"ends c", "21:0/Completed"}, {"phase", "0:Running 21:Failed"}}},
    {"T-20", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
                 "  instances: [{onStop: ignore}]\n" DELETE_100(", gracePeriodSeconds: 10")
                 "  - {at: 103s, delete: pod/p, gracePeriodSeconds: 40}\n",
     200, {{"ends c", "110:137/Error"}}},
    {"T-22", POD "  containers: [{name: c, image: i:1, imagePullPolicy: Never}]\n" DELETE_100(""),
     200,
     {{"object", "0:Created 100:Terminating 100:Deleted"}, {"phase", "100:Failed"},
      {"ends c", "100:137/ContainerStatusUnknown"}}},
    {"S-01", POD "  containers: [{name: a, image: i:1}, {name: b, image: i:1}]\n" BEHAVIOR("b")
                 "  instances: [{exit: {after: 1s, code: 1}}]\n",
     5, {{"at 5 status", "CrashLoopBackOff"}, {"at 5 phase", "Running"}}},
    {"S-02", POD
     "  restartPolicy: Never\n  containers: [{name: a, image: i:1}, {name: b, image: i:1}]\n"
     BEHAVIOR("a")
                 "  instances: [{exit: {after: 1s, code: 0}}]\n",
     5, {{"at 5 status", "NotReady"}, {"at 5 phase", "Running"}}},
    {"S-03", POD
     "  restartPolicy: Never\n  containers: [{name: a, image: i:1}, {name: b, image: i:1}]\n"
     BEHAVIOR("a")
                 "  instances: [{exit: {after: 1s, code: 0}}]\n" BEHAVIOR("b")
                 "  instances: [{exit: {after: 2s, code: 1}}]\n",
     5, {{"at 5 status", "Error"}, {"at 5 phase", "Failed"}}},
    {"S-04", POD
     "  restartPolicy: OnFailure\n  containers: [{name: a, image: i:1}, {name: b, image: i:1}]\n"
                 BEHAVIOR("a") "  instances: [{exit: {after: 1s, code: 0}}]\n" BEHAVIOR("b")
                 "  instances: [{exit: {after: 2s, code: 0}}]\n",
     5, {{"at 5 status", "Completed"}, {"at 5 phase", "Succeeded"}}},
    {"S-12", POD "  readinessGates: [{conditionType: x}]\n  containers: [{name: a, image: i:1}]\n"
                 "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  "
                 "steps:\n"
                 "  - {at: 10s, condition: pod/p, type: x, status: \"True\"}\n"
                 "  - {at: 15s, condition: pod/p, type: x, status: \"False\"}\n",
     20,
     {{"at 5 status", "Running"},
      {"field ContainersReady", "0:True"},
      {"field x", "10:True 15:False"},
      {"field Ready", "10:True 15:False"},
      {"says Ready", "the status of pod readiness gate \"x\" is not \"True\", but False"}}},
    {"restart all",
     POD "  restartPolicy: Never\n  initContainers: [{name: i, image: i:1}]\n  containers:\n"
         "  - name: a\n    image: i:1\n    restartPolicy: Never\n    restartPolicyRules:\n"
         "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}\n"
         "  - {name: b, image: i:1}\n" BEHAVIOR("i")
         "  instances: [{exit: {after: 1s, code: 0}}]\n" BEHAVIOR("a")
         "  instances: [{exit: {after: 5s, code: 42}}, {}]\n",
     30, {{"starts i", "0 6"}, {"starts a", "1 7"}, {"starts b", "1 7"},
          {"phase", "1:Running 6:Pending 7:Running"}}},
    {"reboot",
     POD "  initContainers: [{name: i, image: i:1}]\n  containers: [{name: c, image: i:1}]\n"
     BEHAVIOR("i")
                   "  instances: [{exit: {after: 1s, code: 0}}]\n"
                   "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  "
                   "steps:\n"
                   "  - {at: 50s, reboot: node}\n",
     60, {{"starts i", "0 50"}, {"starts c", "1 51"}, {"event SandboxChanged", "50"},
          {"field restartCount", "50:1 51:1"}}},
};

Test(vectors_life, scripted_targets)
{
    for (unsigned i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        vector_check(&vectors[i], PODRING_NET_SCRIPT);
}

Test(vectors_life, the_wire_over_memory)
{
    for (unsigned i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        vector_check(&vectors[i], PODRING_NET_MEMORY);
}
