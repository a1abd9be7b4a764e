/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint.h - the endpoints of Services, the nodes and zones they are in. */
#ifndef CLUSTER_ENDPOINT_H
#define CLUSTER_ENDPOINT_H

#include "engine/cluster/cluster.h"
#include "engine/cluster/rule_proxy.h"

bool cluster_selects(const struct cluster *c, const struct pod_service_spec *s,
                     const struct pod *p);
/* By all its labels, also those that its controller gives it. */

bool cluster_label_is_given(const char *key);
/* Is it one of those that controllers give their pods? */

struct cluster_endpoint *cluster_endpoint_add(struct cluster *c, struct cluster_service *s,
                                              const struct pod *p);
/* The last of the Service. p NULL: of a document, which the caller notes. NULL: no memory. */

void cluster_endpoint_free(struct cluster *c, struct cluster_endpoint *e);

void cluster_endpoint_settled(struct cluster *c, struct cluster_endpoint *e);
/* Frees it if nobody needs it any more: it is not listed, every proxy knows, its pod has gone. */

struct cluster_endpoint *cluster_endpoint_next(struct cluster *c, uint64_t pod, uint32_t *cursor);
/* Those of a pod, one a call; the cursor starts at 0. NULL: no more. */

struct cluster_endpoint *cluster_endpoint_of(struct cluster *c, const struct cluster_service *s,
                                             uint64_t pod);
/* NULL: the Service does not select it. */

uint8_t cluster_endpoint_now(const struct cluster *c, const struct cluster_endpoint *e);
/* What its slice would say of the pod at this moment. */

uint8_t cluster_endpoint_bits_told(const struct cluster *c, const struct cluster_endpoint *e);
/* What commands in pods find: as the slice says, or, where it takes no time to write it, as it will
 * say at the end of the instant. */

uint16_t cluster_endpoint_port(const struct cluster_endpoint *e,
                               const struct pod_service_port *port);
/* Where the Service's port leads to; 0: it has no such port. */

void cluster_usable_count(struct cluster_usable *u, uint8_t was, uint8_t is);
/* An endpoint has other bits. */

uint32_t cluster_node_number(const struct cluster *c, const char *name); /* or CLUSTER_NO_NODE */

uint32_t cluster_zone_number(struct cluster *c, const char *zone);
/* From 1; the text must live as long as the engine. */

uint32_t cluster_zone_of(const struct cluster *c, uint32_t node);
/* What the label topology.kubernetes.io/zone of a node says; CLUSTER_NO_ZONE: it has none. */

/* It has no power or cannot be heard; its condition Ready. */
bool cluster_node_dead(const struct cluster *c, uint32_t node);
bool cluster_reaches(const struct cluster *c, uint32_t from, uint32_t to);
/* Does what one node sends come to another? CLUSTER_OUTSIDE is one that does not fail. A node whose
 * network has failed still reaches itself. */

bool cluster_node_ready(const struct cluster *c, uint32_t node);
void cluster_places_fini(struct cluster *c);

uint8_t cluster_proxy_of(const struct cluster *c, uint32_t node);
/* Whose view a node's connections go by (proxies.h); of those outside of all nodes the first
 * one's. */

#endif
