/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service_spec.h - what Services, the EndpointSlices of those without a selector, and Ingresses are
 * told to be: plain data, with Kubernetes' defaults, refused where Kubernetes refuses it.
 */
#ifndef ST_SERVICE_SPEC_H
#define ST_SERVICE_SPEC_H

#include "engine/store/spec.h"

enum st_service_type { ST_SERVICE_CLUSTER_IP, ST_SERVICE_EXTERNAL_NAME, ST_SERVICE_LOAD_BALANCER,
                       ST_SERVICE_NODE_PORT };

enum st_traffic { ST_TRAFFIC_CLUSTER, ST_TRAFFIC_LOCAL };

/* trafficDistribution; PreferClose is PreferSameZone. */
enum st_distribution { ST_DISTRIBUTE_ALL, ST_DISTRIBUTE_ZONE, ST_DISTRIBUTE_NODE };

enum { ST_NODE_PORT_FIRST = 30000, ST_NODE_PORT_LAST = 32767, ST_AFFINITY_S = 10800 };

struct pod_service_port {
    const char *name; /* NULL = unnamed */
    uint16_t port;
    uint16_t target;         /* 0: by name */
    const char *target_name; /* a container port's; NULL: by number */
    const char *protocol;    /* "TCP" */
    uint16_t node_port;      /* that was asked for; 0: none, or the next that is free */
};

struct pod_service_spec {
    const char *ns, *name;
    struct pod_labels selector; /* equality; none selects nothing */
    bool has_selector, publish_not_ready;
    bool external; /* type ExternalName: leads out of the cluster */
    const char *external_name; /* where to; NULL: not given */
    bool headless; /* clusterIP None: the name is the pods themselves */
    bool no_node_ports; /* allocateLoadBalancerNodePorts: false */
    uint8_t type;                 /* enum st_service_type */
    uint8_t internal_traffic, external_traffic; /* enum st_traffic */
    uint8_t distribution;         /* enum st_distribution */
    uint32_t ip;   /* clusterIP, if one was asked for; 0: the next that is free */
    uint32_t balancer_ip; /* loadBalancerIP, likewise */
    int32_t affinity_s;   /* sessionAffinity ClientIP: its timeout; 0: None */
    uint16_t health_port; /* healthCheckNodePort, likewise */
    uint32_t port_count;
    const struct pod_service_port *port;
    uint32_t external_ip_count; /* externalIPs */
    const uint32_t *external_ip;
};

/* ---- EndpointSlices ------------------------------------------------------------------------- */

struct st_slice_port {
    const char *name; /* "" = unnamed */
    uint16_t port;    /* 0: not given */
};

struct st_slice_endpoint {
    uint32_t ip;
    const char *pod; /* targetRef; NULL: nobody's */
    const char *node, *zone; /* NULL: not given */
    bool ready, serving, terminating;
};

struct st_slice_spec {
    const char *ns, *name;
    const char *service; /* label kubernetes.io/service-name; NULL: nobody's */
    const char *family;  /* addressType */
    uint32_t port_count, endpoint_count;
    const struct st_slice_port *port;
    const struct st_slice_endpoint *endpoint;
};

/* ---- Ingresses ------------------------------------------------------------------------------ */

enum st_path_type { ST_PATH_EXACT, ST_PATH_ANY /* ImplementationSpecific */, ST_PATH_PREFIX };

struct st_ingress_backend {
    const char *service; /* NULL: there is none, or it is no Service */
    const char *port_name; /* NULL: by number */
    uint16_t port;
};

struct st_ingress_path {
    const char *host; /* NULL: any */
    const char *path;
    uint8_t type; /* enum st_path_type */
    struct st_ingress_backend backend;
};

struct st_ingress_spec {
    const char *ns, *name;
    const char *class_name; /* NULL: not given */
    struct st_ingress_backend fallback; /* defaultBackend */
    bool tls;
    uint32_t path_count, host_count; /* paths: of all rules, in their order */
    const struct st_ingress_path *path;
    const char *const *host; /* of the rules, in their order; NULL: any */
};

#endif
