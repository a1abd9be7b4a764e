/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PersistentVolumeClaims through the whole engine: who makes them, who waits for them, and when
 * they go. Of the cluster reference: SS-15, SS-16, PV-04, PV-08.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/object.h"

#define SET(spec)                                                                                  \
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n"                       \
    "  serviceName: web\n  selector: {matchLabels: {app: web}}\n" spec                             \
    "  volumeClaimTemplates:\n  - metadata: {name: data}\n"                                        \
    "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"            \
    "  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"              \
    "      - name: c\n        image: busybox\n"                                                    \
    "        volumeMounts: [{name: data, mountPath: /d}]\n"                                        \
    "        command: [sh, -c, \"trap 'sleep 3; exit 0' TERM; cat /d/f; echo $HOSTNAME >> /d/f; "  \
    "sleep 1000 & wait\"]\n"
#define POLICY(what) "  persistentVolumeClaimRetentionPolicy: {" what ": Delete}\n"
#define STEPS VECTOR_STEPS
#define SCALE(t, n) "  - {at: " t ", scale: statefulset/web, replicas: " n "}\n"
#define DELETE(t, what) "  - {at: " t ", delete: " what "}\n"
#define CLAIM(n) "persistentvolumeclaim/data-web-" n
#define PVC(name)                                                                                  \
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: " name "}\n"                    \
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n---\n"
#define USER(name, claim, container)                                                               \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name "}\nspec:\n  restartPolicy: Never\n"       \
    "  volumes: [{name: v, persistentVolumeClaim: {claimName: " claim "}}]\n  containers:\n"       \
    "  - {name: c, image: busybox, volumeMounts: [{name: v, mountPath: /d}], " container "}\n"

static const struct vector sets[] = {
    {"SS-15", SET("  replicas: 3\n" POLICY("whenScaled")) STEPS SCALE("100s", "2")
                  SCALE("200s", "3"), 220,
     {{CLAIM("2") " object", "0:Created 103:Deleted 200:Created"},
      {CLAIM("2") " claimPhase", "0:Bound 200:Bound"},
      {CLAIM("1") " object", "0:Created"},
      {"lives 90", "100-web-2 103.web-2 200+web-2"},
      {"log web-2 c", "cat: can't open '/d/f': No such file or directory\n"},
      {"statefulset/web event SuccessfulCreate", "0 0 0 0 0 0 200 200"}}},
    {"SS-15, wanted again before it has gone",
     SET("  replicas: 3\n" POLICY("whenScaled")) STEPS SCALE("100s", "2") SCALE("101s", "3"), 220,
     {{CLAIM("2") " object", "0:Created"},
      {"lives 90", "100-web-2 103.web-2 103+web-2"},
      {"log web-2 c", "web-2\n"}}},
    {"whenScaled does not mean the set",
     SET("  replicas: 2\n" POLICY("whenScaled")) STEPS DELETE("100s", "statefulset/web"), 220,
     {{CLAIM("0") " object", "0:Created"}, {CLAIM("1") " object", "0:Created"}}},
    {"SS-16", SET("  replicas: 2\n" POLICY("whenDeleted"))
                  STEPS DELETE("100s", "statefulset/web"), 120,
     {{CLAIM("0") " object", "0:Created 100:Terminating 103:Deleted"},
      {CLAIM("1") " object", "0:Created 100:Terminating 103:Deleted"},
      {"lives 90", "100-web-0 100-web-1 103.web-0 103.web-1"}}},
    {"whenDeleted does not mean a pod",
     SET("  replicas: 2\n" POLICY("whenDeleted")) STEPS SCALE("100s", "1"), 120,
     {{CLAIM("1") " object", "0:Created"}}},
    {"retained, with what is in it",
     SET("  replicas: 2\n") STEPS SCALE("100s", "1") SCALE("200s", "2"), 220,
     {{CLAIM("1") " object", "0:Created"},
      {"log web-1 c", "web-1\n"},
      {"statefulset/web says SuccessfulCreate",
       "Create Claim data-web-0 Pod web-0 in StatefulSet web success|"
       "Create Pod web-0 in StatefulSet web successful|"
       "Create Claim data-web-1 Pod web-1 in StatefulSet web success|"
       "Create Pod web-1 in StatefulSet web successful|"
       "Create Pod web-1 in StatefulSet web successful"}}},
    {"one that is being deleted makes its pod wait",
     SET("  replicas: 1\n") "---\n" USER("other", "data-web-0", "command: [sleep, \"150\"]")
         STEPS DELETE("100s", "persistentvolumeclaim/data-web-0") DELETE("110s", "pod/web-0"), 200,
     {{CLAIM("0") " object", "0:Created 100:Terminating 150:Deleted 154.0:Created"},
      {"lives 90", "110-web-0 113.web-0 154.0+web-0"}}},
};

Test(vectors_claims, of_sets)
{
    OBJECT_EACH(sets);
}

static const struct vector pods[] = {
    {"PV-04", PVC("x") USER("p", "x", "command: [sleep, \"80\"]")
                  STEPS DELETE("50s", "persistentvolumeclaim/x"), 100,
     {{"persistentvolumeclaim/x object", "0:Created 50:Terminating 80:Deleted"},
      {"persistentvolumeclaim/x claimPhase", "0:Bound"}}},
    {"nobody uses it", PVC("x") USER("p", "x", "command: [sleep, \"20\"]")
                  STEPS DELETE("50s", "persistentvolumeclaim/x"), 100,
     {{"persistentvolumeclaim/x object", "0:Created 50:Deleted"}}},
    {"PV-08", USER("p", "x", "command: [sleep, \"80\"]")
                  STEPS "  - {at: 30s, apply: tests/golden/manifests/claim-x.yaml}\n", 100,
     {{"says FailedScheduling",
       "0/1 nodes are available: persistentvolumeclaim \"x\" not found. preemption: 0/1 nodes are "
       "available: 1 Preemption is not helpful for scheduling."},
      {"starts c", "30"},
      {"persistentvolumeclaim/x object", "30:Created"}}},
    {"no pod gets one that is being deleted",
     PVC("x") USER("q", "x", "command: [sleep, \"80\"]")
         STEPS DELETE("50s", "persistentvolumeclaim/x")
               "  - {at: 60s, apply: tests/golden/manifests/claim-user.yaml}\n", 100,
     {{"says FailedScheduling",
       "0/1 nodes are available: persistentvolumeclaim \"x\" is being deleted. preemption: 0/1 "
       "nodes are available: 1 Preemption is not helpful for scheduling."},
      {"persistentvolumeclaim/x object", "0:Created 50:Terminating 80:Deleted"}}},
};

Test(vectors_claims, of_pods)
{
    OBJECT_EACH(pods);
}
