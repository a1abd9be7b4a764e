/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_queue.c - requests that have not ended: where they live, and a heap of what comes when.
 * Every flight has room in both queues of its client from its beginning on, so that nothing is
 * allocated where an answer comes.
 */
#include "engine/cluster/client_int.h"

static bool before(const struct cluster_flight *a, const struct cluster_flight *b)
{
    return a->due != b->due ? a->due < b->due : a->request.number < b->request.number;
}

static void put(struct cluster_flights *q, uint32_t at, struct cluster_flight *f)
{
    q->item[at] = f;
    f->at = at;
}

static void rise(struct cluster_flights *q, struct cluster_flight *f)
{
    uint32_t at = f->at;

    while (at > 0 && before(f, q->item[(at - 1) / 2])) {
        put(q, at, q->item[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(q, at, f);
}

static void sink(struct cluster_flights *q, struct cluster_flight *f)
{
    uint32_t at = f->at, below;

    while ((below = 2 * at + 1) < q->count) {
        below += below + 1 < q->count && before(q->item[below + 1], q->item[below]);
        if (!before(q->item[below], f))
            break;
        put(q, at, q->item[below]);
        at = below;
    }
    put(q, at, f);
}

static int reserve(struct cluster_client *k, struct cluster_flights *q, uint32_t count)
{
    uint32_t room = RX_MAX(q->room, 16u);
    struct cluster_flight **more;

    if (count <= q->room)
        return 0;
    while (room < count)
        room *= 2;
    more = rx_mem_grow(k->cluster->world->mem, q->item, q->room * sizeof(struct cluster_flight *),
                       room * sizeof(struct cluster_flight *));
    if (more == NULL)
        return -1;
    q->item = more;
    q->room = room;
    return 0;
}

void cluster_queue_push(struct cluster_flights *q, struct cluster_flight *f, rx_ms due)
{
    RX_ASSERT(q->count < q->room);
    f->due = due;
    put(q, q->count++, f);
    rise(q, f);
}

void cluster_queue_remove(struct cluster_flights *q, struct cluster_flight *f)
{
    struct cluster_flight *last = q->item[--q->count];

    RX_ASSERT(f == last || q->item[f->at] == f);
    if (last == f)
        return;
    put(q, f->at, last);
    rise(q, last);
    sink(q, last);
}

struct cluster_flight *cluster_flight_take(struct cluster_client *k)
{
    struct cluster_flight *f = k->free;

    if (reserve(k, &k->waits, (uint32_t)k->pending + 1) != 0 ||
        reserve(k, &k->answers, (uint32_t)k->pending + 1) != 0)
        return NULL;
    if (f != NULL)
        k->free = f->next_free;
    else
        f = rx_arena_alloc(&k->arena, sizeof(*f));
    if (f == NULL)
        return NULL;
    *f = (struct cluster_flight){.due = RX_MS_NEVER, .client = k};
    rx_list_init(&f->link);
    k->pending++;
    return f;
}

void cluster_flight_give(struct cluster_client *k, struct cluster_flight *f)
{
    k->pending--;
    f->next_free = k->free;
    k->free = f;
}
