/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_bench.c - podring bench: a load of equal pods, and what probing them costs.
 *
 * The result is one list of named numbers; the table, the JSON document, --fail-if and the help are
 * all written from it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/cli/live.h"
#include "api/cli/plan.h"
#include "api/face/json.h"
#include "api/manifest/manifest.h"
#include "engine/reactor/base.h"

enum { PODS = 1000, PERIOD_S = 1, MEASURE_MS = 10000, DESCRIPTORS_KEPT = 4096 };

enum unit { UNIT_COUNT, UNIT_NS, UNIT_BYTES, UNIT_MILLI /* thousandths */ };

/*    name, unit, help */
#define BENCH_MAP(X)                                                                               \
    X(probes_per_s, UNIT_COUNT, "verdicts per second of the wall clock")                           \
    X(cpu_per_probe, UNIT_NS, "CPU per verdict, both sides of the connection")                     \
    X(cpu_user_per_probe, UNIT_NS, "its share outside the kernel")                                 \
    X(lateness_p50, UNIT_NS, "from the instant a probe was due to its start")                      \
    X(lateness_p90, UNIT_NS, "")                                                                   \
    X(lateness_p99, UNIT_NS, "")                                                                   \
    X(lateness_p999, UNIT_NS, "")                                                                  \
    X(lateness_max, UNIT_NS, "")                                                                   \
    X(latency_p50, UNIT_NS, "from a probe's start to its verdict")                                 \
    X(latency_p90, UNIT_NS, "")                                                                    \
    X(latency_p99, UNIT_NS, "")                                                                    \
    X(latency_p999, UNIT_NS, "")                                                                   \
    X(latency_max, UNIT_NS, "")                                                                    \
    X(success, UNIT_COUNT, "verdicts by outcome")                                                  \
    X(failure, UNIT_COUNT, "")                                                                     \
    X(error, UNIT_COUNT, "")                                                                       \
    X(missed, UNIT_COUNT, "probe ticks lost")                                                      \
    X(enters_per_probe, UNIT_MILLI, "io_uring_enter calls per verdict")                            \
    X(sqes_per_probe, UNIT_MILLI, "submissions per verdict")                                       \
    X(cqes_per_probe, UNIT_MILLI, "completions per verdict")                                       \
    X(bytes_per_pod, UNIT_BYTES, "what the engine grew by for each pod")                           \
    X(rss_bytes, UNIT_BYTES, "peak memory of the process")                                         \
    X(steady_allocations, UNIT_COUNT, "allocations while measuring")

struct numbers {
#define X(name, unit, help) uint64_t name;
    BENCH_MAP(X)
#undef X
};

static const struct metric {
    const char *name, *help;
    size_t offset;
    enum unit unit;
} metric[] = {
#define X(name, unit, help) {#name, help, offsetof(struct numbers, name), unit},
    BENCH_MAP(X)
#undef X
};

struct bench {
    const struct cli_options *options;
    uint32_t pods, period_s;
    int64_t warm_up_ms, measure_ms;
    uint64_t empty_bytes; /* memory of the engine before it had pods */
    struct numbers numbers;
    struct face_report report;
};

static uint64_t value_of(const struct numbers *n, const struct metric *m)
{
    uint64_t value;

    memcpy(&value, (const char *)n + m->offset, sizeof(value));
    return value;
}

/* ---- thresholds ----------------------------------------------------------------------------- */

struct threshold {
    const struct metric *metric;
    bool above; /* fails if the result is above the value; otherwise below */
    uint64_t value;
};

/* A count, or thousandths with up to three decimals. */
static bool read_decimal(const char *text, unsigned decimals, uint64_t *out)
{
    const char *point = strchr(text, '.');
    char digits[24];
    size_t whole = point != NULL ? (size_t)(point - text) : strlen(text);
    size_t behind = point != NULL ? strlen(point + 1) : 0;

    if (whole == 0 || whole > 15 || behind > decimals || (point != NULL && behind == 0))
        return false;
    memset(digits, '0', sizeof(digits));
    memcpy(digits, text, whole);
    if (point != NULL)
        memcpy(digits + whole, point + 1, behind);
    digits[whole + decimals] = '\0';
    return cli_read_u64(digits, UINT64_MAX, out);
}

static bool read_value(const struct metric *m, const char *text, uint64_t *out)
{
    rx_ns ns;

    if (m->unit != UNIT_NS)
        return read_decimal(text, m->unit == UNIT_MILLI ? 3 : 0, out);
    if (manifest_duration(text, strlen(text), &ns) != 0)
        return false;
    *out = (uint64_t)ns;
    return true;
}

