/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Kubernetes' conformance and end-to-end tests for init containers, sidecars, hooks, restarts
 * and termination demand, case by case: the commands are of their kind (see cases.h), the instants
 * follow from the rules.
 */
#include <criterion/criterion.h>

#include "tests/support/cases.h"
#include "tests/support/vector.h"

#define POD VECTOR_POD
#define BEHAVIOR VECTOR_BEHAVIOR
#define STEPS VECTOR_STEPS
#define NEVER "  restartPolicy: Never\n"
#define ON_FAILURE "  restartPolicy: OnFailure\n"
#define INITS "  initContainers:\n"
#define MAINS "  containers:\n"
#define C(name, command) "  - name: " name "\n    image: busybox:1.36\n    " command "\n"
#define SIDE(name, command) C(name, command) "    restartPolicy: Always\n"
#define MORE(field) "    " field "\n"
#define POST(script) MORE("lifecycle: {" CASE_HOOK("postStart", script) "}")
#define PRE(script) MORE("lifecycle: {" CASE_HOOK("preStop", script) "}")
#define DELETE(at, more) STEPS "  - {at: " at ", delete: pod/p" more "}\n"
#define TRUE "command: [/bin/true]"
#define FALSE "command: [/bin/false]"
#define PAUSE(name) "  - {name: " name ", image: \"pause:3.10\"}\n"
#define BAD_IMAGE(c) BEHAVIOR(c) "  pull: [{from: 0s, fail: \"no such host\"}]\n"

static const struct vector inits[] = {
    {"init containers of a pod that is not restarted",
     POD NEVER INITS C("init1", TRUE) C("init2", TRUE) MAINS C("run1", TRUE), 10,
     {{"phase", "0:Running 0:Succeeded"}, {"field Initialized", "0:True"},
      {"at 1 of init1 ready", "True"},
      {"ends init1", "0:0/Completed"}, {"ends init2", "0:0/Completed"}}},
    {"init containers of a pod that is always restarted",
     POD INITS C("init1", TRUE) C("init2", TRUE) MAINS PAUSE("run1"), 10,
     {{"phase", "0:Running"}, {"field Initialized", "0:True"}, {"at 1 of init2 ready", "True"},
      {"starts run1", "0"}}},
    {"an init container that always fails keeps the pod Pending",
     POD INITS C("init1", FALSE) C("init2", TRUE) MAINS PAUSE("run1"), 35,
     {{"starts init1", "0 0 10 30"}, {"starts init2", ""}, {"starts run1", ""}, {"phase", ""},
      {"state init2", ""},
      {"state run1", ""}, {"at 5 of init1 restartCount", "1"},
      {"at 35 of init1 restartCount", "3"}}},
    {"an init container that fails under Never fails the pod",
     POD NEVER INITS C("init1", TRUE) C("init2", FALSE) MAINS C("run1", TRUE), 10,
     {{"phase", "0:Failed"}, {"starts run1", ""}, {"state run1", ""}, {"field Initialized", ""},
      {"at 1 status", "Init:Error"},
      {"at 1 of init1 ready", "True"}}},
    {"an init container whose image is not there",
     POD NEVER INITS "  - {name: init1, image: \"none/none:1\"}\n" MAINS
     C("regular1", CASE_WORK("1", "0", "0"))
     BAD_IMAGE("init1"),
     60, {{"at 25 status", "Init:ImagePullBackOff"}, {"starts init1", ""}, {"starts regular1", ""},
          {"phase", ""}}},
    {"three init containers run one after the other, once, however often the main one restarts",
     POD INITS C("init1", CASE_WORK("1", "0", "0")) C("init2", CASE_WORK("1", "0", "0"))
         C("init3", CASE_WORK("1", "0", "0")) MAINS C("regular1", CASE_WORK("10", "0", "-1")),
     100,
     {{"starts init1", "0"}, {"starts init2", "1"}, {"starts init3", "2"},
      {"starts regular1", "3 13 33 63"},
      /* -1 is no number to it */
      {"ends regular1", "13:2/Error 23:2/Error 43:2/Error 73:2/Error"}}},
    {"an init container is over before the postStart hook of the main one begins",
     POD NEVER INITS C("init1", CASE_WORK("1", "0", "0")) MAINS
     C("regular1", CASE_WORK("10", "0", "0"))
         POST("sleep 1; exit 0"),
     30, {{"ends init1", "1:0/Completed"}, {"starts regular1", "1"},
          {"state regular1", "2:Running 11:Terminated/Completed"},
          {"phase", "2:Running 11:Succeeded"}}},
    {"an image changed while the pod initialises is the one that starts, once",
     POD INITS C("init1", CASE_WORK("60", "0", "0")) MAINS "  - {name: regular1, image: \"a:1\"}\n"
     STEPS
     "  - {at: 20s, setImage: pod/p, container: regular1, image: \"a:2\"}\n",
     80, {{"starts regular1", "60"}, {"of regular1 restartCount", ""}, {"event Killing", ""},
          {"starts init1", "0"}}},
    {"a pod that is deleted while it initialises does not hang",
     POD INITS C("init1", CASE_WORK("600", "5", "0")) MAINS
     C("regular1", CASE_WORK("600", "5", "0")) DELETE("30s", ""), 120,
     {{"ends init1", "35:0/Completed"}, {"starts regular1", ""},
      {"object", "0:Created 30:Terminating 35:Deleted"}}},
};

