/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workload.c - Pod, Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet and Job
 * documents (pkg/apis/apps: v1/defaults.go, validation/validation.go).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"
#include "engine/store/job_spec.h"

#include <string.h>

struct kind_rules {
    const char *name; /* as the API's sentences have it */
    enum mf_fields fields;
};

static const struct kind_rules rules[] = {
    [POD_WORKLOAD_POD] = {"Pod", MF_FIELDS_POD},
    [POD_WORKLOAD_REPLICASET] = {"ReplicaSet", MF_FIELDS_REPLICASET},
    [POD_WORKLOAD_DEPLOYMENT] = {"Deployment", MF_FIELDS_DEPLOYMENT},
    [POD_WORKLOAD_STATEFULSET] = {"StatefulSet", MF_FIELDS_STATEFULSET},
    [POD_WORKLOAD_DAEMONSET] = {"DaemonSet", MF_FIELDS_DAEMONSET},
    [POD_WORKLOAD_JOB] = {"Job", MF_FIELDS_JOB},
    [POD_WORKLOAD_CONTROLLER] = {"ReplicationController", MF_FIELDS_REPLICASET},
};

static void pod_document(struct mf_load *l, const struct mf_at *root, const struct mf_meta *meta,
                         struct pod_workload_spec *out);
static void controller_document(struct mf_load *l, const struct mf_at *root,
                                const struct mf_meta *meta, struct pod_workload_spec *out);
static void selector_check(struct mf_load *l, const struct mf_at *spec,
                           const struct pod_labels *labels, struct pod_workload_spec *out);
static void policy_check(struct mf_load *l, const struct mf_at *pod_spec,
                         const struct pod_spec *pod, enum pod_workload_kind kind);
static void job_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *pod,
                     struct pod_workload_spec *out);

void mf_workload_read(struct mf_load *l, const struct mf_node *doc, enum pod_workload_kind kind)
{
    struct mf_at root = mf_root(doc);
    struct mf_meta meta;
    struct pod_workload_spec w;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, (int)kind, &meta);
    w = (struct pod_workload_spec){.kind = kind,
                                   .ns = meta.ns,
                                   .name = meta.name,
                                   .labels = meta.labels,
                                   .replicas = 1};
    if (kind == POD_WORKLOAD_POD)
        pod_document(l, &root, &meta, &w);
    else
        controller_document(l, &root, &meta, &w);
    mf_workload_add(l, &root, &meta, &w);
}

static void pod_document(struct mf_load *l, const struct mf_at *root, const struct mf_meta *meta,
                         struct pod_workload_spec *out)
{
    struct mf_at spec = mf_field(root, "spec");
    const struct mf_template from = {.spec = &spec, .bare = true};
    struct pod_spec *pod = mf_pod_read(l, &from, meta);

    if (pod)
        pod->hash = mf_hash_template(spec.node, true, pod);
    out->template_ = pod;
}

static void controller_document(struct mf_load *l, const struct mf_at *root,
                                const struct mf_meta *meta, struct pod_workload_spec *out)
{
    struct mf_at spec = mf_field(root, "spec"), selector = mf_field(&spec, "selector");

    mf_controller_read(l, &spec, out->kind, meta, out);
    if (out->kind != POD_WORKLOAD_JOB)
        return;
    mf_job_name_check(l, root, meta->name, out->job);
    if (selector.node && !mf_bool(l, &spec, "manualSelector", false))
        mf_invalid(l, &selector, "`selector` not auto-generated");
}

void mf_controller_read(struct mf_load *l, const struct mf_at *spec, enum pod_workload_kind kind,
                        const struct mf_meta *meta, struct pod_workload_spec *out)
{
    struct mf_at template = mf_field(spec, "template"),
                 pod_spec = mf_field(&template, "spec"), pod_meta = mf_field(&template, "metadata"),
                 claims = mf_field(spec, "volumeClaimTemplates"),
                 labels = mf_field(&pod_meta, "labels"),
                 annotations = mf_field(&pod_meta, "annotations");
    struct mf_template from = {.spec = &pod_spec};
    struct mf_meta inner = {.ns = meta->ns, .name = meta->name};
    struct pod_spec *pod;

    if (mf_is_object(l, spec))
        mf_fields_check(l, spec, rules[kind].fields);
    if (mf_is_object(l, &template))
        mf_fields_check(l, &template, MF_FIELDS_POD_TEMPLATE);
    if (mf_is_object(l, &pod_meta))
        mf_fields_check(l, &pod_meta, MF_FIELDS_META);
    if (kind == POD_WORKLOAD_STATEFULSET)
        from.claims = &claims;
    /* The API server leaves "metadata" out of these two paths (ValidatePodTemplateSpec). */
    labels.up = annotations.up = &template;
    inner.labels = mf_labels_read(l, &labels);
    inner.annotations = mf_annotations_read(l, &annotations);
    pod = mf_pod_read(l, &from, &inner);
    if (pod == NULL)
        return;
    pod->hash = mf_hash_template(template.node, false, pod);
    pod->text = l->set->keeps ? mf_keep_json(l, template.node) : NULL;
    out->template_ = pod;
    if (kind == POD_WORKLOAD_STATEFULSET) { /* its controller gives both to each pod */
        pod->hostname = NULL;
        pod->subdomain = mf_string(l, spec, "serviceName", NULL);
    }
    if (kind == POD_WORKLOAD_DAEMONSET)
        mf_daemon_tolerations(l, pod);
    policy_check(l, &pod_spec, pod, kind);
    if (kind == POD_WORKLOAD_JOB) {
        job_read(l, spec, pod, out);
        return;
    }
    if (kind != POD_WORKLOAD_DAEMONSET)
        out->replicas = mf_natural(l, spec, "replicas", 1);
    selector_check(l, spec, &inner.labels, out);
    mf_rollout_read(l, spec, out);
}

