/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish.c - what the API is told of a pod: an Event, or a transition for each change of its view
 * (view.c).
 *
 * Every field is compared with what was published last; what has not moved is not told. The order
 * inside one status: containers in spec order, phase, conditions in the order of the status list,
 * the STATUS word.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/pod_int.h"

/* ---- causes ---------------------------------------------------------------------------------- */

/*
 * What a record of a container follows from is kept in its `why` from one instant to the next:
 *
 *   scheduled              -> the first start of each container
 *   a failed probe run     -> the kill it has asked for      (worker.c says so when it counts)
 *   the deletion, a limit  -> the stop of each container     (all_caused)
 *   a kill                 -> the end of the process
 *   the end of a process   -> back-off, pulls and the next start
 *   ... of an init container, or the start of a sidecar -> the first start of those that waited for
 *   it
 *   the start              -> the running state, and readiness where no probe looks after it
 *
 * A process that ends by itself follows from nothing. What a pod shows as a whole follows from the
 * newest record of the same instant that can move it (`movers`).
 */
static struct st_log *log_of(const struct pod *p)
{
    return &pod_world_of(p)->log;
}

void pod_publish_caused(struct pod_container *c, uint64_t seq)
{
    c->why = (uint32_t)seq;
}

static bool is_being_stopped(const struct pod_container *c)
{
    return c->stage == POD_STAGE_PRE_STOP || c->stage == POD_STAGE_ORDER ||
        c->stage == POD_STAGE_STOP ||
           (c->exit_by == POD_EXIT_STOPPED && rx_timer_armed(&c->proc));
}

static void all_caused(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        if (!is_being_stopped(pod_container_at(p, i)))
            pod_publish_caused(pod_container_at(p, i), p->version);
    }
}

/* The newest record of this instant about the pod that `fits`; 0: there is none. */
static uint64_t find_cause(const struct pod *p,
                           bool (*fits)(const struct st_record *r, uint32_t what), uint32_t what)
{
    const struct st_log *l = log_of(p);
    rx_ms now = rx_loop_now(l->loop);

    for (const struct st_record *r = st_log_at(l, p->version); r != NULL && r->at == now;
         r = st_log_at(l, r->before)) {
        if (fits(r, what))
            return r->seq;
    }
    return 0;
}

static bool is_run_of(const struct st_record *r, uint32_t what)
{
    return r->probe == (what & 255) && r->container == what >> 8;
}

/* Bits of the fields that move another one of the whole pod; bit 0 stands for the scheduler's
 * Event. */
static uint32_t movers(enum pod_field field)
{
    const uint32_t state = 1u << POD_FIELD_STATE, ready = 1u << POD_FIELD_READY,
                   started = 1u << POD_FIELD_STARTED, object = 1u << POD_FIELD_OBJECT,
                   phase = 1u << POD_FIELD_PHASE;

    switch ((uint32_t)field) {
    case POD_FIELD_PHASE:
        return state | started;
    case POD_FIELD_STATUS:
        return state | ready | object | phase;
    case POD_FIELD_CONDITION + POD_COND_READY:
    case POD_FIELD_CONDITION + POD_COND_CONTAINERS_READY:
        return ready | phase | 1u << POD_FIELD_GATE;
    case POD_FIELD_CONDITION + POD_COND_INITIALIZED:
        return state | started | phase | 1;
    case POD_FIELD_CONDITION + POD_COND_SCHEDULED:
    case POD_FIELD_CONDITION + POD_COND_SANDBOX:
        return phase | 1;
    default:
        return phase | state;
    }
}

static bool is_mover(const struct st_record *r, uint32_t what)
{
    if (r->kind != POD_TRANSITION)
        return r->kind == POD_EVENT_SCHEDULED && (what & 1) != 0;
    return r->field != POD_FIELD_NONE && (what >> RX_MIN(r->field, POD_FIELD_GATE) & 1) != 0;
}

