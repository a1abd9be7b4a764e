/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edges of rules that bugs of one line (tests/mutants/list) have shown to be looked at by nobody:
 * worked timelines, in virtual time, over scripted targets and over the wire.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define POD      VECTOR_POD
#define BEHAVIOR VECTOR_BEHAVIOR
#define STEPS    VECTOR_STEPS
#define ONE(more) POD "  containers: [{name: c, image: i:1" more "}]\n"
#define DELETE(at, more) "  - {at: " at ", delete: pod/p" more "}\n"

/* clang-format off */
static const struct vector memory[] = {
    {"S-10",
     ONE("") BEHAVIOR("c") "  instances: [{exit: {after: 5s, reason: OOMKilled}}]\n", 15,
     {{"now c", "Waiting/CrashLoopBackOff"},
      {"ends c", "5:137/OOMKilled 10:137/OOMKilled"},
      {"row", "0/1 CrashLoopBackOff 1 (5s)"}}},
    /* Restarts at 0 (at once), 10, 30; the next would have to wait until 70. The one after the
     * reboot is the first of a new ladder. */
    {"a reboot forgets the back-off",
     ONE("") BEHAVIOR("c")
     "  instances: [{exit: {after: 0s, code: 1}}, {exit: {after: 0s, code: 1}}, "
     "{exit: {after: 0s, code: 1}}, {exit: {after: 0s, code: 1}}, {exit: {after: 5s, code: 1}}, "
     "{exit: {after: 5s, code: 1}}, {}]\n" STEPS "  - {at: 40s, reboot: node}\n",
     100, {{"starts c", "0 0 10 30 40 55 80"}}},
    /* 0.5 s, doubled up to 122 s. */
    {"what is missing is looked for every two minutes at last",
     POD "  volumes: [{name: v, configMap: {name: gone}}]\n"
     "  containers: [{name: c, image: i:1, volumeMounts: [{name: v, mountPath: /v}]}]\n",
     500, {{"event FailedMount", "0 0.5 1.5 3.5 7.5 15.5 31.5 63.5 127.5 249.5 371.5 493.5"},
           {"starts c", ""}}},
    {"a reboot before the first start of the main container: the pod begins again",
     POD "  restartPolicy: OnFailure\n  initContainers: [{name: i, image: i:1}]\n  containers: "
         "[{name: c, image: i:1}]\n"
     BEHAVIOR("i") "  instances: [{exit: {after: 10s, code: 0}}]\n" STEPS
     "  - {at: 5s, reboot: node}\n", 20,
     {{"starts i", "0 5"}, {"event SandboxChanged", "5"}, {"starts c", "15"}}},
    {"a hook's back-off is its container's, and a reboot forgets what it waited for",
     ONE(", lifecycle: {postStart: {exec: {command: [x]}}}") BEHAVIOR("c")
     "  hooks: {postStart: {exitCode: 1}}\n" STEPS "  - {at: 12s, reboot: node}\n",
     25, {{"event FailedPostStartHook", "0 0 10 12 22"}}},
};

static const struct vector hooks[] = {
    {"what a Behavior says of a command, it says of a hook's as well",
     ONE(", lifecycle: {postStart: {exec: {command: [x]}}}") BEHAVIOR("c")
     "  exec: [{command: [x], exitCode: 3}]\n", 5, {{"event FailedPostStartHook", "0 0"}}},
    {"a request of a hook is not lost with a container that it does not ask",
     POD "  restartPolicy: OnFailure\n  containers:\n  - {name: b, image: i:1}\n"
     "  - {name: a, image: i:1, ports: [{containerPort: 80}], lifecycle: {postStart: {httpGet: "
     "{port: 80}}}}\n"
     BEHAVIOR("a") "  instances: [{serve: [{latency: 3s}]}]\n" BEHAVIOR("b")
     "  instances: [{exit: {after: 1s, code: 0}}]\n", 10,
     {{"event FailedPostStartHook", ""}, {"state a", "3:Running"}, {"ends b", "1:0/Completed"}}},
};

/* Where a redirect has led a request, there it is lost, and nowhere else. */
#define REDIRECTED(a, r)                                                                           \
    POD "  containers:\n  - {name: a, image: i:1, ports: [{containerPort: 80}]}\n"                 \
    "  - {name: b, image: i:1, readinessProbe: {httpGet: {port: 81}, timeoutSeconds: 5}}\n"        \
    "  - {name: r, image: i:1, ports: [{containerPort: 81}]}\n"                                    \
    BEHAVIOR("a") "  instances: [" a "{}]\n  serve: [{latency: 3s}]\n"                             \
    BEHAVIOR("r") "  instances: [" r "{}]\n  serve: [{redirect: 'http://127.1.0.1:80/'}]\n"
