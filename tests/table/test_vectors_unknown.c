/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that nobody knows, in whole pods: what is taken of them by their place, what can be
 * known to be missing, what a Behavior's `exec` rules say of them, and the knob.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/box.h"

#define EXEC(rules)                                                                                \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n  exec: [" rules \
        "]\n"
#define NO_START "exec: \"frob\": executable file not found in $PATH"

/* Nothing is wrong with these on a cluster. */
static const struct vector places[] = {
    {"in the middle of an init script",
     VECTOR_POD "  initContainers:\n" BOX("prepare")
         SH(L("mkdir -p /srv/v2; frob -sfn /srv/v2 /srv/current; echo linked")) "  containers:\n"
         BOX("main"),
     10,
     {{"ends prepare", "0:0/Completed"}, {"log prepare", "linked\n"}, {"starts main", "0"},
      {"status", "0:Init:0/1 0:Running"}}},
    {"behind a step and exec",
     VECTOR_POD "  terminationGracePeriodSeconds: 20\n  containers:\n" BOX("main")
         SH(L("tune -n 65536; exec java -jar /app.jar")) VECTOR_STEPS
         "  - {at: 10s, delete: pod/p}\n",
     60, {{"ends main", "10:143/Error"}}},
    {"the tools of probes are in their images",
     VECTOR_POD "  containers:\n  - name: main\n    image: redis:7\n"
         "    readinessProbe: {exec: {command: [redis-cli, ping]}, periodSeconds: 5}\n"
         "    livenessProbe: {exec: {command: [sh, -c, 'redis-cli ping | grep -q PONG']}, "
         "periodSeconds: 5}\n",
     60, {{"Ready", "0:True"}, {"of main restartCount", ""}, {"event Unhealthy", ""}}},
    {"an init container that ends",
     VECTOR_POD
     "  initContainers:\n  - {name: migrate, image: app, command: [python, manage.py, migrate]}\n"
     "  containers:\n  - {name: main, image: app}\n",
     10, {{"ends migrate", "0:0/Completed"}, {"starts main", "0"}, {"Ready", "0:True"}}},
    {"a step that is a condition, and the server behind it",
     VECTOR_POD "  containers:\n" BOX("main")
     SH(L("python manage.py migrate --noinput && exec gunicorn app.wsgi")), 60,
     {{"starts main", "0"}, {"ends main", ""}, {"Ready", "0:True"}}},
    {"in the background: its ports answer",
     VECTOR_POD "  containers:\n  - name: main\n    image: i\n    ports: [{containerPort: 8080}]\n"
         "    readinessProbe: {tcpSocket: {port: 8080}}\n"
         SH(L("httpd -p 8080 & tail -f /dev/null")),
     20, {{"Ready", "0:True"}}},
    {"a step has none",
     VECTOR_POD "  containers:\n  - name: main\n    image: i\n    ports: [{containerPort: 8080}]\n"
         "    readinessProbe: {tcpSocket: {port: 8080}}\n"
         SH(L("httpd -p 8080; tail -f /dev/null")),
     20, {{"Ready", ""}}},
    {"a sidecar serves, in its script, too",
     VECTOR_POD
     "  initContainers:\n  - {name: a, image: i, restartPolicy: Always, command: [proxy]}\n"
     "  - name: b\n    image: i\n    restartPolicy: Always\n" SH(L("setup; proxy"))
     "  containers:\n  - {name: main, image: i}\n",
     10, {{"ends a", ""}, {"ends b", ""}, {"Ready", "0:True"}}},
    {"an init container whose script ends with one",
     VECTOR_POD "  initContainers:\n" BOX("i") SH(L("echo a; exec frob")) "  containers:\n"
     BOX("main"), 10, {{"ends i", "0:0/Completed"}, {"log i", "a\n"}, {"Ready", "0:True"}}},
    {"a script of the image",
     VECTOR_POD "  initContainers:\n  - {name: i, image: i, command: [bash, /opt/init.sh]}\n"
         "  containers:\n  - {name: main, image: i, command: [/bin/sh, /entrypoint.sh, run]}\n"
         VECTOR_STEPS
         "  - {at: 10s, delete: pod/p}\n",
     20, {{"ends i", "0:0/Completed"}, {"Ready", "0:True 10:False"},
          {"ends main", "10:143/Error"}}},
};

Test(vectors_unknown, places)
{
    vector_check_all(places, sizeof(places) / sizeof(*places));
}

/* ---- the pods of a Job ----------------------------------------------------------------------- */

#define JOB(spec)                                                                                  \
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n" \
    "      restartPolicy: OnFailure\n      containers:\n      - {name: c, image: i" spec "}\n"

static const char *story_of(const char *yaml, const char *container)
{
    struct story_options o = {.for_ms = 20000};
    static char text[256];
    struct story *s = story_run(yaml, &o);

    snprintf(text, sizeof(text), "%s", story_ends(s, container));
    story_free(s);
    return text;
}

