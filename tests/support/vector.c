/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/vector.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *vector_look(struct story *s, const char *what)
{
    char word[64], of[64];
    int at;

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
    if (sscanf(what, "event %63s", word) == 1)
        return story_events(s, word);
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
    bool set = strncmp(v->expect[0].what, "set ", 4) == 0;
    struct story *s;

    if (set) {
        o.knob = v->expect[0].what + 4;
        o.knob_value = v->expect[0].is;
    }
    s = story_run(v->yaml, &o);
    for (unsigned i = set; i < VECTOR_EXPECT_MAX && v->expect[i].what != NULL; i++) {
        const char *is = vector_look(s, v->expect[i].what);

        cr_expect_str_eq(is, v->expect[i].is, "%s: %s is \"%s\", should be \"%s\"", v->name,
                         v->expect[i].what, is, v->expect[i].is);
    }
    story_free(s);
}
