/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - what varies: --vary, and ranges in --app, --step and --client. */
#include "api/cli/sweep/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/cli/crew/tally.h"
#include "api/cli/io/lines.h"
#include "api/cli/live.h"
#include "api/engine.h"
#include "api/manifest/edit.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

enum { STEPS = 10 }; /* of a range of durations that does not say its own */

static int no_memory(void)
{
    cli_say("%s", json_no_memory);
    return CLI_SYSTEM;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool add_value(struct sweep *s, struct sweep_axis *a, const char *text, size_t length)
{
    if (a->value == NULL)
        a->value = rx_arena_alloc(&s->arena, SWEEP_VALUES_MAX * sizeof(*a->value));
    if (a->value == NULL || a->values == SWEEP_VALUES_MAX)
        return false;
    a->value[a->values] = rx_arena_strndup(&s->arena, text, length);
    return a->value[a->values++] != NULL;
}

/* A whole number, or a duration in milliseconds. */
static bool read_end(const char *text, size_t length, bool *duration, int64_t *out)
{
    char word[32];
    uint64_t n;

    if (length == 0 || length >= sizeof(word))
        return false;
    memcpy(word, text, length);
    word[length] = '\0';
    *duration = !cli_read_u64(word, INT32_MAX, &n);
    if (!*duration)
        *out = (int64_t)n;
    return !*duration || cli_read_duration_ms(word, out);
}

/* A..B or A..B..STEP. NULL: done; else what is wrong. */
static const char *add_range(struct sweep *s, struct sweep_axis *a, const char *text, size_t length)
{
    const char *dots = memmem(text, length, "..", 2), *second = dots + 2;
    size_t rest = length - (size_t)(second - text);
    const char *more = memmem(second, rest, "..", 2);
    size_t middle = more != NULL ? (size_t)(more - second) : rest;
    bool duration, other, third;
    int64_t from, to, step;

    if (!read_end(text, (size_t)(dots - text), &duration, &from) ||
        !read_end(second, middle, &other, &to) || duration != other)
        return "a range is A..B or A..B..STEP, of whole numbers or of durations";
    step = duration ? RX_MAX((to - from) / STEPS, 1) : 1;
    third = duration;
    if (more != NULL && (!read_end(more + 2, rest - middle - 2, &third, &step) || step == 0 ||
                         third != duration))
        return "a range is A..B or A..B..STEP, of whole numbers or of durations";
    if (to < from)
        return "a range begins with the smaller value";
    if ((to - from) / step >= SWEEP_VALUES_MAX)
        return "these are more than 10000 values";
    for (int64_t at = from; at <= to; at += step) {
        char word[32];
        struct rx_text t = rx_text_in(word, sizeof(word));

        rx_text_i64(&t, duration && at % 1000 == 0 ? at / 1000 : at);
        rx_text_puts(&t, !duration ? "" : at % 1000 == 0 ? "s" : "ms");
        if (!add_value(s, a, word, rx_text_end(&t)))
            return json_no_memory;
    }
    return NULL;
}

/* Commas between brackets and quotes belong to the value. */
static size_t value_length(const char *text)
{
    unsigned depth = 0;
    char quote = '\0';
    size_t n = 0;

    for (; text[n] != '\0' && (text[n] != ',' || depth > 0 || quote != '\0'); n++) {
        char c = text[n];

        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        depth += quote == '\0' && (c == '{' || c == '[');
        depth -= quote == '\0' && depth > 0 && (c == '}' || c == ']');
    }
    return n;
}

static const char *add_values(struct sweep *s, struct sweep_axis *a, const char *list)
{
    for (;;) {
        size_t n = value_length(list);
        const char *wrong = NULL;

        if (n == 0)
            return "a value is missing";
        if (memmem(list, n, "..", 2) != NULL && list[0] >= '0' && list[0] <= '9')
            wrong = add_range(s, a, list, n);
        else if (!add_value(s, a, list, n))
            wrong = a->values == SWEEP_VALUES_MAX ? "these are more than 10000 values"
                                                  : json_no_memory;
        if (wrong != NULL || list[n] == '\0')
            return wrong;
        list += n + 1;
    }
}

/* ---- whose field ----------------------------------------------------------------------------- */

static const struct input_file *file_of(const struct sweep *s, const struct manifest_document *d)
{
    return input_file_named(s->file, s->files, d->file);
}

static bool has_field(struct sweep *s, const struct manifest_document *d, const char *path)
{
    const struct input_file *f = file_of(s, d);
    struct manifest_change c = {path, NULL};
    struct manifest_edited e;
    int rc = f == NULL ? -RX_ENOTFOUND
                       : manifest_edit(&s->arena, f->text, f->length, d->line, d->column, &c, 1,
                                       &e);

    s->no_memory |= rc == -RX_ENOMEM;
    return rc == 0;
}

static bool says(const struct json *j, const char *path, const char *text, size_t length)
{
    const struct json_node *n = json_at(j, json_root(j), path);

    return n != NULL && n->kind == JSON_STRING && n->length == length &&
           strncasecmp(n->text, text, length) == 0;
}

/* NAME or KIND/NAME. */
static bool is_meant(struct sweep *s, const struct manifest_document *d, const char *who,
                     size_t length)
{
    const char *slash = memchr(who, '/', length), *name = slash != NULL ? slash + 1 : who;
    const char *why = NULL;
    struct json j;
    bool is = json_parse(&j, d->kept->text, d->kept->length, &why) &&
              says(&j, "metadata.name", name, length - (size_t)(name - who)) &&
              (slash == NULL || says(&j, "kind", who, (size_t)(slash - who)));

    s->no_memory |= why == json_no_memory;
    json_close(&j);
    return is;
}

/* Those of the documents that are meant, or of all, in which there is such a field. */
static uint32_t find_field(struct sweep *s, uint32_t *found, const char *path, const char *who,
                           size_t length)
{
    const struct manifest_set *set = &s->ring->set;
    uint32_t count = 0;

    for (uint32_t i = 0; i < set->documents.count; i++) {
        const struct manifest_document *d = &set->documents.item[i];

        if (d->kept != NULL && d->kept->length > 0 && file_of(s, d) != NULL &&
            (who == NULL || is_meant(s, d, who, length)) &&
            (path[0] == '\0' || has_field(s, d, path)))
            found[count++] = i;
    }
    return count;
}

/* A path without its last step; "" at the end. */
static void shorten(char *path)
{
    char *dot = strrchr(path, '.'), *index = strrchr(path, '[');

    *(index != NULL && (dot == NULL || index > dot) ? index : dot != NULL ? dot : path) = '\0';
}

/* Where the field is, or else where it can be added: in the one document that has what it is in. */
static int find_documents(struct sweep *s, struct sweep_axis *a, const char *who, size_t length)
{
    uint32_t *found = rx_arena_alloc(
        &s->arena, (s->ring->set.documents.count + 1) * sizeof(*found));
    char *in = rx_arena_strdup(&s->arena, a->path);

    if (found == NULL || in == NULL)
        return no_memory();
    a->document = found;
    a->documents = find_field(s, found, a->path, who, length);
    if (a->documents > 0 && !s->no_memory)
        return CLI_OK;
    while (a->documents == 0 && in[0] != '\0') {
        shorten(in);
        a->documents = find_field(s, found, in, who, length);
    }
    if (s->no_memory)
        return no_memory();
    if (a->documents == 1)
        return CLI_OK;
    if (a->documents > 1)
        return cli_refuse(s->options->verb, "--vary %s: %u documents could have that field, and "
                          "none has it: say KIND/NAME:%s", a->name, a->documents, a->path);
    return cli_refuse(s->options->verb, "--vary %s: nothing is called '%.*s' in these files",
                      a->name, (int)length, who != NULL ? who : "");
}

static int add_vary(struct sweep *s, const char *text)
{
    const char *equals = strchr(text, '='), *colon, *wrong;
    struct sweep_axis *a = &s->axis[s->axes];

    if (s->axes == SWEEP_AXES_MAX)
        return cli_refuse(s->options->verb, "not more than %d things can vary", SWEEP_AXES_MAX);
    *a = (struct sweep_axis){
        .kind = SWEEP_FIELD, .name = rx_arena_strndup(&s->arena, text, (size_t)(equals - text))};
    if (a->name == NULL)
        return no_memory();
    s->axes++;
    wrong = add_values(s, a, equals + 1);
    if (wrong != NULL)
        return wrong == json_no_memory
                   ? no_memory()
                   : cli_refuse(s->options->verb, "--vary %s: %s", text, wrong);
    if (strncmp(a->name, "set.", 4) == 0) {
        a->kind = SWEEP_KNOB;
        a->path = a->name + 4;
        return CLI_OK;
    }
    colon = strchr(a->name, ':');
    a->path = colon != NULL ? colon + 1 : a->name;
    return find_documents(s, a, colon != NULL ? a->name : NULL,
                          colon != NULL ? (size_t)(colon - a->name) : 0);
}

/* ---- ranges in lines ------------------------------------------------------------------------- */

static bool is_of_range(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || (c >= 'a' && c <= 'z');
}

static int add_line(struct sweep *s, enum cli_line line, int index)
{
    const char *text = s->options->line[line][index], *dots = strstr(text, ".."), *from, *to;
    struct sweep_axis *a = &s->axis[s->axes];
    const char *wrong;

    for (from = dots; from != NULL && from > text && is_of_range(from[-1]); from--)
        ;
    if (dots == NULL || from == dots || *from < '0' || *from > '9')
        return CLI_OK; /* "apply ../next.yaml" */
    for (to = dots; is_of_range(*to); to++)
        ;
    if (s->axes == SWEEP_AXES_MAX)
        return cli_refuse(s->options->verb, "not more than %d things can vary", SWEEP_AXES_MAX);
    *a = (struct sweep_axis){.kind = SWEEP_LINE, .line = line, .index = index};
    s->axes++;
    a->before = rx_arena_strndup(&s->arena, text, (size_t)(from - text));
    a->behind = rx_arena_strdup(&s->arena, to);
    a->name = *to == '\0' && from > text && strchr("= ", from[-1]) != NULL
                  ? rx_arena_strndup(&s->arena, text, (size_t)(from - text) - 1)
                  : rx_arena_printf(&s->arena, "%.*s*%s", (int)(from - text), text, to);
    if (a->before == NULL || a->behind == NULL || a->name == NULL)
        return no_memory();
    wrong = add_range(s, a, from, (size_t)(to - from));
    return wrong == NULL             ? CLI_OK
           : wrong == json_no_memory ? no_memory()
                                     : cli_refuse(s->options->verb, "%s %s: %s",
                                                  cli_line_word(line), text, wrong);
}

/* ---- the plan -------------------------------------------------------------------------------- */

static int add_measures(struct sweep *s)
{
    static const char usual[] = "restarts,requests_failed,time_to_ready,unready,rollout";
    const struct cli_options *o = s->options;

    for (int i = 0; i < RX_MAX(o->measure_count, 1); i++) {
        const char *list = o->measure_count > 0 ? o->measure[i] : usual;

        while (*list != '\0') {
            size_t n = strcspn(list, ",");
            const struct metric *m = sweep_measure_find(list, n);

            if (m == NULL)
                return cli_refuse(o->verb, "--measure: no result is called '%.*s'", (int)n, list);
            if (s->measures == SWEEP_MEASURES_MAX)
                return cli_refuse(o->verb, "--measure: not more than %d", SWEEP_MEASURES_MAX);
            s->measure[s->measures++] = m;
            list += n + (list[n] != '\0');
        }
    }
    return CLI_OK;
}

static int count_runs(struct sweep *s)
{
    uint64_t n = 1;

    for (uint32_t i = 0; i < s->axes; i++) {
        n *= s->axis[i].values;
        if (n > SWEEP_RUNS_MAX)
            break;
    }
    if (n * s->seeds > SWEEP_RUNS_MAX)
        return cli_refuse(s->options->verb, "these are more than %d runs", SWEEP_RUNS_MAX);
    s->combinations = (uint32_t)n;
    s->runs = s->combinations * s->seeds;
    return sweep_room(s) ? CLI_OK : no_memory();
}

/* Shares of other files, or under other options, are no shares of this one. */
static uint64_t hash_all(const struct sweep *s)
{
    const struct cli_options *o = s->options;
    char text[TALLY_FACT_ROOM];
    struct rx_text t = rx_text_in(text, sizeof(text));
    uint64_t h = RX_HASH_START;

    rx_text_hex64(&t, podring_input_digest(s->ring));
    rx_text_say(&t, " %s %s %s %lld ", podring_version(), cli_net_word(o), cli_timing_word(o),
                (long long)o->engine.epoch_unix_ms);
    tally_options(&t, &o->engine, s->ring);
    h = rx_hash_bytes(h, text, rx_text_end(&t));

    for (int l = 0; l < CLI_LINES; l++)
        for (int i = 0; i < o->line_count[l]; i++)
            h = rx_hash_bytes(h, o->line[l][i], strlen(o->line[l][i]) + 1);
    for (int i = 0; i < o->set_count; i++)
        h = rx_hash_bytes(h, o->set[i], strlen(o->set[i]) + 1);
    return rx_hash_end(h);
}

static int open_base(struct sweep *s)
{
    struct podring_options engine = s->options->engine;
    int rc;

    engine.shard_index = engine.shard_count = 0;
    rc = podring_open(&engine, &s->ring);
    if (rc == 0)
        return CLI_OK;
    cli_say("%s", podring_why(NULL));
    return cli_exit_code(rc);
}

/* Also with --quiet: that such a field is of no use is why it is refused. */
static void say_unknown(const struct sweep *s, podring *ring)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    struct cli_options loud = *s->options;

    loud.quiet = false;
    for (uint32_t i = 0; podring_diagnostic_at(ring, i, &d) == 0; i++)
        if (d.severity == PODRING_UNKNOWN_FIELD)
            input_print(&loud, &d);
}

