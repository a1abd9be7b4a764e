/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show.c - objects as the Kubernetes API shows them, without their status: the document or the
 * template, and the fields that have been given since.
 */
#include "api/show.h"

#include <string.h>

#include "api/manifest/document.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/job.h"
#include "engine/cluster/revision.h"
#include "engine/pod/program.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

/* A ReplicaSet of a Deployment names its pods by the Deployment's numbers, and has a uid of its
 * own. */
static void owner_uid(struct api_show *s, const struct pod_owner *o, bool as_set,
                      char uid[POD_UID_MAX])
{
    uint64_t h = rx_hash_bytes(o->name_id, o->hash, strlen(o->hash));

    if (as_set && o->kind == POD_WORKLOAD_DEPLOYMENT)
        pod_uid_of(&s->ring->world, (uint64_t)1 << 63 | rx_hash_end(h) >> 2, uid);
    else
        pod_owner_uid(o, s->ring->world.seed, uid);
}

static void workload_uid(struct api_show *s, const struct cluster_workload *w,
                         char uid[POD_UID_MAX])
{
    owner_uid(s, w->owner, w->spec.kind == POD_WORKLOAD_REPLICASET, uid);
}

/* ---- pods ------------------------------------------------------------------------------------ */

static const struct {
    const char *version, *kind;
} workloads[] = {
    [POD_WORKLOAD_POD] = {"v1", "Pod"},
    [POD_WORKLOAD_REPLICASET] = {"apps/v1", "ReplicaSet"},
    [POD_WORKLOAD_DEPLOYMENT] = {"apps/v1", "Deployment"},
    [POD_WORKLOAD_STATEFULSET] = {"apps/v1", "StatefulSet"},
    [POD_WORKLOAD_DAEMONSET] = {"apps/v1", "DaemonSet"},
    [POD_WORKLOAD_JOB] = {"batch/v1", "Job"},
    [POD_WORKLOAD_CONTROLLER] = {"v1", "ReplicationController"},
    [POD_WORKLOAD_CRONJOB] = {"batch/v1", "CronJob"},
};

static void put_controller(struct api_show *s, const struct cluster_workload *up)
{
    char uid[POD_UID_MAX];

    workload_uid(s, up, uid);
    api_show_owner(s, workloads[up->spec.kind].version, workloads[up->spec.kind].kind,
                   up->object.name, uid);
}

static void put_pod(struct api_show *s, struct pod *p)
{
    const struct cluster_workload *up;
    struct pod_self self;
    char uid[POD_UID_MAX];

    pod_self_labels(p, &self);
    api_show_meta(s, "v1", "Pod", pod_spec_of(p)->ns, self.fields.name);
    if (pod_spec_of(p)->all_labels) { /* they have been changed */
        api_show_put(s, "metadata.labels", "{}");
        api_show_pairs(s, "metadata.labels", &pod_spec_of(p)->labels);
    }
    api_show_pairs(s, "metadata.labels", &self.fields.labels);
    api_show_pairs(s, "metadata.annotations", &self.fields.annotations);
    pod_uid(p, uid);
    api_show_text(s, "metadata.uid", uid);
    api_show_moment(s, "metadata.creationTimestamp", p->created_at);
    if (pod_is_deleting(p)) {
        api_show_moment(s, "metadata.deletionTimestamp",
                        p->deleted_at + (rx_ms)p->grace_s * RX_MS_PER_S);
        api_show_put(s, "metadata.deletionGracePeriodSeconds", "%lld", (long long)p->grace_s);
    }
    up = cluster_owner_of(&s->ring->cluster, p);
    if (up != NULL && up->spec.kind != POD_WORKLOAD_POD)
        put_controller(s, up);
    if (pod_on_node(p))
        api_show_text(s, "spec.nodeName", pod_node_name(p));
}

/* Of a pod with a document of its own, that; of any other the template. */
static int show_pod(struct api_show *s, struct pod *p, struct rx_text *out)
{
    const struct pod_spec *spec = pod_spec_of(p);
    struct manifest_base base = MANIFEST_BASE_NONE;
    const struct st_object *o = p->owner == NULL ? st_find(&s->ring->world.store, ST_WORKLOAD,
                                                           POD_WORKLOAD_POD, spec->ns, spec->name)
                                                 : NULL;
    const char *text = o != NULL && o->document != NULL && o->document->length > 0
                           ? o->document->text
                       : p->owner != NULL ? spec->text
                                          : NULL;

    if (text == NULL)
        return -RX_EUNSUPPORTED;
    base.pod = spec;
    base.bare = true;
    put_pod(s, p);
    return manifest_compose(&s->ring->mem, &base, text, s->set, s->count, out);
}

