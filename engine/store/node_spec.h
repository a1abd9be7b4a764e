/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_spec.h - what a node is told to be: its labels, its taints, and what it has to give. Plain
 * data, as in spec.h.
 */
#ifndef ST_NODE_SPEC_H
#define ST_NODE_SPEC_H

#include "engine/store/spec.h"

enum st_taint_effect { ST_TAINT_NO_SCHEDULE, ST_TAINT_PREFER_NO_SCHEDULE, ST_TAINT_NO_EXECUTE };

const char *st_taint_effect_name(enum st_taint_effect e);

struct st_taint {
    const char *key, *value; /* value: "" where there is none */
    enum st_taint_effect effect;
};

enum { ST_NODE_PODS = 110 }; /* that a node takes where it does not say how many */

struct st_node_spec {
    const char *name;
    struct pod_labels labels, annotations;
    uint32_t taint_count;
    const struct st_taint *taint;
    bool unschedulable; /* cordoned */
    bool limited;       /* it says what it has; else it takes whatever comes */
    struct pod_amounts allocatable;
    uint32_t pods;      /* that it takes at most, if it is limited */
    const char *address; /* status.addresses: the InternalIP; NULL = not given */
    int32_t cpus;        /* status.capacity: what containers see of it; 0 = not given */
    int64_t memory;      /* bytes; 0 = not given */
};

struct st_priority_class {
    const char *name;
    int32_t value;
    bool global_default, never_preempts;
};

#endif
