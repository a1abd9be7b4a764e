/* SPDX-License-Identifier: Apache-2.0 */
/* rule_chain.c - the pace of a proxy's syncs. */
#include "engine/cluster/rule_chain.h"

#include "engine/reactor/base.h"

rx_ms cluster_chain_start(const struct cluster_chain *chain, rx_ms seen)
{
    return chain->synced ? RX_MAX(seen, chain->free_from) : seen;
}

rx_ms cluster_chain_sync(struct cluster_chain *chain, const struct cluster_chain_knobs *knobs,
                         rx_ms start)
{
    rx_ms end = start + knobs->program;

    *chain = (struct cluster_chain){.synced = true, .free_from = end + knobs->min_sync};
    return end;
}