static const struct vector sidecars[] = {
    {"a sidecar runs beside an init container and the main one, and ends after it",
     POD NEVER INITS SIDE("s1", CASE_WORK("600", "5", "0")) C("i2", CASE_WORK("1", "0", "0")) MAINS
         C("m", CASE_WORK("1", "0", "0")),
     30, {{"starts s1", "0"}, {"starts i2", "0"}, {"starts m", "1"}, {"ends m", "2:0/Completed"},
          {"ends s1", "7:0/Completed"},
          {"phase", "1:Running 7:Succeeded"}}},
    {"sidecars start in order, before main containers",
     POD NEVER INITS C("i1", CASE_WORK("1", "0", "0")) SIDE("s1", CASE_WORK("600", "0", "0"))
         C("i2", CASE_WORK("1", "0", "0")) SIDE("s2", CASE_WORK("600", "0", "0"))
         C("i3", CASE_WORK("1", "0", "0"))
             SIDE("s3", CASE_WORK("600", "0", "0")) MAINS C("m", CASE_WORK("1", "0", "0")),
     30, {{"starts s1", "1"}, {"starts i2", "1"}, {"starts s2", "2"}, {"starts i3", "2"},
          {"starts s3", "3"}, {"starts m", "3"},
          {"ends s3", "4:0/Completed"}, {"phase", "3:Running 4:Succeeded"}}},
    {"a sidecar whose image is not there keeps the pod Pending",
     POD NEVER INITS "  - {name: s1, image: \"none/none:1\", restartPolicy: Always}\n" MAINS
         C("m", CASE_WORK("1", "0", "0")) BAD_IMAGE("s1"),
     60, {{"at 25 status", "Init:ImagePullBackOff"}, {"starts m", ""}, {"phase", ""}}},
    {"a sidecar that exits with 0 again and again is started again before and after the main one",
     POD INITS SIDE("s1", CASE_WORK("5", "0", "0")) C("i1", CASE_WORK("5", "0", "0")) MAINS
         C("m", CASE_WORK("60", "0", "0")),
     140,
     /* s1 0-5, 5-10, 20-25, 45-50, 90-95; m 5-65, again at once, 65-125, again 10 s later. */
     {{"starts s1", "0 5 20 45 90"}, {"starts m", "5 65 135"}, {"phase", "5:Running"}}},
    {"... and one that exits with 1, under Never: the pod ends with its main container",
     POD NEVER INITS SIDE("s1", CASE_WORK("5", "0", "1")) C("i1", CASE_WORK("5", "0", "0")) MAINS
         C("m", CASE_WORK("30", "0", "0")),
     60, {{"starts s1", "0 5 20"}, {"ends m", "35:0/Completed"},
          {"phase", "5:Running 35:Succeeded"}}},
    {"an init container that fails before a sidecar: the sidecar never starts",
     POD INITS C("i1", CASE_WORK("1", "0", "1")) SIDE("s1", CASE_WORK("600", "0", "0")) MAINS
         C("m", CASE_WORK("600", "0", "0")),
     40, {{"starts i1", "0 1 12 33"}, {"starts s1", ""}, {"phase", ""}}},
    {"... under Never the pod has failed",
     POD NEVER INITS C("i1", CASE_WORK("1", "0", "1")) SIDE("s1", CASE_WORK("600", "0", "0")) MAINS
         C("m", CASE_WORK("600", "0", "0")),
     40, {{"starts i1", "0"}, {"starts s1", ""}, {"phase", "1:Failed"}}},
    {"a sidecar and an init container after it both fail: they are started again beside each other",
     POD INITS SIDE("s1", CASE_WORK("5", "0", "1")) C("i1", CASE_WORK("1", "0", "1")) MAINS
         C("m", CASE_WORK("600", "0", "0")),
     60, {{"starts s1", "0 5 20 45"}, {"starts i1", "0 1 12 33"}, {"starts m", ""}, {"phase", ""}}},
    {"... under Never: the init container's failure stops the sidecar",
     POD NEVER INITS SIDE("s1", CASE_WORK("600", "5", "1")) C("i1", CASE_WORK("1", "0", "1")) MAINS
         C("m", CASE_WORK("600", "0", "0")),
     60, {{"ends s1", "6:1/Error"}, {"starts i1", "0"}, {"starts m", ""}, {"phase", "6:Failed"}}},
    {"startup probes put sidecars in a row",
     POD NEVER INITS SIDE("s1", CASE_SLOW("10", "600", "5", "0")) MORE(CASE_STARTED)
         SIDE("s2", CASE_SLOW("10", "600", "5", "0")) MORE(CASE_STARTED) MAINS
         C("m", CASE_WORK("1", "0", "0")),
     60,
     /* The file is there at 10, before the tick; s2 runs 10 to 20 before its own. */
     {{"starts s1", "0"}, {"starts s2", "10"}, {"starts m", "20"}, {"ends m", "21:0/Completed"},
      {"ends s2", "26:0/Completed"}, {"ends s1", "31:0/Completed"},
      {"phase", "20:Running 31:Succeeded"}}},
    {"a startup probe that fails for good: the main container never starts, the sidecar again and "
     "again", POD NEVER INITS SIDE("s1", CASE_WORK("600", "1", "0"))
         MORE("startupProbe: {exec: {command: [sh, -c, exit 1]}, initialDelaySeconds: 5, "
              "failureThreshold: 1}") MAINS
             C("m", CASE_WORK("1", "0", "0")),
     35, {{"starts s1", "0 11 21 31"}, {"starts m", ""}, {"phase", ""}}},
    {"a sidecar whose liveness fails is started again, the main container is not",
     POD NEVER INITS SIDE("s1", CASE_WORK("600", "5", "1"))
         MORE("livenessProbe: {exec: {command: [sh, -c, exit 1]}, initialDelaySeconds: 10, "
              "failureThreshold: 1}") MAINS
             C("m", CASE_WORK("30", "0", "0")),
     60, {{"starts s1", "0 15"}, {"starts m", "0"}, {"ends s1", "15:1/Error 35:1/Error"},
          {"phase", "0:Running 35:Succeeded"}}},
    {"a sidecar's postStart hook is over before the next container starts",
     POD NEVER INITS SIDE("s1", CASE_WORK("600", "1", "0")) POST("sleep 10; exit 0") MAINS
         C("m", CASE_WORK("1", "0", "0")),
     60, {{"starts s1", "0"}, {"starts m", "10"}, {"phase", "10:Running 12:Succeeded"}}},
    {"sidecars end in reverse order when the main container has",
     POD NEVER INITS SIDE("s1", CASE_WORK("600", "5", "0")) SIDE("s2", CASE_WORK("600", "5", "0"))
         SIDE("s3", CASE_WORK("600", "5", "0")) MAINS C("m", CASE_WORK("5", "0", "0")),
     60, {{"ends s3", "10:0/Completed"}, {"ends s2", "15:0/Completed"},
          {"ends s1", "20:0/Completed"},
          {"phase", "0:Running 20:Succeeded"}}},
    {"their preStop hooks begin together",
     POD NEVER INITS SIDE("s1", CASE_WORK("600", "5", "0")) PRE("sleep 1; exit 0")
         SIDE("s2", CASE_WORK("600", "5", "0")) PRE("sleep 1; exit 0") MAINS
         C("m", CASE_WORK("5", "0", "0"))
             PRE("sleep 1; exit 0"),
     60, {{"event Killing", "5 5"}, {"ends s2", "11:0/Completed"}, {"ends s1", "16:0/Completed"}}},
    {"also when the pod is deleted, the main container first",
     POD NEVER INITS SIDE("s1", CASE_WORK("600", "5", "0")) PRE("sleep 1; exit 0")
         SIDE("s2", CASE_WORK("600", "5", "0")) PRE("sleep 1; exit 0") MAINS
         C("m", CASE_WORK("600", "5", "0"))
             PRE("sleep 1; exit 0") DELETE("50s", ""),
     120, {{"event Killing", "50 50 50"}, {"ends m", "56:0/Completed"},
           {"ends s2", "61:0/Completed"},
           {"ends s1", "66:0/Completed"}, {"object", "0:Created 50:Terminating 66:Deleted"}}},
    {"sidecars are not started again once the pod is to end",
     POD INITS SIDE("s1", CASE_WORK("600", "5", "1")) SIDE("s2", CASE_WORK("52", "5", "1")) MAINS
         C("m", CASE_WORK("600", "10", "0")) DELETE("50s", ""),
     120, {{"starts s2", "0"}, {"ends s2", "52:1/Error"}, {"ends m", "60:0/Completed"},
           {"ends s1", "65:1/Error"}}},
    {"without grace left, they are told to stop together",
     POD "  terminationGracePeriodSeconds: 5\n" INITS SIDE("s1", CASE_WORK("600", "1", "0"))
         SIDE("s2", CASE_WORK("600", "1", "0")) MAINS C("m", CASE_WORK("600", "60", "0"))
         DELETE("50s", ""),
     120, {{"ends m", "55:137/Error"}, {"ends s1", "56:0/Completed"},
           {"ends s2", "56:0/Completed"}}},
    {"a hook that does not end is given up with the grace, and the least window follows",
     POD "  terminationGracePeriodSeconds: 5\n" INITS SIDE("s1", CASE_WORK("600", "60", "0"))
     PRE("sleep 600") MAINS
         C("m", CASE_WORK("600", "1", "0")) DELETE("50s", ""),
     120, {{"ends m", "51:0/Completed"}, {"ends s1", "57:137/Error"},
           {"object", "0:Created 50:Terminating 57:Deleted"}}},
    {"an image of a sidecar changed: it alone is replaced",
     POD INITS "  - {name: s1, image: \"a:1\", restartPolicy: Always}\n"
     SIDE("s2", CASE_WORK("600", "1", "0")) MAINS
         C("m", CASE_WORK("600", "1", "0"))
         STEPS "  - {at: 50s, setImage: pod/p, container: s1, image: \"a:2\"}\n",
     100, {{"starts s1", "0 50"}, {"starts s2", "0"}, {"starts m", "0"},
           {"of s1 restartCount", "50:1"}}},
};

