/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_pod.h - phase, conditions and kubectl's words, folded from containers, pure.
 *
 * Source: kubelet_pods.go (getPhase), status/generate.go and kubectl's printers.go of Kubernetes
 * 1.36. The caller lists the containers as the API shows them; nothing here knows timers or
 * processes.
 */
#ifndef POD_RULE_POD_H
#define POD_RULE_POD_H

#include "engine/store/words.h"

/* One container as the API object would show it. */
struct pod_container_view {
    uint8_t kind;    /* enum pod_container_kind */
    uint8_t state;   /* enum pod_container_state */
    uint8_t reason;  /* enum pod_reason: of Waiting or Terminated */
    bool ready, started;
    bool has_last;   /* lastState is there */
    bool restarts;   /* not running, and policy will start it again */
    int32_t exit_code;      /* of Terminated; while Waiting with has_last: of lastState */
    bool last_succeeded;    /* lastState was exit 0 and no OOM kill */
};

struct pod_phase_in {
    uint32_t count;
    const struct pod_container_view *container; /* inits in spec order, then mains */
    bool mains_begun; /* a main container of this sandbox has been started */
    bool final;       /* the pod is being terminated and all its processes are gone */
};

enum pod_phase pod_phase_of(const struct pod_phase_in *in);
/* What the containers say. Terminal phases never change back: that is the caller's to hold. */

struct pod_condition_value {
    bool true_;
    uint8_t reason; /* enum pod_condition_reason */
};

struct pod_condition_value pod_condition_containers_ready(const struct pod_phase_in *in,
                                                          enum pod_phase phase);
struct pod_condition_value pod_condition_ready(struct pod_condition_value containers_ready,
                                               bool gates_true);
struct pod_condition_value pod_condition_initialized(const struct pod_phase_in *in,
                                                     enum pod_phase phase);

/* ---- a new sandbox --------------------------------------------------------------------------- */

/* A pod whose sandbox has been lost, with all that ran in it. */
struct pod_sandbox_in {
    enum pod_restart_policy policy; /* the pod's */
    bool existed;  /* a container had been created in the lost one */
    bool to_start; /* a main container never ran, or policy will start it again */
};

bool pod_sandbox_again(const struct pod_sandbox_in *in);
/* Is a new one made, in which everything starts over, init containers first? */

/* ---- kubectl's columns ----------------------------------------------------------------------- */

struct pod_word_in {
    struct pod_phase_in containers;
    enum pod_phase phase;
    bool initialized, ready; /* the conditions */
    bool deleting, gated;
    bool unbound;            /* on no node: nobody has said anything about its containers yet */
    uint8_t status_reason;   /* enum pod_status_reason */
    bool explained;          /* status.message says what happened to the whole pod: status.reason
                              * then goes before what its containers say, where kubectl's printer
                              * looks at them last */
    uint32_t count_names;    /* mains in status order, that is by name: indices into container[] */
    const uint8_t *by_name;
};

struct pod_row {
    struct pod_word word; /* STATUS */
    uint32_t ready;       /* of READY: of main containers and sidecars as far as kubectl looks */
    bool initializing;    /* RESTARTS are those of the init containers, else of sidecars and
                           * mains */
};

struct pod_row pod_row_of(const struct pod_word_in *in);
/* What kubectl makes of a pod. */

static inline struct pod_word pod_word_of(const struct pod_word_in *in)
{
    return pod_row_of(in).word;
}

#endif
