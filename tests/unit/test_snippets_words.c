/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_words.c - how words become fields: quotes, parameters, their default words.
 */
#include "tests/support/snippet.h"

#define ALL "dash busybox bash"

static const struct snippet quoting[] = {
    {ALL, "echo 'a  b' \"c  d\" e\\ \\ f", "a  b c  d e  f\n", 0},
    {ALL, "x='a b  c'; echo $x \"$x\"", "a b c a b  c\n", 0},
    {ALL, "set -- a 'b c'; for i in \"$@\"; do echo \"<$i>\"; done; exit 3", "<a>\n<b c>\n", 3},
};

SNIPPETS(snippets_words, quoting)
