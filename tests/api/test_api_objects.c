/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pods from outside: ids, iteration, what is known about them, and what can be done to them.
 */
#include <stdlib.h>

#include "tests/api/test_api_kit.h"

enum { ALL_MAX = 64 };

static unsigned all_pods(podring *r, uint64_t *out)
{
    uint64_t cursor = 0, pod;
    unsigned n = 0;

    while ((pod = podring_next_pod(r, &cursor)) != 0) {
        cr_assert_lt(n, ALL_MAX);
        out[n++] = pod;
    }
    return n;
}

static struct podring_pod_info info_of(podring *r, uint64_t pod)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    cr_assert_eq(podring_pod_info(r, pod, &info), 0);
    return info;
}

static struct podring_container_info container_of(podring *r, uint64_t pod, uint32_t index)
{
    struct podring_container_info info = PODRING_CONTAINER_INFO_INIT;

    cr_assert_eq(podring_container_info(r, pod, index, &info), 0);
    return info;
}

/* ---- ids ------------------------------------------------------------------------------------ */

Test(api_objects, ids_go_stale_with_their_pod)
{
    podring *r = kit_ring(KIT_POD("p"));
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *status;
    uint64_t pod, old;

    kit_run(r, 1000);
    old = kit_pod(r, "p");
    cr_assert_eq(podring_delete(r, old, PODRING_GRACE_DEFAULT, 0), 0);
    kit_run(r, 2000);
    for (int again = 0; again < 2; again++) {
        cr_expect_eq(podring_pod_info(r, old, &info), -PODRING_ENOTFOUND);
        cr_expect_eq(podring_container_info(r, old, 0, &c), -PODRING_ENOTFOUND);
        cr_expect_eq(podring_condition(r, old, "Ready", &status, NULL, NULL), -PODRING_ENOTFOUND);
        cr_expect_eq(podring_delete(r, old, 1, 0), -PODRING_ENOTFOUND);
        cr_expect_eq(podring_kill(r, old, NULL, 9), -PODRING_ENOTFOUND);
        cr_expect_eq(podring_set_condition(r, old, "x", 1), -PODRING_ENOTFOUND);
        kit_drain(r);
        kit_apply(r, KIT_POD("q")); /* takes the same slot */
        kit_run(r, podring_now(r) + 1000);
        pod = kit_pod(r, "q");
        cr_expect_neq(pod, old);
        cr_expect_eq(podring_pod_info(r, pod, &info), 0);
        cr_expect_eq(podring_delete(r, pod, 0, 1), 0);
        kit_run(r, podring_now(r) + 20000);
    }
    cr_expect_eq(podring_find(r, NULL, "p", &pod), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_pod_info(r, 0, &info), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_pod_info(r, UINT64_MAX, &info), -PODRING_ENOTFOUND);
    podring_close(r);
}

Test(api_objects, every_pod_is_found_by_its_name)
{
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 9) KIT_POD("web") KIT_POD("web-0"));
    uint64_t pods[ALL_MAX], found;
    unsigned n = all_pods(r, pods);

    cr_assert_eq(n, 11);
    for (unsigned i = 0; i < n; i++) {
        char name[256];

        snprintf(name, sizeof(name), "%s", info_of(r, pods[i]).name);
        cr_expect_eq(podring_find(r, "default", name, &found), 0, "%s", name);
        cr_expect_eq(found, pods[i], "%s is another pod", name);
        cr_expect_eq(podring_find(r, "elsewhere", name, &found), -PODRING_ENOTFOUND);
        strcat(name, "x");
        cr_expect_eq(podring_find(r, NULL, name, &found), -PODRING_ENOTFOUND, "%s", name);
    }
    cr_expect_eq(podring_find(r, NULL, "", &found), -PODRING_ENOTFOUND);
    podring_close(r);
}

/* ---- iteration --------------------------------------------------------------------------------
 */

