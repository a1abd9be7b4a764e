/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An apply that fails has never been: what was loaded is dropped, the engine is as it was, and what
 * is loaded next runs as in an engine that never heard of it. Each kind of object stands in what is
 * undone.
 */
#include "tests/api/test_api_kit.h"
#include "tests/support/failmem.h"

#define CONFIG(name, value, more)                                                                  \
    "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\ndata: {k: " value "}\n" more
#define SERVICE(name)                                                                              \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: " name \
        "}\nspec: {selector: {app: web}, " \
    "ports: [{port: 80, targetPort: 8080}]}\n"
#define CLAIM(name)                                                                                \
    "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: " name "}\nspec: " \
    "{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
#define STEPS(steps)                                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec: {steps: [" steps \
    "]}\n"

/* A pod that waits for a claim, one that tells what it is configured with, one that asks a
 * service. */
static const char standing[] = KIT_DEPLOYMENT("web", 3) KIT_READINESS KIT_POD("taken")
    CONFIG("settings", "old", "") SERVICE("web") KIT_BEHAVIOR("web", "  - exit: {after: 40s}\n") ""
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: waits}\nspec:\n"
    "  containers: [{name: c, image: i}]\n"
    "  volumes: [{name: v, persistentVolumeClaim: {claimName: late}}]\n" CLAIM("held");

/* Of a pod that is there, and what must not change of it. */
#define REFUSED KIT_POD_FIXED("taken")
#define CHANGED(replicas, image)                                                                   \
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: "       \
    #replicas "\n  selector: {matchLabels: {app: web}}\n  template:\n"                            \
    "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: c\n"         \
    "        image: " image "\n        ports: [{containerPort: 8080}]\n"

/* Each ends in an update that is refused. */
static const char *const bad[] = {
    KIT_POD("new") REFUSED,
    KIT_DEPLOYMENT("other", 4) REFUSED,
    KIT_DEPLOYMENT("other", 40) REFUSED, /* more than there ever are */
    CONFIG("settings", "new", "") REFUSED,
    CONFIG("settings", "new", "immutable: true\n") REFUSED,
    CONFIG("more", "new", "immutable: true\n") REFUSED,
    SERVICE("late") REFUSED,
    CLAIM("late") CLAIM("later") REFUSED,
    CLAIM("held") REFUSED,
    KIT_BEHAVIOR("web", "  - exit: {after: 1s, code: 3}\n") REFUSED,
    KIT_BEHAVIOR("late", "  - exit: {after: 1s, code: 3}\n") KIT_POD("late") REFUSED,
    STEPS("{at: 12s, delete: pod/taken}, {at: 13s, scale: deployment/web, replicas: 5}")
        REFUSED,
    SERVICE("late") /* and without any pod */
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {clusterIP: None, selector: "
    "{app: web}, ports: [{port: 80}]}\n",
    /* Updates before it are taken back. */
    KIT_DEPLOYMENT("web", 7) KIT_READINESS REFUSED,
    KIT_DEPLOYMENT("web", 1) KIT_READINESS REFUSED,
    CHANGED(3, "i:2") REFUSED,
    CHANGED(9, "i:2") REFUSED,
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: other}, "
    "ports: [{port: 81}]}\n" REFUSED,
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: ExternalName, "
    "externalName: a.b}\n" REFUSED,
    CLAIM("late") CONFIG("more", "x", "") KIT_DEPLOYMENT("other", 4) SERVICE("late")
        KIT_BEHAVIOR("web", "  - exit: {after: 1s, code: 3}\n")
        STEPS("{at: 12s, delete: pod/taken}")
            REFUSED,
};

