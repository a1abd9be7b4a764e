/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller.h - the program around a random world: it makes the calls of the API that were drawn for
 * it (maker_call), from where they were drawn, and looks whether each answers as it may.
 */
#ifndef CALLER_H
#define CALLER_H

#include "tests/support/watch.h"

struct caller;

struct caller *caller_new(podring *ring, const struct maker *m, struct watch *w);
/* Starts timers for the calls that come from one, and listens to the watch's events. */

int64_t caller_next_ms(const struct caller *c, int64_t until);
/* When the next call between turns is due, or `until`. */

void caller_between(struct caller *c); /* between two turns */
bool caller_is_ahead(struct caller *c);
/* True, once: calls were made since the last turn's work, and only the next one tells what they
 * did. */

void caller_free(struct caller *c);

void caller_print(const struct maker *m); /* on standard error, as comments of a manifest */

#endif
