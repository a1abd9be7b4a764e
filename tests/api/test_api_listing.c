/* SPDX-License-Identifier: Apache-2.0 */
/* test_api_listing.c - what has been applied and is no pod, one object a call. */
#include "tests/api/test_api_kit.h"

#define META(kind, name) "---\napiVersion: v1\nkind: " kind "\nmetadata: {name: " name "}\n"
#define WORKLOAD(version, kind, name, more)                                                        \
    "---\napiVersion: " version "\nkind: " kind "\nmetadata: {name: " name ", namespace: ns}\n"    \
    "spec:\n  selector: {matchLabels: {app: " name "}}\n" more                                     \
    "  template:\n    metadata: {labels: {app: " name "}}\n"                                       \
    "    spec: {containers: [{name: c, image: i}]}\n"
#define JOB(name)                                                                                  \
    "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: " name "}\nspec:\n  parallelism: 2\n"  \
    "  template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}\n"
#define STATEFULSET                                                                                \
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec:\n  replicas: 2\n"     \
    "  serviceName: svc\n  selector: {matchLabels: {app: s}}\n"                                    \
    "  volumeClaimTemplates:\n  - metadata: {name: data}\n"                                        \
    "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"            \
    "  template:\n    metadata: {labels: {app: s}}\n"                                              \
    "    spec: {containers: [{name: c, image: i, command: [sh, -c, sleep 99],"                     \
    " volumeMounts: [{name: data, mountPath: /d}]}]}\n"
#define STEPS                                                                                      \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: x}\nspec:\n  steps:\n"      \
    "  - {at: 20s, scale: deployment/web, replicas: 5}\n  - {at: 10s, reboot: node}\n"

static const char everything[] = KIT_POD("p") KIT_DEPLOYMENT("web", 3)
    WORKLOAD("apps/v1", "ReplicaSet", "rs", "  replicas: 4\n")
    WORKLOAD("apps/v1", "DaemonSet", "ds", "") JOB("job") STATEFULSET
    "---\napiVersion: v1\nkind: ReplicationController\nmetadata: {name: rc}\nspec:\n  replicas: 1\n"
    "  selector: {app: rc}\n  template:\n    metadata: {labels: {app: rc}}\n"
    "    spec: {containers: [{name: c, image: i}]}\n"
    META("Service", "svc") "spec: {ports: [{port: 80}]}\n"
    META("Secret", "same") META("ConfigMap", "same") "data: {a: b}\n"
    META("PersistentVolumeClaim", "mine")
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
    KIT_BEHAVIOR("web", "  - serve: []\n") STEPS;

static struct podring_object_info info_of(podring *r, uint64_t object)
{
    struct podring_object_info i = PODRING_OBJECT_INFO_INIT;

    cr_assert_eq(podring_object_info(r, object, &i), 0, "%s", podring_why(r));
    return i;
}

/* "deployment default/web 3" and so on, a line each. */
static void list(podring *r, char *out, size_t room)
{
    uint64_t cursor = 0, object;
    size_t n = 0;

    out[0] = '\0';
    while ((object = podring_next_object(r, &cursor)) != 0) {
        struct podring_object_info i = info_of(r, object);

        n += (size_t)snprintf(out + n, room - n, "%s %s/%s %lld%s%s\n", i.kind, i.namespace_,
                              i.name != NULL ? i.name : "", (long long)i.replicas,
                              i.text != NULL ? " " : "", i.text != NULL ? i.text : "");
        cr_assert_lt(n, room);
    }
    cr_expect_eq(podring_next_object(r, &cursor), 0, "the end stays the end");
}

static uint64_t find(podring *r, const char *kind, const char *name)
{
    uint64_t cursor = 0, object;

    while ((object = podring_next_object(r, &cursor)) != 0) {
        struct podring_object_info i = info_of(r, object);

        if (strcmp(i.kind, kind) == 0 && i.name != NULL && strcmp(i.name, name) == 0)
            return object;
    }
    return 0;
}

Test(api_listing, each_kind_in_its_word)
{
    podring *r = kit_ring(everything);
    char text[4096];

    kit_run(r, 2000);
    list(r, text, sizeof(text));
    /* What controllers have made is the last of its table. */
    cr_expect_str_eq(text, "deployment default/web 3\n"
                           "replicaset ns/rs 4\n"
                           "daemonset ns/ds -1\n"
                           "job default/job -1\n"
                           "statefulset default/s 2\n"
                           "replicationcontroller default/rc 1\n"
                           "replicaset default/web-7df9fb646b 3\n"
                           "service default/svc -1\n"
                           "secret default/same -1\n"
                           "configmap default/same -1\n"
                           "persistentvolumeclaim default/mine -1\n"
                           "persistentvolumeclaim default/data-s-0 -1\n"
                           "persistentvolumeclaim default/data-s-1 -1\n"
                           "behavior default/b-web -1\n"
                           "step default/ -1 scale deployment/web (kit:107)\n"
                           "step default/ -1 reboot node (kit:108)\n"
                           "controllerrevision ns/ds-5ccbfcd4cf -1\n"
                           "controllerrevision default/s-549c758b55 -1\n");
    cr_expect_gt(info_of(r, find(r, "persistentvolumeclaim", "data-s-0")).version, 0);
    cr_expect_gt(info_of(r, find(r, "persistentvolumeclaim", "mine")).version, 0);
    podring_close(r);
}

