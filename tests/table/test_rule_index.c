/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_index.c - sets of indexes against an array of flags, and lists. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/prng.h"
#include "engine/store/rule_index.h"

enum { MAX = 40 };

static const char *text_of(const struct st_indexes *s)
{
    static char text[512];
    struct rx_fit fit = {.at = text, .room = sizeof(text) - 1};

    st_indexes_text(s, &fit);
    text[fit.len] = '\0';
    return text;
}

/* Two that follow each other stand alone, three and more as a range. */
static const char *text_of_flags(const bool *in)
{
    static char text[512];
    size_t n = 0;

    text[0] = '\0';
    for (int i = 0; i < MAX;) {
        int end = i;

        while (end < MAX && in[end])
            end++;
        if (end == i) {
            i++;
            continue;
        }
        if (end - i >= 3)
            n += (size_t)sprintf(text + n, "%s%d-%d", n ? "," : "", i, end - 1);
        else
            for (int k = i; k < end; k++)
                n += (size_t)sprintf(text + n, "%s%d", n ? "," : "", k);
        i = end;
    }
    return text;
}

Test(rule_index, as_an_array_of_flags)
{
    struct rx_prng r = rx_prng_stream(3, 0, 0);

    for (int round = 0; round < 300; round++) {
        struct st_index_range range[2][MAX];
        struct st_indexes s[2] = {{range[0], 0, MAX, 0}, {range[1], 0, MAX, 0}};
        const struct st_indexes *both[2] = {&s[0], &s[1]};
        bool in[2][MAX] = {{false}};
        uint32_t cut = (uint32_t)rx_prng_below(&r, MAX), count = 0;

        for (int i = 0; i < 60; i++) {
            uint32_t which = (uint32_t)rx_prng_below(&r, 2), x = (uint32_t)rx_prng_below(&r, MAX);

            cr_assert_eq(st_indexes_add(&s[which], x), !in[which][x]);
            in[which][x] = true;
            cr_assert_str_eq(text_of(&s[which]), text_of_flags(in[which]));
        }
        for (uint32_t x = 0; x < MAX; x++) {
            uint32_t free = x;

            cr_assert_eq(st_indexes_has(&s[0], x), in[0][x]);
            while (free < MAX && (in[0][free] || in[1][free]))
                free++;
            cr_assert_eq(st_index_free(both, 2, x), free);
            count += x < cut && in[0][x];
        }
        cr_assert_eq(st_indexes_below(&s[0], cut), count);
        st_indexes_cut(&s[0], cut);
        memset(&in[0][cut], 0, MAX - cut);
        cr_assert_str_eq(text_of(&s[0]), text_of_flags(in[0]));
        cr_assert_eq(s[0].total, count);
    }
}

static const struct {
    const char *list;
    uint32_t completions, total;
    const char *said; /* the set, or why it is none */
} lists[] = {
    {"", 5, 0, ""},
    {"0", 5, 1, "0"},
    {"0,2-4", 5, 4, "0,2-4"},
    {"0-1", 5, 2, "0,1"},
    {"0,1,2", 5, 3, "0-2"},
    {"0,1,5", 5, 0, "too large index: \"5\""},
    {"1-9", 5, 0, "too large index: \"9\""},
    {"1,1", 5, 0, "non-increasing order, previous: 1, current: 1"},
    {"3-2", 5, 0, "non-increasing order, previous: 3, current: 2"},
    {"2,1", 5, 0, "non-increasing order, previous: 2, current: 1"},
    {"a", 5, 0, "cannot convert string to integer for index: \"a\""},
    {"1-b", 5, 0, "cannot convert string to integer for index: \"b\""},
    {"1,", 5, 0, "cannot convert string to integer for index: \"\""},
    {",1", 5, 0, "cannot convert string to integer for index: \"\""},
    {"1-2-3", 5, 0,
     "the fragment \"1-2-3\" violates the requirement that an index interval can have at most two "
     "parts separated by '-'"},
    {"99999999999", 5, 0, "too large index: \"99999999999\""},
};

Test(rule_index, lists)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        struct st_index_range range[8];
        struct st_indexes s = {.range = range, .room = 8};
        char why[ST_INDEXES_WHY_MAX];

        if (st_indexes_read(lists[i].list, lists[i].completions, &s, why)) {
            cr_expect_str_eq(text_of(&s), lists[i].said, "%s", lists[i].list);
            cr_expect_eq(s.total, lists[i].total, "%s", lists[i].list);
        } else {
            cr_expect_str_eq(why, lists[i].said, "%s: %s", lists[i].list, why);
        }
    }
}
