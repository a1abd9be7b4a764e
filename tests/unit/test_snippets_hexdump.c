/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_hexdump.c - hexdump, hd.
 */
#include "tests/support/snippet.h"

static const struct snippet plain[] = {
    {"dash busybox",
     "printf 'abcdefghijklmnopq\\n' | hexdump; printf 'abcdefghijklmnopq\\n' | hexdump -C; printf "
     "'abc' | hexdump; printf 'abc' | hexdump -C; printf '' | hexdump -C",
     "0000000 6261 6463 6665 6867 6a69 6c6b 6e6d 706f\n0000010 0a71                                "
     "   \n0000012\n00000000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  "
     "|abcdefghijklmnop|\n00000010  71 0a                                             "
     "|q.|\n00000012\n0000000 6261 0063                              \n0000003\n00000000  61 62 63 "
     "                                         |abc|\n00000003\n",
     0},
    {"dash busybox",
     "printf 'abcdefghijklmnopq\\n' | hexdump -b; printf 'abcdefghijklmnopq\\n\\0' | hexdump -c; "
     "printf 'abcdefghijklmnopq\\n' | hexdump -d",
     "0000000 141 142 143 144 145 146 147 150 151 152 153 154 155 156 157 160\n0000010 161 012     "
     "                                                   \n0000012\n0000000   a   b   c   d   e   "
     "f   g   h   i   j   k   l   m   n   o   p\n0000010   q  \\n  \\0                             "
     "                       \n0000013\n0000000   25185   25699   26213   26727   27241   27755   "
     "28269   28783\n0000010   02673                                                        "
     "\n0000012\n",
     0},
    {"dash busybox",
     "printf 'abcdefghijklmnopq\\n' | hexdump -o; printf 'abcdefghijklmnopq\\n' | hexdump -x; "
     "printf 'a\\0\\r\\377\\200' | hexdump -c",
     "0000000  061141  062143  063145  064147  065151  066153  067155  070157\n0000010  005161     "
     "                                                   \n0000012\n0000000    6261    6463    "
     "6665    6867    6a69    6c6b    6e6d    706f\n0000010    0a71                                "
     "                        \n0000012\n0000000   a  \\0  \\r 377 200                             "
     "               \n0000005\n",
     0},
    {"dash busybox",
     "head -c 70 /dev/zero | hexdump -C; head -c 70 /dev/zero | hexdump -v; head -c 64 /dev/zero | "
     "hexdump",
     "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000040  "
     "00 00 00 00 00 00                                 |......|\n00000046\n0000000 0000 0000 0000 "
     "0000 0000 0000 0000 0000\n0000010 0000 0000 0000 0000 0000 0000 0000 0000\n0000020 0000 0000 "
     "0000 0000 0000 0000 0000 0000\n0000030 0000 0000 0000 0000 0000 0000 0000 0000\n0000040 0000 "
     "0000 0000                         \n0000046\n0000000 0000 0000 0000 0000 0000 0000 0000 "
     "0000\n*\n0000040\n",
     0},
    {"dash busybox",
     "printf 'abcdef' > f; hexdump -C f f; hexdump -n 2 -C f; hexdump -s 2 -n 3 -C f; hexdump -s "
     "100 -C f; echo $?; hexdump -Cv -n1 < f; hexdump -n 2 -s1 -x f",
     "00000000  61 62 63 64 65 66 61 62  63 64 65 66              "
     "|abcdefabcdef|\n0000000c\n00000000  61 62                                             "
     "|ab|\n00000002\n00000002  63 64 65                                          "
     "|cde|\n00000005\n00000006\n0\n00000000  61                                                "
     "|a|\n00000001\n0000001    6362                                                        "
     "\n0000003\n",
     0},
    {"dash busybox",
     "printf 'abcdefghijklmnopq\\n' | hexdump -bC; hexdump -n 4 /dev/zero; head -c 8 /dev/urandom "
     "| hexdump -C | wc -l",
     "0000000 141 142 143 144 145 146 147 150 151 152 153 154 155 156 157 160\n00000000  61 62 63 "
     "64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|\n0000010 161 012                 "
     "                                       \n00000010  71 0a                                     "
     "        |q.|\n00000012\n0000000 0000 0000                              \n0000004\n2\n",
     0},
    {"dash",
     "printf ab | hexdump --canonical; printf ab | hexdump -n 0x1 -C; printf abc | hd; hd -n 1 "
     "/dev/zero; printf abc | hexdump -s 1 -C 2>&1; echo $?",
     "00000000  61 62                                             |ab|\n00000002\n00000000  61     "
     "                                           |a|\n00000001\n00000000  61 62 63                 "
     "                         |abc|\n00000003\n00000000  00                                       "
     "         |.|\n00000001\nhexdump: stdin: Illegal seek\n1\n",
     0},
};