static int read_threshold(const struct cli_options *o, const char *text, struct threshold *t)
{
    size_t n = strcspn(text, "<>");

    t->metric = NULL;
    t->above = text[n] == '>';
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++)
        if (strlen(metric[i].name) == n && strncmp(metric[i].name, text, n) == 0)
            t->metric = &metric[i];
    if (t->metric == NULL)
        return cli_refuse(o->verb, "--fail-if: no result is called '%.*s'", (int)n, text);
    if (!read_value(t->metric, text + n + 1, &t->value))
        return cli_refuse(o->verb, "--fail-if: '%s' is not a %s", text + n + 1,
                          t->metric->unit == UNIT_NS      ? "duration such as 5ms"
                          : t->metric->unit == UNIT_MILLI ? "number with up to three decimals"
                                                          : "whole number");
    return CLI_OK;
}

static int judge(const struct bench *b)
{
    int code = CLI_OK;

    for (int i = 0; i < b->options->fail_if_count; i++) {
        struct threshold t;
        uint64_t value;

        if (read_threshold(b->options, b->options->fail_if[i], &t) != CLI_OK)
            return CLI_USAGE;
        value = value_of(&b->numbers, t.metric);
        if (t.above ? value > t.value : value < t.value) {
            cli_say("failed: %s", b->options->fail_if[i]);
            code = CLI_FAILED;
        }
    }
    return code;
}

/* ---- results -------------------------------------------------------------------------------- */

static uint64_t milli(uint64_t n, uint64_t per)
{
    return per > 0 ? n * 1000 / per : 0;
}

static void work_out(struct bench *b, const struct podring_stats *before)
{
    struct face_report *r = &b->report;
    const struct podring_stats *s = &r->stats;
    uint64_t done = s->probes_done - before->probes_done, ns = r->cost.elapsed_ns;
    uint64_t cpu = r->cost.cpu_user_ns + r->cost.cpu_system_ns;

    b->numbers = (struct numbers){
        .probes_per_s = ns > 0 ? (uint64_t)((unsigned __int128)done * 1000000000 / ns) : 0,
        .cpu_per_probe = done > 0 ? cpu / done : 0,
        .cpu_user_per_probe = done > 0 ? r->cost.cpu_user_ns / done : 0,
        .lateness_p50 = r->lateness.p50,
        .lateness_p90 = r->lateness.p90,
        .lateness_p99 = r->lateness.p99,
        .lateness_p999 = r->lateness.p999,
        .lateness_max = r->lateness.max,
        .latency_p50 = r->latency.p50,
        .latency_p90 = r->latency.p90,
        .latency_p99 = r->latency.p99,
        .latency_p999 = r->latency.p999,
        .latency_max = r->latency.max,
        .success = s->success - before->success,
        .failure = s->failure - before->failure,
        .error = s->error - before->error,
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

static void put_value(struct face_text *t, const struct metric *m, uint64_t value)
{
    switch (m->unit) {
    case UNIT_NS:
        face_span(t, value);
        break;
    case UNIT_MILLI:
        face_fixed(t, value, 3);
        break;
    case UNIT_BYTES:
        face_bytes(t, value);
        break;
    default:
        face_grouped(t, value);
        break;
    }
}

static void put_setting(struct face_text *t, const struct bench *b)
{
    const struct cli_options *o = b->options;

    face_grouped(t, b->pods);
    face_puts(t, " pods, probed by ");
    face_puts(t, o->probe == CLI_PROBE_TCP ? "tcp" : "http");
    face_puts(t, " every ");
    face_duration(t, (int64_t)b->period_s * 1000);
    face_puts(t, ", net ");
    face_puts(t, cli_net_word(o));
    face_puts(t, ", ");
    face_puts(t, cli_clock_word(o));
    face_puts(t, " time, measured for ");
    face_duration(t, b->measure_ms);
    face_puts(t, "\n\n");
}

static void render_text(struct face_text *t, const void *what)
{
    const struct bench *b = what;

    put_setting(t, b);
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++) {
        size_t from = t->length;

        face_puts(t, metric[i].name);
        face_pad(t, from, 20);
        put_value(t, &metric[i], value_of(&b->numbers, &metric[i]));
        if (metric[i].help[0] != '\0') {
            face_pad(t, from, 34);
            face_puts(t, metric[i].help);
        }
        face_putc(t, '\n');
    }
}

static void render_json(struct face_text *t, const void *what)
{
    const struct bench *b = what;

    face_puts(t, "{\"bench\":{\"pods\":");
    face_u64(t, b->pods);
    face_puts(t, ",\"period_ms\":");
    face_u64(t, (uint64_t)b->period_s * 1000);
    face_puts(t, ",\"probe\":");
    face_json_string(t, b->options->probe == CLI_PROBE_TCP ? "tcp" : "http");
    face_puts(t, ",\"measured_ms\":");
    face_i64(t, b->measure_ms);
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++) {
        uint64_t value = value_of(&b->numbers, &metric[i]);

        face_puts(t, ",\"");
        face_puts(t, metric[i].name);
        face_puts(t, metric[i].unit == UNIT_NS ? "_ns\":" : "\":");
        if (metric[i].unit == UNIT_MILLI)
            face_fixed(t, value, 3);
        else
            face_u64(t, value);
    }
    face_puts(t, "},\n ");
    face_json_report(t, &b->report);
    face_puts(t, "}\n");
}

