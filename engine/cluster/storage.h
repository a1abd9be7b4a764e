/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.h - PersistentVolumeClaims as objects: made, protected while a pod uses them, and taken
 * away with what they belong to.
 *
 * 1. How a claim comes to its volume is in binder.h.
 * 2. A claim that is deleted while a pod uses it is Terminating until none does that is not over;
 *    no other pod gets it any more. One that no pod uses goes at once, and its content with it.
 * 3. A StatefulSet makes the claims of its pods, and by its retention policy they belong to it
 *    (whenDeleted) or, as soon as a pod is too much, to that pod (whenScaled): they are deleted
 *    when what they belong to has gone.
 * 4. In a run of shares nobody is told of claims, as no share knows all of them.
 */
#ifndef CLUSTER_STORAGE_H
#define CLUSTER_STORAGE_H

#include "engine/cluster/cluster.h"
#include "engine/pod/volume.h"
#include "engine/store/volume_spec.h"

void cluster_claim_came(struct cluster *c, struct st_object *claim);
/* Says so. Its spec lives as long as the engine. */

int cluster_claim_make(struct cluster *c, const char *ns, const char *name,
                       const struct st_claim_spec *spec, bool *created);
/* There is one of that name now. -RX_ESTATE: it is being deleted; -RX_EFORBIDDEN: c->why says why;
 * -RX_ENOMEM. */

int cluster_claim_belongs(struct cluster *c, const char *ns, const char *name, uint64_t set,
                          uint64_t pod);
/* To the StatefulSet of that serial number, or to the pod with that id; 0: to nobody. One that is
 * not there is left alone. -RX_ENOMEM. */

int cluster_claim_delete(struct cluster *c, struct st_object *claim);
/* -RX_ENOMEM. */

void cluster_claims_of_set_gone(struct cluster *c, uint64_t set);
/* Those that belong to it are deleted. */

void cluster_storage_pod_came(struct cluster *c);
/* Perhaps a consumer that a claim waits for. */

void cluster_storage_pod_left(struct cluster *c);
/* A pod is over, or gone: somebody may have waited for it. */

#endif
