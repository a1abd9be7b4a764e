/* SPDX-License-Identifier: Apache-2.0 */
/* rule_health.c - see rule_health.h. All periods count from the begin of the run. */
#include "engine/cluster/rule_health.h"

#include "engine/reactor/base.h"

enum { LARGE_ZONE = 50, PAUSE_MS = 10000, LONG_PAUSE_MS = 100000 };

static rx_ms up_to(rx_ms at, rx_ms period)
{
    return (at + period - 1) / period * period;
}

rx_ms cluster_renewed(rx_ms failed, rx_ms since)
{
    return RX_MAX(failed > 0 ? (failed - 1) / CLUSTER_RENEW_MS * CLUSTER_RENEW_MS : 0, since);
}

rx_ms cluster_look_from(rx_ms at)
{
    return up_to(at, CLUSTER_LOOK_MS);
}

rx_ms cluster_look_after(rx_ms at)
{
    return (at / CLUSTER_LOOK_MS + 1) * CLUSTER_LOOK_MS;
}

rx_ms cluster_gc_from(rx_ms at)
{
    return up_to(at, CLUSTER_GC_MS);
}

rx_ms cluster_lost_at(rx_ms renewed)
{
    return cluster_look_after(cluster_look_from(renewed) + CLUSTER_LOST_MS);
}

enum cluster_zone cluster_zone(uint32_t ready, uint32_t lost)
{
    if (ready == 0 && lost > 0)
        return CLUSTER_ZONE_WHOLLY;
    return lost > 2 && (uint64_t)lost * 100 >= ((uint64_t)lost + ready) * 55 ? CLUSTER_ZONE_PARTLY
                                                                            : CLUSTER_ZONE_NORMAL;
}

rx_ms cluster_zone_pause(enum cluster_zone z, uint32_t nodes)
{
    if (z != CLUSTER_ZONE_PARTLY)
        return PAUSE_MS;
    return nodes > LARGE_ZONE ? LONG_PAUSE_MS : RX_MS_NEVER;
}
