/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_statefulset.h - what a StatefulSet does next: its pods in, steps out.
 *
 * A pod is known by its ordinal. Those of the range start .. start + replicas - 1 are wanted; the
 * others are condemned. In order (OrderedReady) each step waits until the pods before it are
 * available; Parallel waits for nobody, except that a rolling update replaces one pod after the
 * other either way.
 */
#ifndef CLUSTER_RULE_STATEFULSET_H
#define CLUSTER_RULE_STATEFULSET_H

#include <stdbool.h>
#include <stdint.h>

struct cluster_stateful_pod {
    uint32_t ordinal;
    uint32_t revision; /* of its template */
    bool deleting;
    bool over;      /* Failed or Succeeded */
    bool ready;     /* Running and Ready */
    bool available; /* and has been for minReadySeconds */
    bool wrong;     /* its labels or claims are not what they should be */
};

struct cluster_stateful_view {
    uint32_t start, replicas, partition;
    bool parallel, on_delete;
    bool has_partition;        /* its strategy has a rollingUpdate block */
    bool deleting;             /* the set itself: it does nothing any more */
    uint32_t current, update;  /* revisions */
    uint32_t current_replicas; /* of the status as it was written last */
    uint32_t count;
    const struct cluster_stateful_pod *pod; /* by ordinal, none twice */
    uint32_t most; /* creations in one plan; the next one goes on. 0: all */
};

enum cluster_stateful_act {
    CLUSTER_STATEFUL_CREATE,
    CLUSTER_STATEFUL_DELETE,
    CLUSTER_STATEFUL_REPAIR,
};

struct cluster_stateful_step {
    enum cluster_stateful_act act;
    uint32_t ordinal;
    uint32_t revision; /* CREATE: of which template */
    uint32_t batch;    /* a step that fails lets those of its batch be tried, and no later one */
};

uint32_t cluster_stateful_plan(const struct cluster_stateful_view *v,
                               struct cluster_stateful_step *out);
/* How many steps; out has room for one for each pod, and for as many creations as there may be. */

struct cluster_stateful_status {
    uint32_t replicas, ready, available, current, updated;
    bool complete; /* the update has come through: the updated revision is the current one now */
};

struct cluster_stateful_status cluster_stateful_count(const struct cluster_stateful_view *v);

#endif
