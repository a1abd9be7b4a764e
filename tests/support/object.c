/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - lines of the stream, picked by their object. */
#include "tests/support/object.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 16, VALUE_MAX = 2048 };

static char text[TEXT_MAX]; /* of the last look */

/* The value of a key of one line, without quotes; false: it has none such. */
static bool value_of(const char *line, const char *key, char out[VALUE_MAX])
{
    char mark[64];
    const char *end = strchr(line, '\n'), *at;
    size_t n = 0;
    bool quoted;

    snprintf(mark, sizeof(mark), "\"%s\":", key);
    at = strstr(line, mark);
    if (at == NULL || (end != NULL && at > end))
        return false;
    at += strlen(mark);
    quoted = *at == '"';
    at += quoted;
    for (; n < VALUE_MAX - 1 && (quoted ? *at != '"' : *at != ',' && *at != '}'); at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        out[n++] = *at;
    }
    out[n] = '\0';
    return true;
}

static bool is(const char *line, const char *key, const char *wanted)
{
    char value[VALUE_MAX];

    return value_of(line, key, value) && strcmp(value, wanted) == 0;
}

static void add(const char *format, const char *one)
{
    size_t used = strlen(text);

    snprintf(text + used, sizeof(text) - used, format, one);
}

static void add_time(const char *line)
{
    char ms[VALUE_MAX];
    long long at;
    size_t used = strlen(text);

    value_of(line, "at_ms", ms);
    at = atoll(ms);
    snprintf(text + used, sizeof(text) - used, at % 1000 ? "%s%.1f" : "%s%.0f", used ? " " : "",
             (double)at / 1000);
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end != NULL ? end + 1 : line + strlen(line);
}

static void look_line(const char *line, const char *verb, const char *what)
{
    char value[VALUE_MAX];
    bool event = is(line, "kind", "Event") && is(line, "reason", what),
         field = is(line, "kind", "Transition") && is(line, "field", what);

    if (strcmp(verb, "event") == 0) {
        if (event)
            add_time(line);
    } else if (strcmp(verb, "says") == 0) {
        if ((event || field) && value_of(line, "message", value)) {
            add("%s", text[0] ? "|" : "");
            add("%s", value);
        }
    } else if (field) {
        add_time(line);
        add(":%s", value_of(line, "to", value) ? value : "");
        if (strcmp(verb, "how") == 0)
            add("/%s", value_of(line, "reason", value) ? value : "");
    }
}

static const char *look_pods(const char *json, const char *what)
{
    bool asked = strcmp(what, "asked") == 0, placed = strcmp(what, "placed") == 0;
    char to[VALUE_MAX];

    for (const char *line = json; *line; line = next_line(line)) {
        if (!is(line, "field", placed ? "node" : "object") || !value_of(line, "to", to))
            continue;
        if (strstr(line, "\"pod\":") == NULL || strstr(line, "\"pod\":") > next_line(line))
            continue;
        if (!placed && (strcmp(to, "Terminating") == 0) != asked)
            continue;
        add_time(line);
        add(placed ? ":%s" : "%s", placed ? to : asked || strcmp(to, "Created") == 0 ? "" : "-");
    }
    return text;
}

/* Coming and going with names, from a second on. */
static const char *look_lives(const char *json, const char *from)
{
    char to[VALUE_MAX], pod[VALUE_MAX], ms[VALUE_MAX];

    for (const char *line = json; *line; line = next_line(line)) {
        if (!is(line, "field", "object") || !value_of(line, "to", to) ||
            !value_of(line, "pod", pod) || !value_of(line, "at_ms", ms))
            continue;
        if (atoll(ms) < 1000 * atoll(from))
            continue;
        add_time(line);
        add("%s", strcmp(to, "Created") == 0 ? "+" : strcmp(to, "Terminating") == 0 ? "-" : ".");
        add("%s", pod);
    }
    return text;
}

const char *object_look(struct story *s, const char *what)
{
    char object[128], verb[64], name[64];
    const char *json = story_json(s);
    int words;

    text[0] = '\0';
    if (strcmp(what, "pods") == 0 || strcmp(what, "asked") == 0 || strcmp(what, "placed") == 0)
        return look_pods(json, what);
    if (strncmp(what, "lives", 5) == 0)
        return look_lives(json, what + 5);
    words = sscanf(what, "%127s %63s %63s", object, verb, name);
    if (strchr(object, '/') == NULL || words < 2)
        return vector_look(s, what);
    for (const char *line = json; *line; line = next_line(line)) {
        if (is(line, "object", object))
            look_line(line, words == 3 ? verb : "field", words == 3 ? name : verb);
    }
    return text;
}

void object_check(const struct vector *v)
{
    struct story_options o = {.for_ms = v->for_s * 1000};
    struct story *s = story_run(v->yaml, &o);

    for (unsigned i = 0; i < VECTOR_EXPECT_MAX && v->expect[i].what != NULL; i++) {
        const char *got = object_look(s, v->expect[i].what);

        cr_expect_str_eq(got, v->expect[i].is, "%s: %s is \"%s\", should be \"%s\"", v->name,
                         v->expect[i].what, got, v->expect[i].is);
    }
    story_free(s);
}
