/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - how a container comes to run: back-off, image, creation, process, postStart hook. Each
 * step that takes time leaves the container in a stage of its own and the pod worker busy; each
 * that fails leaves a reason and a date for the next try.
 */
#include <stdio.h>

#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"
#include "engine/reactor/prng.h"
#include "engine/reactor/trace.h"

enum {
    START_WHY_MAX = 512,
    START_RETRY_MS = 10000, /* the kubelet's cadence for starts that failed for want of something */
};

static void create(struct pod_container *c);
static void launch(struct pod_container *c, const char *failed);
static void hooked(struct pod_container *c);
static void hooked_later(struct pod_container *c);

static rx_ms now_of(struct pod_container *c)
{
    return rx_loop_now(pod_world_of(pod_of_container(c))->loop);
}

static void arm(struct pod_container *c, rx_ms due)
{
    rx_loop_arm(pod_world_of(pod_of_container(c))->loop, &c->life, due);
}

/* A retry comes up to so many percent late: the kubelet spreads them. */
static void arm_retry(struct pod_container *c, rx_ms due)
{
    int32_t percent = pod_world_of(pod_of_container(c))->knobs.retry_jitter;
    rx_ms now = now_of(c), most = (due - now) * percent / 100;

    if (most > 0)
        due += (rx_ms)rx_prng_scale(pod_container_draw(c, POD_STREAM_RELIST, (uint64_t)now),
                                    (uint64_t)most + 1);
    arm(c, due);
}

/* ---- back-off -------------------------------------------------------------------------------- */

static void refuse(struct pod_container *c, rx_ms retry_at)
{
    struct pod *p = pod_of_container(c);
    const struct pod_spec *spec = pod_spec_of(p);
    char name[POD_NAME_MAX], uid[POD_UID_MAX];

    if (pod_world_of(p)->knobs.bo_gc)
        retry_at =
            RX_MIN(retry_at, pod_backoff_collected_at(c->backoff, &pod_world_of(p)->backoff));
    c->wait_reason = POD_REASON_CRASH_LOOP;
    pod_world_of(p)->stats.backoffs++;
    RX_TRACE(backoff_arm, p->id, c->index, retry_at - now_of(c));
    arm_retry(c, retry_at);
    if (!pod_world_of(p)->probe_events)
        return;
    pod_uid(p, uid);
    pod_tell(p, c->index, POD_EVENT_BACK_OFF,
             "Back-off restarting failed container %s in pod %s_%s(%s)",
             spec->container[c->index].name, pod_name(p, name), spec->ns, uid);
}

void pod_start(struct pod_container *c)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));
    bool after_kill = (c->plan & POD_PLAN_AFTER_KILL) != 0;
    /* After a kill the question is put with what was known before it: the instance that was already
     * dead then, not the one just killed. */
    const struct pod_record *dead = after_kill ? &c->prev : &c->cur;
    bool has_dead = dead->valid && !dead->removed && c->proc_state == POD_PROC_DEAD;
    struct pod_backoff_verdict v;

    c->plan = 0;
    rx_loop_disarm(w->loop, &c->life);
    if (w->knobs.bo_gc && pod_backoff_collected_at(c->backoff, &w->backoff) <= now_of(c))
        c->backoff.delay_ms = 0;
    v = pod_backoff_try(c->backoff, has_dead, dead->finished, now_of(c), &w->backoff);
    c->backoff = v.state;
    if (!v.start)
        refuse(c, v.retry_at);
    else if (pod_image_get(c))
        create(c);
}

void pod_start_retry(struct pod_container *c)
{
    c->retry = false;
    arm_retry(c, now_of(c) + START_RETRY_MS);
}

/* ---- the key of the back-off ----------------------------------------------------------------- */

static bool is_key(const struct pod_past *e, const struct pod_container_spec *s)
{
    return e->image_id == s->image_id && e->resources_hash == s->resources_hash;
}

/* Without memory the ladder of the old image is forgotten, as if the kubelet had been restarted. */
static void remember(struct pod_container *c)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    struct pod_past *e;

    if (c->backoff.delay_ms == 0 || pod_extra_of(c) == NULL)
        return;
    e = rx_stash_take(&pod_world_of(pod_of_container(c))->pasts);
    if (e == NULL)
        return;
    *e = (struct pod_past){.next = c->extra->past,
                           .backoff = c->backoff,
                           .resources_hash = s->resources_hash,
                           .image_id = s->image_id};
    c->extra->past = e;
}

void pod_start_rekey(struct pod_container *c, const struct pod_container_spec *next)
{
    struct pod_past **link, *e;

    remember(c);
    c->backoff.delay_ms = 0;
    if (c->extra == NULL)
        return;
    for (link = &c->extra->past; *link != NULL && !is_key(*link, next); link = &(*link)->next) {
    }
    e = *link;
    if (e == NULL)
        return;
    c->backoff = e->backoff;
    *link = e->next;
    rx_stash_give(&pod_world_of(pod_of_container(c))->pasts, e);
}

