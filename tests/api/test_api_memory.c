/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens when the embedder's allocator refuses: each single allocation of opening, loading,
 * applying and turning fails once. Whatever fails says so, and gives back all memory at the end.
 * What is called can be called again; a turn that has failed tells nothing that follows, and is the
 * last one.
 */
#include "engine/store/rule_shard.h"
#include "tests/api/test_api_kit.h"
#include "tests/support/failmem.h"

static struct podring_allocator of_failmem(struct failmem *f)
{
    return (struct podring_allocator){
        .alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = f};
}

static const char crowd[] = KIT_DEPLOYMENT(
    "web",
    5) "        livenessProbe: {httpGet: {port: 8080}, periodSeconds: 2}\n"
       "        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}\n" KIT_POD("q")
           KIT_READINESS KIT_BEHAVIOR(
               "web", "  - exit: {after: 3s, code: 1}\n  - serve: [{status: 500, rate: 0.3}]\n")
               KIT_BEHAVIOR("q", "  - serve: [{from: 2s, to: 4s, do: refuse}, {from: 6s, do: "
                                 "hang}]\n") "---\napiVersion: podring.dev/v1\nkind: "
                                             "Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
                                             "  - {at: 5s, delete: pod/q}\n  - {at: 6s, scale: "
                                             "deployment/web, replicas: 7}\n"
                                             "  - {at: 7s, setImage: deployment/web, image: "
                                             "\"i:2\"}\n"
    "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\n"
    "spec: {hard: {pods: 6, limits.cpu: 9}}\n"
    "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\n"
    "spec: {limits: [{type: Container, default: {cpu: 500m}}]}\n"
    "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\n"
    "spec: {maxUnavailable: 1, selector: {}}\n";

/* One of each kind that has a controller, and nodes. */
static const char cluster[] =
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {topology.kubernetes.io/zone: a}}\n"
    "status: {allocatable: {cpu: '2', memory: 4Gi, pods: '5'}}\n---\napiVersion: v1\nkind: Node\n"
    "metadata: {name: n2, labels: {topology.kubernetes.io/zone: b}}\n"
    "spec: {taints: [{key: k, effect: NoSchedule}]}\n"
    "status: {allocatable: {cpu: '2', memory: 4Gi, pods: '5'}}\n---\n"
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n"
    "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\n"
    "spec: {hard: {pods: '12', requests.cpu: '10'}}\n---\napiVersion: v1\nkind: LimitRange\n"
    "metadata: {name: l}\n"
    "spec: {limits: [{type: Container, defaultRequest: {cpu: 100m}, default: {cpu: 1}}]}\n---\n"
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\n"
    "spec: {minAvailable: 1, selector: {matchLabels: {app: d}}}\n---\n"
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
    "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}, minReplicas: 1, "
    "maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: "
    "Utilization, averageUtilization: 50}}}]}\n---\napiVersion: v1\nkind: Service\n"
    "metadata: {name: d}\nspec: {selector: {app: d}, ports: [{port: 80}]}\n---\n"
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n"
    "spec: {rules: [{host: a.b, http: {paths: [{path: /, pathType: Prefix, backend: {service: "
    "{name: d, port: {number: 80}}}}]}}]}\n---\napiVersion: apps/v1\nkind: Deployment\n"
    "metadata: {name: d}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: d}}\n"
    "  template:\n    metadata: {labels: {app: d}}\n    spec:\n      priorityClassName: high\n"
    "      affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
    "[{weight: 1, podAffinityTerm: {topologyKey: topology.kubernetes.io/zone, labelSelector: "
    "{matchLabels: {app: d}}}}]}}\n      tolerations: [{operator: Exists}]\n"
    "      containers: [{name: c, image: 'i:1', ports: [{containerPort: 80}], readinessProbe: "
    "{httpGet: {port: 80}, periodSeconds: 1}}]\n---\napiVersion: apps/v1\nkind: StatefulSet\n"
    "metadata: {name: s}\nspec:\n  replicas: 1\n  serviceName: d\n"
    "  selector: {matchLabels: {app: s}}\n"
    "  volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], "
    "resources: {requests: {storage: 1Gi}}}}]\n  template:\n    metadata: {labels: {app: s}}\n"
    "    spec: {containers: [{name: c, image: 'i:1', command: [sh, -c, 'echo a > /d/x; sleep "
    "1; exit 1'], volumeMounts: [{name: v, mountPath: /d}]}]}\n---\napiVersion: batch/v1\n"
    "kind: CronJob\nmetadata: {name: cj}\n"
    "spec: {schedule: '* * * * *', jobTemplate: {spec: {completions: 2, completionMode: "
    "Indexed, backoffLimitPerIndex: 1, template: {spec: {restartPolicy: Never, containers: "
    "[{name: c, image: 'i:1', command: ['false']}]}}}}}\n---\napiVersion: batch/v1\nkind: Job\n"
    "metadata: {name: j}\n"
    "spec: {completions: 2, parallelism: 2, ttlSecondsAfterFinished: 1, template: {spec: "
    "{restartPolicy: Never, containers: [{name: c, image: 'i:1', command: ['true']}]}}}\n---\n"
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: e}\n"
    "spec: {selector: {matchLabels: {app: e}}, template: {metadata: {labels: {app: e}}, spec: "
    "{containers: [{name: c, image: 'i:1'}]}}}\n---\n"
    "apiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: cl}\n"
    "spec: {url: 'http://d/', rate: 10, to: 2s, byPod: true}\n---\napiVersion: podring.dev/v1\n"
    "kind: Scenario\nmetadata: {name: sc}\nspec:\n  steps:\n"
    "  - {at: 1s, setImage: deployment/d, image: 'i:2'}\n  - {at: 2s, drain: node/n1}\n"
    "  - {at: 2500ms, delete: statefulset/s}\n  - {at: 2600ms, undo: deployment/d}\n";

