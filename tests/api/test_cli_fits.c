/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_fits.c - what fits nothing, and what does not go together, is named with its place and
 * its reason, by check and by simulate; what fits is told by check.
 */
#include <stdint.h>

#include "tests/api/test_cli_kit.h"

#define SHOP(labels, container)                                                                    \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  replicas: 2\n"        \
    "  selector: {matchLabels: " labels "}\n  template:\n    metadata: {labels: " labels "}\n"     \
    "    spec:\n      containers:\n      - " container "\n"
#define WEB "{name: web, image: nginx, ports: [{name: http, containerPort: 8080}]}"
#define POD(rest) "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n" rest
#define BEHAVIOR(spec)                                                                             \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: x}\nspec:\n" spec
#define SERVICE(spec) "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n" spec

struct row {
    const char *text, *said; /* said NULL: nothing */
};

static const struct row rows[] = {
    /* Behaviors */
    {SHOP("{app: shop}", WEB) BEHAVIOR("  selector: {matchLabels: {app: shpo}}\n"),
     "17:13: warning: behavior \"x\" fits no pod: app=shpo is nobody's, deployment/shop has "
     "app=shop"},
    {"apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: prod, labels: {app: shop}}\n"
     "spec: {containers: [{name: c, image: nginx}]}\n"
     BEHAVIOR("  selector: {matchLabels: {app: shop}}\n"),
     "10:13: warning: behavior \"x\" fits no pod: app=shop is in namespace prod, this is in "
     "default"},
    {"apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: prod}\n"
     "spec: {containers: [{name: c, image: nginx}]}\n" BEHAVIOR("  instances: [{}]\n"),
     "10:3: warning: behavior \"x\" fits no pod: there are no pods in namespace default"},
    {SHOP("{app: shop}", WEB) BEHAVIOR("  container: wbe\n"),
     "17:14: warning: behavior \"x\" fits no container: deployment/shop has web, and none called "
     "\"wbe\""},
    {SHOP("{app: shop}", WEB) BEHAVIOR("  selector: {matchLabels: {tier: db}}\n"),
     "17:13: warning: behavior \"x\" fits no pod: tier=db is nobody's: deployment/shop has no "
     "label tier"},
    {SHOP("{app: shop}", WEB) BEHAVIOR("  selector: {matchLabels: {app: shop}}\n"), NULL},
    {SHOP("{app: shop}", WEB) BEHAVIOR("  instances: [{serve: [{to: 45s, do: refuse}]}]\n"),
     "17:24: warning: this refuses from the start of the run on: containers that start later, or "
     "again, answer sooner. listensAfter counts from each start, 'clock: run' says that this is "
     "meant"},
    {SHOP("{app: shop}", WEB) BEHAVIOR("  serve: [{to: 45s, do: refuse}]\n"),
     "17:11: warning: this refuses from the start"},
    {SHOP("{app: shop}", WEB)
     BEHAVIOR("  instances: [{serve: [{to: 45s, clock: run, do: refuse}]}]\n"), NULL},
    {SHOP("{app: shop}", WEB)
     BEHAVIOR("  instances: [{serve: [{to: 45s, clock: instance, do: refuse}]}]\n"), NULL},
    {SHOP("{app: shop}", WEB) BEHAVIOR("  instances: [{serve: [{from: 5s, to: 45s, do: refuse}]}]"
                                       "\n"), NULL},
    {SHOP("{app: shop}", WEB) BEHAVIOR("  workload: shpo\n"),
     "17:13: warning: behavior \"x\" fits no pod: there is no workload shpo in namespace default"},
    {SHOP("{app: shop}", WEB) BEHAVIOR("  workload: shop\n"), NULL},
    /* Services, budgets, Ingresses, autoscalers */
    {SHOP("{app: shop}", WEB) SERVICE("  selector: {app: web}\n  ports: [{port: 80}]\n"),
     "17:13: warning: service \"web\" fits no pod: app=web is nobody's, deployment/shop has "
     "app=shop"},
    {SHOP("{app: shop}", WEB)
     SERVICE("  selector: {app: shop}\n  ports: [{port: 80, targetPort: 8081}]\n"),
     "18:34: note: targetPort 8081: deployment/shop declares 8080 (http)"},
    {SHOP("{app: shop}", WEB)
     SERVICE("  selector: {app: shop}\n  ports: [{port: 80, targetPort: web}]\n"),
     "18:34: warning: targetPort \"web\": deployment/shop has no port of that name, it declares "
     "8080 (http): no endpoints"},
    {SHOP("{app: shop}", WEB)
     SERVICE("  selector: {app: shop}\n  ports: [{port: 80, targetPort: http}]\n"), NULL},
    {SHOP("{app: shop}", "{name: web, image: nginx}")
     SERVICE("  selector: {app: shop}\n  ports: [{port: 80, targetPort: 8081}]\n"), NULL},
    {"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec:\n"
     "  serviceName: web\n  selector: {matchLabels: {app: s}}\n  template:\n"
     "    metadata: {labels: {app: s}}\n    spec: {containers: [{name: c, image: nginx}]}\n"
     SERVICE("  selector: {app: s, statefulset.kubernetes.io/pod-name: s-0}\n"
             "  ports: [{port: 80}]\n"), NULL},
    {"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec:\n"
     "  serviceName: nobody\n  selector: {matchLabels: {app: s}}\n  template:\n"
     "    metadata: {labels: {app: s}}\n    spec: {containers: [{name: c, image: nginx}]}\n",
     "5:16: note: service \"nobody\" is in none of these files: its pods have no names in DNS"},
    {SHOP("{app: shop}", WEB)
     "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\n"
     "spec: {minAvailable: 1, selector: {matchLabels: {app: x}}}\n",
     "16:35: warning: poddisruptionbudget \"b\" fits no pod: app=x is nobody's, deployment/shop "
     "has app=shop"},
    {SHOP("{app: shop}", WEB)
     "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n"
     "spec: {defaultBackend: {service: {name: front, port: {number: 80}}}}\n",
     "16:41: note: service \"front\" is in none of these files: its requests are answered with "
     "503"},
    {SHOP("{app: shop}", WEB)
     SERVICE("  selector: {app: shop}\n  ports: [{port: 80, targetPort: http}]\n")
     "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n"
     "spec: {defaultBackend: {service: {name: web, port: {number: 8080}}}}\n",
     "23:61: note: service \"web\" has no port 8080"},
    {SHOP("{app: shop}", WEB)
     "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
     "spec:\n  maxReplicas: 3\n"
     "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shpo}\n",
     "18:65: note: deployment \"shpo\" is in none of these files: nothing is scaled "
     "(FailedGetScale)"},
    {SHOP("{app: shop}", WEB)
     "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
     "spec:\n  maxReplicas: 3\n"
     "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}\n"
     "  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, "
     "averageUtilization: 50}}}]\n",
     "18:65: note: container \"web\" of deployment/shop requests no cpu: of how much it uses a "
     "part is not known (FailedGetResourceMetric)"},
    /* what pods name */
    {POD("  containers: [{name: c, image: nginx, envFrom: [{secretRef: {name: s}}]}]\n"),
     "5:69: note: secret \"s\" is in none of these files: CreateContainerConfigError"},
    {POD("  containers:\n  - {name: c, image: nginx, env: [{name: A, valueFrom: {configMapKeyRef: "
         "{name: m, key: k}}}]}\n")
     "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: b}\n",
     "6:81: note: configmap \"m\" has no key \"k\": CreateContainerConfigError"},
    {POD("  containers: [{name: c, image: nginx, envFrom: [{secretRef: {name: s, optional: "
         "true}}]}]\n"), NULL},
    {POD("  containers: [{name: c, image: nginx}, {name: d, image: nginx, envFrom: [{secretRef: "
         "{name: s}}]}]\n  volumes: [{name: v, secret: {secretName: s}}]\n"),
     "5:94: note: secret \"s\" is in none of these files: CreateContainerConfigError (and 1 other "
     "place)"},
    {POD("  containers: [{name: c, image: nginx}]\n"
         "  volumes: [{name: v, persistentVolumeClaim: {claimName: d}}]\n"),
     "6:58: note: persistentvolumeclaim \"d\" is in none of these files: the pod stays Pending"},
    {POD("  containers: [{name: c, image: nginx}]\n  volumes: [{name: v, configMap: {name: "
         "kube-root-ca.crt}}]\n"), NULL},
    {POD("  imagePullSecrets: [{name: r}]\n  containers: [{name: c, image: nginx}]\n"),
     "5:29: note: secret \"r\" is in none of these files: images are pulled without it, which a "
     "private registry refuses"},
    {POD("  priorityClassName: high\n  containers: [{name: c, image: nginx}]\n"),
     "5:22: note: priorityclass \"high\" is in none of these files: taken for 0; a cluster without "
     "it refuses the pods"},
    {POD("  priorityClassName: high\n  priority: 7\n  containers: [{name: c, image: nginx}]\n"),
     "5:22: note: priorityclass \"high\" is in none of these files: a cluster without it refuses "
     "the pods"},
    {POD("  priorityClassName: system-node-critical\n  containers: [{name: c, image: nginx}]\n"),
     NULL},
    {POD("  priorityClassName: high\n  containers: [{name: c, image: nginx}]\n") "---\n"
     "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 7\n",
     NULL},
    /* within a pod */
    {POD("  containers:\n  - " "{name: c, image: nginx, ports: [{containerPort: 80}], "
         "readinessProbe: {tcpSocket: {port: 81}}}\n"),
     "6:94: note: readiness probe asks port 81; the container declares 80"},
    {POD("  containers:\n  - {name: c, image: nginx, readinessProbe: {tcpSocket: {port: 81}}}\n"),
     NULL},
    {POD("  containers:\n  - {name: c, image: nginx, ports: [{containerPort: 80}], "
         "readinessProbe: {tcpSocket: {port: 81}}}\n"
         "  - {name: d, image: nginx, ports: [{containerPort: 81}]}\n"), NULL},
    {POD("  containers:\n  - {name: c, image: nginx, livenessProbe: {httpGet: {port: http}}}\n"),
     "6:61: note: liveness probe asks port \"http\"; the container has no port of that name: each "
     "run is an error"},
    {POD("  containers:\n  - {name: c, image: nginx, livenessProbe: {tcpSocket: {port: 80}, "
         "timeoutSeconds: 9, periodSeconds: 5}}\n"),
     "6:84: note: liveness probe waits up to 9s for an answer, and asks every 5s: while one is "
     "missing, its next runs are lost"},
    {POD("  containers:\n  - {name: c, image: nginx, lifecycle: {preStop: {exec: {command: [sleep, "
         "1m]}}}}\n"),
     "6:75: note: preStop sleeps 60s of terminationGracePeriodSeconds 30: it will be cut"},
    {POD("  terminationGracePeriodSeconds: 5\n  containers:\n"
         "  - {name: c, image: nginx, lifecycle: {preStop: {sleep: {seconds: 5}}}}\n"),
     "7:68: note: preStop sleeps 5s of terminationGracePeriodSeconds 5: nothing is left for the "
     "program, which has 2s for its end"},
    {POD("  containers:\n  - {name: c, image: nginx, lifecycle: {preStop: {exec: {command: [sh, "
         "-c, 'while true; do sleep 60; done']}}}}\n"), NULL},
    {POD("  initContainers:\n  - {name: i, image: busybox, command: [sh, -c, 'until nc -z web 80; "
         "do sleep 1; done']}\n  containers: [{name: c, image: nginx}]\n")
     SERVICE("  selector: {app: shop}\n  ports: [{port: 80}]\n"
             "---\napiVersion: v1\nkind: Pod\nmetadata: {name: q, labels: {app: shop}}\n"
             "spec: {containers: [{name: c, image: nginx}]}\n"), NULL},
    {"apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: shop}}\nspec:\n"
     "  initContainers:\n  - {name: i, image: busybox, command: [sh, -c, 'until nc -z web 80; "
     "do sleep 1; done']}\n  containers: [{name: c, image: nginx}]\n"
     SERVICE("  selector: {app: shop}\n  ports: [{port: 80}]\n"),
     "6:50: note: init container \"i\" asks for service \"web\", which has only pods of pod/p, and "
     "none is ready before its init containers are done: a circle"},
    /* steps */
    {SHOP("{app: shop}", WEB)
     "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
     "spec: {steps: [{at: 1m, delete: pod/web-0}]}\n",
     "16:33: warning: step delete fits nothing: there is no pod \"web-0\" in namespace default"},
    {SHOP("{app: shop}", WEB)
     "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
     "spec: {steps: [{at: 1m, scale: deployment/web, replicas: 3}]}\n",
     "16:32: warning: step scale fits nothing: there is no deployment \"web\" in namespace "
     "default"},
    {SHOP("{app: shop}", WEB)
     "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
     "spec: {steps: [{at: 1m, scale: deployment/shop, replicas: 3}]}\n", NULL},
    /* files that come later may bring what is missing now */
    {SHOP("{app: shop}", WEB)
     "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
     "spec: {steps: [{at: 1m, scale: deployment/web, replicas: 3}, {at: 9h, apply: /x.yaml}]}\n",
     NULL},
};

