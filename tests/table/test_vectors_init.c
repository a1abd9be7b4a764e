/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worked timelines that mix the rules of init containers, sidecars, changed sandboxes and pods that
 * are restarted in place, in virtual time, over scripted targets and over the wire.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define POD VECTOR_POD
#define BEHAVIOR VECTOR_BEHAVIOR
#define EXITS(c, after, code) BEHAVIOR(c) "  instances: [{exit: {after: " after ", code: " code \
    "}}]\n"
#define REBOOT(at) VECTOR_STEPS "  - {at: " at ", reboot: node}\n"
#define SIDECAR(name) "{name: " name ", image: i:1, restartPolicy: Always}"
#define PLAIN(name) "{name: " name ", image: i:1}"

static const struct vector inits[] = {
    {"the second of three fails, and nobody may try again",
     POD "  restartPolicy: Never\n  initContainers: [" PLAIN("a") ", " PLAIN("b") ", " PLAIN("d")
     "]\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("a", "2s", "0") EXITS("b", "1s", "3"),
     20,
     {{"starts b", "2"}, {"ends b", "3:3/Error"}, {"starts d", ""}, {"starts c", ""},
      {"phase", "3:Failed"},
      {"at 4 status", "Init:Error"}, {"state d", ""}, {"state c", ""}, {"Initialized", ""}}},
    {"the second climbs the ladder and then works",
     POD "  initContainers: [" PLAIN("a") ", " PLAIN("b") "]\n  containers: [" PLAIN("c") "]\n"
     EXITS(
         "a", "1s", "0") BEHAVIOR("b") "  instances:\n  - exit: {after: 2s, code: 1}\n"
                                       "  - exit: {after: 2s, code: 1}\n  - exit: {after: 2s, "
                                       "code: 1}\n"
                                       "  - exit: {after: 1s, code: 0}\n",
     60,
     {{"starts b", "1 3 15 37"}, {"starts c", "38"}, {"of b restartCount", "3:1 15:2 37:3"},
      {"at 2 status", "Init:1/2"}, {"at 6 status", "Init:CrashLoopBackOff"},
      {"at 16 status", "Init:1/2"},
      {"at 20 status", "Init:CrashLoopBackOff"}, {"phase", "38:Running"},
      {"field Initialized", "38:True"},
      {"event BackOff in b", "5 17"}}},
    {"an init container that ran out of memory has failed, whatever its code",
     POD "  restartPolicy: OnFailure\n  initContainers: [" PLAIN("a") "]\n  containers: ["
     PLAIN("c") "]\n"
     BEHAVIOR("a")
     "  instances: [{exit: {after: 2s, code: 0, reason: OOMKilled}}, {exit: {after: 1s, code: "
     "0}}]\n", 20,
     {{"starts a", "0 2"}, {"ends a", "2:0/OOMKilled 3:0/Completed"}, {"starts c", "3"}}},
    {"... and under Never the pod with it",
     POD "  restartPolicy: Never\n  initContainers: [" PLAIN("a") "]\n  containers: [" PLAIN("c")
     "]\n"
     BEHAVIOR("a") "  instances: [{exit: {after: 2s, code: 0, reason: OOMKilled}}]\n",
     20, {{"starts c", ""}, {"phase", "2:Failed"}}},
    {"an init container of its own policy: Never in a pod of Always",
     POD "  initContainers: [{name: a, image: i:1, restartPolicy: Never}]\n  containers: ["
     PLAIN("c") "]\n"
     EXITS("a", "2s", "1"),
     20, {{"starts a", "0"}, {"phase", "2:Failed"}, {"at 3 status", "Init:Error"}}},
    {"an init container whose image is late holds back all that follow",
     POD "  initContainers: [" PLAIN("a") ", {name: b, image: j:1}]\n  containers: [" PLAIN("c")
     "]\n"
     EXITS("a", "1s", "0") BEHAVIOR("b") "  pull: [{from: 0s, to: 5s, fail: \"no\"}, {from: 5s}]\n"
     "  instances: [{exit: {after: 1s, code: 0}}]\n",
     30,
     {{"event Pulling in b", "1 11"}, {"at 5 status", "Init:ErrImagePull"}, {"starts b", "11"},
      {"starts c", "12"}, {"phase", "12:Running"}}},
    {"a sidecar crashes while a later init container runs",
     POD "  initContainers: [" PLAIN("a") ", " SIDECAR("s") ", " PLAIN("b") "]\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("a", "1s", "0") EXITS("b", "20s", "0") BEHAVIOR("s")
     "  instances: [{exit: {after: 2s, code: 1}}, {exit: {after: 3s, code: 1}}, {}]\n",
     40,
     {{"starts s", "1 3 16"}, {"starts b", "1"}, {"starts c", "21"}, {"phase", "21:Running"},
      {"at 2 status", "Init:2/3"}, {"at 8 status", "Init:CrashLoopBackOff"},
      {"at 17 status", "Init:2/3"},
      {"field Ready", "21:True"}}},
    {"the last init container ends while a sidecar waits: main containers do not wait for it",
     POD "  initContainers: [" PLAIN("a") ", " SIDECAR("s") ", " PLAIN("b") "]\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("a", "1s", "0") EXITS("b", "9s", "0") BEHAVIOR("s")
     "  instances: [{exit: {after: 2s, code: 1}}, {exit: {after: 3s, code: 1}}, {}]\n",
     40,
     {{"starts s", "1 3 16"}, {"starts c", "10"}, {"phase", "10:Running"},
      {"field Initialized", "10:True"},
      {"field Ready", "16:True"}, {"at 12 status", "Init:CrashLoopBackOff"},
      {"at 17 status", "Running"}}},
    {"the next init container does not wait for a sidecar either that had started before",
     POD "  initContainers: [" SIDECAR("s") ", " PLAIN("a") ", " PLAIN("b") "]\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("a", "5s", "0") EXITS("b", "2s", "0") BEHAVIOR("s")
     "  instances: [{exit: {after: 1s, code: 1}}, {exit: {after: 1s, code: 1}}, {}]\n",
     40, {{"starts s", "0 1 12"}, {"starts a", "0"}, {"starts b", "5"}, {"starts c", "7"}}},
    {"a sidecar fails its startup probe inside the sequence",
     POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
     "    startupProbe: {httpGet: {port: 80}, periodSeconds: 2, failureThreshold: 2}\n"
     "  containers: [" PLAIN("c") "]\n" BEHAVIOR("s")
     "  instances: [{serve: [{from: 0s, to: 5s, status: 500}]}]\n", 20,
     {{"event Unhealthy", "2 4"}, {"says Killing", "Init container s failed startup probe"},
      {"ends s", "4:143/Error"}, {"starts s", "0 4"}, {"starts c", "6"}, {"of s started", "6:True"},
      {"phase", "6:Running"}}},
    {"a sidecar fails its liveness probe inside the sequence",
     POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
     "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 2, failureThreshold: 1}\n"
     "  - " PLAIN("b") "\n  containers: [" PLAIN("c") "]\n" EXITS("b", "10s", "0") BEHAVIOR("s")
     "  instances: [{onStop: {after: 1s}, serve: [{from: 3s, to: 5s, status: 500}]}]\n",
     20,
     {{"event Killing", "4"}, {"says Killing", "Init container s failed liveness probe"},
      {"ends s", "5:143/Error"}, {"starts s", "0 5"}, {"starts c", "10"}}},
    {"a sidecar's postStart hook fails once: the sequence waits for the one that does not",
     POD "  volumes: [{name: v, emptyDir: {}}]\n  initContainers:\n"
     "  - name: s\n    image: i:1\n    restartPolicy: Always\n    volumeMounts: [{name: v, "
     "mountPath: /v}]\n"
     "    lifecycle: {postStart: {exec: {command: [sh, -c, 'sleep 2; test -e /v/ok || { touch "
     "/v/ok; exit 1; }']}}}\n"
     "  - " PLAIN("b") "\n  containers: [" PLAIN("c") "]\n" EXITS("b", "1s", "0"),
     20,
     {{"event FailedPostStartHook", "2"}, {"ends s", "2:143/Error"}, {"starts s", "0 2"},
      {"starts b", "4"},
      {"starts c", "5"}, {"says Killing", "FailedPostStartHook"}}},
    {"two sidecars, the second delayed by its image, both by probes",
     POD "  initContainers:\n  - name: s1\n    image: i:1\n    restartPolicy: Always\n"
     "    startupProbe: {httpGet: {port: 80}, periodSeconds: 5}\n  - name: s2\n    image: j:1\n"
     "    restartPolicy: Always\n    startupProbe: {httpGet: {port: 80}, periodSeconds: 4, "
     "initialDelaySeconds: 3}\n"
     "  containers: [" PLAIN("c") "]\n" BEHAVIOR("s2") "  pull: [{from: 0s, takes: 6s}]\n",
     40,
     /* s1 at its tick 5; s2 is pulled until 11; its ticks 12 is early, 16 is not. */
     {{"starts s2", "11"}, {"of s1 started", "5:True"}, {"of s2 started", "16:True"},
      {"starts c", "16"},
      {"at 7 status", "Init:1/2"}, {"at 13 status", "Init:1/2"}, {"field Ready", "16:True"}}},
};

