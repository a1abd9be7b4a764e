/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pod.c - the pod worker: one serial worker a pod that starts and stops its containers, and takes
 * the pod away at its end.
 *
 * What it does next is decided by rule_life from what is known of the pod (pod_on_sync), until
 * nothing is left to do in this instant. In a plan, the kubelet's syncPod, it looks at every
 * container, decides kills and starts by rule_plan and carries them out in order. A step of it that
 * takes time (a stop with its grace period, a slow start) makes the worker busy: it returns, and
 * the same plan goes on when the step is done. Whatever happens meanwhile only leaves a mark
 * (POD_DIRTY) that asks for one more plan afterwards.
 */
#include <string.h>

#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"
#include "engine/pod/rule_shutdown.h"
#include "engine/pod/timer.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

static bool run_plan(struct pod *p);
static void begin_again(struct pod *p);
static void finish(struct pod *p);

static rx_ms now_of(const struct pod *p)
{
    return rx_loop_now(pod_world_of(p)->loop);
}

static void set(struct pod *p, enum pod_flag f)
{
    p->flags |= (uint8_t)f;
}

static void clear(struct pod *p, enum pod_flag f)
{
    p->flags &= (uint8_t)~f;
}

static void happens(struct pod *p, enum pod_life_event e)
{
    p->life = pod_life_after(p->life, e);
}

/* ---- creation -------------------------------------------------------------------------------- */

static void init_containers(struct pod *p)
{
    const struct pod_spec *spec = pod_spec_of(p);
    uint32_t next_probe = 0;

    for (uint32_t i = 0; i < spec->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);

        c->index = (uint8_t)i;
        rx_timer_init(&c->proc, pod_timer_key(POD_TIMER_PROC, p, i, 0));
        rx_timer_init(&c->life, pod_timer_key(POD_TIMER_LIFE, p, i, 0));
        for (uint32_t k = 0; k < POD_PROBE_KINDS; k++) {
            struct pod_probe *b;

            c->probe[k] = 255;
            if (spec->container[i].probe[k] == NULL)
                continue;
            c->probe[k] = (uint8_t)next_probe;
            b = pod_probe_at(p, next_probe++);
            rx_timer_init(&b->tick, pod_timer_key(POD_TIMER_TICK, p, i, k));
            b->offset = (uint16_t)(((char *)b - (char *)p) / 8);
            b->kind = (uint8_t)k;
            b->container = (uint8_t)i;
            b->changed_at = -1;
        }
    }
}

/* ---- activeDeadlineSeconds ------------------------------------------------------------------- */

static int deadline_make(struct pod *p)
{
    struct pod_extra *e;

    if (pod_spec_of(p)->active_deadline_s < 0)
        return 0;
    e = pod_extra_of(pod_container_at(p, 0));
    if (e == NULL)
        return -RX_ENOMEM;
    rx_timer_init(&e->whole.deadline, pod_timer_key(POD_TIMER_DEADLINE, p, 0, 0));
    return 0;
}

static uint64_t serial_at(const struct rx_list *l)
{
    return rx_container_of(l, struct pod, link)->serial;
}

/* The list is in the order of serial numbers: a new pod stands before those that replace others. Of
 * these one mostly belongs beside the one that came last, as controllers create pods in the order
 * of their numbers, and many at a time. */
static void enlist(struct pod_world *w, struct pod *p)
{
    struct rx_list *next = &w->pods;

    if (!rx_list_empty(&w->pods) && serial_at(w->pods.prev) > p->serial) {
        next = w->enlisted->next;
        while (next != &w->pods && serial_at(next) < p->serial)
            next = next->next;
        while (next->prev != &w->pods && serial_at(next->prev) > p->serial)
            next = next->prev;
    }
    rx_list_add_tail(next, &p->link); /* before next */
    w->enlisted = &p->link;
}

static void delist(struct pod_world *w, struct pod *p)
{
    if (w->enlisted == &p->link)
        w->enlisted = p->link.prev;
    rx_list_remove(&p->link);
}

