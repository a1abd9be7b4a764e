/* SPDX-License-Identifier: Apache-2.0 */
/* test_prng.c - streams that must never change, and ranges without bias. */
#include "engine/reactor/prng.h"
#include "engine/reactor/base.h"

#include <criterion/criterion.h>

/* The first numbers of the reference implementation from the state 1, 2, 3, 4. */
Test(prng, next_is_xoshiro256_starstar)
{
    static const uint64_t expected[] = {
        UINT64_C(11520),
        UINT64_C(0),
        UINT64_C(1509978240),
        UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600),
        UINT64_C(16172922978634559625),
        UINT64_C(8476171486693032832),
        UINT64_C(10595114339597558777),
        UINT64_C(2904607092377533576),
    };
    struct rx_prng r = {{1, 2, 3, 4}};

    for (size_t i = 0; i < RX_ARRAY_LEN(expected); i++)
        cr_assert_eq(rx_prng_next(&r), expected[i], "number %zu", i);
}

/* Pinned: a changed number here means that every seed ever reported means another run. */
Test(prng, streams_are_stable)
{
    struct rx_prng a = rx_prng_stream(0, 0, 0), b = rx_prng_stream(42, 3, 1000000);

    cr_expect_eq(rx_prng_next(&a), UINT64_C(0x8a21cd34a214a917));
    cr_expect_eq(rx_prng_next(&a), UINT64_C(0x9c507e12243e64d0));
    cr_expect_eq(rx_prng_next(&b), UINT64_C(0x98efd133cda350f));
    cr_expect_eq(rx_prng_next(&b), UINT64_C(0x489b70e2ddebaf43));
    cr_expect_eq(rx_prng_at(0, 0, 0, 0), UINT64_C(0x138fc95bc7066219));
    cr_expect_eq(rx_prng_at(42, 3, 1000000, 7), UINT64_C(0x662cbd6c5af03379));
}

Test(prng, exp_is_stable)
{
    cr_expect_eq(rx_prng_exp(UINT64_C(0x123456789abcdef0), 1000000000), 2643511679);
    cr_expect_eq(rx_prng_exp(UINT64_C(0xfedcba9876543210), 1000000000), 4454350);
}

Test(prng, neighbouring_names_share_nothing)
{
    enum { N = 200 };
    static uint64_t first[3 * N];
    size_t n = 0;

    for (uint64_t i = 0; i < N; i++) {
        struct rx_prng by_seed = rx_prng_stream(i, 5, 5);
        struct rx_prng by_kind = rx_prng_stream(5, i + N, 5);
        struct rx_prng by_id = rx_prng_stream(5, 5, i + N);

        first[n++] = rx_prng_next(&by_seed);
        first[n++] = rx_prng_next(&by_kind);
        first[n++] = rx_prng_next(&by_id);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            cr_assert_neq(first[i], first[k]);
}

/* For each of the four inputs of rx_prng_at: one flipped bit flips about half of the output. */
Test(prng, at_mixes_every_input)
{
    for (int input = 0; input < 4; input++) {
        for (int bit = 0; bit < 64; bit++) {
            uint64_t in[4] = {1, 2, 3, 4}, a, b;
            int flipped;

            a = rx_prng_at(in[0], in[1], in[2], in[3]);
            in[input] ^= UINT64_C(1) << bit;
            b = rx_prng_at(in[0], in[1], in[2], in[3]);
            flipped = __builtin_popcountll(a ^ b);
            cr_assert(flipped > 10 && flipped < 54, "input %d bit %d: %d", input, bit, flipped);
        }
    }
}

Test(prng, below_is_in_range_and_even)
{
    enum { DRAWS = 70000 };
    struct rx_prng r = rx_prng_stream(1, 2, 3);
    int seen[7] = {0};

    for (int i = 0; i < DRAWS; i++) {
        uint64_t n = rx_prng_below(&r, 7);

        cr_assert_lt(n, 7);
        seen[n]++;
    }
    for (int i = 0; i < 7; i++)
        cr_assert(seen[i] > 9500 && seen[i] < 10500, "%d: %d", i, seen[i]);
    cr_assert_eq(rx_prng_below(&r, 0), 0);
    cr_assert_eq(rx_prng_below(&r, 1), 0);
    for (int i = 0; i < 1000; i++) /* two thirds of all draws are refused here */
        cr_assert_lt(rx_prng_below(&r, (UINT64_C(1) << 63) + 1), (UINT64_C(1) << 63) + 1);
}

Test(prng, scale_reaches_both_ends)
{
    cr_assert_eq(rx_prng_scale(0, 10), 0);
    cr_assert_eq(rx_prng_scale(UINT64_MAX, 10), 9);
    cr_assert_eq(rx_prng_scale(UINT64_MAX, 0), 0);
    cr_assert_eq(rx_prng_scale(UINT64_C(1) << 63, 10), 5);
}

/* u = 2^-k gives mean * k * ln 2: exact up to the last place. */
Test(prng, exp_of_powers_of_two)
{
    const int64_t mean = 1000000000;
    const int64_t ln2_e9 = 693147180; /* 0.693147180559945... */

    for (int k = 1; k <= 64; k++) {
        uint64_t u = k == 64 ? 0 : (UINT64_C(1) << (64 - k)) - 1;
        int64_t got = rx_prng_exp(u, mean), want = ln2_e9 * k + (int64_t)k * 559945 / 1000000;

        cr_assert(got >= want - 1 && got <= want + 1, "2^-%d: %lld, not %lld", k, (long long)got,
                  (long long)want);
    }
}

Test(prng, exp_edges)
{
    cr_assert_eq(rx_prng_exp(UINT64_MAX, 1000), 0);
    cr_assert_eq(rx_prng_exp(0, 0), 0);
    cr_assert_eq(rx_prng_exp(12345, 0), 0);
    cr_assert_eq(rx_prng_exp(0, 1000), 44361); /* 64 ln 2 = 44.3614... */
    cr_assert_eq(rx_prng_exp(0, INT64_MAX), INT64_MAX);
    cr_assert_eq(rx_prng_exp(UINT64_MAX - 1, 1), 0);
}

Test(prng, exp_falls_as_its_input_rises)
{
    int64_t last = INT64_MAX;

    for (uint64_t i = 0; i < 10000; i++) {
        int64_t now = rx_prng_exp(i * (UINT64_MAX / 10000), INT64_C(1) << 40);

        cr_assert_leq(now, last);
        last = now;
    }
}

/* Mean and quantiles of an exponential distribution: 1 - 1/e of all numbers are below the mean. */
Test(prng, exp_has_the_right_shape)
{
    enum { DRAWS = 100000 };
    const int64_t mean = 1000000;
    struct rx_prng r = rx_prng_stream(11, 0, 0);
    int64_t sum = 0;
    int below_mean = 0, below_median = 0;

    for (int i = 0; i < DRAWS; i++) {
        int64_t x = rx_prng_exp(rx_prng_next(&r), mean);

        sum += x;
        below_mean += x < mean;
        below_median += x < 693147;
    }
    cr_assert(sum / DRAWS > 985000 && sum / DRAWS < 1015000, "%lld", (long long)(sum / DRAWS));
    cr_assert(below_mean > 62600 && below_mean < 63800, "%d", below_mean);
    cr_assert(below_median > 49300 && below_median < 50700, "%d", below_median);
}
