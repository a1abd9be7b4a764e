/* SPDX-License-Identifier: Apache-2.0 */
/* statefulset.h - StatefulSets: pods with names of their own, one after the other
 * (rule_statefulset.h). */
#ifndef CLUSTER_STATEFULSET_H
#define CLUSTER_STATEFULSET_H

#include "engine/cluster/kinds.h"
#include "engine/cluster/revision.h"
#include "engine/cluster/rule_statefulset.h"

struct cluster_stateful {
    struct cluster_workload w;
    struct cluster_history history;
    struct cluster_template *current, *update;
    struct cluster_stateful_pod *pod; /* as the plan sees them, */
    struct pod **pod_at;              /* and whom its entries are */
    struct cluster_stateful_step *step;
    uint32_t pods_room, steps_room;
    struct cluster_stateful_status status;
    struct cluster_stateful_counts {
        uint32_t spec, replicas, ready, available, current, updated;
    } now, told;
    char current_told[POD_NAME_MAX], update_told[POD_NAME_MAX];
    bool policed;    /* claims belong to it, or to its pods */
    uint32_t untold; /* so many pods were there before anybody was told of them */
};

extern const struct cluster_worker cluster_stateful_worker;
int cluster_stateful_begin(struct cluster *c, struct cluster_workload *w);
void cluster_stateful_end(struct cluster *c, struct cluster_workload *w);
void cluster_stateful_gone(struct cluster *c, struct cluster_workload *w);

#endif
