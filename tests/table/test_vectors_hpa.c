/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Autoscalers through the whole engine: the vectors HP-* of the cluster reference. Each pod asks
 * for 1000m of cpu and is ready at once; evaluations are at 15, 30, ...
 */
#include <criterion/criterion.h>

#include "tests/support/object.h"

#define WEB(replicas, container)                                                                   \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: " replicas   \
    "\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"   \
    "    spec:\n      containers: [{name: c, image: i, resources: {requests: {cpu: 1}}" container  \
    "}]\n---\n"
#define HPA(max, more)                                                                             \
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n"      \
    "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  maxReplicas: " max    \
    "\n" more "---\n"
#define CPU(percent)                                                                               \
    "  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, "              \
    "averageUtilization: " percent "}}}]\n"
#define METRICS(more)                                                                              \
    "apiVersion: podring.dev/v1\nkind: Metrics\nmetadata: {name: m}\nspec:\n  metric: cpu\n"       \
    "  selector: {matchLabels: {app: web}}\n" more "---\n"
#define EACH(pods, v)                                                                              \
    "apiVersion: podring.dev/v1\nkind: Metrics\nspec:\n  metric: cpu\n"                            \
    "  selector: {matchLabels: {app: web}}\n  pods: [" pods "]\n  values: [{value: " v "}]\n---\n"
#define TOTAL(v) METRICS("  values: [{total: " v "}]\n")
#define STEP_AT(t, v, w)                                                                           \
    METRICS("  values:\n  - {to: " t ", total: " v "}\n  - {from: " t ", total: " w "}\n")
#define STEPS VECTOR_STEPS
#define PROBE(r) ", readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: " r                 \
                 ", periodSeconds: 1}"
/* The n-th pods of those that are created are not ready. */
#define SICK(pods)                                                                                 \
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: sick}\nspec:\n"                  \
    "  selector: {matchLabels: {app: web}}\n  pods: [" pods "]\n"                                  \
    "  instances: [{serve: [{status: 503}]}]\n---\n"

#define SIZES "horizontalpodautoscaler/h desiredReplicas"
#define RESCALED "horizontalpodautoscaler/h says SuccessfulRescale"
#define ABLE "horizontalpodautoscaler/h how AbleToScale"
#define ACTIVE "horizontalpodautoscaler/h how ScalingActive"
#define LIMITED "horizontalpodautoscaler/h how ScalingLimited"
#define TARGETS "horizontalpodautoscaler/h targets"
#define BY_CPU "cpu resource utilization (percentage of request) above target"

