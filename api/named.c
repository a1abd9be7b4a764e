/* SPDX-License-Identifier: Apache-2.0 */
/*
 * named.c - objects by what a call or a step names them: their documents, and how each kind is
 * deleted.
 */
#include "api/named.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/cluster/quota.h"
#include "engine/cluster/storage.h"
#include "engine/reactor/err.h"
#include "engine/store/config.h"
#include "engine/store/job_spec.h"
#include "engine/cluster/hpa.h"
#include "engine/cluster/node.h"

static int __attribute__((format(printf, 3, 4))) say(char why[API_WHY_MAX], int error,
                                                     const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, API_WHY_MAX, format, args);
    va_end(args);
    return error;
}

/* ---- finding --------------------------------------------------------------------------------- */

bool api_kind_of(const char *word, enum st_kind *kind, uint8_t *sub)
{
    for (int k = ST_POD + 1; k < ST_KINDS; k++) {
        for (unsigned s = 0; s < (k == ST_WORKLOAD ? POD_WORKLOAD_KINDS : k == ST_CONFIG ? 2u : 1u);
             s++) {
            const char *is = st_kind_word((enum st_kind)k, (uint8_t)s);

            if (is == NULL || strcmp(is, word) != 0)
                continue;
            *kind = (enum st_kind)k;
            *sub = (uint8_t)s;
            return true;
        }
    }
    return false;
}

static struct st_object *find_behaviour(podring *r, const char *ns, const char *name)
{
    ST_EACH(l, &r->world.store, ST_BEHAVIOUR) {
        struct st_object *o = st_object_at(l);

        if (strcmp(o->ns, ns) == 0 && strcmp(api_object_name(o), name) == 0)
            return o;
    }
    return NULL;
}

static bool has_no_namespace(enum st_kind kind)
{
    return kind == ST_NODE || kind == ST_NAMESPACE || kind == ST_PRIORITY_CLASS ||
           kind == ST_STORAGE_CLASS || kind == ST_VOLUME;
}

int api_find(podring *r, const char *namespace_, const char *object, struct api_named *out,
             char why[API_WHY_MAX])
{
    char *copy = r->strings.object, *slash = NULL;
    enum st_kind kind = ST_WORKLOAD;
    uint8_t sub = POD_WORKLOAD_POD;

    if (object != NULL && strlen(object) < sizeof(r->strings.object))
        slash = strchr(strcpy(copy, object), '/');
    if (slash == NULL)
        return say(why, -PODRING_EINVALID, "object: expected KIND/NAME");
    *slash = '\0';
    *out = (struct api_named){
        .ns = namespace_ != NULL ? namespace_ : "default", .kind = copy, .name = slash + 1};
    if (strcmp(copy, "pod") != 0 && !api_kind_of(copy, &kind, &sub))
        return say(why, -PODRING_EINVALID, "object: there is no kind \"%s\"", copy);
    if (has_no_namespace(kind))
        out->ns = "";
    if (kind == ST_WORKLOAD && sub == POD_WORKLOAD_POD)
        out->pod = cluster_find_pod(&r->cluster, out->ns, out->name);
    out->object = kind == ST_BEHAVIOUR ? find_behaviour(r, out->ns, out->name)
                                       : st_find(&r->world.store, kind, sub, out->ns, out->name);
    if (kind == ST_WORKLOAD && sub == POD_WORKLOAD_POD ? out->pod == NULL : out->object == NULL)
        return say(why, -PODRING_ENOTFOUND, "%s/%s of namespace %s: there is no such object",
                        copy, out->name, out->ns);
    return 0;
}

const char *api_pod_workload(podring *r, uint64_t pod)
{
    const struct pod *p = pod_get(&r->world, pod);

    return p != NULL ? pod_spec_of(p)->name : NULL;
}

/* ---- documents ------------------------------------------------------------------------------- */

/* A set of a Deployment keeps the document that its template stands in, which is not its own. */
bool api_is_made(const struct st_object *o)
{
    const struct cluster_workload *w = rx_container_of(o, struct cluster_workload, object);

    return o->document == NULL ||
           (o->kind == ST_WORKLOAD && w->spec.kind == POD_WORKLOAD_REPLICASET &&
            w->owner->kind == POD_WORKLOAD_DEPLOYMENT);
}

