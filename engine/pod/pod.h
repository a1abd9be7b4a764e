/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pod.h - one pod: its object, its containers, its probes, in one block of memory.
 *
 * Layout: struct pod, then container_count struct pod_container, then the probes. A replica holds
 * only what can differ between replicas; everything else is in its template. Timers are embedded, so
 * the block never moves.
 *
 * Who does what: pod.c is the kubelet's pod worker, one serial worker a pod: plan.c says what a sync
 * means to do, start.c, image.c, hook.c and stop.c are its steps; sync.c asks for it. worker.c runs the
 * probes, attempt.c is what all runs have in common, park.c runs those that are steady; behaviour.c
 * reads scripts that scripts.c chooses; serve.c and refuse.c open and close ports; container.c answers
 * small questions; view.c says what a pod looks like and publish.c tells of it; foreign.c knows of pods
 * in other shards. Rules are in rule_*.
 */
#ifndef POD_POD_H
#define POD_POD_H

#include "engine/pod/node.h"

/* ---- identity ------------------------------------------------------------------------------- */

/* The workload a pod belongs to, as far as its name goes. */
struct pod_owner {
    enum pod_workload_kind kind;
    const char *ns, *name;
    char hash[12];    /* pod-template-hash; "" where there is none */
    uint64_t name_id; /* which sub-stream its generated suffixes come from */
    /* Worked out of these by pod_owner_name: */
    struct pod_suffixes {
        uint64_t a, b, c, d;
    } suffixes;
    uint64_t hash_state; /* of "namespace/" and what its pods' names begin with */
};

/* ---- containers ------------------------------------------------------------------------------ */

/* One life of a process. */
struct pod_record {
    rx_ms started, finished;
    int32_t exit_code;
    uint8_t reason; /* enum pod_reason */
    bool valid;
    bool removed;   /* its container is no longer there: no dead instance for the back-off */
};

enum pod_proc { POD_PROC_NONE, POD_PROC_RUNNING, POD_PROC_DEAD };

/* What the pod worker is waiting for on behalf of a container, and what its life timer then means. */
enum pod_stage {
    POD_STAGE_IDLE,       /* nothing; life: a back-off or the pause after a failed start is over */
    POD_STAGE_PULL,       /* its image; life: the pull ends */
    POD_STAGE_START,      /* its start takes time; life: the process runs */
    POD_STAGE_POST_START, /* its postStart hook; the hook's own timer */
    POD_STAGE_PRE_STOP,   /* its preStop hook; life: the grace is over, the hook is abandoned */
    POD_STAGE_ORDER,      /* a sidecar's turn to be stopped; life: the grace is over */
    POD_STAGE_STOP,       /* the stop signal was sent; life: SIGKILL */
};

enum pod_plan { POD_PLAN_KILL = 1, POD_PLAN_START = 2, POD_PLAN_AFTER_KILL = 4 };

enum pod_kill_by { POD_KILL_LIVENESS, POD_KILL_STARTUP, POD_KILL_CHANGED, POD_KILL_HOOK, POD_KILL_END };

enum pod_exit_by { POD_EXIT_ITSELF, POD_EXIT_STOPPED, POD_EXIT_SHELL, POD_EXIT_DONE };

struct pod_extra;

typedef void pod_hook_done_fn(struct pod_container *c);

