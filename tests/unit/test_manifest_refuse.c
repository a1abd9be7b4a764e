/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Kubernetes refuses, in its words, at the line and column of the culprit.
 */
#include "tests/unit/test_manifest_kit.h"

#define POD           "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
#define ONE           POD "  containers:\n  - name: c\n    image: x:1\n"
#define REFUSE(table) kit_refuse(table, sizeof(table) / sizeof((table)[0]))
#define LABEL_WORDS                                                                                \
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "   \
    "must "                                                                                        \
    "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for " \
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define NAME_WORDS                                                                                 \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "   \
    "'.', "                                                                                        \
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "   \
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
#define KEY_WORDS                                                                                  \
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "    \
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "         \
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define VALUE_WORDS                                                                                \
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "    \
    "'.', "                                                                                        \
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "  \
    "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct refusal environment[] = {
    {ONE "    securityContext: {runAsUser: -1, runAsGroup: 4294967296}\n"
         "  securityContext: {fsGroup: -2, supplementalGroups: [5, -3]}\n",
     "8:34 spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and "
     "2147483647, "
     "inclusive\n"
     "8:50 spec.containers[0].securityContext.runAsGroup: Invalid value: 4294967296: must be "
     "between 0 and "
     "2147483647, inclusive\n"
     "9:30 spec.securityContext.fsGroup: Invalid value: -2: must be between 0 and 2147483647, "
     "inclusive\n"
     "9:58 spec.securityContext.supplementalGroups[1]: Invalid value: -3: must be between 0 and "
     "2147483647, "
     "inclusive\n"},
    {ONE "  dnsPolicy: None\n", "5:3 spec.dnsConfig: Required value: must provide `dnsConfig` when "
                                "`dnsPolicy` is None\n"},
    {ONE "  dnsPolicy: Cluster\n  hostAliases: [{ip: here, hostnames: [a]}]\n",
     "8:14 spec.dnsPolicy: Unsupported value: \"Cluster\": supported values: \"ClusterFirst\", "
     "\"ClusterFirstWithHostNet\", \"Default\", \"None\"\n"
     "9:22 spec.hostAliases[0].ip: Invalid value: \"here\": must be a valid IP address, (e.g. "
     "10.9.8.7 or "
     "2001:db8::ffff)\n"},
    {ONE "  dnsPolicy: None\n  dnsConfig: {searches: [a]}\n",
     "9:14 spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver "
     "when "
     "`dnsPolicy` is None\n"},
};

Test(manifest_refuse, environment)
{
    REFUSE(environment);
}

