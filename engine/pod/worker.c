/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.c - the probe worker, which drives one probe: it owns the ticker and the attempt, calls
 * the rules, and carries out what they say. There is one for each (container, probe
 * kind), made before the container first starts and kept over its restarts: tick phase and
 * counters survive them.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/timer.h"
#include "engine/reactor/prng.h"
#include "engine/reactor/trace.h"

static void attempt(struct pod_probe *b, bool started);
static void run(struct pod_probe *b);
static void begin_run(struct pod_probe *b);
static void borrow(struct pod_probe *b);
static void give_back(struct pod_probe *b);
static void answered(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                     uint32_t length);
static void ask_after_all(struct pod_probe *b);
static void tally(struct pod_world *w, enum pod_outcome outcome);
static void count(struct pod_probe *b, bool success, uint64_t record);
static void catch_up(struct pod_probe *b);
static void forget(struct pod_probe *b);

static struct pod_container *container_of(struct pod_probe *b)
{
    return pod_container_at(pod_of_probe(b), b->container);
}

/* ---- ticks ----------------------------------------------------------------------------------- */

void pod_probe_begin(struct pod *p, struct pod_probe *b, rx_ms now)
{
    struct pod_world *w = pod_world_of(p);
    rx_ms first = pod_probe_period(b);

    if (w->knobs.timing != POD_TIMING_REFERENCE) {
        uint64_t random =
            rx_prng_at(w->seed, POD_STREAM_PHASE, pod_probe_id(p, b->container, b->kind), 0);

        first = 1 + (rx_ms)rx_prng_scale(random, (uint64_t)first);
    }
    RX_ASSERT(!(b->flags & POD_PROBE_PARKED));
    /* After a reboot of the node this is a new one in the place of the old one. */
    b->last = POD_RESULT_UNKNOWN;
    b->run_length = 0;
    b->instance = 0;
    b->flags &= (uint8_t)~(POD_PROBE_HELD | POD_PROBE_RETIRED | POD_PROBE_REMEMBERED |
                           POD_PROBE_MANUAL);
    rx_loop_arm(w->loop, &b->tick, now + first);
}

/* Later ticks keep the phase of the first. One that the engine comes to a whole period late is not
 * made up for: it is counted, as the kubelet's ticker would have dropped it. */
static void rearm(struct pod_probe *b, rx_ms due)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));
    rx_ms period = pod_probe_period(b), late = rx_ms_floor(rx_loop_clock(w->loop)) - due;

    if (RX_UNLIKELY(late >= period)) {
        w->stats.missed += (uint64_t)(late / period);
        due += late / period * period;
    }
    rx_loop_arm(w->loop, &b->tick, due + period);
}

/* With a million pods, what a tick touches has left the caches since the last one: three lines
 * besides the probe's own. Fetching them ahead made 100,000 pods whose probes are spread over the
 * period twice as fast. */
void pod_probe_fetch(const struct rx_timer *t)
{
    struct pod_probe *b = rx_container_of((struct rx_timer *)(uintptr_t)t, struct pod_probe, tick);
    struct pod_container *c;

    if (rx_key_class(t->key) != POD_CLASS_TICK)
        return;
    c = container_of(b);
    __builtin_prefetch(&pod_of_probe(b)->tmpl);
    __builtin_prefetch(&c->script);
    __builtin_prefetch(&c->requests);
}

static bool in_progress(const struct pod_probe *b)
{
    RX_ASSERT(!(b->flags & POD_PROBE_PARKED));
    return b->attempt != NULL || (b->flags & (POD_PROBE_WAITING | POD_PROBE_BORROWED));
}

void pod_on_tick(void *world, struct rx_timer *t)
{
    struct pod_probe *b = rx_container_of(t, struct pod_probe, tick);
    struct pod_container *c = container_of(b);
    rx_ms now = rx_loop_now(((struct pod_world *)world)->loop);

    if (b->flags & POD_PROBE_PARKED)
        pod_probe_wake(b);
    rearm(b, t->due);
    if (in_progress(b)) {
        if (b->flags & POD_PROBE_REMEMBERED)
            ((struct pod_world *)world)->stats.missed++;
        b->flags |= POD_PROBE_REMEMBERED;
        return;
    }
    /* A tick looks at the state before this instant; one that meets a start or an exit of the
     * very same instant, or the end of the postStart hook that kept the container from it, is
     * consumed. */
    if (c->cur.valid && (c->cur.started == now || c->cur.finished == now))
        return;
    if (c->extra != NULL && c->extra->shown_at == now)
        return;
    attempt(b, pod_container_started_before(c, now));
}

