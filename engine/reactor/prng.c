/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prng.c - xoshiro256** and splitmix64 (Blackman and Vigna, both public domain), named streams, and
 * an exponential distribution without a floating-point unit in sight.
 *
 * The numbers are part of the interface: a seed in a bug report must mean the same run on any
 * machine and in any later release. tests/unit/test_prng.c pins them.
 */
#include "engine/reactor/prng.h"

#define GOLDEN  UINT64_C(0x9e3779b97f4a7c15) /* splitmix64's step: 2^64 / golden ratio, odd */
#define AT_MARK UINT64_C(0x6174286e29000000) /* keeps rx_prng_at apart from the streams' seeds */

static inline uint64_t mix(uint64_t z);
static uint64_t name_of(uint64_t seed, uint64_t kind, uint64_t id);
static uint64_t log2_q32(uint64_t x);

static inline uint64_t rotate_left(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

struct rx_prng rx_prng_stream(uint64_t seed, uint64_t kind, uint64_t id)
{
    uint64_t state = name_of(seed, kind, id);
    struct rx_prng r;

    /* mix is a bijection, so of four outputs at most one is zero: never the forbidden state. */
    for (int i = 0; i < 4; i++)
        r.s[i] = mix(state += GOLDEN);
    return r;
}

uint64_t rx_prng_next(struct rx_prng *r)
{
    uint64_t *s = r->s, result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* Lemire's method: the high half of a product is the number; the few low halves that would favour
 * some results are drawn again. */
uint64_t rx_prng_below(struct rx_prng *r, uint64_t n)
{
    unsigned __int128 product = (unsigned __int128)rx_prng_next(r) * n;

    if ((uint64_t)product < n) {
        uint64_t unfair = -n % n;

        while ((uint64_t)product < unfair)
            product = (unsigned __int128)rx_prng_next(r) * n;
    }
    return (uint64_t)(product >> 64);
}

uint64_t rx_prng_at(uint64_t seed, uint64_t kind, uint64_t id, uint64_t n)
{
    return rx_prng_under(rx_prng_root(seed, kind), id, n);
}

uint64_t rx_prng_root(uint64_t seed, uint64_t kind)
{
    return mix((mix(seed + GOLDEN) ^ kind) + GOLDEN);
}

uint64_t rx_prng_under(uint64_t root, uint64_t id, uint64_t n)
{
    return mix((mix((root ^ id) + GOLDEN) ^ AT_MARK) + mix(n + GOLDEN));
}

/*
 * -mean * ln(u) for u = (random + 1) / 2^64, that is mean * ln(2) * (64 - log2(random + 1)).
 *
 * Error: log2_q32 is at most 2^-31 too small and ln(2) is good to 2^-64, so the factor is at most
 * 2^-31 too large, and the product is rounded down: below 1 ms for means up to three weeks in ms.
 * The distribution is that of 64 random bits: nothing above 64 * ln(2) = 44.36 means, and steps in
 * the far tail. A product beyond int64 gives INT64_MAX.
 */
int64_t rx_prng_exp(uint64_t random, int64_t mean)
{
    const uint64_t ln2_q64 = UINT64_C(0xb17217f7d1cf79ac);
    uint64_t bits_q32, factor_q32;
    unsigned __int128 result;

    if (random == UINT64_MAX || mean <= 0)
        return 0; /* u = 1 */
    bits_q32 = (UINT64_C(64) << 32) - log2_q32(random + 1);
    factor_q32 = (uint64_t)((unsigned __int128)bits_q32 * ln2_q64 >> 64);
    result = (unsigned __int128)factor_q32 * (uint64_t)mean >> 32;
    return result > INT64_MAX ? INT64_MAX : (int64_t)result;
}

/* splitmix64's finaliser: every input bit reaches every output bit, and no two inputs collide. */
static inline uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t name_of(uint64_t seed, uint64_t kind, uint64_t id)
{
    return mix((rx_prng_root(seed, kind) ^ id) + GOLDEN);
}

/*
 * log2 of x >= 1 with 32 binary places, rounded down. Squaring the mantissa doubles its logarithm,
 * so each squaring shows one more binary place; at 63 bits of mantissa the roundings of 32
 * squarings stay below the last place shown.
 */
static uint64_t log2_q32(uint64_t x)
{
    unsigned whole = 63u - (unsigned)__builtin_clzll(x);
    uint64_t mantissa = x << (63 - whole); /* 1 <= m < 2, as 2^63 .. 2^64 - 1 */
    uint64_t places = 0;

    for (int i = 0; i < 32; i++) {
        unsigned __int128 square = (unsigned __int128)mantissa * mantissa;
        unsigned carry = (unsigned)(square >> 127);

        places = places << 1 | carry;
        mantissa = (uint64_t)(square >> (63 + carry));
    }
    return (uint64_t)whole << 32 | places;
}
