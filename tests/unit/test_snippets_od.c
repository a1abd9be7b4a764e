/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_od.c - od.
 */
#include "tests/support/snippet.h"

static const struct snippet bytes[] = {
    {"dash busybox",
     "printf 'abcdefghijklmnopq\\n' | od; printf 'abc' | od -c; printf 'a\\0\\n\\tz\\377' | od -An "
     "-tx1; printf 'a\\0\\n\\tz\\377\\1' | od -c; printf 'a \\0\\n\\177\\377' | od -a",
     "0000000 061141 062143 063145 064147 065151 066153 067155 070157\n0000020 "
     "005161\n0000022\n0000000   a   b   c\n0000003\n 61 00 0a 09 7a ff\n0000000   a  \\0  \\n  "
     "\\t   z 377 001\n0000007\n0000000   a  sp nul  nl del del\n0000006\n",
     0},
    {"dash busybox",
     "head -c 64 /dev/zero | od -c; head -c 64 /dev/zero | od -v -An -tx8; head -c 70 /dev/zero | "
     "od -Ad -t u1",
     "0000000  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  "
     "\\0\n*\n0000100\n 0000000000000000 0000000000000000\n 0000000000000000 0000000000000000\n "
     "0000000000000000 0000000000000000\n 0000000000000000 0000000000000000\n0000000   0   0   0   "
     "0   0   0   0   0   0   0   0   0   0   0   0   0\n*\n0000064   0   0   0   0   0   "
     "0\n0000070\n",
     0},
    {"dash busybox",
     "printf 'abcdefgh' | od -An -N4 -tu4; printf 'abcdefgh' | od -j2 -N3 -c; printf 'abcdefgh' | "
     "od -An -td8; printf '\\377\\376' | od -An -td1; printf '\\377\\376' | od -An -td2; printf "
     "'ab' | od -An -t d",
     " 1684234849\n0000002   c   d   e\n0000005\n  7523094288207667809\n   -1   -2\n   -257\n      "
     " 25185\n",
     0},
    {"dash busybox",
     "printf 'abcdef' | od -w2 -c; printf 'abcdef' | od -w4 -An -tx1; printf "
     "'abcdefghijklmnopqrstuvwxyzabcdefghij' | od -w -An -tx1; printf ab | od -w3 -x 2>&1",
     "0000000   a   b\n0000002   c   d\n0000004   e   f\n0000006\n 61 62 63 64\n 65 66\n 61 62 63 "
     "64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73 74 75 76 77 78 79 7a 61 62 63 64 65 66\n 67 "
     "68 69 6a\nod: warning: invalid width 3; using 2 instead\n0000000 6261\n0000002\n",
     0},
    {"dash busybox",
     "printf 'ab\\ncd' > x; printf ef > y; od -c x y; od -b x; od -x x; od -d x; od -o x; od -s x; "
     "od -h x",
     "0000000   a   b  \\n   c   d   e   f\n0000007\n0000000 141 142 012 143 144\n0000005\n0000000 "
     "6261 630a 0064\n0000005\n0000000 25185 25354   100\n0000005\n0000000 061141 061412 "
     "000144\n0000005\n0000000  25185  25354    100\n0000005\n0000000 6261 630a 0064\n0000005\n",
     0},
    {"dash busybox",
     "printf abc | od -tx1 -An | tr -d ' \\n'; printf abc | od -vAn -tx1; printf 'abc' | od -t xC "
     "-t x1; printf '' | od; printf '' | od -An",
     "616263 61 62 63\n0000000 61 62 63\n        61 62 63\n0000003\n0000000\n", 0},
    {"dash busybox",
     "od -An -N2 -tu2 /dev/zero; od -vAn -N4 -tu4 < /dev/zero; head -c 40 /dev/zero | od -An -w8 "
     "-tx1; echo a > x; od -An -c x x; od -An -N1 -tx1 x x",
     "     0\n          0\n 00 00 00 00 00 00 00 00\n*\n   a  \\n   a  \\n\n 61\n", 0},
    {"dash busybox",
     "head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \\n' | wc -c; [ \"$(od -An -N4 -tu4 "
     "/dev/urandom)\" -ge 0 ]; echo $?",
     "32\n0\n", 0},
    {"dash busybox",
     "printf 'abcdefgh' | od -j 0x2 -N 1k -An -c; printf 'abcdefgh' | od -Ax -tx2 -j4",
     "   c   d   e   f   g   h\n000004 6665 6867\n000008\n", 0},
    {"dash",
     "printf 'abcdefghijklmnopqr' | od -tx1z; printf 'abcdefghijklmnopqr' | od -A x -t x1z -t c "
     "-v; printf 'abcde' | od -tx1 -tx2 -to4",
     "0000000 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70  >abcdefghijklmnop<\n0000020 71 72   "
     "                                         >qr<\n0000022\n000000  61  62  63  64  65  66  67  "
     "68  69  6a  6b  6c  6d  6e  6f  70  >abcdefghijklmnop<\n         a   b   c   d   e   f   g   "
     "h   i   j   k   l   m   n   o   p\n000010  71  72                                            "
     "              >qr<\n         q   r\n000012\n0000000 61 62 63 64 65\n         6261  6463  "
     "0065\n        14430661141 00000000145\n0000005\n",
     0},
    {"busybox",
     "printf 'abcde' | od -tx1 -tx2 -to4; printf abcd | od -t xI -t uS -t oL; printf 'ab\\ncd' | "
     "od -l; printf a | od -t x1z 2>&1; echo $?",
     "0000000 61 62 63 64 65 00 00 00\n        6261 6463 0065 0000\n        14430661141 "
     "00000000145\n0000005\n0000000 64636261 00000000\n        25185 25699     0     0\n        "
     "0000000000014430661141\n0000004\n0000000  1661624929         100\n0000005\nod: invalid type "
     "string 'x1z'; 4294967295-byte integral type is not supported\n1\n",
     0},
    {"dash",
     "printf abcd | od -An -t xIuS; printf abcd | od -t xI -t uS -t oL;  od --address-radix=n "
     "--format=x1 --read-bytes=2 /dev/zero; printf 'ab\\ncd' | od -l; printf '\\377\\376\\1\\2' | "
     "od -An -i",
     "    64636261\n 25185 25699\n0000000    64636261\n        25185 25699\n         "
     "0000000000014430661141\n0000004\n 00 00\n0000000         431158354529\n0000005\n    "
     "33685247\n",
     0},
};

