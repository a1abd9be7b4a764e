/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_tail.c - tail and head of several files, and the lines before each. */
#include "tests/support/snippet.h"

static const struct snippet several[] = {
    {"dash busybox", "seq 1 3 >f; seq 5 9 >g; tail -n 2 f g",
     "==> f <==\n2\n3\n\n==> g <==\n8\n9\n", 0},
    {"dash busybox", "seq 1 3 >f; seq 5 9 >g; tail -n +3 f g",
     "==> f <==\n3\n\n==> g <==\n7\n8\n9\n", 0},
    {"dash busybox", "seq 1 3 >f; seq 5 9 >g; tail -q -n 1 f g", "3\n9\n", 0},
    {"dash busybox", "seq 1 3 >f; tail -v -n 1 f", "==> f <==\n3\n", 0},
    {"dash busybox", "printf abc >f; printf de >g; tail -c 1 f g", "==> f <==\nc\n==> g <==\ne", 0},
    {"dash busybox", "seq 1 3 >f; : >g; tail -n 1 f g; tail -n 1 g f",
     "==> f <==\n3\n\n==> g <==\n==> g <==\n\n==> f <==\n3\n", 0},
    {"dash", "seq 1 3 >f; tail -n 1 f missing", "==> f <==\n3\n", 1},
    {"dash", "seq 1 3 >f; tail -n 1 missing f", "==> f <==\n3\n", 1},
    {"busybox", "seq 1 3 >f; tail -n 1 f missing; tail -n 1 missing f", "3\n3\n", 1},
    {"busybox", "seq 1 3 >f; echo x | tail -n 1 f -", "==> f <==\n3\n\n==> - <==\nx\n", 0},
    {"dash busybox", "echo x | tail -v; echo x | head -v",
     "==> standard input <==\nx\n==> standard input <==\nx\n", 0},
    {"dash", "seq 1 3 >f; echo x | tail -n 1 f -", "==> f <==\n3\n\n==> standard input <==\nx\n",
     0},
    {"dash busybox", "seq 1 5 | tail -n 2; seq 1 5 | tail -n +4; seq 1 5 | tail -c 2",
     "4\n5\n4\n5\n5\n", 0},
    {"dash busybox", "seq 1 3 >f; head -q -n 1 f f", "1\n1\n", 0},
    {"dash busybox", "seq 1 3 >f; head -v -n 1 f", "==> f <==\n1\n", 0},
    {"dash busybox", "seq 1 3 >f; echo x | head -n 1 f -",
     "==> f <==\n1\n\n==> standard input <==\nx\n", 0},
};

static const struct snippet followed[] = {
    {"dash",
     "echo a >x; echo b >y; timeout 4 tail -f x y & sleep 1.4; echo c >>y; sleep 1; echo d >>x; "
     "wait",
     "==> x <==\na\n\n==> y <==\nb\nc\n\n==> x <==\nd\n", 0},
    {"dash busybox", "echo a >x; echo b >y; timeout 3 tail -f x y & sleep 1.4; echo c >>x; wait",
     "==> x <==\na\n\n==> y <==\nb\n\n==> x <==\nc\n", 0},
    {"dash",
     "echo a >x; timeout 3 tail -s 0.2 -f x & sleep 1.3; echo b >>x; sleep 0.7; echo c; wait",
     "a\nb\nc\n", 0},
    {"busybox",
     "echo a >x; timeout 4 tail -s 2 -f x & sleep 1.3; echo b >>x; sleep 0.3; echo c; wait",
     "a\nc\nb\n", 0},
    {"dash",
     "tail -f nope 2>&1 | tail -n 1; tail -s x -f /dev/null 2>&1; echo $?; seq 3 >f; tail "
     "--lines=1 f",
     "tail: no files remaining\ntail: invalid number of seconds: 'x'\n1\n3\n", 0},
    {"busybox", "tail -f nope 2>&1; echo $?; tail -s 0.5 -f /dev/null 2>&1; echo $?",
     "tail: can't open 'nope': No such file or directory\ntail: no files\n1\ntail: invalid number "
     "'0.5'\n1\n",
     0},
    {"dash",
     "echo a >x; timeout 3 tail --follow=name --retry x y 2>/dev/null & sleep 1.4; echo b >y; wait",
     "==> x <==\na\nb\n", 0},
};

SNIPPETS(snippets_tail, several)
SNIPPETS(snippets_tail, followed)