void api_base_of(const struct st_object *o, const struct pod *p, struct manifest_base *out)
{
    const struct cluster_workload *w = NULL;

    if (o->kind == ST_WORKLOAD)
        w = rx_container_of(o, struct cluster_workload, object);
    *out = (struct manifest_base){.ns = o->ns, .name = api_object_name(o),
                                  .document = o->document, .replicas = -1,
                                  .parallelism = -1, .suspended = -1};
    if (w == NULL)
        return;
    out->bare = w->spec.kind == POD_WORKLOAD_POD;
    out->pod = p != NULL ? pod_spec_of(p) : w->spec.template_;
    if (out->bare && out->pod->all_labels)
        out->labels = &out->pod->labels;
    if (cluster_has_replicas(w->spec.kind))
        out->replicas = w->replicas;
    if (w->spec.kind == POD_WORKLOAD_JOB) {
        out->parallelism = w->spec.job->parallelism;
        out->suspended = w->spec.job->suspended;
    }
    if (w->spec.kind == POD_WORKLOAD_CRONJOB) {
        out->suspended = w->spec.cron->suspended;
        out->scheduled = true;
    }
}

int api_base(const struct api_named *n, struct manifest_base *out, char why[API_WHY_MAX])
{
    const struct st_object *o = n->object;

    if (o == NULL)
        return say(why, -PODRING_EUNSUPPORTED,
                   "pod/%s of namespace %s is made by a workload, whose template is its document",
                   n->name, n->ns);
    if (api_is_made(o))
        return say(why, -PODRING_EUNSUPPORTED, "%s of namespace %s was made by no document",
                   n->name, n->ns);
    if (o->document->length == 0)
        return say(why, -PODRING_EUNSUPPORTED,
                   "the documents of this engine's objects are not kept: PODRING_NO_DOCUMENTS");
    api_base_of(o, n->pod, out);
    return 0;
}

/* ---- going ----------------------------------------------------------------------------------- */

static void delete_behaviour(podring *r, struct st_object *o)
{
    struct api_behaviour *b = rx_container_of(o, struct api_behaviour, object);

    st_tell(&r->world.store, o, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    pod_world_behaviour_off(&r->world, b->now);
    st_remove(&r->world.store, o);
}

static int delete_found(podring *r, const struct api_named *n,
                        const struct pod_delete_request *request, enum cluster_cascade cascade,
                        char why[API_WHY_MAX])
{
    why[0] = '\0';
    if (n->pod != NULL)
        return pod_delete(n->pod, request);
    switch ((enum st_kind)n->object->kind) {
    case ST_WORKLOAD:
        cluster_delete(&r->cluster, rx_container_of(n->object, struct cluster_workload, object),
                       request, cascade);
        return 0;
    case ST_SERVICE:
        cluster_delete_service(&r->cluster, cluster_service_of(n->object));
        return 0;
    case ST_CONFIG:
        st_config_delete(&r->world.store, n->object);
        return 0;
    case ST_CLAIM:
        return cluster_claim_delete(&r->cluster, n->object);
    case ST_BUDGET:
        cluster_budget_delete(&r->cluster, n->object);
        return 0;
    case ST_LIMIT_RANGE:
        cluster_limit_range_delete(&r->cluster, n->object);
        return 0;
    case ST_QUOTA:
        cluster_quota_delete(&r->cluster, n->object);
        return 0;
    case ST_BEHAVIOUR:
        delete_behaviour(r, n->object);
        return 0;
    case ST_HPA:
        cluster_delete_hpa(&r->cluster, n->object);
        return 0;
    case ST_NODE:
        cluster_node_delete(&r->cluster,
                            rx_container_of(n->object, struct cluster_node, object));
        return 0;
    case ST_METRICS:
        cluster_delete_metrics(&r->cluster, n->object);
        return 0;
    default:
        return say(why, -PODRING_EUNSUPPORTED, "a %s cannot be deleted yet", n->kind);
    }
}

void api_remove(void *ctx, const struct pod_step *step, struct cluster_refusal *refusal)
{
    static const struct pod_delete_request request = {.given = false};
    podring *r = ctx;
    char object[512], why[API_WHY_MAX];
    struct api_named n;
    int rc;

    snprintf(object, sizeof(object), "%s/%s", step->object_kind, step->object_name);
    rc = api_find(r, step->ns, object, &n, why);
    if (rc == -PODRING_ENOTFOUND)
        cluster_refuse_missing(refusal, step->object_kind, step->object_name);
    else if (rc == 0 && st_who(&r->world.store, n.object) == NULL)
        rc = -PODRING_ENOMEM;
    why[rc == -PODRING_ENOMEM ? 0 : strlen(why)] = '\0';
    if (rc == 0)
        rc = api_delete(r, &n, &request, (enum cluster_cascade)step->cascade, why);
    if (rc != 0 && refusal->reason == NULL)
        cluster_refuse(refusal, "Forbidden", "%s",
                       why[0] != '\0' ? why : rx_err_text(rc));
}

int api_delete(podring *r, const struct api_named *n, const struct pod_delete_request *request,
               enum cluster_cascade cascade, char why[API_WHY_MAX])
{
    int rc = delete_found(r, n, request, cascade, why);

    cluster_quotas_recount(&r->cluster);
    return rc;
}
