/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollout.c - the fields that say how pods are replaced: strategy, updateStrategy, minReadySeconds
 * and their like (pkg/apis/apps/validation). The engine runs most defaults; what stands here is
 * checked so that a manifest Kubernetes would refuse is refused.
 */
#include "api/manifest/parts.h"

#include <string.h>

/* What a strategy says. */
struct strategy {
    bool recreate;
    struct st_share surge, unavailable;
};

static void deployment_read(struct mf_load *l, const struct mf_at *spec,
                            struct pod_workload_spec *out);
static void strategy_read(struct mf_load *l, const struct mf_at *spec, struct strategy *out);
static void deadline_check(struct mf_load *l, const struct mf_at *spec);

void mf_rollout_read(struct mf_load *l, const struct mf_at *spec, struct pod_workload_spec *out)
{
    out->min_ready_s = mf_natural(l, spec, "minReadySeconds", 0);
    switch (out->kind) {
    case POD_WORKLOAD_DEPLOYMENT:
        deployment_read(l, spec, out);
        break;
    case POD_WORKLOAD_STATEFULSET:
        mf_statefulset_read(l, spec, out);
        break;
    case POD_WORKLOAD_DAEMONSET:
        mf_daemonset_read(l, spec, out);
        break;
    default:
        break;
    }
}

static void deployment_read(struct mf_load *l, const struct mf_at *spec,
                            struct pod_workload_spec *out)
{
    static const struct st_share quarter = {.value = 25, .percent = true};
    struct st_deployment_spec *d = rx_arena_alloc(&l->set->arena, sizeof(*d));
    struct strategy s = {.surge = quarter, .unavailable = quarter};

    strategy_read(l, spec, &s);
    deadline_check(l, spec);
    if (d == NULL) {
        l->no_memory = true;
        return;
    }
    *d = (struct st_deployment_spec){
        .recreate = s.recreate,
        .paused = mf_bool(l, spec, "paused", false),
        .surge = s.surge,
        .unavailable = s.unavailable,
        .history = mf_natural(l, spec, "revisionHistoryLimit", 10),
        .deadline_s = mf_natural(l, spec, "progressDeadlineSeconds", 600),
    };
    out->deployment = d;
}

static void strategy_read(struct mf_load *l, const struct mf_at *spec, struct strategy *out)
{
    struct mf_at strategy = mf_field(spec, "strategy"),
                 rolling = mf_field(&strategy, "rollingUpdate"),
                 unavailable = mf_field(&rolling, "maxUnavailable");

    if (!mf_is_object(l, &strategy))
        return;
    mf_fields_check(l, &strategy, MF_FIELDS_STRATEGY);
    out->recreate = mf_choice(l, &strategy, "type", "Recreate RollingUpdate", 1) == 0;
    if (!mf_is_object(l, &rolling))
        return;
    mf_fields_check(l, &rolling, MF_FIELDS_ROLLING_UPDATE);
    if (out->recreate) {
        mf_forbidden(l, &rolling, "may not be specified when strategy `type` is 'Recreate'");
        return;
    }
    out->unavailable = mf_share_read(l, &rolling, "maxUnavailable", out->unavailable, true);
    out->surge = mf_share_read(l, &rolling, "maxSurge", out->surge, false);
    if (out->unavailable.value == 0 && out->surge.value == 0)
        mf_invalid(l, &unavailable, "may not be 0 when `maxSurge` is 0");
}

static void deadline_check(struct mf_load *l, const struct mf_at *spec)
{
    struct mf_at at = mf_field(spec, "progressDeadlineSeconds"),
                 ready = mf_field(spec, "minReadySeconds");
    int32_t deadline = mf_natural(l, spec, "progressDeadlineSeconds", 600);
    int64_t min_ready = ready.node && ready.node->type == MF_INT ? ready.node->number : 0;

    if ((at.node || min_ready) && deadline <= min_ready)
        mf_say(l, &at, "Invalid value: %d: must be greater than minReadySeconds", deadline);
}
