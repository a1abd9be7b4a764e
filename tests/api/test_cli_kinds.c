/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_kinds.c - podring describe of what is no pod and no workload, in kubectl's layouts. */
#include "tests/api/test_cli_kit.h"

static const char world[] =
    "apiVersion: scheduling.k8s.io/v1\n"
    "kind: PriorityClass\n"
    "metadata: {name: high}\n"
    "value: 1000\n"
    "globalDefault: true\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: ResourceQuota\n"
    "metadata: {name: q}\n"
    "spec: {hard: {pods: 10, requests.cpu: 2, limits.cpu: 4, persistentvolumeclaims: 3}}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: LimitRange\n"
    "metadata: {name: lr}\n"
    "spec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 100m}}]}\n"
    "---\n"
    "apiVersion: storage.k8s.io/v1\n"
    "kind: StorageClass\n"
    "metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "
    "\"true\"}}\n"
    "provisioner: ex/p\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: PersistentVolume\n"
    "metadata: {name: pv1}\n"
    "spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce, ReadOnlyMany], "
    "persistentVolumeReclaimPolicy: Retain, hostPath: {path: /x}}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: PersistentVolumeClaim\n"
    "metadata: {name: c1}\n"
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: PersistentVolumeClaim\n"
    "metadata: {name: c2}\n"
    "spec: {accessModes: [ReadWriteOnce], storageClassName: \"\", resources: {requests: "
    "{storage: 1Gi}}}\n"
    "---\n"
    "apiVersion: policy/v1\n"
    "kind: PodDisruptionBudget\n"
    "metadata: {name: b}\n"
    "spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}\n"
    "---\n"
    "apiVersion: policy/v1\n"
    "kind: PodDisruptionBudget\n"
    "metadata: {name: b2}\n"
    "spec: {maxUnavailable: 1, selector: {matchLabels: {app: db}}}\n"
    "---\n"
    "apiVersion: apps/v1\n"
    "kind: Deployment\n"
    "metadata: {name: web}\n"
    "spec:\n"
    "  replicas: 2\n"
    "  selector: {matchLabels: {app: web}}\n"
    "  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: "
    "\"i:1\", ports: [{containerPort: 80}], resources: {requests: {cpu: 100m}}}]}}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: ResourceQuota\n"
    "metadata: {name: best}\n"
    "spec: {hard: {pods: 5}, scopes: [BestEffort]}\n"
    "---\n"
    "apiVersion: apps/v1\n"
    "kind: StatefulSet\n"
    "metadata: {name: db}\n"
    "spec:\n"
    "  replicas: 1\n"
    "  serviceName: db\n"
    "  selector: {matchLabels: {app: db}}\n"
    "  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: "
    "\"i:1\"}]}}\n"
    "---\n"
    "apiVersion: apps/v1\n"
    "kind: DaemonSet\n"
    "metadata: {name: ds}\n"
    "spec:\n"
    "  selector: {matchLabels: {app: ds}}\n"
    "  template: {metadata: {labels: {app: ds}}, spec: {containers: [{name: c, image: "
    "\"i:1\"}]}}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: Service\n"
    "metadata: {name: web}\n"
    "spec: {selector: {app: web}, ports: [{port: 80}]}\n"
    "---\n"
    "apiVersion: networking.k8s.io/v1\n"
    "kind: Ingress\n"
    "metadata: {name: ing}\n"
    "spec: {rules: [{host: a.b, http: {paths: [{path: /, pathType: Prefix, backend: {service: "
    "{name: web, port: {number: 80}}}}]}}]}\n"
    "---\n"
    "apiVersion: autoscaling/v2\n"
    "kind: HorizontalPodAutoscaler\n"
    "metadata: {name: web}\n"
    "spec:\n"
    "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n"
    "  maxReplicas: 5\n"
    "  behavior: {scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Pods, value: "
    "1, periodSeconds: 15}]}}\n"
    "  metrics:\n"
    "  - {type: Resource, resource: {name: cpu, target: {type: Utilization, "
    "averageUtilization: 50}}}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: Pod\n"
    "metadata: {name: user}\n"
    "spec:\n"
    "  volumes: [{name: v, persistentVolumeClaim: {claimName: c2}}]\n"
    "  containers: [{name: c, image: \"i:1\", volumeMounts: [{name: v, mountPath: /v}]}]\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: ConfigMap\n"
    "metadata: {name: cm}\n"
    "data: {a: b}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: Secret\n"
    "metadata: {name: se}\n"
    "stringData: {a: b}\n"
    "---\n"
    "apiVersion: podring.dev/v1\n"
    "kind: Metrics\n"
    "metadata: {name: cpu}\n"
    "spec: {selector: {matchLabels: {app: web}}, metric: cpu, kind: pods, values: [{from: 0s, "
    "value: 60m}]}\n";

