/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy.h - what a new connection comes to: from some place to a host and a port of the cluster,
 * through its names and through the rules that a node's proxy has for Services.
 *
 * 1. Who connects keeps a struct cluster_aim for each host and port. The name is looked up at the
 *    first choice and again only when Services have changed (or, for a name that stands for pods
 *    themselves, their endpoints): a choice then costs no text and no walk.
 * 2. A choice is made for a new connection only. What is connected already is nobody's business
 *    here: rules that change move no connection.
 * 3. Candidates stand in the order of the pods' creation. TURN takes candidate[nth % count], with
 *    an nth that goes on when the list changes; RANDOM takes one by 64 random bits, which the
 *    caller draws from a stream of its own; SHARE gives all of them, for an expectation without
 *    chance. Where a Service has session affinity, TURN and RANDOM stay with what the source has
 *    been given before.
 * 4. A candidate is what the rules say, and rules may be stale: the pod may be gone (pod_get gives
 *    NULL). What a connection to such an address comes to is the caller's (knob dead_ip), and so is
 *    whether the pod listens.
 * 5. Through an Ingress (`ingress` is set) the connection is the Ingress controller's, which picks
 *    by its own turn. When a fresh one is refused or reset it takes the next one, three tries at
 *    most: cluster_choose once more. After that its answer is 502, and 504 when it has waited
 *    CLUSTER_INGRESS_TIMEOUT. ANSWER: it answers `status` without any pod.
 */
#ifndef CLUSTER_PROXY_H
#define CLUSTER_PROXY_H

#include "engine/cluster/dns.h"
#include "engine/cluster/ingress.h"
#include "engine/cluster/rules.h"

enum { CLUSTER_OUTSIDE = UINT32_MAX }; /* in the place of a node's number */
enum { CLUSTER_INGRESS_TRIES = 3, CLUSTER_INGRESS_TIMEOUT = 60 * RX_MS_PER_S };

enum cluster_way {
    CLUSTER_WAY_NO_NAME,
    CLUSTER_WAY_REFUSED,
    CLUSTER_WAY_DROPPED, /* nobody answers: the connect timeout ends it */
    CLUSTER_WAY_POD,
    CLUSTER_WAY_API,     /* to the API server, which is nobody's pod */
    CLUSTER_WAY_ANSWER,
};

enum cluster_pick { CLUSTER_PICK_TURN, CLUSTER_PICK_RANDOM, CLUSTER_PICK_SHARE };

/* Where somebody connects to. The first part is the caller's and stays as it is; the rest is zero
 * at first. The texts must live as long as it is used. */
struct cluster_aim {
    const char *ns;   /* whose search list completes short names */
    const char *host; /* a name or an address */
    const char *path; /* for an Ingress; NULL: "/" */
    uint32_t node;    /* where the connection begins: a node's number or CLUSTER_OUTSIDE */
    uint16_t port;

    bool looked_up, routed; /* routed: through an Ingress */
    struct cluster_name name;
    uint64_t changes; /* of Services, Ingresses and nodes, when it was looked up */
    struct cluster_rules *rules;
    uint32_t rules_node; /* whose they are */
    struct cluster_ingress_route route;
    struct cluster_candidate one; /* where the name is one pod */
    rx_ms kept_until; /* what endpoints have said is kept until then (dns_ttl); 0: it is not */
    struct cluster_candidate *kept;
    uint32_t kept_count, kept_room;
};

struct cluster_try {
    enum cluster_pick pick;
    uint64_t nth;    /* TURN: number of this connection, from 0; RANDOM: the bits */
    uint32_t source; /* whose connection it is: an address, for session affinity */
};

struct cluster_choice {
    enum cluster_way way;
    bool ingress;
    uint16_t status; /* ANSWER */
    uint32_t count;  /* POD: 1, or with SHARE all of them; valid until the aim is used again or
                      * anything else happens */
    const struct cluster_candidate *candidate;
};

void cluster_proxy_init(struct cluster *c);
/* After cluster_init: commands of pods find the names of Services, of pods that have a
 * hostname and a subdomain, and of addresses, in all their forms, without regard to case; and
 * addresses themselves. */

void cluster_choose(struct cluster *c, struct cluster_aim *aim, const struct cluster_try *try,
                    struct cluster_choice *out);

void cluster_aim_fini(struct cluster *c, struct cluster_aim *aim);

#endif
