/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_diff.c - diff, of lines and of trees.
 */
#include "tests/support/snippet.h"

static const struct snippet lines[] = {
    {"dash",
     "printf 'a\\nb\\nc\\n' > x; printf 'a\\nB\\nc\\n' > y; diff x y; echo $?; diff x x; echo $?; "
     "diff -q x y; echo $?; diff -L x -L y -u x y",
     "2c2\n< b\n---\n> B\n1\n0\nFiles x and y differ\n1\n--- x\n+++ y\n@@ -1,3 +1,3 @@\n "
     "a\n-b\n+B\n c\n",
     1},
    {"busybox",
     "printf 'a\\nb\\nc\\n' > x; printf 'a\\nB\\nc\\n' > y; diff x y; echo $?; diff x x; echo $?; "
     "diff -q x y; echo $?; diff -L x -L y -u x y",
     "--- x\n+++ y\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n1\n0\nFiles x and y differ\n1\n--- x\n+++ "
     "y\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n",
     1},
    {"dash",
     "printf 'a\\nb' > x; printf 'a\\nb\\n' > y; diff -L x -L y x y; diff -u x y | tail -n +3; "
     "diff -q x y",
     "2c2\n< b\n\\ No newline at end of file\n---\n> b\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at "
     "end of file\n+b\nFiles x and y differ\n",
     1},
    {"busybox",
     "printf 'a\\nb' > x; printf 'a\\nb\\n' > y; diff -L x -L y x y; diff -u x y | tail -n +3; "
     "diff -q x y",
     "--- x\n+++ y\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n@@ -1,2 +1,2 @@\n "
     "a\n-b\n\\ No newline at end of file\n+b\nFiles x and y differ\n",
     1},
    {"dash busybox",
     "printf 'a  b\\n' > x; printf 'a b\\n' > y; diff -b x y; echo $?; diff -w x y; printf 'A "
     "b\\n' > z; diff -i z y; echo $?; diff -bi z x; echo $?; diff -q x y; diff -qb x y",
     "0\n0\n0\nFiles x and y differ\n", 0},
    {"dash busybox",
     "seq 1 20 > x; seq 1 20 | sed 's/^3$/three/; 15d' > y; diff -U1 x y | tail -n +3; diff -u x y "
     "| tail -n +3; diff -U0 x y | tail -n +3; diff -U 9 x y | tail -n +3",
     "@@ -2,3 +2,3 @@\n 2\n-3\n+three\n 4\n@@ -14,3 +14,2 @@\n 14\n-15\n 16\n@@ -1,6 +1,6 @@\n 1\n "
     "2\n-3\n+three\n 4\n 5\n 6\n@@ -12,7 +12,6 @@\n 12\n 13\n 14\n-15\n 16\n 17\n 18\n@@ -3 +3 "
     "@@\n-3\n+three\n@@ -15 +14,0 @@\n-15\n@@ -1,20 +1,19 @@\n 1\n 2\n-3\n+three\n 4\n 5\n 6\n "
     "7\n 8\n 9\n 10\n 11\n 12\n 13\n 14\n-15\n 16\n 17\n 18\n 19\n 20\n",
     0},
    {"dash busybox",
     "echo a > x; echo b > y; diff -u -L one -L two x y; diff -u --label l1 --label l2 x y",
     "--- one\n+++ two\n@@ -1 +1 @@\n-a\n+b\n--- l1\n+++ l2\n@@ -1 +1 @@\n-a\n+b\n", 1},
    {"dash",
     "printf 'a\\0b\\n' > x; printf 'a\\0c\\n' > y; diff x y; echo $?; diff -a -L 1 -L 2 -u x y | "
     "tr '\\0' z",
     "Binary files x and y differ\n1\n--- 1\n+++ 2\n@@ -1 +1 @@\n-azb\n+azc\n", 0},
    {"busybox",
     "printf 'a\\0b\\n' > x; printf 'a\\0c\\n' > y; diff x y; echo $?; diff -a -L 1 -L 2 -u x y | "
     "tr '\\0' z",
     "Files x and y differ\n1\n--- 1\n+++ 2\n@@ -1 +1 @@\n-azb\n+azc\n", 0},
    {"dash",
     "echo a > a; ln -s a b; diff a b; echo $?; printf '' > e; diff -u e a | tail -n +3;  diff -u "
     "a e | tail -n +3; diff -q e a; diff -s e e",
     "0\n@@ -0,0 +1 @@\n+a\n@@ -1 +0,0 @@\n-a\nFiles e and a differ\nFiles e and e are identical\n",
     0},
    {"busybox",
     "echo a > a; ln -s a b; diff a b; echo $?; printf '' > e; diff -u e a | tail -n +3;  diff -u "
     "a e | tail -n +3; diff -q e a; diff -s e e",
     "0\n@@ -0,0 +1 @@\n+a\n@@ -1 +0,0 @@\n-a\nFiles e and a differ\n", 0},
    {"dash busybox",
     "printf 'a\\n\\nb\\n' > x; printf 'a\\nb\\n' > y; diff -B x y; echo $?; diff -u x y | tail -n "
     "+3; printf 'a\\n\\nc\\n' > x; diff -uB x y | tail -n +3",
     "0\n@@ -1,3 +1,2 @@\n a\n-\n b\n@@ -1,3 +1,2 @@\n a\n-\n-c\n+b\n", 0},
    {"dash busybox",
     "printf 'a\\nb\\nc\\nd\\n' > x; printf 'b\\nx\\nd\\ne\\n' > y; diff -u x y | tail -n +3; diff "
     "-U0 x y | tail -n +3",
     "@@ -1,4 +1,4 @@\n-a\n b\n-c\n+x\n d\n+e\n@@ -1 +0,0 @@\n-a\n@@ -3 +2 @@\n-c\n+x\n@@ -4,0 +4 "
     "@@\n+e\n",
     0},
    {"dash busybox",
     "printf 'f() {\\n  a\\n}\\n\\ng() {\\n  b\\n}\\n' > x; printf 'f() {\\n  a\\n}\\n\\nh() {\\n  "
     "c\\n}\\n\\ng() {\\n  b\\n}\\n' > y; diff -u x y | tail -n +3; diff -u y x | tail -n +3",
     "@@ -2,6 +2,10 @@\n   a\n }\n \n+h() {\n+  c\n+}\n+\n g() {\n   b\n }\n@@ -2,10 +2,6 @@\n   "
     "a\n }\n \n-h() {\n-  c\n-}\n-\n g() {\n   b\n }\n",
     0},
    {"dash busybox",
     "printf 'a\\nb\\na\\nb\\n' > x; printf 'a\\nb\\na\\nb\\na\\nb\\n' > y; diff -u x y | tail -n "
     "+3; diff -U0 y x | tail -n +3",
     "@@ -2,3 +2,5 @@\n b\n a\n b\n+a\n+b\n@@ -5,2 +4,0 @@\n-a\n-b\n", 0},
    {"dash busybox",
     "printf 'x\\nx\\n' > x; printf 'x\\nx\\nx\\n' > y; diff -U0 x y | tail -n +3; diff -U0 y x | "
     "tail -n +3",
     "@@ -2,0 +3 @@\n+x\n@@ -3 +2,0 @@\n-x\n", 0},
    {"dash busybox",
     "seq 1 300 > x; seq 1 300 | sed 's/^1\\(.*\\)5$/y/; /9$/d; s/^2/&\\n&/' > y; diff -U1 x y | "
     "tail -n +3 | md5sum; diff -u x y | wc -l",
     "0948c895766559a7759ad9aa5e5e209a  -\n400\n", 0},
};

