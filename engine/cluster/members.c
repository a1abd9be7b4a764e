/* SPDX-License-Identifier: Apache-2.0 */
/*
 * members.c - whom a Service selects, and which pod has an address, without a walk over all pods at
 * every question. Addresses that nobody asks for cost nothing: a list is made at the first
 * question, and from then on pods that come are added to it. Those that have gone are left where
 * they are until half of it is such. Memory that is refused leaves the list unmade, and the walk
 * goes over all pods.
 */
#include <string.h>

#include "engine/cluster/slice.h"
#include "engine/reactor/hash.h"

enum { STALE_MIN = 16 };

/* ---- addresses
 * ----------------------------------------------------------------------------------------- */

_Static_assert(sizeof(void *) >= sizeof(uint64_t), "ids are kept in a map of pointers");

static void *value_of(const struct pod *p)
{
    return (void *)(uintptr_t)p->id;
}

static void drop_addresses(struct cluster *c)
{
    rx_map_fini(&c->pod_ips);
    rx_map_init(&c->pod_ips, &c->world->guest);
    c->ips_listed = false;
}

static void list_addresses(struct cluster *c)
{
    c->ips_listed = true;
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (c->ips_listed && rx_map_put(&c->pod_ips, rx_hash_end(p->ip), value_of(p)) != 0)
            drop_addresses(c);
    }
}

struct pod *cluster_find_address(struct cluster *c, uint32_t ip)
{
    uint32_t cursor = 0;
    void *value;

    if (!c->ips_listed)
        list_addresses(c);
    while (c->ips_listed && (value = rx_map_next(&c->pod_ips, rx_hash_end(ip), &cursor)) != NULL) {
        struct pod *p = pod_get(c->world, (uint64_t)(uintptr_t)value);

        c->steps++;
        if (p != NULL && p->ip == ip)
            return p;
    }
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (c->ips_listed)
            break;
        c->steps++;
        if (p->ip == ip)
            return p;
    }
    return NULL;
}

/* ---- pods that come
 * -------------------------------------------------------------------------------------- */

void cluster_pod_came(struct cluster *c, const struct pod *p)
{
    cluster_slices_came(c, p);
    if (!c->ips_listed)
        return;
    if (c->pod_ips.count > 2 * c->world->stats.pods + STALE_MIN ||
        rx_map_put(&c->pod_ips, rx_hash_end(p->ip), value_of(p)) != 0)
        drop_addresses(c);
}
