/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure.h - the numbers by which a run or simulation is judged: --fail-if goes by them, and
 * whoever compares runs.
 */
#ifndef CLI_MEASURE_H
#define CLI_MEASURE_H

#include "api/cli/io/metric.h"
#include "api/face/report.h"

/*    name, unit, more is better, what it may be a share of (0: nothing), help */
#define MEASURE_MAP(X)                                                                             \
    X(pods, COUNT, 1, 0, "pods that are there at the end")                                         \
    X(not_ready, COUNT, 0, pods, "of these, those that are neither ready nor done")                \
    X(failed, COUNT, 0, pods, "of these, in phase Failed")                                         \
    X(pending, COUNT, 0, pods, "of these, in phase Pending")                                       \
    X(restarts, COUNT, 0, 0, "restarts of containers, also of pods that are gone")                 \
    X(backoffs, COUNT, 0, 0, "of these, put off by a crash loop's back-off")                       \
    X(kills, COUNT, 0, 0, "containers killed: by probes, deletions, ...")                          \
    X(probes, COUNT, 1, 0, "probe runs with a verdict")                                            \
    X(success, COUNT, 1, probes, "of these, by their verdict")                                     \
    X(failure, COUNT, 0, probes, "")                                                               \
    X(error, COUNT, 0, probes, "")                                                                 \
    X(timeouts, COUNT, 0, probes, "failures and errors ended by their deadline")                   \
    X(missed, COUNT, 0, probes, "probe runs that were due and never started")                      \
    X(requests, COUNT, 1, 0, "requests of clients that have ended")                                \
    X(requests_failed, COUNT, 0, requests, "of these, all but those that were answered well")      \
    X(warnings, COUNT, 0, 0, "warnings about manifests, and steps that could not be done")

struct measure {
#define X(name, unit, more, base, help) uint64_t name;
    MEASURE_MAP(X)
#undef X
};

extern const struct metric_list measure_list;

void measure_report(struct measure *m, const struct face_report *r);
/* What a report of the whole run has. */

void measure_engine(struct measure *m, podring *ring);
/* Adds what one engine of it has at its end. O(pods). */

int measure_check(const struct cli_options *o);
/* Can every --fail-if be read? An exit code, after a refusal. */

int measure_judge(const struct cli_options *o, const struct measure *m);
/* CLI_FAILED, after a line each on standard error, if a limit was not kept. */

void measure_help(struct rx_text *t);
/* The names that --fail-if knows. */

#endif
