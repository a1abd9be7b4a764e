/* SPDX-License-Identifier: Apache-2.0 */
/*
 * StatefulSets through the whole engine: the vectors SS-* of the cluster reference. R is how long a
 * pod takes to be ready, Z how long it takes to stop.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/object.h"

#define SET(spec, container)                                                                       \
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n"                       \
    "  serviceName: web\n  selector: {matchLabels: {app: web}}\n" spec                             \
    "  template:\n    metadata: {labels: {app: web}}\n    spec:\n"                                 \
    "      containers: [{name: c, image: \"a:1\"" container "}]\n"
#define READY(r) ", readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: " r                 \
                 ", periodSeconds: 1, failureThreshold: 1}"
#define BEHAVIOR(name, spec)                                                                       \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: " name "}\nspec:\n" spec
#define STOPS(z) BEHAVIOR("stops", "  instances: [{onStop: {after: " z ", code: 143}}]\n")
/* Of the pods in the order of their creation. */
#define UNREADY(pods, windows, z)                                                                  \
    BEHAVIOR("unready", "  pods: [" pods "]\n  serve: [{" windows "status: 503}]\n"                \
                        "  instances: [{onStop: {after: " z ", code: 143}}]\n")
#define STEPS VECTOR_STEPS
#define IMAGE(t, v) "  - {at: " t ", setImage: statefulset/web, image: \"a:" v "\"}\n"
#define SCALE(t, n) "  - {at: " t ", scale: statefulset/web, replicas: " n "}\n"
#define KILL(t, pod) "  - {at: " t ", delete: pod/" pod "}\n"
#define APPLY(t, file) "  - {at: " t ", apply: tests/golden/manifests/" file ".yaml}\n"
#define PARALLEL "  podManagementPolicy: Parallel\n"
#define PARTITION(n) "  updateStrategy: {rollingUpdate: {partition: " n "}}\n"

static const struct vector first[] = {
    {"SS-01", SET("  replicas: 3\n  minReadySeconds: 5\n", READY("4")), 40,
     {{"lives", "0+web-0 9+web-1 18+web-2"},
      {"statefulset/web object", "0:Created"},
      {"statefulset/web specReplicas", "0:3"},
      {"statefulset/web replicas", "0:1 9:2 18:3"},
      {"statefulset/web readyReplicas", "4:1 13:2 22:3"},
      {"statefulset/web availableReplicas", "9:1 18:2 27:3"},
      {"statefulset/web event SuccessfulCreate", "0 9 18"},
      {"statefulset/web says SuccessfulCreate",
       "Create Pod web-0 in StatefulSet web successful|"
       "Create Pod web-1 in StatefulSet web successful|"
       "Create Pod web-2 in StatefulSet web successful"}}},
    {"SS-02", SET("  replicas: 3\n" PARALLEL, READY("4")), 40,
     {{"lives", "0+web-0 0+web-1 0+web-2"},
      {"statefulset/web readyReplicas", "4:3"},
      {"statefulset/web event SuccessfulCreate", "0 0 0"}}},
    {"SS-12", SET("  replicas: 2\n  ordinals: {start: 5}\n", READY("3")), 40,
     {{"lives", "0+web-5 3+web-6"}, {"statefulset/web replicas", "0:1 3:2"}}},
    {"SS-13",
     SET("  replicas: 2\n  ordinals: {start: 5}\n", READY("3")) STOPS("2s")
         STEPS APPLY("50s", "statefulset-start"), 70,
     {{"lives 40", "50+web-7 53-web-5 55.web-5"},
      {"statefulset/web replicas", "0:1 3:2 50:3 55:2"}}},
    {"W-11", SET("  replicas: 3\n", READY("4")), 40,
     {{"lives", "0+web-0 4+web-1 8+web-2"},
      {"statefulset/web readyReplicas", "4:1 8:2 12:3"}}},
    {"none", SET("  replicas: 0\n", ""), 40,
     {{"lives", ""}, {"statefulset/web replicas", ""}}},
};

