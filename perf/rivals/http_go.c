/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_go.c - the Go client, a process of its own: perf/rivals/goclient/main.go, built where there
 * is a Go compiler. It is told where to probe, how many at once and for how long, and answers with
 * a line: probes, failures, seconds of CPU, seconds it took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "perf/report.h"
#include "perf/rivals/http.h"

const char *http_go_program = "build/goclient";

struct go {
    uint16_t port;
    uint32_t in_flight;
};

static void *go_open(uint16_t port, uint32_t in_flight)
{
    struct go *g = access(http_go_program, X_OK) == 0 ? malloc(sizeof(*g)) : NULL;

    if (g != NULL)
        *g = (struct go){port, in_flight};
    return g;
}

static void go_run(void *client, int64_t until_ns, struct http_tally *tally)
{
    const struct go *g = client;
    double seconds = (double)(until_ns - report_clock_ns()) / 1e9;
    unsigned long long probes = 0, failures = 0;
    char command[4096];
    FILE *out;

    snprintf(command, sizeof(command),
             "exec '%s' -port %u -in-flight %u -seconds %.3f -addresses %u", http_go_program,
             g->port, g->in_flight, seconds, http_addresses);
    out = popen(command, "r");
    if (out == NULL ||
        fscanf(out, "%llu %llu %lf %lf", &probes, &failures, &tally->cpu_s, &tally->elapsed_s) != 4)
        failures++;
    if (out != NULL)
        pclose(out);
    tally->probes = probes;
    tally->failures = failures;
}

const struct http_rival http_go = {.name = "go",
                                   .what = "net/http, kubelet's transport, goroutine a probe",
                                   .optional = true,
                                   .open = go_open,
                                   .run = go_run,
                                   .close = free};
