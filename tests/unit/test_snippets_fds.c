/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_fds.c - what a fork copies: descriptors of any number, those that bash chooses,
 * locks on them, and how deep in forks a command is.
 */
#include "tests/support/snippet.h"

static const struct snippet descriptors[] = {
    {"busybox bash", "exec 200>l; echo hi >&200; exec 200>&-; cat l; echo no >&200; echo $?",
     "hi\n1\n", 0},
    {"busybox bash",
     "exec 12>l; echo a >&12; echo b >&12; exec 13<l; read x <&13; read y <&13; echo $x $y",
     "a b\n", 0},
    {"bash",
     "(echo sub >&200) 200>l; cat l; { echo g >&157; } 157>>l; cat l; echo x 2>/dev/null >&157 || "
     "echo shut",
     "sub\nsub\ng\nshut\n", 0},
    {"busybox bash", "echo in > l; while read -u 15 x; do echo $x; done 15<l", "in\n", 0},
    {"busybox bash",
     "exec 20>l 21>&20; echo a >&20; echo b >&21; cat l; f() { echo f >&20; }; f 20>m; cat m; f; "
     "cat l",
     "a\nb\nf\na\nb\nf\n", 0},
    {"busybox bash", "echo x > l; exec 30<l; cat /dev/fd/30; exec 31>l; (echo child >&31); cat l",
     "x\nchild\n", 0},
    {"busybox bash", "exec 3>&1 11>&1; exec >l; echo f; echo o >&11; echo p >&3; exec >&11; cat l",
     "o\np\nf\n", 0},
    {"busybox bash",
     "for n in 1 2 3 4 5 6 7 8 9; do exec 40>l; echo $n >&40; exec 40>&-; done; cat l", "9\n", 0},
    {"bash",
     "exec {fd}>l; echo hi >&$fd; [ $fd -ge 10 ] && echo high; exec {fd}>&-; cat l; echo x >&$fd; "
     "echo $?",
     "high\nhi\n1\n", 0},
    {"bash", "exec {a}>l {b}>m; [ $a -ne $b ] && echo two; echo 1 >&$a; echo 2 >&$b; cat l m",
     "two\n1\n2\n", 0},
    {"bash", "echo z {q}>l; echo left >&$q; cat l; echo {a}x {a,b}>m; cat m", "z\nleft\n{a}x a b\n",
     0},
    {"bash",
     "echo one > l; exec {in}<l; read -u $in x; echo $x; exec {in}<&-; unset no; exec {no}>&-; "
     "echo $?",
     "one\n1\n", 0},
    {"bash",
     "exec 12>l; echo a >&12; exec 13>&12-; echo b >&13; cat l; echo c 2>/dev/null >&12 || echo "
     "moved",
     "a\nb\nmoved\n", 0},
    {"bash",
     "while read -r a; do echo \"<$a>\"; done < <(printf '1\\n2\\n'); echo <(:) | sed "
     "'s/[0-9]*$/N/'",
     "<1>\n<2>\n/dev/fd/N\n", 0},
    {"bash", "diff() { cat $1 $2; }; diff <(echo a) <(echo b)", "a\nb\n", 0},
};

SNIPPETS(snippets_fds, descriptors)

static const struct snippet depths[] = {
    {"bash", "echo $BASH_SUBSHELL; (echo $BASH_SUBSHELL; (echo $BASH_SUBSHELL); echo "
             "$BASH_SUBSHELL)", "0\n1\n2\n1\n", 0},
    {"bash", "echo $(echo $BASH_SUBSHELL) $(echo $(echo $BASH_SUBSHELL)); f() { echo "
             "$BASH_SUBSHELL; }; f; x=$(f); echo $x",
     "1 2\n0\n1\n", 0},
    {"bash", "{ echo $BASH_SUBSHELL; } & wait; true | { echo $BASH_SUBSHELL; }; bash -c 'echo "
             "$BASH_SUBSHELL; :'", "1\n1\n0\n", 0},
};

SNIPPETS(snippets_fds, depths)

static const struct snippet locks[] = {
    {"bash",
     "exec 200>l; flock -n 200 && echo mine; (flock -n 200 && echo same); flock -n l true || echo "
     "theirs",
     "mine\nsame\ntheirs\n", 0},
    {"bash",
     "exec 9>l; flock 9; exec 9>&-; flock -n l echo free; flock l -c 'echo sh; exit 5'; echo $?",
     "free\nsh\n5\n", 0},
    {"bash",
     "exec 9>l 8>l; flock -s 9; flock -sn 8 && echo both; flock -xn 8 || echo no; flock -u 9; "
     "flock -xn 8 && echo alone",
     "both\nno\nalone\n", 0},
    {"bash", "exec 9>l; flock 9; flock -n -E 7 l true; echo $?; flock -w 0.1 l true; echo $?",
     "7\n1\n", 0},
    {"bash",
     "flock 2>/dev/null; echo $?; flock xyz 2>/dev/null; echo $?; flock 77 2>/dev/null; echo $?",
     "64\n64\n65\n", 0},
    {"bash", "flock l sh -c 'flock -n l true || echo held'; (flock -n 9 || exit 1; echo in) 9>l",
     "held\nin\n", 0},
    {"bash", "flock /none/l true 2>/dev/null; echo $?", "66\n", 0},
};

SNIPPETS(snippets_fds, locks)