static const struct snippet formats[] = {
    {"dash busybox",
     "printf 'abcdef' | hexdump -ve '1/1 \"%.2x\"'; echo; printf 'abcdef' | hexdump -v -e '/1 "
     "\"%02X\"'; echo; printf 'abcdefgh' | hexdump -n 4 -e '4/4 \"%08X\" 1 \"\\n\"'; printf "
     "'abcdefgh' | hexdump -n 8 -e '\"%08x\"'; echo",
     "616263646566\n616263646566\n64636261                        \n6463626168676665\n", 0},
    {"dash busybox",
     "printf 'abcdef' | hexdump -e '16/1 \"%02x \" \"\\n\"'; printf 'abcdef' | hexdump -e '16/1 "
     "\"%02x|\"\"\\n\"'; printf 'abcd' | hexdump -e '\"%_ax \" 2/1 \"%02x \" \"\\n\"'; printf "
     "'abcdefgh' | hexdump -e '4/1 \"%u \" \"\\n\"'; printf 'abcd' | hexdump -e '1/4 \"%d\\n\"'",
     "61 62 63 64 65 66                              \n61|62|63|64|65|66|  |  |  |  |  |  |  |  |  "
     "|  |\n0 61 62\n2 63 64\n97 98 99 100\n101 102 103 104\n1684234849\n",
     0},
    {"dash busybox",
     "printf 'a\\nb\\0\\1\\200' | hexdump -e '16/1 \"%_p\"' -e '\"\\n\"'; echo; printf "
     "'a\\nb\\0\\1\\200' | hexdump -e '8/1 \"%_c \"'; echo; printf 'a\\nb\\0\\1\\200' | hexdump -e "
     "'8/1 \"%_u \"'; echo; printf 'abcd' | hexdump -e '\"%.2s,\"'; echo; printf 'abcd' | hexdump "
     "-e '1/1 \"%c-\"'",
     "a.b...\n\na \\n b \\0 001 200  \na lf b nul soh 80  \nab,cd,\na-b-c-d-", 0},
    {"dash busybox",
     "printf 'aaaabbbb' | hexdump -e '1/1 \"%02x\"'; echo; printf 'abcdefgh' | hexdump -e '2/2 "
     "\"%04x \" \"\\n\"' -e '\"  \" 4/1 \"%c\" \"\\n\"'; printf 'abcde' | hexdump -v -e '/2 \"%04x "
     "\"'; echo; printf 'abcdefghijklmnopqr' | hexdump -e '\"%07.7_Ad\\n\"' -e '\"%07.7_ad  \" 8/1 "
     "\"%02x \" \"\\n\"'",
     "61*\n62*\n\n6261 6463\n  abcd\n6665 6867\n  efgh\n6261 6463 0065 \n0000000  61 62 63 64 65 "
     "66 67 68\n0000008  69 6a 6b 6c 6d 6e 6f 70\n0000016  71 72                  \n0000018\n",
     0},
    {"dash busybox",
     "head -c 32 /dev/zero | hexdump -ve '16/1 \"%02x\" \"\\n\"'; printf 'abcdefgh' | hexdump -v "
     "-n 4 -e '1/4 \"%u\"'; echo; printf '\\377\\377\\377\\377' | hexdump -e '/4 \"%d\\n\"'; "
     "printf 'ab\\377\\377' | hexdump -e '2/2 \"%6d\"'",
     "00000000000000000000000000000000\n00000000000000000000000000000000\n1684234849\n-1\n 25185   "
     " -1",
     0},
    {"dash busybox",
     "printf ab | hexdump -e '\"%%\"' 2>&1; printf abcd | hexdump -e '1/2 \"%x:\" 2/1 \"%c\" "
     "\"\\n\"'",
     "hexdump: bad conversion character %%\n6261:cd\n", 0},
    {"dash", "printf 'abcdefgh' | hexdump -e '/8 \"%x\\n\"'", "6867666564636261\n", 0},
};

static const struct snippet wrong[] = {
    {"dash",
     "hexdump nope 2>&1; echo $?; echo a > f; hexdump -C nope f 2>&1; echo $?; hexdump -e 'x' f "
     "2>&1; echo $?; hexdump -e '\"%q\"' f 2>&1; echo $?; printf 'abcd' | hexdump -e '\"%s\"' "
     "2>&1; echo $?",
     "hexdump: nope: No such file or directory\nhexdump: all input file arguments "
     "failed\n1\nhexdump: nope: No such file or directory\n00000000  61 0a                         "
     "                    |a.|\n00000002\n1\nhexdump: bad format {x}\n1\nhexdump: bad conversion "
     "character %q\n1\nhexdump: %s requires a precision or a byte count\n1\n",
     0},
    {"busybox",
     "hexdump nope 2>&1; echo $?; echo a > f; hexdump -C nope f 2>&1; echo $?; hexdump -e 'x' f "
     "2>&1; echo $?; hexdump -e '\"%q\"' f 2>&1; echo $?; hexdump -n 0x1 f 2>&1; echo $?",
     "hexdump: nope: No such file or directory\n1\nhexdump: nope: No such file or "
     "directory\n00000000  61 0a                                             "
     "|a.|\n00000002\n1\nhexdump: bad format {x}\n1\nhexdump: bad conversion character "
     "%q\n1\nhexdump: invalid number '0x1'\n1\n",
     0},
};

SNIPPETS(snippets_hexdump, plain)
SNIPPETS(snippets_hexdump, formats)
SNIPPETS(snippets_hexdump, wrong)
