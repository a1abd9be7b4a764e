/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim.h - whose a pod is: adoption and release by labels, and labels that change.
 *
 * 1. A pod belongs to the workload that has made it, and a bare pod to nobody, unless it is
 *    `strange`: then it belongs to whoever has adopted it, or to nobody since it was released.
 * 2. Only what has a controller claims (kinds.h). It adopts a pod that belongs to nobody, is active
 *    and has the labels of its selector; of several that would take it the oldest does. A pod whose
 *    labels no longer fit is released. Nobody is told of either; the counters tell.
 * 3. Whoever is being deleted adopts nobody and releases nobody.
 * 4. The pods of a controller that has gone and left them (orphan) belong to nobody, and so do the
 *    ReplicaSets of a Deployment that has: another Deployment adopts them by their labels.
 * 5. Whom an orphan could belong to, and which orphans there are, is found by a label. Orphans are
 *    listed when somebody first asks for them; the lists may have stale ones.
 *
 * Labels that a controller adds to those of a template (pod-template-hash) count like any other. A
 * pod whose labels have been changed has a template of its own, in which all of them stand
 * (pod_spec.all_labels).
 */
#ifndef CLUSTER_CLAIM_H
#define CLUSTER_CLAIM_H

#include "engine/cluster/kinds.h"

struct cluster_workload *cluster_owner_of(const struct cluster *c, const struct pod *p);
/* NULL: it belongs to nobody. */

bool cluster_is_left_over(const struct pod *p);
/* Does it belong to nobody, because whose it is has gone, and is it to go itself? */

uint64_t cluster_kept_id(const struct cluster_workload *w, uint32_t at);
/* Of one of those that it has adopted. */

void cluster_claims_fini(struct cluster *c);

int cluster_claims_begin(struct cluster *c, struct cluster_workload *w);
/* A workload with a controller can be found by the pods it selects, and adopts those that are
 * there. -RX_ENOMEM: nothing is done. */

void cluster_claims_end(struct cluster *c, struct cluster_workload *w);
/* It claims no more. Whom it has adopted belongs to nobody again. */

void cluster_claims_came(struct cluster *c, struct pod *p);
/* A pod is there that may belong to nobody. */

void cluster_claims_went(struct cluster *c, struct pod *p);
/* The object of a strange pod is gone. */

void cluster_claims_orphan(struct cluster *c, struct cluster_workload *w);
/* All that belongs to it stays, and belongs to nobody or to another who claims it. */

void cluster_claims_lone(struct cluster *c, struct cluster_workload *w);
/* A workload belongs to nobody: a ReplicaSet, to the Deployment that takes it. */

int cluster_relabel(struct cluster *c, struct pod *p, const struct pod_labels *labels);
/* Gives the pod these labels; one without a value is taken away. -RX_ENOMEM, -RX_EINVALID. */

void cluster_relabelled(struct cluster *c, struct pod *p);
/* Its template has other labels now. */

#endif
