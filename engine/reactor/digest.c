/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest.c - the digest. For a given word a step is a bijection of the state, and for a given
 * state one of the word: two histories that differ in one word stay apart for as long as they go on
 * alike. That the multiplier of the lane is added, too, keeps words that are zero apart by lane.
 */
#include "engine/reactor/digest.h"

#include <string.h>

/* Odd, with bits spread evenly: the primes of xxHash64, which are good multipliers, and the step of
 * splitmix64. */
#define START        UINT64_C(0x706f6472696e6731) /* "podring1": version 1 of this definition */
#define STEP_ODD     UINT64_C(0x9e3779b185ebca87)
#define LANE_INTEGER UINT64_C(0xc2b2ae3d27d4eb4f)
#define LANE_LENGTH  UINT64_C(0x165667b19e3779f9)
#define LANE_BYTES   UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t step(uint64_t state, uint64_t word, uint64_t lane)
{
    state ^= word * lane;
    return (state << 29 | state >> 35) * STEP_ODD + lane;
}

static inline uint64_t word_at(const unsigned char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

void rx_digest_init(struct rx_digest *d)
{
    d->state = START;
}

void rx_digest_u64(struct rx_digest *d, uint64_t value)
{
    d->state = step(d->state, value, LANE_INTEGER);
}

void rx_digest_bytes(struct rx_digest *d, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    uint64_t state = step(d->state, size, LANE_LENGTH);

    for (; size >= 8; p += 8, size -= 8)
        state = step(state, word_at(p), LANE_BYTES);
    if (size) {
        unsigned char last[8] = {0};

        memcpy(last, p, size);
        state = step(state, word_at(last), LANE_BYTES);
    }
    d->state = state;
}

uint64_t rx_digest_value(const struct rx_digest *d)
{
    uint64_t z = d->state;

    z = (z ^ z >> 32) * UINT64_C(0xd6e8feb86659fd93);
    z = (z ^ z >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return z ^ z >> 32;
}
