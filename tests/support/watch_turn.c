/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_turn.c - the half of the observer that looks into the engine after every turn: are its
 * books right, does the API show what was told, are its clocks set as the specification has it?
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/pod_int.h"
#include "tests/support/watch_parts.h"

/* ---- attempts
 * --------------------------------------------------------------------------------------- */

static bool has_attempt(const struct pod_probe *b)
{
    return !(b->flags & (POD_PROBE_WAITING | POD_PROBE_BORROWED | POD_PROBE_PARKED)) &&
           b->attempt != NULL;
}

static uint64_t count_attempts(struct watch *w, const struct watch_pod *at, struct pod *p)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < p->tmpl->probes; i++) {
        struct pod_probe *b = pod_probe_at(p, i);

        count += (b->flags & POD_PROBE_BORROWED) != 0;
        if (!has_attempt(b))
            continue;
        count++;
        if (b->attempt->owner != b || b->attempt->hook)
            watch_broken(w, "attempt", at, "a run of probe %u is not its own", i);
        for (uint32_t k = 0; k < i; k++) {
            if (has_attempt(pod_probe_at(p, k)) && pod_probe_at(p, k)->attempt == b->attempt)
                watch_broken(w, "attempt", at, "probes %u and %u share a run", k, i);
        }
    }
    return count;
}

/* ---- stopping
 * ------------------------------------------------------------------------------------------ */

/* What a stop under way was promised, by its cause. */
static int32_t grace_of(const struct watch_container *seen, struct pod *p, struct pod_container *c)
{
    const struct pod_probe_spec *probe = NULL;

    if (seen->kill == WATCH_LIVENESS)
        probe = seen->now.spec->probe[POD_LIVENESS];
    else if (seen->kill == WATCH_STARTUP)
        probe = seen->now.spec->probe[POD_STARTUP];
    if (probe != NULL && probe->grace_s >= 0)
        return probe->grace_s;
    if (seen->kill == WATCH_END && pod_is_restarting(p))
        return 0;
    /* Of a pod whose object is gone no Killing is told. */
    if (seen->kill == WATCH_END || seen->kill == WATCH_NO_KILL)
        return c->stop_grace_s; /* see check_end_grace */
    return pod_spec_of(p)->grace_s;
}

static void check_end_grace(struct watch *w, const struct watch_pod *at, struct pod *p,
                            const struct pod_container *c)
{
    int32_t least = pod_spec_of(p)->grace_s;

    if (pod_is_restarting(p))
        return;
    if (pod_eviction_message(p) != NULL)
        return; /* who has filled the disk is promised nothing */
    if (p->deleted_at >= 0 && p->grace_s < least)
        least = p->grace_s;
    if (c->stop_grace_s < least)
        watch_broken(w, "sigkill", at, "a stop with a grace of %d s, at least %d s were promised",
                     c->stop_grace_s, least);
}

/* The last rung: SIGKILL at its time. */
static void check_window(struct watch *w, const struct watch_pod *at, struct pod *p,
                         struct pod_container *c, struct watch_container *seen)
{
    int64_t hook = seen->hook_over_at - seen->stop_at, turn = seen->signal_at - seen->hook_over_at;
    int64_t due = seen->signal_at + twin_window_ms(seen->grace_s, hook, turn);

    if (w->shortens && p->deleted_at >= 0) {
        if (c->life.due < seen->signal_at + 2000 || c->life.due > due)
            watch_broken(w, "sigkill", at, "%s: SIGKILL at %lld, not in [%lld, %lld]",
                         seen->now.spec->name, (long long)c->life.due,
                         (long long)(seen->signal_at + 2000), (long long)due);
    } else if (c->life.due != due) {
        watch_broken(w, "sigkill", at, "%s: SIGTERM at %lld, SIGKILL at %lld instead of %lld",
                     seen->now.spec->name, (long long)seen->signal_at, (long long)c->life.due,
                     (long long)due);
    }
}

static void follow_stop(struct watch *w, const struct watch_pod *at, struct pod *p,
                        struct pod_container *c, struct watch_container *seen, int64_t now)
{
    uint8_t was = seen->stage;

    seen->stage = c->stage;
    if (c->stage < POD_STAGE_PRE_STOP)
        return;
    if (was < POD_STAGE_PRE_STOP || (seen->kill_at >= 0 && seen->stop_at != seen->kill_at)) {
        seen->stop_at = seen->kill_at >= 0 ? seen->kill_at : now;
        seen->hook_over_at = seen->signal_at = -1;
        seen->grace_s = grace_of(seen, p, c);
        if (seen->kill == WATCH_END)
            check_end_grace(w, at, p, c);
    }
    if (c->stage >= POD_STAGE_ORDER && seen->hook_over_at < 0)
        seen->hook_over_at = now;
    if (c->stage != POD_STAGE_STOP)
        return;
    if (seen->signal_at < 0)
        seen->signal_at = now;
    check_window(w, at, p, c, seen);
    if (now > c->life.due)
        watch_broken(w, "sigkill", at, "%s has outlived SIGKILL", seen->now.spec->name);
}

