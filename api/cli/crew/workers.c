/* SPDX-License-Identifier: Apache-2.0 */
/* workers.c - a whole run or simulation with several engines: what live_whole is for one. */
#include <stdlib.h>

#include "api/cli/crew/crew.h"
#include "api/cli/io/measure.h"
#include "api/cli/io/outputs.h"

struct workers {
    const struct cli_options *options;
    const struct input *in;
    struct crew crew;
    struct live front; /* outputs and progress; no engine */
    struct feed **feeds;
    struct feed_sink sink;
    bool incomplete; /* no memory for some events */
    int64_t end_ms;
    struct tally *sum;
    struct face_report report;
};

/* ---- in the engines' threads ---------------------------------------------------------------- */

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct crew_member *m = ctx;

    (void)ring;
    feed_put(&m->feed, e, m->crew->want_json, m->crew->want_line);
}

static void load(struct crew_member *m, void *in)
{
    m->error = input_load(in, m->live.ring);
}

/* Prints what is wrong with the documents, of one engine for all. */
static void judge(struct crew_member *m, void *arg)
{
    (void)arg;
    m->code = input_complain(&m->options, m->live.ring, m->error, &m->live.diagnostics);
    if (m->code != CLI_OK)
        return;
    input_warn_of_shares(&m->options, m->live.ring);
    m->code = outputs_check_steps(m->crew->options, m->live.ring);
}

/* Diagnostics that the first engine has printed. */
static void skip_diagnostics(struct crew_member *m, void *arg)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;

    (void)arg;
    while (podring_diagnostic_at(m->live.ring, m->live.diagnostics, &d) == 0)
        m->live.diagnostics++;
}

static void drive(struct crew_member *m, void *arg)
{
    struct workers *w = arg;

    m->code = live_drive(&m->live, w->end_ms, !w->options->has_for);
    if (m->live.heard)
        feed_reach(&m->feed, INT64_MAX);
}

static void collect(struct crew_member *m, void *arg)
{
    const struct workers *w = arg;

    result_collect(&m->rows, m->live.ring, w->options, w->report.stats.pods);
}

/* ---- in the main thread --------------------------------------------------------------------- */

static void idle(void *ctx)
{
    struct workers *w = ctx;
    bool failed = false;

    if (w->front.streams > 0 && !feed_pump(w->feeds, w->crew.count, &w->sink))
        w->incomplete = failed = true;
    for (int i = 0; i < w->front.streams; i++) {
        if (w->options->engine.clock == PODRING_REAL)
            out_flush(w->front.stream[i]);
    }
    if (failed || !live_told(&w->front)) {
        pthread_mutex_lock(&w->crew.lock);
        w->crew.stop = true;
        pthread_cond_broadcast(&w->crew.changed);
        pthread_mutex_unlock(&w->crew.lock);
    }
    crew_progress(&w->crew, &w->front.progress);
}

