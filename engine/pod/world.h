/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - everything the pods of one engine share, on whichever of its nodes (node.h) they are.
 *
 * It owns the loop's timer classes, the tables of pods and attempts, the carriers, the knobs and
 * the counters. What a single pod has is in pod.h; what a template's replicas share is in struct
 * pod_template.
 */
#ifndef POD_WORLD_H
#define POD_WORLD_H

#include "engine/pod/address.h"
#include "engine/pod/carrier.h"
#include "engine/pod/rule_carrier.h"
#include "engine/pod/server.h"
#include "engine/pod/config.h"
#include "engine/pod/node.h"
#include "engine/pod/rule_backoff.h"
#include "engine/pod/rule_container.h"
#include "engine/pod/rule_image.h"
#include "engine/pod/rule_pod.h"
#include "engine/pod/rule_probe.h"
#include "engine/pod/volume.h"
#include "engine/reactor/hist.h"
#include "engine/reactor/list.h"
#include "engine/reactor/loop.h"
#include "engine/reactor/map.h"
#include "engine/reactor/slab.h"
#include "engine/reactor/stash.h"
#include "engine/store/behaviour.h"
#include "engine/store/log.h"
#include "engine/store/rule_shard.h"
#include "engine/store/spec.h"

/* Timer classes: the order inside one instant (docs/timing.md). */
enum pod_class {
    POD_CLASS_SCRIPT, /* scripted changes of the world: scenario steps, refusing windows */
    POD_CLASS_SERVE,  /* delayed answers of simulated targets */
    POD_CLASS_EXIT,   /* process exits */
    POD_CLASS_DONE,   /* completions of probes and hooks */
    POD_CLASS_REACT,  /* kubelet reactions */
    POD_CLASS_CONTROL, /* the control plane: controllers, scheduler, endpoints */
    POD_CLASS_TICK,   /* periodic probe ticks: startup, readiness, liveness */
    POD_CLASS_HOST,   /* the embedder's own timers */
    POD_CLASS_ANSWER, /* answers that took no time, whatever steps they took on a wire */
    POD_CLASS_CLIENT, /* requests of clients: they see the settled state of the instant */
};

/* What has changed of a pod, for whoever looks after pods (struct pod_world, changed). */
enum pod_changed {
    POD_CHANGED_LEFT = 1, /* its deletion was requested, it is over, or its object is gone */
    POD_CHANGED_PHASE = 2,
    POD_CHANGED_READY = 4,
    POD_CHANGED_BOUND = 8, /* it has a node */
    POD_CHANGED_RESTARTS = 16,
    POD_CHANGED_IP = 32,     /* it has an address now */
};

enum { POD_CLASSES_GROWING = 1u << POD_CLASS_SCRIPT | 1u << POD_CLASS_CONTROL |
                             1u << POD_CLASS_HOST | 1u << POD_CLASS_CLIENT };
/* Whose timers bring new objects: their handlers find the core memory open (loop.h). */

static inline uint64_t pod_key_in_class(uint64_t key, enum pod_class class_)
{
    return rx_key(class_, key & ((1ull << RX_KEY_CLASS_SHIFT) - 1));
}
/* The same stable id in another class; for a timer that is not armed. */

/* Sub-streams of the seed. Numbers are part of the promise "same seed, same run": never reuse
 * one. */
enum pod_stream {
    POD_STREAM_UID = 1,
    POD_STREAM_NAME = 2,
    POD_STREAM_PHASE = 3,
    POD_STREAM_ANSWER = 4,
    POD_STREAM_LATENCY = 5,
    POD_STREAM_EXIT = 6,
    POD_STREAM_STOP = 7,
    POD_STREAM_START = 8,
    POD_STREAM_NET = 9,
    POD_STREAM_EXEC = 10,
    POD_STREAM_RELIST = 11,
    POD_STREAM_PULL = 12,
    POD_STREAM_HOOK = 13,
    POD_STREAM_CLOSE = 21,  /* when a listener closes */
    POD_STREAM_PICK = 22,   /* of clients: to which pod, */
    POD_STREAM_ARRIVAL = 23, /* and when */
    POD_STREAM_DEVICE = 20, /* /dev/urandom, per instance */
};