static const struct vector proposals[] = {
    {"HP-01", WEB("3", "") HPA("20", CPU("30")) EACH("0", "300m") EACH("1", "500m")
     EACH("2", "700m"), 29,
     {{SIZES, "15:5"},
      {RESCALED, "New size: 5; reason: " BY_CPU},
      {TARGETS, "15:cpu: 50%/30%"},
      {"horizontalpodautoscaler/h object", "0:Created"},
      {"horizontalpodautoscaler/h currentReplicas", "15:3"},
      {ABLE, "15:True/SucceededRescale"},
      {"horizontalpodautoscaler/h says AbleToScale",
       "the HPA controller was able to update the target scale to 5"},
      {ACTIVE, "15:True/ValidMetricFound"},
      {"horizontalpodautoscaler/h says ScalingActive",
       "the HPA was able to successfully calculate a replica count from cpu resource utilization "
       "(percentage of request)"},
      {LIMITED, "15:False/DesiredWithinRange"},
      {"deployment/web specReplicas", "0:3 15:5"}}},
    {"HP-02", WEB("3", PROBE("0")) HPA("20", CPU("30")) SICK("0") EACH("0", "300m")
     EACH("1", "500m") EACH("2", "700m"), 29,
     {{SIZES, "15:4"}, {TARGETS, "15:cpu: 60%/30%"}}},
    {"HP-03", WEB("5", PROBE("0")) HPA("20", CPU("50")) SICK("3, 4") EACH("0", "100m")
     EACH("1", "300m") EACH("2", "500m") EACH("3, 4", "250m"), 340,
     {{SIZES, "15:5 330:2"}, {TARGETS, "15:cpu: 30%/50%"}}},
    {"HP-04", WEB("4", "") HPA("20", CPU("100")) EACH("0", "400m") EACH("1", "95m"), 340,
     {{SIZES, "15:4 330:3"}, {TARGETS, "15:cpu: 24%/100%"}}},
    {"HP-05",
     "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 3\n"
     "  podManagementPolicy: Parallel\n"
     "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
     "    spec:\n      containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]\n---\n"
     "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n"
     "  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: web}\n  maxReplicas: 9\n"
     CPU("100") "---\n" EACH("0", "1010m") EACH("1", "1030m") EACH("2", "1020m"), 40,
     {{SIZES, "15:3"}, {RESCALED, ""}, {TARGETS, "15:cpu: 102%/100%"},
      {ABLE, "15:True/ReadyForNewScale"}}},
    {"HP-16", WEB("2", "") HPA("20", CPU("50")) EACH("0, 1", "550m"), 20, {{SIZES, "15:2"}}},
    {"HP-16", WEB("2", "") HPA("20", CPU("50")) EACH("0, 1", "560m"), 20, {{SIZES, "15:3"}}},
    {"HP-17", WEB("5", "") HPA("10", CPU("50")) TOTAL("2500m")
     STEPS "  - {at: 20s, scale: deployment/web, replicas: 12}\n", 40,
     {{SIZES, "15:5 30:10"},
      {RESCALED, "New size: 10; reason: Current number of replicas above Spec.MaxReplicas"}}},
    {"below the least", WEB("1", "") HPA("10", "  minReplicas: 3\n" CPU("50")) TOTAL("500m"), 20,
     {{SIZES, "15:3"},
      {RESCALED, "New size: 3; reason: Current number of replicas below Spec.MinReplicas"}}},
    {"HP-18", WEB("2", "")
     HPA("20", "  metrics:\n  - {type: Resource, resource: {name: cpu, target: {type: Utilization, "
               "averageUtilization: 50}}}\n  - {type: Pods, pods: {metric: {name: hits}, target: "
               "{type: AverageValue, averageValue: 100}}}\n")
     EACH("0, 1", "750m")
     "apiVersion: podring.dev/v1\nkind: Metrics\nspec:\n  metric: hits\n  values: [{value: 300}]\n",
     20,
     {{SIZES, "15:4"}, /* of the 6 that are wanted */
      {RESCALED, "New size: 4; reason: pods metric hits above target"},
      {TARGETS, "15:cpu: 75%/50%, 300/100"},
      {LIMITED, "15:True/ScaleUpLimit"}}},
    {"HP-19", WEB("2", "") HPA("20", CPU("50")), 40,
     {{"horizontalpodautoscaler/h event FailedGetResourceMetric", "15 30"},
      {"horizontalpodautoscaler/h event FailedComputeMetricsReplicas", "15 30"},
      {"horizontalpodautoscaler/h says FailedComputeMetricsReplicas",
       "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric "
       "value: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics "
       "returned from resource metrics API|"
       "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric "
       "value: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics "
       "returned from resource metrics API"},
      {ACTIVE, "15:False/FailedGetResourceMetric"},
      {ABLE, "15:True/SucceededGetScale"},
      {"horizontalpodautoscaler/h currentReplicas", "15:2"},
      {SIZES, ""},
      {TARGETS, "15:cpu: <unknown>/50%"}}},
    {"HP-20", WEB("2", "") HPA("20", CPU("50")) TOTAL("4")
     STEPS "  - {at: 5s, scale: deployment/web, replicas: 0}\n", 40,
     {{ACTIVE, "15:False/ScalingDisabled"}, {SIZES, ""}, {RESCALED, ""},
      {"deployment/web specReplicas", "0:2 5:0"}}},
};

Test(vectors_hpa, proposals)
{
    OBJECT_EACH(proposals);
}

#define BEHAVIOR(text) "  behavior:\n" text

