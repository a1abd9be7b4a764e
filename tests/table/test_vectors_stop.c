/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worked timelines that mix the rules of hooks, restarts and termination, in virtual time, over
 * scripted targets and over the wire.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/vector.h"

#define POD VECTOR_POD
#define BEHAVIOR VECTOR_BEHAVIOR
#define STEPS VECTOR_STEPS
#define ONE(more) POD "  containers: [{name: c, image: i:1" more "}]\n"
#define GRACE(s, more) POD "  terminationGracePeriodSeconds: " s \
    "\n  containers: [{name: c, image: i:1" more "}]\n"
#define POST(handler) ", lifecycle: {postStart: {" handler "}}"
#define PRE(handler) ", lifecycle: {preStop: {" handler "}}"
#define CMD "exec: {command: [x]}"
#define IGNORES "  instances: [{onStop: ignore}]\n"
#define DELETE(at, more) "  - {at: " at ", delete: pod/p" more "}\n"

static const struct vector post_start[] = {
    {"a request: any answer will do, and its latency counts",
     ONE(POST("httpGet: {port: 80, path: /up}")) BEHAVIOR("c")
     "  instances: [{serve: [{status: 500, latency: 2s}]}]\n",
     10,
     {{"state c", "2:Running"}, {"phase", "2:Running"}, {"event FailedPostStartHook", ""},
      {"at 1 status", "ContainerCreating"}, {"field Ready", "2:True"}}},
    {"a request that is refused, until it is not",
     ONE(POST("httpGet: {port: 80, path: /up}")) BEHAVIOR("c")
     "  instances: [{serve: [{from: 0s, to: 15s, do: refuse}]}]\n",
     40,
     {{"starts c", "0 0 10 30"}, {"event FailedPostStartHook", "0 0 10"}, {"phase", "0:Running"},
      {"at 5 status", "CrashLoopBackOff"}, {"at 31 status", "Running"}, {"field Ready", "30:True"},
      {"ends c", "0:143/Error 0:143/Error 10:143/Error"}}},
    {"a socket is no handler",
     ONE(POST("tcpSocket: {port: 80}")),
     5,
     {{"starts c", "0 0"}, {"event FailedPostStartHook", "0 0"},
      {"at 3 status", "CrashLoopBackOff"},
      {"ends c", "0:143/Error 0:143/Error"}}},
    {"a pause goes on when the process has died, and holds the worker",
     ONE(POST("sleep: {seconds: 5}")) BEHAVIOR("c") "  instances: [{exit: {after: 2s, code: 1}}]\n",
     16,
     /* Dead at 2, seen at 5, first restart at once; dead at 7, 10 s from there: 17. */
     {{"starts c", "0 5"}, {"ends c", "2:1/Error 7:1/Error"}, {"at 3 phase", ""},
      {"at 6 phase", "Running"},
      {"at 12 status", "CrashLoopBackOff"}}},
    {"a command dies with its process",
     ONE(POST(CMD)) BEHAVIOR("c") "  hooks: {postStart: {takes: 5s}}\n"
     "  instances: [{exit: {after: 2s, code: 1}}]\n",
     20,
     {{"event FailedPostStartHook", "2 4 16"}, {"starts c", "0 2 14"},
      {"ends c", "2:1/Error 4:1/Error 16:1/Error"},
      {"event Killing", ""}}},
    {"initialDelay counts from the start of the process, also on a restart, whose hook nobody sees",
     ONE(POST("sleep: {seconds: 8}")
         ", livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 5, "
         "periodSeconds: 3, failureThreshold: 1}") BEHAVIOR("c")
     "  instances: [{exit: {after: 20s, code: 1}}, {serve: [{from: 20s, status: 500}]}, {}]\n",
     36,
     /* inst1 starts 20 and is shown at 28; ticks 21, 24, 27 know only inst0; 30 fails and kills.
      * The one dead before ended at 20: its ten seconds are over. */
     {{"state c", "8:Running 20:Terminated/Error 28:Running 30:Terminated/Error"},
      {"starts c", "0 20 30"},
      {"event Unhealthy", "30"}, {"of c restartCount", "28:1"},
      {"of c ready", "8:True 20:False 28:True 30:False"},
      {"field Ready", "8:True 20:False 28:True 30:False"}}},
    {"a hook fails under Never: it is over, by the code of the process",
     POD "  restartPolicy: Never\n  containers: [{name: c, image: i:1" POST(CMD) "}]\n"
     BEHAVIOR("c")
     "  hooks: {postStart: {takes: 3s, exitCode: 1}}\n",
     20,
     {{"starts c", "0"}, {"event FailedPostStartHook", "3"}, {"ends c", "3:143/Error"},
      {"phase", "3:Failed"},
      {"at 4 status", "Error"}}},
    {"... or has succeeded",
     POD "  restartPolicy: Never\n  containers: [{name: c, image: i:1" POST(CMD) "}]\n"
     BEHAVIOR("c")
     "  hooks: {postStart: {takes: 3s, exitCode: 1}}\n  instances: [{onStop: {after: 2s, code: "
     "0}}]\n", 20, {{"ends c", "5:0/Completed"}, {"phase", "5:Succeeded"}}},
    {"a failed hook is answered by the whole ladder",
     GRACE("8", ", lifecycle: {postStart: {" CMD "}, preStop: {" CMD "}}") BEHAVIOR("c")
     "  hooks: {postStart: {takes: 2s, exitCode: 1}, preStop: {takes: 3s}}\n" IGNORES,
     11,
     {{"event FailedPostStartHook", "2"}, {"says Killing", "FailedPostStartHook"},
      {"ends c", "10:137/Error"},
      {"starts c", "0 10"}, {"at 9 status", "ContainerCreating"}, {"at 9 phase", ""},
      {"at 11 phase", "Running"}}},
    {"the container after one whose hook fails waits for the end of its stop",
     POD "  containers:\n  - {name: a, image: i:1" POST(CMD) "}\n  - {name: b, image: i:1}\n"
     BEHAVIOR("a")
     "  hooks: {postStart: {takes: 4s, exitCode: 1}}\n  instances: [{onStop: {after: 1s}}]\n",
     8, {{"starts a", "0 5"}, {"starts b", "5"}, {"ends a", "5:143/Error"}}},
    {"three containers, the first pulled, the second hooked",
     POD "  containers:\n  - {name: a, image: j:1}\n  - {name: b, image: i:1"
     POST("sleep: {seconds: 3}") "}\n"
                                 "  - {name: d, image: i:1}\n" BEHAVIOR("a")
                                 "  pull: [{from: 0s, takes: 2s}]\n",
     10,
     {{"starts a", "2"}, {"starts b", "2"}, {"starts d", "5"}, {"phase", "5:Running"},
      {"field Ready", "5:True"}}},
    {"a sibling's end is not dealt with before the hook is over",
     POD "  containers:\n  - {name: a, image: i:1}\n  - {name: b, image: i:1"
     POST("sleep: {seconds: 6}") "}\n"
     BEHAVIOR("a") "  instances: [{exit: {after: 2s, code: 1}}, {}]\n",
     20, {{"starts a", "0 6"}, {"ends a", "2:1/Error"}, {"starts b", "0"}}},
};