static void expect(const char *line, const char *out)
{
    struct kit_ran r = kit_spawn(world, line);

    cr_expect_eq(r.code, 0, "%s: exit code %d: %s", line, r.code, r.err);
    cr_expect_str_eq(r.out, out, "%s prints:\n%s", line, r.out);
    kit_release(&r);
}

Test(cli_kinds, an_autoscaler)
{
    expect("describe hpa/web - --at 65s",
           "Name:                                                  web\n"
           "Namespace:                                             default\n"
           "Labels:                                                <none>\n"
           "Annotations:                                           <none>\n"
           "CreationTimestamp:                                     Thu, 01 Jan 2026 00:00:00 "
           "+0000\n"
           "Reference:                                             Deployment/web\n"
           "Metrics:                                               ( current / target )\n"
           "  resource cpu on pods  (as a percentage of request):  60% / 50%\n"
           "Min replicas:                                          1\n"
           "Max replicas:                                          5\n"
           "Behavior:\n"
           "  Scale Down:\n"
           "    Stabilization Window: 60 seconds\n"
           "    Select Policy: Max\n"
           "    Policies:\n"
           "      - Type: Pods  Value: 1  Period: 15 seconds\n"
           "Deployment pods:    5 current / 5 desired\n"
           "Conditions:\n"
           "  Type            Status  Reason            Message\n"
           "  ----            ------  ------            -------\n"
           "  AbleToScale     True    ReadyForNewScale  recommended size matches current size\n"
           "  ScalingActive   True    ValidMetricFound  the HPA was able to successfully "
           "calculate a replica count from cpu resource utilization (percentage of request)\n"
           "  ScalingLimited  True    TooManyReplicas   the desired replica count is more than "
           "the maximum replica count\n"
           "Events:\n"
           "  Type    Reason             Age   From                       Message\n"
           "  ----    ------             ----  ----                       -------\n"
           "  Normal  SuccessfulRescale  50s   horizontal-pod-autoscaler  New size: 3; reason: "
           "cpu resource utilization (percentage of request) above target\n"
           "  Normal  SuccessfulRescale  35s   horizontal-pod-autoscaler  New size: 4; reason: "
           "cpu resource utilization (percentage of request) above target\n"
           "  Normal  SuccessfulRescale  20s   horizontal-pod-autoscaler  New size: 5; reason: "
           "cpu resource utilization (percentage of request) above target\n");
}

Test(cli_kinds, a_budget)
{
    expect("describe pdb/b - --at 65s",
           "Name:           b\n"
           "Namespace:      default\n"
           "Min available:  50%\n"
           "Selector:       app=web\n"
           "Status:\n"
           "    Allowed disruptions:  2\n"
           "    Current:              5\n"
           "    Desired:              3\n"
           "    Total:                5\n"
           "Events:\n"
           "  Type    Reason  Age   From               Message\n"
           "  ----    ------  ----  ----               -------\n"
           "  Normal  NoPods  65s   controllermanager  No matching pods found\n");
}

Test(cli_kinds, a_volume)
{
    expect("describe pv/pv1 - --at 65s",
           "Name:            pv1\n"
           "Labels:          <none>\n"
           "Annotations:     <none>\n"
           "Finalizers:      [kubernetes.io/pv-protection]\n"
           "StorageClass:    \n"
           "Status:          Bound\n"
           "Claim:           default/c2\n"
           "Reclaim Policy:  Retain\n"
           "Access Modes:    RWO,ROX\n"
           "VolumeMode:      Filesystem\n"
           "Capacity:        5Gi\n"
           "Node Affinity:   <none>\n"
           "Message:         \n"
           "Source:\n"
           "    Type:          HostPath (bare host directory volume)\n"
           "    Path:          /x\n"
           "    HostPathType:  <none>\n"
           "Events:            <none>\n");
}

