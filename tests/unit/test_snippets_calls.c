/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_calls.c - who called what, and what functions put back: FUNCNAME and its like,
 * caller, local -, the RETURN trap.
 */
#include "tests/support/snippet.h"

static const struct snippet stack[] = {
    {"bash",
     "f() { echo \"${FUNCNAME[@]} ${BASH_LINENO[@]}\"; g; }; g() { echo \"${FUNCNAME[@]} "
     "${BASH_LINENO[@]} ${#FUNCNAME[@]}\"; }\nf",
     "f 2\ng f 1 2 2\n", 0},
    {"bash",
     "f() { echo \"${BASH_SOURCE[@]}\" \"${#BASH_SOURCE[@]}\"; }; f; echo \"[${BASH_SOURCE[0]}]\" "
     "\"[${BASH_SOURCE}]\" \"${#BASH_SOURCE[@]}\"",
     "environment 1\n[] [] 0\n", 0},
    {"bash",
     "printf 'echo \"${BASH_SOURCE[0]} ${BASH_SOURCE[1]}\"; f() { echo \"${BASH_SOURCE[0]} "
     "${FUNCNAME[*]} ${BASH_LINENO[*]}\"; }; f\\necho \"${FUNCNAME[0]} ${#FUNCNAME[@]} "
     "${BASH_LINENO[0]} ${#BASH_SOURCE[@]}\"\\n' > s.sh; . ./s.sh; bash ./s.sh",
     "./s.sh \n./s.sh f source 1 1\n 0 1 1\n./s.sh \n./s.sh f main 1 0\n 0 0 1\n", 0},
    {"bash", "f() { caller; caller 0; caller 1; }; f", "1 NULL\n", 1},
    {"bash",
     "printf 'f() {\\n  caller; caller 0; caller 1; echo $?\\n}\\ng() {\\n  f\\n}\\ng\\n' > s.sh; "
     "bash s.sh; . ./s.sh",
     "5 s.sh\n5 g s.sh\n7 main s.sh\n0\n5 ./s.sh\n5 g ./s.sh\n7 source ./s.sh\n0\n", 0},
    {"bash",
     "printf '_is_sourced() {\\n  [ \"${#FUNCNAME[@]}\" -ge 2 ] && [ \"${FUNCNAME[0]}\" = "
     "_is_sourced ] && [ \"${FUNCNAME[1]}\" = source ]\\n}\\nif _is_sourced; then echo sourced; "
     "else echo run; fi\\n[[ ${BASH_SOURCE[0]} == \"$0\" ]] && echo main\\n' > e.sh; bash e.sh; . "
     "./e.sh",
     "run\nmain\nsourced\n", 1},
    {"bash",
     "printf 'h() { echo \"${BASH_SOURCE[*]}|${FUNCNAME[*]}|${BASH_LINENO[*]}\"; eval \"echo "
     "\\\\${FUNCNAME[1]}\"; }\\n' > lib.sh; printf '. ./lib.sh\\ng() {\\n  h\\n}\\ng\\nh\\n' > "
     "m.sh; bash m.sh; echo \"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")\" && pwd | wc -l)\"",
     "./lib.sh m.sh m.sh|h g main|3 5 0\ng\n./lib.sh m.sh|h main|6 0\nmain\n1\n", 0},
    {"bash",
     "die() { echo \"${FUNCNAME[1]:-main}: line ${BASH_LINENO[0]}: $*\"; exit 3; }\nwork() {\n  "
     "die \"no\"\n}\nwork",
     "work: line 3: no\n", 3},
    {"bash",
     "trap 'echo \"ERR at ${BASH_LINENO[0]} ${FUNCNAME[0]:-main} $LINENO\"' ERR; set -E\nf() {\n  "
     "false\n}\nf\necho end",
     "ERR at 5 f 3\nERR at  main 5\nend\n", 0},
};

