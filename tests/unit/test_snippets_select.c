/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_select.c - select of bash: its menus, prompts and answers.
 */
#include "tests/support/snippet.h"

static const struct snippet choices[] = {
    {"bash", "select x in a b c; do echo \"got $x\"; break; done <<< 2", "got b\n", 0},
    {"bash",
     "select x in a b c; do echo \"got $x $REPLY\"; [ \"$x\" = c ] && break; done <<< $'1\\n9\\n3' "
     "2>&1",
     "1) a\n2) b\n3) c\n#? got a 1\n#? got  9\n#? got c 3\n", 0},
    {"bash",
     "PS3='pick: '; select x in one \"two words\"; do echo \"<$x>\"; break; done <<< 2 2>&1; "
     "select y in a; do :; done </dev/null 2>&1; echo $?",
     "1) one\n2) two words\npick: <two words>\n1) a\npick: \n1\n", 0},
    {"bash",
     "(select x in alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu; do echo "
     "\"$REPLY:$x\"; [ $REPLY = 13 ] && break; done) 2>&1 <<< $'\\n2\\n 4 \\nfoo\\n13'",
     "1) alpha      4) delta\t   7) eta      10) kappa    13) nu\n2) beta\t      5) epsilon   8) "
     "theta    11) lambda\n3) gamma      6) zeta\t   9) iota     12) mu\n#? 1) alpha      4) "
     "delta\t   7) eta      10) kappa    13) nu\n2) beta\t      5) epsilon   8) theta    11) "
     "lambda\n3) gamma      6) zeta\t   9) iota     12) mu\n#? 2:beta\n#?  4 :delta\n#? foo:\n#? "
     "13:nu\n",
     0},
    {"bash",
     "set -- p q; select v; do echo \"$v\"; break; done 2>/dev/null <<< 1; select v in; do echo "
     "no; done; echo $?",
     "p\n0\n", 0},
    {"bash",
     "COLUMNS=20; select x in one two three four five six; do break; done 2>&1 <<< 1; echo \"$x\"",
     "1) one\t  4) four\n2) two\t  5) five\n3) three  6) six\n#? one\n", 0},
    {"bash",
     "select x in a b; do case $x in a) echo A; continue;; b) echo B; break;; *) echo bad;; esac; "
     "done 2>/dev/null <<< $'1\\n7\\n2\\n1'; echo \"$? $REPLY\"",
     "A\nbad\nB\n0 2\n", 0},
    {"bash",
     "f() { select x in $(echo a b); do echo \"in $x\"; return 3; done; }; f 2>/dev/null <<< 2; "
     "echo $?",
     "in b\n3\n", 0},
    {"bash",
     "printf '1\\n2\\n' | while select x in a b; do echo $x; done 2>/dev/null; do echo loop; "
     "break; done; echo \"REPLY=[$REPLY]\"",
     "a\nb\n\nREPLY=[]\n", 0},
};

SNIPPETS(snippets_select, choices)
