/* SPDX-License-Identifier: Apache-2.0 */
/*
 * behaviour.h - what the simulated program in a container does: scripted outcomes, and the question
 * every prober and server asks: "what does this port answer at this instant?"
 *
 * A Behavior document (podring.dev/v1) is parsed into struct pod_behaviour. Without any, a
 * container runs until it is stopped, exits at once with 143 and answers 200. Times are rx_ms;
 * windows are half-open, [from, to).
 */
#ifndef ST_BEHAVIOUR_H
#define ST_BEHAVIOUR_H

#include "engine/store/rule_path.h"
#include "engine/store/spec.h"

/* A duration: fixed, or drawn from the seed once per use. */
enum pod_draw_kind { POD_DRAW_FIXED, POD_DRAW_UNIFORM, POD_DRAW_EXP };

struct pod_draw {
    enum pod_draw_kind kind;
    rx_ns a, b; /* FIXED: a. UNIFORM: a..b. EXP: mean a */
};

bool pod_draw_is_chance(const struct pod_draw *d);

rx_ms pod_draw_ms(const struct pod_draw *d, uint64_t random);
/* Rounded up to the tick; 64 random bits from the caller. */

struct pod_window {
    rx_ms from, to; /* to = RX_MS_NEVER: open end */
    bool instance_clock; /* counted from the instance's start instead of the run's */
};

static inline bool pod_window_open(const struct pod_window *w, rx_ms started, rx_ms now)
{
    rx_ms t = w->instance_clock ? now - started : now;

    return t >= w->from && t < w->to;
}
/* Is it now, for an instance that has started then? */

rx_ms pod_window_border(const struct pod_window *w, rx_ms started, rx_ms now);
/* When it begins or ends next; RX_MS_NEVER: not any more. */

enum pod_serve_act { POD_SERVE_ANSWER, POD_SERVE_HANG, POD_SERVE_REFUSE, POD_SERVE_RESET,
                     POD_SERVE_HEADERS_ONLY, POD_SERVE_GARBAGE, POD_SERVE_REDIRECT };

enum { POD_GRPC_UNSET = 255, POD_GRPC_UNKNOWN = 0, POD_GRPC_SERVING = 1, POD_GRPC_NOT_SERVING = 2,
       POD_GRPC_SERVICE_UNKNOWN = 3, POD_GRPC_UNIMPLEMENTED = 4 };

struct pod_serve_rule {
    struct pod_window window;
    const char *path;  /* NULL = any; by the rule of rule_path.h */
    uint16_t port;     /* 0 = any */
    enum pod_serve_act act;
    uint16_t status;   /* ANSWER: 100..999, default 200. REDIRECT: 302 unless given */
    uint8_t grpc;      /* POD_GRPC_* */
    bool tls;
    const char *location;      /* REDIRECT */
    const char *body;          /* NULL = a short default text */
    uint32_t body_bytes;       /* > 0: a body of so many bytes instead */
    struct pod_draw latency;   /* before the first byte */
    struct pod_draw body_after; /* between the headers and the body */
    uint32_t rate_ppm;         /* share of answers this rule takes; 1000000 = all */
    uint32_t line;             /* where it stands, for messages */

    /* worked out of these once, by pod_serve_rule_ready */
    struct pod_path target;
    bool chance; /* what it says, or whether it does, is drawn by lot */
};

void pod_serve_rule_ready(struct pod_serve_rule *r);
/* All else is filled in. */

struct pod_exec_rule {
    struct pod_window window;
    uint32_t argc; /* 0 = any command */
    const char *const *argv;
    int32_t exit_code;
    const char *output;
    struct pod_draw takes;
    bool never_ends; /* hangs until its deadline */
    const char *start_error; /* could not be executed at all; NULL = it could */
    uint32_t rate_ppm;
};

struct pod_hook_rule {
    bool present;
    struct pod_draw takes;
    int32_t exit_code;
    const char *output;
    const char *start_error;
};