struct pod_container {
    struct rx_timer proc; /* class EXIT: the process ends */
    struct rx_timer life; /* class REACT: see enum pod_stage */
    const struct pod_script *script;
    struct pod_record cur, prev; /* the newest instance; the one before it */
    struct pod_backoff backoff;
    struct pod_extra *extra; /* what few containers need; NULL until they do */
    uint32_t restarts;     /* of the newest instance */
    uint32_t requests;     /* of strangers, who say not which: number of the next draw */
    uint8_t index;
    uint8_t proc_state;    /* enum pod_proc */
    uint8_t stage;         /* enum pod_stage */
    uint8_t plan;          /* enum pod_plan bits, during a sync */
    uint8_t wait_reason;   /* why the last start failed; POD_REASON_NONE = it did not */
    uint8_t exit_by;       /* enum pod_exit_by: what the armed exit stands for */
    uint8_t kill_by;       /* enum pod_kill_by */
    uint8_t heard;         /* the signal that exit_by POD_EXIT_STOPPED is about */
    uint8_t probe[POD_PROBE_KINDS]; /* index among the pod's probes, 255 = none */
    /* as last published */
    uint8_t pub_state, pub_reason;
    bool pub_ready : 1, pub_started : 1;
    bool serving : 1; /* it answers on its ports */
    bool changed : 1; /* its definition is no longer what it runs */
    bool hidden : 1;  /* its postStart hook is running: nobody has been told of the process yet */
    bool retry : 1;   /* could not be started in this sync for want of something: again 10 s after it */
    bool purged : 1;  /* its newest instance was removed, and with it what the API knew of it */
    bool carried : 1; /* knob started_carried: it counts as started, for the instance before had */
    uint16_t untold;  /* restarts not published yet */
    int32_t stop_grace_s; /* of the stop under way */
};

struct pod_machine;
struct pod_exec;

/* Back-off is kept by image: what was counted for another one is still there when it comes back. */
struct pod_past {
    struct pod_past *next;
    struct pod_backoff backoff;
    uint64_t resources_hash;
    uint16_t image_id;
};

/* An image of the pod that could not be pulled. */
struct pod_pull {
    struct pod_pull *next;
    struct pod_pull_backoff backoff;
    const char *error; /* the script's */
    uint8_t reason;    /* enum pod_reason */
    uint16_t image_id;
};

struct pod_log {
    char *at;
    uint32_t used, room;
    bool cut; /* older bytes have been dropped */
};

/* What only containers with commands, hooks, trouble with images, refusing windows or a place in the order of a
 * shutdown need. */
struct pod_extra {
    struct pod_container *container;
    struct rx_timer border; /* class SCRIPT: a refusing window begins or ends */
    struct rx_timer hook;   /* class DONE: a hook ends */
    struct rx_timer deadline; /* class REACT: activeDeadlineSeconds of the pod; of container 0 only */
    struct rx_timer storage;  /* class REACT: local storage is measured; of container 0 only */
    char *evicted;            /* why the kubelet has evicted the pod, or NULL; of container 0 only */
    pod_hook_done_fn *hook_done;
    struct pod_attempt *hook_attempt; /* an httpGet hook, or a process, in flight */
    rx_ms stop_began, order_began;
    rx_ms shown_at;         /* when its postStart hook had ended */
    rx_ms hook_spent;       /* on the preStop hook of the stop under way */
    struct pod_pull *pulls; /* failed ones of the whole pod; of container 0 only */
    const struct pod_pull_rule *pull_rule; /* what will become of the pull under way; NULL = it succeeds */
    rx_ms pull_began;
    uint16_t pull_image_id;
    struct pod_past *past;  /* back-off of images it does not run now */
    uint32_t hooks_run;
    const struct pod_exec_rule *hook_rule; /* an `exec` rule that answers for the hook's command */
    struct pod_machine *machine;  /* machine.h: its files and processes */
    struct pod_log log_before;    /* of the instance before */
    char *message, *message_before; /* termination messages of the newest dead instance and before */
    struct pod_volume *volume;    /* of the pod, by index; of container 0 only */
    struct pod_exec *hook_exec;   /* an exec hook that runs a command of ours */
    struct rx_list execs;         /* commands of probes and hooks that are running */
    struct rx_list clients;       /* ask.h: who waits for an answer of its process */
    bool refusing, hook_failed, hook_is_stop, hook_starting, stop_ordered;
    char *trouble;           /* the waiting message of a failed start, or NULL */
    char *trouble_kept;      /* where it stands, and the next one will */
    uint32_t trouble_room;
};

/* ---- probes ---------------------------------------------------------------------------------- */

