/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random clusters, drawn from a seed: nodes, quotas, budgets, claims, autoscalers, Services and
 * clients around workloads of every kind, and what happens to them. The invariants of watch.h hold
 * for their pods, those of census.h for all of it; the same seed tells the same story. PODRING_SEED
 * and PODRING_WORLDS say where to look and how long.
 */
#include <criterion/criterion.h>

#include "tests/support/world.h"

enum { FOR_MS = 240000 };

Test(cluster_worlds, keep_the_invariants, .timeout = 600)
{
    static const struct hunt h = {.shape = {.cluster = true, .span_s = 150},
                                  .for_ms = FOR_MS,
                                  .seed = 0,
                                  .count = 1000,
                                  .twice = true};

    cr_assert(hunt_run(&h));
}
