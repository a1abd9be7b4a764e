/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services: what Kubernetes fills in, and what it refuses, in its words and at the line and column
 * of the culprit.
 */
#include "tests/unit/test_manifest_kit.h"

#define SERVICE "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n"
#define PORTS   "  ports: [{port: 80}]\n"
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
