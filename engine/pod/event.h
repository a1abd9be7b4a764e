/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.h - facts about pods, queued while a turn runs and handed out at its end.
 *
 * A record is a value: what it says does not depend on what has become of its pod when it is read, nor on
 * when that is. Names are numbers from which they are rendered, words are enumerated, texts that a document
 * invents are numbered (pod_node_reason), and free texts (probe output, messages) are copied, into one
 * buffer that empties with the queue. The queue
 * is bounded by `max`: when it is full the loop is held (loop.h), so nothing is ever dropped.
 *
 * The digest: each object that facts are about rolls a digest of its own, its *story*, over its facts
 * in their order; the digest of a queue is the sum (modulo 2^64) of the stories' values. The order
 * between objects does not matter, so the digests of engines that share the pods of a run add up to
 * that of one engine that has them all.
 */
#ifndef POD_EVENT_H
#define POD_EVENT_H

#include "engine/reactor/journal.h"
#include "engine/reactor/loop.h"
#include "engine/store/words.h"

struct pod_owner;
struct pod_spec;

enum { POD_NO_CONTAINER = 255, POD_NO_TEXT = UINT32_MAX };

struct pod_event {
    rx_ms at;
    uint64_t seq;
    uint64_t pod, serial; /* its id and its number */
    uint64_t from, to;    /* by field */
    /* What names are made of; templates are never freed. NULL: nothing of a pod. */
    const struct pod_spec *spec;
    const struct pod_owner *owner;
    uint32_t ordinal;
    int32_t exit_code;  /* -1 = does not apply */
    uint32_t text;      /* offset of the message in the text buffer, or POD_NO_TEXT */
    uint8_t kind, field, container;
    uint8_t reason;     /* STATE: enum pod_reason; conditions: enum pod_condition_reason */
    bool composed;      /* the text was made because somebody listens. The story does without it, since it
                         * must not depend on that */
};

struct pod_events {
    const struct rx_mem *mem;
    struct rx_loop *loop;
    struct pod_event *ring;
    uint32_t room, head, count; /* room is a power of two */
    uint32_t max;               /* hold the loop at that many */
    char *text;
    uint32_t text_used, text_room;
    uint64_t seq;
    bool keep;   /* false: count and digest only */
    uint64_t lost; /* no memory for a record: the engine says so, it never pretends */
    uint64_t digest; /* sum of the values of all stories */
};

int pod_events_init(struct pod_events *q, const struct rx_mem *mem, struct rx_loop *loop,
                    uint32_t max, bool keep);
void pod_events_fini(struct pod_events *q);

void pod_events_begin(struct pod_events *q, struct rx_digest *story, uint64_t hash, uint64_t number);
/* The story of an object begins: with the hash of its name and a number that tells it from earlier
 * objects of the same name. */

void pod_events_put(struct pod_events *q, const struct pod_event *e, struct rx_digest *story,
                    const char *text, size_t length);
/* Stamps at and seq. text NULL = none; copied. The story must have begun and goes on by this fact. */

const struct pod_event *pod_events_peek(const struct pod_events *q); /* NULL: empty */
void pod_events_pop(struct pod_events *q);
const char *pod_events_text(const struct pod_events *q, const struct pod_event *e);
/* NUL-terminated, "" if none; valid until the queue is empty or grows. */

#endif
