/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stop.c - how a container ends: by itself, or by the steps of preStop hook, its place among the
 * sidecars, stop signal, grace, SIGKILL.
 */
#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"
#include "engine/pod/rule_shutdown.h"
#include "engine/pod/timer.h"

static void hooked(struct pod_container *c);

static rx_ms now_of(struct pod_container *c)
{
    return rx_loop_now(pod_world_of(pod_of_container(c))->loop);
}

/* ---- ends ------------------------------------------------------------------------------------ */

void pod_ended(struct pod_container *c, int32_t code, enum pod_reason reason)
{
    struct pod *p = pod_of_container(c);
    struct pod_world *w = pod_world_of(p);

    /* However a container ends that is stopped to restart all of them, its record says this. */
    if (pod_is_restarting(p) && !pod_is_deleting(p) && c->kill_by == POD_KILL_END) {
        code = pod_exit_of_signal(POD_SIGKILL);
        reason = POD_REASON_RESTARTING_ALL;
    }
    pod_unpark(p);
    rx_loop_disarm(w->loop, &c->proc);
    /* Before its state changes: what had come to it by now it has answered. */
    for (uint32_t i = 0; i < p->tmpl->probes; i++)
        pod_probe_lost(pod_probe_at(p, i), c);
    pod_hook_lost(p, c);
    c->proc_state = POD_PROC_DEAD;
    c->hidden = false;
    c->cur.finished = now_of(c);
    c->cur.exit_code = code;
    c->cur.reason = (uint8_t)reason;
    w->stats.running--;
    w->stats.exits++;
    pod_container_serve(c, false);
    pod_machine_halt(c);
    pod_message_take(c, NULL);
    if (pod_is_outside(c) && c->extra != NULL)
        pod_outside_forget(c);
    pod_publish_ended(c);
    if (c->stage == POD_STAGE_POST_START) {
        pod_hook_process_ended(c); /* the worker still waits for its hook */
    } else {
        pod_hook_cancel(c);
        rx_loop_disarm(w->loop, &c->life);
        c->stage = POD_STAGE_IDLE;
    }
    pod_need_sync_relisted(p);
}

void pod_on_exit(void *world, struct rx_timer *t)
{
    const struct pod_instance_script *script;
    enum pod_reason reason = POD_REASON_NONE;
    struct pod_container *c;
    int32_t code;

    c = rx_container_of(t, struct pod_container, proc);
    script = pod_instance_of(c, c->restarts);
    code = pod_exit_of_signal(c->heard);
    if (c->exit_by == POD_EXIT_SHELL) {
        code = pod_machine_exit(c);
    } else if (c->exit_by == POD_EXIT_OUTSIDE) {
        code = c->extra->outside.code;
    } else if (c->exit_by == POD_EXIT_DONE) {
        code = 0;
    } else if (c->exit_by == POD_EXIT_ITSELF && script != NULL) {
        code = script->exit_code;
        if (script->exit_reason != NULL)
            reason = st_reason_number(&((struct pod_world *)world)->reasons, script->exit_reason);
    } else if (script != NULL && script->stop_scripted && c->heard != POD_SIGKILL) {
        code = script->stop_code;
    }
    if (reason == POD_REASON_NONE)
        reason = code == 0 ? POD_REASON_COMPLETED : POD_REASON_ERROR;
    pod_ended(c, code, reason);
}

/* ---- the ladder of one container ------------------------------------------------------------- */

