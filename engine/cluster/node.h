/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node.h - Node objects, what stands on them, and the scheduler that puts it there.
 *
 * Without a Node document there is nothing of all this: pods are on the one node of their world.
 * With the first one world.place is set, and pods wait until the scheduler has bound them.
 *
 *   nodes.c     the objects come and go
 *   node.c      what is done to them
 *   node_show.c what the stream is told of them
 *   standing.c  classes of pods, and who stands where
 *   survey.c    one pod against all nodes, by rule_fit and rule_score
 *   ranking.c   the same for many pods of a class, by what has changed since the last one
 *   schedule.c  the queue, the answer, preemption
 *   evict.c     pods that do not tolerate a taint
 *   health.c    nodes that fail and return
 *   pressure.c  nodes that run short of something
 *   gc.c        nodes that are deleted, and pods that are left over
 */
#ifndef CLUSTER_NODE_H
#define CLUSTER_NODE_H

#include "engine/cluster/cluster.h"
#include "engine/cluster/rule_preempt.h"
#include "engine/cluster/rule_score.h"
#include "engine/pod/control.h"
#include "engine/store/tell.h"

/* ---- classes of pods ------------------------------------------------------------------------ */

/* How many pods of a class stand on which node: open addressing, by the node's index. */
struct cluster_tally {
    struct cluster_tally_slot {
        uint32_t node; /* its index plus one; 0: free */
        uint32_t pods, going; /* going: those of them that are being deleted */
    } *slot;
    uint32_t room, used; /* room: 0, or a power of two */
};

/* The pods of one template: they ask for the same. */
struct cluster_class {
    const struct pod_template *tmpl;
    const struct pod_spec *spec;
    struct cluster_class *next;  /* all of them, */
    struct cluster_class *apart; /* ... those with required anti-affinity */
    struct st_request asks;
    struct cluster_score_ask taken;
    int64_t priority;
    bool never;    /* it preempts nobody */
    bool owned;    /* its pods have a controller: they spread by themselves */
    bool plain;    /* only resources and what nodes say of themselves count */
    bool holds_ports;
    struct cluster_tally on;
    uint64_t standing;
    uint32_t *with, most, with_room; /* with[n]: nodes with n of them; most: the largest n */
};

/* ---- nodes ---------------------------------------------------------------------------------- */

enum { CLUSTER_PRESSURES = 3 }; /* memory, disk, pid */

struct cluster_standing {
    uint64_t id;
    struct cluster_class *class;
    bool going;
};

struct cluster_node {
    struct st_object object; /* ST_NODE */
    struct st_node_spec spec; /* as it is now */
    struct st_node_spec said; /* by its document */
    struct pod_node *pods_node;
    uint32_t index;     /* in cluster_nodes.at */
    struct st_taint *taint; /* as they are now */
    uint32_t taints, taint_room;
    bool cordoned;
    bool gone;          /* its object is; the place in the list stays */
    bool told;          /* that it is there */
    bool told_cordoned;
    char *told_taints;  /* NULL: none */
    struct st_condition ready, memory, disk, pid;
    /* health.c */
    rx_ms since, failed;  /* its kubelet renews since then; failed -1: it does */
    rx_ms lost_at;        /* when its silence is found out */
    rx_ms driven_at, clear_at; /* its pods are driven away since; a look at which that ends */
    bool lost, drives;
    rx_ms pressed_until[CLUSTER_PRESSURES]; /* pressure.c; 0: it is not */
    rx_ms orphaned_at; /* gc.c: when the pod GC noticed that it is gone; -1: it has not yet */
    /* standing.c */
    struct cluster_standing *stands;
    uint32_t standing, standing_room;
    int64_t cpu, memory_used, storage, cpu_taken, memory_taken;
    struct pod_amount *other; /* of spec.allocatable.other: what is used */
    uint32_t others;          /* of them */
    uint32_t zone; /* number of its zone (endpoint.h); CLUSTER_NO_ZONE: it has none */
    uint64_t touched; /* of cluster_nodes.touches, when something about it changed last */
};

/* A pod that waits for a node. */
struct cluster_pending {
    struct cluster_class *class;
    uint64_t id, number; /* number: order of arrival */
    uint32_t only;      /* the index of the one node it is for, plus one */
    uint32_t nominated; /* likewise: where it waits for room to become free */
    uint32_t failed;    /* bits of enum cluster_fit: why nodes have refused it */
    bool told;
    char *why;
};

/* Not filters: why a pod may wait, too. */
enum { CLUSTER_WAITS_FOR_NODE = CLUSTER_UNFIT_KINDS, CLUSTER_WAITS_FOR_CLAIM };

