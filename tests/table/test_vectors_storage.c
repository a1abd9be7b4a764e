/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits of local storage: measured every ten seconds, in memory enforced at once. Worked out by
 * hand.
 */
#include <criterion/criterion.h>

#include "tests/support/box.h"

#define FULL "Usage of EmptyDir volume \"v\" exceeds the limit \"1Mi\". "

static const struct vector limits[] = {
    {"F25: two and a half MiB into a volume that may hold one",
     VECTOR_POD V("emptyDir: {sizeLimit: 1Mi}") "  containers:\n" BOX("c") MOUNT("")
         "    lifecycle: {preStop: {exec: {command: [sh, -c, 'echo never > /proc/1/fd/1']}}}\n"
         SH(L("for f in a b c; do head -c 900000 /dev/zero > /v/$f; done; sleep 1000")),
     40,
     {{"event Evicted", "10"},
      {"says Evicted", FULL},
      {"event Killing", "10"},
      {"ends c", "12:137/Error"},
      {"phase", "0:Running 12:Failed"},
      {"how DisruptionTarget", "12:True/TerminationByKubelet"},
      {"row", "0/1 Evicted 0"},
      {"log c", ""},
      {"starts c", "0"}}},
    {"F25: as much as it may hold, or too much for a while only",
     VECTOR_POD V("emptyDir: {sizeLimit: 1Mi}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("head -c 900000 /dev/zero > /v/a; sleep 11; head -c 900000 /dev/zero > /v/b; sleep "
              "5; rm /v/b; sleep 99")),
     90, {{"event Evicted", ""}, {"starts c", "0"}}},
    {"F25: to the byte",
     VECTOR_POD V("emptyDir: {sizeLimit: 1Ki}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("head -c 1024 /dev/zero > /v/f; sleep 15; echo >> /v/f; sleep 99")),
     30, {{"event Evicted", "20"}}},
    {"F25: the largest of the init containers is as good as the sum of the others",
     VECTOR_POD "  initContainers:\n" BOX("i") "    resources: {limits: {ephemeral-storage: 2Mi}}\n"
     SH(L("true"))
         BOX("j") "    resources: {limits: {ephemeral-storage: 1Mi}}\n" SH(L("true"))
         "  containers:\n" BOX("c")
         SH(L("head -c 1500000 /dev/zero > /f; sleep 15; head -c 1500000 /dev/zero > /g; sleep "
              "99")),
     30,
     {{"event Evicted", "20"},
      {"says Evicted",
       "Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. "}}},
    {"F25: a probe and a hook fill it as well",
     VECTOR_POD V("emptyDir: {sizeLimit: 1k}") "  containers:\n" BOX("c") MOUNT("")
         "    readinessProbe: {exec: {command: [sh, -c, 'head -c 400 /dev/zero >> /v/p']}, "
         "periodSeconds: 5}\n"
         SH(L("trap 'exit 3' TERM; sleep 999 & wait")),
     40,
     {{"event Evicted", "20"},
      {"says Evicted", "Usage of EmptyDir volume \"v\" exceeds the limit \"1k\". "},
      {"ends c", "20:3/Error"}}},
    {"F25: in memory it is a file system of that size",
     ONCE V("emptyDir: {sizeLimit: 1Mi, medium: Memory}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("for f in a b; do head -c 900000 /dev/zero > /v/$f || echo full; done; sleep 30")),
     40,
     {{"log c", "head: write error: No space left on device\nfull\n"},
      {"event Evicted", ""},
      {"ends c", "30:0/Completed"}}},
    {"F25: a container's own limit, and that of all of them",
     VECTOR_POD "  containers:\n" BOX("c") "    resources: {limits: {ephemeral-storage: 1Mi}}\n"
         SH(L("for f in a b; do head -c 600000 /dev/zero > /tmp/$f; done; sleep 1000")) BOX("d")
         "    resources: {limits: {ephemeral-storage: 4Mi}}\n" SH(L("sleep 999")),
     30, {{"says Evicted", "Container c exceeded its local ephemeral storage limit \"1Mi\". "},
          {"event Evicted", "10"}}},
    {"F25: ... volumes count for the pod",
     VECTOR_POD V("emptyDir: {}") "  containers:\n" BOX("c") MOUNT("")
         "    resources: {limits: {ephemeral-storage: 1Mi}}\n"
         SH(L("for f in /v/a /v/b; do head -c 600000 /dev/zero > $f; done; sleep 1000")) BOX("d")
         "    resources: {limits: {ephemeral-storage: 512}}\n" SH(L("sleep 999")),
     30,
     {{"says Evicted",
       "Pod ephemeral local storage usage exceeds the total limit of containers 1049088. "}}},
    {"F25: a log is local storage, too",
     VECTOR_POD "  containers:\n" BOX("c") "    resources: {limits: {ephemeral-storage: 1Ki}}\n"
         SH(L("sleep 12; seq 1000; sleep 99")),
     40, {{"event Evicted", "20"}}},
};

Test(vectors_storage, limits)
{
    VECTOR_EACH(limits);
}

/* Its workload makes another in its place. */
Test(vectors_storage, the_evicted_are_replaced)
{
    static const struct vector v = {
        "F25: a Deployment goes on",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  replicas: 1\n"
        "  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n    "
        "spec:\n"
        "      containers:\n      - name: c\n        image: busybox:1\n"
        "        volumeMounts: [{name: v, mountPath: /v}]\n"
        "        command: [sh, -c, 'head -c 2000 /dev/zero > /v/f; sleep 999']\n"
        "      volumes: [{name: v, emptyDir: {sizeLimit: 1Ki}}]\n",
        25,
        {{"event Evicted", "10 20"}, {"starts c", "0 12 22"}}};

    vector_check(&v, PODRING_NET_SCRIPT);
}
