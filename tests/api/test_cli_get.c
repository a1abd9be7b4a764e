/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_get.c - podring get from outside: the tables of kubectl get, and its other formats. */
#include "tests/api/test_cli_kit.h"

#define JOB(name, command)                                                                         \
    "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: " name "}\nspec:\n  backoffLimit: 0\n" \
    "  template:\n    spec:\n      restartPolicy: Never\n"                                         \
    "      containers: [{name: c, image: i, command: [sh, -c, \"" command "\"]}]\n"

#define WEB(replicas, more)                                                                        \
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web}}\n"      \
    "spec:\n  replicas: " replicas "\n" more "  selector: {matchLabels: {app: web}}\n"             \
    "  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"              \
    "      - {name: c, image: nginx, ports: [{containerPort: 80}],\n"                             \
    "         readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 5}}\n"

#define SERVICE                                                                                    \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"                                  \
    "spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 80}]}\n"

#define NODE(name, more)                                                                           \
    "---\napiVersion: v1\nkind: Node\nmetadata: {name: " name more "}\n"

#define STEPS(list)                                                                                \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n" list

static void expect(const char *input, const char *line, int code, const char *out, const char *err)
{
    struct kit_ran r = kit_spawn(input, line);

    cr_expect_eq(r.code, code, "%s: exit code %d, not %d: %s", line, r.code, code, r.err);
    if (out != NULL)
        cr_expect_str_eq(r.out, out, "%s prints:\n%s", line, r.out);
    if (err != NULL)
        cr_expect_str_eq(r.err, err, "%s says: %s", line, r.err);
    kit_release(&r);
}

static void expect_part(const char *input, const char *line, const char *part)
{
    struct kit_ran r = kit_spawn(input, line);

    cr_expect_eq(r.code, 0, "%s: %s", line, r.err);
    cr_expect_not_null(strstr(r.out, part), "%s: no \"%s\" in:\n%s", line, part, r.out);
    kit_release(&r);
}

/* ---- vectors --------------------------------------------------------------------------------- */

Test(cli_get, K_01_a_deployment_in_the_middle_of_a_rollout)
{
    static const char rollout[] =
        WEB("4", "  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}\n")
        STEPS("  - {at: 20s, setImage: deployment/web, container: c, image: \"nginx:2\"}\n");

    expect(rollout, "get deploy - --at 21s", 0,
           "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\n"
           "web    3/4     2            3           21s\n", NULL);
}

Test(cli_get, K_02_the_duration_of_a_failed_job_goes_on)
{
    expect(JOB("fails", "sleep 16; exit 1"), "get jobs - --at 60s", 0,
           "NAME    STATUS   COMPLETIONS   DURATION   AGE\n"
           "fails   Failed   0/1           60s        60s\n", NULL);
    expect(JOB("done", "sleep 16"), "get job/done - --at 60s", 0,
           "NAME   STATUS     COMPLETIONS   DURATION   AGE\n"
           "done   Complete   1/1           16s        60s\n", NULL);
}

Test(cli_get, K_03_a_cordoned_node_that_is_well)
{
    static const char node[] =
        NODE("n1", ", labels: {node-role.kubernetes.io/worker: \"\"}")
        STEPS("  - {at: 20s, cordon: node/n1}\n");

    expect(node, "get nodes - --at 60s", 0,
           "NAME   STATUS                     ROLES    AGE   VERSION\n"
           "n1     Ready,SchedulingDisabled   worker   60s   v1.36.2\n", NULL);
}

Test(cli_get, K_04_an_autoscaler_that_has_not_looked_yet)
{
    static const char hpa[] =
        WEB("2", "") "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
        "metadata: {name: web}\nspec:\n  maxReplicas: 5\n"
        "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  metrics:\n"
        "  - {type: Resource, resource: {name: cpu, target: {type: Utilization, "
        "averageUtilization: 50}}}\n";

    expect(hpa, "get hpa - --at 10s", 0,
           "NAME   REFERENCE        TARGETS              MINPODS   MAXPODS   REPLICAS   AGE\n"
           "web    Deployment/web   cpu: <unknown>/50%   1         5         0          10s\n",
           NULL);
}

