/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meter.h - Metrics documents: what a metric says of pods, of an object or from outside at this
 * moment. What pods serve to a Client is looked at every knob hpa_sync, from time 0 on.
 */
#ifndef CLUSTER_METER_H
#define CLUSTER_METER_H

#include "engine/cluster/cluster.h"
#include "engine/store/metrics_spec.h"

/* What a pod had served by the last look, and how much of it since the one before. */
struct cluster_metered {
    uint64_t serial, served;
    rx_ms since; /* how long that took; 0: it has not been looked at twice */
    uint64_t more;
};

/* Of one value of the document that goes by a Client. */
struct cluster_meter {
    struct cluster_metered *pod, *next; /* by serial number; next: room for those of a look */
    uint32_t pods, room, next_room;
    uint64_t unit; /* of its counters; 0: there is no such Client */
};

struct cluster_metrics {
    struct st_object object; /* ST_METRICS; its name may be missing */
    struct st_metrics_spec spec;
    struct cluster_work look;
    struct cluster_meter *meter; /* by value; NULL: none goes by a Client */
    rx_ms looked_at;
};

/* A pod, and what a metric says of it. */
struct cluster_metric_sample {
    struct pod *pod;
    bool known;
    int64_t value; /* in thousandths */
    rx_ms at, window;
};

int cluster_add_metrics(struct cluster *c, const struct st_metrics_spec *spec);
/* Copies the spec; what it points to lives as long as the engine. -RX_EEXISTS, -RX_ENOMEM. */

int cluster_update_metrics(struct cluster *c, struct st_object *o,
                           const struct st_metrics_spec *spec);
/* They say something else from now on. -RX_ENOMEM: they do not look at clients. */

void cluster_undo_metrics(struct cluster *c); /* the newest */
void cluster_metrics_fini(struct cluster *c);
void cluster_delete_metrics(struct cluster *c, struct st_object *o); /* says so to the log */

void cluster_metric_of_pods(struct cluster *c, const char *ns, const char *metric,
                            struct cluster_metric_sample *sample, uint32_t count);
/* Fills in what is known of these pods, which stand by serial number. Of several documents that
 * speak of one the oldest does. */

bool cluster_metric_of(struct cluster *c, enum st_metrics_kind kind, const char *ns,
                       const char *metric, int64_t *out);
/* Of an object or from outside. False: it says nothing now. */

#endif