/* ---- workloads ------------------------------------------------------------------------------- */

static void put_selector(struct api_show *s, const char *path, const struct pod_selector *selector)
{
    uint32_t others = 0;

    for (uint32_t i = 0; i < selector->count; i++) {
        static const char *const op[] = {"In", "NotIn", "Exists", "DoesNotExist"};
        const struct pod_requirement *q = &selector->requirement[i];

        if (q->op == POD_SELECT_IN && q->count == 1) {
            api_show_text(s, api_show_say(s, "%s.matchLabels[\"%s\"]", path, q->key), q->value[0]);
            continue;
        }
        api_show_put(s, api_show_say(s, "%s.matchExpressions[%u]", path, others),
                     "{\"key\":\"%s\",\"operator\":\"%s\"}", q->key, op[q->op]);
        for (uint32_t k = 0; k < q->count; k++)
            api_show_text(s, api_show_say(s, "%s.matchExpressions[%u].values[%u]", path, others, k),
                          q->value[k]);
        others++;
    }
}

/* A ReplicaSet of a Deployment. */
static void put_set(struct api_show *s, const struct cluster_workload *w)
{
    api_show_pairs(s, "metadata.labels", &w->spec.template_->labels);
    put_selector(s, "spec.selector", &w->spec.selector);
    for (int i = 0; i < 3 && w->owner->hash[0] != '\0'; i++) {
        static const char *const path[] = {"metadata.labels[\"pod-template-hash\"]",
                                           "spec.selector.matchLabels[\"pod-template-hash\"]",
                                           "spec.template.metadata.labels[\"pod-template-hash\"]"};

        api_show_text(s, path[i], w->owner->hash);
    }
    if (w->spec.min_ready_s > 0)
        api_show_put(s, "spec.minReadySeconds", "%d", w->spec.min_ready_s);
}

static void put_job(struct api_show *s, const struct cluster_workload *w)
{
    const struct st_job_spec *j = w->spec.job;
    char uid[POD_UID_MAX];

    workload_uid(s, w, uid);
    api_show_put(s, "spec.parallelism", "%d", j->parallelism);
    if (j->completions >= 0)
        api_show_put(s, "spec.completions", "%d", j->completions);
    api_show_put(s, "spec.backoffLimit", "%d", j->backoff_limit);
    api_show_put(s, "spec.suspend", j->suspended ? "true" : "false");
    api_show_put(s, "spec.completionMode", j->indexed ? "\"Indexed\"" : "\"NonIndexed\"");
    if (w->spec.selector.present)
        return;
    api_show_text(s, "spec.selector.matchLabels[\"batch.kubernetes.io/controller-uid\"]", uid);
    for (int i = 0; i < 2; i++) {
        const char *labels = i == 0 ? "metadata.labels" : "spec.template.metadata.labels";

        api_show_text(s, api_show_say(s, "%s[\"batch.kubernetes.io/controller-uid\"]", labels),
                      uid);
        api_show_text(s, api_show_say(s, "%s[\"batch.kubernetes.io/job-name\"]", labels),
                      w->object.name);
        api_show_text(s, api_show_say(s, "%s[\"controller-uid\"]", labels), uid);
        api_show_text(s, api_show_say(s, "%s[\"job-name\"]", labels), w->object.name);
    }
}

static void put_workload(struct api_show *s, const struct cluster_workload *w)
{
    const struct cluster_workload *up = w->controller;
    bool made = api_is_made(&w->object);
    char uid[POD_UID_MAX];

    if (made && w->spec.cron == NULL && up != NULL && up->spec.kind == POD_WORKLOAD_CRONJOB) {
        api_show_pairs(s, "metadata.labels", &up->spec.cron->labels);
        api_show_pairs(s, "metadata.annotations", &up->spec.cron->annotations);
    }
    if (made && w->spec.kind == POD_WORKLOAD_REPLICASET)
        put_set(s, w);
    if (w->spec.kind == POD_WORKLOAD_JOB)
        put_job(s, w);
    if (w->spec.kind == POD_WORKLOAD_CRONJOB)
        api_show_put(s, "spec.suspend", w->spec.cron->suspended ? "true" : "false");
    workload_uid(s, w, uid);
    api_show_text(s, "metadata.uid", uid);
    if (up != NULL)
        put_controller(s, up);
}

