/* SPDX-License-Identifier: Apache-2.0 */
/* test_cause.c - each event names what has led to it (podring_cause), and podring why tells the
 * chain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"
#include "tests/api/test_cli_kit.h"

#define POD(name, rest)                                                                            \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: " name "}}\nspec:\n" \
        rest
#define BEHAVIOR(app, rest)                                                                        \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: " app "}\nspec:\n"    \
    "  selector: {matchLabels: {app: " app "}}\n" rest
#define STEP(text)                                                                                 \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n  - " \
        text "\n"

/* ---- chains ---------------------------------------------------------------------------------- */

static const char *const liveness =
    POD("p", "  containers:\n  - name: c\n    image: i:1\n"
             "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 10, failureThreshold: 2}\n")
    BEHAVIOR("p", "  instances: [{serve: [{path: /, from: 15s, status: 500}]}]\n");

static const char *const readiness =
    POD("p", "  containers:\n  - name: c\n    image: i:1\n"
             "    readinessProbe: {httpGet: {port: 80}, periodSeconds: 10, failureThreshold: 1}\n"
             "    livenessProbe: {httpGet: {port: 80, path: /live}, periodSeconds: 10}\n")
    BEHAVIOR("p", "  instances: [{serve: [{path: /, from: 15s, status: 500},"
                  " {path: /live, from: 15s, status: 500}]}]\n");

/* Killed once; then a probe of readiness fails, and the pod is deleted. */
static const char *const again =
    POD("p", "  terminationGracePeriodSeconds: 3\n  containers:\n  - name: c\n    image: i:1\n"
             "    livenessProbe: {httpGet: {port: 80, path: /live}, periodSeconds: 10, "
             "failureThreshold: 1}\n"
             "    readinessProbe: {httpGet: {port: 80}, periodSeconds: 10, failureThreshold: 1}\n")
    BEHAVIOR("p", "  instances: [{serve: [{path: /live, from: 5s, status: 500}]},"
                  " {serve: [{path: /, from: 15s, status: 500}]}]\n")
    STEP("{at: 90s, delete: pod/p}");

static const char *const crash = POD("p", "  containers:\n  - name: c\n    image: i:1\n"
                                          "    command: [sh, -c, \"sleep 5; exit 3\"]\n");

static const char *const deleted =
    POD("p", "  terminationGracePeriodSeconds: 5\n  containers:\n  - {name: c, image: i:1}\n")
    STEP("{at: 20s, delete: pod/p}");

static const char *const workload =
    "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: w}\nspec:\n  replicas: 1\n"
    "  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n    "
    "spec:\n"
    "      terminationGracePeriodSeconds: 5\n      containers: [{name: c, image: i:1}]\n";

static const char *const deadline =
    POD("p", "  activeDeadlineSeconds: 30\n  terminationGracePeriodSeconds: 2\n  restartPolicy: "
             "Never\n"
             "  containers:\n  - {name: c, image: i:1}\n");

static const char *const init =
    POD("p", "  initContainers: [{name: i, image: i:1, command: [sleep, \"7\"]}]\n"
             "  containers: [{name: c, image: i:1}]\n");

static const char *const killed = POD("p", "  containers: [{name: c, image: i:1}]\n")
    STEP("{at: 20s, kill: pod/p}");

/* "250s status Running>CrashLoopBackOff" and so on, the newest first; then what led to it. */
static void put_link(char *out, size_t room, const struct podring_event *e)
{
    size_t n = strlen(out);

    n += (size_t)snprintf(out + n, n < room ? room - n : 0, "%s%lld ", n > 0 ? " < " : "",
                          (long long)(e->at_ms / 1000));
    n = n < room ? n : room - 1;
    if (e->kind == PODRING_ACTION)
        snprintf(out + n, room - n, "%s", e->object);
    else if (e->kind == PODRING_EVENT)
        snprintf(out + n, room - n, "%s", e->reason);
    else
        snprintf(out + n, room - n, "%s=%s", e->field, e->to);
}

struct watch {
    const char *field, *to; /* of the event to be explained: the last one that fits */
    char chain[1024];
};

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct watch *w = ctx;
    struct podring_event cause = PODRING_EVENT_INIT;
    uint64_t version = e->cause;

    cr_expect_lt(e->cause, e->version);
    cr_expect_gt(e->version, 0);
    if (w->field == NULL || e->kind != PODRING_TRANSITION || strcmp(e->field, w->field) != 0 ||
        (w->to != NULL && strcmp(e->to, w->to) != 0))
        return;
    w->chain[0] = '\0';
    put_link(w->chain, sizeof(w->chain), e);
    while (version != 0) {
        cr_assert_eq(podring_cause(ring, version, &cause), 0, "%s", podring_why(ring));
        cr_expect_eq(cause.version, version);
        cr_expect_leq(cause.at_ms, e->at_ms);
        put_link(w->chain, sizeof(w->chain), &cause);
        version = cause.cause;
    }
}

static podring *run(const char *yaml, struct watch *w, uint32_t history)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;

    o.clock = PODRING_VIRTUAL;
    o.history = history;
    cr_assert_eq(podring_open(&o, &r), 0);
    cr_assert_eq(podring_load_text(r, "t", yaml, strlen(yaml)), 0, "%s", podring_why(r));
    podring_on_event(r, on_event, w);
    cr_assert_eq(podring_apply(r), 0);
    return r;
}

