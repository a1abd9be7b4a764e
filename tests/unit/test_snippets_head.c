/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_head.c - head without the last lines or bytes. */
#include "tests/support/snippet.h"

static const struct snippet but_last[] = {
    {"busybox dash", "seq 1 5 | head -n -2", "1\n2\n3\n", 0},
    {"busybox dash", "seq 1 3 | head -n -3; seq 1 3 | head -n -9; printf '' | head -n -1", "", 0},
    {"busybox dash", "printf 'a\\nb' | head -n -1", "a\n", 0},
    {"busybox dash", "printf 'abcdef' | head -c -2", "abcd", 0},
    {"busybox dash", "seq 1 3 >f; head -n -1 f; head -n -1 f f",
     "1\n2\n==> f <==\n1\n2\n\n==> f <==\n1\n2\n", 0},
    {"busybox dash", "printf 'x\\ny\\n\\n' | head -n -1", "x\ny\n", 0},
    {"dash", "printf 'a\\nb\\nc\\n' | head -n -0", "a\nb\nc\n", 0},
};

SNIPPETS(snippets_head, but_last)
