/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_rows.c - scripts and what comes of them: standard output, exit code, the instant of
 * the end in milliseconds. The rows of `language` and `commands` were checked against dash; it
 * differs only where noted in shell.h (echo does not expand backslashes, messages are those of
 * busybox).
 */
#include "tests/unit/test_shell_kit.h"

struct row {
    const char *script, *out;
    int code;
    rx_ms end;
};

static const struct row language[] = {
    {"echo hello", "hello\n", 0, 0},
    {"echo 'a  b'   \"c  d\" e\\ \\ f", "a  b c  d e  f\n", 0, 0},
    {"echo \"a'b\" 'c\"d' a\\'b a\\\"b", "a'b c\"d a'b a\"b\n", 0, 0},
    {"echo \"$(echo \"nested $(echo \"deep 'q'\")\")\"", "nested deep 'q'\n", 0, 0},
    {"echo `echo a \\`echo b\\``", "a b\n", 0, 0},
    {"echo \"`echo \"x y\"`\"", "x y\n", 0, 0},
    {"echo a\"b\"'c'd\\e\"f\"g", "abcdefg\n", 0, 0},
    {"echo \"\\$x\"", "$x\n", 0, 0},
    {"echo '\\$x'", "\\$x\n", 0, 0},
    {"x=5; echo \"$x\" '$x' \"\\$x\" ${x}y \"${x}\"z", "5 $x $x 5y 5z\n", 0, 0},
    {"x='a b  c'; echo $x \"$x\"", "a b c a b  c\n", 0, 0},
    {"x='a*'; echo \"$x\" '*' \\*", "a* * *\n", 0, 0},
    {"x=; echo \"[$x]\" [$x] [\"$x\"]", "[] [] []\n", 0, 0},
    {"set -- a 'b c' d; echo $#; for i in \"$@\"; do echo \"<$i>\"; done",
     "3\n<a>\n<b c>\n<d>\n", 0, 0},
    {"set -- a 'b c' d; for i in $@; do echo \"<$i>\"; done", "<a>\n<b>\n<c>\n<d>\n", 0, 0},
    {"set -- a 'b c' d; for i in \"$*\"; do echo \"<$i>\"; done", "<a b c d>\n", 0, 0},
    {"set -- a 'b c' d; IFS=-; echo \"$*\"", "a-b c-d\n", 0, 0},
    {"set --; for i in \"$@\"; do echo no; done; echo $#", "0\n", 0, 0},
    {"set -- a b; for i in \"x$@y\"; do echo \"<$i>\"; done", "<xa>\n<by>\n", 0, 0},
    {"set -- a b c; shift; echo $1 $#; shift 2; echo $#", "b 2\n0\n", 0, 0},
    {"for i; do echo $i; done", "", 0, 0},
    {"IFS=:; x=a:b::c; for i in $x; do echo \"<$i>\"; done", "<a>\n<b>\n<>\n<c>\n", 0, 0},
    {"IFS=' :'; x=' a : b:c '; for i in $x; do echo \"<$i>\"; done", "<a>\n<b>\n<c>\n", 0, 0},
    {"IFS=; x='a b'; for i in $x; do echo \"<$i>\"; done", "<a b>\n", 0, 0},
    {"x=' a  b '; for i in $x; do echo \"<$i>\"; done", "<a>\n<b>\n", 0, 0},
    {"x='a b'; for i in p${x}q; do echo \"<$i>\"; done", "<pa>\n<bq>\n", 0, 0},
    {"x='a b'; for i in \"p${x}q\"; do echo \"<$i>\"; done", "<pa bq>\n", 0, 0},
    {"echo ${x:-def} ${x-def2} ${x:+alt} \"[${x}]\"", "def def2 []\n", 0, 0},
    {"x=; echo ${x:-def} \"[${x-def2}]\" \"[${x:+alt}]\" \"[${x+alt}]\"",
     "def [] [] [alt]\n", 0, 0},
    {"x=v; echo ${x:-def} ${x:+alt}", "v alt\n", 0, 0},
    {"echo ${x:=asg}; echo $x", "asg\nasg\n", 0, 0},
    {"echo \"${x:-a b}\" ${x:-c   d} \"${x:-\"q q\"}\" ${x:-'s  s'}", "a b c d q q s  s\n", 0, 0},
    {"y=3; echo ${x:-$y$(echo z)}", "3z\n", 0, 0},
    {"x=/usr/local/lib; echo ${x#*/} ${x##*/} ${x%/*} ${x%%/*}",
     "usr/local/lib lib /usr/local\n", 0, 0},
    {"x=foo.tar.gz; echo ${x%.gz} ${x%%.*} ${x#*.} ${x##*.}", "foo.tar foo tar.gz gz\n", 0, 0},
    {"x='a*b'; echo \"${x#a\\*}\" \"${x#'a*'}\" \"${x%\\*b}\"", "b b a\n", 0, 0},
    {"x=abcabc; p='b*'; echo ${x%$p} ${x%\"$p\"}", "abca abcabc\n", 0, 0},
    {"x=hello; echo ${#x} ${#y}", "5 0\n", 0, 0},
    {"echo $((1+2*3)) $(( (1+2)*3 )) $((7/2)) $((7%3)) $((-7/2)) $((2<<3)) $((0x1f)) $((010))",
     "7 9 3 1 -3 16 31 8\n", 0, 0},
    {"i=1; i=$((i+1)); echo $i $((i==2)) $((i!=2)) $((i>1 && i<3)) $((!i)) $((~i)) $((i?5:6))",
     "2 1 0 1 0 -3 5\n", 0, 0},
    {"x=5; echo $((x+=2)) $x $((x*=2)) $x", "7 7 14 14\n", 0, 0},
    {"echo $((1 || (1/0))) $((0 && (1/0)))", "1 0\n", 0, 0},
    {"echo $((10 - 3 - 2)) $((2*3+4*5)) $((1|2^3&5)) $((5>3)) $((3>=3)) $((-3+5)) $((- 3)"
     ") $((+4))",
     "5 26 3 1 1 2 -3 4\n", 0, 0},
    {"if true; then echo y; else echo n; fi", "y\n", 0, 0},
    {"if false; then echo y; elif true; then echo e; else echo n; fi", "e\n", 0, 0},
    {"if false; then echo y; fi; echo $?", "0\n", 0, 0},
    {"i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done", "0\n1\n2\n", 0, 0},
    {"i=0; until [ $i -ge 3 ]; do echo $i; i=$((i+1)); done", "0\n1\n2\n", 0, 0},
    {"for i in a b c; do if [ $i = b ]; then continue; fi; echo $i; done", "a\nc\n", 0, 0},
    {"for i in a b c; do if [ $i = b ]; then break; fi; echo $i; done; echo end", "a\nend\n", 0, 0},
    {"for i in 1 2; do for j in 1 2; do if [ $j = 2 ]; then continue 2; fi; echo $i$j; do"
     "ne; done",
     "11\n21\n", 0, 0},
    {"for i in 1 2; do for j in 1 2; do break 2; done; echo no; done; echo $i$j", "11\n", 0, 0},
    {"while true; do while true; do break 2; done; done; echo out", "out\n", 0, 0},
    {"case abc in a*) echo 1;; *) echo 2;; esac", "1\n", 0, 0},
    {"case abc in x|abc|y) echo 1;; *) echo 2;; esac", "1\n", 0, 0},
    {"case 'a*' in 'a*') echo lit;; esac; case abc in 'a*') echo no;; *) echo ok;; esac",
     "lit\nok\n", 0, 0},
    {"case x in y) echo no;; esac; echo $?", "0\n", 0, 0},
    {"case \"$(echo b)\" in [abc]) echo in;; esac; case d in [!abc]) echo not;; esac",
     "in\nnot\n", 0, 0},
    {"case a in (a) echo paren;; esac", "paren\n", 0, 0},
    {"false; case $? in 1) echo one;; esac", "one\n", 0, 0},
    {"f() { echo \"f $1 $#\"; return 4; }; f x y; echo $?", "f x 2\n4\n", 0, 0},
    {"f() { x=in; }; x=out; f; echo $x", "in\n", 0, 0},
    {"f() { local x=in; g; }; g() { echo $x; }; x=out; f; echo $x", "in\nout\n", 0, 0},
    {"f() { [ $1 -le 0 ] && return; echo $1; f $(($1-1)); }; f 3", "3\n2\n1\n", 0, 0},
    {"f() { echo a; return; echo b; }; f; echo c", "a\nc\n", 0, 0},
    {"f() ( exit 3 ); f; echo $?", "3\n", 0, 0},
    {"f() { for i in 1 2 3; do [ $i = 2 ] && return 7; done; }; f; echo $? $i", "7 2\n", 0, 0},
    {"true && echo a || echo b", "a\n", 0, 0},
    {"false && echo a || echo b", "b\n", 0, 0},
    {"true || echo a && echo b", "b\n", 0, 0},
    {"! true; echo $?; ! false; echo $?", "1\n0\n", 0, 0},
    {"(exit 5); echo $?", "5\n", 0, 0},
    {"x=1; (x=2; echo $x); echo $x", "2\n1\n", 0, 0},
    {"{ echo a; echo b; } | cat", "a\nb\n", 0, 0},
    {"echo abc | tr a-c A-C | cat", "ABC\n", 0, 0},
    {"echo a | { read x; echo \"got $x\"; }", "got a\n", 0, 0},
    {"printf 'a\\nb\\nc\\n' | while read l; do echo \"[$l]\"; done", "[a]\n[b]\n[c]\n", 0, 0},
    {"printf 'a b c\\n' | { read x y; echo \"$x|$y\"; }", "a|b c\n", 0, 0},
    {"printf '  lead trail  \\n' | { read x; echo \"[$x]\"; }", "[lead trail]\n", 0, 0},
    {"printf 'a:b:c\\n' | { IFS=: read x y z; echo \"$x $y $z\"; }", "a b c\n", 0, 0},
    {"printf 'a\\\\tb\\n' | { read -r x; echo \"$x\"; }", "a\\tb\n", 0, 0},
    {"printf 'x' | { read y || echo eof; echo \"$y\"; }", "eof\nx\n", 0, 0},
    {"true | false; echo $?; false | true; echo $?", "1\n0\n", 0, 0},
    {"echo out; echo err >&2", "out\n", 0, 0},
    {"echo a > /tmp/1; echo b >> /tmp/1; cat /tmp/1; rm /tmp/1", "a\nb\n", 0, 0},
    {"{ echo o; echo e >&2; } > /tmp/2 2>&1; cat /tmp/2; rm /tmp/2", "o\ne\n", 0, 0},
    {"echo hidden >/dev/null; echo shown 2>/dev/null", "shown\n", 0, 0},
    {"cat < /dev/null; echo $?", "0\n", 0, 0},
    {"exec 3>/tmp/3; echo hi >&3; exec 3>&-; cat /tmp/3; rm /tmp/3", "hi\n", 0, 0},
    {"while read l; do echo \"<$l>\"; done <<EOT\none\ntwo $((1+1)) `echo three` \"q\" \\"
     "$x\nEOT",
     "<one>\n<two 2 three \"q\" $x>\n", 0, 0},
    {"cat <<'EOT'\nraw $x `no` \\n\nEOT", "raw $x `no` \\n\n", 0, 0},
    {"cat <<-EOT\n\ttab $HOME_NOT\n\tx\n\tEOT", "tab \nx\n", 0, 0},
    {"x=val; cat <<A; cat <<B\na $x\nA\nb ${x}\nB", "a val\nb val\n", 0, 0},
    {"f() { cat; }; f <<E\nbody\nE", "body\n", 0, 0},
    {"x=$(cat <<E\nin sub\nE\n); echo \"$x\"", "in sub\n", 0, 0},
    {"eval 'echo a; x=3'; echo $x", "a\n3\n", 0, 0},
    {"eval echo '\"$x\"' b", " b\n", 0, 0},
    {"x='echo hi'; $x", "hi\n", 0, 0},
    {"x='echo \"a b\"'; $x; eval $x", "\"a b\"\na b\n", 0, 0},
    {"a=b; eval \"$a=5\"; echo $b", "5\n", 0, 0},
    {"X=1 sh -c 'echo $X'; echo \"[$X]\"", "1\n[]\n", 0, 0},
    {"X=1; sh -c 'echo \"[$X]\"'; export X; sh -c 'echo \"[$X]\"'", "[]\n[1]\n", 0, 0},
    {"sh -c 'echo $0 $1 $#' name arg1 arg2", "name arg1 2\n", 0, 0},
    {"sh -c 'exit 7'; echo $?", "7\n", 0, 0},
    {"x=1 y=2; echo $x$y", "12\n", 0, 0},
    {"x=$(false); echo $?; x=$(true) ; echo $?", "1\n0\n", 0, 0},
    {"x=a; x=${x}b; x=\"$x\"c; echo $x", "abc\n", 0, 0},
    {"readonly r=1; echo $r", "1\n", 0, 0},
    {"unset x; x=1; unset x; echo \"[${x-unset}]\"", "[unset]\n", 0, 0},
    {"export A=1 B='x y'; echo \"$A $B\"", "1 x y\n", 0, 0},
    {"v='a b'; export W=$v; echo \"$W\"", "a b\n", 0, 0},
    {"set -e; true; false || true; if false; then :; fi; echo ok", "ok\n", 0, 0},
    {"set -e; f() { false; echo no; }; f; echo no", "", 1, 0},
    {"set -e; ! true; echo ok", "ok\n", 0, 0},
    {"set -e; (false); echo no", "", 1, 0},
    {"set -e; x=$(false); echo no", "", 1, 0},
    {"set -e; false && true; echo ok", "ok\n", 0, 0},
    {"set -e; while false; do :; done; echo ok", "ok\n", 0, 0},
    {"set -e; if f() { false; echo in; }; f; then echo y; fi", "in\ny\n", 0, 0},
    {"set -u; echo ${x-def}; echo ok", "def\nok\n", 0, 0},
    {"trap 'echo bye' EXIT; echo hi", "hi\nbye\n", 0, 0},
    {"trap 'echo bye $?' EXIT; exit 3", "bye 3\n", 3, 0},
    {"trap 'echo in' EXIT; (echo sub); echo main", "sub\nmain\nin\n", 0, 0},
    {"trap 'echo a' EXIT; trap - EXIT; echo b", "b\n", 0, 0},
    {"trap 'echo usr1' USR1; kill -USR1 $$; echo after", "usr1\nafter\n", 0, 0},
    {"(trap 'echo t' EXIT; exit 2); echo $?", "t\n2\n", 0, 0},
    {"echo a & wait; echo b", "a\nb\n", 0, 0},
    {"(exit 3) & wait $!; echo $?", "3\n", 0, 0},
    {"sleep 0 & p=$!; wait $p; echo $?", "0\n", 0, 0},
};