void pod_start_forget(struct pod_container *c)
{
    while (c->extra->past != NULL) {
        struct pod_past *e = c->extra->past;

        c->extra->past = e->next;
        rx_stash_give(&pod_world_of(pod_of_container(c))->pasts, e);
    }
}

/* ---- creation and process -------------------------------------------------------------------- */

/* What its environment refers to is not there. */
static bool unconfigured(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    struct pod_world *w = pod_world_of(p);
    char why[POD_TROUBLE_MAX];

    if (w->knobs.ignore_missing || (!pod_config_missing(&w->store, pod_spec_of(p),
                                                        pod_container_spec_of(c), why,
                                                        sizeof(why)) &&
                                    !pod_mounts_refused(c, why, sizeof(why))))
        return false;
    pod_start_failed(c, POD_REASON_CONFIG_ERROR, why, "%s", why);
    return true;
}

/* It is to run as root, and must not. Who an image runs as is not known: it is taken to be
 * right. */
static bool breaks_policy(struct pod_container *c)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    struct pod *p = pod_of_container(c);
    char name[POD_NAME_MAX], uid[POD_UID_MAX], why[POD_TROUBLE_MAX];

    if (!s->user.non_root || !s->user.given || s->user.uid != 0)
        return false;
    pod_uid(p, uid);
    snprintf(why, sizeof(why),
             "container's runAsUser breaks non-root policy (pod: \"%s_%s(%s)\", container: %s)",
             pod_name(p, name), pod_spec_of(p)->ns, uid, s->name);
    pod_start_failed(c, POD_REASON_CONFIG_ERROR, why, "%s", why);
    return true;
}

/* The script lets it fail before there is an instance. */
static bool uncreated(struct pod_container *c, const struct pod_instance_script *script)
{
    if (script == NULL || script->start_fail == NULL || script->start_reason ==
        POD_REASON_RUN_ERROR)
        return false;
    pod_start_failed(c, script->start_reason, script->start_fail, "%s", script->start_fail);
    return true;
}

static void start_outside(struct pod_container *c)
{
    const struct pod_outside *o = pod_world_of(pod_of_container(c))->outside;
    enum pod_outside_answer answer;

    c->stage = POD_STAGE_START;
    answer = o->start(o->ctx, c);
    if (answer != POD_OUTSIDE_LATER)
        launch(c, answer == POD_OUTSIDE_FAILED ? "the runtime has refused to start it" : NULL);
}

static void create(struct pod_container *c)
{
    uint32_t instance = c->cur.valid ? c->restarts + 1 : 0;
    const struct pod_instance_script *script =
        pod_is_outside(c) ? NULL : pod_instance_of(c, instance);
    rx_ms takes = 0;

    if (unconfigured(c) || breaks_policy(c) || uncreated(c, script))
        return;
    pod_tell(pod_of_container(c), c->index, POD_EVENT_CREATED, "Container created");
    if (pod_is_outside(c)) {
        start_outside(c);
        return;
    }
    if (script != NULL)
        takes = pod_draw_ms(&script->start_takes,
                            pod_container_draw(c, POD_STREAM_START, instance));
    if (takes == 0) {
        launch(c, NULL);
        return;
    }
    c->stage = POD_STAGE_START;
    arm(c, now_of(c) + takes);
}

/* It has been told how the start has come out. */
static void launch_outside(struct pod_container *c)
{
    const char *text = pod_outside_text(c);
    bool failed = c->extra->outside.failed;
    char why[START_WHY_MAX];

    snprintf(why, sizeof(why), "%s", text != NULL ? text : "the runtime could not start it");
    pod_outside_forget(c);
    launch(c, failed ? why : NULL);
}

void pod_start_goes_on(struct pod_container *c)
{
    if (c->stage == POD_STAGE_START && pod_is_outside(c))
        launch_outside(c);
    else if (c->stage == POD_STAGE_START)
        launch(c, NULL);
    else if (pod_image_got(c))
        create(c);
}

static void next_record(struct pod_container *c)
{
    if (c->cur.valid) {
        c->prev = c->cur;
        c->prev.valid = !c->purged;
        c->prev.removed = c->proc_state == POD_PROC_NONE;
        c->restarts++;
        c->untold++;
        pod_world_of(pod_of_container(c))->stats.restarts++;
        RX_TRACE(restart, pod_of_container(c)->id, c->index, c->restarts);
    }
    c->cur = (struct pod_record){.valid = true, .started = now_of(c), .finished = -1};
    c->changed = false;
    c->purged = false;
    c->carried = pod_world_of(pod_of_container(c))->knobs.started_carried && c->pub_started &&
                 c->probe[POD_STARTUP] != 255;
}