static const struct vector redirected[] = {
    {"the one that it was led to ends", REDIRECTED("{exit: {after: 1s, code: 1}}, ", ""), 9,
     {{"event Unhealthy/reset by peer", "1"}, {"field Ready", "4:True"}}},
    {"the one that has led it away ends", REDIRECTED("", "{exit: {after: 1s, code: 1}}, "), 9,
     {{"event Unhealthy", ""}, {"field Ready", "3:True"}}},
};

/* A port of the same number at another address is another one. */
static const struct vector elsewhere = {
    "a neighbour with the port that is asked of another pod",
    POD "  containers:\n  - {name: a, image: i:1, ports: [{containerPort: 80}]}\n"
    "  - {name: b, image: i:2, lifecycle: {postStart: {httpGet: {host: 127.1.0.2, port: 80}}},\n"
    "     readinessProbe: {httpGet: {host: 127.1.0.2, port: 80}, timeoutSeconds: 5}}\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: q, labels: {app: q}}\nspec:\n"
    "  containers: [{name: c, image: i:1, ports: [{containerPort: 80}]}]\n"
    BEHAVIOR("a") "  instances: [{exit: {after: 4s, code: 1}}, {exit: {after: 11s, code: 1}}, {}]\n"
    BEHAVIOR("b") "  pull: [{takes: 2s}]\n"
    BEHAVIOR("c") "  serve: [{latency: 3s}]\n",
    20, {{"ends a", "4:1/Error 16:1/Error"}, {"event FailedPostStartHook", ""},
         {"event Unhealthy", ""},
         {"of b ready", "8:True"}, {"field Ready", "8:True 16:False"}}};

static const struct vector late[] = {
    /* Asked at 0 of b, which takes 15 s; a has ended twice by then, unseen the second time until
     * 20. */
    {"an answer for an instance that is gone wakes nobody",
     POD "  containers:\n"
     "  - {name: a, image: i:1, readinessProbe: {httpGet: {port: 80}, timeoutSeconds: 30, "
     "periodSeconds: 30}}\n"
     "  - {name: b, image: i:1, ports: [{containerPort: 80}]}\n"
     BEHAVIOR("a") "  instances: [{exit: {after: 2s, code: 1}}, {exit: {after: 1s, code: 1}}, {}]\n"
     BEHAVIOR("b") "  instances: [{serve: [{latency: 15s}]}]\n",
     30, {{"set relist", "10s"}, {"starts a", "0 10 21"}, {"event BackOff", "20"}}},
};

