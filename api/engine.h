/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.h - the inside of an opaque `podring`, for the files of this folder that implement
 * podring.h. Not API.
 */
#ifndef API_ENGINE_H
#define API_ENGINE_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "api/coupling.h"
#include "api/manifest/manifest.h"
#include "api/podring.h"
#include "engine/cluster/cluster.h"
#include "probes/carry/caller.h"
#include "probes/carry/carriers.h"
#include "probes/carry/kept.h"
#include "probes/serve/responder.h"

/* A timer of the embedder's. */
struct api_timer {
    struct rx_timer timer; /* class HOST */
    podring *ring;
    uint64_t id;
    podring_timer_fn *fn;
    void *ctx;
    bool stays; /* it is part of something else, and no timer of the embedder's */
};

struct api_watch {
    struct rx_op op; /* POLL */
    podring *ring;
    uint64_t id;
    podring_watch_fn *fn;
    void *ctx;
    bool stopped;
};

/* A row of podring_count_at. */
struct api_count {
    uint32_t pods;
    uint64_t word; /* packed */
    char text[128]; /* of it; set when all are counted */
};

/* Strings handed out by the last call. */
struct api_strings {
    char name[POD_NAME_MAX], uid[POD_UID_MAX], from[128], to[128], object[320];
    char status[128], message[4096 + 1], last_message[4096 + 1], field[64];
};

/* A Behavior document where it stays. */
struct api_behaviour {
    struct st_object object;
    struct pod_behaviour document;
    struct pod_behaviour *now; /* what it says since it was updated last; else its own */
};

struct api_runtime;

struct podring {
    struct rx_mem mem;
    uint64_t refused; /* allocations that had failed when the callback under way began */
    struct rx_loop loop;
    struct pod_world world;
    struct cluster cluster;
    struct manifest_set set;
    struct probe_responder *responder;
    struct probe_caller *caller;
    struct probe_socket_options socket_options;
    struct probe_exec_runs exec_runs;
    struct probe_kept *kept; /* NULL = every probe run has a connection of its own */
    pthread_t thread;
    pid_t pid;
    struct st_cursor reader; /* podring_next_event's */
    bool virtual_, in_callback, taken; /* taken: the event at the head of the queue was handed
                                        * out */
    bool claims;  /* addresses: before the first pod */
    int claim_fd; /* -1 = none */
    uint32_t address_base, address_bits; /* as the options have them */
    bool closing; /* podring_close was called in a callback: the end of the turn does it */
    bool starved; /* an allocation has failed and no call could tell of it: it turns no further */
    atomic_bool stop;
    uint32_t flags;

    struct api_complaint *complaints, **complaints_end; /* commands.c: not among the diagnostics
                                                         * yet */
    struct rx_mem_pool complaints_pool;

    struct api_coupling coupling; /* of the objects of a run of shares */
    struct manifest_mark applied; /* how much of the set has been applied, */
    const struct pod_behaviour **behaviours; /* and the stable copies of its Behavior documents */
    uint32_t behaviours_room;

    podring_event_fn *on_event;
    void *on_event_ctx;

    struct rx_slab timers, watches;
    struct rx_list execs; /* exec.c, */
    uint64_t execs_begun;
    struct api_runtime *runtime; /* runtime.c; NULL: containers are simulated */
    void (*execs_close)(podring *ring); /* which closes them; NULL: there have been none */
    struct api_count *counts; /* podring_count_at */
    uint32_t counts_used, counts_room;
    uint64_t cursor_pod; /* podring_next_pod: the last one it gave */
    struct st_object *listed; /* naming.c: what was looked for last, if its table is as it was */
    enum st_kind listed_kind;
    uint64_t listed_changes;
    char knob_value[64];
    char why[512];
    /* Of podring_cause and podring_change: beside an event that is looked at. */
    struct api_strings strings, cause_strings, change_strings;
};

void api_settle(podring *ring);
/* What a call has changed is looked at by controllers now, unless a turn is under way: then in its
 * instant. */

int api_enter(podring *ring, const char *function);
/* What each call begins with: 0, or why there is nothing to be done: no engine, another thread,
 * another process, an engine that is about to be closed. */

#define API_OWN(ring)                                                                              \
    do {                                                                                           \
        int enter_rc = api_enter(ring, __func__);                                                  \
                                                                                                   \
        if (enter_rc != 0)                                                                         \
            return enter_rc;                                                                       \
    } while (0)

#define API_CHECK(ring, holds, why)                                                                \
    do {                                                                                           \
        if (!(holds))                                                                              \
            return api_fail(ring, -PODRING_EINVALID, "%s: %s", __func__, why);                     \
    } while (0)