enum pod_probe_flag {
    POD_PROBE_HELD = 1,
    POD_PROBE_REMEMBERED = 2, /* a tick came while a run was in progress */
    POD_PROBE_MANUAL = 4,     /* so did a manual trigger */
    POD_PROBE_RETIRED = 8,
    POD_PROBE_WAITING = 16,   /* for a free attempt: `attempt` is then `next` of the queue */
    POD_PROBE_BORROWED = 32,  /* the tick timer stands for an answer: `attempt` is then `next_tick` */
    POD_PROBE_PARKED = 64,    /* park.c: `next_tick` likewise */
};

struct pod_probe {
    struct rx_timer tick; /* class TICK */
    union {
        struct pod_attempt *attempt; /* in flight, or NULL */
        struct pod_probe *next;
        rx_ms next_tick; /* the first one that has not been */
    };
    rx_ms changed_at;     /* readiness: the last manual trigger, at most one an instant; startup: its
                           * success, since ticks look at the state before an instant */
    uint32_t run_length;
    uint32_t instance;    /* restarts + 1 of the instance `result` is about; 0 = none yet */
    uint16_t offset;      /* of the probe in its pod, in units of 8 bytes */
    uint8_t kind, last, result, flags;
    uint8_t container, tries;
};

static inline bool pod_probe_asks(const struct pod_probe *b)
{
    return !(b->flags & (POD_PROBE_WAITING | POD_PROBE_BORROWED | POD_PROBE_PARKED)) && b->attempt != NULL;
}
/* An attempt of its own is in flight. */

/* ---- pods ------------------------------------------------------------------------------------ */

enum pod_flag {
    POD_DELETING = 1,     /* deletion was requested */
    POD_GONE = 2,         /* the API object has been removed */
    POD_ENDED = 4,        /* phase Succeeded or Failed, nothing runs */
    POD_BUSY = 8,         /* the pod worker is inside a blocking step of container `at` */
    POD_DIRTY = 16,       /* something asked for a sync meanwhile */
    POD_MAINS_BEGUN = 32, /* a main container has been started */
    POD_ADDED = 64,       /* the first sync has been made */
    POD_BURIED = 128,     /* in the grave list: its memory is given back at the end of the turn */
    POD_STOPPING = 256,   /* the stop of all containers has begun: none is started again */
    POD_RESTARTING = 512, /* all containers are being stopped to be started afresh */
    POD_FAILING = 1024,   /* the phase will be Failed, however its containers end */
    POD_MOUNTED = 2048,   /* its volumes are set up: probe workers are there, containers may start */
    POD_PARKED = 4096,    /* some of its probes may be */
    POD_UNBOUND = 8192,   /* on no node: it waits for a claim */
};

struct pod {
    struct rx_list link;
    struct rx_timer sync; /* class REACT: run the pod worker */
    uint64_t id, serial;
    const struct pod_template *tmpl;
    const struct pod_owner *owner; /* NULL: a bare pod */
    rx_ms created_at, deleted_at;
    struct rx_digest story; /* its part of the digest; state 0: it has told nothing yet */
    uint32_t ordinal;    /* within its owner */
    uint32_t ip;
    int32_t grace_s;     /* deletionGracePeriodSeconds */
    uint16_t flags;      /* enum pod_flag */
    uint8_t conditions;  /* published, bit per enum pod_condition */
    uint8_t phase;       /* published */
    uint8_t status_reason;
    uint8_t at;          /* the container a sync has come to */
    uint8_t pass;        /* kills, then starts */
    uint16_t gates;      /* readiness gates that are true, bit per index, */
    uint16_t gates_set;  /* and those that somebody has set at all */
    struct pod_word word; /* published STATUS */
};

static inline struct pod_node *pod_node_of(const struct pod *p)
{
    return p->tmpl->node;
}

static inline const struct pod_spec *pod_spec_of(const struct pod *p)
{
    return p->tmpl->spec;
}

static inline struct pod_container *pod_container_at(struct pod *p, uint32_t i)
{
    return (struct pod_container *)(void *)(p + 1) + i;
}

static inline struct pod_probe *pod_probe_at(struct pod *p, uint32_t i)
{
    return (struct pod_probe *)(void *)pod_container_at(p, pod_spec_of(p)->container_count) + i;
}

