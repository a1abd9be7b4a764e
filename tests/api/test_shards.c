/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Engines that share the pods of a run: whatever their number, the histories of the pods are the
 * same, and counters and digests add up to those of one engine.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/api/test_shards_kit.h"
#include "tests/support/maker.h"

static void check_files(const char *pattern, int64_t until)
{
    struct podring_options o = kit_options();
    glob_t found;

    if (glob(pattern, 0, NULL, &found) != 0)
        cr_skip_test("%s is not here: run from the root of the source tree", pattern);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct sum one = sum_of(o, found.gl_pathv[i], NULL, until, 1);

        cr_expect_gt(one.events, 10, "%s: hardly anything happens", found.gl_pathv[i]);
        for (uint32_t n = 2; n <= SHARDS_MAX; n += n < 4 ? 1 : 3) {
            struct sum all = sum_of(o, found.gl_pathv[i], NULL, until, n);

            /* What a pod asks of a service in another shard it does not get: docs say so. */
            if (all.foreign_lookups == 0)
                expect_same(&one, &all, found.gl_pathv[i], n);
        }
    }
    globfree(&found);
}

Test(shards, golden_manifests_add_up)
{
    check_files("tests/golden/*.yaml", 300000);
}

Test(shards, examples_add_up)
{
    check_files("docs/examples/[a-s]*.yaml", 300000);
}

/* Workloads of several kinds that share images; some start late, pull slowly, end, restart or are
 * singled out by a Behavior; a Scenario does to them what it can. */
static const char crowd[] = KIT_DEPLOYMENT(
    "web",
    23) "        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 5}\n"
        "        livenessProbe: {httpGet: {port: 8080}, periodSeconds: 3, failureThreshold: "
        "2}\n" KIT_DEPLOYMENT(
            "cache",
            9) "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: "
               "prod}\nspec:\n"
               "  serviceName: db\n  replicas: 11\n  selector: {matchLabels: {app: db}}\n  "
               "template:\n"
               "    metadata: {labels: {app: db}}\n    spec:\n      terminationGracePeriodSeconds: "
               "7\n"
               "      initContainers: [{name: wait, image: tool:1, command: [sleep, '4']}]\n"
               "      containers:\n      - {name: main, image: 'db:1', lifecycle: {postStart: "
               "{exec: {command: [up]}}}}\n"
               "      - {name: side, image: 'i:1', imagePullPolicy: Always}\n" KIT_POD("lone")
                   KIT_LIVENESS KIT_POD(
                       "other") "  restartPolicy: Never\n"
                                "---\napiVersion: v1\nkind: Pod\nmetadata: {name: never}\nspec:\n  "
                                "containers:\n"
                                "  - {name: c, image: 'db:1', imagePullPolicy: "
                                "Never}\n" KIT_BEHAVIOR(
                                    "web", "  - exit: {after: {uniform: [20s, 90s]}, code: 1}\n"
                                           "    serve: [{from: 5s, to: 2m, status: 500, rate: "
                                           "0.2}]\n") "---\napiVersion: podring.dev/v1\nkind: "
                                                      "Behavior\nmetadata: {name: "
                                                      "singled-out}\nspec:\n"
                                                      "  selector: {matchLabels: {app: web}}\n  "
                                                      "pods: [0, 3, 17]\n"
                                                      "  instances: [{onStop: ignore, serve: "
                                                      "[{from: 30s, do: hang}]}]\n"
                                                      "---\napiVersion: podring.dev/v1\nkind: "
                                                      "Behavior\nmetadata: {name: pull, namespace: "
                                                      "prod}\nspec:\n"
                                                      "  container: main\n  pull: [{from: 0s, to: "
                                                      "1h, takes: 1500ms}]\n"
                                                      "---\napiVersion: podring.dev/v1\nkind: "
                                                      "Behavior\nmetadata: {name: hook, namespace: "
                                                      "prod}\nspec:\n"
                                                      "  hooks: {postStart: {takes: 2s}}\n"
                                                      "---\napiVersion: podring.dev/v1\nkind: "
                                                      "Scenario\nmetadata: {name: drill}\nspec:\n  "
                                                      "steps:\n"
                                                      "  - {at: 20s, kill: pod/lone}\n  - {at: "
                                                      "30s, delete: pod/other, gracePeriodSeconds: "
                                                      "4}\n"
                                                      "  - {at: 40s, scale: deployment/cache, "
                                                      "replicas: 3}\n"
                                                      "  - {at: 50s, scale: deployment/cache, "
                                                      "replicas: 14}\n"
                                                      "  - {at: 55s, reboot: node}\n"
                                                      "  - {at: 70s, evict: pod/lone}\n"
                                                      "  - {at: 80s, setImage: pod/never, image: "
                                                      "'i:1'}\n";

