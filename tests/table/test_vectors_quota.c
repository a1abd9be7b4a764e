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
#define PVC(name, size, more)                                                                      \
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: " name "}\nspec: "              \
    "{accessModes: [ReadWriteOnce], resources: {requests: {storage: " size "}}" more "}\n---\n"
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
    {"what claims ask for", QUOTA("requests.storage: 3Gi, persistentvolumeclaims: 5", "")
     PVC("a", "1Gi", "") PVC("b", "2Gi", "") PVC("c", "1Mi", ""), 10,
     {{"resourcequota/q used", "0:persistentvolumeclaims=2,requests.storage=3Gi"},
      {"persistentvolumeclaim/c object", ""},
      {"diag", "16:1 persistentvolumeclaims \"c\" is forbidden: exceeded quota: q, requested: "
               "requests.storage=1Mi, used: requests.storage=3Gi, limited: "
               "requests.storage=3Gi"}}},
    {"of a class", QUOTA("fast.storageclass.storage.k8s.io/requests.storage: 1Gi, "
                         "fast.storageclass.storage.k8s.io/persistentvolumeclaims: 2", "")
     "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast, annotations: "
     "{storageclass.kubernetes.io/is-default-class: 'true'}}\nprovisioner: x/y\n---\n"
     PVC("a", "5Gi", ", storageClassName: slow") PVC("b", "1Gi", "") PVC("c", "1Gi", ""), 10,
     {{"resourcequota/q used",
       "0:fast.storageclass.storage.k8s.io/persistentvolumeclaims=1,"
       "fast.storageclass.storage.k8s.io/requests.storage=1Gi"},
      {"diag", "21:1 persistentvolumeclaims \"c\" is forbidden: exceeded quota: q, requested: "
               "fast.storageclass.storage.k8s.io/requests.storage=1Gi, used: "
               "fast.storageclass.storage.k8s.io/requests.storage=1Gi, limited: "
               "fast.storageclass.storage.k8s.io/requests.storage=1Gi"}}},
    {"a claim that goes makes room", QUOTA("requests.storage: 1Gi", "") PVC("a", "1Gi", "")
     STEPS "  - {at: 5s, delete: persistentvolumeclaim/a}\n", 10,
     {{"resourcequota/q used", "0:requests.storage=1Gi 5:requests.storage=0"}}},
    {"limits of claims", "apiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: "
     "[{type: PersistentVolumeClaim, min: {storage: 1Gi}, max: {storage: 4Gi}}]}\n---\n"
     PVC("a", "1Gi", "") PVC("b", "500Mi", "") PVC("c", "5Gi", ""), 10,
     {{"persistentvolumeclaim/a object", "0:Created"},
      {"persistentvolumeclaim/b object", ""},
      {"diag", "11:1 persistentvolumeclaims \"b\" is forbidden: minimum storage usage per "
               "PersistentVolumeClaim is 1Gi, but request is 500Mi|16:1 persistentvolumeclaims "
               "\"c\" is forbidden: maximum storage usage per PersistentVolumeClaim is 4Gi, but "
               "request is 5Gi"}}},
    /* More room wakes nobody. The second pod fails at 5, 10, 20, 40, 80 ms .. */
    {"claims of a StatefulSet", QUOTA("persistentvolumeclaims: 1", "")
     "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {replicas: 2, "
     "serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: "
     "db}}, spec: {containers: [{name: c, image: i}]}}, volumeClaimTemplates: [{metadata: {name: "
     "data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}, "
     "{metadata: {name: logs}, spec: {accessModes: [ReadWriteOnce], resources: {requests: "
     "{storage: 1Gi}}}}]}\n---\n"
     STEPS "  - {at: 3ms, patch: resourcequota/q, spec: {hard: {persistentvolumeclaims: '2'}}}\n",
     1,
     {{"pods", "0.0"},
      {"statefulset/db event FailedCreate",
       "0 0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.1 0.1 0.1 0.2 0.2 0.2 0.3 0.3 0.3 "
       "0.6 0.6 0.6"},
      {"persistentvolumeclaim/data-db-0 object", "0:Created"},
      {"persistentvolumeclaim/logs-db-0 object", "0.0:Created"},
      {"persistentvolumeclaim/data-db-1 object", ""}}},
    {"sets of a Deployment", QUOTA("count/replicasets.apps: 1", "")
     "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, "
     "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
     "{containers: [{name: c, image: 'v:1'}]}}}\n---\n"
     STEPS "  - {at: 5s, setImage: deployment/web, image: 'v:2'}\n"
     "  - {at: 6s, patch: resourcequota/q, spec: {hard: {count/replicasets.apps: '2'}}}\n", 20,
     {{"resourcequota/q used", "0:count/replicasets.apps=1 6.3:count/replicasets.apps=2"},
      {"deployment/web event ReplicaSetCreateError", "5 5.0 5.0 5.0 5.1 5.2 5.3 5.6"},
      {"deployment/web how Progressing",
       "0:True/NewReplicaSetCreated 0:True/ReplicaSetUpdated 0:True/NewReplicaSetAvailable "
       "5:False/ReplicaSetCreateError 6.3:True/NewReplicaSetCreated 6.3:True/ReplicaSetUpdated "
       "6.3:True/NewReplicaSetAvailable"}}},
    {"no set from the start", QUOTA("count/replicasets.apps: 0", "")
     "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, "
     "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
     "{containers: [{name: c, image: 'v:1'}]}}}\n", 20,
     {{"pods", ""},
      {"deployment/web event ReplicaSetCreateError",
       "0 0.0 0.0 0.0 0.1 0.2 0.3 0.6 1.3 2.6 5.1 10.2"},
      {"deployment/web how Available", ""}}},
    {"Jobs of a CronJob", QUOTA("count/jobs.batch: 1", "")
     "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: k}\nspec: {schedule: '* * * * *', "
     "jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "
     "i, command: [sleep, '70']}]}}}}}\n", 121,
     {{"cronjob/k event SuccessfulCreate", "60.1"},
      {"cronjob/k event FailedCreate", "120.1 120.1 120.1 120.1 120.2 120.3 120.4 120.7"},
      {"resourcequota/q used", "0:count/jobs.batch=0 60.1:count/jobs.batch=1"}}},
    {"resources that a LimitRange gives", LIMITS("default: {cpu: 1500m, memory: 1Gi}, "
                                                 "defaultRequest: {cpu: 250m}")
     "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {volumes: [{name: v, downwardAPI: "
     "{items: [{path: m, resourceFieldRef: {containerName: c, resource: limits.memory, divisor: "
     "1Mi}}]}}], containers: [{name: c, image: busybox, volumeMounts: [{name: v, mountPath: /v}], "
     "env: [{name: L, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}, {name: R, valueFrom: "
     "{resourceFieldRef: {resource: requests.cpu, divisor: 1m}}}], command: [sh, -c, 'echo $L $R "
     "$(cat /v/m); sleep 99']}]}\n", 5,
     {{"log c", "2 250 1024\n"}}},
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
