/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_replicaset.h - who of a ReplicaSet's pods is deleted first (pkg/controller,
 * controller_utils.go: ActivePodsWithRanks).
 */
#ifndef CLUSTER_RULE_REPLICASET_H
#define CLUSTER_RULE_REPLICASET_H

#include <stdbool.h>
#include <stdint.h>

enum { CLUSTER_BURST = 500 }; /* creations or deletions in one sync */

/* A pod, as far as its place in the order goes. Times are whole seconds of the run. */
struct cluster_surplus {
    bool assigned; /* to a node */
    bool running;  /* phase Running, or else Pending */
    bool ready;
    int32_t cost;    /* controller.kubernetes.io/pod-deletion-cost */
    uint32_t beside; /* active pods of the same Deployment on its node; 0 where nobody counts */
    int64_t ready_s, created_s;
    uint32_t restarts, sidecar_restarts; /* each the highest of its containers */
    uint64_t uid; /* its first 64 bits */
    uint64_t serial;
};

int cluster_surplus_order(const struct cluster_surplus *a, const struct cluster_surplus *b,
                         int64_t now_s);
/* Negative: a goes before b. Never 0 for two pods. */

uint32_t cluster_batch_next(uint32_t done, uint32_t wanted);
/* Creations begin slowly: how many are tried together after so many that went well. */

#endif