static const struct vector hooks[] = {
    {"the second container waits for the postStart hook of the first",
     POD NEVER MAINS C("regular1", CASE_WORK("10", "0", "0")) POST("sleep 1; exit 0")
     C("regular2", CASE_WORK("1", "0", "0")), 30,
     {{"starts regular1", "0"}, {"starts regular2", "1"}, {"phase", "1:Running 10:Succeeded"}}},
    {"postStart by a request to a server of another pod",
     "apiVersion: v1\nkind: Pod\nmetadata: {name: handler, labels: {app: h}}\nspec:\n"
     "  containers: [{name: h, image: \"agnhost:2\", ports: [{containerPort: 8080}]}]\n---\n"
     "apiVersion: v1\nkind: Service\nmetadata: {name: handler}\n"
     "spec: {selector: {app: h}, ports: [{port: 8080}]}\n---\n" POD MAINS
     "  - name: c\n    image: \"agnhost:2\"\n    lifecycle:\n"
     "      postStart: {exec: {command: [sh, -c, 'sleep 2; curl "
     "http://handler:8080/echo?msg=poststart']}}\n"
     "      preStop: {exec: {command: [sh, -c, 'curl http://handler:8080/echo?msg=prestop']}}\n"
     DELETE("50s", ", gracePeriodSeconds: 15"), 100,
     {{"event FailedPostStartHook", ""}, {"event FailedPreStopHook", ""},
      {"state c", "2:Running 50:Terminated/Error"},
           {"object", "0:Created 50:Terminating 50:Deleted"}}},
    {"hooks by requests to a sidecar of the pod",
     POD INITS
     "  - {name: redirect, image: \"agnhost:2\", restartPolicy: Always, startupProbe: {httpGet: "
     "{path: /echo, "
     "port: 8080}}}\n" MAINS "  - name: c\n    image: \"pause:3\"\n    lifecycle:\n"
     "      postStart: {httpGet: {path: \"/dial?request=poststart\", port: 8080}}\n"
     "      preStop: {httpGet: {path: \"/dial?request=prestop\", port: 8080}}\n"
     BEHAVIOR("redirect")
     "  instances: [{serve: [{path: /dial, status: 200, latency: 1s}]}]\n"
     DELETE("50s", ", gracePeriodSeconds: 15"), 100,
     {{"state c", "11:Running 51:Terminated/Error"}, {"event FailedPreStopHook", ""},
      {"event FailedPostStartHook", ""}}},
    {"preStop sleeps fifty of a hundred seconds",
     POD "  terminationGracePeriodSeconds: 100\n" MAINS
     "  - {name: c, image: \"pause:3\", lifecycle: {preStop: {sleep: {seconds: 50}}}}\n"
     BEHAVIOR("c")
     "  instances: [{onStop: {code: 0}}]\n" DELETE("100s", ""),
     300, {{"ends c", "150:0/Completed"}}},
    {"... less if the deletion gives less",
     POD "  terminationGracePeriodSeconds: 100\n" MAINS
     "  - {name: c, image: \"pause:3\", lifecycle: {preStop: {sleep: {seconds: 50}}}}\n"
     BEHAVIOR("c")
     "  instances: [{onStop: {code: 0}}]\n" DELETE("100s", ", gracePeriodSeconds: 30"),
     300, {{"ends c", "130:0/Completed"}}},
    {"... not at all if the container has ended",
     POD NEVER MAINS "  - {name: c, image: busybox, command: [/bin/sh, -c, sleep 3], "
                     "lifecycle: {preStop: {sleep: {seconds: 10}}}}\n" DELETE("20s", ""),
     100, {{"ends c", "3:0/Completed"}, {"object", "0:Created 20:Deleted"}}},
    {"... and no time if it sleeps for none",
     POD MAINS "  - {name: c, image: \"pause:3\", lifecycle: {preStop: {sleep: {seconds: 0}}}}\n"
     DELETE("20s", ""), 100,
     {{"ends c", "20:143/Error"}, {"event FailedPreStopHook", ""}}},
    {"a stop signal may be named", POD "  os: {name: linux}\n" MAINS
                                   "  - {name: c, image: \"pause:3\", lifecycle: {stopSignal: "
                                   "SIGTERM}}\n",
     10, {{"phase", "0:Running"}}},
    {"preStop when the startup probe fails, under Never",
     POD NEVER MAINS C("regular1", CASE_WORK("100", "15", "0"))
         MORE("startupProbe: {exec: {command: [sh, -c, exit 1]}, initialDelaySeconds: 10, "
              "failureThreshold: 1}")
             PRE("sleep 1; exit 0"),
     60, {{"event Killing", "10"}, {"says Killing", "Container regular1 failed startup probe"},
          {"ends regular1", "26:0/Completed"}, {"phase", "0:Running 26:Succeeded"}}},
    {"preStop when the liveness probe fails, under Never",
     POD NEVER MAINS C("regular1", CASE_WORK("100", "10", "0"))
         MORE("livenessProbe: {exec: {command: [sh, -c, exit 1]}, initialDelaySeconds: 10, "
              "failureThreshold: 1}")
             PRE("sleep 10; exit 0"),
     60, {{"event Killing", "10"}, {"ends regular1", "30:0/Completed"}, {"starts regular1", "0"},
          {"phase", "0:Running 30:Succeeded"}}},
    {"preStop lets the process end by itself, and the pod is gone with it",
     POD MAINS C("c", CASE_SH("while [ ! -f /stop ]; do sleep 1; done; exit 0"))
     PRE("sleep 10; touch /stop; sleep 10")
         DELETE("20s", ", gracePeriodSeconds: 60"),
     /* The file is there at 30, after the look of that instant. */
     100, {{"ends c", "31:0/Completed"}, {"object", "0:Created 20:Terminating 31:Deleted"}}},
};

