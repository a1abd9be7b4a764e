/* SPDX-License-Identifier: Apache-2.0 */
/*
 * park.c - probes that can only say what they said before, and how such probes cost nothing.
 *
 * A scripted target answers at once and well; the probe's published result is success: its runs
 * change counters and nothing else. Such a probe is steady. In virtual time it is parked: its ticks
 * are not fired, and what they would have counted is worked out when somebody looks.
 *
 * Contract
 *  1. Every digest, event and counter is that of a run without parking, at every instant between
 *     two turns. Only what tells how much the engine itself worked (turns, enters, memory) is less.
 *  2. Steady until: a probe is parked up to the first border of a window in its target's script, or
 *     for good if there is none. Scripts that draw lots (rate, latencies) are not parked, nor are
 *     pods with commands to run: their runs are not all alike.
 *  3. Whatever may change what a probe of the pod sees wakes all of the pod first: a sync that is
 *     asked for, a process that begins or ends or changes whether it serves, a new script. Their
 *     ticks go on in the phase they had, in this very instant if ticks have not fired in it yet.
 *  4. A startup probe that has succeeded does nothing at its ticks, and is parked likewise.
 *
 * A day of 1,000,000 steady pods is 17,280,000,000 probes; what is left of it is the start.
 */
#include <string.h>

#include "engine/pod/rule_http_probe.h"
#include "engine/pod/pod_int.h"

static bool counts(const struct pod_probe *b)
{
    return b->kind != POD_STARTUP;
}

static struct pod_container *target_of(struct pod_probe *b)
{
    return pod_port_owner(pod_of_probe(b), pod_probe_spec_of(b)->handler.port);
}

/* ---- does it answer at once and well? -------------------------------------------------------- */

enum { NOT_ASKED = 1 }; /* the tag where nothing is drawn by it: drawing one costs more than the
                         * answer */

static bool answers_well(struct pod_container *c, const struct pod_handler_spec *h, uint64_t tag)
{
    const char *path = h->kind == POD_HANDLER_HTTP ? h->path : NULL;
    struct pod_answer answer;

    if (!pod_answer_of(c, h->port, path, path != NULL ? (uint32_t)strlen(path) : 0,
                       tag, &answer))
        return false;
    /* A handshake is made before anybody knows which rule the request will meet. */
    return path == NULL ||
           (answer.act == POD_SERVE_ANSWER && answer.latency == 0 && answer.body_after == 0 &&
           pod_http_succeeds(answer.status));
}

bool pod_probe_prompt(struct pod_probe *b)
{
    const struct pod_handler_spec *h = &pod_probe_spec_of(b)->handler;
    const struct pod_instance_script *script;
    struct pod_container *c;

    if ((h->kind != POD_HANDLER_HTTP && h->kind != POD_HANDLER_TCP) || h->port == 0 ||
        h->host != NULL || !pod_of_probe(b)->tmpl->plain)
        return false;
    c = target_of(b);
    if (c == NULL || c->proc_state != POD_PROC_RUNNING || !c->serving)
        return false;
    script = pod_instance_of(c, c->restarts);
    return script == NULL || answers_well(c, h, script->chance ? pod_probe_tag(b) : NOT_ASKED);
}

/* ---- how long will it? ----------------------------------------------------------------------- */

/* The first border after now; RX_MS_NEVER: none. False: nobody can tell. */
static bool border_of(const struct pod_container *c, rx_ms now, rx_ms *border)
{
    const struct pod_instance_script *script = pod_instance_of(c, c->restarts);

    *border = RX_MS_NEVER;
    if (script == NULL)
        return true;
    for (uint32_t i = 0; i < script->serve_count; i++) {
        rx_ms next = pod_window_border(&script->serve[i].window, c->cur.started, now);

        *border = RX_MIN(*border, next);
    }
    return !script->chance;
}

void pod_probe_park(struct pod_probe *b)
{
    struct pod *p = pod_of_probe(b);
    struct pod_world *w = pod_world_of(p);
    rx_ms next = b->tick.due, period = pod_probe_period(b), border = RX_MS_NEVER;

    RX_ASSERT(b->attempt == NULL && rx_timer_armed(&b->tick));
    if (!w->parks || !p->tmpl->parks)
        return;
    if (counts(b) && !border_of(target_of(b), rx_loop_now(w->loop), &border))
        return;
    if (border <= next)
        return;
    if (border != RX_MS_NEVER)
        border = next + (border - next + period - 1) / period * period;
    rx_loop_arm(w->loop, &b->tick, border);
    w->asleep += border == RX_MS_NEVER;
    b->next_tick = next;
    b->flags |= POD_PROBE_PARKED;
    p->flags |= POD_PARKED;
}

/* ---- what its ticks would have counted ------------------------------------------------------- */

/* Those before `end`. */
static void settle(struct pod_probe *b, rx_ms end)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));
    rx_ms period = pod_probe_period(b);
    uint64_t ticks;

    if (b->next_tick >= end)
        return;
    ticks = (uint64_t)((end - b->next_tick + period - 1) / period);
    b->next_tick += (rx_ms)ticks * period;
    w->loop->stats.timers += ticks;
    rx_hist_record_n(&w->loop->lateness_ns, 0, ticks);
    if (!counts(b))
        return;
    w->stats.probes += ticks;
    w->stats.done += ticks;
    w->stats.success += ticks;
    rx_hist_record_n(&w->latency_ns, 0, ticks);
    b->run_length = (uint32_t)RX_MIN(b->run_length + ticks, (uint64_t)UINT32_MAX);
}

/* The first moment whose ticks have not been yet. */
static rx_ms end_of(const struct pod_world *w)
{
    return rx_loop_now(w->loop) + rx_loop_passed(w->loop, POD_CLASS_TICK);
}

static void leave(struct pod_probe *b)
{
    pod_world_of(pod_of_probe(b))->asleep -= b->tick.due == RX_MS_NEVER;
    b->flags &= (uint8_t)~POD_PROBE_PARKED;
    b->attempt = NULL;
}

void pod_probe_unpark(struct pod_probe *b)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));
    rx_ms next;

    settle(b, end_of(w));
    next = b->next_tick;
    leave(b);
    rx_loop_arm(w->loop, &b->tick, next);
}

void pod_probe_wake(struct pod_probe *b)
{
    settle(b, b->tick.due);
    leave(b);
}

void pod_unpark_all(struct pod *p)
{
    p->flags &= (uint8_t)~POD_PARKED;
    for (uint32_t i = 0; i < p->tmpl->probes; i++) {
        if (pod_probe_at(p, i)->flags & POD_PROBE_PARKED)
            pod_probe_unpark(pod_probe_at(p, i));
    }
}

void pod_world_settle(struct pod_world *w)
{
    const struct rx_loop *loop = w->loop;
    rx_ms end = end_of(w);

    /* Between two turns nothing is parked: who asks for ten figures has one walk. */
    if (!w->parks || (!loop->in_turn && w->settled == end && w->settled_turns == loop->stats.turns))
        return;
    w->settled = end;
    w->settled_turns = loop->stats.turns;
    RX_LIST_EACH (l, &w->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        for (uint32_t i = 0; pod_has(p, POD_PARKED) && i < p->tmpl->probes; i++) {
            if (pod_probe_at(p, i)->flags & POD_PROBE_PARKED)
                settle(pod_probe_at(p, i), end);
        }
    }
}
