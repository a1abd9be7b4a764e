/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health.c - the node lifecycle controller: it introduces nodes, finds out when one has failed, and
 * taints it; when it returns the taints go.
 */
#include "engine/cluster/node.h"
#include "engine/cluster/rule_health.h"

#include "engine/reactor/err.h"

static const struct st_taint no_schedule = {ST_TAINT_UNREACHABLE, "", ST_TAINT_NO_SCHEDULE},
                             no_execute = {ST_TAINT_UNREACHABLE, "", ST_TAINT_NO_EXECUTE};

static rx_ms now_of(const struct cluster *c)
{
    return rx_loop_now(c->world->loop);
}

static void set_unknown(struct cluster *c, struct cluster_node *n, enum st_field f,
                        struct st_condition *k)
{
    st_condition_set(c->store, &n->object, f, k, ST_STATUS_UNKNOWN, "NodeStatusUnknown",
                     "Kubelet stopped posting node status.");
}

const char *cluster_node_fail(struct cluster *c, struct cluster_node *n, bool power)
{
    if (n->failed >= 0)
        return "it has failed already";
    n->failed = now_of(c);
    n->lost_at = cluster_lost_at(cluster_renewed(n->failed, n->since));
    pod_node_lose(n->pods_node, power);
    cluster_wake(c, &c->nodes->health, n->lost_at);
    return NULL;
}

const char *cluster_node_recover(struct cluster *c, struct cluster_node *n)
{
    if (n->failed < 0)
        return "it has not failed";
    n->failed = -1;
    n->since = now_of(c);
    pod_node_return(n->pods_node);
    if (!n->lost)
        return NULL;
    n->lost = false;
    n->clear_at = cluster_look_from(n->since);
    cluster_node_introduce(c, n);
    st_tell_event(c->store, &n->object, (enum pod_event_kind)ST_EVENT_NODE_READY,
                  "Node %s status is now: NodeReady", n->spec.name);
    cluster_node_untaint(c, n, ST_TAINT_UNREACHABLE, "NoSchedule");
    cluster_wake(c, &c->nodes->health, n->clear_at);
    return NULL;
}

/* Its kubelet has been silent for too long. */
static void take_for_lost(struct cluster *c, struct cluster_node *n)
{
    n->lost = true;
    set_unknown(c, n, ST_FIELD_OF_MEMORY_PRESSURE, &n->memory);
    set_unknown(c, n, ST_FIELD_OF_DISK_PRESSURE, &n->disk);
    set_unknown(c, n, ST_FIELD_OF_PID_PRESSURE, &n->pid);
    set_unknown(c, n, ST_FIELD_OF_NODE_READY, &n->ready);
    st_tell_event(c->store, &n->object, (enum pod_event_kind)ST_EVENT_NODE_NOT_READY,
                  "Node %s status is now: NodeNotReady", n->spec.name);
    for (uint32_t i = 0; i < n->standing; i++) {
        struct pod *p = pod_get(c->world, n->stands[i].id);

        if (p == NULL)
            continue;
        pod_mark_unready(p);
        pod_tell_by_control(p, (enum pod_event_kind)ST_EVENT_ON_LOST_NODE, "Node is not ready");
    }
    cluster_node_taint(c, n, &no_schedule);
}

static void count_zone(const struct cluster_nodes *k, uint32_t zone, uint32_t *ready,
                       uint32_t *lost)
{
    *ready = *lost = 0;
    for (uint32_t i = 0; i < k->count; i++) {
        if (k->at[i]->gone || k->at[i]->zone != zone)
            continue;
        *ready += !k->at[i]->lost;
        *lost += k->at[i]->lost;
    }
}

/* Pods of lost nodes are driven away, node by node, as fast as the state of the zone allows. */
static void drive_zone(struct cluster *c, uint32_t zone)
{
    struct cluster_nodes *k = c->nodes;
    uint32_t ready, lost;
    rx_ms pause, next = 0;

    count_zone(k, zone, &ready, &lost);
    pause = cluster_zone_pause(cluster_zone(ready, lost), ready + lost);
    for (uint32_t i = 0; i < k->count; i++)
        if (k->at[i]->zone == zone && k->at[i]->drives)
            next = RX_MAX(next, k->at[i]->driven_at + pause);
    for (uint32_t i = 0; i < k->count && pause != RX_MS_NEVER; i++) {
        struct cluster_node *n = k->at[i];

        if (n->gone || n->zone != zone || !n->lost || n->drives)
            continue;
        if (next > now_of(c)) {
            cluster_wake(c, &k->health, next);
            return;
        }
        n->drives = true;
        n->driven_at = now_of(c);
        next = n->driven_at + pause;
        cluster_node_taint(c, n, &no_execute);
    }
}

/* Without a node that is ready nobody is driven away: it is more likely that the network is to
 * blame. */
static void drive(struct cluster *c)
{
    struct cluster_nodes *k = c->nodes;
    uint32_t ready = 0;

    for (uint32_t i = 0; i < k->count; i++)
        ready += !k->at[i]->gone && !k->at[i]->lost;
    for (uint32_t z = 0; ready > 0 && z <= k->zones; z++)
        drive_zone(c, z);
    for (uint32_t i = 0; ready == 0 && i < k->count; i++) {
        if (k->at[i]->drives)
            cluster_node_untaint(c, k->at[i], ST_TAINT_UNREACHABLE, "NoExecute");
        k->at[i]->drives = false;
    }
}

int cluster_health_sync(struct cluster *c, struct cluster_work *w)
{
    struct cluster_nodes *k = c->nodes;
    bool any = false;

    for (uint32_t i = 0; i < k->count; i++) {
        struct cluster_node *n = k->at[i];

        if (n->gone)
            continue;
        if (!n->told)
            cluster_node_show(c, n);
        cluster_pressure_over(c, n);
        if (n->failed >= 0 && !n->lost) {
            if (n->lost_at <= now_of(c))
                take_for_lost(c, n);
            else
                cluster_wake(c, w, n->lost_at);
        }
        if (!n->lost && n->drives) {
            if (n->clear_at > now_of(c)) {
                cluster_wake(c, w, n->clear_at);
                continue;
            }
            n->drives = false;
            cluster_node_untaint(c, n, ST_TAINT_UNREACHABLE, "NoExecute");
        }
        any |= n->lost;
    }
    if (any)
        drive(c);
    cluster_evict_due(c);
    return 0;
}
