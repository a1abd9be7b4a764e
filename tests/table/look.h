/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look.h - vectors as tables: a manifest, how long it runs, and what must be seen of it afterwards.
 *
 *   starts C | ends C | event REASON | FIELD      timelines, as story.h tells them (FIELD: of pod p)
 *   log [POD] C | log- [POD] C                    the container's log; - of the instance before
 *   left [POD] C | last [POD] C                   termination message of its state; of lastState
 *   state [POD] C                                 "Waiting/CrashLoopBackOff", "Terminated/Error/1"
 *   said REASON                                   messages of Events
 *   diag                                          diagnostics: "line:column text", joined by '|'
 */
#ifndef TEST_LOOK_H
#define TEST_LOOK_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/story.h"

struct expectation {
    const char *what, *is;
};

struct vector {
    const char *name, *yaml;
    int64_t for_s;
    struct expectation expect[8];
};

#define POD "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n"
#define ONCE POD "  restartPolicy: Never\n"
#define BOX(name) "  - name: " name "\n    image: busybox:1\n"
#define SH(text) "    command:\n    - sh\n    - -c\n    - |\n" text
#define L(line) "      " line "\n"
#define SCENARIO                                                                                   \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"

static char look_text[1 << 16];

static const char *look_log(struct story *s, const char *pod, const char *c, int previous)
{
    const char *text;
    size_t length;
    uint64_t id;

    if (podring_find(story_ring(s), NULL, pod, &id) != 0)
        return "(no pod)";
    if (podring_logs(story_ring(s), id, c, previous, &text, &length) != 0)
        return podring_why(story_ring(s));
    snprintf(look_text, sizeof(look_text), "%.*s", (int)length, text);
    return look_text;
}

static const char *look_container(struct story *s, const char *pod, const char *name,
                                  const char *what)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    uint64_t id;
    uint32_t i = 0;

    if (podring_find(story_ring(s), NULL, pod, &id) != 0)
        return "(no pod)";
    while (podring_container_info(story_ring(s), id, i, &c) == 0 && strcmp(c.name, name) != 0)
        i++;
    if (strcmp(what, "left") == 0)
        return c.message != NULL ? c.message : "";
    if (strcmp(what, "last") == 0)
        return c.last_message != NULL ? c.last_message : "";
    snprintf(look_text, sizeof(look_text), c.exit_code >= 0 ? "%s%s%s/%d" : "%s%s%s", c.state,
             c.reason != NULL ? "/" : "", c.reason != NULL ? c.reason : "", c.exit_code);
    return look_text;
}

static const char *look_diagnostics(struct story *s)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    size_t used = 0;

    look_text[0] = '\0';
    for (uint32_t i = 0; podring_diagnostic_at(story_ring(s), i, &d) == 0; i++)
        used += (size_t)snprintf(look_text + used, sizeof(look_text) - used, "%s%u:%u %s",
                                 i > 0 ? "|" : "", d.line, d.column, d.text);
    return look_text;
}

static const char *look(struct story *s, const char *what)
{
    char verb[32] = "", one[64] = "", two[64] = "";
    int words = sscanf(what, "%31s %63s %63s", verb, one, two);
    const char *pod = words == 3 ? one : "p", *c = words == 3 ? two : one;

    if (strcmp(verb, "starts") == 0)
        return story_starts(s, one);
    if (strcmp(verb, "ends") == 0)
        return story_ends(s, one);
    if (strcmp(verb, "event") == 0)
        return story_events(s, one);
    if (strcmp(verb, "said") == 0)
        return story_messages(s, one);
    if (strcmp(verb, "diag") == 0)
        return look_diagnostics(s);
    if (strcmp(verb, "log") == 0 || strcmp(verb, "log-") == 0)
        return look_log(s, pod, c, verb[3] == '-');
    if (strcmp(verb, "left") == 0 || strcmp(verb, "last") == 0 || strcmp(verb, "state") == 0)
        return look_container(s, pod, c, verb);
    return story_field(s, "p", NULL, what);
}

static inline void look_check(const struct vector *v)
{
    struct story_options o = {.for_ms = v->for_s * 1000};
    struct story *s = story_run(v->yaml, &o);

    for (unsigned i = 0; i < 8 && v->expect[i].what != NULL; i++) {
        const char *is = look(s, v->expect[i].what);

        cr_expect_str_eq(is, v->expect[i].is, "%s: %s is \"%s\", should be \"%s\"", v->name,
                         v->expect[i].what, is, v->expect[i].is);
    }
    story_free(s);
}

#define LOOK_EACH(vectors)                                                                         \
    do {                                                                                           \
        for (unsigned look_i = 0; look_i < sizeof(vectors) / sizeof(*(vectors)); look_i++)         \
            look_check(&(vectors)[look_i]);                                                        \
    } while (0)

#endif