/* What becomes of a container before what its probes make of that, and that before the phase. */
static uint64_t find_mover(const struct pod *p, uint32_t fields)
{
    const uint32_t state = 1u << POD_FIELD_STATE, phase = 1u << POD_FIELD_PHASE;
    uint64_t seq = find_cause(p, is_mover, fields & state);

    if (seq == 0)
        seq = find_cause(p, is_mover, fields & ~(state | phase));
    return seq != 0 ? seq : find_cause(p, is_mover, fields & phase);
}

/* Readiness and `started` are a probe's finding where there is one and the process runs. */
static uint64_t cause_of_result(const struct pod_container *c, enum pod_probe_kind kind, bool value)
{
    struct pod *p = pod_of_container((struct pod_container *)(uintptr_t)c);

    if (c->proc_state != POD_PROC_RUNNING || c->probe[kind] == 255 || is_being_stopped(c))
        return st_log_seq(log_of(p), c->why);
    return value ? 0 : find_cause(p, is_run_of, (uint32_t)c->index << 8 | (1u + kind));
}

static uint64_t cause_of(struct pod *p, const struct st_record *r)
{
    const struct pod_container *c = r->container != ST_NO_CONTAINER
        ? pod_container_at(p, r->container) : NULL;

    if (r->kind == POD_EVENT_SCHEDULED)
        return p->version; /* it was created, or has been waiting */
    if (c == NULL)
        return r->kind == POD_TRANSITION && r->field != POD_FIELD_OBJECT &&
        r->field < POD_FIELD_GATE
                   ? find_mover(p, movers((enum pod_field)r->field))
                   : 0;
    if (r->kind == POD_EVENT_UNHEALTHY || r->kind == POD_EVENT_PROBE_WARNING)
        return 0;
    if (r->kind == POD_TRANSITION && r->field == POD_FIELD_READY)
        return cause_of_result(c, POD_READINESS, r->to != 0);
    if (r->kind == POD_TRANSITION && r->field == POD_FIELD_STARTED)
        return cause_of_result(c, POD_STARTUP, r->to != 0);
    return st_log_seq(log_of(p), c->why);
}

/* What comes next follows from it. */
static bool is_decisive(const struct st_record *r)
{
    switch ((uint32_t)r->kind) {
    case POD_TRANSITION:
        return r->field == POD_FIELD_STATE && r->to == POD_TERMINATED;
    case POD_EVENT_KILLING:
    case POD_EVENT_STARTED:
    case POD_EVENT_FAILED:
    case POD_EVENT_POST_START_FAILED:
    case POD_EVENT_INSPECT_FAILED:
    case POD_EVENT_IMAGE_NEVER:
        return true;
    default:
        return false;
    }
}

/* Of the pod as a whole: all its containers will be stopped or made anew because of it. */
static bool is_decisive_for_all(const struct st_record *r)
{
    return r->kind == POD_EVENT_DEADLINE_EXCEEDED || r->kind == POD_EVENT_EVICTED ||
           r->kind == POD_EVENT_SANDBOX_CHANGED;
}

/* What comes next in the container follows from it, and so does the first start of those that
 * waited for it. */
static void decide(struct pod *p, uint32_t container)
{
    pod_publish_caused(pod_container_at(p, container), p->version);
    if (pod_spec_of(p)->container[container].kind == POD_MAIN)
        return;
    for (uint32_t i = container + 1; i < pod_spec_of(p)->container_count; i++) {
        if (!pod_container_at(p, i)->cur.valid)
            pod_publish_caused(pod_container_at(p, i), p->version);
    }
}

/* ---- telling --------------------------------------------------------------------------------- */

static void put(struct pod *p, struct st_record *e, const char *text, size_t length)
{
    struct st_log *l = log_of(p);
    bool first = p->story.state == 0;

    if (first)
        st_log_begin(l, &p->story, pod_hash(p), p->serial);
    if (l->keep) { /* else nobody will ask who it was */
        e->id = p->id;
        e->serial = p->serial;
        e->spec = pod_spec_of(p);
        e->owner = p->owner;
        e->ordinal = p->ordinal;
        e->before = first ? 0 : p->version;
        if (e->cause == 0)
            e->cause = first ? p->version : cause_of(p, e);
    }
    if (e->field == POD_FIELD_NONE)
        e->exit_code = -1;
    p->version = st_log_put(l, e, &p->story, text, length);
    if (e->container != ST_NO_CONTAINER && is_decisive(e))
        decide(p, e->container);
    else if (is_decisive_for_all(e))
        all_caused(p);
}