static const struct snippet returns[] = {
    {"bash", "trap 'echo ret' RETURN; f() { echo in; }; f; . /dev/null; echo end", "in\nret\nend\n",
     0},
    {"bash", "f() { trap 'echo ret $?' RETURN; echo in; return 3; }; f; echo $?; g() { :; }; g",
     "in\nret 0\n3\n", 0},
    {"bash", "f() { trap 'echo ret $?' RETURN; false; }; f; echo $?; g() { return 4; }; g; echo $?",
     "ret 1\n1\n4\n", 0},
    {"bash",
     "f() { local tmp=file; trap 'echo \"rm $tmp\"; trap - RETURN' RETURN; echo work; if true; "
     "then for i in 1 2; do return 5; done; fi; }; f; echo $?; f | cat",
     "work\nrm file\n5\nwork\nrm file\n", 0},
    {"bash",
     "set -T; trap 'echo \"ret ${FUNCNAME[0]}\"' RETURN; f() { g; }; g() { echo g; return; }; f; . "
     "/dev/null; set +T; f",
     "g\nret g\nret f\nret \ng\n", 0},
    {"bash",
     "printf 'echo s; return 7; echo no\\n' > s.sh; trap 'echo ret' RETURN; . ./s.sh; echo $?; "
     "trap -p RETURN; trap RETURN; . ./s.sh; trap '' RETURN; . ./s.sh; trap -p",
     "s\nret\n7\ntrap -- 'echo ret' RETURN\ns\ns\ntrap -- '' RETURN\n", 0},
    {"bash", "f() { trap 'echo out' RETURN; g; echo f; }; g() { echo g; }; f", "g\nf\nout\n", 0},
    {"bash",
     "kill -ERR $$ 2>/dev/null; echo $?; kill -l | grep -c ERR; kill -RETURN 1 2>/dev/null || echo "
     "bad",
     "1\n0\nbad\n", 0},
};

static const struct snippet options_back[] = {
    {"bash", "f() { local -; set -e; set -f; echo $-; }; set -u; f; echo $-; false; echo ok",
     "efhuBc\nhuBc\nok\n", 0},
    {"bash", "f() { local - x=3; set -x; set +x; echo $x; }; f", "3\n", 0},
    {"bash",
     "f() { local -; set -o pipefail; false | true; echo $?; g; }; g() { local -; set -u; }; f; "
     "false | true; echo $? $-",
     "1\n0 hBc\n", 0},
    {"bash", "set -e; echo $(false; echo no); echo end", "no\nend\n", 0},
    {"bash",
     "shopt -s inherit_errexit; set -e; echo $(false; echo no); echo end; shopt inherit_errexit",
     "\nend\ninherit_errexit\ton\n", 0},
    {"bash",
     "set -e; f() { false; echo still; }; x=$(f); echo \"[$x]\"; (false; echo sub) || echo caught",
     "[still]\nsub\n", 0},
    {"bash",
     "shopt -s xpg_echo; echo 'a\\tb'; shopt -u xpg_echo; echo 'a\\tb'; shopt -s xpg_echo; echo -E "
     "'a\\tb'",
     "a\tb\na\\tb\na\\tb\n", 0},
};

static const struct snippet everywhere[] = {
    {"dash busybox bash", "f() { local -; set -f; echo *; }; touch a; f; echo *", "*\na\n", 0},
    {"dash busybox bash",
     "f() { local -; set -f; }; f; case $- in *f*) echo on;; *) echo off;; esac", "off\n", 0},
    {"dash", "set -e; echo $(false; echo no); echo end", "\nend\n", 0},
    {"busybox bash", "set -e; echo $(false; echo no); echo end", "no\nend\n", 0},
    {"busybox", "echo -eE 'a\\tb'; echo -e -E 'a\\tb'", "a\tb\na\tb\n", 0},
    {"bash", "echo -eE 'a\\tb'; echo -Ee 'a\\tb'; echo -E -e 'a\\tb'", "a\\tb\na\tb\na\tb\n", 0},
};

SNIPPETS(snippets_calls, everywhere)
SNIPPETS(snippets_calls, stack)
SNIPPETS(snippets_calls, returns)
SNIPPETS(snippets_calls, options_back)
