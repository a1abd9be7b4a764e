/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_getopt.c - getopt.
 */
#include "tests/support/snippet.h"

static const struct snippet sorted[] = {
    {"dash busybox",
     "getopt ab:c:: -a -b x -c y z; getopt -o ab: -- -a -b 'x y' z; getopt -o ab: --long "
     "foo,bar:,baz:: -- --foo --bar=1 -a --baz --baz=2 arg; echo $?; getopt -T; echo $?",
     " -a -b x -c  -- y z\n -a -b 'x y' -- 'z'\n --foo --bar '1' -a --baz '' --baz '2' -- "
     "'arg'\n0\n4\n",
     0},
    {"dash busybox",
     "getopt -o ab -- x -a y -b; getopt -o +ab -- x -a y -b; getopt -o -ab -- x -a y -b; getopt -u "
     "-o ab: -- -a -b \"x y\" z; getopt -Q -o a -- -a; echo $?; getopt -o a -l foo -a -- -foo; "
     "getopt -o '' -l foobar -- --foo",
     " -a -b -- 'x' 'y'\n -- 'x' '-a' 'y' '-b'\n 'x' -a 'y' -b --\n -a -b x y -- z\n0\n --foo --\n "
     "--foobar --\n",
     0},
    {"dash busybox",
     "getopt -o a -- \"it's\" -a; getopt -l foo,bar: -- 'ab' --foo -a --bar x; getopt -o h --long "
     "help,verbose -- -h --verb; getopt -o a: -- -afoo -- -a; getopt -o a -- -- -a; getopt -o ab: "
     "-- -ab1 -a; getopt -o a -- - '' x",
     " -a -- 'it'\\''s'\n --foo -a --bar 'x' --\n -h --verbose --\n -a 'foo' -- '-a'\n -- '-a'\n "
     "-a -b '1' -a --\n -- '-' '' 'x'\n",
     0},
    {"dash busybox",
     "set -- -v --name 'a b' file; o=$(getopt -o vn: -l verbose,name: -- \"$@\") || exit 1; eval "
     "set -- \"$o\"; while true; do case \"$1\" in -v|--verbose) echo v; shift;; -n|--name) echo "
     "\"n=$2\"; shift 2;; --) shift; break;; esac; done; echo \"rest: $*\"",
     "v\nn=a b\nrest: file\n", 0},
    {"dash busybox",
     "getopt ab -b x -a; getopt -o a -l 'one two' -l three: -- --two --three 3; getopt -a -l foo "
     "-o f -- -f; POSIXLY_CORRECT=1 getopt -o a -- x -a",
     " -b -a -- x\n --two --three '3' --\n -f --\n -- 'x' '-a'\n", 0},
};

static const struct snippet wrong[] = {
    {"dash",
     "getopt -o a -- -x 2>&1; echo $?; getopt -o a: -- -a 2>&1; echo $?; getopt -n prog -o a -l "
     "foo -- --bar 2>&1; echo $?; getopt -q -o a -- -x; echo $?; getopt -o '' -l foo,fob -- --fo "
     "2>&1; echo $?",
     "getopt: invalid option -- 'x'\n --\n1\ngetopt: option requires an argument -- 'a'\n "
     "--\n1\nprog: unrecognized option '--bar'\n --\n1\n --\n1\ngetopt: option '--fo' is "
     "ambiguous; possibilities: '--foo' '--fob'\n --\n1\n",
     0},
    {"busybox",
     "getopt -o a -- -x 2>&1; echo $?; getopt -o a: -- -a 2>&1; echo $?; getopt -n prog -o a -l "
     "foo -- --bar 2>&1; echo $?; getopt -q -o a -- -x; echo $?; getopt -o '' -l foo,fob -- --fo "
     "2>&1; echo $?",
     "getopt: invalid option -- 'x'\n --\n1\ngetopt: option requires an argument -- 'a'\n "
     "--\n1\nprog: unrecognized option '--bar'\n --\n1\n --\n1\n --foo --\n0\n",
     0},
    {"dash busybox",
     "getopt -o a --long foo --name x -- --foo=1 2>&1; echo $?; getopt -o a --long bar: -- --bar "
     "2>&1; echo $?; getopt -Q -o a -- -x 2>&1; echo $?; getopt a -x 2>&1; echo $?; getopt -o ab "
     "-- -axb 2>&1; getopt -a -l foo -o f -- -bar 2>&1",
     "x: option '--foo' doesn't allow an argument\n --\n1\ngetopt: option '--bar' requires an "
     "argument\n --\n1\ngetopt: invalid option -- 'x'\n1\ngetopt: invalid option -- 'x'\n "
     "--\n1\ngetopt: invalid option -- 'x'\n -a -b --\ngetopt: unrecognized option '-bar'\n --\n",
     1},
    {"dash", "getopt 2>&1; echo $?; getopt -q -- 2>&1; echo $?",
     "getopt: missing optstring argument\nTry 'getopt --help' for more information.\n2\ngetopt: "
     "missing optstring argument\nTry 'getopt --help' for more information.\n2\n",
     0},
};

SNIPPETS(snippets_getopt, sorted)
SNIPPETS(snippets_getopt, wrong)
