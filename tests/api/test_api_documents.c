/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api_documents.c - objects created, replaced, patched and deleted one call at a time, from
 * text and without any: what each does, what it refuses, and that nothing is half done.
 */
#include "tests/api/test_api_kit.h"

#define CONFIG(name, value)                                                                        \
    "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\ndata: {k: " value "}\n"
#define SERVICE(spec)                                                                              \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: svc}\nspec: {" spec "}\n"
#define CLAIM                                                                                      \
    "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: "             \
    "{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
#define JOB(image)                                                                                 \
    "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: job}\nspec:\n"                         \
    "  template: {spec: {restartPolicy: Never, containers: [{name: c, image: '" image "'}]}}\n"
#define SET(policy)                                                                                \
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  replicas: 2\n"    \
    "  podManagementPolicy: " policy "\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n" \
    "  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}\n"

static int create(podring *r, const char *text)
{
    return podring_create_text(r, "new.yaml", text, strlen(text));
}

static int replace(podring *r, const char *text)
{
    return podring_replace_text(r, "again.yaml", text, strlen(text));
}

static int patch(podring *r, const char *object, const char *text)
{
    return podring_patch_text(r, NULL, object, PODRING_PATCH_MERGE, "patch", text, strlen(text));
}

static void does(podring *r, int rc)
{
    cr_assert_eq(rc, 0, "%d %s", rc, podring_why(r));
}

static void refuses(podring *r, int rc, int code, const char *why)
{
    cr_expect_eq(rc, -code, "%d instead of %d", rc, -code);
    cr_expect_not_null(strstr(podring_why(r), why), "%s", podring_why(r));
}

static const char *document(podring *r, const char *object)
{
    static char text[2048];
    size_t length;

    does(r, podring_document(r, NULL, object, text, sizeof(text), &length));
    cr_assert_lt(length, sizeof(text));
    return text;
}

static uint32_t count(podring *r, const char *selector)
{
    uint64_t cursor = 0, pod;
    uint32_t n = 0;

    while (podring_select(r, NULL, selector, &cursor, &pod) == 0) {
        struct podring_pod_info info = PODRING_POD_INFO_INIT;

        cr_assert_eq(podring_pod_info(r, pod, &info), 0);
        n += info.deleted_ms < 0;
    }
    return n;
}

static const char *image_of(podring *r, const char *pod)
{
    static struct podring_container_info info;

    info = (struct podring_container_info)PODRING_CONTAINER_INFO_INIT;
    cr_assert_eq(podring_container_info(r, kit_pod(r, pod), 0, &info), 0);
    return info.image;
}

Test(api_documents, what_is_there_is_not_created)
{
    podring *r = kit_open(kit_options());

    does(r, create(r, KIT_POD("p") CONFIG("a", "v")));
    refuses(r, create(r, CONFIG("b", "v") KIT_POD("p")), PODRING_EEXISTS,
            "new.yaml:7:1: pod default/p exists already");
    refuses(r, replace(r, CONFIG("b", "v")), PODRING_ENOTFOUND, "configmap default/b is not there");
    refuses(r, replace(r, CONFIG("a", "w") CONFIG("b", "v")), PODRING_ENOTFOUND, "is not there");
    cr_expect_not_null(strstr(document(r, "configmap/a"), "\"k\":\"v\""), "it is as it was");
    does(r, replace(r, CONFIG("a", "w")));
    cr_expect_not_null(strstr(document(r, "configmap/a"), "\"k\":\"w\""));
    does(r, podring_load_text(r, "t", CONFIG("c", "v"), strlen(CONFIG("c", "v"))));
    refuses(r, create(r, CONFIG("b", "v")), PODRING_ESTATE, "waits for podring_apply");
    does(r, podring_apply(r));
    does(r, create(r, CONFIG("b", "v")));
    podring_close(r);
}

