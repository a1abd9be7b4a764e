/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timelines in which several probe rules meet: delays, thresholds and counters over restarts,
 * manual readiness triggers, runs that overlap ticks, kills under every policy, and what each kind
 * of target makes a probe say. Each is worked out by hand from the rules.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define ONE(probes)                                                                                \
    VECTOR_POD "  containers:\n  - name: c\n    image: web:1\n"                                    \
               "    ports: [{containerPort: 8080, name: web}]\n" probes
#define HTTP "httpGet: {path: /, port: 8080}"

static const struct vector vectors[] = {
    {"three probes, delays, a restart",
     ONE("    startupProbe: {" HTTP
         ", periodSeconds: 3, failureThreshold: 4, initialDelaySeconds: 2}\n"
         "    livenessProbe: {" HTTP
         ", periodSeconds: 4, failureThreshold: 2, initialDelaySeconds: 6}\n"
         "    readinessProbe: {" HTTP ", periodSeconds: 5, initialDelaySeconds: 8}\n")
         VECTOR_BEHAVIOR("c")
     "  instances:\n  - onStop: {after: 1s}\n"
     "    serve: [{from: 0s, to: 7s, status: 503}, {from: 20s, to: 31s, status: 500}]\n",
     40,
     {{"event Unhealthy/Startup", "3 6 27 30"},
      {"event Unhealthy/Readiness", "24"},
      {"event Unhealthy/Liveness", "20 24"},
      {"event Killing/Container c failed liveness probe, will be restarted", "24"},
      {"ends c", "25:143/Error"},
      {"starts c", "0 25"},
      {"of c started", "9:True 25:False 33:True"},
      {"of c ready", "9:True 25:False 33:True"},
      {"Ready", "9:True 25:False 33:True"},
      {"row", "1/1 Running 1 (15s)"}}},
    {"successes counted over a crash",
     ONE("    readinessProbe: {" HTTP ", periodSeconds: 4, successThreshold: 3}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 9s, code: 1}}, {}]\n",
     20, {{"starts c", "0 9"}, {"Ready", "8:True 9:False 9:True"}}},
    {"startup failures counted over a crash",
     ONE("    startupProbe: {" HTTP ", periodSeconds: 4, failureThreshold: 3}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 9s, code: 1}}, {}]\n  serve: [{from: 0s, to: 30s, status: "
     "500}]\n",
     /* 4, 8 by inst0; 12 is the third failure in a row though inst1's first: killed at 12. inst0
      * ended at 9, was restarted at once: entry 10; 12 - 9 < 10, so inst2 waits 10 s from 12. */
     40,
     {{"event Unhealthy", "4 8 12 24 28"},
      {"event Killing/failed startup probe, will be restarted", "12"},
      {"starts c", "0 9 22"},
      {"of c started", "32:True"}}},
    {"a timeout longer than the period",
     ONE("    readinessProbe: {" HTTP
         ", periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 1}\n")
     VECTOR_BEHAVIOR("c") "  instances:\n  - serve: [{from: 0s, to: 10s, do: hang}]\n",
     20, {{"event Unhealthy", "3 6 9 12"}, {"Ready", "12:True"}}},
    {"a sibling's syncs ask again",
     VECTOR_POD "  containers:\n"
                "  - {name: a, image: i:1, ports: [{containerPort: 8080}], readinessProbe: {" HTTP
                "}}\n"
                "  - {name: b, image: i:1}\n" VECTOR_BEHAVIOR("a")
     "  instances:\n  - serve: [{from: 0s, to: 21s, status: 503}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 4s, code: 1}}, {exit: {after: 8s, code: 1}}, {}]\n",
     45,
     {{"event Unhealthy", "0 4 12"},
      {"starts b", "0 4 22"},
      {"of a ready", "22:True"},
      {"Ready", "22:True"}}},
    {"the ticker restarts with the extra run",
     ONE("    readinessProbe: {" HTTP ", timeoutSeconds: 2, failureThreshold: 1}\n")
     VECTOR_BEHAVIOR("c")
     "  instances:\n  - serve: [{from: 15s, to: 23s, do: hang}]\n",
     40, {{"event Unhealthy", "22 24"}, {"Ready", "0:True 22:False 32:True"}}},
    {"grace of the startup probe, and the ladder",
     ONE("    startupProbe: {" HTTP ", periodSeconds: 2, failureThreshold: 2, "
         "terminationGracePeriodSeconds: 3}\n") VECTOR_BEHAVIOR("c")
     "  instances:\n  - onStop: ignore\n    serve: [{status: 500}]\n",
     56,
     {{"ends c", "7:137/Error 13:137/Error 19:137/Error 35:137/Error"},
      {"starts c", "0 7 13 29 55"},
      {"event Killing", "4 10 16 32"},
      {"at 20 status", "CrashLoopBackOff"}}},
    {"a container's own Never, and a rule that brings it back",
     VECTOR_POD "  containers:\n  - name: c\n    image: i:1\n    ports: [{containerPort: 8080}]\n"
                "    restartPolicy: Never\n    restartPolicyRules:\n"
                "    - {action: Restart, exitCodes: {operator: In, values: [143]}}\n"
                "    livenessProbe: {" HTTP ", periodSeconds: 5, failureThreshold: 1}\n"
                VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{from: 8s, to: 12s, status: 500}]}]\n",
     30,
     {{"says Killing", "Container c failed liveness probe"},
      {"ends c", "10:143/Error"},
      {"starts c", "0 10"},
      {"phase", "0:Running"}}},
    {"startup kill under Never",
     VECTOR_POD "  restartPolicy: Never\n  containers:\n  - name: c\n    image: i:1\n"
                "    ports: [{containerPort: 8080}]\n"
                "    startupProbe: {tcpSocket: {port: 8080}, periodSeconds: 3, failureThreshold: "
                "2}\n"
     VECTOR_BEHAVIOR("c") "  instances: [{onStop: {after: 2s, code: 7}, serve: [{do: refuse}]}]\n",
     30,
     {{"says Killing", "Container c failed startup probe"},
      {"ends c", "8:7/Error"},
      {"phase", "0:Running 8:Failed"},
      {"how Ready", ""},
      {"row", "0/1 Error 0"}}},
    {"OnFailure restarts what a probe has killed, exit 0 or not",
     VECTOR_POD "  restartPolicy: OnFailure\n  containers:\n  - name: c\n    image: i:1\n"
                "    ports: [{containerPort: 8080}]\n"
                "    livenessProbe: {" HTTP ", periodSeconds: 5, failureThreshold: 2}\n"
                VECTOR_BEHAVIOR("c")
     "  instances:\n  - onStop: {after: 1500ms, code: 0}\n    serve: [{from: 3s, to: 21s, status: "
     "500}]\n"
     "    exit: {after: 60s, code: 0}\n",
     /* 5, 10 fail: killed, 11.5; 15, 20 fail: killed, 21.5, restarted at once: inst0 ended 10 s
      * ago; runs 60 s and is done. */
     100,
     {{"ends c", "11.5:0/Completed 21.5:0/Completed 81.5:0/Completed"},
      {"starts c", "0 11.5 21.5"},
      {"phase", "0:Running 81.5:Succeeded"}}},
    {"readiness moves while the worker is busy",
     VECTOR_POD "  terminationGracePeriodSeconds: 20\n  containers:\n"
                "  - {name: a, image: i:1, ports: [{containerPort: 80}], livenessProbe: {httpGet: "
                "{port: 80}, "
                "periodSeconds: 5, failureThreshold: 2}}\n"
                "  - {name: b, image: i:1, ports: [{containerPort: 81}], readinessProbe: {httpGet: "
                "{port: 81}, "
                "periodSeconds: 3}}\n" VECTOR_BEHAVIOR("a")
     "  instances: [{onStop: ignore, serve: [{from: 3s, status: 500}]}, {serve: []}]\n"
     VECTOR_BEHAVIOR("b")
     "  instances:\n  - serve: [{from: 14s, to: 29s, status: 500}]\n",
     35,
     {{"ends a", "30:137/Error"},
      {"starts a", "0 30"},
      {"Ready", "0:True 21:False 30:True"},
      {"of b ready", "0:True 21:False 30:True"}}},
    {"startup success while the worker is busy",
     VECTOR_POD "  terminationGracePeriodSeconds: 20\n  containers:\n"
                "  - {name: a, image: i:1, ports: [{containerPort: 80}], livenessProbe: {httpGet: "
                "{port: 80}, "
                "periodSeconds: 5, failureThreshold: 1}}\n"
                "  - {name: b, image: i:1, ports: [{containerPort: 81}], startupProbe: {httpGet: "
                "{port: 81}, "
                "periodSeconds: 4}}\n" VECTOR_BEHAVIOR("a")
     "  instances: [{onStop: ignore, serve: [{from: 3s, status: 500}]}, {serve: []}]\n"
     VECTOR_BEHAVIOR("b")
     "  instances:\n  - serve: [{from: 0s, to: 7s, status: 500}]\n",
     35, {{"ends a", "25:137/Error"}, {"of b started", "8:True"}, {"Ready", "8:True"}}},
    {"started in the middle of a second",
     ONE("    livenessProbe: {" HTTP ", initialDelaySeconds: 2, periodSeconds: 4, "
         "failureThreshold: 9}\n"
         "    readinessProbe: {" HTTP ", periodSeconds: 5}\n") VECTOR_BEHAVIOR("c")
     "  pull: [{from: 0s, takes: 6400ms}]\n  instances: [{serve: [{status: 500}]}]\n",
     /* startedAt is 6: at 8 the delay is over. Readiness: at the start, then every 5 s from
      * there. */
     18,
     {{"starts c", "6.4"},
      {"event Unhealthy/Liveness", "8 12 16"},
      {"event Unhealthy/Readiness", "6.4 11.4 16.4"}}},
    {"a body that comes too late is asked for three times",
     ONE("    livenessProbe: {" HTTP ", periodSeconds: 5, failureThreshold: 1}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{from: 4s, to: 9s, headersAfter: 300ms, bodyAfter: 900ms}]}]\n",
     12,
     {{"event Unhealthy/Liveness probe errored and resulted in failure state: ", "8"},
      {"event Unhealthy", "8"},
      {"event Killing", ""}}},
    {"errors between two failures do not break the row",
     ONE("    livenessProbe: {" HTTP ", periodSeconds: 5, failureThreshold: 2}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{from: 4s, to: 6s, status: 500}, {from: 9s, to: 14s, do: "
     "headersOnly}, "
     "{from: 14s, status: 404}]}]\n",
     /* 5 fails, 10-13 is thrown away, 15 is the second failure. */
     16,
     {{"event Unhealthy/statuscode: 500", "5"},
      {"event Unhealthy/errored and resulted in failure state", "13"},
      {"event Unhealthy/statuscode: 404", "15"},
      {"event Killing", "15"}}},
    {"a command that cannot be executed is never counted",
     ONE("    livenessProbe: {exec: {command: [check]}, failureThreshold: 1, periodSeconds: 4}\n")
     VECTOR_BEHAVIOR("c") "  exec: [{command: [check], to: 9s, startError: \"no such file\"}, "
                          "{command: [check], from: 9s, exitCode: 1, output: \"bad\"}]\n",
     13,
     {{"event Unhealthy/Liveness probe errored and resulted in unknown state: ", "4 8"},
      {"event Unhealthy/Liveness probe failed: bad", "12"},
      {"event Killing", "12"}}},
    {"P-24",
     ONE("    livenessProbe: {exec: {command: [sh, -c, 'echo out; echo err >&2; exit 3']}}\n"), 15,
     {{"says Unhealthy", "Liveness probe failed: out\nerr\n"}}},
    {"a command that hangs",
     ONE("    livenessProbe: {exec: {command: [check, -v]}, failureThreshold: 2, timeoutSeconds: "
         "3, "
         "periodSeconds: 4}\n") VECTOR_BEHAVIOR("c")
         "  exec: [{command: [check, -v], hang: true}]\n",
     12,
     {{"says Unhealthy",
       "Liveness probe failed: command timed out: \"check -v\" timed out after 3s|"
       "Liveness probe failed: command timed out: \"check -v\" timed out after 3s"},
      {"event Unhealthy", "7 11"},
      {"event Killing", "11"}}},
    {"what HTTP says",
     ONE("    livenessProbe: {httpGet: {path: '/z?full=1', port: web}, timeoutSeconds: 2, "
         "failureThreshold: 9}\n")
     VECTOR_BEHAVIOR("c")
     "  instances:\n  - serve:\n    - {from: 5s, to: 15s, status: 503, path: /z}\n"
     "    - {from: 15s, to: 25s, do: hang}\n    - {from: 25s, to: 35s, do: refuse}\n"
     "    - {from: 35s, to: 45s, redirect: \"http://other.example/\", body: moved}\n",
     50,
     {{"says Unhealthy",
       "Liveness probe failed: HTTP probe failed with statuscode: 503|"
       "Liveness probe failed: Get \"http://127.1.0.1:8080/z?full=1\": context deadline exceeded "
       "(Client.Timeout exceeded while awaiting headers)|"
       "Liveness probe failed: Get \"http://127.1.0.1:8080/z?full=1\": dial tcp 127.1.0.1:8080: "
       "connect: "
       "connection refused"},
      {"event Unhealthy", "10 22 30"},
      {"says ProbeWarning",
       "Liveness probe warning: Probe terminated redirects, Response body: moved"}}},
    {"what TCP says",
     ONE("    readinessProbe: {tcpSocket: {port: web}}\n") VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{to: 5s, do: refuse}]}]\n",
     15,
     {{"says Unhealthy",
       "Readiness probe failed: dial tcp 127.1.0.1:8080: connect: connection refused"},
      {"Ready", "10:True"}}},
    {"what gRPC says",
     ONE("    livenessProbe: {grpc: {port: 8080}, timeoutSeconds: 2, failureThreshold: 9}\n")
     VECTOR_BEHAVIOR("c") "  instances:\n  - serve:\n    - {from: 5s, to: 15s, grpc: NOT_SERVING}\n"
                          "    - {from: 15s, to: 25s, do: hang}\n",
     35,
     {{"says Unhealthy",
       "Liveness probe failed: service unhealthy (responded with \"NOT_SERVING\")|"
       "Liveness probe failed: timeout: health rpc did not complete within 2s"},
      {"event Unhealthy", "10 22"}}},
    {"redirects: same host follows, another host warns",
     ONE("    readinessProbe: {httpGet: {path: /a, port: 8080}, periodSeconds: 5}\n")
     VECTOR_BEHAVIOR("c")
     "  instances:\n  - serve:\n    - {path: /a, to: 4s, redirect: /b}\n    - {path: /b, to: 4s, "
     "status: 500}\n"
     "    - {path: /a, from: 4s, to: 8s, redirect: \"http://elsewhere/\"}\n",
     9, {{"event Unhealthy/statuscode: 500", "0"}, {"event ProbeWarning", "5"},
         {"Ready", "5:True"}}},
    {"a port name of another container",
     VECTOR_POD
     "  containers:\n  - {name: a, image: i:1, ports: [{containerPort: 80, name: web}]}\n"
     "  - {name: b, image: i:1, livenessProbe: {httpGet: {port: web}, periodSeconds: 5, "
     "failureThreshold: 1}}\n",
     11, {{"event Unhealthy/Liveness probe errored and resulted in unknown state: ", "5 10"},
          {"event Killing", ""}}},
    {"a sidecar's liveness",
     VECTOR_POD
     "  restartPolicy: Never\n  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: "
     "Always\n"
     "    ports: [{containerPort: 80}]\n    livenessProbe: {httpGet: {port: 80}, periodSeconds: 3, "
     "failureThreshold: 1}\n"
     "  containers: [{name: m, image: i:1}]\n" VECTOR_BEHAVIOR("s")
     "  instances: [{serve: [{from: 2s, to: 10s, status: 500}]}]\n",
     /* 3: killed, back at once; 6: inst0 is the dead one, no entry: at once; 9: inst1 ended at 6, 3
      * < 10. */
     25,
     {{"says Killing",
       "Init container s failed liveness probe|Init container s failed liveness probe|"
       "Init container s failed liveness probe"},
      {"starts s", "0 3 6 19"},
      {"at 10 status", "Init:CrashLoopBackOff"},
      {"phase", "0:Running"},
      {"Initialized", "0:True"},
      {"Ready", "0:True 9:False 19:True"},
      {"row", "2/2 Running 3 (16s)"}}},
    {"a sidecar's startup probe fails for good",
     VECTOR_POD "  initContainers:\n  - name: s\n    image: i:1\n    restartPolicy: Always\n"
                "    ports: [{containerPort: 80}]\n    startupProbe: {httpGet: {port: 80}, "
                "periodSeconds: 2, "
                "failureThreshold: 2}\n"
                "  containers: [{name: m, image: i:1}]\n" VECTOR_BEHAVIOR("s")
     "  instances: [{serve: [{to: 7s, status: 500}]}]\n",
     /* 2, 4: killed, back at 4; 6 fails, 8 is well: m starts. */
     15,
     {{"event Killing/Init container s failed startup probe", "4"},
      {"starts s", "0 4"},
      {"starts m", "8"},
      {"at 5 status", "Init:0/1"},
      {"phase", "8:Running"},
      {"Initialized", "8:True"}}},
};

