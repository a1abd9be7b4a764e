/* SPDX-License-Identifier: Apache-2.0 */
/* rule_score.c - see rule_score.h. Each score is 0..100 before its weight. */
#include "engine/cluster/rule_score.h"

#include "engine/reactor/base.h"

enum { FULL = 100, WEIGHT_TAINT = 3, WEIGHT_AFFINITY = 2, WEIGHT_COMPANY = 2, PARTS = 10000 };

struct cluster_score_ask cluster_score_ask(const struct pod_spec *pod)
{
    struct cluster_score_ask main = {0}, most = {0}, side = {0};

    for (uint32_t i = 0; i < pod->container_count; i++) {
        const struct pod_container_spec *c = &pod->container[i];
        int64_t cpu = c->asks.cpu_milli > 0 ? c->asks.cpu_milli : CLUSTER_SCORE_CPU_MILLI;
        int64_t memory = c->asks.memory > 0 ? c->asks.memory : CLUSTER_SCORE_MEMORY;

        if (c->kind == POD_INIT) {
            most.cpu_milli = RX_MAX(most.cpu_milli, side.cpu_milli + cpu);
            most.memory = RX_MAX(most.memory, side.memory + memory);
            continue;
        }
        main.cpu_milli += cpu;
        main.memory += memory;
        if (c->kind == POD_SIDECAR) {
            side.cpu_milli += cpu;
            side.memory += memory;
        }
    }
    main.cpu_milli = RX_MAX(main.cpu_milli, most.cpu_milli);
    main.memory = RX_MAX(main.memory, most.memory);
    return main;
}

static int32_t free_share(int64_t all, int64_t used)
{
    return used >= all ? 0 : (int32_t)((__int128)(all - used) * FULL / all);
}

/* LeastAllocated: the mean over what the node has. */
static int32_t least(const struct cluster_score_room *n, const struct cluster_score_ask *taken)
{
    int32_t sum = 0, kinds = 0;

    if (n->cpu_all > 0) {
        sum += free_share(n->cpu_all, n->cpu_taken + taken->cpu_milli);
        kinds++;
    }
    if (n->memory_all > 0) {
        sum += free_share(n->memory_all, n->memory_taken + taken->memory);
        kinds++;
    }
    return kinds > 0 ? sum / kinds : 0;
}

/* How far apart the shares of CPU and memory are: 0..5000 of 10000. */
static int32_t apart(const struct cluster_score_room *n, int64_t cpu, int64_t memory)
{
    int32_t a = (int32_t)((__int128)RX_MIN(cpu, n->cpu_all) * PARTS / n->cpu_all);
    int32_t b = (int32_t)((__int128)RX_MIN(memory, n->memory_all) * PARTS / n->memory_all);

    return (a > b ? a - b : b - a) / 2;
}

static int32_t balanced(const struct cluster_score_room *n, const struct st_request *asks)
{
    int32_t with, without;

    if (n->cpu_all <= 0 || n->memory_all <= 0)
        return 50 + 50 / 2;
    without = (PARTS - apart(n, n->cpu_used, n->memory_used)) / (PARTS / FULL);
    with = (PARTS - apart(n, n->cpu_used + asks->cpu_milli, n->memory_used + asks->memory)) /
           (PARTS / FULL);
    return 50 + (50 + with - without) / 2;
}

int32_t cluster_score_room(const struct cluster_score_room *n, const struct st_request *asks,
                           const struct cluster_score_ask *taken)
{
    /* Without an end to what it has, only the number of pods tells. */
    if (!n->limited)
        return FULL - (int32_t)RX_MIN(n->pods, FULL) + 50 + 50 / 2;
    return least(n, taken) + balanced(n, asks);
}

/* ---- the rest -------------------------------------------------------------------------------- */

struct cluster_score_range cluster_score_range_none(void)
{
    return (struct cluster_score_range){.company_least = INT64_MAX, .company_most = INT64_MIN};
}

void cluster_score_see(struct cluster_score_range *r, const struct cluster_score_raw *n)
{
    r->avoid = RX_MAX(r->avoid, n->avoid);
    r->host = RX_MAX(r->host, n->host);
    r->zone = RX_MAX(r->zone, n->zone);
    r->wanted = RX_MAX(r->wanted, n->wanted);
    r->company_least = RX_MIN(r->company_least, n->company);
    r->company_most = RX_MAX(r->company_most, n->company);
}

int32_t cluster_score_few(uint32_t count, uint32_t most)
{
    return most == 0 ? FULL : (int32_t)((uint64_t)(most - RX_MIN(count, most)) * FULL / most);
}

int32_t cluster_score_rest(const struct cluster_score_range *r, const struct cluster_score_raw *n,
                           bool zones)
{
    int32_t score = WEIGHT_TAINT * cluster_score_few(n->avoid, r->avoid);

    if (r->wanted > 0)
        score += WEIGHT_AFFINITY * (int32_t)(n->wanted * FULL / r->wanted);
    if (r->company_most > r->company_least)
        score += WEIGHT_COMPANY * (int32_t)((n->company - r->company_least) * FULL /
                                            (r->company_most - r->company_least));
    /* The weight of spreading is 2: both count once, or the one there is twice. */
    score += cluster_score_few(n->host, r->host);
    score += zones ? cluster_score_few(n->zone, r->zone) : cluster_score_few(n->host, r->host);
    return score;
}