enum pod_timing { POD_TIMING_REFERENCE, POD_TIMING_SPREAD, POD_TIMING_KUBELET };

/* The merged script of a container: parts of Behavior documents, chosen when the pod is created. */
struct pod_script {
    /* NULL = default */
    const struct pod_behaviour *pull, *instances, *exec, *post_start, *pre_stop;
    struct pod_script *next; /* the template's list */
    uint32_t container;
    uint64_t mask; /* which of the template's behaviours were merged */
};

/* A volume that has been made. */
struct pod_volume {
    struct fs_volume *volume; /* NULL: not yet */
    uint64_t generation;      /* of the ConfigMaps it was made from */
};

struct pod_port_owner {
    uint16_t port, container;
};

/* What the replicas of one spec share. */
struct pod_container;

struct pod_template {
    struct pod_world *world;
    const struct pod_spec *spec;
    uint32_t size;           /* bytes of a pod object */
    uint32_t probes;
    bool plain;              /* each of its probes asks its own pod, with a request that can be
                              * written down */
    bool parks;              /* and none of them runs a command */
    uint32_t port_count;     /* who answers on which port: those that stay, then init containers */
    struct pod_port_owner *port;
    uint16_t **listen;       /* per container: numbers to listen on */
    uint16_t *listen_count;
    uint8_t *by_name;        /* main containers in order of their names */
    uint32_t mains;
    uint32_t behaviour_count; /* documents whose namespace and selector fit */
    uint32_t *behaviour;      /* their numbers */
    uint32_t behaviours_seen; /* how many documents there were when this was worked out */
    struct pod_script *scripts;
    struct pod_programs *programs; /* program.h; per container */
    struct pod_volume *shared;     /* volumes that are the same for all replicas; by index, the
                                    * service account's last */
    uint64_t foreign_first; /* serial of the first replica that is in another shard; 0 = none yet */
    bool foreign_plain;     /* one of them was of whose pulls no Behavior says anything */
    struct pod_template *next;
};

/* Where a name and port lead from inside a pod. */
enum pod_route {
    POD_ROUTE_NO_NAME,
    POD_ROUTE_REFUSED,
    POD_ROUTE_POD,
    POD_ROUTE_API, /* to the API server, which is nobody's pod */
};

enum { POD_REACH_MAX = 8 };

struct pod_reach {
    enum pod_route route;
    uint32_t addresses; /* that the name has, */
    uint32_t address[POD_REACH_MAX]; /* the first of them */
    struct pod *pod;    /* POD */
    uint16_t port;      /* of the pod */
};

typedef void pod_resolve_fn(void *ctx, struct pod *from, const char *host, uint16_t port,
                            struct pod_reach *out);
/* port 0: the name alone is asked for. */

struct shell_diag;
struct shell_program;
struct pod_outside;

/* A command could not be run as written; h NULL: the main one. */
typedef void pod_complain_fn(void *ctx, struct pod_container *c, const struct pod_handler_spec *h,
                             const struct shell_program *program, const struct shell_diag *d);

struct pod_stats {
    uint64_t pods, pods_peak, created, deleted, running;
    uint64_t probes, done, success, warning, failure, error, timeouts, missed;
    uint64_t in_flight, in_flight_peak, waited;
    uint64_t conn_waits, conn_wait_ns, conn_wait_ns_max; /* runs that waited for a connection of
                                                          * their own */
    uint64_t restarts, backoffs, kills, exits;
    uint64_t foreign_lookups; /* of services, addresses and images that other shards may have; pods
                               * not replaced */
};

enum { POD_MET_ROWS = 16 };

/* How often each row of a table has decided, for the test that counts them. */
struct pod_met {
    uint64_t gate[POD_MET_ROWS], image[POD_MET_ROWS], life[POD_MET_ROWS], plan[POD_MET_ROWS];
};

