/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snippet.h - tables of shell snippets that podring's shell and the real shells must agree on.
 *
 * A row says what a script prints and how it ends, and which real shells say the same. SNIPPETS
 * makes four tests of a table: one runs every row through podring's shell, called as each shell
 * that the row names; the others run the rows of one real shell each, and are skipped where that
 * shell is missing. So no row is an opinion: whoever writes one sees it fail if the real shell does
 * something else.
 *
 * Every row runs in an empty directory below /tmp, outside of which it can change no file, with
 * HOME=/tmp, LC_ALL=C, the usual PATH and an empty standard input. Under busybox every command is
 * busybox's own. Standard error is not compared; `2>&1` brings it in where the messages are the
 * same.
 */
#ifndef SNIPPET_H
#define SNIPPET_H

#include <criterion/criterion.h>

#include "engine/reactor/base.h"

struct snippet {
    const char *shells; /* those that agree, with spaces between: "dash busybox bash" */
    const char *script; /* for -c */
    const char *out;    /* standard output, to the byte */
    int code;
};

void snippets_here(const struct snippet *rows, size_t count);
/* Through podring's shell. */

void snippets_there(const struct snippet *rows, size_t count, const char *shell);
/* Through the real one. Skips the test if it is not installed. */

#define SNIPPETS(suite, table)                                                                     \
    Test(suite, table)                                                                             \
    {                                                                                              \
        snippets_here(table, RX_ARRAY_LEN(table));                                                 \
    }                                                                                              \
    Test(suite, table##_dash)                                                                      \
    {                                                                                              \
        snippets_there(table, RX_ARRAY_LEN(table), "dash");                                        \
    }                                                                                              \
    Test(suite, table##_busybox)                                                                   \
    {                                                                                              \
        snippets_there(table, RX_ARRAY_LEN(table), "busybox");                                     \
    }                                                                                              \
    Test(suite, table##_bash)                                                                      \
    {                                                                                              \
        snippets_there(table, RX_ARRAY_LEN(table), "bash");                                        \
    }

#endif
