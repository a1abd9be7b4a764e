/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.h - lists of candidates, as a proxy has them for a port of a Service: worked out when they
 * are asked for, and again when what they come from has changed.
 */
#ifndef CLUSTER_RULES_H
#define CLUSTER_RULES_H

#include "engine/cluster/proxies.h"

struct cluster_candidate {
    uint64_t pod; /* its id; 0: the address is nobody's */
    uint32_t ip;
    uint16_t port;
};

/* In the place of the number of a Service's port: the pods themselves, at the port that is asked
 * for. */
enum { CLUSTER_ANY_PORT = UINT32_MAX };

struct cluster_rules_key {
    uint8_t view; /* a proxy's, or CLUSTER_BY_SLICE: ready ones only */
    uint8_t list; /* enum cluster_list */
    uint16_t asked;
    uint32_t port; /* of the Service: its number */
    uint32_t node; /* of the proxy, where the list depends on it; else 0 */
};

struct cluster_rules {
    struct cluster_rules *next; /* of the Service */
    struct cluster_service *service;
    struct cluster_rules_key key;
    uint64_t version; /* of its view; UINT64_MAX: not worked out yet */
    uint64_t turn;    /* of an Ingress: its next connection */
    uint32_t count, room;
    uint32_t usable; /* at this port, wherever they are */
    struct cluster_candidate *candidate;
};

struct cluster_rules *cluster_rules_get(struct cluster *c, struct cluster_service *s,
                                        const struct cluster_rules_key *key);
/* Stays as long as the Service. NULL: no memory. */

bool cluster_rules_fresh(struct cluster *c, struct cluster_rules *r);
/* Brings it up to date. False: no memory. */

uint32_t cluster_grip_hold(struct cluster *c, struct cluster_rules *r, uint32_t source,
                           uint32_t index);
/* Session affinity: the candidate that the source has been given before, or that index, which it
 * keeps from now on. */

void cluster_rules_drop(struct cluster *c, struct cluster_service *s); /* it goes */

#endif
