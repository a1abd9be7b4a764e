/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_cat.c - what the options of cat show. */
#include "tests/support/snippet.h"

static const struct snippet shown[] = {
    {"busybox dash", "printf 'a\\n\\nb\\n' | cat -n", "     1\ta\n     2\t\n     3\tb\n", 0},
    {"busybox dash", "printf 'a\\n\\nb\\n' | cat -b", "     1\ta\n\n     2\tb\n", 0},
    {"busybox dash", "printf 'a\\tb\\r\\n\\001\\177\\377\\n' | cat -A", "a^Ib^M$\n^A^?M-^?$\n", 0},
    {"busybox dash",
     "printf 'a\\tb\\r\\nx' | cat -v; printf 'a\\tb\\n' | cat -e; printf 'a\\tb\\n' | cat -t",
     "a\tb^M\nxa\tb$\na^Ib\n", 0},
    {"dash", "printf '1\\n' >f; printf '2' >g; cat -n f g f", "     1\t1\n     2\t21\n", 0},
    {"busybox dash", "cat -n nosuch 2>/dev/null", "", 1},
    {"dash",
     "printf 'a\\n\\n\\n\\nb\\n' | cat -s; printf 'a\\tb\\n' | cat -E; printf 'a\\tb\\n' | ca"
     "t -T; printf 'x\\n' | cat --number",
     "a\n\nb\na\tb$\na^Ib\n     1\tx\n", 0},
    {"dash", "printf 'a\\n\\n\\nb\\n' | cat -ns", "     1\ta\n     2\t\n     3\tb\n", 0},
    {"busybox dash", "printf 'a\\nb\\n' | cat -u", "a\nb\n", 0},
};

SNIPPETS(snippets_cat, shown)