int pod_create(struct pod_world *w, struct pod_template *t, const struct pod_owner *owner,
               uint32_t ordinal, uint64_t serial, uint64_t *id)
{
    struct pod **slot = rx_slab_take(&w->ids, id);
    struct pod *p = slot != NULL ? rx_mem_zalloc(w->mem, t->size) : NULL;

    if (p == NULL) {
        if (slot != NULL)
            rx_slab_give(&w->ids, *id);
        return -RX_ENOMEM;
    }
    *slot = p;
    p->id = *id;
    p->serial = serial != POD_SERIAL_NEXT ? serial : w->serial + 1;
    p->tmpl = t;
    pod_node_of(p)->pods++;
    p->owner = owner;
    p->ordinal = ordinal;
    p->ip = pod_address_take(&w->addresses, p->serial);
    p->created_at = now_of(p);
    p->deleted_at = -1;
    p->version = w->log.acting;
    rx_timer_init(&p->sync, pod_timer_key(POD_TIMER_SYNC, p, 0, 0));
    init_containers(p);
    if (p->ip == 0 || deadline_make(p) != 0 || pod_scripts_choose(p, 0) != 0 ||
        (w->place != NULL && w->place(w->place_ctx, p) != 0)) {
        int rc = p->ip == 0 ? -RX_ELIMIT : -RX_ENOMEM;

        rx_slab_give(&w->ids, *id);
        pod_free(p);
        return rc;
    }
    w->serial += serial == POD_SERIAL_NEXT;
    enlist(w, p);
    w->stats.created++;
    w->stats.pods++;
    w->stats.pods_peak = RX_MAX(w->stats.pods_peak, w->stats.pods);
    pod_need_sync(p);
    return 0;
}

void pod_uncreate(struct pod *p)
{
    struct pod_world *w;

    if (p == NULL)
        return;
    w = pod_world_of(p);
    RX_ASSERT(p->life.object == POD_LIFE_NONE);
    rx_loop_disarm(w->loop, &p->sync);
    rx_slab_give(&w->ids, p->id);
    delist(w, p);
    pod_scripts_forget(w, p->tmpl);
    w->serial--;
    w->stats.created--;
    w->stats.pods--;
    pod_free(p);
}

void pod_extra_free(struct pod_container *c)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));

    if (c->extra == NULL)
        return;
    pod_hook_cancel(c);
    pod_asks_lost(c);
    pod_outside_forget(c);
    rx_mem_free(&w->guest, c->extra->trouble.text, c->extra->trouble.room);
    pod_machine_free(c);
    if (c->index == 0)
        pod_volumes_free(pod_of_container(c));
    pod_image_forget(c);
    pod_start_forget(c);
    rx_loop_disarm(w->loop, &c->extra->border);
    pod_listener_reset(c);
    rx_loop_disarm(w->loop, &c->extra->whole.deadline);
    rx_loop_disarm(w->loop, &c->extra->whole.storage);
    rx_mem_free(&w->guest, c->extra->whole.evicted,
                c->extra->whole.evicted != NULL ? strlen(c->extra->whole.evicted) + 1 : 0);
    rx_stash_give(&w->extras, c->extra);
    c->extra = NULL;
}

void pod_free(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++)
        pod_extra_free(pod_container_at(p, i));
    pod_node_of(p)->pods--;
    pod_address_give(&pod_world_of(p)->addresses, p->ip);
    rx_mem_free(pod_world_of(p)->mem, p, p->tmpl->size);
}

struct pod *pod_get(const struct pod_world *w, uint64_t id)
{
    struct pod **slot = rx_slab_get(&w->ids, id);

    return slot != NULL && !pod_is_gone(*slot) ? *slot : NULL;
}

/* In the instant of its creation, whatever else happens to it there: that is told first. */
void pod_accept(struct pod *p)
{
    if (p->life.object != POD_LIFE_NONE)
        return;
    happens(p, POD_LIFE_ACCEPT);
    set(p, POD_UNBOUND);
    pod_publish_created(p);
}

/* A node is found for it, unless a claim is missing, or by whoever places pods. False: it waits for
 * that. */
