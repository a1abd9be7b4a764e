/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manifest_defaults.c - fields that Kubernetes fills in when they are empty (SetDefaults_* in
 * pkg/apis/{core,apps,batch}/v1/defaults.go, and the defaults that its types declare): 0, "" and
 * null are taken as there, before anything is checked.
 */
#include "tests/unit/test_manifest_kit.h"

#define POD(spec, container)                                                                       \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {" spec                                 \
    "containers: [{name: c, image: i" container "}]}\n"
#define PROBE(field) POD("", ", livenessProbe: {tcpSocket: {port: 80}, " field "}")
#define HTTP(field)  POD("", ", readinessProbe: {httpGet: {port: 80, " field "}}")
#define GROUP(kind, spec)                                                                          \
    "apiVersion: apps/v1\nkind: " kind \
        "\nmetadata: {name: g}\nspec: {selector: {matchLabels: {a: b}}, " spec \
    ", template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n"
#define JOB(spec)                                                                                  \
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {" spec                           \
    ", template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}\n"
#define SERVICE(spec, port)                                                                        \
    "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {" spec "ports: [{port: 80" port \
        "}]}\n"
#define VOLUME(source) POD("volumes: [{name: v, " source "}], ", "")
#define CLAIM(spec)                                                                                \
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {" spec \
    "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"

/* One field with one of its empty values each. */
static const char *const accepted[] = {
    /* containers */
    POD("", ", imagePullPolicy: ''"), POD("", ", imagePullPolicy: null"),
    POD("", ", terminationMessagePath: ''"), POD("", ", terminationMessagePath: null"),
    POD("", ", terminationMessagePolicy: ''"), POD("", ", terminationMessagePolicy: null"),
    POD("", ", ports: [{containerPort: 80, protocol: ''}]"),
    POD("", ", ports: [{containerPort: 80, protocol: null}]"),
    POD("", ", ports: [{containerPort: 80, hostPort: 0}]"),
    POD("", ", ports: [{containerPort: 80, hostPort: null}]"),
    POD("hostNetwork: true, ", ", ports: [{containerPort: 80, hostPort: 0}]"),
    POD("", ", ports: [{containerPort: 80, name: ''}]"),
    POD("", ", ports: [{containerPort: 80, hostIP: ''}]"), POD("", ", resources: null"),
    POD("", ", resources: {limits: {cpu: 1}, requests: null}"),
    POD("", ", env: [{name: A, valueFrom: {fieldRef: {apiVersion: '', fieldPath: "
            "metadata.name}}}]"),
    POD("", ", env: [{name: A, valueFrom: {fieldRef: {apiVersion: null, fieldPath: "
            "metadata.name}}}]"),
    POD("", ", workingDir: ''"), POD("", ", command: null"), POD("", ", args: []"),
    POD("", ", env: null"),
    /* probes */
    PROBE("timeoutSeconds: 0"), PROBE("timeoutSeconds: null"), PROBE("periodSeconds: 0"),
    PROBE("periodSeconds: null"), PROBE("successThreshold: 0"), PROBE("successThreshold: null"),
    PROBE("failureThreshold: 0"), PROBE("failureThreshold: null"), PROBE("initialDelaySeconds: 0"),
    PROBE("initialDelaySeconds: null"), PROBE("terminationGracePeriodSeconds: null"),
    PROBE("timeoutSeconds: 0, periodSeconds: 0, successThreshold: 0, failureThreshold: 0"),
    HTTP("path: ''"), HTTP("path: null"), HTTP("scheme: ''"), HTTP("scheme: null"),
    HTTP("host: ''"), HTTP("httpHeaders: null"),
    POD("", ", livenessProbe: {grpc: {port: 80, service: ''}}"),
    POD("", ", livenessProbe: {grpc: {port: 80, service: null}}"), POD("", ", livenessProbe: null"),
    /* pods */
    POD("dnsPolicy: '', ", ""), POD("dnsPolicy: null, ", ""), POD("restartPolicy: '', ", ""),
    POD("restartPolicy: null, ", ""), POD("schedulerName: '', ", ""),
    POD("schedulerName: null, ", ""), POD("securityContext: null, ", ""),
    POD("securityContext: {}, ", ""), POD("terminationGracePeriodSeconds: null, ", ""),
    POD("terminationGracePeriodSeconds: 0, ", ""), POD("enableServiceLinks: null, ", ""),
    POD("serviceAccountName: '', ", ""), POD("nodeName: '', ", ""),
    POD("priorityClassName: '', ", ""), POD("hostname: '', ", ""), POD("subdomain: '', ", ""),
    POD("initContainers: null, ", ""), POD("volumes: null, ", ""), POD("tolerations: null, ", ""),
    POD("activeDeadlineSeconds: null, ", ""), POD("preemptionPolicy: null, ", ""),
    POD("imagePullSecrets: null, ", ""), POD("hostNetwork: null, ", ""),
    POD("tolerations: [{key: a, operator: '', value: b}], ", ""),
    POD("tolerations: [{key: a, operator: null, effect: ''}], ", ""),
    /* volumes */
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {volumes: [{name: v}], containers: "
    "[{name: c, image: i}]}\n", VOLUME("emptyDir: null"), VOLUME("emptyDir: {medium: ''}"),
    VOLUME("emptyDir: {sizeLimit: null}"), VOLUME("hostPath: {path: /x, type: ''}"),
    VOLUME("hostPath: {path: /x, type: null}"),
    VOLUME("secret: {secretName: s, defaultMode: null}"),
    VOLUME("secret: {secretName: s, defaultMode: 0}"),
    VOLUME("configMap: {name: m, defaultMode: null}"), VOLUME("configMap: {name: m, items: null}"),
    VOLUME("downwardAPI: {defaultMode: null}"),
    VOLUME("projected: {defaultMode: null, sources: null}"),
    VOLUME("projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: null}}]}"),
    VOLUME("projected: {sources: [{serviceAccountToken: {path: t, audience: ''}}]}"),
    /* what makes pods */
    GROUP("Deployment", "replicas: null"), GROUP("Deployment", "replicas: 0"),
    GROUP("Deployment", "strategy: null"), GROUP("Deployment", "strategy: {type: ''}"),
    GROUP("Deployment", "strategy: {type: null}"),
    GROUP("Deployment", "strategy: {rollingUpdate: null}"),
    GROUP("Deployment", "strategy: {rollingUpdate: {maxSurge: null, maxUnavailable: null}}"),
    GROUP("Deployment", "strategy: {type: '', rollingUpdate: {maxSurge: 1}}"),
    GROUP("Deployment", "revisionHistoryLimit: null"),
    GROUP("Deployment", "revisionHistoryLimit: 0"),
    GROUP("Deployment", "progressDeadlineSeconds: null"),
    GROUP("Deployment", "minReadySeconds: null"), GROUP("Deployment", "paused: null"),
    GROUP("ReplicaSet", "replicas: null"), GROUP("ReplicaSet", "minReadySeconds: 0"),
    GROUP("DaemonSet", "updateStrategy: {type: ''}"), GROUP("DaemonSet", "updateStrategy: null"),
    GROUP("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: null, maxUnavailable: null}}"),
    GROUP("DaemonSet", "revisionHistoryLimit: null"),
    GROUP("StatefulSet", "podManagementPolicy: ''"),
    GROUP("StatefulSet", "podManagementPolicy: null"),
    GROUP("StatefulSet", "updateStrategy: {type: ''}"),
    GROUP("StatefulSet", "updateStrategy: null"),
    GROUP("StatefulSet", "updateStrategy: {rollingUpdate: {partition: null}}"),
    GROUP("StatefulSet", "persistentVolumeClaimRetentionPolicy: {whenDeleted: '', whenScaled: ''}"),
    GROUP("StatefulSet", "persistentVolumeClaimRetentionPolicy: {whenDeleted: null}"),
    GROUP("StatefulSet", "persistentVolumeClaimRetentionPolicy: null"),
    GROUP("StatefulSet", "replicas: null"), GROUP("StatefulSet", "serviceName: ''"),
    GROUP("StatefulSet", "ordinals: null"), GROUP("StatefulSet", "ordinals: {start: 0}"),
    GROUP("StatefulSet", "volumeClaimTemplates: null"), JOB("completions: null"),
    JOB("parallelism: null"), JOB("parallelism: 0"), JOB("backoffLimit: null"),
    JOB("backoffLimit: 0"), JOB("completionMode: null"), JOB("suspend: null"),
    JOB("podReplacementPolicy: null"), JOB("selector: null"), JOB("manualSelector: null"),
    JOB("podFailurePolicy: null"), JOB("ttlSecondsAfterFinished: null"),
    JOB("ttlSecondsAfterFinished: 0"),
    "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: r}\nspec: {replicas: null, "
    "selector: {}, template: "
    "{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n",
    "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: r}\nspec: {selector: null, "
    "template: "
    "{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n",
    /* Services, and what they have beside them */
    SERVICE("", ", protocol: ''"), SERVICE("", ", protocol: null"), SERVICE("", ", targetPort: 0"),
    SERVICE("", ", targetPort: ''"), SERVICE("", ", targetPort: null"), SERVICE("", ", name: ''"),
    SERVICE("", ", nodePort: 0"), SERVICE("type: '', ", ""), SERVICE("type: null, ", ""),
    SERVICE("sessionAffinity: '', ", ""), SERVICE("sessionAffinity: null, ", ""),
    SERVICE("sessionAffinity: ClientIP, sessionAffinityConfig: null, ", ""),
    SERVICE("clusterIP: '', ", ""), SERVICE("clusterIP: null, ", ""),
    SERVICE("internalTrafficPolicy: null, ", ""), SERVICE("externalTrafficPolicy: '', ", ""),
    SERVICE("ipFamilyPolicy: null, ", ""), SERVICE("externalName: '', ", ""),
    SERVICE("selector: null, ", ""), CLAIM("volumeMode: null, "), CLAIM("storageClassName: '', "),
    CLAIM("volumeName: '', "),
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: ''\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: null\ndata: null\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: null\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: ''}\nimmutable: null\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: null, labels: null, "
    "annotations: null}\n",
};

Test(manifest_defaults, what_is_empty_is_filled_in_before_it_is_checked)
{
    for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
        struct kit k;
        int rc;

        kit_open(&k);
        rc = kit_load(&k, accepted[i]);
        cr_expect(rc == 0 && *kit_said(&k) == '\0', "%s%s", accepted[i], kit_said(&k));
        kit_close(&k);
    }
}

