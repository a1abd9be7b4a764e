/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pod.h - one pod: its object, its containers, its probes, in one block of memory.
 *
 * Layout: struct pod, then container_count struct pod_container, then the probes. A replica holds
 * only what can differ between replicas; everything else is in its template. Timers are embedded,
 * so the block never moves.
 *
 * What the sources of this room have to say to each other is in pod_int.h.
 */
#ifndef POD_POD_H
#define POD_POD_H

#include "engine/pod/world.h"
#include "engine/pod/rule_life.h"
#include "engine/pod/rule_plan.h"

/* ---- identity -------------------------------------------------------------------------------- */

/* The workload a pod belongs to, as far as its name goes. */
struct pod_owner {
    enum pod_workload_kind kind;
    const char *ns, *name;
    char hash[12];    /* pod-template-hash; "" where there is none */
    char revision[12]; /* controller-revision-hash, likewise */
    uint32_t generation; /* pod-template-generation of a DaemonSet's */
    uint64_t name_id; /* which sub-stream its generated suffixes come from */
    bool indexed, limited;      /* of an Indexed Job: of one index of it, which has a limit */
    uint32_t index;             /* the index, */
    uint32_t failures, ignored; /* and how often it has failed before this pod */
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

/* What the pod worker is waiting for on behalf of a container, and what its life timer then
 * means. */
enum pod_stage {
    POD_STAGE_IDLE,       /* nothing; life: a back-off or the pause after a failed start is over */
    POD_STAGE_PULL,       /* its image; life: the pull ends */
    POD_STAGE_START,      /* its start takes time; life: the process runs */
    POD_STAGE_POST_START, /* its postStart hook; the hook's own timer */
    POD_STAGE_PRE_STOP,   /* its preStop hook; life: the grace is over, the hook is abandoned */
    POD_STAGE_ORDER,      /* those that a sidecar is stopped after; life: the grace is over */
    POD_STAGE_STOP,       /* the stop signal was sent; life: SIGKILL */
};

enum pod_plan { POD_PLAN_KILL = 1, POD_PLAN_START = 2, POD_PLAN_AFTER_KILL = 4 };

enum pod_kill_by { POD_KILL_LIVENESS, POD_KILL_STARTUP, POD_KILL_CHANGED, POD_KILL_HOOK,
                  POD_KILL_END };

enum pod_exit_by { POD_EXIT_ITSELF, POD_EXIT_STOPPED, POD_EXIT_SHELL, POD_EXIT_DONE,
                   POD_EXIT_OUTSIDE };

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
    uint8_t exit_by : 4;   /* enum pod_exit_by: what the armed exit stands for */
    uint8_t kill_by : 4;   /* enum pod_kill_by */
    uint8_t heard;         /* the signal that exit_by POD_EXIT_STOPPED is about */
    bool stop_ordered;     /* the stop under way waits for its place in the order of sidecars */
    uint8_t probe[POD_PROBE_KINDS]; /* index among the pod's probes, 255 = none */
    /* as last published */
    uint8_t pub_state, pub_reason;
    bool pub_ready : 1, pub_started : 1;
    bool serving : 1; /* it answers on its ports */
    bool changed : 1; /* its definition is no longer what it runs */
    bool hidden : 1;  /* its postStart hook is running: nobody has been told of the process yet */
    bool retry : 1;   /* could not be started in this sync for want of something: again 10 s after
                       * it */
    bool purged : 1;  /* its newest instance was removed, and with it what the API knew of it */
    bool carried : 1; /* knob started_carried: it counts as started, for the instance before had */
    uint16_t untold;  /* restarts not published yet */
    int32_t stop_grace_s; /* of the stop under way */
    uint32_t why; /* lower half of the seq of the record that has led to what comes next: see
                   * publish.c */
};

struct pod_log {
    char *at;
    uint32_t used, room;
    bool cut; /* older bytes have been dropped */
};

/* ---- probes ---------------------------------------------------------------------------------- */

enum pod_probe_flag {
    POD_PROBE_HELD = 1,
    POD_PROBE_REMEMBERED = 2, /* a tick came while a run was in progress */
    POD_PROBE_MANUAL = 4,     /* so did a manual trigger */
    POD_PROBE_RETIRED = 8,
    POD_PROBE_WAITING = 16,   /* for a free attempt: `attempt` is then `next` of the queue */
    POD_PROBE_BORROWED = 32,  /* the tick timer stands for an answer: `attempt` is then
                               * `next_tick` */
    POD_PROBE_PARKED = 64,    /* park.c: `next_tick` likewise */
};

struct pod_probe {
    struct rx_timer tick; /* class TICK */
    union {
        struct pod_attempt *attempt; /* in flight, or NULL */
        struct pod_probe *next;
        rx_ms next_tick; /* the first one that has not been */
    };
    rx_ms changed_at;     /* readiness: the last manual trigger, at most one an instant; startup:
                           * its success, since ticks look at the state before an instant */
    uint32_t run_length;
    uint32_t instance;    /* restarts + 1 of the instance `result` is about; 0 = none yet */
    uint16_t offset;      /* of the probe in its pod, in units of 8 bytes */
    uint8_t kind, last, result, flags;
    uint8_t container, tries;
};

