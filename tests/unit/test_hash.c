/* SPDX-License-Identifier: Apache-2.0 */
/* test_hash.c - the published values of FNV-1a, and what the finaliser does to plain numbers. */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/reactor/hash.h"

static uint64_t fnv(const char *text)
{
    return rx_hash_bytes(RX_HASH_START, text, strlen(text));
}

Test(hash, is_fnv_1a)
{
    cr_assert_eq(fnv(""), UINT64_C(0xcbf29ce484222325));
    cr_assert_eq(fnv("a"), UINT64_C(0xaf63dc4c8601ec8c));
    cr_assert_eq(fnv("foobar"), UINT64_C(0x85944171f73967e8));
    cr_assert_eq(rx_hash_bytes(fnv("foo"), "bar", 3), fnv("foobar"));
}

/* Neighbours must not share their low bits, by which a map finds its slots. */
Test(hash, the_end_spreads_plain_numbers)
{
    uint32_t used[256] = {0};

    cr_assert_eq(rx_hash_end(1), UINT64_C(0xb456bcfc34c2cb2c));
    for (uint64_t n = 0; n < 256 * 64; n++)
        used[rx_hash_end(n << 12) & 255]++;
    for (int i = 0; i < 256; i++) {
        cr_expect_gt(used[i], 32, "slot %d", i);
        cr_expect_lt(used[i], 96, "slot %d", i);
    }
}
