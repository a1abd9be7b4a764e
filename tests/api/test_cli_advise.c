/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_advise.c - podring advise from outside. Each practice has a manifest that gets its
 * advice, with the evidence to the letter, and the same manifest after the patch, which does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/cli/io/json_read.h"
#include "engine/reactor/base.h"
#include "tests/api/test_cli_kit.h"

/* A file of its own with that text. */
static void write_file(char path[32], const char *text)
{
    int fd;

    strcpy(path, "/tmp/podring-advise-XXXXXX");
    fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static struct kit_ran advise(const char *path, const char *more)
{
    char line[256];

    snprintf(line, sizeof(line), "advise %s -q %s", path, more);
    return kit_spawn(NULL, line);
}

#define DEPLOYMENT(spec, pod, container)                                                           \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n" spec                   \
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"     \
    "    spec:\n" pod "      containers:\n      - name: main\n" container
#define SERVICE                                                                                    \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n"                           \
    "  selector: {app: web}\n  ports: [{port: 80, targetPort: 8080}]\n"
#define IMAGE "        image: shop:1.2\n"
#define READY "        readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 5}\n"

#define BUDGET(spec)                                                                               \
    "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec:\n" spec   \
    "  selector: {matchLabels: {app: web}}\n"

#define SET(pod, container)                                                                        \
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 3\n"        \
    "  serviceName: web\n  selector: {matchLabels: {app: web}}\n  template:\n"                     \
    "    metadata: {labels: {app: web}}\n"                                                         \
    "    spec:\n" pod "      containers:\n      - name: main\n" container
#define CLAIMS                                                                                     \
    "  volumeClaimTemplates:\n  - metadata: {name: data}\n"                                        \
    "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
#define JOB(spec, pod)                                                                             \
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: import}\nspec:\n" spec                      \
    "  template:\n    spec:\n      restartPolicy: Never\n" pod "      containers:\n"               \
    "      - name: main\n        image: import:1.2\n        command: [import]\n"
#define CRON(spec)                                                                                 \
    "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: report}\nspec:\n"                       \
    "  schedule: \"*/10 * * * *\"\n  jobTemplate:\n" spec                                          \
    "      template:\n        spec:\n          restartPolicy: Never\n          containers:\n"      \
    "          - name: main\n            image: report:1.2\n            command: [report]\n"
#define SCALER(min, max)                                                                           \
    "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"      \
    "spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n"                \
    "  minReplicas: " min "\n  maxReplicas: " max "\n  metrics:\n"                                 \
    "  - type: Resource\n    resource: {name: cpu, target: {type: Utilization, "                   \
    "averageUtilization: 50}}\n"