static void selector_check(struct mf_load *l, const struct mf_at *spec,
                           const struct pod_labels *labels, struct pod_workload_spec *out)
{
    /* A ReplicaSet's sentence really says deployment. */
    static const char *const empty[] = {
        [POD_WORKLOAD_REPLICASET] = "empty selector is invalid for deployment",
        [POD_WORKLOAD_DEPLOYMENT] = "empty selector is invalid for deployment",
        [POD_WORKLOAD_STATEFULSET] = "empty selector is invalid for statefulset",
        [POD_WORKLOAD_DAEMONSET] = "empty selector is invalid for daemonset",
    };
    struct mf_at selector = mf_field(spec, "selector"), template = mf_field(spec, "template"),
                 meta = mf_field(&template, "metadata"), at = mf_field(&meta, "labels");

    if (out->kind == POD_WORKLOAD_CONTROLLER) { /* a plain map; by default the labels of the
                                                 * template */
        out->selector = mf_selector_map(l, mf_labels_read(l, &selector));
        if (out->selector.count == 0 && !(selector.node && selector.node->type != MF_MAPPING))
            out->selector = mf_selector_map(l, *labels);
        if (out->selector.count == 0)
            mf_required(l, &selector, "");
    } else if (!selector.node) {
        mf_required(l, &selector, "");
    } else {
        out->selector = mf_selector_read(l, &selector);
    }
    if (!out->selector.present ||
        (out->kind == POD_WORKLOAD_CONTROLLER && out->selector.count == 0))
        return;
    if (out->selector.count == 0)
        mf_invalid(l, &selector, "%s", empty[out->kind]);
    else if (!pod_selector_matches(&out->selector, labels))
        mf_say(l, &at, "Invalid value: %s: `selector` does not match template `labels`",
               at.node ? mf_json(l, at.node) : "null");
}

static void policy_check(struct mf_load *l, const struct mf_at *pod_spec,
                         const struct pod_spec *pod, enum pod_workload_kind kind)
{
    struct mf_at policy = mf_field(pod_spec, "restartPolicy"),
                 deadline = mf_field(pod_spec, "activeDeadlineSeconds");

    if (kind == POD_WORKLOAD_JOB) {
        if (pod->restart_policy == POD_RESTART_ALWAYS)
            mf_required(l, &policy, "valid values: \"OnFailure\", \"Never\"");
        return;
    }
    if (pod->restart_policy != POD_RESTART_ALWAYS)
        mf_unsupported(l, &policy, policy.node->text, "Always");
    if (deadline.node)
        mf_forbidden(l, &deadline,
                     mf_scratch(l, "activeDeadlineSeconds in %s is not Supported",
                                kind == POD_WORKLOAD_DEPLOYMENT ? "ReplicaSet" : rules[kind].name));
}

static void job_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *pod,
                     struct pod_workload_spec *out)
{
    struct mf_at selector = mf_field(spec, "selector");
    const struct st_job_spec *job = mf_job_read(l, spec, pod);

    out->job = job;
    if (job == NULL)
        return;
    out->replicas =
        job->completions >= 0 ? RX_MIN(job->parallelism, job->completions) : job->parallelism;
    if (selector.node && mf_bool(l, spec, "manualSelector", false))
        out->selector = mf_selector_read(l, &selector);
}

void mf_workload_add(struct mf_load *l, const struct mf_at *root, const struct mf_meta *meta,
                     const struct pod_workload_spec *w)
{
    struct mf_at metadata = mf_field(root, "metadata"), name = mf_field(&metadata, "name");
    struct manifest_workloads *list = &l->set->workloads;

    if (!*meta->name)
        return; /* refused already */
    if (mf_name_taken(l->set, l->set->applied, ST_WORKLOAD, (uint8_t)w->kind, w->ns, w->name)) {
        mf_duplicate(l, &name, w->name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &list->item, list->count, &list->room, sizeof(*list->item)))
        return;
    list->item[list->count++] = *w;
    mf_object_add(l, &(struct manifest_object){
                         w->ns, w->name, list->count - 1, ST_WORKLOAD, (uint8_t)w->kind});
}
