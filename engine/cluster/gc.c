/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gc.c - Node objects that are deleted, and the pod GC, which every 20 s takes away pods whose node
 * has gone, and those that are being deleted on a node that is out of service
 * (pkg/controller/podgc).
 */
#include "engine/cluster/node.h"
#include "engine/cluster/rule_health.h"

#include <string.h>

static rx_ms now_of(const struct cluster *c)
{
    return rx_loop_now(c->world->loop);
}

void cluster_node_delete(struct cluster *c, struct cluster_node *n)
{
    n->gone = true;
    n->lost = n->drives = false;
    n->orphaned_at = -1;
    c->nodes->alive--;
    st_tell_event(c->store, &n->object, (enum pod_event_kind)ST_EVENT_NODE_REMOVED,
                  "Node %s event: Removing Node %s from Controller", n->spec.name, n->spec.name);
    st_tell_object(c->store, &n->object, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    st_remove(c->store, &n->object);
    cluster_node_changed(c, n);
    cluster_dirty(c, &c->nodes->gc);
    cluster_dirty(c, &c->nodes->health);
}

/* ---- passes ---------------------------------------------------------------------------------- */

static bool is_out_of_service(const struct cluster_node *n)
{
    for (uint32_t i = 0; i < n->taints; i++)
        if (n->taint[i].effect == ST_TAINT_NO_EXECUTE &&
            strcmp(n->taint[i].key, ST_TAINT_OUT_OF_SERVICE) == 0)
            return true;
    return false;
}

static void collect(struct cluster *c, struct cluster_node *n, bool all)
{
    for (uint32_t i = 0; i < n->standing;) {
        struct pod *p = pod_get(c->world, n->stands[i].id);

        if (p != NULL && (all || pod_is_deleting(p)))
            pod_collect(p, all ? POD_COND_REASON_BY_GC : POD_COND_REASON_NONE); /* stands no more */
        else
            i++;
    }
}

/* True: it has to be looked at again. */
static bool look_at(struct cluster *c, struct cluster_node *n)
{
    if (n->standing == 0)
        return false;
    if (n->gone && n->orphaned_at < 0)
        n->orphaned_at = now_of(c);
    if (n->gone && now_of(c) >= n->orphaned_at + CLUSTER_ORPHAN_MS)
        collect(c, n, true);
    else if (!n->gone && n->lost && is_out_of_service(n))
        collect(c, n, false);
    return n->standing > 0 && (n->gone || is_out_of_service(n));
}

int cluster_gc_sync(struct cluster *c, struct cluster_work *w)
{
    struct cluster_nodes *k = c->nodes;
    rx_ms at = cluster_gc_from(now_of(c));
    bool again = false;

    if (at > now_of(c)) {
        cluster_wake(c, w, at);
        return 0;
    }
    for (uint32_t i = 0; i < k->count; i++)
        again |= look_at(c, k->at[i]);
    if (again)
        cluster_wake(c, w, now_of(c) + CLUSTER_GC_MS);
    return 0;
}