static void put_revision(struct api_show *s, const struct cluster_template *t)
{
    char uid[POD_UID_MAX];

    owner_uid(s, t->owner, false, uid);
    api_show_put(s, "revision", "%llu", (unsigned long long)t->number);
    api_show_owner(s, workloads[t->owner->kind].version, workloads[t->owner->kind].kind,
                   t->owner->name, uid);
    if (t->spec->text != NULL)
        api_show_put(s, "data.spec.template", "%s", t->spec->text);
}

/* ---- all ------------------------------------------------------------------------------------- */

/* What is nobody's workload. */
static const struct {
    enum st_kind kind;
    const char *version, *name;
} others[] = {
    {ST_SERVICE, "v1", "Service"},
    {ST_CLAIM, "v1", "PersistentVolumeClaim"},
    {ST_BEHAVIOUR, "podring.dev/v1", "Behavior"},
    {ST_REVISION, "apps/v1", "ControllerRevision"},
    {ST_NODE, "v1", "Node"},
    {ST_NAMESPACE, "v1", "Namespace"},
    {ST_SLICE, "discovery.k8s.io/v1", "EndpointSlice"},
    {ST_INGRESS, "networking.k8s.io/v1", "Ingress"},
    {ST_HPA, "autoscaling/v2", "HorizontalPodAutoscaler"},
    {ST_BUDGET, "policy/v1", "PodDisruptionBudget"},
    {ST_LIMIT_RANGE, "v1", "LimitRange"},
    {ST_QUOTA, "v1", "ResourceQuota"},
    {ST_PRIORITY_CLASS, "scheduling.k8s.io/v1", "PriorityClass"},
    {ST_STORAGE_CLASS, "storage.k8s.io/v1", "StorageClass"},
    {ST_VOLUME, "v1", "PersistentVolume"},
    {ST_CLIENT, "podring.dev/v1", "Client"},
    {ST_METRICS, "podring.dev/v1", "Metrics"},
};

static void put_identity(struct api_show *s, const struct st_object *o)
{
    char uid[POD_UID_MAX];

    if (o->kind == ST_WORKLOAD) {
        api_show_meta(s, workloads[o->sub].version, workloads[o->sub].kind, o->ns, o->name);
        put_workload(s, rx_container_of(o, struct cluster_workload, object));
    } else if (o->kind == ST_CONFIG) {
        api_show_meta(s, "v1", o->sub != 0 ? "Secret" : "ConfigMap", o->ns, o->name);
    } else {
        for (size_t i = 0; i < RX_ARRAY_LEN(others); i++)
            if (others[i].kind == (enum st_kind)o->kind)
                api_show_meta(s, others[i].version, others[i].name, o->ns, api_object_name(o));
    }
    if (o->kind != ST_WORKLOAD) {
        api_show_uid(s, (enum st_kind)o->kind, o->meta.serial, uid);
        api_show_text(s, "metadata.uid", uid);
    }
    api_show_moment(s, "metadata.creationTimestamp", o->meta.created);
    if (o->meta.version > 0)
        api_show_put(s, "metadata.resourceVersion", "\"%llu\"",
                     (unsigned long long)o->meta.version);
}

static int show_object(struct api_show *s, const struct st_object *o, struct rx_text *out)
{
    struct manifest_base base;
    bool made = api_is_made(o), shaped = made && o->kind == ST_WORKLOAD;
    const char *text = made ? "{}" : o->document->text;

    if (!made && o->document->length == 0)
        return -RX_EUNSUPPORTED;
    api_base_of(o, NULL, &base);
    if (shaped && base.pod->text == NULL)
        return -RX_EUNSUPPORTED;
    if (shaped)
        text = api_show_say(s, "{\"spec\":{\"template\":%s}}", base.pod->text);
    put_identity(s, o);
    if (o->kind == ST_SERVICE)
        api_show_service(s, cluster_service_of((struct st_object *)(uintptr_t)o));
    if (o->kind == ST_NODE)
        api_show_node(s, o);
    if (o->kind == ST_VOLUME && made)
        api_show_volume(s, o);
    if (o->kind == ST_CLAIM)
        api_show_claim(s, o);
    if (o->kind == ST_INGRESS)
        api_show_ingress(s);
    if (o->kind == ST_REVISION)
        put_revision(s, rx_container_of(o, struct cluster_template, object));
    return manifest_compose(&s->ring->mem, &base, text, s->set, s->count, out);
}

