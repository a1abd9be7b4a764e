/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podspec.c - PodSpec: what concerns the pod as a whole (pkg/apis/core/v1/defaults.go,
 * pkg/apis/core/validation ValidatePodSpec).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"
#include "engine/store/resource_ref.h"

#include <string.h>

enum { GRACE_DEFAULT_S = 30 };

static bool limits_storage(const struct pod_spec *pod);
static void policy_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
static void times_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
static void account_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
static void gates_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
static void scheduling_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
static void tolerations_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
static void toleration_read(struct mf_load *l, const struct mf_at *at,
                            struct pod_toleration_spec *out);

struct pod_spec *mf_pod_read(struct mf_load *l, const struct mf_template *from,
                             const struct mf_meta *meta)
{
    const struct mf_at *spec = from->spec;
    struct mf_at ephemeral = mf_field(spec, "ephemeralContainers");
    uint32_t one;
    struct pod_spec *pod = mf_array(l, 1, sizeof(*pod), &one);

    if (pod == NULL)
        return NULL;
    l->pod = spec;
    *pod = (struct pod_spec){.ns = meta->ns,
                             .name = meta->name,
                             .labels = meta->labels,
                             .annotations = meta->annotations,
                             .restart_policy = POD_RESTART_ALWAYS,
                             .grace_s = GRACE_DEFAULT_S,
                             .active_deadline_s = -1};
    if (mf_is_object(l, spec))
        mf_fields_check(l, spec, MF_FIELDS_POD);
    policy_read(l, spec, pod);
    times_read(l, spec, pod);
    mf_dns_read(l, spec, pod);
    mf_pod_security_read(l, spec, pod);
    pod->node_name = mf_string(l, spec, "nodeName", NULL);
    pod->no_token = !mf_bool(l, spec, "automountServiceAccountToken", true);
    pod->shared_pids = mf_bool(l, spec, "shareProcessNamespace", false);
    pod->shared_pids = mf_bool(l, spec, "hostPID", false) || pod->shared_pids;
    account_read(l, spec, pod);
    gates_read(l, spec, pod);
    scheduling_read(l, spec, pod);
    tolerations_read(l, spec, pod);
    mf_affinity_read(l, spec, pod);
    if (mf_count(l, &ephemeral))
        mf_forbidden(l, &ephemeral,
                     from->bare ? "cannot be set on create"
                                : "ephemeral containers not allowed in pod template");
    mf_volumes_read(l, spec, from->claims, pod);
    mf_containers_read(l, spec, pod);
    l->no_memory |= st_resources_fill(&l->set->arena, pod) != 0;
    pod->limits_storage = limits_storage(pod);
    return pod;
}

static bool limits_storage(const struct pod_spec *pod)
{
    for (uint32_t i = 0; i < pod->container_count; i++)
        if (pod->container[i].storage_bytes > 0)
            return true;
    for (uint32_t i = 0; i < pod->volume_count; i++)
        if (pod->volume[i].kind == POD_VOLUME_EMPTY_DIR && pod->volume[i].size_limit > 0)
            return true;
    return false;
}

static void policy_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    static const enum pod_restart_policy policy[] = {POD_RESTART_ALWAYS, POD_RESTART_ON_FAILURE,
                                                     POD_RESTART_NEVER};

    out->restart_policy = policy[mf_choice(l, spec, "restartPolicy", "Always OnFailure Never", 0)];
}

static void times_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at deadline = mf_field(spec, "activeDeadlineSeconds");
    int64_t grace = mf_int(l, spec, "terminationGracePeriodSeconds", GRACE_DEFAULT_S), s;

    /* The API server turns a negative period into 1 when it is used; more than an int32 is for
     * ever. */
    out->grace_s = grace < 0 ? 1 : (int32_t)RX_MIN(grace, INT32_MAX);
    if (mf_integer_at(l, &deadline, "int64", &s) &&
        mf_number_between(l, &deadline, s, 1, INT32_MAX))
        out->active_deadline_s = s;
}

/* serviceAccount is the old name, and still an alias. */
static void account_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at at = mf_field(spec, "serviceAccountName");

    out->service_account = mf_string_at(l, &at, mf_string(l, spec, "serviceAccount", NULL));
    if (out->service_account)
        mf_shape_check(l, &at, MF_DNS_SUBDOMAIN, out->service_account);
}

