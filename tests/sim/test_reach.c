/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows of the decision tables decide anything? Each row of a table is there for something
 * that can happen: a small manifest shows it for each, or random worlds do. A row that nothing
 * reaches is a rule that nobody can see.
 */
#include <criterion/criterion.h>

#include "api/engine.h"
#include "tests/support/maker.h"
#include "tests/support/vector.h"

enum { WORLDS = 60, FOR_MS = 120000 };

/* What hardly any world is about. */
static const struct {
    const char *yaml, *knob;
} shown[] = {
    {VECTOR_POD
     "  containers:\n  - name: c\n    image: i:1\n    startupProbe: {httpGet: {port: 80}, "
     "periodSeconds: 7}\n"
     "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 10, failureThreshold: 1}\n"
     VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{from: 20s, status: 500}]}, {}]\n",
     "started_carried"},
    {VECTOR_POD "  containers: [{name: c, image: \"I:1\"}]\n", NULL},
    {VECTOR_POD "  containers: [{name: c, image: i:1}]\n" VECTOR_BEHAVIOR("c")
     "  pull: [{fail: gone, reason: ImageInspectError}]\n", NULL},
    {VECTOR_POD "  restartPolicy: Never\n  containers:\n  - name: c\n    image: i:1\n"
                "    livenessProbe: {httpGet: {port: 80}, failureThreshold: 1}\n"
                VECTOR_BEHAVIOR("c")
     "  instances: [{serve: [{from: 20s, status: 500}]}]\n", NULL},
    {VECTOR_POD
     "  restartPolicy: Never\n  containers:\n  - name: c\n    image: i:1\n    restartPolicy: "
     "Never\n"
     "    restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: "
     "[42]}}]\n"
     VECTOR_BEHAVIOR("c") "  instances: [{exit: {after: 5s, code: 42}}, {}]\n", NULL},
};

static void count(struct pod_met *met, const char *yaml, const char *knob, uint64_t seed,
                  enum podring_timing timing)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r = NULL;

    o.clock = PODRING_VIRTUAL;
    o.net = PODRING_NET_SCRIPT;
    o.flags = PODRING_NO_EVENTS;
    o.timing = timing;
    o.seed = seed;
    cr_assert_eq(podring_open(&o, &r), 0);
    r->world.met = met;
    if (knob != NULL)
        cr_assert_eq(podring_set(r, knob, "on"), 0);
    cr_assert_eq(podring_load_text(r, "world", yaml, strlen(yaml)), 0, "%s", podring_why(r));
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    podring_run_until(r, FOR_MS);
    podring_close(r);
}

static void count_worlds(struct pod_met *met)
{
    static const struct maker_shape shape = {.timings = true};
    struct maker m = {0};

    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        maker_make(&m, seed, &shape);
        count(met, m.text, NULL, seed, m.timing);
    }
    maker_free(&m);
}

Test(reach, every_row_decides_something, .timeout = 120)
{
    struct pod_met met = {0};

    cr_assert_leq(pod_gate_rows, POD_MET_ROWS);
    cr_assert_leq(pod_image_rows, POD_MET_ROWS);
    cr_assert_leq(pod_life_rows, POD_MET_ROWS);
    cr_assert_leq(pod_plan_rows, POD_MET_ROWS);
    for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
        count(&met, shown[i].yaml, shown[i].knob, 0, PODRING_TIMING_REFERENCE);
    count_worlds(&met);
    for (uint32_t i = 0; i < pod_gate_rows; i++)
        cr_expect_gt(met.gate[i], 0, "gate: nothing reaches %s, a probe that %s",
                     pod_gate_table[i].name, pod_gate_table[i].why);
    for (uint32_t i = 0; i < pod_image_rows; i++)
        cr_expect_gt(met.image[i], 0, "image: nothing reaches %s, an image that %s",
                     pod_image_table[i].name, pod_image_table[i].why);
    for (uint32_t i = 0; i < pod_life_rows; i++)
        cr_expect_gt(met.life[i], 0, "life: nothing reaches %s, a worker whose pod %s",
                     pod_life_table[i].name, pod_life_table[i].why);
    for (uint32_t i = 0; i < pod_plan_rows; i++)
        cr_expect_gt(met.plan[i], 0, "plan: nothing reaches %s, a container that %s",
                     pod_plan_table[i].name, pod_plan_table[i].why);
}
