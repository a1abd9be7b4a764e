/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quota_spec.h - what a namespace allows: LimitRanges, ResourceQuotas. Plain data, as in spec.h;
 * amounts are texts as the API writes them.
 */
#ifndef ST_QUOTA_SPEC_H
#define ST_QUOTA_SPEC_H

#include "engine/store/spec.h"

enum st_limit_type { ST_LIMIT_CONTAINER, ST_LIMIT_POD, ST_LIMIT_CLAIM };

/* What is said of one type, with the API's defaults filled in. */
struct st_limit {
    enum st_limit_type type;
    struct pod_labels min, max, limits, requests, ratio;
    /* limits, requests: for who has none; ratio: maxLimitRequestRatio */
};

struct st_limit_range_spec {
    const char *ns, *name;
    uint32_t count;
    const struct st_limit *limit;
};

enum st_quota_scope { ST_SCOPE_TERMINATING, ST_SCOPE_NOT_TERMINATING, ST_SCOPE_BEST_EFFORT,
                      ST_SCOPE_NOT_BEST_EFFORT, ST_SCOPE_PRIORITY_CLASS, ST_SCOPE_CROSS_AFFINITY,
                      ST_SCOPE_ATTRIBUTES_CLASS };

/* A scope, and for PRIORITY_CLASS which classes. */
struct st_scope {
    enum st_quota_scope scope;
    enum pod_selector_op op; /* EXISTS elsewhere */
    uint32_t count;
    const char *const *value;
};

struct st_quota_spec {
    const char *ns, *name;
    struct pod_labels hard;
    struct pod_labels others; /* status.used: what others use beside this run */
    uint32_t scope_count;     /* all must fit */
    const struct st_scope *scope;
};

#endif