static const struct row commands[] = {
    {"[ a = a ] && [ a != b ] && [ -n x ] && [ -z \"\" ] && echo ok", "ok\n", 0, 0},
    {"[ 3 -eq 3 -a 2 -lt 3 ] && echo and; [ 1 = 2 -o 3 = 3 ] && echo or; [ ! -e /nonexist"
     "ent ] && echo ne",
     "and\nor\nne\n", 0, 0},
    {"[ -d /tmp ] && [ -e /dev/null ] && [ ! -f /tmp ] && echo ok", "ok\n", 0, 0},
    {"test; echo $?; test x; echo $?; test -n; echo $?; [ ]; echo $?; [ '' ]; echo $?",
     "1\n0\n0\n1\n1\n", 0, 0},
    {"[ '(' = '(' ] && echo p; [ ! ] && echo not; [ -f ] && echo minus", "p\nnot\nminus\n", 0, 0},
    {"[ \\( a = a \\) ] && echo grp; [ ! a = b ] && echo neg", "grp\nneg\n", 0, 0},
    {"printf '%s-%d-%05d|%5s|%-5s|%x\\n' a 3 42 r l 255", "a-3-00042|    r|l    |ff\n", 0, 0},
    {"printf '%s\\n' a b c", "a\nb\nc\n", 0, 0},
    {"printf 'a\\tb\\\\n\\n'; printf '%b' 'x\\ty\\n'; printf '%%\\n'", "a\tb\\n\nx\ty\n%\n", 0, 0},
    {"printf '%s %s\\n' 1 2 3", "1 2\n3 \n", 0, 0},
    {"printf '\\101\\n'; printf '%c\\n' hello; printf '%o %X %i\\n' 8 255 7",
     "A\nh\n10 FF 7\n", 0, 0},
    {"echo -n a; echo b", "ab\n", 0, 0},
    {"seq 3; seq 2 4; seq 5 -2 1", "1\n2\n3\n2\n3\n4\n5\n3\n1\n", 0, 0},
    {"basename /a/b/c.txt; basename /a/b.txt .txt; dirname /a/b/c; dirname x; dirname /a;"
     " dirname /",
     "c.txt\nb\n/a/b\n.\n/\n/\n", 0, 0},
    {"expr 1 + 2; expr 3 '*' 4; expr abc : 'a\\(.*\\)'; expr abc : 'ab'; expr 5 '>' 3; ex"
     "pr length hello; expr 7 % 3; expr a = b; expr 0",
     "3\n12\nbc\n2\n1\n5\n1\n0\n0\n", 1, 0},
    {"printf 'c\\na\\nb\\na\\n' | sort; printf '10\\n9\\n2\\n' | sort -n; printf 'a\\nb\\"
     "n' | sort -r; printf 'a\\na\\nb\\n' | sort -u",
     "a\na\nb\nc\n2\n9\n10\nb\na\na\nb\n", 0, 0},
    {"printf 'a\\na\\nb\\n' | uniq -c | tr -s ' '; printf 'a\\na\\nb\\n' | uniq -d",
     " 2 a\n 1 b\na\n", 0, 0},
    {"printf 'a:b:c\\nd:e:f\\n' | cut -d: -f2; printf 'abcdef\\n' | cut -c2-4; printf 'a:"
     "b:c\\n' | cut -d: -f1,3",
     "b\ne\nbcd\na:c\n", 0, 0},
    {"printf 'one\\ntwo\\nthree\\n' | grep t; printf 'one\\ntwo\\n' | grep -v one; printf"
     " 'a\\nb\\n' | grep -c a; echo x | grep -q y; echo $?",
     "two\nthree\ntwo\n1\n1\n", 0, 0},
    {"printf 'foo1\\nbar22\\n' | grep -E '[0-9]{2}'; printf 'A\\nb\\n' | grep -i a; print"
     "f 'ab\\nac\\n' | grep 'a[bc]$'; echo 'a.c' | grep -F a.c; echo abc | grep -o b",
     "bar22\nA\nab\nac\na.c\nb\n", 0, 0},
    {"printf 'x=1\\ny=2\\n' | grep -E '^(x|z)='; echo aab | grep 'a\\{2\\}b'; echo abab |"
     " grep '\\(ab\\)\\1'",
     "x=1\naab\nabab\n", 0, 0},
    {"echo hello | sed 's/l/L/'; echo hello | sed 's/l/L/g'; echo hello | sed 's/\\(h\\)\\"
     "(e\\)/\\2\\1/'; echo a/b | sed 's|/|-|'",
     "heLlo\nheLLo\nehllo\na-b\n", 0, 0},
    {"printf '1\\n2\\n3\\n' | sed -n 2p; printf '1\\n2\\n3\\n' | sed 2d; printf '1\\n2\\n"
     "3\\n' | sed '2,3d'; printf '1\\n2\\n3\\n' | sed '$d'; printf 'a\\nb\\n' | sed '/a/d"
     "'",
     "2\n1\n3\n1\n1\n2\nb\n", 0, 0},
    {"echo abc | sed -e 's/a/1/' -e 's/b/2/'; echo abc | sed -E 's/(a)(b)/\\2\\1/'; echo "
     "'x y' | sed 's/[^ ]*/<&>/g'; echo aaa | sed 's/a/b/2'; echo abc | sed 'y/abc/xyz/'",
     "12c\nbac\n<x> <y>\naba\nxyz\n", 0, 0},
    {"printf 'a\\nb\\nc\\n' | head -n 2; printf 'a\\nb\\nc\\n' | tail -n 2; printf 'a\\nb"
     "\\nc\\n' | tail -n +2; printf 'abc' | head -c 2; echo; printf 'a\\nb\\nc\\n' | head"
     " -1; printf 'a\\nb\\nc\\n' | tail -1",
     "a\nb\nb\nc\nb\nc\nab\na\nc\n", 0, 0},
    {"printf 'a b\\nc\\n' | wc -l; printf 'a b\\nc\\n' | wc -w; printf abc | wc -c",
     "2\n3\n3\n", 0, 0},
    {"echo hello | tee /tmp/5; cat /tmp/5; rm /tmp/5", "hello\nhello\n", 0, 0},
    {"echo 'aabbcc' | tr -d b; echo aabbcc | tr -s ab; echo hello | tr '[:lower:]' '[:upp"
     "er:]'; echo 'a b' | tr ' ' '\\n'; echo abc1 | tr -cd 0-9; echo",
     "aacc\nabcc\nHELLO\na\nb\n1\n", 0, 0},
    {"mkdir -p /tmp/d/a/b; touch /tmp/d/x /tmp/d/y; ls /tmp/d; rm -rf /tmp/d; ls /tmp/d 2"
     ">/dev/null; echo $?",
     "a\nx\ny\n1\n", 0, 0},
    {"mkdir /tmp/d; cd /tmp/d; touch b.txt a.txt c.log; echo *.txt; echo *; echo [ab]*; e"
     "cho *.none '*'; for f in *.txt; do echo \"f:$f\"; done; cd /; rm -r /tmp/d",
     "a.txt b.txt\na.txt b.txt c.log\na.txt b.txt\n*.none *\nf:a.txt\nf:b.txt\n", 0, 0},
    {"mkdir /tmp/d; echo hi > /tmp/d/f; cp /tmp/d/f /tmp/d/g; mv /tmp/d/f /tmp/d/h; ls /t"
     "mp/d; cat /tmp/d/g /tmp/d/h; rm -r /tmp/d",
     "g\nh\nhi\nhi\n", 0, 0},
    {"cd /tmp; pwd; cd /; pwd; cd /tmp && cd - >/dev/null; pwd", "/tmp\n/\n/\n", 0, 0},
    {"set -f; echo /tmp*; set +f", "/tmp*\n", 0, 0},
    {"yes | head -n 2", "y\ny\n", 0, 0},
    {"i=0; while :; do i=$((i+1)); [ $i -gt 5 ] && break; done; echo $i", "6\n", 0, 0},
    {"echo a;echo b", "a\nb\n", 0, 0},
    {"echo a # comment", "a\n", 0, 0},
    {"echo a#b '#c' # d", "a#b #c\n", 0, 0},
    {"true;", "", 0, 0},
    {" ", "", 0, 0},
    {"# only a comment", "", 0, 0},
    {"echo a\\\nb", "ab\n", 0, 0},
    {"echo \"a\\\nb\"", "ab\n", 0, 0},
    {"echo 'a\nb'", "a\nb\n", 0, 0},
    {"if true\nthen\n  echo multi\nfi", "multi\n", 0, 0},
    {"for i in a \\\n  b; do\n  echo $i\ndone", "a\nb\n", 0, 0},
    {"foo() {\n  echo \"multi line $1\"\n}", "", 0, 0},
    {"foo x", "", 127, 0},
    {"a=1;b=2;echo $a$b", "12\n", 0, 0},
    {"{ echo grp; }", "grp\n", 0, 0},
    {"( echo sub )", "sub\n", 0, 0},
    {"echo $(( $(echo 3) + ${x:-4} ))", "7\n", 0, 0},
    {"x=abc; echo \"${x%\"c\"}\" \"${x%'c'}\"", "ab ab\n", 0, 0},
    {"echo \"${x:-\"}\"}\" ${x:-\\}}", "} }\n", 0, 0},
    {"echo ${x:-$(echo ')')} \"$(echo \")\")\"", ") )\n", 0, 0},
    {"echo \"$(case a in a) echo c;; esac)\"", "c\n", 0, 0},
    {"echo \"$( (echo sub) )\"", "sub\n", 0, 0},
    {"echo $(echo a; echo b) \"$(echo a; echo b)\"", "a b a\nb\n", 0, 0},
    {"x=\"$(printf 'a\\n\\n\\n')\"; echo \"[$x]\"", "[a]\n", 0, 0},
    {"echo \"a$(printf '')b\"", "ab\n", 0, 0},
    {"$(echo echo cmd)", "cmd\n", 0, 0},
    {"`echo true`; echo $?", "0\n", 0, 0},
    {"\"\" ; echo $?", "127\n", 0, 0},
    {"x=; $x; echo $?", "0\n", 0, 0},
    {"nonexistent_cmd_x 2>/dev/null; echo $?", "127\n", 0, 0},
    {"command echo hi; command -v echo >/dev/null && echo yes", "hi\nyes\n", 0, 0},
    {"type cd >/dev/null; echo $?", "0\n", 0, 0},
    {"echo \"$?\" \"$#\" \"$0\"", "0 0 sh\n", 0, 0},
    {"exit 300", "", 44, 0},
    {"exit", "", 0, 0},
    {"(exit 1) || echo failed", "failed\n", 0, 0},
    {"return 5", "", 5, 0},
    {"f() { shift; echo $1; }; f a b", "b\n", 0, 0},
    {"while getopts ab:c o -a -b val -c; do echo \"$o $OPTARG\"; done; echo $OPTIND",
     "a \nb val\nc \n5\n", 0, 0},
    {"set -- -x -y arg rest; while getopts xy: o; do echo \"$o $OPTARG\"; done; shift $(("
     "OPTIND-1)); echo $1",
     "x \ny arg\nrest\n", 0, 0},
    {"while getopts a: o -z 2>/dev/null; do echo \"[$o]\"; done", "[?]\n", 0, 0},
    {"x=1; f() { x=2; }; x=3 f; echo $x", "1\n", 0, 0},
    {": ${DEF:=dflt}; echo $DEF", "dflt\n", 0, 0},
    {": > /tmp/6; [ -s /tmp/6 ] || echo empty; rm /tmp/6", "empty\n", 0, 0},
    {"echo one two | xargs echo pre; printf 'a\\nb\\n' | xargs -n 1 echo; printf 'a b\\n'"
     " | xargs -I{} echo '<{}>'",
     "pre one two\na\nb\n<a b>\n", 0, 0},
    {"find /tmp/none 2>/dev/null; mkdir -p /tmp/f/d; touch /tmp/f/a.txt; cd /tmp/f; find "
     ". -name '*.txt'; find . -type d | sort; cd /; rm -r /tmp/f",
     "./a.txt\n.\n./d\n", 0, 0},
    {"date -u -d @0 +%Y-%m-%dT%H:%M:%SZ; date -u -d @1709210096 '+%a %b %e %j %s'",
     "1970-01-01T00:00:00Z\nThu Feb 29 060 1709210096\n", 0, 0},
    {"env -i X=1 sh -c 'echo $X'; env Y=2 sh -c 'echo $Y'", "1\n2\n", 0, 0},
    {"echo 'echo from stdin' | sh", "from stdin\n", 0, 0},
    {"echo 'echo sourced $1; v=7' > /tmp/7; . /tmp/7; echo $v; sh /tmp/7 arg; rm /tmp/7",
     "sourced\n7\nsourced arg\n", 0, 0},
    {"printf '#!/bin/sh\\necho script $1\\nexit 4\\n' > /tmp/8; chmod +x /tmp/8; /tmp/8 a"
     "; echo $?; rm /tmp/8",
     "script a\n4\n", 0, 0},
    {"set -- 1 2 3 4 5 6 7 8 9 10 11; echo $10 ${10} ${11}", "10 10 11\n", 0, 0},
    {"x='*'; echo \"$x\"; x='$y'; echo \"$x\"", "*\n$y\n", 0, 0},
    {"echo ~root >/dev/null; HOME=/h; echo ~ ~/x \"~\"", "/h /h/x ~\n", 0, 0},
    {"IFS=,; set -- a,b c; echo \"$1\" $1", "a,b a b\n", 0, 0},
    {"x=a,b; IFS=,; echo $x; echo \"$x\"", "a b\na,b\n", 0, 0},
    {"a=\"x y\"; b=\"$a\"; c=$a; [ \"$b\" = \"$c\" ] && echo same", "same\n", 0, 0},
    {"echo \"${#}\" \"${?}\" ", "0 0\n", 0, 0},
    {"set -- x; echo ${1} ${1:-d} ${2:-d} ${#1}", "x x d 1\n", 0, 0},
    {"echo a >&2 2>&1; echo b 2>&1 >/dev/null", "", 0, 0},
    {"for x in; do echo no; done; echo ok", "ok\n", 0, 0},
    {"if ! false; then echo nf; fi", "nf\n", 0, 0},
    {"true & wait $!; echo $?", "0\n", 0, 0},
    {"x=$((1+1)) y=$x; echo $y", "2\n", 0, 0},
    {"x='1 + 2'; echo $(($x * 2))", "5\n", 0, 0},
    {"echo $((08+1)) 2>/dev/null; echo no", "", 2, 0},
    {"case $1 in \"\") echo empty;; esac", "empty\n", 0, 0},
    {"x=5; case $x in [0-9]) echo digit;; esac; case 15 in [0-9]) echo no;; [0-9][0-9]) e"
     "cho two;; esac; case abc in ??c) echo q;; esac",
     "digit\ntwo\nq\n", 0, 0},
    {"case '[' in '[') echo br;; esac; case 'a]b' in *']'*) echo rb;; esac; case a-b in *"
     "[-]*) echo dash;; esac; case xay in *[[:alpha:]]y) echo cls;; esac",
     "br\nrb\ndash\ncls\n", 0, 0},
    {"if [[ -e /etc ]]; then echo dir; fi; [[ -e /nope ]] || echo none", "dir\nnone\n", 0, 0},
    {"x='a b'; [[ $x = 'a b' ]] && echo whole; [[ -n $y ]] || echo empty; [[ -z $y ]] && echo z",
     "whole\nempty\nz\n", 0, 0},
    {"x=abc; [[ $x == a* ]] && echo glob; [[ $x == \"a*\" ]] || echo quoted; [[ $x != *d ]] && "
     "echo not",
     "glob\nquoted\nnot\n", 0, 0},
    {"[[ 2 -gt 1 && ( a < b || $nope ) && ! -f /x ]]; echo $?; [[ a > b || b == c ]]; echo $?",
     "0\n1\n", 0, 0},
    {"cd /tmp; touch a1; x='*'; [[ $x == '*' ]] && echo star; [[ -n $x ]] && echo yes",
     "star\nyes\n", 0, 0},
    {"set -e; [[ a == b ]] || echo on; if [[ a == b ]]; then :; fi; [[ a == b ]]; echo never",
     "on\n", 1, 0},
    {"[[ a -eq b ]] 2>/dev/null; echo $?", "2\n", 0, 0},
    {"umask 022; echo $?", "0\n", 0, 0},
    {"wait 99999; echo $?", "127\n", 0, 0},
    {"exec echo replaced; echo never", "replaced\n", 0, 0},
    {"(exec echo sub); echo main", "sub\nmain\n", 0, 0},
    {"exec 2>/dev/null; echo err >&2; echo ok", "ok\n", 0, 0},
    {"set -x; echo traced 2>/dev/null", "traced\n", 0, 0},
    {"set -o pipefail 2>/dev/null || true; echo x", "x\n", 0, 0},
    {"f() { return; }; false; f; echo $?", "1\n", 0, 0},
    {"{ false; true; } && echo gt", "gt\n", 0, 0},
    {"! { true; } || echo bang", "bang\n", 0, 0},
    {"a=$(echo 1)$(echo 2); echo $a", "12\n", 0, 0},
    {"echo ${a:+${b:-c}} ${a:-${b:-c}}", "c\n", 0, 0},
    {"x=aXbXc; echo ${x%%X*} ${x#*X} ${x##*X} ${x%X*}", "a bXc c aXb\n", 0, 0},
    {"x=/a/b/; echo ${x%/} ${x%%/}", "/a/b /a/b\n", 0, 0},
    {"kill -0 $$ && echo alive; kill -0 999999 2>/dev/null || echo dead", "alive\ndead\n", 0, 0},
    {"sort <<E | head -n 1\nb\na\nE", "a\n", 0, 0},
};

