/* SPDX-License-Identifier: Apache-2.0 */
/* feed.c - the ways to cut, and the comparison of what each gave. */
#include "tests/support/feed.h"

#include "engine/reactor/base.h"
#include "tests/support/guard.h"

#include <stdio.h>
#include <string.h>

/* How to cut: pieces of `step`, but the first one is `first` long. */
struct cut {
    size_t first, step;
};

static void run(const struct feed *f, const char *input, size_t size, struct cut cut, char *report)
{
    enum feed_verdict verdict = FEED_MORE;
    size_t from = 0, piece = cut.first;

    f->begin(f->ctx);
    while (from < size && verdict == FEED_MORE) {
        size_t n = RX_MIN(piece, size - from);
        size_t start = f->grows ? 0 : from;
        struct guard g = guard_copy(input + start, from + n - start);

        verdict = f->piece(f->ctx, g.data, g.size);
        guard_close(&g);
        from += n;
        piece = cut.step;
    }
    f->report(f->ctx, verdict, report, FEED_REPORT_MAX);
}

bool feed_check(const struct feed *f, const void *input, size_t size, char *why, size_t room)
{
    static const size_t steps[] = {1, 2, 3, 7, 64, 1021};
    char expected[FEED_REPORT_MAX], got[FEED_REPORT_MAX];
    size_t stride = 1 + size / FEED_SPLIT_MAX;

    run(f, input, size, (struct cut){size, size}, expected);
    for (size_t i = 0; i < RX_ARRAY_LEN(steps); i++) {
        run(f, input, size, (struct cut){steps[i], steps[i]}, got);
        if (strcmp(expected, got) != 0) {
            snprintf(why, room, "in pieces of %zu: \"%s\", but at once: \"%s\"", steps[i], got,
                     expected);
            return false;
        }
    }
    for (size_t at = 1; at < size; at += stride) {
        run(f, input, size, (struct cut){at, size}, got);
        if (strcmp(expected, got) != 0) {
            snprintf(why, room, "cut in two at %zu: \"%s\", but at once: \"%s\"", at, got,
                     expected);
            return false;
        }
    }
    return true;
}
