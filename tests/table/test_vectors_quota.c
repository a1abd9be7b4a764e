/* SPDX-License-Identifier: Apache-2.0 */
/* test_vectors_quota.c - what LimitRanges and ResourceQuotas let through: the vectors Q-*. */
#include "tests/support/object.h"

#include <criterion/criterion.h>

#define QUOTA(hard, more)                                                                          \
    "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {" hard "}" more       \
    "}\n---\n"
#define LIMITS(what)                                                                               \
    "apiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{type: Container, "    \
    what "}]}\n---\n"
#define POD(name, resources)                                                                       \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name "}\nspec: {containers: [{name: c, "        \
    "image: i" resources "}]}\n---\n"
#define SET(replicas, resources)                                                                   \
    "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: web}\nspec: {replicas: " replicas     \
    ", selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "     \
    "{containers: [{name: c, image: i" resources "}]}}}\n---\n"
#define STOPS(after)                                                                               \
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                     \
    "  instances: [{onStop: " after "}]\n---\n"
#define STEPS                                                                                      \
    "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
#define BOTH "requests.cpu: 10, limits.cpu: 10"

static const struct vector rows[] = {
    {"Q-01", QUOTA(BOTH, "") LIMITS("max: {cpu: 1}") POD("p", ""), 10,
     {{"resourcequota/q used", "0:limits.cpu=1,requests.cpu=1"}, {"starts c", "0"}}},
    {"Q-02", QUOTA(BOTH, "") LIMITS("default: {cpu: 500m}, min: {cpu: 100m}")
     POD("p", ", resources: {limits: {cpu: 2}}"), 10,
     {{"resourcequota/q used", "0:limits.cpu=2,requests.cpu=2"}, {"starts c", "0"}}},
    {"Q-03", LIMITS("max: {cpu: 1}") POD("p", ", resources: {limits: {cpu: 2}}"), 10,
     {{"pods", ""},
      {"diag", "6:1 pods \"p\" is forbidden: maximum cpu usage per Container is 1, but limit is "
               "2"}}},
    {"Q-04", QUOTA("pods: 2", "") POD("p1", "") POD("p2", "") POD("p3", ""), 10,
     {{"pods", "0 0"},
      {"diag", "16:1 pods \"p3\" is forbidden: exceeded quota: q, requested: pods=1, used: "
               "pods=2, limited: pods=2"},
      {"scenario/manifest how step", "0:refused/Forbidden"},
      {"resourcequota/q used", "0:pods=2"}}},
    {"Q-05", QUOTA("requests.cpu: 1", "") POD("p", ""), 10,
     {{"pods", ""},
      {"diag", "6:1 pods \"p\" is forbidden: failed quota: q: must specify requests.cpu for: c"},
      {"resourcequota/q used", "0:requests.cpu=0"}}},
    {"Q-06", QUOTA("requests.cpu: 1", "") LIMITS("defaultRequest: {cpu: 300m}") POD("p", ""), 10,
     {{"pods", "0"}, {"resourcequota/q used", "0:requests.cpu=300m"}}},
    /* The set's retries: 20.005, 20.015, ... 30.235, 40.475. */
    {"Q-07", QUOTA("pods: 1", "") POD("p", "") SET("0", "") STOPS("ignore")
     STEPS "  - {at: 10s, delete: pod/p}\n  - {at: 20s, scale: replicaset/web, replicas: 1}\n", 60,
     {{"field object", "0:Created 10:Terminating 40:Deleted"},
      {"pods", "0 40- 40.5"},
      {"replicaset/web how ReplicaFailure", "20:True/FailedCreate 40.5:/"},
      {"resourcequota/q used", "0:pods=1 40:pods=0 40.5:pods=1"}}},
    {"Q-08", QUOTA("pods: 1, count/pods: 3", "")
     "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\n"
     "spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i, "
     "command: [\"sleep\", \"5\"]}]}}}\n", 20,
     {{"resourcequota/q used", "0:count/pods=1,pods=1 5:count/pods=1,pods=0"}}},
    {"Q-10", QUOTA("pods: 0", ", scopes: [BestEffort]") POD("p1", "")
     POD("p2", ", resources: {requests: {cpu: 1}}"), 10,
     {{"pods", "0"},
      {"diag", "6:1 pods \"p1\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, "
               "limited: pods=0"}}},
    {"used by others", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\n"
     "spec: {hard: {pods: 3}}\nstatus: {used: {pods: 2}}\n---\n" POD("p1", "") POD("p2", ""), 10,
     {{"pods", "0"}, {"resourcequota/q used", "0:pods=3"}}},
    {"another namespace", QUOTA("pods: 0", "")
     "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: other}\nspec: {containers: [{name: "
     "c, image: i}]}\n", 10,
     {{"pods", "0"}, {"diag", ""}}},
    /* Twice its grace after the request it counts no more, though it is there: its node is lost. */
    {"slow to go", QUOTA("pods: 1", "") "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n"
     POD("p", "") STEPS "  - {at: 5s, fail: node/n1, lose: power}\n"
     "  - {at: 10s, delete: pod/p}\n", 100,
     {{"field object", "0:Created 10:Terminating"},
      {"resourcequota/q used", "0:pods=1 70.0:pods=0"}}},
    {"objects", QUOTA("services: 1, count/configmaps: 1, services.nodeports: 0", "")
     "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n---\n"
     "apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {ports: [{port: 80}]}\n---\n"
     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n"
     "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", 10,
     {{"resourcequota/q used", "0:count/configmaps=1,services=1,services.nodeports=0"},
      {"diag", "11:1 services \"b\" is forbidden: exceeded quota: q, requested: services=1, used: "
               "services=1, limited: services=1"}}},
    {"node ports", QUOTA("services.nodeports: 1", "")
     "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
     "spec: {type: NodePort, ports: [{port: 80, name: a}, {port: 81, name: b}]}\n", 10,
     {{"diag", "6:1 services \"a\" is forbidden: exceeded quota: q, requested: "
               "services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1"}}},
    {"several limits", LIMITS("max: {cpu: 1, memory: 1Gi}")
     POD("p", ", resources: {limits: {cpu: 2, memory: 2Gi}}"), 10,
     {{"diag", "6:1 pods \"p\" is forbidden: [maximum cpu usage per Container is 1, but limit is "
               "2, maximum memory usage per Container is 1Gi, but limit is 2Gi]"}}},
};

