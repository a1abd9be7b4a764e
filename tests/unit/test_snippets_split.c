/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_split.c - split.
 */
#include "tests/support/snippet.h"

static const struct snippet pieces[] = {
    {"dash", "seq 1 2500 > x; split x; ls; split -l 1000 x p.; ls; cat p.* | cmp - x",
     "x\nxaa\nxab\nxac\np.aa\np.ab\np.ac\nx\nxaa\nxab\nxac\n", 0},
    {"dash",
     "seq 1 10 > x; split -l 3 -d x n; ls; split -b 5 x b; ls b*; cat b* | cmp - x; split -n 2 x "
     "k; ls k*; cmp ka* | wc -l; split -a 3 -l 5 x q; ls q*; split -l 4 --additional-suffix=.txt x "
     "t; ls t*",
     "n00\nn01\nn02\nn03\nx\nbaa\nbab\nbac\nbad\nbae\nkaa\nkab\n1\nqaaa\nqaab\ntaa.txt\ntab."
     "txt\ntac.txt\n",
     0},
    {"dash",
     "seq 1 10 > x; split -C 6 x c; for f in c*; do wc -c < $f; done; cat c* | cmp - x; printf "
     "'abcdefghij\\nk\\n' > y; split -C 4 y d; for f in d*; do echo \"[$(cat $f)]\"; done",
     "6\n6\n6\n3\n[abcd]\n[efgh]\n[ij]\n[k]\n", 0},
    {"dash",
     "seq 1 10 | split -l 5 - o; ls; seq 1 100 > y; split -5 oaa v; ls v*; split -b 1k y w; ls w*; "
     "split --numeric-suffixes=5 -l 50 y s; ls s*; split -n l/3 y l; for f in l*; do wc -l < $f; "
     "done; split --verbose -l 50 y vv",
     "oaa\noab\nvaa\nwaa\ns05\ns06\n36\n32\n32\ncreating file 'vvaa'\ncreating file 'vvab'\n", 0},
    {"dash",
     "seq 1 1400 | split -l 2; ls | wc -l; ls | tail -n 3; cat xyz xzaaa; seq 1 300 | split -d -l "
     "3 - n; ls n* | tail -n 2",
     "700\nxzabv\nxzabw\nxzabx\n1299\n1300\n1301\n1302\nn9008\nn9009\n", 0},
    {"dash",
     "seq 1 40 | split -x -l 2 - h; ls h* | tail -n 2; printf '' | split - e; ls e* 2>/dev/null; "
     "printf '' > e; split -n 3 e f; ls f*; split -e -n 3 e g; ls g* 2>/dev/null; seq 1 9 > y; "
     "split -n 12 y i; ls i* | wc -l; printf abc | split -b 2; cat xab",
     "h12\nh13\nfaa\nfab\nfac\n12\nc", 0},
};

static const struct snippet wrong[] = {
    {"dash",
     "split nope 2>&1; echo $?; split -l 0 x 2>&1; echo $?; split -l x x 2>&1; echo $?; seq 1 100 "
     "> y; split -a1 -l 2 y z 2>&1; echo $?; ls | wc -l; split -b 1x y 2>&1; echo $?; split -b 1 "
     "-l 1 y 2>&1; echo $?; split a b c 2>&1; echo $?",
     "split: cannot open 'nope' for reading: No such file or directory\n1\nsplit: invalid number "
     "of lines: '0': Numerical result out of range\n1\nsplit: invalid number of lines: "
     "'x'\n1\nsplit: output file suffixes exhausted\n1\n27\nsplit: invalid number of bytes: "
     "'1x'\n1\nsplit: cannot split in more than one way\nTry 'split --help' for more "
     "information.\n1\nsplit: extra operand 'c'\nTry 'split --help' for more information.\n1\n",
     0},
    {"dash",
     "mkdir d; split d 2>&1; echo $?; echo a | split -n 2 2>&1; echo $?; echo a > a; split -n x a "
     "2>&1; echo $?; split a nodir/x 2>&1; echo $?",
     "split: d: Is a directory\n1\nsplit: -: cannot determine file size\n1\nsplit: invalid number "
     "of chunks: 'x'\n1\nsplit: nodir/xaa: No such file or directory\n1\n",
     0},
};

SNIPPETS(snippets_split, pieces)
SNIPPETS(snippets_split, wrong)
