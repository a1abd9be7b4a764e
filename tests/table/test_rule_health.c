/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_health.c - when a failed node is found out, and how fast a zone is emptied. */
#include "engine/cluster/rule_health.h"

#include <criterion/criterion.h>

#include "engine/reactor/base.h"

/* N-01, N-02: detection falls 45 to 55 s after the failure. */
Test(rule_health, from_failure_to_not_ready)
{
    static const struct {
        rx_ms failed, since, renewed, lost;
    } row[] = {
        {100000, 0, 90000, 145000}, {101000, 0, 100000, 155000}, {105000, 0, 100000, 155000},
        {109900, 0, 100000, 155000}, {110000, 0, 100000, 155000}, {110001, 0, 110000, 165000},
        {0, 0, 0, 55000},            {1, 0, 0, 55000},
        {304000, 303000, 303000, 360000}, /* seen at 305 */
        {305000, 305000, 305000, 360000}, {400000, 303000, 390000, 445000},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        rx_ms renewed = cluster_renewed(row[i].failed, row[i].since);

        cr_expect_eq(renewed, row[i].renewed, "row %zu", i);
        cr_expect_eq(cluster_lost_at(renewed), row[i].lost, "row %zu", i);
    }
    for (rx_ms f = 1; f < 300000; f += 37) {
        rx_ms late = cluster_lost_at(cluster_renewed(f, 0)) - f;

        cr_assert(late >= 45000 && late <= 55000, "%lld: %lld", (long long)f, (long long)late);
    }
}

Test(rule_health, looks_and_passes)
{
    cr_expect_eq(cluster_look_from(0), 0);
    cr_expect_eq(cluster_look_from(1), 5000);
    cr_expect_eq(cluster_look_from(5000), 5000);
    cr_expect_eq(cluster_look_after(5000), 10000);
    cr_expect_eq(cluster_look_after(4999), 5000);
    cr_expect_eq(cluster_gc_from(100000), 100000);
    cr_expect_eq(cluster_gc_from(100001), 120000);
}

Test(rule_health, zones)
{
    static const struct {
        uint32_t ready, lost;
        enum cluster_zone zone;
        uint32_t nodes;
        rx_ms pause;
    } row[] = {
        {3, 0, CLUSTER_ZONE_NORMAL, 3, 10000},
        {1, 2, CLUSTER_ZONE_NORMAL, 3, 10000}, /* two are too few to be a disruption */
        {2, 3, CLUSTER_ZONE_PARTLY, 5, RX_MS_NEVER},
        {3, 3, CLUSTER_ZONE_NORMAL, 6, 10000}, /* 50 % */
        {45, 55, CLUSTER_ZONE_PARTLY, 100, 100000},
        {46, 54, CLUSTER_ZONE_NORMAL, 100, 10000},
        {23, 28, CLUSTER_ZONE_NORMAL, 51, 10000},
        {22, 28, CLUSTER_ZONE_PARTLY, 50, RX_MS_NEVER},
        {22, 29, CLUSTER_ZONE_PARTLY, 51, 100000},
        {0, 1, CLUSTER_ZONE_WHOLLY, 1, 10000},
        {0, 9, CLUSTER_ZONE_WHOLLY, 9, 10000},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        cr_expect_eq(cluster_zone(row[i].ready, row[i].lost), row[i].zone, "row %zu", i);
        cr_expect_eq(cluster_zone_pause(row[i].zone, row[i].nodes), row[i].pause, "row %zu", i);
    }
}
