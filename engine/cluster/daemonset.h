/* SPDX-License-Identifier: Apache-2.0 */
/* daemonset.h - DaemonSets: a pod on each node that will have one (rule_daemonset.h). */
#ifndef CLUSTER_DAEMONSET_H
#define CLUSTER_DAEMONSET_H

#include "engine/cluster/kinds.h"
#include "engine/cluster/revision.h"
#include "engine/cluster/rule_daemonset.h"

/* What a DaemonSet notes of each pod that it makes, by the pod's ordinal. */
struct cluster_daemon_aim {
    uint32_t node; /* the index of the one it is for */
    uint64_t hash; /* of the template it was made of */
};

/* What of its spec makes a generation of it: each update brings new ones. */
struct cluster_daemon_generation {
    const struct st_daemonset_spec *spec;
    const struct pod_spec *template_;
};

struct cluster_daemonset {
    struct cluster_workload w;
    struct cluster_history history;
    struct cluster_watch nodes; /* of cluster.node_watches */
    struct cluster_daemon_aim *aim;
    uint32_t aims_room;
    /* As the plan sees it. Of nodes their back-offs stay from one sync to the next, and while
     * neither template nor nodes change, whether they will have it. */
    struct cluster_daemon_node *node;
    struct cluster_daemon_pod *pod;
    struct pod **pod_at; /* whom the entries of `pod` are */
    struct cluster_daemon_step *step;
    uint32_t nodes_room, pods_room, steps_room;
    const struct pod_spec *judged; /* the template by which nodes were, */
    uint64_t judged_epoch;         /* and which state of them; */
    uint32_t judged_nodes;
    struct cluster_daemon_generation observed;
    struct cluster_daemon_status status, told;
    uint32_t unavailable_told;
};

extern const struct cluster_worker cluster_daemonset_worker;
int cluster_daemonset_begin(struct cluster *c, struct cluster_workload *w);
void cluster_daemonset_end(struct cluster *c, struct cluster_workload *w);
void cluster_daemonset_gone(struct cluster *c, struct cluster_workload *w);

#endif