static const struct refusal probes[] = {
    {ONE "    livenessProbe: {tcpSocket: {port: 80}, successThreshold: 2}\n", /* P-21 */
     "8:62 spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1\n"},
    {ONE
     "    readinessProbe: {tcpSocket: {port: 80}, terminationGracePeriodSeconds: 5}\n", /* P-22 */
     "8:76 spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must "
     "not be set for readinessProbes\n"},
    {ONE "    startupProbe: {tcpSocket: {port: 80}, successThreshold: 3}\n",
     "8:61 spec.containers[0].startupProbe.successThreshold: Invalid value: 3: must be 1\n"},
    {ONE "    livenessProbe: {periodSeconds: 5}\n",
     "8:20 spec.containers[0].livenessProbe: Required value: must specify a handler type\n"},
    {ONE "    livenessProbe:\n      exec: {command: [a]}\n      httpGet: {port: 1}\n",
     "10:16 spec.containers[0].livenessProbe.httpGet: Forbidden: may not specify more than 1 "
     "handler "
     "type\n"},
    {ONE "    livenessProbe: {exec: {command: []}}\n",
     "8:37 spec.containers[0].livenessProbe.exec.command: Required value\n"},
    {ONE "    livenessProbe: {httpGet: {}}\n",
     "8:30 spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and "
     "65535, inclusive\n"},
    {ONE "    livenessProbe: {httpGet: {port: 65536, scheme: FTP}}\n",
     "8:37 spec.containers[0].livenessProbe.httpGet.port: Invalid value: 65536: must be between 1 "
     "and "
     "65535, inclusive\n"
     "8:52 spec.containers[0].livenessProbe.httpGet.scheme: Unsupported value: \"FTP\": supported "
     "values: \"HTTP\", \"HTTPS\"\n"},
    {ONE "    livenessProbe: {httpGet: {port: \"8080\"}}\n",
     "8:37 spec.containers[0].livenessProbe.httpGet.port: Invalid value: \"8080\": must contain at "
     "least one letter (a-z)\n"},
    {ONE "    livenessProbe: {tcpSocket: {port: a-name-of-sixteen}}\n",
     "8:39 spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: \"a-name-of-sixteen\": "
     "must "
     "be no more than 15 bytes\n"},
    {ONE "    livenessProbe: {tcpSocket: {port: -a--B}}\n",
     "8:39 spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: \"-a--B\": must contain "
     "only "
     "alpha-numeric characters (a-z, 0-9), and hyphens (-)\n"
     "8:39 spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: \"-a--B\": must not "
     "contain "
     "consecutive hyphens\n"
     "8:39 spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: \"-a--B\": must not "
     "begin or "
     "end with a hyphen\n"},
    {ONE "    livenessProbe: {grpc: {port: web}}\n",
     "8:34 spec.containers[0].livenessProbe.grpc.port: Invalid value: \"web\": cannot unmarshal "
     "string "
     "into Go struct field of type int32\n"},
    {ONE "    livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: 'a b'}]}}\n",
     "8:55 spec.containers[0].livenessProbe.httpGet.httpHeaders: Invalid value: \"a b\": a valid "
     "HTTP "
     "header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for "
     "validation is '[-A-Za-z0-9]+')\n"},
    {ONE "    livenessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: -1, timeoutSeconds: -2,\n"
         "      periodSeconds: -3, failureThreshold: -4, terminationGracePeriodSeconds: 0}\n",
     "8:65 spec.containers[0].livenessProbe.initialDelaySeconds: Invalid value: -1: must be "
     "greater "
     "than or equal to 0\n"
     "8:85 spec.containers[0].livenessProbe.timeoutSeconds: Invalid value: -2: must be greater "
     "than "
     "or equal to 0\n"
     "9:22 spec.containers[0].livenessProbe.periodSeconds: Invalid value: -3: must be greater than "
     "or "
     "equal to 0\n"
     "9:44 spec.containers[0].livenessProbe.failureThreshold: Invalid value: -4: must be greater "
     "than "
     "or equal to 0\n"
     "9:79 spec.containers[0].livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must "
     "be "
     "greater than 0\n"},
    {ONE "    lifecycle: {preStop: {sleep: {seconds: 31}}}\n", /* H-10 */
     "8:44 spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and "
     "less than terminationGracePeriodSeconds (30)\n"},
    {ONE "    lifecycle: {postStart: {}}\n",
     "8:28 spec.containers[0].lifecycle.postStart: Required value: must specify a handler type\n"},
    {POD "  initContainers:\n  - name: i\n    image: x\n    lifecycle: {}\n    livenessProbe: {}\n"
         "  containers: [{name: c, image: x}]\n",
     "8:16 spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without "
     "restartPolicy=Always\n"
     "9:20 spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers "
     "without "
     "restartPolicy=Always\n"},
};

Test(manifest_refuse, probes_and_hooks)
{
    REFUSE(probes);
}

