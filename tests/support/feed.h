/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h - the same bytes, cut in every way that matters: a parser must not notice.
 *
 * feed_check runs a parser over the input at once, byte by byte, cut in two at every place, and in
 * pieces of a few odd sizes, and compares what it reports. Every piece lies against a guard page
 * (guard.h), in memory of its own that is gone after the call, so that a parser that looks past its
 * piece, or keeps a pointer into it, is caught as well.
 */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>
#include <stddef.h>

enum feed_verdict { FEED_MORE, FEED_DONE, FEED_BAD };

enum { FEED_REPORT_MAX = 4096, FEED_SPLIT_MAX = 2048 };

struct feed {
    void *ctx;
    void (*begin)(void *ctx); /* a fresh parser */
    enum feed_verdict (*piece)(void *ctx, const char *data, size_t size);
    /* Called while the verdict is FEED_MORE and there is input; size is never 0. */
    void (*report)(void *ctx, enum feed_verdict verdict, char *out, size_t room);
    /* At the end: writes all that must not depend on the cuts, as a string shorter than room. For a
     * parser that knows an end of stream, this is the place to tell it. */
    bool grows; /* for parsers that want to see the message from its start each time: a piece is
                 * then everything so far */
};

bool feed_check(const struct feed *f, const void *input, size_t size, char *why, size_t room);
/* False: `why` says how the input was cut and what came of it. Inputs beyond FEED_SPLIT_MAX are not
 * cut in two at every place (that is quadratic), only at as many, evenly spread. */

#endif