static void check_crowd(struct podring_options o)
{
    struct sum one = sum_of(o, NULL, crowd, 200000, 1);

    cr_assert_gt(one.events, 1000);
    cr_assert_gt(one.restarts, 20);
    cr_assert_gt(one.deleted, 6);
    for (uint32_t n = 2; n <= SHARDS_MAX; n++) {
        struct sum all = sum_of(o, NULL, crowd, 200000, n);

        expect_same(&one, &all, "the crowd", n);
    }
}

Test(shards, a_crowd_adds_up)
{
    struct podring_options o = kit_options();

    for (o.seed = 0; o.seed < 4; o.seed++)
        check_crowd(o);
}

Test(shards, a_crowd_adds_up_with_a_nodes_delays)
{
    struct podring_options o = kit_options();

    o.timing = PODRING_TIMING_KUBELET;
    check_crowd(o);
    o.timing = PODRING_TIMING_SPREAD;
    check_crowd(o);
}

Test(shards, a_crowd_adds_up_over_a_wire)
{
    struct podring_options o = kit_options();

    o.net = PODRING_NET_MEMORY;
    check_crowd(o);
    o.net_latency_min_us = 1000;
    o.net_latency_max_us = 400000;
    o.net_refuse_ppm = o.net_reset_ppm = o.net_drop_ppm = 20000;
    check_crowd(o);
}

/* A node pulls an image once, and pods in other shards do not see it where its pull is scripted or
 * where nobody may pull it: a limit that docs/decisions/0005-shards.md admits. */
static bool shares_images(const char *text)
{
    return strstr(text, "pull:") != NULL || strstr(text, "imagePullPolicy: Never") != NULL;
}

/* Whatever else pods, probes, behaviours and steps there are. Returns how many manifests were
 * compared. */
static unsigned check_random(uint64_t from, uint64_t count, const struct maker_shape *shape)
{
    unsigned compared = 0;
    struct podring_options o = kit_options();
    struct maker m = {0};
    char name[32];

    for (uint64_t seed = from; seed < from + count; seed++) {
        struct sum one;

        maker_make(&m, seed, shape);
        if (shares_images(m.text))
            continue;
        compared++;
        o.seed = seed;
        one = sum_of(o, NULL, m.text, 120000, 1);
        snprintf(name, sizeof(name), "seed %llu", (unsigned long long)seed);
        for (uint32_t n = 2; n <= 5; n += 3) {
            struct sum all = sum_of(o, NULL, m.text, 120000, n);

            if (all.foreign_lookups == 0) /* else it says itself that it knows less than one
                                           * engine */
                expect_same(&one, &all, name, n);
        }
    }
    maker_free(&m);
    return compared;
}

Test(shards, random_manifests_add_up)
{
    static const struct maker_shape shape = {.pods_max = 8, .span_s = 90};
    const char *given = getenv("PODRING_SEED");

    if (given != NULL)
        check_random(strtoull(given, NULL, 10), 1, &shape);
    else
        cr_expect_gt(check_random(1, 80, &shape), 15);
}

