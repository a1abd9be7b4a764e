/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_balancer.h - which nodes a load balancer of a cloud sends connections to.
 *
 * 1. With externalTrafficPolicy Cluster: all that are Ready. With Local: those whose health check
 *    port has answered 200: a node comes in with a success and leaves after so many failures in a
 *    row.
 * 2. If none is in, all are (such balancers fail open): what a connection comes to says the node.
 * 3. The port answers 200 if the node's proxy is alive and knows of a ready endpoint on the node.
 *    One that serves while it terminates does not count.
 */
#ifndef CLUSTER_RULE_BALANCER_H
#define CLUSTER_RULE_BALANCER_H

#include <stdbool.h>
#include <stdint.h>

struct cluster_health {
    bool in;
    uint32_t failures; /* in a row */
    uint32_t ready;    /* whoever checks counts its ready endpoints here */
};

bool cluster_health_answer(bool proxy_alive, uint32_t ready_here);

void cluster_health_check(struct cluster_health *h, bool answer, uint32_t failures_max);

#endif
