/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - two trees, walked side by side. */
#include "api/cli/show/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = 1024, VALUE_MAX = 120 };

struct walk {
    struct rx_text *t;
    const struct json *a, *b;
    char path[PATH_MAX_BYTES];
    size_t count;
};

static void compare(struct walk *w, size_t at, const struct json_node *a,
                    const struct json_node *b);

/* ---- saying ---------------------------------------------------------------------------------- */

static void put_json(struct rx_text *t, const struct json *j, const struct json_node *n)
{
    bool map = n->kind == JSON_OBJECT;
    const char *between = "";

    if (!map && n->kind != JSON_ARRAY) {
        rx_text_puts(t, n->kind == JSON_STRING ? "\"" : "");
        rx_text_put(t, n->text, n->length);
        rx_text_puts(t, n->kind == JSON_STRING ? "\"" : "");
        return;
    }
    rx_text_putc(t, map ? '{' : '[');
    for (n = json_first(j, n); n != NULL; n = json_next(j, n), between = ", ") {
        rx_text_puts(t, between);
        if (map) {
            rx_text_put(t, n->key, n->key_length);
            rx_text_puts(t, ": ");
        }
        put_json(t, j, n);
    }
    rx_text_putc(t, map ? '}' : ']');
}

/* Strings stand without quotes, unless there is nothing to see. What is long is cut. */
static void put_value(struct rx_text *t, const struct json *j, const struct json_node *n)
{
    char text[VALUE_MAX];
    struct rx_text v = rx_text_in(text, sizeof(text));

    if (n == NULL) {
        rx_text_puts(t, "(none)");
        return;
    }
    if (n->kind == JSON_STRING && n->length > 0)
        rx_text_put(&v, n->text, n->length);
    else
        put_json(&v, j, n);
    rx_text_put(t, text, v.length < sizeof(text) ? v.length : sizeof(text));
    rx_text_puts(t, v.length > sizeof(text) ? "..." : "");
}

static void say(struct walk *w, const struct json_node *a, const struct json_node *b)
{
    rx_text_puts(w->t, "  ");
    rx_text_puts(w->t, w->path);
    rx_text_puts(w->t, ": ");
    put_value(w->t, w->a, a);
    rx_text_puts(w->t, " -> ");
    put_value(w->t, w->b, b);
    rx_text_putc(w->t, '\n');
    w->count++;
}

/* ---- walking --------------------------------------------------------------------------------- */

static size_t step(struct walk *w, size_t at, const char *key, size_t length)
{
    bool plain = memchr(key, '.', length) == NULL && memchr(key, '/', length) == NULL;
    int n = snprintf(w->path + at, sizeof(w->path) - at, plain ? "%s%.*s" : "%s[\"%.*s\"]",
                     plain && at > 0 ? "." : "", (int)length, key);

    return n > 0 && at + (size_t)n < sizeof(w->path) ? at + (size_t)n : at;
}

static size_t step_index(struct walk *w, size_t at, size_t index)
{
    int n = snprintf(w->path + at, sizeof(w->path) - at, "[%zu]", index);

    return n > 0 && at + (size_t)n < sizeof(w->path) ? at + (size_t)n : at;
}

static bool is_ours(const char *path)
{
    static const char *const theirs[] = {"status", "metadata.uid", "metadata.resourceVersion",
                                         "metadata.creationTimestamp"};

    for (size_t i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++)
        if (strcmp(path, theirs[i]) == 0)
            return false;
    return true;
}

static const struct json_node *member(const struct json *j, const struct json_node *n,
                                      const struct json_node *like)
{
    for (n = json_first(j, n); n != NULL; n = json_next(j, n))
        if (n->key_length == like->key_length && memcmp(n->key, like->key, n->key_length) == 0)
            return n;
    return NULL;
}

static void compare_maps(struct walk *w, size_t at, const struct json_node *a,
                         const struct json_node *b)
{
    const struct json_node *child[SHOW_MEMBERS_MAX];

    for (int pass = 0; pass < 2; pass++) { /* those of the second, then those it has not */
        size_t count = show_sorted(pass == 0 ? w->b : w->a, pass == 0 ? b : a, child);

        for (size_t i = 0; i < count; i++) {
            const struct json_node *other =
                pass == 0 ? member(w->a, a, child[i]) : member(w->b, b, child[i]);
            size_t to;

            if (pass == 1 && other != NULL)
                continue;
            to = step(w, at, child[i]->key, child[i]->key_length);
            if (is_ours(w->path))
                compare(w, to, pass == 0 ? other : child[i], pass == 0 ? child[i] : NULL);
            w->path[at] = '\0';
        }
    }
}

static const struct json_node *name_of(const struct json *j, const struct json_node *n)
{
    const struct json_node *name = n->kind == JSON_OBJECT ? json_member(j, n, "name") : NULL;

    return name != NULL && name->kind == JSON_STRING ? name : NULL;
}

static bool all_named(const struct json *j, const struct json_node *list)
{
    const struct json_node *n = json_first(j, list);

    for (; n != NULL; n = json_next(j, n))
        if (name_of(j, n) == NULL)
            return false;
    return true;
}

static const struct json_node *named(const struct json *j, const struct json_node *list,
                                     const struct json_node *name)
{
    for (const struct json_node *n = json_first(j, list); n != NULL; n = json_next(j, n)) {
        const struct json_node *other = name_of(j, n);

        if (other->length == name->length && memcmp(other->text, name->text, name->length) == 0)
            return n;
    }
    return NULL;
}

static void compare_named(struct walk *w, size_t at, const struct json_node *a,
                          const struct json_node *b)
{
    size_t i = 0;

    for (const struct json_node *n = json_first(w->b, b); n != NULL; n = json_next(w->b, n), i++) {
        compare(w, step_index(w, at, i), named(w->a, a, name_of(w->b, n)), n);
        w->path[at] = '\0';
    }
    i = 0;
    for (const struct json_node *n = json_first(w->a, a); n != NULL; n = json_next(w->a, n), i++) {
        if (named(w->b, b, name_of(w->a, n)) == NULL)
            compare(w, step_index(w, at, i), n, NULL);
        w->path[at] = '\0';
    }
}

static void compare_lists(struct walk *w, size_t at, const struct json_node *a,
                          const struct json_node *b)
{
    size_t i = 0;

    if (all_named(w->a, a) && all_named(w->b, b)) {
        compare_named(w, at, a, b);
        return;
    }
    a = json_first(w->a, a);
    b = json_first(w->b, b);
    for (; a != NULL || b != NULL; a = json_next(w->a, a), b = json_next(w->b, b), i++) {
        compare(w, step_index(w, at, i), a, b);
        w->path[at] = '\0';
    }
}

static void compare(struct walk *w, size_t at, const struct json_node *a, const struct json_node *b)
{
    if (a == NULL || b == NULL || a->kind != b->kind)
        say(w, a, b);
    else if (a->kind == JSON_OBJECT)
        compare_maps(w, at, a, b);
    else if (a->kind == JSON_ARRAY)
        compare_lists(w, at, a, b);
    else if (a->length != b->length || memcmp(a->text, b->text, a->length) != 0)
        say(w, a, b);
}

size_t show_compare(struct rx_text *t, const struct json *a, const struct json *b)
{
    struct walk w = {.t = t, .a = a, .b = b};

    compare(&w, 0, json_root(a), json_root(b));
    return w.count;
}
