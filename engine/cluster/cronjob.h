/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cronjob.h - CronJobs: a Job whenever their schedule says so. The rules are in rule_cronjob.h.
 */
#ifndef CLUSTER_CRONJOB_H
#define CLUSTER_CRONJOB_H

#include "engine/cluster/kinds.h"
#include "engine/cluster/rule_cronjob.h"

struct cluster_cronjob {
    struct cluster_workload w;
    const char **active; /* names of the Jobs that it takes to be running */
    uint32_t actives, actives_room, told_active;
    int64_t last, succeeded; /* of the schedule; of a Job's completion: wall seconds, -1: none */
    int64_t told_last, told_succeeded;
    const struct st_cron_spec *seen; /* by the last sync */
};

extern const struct cluster_worker cluster_cronjob_worker;

int cluster_cronjob_begin(struct cluster *c, struct cluster_workload *w);
void cluster_cronjob_end(struct cluster *c, struct cluster_workload *w);

int cluster_cronjob_suspend(struct cluster *c, struct cluster_workload *w, bool suspended);
/* A patch of its spec. -RX_ENOMEM. */

#endif