static const struct snippet wrong[] = {
    {"dash",
     "printf abc | od -j 5 2>&1; echo $?; od nope 2>&1; echo $?; od -A q 2>&1; echo $?; od -t q1 "
     "2>&1; echo $?; od -t x3 2>&1; echo $?; od -N x 2>&1; echo $?",
     "od: cannot skip past end of combined input\n1\nod: nope: No such file or directory\n1\nod: "
     "invalid output address radix 'q'; it must be one character from [doxn]\n1\nod: invalid "
     "character 'q' in type string 'q1'\n1\nod: invalid type string 'x3';\nthis system doesn't "
     "provide a 3-byte integral type\n1\nod: invalid -N argument 'x'\n1\n",
     0},
    {"busybox",
     "printf abc | od -j 5 2>&1; echo $?; od nope 2>&1; echo $?; od -A q 2>&1; echo $?; od -t q1 "
     "2>&1; echo $?; od -t x3 2>&1; echo $?; od -N x 2>&1; echo $?",
     "od: can't skip past end of combined input\n1\nod: nope: No such file or directory\n1\nod: "
     "bad output address radix 'q' (must be [doxn])\n1\nod: invalid character 'q' in type string "
     "'q1'\n1\nod: invalid type string 'x3'; 3-byte integral type is not supported\n1\nod: invalid "
     "number 'x'\n1\n",
     0},
    {"dash busybox", "echo a > f; od -c nope f 2>&1; echo $?; mkdir d; od d 2>/dev/null; echo $?",
     "od: nope: No such file or directory\n0000000   a  \\n\n0000002\n1\n0000000\n1\n", 0},
};

SNIPPETS(snippets_od, bytes)
SNIPPETS(snippets_od, wrong)