void pod_probe_trigger(struct pod_probe *b)
{
    struct pod *p = pod_of_probe(b);
    rx_ms now = rx_loop_now(pod_world_of(p)->loop);

    if ((b->flags & POD_PROBE_RETIRED) || b->changed_at == now)
        return;
    if (b->flags & POD_PROBE_PARKED)
        pod_probe_unpark(b);
    b->changed_at = now;
    if (in_progress(b)) {
        b->flags |= POD_PROBE_MANUAL;
        return;
    }
    /* When first probes are to be spread, those of many new pods do not all run now: the tick
     * comes. */
    if (pod_world_of(p)->knobs.timing != POD_TIMING_REFERENCE && now == p->created_at)
        return;
    rx_loop_arm(pod_world_of(p)->loop, &b->tick, now + pod_probe_period(b));
    attempt(b, pod_container_started(container_of(b)));
}

/* A run that waits for an attempt is not begun any more. */
static void leave_queue(struct pod_probe *b)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));
    struct pod_probe **link = &w->waiting_first, *before = NULL;

    while (*link != b) {
        before = *link;
        link = &before->next;
    }
    *link = b->next;
    if (w->waiting_last == b)
        w->waiting_last = before;
    b->flags &= (uint8_t)~POD_PROBE_WAITING;
    b->attempt = NULL;
}

/* Nobody waits for what comes of it. */
static void leave_attempt(struct pod_probe *b)
{
    struct pod_attempt *a = b->attempt;

    b->attempt = NULL;
    a->owner = NULL;
    pod_world_of(pod_of_probe(b))->stats.in_flight--;
    a->carrier->cancel(a);
}

void pod_probe_retire(struct pod_probe *b)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));

    if (b->flags & POD_PROBE_PARKED)
        pod_probe_unpark(b);
    rx_loop_disarm(w->loop, &b->tick);
    forget(b);
    b->flags |= POD_PROBE_RETIRED;
    b->flags &= (uint8_t)~(POD_PROBE_REMEMBERED | POD_PROBE_MANUAL);
    if (b->flags & POD_PROBE_WAITING) {
        leave_queue(b);
    } else if (b->flags & POD_PROBE_BORROWED) {
        give_back(b);
        w->stats.in_flight--;
    } else if (b->attempt != NULL) {
        leave_attempt(b);
    }
}

/* It is to ask, and nobody could be asked so far: no attempt was free, or no connection. */
static bool is_in_line(const struct pod_probe *b)
{
    return (b->flags & POD_PROBE_WAITING) ||
           (pod_probe_asks(b) && b->attempt->op.state == RX_OP_WAITING);
}

void pod_probe_lost(struct pod_probe *b, const struct pod_container *c)
{
    const struct pod_handler_spec *h = &pod_probe_spec_of(b)->handler;
    bool own = container_of(b) == c, target = h->kind != POD_HANDLER_EXEC
        ? pod_port_is_of(c, h->port) : own;

    if (target || own)
        forget(b);
    if (pod_probe_asks(b) && h->kind != POD_HANDLER_EXEC)
        target = pod_attempt_asks(b->attempt, c);
    /* The handshake of a TCP probe took no time: its outcome stands. */
    if (target && (b->flags & POD_PROBE_BORROWED) && h->kind != POD_HANDLER_TCP)
        ask_after_all(b);
    if ((own || target) && is_in_line(b)) {
        /* A kubelet would have asked at the tick. Asked now, the container would seem to fail for
         * want of our attempts or connections: the run is one that was missed, and so is a tick
         * that came meanwhile. */
        pod_world_of(pod_of_probe(b))->stats.missed += 1 + ((b->flags & POD_PROBE_REMEMBERED) != 0);
        b->flags &= (uint8_t)~(POD_PROBE_MANUAL | POD_PROBE_REMEMBERED);
        if (b->flags & POD_PROBE_WAITING)
            leave_queue(b);
        else
            leave_attempt(b);
        return;
    }
    if (target && pod_probe_asks(b) && b->attempt->carrier->lost != NULL)
        b->attempt->carrier->lost(b->attempt);
}

/* What its carrier keeps between two runs. */
static void forget(struct pod_probe *b)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));
    enum pod_carried by = pod_world_carried(w, &pod_probe_spec_of(b)->handler);

    if (w->carrier[by]->forget != NULL)
        w->carrier[by]->forget(w->carrier_ctx[by],
                               pod_probe_id(pod_of_probe(b), b->container, b->kind));
}

/* ---- one attempt ----------------------------------------------------------------------------- */

