/* SPDX-License-Identifier: Apache-2.0 */
/* watch_parts.h - what the two halves of the observer share. Not for tests. */
#ifndef WATCH_PARTS_H
#define WATCH_PARTS_H

#include "api/engine.h"
#include "tests/support/twin.h"
#include "tests/support/watch.h"

enum { WATCH_GATES_MAX = 4 };

enum watch_kill {
    WATCH_NO_KILL,
    WATCH_LIVENESS,
    WATCH_STARTUP,
    WATCH_CHANGED,
    WATCH_HOOK,
    WATCH_END
};

/* A container as the stream has told it. */
struct watch_container {
    struct twin_container now;
    uint32_t restarts;
    bool open;                  /* Started, and not ended yet */
    bool made;                  /* Created was the newest Event of it */
    bool done;                  /* a regular init container of this sandbox has exited 0 */
    bool was_dead, dead_before; /* there is a dead instance; there was one before it */
    int64_t started_at, dead_at, dead_before_at;
    int32_t last_code;
    bool last_oom;
    bool failed[POD_PROBE_KINDS]; /* a run of this instance has */
    bool replaced;                /* the start under way is that of a condemned one */
    enum watch_kill kill;         /* of the newest end, or of the stop under way */
    int64_t kill_at;
    bool tried; /* a start was tried since the newest end */
    struct twin_ladder ladder;
    /* seen after turns */
    bool doomed;    /* it runs, and is to be killed and started */
    bool condemned; /* it was to be killed and started, and has died before that came */
    uint8_t stage;
    int64_t stop_at, hook_over_at, signal_at;
    int32_t grace_s; /* of the stop under way */
    uint32_t restarts_seen;
    int64_t tick[POD_PROBE_KINDS]; /* when each probe will tick next; -1: not known */
};

struct watch_pod {
    uint64_t id;
    const struct pod_spec *spec;
    char name[64], phase[16], status[80];
    char reason[32]; /* of the pod; the stream does not tell it */
    bool explained;  /* ... and has a message */
    int object;      /* enum pod_object_state */
    bool spoken[POD_CONDITIONS]; /* some event has told of it */
    bool condition[POD_CONDITIONS], gate[WATCH_GATES_MAX];
    bool touched;      /* since the last settled instant */
    bool bound;        /* to its node */
    bool busy;         /* its worker is inside a step: all of its status but readiness waits */
    bool torn;         /* its node was lost: what becomes of it is told by others, later, or
                        * never */
    bool lags;         /* its kubelet has not looked yet */
    bool restarts_all; /* some container may have all of them restarted */
    int64_t deleted_at, held_at;
    struct watch_container *container;
};

struct watch {
    podring *ring;
    struct verdict *out;
    struct watch_pod *pod;
    uint32_t pods, room;
    struct twin_limits limits;
    int64_t news_ms; /* what the network may take to tell a probe of an end */
    bool forgets;    /* back-off entries are dropped early (knob) */
    bool shortens;   /* a stop may be shortened (knob) */
    bool reference;  /* the reference timing */
    bool reshaped;   /* a reboot or another image has come: ladders are not what they were */
    struct {
        enum pod_step_kind kind;
        int64_t at;
    } did[32]; /* what a program around the world has done */
    unsigned deeds;
    watch_also_fn *also;
    void *also_ctx;
    uint64_t last_seq;
    int64_t last_at, settled_at;
    int64_t looked_at; /* after which turn the engine was looked into; */
    bool skipped;      /* there have been others since */
    uint64_t created, deleted, started, ended;
    bool torn; /* some pod is */
    char *lines;
    size_t used, lines_room;
};

void watch_broken(struct watch *w, const char *rule, const struct watch_pod *p, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

struct twin_pod watch_view(const struct watch_pod *p, struct twin_container *container);
/* The pod as it has been told; room for its containers. */

struct watch_pod *watch_find(struct watch *w, uint64_t id);
bool watch_step_in(const struct watch *w, enum pod_step_kind kind, int64_t from, int64_t to);
/* Is there such a step of the scenario, or such a call, between these times, both included? */

void watch_did(struct watch *w, enum pod_step_kind kind);
/* The program around the world is about to do now what such a step would do. */

/* watch_limits.c */
void watch_message(struct watch *w, const struct watch_pod *p, const struct podring_event *e);
void watch_limits(struct watch *w, struct watch_pod *at, struct pod *p, int64_t now);
void watch_queues(struct watch *w);

#endif
