/* SPDX-License-Identifier: Apache-2.0 */
/* node.c - what is done to a node, and what its pods leave behind. */
#include "engine/cluster/node.h"

#include <string.h>

#include "engine/cluster/endpoint.h"
#include "engine/reactor/err.h"

const struct st_taint cluster_cordon_taint = {ST_TAINT_UNSCHEDULABLE, "", ST_TAINT_NO_SCHEDULE};

int cluster_taint_put(struct cluster *c, struct cluster_node *n, const struct st_taint *t)
{
    for (uint32_t i = 0; i < n->taints; i++)
        if (n->taint[i].effect == t->effect && strcmp(n->taint[i].key, t->key) == 0) {
            n->taint[i] = *t;
            return 0;
        }
    if (n->taints == n->taint_room) {
        uint32_t room = n->taint_room > 0 ? 2 * n->taint_room : 4;
        struct st_taint *more = rx_mem_grow(c->world->mem, n->taint,
                                            n->taint_room * sizeof(*more), room * sizeof(*more));

        if (more == NULL)
            return -RX_ENOMEM;
        n->taint = more;
        n->taint_room = room;
    }
    n->taint[n->taints++] = *t;
    return 0;
}

void cluster_node_changed(struct cluster *c, struct cluster_node *n)
{
    struct cluster_nodes *k = c->nodes;

    k->epoch++;
    cluster_touch(k, n);
    cluster_schedule_again(c, 1u << CLUSTER_WAITS_FOR_NODE, NULL);
    cluster_schedule_again(c, UINT32_MAX, n);
    RX_LIST_EACH(l, &c->node_watches)
        cluster_dirty(c, rx_container_of(l, struct cluster_watch, link)->work);
}

/* ---- what is done to it ---------------------------------------------------------------------- */

int cluster_node_taint(struct cluster *c, struct cluster_node *n, const struct st_taint *t)
{
    if (cluster_taint_put(c, n, t) != 0)
        return -RX_ENOMEM;
    cluster_node_changed(c, n);
    cluster_taints_changed(c, n);
    cluster_node_show(c, n);
    cluster_dirty(c, &c->nodes->gc); /* it may be out of service */
    return 0;
}

bool cluster_node_untaint(struct cluster *c, struct cluster_node *n, const char *key,
                          const char *effect)
{
    uint32_t kept = 0, was = n->taints;

    for (uint32_t i = 0; i < was; i++)
        if (strcmp(n->taint[i].key, key) != 0 ||
            (effect != NULL && strcmp(effect, st_taint_effect_name(n->taint[i].effect)) != 0))
            n->taint[kept++] = n->taint[i];
    n->taints = kept;
    if (kept == was)
        return false;
    cluster_node_changed(c, n);
    cluster_taints_changed(c, n);
    cluster_node_show(c, n);
    return true;
}

/* Both lists are by key. */
static uint32_t merge(const struct pod_labels *old, const struct pod_labels *by,
                      struct rx_pair *out)
{
    uint32_t count = 0, i = 0, k = 0;

    while (i < old->count || k < by->count) {
        int order = i == old->count  ? 1
                    : k == by->count ? -1
                                     : strcmp(old->pair[i].key, by->pair[k].key);

        if (order < 0)
            out[count++] = old->pair[i];
        else if (by->pair[k].value != NULL)
            out[count++] = by->pair[k];
        i += order <= 0;
        k += order >= 0;
    }
    return count;
}

int cluster_node_zone(struct cluster *c, struct cluster_node *n)
{
    const char *zone = st_label(&n->spec.labels, ST_LABEL_ZONE);

    n->zone = zone != NULL ? cluster_zone_number(c, zone) : CLUSTER_NO_ZONE;
    c->nodes->zones = RX_MAX(c->nodes->zones, n->zone);
    return zone == NULL || n->zone != CLUSTER_NO_ZONE ? 0 : -RX_ENOMEM;
}

int cluster_node_label(struct cluster *c, struct cluster_node *n, const struct pod_labels *by)
{
    uint32_t room = n->spec.labels.count + by->count;
    struct rx_pair *pair = rx_arena_alloc(&c->world->arena, (room + 1) * sizeof(*pair));

    if (pair == NULL)
        return -RX_ENOMEM;
    n->spec.labels.count = merge(&n->spec.labels, by, pair);
    n->spec.labels.pair = pair;
    if (cluster_node_zone(c, n) != 0)
        return -RX_ENOMEM;
    cluster_node_changed(c, n);
    return 0;
}

void cluster_node_cordon(struct cluster *c, struct cluster_node *n, bool cordoned)
{
    if (n->cordoned == cordoned)
        return;
    n->cordoned = cordoned;
    if (cordoned)
        cluster_node_taint(c, n, &cluster_cordon_taint);
    else
        cluster_node_untaint(c, n, cluster_cordon_taint.key, NULL);
    st_tell_event(c->store, &n->object,
                  (enum pod_event_kind)(cordoned ? ST_EVENT_NODE_CORDONED
                                                 : ST_EVENT_NODE_UNCORDONED),
                  "Node %s status is now: %s", n->spec.name,
                  cordoned ? "NodeNotSchedulable" : "NodeSchedulable");
    cluster_node_changed(c, n);
}

/* ---- pods ------------------------------------------------------------------------------------ */

void cluster_nodes_relabelled(struct cluster *c, struct pod *p)
{
    const uint32_t moved = 1u << CLUSTER_UNFIT_SPREAD | 1u << CLUSTER_UNFIT_APART |
                           1u << CLUSTER_UNFIT_OTHERS | 1u << CLUSTER_UNFIT_CLAIM;

    if (c->nodes == NULL)
        return;
    cluster_ask_again(c, p);
    cluster_stand_again(c, p);
    cluster_schedule_again(c, moved, NULL);
}

void cluster_nodes_pod_changed(struct cluster *c, struct pod *p, uint32_t what)
{
    const uint32_t freed = 1u << CLUSTER_UNFIT_PORTS | 1u << CLUSTER_UNFIT_RESOURCES |
                           1u << CLUSTER_UNFIT_CLAIM | 1u << CLUSTER_UNFIT_SPREAD |
                           1u << CLUSTER_UNFIT_APART | 1u << CLUSTER_UNFIT_OTHERS;

    if (c->nodes == NULL)
        return;
    if (pod_is_gone(p) || pod_phase_terminal((enum pod_phase)p->phase)) {
        if (cluster_unstand(c, p))
            cluster_schedule_again(c, freed, NULL);
    } else if (what & POD_CHANGED_LEFT) {
        cluster_going(c, p);
    }
}
