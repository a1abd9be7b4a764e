/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster.h - what pods belong to: workloads and the scenario that happens to them.
 *
 * Workloads expand into their pods, named as Kubernetes names them, and can be scaled and given
 * another image. Controllers look after them (kinds.h); in runs of shares heal.c keeps their number
 * of pods. Workloads and services are found by an index of their names, and pods without one: a
 * generated suffix is turned back into its ordinal (name.c).
 *
 * In an engine that has a share of a run, pods of other shards are counted but not created
 * (docs/decisions/0005-shards.md). What happens to all pods happens to those that are here.
 */
#ifndef CLUSTER_CLUSTER_H
#define CLUSTER_CLUSTER_H

#include "engine/cluster/refuse.h"
#include "engine/cluster/work.h"
#include "engine/cluster/service.h"
#include "engine/pod/pod.h"
#include "engine/store/scenario.h"
#include "engine/store/service_spec.h"
#include "engine/store/store.h"
#include "engine/reactor/map.h"

/* As what a pod is counted in its workload, in its `counted`. */
enum cluster_counted {
    CLUSTER_NOT_COUNTED, /* its object is gone */
    CLUSTER_UNREADY, CLUSTER_READY, /* active: neither deleting nor over */
    CLUSTER_TERMINATING,
    CLUSTER_OVER, /* Succeeded or Failed, deleting or not */
    CLUSTER_COUNTED
};

struct cluster_workload {
    struct st_object object; /* ST_WORKLOAD; sub: enum pod_workload_kind, and CLUSTER_DEPARTED */
    struct pod_workload_spec spec;
    const struct pod_owner *owner; /* of the pods it creates now: of the newest cluster_revision */
    struct cluster_revision *revisions;
    struct pod_template *tmpl;
    uint64_t *pod; /* ids by ordinal; 0 = never created; may be stale, or one of CLUSTER_* */
    uint32_t ordinals, room;
    uint32_t replicas; /* wanted */
    struct cluster *cluster;
    struct rx_list departed; /* of the cluster's list, once it was deleted */
    struct rx_timer heal; /* class SCRIPT: a pod has left */
    uint32_t healed;      /* pods created in the place of others */
    uint64_t left;        /* the record of the pod that has left last */
    bool whole;           /* all of it is in one shard, */
    bool here;            /* this one; only if it is whole */
    bool controlled;      /* its controller looks after it, see kinds.h; else heal.c does */
    /* Of a bare pod nothing of what follows is there. */
    struct cluster_work work;
    struct cluster_workload *controller; /* a Deployment, a CronJob; NULL: nobody */
    struct rx_list owned, sibling;       /* whom it controls, by creation; among those, or among
                                          * those that belong to nobody */
    bool adopted; /* its controller has not made it */
    uint32_t counts[CLUSTER_COUNTED];    /* of its pods */
    uint32_t stirred; /* grows when one that is active comes, or changes */
    uint32_t first;      /* below that ordinal no pod is there any more */
    uint32_t dependents; /* workloads it has made so far */
    struct cluster_kept **kept; /* pods that it has adopted (claim.h), by their serial numbers */
    uint32_t kept_count, kept_room;
    bool claims; /* pods are claimed by its selector */
    bool orphans; /* it has departed, and left its pods to themselves */
    bool ending; /* it is being deleted, and goes when all that belongs to it has gone */
    uint64_t counted_for; /* of the cluster's marks */
    rx_ms not_before;    /* it creates no pod earlier */
};

/* A template of a workload: what the pods that it has made go by. Lives as long as the engine. */
struct cluster_revision {
    struct pod_owner owner;
    struct cluster_workload *workload; /* NULL: there is none any more */
    struct cluster_revision *next;     /* of the same workload, older */
};

/* In the place of a pod's id: it is in another shard, and by all that is known here active, or not;
 * or a step has taken it away, and when its workload has replaced it only its shard knows. */
#define CLUSTER_FOREIGN UINT64_MAX
#define CLUSTER_FOREIGN_OVER (UINT64_MAX - 1)
#define CLUSTER_FOREIGN_TAKEN (UINT64_MAX - 2)

/* In the sub of a workload that was deleted: nobody finds it but by the names of its pods. */
enum { CLUSTER_DEPARTED = 0x40 };

struct cluster;
struct cluster_kept;
struct cluster_orphans;
struct cluster_nodes;
struct cluster_kind;

/* Where a rollout goes back to. */
struct cluster_rollback {
    const struct pod_spec *template_;
    const struct st_document *document; /* in which it stands, but for its images; NULL: that which
                                         * the object has now */
};