void cmd_bench_help(struct face_text *t)
{
    face_puts(t, "\nResults that --fail-if knows (durations as 5ms, per-probe counts as 0.25):\n");
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++) {
        size_t from = t->length;

        face_puts(t, "  ");
        face_puts(t, metric[i].name);
        face_pad(t, from, 23);
        face_puts(t, metric[i].help[0] != '\0' ? metric[i].help : "  \"");
        face_putc(t, '\n');
    }
}

/* ---- the load ------------------------------------------------------------------------------- */

static int plan(struct bench *b)
{
    const struct cli_options *o = b->options;
    uint64_t pods = o->pods > 0 ? o->pods : PODS;

    b->period_s = o->period_s > 0 ? o->period_s : PERIOD_S;
    if (o->rate > 0 && o->pods > 0)
        b->period_s = (o->pods + o->rate - 1) / o->rate;
    else if (o->rate > 0)
        pods = (uint64_t)o->rate * b->period_s;
    if (pods > INT32_MAX)
        return cli_refuse(o->verb, "that would be %" PRIu64 " pods", pods);
    b->pods = (uint32_t)pods;
    b->warm_up_ms = o->warm_up_ms >= 0 ? o->warm_up_ms : (int64_t)b->period_s * 1000;
    b->measure_ms = o->has_for ? o->for_ms : MEASURE_MS;
    for (int i = 0; i < o->fail_if_count; i++) {
        struct threshold ignored;

        if (read_threshold(o, o->fail_if[i], &ignored) != CLI_OK)
            return CLI_USAGE;
    }
    return CLI_OK;
}

/* The threshold is out of reach: late answers are to be counted, not to start a wave of restarts.
 */
static int load(const struct bench *b, podring *ring)
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

static void choose_listeners(const struct bench *b, struct cli_options *o)
{
    uint64_t descriptors;

    if (strcmp(cli_net_word(o), "kernel") != 0)
        return;
    descriptors = plan_raise_descriptors();
    if ((o->engine.flags & PODRING_WILDCARD) != 0 || b->pods + DESCRIPTORS_KEPT <= descriptors)
        return;
    if (!o->quiet)
        cli_say("%u listening sockets do not fit into %" PRIu64 " open files: sharing one "
                "(--wildcard)",
                b->pods, descriptors);
    o->engine.flags |= PODRING_WILDCARD;
}

static int measure(struct bench *b, struct live *l)
{
    struct podring_stats before = PODRING_STATS_INIT;
    int64_t end_ms = b->warm_up_ms + b->measure_ms;
    struct cost_mark mark;
    int code;

    progress_begin(&l->progress, b->options, end_ms);
    code = live_drive(l, b->warm_up_ms, false);
    if (code != CLI_OK)
        return code;
    podring_reset_measures(l->ring);
    podring_stats(l->ring, &before);
    mark = live_mark();
    code = live_drive(l, end_ms, false);
    live_measure(&b->report, &mark);
    progress_end(&l->progress);
    if (code != CLI_OK)
        return code;
    live_describe(&b->report, l);
    work_out(b, &before);
    return CLI_OK;
}

static int bench(struct cli_options *o)
{
    struct bench b = {.options = o};
    struct podring_stats empty = PODRING_STATS_INIT;
    struct live l;
    int code = plan(&b);

    if (code != CLI_OK)
        return code;
    choose_listeners(&b, o);
    code = live_open(&l, o);
    if (code == CLI_OK && podring_stats(l.ring, &empty) == 0)
        b.empty_bytes = empty.memory;
    if (code == CLI_OK)
        code = input_complain(o, l.ring, load(&b, l.ring), &l.diagnostics);
    if (code == CLI_OK)
        code = measure(&b, &l);
    if (code == CLI_OK) {
        out_render(&l.out, o->format == CLI_JSON ? render_json : render_text, &b);
        code = live_metrics(&l, &b.report);
    }
    code = live_close(&l, code);
    return code == CLI_OK ? judge(&b) : code;
}

int cmd_bench(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    int code = cli_options_parse(&o, verb, argc, argv);

    if (code == CLI_OK)
        code = o.help ? cli_help(verb) : bench(&o);
    cli_options_free(&o);
    return code;
}
