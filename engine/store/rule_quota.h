/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_quota.h - what a ResourceQuota counts, and whom it refuses, pure. Sentences are those of the
 * API server.
 *
 * Source: pkg/quota/v1/evaluator/core and apiserver's admission plugin resourcequota of Kubernetes
 * 1.36.
 */
#ifndef ST_RULE_QUOTA_H
#define ST_RULE_QUOTA_H

#include "engine/reactor/fit.h"
#include "engine/store/quota_spec.h"
#include "engine/store/rule_quantity.h"
#include "engine/store/volume_spec.h"

/* What a key of `hard` counts. */
enum st_quota_what {
    ST_QUOTA_PODS,     /* pods that are not over */
    ST_QUOTA_ALL_PODS, /* count/pods */
    ST_QUOTA_REQUESTS, ST_QUOTA_LIMITS, /* of these, of one resource */
    ST_QUOTA_OBJECTS,  /* of a kind */
    ST_QUOTA_NODE_PORTS, ST_QUOTA_BALANCERS,
    ST_QUOTA_STORAGE, ST_QUOTA_CLAIMS, /* what claims ask for, and claims; of one class, if named */
    ST_QUOTA_UNKNOWN,  /* nothing that there is here */
};

struct st_quota_key {
    enum st_quota_what what;
    const char *resource; /* REQUESTS, LIMITS; STORAGE, CLAIMS: the class, NULL = any, */
    size_t length;        /* which ends there */
    uint8_t kind, sub;    /* OBJECTS: enum st_kind, and as in struct st_object */
};

struct st_quota_key st_quota_key(const char *key);

bool st_quota_fits(const struct st_quota_spec *q, const struct pod_spec *pod,
                        const char *priority_class);
/* Is the pod in all its scopes? priority_class: the pod's; NULL or "": it has none. */

bool st_quota_use(const struct st_quota_key *key, const struct pod_spec *pod,
                       struct st_quantity *out);
/* What a pod counts for under a key; false: not at all. */

bool st_quota_claim(const struct st_quota_key *key, const struct st_claim_spec *claim,
                    const char *class_name, struct st_quantity *out);
/* What a claim of that class counts for; false: not at all. */

bool st_quota_unstated(const struct st_quota_spec *q, const struct pod_spec *pod,
                            struct rx_fit *why);
/* Are there containers that do not say what the quota wants them to? Adds "must specify ...". */

/* How a key stands. */
struct st_quota_count {
    struct st_quantity hard, used, asked;
};

bool st_quota_exceeds(const struct st_quota_spec *q, const struct st_quota_count *count,
                           struct rx_fit *why);
/* Of each key of q->hard. Adds "exceeded quota: ..." */

const char *st_quota_resource(uint8_t kind, uint8_t sub);
/* As in "deployments.apps"; NULL: of objects of that kind no quota counts. */

#endif
