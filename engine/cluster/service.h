/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service.h - a Service, its endpoints and what proxies know of them.
 *
 * An endpoint is there for each pod that the Service selects, from the pod's creation on, listed
 * or not, and stays until the pod has gone and every proxy knows. Its `bits` are what the
 * EndpointSlice says now, `programmed` what proxies go by (proxies.h).
 */
#ifndef CLUSTER_SERVICE_H
#define CLUSTER_SERVICE_H

#include "engine/cluster/rule_balancer.h"
#include "engine/cluster/rule_endpoint.h"
#include "engine/cluster/work.h"
#include "engine/reactor/list.h"
#include "engine/store/service_spec.h"
#include "engine/store/tell.h"

/* Proxies whose rules are there at different times; nodes that are equally fast share one. */
enum { CLUSTER_PROXIES_MAX = 8, CLUSTER_BY_SLICE = CLUSTER_PROXIES_MAX, CLUSTER_VIEWS };

struct cluster_service;
struct cluster_rules;
struct cluster_grip;

struct cluster_endpoint {
    struct rx_list link, dirty; /* of its Service: all, by creation; those that may have changed */
    struct cluster_service *service;
    struct st_pod_ref pod; /* id 0: an address that is no pod's */
    uint32_t ip, node, zone;
    uint32_t pending; /* changes that proxies have not programmed yet */
    const struct st_slice_spec *document; /* the EndpointSlice that lists it; NULL: a selector */
    const char *target;                   /* ... and the pod that it names; NULL: none */
    bool left;    /* the pod's labels are no longer those that the Service selects */
    uint8_t bits;                            /* enum cluster_endpoint_bit */
    uint8_t programmed[CLUSTER_PROXIES_MAX]; /* likewise */
};

struct cluster_usable {
    uint32_t ready, fallback;
};

/* balancer.c: the nodes that a load balancer sends connections to, and what they were worked out
 * of. */
struct cluster_balanced {
    uint32_t *node, count, room;
    uint64_t nodes, epoch, checked;
};

struct cluster_service {
    struct st_object object; /* ST_SERVICE */
    struct pod_service_spec spec;
    uint32_t ip;          /* of the cluster; 0: it has none of its own */
    uint32_t balancer_ip; /* 0: none */
    uint16_t *node_port;  /* by port; 0: none. NULL: it has none at all */
    uint16_t health_port; /* 0: none */

    struct cluster_work work;       /* slice.c: its slices are written */
    struct rx_list endpoints, dirty;
    uint32_t listed;                /* endpoints that are */
    uint32_t label;                 /* of its selector: the one it is known by, */
    bool by_given;                  /* which a controller gives */
    struct cluster_usable usable[CLUSTER_VIEWS]; /* by proxy, and by slice */
    uint64_t version[CLUSTER_VIEWS]; /* how often that has changed */

    struct rx_list touched[CLUSTER_PROXIES_MAX]; /* of the proxy: it has programmed something */
    uint32_t told[CLUSTER_PROXIES_MAX];          /* backends, */
    uint32_t *told_on;   /* and where nodes have different ones, by node */
    uint32_t told_room;
    struct cluster_rules *rules; /* proxy.c */
    struct cluster_grip *grips;  /* affinity.c */
    struct cluster_balanced balanced;
    struct cluster_health *health; /* balancer.c: by node */
    uint32_t healths;
};

#endif
