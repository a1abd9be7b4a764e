/* SPDX-License-Identifier: Apache-2.0 */
/* rule_balancer.c - health checks of nodes. */
#include "engine/cluster/rule_balancer.h"

bool cluster_health_answer(bool proxy_alive, uint32_t ready_here)
{
    return proxy_alive && ready_here > 0;
}

void cluster_health_check(struct cluster_health *h, bool answer, uint32_t failures_max)
{
    if (answer) {
        *h = (struct cluster_health){.in = true};
        return;
    }
    h->failures += h->failures < failures_max;
    if (h->failures >= failures_max)
        h->in = false;
}
