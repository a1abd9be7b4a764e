/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refuse.h - why something that was asked of the cluster is not done, in the words of the API.
 */
#ifndef CLUSTER_REFUSE_H
#define CLUSTER_REFUSE_H

#include <stdbool.h>

/* Why a step is refused, as the API would say it. */
struct cluster_refusal {
    const char *reason; /* a constant, such as NotFound; NULL: it is not refused */
    char message[1024];
    bool later; /* what becomes of it is told when that is known */
};

void cluster_refuse(struct cluster_refusal *r, const char *reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void cluster_refuse_missing(struct cluster_refusal *r, const char *kind, const char *name);
/* `deployments.apps "web" not found` */

#endif