Test(cli_kinds, a_claim)
{
    expect("describe pvc/c2 - --at 65s",
           "Name:          c2\n"
           "Namespace:     default\n"
           "StorageClass:  \n"
           "Status:        Bound\n"
           "Volume:        pv1\n"
           "Labels:        <none>\n"
           "Annotations:   <none>\n"
           "Finalizers:    [kubernetes.io/pvc-protection]\n"
           "Capacity:      5Gi\n"
           "Access Modes:  RWO,ROX\n"
           "VolumeMode:    Filesystem\n"
           "Used By:       user\n"
           "Events:        <none>\n");
}

Test(cli_kinds, a_class)
{
    expect("describe sc/fast - --at 65s",
           "Name:                  fast\n"
           "IsDefaultClass:        Yes\n"
           "Annotations:           storageclass.kubernetes.io/is-default-class=true\n"
           "Provisioner:           ex/p\n"
           "Parameters:            <none>\n"
           "AllowVolumeExpansion:  <unset>\n"
           "MountOptions:          <none>\n"
           "ReclaimPolicy:         Delete\n"
           "VolumeBindingMode:     Immediate\n"
           "Events:                <none>\n");
}

Test(cli_kinds, a_priority)
{
    expect("describe pc/high - --at 65s",
           "Name:              high\n"
           "Value:             1000\n"
           "GlobalDefault:     true\n"
           "PreemptionPolicy:  PreemptLowerPriority\n"
           "Description:       \n"
           "Annotations:       <none>\n"
           "Events:            <none>\n");
}

Test(cli_kinds, a_quota)
{
    expect("describe quota - --at 65s",
           "Name:       best\n"
           "Namespace:  default\n"
           "Scopes:     BestEffort\n"
           " * Matches all pods that do not have resource requirements set. These pods have a "
           "best effort quality of service.\n"
           "Resource  Used  Hard\n"
           "--------  ----  ----\n"
           "pods      0     5\n"
           "\n"
           "\n"
           "Name:                   q\n"
           "Namespace:              default\n"
           "Resource                Used  Hard\n"
           "--------                ----  ----\n"
           "limits.cpu              4     4\n"
           "persistentvolumeclaims  2     3\n"
           "pods                    8     10\n"
           "requests.cpu            800m  2\n");
}

Test(cli_kinds, limits)
{
    expect("describe limits/lr - --at 65s",
           "Name:       lr\n"
           "Namespace:  default\n"
           "Type        Resource  Min  Max  Default Request  Default Limit  Max Limit/Request "
           "Ratio\n"
           "----        --------  ---  ---  ---------------  -------------  "
           "-----------------------\n"
           "Container   cpu       -    -    100m             500m           -\n");
}

Test(cli_kinds, endpoints)
{
    expect("describe ep/web - --at 5s",
           "Name:         web\n"
           "Namespace:    default\n"
           "Labels:       endpoints.kubernetes.io/managed-by=endpoint-controller\n"
           "Annotations:  <none>\n"
           "Subsets:\n"
           "  Addresses:          127.3.129.2,127.252.61.242\n"
           "  NotReadyAddresses:  <none>\n"
           "  Ports:\n"
           "    Name     Port  Protocol\n"
           "    ----     ----  --------\n"
           "    <unset>  80    TCP\n"
           "\n"
           "Events:  <none>\n");
}