static const struct row timed[] = {
    {"sleep 5; exit 15", "", 15, 5000},
    {"touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600", "", 0, 630000},
    {"echo \"I've had enough\" > /var/termination-reason; exit 1", "", 1, 0},
    {"sleep 1.5; sleep .25; date +%s.%3N", "1767225601.750\n", 0, 1750},
    {"sleep 1m; sleep 2 3; sleep 1s", "", 0, 66000},
    {"sleep 0", "", 0, 0},
    {"sleep abc; echo $?", "1\n", 0, 0},
    {"usleep 1500000", "", 0, 1500},
    {"for i in 1 2 3; do echo $i; sleep 1; done", "1\n2\n3\n", 0, 3000},
    {"i=0; while [ $i -lt 3 ]; do sleep 2; i=$((i+1)); done; echo $i", "3\n", 0, 6000},
    {"x=$(sleep 3; echo late); echo $x", "late\n", 0, 3000},
    {"(sleep 2; exit 4); echo $?", "4\n", 0, 2000},
    {"sleep 5 & sleep 3; wait; echo done", "done\n", 0, 5000},
    {"(sleep 2; echo b) & (sleep 1; echo a) & wait; echo c", "a\nb\nc\n", 0, 2000},
    {"sleep 10 & kill $!; wait $!; echo $?", "143\n", 0, 0},
    {"sleep 10 & p=$!; sleep 1; kill -9 $p; wait $p; echo $?", "137\n", 0, 1000},
    {"(trap 'echo term; exit 3' TERM; sleep 5; echo no) & sleep 1; kill $!; wait $!; echo $?",
     "term\n3\n", 0, 5000},
    {"(trap '' TERM; sleep 2; echo kept) & sleep 1; kill $!; wait; echo end", "kept\nend\n", 0,
     2000},
    {"sleep 100 & echo out", "out\n", 0, 0}, /* the job ends with the script */
    {"{ sleep 1; echo a; sleep 1; echo b; } | while read x; do echo \"$x $(date +%S)\"; done",
     "a 01\nb 02\n", 0, 2000},
    {"sleep 3 | sleep 1; echo x", "x\n", 0, 3000},
    {"yes | { sleep 1; head -n 2; }", "y\ny\n", 0, 1000},
    {"(while :; do echo tick; sleep 1; done) | head -n 3", "tick\ntick\ntick\n", 0, 3000},
    {"timeout 2 sleep 10; echo $?", "124\n", 0, 2000},
    {"timeout 5 sleep 1; echo $?", "0\n", 0, 1000},
    {"timeout 1 sh -c 'sleep 3; echo no'; echo $?", "124\n", 0, 1000},
    {"timeout -k 2 1 sh -c 'trap \"\" TERM; sleep 9'; echo $?", "137\n", 0, 3000},
    {"timeout 5 false; echo $?", "1\n", 0, 0},
    {"read -t 2 x < /dev/null; echo $?", "1\n", 0, 0},
    {"sleep 9 | { read -t 2 x; echo $?; }", "1\n", 0, 9000},
    {"trap 'echo int' INT; kill -INT $$; sleep 1; echo end", "int\nend\n", 0, 1000},
    {"trap 'echo u' USR1; sleep 5 & (sleep 1; kill -USR1 $$) & wait; echo $?", "u\n138\n", 0, 1000},
    {"while true; do date +%T; sleep 3600; [ $(date +%H) = 02 ] && break; done",
     "00:00:00\n01:00:00\n", 0, 7200000},
    {"echo start >> /tmp/log; sleep 1; echo stop >> /tmp/log; cat /tmp/log", "start\nstop\n", 0,
     1000},
    {"touch /tmp/a; sleep 60; touch /tmp/b; find /tmp -type f -mmin -1; [ /tmp/b -nt /tmp/a ] && "
     "echo newer",
     "/tmp/b\nnewer\n", 0, 60000},
    {"(sleep 2; echo x > /tmp/f) & until [ -f /tmp/f ]; do sleep 0.5; done; cat /tmp/f", "x\n", 0,
     2500}, /* at 2 s the older task goes first */
    {"(for i in 1 2; do sleep 1; echo $i >> /tmp/l; done; sleep 9) & tail -f /tmp/l & sleep 2.5",
     "", 0, 2500}, /* there is no such file yet */
    {": > /tmp/l; (for i in 1 2; do sleep 1; echo $i >> /tmp/l; done) & tail -f /tmp/l & sleep 3.5",
     "1\n2\n", 0, 3500},
    {"wget -q -O - http://web/x", "hello\n", 0, 0},
    {"wget http://web -q -T 1 -O /dev/null && echo up", "up\n", 0, 0},
    {"wget -q -O- http://shut; echo $?", "1\n", 0, 0},
    {"wget -q -T 3 http://silent; echo $?", "1\n", 0, 3000},
    {"wget -q --timeout=2 --tries=2 http://silent; echo $?", "1\n", 0, 4000},
    {"wget -q http://web/a/file.txt; cat file.txt", "hello\n", 0, 0},
    {"wget -q --spider http://broken || echo bad", "bad\n", 0, 0},
    {"wget -q -O - http://moved", "hello\n", 0, 0},
    {"curl -s http://web", "hello\n", 0, 0},
    {"curl -sf http://broken; echo $?", "22\n", 0, 0},
    {"curl -s -o /dev/null -w '%{http_code}\\n' http://broken", "503\n", 0, 0},
    {"curl -s http://shut; echo $?; curl -s http://nowhere; echo $?", "7\n6\n", 0, 0},
    {"curl -s --max-time 2 http://silent; echo $?", "28\n", 0, 2000},
    {"curl -s --retry 2 --retry-delay 1 --retry-connrefused http://shut; echo $?", "7\n", 0, 2000},
    {"curl -sfL http://moved -o /tmp/x; cat /tmp/x", "hello\n", 0, 0},
    {"nc -z web 5432 && echo open; nc -z -w 1 shut 5432 || echo closed", "open\nclosed\n", 0, 0},
    {"nc -z -w 2 silent 80; echo $?", "1\n", 0, 2000},
    {"nslookup web >/dev/null && echo known; nslookup nowhere >/dev/null || echo unknown",
     "known\nunknown\n", 0, 0},
    {"until nslookup web; do sleep 1; done", "Name:\tweb\nAddress: 10.0.0.5\n\n", 0, 0},
};