static bool bind(struct pod *p)
{
    char why[512];

    if (pod_spec_of(p)->scheduling_gated)
        return false;
    if (pod_world_of(p)->place != NULL && !pod_has(p, POD_PLACED))
        return false;
    if (!pod_world_of(p)->knobs.ignore_missing && pod_claims_missing(p, why, sizeof(why))) {
        if (why[0] != '\0')
            pod_tell(p, ST_NO_CONTAINER, POD_EVENT_FAILED_SCHEDULING, "%s", why);
        return false;
    }
    clear(p, POD_UNBOUND);
    pod_publish_scheduled(p);
    /* It counts from status.startTime, a whole second like all that the status tells. */
    if (pod_spec_of(p)->active_deadline_s >= 0)
        rx_loop_arm(pod_world_of(p)->loop, &pod_container_at(p, 0)->extra->whole.deadline,
                    now_of(p) - now_of(p) % RX_MS_PER_S +
                        pod_spec_of(p)->active_deadline_s * RX_MS_PER_S);
    return true;
}

/* ---- volumes --------------------------------------------------------------------------------- */

enum { MOUNT_RETRY_MS = 500, MOUNT_RETRY_MAX_MS = 122000 };

/* Nothing of a pod runs before its volumes are there, not even its probe workers. False: one of
 * them is missing, and will be looked for again. */
static bool mount(struct pod *p)
{
    struct pod_world *w = pod_world_of(p);
    rx_ms wait;
    char why[512];

    if (!w->knobs.ignore_missing &&
        pod_config_volumes_missing(&w->store, pod_spec_of(p), why, sizeof(why))) {
        pod_tell(p, ST_NO_CONTAINER, POD_EVENT_FAILED_MOUNT,
                 "Unable to attach or mount volumes: %s", why);
        wait = RX_MIN((rx_ms)MOUNT_RETRY_MS << RX_MIN(p->at, 20), (rx_ms)MOUNT_RETRY_MAX_MS);
        p->at++; /* no plan is under way: it counts the tries */
        rx_loop_arm(w->loop, &p->sync, now_of(p) + wait);
        pod_publish(p, POD_PUBLISH_AFTER);
        return false;
    }
    set(p, POD_MOUNTED);
    for (uint32_t i = 0; i < p->tmpl->probes; i++)
        pod_probe_begin(p, pod_probe_at(p, i), now_of(p));
    return true;
}

static void tell_deadline(struct pod *p)
{
    if (p->status_reason == POD_STATUS_DEADLINE)
        pod_tell(p, ST_NO_CONTAINER, POD_EVENT_DEADLINE_EXCEEDED,
                 "Pod was active on the node longer than the specified deadline");
}

void pod_on_deadline(void *world, struct rx_timer *t)
{
    struct pod *p =
        pod_of_container(rx_container_of(t, struct pod_extra, whole.deadline)->container);

    (void)world;
    /* A pod that ends by itself in this very instant has ended in time. */
    if (!pod_anything_runs(p) && pod_phase_terminal(pod_phase_now(p, false)))
        return;
    /* The worker tells of it when it comes to it; a restart of all containers becomes the end as it
     * is. */
    if (pod_evict(p, POD_STATUS_DEADLINE, false) == 0 && pod_life_stopping(p->life))
        tell_deadline(p);
}

/* ---- the sync -------------------------------------------------------------------------------- */

static void retire_all(struct pod *p)
{
    for (uint32_t i = 0; i < p->tmpl->probes; i++)
        pod_probe_retire(pod_probe_at(p, i));
}

/* Containers that wait to become ready are asked at once, not at their next tick. */
static void trigger_readiness(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);
        struct pod_probe *b;

        if (c->probe[POD_READINESS] == 255 || !pod_container_started(c))
            continue;
        b = pod_probe_at(p, c->probe[POD_READINESS]);
        if (pod_probe_result(b, c) != POD_RESULT_SUCCESS)
            pod_probe_trigger(b);
    }
}