Test(cli_get, K_05_a_cell_lists_three_endpoints)
{
    expect(WEB("5", "") SERVICE, "get ep - --at 10s", 0,
           "NAME   ENDPOINTS                                            AGE\n"
           "web    127.1.0.1:80,127.1.0.2:80,127.1.0.3:80 + 2 more...   10s\n", NULL);
    expect_part(WEB("5", "") SERVICE, "get endpointslices - --at 10s",
                "   IPv4          80      127.1.0.1,127.1.0.2,127.1.0.3 + 2 more...   10s\n");
    expect(WEB("5", "") SERVICE, "get ep - --at 3s", 0,
           "NAME   ENDPOINTS   AGE\nweb    <none>      3s\n", NULL);
}

Test(cli_get, K_06_a_suspended_job_whose_pods_are_gone)
{
    expect(JOB("job", "sleep 100") STEPS("  - {at: 10s, suspend: job/job}\n"),
           "get job - --at 60s", 0,
           "NAME   STATUS      COMPLETIONS   DURATION   AGE\n"
           "job    Suspended   0/1                      60s\n", NULL);
}

/* ---- kinds ----------------------------------------------------------------------------------- */

Test(cli_get, all_has_a_table_for_each_kind_with_something_in_it)
{
    expect(WEB("1", "") SERVICE JOB("j", "sleep 9"), "get all - --at 10s", 0,
           "NAME                      READY   STATUS      RESTARTS   AGE\n"
           "pod/j-2d8q5               0/1     Completed   0          10s\n"
           "pod/web-8b45bd476-94tzk   1/1     Running     0          10s\n"
           "\n"
           "NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE\n"
           "service/kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP        10s\n"
           "service/web          NodePort    10.96.0.2    <none>        80:30000/TCP   10s\n"
           "\n"
           "NAME                  READY   UP-TO-DATE   AVAILABLE   AGE\n"
           "deployment.apps/web   1/1     1            1           10s\n"
           "\n"
           "NAME                            DESIRED   CURRENT   READY   AGE\n"
           "replicaset.apps/web-8b45bd476   1         1         1       10s\n"
           "\n"
           "NAME          STATUS     COMPLETIONS   DURATION   AGE\n"
           "job.batch/j   Complete   1/1           9s         10s\n", NULL);
}

Test(cli_get, wide_tables_have_more_columns)
{
    expect(WEB("1", ""), "get po - --at 10s -o wide", 0,
           "NAME                  READY   STATUS    RESTARTS   AGE   IP          NODE   NOMINATED "
           "NODE   READINESS GATES\n"
           "web-8b45bd476-94tzk   1/1     Running   0          10s   127.1.0.1   node   <none>   "
           "        <none>\n", NULL);
    expect(WEB("1", ""), "get rs - --at 10s -o wide", 0,
           "NAME            DESIRED   CURRENT   READY   AGE   CONTAINERS   IMAGES   SELECTOR\n"
           "web-8b45bd476   1         1         1       10s   c            nginx    "
           "app=web,pod-template-hash=8b45bd476\n", NULL);
}

/* Its controller gives it one beside those of its template. */
Test(cli_get, a_pod_has_all_of_its_labels)
{
    expect_part(WEB("1", ""), "describe po - --at 10s",
                "\nLabels:           app=web\n                  pod-template-hash=8b45bd476\n");
}

Test(cli_get, services_have_their_ports_and_selectors)
{
    expect(SERVICE, "get svc - --at 1h -o wide", 0,
           "NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE   SELECTOR\n"
           "kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP        60m   <none>\n"
           "web          NodePort    10.96.0.2    <none>        80:30000/TCP   60m   app=web\n",
           NULL);
}