/* The events of one pod, without the numbers that count them. */
static char *history(podring *r, const char *pod)
{
    struct podring_event e = PODRING_EVENT_INIT;
    char *text = calloc(1, 1 << 20);
    size_t used = 0;

    cr_assert_not_null(text);
    while (podring_next_event(r, &e) == 0) {
        if (strcmp(e.pod_name, pod) != 0)
            continue;
        e.seq = 0;
        used += podring_event_json(&e, text + used, (1 << 20) - used);
        text[used++] = '\n';
    }
    return text;
}

Test(shards, a_pods_history_is_the_same_in_any_shard)
{
    struct podring_options o = kit_options();
    podring *whole = run(o, NULL, crowd, 90000);
    uint64_t cursor = 0, id, seen = 0, total = 0;

    o.shard_count = 3;
    while (podring_next_pod(whole, &cursor) != 0)
        total++;
    for (o.shard_index = 0; o.shard_index < 3; o.shard_index++) {
        podring *part = run(o, NULL, crowd, 90000);

        for (cursor = 0; (id = podring_next_pod(part, &cursor)) != 0; seen++) {
            struct podring_pod_info a = PODRING_POD_INFO_INIT, b = PODRING_POD_INFO_INIT;
            uint64_t twin;

            cr_assert_eq(podring_pod_info(part, id, &a), 0);
            cr_assert_eq(podring_find(whole, a.namespace_, a.name, &twin), 0, "%s", a.name);
            cr_assert_eq(podring_pod_info(whole, twin, &b), 0);
            cr_expect_str_eq(a.uid, b.uid);
            cr_expect_eq(a.ip, b.ip);
            cr_expect_eq(a.number, b.number);
            cr_expect_str_eq(a.status, b.status);
        }
        podring_close(part);
    }
    cr_expect_eq(seen, total, "each pod is in one shard");
    podring_close(whole);
}

Test(shards, a_pods_events_are_the_same_in_any_shard)
{
    struct podring_options o = kit_options();
    podring *whole = run(o, NULL, crowd, 90000), *part;
    char *expected, *told;
    uint64_t pod;

    o.shard_count = 4;
    for (o.shard_index = 0;; o.shard_index++) {
        cr_assert_lt(o.shard_index, 4u, "nobody has it");
        part = run(o, NULL, crowd, 90000);
        if (podring_find(part, "prod", "db-7", &pod) == 0)
            break;
        podring_close(part);
    }
    expected = history(whole, "db-7");
    told = history(part, "db-7");
    cr_expect_gt(strlen(expected), 2000);
    cr_expect_str_eq(told, expected);
    free(expected);
    free(told);
    podring_close(part);
    podring_close(whole);
}

Test(shards, what_cannot_be_shared_is_refused)
{
    struct podring_options o = kit_options();
    podring *r;

    o.shard_index = 2;
    o.shard_count = 2;
    cr_expect_eq(podring_open(&o, &r), -PODRING_EINVALID);
    cr_expect(strstr(podring_why(NULL), "shard") != NULL, "%s", podring_why(NULL));
    o.shard_count = 3;
    r = kit_open(o);
    kit_apply(r, crowd);
    cr_expect_eq(podring_scale(r, NULL, "deployment/web", 2), -PODRING_ESTATE);
    cr_expect_eq(podring_scale(r, NULL, "deployment/cache", 2), 0, "a step scales it: it is whole");
    podring_close(r);
}