static const struct vector pre_stop[] = {
    {"a probe's kill with a hook that fails late",
     ONE(PRE(CMD) ", livenessProbe: {httpGet: {port: 80}}") BEHAVIOR("c")
     "  hooks: {preStop: {takes: 2s, exitCode: 1}}\n"
     "  instances: [{serve: [{from: 0s, to: 31s, status: 500}]}]\n",
     50,
     {{"event Killing", "30"}, {"event FailedPreStopHook", "32"}, {"ends c", "32:143/Error"},
      {"starts c", "0 32"}}},
    {"a request that is refused",
     ONE(PRE("httpGet: {port: 80}")) BEHAVIOR("c")
     "  instances: [{serve: [{from: 90s, do: refuse}]}]\n" STEPS
     DELETE("100s", ""),
     200, {{"event FailedPreStopHook", "100"}, {"ends c", "100:143/Error"}}},
    {"a request that hangs is given up with the grace",
     GRACE("6", PRE("httpGet: {port: 80}")) BEHAVIOR("c")
     "  instances: [{serve: [{from: 90s, do: hang}], onStop: ignore}]\n" STEPS DELETE("100s", ""),
     200, {{"ends c", "108:137/Error"}, {"event FailedPreStopHook", ""}}},
    {"a socket is no handler",
     ONE(PRE("tcpSocket: {port: 80}")) STEPS DELETE("100s", ""), 200,
     {{"event FailedPreStopHook", "100"}, {"ends c", "100:143/Error"}}},
    {"a pause as long as the grace",
     GRACE("5", PRE("sleep: {seconds: 5}")) BEHAVIOR("c") IGNORES STEPS DELETE("100s", ""), 200,
     {{"ends c", "107:137/Error"}}},
    {"a pause, and a grace that the deletion has cut",
     ONE(PRE("sleep: {seconds: 3}")) BEHAVIOR("c") IGNORES STEPS
     DELETE("100s", ", gracePeriodSeconds: 5"), 200,
     {{"ends c", "105:137/Error"}, {"object", "0:Created 100:Terminating 105:Deleted"}}},
    {"--now",
     ONE(PRE("sleep: {seconds: 3}")) BEHAVIOR("c") IGNORES STEPS
     DELETE("100s", ", gracePeriodSeconds: 1"), 200,
     {{"ends c", "103:137/Error"}, {"object", "0:Created 100:Terminating 103:Deleted"}}},
    {"a negative period is one second",
     ONE("") BEHAVIOR("c") IGNORES STEPS DELETE("100s", ", gracePeriodSeconds: -5"), 200,
     {{"ends c", "102:137/Error"}}},
    {"the spec's own grace of 0 deletes at once, and the node still gives the least",
     GRACE("0", PRE("sleep: {seconds: 0}")) BEHAVIOR("c") IGNORES STEPS DELETE("100s", ""), 200,
     {{"object", "0:Created 100:Deleted"}, {"ends c", "102:137/Error"}, {"phase", "0:Running"}}},
    {"no hook for a process that dies by itself, nor when it is killed",
     ONE(PRE("sleep: {seconds: 9}"))
     STEPS "  - {at: 40s, kill: pod/p, container: c, signal: SIGSEGV}\n"
           "  - {at: 60s, kill: pod/p, signal: SIGKILL}\n",
     80,
     {{"ends c", "40:139/Error 60:137/Error"}, {"starts c", "0 40 70"}, {"event Killing", ""}}},
    {"the exit at the deadline wins",
     ONE("") BEHAVIOR("c") "  instances: [{onStop: {after: 30s, code: 0}}]\n" STEPS
     DELETE("100s", ""), 200,
     {{"ends c", "130:0/Completed"}, {"phase", "0:Running 130:Succeeded"}}},
    {"... also at the end of the least window",
     ONE("") BEHAVIOR("c") "  instances: [{onStop: {after: 2s, code: 7}}]\n" STEPS
     DELETE("100s", ", gracePeriodSeconds: 0, force: true"),
     200, {{"object", "0:Created 100:Deleted"}, {"ends c", "102:7/Error"}}},
    {"a hook whose end and whose grace meet",
     GRACE("4", PRE(CMD)) BEHAVIOR("c") "  hooks: {preStop: {takes: 4s, exitCode: 3}}\n" STEPS
     DELETE("100s", ""), 200, {{"ends c", "104:143/Error"}, {"event FailedPreStopHook", "104"}}},
    {"its own exit comes before its reaction to the signal",
     ONE("") BEHAVIOR("c")
     "  instances: [{exit: {after: 103s, code: 5}, onStop: {after: 10s, code: 0}}]\n" STEPS
     DELETE("100s", ""),
     200, {{"ends c", "103:5/Error"}, {"object", "0:Created 100:Terminating 103:Deleted"}}},
    {"readiness goes on through the hook, and the pod is Terminating meanwhile",
     ONE(PRE("sleep: {seconds: 20}")
         ", readinessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: 1}")
     BEHAVIOR("c") "  instances: [{serve: [{from: 108s, status: 500}]}]\n" STEPS DELETE("100s", ""),
     200,
     {{"field Ready", "0:True 110:False"}, {"at 101 status", "Terminating"},
      {"at 115 phase", "Running"},
      {"ends c", "120:143/Error"}, {"why Ready", "0:- 110:ContainersNotReady"},
      {"phase", "0:Running 120:Failed"}}},
    {"liveness does not disturb a stop",
     ONE(PRE("sleep: {seconds: 20}")
         ", livenessProbe: {httpGet: {port: 80}, periodSeconds: 2, failureThreshold: 1}")
     BEHAVIOR("c") "  instances: [{serve: [{from: 101s, status: 500}]}]\n" STEPS DELETE("100s", ""),
     200, {{"event Unhealthy", ""}, {"event Killing", "100"}, {"ends c", "120:143/Error"}}},
};