Test(vectors_statefulset, one_after_the_other)
{
    OBJECT_EACH(first);
}

static const struct vector updated[] = {
    {"SS-03", SET("  replicas: 3\n" PARALLEL, READY("4")) STOPS("2s") STEPS IMAGE("100s", "2"),
     140,
     {{"lives 90", "100-web-2 102.web-2 102+web-2 106-web-1 108.web-1 108+web-1 112-web-0 "
                   "114.web-0 114+web-0"},
      {"statefulset/web updatedReplicas", "0:3 100:0 102:1 108:2 114:3"},
      {"statefulset/web event SuccessfulDelete", "100 106 112"}}},
    {"SS-04",
     SET("  replicas: 3\n", READY("4")) STOPS("2s") UNREADY("3", "", "2s")
         STEPS IMAGE("100s", "2") IMAGE("200s", "1") KILL("300s", "web-2"), 320,
     {{"lives 90", "100-web-2 102.web-2 102+web-2 300-web-2 302.web-2 302+web-2"},
      {"statefulset/web readyReplicas", "4:1 8:2 12:3 102:2 306:3"},
      {"statefulset/web event SuccessfulDelete", "100"}}},
    {"SS-05",
     SET("  replicas: 3\n" PARALLEL, READY("4")) STOPS("2s") UNREADY("3", "", "2s")
         STEPS IMAGE("100s", "2") IMAGE("200s", "1"), 320,
     {{"lives 90", "100-web-2 102.web-2 102+web-2 200-web-2 202.web-2 202+web-2"},
      {"statefulset/web readyReplicas", "4:3 102:2 206:3"}}},
    {"SS-06, SS-07",
     SET("  replicas: 4\n" PARTITION("2"), READY("6")) STOPS("3s")
         STEPS IMAGE("100s", "2") KILL("150s", "web-0"), 170,
     {{"lives 90", "100-web-3 103.web-3 103+web-3 109-web-2 112.web-2 112+web-2 150-web-0 "
                   "153.web-0 153+web-0"},
      {"statefulset/web currentReplicas", "0:1 6:2 12:3 18:4 100:3 109:2 150:1 153:2"},
      {"statefulset/web updatedReplicas", "0:1 6:2 12:3 18:4 100:0 103:1 112:2"}}},
    {"SS-08",
     SET("  replicas: 4\n" PARTITION("2"), READY("6")) STOPS("3s")
         STEPS IMAGE("100s", "2") APPLY("200s", "statefulset-partition"), 240,
     {{"lives 190", "200-web-1 203.web-1 203+web-1 209-web-0 212.web-0 212+web-0"},
      {"statefulset/web updatedReplicas", "0:1 6:2 12:3 18:4 100:0 103:1 112:2 203:3 212:4"},
      {"statefulset/web currentReplicas", "0:1 6:2 12:3 18:4 100:3 109:2 200:1 209:0 218:4"}}},
    {"SS-14",
     SET("  replicas: 3\n  updateStrategy: {type: OnDelete}\n", "") STOPS("2s")
         STEPS IMAGE("100s", "2") KILL("150s", "web-1"), 170,
     {{"lives 90", "150-web-1 152.web-1 152+web-1"},
      {"statefulset/web updatedReplicas", "0:1 0:2 0:3 100:0 152:1"}}},
    {"SS-18",
     SET("  replicas: 2\n", ", imagePullPolicy: Always")
         BEHAVIOR("bad", "  pods: [1]\n  pull: [{fail: gone}]\n") STEPS IMAGE("100s", "2"), 150,
     {{"lives", "0+web-0 0+web-1"}, {"statefulset/web readyReplicas", "0:1"}}},
    {"W-24",
     SET("  replicas: 3\n" PARTITION("1"), READY("6")) STOPS("3s") STEPS IMAGE("100s", "2"), 140,
     {{"lives 90", "100-web-2 103.web-2 103+web-2 109-web-1 112.web-1 112+web-1"},
      {"statefulset/web readyReplicas", "6:1 12:2 18:3 103:2 109:3 112:2 118:3"}}},
    {"SS-19",
     SET("  replicas: 2\n" PARTITION("3"), READY("2"))
         STEPS IMAGE("90s", "2") SCALE("100s", "4"), 120,
     {{"lives 80", "100+web-2 102+web-3"},
      {"statefulset/web updatedReplicas", "0:1 2:2 90:0 102:1"}}},
};

