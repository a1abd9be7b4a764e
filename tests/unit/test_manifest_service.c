/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services, EndpointSlices and Ingresses: what Kubernetes fills in, and what it refuses, in its
 * words and at the line and column of the culprit.
 */
#include "tests/unit/test_manifest_kit.h"

#define SERVICE "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n"
#define PORTS   "  ports: [{port: 80}]\n"
#define INGRESS "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n"
#define SLICE   "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: e}\n"
#define TO      "backend: {service: {name: s, port: {number: 80}}}"
#define REFUSE(table) kit_refuse(table, sizeof(table) / sizeof((table)[0]))

static const struct refusal services[] = {
    {SERVICE "  type: NodePort\n  ports: [{port: 80, nodePort: 80}]\n",
     "6:32 spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The "
     "range of valid ports is 30000-32767\n"},
    {SERVICE "  type: NodePort\n  ports: [{port: 80, nodePort: 30080}]\n---\n"
             "apiVersion: v1\nkind: Service\nmetadata: {name: t}\nspec:\n"
             "  type: NodePort\n  ports: [{port: 80, nodePort: 30080}]\n",
     "13:32 spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated\n"},
    {SERVICE "  ports: [{port: 80, nodePort: 30080}]\n",
     "5:32 spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'\n"},
    {SERVICE "  ports: [{port: 80}, {port: 81, name: b}]\n",
     "5:11 spec.ports[0].name: Required value\n"},
    {SERVICE "  ports: [{port: 80, name: a}, {port: 81, name: a}]\n",
     "5:49 spec.ports[1].name: Duplicate value: \"a\"\n"},
    {SERVICE "  ports: [{port: 80, name: a}, {port: 80, name: b}]\n",
     "5:32 spec.ports[1]: Duplicate value: {\"Name\":\"\",\"Protocol\":\"TCP\","
     "\"AppProtocol\":null,\"Port\":80,\"TargetPort\":0,\"NodePort\":0}\n"},
    {SERVICE "  type: NodePort\n"
             "  ports: [{port: 80, name: a, nodePort: 30001}, {port: 81, name: b, nodePort: "
             "30001}]\n",
     "6:79 spec.ports[1].nodePort: Duplicate value: 30001\n"},
    {SERVICE PORTS "  sessionAffinity: ClientIP\n"
                   "  sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}\n",
     "7:54 spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater "
     "than 0 and less than 86400\n"},
    {SERVICE PORTS "  sessionAffinity: ClientIP\n"
                   "  sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}\n",
     "7:54 spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be "
     "greater than 0 and less than 86400\n"},
    {SERVICE PORTS "  externalTrafficPolicy: Local\n",
     "6:26 spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for "
     "externally-accessible services\n"},
    {SERVICE PORTS "  type: LoadBalancer\n  healthCheckNodePort: 30001\n",
     "7:24 spec.healthCheckNodePort: Invalid value: 30001: may only be set when `type` is "
     "'LoadBalancer' and `externalTrafficPolicy` is 'Local'\n"},
    {SERVICE PORTS "  allocateLoadBalancerNodePorts: false\n  loadBalancerClass: x/y\n"
                   "  loadBalancerSourceRanges: [10.0.0.0/8]\n",
     "6:34 spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is "
     "'LoadBalancer'\n"
     "7:22 spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'\n"
     "8:29 spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is "
     "'LoadBalancer'\n"},
    {SERVICE PORTS "  type: NodePort\n  clusterIP: None\n",
     "7:14 spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort "
     "services\n"},
    {SERVICE "  type: LoadBalancer\n  ports: [{port: 10250}]\n",
     "6:11 spec.ports[0]: Invalid value: {\"port\":10250}: may not expose port 10250 externally "
     "since it is used by kubelet\n"},
    {SERVICE "  type: ExternalName\n", "5:3 spec.externalName: Required value\n"},
    {SERVICE "  type: ExternalName\n  externalName: a.b.\n  clusterIPs: [10.0.0.1]\n",
     "7:15 spec.clusterIPs: Forbidden: may not be set for ExternalName services\n"},
    {SERVICE PORTS "  clusterIP: 10.0.0.256\n  externalIPs: [here]\n",
     "6:14 spec.clusterIPs[0]: Invalid value: \"10.0.0.256\": must be a valid IP address, (e.g. "
     "10.9.8.7 or 2001:db8::ffff)\n"
     "7:17 spec.externalIPs[0]: Invalid value: \"here\": must be a valid IP address, (e.g. "
     "10.9.8.7 or 2001:db8::ffff)\n"},
    {SERVICE PORTS "  trafficDistribution: Nearby\n",
     "6:24 spec.trafficDistribution: Unsupported value: \"Nearby\": supported values: "
     "\"PreferClose\", \"PreferSameZone\", \"PreferSameNode\"\n"},
};