static const struct vector ends[] = {
    {"a program that does not hear gets the whole grace", POD MAINS
     C("c", "command: [sleep, \"10000\"]") DELETE("20s", ""), 100,
     {{"ends c", "50:137/Error"}, {"object", "0:Created 20:Terminating 50:Deleted"}}},
    {"... and a hook that does not end, little more",
     POD MAINS C("c", "command: [sleep, \"10000\"]")
     MORE("lifecycle: {preStop: {exec: {command: [sleep, \"10000\"]}}}")
         DELETE("20s", ""),
     100, {{"ends c", "52:137/Error"}}},
    {"a pod that is submitted, and removed with a grace of its own",
     POD MAINS PAUSE("c") DELETE("20s", ", gracePeriodSeconds: 30"), 60,
     {{"object", "0:Created 20:Terminating 20:Deleted"}, {"event Killing", "20"}}},
    {"a pod that is deleted early never tells of a success it did not have",
     POD NEVER MAINS C("fail", "command: [/bin/false]") DELETE("0s", ""), 60,
     {{"starts fail", ""}, {"object", "0:Created 0:Terminating 0:Deleted"}, {"phase", "0:Failed"}}},
    {"a pod whose init container fails never tells of its main one",
     POD NEVER INITS C("fail", FALSE) MAINS C("blocked", TRUE) DELETE("1s", ""), 60,
     {{"state blocked", ""}, {"phase", "0:Failed"}, {"object", "0:Created 1:Deleted"}}},
    {"a container of a pod that is deleted ends with the code of its handler",
     POD NEVER MAINS C("c", CASE_WORK("600", "2", "7")) DELETE("20s", ""), 60,
     {{"ends c", "22:7/Error"}, {"phase", "0:Running 22:Failed"}}},
    {"a deadline fails the pod",
     POD "  activeDeadlineSeconds: 5\n" MAINS PAUSE("c"), 60,
     {{"phase", "0:Running 5:Failed"}, {"event DeadlineExceeded", "5"}, {"object", "0:Created"}}},
    {"an image changed while the pod is being stopped changes nothing",
     POD MAINS "  - {name: c, image: \"a:1\"}\n" BEHAVIOR("c")
     "  instances: [{onStop: {after: 20s, code: 0}}]\n" STEPS
     "  - {at: 20s, delete: pod/p}\n  - {at: 25s, setImage: pod/p, container: c, image: \"a:2\"}\n",
     60, {{"starts c", "0"}, {"ends c", "40:0/Completed"},
          {"object", "0:Created 20:Terminating 40:Deleted"}}},
};