static const struct refusal containers[] = {
    {POD "  restartPolicy: Sometimes\n",
     "5:3 spec.containers: Required value\n"
     "5:18 spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", "
     "\"OnFailure\", \"Never\"\n"},
    {"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n", "1:1 spec.containers: Required value\n"},
    {POD "  containers: []\n", "5:15 spec.containers: Required value\n"},
    {POD "  containers:\n  - {}\n",
     "6:5 spec.containers[0].name: Required value\n6:5 spec.containers[0].image: Required value\n"},
    {POD "  containers:\n  - {name: My_c, image: ' x', imagePullPolicy: always}\n",
     "6:12 spec.containers[0].name: Invalid value: \"My_c\": " LABEL_WORDS "\n"
     "6:25 spec.containers[0].image: Invalid value: \" x\": must not have leading or trailing "
     "whitespace\n"
     "6:48 spec.containers[0].imagePullPolicy: Unsupported value: \"always\": supported values: "
     "\"Always\", \"IfNotPresent\", \"Never\"\n"},
    {POD "  containers:\n  - {name: a.b, image: x}\n  - {name: " A63 "a, image: x}\n",
     "6:12 spec.containers[0].name: Invalid value: \"a.b\": must not contain dots\n"
     "7:12 spec.containers[1].name: Invalid value: \"" A63 "a\": must be no more than 63 bytes\n"},
    {POD "  initContainers: [{name: c, image: x}, {name: d, image: x}]\n"
         "  containers: [{name: d, image: x}, {name: d, image: x}]\n",
     "5:48 spec.initContainers[1].name: Duplicate value: \"d\"\n"
     "6:44 spec.containers[1].name: Duplicate value: \"d\"\n"},
    {POD "  containers: [null, 5]\n", "5:16 spec.containers[0]: Invalid value: null: cannot "
                                      "unmarshal null into Go struct field of type "
                                      "object\n"
                                      "5:22 spec.containers[1]: Invalid value: 5: cannot unmarshal "
                                      "number into Go struct field of type "
                                      "object\n"},
    {POD "  containers: {name: c}\n", "5:15 spec.containers: Invalid value: {\"name\":\"c\"}: "
                                      "cannot unmarshal object into Go struct "
                                      "field of type array\n"},
    {ONE "    command: sleep 5\n    args: [1, yes, ok]\n",
     "8:14 spec.containers[0].command: Invalid value: \"sleep 5\": cannot unmarshal string into Go "
     "struct field of type array\n"
     "9:12 spec.containers[0].args[0]: Invalid value: 1: cannot unmarshal number into Go struct "
     "field "
     "of type string\n"
     "9:15 spec.containers[0].args[1]: Invalid value: true: cannot unmarshal bool into Go struct "
     "field "
     "of type string\n"},
    {ONE "    restartPolicy: Maybe\n    restartPolicyRules: [{}, {action: Stop, exitCodes: "
         "{operator: Is, "
         "values: [x]}}]\n",
     "8:20 spec.containers[0].restartPolicy: Unsupported value: \"Maybe\": supported values: "
     "\"Always\", \"Never\", \"OnFailure\"\n"
     "9:26 spec.containers[0].restartPolicyRules[0].action: Unsupported value: \"\": supported "
     "values: "
     "\"Restart\", \"RestartAllContainers\"\n"
     "9:26 spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified\n"
     "9:39 spec.containers[0].restartPolicyRules[1].action: Unsupported value: \"Stop\": supported "
     "values: \"Restart\", \"RestartAllContainers\"\n"
     "9:67 spec.containers[0].restartPolicyRules[1].exitCodes.operator: Unsupported value: \"Is\": "
     "supported values: \"In\", \"NotIn\"\n"
     "9:80 spec.containers[0].restartPolicyRules[1].exitCodes.values[0]: Invalid value: \"x\": "
     "cannot "
     "unmarshal string into Go struct field of type int32\n"},
    {ONE "    restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]\n",
     "6:5 spec.containers[0].restartPolicy: Required value: must specify restartPolicy when "
     "restart "
     "rules are used\n"},
    {ONE "    terminationMessagePolicy: Log\n", "8:31 spec.containers[0].terminationMessagePolicy: "
                                                "Unsupported value: \"Log\": supported values: "
                                                "\"File\", \"FallbackToLogsOnError\"\n"},
    {POD "  terminationGracePeriodSeconds: 30s\n  activeDeadlineSeconds: 0\n  hostname: a_b\n"
         "  readinessGates: [{conditionType: a/b/c}]\n  containers: [{name: c, image: x}]\n"
         "  ephemeralContainers: [{name: d}]\n",
     "5:34 spec.terminationGracePeriodSeconds: Invalid value: \"30s\": cannot unmarshal string "
     "into Go "
     "struct field of type int64\n"
     "6:26 spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, "
     "inclusive\n"
     "7:13 spec.hostname: Invalid value: \"a_b\": " LABEL_WORDS "\n"
     "8:36 spec.readinessGates[0].conditionType: Invalid value: \"a/b/c\": a valid label "
     "key " KEY_WORDS " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')\n"
     "10:24 spec.ephemeralContainers: Forbidden: cannot be set on create\n"},
};

Test(manifest_refuse, containers)
{
    REFUSE(containers);
}

