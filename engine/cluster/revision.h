/* SPDX-License-Identifier: Apache-2.0 */
/*
 * revision.h - ControllerRevisions: the templates that a workload has had, newest and older.
 *
 * 1. A template is noted when the workload is synced. One that is there already comes back under
 *    the number after the highest; so a rollback makes no new object.
 * 2. Each has an owner of its own (pod.h), by which its pods are named and labelled
 *    (controller-revision-hash), and by that label a pod's revision is known again.
 * 3. They are objects like any other. Those of a workload that is deleted go with it.
 */
#ifndef CLUSTER_REVISION_H
#define CLUSTER_REVISION_H

#include "engine/cluster/cluster.h"

struct cluster_template {
    struct st_object object; /* ST_REVISION */
    const struct pod_spec *spec;
    struct pod_template *tmpl;
    const struct pod_owner *owner;
    uint32_t id; /* from 1, never given twice */
    uint64_t number;
    bool told; /* somebody has been told that it is there */
    char name[POD_NAME_MAX];
};

struct cluster_history {
    struct cluster_template **at; /* by creation */
    uint32_t count, room, ids;
};

struct cluster_template *cluster_history_note(struct cluster *c, struct cluster_history *h,
                                              struct cluster_workload *w);
/* The template of the workload as it is now; the workload's owner is that of it. NULL: no
 * memory. */

struct cluster_template *cluster_history_of(const struct cluster_history *h, const struct pod *p);
/* By which one a pod was made; NULL: none of them. */

void cluster_history_tell(struct cluster *c, struct cluster_history *h);
/* Of those that nobody has been told of. */

void cluster_history_prune(struct cluster *c, struct cluster_history *h, uint32_t limit,
                           bool (*in_use)(const void *ctx, const struct cluster_template *t),
                           const void *ctx);
/* Of those that are not in use the oldest go until there are so many. */

void cluster_history_gone(struct cluster *c, struct cluster_history *h);
/* All of them are deleted, with their workload. */

void cluster_history_end(struct cluster *c, struct cluster_history *h);

#endif