Test(manifest_service, services_refused)
{
    REFUSE(services);
}

static const struct refusal ingresses[] = {
    {INGRESS "  rules: []\n", "5:3 spec: Invalid value: []: either `defaultBackend` or `rules` "
                              "must be specified\n"},
    {INGRESS "  rules:\n  - http: {paths: [{path: /a, " TO "}]}\n",
     "6:20 spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified\n"},
    {INGRESS "  rules:\n  - http: {paths: [{path: a, pathType: Prefix, " TO "}]}\n",
     "6:27 spec.rules[0].http.paths[0].path: Invalid value: \"a\": must be an absolute path\n"},
    {INGRESS "  rules:\n  - http: {paths: [{path: /a//b, pathType: Exact, " TO "}]}\n",
     "6:27 spec.rules[0].http.paths[0].path: Invalid value: \"/a//b\": must not contain '//'\n"},
    {INGRESS "  rules:\n  - http: {paths: [{path: /a, pathType: Regex, " TO "}]}\n",
     "6:41 spec.rules[0].http.paths[0].pathType: Unsupported value: \"Regex\": supported values: "
     "\"Exact\", \"ImplementationSpecific\", \"Prefix\"\n"},
    {INGRESS "  rules:\n  - http: {paths: []}\n",
     "6:19 spec.rules[0].http.paths: Required value\n"},
    {INGRESS "  rules:\n  - host: 10.0.0.1\n",
     "6:11 spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP "
     "address\n"},
    {INGRESS "  defaultBackend: {service: {name: s, port: {name: a, number: 1}}}\n",
     "5:19 spec.defaultBackend: Invalid value: \"\": cannot set both port name & port number\n"},
    {INGRESS "  defaultBackend: {service: {name: s}}\n",
     "5:19 spec.defaultBackend: Required value: port name or number is required\n"},
    {INGRESS "  defaultBackend: {}\n", "5:19 spec.defaultBackend: Invalid value: \"\": resource "
                                       "or service backend is required\n"},
    {INGRESS "  defaultBackend: {service: {port: {number: 80}}}\n",
     "5:29 spec.defaultBackend.service.name: Required value\n"},
    {"apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: i}\n",
     "1:1 no matches for kind \"Ingress\" in version \"extensions/v1beta1\": must be "
     "networking.k8s.io/v1\n"},
};

Test(manifest_service, ingresses_refused)
{
    REFUSE(ingresses);
}

static const struct refusal slices[] = {
    {SLICE "endpoints: [{addresses: [10.0.0.1]}]\n", "1:1 addressType: Required value\n"},
    {SLICE "addressType: IPv4\nendpoints: [{addresses: []}]\n",
     "5:25 endpoints[0].addresses: Required value: must contain at least 1 address\n"},
    {SLICE "addressType: IPv4\nendpoints: [{addresses: [a]}]\n",
     "5:26 endpoints[0].addresses[0]: Invalid value: \"a\": must be a valid IP address, (e.g. "
     "10.9.8.7 or 2001:db8::ffff)\n"},
    {SLICE "addressType: IPv4\nendpoints: []\nports: [{port: 1}, {port: 2}]\n",
     "6:20 ports[1].name: Duplicate value: \"\"\n"},
    {SLICE "addressType: IP\nendpoints: []\n",
     "4:14 addressType: Unsupported value: \"IP\": supported values: \"FQDN\", \"IPv4\", "
     "\"IPv6\"\n"},
};

Test(manifest_service, slices_refused)
{
    REFUSE(slices);
}

Test(manifest_service, what_a_service_says)
{
    const struct pod_service_spec *s;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, SERVICE "  type: LoadBalancer\n  externalTrafficPolicy: Local\n"
                                      "  healthCheckNodePort: 30500\n  sessionAffinity: ClientIP\n"
                                      "  trafficDistribution: PreferClose\n"
                                      "  internalTrafficPolicy: Local\n"
                                      "  loadBalancerIP: 192.0.2.9\n  externalIPs: [10.1.2.3]\n"
                                      "  allocateLoadBalancerNodePorts: false\n"
                                      "  ports: [{port: 80, nodePort: 30080}]\n"),
                 0, "%s", kit_said(&k));
    s = &k.set.services.item[0];
    cr_expect_eq(s->type, ST_SERVICE_LOAD_BALANCER);
    cr_expect_eq(s->external_traffic, ST_TRAFFIC_LOCAL);
    cr_expect_eq(s->internal_traffic, ST_TRAFFIC_LOCAL);
    cr_expect_eq(s->health_port, 30500);
    cr_expect_eq(s->affinity_s, 10800);
    cr_expect_eq(s->distribution, ST_DISTRIBUTE_ZONE);
    cr_expect_eq(s->balancer_ip, 0xc0000209u);
    cr_assert_eq(s->external_ip_count, 1);
    cr_expect_eq(s->external_ip[0], 0x0a010203u);
    cr_expect(s->no_node_ports);
    cr_expect_eq(s->port[0].node_port, 30080);
    kit_close(&k);
}

