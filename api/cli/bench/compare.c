/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - two results side by side: --compare A.json B.json. */
#include <string.h>

#include "api/cli/bench/limit.h"
#include "api/cli/io/json_read.h"
#include "api/face/json.h"
#include "engine/reactor/base.h"

struct comparison {
    const struct cli_options *options;
    struct json file[2];
    const char *name[2];
};

static uint64_t number_in(const struct json *j, const struct metric *m)
{
    char key[64], text[32];
    struct rx_text t = rx_text_in(key, sizeof(key));
    const struct json_node *n;
    uint64_t value;

    metric_put_key(&t, m);
    rx_text_end(&t);
    n = json_member(j, json_member(j, json_root(j), "bench"), key);
    if (n == NULL || n->kind != JSON_NUMBER || n->length >= sizeof(text))
        return BENCH_NONE;
    memcpy(text, n->text, n->length);
    text[n->length] = '\0';
    return metric_read_json(m, text, &value) ? value : BENCH_NONE;
}

/* Where both have it. */
static bool pair_of(const struct comparison *c, const struct metric *m, uint64_t value[2])
{
    for (int i = 0; i < 2; i++)
        value[i] = number_in(&c->file[i], m);
    return value[0] != BENCH_NONE && value[1] != BENCH_NONE;
}

/* Thousandths: |b - a| of a. */
static uint64_t change_of(uint64_t a, uint64_t b)
{
    return (uint64_t)((unsigned __int128)(b > a ? b - a : a - b) * 1000 / a);
}

/* +12.3 %, and whether that is good. */
static void put_change(struct rx_text *t, const struct metric *m, uint64_t a, uint64_t b)
{
    if (a == b || a == 0) {
        rx_text_puts(t, a == b ? "same" : "-");
        return;
    }
    rx_text_putc(t, b > a ? '+' : '-');
    face_fixed(t, change_of(a, b), 1);
    rx_text_puts(t, "%  ");
    rx_text_puts(t, (b > a) == m->more_is_better ? "better" : "worse");
}

/* Numbers of runs that were set up differently can be compared, but one should know. The next
 * setting from i on that is not the same; NULL: there is none. */
static const char *next_difference(const struct comparison *c, size_t *i)
{
    static const char *const setting[] = {"pods", "period_ms", "probe",    "target",     "loop",
                                          "net",  "clock",     "policies", "measured_ms"};

    while (*i < RX_ARRAY_LEN(setting)) {
        const char *name = setting[(*i)++];
        const struct json_node *n[2];

        for (int k = 0; k < 2; k++)
            n[k] = json_member(&c->file[k],
                               json_member(&c->file[k], json_root(&c->file[k]), "bench"), name);
        if (n[0] != n[1] && (n[0] == NULL || n[1] == NULL || n[0]->length != n[1]->length ||
                             memcmp(n[0]->text, n[1]->text, n[0]->length) != 0))
            return name;
    }
    return NULL;
}

static void render_table(struct rx_text *t, const void *what)
{
    const struct comparison *c = what;
    const char *name, *before = "not the same in both: ";
    uint64_t value[2];
    size_t at = 0;

    rx_text_puts(t, "A: ");
    rx_text_puts(t, c->name[0]);
    rx_text_puts(t, "\nB: ");
    rx_text_puts(t, c->name[1]);
    rx_text_putc(t, '\n');
    for (; (name = next_difference(c, &at)) != NULL; before = ", ") {
        rx_text_puts(t, before);
        rx_text_puts(t, name);
    }
    rx_text_puts(t, before[0] == ',' ? "\n" : "");
    rx_text_puts(t, "\nresult              A             B             change\n");
    for (size_t i = 0; i < BENCH_METRICS; i++) {
        const struct metric *m = &bench_metric[i];
        size_t from = t->length;

        if (!pair_of(c, m, value))
            continue;
        rx_text_puts(t, m->name);
        rx_text_pad(t, from, 20);
        metric_put(t, m, value[0]);
        rx_text_pad(t, from, 34);
        metric_put(t, m, value[1]);
        rx_text_pad(t, from, 48);
        put_change(t, m, value[0], value[1]);
        rx_text_putc(t, '\n');
    }
}