bool api_is_ours(const podring *ring); /* of the thread that calls; NULL is nobody's */

int api_fail(podring *ring, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Keeps the sentence for podring_why and returns the error. Where the engine is NULL or another
 * thread's, it is kept for this thread. */

struct pod *api_pod(podring *ring, uint64_t id);
/* NULL: there is none, and podring_why says so. */

int api_result(podring *ring, int rc, const char *what);
/* rc as it is; if it is an error, with the sentence "what: text of the error". */

struct api_callback {
    bool was;
    uint64_t refused;
};

bool api_callback_begin(podring *ring, struct api_callback *c);
void api_callback_end(podring *ring, const struct api_callback *c);
/* Around each call of a function of the embedder's in a turn. False: the engine is about to be
 * closed, and nothing of it is called any more. */

/* Of what is loaded, for what is there already, and for what is not. */
enum api_write { API_APPLY, API_CREATE, API_REPLACE };

int api_apply(podring *ring, enum api_write how); /* apply.c: podring_apply, whoever calls */

/* update.c: may an object become what it is told to be? 0, or a sentence. `number`: of the object
 * in the set. */
int api_may_update(podring *ring, enum api_write how, uint32_t number, const struct st_object *o);
int api_may_update_pod(podring *ring, const struct pod_workload_spec *spec, const struct pod *p);
int api_may_update_service(podring *ring, uint32_t number, const struct cluster_service *s);
int api_missing(podring *ring, uint32_t number); /* REPLACE, and it is not there: -ENOTFOUND */

int api_loaded(podring *ring, int rc, const char *name, uint32_t said); /* engine.c */
/* What a load has come to, as a code and a sentence. said: how many diagnostics there were
 * before. */

int api_set_loaded(podring *ring, int rc, const struct manifest_mark *before); /* load.c */
/* Sets what the Scenarios of a load that came to rc set, or drops it all. */

void api_act(podring *ring, enum st_call call, struct st_object *o, const struct pod *p);
/* objects.c: on whom it acts; NULL: on nobody in particular. */
int api_acted(podring *ring, int rc);
/* What is done between the two is done because somebody has called for it. The second returns
 * rc. */

void api_check_commands(podring *ring, uint32_t from);
/* commands.c: names what cannot be run as written of the commands of the workloads from that number
 * on that have a template (one that was there already has been spoken of), and what is assumed of
 * programs that nobody knows, once for each program and what it is taken for. */

void api_command_complains(void *ring, struct pod_container *c, const struct pod_handler_spec *h,
                           const struct shell_program *program, const struct shell_diag *d);
/* pod_complain_fn. */

void api_complaints_open(podring *ring);
void api_complaints_close(podring *ring);

const char *api_addresses_check(uint32_t base, uint32_t bits);
/* addresses.c: what is wrong with such a block, or NULL. */

int api_addresses_claim(podring *ring);
/* Before pods are made. -EBUSY with a sentence: the block is another engine's. */

/* naming.c: */
struct st_object *api_object_from(podring *ring, enum st_kind kind, uint64_t serial);
/* The first of that kind whose serial is not smaller. NULL: there is none. */

struct st_object *api_object(podring *ring, enum st_kind kind, uint64_t serial);
/* NULL: there is none, or not any more. */

const char *api_object_kind(const struct st_object *o); /* in kubectl's word: "configmap" */
const char *api_object_name(const struct st_object *o); /* NULL: it has none */

void api_step_text(const struct pod_step *step, char *out, size_t room);
/* "delete pod/p (web.yaml:7)" */

/* named.c: */
bool api_kind_of(const char *word, enum st_kind *kind, uint8_t *sub); /* "configmap"; no pod */
void api_base_of(const struct st_object *o, const struct pod *p, struct manifest_base *out);
/* The document of an object, and what has become of it. p: of a Pod. */
bool api_is_made(const struct st_object *o); /* it has no document of its own */

void api_runtime_close(struct api_runtime *rt); /* runtime.c; NULL is allowed */

void api_close_now(podring *ring); /* open.c */
void api_run_post(void *ring, const struct rx_message *m); /* host.c: a function of podring_post */

void api_drop_taken(podring *ring);
/* Lets go of the event that was handed out last: its place in the queue is free again. */

void api_timer_fired(void *ring, struct rx_timer *t); /* host.c: of class HOST */
void api_deliver(podring *ring);
/* Events to the callback, if there is one; buries what no event refers to any more. */

#endif
