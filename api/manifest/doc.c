/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc.c - a text as kubectl cuts it into documents (YAMLOrJSONDecoder of
 * k8s.io/apimachinery/pkg/util/yaml).
 *
 * One that begins with a brace is tried as JSON, values one after another. Where that fails at the
 * first value or the second, the rest may still be YAML, in which a brace begins a mapping, too;
 * only if its first document is none either, what was wrong as JSON is told. Any other text is
 * YAML: cut at each line that begins with ---, whatever stands around it. So a %YAML line before
 * the first --- is a document of its own, and no document.
 */
#include "api/manifest/doc.h"

#include "api/manifest/json.h"
#include "api/manifest/text.h"
#include "api/manifest/yaml.h"

#include <string.h>

/* A text that is read from some place on. */
struct part {
    const char *text, *end;
    uint32_t line, column; /* of the file, from 1, where it begins */
};

static bool begins_with_brace(const char *text, size_t length);
static void json_or_yaml_read(struct mf_tree *t, const char *text, size_t length);
static void yaml_cut(struct mf_tree *t, const struct part *part);

void mf_docs_read(struct mf_load *l, const char *text, size_t length, struct mf_docs *out)
{
    struct mf_tree *t = rx_arena_alloc(&l->scratch, sizeof(*t));

    *out = (struct mf_docs){0};
    if (t == NULL) {
        l->no_memory = true;
        return;
    }
    if (!mf_text_decode(l, &text, &length))
        return;
    *t = (struct mf_tree){.load = l, .out = out, .door = "yaml"};
    if (begins_with_brace(text, length))
        json_or_yaml_read(t, text, length);
    else
        yaml_cut(t, &(struct part){text, text + length, 1, 1});
}

static bool begins_with_brace(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && text[i] && strchr(" \t\r\n\v\f", text[i]))
        i++;
    return i < length && text[i] == '{';
}

/* kubectl leaves out blanks up to the end of the line before it takes the rest for YAML, and
 * looks at four bytes each time: where fewer are left, there is no YAML. */
static bool yaml_may_follow(struct part *p)
{
    while (p->end - p->text >= 4) {
        if (*p->text == '\0' || strchr(" \t\r\n\v\f", *p->text) == NULL)
            return true;
        p->column++;
        if (*p->text++ == '\n') {
            p->line++;
            p->column = 1;
            return true;
        }
    }
    return false;
}

static void json_or_yaml_read(struct mf_tree *t, const char *text, size_t length)
{
    uint32_t *said = &t->load->set->diagnostics.count, values = 0, said_before, warnings_before;
    struct mf_json json;
    struct part rest;

    t->door = "json";
    t->held = true;
    mf_json_open(&json, t, text, length);
    do {
        rest = (struct part){json.at, json.end, json.line, json.column};
        said_before = *said;
        warnings_before = t->load->warnings;
    } while (mf_json_next(&json) && ++values);
    t->held = false;
    if (!t->broken || t->load->no_memory)
        return;
    if (values > 1 || !yaml_may_follow(&rest)) {
        mf_tree_tell(t);
        return;
    }
    *said = said_before; /* keys that stand twice are found again */
    t->load->warnings = warnings_before;
    t->broken = false;
    t->door = "yaml";
    yaml_cut(t, &rest);
}

/* Whether a line cuts. Behind --- only a comment may stand; else the text is broken (said). */
static bool line_cuts(struct mf_tree *t, const char *line, size_t length, uint32_t number)
{
    size_t i = 3;

    if (length < 3 || memcmp(line, "---", 3) != 0)
        return false;
    while (i < length && strchr(" \t\r\v\f", line[i]))
        i++;
    while (length > i && strchr(" \t\r\v\f", line[length - 1]))
        length--;
    if (i < length && line[i] != '#')
        mf_tree_fail(t, number, (uint32_t)i + 1,
                     mf_scratch(t->load, "invalid Yaml document separator: %.*s",
                                (int)(length - i < 128 ? length - i : 128), line + i));
    return true;
}

static void document_read(struct mf_tree *t, const struct part *p)
{
    size_t length = (size_t)(p->end - p->text), at;
    uint32_t code = 0, line = p->line, column = p->column;

    at = mf_text_screen(p->text, length, &code);
    if (at < length) {
        for (size_t i = 0; i < at; i++) {
            column = p->text[i] == '\n' ? 1 : column + ((p->text[i] & 0xc0) != 0x80);
            line += p->text[i] == '\n';
        }
        mf_tree_fail(t, line, column,
                     mf_scratch(t->load, "control characters are not allowed: U+%04X", code));
        return;
    }
    mf_yaml_read(t, p->text, length, p->line - 1, p->column - 1);
    if (!t->broken)
        t->fault.text = NULL; /* it is YAML */
}

/* The last line ends as every other does, whether the file says so or not: it may be of a block. */
static void last_read(struct mf_tree *t, const struct part *p)
{
    size_t length = (size_t)(p->end - p->text);
    struct part last = *p;
    char *copy;

    if (p->end[-1] != '\n') {
        copy = rx_arena_alloc(&t->load->scratch, length + 1);
        if (copy == NULL) {
            t->load->no_memory = true;
            return;
        }
        memcpy(copy, p->text, length);
        copy[length] = '\n';
        last.text = copy;
        last.end = copy + length + 1;
    }
    document_read(t, &last);
}

static void yaml_cut(struct mf_tree *t, const struct part *part)
{
    struct part next = *part; /* the document that is being cut */
    const char *line = part->text, *end = part->end;
    uint32_t number = part->line;

    while (line < end && !t->broken && !t->load->no_memory) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)),
                   *after = stop != NULL ? stop + 1 : end;

        if (line_cuts(t, line, (size_t)((stop != NULL ? stop : end) - line), number) &&
            line > next.text) {
            next.end = line;
            if (!t->broken)
                document_read(t, &next);
            next = (struct part){after, end, number + 1, 1};
        }
        line = after;
        number++;
    }
    if (next.text < end && !t->broken && !t->load->no_memory)
        last_read(t, &next);
}
