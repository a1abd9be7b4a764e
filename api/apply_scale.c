/* SPDX-License-Identifier: Apache-2.0 */
/* apply_scale.c - autoscalers, and the Metrics that they go by, are put and taken back. */
#include "api/apply.h"
#include "engine/cluster/hpa.h"

int api_put_metrics(podring *r, struct undo *u, struct change *c)
{
    const struct st_metrics_spec *s = &r->set.metrics.item[c->what->index];
    int rc = c->what->name != NULL ? api_may_put_once(r, u, c) : 0;

    if (rc != 0 || c->unchanged)
        return rc;
    return c->there ? 0 : cluster_add_metrics(&r->cluster, s);
}

/* If there is no memory for it the engine goes no further. */
void api_keep_metrics(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_update_metrics(&r->cluster, c->object, &r->set.metrics.item[c->what->index]);
}

void api_take_metrics(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_metrics(&r->cluster);
}

int api_put_hpa(podring *r, struct undo *u, struct change *c)
{
    const struct st_hpa_spec *s = &r->set.hpas.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    if (c->there) {
        c->room = cluster_hpa_room(&r->cluster, s);
        return c->room != NULL ? 0 : -PODRING_ENOMEM;
    }
    rc = cluster_add_hpa(&r->cluster, s);
    if (rc == -PODRING_EUNSUPPORTED)
        api_fail(r, rc, "horizontalpodautoscaler %s/%s: a run with autoscalers is not divided "
                 "among several engines", s->ns, s->name);
    return rc;
}

void api_keep_hpa(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_update_hpa(&r->cluster, c->object, &r->set.hpas.item[c->what->index], c->room);
}

void api_take_hpa(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_hpa(&r->cluster);
    else
        cluster_hpa_room_free(&r->cluster, &r->set.hpas.item[c->what->index], c->room);
}
