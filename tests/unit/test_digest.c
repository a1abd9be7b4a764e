/* SPDX-License-Identifier: Apache-2.0 */
/* test_digest.c - digests: framing, order, and values that must never change. */
#include "engine/reactor/digest.h"

#include "engine/reactor/base.h"
#include "tests/support/guard.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char fox[] = "The quick brown fox jumps over the lazy dog";

static uint64_t of_u64(uint64_t value)
{
    struct rx_digest d;

    rx_digest_init(&d);
    rx_digest_u64(&d, value);
    return rx_digest_value(&d);
}

static uint64_t of_two(const char *a, const char *b)
{
    struct rx_digest d;

    rx_digest_init(&d);
    rx_digest_bytes(&d, a, strlen(a));
    if (b)
        rx_digest_bytes(&d, b, strlen(b));
    return rx_digest_value(&d);
}

/* Values of an independent implementation of the definition in the header. A digest is kept beside
 * bug reports, so these never change. */
Test(digest, known_answers)
{
    struct rx_digest d;

    rx_digest_init(&d);
    cr_assert_eq(rx_digest_value(&d), UINT64_C(0x1ccbc00e52b1e75e));
    cr_assert_eq(of_u64(0), UINT64_C(0x5497e7180fe4577c));
    cr_assert_eq(of_u64(UINT64_MAX), UINT64_C(0x3b56bc4a77420402));
    cr_assert_eq(of_two("", NULL), UINT64_C(0x5da435ad7c9774b7));
    cr_assert_eq(of_two("abc", NULL), UINT64_C(0x38ced9b17114107e));
    cr_assert_eq(of_two(fox, NULL), UINT64_C(0xc6ad24b7633f5880));
    for (uint64_t i = 0; i < 1000; i++) {
        rx_digest_u64(&d, i * i);
        rx_digest_bytes(&d, fox, i % 44);
    }
    cr_assert_eq(rx_digest_value(&d), UINT64_C(0x371ffbdd01c776de));
}

Test(digest, strings_and_integers_are_framed)
{
    cr_assert_neq(of_two("ab", "c"), of_two("a", "bc"));
    cr_assert_neq(of_two("abc", NULL), of_two("abc", ""));
    cr_assert_neq(of_two("", NULL), of_u64(0));
    cr_assert_neq(of_two("a", NULL), of_u64('a'));
    cr_assert_neq(of_two("12345678", "9"), of_two("123456789", NULL));
}

Test(digest, trailing_zero_bytes_count)
{
    struct rx_digest a, b;

    rx_digest_init(&a);
    rx_digest_init(&b);
    rx_digest_bytes(&a, "a\0", 1);
    rx_digest_bytes(&b, "a\0", 2);
    cr_assert_neq(rx_digest_value(&a), rx_digest_value(&b));
}

Test(digest, order_counts)
{
    struct rx_digest a, b;

    rx_digest_init(&a);
    rx_digest_init(&b);
    rx_digest_u64(&a, 1);
    rx_digest_u64(&a, 2);
    rx_digest_u64(&b, 2);
    rx_digest_u64(&b, 1);
    cr_assert_neq(rx_digest_value(&a), rx_digest_value(&b));
}

Test(digest, reading_the_value_does_not_change_it)
{
    struct rx_digest d;
    uint64_t once;

    rx_digest_init(&d);
    rx_digest_u64(&d, 7);
    once = rx_digest_value(&d);
    cr_assert_eq(rx_digest_value(&d), once);
    rx_digest_u64(&d, 8);
    cr_assert_neq(rx_digest_value(&d), once);
}

Test(digest, alignment_does_not_matter_and_nothing_is_read_beyond)
{
    for (size_t size = 0; size <= 33; size++) {
        struct guard g = guard_copy(fox, size);
        struct rx_digest a, b;

        rx_digest_init(&a);
        rx_digest_init(&b);
        rx_digest_bytes(&a, g.data, size);
        rx_digest_bytes(&b, fox, size);
        cr_assert_eq(rx_digest_value(&a), rx_digest_value(&b));
        guard_close(&g);
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* 20,000 short histories over a small alphabet, all different: with 64 bits no two may meet. */
Test(digest, different_histories_do_not_meet)
{
    enum { COUNT = 20000 };
    uint64_t *seen = malloc(COUNT * sizeof(*seen));

    for (uint32_t i = 0; i < COUNT; i++) {
        struct rx_digest d;

        rx_digest_init(&d);
        for (uint32_t rest = i; rest; rest /= 4) { /* the digits of i, so no history comes twice */
            if (rest % 4 < 2)
                rx_digest_u64(&d, rest % 4);
            else
                rx_digest_bytes(&d, "\0\0", rest % 4 - 2);
        }
        seen[i] = rx_digest_value(&d);
    }
    qsort(seen, COUNT, sizeof(*seen), by_value);
    for (uint32_t i = 1; i < COUNT; i++)
        cr_assert_neq(seen[i], seen[i - 1]);
    free(seen);
}
