/* SPDX-License-Identifier: Apache-2.0 */
/* test_shards_images.c - who pulls an image, where nobody can know it of another share. */
#include <stdio.h>

#include "tests/api/test_shards_kit.h"

/* Of two shares. */
static uint64_t lookups(const char *behavior)
{
    static const char form[] =
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: w}\nspec:\n  replicas: 2\n"
        "  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n"
        "    spec:\n      containers:\n      - {name: b, image: \"i:1\", "
        "ports: [{containerPort: 8080}], "
        "lifecycle: {postStart: {httpGet: {path: /h, port: 8080}}}}\n"
        "      - {name: a, image: \"i:2\", ports: [{containerPort: 8081}]}\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
        "spec: {selector: {matchLabels: {app: w}}, container: a, %s}\n";
    struct podring_options o = kit_options();
    char text[1024];
    uint64_t all = 0;

    snprintf(text, sizeof(text), form, behavior);
    o.shard_count = 2;
    for (o.shard_index = 0; o.shard_index < 2; o.shard_index++) {
        struct podring_stats s = PODRING_STATS_INIT;
        podring *r = kit_open(o);

        kit_apply(r, text);
        cr_assert_eq(podring_run_until(r, 60000), 0);
        podring_stats(r, &s);
        all += s.foreign_lookups;
        podring_close(r);
    }
    return all;
}

/* Behind a hook replicas are taken to go in step: the first one pulls, and if that takes time all
 * do. With a pull that may take none the others may find the image there, or not. */
Test(shards_images, a_prompt_pull_behind_a_hook_is_counted)
{
    cr_expect_gt(lookups("pull: [{takes: 0s}]"), 0);
    cr_expect_eq(lookups("pull: [{takes: 2s}]"), 0);
    cr_expect_eq(lookups("instances: [{start: {takes: 0s}}]"), 0);
}

#define STEPS(steps)                                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps: [" \
        steps "]\n"

/* p0 pulls from 0 to 5 s, p1 needs the image at 7 s. */
#define TAKEN(steps)                                                                               \
    PULLS("p0", "", "  - {name: slow, image: 'i:1'}\n")                                            \
    PULLS("p1", "", "  - {name: slower, image: 'i:2'}\n  - {name: c, image: 'i:1'}\n")             \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                \
    "  container: slow\n  pull: [{takes: 5s}]\n"                                                   \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: d}\nspec:\n"                \
    "  container: slower\n  pull: [{takes: 7s}]\n" STEPS(steps)

/* Only the shard of a pod hears that it is taken away before it has pulled what others need; where
 * all of them do, it is whoever needs it that is not sure. */
static uint64_t lookups_after(const char *text, const char *late, int64_t at, bool reboot)
{
    struct podring_options o = kit_options();
    uint64_t all = 0;

    o.shard_count = 3;
    for (o.shard_index = 0; o.shard_index < o.shard_count; o.shard_index++) {
        podring *r = run(o, NULL, text, at);
        uint64_t cursor = 0, pod;

        for (; late == NULL && !reboot && (pod = podring_next_pod(r, &cursor)) != 0;) {
            struct podring_pod_info info = PODRING_POD_INFO_INIT;

            cr_assert_eq(podring_pod_info(r, pod, &info), 0);
            if (strcmp(info.name, "p0") == 0)
                cr_assert_eq(podring_delete(r, pod, -1, 0), 0);
        }
        if (late != NULL)
            kit_apply(r, late);
        if (reboot)
            cr_assert_eq(podring_reboot(r), 0);
        cr_assert_eq(podring_run_until(r, 60000), 0);
        all += kit_stats(r).foreign_lookups;
        podring_close(r);
    }
    return all;
}

/* A step of the first instant comes before all pulls. */
Test(shards_images, an_image_that_a_step_gives_is_counted)
{
    static const char *const all[] = {
        PULLS("p0", "", "  - {name: c, image: 'i:1'}\n")
            PULLS("p1", "", "  - {name: c, image: 'i:2'}\n")
            STEPS("{at: 0ms, setImage: pod/p0, image: 'i:2'}"),
        PULLS("p0", "", "  - {name: c, image: 'i:1'}\n")
            PULLS("p1", "", "  - {name: c, image: 'i:1'}\n")
            STEPS("{at: 0ms, setImage: pod/p0, image: 'i:2'}"),
        KIT_DEPLOYMENT("w", 1) PULLS("p1", "", "  - {name: c, image: 'i:1'}\n")
            STEPS("{at: 0ms, scale: deployment/w, replicas: 0}"),
    };
    struct podring_options o = kit_options();

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        cr_expect_eq(sum_of(o, NULL, all[i], 60000, 1).foreign_lookups, 0, "step %zu", i);
        cr_expect_gt(sum_of(o, NULL, all[i], 60000, 7).foreign_lookups, 0, "step %zu", i);
    }
}

