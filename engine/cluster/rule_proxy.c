/* SPDX-License-Identifier: Apache-2.0 */
/* rule_proxy.c - endpoints in, those that are used out. */
#include "engine/cluster/rule_proxy.h"

#include <stddef.h>

/* What an endpoint must be to be used. */
struct filter {
    bool ready; /* else: the fallback */
    bool by_node, by_zone;
};

static bool fits(const struct cluster_backend *b, const struct cluster_proxy_place *at,
                 const struct filter *f)
{
    if (f->by_node && b->node != at->node)
        return false;
    if (f->by_zone && b->zone != at->zone)
        return false;
    return f->ready ? cluster_endpoint_ready(b->bits) : cluster_endpoint_fallback(b->bits);
}

static uint32_t take(const struct cluster_backend *b, uint32_t count,
                     const struct cluster_proxy_place *at, const struct filter *f, uint32_t *out)
{
    uint32_t taken = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (!fits(&b[i], at, f))
            continue;
        if (out != NULL)
            out[taken] = i;
        taken++;
    }
    return taken;
}

/* Every ready endpoint has such a hint, and one of them is for this place. */
static bool hinted(const struct cluster_backend *b, uint32_t count,
                   const struct cluster_proxy_place *at, bool by_node)
{
    bool mine = false;

    for (uint32_t i = 0; i < count; i++) {
        if (!cluster_endpoint_ready(b[i].bits))
            continue;
        if (by_node ? b[i].node == CLUSTER_NO_NODE : b[i].zone == CLUSTER_NO_ZONE)
            return false;
        mine |= by_node ? b[i].node == at->node : b[i].zone == at->zone;
    }
    return mine;
}

enum cluster_list cluster_proxy_which(enum cluster_traffic traffic, bool internal_local,
                                      bool external_local, uint8_t distribution)
{
    static const enum cluster_list lists[] = {CLUSTER_LIST_ALL, CLUSTER_LIST_ZONE,
                                              CLUSTER_LIST_NODE};

    if ((traffic == CLUSTER_TRAFFIC_INSIDE && internal_local) ||
        (traffic == CLUSTER_TRAFFIC_OUTSIDE && external_local))
        return CLUSTER_LIST_LOCAL;
    return lists[distribution];
}

uint32_t cluster_proxy_list(const struct cluster_backend *b, uint32_t count,
                            const struct cluster_proxy_place *at, enum cluster_list list,
                            uint32_t *out)
{
    struct filter f = {.ready = true};
    uint32_t taken;

    if (list == CLUSTER_LIST_LOCAL)
        f.by_node = true;
    else if (list == CLUSTER_LIST_NODE && hinted(b, count, at, true))
        f.by_node = true;
    else if (list != CLUSTER_LIST_ALL && hinted(b, count, at, false))
        f.by_zone = true;
    taken = take(b, count, at, &f, out);
    if (taken > 0)
        return taken;
    return take(b, count, at,
                &(struct filter){.ready = false, .by_node = list == CLUSTER_LIST_LOCAL}, out);
}

enum cluster_nothing cluster_proxy_nothing(uint32_t usable_anywhere)
{
    return usable_anywhere > 0 ? CLUSTER_NOTHING_DROPPED : CLUSTER_NOTHING_REFUSED;
}
