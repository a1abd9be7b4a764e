/* SPDX-License-Identifier: Apache-2.0 */
/* hdr.c - see HdrHistogram's outputPercentileDistribution for the form of the listing. */
#include "api/cli/io/hdr.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/cli/cli.h"
#include "engine/reactor/base.h"

enum { LINES_PER_HALF = 5, HALVES_MAX = 40 };

void bench_hdr_take(struct rx_hist *out, podring *ring, int histogram)
{
    struct podring_bucket b = PODRING_BUCKET_INIT;
    uint32_t cursor = 0;

    rx_hist_reset(out);
    while (podring_next_bucket(ring, histogram, &cursor, &b) == 0)
        rx_hist_record_n(out, (int64_t)b.high, b.count);
}

void bench_hdr_correct(struct rx_hist *out, const struct rx_hist *raw, uint64_t interval_ns)
{
    *out = *raw;
    if (interval_ns == 0)
        return;
    for (unsigned i = rx_hist_bucket_of(interval_ns); i < RX_HIST_BUCKETS; i++) {
        uint64_t value = RX_MIN(rx_hist_bucket_top(i), raw->max);

        if (raw->bucket[i] == 0)
            continue;
        while (value > interval_ns) {
            value -= interval_ns;
            rx_hist_record_n(out, (int64_t)value, raw->bucket[i]);
        }
    }
}

/* ---- the listing ----------------------------------------------------------------------------- */

/* Five lines to each half of the way that is left to 100 %: 0, 10 .. 40, 50, 55 .. 70, 75, 77.5 ...
 * Line k of half h is the share 1 - (10 - k) / (5 * 2^(h + 1)). */
static void list(FILE *f, const struct rx_hist *h)
{
    uint64_t seen = 0;
    unsigned bucket = 0;

    fprintf(f, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    for (unsigned line = 0; line < HALVES_MAX * LINES_PER_HALF; line++) {
        uint64_t parts = (uint64_t)LINES_PER_HALF << (line / LINES_PER_HALF + 1);
        uint64_t above = 2 * LINES_PER_HALF - line % LINES_PER_HALF;
        unsigned __int128 share = (unsigned __int128)h->count * (parts - above);
        uint64_t rank = (uint64_t)((share + parts - 1) / parts);

        while (bucket < RX_HIST_BUCKETS && (seen < rank || seen == 0))
            seen += h->bucket[bucket++];
        if (seen >= h->count)
            break;
        fprintf(f, "%12.3f %2.12f %10llu %14.2f\n", (double)rx_hist_bucket_top(bucket - 1) / 1000,
                (double)(parts - above) / (double)parts, (unsigned long long)seen,
                (double)parts / (double)above);
    }
    if (h->count > 0)
        fprintf(f, "%12.3f %2.12f %10llu\n", (double)h->max / 1000, 1.0,
                (unsigned long long)h->count);
}

/* By Newton's rule: the mathematical library is not worth linking for this. */
static double root_of(double x)
{
    double root = x;

    for (int i = 0; i < 128 && root > 0; i++)
        root = (root + x / root) / 2;
    return root;
}

static double deviation(const struct rx_hist *h, double mean)
{
    double sum = 0;

    for (unsigned i = 0; i < RX_HIST_BUCKETS; i++) {
        double off = (double)rx_hist_bucket_top(i) - mean;

        if (h->bucket[i] > 0)
            sum += off * off * (double)h->bucket[i];
    }
    return h->count > 0 ? root_of(sum / (double)h->count) : 0;
}

int bench_hdr_write(const struct rx_hist *h, const char *path)
{
    FILE *f = fopen(path, "w");
    double mean = (double)rx_hist_mean(h);
    bool ok;

    if (f == NULL) {
        cli_say("%s: %s", path, strerror(errno));
        return CLI_OUTPUT;
    }
    list(f, h);
    fprintf(f, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean / 1000,
            deviation(h, mean) / 1000);
    fprintf(f, "#[Max     = %12.3f, Total count    = %12llu]\n", (double)h->max / 1000,
            (unsigned long long)h->count);
    fprintf(f, "#[Buckets = %12d, SubBuckets     = %12d]\n", 64 - RX_HIST_SUB_BITS,
            1 << RX_HIST_SUB_BITS);
    ok = !ferror(f);
    ok &= fclose(f) == 0;
    if (!ok)
        cli_say("%s: cannot be written", path);
    return ok ? CLI_OK : CLI_OUTPUT;
}
