/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_seq.c - seq.
 */
#include "tests/support/snippet.h"

static const struct snippet numbers[] = {
    {"dash busybox",
     "seq 3; seq 2 4; seq 1 2 7; seq 5 -2 1; seq -w 8 11; seq -w 1 100 | head -2; seq -s, 3; seq "
     "-s ', ' 1 3; seq 3 1; echo $?; seq 10 -5 -5; seq 1000000 1000001; seq +1 3",
     "1\n2\n3\n2\n3\n4\n1\n3\n5\n7\n5\n3\n1\n08\n09\n10\n11\n001\n002\n1,2,3\n1, 2, "
     "3\n0\n10\n5\n0\n-5\n1000000\n1000001\n1\n2\n3\n",
     0},
    {"dash",
     "seq 1 0.5 2; seq 0.1 0.1 0.5; seq 1.5 3; seq -w 0.5 0.5 10 | head -2; seq -w 1 0.25 2; seq 1 "
     ".3 2; seq 1.0 3; seq -s '' 3; seq -w 8 10 | tail -n 1; seq 0 0.1 0.3; seq 1 -0.5 0; seq 2 .5 "
     "3",
     "1.0\n1.5\n2.0\n0.1\n0.2\n0.3\n0.4\n0.5\n1.5\n2.5\n00.5\n01.0\n1.00\n1.25\n1.50\n1.75\n2."
     "00\n1.0\n1.3\n1.6\n1.9\n1.0\n2.0\n3.0\n123\n10\n0.0\n0.1\n0.2\n0.3\n1.0\n0.5\n0.0\n2.0\n2."
     "5\n3.0\n",
     0},
    {"busybox",
     "seq 1 0.5 2; seq 0.1 0.1 0.5; seq 1.5 3; seq -w 0.5 0.5 10 | head -2; seq -w 1 0.25 2; seq 1 "
     ".3 2; seq 1.0 3; seq -s '' 3; seq -w 8 10 | tail -n 1; seq 0 0.1 0.3; seq 1 -0.5 0; seq 2 .5 "
     "3",
     "1.0\n1.5\n2.0\n0.1\n0.2\n0.3\n0.4\n0.5\n1.5\n2.5\n00.5\n01.0\n1.00\n1.25\n1.50\n1.75\n2."
     "00\n1.0\n1.3\n1.6\n1.9\n1.0\n2.0\n3.0\n123\n10\n0.0\n0.1\n0.2\n1.0\n0.5\n0.0\n2.0\n2.5\n3."
     "0\n",
     0},
    {"dash busybox",
     "seq 1 5 | tail -n 2; for i in $(seq 3); do echo $i; done; seq 1 x 2>/dev/null; echo $?; seq "
     "2>/dev/null; echo $?; seq 1 2 3 4 2>/dev/null; echo $?",
     "4\n5\n1\n2\n3\n1\n1\n1\n", 0},
    {"dash",
     "seq -f '%03g' 3; seq -f 'x%g.txt' 2; seq -f '%.2f' 1 0.5 2; seq -5 -3; seq -w -2 2; seq "
     "--equal-width 9 10; seq --separator=- 3; seq 1e1 12; seq 0x3 5; seq -f %5.1f 2; seq -f "
     "'%%%g' 1; seq -f %e 1; seq .5 2; seq inf | head -2; seq -s: -f '%02g' 3; seq --format=%g -s "
     ", 1 3",
     "001\n002\n003\nx1.txt\nx2.txt\n1.00\n1.50\n2.00\n-5\n-4\n-3\n-2\n-1\n00\n01\n02\n09\n10\n1-2-"
     "3\n10\n11\n12\n3\n4\n5\n  1.0\n  2.0\n%1\n1.000000e+00\n0.5\n1.5\n1\n2\n01:02:03\n1,2,3\n",
     0},
    {"dash",
     "seq 1 x 2>&1; echo $?; seq 2>&1; echo $?; seq 1 2 3 4 2>&1; echo $?; seq 1 0 3 2>&1; echo "
     "$?; seq -f '%d' 3 2>&1; echo $?; seq -f 'x' 3 2>&1; seq -f '%g%g' 2 2>&1; seq -w -f %g 2 "
     "2>&1; echo $?; seq -f '%' 1 2>&1",
     "seq: invalid floating point argument: 'x'\nTry 'seq --help' for more information.\n1\nseq: "
     "missing operand\nTry 'seq --help' for more information.\n1\nseq: extra operand '4'\nTry 'seq "
     "--help' for more information.\n1\nseq: invalid Zero increment value: '0'\nTry 'seq --help' "
     "for more information.\n1\nseq: format '%d' has unknown %d directive\n1\nseq: format 'x' has "
     "no % directive\nseq: format '%g%g' has too many % directives\nseq: format string may not be "
     "specified when printing equal width strings\nTry 'seq --help' for more information.\n1\nseq: "
     "format '%' ends in %\n",
     1},
};

SNIPPETS(snippets_seq, numbers)
