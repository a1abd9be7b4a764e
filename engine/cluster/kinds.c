/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.c - which kinds of workloads have which controller. */
#include "engine/cluster/cronjob.h"
#include "engine/cluster/daemonset.h"
#include "engine/cluster/job.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/statefulset.h"

const struct cluster_kind cluster_kinds[POD_WORKLOAD_KINDS] = {
    [POD_WORKLOAD_REPLICASET] = {sizeof(struct cluster_set), &cluster_set_worker, cluster_set_begin,
                                 cluster_set_end, 0, NULL, NULL, NULL},
    [POD_WORKLOAD_CONTROLLER] = {sizeof(struct cluster_set), &cluster_set_worker, cluster_set_begin,
                                 cluster_set_end, 0, NULL, NULL, NULL},
    [POD_WORKLOAD_DEPLOYMENT] = {sizeof(struct cluster_deployment), &cluster_deployment_worker,
                                 cluster_deployment_begin, cluster_deployment_end, 0, NULL,
                                 NULL, NULL},
    [POD_WORKLOAD_DAEMONSET] = {sizeof(struct cluster_daemonset), &cluster_daemonset_worker,
                                cluster_daemonset_begin, cluster_daemonset_end, 0, NULL, NULL,
                                cluster_daemonset_gone},
    [POD_WORKLOAD_STATEFULSET] = {sizeof(struct cluster_stateful), &cluster_stateful_worker,
                                  cluster_stateful_begin, cluster_stateful_end,
                                  POD_CHANGED_PHASE | POD_CHANGED_READY, NULL, NULL,
                                  cluster_stateful_gone},
    [POD_WORKLOAD_JOB] = {sizeof(struct cluster_job), &cluster_job_worker, cluster_job_begin,
                          cluster_job_end_of, POD_CHANGED_RESTARTS, cluster_job_changed,
                          cluster_job_scale, NULL},
    [POD_WORKLOAD_CRONJOB] = {sizeof(struct cluster_cronjob), &cluster_cronjob_worker,
                              cluster_cronjob_begin, cluster_cronjob_end, 0, NULL, NULL, NULL},
};