static const struct refusal wiring[] = {
    {ONE "    ports:\n    - {containerPort: 0}\n    - {containerPort: 70000, protocol: tcp}\n"
         "    - {containerPort: 1, name: a}\n    - {containerPort: 2, name: a, hostPort: -1}\n"
         "    - {containerPort: \"80\"}\n",
     "9:23 spec.containers[0].ports[0].containerPort: Required value\n"
     "10:23 spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and "
     "65535, inclusive\n"
     "10:40 spec.containers[0].ports[1].protocol: Unsupported value: \"tcp\": supported values: "
     "\"SCTP\", \"TCP\", \"UDP\"\n"
     "12:32 spec.containers[0].ports[3].name: Duplicate value: \"a\"\n"
     "12:45 spec.containers[0].ports[3].hostPort: Invalid value: -1: must be between 1 and 65535, "
     "inclusive\n"
     "13:23 spec.containers[0].ports[4].containerPort: Invalid value: \"80\": cannot unmarshal "
     "string "
     "into Go struct field of type int32\n"},
    {ONE "    ports: [{containerPort: 1, hostPort: 80}]\n  - name: d\n    image: x\n"
         "    ports: [{containerPort: 2, hostPort: 80}, {containerPort: 2, hostPort: 80, protocol: "
         "UDP}]\n",
     "11:42 spec.containers[1].ports[0].hostPort: Duplicate value: \"TCP//80\"\n"},
    {ONE "    env:\n    - {value: x}\n    - {name: A=B}\n    - {name: M, value: 5}\n    - {name: "
         "V, value: x, "
         "valueFrom: {}}\n    - {name: W, valueFrom: {fieldRef: {fieldPath: spec.host}, "
         "secretKeyRef: "
         "{name: s}}}\n",
     "9:7 spec.containers[0].env[0].name: Required value\n"
     "10:14 spec.containers[0].env[1].name: Invalid value: \"A=B\": a valid environment variable "
     "name "
     "must consist only of printable ASCII characters other than '='\n"
     "11:24 spec.containers[0].env[2].value: Invalid value: 5: cannot unmarshal number into Go "
     "struct "
     "field of type string\n"
     "12:38 spec.containers[0].env[3].valueFrom: Invalid value: \"\": may not be specified when "
     "`value` "
     "is not empty\n"
     "12:38 spec.containers[0].env[3].valueFrom: Invalid value: \"\": must specify one of: "
     "`fieldRef`, "
     "`resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`\n"
     "13:28 spec.containers[0].env[4].valueFrom: Invalid value: \"\": may not have more than one "
     "field "
     "specified at a time\n"
     "13:77 spec.containers[0].env[4].valueFrom.secretKeyRef.key: Required value\n"},
    {ONE "    envFrom: [{}, {configMapRef: {}}]\n",
     "8:15 spec.containers[0].envFrom[0]: Invalid value: \"\": must specify one of: `configMapRef` "
     "or "
     "`secretRef`\n"
     "8:34 spec.containers[0].envFrom[1].configMapRef.name: Required value\n"},
    {ONE "    volumeMounts:\n    - {name: x, mountPath: /x}\n    - {name: v}\n    - {name: v, "
         "mountPath: /a}\n"
         "    - {name: v, mountPath: /a, subPath: /b}\n  volumes: [{name: v}]\n",
     "9:14 spec.containers[0].volumeMounts[0].name: Not found: \"x\"\n"
     "10:7 spec.containers[0].volumeMounts[1].mountPath: Required value\n"
     "12:28 spec.containers[0].volumeMounts[3].mountPath: Invalid value: \"/a\": must be unique\n"
     "12:41 spec.containers[0].volumeMounts[3].subPath: Invalid value: \"/b\": must be a relative "
     "path\n"},
    {ONE "    volumeMounts:\n    - {name: v, mountPath: /a, subPath: ../x}\n"
         "    - {name: v, mountPath: /b, subPathExpr: $(X)/..}\n"
         "    - {name: v, mountPath: /c, subPath: a/..b/...}\n  volumes: [{name: v}]\n",
     "9:41 spec.containers[0].volumeMounts[0].subPath: Invalid value: \"../x\": must not contain "
     "'..'\n"
     "10:45 spec.containers[0].volumeMounts[1].subPathExpr: Invalid value: \"$(X)/..\": must not "
     "contain '..'\n"},
    {ONE "  volumes:\n  - {emptyDir: {}}\n  - {name: V}\n  - {name: w, hostPath: {}, secret: {}}\n"
         "  - {name: w, configMap: {}}\n",
     "9:5 spec.volumes[0].name: Required value\n"
     "10:12 spec.volumes[1].name: Invalid value: \"V\": " LABEL_WORDS "\n"
     "11:25 spec.volumes[2].hostPath.path: Required value\n"
     "11:37 spec.volumes[2].secret: Forbidden: may not specify more than 1 volume type\n"
     "12:12 spec.volumes[3].name: Duplicate value: \"w\"\n"
     "12:26 spec.volumes[3].configMap.name: Required value\n"},
};