Test(api_objects, iterates_in_order_of_creation)
{
    podring *r = kit_ring(KIT_POD("c") KIT_POD("a") KIT_DEPLOYMENT("web", 3) KIT_POD("b"));
    uint64_t pods[ALL_MAX];

    cr_assert_eq(all_pods(r, pods), 6);
    cr_expect_str_eq(info_of(r, pods[0]).name, "c");
    cr_expect_str_eq(info_of(r, pods[1]).name, "a");
    cr_expect_str_eq(info_of(r, pods[5]).name, "b");
    podring_close(r);
}

#define FOUR(x) KIT_POD(x "0") KIT_POD(x "1") KIT_POD(x "2") KIT_POD(x "3")

/* Whatever is deleted on the way: each pod that stays is met once, in order. Single pods, since
 * nobody replaces them. */
Test(api_objects, iterates_while_pods_vanish)
{
    for (unsigned seed = 1; seed < 40; seed++) {
        podring *r = kit_ring(FOUR("a") FOUR("b") FOUR("c") FOUR("d"));
        uint64_t before[ALL_MAX], after[ALL_MAX], cursor = 0, pod;
        unsigned n = all_pods(r, before), met = 0, at = 0, random = seed;

        kit_run(r, 1000);
        kit_drain(r);
        while ((pod = podring_next_pod(r, &cursor)) != 0) {
            while (at < n && before[at] != pod)
                at++; /* those that vanished before they were met */
            cr_assert_lt(at, n, "met twice, or out of order");
            met++;
            for (unsigned k = 0; k < 2; k++) {
                random = random * 1103515245 + 12345;
                podring_delete(r, before[random >> 16 & 15], 0, 1);
            }
            if (random >> 8 & 1) {
                /* The memory of those that are gone is given back as well. */
                kit_run(r, podring_now(r) + 3000);
                kit_drain(r);
            }
        }
        cr_expect_geq(met, 1);
        n = all_pods(r, after);
        cr_expect_geq(met, n, "those that are there at the end were there all the time");
        podring_close(r);
    }
}

Test(api_objects, walks_do_not_disturb_each_other)
{
    podring *r = kit_ring(KIT_POD("a") KIT_POD("b") KIT_POD("c"));
    uint64_t outer = 0, a, b, met = 0;

    while ((a = podring_next_pod(r, &outer)) != 0) {
        uint64_t inner = 0;

        while ((b = podring_next_pod(r, &inner)) != 0)
            met += a != b;
    }
    cr_expect_eq(met, 6);
    podring_close(r);
}

Test(api_objects, new_pods_are_met_at_the_end)
{
    podring *r = kit_ring(KIT_POD("a"));
    uint64_t cursor = 0, a = podring_next_pod(r, &cursor), b;

    cr_assert_neq(a, 0);
    kit_apply(r, KIT_POD("b"));
    b = podring_next_pod(r, &cursor);
    cr_expect_eq(b, kit_pod(r, "b"));
    cr_expect_eq(podring_next_pod(r, &cursor), 0);
    cr_expect_eq(podring_next_pod(r, &cursor), 0, "and stays at the end");
    kit_apply(r, KIT_POD("c"));
    cr_expect_eq(podring_next_pod(r, &cursor), kit_pod(r, "c"), "until there are more");
    podring_close(r);
}

/* ---- what is known ------------------------------------------------------------------------------
 */

