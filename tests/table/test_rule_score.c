/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_score.c - what a node is worth to a pod, worked out by hand. */
#include "engine/cluster/rule_score.h"

#include <criterion/criterion.h>

#include "engine/reactor/base.h"

#define GI (1ll << 30)

Test(rule_score, room)
{
    struct st_request asks = {.cpu_milli = 500, .memory = GI};
    struct cluster_score_ask taken = {500, GI};
    struct cluster_score_room n = {.limited = true, .cpu_all = 2000, .memory_all = 4 * GI};

    /* 75 and 75 free; both a quarter full before and after nothing: 75 + 75. */
    cr_expect_eq(cluster_score_room(&n, &asks, &taken), 75 + 75);
    n.cpu_used = n.cpu_taken = 1000;
    /* CPU 25 free, memory 75: 50. CPU 0.5 ahead (75), then 0.75 against 0.25 (75). */
    cr_expect_eq(cluster_score_room(&n, &asks, &taken), 50 + 75);
    n.memory_used = n.memory_taken = 2 * GI;
    asks.memory = taken.memory = 0;
    /* CPU 25 free, memory 50: 37. Balanced before (100), 0.25 apart then (87): 50 + 37 / 2. */
    cr_expect_eq(cluster_score_room(&n, &asks, &taken), 37 + 68);
    n.memory_all = 0;
    cr_expect_eq(cluster_score_room(&n, &asks, &taken), 25 + 75, "only what the node has counts");
    n.cpu_taken = 5000;
    cr_expect_eq(cluster_score_room(&n, &asks, &taken), 75, "more than full is full");
    n.limited = false;
    n.pods = 7;
    cr_expect_eq(cluster_score_room(&n, &asks, &taken), 93 + 75);
    n.pods = 700;
    cr_expect_eq(cluster_score_room(&n, &asks, &taken), 75);
}

Test(rule_score, who_says_nothing_is_taken_to_ask_for_a_little)
{
    static const struct pod_container_spec c[] = {
        {.kind = POD_INIT, .asks = {.cpu_milli = 350}}, {.kind = POD_MAIN},
        {.kind = POD_MAIN, .asks = {.cpu_milli = 200, .memory = GI}}};
    struct pod_spec pod = {.container = c, .container_count = 3, .init_count = 1};
    struct cluster_score_ask a = cluster_score_ask(&pod);

    cr_expect_eq(a.cpu_milli, 350);
    cr_expect_eq(a.memory, GI + (200ll << 20));
}

Test(rule_score, the_rest)
{
    struct cluster_score_raw a = {.avoid = 2, .wanted = 30, .company = -5, .host = 4, .zone = 8},
                             b = {.avoid = 1, .wanted = 10, .company = 15, .host = 1, .zone = 8},
                             c = {.wanted = 0, .company = 5};
    struct cluster_score_range r = cluster_score_range_none();

    cluster_score_see(&r, &a);
    cluster_score_see(&r, &b);
    cluster_score_see(&r, &c);
    /* taints 3 x 0, affinity 2 x 100, company 2 x 0, host 0, zone 0 */
    cr_expect_eq(cluster_score_rest(&r, &a, true), 200);
    /* 3 x 50, 2 x 33, 2 x 100, 75, 0 */
    cr_expect_eq(cluster_score_rest(&r, &b, true), 150 + 66 + 200 + 75);
    cr_expect_eq(cluster_score_rest(&r, &b, false), 150 + 66 + 200 + 150, "no zones: hosts twice");
    /* 3 x 100, 0, 2 x 50, 100, 100 */
    cr_expect_eq(cluster_score_rest(&r, &c, true), 300 + 100 + 200);
    r = cluster_score_range_none();
    cluster_score_see(&r, &(struct cluster_score_raw){0});
    cr_expect_eq(cluster_score_rest(&r, &(struct cluster_score_raw){0}, true), 500);
}
