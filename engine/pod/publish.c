/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish.c - what the API shows of a pod: views folded by rule_pod, and a transition for each change.
 *
 * Every field is compared with what was published last; what has not moved is not told. The order
 * inside one status: containers in spec order, phase, conditions in the order of the status list, the
 * STATUS word.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/machine.h"

/* ---- telling ---------------------------------------------------------------------------------- */

static void put(struct pod *p, struct pod_event *e, const char *text, size_t length)
{
    struct pod_events *q = &pod_node_of(p)->events;

    if (p->story.state == 0)
        pod_events_begin(q, &p->story, pod_hash(p), p->serial);
    if (q->keep) { /* else nobody will ask who it was */
        e->pod = p->id;
        e->serial = p->serial;
        e->spec = pod_spec_of(p);
        e->owner = p->owner;
        e->ordinal = p->ordinal;
    }
    if (e->field == POD_FIELD_NONE)
        e->exit_code = -1;
    pod_events_put(q, e, &p->story, text, length);
}

static void tell(struct pod *p, uint32_t container, enum pod_event_kind kind, const char *text,
                 size_t length, bool composed)
{
    struct pod_event e = {
        .kind = (uint8_t)kind, .container = (uint8_t)container, .composed = composed};

    /* The object is gone: nobody records Events about it any more. */
    if (pod_has(p, POD_GONE))
        return;
    put(p, &e, text, length);
}

void pod_tell_text(struct pod *p, uint32_t container, enum pod_event_kind kind, const char *text,
                   size_t length)
{
    tell(p, container, kind, text, length, false);
}

void pod_tell(struct pod *p, uint32_t container, enum pod_event_kind kind, const char *format, ...)
{
    char text[1024];
    size_t length = 0;
    va_list args;

    if (pod_node_of(p)->events.keep) {
        int n;

        va_start(args, format);
        n = vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        length = n < 0 ? 0 : RX_MIN((size_t)n, sizeof(text) - 1);
    }
    tell(p, container, kind, text, length, true);
}

static struct pod_event transition(enum pod_field field, uint64_t from, uint64_t to)
{
    struct pod_event e = {
        .kind = POD_TRANSITION,
        .field = (uint8_t)field,
        .container = POD_NO_CONTAINER,
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
    struct pod_event e = transition(field, from, to);

