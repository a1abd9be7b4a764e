/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sets.c - what StatefulSets and DaemonSets say beyond their templates (pkg/apis/apps:
 * v1/defaults.go, validation/validation.go).
 */
#include "api/manifest/parts.h"

#include <string.h>

#include "engine/reactor/base.h"

static const char bad_percent[] =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
    "'93%', regex used for validation is '[0-9]+%')";

struct st_share mf_share_read(struct mf_load *l, const struct mf_at *up, const char *field,
                              struct st_share fallback, bool limited)
{
    struct mf_at at = mf_field(up, field);
    int64_t value = 0;
    size_t digits;

    if (!at.node)
        return fallback;
    if (at.node->type != MF_STRING) {
        bool number = at.node->type == MF_INT && at.node->number >= 0;
        struct st_share s = {.value = mf_natural(l, up, field, 0)};

        return number ? s : fallback;
    }
    digits = strspn(at.node->text, "0123456789");
    if (digits == 0 || strcmp(at.node->text + digits, "%") != 0 ||
        !mf_decimal_parse(at.node->text, digits, 0, &value)) {
        mf_invalid(l, &at, "%s", bad_percent);
        return fallback;
    }
    if (limited && value > 100)
        mf_invalid(l, &at, "must not be greater than 100%%");
    return (struct st_share){.value = (int32_t)RX_MIN(value, (int64_t)INT32_MAX), .percent = true};
}

/* ---- StatefulSet ----------------------------------------------------------------------------- */

/* Pods stand in a list by their ordinals. */
enum { START_MAX = 1000000 };

static bool policy_is_parallel(struct mf_load *l, const struct mf_at *spec)
{
    struct mf_at at = mf_field(spec, "podManagementPolicy");
    const char *policy = mf_string_at(l, &at, "OrderedReady");

    if (strcmp(policy, "OrderedReady") != 0 && strcmp(policy, "Parallel") != 0)
        mf_invalid(l, &at, "must be 'OrderedReady' or 'Parallel'");
    return strcmp(policy, "Parallel") == 0;
}

static void set_strategy_read(struct mf_load *l, const struct mf_at *spec,
                              struct st_statefulset_spec *out)
{
    struct mf_at at = mf_field(spec, "updateStrategy"), type = mf_field(&at, "type"),
                 rolling = mf_field(&at, "rollingUpdate");
    const char *word;

    out->has_partition = true; /* that of the default, partition 0 */
    if (!mf_is_object(l, &at))
        return;
    mf_fields_check(l, &at, MF_FIELDS_STRATEGY);
    word = mf_string_at(l, &type, "");
    out->on_delete = strcmp(word, "OnDelete") == 0;
    if (*word != '\0' && !out->on_delete && strcmp(word, "RollingUpdate") != 0)
        mf_invalid(l, &at, "must be 'RollingUpdate' or 'OnDelete'");
    out->has_partition = *word == '\0' || rolling.node != NULL;
    if (!mf_is_object(l, &rolling))
        return;
    mf_fields_check(l, &rolling, MF_FIELDS_ROLLING_UPDATE);
    if (out->on_delete)
        mf_invalid(l, &rolling, "only allowed for updateStrategy 'RollingUpdate'");
    out->partition = mf_natural(l, &rolling, "partition", 0);
    mf_share_read(l, &rolling, "maxUnavailable", (struct st_share){0}, true); /* its gate is off */
}

static void claims_read(struct mf_load *l, const struct mf_at *spec,
                        struct st_statefulset_spec *out)
{
    struct mf_at list = mf_field(spec, "volumeClaimTemplates"),
                 retention = mf_field(spec, "persistentVolumeClaimRetentionPolicy");
    const char **name = mf_array(l, mf_count(l, &list), sizeof(*name), &out->claims);
    struct st_claim_spec *asks = mf_array(l, out->claims, sizeof(*asks), &out->claims);

    for (uint32_t i = 0; i < out->claims; i++) {
        struct mf_at item = mf_item(&list, i), meta = mf_field(&item, "metadata"),
                     of = mf_field(&item, "spec");

        mf_claim_spec_read(l, &of, &asks[i]);
        name[i] = mf_string(l, &meta, "name", "");
    }
    out->claim = name;
    out->claim_spec = asks;
    if (!mf_is_object(l, &retention))
        return;
    mf_fields_check(l, &retention, MF_FIELDS_CLAIM_RETENTION);
    out->deleted_with_set = mf_choice(l, &retention, "whenDeleted", "Retain Delete", 0) == 1;
    out->deleted_with_pod = mf_choice(l, &retention, "whenScaled", "Retain Delete", 0) == 1;
}

