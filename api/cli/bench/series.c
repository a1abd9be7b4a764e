/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series.c - a line for each interval of a load test: what was due, started, done in it, and how
 * long that took. The lines add up to the result.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "api/cli/bench/server.h"
#include "api/cli/live.h"

int bench_series_open(struct bench_load *l)
{
    const struct cli_options *o = l->bench->options;
    struct bench_series *s = &l->series;
    size_t n;

    if (o->series_path == NULL)
        return CLI_OK;
    s->file = fopen(o->series_path, "w");
    if (s->file == NULL) {
        cli_say("%s: %s", o->series_path, strerror(errno));
        return CLI_OUTPUT;
    }
    n = strlen(o->series_path);
    s->csv = n > 4 && strcmp(o->series_path + n - 4, ".csv") == 0;
    s->every = rx_ns_from_ms(o->every_ms);
    if (s->csv)
        fprintf(s->file, "t_ms,due,sent,done,success,failure,error,timeouts,not_sent,waiting,"
                         "in_flight,corrected_p50_ns,corrected_p99_ns,corrected_max_ns,cpu_ns\n");
    return CLI_OK;
}

static uint64_t cpu_now(void)
{
    struct cost_mark mark = live_mark();

    return mark.user_ns + mark.system_ns;
}

void bench_series_begin(struct bench_load *l)
{
    struct bench_series *s = &l->series;

    s->next = l->from + s->every;
    s->cpu_before = cpu_now();
    rx_hist_reset(&s->corrected);
}

static uint64_t due_until(const struct bench_load *l, rx_ns at)
{
    return l->closed ? l->n.sent + l->n.not_sent
                     : bench_pace_due(l, RX_MIN(at, l->to)) - bench_pace_due(l, l->from);
}

/* An interval in which nothing was done has no quantiles: nothing in CSV, null in JSON. */
static void put_quantiles(const struct bench_series *s)
{
    static const uint32_t share[] = {500000, 990000, 1000000};
    static const char *const key[] = {"corrected_p50_ns", "corrected_p99_ns", "corrected_max_ns"};

    for (size_t i = 0; i < RX_ARRAY_LEN(share); i++) {
        if (s->csv)
            fputc(',', s->file);
        else
            fprintf(s->file, ",\"%s\":%s", key[i], s->corrected.count == 0 ? "null" : "");
        if (s->corrected.count > 0)
            fprintf(s->file, "%" PRIu64, rx_hist_percentile(&s->corrected, share[i]));
    }
}

static void put_line(struct bench_load *l, rx_ns at)
{
    struct bench_series *s = &l->series;
    const struct bench_counts *n = &l->n, *b = &s->before;
    uint64_t due = due_until(l, at), sent = n->sent + n->not_sent, cpu = cpu_now();
    const struct {
        const char *key;
        uint64_t value;
    } column[] = {
        {"t_ms", (uint64_t)rx_ms_floor(at - l->from)},
        {"due", due - s->due},
        {"sent", sent - b->sent - b->not_sent},
        {"done", n->done - b->done},
        {"success", n->success - b->success},
        {"failure", n->failure - b->failure},
        {"error", n->error - b->error},
        {"timeouts", n->timeouts - b->timeouts},
        {"not_sent", n->not_sent - b->not_sent},
        /* some of the next interval may be sent already */
        {"waiting", due > sent ? due - sent : 0},
        {"in_flight", n->sent - n->done},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(column); i++) {
        if (s->csv)
            fprintf(s->file, "%s%" PRIu64, i > 0 ? "," : "", column[i].value);
        else
            fprintf(s->file, "%s\"%s\":%" PRIu64, i > 0 ? "," : "{", column[i].key,
                    column[i].value);
    }
    put_quantiles(s);
    fprintf(s->file, s->csv ? ",%" PRIu64 "\n" : ",\"cpu_ns\":%" PRIu64 "}\n",
            cpu - s->cpu_before);
    s->due = due;
    s->before = *n;
    s->cpu_before = cpu;
    rx_hist_reset(&s->corrected);
}

void bench_series_tick(struct bench_load *l)
{
    struct bench_series *s = &l->series;

    bool begun = s->file != NULL && s->next > 0;

    while (begun && s->next < l->to && rx_loop_clock(&l->loop) >= s->next) {
        put_line(l, s->next);
        s->next += s->every;
    }
}

int bench_series_close(struct bench_load *l, rx_ns now)
{
    struct bench_series *s = &l->series;
    bool ok;

    if (s->file == NULL)
        return CLI_OK;
    bench_series_tick(l);
    put_line(l, RX_MIN(now, l->to));
    ok = !ferror(s->file);
    ok &= fclose(s->file) == 0;
    s->file = NULL;
    if (!ok)
        cli_say("%s: cannot be written", l->bench->options->series_path);
    return ok ? CLI_OK : CLI_OUTPUT;
}