static const struct vector paces[] = {
    {"HP-06", WEB("1", "") HPA("10", CPU("50")) STEP_AT("100s", "500m", "4"), 130,
     {{SIZES, "15:1 105:4 120:8"},
      {LIMITED, "15:False/DesiredWithinRange 105:True/ScaleUpLimit 120:False/DesiredWithinRange"}}},
    {"HP-07", WEB("2", "") HPA("10", CPU("50"))
     METRICS("  values:\n  - {to: 50s, total: 800m}\n  - {from: 50s, to: 140s, total: 3}\n"
             "  - {from: 140s, total: 800m}\n"), 500,
     {{SIZES, "15:2 60:4 75:6 450:2"}}},
    {"HP-08", WEB("2", "") HPA("10", CPU("50") "  behavior: {}\n")
     METRICS("  values:\n  - {to: 50s, total: 800m}\n  - {from: 50s, to: 140s, total: 3}\n"
             "  - {from: 140s, total: 800m}\n"), 500,
     {{SIZES, "15:2 60:6 435:2"}}},
    {"HP-09", WEB("2", "")
     HPA("20", CPU("50") BEHAVIOR("    scaleUp: {policies: [{type: Pods, value: 2, periodSeconds: "
                                  "60}]}\n"))
     STEP_AT("50s", "1", "8"), 430,
     {{SIZES, "15:2 60:4 120:6 180:8 240:10 300:12 360:14 420:16"}}},
    {"HP-10", WEB("6", "")
     HPA("20", CPU("50") BEHAVIOR("    scaleDown: {stabilizationWindowSeconds: 0, policies: "
                                  "[{type: Pods, value: 1, periodSeconds: 60}]}\n"))
     STEP_AT("50s", "3", "400m"), 360,
     {{SIZES, "15:6 60:5 120:4 180:3 240:2 300:1"}}},
    {"HP-11", WEB("4", "")
     HPA("20", CPU("50") BEHAVIOR("    scaleUp: {selectPolicy: Min, policies: [{type: Pods, value: "
                                  "4, periodSeconds: 60}, {type: Percent, value: 50, "
                                  "periodSeconds: 60}]}\n"))
     STEP_AT("50s", "2", "9"), 245,
     {{SIZES, "15:4 60:6 120:9 180:13 240:17"}}},
    {"HP-12", WEB("2", "")
     HPA("20", CPU("50") BEHAVIOR("    scaleUp: {stabilizationWindowSeconds: 60, policies: "
                                  "[{type: Percent, value: 100, periodSeconds: 15}]}\n"))
     STEP_AT("50s", "800m", "3"), 200,
     {{SIZES, "15:2 105:4 120:6"}}},
    {"HP-13", WEB("4", "")
     HPA("20", CPU("50") BEHAVIOR("    scaleDown: {selectPolicy: Disabled}\n")) TOTAL("100m"), 900,
     {{SIZES, "15:4"}}},
    {"HP-14", WEB("20", "")
     HPA("20", CPU("50") BEHAVIOR("    scaleDown: {stabilizationWindowSeconds: 0, policies: "
                                  "[{type: Percent, value: 10, periodSeconds: 60}]}\n"))
     TOTAL("500m"), 380,
     {{SIZES, "15:18 75:16 135:14 195:12 255:10 315:9 375:8"}}},
    {"HP-15", WEB("1", "") HPA("50", CPU("50")) TOTAL("20"), 100,
     {{SIZES, "15:4 30:8 45:16 60:32 75:40"}}},
    {"HP-21", WEB("2", PROBE("40")) HPA("20", CPU("50")) STEP_AT("50s", "800m", "1600m"), 130,
     {{SIZES, "45:2 60:4"}}}, /* not ready before 40 */
};

Test(vectors_hpa, paces)
{
    OBJECT_EACH(paces);
}

/* ---- others than the worked ones ------------------------------------------------------------- */

#define TARGET(version, kind, name)                                                                \
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n"      \
    "  scaleTargetRef: {apiVersion: " version ", kind: " kind ", name: " name "}\n"                \
    "  maxReplicas: 9\n" CPU("50") "---\n"
