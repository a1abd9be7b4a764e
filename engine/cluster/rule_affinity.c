/* SPDX-License-Identifier: Apache-2.0 */
/* rule_affinity.c - the age of an entry. */
#include "engine/cluster/rule_affinity.h"

bool cluster_affinity_holds(rx_ms last, rx_ms now, int32_t timeout_s, bool listed)
{
    return listed && now - last < (rx_ms)timeout_s * RX_MS_PER_S;
}
