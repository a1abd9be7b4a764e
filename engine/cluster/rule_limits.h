/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_limits.h - what a LimitRange makes of a pod, pure: the limits and requests it gives to
 * containers that have none, and its refusals, in the words of the API server.
 *
 * Source: plugin/pkg/admission/limitranger of Kubernetes 1.36.
 */
#ifndef CLUSTER_RULE_LIMITS_H
#define CLUSTER_RULE_LIMITS_H

#include "engine/reactor/fit.h"
#include "engine/store/quota_spec.h"

uint32_t cluster_limits_missing(const struct st_limit_range_spec *r, bool requests,
                                const struct pod_labels *has, struct rx_pair *out, uint32_t room);
/* The requests (or limits) that a container with those does not have and is given: how many,
 * written by name as far as there is room. */

bool cluster_limits_refuse(const struct st_limit_range_spec *r, const struct pod_spec *pod,
                           struct rx_fit *why);
/* Adds why; of several reasons all, in brackets. */

bool cluster_limits_refuse_claim(const struct st_limit_range_spec *r, const char *storage,
                                 struct rx_fit *why);
/* A PersistentVolumeClaim that requests so much. */

#endif
