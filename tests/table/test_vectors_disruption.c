/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors_disruption.c - budgets, evictions and drains through the whole engine: the vectors
 * PD-*. Those that a step evicts are of a StatefulSet, whose pods are known by their names.
 */
#include "tests/support/object.h"

#include <criterion/criterion.h>

#define BUDGET(what)                                                                               \
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {" what          \
    ", selector: {matchLabels: {app: web}}}\n---\n"
#define SET(replicas, more)                                                                        \
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec: {replicas: " replicas    \
    ", podManagementPolicy: Parallel, selector: {matchLabels: {app: web}}, template: {metadata: "  \
    "{labels: {app: web}}, spec: {containers: [{name: c, image: i" more "}]}}}\n---\n"
#define READY(seconds)                                                                             \
    ", readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: " seconds ", periodSeconds: 1}"
#define NEVER(pods)                                                                                \
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: never}\nspec:\n  pods: ["        \
    pods "]\n  instances: [{serve: [{status: 500}]}]\n---\n"
#define STEPS                                                                                      \
    "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
#define EVICT(at, pod) "  - {at: " at ", evict: pod/" pod ", api: true}\n"
#define NODE(name) "apiVersion: v1\nkind: Node\nmetadata: {name: " name "}\n---\n"
#define DENIED "Cannot evict pod as it would violate the pod's disruption budget. "

#define NODES_OF_TWO                                                                               \
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {capacity: {cpu: 1}}\n---\n"        \
    "apiVersion: v1\nkind: Node\nmetadata: {name: n2}\nstatus: {capacity: {cpu: 1}}\n---\n"
#define VICTIM(name, node, app)                                                                    \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: " app "}}\nspec: "        \
    "{nodeName: " node ", containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]}\n"   \
    "---\n"