static const struct row {
    const char *practice, *manifest;
    const char *evidence; /* of its line, from the level on */
    bool patched;
} rows[] = {
    {"pre-stop", DEPLOYMENT("  replicas: 3\n", "", IMAGE READY) SERVICE,
     "11:15: warning: pre-stop: deployment/web: a rollout at 50 requests/s breaks 50 requests; "
     "with "
     "preStop sleep 5: 0\n",
     true},
    {"pre-stop",
     DEPLOYMENT("  replicas: 3\n", "      terminationGracePeriodSeconds: 5\n", IMAGE READY) SERVICE,
     "12:15: warning: pre-stop: deployment/web: a rollout at 50 requests/s breaks 50 requests; "
     "with "
     "preStop sleep 5 and a grace of 30 s: 0\n",
     true},
    {"readiness-missing", DEPLOYMENT("  replicas: 3\n", "", IMAGE) SERVICE,
     "11:15: warning: readiness-missing: deployment/web: one more pod breaks 112 requests at 50 "
     "requests/s while it starts; with a readinessProbe: 0\n",
     true},
    {"slow-start",
     DEPLOYMENT(
         "", "",
         IMAGE
         "        livenessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 5}\n"),
     "10:15: note: slow-start: deployment/web: restarts begin when the start takes 16 s; with a "
     "startupProbe 24 x 5 s it may take 115 s\n",
     true},
    {"one-replica", DEPLOYMENT("", "", IMAGE READY) SERVICE,
     "1:1: note: one-replica: deployment/web: a drain of its node breaks 500 requests at 50 "
     "requests/s; with 2 replicas and a PodDisruptionBudget: 0\n",
     true},
    {"pull-always", DEPLOYMENT("", "", IMAGE "        imagePullPolicy: Always\n"),
     "10:15: note: pull-always: deployment/web: with the registry away for 5 min a pod that is "
     "added "
     "waits 310 s: imagePullPolicy Always; with IfNotPresent: 0 s\n",
     true},
    {"pull-always", DEPLOYMENT("", "", "        image: shop:latest\n"),
     "10:15: note: pull-always: deployment/web: with the registry away for 5 min a pod that is "
     "added "
     "waits 310 s: imagePullPolicy Always of a tag that moves; with IfNotPresent: 0 s\n",
     false},
    {"drain-order",
     DEPLOYMENT(
         "  replicas: 3\n", "",
         IMAGE READY
         "        lifecycle: {preStop: {exec: {command: [sh, -c, \"touch /tmp/leaving\"]}}}\n")
         SERVICE,
     "11:15: warning: drain-order: deployment/web: a rollout at 50 requests/s breaks 50 "
     "requests: its preStop is over before the proxies know; with 5 s more: 0\n",
     true},
    {"drain-order",
     DEPLOYMENT("  replicas: 3\n", "",
                IMAGE READY "        lifecycle: {preStop: {httpGet: {path: /leave, port: 8080}}}\n")
         SERVICE,
     "11:15: warning: drain-order: deployment/web: a rollout at 50 requests/s breaks 50 "
     "requests: its preStop is over before the proxies know\n",
     false},
    {"rollout-gap",
     DEPLOYMENT("  replicas: 2\n  strategy: {type: Recreate}\n", "", IMAGE READY) SERVICE,
     "1:1: note: rollout-gap: deployment/web: a rollout leaves no pod for a while and breaks "
     "500 requests at 50 requests/s (Recreate, needed if two must not run at once); with "
     "maxSurge 1 and maxUnavailable 0: 0\n",
     true},
    {"rollout-gap",
     DEPLOYMENT("  replicas: 2\n  strategy:\n    type: RollingUpdate\n    rollingUpdate:\n"
                "      maxUnavailable: 100%\n",
                "", IMAGE READY) SERVICE,
     "1:1: warning: rollout-gap: deployment/web: a rollout leaves no pod for a while and "
     "breaks 500 requests at 50 requests/s (maxUnavailable); with maxSurge 1 and "
     "maxUnavailable 0: 0\n",
     true},
    {"shell-pid1",
     DEPLOYMENT("", "      terminationGracePeriodSeconds: 20\n",
                IMAGE "        command: [sh, -c, \"mkdir -p /data; /server --port 8080\"]\n"),
     "11:15: warning: shell-pid1: deployment/web: SIGTERM ends at a shell that does not pass "
     "it on: a stop takes the whole grace of 20 s and ends by SIGKILL; with exec before the "
     "program: 0 s\n",
     true},
    {"shell-pid1",
     DEPLOYMENT("", "",
                IMAGE "        command:\n        - sh\n        - -c\n        - |\n"
                      "          while true; do /server; done\n"),
     "10:15: warning: shell-pid1: deployment/web: SIGTERM ends at a shell that does not pass "
     "it on: a stop takes the whole grace of 30 s and ends by SIGKILL; start the program by "
     "exec, or let the shell trap TERM\n",
     false},
    {"grace-short",
     DEPLOYMENT("", "      terminationGracePeriodSeconds: 20\n",
                IMAGE "        lifecycle: {preStop: {exec: {command: [sleep, \"30\"]}}}\n"),
     "1:1: warning: grace-short: deployment/web: a stop needs 30 s and is cut after 20 s "
     "(terminationGracePeriodSeconds 20); with 40: it ends by itself\n",
     true},
    {"budget-blocks", DEPLOYMENT("  replicas: 2\n", "", IMAGE READY) BUDGET("  minAvailable: 2\n"),
     "15:1: warning: budget-blocks: deployment/web: a drain of its node waits for ever (10 min "
     "here): the budget lets none of 2 pods go; with maxUnavailable 1: done\n",
     true},
    {"budget-blocks",
     DEPLOYMENT("  replicas: 2\n", "", IMAGE READY) BUDGET("  maxUnavailable: 0\n"),
     "15:1: warning: budget-blocks: deployment/web: a drain of its node waits for ever (10 min "
     "here): the budget lets none of 2 pods go; with maxUnavailable 1: done\n",
     true},
    {"budget-missing", DEPLOYMENT("  replicas: 2\n", "", IMAGE READY) SERVICE,
     "1:1: note: budget-missing: deployment/web: a drain of their node takes all 2 pods at "
     "once and breaks 500 requests at 50 requests/s; with a PodDisruptionBudget: 0\n",
     true},
    {"readiness-sharp",
     DEPLOYMENT("  replicas: 2\n", "",
                IMAGE "        readinessProbe:\n          httpGet: {path: /ready, port: 8080}\n"
                      "          failureThreshold: 1\n") SERVICE,
     "11:15: warning: readiness-sharp: deployment/web: one failed probe takes all 2 pods out "
     "and breaks 500 requests at 50 requests/s (failureThreshold 1); with 3: 0\n",
     true},
    {"liveness-sharp",
     DEPLOYMENT("", "",
                IMAGE "        livenessProbe:\n          httpGet: {port: 8080}\n"
                      "          periodSeconds: 2\n"),
     "10:15: warning: liveness-sharp: deployment/web: a pause of 10 s restarts 1 container "
     "(failureThreshold 3 x periodSeconds 2); with failureThreshold 15: 0\n",
     true},
    {"liveness-sharp",
     DEPLOYMENT("", "",
                IMAGE "        livenessProbe:\n          exec: {command: [check-it]}\n"
                      "          periodSeconds: 3\n          failureThreshold: 1\n"),
     "10:15: warning: liveness-sharp: deployment/web: a pause of 10 s restarts 3 containers "
     "(failureThreshold 1 x periodSeconds 3); with failureThreshold 10: 0\n",
     true},
    {"progress-deadline", DEPLOYMENT("  progressDeadlineSeconds: 60\n", "", IMAGE READY),
     "1:1: warning: progress-deadline: deployment/web: a rollout is given up after 60 s "
     "(progressDeadlineSeconds), although all pods are ready after 70 s; with 600: it "
     "succeeds\n",
     true},
    {"probes-identical",
     DEPLOYMENT("", "",
                IMAGE READY
                "        livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 10}\n"),
     "10:15: note: probes-identical: deployment/web: a minute in which what it depends on is "
     "away restarts 2 containers, because liveness and readiness ask the same; with liveness "
     "failureThreshold 9: 0, and they are unready only\n",
     true},
    {"liveness-missing", DEPLOYMENT("", "", IMAGE READY) SERVICE,
     "10:15: note: liveness-missing: deployment/web: a program that hangs stays so: 30000 "
     "requests broken in 10 min at 50 requests/s; with a livenessProbe: 2750\n",
     true},
    {"min-ready", DEPLOYMENT("  replicas: 3\n", "", IMAGE READY) SERVICE,
     "1:1: note: min-ready: deployment/web: a release that crashes 15 s after it is ready "
     "breaks 10500 requests in 5 min at 50 requests/s; with minReadySeconds 30, which holds it "
     "at the first pod: 0\n",
     true},
    {"hook-repeats",
     DEPLOYMENT("", "",
                IMAGE "        livenessProbe: {httpGet: {port: 8080}}\n"
                      "        lifecycle: {preStop: {exec: {command: [upload, /data]}}}\n"),
     "10:15: note: hook-repeats: deployment/web: preStop runs with each restart, not once for "
     "the pod: 6 restarts in 10 min of a program that hangs a minute after each start run it 6 "
     "times\n",
     false},
    {"probe-timeout", DEPLOYMENT("", "", IMAGE "        livenessProbe: {httpGet: {port: 8080}}\n"),
     "10:15: note: probe-timeout: deployment/web: answers that take 2 s for two minutes: 4 "
     "restarts by its probes (timeoutSeconds 1); with timeoutSeconds 5: 0\n",
     true},
    {"probe-timeout",
     DEPLOYMENT("", "",
                IMAGE
                "        livenessProbe: {httpGet: {port: 8080}}\n") "---\napiVersion: "
                                                                    "podring.dev/v1\nkind: "
                                                                    "Behavior\nmetadata: {name: "
                                                                    "b}\nspec:\n"
                                                                    "  serve: [{latency: 3s}]\n",
     "10:15: warning: probe-timeout: deployment/web: as its program answers: 6 restarts by its "
     "probes (timeoutSeconds 1); with timeoutSeconds 5: 0\n",
     true},
    {"last-words", DEPLOYMENT("", "", IMAGE),
     "10:15: note: last-words: deployment/web: a program that logs \"no route to db\" and exits "
     "with 3 leaves no message in its status; with FallbackToLogsOnError: \"no route to db\"\n",
     true},
    {"volume-outlives",
     DEPLOYMENT("", "      volumes: [{name: data, emptyDir: {}}]\n",
                IMAGE "        volumeMounts: [{name: data, mountPath: /data}]\n"),
     "11:15: note: volume-outlives: deployment/web: what is in /data outlives a restart, but "
     "not the pod: damaged once, it has the program in CrashLoopBackOff after 10 min (6 "
     "restarts); without the volume one restart mends it\n",
     false},
    {"claims-orphaned",
     SET("", IMAGE "        volumeMounts: [{name: data, mountPath: /data}]\n") CLAIMS,
     "1:1: note: claims-orphaned: statefulset/web: scaled from 3 to 2 it leaves 1 claim behind "
     "that no pod reads: a Job has to move that data, or persistentVolumeClaimRetentionPolicy "
     "to delete it\n",
     false},
    {"set-forced", SET("      terminationGracePeriodSeconds: 0\n", IMAGE),
     "1:1: warning: set-forced: statefulset/web: when its node is cut off, a second web-0 is "
     "made while the first may still run: terminationGracePeriodSeconds 0 deletes by force; "
     "with 30: none\n",
     true},
    {"init-stuck",
     DEPLOYMENT("",
                "      initContainers:\n      - name: wait\n        image: busybox:1.36\n"
                "        command: [sh, -c, \"until nslookup db; do sleep 2; done\"]\n",
                IMAGE),
     "10:15: note: init-stuck: deployment/web: init container wait never ends (15 min here, "
     "Init:0/1): nothing in these files answers what it waits for\n",
     false},
    {"init-waits",
     DEPLOYMENT("",
                "      initContainers:\n      - name: wait\n        image: busybox:1.36\n"
                "        command: [sh, -c, \"until nslookup db; do sleep 2; done\"]\n",
                IMAGE) "---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec:\n"
                       "  ports: [{port: 5432}]\n",
     "10:15: note: init-waits: deployment/web: while what init container wait waits for is "
     "away, a new pod is not started at all (Init:0/1 after 10 min), whatever else it could "
     "do\n",
     false},
    {"job-deadline", JOB("", ""),
     "1:1: note: job-deadline: job/import: a run that hangs goes on for ever: 1 pod runs after "
     "24 h; with activeDeadlineSeconds 3600: 0\n",
     true},
    {"job-deadline", CRON("    spec:\n"),
     "1:1: note: job-deadline: cronjob/report: a run that hangs goes on for ever: 143 pods run "
     "after 24 h; with activeDeadlineSeconds 3600: 5\n",
     true},
    {"cron-overlap", CRON("    spec:\n"),
     "1:1: note: cron-overlap: cronjob/report: runs that hang pile up: 5 after 1 h; with "
     "concurrencyPolicy Forbid: 1\n",
     true},
    {"job-stays", JOB("", ""),
     "1:1: note: job-stays: job/import: after it has finished it stays: 1 pod 2 days later, "
     "and its name is taken; with ttlSecondsAfterFinished 86400: 0\n",
     true},
    {"requests-missing", DEPLOYMENT("", "", IMAGE),
     "1:1: note: requests-missing: deployment/web: the scheduler puts 60 of 60 pods onto one "
     "node of 2 cpus and 4Gi, since they ask for nothing; if each asked for 100m and 128Mi: "
     "20\n",
     false},
    {"quota-surge",
     DEPLOYMENT("  replicas: 2\n", "",
                IMAGE
                "        resources: {requests: {cpu: 500m}}\n") "---\napiVersion: v1\nkind: "
                                                                "ResourceQuota\nmetadata: {name: "
                                                                "team}\nspec:\n"
                                                                "  hard: {requests.cpu: \"1\"}\n",
     "1:1: warning: quota-surge: deployment/web: a rollout does not fit into the quota: its "
     "first pod is refused 20 times in 10 min, and nothing moves; with maxSurge 0 and "
     "maxUnavailable 1: done\n",
     true},
    {"hpa-requests", DEPLOYMENT("", "", IMAGE) SCALER("2", "6"),
     "1:1: warning: hpa-requests: deployment/web: its autoscaler never scales: it goes by a "
     "share of the cpu requested, and nothing is (FailedGetResourceMetric 40 times in 10 min); "
     "with requests: 0, and 6 pods at 200m each\n",
     true},
    {"hpa-replicas",
     DEPLOYMENT("  replicas: 2\n", "", IMAGE "        resources: {requests: {cpu: 500m}}\n")
         SCALER("2", "6"),
     "1:1: warning: hpa-replicas: deployment/web: each apply takes 4 of the autoscaler's 6 "
     "pods away (replicas 2); without the field: 0\n",
     true},
    {"hpa-bounds", DEPLOYMENT("  replicas: 2\n", "", IMAGE) SCALER("2", "2"),
     "1:1: convention: hpa-bounds: deployment/web: its autoscaler cannot scale: minReplicas "
     "and maxReplicas are both 2\n",
     false},
    {"image-latest", DEPLOYMENT("", "", "        image: registry:5000/shop\n"),
     "10:15: convention: image-latest: deployment/web: image registry:5000/shop names no "
     "version: pods that come later may run another one, and an undo has nothing to go back "
     "to\n",
     false},
    {"private-registry", DEPLOYMENT("", "", "        image: registry.shop.example/web:1.2\n"),
     "10:15: convention: private-registry: deployment/web: image registry.shop.example/web:1.2 "
     "is of a registry that is not known to be public, and neither the pod nor a ServiceAccount "
     "here has imagePullSecrets\n",
     false},
    {"labels", DEPLOYMENT("", "", IMAGE),
     "1:1: convention: labels: deployment/web: its pods have one label only: nobody can select "
     "them by tier, release or environment\n",
     true},
    {"annotations", DEPLOYMENT("", "", IMAGE),
     "1:1: convention: annotations: deployment/web: no annotation says what it is and whom to "
     "ask\n",
     false},
};

