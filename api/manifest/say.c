/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say.c - diagnostics: paths, values and sentences as the API server words them
 * (k8s.io/apimachinery/pkg/util/validation/field/errors.go), each with its place in the text.
 */
#include "api/manifest/load.h"

#include "engine/reactor/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SAID_MAX = 1000, /* errors, and warnings, of one load: who has that many has made one, often */
    VALUE_MAX = 320,   /* bytes of a printed value; Kubernetes prints all of it */
};

struct writer {
    char *out;
    size_t used, room;
};

static void say(struct mf_load *l, enum manifest_severity severity, uint32_t line, uint32_t column,
                const char *text);
static void say_path(struct mf_load *l, const struct mf_at *at, const char *text);
static void write_bytes(struct writer *w, const char *text, size_t length);
static void write_quoted(struct writer *w, const char *text, size_t length);
static void write_json(struct writer *w, const struct mf_node *n);
static void write_mapping(struct writer *w, const struct mf_node *n);
static const char *quoted(struct mf_load *l, const char *text);
static const char *scratch_vprintf(struct mf_load *l, const char *format, va_list args);

struct mf_at mf_root(const struct mf_node *node)
{
    return (struct mf_at){.node = node};
}

struct mf_at mf_field(const struct mf_at *up, const char *name)
{
    const struct mf_node *n = NULL;

    if (up->node && up->node->type == MF_MAPPING)
        n = mf_node_find(up->node, name);
    return (struct mf_at){.up = up, .name = name, .node = n && n->type != MF_NULL ? n : NULL};
}

struct mf_at mf_item(const struct mf_at *up, uint32_t index)
{
    RX_ASSERT(up->node && up->node->type == MF_SEQUENCE && index < up->node->count);
    return (struct mf_at){.up = up, .index = index, .node = up->node->item[index].value};
}

void mf_say_at(struct mf_load *l, enum manifest_severity severity, uint32_t line, uint32_t column,
               const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(l, severity, line, column, scratch_vprintf(l, format, args));
    va_end(args);
}

void mf_say(struct mf_load *l, const struct mf_at *at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say_path(l, at, scratch_vprintf(l, format, args));
    va_end(args);
}

void mf_invalid(struct mf_load *l, const struct mf_at *at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say_path(l, at,
             mf_scratch(l, "Invalid value: %s: %s", at->node ? mf_json(l, at->node) : "\"\"",
                        scratch_vprintf(l, format, args)));
    va_end(args);
}

void mf_invalid_text(struct mf_load *l, const struct mf_at *at, const char *value,
                     const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say_path(
        l, at,
        mf_scratch(l, "Invalid value: %s: %s", quoted(l, value), scratch_vprintf(l, format, args)));
    va_end(args);
}

void mf_required(struct mf_load *l, const struct mf_at *at, const char *detail)
{
    say_path(l, at, mf_scratch(l, *detail ? "Required value: %s" : "Required value%s", detail));
}

void mf_forbidden(struct mf_load *l, const struct mf_at *at, const char *detail)
{
    say_path(l, at, mf_scratch(l, "Forbidden: %s", detail));
}

void mf_duplicate(struct mf_load *l, const struct mf_at *at, const char *value)
{
    say_path(l, at, mf_scratch(l, "Duplicate value: %s", quoted(l, value)));
}

void mf_not_found(struct mf_load *l, const struct mf_at *at, const char *value)
{
    say_path(l, at, mf_scratch(l, "Not found: %s", quoted(l, value)));
}

void mf_too_many(struct mf_load *l, const struct mf_at *at, uint32_t count, uint32_t max)
{
    say_path(l, at, mf_scratch(l, "Too many: %u: must have at most %u items", count, max));
}

void mf_unsupported(struct mf_load *l, const struct mf_at *at, const char *value,
                    const char *supported)
{
    char list[512];
    struct writer w = {.out = list, .room = sizeof(list)};

    while (*supported) {
        size_t n = strcspn(supported, " ");

        write_quoted(&w, supported, n);
        supported += n + (supported[n] == ' ');
        if (*supported)
            write_bytes(&w, ", ", 2);
    }
    say_path(l, at,
             mf_scratch(l, "Unsupported value: %s: supported values: %.*s", quoted(l, value),
                        (int)w.used, list));
}

/* Go's JSON decoder, which is what a manifest meets first, puts it like this. */
void mf_wrong_type(struct mf_load *l, const struct mf_at *at, const char *wanted)
{
    mf_invalid(l, at, "cannot unmarshal %s into Go struct field of type %s", mf_type_name(at->node),
               wanted);
}

const char *mf_path(struct mf_load *l, const struct mf_at *at)
{
    const char *above;

    if (!at->up)
        return "";
    above = mf_path(l, at->up);
    if (!at->name)
        return mf_scratch(l, "%s[%u]", above, at->index);
    return mf_scratch(l, "%s%s%s", above, *above ? "." : "", at->name);
}

const char *mf_json(struct mf_load *l, const struct mf_node *n)
{
    char text[VALUE_MAX];
    struct writer w = {.out = text, .room = sizeof(text)};

    write_json(&w, n);
    return mf_scratch(l, "%.*s%s", (int)w.used, text, w.used == w.room ? "..." : "");
}

