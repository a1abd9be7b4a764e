/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_grep.c - grep.
 */
#include "tests/support/snippet.h"

static const struct snippet grepped[] = {
    {"busybox", "printf 'a\\nb\\nc\\nd\\ne\\n' > f; grep -A1 b f; echo $?", "b\nc\n0\n", 0},
    {"busybox",
     "printf 'a\\nb\\nc\\nd\\ne\\n' > f; grep -B1 c f; grep -C1 c f; grep -1 c f 2>/dev/null",
     "b\nc\nb\nc\nd\n", 2},
    {"busybox",
     "printf 'a\\nb\\nc\\nd\\ne\\nf\\ng\\n' > f; grep -A1 -e a -e e f",
     "a\nb\n--\ne\nf\n", 0},
    {"busybox",
     "printf 'a\\nb\\nc\\nd\\ne\\nf\\ng\\n' > f; grep -A1 -e a -e b f; grep -B1 -e a -e c f",
     "a\nb\nc\na\nb\nc\n", 0},
    {"busybox",
     "printf 'a\\nb\\nc\\nd\\ne\\nf\\ng\\n' > f; grep -n -A1 c f; grep -nH -B1 c f",
     "3:c\n4-d\nf-2-b\nf:3:c\n", 0},
    {"busybox",
     "printf 'a\\nb\\nc\\n' > f; grep -A5 b f; grep -B9 b f; grep -A 1 -B 1 b f",
     "b\nc\na\nb\na\nb\nc\n", 0},
    {"busybox",
     "mkdir d; echo key > d/f; grep -r key d; echo $?; grep -rq key d; echo $?",
     "d/f:key\n0\n0\n", 0},
    {"busybox",
     "mkdir -p d/e; echo key > d/f; echo key > d/e/g; echo no > d/e/h; grep -r key d | sort; grep "
     "-rl key d | sort; grep -rc key d | sort",
     "d/e/g:key\nd/f:key\nd/e/g\nd/f\nd/e/g:1\nd/e/h:0\nd/f:1\n", 0},
    {"busybox",
     "mkdir -p d/e; echo key > d/f; grep -rh key d; grep -rn key d; grep -rL key d; echo $?",
     "key\nd/f:1:key\n1\n", 0},
    {"busybox",
     "mkdir -p d; echo key > f; ln -s ../f d/l; grep -r key d; echo $?; grep -R key d; echo $?",
     "d/l:key\n0\nd/l:key\n0\n", 0},
    {"busybox", "mkdir d; echo key > d/f; grep key d 2>&1; echo $?", "1\n", 0},
    {"busybox", "mkdir d; echo key > f; grep key d f 2>/dev/null; echo $?", "f:key\n0\n", 0},
    {"busybox",
     "grep x nope 2>&1; echo $?; grep -s x nope 2>&1; echo $?; grep -q x nope 2>&1; echo $?",
     "grep: nope: No such file or directory\n2\n2\ngrep: nope: No such file or directory\n2\n", 0},
    {"busybox",
     "echo a > f; grep a f nope 2>/dev/null; echo $?; grep -q a nope f 2>/dev/null; echo $?; grep "
     "-s b f nope; echo $?",
     "f:a\n2\n0\n2\n", 0},
    {"busybox",
     "echo a > f; echo b > g; grep -l a f g; grep -L a f g; echo $?; grep -c a f g; grep -h a f "
     "g; grep -H a f",
     "f\ng\n0\nf:1\ng:0\na\nf:a\n", 0},
    {"busybox",
     "printf 'a\\na\\nb\\n' | grep -c a; printf 'a\\n' | grep -c b; echo $?; printf 'a\\na\\n' | "
     "grep -m1 a; printf 'a\\na\\n' | grep -cv b",
     "2\n0\n1\na\n2\n", 0},
    {"busybox",
     "printf 'foo bar\\nfoobar\\n' | grep -w foo; printf 'foo\\nfoox\\n' | grep -x foo; echo Foo "
     "| grep -i foo",
     "foo bar\nfoo\nFoo\n", 0},
    {"busybox",
     "printf 'a1b22c\\n' | grep -o '[0-9]*'; printf 'a1b22c\\n' | grep -on '[0-9]\\+'",
     "1\n22\n1:1\n1:22\n", 0},
    {"busybox",
     "printf 'k=v\\n' | grep -o '=.*'; printf 'aXbX\\n' | grep -o X; echo abc | grep -o ''; echo "
     "$?",
     "=v\nX\nX\n0\n", 0},
    {"busybox",
     "printf 'a.b\\nacb\\n' | grep -F a.b; printf 'a.b\\nacb\\n' | fgrep .b; printf 'ab\\n' | "
     "grep -E 'a|c'; echo ab | egrep '(a)b'",
     "a.b\na.b\nab\nab\n", 0},
    {"busybox",
     "printf 'a\\nb\\nc\\n' | grep -e a -e c; printf 'a\\nb\\nc\\n' | grep 'a\nc'; printf -- "
     "'-x\\n' | grep -e -x; printf -- '-x\\n' | grep -- -x",
     "a\nc\na\nc\n-x\n-x\n", 0},
    {"busybox",
     "printf 'a\\nc\\n' > p; printf 'a\\nb\\nc\\n' | grep -f p; printf 'a\\nb\\n' | grep -vf p; "
     "printf 'ab\\n' | grep -Ff p",
     "a\nc\nb\nab\n", 0},
    {"busybox",
     "printf 'a\\nb\\n' | grep -v a; printf 'a\\n' | grep -v a; echo $?; printf 'a\\nb\\n' | grep "
     "-vn a; printf 'a\\nb\\n' | grep -vc a",
     "b\n1\n2:b\n1\n", 0},
    {"busybox",
     "printf 'a\\n' | grep -q a && echo yes; printf 'a\\n' | grep -q b || echo no",
     "yes\nno\n", 0},
    {"busybox",
     "printf 'a' | grep a; printf '' | grep a; echo $?; printf '\\n' | grep -c ''; printf "
     "'\\n\\n' | grep -c '^$'",
     "a\n1\n1\n2\n", 0},
    {"busybox",
     "grep 2>/dev/null; echo $?; echo a | grep '\\(' 2>/dev/null; echo $?; echo a | grep -E '(' "
     "2>/dev/null; echo $?; echo a | grep '[' 2>/dev/null; echo $?",
     "2\n2\n2\n2\n", 0},
    {"busybox",
     "echo a | grep -A 2>/dev/null; echo $?; echo a | grep -A x a 2>/dev/null; echo $?; echo a | "
     "grep -m x a 2>/dev/null; echo $?",
     "2\n2\n2\n", 0},
    {"busybox",
     "echo '# c' > f; echo 'k = v' >> f; echo >> f; grep -v '^#' f | grep -v '^$'; grep -Ev "
     "'^(#|$)' f; grep -v '^\\s*#' f",
     "k = v\nk = v\nk = v\n\n", 0},
    {"busybox",
     "printf 'MemTotal: 16 kB\\n' | grep '^MemTotal' | tr -s ' ' | cut -d' ' -f2; printf 'a:1\\n' "
     "| grep -E '^a:[0-9]+$'",
     "16\na:1\n", 0},
    {"busybox",
     "printf 'aaa\\n' | grep 'a\\{3\\}'; printf 'ab\\n' | grep 'a\\|x'; printf 'a+\\n' | grep "
     "'a+'; printf 'a+\\n' | grep -F 'a+'",
     "aaa\nab\na+\na+\n", 0},
    {"busybox",
     "printf 'foo\\n' | grep -qi FOO; echo $?; printf 'x y\\n' | grep '\\<y\\>'; printf 'xy\\n' | "
     "grep '\\by'; echo $?",
     "0\nx y\n1\n", 0},
    {"busybox",
     "printf 'abab\\n' | grep '\\(ab\\)\\1'; printf '/a/b\\n' | grep '/b$'; printf 'a\\tb\\n' | "
     "grep '[[:space:]]'; printf 'a\\\\b\\n' | grep 'a\\\\b'",
     "abab\n/a/b\na\tb\na\\b\n", 0},
    {"busybox",
     "printf 'a\\nb\\n' > f; grep -n b < f; grep b - < f; cat f | grep -H b; cat f | grep -c . -",
     "2:b\nb\n(standard input):b\n2\n", 0},
    {"busybox",
     "printf 'a\\nb\\n' > f; cp f g; grep -n b f g; grep -on b f g; grep -c b f g; grep -m1 . f g",
     "f:2:b\ng:2:b\nf:2:b\ng:2:b\nf:1\ng:1\nf:a\ng:a\n", 0},
    {"busybox",
     "printf 'a b\\nc\\n' > f; grep -o 'a b' f; grep 'a b' f; grep -wo a f",
     "a b\na b\na\n", 0},
    {"busybox",
     "printf 'one\\ntwo\\none\\n' > f; grep -B1 -m1 two f; grep -A1 -c one f; grep -A1 -l one f; "
     "grep -A1 -q one f; echo $?",
     "one\ntwo\n2\nf\n0\n", 0},
    {"busybox",
     "printf 'abc\\n' | grep -io B; printf 'Abc abc\\n' | grep -io abc; printf 'ab\\n' | grep -ob "
     "b 2>/dev/null || echo no",
     "b\nAbc\nabc\nno\n", 0},
};

