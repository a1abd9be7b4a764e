/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_lines.c - nl, fold, strings.
 */
#include "tests/support/snippet.h"

static const struct snippet numbered[] = {
    {"dash busybox",
     "printf 'a\\n\\nb\\n' | nl; printf 'a\\n\\nb\\n' | nl -ba; printf 'a\\nb\\n' | nl -w2 -s': '; "
     "printf 'a\\nb\\n' | nl -v10 -i5; printf 'a\\nb\\n' | nl -bn; printf 'a\\nb\\n' > x; nl x x; "
     "printf a | nl",
     "     1\ta\n       \n     2\tb\n     1\ta\n     2\t\n     3\tb\n 1: a\n 2: b\n    10\ta\n    "
     "15\tb\n       a\n       b\n     1\ta\n     2\tb\n     3\ta\n     4\tb\n     1\ta\n",
     0},
    {"dash busybox", "nl nope 2>&1; echo $?; printf 'a\\n' | nl -v x 2>/dev/null; echo $?",
     "nl: nope: No such file or directory\n1\n1\n", 0},
    {"dash",
     "printf 'a\\nb\\n' | nl -nrz; printf 'a\\n' | nl -nln; printf "
     "'a\\n\\\\:\\\\:\\\\:\\nh\\n\\\\:\\\\:\\nb\\n\\\\:\\nf\\n' | nl; printf 'a1\\nb\\n' | nl "
     "-bp1; printf 'a\\n\\n\\n\\nb\\n' | nl -ba -l2",
     "000001\ta\n000002\tb\n1     \ta\n     1\ta\n\n       h\n\n     1\tb\n\n       f\n     "
     "1\ta1\n       b\n     1\ta\n       \n     2\t\n       \n     3\tb\n",
     0},
    {"dash",
     "printf 'a\\n' | nl -s '' -v -3; printf 'x\\n\\\\:\\\\:\\\\:\\nh\\n\\\\:\\nf\\n' | nl -ha -fa "
     "-p; nl -b z 2>&1; echo $?; nl -w 0 2>&1; echo $?; nl -v x 2>&1; echo $?; nl -n zz 2>&1; "
     "printf 'a\\n' | nl --number-format=rz --number-width=3 -s,",
     "    -3a\n     1\tx\n\n     2\th\n\n     3\tf\nnl: invalid body numbering style: 'z'\nTry 'nl "
     "--help' for more information.\n1\nnl: invalid line number field width: '0': Numerical result "
     "out of range\n1\nnl: invalid starting line number: 'x'\n1\nnl: invalid line numbering "
     "format: 'zz'\nTry 'nl --help' for more information.\n001,a\n",
     0},
    {"busybox",
     "printf 'a\\n\\\\:\\\\:\\nb\\n' | nl; printf 'a1\\nb\\n' | nl -bp1; nl -v x 2>&1; echo $?",
     "     1\ta\n     2\t\\:\\:\n     3\tb\n       a1\n       b\nnl: invalid number 'x'\n1\n", 0},
};

