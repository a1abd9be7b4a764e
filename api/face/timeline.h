/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timeline.h - the event stream for people: a line for each thing that one would tell of a pod's
 * life.
 *
 *        40s  web/main            ! Unhealthy: Liveness probe failed: HTTP probe failed with ...
 *
 * Left out is what only accompanies another line: being scheduled, created and pulled, the BackOff
 * Events (the waiting line says more), and the fields that follow from containers' states and the
 * STATUS word.
 */
#ifndef FACE_TIMELINE_H
#define FACE_TIMELINE_H

#include "api/face/format.h"
#include "api/podring.h"

void face_timeline(struct rx_text *t, const struct podring_event *e);
/* A line with its newline, or nothing. */

void face_when_who(struct rx_text *t, const struct podring_event *e);
/* The columns before what it says: the time, and the object with its container. */

void face_fact(struct rx_text *t, const struct podring_event *e);
/* What it says, of any event, without when and of whom. */

#endif
