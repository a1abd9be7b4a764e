/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_look.c - what `podring simulate` says went wrong: the first line that it says, of the
 * manifest or of the run, names the cause. tests/golden/mistakes has mistakes that people make.
 */
#include "tests/api/test_cli_kit.h"

#define POD(more)                                                                                  \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"                     \
    "  - name: c\n    image: shop:1\n    ports: [{containerPort: 80}]\n" more
#define GET      "{httpGet: {path: /, port: 80}}\n"
#define LIVENESS "    livenessProbe: " GET
#define READY    "    readinessProbe: " GET
#define NODE                                                                                       \
    "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-1}\n"                                  \
    "status: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}\n"

/* The text begins with that, behind a place in a file if there is one, and has this in it. */
static bool names(const char *text, const char *first, const char *cause)
{
    const char *end = strstr(text, "podring: "), *at = strstr(text, cause);

    return strncmp(text, first, strlen(first)) == 0 && at != NULL && (end == NULL || at < end);
}

static char *without_cost(char *text)
{
    char *cost = strstr(text, "podring: simulated ");
    char *end = cost != NULL ? strchr(cost, '\n') : NULL;

    if (end != NULL)
        memmove(cost, end + 1, strlen(end));
    return text;
}

#define MISTAKES "tests/golden/mistakes/"
static const struct {
    const char *file, *first, *cause;
    int code;
} mistakes[] = {
    {"01-wrong-port.yaml", MISTAKES "01-wrong-port.yaml:19:43: note: liveness probe asks port 8081",
     "the container declares 8080", 0},
    {"02-dependency-in-liveness.yaml", "LOOK   api-696584cf8c-94tzk/api and 2 more like it: killed "
     "by the liveness probe 24 times", "db:5432 - no response", 0},
    {"03-short-timeout.yaml", "LOOK   slow-679596b997-94tzk/slow and 1 more like it: killed by the "
     "liveness probe 16 times\n  31s ", "context deadline exceeded", 0},
    {"04-slow-start.yaml", "LOOK   legacy-7d98746bd5-94tzk/java: killed by the liveness probe 8 "
     "times\n  35s ", "connect: connection refused", 0},
    {"05-cut-hook.yaml", MISTAKES "05-cut-hook.yaml:13:29: note: preStop sleeps 30s of "
     "terminationGracePeriodSeconds 20", "it will be cut", 0},
    {"06-missing-configmaps.yaml", MISTAKES "06-missing-configmaps.yaml:17:32: note: configmap "
     "\"cfg-env\" is in none", "configmap \"cfg-files\" not found", 0},
    {"09-init-circle.yaml", MISTAKES "09-init-circle.yaml:8:24: note: init container \"migrate\" "
     "asks for a port of \"pgbouncer\"", "its init container migrate has not ended", 0},
    {"10-job-always.yaml", MISTAKES "10-job-always.yaml:7:22: error: spec.template.spec."
     "restartPolicy: Required value", "\"OnFailure\", \"Never\"", 65},
    {"11-flapping.yaml", "FLAPS  flappy-575d8bfdf9-94tzk: readiness lost 7 times\n  35s ",
     "HTTP probe failed with statuscode: 503", 0},
    {"12-probe-not-in-image.yaml", MISTAKES "12-probe-not-in-image.yaml:18:28: warning: liveness "
     "probe of container \"rpc\"", "/bin/grpc_health_probe is not known", 0},
};

Test(cli_look, names_the_cause_of_known_mistakes)
{
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        char line[256];
        struct kit_ran r;

        snprintf(line, sizeof(line), "simulate " MISTAKES "%s --for 10m", mistakes[i].file);
        r = kit_spawn(NULL, line);
        cr_expect_eq(r.code, mistakes[i].code, "%s", mistakes[i].file);
        cr_expect(names(without_cost(r.err), mistakes[i].first, mistakes[i].cause), "%s: %s",
                  mistakes[i].file, r.err);
        kit_release(&r);
    }
}

