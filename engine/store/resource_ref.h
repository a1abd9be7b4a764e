/* SPDX-License-Identifier: Apache-2.0 */
/* resource_ref.h - what the resourceFieldRefs of a pod come to. */
#ifndef ST_RESOURCE_REF_H
#define ST_RESOURCE_REF_H

#include "engine/reactor/mem.h"
#include "engine/store/spec.h"

int st_resources_fill(struct rx_arena *arena, struct pod_spec *pod);
/* By the limits and requests that its containers have now; a limit that is not set is what the node
 * has. Lists that change are copied. -RX_ENOMEM. */

#endif
