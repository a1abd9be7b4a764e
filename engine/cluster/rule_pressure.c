/* SPDX-License-Identifier: Apache-2.0 */
/* rule_pressure.c - see rule_pressure.h. */
#include "engine/cluster/rule_pressure.h"

int cluster_pressed_order(const struct cluster_pressed *a, const struct cluster_pressed *b,
                          bool requested)
{
    int64_t x = a->usage - a->request, y = b->usage - b->request;

    if (requested && (x > 0) != (y > 0))
        return x > 0 ? -1 : 1;
    if (a->priority != b->priority)
        return a->priority < b->priority ? -1 : 1;
    return x != y ? (x > y ? -1 : 1) : 0;
}
