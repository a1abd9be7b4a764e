/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deployment_spec.h - how a Deployment replaces its pods, and a number that may be a share of
 * another.
 */
#ifndef ST_DEPLOYMENT_SPEC_H
#define ST_DEPLOYMENT_SPEC_H

#include <stdbool.h>
#include <stdint.h>

/* An IntOrString of the API: a number, or per cent of one. */
struct st_share {
    int32_t value;
    bool percent;
};

static inline uint32_t st_share_of(struct st_share s, uint32_t whole, bool up)
{
    if (!s.percent)
        return (uint32_t)s.value;
    return (uint32_t)(((uint64_t)s.value * whole + (up ? 99 : 0)) / 100);
}

enum { ST_NO_DEADLINE = INT32_MAX };

struct st_deployment_spec {
    bool recreate; /* strategy Recreate; else RollingUpdate */
    bool paused;
    struct st_share surge, unavailable; /* RollingUpdate */
    int32_t history;    /* revisionHistoryLimit */
    int32_t deadline_s; /* progressDeadlineSeconds; ST_NO_DEADLINE: there is none */
};

#endif
