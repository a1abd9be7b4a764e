/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_node.h - what a pod and a node say of each other, pure: which taints the pod tolerates and
 * which nodes it selects.
 *
 * Source: component-helpers/scheduling/corev1 (helpers.go, nodeaffinity) of Kubernetes 1.36.
 */
#ifndef ST_RULE_NODE_H
#define ST_RULE_NODE_H

#include "engine/store/affinity_spec.h"
#include "engine/store/node_spec.h"

bool st_tolerates(const struct pod_toleration_spec *t, const struct st_taint *taint);

bool st_tolerated(const struct pod_spec *pod, const struct st_taint *taint);
/* By one of its tolerations. */

const struct st_taint *st_untolerated(const struct pod_spec *pod, uint32_t count,
                                      const struct st_taint *taint, uint32_t effects);
/* The first taint with one of these effects (bits of enum st_taint_effect) that the pod does not
 * tolerate; NULL: there is none. */

int64_t st_tolerated_for(const struct pod_spec *pod, uint32_t count, const struct st_taint *taint);
/* How many seconds does it stay on a node with these NoExecute taints? -1: for ever; 0: not at
 * all. Other effects in the list do not count. */

bool st_selects_node(const struct pod_spec *pod, const struct st_node_spec *node);
/* nodeSelector and required node affinity. */

bool st_node_term_matches(const struct pod_node_term *term, const struct st_node_spec *node);

/* Taints that nodes get by themselves. */
#define ST_TAINT_UNSCHEDULABLE "node.kubernetes.io/unschedulable"
#define ST_TAINT_UNREACHABLE   "node.kubernetes.io/unreachable"
#define ST_TAINT_NOT_READY     "node.kubernetes.io/not-ready"
#define ST_TAINT_MEMORY        "node.kubernetes.io/memory-pressure"
#define ST_TAINT_DISK          "node.kubernetes.io/disk-pressure"
#define ST_TAINT_PID           "node.kubernetes.io/pid-pressure"
#define ST_TAINT_OUT_OF_SERVICE "node.kubernetes.io/out-of-service"
#define ST_LABEL_ZONE          "topology.kubernetes.io/zone"
#define ST_LABEL_HOSTNAME      "kubernetes.io/hostname"

enum { ST_TOLERATION_SECONDS = 300 }; /* of not-ready and unreachable, where a pod says nothing */

#endif
