/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_rollout.c - when a rollout that stands still is looked at again. */
#include <criterion/criterion.h>

#include "engine/cluster/rule_rollout.h"

enum { REPLICAS = 4 };

static const struct row {
    const char *what;
    enum rollout_reason reason;
    uint32_t available;
    int32_t deadline_s;
    int64_t now_ms, again_ms;
} rows[] = {
    {"a second after its deadline", ROLLOUT_UPDATED, 3, 600, 40000, 611000},
    {"exactly one second before it", ROLLOUT_CREATED, 3, 600, 609000, 611000},
    {"in the last second again and again", ROLLOUT_UPDATED, 3, 600, 609001, 609006},
    {"and as long as it is not judged", ROLLOUT_FOUND, 3, 600, 700000, 700005},
    {"it is complete", ROLLOUT_UPDATED, 4, 600, 40000, -1},
    {"it has timed out", ROLLOUT_TIMED_OUT, 3, 600, 700000, -1},
    {"it knows no deadline", ROLLOUT_UPDATED, 3, ST_NO_DEADLINE, 700000, -1},
    {"nothing has begun", ROLLOUT_NOTHING, 3, 600, 700000, -1},
    {"it was whole before, and pods fail", ROLLOUT_AVAILABLE, 3, 600, 40000, -1},
    {"however long ago that was", ROLLOUT_AVAILABLE, 3, 600, 700000, -1},
};

Test(rule_rollout, looks_again_only_for_what_can_change)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct rollout_progress p = {.reason = row->reason,
                                     .updated_s = 10,
                                     .now_ms = row->now_ms,
                                     .deadline_s = row->deadline_s};
        struct rollout_status is = {.replicas = REPLICAS,
                                    .updated = REPLICAS,
                                    .ready = row->available,
                                    .available = row->available,
                                    .unavailable = REPLICAS - row->available};
        bool renews;

        cr_expect_eq(rollout_look_again(&p, &is, REPLICAS), row->again_ms, "%s", row->what);
        if (row->reason == ROLLOUT_AVAILABLE) /* as then nothing would come of it */
            cr_expect_eq(rollout_judge(&p, &is, &is, REPLICAS, &renews), row->reason);
    }
}