static void check_mended(const struct row *r, const char *path)
{
    char only[64], patch[32], command[128];
    struct kit_ran ran;

    snprintf(only, sizeof(only), "-o patch --only %s", r->practice);
    ran = advise(path, only);
    if (!r->patched) {
        cr_expect_str_eq(ran.out, "");
        kit_release(&ran);
        return;
    }
    write_file(patch, ran.out);
    kit_release(&ran);
    snprintf(command, sizeof(command), "patch -s %s %s >/dev/null", path, patch);
    cr_expect_eq(system(command), 0, "%s: the patch does not apply", r->practice);
    unlink(patch);
    snprintf(only, sizeof(only), "--only %s", r->practice);
    ran = advise(path, only);
    cr_expect(ran.code == 0 && ran.out[0] == '\0', "%s, mended: %d %s%s", r->practice, ran.code,
              ran.out, ran.err);
    kit_release(&ran);
}

/* What was tried can be tried again. */
static void check_again(const struct row *r, const char *path)
{
    char only[64], experiment[32], line[128];
    const char *seconds;
    struct kit_ran ran;

    snprintf(only, sizeof(only), "-o experiment --only %s", r->practice);
    ran = advise(path, only);
    cr_expect_eq(ran.code, 0);
    seconds = strstr(ran.out, "THIS --for ");
    if (seconds != NULL) {
        bool beside = strstr(ran.out, path) != NULL && strstr(ran.out, path) < seconds;

        write_file(experiment, ran.out);
        snprintf(line, sizeof(line), "simulate %s %s --for %lds", beside ? path : "", experiment,
                 strtol(seconds + 11, NULL, 10));
        kit_release(&ran);
        ran = kit_spawn(NULL, line);
        cr_expect_eq(ran.code, 0, "%s: %s: %s", r->practice, line, ran.err);
        unlink(experiment);
    } else {
        cr_expect_str_eq(ran.out, "", "%s: %s", r->practice, ran.out);
    }
    kit_release(&ran);
}

