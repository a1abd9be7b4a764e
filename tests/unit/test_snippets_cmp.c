/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_cmp.c - cmp.
 */
#include "tests/support/snippet.h"

static const struct snippet bytes[] = {
    {"dash busybox",
     "echo abc > x; echo abd > y; cmp x y; echo $?; cmp -s x y; echo $?; cmp x x; echo $?; cmp -l "
     "x y; echo $?; cmp x y -n 2; echo $?",
     "x y differ: char 3, line 1\n1\n1\n0\n3 143 144\n1\n0\n", 0},
    {"dash",
     "echo abc > x; printf abc > y; cmp x y 2>&1; echo $?; cmp y x 2>&1; printf '' > e; cmp x e "
     "2>&1; cmp e x 2>&1; echo $?; cmp -l x y 2>&1; cmp -s x y; echo $?",
     "cmp: EOF on y after byte 3, in line 1\n1\ncmp: EOF on y after byte 3, in line 1\ncmp: EOF on "
     "e which is empty\ncmp: EOF on e which is empty\n1\ncmp: EOF on y after byte 3\n1\n",
     0},
    {"busybox",
     "echo abc > x; printf abc > y; cmp x y 2>&1; echo $?; cmp y x 2>&1; printf '' > e; cmp x e "
     "2>&1; cmp e x 2>&1; echo $?; cmp -l x y 2>&1; cmp -s x y; echo $?",
     "cmp: EOF on y\n1\ncmp: EOF on y\ncmp: EOF on e\ncmp: EOF on e\n1\ncmp: EOF on y\n1\n", 0},
    {"dash busybox",
     "echo abc > x; echo abc | cmp - x; echo $?; echo abd | cmp x; echo abd | cmp x -; echo $?",
     "0\nx - differ: char 3, line 1\nx - differ: char 3, line 1\n1\n", 0},
    {"dash busybox",
     "printf 'a\\nb\\nc\\n' > x; printf 'a\\nb\\nd\\n' > y; cmp x y; cmp x y 5 5; echo $?; cmp x y "
     "1; cmp -n 4 x y; echo $?; cmp -n 5 x y",
     "x y differ: char 5, line 3\n0\nx y differ: char 1, line 1\n0\nx y differ: char 5, line 3\n",
     1},
    {"dash",
     "printf 'a\\nb' > x; printf 'a\\nb\\nc' > y; cmp x y 2>&1; printf 'a\\nb\\n' > x; cmp x y "
     "2>&1; printf '\\001\\200b\\n' > x; printf '\\t\\377c\\n' > y; cmp -l x y",
     "cmp: EOF on x after byte 3, in line 2\ncmp: EOF on x after byte 4, line 2\n1   1  11\n2 200 "
     "377\n3 142 143\n",
     1},
    {"busybox",
     "printf 'a\\nb' > x; printf 'a\\nb\\nc' > y; cmp x y 2>&1; printf 'a\\nb\\n' > x; cmp x y "
     "2>&1; printf '\\001\\200b\\n' > x; printf '\\t\\377c\\n' > y; cmp -l x y",
     "cmp: EOF on x\ncmp: EOF on x\n1   1  11\n2 200 377\n3 142 143\n", 1},
    {"dash",
     "head -c 100000 /dev/zero > x; cmp x /dev/zero 2>&1; cmp -n 1000 /dev/zero x; echo $?; echo "
     ">> x; cmp x /dev/zero 2>&1; cmp /dev/zero x -n 100000 && echo zeroes; head -c 200000 "
     "/dev/zero > y; cmp -s x y; echo $?",
     "cmp: EOF on x after byte 100000, in line 1\n0\nx /dev/zero differ: char 100001, line "
     "1\nzeroes\n1\n",
     0},
    {"busybox",
     "head -c 100000 /dev/zero > x; cmp x /dev/zero 2>&1; cmp -n 1000 /dev/zero x; echo $?; echo "
     ">> x; cmp x /dev/zero 2>&1; cmp /dev/zero x -n 100000 && echo zeroes; head -c 200000 "
     "/dev/zero > y; cmp -s x y; echo $?",
     "cmp: EOF on x\n0\nx /dev/zero differ: char 100001, line 1\nzeroes\n1\n", 0},
    {"dash busybox",
     "seq 1 20000 > x; seq 1 20000 > y; cmp x y; echo $?; echo no >> y; cmp -s x y; echo $?; seq 1 "
     "20000 | cmp - x; echo $?",
     "0\n1\n0\n", 0},
    {"dash",
     "printf 'a\\nb\\nc\\n' > x; printf 'a\\nb\\nd\\n' > y; cmp -b x y; cmp -bl x y; cmp -i 5 x y; "
     "echo $?; cmp -i 5:5 x y; cmp -i 1:1 x y;  cmp --bytes=5 x y; cmp -n 1K x y; cmp --silent x "
     "y; cmp --quiet x y; echo $?",
     "x y differ: byte 5, line 3 is 143 c 144 d\n5 143 c    144 d\n0\nx y differ: char 4, line "
     "3\nx y differ: char 5, line 3\nx y differ: char 5, line 3\n1\n",
     0},
    {"dash",
     "printf '\\001\\200b\\n' > x; printf '\\t\\377c\\n' > y; cmp -lb x y; cmp -b x y; printf "
     "'a\\nb\\n' > x; printf 'a\\nb\\nc' > y; cmp x y 2>&1",
     "1   1 ^A    11 ^I\n2 200 M-^@ 377 M-^?\n3 142 b    143 c\nx y differ: byte 1, line 1 is   1 "
     "^A  11 ^I\ncmp: EOF on x after byte 4, line 2\n",
     1},
};

static const struct snippet wrong[] = {
    {"dash busybox",
     "cmp nope x 2>&1; echo $?; echo a > a; cmp a nope 2>&1; echo $?; cmp -s a nope 2>&1; echo $?",
     "cmp: nope: No such file or directory\n2\ncmp: nope: No such file or directory\n2\n2\n", 0},
    {"dash", "mkdir d; echo a > a; cmp a d 2>&1; echo $?; cmp a /dev/null 2>&1; echo $?",
     "cmp: d: Is a directory\n2\ncmp: EOF on /dev/null which is empty\n1\n", 0},
    {"busybox", "mkdir d; echo a > a; cmp a d 2>&1; echo $?; cmp a /dev/null 2>&1; echo $?",
     "cmp: d: I/O error\n2\ncmp: EOF on /dev/null\n1\n", 0},
    {"dash",
     "cmp 2>&1; echo $?; cmp a b 1 2 3 2>&1; echo $?; cmp -n x a b 2>&1; echo $?; cmp -i x a b "
     "2>&1; echo $?",
     "cmp: missing operand after 'cmp'\ncmp: Try 'cmp --help' for more information.\n2\ncmp: extra "
     "operand '3'\ncmp: Try 'cmp --help' for more information.\n2\ncmp: invalid --bytes value "
     "'x'\ncmp: Try 'cmp --help' for more information.\n2\ncmp: invalid --ignore-initial value "
     "'x'\ncmp: Try 'cmp --help' for more information.\n2\n",
     0},
    {"busybox",
     "echo a > a; cmp -n x a a 2>&1; echo $?; cmp 2>/dev/null; echo $?; cmp a a x 2>&1; echo $?",
     "cmp: invalid number 'x'\n1\n1\ncmp: invalid number 'x'\n1\n", 0},
};

SNIPPETS(snippets_cmp, bytes)
SNIPPETS(snippets_cmp, wrong)
