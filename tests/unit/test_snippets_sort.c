/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_sort.c - sort: its keys, the kinds of order, and what it does besides. */
#include "tests/support/snippet.h"

static const struct snippet keys[] = {
    {"dash busybox", "printf 'b 1\\na 2\\nc 0\\n' | sort -k2", "c 0\nb 1\na 2\n", 0},
    {"dash busybox", "printf 'a 10\\nb 9\\nc 2\\n' | sort -k2,2n", "c 2\nb 9\na 10\n", 0},
    {"dash busybox", "printf 'a 10\\nb 9\\nc 2\\n' | sort -k 2nr,2", "a 10\nb 9\nc 2\n", 0},
    {"dash busybox", "printf 'x 1 b\\ny 1 a\\nz 0 c\\n' | sort -k2,2 -k3,3",
     "z 0 c\ny 1 a\nx 1 b\n", 0},
    {"dash busybox", "printf 'x 1 b\\ny 1 a\\nz 0 c\\n' | sort -k2,2n -k3,3r",
     "z 0 c\nx 1 b\ny 1 a\n", 0},
    {"dash busybox", "printf 'b 1 z\\na 1 y\\n' | sort -s -k2,2", "b 1 z\na 1 y\n", 0},
    {"dash busybox", "printf 'b 1\\na 1\\n' | sort -k2,2", "a 1\nb 1\n", 0},
    {"dash busybox", "printf 'a 1\\nb 1\\n' | sort -r -k2,2n", "b 1\na 1\n", 0},
    {"dash busybox", "printf 'a 1\\nb 2\\n' | sort -r -k2,2n", "a 1\nb 2\n", 0},
    {"dash busybox", "printf 'a 1\\nb 2\\n' | sort -nr -k2,2", "b 2\na 1\n", 0},
    {"dash busybox", "printf 'a 1\\nb 1\\n' | sort -k2,2nr", "a 1\nb 1\n", 0},
    {"dash busybox", "printf 'u:x:30\\nv:x:4\\nw:x:100\\n' | sort -t: -k3n",
     "v:x:4\nu:x:30\nw:x:100\n", 0},
    {"dash busybox", "printf 'a::3\\nb:2:1\\nc:1:2\\n' | sort -t : -k2,2 -k3,3",
     "a::3\nc:1:2\nb:2:1\n", 0},
    {"dash busybox", "printf 'xb1\\nxa2\\nyc0\\n' | sort -k1.3", "yc0\nxb1\nxa2\n", 0},
    {"dash", "printf 'a-3\\nb-1\\nc-2\\n' | sort -t- -k2.1,2.1n", "b-1\nc-2\na-3\n", 0},
    {"busybox", "printf 'a-3\\nb-1\\nc-2\\n' | sort -t- -k2.1,2.1n", "a-3\nb-1\nc-2\n", 0},
    {"busybox", "printf 'a-3\\nb-1\\nc-2\\n' | sort -t- -k2.1,2.3n", "b-1\nc-2\na-3\n", 0},
    {"dash", "printf 'a 23\\nb 14\\n' | sort -s -k2.2b,2.2b", "a 23\nb 14\n", 0},
    {"dash busybox", "printf 'b  :2\\nb :1\\n' | sort -t: -s -k1,1", "b :1\nb  :2\n", 0},
    {"busybox", "printf 'b  :2\\nb :3\\nb:1\\n' | sort -t: -s -k1,1b", "b  :2\nb :3\nb:1\n", 0},
    {"dash", "printf 'b  :2\\nb :3\\nb:1\\n' | sort -t: -s -k1,1b", "b:1\nb :3\nb  :2\n", 0},
    {"dash busybox", "printf 'x12z\\ny11a\\nz19b\\n' | sort -s -k1.2,1.2", "x12z\ny11a\nz19b\n", 0},
    {"dash busybox", "printf '2024-03-01 b\\n2023-12-09 a\\n2024-01-05 c\\n' | sort -k1.6,1.7n",
     "2024-01-05 c\n2024-03-01 b\n2023-12-09 a\n", 0},
    {"dash busybox", "printf 'a   z\\nb  y\\nc x\\n' | sort -k2", "a   z\nb  y\nc x\n", 0},
    {"dash busybox", "printf 'a   z\\nb  y\\nc x\\n' | sort -k2b", "c x\nb  y\na   z\n", 0},
    {"dash busybox", "printf 'a   z\\nb  y\\nc x\\n' | sort -b -k2", "c x\nb  y\na   z\n", 0},
    {"dash busybox", "printf 'a   z2\\nb  z1\\n' | sort -k2.2b", "b  z1\na   z2\n", 0},
    {"dash busybox", "printf 'k B\\nk a\\nk C\\n' | sort -k2f", "k a\nk B\nk C\n", 0},
    {"dash busybox", "printf 'b\\na x\\n' | sort -k2", "b\na x\n", 0},
    {"dash busybox", "printf 'b\\nb\\na\\n' | sort -k9", "a\nb\nb\n", 0},
    {"dash busybox", "printf 'a 1 x\\nb 1 y\\nc 2 z\\n' | sort -u -k2,2", "a 1 x\nc 2 z\n", 0},
    {"dash", "printf 'a 2\\nb 1\\n' | sort --key=2,2n --reverse", "b 1\na 2\n", 0},
};