static int open_all(struct workers *w)
{
    const struct cli_options *o = w->options;
    int code = live_open_outs(&w->front, o);

    if (code == CLI_OK)
        code = crew_open(&w->crew, o);
    if (code != CLI_OK)
        return code;
    w->feeds = calloc(w->crew.count, sizeof(struct feed *));
    w->sum = tally_new();
    if (w->feeds == NULL || w->sum == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    for (uint32_t i = 0; i < w->crew.count; i++)
        w->feeds[i] = &w->crew.member[i].feed;
    for (int i = 0; i < w->front.streams; i++) {
        struct out *to = w->front.stream[i];

        if (to == &w->front.out && o->format == CLI_TIMELINE)
            w->sink.line = to;
        else if (w->sink.json == NULL)
            w->sink.json = to;
        else
            w->sink.json2 = to;
    }
    w->crew.want_json = w->sink.json != NULL;
    w->crew.want_line = w->sink.line != NULL;
    return crew_engines(&w->crew, w->front.streams > 0 ? on_event : NULL);
}

static int load_all(struct workers *w)
{
    struct crew *c = &w->crew;
    int code;

    crew_do(c, 0, c->count, load, (void *)(uintptr_t)w->in);
    code = crew_do(c, 0, 1, judge, NULL);
    for (uint32_t i = 1; i < c->count && code == CLI_OK; i++) {
        if (c->member[i].error != 0)
            code = crew_do(c, i, i + 1, judge, NULL);
        else
            crew_do(c, i, i + 1, skip_diagnostics, NULL);
    }
    return code;
}

static int drive_all(struct workers *w)
{
    struct cost_mark mark;
    int code;

    progress_begin(&w->front.progress, w->options, w->end_ms);
    w->crew.snapshots = w->front.progress.on;
    w->crew.idle = idle;
    w->crew.idle_ctx = w;
    mark = live_mark();
    crew_aim(&w->crew);
    code = crew_do(&w->crew, 0, w->crew.count, drive, w);
    idle(w); /* what came at the very end */
    live_measure(&w->report, &mark);
    w->crew.idle = NULL;
    progress_end(&w->front.progress);
    if (code == CLI_OK && w->incomplete) {
        cli_say("out of memory: events are missing");
        code = CLI_SYSTEM;
    }
    return code;
}

static int print_result(struct workers *w)
{
    const struct cli_options *o = w->options;
    struct result_share **shares;
    int code;

    if (cli_is_stream(o->format) || result_is_output(o))
        return CLI_OK;
    shares = calloc(w->crew.count, sizeof(struct result_share *));
    if (shares == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    for (uint32_t i = 0; i < w->crew.count; i++)
        shares[i] = &w->crew.member[i].rows;
    crew_do(&w->crew, 0, w->crew.count, collect, w);
    code = result_of_shares(&w->front.out, shares, w->crew.count, &w->report, o);
    free(shares);
    return code;
}

static void measure_one(struct crew_member *m, void *arg)
{
    measure_engine(arg, m->live.ring);
    m->code = CLI_OK;
}

static int judge_run(struct workers *w)
{
    struct measure m = {0};

    if (w->options->fail_if_count == 0)
        return CLI_OK;
    measure_report(&m, &w->report);
    for (uint32_t i = 0; i < w->crew.count; i++)
        crew_do(&w->crew, i, i + 1, measure_one, &m);
    return measure_judge(w->options, &m);
}

static int finish(struct workers *w, bool asked)
{
    const struct cli_options *o = w->options;
    bool real = o->engine.clock == PODRING_REAL;
    struct face_report *r = &w->report;
    struct tally *t = w->sum;
    int code = crew_tally(&w->crew, t);

    if (code != CLI_OK)
        return code;
    t->cost_known = real;
    t->elapsed_ns = r->cost.elapsed_ns;
    t->cpu_user_ns = r->cost.cpu_user_ns;
    t->cpu_system_ns = r->cost.cpu_system_ns;
    t->rss_bytes = r->cost.rss_bytes;
    tally_report(t, r);
    r->epoch_unix_ms = o->engine.epoch_unix_ms;
    code = print_result(w);
    result_warn(r);
    if (code == CLI_OK)
        code = result_write(o->metrics_path, o->engine.shard_index, result_metrics, r);
    if (code == CLI_OK)
        code = result_write(o->result_path, o->engine.shard_index, tally_write, t);
    if (asked && cli_is_stream(o->format))
        result_aside(r);
    if (!real && !o->quiet)
        live_say_cost(r);
    return code == CLI_OK ? judge_run(w) : code;
}

int crew_whole(const struct cli_options *o, const struct input *in)
{
    struct workers w = {.options = o, .in = in, .end_ms = live_end_ms(o)};
    bool asked = false;
    int code = open_all(&w);

    if (code == CLI_OK)
        code = load_all(&w);
    if (code == CLI_OK)
        code = live_begin_events(&w.front);
    if (code == CLI_OK) {
        code = drive_all(&w);
        asked = w.crew.snapshots;
        crew_complain(&w.crew);
    }
    if (code == CLI_OK && live_told(&w.front))
        code = finish(&w, asked);
    if (w.crew.count > 0)
        crew_close(&w.crew);
    free(w.feeds);
    free(w.sum);
    return live_close(&w.front, code);
}
