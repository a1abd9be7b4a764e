/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply.h - what an apply knows of each object that it puts, for the sources that put them.
 */
#ifndef API_APPLY_H
#define API_APPLY_H

#include "api/engine.h"
#include "engine/store/quota_spec.h"

/* What a quota or limits said. */
struct before {
    struct st_quota_spec quota;
    struct st_limit_range_spec limit_range;
    struct st_budget_spec budget;
};

/* An object that has been put. */
struct change {
    const struct manifest_object *what;
    uint32_t number; /* of it in the set */
    struct st_object *object;
    const struct st_config *config; /* what it said before; NULL: it is new */
    struct cluster_update *workload; /* of one that was there, */
    struct cluster_service_update *service; /* or of a Service */
    uint32_t service_ips_given;
    struct before *before; /* what a quota or limits said */
    const char *refused; /* by admission, with this sentence: it is left out */
    bool there;     /* it was */
    bool unchanged; /* and says what it said */
};

/* What a failure needs to know. */
struct undo {
    enum api_write how;
    uint64_t behaviours_before; /* the serial of the newest one that was there */
    struct change *change;
    uint32_t changes, room;
    uint32_t said; /* diagnostics before those of say_words */
    uint64_t pods_peak;
    struct pod_foreign_image *image; /* what was known of pulls elsewhere */
    uint32_t images;
    bool images_noted;
    const struct pod_behaviour **behaviours; /* the new array */
    uint32_t behaviour_count;
    struct pod_behaviours_old behaviours_old;
};

int api_may_put_once(podring *r, const struct undo *u, struct change *c);
/* Of a kind that is found by its name: may it come, is it there, and does it say what it said? */

/* apply_scale.c: Metrics and HorizontalPodAutoscalers. */
int api_put_metrics(podring *r, struct undo *u, struct change *c);
void api_take_metrics(podring *r, struct change *c);
int api_put_hpa(podring *r, struct undo *u, struct change *c);
void api_take_hpa(podring *r, struct change *c);

/* policies.c: what a namespace allows. */
bool api_may_come(podring *r, const struct manifest_object *what);
/* Of objects that a quota counts. Pods are asked for by whoever creates them. */
void api_tell_left_out(podring *r, const struct change *c);
bool api_streams(const struct change *c);
/* Is its coming told in the event stream? */
int api_put_policy(podring *r, struct change *c); /* -ENOMEM */
void api_take_policy(podring *r, struct change *c);

/* volumes.c: PersistentVolumes and StorageClasses. */
int api_put_storage(podring *r, struct change *c); /* -EEXISTS, -ENOMEM */
int api_put_claim(podring *r, struct change *c);   /* -ENOMEM */
void api_take_storage(podring *r, struct change *c);
void api_keep_storage(podring *r, struct change *c);
bool api_is_storage(const struct change *c);

/* A bare pod tells of itself that it has come. */
static inline bool api_is_silent(const struct change *c)
{
    return !c->there && (api_is_storage(c) || (c->what->kind == ST_WORKLOAD &&
                                               c->what->sub == POD_WORKLOAD_POD));
}

#endif
