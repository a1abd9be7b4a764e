/* SPDX-License-Identifier: Apache-2.0 */
/* ingress.c - the rules of all Ingresses as those of one reverse proxy. */
#include "engine/cluster/ingress.h"

#include <string.h>

#include "engine/reactor/err.h"

static struct cluster_ingress *ingress_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_ingress, object);
}

int cluster_add_ingress(struct cluster *c, const struct st_ingress_spec *spec)
{
    struct cluster_ingress *i = rx_mem_zalloc(c->world->mem, sizeof(*i));
    int rc;

    if (i == NULL)
        return -RX_ENOMEM;
    i->object = (struct st_object){.ns = spec->ns, .name = spec->name, .kind = ST_INGRESS};
    i->spec = *spec;
    rc = st_add(c->store, &i->object);
    if (rc != 0)
        rx_mem_free(c->world->mem, i, sizeof(*i));
    return rc;
}

void cluster_update_ingress(struct cluster *c, const struct st_ingress_spec *spec)
{
    ingress_of(st_find(c->store, ST_INGRESS, 0, spec->ns, spec->name))->spec = *spec;
}

void cluster_undo_ingress(struct cluster *c, const struct st_ingress_spec *spec)
{
    struct st_object *o = st_find(c->store, ST_INGRESS, 0, spec->ns, spec->name);

    st_unadd(c->store, o);
    rx_mem_free(c->world->mem, ingress_of(o), sizeof(struct cluster_ingress));
}

void cluster_ingresses_fini(struct cluster *c)
{
    struct st_object *o;

    while ((o = st_newest(c->store, ST_INGRESS)) != NULL) {
        st_remove(c->store, o);
        rx_mem_free(c->world->mem, ingress_of(o), sizeof(struct cluster_ingress));
    }
}

/* ---- routes ---------------------------------------------------------------------------------- */

/* The best that has been found so far. */
struct best {
    enum cluster_host_fit host;
    uint32_t path;
    const struct st_ingress_backend *backend, *fallback;
    const char *ns, *fallback_ns;
};

static void look_at_hosts(const struct st_ingress_spec *s, const char *host, struct best *best)
{
    for (uint32_t i = 0; i < s->host_count; i++) {
        enum cluster_host_fit fit = cluster_ingress_host(s->host[i], host);

        if (fit > best->host)
            *best = (struct best){
                .host = fit, .fallback = best->fallback, .fallback_ns = best->fallback_ns};
    }
    if (best->fallback == NULL && s->fallback.service != NULL) {
        best->fallback = &s->fallback;
        best->fallback_ns = s->ns;
    }
}

static void look_at_paths(const struct st_ingress_spec *s, const char *host, const char *path,
                          struct best *best)
{
    for (uint32_t i = 0; i < s->path_count; i++) {
        uint32_t fit = cluster_ingress_path(&s->path[i], path);

        if (fit > best->path && cluster_ingress_host(s->path[i].host, host) == best->host) {
            best->path = fit;
            best->backend = &s->path[i].backend;
            best->ns = s->ns;
        }
    }
}

static uint32_t port_index(const struct cluster_service *s, const struct st_ingress_backend *b)
{
    for (uint32_t i = 0; i < s->spec.port_count; i++) {
        const struct pod_service_port *p = &s->spec.port[i];

        if (b->port_name != NULL ? p->name != NULL && strcmp(p->name, b->port_name) == 0
                                 : p->port == b->port)
            return i;
    }
    return CLUSTER_ANY_PORT;
}

struct cluster_ingress_route cluster_ingress_route(struct cluster *c, const char *host,
                                                   const char *path)
{
    struct cluster_ingress_route out = {.found = false};
    struct best best = {.host = CLUSTER_HOST_NONE};
    struct st_object *o = NULL;

    ST_EACH(l, c->store, ST_INGRESS)
        look_at_hosts(&ingress_of(st_object_at(l))->spec, host, &best);
    ST_EACH(l, c->store, ST_INGRESS)
        look_at_paths(&ingress_of(st_object_at(l))->spec, host, path, &best);
    if (best.backend == NULL) {
        best.backend = best.fallback;
        best.ns = best.fallback_ns;
    }
    out.found = best.host != CLUSTER_HOST_NONE || best.fallback != NULL;
    out.backend = best.backend;
    if (best.backend != NULL && best.backend->service != NULL)
        o = st_find(c->store, ST_SERVICE, 0, best.ns, best.backend->service);
    if (o == NULL)
        return out;
    out.port = port_index(cluster_service_of(o), best.backend);
    out.service = out.port != CLUSTER_ANY_PORT ? cluster_service_of(o) : NULL;
    return out;
}
