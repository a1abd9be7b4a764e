/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manifest_node.c - Nodes, PriorityClasses, and what a pod says of where it may go: read with
 * Kubernetes' defaults, refused in its words.
 */
#include "tests/unit/test_manifest_kit.h"

#include "engine/store/affinity_spec.h"
#include "engine/store/node_spec.h"

#define NODE(rest) "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n" rest
#define POD(spec)                                                                                  \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: "      \
    "i}]\n" spec
#define CLASS(rest)                                                                                \
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\n" rest

static const struct st_node_spec *node(struct kit *k, const char *text)
{
    int error = kit_load(k, text);

    cr_assert_eq(error, 0, "%d for:\n%s\n%s", error, text, kit_said(k));
    cr_assert_eq(k->set.nodes.count, 1);
    return &k->set.nodes.item[0];
}

Test(manifest_node, says_what_it_has)
{
    static const struct {
        const char *status;
        bool limited;
        int64_t cpu, memory;
        uint32_t pods;
        int32_t cpus;
    } row[] = {
        {"", false, 0, 0, 0, 0},
        {"status: {}\n", false, 0, 0, 0, 0},
        {"status: {capacity: {cpu: 4, memory: 8Gi}}\n", true, 4000, 8ll << 30, 110, 4},
        {"status: {allocatable: {cpu: 1500m}}\n", true, 1500, 0, 110, 2},
        {"status: {capacity: {cpu: 4}, allocatable: {cpu: 3500m, pods: 7}}\n", true, 3500, 0, 7,
         4},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        char text[512];
        struct kit k;
        const struct st_node_spec *n;

        snprintf(text, sizeof(text), NODE("%s"), row[i].status);
        kit_open(&k);
        n = node(&k, text);
        cr_expect_eq(n->limited, row[i].limited, "%s", row[i].status);
        cr_expect_eq(n->allocatable.cpu_milli, row[i].cpu, "%s", row[i].status);
        cr_expect_eq(n->allocatable.memory, row[i].memory, "%s", row[i].status);
        cr_expect_eq(n->pods, row[i].pods, "%s", row[i].status);
        cr_expect_eq(n->cpus, row[i].cpus, "%s", row[i].status);
        kit_close(&k);
    }
}

Test(manifest_node, has_labels_taints_devices)
{
    struct kit k;
    const struct st_node_spec *n;

    kit_open(&k);
    n = node(&k, "apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {zone: a}}\nspec:\n"
                 "  unschedulable: true\n  taints: [{key: k, value: v, effect: NoExecute},\n"
                 "    {key: k, effect: NoSchedule}]\n"
                 "status: {capacity: {cpu: 1, example.com/gpu: 3}}\n");
    cr_expect(n->unschedulable);
    cr_expect_str_eq(n->labels.pair[0].value, "a");
    cr_assert_eq(n->taint_count, 2);
    cr_expect_str_eq(n->taint[0].value, "v");
    cr_expect_eq(n->taint[0].effect, ST_TAINT_NO_EXECUTE);
    cr_expect_str_eq(n->taint[1].value, "");
    cr_expect_eq(n->taint[1].effect, ST_TAINT_NO_SCHEDULE);
    cr_assert_eq(n->allocatable.other_count, 1);
    cr_expect_str_eq(n->allocatable.other[0].name, "example.com/gpu");
    cr_expect_eq(n->allocatable.other[0].value, 3);
    kit_close(&k);
}

Test(manifest_node, is_refused)
{
    static const struct refusal table[] = {
        {NODE("spec: {taints: [{key: k, effect: Never}]}\n"),
         "4:34 spec.taints[0].effect: Unsupported value: \"Never\": supported values: "
         "\"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"\n"},
        {NODE("spec: {taints: [{key: k}]}\n"), "4:17 spec.taints[0].effect: Required value\n"},
        {NODE("---\n" NODE("")), "7:18 metadata.name: Duplicate value: \"n1\"\n"},
        {NODE("status: {capacity: {cpu: x}}\n"),
         "4:26 status.capacity.cpu: Invalid value: \"x\": quantities must match the regular "
         "expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'\n"},
        {CLASS("value: 1000000001\n"),
         "4:8 value: Forbidden: maximum allowed value of a user defined priority is 1000000000\n"},
        {"apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: system-x}\n",
         "3:18 metadata.name: Forbidden: priority class names with 'system-' prefix are reserved "
         "for system use only\n"},
        {"apiVersion: scheduling.k8s.io/v1beta1\nkind: PriorityClass\nmetadata: {name: x}\n",
         "1:1 no matches for kind \"PriorityClass\" in version \"scheduling.k8s.io/v1beta1\": must "
         "be scheduling.k8s.io/v1\n"},
    };

    kit_refuse(table, sizeof(table) / sizeof(*table));
}

Test(manifest_node, classes_have_values)
{
    struct kit k;
    const struct st_priority_class *c;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, CLASS("value: -5\nglobalDefault: true\npreemptionPolicy: Never\n")),
                 0, "%s", kit_said(&k));
    cr_assert_eq(k.set.priorities.count, 1);
    c = &k.set.priorities.item[0];
    cr_expect_str_eq(c->name, "high");
    cr_expect_eq(c->value, -5);
    cr_expect(c->global_default);
    cr_expect(c->never_preempts);
    kit_close(&k);
}

