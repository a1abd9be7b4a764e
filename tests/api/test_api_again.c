/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that change something, each of whose allocations fails once: -ENOMEM and nothing has
 * changed, the same call again succeeds, and from then on the world is that of a run in which
 * nothing failed.
 */
#include <poll.h>

#include "tests/api/test_api_kit.h"
#include "tests/support/failmem.h"

static const char yaml[] =
    KIT_DEPLOYMENT("web", 12) "        livenessProbe: {httpGet: {port: 8080}, periodSeconds: 2}\n"
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  replicas: 3\n"
    "  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n"
    "    metadata: {labels: {app: db}}\n    spec:\n      containers:\n      - {name: c, image: "
    "'i:1'}\n"
    KIT_POD("p") KIT_BEHAVIOR("web", "  - serve: [{status: 500, rate: 0.2}]\n");

static void nothing(void *ctx, podring *ring, uint64_t timer)
{
    (void)ctx, (void)ring, (void)timer;
}

static int set_image(podring *r)
{
    return podring_set_image(r, NULL, "deployment/web", NULL, "i:2");
}

static int set_image_of_set(podring *r)
{
    return podring_set_image(r, NULL, "statefulset/db", NULL, "i:2");
}

static int set_image_of_pod(podring *r)
{
    return podring_set_image(r, NULL, "pod/p", NULL, "i:2");
}

static int scale_up(podring *r)
{
    return podring_scale(r, NULL, "deployment/web", 40);
}

static int scale_down(podring *r)
{
    return podring_scale(r, NULL, "deployment/web", 2);
}

static int scale_set(podring *r)
{
    return podring_scale(r, NULL, "statefulset/db", 9);
}

static int delete_one(podring *r)
{
    return podring_delete(r, kit_pod(r, "p"), 3, 0);
}

static int kill_one(podring *r)
{
    return podring_kill(r, kit_pod(r, "p"), NULL, 9);
}

static int start_timer(podring *r)
{
    return podring_timer_start(r, 16000, nothing, NULL, NULL);
}

static int create(podring *r)
{
    static const char text[] = KIT_DEPLOYMENT("more", 5) KIT_POD("q")
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n"
        KIT_BEHAVIOR("q", "  - exit: {after: 9s}\n");

    return podring_create_text(r, "t", text, strlen(text));
}

static int replace(podring *r)
{
    static const char text[] = KIT_DEPLOYMENT("web", 20)
        KIT_BEHAVIOR("web", "  - exit: {after: 9s}\n");

    return podring_replace_text(r, "t", text, strlen(text));
}

static int patch(podring *r)
{
    static const char text[] = "spec: {replicas: 15, template: {metadata: {labels: {b: c}}}}\n";

    return podring_patch_text(r, NULL, "deployment/web", PODRING_PATCH_MERGE, "t", text,
                              strlen(text));
}

static int build(podring *r)
{
    podring_spec *s = NULL;
    uint64_t pod;
    int rc = podring_spec_new(r, "Pod", NULL, "q", &s);

    if (rc == 0)
        rc = podring_spec_set(s, "spec.containers[0]", "{name: c, image: i}");
    if (rc == 0)
        rc = podring_spec_set_text(s, "metadata.labels.app", "q");
    if (rc == 0)
        rc = podring_spec_create(s, &pod);
    podring_spec_free(s);
    return rc;
}

static int delete_workload(podring *r)
{
    return podring_delete_object(r, NULL, "deployment/web", NULL);
}

static int delete_behavior(podring *r)
{
    return podring_delete_object(r, NULL, "behavior/b-web", NULL);
}

typedef int change_fn(podring *r);

/* The run in which the n-th allocation of the call fails. False: the call makes fewer. */
static bool fails_at(change_fn *change, uint64_t n, uint64_t *digest, struct podring_stats *stats)
{
    struct failmem f = {0};
    struct podring_allocator a = {.alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = &f};
    struct podring_options o = kit_options();
    struct podring_stats before;
    podring *r;
    int rc;

    o.allocator = &a;
    o.flags = PODRING_NO_EVENTS;
    r = kit_open(o);
    kit_apply(r, yaml);
    kit_run(r, 15000);
    before = kit_stats(r);
    if (n > 0)
        f.fail_at = f.calls + n;
    rc = change(r);
    if (f.failed > 0 && rc == 0) { /* what follows from the call, not the call itself */
        f.fail_at = 0;
        cr_expect_eq(podring_run_until(r, 40000), -PODRING_ENOMEM);
        podring_close(r);
        cr_assert_eq(f.blocks, 0);
        return true;
    }
    if (f.failed > 0) {
        cr_assert_eq(rc, -PODRING_ENOMEM, "%llu: %d", (unsigned long long)n, rc);
        cr_expect(strstr(podring_why(r), "memory") != NULL, "%s", podring_why(r));
        cr_expect_eq(kit_stats(r).pods, before.pods, "%llu: pods", (unsigned long long)n);
        cr_expect_eq(kit_stats(r).pods_created, before.pods_created);
        cr_expect_eq(kit_stats(r).pods_peak, before.pods_peak);
        f.fail_at = 0;
        rc = change(r);
    }
    cr_assert_eq(rc, 0, "%llu: %s", (unsigned long long)n, podring_why(r));
    f.fail_at = 0;
    kit_run(r, 40000);
    *digest = podring_digest(r);
    *stats = kit_stats(r);
    podring_close(r);
    cr_assert_eq(f.blocks, 0);
    return f.failed > 0;
}

static uint64_t fail_each(change_fn *change)
{
    struct podring_stats undisturbed, s;
    uint64_t wanted, digest, n = 1;

    fails_at(change, 0, &wanted, &undisturbed);
    digest = wanted;
    s = undisturbed;
    for (; fails_at(change, n, &digest, &s); n++) {
        cr_expect_eq(digest, wanted, "what failed at %llu made a difference",
                     (unsigned long long)n);
        cr_expect_eq(s.pods_created, undisturbed.pods_created);
        cr_expect_eq(s.pods_peak, undisturbed.pods_peak);
        cr_expect_eq(s.probes, undisturbed.probes);
    }
    cr_expect_eq(digest, wanted);
    return n - 1;
}

Test(api_again, an_image)
{
    cr_expect_gt(fail_each(set_image), 4);
    fail_each(set_image_of_set);
    fail_each(set_image_of_pod); /* none, if the arena has room */
}

Test(api_again, a_number_of_replicas)
{
    cr_expect_gt(fail_each(scale_up), 28);
    fail_each(scale_down);
    fail_each(scale_set);
}

Test(api_again, documents)
{
    cr_expect_gt(fail_each(create), 20);
    cr_expect_gt(fail_each(replace), 12);
    cr_expect_gt(fail_each(patch), 15);
    cr_expect_gt(fail_each(build), 5);
    fail_each(delete_workload);
    fail_each(delete_behavior);
}

Test(api_again, one_pod)
{
    fail_each(delete_one);
    fail_each(kill_one);
    fail_each(start_timer);
}
