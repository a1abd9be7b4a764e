/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timelines in which restarts, back-off, images and other failures to start meet, worked out by
 * hand from the rules.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define ONE VECTOR_POD "  containers: [{name: c, image: \"i:1\"}]\n"
#define LIVENESS(rest) "livenessProbe: {httpGet: {port: 80}, " rest "}"

static const struct vector backoff[] = {
    {"liveness every 4 s, two failures, one second to stop",
     VECTOR_POD "  containers: [{name: c, image: \"i:1\", "
     LIVENESS("periodSeconds: 4, failureThreshold: 2")
     "}]\n" VECTOR_BEHAVIOR("c") "  instances: [{onStop: {after: 1s}, serve: [{status: 500}]}]\n",
     200,
     {{"starts c", "0 9 17 35 61 109 197"},
      {"ends c", "9:143/Error 17:143/Error 25:143/Error 41:143/Error 69:143/Error 117:143/Error"},
      {"at 30 status", "CrashLoopBackOff"},
      {"of c restartCount", "9:1 17:2 35:3 61:4 109:5 197:6"},
      {"phase", "0:Running"}}},
    {"crashes and kills share one ladder",
     VECTOR_POD "  containers: [{name: c, image: \"i:1\", " LIVENESS("failureThreshold: 1") "}]\n"
     VECTOR_BEHAVIOR("c") "  instances: [{exit: {after: 2s, code: 3}}, {serve: [{status: 500}]}, "
                          "{exit: {after: 1s, code: 4}}]\n",
     /* 2: crash, back at once (10). 10: killed; inst0 ended at 2, 8 < 10: from 10, wait 10. 20:
      * (20); crash at 21, wait 20: 41 (40), crash 42, wait 40: 82. */
     85, {{"starts c", "0 2 20 41 82"}, {"event Killing", "10"}}},
    {"a new image is a new key, and the old one is remembered",
     ONE VECTOR_BEHAVIOR("c") "  instances: [{exit: {after: 0s, code: 1}}]\n" VECTOR_STEPS
     "  - {at: 35s, setImage: pod/p, container: c, image: \"i:2\"}\n"
     "  - {at: 50s, setImage: pod/p, container: c, image: \"i:1\"}\n",
     /* i:1: 0, 0 (10), 10 (20), 30 (40), due at 70. i:2 at once at 35 (10), 45 (20), due at 65. i:1
      * again: the end at 45 plus 40. */
     240,
     {{"starts c", "0 0 10 30 35 45 85 165"},
      {"event Pulling", "0 35"},
      {"at 36 status", "CrashLoopBackOff"}}},
    {"a new definition replaces a running container under Never",
     VECTOR_POD "  restartPolicy: Never\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("c")
     "  instances: [{onStop: {after: 2s, code: 0}}, {exit: {after: 5s, code: 0}}]\n" VECTOR_STEPS
     "  - {at: 20s, setImage: pod/p, image: \"i:2\"}\n",
     40,
     {{"says Killing", "Container c definition changed, will be restarted"},
      {"ends c", "22:0/Completed 27:0/Completed"},
      {"starts c", "0 22"},
      {"phase", "0:Running 27:Succeeded"}}},
    {"a new image that cannot be pulled: both ladders at once",
     ONE VECTOR_BEHAVIOR("c") "  pull: [{to: 60s, image: \"i:2\", fail: \"no such tag\"}]\n"
     VECTOR_STEPS
     "  - {at: 20s, setImage: pod/p, image: \"i:2\"}\n",
     /* The kill's own sync pulls at 20; the sync of the exit finds a dead instance (10) and the
      * image in back-off. 30: (20) pull. 40: (40) image in back-off until 50. 50: 30 < 40: crash
      * back-off until 60: (80) pull. */
     70,
     {{"event Pulling", "0 20 30 60"},
      {"starts c", "0 60"},
      {"at 20 status", "ImagePullBackOff"},
      {"at 30 status", "ErrImagePull"},
      {"at 45 status", "ImagePullBackOff"},
      {"at 55 status", "CrashLoopBackOff"},
      {"phase", "0:Running"},
      {"Ready", "0:True 20:False 60:True"}}},
    {"cap of 25 s", ONE VECTOR_BEHAVIOR("c") "  instances: [{exit: {after: 2s, code: 1}}]\n", 120,
      {{"set max_restart_period", "25s"}, {"starts c", "0 2 14 36 63 90 117"}}},
    {"reduced, and capped at 5 s", ONE VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 0s, code: 1}}]\n", 18,
     {{"set reduced_backoff", "on"}, {"set max_restart_period", "5s"},
      {"starts c", "0 0 1 3 7 12 17"}}},
    {"the entry is collected while it waits",
     ONE VECTOR_BEHAVIOR("c")
     "  instances:\n  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: 1}\n  - exit: "
     "{after: 0s, code: 1}\n"
     "  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: 1}\n  - exit: {after: 0s, code: "
     "1}\n"
     "  - exit: {after: 0s, code: 1}\n  - exit: {after: 400s, code: 1}\n  - exit: {after: 0s, "
     "code: 1}\n", 1245,
     {{"set bo_gc", "on"}, {"starts c", "0 0 10 30 70 150 310 610 1212 1222 1242"}}},
    {"just ten minutes, and a little more, after the decision",
     ONE VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 1s}}, {exit: {after: 1s}}, {exit: {after: 600s}}, "
     "{exit: {after: 600001ms}}, {exit: {after: 1s}}]\n",
     /* 0-1, 1-2 (10), 12-612 (20): 612 - 12 is not more: wait 20; 632-1232.001 (40): more: at once
      * (10); then 10. */
     1245, {{"starts c", "0 1 12 632 1232.001 1243.001"}}},
    {"exit 0 is backed off as well",
     ONE VECTOR_BEHAVIOR("c") "  instances: [{exit: {after: 1s, code: 0}}]\n", 20,
     {{"event BackOff/Back-off restarting failed container c in pod p_default(", "2 13"},
      {"state c", "0:Running 1:Terminated/Completed 1:Running 2:Terminated/Completed "
                  "2:Waiting/CrashLoopBackOff 12:Running 13:Terminated/Completed "
                  "13:Waiting/CrashLoopBackOff"},
      {"row", "0/1 CrashLoopBackOff 2 (7s)"}}},
    {"OOM", ONE VECTOR_BEHAVIOR("c") "  instances: [{exit: {after: 3s, reason: OOMKilled}}]\n", 8,
     {{"ends c", "3:137/OOMKilled 6:137/OOMKilled"}, {"at 7 status", "CrashLoopBackOff"}}},
    {"the ladder meets the deadline",
     VECTOR_POD "  activeDeadlineSeconds: 50\n  containers: [{name: c, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 3s, code: 2}}]\n",
     100,
     {{"starts c", "0 3 16 39"},
      {"event DeadlineExceeded", "50"},
      {"phase", "0:Running 50:Failed"},
      {"object", "0:Created"},
      {"at 60 status", "Error"},
      {"how ContainersReady",
       "0:True 3:False/ContainersNotReady 3:True 6:False/ContainersNotReady 16:True "
       "19:False/ContainersNotReady 39:True 42:False/ContainersNotReady"}}},
    {"BackOff is told by every sync that finds it waiting",
     VECTOR_POD "  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 0s, code: 1}}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 4s, code: 1}}, {}]\n",
     15, {{"event BackOff/container a ", "0 4 10"}, {"starts a", "0 0 10"}, {"starts b", "0 4"}}},
    {"two ladders in one pod",
     VECTOR_POD "  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 1s, code: 1}}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 6s, code: 0}}]\n",
     80,
     {{"starts a", "0 1 12 33 74"},
      {"starts b", "0 6 22 48"},
      {"at 30 status", "CrashLoopBackOff"},
      {"phase", "0:Running"}}},
    {"OnFailure: what the captured instance delays, the exit code then ends",
     VECTOR_POD "  restartPolicy: OnFailure\n  containers: [{name: c, image: \"i:1\", "
     LIVENESS("periodSeconds: 3, failureThreshold: 1") "}]\n" VECTOR_BEHAVIOR("c")
     "  instances: [{onStop: {after: 0s, code: 0}, serve: [{status: 500}]}]\n",
     /* 3: at once; 6: inst0 ended at 3: no entry: at once (10); 9: inst1 ended at 6: wait; and the
      * sync of the exit finds an exit 0. */
     30,
     {{"starts c", "0 3 6"},
      {"event BackOff", "9"},
      {"state c", "0:Running 3:Terminated/Completed 3:Running 6:Terminated/Completed 6:Running "
                  "9:Terminated/Completed"},
      {"phase", "0:Running 9:Succeeded"},
      {"row", "0/1 Completed 2 (24s)"}}},
    {"a restart of all overtakes a back-off",
     VECTOR_POD
     "  containers:\n  - name: a\n    image: \"i:1\"\n    restartPolicy: Always\n    "
     "restartPolicyRules:\n"
     "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [9]}}\n"
     "  - {name: b, image: \"i:1\"}\n" VECTOR_BEHAVIOR("a")
     "  instances: [{exit: {after: 12s, code: 9}}, {}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 5s, code: 1}}]\n",
     /* b: 0-5, 5-10 (10), due at 20; all at 12: 12-17, (20): 17 + 10 = 27. */
     30,
     {{"starts a", "0 12"},
      {"starts b", "0 5 12 27"},
      {"how AllContainersRestarting", "12:True/RestartAllContainersStarted 12:False"},
      {"of b restartCount", "5:1 12:2 27:3"}}},
    {"a container's own OnFailure in a pod of Always",
     VECTOR_POD "  containers: [{name: c, image: \"i:1\", restartPolicy: OnFailure}]\n"
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 2s, code: 1}}, {exit: {after: 2s, code: 0}}]\n",
     20, {{"starts c", "0 2"}, {"phase", "0:Running 4:Succeeded"}}},
    {"every start asks the registry",
     VECTOR_POD "  containers: [{name: c, image: app, "
     LIVENESS("periodSeconds: 5, failureThreshold: 1")
     "}]\n" VECTOR_BEHAVIOR("c")
     "  pull: [{takes: 1s}]\n  instances: [{serve: [{to: 11s, status: 500}]}]\n",
     /* 1: runs; 5: killed, pulled, 6; 10: killed; inst0 ended at 5: no entry: decided at 10, runs
      * at 11. */
     20, {{"event Pulling", "0 5 10"}, {"starts c", "1 6 11"}, {"event Killing", "5 10"}}},
    {"rules: the first that matches counts",
     VECTOR_POD
     "  restartPolicy: Always\n  containers:\n  - name: c\n    image: \"i:1\"\n    restartPolicy: "
     "OnFailure\n"
     "    restartPolicyRules:\n    - {action: Restart, exitCodes: {operator: In, values: [0, 3]}}\n"
     "    - {action: Restart, exitCodes: {operator: NotIn, values: [0, 1, 2, 3]}}\n"
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 1s, code: 0}}, {exit: {after: 20s, code: 9}}, {exit: {after: "
     "30s, code: 1}}, {}]\n",
     /* 0 is listed: back at 1 (10); 9: at 21, 20 s after the start decision of inst0's end.. 21 -
      * 21 < 10: 31 (20); 1: no rule, OnFailure: 61 + 20. */
     90, {{"starts c", "0 1 31 81"}, {"phase", "0:Running"}}},
};