Test(api_listing, an_empty_engine_has_none)
{
    podring *r = kit_open(kit_options());
    uint64_t cursor = 0;

    cr_expect_eq(podring_next_object(r, &cursor), 0);
    cr_expect_eq(cursor, 0);
    podring_close(r);
}

Test(api_listing, a_step_is_there_until_its_time_comes)
{
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 3) STEPS);
    struct podring_object_info i = PODRING_OBJECT_INFO_INIT;
    uint64_t cursor = 0, web = podring_next_object(r, &cursor);
    uint64_t set = podring_next_object(r, &cursor);
    uint64_t scale = podring_next_object(r, &cursor), reboot = podring_next_object(r, &cursor);

    cr_expect_eq(info_of(r, scale).due_ms, 20000);
    cr_expect_eq(info_of(r, reboot).due_ms, 10000);
    cr_expect_eq(info_of(r, web).due_ms, -1);
    kit_run(r, 10000);
    cr_expect_eq(podring_object_info(r, reboot, &i), -PODRING_ENOTFOUND, "it is over");
    cr_expect_eq(info_of(r, scale).due_ms, 20000);
    cr_expect_eq(info_of(r, web).replicas, 3);
    kit_run(r, 20000);
    cr_expect_eq(podring_object_info(r, scale, &i), -PODRING_ENOTFOUND);
    cr_expect_eq(info_of(r, web).replicas, 5);
    cursor = 0;
    cr_expect_eq(podring_next_object(r, &cursor), web);
    cr_expect_eq(podring_next_object(r, &cursor), set);
    cr_expect_eq(info_of(r, set).replicas, 5);
    cr_expect_eq(podring_next_object(r, &cursor), 0);
    podring_close(r);
}

/* Those of one engine are all different, and an update makes the object's the newest. */
Test(api_listing, versions)
{
    static const char config[] = META("ConfigMap", "a") "data: {k: v}\n" META("ConfigMap", "b");
    podring *r = kit_ring(config);
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t a = find(r, "configmap", "a"), b = find(r, "configmap", "b");
    uint64_t was = info_of(r, a).version;

    cr_expect_gt(was, 0);
    cr_expect_lt(was, info_of(r, b).version);
    cr_assert_eq(podring_cause(r, info_of(r, b).version, &e), 0);
    kit_run(r, 5000);
    kit_apply(r, META("ConfigMap", "a") "data: {k: w}\n");
    cr_expect_eq(find(r, "configmap", "a"), a, "the same object");
    cr_expect_gt(info_of(r, a).version, info_of(r, b).version);
    cr_expect_eq(info_of(r, a).created_ms, 0);
    kit_apply(r, META("ConfigMap", "c"));
    cr_expect_eq(info_of(r, find(r, "configmap", "c")).created_ms, 5000);
    podring_close(r);
}

/* An apply that is refused leaves nothing behind, and what comes next is not taken for it. */
Test(api_listing, a_refused_apply_was_never_there)
{
    static const char bad[] = META("ConfigMap", "new") META("Service", "svc")
        "spec: {clusterIP: None, ports: [{port: 80}]}\n";
    podring *r = kit_ring(META("Service", "svc") "spec: {ports: [{port: 80}]}\n");
    char before[256], after[256];

    list(r, before, sizeof(before));
    cr_assert_eq(podring_load_text(r, "bad", bad, strlen(bad)), 0);
    cr_assert_eq(podring_apply(r), -PODRING_ESTATE);
    list(r, after, sizeof(after));
    cr_expect_str_eq(after, before);
    podring_close(r);
}

/* Objects that come while one walks: of a kind that has been passed they are not seen, others are;
 * none is seen twice. A bare pod's end must not disturb either. */
Test(api_listing, a_walk_while_objects_come)
{
    podring *r = kit_ring(META("ConfigMap", "a") META("ConfigMap", "b") KIT_POD("p"));
    uint64_t cursor = 0, other = 0, first = podring_next_object(r, &cursor);

    cr_expect_str_eq(info_of(r, first).name, "a");
    kit_apply(r, KIT_DEPLOYMENT("web", 1) META("ConfigMap", "c"));
    cr_assert_eq(podring_delete(r, kit_pod(r, "p"), 0, 1), 0);
    kit_run(r, 5000);
    kit_drain(r);
    kit_apply(r, KIT_POD("p"));
    cr_expect_str_eq(info_of(r, podring_next_object(r, &other)).name, "web");
    cr_expect_str_eq(info_of(r, podring_next_object(r, &other)).kind, "replicaset");
    cr_expect_str_eq(info_of(r, podring_next_object(r, &cursor)).name, "b");
    cr_expect_str_eq(info_of(r, podring_next_object(r, &cursor)).name, "c");
    cr_expect_str_eq(info_of(r, podring_next_object(r, &other)).name, "a");
    cr_expect_eq(podring_next_object(r, &cursor), 0);
    podring_close(r);
}

