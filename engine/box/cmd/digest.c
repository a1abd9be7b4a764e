/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - MD5 (RFC 1321) and SHA-1, -256, -512 (FIPS 180-4), plainly. */
#include "engine/box/cmd/digest.h"

#include <stdbool.h>
#include <string.h>

static uint32_t left(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static uint32_t right(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint64_t right64(uint64_t x, unsigned n)
{
    return x >> n | x << (64 - n);
}

static uint64_t big(const uint8_t *at, unsigned bytes)
{
    uint64_t x = 0;

    for (unsigned i = 0; i < bytes; i++)
        x = x << 8 | at[i];
    return x;
}

/* ---- MD5 ------------------------------------------------------------------------------------- */

static const uint32_t md5_add[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static void md5_block(uint64_t state[8], const uint8_t *block)
{
    static const uint8_t turn[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t s[4] = {(uint32_t)state[0], (uint32_t)state[1], (uint32_t)state[2],
                     (uint32_t)state[3]};
    uint32_t word[16];

    for (unsigned i = 0; i < 16; i++)
        word[i] = __builtin_bswap32((uint32_t)big(block + 4 * i, 4));
    for (unsigned i = 0; i < 64; i++) {
        uint32_t f, b = s[1], c = s[2], d = s[3];
        unsigned g;

        if (i < 16) {
            f = (b & c) | (~b & d);
            g = i;
        } else if (i < 32) {
            f = (d & b) | (~d & c);
            g = (5 * i + 1) % 16;
        } else if (i < 48) {
            f = b ^ c ^ d;
            g = (3 * i + 5) % 16;
        } else {
            f = c ^ (b | ~d);
            g = 7 * i % 16;
        }
        f += s[0] + md5_add[i] + word[g];
        s[0] = d;
        s[3] = c;
        s[2] = b;
        s[1] = b + left(f, turn[i / 16][i % 4]);
    }
    for (unsigned i = 0; i < 4; i++)
        state[i] = (uint32_t)(state[i] + s[i]);
}

/* ---- SHA-1 ----------------------------------------------------------------------------------- */

static void sha1_block(uint64_t state[8], const uint8_t *block)
{
    uint32_t s[5], word[80];

    for (unsigned i = 0; i < 5; i++)
        s[i] = (uint32_t)state[i];
    for (unsigned i = 0; i < 80; i++)
        word[i] = i < 16 ? (uint32_t)big(block + 4 * i, 4)
                         : left(word[i - 3] ^ word[i - 8] ^ word[i - 14] ^ word[i - 16], 1);
    for (unsigned i = 0; i < 80; i++) {
        uint32_t b = s[1], c = s[2], d = s[3], f, k;

        if (i < 20) {
            f = (b & c) | (~b & d);
            k = 0x5a827999;
        } else if (i < 40 || i >= 60) {
            f = b ^ c ^ d;
            k = i < 40 ? 0x6ed9eba1 : 0xca62c1d6;
        } else {
            f = (b & c) | (b & d) | (c & d);
            k = 0x8f1bbcdc;
        }
        f += left(s[0], 5) + s[4] + k + word[i];
        s[4] = d;
        s[3] = c;
        s[2] = left(b, 30);
        s[1] = s[0];
        s[0] = f;
    }
    for (unsigned i = 0; i < 5; i++)
        state[i] = (uint32_t)(state[i] + s[i]);
}

/* ---- SHA-256 and SHA-512 --------------------------------------------------------------------- */

/* The first 32 bits of these are SHA-256's. */
static const uint64_t sha_add[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

static void sha256_block(uint64_t state[8], const uint8_t *block)
{
    uint32_t s[8], word[64];

    for (unsigned i = 0; i < 8; i++)
        s[i] = (uint32_t)state[i];
    for (unsigned i = 0; i < 64; i++) {
        if (i < 16) {
            word[i] = (uint32_t)big(block + 4 * i, 4);
            continue;
        }
        word[i] =
            (right(word[i - 2], 17) ^ right(word[i - 2], 19) ^ word[i - 2] >> 10) + word[i - 7] +
            (right(word[i - 15], 7) ^ right(word[i - 15], 18) ^ word[i - 15] >> 3) + word[i - 16];
    }
    for (unsigned i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t one = s[7] + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) +
                       ((e & s[5]) ^ (~e & s[6])) + (uint32_t)(sha_add[i] >> 32) + word[i];
        uint32_t two =
            (right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(*s));
        s[4] += one;
        s[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] = (uint32_t)(state[i] + s[i]);
}

static void sha512_block(uint64_t state[8], const uint8_t *block)
{
    uint64_t s[8], word[80];

    memcpy(s, state, sizeof(s));
    for (unsigned i = 0; i < 80; i++) {
        if (i < 16) {
            word[i] = big(block + 8 * i, 8);
            continue;
        }
        word[i] = (right64(word[i - 2], 19) ^ right64(word[i - 2], 61) ^ word[i - 2] >> 6) +
                  word[i - 7] +
                  (right64(word[i - 15], 1) ^ right64(word[i - 15], 8) ^ word[i - 15] >> 7) +
                  word[i - 16];
    }
    for (unsigned i = 0; i < 80; i++) {
        uint64_t e = s[4], a = s[0];
        uint64_t one = s[7] + (right64(e, 14) ^ right64(e, 18) ^ right64(e, 41)) +
                       ((e & s[5]) ^ (~e & s[6])) + sha_add[i] + word[i];
        uint64_t two = (right64(a, 28) ^ right64(a, 34) ^ right64(a, 39)) +
                       ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(*s));
        s[4] += one;
        s[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += s[i];
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const struct {
    void (*block)(uint64_t state[8], const uint8_t *block);
    unsigned block_size, size, word; /* bytes; of the block, of the sum, of a word of the state */
    uint64_t state[8];
} kinds[] = {
    [SH_MD5] = {md5_block, 64, 16, 4, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}},
    [SH_SHA1] =
        {sha1_block, 64, 20, 4, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}},
    [SH_SHA256] = {sha256_block,
                   64,
                   32,
                   4,
                   {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                    0x1f83d9ab, 0x5be0cd19}},
    [SH_SHA512] = {sha512_block,
                   128,
                   64,
                   8,
                   {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b,
                    0x5be0cd19137e2179}},
};

void sh_digest_begin(struct sh_digest *d, enum sh_digest_kind kind)
{
    *d = (struct sh_digest){.kind = kind};
    memcpy(d->state, kinds[kind].state, sizeof(d->state));
}

void sh_digest_add(struct sh_digest *d, const void *data, size_t length)
{
    unsigned size = kinds[d->kind].block_size;
    const uint8_t *at = data;

    while (length > 0) {
        size_t used = d->length % size, n = size - used < length ? size - used : length;

        memcpy(d->block + used, at, n);
        d->length += n;
        at += n;
        length -= n;
        if (d->length % size == 0)
            kinds[d->kind].block(d->state, d->block);
    }
}

size_t sh_digest_end(struct sh_digest *d, uint8_t out[SH_DIGEST_MAX])
{
    unsigned size = kinds[d->kind].block_size, tail = size / 8, word = kinds[d->kind].word;
    uint64_t bits = d->length * 8;
    uint8_t length[16] = {0};
    bool little = d->kind == SH_MD5;

    sh_digest_add(d, "\x80", 1);
    while (d->length % size != size - tail)
        sh_digest_add(d, "", 1);
    for (unsigned i = 0; i < 8; i++)
        length[little ? i : tail - 1 - i] = (uint8_t)(bits >> 8 * i);
    sh_digest_add(d, length, tail);
    for (unsigned i = 0; i < kinds[d->kind].size; i++) {
        unsigned byte = little ? i % word : word - 1 - i % word;

        out[i] = (uint8_t)(d->state[i / word] >> 8 * byte);
    }
    return kinds[d->kind].size;
}
