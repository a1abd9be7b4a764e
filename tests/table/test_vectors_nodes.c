/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors_nodes.c - nodes that fail and return (N-*), through the whole engine. Each row looks
 * at the pod p, which is on n1 from the start.
 */
#include "tests/support/object.h"

#include <criterion/criterion.h>

#define NODES                                                                                      \
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n"                                      \
    "apiVersion: v1\nkind: Node\nmetadata: {name: n2}\n---\n"
#define ONLY "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n"
#define POD(more)                                                                                  \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  nodeName: n1\n"                      \
    "  containers: [{name: c, image: i}]\n" more "---\n"
#define STEPS                                                                                      \
    "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
#define FAIL(t)    "  - {at: " t ", fail: node/n1, lose: power}\n"
#define RECOVER(t) "  - {at: " t ", recover: node/n1}\n"

static const struct vector rows[] = {
    {"N-01", NODES POD("") STEPS FAIL("100s"), 500,
     {{"event NodeNotReady", "145 145"},
      {"field Ready", "0:True 145:False"},
      {"event TaintManagerEviction", "445"},
      {"field object", "0:Created 445:Terminating"},
      {"state c", "0:Running"}}},
    {"N-02", NODES POD("") STEPS FAIL("101s"), 500,
     {{"event NodeNotReady", "155 155"}, {"event TaintManagerEviction", "455"}}},
    {"N-02", NODES POD("") STEPS FAIL("105s"), 500, {{"event TaintManagerEviction", "455"}}},
    {"N-02", NODES POD("") STEPS FAIL("109.9s"), 500, {{"event TaintManagerEviction", "455"}}},
    {"N-04", NODES POD("") STEPS FAIL("100s") RECOVER("300s"), 600,
     {{"event TaintManagerEviction", "300"},
      {"says TaintManagerEviction", "Cancelling deletion of Pod default/p"},
      {"field object", "0:Created"},
      {"starts c", "0 300"},
      {"field Ready", "0:True 145:False 300:True"}}},
    {"N-05", NODES POD("") STEPS FAIL("100s") RECOVER("500s"), 600,
     {{"field object", "0:Created 445:Terminating 500:Deleted"}}},
    {"N-08", NODES POD("  tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, "
                       "effect: NoExecute, tolerationSeconds: 30}]\n") STEPS FAIL("100s"), 300,
     {{"event TaintManagerEviction", "175"}}},
    {"N-09", ONLY POD("") STEPS FAIL("100s"), 1000,
     {{"event NodeNotReady", "145 145"}, {"event TaintManagerEviction", ""}}},
    {"not found out", NODES POD("") STEPS FAIL("100s") RECOVER("130s"), 300,
     {{"event NodeNotReady", ""}, {"starts c", "0 130"}, {"field object", "0:Created"}}},
    {"network", NODES POD("")
     STEPS "  - {at: 100s, fail: node/n1, lose: network}\n" RECOVER("200s"), 300,
     {{"starts c", "0"}, {"field Ready", "0:True 145:False 200:True"}}},
};

Test(vectors_nodes, all)
{
    VECTOR_EACH(rows);
}

/* ---- what controllers make of it ------------------------------------------------------------- */

#define SET(kind, more)                                                                            \
    "apiVersion: apps/v1\nkind: " kind "\nmetadata: {name: web}\nspec:\n"                          \
    "  selector: {matchLabels: {app: web}}\n" more                                                 \
    "  template:\n    metadata: {labels: {app: web}}\n    spec:\n"                                 \
    "      containers: [{name: c, image: i, readinessProbe: {httpGet: {port: 80}, "                \
    "initialDelaySeconds: 3, periodSeconds: 1}}]\n---\n"
#define TOLERANT                                                                                   \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"                       \
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"     \
    "    spec:\n      tolerations: [{operator: Exists}]\n"                                         \
    "      containers: [{name: c, image: i, readinessProbe: {httpGet: {port: 80}, "                \
    "initialDelaySeconds: 3, periodSeconds: 1}}]\n---\n"