static const struct vector deletions[] = {
    {"while the image is being pulled", ONE("") BEHAVIOR("c") "  pull: [{from: 0s, takes: 60s}]\n"
     STEPS
     DELETE("30s", ""),
     100,
     {{"object", "0:Created 30:Terminating 30:Deleted"}, {"starts c", ""}, {"phase", "30:Failed"},
      {"ends c", "30:137/ContainerStatusUnknown"}, {"event Pulled", ""},
      {"says state", "The container could not be located when the pod was terminated"}}},
    {"while its image is backed off", ONE("") BEHAVIOR("c") "  pull: [{from: 0s, fail: \"no\"}]\n"
     STEPS
     DELETE("25s", ""),
     100,
     {{"object", "0:Created 25:Terminating 25:Deleted"}, {"phase", "25:Failed"},
      {"ends c", "25:137/ContainerStatusUnknown"}}},
    {"inside the init sequence",
     POD "  initContainers: [{name: a, image: i:1}, {name: b, image: i:1}]\n  containers: [{name: "
         "c, image: i:1}]\n"
     BEHAVIOR("a") "  instances: [{exit: {after: 60s, code: 0}, onStop: {after: 2s, code: 0}}]\n"
     STEPS
     DELETE("20s", ""),
     100,
     {{"ends a", "22:0/Completed"}, {"starts b", ""}, {"state b", ""},
      {"ends c", "22:137/ContainerStatusUnknown"},
      {"phase", "22:Failed"}, {"object", "0:Created 20:Terminating 22:Deleted"},
      {"at 21 status", "Terminating"}}},
    {"in the back-off of an init container",
     POD "  initContainers: [{name: a, image: i:1}]\n  containers: [{name: c, image: i:1}]\n"
     BEHAVIOR("a")
     "  instances: [{exit: {after: 0s, code: 1}}]\n" STEPS DELETE("5s", ""),
     100, {{"object", "0:Created 5:Terminating 5:Deleted"}, {"phase", "5:Failed"},
           {"starts a", "0 0"}}},
    {"while a sidecar has not started",
     POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
     "    startupProbe: {httpGet: {port: 80}, periodSeconds: 50}\n  containers: [{name: c, image: "
     "i:1}]\n"
     BEHAVIOR("s") "  instances: [{onStop: {after: 1s, code: 0}}]\n" STEPS DELETE("20s", ""),
     100,
     {{"ends s", "21:0/Completed"}, {"starts c", ""}, {"ends c", "21:137/ContainerStatusUnknown"},
      {"object", "0:Created 20:Terminating 21:Deleted"}, {"phase", "21:Failed"}}},
    {"inside a postStart hook: the worker comes to it when the hook is over",
     POD "  containers:\n  - {name: a, image: i:1" POST("sleep: {seconds: 20}")
     "}\n  - {name: b, image: i:1}\n"
     BEHAVIOR("a") "  instances: [{onStop: {after: 1s, code: 0}}]\n" STEPS DELETE("5s", ""),
     100,
     {{"ends a", "21:0/Completed"}, {"starts b", ""},
      {"object", "0:Created 5:Terminating 21:Deleted"},
      {"event Killing", "20"}, {"at 6 status", "Terminating"},
      {"ends b", "21:137/ContainerStatusUnknown"}}},
    {"while a probe has one stopped: the others are stopped when that is done, and nothing starts "
     "again", POD "  containers:\n  - {name: a, image: i:1, livenessProbe: {httpGet: {port: 80}}}\n"
     "  - {name: b, image: i:1}\n" BEHAVIOR("a")
     "  instances: [{onStop: ignore, serve: [{status: 500}]}]\n"
     BEHAVIOR("b") "  instances: [{onStop: {after: 3s}}]\n" STEPS DELETE("40s", ""),
     200,
     {{"event Killing in a", "30"}, {"ends a", "60:137/Error"}, {"event Killing in b", "60"},
      {"ends b", "63:143/Error"}, {"starts a", "0"},
      {"object", "0:Created 40:Terminating 63:Deleted"}}},
    {"while its only container is being stopped, with less grace: too late",
     ONE(", livenessProbe: {httpGet: {port: 80}}") BEHAVIOR("c")
     "  instances: [{onStop: ignore, serve: [{status: 500}]}]\n" STEPS
     DELETE("40s", ", gracePeriodSeconds: 5"), 200,
     {{"ends c", "60:137/Error"}, {"event Killing", "30"},
      {"object", "0:Created 40:Terminating 60:Deleted"}}},
    {"while its preStop hook of a probe's kill runs: it is not run again",
     ONE(PRE("sleep: {seconds: 10}") ", livenessProbe: {httpGet: {port: 80}}") BEHAVIOR("c")
     "  instances: [{onStop: {after: 1s}, serve: [{status: 500}]}]\n" STEPS DELETE("35s", ""),
     200, {{"ends c", "41:143/Error"}, {"starts c", "0"},
           {"object", "0:Created 35:Terminating 41:Deleted"}}},
    {"twice, and the second shortens too late",
     GRACE("60", "") BEHAVIOR("c") IGNORES STEPS DELETE("100s", "")
     DELETE("105s", ", gracePeriodSeconds: 20"), 200,
     {{"ends c", "160:137/Error"}, {"object", "0:Created 100:Terminating 160:Deleted"}}},
    {"... or not, by a knob",
     GRACE("60", "") BEHAVIOR("c") IGNORES STEPS DELETE("100s", "")
     DELETE("105s", ", gracePeriodSeconds: 20"), 200,
     {{"set grace_shorten_live", "on"}, {"ends c", "125:137/Error"}}},
    {"... to the least there is",
     GRACE("60", "") BEHAVIOR("c") IGNORES STEPS DELETE("100s", "")
     DELETE("110s", ", gracePeriodSeconds: 5"), 200,
     {{"set grace_shorten_live", "on"}, {"ends c", "112:137/Error"}}},
    {"... and inside a hook",
     GRACE("60", PRE("sleep: {seconds: 50}")) BEHAVIOR("c") IGNORES STEPS DELETE("100s", "")
     DELETE("102s", ", gracePeriodSeconds: 4"),
     200, {{"set grace_shorten_live", "on"}, {"ends c", "108:137/Error"}}},
    {"twice, and the second by force: the object goes, the process keeps its time",
     ONE("") BEHAVIOR("c") IGNORES STEPS DELETE("100s", "") DELETE("110s", ", force: true"), 200,
     {{"object", "0:Created 100:Terminating 110:Deleted"}, {"ends c", "130:137/Error"}}},
    {"... by a knob it does not",
     ONE("") BEHAVIOR("c") IGNORES STEPS DELETE("100s", "") DELETE("110s", ", force: true"), 200,
     {{"set grace_shorten_live", "on"}, {"object", "0:Created 100:Terminating 110:Deleted"},
      {"ends c", "112:137/Error"}}},
    {"after it has ended", POD "  restartPolicy: Never\n  containers: [{name: c, image: i:1}]\n"
     BEHAVIOR("c")
     "  instances: [{exit: {after: 5s, code: 0}}]\n" STEPS DELETE("100s", ""),
     200, {{"object", "0:Created 100:Deleted"}, {"phase", "0:Running 5:Succeeded"}}},
    {"by force in a back-off", ONE("") BEHAVIOR("c") "  instances: [{exit: {after: 0s, code: 1}}]\n"
     STEPS
     DELETE("5s", ", force: true"),
     100, {{"object", "0:Created 5:Deleted"}, {"ends c", "0:1/Error 0:1/Error"},
           {"starts c", "0 0"}}},
    {"by force, with a hook, in two containers",
     POD "  containers:\n  - {name: a, image: i:1" PRE(CMD) "}\n  - {name: b, image: i:1}\n"
     BEHAVIOR("a")
     "  hooks: {preStop: {takes: 700ms}}\n  instances: [{onStop: ignore}]\n" BEHAVIOR("b")
     "  instances: [{onStop: {after: 1500ms, code: 3}}]\n" STEPS
     DELETE("100s", ", gracePeriodSeconds: 0, force: true"), 200,
     {{"ends a", "102.7:137/Error"}, {"ends b", "101.5:3/Error"},
      {"object", "0:Created 100:Deleted"}}},
    {"while sidecars of a finished Job leave",
     POD "  restartPolicy: Never\n  initContainers: [{name: s, image: i:1, restartPolicy: "
         "Always}]\n"
         "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
         "  instances: [{exit: {after: 10s, code: 0}}]\n"
     BEHAVIOR("s") "  instances: [{onStop: {after: 5s, code: 2}}]\n" STEPS DELETE("12s", ""),
     100,
     {{"ends s", "15:2/Error"}, {"phase", "0:Running 15:Succeeded"},
      {"object", "0:Created 12:Terminating 15:Deleted"},
      {"event Killing", "10"}}},
};