static void put_api(struct api_show *s)
{
    char uid[POD_UID_MAX];

    api_show_meta(s, "v1", "Service", "default", "kubernetes");
    api_show_put(s, "metadata.labels", "{\"component\":\"apiserver\",\"provider\":\"kubernetes\"}");
    api_show_uid(s, ST_SERVICE, 0, uid);
    api_show_text(s, "metadata.uid", uid);
    api_show_moment(s, "metadata.creationTimestamp", 0);
    api_show_service(s, &s->ring->cluster.api);
}

static bool in_namespace(const char *wanted, const char *ns)
{
    return wanted[0] == '\0' || ns == NULL || ns[0] == '\0' || strcmp(wanted, ns) == 0;
}

static int next_object(struct api_show *s, enum st_kind kind, uint8_t sub, const char *ns,
                       uint64_t *cursor, struct rx_text *out)
{
    const struct st_object *o = api_object_from(s->ring, kind, *cursor + 1);

    while (o != NULL && (o->sub != sub || !in_namespace(ns, o->ns)))
        o = api_object_from(s->ring, kind, o->meta.serial + 1);
    if (o == NULL)
        return -RX_ENOTFOUND;
    *cursor = o->meta.serial;
    return show_object(s, o, out);
}

static int next_pod(struct api_show *s, const char *ns, uint64_t *cursor, struct rx_text *out)
{
    uint64_t id;

    while ((id = podring_next_pod(s->ring, cursor)) != 0) {
        struct pod *p = pod_get(&s->ring->world, id);

        if (in_namespace(ns, pod_spec_of(p)->ns))
            return show_pod(s, p, out);
    }
    return -RX_ENOTFOUND;
}

/* The one that nobody has applied comes first. */
static int next_service(struct api_show *s, const char *ns, uint64_t *cursor, struct rx_text *out)
{
    uint64_t at = RX_MAX(*cursor, 1u) - 1;
    int rc = 0;

    if (*cursor == 0 && in_namespace(ns, "default")) {
        put_api(s);
        *cursor = 1;
        return manifest_compose(&s->ring->mem, &(struct manifest_base)MANIFEST_BASE_NONE, "{}",
                                s->set, s->count, out);
    }
    rc = next_object(s, ST_SERVICE, 0, ns, &at, out);
    *cursor = at + 1;
    return rc;
}

static int next(struct api_show *s, const char *word, const char *ns, uint64_t *cursor,
                struct rx_text *out)
{
    enum st_kind kind;
    uint8_t sub;

    if (strcmp(word, "pod") == 0)
        return next_pod(s, ns, cursor, out);
    if (strcmp(word, "endpoints") == 0 || strcmp(word, "endpointslice") == 0)
        return api_show_endpoints(s, word[strlen("endpoints")] == '\0', ns, cursor, out);
    if (!api_kind_of(word, &kind, &sub) || kind == ST_STEP)
        return -RX_EINVALID;
    if (kind == ST_SERVICE)
        return next_service(s, ns, cursor, out);
    return next_object(s, kind, sub, ns, cursor, out);
}

int podring_show_next(podring *r, const char *kind, const char *namespace_, uint64_t *cursor,
                      char *out, size_t room, size_t *length)
{
    struct rx_text t = rx_text_in(out, room);
    struct api_show s = {.ring = r};
    uint64_t at;
    int rc;

    API_OWN(r);
    API_CHECK(r, kind != NULL, "kind is NULL");
    API_CHECK(r, cursor != NULL, "cursor is NULL");
    API_CHECK(r, length != NULL, "length is NULL");
    at = *cursor;
    rx_arena_init(&s.arena, &r->mem);
    rc = next(&s, kind, namespace_ != NULL ? namespace_ : "default", &at, &t);
    rc = rc == 0 && s.failed ? -RX_ENOMEM : rc;
    rx_arena_fini(&s.arena);
    if (rc == -PODRING_EUNSUPPORTED)
        return api_fail(r, rc,
                        "the documents of this engine's objects are not kept: "
                        "PODRING_NO_DOCUMENTS");
    if (rc == -PODRING_EINVALID)
        return api_fail(r, rc, "kind: there is no \"%s\"", kind);
    if (rc != 0)
        return api_result(r, rc, "podring_show_next");
    if (t.room > 0)
        rx_text_end(&t);
    *length = t.length;
    if (t.length < t.room)
        *cursor = at;
    return 0;
}
