/* SPDX-License-Identifier: Apache-2.0 */
/* apply_nodes.c - Nodes and PriorityClasses are put, kept and taken back. */
#include "api/apply.h"
#include "engine/cluster/node.h"

int api_put_node(podring *r, struct undo *u, struct change *c)
{
    const struct st_node_spec *n = &r->set.nodes.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    if (r->world.shard.count > 1 && !r->cluster.coupled)
        return api_fail(r, -PODRING_EUNSUPPORTED,
                        "node %s: a run with Nodes is not divided among several engines", n->name);
    return c->there ? 0 : cluster_node_add(&r->cluster, n);
}

void api_take_node(podring *r, struct change *c)
{
    if (!c->there)
        cluster_node_undo(&r->cluster);
}

/* If there is no memory for it the engine goes no further. */
void api_keep_node(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_node_update(&r->cluster, rx_container_of(c->object, struct cluster_node, object),
                            &r->set.nodes.item[c->what->index]);
}

/* What must not change of it is compared here. */
static int may_update_priority(podring *r, const struct change *c,
                               const struct st_priority_class *k)
{
    const struct st_priority_class *old =
        &rx_container_of(c->object, struct cluster_priority, object)->spec;

    if (old->value != k->value)
        return api_fail(r, -PODRING_ESTATE, "priorityclass %s: value: Forbidden: may not be "
                        "changed in an update.", k->name);
    if (old->never_preempts != k->never_preempts)
        return api_fail(r, -PODRING_ESTATE, "priorityclass %s: preemptionPolicy: Invalid value: "
                        "\"%s\": field is immutable", k->name,
                        k->never_preempts ? "Never" : "PreemptLowerPriority");
    return 0;
}

int api_put_priority(podring *r, struct undo *u, struct change *c)
{
    const struct st_priority_class *k = &r->set.priorities.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    return c->there ? may_update_priority(r, c, k) : cluster_add_priority(&r->cluster, k);
}

void api_keep_priority(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_update_priority(&r->cluster, &r->set.priorities.item[c->what->index]);
}

void api_take_priority(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_priority(&r->cluster);
}
