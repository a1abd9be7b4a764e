/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write.c - JSON and YAML as kubectl -o json and -o yaml write them. Keys are sorted, as Go's maps
 * are; YAML is that of go-yaml: what could be read as something else is quoted, text of several
 * lines is a block, and long lines are folded.
 */
#include <ctype.h>
#include <string.h>

#include "api/cli/show/print.h"

static bool is_scalar(const struct json_node *n)
{
    return n->kind != JSON_ARRAY && n->kind != JSON_OBJECT;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_raw(struct rx_text *t, const struct json_node *n)
{
    if (n->kind == JSON_STRING)
        rx_text_putc(t, '"');
    rx_text_put(t, n->text, n->length);
    if (n->kind == JSON_STRING)
        rx_text_putc(t, '"');
}

static size_t children(const struct json *j, const struct json_node *n,
                       const struct json_node *out[SHOW_MEMBERS_MAX], size_t from)
{
    size_t count = 0;

    if (n->kind == JSON_OBJECT)
        return show_sorted(j, n, out);
    n = json_first(j, n);
    for (; n != NULL && from > 0; n = json_next(j, n))
        from--;
    for (; n != NULL && count < SHOW_MEMBERS_MAX; n = json_next(j, n))
        out[count++] = n;
    return count;
}

void show_json(struct rx_text *t, const struct json *j, const struct json_node *n, int indent)
{
    const struct json_node *child[SHOW_MEMBERS_MAX];
    bool map = n->kind == JSON_OBJECT;
    size_t count = 0, seen = 0;

    if (is_scalar(n)) {
        put_raw(t, n);
        return;
    }
    rx_text_putc(t, map ? '{' : '[');
    while ((seen == 0 || !map) && (count = children(j, n, child, seen)) > 0) {
        for (size_t i = 0; i < count; i++) {
            rx_text_puts(t, seen + i > 0 ? ",\n" : "\n");
            rx_text_fill(t, ' ', 4 * ((size_t)indent + 1));
            if (map) {
                rx_text_putc(t, '"');
                rx_text_put(t, child[i]->key, child[i]->key_length);
                rx_text_puts(t, "\": ");
            }
            show_json(t, j, child[i], indent + 1);
        }
        seen += count;
    }
    if (seen > 0) {
        rx_text_putc(t, '\n');
        rx_text_fill(t, ' ', 4 * (size_t)indent);
    }
    rx_text_putc(t, map ? '}' : ']');
}

/* ---- YAML scalars ---------------------------------------------------------------------------- */

static size_t digits(const char *s, size_t n, const char *which)
{
    size_t i = 0;

    while (i < n && (strchr(which, s[i]) != NULL || s[i] == '_'))
        i++;
    return i;
}

#define DECIMAL "0123456789"

/* 12, 0x1f, 1.5e3, 1:20, and dates. */
static bool is_number(const char *s, size_t n)
{
    size_t at, more;

    if (n > 0 && (s[0] == '-' || s[0] == '+')) {
        s++;
        n--;
    }
    if (n > 2 && s[0] == '0' && strchr("xbo", s[1]) != NULL)
        return digits(s + 2, n - 2, "0123456789abcdefABCDEF") == n - 2;
    at = digits(s, n, DECIMAL);
    if (at == 4 && n >= 8 && s[4] == '-' && strchr(DECIMAL, s[5]) != NULL)
        return digits(s + 5, n - 5, DECIMAL "-:.TtZz+ ") == n - 5;
    while (at > 0 && at + 1 < n && s[at] == ':' && strchr(DECIMAL, s[at + 1]) != NULL)
        at += 1 + digits(s + at + 1, n - at - 1, DECIMAL);
    if (at < n && s[at] == '.') {
        more = digits(s + at + 1, n - at - 1, DECIMAL);
        if (at + more == 0)
            return false;
        at += 1 + more;
    }
    if (at > 0 && at < n && (s[at] == 'e' || s[at] == 'E')) {
        size_t sign = at + 1 < n && (s[at + 1] == '-' || s[at + 1] == '+');

        more = digits(s + at + 1 + sign, n - at - 1 - sign, DECIMAL);
        at += more > 0 ? 1 + sign + more : 0;
    }
    return at == n && n > 0;
}

/* What YAML 1.1 takes for no string. */
static bool looks_special(const char *s, size_t n)
{
    static const char *const words[] = {"y",    "n",     "yes",   "no", "on",  "off",
                                        "true", "false", "null",  "~",  "nan", ".nan",
                                        ".inf", "-.inf", "+.inf", "<<", "="};
    char lower[12];

    if (n == 0)
        return true;
    if (n < sizeof(lower)) {
        for (size_t i = 0; i < n; i++)
            lower[i] = (char)tolower((unsigned char)s[i]);
        lower[n] = '\0';
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            if (strcmp(lower, words[i]) == 0)
                return true;
    }
    return is_number(s, n);
}

static bool needs_quotes(const char *s, size_t n)
{
    if (strchr("#,[]{}&*!|>'\"%@`", s[0]) != NULL || s[0] == ' ' || s[n - 1] == ' ')
        return true;
    if (strchr("-?:", s[0]) != NULL && (n == 1 || s[1] == ' '))
        return true;
    if (n >= 3 && (memcmp(s, "---", 3) == 0 || memcmp(s, "...", 3) == 0))
        return true;
    for (size_t i = 0; i < n; i++)
        if ((s[i] == ':' && (i + 1 == n || s[i + 1] == ' ')) ||
            (s[i] == '#' && i > 0 && s[i - 1] == ' '))
            return true;
    return false;
}

enum { FOLD = 80 };

/* Of one line; it is folded at a blank once it is long, and not between two. */
static void put_folded(struct rx_text *t, const char *s, size_t n, int indent, size_t column,
                       bool single)
{
    for (size_t i = 0; i < n; i++) {
        bool edge = i == 0 || i + 1 == n || s[i - 1] == ' ' || s[i + 1] == ' ';

        if (s[i] == ' ' && column > FOLD && !edge) {
            rx_text_putc(t, '\n');
            rx_text_fill(t, ' ', (size_t)indent);
            column = (size_t)indent;
            continue;
        }
        if (single && s[i] == '\'')
            rx_text_putc(t, '\'');
        rx_text_putc(t, s[i]);
        column++;
    }
}

static void put_block(struct rx_text *t, const char *s, size_t n, int indent)
{
    bool ends = s[n - 1] == '\n', more = ends && (n == 1 || s[n - 2] == '\n');

    rx_text_putc(t, '|');
    if (s[0] == ' ' || s[0] == '\n')
        rx_text_putc(t, '2');
    rx_text_puts(t, more ? "+" : ends ? "" : "-");
    for (size_t at = 0; at < n;) {
        const char *end = memchr(s + at, '\n', n - at);
        size_t line = end != NULL ? (size_t)(end - s) - at : n - at;

        rx_text_putc(t, '\n');
        if (line > 0)
            rx_text_fill(t, ' ', (size_t)indent);
        rx_text_put(t, s + at, line);
        at += line + 1;
    }
}

static void put_plain(struct rx_text *t, const char *s, size_t n, const char *raw, size_t raw_n,
                      int indent, size_t column)
{
    bool control = false;

    for (size_t i = 0; i < n; i++)
        control |= ((unsigned char)s[i] < 0x20 && s[i] != '\n') || s[i] == 0x7f;
    if (control || looks_special(s, n)) {
        rx_text_putc(t, '"');
        rx_text_put(t, raw, raw_n);
        rx_text_putc(t, '"');
    } else if (memchr(s, '\n', n) != NULL) {
        put_block(t, s, n, indent);
    } else if (needs_quotes(s, n)) {
        rx_text_putc(t, '\'');
        put_folded(t, s, n, indent, column + 1, true);
        rx_text_putc(t, '\'');
    } else {
        put_folded(t, s, n, indent, column, false);
    }
}

static void put_string(struct rx_text *t, char *scratch, const char *raw, size_t n, int indent,
                       size_t column)
{
    put_plain(t, scratch, json_unescape(raw, n, scratch, n + 1), raw, n, indent, column);
}

/* ---- YAML ------------------------------------------------------------------------------------ */

static bool is_empty(const struct json *j, const struct json_node *n)
{
    return !is_scalar(n) && json_first(j, n) == NULL;
}

/* Behind "key:" or "-", without a newline at its end; indent: that of a line of its own. */
static void put_inline(struct rx_text *t, char *scratch, const struct json_node *n, int indent,
                       size_t column)
{
    if (n->kind == JSON_OBJECT)
        rx_text_puts(t, "{}");
    else if (n->kind == JSON_ARRAY)
        rx_text_puts(t, "[]");
    else if (n->kind == JSON_STRING)
        put_string(t, scratch, n->text, n->length, indent, column);
    else
        put_raw(t, n);
}

static void put_entries(struct rx_text *t, char *scratch, const struct json *j,
                        const struct json_node *n, int indent, bool begun);

static void put_value(struct rx_text *t, char *scratch, const struct json *j,
                      const struct json_node *n, int indent, size_t column)
{
    if (is_scalar(n) || is_empty(j, n)) {
        rx_text_putc(t, ' ');
        put_inline(t, scratch, n, indent + 2, column + 1);
        rx_text_putc(t, '\n');
        return;
    }
    rx_text_putc(t, '\n');
    /* A list stands where its key does. */
    put_entries(t, scratch, j, n, n->kind == JSON_ARRAY ? indent : indent + 2, false);
}

static void put_item(struct rx_text *t, char *scratch, const struct json *j,
                     const struct json_node *n, int indent)
{
    rx_text_putc(t, '-');
    if (is_scalar(n) || is_empty(j, n)) {
        rx_text_putc(t, ' ');
        put_inline(t, scratch, n, indent + 2, (size_t)indent + 2);
        rx_text_putc(t, '\n');
        return;
    }
    rx_text_putc(t, ' ');
    put_entries(t, scratch, j, n, indent + 2, true);
}

/* begun: the first entry goes on in a line that has begun. */
static void put_entries(struct rx_text *t, char *scratch, const struct json *j,
                        const struct json_node *n, int indent, bool begun)
{
    const struct json_node *child[SHOW_MEMBERS_MAX];
    bool map = n->kind == JSON_OBJECT;
    size_t count = 0, seen = 0;

    while ((seen == 0 || !map) && (count = children(j, n, child, seen)) > 0) {
        for (size_t i = 0; i < count; i++) {
            size_t from;

            if (!begun || seen + i > 0)
                rx_text_fill(t, ' ', (size_t)indent);
            if (!map) {
                put_item(t, scratch, j, child[i], indent);
                continue;
            }
            from = t->length;
            put_string(t, scratch, child[i]->key, child[i]->key_length, indent + 2, (size_t)indent);
            rx_text_putc(t, ':');
            put_value(t, scratch, j, child[i], indent, (size_t)indent + t->length - from);
        }
        seen += count;
    }
}

void show_yaml(struct rx_text *t, const struct json *j, const struct json_node *n, int indent,
               char *scratch)
{
    if (is_scalar(n) || is_empty(j, n)) {
        put_inline(t, scratch, n, indent, (size_t)indent);
        rx_text_putc(t, '\n');
        return;
    }
    put_entries(t, scratch, j, n, indent, false);
}
