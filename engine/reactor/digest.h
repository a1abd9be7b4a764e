/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest.h - a rolling digest of what happened, in order: equal histories, equal digests.
 *
 * Not a cryptographic hash: it tells histories apart that differ by accident, not by intent. Inputs
 * are framed by kind and length, so that no sequence of calls feeds the same as another: ("ab",
 * "c") differs from ("a", "bc"), the integer 0 from the empty string. The value is the same
 * everywhere.
 *
 * State is 64 bits. Every input is cut into words w of a lane L, and each is one step
 *     state = rotate_left(state ^ w * L.odd, 29) * STEP_ODD + L.odd
 * An integer is one word of lane INTEGER. A byte string is its length as a word of lane LENGTH,
 * then its bytes as little-endian words of lane BYTES, the last padded with zeros. The value is the
 * state after a finaliser; reading it does not change the state.
 */
#ifndef RX_DIGEST_H
#define RX_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct rx_digest {
    uint64_t state;
};

void rx_digest_init(struct rx_digest *d);
void rx_digest_u64(struct rx_digest *d, uint64_t value);
void rx_digest_bytes(struct rx_digest *d, const void *bytes, size_t size); /* NULL if size is 0 */
uint64_t rx_digest_value(const struct rx_digest *d);

#endif
