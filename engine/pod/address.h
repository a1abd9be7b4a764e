/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.h - which pod has which address of 127.0.0.0/8.
 *
 * The whole of it, from 127.1.0.1 up, is so large that an address can be worked out from a pod's
 * number: equal runs give equal addresses, and shards need not ask each other. In a smaller block,
 * which an engine has to itself beside others on one machine, a pod takes the first free address
 * from there on instead. Shards of one run share a block: first pods have the lower half by their
 * numbers, everybody else the upper half, of which each share has its own residues.
 */
#ifndef POD_ADDRESS_H
#define POD_ADDRESS_H

#include <stdint.h>

#include "engine/store/rule_shard.h"
#include "engine/reactor/mem.h"

struct pod_addresses {
    uint32_t base, hosts; /* hosts: how many addresses there are */
    bool small;           /* a part of one /24: the first and the last address are left out, not .0
                           * and .255 */
    uint64_t *used;       /* bit per host; NULL: the whole, by numbers alone */
    struct pod_shard shard;
};

void pod_addresses_whole(struct pod_addresses *a);

int pod_addresses_block(struct pod_addresses *a, const struct rx_mem *mem, uint32_t base,
                        uint32_t bits, struct pod_shard shard);
/* Before the first pod. bits: 8, which is the whole but for 127.0, to 30. -RX_ENOMEM: nothing has
 * changed. */

void pod_addresses_fini(struct pod_addresses *a, const struct rx_mem *mem);

uint32_t pod_addresses_count(uint32_t bits); /* how many pods a block has addresses for */

uint32_t pod_address_take(struct pod_addresses *a, uint64_t serial);
/* serial: of the pod, from 1 on. 0: none is free. */

void pod_address_give(struct pod_addresses *a, uint32_t ip);

#endif
