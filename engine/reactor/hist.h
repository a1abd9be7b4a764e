/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hist.h - a log-linear histogram of non-negative 64-bit integers in fixed memory.
 *
 * Values below 64 are exact; above, each power of two is cut into 32 buckets, so a reported value
 * is at most 3.2 % above the recorded one. Record is a shift and an increment. Integers only.
 */
#ifndef RX_HIST_H
#define RX_HIST_H

#include <stdint.h>

enum { RX_HIST_SUB_BITS = 5, RX_HIST_BUCKETS = (64 - RX_HIST_SUB_BITS) * 32 + 32 };

struct rx_hist {
    uint64_t count, sum, min, max; /* sum saturates; min is UINT64_MAX while empty */
    uint64_t bucket[RX_HIST_BUCKETS];
};

void rx_hist_reset(struct rx_hist *h);
void rx_hist_record(struct rx_hist *h, int64_t value); /* negative counts as 0 */
void rx_hist_record_n(struct rx_hist *h, int64_t value, uint64_t n);
void rx_hist_merge(struct rx_hist *into, const struct rx_hist *from);

uint64_t rx_hist_percentile(const struct rx_hist *h, uint32_t per_million);
/* The smallest bucket bound that at least that share of the values does not exceed, never above the
 * recorded maximum: 500000 is the median, 990000 the 99th, 1000000 the maximum. 0 when empty. */

uint64_t rx_hist_mean(const struct rx_hist *h); /* rounded down; 0 when empty */
unsigned rx_hist_bucket_of(uint64_t value);
uint64_t rx_hist_bucket_top(unsigned bucket); /* the largest value that falls into it */

#endif
