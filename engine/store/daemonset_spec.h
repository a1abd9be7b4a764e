/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemonset_spec.h - what a DaemonSet is told beyond its template, with Kubernetes' defaults filled
 * in.
 */
#ifndef ST_DAEMONSET_SPEC_H
#define ST_DAEMONSET_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/store/deployment_spec.h"

struct st_daemonset_spec {
    bool on_delete;                     /* updateStrategy OnDelete; else RollingUpdate */
    struct st_share unavailable, surge; /* of the nodes; one of them is 0 */
    int32_t history;                    /* revisionHistoryLimit */
};

#endif