Test(cli_advise, each_practice_shows_its_evidence_and_its_patch_mends_it)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        char path[32], only[64];
        struct kit_ran r;

        write_file(path, rows[i].manifest);
        snprintf(only, sizeof(only), "--only %s", rows[i].practice);
        r = advise(path, only);
        cr_expect_eq(r.code, 0, "%s", r.err);
        cr_expect(strncmp(r.out, path, strlen(path)) == 0 && r.out[strlen(path)] == ':' &&
                      strcmp(r.out + strlen(path) + 1, rows[i].evidence) == 0,
                  "%s: %s%s", rows[i].practice, r.out, r.err);
        kit_release(&r);
        check_again(&rows[i], path);
        check_mended(&rows[i], path);
        unlink(path);
    }
}

#define PLAIN DEPLOYMENT("  replicas: 3\n", "", IMAGE READY) SERVICE

Test(cli_advise, what_was_tried_can_be_tried_again)
{
    char path[32], experiment[32], line[128];
    struct kit_ran r;

    write_file(path, PLAIN);
    r = advise(path, "--only pre-stop -o experiment");
    cr_expect_not_null(strstr(r.out, " THIS --for 125s\n"), "%s", r.out);
    write_file(experiment, r.out);
    kit_release(&r);
    snprintf(line, sizeof(line), "simulate %s %s --for 125s", path, experiment);
    r = kit_spawn(NULL, line);
    cr_expect_not_null(strstr(r.out, "4,750 requests in 4,750 attempts: 4,700 ok, 50 refused\n"),
                       "%s%s", r.out, r.err);
    kit_release(&r);
    unlink(path);
    unlink(experiment);
}

