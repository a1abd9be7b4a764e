/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h - an observer of a run that holds it to its invariants: over the event stream (watch.c),
 * and, after every turn, over the public API and the engine's own state (watch_turn.c).
 *
 * Each invariant has a name; the first one that is broken is kept, with a sentence about it.
 *
 *   order      at_ms never goes back, seq has no gaps
 *   chain      `from` of a transition is what was told before
 *   first      a pod's first word is that it was created
 *   last       nothing is told of a pod after Deleted but ends of its processes
 *   start      no start while deleted or over, nor of a main before its init containers are done
 *   policy     nothing is started again that policy leaves dead
 *   ends       every Started has its Terminated, and runs exactly in between
 *   exit       exit codes go with their reasons
 *   count      restart counts only grow
 *   phase      Succeeded and Failed are for ever
 *   running    ready and started containers run
 *   condition  conditions are those of the containers and gates
 *   status     STATUS is what kubectl makes of the rest
 *   snapshot   the API shows what the stream has told
 *   kill       no probe kill without a failed run of this instance
 *   sigkill    SIGKILL comes at its time, not before and not after
 *   backoff    no crashed container is started before its back-off is over
 *   attempt    a probe has at most one run in flight
 *   stuck      whoever waits has a clock that ends it; whoever shall be restarted is not forgotten
 *   vanish     what is deleted goes
 *   call       a call of the API answers what it may, and with a sentence
 *   bytes      logs, messages and volumes hold no more than they may
 *   tick       probes tick once a period, from their beginning or their container's start
 *   queue      who waits for a run is in the queue for them, and nobody does while there is one
 *   books      what can be counted is counted right; turning allocates nothing
 */
#ifndef WATCH_H
#define WATCH_H

#include "api/podring.h"
#include "tests/support/maker.h"

struct verdict {
    char rule[32]; /* "" = nothing is wrong */
    char text[480];
    int64_t at_ms;
};

struct watch;

struct watch *watch_new(podring *ring, const struct maker *world, struct verdict *out);
/* To be made before anything is applied; takes the ring's events. */

void watch_turn(struct watch *w); /* after each turn, */
void watch_skip(struct watch *w); /* or this, where the stream lags behind the engine */
void watch_end(struct watch *w);  /* when the run is over */
void watch_free(struct watch *w);

typedef void watch_also_fn(void *ctx, uint64_t seq);

void watch_also(struct watch *w, watch_also_fn *fn, void *ctx);
/* Has fn run for every event, too, after the watch has seen it. */

uint64_t watch_told(const struct watch *w); /* events so far */
uint32_t watch_pods(const struct watch *w); /* that have been created so far */

const char *watch_lines(struct watch *w, size_t *length);
/* Every event as a line of JSON. */

#endif
