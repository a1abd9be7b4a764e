/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors_schedule.c - the scheduler's vectors through the whole engine (SC-*, PD-11, PD-12),
 * and pods that are driven away by taints (N-10, N-11). Each row looks at the pod p.
 */
#include "tests/support/vector.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define NODE(name, cpu)                                                                            \
    "apiVersion: v1\nkind: Node\nmetadata: {name: " name "}\nstatus: {allocatable: {cpu: " cpu     \
    "}}\n---\n"
#define POD(name, ask, more)                                                                       \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: " name "}}\nspec:\n"      \
    "  containers: [{name: c, image: i, resources: {requests: {" ask "}}}]\n" more "---\n"
#define PRIORITY(name, value)                                                                      \
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: " name "}\nvalue: "   \
    value "\n---\n"
#define ON(node) "  nodeName: " node "\n"
#define STEPS                                                                                      \
    "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
#define NO_CLAIMS " no new claims to deallocate, preemption: "

static const struct vector rows[] = {
    {"SC-01", NODE("n1", "1") NODE("n2", "1") NODE("n3", "1") POD("p", "cpu: 2", ""), 10,
     {{"says FailedScheduling",
       "0/3 nodes are available: 3 Insufficient cpu." NO_CLAIMS
       "0/3 nodes are available: 3 Preemption is not helpful for scheduling."},
      {"event FailedScheduling", "0"},
      {"how PodScheduled", "0:False/Unschedulable"}}},
    {"SC-02", NODE("n1", "2") NODE("n2", "2") NODE("n3", "2") POD("a", "cpu: 1500m", ON("n1"))
     POD("b", "cpu: 1500m", ON("n2")) POD("d", "cpu: 1500m", ON("n3")) POD("p", "cpu: 1", ""), 10,
     {{"says FailedScheduling",
       "0/3 nodes are available: 3 Insufficient cpu." NO_CLAIMS
       "0/3 nodes are available: 3 No preemption victims found for incoming pod."}}},
    {"SC-03",
     "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec: {unschedulable: true}\n---\n"
     "apiVersion: v1\nkind: Node\nmetadata: {name: n2}\nspec: {taints: [{key: k, effect: "
     "NoSchedule}]}\n---\n" NODE("n3", "1") POD("p", "cpu: 2, memory: 1Gi", ""), 10,
     {{"says FailedScheduling",
       "0/3 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) had "
       "untolerated taint(s), 1 node(s) were unschedulable." NO_CLAIMS
       "0/3 nodes are available: 3 Preemption is not helpful for scheduling."}}},
    {"SC-04",
     "apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {disk: ssd}}\n"
     "status: {allocatable: {cpu: 2}}\n---\n" NODE("n2", "2") NODE("n3", "2")
     POD("a", "cpu: 1500m", ON("n1")) POD("p", "cpu: 1", "  nodeSelector: {disk: ssd}\n"), 10,
     {{"says FailedScheduling",
       "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't match Pod's node "
       "affinity/selector." NO_CLAIMS "0/3 nodes are available: 1 No preemption victims found for "
       "incoming pod, 2 Preemption is not helpful for scheduling."}}},
    {"SC-09", NODE("n1", "1")
     POD("a", "cpu: 1", "  nodeName: n1\n  restartPolicy: Never\n") POD("p", "cpu: 1", "")
     "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
     "  selector: {matchLabels: {app: a}}\n  instances: [{exit: {after: 40s}}]\n", 50,
     {{"event FailedScheduling", "0"}, {"field node", "40:n1"}}},
    {"SC-10",
     "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec: {unschedulable: true}\n---\n"
     POD("p", "", "") STEPS "  - {at: 25s, uncordon: node/n1}\n", 30,
     {{"event FailedScheduling", "0"}, {"event Scheduled", "25"}}},
    {"SC-12", NODE("n1", "1") POD("a", "cpu: 1", ON("n1")) POD("p", "cpu: 1", "")
     STEPS "  - {at: 40s, delete: pod/a}\n---\n"
     "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
     "  selector: {matchLabels: {app: a}}\n  instances: [{onStop: {after: 20s}}]\n", 70,
     {{"field node", "60:n1"}}},
    {"SC-13", NODE("n1", "2") PRIORITY("ten", "10") PRIORITY("five", "5")
     POD("x", "cpu: 500m", ON("n1"))
     POD("z", "cpu: 1500m", "  nodeName: n1\n  priorityClassName: ten\n")
     POD("p", "cpu: 1", "  priorityClassName: five\n"), 10,
     {{"says FailedScheduling",
       "0/1 nodes are available: 1 Insufficient cpu." NO_CLAIMS
       "0/1 nodes are available: 1 Insufficient cpu."}}},
    {"N-10", NODE("n1", "2")
     POD("p", "", "  tolerations: [{key: k, operator: Exists, effect: NoExecute, "
                  "tolerationSeconds: 20}]\n")
     STEPS "  - {at: 50s, taint: node/n1, key: k, value: v, effect: NoExecute}\n", 80,
     {{"event TaintManagerEviction", "70"},
      {"says TaintManagerEviction", "Marking for deletion Pod default/p"},
      {"how DisruptionTarget", "70:True/DeletionByTaintManager"}}},
    {"N-11", NODE("n1", "2")
     POD("p", "", "  tolerations: [{key: k, operator: Exists, effect: NoExecute, "
                  "tolerationSeconds: 20}]\n")
     STEPS "  - {at: 50s, taint: node/n1, key: k, value: v, effect: NoExecute}\n"
           "  - {at: 60s, untaint: node/n1, key: k}\n", 90,
     {{"event TaintManagerEviction", "60"},
      {"says TaintManagerEviction", "Cancelling deletion of Pod default/p"},
      {"field object", "0:Created"}}},
};