Test(api_documents, a_pod_is_updated_in_place)
{
    podring *r = kit_ring(KIT_POD("p"));
    uint64_t pod = kit_pod(r, "p");

    kit_run(r, 5000);
    does(r, patch(r, "pod/p", "spec: {containers: [{name: c, image: 'i:2', ports: "
                              "[{containerPort: 8080, protocol: TCP}]}], restartPolicy: Always}"));
    kit_run(r, 20000);
    cr_expect_eq(kit_pod(r, "p"), pod, "the same pod");
    cr_expect_str_eq(image_of(r, "p"), "i:2");
    cr_expect_eq(kit_stats(r).restarts, 1);
    refuses(r, patch(r, "pod/p", "{\"spec\": {\"hostname\": \"x\"}}"), PODRING_ESTATE,
            "spec: Forbidden: pod updates may not change fields other than "
            "`spec.containers[*].image`");
    does(r, patch(r, "pod/p", "metadata: {labels: {b: c}}"));
    cr_expect_eq(count(r, "b=c"), 1);
    refuses(r, patch(r, "pod/p", "spec:\n  containers: [{name: c, image: 3}]\n"),
            PODRING_EMANIFEST, "patch:2:33: spec.containers[0].image");
    refuses(r, patch(r, "pod/p", "metadata: {name: q}"), PODRING_EMANIFEST,
            "metadata.name: Invalid value: \"q\": field is immutable");
    does(r, patch(r, "pod/p", "metadata: {annotations: {a: b}}"));
    kit_run(r, 30000);
    cr_expect_eq(kit_stats(r).restarts, 1, "an annotation is no reason");
    podring_close(r);
}

/* A shorter deadline counts from where the longer one did, and may be over at once. */
Test(api_documents, a_deadline_is_made_shorter)
{
    static const char pod[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: %c}\nspec:\n"
                              "  activeDeadlineSeconds: 100\n"
                              "  containers: [{name: c, image: i:1}]\n---\n";
    char text[512];
    size_t n = 0;
    podring *r;
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    for (char name = 'a'; name < 'c'; name++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, pod, name);
    r = kit_ring(text);
    kit_run(r, 10000);
    does(r, patch(r, "pod/a", "spec: {activeDeadlineSeconds: 30}"));
    does(r, patch(r, "pod/b", "spec: {activeDeadlineSeconds: 5}"));
    kit_run(r, 10000);
    does(r, podring_pod_info(r, kit_pod(r, "b"), &info));
    cr_expect_str_eq(info.phase, "Failed");
    kit_run(r, 29999);
    does(r, podring_pod_info(r, kit_pod(r, "a"), &info));
    cr_expect_str_eq(info.status, "Running");
    kit_run(r, 30000);
    does(r, podring_pod_info(r, kit_pod(r, "a"), &info));
    cr_expect_str_eq(info.phase, "Failed");
    refuses(r, patch(r, "pod/a", "spec: {activeDeadlineSeconds: 40}"), PODRING_ESTATE,
            "must be less than or equal to previous value");
    podring_close(r);
}

/* Applied again as they are, nothing has changed. */
Test(api_documents, slices_and_ingresses_are_put_once)
{
    static const char both[] =
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s, labels: "
        "{kubernetes.io/service-name: x}}\naddressType: IPv4\nendpoints: [{addresses: "
        "[10.0.0.9]}]\nports: [{port: 80}]\n---\n"
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n"
        "  defaultBackend: {service: {name: x, port: {number: 80}}}\n";
    podring *r = kit_ring(both);
    uint64_t version;

    kit_run(r, 5000);
    version = podring_newest_version(r);
    kit_apply(r, both);
    cr_expect_eq(podring_newest_version(r), version);
    podring_close(r);
}

