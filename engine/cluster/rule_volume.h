/* SPDX-License-Identifier: Apache-2.0 */
/* rule_volume.h - which PersistentVolume a claim is bound to. */
#ifndef CLUSTER_RULE_VOLUME_H
#define CLUSTER_RULE_VOLUME_H

#include "engine/store/volume_spec.h"

bool cluster_volume_fits(const struct st_volume_spec *v, const struct st_claim_spec *claim,
                         const char *class_name, const char *ns, const char *name);
/* One that is Available: class, mode, access modes, size, selector, and whom it is reserved for.
 * ns and name are the claim's. */

bool cluster_volume_before(const struct st_volume_spec *a, const struct st_volume_spec *b);
/* Of two that fit: is a the better one? One that is reserved for the claim, then fewer access
 * modes, then the smaller one. Of equal ones neither is. */

#endif
