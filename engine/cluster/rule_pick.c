/* SPDX-License-Identifier: Apache-2.0 */
/* rule_pick.c - by turn, by a given draw, or a share of each. */
#include "engine/cluster/rule_pick.h"

uint32_t cluster_pick_turn(uint64_t nth, uint32_t count)
{
    return (uint32_t)(nth % count);
}

uint32_t cluster_pick_random(uint64_t bits, uint32_t count)
{
    return (uint32_t)((unsigned __int128)bits * count >> 64);
}

uint64_t cluster_pick_share(uint64_t units, uint32_t count, uint32_t index)
{
    return units / count + (index == 0 ? units % count : 0);
}