static inline bool pod_probe_asks(const struct pod_probe *b)
{
    return !(b->flags & (POD_PROBE_WAITING | POD_PROBE_BORROWED | POD_PROBE_PARKED)) &&
        b->attempt != NULL;
}
/* An attempt of its own is in flight. */

/* ---- pods ------------------------------------------------------------------------------------ */

enum pod_flag {
    POD_BUSY = 1,        /* the pod worker carries out a plan, and has come to container `at` */
    POD_DIRTY = 2,       /* something asked for a sync meanwhile */
    POD_MAINS_BEGUN = 4, /* a main container has been started */
    POD_MOUNTED = 8,     /* its volumes are set up: probe workers are there, containers may start */
    POD_PARKED = 16,     /* some of its probes may be */
    POD_UNBOUND = 32,    /* on no node: it waits for a claim */
    POD_STARTS = 64,     /* the plan has come to its starts: the kills are done */
    POD_PLACED = 128,    /* whoever places pods has chosen its node */
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
    struct pod_life life;
    uint8_t flags;       /* enum pod_flag */
    uint8_t conditions;  /* published, bit per enum pod_condition */
    uint8_t phase : 2;   /* published */
    uint8_t status_reason : 2;
    uint8_t counted : 3; /* whoever counts the pods of its owner: as what it is counted now */
    uint8_t strange : 1; /* its controller is not the owner by whom it is named, or is none */
    uint8_t at;          /* the container a sync has come to */
    uint8_t word;        /* published STATUS: enum pod_word_kind, */
    uint16_t node;       /* its number */
    uint16_t gates;      /* readiness gates that are true, bit per index, */
    uint16_t gates_set;  /* and those that somebody has set at all */
    uint32_t word_arg;   /* and what it is about */
    uint32_t ready_s;    /* when the Ready condition turned last: a second of the run, as all that
                          * the API tells is whole seconds */
    uint64_t version; /* seq of the newest record about it; before the first one, of that which
                       * asked for it */
};

static inline struct pod_world *pod_world_of(const struct pod *p)
{
    return p->tmpl->world;
}

static inline struct pod_node *pod_node_of(const struct pod *p)
{
    return p->tmpl->world->node[p->node];
}
/* Where it is, or will be. */

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

static inline bool pod_is_lost(const struct pod *p)
{
    return pod_node_of(p)->lost && p->life.object != POD_LIFE_NONE && pod_on_node(p);
}
/* Its kubelet cannot be heard, or is dead (control.h). Until it is bound it has none. */

static inline bool pod_has(const struct pod *p, enum pod_flag f)
{
    return (p->flags & f) != 0;
}

static inline struct pod_word pod_word_told(const struct pod *p)
{
    return (struct pod_word){.kind = p->word, .arg = p->word_arg};
}

static inline bool pod_is_deleting(const struct pod *p)
{
    return pod_life_deleting(p->life);
}

static inline bool pod_is_gone(const struct pod *p)
{
    return p->life.object == POD_LIFE_DELETED;
}
/* Its object is; its processes may still run. */

static inline bool pod_is_over(const struct pod *p)
{
    return pod_life_over(p->life);
}

static inline bool pod_is_restarting(const struct pod *p)
{
    return p->life.end == POD_END_RESTART;
}
/* All of its containers are being stopped, to be started afresh. */

/* ---- what is done to pods -------------------------------------------------------------------- */

/* Serial numbers give pods their order, uids, addresses and draws. Those of pods that replace
 * others are numbers of their own, above all others: they do not depend on what else there is, as
 * the deletion that calls for them may be seen by one shard only. */
enum { POD_SERIAL_NEXT = 0, POD_SERIAL_AGAIN_BIT = 43, POD_SERIAL_TIMES_BITS = 22 };

static inline uint64_t pod_serial_again(uint64_t workload, uint32_t times)
{
    return 1ull << POD_SERIAL_AGAIN_BIT |
           ((workload << POD_SERIAL_TIMES_BITS) & ((1ull << POD_SERIAL_AGAIN_BIT) - 1)) |
           (times & ((1u << POD_SERIAL_TIMES_BITS) - 1));
}

int pod_create(struct pod_world *w, struct pod_template *t, const struct pod_owner *owner,
               uint32_t ordinal, uint64_t serial, uint64_t *id);
/* A pod accepted now: its first sync runs in the next turn, at this time. -RX_ENOMEM,
 * -RX_ELIMIT. */

void pod_uncreate(struct pod *p);
/* Takes back a pod that has not had its first sync: nobody has heard of it. NULL is allowed. */

struct pod *pod_get(const struct pod_world *w, uint64_t id);
/* NULL: stale, or its object is gone. */

struct pod_delete_request {
    bool given, force;
    int64_t grace_s;
};

int pod_delete(struct pod *p, const struct pod_delete_request *r);
int pod_kill(struct pod *p, uint32_t container, int32_t signal);
/* -RX_ESTATE: not running. */