Test(api_objects, a_pod_in_its_crash_loop)
{
    podring *r = kit_ring(KIT_POD("p") KIT_BEHAVIOR(
        "p", "  - exit: {after: 3s, code: 7, reason: Tired}\n  - exit: {after: 2s, code: 0}\n"));
    uint64_t pod = kit_pod(r, "p");
    struct podring_pod_info p;
    struct podring_container_info c;
    const char *status, *reason, *message;

    kit_run(r, 2000);
    p = info_of(r, pod);
    c = container_of(r, pod, 0);
    cr_expect_eq(p.containers, 1);
    cr_expect_str_eq(p.namespace_, "default");
    cr_expect_str_eq(p.phase, "Running");
    cr_expect_str_eq(p.status, "Running");
    cr_expect_eq(strlen(p.uid), 36);
    cr_expect_eq(p.ip >> 24, 127);
    cr_expect(p.ready == 1 && p.ready_of == 1 && p.restarts == 0 && p.last_restart_ms == -1);
    cr_expect(p.deleted_ms == -1 && p.created_ms == 0);
    cr_expect_str_eq(c.state, "Running");
    cr_expect(c.kind == 2 && c.ready && c.started && c.started_ms == 0 && c.last_exit_code == -1);

    kit_run(r, 6000); /* 0-3, 3-5, waits until 15 */
    p = info_of(r, pod);
    cr_expect_str_eq(p.status, "CrashLoopBackOff");
    cr_expect_str_eq(p.phase, "Running");
    cr_expect(p.ready == 0 && p.restarts == 1 && p.last_restart_ms == 5000);
    c = container_of(r, pod, 0);
    cr_expect_str_eq(c.state, "Waiting");
    cr_expect_str_eq(c.reason, "CrashLoopBackOff");
    cr_expect_not_null(
        strstr(c.message, "back-off 10s restarting failed container=c pod=p_default("));
    cr_expect(c.restart_count == 1 && c.last_exit_code == 0 && c.exit_code == -1);
    cr_expect_str_eq(c.last_reason, "Completed");
    cr_expect(c.last_started_ms == 3000 && c.last_finished_ms == 5000 && c.started_ms == -1);

    cr_assert_eq(podring_condition(r, pod, "Ready", &status, &reason, &message), 0);
    cr_expect_str_eq(status, "False");
    cr_expect_str_eq(reason, "ContainersNotReady");
    cr_expect_str_eq(message, "containers with unready status: [c]");
    cr_assert_eq(podring_condition(r, pod, "Initialized", &status, &reason, &message), 0);
    cr_expect_str_eq(status, "True");
    cr_expect_null(reason);
    cr_expect_eq(podring_condition(r, pod, "NoSuchType", &status, NULL, NULL), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_container_info(r, pod, 1, &c), -PODRING_ENOTFOUND);
    podring_close(r);
}

Test(api_objects, the_first_instance_keeps_its_scripted_reason)
{
    podring *r = kit_ring(
        KIT_POD("p") KIT_BEHAVIOR("p", "  - exit: {after: 3s, code: 7, reason: Tired}\n  - {}\n"));
    struct podring_container_info c;

    kit_run(r, 4000);
    c = container_of(r, kit_pod(r, "p"), 0);
    cr_expect_str_eq(c.state, "Running");
    cr_expect_eq(c.last_exit_code, 7);
    cr_expect_str_eq(c.last_reason, "Tired");
    podring_close(r);
}

/* While the worker waits for the main container to stop, nobody is told that the deletion has made
 * an end of the sidecar's back-off; kubectl sees it waiting, and looks at no sidecar behind it. */
Test(api_objects, ready_is_what_was_told)
{
    podring *r = kit_ring(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n"
        "  terminationGracePeriodSeconds: 2\n  initContainers:\n"
        "  - {name: ends, image: i, restartPolicy: Always}\n"
        "  - {name: stays, image: i, restartPolicy: Always}\n"
        "  containers:\n  - {name: main, image: i, livenessProbe: {httpGet: {port: 80}, "
        "periodSeconds: 1, failureThreshold: 1}}\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
        "  selector: {matchLabels: {app: p}}\n  container: ends\n"
        "  instances: [{exit: {after: 500ms}}, {exit: {after: 0s}}]\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: c}\nspec:\n"
        "  selector: {matchLabels: {app: p}}\n  container: main\n"
        "  instances: [{serve: [{from: 1s, status: 500}], onStop: ignore}]\n");
    uint64_t pod;

    kit_run(r, 1500);
    pod = kit_pod(r, "p");
    cr_expect_eq(info_of(r, pod).ready, 1);
    cr_assert_eq(podring_delete(r, pod, 2, 0), 0);
    kit_run(r, 2500);
    cr_expect_eq(info_of(r, pod).ready, 1);
    podring_close(r);
}