/* What the cluster cannot do by itself and asks of the floor above. */
struct cluster_host {
    void *ctx;
    void (*complain)(void *ctx, const struct pod_step *step, const char *text);
    /* A step could not be done: the object is missing, the container is not running. */
    void (*remove)(void *ctx, const struct pod_step *step, struct cluster_refusal *r);
    /* Deletes what is neither a pod nor a workload. */
    void (*patch)(void *ctx, const struct pod_step *step, const char *text,
                  struct cluster_refusal *r);
    /* A merge patch, in JSON, of the step's object. */
    void (*undo)(void *ctx, const struct pod_step *step, const struct cluster_rollback *to,
                 struct cluster_refusal *r);
    /* The step's object gets the template of another document. */
    int (*apply)(void *ctx, const struct pod_step *step);
    int (*image_id)(void *ctx, const char *image, uint16_t *id);
    bool (*together)(void *ctx, const char *ns, const char *kind, const char *name);
    /* Must the pods of this workload be in one shard? NULL: none must. */
    bool (*here)(void *ctx, uint8_t kind, uint8_t sub, const char *ns, const char *name);
    /* Where objects are coupled (see `coupled`): is it in this share? */
    rx_ms (*gone_at)(void *ctx, const char *ns, const char *pod);
    /* When does a step take the pod away, which is created now? RX_MS_NEVER: none does. NULL:
     * none ever does. */
};

struct cluster_zones {
    const char **name; /* by number, from 1 */
    uint32_t count, room;
};

/* A node whose proxy takes a time of its own (proxy_ms). */
struct cluster_slow {
    rx_ms program;
    const char *node;
    uint8_t proxy;
};

struct cluster_proxy;

/* What pods of a namespace are told of Services. */
struct cluster_variables {
    struct cluster_variables *next;
    const char *ns;
    bool links;        /* of all Services, not of the API server's alone */
    uint64_t made_for; /* which changes of Services, plus one */
    struct pod_labels labels;
};

enum { CLUSTER_WHY_MAX = 1024 };

struct cluster {
    struct st_store *store; /* the node's: workloads, Services and steps are in it */
    struct cluster_service api; /* `kubernetes`, which is always there */
    struct cluster_variables *variables;
    uint32_t service_ips_given;
    struct rx_map service_ips;
    struct rx_map selectors; /* Services that have one, by its first label; */
    uint32_t selectors_given; /* of these, by one that controllers give; */
    struct rx_map endpoints; /* endpoints by their pods; */
    struct rx_map node_ports; /* Services by their node ports; */
    struct rx_map grips;     /* who is held by session affinity */
    struct rx_map rules;     /* of Services, by what they are for: rules.c */
    struct rx_map claimants; /* workloads that claim pods, by a label of their selector; */
    struct rx_map kept;      /* pods that were adopted; */
    struct rx_map orphans;   /* lists of those that belong to nobody, by their labels, */
    struct cluster_orphans *orphan_lists;
    bool orphans_listed;     /* if they are */
    struct rx_list lone_sets; /* ReplicaSets that belong to nobody */
    struct rx_list ending;    /* workloads that wait for what belongs to them (collect.c), */
    struct cluster_work collector;
    struct cluster_work storage; /* storage.c, */
    uint32_t claims_waiting;     /* and how many claims wait for what pods do */
    struct cluster_work binder;  /* binder.c, */
    uint32_t claims_unbound;     /* and how many have no volume yet */
    struct cluster_zones zones;
    struct cluster_proxy *proxy[CLUSTER_PROXIES_MAX];
    uint32_t proxies;
    uint64_t checked; /* checks of load balancers that were made */
    uint8_t ingress_view; /* CLUSTER_BY_SLICE: Ingresses see slices at once */
    struct cluster_slow *slow;
    uint32_t slows;
    struct cluster_work checks; /* balancer.c */
    uint32_t balanced;          /* Services that need them */
    rx_ms check_due;            /* one that has not been made; RX_MS_NEVER: none */
    void (*service_goes)(struct cluster *c, struct cluster_service *s);
    /* What proxy.c made for it is to be dropped. NULL: it has made nothing. */
    struct rx_map pod_ips;   /* ids of pods by their address, */
    bool ips_listed;         /* if they are */
    uint64_t steps;          /* pods that were looked at for a question */
    struct rx_map guards;    /* pods that budgets select, by pod (budget.h); */
    struct rx_list drains;   /* nodes that are being emptied, */
    struct rx_timer drain_timer; /* ... class SCRIPT: the next try */
    uint64_t marks;          /* walks in which workloads were counted once */
    struct rx_map charges;   /* pods that count for quotas, by pod; */
    struct rx_map limited;   /* templates with what LimitRanges give them (quota.h) */
    char why[CLUSTER_WHY_MAX]; /* admission's sentence, of the creation it has refused last */
    const struct cluster_kind *kinds; /* kinds.h; given by whoever opens it */
    struct cluster_queue queue;
    struct cluster_nodes *nodes; /* node.h; NULL: no Node document has been applied */
    struct pod_world *world;
    struct cluster_host host;
    uint32_t replicas_override; /* 0 = as the manifests say */
    uint32_t pods_max;
    rx_ms run_end; /* of the run, as far as that is known; RX_MS_NEVER */
    bool divides; /* this run is one of shares, or could be: controllers, which would have to see
                   * all of their pods, do not run, and heal.c keeps the number of pods */
    bool coupled; /* it is one of shares, each of which has what is coupled with each other and
                   * its controllers; the rest is mute, has no pods and is never looked at */
    struct rx_list departed; /* workloads that were deleted, while there are pods of them */
    struct rx_list node_watches; /* who follows what nodes say of themselves */
    struct rx_timer step_timer; /* class SCRIPT: the next step */
    struct rx_list step_next;   /* those to come: by time, then by order of loading */
};

