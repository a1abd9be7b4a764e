/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heal.c - workloads keep their number of pods, in runs of shares, where no controller does.
 *
 * A pod that leaves only arms a timer of its workload, for this very instant: however many leave at
 * once, the workload is looked at once. Timers of class SCRIPT run before the kubelet reacts, so a
 * replacement is created in the instant of the deletion, as with controllers that take no time.
 *
 * A pod that leaves in the instant of its creation is replaced a second later: whoever deletes all
 * that he sees, or a pod that is over as soon as it is there, must not keep the engine in one
 * instant for ever.
 *
 * Limits: a StatefulSet brings its pods back in any order. Of a workload whose pods are divided
 * among shards no shard knows how many there are, and none is replaced.
 */
#include "engine/cluster/cluster.h"

/* In the place of a container and a kind. */
enum { HEAL_KEY = 0xffff };

void cluster_heal_init(struct cluster_workload *w)
{
    rx_timer_init(&w->heal, rx_key(POD_CLASS_SCRIPT, cluster_number(w) << 16 | HEAL_KEY));
}

bool cluster_is_heal(const struct rx_timer *t)
{
    return (t->key & HEAL_KEY) == HEAL_KEY;
}

void cluster_heal_left(struct cluster *c, struct cluster_workload *w, struct pod *p)
{
    struct rx_loop *loop = c->world->loop;
    rx_ms at = rx_loop_now(loop);

    if (w->spec.kind == POD_WORKLOAD_POD || w->spec.kind == POD_WORKLOAD_JOB)
        return;
    if (cluster_is_departed(w)) { /* another StatefulSet of its name may wait for the pod's */
        w = w->spec.kind == POD_WORKLOAD_STATEFULSET
                ? cluster_find(c, w->spec.ns, "statefulset", w->spec.name)
                : NULL;
        if (w == NULL || w->controlled)
            return;
    }
    w->left = p->version;
    if (p->created_at == at)
        at += RX_MS_PER_S;
    if (!rx_timer_armed(&w->heal) || at < w->heal.due)
        rx_loop_arm(loop, &w->heal, at);
}

/* Its pods are known by their ordinals: each has a successor of its own. One that is over is in the
 * way until it has been deleted. */
static void heal_stateful(struct cluster *c, struct cluster_workload *w)
{
    static const struct pod_delete_request request = {.given = false};

    for (uint32_t i = 0; i < w->replicas; i++) {
        struct pod *p = i < w->ordinals ? pod_get(c->world, w->pod[i]) : NULL;

        if (p != NULL && pod_phase_terminal((enum pod_phase)p->phase) && !pod_is_deleting(p))
            pod_delete(p, &request);
        else if (p == NULL && !cluster_waits(c, w, i) && cluster_replace(c, w, i) != 0)
            return; /* no memory: the next one that leaves gives another chance */
    }
}

static void heal(struct cluster_workload *w)
{
    uint32_t active;

    active = cluster_active_pods(w->cluster, w);
    if (!w->whole) {
        /* one engine would replace them */
        w->cluster->world->stats.foreign_lookups += active < w->replicas;
        return;
    }
    if (w->spec.kind == POD_WORKLOAD_STATEFULSET) {
        heal_stateful(w->cluster, w);
        return;
    }
    while (active < w->replicas && cluster_replace(w->cluster, w, CLUSTER_NEXT) == 0)
        active++;
}

void cluster_heal(struct rx_timer *t)
{
    struct cluster_workload *w = rx_container_of(t, struct cluster_workload, heal);
    struct st_log *log = &w->cluster->world->log;

    log->acting = w->left;
    heal(w);
    log->acting = 0;
}
