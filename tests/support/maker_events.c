/* SPDX-License-Identifier: Apache-2.0 */
/* maker_events.c - what happens to a random cluster: the steps of its Scenario. */
#include <stdio.h>
#include <string.h>

#include "tests/support/maker_parts.h"

/* Of the object that is drawn first: its kind, and its name. */
struct target {
    const char *kind;
    char name[MAKER_TEXT];
    bool bare; /* a pod */
};

static void add_event(struct maker *m);

void mk_cluster_events(struct maker *m)
{
    bool any = false;

    while (mk_more(m, 80)) {
        if (!any)
            mk_put(m, "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
                      "spec:\n  steps:\n");
        any = true;
        mk_put(m, "  - {at: %us", mk_when_s(m));
        if (mk_more(m, 15)) {
            mk_put(m, "%ums", mk_from(m, 1, 999));
            mk_end(m);
        }
        mk_put(m, ", ");
        add_event(m);
        mk_put(m, "}\n");
        mk_end(m);
    }
}

/* ---- to workloads ---------------------------------------------------------------------------- */

static bool is_one_of(const char *kind, const char *list)
{
    return strstr(list, kind) != NULL;
}

static void add_patch(struct maker *m, const struct target *t)
{
    static const char *const deployment[] = {
        "minReadySeconds: 5", "minReadySeconds: 0",
        "strategy: {type: Recreate, rollingUpdate: null}",
        "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}",
        "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}",
        "revisionHistoryLimit: 0", "paused: true", "paused: false",
        "template: {spec: {terminationGracePeriodSeconds: 3}}", "replicas: 3",
        "template: {metadata: {annotations: {a: b}}}",
    };
    static const char *const stateful[] = {
        "updateStrategy: {rollingUpdate: {partition: 0}}",
        "updateStrategy: {rollingUpdate: {partition: 2}}", "minReadySeconds: 4", "replicas: 2",
        "updateStrategy: {type: OnDelete, rollingUpdate: null}",
        "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}",
        "template: {metadata: {annotations: {a: b}}}",
    };
    static const char *const daemon[] = {
        "template: {metadata: {annotations: {a: b}}}", "minReadySeconds: 3",
        "updateStrategy: {type: OnDelete, rollingUpdate: null}",
        "template: {spec: {nodeSelector: {disk: ssd}}}",
    };
    static const char *const job[] = {"parallelism: 0", "parallelism: 3", "suspend: true",
                                      "suspend: false", "activeDeadlineSeconds: 30",
                                      "backoffLimit: 1", "ttlSecondsAfterFinished: 5"};
    static const char *const cron[] = {"concurrencyPolicy: Replace", "schedule: \"*/3 * * * *\"",
                                       "suspend: true", "suspend: false",
                                       "successfulJobsHistoryLimit: 0"};
    const char *what;

    if (is_one_of(t->kind, "deployment"))
        what = mk_pick(m, deployment);
    else if (is_one_of(t->kind, "statefulset"))
        what = mk_pick(m, stateful);
    else if (is_one_of(t->kind, "daemonset"))
        what = mk_pick(m, daemon);
    else if (strcmp(t->kind, "job") == 0)
        what = mk_pick(m, job);
    else if (strcmp(t->kind, "cronjob") == 0)
        what = mk_pick(m, cron);
    else
        what = "replicas: 1";
    mk_put(m, "patch: %s/%s, spec: {%s}", t->kind, t->name, what);
}

static void add_rollout(struct maker *m, const struct target *t)
{
    static const char *const step[] = {"restartRollout", "undo", "pauseRollout", "resumeRollout"};
    bool whole = strcmp(t->kind, "deployment") == 0;
    unsigned which = mk_below(m, 4);

    mk_put(m, "%s: %s/%s", step[whole ? which : which % 2], t->kind, t->name);
}

static void add_to_workload(struct maker *m, const struct target *t)
{
    static const char *const cascade[] = {"background", "foreground", "orphan"};
    unsigned which = mk_below(m, 12);

    if (which == 11) {
        mk_put(m, "delete: %s/%s, cascade: %s", t->kind, t->name, mk_pick(m, cascade));
    } else if (which >= 8) {
        add_patch(m, t);
    } else if (is_one_of(t->kind, "job cronjob")) {
        mk_put(m, "%s: %s/%s", which % 2 ? "resume" : "suspend", t->kind, t->name);
    } else if (which >= 5 && is_one_of(t->kind, "deployment statefulset daemonset")) {
        add_rollout(m, t);
    } else if (which >= 3 || strcmp(t->kind, "daemonset") == 0) {
        mk_put(m, "setImage: %s/%s, image: \"i:%u\"", t->kind, t->name, mk_from(m, 1, 3));
    } else {
        mk_put(m, "scale: %s/%s, replicas: %u", t->kind, t->name, mk_below(m, 7));
    }
}

/* ---- to pods --------------------------------------------------------------------------------- */

static void add_to_pod(struct maker *m, const struct target *t)
{
    static const char *const labels[] = {"app: null", "app: w0", "app: w1", "tier: b", "tier: a"};
    static const char *const signal[] = {"SIGKILL", "SIGTERM", "SIGSEGV"};
    char name[2 * MAKER_TEXT];
    unsigned which = mk_below(m, 16);

    if (t->bare)
        snprintf(name, sizeof(name), "%s", t->name);
    else
        snprintf(name, sizeof(name), "%s-%u", t->name, mk_below(m, 4));
    switch (which) {
    default:
        mk_put(m, "delete: pod/%s", name);
        break;
    case 3:
        mk_put(m, "delete: pod/%s, gracePeriodSeconds: %u", name, mk_below(m, 9));
        break;
    case 4:
        mk_put(m, "delete: pod/%s, force: true", name);
        break;
    case 5:
    case 6:
    case 7:
        mk_put(m, "kill: pod/%s, signal: %s", name, mk_pick(m, signal));
        break;
    case 8:
    case 9:
    case 10:
        mk_put(m, "evict: pod/%s, api: true", name);
        break;
    case 11:
        mk_put(m, "evict: pod/%s", name);
        break;
    case 12:
        mk_put(m, "fail: pod/%s", name);
        break;
    case 13:
    case 14:
        mk_put(m, "setLabel: pod/%s, labels: {%s}", name, mk_pick(m, labels));
        break;
    }
}