enum { CLUSTER_JOURNAL = 16384 }; /* touched nodes that are remembered, a power of two */

/* A label whose values are domains. */
struct cluster_topology {
    struct cluster_topology *next;
    const char *key;
    uint32_t *domain, domains, nodes; /* by node; CLUSTER_NO_DOMAIN: it has no such label */
    uint64_t epoch;
};

/* A PriorityClass. */
struct cluster_priority {
    struct st_object object; /* ST_PRIORITY_CLASS */
    struct st_priority_class spec;
};

/* A pod that is to be driven away by a taint. */
struct cluster_eviction {
    uint64_t pod;
    rx_ms at;
};

struct cluster_ranking;

struct cluster_nodes {
    struct cluster_node **at;
    uint32_t count, room, alive;
    uint32_t zones; /* no node's zone has a higher number */
    uint64_t epoch; /* changes of what nodes say of themselves */
    uint64_t touches;
    uint32_t *journal; /* the newest CLUSTER_JOURNAL touched nodes, by index */
    struct cluster_class *classes, *apart;
    struct rx_map class_of; /* by template */
    struct cluster_pending **queue; /* a heap of active ones; */
    uint32_t active;
    struct cluster_pending **waiting; /* those that have failed */
    uint32_t idle, pending_room, nominated;
    uint64_t arrivals;
    struct rx_map pending_of; /* by pod id */
    struct cluster_work schedule, health, gc;
    struct cluster_eviction *eviction; /* health.c */
    uint32_t evictions, eviction_room;
    struct cluster_topology *topologies;
    struct cluster_ranking *ranking; /* NULL: none yet */
    bool no_ranking; /* for tests: a survey for each pod */
};

void cluster_nodes_fini(struct cluster *c);

int cluster_node_add(struct cluster *c, const struct st_node_spec *spec);
/* -RX_EEXISTS, -RX_ENOMEM, -RX_ELIMIT. */
void cluster_node_undo(struct cluster *c); /* the newest, added since the last turn */

int cluster_add_priority(struct cluster *c, const struct st_priority_class *spec);
/* A PriorityClass. -RX_EEXISTS, -RX_ENOMEM. */
void cluster_update_priority(struct cluster *c, const struct st_priority_class *spec);
/* The one of that name: whether it is the default. For pods to come. */

void cluster_undo_priority(struct cluster *c); /* the newest */

struct cluster_node *cluster_node_find(struct cluster *c, const char *name); /* NULL: none */

void cluster_node_cordon(struct cluster *c, struct cluster_node *n, bool cordoned);
extern const struct st_taint cluster_cordon_taint;
int cluster_taint_put(struct cluster *c, struct cluster_node *n, const struct st_taint *t);
/* Only into the list. */
int cluster_node_taint(struct cluster *c, struct cluster_node *n, const struct st_taint *t);
/* Replaces one of the same key and effect. The strings live as long as the engine. */
int cluster_node_label(struct cluster *c, struct cluster_node *n, const struct pod_labels *by);
/* By key; a value that is NULL takes the label away. -RX_ENOMEM. */

bool cluster_node_untaint(struct cluster *c, struct cluster_node *n, const char *key,
                          const char *effect);
/* effect NULL: all of the key. False: there is none. */

const char *cluster_node_step(struct cluster *c, const struct pod_step *s);
/* Carries it out; NULL, or what is wrong. */

int cluster_node_zone(struct cluster *c, struct cluster_node *n);
/* By its label. -RX_ENOMEM. */

void cluster_node_changed(struct cluster *c, struct cluster_node *n);
/* What it says of itself has: labels, taints, whether it is cordoned. */
void cluster_node_show(struct cluster *c, struct cluster_node *n);
/* Tells what of it has changed. */

/* ---- standing.c ----------------------------------------------------------------------------- */

struct cluster_class *cluster_class_of(struct cluster *c, const struct pod *p);
/* NULL: no memory. */
int cluster_stand(struct cluster *c, struct cluster_node *n, struct cluster_class *class,
                  struct pod *p);
bool cluster_unstand(struct cluster *c, struct pod *p); /* false: it did not count */
void cluster_going(struct cluster *c, struct pod *p); /* it is being deleted */
int cluster_use_again(struct cluster *c, struct cluster_node *n);
/* What it has is said anew in its spec. -RX_ENOMEM. */
void cluster_stand_again(struct cluster *c, struct pod *p); /* it has another template */
void cluster_touch(struct cluster_nodes *k, struct cluster_node *n);
void cluster_use_of(const struct cluster_node *n, struct cluster_use *out);
uint32_t cluster_tally_of(const struct cluster_tally *t, uint32_t node);
const struct st_priority_class *cluster_priority_class(struct cluster *c,
                                                       const struct pod_spec *spec);