Test(vectors_unknown, the_pods_of_a_job_end)
{
    cr_expect_str_eq(story_of(JOB(", args: [create, --host=web]"), "c"), "0:0/Completed");
    cr_expect_str_eq(story_of(JOB(""), "c"), "0:0/Completed");
    cr_expect_str_eq(story_of(JOB(", command: [frob]"), "c"), "0:0/Completed");
    cr_expect_str_eq(story_of(JOB(", command: [sh, -c, 'sleep 3; exec frob']"), "c"),
                     "3:0/Completed");
    cr_expect_str_eq(story_of(JOB("") EXEC("{command: [frob]}"), "c"), "0:0/Completed");
    cr_expect_str_eq(story_of(JOB(", command: [frob, x]")
                              EXEC("{command: [frob], takes: 5s, exitCode: 0}"), "c"),
                     "5:0/Completed");
}

/* ---- what can be known to be missing --------------------------------------------------------- */

#define LADDER \
    "0:128/StartError 0:128/StartError 10:128/StartError 30:128/StartError 70:128/StartError " \
               "150:128/StartError"

static const struct vector missing[] = {
    {"a command line in one word",
     VECTOR_POD "  containers:\n  - {name: main, image: i, command: [\"sleep 3600\"]}\n", 160,
     {{"ends main", LADDER},
      {"Ready", ""},
      {"phase", "0:Running"},
      {"now main", "Waiting/CrashLoopBackOff"},
      {"last main", "exec: \"sleep 3600\": executable file not found in $PATH"},
      {"diag", "6:39 command of container \"main\": exec: \"sleep 3600\": executable file not "
               "found in $PATH"}}},
    {"a variable that nobody has set",
     ONCE "  containers:\n  - {name: main, image: i, command: [$(RUN), x]}\n", 5,
     {{"ends main", "0:128/StartError"}, {"last main", ""},
      {"left main", "exec: \"$(RUN)\": executable file not found in $PATH"}}},
    {"below a ConfigMap that has no such key",
     ONCE "  containers:\n" BOX("main") "    command: [/v/run.sh]\n" MOUNT("")
     V("configMap: {name: m}") MAP("m", "  other: x\n"), 5,
     {{"ends main", "0:128/StartError"},
      {"left main", "exec: \"/v/run.sh\": stat /v/run.sh: no such file or directory"}}},
    {"below an emptyDir that nobody has filled",
     ONCE "  containers:\n" BOX("main") "    command: [/v/run.sh]\n" MOUNT("") V("emptyDir: {}"), 5,
     {{"ends main", "0:128/StartError"}}},
    {"unless somebody may have",
     ONCE "  initContainers:\n  - name: i\n    image: tools\n    command: [bring-scripts, /v]\n"
     MOUNT("")
         "  containers:\n" BOX("main") "    command: [/v/run.sh]\n" MOUNT("") V("emptyDir: {}"), 5,
     {{"ends main", ""}, {"Ready", "0:True"}}},
    {"a node's files and a disk's are not known",
     ONCE "  containers:\n" BOX("main") "    command: [/v/run.sh]\n" MOUNT("")
     V("hostPath: {path: /opt}"), 5,
     {{"ends main", ""}, {"Ready", "0:True"}}},
    {"in a script",
     ONCE "  containers:\n" BOX("main") SH(L("/v/run.sh || echo $?; '/v/a b' || echo $?")) MOUNT("")
     V("configMap: {name: m}") MAP("m", "  other: x\n"), 5,
     {{"ends main", "0:0/Completed"},
      {"log main", "sh: /v/run.sh: not found\n127\nsh: /v/a b: not found\n127\n"}}},
    {"in a probe and a hook",
     VECTOR_POD
     "  containers:\n  - name: main\n    image: i\n    lifecycle: {preStop: {exec: {command: ['a "
     "b']}}}\n"
     "    readinessProbe: {exec: {command: ['true && false']}}\n" VECTOR_STEPS
     "  - {at: 15s, delete: pod/p}\n", 16,
     {{"Ready", ""}, {"event FailedPreStopHook", "15"},
      {"event Unhealthy/\"true && false\": executable file not found in $PATH", "0 10"}}},
};

Test(vectors_unknown, missing)
{
    vector_check_all(missing, sizeof(missing) / sizeof(*missing));
}

#define FAIL {"set unknown_programs", "fail"}

static const struct vector knob[] = {
    {"a main command", ONCE "  containers:\n  - {name: main, image: i, command: [frob, -x]}\n", 5,
     {FAIL, {"ends main", "0:128/StartError"}, {"left main", NO_START}}},
    {"an image's own is not asked about",
     ONCE "  containers:\n  - {name: main, image: i, args: [frob]}\n", 5,
     {FAIL, {"ends main", ""}}},
    {"in scripts",
     ONCE "  containers:\n" BOX("main")
     SH(L("if frob; then echo a; fi; frob | cat; x=$(frob) || echo b; command -v frob; frob")), 5,
     {FAIL, {"ends main", "0:127/Error"},
      {"log main",
       "sh: frob: not found\nsh: frob: not found\nsh: frob: not found\nb\nsh: frob: not found\n"}}},
    {"probes and hooks",
     VECTOR_POD
     "  containers:\n  - name: main\n    image: i\n    lifecycle: {preStop: {exec: {command: "
     "[frob]}}}\n"
     "    readinessProbe: {exec: {command: [frob]}}\n" VECTOR_STEPS
     "  - {at: 15s, delete: pod/p}\n", 16,
     {FAIL, {"event Unhealthy/" NO_START, "0 10"}, {"event FailedPreStopHook", "15"}}},
};

