/* SPDX-License-Identifier: Apache-2.0 */
/* result.c - one list of numbers, and all that is written from it. */
#include "api/cli/bench/bench.h"

#include <stdio.h>
#include <string.h>

#include "api/cli/io/hdr.h"
#include "api/cli/io/json_read.h"
#include "api/face/json.h"
#include "api/manifest/manifest.h"
#include "engine/reactor/base.h"

static const struct metric {
    const char *name, *help;
    size_t offset;
    enum bench_unit unit;
    bool more_is_better;
} metric[] = {
#define X(name, unit, more, help)                                                                  \
    {#name, help, offsetof(struct bench_numbers, name), BENCH_##unit, more},
    BENCH_MAP(X)
#undef X
};

static uint64_t value_of(const struct bench_numbers *n, const struct metric *m)
{
    uint64_t value;

    memcpy(&value, (const char *)n + m->offset, sizeof(value));
    return value;
}

/* ---- thresholds ------------------------------------------------------------------------------ */

struct threshold {
    const struct metric *metric;
    bool above; /* fails if the result is above the value; otherwise below */
    bool equal; /* ... or equal to it */
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

    if (m->unit != BENCH_NS)
        return read_decimal(text, m->unit == BENCH_MILLI ? 3 : 0, out);
    if (manifest_duration(text, strlen(text), &ns) != 0)
        return false;
    *out = (uint64_t)ns;
    return true;
}

static int read_threshold(const struct cli_options *o, const char *text, struct threshold *t)
{
    size_t n = strcspn(text, "<>");
    const char *value = text + n + 1;

    t->metric = NULL;
    t->above = text[n] == '>';
    t->equal = *value == '=';
    value += t->equal;
    value += strspn(value, " ");
    while (n > 0 && text[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++)
        if (strlen(metric[i].name) == n && strncmp(metric[i].name, text, n) == 0)
            t->metric = &metric[i];
    if (t->metric == NULL)
        return cli_refuse(o->verb, "--fail-if: no result is called '%.*s'", (int)n, text);
    if (!read_value(t->metric, value, &t->value))
        return cli_refuse(o->verb, "--fail-if: '%s' is not a %s", value,
                          t->metric->unit == BENCH_NS      ? "duration such as 5ms"
                          : t->metric->unit == BENCH_MILLI ? "number with up to three decimals"
                                                           : "whole number");
    return CLI_OK;
}

int bench_check_thresholds(const struct cli_options *o)
{
    for (int i = 0; i < o->fail_if_count; i++) {
        struct threshold ignored;

        if (read_threshold(o, o->fail_if[i], &ignored) != CLI_OK)
            return CLI_USAGE;
    }
    return CLI_OK;
}

static void put_value(struct rx_text *t, const struct metric *m, uint64_t value);

static void say_failed(const char *condition, const struct metric *m, uint64_t value)
{
    char text[64];
    struct rx_text t = rx_text_in(text, sizeof(text));

    put_value(&t, m, value);
    rx_text_end(&t);
    cli_say("failed: %s (it is %s)", condition, text);
}

int bench_judge(const struct bench *b)
{
    int code = CLI_OK;

    for (int i = 0; i < b->options->fail_if_count; i++) {
        struct threshold t;
        uint64_t value;

        if (read_threshold(b->options, b->options->fail_if[i], &t) != CLI_OK)
            return CLI_USAGE;
        value = value_of(&b->numbers, t.metric);
        if ((t.above ? value > t.value : value < t.value) || (t.equal && value == t.value)) {
            say_failed(b->options->fail_if[i], t.metric, value);
            code = CLI_FAILED;
        }
    }
    return code;
}

/* ---- distributions --------------------------------------------------------------------------- */

void bench_spread(struct bench_numbers *n, const struct rx_hist *lateness,
                  const struct rx_hist *latency, const struct rx_hist *corrected)
{
#define X(name)                                                                                    \
    n->name##_p50 = rx_hist_percentile(name, 500000);                                              \
    n->name##_p90 = rx_hist_percentile(name, 900000);                                              \
    n->name##_p99 = rx_hist_percentile(name, 990000);                                              \
    n->name##_p999 = rx_hist_percentile(name, 999000);                                             \
    n->name##_max = rx_hist_percentile(name, 1000000);
    X(lateness)
    X(latency)
    X(corrected)
#undef X
}

int bench_write_hdr(const struct cli_options *o, const struct rx_hist *lateness,
                    const struct rx_hist *latency, const struct rx_hist *corrected)
{
    const struct {
        const char *suffix;
        const struct rx_hist *hist;
    } part[] = {{"", latency}, {".corrected", corrected}, {".lateness", lateness}};
    int code = CLI_OK;

    for (size_t i = 0; o->hdr_path != NULL && i < RX_ARRAY_LEN(part) && code == CLI_OK; i++) {
        char path[4096];

        if (snprintf(path, sizeof(path), "%s%s", o->hdr_path, part[i].suffix) >= (int)sizeof(path))
            return cli_refuse(o->verb, "--hdr: the name is too long");
        code = bench_hdr_write(part[i].hist, path);
    }
    return code;
}

/* ---- table and JSON -------------------------------------------------------------------------- */

static void put_value(struct rx_text *t, const struct metric *m, uint64_t value)
{
    switch (m->unit) {
    case BENCH_NS:
        face_span(t, value);
        break;
    case BENCH_MILLI:
        face_fixed(t, value, 3);
        break;
    case BENCH_BYTES:
        face_bytes(t, value);
        break;
    default:
        face_grouped(t, value);
        break;
    }
}

static const char *probe_word(const struct bench *b)
{
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

static void put_setting(struct rx_text *t, const struct bench *b)
{
    const struct cli_options *o = b->options;

    if (o->closed) {
        rx_text_puts(t, "closed loop, ");
    } else {
        face_grouped(t, b->pods);
        rx_text_puts(t, " pods, probed every ");
        face_duration(t, (int64_t)b->period_s * 1000);
        rx_text_puts(t, ", ");
    }
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
    rx_text_puts(t, ", measured for ");
    face_duration(t, b->measure_ms);
    rx_text_puts(t, "\n\n");
}

static void render_text(struct rx_text *t, const void *what)
{
    const struct bench *b = what;

    put_setting(t, b);
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++) {
        size_t from = t->length;

        rx_text_puts(t, metric[i].name);
        rx_text_pad(t, from, 20);
        put_value(t, &metric[i], value_of(&b->numbers, &metric[i]));
        if (metric[i].help[0] != '\0') {
            rx_text_pad(t, from, 34);
            rx_text_puts(t, metric[i].help);
        }
        rx_text_putc(t, '\n');
    }
}

static void put_key(struct rx_text *t, const struct metric *m)
{
    rx_text_puts(t, m->name);
    rx_text_puts(t, m->unit == BENCH_NS ? "_ns" : "");
}

static void render_json(struct rx_text *t, const void *what)
{
    const struct bench *b = what;

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
    rx_text_puts(t, "\"");
    rx_text_puts(t, ",\"measured_ms\":");
    rx_text_i64(t, b->measure_ms);
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++) {
        uint64_t value = value_of(&b->numbers, &metric[i]);

        rx_text_puts(t, ",\"");
        put_key(t, &metric[i]);
        rx_text_puts(t, "\":");
        if (metric[i].unit == BENCH_MILLI)
            face_fixed(t, value, 3);
        else
            rx_text_u64(t, value);
    }
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
    rx_text_puts(t,
                 "\nResults that --fail-if knows (durations as 5ms, per-probe counts as 0.25):\n");
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++) {
        size_t from = t->length;

        rx_text_puts(t, "  ");
        rx_text_puts(t, metric[i].name);
        rx_text_pad(t, from, 23);
        rx_text_puts(t, metric[i].help[0] != '\0' ? metric[i].help : "  \"");
        rx_text_putc(t, '\n');
    }
}