static inline struct pod *pod_of_container(struct pod_container *c)
{
    return (struct pod *)(void *)(c - c->index) - 1;
}

static inline struct pod *pod_of_probe(struct pod_probe *b)
{
    return (struct pod *)(void *)((char *)b - (size_t)b->offset * 8);
}

static inline const struct pod_container_spec *pod_container_spec_of(struct pod_container *c)
{
    return &pod_spec_of(pod_of_container(c))->container[c->index];
}

static inline const struct pod_probe_spec *pod_probe_spec_of(struct pod_probe *b)
{
    return pod_spec_of(pod_of_probe(b))->container[b->container].probe[b->kind];
}

static inline rx_ms pod_probe_period(struct pod_probe *b)
{
    return (rx_ms)pod_probe_spec_of(b)->period_s * RX_MS_PER_S;
}

static inline bool pod_on_node(const struct pod *p)
{
    return !pod_spec_of(p)->scheduling_gated && (p->flags & POD_UNBOUND) == 0;
}

static inline bool pod_has(const struct pod *p, enum pod_flag f)
{
    return (p->flags & f) != 0;
}

static inline rx_ms pod_now(const struct pod *p)
{
    return rx_loop_now(pod_node_of(p)->loop);
}

static inline uint64_t pod_probe_id(const struct pod *p, uint32_t container, uint32_t kind)
{
    return p->serial << 16 | (uint64_t)container << 8 | kind;
}
/* The stable id of (pod, container, kind), never another's. */

static inline uint64_t pod_probe_serial(struct pod_probe *b)
{
    return (uint64_t)pod_now(pod_of_probe(b)) << 8 | b->tries;
}
/* Which run of its probe one is that begins now. */

/* ---- pod.c: the pod worker -------------------------------------------------------------------- */

/* Serial numbers give pods their order, uids, addresses and draws. Those of pods that replace others are
 * numbers of their own, above all others: they do not depend on what else there is, as the deletion that
 * calls for them may be seen by one shard only. */
enum { POD_SERIAL_NEXT = 0, POD_SERIAL_AGAIN_BIT = 43, POD_SERIAL_TIMES_BITS = 22 };

static inline uint64_t pod_serial_again(uint64_t workload, uint32_t times)
{
    return 1ull << POD_SERIAL_AGAIN_BIT |
           ((workload << POD_SERIAL_TIMES_BITS) & ((1ull << POD_SERIAL_AGAIN_BIT) - 1)) |
           (times & ((1u << POD_SERIAL_TIMES_BITS) - 1));
}

int pod_create(struct pod_node *n, struct pod_template *t, const struct pod_owner *owner,
               uint32_t ordinal, uint64_t serial, uint64_t *id);
/* A pod accepted now: its first sync runs in the next turn, at this time. -RX_ENOMEM, -RX_ELIMIT. */

void pod_free(struct pod *p);
/* The memory of a pod that is in no list and has no timers armed. */

void pod_uncreate(struct pod *p);
/* Takes back a pod that has not had its first sync: nobody has heard of it. NULL is allowed. */

struct pod *pod_get(const struct pod_node *n, uint64_t id); /* NULL: stale, or its object is gone */

struct pod_delete_request {
    bool given, force;
    int64_t grace_s;
};

int pod_delete(struct pod *p, const struct pod_delete_request *r);
int pod_kill(struct pod *p, uint32_t container, int32_t signal);
/* -RX_ESTATE: not running. */

void pod_reboot(struct pod *p);
int pod_set_spec(struct pod *p, struct pod_template *t);
/* A changed spec with the same containers (an image): running containers whose hash changed are
 * replaced. -RX_EINVALID if the shapes differ. */

void pod_set_gate(struct pod *p, uint32_t gate, bool value);
int pod_evict(struct pod *p, enum pod_status_reason reason, bool at_once);
/* The kubelet ends the pod, whatever its containers' policy: phase Failed, the object stays. at_once: the
 * processes are lost instead of stopped. -RX_ESTATE: it is over already, or being stopped. */