Test(api_objects, counts_by_status)
{
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 5) KIT_DEPLOYMENT("bad", 3) KIT_POD("p")
                              KIT_BEHAVIOR("bad", "  - exit: {after: 1s, code: 1}\n"));
    struct podring_count c = PODRING_COUNT_INIT;

    kit_run(r, 5000);
    cr_assert_eq(podring_count_at(r, 0, &c), 0);
    cr_expect(c.pods == 6 && strcmp(c.status, "Running") == 0, "%u %s", c.pods, c.status);
    cr_assert_eq(podring_count_at(r, 1, &c), 0);
    cr_expect(c.pods == 3 && strcmp(c.status, "CrashLoopBackOff") == 0, "%u %s", c.pods, c.status);
    cr_expect_eq(podring_count_at(r, 2, &c), -PODRING_ENOTFOUND);
    /* The rows are of index 0, whatever has become of the pods since. */
    for (uint64_t cursor = 0, pod; (pod = podring_next_pod(r, &cursor)) != 0;)
        podring_delete(r, pod, 0, 1);
    kit_run(r, podring_now(r) + 1000);
    kit_drain(r);
    kit_apply(r, KIT_POD("late"));
    kit_run(r, podring_now(r) + 1000);
    cr_assert_eq(podring_count_at(r, 1, &c), 0);
    cr_expect_str_eq(c.status, "CrashLoopBackOff");
    podring_close(r);
    r = kit_open(kit_options());
    cr_expect_eq(podring_count_at(r, 0, &c), -PODRING_ENOTFOUND, "no pods, no words");
    podring_close(r);
}

/* ---- deleting -----------------------------------------------------------------------------------
 */

Test(api_objects, graces)
{
    static const struct {
        int32_t grace;
        int force;
        int64_t object_gone, process_gone;
    } rows[] = {
        {PODRING_GRACE_DEFAULT, 0, 30000, 30000},
        {5, 0, 5000, 5000},
        {0, 0, 2000, 2000},
        {1, 0, 2000, 2000},
        {0, 1, 0, 2000},
        {PODRING_GRACE_DEFAULT, 1, 0, 2000},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        podring *r = kit_ring(KIT_POD("p") KIT_BEHAVIOR("p", "  - onStop: ignore\n"));
        struct podring_pod_info info = PODRING_POD_INFO_INIT;
        uint64_t pod = kit_pod(r, "p");

        kit_run(r, 10000);
        cr_assert_eq(podring_delete(r, pod, rows[i].grace, rows[i].force), 0);
        if (rows[i].object_gone > 0) {
            kit_run(r, 10000 + rows[i].object_gone - 1);
            cr_expect_str_eq(kit_status(r, pod), "Terminating");
            cr_expect_eq(info_of(r, pod).deleted_ms, 10000);
        } else {
            cr_expect_eq(podring_pod_info(r, pod, &info), -PODRING_ENOTFOUND, "row %zu", i);
            kit_run(r, 10000 + rows[i].process_gone - 1);
        }
        cr_expect_eq(kit_stats(r).containers_running, 1, "row %zu", i);
        kit_run(r, 10000 + rows[i].process_gone);
        cr_expect_eq(podring_pod_info(r, pod, &info), -PODRING_ENOTFOUND, "row %zu", i);
        cr_expect_eq(kit_stats(r).containers_running, 0, "row %zu", i);
        cr_expect_eq(kit_stats(r).pods_deleted, 1);
        podring_close(r);
    }
}

Test(api_objects, deletions_that_make_no_sense)
{
    podring *r = kit_ring(KIT_POD("p"));
    uint64_t pod = kit_pod(r, "p");

    kit_run(r, 1000);
    cr_expect_eq(podring_delete(r, pod, 5, 1), -PODRING_EINVALID);
    cr_expect_neq(podring_why(r)[0], '\0');
    kit_run(r, 60000);
    cr_expect_str_eq(kit_status(r, pod), "Running", "a call that fails has no side effect");
    cr_expect_eq(podring_delete(r, pod, INT32_MAX, 0), 0);
    cr_expect_eq(podring_delete(r, pod, INT32_MAX, 0), 0, "the second changes nothing");
    podring_close(r);
}