/* What calls have changed since is part of the document that a patch is for. */
Test(api_documents, a_patch_leaves_what_it_does_not_name)
{
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 3));

    kit_run(r, 5000);
    does(r, podring_scale(r, NULL, "deployment/web", 5));
    does(r, podring_set_image(r, NULL, "deployment/web", NULL, "i:7"));
    kit_run(r, 10000);
    does(r, patch(r, "deployment/web", "{\"spec\": {\"minReadySeconds\": 4, \"paused\": null}}"));
    cr_expect_not_null(strstr(document(r, "deployment/web"), "\"replicas\":5"));
    cr_expect_not_null(strstr(document(r, "deployment/web"), "\"image\":\"i:7\""));
    kit_run(r, 60000);
    cr_expect_eq(count(r, "app=web"), 5);
    does(r, patch(r, "deployment/web", "spec: {replicas: 2}"));
    kit_run(r, 70000);
    cr_expect_eq(count(r, "app=web"), 2);
    kit_apply(r, KIT_DEPLOYMENT("web", 4));
    kit_run(r, 80000);
    cr_expect_eq(count(r, "app=web"), 4);
    refuses(r, patch(r, "deployment/web", "spec: {selector: {matchLabels: {b: c}}, template: "
                                          "{metadata: {labels: {b: c}}}}"),
            PODRING_ESTATE, "deployment default/web: spec.selector: Invalid value: "
            "{\"matchLabels\":{\"app\":\"web\",\"b\":\"c\"}}: field is immutable");
    kit_run(r, 90000);
    cr_expect_eq(count(r, "app=web"), 4, "as it was");
    podring_close(r);
}

Test(api_documents, what_must_not_change)
{
    podring *r = kit_ring(JOB("i") SET("OrderedReady") CLAIM
                              SERVICE("clusterIP: 10.96.0.9, ports: [{port: 80}]"));

    refuses(r, replace(r, JOB("other")), PODRING_ESTATE, "job default/job: spec.template: ");
    refuses(r, replace(r, SET("Parallel")), PODRING_ESTATE,
            "spec: Forbidden: updates to statefulset spec for fields other than 'replicas'");
    refuses(r, patch(r, "persistentvolumeclaim/data", "spec: {accessModes: [ReadOnlyMany]}"),
            PODRING_ESTATE, "spec: Forbidden: spec is immutable after creation except");
    refuses(r, replace(r, SERVICE("clusterIP: 10.96.0.10, ports: [{port: 80}]")), PODRING_ESTATE,
            "spec.clusterIPs[0]: Invalid value: [\"10.96.0.10\"]: may not change once set");
    does(r, replace(r, SERVICE("ports: [{port: 81}]")));
    does(r, replace(r, JOB("i") SET("OrderedReady") CLAIM));
    podring_close(r);
}

Test(api_documents, a_workload_takes_its_pods_along)
{
    struct podring_delete_options orphan = PODRING_DELETE_OPTIONS_INIT;
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 3) SET("Parallel") CONFIG("a", "v"));

    orphan.flags = PODRING_DELETE_ORPHAN;
    kit_run(r, 5000);
    does(r, podring_delete_object(r, NULL, "deployment/web", NULL));
    refuses(r, podring_delete_object(r, NULL, "deployment/web", NULL), PODRING_ENOTFOUND,
            "deployment/web of namespace default: there is no such object");
    does(r, create(r, KIT_DEPLOYMENT("web", 1)));
    kit_run(r, 60000);
    cr_expect_eq(count(r, "app=web"), 1, "those of the new one only");
    does(r, podring_delete_object(r, NULL, "statefulset/db", NULL));
    does(r, create(r, SET("Parallel")));
    kit_run(r, 120000);
    cr_expect_eq(count(r, "app=db"), 2, "once the names were free");
    does(r, podring_delete_object(r, NULL, "deployment/web", &orphan));
    kit_run(r, 180000);
    cr_expect_eq(count(r, "app=web"), 1, "it stays");
    does(r, podring_delete_object(r, NULL, "configmap/a", NULL));
    refuses(r, patch(r, "configmap/a", "{}"), PODRING_ENOTFOUND, "there is no such object");
    podring_close(r);
}

