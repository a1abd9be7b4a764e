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
    void *room;     /* taken for an update, before it is kept */
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

/* update.c: */
int api_may_put(podring *r, const struct undo *u, struct change *c, struct st_object *o);
/* What is to be put is there (o), or not (NULL): may it be put? */
bool api_is_same(podring *r, const struct change *c);
/* It means what it has meant. */
int api_may_put_once(podring *r, const struct undo *u, struct change *c);
/* Of a kind that is found by its name: may it come, is it there, and does it say what it said? */

/* apply_behaviours.c */
int api_begin_behaviours(podring *r, struct undo *u);
int api_put_behaviour(podring *r, struct undo *u, struct change *c);
void api_take_behaviour(podring *r, struct change *c);
void api_keep_behaviour(podring *r, struct change *c);
int api_end_behaviours(podring *r, struct undo *u);
void api_undo_behaviours(podring *r, struct undo *u);

/* apply_nodes.c */
int api_put_node(podring *r, struct undo *u, struct change *c);
void api_take_node(podring *r, struct change *c);
void api_keep_node(podring *r, struct change *c);
int api_put_priority(podring *r, struct undo *u, struct change *c);
void api_keep_priority(podring *r, struct change *c);
void api_take_priority(podring *r, struct change *c);

/* apply_services.c */
int api_put_service(podring *r, struct undo *u, struct change *c);
void api_take_service(podring *r, struct change *c);
void api_keep_service(podring *r, struct change *c);
int api_put_slice(podring *r, struct undo *u, struct change *c);
void api_keep_slice(podring *r, struct change *c);
void api_take_slice(podring *r, struct change *c);
int api_put_ingress(podring *r, struct undo *u, struct change *c);
void api_keep_ingress(podring *r, struct change *c);
void api_take_ingress(podring *r, struct change *c);
int api_put_client(podring *r, struct undo *u, struct change *c);
void api_keep_client(podring *r, struct change *c);
void api_take_client(podring *r, struct change *c);

/* apply_workloads.c: what is wrong with commands is said, and what is assumed of them. */
int api_begin_workloads(podring *r, struct undo *u);
int api_put_workload(podring *r, struct undo *u, struct change *c);
void api_take_workload(podring *r, struct change *c);
void api_keep_workload(podring *r, struct change *c);
void api_undo_workloads(podring *r, struct undo *u);
int api_say_words(podring *r, struct undo *u);
void api_unsay_words(podring *r, struct undo *u);
int api_put_step(podring *r, struct undo *u, struct change *c);
void api_take_step(podring *r, struct change *c);

/* apply_scale.c: Metrics and HorizontalPodAutoscalers. */
int api_put_metrics(podring *r, struct undo *u, struct change *c);
void api_keep_metrics(podring *r, struct change *c);
void api_take_metrics(podring *r, struct change *c);
int api_put_hpa(podring *r, struct undo *u, struct change *c);
void api_keep_hpa(podring *r, struct change *c);
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

static inline struct cluster_workload *api_workload_of(const struct change *c)
{
    return rx_container_of(c->object, struct cluster_workload, object);
}

/* A bare pod tells of itself that it has come. */
static inline bool api_is_silent(const struct change *c)
{
    return !c->there && (api_is_storage(c) || (c->what->kind == ST_WORKLOAD &&
                                               c->what->sub == POD_WORKLOAD_POD));
}

#endif