Test(shards_images, a_pull_that_is_cut_off_is_counted)
{
    static const char taken[] = TAKEN("");
    static const char step[] = STEPS("{at: 3s, delete: pod/p0}");

    cr_expect_gt(lookups_after(taken, NULL, 2000, false), 0, "deleted while it pulls");
    cr_expect_eq(lookups_after(taken, NULL, 5000, false), 0, "deleted when it has pulled");
    cr_expect_gt(lookups_after(taken, step, 2000, false), 0, "deleted by a later step");
    cr_expect_eq(lookups_after(taken, step, 6000, false), 0, "... that comes too late");
    cr_expect_gt(lookups_after(taken, NULL, 2000, true), 0, "rebooted while it pulls");
    cr_expect_eq(lookups_after(taken, NULL, 7000, true), 0, "rebooted when all have pulled");
}

/* When an image comes to the node that one pod waits for and another brings, once it gets so
 * far. */
Test(shards_images, an_image_that_others_bring_is_counted)
{
    static const char waits[] = KIT_DEPLOYMENT(
        "a", 8) "---\napiVersion: v1\nkind: Pod\nmetadata: {name: brings}\nspec:\n"
                "  initContainers: [{name: i, image: busybox, command: [sleep, '5']}]\n"
                "  containers: [{name: c, image: 'big:1'}]\n"
                "---\napiVersion: v1\nkind: Pod\nmetadata: {name: waits}\nspec:\n"
                "  containers: [{name: c, image: 'big:1', imagePullPolicy: Never}]\n"
                "---\napiVersion: v1\nkind: Pod\nmetadata: {name: too}\nspec:\n"
                "  containers: [{name: c, image: 'big:1', imagePullPolicy: Never}]\n";
    struct podring_options o = kit_options();

    cr_expect_eq(sum_of(o, NULL, waits, 60000, 1).foreign_lookups, 0);
    cr_expect_gt(sum_of(o, NULL, waits, 60000, 7).foreign_lookups, 0);
}

#define SLOW(container, takes)                                                                     \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: slow-" container "}\n" \
    "spec: {container: " container ", pull: [{takes: " takes "}]}\n"
#define SLOW_PULLS SLOW("b", "5s") SLOW("b2", "5s")

