/* SPDX-License-Identifier: Apache-2.0 */
/* rule_affinity.h - whether a client goes where it has gone before (sessionAffinity ClientIP). */
#ifndef CLUSTER_RULE_AFFINITY_H
#define CLUSTER_RULE_AFFINITY_H

#include <stdbool.h>

#include "engine/reactor/time.h"

bool cluster_affinity_holds(rx_ms last, rx_ms now, int32_t timeout_s, bool listed);
/* last: when the last connection of that address was made, by which the entry is as good as new;
 * listed: the endpoint is still among those that are used. */

#endif
