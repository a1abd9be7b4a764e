/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_cut.c - cut.
 */
#include "tests/support/snippet.h"

static const struct snippet taken[] = {
    {"dash busybox",
     "echo a:b:c | cut -d: -f2; echo a:b:c | cut -d: -f 1,3; echo a:b:c | cut -d: -f3,1; echo "
     "a:b:c | cut -d: -f2-; echo a:b:c | cut -d: -f-2; echo abcdef | cut -c2-4,6; echo abc | cut "
     "-b1; echo nod | cut -d: -f2; echo nod | cut -sd: -f2; echo a b c | cut -d' ' -f2",
     "b\na:c\na:c\nb:c\na:b\nbcdf\na\nnod\nb\n", 0},
    {"dash busybox",
     "printf 'a:b\\nc:d' | cut -d: -f2; echo abc | cut -c 4-; echo a:b:c | cut -d : -f 5; printf "
     "'a\\tb\\n' | cut -f2; echo abcdef | cut -c -2,5-; printf 'a\\n' > x; cut -c1 x nope x 2>&1; "
     "echo $?; echo a: | cut -d: -f2",
     "b\nd\n\n\nb\nabef\na\ncut: nope: No such file or directory\na\n1\n\n", 0},
    {"dash",
     "echo a:b:c | cut -d: -f1,2 --output-delimiter=,; echo abcdef | cut -c1-2,4-5 "
     "--output-delimiter=:; echo a:b:c | cut --complement -d: -f2; echo abc | cut --complement "
     "-c2; echo a:b | cut --delimiter=: --fields=1 --only-delimited; echo 'a b' | cut -d' ' -f '1 "
     "2'; echo a:b | cut -d: -f1,1-2,2; echo a:b:c:d | cut -d: --complement -f 2-3 "
     "--output-delimiter=' - '; echo abcdef | cut -c2-3,3-4,6 --output-delimiter=.",
     "a,b\nab:de\na:c\nac\na\na b\na:b\na - d\nbcd.f\n", 0},
};

static const struct snippet wrong[] = {
    {"dash",
     "echo a | cut 2>&1; echo $?; echo a | cut -f x 2>&1; echo $?; echo a | cut -f 0 2>&1; echo "
     "$?; echo a | cut -f 3-1 2>&1; echo $?; echo a | cut -c - 2>&1; echo $?; echo a | cut -f1 -c1 "
     "2>&1; echo $?; echo a | cut -d :: -f1 2>&1; echo $?",
     "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more "
     "information.\n1\ncut: invalid field value 'x'\nTry 'cut --help' for more "
     "information.\n1\ncut: fields are numbered from 1\nTry 'cut --help' for more "
     "information.\n1\ncut: invalid decreasing range\nTry 'cut --help' for more "
     "information.\n1\ncut: invalid range with no endpoint: -\nTry 'cut --help' for more "
     "information.\n1\ncut: only one list may be specified\nTry 'cut --help' for more "
     "information.\n1\ncut: the delimiter must be a single character\nTry 'cut --help' for more "
     "information.\n1\n",
     0},
    {"dash",
     "echo a | cut -d '' -f1 2>&1; echo $?; echo a | cut -c1 -d: 2>&1; echo $?; echo a | cut -sc1 "
     "2>&1; echo $?; echo a | cut -f 1,,2 2>&1; echo $?; cut -f1 nope 2>&1; echo $?; echo a | cut "
     "-f '' 2>&1; echo $?; echo a | cut -f 99999999999999999999 2>&1; echo a | cut -f 1.5 2>&1; "
     "echo a | cut -b x 2>&1; echo a | cut -f1 -f2 2>&1; echo a | cut -c 0-2 2>&1; echo a | cut -c "
     "-0 2>&1",
     "a\n0\ncut: an input delimiter may be specified only when operating on fields\nTry 'cut "
     "--help' for more information.\n1\ncut: suppressing non-delimited lines makes sense\n\tonly "
     "when operating on fields\nTry 'cut --help' for more information.\n1\ncut: fields are "
     "numbered from 1\nTry 'cut --help' for more information.\n1\ncut: nope: No such file or "
     "directory\n1\ncut: fields are numbered from 1\nTry 'cut --help' for more "
     "information.\n1\ncut: field number '99999999999999999999' is too large\nTry 'cut --help' for "
     "more information.\ncut: invalid field value '.5'\nTry 'cut --help' for more "
     "information.\ncut: invalid byte/character position 'x'\nTry 'cut --help' for more "
     "information.\ncut: only one list may be specified\nTry 'cut --help' for more "
     "information.\ncut: byte/character positions are numbered from 1\nTry 'cut --help' for more "
     "information.\ncut: invalid decreasing range\nTry 'cut --help' for more information.\n",
     1},
    {"busybox",
     "echo a | cut 2>&1; echo $?; echo a | cut -f x 2>&1; echo $?; echo a | cut -f 3-1 2>&1; echo "
     "$?; echo a | cut -f 1,,2 2>&1; echo $?; echo a | cut -c1 -d: 2>&1; echo $?; echo a | cut "
     "-sc1 2>&1; echo $?; echo a::b | cut -d :: -f1 2>&1; echo $?; echo 'a b' | cut -d' ' -f '1 2' "
     "2>&1; cut -f1 nope 2>&1; echo $?; echo a | cut -f '' 2>&1; echo a | cut -f 1.5 2>&1",
     "cut: expected a list of bytes, characters, or fields\n1\ncut: invalid number 'x'\n1\ncut: "
     "1<2\n1\na\n0\ncut: a delimiter may be specified only when operating on fields\n1\ncut: "
     "suppressing non-delimited lines makes sense only when operating on fields\n1\na\n0\ncut: "
     "invalid number '1 2'\ncut: nope: No such file or directory\n1\ncut: missing list of "
     "positions\ncut: invalid number '1.5'\n",
     1},
};

SNIPPETS(snippets_cut, taken)
SNIPPETS(snippets_cut, wrong)