/* Who pulls is told by the templates and the steps of the instant, wherever the pods are. */
Test(shards_images, the_first_that_needs_an_image_pulls_it)
{
    static const char *const all[] = {
        /* the first one is taken away before it begins */
        PULLS("p0", "", "  - {name: c, image: 'i:1'}\n")
            PULLS("p1", "", "  - {name: c, image: 'i:1'}\n")
            STEPS("{at: 0ms, delete: pod/p0}"),
        PULLS("p0", "", "  - {name: c, image: 'i:1'}\n")
        PULLS("p1", "", "  - {name: c, image: 'i:1'}\n")
            PULLS("p2", "", "  - {name: c, image: 'i:1'}\n")
                STEPS("{at: 0ms, delete: pod/p1}, {at: 0ms, delete: pod/p0}"),
        PULLS("p0", "", "  - {name: c, image: 'i:1'}\n")
        PULLS("p1", "", "  - {name: c, image: 'i:1'}\n")
            STEPS("{at: 0ms, evict: pod/p0}"),
        PULLS("p0", "", "  - {name: c, image: 'i:1'}\n")
        PULLS("p1", "", "  - {name: c, image: 'i:1'}\n")
            STEPS("{at: 0ms, fail: pod/p0}"),
        /* ... while it does, before it is done, in the very instant, and after it */
        TAKEN("{at: 2s, delete: pod/p0}"), TAKEN("{at: 2s, evict: pod/p0}"),
            TAKEN("{at: 5s, delete: pod/p0}"),
        TAKEN("{at: 5001ms, delete: pod/p0}"),
        /* behind a sidecar, and behind a hook, others come first */
        PULLS("p0", "  initContainers:\n  - {name: b, image: 'i:2', restartPolicy: Always}\n",
              "  - {name: a, image: 'i:1'}\n") PULLS("p1", "", "  - {name: c, image: 'i:1'}\n"),
        PULLS("p0", "",
              "  - {name: b, image: 'i:1', ports: [{containerPort: 80}], "
              "lifecycle: {postStart: {httpGet: {port: 80}}}}\n  - {name: a, image: 'i:2'}\n")
            PULLS("p1", "", "  - {name: c, image: 'i:2'}\n"),
        /* one that waits for an image and ends at once asks three times in one instant */
        PULLS("p0", "", "  - {name: b, image: 'i:1', command: ['true']}\n"
                        "  - {name: a, image: 'i:2', imagePullPolicy: Never, command: ['true']}\n")
            PULLS("p1", "", "  - {name: c, image: 'i:2'}\n"),
        /* nobody is kept waiting by the slow start of a container that cannot start */
        PULLS("p0", "",
              "  - {name: b, image: 'i:1', securityContext: {runAsNonRoot: true, runAsUser: 0}}\n"
              "  - {name: a, image: 'i:2'}\n") PULLS("p1", "", "  - {name: c, image: 'i:2'}\n")
            "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
            "  container: b\n  instances: [{start: {takes: 1s}}]\n",
        /* how long a pull takes says nothing of what may not be pulled, or is there */
        PULLS("p0", "", "  - {name: b, image: 'i:1', imagePullPolicy: Never}\n"
                        "  - {name: a, image: 'i:2'}\n")
            PULLS("p1", "", "  - {name: c, image: 'i:2'}\n")
                PULLS("p2", "", "  - {name: c, image: 'i:2'}\n") SLOW_PULLS,
        PULLS("p0", "", "  - {name: b, image: 'i:1'}\n  - {name: b2, image: 'i:1'}\n"
                        "  - {name: a, image: 'i:2'}\n")
            PULLS("p1", "", "  - {name: c, image: 'j:1'}\n  - {name: d, image: 'i:2'}\n")
                PULLS("p2", "", "  - {name: c, image: 'j:1'}\n  - {name: d, image: 'i:2'}\n")
                    SLOW_PULLS SLOW("c", "7s"),
        /* ... nor of the replicas of which it says nothing */
        KIT_DEPLOYMENT("w", 6)
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
        "  pods: [0, 2]\n  pull: [{takes: 1s}]\n",
    };
    struct podring_options o = kit_options();

    for (size_t i = 0; i < 2 * sizeof(all) / sizeof(*all); i++) {
        const char *text = all[i / 2];
        struct sum one;
        char name[32];

        o.timing = i % 2 == 0 ? PODRING_TIMING_REFERENCE : PODRING_TIMING_KUBELET;
        one = sum_of(o, NULL, text, 60000, 1);
        snprintf(name, sizeof(name), "manifest %zu", i);
        for (uint32_t n = 2; n <= SHARDS_MAX; n++) {
            struct sum some = sum_of(o, NULL, text, 60000, n);

            expect_same(&one, &some, name, n);
        }
    }
}

/* What stands behind it never pulls; whoever asks for that image is told that this was not sure. */
Test(shards_images, a_sidecar_that_nobody_could_start_holds_up_a_pull)
{
    static const char never[] =
        PULLS("p0",
              "  initContainers:\n"
              "  - {name: b, image: 'j:1', restartPolicy: Always, command: ['sleep 9']}\n",
              "  - {name: a, image: 'i:1'}\n") PULLS("p1", "", "  - {name: c, image: 'i:1'}\n");
    struct podring_options o = kit_options();
    struct sum one = sum_of(o, NULL, never, 60000, 1);

    cr_expect_eq(one.foreign_lookups, 0);
    for (uint32_t n = 2; n <= SHARDS_MAX; n++) {
        struct sum some = sum_of(o, NULL, never, 60000, n);

        some.foreign_lookups = 0;
        expect_same(&one, &some, "never", n);
    }
}

