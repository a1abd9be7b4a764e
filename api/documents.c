/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents.c - one text at a time: created, replaced, merged as a patch, built field by field; and
 * objects taken away by their names. All that comes ends in apply.c.
 */
#include <stdio.h>
#include <string.h>

#include "api/engine.h"
#include "api/sized.h"
#include "engine/pod/volume.h"
#include "engine/reactor/err.h"
#include "engine/store/config.h"

/* ---- finding --------------------------------------------------------------------------------- */

static bool kind_of(const char *word, enum st_kind *kind, uint8_t *sub)
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

/* What a call names. */
struct named {
    const char *ns, *kind, *name;
    struct st_object *object; /* NULL: it is a pod that was made by a workload */
    struct pod *pod;
};

static int find(podring *r, const char *namespace_, const char *object, struct named *out)
{
    char *copy = r->strings.object, *slash = NULL;
    enum st_kind kind = ST_WORKLOAD;
    uint8_t sub = POD_WORKLOAD_POD;

    if (object != NULL && strlen(object) < sizeof(r->strings.object))
        slash = strchr(strcpy(copy, object), '/');
    if (slash == NULL)
        return api_fail(r, -PODRING_EINVALID, "object: expected KIND/NAME");
    *slash = '\0';
    *out = (struct named){
        .ns = namespace_ != NULL ? namespace_ : "default", .kind = copy, .name = slash + 1};
    if (strcmp(copy, "pod") != 0 && !kind_of(copy, &kind, &sub))
        return api_fail(r, -PODRING_EINVALID, "object: there is no kind \"%s\"", copy);
    if (kind == ST_WORKLOAD && sub == POD_WORKLOAD_POD)
        out->pod = cluster_find_pod(&r->cluster, out->ns, out->name);
    out->object = kind == ST_BEHAVIOUR ? find_behaviour(r, out->ns, out->name)
                                       : st_find(&r->world.store, kind, sub, out->ns, out->name);
    if (kind == ST_WORKLOAD && sub == POD_WORKLOAD_POD ? out->pod == NULL : out->object == NULL)
        return api_fail(r, -PODRING_ENOTFOUND, "%s/%s of namespace %s: there is no such object",
                        copy, out->name, out->ns);
    return 0;
}

/* ---- coming ---------------------------------------------------------------------------------- */

static int nothing_waits(podring *r)
{
    if (r->set.objects.count > r->applied.objects)
        return api_fail(r, -PODRING_ESTATE,
                        "what has been loaded waits for podring_apply, which comes first");
    return 0;
}

static int apply_as(podring *r, enum st_call call, enum api_write how)
{
    api_act(r, call, 0);
    return api_acted(r, api_apply(r, how));
}

static int write_text(podring *r, const char *name, const char *text, size_t length,
                      enum st_call call, enum api_write how)
{
    int rc = nothing_waits(r);

    if (rc == 0)
        rc = podring_load_text(r, name, text, length);
    return rc == 0 ? apply_as(r, call, how) : rc;
}

int podring_create_text(podring *r, const char *name, const char *text, size_t length)
{
    API_OWN(r);
    return write_text(r, name, text, length, ST_CALL_CREATE, API_CREATE);
}

int podring_replace_text(podring *r, const char *name, const char *text, size_t length)
{
    API_OWN(r);
    return write_text(r, name, text, length, ST_CALL_REPLACE, API_REPLACE);
}

/* The document of an object, and what has become of it. */
static int base_of(podring *r, const struct named *n, struct manifest_base *out)
{
    const struct st_object *o = n->object;
    const struct cluster_workload *w = NULL;

    if (o == NULL || o->document == NULL)
        return api_fail(r, -PODRING_EUNSUPPORTED, n->pod != NULL
                        ? "pod/%s of namespace %s is made by a workload, whose template is its "
                          "document" : "%s of namespace %s was made by no document",
                        n->name, n->ns);
    if (o->document->length == 0)
        return api_fail(r, -PODRING_EUNSUPPORTED,
                        "the documents of this engine's objects are not kept: "
                        "PODRING_NO_DOCUMENTS");
    *out = (struct manifest_base){.ns = o->ns, .name = api_object_name(o),
                                  .document = o->document, .replicas = -1};
    if (o->kind == ST_WORKLOAD)
        w = rx_container_of(o, struct cluster_workload, object);
    if (w == NULL)
        return 0;
    out->bare = w->spec.kind == POD_WORKLOAD_POD;
    out->pod = n->pod != NULL ? pod_spec_of(n->pod) : w->spec.template_;
    if (cluster_has_replicas(w->spec.kind))
        out->replicas = w->replicas;
    return 0;
}