struct pod_knobs {
    bool bo_gc;
    bool reduced_backoff;
    bool grace_shorten_live;
    bool ignore_missing;  /* ConfigMaps and Secrets that are not there do not hold pods back */
    bool unknown_missing; /* programs that nobody knows are missing from their images */
    bool started_carried; /* a new instance counts as started until the startup probe has looked at
                           * it */
    rx_ms max_restart_period;
    rx_ms relist;         /* how often the kubelet looks for ended containers; 0 = it sees them at
                           * once */
    rx_ms provision_ms;   /* how long a provisioner takes to make a volume */
    rx_ms rtt;            /* of clients to pods: only where a request and a FIN cross */
    bool dead_ip_timeout; /* connections to addresses that nobody has vanish, else are refused */
    /* The way of a change from a pod to the rules of proxies, and load balancers: see
     * engine/cluster. */
    rx_ms slice_ms, proxy_watch_ms, proxy_min_sync_ms, proxy_program_ms, lb_check_period;
    rx_ms ingress_ms; /* ... to an Ingress, which goes by slices */
    rx_ms dns_ttl;    /* that clients keep an answer for */
    rx_ms controller_ms, job_batch_ms, cron_delta_ms; /* until controllers look */
    rx_ms none; /* of knobs that can be 0 only */
    int32_t lb_check_failures;
    /* Of HorizontalPodAutoscalers; tolerance in percent. */
    rx_ms hpa_sync, hpa_downscale_window, hpa_cpu_init, hpa_readiness_delay;
    int32_t hpa_tolerance;
    int32_t retry_jitter; /* percent by which a retry may come late */
    enum pod_timing timing;
};

struct pod_world {
    struct rx_loop *loop;
    const struct rx_mem *mem; /* its own, sealed while turning */
    struct rx_mem guest;      /* for what programs need: shells, files, logs */
    uint64_t seed;
    uint64_t answer_root; /* of POD_STREAM_ANSWER: see rx_prng_root */
    int64_t epoch_ms; /* wall time of at_ms 0 */
    struct rx_arena arena; /* templates and scripts */
    struct rx_arena programs; /* of guest: the commands of templates, files with texts of their
                               * own */
    struct pod_knobs knobs;
    struct pod_backoff_limits backoff;
    struct pod_gate_lookup gate;
    struct pod_met *met; /* NULL: nobody counts */

    struct rx_slab ids;  /* slot: struct pod * */
    struct rx_list pods; /* by creation; also those whose object is gone but whose processes are
                          * not */
    struct rx_list *enlisted; /* among them, or the list: where one has come last */
    struct rx_list closings; /* listeners that are going to close: refuse.c */
    struct rx_list grave; /* freed at the end of the turn */
    uint64_t serial;      /* of the newest pod of the whole run, also in other shards */
    struct pod_template *templates;
    struct rx_map template_of; /* by its spec */
    struct pod_shard shard;
    struct pod_node **node; /* by number; the first one is always there */
    uint32_t nodes, nodes_room;

    struct rx_stash extras, pasts, pulls, closes; /* of containers: struct pod_extra and what hangs
                                                   * from it */
    struct rx_slab attempts; /* where they live; */
    struct pod_attempt *attempt_free; /* those that are not in use */
    uint32_t probe_runs, probe_runs_max; /* attempts that probes have, and may have; 0: any
                                          * number. A hook waits for none of them */
    size_t attempt_size;
    size_t attempt_head; /* bytes of it that are cleared for each run. Here, as a constant would
                          * become a string instruction, which takes longer to begin than these
                          * few hundred bytes */
    struct pod_probe *waiting_first, *waiting_last; /* probes that may have no attempt yet */
    struct pod_carrier_lookup carried;
    const struct pod_carrier *carrier[POD_CARRIED_KINDS];
    void *carrier_ctx[POD_CARRIED_KINDS];
    const struct pod_server *server;  /* NULL: nobody serves ports */
    const struct pod_caller *caller;  /* NULL: nobody carries requests of clients over sockets */
    bool scripted;                    /* every carrier is the script */
    const struct pod_outside *outside; /* who runs containers; NULL: they are simulated */
    bool exec_host;                   /* hooks' commands go to the exec carrier: they are
                                       * processes */
    bool probe_events;                /* tell per-run events */
    bool parks;                       /* steady probes, see park.c */
    rx_ms settled;          /* up to there parked ones have been counted, all of them, */
    uint64_t settled_turns; /* after so many turns */
    uint64_t asleep;                  /* parked ones whose timers are not armed */

