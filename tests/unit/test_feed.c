/* SPDX-License-Identifier: Apache-2.0 */
/* test_feed.c - the feeder of parsers must notice a parser that minds where its input was cut. */
#include "tests/support/feed.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A parser to feed: counts words up to a full stop. With `forgetful` it forgets between pieces that
 * it was inside a word. */
struct words {
    unsigned count, pieces;
    bool inside, forgetful;
};

static void words_begin(void *ctx)
{
    struct words *w = ctx;

    w->count = 0;
    w->inside = false;
}

static enum feed_verdict words_piece(void *ctx, const char *data, size_t size)
{
    struct words *w = ctx;

    w->pieces++;
    if (w->forgetful)
        w->inside = false;
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '.')
            return FEED_DONE;
        if (data[i] == '!')
            return FEED_BAD;
        if (data[i] != ' ' && !w->inside)
            w->count++;
        w->inside = data[i] != ' ';
    }
    return FEED_MORE;
}

static void words_report(void *ctx, enum feed_verdict verdict, char *out, size_t room)
{
    struct words *w = ctx;

    snprintf(out, room, "%d: %u words", (int)verdict, w->count);
}

static bool check(struct words *w, const char *text, char *why, size_t room)
{
    struct feed f = {.ctx = w, .begin = words_begin, .piece = words_piece, .report = words_report};

    return feed_check(&f, text, strlen(text), why, room);
}

Test(feed, a_sound_parser_passes)
{
    static const char *const texts[] = {"", "a", "to be or not. to be", "to be or", "bad! or not."};
    struct words w = {0};
    char why[256] = "";

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        cr_assert(check(&w, texts[i], why, sizeof(why)), "%s", why);
}

Test(feed, every_place_is_cut)
{
    struct words w = {0};
    char why[256];

    cr_assert(check(&w, "abcde", why, sizeof(why)));
    cr_assert_eq(w.pieces, 1 + 5 + 3 + 2 + 1 + 1 + 1 + 4 * 2);
}

Test(feed, a_parser_that_forgets_is_named_with_the_cut)
{
    struct words w = {.forgetful = true};
    char why[256];

    cr_assert_not(check(&w, "to be", why, sizeof(why)));
    cr_assert_str_eq(why, "in pieces of 1: \"0: 4 words\", but at once: \"0: 2 words\"");
}

static void prefix_begin(void *ctx)
{
    *(size_t *)ctx = 0;
}

static enum feed_verdict prefix_piece(void *ctx, const char *data, size_t size)
{
    const char *end = memchr(data, '\n', size);

    if (end == NULL)
        return FEED_MORE;
    *(size_t *)ctx = (size_t)(end - data);
    return FEED_DONE;
}

static void prefix_report(void *ctx, enum feed_verdict verdict, char *out, size_t room)
{
    snprintf(out, room, "%d: %zu", (int)verdict, *(size_t *)ctx);
}

Test(feed, a_parser_of_prefixes_sees_the_message_from_its_start)
{
    size_t length = 0;
    char why[256] = "";
    struct feed f = {.ctx = &length,
                     .begin = prefix_begin,
                     .piece = prefix_piece,
                     .report = prefix_report,
                     .grows = true};

    cr_assert(feed_check(&f, "one line\nand more", 17, why, sizeof(why)), "%s", why);
    cr_assert_eq(length, 8);
    f.grows = false; /* now it would have to remember, and does not */
    cr_assert_not(feed_check(&f, "one line\nand more", 17, why, sizeof(why)));
}
