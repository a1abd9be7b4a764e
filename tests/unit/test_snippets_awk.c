/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_awk.c - awk, against busybox's. */
#include "tests/support/snippet.h"

/* Programs as images' entrypoints and init containers have them. */
static const struct snippet everyday[] = {
    {"busybox", "echo 'a b c' | awk '{print $2}'", "b\n", 0},
    {"busybox", "echo 'a b c' | awk '{print $NF, NF}'", "c 3\n", 0},
    {"busybox", "printf 'a:b\\nc:d\\n' | awk -F: '{print $2 \"-\" $1}'", "b-a\nd-c\n", 0},
    {"busybox", "printf 'a:b\\n' | awk -F : -v x=1 '{print x, $2}'", "1 b\n", 0},
    {"busybox", "printf '1\\n2\\n3\\n' | awk '{s+=$1} END {print s}'", "6\n", 0},
    {"busybox", "printf '1\\n2\\n3\\n' | awk 'NR==2'", "2\n", 0},
    {"busybox", "printf 'x\\ny\\nz\\n' | awk 'END{print NR}'", "3\n", 0},
    {"busybox", "printf 'x 1\\ny 2\\n' | awk '/y/ {print $2}'", "2\n", 0},
    {"busybox", "printf 'x 1\\ny 2\\n' | awk '!/y/'", "x 1\n", 0},
    {"busybox", "printf 'x 1\\ny 2\\n' | awk '$1 == \"x\" {print $2; exit}'", "1\n", 0},
    {"busybox", "printf 'x 1\\ny 2\\n' | awk '$2 > 1'", "y 2\n", 0},
    {"busybox", "awk 'BEGIN {print \"hello\"}'", "hello\n", 0},
    {"busybox", "awk 'BEGIN {printf \"%s %d\\n\", \"a\", 3.9}'", "a 3\n", 0},
    {"busybox", "awk 'BEGIN {exit 3}'", "", 3},
    {"busybox", "awk 'BEGIN {exit} END {print \"end\"}'", "end\n", 0},
    {"busybox", "awk 'BEGIN {exit 2} END {exit}'", "", 2},
    {"busybox", "echo 5 | awk '{if ($1 > 3) print \"big\"; else print \"small\"}'", "big\n", 0},
    {"busybox", "X=7 awk 'BEGIN {print ENVIRON[\"X\"]}'", "7\n", 0},
    {"busybox", "echo 'k=v' | awk -F= '$1==\"k\"{print $2}'", "v\n", 0},
    {"busybox", "hostname=web-12; echo $hostname | awk -F- '{print $NF}'", "12\n", 0},
    {"busybox",
     "printf 'MemTotal: 16384 kB\\nMemFree: 1 kB\\n' | awk '/MemTotal/ {print int($2/1024)}'",
     "16\n", 0},
    {"busybox", "printf 'a,b,c\\n' | awk -F, '{$2=\"x\"; print}' OFS=,", "a,x,c\n", 0},
    {"busybox", "printf 'a b\\n' | awk -v OFS=, '{$1=$1; print}'", "a,b\n", 0},
    {"busybox", "printf 'a b\\n' | awk 'BEGIN{OFS=\"-\"} {print $1,$2}'", "a-b\n", 0},
    {"busybox",
     "printf 'b 1\\na 2\\nb 3\\n' | awk '{s[$1]+=$2} END {for (k in s) print k, s[k]}' | sort",
     "a 2\nb 4\n", 0},
    {"busybox", "printf 'x\\nx\\ny\\n' | awk '!seen[$0]++'", "x\ny\n", 0},
    {"busybox", "echo 'one two' >f; awk '{print FILENAME, $1}' f", "f one\n", 0},
    {"busybox", "echo 1 >f; echo 2 >g; awk '{print FILENAME, NR, FNR}' f g", "f 1 1\ng 2 1\n", 0},
    {"busybox", "echo 'print' >f; echo '{print $1}' >p; echo 'a b' | awk -f p", "a\n", 0},
    {"busybox", "awk '{print}' nosuch 2>/dev/null", "", 1},
    {"busybox", "echo 1 | awk '{print $1 + }' 2>/dev/null", "", 1},
    {"busybox", "echo a | awk -v n=$(echo 3) '{for(i=0;i<n;i++) printf \"%s\", $0; print \"\"}'",
     "aaa\n", 0},
    {"busybox",
     "printf '/dev/sda1 10 90%% /\\n' | awk '{gsub(\"%\",\"\",$3); if ($3+0 > 80) print $4}'",
     "/\n", 0},
    {"busybox", "echo 10.1.2.3 | awk -F. '{print $1\".\"$2\".\"$3\".0/24\"}'", "10.1.2.0/24\n", 0},
    {"busybox", "echo 'a  b' | awk '{print length($0), length}'", "4 4\n", 0},
    {"busybox", "printf 'a\\tb c\\n' | awk -F'\\t' '{print $2}'", "b c\n", 0},
    {"busybox", "printf 'a b\\n' | awk '{print $1$2}'", "ab\n", 0},
    {"busybox", "yes | awk 'NR>=3{exit} {print NR}'", "1\n2\n", 0},
};

