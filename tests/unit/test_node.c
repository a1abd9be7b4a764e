/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two nodes in one world: each has images, files and a name of its own, and both share clock, names
 * and chance.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "api/engine.h"
#include "engine/pod/pod_int.h"
#include "engine/reactor/err.h"

/* Writers leave their node's name in a hostPath, readers tell what they find there two seconds
 * later. */
static const char manifest[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: writer-0}\nspec:\n  restartPolicy: Never\n"
    "  volumes: [{name: v, hostPath: {path: /data}}]\n  containers:\n  - name: c\n    image: i:1\n"
    "    imagePullPolicy: IfNotPresent\n    volumeMounts: [{name: v, mountPath: /v}]\n"
    "    env:\n    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}\n"
    "    - {name: HOST, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}\n"
    "    command: [sh, -c, 'echo \"$NODE $HOST\" >> /v/who; head -n 1 /proc/meminfo; grep -c "
    "^processor /proc/cpuinfo']\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: writer-1}\nspec:\n  restartPolicy: Never\n"
    "  volumes: [{name: v, hostPath: {path: /data}}]\n  containers:\n  - name: c\n    image: i:1\n"
    "    imagePullPolicy: IfNotPresent\n    volumeMounts: [{name: v, mountPath: /v}]\n"
    "    env:\n    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}\n"
    "    - {name: HOST, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}\n"
    "    command: [sh, -c, 'echo \"$NODE $HOST\" >> /v/who; head -n 1 /proc/meminfo; grep -c "
    "^processor /proc/cpuinfo']\n"
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: reader}\nspec:\n  replicas: 2\n"
    "  podManagementPolicy: Parallel\n  serviceName: s\n  selector: {matchLabels: {app: r}}\n"
    "  template:\n    metadata: {labels: {app: r}}\n    spec:\n"
    "      volumes: [{name: v, hostPath: {path: /data}}]\n      containers:\n      - name: c\n     "
    "   image: i:1\n"
    "        imagePullPolicy: IfNotPresent\n        volumeMounts: [{name: v, mountPath: /v}]\n"
    "        command: [sh, -c, 'sleep 2; cat /v/who; sleep 1000']\n";

static podring *open_two(void)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r = NULL;

    o.clock = PODRING_VIRTUAL;
    o.net = PODRING_NET_SCRIPT;
    cr_assert_eq(podring_open(&o, &r), 0);
    cr_assert_eq(pod_node_add(&r->world, "other", "127.0.0.2"), 0);
    cr_assert_eq(r->world.nodes, 2);
    cr_assert_str_eq(r->world.node[0]->name, POD_NODE_NAME);
    r->world.node[1]->capacity = (struct pod_capacity){.cpus = 2, .memory_kib = 4 << 20};
    return r;
}

static struct pod *find(podring *r, const char *name)
{
    char buffer[POD_NAME_MAX];

    RX_LIST_EACH(l, &r->world.pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (strcmp(pod_name(p, buffer), name) == 0)
            return p;
    }
    return NULL;
}

static void apply(podring *r, const char *yaml)
{
    cr_assert_eq(podring_load_text(r, "nodes", yaml, strlen(yaml)), 0, "%s", podring_why(r));
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
}

/* "writer-0 writer-1": of whom there is an Event with that reason, in the order in which they were
 * told. */
static void whom(podring *r, const char *reason, const char *part, char *out, size_t room)
{
    struct podring_event e = PODRING_EVENT_INIT;
    size_t used = 0;

    out[0] = '\0';
    while (podring_next_event(r, &e) == 0)
        if (e.reason != NULL && strcmp(e.reason, reason) == 0 && strstr(e.message, part) != NULL)
            used += (size_t)snprintf(out + used, room - used, "%s%s", used > 0 ? " " : "",
                                     e.pod_name);
}

static const char *log_of(podring *r, struct pod *p)
{
    static char copy[256];
    const char *text = NULL;
    size_t length = 0;

    cr_assert_eq(podring_logs(r, p->id, "c", 0, &text, &length), 0, "%s", podring_why(r));
    snprintf(copy, sizeof(copy), "%.*s", (int)length, text);
    return copy;
}

