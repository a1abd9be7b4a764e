/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_score.h - which of the nodes that a pod fits it goes to, pure. What is exact is which nodes
 * are possible; which of them is chosen is plausible: some of the scheduler's scores are there, in
 * integers, and equals go to the node that was created first.
 *
 * There: resources (LeastAllocated, BalancedAllocation), PreferNoSchedule taints, preferred node
 * and pod affinity. Fewer matching pods in a domain are better, in a straight line, for
 * ScheduleAnyway and for the spreading that pods of one owner get by themselves. Not there:
 * locality of images.
 */
#ifndef CLUSTER_RULE_SCORE_H
#define CLUSTER_RULE_SCORE_H

#include "engine/cluster/rule_fit.h"

/* What pods are taken to ask for where they do not say. */
enum { CLUSTER_SCORE_CPU_MILLI = 100 };
#define CLUSTER_SCORE_MEMORY (200ll << 20)

struct cluster_score_ask {
    int64_t cpu_milli, memory;
};

struct cluster_score_ask cluster_score_ask(const struct pod_spec *pod);

/* A node's part for resources: 0..200. */
struct cluster_score_room {
    bool limited;
    int64_t cpu_all, memory_all;       /* allocatable */
    int64_t cpu_used, memory_used;     /* requests as they are */
    int64_t cpu_taken, memory_taken;   /* as they are taken to be */
    uint32_t pods;
};

int32_t cluster_score_room(const struct cluster_score_room *n, const struct st_request *asks,
                           const struct cluster_score_ask *taken);

/* The rest of what a node is worth to a pod, as counted. */
struct cluster_score_raw {
    uint32_t avoid;   /* PreferNoSchedule taints that the pod does not tolerate */
    int64_t wanted;   /* weights of the preferred node affinity that it has */
    int64_t company;  /* weights of the pods around it, those to avoid subtracted */
    uint32_t host, zone; /* matching pods on the node, and in its zone */
};

/* Of all nodes that fit. */
struct cluster_score_range {
    uint32_t avoid, host, zone; /* the most */
    int64_t wanted;
    int64_t company_least, company_most;
};

struct cluster_score_range cluster_score_range_none(void);
void cluster_score_see(struct cluster_score_range *r, const struct cluster_score_raw *n);

int32_t cluster_score_rest(const struct cluster_score_range *r, const struct cluster_score_raw *n,
                           bool zones);
/* zones: the nodes have zones. Weighted; to be added to the part for resources. */

int32_t cluster_score_few(uint32_t count, uint32_t most);
/* 0..100: the fewer the better. */

#endif