int podring_patch_text(podring *r, const char *namespace_, const char *object, int type,
                       const char *name, const char *text, size_t length)
{
    static const char *const types[] = {"merge", "strategic merge", "JSON"};
    struct manifest_base base;
    struct named n;
    uint32_t said;
    int rc;

    API_OWN(r);
    API_CHECK(r, type >= PODRING_PATCH_MERGE && type <= PODRING_PATCH_JSON, "type: no such patch");
    API_CHECK(r, name != NULL, "name is NULL");
    API_CHECK(r, text != NULL || length == 0, "text is NULL");
    API_CHECK(r, length <= PTRDIFF_MAX, "length: no text is that long");
    if (type != PODRING_PATCH_MERGE)
        return api_fail(r, -PODRING_EUNSUPPORTED, "a %s patch cannot be applied yet: a merge patch "
                        "can", types[type]);
    rc = nothing_waits(r);
    if (rc == 0)
        rc = find(r, namespace_, object, &n);
    if (rc == 0)
        rc = base_of(r, &n, &base);
    if (rc != 0)
        return rc;
    said = r->set.diagnostics.count;
    rc = api_loaded(r, manifest_load_patch(&r->set, name, text, length, &base), name, said);
    return rc == 0 ? apply_as(r, ST_CALL_PATCH, API_REPLACE) : rc;
}

int podring_document(podring *r, const char *namespace_, const char *object, char *out, size_t room,
                     size_t *length)
{
    struct rx_text t = rx_text_in(out, out != NULL ? room : 0);
    struct manifest_base base;
    struct named n;
    int rc;

    API_OWN(r);
    API_CHECK(r, length != NULL, "length is NULL");
    rc = find(r, namespace_, object, &n);
    if (rc == 0)
        rc = base_of(r, &n, &base);
    if (rc != 0)
        return rc;
    rc = manifest_document_text(&r->set, &base, &t);
    if (rc == 0 && t.room > 0)
        rx_text_end(&t);
    *length = t.length;
    return api_result(r, rc, "podring_document");
}

/* ---- field by field -------------------------------------------------------------------------- */

struct podring_spec {
    podring *ring;
    struct rx_mem mem;
    struct manifest_builder builder;
};

int podring_spec_new(podring *r, const char *kind, const char *namespace_, const char *name,
                     podring_spec **out)
{
    podring_spec *s;
    int rc;

    API_OWN(r);
    API_CHECK(r, kind != NULL, "kind is NULL");
    API_CHECK(r, name != NULL, "name is NULL");
    API_CHECK(r, out != NULL, "out is NULL");
    *out = NULL;
    s = rx_mem_zalloc(&r->mem, sizeof(*s));
    if (s == NULL)
        return api_result(r, -PODRING_ENOMEM, "podring_spec_new");
    s->ring = r;
    s->mem = r->mem;
    rc = manifest_build_begin(&s->builder, &s->mem, kind, namespace_, name);
    if (rc == 0) {
        *out = s;
        return 0;
    }
    rx_mem_free(&r->mem, s, sizeof(*s));
    return rc == -PODRING_EINVALID ? api_fail(r, rc, "kind: there is no \"%s\"", kind)
                                   : api_result(r, rc, "podring_spec_new");
}

static int set(podring_spec *s, const char *path, const char *value, bool is_text)
{
    char why[256];
    int rc;

    if (s == NULL)
        return api_fail(NULL, -PODRING_EINVALID, "spec is NULL");
    API_OWN(s->ring);
    API_CHECK(s->ring, path != NULL, "path is NULL");
    rc = manifest_build_set(&s->builder, &s->mem, path, value, is_text, why, sizeof(why));
    return rc == -PODRING_EINVALID ? api_fail(s->ring, rc, "%s: %s", path, why)
                                   : api_result(s->ring, rc, "podring_spec_set");
}

int podring_spec_set(podring_spec *s, const char *path, const char *value)
{
    return set(s, path, value, false);
}

int podring_spec_set_text(podring_spec *s, const char *path, const char *text)
{
    return set(s, path, text, true);
}

static int write_spec(podring_spec *s, enum st_call call, enum api_write how, uint64_t *pod)
{
    podring *r = s != NULL ? s->ring : NULL;
    uint32_t said;
    int rc;

    if (s == NULL)
        return api_fail(NULL, -PODRING_EINVALID, "spec is NULL");
    API_OWN(r);
    said = r->set.diagnostics.count;
    rc = nothing_waits(r);
    if (rc == 0)
        rc = api_loaded(r, manifest_load_built(&r->set, "spec", &s->builder), "spec", said);
    if (rc == 0)
        rc = apply_as(r, call, how);
    if (rc == 0 && pod != NULL) {
        const struct manifest_object *o = &r->set.objects.item[r->set.objects.count - 1];
        const struct pod *p = o->kind == ST_WORKLOAD && o->sub == POD_WORKLOAD_POD
                                  ? cluster_find_pod(&r->cluster, o->ns, o->name) : NULL;

        *pod = p != NULL ? p->id : 0;
    }
    return rc;
}

