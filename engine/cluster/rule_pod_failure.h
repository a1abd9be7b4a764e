/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_pod_failure.h - what the podFailurePolicy of a Job says of a pod that has failed.
 *
 * Rules are asked in order, the first that matches decides. Exit codes are those of terminated
 * containers that did not end with 0, main ones first; a container that its own restart rules have
 * started again is not terminated, so only the pod's end matters.
 */
#ifndef CLUSTER_RULE_POD_FAILURE_H
#define CLUSTER_RULE_POD_FAILURE_H

#include "engine/reactor/fit.h"
#include "engine/store/job_spec.h"

struct cluster_ended_container {
    const char *name;
    bool terminated;
    int32_t exit_code;
};

struct cluster_pod_condition {
    const char *type, *status;
};

struct cluster_failed_pod {
    const char *ns, *name;
    uint32_t containers, conditions;
    const struct cluster_ended_container *container; /* main ones, then init containers */
    const struct cluster_pod_condition *condition;
};

struct cluster_failure_match {
    int32_t rule;                  /* -1: none matches */
    enum st_failure_action action; /* COUNT without a rule */
    uint32_t which;                /* the container or condition that matches */
};

struct cluster_failure_match cluster_failure_match(const struct st_job_spec *job,
                                                   const struct cluster_failed_pod *pod);

void cluster_failure_text(const struct cluster_failure_match *m, const struct st_job_spec *job,
                          const struct cluster_failed_pod *pod, struct rx_fit *out);
/* The message of a Job that fails by it; m has a rule. */

#endif
