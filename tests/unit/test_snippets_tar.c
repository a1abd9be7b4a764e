/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_snippets_tar.c - tar, dd.
 */
#include "tests/support/snippet.h"

static const struct snippet packed[] = {
    {"busybox", "mkdir -p a b; echo x > a/f; tar cf - -C a . | tar xf - -C b; cat b/f", "x\n", 0},
    {"busybox",
     "mkdir -p a/s b; echo x > a/f; echo y > a/s/g; ln -s f a/l; (cd a && tar cf - .) | (cd b && "
     "tar xf -); find b | sort; readlink b/l; cat b/s/g",
     "b\nb/f\nb/l\nb/s\nb/s/g\nf\ny\n", 0},
    {"busybox",
     "mkdir -p a/s; echo x > a/f; tar -cf a.tar a; tar -tf a.tar; tar tf a.tar | wc -l",
     "a/\na/f\na/s/\n3\n", 0},
    {"busybox",
     "mkdir -p a/s; echo x > a/s/f; tar -cf a.tar a; mkdir o; tar -xf a.tar -C o; find o | sort",
     "o\no/a\no/a/s\no/a/s/f\n", 0},
    {"busybox",
     "mkdir -p a/s; echo x > a/s/f; tar -cf a.tar a; mkdir o; tar -x -f a.tar -C o "
     "--strip-components=1; find o | sort",
     "o\no/s\no/s/f\n", 0},
    {"busybox",
     "mkdir -p a/s; echo x > a/s/f; tar -cf a.tar a; mkdir o; tar -x -f a.tar -C o "
     "--strip-components 2; find o | sort",
     "o\no/f\n", 0},
    {"busybox",
     "mkdir -p a/s; echo x > a/s/f; echo y > a/g; tar -cf a.tar a; mkdir o; cd o; tar xf ../a.tar "
     "a/g; find . | sort",
     ".\n./a\n./a/g\n", 0},
    {"busybox",
     "mkdir a; echo x > a/f; tar cvf a.tar a; tar xvf a.tar; tar tvf a.tar | cut -c1-10",
     "a/\na/f\na/\na/f\ndrwxr-xr-x\n-rw-r--r--\n", 0},
    {"busybox", "mkdir a; echo x > a/f; tar cvf - a 2>/dev/null | tar tf -", "a/\na/f\n", 0},
    {"busybox",
     "echo x > f; chmod 640 f; tar cf a.tar f; rm f; tar xf a.tar; stat -c %a f; cat f",
     "640\nx\n", 0},
    {"busybox",
     "echo x > f; touch -d '2001-02-03 04:05:06' f; tar cf a.tar f; rm f; tar xf a.tar; stat -c "
     "%Y f; tar tvf a.tar",
     "981173106\n-rw-r--r-- root/root         2 2001-02-03 04:05:06 f\n", 0},
    {"busybox",
     "echo x > f; tar cf a.tar f; echo y > f; tar xf a.tar; cat f; tar xOf a.tar",
     "x\nx\n", 0},
    {"busybox", "echo x > f; tar -c f | tar -t; cat f | tar t 2>/dev/null; echo $?", "f\n1\n", 0},
    {"busybox",
     "tar xf nope 2>/dev/null; echo $?; tar cf a.tar nope 2>/dev/null; echo $?; tar 2>/dev/null; "
     "echo $?",
     "1\n1\n1\n", 0},
    {"busybox",
     "mkdir -p a; echo 1 > a/x; echo 2 > a/y; tar cf a.tar a/x a/y; tar tf a.tar; tar cf b.tar -C "
     "a x y; tar tf b.tar",
     "a/x\na/y\nx\ny\n", 0},
    {"busybox",
     "mkdir -p a/b/c; tar cf a.tar a/; tar tf a.tar; tar tf a.tar a/b",
     "a/\na/b/\na/b/c/\na/b/\na/b/c/\n", 0},
    {"busybox", "echo junk > a.tar; tar xf a.tar 2>/dev/null; echo $?", "1\n", 0},
    {"busybox",
     "mkdir -p d; echo x > d/f; tar cf - d | cat > a.tar; tar xf - -C . < a.tar; cat d/f; wc -c < "
     "a.tar",
     "x\n2560\n", 0},
    {"busybox", "echo x > f; ln f g; tar cf a.tar f g; rm f g; tar xf a.tar; cat f g", "x\nx\n", 0},
    {"busybox",
     "mkdir -p 0123456789012345678901234567890123456789/0123456789012345678901234567890123456789/0"
     "123456789012345678901234567890123456789; tar cf a.tar 0*; tar tf a.tar | wc -l; tar xf "
     "a.tar; echo $?",
     "3\n0\n", 0},
    {"busybox", "tar czf a.tar.gz nope 2>/dev/null; [ $? != 0 ]; echo $?", "0\n", 0},
    {"busybox",
     "mkdir d; cd d; printf 'a%.0s' 1 2 3 > f; tar cf ../x.tar .; cd ..; tar tf x.tar; mkdir e; "
     "tar xf x.tar -C e; cat e/f",
     "./\n./f\naaa", 0},
    {"busybox", "echo x > f; tar cf a.tar f; tar xf a.tar -C nodir 2>/dev/null; echo $?", "1\n", 0},
};