Test(vectors_mix_restart, back_off)
{
    vector_check_all(backoff, sizeof(backoff) / sizeof(*backoff));
}

static const struct vector images[] = {
    {"two containers, one image: one back-off",
     VECTOR_POD "  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"i:1\"}]\n"
     VECTOR_BEHAVIOR("a")
     "  pull: [{to: 25s, fail: \"no\"}]\n" VECTOR_BEHAVIOR("b")
     "  pull: [{to: 25s, fail: \"no\"}]\n",
     /* 0: a pulls, b finds the image in back-off. 10: a pulls. 20: neither. 30: a pulls, b has
      * it. */
     45,
     {{"event Pulling", "0 10 30"},
      {"state b", "0:Waiting/ImagePullBackOff 30:Running"},
      {"starts a", "30"},
      {"phase", "30:Running"}}},
    {"two images, two back-offs",
     VECTOR_POD "  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"j:1\"}]\n"
     VECTOR_BEHAVIOR("a")
     "  pull: [{to: 5s, fail: \"no\"}]\n" VECTOR_BEHAVIOR("b")
     "  pull: [{to: 25s, fail: \"never\"}]\n", 45,
     {{"starts a", "10"},
      {"starts b", "30"},
      {"phase", "30:Running"},
      {"at 15 status", "ErrImagePull"},
      {"at 25 status", "ImagePullBackOff"}}},
    {"a slow pull that fails",
     ONE VECTOR_BEHAVIOR("c")
     "  pull: [{to: 30s, takes: 3s, fail: \"no\"}, {from: 30s, takes: 1500ms}]\n",
     /* 0-3 fails, 13-16 fails (20 s from 16), 26: in back-off, 36-37.5 is well. */
     45,
     {{"event Pulling", "0 13 36"},
      {"event Failed/Failed to pull image", "3 16"},
      {"event Failed/Error: ErrImagePull", "3 16"},
      {"event Failed/Error: ImagePullBackOff", "26"},
      {"event BackOff/Back-off pulling image \"i:1\"", "26"},
      {"starts c", "37.5"},
      {"at 2 status", "ContainerCreating"},
      {"at 14 status", "ErrImagePull"}}},
    {"the retry counts from the end of the sync",
     VECTOR_POD "  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"j:1\"}]\n"
     VECTOR_BEHAVIOR("a")
     "  pull: [{to: 5s, fail: \"no\"}]\n" VECTOR_BEHAVIOR("b") "  pull: [{takes: 4s}]\n",
     20, {{"starts b", "4"}, {"starts a", "14"}, {"event Pulling", "0 0 14"}}},
    {"a registry that fails later",
     VECTOR_POD "  containers: [{name: c, image: app}]\n" VECTOR_BEHAVIOR("c")
     "  pull: [{from: 8s, to: 45s, fail: \"503\", reason: RegistryUnavailable}]\n"
     "  instances: [{exit: {after: 9s, code: 1}}, {exit: {after: 5s, code: 1}}, {}]\n",
     /* 9: (10) pull fails. 19: (20) pull fails, 20 s. 29: (40) image in back-off. 39: 30 < 40. 49:
      * (80). */
     140,
     {{"event Pulling", "0 9 19 49 134"},
      {"starts c", "0 49 134"},
      {"at 10 status", "RegistryUnavailable"},
      {"at 30 status", "ImagePullBackOff"},
      {"at 40 status", "CrashLoopBackOff"},
      {"phase", "0:Running"},
      {"of c restartCount", "49:1 134:2"}}},
    {"a crash and a missing image, side by side",
     VECTOR_POD "  containers: [{name: a, image: \"i:1\"}, {name: b, image: \"j:1\"}]\n"
     VECTOR_BEHAVIOR("a")
     "  pull: [{fail: \"no\"}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 3s, code: 1}}]\n",
     /* a: 0 pull; 3: exit of b: in back-off; 6: the same, b waits for 16; 16: both due: a pulls, 20
      * s from there; 19: b ends, waits for 39; 29, 39: 39 - 16 is more: pulls. */
     41,
     {{"event Pulling/i:1", "0 16 39"},
      {"starts b", "0 3 16 39"},
      {"at 1 status", "ErrImagePull"},
      {"at 7 status", "ImagePullBackOff"},
      {"at 16 status", "ErrImagePull"},
      {"phase", ""}}},
    {"another image is wanted while one is being pulled",
     ONE VECTOR_BEHAVIOR("c") "  pull: [{takes: 8s, image: \"i:1\"}, {takes: 2s, image: \"i:2\"}]\n"
     VECTOR_STEPS
     "  - {at: 5s, setImage: pod/p, image: \"i:2\"}\n",
     15, {{"event Pulling/i:1", "0"}, {"event Pulling/i:2", "8"}, {"starts c", "10"},
          {"event Killing", ""}}},
    {"an image that another pod brings",
     VECTOR_POD
     "  containers: [{name: c, image: \"i:1\", imagePullPolicy: Never}]\n---\napiVersion: "
     "v1\nkind: Pod\n"
     "metadata: {name: q}\nspec:\n  containers: [{name: d, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("d")
     "  pull: [{takes: 13s}]\n",
     30,
     {{"event ErrImageNeverPull", "0 10"},
      {"starts c", "20"},
      {"event Pulled/Container image \"i:1\" already present on machine", "20"},
      {"at 11 status", "ErrImageNeverPull"},
      {"phase", "20:Running"}}},
    {"a name that cannot be parsed",
     VECTOR_POD
     "  containers: [{name: a, image: \"Not/An:Image:Name\"}, {name: b, image: \"i:1\"}]\n", 15,
     {{"state a", "0:Waiting/InvalidImageName"},
      {"event InspectFailed", "0 10"},
      {"event Failed/Error: InvalidImageName", "0 10"},
      {"starts b", "0"},
      {"at 14 status", "InvalidImageName"},
      {"phase", ""}}},
    {"the runtime cannot look at the image",
     ONE VECTOR_BEHAVIOR("c")
     "  pull: [{to: 15s, fail: \"disk error\", reason: ImageInspectError}]\n", 25,
     {{"event InspectFailed/Failed to inspect image \"i:1\": disk error", "0 10"},
      {"event Failed/Error: ImageInspectError", "0 10"},
      {"event Pulling", "20"},
      {"starts c", "20"}}},
    {"a sidecar whose image does not come keeps the rest waiting",
     VECTOR_POD "  initContainers: [{name: s, image: \"s:1\", restartPolicy: Always}]\n"
                "  containers: [{name: m, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("s")
     "  pull: [{to: 5s, fail: \"no\"}]\n",
     20,
     {{"starts s", "10"}, {"starts m", "10"}, {"at 3 status", "Init:ErrImagePull"},
      {"phase", "10:Running"}}},
    {"one sync asks once",
     VECTOR_POD "  initContainers: [{name: s, image: \"i:1\", restartPolicy: Always}]\n"
                "  containers: [{name: m, image: \"m:1\"}, {name: o, image: \"i:1\"}]\n"
                VECTOR_BEHAVIOR("m")
     "  pull: [{fail: \"no\"}]\n" VECTOR_BEHAVIOR("s")
     "  instances: [{exit: {after: 4s, code: 1}}, {}]\n", 9,
     {{"starts s", "0 4"}, {"event BackOff/m:1", "4"}, {"event Pulling/m:1", "0"}}},
    {"a sidecar that cannot come back holds nobody up",
     VECTOR_POD "  initContainers: [{name: s, image: \"s\", restartPolicy: Always}]\n"
                "  containers: [{name: m, image: \"i:1\"}]\n" VECTOR_BEHAVIOR("s")
     "  pull: [{from: 1s, to: 12s, fail: \"no\"}]\n  instances: [{exit: {after: 3s, code: 1}}, "
     "{}]\n",
     /* 3: (10) fails; 13: (20) pulls. */
     20,
     {{"starts s", "0 13"},
      {"at 4 status", "Init:ErrImagePull"},
      {"phase", "0:Running"},
      {"Initialized", "0:True"},
      {"Ready", "0:True 3:False 13:True"}}},
    {"init containers: one that cannot be pulled stops the rest",
     VECTOR_POD
     "  initContainers: [{name: i, image: \"i:1\"}]\n  containers: [{name: c, image: \"j:1\"}]\n"
     VECTOR_BEHAVIOR("i")
     "  pull: [{to: 15s, fail: \"no\"}]\n  instances: [{exit: {after: 2s, code: 0}}]\n", 40,
     {{"event Pulling", "0 10 30 32"},
      {"starts c", "32"},
      {"at 5 status", "Init:ErrImagePull"},
      {"at 25 status", "Init:ImagePullBackOff"},
      {"at 31 status", "Init:0/1"},
      {"Initialized", "32:True"}}},
};