Test(manifest_service, what_is_silent)
{
    const struct pod_service_spec *s;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, SERVICE PORTS "  sessionAffinityConfig: {clientIP: {timeoutSeconds: "
                                            "7}}\n"),
                 0, "%s", kit_said(&k));
    s = &k.set.services.item[0];
    cr_expect_eq(s->type, ST_SERVICE_CLUSTER_IP);
    cr_expect_eq(s->external_traffic, ST_TRAFFIC_CLUSTER);
    cr_expect_eq(s->internal_traffic, ST_TRAFFIC_CLUSTER);
    cr_expect_eq(s->affinity_s, 0, "the defaults drop what None does not use");
    cr_expect_eq(s->distribution, ST_DISTRIBUTE_ALL);
    cr_expect_eq(s->port[0].target, 80);
    cr_expect_not(s->no_node_ports);
    kit_close(&k);
}

Test(manifest_service, what_an_ingress_says)
{
    const struct st_ingress_spec *s;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, INGRESS
                          "  ingressClassName: nginx\n  tls: [{hosts: [a.b]}]\n"
                          "  defaultBackend: {service: {name: d, port: {name: web}}}\n  rules:\n"
                          "  - host: '*.a.b'\n    http: {paths: [{path: /x, pathType: Exact, " TO
                          "}, {pathType: ImplementationSpecific, " TO "}]}\n"
                          "  - http: {paths: [{path: /, pathType: Prefix, " TO "}]}\n"),
                 0, "%s", kit_said(&k));
    s = &k.set.ingresses.item[0];
    cr_expect_str_eq(s->class_name, "nginx");
    cr_expect(s->tls);
    cr_expect_str_eq(s->fallback.service, "d");
    cr_expect_str_eq(s->fallback.port_name, "web");
    cr_assert_eq(s->path_count, 3);
    cr_expect_str_eq(s->path[0].host, "*.a.b");
    cr_expect_eq(s->path[0].type, ST_PATH_EXACT);
    cr_expect_str_eq(s->path[1].path, "/");
    cr_expect_eq(s->path[1].type, ST_PATH_ANY);
    cr_expect_null(s->path[2].host);
    cr_expect_eq(s->path[2].backend.port, 80);
    kit_close(&k);
}

Test(manifest_service, what_a_slice_says)
{
    const struct st_slice_spec *s;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(
        kit_load(&k, "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: e, "
                     "labels: {kubernetes.io/service-name: db}}\naddressType: IPv4\n"
                     "ports: [{name: sql, port: 5432}]\nendpoints:\n- addresses: [10.9.0.1]\n"
                     "- {addresses: [10.9.0.2], conditions: {ready: false, terminating: true}, "
                     "nodeName: n1, zone: z, targetRef: {kind: Pod, name: db-1}}\n"),
        0, "%s", kit_said(&k));
    s = &k.set.slices.item[0];
    cr_expect_str_eq(s->service, "db");
    cr_assert_eq(s->port_count, 1);
    cr_expect_str_eq(s->port[0].name, "sql");
    cr_assert_eq(s->endpoint_count, 2);
    cr_expect(s->endpoint[0].ready && s->endpoint[0].serving && !s->endpoint[0].terminating);
    cr_expect_eq(s->endpoint[0].ip, 0x0a090001u);
    cr_expect(!s->endpoint[1].ready && !s->endpoint[1].serving && s->endpoint[1].terminating);
    cr_expect_str_eq(s->endpoint[1].pod, "db-1");
    cr_expect_str_eq(s->endpoint[1].node, "n1");
    kit_close(&k);
}

/* One controller plays all classes: theirs are taken without a word. */
Test(manifest_service, ingress_classes)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: "
                              "{name: nginx}\nspec: {controller: k8s.io/ingress-nginx}\n"),
                 0);
    cr_expect_eq(k.set.diagnostics.count, 0);
    kit_close(&k);
}