/* storage.c: limits of local storage. */
enum { POD_EVICTION_MAX = 256 };

void pod_storage_used(struct pod_container *c); /* a command of it has run */
bool pod_storage_exceeds(struct pod *p, char *why, size_t room);
/* What a kubelet would evict the pod for; false: nothing. */

void pod_storage_note(struct pod_extra *e, const char *why); /* it has been evicted for that */


/* ---- sync.c: asking for the pod worker ------------------------------------------------------------- */

void pod_need_sync(struct pod *p);
void pod_need_sync_relisted(struct pod *p);
void pod_sync_wake(struct pod *p); /* it goes on with the sync it is in */

/* ---- foreign.c: pods of other shards ------------------------------------------------------------- */

void pod_foreign_note(struct pod_node *n, const struct pod_spec *spec, uint32_t container);
/* A template is new: who may pull the container's image, and when. Called for each, by index. */

int pod_skip(struct pod_node *n, struct pod_template *t, rx_ms gone_at);
/* A pod of the template is created in another shard: it takes its serial number and its place in the counts of
 * Behavior documents. gone_at: when a step takes it away, and with it a pull that is not over by then; in this very
 * instant it begins none. RX_MS_NEVER = it stays. -RX_ENOMEM, -RX_ELIMIT. */

void pod_unskip(struct pod_node *n, struct pod_template *t);
/* It never was: takes back the newest one. */

bool pod_image_there(struct pod_container *c);
/* Is its image on the node: pulled here, or as far as is known by a pod of another shard? */

void pod_foreign_fini(struct pod_node *n);

/* ---- scripts.c: which Behavior documents speak for a pod ------------------------------------------ */

int pod_scripts_choose(struct pod *p, uint32_t first_behaviour);
/* Gives each container its merged script, looking at documents from that number on. */

int pod_scripts_skip(struct pod_node *n, struct pod_template *t, uint64_t *mask);
/* Counts a pod that is not here; tells which of the template's documents speak for it. */

void pod_scripts_cut(struct pod_node *n, uint32_t behaviours);
/* Gives all pods and templates back the scripts of the first documents only, as it was before the
 * others came. */

void pod_scripts_forget(struct pod_node *n, const struct pod_template *t);
/* The newest pod of the template never was: the next one takes its place in the documents' counts. */

bool pod_scripts_pull(const struct pod_node *n, const struct pod_template *t, uint64_t mask);
/* Does one of those documents say how images are pulled? */

struct pod_script pod_scripts_of(const struct pod_node *n, const struct pod_template *t, uint64_t mask,
                                 uint32_t container);
/* What they say of a container. */

/* ---- behaviour.c: what documents say, and what containers answer by it ----------------------------- */

const struct pod_pull_rule *pod_pull_rule_at(const struct pod_behaviour *b, const char *image, rx_ms now);
/* What a Behavior (NULL: none) says of a pull that begins now. NULL: nothing. */

bool pod_rule_closes_listener(const struct pod_serve_rule *r);
/* A rule about the listener: the whole container refuses, always. What refuses only some paths, ports or
 * a share of the requests is for the server to imitate by a reset. */

bool pod_answer_of(struct pod_container *c, uint16_t port, const char *path, uint32_t path_length,
                   uint64_t tag, struct pod_answer *out);
/* What this running container answers now; its chances are drawn by `tag`. False: it refuses the connection. */

struct pod_container *pod_port_owner(struct pod *p, uint16_t port);
/* The container that answers at a port, as far as the spec says; NULL: nobody does. It need not be up. If the spec
 * names no port at all, the first one that serves answers at any. */

bool pod_port_is_of(const struct pod_container *c, uint16_t port);
/* Does the spec make it a port of that container? Of those that are up at the same time it is of one only. */

bool pod_attempt_asks(const struct pod_attempt *a, const struct pod_container *c);
/* Does the run, wherever a host or a redirect has led it, wait for that container of its own pod? */

/* ---- plan.c: what a sync means to do ------------------------------------------------------------- */

