/* SPDX-License-Identifier: Apache-2.0 */
/* apply_scale.c - autoscalers, and the Metrics that they go by, are put and taken back. */
#include "api/apply.h"
#include "engine/cluster/hpa.h"

static int added(podring *r, const char *kind, const char *ns, const char *name, int rc)
{
    return rc == -PODRING_EEXISTS ? api_fail(r, rc, "%s %s/%s exists already", kind, ns, name) : rc;
}

int api_put_metrics(podring *r, struct undo *u, struct change *c)
{
    const struct st_metrics_spec *s = &r->set.metrics.item[c->what->index];
    int rc = c->what->name != NULL ? api_may_put_once(r, u, c) : 0;

    if (rc != 0 || c->unchanged)
        return rc;
    return added(r, "metrics", s->ns, s->name, cluster_add_metrics(&r->cluster, s));
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
    rc = cluster_add_hpa(&r->cluster, s);
    if (rc == -PODRING_EUNSUPPORTED)
        api_fail(r, rc, "horizontalpodautoscaler %s/%s: a run with autoscalers is not divided "
                 "among several engines", s->ns, s->name);
    return added(r, "horizontalpodautoscaler", s->ns, s->name, rc);
}

void api_take_hpa(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_hpa(&r->cluster);
}
