/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - one engine from open to close. */
#include "api/cli/live.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "api/cli/io/measure.h"
#include "api/cli/io/outputs.h"
#include "api/cli/rank.h"
#include "api/cli/io/result.h"
#include "api/cli/signals.h"
#include "api/cli/crew/tally.h"
#include "api/cli/watchdog.h"
#include "api/face/timeline.h"

/* With more than that, looking again takes too long, and the page is the better place. */
enum { LOOK_PODS_MAX = 2000, LOOK_EVENTS_MAX = 2000000 };

enum { SLICE_MS = 100 }; /* of real time between looks at signals, outputs and progress */

static int open_ring(struct live *l, podring_event_fn *fn, void *ctx);
static int explain_open(int error);
static void on_event(void *ctx, podring *ring, const struct podring_event *e);

int live_begin_events(struct live *l)
{
    if (l->streams == 0 || l->stream[l->streams - 1] != &l->events)
        return CLI_OK;
    if (!rank_path(l->options->events_path, l->options->engine.shard_index, l->events_name,
                   sizeof(l->events_name))) {
        cli_say("%s: the name is too long", l->options->events_path);
        return CLI_OUTPUT;
    }
    return out_create(&l->events, l->events_name);
}

int live_open_outs(struct live *l, const struct cli_options *o)
{
    *l = (struct live){.options = o};
    out_standard(&l->out);
    out_standard(&l->events);
    if (cli_is_stream(o->format))
        l->stream[l->streams++] = &l->out;
    if (o->events_path != NULL && strcmp(o->events_path, "-") == 0) {
        l->stream[l->streams++] = &l->out;
    } else if (o->events_path != NULL) {
        l->stream[l->streams++] = &l->events;
    }
    return CLI_OK;
}

int live_open(struct live *l, const struct cli_options *o)
{
    int code = live_open_outs(l, o);

    return code == CLI_OK ? open_ring(l, l->streams > 0 ? on_event : NULL, l) : code;
}

int live_open_crewed(struct live *l, const struct cli_options *o, podring_event_fn *fn, void *ctx)
{
    *l = (struct live){.options = o, .crewed = true};
    out_standard(&l->out);
    out_standard(&l->events);
    return open_ring(l, fn, ctx);
}

int live_open_with(struct live *l, const struct cli_options *o, podring_event_fn *fn, void *ctx)
{
    *l = (struct live){.options = o};
    out_standard(&l->out);
    out_standard(&l->events);
    return open_ring(l, fn, ctx);
}

static int open_ring(struct live *l, podring_event_fn *fn, void *ctx)
{
    struct podring_options engine = l->options->engine;
    int error;

    if (fn == NULL)
        engine.flags |= PODRING_NO_EVENTS;
    picture_history(&engine, l->options);
    error = podring_open(&engine, &l->ring);
    if (error != 0)
        return explain_open(error);
    l->heard = fn != NULL;
    if (l->heard)
        podring_on_event(l->ring, fn, ctx);
    return input_set(l->options, l->ring);
}

static int explain_open(int error)
{
    const char *why = podring_why(NULL);

    cli_say("%s", why[0] != '\0' ? why : podring_strerror(error));
    if (error == -PODRING_ENORING)
        cli_say("'podring simulate' and 'podring run --net memory' do without io_uring");
    return cli_exit_code(error);
}

int live_close(struct live *l, int code)
{
    int out, events;

    progress_end(&l->progress);
    if (!l->crewed)
        signals_aim(NULL);
    podring_close(l->ring);
    l->ring = NULL;
    picture_close(l->picture);
    l->picture = NULL;
    out = out_close(&l->out);
    events = out_close(&l->events);
    if (!l->crewed)
        signals_done();
    if (code != CLI_OK)
        return code;
    return out != CLI_OK ? out : events;
}

/* ---- turning -------------------------------------------------------------------------------- */

static void render_event(struct rx_text *t, const void *what)
{
    bool space = t->length < t->room;

    t->length += podring_event_json(what, space ? t->out + t->length : NULL,
                                    space ? t->room - t->length : 0);
    rx_text_putc(t, '\n');
}

static void render_line(struct rx_text *t, const void *what)
{
    face_timeline(t, what);
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct live *l = ctx;
    bool told = l->options->format == CLI_TIMELINE;

    for (int i = 0; i < l->streams; i++) {
        if (l->picture != NULL && l->stream[i] == &l->out)
            picture_event(l->picture, ring, e);
        else
            out_render(l->stream[i], told && l->stream[i] == &l->out ? render_line : render_event,
                       e);
        if (l->stream[i]->error != 0)
            podring_stop(ring);
    }
}

bool live_told(const struct live *l)
{
    for (int i = 0; i < l->streams; i++)
        if (l->stream[i]->error != 0)
            return false;
    return true;
}

