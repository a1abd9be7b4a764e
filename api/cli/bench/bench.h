/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench.h - the parts of `podring bench`: who makes the load (cmd_bench.c with simulated pods,
 * server.c against somebody else's server), what becomes of the result (result.c), which limits it
 * must keep (limit.c), and how two of them compare (compare.c).
 *
 * The result is one list of named numbers; the table, the JSON document, --fail-if, --compare and
 * the help are all written from it.
 */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include "api/cli/bench/cause.h"
#include "api/cli/io/metric.h"
#include "api/cli/io/out.h"
#include "api/cli/options.h"
#include "api/face/report.h"

#define BENCH_NONE METRIC_NONE

/* Who has a result: simulated pods, the server of --target, or both. */
enum bench_who { BENCH_PODS = 1, BENCH_SERVER = 2, BENCH_BOTH = 3 };

/*    name, unit, more is better, who, may be a share, help ("": as the line above) */
#define BENCH_MAP(X)                                                                               \
    X(probes_per_s, COUNT, 1, BOTH, 0, "verdicts per second of the wall clock")                    \
    X(cpu_per_probe, NS, 0, BOTH, 0, "CPU of this process per verdict")                            \
    X(cpu_user_per_probe, NS, 0, BOTH, 0, "its share outside the kernel, as its clock tick tells") \
    X(client_busy, MILLI, 0, SERVER, 0, "CPU per wall clock: near 1 the client is the limit")      \
    X(lateness_p50, NS, 0, BOTH, 0, "from the instant a probe could start to its start")           \
    X(lateness_p90, NS, 0, BOTH, 0, "")                                                            \
    X(lateness_p99, NS, 0, BOTH, 0, "")                                                            \
    X(lateness_p999, NS, 0, BOTH, 0, "")                                                           \
    X(lateness_max, NS, 0, BOTH, 0, "")                                                            \
    X(waited_p99, NS, 0, SERVER, 0, "for a connection, while the server held them all")            \
    X(waited_max, NS, 0, SERVER, 0, "")                                                            \
    X(latency_p50, NS, 0, BOTH, 0, "raw: from a probe's start to its verdict")                     \
    X(latency_p90, NS, 0, BOTH, 0, "")                                                             \
    X(latency_p99, NS, 0, BOTH, 0, "")                                                             \
    X(latency_p999, NS, 0, BOTH, 0, "")                                                            \
    X(latency_max, NS, 0, BOTH, 0, "")                                                             \
    X(corrected_p50, NS, 0, BOTH, 0, "latency corrected for coordinated omission")                 \
    X(corrected_p90, NS, 0, BOTH, 0, "")                                                           \
    X(corrected_p99, NS, 0, BOTH, 0, "")                                                           \
    X(corrected_p999, NS, 0, BOTH, 0, "")                                                          \
    X(corrected_max, NS, 0, BOTH, 0, "")                                                           \
    X(due, COUNT, 1, SERVER, 0, "probes: done + in_flight + missed + not_sent")                    \
    X(done, COUNT, 1, SERVER, 1, "of these, with a verdict")                                       \
    X(success, COUNT, 1, BOTH, 1, "verdicts by outcome")                                           \
    X(failure, COUNT, 0, BOTH, 1, "")                                                              \
    X(error, COUNT, 0, BOTH, 1, "")                                                                \
    X(timeouts, COUNT, 0, BOTH, 1, "of these, ended by their deadline")                            \
    X(in_flight, COUNT, 0, SERVER, 1, "started, and without a verdict at the end")                 \
    X(missed, COUNT, 0, BOTH, 1, "due, and never started")                                         \
    X(not_sent, COUNT, 0, SERVER, 1, "no port or descriptor for it on this machine")               \
    X(enters_per_probe, MILLI, 0, BOTH, 0, "io_uring_enter calls per verdict")                     \
    X(sqes_per_probe, MILLI, 0, BOTH, 0, "submissions per verdict")                                \
    X(cqes_per_probe, MILLI, 0, BOTH, 0, "completions per verdict")                                \
    X(sq_full, COUNT, 0, SERVER, 0, "times the submission queue had no room")                      \
    X(cq_overflow, COUNT, 0, SERVER, 0, "times the completion queue had none")                     \
    X(bytes_per_pod, BYTES, 0, PODS, 0, "what the engine grew by for each pod")                    \
    X(rss_bytes, BYTES, 0, BOTH, 0, "peak memory of the process")                                  \
    X(steady_allocations, COUNT, 0, BOTH, 0, "allocations while measuring")

struct bench_numbers {
#define X(name, unit, more, who, share, help) uint64_t name;
    BENCH_MAP(X)
#undef X
};

enum { BENCH_STATUSES = 600 };

struct rx_hist;

struct bench {
    const struct cli_options *options;
    uint32_t pods, period_s;
    int64_t warm_up_ms, measure_ms;
    uint64_t empty_bytes; /* memory of the engine before it had pods */
    struct bench_numbers numbers;
    struct face_report report;
    bool has_report; /* simulated pods: there are counters and statuses to tell of */
    bool interrupted; /* by a signal: measure_ms is how long it did measure */
    int output_code;  /* of a file beside the result, which is printed all the same */
    struct bench_causes failures, unsent;
    uint64_t status[BENCH_STATUSES]; /* answers of the server by status */
};

/* ---- load.c, crew.c -------------------------------------------------------------- */

int bench_load(const struct bench *b, podring *ring);
/* Loads the pods into an engine: 0 or a negative PODRING_E*. */

void bench_work_out(struct bench *b, const struct podring_stats *before);
/* The numbers, from the report and what the counters were when measuring began. */

int bench_distributions(struct bench *b, struct rx_hist *lateness, const struct rx_hist *latency);
/* The quantiles, and the files of --hdr. An exit code. */

int bench_crew(struct bench *b);
/* The load with several engines, to the printed result. An exit code. */

/* ---- result.c -------------------------------------------------------------------------- */

int bench_check_thresholds(const struct cli_options *o);
/* Whether every --fail-if can be read. An exit code. */

int bench_judge(const struct bench *b);
/* CLI_FAILED, after a line each, if a threshold was not kept. */

void bench_spread(struct bench_numbers *n, const struct rx_hist *lateness,
                  const struct rx_hist *latency, const struct rx_hist *corrected);
/* Fills in the quantiles; BENCH_NONE where nothing was recorded. */

void bench_spread_waited(struct bench_numbers *n, const struct rx_hist *waited);

int bench_hdr_open(const struct bench *b);
/* Whether the files of --hdr, if they were asked for, can be written: before the run rather than
 * after it. An exit code. */

int bench_write_hdr(const struct bench *b, const struct rx_hist *lateness,
                    const struct rx_hist *latency, const struct rx_hist *corrected);
/* The files of --hdr, if it was asked for. An exit code. */

void bench_print(struct out *out, const struct bench *b);
/* The table or the JSON document. */

int bench_compare(const struct cli_options *o);
/* --compare: two result files side by side, and what --fail-if says of the second. An exit code. */

/* ---- server.c -------------------------------------------------------------------------- */

int bench_target(struct bench *b);
/* The load test of --target, from opening the ring to the numbers. An exit code. */

#endif