/* What becomes of the pod by a plan. */
enum pod_plan_end {
    POD_PLAN_CARRY_OUT,
    POD_PLAN_RESTART_ALL, /* all containers are stopped, to be started afresh */
    POD_PLAN_STOP_ALL,    /* nothing of it is left to run but what serves the rest */
};

enum pod_plan_end pod_plan(struct pod *p);
/* Sets the plan of every container. */

/* ---- start.c, stop.c, hook.c: the steps of the worker -------------------------------------------- */

void pod_start(struct pod_container *c);
/* Tries to start it: back-off, image, creation, process, postStart hook. The container's stage tells
 * whether that takes time; a start that fails leaves its reason and arms the retry. */

void pod_start_goes_on(struct pod_container *c); /* its life timer fired in PULL or START */
void pod_start_retry(struct pod_container *c);
/* The sync is over in which it could not be started: there will be another. */

void pod_start_rekey(struct pod_container *c, const struct pod_container_spec *next);
/* Its back-off becomes that of its next definition. */

void pod_start_forget(struct pod_container *c);
/* Frees the back-off of its past definitions. */
void pod_stop(struct pod_container *c, int32_t grace_s, bool ordered);
/* Begins to stop a running container: preStop hook, its turn if ordered, stop signal, SIGKILL. */

void pod_stop_goes_on(struct pod_container *c);  /* its life timer fired in PRE_STOP, ORDER or STOP */
void pod_hear_stop(struct pod_container *c, int32_t signal); /* its process gets the stop signal */
void pod_stop_all(struct pod *p, int32_t grace_s);
void pod_stop_sooner(struct pod_container *c, int32_t grace_s); /* a stop under way gets less grace */
void pod_stop_next(struct pod *p); /* somebody has ended: may a sidecar that waits for its turn go? */
void pod_ended(struct pod_container *c, int32_t code, enum pod_reason reason);

bool pod_hook_begin(struct pod_container *c, bool stop, pod_hook_done_fn *done);
/* Runs a hook of the container. False: it has ended already; extra->hook_failed tells how. Else `done` is
 * called when it ends, unless it is cancelled. */

void pod_hook_cancel(struct pod_container *c);
void pod_hook_process_ended(struct pod_container *c);
void pod_hook_lost(struct pod *p, const struct pod_container *c);
/* The process of c has ended: requests of hooks that it was to answer fail in this instant. */


void pod_extra_free(struct pod_container *c);


/* ---- image.c --------------------------------------------------------------------------------------- */

bool pod_image_get(struct pod_container *c);
/* Sees to the container's image. True: it is there. Else the stage is PULL, or IDLE with a reason. */

bool pod_image_got(struct pod_container *c); /* its life timer fired in PULL; the same answer */
void pod_image_forget(struct pod_container *c);
/* Frees what is kept of failed pulls. */

/* ---- trouble.c: why a container could not be started ----------------------------------------------- */

enum { POD_TROUBLE_MAX = 4096 };

void pod_trouble_note(struct pod_container *c, const char *text);
/* Why it could not be started, for its waiting message; copied, at most POD_TROUBLE_MAX bytes. NULL: no
 * trouble. */

void pod_start_failed(struct pod_container *c, enum pod_reason reason, const char *event,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));
/* No instance comes of it. event: what is told after "Error: "; then the waiting message. */

/* ---- serve.c: answering on ports ------------------------------------------------------------------- */

void pod_container_serve(struct pod_container *c, bool up);
/* It begins or ceases to answer on its ports. */

void pod_asks_lost(struct pod_container *c);
/* The process of c has ended, or ceases to answer: who waits for an answer of it hears so now. */

/* ---- refuse.c: windows without a listener --------------------------------------------------------- */

int pod_refusal_prepare(struct pod_container *c); /* when its script is chosen; -RX_ENOMEM */
void pod_refusal_begin(struct pod_container *c);  /* its process has started to serve */
void pod_refusal_review(struct pod_node *n);     /* Behavior documents came while processes serve */
void pod_refusal_end(struct pod_container *c);
void pod_on_border(void *node, struct rx_timer *t);