    struct st_reasons reasons;
    const struct pod_behaviour *const *behaviours;
    uint32_t behaviour_count;
    uint32_t *behaviour_matched; /* pods that fitted so far: gives ordinals */

    struct pod_addresses addresses;
    struct st_store store;
    pod_resolve_fn *resolve; /* services; NULL: every name is unknown */
    void *resolve_ctx;
    const struct pod_labels *(*variables)(void *ctx, const char *ns, bool links);
    /* Of Services, with resolve_ctx: what containers of a namespace are told. NULL: nothing. */
    pod_complain_fn *complain; /* told once a template; NULL: nobody wants to know */
    void *complain_ctx;
    int (*place)(void *ctx, struct pod *p);
    /* A pod that is being created asks for a node: it waits until it has one (control.h). Not 0: it
     * is not created. NULL: pods go where they are. */
    size_t (*unplaced)(void *ctx, const struct pod *p, char *out, size_t room);
    /* ... why it waits. Set if place is. */
    void *place_ctx;
    void (*changed)(void *ctx, struct pod *p, uint32_t what);
    /* What the API shows of a pod has changed: enum pod_changed bits. NULL: nobody minds. */
    void *changed_ctx;
    void (*peers)(void *ctx, struct pod_container *c, bool ended);
    /* Who has connections to the container: its process has ended, or it closes what lies idle.
     * NULL: nobody has any. */
    void (*cut)(void *ctx);
    /* A node has failed, and nothing comes from it or to it. NULL: as above. */
    void *peers_ctx;

    int (*kill)(struct pod *p, uint32_t container, int32_t signal); /* for commands that do it */
    void (*look)(const struct pod_attempt *a, struct pod_container *c, struct pod_carrier_in *in);
    /* pod_command_look, for those below it */
    const struct pod_container *computing; /* whose command runs at this moment; NULL = nobody's */
    uint64_t image_pulled[1024];  /* bit per image id that some template's policy allows to be
                                   * pulled, */
    uint64_t image_shared[1024];  /* ... that of more than one, */
    uint64_t image_late[1024];    /* ... that of one whose container may start after the first
                                   * sync */
    uint64_t image_unsure[1024];  /* ... behind one that holds it up only if its own image is
                                   * there */

    struct st_log log;
    struct pod_stats stats;
    struct rx_hist latency_ns;
};

struct pod_world_options {
    struct rx_loop *loop;
    const struct rx_mem *mem;
    uint64_t seed;
    int64_t epoch_ms;
    enum pod_timing timing;
    uint32_t attempts_max, events_max;
    bool keep_events, probe_events;
    bool scripted; /* attempts need no wire buffer */
    bool parks;    /* steady probes; needs a scripted run in virtual time */
    struct pod_shard shard;
};

int pod_world_init(struct pod_world *w, const struct pod_world_options *o);
void pod_world_fini(struct pod_world *w);
/* Frees every pod without a word. Carriers and servers must be quiet or gone. */

void pod_world_carrier(struct pod_world *w, enum pod_carried by, const struct pod_carrier *c,
                       void *ctx);
/* Before there are pods; each that rule_carrier.h can choose in this world. */

void pod_world_claims_put(struct pod_world *w);
/* New PersistentVolumeClaims are in the storage: pods that wait for one are scheduled. */

struct pod_behaviours_old {
    const struct pod_behaviour *const *all;
    uint32_t count;
    uint32_t *matched;
    uint32_t reasons;
    bool reasons_full; /* why -RX_ELIMIT */
};