static const struct snippet normal[] = {
    {"dash", "printf 'a\\nb\\nc\\nd\\n' > x; printf 'b\\nx\\nd\\ne\\nf\\n' > y; diff x y; diff y x",
     "1d0\n< a\n3c2\n< c\n---\n> x\n4a4,5\n> e\n> f\n0a1\n> a\n2c3\n< x\n---\n> c\n4,5d4\n< e\n< "
     "f\n",
     1},
    {"dash",
     "seq 1 9 > x; seq 1 9 | sed '2,4d; s/^7$/seven/; $a10' > y; diff x y; diff y x; diff -T x y",
     "2,4d1\n< 2\n< 3\n< 4\n7c4\n< 7\n---\n> seven\n9a7\n> 10\n1a2,4\n> 2\n> 3\n> 4\n4c7\n< "
     "seven\n---\n> 7\n7d9\n< 10\n2,4d1\n<\t2\n<\t3\n<\t4\n7c4\n<\t7\n---\n>\tseven\n9a7\n>\t10\n",
     1},
    {"dash",
     "echo a > x; echo b > y; touch -d '2001-02-03 04:05:06' x y; diff -u x y; echo $?; diff "
     "--brief x y; diff -Z x y; diff --unified x y | tail -n 2",
     "--- x\t2001-02-03 04:05:06.000000000 +0000\n+++ y\t2001-02-03 04:05:06.000000000 +0000\n@@ "
     "-1 +1 @@\n-a\n+b\n1\nFiles x and y differ\n1c1\n< a\n---\n> b\n-a\n+b\n",
     0},
    {"dash",
     "echo a | diff - /dev/null; echo $?; echo a > x; echo a | diff x -; echo $?; diff -s x x; "
     "diff -sq x x",
     "1d0\n< a\n1\n0\nFiles x and x are identical\nFiles x and x are identical\n", 0},
    {"bash",
     "diff <(echo a; echo b) <(echo a; echo c); echo $?; diff -q <(echo a) <(echo a); echo $?",
     "2c2\n< b\n---\n> c\n1\n0\n", 0},
    {"dash",
     "printf 'a\\r\\nb\\n' > x; printf 'a\\nb\\n' > y; diff --strip-trailing-cr x y; echo $?; diff "
     "-q x y",
     "0\nFiles x and y differ\n", 1},
    {"dash",
     "printf 'a \\nb\\n' > x; printf 'a\\nb\\n' > y; diff -Z x y; echo $?; diff -Zq x y; echo $?",
     "0\n0\n", 0},
    {"dash",
     "printf 'a\\nb\\nc\\n' > x; printf '\\na\\nb\\n\\nc\\nd\\n' > y; diff -B x y; diff -wi "
     "--minimal x y",
     "3a6\n> d\n0a1\n> \n2a4\n> \n3a6\n> d\n", 1},
};

