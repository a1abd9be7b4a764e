/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.c - addresses worked out from a pod's number, or the first free one of a smaller block.
 */
#include "engine/pod/address.h"

#include "engine/pod/pod.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

/* .0 and .255 of each /24 are left out because people read them as networks. */
enum { HOSTS_OF_24 = 254, WHOLE_BITS = 8, WHOLE_HOSTS = HOSTS_OF_24 * 65024, WORD = 64 };

#define WHOLE_BASE UINT32_C(0x7f010000)

static size_t used_bytes(uint32_t hosts)
{
    return (hosts + WORD - 1) / WORD * sizeof(uint64_t);
}

void pod_addresses_whole(struct pod_addresses *a)
{
    *a = (struct pod_addresses){.base = WHOLE_BASE, .hosts = WHOLE_HOSTS, .shard = {0, 1}};
}

uint32_t pod_addresses_count(uint32_t bits)
{
    if (bits <= WHOLE_BITS)
        return WHOLE_HOSTS;
    return bits > 24 ? (1u << (32 - bits)) - 2 : (uint32_t)HOSTS_OF_24 << (24 - bits);
}

int pod_addresses_block(struct pod_addresses *a, const struct rx_mem *mem, uint32_t base,
                        uint32_t bits, struct pod_shard shard)
{
    uint32_t hosts = pod_addresses_count(bits);
    uint64_t *used;

    if (bits <= WHOLE_BITS)
        return 0;
    used = rx_mem_zalloc(mem, used_bytes(hosts));
    if (used == NULL)
        return -RX_ENOMEM;
    *a = (struct pod_addresses){base, hosts, bits > 24, used, shard};
    return 0;
}

void pod_addresses_fini(struct pod_addresses *a, const struct rx_mem *mem)
{
    rx_mem_free(mem, a->used, a->used != NULL ? used_bytes(a->hosts) : 0);
    a->used = NULL;
}

static uint32_t address_of(const struct pod_addresses *a, uint64_t host)
{
    if (a->small)
        return a->base + (uint32_t)host + 1;
    return a->base + (uint32_t)(host / HOSTS_OF_24 << 8 | (host % HOSTS_OF_24 + 1));
}

static uint32_t host_of(const struct pod_addresses *a, uint32_t ip)
{
    uint32_t at = ip - a->base;

    return a->small ? at - 1 : (at >> 8) * HOSTS_OF_24 + (at & 255) - 1;
}

static bool take(struct pod_addresses *a, uint32_t host)
{
    uint64_t bit = 1ull << host % WORD;

    if (a->used[host / WORD] & bit)
        return false;
    a->used[host / WORD] |= bit;
    return true;
}

/* The first free one from there on, of those that this share may have. */
static uint32_t take_from(struct pod_addresses *a, uint32_t host)
{
    uint32_t low = a->shard.count > 1 ? a->hosts / 2 : 0, room = a->hosts - low;
    uint32_t step = a->shard.count > 1 ? a->shard.count : 1, lanes = room / step;

    if (lanes == 0)
        return 0;
    for (uint32_t i = 0; i < lanes; i++) {
        uint32_t lane = ((host - low) / step + i) % lanes;
        uint32_t at = low + lane * step + (step > 1 ? a->shard.index : 0);

        if (take(a, at))
            return address_of(a, at);
    }
    return 0;
}

uint32_t pod_address_take(struct pod_addresses *a, uint64_t serial)
{
    bool again = (serial - 1) >> POD_SERIAL_AGAIN_BIT != 0;
    uint64_t host = (serial - 1) % a->hosts;

    /* From the other end, so that in the whole a replacement and a first pod meet beyond eight
     * million only. */
    if (again)
        host = a->hosts - 1 - rx_prng_scale(rx_prng_at(0, 0, serial - 1, 0), a->hosts / 2);
    if (a->used == NULL)
        return address_of(a, host);
    if (a->shard.count > 1 && !again && serial - 1 < a->hosts / 2)
        return take(a, (uint32_t)host) ? address_of(a, host) : 0;
    return take_from(a, (uint32_t)RX_MAX(host, a->shard.count > 1 ? a->hosts / 2 : 0));
}

void pod_address_give(struct pod_addresses *a, uint32_t ip)
{
    uint32_t host;

    if (a->used == NULL || ip == 0)
        return;
    host = host_of(a, ip);
    a->used[host / WORD] &= ~(1ull << host % WORD);
}