static struct podring_options small_options(uint32_t net, const struct podring_allocator *a)
{
    struct podring_options o = kit_options();

    o.net = net;
    o.allocator = a;
    o.events_max = 4096;
    o.attempts_max = 16;
    o.connections_max = 64;
    return o;
}

/* What a run has told, an event a number. */
struct story {
    uint64_t event[4096];
    uint32_t count;
};

static uint64_t add_text(uint64_t h, const char *text)
{
    return text != NULL ? rx_hash_bytes(h, text, strlen(text)) : h * 31;
}

static void hear(podring *r, struct story *s)
{
    struct podring_event e = PODRING_EVENT_INIT;

    s->count = 0;
    while (podring_next_event(r, &e) == 0) {
        uint64_t h = RX_HASH_START ^ (uint64_t)e.at_ms << 20 ^ e.seq;

        h = add_text(add_text(add_text(h, e.pod_name), e.container), e.field);
        h = add_text(add_text(add_text(h, e.from), e.to), e.reason);
        s->event[s->count++] = add_text(h, e.message);
        cr_assert_lt(s->count, 4096);
    }
}

/* The turn that has failed was the last one, and has told only what happens with memory, too. */
static void expect_the_end(podring *r, const struct story *whole, uint64_t n)
{
    static struct story s;
    uint64_t digest = podring_digest(r);

    hear(r, &s);
    cr_assert_leq(s.count, whole->count);
    for (uint32_t i = 0; i < s.count; i++)
        cr_assert_eq(s.event[i], whole->event[i], "%llu: event %u is another",
                     (unsigned long long)n, i);
    cr_assert_eq(podring_turn(r, 0), -PODRING_ENOMEM, "%llu: it turns on", (unsigned long long)n);
    cr_assert_eq(podring_run_until(r, 30000), -PODRING_ENOMEM);
    cr_assert_eq(podring_apply(r), -PODRING_ENOMEM);
    hear(r, &s);
    cr_assert_eq(s.count, 0);
    cr_assert_eq(podring_digest(r), digest);
}

static struct story whole;

/* One run in which the n-th allocation fails. Returns how many there were, and in *to_apply how
 * many until everything was applied. */
static uint64_t run_failing(const char *text, uint32_t net, uint64_t n, uint64_t *to_apply,
                            uint64_t *digest)
{
    struct failmem f = {.fail_at = n};
    struct podring_allocator a = of_failmem(&f);
    struct podring_options o = small_options(net, &a);
    podring *r = NULL;
    int rc = podring_open(&o, &r);

    cr_assert(rc == 0 || (rc == -PODRING_ENOMEM && r == NULL), "opening, %llu: %d",
              (unsigned long long)n, rc);
    if (rc == 0) {
        rc = podring_load_text(r, "text", text, strlen(text));
        if (rc != 0) {
            cr_assert(rc == -PODRING_ENOMEM && f.failed > 0, "loading, %llu: %d",
                      (unsigned long long)n, rc);
            f.fail_at = 0;
            cr_assert_eq(podring_load_text(r, "text", text, strlen(text)), 0,
                         "loading again, %llu: %s", (unsigned long long)n, podring_why(r));
        }
        rc = podring_apply(r);
        if (rc != 0) {
            cr_assert(rc == -PODRING_ENOMEM && f.failed > 0, "applying, %llu: %d",
                      (unsigned long long)n, rc);
            cr_assert_eq(kit_stats(r).pods, 0, "applying, %llu: left pods", (unsigned long long)n);
            f.fail_at = 0;
            cr_assert_eq(podring_apply(r), 0); /* of nothing: a failed apply drops what was
                                                * loaded */
            cr_assert_eq(kit_stats(r).pods, 0);
            cr_assert_eq(podring_load_text(r, "text", text, strlen(text)), 0);
            cr_assert_eq(podring_apply(r), 0, "applying again, %llu: %s", (unsigned long long)n,
                         podring_why(r));
        }
        if (to_apply != NULL)
            *to_apply = f.calls;
        rc = podring_run_until(r, 20000);
        cr_assert(rc == 0 || (rc == -PODRING_ENOMEM && f.failed > 0), "turning, %llu: %d",
                  (unsigned long long)n, rc);
        if (rc == 0)
            *digest = podring_digest(r);
        if (n == 0)
            hear(r, &whole);
        else if (rc != 0)
            expect_the_end(r, &whole, n);
        podring_close(r);
    }
    cr_assert_eq(f.blocks, 0, "%llu: %zu blocks of %zu bytes were not given back",
                 (unsigned long long)n, f.blocks, f.bytes);
    return f.calls;
}