Test(manifest_refuse, wiring)
{
    REFUSE(wiring);
}

#define SPEC "spec: {containers: [{name: c, image: x}]}\n"

static const struct refusal metadata[] = {
    {"apiVersion: v1\nkind: Pod\n" SPEC,
     "1:1 metadata.name: Required value: name or generateName is required\n"},
    {"apiVersion: v1\nkind: Pod\nmetadata: {name: Web_1, namespace: a.b}\n" SPEC,
     "3:18 metadata.name: Invalid value: \"Web_1\": " NAME_WORDS "\n"
     "3:36 metadata.namespace: Invalid value: \"a.b\": must not contain dots\n"},
    {"apiVersion: v1\nkind: Pod\nmetadata: {name: 007}\n" SPEC,
     "3:18 metadata.name: Invalid value: 7: cannot unmarshal number into Go struct field of type "
     "string\n"},
    {"apiVersion: v1\nkind: Pod\nmetadata: {generateName: Web-}\n" SPEC,
     "3:11 metadata.name: Required value: name or generateName is required\n"
     "3:26 metadata.generateName: Invalid value: \"Web-a\": " NAME_WORDS "\n"},
    {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  labels: {-a: b, a/b/c: d, x/: k, /z: z, "
     "ok: '-',\n"
     "    l: " A63 "a}\n  annotations: {UPPER/Case: x, a b: c, m: 5}\n" SPEC,
     "5:12 metadata.labels: Invalid value: \"-a\": name part " KEY_WORDS "\n"
     "5:19 metadata.labels: Invalid value: \"a/b/c\": a valid label key " KEY_WORDS
     " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')\n"
     "5:29 metadata.labels: Invalid value: \"x/\": name part must be non-empty\n"
     "5:29 metadata.labels: Invalid value: \"x/\": name part " KEY_WORDS "\n"
     "5:36 metadata.labels: Invalid value: \"/z\": prefix part must be non-empty\n"
     "5:47 metadata.labels: Invalid value: \"-\": " VALUE_WORDS "\n"
     "6:8 metadata.labels: Invalid value: \"" A63 "a\": must be no more than 63 bytes\n" /* L-07 */
     "7:32 metadata.annotations: Invalid value: \"a b\": name part " KEY_WORDS "\n"
     "7:43 metadata.annotations.m: Invalid value: 5: cannot unmarshal number into Go struct field "
     "of "
     "type string\n"},
    {"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n" SPEC
     "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: default}\n" SPEC,
     "8:18 metadata.name: Duplicate value: \"p\"\n"},
};

Test(manifest_refuse, metadata)
{
    REFUSE(metadata);
}

#define TEMPLATE                                                                                   \
    "  template:\n    metadata: {labels: {app: a}}\n    spec: {containers: [{name: c, image: "     \
    "x}]}\n"
#define CONTROLLER(kind, more)                                                                     \
    "apiVersion: apps/v1\nkind: " kind "\nmetadata: {name: w}\nspec:\n" more TEMPLATE
#define JOB(more, policy)                                                                          \
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n" more                           \
    "  template: {spec: {" policy "containers: [{name: c, image: x}]}}\n"

static const struct refusal workloads[] = {
    {CONTROLLER("Deployment", ""), "5:3 spec.selector: Required value\n"},
    {CONTROLLER("Deployment", "  selector: {}\n"),
     "5:13 spec.selector: Invalid value: {}: empty selector is invalid for deployment\n"},
    {CONTROLLER("ReplicaSet", "  selector: {}\n"),
     "5:13 spec.selector: Invalid value: {}: empty selector is invalid for deployment\n"},
    {CONTROLLER("StatefulSet", "  selector: {}\n"),
     "5:13 spec.selector: Invalid value: {}: empty selector is invalid for statefulset\n"},
    {CONTROLLER("DaemonSet", "  selector: {}\n"),
     "5:13 spec.selector: Invalid value: {}: empty selector is invalid for daemonset\n"},
    {CONTROLLER("Deployment", "  selector: {matchLabels: {app: b}}\n"),
     "7:24 spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not "
     "match "
     "template `labels`\n"},
    {CONTROLLER("DaemonSet",
                "  selector:\n    matchExpressions:\n    - {key: app, operator: In}\n"
                "    - {key: b, operator: Exists, values: [c]}\n    - {key: '-', operator: Is}\n"),
     "7:7 spec.selector.matchExpressions[0].values: Required value: must be specified when "
     "`operator` "
     "is 'In' or 'NotIn'\n"
     "8:42 spec.selector.matchExpressions[1].values: Forbidden: may not be specified when "
     "`operator` is "
     "'Exists' or 'DoesNotExist'\n"
     "9:13 spec.selector.matchExpressions[2].key: Invalid value: \"-\": name part " KEY_WORDS "\n"
     "9:28 spec.selector.matchExpressions[2].operator: Invalid value: \"Is\": not a valid selector "
     "operator\n"
     "11:24 spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not "
     "match "
     "template `labels`\n"},
    {CONTROLLER("Deployment",
                "  selector: {matchLabels: {app: a}}\n  replicas: -1\n  minReadySeconds: 60\n"
                "  progressDeadlineSeconds: 60\n  strategy: {type: Recreate, rollingUpdate: {}}\n"),
     "6:13 spec.replicas: Invalid value: -1: must be greater than or equal to 0\n"
     "8:28 spec.progressDeadlineSeconds: Invalid value: 60: must be greater than minReadySeconds\n"
     "9:45 spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is "
     "'Recreate'\n"},
    {CONTROLLER("Deployment", "  selector: {matchLabels: {app: a}}\n"
                              "  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}\n"),
     "6:59 spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when "
     "`maxSurge` "
     "is 0\n"},
    {CONTROLLER(
         "Deployment",
         "  selector: {matchLabels: {app: a}}\n"
         "  strategy: {type: Slow, rollingUpdate: {maxSurge: \"1\", maxUnavailable: 101%}}\n"),
     "6:20 spec.strategy.type: Unsupported value: \"Slow\": supported values: \"Recreate\", "
     "\"RollingUpdate\"\n"
     "6:52 spec.strategy.rollingUpdate.maxSurge: Invalid value: \"1\": a valid percent string must "
     "be a "
     "numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is "
     "'[0-9]+%')\n"
     "6:73 spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be "
     "greater than "
     "100%\n"},
    {CONTROLLER("StatefulSet", "  selector: {matchLabels: {app: a}}\n  podManagementPolicy: Any\n"
                               "  volumeClaimTemplates: [{spec: {}}]\n"),
     "6:24 spec.podManagementPolicy: Invalid value: \"Any\": must be 'OrderedReady' or 'Parallel'\n"
     "7:26 spec.volumeClaimTemplates[0].metadata.name: Required value\n"},
    {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  selector: {matchLabels: "
     "{a: b}}\n"
     "  template:\n    metadata: {labels: {a: b, c: '-'}}\n    spec:\n      restartPolicy: "
     "OnFailure\n"
     "      activeDeadlineSeconds: 5\n      containers: [{name: c}]\n      ephemeralContainers: "
     "[{}]\n",
     "7:34 spec.template.labels: Invalid value: \"-\": " VALUE_WORDS "\n"
     "9:22 spec.template.spec.restartPolicy: Unsupported value: \"OnFailure\": supported values: "
     "\"Always\"\n"
     "10:30 spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in "
     "ReplicaSet is "
     "not Supported\n"
     "11:20 spec.template.spec.containers[0].image: Required value\n"
     "12:28 spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in "
     "pod "
     "template\n"},
    {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\n",
     "1:1 spec.template.spec.containers: Required value\n1:1 spec.selector: Required value\n"},
    {JOB("", ""),
     "5:20 spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", "
     "\"Never\"\n"},
    {JOB("  completionMode: Indexed\n  parallelism: 2\n  backoffLimit: -1\n",
         "restartPolicy: Never, "),
     "5:3 spec.completions: Required value: when completion mode is Indexed\n"
     "7:17 spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0\n"},
    {JOB("  completions: -1\n  selector: {matchLabels: {a: b}}\n", "restartPolicy: Never, "),
     "5:16 spec.completions: Invalid value: -1: must be greater than or equal to 0\n"
     "6:13 spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: `selector` not "
     "auto-generated\n"},
    {"apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: w}\n",
     "1:1 no matches for kind \"Deployment\" in version \"extensions/v1beta1\": must be apps/v1\n"},
    {"apiVersion: v2\nkind: Pod\n",
     "1:1 no matches for kind \"Pod\" in version \"v2\": must be v1\n"},
};

Test(manifest_refuse, workloads)
{
    REFUSE(workloads);
}

Test(manifest_refuse, a_second_load_that_is_refused_leaves_the_first_alone)
{
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, ONE), 0);
    cr_expect_eq(kit_load(&k, "apiVersion: v1\nkind: Pod\nmetadata: {name: q}\nspec: {containers: "
                              "[{name: c, image: y:1}]}\n---\napiVersion: v1\nkind: Pod\n"),
                 -RX_EMANIFEST);
    cr_expect_eq(k.set.workloads.count, 1);
    cr_expect_eq(k.set.images.count, 1);
    cr_expect_eq(kit_load(&k, ONE), -RX_EMANIFEST, "a name of the first load is taken");
    cr_expect_eq(kit_load(&k, "apiVersion: v1\nkind: Pod\nmetadata: {name: q}\nspec: {containers: "
                              "[{name: c, image: y:1}]}\n"),
                 0, "a name of the refused load is not");
    cr_expect_eq(k.set.images.count, 2);
    k.set.applied = 1;
    cr_expect_eq(kit_load(&k, ONE), 0, "what runs already is not this loader's business");
    cr_expect_eq(kit_load(&k, ONE), -RX_EMANIFEST, "but this one is");
    cr_expect_eq(k.set.workloads.count, 3);
    kit_close(&k);
}