static const struct snippet trees[] = {
    {"dash busybox",
     "mkdir d e; echo a > d/f; echo b > e/f; echo q > d/only; diff -rq d e; echo $?; diff -q d e; "
     "diff -rqN d e",
     "Files d/f and e/f differ\nOnly in d: only\n1\nFiles d/f and e/f differ\nOnly in d: "
     "only\nFiles d/f and e/f differ\nFiles d/only and e/only differ\n",
     1},
    {"dash busybox",
     "mkdir d e d/s e/s; echo a > d/s/f; echo b > e/s/f; diff d e; echo $?; diff -rq d e",
     "Common subdirectories: d/s and e/s\n0\nFiles d/s/f and e/s/f differ\n", 1},
    {"dash", "mkdir -p d/s e; diff -r d/ e/; diff -rx 's*' d e; echo $?", "Only in d/: s\n0\n", 0},
    {"dash",
     "mkdir -p d/s e; echo a > d/s/f; diff -r d e; echo a > e/s; diff -r d e; echo $?; diff -rqN "
     "d/s e ",
     "Only in d: s\nFile d/s is a directory while file e/s is a regular file\n1\nFiles d/s/f and "
     "e/f differ\nFiles d/s/s and e/s differ\n",
     1},
    {"busybox",
     "mkdir -p d/s e; echo a > d/s/f; diff -r d e; echo a > e/s; diff -r d e; echo $?; diff -rqN "
     "d/s e ",
     "Only in e: s\n1\nFiles d/s/f and e/f differ\nFiles d/s/s and e/s differ\n", 1},
    {"dash busybox",
     "mkdir d e; echo a > d/f; echo a > e/f; diff -r d e; echo $?; diff -rs d e; diff d/f e; echo "
     "$?; diff -s d e/f",
     "0\nFiles d/f and e/f are identical\n0\nFiles d/f and e/f are identical\n", 0},
    {"dash",
     "mkdir d e; echo a > d/f; echo b > e/f; echo q > d/only; diff -r d e; diff d e; diff -rN d e; "
     "diff -r --new-file d e; diff d/f e; diff -ru d e | sed 's/\\t.*//'",
     "diff -r d/f e/f\n1c1\n< a\n---\n> b\nOnly in d: only\ndiff d/f e/f\n1c1\n< a\n---\n> b\nOnly "
     "in d: only\ndiff -rN d/f e/f\n1c1\n< a\n---\n> b\ndiff -rN d/only e/only\n1d0\n< q\ndiff -r "
     "--new-file d/f e/f\n1c1\n< a\n---\n> b\ndiff -r --new-file d/only e/only\n1d0\n< q\n1c1\n< "
     "a\n---\n> b\ndiff -ru d/f e/f\n--- d/f\n+++ e/f\n@@ -1 +1 @@\n-a\n+b\nOnly in d: only\n",
     0},
    {"busybox",
     "mkdir d e; echo a > d/f; echo b > e/f; echo q > d/only; diff -r d e; diff d e; diff -rN d e; "
     "diff d/f e",
     "--- d/f\n+++ e/f\n@@ -1 +1 @@\n-a\n+b\nOnly in d: only\n--- d/f\n+++ e/f\n@@ -1 +1 "
     "@@\n-a\n+b\nOnly in d: only\n--- d/f\n+++ e/f\n@@ -1 +1 @@\n-a\n+b\n--- d/only\n+++ "
     "/dev/null\n@@ -1 +0,0 @@\n-q\n--- d/f\n+++ e/f\n@@ -1 +1 @@\n-a\n+b\n",
     1},
};

