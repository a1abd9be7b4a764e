/* SPDX-License-Identifier: Apache-2.0 */
/* test_facts.c - podring_fact_at: every kind of fact, and its ends. */
#include "tests/api/test_api_kit.h"

static const char yaml[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n"
    "  selector: {matchLabels: {app: web}}\n  template:\n"
    "    metadata: {labels: {app: web, tier: front}, annotations: {owner: ops}}\n    spec:\n"
    "      serviceAccountName: robot\n      terminationGracePeriodSeconds: 7\n"
    "      readinessGates: [{conditionType: example.com/gate}]\n"
    "      initContainers: [{name: i, image: i:1, restartPolicy: Always}]\n"
    "      containers:\n      - name: c\n        image: i:1\n        command: [run, fast]\n"
    "        args: [now]\n        ports: [{name: http, containerPort: 8080}]\n"
    "        env:\n        - {name: A, value: b}\n"
    "        - {name: B, valueFrom: {configMapKeyRef: {name: m, key: k, optional: true}}}\n"
    "        envFrom: [{prefix: P_, secretRef: {name: s}}]\n"
    "        resources: {limits: {memory: 1024Mi, cpu: '0.5'}, requests: {cpu: 100m}}\n"
    "        volumeMounts: [{name: v, mountPath: /v, subPath: s}]\n"
    "        livenessProbe: {grpc: {port: 9, service: s}}\n"
    "        readinessProbe: {httpGet: {port: http, host: h, scheme: HTTPS, path: /r}}\n"
    "      volumes:\n      - {name: v, emptyDir: {}}\n"
    "      - {name: m, configMap: {name: settings, optional: true}}\n"
    "      nodeSelector: {disk: ssd}\n      tolerations: [{key: a, value: b, effect: "
    "NoSchedule}]\n";

static const char *all(podring *r, uint64_t pod, uint32_t container, int fact)
{
    static char text[1024];
    const char *key, *value;
    size_t used = 0;
    uint32_t i = 0;

    text[0] = '\0';
    for (; podring_fact_at(r, pod, container, fact, i, &key, &value) == 0; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%s", i > 0 ? "|" : "", key,
                                 value);
    cr_expect_eq(podring_fact_at(r, pod, container, fact, i, &key, &value), -PODRING_ENOTFOUND);
    return text;
}

#define expect_fact(container, fact, want)                                                         \
    do {                                                                                           \
        const char *is = all(r, pod, container, fact);                                             \
        cr_expect_str_eq(is, want, #fact ": %s", is);                                              \
    } while (0)

Test(facts, tell_a_pod_in_the_words_of_kubectl)
{
    podring *r = kit_ring(yaml);
    uint64_t cursor = 0, pod;
    const char *key, *value;

    kit_run(r, 1000);
    pod = podring_next_pod(r, &cursor);
    expect_fact(0, PODRING_FIELD,
                "serviceAccountName=robot|terminationGracePeriodSeconds=7|priority=0|"
                "qosClass=Burstable|hostIP=127.0.0.1");
    expect_fact(0, PODRING_ANNOTATION, "owner=ops");
    expect_fact(0, PODRING_GATE, "example.com/gate=False");
    expect_fact(
        0, PODRING_CONDITION,
        "example.com/gate=False|PodReadyToStartContainers=True|Initialized=True|Ready=False|"
        "ContainersReady=False|PodScheduled=True");
    cr_expect_eq(strncmp(all(r, pod, 0, PODRING_VOLUME),
                         "v=EmptyDir|m=ConfigMap/settings|kube-api-access-", 48),
                 0);
    cr_expect_not_null(strstr(all(r, pod, 0, PODRING_VOLUME_LINE),
                              "|v=SizeLimit: <unset>|m=Type: ConfigMap (a volume populated by a "
                              "ConfigMap)|m=Name: settings|m=Optional: true|kube-api-access-"));
    expect_fact(0, PODRING_NODE_SELECTOR, "disk=ssd");
    expect_fact(0, PODRING_TOLERATION,
                "a=b:NoSchedule=|node.kubernetes.io/not-ready:NoExecute op=Exists for 300s=|"
                "node.kubernetes.io/unreachable:NoExecute op=Exists for 300s=");
    expect_fact(1, PODRING_LIMIT, "cpu=500m|memory=1Gi");
    expect_fact(1, PODRING_REQUEST, "cpu=100m|memory=1Gi");
    expect_fact(1, PODRING_HOST_PORT, "http=0/TCP");
    expect_fact(1, PODRING_ENV_FROM, "s=Secret with prefix 'P_'  Optional: false");
    expect_fact(0, PODRING_LIMIT, "");
    expect_fact(1, PODRING_COMMAND, "=run|=fast");
    expect_fact(1, PODRING_ARGUMENT, "=now");
    expect_fact(0, PODRING_COMMAND, "");
    expect_fact(1, PODRING_PORT, "http=8080/TCP");
    expect_fact(1, PODRING_ENV, "A=b|B=<set to the key 'k' of config map 'm'>  Optional: true");
    cr_expect_not_null(strstr(all(r, pod, 1, PODRING_MOUNT), "/v=v (rw,path=\"s\")"));
    cr_expect_eq(strncmp(all(r, pod, 1, PODRING_ID), "Container ID=", 13), 0);
    expect_fact(1, PODRING_PROBE,
                "Liveness=grpc <pod>:9 s delay=0s timeout=1s period=10s #success=1 #failure=3|"
                "Readiness=http-get https://h:http/r delay=0s timeout=1s period=10s #success=1 "
                "#failure=3");
    expect_fact(2, PODRING_PROBE, "");
    cr_assert_eq(podring_fact_at(r, pod, 0, PODRING_CONTROLLER, 0, &key, &value), 0);
    cr_expect_str_eq(key, "ReplicaSet");
    cr_expect_eq(strncmp(value, "web-", 4), 0);
    cr_assert_eq(podring_fact_at(r, pod, 0, PODRING_LABEL, 0, &key, &value), 0);
    cr_expect_str_eq(key, "app");
    cr_expect_str_eq(value, "web");
    podring_close(r);
}

Test(facts, answer_for_what_is_there_only)
{
    podring *r = kit_ring(KIT_POD("p") KIT_POD("q"));
    const char *key, *value;
    uint64_t pod;

    kit_run(r, 1000);
    pod = kit_pod(r, "p");
    cr_expect_eq(podring_fact_at(r, 0, 0, PODRING_LABEL, 0, &key, &value), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_fact_at(r, pod, 1, PODRING_COMMAND, 0, &key, &value), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_fact_at(r, pod, 0, PODRING_CONTROLLER, 0, &key, &value),
                 -PODRING_ENOTFOUND);
    cr_assert_eq(podring_delete(r, pod, 5, 0), 0);
    cr_expect_str_eq(all(r, pod, 0, PODRING_FIELD), "serviceAccountName=default|"
                                                    "terminationGracePeriodSeconds=30|"
                                                    "deletionGracePeriodSeconds=5|priority=0|"
                                                    "qosClass=BestEffort|hostIP=127.0.0.1");
    kit_run(r, 10000);
    cr_expect_eq(podring_fact_at(r, pod, 0, PODRING_LABEL, 0, &key, &value), -PODRING_ENOTFOUND);
    podring_close(r);
}
