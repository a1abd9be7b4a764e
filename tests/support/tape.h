/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tape.h - random choices as a value: every draw a generator makes is written down, with the spans
 * of draws that belong together, so that the same choices can be made again, and fewer and smaller
 * ones.
 *
 * A generator asks tape_draw for numbers and marks with tape_open and tape_close what was drawn for
 * one thing: a pod, a probe, a step. Zero must be its simplest choice. A tape that is given plays
 * those draws; past its end all draws are zero. Nothing that is made of a tape depends on anything
 * else, so a world can be made smaller without knowing what a world is: see tape_shrink.
 */
#ifndef TAPE_H
#define TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/reactor/prng.h"

struct tape_span {
    uint32_t from, to; /* draws, half-open */
};

struct tape {
    struct rx_prng chance;
    const uint32_t *given; /* NULL: fresh draws */
    uint32_t given_count;
    uint32_t *value; /* what was drawn, at most once each */
    uint32_t count, room;
    struct tape_span *span; /* in order of opening: the outer before the inner */
    uint32_t spans, span_room;
    uint32_t open[16];
    uint32_t depth;
};

void tape_record(struct tape *t, uint64_t seed);
/* Begins anew, with fresh draws; memory is reused. */

void tape_replay(struct tape *t, const uint32_t *value, uint32_t count);
/* Begins anew, with those draws (not the tape's own array); each is lowered to its bound. */

unsigned tape_draw(struct tape *t, unsigned n); /* 0 .. n-1 */
void tape_open(struct tape *t);
void tape_close(struct tape *t);
void tape_free(struct tape *t);

typedef bool tape_fails_fn(void *ctx, const uint32_t *value, uint32_t count, struct tape *played);
/* Do these draws still fail? If so, `played` has been played with them. */

unsigned tape_shrink(struct tape *t, unsigned tries, tape_fails_fn *fails, void *ctx);
/* Looks for fewer and smaller draws that fail: drops spans, empties them, lowers single draws,
 * until nothing helps or so many candidates have been tried. t holds a failing tape before and the
 * smallest one found after. Returns the number of tries. */

#endif
