/* SPDX-License-Identifier: Apache-2.0 */
/* vector.c - runs a row and prints what differs. */
#include "tests/support/vector.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static char text[1 << 16]; /* of the last look */

static const char *look_log(struct story *s, const char *pod, const char *c, int previous)
{
    const char *log;
    size_t length;
    uint64_t id;

    if (podring_find(story_ring(s), NULL, pod, &id) != 0)
        return "(no pod)";
    if (podring_logs(story_ring(s), id, c, previous, &log, &length) != 0)
        return podring_why(story_ring(s));
    snprintf(text, sizeof(text), "%.*s", (int)length, log);
    return text;
}

static const char *or_empty(const char *s)
{
    return s != NULL ? s : "";
}

static const char *look_container(struct story *s, const char *pod, const char *name,
                                  const char *what)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    uint64_t id;
    uint32_t i = 0;
    int code;

    if (podring_find(story_ring(s), NULL, pod, &id) != 0)
        return "(no pod)";
    while ((code = podring_container_info(story_ring(s), id, i, &c)) == 0 &&
           strcmp(c.name, name) != 0)
        i++;
    if (code != 0)
        return "(no container)";
    if (strcmp(what, "left") == 0)
        return or_empty(c.message);
    if (strcmp(what, "last") == 0)
        return or_empty(c.last_message);
    snprintf(text, sizeof(text), c.exit_code >= 0 ? "%s%s%s/%d" : "%s%s%s", c.state,
             c.reason != NULL ? "/" : "", or_empty(c.reason), c.exit_code);
    return text;
}

static const char *look_diagnostics(struct story *s)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    size_t used = 0;

    text[0] = '\0';
    for (uint32_t i = 0; podring_diagnostic_at(story_ring(s), i, &d) == 0; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u:%u %s", i > 0 ? "|" : "",
                                 d.line, d.column, d.text);
    return text;
}

/* What is left when all is over. NULL: no such word. */
static const char *look_behind(struct story *s, const char *what)
{
    char verb[32] = "", one[64] = "", two[64] = "";
    int words = sscanf(what, "%31s %63s %63s", verb, one, two);
    const char *pod = words == 3 ? one : "p", *c = words == 3 ? two : one;

    if (strcmp(verb, "diag") == 0)
        return look_diagnostics(s);
    if (strcmp(verb, "log") == 0 || strcmp(verb, "log-") == 0)
        return look_log(s, pod, c, verb[3] == '-');
    if (strcmp(verb, "left") == 0 || strcmp(verb, "last") == 0 || strcmp(verb, "now") == 0)
        return look_container(s, pod, c, verb);
    return NULL;
}

static const char *row(struct story *s)
{
    struct podring_pod_info p = PODRING_POD_INFO_INIT;
    uint64_t pod;

    if (podring_find(story_ring(s), NULL, "p", &pod) != 0)
        return "gone";
    podring_pod_info(story_ring(s), pod, &p);
    if (p.restarts == 0)
        return story_text(s, "%u/%u %s 0", p.ready, p.ready_of, p.status);
    return story_text(s, "%u/%u %s %llu (%llds)", p.ready, p.ready_of, p.status,
                      (unsigned long long)p.restarts,
                      (long long)(podring_now(story_ring(s)) - p.last_restart_ms) / 1000);
}

/* REASON/PART, where there is a part. */
static const char *events(struct story *s, const char *what)
{
    char reason[64];
    const char *slash = strchr(what, '/');

    if (slash == NULL)
        return story_events(s, what);
    snprintf(reason, sizeof(reason), "%.*s", (int)(slash - what), what);
    return story_events_of(s, NULL, reason, slash + 1);
}

const char *vector_look(struct story *s, const char *what)
{
    const char *behind = look_behind(s, what);
    char word[64], of[64];
    int at;

    if (behind != NULL)
        return behind;
    if (sscanf(what, "starts %63s", word) == 1)
        return story_starts(s, word);
    if (sscanf(what, "ends %63s", word) == 1)
        return story_ends(s, word);
    if (sscanf(what, "state %63s", word) == 1)
        return story_field(s, "p", word, "state");
    if (sscanf(what, "of %63s %63s", of, word) == 2)
        return story_field(s, "p", of, word);
    if (sscanf(what, "event %63s in %63s", word, of) == 2)
        return story_events_in(s, word, of);
    if (strncmp(what, "event ", 6) == 0)
        return events(s, what + 6);
    if (sscanf(what, "how %63s", word) == 1)
        return story_reasons(s, "p", word);
    if (strcmp(what, "row") == 0)
        return row(s);
    if (sscanf(what, "says %63s", word) == 1)
        return story_messages(s, word);
    if (sscanf(what, "why %63s", word) == 1)
        return story_why(s, "p", word);
    if (sscanf(what, "field %63s", word) == 1)
        return story_field(s, "p", NULL, word);
    if (sscanf(what, "order %d", &at) == 1)
        return story_instant(s, at * 1000LL);
    if (sscanf(what, "at %d of %63s %63s", &at, of, word) == 3)
        return story_value(s, "p", of, word, at * 1000LL);
    if (sscanf(what, "at %d %63s", &at, word) == 2)
        return story_value(s, "p", NULL, word, at * 1000LL);
    return story_field(s, "p", NULL, what);
}

void vector_check(const struct vector *v, enum podring_net net)
{
    struct story_options o = {.for_ms = v->for_s * 1000, .net = net};
    unsigned knobs = 0;
    struct story *s;

    while (strncmp(v->expect[knobs].what, "set ", 4) == 0 && knobs < STORY_KNOBS_MAX) {
        o.knobs[knobs].name = v->expect[knobs].what + 4;
        o.knobs[knobs].value = v->expect[knobs].is;
        knobs++;
    }
    s = story_run(v->yaml, &o);
    for (unsigned i = knobs; i < VECTOR_EXPECT_MAX && v->expect[i].what != NULL; i++) {
        const char *is = vector_look(s, v->expect[i].what);

        cr_expect_str_eq(is, v->expect[i].is, "%s: %s is \"%s\", should be \"%s\"", v->name,
                         v->expect[i].what, is, v->expect[i].is);
    }
    story_free(s);
}

void vector_check_all(const struct vector *v, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        vector_check(&v[i], PODRING_NET_SCRIPT);
        vector_check(&v[i], PODRING_NET_MEMORY);
    }
}