int pod_set_spec(struct pod *p, struct pod_template *t);
/* A changed spec with the same containers (an image): running containers whose hash changed are
 * replaced. -RX_EINVALID if the shapes differ. */

void pod_set_gate(struct pod *p, uint32_t gate, bool value);
int pod_evict(struct pod *p, enum pod_status_reason reason, bool at_once);
/* The kubelet ends the pod, whatever its containers' policy: phase Failed, the object stays.
 * at_once: the processes are lost instead of stopped. -RX_ESTATE: it is over already, or being
 * stopped. */

void pod_foreign_image(struct pod_world *w, uint32_t image_id);
/* A pod of another shard is given that image now: it may bring it. */

void pod_foreign_unsure(struct pod_world *w, const struct pod_spec *spec);
/* What takes pods of other shards away now was not known when they were created: they may not bring
 * what they would pull from now on. spec: theirs; NULL: they may be any. */

void pod_foreign_taken(struct pod *p);
/* The same for a pod of this shard, of which the others never hear: counts what it has not pulled
 * and they may take to be there. */

int pod_skip(struct pod_node *n, struct pod_template *t, rx_ms gone_at);
/* A pod of the template is created in another shard, for that node: it takes its serial
 * number and its place in
 * the counts of Behavior documents. gone_at: when a step takes it away, and with it a pull that is
 * not over by then; in this very instant it begins none. RX_MS_NEVER = it stays. -RX_ENOMEM,
 * -RX_ELIMIT. */

void pod_unskip(struct pod_world *w, struct pod_template *t);
/* It never was: takes back the newest one. */

void pod_on_border(void *world, struct rx_timer *t);
/* A timer of class SCRIPT is due that is not a scenario's: a refusing window of a container begins
 * or ends. */

/* ---- what is asked of them ------------------------------------------------------------------- */

void pod_container_view_of(struct pod_container *c, struct pod_container_view *out);
/* as it is now */

const struct pod_record *pod_container_last(const struct pod_container *c, uint8_t state);
/* lastState of a container that shows that state; NULL: none. */

size_t pod_container_message(struct pod_container *c, char *out, size_t room);
/* The message of its state now; 0 = none. */

const char *pod_message_of(const struct pod_container *c, bool previous); /* NULL = none */

const char *pod_eviction_message(const struct pod *p);
/* Why the kubelet has evicted it for its local storage; NULL: it has not. */

uint8_t pod_condition_now(struct pod *p, enum pod_condition c, uint8_t *reason);
/* A condition as it is: 0 or 1, and its enum pod_condition_reason. */

bool pod_condition_listed(const struct pod *p, enum pod_condition c);
/* Some conditions are only there when they have something to say. */

size_t pod_condition_message(struct pod *p, enum pod_condition c, char *out, size_t room);
/* "containers with unready status: [a b]"; "" when there is nothing to say. */

struct pod_row pod_row_told(struct pod *p);
/* What kubectl makes of that which has been told. */

/* ---- names ----------------------------------------------------------------------------------- */

enum { POD_NAME_MAX = 254, POD_UID_MAX = 37, POD_IP_MAX = 16 };

const char *pod_name(const struct pod *p, char buffer[POD_NAME_MAX])
    __attribute__((warn_unused_result));
/* The pod's name: rendered into the buffer, or the spec's own, and then the buffer stays as it
 * is. */

void pod_uid(const struct pod *p, char buffer[POD_UID_MAX]);

uint64_t pod_uid_key(const struct pod *p);
/* Uids in the order of their texts, as far as 60 bits go. */

void pod_ip_text(uint32_t ip, char buffer[POD_IP_MAX]);

uint64_t pod_hash(const struct pod *p);
/* The stable hash of its namespace and name (rule_shard.h). */

void pod_owner_name(struct pod_owner *o, uint64_t seed);
/* Works out what the names of its pods begin with and how their suffixes are made, once its own
 * fields are set and whenever they change. */

void pod_owner_uid(const struct pod_owner *o, uint64_t seed, char buffer[POD_UID_MAX]);
/* That of the workload. */

uint64_t pod_owner_hash(const struct pod_owner *o, uint32_t ordinal);
/* pod_hash of the pod with that ordinal, which need not exist. */

bool pod_name_ordinal(uint64_t seed, uint64_t name_id, const char *suffix, uint32_t *ordinal);
/* The ordinal of the pod whose generated suffix that is: five characters, all different for
 * different ordinals below 27^5. False: not a suffix. */

size_t pod_word_text(const struct pod_world *world, struct pod_word w, char *out, size_t room);
size_t pod_duration_text(rx_ms ms, char *out, size_t room);
/* As Go prints it: 10s, 1m20s, 5m0s, 1.5s, 250ms. */

const char *pod_name_of(const struct pod_owner *o, uint32_t ordinal, const struct pod_spec *spec,
                        char buffer[POD_NAME_MAX]);
void pod_uid_of(const struct pod_world *w, uint64_t serial, char buffer[POD_UID_MAX]);
/* pod_name and pod_uid of a pod that may be gone. */

#endif