static void check_rows(const struct row *row, size_t count)
{
    static struct kit k;

    for (size_t i = 0; i < count; i++) {
        kit_open(&k, row[i].script);
        kit_run(&k);
        cr_expect_str_eq(k.out, row[i].out, "%s\n got \"%s\", error \"%s\"", row[i].script, k.out,
                         k.err);
        cr_expect_eq(k.state.phase, SHELL_ENDED, "%s: does not end", row[i].script);
        cr_expect_eq(k.state.code, row[i].code, "%s: ends with %d", row[i].script, k.state.code);
        cr_expect_eq(k.now, row[i].end, "%s: ends at %lld", row[i].script, (long long)k.now);
        kit_close(&k);
    }
}

Test(shell_rows, language)
{
    check_rows(language, RX_ARRAY_LEN(language));
}

Test(shell_rows, commands)
{
    check_rows(commands, RX_ARRAY_LEN(commands));
}

Test(shell_rows, timed)
{
    check_rows(timed, RX_ARRAY_LEN(timed));
}

/* Wherever memory runs out, the script ends, and nothing is left behind. */
Test(shell_rows, no_memory)
{
    static const char *const script[] = {
        "f() { local x=1; echo \"$1\"; }; for i in a b; do f $i | tr a-z A-Z; done; echo $(f q)",
        "x=1 sh -c 'trap \"echo t\" EXIT; echo a > /tmp/f; cat < /tmp/f' & wait; eval 'echo "
        "$((1+2))'",
        "case $(echo b | sed 's/b/c/') in c) printf '%s\\n' 1 2 | sort -r;; esac; echo /tm*; env "
        ">/dev/null",
        "bash -c 'exec {s}<>/dev/tcp/web/80; echo -e \"GET / HTTP/1.0\\n\\n\" >&$s; cat <&$s; exec "
        "99>/tmp/l; flock 99'",
        "curl -s -i -G -d a=1 -w '%{http_code}' -o /tmp/o -O http://web http://web/x; wget -q -P "
        "/tmp http://web http://web/y",
        "curl -s http://web | grep -o 'l*'; echo a b | xargs -n 1 echo; mkdir -p /tmp/a/b; rm -r "
        "/tmp/a",
        "echo a > /tmp/f; gzip /tmp/f; zcat /tmp/f.gz; gunzip /tmp/f.gz; tar czf /tmp/t -C /tmp f; "
        "tar xzf /tmp/t",
        "echo a > /tmp/f; echo b | diff -u /tmp/f -; mkdir /tmp/d /tmp/e; diff -rN /tmp/d /tmp/e; "
        "echo b | cmp /tmp/f",
        "seq 1 9 | nl -bpa; seq 1 9 | fold -sw 3; echo abcd | strings; seq 1 9 | paste - -; seq 1 "
        "3 | comm - /dev/null",
        "echo 1 a > /tmp/f; echo 1 b | join /tmp/f -; seq 1 9 | split -l 4 - /tmp/s; getopt -o a: "
        "-l b -- -a x --b y",
        "seq -w 8 10 | cut -c 1-1,2 | tr -s 0 '[x*]' | wc -L; seq -f %g 1 .5 2 | cut -d . -f 2",
        "echo abc | od -t x1z -c; echo abc | hexdump -C; echo abc | hexdump -e '2/1 \"%02x\"'",
    };
    static struct kit k;

    for (size_t i = 0; i < RX_ARRAY_LEN(script); i++) {
        uint64_t before, calls;

        kit_open(&k, script[i]);
        before = k.f.calls;
        kit_run(&k);
        calls = k.f.calls;
        kit_close(&k);
        for (uint64_t n = before + 1; n <= calls; n++) {
            kit_open(&k, script[i]);
            k.f.fail_at = n;
            if (shell_open(&k.proc, &k.mem, &k.setup, 0) == 0)
                do
                    k.state = shell_run(k.proc, k.now);
                while (k.state.phase == SHELL_SLEEPING && (k.now = k.state.until) >= 0);
            else
                k.proc = NULL;
            cr_expect_eq(k.f.failed, 1, "%s: %llu", script[i], (unsigned long long)n);
            kit_close(&k);
        }
    }
}