Test(vectors_unknown, the_knob_makes_them_missing)
{
    vector_check_all(knob, sizeof(knob) / sizeof(*knob));
}

/* ---- rules ----------------------------------------------------------------------------------- */

static const struct vector rules[] = {
    {"a main command by its first words",
     ONCE "  containers:\n  - {name: main, image: i, command: [python, manage.py, migrate]}\n"
         EXEC("{command: [python, manage.py], takes: 5s, exitCode: 3, output: \"half way\\n\"}"),
         10,
     {{"ends main", "5:3/Error"}, {"log main", "half way\n"}, {"diag", ""}}},
    {"it hears the stop signal meanwhile",
     ONCE "  containers:\n  - {name: main, image: i, command: [frob]}\n"
     EXEC("{command: [frob], takes: 50s}")
         VECTOR_STEPS "  - {at: 10s, delete: pod/p}\n", 20,
     {{"ends main", "10:143/Error"}}},
    {"one that cannot be started",
     ONCE "  containers:\n  - {name: main, image: i, command: [frob]}\n"
     EXEC("{command: [frob], startError: no such device}"), 5,
     {{"ends main", "0:128/StartError"}, {"left main", "no such device"}}},
    {"an init container that takes its time",
     VECTOR_POD
     "  initContainers:\n  - {name: i, image: i, command: [migrate]}\n  containers:\n  - {name: "
     "main, image: i}\n"
         EXEC("{command: [migrate], to: 20s, takes: 4s, exitCode: 1}, {command: [migrate], takes: "
              "2s}"), 60,
     {{"ends i", "4:1/Error 8:1/Error 22:1/Error 44:0/Completed"}, {"starts main", "44"}}},
    {"in a script, wherever it stands",
     ONCE "  containers:\n" BOX("main")
     SH(L("if frob a; then echo yes; fi") L("echo \"<$(frob b)>\"; frob c | sed s/o/O/")
        L("frob d & wait; frob b && exec frob a"))
         EXEC("{command: [frob, a], takes: 1s, exitCode: 3}, {command: [frob], takes: 2s, output: "
              "\"out\\n\"}"), 20,
     {{"log main", "<out>\nOut\nout\nout\n"}, {"ends main", "10:3/Error"}}},
    {"a known command, too",
     ONCE "  containers:\n" BOX("main") SH(L("until nc -z db 5432; do sleep 1; done; echo up"))
         EXEC("{command: [nc, -z, db], to: 3s, exitCode: 1}, {command: [nc]}"), 20,
     {{"ends main", "3:0/Completed"}, {"log main", "up\n"}}},
    {"in the script of a probe",
     VECTOR_POD
     "  containers:\n  - name: main\n    image: i\n    readinessProbe: {exec: {command: [sh, -c, "
     "'redis-cli ping | grep -q PONG']}, periodSeconds: 1}\n"
         EXEC("{command: [redis-cli], to: 5s, output: LOADING}, {command: [redis-cli], output: "
              "PONG}"), 10,
     {{"Ready", "5:True"}}},
    {"of a hook",
     VECTOR_POD
     "  containers:\n  - name: main\n    image: i\n    lifecycle: {postStart: {exec: {command: "
     "[frob, up]}}}\n"
         EXEC("{command: [frob], takes: 3s}"), 10,
     {{"Ready", "3:True"}}},
    {"that fails",
     ONCE "  containers:\n  - name: main\n    image: i\n    lifecycle: {postStart: {exec: "
          "{command: [frob, up]}}}\n"
         EXEC("{command: [frob], takes: 3s, exitCode: 7}"), 10,
     {{"event FailedPostStartHook", "3"}, {"ends main", "3:143/Error"}}},
    {"a rule without a command is for probes only",
     ONCE "  containers:\n" BOX("main") SH(L("sleep 1; frob; echo fine; sleep 2"))
         "    readinessProbe: {exec: {command: [frob]}}\n" EXEC("{exitCode: 1, output: bad}"), 10,
     {{"ends main", "3:0/Completed"}, {"log main", "fine\n"}, {"event Unhealthy", "0"}}},
    {"a Behavior's instances come first",
     ONCE "  containers:\n  - {name: main, image: i, command: [frob]}\n"
         "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
         "  instances: [{exit: {after: 2s, code: 9}}]\n  exec: [{command: [frob], takes: 5s}]\n",
         10,
     {{"ends main", "2:9/Error"}}},
};

Test(vectors_unknown, rules)
{
    vector_check_all(rules, sizeof(rules) / sizeof(*rules));
}
