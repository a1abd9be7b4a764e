/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_gzip.c - gzip, gunzip, zcat, and tar -z.
 */
#include "tests/support/snippet.h"

static const struct snippet packing[] = {
    {"dash busybox", "echo hello > f; gzip f; ls; gunzip f.gz; cat f", "f.gz\nhello\n", 0},
    {"dash busybox", "echo hello > f; gzip -k f; ls; zcat f.gz; gunzip -c f.gz",
     "f\nf.gz\nhello\nhello\n", 0},
    {"dash busybox",
     "echo hello | gzip | gunzip; echo hello | gzip -9c | gzip -dc; echo b | gzip -1 - | zcat -",
     "hello\nhello\nb\n", 0},
    {"dash busybox", "echo hello > f; gzip -c f > g.gz; ls; zcat g.gz f.gz 2>/dev/null; echo $?",
     "f\ng.gz\nhello\n1\n", 0},
    {"dash busybox",
     "seq 1 20000 | gzip | gunzip | tail -n 2; seq 1 20000 | gzip > s.gz; [ \"$(wc -c < s.gz)\" "
     "-lt 50000 ]; echo $?",
     "19999\n20000\n0\n", 0},
    {"dash busybox",
     "echo a > a; echo b > b; gzip a b; ls; zcat a.gz b.gz; cat a.gz b.gz | zcat; gunzip a.gz "
     "b.gz; ls",
     "a.gz\nb.gz\na\nb\na\nb\na\nb\n", 0},
    {"dash busybox", "echo hello > f; gzip f; echo x > f; gunzip -f f.gz; echo $?; cat f; ls",
     "0\nhello\nf\n", 0},
    {"dash busybox", "echo hello > f; gzip f; gzip -t f.gz; echo $?; ls; gzip -dk f.gz; ls",
     "0\nf.gz\nf\nf.gz\n", 0},
    {"dash busybox", "echo y > a; tar cf - a | gzip > x.tgz; gunzip x.tgz; ls; tar tf x.tar",
     "a\nx.tar\na\n", 0},
    {"dash busybox", "echo a > a; chmod 600 a; gzip a; stat -c %a a.gz; gunzip a.gz; stat -c %a a",
     "600\n600\n", 0},
    {"dash", "echo plain > f; zcat -f f; gzip -dcf f; gzip -cd f 2>/dev/null; echo $?",
     "plain\nplain\n1\n", 0},
    {"busybox", "echo plain > f; zcat -f f; gzip -dcf f; gzip -cd f 2>/dev/null; echo $?", "1\n",
     0},
    {"dash busybox", "echo a > a; gzip < a > b; gunzip < b", "a\n", 0},
    {"dash busybox", "printf '' | gzip | gunzip; echo $?", "0\n", 0},
    {"dash busybox", "echo a | gzip > a.gz; (cat a.gz; printf '\\0\\0\\0\\0') | gunzip; echo $?",
     "a\n0\n", 0},
    {"dash",
     "echo a > a; touch -d '2001-02-03 04:05:06' a; gzip a; stat -c %Y a.gz; gunzip a.gz; stat -c "
     "%Y a",
     "981173106\n981173106\n", 0},
    {"dash",
     "echo a > a; gzip --keep --best a; ls; gzip --decompress --stdout a.gz; gzip --test a.gz; "
     "echo $?",
     "a\na.gz\na\n0\n", 0},
    {"dash", "echo hello > f; gzip f; zcat f; gunzip f; ls", "hello\nf\n", 0},
    {"dash", "echo a > a; gzip -S .zz a; ls; gunzip -S .zz a.zz; ls", "a.zz\na\n", 0},
    {"dash",
     "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa > a; gzip -v a 2>&1; gzip -tv a.gz 2>&1; gunzip "
     "-v a.gz 2>&1",
     "a:\t 82.5% -- replaced with a.gz\na.gz:\t OK\na.gz:\t 82.5% -- replaced with a\n", 0},
    {"dash", "echo a > name; touch -d @0 name; gzip name; base64 name.gz",
     "H4sICAAAAAAAA25hbWUAS+QCAAeh6t0CAAAA\n", 0},
};

