/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker.h - random manifests: pods with probes and policies, behaviours with windows of every kind,
 * and a scenario, all drawn from one seed.
 */
#ifndef MAKER_H
#define MAKER_H

#include <stddef.h>
#include <stdint.h>

#include "engine/reactor/prng.h"

struct maker {
    struct rx_prng r;
    char *text; /* the manifest; made by maker_make */
    size_t used, room;
};

struct maker_shape {
    unsigned pods_max; /* 1 .. pods_max pods; 0 = 3 */
    unsigned span_s;   /* windows and steps fall into so many seconds; 0 = 60 */
};

void maker_make(struct maker *m, uint64_t seed, const struct maker_shape *shape);
/* Again with the same m reuses its memory. The same seed and shape give the same text. */

void maker_free(struct maker *m);

#endif
