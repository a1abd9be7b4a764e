/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpa_spec.h - what a HorizontalPodAutoscaler is told: whom it scales, between which numbers, by
 * which metrics and how fast. Immutable after loading, in the arena it was built in, with
 * Kubernetes' defaults filled in. Amounts of metrics are whole thousandths, as the API counts them.
 */
#ifndef ST_HPA_SPEC_H
#define ST_HPA_SPEC_H

#include "engine/store/spec.h"

enum st_hpa_source {
    ST_HPA_RESOURCE,
    ST_HPA_CONTAINER_RESOURCE,
    ST_HPA_PODS,
    ST_HPA_OBJECT,
    ST_HPA_EXTERNAL
};

enum st_hpa_target { ST_HPA_UTILIZATION, ST_HPA_AVERAGE_VALUE, ST_HPA_VALUE };

struct st_hpa_metric {
    enum st_hpa_source source;
    enum st_hpa_target target;
    const char *name;                      /* "cpu"; of the metric elsewhere */
    const char *container;                 /* CONTAINER_RESOURCE; NULL elsewhere */
    const char *object_kind, *object_name; /* OBJECT; NULL elsewhere */
    const char *selector;                  /* EXTERNAL: the metric's, as Go prints it */
    int64_t amount;                        /* percent, or thousandths */
    const char *amount_text;               /* as the API writes it: "50%", "200m" */
};

enum st_hpa_select { ST_HPA_SELECT_MAX, ST_HPA_SELECT_MIN, ST_HPA_SELECT_DISABLED };

struct st_hpa_policy {
    bool percent; /* else pods */
    int32_t value, period_s;
};

/* Of one direction. */
struct st_hpa_side {
    int32_t window_s; /* -1: the controller's */
    enum st_hpa_select select;
    double tolerance; /* negative: the controller's */
    uint32_t policy_count;
    const struct st_hpa_policy *policy;
};

struct st_hpa_spec {
    const char *ns, *name;
    const char *target_version, *target_kind, *target_name;
    int32_t min, max;
    uint32_t metric_count;
    const struct st_hpa_metric *metric;
    bool has_behavior;
    struct st_hpa_side up, down; /* if it has */
};

#endif
