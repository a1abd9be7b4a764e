/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control.c - what others than its kubelet do to a pod, and nodes that fail: see control.h.
 */
#include "engine/pod/control.h"

#include <stdarg.h>
#include <stdio.h>

#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"

/* An init container of a sandbox that is gone: it counts as if it had never run, but for its
 * restarts. */
static void purge(struct pod_container *c)
{
    c->purged = c->cur.valid;
    c->proc_state = POD_PROC_NONE;
}

void pod_reboot(struct pod *p)
{
    struct pod_sandbox_in in = {.policy = pod_spec_of(p)->restart_policy};

    if (pod_is_over(p) || !pod_has(p, POD_MOUNTED))
        return;
    p->flags &= (uint8_t)~POD_BUSY;
    pod_volumes_reboot(p);
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);
        bool main = pod_container_spec_of(c)->kind == POD_MAIN;

        pod_lose_container(c, POD_REASON_STATUS_UNKNOWN);
        in.existed |= c->proc_state != POD_PROC_NONE;
        in.to_start |= main && (c->proc_state == POD_PROC_NONE ||
                                pod_container_fate(c) != POD_STAYS_DEAD);
    }
    pod_need_sync(p);
    if (pod_is_deleting(p) || p->life.end != POD_END_NONE || !pod_sandbox_again(&in))
        return;
    pod_tell(p, ST_NO_CONTAINER, POD_EVENT_SANDBOX_CHANGED,
             "Pod sandbox changed, it will be killed and re-created.");
    p->flags &= (uint8_t)~POD_MAINS_BEGUN;
    for (uint32_t i = 0; i < pod_spec_of(p)->init_count; i++)
        purge(pod_container_at(p, i));
    for (uint32_t i = 0; i < p->tmpl->probes; i++)
        pod_probe_begin(p, pod_probe_at(p, i), pod_now(p));
}

/* ---- by the control plane -------------------------------------------------------------------- */

int pod_bind(struct pod *p, uint32_t node)
{
    int rc = pod_place(p, node);

    if (rc != 0)
        return rc;
    p->flags |= POD_PLACED;
    pod_need_sync(p);
    return 0;
}

void pod_tell_by_control(struct pod *p, enum pod_event_kind kind, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    pod_accept(p);
    pod_tell(p, ST_NO_CONTAINER, kind, "%s", text);
}

void pod_tell_unplaced(struct pod *p, const char *message, bool first)
{
    pod_accept(p);
    pod_tell(p, ST_NO_CONTAINER, POD_EVENT_FAILED_SCHEDULING, "%s", message);
    if (first)
        pod_publish_condition(p, POD_COND_SCHEDULED, POD_CONDITION_NONE, false,
                              POD_COND_REASON_UNSCHEDULABLE, message);
}

void pod_disrupt(struct pod *p, enum pod_condition_reason reason)
{
    struct pod_extra *e = pod_extra_of(pod_container_at(p, 0));

    pod_accept(p);
    if (p->conditions >> POD_COND_DISRUPTION & 1)
        return;
    if (e != NULL)
        e->disrupted = (uint8_t)reason;
    pod_publish_condition(p, POD_COND_DISRUPTION, POD_CONDITION_NONE, true, reason,
                          pod_disruption_text(reason));
}

void pod_collect(struct pod *p, enum pod_condition_reason reason)
{
    static const struct pod_delete_request request = {.given = true, .force = true, .grace_s = 0};

    pod_accept(p);
    if (reason != POD_COND_REASON_NONE)
        pod_disrupt(p, reason);
    pod_publish_failed(p);
    pod_delete(p, &request);
}

void pod_mark_unready(struct pod *p)
{
    if (p->conditions >> POD_COND_READY & 1)
        pod_publish_condition(p, POD_COND_READY, true, false, POD_COND_REASON_NONE, "");
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* All that ran on it is over, and nobody looks at it any more. */
static void power_off(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++)
        pod_lose_container(pod_container_at(p, i), POD_REASON_STATUS_UNKNOWN);
    for (uint32_t i = 0; i < p->tmpl->probes; i++)
        pod_probe_retire(pod_probe_at(p, i));
    rx_loop_disarm(pod_world_of(p)->loop, &p->sync);
}

void pod_node_lose(struct pod_node *n, bool power)
{
    struct rx_list *next;

    n->lost = true;
    n->off |= power;
    for (struct rx_list *l = n->world->pods.next; power && l != &n->world->pods; l = next) {
        struct pod *p = rx_container_of(l, struct pod, link);

        next = l->next;
        if (p->node == n->number && pod_on_node(p) && !pod_is_over(p))
            power_off(p);
    }
    if (n->world->cut != NULL)
        n->world->cut(n->world->peers_ctx);
}

/* How its containers ended is told first, then what becomes of them. */
static void power_on(struct pod *p)
{
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);

        if (c->pub_state == POD_RUNNING && c->proc_state != POD_PROC_RUNNING && !pod_is_gone(p))
            pod_publish_ended(c);
    }
    pod_reboot(p);
}

void pod_node_return(struct pod_node *n)
{
    bool off = n->off;

    n->lost = n->off = false;
    RX_LIST_EACH(l, &n->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (p->node != n->number || !pod_on_node(p))
            continue;
        if (off && !pod_is_over(p))
            power_on(p);
        pod_need_sync(p);
    }
}
