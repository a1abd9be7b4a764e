/* SPDX-License-Identifier: Apache-2.0 */
/*
 * StatefulSets, DaemonSets, HorizontalPodAutoscalers and Metrics: their defaults, and what is
 * refused of them, in Kubernetes' words.
 */
#include "tests/unit/test_manifest_kit.h"

#define META "metadata: {name: x}\n"
#define TEMPLATE                                                                                   \
    "  selector: {matchLabels: {a: b}}\n"                                                          \
    "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}\n"
#define SET           "apiVersion: apps/v1\nkind: StatefulSet\n" META "spec:\n" TEMPLATE
#define DAEMON        "apiVersion: apps/v1\nkind: DaemonSet\n" META "spec:\n" TEMPLATE
#define REF           "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n"
#define HPA  "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n" META "spec:\n" REF
#define HPA_1 "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\n" META "spec:\n" REF
#define METRICS       "apiVersion: podring.dev/v1\nkind: Metrics\n" META "spec:\n  metric: cpu\n"
#define REFUSE(table) kit_refuse(table, sizeof(table) / sizeof((table)[0]))

/* ---- StatefulSet ----------------------------------------------------------------------------- */

static const struct st_statefulset_spec *set_of(struct kit *k, const char *text)
{
    kit_open(k);
    cr_assert_eq(kit_load(k, text), 0, "%s", kit_said(k));
    return k->set.workloads.item[0].statefulset;
}

Test(manifest_sets, statefulset_defaults)
{
    struct kit k;
    const struct st_statefulset_spec *s = set_of(&k, SET);

    cr_expect(!s->parallel && !s->on_delete && s->has_partition);
    cr_expect(s->partition == 0 && s->start == 0 && s->history == 10 && s->claims == 0);
    cr_expect(!s->deleted_with_set && !s->deleted_with_pod);
    cr_expect_null(k.set.workloads.item[0].daemonset);
    kit_close(&k);
}

Test(manifest_sets, statefulset_fields)
{
    struct kit k;
    const struct st_statefulset_spec *s =
        set_of(&k, SET
               "  podManagementPolicy: Parallel\n  ordinals: {start: 5}\n"
               "  revisionHistoryLimit: 2\n"
               "  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 3}}\n"
               "  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Delete}\n"
               "  volumeClaimTemplates:\n  - metadata: {name: data}\n"
               "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n");

    cr_expect(s->parallel && s->has_partition && s->partition == 3 && s->start == 5);
    cr_expect(s->history == 2 && s->deleted_with_set && s->deleted_with_pod && s->claims == 1);
    cr_expect_str_eq(s->claim[0], "data");
    kit_close(&k);
    s = set_of(&k, SET "  updateStrategy: {type: RollingUpdate}\n");
    cr_expect(!s->has_partition && !s->on_delete); /* the default fills in none */
    kit_close(&k);
    s = set_of(&k, SET "  updateStrategy: {rollingUpdate: {}}\n");
    cr_expect(s->has_partition);
    kit_close(&k);
    s = set_of(&k, SET "  updateStrategy: {type: OnDelete}\n");
    cr_expect(s->on_delete);
    kit_close(&k);
}

static const struct refusal sets[] = {
    {SET "  podManagementPolicy: Ordered\n",
     "7:24 spec.podManagementPolicy: Invalid value: \"Ordered\": must be 'OrderedReady' or "
     "'Parallel'\n"},
    {SET "  updateStrategy: {type: Recreate}\n",
     "7:19 spec.updateStrategy: Invalid value: {\"type\":\"Recreate\"}: must be 'RollingUpdate' or "
     "'OnDelete'\n"},
    {SET "  updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}}\n",
     "7:51 spec.updateStrategy.rollingUpdate: Invalid value: {\"partition\":1}: only allowed for "
     "updateStrategy 'RollingUpdate'\n"},
    {SET "  updateStrategy: {rollingUpdate: {partition: -1}}\n",
     "7:47 spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or "
     "equal to 0\n"},
    {SET "  ordinals: {start: -1}\n  revisionHistoryLimit: -1\n",
     "7:21 spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0\n"
     "8:25 spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0\n"},
};

Test(manifest_sets, statefulset_refusals)
{
    REFUSE(sets);
}

/* ---- volumes --------------------------------------------------------------------------------- */

#define VOLUME(spec) "apiVersion: v1\nkind: PersistentVolume\n" META "spec: {" spec "}\n"
#define CLASS(more) "apiVersion: storage.k8s.io/v1\nkind: StorageClass\n" META more

