/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DaemonSets through the whole engine: the vectors DS-* of the cluster reference. A pod takes R
 * seconds to be ready and Z to stop.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/object.h"

#define NODE(name) "apiVersion: v1\nkind: Node\nmetadata: {name: " name "}\n---\n"
#define LABELLED(name, label)                                                                      \
    "apiVersion: v1\nkind: Node\nmetadata: {name: " name ", labels: {" label "}}\n---\n"
#define TAINTED(name, taint)                                                                       \
    "apiVersion: v1\nkind: Node\nmetadata: {name: " name "}\nspec: {taints: [{" taint "}]}\n---\n"
#define THREE NODE("n1") NODE("n2") NODE("n3")
#define SET(more, pod, container)                                                                  \
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec:\n"                           \
    "  selector: {matchLabels: {app: d}}\n" more "  template:\n    metadata: {labels: {app: d}}\n" \
    "    spec:\n" pod "      containers: [{name: c, image: \"v:1\"" container "}]\n"
#define READY(r) ", readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: " r                 \
                 ", periodSeconds: 1}"
#define STOP(z) VECTOR_BEHAVIOR("c") "  instances: [{onStop: {after: " z ", code: 143}}]\n"
#define STEPS VECTOR_STEPS
#define IMAGE(t, v) "  - {at: " t ", setImage: daemonset/d, image: \"v:" v "\"}\n"
#define ROLLING(what) "  updateStrategy: {rollingUpdate: {" what "}}\n"
#define MANY NODE("n1") NODE("n2") NODE("n3") NODE("n4") NODE("n5") NODE("n6") NODE("n7")          \
             NODE("n8") NODE("n9") NODE("n10")
/* Pods whose container ends at once and is not started again have failed. */
#define FAILS ", restartPolicy: Never"
#define ENDS VECTOR_BEHAVIOR("c") "  instances: [{exit: {after: 0s, code: 1}}]\n"

static const struct vector where[] = {
    {"DS-01", NODE("n1") NODE("n2") TAINTED("n3", "key: gpu, effect: NoSchedule") SET("", "", ""),
     60,
     {{"placed", "0:n1 0:n2"},
      {"daemonset/d object", "0:Created"},
      {"daemonset/d event SuccessfulCreate", "0 0"},
      {"daemonset/d desiredNumberScheduled", "0:2"},
      {"daemonset/d currentNumberScheduled", "0:2"},
      {"daemonset/d numberReady", "0:2"},
      {"daemonset/d numberAvailable", "0:2"},
      {"daemonset/d updatedNumberScheduled", "0:2"},
      {"daemonset/d numberUnavailable", "0:2 0:0"}}},
    {"DS-02", NODE("n1") NODE("n2")
     "apiVersion: v1\nkind: Node\nmetadata: {name: n3}\nspec: {unschedulable: true}\n---\n"
     SET("", "", ""), 60,
     {{"placed", "0:n1 0:n2 0:n3"}, {"daemonset/d desiredNumberScheduled", "0:3"}}},
    {"DS-03", NODE("n1") NODE("n2") SET("", "      nodeSelector: {disk: ssd}\n", "") STOP("3s")
     STEPS "  - {at: 20s, setLabel: node/n2, labels: {disk: ssd, other: x}}\n"
           "  - {at: 40s, setLabel: node/n2, labels: {disk: null}}\n", 60,
     {{"placed", "20:n2"},
      {"pods", "20 43-"},
      {"asked", "40"},
      {"daemonset/d desiredNumberScheduled", "20:1 40:0"},
      {"daemonset/d numberMisscheduled", "40:1 43:0"},
      {"daemonset/d event SuccessfulDelete", "40"}}},
    {"DS-04", NODE("n1") NODE("n2") SET("", "", "")
     STEPS "  - {at: 30s, taint: node/n2, key: k, effect: NoSchedule}\n", 60,
     {{"asked", ""},
      {"daemonset/d numberMisscheduled", "30:1"},
      {"daemonset/d desiredNumberScheduled", "0:2 30:1"}}},
    {"DS-04", NODE("n1") NODE("n2") SET("", "", "") STOP("1s")
     STEPS "  - {at: 30s, taint: node/n2, key: k, effect: NoExecute}\n", 60,
     {{"asked", "30"},
      {"event TaintManagerEviction", "30"},
      {"daemonset/d event SuccessfulDelete", ""},
      {"daemonset/d numberMisscheduled", "30:1 31:0"}}},
    {"DS-10", NODE("n1") SET("", "", "")
     STEPS "  - {at: 60s, apply: tests/golden/manifests/one-node.yaml}\n", 90,
     {{"placed", "0:n1 60:late"}, {"daemonset/d desiredNumberScheduled", "0:1 60:2"}}},
    {"DS-12", NODE("n1") NODE("n2") SET("", "", "") STEPS
     "  - {at: 100s, fail: node/n2}\n", 1000,
     {{"asked", ""}, {"daemonset/d numberReady", "0:2 145:1"}}},
    {"no nodes", SET("", "      nodeSelector: {disk: ssd}\n", ""), 60,
     {{"pods", "0"}, {"daemonset/d desiredNumberScheduled", "0:1"}}},
    {"by name", NODE("n1") NODE("n2") SET("", "      nodeName: n2\n", ""), 60,
     {{"placed", "0:n2"}}},
    {"no room",
     "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {allocatable: {cpu: 1}}\n---\n"
     NODE("n2") SET("", "", ", resources: {requests: {cpu: 2}}"), 60,
     {{"placed", "0:n2"},
      {"daemonset/d desiredNumberScheduled", "0:2"},
      {"says FailedScheduling",
       "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) "
       "[NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 2 "
       "Preemption is not helpful for scheduling."}}},
};

Test(vectors_daemonset, where)
{
    OBJECT_EACH(where);
}

static const struct vector updates[] = {
    {"DS-05", THREE SET("", "", READY("3")) STOP("2s") STEPS IMAGE("100s", "2"), 200,
     {{"asked", "100 105 110"},
      {"pods", "0 0 0 102- 102 107- 107 112- 112"},
      {"placed", "0:n1 0:n2 0:n3 102:n1 107:n2 112:n3"},
      {"daemonset/d numberAvailable", "3:3 102:2 105:3 107:2 110:3 112:2 115:3"},
      {"daemonset/d updatedNumberScheduled", "0:3 100:0 102:1 107:2 112:3"}}},
    {"DS-06", THREE SET(ROLLING("maxSurge: 1, maxUnavailable: 0"), "", READY("3")) STOP("2s")
     STEPS IMAGE("100s", "2"), 200,
     {{"asked", "103 106 109"},
      {"pods", "0 0 0 100 103 105- 106 108- 111-"},
      {"placed", "0:n1 0:n2 0:n3 100:n1 103:n2 106:n3"}}},
    {"DS-07", MANY SET(ROLLING("maxUnavailable: 25%"), "", READY("3")) STOP("2s")
     STEPS IMAGE("100s", "2"), 200,
     {{"asked", "100 100 100 105 105 105 110 110 110 115"}}},
    {"DS-11", THREE SET("  updateStrategy: {type: OnDelete}\n", "", READY("3")) STOP("2s")
     STEPS IMAGE("100s", "2") "  - {at: 120s, delete: pod/d-x7qnx}\n", 200,
     {{"asked", "120"},
      {"placed", "0:n1 0:n2 0:n3 122:n2"},
      {"daemonset/d updatedNumberScheduled", "0:3 100:0 122:1"}}},
    {"minReadySeconds", NODE("n1") NODE("n2") SET("  minReadySeconds: 5\n", "", READY("10")),
     60,
     {{"daemonset/d numberReady", "10:2"}, {"daemonset/d numberAvailable", "15:2"}}},
};

Test(vectors_daemonset, updates)
{
    OBJECT_EACH(updates);
}

/* Of three templates one is of no pod any more, and one may be kept. */
Test(vectors_daemonset, history)
{
    struct story_options o = {.for_ms = 200000};
    struct story *s = story_run(
        NODE("n1") SET("  revisionHistoryLimit: 1\n", "", "") STEPS IMAGE("10s", "2")
            IMAGE("20s", "3") IMAGE("30s", "2"), &o);
    const char *json = story_json(s), *at = json;
    uint32_t created = 0, deleted = 0;

    for (; (at = strstr(at, "\"object\":\"controllerrevision/d-")) != NULL; at++) {
        const char *to = strstr(at, "\"to\":\"");

        created += to != NULL && strncmp(to, "\"to\":\"Created", 13) == 0;
        deleted += to != NULL && strncmp(to, "\"to\":\"Deleted", 13) == 0;
    }
    cr_expect_eq(created, 3, "%u: the second comes back as it was", created);
    cr_expect_eq(deleted, 1, "%u", deleted);
    story_free(s);
}

static const struct vector failures[] = {
    {"DS-08", NODE("n1") SET("", "", FAILS) ENDS, 100,
     {{"daemonset/d event SuccessfulDelete", "0 1 3 7 15 31 63"},
      {"daemonset/d event FailedDaemonPod", "0 1 3 7 15 31 63"}}},
    {"DS-09", NODE("n1") SET("", "", FAILS) ENDS STEPS IMAGE("10s", "2"), 30,
     {{"daemonset/d event SuccessfulDelete", "0 1 3 7 10 10 11 13 17 25"},
      {"daemonset/d event FailedDaemonPod", "0 1 3 7 10 11 13 17 25"}}},
};

Test(vectors_daemonset, failures)
{
    OBJECT_EACH(failures);
}

/* ---- what its pods are given ----------------------------------------------------------------- */

static const struct vector spread[] = {
    {"relabelled zones",
     LABELLED("n1", "topology.kubernetes.io/zone: a")
     LABELLED("n2", "topology.kubernetes.io/zone: b")
     "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: r}\nspec:\n  replicas: 1\n"
     "  selector: {matchLabels: {app: r}}\n  template:\n    metadata: {labels: {app: r}}\n"
     "    spec:\n      containers: [{name: c, image: i}]\n"
     "      nodeSelector: {topology.kubernetes.io/zone: c}\n"
     STEPS "  - {at: 9s, setLabel: node/n2, labels: {topology.kubernetes.io/zone: c}}\n", 20,
     {{"placed", "9:n2"}}},
};

Test(vectors_daemonset, labels_of_nodes)
{
    OBJECT_EACH(spread);
}

static uint32_t selected(podring *r, const char *selector)
{
    uint64_t cursor = 0, pod;
    uint32_t n = 0;

    while (podring_select(r, NULL, selector, &cursor, &pod) == 0)
        n++;
    return n;
}

Test(vectors_daemonset, labels_of_pods)
{
    struct story_options o = {.for_ms = 103000};
    struct story *s = story_run(
        THREE SET("", "", READY("3")) STOP("2s") STEPS IMAGE("100s", "2"), &o);
    podring *r = story_ring(s);

    cr_expect_eq(selected(r, "app=d,controller-revision-hash"), 3);
    cr_expect_eq(selected(r, "pod-template-generation=1"), 2);
    cr_expect_eq(selected(r, "pod-template-generation=2"), 1);
    story_free(s);
}

/* Those of the template stay, but for one that says the same for some time. */
Test(vectors_daemonset, tolerations)
{
    struct story_options o = {.for_ms = 1000};
    struct story *s = story_run(
        NODE("n1") SET("",
                       "      hostNetwork: true\n"
                       "      tolerations:\n      - {key: gpu, operator: Exists}\n"
                       "      - {key: node.kubernetes.io/unreachable, operator: Exists, "
                       "effect: NoExecute, tolerationSeconds: 5}\n", ""),
        &o);
    const char *key, *value;
    char line[1024] = "";
    size_t used = 0;
    uint64_t cursor = 0, pod = podring_next_pod(story_ring(s), &cursor);

    for (uint32_t i = 0; podring_fact_at(story_ring(s), pod, 0, PODRING_TOLERATION, i, &key,
                                         &value) == 0; i++)
        used += (size_t)snprintf(line + used, sizeof(line) - used, "%s\n", key);
    cr_expect_str_eq(line, "gpu op=Exists\n"
                           "node.kubernetes.io/disk-pressure:NoSchedule op=Exists\n"
                           "node.kubernetes.io/memory-pressure:NoSchedule op=Exists\n"
                           "node.kubernetes.io/network-unavailable:NoSchedule op=Exists\n"
                           "node.kubernetes.io/not-ready:NoExecute op=Exists\n"
                           "node.kubernetes.io/pid-pressure:NoSchedule op=Exists\n"
                           "node.kubernetes.io/unreachable:NoExecute op=Exists\n"
                           "node.kubernetes.io/unschedulable:NoSchedule op=Exists\n");
    story_free(s);
}

/* Back to the template before, or to one by its number; it counts as the newest then. */
static const struct vector undone[] = {
    {"undo", NODE("n1") NODE("n2") SET("", "", "") STOP("2s")
     STEPS IMAGE("20s", "2") "  - {at: 40s, undo: daemonset/d}\n"
     "  - {at: 60s, undo: daemonset/d, toRevision: 2}\n"
     "  - {at: 80s, undo: daemonset/d, toRevision: 9}\n"
     "  - {at: 90s, undo: daemonset/d, toRevision: 4}\n", 100,
     {{"asked", "20 22 40 42 60 62"},
      {"starts c", "0 0 22 24 42 44 62 64"},
      {"says Pulling", "Pulling image \"v:1\"|Pulling image \"v:1\"|Pulling image \"v:2\"|"
                       "Pulling image \"v:2\""},
      {"scenario/s step", "20:done 40:done 60:done 80:refused 90:done"},
      {"scenario/s says step", "unable to find specified revision 9 in history"}}},
    {"nothing to undo", NODE("n1") SET("", "", "") STEPS "  - {at: 40s, undo: daemonset/d}\n", 60,
     {{"pods", "0"}, {"scenario/s says step", "no last revision to roll back to"}}},
    {"by hand", NODE("n1") SET("  updateStrategy: {type: OnDelete}\n", "", "")
     STEPS IMAGE("20s", "2") "  - {at: 40s, undo: daemonset/d}\n", 60,
     {{"pods", "0"}, {"daemonset/d updatedNumberScheduled", "0:1 20:0 40:1"}}},
};

Test(vectors_daemonset, undone)
{
    OBJECT_EACH(undone);
}
