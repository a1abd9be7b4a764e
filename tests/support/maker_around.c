/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker_around.c - what goes by the workloads of a random cluster: budgets, Services with their
 * clients, autoscalers with their metrics.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/maker_parts.h"

void mk_share(struct maker *m, const char *field, unsigned most)
{
    static const unsigned percent[] = {25, 50, 100, 10};
    unsigned n = mk_below(m, most + 1);

    if (mk_more(m, 30)) {
        mk_put(m, "%s: %u%%", field, mk_pick(m, percent));
        mk_end(m);
    } else {
        mk_put(m, "%s: %u", field, n);
    }
}

/* ---- budgets --------------------------------------------------------------------------------- */

static void put_selector(struct maker *m, bool empty)
{
    if (empty && mk_more(m, 10)) {
        mk_put(m, "{}");
        mk_end(m);
    } else if (mk_more(m, 35)) {
        mk_put(m, "{matchLabels: {tier: %s}}", mk_chance(m, 30) ? "b" : "a");
        mk_end(m);
    } else {
        unsigned of = mk_below(m, m->count);
        char name[MAKER_TEXT];

        mk_put(m, "{matchLabels: {app: %s}}", mk_name_of(m, of, name));
    }
}

void mk_budgets(struct maker *m)
{
    while (m->parts.budgets < 2 && mk_next(m, m->parts.budgets == 0, 30)) {
        bool min = !mk_chance(m, 50);

        mk_put(m, "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
                  "metadata: {name: d%u}\nspec:\n  ", m->parts.budgets++);
        mk_share(m, min ? "minAvailable" : "maxUnavailable", 3);
        mk_put(m, "\n  selector: ");
        put_selector(m, true);
        if (mk_chance(m, 30))
            mk_put(m, "\n  unhealthyPodEvictionPolicy: AlwaysAllow");
        mk_put(m, "\n");
        mk_end(m);
    }
}

/* ---- Services and clients -------------------------------------------------------------------- */

static void add_service(struct maker *m, unsigned i)
{
    static const char *const more[] = {"clusterIP: None", "publishNotReadyAddresses: true",
                                       "sessionAffinity: ClientIP", "type: NodePort",
                                       "internalTrafficPolicy: Local", "type: LoadBalancer",
                                       "trafficDistribution: PreferClose"};
    unsigned of = mk_below(m, m->count);
    char name[MAKER_TEXT];

    mk_put(m, "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%u}\nspec:\n", i);
    if (mk_chance(m, 35))
        mk_put(m, "  selector: {tier: a}\n");
    else
        mk_put(m, "  selector: {app: %s}\n", mk_name_of(m, of, name));
    mk_put(m, "  ports: [{port: 80, targetPort: 8080}]\n");
    if (mk_more(m, 30)) {
        mk_put(m, "  %s\n", mk_pick(m, more));
        mk_end(m);
    }
}

static void add_client(struct maker *m, unsigned i)
{
    unsigned to = mk_below(m, m->parts.services), rate = mk_from(m, 1, 5), from = mk_below(m, 30);

    mk_put(m, "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: c%u}\nspec:\n"
              "  url: http://s%u/x\n  rate: %u\n  from: %us\n  to: %us\n  report: 5s\n", i, to,
           rate, from, from + mk_from(m, 1, 90));
    if (mk_more(m, 40)) {
        mk_put(m, "  connections: {keepAlive: true, pool: %u}\n", mk_from(m, 1, 3));
        mk_end(m);
    }
    if (mk_more(m, 40)) {
        mk_put(m, "  retries: {attempts: %u, delay: 50ms, on: [refused, reset, http5xx]}\n",
               mk_from(m, 2, 3));
        mk_end(m);
    }
    if (mk_more(m, 40)) {
        unsigned connect = mk_from(m, 1, 9);

        mk_put(m, "  timeout: {connect: %u00ms, request: %u00ms}\n", connect, mk_from(m, 1, 30));
        mk_end(m);
    }
    if (mk_chance(m, 20))
        mk_put(m, "  byPod: true\n");
}

