/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pod_int.h - what the sources of engine/pod say to each other, from the ground up: each calls only
 * those before it. What has to go upwards goes through a callback that was given (an attempt's
 * `done`, a hook's, the world's `kill`), or leaves a mark and arms a timer (sync.c).
 *
 * container.c answers small questions, view.c says what a pod looks like; attempt.c is what all
 * runs have in common, park.c counts steady probes; sync.c asks for the pod worker; publish.c tells
 * of changes, trouble.c why a container could not be started; worker.c runs probes; refuse.c and
 * serve.c open and close ports by what behaviour.c reads in scripts that scripts.c chooses;
 * foreign.c knows of pods of other shards; machine.h and its neighbours are the inside of a
 * container. image.c, hook.c, stop.c and start.c are the steps of the worker, plan.c says which of
 * them a sync takes, and pod.c takes them.
 */
#ifndef POD_POD_INT_H
#define POD_POD_INT_H

#include "engine/pod/outside.h"
#include "engine/pod/pod.h"

/* ---- what few containers need ---------------------------------------------------------------- */

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

/* hook.c: the newest one. */
struct pod_hook {
    struct rx_timer timer; /* it ends */
    pod_hook_done_fn *done;
    struct pod_attempt *attempt;      /* an httpGet hook, or a process, in flight */
    const struct pod_exec_rule *rule; /* an `exec` rule that answers for its command */
    struct pod_exec *exec;            /* it runs a command of ours */
    uint32_t runs;
    bool failed, is_stop, starting;
};

/* stop.c: a stop under way. */
struct pod_ladder {
    rx_ms began, order_began;
    rx_ms hook_spent; /* on the preStop hook */
};

/* image.c: a pull under way. */
struct pod_pulling {
    const struct pod_pull_rule *rule; /* what will become of it; NULL = it succeeds */
    rx_ms began;
    uint16_t image_id;
};

/* trouble.c: the waiting message of a failed start. */
struct pod_trouble {
    char *text; /* NULL: none */
    uint32_t room;
};

/* refuse.c: a process that has heard its stop signal will cease to listen. Few ever do, so that it
 * is not part of what containers have. */
struct pod_closing {
    struct rx_list link; /* of the world's */
    struct rx_timer timer;
    struct pod_container *container;
};

/* What belongs to the whole pod. */
struct pod_whole {
    struct rx_timer deadline;  /* activeDeadlineSeconds is over */
    struct rx_timer storage;   /* local storage is measured */
    char *evicted;             /* why the kubelet has evicted the pod, or NULL */
    struct pod_pull *pulls;    /* failed ones */
    struct pod_volume *volume; /* by index */
};

/* What only containers with commands, hooks, trouble with images, refusing windows or a place in
 * the order of a shutdown need: each source has its part. */
struct pod_extra {
    struct pod_container *container;
    struct pod_hook hook;
    struct pod_ladder stop;
    struct pod_pulling pull;
    struct pod_trouble trouble;
    struct rx_timer border;         /* refuse.c: a window begins or ends, */
    bool refusing;                  /* and it is inside one */
    bool closing, closed, drains;   /* its listener will be, or is; it closes what lies idle */
    uint8_t disrupted;              /* whole pod: by whom, an enum pod_condition_reason; or 0 */
    struct pod_whole whole;         /* of container 0 only */
    struct pod_past *past;          /* start.c: back-off of images it does not run now */
    rx_ms shown_at;                 /* start.c: when its postStart hook had ended */
    struct pod_machine *machine;    /* machine.h: its files and processes */
    struct pod_log log_before;      /* of the instance before */
    char *message, *message_before; /* of the newest dead instance, and of the one before it */
    struct pod_outside_told outside; /* outside.h: what has been said of it */
    struct rx_list execs;           /* commands of probes and hooks that are running */
    struct rx_list clients;         /* serve.c: who waits for an answer of its process */
};

/* ---- helpers --------------------------------------------------------------------------------- */

