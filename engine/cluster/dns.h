/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns.h - names, as the DNS server of a cluster has them and as a resolver with a search list asks
 * for them. Where a connection to what a name stands for goes is proxy.h's.
 */
#ifndef CLUSTER_DNS_H
#define CLUSTER_DNS_H

#include "engine/cluster/cluster.h"

enum cluster_name_kind {
    CLUSTER_NAME_NONE,     /* there is no such name now */
    CLUSTER_NAME_SERVICE,  /* a Service: its address, or, if it is headless, its ready endpoints */
    CLUSTER_NAME_ENDPOINT, /* one ready endpoint of a headless Service */
    CLUSTER_NAME_NODE,     /* a node, by its name or its address */
    CLUSTER_NAME_ADDRESS,  /* an address, whoever has it */
};

struct cluster_name {
    enum cluster_name_kind kind;
    struct cluster_service *service; /* SERVICE */
    struct pod *pod;                 /* ENDPOINT */
    uint32_t node;                   /* NODE: its number */
    uint32_t ip; /* ADDRESS; SERVICE: of the cluster or an outer one, 0 if it has none */
    bool fleeting; /* endpoints were asked: it may mean something else as soon as they change */
};

void cluster_look_up(struct cluster *c, const struct pod_spec *from, const char *host,
                     struct cluster_name *out);
/* from: whose resolver asks. Of somebody who is no pod, a spec with nothing but a namespace. */

#endif
