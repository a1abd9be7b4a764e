/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_advise.c - podring advise from outside. Each practice has a manifest that gets its
 * advice, with the evidence to the letter, and the same manifest after the patch, which does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
     "1:1: warning: rollout-gap: deployment/web: a rollout leaves no pod for a while and "
     "breaks 500 requests at 50 requests/s (Recreate); with maxSurge 1 and maxUnavailable 0: "
     "0\n",
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
     "10:15: warning: liveness-sharp: deployment/web: a pause of 10 s restarts 1 containers "
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
    cr_expect_not_null(strstr(r.out, "FILE --for 125s\n"), "%s", r.out);
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

Test(cli_advise, lists_its_practices)
{
    struct kit_ran r = kit_spawn(NULL, "advise --list");

    cr_expect_eq(r.code, 0);
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++)
        cr_expect_not_null(strstr(r.out, rows[i].practice), "%s", rows[i].practice);
    kit_release(&r);
}