/* What only GNU grep does. */
static const struct snippet gnu[] = {
    {"dash bash",
     "mkdir -p d/e; echo key > d/f; echo key > d/e/g; cd d; grep -r key . | sort; grep -r key | "
     "sort",
     "./e/g:key\n./f:key\ne/g:key\nf:key\n", 0},
    {"dash bash",
     "mkdir -p d; echo key > d/a.conf; echo key > d/b.txt; grep -r --include='*.conf' key d",
     "d/a.conf:key\n", 0},
    {"dash bash",
     "mkdir -p d/e; echo key > d/a.conf; echo key > d/e/b.txt; grep -r --exclude='*.conf' key d; "
     "grep -r --exclude-dir=e key d",
     "d/e/b.txt:key\nd/a.conf:key\n", 0},
    {"dash bash",
     "printf 'a\\n' | grep --color=auto a 2>/dev/null; printf 'a\\n' > f; grep --line-number a f; "
     "grep --quiet a f; echo $?; grep --ignore-case A f; grep --count a f",
     "a\n1:a\n0\na\n1\n", 0},
    {"dash bash",
     "printf 'a\\nb\\n' > f; grep --only-matching a f; grep --invert-match a f; grep "
     "--fixed-strings a f; grep --extended-regexp 'a|b' f; grep --files-with-matches a f; grep "
     "--no-filename a f f; grep --with-filename a f; grep --max-count=1 . f; grep --regexp=a f; "
     "grep --word-regexp a f",
     "a\nb\na\na\nb\nf\na\na\nf:a\na\na\na\n", 0},
};

SNIPPETS(snippets_grep, grepped)
SNIPPETS(snippets_grep, gnu)