/* The container has a new instance. Its results begin afresh, and what was carried over from the
 * one before ends: this run has not asked anything yet, but it is known now that none has. */
static void meet(struct pod_probe *b, struct pod_container *c)
{
    b->instance = c->restarts + 1;
    b->result = (uint8_t)pod_probe_initial((enum pod_probe_kind)b->kind);
    b->flags &= (uint8_t)~POD_PROBE_HELD;
    if (b->kind != POD_STARTUP || !c->carried)
        return;
    c->carried = false;
    b->changed_at = rx_loop_now(pod_world_of(pod_of_probe(b))->loop);
    pod_need_sync(pod_of_probe(b));
}

static void attempt(struct pod_probe *b, bool started)
{
    struct pod *p = pod_of_probe(b);
    struct pod_world *w = pod_world_of(p);
    struct pod_container *c = container_of(b);
    bool running = c->proc_state == POD_PROC_RUNNING;
    int32_t delay_s;
    struct pod_gate_in in = {
        .known = c->cur.valid && !c->hidden,
        .running = running,
        .final = c->proc_state == POD_PROC_DEAD && pod_container_fate(c) == POD_STAYS_DEAD,
        .started = started,
        .kind = b->kind,
    };
    uint8_t decision;

    RX_ASSERT(!pod_is_over(p));
    if (in.known && b->instance != c->restarts + 1)
        meet(b, c);
    in.held = (b->flags & POD_PROBE_HELD) != 0;
    delay_s = pod_probe_spec_of(b)->initial_delay_s;
    in.delay_over = running && (delay_s == 0 || pod_probe_delay_over(rx_loop_now(w->loop),
                                                                     c->cur.started, delay_s));
    decision = w->gate.decision[b->kind][pod_gate_index(in)];
    if (RX_UNLIKELY(w->met != NULL))
        w->met->gate[pod_gate(in) - pod_gate_table]++;
    if (RX_LIKELY(decision == POD_GATE_PROBE)) {
        run(b);
        return;
    }
    if (decision == POD_GATE_SKIP && b->kind == POD_STARTUP && pod_container_started(c))
        pod_probe_park(b);
    if (decision & POD_GATE_SET_FAILURE)
        b->result = POD_RESULT_FAILURE;
    if (decision & POD_GATE_RETIRE)
        pod_probe_retire(b);
}

/* Which probe of a pod, as the trace points say it; without them it is not called. */
__attribute__((unused)) static uint32_t trace_which(const struct pod_probe *b)
{
    return (uint32_t)b->container << 8 | b->kind;
}

/* A run that needs no attempt begins and ends in one place. */
static void trace_prompt(struct pod_probe *b)
{
    struct pod *p = pod_of_probe(b);

    RX_TRACE(probe_start, p->id, trace_which(b));
    RX_TRACE(probe_done, p->id, trace_which(b), POD_SUCCESS, 0);
}

static void run(struct pod_probe *b)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));

    b->tries = 0;
    if (!w->scripted || !pod_probe_prompt(b)) {
        begin_run(b);
        return;
    }
    w->stats.probes++;
    if (b->last == POD_RESULT_SUCCESS && b->result == POD_RESULT_SUCCESS &&
        b->kind != POD_STARTUP && pod_of_probe(b)->tmpl->parks) {
        /* Nothing observable differs from the long way: it says what it said before. Only where a
         * probe runs a command or fails without asking, one of this instant may still end the
         * process that answers. */
        tally(w, POD_SUCCESS);
        rx_hist_record(&w->latency_ns, 0);
        b->run_length += b->run_length != UINT32_MAX;
        trace_prompt(b);
        if (w->parks)
            pod_probe_park(b);
        return;
    }
    w->stats.in_flight++;
    w->stats.in_flight_peak = RX_MAX(w->stats.in_flight_peak, w->stats.in_flight);
    borrow(b);
}

/* ---- prompt runs ----------------------------------------------------------------------------- */

/* A run that is answered at once and well needs no attempt, only to wait for the end of the
 * instant. A million pods that start in one instant would otherwise need a million attempts. */
static void borrow(struct pod_probe *b)
{
    struct pod *p = pod_of_probe(b);
    struct rx_loop *loop = pod_world_of(p)->loop;
    rx_ms next = b->tick.due;

    rx_loop_disarm(loop, &b->tick);
    b->tick.key = pod_timer_key(POD_TIMER_PROMPT, p, b->container, b->kind);
    b->flags |= POD_PROBE_BORROWED;
    b->next_tick = next;
    rx_loop_arm(loop, &b->tick, rx_loop_now(loop));
}