static const struct vector rows[] = {
    {"PD-01", BUDGET("minAvailable: 3") SET("3", "") STEPS EVICT("5s", "web-0"), 10,
     {{"poddisruptionbudget/b disruptionsAllowed", ""},
      {"poddisruptionbudget/b currentHealthy", "0:3"},
      {"poddisruptionbudget/b how DisruptionAllowed", "0:False/InsufficientPods"},
      {"scenario/s how step", "5:refused/TooManyRequests"},
      {"scenario/s says step",
       DENIED "The disruption budget b needs 3 healthy pods and has 3 currently"}}},
    {"PD-02", BUDGET("minAvailable: 90%") SET("10", ""), 10,
     {{"poddisruptionbudget/b expectedPods", "0:10"},
      {"poddisruptionbudget/b desiredHealthy", "0:9"},
      {"poddisruptionbudget/b currentHealthy", "0:10"},
      {"poddisruptionbudget/b disruptionsAllowed", "0:1"}}},
    /* The unready one may go: 9 >= 9. */
    {"PD-03", BUDGET("maxUnavailable: 1") SET("10", READY("0")) NEVER("4")
     STEPS EVICT("5s", "web-0") EVICT("6s", "web-4"), 10,
     {{"poddisruptionbudget/b currentHealthy", "0:9 6:10"},
      {"poddisruptionbudget/b desiredHealthy", "0:9"},
      {"scenario/s how step", "5:refused/TooManyRequests 6:done/"},
      {"scenario/s says step",
       DENIED "The disruption budget b needs 9 healthy pods and has 9 currently"}}},
    {"PD-04", BUDGET("maxUnavailable: 25%") SET("5", ""), 10,
     {{"poddisruptionbudget/b expectedPods", "0:5"},
      {"poddisruptionbudget/b desiredHealthy", "0:3"},
      {"poddisruptionbudget/b disruptionsAllowed", "0:2"}}},
    /* The second one sees what the first has spent. PD-06: the new pod is Ready 8 s later. */
    {"PD-05", BUDGET("minAvailable: 2") SET("3", READY("8"))
     STEPS EVICT("20s", "web-0") EVICT("20s", "web-1"), 40,
     {{"scenario/s how step", "20:done/ 20:refused/TooManyRequests"},
      {"scenario/s says step",
       DENIED "The disruption budget b does not allow evicting pods currently"},
      {"poddisruptionbudget/b disruptionsAllowed", "8:1 20:0 28:1"},
      {"poddisruptionbudget/b currentHealthy", "8:3 20:2 28:3"}}},
    {"PD-07", BUDGET("minAvailable: 1") SET("1", READY("0")) NEVER("0")
     STEPS EVICT("5s", "web-0"), 10,
     {{"scenario/s how step", "5:refused/TooManyRequests"},
      {"scenario/s says step",
       DENIED "The disruption budget b needs 1 healthy pods and has 0 currently"}}},
    {"PD-07", BUDGET("minAvailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow")
     SET("1", READY("0")) NEVER("0") STEPS EVICT("5s", "web-0"), 10,
     {{"scenario/s how step", "5:done/"}}},
    {"PD-08", BUDGET("minAvailable: 2") SET("3", READY("0")) NEVER("2, 3")
     STEPS EVICT("5s", "web-1") EVICT("5s", "web-2"), 10,
     {{"scenario/s how step", "5:refused/TooManyRequests 5:done/"}}},
    {"PD-09", BUDGET("minAvailable: 1") NODE("n1")
     "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: web}}\nspec: {nodeSelector: {a: "
     "b}, containers: [{name: c, image: i}]}\n---\n" STEPS EVICT("5s", "p"), 10,
     {{"scenario/s how step", "5:done/"}, {"field object", "0:Created 5:Deleted"}}},
    {"a condition", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, "
     "image: i}]}\n---\n" STEPS EVICT("5s", "p") EVICT("6s", "q"), 10,
     {{"how DisruptionTarget", "5:True/EvictionByEvictionAPI"},
      {"says DisruptionTarget", "Eviction API: evicting"},
      {"field object", "0:Created 5:Terminating 5:Deleted"},
      {"scenario/s how step", "5:done/ 6:refused/NotFound"}}},
    {"two budgets", BUDGET("minAvailable: 0") "apiVersion: policy/v1\nkind: PodDisruptionBudget\n"
     "metadata: {name: a}\nspec: {maxUnavailable: 1, selector: {}}\n---\n" SET("1", "")
     STEPS EVICT("5s", "web-0"), 10,
     {{"scenario/s says step", "This pod has more than one PodDisruptionBudget, which the eviction "
                               "subresource does not support."}}},
    {"no pods", BUDGET("minAvailable: 1"), 10,
     {{"poddisruptionbudget/b says NoPods", "No matching pods found"},
      {"poddisruptionbudget/b how DisruptionAllowed", "0:False/InsufficientPods"}}},
    {"of a Job", BUDGET("maxUnavailable: 1")
     "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {metadata: {labels: "
     "{app: web}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}\n", 10,
     {{"poddisruptionbudget/b how DisruptionAllowed",
       "0:False/InsufficientPods 0:False/SyncFailed"},
      {"poddisruptionbudget/b disruptionsAllowed", ""}}},
    {"unmanaged", BUDGET("maxUnavailable: 1") "apiVersion: v1\nkind: Pod\nmetadata: {name: p, "
     "labels: {app: web}}\nspec: {containers: [{name: c, image: i}]}\n", 10,
     {{"poddisruptionbudget/b event UnmanagedPods", "0 0"},
      {"poddisruptionbudget/b expectedPods", ""},
      {"poddisruptionbudget/b currentHealthy", "0:1"}}},
    {"scaled", BUDGET("maxUnavailable: 1") SET("3", "")
     STEPS "  - {at: 5s, scale: statefulset/web, replicas: 5}\n", 10,
     {{"poddisruptionbudget/b expectedPods", "0:3 5:5"},
      {"poddisruptionbudget/b desiredHealthy", "0:2 5:4"}}},
    {"relabelled", BUDGET("minAvailable: 1") "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
     "spec: {containers: [{name: c, image: i}]}\n---\n" STEPS
     "  - {at: 5s, setLabel: pod/p, labels: {app: web}}\n"
     "  - {at: 7s, setLabel: pod/p, labels: {app: null}}\n", 10,
     {{"poddisruptionbudget/b currentHealthy", "5:1 7:0"},
      {"poddisruptionbudget/b event NoPods", "0 7"}}},
};

Test(vectors_disruption, all)
{
    OBJECT_EACH(rows);
}

