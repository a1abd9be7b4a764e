/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields.c - the field lists, from the API types of Kubernetes 1.36 (k8s.io/api: core/v1, apps/v1,
 * batch/v1, meta/v1). What hangs below a field we do not read (some volume sources, ...)
 * is accepted whole: no list, no false report.
 */
#include "api/manifest/fields.h"

#include <string.h>

#include "api/manifest/near.h"
#include "api/manifest/own.h"

/* One space between words. Grouped as in the API's own source, so that the next release is a diff.
 * Those of our own documents are in own.c. */
static const char *const field_list[MF_FIELDS_KEEP_ALIVE + 1] = {
    [MF_FIELDS_OBJECT] = "apiVersion kind metadata spec status",
    [MF_FIELDS_CONFIG_MAP] = "apiVersion kind metadata immutable data binaryData",
    [MF_FIELDS_SECRET] = "apiVersion kind metadata immutable data stringData type",
    [MF_FIELDS_META] =
        "name generateName namespace selfLink uid resourceVersion generation creationTimestamp "
        "deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences "
        "finalizers "
        "managedFields",
    [MF_FIELDS_POD_TEMPLATE] = "metadata spec",
    [MF_FIELDS_POD] =
        "volumes initContainers containers ephemeralContainers restartPolicy "
        "terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector "
        "serviceAccountName serviceAccount automountServiceAccountToken nodeName hostNetwork "
        "hostPID "
        "hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain "
        "affinity "
        "schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates "
        "runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints "
        "setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride "
        "workloadRef schedulingGroup",
    [MF_FIELDS_POD_SECURITY] =
        "seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot supplementalGroups "
        "supplementalGroupsPolicy fsGroup sysctls fsGroupChangePolicy seccompProfile "
        "appArmorProfile "
        "seLinuxChangePolicy",
    [MF_FIELDS_SECURITY] =
        "capabilities privileged seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot "
        "readOnlyRootFilesystem allowPrivilegeEscalation procMount seccompProfile appArmorProfile",
    [MF_FIELDS_CONTAINER] =
        "name image command args workingDir ports envFrom env resources resizePolicy restartPolicy "
        "restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe "
        "lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext "
        "stdin stdinOnce tty",
    [MF_FIELDS_CONTAINER_PORT] = "name hostPort containerPort protocol hostIP",
    [MF_FIELDS_ENV] = "name value valueFrom",
    [MF_FIELDS_ENV_SOURCE] = "fieldRef resourceFieldRef configMapKeyRef secretKeyRef fileKeyRef",
    [MF_FIELDS_ENV_FROM] = "prefix configMapRef secretRef",
    [MF_FIELDS_FIELD_REF] = "apiVersion fieldPath",
    [MF_FIELDS_RESOURCE_FIELD_REF] = "containerName resource divisor",
    [MF_FIELDS_KEY_REF] = "name key optional",
    [MF_FIELDS_FILE_KEY_REF] = "volumeName path key optional",
    [MF_FIELDS_LOCAL_REF] = "name optional",
    [MF_FIELDS_MOUNT] =
        "name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr",
    [MF_FIELDS_RESOURCES] = "limits requests claims",
    [MF_FIELDS_VOLUME] =
        "name hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi "
        "glusterfs persistentVolumeClaim rbd flexVolume cinder cephfs flocker downwardAPI fc "
        "azureFile configMap vsphereVolume quobyte azureDisk photonPersistentDisk projected "
        "portworxVolume scaleIO storageos csi ephemeral image",
    [MF_FIELDS_CONFIG_MAP_VOLUME] = "name items defaultMode optional",
    [MF_FIELDS_SECRET_VOLUME] = "secretName items defaultMode optional",
    [MF_FIELDS_KEY_TO_PATH] = "key path mode",
    [MF_FIELDS_DOWNWARD_VOLUME] = "items defaultMode",
    [MF_FIELDS_DOWNWARD_PROJECTION] = "items",
    [MF_FIELDS_DOWNWARD_FILE] = "path fieldRef resourceFieldRef mode",
    [MF_FIELDS_PROJECTED] = "sources defaultMode",
    [MF_FIELDS_PROJECTION] =
        "secret downwardAPI configMap serviceAccountToken clusterTrustBundle podCertificate",
    [MF_FIELDS_CONFIG_PROJECTION] = "name items optional",
    [MF_FIELDS_TOKEN_PROJECTION] = "audience expirationSeconds path",
    [MF_FIELDS_PROBE] =
        "exec httpGet tcpSocket grpc initialDelaySeconds timeoutSeconds periodSeconds "
        "successThreshold failureThreshold terminationGracePeriodSeconds",
    [MF_FIELDS_LIFECYCLE] = "postStart preStop stopSignal",
    [MF_FIELDS_LIFECYCLE_HANDLER] = "exec httpGet tcpSocket sleep",
    [MF_FIELDS_EXEC] = "command",
    [MF_FIELDS_HTTP_GET] = "path port host scheme httpHeaders",
    [MF_FIELDS_HTTP_HEADER] = "name value",
    [MF_FIELDS_TCP_SOCKET] = "port host",
    [MF_FIELDS_GRPC] = "port service",
    [MF_FIELDS_SLEEP] = "seconds",
    [MF_FIELDS_RESTART_RULE] = "action exitCodes",
    [MF_FIELDS_EXIT_CODES] = "operator values",
    [MF_FIELDS_READINESS_GATE] = "conditionType",
    [MF_FIELDS_SCHEDULING_GATE] = "name",
    [MF_FIELDS_TOLERATION] = "key operator value effect tolerationSeconds",
    [MF_FIELDS_AFFINITY] = "nodeAffinity podAffinity podAntiAffinity",
    [MF_FIELDS_AFFINITY_KIND] =
        "requiredDuringSchedulingIgnoredDuringExecution "
        "preferredDuringSchedulingIgnoredDuringExecution",
    [MF_FIELDS_NODE_SELECTOR] = "nodeSelectorTerms",
    [MF_FIELDS_NODE_TERM] = "matchExpressions matchFields",
    [MF_FIELDS_NODE_PREFERENCE] = "weight preference",
    [MF_FIELDS_POD_TERM] =
        "labelSelector namespaces topologyKey namespaceSelector matchLabelKeys mismatchLabelKeys",
    [MF_FIELDS_POD_PREFERENCE] = "weight podAffinityTerm",
    [MF_FIELDS_SPREAD] =
        "maxSkew topologyKey whenUnsatisfiable labelSelector minDomains nodeAffinityPolicy "
        "nodeTaintsPolicy matchLabelKeys",
    [MF_FIELDS_NODE] =
        "podCIDR podCIDRs providerID unschedulable taints configSource externalID",
    [MF_FIELDS_TAINT] = "key value effect timeAdded",
    [MF_FIELDS_PRIORITY] =
        "apiVersion kind metadata value globalDefault description preemptionPolicy",
    [MF_FIELDS_BUDGET] = "minAvailable selector maxUnavailable unhealthyPodEvictionPolicy",
    [MF_FIELDS_LIMIT_RANGE] = "limits",
    [MF_FIELDS_LIMIT] = "type max min default defaultRequest maxLimitRequestRatio",
    [MF_FIELDS_QUOTA] = "hard scopes scopeSelector",
    [MF_FIELDS_QUOTA_SELECTOR] = "matchExpressions",
    [MF_FIELDS_QUOTA_SCOPE] = "scopeName operator values",
    [MF_FIELDS_EMPTY_DIR] = "medium sizeLimit",
    [MF_FIELDS_CLAIM_VOLUME] = "claimName readOnly",
    [MF_FIELDS_HOST_PATH] = "path type",
    [MF_FIELDS_SELECTOR] = "matchLabels matchExpressions",
    [MF_FIELDS_REQUIREMENT] = "key operator values",
    [MF_FIELDS_DEPLOYMENT] =
        "replicas selector template strategy minReadySeconds revisionHistoryLimit paused "
        "progressDeadlineSeconds",
    [MF_FIELDS_STRATEGY] = "type rollingUpdate",
    [MF_FIELDS_ROLLING_UPDATE] = "maxUnavailable maxSurge partition",
    [MF_FIELDS_REPLICASET] = "replicas minReadySeconds selector template",
    [MF_FIELDS_STATEFULSET] =
        "replicas selector template volumeClaimTemplates serviceName podManagementPolicy "
        "updateStrategy revisionHistoryLimit minReadySeconds persistentVolumeClaimRetentionPolicy "
        "ordinals",
    [MF_FIELDS_ORDINALS] = "start",
    [MF_FIELDS_CLAIM_TEMPLATE] = "apiVersion kind metadata spec status",
    [MF_FIELDS_CLAIM_RETENTION] = "whenDeleted whenScaled",
    [MF_FIELDS_VOLUME_OBJECT] =
        "capacity accessModes claimRef persistentVolumeReclaimPolicy storageClassName mountOptions "
        "volumeMode nodeAffinity volumeAttributesClassName gcePersistentDisk awsElasticBlockStore "
        "hostPath glusterfs nfs rbd iscsi cinder cephfs fc flocker flexVolume azureFile "
        "vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO local "
        "storageos csi",
    [MF_FIELDS_VOLUME_CLAIM_REF] =
        "kind namespace name uid apiVersion resourceVersion fieldPath",
    [MF_FIELDS_STORAGE_CLASS] =
        "apiVersion kind metadata provisioner parameters reclaimPolicy mountOptions "
        "allowVolumeExpansion volumeBindingMode allowedTopologies",
    [MF_FIELDS_CLAIM] =
        "accessModes selector resources volumeName storageClassName volumeMode dataSource "
        "dataSourceRef "
        "volumeAttributesClassName",
    [MF_FIELDS_SERVICE] =
        "ports selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP "
        "loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort "
        "publishNotReadyAddresses sessionAffinityConfig ipFamilies ipFamilyPolicy "
        "allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution",
    [MF_FIELDS_SERVICE_PORT] = "name protocol appProtocol port targetPort nodePort",
    [MF_FIELDS_SLICE] = "apiVersion kind metadata addressType endpoints ports",
    [MF_FIELDS_SLICE_PORT] = "name protocol port appProtocol",
    [MF_FIELDS_SLICE_ENDPOINT] =
        "addresses conditions hostname targetRef deprecatedTopology nodeName zone hints",
    [MF_FIELDS_SLICE_CONDITIONS] = "ready serving terminating",
    [MF_FIELDS_INGRESS] = "ingressClassName defaultBackend tls rules",
    [MF_FIELDS_INGRESS_RULE] = "host http",
    [MF_FIELDS_INGRESS_PATH] = "path pathType backend",
    [MF_FIELDS_INGRESS_BACKEND] = "service resource",
    [MF_FIELDS_INGRESS_SERVICE] = "name port",
    [MF_FIELDS_INGRESS_PORT] = "name number",
    [MF_FIELDS_DAEMONSET] = "selector template updateStrategy minReadySeconds revisionHistoryLimit",
    [MF_FIELDS_JOB] =
        "parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit "
        "backoffLimitPerIndex maxFailedIndexes selector manualSelector template "
        "ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy",
    [MF_FIELDS_JOB_TEMPLATE] = "metadata spec",
    [MF_FIELDS_JOB_POLICY] = "rules",
    [MF_FIELDS_FAILURE_RULE] = "action onExitCodes onPodConditions",
    [MF_FIELDS_FAILURE_CODES] = "containerName operator values",
    [MF_FIELDS_FAILURE_CONDITION] = "type status",
    [MF_FIELDS_SUCCESS_RULE] = "succeededIndexes succeededCount",
    [MF_FIELDS_CRONJOB] =
        "schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate "
        "successfulJobsHistoryLimit failedJobsHistoryLimit",

    [MF_FIELDS_HPA] = "scaleTargetRef minReplicas maxReplicas metrics behavior",
    [MF_FIELDS_HPA_V1] =
        "scaleTargetRef minReplicas maxReplicas targetCPUUtilizationPercentage",
    [MF_FIELDS_TARGET_REF] = "kind name apiVersion",
    [MF_FIELDS_HPA_METRIC] = "type object pods resource containerResource external",
    [MF_FIELDS_HPA_SOURCE] = "name container describedObject metric target",
    [MF_FIELDS_HPA_IDENTIFIER] = "name selector",
    [MF_FIELDS_HPA_TARGET] = "type value averageValue averageUtilization",
    [MF_FIELDS_HPA_BEHAVIOR] = "scaleUp scaleDown",
    [MF_FIELDS_HPA_RULES] = "stabilizationWindowSeconds selectPolicy policies tolerance",
    [MF_FIELDS_HPA_POLICY] = "type value periodSeconds",
};