/* ---- to nodes -------------------------------------------------------------------------------- */

static void add_drain(struct maker *m, unsigned node)
{
    mk_put(m, "drain: node/n%u", node);
    if (!mk_chance(m, 20))
        mk_put(m, ", ignoreDaemonSets: true");
    if (!mk_chance(m, 30))
        mk_put(m, ", force: true");
    if (!mk_chance(m, 30))
        mk_put(m, ", deleteEmptyDir: true");
    if (mk_more(m, 50)) {
        mk_put(m, ", timeout: %us", mk_from(m, 1, 60));
        mk_end(m);
    }
}

static void add_to_node(struct maker *m)
{
    static const char *const labels[] = {"disk: ssd", "disk: null",
                                         "topology.kubernetes.io/zone: z1"};
    static const char *const effect[] = {"NoSchedule", "NoExecute", "PreferNoSchedule"};
    static const char *const plain[] = {"cordon", "uncordon", "recover"};
    unsigned node = mk_below(m, m->parts.nodes), which = mk_below(m, 16);

    switch (which) {
    case 0:
    case 1:
    case 2:
        mk_put(m, "%s: node/n%u", plain[which], node);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        add_drain(m, node);
        break;
    case 7:
    case 8:
        mk_put(m, "taint: node/n%u, key: k, value: v, effect: %s", node, mk_pick(m, effect));
        break;
    case 9:
        mk_put(m, "untaint: node/n%u, key: k", node);
        break;
    case 10:
        mk_put(m, "setLabel: node/n%u, labels: {%s}", node, mk_pick(m, labels));
        break;
    case 11:
    case 12:
        mk_put(m, "fail: node/n%u, lose: %s", node, mk_chance(m, 50) ? "power" : "network");
        break;
    case 13:
        mk_put(m, "recover: node/n%u", node);
        break;
    case 14:
        mk_put(m, "pressure: node/n%u, resource: %s", node, mk_chance(m, 30) ? "disk" : "memory");
        break;
    default:
        if (mk_chance(m, 50))
            mk_put(m, "delete: node/n%u", node);
        else
            mk_put(m, "uncordon: node/n%u", node);
        break;
    }
}

/* ---- to what stands beside ------------------------------------------------------------------- */

static void add_to_policy(struct maker *m)
{
    static const char *const hard[] = {"pods: \"2\"", "pods: \"9\"", "requests.cpu: \"2\"",
                                       "pods: null"};
    static const char *const budget[] = {"minAvailable: 1, maxUnavailable: null",
                                         "maxUnavailable: 0, minAvailable: null",
                                         "minAvailable: 50%, maxUnavailable: null"};
    unsigned of;

    if (m->parts.quotas > 0 && mk_chance(m, 40)) {
        of = mk_below(m, m->parts.quotas);
        if (mk_chance(m, 25))
            mk_put(m, "delete: resourcequota/q%u", of);
        else
            mk_put(m, "patch: resourcequota/q%u, spec: {hard: {%s}}", of, mk_pick(m, hard));
    } else if (m->parts.budgets > 0 && mk_chance(m, 50)) {
        of = mk_below(m, m->parts.budgets);
        if (mk_chance(m, 25))
            mk_put(m, "delete: poddisruptionbudget/d%u", of);
        else
            mk_put(m, "patch: poddisruptionbudget/d%u, spec: {%s}", of, mk_pick(m, budget));
    } else if (m->parts.services > 0 && mk_chance(m, 40)) {
        mk_put(m, "delete: service/s%u", mk_below(m, m->parts.services));
    } else if (m->parts.claims > 0 && mk_chance(m, 60)) {
        mk_put(m, "delete: persistentvolumeclaim/c%u", mk_below(m, m->parts.claims));
    } else if (m->parts.scalers > 0 && mk_chance(m, 50)) {
        mk_put(m, "delete: horizontalpodautoscaler/h0");
    } else if (m->parts.limits && mk_chance(m, 50)) {
        mk_put(m, "delete: limitrange/l0");
    } else if (mk_chance(m, 20)) {
        mk_put(m, "reboot: node");
    } else {
        mk_put(m, "pause: controllers, for: %us", mk_from(m, 1, 40));
    }
}

/* Their claims are named data-w0-1. */
static void add_to_claim(struct maker *m, const struct target *t)
{
    mk_put(m, "delete: persistentvolumeclaim/data-%s-%u", t->name, mk_below(m, 4));
}

static void add_event(struct maker *m)
{
    struct target t;
    unsigned of = mk_below(m, m->count), which = mk_below(m, 20);

    mk_name_of(m, of, t.name);
    t.kind = m->made[of].kind;
    t.bare = strcmp(t.kind, "pod") == 0;
    if (which >= 14 && m->parts.nodes > 0)
        add_to_node(m);
    else if (which >= 12)
        add_to_policy(m);
    else if (which == 11 && strcmp(t.kind, "statefulset") == 0)
        add_to_claim(m, &t);
    else if (which >= 7 || t.bare)
        add_to_pod(m, &t);
    else
        add_to_workload(m, &t);
}