/* ---- killing ------------------------------------------------------------------------------------
 */

Test(api_objects, kills)
{
    podring *r = kit_ring(KIT_POD("p"));
    uint64_t pod = kit_pod(r, "p");
    static const int signals[] = {11, 9, 15};
    int64_t at = 1000;

    cr_expect_eq(podring_kill(r, pod, NULL, 9), -PODRING_ESTATE, "nothing runs yet");
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        kit_run(r, at);
        cr_assert_eq(podring_kill(r, pod, i == 1 ? "c" : NULL, signals[i]), 0);
        kit_run(r, at + 10);
        cr_expect_eq(container_of(r, pod, 0).last_exit_code, 128 + signals[i]);
        at += 400000;
    }
    cr_expect_eq(podring_kill(r, pod, "d", 9), -PODRING_ENOTFOUND);
    kit_run(r, at);
    podring_kill(r, pod, NULL, 9);
    kit_run(r, at + 1);
    cr_expect_eq(podring_kill(r, pod, NULL, 9), -PODRING_ESTATE, "it waits in its back-off");
    podring_close(r);
}

/* ---- workloads ----------------------------------------------------------------------------------
 */

static uint64_t active(podring *r)
{
    uint64_t pods[ALL_MAX], n = 0;
    unsigned all = all_pods(r, pods);

    for (unsigned i = 0; i < all; i++)
        n += info_of(r, pods[i]).deleted_ms < 0;
    return n;
}

Test(api_objects, scaling)
{
    static const uint32_t to[] = {3, 7, 7, 0, 1, 20, 2};
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 3) KIT_POD("alone"));
    int64_t at = 1000;

    for (size_t i = 0; i < sizeof(to) / sizeof(*to); i++, at += 1000) {
        kit_run(r, at);
        cr_assert_eq(podring_scale(r, NULL, "deployment/web", to[i]), 0);
        cr_expect_eq(active(r), to[i] + 1);
        kit_run(r, at + 500);
        cr_expect_eq(kit_stats(r).pods, to[i] + 1, "to %u", to[i]);
        kit_drain(r);
    }
    cr_expect_eq(podring_scale(r, NULL, "deployment/other", 1), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_scale(r, "other", "deployment/web", 1), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_scale(r, NULL, "replicaset/web", 1), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_scale(r, NULL, "pod/alone", 2), -PODRING_EUNSUPPORTED);
    cr_expect_eq(podring_scale(r, NULL, "web", 1), -PODRING_EINVALID);
    cr_expect_eq(podring_scale(r, NULL, "", 1), -PODRING_EINVALID);
    cr_expect_eq(podring_scale(r, NULL, "/", 1), -PODRING_ENOTFOUND);
    podring_close(r);
}

Test(api_objects, another_image)
{
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 2) KIT_POD("p"));
    uint64_t pod = kit_pod(r, "p");

    kit_run(r, 1000);
    cr_expect_eq(podring_set_image(r, NULL, "pod/p", "d", "i:2"), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_set_image(r, NULL, "pod/q", NULL, "i:2"), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_set_image(r, NULL, "p", NULL, "i:2"), -PODRING_EINVALID);
    cr_expect_str_eq(container_of(r, pod, 0).image, "i:1");
    cr_assert_eq(podring_set_image(r, NULL, "pod/p", NULL, "i:2"), 0);
    kit_run(r, 2000);
    cr_expect_str_eq(container_of(r, pod, 0).image, "i:2");
    cr_expect_eq(container_of(r, pod, 0).restart_count, 1, "replaced in place");
    cr_assert_eq(podring_set_image(r, NULL, "deployment/web", "c", "i:3"), 0);
    kit_run(r, 3000);
    cr_expect_eq(kit_stats(r).pods, 3);
    podring_close(r);
}