static void check(const char *yaml, const char *field, const char *to, int64_t until,
                  const char *chain)
{
    struct watch w = {.field = field, .to = to};
    podring *r = run(yaml, &w, 100000);

    cr_assert_eq(podring_run_until(r, until), 0);
    cr_expect_str_eq(w.chain, chain, "%s=%s: got \"%s\"", field, to, w.chain);
    podring_close(r);
}

Test(cause, chains)
{
    check(liveness, "state", "Terminated", 60000,
          "50 state=Terminated < 50 Killing < 50 Unhealthy");
    check(liveness, "status", "CrashLoopBackOff", 200000,
          "170 status=CrashLoopBackOff < 170 state=Waiting < 170 state=Terminated < 170 Killing < "
          "170 Unhealthy");
    check(readiness, "Ready", "False", 60000, "20 Ready=False < 20 ready=False < 20 Unhealthy");
    check(again, "state", "Terminated", 60000, "10 state=Terminated < 10 Killing < 10 Unhealthy");
    check(again, "Ready", "False", 60000, "20 Ready=False < 20 ready=False < 20 Unhealthy");
    check(again, "state", "Terminated", 120000,
          "90 state=Terminated < 90 Killing < 90 object=Terminating < 90 step");
    check(crash, "status", "CrashLoopBackOff", 60000,
          "50 status=CrashLoopBackOff < 50 state=Waiting < 50 state=Terminated");
    check(crash, "restartCount", "1", 19000, "5 restartCount=1 < 5 Started < 5 state=Terminated");
    check(deleted, "object", "Deleted", 60000,
          "20 object=Deleted < 20 status=Error < 20 state=Terminated < 20 Killing < 20 "
          "object=Terminating < 20 step");
    check(deadline, "phase", "Failed", 60000,
          "30 phase=Failed < 30 state=Terminated < 30 Killing < 30 DeadlineExceeded");
    check(init, "status", "Running", 60000,
          "7 status=Running < 7 state=Running < 7 Started < 7 state=Terminated");
    check(killed, "state", "Terminated", 60000, "20 state=Terminated < 20 step");
}

/* What a call has asked for, and what a controller does about it. */
Test(cause, a_replacement_follows_from_the_deletion)
{
    struct watch w = {.field = "object", .to = "Created"};
    podring *r = run(workload, &w, 100000);
    uint64_t cursor = 0;

    cr_assert_eq(podring_run_until(r, 10000), 0);
    cr_expect_str_eq(w.chain, "0 object=Created");
    cr_assert_eq(podring_delete(r, podring_next_pod(r, &cursor), -1, 0), 0);
    cr_assert_eq(podring_run_until(r, 20000), 0);
    cr_expect_str_eq(w.chain, "10 object=Created < 10 object=Terminating < 10 call", "%s", w.chain);
    podring_close(r);
}

/* Causes are known for as long as history has room; then that is said. */
Test(cause, history)
{
    struct watch w = {0};
    struct podring_event e = PODRING_EVENT_INIT;
    podring *r = run(crash, &w, 0);

    cr_assert_eq(podring_run_until(r, 60000), 0);
    cr_expect_eq(podring_cause(r, 1, &e), -PODRING_ENOTFOUND);
    cr_expect_str_eq(podring_why(r), "version 1 is not known any more, or not yet");
    cr_expect_eq(podring_cause(r, 1000000, &e), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_cause(r, 0, &e), -PODRING_ENOTFOUND);
    podring_close(r);
    r = run(crash, &w, 1000);
    cr_assert_eq(podring_run_until(r, 60000), 0);
    cr_assert_eq(podring_cause(r, 1, &e), 0);
    cr_expect_str_eq(e.field, "object");
    cr_expect_eq(e.cause, 0);
    podring_close(r);
}

/* ---- the command ----------------------------------------------------------------------------- */

static void says(const char *input, const char *line, int code, const char *out, const char *err)
{
    struct kit_ran r = kit_spawn(input, line);

    cr_expect_eq(r.code, code, "%s: %d", line, r.code);
    cr_expect_str_eq(r.out, out, "%s prints:\n%s", line, r.out);
    cr_expect_str_eq(r.err, err, "%s says: %s", line, r.err);
    kit_release(&r);
}

Test(cause, why)
{
    says(crash, "why - p/c --at 5s", 0,
         "                5s  p/c                     running\n"
         "because         5s  p/c                     Started\n"
         "because         5s  p/c                     exit 3 Error\n"
         "which the program did by itself\n", "");
    says(killed, "why - default/p/c --at 20s", 0,
         "               20s  p/c                     running\n"
         "because        20s  p/c                     Started\n"
         "because        20s  p/c                     exit 137 Error\n"
         "because        20s  step                    kill pod/p (<stdin>:13)\n", "");
    says(crash, "why - q", 1, "", "Error (NotFound): pods \"q\" not found\n");
    says(crash, "why - p/x --at 5s", 1, "", "podring: pod default/p has no container x\n");
    says(crash, "why - a/b/c/d", 64, "",
         "podring why: 'a/b/c/d' is not [NAMESPACE/]POD[/CONTAINER] (see 'podring why --help')\n");
}