Test(cli_advise, fails_where_it_is_told_to)
{
    char path[32], say[128];
    struct kit_ran r;

    write_file(path, PLAIN);
    r = advise(path, "--fail-on warning");
    cr_expect_eq(r.code, 1);
    snprintf(say, sizeof(say), "podring: advise: pre-stop at %s:11\n", path);
    cr_expect_str_eq(r.err, say);
    kit_release(&r);
    r = advise(path, "--fail-on note --only slow-start,pull-always");
    cr_expect(r.code == 0 && r.out[0] == '\0', "%d %s", r.code, r.out);
    kit_release(&r);
    r = advise(path, "--only pre-stop,nothing");
    cr_expect_eq(r.code, 64);
    cr_expect_not_null(strstr(r.err, "--only: no practice is called 'nothing' (--list has them)"));
    kit_release(&r);
    unlink(path);
}

Test(cli_advise, annotations_take_practices_out)
{
    char path[32];
    struct kit_ran r;

    write_file(path,
               "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n"
               "    podring.dev/advise-ignore: \"min-ready,pre-stop\"\nspec:\n  replicas: 3\n"
               "  selector: {matchLabels: {app: web}}\n  template:\n"
               "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"
               "      - name: main\n" IMAGE READY SERVICE);
    r = advise(path, "--only pre-stop");
    cr_expect_str_eq(r.out, "");
    kit_release(&r);
    unlink(path);
}

