/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_refs.c - name references of bash: declare -n, local -n, unset -n.
 */
#include "tests/support/snippet.h"

static const struct snippet references[] = {
    {"bash", "f() { local -n r=$1; r=new; echo \"$r\"; }; x=old; f x; echo $x", "new\nnew\n", 0},
    {"bash",
     "f() { local -n arr=$1; echo \"${#arr[@]} ${arr[1]}\"; arr+=(z); for i in \"${!arr[@]}\"; do "
     "echo \"$i=${arr[$i]}\"; done; }; a=(p q); f a; echo \"${a[@]}\"",
     "2 q\n0=p\n1=q\n2=z\np q z\n", 0},
    {"bash", "declare -n r=x; r=5; echo $x ${!r}; unset r; echo \"[$x]\"; unset -n r; declare -p r",
     "5 x\n[]\n", 1},
    {"bash",
     "declare -A m=([a]=1); f() { declare -n q=$1; q[b]=2; echo \"${!q[@]}\"; }; f m; echo ${m[b]}",
     "b a\n2\n", 0},
    {"bash", "declare -n r=a[1]; a=(1 2 3); echo $r; r=9; echo \"${a[@]}\"", "2\n1 9 3\n", 0},
    {"bash", "f() { declare -n r=$1; local x=5; r=6; echo $x; }; x=1; f x; echo $x", "6\n1\n", 0},
    {"bash",
     "a=1; b=2; for r in 1; do :; done; declare -n p; for p in a b; do echo $p; p=7; done; echo $a "
     "$b",
     "1\n2\n7 7\n", 0},
    {"bash", "declare -n r; declare -p r; r=x; declare -p r; echo ${!r}; x=3; echo $r",
     "declare -n r\ndeclare -n r=\"x\"\nx\n3\n", 0},
    {"bash", "export -n x; declare -n r=r; echo $?", "1\n", 0},
    {"bash",
     "declare -n r=x; [[ -v r ]]; echo $?; x=1; [[ -v r ]]; echo $?; [[ -R r ]]; echo $?; (( r += "
     "4 )); echo $x $((r * 2))",
     "1\n0\n0\n5 10\n", 0},
    {"bash",
     "f() { local -n out=$1; printf -v out '%s-%s' a b; read -r out2 <<< z; }; f res; echo $res",
     "a-b\n", 0},
    {"bash",
     "f() { local -n list=$1; list=(); for i in 1 2 3; do list+=(\"n$i\"); done; mapfile -t list "
     "<<< $'p\\nq'; }; f got; declare -p got",
     "declare -a got=([0]=\"p\" [1]=\"q\")\n", 0},
    {"bash", "declare -n r=x; declare +n r; r=5; echo \"[$x]\" $r; declare -p r",
     "[] 5\ndeclare -- r=\"5\"\n", 0},
    {"bash", "declare -n r=1bad; echo $?; declare -n a=b b=c; c=deep; echo $a; a=new; echo $c",
     "1\ndeep\nnew\n", 0},
    {"bash",
     "f() { local -n __v=\"$1\"; if [ -n \"${__v:-}\" ]; then echo set; else echo empty; __v=def; "
     "fi; }; f V; echo $V; f V; echo ${#V}",
     "empty\ndef\nset\n3\n", 0},
    {"bash",
     "a=(1 2 3); declare -n r=a; echo \"${r[@]:1}\" \"${r[-1]}\" \"${#r}\"; unset 'r[0]'; echo "
     "\"${a[@]}\"; r[7]=z; echo \"${!a[@]}\"",
     "2 3 3 1\n2 3\n1 2 7\n", 0},
    {"bash",
     "declare -n r=x; x=abc; echo ${r^^} ${r/b/X} ${r:1} ${r:-no}; export r; env | grep ^x=; r= ; "
     "echo \"[${x}]\"",
     "ABC aXc bc abc\nx=abc\n[]\n", 0},
};

SNIPPETS(snippets_refs, references)