static void fail_each(const char *text, uint32_t net)
{
    uint64_t to_apply = 0, without = 0, calls = run_failing(text, net, 0, &to_apply, &without);

    cr_assert(to_apply > 30 && calls >= to_apply);
    for (uint64_t n = 1; n <= calls; n++) {
        uint64_t digest = without;

        run_failing(text, net, n, NULL, &digest);
        cr_assert_eq(digest, without, "what failed at %llu has made a difference and was not told",
                     (unsigned long long)n);
    }
}

Test(api_memory, each_allocation_may_fail_with_scripts)
{
    fail_each(crowd, PODRING_NET_SCRIPT);
}

Test(api_memory, each_allocation_may_fail_in_a_cluster)
{
    fail_each(cluster, PODRING_NET_SCRIPT);
}

Test(api_memory, each_allocation_may_fail_with_sockets)
{
    fail_each(crowd, PODRING_NET_MEMORY);
}

Test(api_memory, memory_may_run_out_for_good)
{
    uint64_t digest, calls = run_failing(crowd, PODRING_NET_MEMORY, 0, NULL, &digest);

    for (uint64_t n = 1; n <= calls; n++) {
        struct failmem f = {.fail_at = n, .and_after = true};
        struct podring_allocator a = of_failmem(&f);
        struct podring_options o = small_options(PODRING_NET_MEMORY, &a);
        podring *r = NULL;

        if (podring_open(&o, &r) == 0) {
            if (podring_load_text(r, "crowd", crowd, strlen(crowd)) == 0)
                podring_apply(r);
            podring_run_until(r, 20000);
            podring_close(r);
        }
        cr_assert_eq(f.blocks, 0, "from %llu on: %zu blocks left", (unsigned long long)n, f.blocks);
    }
}

/* ---- calls that cannot say so ---------------------------------------------------------------- */

/* podring_delete of one pod, while the n-th allocation from there on fails. */
static bool delete_failing(uint64_t n)
{
    struct failmem f = {0};
    struct podring_allocator a = of_failmem(&f);
    struct podring_options o = small_options(PODRING_NET_SCRIPT, &a);
    uint64_t pod;
    podring *r;
    int rc, turned;
    bool failed;

    cr_assert_eq(podring_open(&o, &r), 0);
    kit_apply(r, crowd);
    cr_assert_eq(podring_run_until(r, 3000), 0);
    cr_assert_eq(podring_find(r, "default", "q", &pod), 0);
    f.fail_at = f.calls + n;
    rc = podring_delete(r, pod, -1, 0);
    failed = f.failed > 0;
    f.fail_at = 0;
    turned = podring_run_until(r, 20000);
    if (failed && rc == 0)
        cr_assert_eq(turned, -PODRING_ENOMEM, "%llu: the turn after it: %d", (unsigned long long)n,
                     turned);
    else
        cr_assert_eq(turned, 0, "%llu: %d: %s", (unsigned long long)n, turned, podring_why(r));
    podring_close(r);
    return failed;
}

Test(api_memory, a_call_that_swallows_a_failure_ends_the_engine)
{
    uint64_t n = 1;

    while (delete_failing(n))
        n++;
}

/* An event for which there was no room ends it as well: the queue is at its first size until
 * then. */
Test(api_memory, an_event_without_room_is_the_last)
{
    struct failmem f = {0};
    struct podring_allocator a = of_failmem(&f);
    struct podring_options o = small_options(PODRING_NET_SCRIPT, &a);
    static struct story s;
    podring *r;

    run_failing(crowd, PODRING_NET_SCRIPT, 0, NULL, &(uint64_t){0});
    cr_assert_eq(podring_open(&o, &r), 0);
    kit_apply(r, crowd);
    f.fail_at = f.calls + 1;
    f.and_after = true;
    cr_assert_eq(podring_run_until(r, 20000), -PODRING_ENOMEM);
    hear(r, &s);
    cr_assert_lt(s.count, whole.count);
    for (uint32_t i = 0; i < s.count; i++)
        cr_assert_eq(s.event[i], whole.event[i], "event %u", i);
    podring_close(r);
}