/* What a Behavior says of a program takes the place of what is assumed. */
Test(cli_advise, a_behavior_replaces_what_is_assumed)
{
    static const char drains[] =
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
        "  selector: {matchLabels: {app: web}}\n"
        "  instances: [{onStop: {after: 10s, closes: 5s, code: 0}}]\n";
    static const char slow[] =
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
        "  selector: {matchLabels: {app: web}}\n"
        "  serve: [{to: 45s, clock: instance, do: refuse}]\n";
    char path[32], text[4096];
    struct kit_ran r;

    snprintf(text, sizeof(text), "%s%s", PLAIN, drains);
    write_file(path, text);
    r = advise(path, "--only pre-stop");
    cr_expect_str_eq(r.out, "");
    kit_release(&r);
    unlink(path);
    snprintf(text, sizeof(text), "%s%s",
             DEPLOYMENT("", "",
                        IMAGE "        livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 5, "
                              "failureThreshold: 2}\n"),
             slow);
    write_file(path, text);
    r = advise(path, "--only slow-start");
    cr_expect_not_null(strstr(r.out, ": warning: slow-start: deployment/web: 6 restarts within 5 "
                                     "minutes; with a startupProbe that waits 120 s: 0\n"),
                       "%s", r.out);
    kit_release(&r);
    unlink(path);
}

Test(cli_advise, facts_in_a_line_replace_what_is_assumed)
{
    char path[32];
    struct kit_ran r;

    write_file(path, DEPLOYMENT("  replicas: 3\n", "", IMAGE READY) SERVICE);
    r = advise(path, "--only pre-stop,grace-short --app web:term=5s");
    cr_expect_str_eq(r.out, "");
    kit_release(&r);
    r = advise(path, "--only grace-short --app web:term=45s");
    cr_expect_not_null(
        strstr(r.out,
               ":1:1: warning: grace-short: deployment/web: a stop needs 45 s and is cut "
               "after 30 s (terminationGracePeriodSeconds 30) by SIGKILL; with 55: it ends by "
               "itself\n"),
        "%s", r.out);
    kit_release(&r);
    r = advise(path, "--app nobody:term=45s");
    cr_expect_eq(r.code, 64, "%d %s", r.code, r.err);
    kit_release(&r);
    unlink(path);
}

Test(cli_advise, of_many_pods_some_are_tried)
{
    char path[32];
    struct kit_ran r;

    write_file(path, DEPLOYMENT("  replicas: 5000\n", "", IMAGE READY) SERVICE);
    r = advise(path, "--only pre-stop -o json");
    cr_expect_not_null(strstr(r.out, "\"assumes\": \"the program ends at once on SIGTERM; proxies "
                                     "learn 1 s later that a pod ends; 24 of its 5000 pods are "
                                     "enough to try it\""),
                       "%s", r.out);
    kit_release(&r);
    unlink(path);
}

/* As in what `kubectl get -o yaml` has written. */
Test(cli_advise, what_has_an_owner_is_no_subject)
{
    char path[32];
    struct kit_ran r;

    write_file(path, "apiVersion: v1\nkind: List\nitems:\n"
                     "- apiVersion: v1\n  kind: Pod\n  metadata: {name: web-1}\n"
                     "  spec: {containers: [{name: c, image: \"x:1\"}]}\n"
                     "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: web-2\n"
                     "    ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, "
                     "controller: true, uid: u}]\n"
                     "  spec: {containers: [{name: c, image: \"x:1\"}]}\n");
    r = advise(path, "--only labels");
    cr_expect_not_null(strstr(r.out, ":4:3: convention: labels: pod/web-1: "), "%s", r.out);
    cr_expect_null(strstr(r.out, "web-2"), "%s", r.out);
    kit_release(&r);
    unlink(path);
}

