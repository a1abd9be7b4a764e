/* SPDX-License-Identifier: Apache-2.0 */
/* outside.c - what a container runtime of somebody else's says, and what it is told. */
#include "engine/pod/outside.h"

#include <string.h>

#include "engine/pod/pod_int.h"
#include "engine/reactor/err.h"

struct pod_container *pod_outside_find(struct pod_world *w, uint64_t pod, uint32_t container)
{
    struct pod **slot = rx_slab_get(&w->ids, pod);

    return slot != NULL && container < pod_spec_of(*slot)->container_count
               ? pod_container_at(*slot, container) : NULL;
}

bool pod_outside_waits(const struct pod_container *c, bool pull)
{
    return c->stage == (pull ? POD_STAGE_PULL : POD_STAGE_START);
}

/* Kept until the timer's turn has come. */
static int keep(struct pod_container *c, const char *text)
{
    const struct rx_mem *mem = &pod_world_of(pod_of_container(c))->guest;
    struct pod_extra *e = pod_extra_of(c);

    if (e == NULL)
        return -RX_ENOMEM;
    pod_outside_forget(c);
    if (text == NULL || text[0] == '\0')
        return 0;
    e->outside.text = rx_mem_alloc(mem, strlen(text) + 1);
    if (e->outside.text == NULL)
        return -RX_ENOMEM;
    strcpy(e->outside.text, text);
    return 0;
}

int pod_outside_done(struct pod_container *c, bool failed, const char *text)
{
    struct rx_loop *loop = pod_world_of(pod_of_container(c))->loop;
    int rc;

    if ((c->stage != POD_STAGE_PULL && c->stage != POD_STAGE_START) || rx_timer_armed(&c->life))
        return -RX_ESTATE;
    rc = keep(c, failed ? text : NULL);
    if (rc != 0)
        return rc;
    c->extra->outside.failed = failed;
    rx_loop_arm(loop, &c->life, rx_loop_now(loop));
    return 0;
}

int pod_outside_exited(struct pod_container *c, int32_t code, const char *message)
{
    struct rx_loop *loop = pod_world_of(pod_of_container(c))->loop;
    int rc;

    if (c->proc_state != POD_PROC_RUNNING || rx_timer_armed(&c->proc))
        return -RX_ESTATE;
    rc = keep(c, message);
    if (rc != 0)
        return rc;
    c->extra->outside.code = code;
    c->exit_by = POD_EXIT_OUTSIDE;
    rx_loop_arm(loop, &c->proc, rx_loop_now(loop));
    return 0;
}

bool pod_outside_signal(struct pod_container *c, int32_t signal)
{
    const struct pod_outside *o = pod_world_of(pod_of_container(c))->outside;

    if (o == NULL)
        return false;
    o->send(o->ctx, c, signal);
    return true;
}

const char *pod_outside_text(const struct pod_container *c)
{
    return c->extra != NULL ? c->extra->outside.text : NULL;
}

void pod_outside_forget(struct pod_container *c)
{
    struct pod_outside_told *t = &c->extra->outside;

    rx_mem_free(&pod_world_of(pod_of_container(c))->guest, t->text,
                t->text != NULL ? strlen(t->text) + 1 : 0);
    *t = (struct pod_outside_told){0};
}