Test(vectors_mix_restart, images)
{
    vector_check_all(images, sizeof(images) / sizeof(*images));
}

static const struct vector starts[] = {
    {"cannot be executed, twice",
     ONE VECTOR_BEHAVIOR("c") "  instances: [{start: {fail: \"exec: no such file\"}}, "
                              "{start: {fail: \"exec: no such file\"}}, {}]\n",
     20,
     {{"event Created", "0 0 10"},
      {"event Failed/Error: exec: no such file", "0 0"},
      {"starts c", "10"},
      {"ends c", "0:128/StartError 0:128/StartError"},
      {"at 5 status", "CrashLoopBackOff"},
      {"of c restartCount", "0:1 10:2"},
      {"phase", "0:Running"}}},
    {"cannot be executed, under Never",
     VECTOR_POD
     "  restartPolicy: Never\n  containers: [{name: c, image: \"i:1\"}, {name: d, image: "
     "\"i:1\"}]\n"
     VECTOR_BEHAVIOR("c") "  instances: [{start: {fail: \"boom\"}}]\n" VECTOR_BEHAVIOR("d")
     "  instances: [{exit: {after: 4s, code: 0}}]\n",
     10,
     {{"ends c", "0:128/StartError"}, {"phase", "0:Running 4:Failed"},
      {"at 5 status", "StartError"}}},
    {"cannot be created: no instance, no ladder",
     ONE VECTOR_BEHAVIOR("c")
     "  instances: [{start: {fail: \"bad mount\", reason: CreateContainerError}}]\n", 35,

     {{"state c", "0:Waiting/CreateContainerError"},
      {"event Failed/Error: bad mount", "0 10 20 30"},
      {"starts c", ""},
      {"of c restartCount", ""},
      {"phase", ""},
      {"row", "0/1 CreateContainerError 0"}}},
    {"cannot be created again: the ladder goes on all the same",
     ONE VECTOR_BEHAVIOR("c") "  instances: [{exit: {after: 5s, code: 1}}, "
                              "{start: {fail: \"bad\", reason: CreateContainerError}}]\n",
     /* 5 (10), 15 (20), 25 (40) fail; 35: 30 < 40: 45 (80); 55: 50 < 80: 85 (160); 95: 90 < 160. */
     100,
     {{"event Failed/Error: bad", "5 15 25 45 85"},
      {"at 30 status", "CreateContainerError"},
      {"at 36 status", "CrashLoopBackOff"},
      {"at 50 status", "CreateContainerError"},
      {"at 56 status", "CrashLoopBackOff"},
      {"phase", "0:Running"}}},
    {"a missing ConfigMap beside a crash loop",
     VECTOR_POD
     "  containers:\n  - {name: a, image: \"i:1\", envFrom: [{configMapRef: {name: absent}}]}\n"
     "  - {name: b, image: \"i:1\"}\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 4s, code: 1}}]\n", 50,
     {{"event Failed/Error: configmap \"absent\" not found", "0 4 8 18 22 32 42 46"},
      {"starts b", "0 4 18 42"},
      {"at 20 status", "CreateContainerConfigError"},
      {"phase", ""}}},
    {"a slow start, and its end counts from there",
     ONE VECTOR_BEHAVIOR("c") "  instances: [{start: {takes: 2s}, exit: {after: 3s, code: 1}}]\n",
     40,
     /* Decisions at 0, 5 (10), 20 (20: inst1 ended at 10), 45; running 2 s later each. */
     {{"starts c", "2 7 22"}, {"ends c", "5:1/Error 10:1/Error 25:1/Error"},
      {"at 1 status", "ContainerCreating"}}},
};

