/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_uniq.c - uniq: what of a line it compares; and the classes of tr. */
#include "tests/support/snippet.h"

static const struct snippet compared[] = {
    {"dash busybox", "printf 'a\\na\\nb\\na\\n' | uniq", "a\nb\na\n", 0},
    {"dash busybox", "printf 'a\\nA\\nb\\n' | uniq -i", "a\nb\n", 0},
    {"dash busybox", "printf 'a\\nA\\nb\\n' | uniq -ic", "      2 a\n      1 b\n", 0},
    {"dash busybox", "printf '1 x\\n2 x\\n3 y\\n' | uniq -f 1", "1 x\n3 y\n", 0},
    {"dash busybox", "printf '1 x\\n2  x\\n' | uniq -f1", "1 x\n2  x\n", 0},
    {"dash busybox", "printf 'a 1 x\\nb 2 x\\nb 2 y\\n' | uniq -f2 -d", "a 1 x\n", 0},
    {"dash busybox", "printf 'ax\\nbx\\ncy\\n' | uniq -s 1", "ax\ncy\n", 0},
    {"dash busybox", "printf 'k1 axx\\nk2 bxx\\nk3 bxy\\n' | uniq -f1 -s2", "k1 axx\nk3 bxy\n", 0},
    {"dash busybox", "printf 'aa1\\naa2\\nab1\\n' | uniq -w 2", "aa1\nab1\n", 0},
    {"dash busybox", "printf 'aa1\\naA2\\nab1\\n' | uniq -iw2 -u", "ab1\n", 0},
    {"dash busybox", "printf 'x\\ny\\n' | uniq -f 3", "x\n", 0},
    {"dash busybox", "printf 'x\\ny\\n' | uniq -f no", "", 1},
    {"dash", "printf '1 x\\n2 x\\n' | uniq --skip-fields=1 --count", "      2 1 x\n", 0},
};

static const struct snippet classes[] = {
    {"dash", "printf 'a\\001b\\177c' | tr -d '[:cntrl:]'", "abc", 0},
    {"dash", "printf 'fFgG09' | tr -d '[:xdigit:]'", "gG", 0},
    {"dash", "printf 'a b\\001\\n' | tr -cd '[:print:]'", "a b", 0},
    {"dash", "printf 'a b\\001\\n' | tr -cd '[:graph:]'", "ab", 0},
    {"busybox", "printf 'a\\001b\\177c' | tr -d '[:cntrl:]'", "abc", 0},
    {"busybox", "printf 'fFgG09' | tr -d '[:xdigit:]'", "gG", 0},
};

SNIPPETS(snippets_uniq, compared)
SNIPPETS(snippets_uniq, classes)

/* The real ones have them. */
Test(snippets_uniq, what_is_not_simulated_is_named)
{
    static const struct snippet rows[] = {
        {"dash busybox", "printf 'a\\0a\\0' | uniq -z 2>&1", "uniq: -z is not simulated\n", 1},
        {"dash busybox", "echo a >f; uniq f g 2>&1; test -e g",
         "uniq: a file for the output is not simulated\n", 1},
    };

    snippets_here(rows, RX_ARRAY_LEN(rows));
}