static void expect(const struct row *row, const char *line)
{
    struct kit_ran r = kit_spawn(row->text, line);
    char *at = strstr(r.err, "<stdin>:");

    cr_expect_eq(r.code, 0, "%s: %d: %s", row->text, r.code, r.err);
    if (row->said == NULL)
        cr_expect_null(at, "%s%s", row->text, r.err);
    else
        cr_expect(at != NULL && strncmp(at + 8, row->said, strlen(row->said)) == 0 &&
                      strstr(at + 8, "<stdin>:") == NULL,
                  "%ssaid:   %s\nwanted: %s", row->text, r.err, row->said);
    kit_release(&r);
}

Test(cli_fits, what_fits_nothing_is_named_by_check)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(&rows[i], "check -");
}

Test(cli_fits, what_fits_nothing_is_named_by_simulate)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(&rows[i], "simulate - --for 1s -o ndjson");
}

static const char *const misspelt[] = {"podring/v1", "v1", "podring.io/v1", "podring.dev/v2"};

Test(cli_fits, our_kinds_under_another_group_are_refused)
{
    for (size_t i = 0; i < sizeof(misspelt) / sizeof(misspelt[0]); i++) {
        char text[512], wanted[256];
        struct kit_ran r;

        snprintf(text, sizeof(text),
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
                 "spec: {containers: [{name: c, image: nginx}]}\n"
                 "---\napiVersion: %s\nkind: Behavior\nmetadata: {name: x}\nspec: {}\n",
                 misspelt[i]);
        snprintf(wanted, sizeof(wanted),
                 "<stdin>:6:1: error: no matches for kind \"Behavior\" in version \"%s\": there "
                 "are Behavior, Client, Metrics and Scenario in podring.dev/v1",
                 misspelt[i]);
        r = kit_spawn(text, "simulate - --for 1s");
        cr_expect_eq(r.code, 65, "%s: %d", misspelt[i], r.code);
        cr_expect_not_null(strstr(r.err, wanted), "%s", r.err);
        kit_release(&r);
    }
}