/* A look around between two steps; true: stop. */
static bool look(struct live *l, bool flush)
{
    progress_draw(&l->progress, l->ring);
    if (l->look != NULL && l->look(l->look_ctx))
        return true;
    for (int i = 0; i < l->streams && flush; i++)
        out_flush(l->stream[i]);
    return !live_told(l) || signals_seen();
}

static int64_t time_left(const struct live *l, int64_t end_ms)
{
    int64_t now = podring_now(l->ring);

    return end_ms == INT64_MAX ? PODRING_FOREVER : end_ms > now ? end_ms - now : 0;
}

/* At once and not only in the summary: what such a run measures is mostly its own refusals. */
static void warn_of_listeners(struct live *l)
{
    struct podring_stats stats = PODRING_STATS_INIT;

    if (l->warned || podring_stats(l->ring, &stats) != 0 || stats.listen_failed == 0)
        return;
    l->warned = true;
    progress_clear(&l->progress);
    cli_say("%" PRIu64 " of the listening sockets could not be opened: probes of their ports fail",
            stats.listen_failed);
}

static int drive_real(struct live *l, int64_t end_ms)
{
    for (;;) {
        int64_t left = time_left(l, end_ms);
        int64_t step = left < SLICE_MS ? left : SLICE_MS;
        int result = podring_run_until(l->ring, podring_now(l->ring) + step);

        if (result != -PODRING_EBUSY)
            warn_of_listeners(l);
        if (look(l, true) || result != 0 || step == left)
            return result < 0 ? result : 0;
    }
}

/* Events that were due before anything turned may fill the queue. A turn then says so, but has
 * delivered them: the next one goes on. */
static int turn(struct live *l, int64_t wait_ms)
{
    int result = podring_turn(l->ring, wait_ms);

    return result == -PODRING_EFULL && l->heard ? podring_turn(l->ring, wait_ms) : result;
}

static int drive_virtual(struct live *l, int64_t end_ms, bool until_idle)
{
    int result = turn(l, 0); /* what is due at once */

    while (result >= 0) {
        if (look(l, false))
            return 0;
        /* Leaves the clock where the last thing happened. */
        if (until_idle && podring_wait_ns(l->ring) == INT64_MAX)
            return 0;
        if (podring_now(l->ring) >= end_ms)
            break;
        result = turn(l, time_left(l, end_ms));
    }
    if (result >= 0)
        result = podring_run_until(l->ring, end_ms);
    return result < 0 ? result : 0;
}

int live_drive(struct live *l, int64_t end_ms, bool until_idle)
{
    const char *why;
    int result;

    if (!l->crewed)
        signals_aim(l->ring);
    watchdog_begin(l->ring);
    result = l->options->engine.clock == PODRING_REAL ? drive_real(l, end_ms)
                                                      : drive_virtual(l, end_ms, until_idle);
    watchdog_end();
    if (result == 0)
        return CLI_OK;
    why = podring_why(l->ring);
    progress_end(&l->progress);
    cli_say("%s", why[0] != '\0' ? why : podring_strerror(result));
    return cli_exit_code(result);
}

/* ---- measuring ------------------------------------------------------------------------------ */

