/* SPDX-License-Identifier: Apache-2.0 */
/* test_map.c - the map against a plain array, through thousands of puts and removes. */
#include <criterion/criterion.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "engine/reactor/map.h"
#include "tests/support/failmem.h"

enum { VALUES = 600 };

static bool has(const struct rx_map *m, uint64_t hash, const void *value, uint32_t *times)
{
    uint32_t cursor = 0;
    void *v;

    *times = 0;
    while ((v = rx_map_next(m, hash, &cursor)) != NULL)
        *times += v == value;
    return *times == 1;
}

/* Against an array of flags; hashes that collide in all bits, in the low ones, and at the end of
 * the table. */
Test(map, finds_what_was_put_and_not_removed)
{
    static const uint64_t step[] = {0, 1, 16, UINT64_C(1) << 32, UINT64_C(0x9e3779b97f4a7c15)};
    static char value[VALUES];
    uint32_t state = 88675123u, times;
    struct rx_mem mem;

    cr_assert_eq(rx_mem_open(&mem), 0);
    for (size_t k = 0; k < RX_ARRAY_LEN(step); k++) {
        bool in[VALUES] = {false};
        struct rx_map m;
        uint32_t count = 0;

        rx_map_init(&m, &mem);
        for (int round = 0; round < 6000; round++) {
            uint32_t i;

            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            i = state % (VALUES >> (round / 1000));
            if (in[i])
                rx_map_remove(&m, 15 + i * step[k], &value[i]);
            else
                cr_assert_eq(rx_map_put(&m, 15 + i * step[k], &value[i]), 0);
            in[i] = !in[i];
            count += in[i] ? 1 : -1u;
            cr_assert_eq(m.count, count);
            if (round % 100 == 0)
                for (uint32_t j = 0; j < VALUES; j++)
                    cr_assert_eq(has(&m, 15 + j * step[k], &value[j], &times), in[j]);
        }
        rx_map_remove(&m, 99, &state); /* never there */
        cr_expect_eq(m.count, count);
        rx_map_fini(&m);
    }
    cr_expect_eq(mem.state->bytes, 0);
    rx_mem_close(&mem);
}

Test(map, finds_none_of_another_hash)
{
    static char one, other;
    uint32_t cursor = 0;
    struct rx_mem mem;
    struct rx_map m;

    cr_assert_eq(rx_mem_open(&mem), 0);
    rx_map_init(&m, &mem);
    cr_assert_eq(rx_map_put(&m, 5, &one), 0);
    cr_assert_eq(rx_map_put(&m, 5 + (UINT64_C(1) << 32), &other), 0);
    cr_expect_eq(rx_map_next(&m, 5, &cursor), &one);
    cr_expect_null(rx_map_next(&m, 5, &cursor));
    cursor = 0;
    cr_expect_eq(rx_map_next(&m, 5 + (UINT64_C(1) << 32), &cursor), &other);
    rx_map_fini(&m);
    rx_mem_close(&mem);
}

Test(map, a_put_that_fails_leaves_it_as_it_was)
{
    static char value[100];
    struct failmem f;
    struct rx_mem mem;
    struct rx_map m;
    uint32_t times, put = 0;

    cr_assert_eq(failmem_open(&mem, &f, 4), 0);
    rx_map_init(&m, &mem);
    while (rx_map_put(&m, put, &value[put]) == 0)
        put++;
    cr_expect_eq(put, 16);
    cr_expect_eq(m.count, put);
    for (uint32_t i = 0; i < put; i++)
        cr_expect(has(&m, i, &value[i], &times));
    cr_expect_eq(rx_map_put(&m, put, &value[put]), 0); /* the next one succeeds again */
    cr_expect(has(&m, put, &value[put], &times));
    rx_map_fini(&m);
    rx_mem_close(&mem);
    cr_expect_eq(f.blocks, 0);
}
