/* SPDX-License-Identifier: Apache-2.0 */
/*
 * work.h - the control plane's work queue: who is looked at, and when.
 *
 * 1. Whatever has a controller embeds a struct cluster_work. What changes marks it dirty; however
 *    much has changed, it is looked at once.
 * 2. The control plane runs in class CONTROL, in a pass: always the dirty one with the lowest rank,
 *    and of these the lowest number, is synced, until none is dirty. What a sync gives the kubelets
 *    happens after the pass, in the same instant, and then there is a pass again.
 * 3. Knob controller_ms: a pass comes so much later than the change that calls for it.
 * 4. Each has one pending instant: of two that are proposed (cluster_wake) the earlier stays, and
 *    whoever has another proposes it again when it is synced.
 * 5. A sync that returns an error is repeated: its n-th failure since the last success proposes an
 *    instant by its retry rule. Refused memory is another matter: the engine ends by it.
 * 6. After a pass each that has asked for it (cluster_announce) tells its counters, in the order of
 *    ranks and numbers. So counters that move to and fro in a pass are told once.
 * 7. While the control plane is paused passes wait; all that was dirtied or has become due
 *    meanwhile is looked at in the instant in which it goes on.
 */
#ifndef CLUSTER_WORK_H
#define CLUSTER_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/list.h"
#include "engine/reactor/loop.h"

struct cluster;
struct cluster_work;

/* In the order in which they are looked at. */
enum cluster_rank {
    CLUSTER_RANK_COLLECTOR, /* garbage, finalizers, claim protection */
    CLUSTER_RANK_NODE,      /* node lifecycle, taint eviction, pod GC */
    CLUSTER_RANK_QUOTA,
    CLUSTER_RANK_BUDGET,
    CLUSTER_RANK_SET,   /* what has pods: ReplicaSet, StatefulSet, DaemonSet, Job */
    CLUSTER_RANK_OWNER, /* what has such: Deployment, CronJob, TTL of finished Jobs */
    CLUSTER_RANK_HPA,
    CLUSTER_RANK_VOLUME,
    CLUSTER_RANK_SCHEDULER,
    CLUSTER_RANK_SLICE,
    CLUSTER_RANK_PROXY,
};

enum cluster_retry { CLUSTER_RETRY_SET, CLUSTER_RETRY_DEPLOYMENT, CLUSTER_RETRY_JOB,
                     CLUSTER_RETRY_SLICE, CLUSTER_RETRY_NONE };

/* What all of a kind have in common. */
struct cluster_worker {
    enum cluster_rank rank;
    enum cluster_retry retry;
    int (*sync)(struct cluster *c, struct cluster_work *w);
    void (*announce)(struct cluster *c, struct cluster_work *w); /* NULL: it has no counters */
};

struct cluster_work {
    struct rx_timer wake; /* class CONTROL: the pending instant */
    const struct cluster_worker *how;
    uint64_t cause;    /* the record that it acts for, if whoever made it dirty has said so */
    uint32_t failures; /* since the last success */
    bool dirty, announces;
    bool present; /* between init and drop */
};

/* Who is to look when something changes that all of its kind follow. */
struct cluster_watch {
    struct rx_list link;
    struct cluster_work *work;
};

struct cluster_queue {
    struct cluster_work **heap, **telling; /* dirty ones, the lowest key first; those to announce */
    uint32_t dirty, to_tell, room, present;
    struct rx_timer pass;  /* class CONTROL */
    rx_ms delay;           /* knob controller_ms */
    rx_ms paused_until;    /* 0: it is not paused */
    bool passing;
};

void cluster_queue_init(struct cluster *c);
void cluster_queue_fini(struct cluster *c);

int cluster_work_init(struct cluster *c, struct cluster_work *w, const struct cluster_worker *how,
                      uint64_t number);
/* number: of its creation; two of a rank have different ones. Takes the room it may need.
 * -RX_ENOMEM: it is not in the queue. */

void cluster_work_drop(struct cluster *c, struct cluster_work *w);
/* It is never looked at again. */

void cluster_dirty(struct cluster *c, struct cluster_work *w);
void cluster_work_now(struct cluster *c, struct cluster_work *w);
/* Dirty, whatever controller_ms says. */

void cluster_dirty_in(struct cluster *c, struct cluster_work *w, rx_ms wait);
/* Dirty so much later, with all that is called for meanwhile; at once if wait is 0. */

void cluster_wake(struct cluster *c, struct cluster_work *w, rx_ms at);
void cluster_announce(struct cluster *c, struct cluster_work *w);

void cluster_settle(struct cluster *c);
/* A pass now, outside a turn: for what has just been loaded. */

void cluster_pause(struct cluster *c, rx_ms until);

rx_ms cluster_retry_delay(enum cluster_retry rule, uint32_t failures);
/* Before the n-th retry; RX_MS_NEVER: there is none. */

#endif
