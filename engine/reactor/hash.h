/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.h - the one hash of the tree: FNV-1a (64 bit) and the finaliser of MurmurHash3.
 *
 * FNV-1a takes a byte at a time, so a state can be kept after what many texts begin with. Its low
 * bits are not well mixed before rx_hash_end. The values are the same everywhere, and some of them
 * are part of interfaces. Not for adversaries, and not for histories: those have digest.h.
 */
#ifndef RX_HASH_H
#define RX_HASH_H

#include <stddef.h>
#include <stdint.h>

#define RX_HASH_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t rx_hash_byte(uint64_t state, char byte)
{
    return (state ^ (unsigned char)byte) * UINT64_C(0x100000001b3);
}

static inline uint64_t rx_hash_bytes(uint64_t state, const void *bytes, size_t size)
{
    const char *p = bytes;

    for (size_t i = 0; i < size; i++)
        state = rx_hash_byte(state, p[i]);
    return state;
}

static inline uint64_t rx_hash_end(uint64_t state)
{
    state = (state ^ state >> 33) * UINT64_C(0xff51afd7ed558ccd);
    state = (state ^ state >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return state ^ state >> 33;
}
/* Every bit depends on all of the state, which may also be a plain number. */

#endif
