/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slice.h - EndpointSlices: which pods are behind a Service, as the API says it.
 *
 * 1. A change of a pod marks its endpoints, and their Services are looked at in the control pass,
 *    after the knob slice_ms: what has changed until then is written at once, and told as
 *    `endpoint`.
 * 2. A change of one pod costs what its own endpoints cost. A Service that nothing happens to
 *    costs nothing.
 * 3. What has been written goes to the proxies (proxy.h). Names are answered from it (dns.h).
 * 4. An EndpointSlice document lists endpoints of the Service that its label names, beside those
 *    that a selector finds.
 */
#ifndef CLUSTER_SLICE_H
#define CLUSTER_SLICE_H

#include "engine/cluster/endpoint.h"

int cluster_slices_begin(struct cluster *c, struct cluster_service *s);
void cluster_slices_end(struct cluster *c, struct cluster_service *s);
/* A Service comes, and goes. begin: -RX_ENOMEM, and end must follow. */

void cluster_slices_came(struct cluster *c, const struct pod *p);
void cluster_slices_changed(struct cluster *c, const struct pod *p);
void cluster_slices_relabelled(struct cluster *c, const struct pod *p);
/* It has other labels now. */

uint64_t cluster_label_hash(const char *ns, const struct rx_pair *label);

/* An EndpointSlice document. */
struct cluster_slice {
    struct st_object object; /* ST_SLICE */
    const struct st_slice_spec *spec; /* endpoints point to it until the last proxy has forgotten
                                       * them, so it stays */
};

int cluster_add_slice(struct cluster *c, const struct st_slice_spec *spec);
/* -RX_EEXISTS, -RX_ENOMEM. Those for a Service that comes later wait for it. */

void cluster_slices_fini(struct cluster *c); /* when no Service is left */

int cluster_update_slice(struct cluster *c, struct st_object *o, const struct st_slice_spec *spec);
/* It says something else: endpoints of the same address change, others come and go. -RX_ENOMEM: not
 * all of them. */

void cluster_undo_slice(struct cluster *c, const struct st_slice_spec *spec);
/* The slices of a Service as Kubernetes writes them: its listed endpoints in groups whose ports are
 * the same, up to a hundred in each. Starts as zeros. */
enum { CLUSTER_SLICE_MAX = 100 };

struct cluster_slice_cut {
    uint32_t count;
    const struct cluster_endpoint *endpoint[CLUSTER_SLICE_MAX];
    struct cluster_endpoint *first; /* of the group */
    uint32_t from;
    bool over, done;
};

uint32_t cluster_slices_next(const struct cluster_service *s, struct cluster_slice_cut *cut);
/* The next slice: how many it has; 0: no more. */

#endif