/* What people write for a word that there is. */
static const char *meant(const char *list, const struct mf_node *key)
{
    static const struct {
        const char *written, *word;
    } often[] = {
        {"startsAfter", "listensAfter"}, {"startAfter", "listensAfter"},
        {"readyAfter", "listensAfter"},  {"delay", "latency"},
        {"code", "exitCode"},            {"code", "status"},
        {"exitCode", "code"},            {"until", "to"},
        {"action", "do"},                {"behavior", "do"},
        {"percent", "rate"},             {"probability", "rate"},
        {"target", "url"},               {"qps", "rate"},
        {"rps", "rate"},                 {"time", "at"},
        {"duration", "for"},             {"grace", "gracePeriodSeconds"},
    };
    struct manifest_near near = {0};

    for (size_t i = 0; i < sizeof(often) / sizeof(*often); i++)
        if (strcmp(often[i].written, key->text) == 0 &&
            mf_word_in(list, often[i].word, strlen(often[i].word)))
            return often[i].word;
    manifest_near_words(&near, list, key->text, key->length);
    return near.word;
}

/* The fields of one of our own objects, as such a list. */
static const char *own_list(struct mf_load *l, enum mf_fields fields)
{
    uint32_t count;
    const struct manifest_own_field *f = manifest_own_fields((int)fields, &count);
    const char *list = f != NULL ? f[0].name : field_list[fields];

    for (uint32_t i = 1; i < count; i++)
        list = mf_scratch(l, "%s %s", list, f[i].name);
    return list;
}