    e.container = (uint8_t)container;
    put(p, &e, NULL, 0);
}

void pod_publish_object(struct pod *p, enum pod_object_state from, enum pod_object_state to)
{
    tell_transition(p, POD_NO_CONTAINER, POD_FIELD_OBJECT, from, to);
}

void pod_publish_gate(struct pod *p, uint32_t gate, bool value)
{
    tell_transition(p, POD_NO_CONTAINER, (enum pod_field)(POD_FIELD_GATE + gate), !value, value);
}

/* ---- views ------------------------------------------------------------------------------------- */

static const struct pod_probe *probe_of(struct pod_container *c, enum pod_probe_kind kind)
{
    return c->probe[kind] == 255 ? NULL : pod_probe_at(pod_of_container(c), c->probe[kind]);
}

bool pod_container_started(struct pod_container *c)
{
    const struct pod_probe *b = probe_of(c, POD_STARTUP);

    return c->proc_state == POD_PROC_RUNNING && !c->hidden &&
           (b == NULL || c->carried || pod_probe_result(b, c) == POD_RESULT_SUCCESS);
}

bool pod_container_started_before(struct pod_container *c, rx_ms now)
{
    const struct pod_probe *b = probe_of(c, POD_STARTUP);

    if (c->proc_state != POD_PROC_RUNNING || c->hidden)
        return false;
    if (b != NULL)
        return pod_container_started(c) != (b->changed_at == now);
    return c->extra == NULL || c->extra->shown_at != now || now == 0;
}

/* A dead container that will be started again and knows why that takes time. */
static bool waits_again(struct pod_container *c)
{
    return c->wait_reason != POD_REASON_NONE && pod_container_fate(c) != POD_STAYS_DEAD;
}

static bool is_ready(struct pod_container *c)
{
    const struct pod_probe *b = probe_of(c, POD_READINESS);

    if (pod_container_spec_of(c)->kind == POD_INIT)
        return c->proc_state == POD_PROC_DEAD && c->cur.exit_code == 0 && !waits_again(c);
    return pod_container_started(c) && (b == NULL || pod_probe_result(b, c) == POD_RESULT_SUCCESS);
}

/* A dead container that is waiting to be started again, and knows why it must wait, shows that;
 * otherwise it shows how it ended. */
static void view_of_dead(struct pod_container *c, struct pod_container_view *v)
{
    v->restarts = pod_container_fate(c) != POD_STAYS_DEAD;
    v->exit_code = c->cur.exit_code;
    v->state = POD_TERMINATED;
    v->reason = c->cur.reason;
    v->has_last = c->prev.valid;
    v->last_succeeded = c->prev.valid && c->prev.exit_code == 0;
    if (waits_again(c)) {
        v->state = POD_WAITING;
        v->reason = c->wait_reason;
        v->has_last = true;
        v->last_succeeded = c->cur.exit_code == 0 && c->cur.reason != POD_REASON_OOM_KILLED;
    }
}

/* Main containers that never ran, and never will: one that was to start when the pod was called off is
 * lost; under a deadline, one whose turn had not come just waits. */
static bool called_off(const struct pod *p)
{
    if (!pod_has(p, POD_ENDED))
        return false;
    return pod_has(p, POD_DELETING) ||
           (pod_has(p, POD_FAILING) && (p->conditions >> POD_COND_INITIALIZED & 1));
}

void pod_container_view_of(struct pod_container *c, struct pod_container_view *v)
{
    struct pod *p = pod_of_container(c);

    memset(v, 0, sizeof(*v));
    v->kind = (uint8_t)pod_container_spec_of(c)->kind;
    v->ready = is_ready(c);
    v->started = pod_container_started(c);
    if (c->hidden) {
        /* The worker is inside the postStart hook: what was shown before stays. */
        v->state = c->pub_state;
        v->reason = c->pub_reason;
        v->exit_code = c->prev.exit_code;
        v->has_last = c->prev.valid;
        v->restarts = true;
    } else if (c->proc_state == POD_PROC_RUNNING) {
        v->state = POD_RUNNING;
        v->has_last = c->prev.valid;
    } else if (c->proc_state == POD_PROC_DEAD) {
        view_of_dead(c, v);
    } else if (v->kind == POD_MAIN && called_off(p)) {
        v->state = POD_TERMINATED;
        v->reason = POD_REASON_STATUS_UNKNOWN;
        v->exit_code = pod_exit_of_signal(POD_SIGKILL);
    } else {
        v->state = POD_WAITING;
        v->restarts = !pod_has(p, POD_DELETING);
        v->has_last = c->cur.valid && !c->purged;
        v->exit_code = c->cur.exit_code;
        v->last_succeeded = v->has_last && c->cur.exit_code == 0 && c->cur.reason != POD_REASON_OOM_KILLED;
        if (c->wait_reason != POD_REASON_NONE)
            v->reason = c->wait_reason;
        else
            v->reason = pod_spec_of(p)->init_count > 0 ? POD_REASON_INITIALIZING
                                                       : POD_REASON_CREATING;
    }
}

const struct pod_record *pod_container_last(const struct pod_container *c, uint8_t state)
{
    /* While it waits, the instance that ended is lastState; else the one before it is. While its postStart
     * hook runs, nobody has been told of the newest one. */
    const struct pod_record *waits = c->hidden ? &c->prev : &c->cur;

    if (state == POD_WAITING)
        return waits->valid && (c->hidden || !c->purged) ? waits : NULL;
    return c->prev.valid && !c->hidden ? &c->prev : NULL;
}

static void views_of(struct pod *p, struct pod_container_view *v, struct pod_phase_in *in, bool final)
{
    uint32_t count = pod_spec_of(p)->container_count;

    for (uint32_t i = 0; i < count; i++)
        pod_container_view_of(pod_container_at(p, i), &v[i]);
    in->count = count;
    in->container = v;
    in->mains_begun = pod_has(p, POD_MAINS_BEGUN);
    in->final = final;
}

enum pod_phase pod_phase_now(struct pod *p, bool final)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in;

    views_of(p, v, &in, final);
    return pod_phase_of(&in);
}

/* ---- containers -------------------------------------------------------------------------------- */

