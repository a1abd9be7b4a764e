/* SPDX-License-Identifier: Apache-2.0 */
/* rule_replicaset.c - the order of deletion: the first difference decides. */
#include "engine/cluster/rule_replicaset.h"

#include "engine/reactor/base.h"

enum { FIRST_B = 1, FIRST_A = -1 };

/* Ages are compared by the power of two of their nanoseconds, so that among pods of about the same
 * age it is not always the youngest that goes. */
static int bucket(int64_t age_s)
{
    if (age_s <= 0)
        return -1;
    return 63 - __builtin_clzll((unsigned long long)age_s * 1000000000ull);
}

/* Which of two instants is later, if they differ. Within a bucket the smaller uid goes, and nothing
 * further is looked at. */
static int later_first(int64_t a, int64_t b, int64_t now_s, const struct cluster_surplus *va,
                       const struct cluster_surplus *vb)
{
    int x, y;

    if (a == b)
        return 0;
    x = bucket(now_s - a);
    y = bucket(now_s - b);
    if (x != y)
        return x < y ? FIRST_A : FIRST_B;
    return va->uid < vb->uid ? FIRST_A : FIRST_B;
}

static int more_first(uint32_t a, uint32_t b)
{
    return a > b ? FIRST_A : a < b;
}

int cluster_surplus_order(const struct cluster_surplus *a, const struct cluster_surplus *b,
                         int64_t now_s)
{
    int by;

    if (a->assigned != b->assigned)
        return a->assigned ? FIRST_B : FIRST_A;
    if (a->running != b->running)
        return a->running ? FIRST_B : FIRST_A;
    if (a->ready != b->ready)
        return a->ready ? FIRST_B : FIRST_A;
    if (a->cost != b->cost)
        return a->cost < b->cost ? FIRST_A : FIRST_B;
    if ((by = more_first(a->beside, b->beside)) != 0)
        return by;
    if (a->ready && (by = later_first(a->ready_s, b->ready_s, now_s, a, b)) != 0)
        return by;
    if ((by = more_first(a->restarts, b->restarts)) != 0)
        return by;
    if ((by = more_first(a->sidecar_restarts, b->sidecar_restarts)) != 0)
        return by;
    if ((by = later_first(a->created_s, b->created_s, now_s, a, b)) != 0)
        return by;
    return a->serial > b->serial ? FIRST_A : FIRST_B; /* undefined there: the one created last */
}

uint32_t cluster_batch_next(uint32_t done, uint32_t wanted)
{
    /* 1, 2, 4, 8, ...: after 2^n - 1 that went well the next batch has 2^n */
    return RX_MIN(done + 1, wanted - done);
}
