/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prng.h - seeded chance, integers only.
 *
 * One master seed; every consumer draws from its own sub-stream named (kind, id), so that adding a
 * object does not reshuffle the others. rx_prng_at is the stateless form for objects too small to
 * carry a generator: the n-th number of a stream, in any order.
 */
#ifndef RX_PRNG_H
#define RX_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct rx_prng {
    uint64_t s[4]; /* xoshiro256**, seeded by splitmix64 */
};

struct rx_prng rx_prng_stream(uint64_t seed, uint64_t kind, uint64_t id);

uint64_t rx_prng_next(struct rx_prng *r);

uint64_t rx_prng_below(struct rx_prng *r, uint64_t n);
/* Uniform in 0..n-1 without bias; n = 0 gives 0. */

uint64_t rx_prng_at(uint64_t seed, uint64_t kind, uint64_t id, uint64_t n);
/* A well mixed 64-bit number of (seed, kind, id, n). */

uint64_t rx_prng_root(uint64_t seed, uint64_t kind);
uint64_t rx_prng_under(uint64_t root, uint64_t id, uint64_t n);
/* The same number in two steps, for those who draw much of one kind: half of the work is in the
 * first. */

static inline uint64_t rx_prng_scale(uint64_t random, uint64_t n)
{
    return (uint64_t)((unsigned __int128)random * n >> 64);
}
/* Maps 64 random bits to 0..n-1 (bias below n / 2^64). */

int64_t rx_prng_exp(uint64_t random, int64_t mean);
/* An exponentially distributed number with that mean from 64 random bits, by integer logarithm:
 * the same on every machine. At most about 44 times the mean. mean >= 0. */

#endif