static void tell_as(struct pod *p, struct st_record *e, const char *text, size_t length)
{
    bool by_kubelet = e->kind < POD_TRANSITION && e->kind != POD_EVENT_SCHEDULED;

    /* The object is gone: nobody records Events about it any more. Those of a kubelet that cannot
     * be heard are lost. */
    if (!pod_is_gone(p) && !(by_kubelet && pod_is_lost(p)))
        put(p, e, text, length);
}

uint64_t pod_tell_run(struct pod_probe *b, enum pod_event_kind kind, const char *text,
                      size_t length)
{
    struct pod *p = pod_of_probe(b);
    struct st_record e = {
        .kind = (uint8_t)kind, .container = b->container, .probe = (uint8_t)(1 + b->kind)};

    tell_as(p, &e, text, length);
    return p->version;
}

void pod_tell(struct pod *p, uint32_t container, enum pod_event_kind kind, const char *format, ...)
{
    struct st_record e = {
        .kind = (uint8_t)kind, .container = (uint8_t)container, .composed = true};
    char text[1024];
    size_t length = 0;
    va_list args;

    if (pod_world_of(p)->log.keep) {
        int n;

        va_start(args, format);
        n = vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        length = n < 0 ? 0 : RX_MIN((size_t)n, sizeof(text) - 1);
    }
    tell_as(p, &e, text, length);
}

static struct st_record transition(enum pod_field field, uint64_t from, uint64_t to)
{
    struct st_record e = {
        .kind = POD_TRANSITION,
        .field = (uint8_t)field,
        .container = ST_NO_CONTAINER,
        .from = from,
        .to = to,
        .exit_code = -1,
        .composed = true,
    };

    return e;
}

static void tell_transition(struct pod *p, uint32_t container, enum pod_field field, uint64_t from,
                            uint64_t to)
{
    struct st_record e = transition(field, from, to);

    e.container = (uint8_t)container;
    put(p, &e, NULL, 0);
}

void pod_publish_object(struct pod *p, enum pod_object_state from, enum pod_object_state to)
{
    struct st_record e = transition(POD_FIELD_OBJECT, from, to);

    /* Unless somebody wants it gone at once, it goes when all has come to its end. */
    if (to == POD_OBJECT_DELETED && log_of(p)->acting == 0)
        e.cause = p->version;
    put(p, &e, NULL, 0);
    if (to >= POD_OBJECT_TERMINATING)
        all_caused(p);
}

void pod_publish_gate(struct pod *p, uint32_t gate, bool value)
{
    tell_transition(p, ST_NO_CONTAINER, (enum pod_field)(POD_FIELD_GATE + gate), !value, value);
}

void pod_publish_condition(struct pod *p, enum pod_condition c, uint64_t from, bool to,
                           enum pod_condition_reason reason, const char *message)
{
    struct st_record e = transition((enum pod_field)(POD_FIELD_CONDITION + c), from, to);
    uint8_t bit = (uint8_t)(1u << c);

    p->conditions = to ? p->conditions | bit : p->conditions & (uint8_t)~bit;
    e.reason = (uint8_t)reason;
    put(p, &e, message[0] != '\0' ? message : NULL, strlen(message));
    if (c != POD_COND_READY)
        return;
    p->ready_s = (uint32_t)(rx_loop_now(log_of(p)->loop) / RX_MS_PER_S);
    pod_changed(p, POD_CHANGED_READY);
}

/* Which it is on. */
static void publish_node(struct pod *p)
{
    struct st_record e = transition((enum pod_field)ST_FIELD_OF_NODE, 0, 0);
    char text[512];
    int n = snprintf(text + 1, sizeof(text) - 1, "%s", pod_node_of(p)->name);

    text[0] = '\0'; /* there was none */
    put(p, &e, text, (size_t)n + 1);
}

/* ---- containers ------------------------------------------------------------------------------ */