int pod_world_behaviours(struct pod_world *w, const struct pod_behaviour *const *all,
                         uint32_t count, struct pod_behaviours_old *old);
/* Replaces the list of Behavior documents by a longer one that begins with it: pods to come see
 * all, pods that exist are given their scripts anew. The array must outlive the world. *old is for
 * one of the two below, which must follow before the next turn. -RX_ENOMEM, -RX_ELIMIT (more than
 * ST_REASONS_MAX different reasons, or more than 64 documents for one pod): nothing has changed. */

void pod_world_behaviours_keep(struct pod_world *w, struct pod_behaviours_old *old);
/* The longer list stays. What listens already closes or opens as it says. */

void pod_world_behaviours_undo(struct pod_world *w, struct pod_behaviours_old *old);
/* As if the longer list had never been. Pods that were created since are gone again. */

void pod_world_behaviour_off(struct pod_world *w, struct pod_behaviour *b);
/* This document, one of the list, speaks for no pod any more, as if it said nothing. Instances that
 * run go on by the exit they have been given. Its place in the list, and among the 64 of a pod,
 * stays taken. */

struct pod_template *pod_world_template(struct pod_world *w, const struct pod_spec *spec);
/* The template made of a spec, made at the first call. NULL: no memory. */

int pod_world_reserve(struct pod_world *w, const struct pod_template *t, uint32_t pods);
/* Room so that running that many more pods allocates nothing. */

bool pod_world_answer(void *world, uint64_t pod, uint32_t container, uint16_t port,
                      const char *path, uint32_t path_length, uint64_t tag, struct pod_answer *out);
/* pod_answer_fn of this world. */

bool pod_world_refuses(void *world, uint64_t pod, uint32_t container, uint16_t port);
/* pod_refuses_fn of this world. */

/* A request of somebody outside of the pod. */
struct pod_request {
    uint64_t pod;
    const char *path; /* NULL: a connection alone */
    uint32_t path_length;
    uint16_t port;
    bool kept; /* over a connection that is there, to: */
    uint32_t container;
};

struct pod_served {
    uint32_t container;
    bool listens;   /* false: the connection is refused, and nothing else is told */
    bool drains;    /* its connections are to be closed once they lie idle */
    struct pod_answer answer;
    struct pod_keep_alive keep;
};

void pod_world_request(struct pod_world *w, const struct pod_request *r, struct pod_served *out);
/* What becomes of it if it arrives now. A listener that is closed, by a script or on the way to the
 * process's end, does not concern a connection that is kept. */

bool pod_world_dials(struct pod_world *w, uint64_t pod, uint16_t port, struct rx_addr *to);
/* Where a connection to that port of it leads, in worlds with sockets. A pod of which no port is
 * known listens there from now on. False: the pod is gone. */

bool pod_world_listens(struct pod_world *w, uint64_t pod, uint16_t port, uint32_t *container);
/* Which running container of the pod would accept a connection on that port now? False: the
 * connection is refused. */

void pod_world_settle(struct pod_world *w);
/* Brings the counters and histograms up to date with what parked probes would have counted. Walks
 * all pods, if any probe is parked. */

bool pod_template_scripts_main(const struct pod_template *t, uint32_t container);
bool pod_template_scripts_exec(const struct pod_template *t, uint32_t container,
                               const struct pod_handler_spec *h);
bool pod_template_scripts_hook(const struct pod_template *t, uint32_t container, bool stop);
bool pod_template_scripts_command(const struct pod_template *t, uint32_t container, uint32_t argc,
                                  const char *const *argv); /* one that is no probe's */
bool pod_template_scripts_word(const struct pod_template *t, uint32_t container, const char *word);
/* ... for any command that begins so? */
/* Does a Behavior document speak for this command of any of the template's pods? */

uint64_t pod_world_draw(struct pod_world *w, uint64_t pod, uint32_t container,
                        enum pod_stream stream, uint64_t nth);
/* The nth number of a container's stream; 0 for a pod that is gone. */

void pod_world_bury(struct pod_world *w);
/* Frees the pods that are over and deleted, once a turn is. */

#endif
