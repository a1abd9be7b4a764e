/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container.c - the small questions about a container and its pod that every source above asks, and
 * what few containers need besides their place in the pod's block. Nothing here changes what is
 * seen.
 */
#include "engine/pod/timer.h"
#include "engine/reactor/prng.h"

uint64_t pod_container_draw(struct pod_container *c, enum pod_stream stream, uint64_t n)
{
    struct pod *p = pod_of_container(c);

    return rx_prng_at(pod_world_of(p)->seed, stream, p->serial << 8 | c->index, n);
}

uint64_t pod_world_draw(struct pod_world *w, uint64_t pod, uint32_t container,
                        enum pod_stream stream, uint64_t nth)
{
    struct pod **slot = rx_slab_get(&w->ids, pod);

    return slot != NULL ? pod_container_draw(pod_container_at(*slot, container), stream, nth) : 0;
}

const struct pod_instance_script *pod_instance_of(const struct pod_container *c, uint32_t restarts)
{
    const struct pod_behaviour *b = c->script != NULL ? c->script->instances : NULL;

    if (b == NULL || b->instance_count == 0)
        return NULL;
    return &b->instance[RX_MIN(restarts, b->instance_count - 1)];
}

bool pod_handler_is_hook(struct pod_container *c, const struct pod_handler_spec *h)
{
    return h == pod_container_spec_of(c)->post_start || h == pod_container_spec_of(c)->pre_stop;
}

enum pod_restart pod_container_fate(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_container_spec *s = pod_container_spec_of(c);
    struct pod_restart_in in = {
        .deleting = pod_life_final(p->life),
        .kind = s->kind,
        .pod_policy = pod_spec_of(p)->restart_policy,
        .own_policy = s->restart_policy,
        .rule_count = s->rule_count,
        .rule = s->rule,
        .exit_code = c->cur.exit_code,
        .oom_killed = c->cur.reason == POD_REASON_OOM_KILLED,
    };

    return pod_restart_decide(&in);
}

bool pod_anything_runs(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        if (pod_container_at(p, i)->proc_state == POD_PROC_RUNNING)
            return true;
    }
    return false;
}

static const struct pod_probe *probe_of(struct pod_container *c, enum pod_probe_kind kind)
{
    return c->probe[kind] == 255 ? NULL : pod_probe_at(pod_of_container(c), c->probe[kind]);
}

/* For a container that runs and is shown. */
static inline bool is_started(const struct pod_container *c, const struct pod_probe *startup)
{
    return startup == NULL || c->carried || pod_probe_result(startup, c) == POD_RESULT_SUCCESS;
}

bool pod_container_started(struct pod_container *c)
{
    return c->proc_state == POD_PROC_RUNNING && !c->hidden &&
        is_started(c, probe_of(c, POD_STARTUP));
}

bool pod_container_started_before(struct pod_container *c, rx_ms now)
{
    const struct pod_probe *b = probe_of(c, POD_STARTUP);

    if (c->proc_state != POD_PROC_RUNNING || c->hidden)
        return false;
    if (b != NULL)
        return is_started(c, b) != (b->changed_at == now);
    return c->extra == NULL || c->extra->shown_at != now || now == 0;
}

/* A dead container that will be started again and knows why that takes time. */
bool pod_container_waits_again(struct pod_container *c)
{
    return c->wait_reason != POD_REASON_NONE && pod_container_fate(c) != POD_STAYS_DEAD;
}

bool pod_container_ready(struct pod_container *c)
{
    const struct pod_probe *b = probe_of(c, POD_READINESS);

    if (pod_container_spec_of(c)->kind == POD_INIT)
        return c->proc_state == POD_PROC_DEAD && c->cur.exit_code == 0 &&
        !pod_container_waits_again(c);
    return pod_container_started(c) && (b == NULL || pod_probe_result(b, c) == POD_RESULT_SUCCESS);
}

const struct pod_record *pod_container_last(const struct pod_container *c, uint8_t state)
{
    /* While it waits, the instance that ended is lastState; else the one before it is. While its
     * postStart hook runs, nobody has been told of the newest one. */
    const struct pod_record *waits = c->hidden ? &c->prev : &c->cur;

    if (state == POD_WAITING)
        return waits->valid && (c->hidden || !c->purged) ? waits : NULL;
    return c->prev.valid && !c->hidden ? &c->prev : NULL;
}

const char *pod_message_of(const struct pod_container *c, bool previous)
{
    if (c->extra == NULL)
        return NULL;
    return previous ? c->extra->message_before : c->extra->message;
}

const char *pod_eviction_message(const struct pod *p)
{
    const struct pod_extra *e = pod_container_at((struct pod *)(uintptr_t)p, 0)->extra;

    return e != NULL ? e->whole.evicted : NULL;
}

struct pod_extra *pod_extra_of(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);

    if (c->extra != NULL)
        return c->extra;
    c->extra = rx_stash_take(&pod_world_of(p)->extras);
    if (c->extra == NULL)
        return NULL;
    c->extra->container = c;
    rx_list_init(&c->extra->clients);
    rx_list_init(&c->extra->execs);
    rx_timer_init(&c->extra->whole.storage, pod_timer_key(POD_TIMER_STORAGE, p, 0, 0));
    rx_timer_init(&c->extra->border, pod_timer_key(POD_TIMER_BORDER, p, c->index, 0));
    rx_timer_init(&c->extra->hook.timer, pod_timer_key(POD_TIMER_HOOK, p, c->index, 0));
    return c->extra;
}