/* Could this process have ended with 137 by itself, or by somebody else's hand? */
static bool excused(const struct watch *w, const struct pod_container *c, int64_t at)
{
    const struct pod_behaviour *b = c->script != NULL ? c->script->instances : NULL;

    for (uint32_t i = 0; b != NULL && i < b->instance_count; i++) {
        if (b->instance[i].exit_code == 137)
            return true;
    }
    return (c->extra != NULL && c->extra->machine != NULL) ||
           watch_step_in(w, POD_STEP_KILL, at, at) || watch_step_in(w, POD_STEP_REBOOT, at, at) ||
           watch_step_in(w, POD_STEP_FAIL, at, at);
}

static void check_killed(struct watch *w, const struct watch_pod *at, struct pod *p,
                         struct pod_container *c, const struct watch_container *seen)
{
    int64_t least = 1000 * (int64_t)RX_MAX(c->stop_grace_s, 2);

    if (c->proc_state != POD_PROC_DEAD || seen->kill_at < 0 || c->cur.exit_code != 137 ||
        c->cur.reason != POD_REASON_ERROR || excused(w, c, c->cur.finished))
        return;
    if (w->shortens && p->deleted_at >= 0)
        least = 2000;
    if (c->cur.finished < seen->kill_at + least)
        watch_broken(w, "sigkill", at,
                     "%s: told to stop at %lld with a grace of %d s, killed at %lld",
                     seen->now.spec->name, (long long)seen->kill_at, c->stop_grace_s,
                     (long long)c->cur.finished);
}

/* ---- clocks
 * ---------------------------------------------------------------------------------------------- */

static bool has_clock(struct pod_container *c)
{
    const struct pod_extra *e = c->extra;

    if (rx_timer_armed(&c->life))
        return true;
    if (c->stage != POD_STAGE_POST_START)
        return false;
    /* A hook has no deadline: one that waits for an answer or for another process, or whose
     * command hangs by a rule, may wait for ever. */
    return e != NULL &&
        (rx_timer_armed(&e->hook.timer) || e->hook.attempt != NULL || e->hook.exec != NULL ||
                         (e->hook.rule != NULL && e->hook.rule->never_ends));
}

static bool is_forgotten(const struct watch_pod *at, struct pod *p, struct pod_container *c)
{
    const struct pod_container_spec *s = &pod_spec_of(p)->container[c->index];

    if (c->proc_state != POD_PROC_DEAD || s->kind == POD_INIT || c->stage != POD_STAGE_IDLE ||
        rx_timer_armed(&c->life) || rx_timer_armed(&p->sync) || at->restarts_all)
        return false;
    if (p->deleted_at >= 0 || p->life.worker != POD_WORKER_SYNC ||
        p->flags & (POD_BUSY | POD_DIRTY))
        return false;
    if (!(p->flags & POD_MAINS_BEGUN))
        return false; /* the init sequence comes first */
    return twin_restarts(pod_spec_of(p), s, c->cur.exit_code,
                         c->cur.reason == POD_REASON_OOM_KILLED);
}

/* A stop that was under way before, and then the pod's own: its worker does one thing at a time. */
static int64_t longest_ms(struct pod *p)
{
    int32_t most = RX_MAX(p->grace_s, pod_spec_of(p)->grace_s);

    for (uint32_t i = 0; i < p->tmpl->probes; i++)
        most = RX_MAX(most, pod_probe_spec_of(pod_probe_at(p, i))->grace_s);
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++)
        most = RX_MAX(most, pod_container_at(p, i)->stop_grace_s);
    return 2000 * ((int64_t)most + 4);
}

/* ---- pods ------------------------------------------------------------------------------------ */

static void look_at_container(struct watch *w, struct watch_pod *at, struct pod *p, uint32_t i,
                              int64_t now)
{
    struct pod_container *c = pod_container_at(p, i);
    struct watch_container *seen = &at->container[i];

    if ((c->proc_state == POD_PROC_RUNNING) != seen->open)
        watch_broken(w, "ends", at, "%s %s, the stream says otherwise", seen->now.spec->name,
                     seen->open ? "does not run" : "runs");
    if (c->restarts < seen->restarts_seen)
        watch_broken(w, "count", at, "%s: %u restarts, and %u before", seen->now.spec->name,
                     c->restarts, seen->restarts_seen);
    seen->restarts_seen = c->restarts;
    seen->doomed = (c->plan & POD_PLAN_AFTER_KILL) && c->proc_state == POD_PROC_RUNNING;
    seen->condemned |= (c->plan & POD_PLAN_AFTER_KILL) && c->proc_state == POD_PROC_DEAD &&
                       seen->kill == WATCH_NO_KILL;
    if (c->stage == POD_STAGE_POST_START || seen->stage == POD_STAGE_POST_START)
        at->held_at = now; /* a hook has no deadline, and the pod's only worker waits for it */
    follow_stop(w, at, p, c, seen, now);
    check_killed(w, at, p, c, seen);
    if (c->stage != POD_STAGE_IDLE && !has_clock(c))
        watch_broken(w, "stuck", at, "%s waits in stage %u for nothing", seen->now.spec->name,
                     c->stage);
    if (is_forgotten(at, p, c))
        watch_broken(w, "stuck", at, "%s is never started again", seen->now.spec->name);
}

