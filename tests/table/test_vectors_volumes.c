/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PersistentVolumes and StorageClasses through the whole engine: the vectors PV-* of the cluster
 * reference that need no attachments.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/object.h"

#define PV(name, size, spec)                                                                       \
    "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: " name "}\nspec: {capacity: "        \
    "{storage: " size "}, hostPath: {path: /p}, " spec "}\n---\n"
#define RWO "accessModes: [ReadWriteOnce]"
#define CLASS(name, default_, more)                                                                \
    "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: " name ", annotations: "  \
    "{storageclass.kubernetes.io/is-default-class: \"" default_ "\"}}\n"                           \
    "provisioner: example.com/p\n" more "---\n"
#define WAITS "volumeBindingMode: WaitForFirstConsumer\n"
#define PVC(name, size, more)                                                                      \
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: " name "}\nspec: {" RWO         \
    ", resources: {requests: {storage: " size "}}" more "}\n---\n"
#define USER(seconds)                                                                              \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  restartPolicy: Never\n"              \
    "  volumes: [{name: v, persistentVolumeClaim: {claimName: x}}]\n  containers:\n"               \
    "  - {name: c, image: busybox, volumeMounts: [{name: v, mountPath: /d}], command: [sleep, \""  \
    seconds "\"]}\n"
#define STEPS VECTOR_STEPS
#define APPLY(t, file) "  - {at: " t ", apply: tests/golden/manifests/" file ".yaml}\n"
#define DELETE_X "  - {at: 50s, delete: persistentvolumeclaim/x}\n"
#define X "persistentvolumeclaim/x"
#define IMMEDIATE                                                                                  \
    "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/1 "  \
    "nodes are available: 1 Preemption is not helpful for scheduling."

static const struct vector chosen[] = {
    {"PV-01", PV("a", "10Gi", RWO) PV("b", "5Gi", RWO) PV("c", "20Gi", RWO) PVC("x", "4Gi", ""), 10,
     {{X " claimPhase", "0:Pending 0:Bound"},
      {X " volume", "0:b"},
      {"persistentvolume/b object", "0:Created"},
      {"persistentvolume/b volumePhase", "0:Available 0:Bound"},
      {"persistentvolume/b claim", "0:default/x"},
      {"persistentvolume/a volumePhase", "0:Available"}}},
    {"PV-02", PV("a", "10Gi", RWO) PVC("x", "30Gi", "") USER("5"), 10,
     {{X " claimPhase", "0:Pending"},
      {X " says FailedBinding",
       "no persistent volumes available for this claim and no storage class is set"},
      {"says FailedScheduling", IMMEDIATE}}},
    {"PV-09",
     PV("a", "10Gi", RWO) PV("b", "5Gi", "accessModes: [ReadWriteOnce, ReadOnlyMany]")
         PVC("x", "4Gi", ""), 10, {{X " volume", "0:a"}}},
    {"one that names the claim wins",
     PV("a", "5Gi", RWO) PV("b", "10Gi", RWO ", claimRef: {namespace: default, name: x}")
         PVC("x", "4Gi", ""), 10, {{X " volume", "0:b"}}},
    {"one that names another is not had",
     PV("a", "5Gi", RWO ", claimRef: {namespace: default, name: z}") PVC("x", "4Gi", ""), 10,
     {{X " claimPhase", "0:Pending"}}},
    {"classes are told apart",
     PV("a", "5Gi", RWO ", storageClassName: fast") PV("b", "6Gi", RWO) PVC("x", "4Gi", "")
         PVC("z", "4Gi", ", storageClassName: fast"), 10,
     {{X " volume", "0:b"}, {"persistentvolumeclaim/z volume", "0:a"}}},
    {"a claim that names its volume", PV("a", "5Gi", RWO) PV("b", "6Gi", RWO)
         PVC("x", "4Gi", ", volumeName: b"), 10, {{X " volume", "0:b"}}},
    {"a class that is not there",
     PV("a", "5Gi", RWO) PVC("x", "4Gi", ", storageClassName: gone"), 10,
     {{X " says ProvisioningFailed", "storageclass.storage.k8s.io \"gone\" not found"}}},
    {"neither volumes nor classes", PVC("x", "4Gi", ""), 10,
     {{X " claimPhase", "0:Bound"}, {X " volume", ""}}},
    {"a volume comes later",
     PV("a", "1Gi", RWO) PVC("x", "4Gi", "") USER("80") STEPS APPLY("20s", "volume"), 60,
     {{X " claimPhase", "0:Pending 20:Bound"}, {X " volume", "20:late"}, {"starts c", "20"}}},
};