static const struct vector endings[] = {
    {"a deadline inside the init sequence",
     POD "  activeDeadlineSeconds: 5\n  initContainers: [{name: a, image: i:1}]\n  containers: "
         "[{name: c, image: i:1}]\n"
     BEHAVIOR("a") "  instances: [{exit: {after: 60s, code: 0}, onStop: {after: 1s}}]\n",
     20,
     {{"event DeadlineExceeded", "5"}, {"ends a", "6:143/Error"}, {"phase", "6:Failed"},
      {"starts c", ""},
      {"object", "0:Created"}, {"at 10 status", "Init:Error"}}},
    {"a deadline in a back-off",
     POD "  activeDeadlineSeconds: 8\n  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
     "  instances: [{exit: {after: 0s, code: 1}}]\n",
     60, {{"starts c", "0 0"}, {"event DeadlineExceeded", "8"}, {"phase", "0:Running 8:Failed"},
          {"event Killing", ""}}},
    {"a deadline with a hook that overruns",
     POD "  activeDeadlineSeconds: 10\n  terminationGracePeriodSeconds: 4\n  containers: [{name: "
         "c, image: i:1"
     PRE(CMD) "}]\n" BEHAVIOR("c") "  hooks: {preStop: {takes: 60s}}\n" IGNORES,
     60, {{"event DeadlineExceeded", "10"}, {"ends c", "16:137/Error"},
          {"phase", "0:Running 16:Failed"},
          {"event FailedPreStopHook", ""}}},
    {"a deadline ends the restarts",
     POD "  restartPolicy: OnFailure\n  activeDeadlineSeconds: 17\n  containers: [{name: c, image: "
         "i:1}]\n" BEHAVIOR("c")
     "  instances: [{exit: {after: 3s, code: 1}}]\n",
     60, {{"starts c", "0 3 16"}, {"ends c", "3:1/Error 6:1/Error 17:143/Error"},
          {"phase", "0:Running 17:Failed"}}},
    {"the end at the deadline wins",
     POD "  restartPolicy: Never\n  activeDeadlineSeconds: 20\n  containers: [{name: c, image: "
         "i:1}]\n" BEHAVIOR("c")
     "  instances: [{exit: {after: 20s, code: 0}}]\n",
     60, {{"event DeadlineExceeded", ""}, {"phase", "0:Running 20:Succeeded"}}},
    {"a deadline inside a postStart hook waits for it",
     POD "  activeDeadlineSeconds: 3\n  containers: [{name: c, image: i:1"
     POST("sleep: {seconds: 8}") "}]\n"
     BEHAVIOR("c") "  instances: [{onStop: {after: 1s, code: 0}}]\n",
     60, {{"ends c", "9:0/Completed"}, {"phase", "8:Running 9:Failed"}, {"event Killing", "8"},
          {"event DeadlineExceeded", "8"}}},
    {"... and the kill of a probe, and loses to a deletion meanwhile",
     POD "  activeDeadlineSeconds: 7\n  terminationGracePeriodSeconds: 8\n  containers:\n  - "
         "{name: c, image: i:1, "
         "livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: 1}}\n"
         BEHAVIOR("c")
         "  instances: [{onStop: ignore, serve: [{status: 500}]}]\n" STEPS DELETE("9s", ""),
     60, {{"event Killing", "5"}, {"event DeadlineExceeded", ""}, {"ends c", "13:137/Error"},
          {"object", "0:Created 9:Terminating 13:Deleted"}}},
    {"a deadline inside the kill of a probe waits for it",
     POD "  activeDeadlineSeconds: 7\n  terminationGracePeriodSeconds: 8\n  containers:\n  - "
         "{name: c, image: i:1, "
         "livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: 1}}\n"
         BEHAVIOR("c")
         "  instances: [{onStop: ignore, serve: [{status: 500}]}]\n",
     60, {{"event Killing", "5"}, {"event DeadlineExceeded", "13"}, {"ends c", "13:137/Error"},
          {"starts c", "0"}, {"phase", "0:Running 13:Failed"}}},
    {"a deadline while the image is late",
     POD "  activeDeadlineSeconds: 15\n  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
     "  pull: [{from: 0s, fail: \"no\"}]\n",
     60, {{"phase", "15:Failed"}, {"ends c", "15:137/ContainerStatusUnknown"},
          {"event DeadlineExceeded", "15"}}},
    {"sidecars of a pod that has run out of time leave in order",
     POD "  activeDeadlineSeconds: 10\n  initContainers: [{name: s, image: i:1, restartPolicy: "
         "Always}]\n"
         "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
         "  instances: [{onStop: {after: 3s, code: 0}}]\n"
     BEHAVIOR("s") "  instances: [{onStop: {after: 2s, code: 0}}]\n",
     60, {{"ends c", "13:0/Completed"}, {"ends s", "15:0/Completed"},
          {"phase", "0:Running 15:Failed"}}},
    {"evicted: the reason comes with the end",
     ONE(PRE("sleep: {seconds: 2}")) BEHAVIOR("c") "  instances: [{onStop: {after: 1s, code: 0}}]\n"
     STEPS
     "  - {at: 100s, evict: pod/p}\n",
     200,
     {{"ends c", "103:0/Completed"}, {"phase", "0:Running 103:Failed"}, {"object", "0:Created"},
      {"field DisruptionTarget", "103:True"}, {"why DisruptionTarget", "103:TerminationByKubelet"},
      {"why Ready", "0:- 103:PodFailed"}, {"event Killing", "100"}}},
    {"evicted in the instant in which it comes",
     ONE("") STEPS "  - {at: 0s, evict: pod/p}\n",
     60, {{"phase", "0:Failed"}, {"field DisruptionTarget", "0:True"}, {"event Scheduled", "0"},
          {"starts c", ""},
          {"ends c", "0:137/ContainerStatusUnknown"}, {"diag", ""}}},
    {"failed in the instant in which it comes",
     ONE("") STEPS "  - {at: 0s, fail: pod/p}\n", 60,
     {{"phase", "0:Failed"}, {"starts c", ""}, {"diag", ""}}},
    {"evicted in a back-off", ONE("") BEHAVIOR("c") "  instances: [{exit: {after: 0s, code: 1}}]\n"
     STEPS
     "  - {at: 5s, evict: pod/p}\n",
     60, {{"phase", "0:Running 5:Failed"}, {"starts c", "0 0"}, {"event Killing", ""}}},
    {"evicted, then deleted with less grace: only the object is sooner gone",
     ONE("") BEHAVIOR("c") IGNORES STEPS "  - {at: 100s, evict: pod/p}\n"
     DELETE("105s", ", gracePeriodSeconds: 3"), 200,
     {{"ends c", "130:137/Error"}, {"object", "0:Created 105:Terminating 130:Deleted"}}},
    {"a shell as PID 1 does not hear the signal",
     GRACE("8", ", command: [sh, -c, \"sleep 1000; echo done\"]") STEPS DELETE("100s", ""), 200,
     {{"ends c", "108:137/Error"}, {"phase", "0:Running 108:Failed"}}},
    {"... nor does a program without a handler", GRACE("8", ", command: [sleep, \"1000\"]") STEPS
     DELETE("100s", ""), 200, {{"ends c", "108:137/Error"}}},
    {"a shell that catches it while it waits",
     GRACE("8", ", command: [sh, -c, \"trap 'exit 0' TERM; while :; do sleep 1000 & wait; done\"]")
     STEPS
     DELETE("100s", ""),
     200, {{"ends c", "100:0/Completed"}, {"phase", "0:Running 100:Succeeded"}}},
    {"... and one that catches it inside a command, at its end",
     GRACE("30", ", command: [sh, -c, \"trap 'exit 3' TERM; sleep 110; sleep 500\"]") STEPS
     DELETE("100s", ""), 200,
     {{"ends c", "110:3/Error"}}},
    {"a stop signal of its own, caught",
     GRACE("8", ", command: [sh, -c, \"trap 'exit 4' USR1; while :; do sleep 1000 & wait; done\"], "
                "lifecycle: {stopSignal: SIGUSR1}") STEPS DELETE("100s", ""),
     200, {{"ends c", "100:4/Error"}}},
    {"... not caught by what runs until it is stopped",
     GRACE("8", ", lifecycle: {stopSignal: SIGINT}") STEPS
     DELETE("100s", ""),
     200, {{"ends c", "100:130/Error"}}},
    {"... and one that cannot be ignored", GRACE("8", ", lifecycle: {stopSignal: SIGKILL}")
     BEHAVIOR("c") IGNORES STEPS
     DELETE("100s", ""),
     200, {{"ends c", "100:137/Error"}}},
    {"a hook asks the program to go",
     GRACE("20", ", command: [sh, -c, \"trap 'exit 0' USR1; while :; do sleep 1; done\"]"
                 PRE("exec: {command: [sh, -c, 'kill -USR1 1; sleep 3']}")) STEPS
                 DELETE("100s", ""),
     200, {{"ends c", "101:0/Completed"}, {"object", "0:Created 100:Terminating 101:Deleted"}}},
};