static const struct snippet folded[] = {
    {"dash busybox",
     "printf 'abcdefghij\\n' | fold -w 4; printf 'ab cd ef gh\\n' | fold -s -w 5; printf "
     "'a\\tb\\n' | fold -w 8; printf 'a\\tb\\n' | fold -b -w 2; printf 'abc' | fold -w 2; echo; "
     "printf 'abcdefgh\\n' | fold -w4",
     "abcd\nefgh\nij\nab \ncd \nef gh\na\t\nb\na\t\nb\nab\nc\nabcd\nefgh\n", 0},
    {"dash busybox",
     "printf 'abc\\bdef\\rghi\\n' | fold -w 3 | od -c; seq 1 100 | tr -d '\\n' | fold; echo; "
     "printf 'aaaa bbbb\\n' | fold -sw 3; printf 'aa  bb\\n' | fold -sw 3; printf 'a\\t\\tb c\\n' "
     "| fold -s -w 10 | od -c",
     "0000000   a   b   c  \\b   d  \\n   e   f  \\r   g   h   i  "
     "\\n\n0000015\n1234567891011121314151617181920212223242526272829303132333435363738394041424344"
     "4\n54647484950515253545556575859606162636465666768697071727374757677787980818283848\n58687888"
     "990919293949596979899100\naaa\na \nbbb\nb\naa \n bb\n0000000   a  \\t  \\n  \\t   b      \\n "
     "  c  \\n\n0000011\n",
     0},
    {"dash busybox",
     "head -c 30 /dev/zero | tr '\\0' a | fold -w10; echo; echo ab > x; fold -w1 x x; fold nope x "
     "2>&1; echo $?; printf '\\n\\n' | fold; base64 -w0 /dev/null | fold -w 3",
     "aaaaaaaaaa\naaaaaaaaaa\naaaaaaaaaa\na\nb\na\nb\nfold: nope: No such file or "
     "directory\nab\n1\n\n\n",
     0},
    {"dash", "fold -w 0 /dev/null 2>&1; echo $?; fold -w x /dev/null 2>&1; echo $?",
     "fold: invalid number of columns: '0': Numerical result out of range\n1\nfold: invalid number "
     "of columns: 'x'\n1\n",
     0},
    {"busybox", "fold -w 0 /dev/null 2>&1; echo $?; fold -w x /dev/null 2>&1; echo $?",
     "fold: number 0 is not in 1..10000 range\n1\nfold: invalid number 'x'\n1\n", 0},
    {"dash", "printf 'abcdefgh\\n' | fold -4; printf 'ab cd\\n' | fold --spaces --width=4",
     "abcd\nefgh\nab \ncd\n", 0},
};

static const struct snippet printable[] = {
    {"dash busybox",
     "printf 'ab\\0hello\\0hi\\1world!\\n\\0tab\\there\\0' > x; strings x; strings -n 2 x; strings "
     "-n 6 < x; strings -o x; strings -t d x; strings -t x x; strings -f x; strings -a x",
     "hello\nworld!\ntab\there\nab\nhello\nhi\nworld!\ntab\there\nworld!\ntab\there\n      3 "
     "hello\n     14 world!\n     24 tab\there\n      3 hello\n     12 world!\n     20 tab\there\n "
     "     3 hello\n      c world!\n     14 tab\there\nx: hello\nx: world!\nx: "
     "tab\there\nhello\nworld!\ntab\there\n",
     0},
    {"dash busybox",
     "printf abcde | strings; printf abc | strings; printf 'abc' | strings -n 3; printf "
     "'ab\\ncdef\\n' > y; printf 'gh\\200ijkl' > z; strings y z; strings -tdf y z",
     "abcde\nabc\ncdef\nijkl\n", 1},
    {"dash",
     "strings nope 2>&1; echo $?; strings -n 0 y 2>&1; echo $?; strings -n x y 2>/dev/null; echo "
     "$?; strings -t q y 2>/dev/null; echo $?",
     "strings: 'nope': No such file\n1\nstrings: invalid minimum string length 0\n1\n1\n1\n", 0},
    {"busybox",
     "strings nope 2>&1; echo $?; strings -n 0 y 2>&1; echo $?; strings -n x y 2>/dev/null; echo "
     "$?; strings -t q y 2>/dev/null; echo $?",
     "strings: nope: No such file or directory\n1\nstrings: number 0 is not in 1..2147483647 "
     "range\n1\n1\n1\n",
     0},
    {"dash",
     "printf 'hello\\0hi' > x; strings -3 x; strings --bytes=2 x; strings --all --radix=d x",
     "hello\nhello\nhi\n      0 hello\n", 0},
};

SNIPPETS(snippets_lines, numbered)
SNIPPETS(snippets_lines, folded)
SNIPPETS(snippets_lines, printable)