int podring_spec_create(podring_spec *s, uint64_t *pod)
{
    return write_spec(s, ST_CALL_SPEC_CREATE, API_CREATE, pod);
}

int podring_spec_replace(podring_spec *s)
{
    return write_spec(s, ST_CALL_SPEC_REPLACE, API_REPLACE, NULL);
}

void podring_spec_free(podring_spec *s)
{
    if (s == NULL)
        return;
    manifest_build_end(&s->builder);
    rx_mem_free(&s->ring->mem, s, sizeof(*s));
}

/* ---- going ----------------------------------------------------------------------------------- */

static int delete_claim(podring *r, const struct named *n)
{
    struct pod *user = pod_claim_user(&r->world, n->ns, n->name);
    char name[POD_NAME_MAX];

    if (user != NULL)
        return api_fail(r, -PODRING_EUNSUPPORTED,
                        "persistentvolumeclaim/%s of namespace %s is used by pod %s: Kubernetes "
                        "would delete it with its last pod, podring cannot wait for that yet",
                        n->name, n->ns, pod_name(user, name));
    st_tell(&r->world.store, n->object, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    pod_claim_delete(&r->world, n->ns, n->name);
    return 0;
}

static void delete_behaviour(podring *r, struct st_object *o)
{
    struct api_behaviour *b = rx_container_of(o, struct api_behaviour, object);

    st_tell(&r->world.store, o, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    pod_world_behaviour_off(&r->world, b->now);
    st_remove(&r->world.store, o);
}

static int delete_found(podring *r, const struct named *n, const struct pod_delete_request *request,
                        bool orphan)
{
    if (n->pod != NULL)
        return pod_delete(n->pod, request);
    switch ((enum st_kind)n->object->kind) {
    case ST_WORKLOAD:
        cluster_delete(&r->cluster, rx_container_of(n->object, struct cluster_workload, object),
                       request, orphan);
        return 0;
    case ST_SERVICE:
        cluster_delete_service(&r->cluster, cluster_service_of(n->object));
        return 0;
    case ST_CONFIG:
        st_config_delete(&r->world.store, n->object);
        return 0;
    case ST_CLAIM:
        return delete_claim(r, n);
    case ST_BEHAVIOUR:
        delete_behaviour(r, n->object);
        return 0;
    default:
        return api_fail(r, -PODRING_EUNSUPPORTED, "a %s cannot be deleted yet", n->kind);
    }
}

int podring_delete_object(podring *r, const char *namespace_, const char *object,
                          const struct podring_delete_options *options)
{
    struct podring_delete_options o = PODRING_DELETE_OPTIONS_INIT;
    struct pod_delete_request request;
    struct named n;
    int rc;

    API_OWN(r);
    if (options != NULL) {
        API_CHECK(r, options->size >= API_SIZE_LEAST,
                  "options->size: use the struct's initialiser");
        memcpy(&o, options, RX_MIN((size_t)options->size, sizeof(o)));
    }
    API_CHECK(r, (o.flags & ~(uint32_t)(PODRING_DELETE_FORCE | PODRING_DELETE_ORPHAN)) == 0,
              "flags: there is no such one");
    API_CHECK(r, o.grace_s >= PODRING_GRACE_DEFAULT, "grace_s is negative");
    request = (struct pod_delete_request){.given = o.grace_s >= 0, .grace_s = o.grace_s,
                                          .force = (o.flags & PODRING_DELETE_FORCE) != 0};
    if (request.force && o.grace_s > 0)
        return api_fail(r, -PODRING_EINVALID, "a forced deletion has no grace period");
    rc = find(r, namespace_, object, &n);
    if (rc != 0)
        return rc;
    if (n.pod == NULL && st_who(&r->world.store, n.object) == NULL)
        return api_result(r, -PODRING_ENOMEM, "podring_delete_object");
    r->why[0] = '\0';
    api_act(r, ST_CALL_DELETE_OBJECT, n.pod != NULL ? n.pod->id : 0);
    rc = delete_found(r, &n, &request, (o.flags & PODRING_DELETE_ORPHAN) != 0);
    api_acted(r, rc);
    return rc < 0 && r->why[0] == '\0' ? api_result(r, rc, "podring_delete_object") : rc;
}