/* The pod is to end, by deletion or by the kubelet's own decision. Even without grace its processes
 * get the least there is. */
static void begin_end(struct pod *p)
{
    if (pod_has(p, POD_BUSY))
        pod_publish(p, POD_PUBLISH_AFTER); /* what the step that had to be waited for has led to */
    if (!pod_is_deleting(p))
        tell_deadline(p);
    happens(p, POD_LIFE_STOP);
    if (!pod_is_deleting(p) && pod_eviction_message(p) != NULL)
        pod_stop_all(p, 0); /* no hooks, and the least there is */
    else
        pod_stop_all(p, RX_MAX(pod_is_deleting(p) ? p->grace_s : pod_spec_of(p)->grace_s, 1));
}

/* Every container is stopped without hooks and with the least grace, then all start again, inits
 * first. */
static void restart_all(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++)
        pod_container_at(p, i)->kill_by = POD_KILL_CHANGED;
    happens(p, POD_LIFE_RESTART);
    pod_stop_all(p, 0);
    pod_publish(p, POD_PUBLISH_AFTER);
    pod_need_sync(p);
}

/* True: there may be more to do, now that the plan is carried out, or the pod is being stopped
 * instead. */
static bool plan(struct pod *p)
{
    clear(p, POD_DIRTY);
    pod_publish(p, POD_PUBLISH_BEFORE);
    switch (pod_plan(p)) {
    case POD_PLAN_RESTART_ALL:
        restart_all(p);
        return true;
    case POD_PLAN_STOP_ALL:
        happens(p, POD_LIFE_EMPTY);
        pod_stop_all(p, pod_spec_of(p)->grace_s);
        return true;
    default:
        p->at = 0;
        clear(p, POD_STARTS);
        set(p, POD_BUSY);
        return run_plan(p);
    }
}

static enum pod_life_work work_of(struct pod *p)
{
    uint8_t stage;

    if (!pod_has(p, POD_BUSY))
        return POD_WORK_FREE;
    stage = pod_container_at(p, p->at)->stage;
    if (stage == POD_STAGE_IDLE)
        return POD_WORK_PAUSED;
    return stage < POD_STAGE_POST_START ? POD_WORK_STEP : POD_WORK_FIRM;
}

/* True: look again what is next. */
static bool make_step(struct pod *p, enum pod_life_step step)
{
    switch (step) {
    case POD_STEP_ACCEPT:
        pod_accept(p);
        if (p->life.end == POD_END_FAILED) /* in the instant in which it came: it was on the node
                                            * already */
            bind(p);
        return true;
    case POD_STEP_BIND:
        if (bind(p))
            return true;
        clear(p, POD_DIRTY);
        return false;
    case POD_STEP_MOUNT:
        return mount(p);
    case POD_STEP_PLAN:
        return plan(p);
    case POD_STEP_GO_ON:
        return run_plan(p);
    case POD_STEP_WATCH:
        pod_publish(p, POD_PUBLISH_READINESS);
        return false;
    case POD_STEP_END:
        begin_end(p);
        return true;
    case POD_STEP_WAIT:
        clear(p, POD_DIRTY);
        pod_stop_next(p);
        pod_publish(p, POD_PUBLISH_AFTER);
        trigger_readiness(p);
        return false;
    case POD_STEP_AGAIN:
        clear(p, POD_DIRTY);
        begin_again(p);
        return false;
    case POD_STEP_FINISH:
        clear(p, POD_DIRTY);
        finish(p);
        return false;
    case POD_STEP_SHOW:
        clear(p, POD_DIRTY);
        pod_publish(p, POD_PUBLISH_AFTER);
        return false;
    default:
        return false;
    }
}

