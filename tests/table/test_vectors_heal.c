/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workloads keep their number of pods: the vectors of sections 8.4 and 10 that need no more than
 * that (V-05, V-06, W-03, W-04), and what deletion, eviction and claims come to with them.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/story.h"

#define WORKLOAD(kind, name, replicas, more)                                                       \
    "apiVersion: apps/v1\nkind: " kind "\nmetadata: {name: " name "}\nspec:\n"                     \
    "  replicas: " #replicas "\n  selector: {matchLabels: {app: " name "}}\n" more                 \
    "  template:\n    metadata: {labels: {app: " name "}}\n    spec:\n"

#define STEPS(steps)                                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  "              \
    "steps:\n" steps

static const struct story_options five_minutes = {.for_ms = 300000};

/* The name of the nth pod in the order of creation. */
static const char *pod_name(struct story *s, unsigned n)
{
    static char name[2][256];
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    uint64_t cursor = 0, id = 0;

    for (unsigned i = 0; i <= n; i++)
        id = podring_next_pod(story_ring(s), &cursor);
    cr_assert_neq(id, 0);
    podring_pod_info(story_ring(s), id, &info);
    snprintf(name[n & 1], sizeof(name[0]), "%s", info.name);
    return name[n & 1];
}

/* W-04: the replacement comes with the deletion, the old one goes when it is done. */
Test(vectors_heal, replicaset_replaces_at_once)
{
    static const char *const replicaset =
        WORKLOAD("ReplicaSet", "web", 3,
                 "") "      containers: [{name: c, image: \"a:1\"}]\n"
                     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
                     "  instances: [{onStop: ignore}]\n";
    struct story *s = story_run(replicaset, &five_minutes);
    char text[4096], gone[256];

    snprintf(gone, sizeof(gone), "%s", pod_name(s, 1));
    story_free(s);
    snprintf(text, sizeof(text), "%s" STEPS("  - {at: 100s, delete: pod/%s}\n"), replicaset, gone);
    s = story_run(text, &five_minutes);
    story_eq(story_field(s, NULL, NULL, "object"),
             "0:Created 0:Created 0:Created 100:Terminating 100:Created 130:Deleted");
    story_eq(story_field(s, gone, NULL, "object"), "0:Created 100:Terminating 130:Deleted");
    story_free(s);
}

/* "Later template edits do not touch existing pods": only the next ones have the new image. */
Test(vectors_heal, replicaset_keeps_pods_of_another_image)
{
    struct story *s = story_run(
        WORKLOAD("ReplicaSet", "web", 2, "") "      containers: [{name: c, image: \"a:1\"}]\n"
        STEPS(
            "  - {at: 10s, setImage: replicaset/web, container: c, image: \"a:2\"}\n"
            "  - {at: 20s, scale: replicaset/web, replicas: 3}\n"),
        &five_minutes);

    story_eq(story_field(s, NULL, NULL, "object"), "0:Created 0:Created 20:Created");
    story_eq(story_events_of(s, NULL, "Pulling", "\"a:2\""), "20");
    story_eq(story_events_of(s, pod_name(s, 2), "Pulling", NULL), "20");
    story_eq(story_starts(s, "c"), "0 0 20");
    story_free(s);
}

/* W-03: a pod that crash-loops is active, and stays. */
Test(vectors_heal, crash_loops_are_not_replaced)
{
    struct story *s = story_run(
        WORKLOAD("Deployment", "web", 2,
                 "") "      containers: [{name: c, image: \"a:1\"}]\n"
                     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
                     "  pods: [0]\n  instances: [{exit: {after: 1s, code: 1}}]\n",
        &five_minutes);

    story_eq(story_field(s, NULL, NULL, "object"), "0:Created 0:Created");
    story_free(s);
}

/* An evicted pod stays as an object that has failed, beside the one that does its work. */
Test(vectors_heal, evicted_pods_are_replaced)
{
    static const char *const deployment =
        WORKLOAD("Deployment", "web", 1, "") "      containers: [{name: c, image: \"a:1\"}]\n";
    struct story *s = story_run(deployment, &five_minutes);
    char text[4096];

    snprintf(text, sizeof(text), "%s" STEPS("  - {at: 50s, evict: pod/%s}\n"), deployment,
             pod_name(s, 0));
    story_free(s);
    s = story_run(text, &five_minutes);
    story_eq(story_field(s, NULL, NULL, "object"), "0:Created 50:Created");
    story_eq(story_value(s, pod_name(s, 0), NULL, "phase", 300000), "Failed");
    story_eq(story_value(s, pod_name(s, 1), NULL, "phase", 300000), "Running");
    story_free(s);
}

