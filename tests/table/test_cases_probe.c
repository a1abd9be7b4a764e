/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Kubernetes' conformance and end-to-end tests for probes demand, case by case: the commands
 * are theirs, the servers are behaviours, and the instants follow from the rules.
 */
#include <criterion/criterion.h>

#include "tests/support/cases.h"
#include "tests/support/vector.h"

#define BEHAVIOR VECTOR_BEHAVIOR
#define STEPS VECTOR_STEPS
#define BOX(command, more) VECTOR_POD "  containers:\n  - name: c\n    image: busybox:1.36\n    " \
    command "\n" more
#define WEB(more) VECTOR_POD \
    "  containers:\n  - name: c\n    image: web:1\n    ports: [{containerPort: 80}]\n" more
#define LIVENESS(handler, more) "    livenessProbe: {" handler more "}\n"
#define READINESS(handler, more) "    readinessProbe: {" handler more "}\n"
#define STARTUP(handler, more) "    startupProbe: {" handler more "}\n"
#define EXEC(words) "exec: {command: [" words "]}"
#define AGED "  instances: [{serve: [{from: 10s, clock: instance, path: /healthz, status: 500}]}]\n"

static const struct vector cases[] = {
    {"readiness: not before its initial delay, and no restart",
     WEB(READINESS("httpGet: {path: /, port: 80}", ", initialDelaySeconds: 15")), 60,
     {{"field Ready", "20:True"}, {"starts c", "0"}}},
    {"readiness that always fails: never ready, never restarted",
     WEB(READINESS("httpGet: {path: /, port: 81}", "")) BEHAVIOR("c")
     "  instances: [{serve: [{port: 81, do: refuse}]}]\n", 60,
     {{"field Ready", ""}, {"starts c", "0"}, {"phase", "0:Running"}}},
    {"liveness by a file that goes away: restarted",
     BOX(CASE_SH("echo ok >/tmp/health; sleep 10; rm -rf /tmp/health; sleep 600"),
         LIVENESS(EXEC("cat, /tmp/health"),
                  ", initialDelaySeconds: 15, timeoutSeconds: 5, failureThreshold: 1")),
     60, {{"event Killing", "20"}, {"of c restartCount", "50:1"}, {"ends c", "50:137/Error"}}},
    {"liveness by a file that stays: not restarted",
     BOX(CASE_SH("echo ok >/tmp/health; sleep 600"),
         LIVENESS(EXEC("cat, /tmp/health"),
                  ", initialDelaySeconds: 15, timeoutSeconds: 5, failureThreshold: 1")),
     240, {{"event Killing", ""}, {"starts c", "0"}}},
    {"liveness over HTTP of a server that sickens after ten seconds: restarted",
     WEB(LIVENESS("httpGet: {path: /healthz, port: 8080}",
                  ", initialDelaySeconds: 15, failureThreshold: 1"))
     BEHAVIOR("c") AGED,
     30, {{"starts c", "0 20"}, {"of c restartCount", "20:1"}}},
    {"... but its socket stays open: a TCP probe is content",
     WEB(LIVENESS("tcpSocket: {port: 8080}", ", initialDelaySeconds: 15, failureThreshold: 1"))
     BEHAVIOR("c") AGED, 240,
     {{"starts c", "0"}, {"event Unhealthy", ""}}},
    {"the restart count only grows",
     WEB(LIVENESS("httpGet: {path: /healthz, port: 8080}",
                  ", initialDelaySeconds: 5, failureThreshold: 1"))
     BEHAVIOR("c") AGED,
     120,
     /* The test of the back-off sees the instance before the killed one: 20, 30 pass, 40 and 70 do
      * not. */
     {{"starts c", "0 10 20 30 60 110"}, {"of c restartCount", "10:1 20:2 30:3 60:4 110:5"}}},
    {"liveness over HTTP that never fails",
     WEB(LIVENESS("httpGet: {path: /, port: 80}", ", initialDelaySeconds: 15, "
                                                  "timeoutSeconds: 5, failureThreshold: 5")),
     240, {{"starts c", "0"}}},
    {"liveness by a command that outlives its timeout: restarted",
     BOX(CASE_SH("sleep 600"),
         LIVENESS(EXEC("/bin/sh, -c, sleep 10"), ", initialDelaySeconds: 15, timeoutSeconds: 1, "
                                                 "failureThreshold: 1")),
     60,
     {{"event Killing", "21"}, {"of c restartCount", "51:1"},
      {"says Unhealthy",
       "Liveness probe failed: command timed out: \"/bin/sh -c sleep 10\" timed out after 1s"}}},
    {"readiness by such a command: never ready",
     BOX(CASE_SH("sleep 600"),
         READINESS(EXEC("/bin/sh, -c, sleep 10"), ", initialDelaySeconds: 15, timeoutSeconds: 1, "
                                                  "failureThreshold: 1")),
     60, {{"field Ready", ""}, {"starts c", "0"}}},
    {"liveness by a command that fails and leaves a child behind: restarted",
     BOX(CASE_SH("sleep 600"),
         LIVENESS(EXEC("/bin/sh, -c, 'sleep 10 & exit 1'"), ", initialDelaySeconds: 15, "
                                                            "timeoutSeconds: 1, failureThreshold: "
                                                            "1")),
     60, {{"at 60 of c restartCount", "1"}}},
    {"a local redirect leads to the sickening page: restarted",
     WEB(LIVENESS("httpGet: {path: \"/redirect?loc=%2Fhealthz\", port: 8080}",
                  ", initialDelaySeconds: 15, "
                  "failureThreshold: 1")) BEHAVIOR("c")
     "  instances: [{serve: [{path: /redirect, redirect: /healthz}, "
     "{from: 10s, clock: instance, path: /healthz, status: 500}]}]\n",
     30, {{"starts c", "0 20"}}},
    {"a redirect to another host ends there, with a warning",
     WEB(LIVENESS("httpGet: {path: \"/redirect?loc=http%3A%2F%2F0.0.0.0%2F\", port: 8080}",
                  ", initialDelaySeconds: 15, failureThreshold: 1")) BEHAVIOR("c")
     "  instances: [{serve: [{path: /redirect, redirect: \"http://0.0.0.0/\", "
     "body: \"<a href=\\\"http://0.0.0.0/\\\">Found</a>.\"}]}]\n",
     25,
     {{"starts c", "0"}, {"event ProbeWarning", "20"},
      {"says ProbeWarning", "Liveness probe warning: Probe terminated redirects, Response body: "
                            "<a href=\"http://0.0.0.0/\">Found</a>."}}},
    {"a startup probe that fails restarts, whatever liveness would say",
     BOX(CASE_SH("sleep 600"),
         LIVENESS(EXEC("/bin/true"), ", initialDelaySeconds: 15, failureThreshold: 1")
                                   STARTUP(EXEC("/bin/false"),
                                           ", initialDelaySeconds: 15, failureThreshold: 3")),
     75, {{"event Unhealthy", "20 30 40"},
          {"says Killing", "Container c failed startup probe, will be restarted"},
          {"of c restartCount", "70:1"}}},
    {"liveness waits for the startup probe",
     BOX(CASE_SH("sleep 600"),
         LIVENESS(EXEC("/bin/false"), ", initialDelaySeconds: 15, failureThreshold: 1")
                                   STARTUP(EXEC("/bin/false"),
                                           ", initialDelaySeconds: 15, failureThreshold: 60")),
     240, {{"starts c", "0"}, {"event Killing", ""}, {"of c started", ""}}},
    {"... and fails after it",
     BOX(CASE_SH("sleep 10; echo ok >/tmp/startup; sleep 600"),
         LIVENESS(EXEC("/bin/false"), ", initialDelaySeconds: 15, failureThreshold: 1")
             STARTUP(EXEC("cat, /tmp/startup"), ", initialDelaySeconds: 15, failureThreshold: 60")),
     70,
     {{"of c started", "20:True 60:False"},
      {"says Killing", "Container c failed liveness probe, will be restarted"},
      {"event Killing", "30"}, {"of c restartCount", "60:1"}}},
    {"ready at once when the startup probe succeeds",
     BOX(CASE_SH("echo ok >/tmp/health; sleep 32; echo ok >/tmp/startup; sleep 600"),
         READINESS(EXEC("/bin/cat, /tmp/health"), ", initialDelaySeconds: 0, periodSeconds: 30")
             STARTUP(EXEC("/bin/cat, /tmp/startup"),
                     ", initialDelaySeconds: 0, failureThreshold: 120, periodSeconds: 5")),
     60, {{"of c started", "35:True"}, {"field Ready", "35:True"}}},
    {"the grace of a liveness probe overrides the pod's",
     VECTOR_POD
     "  terminationGracePeriodSeconds: 500\n  containers:\n  - name: c\n    image: busybox:1.36\n  "
     "  "
     CASE_SH("sleep 1000") "\n"
     LIVENESS("httpGet: {path: /healthz, port: 8080}",
              ", initialDelaySeconds: 10, failureThreshold: 1, "
              "terminationGracePeriodSeconds: 5"),
     20, {{"event Killing", "10"}, {"ends c", "15:137/Error"}, {"starts c", "0 15"}}},
    {"the grace of a startup probe overrides the pod's",
     VECTOR_POD
     "  terminationGracePeriodSeconds: 500\n  containers:\n  - name: c\n    image: busybox:1.36\n  "
     "  "
     CASE_SH("sleep 1000") "\n"
     LIVENESS(EXEC("/bin/true"), ", initialDelaySeconds: 15, failureThreshold: 1")
     STARTUP(EXEC("/bin/cat, /tmp/startup"), ", initialDelaySeconds: 10, failureThreshold: 1, "
                                             "terminationGracePeriodSeconds: 5"),
     20, {{"event Killing", "10"}, {"ends c", "15:137/Error"}, {"starts c", "0 15"}}},
    {"liveness over gRPC that serves",
     WEB(LIVENESS("grpc: {port: 5000}", ", initialDelaySeconds: 15, timeoutSeconds: 5, "
                                        "failureThreshold: 1")),
     240, {{"starts c", "0"}}},
    {"liveness over gRPC at a port where nobody listens",
     WEB(LIVENESS("grpc: {port: 2333}",
                  ", initialDelaySeconds: 60, timeoutSeconds: 5, failureThreshold: 1"))
     BEHAVIOR("c") "  instances: [{serve: [{port: 2333, do: refuse}]}]\n",
     80, {{"event Killing", "60"}, {"starts c", "0 60"}}},
    {"readiness goes while the pod is being stopped",
     BOX("command: [/bin/bash, -c, \"_term() { rm -f /tmp/ready; sleep 30; exit 0; }; trap _term "
         "SIGTERM; "
         "touch /tmp/ready; while true; do echo hello; sleep 10; done\"]",
         READINESS(EXEC("cat, /tmp/ready"),
                   ", initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 1"))
     STEPS "  - {at: 65s, delete: pod/p}\n",
     120,
     /* Bash ends its sleep before it sees to the signal. */
     {{"field Ready", "6:True 70:False"}, {"ends c", "95:137/Error"},
      {"at 75 status", "Terminating"}}},
    {"... and liveness is not asked any more",
     BOX("command: [/bin/bash, -c, \"_term() { rm -f /tmp/ready; rm -f /tmp/liveness; sleep 20; "
         "exit 0; }; "
         "trap _term SIGTERM; touch /tmp/ready; touch /tmp/liveness; while true; do echo hello; "
         "sleep 10; done\"]",
         READINESS(EXEC("cat, /tmp/ready"),
                   ", initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 1")
             LIVENESS(EXEC("cat, /tmp/liveness"),
                      ", initialDelaySeconds: 5, periodSeconds: 1, failureThreshold: 1"))
     STEPS "  - {at: 65s, delete: pod/p}\n",
     120,
     {{"field Ready", "6:True 70:False"}, {"says Killing", "Stopping container c"},
      {"ends c", "90:0/Completed"},
      {"object", "0:Created 65:Terminating 90:Deleted"}}},
};