Test(vectors_statefulset, from_the_highest_down)
{
    OBJECT_EACH(updated);
}

static const struct vector scaled[] = {
    {"SS-09",
     SET("  replicas: 3\n", READY("0")) UNREADY("0", "from: 90s, to: 130s, ", "0s")
         STEPS SCALE("100s", "1"), 150,
     {{"lives 90", "130-web-2 130.web-2 130-web-1 130.web-1"},
      {"statefulset/web specReplicas", "0:3 100:1"}}},
    {"SS-10",
     SET("  replicas: 3\n", READY("0")) UNREADY("1, 2", "from: 90s, ", "0s")
         STEPS SCALE("100s", "1"), 150,
     {{"lives 90", ""}, {"statefulset/web readyReplicas", "0:1 0:2 0:3 90:1"}}},
    {"SS-11",
     SET("  replicas: 3\n", READY("0")) STOPS("5s") UNREADY("1", "from: 90s, ", "5s")
         STEPS SCALE("100s", "1"), 150,
     {{"lives 90", "100-web-2 105.web-2 105-web-1 110.web-1"},
      {"statefulset/web replicas", "0:1 0:2 0:3 105:2 110:1"}}},
    {"SS-17", SET("  replicas: 3\n", "") STEPS "  - {at: 80s, evict: pod/web-1}\n", 100,
     {{"lives 80", "80.web-1 80+web-1"},
      {"statefulset/web event SuccessfulDelete", "80"}}},
    {"all at once",
     SET("  replicas: 3\n" PARALLEL, READY("0")) STOPS("5s") STEPS SCALE("100s", "1"), 150,
     {{"lives 90", "100-web-2 100-web-1 105.web-1 105.web-2"}}},
    {"W-12",
     SET("  replicas: 3\n"
         "  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], "
         "resources: {requests: {storage: 1Gi}}}}]\n", READY("0"))
         STOPS("5s") STEPS SCALE("100s", "1"), 150,
     {{"lives 90", "100-web-2 105.web-2 105-web-1 110.web-1"},
      {"persistentvolumeclaim/data-web-1 object", "0:Created"},
      {"persistentvolumeclaim/data-web-2 object", "0:Created"}}},
};

Test(vectors_statefulset, scaled_and_evicted)
{
    OBJECT_EACH(scaled);
}

/* A name comes back when its object has gone, whatever still runs of it. */
static const struct vector names[] = {
    {"twin",
     SET("  replicas: 1\n", "") STOPS("20s")
         STEPS "  - {at: 50s, delete: pod/web-0, force: true, gracePeriodSeconds: 0}\n", 100,
     {{"lives 40", "50.web-0 50+web-0"}, {"statefulset/web replicas", "0:1"}}},
    {"another set of its name waits, and tries again",
     SET("  replicas: 2\n", "") STOPS("3s")
         STEPS "  - {at: 50s, delete: statefulset/web}\n" APPLY("51s", "statefulset-again"), 100,
     {{"lives 40", "50-web-0 50-web-1 53.web-0 53.web-1 53.6+web-0 53.6+web-1"}}},
    {"history",
     SET("  replicas: 1\n  revisionHistoryLimit: 1\n", "")
         STEPS IMAGE("20s", "2") IMAGE("40s", "3") IMAGE("60s", "1"), 100,
     {{"statefulset/web event SuccessfulCreate", "0 20 40 60"}}},
    {"foreground",
     SET("  replicas: 2\n", "") STOPS("4s")
         STEPS "  - {at: 50s, delete: statefulset/web, cascade: foreground}\n", 100,
     {{"statefulset/web object", "0:Created 50:Terminating 54:Deleted"},
      {"lives 40", "50-web-0 50-web-1 54.web-0 54.web-1"}}},
    {"adopted by name",
     SET("  replicas: 2\n", "")
         STEPS "  - {at: 50s, delete: statefulset/web, cascade: orphan}\n"
               APPLY("60s", "statefulset-again"), 100,
     {{"lives 40", ""}, {"statefulset/web object", "0:Created 50:Deleted 60:Created"}}},
};

