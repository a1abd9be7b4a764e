/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carrier.h - what every probe carrier offers, and its state for one run.
 *
 * A carrier (HTTP, TCP, shell, process, script) carries out one run of a probe or of a hook. It
 * knows sockets, wires and processes; it does not know pods, thresholds or periods. Who asks (a
 * probe's worker, a hook) knows nothing of wires. Between them stands struct pod_attempt, pooled,
 * with the operation, the timers and the buffer that a run needs.
 *
 *  1. Who asks takes an attempt and fills the question. Then rule_carrier.h chooses the carrier,
 *     once: a->carrier and a->carrier_ctx stay what they are until the attempt is free. start
 *     begins.
 *  2. The carrier calls pod_attempt_done exactly once, from inside start or later. The verdict's
 *     text must live until that call returns. Who asked then forgets the attempt.
 *  3. The carrier calls pod_attempt_free once it is quiet: no operation of it is in flight. That
 *     may be long after done: a timed-out run publishes its verdict at once, asks for cancel, and
 *     its slot (not the probe) waits for the last completion. Never before done, but for rule 4.
 *  4. cancel: nobody waits for the verdict any more. The carrier must not call done from here on,
 *     and frees as in 3.
 *  5. `deadline` and `step` come with their keys and disarmed. The carrier arms `deadline` with the
 *     rx_ms_ceil of when the timeout is over, unless that is RX_NS_NEVER, and disarms it once it
 *     knows how the run came out. If it fires, expire is called, or it is armed anew if the run has
 *     waited for a connection meanwhile (rule 7). free disarms both.
 *  6. What the target said is told in its place in the instant: pod_attempt_answer and _answer_lost
 *     arm `step` in the right class, and the carrier goes on when step is called. A carrier that
 *     needs to wake up in between arms `step` itself, in the class that its key has. What nobody
 *     was asked for is told at once.
 *  7. When its operation is over the carrier calls pod_attempt_waited: waiting for a connection is
 *     not the target's time.
 *  8. `scratch`, `phase`, `redirects`, `sock`, `to` and the buffer are the carrier's; scratch and
 *     buffer hold what the run before left there.
 */
#ifndef POD_CARRIER_H
#define POD_CARRIER_H

#include "engine/store/behaviour.h"
#include "engine/pod/rule_probe.h"
#include "engine/reactor/loop.h"

enum { POD_PROBE_BODY_MAX = 10240 }; /* bytes of an answer that an event keeps, as with a kubelet */

/* What a command that has run to its end left behind. */
struct pod_leavings {
    int32_t code;
    const char *out, *err;
    size_t out_length, err_length;
};

struct pod_attempt;
struct pod_world;

struct pod_carrier {
    const char *name;
    void (*start)(struct pod_attempt *a);
    void (*expire)(struct pod_attempt *a); /* a->deadline fired */
    void (*step)(struct pod_attempt *a);   /* a->step fired; NULL if the carrier never arms it */
    void (*cancel)(struct pod_attempt *a);
    void (*lost)(struct pod_attempt *a);
    /* The target's process has ended. NULL for carriers that hear of it through their socket. */
    void (*drop)(struct pod_attempt *a);
    /* The engine closes, its loop is gone: give back what this run holds besides its slot. NULL:
     * nothing. */
    void (*forget)(void *carrier_ctx, uint64_t probe);
    /* An instance that the probe's runs had to do with has ended, or the probe has: nothing is kept
     * for it from here on. NULL for carriers that keep nothing between runs. */
};

typedef void pod_verdict_fn(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                            uint32_t length);

enum { POD_ATTEMPT_BUFFER = 4096, POD_SCRIPT_BUFFER = 1024 };

struct pod_attempt {
    struct rx_op op;          /* the carrier's */
    struct rx_timer deadline; /* the carrier's: armed by it, on the loop below */
    struct rx_timer step;     /* the carrier's: scripted delays */
    struct rx_loop *loop;
    const struct pod_carrier *carrier;
    void *carrier_ctx; /* what the carrier was registered with */

    /* the question, filled by the worker */
    const struct pod_handler_spec *handler;
    rx_ns timeout;         /* of this run; RX_NS_NEVER = none (hooks) */
    uint32_t ip;           /* the pod's own address, host byte order */
    const char *user_agent; /* "kube-probe/1.36", "kube-lifecycle/1.36" */
    bool any_status;       /* httpGet hooks: every HTTP status is a success */
    bool hook;             /* a hook asks, not a probe */
    bool not_tls;          /* the carrier's: an https hook was answered by a server that speaks no
                            * TLS */

    /* the worker's */
    void *owner;           /* struct pod_probe, or struct pod_container if hook; NULL = forgotten */
    pod_verdict_fn *done;  /* of the owner: takes the verdict, once, unless it has forgotten the
                            * run */
    const struct pod_leavings *left; /* the carrier's: of a command, during done; NULL: it did not
                                      * run */
    uint64_t pod, serial;  /* pod id; number of this attempt, for seeded draws */
    uint64_t probe;        /* stable id of (pod, container, kind), never another's */
    uint32_t instance;     /* restarts + 1 of the probe's container */
    uint32_t container;    /* index in the spec */
    rx_ns started;         /* clock at start: latency is measured from here */
    rx_ms began;           /* the instant of the start */
    rx_ns waited;          /* for connections, in the operations that are over: not the target's
                            * time */
    struct pod_world *world;
    struct pod_attempt *next_free; /* the pool's */

    /* the carrier's own state for this run */
    uint32_t room;         /* bytes of buffer: less than POD_ATTEMPT_BUFFER where all is scripted */
    uint8_t phase, redirects;
    bool answered;         /* done was called */
    bool error_is_failure; /* set with POD_ERROR: the event says "failure state", not "unknown
                            * state" */
    rx_sock sock;
    struct rx_addr to;
    uint64_t scratch[32];  /* parser state and the like; see _Static_asserts in the carriers */
    char buffer[POD_ATTEMPT_BUFFER];
};

void pod_attempt_done(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                      uint32_t length);
/* The verdict of this run; calls `done`. */

void pod_attempt_waited(struct pod_attempt *a);
/* Its operation is over: what that waited for a connection does not count against the timeout. */

void pod_attempt_answer(struct pod_attempt *a, rx_ms at);
/* The carrier knows what it will say, and says it when `step` is called: not before that instant,
 * and among all verdicts of it in the order of (pod, container, kind), which is the same in every
 * world. A run that has taken no time is answered at the very end of its instant, another one
 * before what the kubelet does in it. */

void pod_attempt_answer_lost(struct pod_attempt *a);
/* The same for a run whose target has ended: now, before the reactions to that. */

uint64_t pod_attempt_tag(const struct pod_attempt *a, uint32_t hop);
/* Which request this is: what the answer to it is drawn by. It depends on the probe, the instant of
 * the run and the redirects before, and on nothing that others do. Never 0. */

void pod_attempt_free(struct pod_attempt *a);
/* Back to the pool; wakes who waits for one. */

#endif