static const struct vector sidecars[] = {
    {"a Job's sidecar takes its leave with a hook",
     POD "  restartPolicy: OnFailure\n  initContainers:\n  - {name: s, image: i:1, restartPolicy: "
         "Always, "
         "lifecycle: {preStop: {sleep: {seconds: 4}}}}\n  containers: [" PLAIN("c") "]\n"
         BEHAVIOR("c")
         "  instances: [{exit: {after: 5s, code: 1}}, {exit: {after: 3s, code: 0}}]\n" BEHAVIOR("s")
         "  instances: [{onStop: {after: 1s, code: 0}}]\n",
     30,
     {{"starts c", "0 5"}, {"event Killing in s", "8"}, {"says Killing", "Stopping container s"},
      {"ends s", "13:0/Completed"}, {"phase", "0:Running 13:Succeeded"},
      {"at 9 status", "Completed"},
      {"at 14 status", "Completed"}}},
    {"a sidecar that waits in back-off does not keep a finished Job alive",
     POD "  restartPolicy: OnFailure\n  initContainers: [" SIDECAR("s") "]\n  containers: ["
     PLAIN("c") "]\n"
     EXITS("c", "10s", "0") BEHAVIOR("s") "  instances: [{exit: {after: 3s, code: 1}}]\n",
     30,
     {{"starts s", "0 3"}, {"ends s", "3:1/Error 6:1/Error"}, {"phase", "0:Running 10:Succeeded"},
      {"event Killing", ""}}},
    {"two sidecars of a failed main leave in reverse order",
     POD "  restartPolicy: Never\n  initContainers: [" SIDECAR("s1") ", " SIDECAR("s2") "]\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("c", "5s", "2") BEHAVIOR("s1")
     "  instances: [{onStop: {after: 1s}}]\n" BEHAVIOR("s2")
     "  instances: [{onStop: {after: 2s}}]\n", 30,
     {{"ends s2", "7:143/Error"}, {"ends s1", "8:143/Error"}, {"phase", "0:Running 8:Failed"},
      {"event Killing", "5 5"}}},
    {"... and together when the grace runs out",
     POD "  restartPolicy: Never\n  terminationGracePeriodSeconds: 4\n"
     "  initContainers: [" SIDECAR("s1") ", " SIDECAR("s2") "]\n  containers: [" PLAIN("c") "]\n"
     EXITS("c", "5s", "0") BEHAVIOR("s1") "  instances: [{onStop: {after: 1s}}]\n" BEHAVIOR("s2")
     "  instances: [{onStop: ignore}]\n",
     30, {{"ends s2", "9:137/Error"}, {"ends s1", "10:143/Error"},
          {"phase", "0:Running 10:Succeeded"}}},
    {"hooks of sidecars run at once, their turns come later",
     POD "  terminationGracePeriodSeconds: 10\n  initContainers:\n  - " SIDECAR("s1") "\n"
     "  - {name: s2, image: i:1, restartPolicy: Always, lifecycle: {preStop: {sleep: {seconds: "
     "3}}}}\n"
     "  containers: [" PLAIN("m") "]\n" BEHAVIOR("m") "  instances: [{onStop: ignore}]\n"
     BEHAVIOR("s1")
     "  instances: [{onStop: ignore}]\n" BEHAVIOR("s2") "  instances: [{onStop: {after: 1s}}]\n"
     VECTOR_STEPS "  - {at: 100s, delete: pod/p}\n",
     200,
     {{"ends m", "110:137/Error"}, {"ends s2", "111:143/Error"}, {"ends s1", "112:137/Error"},
      {"object", "0:Created 100:Terminating 112:Deleted"}, {"event Killing", "100 100 100"}}},
    {"the wait for a turn is taken from the grace, in whole seconds",
     POD "  terminationGracePeriodSeconds: 10\n  initContainers: [" SIDECAR("s") "]\n"
     "  containers: [" PLAIN("m") "]\n" BEHAVIOR("m") "  instances: [{onStop: {after: 2500ms}}]\n"
     BEHAVIOR("s") "  instances: [{onStop: ignore}]\n" VECTOR_STEPS
     "  - {at: 100s, delete: pod/p}\n", 200,
     {{"ends m", "102.5:143/Error"}, {"ends s", "110.5:137/Error"}}},
    {"hook and wait are rounded down each by itself",
     POD "  terminationGracePeriodSeconds: 10\n  initContainers:\n"
     "  - {name: s, image: i:1, restartPolicy: Always, lifecycle: {preStop: {exec: {command: "
     "[x]}}}}\n"
     "  containers: [" PLAIN("m") "]\n" BEHAVIOR("m") "  instances: [{onStop: {after: 3200ms}}]\n"
     BEHAVIOR("s") "  hooks: {preStop: {takes: 1600ms}}\n  instances: [{onStop: ignore}]\n"
     VECTOR_STEPS "  - {at: 100s, delete: pod/p}\n",
     200, {{"ends m", "103.2:143/Error"}, {"ends s", "111.2:137/Error"}}},
    {"a regular init container has no place in the order",
     POD "  initContainers: [" SIDECAR("s") ", " PLAIN("i") "]\n  containers: [" PLAIN("c") "]\n"
     BEHAVIOR("i")
     "  instances: [{exit: {after: 500s, code: 0}, onStop: {after: 5s, code: 0}}]\n" BEHAVIOR("s")
     "  instances: [{onStop: {after: 1s}}]\n" VECTOR_STEPS "  - {at: 100s, delete: pod/p}\n",
     200,
     {{"ends s", "101:143/Error"}, {"ends i", "105:0/Completed"},
      {"ends c", "105:137/ContainerStatusUnknown"}, {"phase", "105:Failed"},
      {"object", "0:Created 100:Terminating 105:Deleted"}}},
    {"a sidecar killed by its probe: hook inside the probe's own grace",
     POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
     "    lifecycle: {preStop: {sleep: {seconds: 3}}}\n"
     "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: 1, "
     "terminationGracePeriodSeconds: 4}\n"
     "  containers: [" PLAIN("c") "]\n" BEHAVIOR("s")
     "  instances: [{onStop: ignore, serve: [{from: 12s, to: 18s, status: 500}]}]\n",
     40,
     {{"event Killing", "15"}, {"ends s", "20:137/Error"}, {"starts s", "0 20"},
      {"phase", "0:Running"}}},
    {"... and one that overruns it",
     POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
     "    lifecycle: {preStop: {sleep: {seconds: 6}}}\n"
     "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: 1, "
     "terminationGracePeriodSeconds: 4}\n"
     "  containers: [" PLAIN("c") "]\n" BEHAVIOR("s")
     "  instances: [{onStop: ignore, serve: [{from: 12s, to: 18s, status: 500}]}]\n",
     40, {{"ends s", "21:137/Error"}, {"starts s", "0 21"}, {"event FailedPreStopHook", ""}}},
    {"a sidecar's ladder: a crash, then its probe, then a crash",
     POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
     "    livenessProbe: {httpGet: {port: 80}, failureThreshold: 1}\n"
     "  containers: [" PLAIN("c") "]\n" BEHAVIOR("s")
     "  instances:\n  - exit: {after: 5s, code: 1}\n  - serve: [{from: 15s, to: 25s, status: "
     "500}]\n"
     "  - exit: {after: 2s, code: 1}\n  - {}\n",
     60,
     /* Killed at 20: the instance dead before ended at 5, ten seconds are over: back-off 20. */
     {{"starts s", "0 5 20 42"}, {"ends s", "5:1/Error 20:143/Error 22:1/Error"},
      {"phase", "0:Running"},
      {"at 30 status", "Init:CrashLoopBackOff"}, {"at 30 Ready", "False"}}},
    {"init containers failed for good, a sidecar runs: it is stopped, the main one never was",
     POD "  restartPolicy: Never\n  initContainers: [" SIDECAR("s") ", " PLAIN("i") ", " PLAIN("k")
     "]\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("i", "4s", "9") BEHAVIOR("s")
     "  instances: [{onStop: {after: 3s, code: 0}}]\n",
     20,
     {{"ends s", "7:0/Completed"}, {"phase", "7:Failed"}, {"starts k", ""}, {"starts c", ""},
      {"state c", ""},
      {"state k", ""}, {"at 8 status", "Init:Error"}}},
};