static const struct vector more[] = {
    {"a trigger that meets a run in progress",
     VECTOR_POD "  containers:\n"
                "  - {name: a, image: i:1, ports: [{containerPort: 8080}], readinessProbe: {" HTTP
                ", timeoutSeconds: 5, failureThreshold: 1}}\n"
                "  - {name: b, image: i:1}\n" VECTOR_BEHAVIOR("a")
     "  instances:\n  - serve: [{to: 30s, do: hang}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{exit: {after: 3s, code: 1}}, {}]\n",
     /* 0-5; the trigger of 3 runs 5-10 and restarts the ticker: 15-20, 25-30, 35. */
     36, {{"event Unhealthy", "5 10 20 30"}, {"Ready", "35:True"}}},
    {"two kills, one after the other; starts after both",
     VECTOR_POD "  terminationGracePeriodSeconds: 10\n  containers:\n"
                "  - {name: a, image: i:1, ports: [{containerPort: 80}], livenessProbe: {httpGet: "
                "{port: 80}, "
                "failureThreshold: 3}}\n"
                "  - {name: b, image: i:1, ports: [{containerPort: 81}], livenessProbe: {httpGet: "
                "{port: 81}, "
                "failureThreshold: 3}}\n" VECTOR_BEHAVIOR("a")
     "  instances: [{onStop: ignore, serve: [{status: 500}]}, {serve: []}]\n" VECTOR_BEHAVIOR("b")
     "  instances: [{onStop: ignore, serve: [{status: 500}]}, {serve: []}]\n",
     70,
     {{"ends a", "40:137/Error"},
      {"ends b", "50:137/Error"},
      {"event Killing", "30 40"},
      {"starts a", "0 50"},
      {"starts b", "0 50"},
      {"Ready", "0:True 40:False 50:True"}}},
    {"a liveness tick in the instant of the startup success",
     ONE("    startupProbe: {" HTTP ", periodSeconds: 3}\n"
         "    livenessProbe: {" HTTP ", periodSeconds: 2, failureThreshold: 1}\n")
         VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{to: 6s, status: 500}, {from: 7s, status: 500}]}, {serve: []}]\n",
     /* Startup 3 fails, 6 is well; the tick of 6 saw a container not started; 8 kills. */
     10, {{"of c started", "6:True 8:False 9:True"}, {"event Unhealthy/Liveness", "8"},
          {"event Killing", "8"}}},
    {"the delay counts for every instance",
     ONE("    readinessProbe: {" HTTP ", periodSeconds: 3, initialDelaySeconds: 5}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 7s, code: 1}}, {}]\n",
     16, {{"Ready", "6:True 7:False 13:True"}}},
    {"as late as the timeout allows",
     ONE("    livenessProbe: {" HTTP
         ", periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 9}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{to: 7s, latency: 1999ms}, {from: 7s, to: 12s, latency: 2001ms}, "
     "{from: 12s, headersAfter: 1s, bodyAfter: 999ms}]}]\n",
     20, {{"event Unhealthy/awaiting headers", "12"}, {"event Unhealthy", "12"}}},
    {"preStop of a container that a probe has condemned",
     VECTOR_POD "  containers:\n  - name: c\n    image: i:1\n    ports: [{containerPort: 8080}]\n"
                "    lifecycle: {preStop: {sleep: {seconds: 6}}}\n    livenessProbe: {" HTTP
                ", failureThreshold: 1, terminationGracePeriodSeconds: 4}\n" VECTOR_BEHAVIOR("c")
     "  instances: [{onStop: ignore, serve: [{status: 500}]}, {serve: []}]\n",
     /* The hook is abandoned at 14, SIGTERM, two seconds, SIGKILL. */
     20, {{"event Killing", "10"}, {"ends c", "16:137/Error"}, {"starts c", "0 16"}}},
    {"both thresholds",
     ONE("    readinessProbe: {" HTTP
         ", periodSeconds: 2, successThreshold: 2, failureThreshold: 2}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{from: 3s, to: 5s, status: 500}, {from: 9s, to: 13s, status: 500}, "
     "{from: 15s, to: 17s, status: 500}]}]\n",
     /* 0, 2 ok: Ready 2; 4 fails once; 10, 12 fail: not ready 12, asked again at 12; 14 ok; 16
      * fails; 18, 20 ok. */
     25, {{"event Unhealthy", "4 10 12 12 16"}, {"Ready", "2:True 12:False 20:True"}}},
    {"never asked while it is down",
     ONE("    livenessProbe: {" HTTP ", periodSeconds: 4, failureThreshold: 2}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {after: 1s, code: 1}}, {exit: {after: 4500ms, code: 1}, serve: "
     "[{status: 500}]}, "
     "{serve: [{status: 500}]}]\n",
     /* inst1 1-5.5: 4 fails; down until 15.5: 8, 12 are silent; 16 is the second failure: killed;
      * inst1 ended at 5.5, the wait of 20 is not over: from 16, 36. */
     39, {{"event Unhealthy", "4 16"}, {"event Killing", "16"}, {"starts c", "0 1 15.5 36"}}},
    {"a new node counts anew",
     ONE("    livenessProbe: {" HTTP ", periodSeconds: 10, failureThreshold: 3}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{from: 5s, to: 41s, status: 500}]}]\n" VECTOR_STEPS
     "  - {at: 24s, reboot: node}\n",
     /* 10, 20 by the old worker; 34 is the first failure of the new one. */
     60, {{"event Unhealthy", "10 20 34"}, {"event Killing", ""}, {"starts c", "0 24"}}},
    {"HTTP 1xx, 3xx and odd ones",
     ONE("    readinessProbe: {" HTTP ", periodSeconds: 2, failureThreshold: 1}\n")
     VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{to: 1s, status: 299}, {from: 1s, to: 3s, status: 300}, {from: 3s, "
     "to: 5s, status: 401}, "
     "{from: 5s, to: 7s, status: 399}, {from: 7s, to: 9s, status: 600}]}]\n",
     10,
     {{"event ProbeWarning", "2 6"},
      {"event Unhealthy/statuscode: 401", "4 4"},
      {"event Unhealthy/statuscode: 600", "8 8"},
      {"Ready", "0:True 4:False 6:True 8:False 10:True"}}},
    {"variables of the command",
     VECTOR_POD "  containers:\n  - name: c\n    image: busybox:1\n    command: [sleep, \"1000\"]\n"
                "    env: [{name: A, value: \"one\"}]\n"
                "    livenessProbe: {exec: {command: [sh, -c, \"echo '$(A) $$(A) $(C)'; exit "
                "1\"]}, periodSeconds: 7}\n",
     8, {{"says Unhealthy", "Liveness probe failed: one $(A) $(C)\n"}}},
};

Test(vectors_mix_probe, worked_timelines)
{
    vector_check_all(vectors, sizeof(vectors) / sizeof(*vectors));
}

Test(vectors_mix_probe, more_of_them)
{
    vector_check_all(more, sizeof(more) / sizeof(*more));
}