void mk_services(struct maker *m)
{
    while (m->parts.services < 3 && mk_next(m, m->parts.services == 0, 35)) {
        add_service(m, m->parts.services++);
        mk_end(m);
    }
    while (m->parts.clients < 2 && mk_more(m, 50)) {
        add_client(m, m->parts.clients++);
        mk_end(m);
    }
}

/* ---- autoscalers ----------------------------------------------------------------------------- */

static void add_measure(struct maker *m, const char *app, bool cpu)
{
    mk_put(m, "---\napiVersion: podring.dev/v1\nkind: Metrics\nmetadata: {name: m0}\nspec:\n"
              "  selector: {matchLabels: {app: %s}}\n  metric: %s\n  values:\n", app,
           cpu ? "cpu" : "load");
    for (bool first = true; mk_next(m, first, 65); first = false) {
        mk_put(m, "  - {");
        mk_window(m, false);
        if (mk_chance(m, 30))
            mk_put(m, "total: \"%u00m\"}\n", mk_below(m, 20));
        else
            mk_put(m, "value: \"%u0m\"}\n", mk_below(m, 60));
        mk_end(m);
    }
}

static void add_behavior_of(struct maker *m)
{
    static const char *const up[] = {"stabilizationWindowSeconds: 20",
                                     "policies: [{type: Pods, value: 1, periodSeconds: 30}]",
                                     "policies: [{type: Percent, value: 50, periodSeconds: 15}]",
                                     "selectPolicy: Disabled"};
    static const char *const down[] = {"stabilizationWindowSeconds: 0",
                                       "policies: [{type: Pods, value: 1, periodSeconds: 20}]",
                                       "stabilizationWindowSeconds: 45", "selectPolicy: Disabled"};

    const char *one = mk_pick(m, up), *two = mk_pick(m, down);

    mk_put(m, "  behavior: {scaleUp: {%s}, scaleDown: {%s}}\n", one, two);
}

void mk_scaler(struct maker *m)
{
    unsigned of = mk_below(m, m->count), min = mk_from(m, 1, 2), max = min + mk_below(m, 5), target;
    bool cpu = !mk_chance(m, 35), average = mk_chance(m, 40);
    const char *kind = m->made[of].kind;
    char name[MAKER_TEXT];

    if (strcmp(kind, "deployment") != 0 && strcmp(kind, "statefulset") != 0 &&
        strcmp(kind, "replicaset") != 0 && strcmp(kind, "replicationcontroller") != 0)
        return;
    kind = mk_kind(kind);
    m->parts.scalers = 1;
    mk_name_of(m, of, name);
    mk_put(m, "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
              "metadata: {name: h0}\nspec:\n"
              "  scaleTargetRef: {apiVersion: %s, kind: %s, name: %s}\n"
              "  minReplicas: %u\n  maxReplicas: %u\n  metrics:\n", strcmp(kind,
              "ReplicationController") == 0 ? "v1" : "apps/v1", kind, name, min, max);
    target = mk_from(m, 1, 20);
    if (!cpu)
        mk_put(m, "  - {type: Pods, pods: {metric: {name: load}, target: {type: AverageValue, "
                  "averageValue: %u0m}}}\n", target);
    else if (average)
        mk_put(m, "  - {type: Resource, resource: {name: cpu, target: {type: AverageValue, "
                  "averageValue: %u0m}}}\n", target);
    else
        mk_put(m, "  - {type: Resource, resource: {name: cpu, target: {type: Utilization, "
                  "averageUtilization: %u}}}\n", 5 * target);
    if (mk_more(m, 40)) {
        add_behavior_of(m);
        mk_end(m);
    }
    if (mk_chance(m, 90))
        add_measure(m, name, cpu);
}
