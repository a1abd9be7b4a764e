/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker_cluster.c - random clusters: nodes, what namespaces allow, storage, workloads of every
 * kind. What goes by them is in maker_around.c, what happens to them in maker_events.c.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/maker_parts.h"

static void draw_knobs(struct maker *m);
static void add_nodes(struct maker *m);
static void add_priorities(struct maker *m);
static void add_policies(struct maker *m);
static void add_storage(struct maker *m);
static void add_workload(struct maker *m);

void mk_cluster(struct maker *m)
{
    static void (*const part[])(struct maker *m) = {draw_knobs, add_nodes, add_priorities,
                                                    add_policies, add_storage};
    static void (*const more[])(struct maker *m) = {mk_budgets, mk_services, mk_scaler};
    static const unsigned percent[] = {25, 60, 20, 35, 30}, percent_more[] = {40, 45, 30};
    unsigned most = RX_MIN(m->shape.pods_max, 6u);

    memset(&m->parts, 0, sizeof(m->parts));
    m->now.indent = 0;
    m->now.other = false;
    for (unsigned i = 0; i < RX_ARRAY_LEN(part); i++) {
        if (mk_more(m, percent[i])) {
            part[i](m);
            mk_end(m);
        }
    }
    while (m->count < most && mk_next(m, m->count == 0, 60)) {
        add_workload(m);
        mk_end(m);
    }
    for (unsigned i = 0; i < RX_ARRAY_LEN(more); i++) {
        if (mk_more(m, percent_more[i])) {
            more[i](m);
            mk_end(m);
        }
    }
    mk_cluster_events(m);
}

/* ---- knobs ----------------------------------------------------------------------------------- */