static const struct vector sandboxes[] = {
    {"reboot inside the init sequence: from the first one again",
     POD "  initContainers: [" PLAIN("a") ", " PLAIN("b") "]\n  containers: [" PLAIN("c") "]\n"
     EXITS("a", "3s", "0") EXITS("b", "4s", "0") REBOOT("5s"),
     30,
     {{"event SandboxChanged", "5"}, {"starts a", "0 5"}, {"starts b", "3 8"}, {"starts c", "12"},
      {"ends b", "5:137/ContainerStatusUnknown 12:0/Completed"}, {"of a restartCount", "5:1"},
      {"of b restartCount", "8:1"}, {"phase", "12:Running"}, {"at 6 status", "Init:0/2"},
      {"at 9 status", "Init:1/2"}}},
    {"reboot while an init container waits in back-off",
     POD "  initContainers: [" PLAIN("a") ", " PLAIN("b") "]\n  containers: [" PLAIN("c") "]\n"
     EXITS("a", "1s", "0") BEHAVIOR("b")
     "  instances: [{exit: {after: 1s, code: 1}}, {exit: {after: 1s, code: 1}}, {exit: {after: 1s, "
     "code: 0}}]\n"
     REBOOT("8s"),
     30,
     {{"starts a", "0 8"}, {"starts b", "1 2 9"}, {"starts c", "10"},
      {"event SandboxChanged", "8"}}},
    {"reboot under Never: the pod has failed",
     POD "  restartPolicy: Never\n  initContainers: [" SIDECAR("s") "]\n  containers: [" PLAIN("c")
     "]\n"
     REBOOT("50s"),
     100,
     {{"event SandboxChanged", ""}, {"starts c", "0"}, {"starts s", "0"},
      {"phase", "0:Running 50:Failed"},
      {"ends c", "50:137/ContainerStatusUnknown"},
      {"says state",
       "The container could not be located when the pod was deleted.  The container used to be "
       "Running|"
       "The container could not be located when the pod was deleted.  The container used to be "
       "Running"}}},
    {"reboot under Never inside an init container",
     POD "  restartPolicy: Never\n  initContainers: [" PLAIN("a") "]\n  containers: [" PLAIN("c")
     "]\n"
     EXITS("a", "5s", "0") REBOOT("2s"),
     20, {{"event SandboxChanged", ""}, {"starts a", "0"}, {"phase", "2:Failed"},
          {"starts c", ""}}},
    {"reboot under OnFailure: what had ended well is not run again, init containers are",
     POD "  restartPolicy: OnFailure\n  initContainers: [" PLAIN("i") "]\n"
     "  containers: [" PLAIN("a") ", " PLAIN("b") "]\n" EXITS("i", "2s", "0") EXITS("a", "5s", "0")
     REBOOT("50s"), 100,
     {{"event SandboxChanged", "50"}, {"starts i", "0 50"}, {"starts a", "2"}, {"starts b", "2 52"},
      {"phase", "2:Running 50:Pending 52:Running"}, {"at 51 status", "ContainerStatusUnknown"}}},
    {"reboot when all is done changes nothing",
     POD "  restartPolicy: OnFailure\n  containers: [" PLAIN("a") ", " PLAIN("b") "]\n"
     EXITS("a", "5s", "0")
     EXITS("b", "7s", "0") REBOOT("50s"),
     100, {{"event SandboxChanged", ""}, {"starts a", "0"}, {"starts b", "0"},
           {"phase", "0:Running 7:Succeeded"}}},
    {"reboot with a sidecar: it leads the way again",
     POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
     "    startupProbe: {httpGet: {port: 80}, periodSeconds: 5}\n  - " PLAIN("i") "\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("i", "2s", "0") REBOOT("50s"),
     100,
     {{"starts s", "0 50"}, {"starts i", "5 55"}, {"starts c", "7 57"},
      {"phase", "7:Running 50:Pending 57:Running"},
      {"of s restartCount", "50:1"}, {"of c restartCount", "57:1"}}},
    {"reboot inside a postStart hook",
     POD "  containers: [{name: c, image: i:1, lifecycle: {postStart: {exec: {command: [x]}}}}]\n"
     BEHAVIOR("c")
     "  hooks: {postStart: {takes: 20s}}\n" REBOOT("5s"),
     60,
     {{"event SandboxChanged", "5"}, {"starts c", "0 5"}, {"event FailedPostStartHook", ""},
      {"ends c", "5:137/ContainerStatusUnknown"},
      {"state c", "5:Terminated/ContainerStatusUnknown 25:Running"}}},
    {"reboot while a container is being stopped",
     POD "  containers: [{name: c, image: i:1, livenessProbe: {httpGet: {port: 80}}}]\n"
     BEHAVIOR("c")
     "  instances: [{onStop: ignore, serve: [{from: 0s, to: 32s, status: 500}]}]\n" REBOOT("40s"),
     100, {{"event Killing", "30"}, {"ends c", "40:137/ContainerStatusUnknown"},
           {"starts c", "0 40"}}},
    {"reboot of a pod that is being deleted ends it",
     POD "  containers: [" PLAIN("c") "]\n" BEHAVIOR("c") "  instances: [{onStop: ignore}]\n"
     VECTOR_STEPS
     "  - {at: 100s, delete: pod/p}\n  - {at: 110s, reboot: node}\n",
     200,
     {{"object", "0:Created 100:Terminating 110:Deleted"}, {"starts c", "0"},
      {"event SandboxChanged", ""},
      {"phase", "0:Running 110:Failed"}}},
    {"reboot of a pod that still has no container: a new sandbox, and its image at once",
     POD "  containers: [" PLAIN("c") "]\n" BEHAVIOR("c")
     "  pull: [{from: 0s, to: 12s, fail: \"no\"}, {from: 12s}]\n" REBOOT("15s"),
     60, {{"event Pulling", "0 10 15"}, {"starts c", "15"}, {"event SandboxChanged", "15"}}},
};

