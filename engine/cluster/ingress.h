/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ingress.h - Ingresses: which Service a request for a host and a path goes to. One controller
 * plays all classes; every name that the cluster's DNS does not know leads to it, if some rule
 * takes the host, and so does its own address.
 */
#ifndef CLUSTER_INGRESS_H
#define CLUSTER_INGRESS_H

#include "engine/cluster/rules.h"
#include "engine/cluster/rule_ingress.h"

enum { CLUSTER_INGRESS_IP = 198 << 24 | 51 << 16 | 100 << 8 | 1 };

struct cluster_ingress {
    struct st_object object; /* ST_INGRESS */
    struct st_ingress_spec spec;
};

/* Where a host and a path lead. */
struct cluster_ingress_route {
    bool found; /* an Ingress speaks for the host; else there is no such name */
    const struct st_ingress_backend *backend; /* NULL: none: 404 */
    struct cluster_service *service;          /* NULL: the backend's is not there: 503 */
    uint32_t port;                            /* the number of its port */
};

int cluster_add_ingress(struct cluster *c, const struct st_ingress_spec *spec);
/* -RX_EEXISTS, -RX_ENOMEM. */

void cluster_update_ingress(struct cluster *c, const struct st_ingress_spec *spec);
/* The one of that name says this now. */

void cluster_undo_ingress(struct cluster *c, const struct st_ingress_spec *spec);
void cluster_ingresses_fini(struct cluster *c);

struct cluster_ingress_route cluster_ingress_route(struct cluster *c, const char *host,
                                                   const char *path);

#endif