/* Of two victims that would do, the one whose budget is spent stays, though its node is first. */
static const struct vector raids[] = {
    {"spared", NODES_OF_TWO
     "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\n"
     "value: 10\n---\n" BUDGET("minAvailable: 1") VICTIM("p", "n1", "web")
     VICTIM("q", "n2", "other")
     "apiVersion: v1\nkind: Pod\nmetadata: {name: r}\n"
     "spec: {priorityClassName: high, containers: [{name: c, image: i, resources: "
     "{requests: {cpu: 1}}}]}\n", 10,
     {{"pods", "0 0- 0 0"}, {"field object", "0:Created"}}},
};

Test(vectors_disruption, preemption)
{
    OBJECT_EACH(raids);
}

/* ---- drains ---------------------------------------------------------------------------------- */

/* A ReplicaSet on n1, while n2 is cordoned until 9 s. */
#define TWO_NODES(more)                                                                            \
    NODE("n1") "apiVersion: v1\nkind: Node\nmetadata: {name: n2}\nspec: {unschedulable: true}\n"   \
               "---\n" BUDGET("minAvailable: 1")                                                   \
    "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: web}\nspec: {replicas: 2, selector: " \
    "{matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: "    \
    "[{name: c, image: i" READY("7") "}]" more "}}}\n---\n"                                        \
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                     \
    "  instances: [{onStop: {after: 1s, code: 143}}]\n---\n" STEPS                                 \
    "  - {at: 9s, uncordon: node/n2}\n"
#define BARE(name, more)                                                                           \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name "}\nspec: {nodeName: n1, containers: "     \
    "[{name: c, image: i}]" more "}\n---\n"

static const struct vector drains[] = {
    {"PD-10", TWO_NODES("") "  - {at: 10s, drain: node/n1}\n", 30,
     {{"pods", "0 0 10 11- 20 21-"},
      {"scenario/s how step", "9:done/ 10:refused/TooManyRequests 15:refused/TooManyRequests "
                              "21:done/"},
      {"node/n1 unschedulable", "10:true"},
      {"poddisruptionbudget/b disruptionsAllowed", "7:1 10:0 17:1 20:0 27:1"}}},
    {"in time", TWO_NODES("") "  - {at: 10s, drain: node/n1, timeout: 8s}\n", 30,
     {{"pods", "0 0 10 11-"},
      {"scenario/s how step", "9:done/ 10:refused/TooManyRequests 15:refused/TooManyRequests "
                              "18:refused/Timeout"}}},
    {"bare pods", NODE("n1") BARE("p", "") STEPS "  - {at: 5s, drain: node/n1}\n"
     "  - {at: 6s, drain: node/n1, force: true}\n", 10,
     {{"scenario/s how step", "5:refused/Invalid 6:done/"},
      {"scenario/s says step", "cannot delete Pods that declare no controller (use --force to "
                               "override): default/p"},
      {"node/n1 unschedulable", "5:true"},
      {"field object", "0:Created 6:Terminating 6:Deleted"}}},
    {"emptyDir", NODE("n1") BARE("p", ", volumes: [{name: v, emptyDir: {}}]") BARE("q", "")
     STEPS "  - {at: 5s, drain: node/n1}\n"
     "  - {at: 6s, drain: node/n1, force: true, deleteEmptyDir: true}\n", 10,
     {{"scenario/s how step", "5:refused/Invalid 6:done/"},
      {"scenario/s says step",
       "[cannot delete Pods that declare no controller (use --force to override): default/q, "
       "cannot delete Pods with local storage (use --delete-emptydir-data to override): "
       "default/p]"},
      {"pods", "0 0 6- 6-"}}},
    {"daemons", NODE("n1")
     "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec: {selector: {matchLabels: "
     "{app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: "
     "i}]}}}\n---\n" STEPS "  - {at: 5s, drain: node/n1}\n"
     "  - {at: 6s, drain: node/n1, ignoreDaemonSets: true}\n", 10,
     {{"scenario/s how step", "5:refused/Invalid 6:done/"}, {"pods", "0"}}},
    {"no such node", NODE("n1") STEPS "  - {at: 5s, drain: node/n9}\n", 10,
     {{"scenario/s says step", "nodes \"n9\" not found"}}},
};

Test(vectors_disruption, drains)
{
    OBJECT_EACH(drains);
}
