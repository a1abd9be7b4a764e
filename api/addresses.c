/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addresses.c - the block of loopback addresses that an engine with real sockets has to itself.
 *
 * Two engines on one machine that gave out the same addresses would answer each other's probes. So
 * an engine claims a block before its first pod: the one it was told, or the first /16 from
 * 127.1.0.0 on that is free, or, if its pods are too many for that, the whole of 127.0.0.0/8. Ports
 * of those addresses that other programs have show when a pod cannot listen (turn.c).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "api/engine.h"
#include "engine/reactor/claim.h"
#include "engine/reactor/err.h"

enum { LOOPBACK = 0x7f, BLOCK_BITS = 16, BLOCKS = 254, ALL_BITS = 8, BITS_MAX = 30 };

const char *api_addresses_check(uint32_t base, uint32_t bits)
{
    if (bits == 0)
        return base == 0 ? NULL : "address_base needs address_bits";
    if (bits < ALL_BITS || bits > BITS_MAX)
        return "address_bits: from 8 to 30, or 0";
    if (base >> 24 != LOOPBACK || (base & (UINT32_MAX >> bits)) != 0)
        return "address_base: not the start of such a block of 127.0.0.0/8";
    return NULL;
}

/* Pods at once, of what is about to be applied. */
static uint64_t pods_wanted(const podring *r)
{
    uint64_t pods = 0;

    for (uint32_t i = r->applied.workloads; i < r->set.workloads.count; i++) {
        uint32_t own = (uint32_t)RX_MAX(r->set.workloads.item[i].replicas, 1);

        pods += RX_MAX(own, r->cluster.replicas_override);
    }
    return pods;
}

static uint64_t key_of(const podring *r)
{
    return rx_digest_value(&r->set.digest) + r->cluster.replicas_override;
}

static int taken(podring *r, const struct rx_claim *wanted, const struct rx_claim *holder)
{
    char block[POD_IP_MAX], other[POD_IP_MAX];

    pod_ip_text(wanted->base, block);
    pod_ip_text(holder->base, other);
    return api_fail(r, -PODRING_EBUSY,
                    "%s/%u is not free: another engine on this machine has %s/%u", block,
                    wanted->bits, other, holder->bits);
}

/* The addresses may be somebody else's, too, and nobody would notice. */
static int unclaimed(podring *r, int error)
{
    struct manifest_diagnostic d = {.severity = MANIFEST_WARNING, .file = "podring"};

    if (error != EPERM && error != EACCES && error != EAFNOSUPPORT)
        return api_fail(r, -PODRING_EIO, "no unix socket to claim the pods' addresses with: %s",
                        strerror(error));
    d.text = rx_arena_printf(&r->set.arena,
                             "the pods' addresses cannot be claimed (unix sockets: %s): other "
                             "engines on this machine may use the same ones",
                             strerror(error));
    manifest_diagnose(&r->set, &d);
    return 0;
}

int api_addresses_claim(podring *r)
{
    struct pod_shard shard = r->world.shard;
    struct rx_claim c = {r->address_base, r->address_bits, key_of(r), shard.index, shard.count},
        holder;
    bool given = c.bits != 0;
    int fd = -EADDRINUSE;

    if (!r->claims)
        return 0;
    if (!given && pods_wanted(r) >= pod_addresses_count(BLOCK_BITS) / 2)
        c = (struct rx_claim){(uint32_t)LOOPBACK << 24, ALL_BITS, c.key, shard.index, shard.count};
    else if (!given)
        c.bits = BLOCK_BITS;
    for (uint32_t i = 1; fd == -EADDRINUSE && i <= BLOCKS; i++) {
        if (!given && c.bits == BLOCK_BITS)
            c.base = (uint32_t)LOOPBACK << 24 | i << 16;
        fd = rx_claim_take(&c, &holder);
        if (given || c.bits != BLOCK_BITS)
            break;
    }
    if (fd == -EADDRINUSE)
        return taken(r, &c, &holder);
    if (fd < 0 && unclaimed(r, -fd) != 0)
        return -PODRING_EIO;
    if (!given && pod_addresses_block(&r->world.addresses, &r->mem, c.base, c.bits, shard) != 0) {
        if (fd >= 0)
            close(fd);
        return api_result(r, -PODRING_ENOMEM, "podring_apply");
    }
    r->claims = false;
    r->claim_fd = fd >= 0 ? fd : -1;
    return 0;
}
