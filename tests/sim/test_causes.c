/* SPDX-License-Identifier: Apache-2.0 */
/* What the records of the change log say that they follow from. */
#include "api/engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct kit {
    podring *ring;
    struct st_cursor all;
};

static void kit_open(struct kit *k, const char *text, uint32_t flags)
{
    struct podring_options o = PODRING_OPTIONS_INIT;

    o.clock = PODRING_VIRTUAL;
    o.net = PODRING_NET_SCRIPT;
    o.flags |= flags;
    cr_assert_eq(podring_open(&o, &k->ring), 0, "%s", podring_why(NULL));
    cr_assert_eq(st_log_history(&k->ring->world.log, 30000), 0);
    cr_assert_eq(podring_load_text(k->ring, "t.yaml", text, strlen(text)), 0, "%s",
                 podring_why(k->ring));
    cr_assert_eq(podring_apply(k->ring), 0, "%s", podring_why(k->ring));
}

static void kit_run(struct kit *k, int64_t until)
{
    struct podring_event e = PODRING_EVENT_INIT;

    cr_assert_eq(podring_run_until(k->ring, until), 0, "%s", podring_why(k->ring));
    while (podring_next_event(k->ring, &e) == 0) {
    }
}

/* "Killing", "main: Terminated", "Ready=False", "step". */
static void name_of(const struct st_record *r, char *out, size_t room)
{
    if (r->object == ST_STEP)
        snprintf(out, room, "step");
    else if (r->object == ST_CALL)
        snprintf(out, room, "call %u", (unsigned)r->to);
    else if (r->kind != POD_TRANSITION)
        snprintf(out, room, "%s", pod_event_reason((enum pod_event_kind)r->kind));
    else if (r->field == POD_FIELD_STATE)
        snprintf(out, room, "%s",
                 r->to != POD_WAITING ? pod_container_state_name((enum pod_container_state)r->to)
                                                       : pod_reason_text(
                                                           (enum pod_reason)r->reason));
    else if (r->field == POD_FIELD_OBJECT)
        snprintf(out, room, "%s", r->to == POD_OBJECT_CREATED       ? "object"
                                  : r->to == POD_OBJECT_TERMINATING ? "terminating"
                                                                    : "deleted");
    else if (r->field == POD_FIELD_RESTART_COUNT)
        snprintf(out, room, "restarts=%u", (unsigned)r->to);
    else if (r->field == POD_FIELD_READY || r->field == POD_FIELD_STARTED)
        snprintf(out, room, "%s=%u", r->field == POD_FIELD_READY ? "ready" : "started",
                 (unsigned)r->to);
    else if (r->field == POD_FIELD_PHASE)
        snprintf(out, room, "%s", pod_phase_name((enum pod_phase)r->to));
    else if (r->field == POD_FIELD_STATUS)
        snprintf(out, room, "status");
    else if (r->who != NULL)
        snprintf(out, room, "field %u", (unsigned)r->field); /* of an object that is no pod */
    else
        snprintf(out, room, "%s=%u",
                 pod_condition_name((enum pod_condition)(r->field - POD_FIELD_CONDITION)),
                 (unsigned)r->to);
}

/* The first record of that name from a time on, and what it follows from, back to the first
 * cause. */
static void expect_chain(struct kit *k, int64_t from, const char *expected)
{
    const struct st_log *log = &k->ring->world.log;
    char chain[400] = "", name[64];

    for (uint64_t s = 1; s <= log->seq; s++) {
        const struct st_record *r = st_log_at(log, s);

        cr_assert_not_null(r);
        name_of(r, name, sizeof(name));
        if (r->at < from || strncmp(name, expected, strlen(name)) != 0 ||
            (expected[strlen(name)] != '\0' && expected[strlen(name)] != ' '))
            continue;
        for (; r != NULL; r = r->cause != 0 ? st_log_at(log, r->cause) : NULL) {
            size_t used = strlen(chain);

            name_of(r, name, sizeof(name));
            snprintf(chain + used, sizeof(chain) - used, "%s%s", used > 0 ? " < " : "", name);
        }
        break;
    }
    cr_expect_str_eq(chain, expected, "from %lld: \"%s\" instead of \"%s\"", (long long)from, chain,
                     expected);
}

/* A cause comes before what follows from it, and what came before is of the same object. */
static void expect_order(struct kit *k)
{
    const struct st_log *log = &k->ring->world.log;

    for (uint64_t s = 1; s <= log->seq; s++) {
        const struct st_record *r = st_log_at(log, s), *b = st_log_at(log, r->before);

        cr_expect_lt(r->cause, r->seq);
        cr_expect(r->cause == 0 || st_log_at(log, r->cause)->at <= r->at);
        cr_expect_lt(r->before, r->seq);
        cr_expect(b == NULL || (b->serial == r->serial && b->object == r->object));
    }
}

#define POD_OF(name, rest) \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name \
        "}\nspec:\n  terminationGracePeriodSeconds: 10\n" \
    "  containers:\n  - name: c\n    image: x:1\n    ports: [{containerPort: 80}]\n" rest