static const struct {
    const char *text, *line, *first, *cause;
} others[] = {
    {POD(""), "--app|web:exit=3@+20s", "LOOK   web/c: the program ended by itself 7 times\n  20s ",
     "exit code 3, Error"},
    {POD(""), "--app|web:oom@+20s", "LOOK   web/c: the program ended by itself 7 times",
     "exit code 137, OOMKilled"},
    {POD(""), "--app|web:pull=fail", "LOOK   web/c: Failed 67 times\n  0s ",
     "Failed to pull image \"shop:1\": the registry does not answer"},
    {POD(""), "--app|web:term=ignore|--step|1m delete web",
     "CUT    web/c: killed while it was to end once\n  1m30s ", "its grace period was over"},
    {POD(LIVENESS), "--app|web:latency=1500ms",
     "LOOK   web/c: killed by the liveness probe 8 times",
     "context deadline exceeded"},
    {POD(LIVENESS), "--app|web:hang@2m",
     "LOOK   web/c: killed by the liveness probe 7 times\n  2m21s",
     "context deadline exceeded"},
    {POD(LIVENESS), "--app|web:reset@2m+1m", "LOOK   web/c: killed by the liveness probe 2 times",
     "connection reset by peer"},
    {POD(READY), "--app|web:refuse", "LOOK   web: still Running at the end\n",
     "its container c has not become ready: Readiness probe failed"},
    {POD(READY), "--app|web:503@2m+30s", "FLAPS  web: readiness lost once\n  2m20s ",
     "statuscode: 503"},
    {POD("    startupProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5,\n"
         "      failureThreshold: 6}\n"),
     "--app|web:start=60s", "LOOK   web/c: killed by the startup probe 8 times\n  30s ",
     "connection refused"},
    {POD("    imagePullPolicy: Never\n"), "", "LOOK   web/c: ErrImageNeverPull 61 times\n",
     "is not present with pull policy of Never"},
    {POD("    lifecycle: {postStart: {exec: {command: [sh, -c, 'exit 15']}}}\n"), "",
     "LOOK   web/c: FailedPostStartHook 7 times", "PostStartHook failed"},
    {POD("    command: ['true']\n"), "", "LOOK   web/c: the program ended by itself 7 times",
     "exit code 0, Completed"},
    {POD("    command: ['false']\n"), "", "LOOK   web/c: the program ended by itself 7 times",
     "exit code 1, Error"},
    {POD("    command: ['false']\n  restartPolicy: Never\n"), "",
     "LOOK   web/c: the program ended by itself once", "exit code 1, Error"},
    {POD("    livenessProbe: {exec: {command: [cat, /tmp/healthy]}}\n"), "",
     "LOOK   web/c: killed by the liveness probe 8 times\n  30s ",
     "cat: can't open '/tmp/healthy': No such file or directory"},
    {POD("    envFrom: [{secretRef: {name: gone}}]\n"), "", "<stdin>:9:34: note: secret \"gone\"",
     "Error: secret \"gone\" not found"},
    {POD("    volumeMounts: [{name: d, mountPath: /d}]\n"
         "  volumes: [{name: d, persistentVolumeClaim: {claimName: gone}}]\n"), "",
     "<stdin>:10:58: note: persistentvolumeclaim \"gone\"", "LOOK   web: FailedScheduling once"},
    {POD("  initContainers: [{name: i, image: busybox, command: ['false']}]\n"), "",
     "LOOK   web/i: the program ended by itself 7 times", "exit code 1, Error"},
    {POD("    resources: {requests: {cpu: '100'}}\n" NODE), "", "LOOK   web: FailedScheduling once",
     "Insufficient cpu"},
    {POD("  nodeSelector: {disk: ssd}\n" NODE), "", "LOOK   web: FailedScheduling once",
     "didn't match Pod's node affinity/selector"},
};

Test(cli_look, names_the_cause_of_others)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        char line[256];
        struct kit_ran r;

        snprintf(line, sizeof(line), "simulate|-|--for|10m|%s", others[i].line);
        r = kit_spawn_split(others[i].text, line, "|");
        cr_expect_eq(r.code, 0, "%s", r.err);
        cr_expect(names(without_cost(r.err), others[i].first, others[i].cause), "%zu: %s", i,
                  r.err);
        kit_release(&r);
    }
}

/* Pods of one name in two namespaces are two things, and a back-off is that of its own pod: what
 * ends with 0 and is not started again is not told. */
Test(cli_look, tells_namespaces_apart)
{
    static const char two[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: a-b}\nspec:\n"
        "  containers: [{name: c, image: i:1, command: ['false']}]\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: done}\nspec:\n  restartPolicy: Never\n"
        "  containers: [{name: c, image: i:1, command: ['true']}]\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
        "  containers: [{name: c, image: i:1, command: [sh, -c, 'exit 7']}]\n";
    struct kit_ran r = kit_spawn(two, "simulate - --for 10m"), why;

    cr_expect_str_eq(without_cost(r.err),
                     "LOOK   a-b/web/c: the program ended by itself 7 times\n"
                     "  0s    exit code 1, Error\n"
                     "LOOK   web/c: the program ended by itself 7 times\n"
                     "  0s    exit code 7, Error\n"
                     "podring: 'podring why FILE... -n a-b web' tells what led to it\n",
                     "%s", r.err);
    kit_release(&r);
    why = kit_spawn(two, "why - -n a-b web");
    cr_expect_eq(why.code, 0, "%s", why.err);
    cr_expect_not_null(strstr(why.out, "exit 1 Error"), "%s", why.out);
    kit_release(&why);
}

/* Nothing went wrong, or nobody wants to hear of it. */
Test(cli_look, is_silent_otherwise)
{
    static const char *const lines[] = {
        "simulate|-|--for|10m", "simulate|-|--for|10m|--step|5m delete web",
        "simulate|-|-q|--for|10m|--app|exit=1", "simulate|-|-o|timeline|--for|10m|--app|exit=1"};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct kit_ran r = kit_spawn_split(POD(LIVENESS READY), lines[i], "|");

        cr_expect_str_eq(without_cost(r.err), "", "%s", lines[i]);
        kit_release(&r);
    }
}
