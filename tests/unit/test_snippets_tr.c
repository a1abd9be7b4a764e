/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_tr.c - tr.
 */
#include "tests/support/snippet.h"

static const struct snippet sets[] = {
    {"dash busybox",
     "echo hello | tr l L; echo hello | tr -d l; echo hello | tr -s l; echo hello | tr a-y b-z; "
     "echo aabb | tr -s ab xy; echo hello | tr -ds l o; echo hello | tr -c a-z '\\n'; echo abc | "
     "tr abc x; echo 'a-b' | tr -- - _; echo 'a[b]' | tr '[]' '()'; echo abc | tr '[a-c]' '[A-C]'",
     "heLLo\nheo\nhelo\nifmmp\nxy\nheo\nhello\nxxx\na_b\na(b)\nABC\n", 0},
    {"dash busybox",
     "echo abc | tr '[:lower:]' '[:upper:]'; echo abc | tr '[=a=]' x; echo ABC | tr '[:upper:]' x; "
     "echo ab | tr -C a x; printf 'a\\\\nb' | tr '\\\\n' 'x'; echo; echo 'abc' | tr -d '\\141'; "
     "echo 'a b' | tr ' ' '\\n'; echo \"ab\" | tr -dc 'a\\n'; echo aXb | tr -d '[:upper:]'; echo "
     "hello world | tr -cs 'a-z' '\\n'",
     "ABC\nxbc\nxxx\naxxaxxb\nbc\na\nb\na\nab\nhello\nworld\n", 0},
    {"dash busybox",
     "printf 'a\\0b' | tr '\\0' '\\n'; echo; echo \"q\" | tr 'a-z' 'n-za-m'; echo 'a;b' | tr ';' "
     "'\\n'; echo \"x y\" | tr -d '[:space:]'; echo; echo 'A_b' | tr 'A-Z_' 'a-z-'; echo 'a/b' | "
     "tr / -; printf 'x\\r\\n' | tr -d '\\r'; echo hello | tr -s 'a-z'; tr a b < /dev/null",
     "a\nb\nd\na\nb\nxy\na-b\na-b\nx\nhelo\n", 0},
    {"dash",
     "echo abc | tr -t abc x; echo abc | tr 'a-c' 'x*' ; echo abc | tr 'abc' '[x*]'; echo abc | tr "
     "'abc' 'y[x*2]'; echo a-c | tr 'a\\-c' xyz; echo a | tr --delete a; echo aa | tr "
     "--squeeze-repeats a; echo ab | tr --complement a x; echo abcd | tr abcd '[x*2]yz'; echo "
     "abcde | tr abcde 'p[q*]r'; printf '\\001' | tr -d '[:cntrl:]'",
     "xbc\nx**\nxxx\nyxx\nxyz\n\na\naxxxxyz\npqqqr\n", 0},
    {"busybox",
     "echo abc | tr 'abc' '[x*]'; echo hello | tr a-y; echo $?; echo a | tr -d a b; echo $?; echo "
     "a | tr '[:foo:]' x",
     "[x*\nhello\n0\n\n0\na\n", 0},
};

static const struct snippet wrong[] = {
    {"dash",
     "echo hello | tr a-y 2>&1; echo $?; tr 2>&1; echo $?; echo a | tr -d a b 2>&1; echo $?; echo "
     "a | tr a b c 2>&1; echo $?; tr -d 2>&1; echo $?; echo a | tr -s 2>&1; echo $?; echo a | tr "
     "-ds a 2>&1; echo $?",
     "tr: missing operand after 'a-y'\nTwo strings must be given when translating.\nTry 'tr "
     "--help' for more information.\n1\ntr: missing operand\nTry 'tr --help' for more "
     "information.\n1\ntr: extra operand 'b'\nOnly one string may be given when deleting without "
     "squeezing repeats.\nTry 'tr --help' for more information.\n1\ntr: extra operand 'c'\nTry 'tr "
     "--help' for more information.\n1\ntr: missing operand\nTry 'tr --help' for more "
     "information.\n1\ntr: missing operand\nTry 'tr --help' for more information.\n1\ntr: missing "
     "operand after 'a'\nTwo strings must be given when both deleting and squeezing repeats.\nTry "
     "'tr --help' for more information.\n1\n",
     0},
    {"dash",
     "echo hello | tr z-a x 2>&1; echo $?; echo abc | tr a '' 2>&1; echo $?; echo a | tr '[:foo:]' "
     "x 2>&1; echo $?",
     "tr: range-endpoints of 'z-a' are in reverse collating sequence order\n1\ntr: when not "
     "truncating set1, string2 must be non-empty\n1\ntr: invalid character class 'foo'\n1\n",
     0},
    {"busybox",
     "echo abc | tr a '' 2>&1; echo $?; tr 2>/dev/null; echo $?; tr a b c 2>/dev/null; echo $?",
     "tr: STRING2 cannot be empty\n1\n1\n0\n", 0},
};

SNIPPETS(snippets_tr, sets)
SNIPPETS(snippets_tr, wrong)
