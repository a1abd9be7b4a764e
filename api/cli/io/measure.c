/* SPDX-License-Identifier: Apache-2.0 */
/* measure.c - see measure.h. */
#include "api/cli/io/measure.h"

#include <string.h>

#include "api/cli/io/limit.h"

enum { MEASURES = sizeof(struct measure) / sizeof(uint64_t) };

static const struct metric measure_metric[MEASURES] = {
#define X(name, unit, more, base, help)                                                            \
    {#name, help, offsetof(struct measure, name), METRIC_##unit, 0, more, sizeof(#base) > 2},
    MEASURE_MAP(X)
#undef X
};

const struct metric_list measure_list = {measure_metric, MEASURES};

/* What a share of it is a share of. */
static uint64_t base_of(const struct measure *m, const struct metric *metric)
{
    const char *name[MEASURES] = {
#define X(name, unit, more, base, help) #base,
        MEASURE_MAP(X)
#undef X
    };
    const char *base = name[metric - measure_metric];
    const struct metric *of = metric_find(&measure_list, base, strlen(base));

    return of != NULL ? metric_value(m, of) : 0;
}

void measure_report(struct measure *m, const struct face_report *r)
{
    const struct podring_stats *s = &r->stats;

    m->pods = s->pods;
    m->restarts = s->restarts;
    m->backoffs = s->backoffs;
    m->kills = s->kills;
    m->probes = s->probes_done;
    m->success = s->success + s->warning;
    m->failure = s->failure;
    m->error = s->error;
    m->timeouts = s->timeouts;
    m->missed = s->missed;
    m->requests = s->client_requests;
    m->requests_failed = s->client_requests - s->client_ok;
}

void measure_engine(struct measure *m, podring *ring)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    uint64_t cursor = 0, id, warnings = 0;

    while ((id = podring_next_pod(ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        if (podring_pod_info(ring, id, &pod) != 0)
            continue;
        m->failed += strcmp(pod.phase, "Failed") == 0;
        m->pending += strcmp(pod.phase, "Pending") == 0;
        m->not_ready += pod.ready < pod.ready_of && strcmp(pod.phase, "Succeeded") != 0;
    }
    for (uint32_t i = 0; podring_diagnostic_at(ring, i, &d) == 0; i++)
        warnings += d.severity != PODRING_NOTE && d.severity != PODRING_ERROR;
    /* All engines of a run read the same files. */
    m->warnings = warnings > m->warnings ? warnings : m->warnings;
}

static int read(const struct cli_options *o, int i, struct limit *out)
{
    return limit_read(o, &measure_list, o->fail_if[i], out);
}

int measure_check(const struct cli_options *o)
{
    for (int i = 0; i < o->fail_if_count; i++) {
        struct limit ignored;

        if (read(o, i, &ignored) != CLI_OK)
            return CLI_USAGE;
    }
    return CLI_OK;
}

int measure_judge(const struct cli_options *o, const struct measure *m)
{
    int code = CLI_OK;

    for (int i = 0; i < o->fail_if_count; i++) {
        struct limit l;
        uint64_t value;

        if (read(o, i, &l) != CLI_OK)
            return CLI_USAGE;
        value = metric_value(m, l.metric);
        if (limit_fails(&l, NULL, value, base_of(m, l.metric))) {
            limit_say_failed(o->fail_if[i], l.metric, value);
            code = CLI_FAILED;
        }
    }
    return code;
}

void measure_help(struct rx_text *t)
{
    rx_text_puts(t, "\nResults that --fail-if knows (counts of pods, probes and requests also as "
                    "shares: 1%):\n");
    for (size_t i = 0; i < MEASURES; i++) {
        const struct metric *m = &measure_metric[i];
        size_t from = t->length;

        rx_text_puts(t, "  ");
        rx_text_puts(t, m->name);
        rx_text_pad(t, from, 23);
        rx_text_puts(t, m->help[0] != '\0' ? m->help : "  \"");
        rx_text_putc(t, '\n');
    }
}