/* Uses every name that a bad one has used. */
static const char good[] = KIT_POD("new") KIT_POD("late") KIT_DEPLOYMENT("other", 2)
    CONFIG("more", "good", "") SERVICE("late") CLAIM("late")
        KIT_BEHAVIOR("late", "  - exit: {after: 5s, code: 4}\n") STEPS("{at: 30s, delete: pod/new}")
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: asks}\nspec:\n  restartPolicy: Never\n"
    "  containers:\n  - name: c\n    image: busybox\n"
    "    command: [sh, -c, 'echo $A $B; until nc -z late 80; do sleep 1; done; exit 9']\n"
    "    env:\n    - {name: A, valueFrom: {configMapKeyRef: {name: settings, key: k}}}\n"
    "    - {name: B, valueFrom: {configMapKeyRef: {name: more, key: k}}}\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: holds}\nspec:\n  containers: [{name: c, "
    "image: i}]\n"
    "  volumes: [{name: v, persistentVolumeClaim: {claimName: held}}]\n";

static uint64_t digest_of(const char *in_between, int expected, struct podring_stats *stats,
                          char log[64])
{
    podring *r = kit_open(kit_options());
    const char *text = "";
    uint64_t digest, pod;
    size_t length = 0;

    kit_apply(r, standing);
    kit_run(r, 10000);
    if (in_between != NULL) {
        cr_assert_eq(podring_load_text(r, "bad", in_between, strlen(in_between)), 0);
        cr_expect_eq(podring_apply(r), expected, "%s", in_between);
        cr_expect(strstr(podring_why(r), "pod updates may not change fields other than") != NULL ||
                      strstr(podring_why(r), "may not change once set") != NULL,
                  "%s", podring_why(r));
        cr_expect_eq(podring_apply(r), 0, "dropped: nothing is left to apply");
    }
    kit_run(r, 15000);
    kit_apply(r, good);
    kit_run(r, 60000);
    *stats = kit_stats(r);
    digest = podring_digest(r);
    if (podring_find(r, NULL, "asks", &pod) == 0)
        podring_logs(r, pod, NULL, 0, &text, &length);
    snprintf(log, 64, "%.*s", (int)length, text);
    podring_close(r);
    return digest;
}

Test(api_apply, what_failed_has_never_been)
{
    struct podring_stats without, with;
    char log[64], again[64];
    uint64_t digest = digest_of(NULL, 0, &without, log);

    cr_assert_str_eq(log, "old good\n");
    cr_assert_gt(without.restarts, 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cr_expect_eq(digest_of(bad[i], -PODRING_ESTATE, &with, again), digest,
                     "another story after:\n%s", bad[i]);
        cr_expect_eq(with.pods_created, without.pods_created, "%s", bad[i]);
        cr_expect_eq(with.pods_peak, without.pods_peak, "%s", bad[i]);
        cr_expect_str_eq(again, log, "%s", bad[i]);
    }
}

Test(api_apply, an_immutable_config_stays)
{
    static const char fixed[] = CONFIG("settings", "old", "immutable: true\n"),
                      other[] = SERVICE("web") CONFIG("settings", "new", "");
    podring *r = kit_open(kit_options());

    kit_apply(r, fixed);
    cr_assert_eq(podring_load_text(r, "x", other, strlen(other)), 0);
    cr_expect_eq(podring_apply(r), -PODRING_ESTATE);
    cr_expect_str_eq(podring_why(r),
                     "configmap default/settings is immutable and says something else");
    kit_apply(r, fixed); /* the same again is no change */
    kit_apply(r, SERVICE("web"));
    podring_close(r);
}

Test(api_apply, no_more_pods_than_that)
{
    static const char many[] = KIT_DEPLOYMENT("many", 2000000000);
    struct podring_options o = kit_options();
    podring *r = kit_open(o);

    cr_assert_eq(podring_load_text(r, "x", many, strlen(many)), 0);
    cr_expect_eq(podring_apply(r), -PODRING_ELIMIT);
    cr_expect_str_eq(podring_why(r),
                     "deployment default/many: more than 16777216 pods in all (pods_max; "
                     "on the command line --pods-max)");
    cr_expect_eq(kit_stats(r).pods, 0);
    kit_apply(r, KIT_DEPLOYMENT("many", 2));
    cr_expect_eq(podring_scale(r, NULL, "deployment/many", UINT32_MAX), -PODRING_ELIMIT);
    kit_run(r, 1000);
    cr_expect_eq(kit_stats(r).pods, 2);
    podring_close(r);
    o.pods_max = 3;
    r = kit_open(o);
    kit_apply(r, KIT_DEPLOYMENT("web", 2));
    cr_expect_eq(podring_scale(r, NULL, "deployment/web", 4), -PODRING_ELIMIT);
    cr_expect_eq(podring_scale(r, NULL, "deployment/web", 3), 0);
    cr_assert_eq(podring_load_text(r, "x", KIT_POD("p"), strlen(KIT_POD("p"))), 0);
    cr_expect_eq(podring_apply(r), -PODRING_ELIMIT);
    podring_close(r);
    o.replicas = UINT32_MAX;
    r = kit_open(o);
    cr_assert_eq(podring_load_text(r, "x", many, strlen(many)), 0);
    cr_expect_eq(podring_apply(r), -PODRING_ELIMIT);
    podring_close(r);
}