/* Each value once, beside the first ones of the other axes: what cannot be is said before anything
 * runs. */
static int try_values(struct sweep *s, uint32_t axis, uint32_t unknown)
{
    uint32_t stride = 1;
    int code = CLI_OK;

    for (uint32_t i = axis + 1; i < s->axes; i++)
        stride *= s->axis[i].values;
    for (uint32_t v = 0; v < s->axis[axis].values && code == CLI_OK; v++) {
        const struct sweep_axis *a = &s->axis[axis];
        struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
        struct podring_options engine = s->options->engine;
        struct sweep_texts t = {0};
        uint32_t seen = 0, now = 0;
        podring *ring = NULL;
        int rc = sweep_texts_make(&t, s, v * stride);

        engine.shard_index = engine.shard_count = 0;
        if (rc == -PODRING_EINVALID) {
            code = cli_refuse(s->options->verb, "--vary %s=%s: %s", a->name, a->value[v], t.why);
        } else if (rc != 0 || podring_open(&engine, &ring) != 0) {
            code = no_memory();
        } else {
            code = input_set(&t.options, ring);
            rc = code == CLI_OK ? sweep_texts_load(&t, s, ring) : 0;
            for (uint32_t i = 0; rc == 0 && podring_diagnostic_at(ring, i, &d) == 0; i++)
                now += d.severity == PODRING_UNKNOWN_FIELD;
            if (code == CLI_OK && (rc != 0 || now > unknown)) {
                if (rc == 0)
                    say_unknown(s, ring);
                else
                    code = input_complain(s->options, ring, rc, &seen);
                cli_say("sweep: that is with %s=%s", a->name, a->value[v]);
                code = code == CLI_OK ? CLI_BAD_INPUT : code;
            }
        }
        podring_close(ring);
        sweep_texts_free(&t);
    }
    return code;
}