static const struct snippet language[] = {
    {"busybox", "awk 'BEGIN {print 1+2*3, (1+2)*3, 7%3, -2*3, 1-2-3, 8/4/2}'", "7 9 1 -6 -4 1\n",
     0},
    {"busybox", "awk 'BEGIN {print 7/2, 1e3, 0.1+0.2, 100000000, 1/3}'",
     "3.5 1000 0.3 100000000 0.333333\n", 0},
    {"busybox", "awk 'BEGIN {print 1==1.0, \"a\"<\"b\", \"10\"<\"9\", 10<9, 2<10}'", "1 1 1 0 1\n",
     0},
    {"busybox", "echo '10 9' | awk '{print ($1 < $2), ($1\"\" < $2\"\")}'", "0 1\n", 0},
    {"busybox", "awk 'BEGIN {print (!0), (!1), (!x), (1&&0), (1||0)}'", "1 0 1 0 1\n", 0},
    {"busybox", "awk 'BEGIN {x=5; x+=2; x-=1; x*=3; x/=2; x%=5; print x}'", "4\n", 0},
    {"busybox", "awk 'BEGIN {i=1; print i++, i, ++i, i--, --i}'", "1 2 3 3 1\n", 0},
    {"busybox", "awk 'BEGIN {print 1 \" \" 2, 1 2}'", "1 2 12\n", 0},
    {"busybox", "awk 'BEGIN {print 1 - 1, 1 -1, 2 \" \" -1}'", "0 0 2-1\n", 0},
    {"busybox", "awk 'BEGIN {x = 1 > 0 ? \"y\" : \"n\"; print x}'", "y\n", 0},
    {"busybox", "awk 'BEGIN {print length(), length(\"abc\"), length(12)}'", "0 3 2\n", 0},
    {"busybox",
     "awk 'BEGIN {a[1]; a[\"x\"]; print length(a); delete a[1]; print length(a), (1 in a), (\"x\" "
     "in a)}'",
     "2\n1 0 1\n", 0},
    {"busybox",
     "awk 'BEGIN {a[1,2]=3; for (k in a) {split(k, p, SUBSEP); print p[1], p[2]}; print ((1,2) in "
     "a)}'",
     "1 2\n1\n", 0},
    {"busybox", "awk 'BEGIN {a[1]=1; delete a; print length(a)}'", "0\n", 0},
    {"busybox", "awk 'BEGIN {while (i<3) print i++; do print i--; while (i>1)}'", "0\n1\n2\n3\n2\n",
     0},
    {"busybox", "awk 'BEGIN {for (i=0;i<5;i++) {if (i==1) continue; if (i==3) break; print i}}'",
     "0\n2\n", 0},
    {"busybox", "awk 'BEGIN {for (;;) {if (++n > 2) break}; print n}'", "3\n", 0},
    {"busybox", "awk 'function f(n) {return n<2 ? 1 : n*f(n-1)} BEGIN {print f(5)}'", "120\n", 0},
    {"busybox", "awk 'function f(a) {a[1]=2} BEGIN {f(x); print x[1]}'", "2\n", 0},
    {"busybox", "awk 'function f(a, b) {b = a; a = 9; return b} BEGIN {x = 4; print f(x), x}'",
     "4 4\n", 0},
    {"busybox",
     "awk 'function f(a,  i) {for (i=0;i<2;i++) a[i]=i} BEGIN {i=7; f(q); print i, q[1]}'", "7 1\n",
     0},
    {"busybox", "printf 'a\\nb\\nc\\nd\\n' | awk '/b/,/c/'", "b\nc\n", 0},
    {"busybox", "printf 'a\\nb\\nc\\n' | awk 'NR==1,NR==2 {print \"x\" $0}'", "xa\nxb\n", 0},
    {"busybox", "printf '1\\n2\\n3\\n' | awk 'NR==1 {next} {print}'", "2\n3\n", 0},
    {"busybox", "printf 'a b c\\n' | awk '{$5=\"e\"; print; print NF}'", "a b c  e\n5\n", 0},
    {"busybox", "printf 'a b c\\n' | awk '{NF=2; print; $0=\"x y z w\"; print NF}'", "a b\n4\n", 0},
    {"busybox", "printf 'a b c\\n' | awk '{i=1; print $i, $(i+1), $i++ , i}'", "a b 0 1\n", 0},
    {"busybox", "printf 'a;b;c' | awk 'BEGIN{RS=\";\"} {print NR\":\"$0}'", "1:a\n2:b\n3:c\n", 0},
    {"busybox", "printf 'a\\nb\\n\\n\\nc\\nd\\n' | awk 'BEGIN{RS=\"\"} {print $1 \"-\" $2}'",
     "a-b\nc-d\n", 0},
    {"busybox", "printf 'a1b22c' | awk 'BEGIN{RS=\"[0-9]+\"} {print}'", "a\nb\nc\n", 0},
    {"busybox", "printf 'a1b22c\\n' | awk -F'[0-9]+' '{print $1,$2,$3}'", "a b c\n", 0},
    {"busybox", "printf 'a||b\\n' | awk -F'|' '{print $3, NF}'", "b 3\n", 0},
    {"busybox", "printf ' a b \\n' | awk '{print NF, $1}'", "2 a\n", 0},
    {"busybox", "awk 'BEGIN {ORS=\"|\"; print \"a\"; print \"b\"}'", "a|b|", 0},
    {"busybox", "awk 'BEGIN {print \"a\\tb\\\\c\\\"d\\/e\"}'", "a\tb\\c\"d/e\n", 0},
    {"busybox", "awk 'BEGIN { # comment\n x = 1; # more\n print x \\\n + 1 }'", "2\n", 0},
    {"busybox",
     "awk 'BEGIN {if (1) {print \"a\"} else {print \"b\"}\nif (0) print \"c\"\nelse print \"d\"}'",
     "a\nd\n", 0},
    {"busybox", "awk 'BEGIN {if (0) print 1; else if (0) print 2; else print 3}'", "3\n", 0},
    {"busybox", "awk 'BEGIN {print length(x), x+0, x \"\"}'", "0 0 \n", 0},
    {"busybox",
     "awk 'BEGIN {print (\"a\" ~ /A/), \"a\" ~ \"^a$\", \"a.b\" ~ /a\\.b/, \"axb\" ~ \"a\\\\.b\"}'",
     "0 1 1 0\n", 0},
    {"busybox",
     "printf 'a\\nb\\n' | awk '{print > \"out\"} END {close(\"out\"); while ((getline l < \"out\") "
     "> 0) print \"<\" l}'",
     "<a\n<b\n", 0},
    {"busybox", "printf 'a\\nb\\nc\\n' | awk 'NR==1{getline; print} NR==3{print \"last\", $0}'",
     "b\nlast c\n", 0},
    {"busybox", "printf 'a\\nb\\n' | awk 'NR==1{getline x; print $0, x}'", "a b\n", 0},
    {"busybox", "awk 'BEGIN {print (getline l < \"nosuch\")}'", "-1\n", 0},
    {"busybox", "echo old >f; awk 'BEGIN {print \"new\" >> \"f\"}'; cat f", "old\nnew\n", 0},
    {"busybox", "awk 'BEGIN {print \"e\" > \"/dev/stderr\"}' 2>&1", "e\n", 0},
    {"busybox", "awk 'BEGIN {print ARGC, ARGV[1]}' a b", "3 a\n", 0},
    {"busybox", "echo 1 >f; awk '{print v}' v=1 f v=2 f", "1\n2\n", 0},
    {"busybox",
     "awk 'BEGIN {CONVFMT=\"%.2g\"; a = 3.14159; b = a \"\"; print b; OFMT=\"%.3f\"; print a}'",
     "3.1\n3.142\n", 0},
    {"busybox",
     "awk 'BEGIN {print 1e6, 1000000 * 10, 2*4503599627370496 > \"o\"; close(\"o\"); getline < "
     "\"o\"; print $1, $2, $3}'",
     "1000000 10000000 9007199254740992\n", 0},
    {"busybox", "awk 'BEGIN {print -3 % 2, int(-3.7), int(\"3abc\")}'", "-1 -3 3\n", 0},
    {"busybox", "awk 'BEGIN {print 1/0}' 2>/dev/null", "", 1},
    {"busybox",
     "awk 'BEGIN {print substr(\"hello\", 2, 3), substr(\"hello\", 0, 2), substr(\"hello\", 4), "
     "substr(\"hello\", 9) \"|\"}'",
     "ell he lo |\n", 0},
    {"busybox",
     "awk 'BEGIN {print index(\"foobar\", \"bar\"), index(\"x\", \"y\"), toupper(\"aB\"), "
     "tolower(\"aB\")}'",
     "4 0 AB ab\n", 0},
    {"busybox",
     "awk 'BEGIN {n = split(\"a:b:c\", p, \":\"); print n, p[1], p[3]; print split(\"\", q), "
     "length(q)}'",
     "3 a c\n0 0\n", 0},
    {"busybox",
     "awk 'BEGIN {n = split(\" a  b \", p); print n, p[1], p[2]; print split(\"a1b2\", r, "
     "/[0-9]/), r[2]}'",
     "2 a b\n3 b\n", 0},
    {"busybox",
     "awk 'BEGIN {s=\"aaa\"; print gsub(/a/, \"b\", s), s; print sub(/b/, \"[&]\", s), s}'",
     "3 bbb\n1 [b]bb\n", 0},
    {"busybox", "awk 'BEGIN {s=\"abc\"; gsub(/x*/, \"-\", s); print s}'", "-a-b-c-\n", 0},
    {"busybox",
     "awk 'BEGIN {s=\"a.b.c\"; gsub(\"\\\\.\", \"/\", s); print s; gsub(/\\//, \"\\\\&\", s); "
     "print s}'",
     "a/b/c\na&b&c\n", 0},
    {"busybox", "echo 'foo bar' | awk '{sub(/o+/, \"0\"); print; gsub(/[a-z]/, \"x\", $2); print}'",
     "f0 bar\nf0 xxx\n", 0},
    {"busybox",
     "awk 'BEGIN {print match(\"foobar\", /o+/), RSTART, RLENGTH; print match(\"x\", /y/), RSTART, "
     "RLENGTH}'",
     "2 2 2\n0 0 -1\n", 0},
    {"busybox",
     "awk 'BEGIN {printf \"%5d|%-5d|%05d|%+d|%x|%X|%o\\n\", 42, 42, 42, 42, 255, 255, 8}'",
     "   42|42   |00042|+42|ff|FF|10\n", 0},
    {"busybox",
     "awk 'BEGIN {printf \"%.2f|%8.3f|%e|%g|%g\\n\", 3.14159, 2.5, 12345.678, 0.0001, 1e10}'",
     "3.14|   2.500|1.234568e+04|0.0001|1e+10\n", 0},
    {"busybox",
     "awk 'BEGIN {printf \"%s|%10s|%-10s|%.2s|%c|%c\\n\", \"abc\", \"abc\", \"abc\", \"abc\", "
     "\"xyz\", 65}'",
     "abc|       abc|abc       |ab|x|A\n", 0},
    {"busybox", "awk 'BEGIN {printf \"%d%%\\n\", 50}'", "50%\n", 0},
    {"busybox", "awk 'BEGIN {x = sprintf(\"%03d\", 7); print x}'", "007\n", 0},
    {"busybox", "awk 'BEGIN {srand(1); x = rand(); print (x >= 0 && x < 1)}'", "1\n", 0},
    {"busybox",
     "awk 'BEGIN {print and(12, 10), or(12, 10), xor(12, 10), lshift(1, 4), rshift(16, 2)}'",
     "8 14 6 16 4\n", 0},
    {"busybox", "awk 'BEGIN {print \"a\" > \"/dev/stdout\"}'", "a\n", 0},
    {"busybox", "awk 'BEGIN { while (\"x\" < \"y\" && n < 2) n++; print n }'", "2\n", 0},
    {"busybox", "awk 'BEGIN{a=\"x\"; b=a a; print b; print (1)(2); print 1 (2)}'", "xx\n12\n12\n",
     0},
    {"busybox", "awk 'BEGIN{printf(\"%s-%s\\n\", \"a\", \"b\"); print(\"c\", \"d\")}'",
     "a-b\nc d\n", 0},
    {"busybox", "awk 'BEGIN{$0=\"a b c\"; print NF; $2=\"\"; print; print NF}'", "3\na  c\n3\n", 0},
    {"busybox", "printf 'x\\n' | awk '{print NR==1 ? \"first\" : \"other\"}'", "first\n", 0},
    {"busybox", "printf 'a b\\nc d\\n' | awk '{a[NR]=$0} END {for (i=NR;i>0;i--) print a[i]}'",
     "c d\na b\n", 0},
};