void pod_on_sync(void *world, struct rx_timer *t)
{
    struct pod *p = rx_container_of(t, struct pod, sync);
    const struct pod_life_row *row;

    (void)world;
    if (pod_is_lost(p))
        return;
    do {
        struct pod_life_in in = {
            .life = p->life,
            .work = (uint8_t)work_of(p),
            .runs = p->life.worker != POD_WORKER_SYNC && pod_anything_runs(p),
            .bound = !pod_has(p, POD_UNBOUND),
            .mounted = pod_has(p, POD_MOUNTED),
            .dirty = pod_has(p, POD_DIRTY),
        };

        row = pod_life_next(&in);
        if (pod_world_of(p)->met != NULL)
            pod_world_of(p)->met->life[row - pod_life_table]++;
        /* It may have been bound just now, to a node that is lost. */
    } while (make_step(p, (enum pod_life_step)row->step) && !pod_is_lost(p));
}

static void sync_done(struct pod *p)
{
    clear(p, POD_BUSY);
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        if (pod_container_at(p, i)->retry)
            pod_start_retry(pod_container_at(p, i));
    }
    pod_publish(p, POD_PUBLISH_AFTER);
    if (pod_phase_terminal((enum pod_phase)p->phase)) {
        happens(p, POD_LIFE_COMPLETE);
        pod_changed(p, POD_CHANGED_LEFT);
        retire_all(p);
        pod_machines_retire(p);
        return;
    }
    trigger_readiness(p);
}

/* The probe for which it is killed may give it a grace of its own. */
static int32_t kill_grace_s(struct pod_container *c)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const struct pod_probe_spec *probe = NULL;

    if (c->kill_by == POD_KILL_LIVENESS)
        probe = s->probe[POD_LIVENESS];
    else if (c->kill_by == POD_KILL_STARTUP)
        probe = s->probe[POD_STARTUP];
    return probe != NULL && probe->grace_s >= 0 ? probe->grace_s
                                                : pod_spec_of(pod_of_container(c))->grace_s;
}

/* False: the worker waits for a process to end. */
static bool run_kills(struct pod *p)
{
    for (; p->at < pod_spec_of(p)->container_count; p->at++) {
        struct pod_container *c = pod_container_at(p, p->at);

        if ((c->plan & POD_PLAN_KILL) && c->proc_state == POD_PROC_RUNNING) {
            pod_stop(c, kill_grace_s(c), false);
            return false;
        }
        c->plan &= (uint8_t)~POD_PLAN_KILL;
    }
    set(p, POD_STARTS);
    p->at = 0;
    return true;
}

/* False: the worker waits for a pull, a slow start or a hook. */
static bool run_starts(struct pod *p)
{
    for (; p->at < pod_spec_of(p)->container_count; p->at++) {
        struct pod_container *c = pod_container_at(p, p->at);

        if (!(c->plan & POD_PLAN_START))
            continue;
        pod_start(c);
        if (c->stage != POD_STAGE_IDLE)
            return false;
        /* A regular init container that could not be started stops the sync. */
        if (c->wait_reason != POD_REASON_NONE && pod_container_spec_of(c)->kind == POD_INIT)
            break;
    }
    return true;
}

/* True: it is done, and the pod is not over. */
static bool run_plan(struct pod *p)
{
    if ((!pod_has(p, POD_STARTS) && !run_kills(p)) || !run_starts(p)) {
        pod_publish(p, POD_PUBLISH_AFTER);
        return false;
    }
    sync_done(p);
    return !pod_is_over(p);
}

/* ---- the containers' clocks ------------------------------------------------------------------ */

void pod_on_life(void *world, struct rx_timer *t)
{
    struct pod_container *c = rx_container_of(t, struct pod_container, life);
    struct pod *p = pod_of_container(c);

    (void)world;
    switch (c->stage) {
    case POD_STAGE_IDLE: /* a back-off, or the pause after a failed start, is over */
        pod_need_sync(p);
        return;
    case POD_STAGE_PULL:
    case POD_STAGE_START:
        /* Deleted in this very instant: the sync that follows calls it off. */
        if (!pod_is_deleting(p))
            pod_start_goes_on(c);
        break;
    default:
        pod_stop_goes_on(c);
        break;
    }
    /* The worker goes on with the sync it is in. */
    pod_sync_wake(p);
}

/* ---- deletion -------------------------------------------------------------------------------- */

