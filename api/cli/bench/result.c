/* SPDX-License-Identifier: Apache-2.0 */
/* result.c - the result of a load test: its distributions, its table and its JSON document. */
#include <stdio.h>
#include <string.h>

#include "api/cli/bench/metric.h"
#include "api/cli/io/hdr.h"
#include "api/face/json.h"
#include "engine/reactor/base.h"

/* ---- distributions --------------------------------------------------------------------- */

static uint64_t quantile(const struct rx_hist *h, uint32_t per_million)
{
    return h->count > 0 ? rx_hist_percentile(h, per_million) : BENCH_NONE;
}

void bench_spread(struct bench_numbers *n, const struct rx_hist *lateness,
                  const struct rx_hist *latency, const struct rx_hist *corrected)
{
#define X(name)                                                                                    \
    n->name##_p50 = quantile(name, 500000);                                                        \
    n->name##_p90 = quantile(name, 900000);                                                        \
    n->name##_p99 = quantile(name, 990000);                                                        \
    n->name##_p999 = quantile(name, 999000);                                                       \
    n->name##_max = quantile(name, 1000000);
    X(lateness)
    X(latency)
    X(corrected)
#undef X
}

void bench_spread_waited(struct bench_numbers *n, const struct rx_hist *waited)
{
    n->waited_p99 = quantile(waited, 990000);
    n->waited_max = quantile(waited, 1000000);
}

static const char *const hdr_suffix[] = {"", ".corrected", ".lateness"};

static bool hdr_path(const struct bench *b, size_t i, char *path, size_t room)
{
    return snprintf(path, room, "%s%s", b->options->hdr_path, hdr_suffix[i]) < (int)room;
}

int bench_hdr_open(const struct bench *b)
{
    char path[4096];

    for (size_t i = 0; b->options->hdr_path != NULL && i < RX_ARRAY_LEN(hdr_suffix); i++) {
        struct rx_hist none;
        int code;

        if (!hdr_path(b, i, path, sizeof(path)))
            return cli_refuse(b->options->verb, "--hdr: the name is too long");
        rx_hist_reset(&none);
        code = bench_hdr_write(&none, path);
        if (code != CLI_OK)
            return code;
    }
    return CLI_OK;
}

int bench_write_hdr(const struct bench *b, const struct rx_hist *lateness,
                    const struct rx_hist *latency, const struct rx_hist *corrected)
{
    const struct rx_hist *const hist[] = {latency, corrected, lateness};
    int code = CLI_OK;

    for (size_t i = 0; b->options->hdr_path != NULL && i < RX_ARRAY_LEN(hist); i++) {
        char path[4096];

        if (code == CLI_OK && hdr_path(b, i, path, sizeof(path)))
            code = bench_hdr_write(hist[i], path);
    }
    return code;
}

/* ---- the set-up -------------------------------------------------------------------------- */

static const char *probe_word(const struct bench *b)
{
    const char *target = b->options->target;

    if (target != NULL)
        return strncmp(target, "tcp:", 4) == 0 ? "tcp" : "http";
    return b->options->probe == CLI_PROBE_TCP ? "tcp" : "http";
}

static void put_policies(struct rx_text *t, const struct cli_options *o, const char *before)
{
    static const struct {
        uint32_t flag;
        const char *word;
    } policy[] = {{PODRING_RST_CLOSE, "rst"},
                  {PODRING_FAST_OPEN, "fast-open"},
                  {PODRING_KEEP_ALIVE, "keep-alive"},
                  {PODRING_WILDCARD, "wildcard"}};

    for (size_t i = 0; i < RX_ARRAY_LEN(policy); i++) {
        if ((o->engine.flags & policy[i].flag) == 0)
            continue;
        rx_text_puts(t, before);
        rx_text_puts(t, policy[i].word);
        before = ", ";
    }
}