static void expect_log(podring *r, const char *pod, const char *wanted)
{
    const char *text;
    size_t length;

    does(r, podring_logs(r, kit_pod(r, pod), NULL, 0, &text, &length));
    cr_expect(length == strlen(wanted) && memcmp(text, wanted, length) == 0, "%s: %.*s", pod,
              (int)length, text);
}

/* What a running pod has mounted stays; who needs a variable of it waits, and so does a new pod. */
Test(api_documents, a_config_map_that_goes)
{
    static const char mounts[] = "  containers:\n  - {name: c, image: busybox, command: [sh, -c, "
                                 "'cat /d/k; sleep 9999'], volumeMounts: [{name: v, mountPath: "
                                 "/d}]}\n  volumes: [{name: v, configMap: {name: a}}]\n";
    char text[1024];
    podring *r = kit_ring(
        CONFIG("a", "old") "---\napiVersion: v1\nkind: Pod\nmetadata: {name: env}\nspec:\n"
        "  containers:\n  - {name: c, image: busybox, command: [sh, -c, 'echo $A; sleep 9999'], "
        "env: [{name: A, valueFrom: {configMapKeyRef: {name: a, key: k}}}]}\n");

    snprintf(text, sizeof(text), "apiVersion: v1\nkind: Pod\nmetadata: {name: vol}\nspec:\n%s",
             mounts);
    does(r, create(r, text));
    kit_run(r, 5000);
    does(r, podring_delete_object(r, NULL, "configmap/a", NULL));
    does(r, podring_kill(r, kit_pod(r, "vol"), NULL, 9));
    does(r, podring_kill(r, kit_pod(r, "env"), NULL, 9));
    snprintf(text, sizeof(text), "apiVersion: v1\nkind: Pod\nmetadata: {name: late}\nspec:\n%s",
             mounts);
    does(r, create(r, text));
    kit_run(r, 60000);
    cr_expect_str_eq(kit_status(r, kit_pod(r, "vol")), "Running");
    expect_log(r, "vol", "old");
    cr_expect_str_eq(kit_status(r, kit_pod(r, "late")), "ContainerCreating");
    cr_expect_str_neq(kit_status(r, kit_pod(r, "env")), "Running");
    does(r, create(r, CONFIG("a", "new")));
    kit_run(r, 600000);
    expect_log(r, "late", "new");
    expect_log(r, "env", "new\n");
    podring_close(r);
}

/* The log has what was called for, what it did, and what followed from it. */
Test(api_documents, a_deletion_has_a_cause)
{
    struct podring_options o = kit_options();
    struct podring_event e = PODRING_EVENT_INIT, why = PODRING_EVENT_INIT;
    uint64_t version;
    podring *r;

    o.history = 1000;
    r = kit_open(o);
    kit_apply(r, KIT_DEPLOYMENT("web", 1) KIT_BEHAVIOR("web", "  - serve: []\n"));
    kit_run(r, 5000);
    version = podring_newest_version(r);
    does(r, podring_delete_object(r, NULL, "behavior/b-web", NULL));
    does(r, podring_change(r, &version, &e));
    cr_expect_str_eq(e.message, "podring_delete_object behavior/b-web");
    does(r, podring_change(r, &version, &e));
    cr_expect_str_eq(e.object, "behavior/b-web");
    cr_expect_str_eq(e.to, "Deleted");
    does(r, podring_delete_object(r, NULL, "deployment/web", NULL));
    kit_run(r, 6000);
    do
        does(r, podring_change(r, &version, &e));
    while (e.pod == 0);
    cr_expect_str_eq(e.to, "Terminating");
    does(r, podring_cause(r, e.cause, &why));
    cr_expect_eq(strncmp(why.object, "replicaset/web-", 15), 0);
    cr_expect_str_eq(why.to, "Deleted");
    does(r, podring_cause(r, why.cause, &why));
    cr_expect_str_eq(why.object, "deployment/web");
    cr_expect_str_eq(why.to, "Deleted");
    does(r, podring_cause(r, why.cause, &why));
    cr_expect_str_eq(why.object, "call");
    podring_close(r);
}