/* Its object is gone, whatever its processes do. */
static void take_away(struct pod *p)
{
    pod_publish_object(p, pod_is_deleting(p) ? POD_OBJECT_TERMINATING : POD_OBJECT_CREATED,
                       POD_OBJECT_DELETED);
    happens(p, POD_LIFE_REMOVE);
    pod_world_of(p)->stats.deleted++;
    pod_world_of(p)->stats.pods--;
}

int pod_delete(struct pod *p, const struct pod_delete_request *r)
{
    struct pod_delete_in in = {
        .given = r->given,
        .given_s = r->grace_s,
        .force = r->force,
        .spec_s = pod_spec_of(p)->grace_s,
        .bound = pod_on_node(p),
        .terminal = pod_phase_terminal((enum pod_phase)p->phase),
        .deleting = pod_is_deleting(p),
        .first_at = p->deleted_at,
        .recorded_s = p->grace_s,
        .now = now_of(p),
    };
    struct pod_delete_out out = pod_delete_decide(&in);

    if (!out.changes)
        return 0;
    pod_accept(p);
    if (!in.deleting)
        p->deleted_at = in.now;
    p->grace_s = out.period_s;
    if (out.gone_at_once) {
        take_away(p);
    } else if (!in.deleting) {
        pod_publish_object(p, POD_OBJECT_CREATED, POD_OBJECT_TERMINATING);
        happens(p, POD_LIFE_DELETE);
    }
    if (pod_world_of(p)->knobs.grace_shorten_live) {
        for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++)
            pod_stop_sooner(pod_container_at(p, i), RX_MAX(out.period_s, 1));
    }
    pod_changed(p, POD_CHANGED_LEFT);
    pod_need_sync(p);
    return 0;
}

static void bury(struct pod *p)
{
    struct pod_world *w = pod_world_of(p);

    if (!pod_is_gone(p)) {
        take_away(p);
        pod_changed(p, POD_CHANGED_LEFT);
    }
    retire_all(p);
    rx_loop_disarm(w->loop, &p->sync);
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        /* A back-off may still run of a container that policy leaves dead. */
        rx_loop_disarm(w->loop, &pod_container_at(p, i)->life);
        pod_extra_free(pod_container_at(p, i));
    }
    rx_slab_give(&w->ids, p->id);
    delist(w, p);
    rx_list_add_tail(&w->grave, &p->link);
}

/* Restarting all containers knows no back-off. One that asks for it as soon as it runs would keep
 * the pod in one instant for ever, or, if others take a moment to stop, in one moment; a node is
 * slower than that. */
static rx_ms not_before(struct pod *p)
{
    rx_ms at = now_of(p);

    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);

        if (c->restarts >= 2 && c->cur.finished == c->cur.started)
            at = RX_MAX(at, c->cur.started + RX_MS_PER_S);
    }
    return at;
}

/* All containers are down and will be started afresh: a new life in the same sandbox. */
static void begin_again(struct pod *p)
{
    rx_ms at = not_before(p);

    happens(p, POD_LIFE_AGAIN);
    clear(p, POD_MAINS_BEGUN);
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);

        c->proc_state = POD_PROC_NONE; /* removed: no dead instance, hence no back-off */
        c->wait_reason = POD_REASON_NONE;
    }
    if (at == now_of(p)) {
        pod_need_sync(p);
        return;
    }
    pod_publish(p, POD_PUBLISH_AFTER);
    set(p, POD_DIRTY);
    rx_loop_arm(pod_world_of(p)->loop, &p->sync, at);
}

/* All is down. A deleted pod's object goes, and the pod with it. */
static void finish(struct pod *p)
{
    if (!pod_is_over(p))
        happens(p, POD_LIFE_DOWN);
    retire_all(p);
    pod_machines_retire(p);
    pod_publish(p, POD_PUBLISH_AFTER);
    pod_changed(p, POD_CHANGED_LEFT);
    if (pod_is_deleting(p))
        bury(p);
}

/* ---- what happens to pods from outside ------------------------------------------------------- */