static const struct snippet blocks[] = {
    {"busybox", "printf 'hello world' | dd bs=5 count=1 2>/dev/null", "hello", 0},
    {"busybox", "printf 'hello world' > f; dd if=f of=g 2>/dev/null; cat g", "hello world", 0},
    {"busybox", "printf 'hello world' > f; dd if=f bs=1 skip=6 2>/dev/null", "world", 0},
    {"busybox",
     "printf 'hello world' > f; dd if=f bs=1 skip=6 count=2 of=g 2>/dev/null; cat g",
     "wo", 0},
    {"busybox", "dd if=/dev/zero of=z bs=1k count=4 2>/dev/null; wc -c < z", "4096\n", 0},
    {"busybox",
     "dd if=/dev/zero of=z bs=1M count=1 2>/dev/null; wc -c < z; echo $?",
     "1048576\n0\n", 0},
    {"busybox", "dd if=/dev/urandom bs=16 count=1 2>/dev/null | wc -c", "16\n", 0},
    {"busybox", "dd if=/dev/zero of=z bs=10 count=0 seek=10 2>/dev/null; wc -c < z", "100\n", 0},
    {"busybox",
     "printf 'aaaaaaaa' > f; printf 'bb' | dd of=f bs=1 seek=2 conv=notrunc 2>/dev/null; cat f",
     "aabbaaaa", 0},
    {"busybox",
     "printf 'aaaaaaaa' > f; printf 'bb' | dd of=f bs=1 seek=2 2>/dev/null; cat f",
     "aabb", 0},
    {"busybox", "printf 'aaaa' > f; printf 'bb' | dd of=f 2>/dev/null; cat f", "bb", 0},
    {"busybox", "printf 'ab' | dd bs=4 conv=sync 2>/dev/null | wc -c", "4\n", 0},
    {"busybox",
     "printf 'hello world' > f; dd if=f of=g bs=4 2>&1 | head -2",
     "2+1 records in\n2+1 records out\n", 0},
    {"busybox", "printf 'hello' > f; dd if=f of=g bs=5 status=none 2>&1; cat g", "hello", 0},
    {"busybox",
     "dd if=nope 2>/dev/null; echo $?; dd foo=1 2>/dev/null; echo $?; dd bs=x 2>/dev/null; echo "
     "$?; dd bs=0 </dev/null 2>/dev/null; echo $?",
     "1\n1\n1\n1\n", 0},
    {"busybox",
     "dd if=/dev/zero bs=3 count=2 2>/dev/null | tr '\\0' x; echo; echo abc | dd 2>/dev/null",
     "xxxxxx\nabc\n", 0},
    {"busybox",
     "dd if=/dev/zero of=/dev/null bs=512 count=3 2>&1 | head -2; dd if=/dev/zero of=z bs=6 "
     "count=2 2>/dev/null; ls",
     "3+0 records in\n3+0 records out\nz\n", 0},
};

SNIPPETS(snippets_tar, packed)
SNIPPETS(snippets_tar, blocks)