static void publish_state(struct pod_container *c, const struct pod_container_view *v)
{
    struct pod *p = pod_of_container(c);
    struct st_record e = transition(POD_FIELD_STATE, c->pub_state, v->state);
    char message[4096 + 1];
    size_t length = 0;

    c->pub_state = v->state;
    c->pub_reason = v->reason;
    e.container = c->index;
    e.reason = v->reason;
    if (v->state == POD_TERMINATED)
        e.exit_code = v->exit_code;
    if (pod_world_of(p)->log.keep)
        length = RX_MIN(pod_state_message(c, v, message, sizeof(message)), sizeof(message) - 1);
    put(p, &e, length > 0 ? message : NULL, length);
}

/* What the probes have found. */
static void publish_results(struct pod_container *c, const struct pod_container_view *v)
{
    struct pod *p = pod_of_container(c);

    if (c->pub_started != v->started) {
        tell_transition(p, c->index, POD_FIELD_STARTED, c->pub_started, v->started);
        c->pub_started = v->started;
        c->carried &= v->started;
    }
    if (c->pub_ready != v->ready) {
        tell_transition(p, c->index, POD_FIELD_READY, c->pub_ready, v->ready);
        c->pub_ready = v->ready;
    }
}

static void publish_flags(struct pod_container *c, const struct pod_container_view *v)
{
    struct pod *p = pod_of_container(c);

    if (c->untold > 0 && !c->hidden) {
        tell_transition(p, c->index, POD_FIELD_RESTART_COUNT, c->restarts - c->untold, c->restarts);
        c->untold = 0;
        pod_changed(p, POD_CHANGED_RESTARTS);
    }
    publish_results(c, v);
}

static void publish_container(struct pod_container *c, const struct pod_container_view *v)
{
    if (v->state != c->pub_state || v->reason != c->pub_reason)
        publish_state(c, v);
    publish_flags(c, v);
}

void pod_publish_ended(struct pod_container *c)
{
    uint8_t waiting = c->wait_reason;
    struct pod_container_view v;

    if (pod_is_lost(pod_of_container(c)))
        return;
    /* How it ended is told first, whatever it will be waiting for. */
    c->wait_reason = POD_REASON_NONE;
    pod_container_view_of(c, &v);
    c->wait_reason = waiting;
    if (!is_being_stopped(c) && c->exit_by != POD_EXIT_STOPPED)
        pod_publish_caused(c, 0);
    publish_state(c, &v);
}

/* ---- conditions ------------------------------------------------------------------------------ */

static void publish_conditions(struct pod *p, const struct pod_conditions *now, uint32_t which)
{
    for (uint32_t i = 0; i < POD_CONDITIONS; i++) {
        bool was = p->conditions >> i & 1, is = now->value[i].true_;
        struct st_record e = transition((enum pod_field)(POD_FIELD_CONDITION + i), was, is);
        char message[2048];
        size_t length = 0;

        if (was == is || !(which >> i & 1))
            continue;
        p->conditions ^= (uint8_t)(1u << i);
        e.reason = now->value[i].reason;
        if (pod_world_of(p)->log.keep)
            length = pod_condition_message(p, (enum pod_condition)i, message, sizeof(message));
        put(p, &e, length > 0 ? message : NULL, length);
        if (i == POD_COND_READY) {
            p->ready_s = (uint32_t)(rx_loop_now(log_of(p)->loop) / RX_MS_PER_S);
            pod_changed(p, POD_CHANGED_READY);
        }
        if (i == POD_COND_SANDBOX)
            pod_changed(p, POD_CHANGED_IP);
    }
}

/* ---- the whole status ------------------------------------------------------------------------ */

static bool anything_runs(const struct pod_container_view *v, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (v[i].state == POD_RUNNING)
            return true;
    }
    return false;
}