#define BEHAVIOR(spec) \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n" spec
#define SCENARIO(step) \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n  - " \
    step "\n"

Test(causes, a_liveness_probe_kills_and_the_end_leads_to_the_restart)
{
    struct kit k;

    kit_open(&k,
             POD_OF("p",
                    "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: "
                    "2}\n")
                     BEHAVIOR("  instances:\n  - onStop: {after: 3s, code: 1}\n"
                              "    serve: [{from: 20s, clock: instance, status: 500}]\n"),
             0);
    kit_run(&k, 200000);
    expect_order(&k);
    expect_chain(&k, 0, "Started < Scheduled < object");
    expect_chain(&k, 0, "Running < Started < Scheduled < object");
    expect_chain(&k, 0, "Unhealthy");
    expect_chain(&k, 0, "Killing < Unhealthy");
    expect_chain(&k, 0, "Terminated < Killing < Unhealthy");
    expect_chain(&k, 20000, "Created < Terminated < Killing < Unhealthy");
    expect_chain(&k, 20000, "Started < Terminated < Killing < Unhealthy");
    expect_chain(&k, 20000, "restarts=1 < Started < Terminated < Killing < Unhealthy");
    expect_chain(&k, 20000, "ready=0 < Terminated < Killing < Unhealthy");
    expect_chain(&k, 20000, "Ready=0 < ready=0 < Terminated < Killing < Unhealthy");
    podring_close(k.ring);
}

Test(causes, a_probe_of_readiness_moves_the_condition)
{
    struct kit k;

    kit_open(&k,
             POD_OF("p",
                    "    readinessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: "
                    "1}\n")
                     BEHAVIOR(
                              "  instances:\n  - serve: [{from: 20s, to: 40s, status: 500}]\n    "
                              "exit: {after: 60s}\n"),
             0);
    kit_run(&k, 100000);
    expect_order(&k);
    expect_chain(&k, 0, "ready=1");
    expect_chain(&k, 0, "Ready=1 < ready=1");
    expect_chain(&k, 10000, "ready=0 < Unhealthy");
    expect_chain(&k, 10000, "Ready=0 < ready=0 < Unhealthy");
    expect_chain(&k, 30000, "ready=1");
    expect_chain(&k, 30000, "Terminated");
    expect_chain(&k, 60000, "ready=0 < Terminated");
    podring_close(k.ring);
}

Test(causes, nobody_knows_what_was_not_recorded)
{
    struct kit k;

    kit_open(&k,
             POD_OF("p",
                    "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, failureThreshold: "
                    "2}\n")
                     BEHAVIOR(
                              "  instances:\n  - serve: [{from: 20s, clock: instance, status: "
                              "500}]\n"),
             PODRING_NO_PROBE_EVENTS);
    kit_run(&k, 100000);
    expect_order(&k);
    expect_chain(&k, 0, "Killing");
    expect_chain(&k, 0, "Terminated < Killing");
    podring_close(k.ring);
}

Test(causes, a_crash_leads_to_its_back_off)
{
    struct kit k;

    kit_open(&k, POD_OF("p", "") BEHAVIOR("  instances:\n  - exit: {after: 5s, code: 1}\n"), 0);
    kit_run(&k, 100000);
    expect_order(&k);
    expect_chain(&k, 0, "Terminated");
    expect_chain(&k, 0, "BackOff < Terminated");
    expect_chain(&k, 0, "CrashLoopBackOff < Terminated");
    expect_chain(&k, 20000, "Started < Terminated");
    podring_close(k.ring);
}

Test(causes, a_step_deletes_a_pod_and_a_controller_makes_another)
{
    struct kit k;

    kit_open(&k,
             "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  serviceName: "
             "web\n"
             "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    "
             "spec:\n"
             "      containers: [{name: c, image: x}]\n"
                 SCENARIO("{at: 10s, delete: pod/web-0}"),
             0);
    kit_run(&k, 100000);
    expect_order(&k);
    expect_chain(&k, 0, "terminating < step");
    expect_chain(&k, 0, "Killing < terminating < step");
    expect_chain(&k, 0, "Terminated < Killing < terminating < step");
    expect_chain(&k, 10000,
                 "Started < Scheduled < object < deleted < status < Terminated < Killing < "
                 "terminating < step");
    podring_close(k.ring);
}

Test(causes, a_call_is_a_cause)
{
    struct kit k;
    uint64_t pod;

    kit_open(&k, POD_OF("p", ""), 0);
    kit_run(&k, 5000);
    cr_assert_eq(podring_find(k.ring, "default", "p", &pod), 0);
    cr_assert_eq(podring_kill(k.ring, pod, NULL, 9), 0);
    kit_run(&k, 50000);
    expect_chain(&k, 0, "Terminated < call 1");
    cr_assert_eq(podring_delete(k.ring, pod, 1, 0), 0);
    kit_run(&k, 60000);
    expect_chain(&k, 0, "terminating < call 0");
    expect_chain(&k, 50000, "Killing < terminating < call 0");
    expect_order(&k);
    podring_close(k.ring);
}
