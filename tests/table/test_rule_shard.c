/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_shard.c - hashes that must never change, and shares of about equal size. */
#include "engine/store/rule_shard.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/reactor/base.h"

/* Worked out by another program from the definition in the header: results of different releases
 * are merged, so these never change. */
Test(rule_shard, known_answers)
{
    static const struct {
        const char *ns, *name;
        uint64_t hash;
        uint32_t of_2, of_3, of_4, of_1000;
    } known[] = {
        {"default", "web-0", UINT64_C(0xd03b50f94f5d0a7e), 1, 2, 3, 813},
        {"kube-system", "dns", UINT64_C(0xc1583dbeabd714c3), 1, 2, 3, 755},
        {"a", "b", UINT64_C(0xf2a5b2f60b006aec), 1, 2, 3, 947},
        {"default", "web-7d4b9c-x2x4z", UINT64_C(0x43ddce10927f18d4), 0, 0, 1, 265},
        {"default", "web-3", UINT64_C(0xbb5d0b1662c06bce), 1, 2, 2, 731},
        {"prod", "db-1", UINT64_C(0x8f0e28dd2f707612), 1, 1, 2, 558},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++) {
        uint64_t hash = pod_hash_name(known[i].ns, known[i].name);

        cr_expect_eq(hash, known[i].hash, "%s/%s", known[i].ns, known[i].name);
        cr_expect(pod_shard_has((struct pod_shard){known[i].of_2, 2}, hash));
        cr_expect(pod_shard_has((struct pod_shard){known[i].of_3, 3}, hash));
        cr_expect(pod_shard_has((struct pod_shard){known[i].of_4, 4}, hash));
        cr_expect(pod_shard_has((struct pod_shard){known[i].of_1000, 1000}, hash));
    }
}

static uint64_t hash_of(unsigned i)
{
    char name[32];

    snprintf(name, sizeof(name), "web-%u", i);
    return pod_hash_name("default", name);
}

Test(rule_shard, each_name_has_one_shard)
{
    for (unsigned i = 0; i < 2000; i++) {
        for (uint32_t count = 1; count < 20; count++) {
            unsigned owners = 0;

            for (uint32_t k = 0; k < count; k++)
                owners += pod_shard_has((struct pod_shard){k, count}, hash_of(i));
            cr_assert_eq(owners, 1u, "web-%u of %u", i, count);
        }
    }
}

/* Consecutive names, the usual case, and the hardest for a hash. */
Test(rule_shard, shards_are_about_equal)
{
    for (uint32_t count = 2; count <= 16; count++) {
        for (uint32_t k = 0; k < count; k++) {
            unsigned pods = 0, mean = 32000 / count;

            for (unsigned i = 0; i < 32000; i++)
                pods += pod_shard_has((struct pod_shard){k, count}, hash_of(i));
            cr_assert(pods > mean * 9 / 10 && pods < mean * 11 / 10, "%u of %u: %u", k, count,
                      pods);
        }
    }
}

Test(rule_shard, a_share_can_be_split_further)
{
    for (unsigned i = 0; i < 2000; i++) {
        for (uint32_t count = 1; count < 8; count++) {
            for (uint32_t k = 0; k < count; k++) {
                bool parts = false;

                for (uint32_t part = 0; part < 3; part++)
                    parts |= pod_shard_has((struct pod_shard){3 * k + part, 3 * count}, hash_of(i));
                cr_assert_eq(parts, pod_shard_has((struct pod_shard){k, count}, hash_of(i)));
            }
        }
    }
}

Test(rule_shard, one_shard_has_everything)
{
    cr_expect(pod_shard_has((struct pod_shard){0, 1}, 0));
    cr_expect(pod_shard_has((struct pod_shard){0, 1}, UINT64_MAX));
    cr_expect(pod_shard_has((struct pod_shard){3, 4}, UINT64_MAX), "the last one ends at the end");
}
