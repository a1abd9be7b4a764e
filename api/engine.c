/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.c - how every call of the API begins and ends: whose engine it is, what has failed and the
 * sentence about it; and what has been said of what was loaded.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/engine.h"
#include "api/sized.h"
#include "engine/reactor/err.h"

/* The two lists of errors are one list. */
#define X(name, value, text)                                                                       \
    _Static_assert((int)RX_##name == (int)PODRING_##name && (int)PODRING_##name == (value), \
                   "podring.h and err.h disagree on " #name);
RX_ERR_MAP(X)
#undef X
_Static_assert((int)MANIFEST_ERROR == (int)PODRING_ERROR &&
                   (int)MANIFEST_UNKNOWN_FIELD == (int)PODRING_UNKNOWN_FIELD &&
                   (int)MANIFEST_DUPLICATE_KEY == (int)PODRING_DUPLICATE_KEY &&
                   (int)MANIFEST_UNSUPPORTED == (int)PODRING_UNSUPPORTED &&
                   (int)MANIFEST_MISFIT == (int)PODRING_MISFIT,
               "podring.h and manifest.h disagree on severities");

/* What podring_why says where there is no engine to ask, or where it belongs to another thread. */
static _Thread_local char thread_why[512];

const char *podring_strerror(int error)
{
    return rx_err_text(error);
}

bool api_is_ours(const podring *r)
{
    return r != NULL && pthread_equal(r->thread, pthread_self());
}

const char *podring_why(const podring *ring)
{
    return api_is_ours(ring) ? ring->why : thread_why;
}

/* Is this the embedder calling, and not the engine itself in a turn? */
static bool is_between(const podring *r)
{
    return !r->loop.in_turn || r->in_callback;
}

int api_fail(podring *ring, int error, const char *format, ...)
{
    bool ours = api_is_ours(ring);
    va_list args;

    /* A call that answers so has undone what it began. */
    if (ours && error == -PODRING_ENOMEM && is_between(ring) && !ring->starved)
        rx_mem_told(&ring->mem, ring->refused);
    va_start(args, format);
    vsnprintf(ours ? ring->why : thread_why, ours ? sizeof(ring->why) : sizeof(thread_why), format,
              args);
    va_end(args);
    return error;
}

int api_result(podring *ring, int rc, const char *what)
{
    return rc < 0 ? api_fail(ring, rc, "%s: %s", what, rx_err_text(rc)) : rc;
}

int api_enter(podring *r, const char *function)
{
    if (r == NULL)
        return api_fail(r, -PODRING_EINVALID, "%s: the engine is NULL", function);
    if (!api_is_ours(r))
        return api_fail(r, -PODRING_ETHREAD, "%s: the engine belongs to another thread", function);
    if (r->closing)
        return api_fail(r, -PODRING_ESTATE, "%s: the engine is being closed", function);
    /* In virtual time a child has an engine of its own, in memory. Otherwise both would have one
     * ring. */
    if (!r->virtual_ && r->pid != getpid())
        return api_fail(r, -PODRING_ETHREAD,
                        "%s: the engine belongs to the process that was forked", function);
    /* The call before has found no memory and could not say so. */
    if (is_between(r) && r->mem.state->refused > r->refused)
        r->starved = true;
    return 0;
}

/* ---- loading --------------------------------------------------------------------------------- */

/* The first thing that is wrong: the rest is in podring_diagnostic_at. */
static int refused(podring *r, uint32_t from)
{
    for (uint32_t i = from; i < r->set.diagnostics.count; i++) {
        const struct manifest_diagnostic *d = &r->set.diagnostics.item[i];

        if (d->severity == MANIFEST_ERROR && d->line == 0)
            return api_fail(r, -PODRING_EMANIFEST, "%s: %s", d->file, d->text);
        if (d->severity == MANIFEST_ERROR)
            return api_fail(r, -PODRING_EMANIFEST, "%s:%u:%u: %s", d->file, d->line, d->column,
                            d->text);
    }
    return api_result(r, -PODRING_EMANIFEST, "podring_load");
}

int api_loaded(podring *r, int rc, const char *name, uint32_t said)
{
    if (rc == -PODRING_ENOTFOUND || rc == -PODRING_EIO)
        return api_fail(r, rc, "%s: %s", name, strerror(errno));
    if (rc == -PODRING_EMANIFEST)
        return refused(r, said);
    return api_result(r, rc, name);
}

int podring_diagnostic_at(podring *r, uint32_t index, struct podring_diagnostic *out)
{
    const struct manifest_diagnostic *d;
    struct podring_diagnostic full = PODRING_DIAGNOSTIC_INIT;

    API_OWN(r);
    API_SIZED(r, out);
    if (index >= r->set.diagnostics.count)
        return api_fail(r, -PODRING_ENOTFOUND, "no diagnostic has the index %u", index);
    d = &r->set.diagnostics.item[index];
    full.severity = (uint32_t)d->severity;
    full.line = d->line;
    full.column = d->column;
    full.file = d->file;
    full.text = d->text;
    API_GIVE(out, &full);
    return 0;
}

int podring_input_at(podring *r, uint32_t index, const char **path)
{
    API_OWN(r);
    API_CHECK(r, path != NULL, "path is NULL");
    if (index >= r->set.inputs.count)
        return api_fail(r, -PODRING_ENOTFOUND, "no input has the index %u", index);
    *path = r->set.inputs.item[index];
    return 0;
}