static const struct vector mixtures[] = {
    {"an eviction while a probe has one container stopped",
     POD "  containers:\n  - {name: a, image: i:1, livenessProbe: {httpGet: {port: 80}}}\n"
     "  - {name: b, image: i:1}\n" BEHAVIOR("a")
     "  instances: [{onStop: ignore, serve: [{status: 500}]}]\n"
     BEHAVIOR("b") "  instances: [{onStop: {after: 3s, code: 0}}]\n" STEPS
     "  - {at: 40s, evict: pod/p}\n", 200,
     {{"ends a", "60:137/Error"}, {"ends b", "63:0/Completed"}, {"starts a", "0"},
      {"phase", "0:Running 63:Failed"}}},
    {"a deadline does not count once the pod is deleted",
     POD "  activeDeadlineSeconds: 20\n  containers: [{name: c, image: i:1"
     PRE("sleep: {seconds: 10}") "}]\n"
     BEHAVIOR("c") "  instances: [{onStop: {after: 1s, code: 0}}]\n" STEPS DELETE("15s", ""),
     60, {{"event DeadlineExceeded", ""}, {"ends c", "26:0/Completed"},
          {"phase", "0:Running 26:Succeeded"}}},
    {"the grace of the startup probe is that of its kill, the hook inside it",
     GRACE("60",
           ", lifecycle: {preStop: {sleep: {seconds: 2}}}, startupProbe: {httpGet: {port: 80}, "
           "periodSeconds: 5, "
           "failureThreshold: 2, terminationGracePeriodSeconds: 6}") BEHAVIOR("c")
     "  instances: [{onStop: ignore, serve: [{from: 0s, to: 11s, status: 500}]}]\n",
     30, {{"event Killing", "10"}, {"ends c", "16:137/Error"}, {"starts c", "0 16"},
          {"of c started", "20:True"}}},
    {"a main container does not wait for sidecars, nor they for one that is down",
     POD "  initContainers: [{name: s1, image: i:1, restartPolicy: Always}, {name: s2, image: i:1, "
         "restartPolicy: Always}]\n"
         "  containers: [{name: m, image: i:1}]\n" BEHAVIOR("m")
         "  instances: [{onStop: {after: 4s}}]\n" BEHAVIOR("s1")
         "  instances: [{onStop: {after: 1s}}]\n" BEHAVIOR("s2")
         "  instances: [{exit: {after: 49s, code: 1}}]\n" STEPS
     DELETE("100s", ""),
     200,
     /* s2: 0-49, 49-98, and waits for 108. */
     {{"starts s2", "0 49"}, {"event Killing", "100 100"}, {"ends m", "104:143/Error"},
      {"ends s1", "105:143/Error"},
      {"object", "0:Created 100:Terminating 105:Deleted"}}},
    {"a sidecar's hook fails: it is told, and its turn is kept",
     POD "  initContainers: [{name: s, image: i:1, restartPolicy: Always" PRE(CMD) "}]\n"
     "  containers: [{name: m, image: i:1}]\n" BEHAVIOR("m")
     "  instances: [{onStop: {after: 4s}}]\n" BEHAVIOR("s")
     "  hooks: {preStop: {takes: 1s, exitCode: 9}}\n" STEPS DELETE("100s", ""),
     200, {{"event FailedPreStopHook in s", "101"}, {"ends s", "104:143/Error"}}},
    {"an exit and a deletion in one instant: nothing is left to stop",
     ONE("") BEHAVIOR("c") "  instances: [{exit: {after: 100s, code: 0}}]\n" STEPS
     DELETE("100s", ""), 200,
     {{"ends c", "100:0/Completed"}, {"event Killing", ""}, {"starts c", "0"},
      {"phase", "0:Running 100:Succeeded"},
      {"object", "0:Created 100:Terminating 100:Deleted"}}},
    {"killed in its hook: the pod is gone with it",
     ONE(PRE("sleep: {seconds: 20}")) STEPS DELETE("100s", "")
     "  - {at: 105s, kill: pod/p, container: c}\n", 200,
     {{"ends c", "105:137/Error"}, {"object", "0:Created 100:Terminating 105:Deleted"}}},
    {"a grace of one second is two",
     GRACE("1", "") BEHAVIOR("c") IGNORES STEPS DELETE("100s", ""), 200,
     {{"ends c", "102:137/Error"}}},
    {"by force, while a Job's sidecar leaves",
     POD "  restartPolicy: Never\n  initContainers: [{name: s, image: i:1, restartPolicy: "
         "Always}]\n"
         "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
         "  instances: [{exit: {after: 10s, code: 0}}]\n"
     BEHAVIOR("s") IGNORES STEPS DELETE("12s", ", force: true"),
     100, {{"object", "0:Created 12:Deleted"}, {"ends s", "40:137/Error"}, {"phase", "0:Running"}}},
    {"an init container's stop takes its time, its sidecar's too, and no more is started",
     POD "  activeDeadlineSeconds: 30\n  initContainers: [{name: s, image: i:1, restartPolicy: "
         "Always}, "
         "{name: i, image: i:1}, {name: k, image: i:1}]\n  containers: [{name: c, image: i:1}]\n"
         BEHAVIOR("i")
         "  instances: [{exit: {after: 100s, code: 0}, onStop: {after: 2s, code: 0}}]\n"
         BEHAVIOR("s")
         "  instances: [{onStop: {after: 4s, code: 0}}]\n",
     100,
     {{"ends i", "32:0/Completed"}, {"ends s", "34:0/Completed"}, {"starts k", ""},
      {"starts c", ""}, {"state c", ""},
      {"phase", "34:Failed"}}},
    {"a startup tick in the instant in which the hook ends comes too early",
     ONE(POST("sleep: {seconds: 4}") ", startupProbe: {httpGet: {port: 80}, periodSeconds: 2}, "
         "readinessProbe: {httpGet: {port: 80}, periodSeconds: 5}"),
     30, {{"state c", "4:Running"}, {"of c started", "6:True"}, {"field Ready", "6:True"}}},
    {"... and counts no failure",
     ONE(POST("sleep: {seconds: 4}")
         ", startupProbe: {httpGet: {port: 80}, periodSeconds: 2, failureThreshold: 2}")
     BEHAVIOR("c") "  instances: [{serve: [{status: 500}]}]\n",
     9, {{"event Unhealthy", "6 8"}, {"event Killing", "8"}}},
    {"ready once the hook is over and the probe is content",
     ONE(POST("sleep: {seconds: 7}") ", readinessProbe: {httpGet: {port: 80}, periodSeconds: 5}")
     BEHAVIOR("c")
     "  instances: [{serve: [{to: 9s, clock: instance, status: 503}]}]\n",
     30, {{"of c started", "7:True"}, {"event Unhealthy", "7"}, {"field Ready", "12:True"},
          {"phase", "7:Running"}}},
    {"two graceful deletions of which the first is the shorter, and a force",
     ONE("") BEHAVIOR("c") IGNORES STEPS DELETE("100s", ", gracePeriodSeconds: 20")
     DELETE("101s", "")
     DELETE("119s", ", gracePeriodSeconds: 0, force: true"),
     200, {{"object", "0:Created 100:Terminating 119:Deleted"}, {"ends c", "120:137/Error"}}},
};