static const struct snippet orders[] = {
    {"dash busybox", "printf '10\\n9\\n-1\\n0.5\\nx\\n' | sort -n", "-1\nx\n0.5\n9\n10\n", 0},
    {"dash busybox", "printf '1.10\\n1.9\\n1.09\\n' | sort -n", "1.09\n1.10\n1.9\n", 0},
    {"dash", "printf '1e3\\n5\\n' | sort -n", "1e3\n5\n", 0},
    {"busybox", "printf '1e3\\n5\\n' | sort -n", "5\n1e3\n", 0},
    {"dash", "printf '99999999999999999999\\n99999999999999999998\\n' | sort -n -s",
     "99999999999999999998\n99999999999999999999\n", 0},
    {"dash busybox", "printf '1e3\\n5\\nx\\n-2e1\\n' | sort -g", "x\n-2e1\n5\n1e3\n", 0},
    {"dash", "printf '1G\\n900M\\n2K\\n512\\n0\\n-1K\\n' | sort -h", "-1K\n0\n512\n2K\n900M\n1G\n",
     0},
    {"dash", "printf 'b 1.5M\\na 20K\\nc 3\\n' | sort -k2hr", "b 1.5M\na 20K\nc 3\n", 0},
    {"dash busybox", "printf 'Mar\\njan\\nDEC\\nfoo\\n' | sort -M", "foo\njan\nMar\nDEC\n", 0},
    {"dash busybox", "printf 'v1.10\\nv1.9\\nv1.2\\n' | sort -V", "v1.2\nv1.9\nv1.10\n", 0},
    {"dash", "printf 'a-1.10.tgz\\na-1.2.tgz\\na-1.2~rc1.tgz\\n.b\\n' | sort -V",
     ".b\na-1.2~rc1.tgz\na-1.2.tgz\na-1.10.tgz\n", 0},
    {"dash busybox", "printf 'b\\nA\\na\\nB\\n' | sort -f", "A\na\nB\nb\n", 0},
    {"dash busybox", "printf 'b\\nA\\na\\nB\\n' | sort -fr", "b\nB\na\nA\n", 0},
    {"dash", "printf 'b\\nA\\na\\nB\\n' | sort -fu", "A\nb\n", 0},
    {"busybox", "printf 'b\\nA\\na\\nB\\n' | sort -fu", "A\nB\n", 0},
    {"busybox", "printf 'b\\nA\\na\\nB\\n' | sort -fur", "b\na\n", 0},
    {"busybox", "printf 'b\\nA\\na\\nB\\n' | sort -fus", "A\na\nb\nB\n", 0},
    {"busybox", "printf 'b\\na\\na\\nb\\n' | sort -us", "a\na\nb\nb\n", 0},
    {"dash", "printf 'b\\na\\na\\nb\\n' | sort -us", "a\nb\n", 0},
    {"busybox", "printf '2 b\\n1 c\\n2 a\\n' | sort -us -k1,1n", "1 c\n2 b\n2 a\n", 0},
    {"busybox", "echo 1G | sort -h", "", 2},
    {"busybox", "echo 1G | sort -k1h", "", 2},
    {"busybox", "printf 'a1\\na01\\na001\\nb10\\nb9\\n' | sort -V", "a001\na01\na1\nb9\nb10\n", 0},
    {"dash", "printf 'a1\\na01\\na001\\nb10\\nb9\\n' | sort -V", "a001\na01\na1\nb9\nb10\n", 0},
    {"dash busybox", "printf 'a-c\\nab\\n' | sort -d", "ab\na-c\n", 0},
    {"dash busybox", "printf 'a\\001c\\nab\\n' | sort -i", "ab\na\001c\n", 0},
    {"dash busybox", "printf ' b\\na\\n' | sort; printf ' b\\na\\n' | sort -b", " b\na\na\n b\n",
     0},
    {"dash busybox", "printf '01\\n1\\n2\\n' | sort -nu", "01\n2\n", 0},
};

static const struct snippet besides[] = {
    {"dash busybox", "printf 'b\\na\\n' >f; sort -o f f; cat f", "a\nb\n", 0},
    {"dash busybox", "printf '1\\n2\\n' | sort -rno g; cat g", "2\n1\n", 0},
    {"dash busybox", "printf 'a\\nb\\n' | sort -c", "", 0},
    {"dash", "printf 'a\\nc\\nb\\n' | sort -c 2>&1", "sort: -:3: disorder: b\n", 1},
    {"busybox", "printf 'a\\nc\\nb\\n' | sort -c 2>&1", "Check line 2\n", 1},
    {"dash busybox", "printf 'a\\na\\n' | sort -cu", "", 1},
    {"dash busybox", "printf '1 9\\n2 10\\n' | sort -c -k2,2n", "", 0},
    {"dash busybox", "printf 'a\\n' >f; sort f missing", "", 2},
    {"dash busybox", "echo a | sort -k2x", "", 2},
    {"dash busybox", "echo a | sort -t ab", "", 2},
    {"dash", "echo a | sort -k0", "", 2},
    {"dash", "echo a | sort -nd", "", 2},
    {"dash", "echo a | sort -nV", "", 2},
    {"dash busybox", "printf 'b\\na\\n' >f; printf 'c\\na\\n' >g; sort f g", "a\na\nb\nc\n", 0},
    {"dash busybox", "printf '' | sort -u", "", 0},
    {"dash busybox", "printf 'a\\n' | sort -o no/where", "", 2},
    {"dash busybox", "printf 'b\\na' >f; printf 'c' | sort f -", "a\nb\nc\n", 0},
};

SNIPPETS(snippets_sort, keys)
SNIPPETS(snippets_sort, orders)
SNIPPETS(snippets_sort, besides)

/* The real ones have it. */
Test(snippets_sort, lines_that_end_in_a_nul_are_refused_by_name)
{
    static const struct snippet rows[] = {
        {"dash busybox", "printf 'b\\0a\\0' | sort -z 2>&1", "sort: -z is not simulated\n", 2},
    };

    snippets_here(rows, RX_ARRAY_LEN(rows));
}
