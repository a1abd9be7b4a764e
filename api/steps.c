/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps.c - what the cluster asks of the API while it runs: steps of a Scenario that load, patch,
 * roll back and take away objects, and what is known of those to come.
 */
#include "api/steps.h"

#include <stdio.h>
#include <string.h>

#include "api/named.h"
#include "engine/reactor/err.h"

static void complain(void *ctx, const struct pod_step *step, const char *text)
{
    podring *r = ctx;
    struct manifest_diagnostic d = {
        .severity = MANIFEST_WARNING,
        .line = step->line,
        .file = step->file,
        .text = rx_arena_printf(&r->set.arena, "at %lldms: %s/%s: %s", (long long)step->at,
                                step->object_kind != NULL ? step->object_kind : "node",
                                step->object_name != NULL ? step->object_name : "", text),
    };

    if (d.text != NULL) /* the turn tells of it */
        manifest_diagnose(&r->set, &d);
}

static int apply_step(void *ctx, const struct pod_step *step)
{
    podring *r = ctx;
    struct manifest_mark before = manifest_mark(&r->set);
    int rc = manifest_load_file(&r->set, step->path);

    if (rc == 0 && r->set.knobs.count > before.knobs) {
        manifest_forget(&r->set, &before);
        return -PODRING_EUNSUPPORTED; /* what is set is set from the start */
    }
    return rc != 0 ? rc : api_apply(r, API_APPLY);
}

/* The document of the step's object. False: it is refused. */
static bool base_of_step(podring *r, const struct pod_step *s, struct manifest_base *out,
                         struct cluster_refusal *refusal)
{
    char object[512], why[API_WHY_MAX];
    struct api_named n;
    int rc;

    snprintf(object, sizeof(object), "%s/%s", s->object_kind, s->object_name);
    rc = api_find(r, s->ns, object, &n, why);
    if (rc == -PODRING_ENOTFOUND)
        cluster_refuse_missing(refusal, s->object_kind, s->object_name);
    else if (rc == 0)
        rc = api_base(&n, out, why);
    if (rc != 0 && refusal->reason == NULL)
        cluster_refuse(refusal, "Forbidden", "%s", why);
    return rc == 0;
}

/* What a step has made of a document, and of what there was to say of it. */
static void apply_made(podring *r, const struct pod_step *s, int rc, uint32_t said,
                       struct cluster_refusal *refusal)
{
    const struct manifest_diagnostic *d = r->set.diagnostics.item;

    for (uint32_t i = said; rc != 0 && refusal->reason == NULL && i < r->set.diagnostics.count;
         i++) {
        if (d[i].severity == MANIFEST_ERROR)
            cluster_refuse(refusal, "Invalid", "%s \"%s\" is invalid: %s", s->object_kind,
                           s->object_name, d[i].text);
    }
    if (rc == 0)
        rc = api_apply(r, API_REPLACE);
    else
        r->set.diagnostics.count = said;
    if (rc != 0 && refusal->reason == NULL)
        cluster_refuse(refusal, "Invalid", "%s", r->why[0] != '\0' ? r->why : rx_err_text(rc));
    r->why[0] = '\0';
}

static void patch_step(void *ctx, const struct pod_step *step, const char *text,
                       struct cluster_refusal *refusal)
{
    podring *r = ctx;
    struct manifest_base base;
    struct rx_digest loaded = r->set.digest;
    uint32_t said = r->set.diagnostics.count;
    int rc;

    if (!base_of_step(r, step, &base, refusal))
        return;
    base.line = step->line;
    rc = manifest_load_patch(&r->set, step->file, text, strlen(text), MANIFEST_PATCH_MERGE,
                             &base);
    apply_made(r, step, rc, said, refusal);
    r->set.digest = loaded; /* what was loaded is the same in all shares, whoever has the object */
}

static void undo_step(void *ctx, const struct pod_step *step, const struct cluster_rollback *to,
                      struct cluster_refusal *refusal)
{
    podring *r = ctx;
    struct manifest_base base, from;
    struct rx_digest loaded = r->set.digest;
    uint32_t said = r->set.diagnostics.count;
    int rc;

    if (!base_of_step(r, step, &base, refusal))
        return;
    from = base;
    from.pod = to->template_;
    if (to->document != NULL)
        from.document = to->document;
    rc = manifest_load_undo(&r->set, step->file, &base, &from);
    apply_made(r, step, rc, said, refusal);
    r->set.digest = loaded;
    r->set.diagnostics.count = said; /* all of it has been said when it first came */
}

static int image_id(void *ctx, const char *image, uint16_t *id)
{
    podring *r = ctx;

    return manifest_image(&r->set, image, id);
}

static bool takes_pod(const struct pod_step *s)
{
    return s->kind == POD_STEP_DELETE || s->kind == POD_STEP_EVICT || s->kind == POD_STEP_FAIL ||
           s->kind == POD_STEP_EVICT_API;
}

/* Steps of this instant, and new ones whose time has passed, come before the first sync of a
 * pod. */
static rx_ms gone_at(void *ctx, const char *ns, const char *pod)
{
    const podring *r = ctx;
    rx_ms now = rx_loop_now(&r->loop), at = RX_MS_NEVER;

    for (uint32_t i = 0; i < r->set.steps.count; i++) {
        const struct pod_step *s = &r->set.steps.item[i];

        if (takes_pod(s) && (s->at >= now || i >= r->applied.steps) && strcmp(s->ns, ns) == 0 &&
            strcmp(s->object_name, pod) == 0)
            at = RX_MIN(at, RX_MAX(s->at, now));
    }
    return at;
}

/* Does the step change how many pods the workload has, or by its name one that may be of it? Which
 * replica goes first when a workload is scaled depends on how the others are. */
static bool step_counts_pods(const struct pod_step *s, const char *kind, const char *name)
{
    size_t length = strlen(name);

    if (s->kind == POD_STEP_SCALE ||
        (s->kind == POD_STEP_SET_IMAGE && strcmp(kind, "statefulset") == 0))
        return strcmp(s->object_kind, kind) == 0 && strcmp(s->object_name, name) == 0;
    return takes_pod(s) && strncmp(s->object_name, name, length) == 0 && s->object_name[length] ==
        '-';
}

static bool together(void *ctx, const char *ns, const char *kind, const char *name)
{
    const podring *r = ctx;

    for (uint32_t i = 0; i < r->set.steps.count; i++) {
        const struct pod_step *s = &r->set.steps.item[i];

        if (strcmp(s->ns, ns) == 0 && step_counts_pods(s, kind, name))
            return true;
    }
    return false;
}

struct cluster_host api_steps_host(podring *r)
{
    return (struct cluster_host){
        .ctx = r,
        .complain = complain,
        .remove = api_remove, .apply = apply_step, .patch = patch_step, .undo = undo_step,
        .image_id = image_id,
        .together = together,
        .here = api_coupled_here,
        .gone_at = gone_at,
    };
}
