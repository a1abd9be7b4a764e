/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_sum.c - base64 and checksums, against busybox's and, under dash, coreutils'. */
#include "tests/support/snippet.h"

#define BOTH "busybox dash"

static const struct snippet base64[] = {
    {BOTH, "printf '' | base64", "", 0},
    {BOTH, "printf a | base64; printf ab | base64; printf abc | base64", "YQ==\nYWI=\nYWJj\n", 0},
    {BOTH, "printf 'hello world\\n' | base64", "aGVsbG8gd29ybGQK\n", 0},
    {BOTH, "printf '%076d' 1 | base64 | head -n 1 | wc -c", "77\n", 0},
    {BOTH, "printf '%080d' 1 | base64 -w 0 | wc -c", "108\n", 0},
    {BOTH, "printf '%010d' 1 | base64 -w 5", "MDAwM\nDAwMD\nAwMQ=\n=\n", 0},
    {BOTH, "printf 'aGVsbG8=' | base64 -d", "hello", 0},
    {BOTH, "printf 'aGVs\\nbG8=\\n' | base64 -d", "hello", 0},
    {BOTH, "echo abc >f; base64 f; base64 <f | base64 -d", "YWJjCg==\nabc\n", 0},
    {BOTH, "printf '\\001\\377\\000x' | base64", "Af8AeA==\n", 0},
    {BOTH, "printf 'Af8AeA==' | base64 -d | wc -c", "4\n", 0},
    {BOTH, "echo secret | base64 | base64 -d", "secret\n", 0},
    {BOTH, "base64 nosuch 2>/dev/null", "", 1},
    {"dash", "printf 'YQ==' | base64 --decode", "a", 0},
};

static const struct snippet sums[] = {
    {BOTH, "printf '' | md5sum; printf '' | sha1sum",
     "d41d8cd98f00b204e9800998ecf8427e  -\n"
     "da39a3ee5e6b4b0d3255bfef95601890afd80709  -\n",
     0},
    {BOTH, "printf abc | md5sum", "900150983cd24fb0d6963f7d28e17f72  -\n", 0},
    {BOTH, "printf abc | sha1sum", "a9993e364706816aba3e25717850c26c9cd0d89d  -\n", 0},
    {BOTH, "printf abc | sha256sum",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n", 0},
    {BOTH, "printf abc | sha512sum",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "bbd454d44"
     "23643ce80e2a9ac94fa54ca49f  -\n",
     0},
    {BOTH,
     "for n in 55 56 57 63 64 65 111 112 113 127 128 129; do printf \"%0${n}d\" 0 | md5sum; printf "
     "\"%0${n}d\" 0 | sha1sum; printf \"%0${n}d\" 0 | sha256sum; printf \"%0${n}d\" 0 | sha512sum; "
     "done | "
     "md5sum",
     "74569341dee452edfb4fefba9a53e4de  -\n", 0},
    {BOTH, "echo x >f; md5sum f; md5sum f >l; md5sum -c l",
     "401b30e3b8b5d629635a5c613cdb7919  f\nf: OK\n", 0},
    {BOTH, "echo x >f; sha256sum f >l; echo y >f; sha256sum -c l 2>/dev/null", "f: FAILED\n", 1},
    {BOTH, "echo x >f; echo y >g; sha1sum f g | cut -c1-8", "6fcf9dfb\n9063a9f0\n", 0},
    {BOTH, "md5sum nosuch 2>/dev/null", "", 1},
    {"dash", "echo x >f; md5sum f >l; md5sum --check --status l", "", 0},
};

SNIPPETS(snippets_sum, base64)
SNIPPETS(snippets_sum, sums)
