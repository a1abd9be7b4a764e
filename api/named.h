/* SPDX-License-Identifier: Apache-2.0 */
/*
 * named.h - objects by their names, for documents.c and for steps of Scenarios. It needs nothing
 * of engine.c, which needs it.
 */
#ifndef API_NAMED_H
#define API_NAMED_H

#include "api/engine.h"

enum { API_WHY_MAX = 512 };

/* What a call names. */
struct api_named {
    const char *ns, *kind, *name;
    struct st_object *object; /* NULL: it is a pod that was made by a workload */
    struct pod *pod;
};

int api_find(podring *r, const char *namespace_, const char *object, struct api_named *out,
             char why[API_WHY_MAX]);
/* object: KIND/NAME. -PODRING_EINVALID, -PODRING_ENOTFOUND, and why. */

const char *api_pod_workload(podring *r, uint64_t pod);
/* The name of the workload whose pod it is, at the top: of a Deployment, not of its ReplicaSets.
 * A bare pod's own. NULL: there is no such pod. */

int api_base(const struct api_named *n, struct manifest_base *out, char why[API_WHY_MAX]);
/* Its document, and what calls have changed since. -PODRING_EUNSUPPORTED: it has none. */

int api_delete(podring *r, const struct api_named *n, const struct pod_delete_request *request,
               enum cluster_cascade cascade, char why[API_WHY_MAX]);
/* why: "" if the error speaks for itself. */

void api_remove(void *ring, const struct pod_step *step, struct cluster_refusal *refusal);
/* cluster_host.remove */

#endif
