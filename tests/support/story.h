/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.h - runs a manifest in virtual time through the public API and tells what happened as short
 * strings, so that a worked timeline is compared as it is written down.
 */
#ifndef TEST_STORY_H
#define TEST_STORY_H

#include "api/podring.h"

struct story;

enum { STORY_KNOBS_MAX = 3 };

struct story_knob {
    const char *name, *value;
};

struct story_options {
    int64_t for_ms;
    uint64_t seed;
    enum podring_net net;    /* SCRIPT by default (0) */
    int real;                /* 1: the real clock instead of the virtual one */
    uint32_t flags;          /* enum podring_open_flag */
    const char *knob, *knob_value;
    struct story_knob knobs[STORY_KNOBS_MAX]; /* more of them; a name of NULL ends the list */
};

struct story *story_run(const char *yaml, const struct story_options *o);
/* Fails the running test if the text is refused. */

void story_free(struct story *s);
podring *story_ring(struct story *s); /* still open, at the end of the run */

const char *story_events(struct story *s, const char *reason);
/* Seconds of the Events with that reason: "0 10 30"; fractions as 52.5. */

const char *story_events_of(struct story *s, const char *pod, const char *reason, const char *part);
/* ... of one pod (NULL: any) whose message contains part (NULL: any). */

const char *story_events_in(struct story *s, const char *reason, const char *container);
/* ... about one container. */

const char *story_starts(struct story *s, const char *container);
/* Seconds of the Started Events of a container. */

const char *story_field(struct story *s, const char *pod, const char *container, const char *field);
/* Transitions of a field: "0:True 60:False". pod or container NULL: any. */

const char *story_reasons(struct story *s, const char *pod, const char *field);
/* Transitions of a pod's field with their reasons: "60:False/ContainersNotReady". */

const char *story_text(struct story *s, const char *format,
                       ...) __attribute__((format(printf, 2, 3)));
/* Any text, kept like the other answers. */

const char *story_ends(struct story *s, const char *container);
/* Ends of processes: "52:143/Error". */

const char *story_messages(struct story *s, const char *field_or_reason);
/* Messages of the Events with that reason, or of the transitions of that field: joined by '|'. */

const char *story_value(struct story *s, const char *pod, const char *container, const char *field,
                        int64_t at_ms);
/* The value of a field at the end of that instant; "" if it was never told. */

const char *story_why(struct story *s, const char *pod, const char *field);
/* Reasons of the transitions of a field of the pod: "0:ContainersNotReady 5:PodFailed"; "-" for
 * none. */

const char *story_instant(struct story *s, int64_t at_ms);
/* What was told in that instant, in order: "Killing/c state/c=Terminated phase=Failed". */

const char *story_order(struct story *s);
/* The whole run as lines "kind reason/field pod container from>to", without times. */

uint64_t story_digest(struct story *s);
const char *story_json(struct story *s); /* every event as a line of JSON */

#define story_eq(actual, expected) cr_expect_str_eq(actual, expected, "got \"%s\"", actual)

#endif