/* V-05: the replacement of a ReplicaSet's pod starts with an empty emptyDir. */
Test(vectors_heal, empty_dir_goes_with_the_pod)
{
    static const char *const replicaset =
        WORKLOAD("ReplicaSet", "web", 1, "") "      volumes: [{name: v, emptyDir: {}}]\n"
                                             "      containers:\n"
                                             "      - name: c\n"
                                             "        image: busybox\n"
                                             "        command: [sh, -c, \"test -e /v/f && sleep 1 "
                                             "&& exit 9; touch /v/f; sleep 20; exit 1\"]\n"
                                             "        volumeMounts: [{name: v, mountPath: /v}]\n";
    struct story *s = story_run(replicaset, &(struct story_options){.for_ms = 15000});
    char text[4096];

    snprintf(text, sizeof(text),
             "%s" STEPS("  - {at: 30s, delete: pod/%s, gracePeriodSeconds: 1}\n"), replicaset,
             pod_name(s, 0));
    story_free(s);
    s = story_run(text, &(struct story_options){.for_ms = 52000});
    /* Its second instance sees the file and ends after a second; the new pod's first does not. The
     * line at 30 is no new end: a container that is not to wait any more shows how it ended. */
    story_eq(story_ends(s, "c"), "20:1/Error 21:9/Error 30:9/Error 50:1/Error 51:9/Error");
    story_free(s);
}

/* V-06: the same name and the same claim, a new uid and address; not before the old one has gone.
 */
Test(vectors_heal, statefulset_comes_back_to_its_claim)
{
    struct story *s = story_run(
        WORKLOAD("StatefulSet", "web", 2,
                 "  serviceName: web\n"
                 "  volumeClaimTemplates:\n"
                 "  - metadata: {name: data}\n"
                 "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: "
                 "1Gi}}}\n") "      containers:\n"
                             "      - name: c\n"
                             "        image: busybox\n"
                             "        command: [sh, -c, \"cat /d/f 2>/dev/null; hostname >>/d/f; "
                             "sleep 1000\"]\n"
                             "        volumeMounts: [{name: data, mountPath: /d}]\n" STEPS(
                                 "  - {at: 100s, delete: pod/web-0}\n"),
        &five_minutes);
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    uint64_t pod;
    const char *log;
    size_t length;

    story_eq(story_field(s, "web-0", NULL, "object"),
             "0:Created 100:Terminating 130:Deleted 130:Created");
    story_eq(story_starts(s, "c"), "0 0 130");
    cr_assert_eq(podring_find(story_ring(s), NULL, "web-0", &pod), 0);
    podring_pod_info(story_ring(s), pod, &info);
    cr_expect_eq(info.created_ms, 130000);
    cr_expect_eq(podring_logs(story_ring(s), pod, "c", 0, &log, &length), 0);
    cr_expect_eq(length, 6);
    cr_expect_eq(memcmp(log, "web-0\n", 6), 0, "got %.*s", (int)length, log);
    story_free(s);
}

/* Scaled down, a set keeps the claim for whoever comes back to it; nobody replaces what was scaled
 * away. */
Test(vectors_heal, scaled_down_is_not_replaced)
{
    struct story *s = story_run(
        WORKLOAD(
            "StatefulSet", "web", 3,
            "  serviceName: web\n") "      terminationGracePeriodSeconds: 5\n"
                                    "      containers: [{name: c, image: \"a:1\"}]\n" STEPS(
                                        "  - {at: 100s, scale: statefulset/web, replicas: 1}\n"
                                        "  - {at: 200s, scale: statefulset/web, replicas: 2}\n"),
        &five_minutes);

    story_eq(story_field(s, "web-2", NULL, "object"), "0:Created 100:Terminating 100:Deleted");
    story_eq(story_field(s, "web-1", NULL, "object"),
             "0:Created 100:Terminating 100:Deleted 200:Created");
    story_eq(story_field(s, "web-0", NULL, "object"), "0:Created");
    story_free(s);
}

/* Whoever deletes all that he sees is kept from deleting for ever in one instant. */
static void delete_it(void *ctx, podring *ring, const struct podring_event *e)
{
    if (e->pod != 0 && e->field != NULL && strcmp(e->field, "object") == 0 &&
        strcmp(e->to, "Created") == 0) {
        ++*(unsigned *)ctx;
        podring_delete(ring, e->pod, 0, 1);
    }
}

Test(vectors_heal, deleting_at_sight_takes_time)
{
    static const char *const text =
        WORKLOAD("ReplicaSet", "web", 1, "") "      containers: [{name: c, image: \"a:1\"}]\n";
    struct podring_options o = PODRING_OPTIONS_INIT;
    unsigned seen = 0;
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    cr_assert_eq(podring_open(&o, &ring), 0);
    podring_on_event(ring, delete_it, &seen);
    cr_assert_eq(podring_load_text(ring, "t", text, strlen(text)), 0);
    cr_assert_eq(podring_apply(ring), 0);
    podring_run_until(ring, 10000);
    cr_expect_eq(seen, 11, "%u", seen);
    podring_close(ring);
}
