/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - the equal pods that are probed, and the numbers of what probing them has cost. */
#include <stdio.h>

#include "api/cli/bench/bench.h"
#include "api/cli/io/hdr.h"
#include "engine/reactor/time.h"

/* The threshold is out of reach: late answers are to be counted, not to start a wave of restarts.
 */
int bench_load(const struct bench *b, podring *ring)
{
    static const char form[] = "apiVersion: apps/v1\n"
                               "kind: Deployment\n"
                               "metadata: {name: bench}\n"
                               "spec:\n"
                               "  replicas: %u\n"
                               "  selector: {matchLabels: {app: bench}}\n"
                               "  template:\n"
                               "    metadata: {labels: {app: bench}}\n"
                               "    spec:\n"
                               "      containers:\n"
                               "      - name: c\n"
                               "        image: bench:1\n"
                               "        ports: [{containerPort: 8080}]\n"
                               "        livenessProbe:\n"
                               "          %s\n"
                               "          periodSeconds: %u\n"
                               "          failureThreshold: 1000000\n";
    char text[1024];
    int n = snprintf(text, sizeof(text), form, b->pods,
                     b->options->probe == CLI_PROBE_TCP ? "tcpSocket: {port: 8080}"
                                                        : "httpGet: {path: /healthz, port: 8080}",
                     b->period_s);
    int error = podring_load_text(ring, "<bench>", text, (size_t)n);

    return error == 0 ? podring_apply(ring) : error;
}

static uint64_t milli(uint64_t n, uint64_t per)
{
    return per > 0 ? n * 1000 / per : 0;
}

void bench_work_out(struct bench *b, const struct podring_stats *before)
{
    struct face_report *r = &b->report;
    const struct podring_stats *s = &r->stats;
    uint64_t done = s->probes_done - before->probes_done, ns = r->cost.elapsed_ns;
    uint64_t cpu = r->cost.cpu_user_ns + r->cost.cpu_system_ns;

    b->numbers = (struct bench_numbers){
        .probes_per_s = ns > 0 ? (uint64_t)((unsigned __int128)done * 1000000000 / ns) : 0,
        .cpu_per_probe = done > 0 ? cpu / done : 0,
        .cpu_user_per_probe = done > 0 ? r->cost.cpu_user_ns / done : 0,
        .success = s->success - before->success,
        .failure = s->failure - before->failure,
        .error = s->error - before->error,
        .timeouts = s->timeouts - before->timeouts,
        .missed = s->missed - before->missed,
        .enters_per_probe = milli(s->enters - before->enters, done),
        .sqes_per_probe = milli(s->sqes - before->sqes, done),
        .cqes_per_probe = milli(s->cqes - before->cqes, done),
        .bytes_per_pod =
            s->pods > 0 && s->memory > b->empty_bytes ? (s->memory - b->empty_bytes) / s->pods : 0,
        .rss_bytes = r->cost.rss_bytes,
        .steady_allocations = s->steady_allocations - before->steady_allocations,
    };
}

/* The engine keeps the latency of a run from its start. What coordinated omission hides is put back
 * as HdrHistogram does it, with the period as the expected interval. */
int bench_distributions(struct bench *b, struct rx_hist *lateness, const struct rx_hist *latency)
{
    struct rx_hist corrected;

    bench_hdr_correct(&corrected, latency,
                      b->options->closed ? 0 : (uint64_t)b->period_s * RX_NS_PER_S);
    if (b->options->closed)
        rx_hist_reset(lateness);
    bench_spread(&b->numbers, lateness, latency, &corrected);
    b->output_code = bench_write_hdr(b, lateness, latency, &corrected);
    return CLI_OK;
}