Test(node, each_has_its_images_and_files)
{
    static const char *const on_other[] = {"writer-1", "reader-1"};
    podring *r = open_two();
    char pulled[256];

    apply(r, manifest);
    cr_expect_eq(r->world.node[0]->pods, 4);
    for (size_t i = 0; i < RX_ARRAY_LEN(on_other); i++)
        cr_assert_eq(pod_place(find(r, on_other[i]), 1), 0);
    cr_expect_eq(r->world.node[0]->pods, 2);
    cr_expect_eq(r->world.node[1]->pods, 2);
    cr_assert_eq(podring_run_until(r, 5000), 0);

    /* On each node the first one pulls the image, the other one finds it. */
    whom(r, "Pulling", "", pulled, sizeof(pulled));
    cr_expect_str_eq(pulled, "writer-0 writer-1");
    cr_expect(pod_node_image_present(r->world.node[1],
                                     pod_spec_of(find(r, "reader-1"))->container[0].image_id));

    cr_expect_str_eq(log_of(r, find(r, "reader-0")), "node 127.0.0.1\n");
    cr_expect_str_eq(log_of(r, find(r, "reader-1")), "other 127.0.0.2\n");
    cr_expect_str_eq(log_of(r, find(r, "writer-0")), "MemTotal:       16777216 kB\n8\n");
    cr_expect_str_eq(log_of(r, find(r, "writer-1")), "MemTotal:        4194304 kB\n2\n");
    podring_close(r);
}

Test(node, is_told_when_a_pod_is_scheduled)
{
    podring *r = open_two();
    char scheduled[256];

    apply(r, manifest);
    cr_assert_eq(pod_place(find(r, "reader-0"), 1), 0);
    cr_assert_eq(podring_run_until(r, 0), 0);
    whom(r, "Scheduled", "to other", scheduled, sizeof(scheduled));
    cr_expect_str_eq(scheduled, "reader-0");
    cr_expect_str_eq(pod_node_name(find(r, "reader-0")), "other");
    cr_expect_str_eq(pod_node_name(find(r, "reader-1")), "node");
    podring_close(r);
}

Test(node, is_for_good_once_a_pod_is_on_it)
{
    podring *r = open_two();
    struct pod *p;

    apply(r, manifest);
    p = find(r, "reader-0");
    cr_expect_eq(pod_place(p, 2), -RX_EINVALID, "there are two");
    cr_expect_eq(p->node, 0);
    cr_assert_eq(podring_run_until(r, 0), 0);
    cr_expect_eq(pod_place(p, 1), -RX_ESTATE);
    cr_expect_eq(p->node, 0);
    cr_expect_eq(r->world.node[0]->pods, 4);
    podring_close(r);
}

/* A pod that waits for its claim is on no node: where it will go may still be changed. */
Test(node, may_change_while_a_pod_waits)
{
    static const char waits[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: "
        "i:1}]\n"
        "  volumes: [{name: v, persistentVolumeClaim: {claimName: late}}]\n";
    static const char claim[] =
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: late}\nspec:\n"
        "  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n";
    podring *r = open_two();
    char scheduled[256];

    apply(r, waits);
    cr_assert_eq(podring_run_until(r, 1000), 0);
    cr_assert_eq(pod_place(find(r, "p"), 1), 0);
    apply(r, claim);
    cr_assert_eq(podring_run_until(r, 2000), 0);
    whom(r, "Scheduled", "to other", scheduled, sizeof(scheduled));
    cr_expect_str_eq(scheduled, "p");
    cr_expect_eq(pod_place(find(r, "p"), 0), -RX_ESTATE);
    podring_close(r);
}

/* Pods that are gone count no more. */
Test(node, counts_its_pods)
{
    podring *r = open_two();
    uint64_t id;

    apply(r, manifest);
    id = find(r, "reader-1")->id;
    cr_assert_eq(pod_place(find(r, "reader-1"), 1), 0);
    cr_assert_eq(podring_run_until(r, 1000), 0);
    cr_expect_eq(r->world.node[1]->pods, 1);
    cr_assert_eq(podring_run_until(r, 3000), 0);
    cr_assert_eq(podring_delete(r, id, 5, 0), 0);
    cr_assert_eq(podring_run_until(r, 3000), 0);
    cr_expect_eq(r->world.node[0]->pods + r->world.node[1]->pods, 4);
    cr_assert_eq(podring_run_until(r, 60000), 0);
    cr_expect_eq(r->world.node[1]->pods, 0, "the pod that replaces it is on the first node");
    podring_close(r);
}