#define FOUR  SET("Deployment", "  replicas: 4\n")
#define TWINS SET("StatefulSet", "  replicas: 2\n  podManagementPolicy: Parallel\n")
#define LOSE(t) "  - {at: " t ", fail: node/n2, lose: network}\n"

static const struct vector owned[] = {
    {"N-03", NODES FOUR STEPS "  - {at: 100s, fail: node/n2}\n", 600,
     {{"placed", "0:n1 0:n2 0:n1 0:n2 445:n1 445:n1"},
      {"deployment/web availableReplicas", "3:4 145:2 448:4"},
      {"asked", "445 445"},
      {"pods", "0 0 0 0 445 445"},
      {"event TaintManagerEviction", "445 445"}}},
    {"N-04", NODES FOUR STEPS "  - {at: 100s, fail: node/n2}\n  - {at: 300s, recover: node/n2}\n",
     600,
     {{"placed", "0:n1 0:n2 0:n1 0:n2"}, {"asked", ""},
      {"deployment/web availableReplicas", "3:4 145:2 303:4"}}},
    {"N-05", NODES FOUR STEPS "  - {at: 100s, fail: node/n2}\n  - {at: 500s, recover: node/n2}\n",
     600, {{"pods", "0 0 0 0 445 445 500- 500-"}}},
    {"N-06", NODES TWINS STEPS LOSE("100s") "  - {at: 600s, delete: pod/web-1, force: true}\n",
     700,
     {{"placed", "0:n1 0:n2 600:n1"}, {"asked", "445"}, {"pods", "0 0 600- 600"}}},
    {"N-07", NODES TWINS STEPS LOSE("100s") "  - {at: 200s, taint: node/n2, key: "
     "node.kubernetes.io/out-of-service, value: nodeshutdown, effect: NoExecute}\n", 300,
     {{"asked", "200"}, {"pods", "0 0 200- 200"}, {"placed", "0:n1 0:n2 200:n1"}}},
    {"out of service at 201", NODES TWINS STEPS LOSE("100s") "  - {at: 201s, taint: node/n2, key: "
     "node.kubernetes.io/out-of-service, effect: NoExecute}\n", 300,
     {{"asked", "201"}, {"pods", "0 0 220- 220"}}},
    {"N-12", NODES FOUR STEPS "  - {at: 100s, delete: node/n2}\n", 300,
     {{"node/n2 object", "0:Created 100:Deleted"},
      {"node/n2 says RemovingNode", "Node n2 event: Removing Node n2 from Controller"},
      {"placed", "0:n1 0:n2 0:n1 0:n2 140:n1 140:n1"},
      {"pods", "0 0 0 0 140- 140- 140 140"},
      {"asked", ""},
      {"deployment/web availableReplicas", "3:4 140:2 143:4"}}},
    {"deleted at 105", NODES FOUR STEPS "  - {at: 105s, delete: node/n2}\n", 300,
     {{"pods", "0 0 0 0 160- 160- 160 160"}}},
    {"nobody is there", ONLY STEPS "  - {at: 5s, delete: node/n1}\n  - {at: 6s, delete: node/n1}\n",
     9,
     {{"node/n1 object", "0:Created 5:Deleted"},
      {"scenario/s says step", "nodes \"n1\" not found"}}},
    {"deleted while it is lost", NODES FOUR
     STEPS "  - {at: 100s, fail: node/n2}\n  - {at: 150s, delete: node/n2}\n", 700,
     {{"pods", "0 0 0 0 200- 200- 200 200"}, {"event TaintManagerEviction", ""}}},
    /* The API and the scheduler speak of it, and its kubelet from its return on. */
    {"placed on a lost node", ONLY TOLERANT STEPS "  - {at: 10s, fail: node/n1, lose: network}\n"
     "  - {at: 60s, scale: deployment/web, replicas: 2}\n" RECOVER("200s"), 300,
     {{"pods", "0 60"},
      {"placed", "0:n1 60:n1"},
      {"event Scheduled", "0 60"},
      {"event Started", "0 200"},
      {"deployment/web availableReplicas", "3:1 55:0 200:1 203:2"}}},
};

