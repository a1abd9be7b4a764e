/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_limits.c - the part of the observer that holds the engine to numbers: bytes that programs
 * may leave behind, instants of ticks, and who waits in which queue.
 */
#include <string.h>

#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"
#include "tests/support/watch_parts.h"

/* A file system in memory has whole pages. */
enum { PAGE = 4096, MESSAGE_MAX = 4096, EVENT_MAX = 10 * 1024 + 256 };

/* ---- bytes ---------------------------------------------------------------------------------- */

void watch_message(struct watch *w, const struct watch_pod *p, const struct podring_event *e)
{
    size_t length = e->message != NULL ? strlen(e->message) : 0;
    bool end = e->kind == PODRING_TRANSITION && e->container != NULL && strcmp(e->field, "state") ==
        0;

    if (length > (end ? MESSAGE_MAX : EVENT_MAX))
        watch_broken(w, "bytes", p, "a message of %zu bytes", length);
}

static void look_at_logs(struct watch *w, const struct watch_pod *at, const struct pod_extra *e)
{
    if (e->log_before.used > POD_LOG_MAX ||
        (e->machine != NULL && e->machine->log.used > POD_LOG_MAX))
        watch_broken(w, "bytes", at, "a log of more than %u bytes", POD_LOG_MAX);
}

/* What is too full in memory cannot be, and on disk it is seen at the next look of the kubelet. */
static void look_at_volumes(struct watch *w, const struct watch_pod *at, struct pod *p,
                            const struct pod_extra *e)
{
    const struct pod_spec *spec = pod_spec_of(p);

    for (uint32_t i = 0; i < spec->volume_count; i++) {
        const struct pod_volume_spec *v = &spec->volume[i];
        uint64_t bytes = e->whole.volume[i].volume != NULL
            ? fs_volume_bytes(e->whole.volume[i].volume) : 0;

        if (v->size_limit <= 0 || bytes <= (uint64_t)v->size_limit)
            continue;
        if (v->kind == POD_VOLUME_EMPTY_DIR_MEMORY && bytes > (uint64_t)v->size_limit + PAGE)
            watch_broken(w, "bytes", at, "volume %s holds %llu bytes", v->name,
                         (unsigned long long)bytes);
        if (v->kind == POD_VOLUME_EMPTY_DIR && !rx_timer_armed(&e->whole.storage) &&
            e->whole.evicted == NULL && p->life.end == POD_END_NONE && !pod_life_deleting(p->life))
            watch_broken(w, "bytes", at, "volume %s holds %llu bytes, and nobody will look",
                         v->name, (unsigned long long)bytes);
    }
}

/* ---- ticks ---------------------------------------------------------------------------------- */

/* A worker ticks a period after it has begun, or after the container has started, and then every
 * period. That it was begun anew is seen in that instant, or at the next look where turns went by
 * without one. */
static void look_at_tick(struct watch *w, const struct watch_pod *at, struct pod *p, uint32_t i,
                         int64_t now)
{
    struct pod_probe *b = pod_probe_at(p, i);
    struct watch_container *c = &at->container[b->container];
    int64_t period = pod_probe_period(b), due = b->tick.due, *last = &c->tick[b->kind];

    if (!rx_timer_armed(&b->tick) || b->flags & (POD_PROBE_BORROWED | POD_PROBE_PARKED)) {
        if (!(b->flags & POD_PROBE_BORROWED))
            *last = -1;
        return;
    }
    if (due <= now || due > now + period)
        watch_broken(w, "tick", at, "at %lld the next tick of probe %u of %s is at %lld",
                     (long long)now, b->kind, c->now.spec->name, (long long)due);
    if (*last >= 0 && due != *last && (due - *last) % period != 0 && due != now + period &&
        !(w->skipped && due - period >= w->looked_at) &&
        !watch_step_in(w, POD_STEP_REBOOT, 0, now))
        watch_broken(w, "tick", at, "probe %u of %s was to tick at %lld, and now at %lld", b->kind,
                     c->now.spec->name, (long long)*last, (long long)due);
    *last = due;
}

void watch_limits(struct watch *w, struct watch_pod *at, struct pod *p, int64_t now)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        const struct pod_extra *e = pod_container_at(p, i)->extra;

        if (e == NULL)
            continue;
        look_at_logs(w, at, e);
        if (i == 0 && e->whole.volume != NULL)
            look_at_volumes(w, at, p, e);
    }
    for (uint32_t i = 0; i < p->tmpl->probes && !w->ring->world.parks; i++)
        look_at_tick(w, at, p, i, now);
}

/* ---- queues --------------------------------------------------------------------------------- */

static uint32_t waiting_of(struct pod *p)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < p->tmpl->probes; i++)
        n += (pod_probe_at(p, i)->flags & POD_PROBE_WAITING) != 0;
    return n;
}

void watch_queues(struct watch *w)
{
    struct pod_world *n = &w->ring->world;
    const struct pod_probe *last = NULL;
    uint32_t flagged = 0, queued = 0;

    RX_LIST_EACH (l, &n->pods)
        flagged += waiting_of(rx_container_of(l, struct pod, link));
    for (const struct pod_probe *b = n->waiting_first; b != NULL && queued <= flagged;
         b = b->next) {
        if (!(b->flags & POD_PROBE_WAITING))
            watch_broken(w, "queue", NULL, "a probe is in the queue and does not wait");
        queued++;
        last = b;
    }
    if (queued != flagged || last != n->waiting_last)
        watch_broken(w, "queue", NULL, "%u probes wait for a run, %u are in the queue", flagged,
                     queued);
    if (queued > 0 && n->probe_runs < n->probe_runs_max)
        watch_broken(w, "queue", NULL, "%u probes wait for a run, and there is a free one", queued);
}