/* The message of a Waiting state, the only one a view needs beside the script's own. */
static size_t waiting_message(struct pod_container *c, uint8_t reason, char *out, size_t room)
{
    struct pod *p = pod_of_container(c);
    char name[POD_NAME_MAX], uid[POD_UID_MAX], delay[32];

    if (reason != POD_REASON_CRASH_LOOP && reason != POD_REASON_CREATING &&
        reason != POD_REASON_INITIALIZING && c->extra != NULL && c->extra->trouble != NULL)
        return (size_t)snprintf(out, room, "%s", c->extra->trouble);
    if (reason != POD_REASON_CRASH_LOOP)
        return 0;
    pod_uid(p, uid);
    pod_duration_text(c->backoff.delay_ms, delay, sizeof(delay));
    return (size_t)snprintf(out, room, "back-off %s restarting failed container=%s pod=%s_%s(%s)",
                            delay, pod_container_spec_of(c)->name, pod_name(p, name),
                            pod_spec_of(p)->ns, uid);
}

static size_t state_message(struct pod_container *c, const struct pod_container_view *v, char *out,
                            size_t room)
{
    const char *left = pod_message_of(c, false);

    if (v->state == POD_WAITING)
        return waiting_message(c, v->reason, out, room);
    if (v->state == POD_TERMINATED && v->reason == POD_REASON_STATUS_UNKNOWN)
        return (size_t)snprintf(out, room, "The container could not be located when the pod was %s",
                                c->proc_state == POD_PROC_NONE
                                    ? "terminated"
                                    : "deleted.  The container used to be Running");
    if (v->state == POD_TERMINATED && left != NULL && c->proc_state == POD_PROC_DEAD)
        return (size_t)snprintf(out, room, "%s", left);
    return 0;
}

size_t pod_container_message(struct pod_container *c, char *out, size_t room)
{
    struct pod_container_view v;

    pod_container_view_of(c, &v);
    return state_message(c, &v, out, room);
}

static void publish_state(struct pod_container *c, const struct pod_container_view *v)
{
    struct pod *p = pod_of_container(c);
    struct pod_event e = transition(POD_FIELD_STATE, c->pub_state, v->state);
    char message[4096 + 1];
    size_t length = 0;

    c->pub_state = v->state;
    c->pub_reason = v->reason;
    e.container = c->index;
    e.reason = v->reason;
    if (v->state == POD_TERMINATED)
        e.exit_code = v->exit_code;
    if (pod_node_of(p)->events.keep)
        length = RX_MIN(state_message(c, v, message, sizeof(message)), sizeof(message) - 1);
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

    /* How it ended is told first, whatever it will be waiting for. */
    c->wait_reason = POD_REASON_NONE;
    pod_container_view_of(c, &v);
    c->wait_reason = waiting;
    publish_state(c, &v);
}

/* ---- conditions --------------------------------------------------------------------------------- */

static size_t names_of(struct pod *p, bool (*is)(struct pod_container *), char *out, size_t room,
                       const char *head)
{
    int n = snprintf(out, room, "%s [", head);
    bool first = true;

    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);

        if (!is(c) || (size_t)n >= room)
            continue;
        n += snprintf(out + n, room - (size_t)n, "%s%s", first ? "" : " ",
                      pod_container_spec_of(c)->name);
        first = false;
    }
    if ((size_t)n < room)
        n += snprintf(out + n, room - (size_t)n, "]");
    return RX_MIN((size_t)n, room - 1);
}

static bool is_unready(struct pod_container *c)
{
    return pod_container_spec_of(c)->kind != POD_INIT && !is_ready(c);
}

static bool is_incomplete(struct pod_container *c)
{
    enum pod_container_kind kind = pod_container_spec_of(c)->kind;

    if (kind == POD_INIT)
        return !is_ready(c);
    return kind == POD_SIDECAR && !pod_container_started(c);
}

static size_t gates_message(struct pod *p, char *out, size_t room)
{
    const struct pod_spec *spec = pod_spec_of(p);
    size_t n = 0;

    for (uint32_t i = 0; i < spec->gate_count && n + 1 < room; i++) {
        if (p->gates >> i & 1)
            continue;
        n += (size_t)snprintf(
            out + n, room - n,
            p->gates_set >> i & 1
                ? "%sthe status of pod readiness gate \"%s\" is not \"True\", but False"
                : "%scorresponding condition of pod readiness gate \"%s\" does not exist.",
            n > 0 ? ", " : "", spec->gate[i]);
    }
    return RX_MIN(n, room - 1);
}

struct conditions {
    struct pod_condition_value value[POD_CONDITIONS];
};

static void conditions_of(struct pod *p, const struct pod_phase_in *in, enum pod_phase phase,
                          struct conditions *out)
{
    uint32_t all = (1u << pod_spec_of(p)->gate_count) - 1;
    bool over = pod_has(p, POD_ENDED) || pod_phase_terminal(phase);