Test(api_objects, the_node_loses_power)
{
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 4));
    uint64_t pods[ALL_MAX];

    kit_run(r, 1000);
    cr_assert_eq(podring_reboot(r), 0);
    kit_run(r, 20000);
    cr_assert_eq(all_pods(r, pods), 4, "the objects are the same");
    for (int i = 0; i < 4; i++) {
        cr_expect_str_eq(info_of(r, pods[i]).status, "Running");
        cr_expect_eq(info_of(r, pods[i]).restarts, 1);
    }
    podring_close(r);
}

/* ---- readiness gates
 * ------------------------------------------------------------------------------ */

Test(api_objects, gates)
{
    podring *r = kit_ring("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
                          "  readinessGates: [{conditionType: a.b/x}, {conditionType: z.b}]\n"
                          "  containers: [{name: c, image: \"i:1\"}]\n");
    uint64_t pod = kit_pod(r, "p");
    const char *status, *reason, *message;

#define READY(value)                                                                               \
    cr_assert_eq(podring_condition(r, pod, "Ready", &status, &reason, &message), 0);               \
    cr_expect_str_eq(status, value)

    kit_run(r, 1000);
    READY("False");
    cr_expect_str_eq(reason, "ReadinessGatesNotReady");
    cr_expect_not_null(strstr(message, "readiness gate \"a.b/x\""), "%s", message);
    cr_assert_eq(podring_condition(r, pod, "ContainersReady", &status, NULL, NULL), 0);
    cr_expect_str_eq(status, "True");
    cr_assert_eq(podring_set_condition(r, pod, "a.b/x", 1), 0);
    kit_run(r, 2000);
    READY("False");
    cr_assert_eq(podring_set_condition(r, pod, "z.b", 7), 0);
    kit_run(r, 3000);
    READY("True");
    cr_assert_eq(podring_condition(r, pod, "z.b", &status, NULL, NULL), 0);
    cr_expect_str_eq(status, "True");
    cr_assert_eq(podring_set_condition(r, pod, "a.b/x", 0), 0);
    kit_run(r, 4000);
    READY("False");
    cr_expect_eq(podring_set_condition(r, pod, "z", 1), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_set_condition(r, pod, "Ready", 1), -PODRING_ENOTFOUND, "not a gate");
    podring_close(r);
}

/* ---- measuring
 * ------------------------------------------------------------------------------------ */

Test(api_objects, measures)
{
    struct podring_options o = kit_options();
    struct podring_stats s;
    podring *r;

    o.net = PODRING_NET_MEMORY;
    r = kit_open(o);
    kit_apply(
        r, KIT_DEPLOYMENT("web",
                          3) "        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}\n");
    cr_expect_eq(podring_percentile(r, PODRING_LATENCY_NS, 500000), 0, "nothing recorded");
    kit_run(r, 10000);
    s = kit_stats(r);
    cr_expect_eq(s.probes_done, podring_samples(r, PODRING_LATENCY_NS), "%llu %llu",
                 (unsigned long long)s.probes_done,
                 (unsigned long long)podring_samples(r, PODRING_LATENCY_NS));
    cr_expect_eq(s.success, s.probes_done);
    cr_expect_geq(s.probes_done, 30);
    cr_expect_eq(s.containers_running, 3);
    cr_expect_gt(s.memory, 1000);
    cr_expect_geq(s.memory_peak, s.memory);
    cr_expect_leq(podring_percentile(r, PODRING_LATENESS_NS, 500000),
                  podring_percentile(r, PODRING_LATENESS_NS, 1000000));
    cr_expect_eq(podring_percentile(r, PODRING_HISTOGRAMS, 500000), 0, "no such histogram");
    cr_expect_eq(podring_samples(r, -1), 0);
    podring_reset_measures(r);
    cr_expect_eq(podring_samples(r, PODRING_LATENCY_NS), 0);
    cr_expect_eq(kit_stats(r).probes_done, s.probes_done, "counters go on");
    podring_close(r);
}
