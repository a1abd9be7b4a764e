/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollout.c - the fields that say how pods are replaced: strategy, updateStrategy, minReadySeconds
 * and their like (pkg/apis/apps/validation). The engine runs most defaults; what stands here is
 * checked so that a manifest Kubernetes would refuse is refused.
 */
#include "api/manifest/parts.h"

#include <string.h>

struct share {
    bool given, percent;
    int64_t value;
};

/* What a strategy says. */
struct strategy {
    int type; /* of the list of its types */
    struct share surge, unavailable;
};

static void strategy_check(struct mf_load *l, const struct mf_at *spec, const char *field,
                           const char *types, bool surge, struct strategy *out);
static void deployment_read(struct mf_load *l, const struct mf_at *spec,
                            struct pod_workload_spec *out);
static struct share share_read(struct mf_load *l, const struct mf_at *up, const char *field);
static void deadline_check(struct mf_load *l, const struct mf_at *spec);
static bool policy_is_parallel(struct mf_load *l, const struct mf_at *spec);

void mf_rollout_read(struct mf_load *l, const struct mf_at *spec, struct pod_workload_spec *out)
{
    struct mf_at retention = mf_field(spec, "persistentVolumeClaimRetentionPolicy");
    struct strategy strategy;

    out->min_ready_s = mf_natural(l, spec, "minReadySeconds", 0);
    mf_natural(l, spec, "revisionHistoryLimit", 10);
    switch (out->kind) {
    case POD_WORKLOAD_DEPLOYMENT:
        deployment_read(l, spec, out);
        break;
    case POD_WORKLOAD_STATEFULSET:
        strategy_check(l, spec, "updateStrategy", "RollingUpdate OnDelete", false, &strategy);
        out->parallel_pods = policy_is_parallel(l, spec);
        mf_string(l, spec, "serviceName", "");
        if (mf_is_object(l, &retention))
            mf_fields_check(l, &retention, MF_FIELDS_CLAIM_RETENTION);
        break;
    case POD_WORKLOAD_DAEMONSET:
        strategy_check(l, spec, "updateStrategy", "RollingUpdate OnDelete", true, &strategy);
        break;
    default:
        break;
    }
}

static struct st_share share_of(struct share s)
{
    return s.given ? (struct st_share){.percent = s.percent, .value = (int32_t)s.value}
                   : (struct st_share){.percent = true, .value = 25};
}

static void deployment_read(struct mf_load *l, const struct mf_at *spec,
                            struct pod_workload_spec *out)
{
    struct st_deployment_spec *d = rx_arena_alloc(&l->set->arena, sizeof(*d));
    struct strategy s;

    strategy_check(l, spec, "strategy", "Recreate RollingUpdate", true, &s);
    deadline_check(l, spec);
    if (d == NULL) {
        l->no_memory = true;
        return;
    }
    *d = (struct st_deployment_spec){
        .recreate = s.type == 0,
        .paused = mf_bool(l, spec, "paused", false),
        .surge = share_of(s.surge),
        .unavailable = share_of(s.unavailable),
        .history = mf_natural(l, spec, "revisionHistoryLimit", 10),
        .deadline_s = mf_natural(l, spec, "progressDeadlineSeconds", 600),
    };
    out->deployment = d;
}

static void strategy_check(struct mf_load *l, const struct mf_at *spec, const char *field,
                           const char *types, bool surge, struct strategy *out)
{
    struct mf_at strategy = mf_field(spec, field), rolling = mf_field(&strategy, "rollingUpdate"),
                 unavailable = mf_field(&rolling, "maxUnavailable");
    bool recreate = strncmp(types, "Recreate", 8) == 0;
    struct share max_surge, max_unavailable;

    *out = (struct strategy){.type = recreate ? 1 : 0};
    if (!mf_is_object(l, &strategy))
        return;
    mf_fields_check(l, &strategy, MF_FIELDS_STRATEGY);
    out->type = mf_choice(l, &strategy, "type", types, recreate ? 1 : 0);
    if (!mf_is_object(l, &rolling))
        return;
    mf_fields_check(l, &rolling, MF_FIELDS_ROLLING_UPDATE);
    if (recreate && out->type == 0) {
        mf_forbidden(l, &rolling, "may not be specified when strategy `type` is 'Recreate'");
        return;
    }
    mf_natural(l, &rolling, "partition", 0);
    max_unavailable = share_read(l, &rolling, "maxUnavailable");
    max_surge = share_read(l, &rolling, "maxSurge");
    out->surge = max_surge;
    out->unavailable = max_unavailable;
    if (max_unavailable.percent && max_unavailable.value > 100)
        mf_invalid(l, &unavailable, "must not be greater than 100%%");
    if (surge && max_unavailable.given && max_unavailable.value == 0 && max_surge.given &&
        max_surge.value == 0)
        mf_invalid(l, &unavailable, "may not be 0 when `maxSurge` is 0");
}

/* A number of pods or a percentage of them. */
static struct share share_read(struct mf_load *l, const struct mf_at *up, const char *field)
{
    struct mf_at at = mf_field(up, field);
    struct share s = {0};
    size_t digits;

    if (!at.node)
        return s;
    if (at.node->type != MF_STRING) {
        s.value = mf_natural(l, up, field, 0);
        s.given = at.node->type == MF_INT && at.node->number >= 0;
        return s;
    }
    digits = strspn(at.node->text, "0123456789");
    if (digits == 0 || strcmp(at.node->text + digits, "%") != 0 ||
        !mf_decimal_parse(at.node->text, digits, 0, &s.value)) {
        mf_invalid(
            l, &at,
            "a valid percent string must be a numeric string followed by an ending '%%' (e.g. "
            "'1%%',  or '93%%', regex used for validation is '[0-9]+%%')");
        return s;
    }
    s.given = s.percent = true;
    return s;
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

static bool policy_is_parallel(struct mf_load *l, const struct mf_at *spec)
{
    struct mf_at at = mf_field(spec, "podManagementPolicy");
    const char *policy = mf_string_at(l, &at, "OrderedReady");

    if (strcmp(policy, "OrderedReady") != 0 && strcmp(policy, "Parallel") != 0)
        mf_invalid(l, &at, "must be 'OrderedReady' or 'Parallel'");
    return strcmp(policy, "Parallel") == 0;
}