/* ---- attempt.c: what all runs have in common -------------------------------------------------------- */

struct pod_attempt *pod_attempt_take(struct pod_node *n); /* NULL: the pool is exhausted */

void pod_attempt_fill(struct pod_attempt *a, struct pod *p, uint32_t container, uint32_t kind,
                      const struct pod_handler_spec *h);
/* The question, apart from who asks it. */

uint64_t pod_probe_tag(struct pod_probe *b);
/* What a run that begins now is answered by: see pod_attempt_tag. */

/* ---- worker.c: the probes ---------------------------------------------------------------------- */

void pod_probe_begin(struct pod *p, struct pod_probe *b, rx_ms now);
/* The worker is created: arms the first tick. */

void pod_probe_trigger(struct pod_probe *b);
/* A manual trigger: one attempt now, and the ticker restarts from here. */

void pod_probe_retire(struct pod_probe *b);
void pod_probe_lost(struct pod_probe *b, const struct pod_container *c);
/* The process of c has ended: a run in flight that it was to answer fails in this instant. */

void pod_probe_fetch(const struct rx_timer *t);
/* A timer is about to fire: has fetched from memory what its handler will touch. */


static inline enum pod_result pod_probe_result(const struct pod_probe *b,
                                               const struct pod_container *c)
{
    return b->instance == c->restarts + 1 ? (enum pod_result)b->result
                                          : pod_probe_initial((enum pod_probe_kind)b->kind);
}
/* The published result for the newest instance. */

/* ---- park.c: steady probes --------------------------------------------------------------------- */

bool pod_probe_prompt(struct pod_probe *b);
/* Would a run that starts now be answered at once and well, by script? Then it has been asked, and its
 * success is all there is to say. */

void pod_probe_park(struct pod_probe *b);
/* A run has just told what the one before it told. Parks the probe if that is how it will go on. */

void pod_probe_unpark(struct pod_probe *b);
void pod_probe_wake(struct pod_probe *b); /* the same for one whose tick has just fired */
void pod_unpark_all(struct pod *p);

static inline void pod_unpark(struct pod *p)
{
    if (RX_UNLIKELY(pod_has(p, POD_PARKED)))
        pod_unpark_all(p);
}
/* Before anything changes that a probe of the pod could notice. */

/* ---- container.c: small questions ---------------------------------------------------------------- */

uint64_t pod_container_draw(struct pod_container *c, enum pod_stream stream, uint64_t n);

const struct pod_instance_script *pod_instance_of(const struct pod_container *c, uint32_t restarts);
/* NULL: the default, which runs until it is stopped. */

enum pod_restart pod_container_fate(struct pod_container *c);
/* What policy says about a dead container. */

bool pod_container_waits_again(struct pod_container *c);
/* Is it dead, to be started again, and known why that takes time? */

bool pod_container_ready(struct pod_container *c);
bool pod_container_started(struct pod_container *c);
bool pod_container_started_before(struct pod_container *c, rx_ms now);
/* Was it started before this instant? What a tick looks at. */

const struct pod_record *pod_container_last(const struct pod_container *c, uint8_t state);
/* lastState of a container that shows that state; NULL: none. */

bool pod_handler_is_hook(struct pod_container *c, const struct pod_handler_spec *h);
/* Of the container's own handlers. */

bool pod_anything_runs(struct pod *p);

const char *pod_message_of(const struct pod_container *c, bool previous); /* NULL = none */

const char *pod_eviction_message(const struct pod *p);
/* Why the kubelet has evicted it for its local storage; NULL: it has not. */

struct pod_extra *pod_extra_of(struct pod_container *c);
/* Made when first asked for; NULL: no memory. */

/* ---- view.c: what a pod looks like now ----------------------------------------------------------- */

struct pod_conditions {
    struct pod_condition_value value[POD_CONDITIONS];
};

void pod_container_view_of(struct pod_container *c, struct pod_container_view *out);