Test(cli_fits, check_tells_what_fits)
{
    struct kit_ran r = kit_spawn(
        SHOP("{app: shop}", WEB) SERVICE("  selector: {app: shop}\n  ports: [{port: 80}]\n")
        BEHAVIOR("  selector: {matchLabels: {app: shop}}\n  pods: [0, 5]\n")
        "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
        "spec: {steps: [{at: 1m, scale: deployment/shop, replicas: 3}, {at: 2m, reboot: node}]}\n",
        "check -");

    cr_expect_str_eq(r.out,
                     "default deployment/shop: ok, 2 replicas, 1 container, 0 probes\n"
                     "default service/web: fits 2 pods (deployment/shop)\n"
                     "default behavior/x: fits 1 pod (deployment/shop)\n"
                     "default scenario/s: ok, 2 steps\n",
                     "%s%s", r.out, r.err);
    kit_release(&r);
}

/* A controller of somebody else's may make the pods: that is for check to say, and no warning. */
Test(cli_fits, pods_may_come_from_elsewhere)
{
    static const char text[] =
        SHOP("{app: shop}", WEB) SERVICE("  selector: {app: db}\n  ports: [{port: 80}]\n")
        "---\napiVersion: db.example.com/v1\nkind: Database\nmetadata: {name: db}\n";
    struct kit_ran r = kit_spawn(text, "check -");

    cr_expect_not_null(strstr(r.err, "17:13: note: service \"web\" fits no pod that is simulated: "
                                     "app=db is nobody's, deployment/shop has app=shop"), "%s",
                       r.err);
    kit_release(&r);
    r = kit_spawn(text, "simulate - --for 1s");
    cr_expect_null(strstr(r.err, "fits no pod"), "%s", r.err);
    kit_release(&r);
}
