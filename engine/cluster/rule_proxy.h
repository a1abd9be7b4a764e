/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_proxy.h - which endpoints of a Service the proxy of a node sends new connections to
 * (pkg/proxy/topology.go: CategorizeEndpoints), and what a connection comes to when there is none.
 *
 * 1. Ready endpoints are used; those that serve while they terminate only if none is ready.
 * 2. The cluster list has them of all nodes, narrowed down by hints: if every ready endpoint has a
 *    hint for a node and one is for this node, only those; else the same with zones. Hints are
 *    written when trafficDistribution asks for them: an endpoint's own node and zone.
 * 3. The local list has those of this node; so does rule 1 apply to this node alone.
 * 4. Traffic from inside goes by internalTrafficPolicy, from outside by externalTrafficPolicy, and
 *    from inside to an outer address or node port to the cluster list.
 * 5. With an empty list a connection is refused if there is nothing usable anywhere, and dropped if
 *    there is something elsewhere.
 */
#ifndef CLUSTER_RULE_PROXY_H
#define CLUSTER_RULE_PROXY_H

#include "engine/cluster/rule_endpoint.h"

enum { CLUSTER_NO_NODE = UINT32_MAX, CLUSTER_NO_ZONE = 0 };

struct cluster_backend {
    uint32_t node; /* a number; CLUSTER_NO_NODE: not known */
    uint32_t zone; /* a number from 1; CLUSTER_NO_ZONE: its node has no such label */
    uint8_t bits;  /* enum cluster_endpoint_bit */
};

/* Where the proxy is. */
struct cluster_proxy_place {
    uint32_t node, zone;
};

enum cluster_list { CLUSTER_LIST_ALL, CLUSTER_LIST_ZONE, CLUSTER_LIST_NODE, CLUSTER_LIST_LOCAL };
/* ALL, ZONE and NODE: the cluster list, narrowed down as trafficDistribution says. */

enum cluster_traffic { CLUSTER_TRAFFIC_INSIDE, CLUSTER_TRAFFIC_OUTSIDE, CLUSTER_TRAFFIC_BENT };
/* BENT: from inside to an address that is for those outside. */

enum cluster_nothing { CLUSTER_NOTHING_REFUSED, CLUSTER_NOTHING_DROPPED };

enum cluster_list cluster_proxy_which(enum cluster_traffic traffic, bool internal_local,
                                      bool external_local, uint8_t distribution);
/* distribution: 0 all, 1 zone, 2 node (enum st_distribution). */

uint32_t cluster_proxy_list(const struct cluster_backend *b, uint32_t count,
                            const struct cluster_proxy_place *at, enum cluster_list list,
                            uint32_t *out);
/* The numbers of those that are used, in their order; returns how many. out has room for count, or
 * is NULL. */

enum cluster_nothing cluster_proxy_nothing(uint32_t usable_anywhere);

#endif
