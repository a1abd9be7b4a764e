/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply_services.c - what is reached by name is put, kept and taken back, and who asks for it:
 * Services, EndpointSlices, Ingresses, Clients.
 */
#include <string.h>

#include "api/apply.h"
#include "engine/cluster/client.h"
#include "engine/cluster/ingress.h"
#include "engine/cluster/slice.h"

int api_put_service(podring *r, struct undo *u, struct change *c)
{
    const struct pod_service_spec *spec = &r->set.services.item[c->what->index];
    struct st_object *o = st_find(&r->world.store, ST_SERVICE, 0, spec->ns, spec->name);
    struct pod_service_spec now = *spec;
    struct cluster_service *s;
    int rc = api_may_put(r, u, c, o);

    c->service_ips_given = r->cluster.service_ips_given;
    if (rc == 0 && o == NULL) {
        rc = cluster_add_service(&r->cluster, spec);
        if (rc == -PODRING_ESTATE)
            api_fail(r, rc, "service %s/%s: provided port is already allocated", spec->ns,
                     spec->name);
        return rc;
    }
    if (rc != 0)
        return rc;
    s = cluster_service_of(o);
    c->unchanged = api_is_same(r, c);
    rc = c->unchanged ? 0 : api_may_update_service(r, c->number, s);
    if (rc != 0 || c->unchanged)
        return rc;
    now.headless |= s->spec.headless && !spec->external;
    c->service = rx_mem_zalloc(&r->mem, sizeof(*c->service));
    return c->service != NULL ? cluster_update_service(&r->cluster, s, &now, c->service)
                              : -PODRING_ENOMEM;
}

void api_take_service(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_service(&r->cluster, &r->set.services.item[c->what->index],
                             c->service_ips_given);
    else if (c->service != NULL)
        cluster_restore_service(&r->cluster, cluster_service_of(c->object), c->service);
}

void api_keep_service(podring *r, struct change *c)
{
    if (c->service != NULL)
        cluster_keep_service(&r->cluster, cluster_service_of(c->object), c->service);
}

int api_put_slice(podring *r, struct undo *u, struct change *c)
{
    const struct st_slice_spec *s = &r->set.slices.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    if (c->there) {
        const struct st_slice_spec *is =
            rx_container_of(c->object, struct cluster_slice, object)->spec;

        if (strcmp(is->family, s->family) != 0)
            return api_fail(r, -PODRING_ESTATE, "endpointslice %s/%s: addressType: Invalid value: "
                            "\"%s\": field is immutable", s->ns, s->name, s->family);
        return 0;
    }
    return cluster_add_slice(&r->cluster, s);
}

/* If there is no memory for it the engine goes no further. */
void api_keep_slice(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_update_slice(&r->cluster, c->object, &r->set.slices.item[c->what->index]);
}

void api_take_slice(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_slice(&r->cluster, &r->set.slices.item[c->what->index]);
}

int api_put_ingress(podring *r, struct undo *u, struct change *c)
{
    const struct st_ingress_spec *s = &r->set.ingresses.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    return c->there ? 0 : cluster_add_ingress(&r->cluster, s);
}

void api_keep_ingress(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_update_ingress(&r->cluster, &r->set.ingresses.item[c->what->index]);
}

void api_take_ingress(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_ingress(&r->cluster, &r->set.ingresses.item[c->what->index]);
}

static int update_client(podring *r, struct change *c, const struct st_client_spec *s)
{
    struct cluster_client *k = cluster_client_of(c->object);
    const char *fixed = cluster_client_fixed(k, s);

    if (fixed != NULL)
        return api_fail(r, -PODRING_ESTATE, "client %s/%s (%s:%u): %s: field is immutable", s->ns,
                        s->name, s->file, s->line, fixed);
    c->room = cluster_client_room(k, s);
    return c->room != NULL ? 0 : -PODRING_ENOMEM;
}

int api_put_client(podring *r, struct undo *u, struct change *c)
{
    const struct st_client_spec *s = &r->set.clients.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    if (c->there)
        return update_client(r, c, s);
    rc = cluster_add_client(&r->cluster, s);
    if (rc == -PODRING_EUNSUPPORTED)
        api_fail(r, rc, "client %s/%s (%s:%u): %s", s->ns, s->name, s->file, s->line,
                 cluster_client_unable(&r->cluster, s));
    return rc;
}

void api_keep_client(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_client_update(cluster_client_of(c->object), &r->set.clients.item[c->what->index],
                              c->room);
}

void api_take_client(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_client(&r->cluster, &r->set.clients.item[c->what->index]);
}
