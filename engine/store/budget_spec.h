/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget_spec.h - a PodDisruptionBudget: how many of the pods it selects may be away at once.
 */
#ifndef ST_BUDGET_SPEC_H
#define ST_BUDGET_SPEC_H

#include "engine/store/spec.h"

enum st_budget_kind { ST_BUDGET_NONE, ST_BUDGET_MIN_AVAILABLE, ST_BUDGET_MAX_UNAVAILABLE };

struct st_budget_spec {
    const char *ns, *name;
    const char *selector_text;    /* as Go prints it */
    struct pod_selector selector; /* absent: nobody; empty: all pods of the namespace */
    enum st_budget_kind kind;     /* NONE: neither is given, which allows nothing */
    struct st_share share;
    bool always_allow; /* unhealthyPodEvictionPolicy: AlwaysAllow */
};

#endif