static const struct vector orders[] = {
    {"a forced deletion: the object, then only what the process does",
     ONE(PRE("sleep: {seconds: 5}")) BEHAVIOR("c") IGNORES STEPS DELETE("100s", ", force: true"),
     200,
     {{"order 100", "object=Deleted"}, {"order 101", ""}, {"order 103", "state/c=Terminated"}}},

    {"what a probe's kill looks like",
     ONE(", livenessProbe: {httpGet: {port: 80}, failureThreshold: 1}") BEHAVIOR("c")
     "  instances: [{serve: [{from: 5s, to: 15s, status: 500}]}]\n",
     20,
     {{"order 10",
       "Unhealthy/c Killing/c state/c=Terminated Pulled/c Created/c Started/c state/c=Running "
       "restartCount/c=1"}}},
    {"a deletion, its end and nothing after",
     ONE("") BEHAVIOR("c") "  instances: [{onStop: {after: 5s, code: 0}}]\n" STEPS
     DELETE("100s", ""), 200,
     {{"order 100", "object=Terminating Killing/c status=Terminating"},
      {"order 105", "state/c=Terminated started/c=False ready/c=False phase=Succeeded "
                    "PodReadyToStartContainers=False Ready=False ContainersReady=False "
                    "status=Completed "
                    "object=Deleted"}}},
};