static void give_back(struct pod_probe *b)
{
    struct pod *p = pod_of_probe(b);
    struct rx_loop *loop = pod_world_of(p)->loop;
    rx_ms next = b->next_tick;

    rx_loop_disarm(loop, &b->tick);
    b->tick.key = pod_timer_key(POD_TIMER_TICK, p, b->container, b->kind);
    b->flags &= (uint8_t)~POD_PROBE_BORROWED;
    b->attempt = NULL;
    if (!(b->flags & POD_PROBE_RETIRED))
        rx_loop_arm(loop, &b->tick, next);
}

void pod_on_prompt(void *world, struct rx_timer *t)
{
    struct pod_world *w = world;
    struct pod_probe *b = rx_container_of(t, struct pod_probe, tick);

    give_back(b);
    w->stats.in_flight--;
    trace_prompt(b);
    tally(w, POD_SUCCESS);
    rx_hist_record(&w->latency_ns, 0);
    count(b, true, 0);
    catch_up(b);
}

/* Its target has gone under it, in the very instant: the carrier knows what that looks like. */
static void ask_after_all(struct pod_probe *b)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));

    give_back(b);
    w->stats.in_flight--;
    w->stats.probes--;
    begin_run(b);
}

/* ---- attempts -------------------------------------------------------------------------------- */

static void ask(struct pod_probe *b, struct pod_attempt *a)
{
    struct pod *p = pod_of_probe(b);
    struct pod_world *w = pod_world_of(p);
    const struct pod_probe_spec *spec = pod_probe_spec_of(b);

    if (w->server != NULL && pod_refuses(p))
        forget(b); /* a connection that stands is no proof that somebody listens */
    pod_attempt_fill(a, p, b->container, b->kind, &spec->handler);
    a->timeout = (rx_ns)spec->timeout_s * RX_NS_PER_S;
    a->user_agent = "kube-probe/1.36";
    a->owner = b;
    a->done = answered;
    a->serial = pod_probe_serial(b);
    b->attempt = a;
    w->stats.in_flight++;
    w->stats.in_flight_peak = RX_MAX(w->stats.in_flight_peak, w->stats.in_flight);
    w->stats.probes++;
    RX_TRACE(probe_start, p->id, trace_which(b));
    pod_attempt_start(a, container_of(b));
}

static void begin_run(struct pod_probe *b)
{
    struct pod_world *w = pod_world_of(pod_of_probe(b));
    bool again = b->tries > 0;
    struct pod_attempt *a =
        again || w->waiting_first == NULL ? pod_attempt_take(w, false) : NULL;

    if (a != NULL) {
        ask(b, a);
        return;
    }
    b->flags |= POD_PROBE_WAITING;
    if (again) {
        /* A run that is repeated is the same run: the attempt that it had is its own once more. At
         * the end of the queue it could outlive the process that it asks. */
        b->next = w->waiting_first;
        w->waiting_first = b;
        if (w->waiting_last == NULL)
            w->waiting_last = b;
        return;
    }
    /* None may be had: first come, first served. The probe has not failed, it is late. */
    b->next = NULL;
    w->stats.waited++;
    if (w->waiting_last != NULL)
        w->waiting_last->next = b;
    else
        w->waiting_first = b;
    w->waiting_last = b;
}

/* A long queue is cold memory. The probe that is next is fetched while this one is asked, and the
 * link to the one after it. */
static void foresee(struct pod_probe *b)
{
    if (b == NULL)
        return;
    if (b->next != NULL) {
        __builtin_prefetch(&b->next->next);
        __builtin_prefetch(&b->next->tries);
    }
    __builtin_prefetch(&pod_of_probe(b)->tmpl);
    __builtin_prefetch(&pod_of_probe(b)->ip);
    __builtin_prefetch(&container_of(b)->restarts);
}

void pod_attempt_free(struct pod_attempt *a)
{
    struct pod_world *w = a->world;
    struct pod_probe *b = w->waiting_first;

    RX_ASSERT(a->owner == NULL);
    rx_loop_disarm(w->loop, &a->deadline);
    rx_loop_disarm(w->loop, &a->step);
    w->probe_runs -= !a->hook;
    a->next_free = w->attempt_free;
    w->attempt_free = a;
    if (b == NULL)
        return;
    a = pod_attempt_take(w, false);
    if (a == NULL)
        return;
    w->waiting_first = b->next;
    foresee(b->next);
    if (w->waiting_first == NULL)
        w->waiting_last = NULL;
    b->flags &= (uint8_t)~POD_PROBE_WAITING;
    b->attempt = NULL;
    ask(b, a);
}

