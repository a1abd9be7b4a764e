/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim.h - blocks of 127.0.0.0/8, each for one engine among all that share a network namespace.
 *
 * A claim is an abstract unix socket that is bound to the block's name. It lives in the network
 * namespace, as loopback addresses do, needs no file, and is gone with its process however that
 * ends. Shards of one run share their block: their claims carry what they were told (key) and how
 * many they are, and get along if both are equal and their numbers are not.
 */
#ifndef RX_CLAIM_H
#define RX_CLAIM_H

#include <stdint.h>

struct rx_claim {
    uint32_t base, bits; /* host byte order; how many leading bits make the block */
    uint64_t key;
    uint32_t index, count; /* count 0 or 1: for one engine alone */
};

int rx_claim_take(const struct rx_claim *c, struct rx_claim *holder);
/* A descriptor, whose end ends the claim; or a negative errno. -EADDRINUSE: holder is who
 * overlaps. */

#endif
