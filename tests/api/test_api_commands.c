/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers that run their commands, under an allocator that counts and refuses: what a pod costs,
 * and that nothing is lost when memory runs out in the middle.
 */
#include "tests/api/test_api_kit.h"
#include "tests/support/failmem.h"

static const char crowd[] =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n"
    "data: {k: value, run.sh: 'echo ran; sleep 3; exit 1'}\n"
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 2\n"
    "  selector: {matchLabels: {app: w}}\n  volumeClaimTemplates:\n  - metadata: {name: data}\n"
    "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
    "  template:\n    metadata: {labels: {app: w}}\n    spec:\n"
    "      volumes: [{name: m, configMap: {name: m, defaultMode: 0755}}, {name: h, hostPath: "
    "{path: /h}},\n"
    "        {name: d, downwardAPI: {items: [{path: l, fieldRef: {fieldPath: "
    "metadata.labels}}]}}]\n"
    "      initContainers:\n      - {name: i, image: i:1, command: [/m/run.sh], restartPolicy: "
    "Always,\n"
    "         volumeMounts: [{name: m, mountPath: /m}]}\n"
    "      containers:\n      - name: c\n        image: c:1\n"
    "        env: [{name: ME, valueFrom: {fieldRef: {fieldPath: metadata.name}}},\n"
    "          {name: K, valueFrom: {configMapKeyRef: {name: m, key: k}}}, {name: X, value: "
    "$(ME)-$(K)}]\n"
    "        volumeMounts: [{name: data, mountPath: /data}, {name: h, mountPath: /h, subPathExpr: "
    "$(ME)},\n"
    "          {name: d, mountPath: /d}]\n"
    "        command: [sh, -c, 'echo $(X) >> /data/f; cat /data/f /d/l; echo $X > /h/f; sleep 4; "
    "exit 1']\n"
    "        readinessProbe: {exec: {command: [sh, -c, 'grep -q $(ME) /data/f']}, periodSeconds: "
    "1}\n"
    "        lifecycle: {postStart: {exec: {command: [sh, -c, 'echo hook > /proc/1/fd/1']}},\n"
    "          preStop: {exec: {command: [sleep, '1']}}}\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  volumes: "
    "[{name: v, persistentVolumeClaim: {claimName: v}}]\n  containers: [{name: c, image: c:1, "
    "command: [frob]}]\n"
    "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: v}\nspec:\n"
    "  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n"
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
    "  - {at: 6s, scale: statefulset/web, replicas: 1}\n  - {at: 8s, reboot: node}\n";

static struct podring_options options_with(struct failmem *f, struct podring_allocator *a)
{
    struct podring_options o = kit_options();

    *a = (struct podring_allocator){.alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = f};
    o.net = PODRING_NET_SCRIPT;
    o.allocator = a;
    o.events_max = 4096;
    o.attempts_max = 16;
    return o;
}

/* Returns how many allocations there were. */
static uint64_t run_failing(uint64_t n, bool and_after)
{
    struct failmem f = {.fail_at = n, .and_after = and_after};
    struct podring_allocator a;
    struct podring_options o = options_with(&f, &a);
    podring *r = NULL;

    if (podring_open(&o, &r) == 0) {
        if (podring_load_text(r, "crowd", crowd, strlen(crowd)) == 0 && podring_apply(r) != 0) {
            cr_expect_eq(kit_stats(r).pods, 0, "applying, %llu: left pods", (unsigned long long)n);
            f.fail_at = and_after ? n : 0;
            podring_apply(r);
        }
        podring_run_until(r, 15000);
        podring_close(r);
    }
    cr_assert_eq(f.blocks, 0, "%llu: %zu blocks of %zu bytes were not given back",
                 (unsigned long long)n, f.blocks, f.bytes);
    return f.calls;
}

Test(api_commands, each_allocation_may_fail)
{
    uint64_t calls = run_failing(0, false);

    cr_assert_gt(calls, 200);
    for (uint64_t n = 1; n <= calls; n++)
        run_failing(n, false);
}

Test(api_commands, memory_may_run_out_for_good)
{
    uint64_t calls = run_failing(0, false);

    for (uint64_t n = 1; n <= calls; n++)
        run_failing(n, true);
}

/* 100,000 pods with commands have to fit into 1 GiB: 10,737 bytes each. Half of that is the
 * bound. */
Test(api_commands, a_pod_with_commands_is_small)
{
    enum { PODS = 2000, BYTES_MAX = 5368 };
    static const char manifest[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2000\n"
        "  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n    "
        "spec:\n"
        "      containers:\n      - name: c\n        image: c:1\n"
        "        args: [/bin/sh, -c, 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep "
        "600']\n"
        "        livenessProbe: {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 5, "
        "periodSeconds: 5}\n";
    struct podring_options o = kit_options();
    struct podring_stats before, after;
    podring *r;

    o.flags |= PODRING_NO_EVENTS;
    o.net = PODRING_NET_SCRIPT;
    cr_assert_eq(podring_open(&o, &r), 0);
    before = kit_stats(r);
    cr_assert_eq(podring_load_text(r, "crowd", manifest, strlen(manifest)), 0);
    cr_assert_eq(podring_apply(r), 0);
    cr_assert_eq(podring_run_until(r, 120000), 0);
    after = kit_stats(r);
    cr_expect_eq(after.restarts, PODS);
    cr_expect_lt((after.memory_peak - before.memory) / PODS, BYTES_MAX, "%llu bytes a pod",
                 (unsigned long long)((after.memory_peak - before.memory) / PODS));
    podring_close(r);
}
