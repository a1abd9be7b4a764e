/* SPDX-License-Identifier: Apache-2.0 */
/* Who is evicted first when a node runs short: pairs of pods, against the same in statements. */
#include <criterion/criterion.h>

#include "engine/cluster/rule_pressure.h"

enum { PODS = 3 * 3 * 3 };

static struct cluster_pressed pod(int i)
{
    return (struct cluster_pressed){
        .priority = i % 3, .usage = 5 * (i / 3 % 3), .request = i / 9 * 6};
}

static bool goes_first(const struct cluster_pressed *a, const struct cluster_pressed *b,
                       bool requested)
{
    bool more = a->usage > a->request, other = b->usage > b->request;

    if (requested && more && !other)
        return true;
    if (requested && !more && other)
        return false;
    if (a->priority < b->priority)
        return true;
    return a->priority == b->priority && a->usage - a->request > b->usage - b->request;
}

Test(rule_pressure, every_pair)
{
    for (int i = 0; i < PODS; i++)
        for (int k = 0; k < PODS; k++)
            for (int requested = 0; requested < 2; requested++) {
                struct cluster_pressed a = pod(i), b = pod(k);
                int is = cluster_pressed_order(&a, &b, requested);

                cr_assert_eq(is < 0, goes_first(&a, &b, requested), "%d %d %d", i, k, requested);
                cr_assert_eq(is > 0, goes_first(&b, &a, requested), "%d %d %d", i, k, requested);
            }
}
