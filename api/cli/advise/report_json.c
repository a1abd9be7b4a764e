/* SPDX-License-Identifier: Apache-2.0 */
/* report_json.c - advice for programs: our own JSON, and SARIF 2.1.0. */
#include "api/cli/advise/report.h"

#include <string.h>

#include "api/face/json.h"
#include "engine/reactor/base.h"

static void put_string(struct rx_text *t, const char *s)
{
    face_json_string(t, s);
}

static void put_key(struct rx_text *t, const char *indent, const char *key)
{
    rx_text_puts(t, indent);
    put_string(t, key);
    rx_text_puts(t, ": ");
}

static void put_pair(struct rx_text *t, const char *key, const char *value)
{
    put_key(t, ",\n      ", key);
    if (value != NULL)
        put_string(t, value);
    else
        rx_text_puts(t, "null");
}

/* ---- our own --------------------------------------------------------------------------------- */

static void render_json(struct rx_text *t, const void *what)
{
    const struct advise *a = what;

    rx_text_puts(t, "{\n  \"advice\": [");
    for (uint32_t i = 0; i < a->count; i++) {
        const struct advice *v = &a->advice[i];

        rx_text_puts(t, i > 0 ? ",\n    {" : "\n    {");
        put_key(t, "\n      ", "practice");
        put_string(t, v->practice->id);
        put_pair(t, "level", advise_level_name(v->level));
        put_pair(t, "namespace", v->subject->w->ns);
        put_pair(t, "object", v->subject->object);
        put_pair(t, "container", v->container);
        put_pair(t, "file", v->file);
        rx_text_say(t, ",\n      \"line\": %u,\n      \"column\": %u", v->line, v->column);
        put_pair(t, "evidence", v->text);
        put_pair(t, "assumes", v->assumes);
        put_pair(t, "experiment", v->experiment);
        rx_text_say(t, ",\n      \"experimentAlone\": %s", v->alone ? "true" : "false");
        rx_text_say(t, ",\n      \"for_s\": %lld", (long long)v->for_ms / 1000);
        put_pair(t, "patch", v->diff);
        put_pair(t, "noPatch", v->fixed == NULL ? v->no_patch : NULL);
        rx_text_puts(t, "\n    }");
    }
    rx_text_say(t, "%s],\n  \"workloads\": %u,\n  \"experiments\": %llu\n}\n",
                a->count > 0 ? "\n  " : "", a->subjects, (unsigned long long)a->runs);
}

/* ---- SARIF ----------------------------------------------------------------------------------- */

static const char *level_of(enum advise_level level)
{
    return level == ADVISE_WARNING ? "warning" : "note";
}

static void put_rules(struct rx_text *t)
{
    const struct advise_practice *p;

    for (size_t i = 0; (p = advise_practice_at(i)) != NULL; i++) {
        rx_text_puts(t, i > 0 ? ",\n" : "\n");
        rx_text_puts(t, "          {\"id\": ");
        put_string(t, p->id);
        rx_text_puts(t, ", \"shortDescription\": {\"text\": ");
        put_string(t, p->title);
        rx_text_puts(t, "}, \"fullDescription\": {\"text\": ");
        put_string(t, p->tries != NULL ? p->tries : p->looks);
        rx_text_puts(t, "}, \"defaultConfiguration\": {\"level\": ");
        put_string(t, level_of(p->level));
        rx_text_puts(t, "}}");
    }
}

/* A path as a URI: what may not stand in one is written as %XX. */
static void put_uri(struct rx_text *t, const char *path)
{
    rx_text_putc(t, '"');
    for (; *path != '\0'; path++) {
        unsigned char c = (unsigned char)*path;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("/._-~", c) != NULL)
            rx_text_putc(t, (char)c);
        else
            rx_text_say(t, "%%%02X", c);
    }
    rx_text_putc(t, '"');
}

