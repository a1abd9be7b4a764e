/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_hpa.h - how many replicas a HorizontalPodAutoscaler wants: what a metric proposes, and what
 * windows, rates and bounds make of it.
 *
 * The arithmetic is that of Kubernetes, in its order: whole numbers where it has them, IEEE doubles
 * where it has those, artefacts included. Amounts are thousandths; times that the API publishes
 * are given as it publishes them, in whole seconds.
 */
#ifndef CLUSTER_RULE_HPA_H
#define CLUSTER_RULE_HPA_H

#include "engine/store/hpa_spec.h"

/* ---- pods ------------------------------------------------------------------------------------ */

/* What the autoscaler sees of a pod that its target selects. */
struct cluster_hpa_pod {
    bool deleting, failed, pending;
    bool sampled;               /* the metric has a value for it */
    bool started;               /* its status has a start time */
    bool has_ready;             /* it has a Ready condition, */
    bool not_ready;             /* which is False: Unknown is not */
    rx_ms started_at, ready_at; /* ready_at: of the last transition of Ready */
    rx_ms sample_at, window;    /* of the sample: when, and over how long */
};

enum cluster_hpa_group {
    CLUSTER_HPA_COUNTED,
    CLUSTER_HPA_IGNORED,
    CLUSTER_HPA_UNREADY,
    CLUSTER_HPA_MISSING,
    CLUSTER_HPA_GROUPS
};

struct cluster_hpa_knobs {
    double up, down; /* tolerances */
    rx_ms cpu_init, readiness_delay, downscale_window;
};

enum cluster_hpa_group cluster_hpa_group(const struct cluster_hpa_pod *p, bool cpu, rx_ms now,
                                         const struct cluster_hpa_knobs *k);
/* cpu: the metric is the resource cpu, which young pods have too much of. */

/* ---- what a metric proposes ------------------------------------------------------------------ */

struct cluster_hpa_sample {
    enum cluster_hpa_group group;
    int64_t value, request; /* value: of one that is counted */
};

struct cluster_hpa_proposal {
    int64_t replicas;
    int64_t shown; /* percent, or thousandths: the current value in the status */
};

bool cluster_hpa_utilization(const struct cluster_hpa_sample *s, uint32_t count, int32_t current,
                             int64_t percent, const struct cluster_hpa_knobs *k,
                             struct cluster_hpa_proposal *out);
/* False: no pod is counted, or none of those asks for anything. */

bool cluster_hpa_average(const struct cluster_hpa_sample *s, uint32_t count, int32_t current,
                         int64_t target, const struct cluster_hpa_knobs *k,
                         struct cluster_hpa_proposal *out);
/* False: no pod is counted. */

struct cluster_hpa_proposal cluster_hpa_value(int64_t value, int64_t target, int32_t current,
                                              uint32_t ready, const struct cluster_hpa_knobs *k);
/* Of an object or from outside, for all pods; ready: pods that run and are ready. */

struct cluster_hpa_proposal cluster_hpa_shared(int64_t value, int64_t target, int32_t replicas,
                                               const struct cluster_hpa_knobs *k);
/* ... for each pod; replicas: of the target's status. */

/* ---- what becomes of a proposal -------------------------------------------------------------- */

struct cluster_hpa_past {
    rx_ms at;
    int32_t replicas; /* recommended; or how many came (went, if negative) */
};

enum cluster_hpa_able { CLUSTER_HPA_READY, CLUSTER_HPA_UP_STABILIZED, CLUSTER_HPA_DOWN_STABILIZED };

enum cluster_hpa_limit {
    CLUSTER_HPA_WITHIN,
    CLUSTER_HPA_TOO_FEW,
    CLUSTER_HPA_TOO_MANY,
    CLUSTER_HPA_UP_LIMIT,
    CLUSTER_HPA_DOWN_LIMIT,
};

struct cluster_hpa_history {
    rx_ms now;
    uint32_t recommendations, changes;
    const struct cluster_hpa_past *recommendation, *change;
};

struct cluster_hpa_verdict {
    int32_t replicas;
    enum cluster_hpa_able able;
    enum cluster_hpa_limit limit;
    bool limited; /* what the limit says has been applied */
};

struct cluster_hpa_verdict cluster_hpa_decide(const struct st_hpa_spec *spec, int32_t current,
                                              int32_t proposed,
                                              const struct cluster_hpa_history *past,
                                              const struct cluster_hpa_knobs *k);
/* The proposal itself is not in the history yet. */

rx_ms cluster_hpa_memory(const struct st_hpa_spec *spec, const struct cluster_hpa_knobs *k,
                         bool changes);
/* How old what has been can be and still matter. */

#endif
