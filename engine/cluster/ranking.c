/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranking.c - the nodes of one class of pods, the best first, kept from one pod to the next: only
 * the nodes that have been touched since are looked at again. It says what a survey would.
 *
 * Nodes stand in one heap a zone, since a pod more or less moves its whole zone by the same.
 */
#include "engine/cluster/node.h"

#include <string.h>

#include "engine/reactor/err.h"

enum { UNFIT = -1 };

struct cluster_ranking {
    struct cluster_class *class; /* NULL: of none */
    uint64_t epoch, read;        /* what of the nodes, and of the journal, it has seen */
    uint32_t most, room;         /* room: nodes */
    bool usable;                 /* false: a survey has to */
    int32_t *key;                /* by node: its score without its zone's part; UNFIT */
    bool *may;                   /* by node: what it says of itself lets the class in */
    uint32_t *count;             /* by node: pods of the class */
    uint32_t *heap, *pos, *first, *size; /* by place; by node; by zone; by zone */
    uint32_t zones_room, *zone_sum;
};

static bool better(const struct cluster_ranking *r, uint32_t a, uint32_t b)
{
    return r->key[a] != r->key[b] ? r->key[a] > r->key[b] : a < b;
}

static void sift(struct cluster_ranking *r, uint32_t zone, uint32_t node)
{
    uint32_t *heap = r->heap + r->first[zone], size = r->size[zone], i = r->pos[node], child;

    for (; i > 0 && better(r, node, heap[(i - 1) / 2]); i = (i - 1) / 2) {
        heap[i] = heap[(i - 1) / 2];
        r->pos[heap[i]] = i;
    }
    while ((child = 2 * i + 1) < size) {
        child += child + 1 < size && better(r, heap[child + 1], heap[child]);
        if (!better(r, heap[child], node))
            break;
        heap[i] = heap[child];
        r->pos[heap[i]] = i;
        i = child;
    }
    heap[i] = node;
    r->pos[node] = i;
}

static int32_t key_of(struct cluster_nodes *k, const struct cluster_ranking *r,
                      const struct cluster_node *n)
{
    struct cluster_fit_in in = {.pod = r->class->spec, .asks = &r->class->asks, .node = &n->spec};
    uint32_t host = r->class->owned ? r->count[n->index] : 0;
    struct cluster_score_raw raw = {.host = host};
    struct cluster_score_range range = {.host = r->class->owned ? r->most : 0};
    bool hopeless;

    if (!r->may[n->index])
        return UNFIT;
    cluster_use_of(n, &in.use);
    if (cluster_lacks(&in, &hopeless) != 0)
        return UNFIT;
    /* The zone's part is left out by letting it be full: the same for all. */
    return cluster_room_score(r->class, n) + cluster_score_rest(&range, &raw, k->zones > 0);
}

static void clear(struct cluster *c)
{
    struct cluster_ranking *r = c->nodes->ranking;
    const struct rx_mem *mem = c->world->mem;

    rx_mem_free(mem, r->key, r->key != NULL ? r->room * sizeof(*r->key) : 0);
    rx_mem_free(mem, r->may, r->may != NULL ? r->room * sizeof(*r->may) : 0);
    rx_mem_free(mem, r->count, r->count != NULL ? r->room * sizeof(*r->count) : 0);
    rx_mem_free(mem, r->heap, r->heap != NULL ? r->room * sizeof(*r->heap) : 0);
    rx_mem_free(mem, r->pos, r->pos != NULL ? r->room * sizeof(*r->pos) : 0);
    rx_mem_free(mem, r->first, r->first != NULL ? r->zones_room * sizeof(*r->first) : 0);
    rx_mem_free(mem, r->size, r->size != NULL ? r->zones_room * sizeof(*r->size) : 0);
    rx_mem_free(mem, r->zone_sum, r->zone_sum != NULL ? r->zones_room * sizeof(*r->zone_sum) : 0);
    *r = (struct cluster_ranking){0};
}

static int make_room(struct cluster *c, struct cluster_ranking *r)
{
    struct cluster_nodes *k = c->nodes;
    const struct rx_mem *mem = c->world->mem;

    if (r->room >= k->count && r->zones_room > k->zones)
        return 0;
    clear(c);
    r->room = k->room;
    r->zones_room = k->zones + 8;
    r->key = rx_mem_zalloc(mem, r->room * sizeof(*r->key));
    r->may = rx_mem_zalloc(mem, r->room * sizeof(*r->may));
    r->count = rx_mem_zalloc(mem, r->room * sizeof(*r->count));
    r->heap = rx_mem_zalloc(mem, r->room * sizeof(*r->heap));
    r->pos = rx_mem_zalloc(mem, r->room * sizeof(*r->pos));
    r->first = rx_mem_zalloc(mem, r->zones_room * sizeof(*r->first));
    r->size = rx_mem_zalloc(mem, r->zones_room * sizeof(*r->size));
    r->zone_sum = rx_mem_zalloc(mem, r->zones_room * sizeof(*r->zone_sum));
    if (!rx_mem_failed(mem))
        return 0;
    clear(c); /* the next pod of this pass asks again */
    return -RX_ENOMEM;
}