/* ---- as JSON --------------------------------------------------------------------------------- */

/* The nth of a kind; "" past the last. */
static const char *shown(podring *r, const char *kind, const char *ns, int nth, char out[4096])
{
    uint64_t cursor = 0;
    size_t length;
    int rc = 0;

    for (; rc == 0 && nth >= 0; nth--)
        rc = podring_show_next(r, kind, ns, &cursor, out, 4096, &length);
    cr_assert(rc == 0 || rc == -PODRING_ENOTFOUND, "%s", podring_why(r));
    return rc == 0 ? out : strcpy(out, "");
}

static void expect_part(const char *text, const char *part)
{
    cr_expect_not_null(strstr(text, part), "no %s in %s", part, text);
}

Test(api_listing, shows_what_somebody_has_written_and_what_controllers_have_made)
{
    podring *r = kit_ring(everything);
    char text[4096];

    kit_run(r, 1000);
    expect_part(shown(r, "pod", NULL, 0, text), "\"name\":\"p\"");
    expect_part(text, "\"nodeName\":\"node\"");
    expect_part(shown(r, "replicaset", NULL, 0, text), "\"kind\":\"Deployment\",\"name\":\"web\"");
    expect_part(text, "\"pod-template-hash\"");
    cr_expect_str_eq(shown(r, "replicaset", NULL, 1, text), "");
    expect_part(shown(r, "replicaset", "ns", 0, text), "\"replicas\":4");
    expect_part(shown(r, "replicaset", "", 1, text), "\"replicas\":3");
    expect_part(shown(r, "service", NULL, 0, text), "\"name\":\"kubernetes\"");
    expect_part(shown(r, "service", NULL, 1, text), "\"clusterIP\":\"10.96.0.2\"");
    expect_part(shown(r, "job", NULL, 0, text), "\"parallelism\":2");
    expect_part(shown(r, "configmap", NULL, 0, text), "\"data\":{\"a\":\"b\"}");
    podring_close(r);
}

Test(api_listing, a_text_that_does_not_fit_comes_again)
{
    podring *r = kit_ring(KIT_POD("p"));
    char text[4096], cut[8];
    uint64_t cursor = 0;
    size_t length = 0, whole;

    cr_assert_eq(podring_show_next(r, "pod", NULL, &cursor, NULL, 0, &whole), 0);
    cr_assert_eq(podring_show_next(r, "pod", NULL, &cursor, cut, sizeof(cut), &length), 0);
    cr_expect_eq(cursor, 0);
    cr_expect_eq(length, whole);
    cr_expect_str_eq(cut, "{\"apiVe");
    cr_assert_eq(podring_show_next(r, "pod", NULL, &cursor, text, whole, &length), 0);
    cr_expect_eq(cursor, 0, "there is no room for the NUL");
    cr_assert_eq(podring_show_next(r, "pod", NULL, &cursor, text, whole + 1, &length), 0);
    cr_expect_eq(strlen(text), whole);
    cr_expect_neq(cursor, 0);
    cr_expect_eq(podring_show_next(r, "pod", NULL, &cursor, text, sizeof(text), &length),
                 -PODRING_ENOTFOUND);
    cr_expect_eq(podring_show_next(r, "step", NULL, &cursor, text, sizeof(text), &length),
                 -PODRING_EINVALID);
    cr_expect_str_eq(podring_why(r), "kind: there is no \"step\"");
    podring_close(r);
}

Test(api_listing, nothing_is_shown_where_documents_are_not_kept)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    uint64_t cursor = 0;
    size_t length;
    podring *r;

    o.clock = PODRING_VIRTUAL;
    o.flags = PODRING_NO_DOCUMENTS;
    cr_assert_eq(podring_open(&o, &r), 0);
    cr_assert_eq(podring_load_text(r, "t", everything, strlen(everything)), 0);
    cr_assert_eq(podring_apply(r), 0);
    cr_expect_eq(podring_show_next(r, "pod", NULL, &cursor, NULL, 0, &length),
                 -PODRING_EUNSUPPORTED);
    cr_expect_str_eq(podring_why(r),
                     "the documents of this engine's objects are not kept: PODRING_NO_DOCUMENTS");
    cr_expect_eq(podring_show_next(r, "deployment", NULL, &cursor, NULL, 0, &length),
                 -PODRING_EUNSUPPORTED);
    podring_close(r);
}