Test(shards, what_pods_ask_of_each_other_is_counted)
{
    static const char asks[] = KIT_DEPLOYMENT(
        "db", 8) "---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\n"
                 "spec: {selector: {app: db}, ports: [{port: 80, targetPort: 8080}]}\n"
                 "---\napiVersion: v1\nkind: Pod\nmetadata: {name: client}\nspec:\n  containers:\n"
                 "  - name: c\n    image: busybox\n    command: [sh, -c, 'sleep 1; wget -qO- "
                 "http://db; sleep 100']\n";
    struct podring_options o = kit_options();

    cr_expect_eq(sum_of(o, NULL, asks, 5000, 1).foreign_lookups, 0);
    cr_expect_gt(sum_of(o, NULL, asks, 5000, 3).foreign_lookups, 0);
}

/* Nobody could know from the templates that somebody takes a pod away: who is divided is not
 * healed, and says so. */
Test(shards, a_pod_that_is_not_replaced_is_counted)
{
    struct podring_options o = kit_options();

    for (o.shard_count = 1; o.shard_count <= 2; o.shard_count++) {
        podring *r = kit_open(o);
        struct podring_stats s = PODRING_STATS_INIT;
        uint64_t before, cursor = 0;

        kit_apply(r, KIT_DEPLOYMENT("web", 8));
        cr_assert_eq(podring_run_until(r, 1000), 0);
        podring_stats(r, &s);
        before = s.pods_created;
        cr_expect_eq(s.foreign_lookups, 0);
        cr_assert_eq(podring_delete(r, podring_next_pod(r, &cursor), 0, 1), 0);
        cr_assert_eq(podring_run_until(r, 60000), 0);
        podring_stats(r, &s);
        cr_expect_eq(s.pods_created - before, o.shard_count == 1);
        cr_expect_eq(s.foreign_lookups > 0, o.shard_count == 2);
        podring_close(r);
    }
}

/* What one pod writes is read by others, wherever their names would have put them. */
Test(shards, pods_that_share_storage_stay_together)
{
    static const char stores[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: writer}\nspec:\n"
        "  volumes: [{name: h, hostPath: {path: /shared}}]\n  containers:\n"
        "  - {name: c, image: busybox, command: [sh, -c, 'sleep 7; echo x > /h/ready; sleep "
        "9000'],\n"
        "     volumeMounts: [{name: h, mountPath: /h}]}\n"
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: reader}\nspec:\n  replicas: "
        "9\n"
        "  selector: {matchLabels: {app: reader}}\n  template:\n"
        "    metadata: {labels: {app: reader}}\n    spec:\n"
        "      volumes: [{name: h, hostPath: {path: /shared}}]\n      containers:\n"
        "      - {name: c, image: busybox, command: [sleep, '9000'],\n"
        "         volumeMounts: [{name: h, mountPath: /h}],\n"
        "         readinessProbe: {periodSeconds: 1, exec: {command: [cat, "
        "/h/ready]}}}\n" KIT_DEPLOYMENT("other", 9);
    struct podring_options o = kit_options();
    struct sum one = sum_of(o, NULL, stores, 20000, 1);

    cr_assert_gt(one.success, 9, "somebody reads it");
    cr_assert_gt(one.failure, 9, "it takes a while");
    for (uint32_t n = 2; n < 6; n++) {
        struct sum all = sum_of(o, NULL, stores, 20000, n);

        expect_same(&one, &all, "shared storage", n);
    }
}

Test(shards, refused_documents_leave_no_trace)
{
    static const char twice[] = KIT_DEPLOYMENT("a", 10) KIT_POD_FIXED("lone");
    struct podring_options o = kit_options();
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    uint64_t seen = 0;

    o.shard_count = 2;
    for (o.shard_index = 0; o.shard_index < 2; o.shard_index++) {
        podring *r = kit_open(o);
        uint64_t cursor = 0, id;

        kit_apply(r, KIT_POD("lone"));
        cr_assert_eq(podring_load_text(r, "twice", twice, strlen(twice)), 0);
        cr_expect_eq(podring_apply(r), -PODRING_ESTATE, "also where the first one is not");
        kit_apply(r, KIT_DEPLOYMENT("b", 3));
        while ((id = podring_next_pod(r, &cursor)) != 0) {
            cr_assert_eq(podring_pod_info(r, id, &info), 0);
            seen |= 1ull << info.number;
        }
        podring_close(r);
    }
    cr_expect_eq(seen, 0x1eu, "pods 1 to 4, and nothing was counted twice");
}

