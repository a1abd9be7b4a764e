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
    bool recreate;
    struct share surge, unavailable;
};

static void deployment_read(struct mf_load *l, const struct mf_at *spec,
                            struct pod_workload_spec *out);
static void strategy_read(struct mf_load *l, const struct mf_at *spec, struct strategy *out);
static struct share share_read(struct mf_load *l, const struct mf_at *up, const char *field);
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

static struct st_share share_of(struct share s)
{
    return s.given ? (struct st_share){.percent = s.percent, .value = (int32_t)s.value}
                   : (struct st_share){.percent = true, .value = 25};
}

static void deployment_read(struct mf_load *l, const struct mf_at *spec,
                            struct pod_workload_spec *out)
{
    struct st_deployment_spec *d = rx_arena_alloc(&l->set->arena, sizeof(*d));
    struct strategy s = {0};

    strategy_read(l, spec, &s);
    deadline_check(l, spec);
    if (d == NULL) {
        l->no_memory = true;
        return;
    }
    *d = (struct st_deployment_spec){
        .recreate = s.recreate,
        .paused = mf_bool(l, spec, "paused", false),
        .surge = share_of(s.surge),
        .unavailable = share_of(s.unavailable),
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
    struct share max_surge, max_unavailable;

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
    max_unavailable = share_read(l, &rolling, "maxUnavailable");
    max_surge = share_read(l, &rolling, "maxSurge");
    out->surge = max_surge;
    out->unavailable = max_unavailable;
    if (max_unavailable.percent && max_unavailable.value > 100)
        mf_invalid(l, &unavailable, "must not be greater than 100%%");
    if (max_unavailable.given && max_unavailable.value == 0 && max_surge.given &&
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