Test(cli_get, a_cronjob_says_when_it_was_due_last)
{
    static const char cron[] =
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: cj}\nspec:\n"
        "  schedule: \"*/2 * * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n"
        "          restartPolicy: Never\n"
        "          containers: [{name: j, image: busybox, command: [sleep, \"20\"]}]\n";

    expect(cron, "get cj - --at 130s", 0,
           "NAME   SCHEDULE      TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE\n"
           "cj     */2 * * * *   <none>     False     1        10s             2m10s\n", NULL);
    expect(cron, "get cj - --at 30s -o wide", 0,
           "NAME   SCHEDULE      TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE   CONTAINERS   "
           "IMAGES    SELECTOR\n"
           "cj     */2 * * * *   <none>     False     0        <none>          30s   j            "
           "busybox   <none>\n", NULL);
}

Test(cli_get, configuration_and_ingresses)
{
    static const char config[] =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: \"1\", y: \"2\"}\n"
        "binaryData: {z: AA==}\n"
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n"
        "data: {x: AA==}\nstringData: {x: u, y: v}\n"
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: c}\nspec:\n"
        "  tls: [{hosts: [a.b]}]\n  rules:\n  - host: a.b\n    http: {paths: [{path: /, pathType: "
        "Prefix, backend: {service: {name: web, port: {number: 80}}}}]}\n";

    expect(config, "get cm - --at 1s", 0, "NAME   DATA   AGE\na      3      1s\n", NULL);
    expect(config, "get secret - --at 1s", 0,
           "NAME   TYPE     DATA   AGE\nb      Opaque   2      1s\n", NULL);
    expect(config, "get ing - --at 1s", 0,
           "NAME   CLASS    HOSTS   ADDRESS        PORTS     AGE\n"
           "c      <none>   a.b     198.51.100.1   80, 443   1s\n", NULL);
}

Test(cli_get, events_stand_by_their_objects)
{
    expect("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "
           "i:1}]}\n", "get events - --at 90s", 0,
           "LAST SEEN   TYPE     REASON      OBJECT   MESSAGE\n"
           "90s         Normal   Scheduled   pod/p    Successfully assigned default/p to node\n"
           "90s         Normal   Pulling     pod/p    Pulling image \"i:1\"\n"
           "90s         Normal   Pulled      pod/p    Successfully pulled image \"i:1\" in 0s (0s "
           "including waiting). Image size: 0 bytes.\n"
           "90s         Normal   Created     pod/p    Container created\n"
           "90s         Normal   Started     pod/p    Container started\n", NULL);
}

Test(cli_get, revisions_have_their_controller_and_their_number)
{
    static const char set[] =
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  replicas: 2\n"
        "  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n"
        "    metadata: {labels: {app: db}}\n    spec: {containers: [{name: c, image: pg}]}\n";

    expect_part(set, "get controllerrevisions - --at 5s",
                "   statefulset.apps/db   1          5s\n");
    expect(set, "get sts - --at 5s -o wide", 0,
           "NAME   READY   AGE   CONTAINERS   IMAGES\n"
           "db     2/2     5s    c            pg\n", NULL);
}

/* As helm template and kustomize write them. */
Test(cli_get, manifests_made_by_tools_read_as_they_come)
{
    static const char made[] =
        "---\n# Source: app/templates/empty.yaml\n---\n# Source: app/templates/cm.yaml\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cfg\n  annotations:\ndata:\n"
        "---\n# Source: app/templates/deploy.yaml\napiVersion: apps/v1\nkind: Deployment\n"
        "metadata: {name: rel, creationTimestamp: null}\nspec:\n  strategy: null\n"
        "  selector: {matchLabels: {app: rel}}\n  template:\n"
        "    metadata: {creationTimestamp: null, annotations: null, labels: {app: rel}}\n"
        "    spec:\n      nodeSelector:\n      affinity:\n      tolerations:\n"
        "      imagePullSecrets: null\n      containers:\n"
        "      - {name: c, image: nginx, env: null, resources: {}, livenessProbe: null}\n"
        "status: {}\n---\n# nothing\n---\napiVersion: monitoring.coreos.com/v1\n"
        "kind: ServiceMonitor\nmetadata: {name: m}\nspec: {}\n---\n";
    static const char list[] =
        "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{},\"items\":[\n"
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},"
        "\"data\":null},"
        "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\"},"
        "\"spec\":{\"ports\":[{\"port\":80}],\"selector\":null}}]}\n";

    expect(made, "get cm,deploy - --at 1s -o name", 0, "configmap/cfg\ndeployment.apps/rel\n",
           "");
    expect(list, "get cm,svc - --at 1s -o name", 0,
           "configmap/a\nservice/kubernetes\nservice/s\n", "");
}

