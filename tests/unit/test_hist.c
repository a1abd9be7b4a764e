/* SPDX-License-Identifier: Apache-2.0 */
/* test_hist.c - percentiles within the error that the histogram admits, and sums of histograms. */
#include "engine/reactor/hist.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct rx_hist h, other;

static void setup(void)
{
    rx_hist_reset(&h);
    rx_hist_reset(&other);
}

TestSuite(hist, .init = setup);

Test(hist, empty)
{
    cr_assert_eq(h.count, 0);
    cr_assert_eq(h.min, UINT64_MAX);
    cr_assert_eq(rx_hist_percentile(&h, 500000), 0);
    cr_assert_eq(rx_hist_mean(&h), 0);
}

Test(hist, buckets_tile_the_numbers)
{
    for (unsigned b = 0; b < RX_HIST_BUCKETS; b++) {
        uint64_t top = rx_hist_bucket_top(b);

        cr_assert_eq(rx_hist_bucket_of(top), b);
        if (b + 1 < RX_HIST_BUCKETS)
            cr_assert_eq(rx_hist_bucket_of(top + 1), b + 1);
        else
            cr_assert_eq(top, UINT64_MAX);
    }
}

Test(hist, small_values_are_exact_and_large_ones_within_3_2_percent)
{
    for (uint64_t v = 0; v < 64; v++)
        cr_assert_eq(rx_hist_bucket_top(rx_hist_bucket_of(v)), v);
    for (uint64_t v = 64; v < UINT64_MAX / 3; v += v / 7 + 1) {
        uint64_t top = rx_hist_bucket_top(rx_hist_bucket_of(v));

        cr_assert_geq(top, v);
        cr_assert_leq((unsigned __int128)(top - v) * 1000, (unsigned __int128)v * 32);
    }
}

Test(hist, negative_counts_as_zero)
{
    rx_hist_record(&h, -5);
    rx_hist_record(&h, INT64_MIN);
    cr_assert_eq(h.bucket[0], 2);
    cr_assert_eq(h.min, 0);
    cr_assert_eq(h.max, 0);
    cr_assert_eq(h.sum, 0);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

Test(hist, percentiles_against_a_sorted_array)
{
    enum { N = 5000 };
    static const uint32_t per_million[] = {0, 1, 1000, 250000, 500000, 900000, 999000, 1000000};
    static int64_t v[N];
    struct rx_prng r = rx_prng_stream(3, 3, 3);

    for (int i = 0; i < N; i++) {
        v[i] = rx_prng_exp(rx_prng_next(&r), 20000);
        rx_hist_record(&h, v[i]);
    }
    qsort(v, N, sizeof(v[0]), by_size);
    for (size_t i = 0; i < RX_ARRAY_LEN(per_million); i++) {
        uint64_t rank = ((uint64_t)N * per_million[i] + 999999) / 1000000;
        uint64_t exact = (uint64_t)v[rank ? rank - 1 : 0];
        uint64_t got = rx_hist_percentile(&h, per_million[i]);

        cr_assert_geq(got, exact);
        cr_assert_leq(got * 1000, exact * 1032);
    }
    cr_assert_eq(h.min, (uint64_t)v[0]);
    cr_assert_eq(h.max, (uint64_t)v[N - 1]);
    cr_assert_eq(rx_hist_percentile(&h, 1000000), (uint64_t)v[N - 1]);
}

Test(hist, percentile_never_exceeds_the_maximum)
{
    rx_hist_record(&h, 1000000);
    cr_assert_eq(rx_hist_percentile(&h, 500000), 1000000);
}

Test(hist, record_n_equals_n_records)
{
    rx_hist_record_n(&h, 77, 1000);
    for (int i = 0; i < 1000; i++)
        rx_hist_record(&other, 77);
    cr_assert_eq(memcmp(&h, &other, sizeof(h)), 0);
    rx_hist_record_n(&h, 5, 0);
    cr_assert_eq(memcmp(&h, &other, sizeof(h)), 0);
    cr_assert_eq(rx_hist_mean(&h), 77);
}

Test(hist, merge_equals_recording_both)
{
    static struct rx_hist both;
    struct rx_prng r = rx_prng_stream(4, 4, 4);

    rx_hist_reset(&both);
    for (int i = 0; i < 2000; i++) {
        int64_t v = (int64_t)(rx_prng_next(&r) >> (i % 60 + 2));

        rx_hist_record(i % 3 ? &h : &other, v);
        rx_hist_record(&both, v);
    }
    rx_hist_merge(&h, &other);
    cr_assert_eq(memcmp(&h, &both, sizeof(h)), 0);
}

Test(hist, sum_saturates)
{
    rx_hist_record_n(&h, INT64_MAX, 3);
    cr_assert_eq(h.sum, UINT64_MAX);
    rx_hist_record(&h, 1);
    cr_assert_eq(h.sum, UINT64_MAX);
    cr_assert_eq(h.count, 4);
}