/* Which of two comes first behind an init container no shard can know that has only one of them. */
Test(shards_images, who_pulls_later_is_counted)
{
    static const char never[] =
        PULLS("p0", "  initContainers: [{name: i, image: 'j:1', command: ['true']}]\n",
              "  - {name: c, image: 'i:1'}\n")
            PULLS("p1", "",
                  "  - {name: b, image: 'i:2', lifecycle: {postStart: {sleep: {seconds: 0}}}}\n"
                  "  - {name: a, image: 'i:1', imagePullPolicy: Never}\n");
    static const char waits[] =
        PULLS("p0", "  initContainers: [{name: i, image: 'j:1', command: [sleep, '5']}]\n",
              "  - {name: c, image: 'i:1'}\n")
            PULLS("p1", "  initContainers: [{name: i, image: 'j:1', command: [sleep, '3']}]\n",
                  "  - {name: c, image: 'i:1'}\n");
    static const char slow[] =
        PULLS("p0", "", "  - {name: b, image: 'j:1'}\n  - {name: c, image: 'i:1'}\n")
            PULLS("p1", "", "  - {name: b, image: 'j:1'}\n  - {name: c, image: 'i:1'}\n")
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: s}\nspec:\n"
        "  container: b\n  instances: [{start: {takes: 1s}}]\n";
    struct podring_options o = kit_options();

    cr_expect_eq(sum_of(o, NULL, waits, 60000, 1).foreign_lookups, 0);
    cr_expect_gt(sum_of(o, NULL, waits, 60000, 7).foreign_lookups, 0);
    cr_expect_eq(sum_of(o, NULL, slow, 60000, 1).foreign_lookups, 0);
    cr_expect_gt(sum_of(o, NULL, slow, 60000, 7).foreign_lookups, 0);
    cr_expect_eq(sum_of(o, NULL, never, 60000, 1).foreign_lookups, 0);
    cr_expect_gt(sum_of(o, NULL, never, 60000, 7).foreign_lookups, 0);
}

/* ... nor which of two replicas, if chance holds them up. */
#define REPLICAS(inits)                                                                            \
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: w}\nspec:\n  replicas: 4\n"     \
    "  podManagementPolicy: Parallel\n  selector: {matchLabels: {app: w}}\n"                       \
    "  template:\n    metadata: {labels: {app: w}}\n    spec:\n      initContainers:\n" inits      \
    "      containers: [{name: c, image: 'i:2'}]\n"
#define INIT(rest) "      - {name: i, image: 'i:1'" rest "}\n"
#define INIT_ENDS(after)                                                                           \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                \
    "  container: i\n  instances: [{exit: {after: " after "}}]\n"

Test(shards_images, replicas_that_are_out_of_step_are_counted)
{
    static const struct {
        const char *yaml;
        enum podring_timing timing;
        bool counted;
    } all[] = {
        {REPLICAS(INIT("")) INIT_ENDS("5s"), PODRING_TIMING_SPREAD, false},
        {REPLICAS(INIT("")) INIT_ENDS("{uniform: [1s, 9s]}"), PODRING_TIMING_REFERENCE, true},
        {REPLICAS(INIT(", restartPolicy: Always, startupProbe: {tcpSocket: {port: 80}}")),
         PODRING_TIMING_REFERENCE, false},
        {REPLICAS(INIT(", restartPolicy: Always, startupProbe: {tcpSocket: {port: 80}}")),
         PODRING_TIMING_SPREAD, true},
    };
    struct podring_options o = kit_options();

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        o.timing = all[i].timing;
        cr_expect_eq(sum_of(o, NULL, all[i].yaml, 60000, 1).foreign_lookups, 0, "row %zu", i);
        cr_expect_eq(sum_of(o, NULL, all[i].yaml, 60000, 7).foreign_lookups > 0, all[i].counted,
                     "row %zu", i);
    }
}

/* ... nor whether it is behind a hook that may be over in no time. */
#define HOOKED(hook)                                                                               \
    PULLS("p0", "",                                                                                \
          "  - {name: b, image: 'i:2', lifecycle: {postStart: {" hook "}}}\n"                     \
          "  - {name: a, image: 'i:1'}\n") PULLS("p1", "", "  - {name: c, image: 'i:1'}\n")

Test(shards_images, who_pulls_behind_a_prompt_hook_is_counted)
{
    static const char *const all[] = {
        HOOKED("exec: {command: ['true']}"),
        HOOKED("sleep: {seconds: 0}"),
        HOOKED("tcpSocket: {port: 80}"),
        HOOKED("httpGet: {port: nobody}"),
        HOOKED("httpGet: {port: 80, host: 10.1.1.1}"),
        HOOKED("sleep: {seconds: 5}")
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: s}\nspec:\n"
        "  container: b\n  hooks: {postStart: {takes: 0s}}\n",
    };
    struct podring_options o = kit_options();

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        cr_expect_eq(sum_of(o, NULL, all[i], 60000, 1).foreign_lookups, 0, "hook %zu", i);
        cr_expect_gt(sum_of(o, NULL, all[i], 60000, 7).foreign_lookups, 0, "hook %zu", i);
    }
}
