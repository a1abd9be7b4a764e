/* SPDX-License-Identifier: Apache-2.0 */
/* rule_idle.c - the race between a request and a FIN, in whole milliseconds. */
#include "engine/cluster/rule_idle.h"

#include "engine/reactor/base.h"

static rx_ms after(rx_ms from, rx_ms wait)
{
    return wait >= RX_MS_NEVER - from ? RX_MS_NEVER : from + wait;
}

enum cluster_idle cluster_idle(const struct cluster_idle_in *in)
{
    rx_ms close = RX_MIN(in->closed, after(in->last, in->server_idle));
    rx_ms late; /* twice the distance, so that half a round trip is a whole number */

    if (in->now >= after(in->last, in->client_idle))
        return CLUSTER_IDLE_GONE;
    if (close == RX_MS_NEVER)
        return CLUSTER_IDLE_GOOD;
    late = 2 * (in->now - close);
    if (late >= in->rtt)
        return CLUSTER_IDLE_GONE;
    return late > -in->rtt ? CLUSTER_IDLE_RESET : CLUSTER_IDLE_GOOD;
}