static const struct vector restarts[] = {
    {"all containers again: no hooks, no order, the least window, no back-off",
     POD "  restartPolicy: Never\n  initContainers:\n  - " PLAIN("i") "\n"
     "  - {name: s, image: i:1, restartPolicy: Always, lifecycle: {preStop: {sleep: {seconds: "
     "5}}}}\n"
     "  containers:\n  - name: a\n    image: i:1\n    restartPolicy: Never\n    "
     "restartPolicyRules:\n"
     "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}\n  - "
     PLAIN("b") "\n"
     EXITS("i", "1s", "0") BEHAVIOR("a") "  instances: [{exit: {after: 5s, code: 42}}, {}]\n"
     BEHAVIOR("b")
     "  instances: [{onStop: ignore}]\n" BEHAVIOR("s") "  instances: [{onStop: {after: 1s}}]\n",
     60,
     {{"starts i", "0 8"}, {"starts s", "1 9"}, {"starts a", "1 9"}, {"starts b", "1 9"},
      {"ends s", "7:137/RestartingAllContainers"}, {"ends b", "8:137/RestartingAllContainers"},
      {"of i restartCount", "8:1"},
      {"of s restartCount", "9:1"}, {"field AllContainersRestarting", "6:True 8:False"},
      {"says AllContainersRestarting", "container exited with restart policy rule"},
      {"phase", "1:Running 8:Pending 9:Running"}}},
    {"all containers again and again: still no back-off",
     POD "  restartPolicy: Never\n  containers:\n  - name: a\n    image: i:1\n    restartPolicy: "
         "Never\n"
         "    restartPolicyRules:\n    - {action: RestartAllContainers, exitCodes: {operator: In, "
         "values: [42]}}\n"
         "  - " PLAIN("b") "\n" BEHAVIOR("a")
         "  instances: [{exit: {after: 5s, code: 42}}, {exit: {after: 5s, code: 42}}, {exit: "
         "{after: 5s, code: 42}}, "
         "{exit: {after: 5s, code: 1}}]\n",
     60,
     {{"starts a", "0 5 10 15"}, {"starts b", "0 5 10 15"},
      {"ends a", "5:42/Error 10:42/Error 15:42/Error 20:1/Error"},
      {"phase", "0:Running"}, {"of b restartCount", "5:1 10:2 15:3"}}},
    {"a sidecar's rule restarts all of them",
     POD "  restartPolicy: Never\n  initContainers:\n  - " PLAIN("i")
     "\n  - name: s\n    image: i:1\n"
     "    restartPolicy: Always\n    restartPolicyRules:\n"
     "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("i", "1s", "0") BEHAVIOR("s")
     "  instances: [{exit: {after: 30s, code: 42}}, {exit: {after: 3s, code: 41}}, {}]\n",
     60,
     {{"starts i", "0 31"}, {"starts s", "1 32 35"}, {"starts c", "1 32"},
      {"of c restartCount", "32:1"}}},
    {"an init container's rule restarts those that have run",
     POD "  restartPolicy: Never\n  initContainers:\n  - " SIDECAR("s") "\n  - " PLAIN("i")
     "\n  - name: k\n"
     "    image: i:1\n    restartPolicy: Never\n    restartPolicyRules:\n"
     "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}\n"
     "  containers: [" PLAIN("c") "]\n" EXITS("i", "1s", "0") BEHAVIOR("k")
     "  instances: [{exit: {after: 2s, code: 42}}, {exit: {after: 2s, code: 0}}]\n",
     60,
     {{"starts s", "0 3"}, {"starts i", "0 3"}, {"starts k", "1 4"}, {"starts c", "6"},
      {"of c restartCount", ""},
      {"phase", "6:Running"}}},
    {"all containers again by one that does nothing else: the run goes on, a second at a time",
     POD "  restartPolicy: Never\n  containers:\n  - name: a\n    image: i:1\n    restartPolicy: "
         "Never\n"
         "    restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, "
         "values: [42]}}]\n"
     EXITS("a", "0s", "42") VECTOR_STEPS "  - {at: 3500ms, delete: pod/p}\n",
     10,
     {{"starts a", "0 0 0 1 2 3"}, {"object", "0:Created 3.5:Terminating 3.5:Deleted"}}},
    {"deleted while all containers are being restarted",
     POD "  restartPolicy: Never\n  containers:\n  - name: a\n    image: i:1\n    restartPolicy: "
         "Never\n"
         "    restartPolicyRules:\n    - {action: RestartAllContainers, exitCodes: {operator: In, "
         "values: [42]}}\n"
         "  - " PLAIN("b") "\n" EXITS("a", "5s", "42") BEHAVIOR("b")
         "  instances: [{onStop: ignore}]\n"
     VECTOR_STEPS "  - {at: 6s, delete: pod/p}\n",
     60, {{"ends b", "7:137/Error"}, {"starts a", "0"},
          {"object", "0:Created 6:Terminating 7:Deleted"},
          {"phase", "0:Running 7:Failed"}}},
    {"a deadline while all containers are being restarted",
     POD "  restartPolicy: Never\n  activeDeadlineSeconds: 6\n  containers:\n  - name: a\n    "
         "image: i:1\n"
         "    restartPolicy: Never\n    restartPolicyRules:\n"
         "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}\n"
         "  - " PLAIN("b") "\n" EXITS("a", "5s", "42") BEHAVIOR("b")
         "  instances: [{onStop: ignore}]\n",
     60, {{"ends b", "7:137/Error"}, {"starts a", "0"}, {"event DeadlineExceeded", "6"},
          {"phase", "0:Running 7:Failed"}}},
    {"a rule of an init container",
     POD "  restartPolicy: Never\n  initContainers:\n  - name: i\n    image: i:1\n    "
         "restartPolicy: Never\n"
         "    restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [3, 4]}}]\n"
         "  containers: [" PLAIN("c") "]\n" BEHAVIOR("i")
         "  instances: [{exit: {after: 2s, code: 3}}, {exit: {after: 2s, code: 4}}, {exit: {after: "
         "2s, code: 0}}]\n",
     60, {{"starts i", "0 2 14"}, {"starts c", "16"}, {"phase", "16:Running"}}},
};

#define ALL(table)                                                                                 \
    Test(vectors_init, table##_scripted)                                                           \
    {                                                                                              \
        for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)                              \
            vector_check(&table[i], PODRING_NET_SCRIPT);                                           \
    }                                                                                              \
    Test(vectors_init, table##_over_the_wire)                                                      \
    {                                                                                              \
        for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)                              \
            vector_check(&table[i], PODRING_NET_MEMORY);                                           \
    }

ALL(inits)
ALL(sidecars)
ALL(sandboxes)
ALL(restarts)