static inline rx_ms pod_now(const struct pod *p)
{
    return rx_loop_now(pod_world_of(p)->loop);
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

/* ---- container.c: small questions ------------------------------------------------------------ */

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

bool pod_handler_is_hook(struct pod_container *c, const struct pod_handler_spec *h);
/* Of the container's own handlers. */

bool pod_anything_runs(struct pod *p);

const char *pod_disruption_text(enum pod_condition_reason reason); /* "" for others */

struct pod_extra *pod_extra_of(struct pod_container *c);
/* Made when first asked for; NULL: no memory. */

static inline enum pod_result pod_probe_result(const struct pod_probe *b,
                                               const struct pod_container *c)
{
    return b->instance == c->restarts + 1 ? (enum pod_result)b->result
                                          : pod_probe_initial((enum pod_probe_kind)b->kind);
}
/* The published result for the newest instance. */

/* ---- behaviour.c: what documents say, and what containers answer by it ----------------------- */

const struct pod_pull_rule *pod_pull_rule_at(const struct pod_behaviour *b, const char *image,
                                             rx_ms now);
/* What a Behavior (NULL: none) says of a pull that begins now. NULL: nothing. */

bool pod_answer_of(struct pod_container *c, uint16_t port, const char *path, uint32_t path_length,
                   uint64_t tag, struct pod_answer *out);
/* What this running container answers now; its chances are drawn by `tag`. False: it refuses the
 * connection. */

struct pod_container *pod_port_owner(struct pod *p, uint16_t port);
/* The container that answers at a port, as far as the spec says; NULL: nobody does. It need not be
 * up. If the spec names no port at all, the first one that serves answers at any. */

bool pod_port_is_of(const struct pod_container *c, uint16_t port);
/* Does the spec make it a port of that container? Of those that are up at the same time it is of
 * one only. */

bool pod_attempt_asks(const struct pod_attempt *a, const struct pod_container *c);
/* Does the run, wherever a host or a redirect has led it, wait for that container of its own
 * pod? */

const struct pod_exec_rule *pod_exec_rule_of(struct pod_container *c, uint32_t argc,
                                             const char *const *argv, uint64_t request);
/* The rule that answers now for this command, which is no probe's: one that names its first
 * words. */

bool pod_exec_rule_names(const struct pod_exec_rule *r, uint32_t argc, const char *const *argv);
/* A rule names the first words of a command. */

bool pod_exec_rule_may(const struct pod_container *c, uint32_t argc, const char *const *argv);
/* Does one at any time? */

/* ---- view.c: what a pod looks like now ------------------------------------------------------- */

struct pod_conditions {
    struct pod_condition_value value[POD_CONDITIONS];
};

void pod_views_of(struct pod *p, struct pod_container_view *v, struct pod_phase_in *in, bool final);
/* Of all containers, into room for POD_CONTAINERS_MAX; `in` points at them. */

enum pod_phase pod_phase_now(struct pod *p, bool final);

void pod_conditions_of(struct pod *p, const struct pod_phase_in *in, enum pod_phase phase,
                       struct pod_conditions *out);

size_t pod_state_message(struct pod_container *c, const struct pod_container_view *v, char *out,
                         size_t room);
/* The message of a container's state in that view; 0 = none. */

struct pod_row pod_row_now(const struct pod *p, const struct pod_phase_in *in);
/* What kubectl makes of the pod as it is. */

/* ---- attempt.c: what all runs have in common ------------------------------------------------- */

struct pod_attempt *pod_attempt_take(struct pod_world *w, bool hook);
/* NULL: probes have as many as they may, or there is no memory. */

void pod_attempt_fill(struct pod_attempt *a, struct pod *p, uint32_t container, uint32_t kind,
                      const struct pod_handler_spec *h);
/* The question, apart from who asks it. */

enum pod_carried pod_world_carried(const struct pod_world *w, const struct pod_handler_spec *h);
/* Who carries out the runs of a handler that is no command. */

void pod_attempt_start(struct pod_attempt *a, struct pod_container *c);
/* The question is complete: chooses who carries it out, by rule_carrier.h, and begins. */

uint64_t pod_probe_tag(struct pod_probe *b);
/* What a run that begins now is answered by: see pod_attempt_tag. */

/* ---- park.c: steady probes ------------------------------------------------------------------- */

bool pod_probe_prompt(struct pod_probe *b);
/* Would a run that starts now be answered at once and well, by script? Then it has been asked, and
 * its success is all there is to say. */

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

/* ---- sync.c: asking for the pod worker ------------------------------------------------------- */

void pod_need_sync(struct pod *p);
void pod_accept(struct pod *p); /* pod.c: unless it has been */
void pod_lose_container(struct pod_container *c, enum pod_reason reason); /* pod.c */
void pod_need_sync_relisted(struct pod *p);
void pod_sync_wake(struct pod *p); /* it goes on with the sync it is in */

/* ---- publish.c: what the API is told --------------------------------------------------------- */

enum pod_publish {
    POD_PUBLISH_BEFORE,    /* a sync begins: everything but the STATUS word */
    POD_PUBLISH_AFTER,     /* a sync ends */
    POD_PUBLISH_READINESS, /* the worker is busy: only what probes find moves */
};

void pod_publish(struct pod *p, enum pod_publish what);
void pod_publish_caused(struct pod_container *c, uint64_t seq);
/* The record that has led to what will be told of the container next; 0: nothing that is
 * recorded. */

void pod_publish_created(struct pod *p);
void pod_publish_scheduled(struct pod *p);
void pod_publish_failed(struct pod *p);
/* By whoever takes its object away next: its kubelet has no say in that. */

void pod_publish_object(struct pod *p, enum pod_object_state from, enum pod_object_state to);
void pod_publish_gate(struct pod *p, uint32_t gate, bool value);
void pod_publish_condition(struct pod *p, enum pod_condition c, uint64_t from, bool to,
                           enum pod_condition_reason reason, const char *message);
/* By others than the kubelet. from: POD_CONDITION_NONE = there was none; message "": none. */
void pod_publish_ended(struct pod_container *c); /* a process has ended: the Terminated line */

static inline void pod_changed(struct pod *p, enum pod_changed what)
{
    struct pod_world *w = pod_world_of(p);

    if (w->changed != NULL)
        w->changed(w->changed_ctx, p, what);
}

void pod_tell(struct pod *p, uint32_t container, enum pod_event_kind kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* An Event. Formats only if events are kept. */

uint64_t pod_tell_run(struct pod_probe *b, enum pod_event_kind kind, const char *text,
                      size_t length);
/* What a probe's run has come to. Returns the record's seq. */

/* ---- trouble.c: why a container could not be started ----------------------------------------- */

enum { POD_TROUBLE_MAX = 4096 };

void pod_trouble_note(struct pod_container *c, const char *text);
/* Why it could not be started, for its waiting message; copied, at most POD_TROUBLE_MAX bytes. */

void pod_start_failed(struct pod_container *c, enum pod_reason reason, const char *event,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));
/* No instance comes of it. event: what is told after "Error: "; then the waiting message. */

/* ---- worker.c: the probes -------------------------------------------------------------------- */

void pod_probe_begin(struct pod *p, struct pod_probe *b, rx_ms now);
/* The worker is created: arms the first tick. */

void pod_probe_trigger(struct pod_probe *b);
/* A manual trigger: one attempt now, and the ticker restarts from here. */

void pod_probe_retire(struct pod_probe *b);
void pod_probe_lost(struct pod_probe *b, const struct pod_container *c);
/* The process of c has ended: a run in flight that it was to answer fails in this instant. */

void pod_probe_fetch(const struct rx_timer *t);
/* A timer is about to fire: has fetched from memory what its handler will touch. */

/* ---- refuse.c: windows without a listener ---------------------------------------------------- */

int pod_refusal_prepare(struct pod_container *c); /* when its script is chosen; -RX_ENOMEM */
void pod_refusal_begin(struct pod_container *c);  /* its process has started to serve */
void pod_refusal_review(struct pod_world *w); /* Behavior documents came while processes serve */
void pod_refusal_end(struct pod_container *c);
bool pod_refuses(struct pod *p); /* some listener of it is closed now; for worlds with sockets */

void pod_listener_stops(struct pod_container *c, const struct pod_instance_script *s);
/* Its process has heard the stop signal: by the script it ceases to listen before it ends, or
 * closes what lies idle. */

void pod_listener_reset(struct pod_container *c); /* another process, or none */

static inline bool pod_listener_closed(const struct pod_container *c)
{
    return c->extra != NULL && c->extra->closed;
}
/* It has closed its listener, and what is connected goes on. */

/* ---- serve.c: answering on ports ------------------------------------------------------------- */

void pod_container_serve(struct pod_container *c, bool up);
/* It begins or ceases to answer on its ports. */

void pod_asks_lost(struct pod_container *c);
/* The process of c has ended, or ceases to answer: who waits for an answer of it hears so now. */

/* ---- scripts.c: which Behavior documents speak for a pod ------------------------------------- */

int pod_scripts_choose(struct pod *p, uint32_t first_behaviour);
/* Gives each container its merged script, looking at documents from that number on. */

int pod_scripts_skip(struct pod_world *w, struct pod_template *t, uint64_t *mask);
/* Counts a pod that is not here; tells which of the template's documents speak for it. */

void pod_scripts_cut(struct pod_world *w, uint32_t behaviours);
/* Gives all pods and templates back the scripts of the first documents only, as it was before the
 * others came. */

void pod_scripts_forget(struct pod_world *w, const struct pod_template *t);
/* The newest pod of the template never was: the next one takes its place in the documents'
 * counts. */

bool pod_scripts_pull(const struct pod_world *w, const struct pod_template *t, uint64_t mask);
/* Does one of those documents say how images are pulled? */

struct pod_script pod_scripts_of(const struct pod_world *w, const struct pod_template *t,
                                 uint64_t mask, uint32_t container);
/* What they say of a container. */

/* ---- foreign.c: pods of other shards --------------------------------------------------------- */

void pod_foreign_note(struct pod_world *w, const struct pod_spec *spec, uint32_t container);
/* A template is new: who may pull the container's image, and when. Called for each, by index. */

bool pod_image_there(struct pod_container *c);
/* Is its image on the node: pulled here, or as far as is known by a pod of another shard? */

/* ---- storage.c: limits of local storage ------------------------------------------------------ */

enum { POD_EVICTION_MAX = 256 };

void pod_storage_used(struct pod_container *c); /* a command of it has run */
bool pod_storage_exceeds(struct pod *p, char *why, size_t room);
/* What a kubelet would evict the pod for; false: nothing. */

void pod_storage_note(struct pod_extra *e, const char *why); /* it has been evicted for that */

/* ---- image.c: how a container comes to its image --------------------------------------------- */

bool pod_image_get(struct pod_container *c);
/* Sees to the container's image. True: it is there. Else the stage is PULL, or IDLE with a
 * reason. */

bool pod_image_got(struct pod_container *c); /* its life timer fired in PULL; the same answer */
void pod_image_forget(struct pod_container *c);
/* Frees what is kept of failed pulls. */

/* ---- hook.c: postStart and preStop ----------------------------------------------------------- */

bool pod_hook_begin(struct pod_container *c, bool stop, pod_hook_done_fn *done);
/* Runs a hook of the container. False: it has ended already; extra->hook.failed tells how. Else
 * `done` is called when it ends, unless it is cancelled. */

void pod_hook_cancel(struct pod_container *c);
void pod_hook_process_ended(struct pod_container *c);
void pod_hook_lost(struct pod *p, const struct pod_container *c);
/* The process of c has ended: requests of hooks that it was to answer fail in this instant. */

/* ---- stop.c: how a container ends ------------------------------------------------------------ */

void pod_stop(struct pod_container *c, int32_t grace_s, bool ordered);
/* Begins to stop a running container: preStop hook, its place if ordered, stop signal, SIGKILL. */

void pod_stop_goes_on(struct pod_container *c); /* its life timer fired in PRE_STOP, ORDER or
                                                 * STOP */
void pod_hear_stop(struct pod_container *c, int32_t signal); /* its process gets the stop signal */
void pod_stop_all(struct pod *p, int32_t grace_s);

void pod_stop_sooner(struct pod_container *c, int32_t grace_s);
/* A stop under way gets less grace. */

void pod_stop_next(struct pod *p);
/* Somebody has ended: may a sidecar that waits for that be stopped? */

void pod_ended(struct pod_container *c, int32_t code, enum pod_reason reason);

/* ---- start.c: how a container comes to run --------------------------------------------------- */

void pod_start(struct pod_container *c);
/* Tries to start it: back-off, image, creation, process, postStart hook. The container's stage
 * tells whether that takes time; a start that fails leaves its reason and arms the retry. */

void pod_start_goes_on(struct pod_container *c); /* its life timer fired in PULL or START */
void pod_start_retry(struct pod_container *c);
/* The sync is over in which it could not be started: there will be another. */

void pod_start_rekey(struct pod_container *c, const struct pod_container_spec *next);
/* Its back-off becomes that of its next definition. */

void pod_start_forget(struct pod_container *c);
/* Frees the back-off of its past definitions. */

/* ---- plan.c: what a sync means to do --------------------------------------------------------- */

enum pod_plan_end pod_plan(struct pod *p);
/* Sets the plan of every container. */

/* ---- pod.c: the pod worker ------------------------------------------------------------------- */

void pod_free(struct pod *p);
/* The memory of a pod that is in no list and has no timers armed. */

void pod_extra_free(struct pod_container *c); /* what it has needed besides its place */

#endif
