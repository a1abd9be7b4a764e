/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_pairs.c - paste, comm.
 */
#include "tests/support/snippet.h"

static const struct snippet pasted[] = {
    {"dash busybox",
     "printf '1\\n2\\n3\\n' > x; printf 'a\\nb\\nc\\n' > y; paste x y; paste -d, x y; paste -s x "
     "y; paste -sd, x; paste -d '\\n' x y; printf '1\\n2\\n3\\n4\\n' | paste - -; printf "
     "'1\\n2\\n3\\n' | paste -sd+; paste -d ',;' x y x",
     "1\ta\n2\tb\n3\tc\n1,a\n2,b\n3,c\n1\t2\t3\na\tb\tc\n1,2,3\n1\na\n2\nb\n3\nc\n1\t2\n3\t4\n1+2+"
     "3\n1,a;1\n2,b;2\n3,c;3\n",
     0},
    {"dash",
     "printf 'a\\nb' | paste -s -d ' ' -; echo a > x; paste -d '\\0' x x; paste -d '\\\\' x x; "
     "paste -d '\\t' x x; printf '1\\n2\\n3\\n4\\n5\\n' | paste -sd '+-'; printf a > y; paste y x; "
     "printf '1\\n2\\n3\\n' | paste -d, - - -; seq 3 | paste -s -d '' 2>/dev/null",
     "a b\naa\na\\a\na\ta\n1+2-3+4-5\na\ta\n1,2,3\n123\n", 0},
    {"busybox",
     "printf 'a\\nb' | paste -s -d ' ' -; echo a > x; paste -d '\\0' x x; paste -d '\\\\' x x; "
     "paste -d '\\t' x x; printf '1\\n2\\n3\\n4\\n5\\n' | paste -sd '+-'; printf a > y; paste y x; "
     "printf '1\\n2\\n3\\n' | paste -d, - - -; seq 3 | paste -s -d '' 2>/dev/null",
     "a b\naa\na\\a\na\ta\n1+2-3+4-5\na\ta\n1,2,3\n", 1},
    {"dash busybox",
     "printf '1\\n2\\n3\\n' > x; paste x nope 2>&1; echo $?; seq 1 6 | paste -d ' ' - - x; seq 1 4 "
     "| paste -d'|' x - | head -n 2",
     "paste: nope: No such file or directory\n1\n1 2 1\n3 4 2\n5 6 3\n1|1\n2|2\n", 0},
    {"dash",
     "printf '1\\n2\\n3\\n' > x; printf 'a\\nb\\n' > y; paste x y; paste -d, x y; paste -d ',;' x "
     "y x; printf '' | paste -s; printf '1\\n2\\n3\\n' | paste -d, - - ; printf '' > e; paste e x; "
     "paste -s e x; paste y x",
     "1\ta\n2\tb\n3\t\n1,a\n2,b\n3,\n1,a;1\n2,b;2\n3,;3\n\n1,2\n3,"
     "\n\t1\n\t2\n\t3\n\n1\t2\t3\na\t1\nb\t2\n\t3\n",
     0},
    {"busybox",
     "printf '1\\n2\\n3\\n' > x; printf 'a\\nb\\n' > y; paste x y; paste -d, x y; paste -d ',;' x "
     "y x; printf '' | paste -s; printf '1\\n2\\n3\\n' | paste -d, - - ; printf '' > e; paste e x; "
     "paste -s e x; paste y x",
     "1\ta\n2\tb\n3\t1,a\n2,b\n3,1,a;1\n2,b;2\n3,3\n1,2\n3,1\n2\n3\n1\t2\t3\na\t1\nb\t2\n3\n", 0},
    {"dash",
     "paste -s nope /dev/null nope2 2>/dev/null; echo $?; printf 'a\\n' > x; paste --delimiters=: "
     "--serial x x; paste x nope nope2 2>&1",
     "\n1\na\na\npaste: nope: No such file or directory\n", 1},
    {"busybox", "paste -s nope nope2 2>&1; echo $?; echo a | paste -d '' 2>&1; echo $?",
     "paste: nope: No such file or directory\n1\npaste: -d '' is not supported\n1\n", 0},
};

static const struct snippet common[] = {
    {"dash",
     "printf 'a\\nb\\nc\\n' > x; printf 'b\\nc\\nd\\n' > y; comm x y; comm -12 x y; comm -23 x y; "
     "comm -13 x y; comm -3 x y; comm -1 x y; comm --output-delimiter=, x y; comm --total x y",
     "a\n\t\tb\n\t\tc\n\td\nb\nc\na\nd\na\n\td\n\tb\n\tc\nd\na\n,,b\n,,c\n,"
     "d\na\n\t\tb\n\t\tc\n\td\n1\t1\t2\ttotal\n",
     0},
    {"dash",
     "printf 'a\\nb\\nc\\n' > x; printf 'b\\nc\\nd\\n' > y; sort -r x > z; comm z y 2>&1; echo $?; "
     "comm --nocheck-order z y; comm --check-order z y 2>&1; echo $?; cat x | comm -12 - y; comm "
     "-123 x y; printf 'a\\nb' > u; comm x u",
     "\tb\n\t\tc\ncomm: file 1 is not in sorted order\nb\na\n\td\ncomm: input is not in sorted "
     "order\n1\n\tb\n\t\tc\nb\na\n\td\n\tb\n\t\tc\ncomm: file 1 is not in sorted "
     "order\n1\nb\nc\n\t\ta\n\t\tb\nc\n",
     0},
    {"dash",
     "comm x 2>&1; echo $?; comm 2>&1; echo $?; comm x y z 2>&1; echo $?; comm nope nope2 2>&1; "
     "echo $?; printf 'a\\na\\nb\\n' > x; printf 'a\\nb\\n' > y; comm x y; comm x /dev/null; comm "
     "-13 /dev/null y",
     "comm: missing operand after 'x'\nTry 'comm --help' for more information.\n1\ncomm: missing "
     "operand\nTry 'comm --help' for more information.\n1\ncomm: extra operand 'z'\nTry 'comm "
     "--help' for more information.\n1\ncomm: nope: No such file or "
     "directory\n1\n\t\ta\na\n\t\tb\na\na\nb\na\nb\n",
     0},
    {"bash", "comm -12 <(printf 'a\\nb\\n') <(printf 'b\\nc\\n'); comm -3 <(seq 1 3) <(seq 2 4)",
     "b\n1\n\t4\n", 0},
};

SNIPPETS(snippets_pairs, pasted)
SNIPPETS(snippets_pairs, common)
