/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_regex.c - of all matches that begin leftmost, the longest.
 */
#include "tests/support/snippet.h"

static const struct snippet longest[] = {
    {"bash", "[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab =~ ^(a*)*$ ]]; echo $?", "1\n", 0},
    {"bash", "[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab =~ ^(a|aa)+$ ]]; echo $?", "1\n", 0},
    {"bash", "echo aXbXc | grep -oE '[a-z](X[a-z])?(X)?'; echo abcabcd | grep -oE '(abc|abcd)+'",
     "aXbX\nc\nabcabcd\n", 0},
    {"bash", "echo \"foo=bar; baz=quux\" | sed -E 's/([a-z]+)=([a-z]+|[a-z]+;)/\\2:\\1/g'",
     "bar;:foo quux:baz\n", 0},
    {"bash", "echo 'aaa' | sed -E 's/(a|aa)(a|aa)?/<\\1,\\2>/'", "<a,aa>\n", 0},
    {"bash",
     "awk 'BEGIN{s=\"foobar foo\"; gsub(/foo|foobar/,\"X\",s); print s; "
     "match(\"xabcd\",/ab|abc|abcd/); print RSTART, RLENGTH}'",
     "X X\n2 4\n", 0},
    {"bash", "seq 1 30000 | grep -cE '(1|2)+3'", "3708\n", 0},
    {"bash", "echo ab12ab | sed 's/\\(a\\|ab\\)\\(12\\)*\\1/Z/'", "Z\n", 0},
    {"bash", "[[ \"\" =~ (a|)b? ]]; echo \"$?:${#BASH_REMATCH[@]}:${BASH_REMATCH[0]}\"", "0:2:\n",
     0},
    {"bash", "[[ abcd =~ (a|ab)(c|bcd)(d*) ]]; echo \"${BASH_REMATCH[@]}\" \"${#BASH_REMATCH[@]}\"",
     "abcd a bcd  4\n", 0},
    {"bash", "[[ foobar =~ foo|foobar ]]; echo \"$BASH_REMATCH\"", "foobar\n", 0},
    {"bash", "[[ xyxyz =~ (x|xy)*(z|yz)? ]]; echo \"${BASH_REMATCH[@]}\"", "xyxyz x yz\n", 0},
    {"bash", "echo foobarbaz | sed -E 's/foo|foobar/X/'; echo aab | sed -E 's/a*(ab)?/X/'",
     "Xbaz\nX\n", 0},
    {"bash", "expr foobar : '\\(foo\\|foobar\\)'; echo foobar | grep -oE 'foo|foobar'",
     "foobar\nfoobar\n", 0},
    {"bash", "echo 'ab' | sed -E 's/(a?)(ab)?/[\\1|\\2]/'", "[|ab]\n", 0},
    {"bash",
     "[[ 1.10.0-rc1 =~ ^([0-9]+)\\.([0-9]+)(\\.([0-9]+))?(-(alpha|rc|rc1))?$ ]] && echo "
     "\"${BASH_REMATCH[@]}\"",
     "1.10.0-rc1 1 10 .0 0 -rc1 rc1\n", 0},
    {"bash", "[[ ab =~ (a|ab)(b?) ]]; echo \"${BASH_REMATCH[1]}|${BASH_REMATCH[2]}\"", "a|b\n", 0},
    {"bash",
     "[[ abab =~ (a|ab|aba)(b|ab)* ]]; echo "
     "\"${BASH_REMATCH[0]}|${BASH_REMATCH[1]}|${BASH_REMATCH[2]}\"",
     "abab|a|ab\n", 0},
};

SNIPPETS(snippets_regex, longest)