static const struct snippet refused[] = {
    {"dash", "gzip nope 2>&1; echo $?; gunzip nope 2>&1; echo $?; zcat nope 2>&1; echo $?",
     "gzip: nope: No such file or directory\n1\ngzip: nope.gz: No such file or directory\n1\ngzip: "
     "nope.gz: No such file or directory\n1\n",
     0},
    {"busybox", "gzip nope 2>&1; echo $?; gunzip nope 2>&1; echo $?; zcat nope 2>&1; echo $?",
     "gzip: nope: No such file or directory\n1\ngunzip: nope: No such file or directory\n1\nzcat: "
     "nope: No such file or directory\n1\n",
     0},
    {"dash", "echo hello > f; gunzip f 2>&1; echo $?; ls",
     "gzip: f: unknown suffix -- ignored\n2\nf\n", 0},
    {"busybox", "echo hello > f; gunzip f 2>&1; echo $?; ls",
     "gunzip: f: unknown suffix - ignored\n1\nf\n", 0},
    {"dash", "echo hello > f.gz; gunzip f.gz 2>&1; echo $?; ls",
     "\ngzip: f.gz: not in gzip format\n1\nf.gz\n", 0},
    {"busybox", "echo hello > f.gz; gunzip f.gz 2>&1; echo $?; ls",
     "gunzip: invalid magic\n1\nf.gz\n", 0},
    {"dash", "echo hello > f; gzip f; echo x > f; gunzip f.gz 2>&1; echo $?; cat f; ls",
     "gzip: f already exists;\tnot overwritten\n2\nx\nf\nf.gz\n", 0},
    {"busybox", "echo hello > f; gzip f; echo x > f; gunzip f.gz 2>&1; echo $?; cat f; ls",
     "gunzip: can't open 'f': File exists\n1\nx\nf\nf.gz\n", 0},
    {"dash", "mkdir d; gzip d 2>&1; echo $?", "gzip: d is a directory -- ignored\n2\n", 0},
    {"busybox", "mkdir d; gzip d 2>&1; echo $?", "gzip: can't remove file 'd': Is a directory\n1\n",
     0},
    {"dash", "echo hello > f; gzip f; head -c 10 f.gz > g.gz; gzip -t g.gz 2>&1; echo $?",
     "\ngzip: g.gz: unexpected end of file\n1\n", 0},
    {"busybox", "echo hello > f; gzip f; head -c 10 f.gz > g.gz; gzip -t g.gz 2>&1; echo $?",
     "gzip: unexpected end of file\n1\n", 0},
    {"dash", "echo hello > f; gzip f; head -c 12 f.gz > g.gz; gunzip g.gz 2>&1; echo $?; ls",
     "\ngzip: g.gz: unexpected end of file\n1\nf.gz\ng.gz\n", 0},
    {"busybox", "echo hello > f; gzip f; head -c 12 f.gz > g.gz; gunzip g.gz 2>&1; echo $?; ls",
     "gunzip: unexpected end of file\n1\nf.gz\ng.gz\n", 0},
    {"dash", "echo hello | gunzip 2>&1; echo $?; echo hello | zcat 2>&1; echo $?",
     "\ngzip: stdin: not in gzip format\n1\n\ngzip: stdin: not in gzip format\n1\n", 0},
    {"busybox", "echo hello | gunzip 2>&1; echo $?; echo hello | zcat 2>&1; echo $?",
     "gunzip: invalid magic\n1\nzcat: no gzip/bzip2/xz magic\n1\n", 0},
    {"dash", "gunzip </dev/null 2>&1; echo $?", "\ngzip: stdin: unexpected end of file\n1\n", 0},
    {"busybox", "gunzip </dev/null 2>&1; echo $?", "gunzip: invalid magic\n1\n", 0},
    {"dash busybox", "echo a > a; gzip a a 2>&1; echo $?; ls",
     "gzip: a: No such file or directory\n1\na.gz\n", 0},
    {"dash", "echo hello > f; gzip f; gzip f.gz 2>&1; echo $?; ls",
     "gzip: f.gz already has .gz suffix -- unchanged\n0\nf.gz\n", 0},
    {"dash", "echo a > a; gzip a; (cat a.gz; echo junk) | gunzip 2>&1; echo $?",
     "a\n\ngzip: stdin: decompression OK, trailing garbage ignored\n2\n", 0},
    {"dash",
     "echo a > a; ln -s a b; gzip b 2>&1; echo $?; ln a c; gzip c 2>&1; echo $?; gzip -f b; ls",
     "gzip: b: Too many levels of symbolic links\n1\ngzip: c has 1 other link -- file "
     "ignored\n2\na\nb.gz\nc\n",
     0},
    {"dash",
     "echo a > a; gzip -c a > z; (head -c -8 z; printf xxxx; tail -c 4 z) | gunzip 2>&1; echo $?",
     "a\n\ngzip: stdin: invalid compressed data--crc error\n1\n", 0},
};

