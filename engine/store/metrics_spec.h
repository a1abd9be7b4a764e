/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics_spec.h - a Metrics document: what a metric says of pods, of an object or from outside, by
 * windows of time. Amounts are whole thousandths.
 */
#ifndef ST_METRICS_SPEC_H
#define ST_METRICS_SPEC_H

#include "engine/store/spec.h"

enum st_metrics_kind { ST_METRICS_PODS, ST_METRICS_OBJECT, ST_METRICS_EXTERNAL };

enum st_metrics_form {
    ST_METRICS_EACH,   /* of each pod; of the object, from outside: just this */
    ST_METRICS_TOTAL,  /* of all pods together, split evenly */
    ST_METRICS_CLIENT, /* by what each pod serves a Client */
};

struct st_metrics_value {
    rx_ms from, to; /* half-open; RX_MS_NEVER: to the end */
    enum st_metrics_form form;
    int64_t amount;      /* EACH, TOTAL; CLIENT: of a pod that serves nothing */
    int64_t per_request; /* CLIENT: of one request a second */
    const char *client;
};

struct st_metrics_spec {
    const char *ns, *name, *metric;
    enum st_metrics_kind kind;
    struct pod_selector selector; /* PODS: of all if it is absent */
    bool has_pods;
    uint32_t pod_count; /* ... and of these by their ordinals, if there are some; sorted */
    const uint32_t *pod;
    uint32_t value_count; /* the first whose window has come counts; none: no metric */
    const struct st_metrics_value *value;
    rx_ms window; /* over which a sample is the mean */
};

#endif