Test(vectors_schedule, all)
{
    VECTOR_EACH(rows);
}

/* ---- several pods ---------------------------------------------------------------------------- */

#define ZONE(name, zone, pods)                                                                     \
    "apiVersion: v1\nkind: Node\nmetadata: {name: " name ", labels: {kubernetes.io/hostname: "     \
    name ", topology.kubernetes.io/zone: " zone "}}\nstatus: {allocatable: {cpu: 8, pods: " pods   \
    "}}\n---\n"
#define SET(n, more)                                                                               \
    "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: w}\nspec:\n  replicas: " n            \
    "\n  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n"       \
    "    spec:\n      containers: [{name: c, image: i, resources: {requests: {cpu: 500m}}}]\n" more

/* "n1:2 n2:1 -:1": how many pods are bound to which node, and how many wait; and the last message
 * of FailedScheduling. */
static void check_places(const char *yaml, const char *places, const char *says)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_event e = PODRING_EVENT_INIT;
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    char text[256] = "", last[512] = "", name[16];
    size_t used = 0;
    podring *r;

    o.clock = PODRING_VIRTUAL;
    cr_assert_eq(podring_open(&o, &r), 0);
    cr_assert_eq(podring_load_text(r, "t", yaml, strlen(yaml)), 0, "%s", podring_why(r));
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    cr_assert_eq(podring_run_until(r, 5000), 0);
    while (podring_next_event(r, &e) == 0)
        if (e.reason != NULL && strcmp(e.reason, "FailedScheduling") == 0)
            snprintf(last, sizeof(last), "%s", e.message);
    for (int i = 1; i <= 9; i++) {
        uint64_t cursor = 0, id;
        int n = 0;

        snprintf(name, sizeof(name), "n%d", i);
        while ((id = podring_next_pod(r, &cursor)) != 0)
            n += podring_pod_info(r, id, &info) == 0 &&
                 (i < 9 ? info.node != NULL && strcmp(info.node, name) == 0 : info.node == NULL);
        if (n > 0)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s:%d",
                                     used > 0 ? " " : "", i < 9 ? name : "-", n);
    }
    cr_expect_str_eq(text, places);
    cr_expect_str_eq(last, says);
    podring_close(r);
}