static void tell_killing(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const char *name = pod_container_spec_of(c)->name;
    bool main = pod_container_spec_of(c)->kind == POD_MAIN;
    const char *what = main ? "Container" : "Init container";
    const char *then = main && (c->plan & POD_PLAN_START) ? ", will be restarted" : "";

    switch (c->kill_by) {
    case POD_KILL_LIVENESS:
        pod_tell(p, c->index, POD_EVENT_KILLING, "%s %s failed liveness probe%s", what, name, then);
        break;
    case POD_KILL_STARTUP:
        pod_tell(p, c->index, POD_EVENT_KILLING, "%s %s failed startup probe%s", what, name, then);
        break;
    case POD_KILL_CHANGED:
        pod_tell(p, c->index, POD_EVENT_KILLING, "%s %s definition changed, will be restarted",
                 what, name);
        break;
    case POD_KILL_HOOK:
        pod_tell(p, c->index, POD_EVENT_KILLING, "FailedPostStartHook");
        break;
    default:
        pod_tell(p, c->index, POD_EVENT_KILLING, "Stopping container %s", name);
        break;
    }
}

static void signal_it(struct pod_container *c)
{
    struct pod_extra *e = c->extra;
    rx_ms turn = c->stage == POD_STAGE_ORDER ? now_of(c) - e->stop.order_began : 0;
    int32_t left = pod_kill_grace_s(c->stop_grace_s, e != NULL ? e->stop.hook_spent : 0, turn);
    int32_t signal = pod_container_spec_of(c)->stop_signal;

    RX_ASSERT(c->stage != POD_STAGE_STOP); /* it is sent once */
    c->stage = POD_STAGE_STOP;
    pod_hear_stop(c, signal != 0 ? signal : POD_SIGTERM);
    rx_loop_arm(pod_world_of(pod_of_container(c))->loop, &c->life, now_of(c) + left * RX_MS_PER_S);
}

/* May this sidecar go? Only when every main container and every sidecar after it is down. */
static bool its_turn(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);

    for (uint32_t i = c->index + 1u; i < pod_spec_of(p)->container_count; i++) {
        if (pod_spec_of(p)->container[i].kind != POD_INIT &&
            pod_container_at(p, i)->proc_state == POD_PROC_RUNNING)
            return false;
    }
    return true;
}

/* The hook is over, or there is none. */
static void after_hook(struct pod_container *c)
{
    struct pod_extra *e = c->extra;

    if (e != NULL && c->stop_ordered && !its_turn(c)) {
        c->stage = POD_STAGE_ORDER;
        e->stop.order_began = now_of(c);
        rx_loop_arm(pod_world_of(pod_of_container(c))->loop, &c->life,
                    now_of(c) + pod_turn_patience_ms(c->stop_grace_s, e->stop.hook_spent));
        return;
    }
    signal_it(c);
}

void pod_stop(struct pod_container *c, int32_t grace_s, bool ordered)
{
    struct pod *p = pod_of_container(c);
    bool has_hook = pod_container_spec_of(c)->pre_stop != NULL && grace_s > 0;
    struct pod_extra *e = has_hook || ordered ? pod_extra_of(c) : c->extra;

    pod_world_of(p)->stats.kills++;
    tell_killing(c);
    c->stop_grace_s = grace_s;
    c->stop_ordered = ordered;
    if (e == NULL) {
        signal_it(c);
        return;
    }
    e->stop.began = now_of(c);
    e->stop.hook_spent = 0;
    if (!has_hook) {
        after_hook(c);
        return;
    }
    c->stage = POD_STAGE_PRE_STOP;
    rx_loop_arm(pod_world_of(p)->loop, &c->life, now_of(c) + (rx_ms)grace_s * RX_MS_PER_S);
    if (!pod_hook_begin(c, true, hooked))
        hooked(c);
}

static void hooked(struct pod_container *c)
{
    struct pod_extra *e = c->extra;

    if (e->hook.failed)
        pod_tell(pod_of_container(c), c->index, POD_EVENT_PRE_STOP_FAILED, "PreStopHook failed");
    e->stop.hook_spent = now_of(c) - e->stop.began;
    after_hook(c);
}

