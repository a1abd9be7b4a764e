/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_tools.c - load generators that a machine may have: ab, wrk, hey. Each asks one address, a
 * new connection for each request, and has its rate read off what it prints; its CPU time is that
 * of a child process. They count in whole seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "perf/report.h"
#include "perf/rivals/http.h"

struct tool {
    const char *command; /* in flight, seconds and port are put in */
    const char *rate;    /* what stands before the rate in its output */
    uint16_t port;
    uint32_t in_flight;
};

static void *tool_open(const char *name, struct tool like, uint16_t port, uint32_t in_flight)
{
    char test[64];
    struct tool *t;

    snprintf(test, sizeof(test), "command -v %s >/dev/null 2>&1", name);
    t = system(test) == 0 ? malloc(sizeof(*t)) : NULL;
    if (t == NULL)
        return NULL;
    *t = like;
    t->port = port;
    t->in_flight = in_flight;
    return t;
}

static double children_cpu_s(void)
{
    struct rusage u;

    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void tool_run(void *client, int64_t until_ns, struct http_tally *tally)
{
    const struct tool *t = client;
    unsigned seconds = (unsigned)((until_ns - report_clock_ns() + 999999999) / 1000000000);
    double cpu = children_cpu_s(), rate = 0;
    char command[512], line[256];
    const char *at;
    FILE *out;

    seconds = seconds > 0 ? seconds : 1;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(command, sizeof(command), t->command, t->in_flight, seconds, t->port);
#pragma GCC diagnostic pop
    out = popen(command, "r");
    while (out != NULL && fgets(line, sizeof(line), out) != NULL)
        if ((at = strstr(line, t->rate)) != NULL)
            rate = strtod(at + strlen(t->rate), NULL);
    if (out == NULL || pclose(out) != 0 || rate <= 0) {
        tally->failures++;
        return;
    }
    tally->elapsed_s = seconds;
    tally->probes = (uint64_t)(rate * seconds);
    tally->cpu_s = children_cpu_s() - cpu;
}

#define TOOL(id, words, cmd, before)                                                               \
    static void *id##_open(uint16_t port, uint32_t in_flight)                                      \
    {                                                                                              \
        return tool_open(#id, (struct tool){.command = cmd, .rate = before}, port, in_flight);     \
    }                                                                                              \
    const struct http_rival http_##id = {.name = #id,                                              \
                                         .what = words,                                            \
                                         .optional = true,                                         \
                                         .open = id##_open,                                        \
                                         .run = tool_run,                                          \
                                         .close = free};

TOOL(ab, "ApacheBench, HTTP/1.0",
     "ab -q -c %u -t %u -n 100000000 http://127.1.0.1:%u/healthz 2>/dev/null", "per second:")
TOOL(wrk, "wrk, one thread",
     "wrk -t 1 -c %u -d %us -H 'Connection: close' http://127.1.0.1:%u/healthz 2>/dev/null",
     "Requests/sec:")
TOOL(hey, "hey, Go", "hey -disable-keepalive -c %u -z %us http://127.1.0.1:%u/healthz 2>/dev/null",
     "Requests/sec:")
