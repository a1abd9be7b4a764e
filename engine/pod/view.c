/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.c - what a pod looks like now: views of its containers, folded by rule_pod to phase,
 * conditions and the STATUS word, and the messages that go with them. Nothing is told here.
 */
#include "engine/pod/pod_int.h"

#include <stdio.h>
#include <string.h>

/* ---- containers ------------------------------------------------------------------------------ */

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
    if (pod_container_waits_again(c)) {
        v->state = POD_WAITING;
        v->reason = c->wait_reason;
        v->has_last = true;
        v->last_succeeded = c->cur.exit_code == 0 && c->cur.reason != POD_REASON_OOM_KILLED;
    }
}

/* Main containers that never ran, and never will: one that was to start when the pod was called off
 * is lost; under a deadline, one that the sequence had not come to just waits. */
static bool called_off(const struct pod *p)
{
    if (!pod_is_over(p))
        return false;
    return pod_is_deleting(p) ||
           (p->life.end == POD_END_FAILED && (p->conditions >> POD_COND_INITIALIZED & 1));
}

void pod_container_view_of(struct pod_container *c, struct pod_container_view *v)
{
    struct pod *p = pod_of_container(c);

    memset(v, 0, sizeof(*v));
    v->kind = (uint8_t)pod_container_spec_of(c)->kind;
    v->ready = pod_container_ready(c);
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
        v->restarts = !pod_is_deleting(p);
        v->has_last = c->cur.valid && !c->purged;
        v->exit_code = c->cur.exit_code;
        v->last_succeeded = v->has_last && c->cur.exit_code == 0 && c->cur.reason !=
            POD_REASON_OOM_KILLED;
        if (c->wait_reason != POD_REASON_NONE)
            v->reason = c->wait_reason;
        else
            v->reason = pod_spec_of(p)->init_count > 0 ? POD_REASON_INITIALIZING
                                                       : POD_REASON_CREATING;
    }
}

void pod_views_of(struct pod *p, struct pod_container_view *v, struct pod_phase_in *in, bool final)
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

    pod_views_of(p, v, &in, final);
    return pod_phase_of(&in);
}

/* ---- their messages -------------------------------------------------------------------------- */

/* The message of a Waiting state, the only one a view needs beside the script's own. */
static size_t waiting_message(struct pod_container *c, uint8_t reason, char *out, size_t room)
{
    struct pod *p = pod_of_container(c);
    char name[POD_NAME_MAX], uid[POD_UID_MAX], delay[32];

    if (reason != POD_REASON_CRASH_LOOP && reason != POD_REASON_CREATING &&
        reason != POD_REASON_INITIALIZING && c->extra != NULL && c->extra->trouble.text != NULL)
        return (size_t)snprintf(out, room, "%s", c->extra->trouble.text);
    if (reason != POD_REASON_CRASH_LOOP)
        return 0;
    pod_uid(p, uid);
    pod_duration_text(c->backoff.delay_ms, delay, sizeof(delay));
    return (size_t)snprintf(out, room, "back-off %s restarting failed container=%s pod=%s_%s(%s)",
                            delay, pod_container_spec_of(c)->name, pod_name(p, name),
                            pod_spec_of(p)->ns, uid);
}

size_t pod_state_message(struct pod_container *c, const struct pod_container_view *v, char *out,
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
    return pod_state_message(c, &v, out, room);
}

/* ---- conditions ------------------------------------------------------------------------------ */

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
    return pod_container_spec_of(c)->kind != POD_INIT && !pod_container_ready(c);
}

