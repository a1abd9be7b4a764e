/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_rollout.h - how large the ReplicaSets of a Deployment shall be, and what it says of its
 * progress (pkg/controller/deployment: rolling.go, recreate.go, sync.go, progress.go).
 *
 * Sets stand oldest first; sizes are their spec.replicas, the rest is their status.
 */
#ifndef CLUSTER_RULE_ROLLOUT_H
#define CLUSTER_RULE_ROLLOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/store/deployment_spec.h"

enum { ROLLOUT_NO_SET = UINT32_MAX, ROLLOUT_SETS_MAX = 512 };

struct rollout_set {
    uint32_t size, replicas, ready, available, terminating;
    uint32_t desired, max; /* annotations: of the Deployment when it was sized last */
    bool failing;          /* it has the condition ReplicaFailure */
};

struct rollout_in {
    uint32_t replicas, surge, unavailable; /* resolved: rollout_limits */
    bool recreate;
    bool old_pods; /* recreate: a pod of an old set is not over yet */
    uint32_t count, current; /* index of the set that has the newest template; NO_SET */
    const struct rollout_set *set;
};

struct rollout_out {
    bool creates;     /* a set for the newest template, */
    uint32_t created; /* of this size */
    bool renews;      /* all sets are told the Deployment's size anew */
    uint32_t size[ROLLOUT_SETS_MAX]; /* what each shall be */
};

void rollout_limits(const struct st_deployment_spec *d, uint32_t replicas, struct rollout_in *in);

bool rollout_is_scaled(const struct rollout_in *in);
/* Has the Deployment another size than its sets were told? Then rollout_scale comes first. */

void rollout_scale(const struct rollout_in *in, struct rollout_out *out);
void rollout_step(const struct rollout_in *in, struct rollout_out *out);
/* One step by the strategy. */

/* ---- status ---------------------------------------------------------------------------------- */

struct rollout_status {
    uint32_t replicas, updated, ready, available, unavailable, terminating;
};

void rollout_status_of(const struct rollout_in *in, struct rollout_status *out);

static inline bool rollout_is_complete(const struct rollout_status *s, uint32_t replicas)
{
    return s->updated == replicas && s->replicas == replicas && s->available == replicas;
}

/* What the condition Progressing says. */
enum rollout_reason {
    ROLLOUT_NOTHING, /* there is no such condition */
    ROLLOUT_CREATED, ROLLOUT_FOUND, ROLLOUT_UPDATED, ROLLOUT_AVAILABLE, ROLLOUT_TIMED_OUT,
    ROLLOUT_CREATE_ERROR, ROLLOUT_PAUSED, ROLLOUT_RESUMED,
};

struct rollout_progress {
    enum rollout_reason reason; /* as it is */
    int64_t updated_s;          /* and when it was renewed last, a whole second */
    int64_t now_ms;
    int32_t deadline_s; /* ST_NO_DEADLINE: nothing is said at all */
};

enum rollout_reason rollout_judge(const struct rollout_progress *p,
                                  const struct rollout_status *was,
                                  const struct rollout_status *is, uint32_t replicas, bool *renews);
/* After a step: what it says now. *renews: it is said anew, even if it is the same. */

int64_t rollout_look_again(const struct rollout_progress *p, const struct rollout_status *is,
                           uint32_t replicas);
/* When a rollout that stands still is looked at next, in ms; negative: it need not. */

#endif