Test(cli_advise, public_registries_are_known)
{
    struct kit_ran r = kit_spawn(DEPLOYMENT("", "", "        image: registry.istio.io/a/b:1\n"),
                                 "advise - -q --only private-registry");
    cr_expect_null(strstr(r.out, "private-registry"), "%s", r.out);
    kit_release(&r);
}

Test(cli_advise, lists_its_practices)
{
    struct kit_ran r = kit_spawn(NULL, "advise --list");
    char *page;

    cr_expect_eq(r.code, 0);
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++)
        cr_expect_not_null(strstr(r.out, rows[i].practice), "%s", rows[i].practice);
    page = kit_contents(open("docs/advise.md", O_RDONLY));
    cr_expect_not_null(strstr(page, r.out), "docs/advise.md has another catalogue:\n%s", r.out);
    free(page);
    kit_release(&r);
}

/* ---- for programs ---------------------------------------------------------------------------- */

static const char several[] = DEPLOYMENT(
    "  replicas: 2\n  revisionHistoryLimit: 3\n", "",
    IMAGE "        readinessProbe: {httpGet: {path: /ready, port: 8080}, "
          "failureThreshold: 1}\n        livenessProbe: {httpGet: {path: /, port: 8080}, "
          "periodSeconds: 1}") "\n" SERVICE;

static const struct json_node *member(const struct json *j, const struct json_node *n,
                                      const char *key, enum json_kind kind)
{
    const struct json_node *m = json_member(j, n, key);

    cr_assert(m != NULL && m->kind == kind, "%s: it is not there, or of another kind", key);
    return m;
}

static bool says(const struct json_node *n, const char *text)
{
    return n->length == strlen(text) && memcmp(n->text, text, n->length) == 0;
}

static uint32_t number(const struct json *j, const struct json_node *n, const char *key)
{
    return (uint32_t)strtoul(member(j, n, key, JSON_NUMBER)->text, NULL, 10);
}

static void parse(struct json *j, const struct kit_ran *r)
{
    const char *why = "";

    cr_assert(json_parse(j, r->out, strlen(r->out), &why), "%s: %s", why, r->out);
}

Test(cli_advise, json_has_evidence_experiment_and_patch_of_each)
{
    static const char *const texts[] = {"practice", "level",    "namespace", "object",
                                        "file",     "evidence", "assumes"};
    const struct json_node *list, *n;
    char path[32];
    uint32_t count = 0, patches = 0;
    struct kit_ran r;
    struct json j;

    write_file(path, several);
    r = advise(path, "-o json");
    parse(&j, &r);
    list = member(&j, json_root(&j), "advice", JSON_ARRAY);
    for (n = json_first(&j, list); n != NULL; n = json_next(&j, n), count++) {
        const struct json_node *patch = json_member(&j, n, "patch");

        for (size_t i = 0; i < RX_ARRAY_LEN(texts); i++)
            member(&j, n, texts[i], JSON_STRING);
        cr_expect(says(member(&j, n, "file", JSON_STRING), path));
        cr_expect_gt(number(&j, n, "line"), 0);
        cr_expect_gt(number(&j, n, "column"), 0);
        cr_assert_not_null(patch);
        patches += patch->kind == JSON_STRING;
        cr_expect(patch->kind == JSON_STRING || json_member(&j, n, "noPatch")->kind == JSON_STRING);
    }
    cr_expect(count > 6 && patches > 5, "%u advice, %u patches", count, patches);
    cr_expect_eq(number(&j, json_root(&j), "workloads"), 1);
    json_close(&j);
    kit_release(&r);
    unlink(path);
}