/* Every allocation of an apply in a running engine fails once; then it is done again. */
static uint64_t apply_failing(uint64_t n, uint64_t *calls)
{
    struct failmem f = {0};
    struct podring_allocator a = {
        .alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = &f};
    struct podring_options o = kit_options();
    uint64_t digest, before;
    podring *r;
    int rc;

    o.allocator = &a;
    r = kit_open(o);
    kit_apply(r, standing);
    kit_run(r, 10000);
    cr_assert_eq(podring_load_text(r, "good", good, strlen(good)), 0);
    before = f.calls;
    f.fail_at = n > 0 ? f.calls + n : 0;
    rc = podring_apply(r);
    *calls = f.calls - before;
    f.fail_at = 0;
    if (rc != 0) {
        cr_assert_eq(rc, -PODRING_ENOMEM, "%llu: %d", (unsigned long long)n, rc);
        kit_apply(r, good);
    }
    rc = podring_run_until(r, 60000);
    cr_assert(rc == 0 || (rc == -PODRING_ENOMEM && f.failed > 0), "%llu: %s",
              (unsigned long long)n, podring_why(r));
    digest = rc == 0 ? podring_digest(r) : 0;
    podring_close(r);
    cr_expect_eq(f.blocks, 0, "%llu: %zu blocks left", (unsigned long long)n, f.blocks);
    return digest;
}

Test(api_apply, each_allocation_may_fail)
{
    uint64_t calls, ignored, digest = apply_failing(0, &calls);

    cr_assert_gt(calls, 20);
    for (uint64_t n = 1; n <= calls; n++)
    {
        uint64_t now = apply_failing(n, &ignored);

        /* Or there is none, for want of memory for what follows from the apply. */
        cr_expect(now == digest || now == 0, "another story after failure %llu",
                  (unsigned long long)n);
    }
}

/* Of each kind of object something, and what controllers have made of it. */
Test(api_apply, closing_gives_all_memory_back)
{
    static const char all[] = KIT_DEPLOYMENT("web", 2)
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {selector: {app: web}, ports: [{port: 80}]}\n"
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
        "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n"
        "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n"
        "metadata: {name: out, labels: {kubernetes.io/service-name: web}}\n"
        "addressType: IPv4\nendpoints: [{addresses: [192.0.2.9]}]\nports: [{port: 80}]\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"
        "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"
        "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\n"
        "value: 10\n"
        "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: tick}\nspec:\n"
        "  schedule: \"* * * * *\"\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, "
        "containers: [{name: c, image: i}]}}}}\n"
        "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\n"
        "spec: {url: \"http://web/\", rate: 5, byPod: true}\n";
    struct failmem f = {0};
    struct podring_allocator a = {
        .alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = &f};
    struct podring_options o = kit_options();
    podring *r;

    o.allocator = &a;
    r = kit_open(o);
    kit_apply(r, all);
    cr_assert_eq(podring_set_image(r, NULL, "deployment/web", NULL, "i:2"), 0);
    cr_assert_eq(podring_run_until(r, 150000), 0);
    podring_close(r);
    cr_expect_eq(f.blocks, 0, "%zu blocks of %zu bytes", f.blocks, f.bytes);
}