static void publish_phase(struct pod *p, const struct pod_phase_in *in)
{
    enum pod_phase phase = pod_phase_of(in);

    if (p->life.end == POD_END_FAILED && (in->final || pod_phase_terminal(phase)))
        phase = POD_PHASE_FAILED;
    /* Terminal phases are for ever; while something may still run, or is about to, they are
     * withheld. */
    if (pod_phase_terminal((enum pod_phase)p->phase))
        return;
    if (pod_phase_terminal(phase) &&
        (pod_has(p, POD_BUSY) || anything_runs(in->container, in->count)))
        return;
    if (phase == p->phase)
        return;
    tell_transition(p, ST_NO_CONTAINER, POD_FIELD_PHASE, p->phase, phase);
    p->phase = phase & 3;
    pod_changed(p, POD_CHANGED_PHASE);
}

void pod_publish_failed(struct pod *p)
{
    if (pod_phase_terminal((enum pod_phase)p->phase))
        return;
    tell_transition(p, ST_NO_CONTAINER, POD_FIELD_PHASE, p->phase, POD_PHASE_FAILED);
    p->phase = POD_PHASE_FAILED;
    pod_changed(p, POD_CHANGED_PHASE);
}

static void publish_word(struct pod *p, const struct pod_phase_in *in)
{
    struct pod_word now = pod_row_now(p, in).word, was = pod_word_told(p);

    /* "ContainerCreating" under a pod that has only just been accepted is Pending to everybody. */
    if (pod_word_pack(now) == pod_word_pack(was))
        return;
    tell_transition(p, ST_NO_CONTAINER, POD_FIELD_STATUS, pod_word_pack(was), pod_word_pack(now));
    p->word = now.kind;
    p->word_arg = now.arg;
}

void pod_publish_created(struct pod *p)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in;

    p->word = POD_WORD_PHASE;
    p->word_arg = POD_PHASE_PENDING;
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        pod_container_at(p, i)->pub_state = POD_WAITING;
        pod_container_at(p, i)->pub_reason =
            pod_spec_of(p)->init_count > 0 ? POD_REASON_INITIALIZING : POD_REASON_CREATING;
    }
    pod_publish_object(p, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    if (pod_spec_of(p)->scheduling_gated) {
        pod_views_of(p, v, &in, false);
        publish_word(p, &in);
    }
}

void pod_publish_scheduled(struct pod *p)
{
    char name[POD_NAME_MAX];
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in;
    struct pod_conditions now;

    pod_views_of(p, v, &in, false);
    pod_conditions_of(p, &in, POD_PHASE_PENDING, &now);
    pod_tell(p, ST_NO_CONTAINER, POD_EVENT_SCHEDULED, "Successfully assigned %s/%s to %s",
             pod_spec_of(p)->ns, pod_name(p, name), pod_node_of(p)->name);
    all_caused(p);
    if (pod_world_of(p)->place != NULL)
        publish_node(p);
    publish_conditions(p, &now, pod_is_lost(p) ? 1u << POD_COND_SCHEDULED : ~0u);
    pod_changed(p, POD_CHANGED_BOUND);
}

void pod_publish(struct pod *p, enum pod_publish what)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    bool final = pod_is_over(p) && pod_life_stopping(p->life);
    struct pod_phase_in in;
    struct pod_conditions now;

    if (pod_is_gone(p) || pod_is_lost(p))
        return;
    pod_views_of(p, v, &in, final);
    for (uint32_t i = 0; i < in.count; i++) {
        struct pod_container *c = pod_container_at(p, i);

        if (what == POD_PUBLISH_READINESS) {
            /* An init container is ready by how it has ended, and that is the worker's to show. */
            if (pod_container_spec_of(c)->kind != POD_INIT || v[i].state == c->pub_state)
                publish_results(c, &v[i]);
        } else if (what == POD_PUBLISH_BEFORE) {
            publish_flags(c, &v[i]);
        } else if (what == POD_PUBLISH_AFTER) {
            publish_container(c, &v[i]);
        }
    }
    if (what != POD_PUBLISH_READINESS)
        publish_phase(p, &in);
    pod_conditions_of(p, &in, (enum pod_phase)p->phase, &now);
    publish_conditions(p, &now,
                       what == POD_PUBLISH_READINESS
                           ? 1u << POD_COND_READY | 1u << POD_COND_CONTAINERS_READY
                           : ~0u);
    if (what != POD_PUBLISH_BEFORE)
        publish_word(p, &in);
}