Test(api_documents, a_behavior_is_replaced_by_its_name)
{
    podring *r = kit_ring(KIT_POD("p") KIT_LIVENESS
                              KIT_BEHAVIOR("p", "  - serve: [{status: 500}]\n"));
    uint64_t restarts;

    kit_run(r, 60000);
    cr_assert_gt(restarts = kit_stats(r).restarts, 2);
    kit_apply(r, KIT_BEHAVIOR("p", "  - exit: {after: 1h}\n"));
    kit_run(r, 1000000);
    cr_expect_leq(kit_stats(r).restarts, restarts + 1, "it serves again");
    restarts = kit_stats(r).restarts;
    does(r, podring_delete_object(r, NULL, "behavior/b-p", NULL));
    kit_run(r, 20000000);
    cr_expect_leq(kit_stats(r).restarts, restarts + 1, "and does not end");
    podring_close(r);
}

Test(api_documents, without_documents)
{
    struct podring_options o = kit_options();
    size_t length;
    podring *r;

    o.flags = PODRING_NO_DOCUMENTS;
    r = kit_open(o);
    kit_apply(r, KIT_DEPLOYMENT("web", 3));
    refuses(r, patch(r, "deployment/web", "{}"), PODRING_EUNSUPPORTED, "PODRING_NO_DOCUMENTS");
    refuses(r, podring_document(r, NULL, "deployment/web", NULL, 0, &length),
            PODRING_EUNSUPPORTED, "PODRING_NO_DOCUMENTS");
    does(r, replace(r, KIT_DEPLOYMENT("web", 4)));
    podring_close(r);
}

static void set(podring *r, podring_spec *s, const char *path, const char *value)
{
    does(r, podring_spec_set(s, path, value));
}

/* A small world wholly by calls: a workload, a pod with a probe, a Behavior, an update, an end. */
Test(api_documents, a_world_without_yaml)
{
    podring *r = kit_open(kit_options());
    podring_spec *pod, *web, *behavior;
    uint64_t id = 0, other = 7;

    does(r, podring_spec_new(r, "Behavior", NULL, "fails", &behavior));
    does(r, podring_spec_set_text(behavior, "spec.selector.matchLabels.app", "p"));
    set(r, behavior, "spec.instances[0].serve[0]", "{from: 20s, status: 500}");
    does(r, podring_spec_create(behavior, &other));
    cr_expect_eq(other, 0);
    does(r, podring_spec_new(r, "Pod", NULL, "p", &pod));
    does(r, podring_spec_set_text(pod, "metadata.labels[\"app\"]", "p"));
    does(r, podring_spec_set_text(pod, "spec.containers[0].name", "c"));
    does(r, podring_spec_set_text(pod, "spec.containers[0].image", "nginx"));
    set(r, pod, "spec.containers[0].livenessProbe.httpGet.port", "80808");
    refuses(r, podring_spec_create(pod, &id), PODRING_EMANIFEST,
            "spec: spec.containers[0].livenessProbe.httpGet.port: Invalid value: 80808: must be "
            "between 1 and 65535, inclusive");
    cr_expect_eq(kit_stats(r).pods, 0);
    set(r, pod, "spec.containers[0].livenessProbe.httpGet.port", "8080");
    does(r, podring_spec_create(pod, &id));
    cr_expect_eq(id, kit_pod(r, "p"));
    does(r, podring_spec_set_text(pod, "metadata.name", "q"));
    set(r, pod, "metadata.labels", NULL);
    does(r, podring_spec_create(pod, NULL));
    does(r, podring_spec_new(r, "apps/v1/Deployment", "default", "web", &web));
    set(r, web, "spec.replicas", "3");
    set(r, web, "spec.selector.matchLabels", "{app: web}");
    set(r, web, "spec.template.metadata.labels", "{app: web}");
    set(r, web, "spec.template.spec.containers[0]", "{name: c, image: 'i:1'}");
    does(r, podring_spec_create(web, NULL));
    kit_run(r, 15000);
    cr_expect_eq(count(r, "app=web"), 3);
    cr_expect_eq(kit_stats(r).restarts, 0);
    set(r, web, "spec.replicas", "5");
    does(r, podring_spec_replace(web));
    kit_run(r, 60000);
    cr_expect_eq(count(r, "app=web"), 5);
    cr_expect_gt(kit_stats(r).restarts, 0, "of p, from 20 s on");
    does(r, podring_delete_object(r, NULL, "deployment/web", NULL));
    does(r, podring_delete_object(r, NULL, "pod/p", NULL));
    kit_run(r, 120000);
    cr_expect_eq(kit_stats(r).pods, 1, "q");
    podring_spec_free(pod);
    podring_spec_free(web);
    podring_spec_free(behavior);
    podring_close(r);
}