static const struct vector stops[] = {
    {"an end of its own in the instant of its reaction is its own",
     ONE("") BEHAVIOR("c")
     "  instances: [{exit: {after: 5s, code: 3}, onStop: {after: 2s, code: 0}}]\n" STEPS
     DELETE("3s", ""),
     20, {{"ends c", "5:3/Error"}}},
    {"a second deletion never lengthens what is left",
     POD "  terminationGracePeriodSeconds: 10\n  containers: [{name: c, image: i:1}]\n"
     BEHAVIOR("c")
     "  instances: [{onStop: ignore}]\n" STEPS DELETE("5s", "")
     DELETE("10s", ", gracePeriodSeconds: 8"), 40,
     {{"set grace_shorten_live", "on"}, {"ends c", "15:137/Error"}}},
    {"SIGKILL as the stop signal: no reaction of a script to it",
     POD "  os: {name: linux}\n  containers: [{name: c, image: i:1, lifecycle: {stopSignal: "
         "SIGKILL}}]\n" BEHAVIOR("c")
     "  instances: [{onStop: {after: 4s, code: 7}}]\n" STEPS DELETE("3s", ""),
     20, {{"ends c", "3:137/Error"}}},
    /* A hook that fails before it has begun must not stop its container twice. */
    {"a hook that cannot be asked: one signal",
     POD "  containers:\n  - name: c\n    image: i:1\n    command: [sh, -c, \"trap 'echo heard' "
         "TERM; while :; do sleep 1; done\"]\n"
         "    lifecycle: {preStop: {httpGet: {host: nobody.example, port: 80}}}\n" STEPS
         DELETE("5s", ""),
     20, {{"log c", "heard\n"}, {"event FailedPreStopHook", "5"}, {"event Killing", "5"}}},
    {"a sidecar is signalled once the others are down, and waits no longer than the grace",
     POD "  terminationGracePeriodSeconds: 10\n  initContainers: [{name: s, image: i:1, "
         "restartPolicy: Always}]\n"
         "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
         "  instances: [{onStop: {after: 4s}}]\n"
     BEHAVIOR("s") "  instances: [{onStop: ignore}]\n" STEPS DELETE("5s", ""),
     40, {{"ends c", "9:143/Error"}, {"ends s", "15:137/Error"}}},
    {"by force inside a hook, by a knob: a second of it, then the least there is",
     POD "  terminationGracePeriodSeconds: 60\n  containers:\n  - {name: c, image: i:1, lifecycle: "
         "{preStop: {sleep: {seconds: 50}}}}\n"
     BEHAVIOR("c") "  instances: [{onStop: ignore}]\n" STEPS DELETE("5s", "")
     DELETE("7s", ", force: true"), 40,
     {{"set grace_shorten_live", "on"}, {"ends c", "10:137/Error"}}},
    /* The sidecar's hook has taken three of its ten seconds. */
    {"the patience of a sidecar counts from the beginning of its stop",
     POD "  terminationGracePeriodSeconds: 10\n"
     "  initContainers: [{name: s, image: i:1, restartPolicy: Always, lifecycle: {preStop: {sleep: "
     "{seconds: 3}}}}]\n"
     "  containers: [{name: c, image: i:1, lifecycle: {preStop: {sleep: {seconds: 10}}}}]\n"
     BEHAVIOR("c") "  instances: [{onStop: ignore}]\n" BEHAVIOR("s")
     "  instances: [{onStop: ignore}]\n" STEPS DELETE("5s", ""), 40,
     {{"ends c", "17:137/Error"}, {"ends s", "17:137/Error"}}},
    {"a restart of all containers runs no hooks",
     POD "  containers:\n  - {name: a, image: i:1, lifecycle: {preStop: {exec: {command: [x]}}}}\n"
     "  - name: c\n    image: i:1\n    restartPolicy: Never\n    restartPolicyRules:\n"
     "    - {action: RestartAllContainers, exitCodes: {operator: In, values: [1]}}\n"
     BEHAVIOR("a") "  hooks: {preStop: {exitCode: 1}}\n" BEHAVIOR("c")
     "  instances: [{exit: {after: 3s, code: 1}}, {}]\n", 10,
     {{"starts a", "0 3"}, {"event FailedPreStopHook", ""}}},
    {"a hook that overruns the grace is over",
     POD "  terminationGracePeriodSeconds: 10\n  containers:\n  - name: c\n    image: i:1\n"
     "    command: [sh, -c, \"trap '' TERM; while :; do sleep 1; done\"]\n"
     "    lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 11; echo late > /proc/1/fd/1']}}}\n"
     STEPS DELETE("5s", ""), 16, {{"event Killing", "5"}, {"log c", ""}, {"now c", "Running"}}},
    {"deleted while the hook of another kill runs: it goes on",
     POD "  containers:\n  - {name: c, image: i:1, livenessProbe: {httpGet: {port: 80}, "
         "periodSeconds: 1, failureThreshold: 1},\n"
         "     lifecycle: {preStop: {sleep: {seconds: 10}}}}\n" BEHAVIOR("c")
         "  instances: [{serve: [{status: 500}]}]\n" STEPS
     DELETE("5s", ""),
     40, {{"event Killing", "1"}, {"ends c", "11:143/Error"}}},
    {"two sidecars, the second first",
     POD "  initContainers:\n  - {name: s, image: i:1, restartPolicy: Always}\n  - {name: t, "
         "image: i:1, restartPolicy: Always}\n"
         "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c")
         "  instances: [{onStop: {after: 1s}}]\n"
     BEHAVIOR("t") "  instances: [{onStop: {after: 2s}}]\n" BEHAVIOR("s")
     "  instances: [{onStop: {after: 3s}}]\n"
     STEPS DELETE("5s", ""),
     40, {{"ends c", "6:143/Error"}, {"ends t", "8:143/Error"}, {"ends s", "11:143/Error"}}},
};
/* clang-format on */

Test(vectors_edge, what_a_node_remembers)
{
    vector_check_all(memory, sizeof(memory) / sizeof(memory[0]));
}

Test(vectors_edge, hooks_of_neighbours)
{
    vector_check_all(hooks, sizeof(hooks) / sizeof(hooks[0]));
}

Test(vectors_edge, whose_end_loses_a_request)
{
    vector_check_all(redirected, sizeof(redirected) / sizeof(redirected[0]));
    vector_check(&elsewhere, PODRING_NET_MEMORY); /* without a wire no other pod can be asked */
}

Test(vectors_edge, how_containers_stop)
{
    vector_check_all(stops, sizeof(stops) / sizeof(stops[0]));
}

Test(vectors_edge, answers_that_come_late)
{
    vector_check_all(late, sizeof(late) / sizeof(late[0]));
}