static const struct snippet wrong[] = {
    {"dash",
     "diff nope nope2 2>&1; echo $?; echo a > a; diff a nope 2>&1; echo $?; diff -q nope a 2>&1; "
     "echo $?",
     "diff: nope: No such file or directory\ndiff: nope2: No such file or directory\n2\ndiff: "
     "nope: No such file or directory\n2\ndiff: nope: No such file or directory\n2\n",
     0},
    {"busybox",
     "diff nope nope2 2>&1; echo $?; echo a > a; diff a nope 2>&1; echo $?; diff -q nope a 2>&1; "
     "echo $?",
     "diff: can't stat 'nope': No such file or directory\n2\ndiff: can't stat 'nope': No such file "
     "or directory\n2\ndiff: can't stat 'nope': No such file or directory\n2\n",
     0},
    {"dash", "mkdir d; echo a > f; diff f d 2>&1; echo $?; diff -r d f 2>&1; echo $?",
     "diff: d/f: No such file or directory\n2\ndiff: d/f: No such file or directory\n2\n", 0},
    {"busybox", "mkdir d; echo a > f; diff f d 2>&1; echo $?; diff -r d f 2>&1; echo $?",
     "diff: can't stat 'd/f': No such file or directory\n1\ndiff: can't stat 'd/f': No such file "
     "or directory\n1\n",
     0},
    {"dash",
     "diff a 2>&1; echo $?; diff 2>&1; echo $?; diff a b c 2>&1; echo $?; echo a > a; diff -U x a "
     "a 2>&1; echo $?; diff -N nope nope2 2>&1; echo $?",
     "diff: missing operand after 'a'\ndiff: Try 'diff --help' for more information.\n2\ndiff: "
     "missing operand after 'diff'\ndiff: Try 'diff --help' for more information.\n2\ndiff: extra "
     "operand 'c'\ndiff: Try 'diff --help' for more information.\n2\ndiff: invalid context length "
     "'x'\ndiff: Try 'diff --help' for more information.\n2\ndiff: nope: No such file or "
     "directory\ndiff: nope2: No such file or directory\n2\n",
     0},
    {"dash",
     "echo a > a; diff -N a nope; echo $?; diff -uN nope a | sed 's/\\t.*//'; diff -uN nope a | "
     "grep -c 1970",
     "1d0\n< a\n1\n--- nope\n+++ a\n@@ -0,0 +1 @@\n+a\n1\n", 0},
    {"busybox", "echo a > a; diff -N a nope; echo $?; diff -N nope a",
     "--- a\n+++ nope\n@@ -1 +0,0 @@\n-a\n1\n--- nope\n+++ a\n@@ -0,0 +1 @@\n+a\n", 1},
    {"dash",
     "mkdir -p d/s e/s; echo 1 > d/s/g; echo 2 > d/z; echo 3 > e/a; echo 4 > e/s/h; diff -r d e; "
     "echo $?; diff -rq d/ e",
     "Only in e: a\nOnly in d/s: g\nOnly in e/s: h\nOnly in d: z\n1\nOnly in e: a\nOnly in d/s: "
     "g\nOnly in e/s: h\nOnly in d/: z\n",
     1},
    {"busybox",
     "mkdir -p d/s e/s; echo 1 > d/s/g; echo 2 > d/z; echo 3 > e/a; echo 4 > e/s/h; diff -r d e; "
     "echo $?; diff -rq d/ e",
     "Only in e: a\nOnly in d: s/g\nOnly in e: s/h\nOnly in d: z\n1\nOnly in e: a\nOnly in d/: "
     "s/g\nOnly in e: s/h\nOnly in d/: z\n",
     1},
};

SNIPPETS(snippets_diff, lines)
SNIPPETS(snippets_diff, normal)
SNIPPETS(snippets_diff, trees)
SNIPPETS(snippets_diff, wrong)