/* What a server does with connections that are kept. */
struct pod_keep_alive {
    rx_ms idle;       /* after which it closes one: since the last byte of its last answer */
    uint32_t requests; /* that one carries; 0: no limit */
};

enum { POD_KEEP_IDLE_MS = 60 * RX_MS_PER_S }; /* unless a Behavior says otherwise */

/* One instance of the container, by restart count; the last entry repeats. */
struct pod_instance_script {
    struct pod_draw start_takes; /* from the decision to start to the running process */
    const char *start_fail;      /* with this text; NULL = starts */
    enum pod_reason start_reason; /* RUN_ERROR: executed in vain, an instance; others: never
                                   * created */
    bool exits;                  /* by itself */
    struct pod_draw exit_after;  /* since its start; or, if exits_at: */
    bool exits_at;               /* when the run is so old; if it is older already, at once, as long
                                  * as that is less than exit_for ago, and then not any more */
    rx_ms exit_at, exit_for;
    int32_t exit_code;
    const char *exit_reason;     /* "OOMKilled", ...; NULL = Completed or Error by the code */
    int32_t exit_signal;         /* > 0: dies of it; the code is then 128 + signal */
    const char *exit_message;    /* what it leaves in its termination message file; NULL =
                                  * nothing */
    bool ignores_stop;
    bool stop_scripted;          /* onStop was given as {after, code} */
    struct pod_draw stop_after;
    int32_t stop_code;           /* 143 by default */
    bool closes;                 /* the listener closes before the process ends: */
    struct pod_draw closes_after; /* so long after the stop signal */
    bool drains; /* from the stop signal on connections are closed once they lie idle */
    struct pod_keep_alive keep_alive;
    bool has_serve;              /* serve was given (else the behaviour's own `serve` list holds) */
    uint32_t serve_count;
    const struct pod_serve_rule *serve;
    bool chance;                 /* some rule of it draws lots */
};

struct pod_pull_rule {
    struct pod_window window; /* run clock */
    const char *fail;         /* NULL = succeeds */
    enum pod_reason reason;   /* of a failure; IMAGE_INSPECT, IMAGE_NAME: before anything is
                               * pulled */
    struct pod_draw takes;
    const char *image;        /* NULL = any image */
};

/* A Behavior document. Several may fit one container: each part (pull, instances, exec, hooks) is
 * taken from the most specific one that has it - naming pods beats naming the container beats a
 * selector beats none - and of equals the later document. */
struct pod_behaviour {
    const char *ns, *name;
    struct pod_selector selector; /* absent: every pod of the namespace */
    const char *workload;         /* whose pods; NULL = anybody's. A bare pod is its own */
    const char *container;        /* NULL = every container */
    bool has_pods;
    uint32_t pod_count;
    const uint32_t *pod; /* ordinals by order of creation among the pods that match, sorted */
    bool has_pull, has_instances, has_exec, has_post_start, has_pre_stop;
    uint32_t pull_count;
    const struct pod_pull_rule *pull;
    uint32_t instance_count;
    const struct pod_instance_script *instance;
    uint32_t exec_count;
    const struct pod_exec_rule *exec;
    struct pod_hook_rule post_start, pre_stop;
    uint32_t order; /* position among all Behavior documents */
};

/* What POD_SERVE_GARBAGE sends before it closes: the start of a TLS record, and no HTTP at all. */
#define POD_GARBAGE_LINE "\x16\x03\x01 this is not HTTP"

/* The body of an answer that has none of its own. */
#define POD_BODY_DEFAULT "ok\n"

/* What a port answers to one request. */
struct pod_answer {
    enum pod_serve_act act;
    uint16_t status;
    uint8_t grpc;
    bool tls;
    const char *location, *body;
    uint32_t body_bytes;
    rx_ms latency, body_after;
    /* Of a request over sockets: */
    bool drains; /* the connection is to be closed once it has been answered */
    struct pod_keep_alive keep;
};

#endif