/* ---- two results side by side ---------------------------------------------------------------- */

struct comparison {
    struct json file[2];
    const char *name[2];
};

static bool number_in(const struct json *j, const struct metric *m, uint64_t *out)
{
    char key[64], text[32];
    struct rx_text t = rx_text_in(key, sizeof(key));
    const struct json_node *n;

    put_key(&t, m);
    rx_text_end(&t);
    n = json_member(j, json_member(j, json_root(j), "bench"), key);
    if (n == NULL || n->kind != JSON_NUMBER || n->length >= sizeof(text))
        return false;
    memcpy(text, n->text, n->length);
    text[n->length] = '\0';
    return read_decimal(text, m->unit == BENCH_MILLI ? 3 : 0, out);
}

/* +12.3 %, and whether that is good. */
static void put_change(struct rx_text *t, const struct metric *m, uint64_t a, uint64_t b)
{
    uint64_t apart = b > a ? b - a : a - b;

    if (a == b || a == 0) {
        rx_text_puts(t, a == b ? "same" : "-");
        return;
    }
    rx_text_putc(t, b > a ? '+' : '-');
    face_fixed(t, (uint64_t)((unsigned __int128)apart * 1000 / a), 1);
    rx_text_puts(t, "%  ");
    rx_text_puts(t, (b > a) == m->more_is_better ? "better" : "worse");
}

