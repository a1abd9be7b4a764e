/* SPDX-License-Identifier: Apache-2.0 */
/* volumes.c - an apply's PersistentVolumes and StorageClasses. */
#include "api/apply.h"
#include "engine/cluster/binder.h"
#include "engine/reactor/err.h"
#include "engine/store/tell.h"

int api_put_storage(podring *r, struct change *c)
{
    struct cluster *cluster = &r->cluster;
    uint32_t i = c->what->index;

    if (c->there) /* it may not say something else, and does not */
        return 0;
    return c->what->kind == ST_VOLUME ? cluster_volume_add(cluster, &r->set.volumes.item[i])
                                      : cluster_class_add(cluster, &r->set.classes.item[i]);
}

int api_put_claim(podring *r, struct change *c)
{
    bool created;
    int rc = pod_claim_put(&r->world, c->what->ns, c->what->name, &created);

    if (rc == 0 && created)
        pod_claim_find(&r->world, c->what->ns, c->what->name)->spec =
            r->set.claims.item[c->what->index].spec;
    return rc;
}

void api_take_storage(podring *r, struct change *c)
{
    if (!c->there && c->what->kind == ST_VOLUME)
        cluster_volume_undo(&r->cluster);
    else if (!c->there)
        cluster_class_undo(&r->cluster);
}

void api_keep_storage(podring *r, struct change *c)
{
    if (c->there)
        return;
    if (c->what->kind == ST_VOLUME)
        cluster_volume_came(&r->cluster, c->object);
    else
        st_tell_object(&r->world.store, c->object, POD_OBJECT_NONE, POD_OBJECT_CREATED);
}

bool api_is_storage(const struct change *c)
{
    return c->what->kind == ST_VOLUME || c->what->kind == ST_STORAGE_CLASS;
}
