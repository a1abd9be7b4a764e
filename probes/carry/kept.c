/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - a table of idle connections by probe, and a list of them by the time they went idle. */
#include "probes/carry/kept.h"

#include "engine/reactor/err.h"
#include "engine/reactor/list.h"
#include "engine/reactor/slab.h"

enum { BUCKETS_MIN = 64 };

struct idle {
    struct idle *next;   /* of its bucket */
    struct rx_list link; /* oldest first */
    uint64_t probe, id;
    struct rx_addr to;
    uint32_t instance;
    rx_sock sock;
};

struct probe_kept {
    struct rx_loop *loop;
    const struct rx_mem *mem;
    struct rx_slab slab;
    struct rx_mem_pool pool; /* the table */
    struct rx_list oldest;
    struct idle **bucket;
    uint32_t buckets; /* a power of two */
    struct probe_kept_stats stats;
};

static struct idle **find(const struct probe_kept *k, uint64_t probe);
static void close_idle(struct probe_kept *k, struct idle **at);
static struct idle *add(struct probe_kept *k, uint64_t probe);
static rx_sock remove_idle(struct probe_kept *k, struct idle **at);
static void on_grow(struct rx_mem_pool *p);

int probe_kept_open(struct probe_kept **out, struct rx_loop *loop, const struct rx_mem *mem)
{
    struct probe_kept *k = rx_mem_zalloc(mem, sizeof(*k));
    int rc = k != NULL ? rx_slab_init(&k->slab, mem, sizeof(struct idle), 0) : -RX_ENOMEM;

    if (rc != 0) {
        rx_mem_free(mem, k, sizeof(*k));
        return rc;
    }
    k->loop = loop;
    k->mem = mem;
    rx_list_init(&k->oldest);
    k->buckets = BUCKETS_MIN;
    k->bucket = rx_mem_zalloc(mem, BUCKETS_MIN * sizeof(struct idle *));
    if (k->bucket == NULL || rx_slab_spare(&k->slab, 1) != 0) {
        probe_kept_close(k);
        return -RX_ENOMEM;
    }
    rx_mem_pool_add(mem, &k->pool, on_grow);
    *out = k;
    return 0;
}

void probe_kept_close(struct probe_kept *k)
{
    if (k == NULL)
        return;
    rx_mem_pool_remove(&k->pool);
    rx_slab_fini(&k->slab);
    rx_mem_free(k->mem, k->bucket, k->buckets * sizeof(struct idle *));
    rx_mem_free(k->mem, k, sizeof(*k));
}

rx_sock probe_kept_take(struct probe_kept *k, const struct pod_attempt *a)
{
    struct idle **at = find(k, a->probe), *i = *at;

    if (i == NULL)
        return RX_SOCK_NONE;
    if (i->instance != a->instance || i->to.ip != a->to.ip || i->to.port != a->to.port) {
        close_idle(k, at);
        return RX_SOCK_NONE;
    }
    k->stats.reused++;
    return remove_idle(k, at);
}

void probe_kept_put(struct probe_kept *k, const struct pod_attempt *a)
{
    struct rx_port_stats port;
    struct idle *i = NULL;

    rx_loop_port_stats(k->loop, &port);
    probe_kept_forget(k, a->probe);
    if (!port.slots_short)
        i = add(k, a->probe);
    if (i == NULL) {
        rx_loop_close(k->loop, a->sock, false);
        return;
    }
    i->instance = a->instance;
    i->to = a->to;
    i->sock = a->sock;
}

void probe_kept_forget(struct probe_kept *k, uint64_t probe)
{
    struct idle **at = find(k, probe);

    if (*at != NULL)
        close_idle(k, at);
}

void probe_kept_make_room(struct probe_kept *k)
{
    struct rx_port_stats port;

    if (k == NULL || rx_list_empty(&k->oldest))
        return;
    rx_loop_port_stats(k->loop, &port);
    if (!port.slots_short && port.slots_used < port.slots_max)
        return;
    k->stats.evicted++;
    close_idle(k, find(k, rx_container_of(k->oldest.next, struct idle, link)->probe));
}

void probe_kept_stats(const struct probe_kept *k, struct probe_kept_stats *out)
{
    *out = k->stats;
}

/* ---- the table ------------------------------------------------------------------------------- */

/* Multiplicative hashing: the upper bits of the product depend on all of the key. */
static struct idle **bucket_of(struct idle **bucket, uint32_t buckets, uint64_t probe)
{
    return &bucket[(uint32_t)(probe * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (buckets - 1)];
}

/* Where the pointer to it is, or would be. */
static struct idle **find(const struct probe_kept *k, uint64_t probe)
{
    struct idle **at = bucket_of(k->bucket, k->buckets, probe);

    while (*at != NULL && (*at)->probe != probe)
        at = &(*at)->next;
    return at;
}

static rx_sock remove_idle(struct probe_kept *k, struct idle **at)
{
    struct idle *i = *at;
    rx_sock sock = i->sock;

    *at = i->next;
    rx_list_remove(&i->link);
    rx_slab_give(&k->slab, i->id);
    k->stats.idle--;
    return sock;
}

static void close_idle(struct probe_kept *k, struct idle **at)
{
    rx_loop_close(k->loop, remove_idle(k, at), false);
}

/* Without the memory for it the chains get longer, that is all. */
static void grow(struct probe_kept *k)
{
    uint32_t buckets = 2 * k->buckets;
    struct idle **bucket = rx_mem_zalloc(k->mem, buckets * sizeof(struct idle *));

    if (bucket == NULL)
        return;
    for (uint32_t b = 0; b < k->buckets; b++) {
        for (struct idle *i = k->bucket[b], *next; i != NULL; i = next) {
            struct idle **at = bucket_of(bucket, buckets, i->probe);

            next = i->next;
            i->next = *at;
            *at = i;
        }
    }
    rx_mem_free(k->mem, k->bucket, k->buckets * sizeof(struct idle *));
    k->bucket = bucket;
    k->buckets = buckets;
}

static void on_grow(struct rx_mem_pool *p)
{
    struct probe_kept *k = rx_container_of(p, struct probe_kept, pool);

    if (k->stats.idle >= k->buckets)
        grow(k);
}

static struct idle *add(struct probe_kept *k, uint64_t probe)
{
    uint64_t id;
    struct idle *i = rx_slab_take(&k->slab, &id), **at;

    if (i == NULL)
        return NULL;
    if (k->stats.idle >= k->buckets)
        rx_mem_want(k->mem);
    at = bucket_of(k->bucket, k->buckets, probe);
    i->id = id;
    i->probe = probe;
    i->next = *at;
    *at = i;
    rx_list_add_tail(&k->oldest, &i->link);
    k->stats.idle++;
    return i;
}