static void draw_knobs(struct maker *m)
{
    static const struct maker_setting all[] = {
        {"slice_ms", "300"},        {"proxy_program_ms", "200"}, {"proxy_watch_ms", "50"},
        {"proxy_min_sync_ms", "1000"}, {"controller_ms", "20"},  {"dns_ttl", "5s"},
        {"provision_ms", "3000"},   {"hpa_downscale_window", "20s"}, {"hpa_cpu_init", "10s"},
        {"job_batch_ms", "1000"},   {"dead_ip", "timeout"},      {"hpa_sync", "5s"},
    };

    while (m->settings < RX_ARRAY_LEN(m->setting) && mk_more(m, 60)) {
        m->setting[m->settings++] = mk_pick(m, all);
        mk_end(m);
    }
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static void add_node(struct maker *m, unsigned i)
{
    static const char *const taint[] = {"NoSchedule", "NoExecute", "PreferNoSchedule"};
    static const char *const room[] = {"cpu: 2, memory: 4Gi", "cpu: 1, memory: 1Gi, pods: 3",
                                       "cpu: 500m, memory: 600Mi", "cpu: 8, memory: 8Gi, pods: 4"};
    unsigned zone = mk_below(m, 2);

    mk_put(m, "---\napiVersion: v1\nkind: Node\nmetadata: {name: n%u, labels: {"
              "kubernetes.io/hostname: n%u, topology.kubernetes.io/zone: z%u", i, i, zone);
    if (mk_chance(m, 40))
        mk_put(m, ", disk: ssd");
    mk_put(m, "}}\n");
    if (mk_more(m, 12)) {
        mk_put(m, "spec: {taints: [{key: k, value: v, effect: %s}]}\n", mk_pick(m, taint));
        mk_end(m);
    } else if (mk_more(m, 8)) {
        mk_put(m, "spec: {unschedulable: true}\n");
        mk_end(m);
    }
    if (mk_more(m, 60)) {
        mk_put(m, "status: {allocatable: {%s}}\n", mk_pick(m, room));
        mk_end(m);
    }
}

static void add_nodes(struct maker *m)
{
    while (m->parts.nodes < 4 && mk_next(m, m->parts.nodes == 0, 70)) {
        add_node(m, m->parts.nodes++);
        mk_end(m);
    }
}

static void add_priorities(struct maker *m)
{
    bool is_default = mk_chance(m, 20);

    m->parts.priorities = true;
    mk_put(m, "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\n"
              "metadata: {name: high}\nvalue: 1000\n");
    if (mk_chance(m, 30))
        mk_put(m, "preemptionPolicy: Never\n");
    mk_put(m, "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\n"
              "metadata: {name: low}\nvalue: -5\nglobalDefault: %s\n",
           is_default ? "true" : "false");
}

/* ---- what the namespace allows --------------------------------------------------------------- */

static void add_hard(struct maker *m)
{
    static const char *const key[] = {"pods", "count/pods", "requests.cpu", "limits.memory",
                                      "requests.memory", "cpu", "services",
                                      "count/deployments.apps", "count/statefulsets.apps"};
    static const char *const much[] = {"8", "4", "2", "1", "12", "500m", "1500m", "1Gi"};
    unsigned seen = 0;

    for (bool first = true; mk_next(m, first, 45); first = false) {
        unsigned which = mk_below(m, RX_ARRAY_LEN(key)), amount;
        bool whole = strncmp(key[which], "req", 3) != 0 && strcmp(key[which], "cpu") != 0 &&
                     strncmp(key[which], "lim", 3) != 0;

        amount = mk_below(m, whole ? 5 : RX_ARRAY_LEN(much));
        if (!(seen >> which & 1))
            mk_put(m, "%s%s: \"%s\"", first ? "" : ", ", key[which], much[amount]);
        seen |= 1u << which;
        mk_end(m);
    }
}

static void add_quota(struct maker *m, unsigned i)
{
    static const char *const scope[] = {"[BestEffort]", "[NotBestEffort]", "[NotTerminating]",
                                        "[Terminating]"};

    mk_put(m, "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q%u}\nspec:\n", i);
    if (mk_more(m, 15)) { /* of these only pods count */
        unsigned pods = mk_from(m, 1, 5);

        mk_put(m, "  scopes: %s\n  hard: {pods: %u}\n", mk_pick(m, scope), pods);
        mk_end(m);
        return;
    }
    mk_put(m, "  hard: {");
    add_hard(m);
    mk_put(m, "}\n");
}

static void add_limits(struct maker *m)
{
    static const char *const limit[] = {
        "type: Container, defaultRequest: {cpu: 300m, memory: 64Mi}",
        "type: Container, default: {cpu: 500m, memory: 128Mi}",
        "type: Container, max: {cpu: 400m}",
        "type: Container, min: {cpu: 150m}, max: {cpu: \"1\"}",
        "type: Container, max: {cpu: \"2\"}, maxLimitRequestRatio: {cpu: 2}",
        "type: Pod, max: {cpu: \"1\", memory: 1Gi}",
    };

    m->parts.limits = true;
    mk_put(m, "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l0}\nspec:\n"
              "  limits: [{%s}]\n", mk_pick(m, limit));
}

static void add_policies(struct maker *m)
{
    while (m->parts.quotas < 2 && mk_next(m, m->parts.quotas == 0, 30)) {
        add_quota(m, m->parts.quotas++);
        mk_end(m);
    }
    if (mk_more(m, 50)) {
        add_limits(m);
        mk_end(m);
    }
}

/* ---- storage --------------------------------------------------------------------------------- */

static void add_class(struct maker *m, unsigned i)
{
    static const char *const reclaim[] = {"Delete", "Retain"};
    static const char *const binding[] = {"Immediate", "WaitForFirstConsumer"};
    static const char *const provisioner[] = {"csi.example.com", "kubernetes.io/no-provisioner"};
    const char *is = mk_chance(m, 40) ? "true" : "false", *words[3];

    words[0] = mk_pick(m, reclaim);
    words[1] = mk_pick(m, binding);
    words[2] = provisioner[mk_chance(m, 25)];
    mk_put(m, "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: k%u, "
              "annotations: {storageclass.kubernetes.io/is-default-class: \"%s\"}}\n"
              "provisioner: %s\nreclaimPolicy: %s\nvolumeBindingMode: %s\n",
           i, is, words[2], words[0], words[1]);
}

static void add_volume(struct maker *m, unsigned i)
{
    static const char *const reclaim[] = {"Retain", "Delete"};
    unsigned size = mk_from(m, 1, 3);
    const char *policy = mk_pick(m, reclaim);

    mk_put(m, "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v%u}\nspec:\n"
              "  capacity: {storage: %uGi}\n  accessModes: [ReadWriteOnce]\n"
              "  persistentVolumeReclaimPolicy: %s\n  hostPath: {path: /v%u}\n",
           i, size, policy, i);
    if (m->parts.storages > 0 && mk_chance(m, 50))
        mk_put(m, "  storageClassName: k%u\n", mk_below(m, m->parts.storages));
}

static void put_claim_spec(struct maker *m)
{
    unsigned size = mk_from(m, 1, 3);

    mk_put(m, "{accessModes: [ReadWriteOnce], resources: {requests: {storage: %uGi}}", size);
    if (m->parts.storages > 0 && mk_chance(m, 50))
        mk_put(m, ", storageClassName: k%u", mk_below(m, m->parts.storages));
    mk_put(m, "}");
}

static void add_storage(struct maker *m)
{
    while (m->parts.storages < 2 && mk_more(m, 50)) {
        add_class(m, m->parts.storages);
        m->parts.storages++;
        mk_end(m);
    }
    while (m->parts.volumes < 4 && mk_more(m, 50)) {
        add_volume(m, m->parts.volumes++);
        mk_end(m);
    }
    while (m->parts.claims < 2 && mk_more(m, 50)) {
        mk_put(m, "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c%u}\n"
                  "spec: ", m->parts.claims++);
        put_claim_spec(m);
        mk_put(m, "\n");
        mk_end(m);
    }
    m->parts.storage = true;
}

/* ---- pods ------------------------------------------------------------------------------------ */

static void add_place(struct maker *m)
{
    static const char *const line[] = {
        "nodeSelector: {disk: ssd}",
        "nodeSelector: {topology.kubernetes.io/zone: z1}",
        "tolerations: [{key: k, operator: Exists}]",
        "tolerations: [{operator: Exists, effect: NoExecute, tolerationSeconds: 9}]",
        "tolerations: [{operator: Exists}]",
        "nodeName: n0",
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
            "[{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {tier: a}}}]}}",
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
            "[{topologyKey: topology.kubernetes.io/zone, "
            "labelSelector: {matchLabels: {tier: a}}}]}}",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, "
            "whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {tier: a}}}]",
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
            "[{weight: 5, preference: {matchExpressions: [{key: disk, operator: Exists}]}}]}}",
    };

    if (m->parts.nodes > 0 && mk_more(m, 35)) {
        mk_line(m, 0, "%s", mk_pick(m, line));
        mk_end(m);
    }
    if (m->parts.priorities && mk_more(m, 35)) {
        mk_line(m, 0, "priorityClassName: %s", mk_chance(m, 50) ? "high" : "low");
        mk_end(m);
    }
}

static void add_resources(struct maker *m)
{
    static const char *const resources[] = {
        "{requests: {cpu: 100m}}",
        "{requests: {cpu: 300m, memory: 100Mi}}",
        "{requests: {cpu: 200m, memory: 64Mi}, limits: {cpu: 400m, memory: 128Mi}}",
        "{limits: {cpu: 250m, memory: 200Mi}}",
        "{requests: {memory: 300Mi}}",
        "{requests: {cpu: 900m}}",
    };

    if (mk_more(m, 60)) {
        mk_line(m, 1, "resources: %s", mk_pick(m, resources));
        mk_end(m);
    }
}

static void add_looks(struct maker *m, unsigned grace)
{
    if (mk_more(m, 45)) {
        unsigned delay = mk_below(m, 12), period = mk_from(m, 1, 4);

        mk_line(m, 1, "readinessProbe: {httpGet: {port: 8080, path: /ready}, "
                      "initialDelaySeconds: %u, periodSeconds: %u}", delay, period);
        mk_end(m);
    }
    if (mk_more(m, 15)) {
        mk_line(m, 1, "livenessProbe: {httpGet: {port: 8080, path: /live}, "
                      "periodSeconds: %u, failureThreshold: 2}", mk_from(m, 1, 6));
        mk_end(m);
    }
    if (grace > 9 && mk_more(m, 20)) {
        mk_line(m, 1, "lifecycle: {preStop: {sleep: {seconds: %u}}}", mk_from(m, 1, 8));
        mk_end(m);
    }
}

static void add_mounts(struct maker *m, bool owns)
{
    bool uses = false;
    unsigned which = 0;

    if (m->parts.claims > 0 && mk_more(m, 35)) {
        which = mk_below(m, m->parts.claims);
        uses = true;
        mk_end(m);
    }
    if (owns || uses)
        mk_line(m, 1, "volumeMounts: [%s%s%s]", owns ? "{name: data, mountPath: /data}" : "",
                owns && uses ? ", " : "", uses ? "{name: more, mountPath: /more}" : "");
    if (uses)
        mk_line(m, 0, "volumes: [{name: more, persistentVolumeClaim: {claimName: c%u}}]", which);
}

static void add_pod_spec(struct maker *m, const char *policy, bool owns)
{
    unsigned grace = 30;

    if (policy != NULL)
        mk_line(m, 0, "restartPolicy: %s", policy);
    if (mk_more(m, 50)) {
        grace = mk_below(m, 20);
        mk_line(m, 0, "terminationGracePeriodSeconds: %u", grace);
        mk_end(m);
    }
    if (policy != NULL && mk_more(m, 8)) {
        mk_line(m, 0, "activeDeadlineSeconds: %u", mk_from(m, 10, 90));
        mk_end(m);
    }
    add_place(m);
    mk_line(m, 0, "containers:");
    mk_line(m, 0, "- name: b");
    mk_line(m, 0, "  image: \"i:1\"");
    mk_line(m, 0, "  ports: [{name: web, containerPort: 8080}]");
    add_resources(m);
    add_looks(m, grace);
    add_mounts(m, owns);
}

/* ---- what their programs do ------------------------------------------------------------------ */

static void add_serving(struct maker *m)
{
    static const char *const act[] = {"status: 503", "path: /ready, status: 503",
                                      "path: /live, status: 500", "do: refuse", "do: reset",
                                      "path: /ready, do: hang", "latency: 200ms"};

    mk_put(m, "    serve:\n");
    for (bool first = true; mk_next(m, first, 40); first = false) {
        mk_put(m, "    - {");
        mk_window(m, true);
        mk_put(m, "%s}\n", mk_pick(m, act));
        mk_end(m);
    }
}

static void add_program(struct maker *m, const char *name, bool ends)
{
    char time[MAKER_TEXT];

    mk_put(m, "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b-%s}\nspec:\n"
              "  selector: {matchLabels: {app: %s}}\n  instances:\n  -", name, name);
    mk_put(m, " start: {takes: %s}\n", mk_time(m, 5, time));
    if (ends || mk_more(m, 12)) {
        unsigned code = mk_chance(m, ends ? 30 : 70) ? mk_from(m, 1, 3) : 0;

        mk_put(m, "    exit: {after: %s, code: %u}\n", mk_time(m, 40, time), code);
        if (!ends)
            mk_end(m);
    }
    if (mk_more(m, 40)) {
        mk_put(m, "    onStop: {after: %s}\n", mk_time(m, 12, time));
        mk_end(m);
    }
    if (mk_more(m, 30)) {
        add_serving(m);
        mk_end(m);
    }
}

/* ---- workloads ------------------------------------------------------------------------------- */

static void add_deployment(struct maker *m)
{
    mk_put(m, "  replicas: %u\n", mk_below(m, 6));
    if (mk_more(m, 25)) {
        mk_put(m, "  minReadySeconds: %u\n", mk_below(m, 10));
        mk_end(m);
    }
    if (mk_more(m, 20)) {
        mk_put(m, "  progressDeadlineSeconds: %u\n", mk_from(m, 20, 90));
        mk_end(m);
    }
    if (mk_more(m, 20)) {
        mk_put(m, "  revisionHistoryLimit: %u\n", mk_below(m, 3));
        mk_end(m);
    }
    if (mk_more(m, 60)) {
        if (mk_chance(m, 20)) {
            mk_put(m, "  strategy: {type: Recreate}\n");
        } else {
            mk_put(m, "  strategy: {rollingUpdate: {");
            mk_share(m, "maxSurge", 3);
            mk_put(m, ", maxUnavailable: %u}}\n", mk_from(m, 1, 2));
        }
        mk_end(m);
    }
}

static void add_stateful(struct maker *m)
{
    static const char *const word[] = {"Retain", "Delete"};

    mk_put(m, "  replicas: %u\n", mk_below(m, 5));
    if (mk_chance(m, 35))
        mk_put(m, "  podManagementPolicy: Parallel\n");
    if (mk_more(m, 20)) {
        mk_put(m, "  minReadySeconds: %u\n", mk_below(m, 8));
        mk_end(m);
    }
    if (mk_more(m, 30)) {
        if (mk_chance(m, 30))
            mk_put(m, "  updateStrategy: {type: OnDelete}\n");
        else
            mk_put(m, "  updateStrategy: {rollingUpdate: {partition: %u}}\n", mk_below(m, 4));
        mk_end(m);
    }
    if (mk_more(m, 10)) {
        mk_put(m, "  ordinals: {start: %u}\n", mk_from(m, 1, 3));
        mk_end(m);
    }
    if (m->now.data) {
        mk_put(m, "  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: ");
        put_claim_spec(m);
        mk_put(m, "\n");
        if (mk_more(m, 60)) {
            const char *scaled = mk_pick(m, word), *deleted = mk_pick(m, word);

            mk_put(m, "  persistentVolumeClaimRetentionPolicy: {whenScaled: %s, "
                      "whenDeleted: %s}\n", scaled, deleted);
            mk_end(m);
        }
    }
}

static void add_daemon(struct maker *m)
{
    if (mk_more(m, 20)) {
        mk_put(m, "  minReadySeconds: %u\n", mk_below(m, 8));
        mk_end(m);
    }
    if (mk_more(m, 40)) {
        static const char *const how[] = {"rollingUpdate: {maxUnavailable: 2}",
                                          "rollingUpdate: {maxSurge: 1, maxUnavailable: 0}",
                                          "type: OnDelete", "rollingUpdate: {maxUnavailable: 50%}"};

        mk_put(m, "  updateStrategy: {%s}\n", mk_pick(m, how));
        mk_end(m);
    }
}

static void add_job(struct maker *m, unsigned level, bool never)
{
    static const char *const failure[] = {
        "{action: FailJob, onExitCodes: {operator: In, values: [3]}}",
        "{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}",
        "{action: Count, onExitCodes: {operator: NotIn, values: [1]}}",
    };
    const char *blank = level > 0 ? "    " : "";
    bool indexed = false;

    if (mk_more(m, 60)) {
        unsigned parallelism = mk_below(m, 4);

        mk_put(m, "%s  parallelism: %u\n%s  completions: %u\n", blank, parallelism, blank,
               mk_from(m, 1, 5));
        indexed = mk_chance(m, 40);
        if (indexed)
            mk_put(m, "%s  completionMode: Indexed\n", blank);
        mk_end(m);
    }
    if (mk_more(m, 30)) {
        mk_put(m, "%s  backoffLimit: %u\n", blank, mk_below(m, 4));
        mk_end(m);
    }
    if (indexed && never && mk_more(m, 30)) {
        mk_put(m, "%s  backoffLimitPerIndex: %u\n", blank, mk_below(m, 2));
        mk_end(m);
    }
    if (indexed && mk_more(m, 20)) {
        mk_put(m, "%s  successPolicy: {rules: [{succeededCount: 1}]}\n", blank);
        mk_end(m);
    }
    if (mk_more(m, 20)) {
        mk_put(m, "%s  activeDeadlineSeconds: %u\n", blank, mk_from(m, 5, 90));
        mk_end(m);
    }
    if (mk_more(m, 25)) {
        mk_put(m, "%s  ttlSecondsAfterFinished: %u\n", blank, mk_below(m, 40));
        mk_end(m);
    }
    if (never && mk_more(m, 20)) {
        mk_put(m, "%s  podFailurePolicy: {rules: [%s]}\n", blank, mk_pick(m, failure));
        mk_end(m);
    } else if (mk_more(m, 15)) {
        mk_put(m, "%s  podReplacementPolicy: Failed\n", blank);
        mk_end(m);
    }
    if (mk_more(m, 8)) {
        mk_put(m, "%s  suspend: true\n", blank);
        mk_end(m);
    }
}

static void add_cron(struct maker *m)
{
    static const char *const schedule[] = {"* * * * *", "*/2 * * * *", "1-4 * * * *"};
    static const char *const concurrency[] = {"Allow", "Forbid", "Replace"};

    mk_put(m, "  schedule: \"%s\"\n", mk_pick(m, schedule));
    mk_put(m, "  concurrencyPolicy: %s\n", mk_pick(m, concurrency));
    if (mk_more(m, 30)) {
        unsigned kept = mk_below(m, 3);

        mk_put(m, "  successfulJobsHistoryLimit: %u\n  failedJobsHistoryLimit: %u\n", kept,
               mk_below(m, 3));
        mk_end(m);
    }
    if (mk_more(m, 20)) {
        mk_put(m, "  startingDeadlineSeconds: %u\n", mk_from(m, 1, 90));
        mk_end(m);
    }
    if (mk_more(m, 8)) {
        mk_put(m, "  suspend: true\n");
        mk_end(m);
    }
}

static const struct {
    const char *kind, *lower, *version;
} kinds[] = {{"Deployment", "deployment", "apps/v1"},
             {"StatefulSet", "statefulset", "apps/v1"},
             {"ReplicaSet", "replicaset", "apps/v1"},
             {"Job", "job", "batch/v1"},
             {"DaemonSet", "daemonset", "apps/v1"},
             {"Pod", "pod", "v1"},
             {"CronJob", "cronjob", "batch/v1"},
             {"ReplicationController", "replicationcontroller", "v1"}};

const char *mk_kind(const char *lower)
{
    unsigned i = 0;

    while (strcmp(kinds[i].lower, lower) != 0)
        i++;
    return kinds[i].kind;
}

enum { DEPLOYMENT, STATEFUL, REPLICAS, JOB, DAEMON, BARE, CRON, OLD_REPLICAS };

static void add_fields(struct maker *m, unsigned which, bool never)
{
    switch (which) {
    case DEPLOYMENT:
        add_deployment(m);
        break;
    case STATEFUL:
        add_stateful(m);
        break;
    case DAEMON:
        add_daemon(m);
        break;
    case JOB:
        add_job(m, 0, never);
        break;
    case CRON:
        add_cron(m);
        mk_put(m, "  jobTemplate:\n    spec:\n");
        add_job(m, 1, never);
        break;
    default:
        mk_put(m, "  replicas: %u\n", mk_below(m, 6));
        break;
    }
}

static void add_template(struct maker *m, unsigned which, const char *name, const char *tier,
                         const char *policy)
{
    const char *blank = which == CRON ? "    " : "";

    if (which != JOB && which != CRON)
        mk_put(m, which == OLD_REPLICAS ? "  selector: {app: %s}\n"
                                        : "  selector: {matchLabels: {app: %s}}\n", name);
    mk_put(m, "%s  template:\n%s    metadata: {labels: {app: %s, tier: %s}}\n%s    spec:\n",
           blank, blank, name, tier, blank);
    m->now.indent = which == CRON ? 5 : 3;
    add_pod_spec(m, policy, m->now.data);
    m->now.indent = 0;
}

static void add_workload(struct maker *m)
{
    unsigned i = m->count, which = mk_below(m, RX_ARRAY_LEN(kinds));
    bool ends = which == JOB || which == CRON, never = mk_chance(m, 50);
    const char *tier = mk_chance(m, 40) ? "b" : "a", *policy = NULL;
    char name[16];

    snprintf(name, sizeof(name), "%c%u", which == BARE ? 'p' : 'w', i);
    m->now.data = which == STATEFUL && mk_chance(m, 50);
    if (ends)
        policy = never ? "Never" : "OnFailure";
    else if (which == BARE && mk_chance(m, 30))
        policy = never ? "Never" : "OnFailure";
    mk_put(m, "---\napiVersion: %s\nkind: %s\nmetadata: {name: %s", kinds[which].version,
           kinds[which].kind, name);
    if (which == BARE) {
        mk_put(m, ", labels: {app: %s, tier: %s}}\nspec:\n", name, tier);
        m->now.indent = 1;
        add_pod_spec(m, policy, false);
        m->now.indent = 0;
    } else {
        mk_put(m, "}\nspec:\n");
        add_fields(m, which, never);
        add_template(m, which, name, tier, policy);
    }
    if (ends || mk_more(m, 50)) {
        add_program(m, name, ends);
        if (!ends)
            mk_end(m);
    }
    m->made[i].kind = kinds[which].lower;
    m->made[i].number = i;
    m->made[i].containers = 1;
    m->made[i].gate = m->made[i].other = false;
    m->count++;
}