Test(cli_kinds, a_slice)
{
    expect("describe endpointslice - --at 5s",
           "Name:         web-bjqhr\n"
           "Namespace:    default\n"
           "Labels:       endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io\n"
           "              kubernetes.io/service-name=web\n"
           "Annotations:  <none>\n"
           "AddressType:  IPv4\n"
           "Ports:\n"
           "  Name     Port  Protocol\n"
           "  ----     ----  --------\n"
           "  <unset>  80    TCP\n"
           "Endpoints:\n"
           "  - Addresses:  127.3.129.2\n"
           "    Conditions:\n"
           "      Ready:    true\n"
           "    Hostname:   <unset>\n"
           "    TargetRef:  Pod/web-85465f78dd-94tzk\n"
           "    NodeName:   node\n"
           "    Zone:       <unset>\n"
           "  - Addresses:  127.252.61.242\n"
           "    Conditions:\n"
           "      Ready:    true\n"
           "    Hostname:   <unset>\n"
           "    TargetRef:  Pod/web-85465f78dd-x7qnx\n"
           "    NodeName:   node\n"
           "    Zone:       <unset>\n"
           "Events:         <none>\n");
}

Test(cli_kinds, an_ingress)
{
    expect("describe ing/ing - --at 65s",
           "Name:             ing\n"
           "Labels:           <none>\n"
           "Namespace:        default\n"
           "Address:          198.51.100.1\n"
           "Ingress Class:    <none>\n"
           "Default backend:  <default>\n"
           "Rules:\n"
           "  Host        Path  Backends\n"
           "  ----        ----  --------\n"
           "  a.b         \n"
           "              /   web:80 (127.3.129.2:80,127.252.61.242:80,127.139.252.212:80 + 2 "
           "more...)\n"
           "Annotations:  <none>\n"
           "Events:       <none>\n");
}

Test(cli_kinds, a_namespace)
{
    expect("describe ns/default - --at 65s",
           "Name:         default\n"
           "Labels:       kubernetes.io/metadata.name=default\n"
           "Annotations:  <none>\n"
           "Status:       Active\n"
           "\n"
           "Resource Quotas\n"
           "  Name:    best\n"
           "  Scopes:  BestEffort\n"
           "  * Matches all pods that do not have resource requirements set. These pods have a "
           "best effort quality of service.\n"
           "  Resource                Used  Hard\n"
           "  --------                ---   ---\n"
           "  pods                    0     5\n"
           "  Name:                   q\n"
           "  Resource                Used  Hard\n"
           "  --------                ---   ---\n"
           "  limits.cpu              4     4\n"
           "  persistentvolumeclaims  2     3\n"
           "  pods                    8     10\n"
           "  requests.cpu            800m  2\n"
           "\n"
           "Resource Limits\n"
           " Type       Resource  Min  Max  Default Request  Default Limit  Max Limit/Request "
           "Ratio\n"
           " ----       --------  ---  ---  ---------------  -------------  "
           "-----------------------\n"
           " Container  cpu       -    -    100m             500m           -\n");
}

Test(cli_kinds, tables_of_storage)
{
    expect("get pv,pvc,sc - --at 65s",
           "NAME                                                        CAPACITY   ACCESS "
           "MODES   RECLAIM POLICY   STATUS   CLAIM        STORAGECLASS   "
           "VOLUMEATTRIBUTESCLASS   REASON   AGE\n"
           "persistentvolume/pv1                                        5Gi        RWO,ROX     "
           "   Retain           Bound    default/c2                  <unset>                   "
           "       65s\n"
           "persistentvolume/pvc-b1336cd3-130e-4b08-86fe-a90b40a9589d   1Gi        RWO         "
           "   Delete           Bound    default/c1   fast           <unset>                   "
           "       65s\n"
           "\n"
           "NAME                       STATUS   VOLUME                                     "
           "CAPACITY   ACCESS MODES   STORAGECLASS   VOLUMEATTRIBUTESCLASS   AGE\n"
           "persistentvolumeclaim/c1   Bound    pvc-b1336cd3-130e-4b08-86fe-a90b40a9589d   1Gi "
           "       RWO            fast           <unset>                 65s\n"
           "persistentvolumeclaim/c2   Bound    pv1                                        5Gi "
           "       RWO,ROX                       <unset>                 65s\n"
           "\n"
           "NAME                                         PROVISIONER   RECLAIMPOLICY   "
           "VOLUMEBINDINGMODE   ALLOWVOLUMEEXPANSION   AGE\n"
           "storageclass.storage.k8s.io/fast (default)   ex/p          Delete          "
           "Immediate           false                  65s\n");
}