/* Debian's busybox is built without mathematics; under dash it is Debian's awk. */
static const struct snippet mathematics[] = {
    {"dash", "awk 'BEGIN {print 2^10, -2^2, 2^-1, 2^3^2}'", "1024 -4 0.5 512\n", 0},
    {"dash", "awk 'BEGIN {x = 3; x ^= 2; print x}'", "9\n", 0},
    {"dash", "awk 'BEGIN {print sqrt(16), exp(0), log(1), int(sin(0)), cos(0), atan2(0,1)}'",
     "4 1 0 0 1 0\n", 0},
    {"dash", "awk 'BEGIN {print !\"\", !\"a\", 1==1.0, \"a\" < \"b\"}'", "1 0 1 1\n", 0},
    {"dash", "awk 'BEGIN {printf \"%*d|%-*d|\\n\", 5, 1, 3, 2}'", "    1|2  |\n", 0},
};

SNIPPETS(snippets_awk, mathematics)
SNIPPETS(snippets_awk, everyday)
SNIPPETS(snippets_awk, language)

/* What is not simulated is named, and nothing is done. */
static const struct snippet refused[] = {
    {"ours", "awk 'BEGIN {print \"x\"; system(\"ls\")}' 2>&1",
     "awk: cmd. line:1: system() is not simulated\n", 1},
    {"ours", "awk 'BEGIN {\"date\" | getline x}' 2>&1",
     "awk: cmd. line:1: pipes are not simulated\n", 1},
};

Test(snippets_awk, what_is_not_simulated_is_named)
{
    struct snippet rows[RX_ARRAY_LEN(refused)];

    for (size_t i = 0; i < RX_ARRAY_LEN(refused); i++) {
        rows[i] = refused[i];
        rows[i].shells = "busybox";
    }
    snippets_here(rows, RX_ARRAY_LEN(rows));
}