/* Whom the stream tells what has become of its steps. */
struct cluster_scenario {
    struct st_object object; /* ST_SCENARIO */
    uint32_t steps;
};

/* A step of a Scenario. */
struct cluster_step {
    struct st_object object; /* ST_STEP, without a name */
    struct cluster_scenario *scenario;
    struct rx_list link;     /* empty: it has been taken */
    struct pod_step spec;
};

static inline uint64_t cluster_number(const struct cluster_workload *w)
{
    return w->object.meta.serial - 1;
}
/* Order of creation, from 0. */

static inline bool cluster_is_departed(const struct cluster_workload *w)
{
    return (w->object.sub & CLUSTER_DEPARTED) != 0;
}

static inline struct cluster_service *cluster_service_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_service, object);
}

void cluster_init(struct cluster *c, struct pod_world *world, const struct cluster_host *host);
void cluster_fini(struct cluster *c);
void cluster_workloads_fini(struct cluster *c);

bool cluster_may_refuse(struct cluster *c, const char *ns);
/* limits.c: has the namespace quotas or limits? Then whoever would create pods without a word
 * leaves that to the first sync. */

bool cluster_too_many(const struct cluster *c, uint32_t pods);
/* Would so many more be beyond pods_max? Then they are refused, before any memory is taken. */

int cluster_add(struct cluster *c, const struct pod_workload_spec *spec);
/* Creates the workload and its pods now. -RX_EEXISTS: that kind, namespace and name is there
 * already (a bare pod whose object is gone does not count); -RX_ENOMEM, -RX_ELIMIT: nothing was
 * created. */

bool cluster_tells(const struct st_object *workload);
/* Has it a controller, so that the event stream tells of it? */

void cluster_undo(struct cluster *c, const struct pod_workload_spec *spec);
/* Takes back the newest workload, added since the last turn. */

const char *cluster_kind_name(enum pod_workload_kind kind); /* as in "deployment/web" */
bool cluster_has_replicas(enum pod_workload_kind kind);     /* that could be set */

bool cluster_exists(struct cluster *c, enum pod_workload_kind kind, const char *ns,
                    const char *name);

struct pod *cluster_find_pod(struct cluster *c, const char *ns, const char *name);
/* By its name, or as WORKLOAD#N: cluster_pod_of. NULL: not there. */

struct pod *cluster_pod_of(struct cluster *c, const char *ns, const char *workload, size_t length,
                           uint32_t n, uint32_t *count);
/* The n-th, from 0, of the pods that are there of a workload: in order of creation, those of a
 * StatefulSet by their ordinals. count: how many there are. NULL: there are not so many. Only those
 * of this shard. */

uint64_t *cluster_find_foreign(struct cluster *c, const char *ns, const char *name);
/* Where a pod of another shard is noted: CLUSTER_FOREIGN, _OVER or _TAKEN. NULL: not there. */

struct cluster_workload *cluster_find(struct cluster *c, const char *ns, const char *kind,
                                      const char *name);
/* kind as in "deployment/web": lower case. NULL: not there. */

int cluster_scale(struct cluster *c, struct cluster_workload *w, uint32_t replicas);
/* -RX_EUNSUPPORTED for kinds that have no replicas; -RX_ESTATE if the pods are divided among
 * shards. */

int cluster_set_image(struct cluster *c, const char *ns, const char *kind, const char *name,
                      const char *container, const char *image);
