/* SPDX-License-Identifier: Apache-2.0 */
/* test_timer.c - the keys of timers, which must never change, and who is handed which. */
#include "engine/pod/timer.h"

#include <criterion/criterion.h>
#include <string.h>

/* Keys are the order of what is due in the same instant: these never change. */
Test(timer, known_keys)
{
    static const struct {
        enum pod_timer_kind timer;
        uint32_t container, kind;
        uint64_t key;
    } known[] = {
        {POD_TIMER_BORDER, 3, 0, UINT64_C(0x0000000001230302)},
        {POD_TIMER_PROC, 3, 0, UINT64_C(0x2000000001230300)},
        {POD_TIMER_WAKE, 3, 0, UINT64_C(0x2000000001230301)},
        {POD_TIMER_CLOSES, 3, 0, UINT64_C(0x2000000001230302)},
        {POD_TIMER_STEP, 3, 2, UINT64_C(0x3000000001230304)},
        {POD_TIMER_STEP, 3, POD_HOOK_RUN, UINT64_C(0x3000000001230320)},
        {POD_TIMER_LIMIT, 3, 2, UINT64_C(0x3000000001230384)},
        {POD_TIMER_LIMIT, 3, POD_HOOK_RUN, UINT64_C(0x30000000012303a0)},
        {POD_TIMER_HOOK, 3, 0, UINT64_C(0x3000000001230340)},
        {POD_TIMER_LIFE, 3, 0, UINT64_C(0x4000000001230301)},
        {POD_TIMER_STORAGE, 0, 0, UINT64_C(0x400000000123fd00)},
        {POD_TIMER_DEADLINE, 0, 0, UINT64_C(0x400000000123fe00)},
        {POD_TIMER_SYNC, 0, 0, UINT64_C(0x400000000123ff00)},
        {POD_TIMER_TICK, 3, 2, UINT64_C(0x6000000001230302)},
        {POD_TIMER_ANSWER, 3, 2, UINT64_C(0x8000000001230304)},
        {POD_TIMER_PROMPT, 3, 2, UINT64_C(0x8000000001230305)},
    };
    struct pod p = {.serial = 0x123};
    uint32_t seen = 0;

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++) {
        cr_expect_eq(pod_timer_key(known[i].timer, &p, known[i].container, known[i].kind),
                     known[i].key,
                     "%s", pod_timer_table[known[i].timer].name);
        seen |= 1u << known[i].timer;
    }
    cr_expect_eq(seen, (1u << POD_TIMER_KINDS) - 1, "every kind of timer has its key here");
}

static bool is_of_pod(enum pod_timer_kind k)
{
    return k == POD_TIMER_SYNC || k == POD_TIMER_DEADLINE || k == POD_TIMER_STORAGE;
}

/* Whatever key is made of the list, it belongs to the row it was made of, and to no other. */
Test(timer, each_key_has_one_row)
{
    static const uint32_t of_probe[] = {POD_STARTUP, POD_LIVENESS, POD_READINESS, POD_HOOK_RUN},
        none[] = {0};
    static const uint64_t serials[] = {0, 1, 0xffffffff, (1ull << 44) - 1};

    for (uint32_t k = 0; k < POD_TIMER_KINDS; k++) {
        bool probe = k == POD_TIMER_TICK || k == POD_TIMER_STEP || k == POD_TIMER_LIMIT ||
                     k == POD_TIMER_ANSWER || k == POD_TIMER_PROMPT;
        const uint32_t *kind = probe ? of_probe : none;
        uint32_t kinds = probe ? (k == POD_TIMER_TICK || k == POD_TIMER_PROMPT ? 3 : 4) : 1;

        for (uint32_t c = 0; c < (is_of_pod((enum pod_timer_kind)k) ? 1 : POD_CONTAINERS_MAX); c++)
            for (uint32_t i = 0; i < kinds * RX_ARRAY_LEN(serials); i++) {
                struct pod p = {.serial = serials[i / kinds]};
                uint64_t key = pod_timer_key((enum pod_timer_kind)k, &p, c, kind[i % kinds]);
                uint32_t rows = 0;

                for (uint32_t r = 0; r < POD_TIMER_KINDS; r++)
                    rows += (key & pod_timer_table[r].mask) == pod_timer_table[r].bits;
                cr_assert_eq(rows, 1, "%s: %llx", pod_timer_table[k].name, (unsigned long long)key);
                cr_assert_eq(pod_timer_row_of(key), &pod_timer_table[k], "%s",
                             pod_timer_table[k].name);
            }
    }
}