/* The runtime could not execute the process: a dead instance that never lived. */
static void stillborn(struct pod_container *c, const char *why)
{
    c->proc_state = POD_PROC_DEAD;
    c->cur.finished = c->cur.started;
    c->cur.exit_code = 128;
    c->cur.reason = POD_REASON_START_ERROR;
    pod_message_take(c, why);
    pod_trouble_note(c, why);
    pod_publish_ended(c);
    c->wait_reason = POD_REASON_RUN_ERROR;
    pod_tell(pod_of_container(c), c->index, POD_EVENT_FAILED, "Error: %s", why);
    pod_need_sync(pod_of_container(c));
}

/* The instance is there for everybody to see. */
static void shown(struct pod_container *c)
{
    c->stage = POD_STAGE_IDLE;
    c->wait_reason = POD_REASON_NONE;
    if (c->hidden)
        c->extra->shown_at = now_of(c);
    c->hidden = false;
    /* What comes after it in the init sequence may go on. */
    if (!pod_has(pod_of_container(c), POD_MAINS_BEGUN))
        pod_need_sync(pod_of_container(c));
}

static int boot(struct pod_container *c, const char **why)
{
    return pod_machine_boot(c, why);
}

/* When the instance that starts now ends by itself; RX_MS_NEVER: its script does not say. */
static rx_ms end_of(struct pod_container *c, const struct pod_instance_script *s)
{
    rx_ms now = now_of(c);

    if (!s->exits)
        return RX_MS_NEVER;
    if (!s->exits_at)
        return now +
               pod_draw_ms(&s->exit_after, pod_container_draw(c, POD_STREAM_EXIT, c->restarts));
    if (now < s->exit_at)
        return s->exit_at;
    return now - s->exit_at < s->exit_for ? now : RX_MS_NEVER;
}

/* What the simulated process is going to do. False: it could not be started. */
static bool simulated(struct pod_container *c, struct pod_main *main)
{
    char text[START_WHY_MAX];
    const char *why;

    if (boot(c, &why) != 0)
        stillborn(c, why);
    else if (pod_machine_choose(c, main, text, sizeof(text)) != 0)
        stillborn(c, text);
    else
        return true;
    return false;
}

static void run_simulated(struct pod_container *c, const struct pod_instance_script *script,
                          const struct pod_main *main)
{
    rx_ms ends = script != NULL ? end_of(c, script) : RX_MS_NEVER;

    if (ends != RX_MS_NEVER) {
        c->exit_by = POD_EXIT_ITSELF;
        rx_loop_arm(pod_world_of(pod_of_container(c))->loop, &c->proc, ends);
    }
    pod_machine_main(c, main);
}

/* failed: why its runtime could not start it, or NULL. */
static void launch(struct pod_container *c, const char *failed)
{
    struct pod *p = pod_of_container(c);
    bool outside = pod_is_outside(c);
    const struct pod_instance_script *script;
    struct pod_main main;

    c->stage = POD_STAGE_IDLE;
    next_record(c);
    script = outside ? NULL : pod_instance_of(c, c->restarts);
    if (pod_container_spec_of(c)->kind == POD_MAIN)
        p->flags |= POD_MAINS_BEGUN;
    if (script != NULL && script->start_fail != NULL)
        failed = script->start_fail;
    if (failed != NULL) {
        stillborn(c, failed);
        return;
    }
    c->proc_state = POD_PROC_RUNNING;
    c->wait_reason = POD_REASON_NONE;
    if (!outside && !simulated(c, &main))
        return;
    pod_world_of(p)->stats.running++;
    pod_tell(p, c->index, POD_EVENT_STARTED, "Container started");
    if (outside)
        pod_container_serve(c, true);
    else
        run_simulated(c, script, &main);
    if (pod_container_spec_of(c)->post_start != NULL) {
        c->stage = POD_STAGE_POST_START;
        c->hidden = true;
        if (pod_hook_begin(c, false, hooked_later))
            return;
        hooked(c);
        return;
    }
    shown(c);
}

static void hooked_later(struct pod_container *c)
{
    hooked(c);
    pod_need_sync(pod_of_container(c));
}

static void hooked(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);

    if (c->extra != NULL && !c->extra->hook.failed) {
        shown(c);
        return;
    }
    pod_tell(p, c->index, POD_EVENT_POST_START_FAILED, "PostStartHook failed");
    c->wait_reason = POD_REASON_POST_START_ERROR;
    if (c->proc_state != POD_PROC_RUNNING) {
        c->stage = POD_STAGE_IDLE;
        return;
    }
    c->kill_by = POD_KILL_HOOK;
    pod_stop(c, pod_spec_of(p)->grace_s, false);
}