/* A pod's container is replaced in place. A ReplicaSet's pods stay as they are, those it makes
 * from now on are of the changed template; controllers roll it out as their kinds do. Without a
 * controller the pods are deleted and new ones created at once. container NULL = the first main
 * one. -RX_ENOTFOUND, -RX_ENOMEM; -RX_EUNSUPPORTED: that of a Job is immutable. */

/* update.c: a workload is told something else, all or nothing, also among other objects.
 *
 *  1. The spec is of the same kind, namespace and name, and has been checked: what must not change
 *     (a selector, a Job's template) does not. It is not copied, and lives as long as the engine.
 *  2. If its template has another hash, pods are replaced as by cluster_set_image. Its number of
 *     replicas counts where the kind has one, unless `replicas_override` does.
 *  3. A bare pod's containers whose image has changed are replaced in place.
 *  4. cluster_update_begin does what may fail, of which nobody hears: -RX_ENOMEM, -RX_ELIMIT,
 *     -RX_ESTATE (pods divided among shards would have to be counted, or move), -RX_EINVALID (a
 *     bare pod would need another block): nothing has changed. One of _keep and _undo follows
 *     before the next turn. Updates in one go are taken back in the other order. */
struct cluster_made {
    uint32_t *ordinal;
    uint32_t count, room;
};

struct cluster_update {
    struct pod_workload_spec spec; /* as they were */
    const struct pod_owner *owner;
    struct pod_template *tmpl;
    uint32_t replicas;
    struct cluster_made made;
    uint32_t ordinals;
    uint64_t pods_peak;
    bool replaces, scales;
};

int cluster_update_begin(struct cluster *c, struct cluster_workload *w,
                         const struct pod_workload_spec *spec, struct cluster_update *u);
void cluster_update_keep(struct cluster *c, struct cluster_workload *w, struct cluster_update *u);
void cluster_update_undo(struct cluster *c, struct cluster_workload *w, struct cluster_update *u);

/* What becomes of those that belong to an object that is deleted. */
enum cluster_cascade {
    CLUSTER_BACKGROUND, /* it goes at once, and they are deleted */
    CLUSTER_FOREGROUND, /* they are deleted, and it goes when the last of them has gone */
    CLUSTER_ORPHAN,     /* it goes at once, and they stay and belong to nobody */
};

void cluster_delete(struct cluster *c, struct cluster_workload *w,
                    const struct pod_delete_request *request, enum cluster_cascade cascade);
/* collect.c: says so to the log. Its name is free once it goes. Of workloads without a controller
 * nothing is told, and foreground is as background. A StatefulSet of the same name waits for each
 * pod until that of its name is gone. */

void cluster_on_script(void *cluster, struct rx_timer *t);
/* The rx_timer_fn of class SCRIPT: steps, workloads that have lost pods, and the borders of
 * refusing windows. */

void cluster_reboot(struct cluster *c); /* all pods: the power was gone for a moment */

/* heal.c: a workload that has lost a pod gets another. ReplicaSets and their like replace at
 * once whatever is not active any more, also while it is still stopping; a StatefulSet waits
 * until the object is gone, and the new pod has the old one's name and claims. */
void cluster_heal_init(struct cluster_workload *w);
void cluster_heal_left(struct cluster *c, struct cluster_workload *w, struct pod *p);
bool cluster_is_heal(const struct rx_timer *t);      /* of the timers of class SCRIPT */
void cluster_heal(struct rx_timer *t);

/* pods.c and names.c, for workload.c, heal.c and update.c: */
int cluster_create_first(struct cluster *c, struct cluster_workload *w);
/* All that it shall have, at once, with the next serial numbers. */
void cluster_uncreate_all(struct cluster *c, struct cluster_workload *w);
void cluster_changed(struct cluster *c, struct cluster_workload *w);
/* Its controller has something to look at: its newest record says what. */
bool cluster_is_active(const struct pod *p); /* NULL is not */
uint32_t cluster_active_pods(struct cluster *c, struct cluster_workload *w);
int cluster_set_owner(struct cluster *c, struct cluster_workload *w);
/* Pods keep the owner they were created by, and with it their names: another template, another
 * owner. -RX_ENOMEM. */
void cluster_set_shard(const struct cluster *c, const struct pod_workload_spec *spec, bool *whole,
                       bool *here);
/* In which shard its pods are. */
int cluster_create(struct cluster *c, struct cluster_workload *w, uint32_t from, uint32_t count,
                   struct cluster_made *made);
/* So many more pods, or none: from an ordinal on, or (CLUSTER_NEXT) where there is room for one.
 * Until the next turn cluster_uncreate takes them back: nobody has heard of them yet. */