/* ---- verdicts -------------------------------------------------------------------------------- */

/* Returns the record's seq. */
static uint64_t tell_verdict(struct pod_probe *b, const struct pod_attempt *a,
                             enum pod_outcome outcome, const char *text, uint32_t length)
{
    const char *kind = pod_probe_kind_name((enum pod_probe_kind)b->kind);
    char message[POD_PROBE_BODY_MAX + 256];
    int head;

    if (outcome == POD_ERROR)
        head = snprintf(message, sizeof(message), "%s probe errored and resulted in %s state: ",
                        kind, a->error_is_failure ? "failure" : "unknown");
    else
        head = snprintf(message, sizeof(message), "%s probe %s: ", kind,
                        outcome == POD_WARNING ? "warning" : "failed");
    length = RX_MIN(length, (uint32_t)(sizeof(message) - (size_t)head));
    memcpy(message + head, text, length);
    return pod_tell_run(b, outcome == POD_WARNING ? POD_EVENT_PROBE_WARNING : POD_EVENT_UNHEALTHY,
                        message, (size_t)head + length);
}

static void tally(struct pod_world *w, enum pod_outcome outcome)
{
    w->stats.done++;
    switch (outcome) {
    case POD_SUCCESS:
        w->stats.success++;
        break;
    case POD_WARNING:
        w->stats.warning++;
        break;
    case POD_FAILURE:
        w->stats.failure++;
        break;
    case POD_ERROR:
        w->stats.error++;
        break;
    }
}

static void answered(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                     uint32_t length)
{
    struct pod_probe *b = a->owner;
    struct pod_world *w = a->world;
    uint64_t record = 0;
    rx_ns latency;

    a->owner = NULL;
    b->attempt = NULL;
    w->stats.in_flight--;
    tally(w, outcome);
    latency = rx_loop_clock(w->loop) - a->started - a->waited;
    w->stats.conn_wait_ns += (uint64_t)a->waited;
    rx_hist_record(&w->latency_ns, latency);
    RX_TRACE(probe_done, a->pod, trace_which(b), outcome, latency);
    if (outcome == POD_ERROR && ++b->tries < POD_PROBE_TRIES_MAX) {
        begin_run(b);
        return;
    }
    if (outcome != POD_SUCCESS && w->probe_events)
        record = tell_verdict(b, a, outcome, text, length);
    if (outcome != POD_ERROR)
        count(b, outcome != POD_FAILURE, record);
    catch_up(b);
}

/* What was asked for while the run was in progress. */
static void catch_up(struct pod_probe *b)
{
    struct rx_loop *loop = pod_world_of(pod_of_probe(b))->loop;

    if (b->flags & POD_PROBE_MANUAL) {
        /* The remembered trigger re-bases the ticker, which forgets a tick that was pending. */
        b->flags &= (uint8_t)~(POD_PROBE_MANUAL | POD_PROBE_REMEMBERED);
        rx_loop_arm(loop, &b->tick, rx_loop_now(loop) + pod_probe_period(b));
        attempt(b, pod_container_started(container_of(b)));
    } else if (b->flags & POD_PROBE_REMEMBERED) {
        b->flags &= (uint8_t)~POD_PROBE_REMEMBERED;
        attempt(b, pod_container_started(container_of(b)));
    }
}

/* record: what has been told of the run, or 0. */
static void count(struct pod_probe *b, bool success, uint64_t record)
{
    struct pod *p = pod_of_probe(b);
    struct pod_container *c = container_of(b);
    const struct pod_probe_spec *spec = pod_probe_spec_of(b);
    struct pod_probe_state before = {
        .last = b->last,
        .result = b->result,
        .held = (b->flags & POD_PROBE_HELD) != 0,
        .run_length = b->run_length,
    };
    struct pod_probe_step s =
        pod_probe_step(before, (enum pod_probe_kind)b->kind, success, spec->success_threshold,
                       spec->failure_threshold);

    b->last = s.state.last;
    b->result = s.state.result;
    b->run_length = s.state.run_length;
    if (s.state.held)
        b->flags |= POD_PROBE_HELD;
    if (!(s.actions & POD_PROBE_CHANGED) || b->instance != c->restarts + 1)
        return;
    if (b->kind != POD_READINESS && !success)
        pod_publish_caused(c, record);
    if (b->kind == POD_STARTUP && success)
        b->changed_at = rx_loop_now(pod_world_of(p)->loop);
    /* A liveness success only confirms what counted as the result before. */
    if (b->kind != POD_LIVENESS || !success)
        pod_need_sync(p);
}