static void compare(struct watch *w, struct watch_pod *at)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    struct twin_container container[POD_CONTAINERS_MAX];
    struct twin_pod told = watch_view(at, container);
    const char *status;
    int32_t ready;

    if (podring_pod_info(w->ring, at->id, &info) != 0) {
        if (at->object != POD_OBJECT_DELETED)
            watch_broken(w, "snapshot", at, "the API does not know it");
        return;
    }
    snprintf(at->reason, sizeof(at->reason), "%s", info.reason != NULL ? info.reason : "");
    at->explained = info.message != NULL;
    if (at->object == POD_OBJECT_DELETED)
        watch_broken(w, "snapshot", at, "the API still knows it");
    ready = twin_ready(&told);
    if (strcmp(info.phase, at->phase) != 0 || strcmp(info.status, at->status) != 0 ||
        info.ready != ready ||
        (info.deleted_ms >= 0) != (at->object == POD_OBJECT_TERMINATING))
        watch_broken(w, "snapshot", at, "%s %s %d ready; was told %s %s %d", info.phase,
                     info.status, info.ready, at->phase, at->status, ready);
    for (int i = 0; i < POD_CONDITIONS; i++) {
        const char *type = pod_condition_name((enum pod_condition)i);

        bool true_ = podring_condition(w->ring, at->id, type, &status, NULL, NULL) == 0 &&
                     strcmp(status, "True") == 0;

        if (true_ != at->condition[i])
            watch_broken(w, "snapshot", at, "condition %s is not as told", type);
    }
}

static void look_at(struct watch *w, struct pod *p, int64_t now)
{
    struct watch_pod *at = watch_find(w, p->id);

    if (at == NULL)
        return; /* not even created, as far as anybody knows */
    at->spec = pod_spec_of(p);
    at->busy = pod_has(p, POD_BUSY);
    at->bound = pod_on_node(p);
    at->lags = !w->reference && pod_has(p, POD_DIRTY);
    at->torn |= pod_is_lost(p);
    w->torn |= at->torn;
    if (at->torn)
        return;
    for (uint32_t i = 0; i < at->spec->container_count; i++)
        look_at_container(w, at, p, i, now);
    if (p->deleted_at >= 0 && now > RX_MAX(p->deleted_at, at->held_at) + longest_ms(p))
        watch_broken(w, "vanish", at, "deleted at %lld and still there", (long long)p->deleted_at);
    watch_limits(w, at, p, now);
    if (at->touched)
        compare(w, at);
}

void watch_turn(struct watch *w)
{
    struct pod_world *n = &w->ring->world;
    int64_t now = podring_now(w->ring);
    uint64_t running = 0, in_flight = 0;

    RX_LIST_EACH (l, &n->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        look_at(w, p, now);
        in_flight += count_attempts(w, watch_find(w, p->id), p);
        for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++)
            running += pod_container_at(p, i)->proc_state == POD_PROC_RUNNING;
    }
    w->looked_at = now;
    w->skipped = false;
    watch_queues(w);
    if (in_flight != n->stats.in_flight)
        watch_broken(w, "attempt", NULL, "%llu runs in flight, of %llu probes",
                     (unsigned long long)n->stats.in_flight, (unsigned long long)in_flight);
    if (running != n->stats.running)
        watch_broken(w, "books", NULL, "%llu containers run, %llu are counted",
                     (unsigned long long)running, (unsigned long long)n->stats.running);
}

void watch_skip(struct watch *w)
{
    w->skipped = true;
}

void watch_end(struct watch *w)
{
    struct podring_stats s = PODRING_STATS_INIT;

    podring_stats(w->ring, &s);
    if (s.success + s.warning + s.failure + s.error != s.probes_done)
        watch_broken(w, "books", NULL, "verdicts do not add up to the runs");
    if (s.pods_created - s.pods_deleted != s.pods || s.pods_created != w->created ||
        s.pods_deleted != w->deleted)
        watch_broken(w, "books", NULL, "%llu pods made, %llu deleted, %llu there; told %llu, %llu",
                     (unsigned long long)s.pods_created, (unsigned long long)s.pods_deleted,
                     (unsigned long long)s.pods, (unsigned long long)w->created,
                     (unsigned long long)w->deleted);
    if (s.events != w->last_seq || s.events_dropped != 0)
        watch_broken(w, "books", NULL, "%llu events counted, %llu told",
                     (unsigned long long)s.events, (unsigned long long)w->last_seq);
    if (!w->torn && w->started - w->ended != s.containers_running)
        watch_broken(w, "ends", NULL, "%llu starts, %llu ends, %llu run",
                     (unsigned long long)w->started, (unsigned long long)w->ended,
                     (unsigned long long)s.containers_running);
    if (s.steady_allocations != 0)
        watch_broken(w, "books", NULL, "%llu allocations while turning",
                     (unsigned long long)s.steady_allocations);
}