void cluster_uncreate(struct cluster *c, struct cluster_workload *w, struct cluster_made *made);
void cluster_made_free(struct cluster *c, struct cluster_made *made);
bool cluster_waits(struct cluster *c, struct cluster_workload *w, uint32_t ordinal);
/* Is there still a pod of that name, of a StatefulSet that was deleted? */
void cluster_remove(struct cluster *c, struct cluster_workload *w, uint32_t replicas);
/* Deletes active pods until there are so many. */
int cluster_replace(struct cluster *c, struct cluster_workload *w, uint32_t ordinal);
/* Creates a pod in the place of one that has left; CLUSTER_NEXT: under a new name. */
#define CLUSTER_NEXT UINT32_MAX

/* service.c: Services and their addresses. */
int cluster_add_service(struct cluster *c, const struct pod_service_spec *spec);
/* -RX_EEXISTS, -RX_ENOMEM; -RX_ESTATE: a node port that it asks for is allocated, or none is
 * left. */

void cluster_undo_service(struct cluster *c, const struct pod_service_spec *spec,
                          uint32_t ips_given);
/* Takes back the newest; ips_given is what service_ips_given was before it. */

void cluster_services_fini(struct cluster *c);

/* A Service is told something else: as with a workload, begin does what may fail (-RX_ENOMEM), and
 * one of keep and undo follows. Its address stays, or is given if it has none and needs one. */
struct cluster_service_update {
    struct pod_service_spec now;
    uint32_t ip, ips_given; /* as they were */
};

int cluster_update_service(struct cluster *c, struct cluster_service *s,
                           const struct pod_service_spec *spec, struct cluster_service_update *u);
void cluster_keep_service(struct cluster *c, struct cluster_service *s,
                          const struct cluster_service_update *u);
void cluster_restore_service(struct cluster *c, struct cluster_service *s,
                             const struct cluster_service_update *u);

void cluster_delete_service(struct cluster *c, struct cluster_service *s);
/* Says so to the log. */

struct cluster_service *cluster_find_service(struct cluster *c, const char *ns, const char *name);
/* NULL: there is none. */

struct cluster_service *cluster_service_at(struct cluster *c, uint32_t ip);
/* Whose address that is: of the cluster, of a load balancer, or an external one. NULL: nobody's. */

struct cluster_service *cluster_service_on(struct cluster *c, uint16_t node_port, uint32_t *index);
/* Whose node port that is, and the number of its port; port_count: it is the one of health
 * checks. */

const struct pod_service_port *cluster_service_port(const struct pod_service_spec *s,
                                                    uint16_t port); /* NULL: it has none such */

/* members.c: who has an address. */
struct pod *cluster_find_address(struct cluster *c, uint32_t ip); /* NULL: no pod has it */
void cluster_pod_came(struct cluster *c, const struct pod *p);

/* variables.c */
const struct pod_labels *cluster_variables(void *cluster, const char *ns, bool links);
/* pod_world.variables: as pairs, valid until the engine is closed. NULL: no memory. */

enum { CLUSTER_API_IP = 10 << 24 | 96 << 16 | 1, CLUSTER_DNS_IP = 10 << 24 | 96 << 16 | 10 };

void cluster_step_told(struct cluster *c, const struct pod_step *step,
                       const struct cluster_refusal *r);
/* What has become of a step: scenario/NAME is told that it is done, or refused and why; where it
 * stands is said as a warning. For a step of a cluster_step. Of runs of shares nothing is told: no
 * shard knows. */

void cluster_step_says(struct cluster *c, const struct pod_step *step,
                       const struct cluster_refusal *r);
/* The same, of one of its tries: only the stream hears of it. */

void cluster_tell_left_out(struct cluster *c, const char *ns, const char *why);
/* An object of a manifest that admission has refused: scenario/manifest is told. */
void cluster_left_out_fini(struct cluster *c); /* when all steps are gone */

int cluster_add_step(struct cluster *c, const struct pod_step *step);
/* One whose time has passed happens at once. -RX_ENOMEM. */

void cluster_undo_step(struct cluster *c); /* takes back the newest */

/* May pods of the Service be in other shares? */
static inline bool cluster_service_is_foreign(const struct cluster *c,
                                              const struct cluster_service *s)
{
    return c->coupled ? s->object.mute : c->world->shard.count > 1;
}

static inline bool cluster_here(const struct cluster *c, uint8_t kind, uint8_t sub, const char *ns,
                                const char *name)
{
    return !c->coupled || c->host.here(c->host.ctx, kind, sub, ns, name);
}

#endif