static uint64_t timeval_ns(const struct timeval *t)
{
    return (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_usec * 1000;
}

struct cost_mark live_mark(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (struct cost_mark){.wall_ns = progress_clock_ns(),
                              .user_ns = timeval_ns(&usage.ru_utime),
                              .system_ns = timeval_ns(&usage.ru_stime)};
}

void live_measure(struct face_report *r, const struct cost_mark *since)
{
    struct cost_mark now = live_mark();
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    r->cost.elapsed_ns = now.wall_ns - since->wall_ns;
    r->cost.cpu_user_ns = now.user_ns - since->user_ns;
    r->cost.cpu_system_ns = now.system_ns - since->system_ns;
    r->cost.rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
    r->cost.known = true;
}

int live_describe(struct face_report *r, const struct live *l)
{
    const struct cli_options *o = l->options;

    r->command = o->verb->name;
    r->clock = cli_clock_word(o);
    r->net = cli_net_word(o);
    r->timing = cli_timing_word(o);
    r->seed = o->engine.seed;
    r->epoch_unix_ms = o->engine.epoch_unix_ms;
    face_report_measure(r, l->ring);
    if (face_report_count(r, l->ring))
        return CLI_OK;
    cli_say("out of memory");
    return CLI_SYSTEM;
}

/* ---- the whole ------------------------------------------------------------------------------ */

void live_say_cost(const struct face_report *r)
{
    char line[256];
    struct rx_text t = rx_text_in(line, sizeof(line));

    rx_text_puts(&t, "simulated ");
    face_duration(&t, r->end_ms);
    rx_text_puts(&t, " in ");
    face_span(&t, r->cost.elapsed_ns);
    rx_text_puts(&t, ": ");
    face_grouped(&t, (uint64_t)((unsigned __int128)r->end_ms * 1000000 / (r->cost.elapsed_ns + 1)));
    rx_text_puts(&t, " times faster than real time; peak memory ");
    face_bytes(&t, r->cost.rss_bytes);
    rx_text_end(&t);
    cli_say("%s", line);
}

int live_metrics(const struct live *l, const struct face_report *r)
{
    return result_write(l->options->metrics_path, l->options->engine.shard_index, result_metrics,
                        r);
}

/* The file of --result. */
static int write_tally(const struct live *l, const struct face_report *r)
{
    struct tally *t;
    int code;

    if (l->options->result_path == NULL)
        return CLI_OK;
    t = tally_new();
    if (t == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    if (!tally_take(t, l->options, l->ring)) {
        free(t);
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    t->cost_known = r->cost.known;
    t->elapsed_ns = r->cost.elapsed_ns;
    t->cpu_user_ns = r->cost.cpu_user_ns;
    t->cpu_system_ns = r->cost.cpu_system_ns;
    t->rss_bytes = r->cost.rss_bytes;
    code = result_write(l->options->result_path, l->options->engine.shard_index, tally_write, t);
    free(t);
    return code;
}

static void print_result(struct live *l, const struct face_report *r)
{
    if (result_is_output(l->options))
        return;
    if (l->options->format == CLI_JSON)
        result_json(&l->out, l->ring, r);
    else if (l->picture != NULL)
        picture_end(l->picture, l->ring, r);
    else if (!cli_is_stream(l->options->format))
        result_table(&l->out, l->ring, r, l->options);
}

int64_t live_end_ms(const struct cli_options *o)
{
    if (o->has_for)
        return o->for_ms;
    return o->engine.clock == PODRING_REAL ? INT64_MAX : LIVE_VIRTUAL_MAX_MS;
}

static int begin_picture(struct live *l)
{
    if (!picture_is_asked_for(l->options))
        return CLI_OK;
    l->picture = picture_open(&l->out, l->options);
    if (l->picture == NULL)
        return CLI_SYSTEM;
    picture_begin(l->picture, l->ring);
    return CLI_OK;
}

static int judge(const struct live *l, const struct face_report *r)
{
    struct measure m = {0};

    if (l->options->fail_if_count == 0)
        return CLI_OK;
    measure_report(&m, r);
    measure_engine(&m, l->ring);
    return measure_judge(l->options, &m);
}

/* At the end of a run: is something wrong, and shall it be said? */
static bool is_worth_a_look(const struct cli_options *o, podring *ring, const struct face_report *r)
{
    const struct podring_stats *s = &r->stats;
    uint64_t cursor = 0, id;

    if (o->quiet || cli_is_stream(o->format) || o->engine.shard_count > 1 ||
        s->pods > LOOK_PODS_MAX || s->events > LOOK_EVENTS_MAX)
        return false;
    if (s->restarts + s->kills + s->failure > 0)
        return true;
    while ((id = podring_next_pod(ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        if (podring_pod_info(ring, id, &pod) == 0 && pod.ready < pod.ready_of &&
            strcmp(pod.phase, "Succeeded") != 0)
            return true;
    }
    return false;
}

int live_whole(const struct cli_options *o, const struct input *in, bool *wrong)
{
    bool real = o->engine.clock == PODRING_REAL, asked;
    int64_t end_ms = live_end_ms(o);
    struct face_report report = {0};
    struct cost_mark mark;
    struct live l;
    int code = live_open(&l, o);

    if (code == CLI_OK)
        code = input_complain(o, l.ring, input_load(in, l.ring), &l.diagnostics);
    if (code == CLI_OK) {
        input_warn_of_shares(o, l.ring);
        code = outputs_check_steps(o, l.ring);
    }
    if (code == CLI_OK)
        code = live_begin_events(&l);
    if (code == CLI_OK)
        code = begin_picture(&l);
    if (code != CLI_OK)
        return live_close(&l, code);
    progress_begin(&l.progress, o, end_ms);
    asked = l.progress.on;
    mark = live_mark();
    code = live_drive(&l, end_ms, !o->has_for);
    live_measure(&report, &mark);
    progress_end(&l.progress);
    input_complain(o, l.ring, 0, &l.diagnostics); /* what a scenario could not do */
    if (code != CLI_OK || !live_told(&l)) /* its result would be that of a run cut short */
        return live_close(&l, code);
    code = live_describe(&report, &l);
    if (code == CLI_OK) {
        report.cost.known = real;
        print_result(&l, &report);
        result_warn(&report);
        code = live_metrics(&l, &report);
        if (code == CLI_OK)
            code = write_tally(&l, &report);
        if (asked && cli_is_stream(o->format))
            result_aside(&report);
        if (!real && !o->quiet)
            live_say_cost(&report);
        if (wrong != NULL)
            *wrong = code == CLI_OK && is_worth_a_look(o, l.ring, &report);
        if (code == CLI_OK)
            code = judge(&l, &report);
    }
    return live_close(&l, code);
}
