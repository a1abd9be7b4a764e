/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync.c - asking for the pod worker: whatever happens to a pod only leaves a mark (POD_DIRTY) and
 * arms the timer at which the worker looks.
 */
#include "engine/pod/pod_int.h"

void pod_need_sync(struct pod *p)
{
    p->flags |= POD_DIRTY;
    pod_sync_wake(p);
}

/* A process that ends by itself is noticed when the kubelet lists its containers the next time. */
void pod_need_sync_relisted(struct pod *p)
{
    rx_ms period = pod_world_of(p)->knobs.relist;

    pod_unpark(p);
    if (period == 0 || pod_life_stopping(p->life) || pod_has(p, POD_BUSY)) {
        pod_need_sync(p);
        return;
    }
    p->flags |= POD_DIRTY;
    if (!rx_timer_armed(&p->sync))
        rx_loop_arm(pod_world_of(p)->loop, &p->sync, (pod_now(p) / period + 1) * period);
}

void pod_sync_wake(struct pod *p)
{
    pod_unpark(p);
    if (!rx_timer_armed(&p->sync) || p->sync.due > pod_now(p))
        rx_loop_arm(pod_world_of(p)->loop, &p->sync, pod_now(p));
}
