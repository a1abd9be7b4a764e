/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evict.c - pods that do not tolerate the taints of their node are driven away, at once or when the
 * time is over that they tolerate them.
 */
#include "engine/cluster/node.h"

#include "engine/reactor/err.h"

static rx_ms now_of(const struct cluster *c)
{
    return rx_loop_now(c->world->loop);
}

static struct cluster_eviction *find(struct cluster_nodes *k, uint64_t pod)
{
    for (uint32_t i = 0; i < k->evictions; i++)
        if (k->eviction[i].pod == pod)
            return &k->eviction[i];
    return NULL;
}

/* Those that stay keep their order. */
static void drop(struct cluster_nodes *k, const struct cluster_eviction *e)
{
    uint32_t i = (uint32_t)(e - k->eviction);

    for (k->evictions--; i < k->evictions; i++)
        k->eviction[i] = k->eviction[i + 1];
}

static void evict(struct cluster *c, uint64_t id)
{
    static const struct pod_delete_request request = {.given = false};
    struct pod *p = pod_get(c->world, id);
    char name[POD_NAME_MAX];

    if (p == NULL || pod_is_deleting(p))
        return;
    pod_tell_by_control(p, (enum pod_event_kind)ST_EVENT_TAINT_EVICTION,
                        "Marking for deletion Pod %s/%s", pod_spec_of(p)->ns, pod_name(p, name));
    pod_disrupt(p, POD_COND_REASON_BY_TAINT);
    pod_delete(p, &request);
}

static void cancel(struct cluster *c, struct cluster_eviction *e)
{
    struct pod *p = pod_get(c->world, e->pod);
    char name[POD_NAME_MAX];

    drop(c->nodes, e);
    if (p != NULL && !pod_is_deleting(p))
        pod_tell_by_control(p, (enum pod_event_kind)ST_EVENT_TAINT_EVICTION,
                            "Cancelling deletion of Pod %s/%s", pod_spec_of(p)->ns,
                            pod_name(p, name));
}

static int add(struct cluster *c, uint64_t pod, rx_ms at)
{
    struct cluster_nodes *k = c->nodes;

    if (k->evictions == k->eviction_room) {
        uint32_t room = k->eviction_room > 0 ? 2 * k->eviction_room : 16;
        struct cluster_eviction *more =
            rx_mem_grow(c->world->mem, k->eviction, k->eviction_room * sizeof(*more),
                        room * sizeof(*more));

        if (more == NULL)
            return -RX_ENOMEM;
        k->eviction = more;
        k->eviction_room = room;
    }
    k->eviction[k->evictions++] = (struct cluster_eviction){pod, at};
    cluster_wake(c, &k->health, at);
    return 0;
}

void cluster_pod_taints(struct cluster *c, struct cluster_node *n, struct pod *p)
{
    struct cluster_nodes *k = c->nodes;
    struct cluster_eviction *e = k->evictions > 0 ? find(k, p->id) : NULL;
    int64_t seconds = st_tolerated_for(pod_spec_of(p), n->taints, n->taint);

    if (seconds < 0 && e != NULL) {
        cancel(c, e);
    } else if (seconds == 0) {
        if (e != NULL)
            drop(k, e);
        evict(c, p->id);
    } else if (seconds > 0 && e == NULL) { /* one that is planned stays as it is */
        add(c, p->id, now_of(c) + seconds * RX_MS_PER_S);
    }
}

void cluster_taints_changed(struct cluster *c, struct cluster_node *n)
{
    for (uint32_t i = 0; i < n->standing; i++) {
        struct pod *p = pod_get(c->world, n->stands[i].id);

        if (p != NULL && !pod_is_deleting(p))
            cluster_pod_taints(c, n, p);
    }
}

void cluster_evict_due(struct cluster *c)
{
    struct cluster_nodes *k = c->nodes;

    for (uint32_t i = 0; i < k->evictions;) {
        uint64_t pod = k->eviction[i].pod;

        if (k->eviction[i].at > now_of(c)) {
            cluster_wake(c, &k->health, k->eviction[i++].at);
            continue;
        }
        drop(k, &k->eviction[i]);
        evict(c, pod);
    }
}