static const struct snippet archives[] = {
    {"dash busybox",
     "mkdir d; echo x > d/a; echo y > a; tar czf x.tar.gz a d; gunzip -c x.tar.gz | tar tf -; tar "
     "tzf x.tar.gz; rm -r a d; tar xzf x.tar.gz; cat a d/a",
     "a\nd/\nd/a\na\nd/\nd/a\ny\nx\n", 0},
    {"dash busybox",
     "echo y > a; tar czf - a | tar xzOf -; tar -c -z a | tar -x -z -O; cat a | tar czf x.tgz a; "
     "tar xvzf x.tgz",
     "y\ny\na\n", 0},
    {"dash busybox",
     "echo y > a; tar -zcvf x.tgz a; tar zxvf x.tgz; tar -ztf x.tgz; cat x.tgz | tar tz",
     "a\na\na\na\n", 0},
    {"dash busybox", "mkdir d; cd d; echo 1 > f; tar -czf /dev/stdout . | tar -xz -C .. ; cat ../f",
     "1\n", 0},
    {"dash busybox", "echo y > a; tar cf x.tar a; tar tzf x.tar 2>/dev/null; [ $? != 0 ]; echo $?",
     "0\n", 0},
    {"busybox", "echo junk > j.tgz; tar xzf j.tgz 2>&1; echo $?",
     "tar: invalid magic\ntar: short read\n1\n", 0},
    {"dash", "echo junk > j.tgz; tar xzf j.tgz 2>&1; echo $?",
     "\ngzip: stdin: not in gzip format\ntar: Child returned status 1\ntar: Error is not "
     "recoverable: exiting now\n2\n",
     0},
    {"dash",
     "echo y > a; tar caf z.tar.gz a; zcat z.tar.gz | tar t; tar xf z.tar.gz; tar tf z.tar.gz",
     "a\na\n", 0},
    {"dash", "echo y > a; tar czf z.tgz a; cat z.tgz | tar t 2>&1; echo $?",
     "tar: Archive is compressed. Use -z option\ntar: Error is not recoverable: exiting now\n2\n",
     0},
    {"dash", "echo y > a; tar czf z.tgz a; head -c 20 z.tgz > y.tgz; tar tzf y.tgz 2>&1; echo $?",
     "\ngzip: stdin: unexpected end of file\ntar: Child returned status 1\ntar: Error is not "
     "recoverable: exiting now\n2\n",
     0},
};

SNIPPETS(snippets_gzip, packing)
SNIPPETS(snippets_gzip, refused)
SNIPPETS(snippets_gzip, archives)