void pod_views_of(struct pod *p, struct pod_container_view *v, struct pod_phase_in *in, bool final);
/* Of all containers, into room for POD_CONTAINERS_MAX; `in` points at them. */

enum pod_phase pod_phase_now(struct pod *p, bool final);

void pod_conditions_of(struct pod *p, const struct pod_phase_in *in, enum pod_phase phase,
                       struct pod_conditions *out);

uint8_t pod_condition_now(struct pod *p, enum pod_condition c, uint8_t *reason);
/* A condition as it is: 0 or 1, and its enum pod_condition_reason. */

bool pod_condition_listed(const struct pod *p, enum pod_condition c);
/* Some conditions are only there when they have something to say. */

size_t pod_condition_message(struct pod *p, enum pod_condition c, char *out, size_t room);
/* "containers with unready status: [a b]"; "" when there is nothing to say. */

size_t pod_state_message(struct pod_container *c, const struct pod_container_view *v, char *out,
                         size_t room);
/* The message of a container's state in that view; 0 = none. */

size_t pod_container_message(struct pod_container *c, char *out, size_t room);
/* The same for its state now. */

struct pod_row pod_row_now(const struct pod *p, const struct pod_phase_in *in);
struct pod_row pod_row_told(struct pod *p);
/* What kubectl makes of the pod as it is, and of that which has been told. */

/* ---- publish.c: what the API shows -------------------------------------------------------------- */

enum pod_publish {
    POD_PUBLISH_BEFORE,    /* a sync begins: everything but the STATUS word */
    POD_PUBLISH_AFTER,     /* a sync ends */
    POD_PUBLISH_READINESS, /* the worker is busy: only what probes find moves */
};

void pod_publish(struct pod *p, enum pod_publish what);
void pod_publish_created(struct pod *p);
void pod_publish_scheduled(struct pod *p);
void pod_publish_object(struct pod *p, enum pod_object_state from, enum pod_object_state to);
void pod_publish_gate(struct pod *p, uint32_t gate, bool value);
void pod_publish_ended(struct pod_container *c); /* a process has ended: the Terminated line */

void pod_tell(struct pod *p, uint32_t container, enum pod_event_kind kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* An Event. Formats only if events are kept. */

void pod_tell_text(struct pod *p, uint32_t container, enum pod_event_kind kind, const char *text,
                   size_t length);

/* ---- name.c ------------------------------------------------------------------------------------- */

enum { POD_NAME_MAX = 254, POD_UID_MAX = 37, POD_IP_MAX = 16 };

const char *pod_name(const struct pod *p, char buffer[POD_NAME_MAX]);
/* The pod's name: rendered into the buffer, or the spec's own. */

void pod_uid(const struct pod *p, char buffer[POD_UID_MAX]);

void pod_ip_text(uint32_t ip, char buffer[POD_IP_MAX]);

uint64_t pod_hash(const struct pod *p);
/* The stable hash of its namespace and name (rule_shard.h). */

void pod_owner_name(struct pod_owner *o, uint64_t seed);
/* Works out what the names of its pods begin with and how their suffixes are made, once its own fields are
 * set and whenever they change. */

uint64_t pod_owner_hash(const struct pod_owner *o, uint32_t ordinal);
/* pod_hash of the pod with that ordinal, which need not exist. */

bool pod_name_ordinal(uint64_t seed, uint64_t name_id, const char *suffix, uint32_t *ordinal);
/* The ordinal of the pod whose generated suffix that is: five characters, all different for different
 * ordinals below 27^5. False: not a suffix. */

size_t pod_word_text(const struct pod_node *n, struct pod_word w, char *out, size_t room);
size_t pod_duration_text(rx_ms ms, char *out, size_t room);
/* As Go prints it: 10s, 1m20s, 5m0s, 1.5s, 250ms. */

const char *pod_name_of(const struct pod_owner *o, uint32_t ordinal, const struct pod_spec *spec,
                        char buffer[POD_NAME_MAX]);
void pod_uid_of(const struct pod_node *n, uint64_t serial, char buffer[POD_UID_MAX]);
/* pod_name and pod_uid of a pod that may be gone. */

#endif