/* The one it names, or the one of those that name none. NULL: no document says. */

struct cluster_topology *cluster_topology(struct cluster *c, const char *key); /* NULL: no memory */
void cluster_standing_fini(struct cluster *c);

/* ---- survey.c ------------------------------------------------------------------------------- */

struct cluster_survey {
    struct cluster *cluster;
    struct cluster_class *class;
    uint32_t only;
    const struct cluster_pending *self;
    uint32_t nodes;
    struct cluster_fit_out *fit; /* by node */
    bool counting; /* terms, its own or others', */
    struct cluster_around counts; /* ... for the node at hand */
    uint32_t *spread[POD_TERMS_MAX], *near[POD_TERMS_MAX], *apart[POD_TERMS_MAX];
    /* by node: what is in its domain */
    struct cluster_spread spread_of[POD_TERMS_MAX];
    uint32_t *others, near_total;
    struct rx_arena scratch;
};

int cluster_survey_open(struct cluster_survey *s, struct cluster *c, struct cluster_class *class,
                        const struct cluster_pending *self);
/* Looks at all nodes. -RX_ENOMEM. */
void cluster_survey_close(struct cluster_survey *s);
struct cluster_node *cluster_survey_best(struct cluster_survey *s); /* NULL: none fits */
void cluster_survey_in(struct cluster_survey *s, struct cluster_node *n, struct cluster_fit_in *in);
void cluster_survey_victim(struct cluster_survey *s, struct cluster_node *n,
                           const struct cluster_standing *who, struct cluster_victim *out);

/* ---- ranking.c ------------------------------------------------------------------------------ */

bool cluster_ranking_best(struct cluster *c, struct cluster_class *class,
                          struct cluster_node **best);
/* False: it cannot tell, a survey has to. *best NULL: none fits. */
void cluster_ranking_fini(struct cluster *c);
int32_t cluster_room_score(const struct cluster_class *class, const struct cluster_node *n);
/* survey.c */

/* ---- schedule.c ----------------------------------------------------------------------------- */

int cluster_schedule_sync(struct cluster *c, struct cluster_work *w);
int cluster_ask_place(void *cluster, struct pod *p);                 /* pod_world.place */
void cluster_ask_again(struct cluster *c, struct pod *p); /* it has another template */
size_t cluster_why_unplaced(void *cluster, const struct pod *p, char *out, size_t room);
void cluster_schedule_again(struct cluster *c, uint32_t reasons, const struct cluster_node *n);
/* What has changed may help those that were refused for one of these reasons (bits), on that node
 * (NULL: any). */
int cluster_aim(struct cluster *c, const struct pod *p, struct cluster_node *n);
/* A pod that waits is for that node only: a DaemonSet's. */
void cluster_schedule_fini(struct cluster *c);

/* ---- health.c ------------------------------------------------------------------------------- */

int cluster_health_sync(struct cluster *c, struct cluster_work *w);
const char *cluster_node_fail(struct cluster *c, struct cluster_node *n, bool power);
const char *cluster_node_recover(struct cluster *c, struct cluster_node *n);
/* NULL, or why not. */
void cluster_node_introduce(struct cluster *c, struct cluster_node *n); /* its good conditions */
void cluster_evict_due(struct cluster *c);
void cluster_taints_changed(struct cluster *c, struct cluster_node *n);
/* Its NoExecute taints have: pods are marked for eviction, or no more. */
void cluster_pod_taints(struct cluster *c, struct cluster_node *n, struct pod *p);
/* A pod has come to it. */

void cluster_nodes_pod_changed(struct cluster *c, struct pod *p, uint32_t what);
void cluster_nodes_relabelled(struct cluster *c, struct pod *p);
int cluster_node_update(struct cluster *c, struct cluster_node *n, const struct st_node_spec *spec);
/* Its document says something else now. What steps have done that it does not speak of stays.
 * -RX_ENOMEM: some of it is done. */

/* ---- pressure.c ----------------------------------------------------------------------------- */

const char *cluster_node_press(struct cluster *c, struct cluster_node *n, const struct pod_step *s);
/* NULL, or what is wrong. */
void cluster_pressure_over(struct cluster *c, struct cluster_node *n); /* what has lasted enough */

/* ---- gc.c ----------------------------------------------------------------------------------- */

int cluster_gc_sync(struct cluster *c, struct cluster_work *w);
void cluster_node_delete(struct cluster *c, struct cluster_node *n);
/* Says so to the log. Its name is free at once, also for another node; what stands on it runs on
 * until the pod GC takes it away. */

#endif
