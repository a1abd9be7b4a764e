/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control.h - what the control plane does to a pod beside creating and deleting it: it gives it a
 * node, says that it is to be disrupted, and takes it for not ready when its kubelet is silent; and
 * what becomes of the pods of a node that fails.
 *
 * 1. While world.place is set a pod waits for its node: it asks once, when it is created, and
 *    goes on when it is bound.
 * 2. A node that is lost neither tells nor hears: its pods' workers stand still, what their
 *    containers do is not told, and deletions stay requests. Processes run on, unless it has lost
 *    its power too; then they are over, and that is all.
 * 3. When it returns, each worker looks at its pod as it is then. After a loss of power that is
 *    what it does after a reboot.
 */
#ifndef POD_CONTROL_H
#define POD_CONTROL_H

#include "engine/pod/pod.h"

void pod_reboot(struct pod *p);

int pod_bind(struct pod *p, uint32_t node);
/* It goes there. As pod_place. */

void pod_tell_unplaced(struct pod *p, const char *message, bool first);
/* FailedScheduling; first: its condition PodScheduled says so from now on. */

void pod_tell_by_control(struct pod *p, enum pod_event_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* An Event about it that its kubelet has nothing to do with. */

void pod_disrupt(struct pod *p, enum pod_condition_reason reason);
/* Its condition DisruptionTarget becomes true. Not deleted by this. */

void pod_collect(struct pod *p, enum pod_condition_reason reason);
/* It has failed, unless it is over, and its object is taken away; reason NONE: it is not a
 * disruption. Its kubelet is not asked. */

int pod_evict_for(struct pod *p, const char *why);
/* Its kubelet evicts it, and says why. -RX_ESTATE: it is over already, or being stopped. */

void pod_mark_unready(struct pod *p);
/* Its condition Ready becomes false, if it was true. Its kubelet may say otherwise later. */

void pod_node_lose(struct pod_node *n, bool power);
void pod_node_return(struct pod_node *n);

#endif