Test(vectors_mix_restart, starts)
{
    vector_check_all(starts, sizeof(starts) / sizeof(*starts));
}

/* Needs 15 s to listen; its first instance has enough of it after 40 s. */
#define SLOW(liveness) \
    VECTOR_POD \
        "  terminationGracePeriodSeconds: 5\n  containers:\n  - name: c\n    image: \"i:1\"\n" \
               "    startupProbe: {httpGet: {path: /started, port: 80}, periodSeconds: 10, " \
               "failureThreshold: 6}\n" \
               "    livenessProbe: {httpGet: {path: /alive, port: 80}, " liveness \
               ", failureThreshold: 2}\n" \
    VECTOR_BEHAVIOR("c") \
    "  instances:\n  - serve:\n    - {from: 0s, to: 15s, clock: instance, do: refuse}\n" \
                         "    - {from: 40s, clock: instance, path: /alive, status: 500}\n" \
                         "  - serve: [{from: 0s, to: 15s, clock: instance, do: refuse}]\n"

/* Whether a new instance counts as started until the startup probe has looked at it. */
static const struct vector carried[] = {
    {"nothing is carried over", SLOW("periodSeconds: 3"), 70,
     {{"starts c", "0 45"},
      {"of c started", "20:True 45:False 60:True"},
      {"event Unhealthy/Liveness", "42 45"},
      {"event Unhealthy/Startup", "10 50"}}},
    {"started is carried over", SLOW("periodSeconds: 3"), 70,
     {{"set started_carried", "on"},
      {"starts c", "0 45"},
      {"of c started", "20:True 50:False 60:True"},
      {"of c ready", "20:True 50:False 60:True"},
      {"Ready", "20:True 50:False 60:True"},
      {"event Unhealthy/Liveness", "42 45 48"},
      {"event Unhealthy/Startup", "10"}}},
    /* 40, 42: killed; 44, 46: again; 48, 50: again, since a tick looks at the state before its
     * instant, in which the startup probe takes back what was carried. Then there is a wait of 10
     * s, and nothing is carried over that. */
    {"... and kills again", SLOW("periodSeconds: 2"), 60,
     {{"set started_carried", "on"}, {"starts c", "0 42 46 60"},
      {"of c started", "20:True 50:False"}}},
    /* Who has ended by himself was told to have: there is nothing left to carry over. */
    {"not over an exit",
     VECTOR_POD "  containers:\n  - name: c\n    image: \"i:1\"\n"
                "    startupProbe: {httpGet: {port: 80}, periodSeconds: 10}\n" VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 15s}}, {}]\n",
     30,
     {{"set started_carried", "on"}, {"starts c", "0 15"},
      {"of c started", "10:True 15:False 20:True"}}},
};

Test(vectors_mix_restart, what_counts_as_started)
{
    vector_check_all(carried, sizeof(carried) / sizeof(*carried));
}
