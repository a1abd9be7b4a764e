/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker.h - random worlds: pods and workloads with everything a manifest can say that podring
 * understands, programs with behaviours and small shell scripts, a scenario, knobs, timing and
 * faults of the network. All of it drawn from one seed, on a tape (tape.h): the tape is the world,
 * the text is rendered from it.
 *
 * A world may have a program around it, too, which calls the API at some instants and applies more
 * documents then (maker_call). Left out, since no world has files: the scenario's `apply`.
 */
#ifndef MAKER_H
#define MAKER_H

#include <stddef.h>
#include <stdint.h>

#include "api/podring.h"
#include "tests/support/tape.h"

struct maker_shape {
    unsigned pods_max; /* 1 .. pods_max pods and workloads; 0 = 3 */
    unsigned span_s;   /* windows and steps fall into so many seconds; 0 = 60 */
    bool faults;       /* the network may lose, reset and delay */
    bool wire;         /* only what a wire can show as well as a script */
    bool timings;      /* other timings than the reference may be drawn, and knobs */
    bool calls;        /* a program around it calls the API */
    bool limits;       /* small limits of the engine may be drawn */
    bool cluster;      /* nodes, quotas, budgets, claims, autoscalers, clients; simple pods */
};

enum maker_call_kind {
    MAKER_DELETE,
    MAKER_KILL,
    MAKER_SCALE,
    MAKER_IMAGE,
    MAKER_CONDITION,
    MAKER_REBOOT,
    MAKER_APPLY
};

enum maker_call_from { MAKER_FROM_TIMER, MAKER_BETWEEN_TURNS, MAKER_FROM_EVENT };

struct maker_call {
    enum maker_call_kind kind;
    enum maker_call_from from;
    int64_t at_ms;
    uint64_t seq; /* MAKER_FROM_EVENT: during the delivery of this event, whenever that is */
    char object[32];      /* "pod/p0", "deployment/w1" */
    bool other;           /* in the namespace "other" */
    char container[2];    /* "": none is named */
    int number;           /* grace, signal, replicas, status */
    bool force;           /* MAKER_DELETE */
    size_t text, text_to; /* MAKER_APPLY: of the world's text */
};

struct maker_setting {
    const char *knob, *value;
};

struct maker {
    struct tape tape;
    struct maker_shape shape;
    char *text; /* the manifest, and then the documents of calls */
    size_t used, room;
    size_t manifest; /* how much of it is the manifest */
    struct maker_call call[12];
    unsigned calls;
    struct maker_setting setting[8];
    unsigned settings;
    enum podring_timing timing;
    uint32_t attempts_max, connections_max, events_max; /* 0: the default */
    int64_t latency_max_us;
    uint32_t refuse_ppm, reset_ppm, drop_ppm;

    /* of the world being rendered */
    struct {
        unsigned indent;     /* of the pod spec, in steps of two blanks */
        unsigned number;     /* of the pod or workload */
        unsigned containers; /* of the pod: all kinds */
        unsigned index;      /* of the container */
        unsigned unknown;    /* bit per container: its script has programs that nobody knows */
        bool data, config;   /* its volumes: an emptyDir at /data, a ConfigMap at /etc/app */
        bool gate;
        bool full, aliases, user; /* its storage is limited; hostAliases; securityContext: its
                                   * scripts see that */
        bool other; /* it is in the namespace "other", where everything may have a name once more */
    } now;
    struct {
        const char *kind; /* lower case; "pod" */
        unsigned number;  /* of its name */
        unsigned containers;
        bool gate, other;
    } made[16];
    unsigned count;
    /* of a cluster: what there is beside workloads */
    struct {
        unsigned nodes, quotas, storages, volumes, claims, budgets, services, clients, scalers;
        bool priorities, limits, storage;
    } parts;
};

void maker_make(struct maker *m, uint64_t seed, const struct maker_shape *shape);
/* Draws a world. Again with the same m reuses its memory. The same seed and shape give the same
 * text. */

void maker_remake(struct maker *m, const uint32_t *value, uint32_t count,
                  const struct maker_shape *shape);
/* The world of those draws. */

void maker_free(struct maker *m);

#endif
