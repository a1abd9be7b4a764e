/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdr.h - distributions of a load test: their quantiles, their correction for coordinated
 * omission, and the percentile listing of HdrHistogram, which its plotters read.
 */
#ifndef CLI_BENCH_HDR_H
#define CLI_BENCH_HDR_H

#include "api/podring.h"
#include "engine/reactor/hist.h"

void bench_hdr_take(struct rx_hist *out, podring *ring, int histogram);
/* A copy of one of the engine's histograms. */

void bench_hdr_correct(struct rx_hist *out, const struct rx_hist *raw, uint64_t interval_ns);
/* HdrHistogram's correction: a run that took longer than the interval at which the next one was due
 * has kept others from being measured. They are added, each an interval shorter than the one
 * before. */

int bench_hdr_write(const struct rx_hist *h, const char *path);
/* The percentile listing, in microseconds. An exit code, after a message if it is not CLI_OK. */

#endif