/* What is null is as good as absent, and a status may be anything. */
Test(cli_get, nulls_and_statuses_are_in_nobodys_way)
{
    static const char odd[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: null}\n"
        "spec:\n  selector: {matchLabels: {app: w}}\n  template:\n"
        "    metadata: {labels: {app: w}}\n    spec: {containers: [{name: c, image: i}]}\n"
        "status: null\n---\napiVersion: v1\nkind: Pod\n"
        "metadata: {name: p, labels: null, annotations: null}\n"
        "spec: {containers: [{name: c, image: i}]}\nstatus: [x]\n";

    expect_part(odd, "get deploy web - --at 1s -o yaml",
                "  annotations:\n    deployment.kubernetes.io/revision: \"1\"\n");
    expect_part(odd, "get po p - --at 1s -o yaml", "status:\n- x\n");
}

Test(cli_get, without_a_node_document_there_is_one_node)
{
    expect(WEB("1", ""), "get no - --at 1s", 0,
           "NAME   STATUS   ROLES    AGE   VERSION\n"
           "node   Ready    <none>   1s    v1.36.2\n", NULL);
}

/* ---- what is asked for ----------------------------------------------------------------------- */

static const char spaces[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {tier: x, app: a}}\n"
    "spec: {containers: [{name: c, image: i}]}\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: other, labels: {tier: z}}\n"
    "spec: {containers: [{name: c, image: i}]}\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: d}\n"
    "spec: {containers: [{name: c, image: i}]}\n";

Test(cli_get, namespaces_selectors_and_labels)
{
    expect(spaces, "get po - --at 1s -A --show-labels", 0,
           "NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE   LABELS\n"
           "default     a      1/1     Running   0          1s    app=a,tier=x\n"
           "default     d      1/1     Running   0          1s    <none>\n"
           "other       b      1/1     Running   0          1s    tier=z\n", NULL);
    expect(spaces, "get po - --at 1s -n other --no-headers", 0,
           "b     1/1   Running   0     1s\n", NULL);
    expect(spaces, "get po - --at 1s -A -o name -l tier", 0, "pod/a\npod/b\n", NULL);
    expect(spaces, "get po - --at 1s -A -o name -l tier!=x", 0, "pod/d\npod/b\n", NULL);
    expect(spaces, "get po - --at 1s -A -o name -l app==a,tier=x", 0, "pod/a\n", NULL);
    expect(spaces, "get po,svc - --at 1s -o name -l !tier", 0,
           "pod/d\nservice/kubernetes\n", NULL);
}

Test(cli_get, what_is_not_there_is_said_as_kubectl_says_it)
{
    expect(spaces, "get pods x - --at 1s", 1, "",
           "Error (NotFound): pods \"x\" not found\n");
    expect(spaces, "get deploy/x po/a - --at 1s -o name", 1, "pod/a\n",
           "Error (NotFound): deployments.apps \"x\" not found\n");
    expect(spaces, "get deploy -", 0, "", "No resources found in default namespace.\n");
    expect(spaces, "get deploy - -n nobody", 0, "", "No resources found in nobody namespace.\n");
    expect(spaces, "get deploy - -A", 0, "", "No resources found\n");
    expect(spaces, "get foo -", 64, "",
           "podring get: there is no resource type \"foo\" (see 'podring get "
           "--help')\n");
    expect(spaces, "get po,svc a -", 64, "",
           "podring get: you may only specify one kind with a name: a (see 'podring get "
           "--help')\n");
    expect(spaces, "get po", 64, "",
           "podring get: no manifest given; - is standard input (see 'podring get --help')\n");
    expect(spaces, "get po - -l a==b==c", 64, "", NULL);
}

