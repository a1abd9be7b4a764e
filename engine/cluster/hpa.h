/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpa.h - HorizontalPodAutoscalers: every knob hpa_sync from its creation on one looks at its
 * metrics (meter.h) and scales its target, by the arithmetic of rule_hpa.h
 * (pkg/controller/podautoscaler).
 *
 *   hpa.c         the objects, an evaluation, what is told of it
 *   hpa_metric.c  what one metric proposes, or why it cannot
 */
#ifndef CLUSTER_HPA_H
#define CLUSTER_HPA_H

#include "engine/cluster/kinds.h"
#include "engine/cluster/meter.h"
#include "engine/cluster/rule_hpa.h"

enum { CLUSTER_HPA_ABLE, CLUSTER_HPA_ACTIVE, CLUSTER_HPA_LIMITED, CLUSTER_HPA_CONDITIONS };

/* What has been, oldest first. */
struct cluster_hpa_log {
    struct cluster_hpa_past *item;
    uint32_t count, room;
};

/* The current value of a metric, as the status has it. */
struct cluster_hpa_shown {
    bool known;
    int64_t value; /* percent, or thousandths */
};

struct cluster_hpa_status {
    uint32_t current, desired;
};

struct cluster_hpa {
    struct st_object object; /* ST_HPA */
    struct st_hpa_spec spec;
    struct cluster_work work;
    rx_ms next; /* evaluation */
    struct st_condition condition[CLUSTER_HPA_CONDITIONS];
    struct cluster_hpa_log recommended, changed;
    struct cluster_hpa_shown *shown; /* by metric */
    struct cluster_hpa_status status, told;
    char *told_targets; /* NULL: none */
    struct cluster_metric_sample *pod; /* of the evaluation at hand: the pods of the target; */
    struct cluster_hpa_sample *sample; /* ... as the rule sees them */
    uint32_t pods, room;
};

int cluster_add_hpa(struct cluster *c, const struct st_hpa_spec *spec);
/* Copies the spec; what it points to lives as long as the engine. -RX_EEXISTS, -RX_ENOMEM;
 * -RX_EUNSUPPORTED: the run is divided among engines. */

struct cluster_hpa_shown *cluster_hpa_room(struct cluster *c, const struct st_hpa_spec *spec);
void cluster_hpa_room_free(struct cluster *c, const struct st_hpa_spec *spec,
                           struct cluster_hpa_shown *room);
void cluster_update_hpa(struct cluster *c, struct st_object *o, const struct st_hpa_spec *spec,
                        struct cluster_hpa_shown *room);
/* It is told something else, and keeps what it remembers. Its room, which is taken before (NULL: no
 * memory), is its own from here on. */

void cluster_undo_hpa(struct cluster *c); /* the newest */
void cluster_hpas_fini(struct cluster *c);
void cluster_delete_hpa(struct cluster *c, struct st_object *o); /* says so to the log */

/* ---- hpa_metric.c ---------------------------------------------------------------------------- */

enum { CLUSTER_HPA_TEXT = 1024 };

/* What a metric comes to. */
struct cluster_hpa_answer {
    bool valid;
    struct cluster_hpa_proposal proposal;
    char name[CLUSTER_HPA_TEXT]; /* of the metric; */
    /* ... or, if it is not valid: */
    enum pod_event_kind event;
    const char *reason;
    char why[CLUSTER_HPA_TEXT];
    char whole[2 * CLUSTER_HPA_TEXT]; /* as the error of all of them */
};

void cluster_hpa_ask(struct cluster *c, struct cluster_hpa *h, struct cluster_workload *target,
                     const struct st_hpa_metric *m, const struct cluster_hpa_knobs *k,
                     struct cluster_hpa_answer *out);

#endif
