/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binder.h - PersistentVolumes and StorageClasses as objects, and how claims come to their volumes.
 *
 * 1. If there is neither a volume nor a class, claims are Bound as soon as they are there, to
 *    volumes that are no objects.
 * 2. Else a claim gets the best volume that fits (rule_volume.h), or its class makes one. A claim
 *    without a class has the default one, also if that comes later.
 * 3. One whose class waits for a first consumer is bound when there is a pod that names it. A pod
 *    is not bound to a node before all of its claims are to their volumes.
 * 4. What hinders a claim is said once, as an Event of the claim.
 * 5. With its claim a volume goes, or (Retain) is Released, and nobody gets it any more.
 *
 * Limits: a consumer's node is not looked for before its claims are bound, so what a volume says of
 * nodes is not read.
 */
#ifndef CLUSTER_BINDER_H
#define CLUSTER_BINDER_H

#include "engine/cluster/cluster.h"
#include "engine/pod/volume.h"
#include "engine/store/volume_spec.h"

int cluster_volume_add(struct cluster *c, const struct st_volume_spec *spec);
int cluster_class_add(struct cluster *c, const struct st_class_spec *spec);
/* -RX_EEXISTS, -RX_ENOMEM. The spec's texts live as long as the engine. */

void cluster_volume_undo(struct cluster *c);
void cluster_class_undo(struct cluster *c);
/* The newest. */

void cluster_volume_came(struct cluster *c, struct st_object *volume);
/* Says so. */

void cluster_binder_claim_came(struct cluster *c, struct pod_claim *claim);
/* Has it to be bound? */

void cluster_claims_bind(struct cluster *c);
/* Those that can be. */

void cluster_claims_there(struct cluster *c);
/* Pods that have waited for one look again. */

void cluster_binder_release(struct cluster *c, struct pod_claim *claim);
/* It is gone: what becomes of its volume? */

const struct st_volume_spec *cluster_volume_spec(const struct st_object *volume);

const char *cluster_claim_class(const struct cluster *c, const struct st_claim_spec *claim);
/* The class that it names, or the default one; "": none. */

void cluster_binder_fini(struct cluster *c);

#endif
