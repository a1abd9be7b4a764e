/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hist.c - log-linear histogram. Bucket = (power of two, next five bits), laid out so that both
 * ends meet: the numbers 0..63 are their own buckets.
 */
#include "engine/reactor/hist.h"
#include "engine/reactor/base.h"

enum { SUBS = 1 << RX_HIST_SUB_BITS };

static uint64_t add_saturating(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void rx_hist_reset(struct rx_hist *h)
{
    *h = (struct rx_hist){.min = UINT64_MAX};
}

void rx_hist_record(struct rx_hist *h, int64_t value)
{
    rx_hist_record_n(h, value, 1);
}

void rx_hist_record_n(struct rx_hist *h, int64_t value, uint64_t n)
{
    uint64_t v = value < 0 ? 0 : (uint64_t)value, all;

    if (n == 0)
        return;
    h->bucket[rx_hist_bucket_of(v)] += n;
    h->count += n;
    h->sum = __builtin_mul_overflow(v, n, &all) ? UINT64_MAX : add_saturating(h->sum, all);
    h->min = RX_MIN(h->min, v);
    h->max = RX_MAX(h->max, v);
}

void rx_hist_merge(struct rx_hist *into, const struct rx_hist *from)
{
    into->count += from->count;
    into->sum = add_saturating(into->sum, from->sum);
    into->min = RX_MIN(into->min, from->min);
    into->max = RX_MAX(into->max, from->max);
    for (unsigned i = 0; i < RX_HIST_BUCKETS; i++)
        into->bucket[i] += from->bucket[i];
}

uint64_t rx_hist_percentile(const struct rx_hist *h, uint32_t per_million)
{
    uint64_t rank, seen = 0;

    if (h->count == 0)
        return 0;
    per_million = RX_MIN(per_million, 1000000u);
    rank = (uint64_t)(((unsigned __int128)h->count * per_million + 999999) / 1000000);
    rank = RX_MAX(rank, 1u);
    for (unsigned i = 0; i < RX_HIST_BUCKETS; i++) {
        seen += h->bucket[i];
        if (seen >= rank)
            return RX_MIN(rx_hist_bucket_top(i), h->max);
    }
    return h->max;
}

uint64_t rx_hist_mean(const struct rx_hist *h)
{
    return h->count ? h->sum / h->count : 0;
}

unsigned rx_hist_bucket_of(uint64_t value)
{
    unsigned shift;

    if (value < 2 * SUBS)
        return (unsigned)value;
    shift = 63u - (unsigned)__builtin_clzll(value) - RX_HIST_SUB_BITS;
    return shift * SUBS + (unsigned)(value >> shift);
}

uint64_t rx_hist_bucket_top(unsigned bucket)
{
    unsigned shift;

    if (bucket < 2 * SUBS)
        return bucket;
    shift = bucket / SUBS - 1;
    return ((bucket % SUBS + SUBS + UINT64_C(1)) << shift) -
           1; /* the last one wraps to the maximum */
}