static int load_base(struct sweep *s)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    uint32_t seen = 0, unknown = 0;
    int rc = 0, code;

    for (uint32_t i = 0; i < s->files && rc == 0; i++)
        rc = podring_load_text(s->ring, s->file[i].name, s->file[i].text, s->file[i].length);
    code = input_complain(s->options, s->ring, rc, &seen);
    for (uint32_t i = 0; podring_diagnostic_at(s->ring, i, &d) == 0; i++)
        unknown += d.severity == PODRING_UNKNOWN_FIELD;
    for (int i = 0; i < s->options->vary_count && code == CLI_OK; i++)
        code = add_vary(s, s->options->vary[i]);
    for (enum cli_line l = 0; l < CLI_LINES; l++)
        for (int i = 0; i < s->options->line_count[l] && code == CLI_OK; i++)
            code = add_line(s, l, i);
    if (code == CLI_OK)
        code = count_runs(s);
    if (code == CLI_OK && s->axes == 0)
        code = cli_refuse(s->options->verb, "nothing varies: say --vary PATH=V1,V2, or a range "
                          "such as --app start=10s..60s");
    for (uint32_t i = 0; i < s->axes && code == CLI_OK; i++)
        code = try_values(s, i, unknown);
    return code;
}

int sweep_open(struct sweep *s, const struct cli_options *o, const struct input *in)
{
    int code;

    *s = (struct sweep){.options = o,
                        .file = in->file,
                        .files = (uint32_t)in->files.count,
                        .first_seed = o->seeds > 0 ? o->first_seed : o->engine.seed,
                        .seeds = RX_MAX(o->seeds, 1u),
                        .for_ms = o->has_for ? o->for_ms : LIVE_VIRTUAL_MAX_MS};
    if (rx_mem_open(&s->mem) != 0)
        return no_memory();
    rx_arena_init(&s->arena, &s->mem);
    code = add_measures(s);
    if (code == CLI_OK)
        code = open_base(s);
    if (code == CLI_OK)
        code = load_base(s);
    s->hash = code == CLI_OK ? hash_all(s) : 0;
    return code;
}