static bool is_incomplete(struct pod_container *c)
{
    enum pod_container_kind kind = pod_container_spec_of(c)->kind;

    if (kind == POD_INIT)
        return !pod_container_ready(c);
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

static enum pod_condition_reason disrupted_by(const struct pod *p)
{
    const struct pod_extra *e = pod_container_at((struct pod *)(uintptr_t)p, 0)->extra;

    return e != NULL && e->disrupted != 0 ? (enum pod_condition_reason)e->disrupted
                                                : POD_COND_REASON_BY_KUBELET;
}

void pod_conditions_of(struct pod *p, const struct pod_phase_in *in, enum pod_phase phase,
                          struct pod_conditions *out)
{
    uint32_t all = (1u << pod_spec_of(p)->gate_count) - 1;
    bool over = pod_is_over(p) || pod_phase_terminal(phase);

    memset(out, 0, sizeof(*out));
    if (pod_is_restarting(p))
        out->value[POD_COND_RESTARTING] =
        (struct pod_condition_value){true, POD_COND_REASON_RESTARTING};
    /* The kubelet tells whom it has chosen only together with the end. Who is disrupted by others
     * stays so. */
    if (p->conditions >> POD_COND_DISRUPTION & 1)
        out->value[POD_COND_DISRUPTION] =
        (struct pod_condition_value){true, (uint8_t)disrupted_by(p)};
    else if (p->status_reason == POD_STATUS_EVICTED && pod_phase_terminal(phase))
        out->value[POD_COND_DISRUPTION] =
        (struct pod_condition_value){true, POD_COND_REASON_BY_KUBELET};
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

const char *pod_disruption_text(enum pod_condition_reason reason)
{
    switch (reason) {
    case POD_COND_REASON_BY_SCHEDULER:
        return "default-scheduler: preempting to accommodate a higher priority pod";
    case POD_COND_REASON_BY_TAINT:
        return "Taint manager: deleting due to NoExecute taint";
    case POD_COND_REASON_BY_GC:
        return "PodGC: node no longer exists";
    case POD_COND_REASON_BY_API:
        return "Eviction API: evicting";
    default:
        return "";
    }
}

size_t pod_condition_message(struct pod *p, enum pod_condition c, char *out, size_t room)
{
    struct pod_container_view v[POD_CONTAINERS_MAX];
    struct pod_phase_in in;
    struct pod_conditions now;

    pod_views_of(p, v, &in, false);
    pod_conditions_of(p, &in, (enum pod_phase)p->phase, &now);
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
        if (pod_world_of(p)->unplaced != NULL)
            return pod_world_of(p)->unplaced(pod_world_of(p)->place_ctx, p, out, room);
        return pod_claims_missing(p, out, room) ? strlen(out) : 0;
    default:
        return (size_t)snprintf(out, room, "%s", pod_disruption_text(now.value[c].reason));
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
    struct pod_conditions now;

    pod_views_of(p, v, &in, false);
    pod_conditions_of(p, &in, (enum pod_phase)p->phase, &now);
    *reason = now.value[c].reason;
    return now.value[c].true_;
}

/* ---- the row of kubectl ---------------------------------------------------------------------- */

struct pod_row pod_row_now(const struct pod *p, const struct pod_phase_in *in)
{
    struct pod_word_in w = {
        .containers = *in,
        .phase = (enum pod_phase)p->phase,
        .initialized = p->conditions >> POD_COND_INITIALIZED & 1,
        .ready = p->conditions >> POD_COND_READY & 1,
        .deleting = pod_is_deleting(p),
        .gated = pod_spec_of(p)->scheduling_gated,
        .unbound = !pod_on_node(p),
        /* The reason comes with the phase it explains. */
        .status_reason =
            pod_phase_terminal((enum pod_phase)p->phase) ? p->status_reason : POD_STATUS_NONE,
        .explained = pod_phase_terminal((enum pod_phase)p->phase) && pod_eviction_message(p) !=
        NULL, .count_names = p->tmpl->mains,
        .by_name = p->tmpl->by_name,
    };

    return pod_row_of(&w);
}

/* What was told last, which is older than the container while the worker is busy or has not
 * looked. */
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
    return pod_row_now(p, &in);
}
