/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_preempt.c - who has to go on one node, and which node costs least. */
#include "engine/cluster/rule_preempt.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/reactor/base.h"

/* A node of 2 CPUs, full; the pod asks for so much. */
struct scene {
    struct st_node_spec node;
    struct pod_container_spec c;
    struct pod_spec pod;
    struct st_request asks;
    struct cluster_fit_in in;
};

static void open_scene(struct scene *s, int64_t cpu, int64_t used, uint32_t pods)
{
    *s = (struct scene){0};
    s->node = (struct st_node_spec){.name = "n1", .limited = true, .pods = 110,
                                    .allocatable = {.cpu_milli = 2000}};
    s->c = (struct pod_container_spec){.kind = POD_MAIN, .asks = {.cpu_milli = cpu}};
    s->pod = (struct pod_spec){.container = &s->c, .container_count = 1};
    st_request_of(&s->pod, &s->asks);
    s->in = (struct cluster_fit_in){.pod = &s->pod, .asks = &s->asks, .node = &s->node,
                                    .use = {.cpu_milli = used, .pods = pods}};
}

static struct cluster_victim victim(const struct st_request *asks, int64_t priority, rx_ms started,
                                    uint64_t number)
{
    return (struct cluster_victim){
        .priority = priority, .started = started, .number = number, .asks = asks};
}

/* "3 1": the numbers of those that go. */
static const char *taken(const struct cluster_victim *v, uint32_t count)
{
    static char text[64];
    size_t used = 0;

    text[0] = '\0';
    for (uint32_t i = 0; i < count; i++)
        if (v[i].taken)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%llu",
                                     used > 0 ? " " : "", (unsigned long long)v[i].number);
    return text;
}

Test(rule_preempt, the_less_important_go)
{
    const struct st_request half = {.cpu_milli = 500};
    struct cluster_victim v[] = {victim(&half, 0, 10, 1), victim(&half, 5, 10, 2),
                                 victim(&half, 0, 5, 3), victim(&half, 0, 20, 4)};
    struct cluster_price price;
    struct cluster_fit_out unfit;
    struct scene s;

    open_scene(&s, 800, 2000, 4);
    cr_expect_eq(cluster_preempt(&s.in, v, 4, &price, &unfit), CLUSTER_PREEMPT_OK);
    cr_expect_str_eq(taken(v, 4), "1 4", "of equals the younger ones");
    cr_expect_eq(price.victims, 2);
    cr_expect_eq(price.highest, 0);
    cr_expect_eq(price.since, 10);
}

Test(rule_preempt, a_budget_is_spared_if_it_can_be)
{
    const struct st_request half = {.cpu_milli = 500};
    struct cluster_victim v[] = {victim(&half, 5, 10, 1), victim(&half, 0, 10, 2)};
    struct cluster_price price;
    struct cluster_fit_out unfit;
    struct scene s;

    v[1].budget = true;
    open_scene(&s, 1500, 2000, 4);
    cr_expect_eq(cluster_preempt(&s.in, v, 2, &price, &unfit), CLUSTER_PREEMPT_UNFIT,
                 "two more pods hold the rest");
    cr_expect_eq(unfit.fit, CLUSTER_UNFIT_RESOURCES);
    open_scene(&s, 500, 2000, 4);
    cr_expect_eq(cluster_preempt(&s.in, v, 2, &price, &unfit), CLUSTER_PREEMPT_OK);
    cr_expect_str_eq(taken(v, 2), "1");
    cr_expect_eq(price.budgets, 0);
    cr_expect_eq(price.highest, 5);
}

/* SC-13: removing all of lower priority is not enough. SC-02: there is nobody. */
Test(rule_preempt, it_may_not_help)
{
    const struct st_request half = {.cpu_milli = 500};
    struct cluster_victim v = victim(&half, 0, 0, 1);
    struct cluster_price price;
    struct cluster_fit_out unfit;
    struct scene s;

    open_scene(&s, 1000, 2000, 2);
    cr_expect_eq(cluster_preempt(&s.in, &v, 1, &price, &unfit), CLUSTER_PREEMPT_UNFIT);
    cr_expect_eq(unfit.lacks, 1u << CLUSTER_LACK_CPU);
    cr_expect_eq(cluster_preempt(&s.in, &v, 0, &price, &unfit), CLUSTER_PREEMPT_NOBODY);
}

Test(rule_preempt, counts_go_with_their_pods)
{
    const struct st_request none = {0};
    struct pod_pod_term apart = {.topology = "host"};
    static const struct rx_pair host = {"host", "n1"};
    struct pod_affinity_spec a = {.apart_count = 1, .apart = &apart};
    struct cluster_around counts = {.apart = {2}, .others = 1};
    struct cluster_victim v[] = {victim(&none, 0, 0, 1), victim(&none, 1, 0, 2),
                                 victim(&none, 2, 0, 3)};
    struct cluster_price price;
    struct cluster_fit_out unfit;
    struct scene s;

    open_scene(&s, 0, 0, 3);
    s.node.labels = (struct pod_labels){1, &host};
    s.pod.affinity = &a;
    s.in.counts = &counts;
    v[0].apart = v[2].apart = 1;
    v[1].others = 1;
    cr_expect_eq(cluster_preempt(&s.in, v, 3, &price, &unfit), CLUSTER_PREEMPT_OK);
    cr_expect_str_eq(taken(v, 3), "3 2 1");
    counts.apart[0] = 3; /* one of higher priority */
    cr_expect_eq(cluster_preempt(&s.in, v, 3, &price, &unfit), CLUSTER_PREEMPT_UNFIT);
    cr_expect_eq(unfit.fit, CLUSTER_UNFIT_APART);
}

Test(rule_preempt, prices)
{
    static const struct cluster_price rising[] = {
        {.budgets = 0, .highest = 1, .sum = 10, .victims = 1, .since = 9},
        {.budgets = 0, .highest = 1, .sum = 10, .victims = 1, .since = 8},
        {.budgets = 0, .highest = 1, .sum = 10, .victims = 2, .since = 9},
        {.budgets = 0, .highest = 1, .sum = 11, .victims = 1, .since = 9},
        {.budgets = 0, .highest = 2, .sum = 1, .victims = 1, .since = 9},
        {.budgets = 1, .highest = 0, .sum = 1, .victims = 1, .since = 9},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rising); i++)
        for (size_t k = 0; k < RX_ARRAY_LEN(rising); k++)
            cr_expect_eq(cluster_price_lower(&rising[i], &rising[k]), i < k, "%zu, %zu", i, k);
}