/* Numbers of runs that were set up differently can be compared, but one should know. */
static void put_differences(struct rx_text *t, const struct comparison *c)
{
    static const char *const setting[] = {"pods", "period_ms", "probe",    "target",     "loop",
                                          "net",  "clock",     "policies", "measured_ms"};
    bool any = false;

    for (size_t i = 0; i < RX_ARRAY_LEN(setting); i++) {
        const struct json_node *n[2];

        for (int k = 0; k < 2; k++)
            n[k] = json_member(
                &c->file[k], json_member(&c->file[k], json_root(&c->file[k]), "bench"), setting[i]);
        if (n[0] == n[1] || (n[0] != NULL && n[1] != NULL && n[0]->length == n[1]->length &&
                             memcmp(n[0]->text, n[1]->text, n[0]->length) == 0))
            continue;
        rx_text_puts(t, any ? ", " : "not the same in both: ");
        rx_text_puts(t, setting[i]);
        any = true;
    }
    rx_text_puts(t, any ? "\n" : "");
}

static void render_comparison(struct rx_text *t, const void *what)
{
    const struct comparison *c = what;
    uint64_t value[2];

    rx_text_puts(t, "A: ");
    rx_text_puts(t, c->name[0]);
    rx_text_puts(t, "\nB: ");
    rx_text_puts(t, c->name[1]);
    rx_text_putc(t, '\n');
    put_differences(t, c);
    rx_text_puts(t, "\nresult              A             B             change\n");
    for (size_t i = 0; i < RX_ARRAY_LEN(metric); i++) {
        size_t from = t->length;

        if (!number_in(&c->file[0], &metric[i], &value[0]) ||
            !number_in(&c->file[1], &metric[i], &value[1]))
            continue;
        rx_text_puts(t, metric[i].name);
        rx_text_pad(t, from, 20);
        put_value(t, &metric[i], value[0]);
        rx_text_pad(t, from, 34);
        put_value(t, &metric[i], value[1]);
        rx_text_pad(t, from, 48);
        put_change(t, &metric[i], value[0], value[1]);
        rx_text_putc(t, '\n');
    }
}

int bench_compare(const struct cli_options *o)
{
    struct comparison c = {.name = {o->compare, o->files[0]}};
    int code = CLI_OK;
    struct out out;

    for (int i = 0; i < 2 && code == CLI_OK; i++) {
        const char *why;

        if (!json_open(&c.file[i], c.name[i], &why)) {
            cli_say("%s: %s", c.name[i], why);
            code = why == json_no_memory      ? CLI_SYSTEM
                   : c.file[i].text == NULL ? CLI_NO_INPUT
                                            : CLI_BAD_INPUT;
        } else if (json_member(&c.file[i], json_root(&c.file[i]), "bench") == NULL) {
            cli_say("%s: not a result of 'podring bench -o json'", c.name[i]);
            code = CLI_BAD_INPUT;
        }
    }
    if (code == CLI_OK) {
        out_standard(&out);
        out_render(&out, render_comparison, &c);
        code = out_close(&out);
    }
    for (int i = 0; i < 2; i++)
        json_close(&c.file[i]);
    return code;
}