#define RULES(action) "    restartPolicyRules: [{action: " action \
    ", exitCodes: {operator: In, values: [42]}}]\n"
#define OWN(policy) "    restartPolicy: " policy "\n"
#define MOUNT "    volumeMounts: [{name: workdir, mountPath: /mnt}]\n"
#define VOLUME "  volumes: [{name: workdir, emptyDir: {}}]\n"

static const struct vector restarts[] = {
    {"a rule that matches restarts", POD NEVER MAINS C("c", CASE_SH("exit 42")) OWN("Never")
     RULES("Restart"), 35,
     {{"starts c", "0 0 10 30"}, {"phase", "0:Running"}}},
    {"a rule that does not match leaves it to the container's policy",
     POD NEVER MAINS C("c", CASE_SH("exit 1")) OWN("Never") RULES("Restart"), 35,
     {{"starts c", "0"}, {"phase", "0:Running 0:Failed"}}},
    {"a container's Never wins over the pod's Always", POD MAINS C("c", CASE_SH("exit 1"))
     OWN("Never"), 35,
     {{"starts c", "0"}, {"phase", "0:Running 0:Failed"}}},
    {"a container's Always wins over the pod's Never", POD NEVER MAINS C("c", CASE_SH("exit 1"))
     OWN("Always"), 35,
     {{"starts c", "0 0 10 30"}, {"phase", "0:Running"}}},
    {"without one of its own, the pod's Always holds", POD MAINS C("c", CASE_SH("exit 1")), 35,
     {{"starts c", "0 0 10 30"}}},
    {"a main container's rule restarts all containers, once",
     POD NEVER VOLUME INITS C("init", CASE_SH("exit 0")) SIDE("sidecar", CASE_SH("sleep 10000"))
     MAINS
         C("source",
           CASE_SH("if [ -f /mnt/restart-complete ]; then sleep 10000; else touch "
                   "/mnt/restart-complete; "
                   "exit 42; fi")) OWN("Never") RULES("RestartAllContainers") MOUNT
             C("regular", CASE_SH("sleep 10000")),
     60, {{"starts init", "0 2"}, {"starts sidecar", "0 2"}, {"starts source", "0 2"},
          {"starts regular", "0 2"},
          {"ends regular", "2:137/RestartingAllContainers"}, {"of regular restartCount", "2:1"}}},
    {"a sidecar's rule does, too",
     POD NEVER VOLUME INITS C("init", CASE_SH("exit 0")) SIDE("sidecar", CASE_SH("sleep 10000"))
         SIDE("source",
              CASE_SH("if [ -f /mnt/init-complete ]; then sleep 10000; else touch "
                      "/mnt/init-complete; "
                      "sleep 30; exit 42; fi")) RULES("RestartAllContainers") MOUNT MAINS
             C("regular", CASE_SH("sleep 10000")),
     60, {{"starts init", "0 32"}, {"starts sidecar", "0 32"}, {"starts source", "0 32"},
          {"starts regular", "0 32"}}},
    {"an init container's rule restarts what has run",
     POD NEVER VOLUME INITS SIDE("sidecar", CASE_SH("sleep 10000")) C("init", CASE_SH("exit 0"))
         C("source",
           CASE_SH("if [ -f /mnt/init-complete ]; then exit 0; else touch /mnt/init-complete; exit "
                   "42; fi"))
             OWN("Never") RULES("RestartAllContainers") MOUNT MAINS
             C("regular", CASE_SH("sleep 10000")),
     60, {{"starts sidecar", "0 2"}, {"starts init", "0 2"}, {"starts source", "0 2"},
          {"starts regular", "2"}}},
    {"two containers with the rule do not start a loop",
     POD NEVER VOLUME MAINS
         C("source",
           CASE_SH("if [ -f /mnt/restart-complete ]; then sleep 10000; else touch "
                   "/mnt/restart-complete; "
                   "sleep 10; exit 42; fi")) OWN("Never") RULES("RestartAllContainers") MOUNT
             C("regular", CASE_SH("sleep 10000")) OWN("Never") RULES("RestartAllContainers"),
     60, {{"starts source", "0 12"}, {"starts regular", "0 12"}}},
    {"a container that had been restarted before may restart all",
     POD VOLUME MAINS
         C("source",
           CASE_SH("if [ -f /mnt/restart-complete ]; then sleep 10000; elif [ -f /mnt/restart-1 ]; "
                   "then "
                   "touch /mnt/restart-complete; exit 42; else touch /mnt/restart-1; exit 1; fi"))
             OWN("Always") RULES("RestartAllContainers") MOUNT C("regular", CASE_SH("sleep 10000")),
     60, {{"starts source", "0 0 2"}, {"starts regular", "0 2"}}},
    {"an image changed restarts the container, and no other",
     POD MAINS "  - {name: regular1, image: \"a:1\", imagePullPolicy: Always}\n"
     C("regular2", CASE_WORK("60", "0", "0")) STEPS
     "  - {at: 20s, setImage: pod/p, container: regular1, image: \"a:2\"}\n",
     40, {{"starts regular1", "0 20"}, {"of regular1 restartCount", "20:1"},
          {"starts regular2", "0"},
          {"says Killing", "Container regular1 definition changed, will be restarted"}}},
    {"... also under OnFailure",
     POD ON_FAILURE MAINS "  - {name: regular1, image: \"a:1\"}\n" STEPS
     "  - {at: 20s, setImage: pod/p, container: regular1, image: \"a:2\"}\n",
     40, {{"starts regular1", "0 20"}}},
    {"... and under Never",
     POD NEVER MAINS "  - {name: regular1, image: \"a:1\"}\n" STEPS
     "  - {at: 20s, setImage: pod/p, container: regular1, image: \"a:2\"}\n",
     40, {{"starts regular1", "0 20"}, {"phase", "0:Running"}}},
    {"an image changed forgets the back-off",
     POD MAINS "  - {name: c, image: \"a:1\"}\n" BEHAVIOR("c")
     "  instances: [{exit: {after: 5s, code: 1}}]\n" STEPS
     "  - {at: 100s, setImage: pod/p, container: c, image: \"a:2\"}\n",
     130, {{"starts c", "0 5 20 45 90 100 115"}}},
    {"how the three policies end: always again",
     POD VOLUME MAINS
     C("c", CASE_SH("echo x >> /mnt/count; n=$(wc -l < /mnt/count); if [ $n -eq 1 ]; then exit 1; "
                    "fi; "
                    "if [ $n -eq 2 ]; then exit 0; fi; while true; do sleep 1; done")) MOUNT,
     60, {{"starts c", "0 0 10"}, {"of c restartCount", "0:1 10:2"}, {"phase", "0:Running"},
          {"at 60 Ready", "True"}}},
    {"... until it succeeds",
     POD ON_FAILURE VOLUME MAINS
     C("c", CASE_SH("echo x >> /mnt/count; if [ $(wc -l < /mnt/count) -eq 1 ]; then exit 1; fi; "
                    "exit 0")) MOUNT,
     60, {{"starts c", "0 0"}, {"phase", "0:Running 0:Succeeded"}, {"at 1 Ready", "False"}}},
    {"... or not at all", POD NEVER MAINS C("c", CASE_SH("exit 1")), 60,
     {{"starts c", "0"}, {"phase", "0:Running 0:Failed"}, {"at 1 Ready", "False"}}},
    {"the termination message is what the program wrote",
     POD NEVER MAINS C("c", CASE_SH("echo -n DONE > /dev/termination-log"))
     MORE("terminationMessagePath: /dev/termination-log"), 10,
     {{"says state", "DONE"}, {"phase", "0:Running 0:Succeeded"}}},
    {"... at a path of its own, too",
     POD NEVER MAINS C("c", CASE_SH("echo -n DONE > /dev/termination-custom-log"))
         MORE("terminationMessagePath: /dev/termination-custom-log"),
     10, {{"says state", "DONE"}}},
    {"... or the end of its log, if it failed",
     POD NEVER MAINS C("c", CASE_SH("echo -n DONE; /bin/false"))
     MORE("terminationMessagePolicy: FallbackToLogsOnError"), 10,
     {{"says state", "DONE"}, {"phase", "0:Running 0:Failed"}}},
    {"... which says nothing if it did not",
     POD NEVER MAINS C("c", CASE_SH("echo DONE; /bin/true"))
     MORE("terminationMessagePolicy: FallbackToLogsOnError"), 10,
     {{"says state", ""}, {"phase", "0:Running 0:Succeeded"}}},
};

