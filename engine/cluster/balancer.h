/* SPDX-License-Identifier: Apache-2.0 */
/*
 * balancer.h - load balancers of a cloud: which node a connection from outside comes to.
 *
 * Health checks happen every lb_check_period from time 0 on, while there is a Service that needs
 * them; each sees what its instant has come to.
 */
#ifndef CLUSTER_BALANCER_H
#define CLUSTER_BALANCER_H

#include "engine/cluster/endpoint.h"

int cluster_balancer_begin(struct cluster *c, struct cluster_service *s);
/* A Service has come. -RX_ENOMEM. */

void cluster_balancer_end(struct cluster *c, struct cluster_service *s);

void cluster_balancer_settle(struct cluster *c);
/* A check that was due is made, before anything changes. */

uint32_t cluster_balancer_nodes(struct cluster *c, struct cluster_service *s);
/* How many nodes it sends connections to: at least one. 0: no memory. */

uint32_t cluster_balancer_node(const struct cluster_service *s, uint32_t i);
/* Of those, as they were counted last. */

#endif
