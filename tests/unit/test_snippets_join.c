/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_join.c - join.
 */
#include "tests/support/snippet.h"

static const struct snippet fields[] = {
    {"dash",
     "printf '1 a\\n2 b\\n3 c\\n' > x; printf '1 A\\n3 C\\n4 D\\n' > y; join x y; join -a1 x y; "
     "join -a 2 x y; join -v1 x y; join -v 2 x y; join -o 1.2,2.2 x y; join -a1 -a2 -e - -o "
     "0,1.2,2.2 x y",
     "1 a A\n3 c C\n1 a A\n2 b\n3 c C\n1 a A\n3 c C\n4 D\n2 b\n4 D\na A\nc C\n1 a A\n2 b -\n3 c "
     "C\n4 - D\n",
     0},
    {"dash",
     "printf '1 a\\n2 b\\n3 c\\n' > x; printf '1 A\\n3 C\\n4 D\\n' > y; join -a1 -e NULL -o auto x "
     "y; join -a1 -e N x y; join -a1 -a2 -o auto x y; join -v1 -v2 x y; join -a 2 -o 2.1,1.1 x y",
     "1 a A\n2 b NULL\n3 c C\n1 a A\n2 b\n3 c C\n1 a A\n2 b \n3 c C\n4  D\n2 b\n4 D\n1 1\n3 3\n4 "
     "\n",
     0},
    {"dash",
     "printf 'a,1\\nb,2\\n' > x; printf '1,x\\n2,y\\n' > y; join -t, -1 2 -2 1 x y; join -t , -j 1 "
     "x x; printf 'A,z\\n' > z; join -t, -i x z; join -t, x z; cat x | join -t, - x",
     "1,a,x\n2,b,y\na,1,1\nb,2,2\na,1,z\na,1,1\nb,2,2\n", 0},
    {"dash",
     "printf 'a 1\\na 2\\n' > x; printf 'a 3\\na 4\\n' > y; join x y; printf 'k  v   w\\n' > z; "
     "printf ' k b\\n' > w; join z w; join -t ' ' z w; join -1 9 z w; join -o '1.1 1.3' z w; join "
     "-o 1.9 z w; join --header z z",
     "a 1 3\na 1 4\na 2 3\na 2 4\nk v w b\nk w\n\nk v w v w\n", 0},
    {"dash",
     "printf 'id n\\n2 a\\n' > x; printf 'id m\\n2 b\\n3 c\\n' > y; join --header x y; join "
     "--header -a2 x y; join x /dev/null; join -a1 x /dev/null; join -v2 /dev/null y",
     "id n m\n2 a b\nid n m\n2 a b\n3 c\nid n\n2 a\nid m\n2 b\n3 c\n", 0},
    {"bash", "join <(printf '1 a\\n2 b\\n') <(printf '2 c\\n')", "2 b c\n", 0},
};

static const struct snippet wrong[] = {
    {"dash",
     "printf 'b 1\\na 2\\n' > u; join u u; echo $?; join --nocheck-order u u; echo 'a 1' | join - "
     "u 2>&1; echo $?; join --check-order u u 2>&1; echo $?",
     "b 1 1\na 2 2\n0\nb 1 1\na 2 2\njoin: u:2: is not sorted: a 2\njoin: input is not in sorted "
     "order\n1\njoin: u:2: is not sorted: a 2\n1\n",
     0},
    {"dash",
     "join nope x 2>&1; echo $?; join x 2>&1; echo $?; join 2>&1; echo $?; join a b c 2>&1; echo "
     "$?; join -1 x a b 2>&1; echo $?; join -o x a b 2>&1; echo $?; join -a 3 a b 2>&1; echo $?; "
     "join -t ab a b 2>&1; echo $?; join -o 0.1 a b 2>&1",
     "join: nope: No such file or directory\n1\njoin: missing operand after 'x'\nTry 'join --help' "
     "for more information.\n1\njoin: missing operand\nTry 'join --help' for more "
     "information.\n1\njoin: extra operand 'c'\nTry 'join --help' for more information.\n1\njoin: "
     "invalid field number: 'x'\n1\njoin: invalid file number in field spec: 'x'\n1\njoin: invalid "
     "field number: '3'\n1\njoin: multi-character tab 'ab'\n1\njoin: invalid field specifier: "
     "'0.1'\n",
     1},
};

SNIPPETS(snippets_join, fields)
SNIPPETS(snippets_join, wrong)
