/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_node.c - which taints a pod tolerates, and for how long; which nodes it selects. */
#include "engine/store/rule_node.h"

#include <criterion/criterion.h>

#include "engine/reactor/base.h"

#define TOLERATE(k, op, v, e, s)                                                                   \
    {.key = (k), .exists = (op), .value = (v), .effect = (e), .seconds = (s)}

Test(rule_node, tolerations)
{
    static const struct st_taint taint = {"k", "v", ST_TAINT_NO_EXECUTE};
    static const struct {
        struct pod_toleration_spec t;
        bool yes;
    } row[] = {
        {TOLERATE("k", false, "v", "NoExecute", -1), true},
        {TOLERATE("k", false, "v", "", -1), true},
        {TOLERATE("k", false, "w", "NoExecute", -1), false},
        {TOLERATE("k", false, "v", "NoSchedule", -1), false},
        {TOLERATE("k", true, "", "NoExecute", -1), true},
        {TOLERATE("j", true, "", "NoExecute", -1), false},
        {TOLERATE("", true, "", "", -1), true},
        {TOLERATE("", true, "", "PreferNoSchedule", -1), false},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++)
        cr_expect_eq(st_tolerates(&row[i].t, &taint), row[i].yes, "row %zu", i);
}

Test(rule_node, how_long_a_pod_stays)
{
    static const struct st_taint own = {"k", "v", ST_TAINT_NO_EXECUTE},
                                 lost = {ST_TAINT_UNREACHABLE, "", ST_TAINT_NO_EXECUTE},
                                 only = {"k", "v", ST_TAINT_NO_SCHEDULE};
    static const struct pod_toleration_spec
        for_20 = TOLERATE("k", false, "v", "NoExecute", 20),
        for_ever = TOLERATE("k", true, "", "NoExecute", -1),
        lost_30 = TOLERATE(ST_TAINT_UNREACHABLE, true, "", "NoExecute", 30),
        lost_ever = TOLERATE(ST_TAINT_UNREACHABLE, true, "", "NoExecute", -1),
        all = TOLERATE("", true, "", "", -1);
    struct pod_toleration_spec two[2];
    struct pod_spec pod = {.toleration = two};
    struct st_taint both[2] = {own, lost};

    cr_expect_eq(st_tolerated_for(&pod, 1, &own), 0);
    cr_expect_eq(st_tolerated_for(&pod, 1, &only), -1, "of that nobody is evicted");
    cr_expect_eq(st_tolerated_for(&pod, 1, &lost), 300, "as every pod gets it");
    pod.toleration_count = 1;
    two[0] = for_20;
    cr_expect_eq(st_tolerated_for(&pod, 1, &own), 20);
    cr_expect_eq(st_tolerated_for(&pod, 2, both), 20, "the shorter one");
    two[0] = for_ever;
    cr_expect_eq(st_tolerated_for(&pod, 1, &own), -1);
    cr_expect_eq(st_tolerated_for(&pod, 2, both), 300);
    two[0] = lost_30;
    cr_expect_eq(st_tolerated_for(&pod, 1, &lost), 30);
    cr_expect_eq(st_tolerated_for(&pod, 2, both), 0, "it does not tolerate the other one");
    two[0] = lost_ever;
    cr_expect_eq(st_tolerated_for(&pod, 1, &lost), -1);
    two[0] = all;
    cr_expect_eq(st_tolerated_for(&pod, 2, both), -1);
    pod.toleration_count = 2;
    two[0] = for_ever;
    two[1] = for_20;
    cr_expect_eq(st_tolerated_for(&pod, 1, &own), -1, "the first that fits speaks");
}

static const struct rx_pair labels[] = {{"disks", "4"}, {"zone", "a"}};
static const struct st_node_spec node = {.name = "n1", .labels = {2, labels}};

Test(rule_node, terms)
{
    static const char *const a[] = {"a"}, *const b[] = {"b"}, *const n1[] = {"n1"};
    static const struct {
        struct pod_node_requirement label;
        bool yes;
    } row[] = {
        {{.key = "zone", .op = POD_NODE_IN, .count = 1, .value = a}, true},
        {{.key = "zone", .op = POD_NODE_IN, .count = 1, .value = b}, false},
        {{.key = "zone", .op = POD_NODE_NOT_IN, .count = 1, .value = b}, true},
        {{.key = "none", .op = POD_NODE_NOT_IN, .count = 1, .value = b}, true},
        {{.key = "none", .op = POD_NODE_EXISTS}, false},
        {{.key = "none", .op = POD_NODE_NOT_EXISTS}, true},
        {{.key = "disks", .op = POD_NODE_GREATER, .number = 3}, true},
        {{.key = "disks", .op = POD_NODE_GREATER, .number = 4}, false},
        {{.key = "disks", .op = POD_NODE_LESS, .number = 5}, true},
        {{.key = "zone", .op = POD_NODE_LESS, .number = 5}, false},
    };
    static const struct pod_node_requirement name = {
        .key = "metadata.name", .op = POD_NODE_IN, .count = 1, .value = n1};
    struct pod_node_term term = {0};

    cr_expect_not(st_node_term_matches(&term, &node), "a term that says nothing means no node");
    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        term = (struct pod_node_term){.label_count = 1, .label = &row[i].label};
        cr_expect_eq(st_node_term_matches(&term, &node), row[i].yes, "row %zu", i);
        term.field_count = 1;
        term.field = &name;
        cr_expect_eq(st_node_term_matches(&term, &node), row[i].yes, "row %zu", i);
    }
}

Test(rule_node, selector_and_one_of_the_terms)
{
    static const char *const b[] = {"b"};
    static const struct rx_pair a = {"zone", "a"}, other = {"zone", "b"};
    static const struct pod_node_requirement in_b = {
        .key = "zone", .op = POD_NODE_IN, .count = 1, .value = b},
        has = {.key = "disks", .op = POD_NODE_EXISTS};
    struct pod_node_term term[2] = {{.label_count = 1, .label = &in_b},
                                    {.label_count = 1, .label = &has}};
    struct pod_affinity_spec affinity = {.node_given = true, .node_count = 1, .node = term};
    struct pod_spec pod = {.node_selector = {1, &a}};

    cr_expect(st_selects_node(&pod, &node));
    pod.affinity = &affinity;
    cr_expect_not(st_selects_node(&pod, &node));
    affinity.node_count = 2;
    cr_expect(st_selects_node(&pod, &node));
    pod.node_selector.pair = &other;
    cr_expect_not(st_selects_node(&pod, &node));
}