Test(vectors_volumes, chosen)
{
    OBJECT_EACH(chosen);
}

static const struct vector made[] = {
    {"provisioned", CLASS("fast", "true", "") PVC("x", "4Gi", "") USER("5"), 10,
     {{X " claimPhase", "0:Pending 0:Bound"},
      {X " event ProvisioningSucceeded", "0"},
      {X " says ExternalProvisioning",
       "Waiting for a volume to be created either by the external provisioner 'example.com/p' or "
       "manually by the system administrator. If volume creation is delayed, please verify that "
       "the provisioner is running and correctly registered."},
      {"starts c", "0"}}},
    {"PV-03", CLASS("slow", "true", WAITS) PVC("x", "4Gi", "") STEPS APPLY("20s", "claim-user"), 60,
     {{X " claimPhase", "0:Pending 20:Bound"},
      {X " says WaitForFirstConsumer", "waiting for first consumer to be created before binding"},
      {"starts c", "20"},
      {"event FailedScheduling", ""}}},
    {"PV-03, on nodes",
     "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n" CLASS("slow", "true", WAITS)
         PVC("x", "4Gi", "") STEPS APPLY("20s", "claim-user"), 60,
     {{X " claimPhase", "0:Pending 20:Bound"}, {"placed", "20:n1"}, {"starts c", "20"}}},
    {"no class, however there is a default one",
     CLASS("slow", "true", "") PVC("x", "4Gi", ", storageClassName: \"\""), 10,
     {{X " event FailedBinding", "0"}, {X " claimPhase", "0:Pending"}}},
    {"PV-08, on nodes",
     "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n" USER("80")
         STEPS APPLY("30s", "claim-x"), 60,
     {{"event FailedScheduling", "0"}, {"starts c", "30"}}},
    {"a set has volumes made",
     CLASS("slow", "true", WAITS)
     "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 2\n"
     "  selector: {matchLabels: {app: web}}\n  volumeClaimTemplates:\n  - metadata: {name: data}\n"
     "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
     "  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"
     "      - {name: c, image: busybox, command: [sleep, \"100\"]}\n", 60,
     {{"lives", "0+web-0 0+web-1"},
      {"persistentvolumeclaim/data-web-0 claimPhase", "0:Pending 0:Bound"},
      {"persistentvolumeclaim/data-web-1 claimPhase", "0:Pending 0:Bound"},
      {"statefulset/web readyReplicas", "0:1 0:2"}}},
};

Test(vectors_volumes, made)
{
    OBJECT_EACH(made);
}

static const struct vector released[] = {
    {"PV-04, retained", PV("a", "5Gi", RWO) PVC("x", "4Gi", "") USER("80") STEPS DELETE_X, 100,
     {{X " object", "0:Created 50:Terminating 80:Deleted"},
      {"persistentvolume/a object", "0:Created"},
      {"persistentvolume/a volumePhase", "0:Available 0:Bound 80:Released"}}},
    {"PV-04, deleted",
     PV("a", "5Gi", RWO ", persistentVolumeReclaimPolicy: Delete") PVC("x", "4Gi", "") USER("80")
         STEPS DELETE_X, 100,
     {{X " object", "0:Created 50:Terminating 80:Deleted"},
      {"persistentvolume/a object", "0:Created 80:Deleted"}}},
    {"PV-05",
     PV("a", "5Gi", RWO) PVC("x", "4Gi", "") USER("80") STEPS DELETE_X APPLY("90s", "claim-x"), 100,
     {{X " object", "0:Created 50:Terminating 80:Deleted 90:Created"},
      {X " claimPhase", "0:Pending 0:Bound 90:Pending"},
      {"persistentvolume/a volumePhase", "0:Available 0:Bound 80:Released"}}},
};

Test(vectors_volumes, released)
{
    OBJECT_EACH(released);
}

/* A provisioner that takes its time: nobody says that the pod cannot be placed. */
Test(vectors_volumes, provisioning_takes_time)
{
    struct story_options o = {.for_ms = 60000, .knob = "provision_ms", .knob_value = "7000"};
    struct story *s = story_run(CLASS("slow", "true", WAITS) PVC("x", "4Gi", "") USER("80"), &o);

    story_eq(object_look(s, X " claimPhase"), "0:Pending 7:Bound");
    story_eq(object_look(s, "starts c"), "7");
    story_eq(object_look(s, "event FailedScheduling"), "");
    story_free(s);
}
