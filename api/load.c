/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.c - texts and files are read, and what Scenarios set counts from then on. Nothing of them
 * becomes an object before apply.c.
 */
#include <errno.h>
#include <stdio.h>

#include "api/engine.h"

/* All or none, as with the rest of what is loaded. */
int api_set_loaded(podring *r, int rc, const struct manifest_mark *before)
{
    struct pod_knobs knobs = r->world.knobs;
    struct pod_backoff_limits limits = r->world.backoff;

    for (uint32_t i = before->knobs; rc == 0 && i < r->set.knobs.count; i++) {
        const struct manifest_knob *k = &r->set.knobs.item[i];
        char why[512];

        rc = podring_set(r, k->name, k->value);
        if (rc == 0)
            continue;
        snprintf(why, sizeof(why), "%s", r->why);
        api_fail(r, rc, "%s:%u:%u: spec.set: %s", k->file, k->line, k->column, why);
    }
    if (rc != 0) {
        r->world.knobs = knobs;
        r->world.backoff = limits;
        manifest_forget(&r->set, before);
    }
    return rc;
}

int podring_load_file(podring *r, const char *path)
{
    struct manifest_mark before;
    uint32_t said;

    API_OWN(r);
    API_CHECK(r, path != NULL, "path is NULL");
    before = manifest_mark(&r->set);
    said = r->set.diagnostics.count;
    errno = 0;
    return api_set_loaded(r, api_loaded(r, manifest_load_file(&r->set, path), path, said),
                          &before);
}

int podring_load_text(podring *r, const char *name, const char *text, size_t length)
{
    struct manifest_mark before;
    uint32_t said;

    API_OWN(r);
    API_CHECK(r, name != NULL, "name is NULL");
    API_CHECK(r, text != NULL || length == 0, "text is NULL");
    API_CHECK(r, length <= PTRDIFF_MAX, "length: no text is that long");
    before = manifest_mark(&r->set);
    said = r->set.diagnostics.count;
    return api_set_loaded(
        r, api_loaded(r, manifest_load_text(&r->set, name, text, length), name, said), &before);
}

int podring_discard(podring *r)
{
    API_OWN(r);
    manifest_forget(&r->set, &r->applied);
    return 0;
}

int podring_diagnostics_clear(podring *r)
{
    API_OWN(r);
    r->set.diagnostics.count = 0;
    return 0;
}
