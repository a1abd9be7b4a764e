/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempt.c - what all runs have in common, whoever asks: the question, the pool of attempts, by
 * which chances it is answered and when, and what it waits for.
 */
#include <string.h>

#include "engine/pod/timer.h"
#include "engine/reactor/prng.h"

/* ---- the question ---------------------------------------------------------------------------- */

void pod_attempt_fill(struct pod_attempt *a, struct pod *p, uint32_t container, uint32_t kind,
                      const struct pod_handler_spec *h)
{
    struct pod_world *w = pod_world_of(p);

    rx_timer_init(&a->step, pod_timer_key(POD_TIMER_STEP, p, container, kind));
    rx_timer_init(&a->deadline, pod_timer_key(POD_TIMER_LIMIT, p, container, kind));
    a->loop = w->loop;
    a->handler = h;
    a->ip = p->ip;
    a->to = (struct rx_addr){.ip = p->ip, .port = h->port};
    a->pod = p->id;
    a->probe = pod_probe_id(p, container, kind);
    a->instance = pod_container_at(p, container)->restarts + 1;
    a->container = container;
    a->started = rx_loop_clock(w->loop);
    a->began = rx_loop_now(w->loop);
    a->sock = RX_SOCK_NONE;
}

enum pod_carried pod_world_carried(const struct pod_world *w, const struct pod_handler_spec *h)
{
    struct pod_carrier_in in = {.https = h->https, .wire = !w->scripted, .host = w->exec_host};

    return (enum pod_carried)w->carried.carried[h->kind][pod_carrier_index(in)];
}

void pod_attempt_start(struct pod_attempt *a, struct pod_container *c)
{
    const struct pod_world *w = a->world;
    const struct pod_handler_spec *h = a->handler;
    enum pod_carried by;

    if (h->kind == POD_HANDLER_EXEC) {
        struct pod_carrier_in in = {.host = w->exec_host};

        w->look(a, c, &in);
        by = (enum pod_carried)w->carried.carried[h->kind][pod_carrier_index(in)];
    } else {
        by = pod_world_carried(w, h);
    }
    a->carrier = w->carrier[by];
    a->carrier_ctx = w->carrier_ctx[by];
    a->carrier->start(a);
}

/* ---- the pool -------------------------------------------------------------------------------- */

/* The pool grows to the most runs that were ever in flight, those included that only wait for their
 * last completion; it never shrinks. */
static struct pod_attempt *new_attempt(struct pod_world *w)
{
    uint64_t id;

    return rx_slab_take(&w->attempts, &id);
}

struct pod_attempt *pod_attempt_take(struct pod_world *w, bool hook)
{
    struct pod_attempt *a = w->attempt_free;

    if (!hook && w->probe_runs_max != 0 && w->probe_runs >= w->probe_runs_max)
        return NULL;
    if (a != NULL) {
        /* Its buffer needs no clearing: slots of the slab are zeroed whole, some 4 KiB a run. */
        w->attempt_free = a->next_free;
        memset(a, 0, w->attempt_head);
    } else {
        a = new_attempt(w);
    }
    if (a != NULL) {
        a->world = w;
        a->hook = hook;
        w->probe_runs += !hook;
        a->room = w->scripted ? POD_SCRIPT_BUFFER : POD_ATTEMPT_BUFFER;
    }
    return a;
}

/* ---- by which chances it is answered, and when ----------------------------------------------- */

static uint64_t tag_of(const struct pod_world *w, uint64_t probe, uint64_t serial, uint32_t hop)
{
    return rx_prng_under(w->answer_root, probe, serial << 4 | hop) | 1;
}

uint64_t pod_attempt_tag(const struct pod_attempt *a, uint32_t hop)
{
    return tag_of(a->world, a->probe, a->serial, hop);
}

uint64_t pod_probe_tag(struct pod_probe *b)
{
    struct pod *p = pod_of_probe(b);

    return tag_of(pod_world_of(p), pod_probe_id(p, b->container, b->kind), pod_probe_serial(b), 0);
}

void pod_attempt_waited(struct pod_attempt *a)
{
    struct pod_stats *s = &a->world->stats;

    if (a->op.waited == 0)
        return;
    s->conn_waits += a->waited == 0;
    a->waited += a->op.waited;
    a->op.waited = 0;
    s->conn_wait_ns_max = RX_MAX(s->conn_wait_ns_max, (uint64_t)a->waited);
}

/* A probe that waits for a connection is late, as one that waits for an attempt: its target has not
 * been asked yet. False: the timeout is over, counted from when it could be. */
static bool is_patient(struct pod_attempt *a)
{
    rx_ns waited = a->waited + rx_loop_waited(a->loop, &a->op);
    rx_ms due = rx_ms_ceil(a->started + a->timeout + waited);

    if (waited == 0 || due <= rx_loop_now(a->loop))
        return false;
    rx_loop_arm(a->loop, &a->deadline, due);
    return true;
}

void pod_on_limit(void *world, struct rx_timer *t)
{
    struct pod_attempt *a = rx_container_of(t, struct pod_attempt, deadline);

    (void)world;
    if (is_patient(a))
        return;
    if (a->owner != NULL)
        a->world->stats.timeouts++;
    a->carrier->expire(a);
}

void pod_on_step(void *world, struct rx_timer *t)
{
    struct pod_attempt *a = rx_container_of(t, struct pod_attempt, step);

    (void)world;
    a->carrier->step(a);
}

static void answer_in_class(struct pod_attempt *a, rx_ms at, enum pod_class class_)
{
    if (rx_timer_armed(&a->step))
        rx_loop_disarm(a->loop, &a->step);
    a->step.key = pod_key_in_class(a->step.key, class_);
    rx_loop_arm(a->loop, &a->step, at);
}

void pod_attempt_answer(struct pod_attempt *a, rx_ms at)
{
    answer_in_class(a, at, at == a->began ? POD_CLASS_ANSWER : POD_CLASS_DONE);
}

void pod_attempt_answer_lost(struct pod_attempt *a)
{
    answer_in_class(a, rx_loop_now(a->loop), POD_CLASS_DONE);
}

/* ---- the verdict ----------------------------------------------------------------------------- */

void pod_attempt_done(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                      uint32_t length)
{
    RX_ASSERT(!a->answered);
    a->answered = true;
    if (a->owner != NULL)
        a->done(a, outcome, text, length);
}
