/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.c - the table of kinds, in the order in which an API server lists them. */
#include <string.h>
#include <strings.h>

#include "api/cli/show/show.h"
#include "engine/reactor/base.h"

static const struct show_kind kinds[] = {
    {"pod", "Pod", "pods", "po", "", false, true, show_columns_pod},
    {"replicationcontroller", "ReplicationController", "replicationcontrollers", "rc", "", false,
     true, show_columns_replicaset},
    {"service", "Service", "services", "svc", "", false, true, show_columns_service},
    {"daemonset", "DaemonSet", "daemonsets", "ds", "apps", false, true, show_columns_daemonset},
    {"deployment", "Deployment", "deployments", "deploy", "apps", false, true,
     show_columns_deployment},
    {"replicaset", "ReplicaSet", "replicasets", "rs", "apps", false, true, show_columns_replicaset},
    {"statefulset", "StatefulSet", "statefulsets", "sts", "apps", false, true,
     show_columns_statefulset},
    {"horizontalpodautoscaler", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa",
     "autoscaling", false, true, show_columns_hpa},
    {"cronjob", "CronJob", "cronjobs", "cj", "batch", false, true, show_columns_cronjob},
    {"job", "Job", "jobs", "", "batch", false, true, show_columns_job},
    {"configmap", "ConfigMap", "configmaps", "cm", "", false, false, show_columns_config},
    {"endpoints", "Endpoints", "endpoints", "ep", "", false, false, show_columns_endpoints},
    {"event", "Event", "events", "ev", "", false, false, show_columns_event},
    {"limitrange", "LimitRange", "limitranges", "limits", "", false, false, show_columns_range},
    {"namespace", "Namespace", "namespaces", "ns", "", true, false, show_columns_namespace},
    {"node", "Node", "nodes", "no", "", true, false, show_columns_node},
    {"persistentvolumeclaim", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", "", false,
     false, show_columns_claim},
    {"persistentvolume", "PersistentVolume", "persistentvolumes", "pv", "", true, false,
     show_columns_volume},
    {"resourcequota", "ResourceQuota", "resourcequotas", "quota", "", false, false,
     show_columns_quota},
    {"secret", "Secret", "secrets", "", "", false, false, show_columns_secret},
    {"controllerrevision", "ControllerRevision", "controllerrevisions", "", "apps", false, false,
     show_columns_revision},
    {"endpointslice", "EndpointSlice", "endpointslices", "", "discovery.k8s.io", false, false,
     show_columns_slice},
    {"ingress", "Ingress", "ingresses", "ing", "networking.k8s.io", false, false,
     show_columns_ingress},
    {"poddisruptionbudget", "PodDisruptionBudget", "poddisruptionbudgets", "pdb", "policy", false,
     false, show_columns_budget},
    {"priorityclass", "PriorityClass", "priorityclasses", "pc", "scheduling.k8s.io", true, false,
     show_columns_priority},
    {"storageclass", "StorageClass", "storageclasses", "sc", "storage.k8s.io", true, false,
     show_columns_class},
    {"behavior", "Behavior", "behaviors", "", "podring.dev", false, false, show_columns_plain},
    {"client", "Client", "clients", "", "podring.dev", false, false, show_columns_plain},
    {"metrics", "Metrics", "metrics", "", "podring.dev", false, false, show_columns_plain},
};

const struct show_kind *show_kind_at(size_t index)
{
    return index < RX_ARRAY_LEN(kinds) ? &kinds[index] : NULL;
}

static bool is_word(const char *word, const char *name, size_t length)
{
    return strlen(word) == length && strncasecmp(word, name, length) == 0;
}

static bool is_among(const char *words, const char *name, size_t length)
{
    while (*words != '\0') {
        size_t n = strcspn(words, " ");

        if (n == length && strncasecmp(words, name, n) == 0)
            return true;
        words += n + (words[n] == ' ');
    }
    return false;
}

const struct show_kind *show_kind_named(const char *name, size_t length)
{
    const char *dot = memchr(name, '.', length);
    size_t n = dot != NULL ? (size_t)(dot - name) : length;

    for (size_t i = 0; i < RX_ARRAY_LEN(kinds); i++) {
        const struct show_kind *k = &kinds[i];
        const char *group = dot != NULL ? dot + 1 : NULL;
        size_t rest = dot != NULL ? length - n - 1 : 0;

        if (!is_word(k->word, name, n) && !is_word(k->plural, name, n) &&
            (dot != NULL || !is_among(k->brief, name, n)))
            continue;
        /* "deployments.apps", also with a version: "deployments.v1.apps". */
        if (group == NULL || is_word(k->group, group, rest) ||
            (rest > strlen(k->group) + 1 && group[rest - strlen(k->group) - 1] == '.' &&
             is_word(k->group, group + rest - strlen(k->group), strlen(k->group))))
            return k;
    }
    return NULL;
}

static void put_grouped(struct rx_text *t, const char *name, const char *group)
{
    rx_text_puts(t, name);
    rx_text_puts(t, group[0] != '\0' ? "." : "");
    rx_text_puts(t, group);
}

void show_full_name(struct rx_text *t, const struct show_kind *k)
{
    put_grouped(t, k->word, k->group);
}

void show_full_plural(struct rx_text *t, const struct show_kind *k)
{
    put_grouped(t, k->plural, k->group);
}
