/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_request.h - what a pod asks of a node, pure: the requests of its containers in one sum.
 *
 * Containers that run side by side add up; init containers run one after the other, each beside the
 * sidecars that stand before it. What the pod says as a whole counts instead of the sum.
 *
 * Source: component-helpers/resource (AggregateContainerRequests, PodRequests) of Kubernetes 1.36.
 */
#ifndef ST_RULE_REQUEST_H
#define ST_RULE_REQUEST_H

#include "engine/store/rule_quantity.h"
#include "engine/store/spec.h"

enum { ST_OTHERS_MAX = 16 }; /* kinds of other resources in one pod; more are left out */

/* The sum, with its own room. */
struct st_request {
    int64_t cpu_milli, memory, storage;
    uint32_t other_count;
    struct pod_amount other[ST_OTHERS_MAX]; /* sorted by name; names are the spec's */
};

void st_request_of(const struct pod_spec *pod, struct st_request *out);

void st_request_containers(const struct pod_spec *pod, struct st_request *out);
/* The same without what the pod says as a whole. */

int64_t st_amount_named(uint32_t count, const struct pod_amount *list, const char *name);
/* 0: none. */

bool st_amount_text(const struct pod_labels *list, const char *name, struct st_quantity *out);
/* What a list of texts has of a resource. False: nothing is said of it. */

bool st_request_sum(const struct pod_spec *pod, bool requests, const char *name,
                    struct st_quantity *out);
/* The requests (or limits) of a pod of one resource, as the API writes them. False: none. */

enum st_qos { ST_QOS_BEST_EFFORT, ST_QOS_BURSTABLE, ST_QOS_GUARANTEED };

enum st_qos st_qos_of(const struct pod_spec *pod);
/* By CPU and memory only (pkg/apis/core/v1/helper/qos: GetPodQOS). */

bool st_request_none(const struct st_request *r); /* of anything */

#endif