Test(vectors_nodes, owned)
{
    OBJECT_EACH(owned);
}

static const struct vector orphan[] = {
    {"N-12", NODES POD("") STEPS "  - {at: 100s, delete: node/n1}\n", 300,
     {{"how DisruptionTarget", "140:True/DeletionByPodGC"},
      {"says DisruptionTarget", "PodGC: node no longer exists"},
      {"field phase", "0:Running 140:Failed"},
      {"field object", "0:Created 140:Deleted"}}},
};

Test(vectors_nodes, orphan)
{
    VECTOR_EACH(orphan);
}

/* ---- pressure -------------------------------------------------------------------------------- */

#define ASKS(name, memory, more)                                                                   \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name "}\nspec:\n" more                          \
    "  containers: [{name: c, image: i, resources: {requests: {memory: " memory "}}}]\n---\n"
#define CLASS                                                                                      \
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 100\n"  \
    "---\n"
#define PRESS(t, usage)                                                                            \
    "  - {at: " t ", pressure: node/n1, resource: memory, available: 80Mi, usage: {" usage "}}\n"

static const struct vector pressure[] = {
    {"N-13", ONLY ASKS("p", "1Gi", "") ASKS("q", "100Mi", "")
     STEPS PRESS("60s", "p: 900Mi, q: 300Mi"), 700,
     {{"event Evicted", "60"},
      {"says Evicted", "The node was low on resource: memory. Threshold quantity: 100Mi, "
                       "available: 80Mi. Container c was using 300Mi, request is 100Mi, has larger "
                       "consumption of memory. "},
      {"field phase", "0:Running"}, /* of p */
      {"node/n1 how MemoryPressure", "0:False/KubeletHasSufficientMemory "
                                     "60:True/KubeletHasInsufficientMemory "
                                     "360:False/KubeletHasSufficientMemory"},
      {"node/n1 taints", "60:node.kubernetes.io/memory-pressure:NoSchedule 360:"}}},
    {"N-14", ONLY CLASS ASKS("p", "1Gi", "") ASKS("q", "100Mi", "  priorityClassName: high\n")
     STEPS PRESS("60s", "p: 1.1Gi, q: 300Mi"), 100,
     {{"event Evicted", "60"}, {"field phase", "0:Running 60:Failed"}}},
    {"twice, and longer", ONLY ASKS("p", "1Gi", "") ASKS("q", "100Mi", "")
     STEPS PRESS("60s", "p: 900Mi, q: 300Mi") PRESS("100s", "p: 900Mi"), 700,
     {{"event Evicted", "60 100"}, {"node/n1 taints",
                                    "60:node.kubernetes.io/memory-pressure:NoSchedule 400:"}}},
    {"nobody is there", ONLY STEPS PRESS("5s", ""), 9,
     {{"scenario/s says step", "node \"n1\": it has no pod that could be evicted"}}},
    {"critical", ONLY ASKS("p", "1Gi", "  priorityClassName: system-node-critical\n")
     STEPS PRESS("5s", "p: 2Gi"), 9,
     {{"event Evicted", ""},
      {"scenario/s says step", "node \"n1\": it has no pod that could be evicted"}}},
    {"pid", ONLY ASKS("p", "1Gi", "") STEPS "  - {at: 5s, pressure: node/n1, resource: pid}\n", 9,
     {{"says Evicted",
       "The node was low on resource: pids. Threshold quantity: 10%, available: 0. "},
      {"node/n1 how PIDPressure", "0:False/KubeletHasSufficientPID "
                                  "5:True/KubeletHasInsufficientPID"}}},
};

Test(vectors_nodes, pressure)
{
    OBJECT_EACH(pressure);
}