static void put_load(struct rx_text *t, const struct bench *b)
{
    const struct cli_options *o = b->options;

    if (o->closed) {
        rx_text_puts(t, "closed loop, ");
        return;
    }
    face_grouped(t, b->pods);
    if (o->target == NULL) {
        rx_text_puts(t, " pods, probed every ");
    } else if (b->period_s == 1) {
        rx_text_puts(t, " probes a second, evenly spaced, ");
        return;
    } else {
        rx_text_puts(t, " probes, evenly spaced, every ");
    }
    face_duration(t, (int64_t)b->period_s * 1000);
    rx_text_puts(t, ", ");
}

static void put_setting(struct rx_text *t, const struct bench *b)
{
    const struct cli_options *o = b->options;

    put_load(t, b);
    if (o->target != NULL) {
        rx_text_puts(t, "target ");
        rx_text_puts(t, o->target);
    } else {
        rx_text_puts(t, "probed by ");
        rx_text_puts(t, probe_word(b));
        rx_text_puts(t, ", net ");
        rx_text_puts(t, cli_net_word(o));
        rx_text_puts(t, ", ");
        rx_text_puts(t, cli_clock_word(o));
        rx_text_puts(t, " time");
    }
    put_policies(t, o, ", ");
    rx_text_puts(t, b->interrupted ? ", interrupted after " : ", measured for ");
    face_duration(t, b->measure_ms);
    rx_text_puts(t, "\n\n");
}

/* ---- the table --------------------------------------------------------------------------- */

static bool is_of(const struct bench *b, const struct metric *m)
{
    return (m->who & (b->options->target != NULL ? BENCH_SERVER : BENCH_PODS)) != 0;
}

static void put_address(struct rx_text *t, struct rx_addr a)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        rx_text_u64(t, a.ip >> shift & 0xff);
        rx_text_putc(t, shift > 0 ? '.' : ':');
    }
    rx_text_u64(t, a.port);
}

static void put_causes(struct rx_text *t, const char *title, const struct bench_causes *all)
{
    for (uint32_t i = 0; i < all->count; i++) {
        const struct bench_cause *c = &all->row[i];
        size_t from = t->length;

        rx_text_puts(t, i == 0 ? title : "");
        rx_text_pad(t, from, 20);
        face_grouped(t, c->count);
        rx_text_pad(t, from, 34);
        bench_cause_text(t, c);
        rx_text_puts(t, " (first: ");
        put_address(t, c->first);
        rx_text_puts(t, ")\n");
    }
}

static void put_statuses(struct rx_text *t, const struct bench *b)
{
    const char *title = "statuses";

    for (uint32_t i = 0; i < BENCH_STATUSES; i++) {
        size_t from = t->length;

        if (b->status[i] == 0)
            continue;
        rx_text_puts(t, title);
        rx_text_pad(t, from, 20);
        face_grouped(t, b->status[i]);
        rx_text_pad(t, from, 34);
        rx_text_u64(t, i);
        rx_text_putc(t, '\n');
        title = "";
    }
}

static void render_text(struct rx_text *t, const void *what)
{
    const struct bench *b = what;

    put_setting(t, b);
    for (size_t i = 0; i < BENCH_METRICS; i++) {
        const struct metric *m = &bench_metric[i];
        size_t from = t->length;

        if (!is_of(b, m))
            continue;
        rx_text_puts(t, m->name);
        rx_text_pad(t, from, 20);
        metric_put(t, m, metric_value(&b->numbers, m));
        if (m->help[0] != '\0') {
            rx_text_pad(t, from, 34);
            rx_text_puts(t, m->help);
        }
        rx_text_putc(t, '\n');
    }
    put_statuses(t, b);
    put_causes(t, "failures", &b->failures);
    put_causes(t, "not sent", &b->unsent);
}

/* ---- the JSON document ------------------------------------------------------------------- */

static void put_json_causes(struct rx_text *t, const struct bench_causes *all)
{
    rx_text_putc(t, '[');
    for (uint32_t i = 0; i < all->count; i++) {
        const struct bench_cause *c = &all->row[i];
        char text[128];
        struct rx_text cause = rx_text_in(text, sizeof(text));

        bench_cause_text(&cause, c);
        rx_text_end(&cause);
        rx_text_puts(t, i > 0 ? ",{\"cause\":" : "{\"cause\":");
        face_json_string(t, text);
        rx_text_puts(t, ",\"stage\":");
        face_json_string(t, bench_cause_stage(c));
        rx_text_puts(t, ",\"count\":");
        rx_text_u64(t, c->count);
        rx_text_puts(t, ",\"first\":\"");
        put_address(t, c->first);
        rx_text_puts(t, "\"}");
    }
    rx_text_putc(t, ']');
}

