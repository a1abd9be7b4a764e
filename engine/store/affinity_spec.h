/* SPDX-License-Identifier: Apache-2.0 */
/*
 * affinity_spec.h - where a pod may go and where it would rather go: spec.affinity and
 * spec.topologySpreadConstraints. Plain data, as in spec.h; most pods have none of it.
 */
#ifndef ST_AFFINITY_SPEC_H
#define ST_AFFINITY_SPEC_H

#include "engine/store/spec.h"

enum { POD_TERMS_MAX = 32 }; /* of a kind, in one pod: what it is about is told apart by bits */

/* ---- nodes ---------------------------------------------------------------------------------- */

enum pod_node_op { POD_NODE_IN, POD_NODE_NOT_IN, POD_NODE_EXISTS, POD_NODE_NOT_EXISTS,
                   POD_NODE_GREATER, POD_NODE_LESS };

struct pod_node_requirement {
    const char *key;
    enum pod_node_op op;
    uint32_t count;
    const char *const *value;
    int64_t number; /* GREATER, LESS: than what */
};

/* All of a term must hold; one that says nothing means no node. */
struct pod_node_term {
    int32_t weight; /* of a preferred one, 1..100 */
    uint32_t label_count, field_count;
    const struct pod_node_requirement *label;
    const struct pod_node_requirement *field; /* of metadata.name */
};

/* ---- other pods ----------------------------------------------------------------------------- */

struct pod_pod_term {
    int32_t weight; /* of a preferred one, 1..100 */
    const char *topology; /* the label whose values are domains */
    struct pod_selector selector;
    uint32_t key_count, mismatch_count;
    const char *const *key;      /* matchLabelKeys: they have the pod's own values, too */
    const char *const *mismatch; /* mismatchLabelKeys: they have others */
    uint32_t ns_count; /* namespaces; */
    const char *const *ns;
    struct pod_selector ns_selector; /* not present, and no namespaces: the pod's own */
};

struct pod_spread_spec {
    int32_t max_skew, min_domains; /* min_domains 0: not given */
    const char *topology;
    bool hard; /* DoNotSchedule */
    bool ignores_affinity; /* nodeAffinityPolicy: Ignore */
    bool honors_taints;    /* nodeTaintsPolicy: Honor */
    struct pod_selector selector;
    uint32_t key_count;
    const char *const *key; /* matchLabelKeys */
};

/* ---- all of it ------------------------------------------------------------------------------- */

struct pod_affinity_spec {
    bool node_given; /* required node affinity: one of these terms */
    uint32_t node_count, node_soft_count;
    const struct pod_node_term *node, *node_soft;
    uint32_t near_count, near_soft_count; /* podAffinity */
    const struct pod_pod_term *near, *near_soft;
    uint32_t apart_count, apart_soft_count; /* podAntiAffinity */
    const struct pod_pod_term *apart, *apart_soft;
    uint32_t spread_count;
    const struct pod_spread_spec *spread;
};

#endif