int pod_kill(struct pod *p, uint32_t container, int32_t signal)
{
    struct pod_container *c = pod_container_at(p, container);

    if (c->proc_state != POD_PROC_RUNNING)
        return -RX_ESTATE;
    if (c->stage == POD_STAGE_IDLE)
        pod_publish_caused(c, pod_world_of(p)->log.acting);
    if (pod_outside_signal(c, signal))
        return 0;
    switch (pod_signal_of(signal)) {
    case POD_SIGNAL_STOP:
        pod_hear_stop(c, signal);
        break;
    case POD_SIGNAL_FAINT:
        pod_machine_signal(c, signal);
        break;
    case POD_SIGNAL_HEARD:
        if (!pod_machine_signal(c, signal))
            pod_ended(c, pod_exit_of_signal(signal), POD_REASON_ERROR);
        break;
    case POD_SIGNAL_FATAL:
        pod_ended(c, pod_exit_of_signal(signal), POD_REASON_ERROR);
        break;
    }
    return 0;
}

/* Its process, hooks and pulls are gone without a word, and what the kubelet remembered of it. */
void pod_lose_container(struct pod_container *c, enum pod_reason reason)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));

    pod_hook_cancel(c);
    rx_loop_disarm(w->loop, &c->life);
    c->stage = POD_STAGE_IDLE;
    c->plan = 0;
    c->wait_reason = POD_REASON_NONE;
    c->retry = false;
    c->backoff.delay_ms = 0;
    if (c->extra != NULL) {
        pod_image_forget(c);
        pod_start_forget(c);
    }
    if (c->proc_state != POD_PROC_RUNNING)
        return;
    pod_outside_signal(c, POD_SIGKILL);
    pod_ended(c, pod_exit_of_signal(POD_SIGKILL), reason);
}

/* A shorter one counts from where the one before did; it may be over already. */
static void move_deadline(struct pod *p, int64_t was_s)
{
    struct rx_timer *t;

    if (was_s < 0 || pod_spec_of(p)->active_deadline_s < 0)
        return;
    t = &pod_container_at(p, 0)->extra->whole.deadline;
    if (rx_timer_armed(t))
        rx_loop_arm(pod_world_of(p)->loop, t,
                    RX_MAX(t->due + (pod_spec_of(p)->active_deadline_s - was_s) * RX_MS_PER_S,
                           now_of(p)));
}

int pod_set_spec(struct pod *p, struct pod_template *t)
{
    const struct pod_spec *old = pod_spec_of(p), *spec = t->spec;

    if (t->size != p->tmpl->size || spec->container_count != old->container_count)
        return -RX_EINVALID;
    pod_unpark(p); /* while its template still tells the periods */
    for (uint32_t i = 0; i < spec->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);

        if (spec->container[i].image_id == old->container[i].image_id &&
            spec->container[i].resources_hash == old->container[i].resources_hash)
            continue;
        c->changed = c->proc_state == POD_PROC_RUNNING;
        pod_start_rekey(c, &spec->container[i]);
    }
    p->tmpl = t;
    move_deadline(p, old->active_deadline_s);
    pod_need_sync(p);
    return 0;
}

int pod_evict(struct pod *p, enum pod_status_reason reason, bool at_once)
{
    if (pod_life_change_of(p->life, POD_LIFE_FAIL) == NULL)
        return -RX_ESTATE;
    p->status_reason = reason & 3;
    happens(p, POD_LIFE_FAIL); /* what is being stopped is not started afresh */
    for (uint32_t i = 0; at_once && i < pod_spec_of(p)->container_count; i++)
        pod_lose_container(pod_container_at(p, i), POD_REASON_ERROR);
    pod_need_sync(p);
    return 0;
}

void pod_set_gate(struct pod *p, uint32_t gate, bool value)
{
    uint16_t bit = (uint16_t)(1u << gate);

    pod_accept(p);
    if (value != ((p->gates & bit) != 0))
        pod_publish_gate(p, gate, value);
    p->gates = value ? p->gates | bit : p->gates & (uint16_t)~bit;
    p->gates_set |= bit;
    pod_need_sync(p);
}