void cluster_ranking_fini(struct cluster *c)
{
    if (c->nodes->ranking == NULL)
        return;
    clear(c);
    rx_mem_free(c->world->mem, c->nodes->ranking, sizeof(struct cluster_ranking));
    c->nodes->ranking = NULL;
}

/* Whether the class may go there; what it would rather avoid is for a survey. */
static bool look(struct cluster_ranking *r, const struct cluster_node *n)
{
    struct cluster_fit_in in = {.pod = r->class->spec, .node = &n->spec, .taint = n->taint,
                                .taint_count = n->taints, .cordoned = n->cordoned};
    struct cluster_fit_out out;

    if (n->gone || !cluster_fit_static(&in, &out))
        return false;
    if (st_untolerated(r->class->spec, n->taints, n->taint,
                       1u << ST_TAINT_PREFER_NO_SCHEDULE) != NULL)
        r->usable = false;
    return true;
}

static void rebuild(struct cluster *c, struct cluster_ranking *r, struct cluster_class *class)
{
    struct cluster_nodes *k = c->nodes;
    bool known = r->class == class && r->epoch == k->epoch;
    uint32_t at = 0;

    r->class = class;
    r->epoch = k->epoch;
    r->read = k->touches;
    r->most = class->most;
    r->usable = known ? r->usable : true;
    memset(r->size, 0, r->zones_room * sizeof(*r->size));
    memset(r->zone_sum, 0, r->zones_room * sizeof(*r->zone_sum));
    for (uint32_t i = 0; i < k->count; i++) {
        uint32_t z = k->at[i]->zone;

        if (!known)
            r->may[i] = look(r, k->at[i]);
        r->count[i] = cluster_tally_of(&class->on, i);
        r->zone_sum[z] += r->count[i];
        r->key[i] = key_of(k, r, k->at[i]);
        r->size[z]++;
    }
    for (uint32_t z = 0; z <= k->zones; z++) {
        r->first[z] = at;
        at += r->size[z];
        r->size[z] = 0;
    }
    for (uint32_t i = 0; i < k->count; i++) {
        uint32_t z = k->at[i]->zone;

        r->pos[i] = r->size[z]++;
        r->heap[r->first[z] + r->pos[i]] = i;
        sift(r, z, i);
    }
}

static void catch_up(struct cluster_nodes *k, struct cluster_ranking *r)
{
    for (; r->read < k->touches; r->read++) {
        const struct cluster_node *n = k->at[k->journal[r->read & (CLUSTER_JOURNAL - 1)]];
        uint32_t now = cluster_tally_of(&r->class->on, n->index);

        r->zone_sum[n->zone] += now - r->count[n->index];
        r->count[n->index] = now;
        r->key[n->index] = key_of(k, r, n);
        sift(r, n->zone, n->index);
    }
}

static struct cluster_node *best_of(struct cluster_nodes *k, const struct cluster_ranking *r)
{
    struct cluster_node *best = NULL;
    uint32_t most = 0;
    int32_t score = UNFIT;

    for (uint32_t z = 1; r->class->owned && z <= k->zones; z++)
        most = RX_MAX(most, r->zone_sum[z]);
    for (uint32_t z = 0; z <= k->zones; z++) {
        uint32_t top = r->size[z] > 0 ? r->heap[r->first[z]] : 0;
        int32_t with;

        if (r->size[z] == 0 || r->key[top] == UNFIT)
            continue;
        with = r->key[top];
        if (k->zones > 0 && r->class->owned)
            with += cluster_score_few(z > 0 ? r->zone_sum[z] : 0, most);
        if (with > score || (with == score && top < best->index)) {
            score = with;
            best = k->at[top];
        }
    }
    return best;
}

bool cluster_ranking_best(struct cluster *c, struct cluster_class *class,
                          struct cluster_node **best)
{
    struct cluster_nodes *k = c->nodes;
    struct cluster_ranking *r = k->ranking;

    if (k->no_ranking || !class->plain || k->apart != NULL || k->nominated > 0)
        return false;
    if (r == NULL)
        r = k->ranking = rx_mem_zalloc(c->world->mem, sizeof(*r));
    if (r == NULL || make_room(c, r) != 0)
        return false;
    if (r->class == class && r->epoch == k->epoch && r->most == class->most &&
        k->touches - r->read < CLUSTER_JOURNAL / 2)
        catch_up(k, r);
    else
        rebuild(c, r, class);
    if (!r->usable)
        return false;
    *best = best_of(k, r);
    return true;
}
