/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_words.c - how words become fields: quotes, parameters, their default words.
 */
#include <unistd.h>

#include "tests/support/snippet.h"

#define ALL "dash busybox bash"

static const struct snippet quoting[] = {
    {ALL, "echo 'a  b' \"c  d\" e\\ \\ f", "a  b c  d e  f\n", 0},
    {ALL, "x='a b  c'; echo $x \"$x\"", "a b c a b  c\n", 0},
    {ALL, "set -- a 'b c'; for i in \"$@\"; do echo \"<$i>\"; done; exit 3", "<a>\n<b c>\n", 3},
};

/* The words behind - :- + :+ = := ? :? # %, quoted and not, in every place where a word can
 * stand. */
static const struct snippet defaults[] = {
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-}\" z; n ${X-} z; n "
          "a\"${X-}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-d}\" z; n ${X-d} z; n "
          "a\"${X-d}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-\"d e\"}\" z; n "
          "${X-\"d e\"} z; n a\"${X-\"d e\"}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-d e}\" z; n ${X-d e} "
          "z; n a\"${X-d e}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-}\" z; n ${X:-} z; n "
          "a\"${X:-}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-d}\" z; n ${X:-d} z; "
          "n a\"${X:-d}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-$E}\" z; n ${X:-$E} "
          "z; n a\"${X:-$E}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X+}\" z; n ${X+} z; n "
          "a\"${X+}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X+y}\" z; n ${X+y} z; n "
          "a\"${X+y}\"b",
     "2\n<y>\n<z>\n2\n<y>\n<z>\n1\n<ayb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+}\" z; n ${X:+} z; n "
          "a\"${X:+}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+y}\" z; n ${X:+y} z; "
          "n a\"${X:+y}\"b",
     "2\n<y>\n<z>\n2\n<y>\n<z>\n1\n<ayb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+$E}\" z; n ${X:+$E} "
          "z; n a\"${X:+$E}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X=}\" z; n ${X=} z; n "
          "a\"${X=}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:=}\" z; n ${X:=} z; n "
          "a\"${X:=}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:=d}\" z; n ${X:=d} z; "
          "n a\"${X:=d}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X#y}\" z; n ${X#y} z; n "
          "a\"${X#y}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X%y}\" z; n ${X%y} z; n "
          "a\"${X%y}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X##*}\" z; n ${X##*} z; "
          "n a\"${X##*}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X?}\" z; n ${X?} z; n "
          "a\"${X?}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=v; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:?}\" z; n ${X:?} z; n "
          "a\"${X:?}\"b",
     "2\n<v>\n<z>\n2\n<v>\n<z>\n1\n<avb>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-}\" z; n ${X-} z; n "
          "a\"${X-}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-d}\" z; n ${X-d} z; n "
          "a\"${X-d}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-\"d e\"}\" z; n "
          "${X-\"d e\"} z; n a\"${X-\"d e\"}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-d e}\" z; n ${X-d e} "
          "z; n a\"${X-d e}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-}\" z; n ${X:-} z; n "
          "a\"${X:-}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-d}\" z; n ${X:-d} z; "
          "n a\"${X:-d}\"b",
     "2\n<d>\n<z>\n2\n<d>\n<z>\n1\n<adb>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-$E}\" z; n ${X:-$E} "
          "z; n a\"${X:-$E}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X+}\" z; n ${X+} z; n "
          "a\"${X+}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X+y}\" z; n ${X+y} z; n "
          "a\"${X+y}\"b",
     "2\n<y>\n<z>\n2\n<y>\n<z>\n1\n<ayb>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+}\" z; n ${X:+} z; n "
          "a\"${X:+}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+y}\" z; n ${X:+y} z; "
          "n a\"${X:+y}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+$E}\" z; n ${X:+$E} "
          "z; n a\"${X:+$E}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X=}\" z; n ${X=} z; n "
          "a\"${X=}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:=}\" z; n ${X:=} z; n "
          "a\"${X:=}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:=d}\" z; n ${X:=d} z; "
          "n a\"${X:=d}\"b",
     "2\n<d>\n<z>\n2\n<d>\n<z>\n1\n<adb>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X#y}\" z; n ${X#y} z; n "
          "a\"${X#y}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X%y}\" z; n ${X%y} z; n "
          "a\"${X%y}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; X=; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X##*}\" z; n ${X##*} z; "
          "n a\"${X##*}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-}\" z; n ${X-} z; "
          "n a\"${X-}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-d}\" z; n ${X-d} "
          "z; n a\"${X-d}\"b",
     "2\n<d>\n<z>\n2\n<d>\n<z>\n1\n<adb>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-\"d e\"}\" z; n "
          "${X-\"d e\"} z; n a\"${X-\"d e\"}\"b",
     "2\n<d e>\n<z>\n2\n<d e>\n<z>\n1\n<ad eb>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X-d e}\" z; n ${X-d "
          "e} z; n a\"${X-d e}\"b",
     "2\n<d e>\n<z>\n3\n<d>\n<e>\n<z>\n1\n<ad eb>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-}\" z; n ${X:-} "
          "z; n a\"${X:-}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-d}\" z; n "
          "${X:-d} z; n a\"${X:-d}\"b",
     "2\n<d>\n<z>\n2\n<d>\n<z>\n1\n<adb>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:-$E}\" z; n "
          "${X:-$E} z; n a\"${X:-$E}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X+}\" z; n ${X+} z; "
          "n a\"${X+}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X+y}\" z; n ${X+y} "
          "z; n a\"${X+y}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+}\" z; n ${X:+} "
          "z; n a\"${X:+}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+y}\" z; n "
          "${X:+y} z; n a\"${X:+y}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:+$E}\" z; n "
          "${X:+$E} z; n a\"${X:+$E}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X=}\" z; n ${X=} z; "
          "n a\"${X=}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:=}\" z; n ${X:=} "
          "z; n a\"${X:=}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X:=d}\" z; n "
          "${X:=d} z; n a\"${X:=d}\"b",
     "2\n<d>\n<z>\n2\n<d>\n<z>\n1\n<adb>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X#y}\" z; n ${X#y} "
          "z; n a\"${X#y}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X%y}\" z; n ${X%y} "
          "z; n a\"${X%y}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "E=; unset X; n() { echo $#; for i; do echo \"<$i>\"; done; }; n \"${X##*}\" z; n "
          "${X##*} z; n a\"${X##*}\"b",
     "2\n<>\n<z>\n1\n<z>\n1\n<ab>\n", 0},
    {ALL, "X=v; for i in \"${X:-}\"; do echo \"[$i]\"; done",
     "[v]\n", 0},
    {ALL, "X=v; for i in ${X:-}; do echo \"[$i]\"; done",
     "[v]\n", 0},
    {ALL, "X=v; case \"${X:-}\" in \"\") echo empty;; *) echo other;; esac",
     "other\n", 0},
    {ALL, "X=v; case ${X:-} in \"\") echo empty;; *) echo other;; esac",
     "other\n", 0},
    {ALL, "X=v; cat <<E\n[${X:-}] [${X:-d}] [${X:+y}] [\"${X-}\"]\nE",
     "[v] [v] [y] [\"v\"]\n", 0},
    {ALL, "X=v; Y=\"${X:-}\"; echo \"[$Y]\"",
     "[v]\n", 0},
    {ALL, "X=v; Y=${X:-}; echo \"[$Y]\"; Y=${X:+}; echo \"[$Y]\"",
     "[v]\n[]\n", 0},
    {ALL, "X=v; [ -n \"${X:-}\" ]; echo $?",
     "0\n", 0},
    {ALL, "X=v; [ -z \"${X:-}\" ]; echo $?",
     "1\n", 0},
    {ALL, "X=v; [ \"${X:-}\" = prod ]; echo $?",
     "1\n", 0},
    {ALL, "X=v; test \"${X+x}\"; echo $?",
     "0\n", 0},
    {ALL, "X=v; set -u; [ \"${X:-}\" != a ] && echo ok",
     "ok\n", 0},
    {ALL, "X=v; export Y=\"${X:-}\"; echo \"[$Y]\"; f() { local Z=\"${X:-}\"; echo \"[$Z]\"; }; f",
     "[v]\n[v]\n", 0},
    {ALL, "X=v; set -- \"${X:-}\" \"${X:-}\"; echo $#",
     "2\n", 0},
    {ALL, "X=v; set -- ${X:-} ${X:+}; echo $#",
     "1\n", 0},
    {ALL, "X=v; n() { echo $#; }; n \"${X:-${Y:-}}\"; n \"${X:-\"${Y:-}\"}\"; n ${X:-${Y:-}}; n "
          "\"${X:+${X:-}}\"",
     "1\n1\n1\n1\n", 0},
    {ALL, "X=v; n() { echo $#; }; n \"${X:-$(true)}\" \"${X:-`true`}\"",
     "2\n", 0},
    {ALL, "X=v; printf \"%s|\" \"${X:-}\" end; echo",
     "v|end|\n", 0},
    {ALL, "X=v; echo \"a${X:-}b\" \"${X:-}\" c",
     "avb v c\n", 0},
    {ALL, "X=v; n() { echo $#; }; n \"${X:-}${Y:-}\"; n \"$E${X:-}\"; n \"${X:-}\"\"\"; n ''${X:-}",
     "1\n1\n1\n1\n", 0},
    {ALL, "X=v; Y=\"pre ${X:+-p \"$X\"} post\"; echo \"$Y\"",
     "pre -p v post\n", 0},
    {ALL, "X=v; IFS=:; n() { echo $#; }; n \"${X:-a:b}\" ${Y:-a:b}",
     "3\n", 0},
    {ALL, "X=v; echo \"${X:-{}}\" \"${X:-a}b}\"",
     "v} vb}\n", 0},
    {ALL, "X=v; echo \"${X:-'q'}\" ${X:-'q q'}",
     "v v\n", 0},
    {ALL, "X=; for i in \"${X:-}\"; do echo \"[$i]\"; done",
     "[]\n", 0},
    {ALL, "X=; for i in ${X:-}; do echo \"[$i]\"; done",
     "", 0},
    {ALL, "X=; case \"${X:-}\" in \"\") echo empty;; *) echo other;; esac",
     "empty\n", 0},
    {ALL, "X=; case ${X:-} in \"\") echo empty;; *) echo other;; esac",
     "empty\n", 0},
    {ALL, "X=; cat <<E\n[${X:-}] [${X:-d}] [${X:+y}] [\"${X-}\"]\nE",
     "[] [d] [] [\"\"]\n", 0},
    {ALL, "X=; Y=\"${X:-}\"; echo \"[$Y]\"",
     "[]\n", 0},
    {ALL, "X=; Y=${X:-}; echo \"[$Y]\"; Y=${X:+}; echo \"[$Y]\"",
     "[]\n[]\n", 0},
    {ALL, "X=; [ -n \"${X:-}\" ]; echo $?",
     "1\n", 0},
    {ALL, "X=; [ -z \"${X:-}\" ]; echo $?",
     "0\n", 0},
    {ALL, "X=; [ \"${X:-}\" = prod ]; echo $?",
     "1\n", 0},
    {ALL, "X=; test \"${X+x}\"; echo $?",
     "0\n", 0},
    {ALL, "X=; set -u; [ \"${X:-}\" != a ] && echo ok",
     "ok\n", 0},
    {ALL, "X=; export Y=\"${X:-}\"; echo \"[$Y]\"; f() { local Z=\"${X:-}\"; echo \"[$Z]\"; }; f",
     "[]\n[]\n", 0},
    {ALL, "X=; set -- \"${X:-}\" \"${X:-}\"; echo $#",
     "2\n", 0},
    {ALL, "X=; set -- ${X:-} ${X:+}; echo $#",
     "0\n", 0},
    {ALL, "X=; n() { echo $#; }; n \"${X:-${Y:-}}\"; n \"${X:-\"${Y:-}\"}\"; n ${X:-${Y:-}}; n "
          "\"${X:+${X:-}}\"",
     "1\n1\n0\n1\n", 0},
    {ALL, "X=; n() { echo $#; }; n \"${X:-$(true)}\" \"${X:-`true`}\"",
     "2\n", 0},
    {ALL, "X=; printf \"%s|\" \"${X:-}\" end; echo",
     "|end|\n", 0},
    {ALL, "X=; echo \"a${X:-}b\" \"${X:-}\" c",
     "ab  c\n", 0},
    {ALL, "X=; n() { echo $#; }; n \"${X:-}${Y:-}\"; n \"$E${X:-}\"; n \"${X:-}\"\"\"; n ''${X:-}",
     "1\n1\n1\n1\n", 0},
    {ALL, "X=; Y=\"pre ${X:+-p \"$X\"} post\"; echo \"$Y\"",
     "pre  post\n", 0},
    {ALL, "X=; IFS=:; n() { echo $#; }; n \"${X:-a:b}\" ${Y:-a:b}",
     "3\n", 0},
    {ALL, "X=; echo \"${X:-{}}\" \"${X:-a}b}\"",
     "{} ab}\n", 0},
    {ALL, "X=; echo \"${X:-'q'}\" ${X:-'q q'}",
     "'q' q q\n", 0},
    {ALL, "unset X; for i in \"${X:-}\"; do echo \"[$i]\"; done",
     "[]\n", 0},
    {ALL, "unset X; for i in ${X:-}; do echo \"[$i]\"; done",
     "", 0},
    {ALL, "unset X; case \"${X:-}\" in \"\") echo empty;; *) echo other;; esac",
     "empty\n", 0},
    {ALL, "unset X; case ${X:-} in \"\") echo empty;; *) echo other;; esac",
     "empty\n", 0},
    {ALL, "unset X; cat <<E\n[${X:-}] [${X:-d}] [${X:+y}] [\"${X-}\"]\nE",
     "[] [d] [] [\"\"]\n", 0},
    {ALL, "unset X; Y=\"${X:-}\"; echo \"[$Y]\"",
     "[]\n", 0},
    {ALL, "unset X; Y=${X:-}; echo \"[$Y]\"; Y=${X:+}; echo \"[$Y]\"",
     "[]\n[]\n", 0},
    {ALL, "unset X; [ -n \"${X:-}\" ]; echo $?",
     "1\n", 0},
    {ALL, "unset X; [ -z \"${X:-}\" ]; echo $?",
     "0\n", 0},
    {ALL, "unset X; [ \"${X:-}\" = prod ]; echo $?",
     "1\n", 0},
    {ALL, "unset X; test \"${X+x}\"; echo $?",
     "1\n", 0},
    {ALL, "unset X; set -u; [ \"${X:-}\" != a ] && echo ok",
     "ok\n", 0},
    {ALL, "unset X; export Y=\"${X:-}\"; echo \"[$Y]\"; f() { local Z=\"${X:-}\"; echo \"[$Z]\"; "
          "}; f",
     "[]\n[]\n", 0},
    {ALL, "unset X; set -- \"${X:-}\" \"${X:-}\"; echo $#",
     "2\n", 0},
    {ALL, "unset X; set -- ${X:-} ${X:+}; echo $#",
     "0\n", 0},
    {ALL, "unset X; n() { echo $#; }; n \"${X:-${Y:-}}\"; n \"${X:-\"${Y:-}\"}\"; n ${X:-${Y:-}}; "
          "n \"${X:+${X:-}}\"",
     "1\n1\n0\n1\n", 0},
    {ALL, "unset X; n() { echo $#; }; n \"${X:-$(true)}\" \"${X:-`true`}\"",
     "2\n", 0},
    {ALL, "unset X; printf \"%s|\" \"${X:-}\" end; echo",
     "|end|\n", 0},
    {ALL, "unset X; echo \"a${X:-}b\" \"${X:-}\" c",
     "ab  c\n", 0},
    {ALL, "unset X; n() { echo $#; }; n \"${X:-}${Y:-}\"; n \"$E${X:-}\"; n \"${X:-}\"\"\"; n "
          "''${X:-}",
     "1\n1\n1\n1\n", 0},
    {ALL, "unset X; Y=\"pre ${X:+-p \"$X\"} post\"; echo \"$Y\"",
     "pre  post\n", 0},
    {ALL, "unset X; IFS=:; n() { echo $#; }; n \"${X:-a:b}\" ${Y:-a:b}",
     "3\n", 0},
    {ALL, "unset X; echo \"${X:-{}}\" \"${X:-a}b}\"",
     "{} ab}\n", 0},
    {ALL, "unset X; echo \"${X:-'q'}\" ${X:-'q q'}",
     "'q' q q\n", 0},
    {"busybox bash",
     "X=v; [[ -n \"${X:-}\" ]]; echo $?; [[ \"${X:-}\" == \"\" ]]; echo $?; [[ ${X:-} == v ]]; "
     "echo $?",
     "0\n1\n0\n", 0},
    {"bash", "X=; [[ -n \"${X:-}\" ]]; echo $?; [[ \"${X:-}\" == \"\" ]]; echo $?; [[ ${X:-} == v "
             "]]; echo $?",
     "1\n0\n1\n", 0},
    {"bash", "unset X; [[ -n \"${X:-}\" ]]; echo $?; [[ \"${X:-}\" == \"\" ]]; echo $?; [[ ${X:-} "
             "== v ]]; echo $?",
     "1\n0\n1\n", 0},
};

SNIPPETS(snippets_words, quoting)
SNIPPETS(snippets_words, defaults)

/* Inside their directory the real shells may do all, also move files between directories. */
static const struct snippet fenced[] = {
    {"busybox bash dash", "mkdir a b; echo 1 >a/f; mv a/f b/g; cat b/g; ls a", "1\n", 0},
};

SNIPPETS(snippets_words, fenced)

Test(snippets_words, a_real_shell_changes_nothing_outside_its_directory)
{
    static const struct snippet rows[] = {
        {"dash bash busybox", "echo 2 2>/dev/null >../podring-fence-test || echo no", "no\n", 0}};
    char path[] = "/tmp/podring-fence-test";

    snippets_there(rows, 1, "bash");
    cr_expect_neq(access(path, F_OK), 0);
    unlink(path);
}
