/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_chain.h - when a proxy has programmed what it has been told.
 *
 * 1. A slice that is written at t is seen at t + watch.
 * 2. A sync starts when something has been seen that no sync before it has taken: at once, but not
 *    before min_sync is over after the end of the previous one. It takes all that has been seen by
 *    then, in the same instant, too; changes merge.
 * 3. It ends, and its rules are there, program later. Syncs of one proxy do not overlap.
 */
#ifndef CLUSTER_RULE_CHAIN_H
#define CLUSTER_RULE_CHAIN_H

#include <stdbool.h>

#include "engine/reactor/time.h"

struct cluster_chain_knobs {
    rx_ms watch, min_sync, program;
};

struct cluster_chain {
    bool synced;     /* there has been one, */
    rx_ms free_from; /* and the next one may start from here on */
};

rx_ms cluster_chain_start(const struct cluster_chain *chain, rx_ms seen);
/* When the sync starts that takes what is seen then. */

rx_ms cluster_chain_sync(struct cluster_chain *chain, const struct cluster_chain_knobs *knobs,
                         rx_ms start);
/* One starts; returns when it ends. */

#endif