static void gates_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at gates = mf_field(spec, "readinessGates");
    const char **gate = mf_array(l, mf_count(l, &gates), sizeof(*gate), &out->gate_count);

    for (uint32_t i = 0; i < out->gate_count; i++) {
        struct mf_at item = mf_item(&gates, i), type = mf_field(&item, "conditionType");

        gate[i] = "";
        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_READINESS_GATE);
        gate[i] = mf_string_at(l, &type, "");
        mf_shape_check(l, &type, MF_LABEL_KEY, gate[i]);
    }
    out->gate = gate;
}

int32_t mf_system_priority(const char *name)
{
    return name == NULL                                   ? 0
           : strcmp(name, "system-node-critical") == 0    ? 2000001000
           : strcmp(name, "system-cluster-critical") == 0 ? 2000000000
                                                          : 0;
}

static void scheduling_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at gates = mf_field(spec, "schedulingGates"), selector, resources,
                 never = mf_field(spec, "preemptionPolicy");
    uint32_t count = mf_count(l, &gates);

    for (uint32_t i = 0; i < count; i++) {
        struct mf_at item = mf_item(&gates, i);

        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_SCHEDULING_GATE);
        mf_shape_check(l, &item, MF_LABEL_KEY, mf_string(l, &item, "name", ""));
    }
    out->scheduling_gated = count > 0;
    selector = mf_field(spec, "nodeSelector");
    resources = mf_field(spec, "resources");
    out->node_selector = mf_labels_read(l, &selector);
    out->priority_class = mf_string(l, spec, "priorityClassName", NULL);
    out->runtime_class = mf_string(l, spec, "runtimeClassName", NULL);
    out->priority = mf_int(l, spec, "priority", mf_system_priority(out->priority_class));
    mf_resources_read(l, &resources, &out->limits, &out->requests);
    mf_amounts_count(l, &out->requests, &out->asks);
    out->never_preempts = never.node && never.node->type == MF_STRING &&
                          strcmp(never.node->text, "Never") == 0;
}

static void tolerations_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at list = mf_field(spec, "tolerations");
    struct pod_toleration_spec *t =
        mf_array(l, mf_count(l, &list), sizeof(*t), &out->toleration_count);

    for (uint32_t i = 0; i < out->toleration_count; i++) {
        struct mf_at item = mf_item(&list, i);

        toleration_read(l, &item, &t[i]);
    }
    out->toleration = t;
}

/* ValidateTolerations. */
static void toleration_read(struct mf_load *l, const struct mf_at *at,
                            struct pod_toleration_spec *out)
{
    struct mf_at key = mf_field(at, "key"), op = mf_field(at, "operator"),
                 value = mf_field(at, "value"), effect = mf_field(at, "effect"),
                 seconds = mf_field(at, "tolerationSeconds");

    *out = (struct pod_toleration_spec){.key = "", .value = "", .effect = "", .seconds = -1};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_TOLERATION);
    out->key = mf_string_at(l, &key, "");
    if (*out->key)
        mf_shape_check(l, &key, MF_LABEL_KEY, out->key);
    out->value = mf_string_at(l, &value, "");
    out->exists = mf_choice(l, at, "operator", "Equal Exists", 0) == 1;
    if (!*out->key && !out->exists)
        mf_invalid_text(l, &op, "",
                        "operator must be Exists when `key` is empty, which means \"match all "
                        "values and all keys\"");
    if (out->exists && *out->value)
        mf_invalid(l, &op, "value must be empty when `operator` is 'Exists'");
    else if (!out->exists)
        mf_shape_check(l, &value, MF_LABEL_VALUE, out->value);
    out->effect = mf_string_at(l, &effect, "");
    if (*out->effect)
        mf_choice(l, at, "effect", MF_TAINT_EFFECTS, 0);
    if (!mf_integer_at(l, &seconds, "int64", &out->seconds))
        out->seconds = -1;
    else if (strcmp(out->effect, "NoExecute") != 0)
        mf_invalid(l, &effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    else
        out->seconds = RX_MAX(out->seconds, 0);
}
