/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker.h - random worlds: pods and workloads with everything a manifest can say that podring
 * understands, programs with behaviours and small shell scripts, a scenario, knobs, timing and
 * faults of the network. All of it drawn from one seed, on a tape (tape.h): the tape is the world,
 * the text is rendered from it.
 *
 * Left out, since a world is one text: the scenario's `apply`, which reads another file.
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
};

struct maker_setting {
    const char *knob, *value;
};

struct maker {
    struct tape tape;
    struct maker_shape shape;
    char *text; /* the manifest */
    size_t used, room;
    struct maker_setting setting[8];
    unsigned settings;
    enum podring_timing timing;
    int64_t latency_max_us;
    uint32_t refuse_ppm, reset_ppm, drop_ppm;

    /* of the world being rendered */
    struct {
        unsigned indent;     /* of the pod spec, in steps of two blanks */
        unsigned number;     /* of the pod or workload */
        unsigned containers; /* of the pod: all kinds */
        bool data, config;   /* its volumes: an emptyDir at /data, a ConfigMap at /etc/app */
        bool gate;
    } now;
    struct {
        const char *kind; /* lower case; "pod" */
        unsigned containers;
        bool gate;
    } made[16];
    unsigned count;
};

void maker_make(struct maker *m, uint64_t seed, const struct maker_shape *shape);
/* Draws a world. Again with the same m reuses its memory. The same seed and shape give the same
 * text. */

void maker_remake(struct maker *m, const uint32_t *value, uint32_t count,
                  const struct maker_shape *shape);
/* The world of those draws. */

void maker_free(struct maker *m);

#endif
