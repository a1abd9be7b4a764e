/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_wc.c - wc.
 */
#include "tests/support/snippet.h"

static const struct snippet counted[] = {
    {"dash",
     "printf 'ab\\n\\tabc\\n' > x; printf 'long line here' > y; wc -L x; wc -L x y; wc x y; wc -l "
     "x y; wc -lL x; wc < x; cat x | wc; cat x | wc -l; wc -c x; wc -w nope x 2>&1; wc -m x; wc "
     "-lw x",
     "11 x\n11 x\n14 y\n14 total\n 2  2  8 x\n 0  3 14 y\n 2  5 22 total\n 2 x\n 0 y\n 2 total\n2 "
     "11 x\n2 2 8\n      2       2       8\n2\n8 x\nwc: nope: No such file or directory\n2 x\n2 "
     "total\n8 x\n2 2 x\n",
     0},
    {"busybox",
     "printf 'ab\\n\\tabc\\n' > x; printf 'long line here' > y; wc -L x; wc -L x y; wc x y; wc -l "
     "x y; wc -lL x; wc < x; cat x | wc; cat x | wc -l; wc -c x; wc -w nope x 2>&1; wc -m x; wc "
     "-lw x",
     "11 x\n       11 x\n       14 y\n       14 total\n        2         2         8 x\n        0  "
     "       3        14 y\n        2         5        22 total\n        2 x\n        0 y\n        "
     "2 total\n        2        11 x\n        2         2         8\n        2         2         "
     "8\n2\n8 x\nwc: nope: No such file or directory\n        2 x\n        2 total\n8 x\n        2 "
     "        2 x\n",
     0},
    {"dash",
     "printf 'ab\\n\\tabc\\n' > x; seq 1 1000 > z; wc z x; wc -l z x; wc - < z; wc z - < "
     "/dev/null; wc -wl < z; wc -mc z; wc -L < /dev/null; printf 'a\\rbcd\\f\\n' | wc -L; wc nope "
     "2>&1; echo $?; wc -l < z",
     "1000 1000 3893 z\n   2    2    8 x\n1002 1002 3901 total\n1000 z\n   2 x\n1002 total\n1000 "
     "1000 3893 -\n   1000    1000    3893 z\n      0       0       0 -\n   1000    1000    3893 "
     "total\n1000 1000\n3893 3893 z\n0\n3\nwc: nope: No such file or directory\n1\n1000\n",
     0},
    {"busybox",
     "printf 'ab\\n\\tabc\\n' > x; seq 1 1000 > z; wc z x; wc -l z x; wc - < z; wc z - < "
     "/dev/null; wc -wl < z; wc -mc z; wc -L < /dev/null; printf 'a\\rbcd\\f\\n' | wc -L; wc nope "
     "2>&1; echo $?; wc -l < z",
     "     1000      1000      3893 z\n        2         2         8 x\n     1002      1002      "
     "3901 total\n     1000 z\n        2 x\n     1002 total\n     1000      1000      3893 -\n     "
     "1000      1000      3893 z\n        0         0         0 -\n     1000      1000      3893 "
     "total\n     1000      1000\n     3893      3893 z\n0\n3\nwc: nope: No such file or "
     "directory\n1\n1000\n",
     0},
    {"dash",
     "seq 1 1000 > z; wc --lines z; wc --words --bytes z; wc --max-line-length z; wc -l /dev/null "
     "z; echo a | wc -cl",
     "1000 z\n1000 3893 z\n4 z\n      0 /dev/null\n   1000 z\n   1000 total\n      1       2\n", 0},
};

SNIPPETS(snippets_wc, counted)