#define ALL(table)                                                                                 \
    Test(vectors_stop, table##_scripted)                                                           \
    {                                                                                              \
        for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)                              \
            vector_check(&table[i], PODRING_NET_SCRIPT);                                           \
    }                                                                                              \
    Test(vectors_stop, table##_over_the_wire)                                                      \
    {                                                                                              \
        for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)                              \
            vector_check(&table[i], PODRING_NET_MEMORY);                                           \
    }

ALL(post_start)
ALL(pre_stop)
ALL(deletions)
ALL(endings)
ALL(mixtures)
ALL(orders)

/* "now - status.startTime >= value", and "timestamps published in pod status are truncated to whole
 * seconds". */
Test(vectors_stop, a_deadline_counts_from_a_whole_second)
{
    static const char pod[] = VECTOR_POD
        "  activeDeadlineSeconds: 5\n  containers: [{name: c, image: i:1}]\n";
    struct story_options o = {.for_ms = 1900};
    struct story *s = story_run("apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n", &o);

    cr_assert_eq(podring_load_text(story_ring(s), "later", pod, strlen(pod)), 0);
    cr_assert_eq(podring_apply(story_ring(s)), 0);
    podring_run_until(story_ring(s), 9000);
    story_eq(story_starts(s, "c"), "1.9");
    story_eq(story_events(s, "DeadlineExceeded"), "6");
    story_eq(story_ends(s, "c"), "6:143/Error");
    story_free(s);
}