Test(manifest_refuse, a_thousand_errors_are_enough)
{
    static char text[1 << 16] = POD "  containers: [{name: c, image: x}]\n  readinessGates: [";
    struct kit k;

    for (int i = 0; i < 3000; i++)
        strcat(text, "5, ");
    strcat(text, "]\n");
    kit_open(&k);
    cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST);
    cr_expect_eq(k.set.diagnostics.count, 1001);
    cr_expect_str_eq(k.set.diagnostics.item[1000].text, "too many errors");
    kit_close(&k);
}

Test(manifest_refuse, files_that_cannot_be_read)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(manifest_load_file(&k.set, "/nowhere/at.all"), -RX_ENOTFOUND);
    cr_expect_eq(manifest_load_file(&k.set, "/"), -RX_EIO);
    cr_expect_eq(k.set.diagnostics.count, 0);
    kit_close(&k);
}

/* What a cluster would ask for and podring cannot is said with its place. */
Test(manifest_refuse, requests_that_are_too_long)
{
    static const char head[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
        "  - name: c\n    image: i\n    livenessProbe:\n      httpGet:\n"
        "        port: 80\n        path: /";
    char text[8192];
    size_t used = (size_t)snprintf(text, sizeof(text), "%s", head);
    struct kit k;

    kit_open(&k);
    memset(text + used, 'p', 900);
    text[used + 900] = '\0';
    cr_expect_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
    kit_close(&k);
    kit_open(&k);
    memset(text + used, 'p', 1100);
    text[used + 1100] = '\0';
    cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST);
    cr_expect_not_null(strstr(kit_said(&k), "podring asks for URLs of at most 1024 bytes"), "%s",
                       kit_said(&k));
    cr_expect_eq(strncmp(kit_said(&k), "11:15 ", 6), 0, "%s", kit_said(&k));
    kit_close(&k);
    kit_open(&k);
    used += (size_t)sprintf(text + used, "\n        httpHeaders:\n        - {name: A, value: ");
    memset(text + used, 'v', 4000);
    strcpy(text + used + 4000, "}\n");
    cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST);
    cr_expect_not_null(strstr(kit_said(&k), "podring sends requests of at most 3584 bytes"), "%s",
                       kit_said(&k));
    kit_close(&k);
}
