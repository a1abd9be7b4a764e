/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.c - which kinds of workloads have which controller. */
#include "engine/cluster/kinds.h"

const struct cluster_kind cluster_kinds[POD_WORKLOAD_KINDS] = {
    [POD_WORKLOAD_REPLICASET] = {sizeof(struct cluster_set), &cluster_set_worker, cluster_set_begin,
                                 cluster_set_end, 0},
    [POD_WORKLOAD_CONTROLLER] = {sizeof(struct cluster_set), &cluster_set_worker, cluster_set_begin,
                                 cluster_set_end, 0},
    [POD_WORKLOAD_DEPLOYMENT] = {sizeof(struct cluster_deployment), &cluster_deployment_worker,
                                 cluster_deployment_begin, cluster_deployment_end, 0},
};
