/* SPDX-License-Identifier: Apache-2.0 */
/* crew.c - the load of podring bench, shared by several engines. */
#include <stdlib.h>

#include "api/cli/bench/bench.h"
#include "api/cli/crew/crew.h"

struct phase {
    struct crew crew;
    struct bench *bench;
    struct progress progress;
    int64_t until_ms;
};

static void load(struct crew_member *m, void *arg)
{
    const struct phase *p = arg;

    m->error = bench_load(p->bench, m->live.ring);
    m->code = input_complain(&m->options, m->live.ring, m->error, &m->live.diagnostics);
}

static void drive(struct crew_member *m, void *arg)
{
    const struct phase *p = arg;

    m->code = live_drive(&m->live, p->until_ms, false);
}

static void reset(struct crew_member *m, void *arg)
{
    (void)arg;
    podring_reset_measures(m->live.ring);
}

static void idle(void *ctx)
{
    struct phase *p = ctx;

    crew_progress(&p->crew, &p->progress);
}

static int stats_of(struct crew *c, struct podring_stats *out)
{
    struct tally *sum = tally_new();
    int code = sum != NULL ? crew_tally(c, sum) : CLI_SYSTEM;

    if (code == CLI_OK)
        *out = sum->stats;
    free(sum);
    return code;
}

static int drive_to(struct phase *p, int64_t until_ms)
{
    p->until_ms = until_ms;
    return crew_do(&p->crew, 0, p->crew.count, drive, p);
}

static int measure(struct phase *p, struct podring_stats *before, struct tally *sum)
{
    struct bench *b = p->bench;
    struct crew *c = &p->crew;
    int64_t end_ms = b->warm_up_ms + b->measure_ms;
    struct cost_mark mark;
    int code;

    progress_begin(&p->progress, b->options, end_ms);
    c->snapshots = p->progress.on;
    c->idle = idle;
    c->idle_ctx = p;
    code = drive_to(p, b->warm_up_ms);
    if (code == CLI_OK) {
        crew_do(c, 0, c->count, reset, NULL);
        code = stats_of(c, before);
    }
    mark = live_mark();
    if (code == CLI_OK)
        code = drive_to(p, end_ms);
    live_measure(&b->report, &mark);
    c->idle = NULL;
    progress_end(&p->progress);
    return code == CLI_OK ? crew_tally(c, sum) : code;
}

static int run(struct phase *p, struct tally *sum)
{
    struct bench *b = p->bench;
    const struct cli_options *o = b->options;
    struct podring_stats empty = PODRING_STATS_INIT, before = PODRING_STATS_INIT;
    struct face_report cost;
    int code = crew_engines(&p->crew, NULL);

    if (code == CLI_OK)
        code = stats_of(&p->crew, &empty);
    b->empty_bytes = empty.memory;
    if (code == CLI_OK)
        code = crew_do(&p->crew, 0, p->crew.count, load, p);
    if (code == CLI_OK) {
        crew_aim(&p->crew);
        code = measure(p, &before, sum);
    }
    if (code != CLI_OK)
        return code;
    cost = b->report;
    tally_report(sum, &b->report);
    b->report.cost = cost.cost;
    b->report.epoch_unix_ms = o->engine.epoch_unix_ms;
    bench_work_out(b, &before);
    return bench_distributions(b, &sum->lateness, &sum->latency);
}

int bench_crew(struct bench *b)
{
    struct phase p = {.bench = b};
    struct tally *sum = tally_new();
    struct out out;
    int code = sum != NULL ? crew_open(&p.crew, b->options) : CLI_SYSTEM;

    out_standard(&out);
    if (code == CLI_OK)
        code = run(&p, sum);
    if (code == CLI_OK) {
        bench_print(&out, b);
        code = result_write(b->options->metrics_path, 0, result_metrics, &b->report);
    }
    if (p.crew.count > 0)
        crew_close(&p.crew);
    /* Its words are the tally's, so the tally goes last. */
    if (code == CLI_OK)
        code = out_close(&out);
    free(sum);
    return code;
}
