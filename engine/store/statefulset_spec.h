/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statefulset_spec.h - what a StatefulSet is told beyond its template and number of replicas, with
 * Kubernetes' defaults filled in.
 */
#ifndef ST_STATEFULSET_SPEC_H
#define ST_STATEFULSET_SPEC_H

#include <stdbool.h>
#include <stdint.h>

struct st_claim_spec;

struct st_statefulset_spec {
    bool parallel;      /* podManagementPolicy Parallel */
    bool on_delete;     /* updateStrategy OnDelete; else RollingUpdate, */
    bool has_partition; /* with a rollingUpdate block: the default one counts, but a type that is
                         * written without a block has none */
    int32_t partition;
    int32_t start;                           /* ordinals.start */
    int32_t history;                         /* revisionHistoryLimit */
    bool deleted_with_set, deleted_with_pod; /* its claims: whenDeleted, whenScaled Delete */
    uint32_t claims;                         /* volumeClaimTemplates */
    const char *const *claim;                /* their names, */
    const struct st_claim_spec *claim_spec;  /* and what they ask for */
};

#endif