#define ALL(table)                                                                                 \
    Test(cases_life, table##_scripted)                                                             \
    {                                                                                              \
        for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)                              \
            vector_check(&table[i], PODRING_NET_SCRIPT);                                           \
    }                                                                                              \
    Test(cases_life, table##_over_the_wire)                                                        \
    {                                                                                              \
        for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)                              \
            vector_check(&table[i], PODRING_NET_MEMORY);                                           \
    }

ALL(inits)
ALL(sidecars)
ALL(hooks)
ALL(ends)
ALL(restarts)

Test(cases_life, what_is_incomplete_is_named)
{
    struct story_options o = {.for_ms = 10000};
    struct story *s = story_run(POD INITS C("init1", FALSE) C("init2", TRUE) MAINS PAUSE("run1"),
                                &o);
    const char *status, *reason, *message;
    uint64_t pod = 0;

    cr_assert_eq(podring_find(story_ring(s), "default", "p", &pod), 0);
    cr_assert_eq(podring_condition(story_ring(s), pod, "Initialized", &status, &reason, &message),
                 0);
    cr_expect_str_eq(status, "False");
    cr_expect_str_eq(reason, "ContainersNotInitialized");
    cr_expect_str_eq(message, "containers with incomplete status: [init1 init2]");
    story_free(s);
}