static const char *describe_node(podring *r, char *out, size_t room)
{
    struct podring_event e = PODRING_EVENT_INIT;
    size_t n = 0;

    out[0] = '\0';
    while (podring_next_event(r, &e) == 0) {
        if (e.object != NULL && strcmp(e.object, "node/n1") == 0 && e.kind == PODRING_TRANSITION &&
            e.at_ms > 0)
            n += (size_t)snprintf(out + n, room - n, "%lld:%s=%s ", (long long)(e.at_ms / 1000),
                                  e.field, e.to);
        cr_assert_lt(n, room);
    }
    return out;
}

#define NODE(more) "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n" more

/* What is said of a node by its document changes, and what steps have done to it stays. */
Test(api_documents, a_node_is_told_something_else)
{
    static const char said[] =
        "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
        "  steps: [{at: 5s, taint: node/n1, key: mine, value: x, effect: NoSchedule}]\n---\n";
    podring *r = kit_ring(
        NODE("spec: {taints: [{key: a, value: b, effect: PreferNoSchedule}]}\n---\n") KIT_POD("p"));
    char text[1024];

    kit_apply(r, said);
    kit_run(r, 10000);
    kit_apply(r, NODE("spec: {unschedulable: true}\nstatus: {allocatable: {cpu: '2'}}\n"));
    kit_run(r, 20000);
    does(r, patch(r, "node/n1", "{metadata: {labels: {a: b}}, spec: {unschedulable: null}}"));
    kit_run(r, 30000);
    cr_expect_str_eq(describe_node(r, text, sizeof(text)),
                     "5:taints=a=b:PreferNoSchedule,mine=x:NoSchedule 10:taints=mine=x:NoSchedule "
                     "10:unschedulable=true 10:taints=mine=x:NoSchedule,"
                     "node.kubernetes.io/unschedulable:NoSchedule 20:unschedulable= "
                     "20:taints=mine=x:NoSchedule ");
    refuses(r, patch(r, "node/n2", "spec: {}"), PODRING_ENOTFOUND, "there is no such object");
    podring_close(r);
}

#define PRIORITY(value, more)                                                                      \
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: " value \
    "\n" more

Test(api_documents, a_priority_class_keeps_its_value)
{
    podring *r = kit_ring(PRIORITY("10", ""));

    kit_apply(r, PRIORITY("10", "description: what it is for\n"));
    kit_apply(r, PRIORITY("10", "globalDefault: true\n"));
    does(r, podring_load_text(r, "kit", PRIORITY("11", ""), strlen(PRIORITY("11", ""))));
    refuses(r, podring_apply(r), PODRING_ESTATE,
            "priorityclass high: value: Forbidden: may not be changed in an update.");
    podring_close(r);
}