char *mf_scratch(struct mf_load *l, const char *format, ...)
{
    va_list args;
    const char *text;

    va_start(args, format);
    text = scratch_vprintf(l, format, args);
    va_end(args);
    return (char *)(uintptr_t)text; /* ours, or the one empty string nobody writes to */
}

static void say(struct mf_load *l, enum manifest_severity severity, uint32_t line, uint32_t column,
                const char *text)
{
    struct manifest_diagnostics *d = &l->set->diagnostics;
    const char *kept;

    if (severity == MANIFEST_ERROR) {
        l->failed = true;
        if (l->errors++ > SAID_MAX)
            return;
        if (l->errors > SAID_MAX)
            text = "too many errors";
    } else if (severity != MANIFEST_NOTE) {
        if (l->warnings++ > SAID_MAX)
            return;
        if (l->warnings > SAID_MAX)
            text = "too many warnings";
    }
    kept = mf_keep(l, text, strlen(text));
    if (!mf_room(l, &l->set->arena, &d->item, d->count, &d->room, sizeof(*d->item)))
        return;
    d->item[d->count++] = (struct manifest_diagnostic){
        .severity = severity, .line = line, .column = column, .file = l->file, .text = kept};
}

static void say_path(struct mf_load *l, const struct mf_at *at, const char *text)
{
    const struct mf_at *placed = at;
    const char *path = mf_path(l, at);

    while (!placed->node && placed->up)
        placed = placed->up;
    mf_say_at(l, MANIFEST_ERROR, placed->node ? placed->node->line : 0,
              placed->node ? placed->node->column : 0, "%s%s%s", path, *path ? ": " : "", text);
}

static void write_bytes(struct writer *w, const char *text, size_t length)
{
    size_t n = RX_MIN(length, w->room - w->used);

    memcpy(w->out + w->used, text, n);
    w->used += n;
}

/* Go's %q, where our strings are valid UTF-8 already. */
static void write_quoted(struct writer *w, const char *text, size_t length)
{
    write_bytes(w, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        char c = text[i], escape[8];

        if (c == '"' || c == '\\')
            write_bytes(w, (char[]){'\\', c}, 2);
        else if (c == '\n')
            write_bytes(w, "\\n", 2);
        else if (c == '\t')
            write_bytes(w, "\\t", 2);
        else if (c == '\r')
            write_bytes(w, "\\r", 2);
        else if ((unsigned char)c < 0x20 || c == 0x7f)
            write_bytes(w, escape, (size_t)snprintf(escape, sizeof(escape), "\\x%02x", c));
        else
            write_bytes(w, &c, 1);
    }
    write_bytes(w, "\"", 1);
}

static void write_json(struct writer *w, const struct mf_node *n)
{
    if (w->used == w->room)
        return;
    switch (n->type) {
    case MF_NULL:
        write_bytes(w, "null", 4);
        return;
    case MF_BOOL:
        write_bytes(w, n->truth ? "true" : "false", n->truth ? 4 : 5);
        return;
    case MF_INT: {
        char digits[24];

        write_bytes(w, digits,
                    (size_t)snprintf(digits, sizeof(digits), "%lld", (long long)n->number));
        return;
    }
    case MF_FLOAT:
        write_bytes(w, n->text, n->length);
        return;
    case MF_STRING:
        write_quoted(w, n->text, n->length);
        return;
    case MF_SEQUENCE:
        write_bytes(w, "[", 1);
        for (uint32_t i = 0; i < n->count && w->used < w->room; i++) {
            if (i)
                write_bytes(w, ",", 1);
            write_json(w, n->item[i].value);
        }
        write_bytes(w, "]", 1);
        return;
    case MF_MAPPING:
        write_mapping(w, n);
    }
}

/* Keys in order, as Go prints a map: the smallest above the last one, until the paper is full. */
static void write_mapping(struct writer *w, const struct mf_node *n)
{
    const struct mf_pair *last = NULL;

    write_bytes(w, "{", 1);
    for (uint32_t printed = 0; printed < n->count && w->used < w->room; printed++) {
        const struct mf_pair *next = NULL;

        for (uint32_t i = 0; i < n->count; i++) {
            const struct mf_pair *p = &n->item[i];

            if ((last == NULL || strcmp(p->key->text, last->key->text) > 0) &&
                (next == NULL || strcmp(p->key->text, next->key->text) < 0))
                next = p;
        }
        if (next == NULL)
            break; /* duplicate keys, refused elsewhere */
        if (last)
            write_bytes(w, ",", 1);
        write_quoted(w, next->key->text, next->key->length);
        write_bytes(w, ":", 1);
        write_json(w, next->value);
        last = next;
    }
    write_bytes(w, "}", 1);
}

static const char *quoted(struct mf_load *l, const char *text)
{
    char out[VALUE_MAX];
    struct writer w = {.out = out, .room = sizeof(out)};

    write_quoted(&w, text, strlen(text));
    return mf_scratch(l, "%.*s%s", (int)w.used, out, w.used == w.room ? "...\"" : "");
}

static const char *scratch_vprintf(struct mf_load *l, const char *format, va_list args)
{
    va_list again;
    int n;
    char *text;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    text = n < 0 ? NULL : rx_arena_alloc(&l->scratch, (size_t)n + 1);
    if (text == NULL) {
        l->no_memory = true;
        return "";
    }
    vsnprintf(text, (size_t)n + 1, format, args);
    return text;
}