Test(manifest_node, pods_say_where_they_may_go)
{
    struct kit k;
    const struct pod_affinity_spec *a;

    kit_open(&k);
    a = kit_pod(&k, POD("  preemptionPolicy: Never\n  affinity:\n    nodeAffinity:\n"
                        "      requiredDuringSchedulingIgnoredDuringExecution:\n"
                        "        nodeSelectorTerms:\n"
                        "        - matchExpressions: [{key: disks, operator: Gt, values: "
                        "['3']}]\n"
                        "          matchFields: [{key: metadata.name, operator: In, values: "
                        "[n1]}]\n"
                        "      preferredDuringSchedulingIgnoredDuringExecution:\n"
                        "      - {weight: 7, preference: {matchExpressions: [{key: a, "
                        "operator: Exists}]}}\n"
                        "    podAntiAffinity:\n"
                        "      requiredDuringSchedulingIgnoredDuringExecution:\n"
                        "      - {labelSelector: {matchLabels: {app: p}}, topologyKey: zone}\n"
                        "  topologySpreadConstraints:\n"
                        "  - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, "
                        "minDomains: 3}\n"
                        "  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, "
                        "nodeTaintsPolicy: Honor}\n"))->affinity;
    cr_assert_not_null(a);
    cr_expect(k.set.workloads.item[0].template_->never_preempts);
    cr_expect(a->node_given);
    cr_assert_eq(a->node_count, 1);
    cr_expect_eq(a->node[0].label[0].op, POD_NODE_GREATER);
    cr_expect_eq(a->node[0].label[0].number, 3);
    cr_expect_str_eq(a->node[0].field[0].value[0], "n1");
    cr_expect_eq(a->node_soft[0].weight, 7);
    cr_expect_eq(a->near_count, 0);
    cr_assert_eq(a->apart_count, 1);
    cr_expect_str_eq(a->apart[0].topology, "zone");
    cr_expect(a->apart[0].selector.present);
    cr_assert_eq(a->spread_count, 2);
    cr_expect(a->spread[0].hard);
    cr_expect_eq(a->spread[0].min_domains, 3);
    cr_expect_not(a->spread[1].hard);
    cr_expect(a->spread[1].honors_taints);
    kit_close(&k);
}

Test(manifest_node, most_pods_do_not)
{
    struct kit k;

    kit_open(&k);
    cr_expect_null(kit_pod(&k, POD("  affinity: {}\n  topologySpreadConstraints: []\n"))->affinity);
    kit_close(&k);
}

#define HARD "requiredDuringSchedulingIgnoredDuringExecution"

Test(manifest_node, wishes_are_refused)
{
    static const struct refusal table[] = {
        {POD("  affinity: {nodeAffinity: {" HARD ": {nodeSelectorTerms: []}}}\n"),
         "6:97 spec.affinity.nodeAffinity." HARD ".nodeSelectorTerms: Required value: must have at "
         "least one node selector term\n"},
        {POD("  affinity: {podAffinity: {" HARD ": [{labelSelector: {}}]}}\n"),
         "6:77 spec.affinity.podAffinity." HARD "[0].topologyKey: Required value: can not be "
         "empty\n"},
        {POD("  topologySpreadConstraints: [{maxSkew: 0, topologyKey: z, whenUnsatisfiable: "
             "DoNotSchedule}]\n"),
         "6:41 spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than "
         "0\n"},
        {POD("  topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: "
             "ScheduleAnyway, minDomains: 2}]\n"),
         "6:107 spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use "
         "minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway\n"},
        {POD("  affinity: {nodeAffinity: {" HARD ": {nodeSelectorTerms: [{matchExpressions: "
             "[{key: a, operator: Gt, values: [x]}]}]}}}\n"),
         "6:149 spec.affinity.nodeAffinity." HARD ".nodeSelectorTerms[0].matchExpressions[0].values"
         ": Invalid value: [\"x\"]: for 'Gt', 'Lt' operators, the value must be an integer\n"},
    };

    kit_refuse(table, sizeof(table) / sizeof(*table));
}