/* The file after the fix of a result, as a code host would make it. */
static void fix_file(const char *path, const struct json *j, const struct json_node *result)
{
    const struct json_node *fix = json_first(j, member(j, result, "fixes", JSON_ARRAY));
    const struct json_node *change = json_first(j, member(j, fix, "artifactChanges", JSON_ARRAY));
    const struct json_node *rep = json_first(j, member(j, change, "replacements", JSON_ARRAY));
    const struct json_node *region = member(j, rep, "deletedRegion", JSON_OBJECT);
    const struct json_node *put =
        member(j, member(j, rep, "insertedContent", JSON_OBJECT), "text", JSON_STRING);
    uint32_t from = number(j, region, "startLine"), to = number(j, region, "endLine"), line = 1;
    char text[4096], out[8192];
    size_t used = 0;

    cr_expect_eq(number(j, region, "startColumn"), 1);
    cr_expect_eq(number(j, region, "endColumn"), 1);
    cr_assert_leq(from, to);
    for (const char *c = several;; line++) {
        size_t n = strcspn(c, "\n");

        n += c[n] == '\n';
        if (line == from)
            used += json_unescape(put->text, put->length, out + used, sizeof(out) - used);
        if (line < from || line >= to) {
            memcpy(out + used, c, n);
            used += n;
        }
        c += n;
        if (*c == '\0' && line >= to)
            break;
    }
    snprintf(text, sizeof(text), "%.*s", (int)used, out);
    unlink(path);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void check_result(const struct json *j, const struct json_node *rules,
                         const struct json_node *n)
{
    const struct json_node *rule = json_first(j, rules), *where;
    const struct json_node *id = member(j, n, "ruleId", JSON_STRING);
    uint32_t index = number(j, n, "ruleIndex");

    for (uint32_t i = 0; i < index; i++)
        rule = json_next(j, rule);
    cr_assert_not_null(rule);
    cr_expect(id->length == member(j, rule, "id", JSON_STRING)->length &&
              memcmp(id->text, member(j, rule, "id", JSON_STRING)->text, id->length) == 0);
    cr_expect(says(member(j, n, "level", JSON_STRING), "warning") ||
              says(member(j, n, "level", JSON_STRING), "note"));
    member(j, member(j, n, "message", JSON_OBJECT), "text", JSON_STRING);
    where = member(j, json_first(j, member(j, n, "locations", JSON_ARRAY)), "physicalLocation",
                   JSON_OBJECT);
    member(j, member(j, where, "artifactLocation", JSON_OBJECT), "uri", JSON_STRING);
    cr_expect_gt(number(j, member(j, where, "region", JSON_OBJECT), "startLine"), 0);
}

Test(cli_advise, sarif_has_rules_results_and_fixes_that_mend)
{
    const struct json_node *run, *driver, *rules, *n;
    char path[32], only[64];
    uint32_t fixes = 0;
    struct kit_ran r, again;
    struct json j;

    write_file(path, several);
    r = advise(path, "-o sarif");
    parse(&j, &r);
    cr_expect(says(member(&j, json_root(&j), "version", JSON_STRING), "2.1.0"));
    run = json_first(&j, member(&j, json_root(&j), "runs", JSON_ARRAY));
    driver = member(&j, member(&j, run, "tool", JSON_OBJECT), "driver", JSON_OBJECT);
    cr_expect(says(member(&j, driver, "name", JSON_STRING), "podring"));
    rules = member(&j, driver, "rules", JSON_ARRAY);
    for (n = json_first(&j, member(&j, run, "results", JSON_ARRAY)); n != NULL;
         n = json_next(&j, n)) {
        const struct json_node *id = json_member(&j, n, "ruleId");

        check_result(&j, rules, n);
        if (json_member(&j, n, "fixes") == NULL)
            continue;
        fix_file(path, &j, n);
        snprintf(only, sizeof(only), "--only %.*s", (int)id->length, id->text);
        again = advise(path, only);
        cr_expect(again.code == 0 && again.out[0] == '\0', "%.*s, mended: %s%s", (int)id->length,
                  id->text, again.out, again.err);
        kit_release(&again);
        fixes++;
    }
    cr_expect_gt(fixes, 5);
    json_close(&j);
    kit_release(&r);
    unlink(path);
}

/* All changes of a file in one patch go together. */
Test(cli_advise, one_patch_has_all_changes_of_a_file)
{
    char path[32], patch[32], command[128];
    struct kit_ran r;

    write_file(path, several);
    r = advise(path, "-o patch");
    write_file(patch, r.out);
    kit_release(&r);
    snprintf(command, sizeof(command), "patch -s %s %s >/dev/null", path, patch);
    cr_expect_eq(system(command), 0);
    r = advise(path, "--fail-on warning");
    cr_expect_eq(r.code, 0, "%s", r.out);
    kit_release(&r);
    unlink(path);
    unlink(patch);
}

Test(cli_advise, many_with_the_same_advice_share_a_line)
{
    char text[8192] = "", path[32];
    struct kit_ran r;

    for (int i = 0; i < 4; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text),
                 "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d, namespace: prod}\n"
                 "spec: {containers: [{name: c, image: \"x:1\"}]}\n",
                 i);
    write_file(path, text);
    r = advise(path, "--only labels");
    cr_expect_not_null(strstr(r.out,
                              "convention: labels: prod pod/p0: its pods have no label: "
                              "nobody can select them by tier, release or environment\n"
                              "    likewise 3 more: prod pod/p1, prod pod/p2, prod pod/p3\n"),
                       "%s", r.out);
    kit_release(&r);
    r = advise(path, "--only labels --all");
    cr_expect_null(strstr(r.out, "likewise"));
    cr_expect_not_null(strstr(r.out, "labels: prod pod/p3: "));
    kit_release(&r);
    unlink(path);
}
