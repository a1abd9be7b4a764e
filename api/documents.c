/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents.c - one text at a time: created, replaced, merged as a patch, built field by field; and
 * objects taken away by their names. All that comes ends in apply.c, all that goes in named.c.
 */
#include <stdio.h>
#include <string.h>

#include "api/engine.h"
#include "api/named.h"
#include "api/sized.h"

static int find(podring *r, const char *namespace_, const char *object, struct api_named *out)
{
    char why[API_WHY_MAX];
    int rc = api_find(r, namespace_, object, out, why);

    return rc != 0 ? api_fail(r, rc, "%s", why) : 0;
}

/* ---- coming ---------------------------------------------------------------------------------- */

static int nothing_waits(podring *r)
{
    if (r->set.objects.count > r->applied.objects)
        return api_fail(r, -PODRING_ESTATE,
                        "what has been loaded waits for podring_apply, which comes first");
    return 0;
}

/* object: NULL, whatever the text says. */
static int apply_as(podring *r, enum st_call call, struct st_object *object, enum api_write how)
{
    api_act(r, call, object, NULL);
    return api_acted(r, api_apply(r, how));
}

static int write_text(podring *r, const char *name, const char *text, size_t length,
                      enum st_call call, enum api_write how)
{
    int rc = nothing_waits(r);

    if (rc == 0)
        rc = podring_load_text(r, name, text, length);
    return rc == 0 ? apply_as(r, call, NULL, how) : rc;
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

static int base_of(podring *r, const struct api_named *n, struct manifest_base *out)
{
    char why[API_WHY_MAX];
    int rc = api_base(n, out, why);

    return rc != 0 ? api_fail(r, rc, "%s", why) : 0;
}

/* Its fields have no merge keys: to Kubernetes it would be a custom resource. */
static bool is_podring(const struct api_named *n)
{
    return n->object != NULL && (n->object->kind == ST_BEHAVIOUR || n->object->kind == ST_CLIENT ||
                                 n->object->kind == ST_METRICS);
}

_Static_assert((int)MANIFEST_PATCH_STRATEGIC == (int)PODRING_PATCH_STRATEGIC &&
                   (int)MANIFEST_PATCH_JSON == (int)PODRING_PATCH_JSON,
               "podring.h and manifest.h disagree on patches");

int podring_patch_text(podring *r, const char *namespace_, const char *object, int type,
                       const char *name, const char *text, size_t length)
{
    struct manifest_base base;
    struct api_named n;
    uint32_t said;
    int rc;

    API_OWN(r);
    API_CHECK(r, type >= PODRING_PATCH_MERGE && type <= PODRING_PATCH_JSON, "type: no such patch");
    API_CHECK(r, name != NULL, "name is NULL");
    API_CHECK(r, text != NULL || length == 0, "text is NULL");
    API_CHECK(r, length <= PTRDIFF_MAX, "length: no text is that long");
    rc = nothing_waits(r);
    if (rc == 0)
        rc = find(r, namespace_, object, &n);
    if (rc == 0 && type == PODRING_PATCH_STRATEGIC && is_podring(&n))
        return api_fail(r, -PODRING_EUNSUPPORTED, "the body of the request was in an unknown "
                        "format - accepted media types include: application/json-patch+json, "
                        "application/merge-patch+json");
    if (rc == 0)
        rc = base_of(r, &n, &base);
    if (rc != 0)
        return rc;
    said = r->set.diagnostics.count;
    rc = api_loaded(r, manifest_load_patch(&r->set, name, text, length,
                                           (enum manifest_patch)type, &base), name, said);
    return rc == 0 ? apply_as(r, ST_CALL_PATCH, n.object, API_REPLACE) : rc;
}

int podring_document(podring *r, const char *namespace_, const char *object, char *out, size_t room,
                     size_t *length)
{
    struct rx_text t = rx_text_in(out, room);
    struct manifest_base base;
    struct api_named n;
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

/* That is the one object that has been loaded. */
static int apply_built(podring *r, enum st_call call, enum api_write how)
{
    const struct manifest_object *last = &r->set.objects.item[r->set.objects.count - 1];
    struct st_object object = {
        .ns = last->ns, .name = last->name, .kind = last->kind, .sub = last->sub};

    return apply_as(r, call, last->name != NULL ? &object : NULL, how);
}

static int write_spec(podring_spec *s, enum st_call call, enum api_write how, uint64_t *pod)
{
    podring *r = s != NULL ? s->ring : NULL;
    struct manifest_mark before;
    uint32_t said;
    int rc;

    if (s == NULL)
        return api_fail(NULL, -PODRING_EINVALID, "spec is NULL");
    API_OWN(r);
    before = manifest_mark(&r->set);
    said = r->set.diagnostics.count;
    rc = nothing_waits(r);
    if (rc == 0)
        rc = api_set_loaded(r, api_loaded(r, manifest_load_built(&r->set, "spec", &s->builder),
                                          "spec", said), &before);
    if (rc == 0)
        rc = apply_built(r, call, how);
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

static enum cluster_cascade cascade_of(uint32_t flags)
{
    return (flags & PODRING_DELETE_ORPHAN) != 0       ? CLUSTER_ORPHAN
           : (flags & PODRING_DELETE_FOREGROUND) != 0 ? CLUSTER_FOREGROUND
                                                      : CLUSTER_BACKGROUND;
}

int podring_delete_object(podring *r, const char *namespace_, const char *object,
                          const struct podring_delete_options *options)
{
    struct podring_delete_options o = PODRING_DELETE_OPTIONS_INIT;
    struct pod_delete_request request;
    char why[API_WHY_MAX];
    struct api_named n;
    int rc;

    API_OWN(r);
    if (options != NULL) {
        API_CHECK(r, options->size >= API_SIZE_LEAST,
                  "options->size: use the struct's initialiser");
        memcpy(&o, options, RX_MIN((size_t)options->size, sizeof(o)));
    }
    API_CHECK(r, (o.flags & ~(uint32_t)(PODRING_DELETE_FORCE | PODRING_DELETE_ORPHAN |
                                        PODRING_DELETE_FOREGROUND)) == 0,
              "flags: there is no such one");
    API_CHECK(r, o.grace_s >= PODRING_GRACE_DEFAULT, "grace_s is negative");
    request = (struct pod_delete_request){.given = o.grace_s >= 0, .grace_s = o.grace_s,
                                          .force = (o.flags & PODRING_DELETE_FORCE) != 0};
    if (request.force && o.grace_s > 0)
        return api_fail(r, -PODRING_EINVALID, "a forced deletion has no grace period");
    if ((o.flags & PODRING_DELETE_ORPHAN) != 0 && (o.flags & PODRING_DELETE_FOREGROUND) != 0)
        return api_fail(r, -PODRING_EINVALID, "what belongs to an object is orphaned, or deleted "
                        "before it, not both");
    rc = find(r, namespace_, object, &n);
    if (rc != 0)
        return rc;
    if (n.pod == NULL && st_who(&r->world.store, n.object) == NULL)
        return api_result(r, -PODRING_ENOMEM, "podring_delete_object");
    api_act(r, ST_CALL_DELETE_OBJECT, n.object, n.pod);
    rc = api_delete(r, &n, &request, cascade_of(o.flags), why);
    api_acted(r, rc);
    if (rc < 0 && why[0] != '\0')
        return api_fail(r, rc, "%s", why);
    return rc < 0 ? api_result(r, rc, "podring_delete_object") : rc;
}
