/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - the pieces of an object's JSON that cells are made of. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/options.h"
#include "api/cli/show/show.h"

/* Piece by piece, none of which ends within an escape: what it says must not depend on there being
 * memory. */
static void put_unescaped(struct rx_text *t, const char *s, size_t n)
{
    enum { ESCAPE = 12 }; /* the longest: two halves of a pair */
    char plain[256];

    while (n > 0) {
        size_t piece = n < sizeof(plain) ? n : sizeof(plain) - ESCAPE - 1;

        for (size_t i = 0; piece < n && i < piece; i++) {
            bool pair = s[i] == '\\' && s[i + 1] == 'u' && s[i + 6] == '\\' && s[i + 7] == 'u';
            size_t step = s[i] != '\\' ? 1 : s[i + 1] != 'u' ? 2 : pair ? ESCAPE : 6;

            if (i + step > piece)
                piece = i + step;
            i += step - 1;
        }
        rx_text_put(t, plain, json_unescape(s, piece, plain, sizeof(plain)));
        s += piece;
        n -= piece;
    }
}

bool show_text(struct rx_text *t, const struct json_node *n)
{
    if (n == NULL || n->kind == JSON_ARRAY || n->kind == JSON_OBJECT || n->kind == JSON_NULL)
        return false;
    if (n->kind != JSON_STRING || memchr(n->text, '\\', n->length) == NULL) {
        rx_text_put(t, n->text, n->length);
        return true;
    }
    put_unescaped(t, n->text, n->length);
    return true;
}

const struct json_node *show_at(const struct show_in *in, const char *path)
{
    return json_at(in->j, json_root(in->j), path);
}

bool show_text_at(struct rx_text *t, const struct show_in *in, const char *path)
{
    return show_text(t, show_at(in, path));
}

int64_t show_number_at(const struct show_in *in, const char *path, int64_t fallback)
{
    const struct json_node *n = show_at(in, path);
    char digits[32];

    if (n == NULL || n->kind != JSON_NUMBER || n->length >= sizeof(digits))
        return fallback;
    memcpy(digits, n->text, n->length);
    digits[n->length] = '\0';
    return strtoll(digits, NULL, 10);
}

bool show_is(const struct json_node *n, const char *text)
{
    return n != NULL && n->kind == JSON_STRING && n->length == strlen(text) &&
           memcmp(n->text, text, n->length) == 0;
}

bool show_time_at(const struct show_in *in, const char *path, int64_t *unix_ms)
{
    const struct json_node *n = show_at(in, path);
    char text[64];

    if (n == NULL || n->kind != JSON_STRING || n->length >= sizeof(text))
        return false;
    memcpy(text, n->text, n->length);
    text[n->length] = '\0';
    return cli_read_rfc3339(text, unix_ms);
}

void show_since(struct rx_text *t, const struct show_in *in, const char *path, const char *none)
{
    int64_t then;

    if (show_time_at(in, path, &then))
        face_age(t, in->now_unix_ms - then);
    else
        rx_text_puts(t, none);
}

const struct json_node *show_pod_spec(const struct show_in *in)
{
    static const char *const path[] = {"spec.template.spec", "spec.jobTemplate.spec.template.spec",
                                       "spec"};

    for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
        const struct json_node *n = show_at(in, path[i]);

        if (n != NULL)
            return n;
    }
    return NULL;
}

const struct json_node *show_condition(const struct show_in *in, const char *type)
{
    const struct json_node *n = json_first(in->j, show_at(in, "status.conditions"));

    for (; n != NULL; n = json_next(in->j, n))
        if (show_is(json_member(in->j, n, "type"), type))
            return n;
    return NULL;
}

/* ---- maps ------------------------------------------------------------------------------------ */

static int compare(const struct json_node *a, const struct json_node *b)
{
    size_t n = a->key_length < b->key_length ? a->key_length : b->key_length;
    int order = memcmp(a->key, b->key, n);

    return order != 0 ? order : a->key_length < b->key_length ? -1 : a->key_length > b->key_length;
}

static int by_key(const void *a, const void *b)
{
    return compare(*(const struct json_node *const *)a, *(const struct json_node *const *)b);
}

size_t show_sorted(const struct json *j, const struct json_node *map,
                   const struct json_node *out[SHOW_MEMBERS_MAX])
{
    size_t count = 0;

    for (const struct json_node *n = json_first(j, map); n != NULL && count < SHOW_MEMBERS_MAX;
         n = json_next(j, n))
        out[count++] = n;
    qsort(out, count, sizeof(out[0]), by_key);
    return count;
}

void show_labels(struct rx_text *t, const struct json *j, const struct json_node *map)
{
    const struct json_node *member[SHOW_MEMBERS_MAX];
    size_t count = show_sorted(j, map, member);

    for (size_t i = 0; i < count; i++) {
        rx_text_puts(t, i > 0 ? "," : "");
        rx_text_put(t, member[i]->key, member[i]->key_length);
        rx_text_putc(t, '=');
        show_text(t, member[i]);
    }
    if (count == 0)
        rx_text_puts(t, "<none>");
}

/* ---- selectors ------------------------------------------------------------------------------- */

static void put_values(struct rx_text *t, const struct json *j, const struct json_node *list)
{
    const struct json_node *value[SHOW_MEMBERS_MAX];
    size_t count = 0;

    for (const struct json_node *n = json_first(j, list); n != NULL && count < SHOW_MEMBERS_MAX;
         n = json_next(j, n)) {
        size_t at = count++;

        for (; at > 0 && (value[at - 1]->length > n->length
                              ? memcmp(value[at - 1]->text, n->text, n->length) >= 0
                              : memcmp(value[at - 1]->text, n->text, value[at - 1]->length) > 0);
             at--)
            value[at] = value[at - 1];
        value[at] = n;
    }
    rx_text_puts(t, " (");
    for (size_t i = 0; i < count; i++) {
        rx_text_puts(t, i > 0 ? "," : "");
        show_text(t, value[i]);
    }
    rx_text_putc(t, ')');
}

static void put_requirement(struct rx_text *t, const struct json *j, const struct json_node *n)
{
    const struct json_node *op = json_member(j, n, "operator");

    rx_text_puts(t, show_is(op, "DoesNotExist") ? "!" : "");
    show_text(t, json_member(j, n, "key"));
    if (show_is(op, "In") || show_is(op, "NotIn")) {
        rx_text_puts(t, show_is(op, "In") ? " in" : " notin");
        put_values(t, j, json_member(j, n, "values"));
    }
}

void show_selector(struct rx_text *t, const struct json *j, const struct json_node *selector)
{
    const struct json_node *labels = json_member(j, selector, "matchLabels"),
                           *list = json_member(j, selector, "matchExpressions");
    const struct json_node *n = json_first(j, list);

    if (labels == NULL && list == NULL) {
        show_labels(t, j, selector);
        return;
    }
    if (json_first(j, labels) != NULL || n == NULL)
        show_labels(t, j, labels);
    for (bool first = json_first(j, labels) == NULL; n != NULL; n = json_next(j, n)) {
        rx_text_puts(t, first ? "" : ",");
        put_requirement(t, j, n);
        first = false;
    }
}