Test(vectors_statefulset, names_come_back)
{
    OBJECT_EACH(names);
}

/* Back to the template before, or to one by its number; it counts as the newest then. */
static const struct vector undone[] = {
    {"undo", SET("  replicas: 2\n", READY("1")) STOPS("2s")
                 STEPS IMAGE("20s", "2") "  - {at: 40s, undo: statefulset/web}\n"
                 "  - {at: 60s, undo: statefulset/web, toRevision: 2}\n"
                 "  - {at: 80s, undo: statefulset/web, toRevision: 9}\n", 100,
     {{"lives 35", "40-web-1 42.web-1 42+web-1 43-web-0 45.web-0 45+web-0 60-web-1 62.web-1 "
                   "62+web-1 63-web-0 65.web-0 65+web-0"},
      {"scenario/s step", "20:done 40:done 60:done 80:refused"},
      {"scenario/s says step", "unable to find specified revision 9 in history"}}},
    {"nothing to undo", SET("  replicas: 1\n", "") STEPS "  - {at: 40s, undo: statefulset/web}\n",
     60, {{"lives", "0+web-0"}, {"scenario/s says step", "no last revision to roll back to"}}},
    {"a broken rollout is undone, and waits for its broken pod",
     SET("  replicas: 2\n", READY("1")) STOPS("2s") UNREADY("2", "", "2s")
         STEPS IMAGE("20s", "2") "  - {at: 40s, undo: statefulset/web}\n" KILL("60s", "web-1"),
     100, {{"lives 15", "20-web-1 22.web-1 22+web-1 60-web-1 62.web-1 62+web-1"},
           {"statefulset/web readyReplicas", "1:1 2:2 22:1 63:2"}}},
    {"restarted", SET("  replicas: 2\n", READY("1"))
                      STEPS "  - {at: 20s, restartRollout: statefulset/web}\n", 60,
     {{"lives 15", "20-web-1 20.web-1 20+web-1 21-web-0 21.web-0 21+web-0"}}},
};

Test(vectors_statefulset, undone)
{
    OBJECT_EACH(undone);
}

/* Of the revisions that nobody needs as many are kept as the limit says: an older template comes
 * back as the object that it was. */
Test(vectors_statefulset, revisions)
{
    struct story *s = story_run(
        SET("  replicas: 1\n  revisionHistoryLimit: 1\n", "")
            STEPS IMAGE("20s", "2") IMAGE("40s", "1") IMAGE("60s", "3") IMAGE("80s", "4"),
        &(struct story_options){.for_ms = 100000});
    unsigned created = 0, deleted = 0;

    for (const char *at = story_json(s);
         (at = strstr(at, "\"object\":\"controllerrevision/web-")) != NULL; at++) {
        const char *end = strchr(at, '\n'), *to = strstr(at, "\"to\":\"Created\""),
                   *gone = strstr(at, "\"to\":\"Deleted\"");

        created += to != NULL && to < end;
        deleted += gone != NULL && gone < end;
    }
    cr_expect_eq(created, 4, "%u", created);
    cr_expect_eq(deleted, 2, "%u", deleted);
    story_free(s);
}
