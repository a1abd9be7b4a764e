/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_turn.c - tac and rev, against busybox, coreutils and util-linux. */
#include "tests/support/snippet.h"

static const struct snippet turned[] = {
    {"busybox", "printf 'a\\nb\\nc\\n' | tac", "c\nb\na\n", 0},
    {"busybox", "printf 'a\\nb' | tac", "ba\n", 0},
    {"busybox", "printf '\\n\\nx\\n' >f; tac f; printf '' | tac", "x\n\n\n", 0},
    {"busybox dash", "tac nosuch 2>/dev/null", "", 1},
    {"busybox dash", "printf 'abc\\n\\nde\\n' | rev", "cba\n\ned\n", 0},
    {"busybox dash", "printf 'abc' | rev", "cba", 0},
    {"busybox dash", "seq 1 3 >f; tac f f | tr '\\n' ' '", "3 2 1 3 2 1 ", 0},
    {"busybox dash", "echo /a/b/c.txt | rev | cut -d/ -f1 | rev", "c.txt\n", 0},
};

SNIPPETS(snippets_turn, turned)
