/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors_knobs.c - how long controllers take, by the knobs that say so, and what is refused
 * of them. Those of proxies and names are in test_vectors_clients.c and test_vectors_service.c.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/object.h"

#define SET(text) "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: r}\nspec:\n" text
#define PODS                                                                                       \
    "  selector: {matchLabels: {app: r}}\n  template:\n    metadata: {labels: {app: r}}\n"         \
    "    spec: {containers: [{name: c, image: \"x:1\"}]}\n"
#define JOB                                                                                        \
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  completions: 2\n"              \
    "  template:\n    metadata: {labels: {app: j}}\n    spec: {restartPolicy: Never, containers: " \
    "[{name: c, image: \"x:1\"}]}\n---\napiVersion: podring.dev/v1\nkind: Behavior\n"              \
    "metadata: {name: b}\nspec: {selector: {matchLabels: {app: j}}, instances: [{exit: {after: "   \
    "4s, code: 0}}]}\n"
#define CRON                                                                                       \
    "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: k}\nspec:\n  schedule: '* * * * *'\n"   \
    "  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, "       \
    "image: \"x:1\"}]}}}}\n"
#define STEPS(steps)                                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec: {steps: [" steps  \
    "]}\n"

static const struct {
    const char *knob, *value, *yaml;
    const char *what, *is;
    int seconds;
} rows[] = {
    {"job_batch_ms", "0", JOB, "starts c", "0 4", 20},
    {"job_batch_ms", "1000", JOB, "starts c", "0 5", 20},
    {"job_batch_ms", "1000", JOB, "job/j how Complete", "10:True/CompletionsReached", 20},
    {"cron_delta_ms", "100", CRON, "cronjob/k event SuccessfulCreate", "60.1 120.1", 150},
    {"cron_delta_ms", "0", CRON, "cronjob/k event SuccessfulCreate", "60 120", 150},
    {"cron_delta_ms", "2500", CRON, "cronjob/k event SuccessfulCreate", "62.5 122.5", 150},
    {"controller_ms", "0", SET("  replicas: 1\n" PODS) STEPS("{at: 5s, scale: replicaset/r, "
                                                             "replicas: 3}"),
     "starts c", "0 5 5", 10},
    {"controller_ms", "300", SET("  replicas: 1\n" PODS) STEPS("{at: 5s, scale: replicaset/r, "
                                                               "replicas: 3}"),
     "starts c", "0 5.3 5.3", 10},
};

Test(vectors_knobs, how_long_controllers_take)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct story *s = story_run(rows[i].yaml,
                                    &(struct story_options){.for_ms = rows[i].seconds * 1000,
                                                            .knob = rows[i].knob,
                                                            .knob_value = rows[i].value});
        const char *is = object_look(s, rows[i].what);

        cr_expect_str_eq(is, rows[i].is, "%s=%s: %s is %s, should be %s", rows[i].knob,
                         rows[i].value, rows[i].what, is, rows[i].is);
        story_free(s);
    }
}

static const char service[] =
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
    "spec: {selector: {app: web}, ports: [{port: 80}]}\n";

static void expect_refused(podring *ring, const char *knob, const char *value, int code,
                           const char *why)
{
    cr_expect_eq(podring_set(ring, knob, value), code, "%s=%s", knob, value);
    cr_expect_str_eq(podring_why(ring), why);
}

Test(vectors_knobs, what_is_refused)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_expect_eq(podring_set(ring, "status_ms", "0"), 0);
    expect_refused(ring, "status_ms", "100", -PODRING_EUNSUPPORTED,
                   "status_ms: a kubelet's status is seen at once: nothing but 0 is simulated");
    expect_refused(ring, "schedule_ms", "5", -PODRING_EUNSUPPORTED,
                   "schedule_ms: the scheduler needs no time: nothing but 0 is simulated");
    expect_refused(ring, "proxy_ms", "n1", -PODRING_EINVALID,
                   "proxy_ms: expected NODE=MILLISECONDS[,...], not \"n1\"");
    expect_refused(ring, "proxy_ms", "n1=", -PODRING_EINVALID,
                   "proxy_ms: expected NODE=MILLISECONDS[,...], not \"n1=\"");
    expect_refused(ring, "proxy_ms", "n1=1s", -PODRING_EINVALID,
                   "proxy_ms: expected NODE=MILLISECONDS[,...], not \"n1=1s\"");
    expect_refused(ring, "proxy_ms", "a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8", -PODRING_ELIMIT,
                   "proxy_ms: at most 6 different times");
    expect_refused(ring, "ingress_ms", "-1", -PODRING_EINVALID,
                   "ingress_ms: expected a number from 0 to 86400000, not \"-1\"");
    podring_close(ring);
}

/* What proxies know of Services that are there already cannot be made up. */
Test(vectors_knobs, too_late_or_too_early)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_knob k = PODRING_KNOB_INIT;
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_assert_eq(podring_load_text(ring, "v.yaml", service, strlen(service)), 0);
    cr_assert_eq(podring_apply(ring), 0);
    expect_refused(ring, "proxy_ms", "n1=5", -PODRING_EUNSUPPORTED,
                   "proxy_ms: there are Services already");
    expect_refused(ring, "ingress_ms", "5", -PODRING_EUNSUPPORTED,
                   "ingress_ms: there are Services already");
    podring_close(ring);
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_assert_eq(podring_set(ring, "proxy_ms", "n1=5"), 0);
    for (uint32_t i = 0; podring_knob_at(ring, i, &k) == 0; i++)
        if (strcmp(k.name, "proxy_ms") == 0)
            cr_expect_str_eq(k.value, "n1=5");
    cr_assert_eq(podring_load_text(ring, "v.yaml", service, strlen(service)), 0);
    cr_expect_eq(podring_apply(ring), -PODRING_EINVALID);
    cr_expect_str_eq(podring_why(ring), "proxy_ms: there is no node \"n1\"");
    podring_close(ring);
}