#define TEN(m) m("2") m("3") m("4") m("5") m("6") m("7") m("8") m("9") m("10") m("11")
#define SMALL(n) NODE("n" n, "1")

Test(vectors_schedule, several_pods)
{
    /* SC-05: the parts are in the order of strings. */
    check_places("apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"
                 "spec: {taints: [{key: k, effect: NoSchedule}]}\n---\n"
                 TEN(SMALL) POD("p", "cpu: 2", ""), "-:1",
                 "0/11 nodes are available: 1 node(s) had untolerated taint(s), 10 Insufficient "
                 "cpu." NO_CLAIMS "0/11 nodes are available: 11 Preemption is not helpful for "
                 "scheduling.");
    /* SC-06 */
    check_places(NODE("n1", "2") NODE("n2", "2") NODE("n3", "2") SET("6", ""), "n1:2 n2:2 n3:2",
                 "");
    /* SC-07 */
    check_places(ZONE("n1", "a", "110") ZONE("n2", "a", "110")
                 SET("3", "      affinity: {podAntiAffinity: "
                          "{requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: "
                          "{matchLabels: {app: w}}, topologyKey: kubernetes.io/hostname}]}}\n"),
                 "n1:1 n2:1 -:1",
                 "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."
                 NO_CLAIMS "0/2 nodes are available: 2 No preemption victims found for incoming "
                 "pod.");
    /* SC-08 */
    check_places(ZONE("n1", "a", "110") ZONE("n2", "a", "110") ZONE("n3", "b", "1")
                 SET("4", "      topologySpreadConstraints: [{maxSkew: 1, topologyKey: "
                          "topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, "
                          "labelSelector: {matchLabels: {app: w}}}]\n"),
                 "n1:1 n2:1 n3:1 -:1",
                 "0/3 nodes are available: 1 Too many pods, 2 node(s) didn't match pod topology "
                 "spread constraints." NO_CLAIMS "0/3 nodes are available: 3 No preemption victims "
                 "found for incoming pod.");
    /* SC-11 */
    check_places("apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec: {taints: [{key: k, "
                 "effect: PreferNoSchedule}]}\nstatus: {allocatable: {cpu: 2}}\n---\n"
                 NODE("n2", "2") POD("a", "cpu: 1", "") POD("b", "cpu: 1", "")
                 POD("d", "cpu: 1", ""), "n1:1 n2:2", "");
}

/* The node takes p, which is more important than a, from 20 s on. */
#define PREEMPTION(more)                                                                           \
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec: {taints: [{key: k, effect: "          \
    "NoSchedule}]}\nstatus: {allocatable: {cpu: 2}}\n---\n" PRIORITY("ten", "10")                  \
    POD("a", "cpu: 1500m", ON("n1"))                                                               \
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                     \
    "  selector: {matchLabels: {app: a}}\n  instances: [{onStop: {after: 4s}}]\n---\n"             \
    POD("p", "cpu: 1", "  priorityClassName: ten\n" more)                                          \
    STEPS "  - {at: 20s, untaint: node/n1, key: k}\n"
#define TAINTED                                                                                    \
    "0/1 nodes are available: 1 node(s) had untolerated taint(s)." NO_CLAIMS

static const struct vector preemption[] = {
    {"PD-11", PREEMPTION(""), 40,
     {{"says FailedScheduling", TAINTED "0/1 nodes are available: 1 Preemption is not helpful for "
                                "scheduling.|0/1 nodes are available: 1 Insufficient cpu."},
      {"event FailedScheduling", "0 20"},
      {"event Preempted", "20"},
      {"field node", "24:n1"}}},
    {"PD-12", PREEMPTION("  preemptionPolicy: Never\n"), 40,
     {{"says FailedScheduling", TAINTED "not eligible due to preemptionPolicy=Never.|0/1 nodes are "
                                "available: 1 Insufficient cpu." NO_CLAIMS
                                "not eligible due to preemptionPolicy=Never."},
      {"event Preempted", ""},
      {"field node", ""}}},
};

Test(vectors_schedule, who_makes_room)
{
    VECTOR_EACH(preemption);
}