static bool is_field(enum mf_fields fields, const struct mf_node *key)
{
    uint32_t count;
    const struct manifest_own_field *f = manifest_own_fields((int)fields, &count);

    if (f == NULL)
        return mf_word_in(field_list[fields], key->text, key->length);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(f[i].name, key->text) == 0)
            return true;
    return false;
}

/* In our own documents it is an error, so it says which there are. */
static void unknown_say(struct mf_load *l, const struct mf_at *at, const struct mf_node *key,
                        const char *list)
{
    const char *path = mf_path(l, at), *dot = *path ? "." : "", *near = meant(list, key);

    if (near == NULL)
        mf_say_at(l, MANIFEST_ERROR, key->line, key->column,
                  "unknown field \"%s%s%s\" (known: %s)", path, dot, key->text, list);
    else
        mf_say_at(l, MANIFEST_ERROR, key->line, key->column,
                  "unknown field \"%s%s%s\" (known: %s; did you mean %.*s?)", path, dot, key->text,
                  list, (int)strcspn(near, " "), near);
}

void mf_fields_check(struct mf_load *l, const struct mf_at *at, enum mf_fields fields)
{
    for (uint32_t i = 0; i < at->node->count; i++) {
        const struct mf_node *key = at->node->item[i].key;
        const char *path;

        if (is_field(fields, key))
            continue;
        if (l->strict) {
            unknown_say(l, at, key, own_list(l, fields));
            continue;
        }
        path = mf_path(l, at);
        mf_say_at(l, MANIFEST_UNKNOWN_FIELD, key->line, key->column, "unknown field \"%s%s%s\"",
                  path, *path ? "." : "", key->text);
    }
    mf_enums_check(l, at, fields);
}