/* ---- what a failed hook leaves to read ------------------------------------------------------- */

static void says(const char *yaml, const char *state, const char *part)
{
    struct story_options o = {.for_ms = 1000};
    struct story *s = story_run(yaml, &o);
    const char *is = story_messages(s, "state");

    cr_expect_eq(strncmp(is, state, strlen(state)), 0, "\"%s\"\nshould begin with\n\"%s\"", is,
                 state);
    cr_expect_not_null(strstr(is, part), "\"%s\"\nshould contain\n\"%s\"", is, part);
    story_free(s);
}

Test(vectors_stop, what_failed_hooks_say)
{
    says(ONE(
             POST("exec: {command: [sh, -c, \"echo ready; printf 'a\\\\t\\\"b\\\"' >&2; exit "
                  "15\"]}")),
         "Exec lifecycle hook ([sh -c echo ready; printf 'a\\t\"b\"' >&2; exit 15]) for Container "
         "\"c\" in Pod "
         "\"p_default(",
         ")\" failed - error: command 'sh -c echo ready; printf 'a\\t\"b\"' >&2; exit 15' exited "
         "with 15: "
         "a\t\"b\", message: \"ready\\na\\t\\\"b\\\"\"");
    says(ONE(POST("exec: {command: [sh, -c, 'exit 15']}")),
         "Exec lifecycle hook ([sh -c exit 15]) for Container \"c\" in Pod \"p_default(",
         ")\" failed - error: command 'sh -c exit 15' exited with 15: , message: \"\"");
    says(ONE(POST(CMD)) BEHAVIOR("c")
         "  hooks: {postStart: {exitCode: 3, output: \"no\\nluck\"}}\n",
         "Exec lifecycle hook ([x]) for Container \"c\" in Pod \"p_default(",
         "command 'x' exited with 3: , message: \"no\\nluck\"");
    says(ONE(POST("httpGet: {port: 80, path: /up}")) BEHAVIOR("c")
         "  instances: [{serve: [{do: refuse}]}]\n",
         "HTTP lifecycle hook (/up) for Container \"c\" in Pod \"p_default(",
         ")\" failed - error: Get \"http://127.1.0.1:80/up\": dial tcp 127.1.0.1:80: connect: "
         "connection refused");
    says(ONE(POST("tcpSocket: {port: 80}")),
         "Cannot run handler: invalid handler: "
         "&LifecycleHandler{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{"
         "Port:{0 80 },Host:,},Sleep:nil,}",
         "");
    /* The stop that it brings about has a hook too, which fails as well: that one says nothing. */
    says(ONE(", lifecycle: {postStart: {exec: {command: [sh, -c, 'exit 7']}}, "
             "preStop: {exec: {command: [sh, -c, 'echo late; exit 9']}}}"),
         "Exec lifecycle hook ([sh -c exit 7]) for Container \"c\" in Pod \"p_default(",
         ")\" failed - error: command 'sh -c exit 7' exited with 7: , message: \"\"");
}

Test(vectors_stop, https_of_a_server_without_tls)
{
    struct story_options o = {.for_ms = 1000};
    struct story *s =
        story_run(ONE(POST("httpGet: {port: 80, path: /up, scheme: HTTPS}")) BEHAVIOR("c")
                  "  instances: [{serve: [{status: 200}]}]\n",
                  &o);

    story_eq(story_field(s, "p", "c", "state"), "0:Running");
    story_eq(story_messages(s, "LifecycleHTTPFallback"),
             "request to HTTPS lifecycle hook 127.1.0.1:80 got HTTP response, retry with HTTP "
             "succeeded");
    story_free(s);
}
