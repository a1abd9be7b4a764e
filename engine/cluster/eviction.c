/* SPDX-License-Identifier: Apache-2.0 */
/* eviction.c - one pod through the Eviction API (pkg/registry/core/pod/storage/eviction.go). */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/pod/control.h"

static const char *cause_of(const struct cluster_budget *b, char *out, size_t room);

static void too_many(const struct cluster_budget *b, struct cluster_refusal *r)
{
    char cause[640];

    cluster_refuse(r, "TooManyRequests",
                   "Cannot evict pod as it would violate the pod's disruption budget. %s",
                   cause_of(b, cause, sizeof(cause)));
}

bool cluster_evict_pod(struct cluster *c, struct pod *p, const struct pod_delete_request *request,
                       struct cluster_refusal *r)
{
    struct cluster_eviction_in in = {.phase = (enum pod_phase)p->phase,
                                     .deleting = pod_is_deleting(p),
                                     .ready = p->conditions >> POD_COND_READY & 1};
    struct cluster_budget *b = NULL;
    struct cluster_guard *g;
    uint32_t cursor = 0;

    while ((g = cluster_guard_next(c, p->id, &cursor)) != NULL) {
        b = g->budget;
        in.budgets++;
    }
    if (b != NULL) {
        in.always_allow = b->spec.always_allow;
        in.status = b->status;
        in.unsynced = !b->synced;
    }
    switch (cluster_evict(&in)) {
    case CLUSTER_EVICTION_AMBIGUOUS:
        cluster_refuse(r, "InternalError", "This pod has more than one PodDisruptionBudget, which "
                                           "the eviction subresource does not support.");
        return false;
    case CLUSTER_EVICTION_TOO_MANY:
        too_many(b, r);
        return false;
    case CLUSTER_EVICTION_SPENDS:
        b->status.allowed--;
        cluster_dirty(c, &b->work);
        break;
    case CLUSTER_EVICTION_DELETES:
        break;
    }
    if (!in.deleting && !pod_phase_terminal(in.phase))
        pod_disrupt(p, POD_COND_REASON_BY_API);
    pod_delete(p, request);
    return true;
}

/* Why it allows none. */
static const char *cause_of(const struct cluster_budget *b, char *out, size_t room)
{
    if (!b->synced)
        snprintf(out, room, "The disruption budget %s is still being processed by the server.",
                 b->spec.name);
    else if (b->allows.reason != NULL && strcmp(b->allows.reason, "SyncFailed") == 0)
        snprintf(out, room,
                 "The disruption budget %s does not allow evicting pods currently because it "
                 "failed sync: %s",
                 b->spec.name, b->allows.message != NULL ? b->allows.message : "");
    else if (b->status.healthy <= b->status.desired)
        snprintf(out, room,
                 "The disruption budget %s needs %u healthy pods and has %u currently",
                 b->spec.name, b->status.desired, b->status.healthy);
    else
        snprintf(out, room, "The disruption budget %s does not allow evicting pods currently",
                 b->spec.name);
    return out;
}