static void put_json_server(struct rx_text *t, const struct bench *b)
{
    const char *before = "";

    rx_text_puts(t, ",\"statuses\":{");
    for (uint32_t i = 0; i < BENCH_STATUSES; i++) {
        if (b->status[i] == 0)
            continue;
        rx_text_puts(t, before);
        rx_text_putc(t, '"');
        rx_text_u64(t, i);
        rx_text_puts(t, "\":");
        rx_text_u64(t, b->status[i]);
        before = ",";
    }
    rx_text_puts(t, "},\"causes\":");
    put_json_causes(t, &b->failures);
    rx_text_puts(t, ",\"unsent\":");
    put_json_causes(t, &b->unsent);
}

static void put_json_setting(struct rx_text *t, const struct bench *b)
{
    rx_text_puts(t, "{\"bench\":{\"pods\":");
    rx_text_u64(t, b->pods);
    rx_text_puts(t, ",\"period_ms\":");
    rx_text_u64(t, (uint64_t)b->period_s * 1000);
    rx_text_puts(t, ",\"probe\":");
    face_json_string(t, probe_word(b));
    if (b->options->target != NULL) {
        rx_text_puts(t, ",\"target\":");
        face_json_string(t, b->options->target);
    }
    rx_text_puts(t, b->options->closed ? ",\"loop\":\"closed\"" : ",\"loop\":\"open\"");
    rx_text_puts(t, ",\"net\":");
    face_json_string(t, cli_net_word(b->options));
    rx_text_puts(t, ",\"clock\":");
    face_json_string(t, cli_clock_word(b->options));
    rx_text_puts(t, ",\"policies\":\"");
    put_policies(t, b->options, "");
    rx_text_puts(t, "\",\"interrupted\":");
    rx_text_puts(t, b->interrupted ? "true" : "false");
    rx_text_puts(t, ",\"measured_ms\":");
    rx_text_i64(t, b->measure_ms);
}

static void render_json(struct rx_text *t, const void *what)
{
    const struct bench *b = what;

    put_json_setting(t, b);
    for (size_t i = 0; i < BENCH_METRICS; i++) {
        const struct metric *m = &bench_metric[i];
        uint64_t value = metric_value(&b->numbers, m);

        if (!is_of(b, m))
            continue;
        rx_text_puts(t, ",\"");
        metric_put_key(t, m);
        rx_text_puts(t, "\":");
        if (value == BENCH_NONE)
            rx_text_puts(t, "null");
        else if (m->unit == METRIC_MILLI)
            face_fixed(t, value, 3);
        else
            rx_text_u64(t, value);
    }
    if (b->options->target != NULL)
        put_json_server(t, b);
    rx_text_puts(t, "}");
    if (b->has_report) {
        rx_text_puts(t, ",\n ");
        face_json_report(t, &b->report);
    }
    rx_text_puts(t, "}\n");
}

void bench_print(struct out *out, const struct bench *b)
{
    out_render(out, b->options->format == CLI_JSON ? render_json : render_text, b);
}

void cmd_bench_help(struct rx_text *t)
{
    rx_text_puts(t, "\nResults that --fail-if knows (durations as 5ms, per-probe counts as 0.25, "
                    "shares of\nwhat was due as 1%, with --compare changes as +10%; s: of "
                    "--target only):\n");
    for (size_t i = 0; i < BENCH_METRICS; i++) {
        const struct metric *m = &bench_metric[i];
        size_t from = t->length;

        rx_text_puts(t, m->who == BENCH_SERVER ? "s " : "  ");
        rx_text_puts(t, m->name);
        rx_text_pad(t, from, 23);
        rx_text_puts(t, m->help[0] != '\0' ? m->help : "  \"");
        rx_text_putc(t, '\n');
    }
}