#define SIDE(more) VECTOR_POD \
    "  initContainers:\n  - name: s\n    image: web:1\n    restartPolicy: Always\n" more \
                              "  containers: [{name: main, image: pause:3}]\n"

static const struct vector sidecars[] = {
    {"readiness of a sidecar: not before its initial delay",
     SIDE(READINESS("httpGet: {path: /, port: 80}", ", initialDelaySeconds: 15")), 60,
     {{"field Ready", "20:True"}, {"starts main", "0"}, {"starts s", "0"}}},
    {"readiness of a sidecar that always fails: the pod runs, and is not ready",
     SIDE(READINESS("httpGet: {path: /, port: 81}", "")) BEHAVIOR("s")
     "  instances: [{serve: [{do: refuse}]}]\n", 60,
     {{"field Ready", ""}, {"phase", "0:Running"}, {"starts s", "0"},
      {"field ContainersReady", ""}}},
    {"liveness of a sidecar: restarted, the main container is left alone",
     SIDE(LIVENESS("httpGet: {path: /healthz, port: 8080}",
                   ", initialDelaySeconds: 15, failureThreshold: 1"))
     BEHAVIOR("s") AGED,
     30, {{"starts s", "0 20"}, {"starts main", "0"},
          {"says Killing", "Init container s failed liveness probe"}}},
    {"startup of a sidecar: restarted before anything else starts",
     SIDE(LIVENESS("httpGet: {path: /, port: 80}", ", initialDelaySeconds: 15, failureThreshold: 1")
              STARTUP("httpGet: {path: /no, port: 80}",
                      ", initialDelaySeconds: 15, failureThreshold: 3"))
     BEHAVIOR("s") "  instances: [{serve: [{path: /no, status: 404}]}]\n",
     45, {{"starts s", "0 40"}, {"starts main", ""}, {"phase", ""}}},
    {"a sidecar is ready at once when its startup probe succeeds",
     SIDE(READINESS("httpGet: {path: /, port: 80}", ", periodSeconds: 30")
              STARTUP("httpGet: {path: /up, port: 80}",
                      ", periodSeconds: 5, failureThreshold: 120"))
     BEHAVIOR("s") "  instances: [{serve: [{to: 32s, clock: instance, path: /up, status: 503}]}]\n",
     60, {{"of s started", "35:True"}, {"of s ready", "35:True"}, {"starts main", "35"},
          {"field Ready", "35:True"}}},
};

#define ALL(table)                                                                                 \
    Test(cases_probe, table##_scripted)                                                            \
    {                                                                                              \
        for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)                              \
            vector_check(&table[i], PODRING_NET_SCRIPT);                                           \
    }                                                                                              \
    Test(cases_probe, table##_over_the_wire)                                                       \
    {                                                                                              \
        for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++)                              \
            vector_check(&table[i], PODRING_NET_MEMORY);                                           \
    }

ALL(cases)
ALL(sidecars)