Test(manifest_sets, volumes)
{
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, VOLUME("accessModes: [ReadWriteOnce, ReadOnlyMany], "
                                     "capacity: {storage: 2Gi}, nfs: {server: s, path: /}") "---\n"
                              CLASS("provisioner: p\nvolumeBindingMode: WaitForFirstConsumer\n")),
                 0, "%s", kit_said(&k));
    cr_assert_eq(k.set.volumes.count, 1);
    cr_expect_eq(k.set.volumes.item[0].modes, ST_ACCESS_RWO | ST_ACCESS_ROX);
    cr_expect(!k.set.volumes.item[0].deletes && !k.set.volumes.item[0].block);
    cr_expect_str_eq(k.set.volumes.item[0].class_name, "");
    cr_expect_eq((int64_t)(k.set.volumes.item[0].size.nano / 1000000000), INT64_C(2) << 30);
    cr_assert_eq(k.set.classes.count, 1);
    cr_expect(k.set.classes.item[0].waits && k.set.classes.item[0].deletes);
    cr_expect(!k.set.classes.item[0].is_default);
    kit_close(&k);
}

static const struct refusal volumes[] = {
    {VOLUME("capacity: {storage: 1Gi}, hostPath: {path: /}"),
     "4:7 spec.accessModes: Required value: at least 1 access mode is required\n"},
    {VOLUME("accessModes: [ReadWriteOnce], hostPath: {path: /}"), "4:7 spec.capacity: "
     "Required value\n"},
    {VOLUME("accessModes: [ReadWriteOnce], capacity: {storage: \"0\"}"),
     "4:58 spec.capacity.storage: Invalid value: \"0\": must be greater than zero\n"},
    {VOLUME("accessModes: [ReadWriteOnce, ReadWriteOncePod], capacity: {storage: 1Gi}"),
     "4:21 spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes\n"},
    {VOLUME("accessModes: [Once], capacity: {storage: 1Gi}"),
     "4:21 spec.accessModes: Unsupported value: \"Once\": supported values: \"ReadOnlyMany\", "
     "\"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"\n"},
    {VOLUME("accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, "
            "persistentVolumeReclaimPolicy: Keep"),
     "4:95 spec.persistentVolumeReclaimPolicy: Unsupported value: \"Keep\": supported values: "
     "\"Delete\", \"Recycle\", \"Retain\"\n"},
    {CLASS("reclaimPolicy: Delete\n"), "1:1 provisioner: Required value\n"},
    {CLASS("provisioner: p\nvolumeBindingMode: Later\n"),
     "5:20 volumeBindingMode: Unsupported value: \"Later\": supported values: \"Immediate\", "
     "\"WaitForFirstConsumer\"\n"},
    {SET "  ordinals: {start: 1000001}\n", "7:21 spec.ordinals.start: podring takes at most "
     "1000000\n"},
};

Test(manifest_sets, volume_refusals)
{
    REFUSE(volumes);
}

/* ---- DaemonSet ------------------------------------------------------------------------------- */

Test(manifest_sets, daemonset)
{
    static const struct {
        const char *strategy;
        struct st_daemonset_spec want;
    } rows[] = {
        {"", {false, {1, false}, {0, false}, 10}},
        {"  updateStrategy: {type: OnDelete}\n", {true, {1, false}, {0, false}, 10}},
        {"  updateStrategy: {rollingUpdate: {maxUnavailable: 25%}}\n",
         {false, {25, true}, {0, false}, 10}},
        {"  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}\n",
         {false, {0, false}, {1, false}, 10}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct st_daemonset_spec *got, *want = &rows[i].want;
        char text[512];
        struct kit k;

        snprintf(text, sizeof(text), "%s%s", DAEMON, rows[i].strategy);
        kit_open(&k);
        cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
        got = k.set.workloads.item[0].daemonset;
        cr_expect_eq(got->on_delete, want->on_delete, "%zu", i);
        cr_expect_eq(got->unavailable.value, want->unavailable.value, "%zu", i);
        cr_expect_eq(got->unavailable.percent, want->unavailable.percent, "%zu", i);
        cr_expect_eq(got->surge.value, want->surge.value, "%zu", i);
        cr_expect_eq(got->history, want->history, "%zu", i);
        kit_close(&k);
    }
}

static const struct refusal daemons[] = {
    {DAEMON "  updateStrategy: {rollingUpdate: {maxSurge: 1}}\n",
     "7:46 spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when "
     "maxUnavailable is non-zero\n"},
    {DAEMON "  updateStrategy: {rollingUpdate: {maxUnavailable: 0}}\n",
     "7:52 spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when "
     "maxSurge is 0\n"},
    {DAEMON "  updateStrategy: {rollingUpdate: {maxUnavailable: 101%}}\n",
     "7:52 spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be "
     "greater than 100%\n"},
};

Test(manifest_sets, daemonset_refusals)
{
    REFUSE(daemons);
}

/* ---- HorizontalPodAutoscaler ----------------------------------------------------------------- */

static const struct st_hpa_spec *hpa_of(struct kit *k, const char *text)
{
    kit_open(k);
    cr_assert_eq(kit_load(k, text), 0, "%s", kit_said(k));
    cr_assert_eq(k->set.hpas.count, 1);
    return k->set.hpas.item;
}

Test(manifest_sets, autoscaler_defaults)
{
    struct kit k;
    const struct st_hpa_spec *s = hpa_of(&k, HPA "  maxReplicas: 5\n");

    cr_expect(s->min == 1 && s->max == 5 && !s->has_behavior && s->metric_count == 1);
    cr_expect_str_eq(s->target_kind, "Deployment");
    cr_expect_str_eq(s->target_name, "web");
    cr_expect_str_eq(s->metric->name, "cpu");
    cr_expect_str_eq(s->metric->amount_text, "80%");
    cr_expect(s->metric->source == ST_HPA_RESOURCE && s->metric->target == ST_HPA_UTILIZATION);
    cr_expect_eq(s->metric->amount, 80);
    kit_close(&k);
    s = hpa_of(&k, HPA_1 "  maxReplicas: 5\n  targetCPUUtilizationPercentage: 50\n");
    cr_expect_eq(s->metric->amount, 50);
    kit_close(&k);
    s = hpa_of(&k, HPA "  maxReplicas: 5\n  behavior: {}\n");
    cr_expect(s->has_behavior && s->up.window_s == 0 && s->down.window_s == -1);
    cr_expect(s->up.policy_count == 2 && s->down.policy_count == 1);
    cr_expect(!s->up.policy[0].percent && s->up.policy[0].value == 4);
    cr_expect(s->down.policy[0].percent && s->down.policy[0].value == 100);
    kit_close(&k);
}

Test(manifest_sets, autoscaler_metrics)
{
    struct kit k;
    const struct st_hpa_spec *s =
        hpa_of(&k, HPA
               "  maxReplicas: 5\n  metrics:\n"
               "  - type: Resource\n"
               "    resource: {name: memory, target: {type: AverageValue, averageValue: 1Gi}}\n"
               "  - type: Pods\n"
               "    pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 200m}}\n"
               "  - type: Object\n"
               "    object:\n      describedObject: {kind: Service, name: shop}\n"
               "      metric: {name: hits}\n      target: {type: Value, value: 2k}\n"
               "  - type: External\n"
               "    external:\n      metric: {name: queue, selector: {matchLabels: {q: jobs}}}\n"
               "      target: {type: AverageValue, averageValue: '30'}\n");
    const struct st_hpa_metric *m = s->metric;

    cr_assert_eq(s->metric_count, 4);
    cr_expect(m[0].target == ST_HPA_AVERAGE_VALUE && m[0].amount == 1024LL * 1024 * 1024 * 1000);
    cr_expect(m[1].source == ST_HPA_PODS && m[1].amount == 200);
    cr_expect_str_eq(m[1].amount_text, "200m");
    cr_expect(m[2].source == ST_HPA_OBJECT && m[2].target == ST_HPA_VALUE);
    cr_expect_eq(m[2].amount, 2000000);
    cr_expect_str_eq(m[2].object_name, "shop");
    cr_expect(m[3].source == ST_HPA_EXTERNAL && m[3].amount == 30000);
    cr_expect_str_eq(m[3].selector, "&LabelSelector{MatchLabels:map[string]string{q: jobs,},"
                                    "MatchExpressions:[]LabelSelectorRequirement{},}");
    kit_close(&k);
}

Test(manifest_sets, autoscaler_behavior)
{
    struct kit k;
    const struct st_hpa_spec *s = hpa_of(
        &k, HPA "  maxReplicas: 5\n  behavior:\n"
                "    scaleUp: {selectPolicy: Min, tolerance: 50m, policies: [{type: Percent, "
                "value: 10, periodSeconds: 60}]}\n"
                "    scaleDown: {selectPolicy: Disabled, stabilizationWindowSeconds: 0}\n");

    cr_expect(s->up.select == ST_HPA_SELECT_MIN && s->up.policy_count == 1);
    cr_expect(s->up.tolerance > 0.05 - 1e-12 && s->up.tolerance < 0.05 + 1e-12);
    cr_expect(s->up.policy[0].percent && s->up.policy[0].period_s == 60);
    cr_expect(s->down.select == ST_HPA_SELECT_DISABLED && s->down.window_s == 0);
    cr_expect(s->down.tolerance < 0);
    kit_close(&k);
}

static const struct refusal autoscalers[] = {
    {HPA "  minReplicas: 0\n",
     "5:3 spec.maxReplicas: Invalid value: 0: must be set and greater than 0\n"
     "6:16 spec.minReplicas: Invalid value: 0: must be greater than or equal to 1\n"},
    {HPA "  minReplicas: 4\n  maxReplicas: 3\n",
     "7:16 spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`\n"},
    {HPA "  maxReplicas: 3\n  metrics: [{type: Cpu}]\n",
     "7:20 spec.metrics[0].type: Unsupported value: \"Cpu\": supported values: "
     "\"ContainerResource\", \"External\", \"Object\", \"Pods\", \"Resource\"\n"},
    {HPA "  maxReplicas: 3\n  metrics: [{type: Resource, pods: {}}]\n",
     "7:13 spec.metrics[0].resource: Required value: must populate information for the given "
     "metric source\n"
     "7:36 spec.metrics[0].pods: Forbidden: must populate the given metric source only\n"},
    {HPA "  maxReplicas: 3\n  metrics: [{type: Resource, resource: {name: cpu, target: {type: "
         "Utilization}}}]\n",
     "7:60 spec.metrics[0].resource.target.averageUtilization: Required value: must set either a "
     "target raw value or a target utilization\n"},
    {HPA "  maxReplicas: 3\n  behavior: {scaleUp: {policies: [], stabilizationWindowSeconds: "
         "3601}}\n",
     "7:34 spec.behavior.scaleUp.policies: Required value: must specify at least one Policy\n"
     "7:66 spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less "
     "than or equal to 3600\n"},
    {HPA "  maxReplicas: 3\n  behavior: {scaleDown: {policies: [{type: Pods, value: 0, "
         "periodSeconds: 1801}]}}\n",
     "7:57 spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than "
     "zero\n"
     "7:75 spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less "
     "than or equal to 1800\n"},
    {"apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\n" META,
     "1:1 no matches for kind \"HorizontalPodAutoscaler\" in version \"autoscaling/v2beta2\": must "
     "be autoscaling/v2\n"},
};

Test(manifest_sets, autoscaler_refusals)
{
    REFUSE(autoscalers);
}

/* ---- Metrics --------------------------------------------------------------------------------- */

Test(manifest_sets, metrics)
{
    struct kit k;
    const struct st_metrics_spec *s;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, METRICS
                          "  selector: {matchLabels: {app: web}}\n  pods: [2, 0]\n  window: 30s\n"
                          "  values:\n  - {from: 0s, to: 2m, value: 400m}\n"
                          "  - {from: 2m, to: 4m, total: '3'}\n"
                          "  - {from: 4m, client: shop, perRequest: 20m, idle: 50m}\n"),
                 0, "%s", kit_said(&k));
    s = k.set.metrics.item;
    cr_expect(s->kind == ST_METRICS_PODS && s->selector.present && s->window == 30000);
    cr_expect(s->has_pods && s->pod_count == 2 && s->pod[0] == 0 && s->pod[1] == 2);
    cr_assert_eq(s->value_count, 3);
    cr_expect(s->value[0].form == ST_METRICS_EACH && s->value[0].amount == 400);
    cr_expect(s->value[0].from == 0 && s->value[0].to == 120000);
    cr_expect(s->value[1].form == ST_METRICS_TOTAL && s->value[1].amount == 3000);
    cr_expect(s->value[2].form == ST_METRICS_CLIENT && s->value[2].amount == 50);
    cr_expect(s->value[2].per_request == 20 && s->value[2].to == RX_MS_NEVER);
    kit_close(&k);
}

static const struct refusal metrics[] = {
    {METRICS, "5:3 spec.values: Required value\n"},
    {METRICS "  values: [{value: 1, total: 2}, {}]\n",
     "6:12 spec.values[0]: Invalid value: must have exactly one of value, total and client\n"
     "6:34 spec.values[1]: Invalid value: must have exactly one of value, total and client\n"},
    {METRICS "  kind: external\n  selector: {}\n  values: [{total: 1}, {value: -1, idle: 3}]\n",
     "7:13 spec.selector: Forbidden: only of pods\n"
     "8:20 spec.values[0].total: Forbidden: only of pods\n"
     "8:32 spec.values[1].value: Invalid value: -1: must be greater than or equal to 0\n"
     "8:42 spec.values[1].idle: Forbidden: only with client\n"},
    {METRICS "  valus: []\n  values: []\n", "6:3 unknown field \"spec.valus\"\n"},
};

Test(manifest_sets, metrics_refusals)
{
    REFUSE(metrics);
}