void pod_stop_goes_on(struct pod_container *c)
{
    struct pod_extra *e = c->extra;

    switch (c->stage) {
    case POD_STAGE_PRE_STOP: /* the hook has overrun the grace and is abandoned */
        pod_hook_cancel(c);
        e->stop.hook_spent = now_of(c) - e->stop.began;
        after_hook(c);
        break;
    case POD_STAGE_ORDER:
        signal_it(c);
        break;
    default:
        if (!pod_outside_signal(c, POD_SIGKILL)) /* else its end will be told */
            pod_ended(c, pod_exit_of_signal(POD_SIGKILL), POD_REASON_ERROR);
        break;
    }
}

/* The rest of the stop is planned as if it began now with that grace: what has run of the hook, of
 * the wait for its place or since the signal does not count, and the signal is not sent again. */
void pod_stop_sooner(struct pod_container *c, int32_t grace_s)
{
    rx_ms due = now_of(c) + (rx_ms)grace_s * RX_MS_PER_S;

    if (c->stage < POD_STAGE_PRE_STOP)
        return;
    if (c->stage == POD_STAGE_STOP)
        due = now_of(c) + pod_kill_grace_s(grace_s, 0, 0) * RX_MS_PER_S;
    if (due >= c->life.due)
        return;
    c->stop_grace_s = grace_s;
    if (c->extra != NULL) {
        c->extra->stop.began = c->extra->stop.order_began = now_of(c);
        c->extra->stop.hook_spent = 0;
    }
    rx_loop_arm(pod_world_of(pod_of_container(c))->loop, &c->life, due);
}

/* The process hears the stop signal. It may still end by itself before its reaction is over. */
void pod_hear_stop(struct pod_container *c, int32_t signal)
{
    struct pod *p = pod_of_container(c);
    const struct pod_instance_script *script = pod_instance_of(c, c->restarts);
    rx_ms after = 0;

    if (pod_outside_signal(c, signal))
        return;
    if (signal != POD_SIGKILL && pod_machine_signal(c, signal))
        return;
    if (script != NULL && script->ignores_stop && signal != POD_SIGKILL)
        return;
    if (script != NULL && signal != POD_SIGKILL)
        pod_listener_stops(c, script);
    if (script != NULL && script->stop_scripted && signal != POD_SIGKILL)
        after = pod_draw_ms(&script->stop_after,
                            pod_container_draw(c, POD_STREAM_STOP, c->restarts));
    if (rx_timer_armed(&c->proc) && c->proc.due <= now_of(c) + after)
        return;
    c->exit_by = POD_EXIT_STOPPED;
    c->heard = (uint8_t)signal;
    rx_loop_arm(pod_world_of(p)->loop, &c->proc, now_of(c) + after);
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Every running container gets its own ladder, all at once; sidecars wait for their place in the
 * order before the signal. A stop that is under way already is not begun again: the signal is sent
 * once. */
void pod_stop_all(struct pod *p, int32_t grace_s)
{
    p->flags &= (uint8_t)~POD_BUSY;
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);
        enum pod_container_kind kind = pod_container_spec_of(c)->kind;

        /* A stop and a postStart hook are waited for (pod.c: inside_step). */
        RX_ASSERT(c->stage < POD_STAGE_POST_START && !c->hidden);
        c->plan = 0;
        c->stage = POD_STAGE_IDLE;
        rx_loop_disarm(pod_world_of(p)->loop, &c->life);
        if (c->proc_state != POD_PROC_RUNNING)
            continue;
        c->kill_by = POD_KILL_END;
        pod_stop(c, grace_s, kind == POD_SIDECAR);
        for (uint32_t k = 0; kind != POD_SIDECAR && k < POD_PROBE_KINDS; k++) {
            if (k != POD_READINESS && c->probe[k] != 255)
                pod_probe_retire(pod_probe_at(p, c->probe[k]));
        }
    }
}

void pod_stop_next(struct pod *p)
{
    for (uint32_t i = pod_spec_of(p)->init_count; i-- > 0;) {
        struct pod_container *c = pod_container_at(p, i);

        if (c->stage == POD_STAGE_ORDER && its_turn(c))
            signal_it(c);
    }
}