static void put_location(struct rx_text *t, const struct advice *v)
{
    rx_text_puts(t, "\"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": ");
    put_uri(t, v->file);
    rx_text_say(t, "}, \"region\": {\"startLine\": %u, \"startColumn\": %u}}}]", v->line,
                v->column);
}

static void put_fix(struct rx_text *t, const struct advice *v)
{
    rx_text_puts(t, ",\n         \"fixes\": [{\"description\": {\"text\": ");
    put_string(t, v->practice->title);
    rx_text_puts(t, "}, \"artifactChanges\": [{\"artifactLocation\": {\"uri\": ");
    put_uri(t, advise_target(v)->file);
    rx_text_say(t,
                "}, \"replacements\": [{\"deletedRegion\": {\"startLine\": %u, \"startColumn\": 1, "
                "\"endLine\": %u, \"endColumn\": 1}, \"insertedContent\": {\"text\": ",
                v->fix_line, v->fix_end);
    put_string(t, v->fix_text);
    rx_text_puts(t, "}}]}]}]");
}

static size_t index_of(const struct advise_practice *p)
{
    size_t i = 0;

    while (advise_practice_at(i) != p)
        i++;
    return i;
}

static void render_sarif(struct rx_text *t, const void *what)
{
    const struct advise *a = what;

    rx_text_puts(t, "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n"
                    "  \"version\": \"2.1.0\",\n  \"runs\": [\n    {\n"
                    "      \"tool\": {\"driver\": {\"name\": \"podring\", \"version\": ");
    put_string(t, podring_version());
    rx_text_puts(t, ",\n        \"rules\": [");
    put_rules(t);
    rx_text_puts(t, "\n        ]}},\n      \"columnKind\": \"unicodeCodePoints\",\n"
                    "      \"results\": [");
    for (uint32_t i = 0; i < a->count; i++) {
        const struct advice *v = &a->advice[i];

        rx_text_puts(t, i > 0 ? ",\n" : "\n");
        rx_text_puts(t, "        {\"ruleId\": ");
        put_string(t, v->practice->id);
        rx_text_say(t, ", \"ruleIndex\": %zu, \"level\": \"%s\", \"message\": {\"text\": ",
                    index_of(v->practice), level_of(v->level));
        put_string(t, v->message);
        rx_text_puts(t, "},\n         ");
        put_location(t, v);
        if (v->fixed != NULL)
            put_fix(t, v);
        rx_text_putc(t, '}');
    }
    rx_text_puts(t, "\n      ]\n    }\n  ]\n}\n");
}

void advise_print_json(struct advise *a, struct out *out)
{
    for (uint32_t i = 0; i < a->count; i++) {
        struct advice *v = &a->advice[i];
        const struct input_file *f = advise_file_of(a, advise_target(v));

        if (v->fixed != NULL)
            v->diff = advise_diff(a, f->name, f->text, f->length, v->fixed, v->fixed_length);
    }
    if (!a->failed)
        out_render(out, render_json, a);
}

/* Whole lines that differ, as one replacement. */
static void find_fix(struct advise *a, struct advice *v)
{
    const struct input_file *f = advise_file_of(a, advise_target(v));
    size_t from = 0, end = f->length, fixed_end = v->fixed_length;

    while (from < end && from < fixed_end && f->text[from] == v->fixed[from])
        from++;
    while (from > 0 && f->text[from - 1] != '\n')
        from--;
    while (end > from && fixed_end > from && f->text[end - 1] == v->fixed[fixed_end - 1])
        end--, fixed_end--;
    /* Both ends have the same text behind them: on to the next beginning of a line. */
    while (end < f->length && !((end == from || f->text[end - 1] == '\n') &&
                                (fixed_end == from || v->fixed[fixed_end - 1] == '\n')))
        end++, fixed_end++;
    v->fix_line = v->fix_end = 1;
    for (size_t i = 0; i < end; i++) {
        v->fix_line += i < from && f->text[i] == '\n';
        v->fix_end += f->text[i] == '\n';
    }
    if (end > from && f->text[end - 1] != '\n')
        v->fix_end++;
    v->fix_text = advise_say(a, "%.*s", (int)(fixed_end - from), v->fixed + from);
}

void advise_print_sarif(struct advise *a, struct out *out)
{
    for (uint32_t i = 0; i < a->count; i++) {
        struct advice *v = &a->advice[i];

        v->message = advise_say(a, "%s: %s", v->subject->object, v->text);
        if (v->fixed != NULL)
            find_fix(a, v);
    }
    if (!a->failed)
        out_render(out, render_sarif, a);
}