void mf_statefulset_read(struct mf_load *l, const struct mf_at *spec, struct pod_workload_spec *out)
{
    struct mf_at ordinals = mf_field(spec, "ordinals");
    uint32_t one;
    struct st_statefulset_spec *s = mf_array(l, 1, sizeof(*s), &one);

    if (one == 0)
        return;
    s->history = mf_natural(l, spec, "revisionHistoryLimit", 10);
    s->parallel = policy_is_parallel(l, spec);
    set_strategy_read(l, spec, s);
    if (mf_is_object(l, &ordinals)) {
        mf_fields_check(l, &ordinals, MF_FIELDS_ORDINALS);
        s->start = mf_natural(l, &ordinals, "start", 0);
        if (s->start > START_MAX) {
            struct mf_at at = mf_field(&ordinals, "start");

            mf_say(l, &at, "podring takes at most %d", START_MAX);
        }
    }
    claims_read(l, spec, s);
    out->parallel_pods = s->parallel;
    out->statefulset = s;
}

/* ---- DaemonSet ------------------------------------------------------------------------------- */

static void daemon_rolling_read(struct mf_load *l, const struct mf_at *rolling,
                                struct st_daemonset_spec *out)
{
    struct mf_at surge = mf_field(rolling, "maxSurge"),
                 unavailable = mf_field(rolling, "maxUnavailable");

    mf_fields_check(l, rolling, MF_FIELDS_ROLLING_UPDATE);
    out->unavailable = mf_share_read(l, rolling, "maxUnavailable", out->unavailable, true);
    out->surge = mf_share_read(l, rolling, "maxSurge", out->surge, true);
    if (out->unavailable.value != 0 && out->surge.value != 0)
        mf_invalid(l, &surge, "may not be set when maxUnavailable is non-zero");
    if (out->unavailable.value == 0 && out->surge.value == 0)
        mf_required(l, &unavailable, "cannot be 0 when maxSurge is 0");
}

void mf_daemonset_read(struct mf_load *l, const struct mf_at *spec, struct pod_workload_spec *out)
{
    struct mf_at strategy = mf_field(spec, "updateStrategy"),
                 rolling = mf_field(&strategy, "rollingUpdate");
    uint32_t one;
    struct st_daemonset_spec *s = mf_array(l, 1, sizeof(*s), &one);

    if (one == 0)
        return;
    s->history = mf_natural(l, spec, "revisionHistoryLimit", 10);
    s->unavailable.value = 1;
    if (mf_is_object(l, &strategy)) {
        mf_fields_check(l, &strategy, MF_FIELDS_STRATEGY);
        s->on_delete = mf_choice(l, &strategy, "type", "RollingUpdate OnDelete", 0) == 1;
        if (mf_is_object(l, &rolling) && !s->on_delete)
            daemon_rolling_read(l, &rolling, s);
    }
    out->daemonset = s;
}

void mf_daemon_tolerations(struct mf_load *l, struct pod_spec *pod)
{
    static const struct pod_toleration_spec added[] = {
        {"node.kubernetes.io/not-ready", "", "NoExecute", true, -1},
        {"node.kubernetes.io/unreachable", "", "NoExecute", true, -1},
        {"node.kubernetes.io/disk-pressure", "", "NoSchedule", true, -1},
        {"node.kubernetes.io/memory-pressure", "", "NoSchedule", true, -1},
        {"node.kubernetes.io/pid-pressure", "", "NoSchedule", true, -1},
        {"node.kubernetes.io/unschedulable", "", "NoSchedule", true, -1},
        {"node.kubernetes.io/network-unavailable", "", "NoSchedule", true, -1},
    };
    uint32_t more = RX_ARRAY_LEN(added) - !pod->host_network, count = pod->toleration_count, room;
    struct pod_toleration_spec *all = mf_array(l, count + more, sizeof(*all), &room);

    if (room == 0)
        return;
    if (count > 0)
        memcpy(all, pod->toleration, count * sizeof(*all));
    for (uint32_t i = 0; i < more; i++) {
        uint32_t k = 0;

        while (k < count && (strcmp(all[k].key, added[i].key) != 0 || !all[k].exists ||
                             strcmp(all[k].effect, added[i].effect) != 0))
            k++;
        all[k] = added[i]; /* it takes the place of one that says the same for some time */
        count += k == count;
    }
    pod->toleration = all;
    pod->toleration_count = count;
}