static void put_number(struct rx_text *t, const char *key, const struct metric *m,
                       uint64_t value)
{
    rx_text_puts(t, key);
    if (m->unit == METRIC_MILLI)
        face_fixed(t, value, 3);
    else
        rx_text_u64(t, value);
}

static void render_json(struct rx_text *t, const void *what)
{
    const struct comparison *c = what;
    const char *name, *before = "";
    uint64_t value[2];
    size_t at = 0;

    rx_text_puts(t, "{\"compare\":{\"a\":");
    face_json_string(t, c->name[0]);
    rx_text_puts(t, ",\"b\":");
    face_json_string(t, c->name[1]);
    rx_text_puts(t, ",\"not_the_same\":[");
    for (; (name = next_difference(c, &at)) != NULL; before = ",") {
        rx_text_puts(t, before);
        face_json_string(t, name);
    }
    rx_text_puts(t, "],\"results\":{");
    before = "";
    for (size_t i = 0; i < BENCH_METRICS; i++) {
        const struct metric *m = &bench_metric[i];

        if (!pair_of(c, m, value))
            continue;
        rx_text_puts(t, before);
        rx_text_puts(t, "\n\"");
        metric_put_key(t, m);
        put_number(t, "\":{\"a\":", m, value[0]);
        put_number(t, ",\"b\":", m, value[1]);
        if (value[0] != value[1] && value[0] != 0) {
            rx_text_puts(t, ",\"change_percent\":");
            rx_text_puts(t, value[1] < value[0] ? "-" : "");
            face_fixed(t, change_of(value[0], value[1]), 1);
            rx_text_puts(t, (value[1] > value[0]) == m->more_is_better ? ",\"better\":true"
                                                                        : ",\"better\":false");
        }
        rx_text_putc(t, '}');
        before = ",";
    }
    rx_text_puts(t, "}}}\n");
}

static int judge(const struct comparison *c)
{
    const struct cli_options *o = c->options;
    int code = CLI_OK;

    for (int i = 0; i < o->fail_if_count; i++) {
        struct limit l;
        uint64_t value[2];
        char text[160];
        struct rx_text t = rx_text_in(text, sizeof(text));

        if (bench_limit_read(o, o->fail_if[i], &l) != CLI_OK)
            return CLI_USAGE;
        pair_of(c, l.metric, value);
        if (!limit_fails(&l, &value[0], value[1], 0))
            continue;
        metric_put(&t, l.metric, value[0]);
        rx_text_puts(&t, ", then ");
        metric_put(&t, l.metric, value[1]);
        rx_text_end(&t);
        cli_say("failed: %s (it was %s)", o->fail_if[i], text);
        code = CLI_FAILED;
    }
    return code;
}

static int open_file(struct comparison *c, int i)
{
    int code = json_load(&c->file[i], c->name[i]);

    if (code != CLI_OK)
        return code;
    if (json_member(&c->file[i], json_root(&c->file[i]), "bench") != NULL)
        return CLI_OK;
    cli_say("%s: not a result of 'podring bench -o json'", c->name[i]);
    return CLI_BAD_INPUT;
}

int bench_compare(const struct cli_options *o)
{
    struct comparison c = {.options = o, .name = {o->compare, o->files[0]}};
    int code = bench_check_thresholds(o);
    struct out out;

    for (int i = 0; i < 2 && code == CLI_OK; i++)
        code = open_file(&c, i);
    if (code == CLI_OK) {
        out_standard(&out);
        out_render(&out, o->format == CLI_JSON ? render_json : render_table, &c);
        code = out_close(&out);
    }
    if (code == CLI_OK)
        code = judge(&c);
    for (int i = 0; i < 2; i++)
        json_close(&c.file[i]);
    return code;
}