Test(vectors_quota, all)
{
    OBJECT_EACH(rows);
}

/* the fourth pod of a set, which is tried again and again. */
Test(vectors_quota, a_set_is_refused_its_fourth)
{
    static const char yaml[] = QUOTA("requests.cpu: 1", "") LIMITS("defaultRequest: {cpu: 300m}")
        SET("4", "");
    struct story_options o = {.for_ms = 3000};
    struct story *s = story_run(yaml, &o);
    const char *says = story_messages(s, "FailedCreate");

    story_eq(object_look(s, "pods"), "0 0 0");
    story_eq(object_look(s, "resourcequota/q used"), "0:requests.cpu=900m");
    cr_expect_not_null(strstr(says, "Error creating: pods \"web-"));
    cr_expect_not_null(strstr(says, "\" is forbidden: exceeded quota: q, requested: "
                                    "requests.cpu=300m, used: requests.cpu=900m, limited: "
                                    "requests.cpu=1"));
    story_eq(object_look(s, "replicaset/web how ReplicaFailure"), "0:True/FailedCreate");
    story_free(s);
}

/* what is still stopping counts, and nothing wakes the new set but its own retries: two
 * failures at 50, so that the third proposes 20 ms, the next 40, ... 2,560: 55.105. */
Test(vectors_quota, a_rollout_waits_for_room)
{
    static const char yaml[] = QUOTA("pods: 4", "")
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4, "
        "strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}, selector: {matchLabels: "
        "{app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, "
        "image: \"v:1\"}]}}}\n---\n" STOPS("{after: 5s, code: 143}")
        STEPS "  - {at: 50s, setImage: deployment/web, image: \"v:2\"}\n";
    struct story_options o = {.for_ms = 56000};
    struct story *s = story_run(yaml, &o);

    story_eq(object_look(s, "pods"), "0 0 0 0 55- 55.1");
    story_eq(object_look(s, "resourcequota/q used"), "0:pods=4 55:pods=3 55.1:pods=4");
    story_eq(object_look(s, "deployment/web how ReplicaFailure"), "50:True/FailedCreate");
    story_free(s);
}