    memset(out, 0, sizeof(*out));
    if (pod_has(p, POD_RESTARTING))
        out->value[POD_COND_RESTARTING] = (struct pod_condition_value){true, POD_COND_REASON_RESTARTING};
    /* The kubelet tells whom it has chosen only together with the end. */
    if (p->status_reason == POD_STATUS_EVICTED && pod_phase_terminal(phase))
        out->value[POD_COND_DISRUPTION] = (struct pod_condition_value){true, POD_COND_REASON_BY_KUBELET};
    out->value[POD_COND_SCHEDULED].true_ = pod_on_node(p);
    if (!pod_on_node(p)) {
        out->value[POD_COND_SCHEDULED].reason = pod_spec_of(p)->scheduling_gated
                                                    ? POD_COND_REASON_GATED
                                                    : POD_COND_REASON_UNSCHEDULABLE;
        return;
    }
    out->value[POD_COND_SANDBOX].true_ = !over && pod_has(p, POD_MOUNTED);
    out->value[POD_COND_INITIALIZED] = pod_condition_initialized(in, phase);
    out->value[POD_COND_CONTAINERS_READY] = pod_condition_containers_ready(in, phase);
    out->value[POD_COND_READY] =
        pod_condition_ready(out->value[POD_COND_CONTAINERS_READY], (p->gates & all) == all);
}

size_t pod_condition_message(struct pod *p, enum pod_condition c, char *out, size_t room)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in;
    struct conditions now;

    views_of(p, v, &in, false);
    conditions_of(p, &in, (enum pod_phase)p->phase, &now);
    switch (now.value[c].reason) {
    case POD_COND_REASON_RESTARTING:
        return (size_t)snprintf(out, room, "container exited with restart policy rule");
    case POD_COND_REASON_UNREADY:
        return names_of(p, is_unready, out, room, "containers with unready status:");
    case POD_COND_REASON_UNINITIALIZED:
        return names_of(p, is_incomplete, out, room, "containers with incomplete status:");
    case POD_COND_REASON_GATES:
        return gates_message(p, out, room);
    case POD_COND_REASON_UNSCHEDULABLE:
        return pod_claims_missing(p, out, room) ? strlen(out) : 0;
    default:
        return 0;
    }
}

static bool may_restart_all(const struct pod_spec *spec)
{
    for (uint32_t i = 0; i < spec->container_count; i++) {
        for (uint32_t k = 0; k < spec->container[i].rule_count; k++) {
            if (spec->container[i].rule[k].action == POD_RULE_RESTART_ALL)
                return true;
        }
    }
    return false;
}

bool pod_condition_listed(const struct pod *p, enum pod_condition c)
{
    if (c == POD_COND_DISRUPTION) /* by whoever disrupts; it needs no kubelet */
        return p->conditions >> c & 1;
    if (!pod_on_node(p))
        return c == POD_COND_SCHEDULED;
    return c != POD_COND_RESTARTING || may_restart_all(pod_spec_of(p));
}

uint8_t pod_condition_now(struct pod *p, enum pod_condition c, uint8_t *reason)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in;
    struct conditions now;

    views_of(p, v, &in, false);
    conditions_of(p, &in, (enum pod_phase)p->phase, &now);
    *reason = now.value[c].reason;
    return now.value[c].true_;
}

static void publish_conditions(struct pod *p, const struct conditions *now, uint32_t which)
{
    for (uint32_t i = 0; i < POD_CONDITIONS; i++) {
        bool was = p->conditions >> i & 1, is = now->value[i].true_;
        struct pod_event e = transition((enum pod_field)(POD_FIELD_CONDITION + i), was, is);
        char message[2048];
        size_t length = 0;

        if (was == is || !(which >> i & 1))
            continue;
        p->conditions ^= (uint8_t)(1u << i);
        e.reason = now->value[i].reason;
        if (pod_node_of(p)->events.keep)
            length = pod_condition_message(p, (enum pod_condition)i, message, sizeof(message));
        put(p, &e, length > 0 ? message : NULL, length);
    }
}