#define LOST "horizontalpodautoscaler/h says FailedGetScale"
#define OTHER(source) HPA("20", "  metrics: [{" source "}]\n")
#define VALUES(kind, name, v)                                                                      \
    "apiVersion: podring.dev/v1\nkind: Metrics\nspec: {kind: " kind ", metric: " name              \
    ", values: [{value: " v "}]}\n---\n"
#define QUEUE                                                                                      \
    "type: External, external: {metric: {name: queue, selector: {matchLabels: {q: a}}}, target: "
#define HITS                                                                                       \
    "type: Object, object: {describedObject: {kind: Service, name: s}, metric: {name: hits}, "     \
    "target: "

static const struct vector others[] = {
    {"no such target", TARGET("apps/v1", "Deployment", "web"), 20,
     {{LOST, "deployments.apps \"web\" not found"},
      {ABLE, "15:False/FailedGetScale"},
      {"horizontalpodautoscaler/h says AbleToScale",
       "the HPA controller was unable to get the target's current scale: deployments.apps \"web\" "
       "not found"},
      {SIZES, ""}}},
    {"it has no scale", TARGET("apps/v1", "DaemonSet", "web"), 20,
     {{LOST, "the server could not find the requested resource"}}},
    {"no such kind", TARGET("example.com/v1", "Web", "web"), 20,
     {{LOST, "no matches for kind \"Web\" in group \"example.com\""}}},
    {"external, of all", WEB("2", "") OTHER(QUEUE "{type: Value, value: 10}}")
     VALUES("external", "queue", "15"), 20,
     {{SIZES, "15:3"}, {TARGETS, "15:15/10"},
      {RESCALED, "New size: 3; reason: external metric queue(&LabelSelector{MatchLabels:map[string]"
                 "string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}) above target"}}},
    {"external, of each", WEB("2", "") OTHER(QUEUE "{type: AverageValue, averageValue: 10}}")
     VALUES("external", "queue", "35"), 20,
     {{SIZES, "15:4"}, {TARGETS, "15:17500m/10 (avg)"}}},
    {"object", WEB("2", "") OTHER(HITS "{type: Value, value: 10}}") VALUES("object", "hits", "19"),
     20,
     {{SIZES, "15:4"}, {RESCALED, "New size: 4; reason: Service metric hits above target"}}},
    {"object, missing", WEB("2", "") OTHER(HITS "{type: Value, value: 10}}"), 20,
     {{ACTIVE, "15:False/FailedGetObjectMetric"},
      {"horizontalpodautoscaler/h says FailedGetObjectMetric",
       "unable to get metric hits: Service on default s/no metrics returned from custom metrics "
       "API"}}},
    {"external, missing", WEB("2", "") OTHER(QUEUE "{type: AverageValue, averageValue: 10}}"), 20,
     {{ACTIVE, "15:False/FailedGetExternalMetric"},
      {"horizontalpodautoscaler/h says FailedComputeMetricsReplicas",
       "invalid metrics (1 invalid out of 1), first error is: failed to get external metric value: "
       "failed to get queue external metric: unable to get external metric default/queue/"
       "&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]"
       "LabelSelectorRequirement{},}: no metrics returned from external metrics API"}}},
    {"usage", WEB("2", "")
     OTHER("type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: "
           "100Mi}}")
     VALUES("pods", "memory", "150Mi"), 20,
     {{SIZES, "15:3"}, {RESCALED, "New size: 3; reason: memory resource above target"}}},
    {"of a container", WEB("2", "")
     OTHER("type: ContainerResource, containerResource: {name: cpu, container: c, target: {type: "
           "Utilization, averageUtilization: 50}}") TOTAL("2"), 20,
     {{SIZES, "15:4"},
      {RESCALED, "New size: 4; reason: cpu container resource utilization (percentage of request) "
                 "above target"}}},
    {"of no container", WEB("2", "")
     OTHER("type: ContainerResource, containerResource: {name: cpu, container: d, target: {type: "
           "Utilization, averageUtilization: 50}}") TOTAL("2"), 20,
     {{ACTIVE, "15:False/FailedGetContainerResourceMetric"}, {SIZES, ""}}},
    {"it asks for nothing", WEB("2", "")
     OTHER("type: Resource, resource: {name: memory, target: {type: Utilization, "
           "averageUtilization: 50}}")
     "apiVersion: podring.dev/v1\nkind: Metrics\nspec: {metric: memory, pods: [0], values: "
     "[{value: 1}]}\n", 20,
     {{ACTIVE, "15:False/FailedGetResourceMetric"}}},
    {"one metric of two", WEB("2", "")
     HPA("20", "  metrics:\n  - {type: Pods, pods: {metric: {name: hits}, target: {type: "
               "AverageValue, averageValue: 100}}}\n  - {type: Resource, resource: {name: cpu, "
               "target: {type: Utilization, averageUtilization: 50}}}\n") TOTAL("2"), 20,
     {{SIZES, "15:4"}, {ACTIVE, "15:True/ValidMetricFound"},
      {"horizontalpodautoscaler/h event FailedGetPodsMetric", "15"},
      {"horizontalpodautoscaler/h event FailedComputeMetricsReplicas", ""}}},
    {"... and none down", WEB("4", "")
     HPA("20", "  metrics:\n  - {type: Pods, pods: {metric: {name: hits}, target: {type: "
               "AverageValue, averageValue: 100}}}\n  - {type: Resource, resource: {name: cpu, "
               "target: {type: Utilization, averageUtilization: 50}}}\n") TOTAL("100m"), 20,
     {{SIZES, ""}, {ACTIVE, "15:False/FailedGetPodsMetric"},
      {"horizontalpodautoscaler/h event FailedComputeMetricsReplicas", "15"}}},
    {"tolerance", WEB("2", "") HPA("20", CPU("50") BEHAVIOR("    scaleUp: {tolerance: 0.5}\n"))
     TOTAL("1400m"), 20, {{SIZES, "15:2"}}},
    {"three metrics", WEB("2", "")
     HPA("20", "  metrics:\n  - {type: Pods, pods: {metric: {name: a}, target: {type: "
               "AverageValue, averageValue: 100}}}\n  - {type: Pods, pods: {metric: {name: b}, "
               "target: {type: AverageValue, averageValue: 1500m}}}\n  - {type: Pods, pods: "
               "{metric: {name: d}, target: {type: AverageValue, averageValue: 2k}}}\n")
     VALUES("pods", "a", "100") VALUES("pods", "b", "1500m"), 20,
     {{TARGETS, "15:100/100, 1500m/1500m + 1 more..."}}},
};