/* ---- other formats --------------------------------------------------------------------------- */

Test(cli_get, an_object_as_yaml_and_json)
{
    static const char config[] =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {c: \"1\", b: \"true\"}}\n"
        "data:\n  text: |\n    one\n      two\n  end: \"x: y\"\n  empty: \"\"\n  tab: \"a\\tb\"\n"
        "  ip: 10.0.0.1\n  time: \"1:20\"\n  last: |-\n    a\n    b\n";

    expect(config, "get cm a - --at 1s -o yaml", 0,
           "apiVersion: v1\ndata:\n  empty: \"\"\n  end: 'x: y'\n  ip: 10.0.0.1\n  last: |-\n"
           "    a\n    b\n  tab: \"a\\tb\"\n  text: |\n    one\n      two\n  time: \"1:20\"\n"
           "kind: ConfigMap\nmetadata:\n  creationTimestamp: \"2026-01-01T00:00:00Z\"\n  labels:\n"
           "    b: \"true\"\n    c: \"1\"\n  name: a\n  namespace: default\n"
           "  resourceVersion: \"1\"\n  uid: 40a2a48c-fc47-4a5c-9e5c-aa5160534104\n", NULL);
    expect_part(config, "get cm a - --at 1s -o json",
                "{\n    \"apiVersion\": \"v1\",\n    \"data\": {\n        \"empty\": \"\",\n"
                "        \"end\": \"x: y\",\n");
    expect(config, "get pods - -o json", 0,
           "{\n    \"apiVersion\": \"v1\",\n    \"items\": [],\n    \"kind\": \"List\",\n"
           "    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n", "");
}

Test(cli_get, what_controllers_make_has_its_template_and_its_owner)
{
    static const char *const parts[] = {
        "  kind: ReplicaSet\n", "      pod-template-hash: ", "    ownerReferences:\n",
        "      kind: Deployment\n      name: web\n", "          pod-template-hash: ",
        "        - image: nginx\n", "    replicas: 2\n"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        expect_part(WEB("2", ""), "get rs - --at 10s -o yaml", parts[i]);
    expect_part(WEB("2", ""), "get po - --at 10s -o yaml", "    phase: Running\n");
    expect_part(WEB("2", ""), "get po - --at 10s -o yaml", "      kind: ReplicaSet\n");
    expect_part(WEB("2", ""), "get po - --at 10s -o yaml", "    nodeName: node\n");
}

Test(cli_get, a_pod_has_the_image_that_it_was_given_last)
{
    expect_part(WEB("1", "") STEPS("  - {at: 9s, setImage: deployment/web, image: \"nginx:2\"}\n"),
                "get po,rs,deploy - --at 30s -o yaml", "image: nginx:2\n");
}

/* ---- describe -------------------------------------------------------------------------------- */

static void expect_lines(const char *input, const char *line, const char *const *lines)
{
    struct kit_ran r = kit_spawn(input, line);
    const char *at = r.out;

    cr_expect_eq(r.code, 0, "%s: %s", line, r.err);
    for (; *lines != NULL; lines++) {
        const char *found = at != NULL ? strstr(at, *lines) : NULL;

        cr_expect_not_null(found, "%s: no \"%s\" (here or so late) in:\n%s", line, *lines, r.out);
        at = found;
    }
    kit_release(&r);
}

Test(cli_get, describes_a_deployment_and_its_sets)
{
    static const char rollout[] =
        WEB("4", "  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}\n")
        STEPS("  - {at: 20s, setImage: deployment/web, container: c, image: \"nginx:2\"}\n");
    static const char *const lines[] = {
        "Name:                   web\nNamespace:              default\n"
        "CreationTimestamp:      Thu, 01 Jan 2026 00:00:00 +0000\n"
        "Labels:                 app=web\n"
        "Annotations:            deployment.kubernetes.io/revision: 2\n"
        "Selector:               app=web\n"
        "Replicas:               4 desired | 2 updated | 5 total | 3 available | 2 unavailable\n"
        "StrategyType:           RollingUpdate\nMinReadySeconds:        0\n"
        "RollingUpdateStrategy:  1 max unavailable, 1 max surge\n"
        "Pod Template:\n  Labels:  app=web\n  Containers:\n   c:\n    Image:         nginx:2\n"
        "    Port:          80/TCP\n    Host Port:     0/TCP\n"
        "    Readiness:     http-get http://:80/ delay=5s timeout=1s period=10s #success=1 "
        "#failure=3\n",
        "Conditions:\n  Type           Status  Reason\n",
        "OldReplicaSets:  web-", " (3/3 replicas created)\nNewReplicaSet:   web-",
        " (2/2 replicas created)\nEvents:\n", "deployment-controller  Scaled up replica set", NULL};

    expect_lines(rollout, "describe deploy web - --at 21s", lines);
    expect_lines(rollout, "describe rs - --at 10s",
                 (const char *const[]){"Controlled By:  Deployment/web\n",
                                       "Replicas:       4 current / 4 desired\n",
                                       "Pods Status:    4 Running / 0 Waiting / 0 Succeeded / 0 "
                                       "Failed\n", "replicaset-controller  Created pod: web-",
                                       NULL});
}

Test(cli_get, describes_a_service_a_job_and_a_node)
{
    expect_lines(WEB("2", "") SERVICE, "describe svc/web - --at 10s",
                 (const char *const[]){"Type:                     NodePort\n",
                                       "IP:                       10.96.0.2\n",
                                       "Port:                     <unset>  80/TCP\n"
                                       "TargetPort:               80/TCP\n"
                                       "NodePort:                 <unset>  30000/TCP\n"
                                       "Endpoints:                127.1.0.1:80,127.1.0.2:80\n",
                                       "Events:                   <none>\n", NULL});
    expect_lines(JOB("fails", "sleep 16; exit 1"), "describe job fa - --at 60s",
                 (const char *const[]){"Name:             fails\n",
                                       "Pods Statuses:    0 Active (0 Ready) / 0 Succeeded / 1 "
                                       "Failed\n", "Warning  BackoffLimitExceeded  44s",
                                       NULL});
    expect_lines(NODE("n1", "") STEPS("  - {at: 20s, cordon: node/n1}\n"),
                 "describe node - --at 30s",
                 (const char *const[]){"Taints:             node.kubernetes.io/unschedulable:"
                                       "NoSchedule\nUnschedulable:      true\n",
                                       "  Ready               True", "Non-terminated Pods:  (0 in",
                                       "node-controller  Node n1 status is now: "
                                       "NodeNotSchedulable\n", NULL});
}

Test(cli_get, describes_configuration_pods_and_what_is_not_there)
{
    static const char config[] =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: \"1\\n2\"}\n"
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n"
        "data: {x: aGVsbG8=}\nstringData: {z: v}\n";

    expect(config, "describe cm a - --at 1s", 0,
           "Name:         a\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\n"
           "Data\n====\nx:\n----\n1\n2\n\n\nBinaryData\n====\n\nEvents:  <none>\n", "");
    expect_lines(config, "describe secret - --at 1s",
                 (const char *const[]){"Type:  Opaque\n\nData\n====\nx:  5 bytes\n"
                                       "z:  1 bytes\n", NULL});
    expect_lines(spaces, "describe po a - --at 1s",
                 (const char *const[]){"Name:             a\n", "Containers:\n  c:\n",
                                       "kubelet            Container started\n", NULL});
    expect(spaces, "describe deploy x - --at 1s", 1, "",
           "Error (NotFound): deployments.apps \"x\" not found\n");
    expect(spaces, "describe deploy - --at 1s", 0, "",
           "No resources found in default namespace.\n");
    expect(spaces, "describe - a -n other", 1, "", "Error (NotFound): pods \"a\" not found\n");
    expect(spaces, "describe - a -A", 64, "",
           "podring describe: -A and -l go with KIND [NAME] before the files (see 'podring "
           "describe --help')\n");
}