/* What is a pointer there is only filled in when it is absent: empty, it is looked at. */
Test(manifest_defaults, what_is_given_is_not_filled_in)
{
    static const char *const refused[] = {
        PROBE("terminationGracePeriodSeconds: 0"),
        JOB("completionMode: ''"),
    };

    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        struct kit k;

        kit_open(&k);
        cr_expect_eq(kit_load(&k, refused[i]), -RX_EMANIFEST, "%s%s", refused[i], kit_said(&k));
        kit_close(&k);
    }
}

/* Nothing of a container tells that a field was empty and not absent. */
Test(manifest_defaults, empty_is_absent)
{
    static const char plain[] =
        POD("", ", ports: [{containerPort: 80}], livenessProbe: {httpGet: {port: 80}}");
    static const char empty[] =
        POD("restartPolicy: '', dnsPolicy: '', schedulerName: '', ",
            ", imagePullPolicy: '', terminationMessagePath: '', terminationMessagePolicy: '', "
            "workingDir: '', "
            "command: [], args: null, env: [], resources: {}, "
            "ports: [{containerPort: 80, protocol: '', hostPort: 0, name: '', hostIP: ''}], "
            "livenessProbe: {httpGet: {port: 80, path: '', scheme: '', host: '', httpHeaders: []}, "
            "timeoutSeconds: 0, periodSeconds: 0, successThreshold: 0, failureThreshold: 0, "
            "initialDelaySeconds: 0}");
    const struct pod_container_spec *a, *b;
    const struct pod_probe_spec *p, *q;
    struct kit k, l;

    kit_open(&k);
    kit_open(&l);
    cr_assert_eq(kit_load(&k, plain), 0, "%s", kit_said(&k));
    cr_assert_eq(kit_load(&l, empty), 0, "%s", kit_said(&l));
    a = k.set.workloads.item[0].template_->container;
    b = l.set.workloads.item[0].template_->container;
    p = a->probe[POD_LIVENESS];
    q = b->probe[POD_LIVENESS];
    cr_expect_eq(a->hash, b->hash);
    cr_expect_eq(a->pull_policy, b->pull_policy);
    cr_expect_str_eq(a->message_path, b->message_path);
    cr_expect_eq(a->port[0].host, b->port[0].host);
    cr_expect_eq(p->timeout_s, q->timeout_s);
    cr_expect_eq(p->period_s, q->period_s);
    cr_expect_eq(p->success_threshold, q->success_threshold);
    cr_expect_eq(p->failure_threshold, q->failure_threshold);
    cr_expect_str_eq(p->handler.path, q->handler.path);
    cr_expect_eq(p->handler.https, q->handler.https);
    kit_close(&k);
    kit_close(&l);
}