Test(vectors_hpa, others)
{
    OBJECT_EACH(others);
}

/* ---- by what is served ----------------------------------------------------------------------- */

#define SERVICE                                                                                    \
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: "   \
    "[{port: 80}]}\n---\n"
#define SHOP(rates)                                                                                \
    "apiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\nspec:\n  url: http://web\n" \
    "  rate: " rates "\n---\n"
#define SERVED METRICS("  values: [{client: shop, perRequest: 20m, idle: 50m}]\n")

static const struct vector served[] = {
    /* 10 requests a second at 20m each, and 50m: 25 %; then 50 a second, in the end for 3 pods */
    {"a step of load", WEB("1", PROBE("0")) SERVICE
     SHOP("[{from: 0s, to: 60s, rate: 10}, {from: 60s, to: 300s, rate: 50}]")
     HPA("10", CPU("50")) SERVED, 120,
     {{SIZES, "15:1 75:3"}, {TARGETS, "15:cpu: 25%/50% 75:cpu: 105%/50% 90:cpu: 38%/50%"}}},
    {"no such client", WEB("1", "") HPA("10", CPU("50")) SERVED, 20,
     {{ACTIVE, "15:False/FailedGetResourceMetric"}}},
};

Test(vectors_hpa, served)
{
    OBJECT_EACH(served);
}
