/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kinds.h - what a controller of workloads is made of, and what it is given.
 *
 * 1. Each kind of workload that has a controller has a row in cluster_kinds: its struct begins with
 *    a struct cluster_workload, its worker syncs and announces it (work.h).
 * 2. `begin` runs when the workload is added, and may refuse with -RX_ENOMEM; `end` when it is
 *    freed. It is dirty from the start. What is loaded is there at once, or not at all: what a
 *    first sync would create for certain, `begin` creates without a word, and the first sync tells
 *    of it.
 * 3. Its pods are counted by what has become of them (`counts`), and each such change makes it
 *    dirty. A pod's creation does, too, and that a pod is adopted or released (claim.h). Its `pod`
 *    is called for both, and asks cluster_owner_of what it was.
 * 4. What is created by a controller belongs to it: a pod is named by its owner and an ordinal that
 *    was never used before (StatefulSets: their own), a workload has its `controller`.
 * 5. A creation may be refused with a sentence of the API (quota, limits), which is no fault of the
 *    engine: the sync goes on and returns an error, and is repeated.
 * 6. While it is `ending` its controller neither creates nor deletes pods.
 */
#ifndef CLUSTER_KINDS_H
#define CLUSTER_KINDS_H

#include "engine/cluster/cluster.h"
#include "engine/cluster/rule_rollout.h"
#include "engine/store/tell.h"

struct cluster_kind {
    size_t size; /* 0: it has no controller */
    const struct cluster_worker *worker;
    int (*begin)(struct cluster *c, struct cluster_workload *w); /* may be NULL */
    void (*end)(struct cluster *c, struct cluster_workload *w);  /* may be NULL */
    uint32_t changes; /* enum pod_changed: what else of its pods makes it dirty */
    void (*pod)(struct cluster *c, struct cluster_workload *w, struct pod *p);
    /* Something of its pod has changed, or it is gone; may be NULL. */
    int (*scale)(struct cluster *c, struct cluster_workload *w, uint32_t replicas);
    /* What its number is, if it is not that of its replicas; may be NULL. */
    void (*gone)(struct cluster *c, struct cluster_workload *w);
    /* It is deleted; what it has made is so next. May be NULL. */
};

extern const struct cluster_kind cluster_kinds[POD_WORKLOAD_KINDS];

static inline struct cluster_workload *cluster_workload_at(struct cluster_work *w)
{
    return rx_container_of(w, struct cluster_workload, work);
}

static inline uint32_t cluster_active(const struct cluster_workload *w)
{
    return w->counts[CLUSTER_UNREADY] + w->counts[CLUSTER_READY];
}

static inline enum cluster_counted cluster_count_as(const struct pod *p)
{
    if (pod_is_gone(p))
        return CLUSTER_NOT_COUNTED;
    if (pod_phase_terminal((enum pod_phase)p->phase))
        return CLUSTER_OVER;
    if (pod_is_deleting(p))
        return CLUSTER_TERMINATING;
    return p->conditions >> POD_COND_READY & 1 ? CLUSTER_READY : CLUSTER_UNREADY;
}

int cluster_pod_add(struct cluster *c, struct cluster_workload *w, uint32_t ordinal,
                    char why[CLUSTER_WHY_MAX]);
/* A pod of its template now. Negative: it is refused, and why says so as the API would. */

int cluster_pods_reserve(struct cluster *c, struct cluster_workload *w, uint32_t pods);
/* Before many are added. -RX_ENOMEM. */

struct pod *cluster_pod_next(struct cluster *c, struct cluster_workload *w, uint32_t *cursor);
/* Its pods that are there, by ordinal; the cursor starts at 0. NULL: no more. */

struct cluster_workload *cluster_dependent_add(struct cluster *c, struct cluster_workload *owner,
                                               const struct pod_workload_spec *spec,
                                               const struct pod_owner *naming);
/* A workload that belongs to another. naming: how its pods are called. The spec's name lives as
 * long as the engine. NULL: no memory. */

int cluster_set_naming(struct cluster *c, struct cluster_workload *w,
                       const struct pod_owner *naming);
/* How pods are called that it makes from now on. -RX_ENOMEM. */

void cluster_workload_gone(struct cluster *c, struct cluster_workload *w);
/* It is deleted, with all that belongs to it, in the background. */

void cluster_collect(struct cluster *c);
/* Something is gone that a workload may wait for. */

int cluster_collect_begin(struct cluster *c);
/* When the first workload with a controller comes. -RX_ENOMEM. */

bool cluster_name_taken(struct cluster *c, enum pod_workload_kind kind, const char *ns,
                        const char *name);

/* A counter of an object's status, at that offset of a struct of uint32_t. */
struct cluster_counter {
    enum st_field field;
    size_t at;
};

void cluster_tell_counters(struct cluster *c, struct st_object *o,
                           const struct cluster_counter *row, size_t rows, const void *now,
                           void *told);
/* Those that differ, which are then told. */

const char *cluster_hash_text(uint64_t hash, char out[12]);
/* As Kubernetes writes the hash of a template. */

static inline int64_t cluster_now_s(const struct cluster *c)
{
    return rx_loop_now(c->world->loop) / RX_MS_PER_S;
}

/* ---- kinds ----------------------------------------------------------------------------------- */

struct cluster_set_status {
    uint32_t spec, replicas, ready, available, terminating;
};

/* A ReplicaSet or ReplicationController. */
struct cluster_set {
    struct cluster_workload w;
    struct cluster_set_status status, told;
    struct st_condition failure;
    /* What a Deployment notes on it, in annotations: */
    uint32_t desired, max;
    uint64_t revision;
    bool fresh;      /* nobody has been told of it, */
    uint32_t untold; /* nor of so many of its pods */
    /* Ids of its active pods in the order of deletion, while some are still to be deleted in this
     * instant. */
    uint64_t *order;
    uint32_t orders, deleted, stirred; /* stirred: of its pods, when it was made */
    rx_ms ordered_at;
};

extern const struct cluster_worker cluster_set_worker, cluster_deployment_worker;
int cluster_set_begin(struct cluster *c, struct cluster_workload *w);
int cluster_set_create_first(struct cluster *c, struct cluster_workload *w);
void cluster_set_end(struct cluster *c, struct cluster_workload *w);

struct cluster_deployment {
    struct cluster_workload w;
    struct rollout_status status, told;
    uint32_t spec_told;
    uint64_t revision, revision_told;
    uint32_t collisions; /* status.collisionCount */
    struct st_condition available, progressing, failure;
    enum rollout_reason reason; /* of progressing, */
    int64_t progress_s;         /* and when it was renewed last */
};

void cluster_keeps(struct cluster_workload *w, const struct pod_spec *was,
                   struct st_document **document);
/* It had that template by the document, which what is kept of the template takes unless it has one:
 * a Deployment's set, the ControllerRevision of a StatefulSet or a DaemonSet. */

bool cluster_rollback_of(struct cluster_workload *w, uint64_t revision,
                         struct cluster_rollback *to, struct cluster_refusal *r);
/* Where an undo leads to; 0: the revision before. False: nowhere, or it is there already. */

int cluster_deployment_begin(struct cluster *c, struct cluster_workload *w);
void cluster_deployment_end(struct cluster *c, struct cluster_workload *w);

#endif
