/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.h - actions that happen to the objects of a run at given times (kind: Scenario).
 */
#ifndef ST_SCENARIO_H
#define ST_SCENARIO_H

#include "engine/store/spec.h"

enum pod_step_kind { POD_STEP_DELETE, POD_STEP_KILL, POD_STEP_REBOOT, POD_STEP_SCALE,
                     POD_STEP_PRESSURE,
                     POD_STEP_SET_IMAGE, POD_STEP_APPLY, POD_STEP_CONDITION, POD_STEP_EVICT,
                     POD_STEP_FAIL, POD_STEP_SUSPEND, POD_STEP_RESUME, POD_STEP_PAUSE,
                     POD_STEP_CORDON, POD_STEP_UNCORDON, POD_STEP_TAINT, POD_STEP_UNTAINT,
                     POD_STEP_LOSE, POD_STEP_RECOVER, POD_STEP_SET_LABEL,
                     POD_STEP_UNDO, POD_STEP_PAUSE_ROLLOUT, POD_STEP_RESUME_ROLLOUT,
                     POD_STEP_RESTART_ROLLOUT, POD_STEP_PATCH, POD_STEP_EVICT_API,
                     POD_STEP_DRAIN, POD_STEP_KINDS };

struct pod_step {
    rx_ms at;
    enum pod_step_kind kind;
    const char *scenario_ns, *scenario; /* the document's name; "" = it has none */
    const char *ns;
    const char *object_kind, *object_name; /* "pod", "p"; "deployment", "web"; lower case */
    int32_t grace_s;       /* DELETE, EVICT_API, DRAIN; -1 = not given */
    bool force;            /* DELETE, DRAIN */
    bool ignore_daemons, delete_empty_dir; /* DRAIN */
    uint8_t cascade;       /* DELETE: enum cluster_cascade */
    struct pod_labels labels; /* SET_LABEL; value NULL: it is taken away */
    int64_t revision;      /* UNDO; 0: the one before */
    const char *patch;     /* PATCH: JSON */
    const char *container; /* KILL, SET_IMAGE; NULL = the first */
    int32_t signal;        /* KILL; 9 by default */
    int32_t replicas;      /* SCALE */
    const char *image;     /* SET_IMAGE */
    const char *resource;  /* PRESSURE: memory, disk or pid */
    int64_t available;     /* PRESSURE: of that, */
    uint32_t usage_count;  /* and what pods use, in bytes */
    const struct pod_amount *usage;
    const char *path;      /* APPLY: already resolved against the document's own folder */
    const char *type, *status; /* CONDITION */
    bool power;            /* LOSE: and not only the network */
    const char *key, *value, *effect; /* TAINT, UNTAINT; effect NULL: any */
    rx_ms for_ms;          /* PAUSE; DRAIN: its timeout, 0 = none */
    const char *file;      /* where the step stands, for messages */
    uint32_t line;
};

#endif