/* A pod that may be over by itself is replaced, by whoever counts all of its workload. */
Test(shards, workloads_whose_pods_end_stay_together)
{
    static const char ends[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  replicas: 3\n"
        "  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n    "
        "spec:\n"
        "      containers:\n      - {name: c, image: i, restartPolicy: Never, command: [sh, -c, "
        "'sleep 2']}\n"
        "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec:\n  replicas: 2\n"
        "  selector: {matchLabels: {app: s}}\n  template:\n    metadata: {labels: {app: s}}\n    "
        "spec:\n"
        "      containers:\n      - {name: c, image: i, command: [sh, -c, 'sleep 2; exit 3'], "
        "restartPolicy: "
        "Always,\n         restartPolicyRules: [{action: RestartAllContainers, exitCodes: "
        "{operator: In, "
        "values: [3]}}]}\n" KIT_DEPLOYMENT("other", 9);
    struct podring_options o = kit_options();
    struct sum one = sum_of(o, NULL, ends, 20000, 1);

    cr_assert_gt(one.created, 20, "pods are replaced");
    for (uint32_t n = 2; n < 6; n++) {
        struct sum all = sum_of(o, NULL, ends, 20000, n);

        cr_expect_eq(all.created, one.created, "%u shards", n);
        cr_expect_eq(all.digest, one.digest, "%u shards", n);
    }
}

/* ---- undoing --------------------------------------------------------------------------------- */

static bool is_here(struct podring_options o, const char *name)
{
    char text[256];
    podring *r = kit_open(o);
    uint64_t id;
    bool here;

    snprintf(text, sizeof(text), PULLS("%s", "", "  - {name: c, image: 'i:1'}\n"), name);
    kit_apply(r, text);
    here = podring_find(r, NULL, name, &id) == 0;
    podring_close(r);
    return here;
}

static void name_of(struct podring_options o, bool here, char name[16])
{
    int i = 0;

    do
        snprintf(name, 16, "p%d", i++);
    while (is_here(o, name) != here);
}

/* What is known of pulls elsewhere outlives an apply that is refused. */
Test(shards, a_refused_apply_forgets_no_pull)
{
    struct podring_options o = kit_options();
    struct podring_event e = PODRING_EVENT_INIT;
    char there[16], here[16], text[1024];
    unsigned pulled = 0;
    podring *r;

    o.shard_count = 2;
    name_of(o, false, there);
    name_of(o, true, here);
    r = kit_open(o);
    snprintf(text, sizeof(text), PULLS("%s", "", "  - {name: c, image: 'i:1'}\n"), there);
    kit_apply(r, text);
    cr_assert_eq(podring_run_until(r, 1000), 0);
    snprintf(text, sizeof(text),
             PULLS("new", "", "  - {name: c, image: 'i:2'}\n")
                 PULLS("%s", "  hostname: other\n", "  - {name: c, image: 'i:1'}\n"),
             there);
    cr_assert_eq(podring_load_text(r, "again", text, strlen(text)), 0);
    cr_assert_eq(podring_apply(r), -PODRING_ESTATE);
    snprintf(text, sizeof(text), PULLS("%s", "", "  - {name: c, image: 'i:1'}\n"), here);
    kit_apply(r, text);
    cr_assert_eq(podring_run_until(r, 2000), 0);
    while (podring_next_event(r, &e) == 0) {
        const char *reason = e.reason != NULL ? e.reason : "";

        cr_expect_str_neq(reason, "Pulling");
        pulled += strcmp(reason, "Pulled") == 0;
    }
    cr_expect_eq(pulled, 1);
    podring_close(r);
}