/* ---- the whole status ---------------------------------------------------------------------------- */

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

    if (pod_has(p, POD_FAILING) && (in->final || pod_phase_terminal(phase)))
        phase = POD_PHASE_FAILED;
    /* Terminal phases are for ever; while something may still run, or is about to, they are withheld. */
    if (pod_phase_terminal((enum pod_phase)p->phase))
        return;
    if (pod_phase_terminal(phase) &&
        (pod_has(p, POD_BUSY) || anything_runs(in->container, in->count)))
        return;
    if (phase == p->phase)
        return;
    tell_transition(p, POD_NO_CONTAINER, POD_FIELD_PHASE, p->phase, phase);
    p->phase = (uint8_t)phase;
}

static struct pod_row row_of(const struct pod *p, const struct pod_phase_in *in)
{
    struct pod_word_in w = {
        .containers = *in,
        .phase = (enum pod_phase)p->phase,
        .initialized = p->conditions >> POD_COND_INITIALIZED & 1,
        .ready = p->conditions >> POD_COND_READY & 1,
        .deleting = pod_has(p, POD_DELETING),
        .gated = pod_spec_of(p)->scheduling_gated,
        .unbound = !pod_on_node(p),
        /* The reason comes with the phase it explains. */
        .status_reason =
            pod_phase_terminal((enum pod_phase)p->phase) ? p->status_reason : POD_STATUS_NONE,
        .explained = pod_phase_terminal((enum pod_phase)p->phase) && pod_eviction_message(p) != NULL,
        .count_names = p->tmpl->mains,
        .by_name = p->tmpl->by_name,
    };

    return pod_row_of(&w);
}

/* What was told last, which is older than the container while the worker is busy or has not looked. */
static void view_of_told(struct pod_container *c, struct pod_container_view *v)
{
    uint8_t is;

    pod_container_view_of(c, v);
    is = v->state;
    v->state = c->pub_state;
    v->reason = c->pub_reason;
    v->started = c->pub_started;
    v->ready = c->pub_ready;
    if (is == POD_RUNNING) /* told of its predecessor, if it has ended */
        v->exit_code = c->prev.exit_code;
}

struct pod_row pod_row_told(struct pod *p)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in = {.count = pod_spec_of(p)->container_count, .container = v};

    for (uint32_t i = 0; i < in.count; i++)
        view_of_told(pod_container_at(p, i), &v[i]);
    return row_of(p, &in);
}

static void publish_word(struct pod *p, const struct pod_phase_in *in)
{
    struct pod_word now = row_of(p, in).word;

    /* "ContainerCreating" under a pod that has only just been accepted is Pending to everybody. */
    if (pod_word_pack(now) == pod_word_pack(p->word))
        return;
    tell_transition(p, POD_NO_CONTAINER, POD_FIELD_STATUS, pod_word_pack(p->word),
                    pod_word_pack(now));
    p->word = now;
}

void pod_publish_created(struct pod *p)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in;

    p->word = (struct pod_word){.kind = POD_WORD_PHASE, .arg = POD_PHASE_PENDING};
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        pod_container_at(p, i)->pub_state = POD_WAITING;
        pod_container_at(p, i)->pub_reason =
            pod_spec_of(p)->init_count > 0 ? POD_REASON_INITIALIZING : POD_REASON_CREATING;
    }
    pod_publish_object(p, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    if (pod_spec_of(p)->scheduling_gated) {
        views_of(p, v, &in, false);
        publish_word(p, &in);
    }
}

void pod_publish_scheduled(struct pod *p)
{
    char name[POD_NAME_MAX];
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in;
    struct conditions now;

    views_of(p, v, &in, false);
    conditions_of(p, &in, POD_PHASE_PENDING, &now);
    pod_tell(p, POD_NO_CONTAINER, POD_EVENT_SCHEDULED, "Successfully assigned %s/%s to node",
             pod_spec_of(p)->ns, pod_name(p, name));
    publish_conditions(p, &now, ~0u);
}

void pod_publish(struct pod *p, enum pod_publish what)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    bool final = pod_has(p, POD_STOPPING) && pod_has(p, POD_ENDED) && !pod_has(p, POD_RESTARTING);
    struct pod_phase_in in;
    struct conditions now;

    if (pod_has(p, POD_GONE))
        return;
    views_of(p, v, &in, final);
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
    conditions_of(p, &in, (enum pod_phase)p->phase, &now);
    publish_conditions(p, &now,
                       what == POD_PUBLISH_READINESS
                           ? 1u << POD_COND_READY | 1u << POD_COND_CONTAINERS_READY
                           : ~0u);
    if (what != POD_PUBLISH_BEFORE)
        publish_word(p, &in);
}
