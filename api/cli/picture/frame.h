/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h - the event stream in a few bytes a line: what stands in a page, decoded by decode.js.
 *
 * Integers are LEB128 varints; z(n) is zigzag before. Strings, objects, pods and shapes are
 * numbered through all frames, and each stands in the first frame that needs it. A frame:
 *
 *     'P' 'R' 2 flags (0)
 *     how many strings, objects, pods, shapes, records it has
 *     how many bytes each of its nine columns has, then these columns:
 *     strings   length, UTF-8; from 1 on, 0 is ""
 *     objects   kind, namespace, name, labels: strings; owner: object + 1, 0 = none
 *     pods      z(number - that of the pod before); owner: object + 1; namespace, labels, node:
 *               strings; how many bytes of the name are those of the owner's; the rest: length,
 *               bytes
 *     shapes    what a record may say: kind (0 Normal, 1 Warning, 2 a change), subject (0 a pod,
 *               1 an object), argument (0 none, 1 a number, 2 again), probe (0 none, 1 startup,
 *               2 readiness, 3 liveness), cause (0 none, 1 a restart, 2 a deletion), then strings:
 *               container, reason, field, to, message; exit code + 1, 0 = none; about: object + 1
 *     steps     of a record and the n behind it that say nothing new: n * 8 + what this one says:
 *               1 another time, 2 another pod or object, 4 another shape than the one before was
 *               followed by the last time, when that, too, was of the same (or another) pod
 *     times     of those that say so: z(at_ms - that of the record before)
 *     who       of those that say so: z(pod or object - that of the record before)
 *     shape     of those that say so
 *     arguments of the records that have one: z(number - the last one of this who and shape); or
 *               how many further lines there are, and their period in milliseconds
 *
 * The bytes 1, 2 and 3 in a message stand for the pod's own name, uid and IP.
 */
#ifndef CLI_FRAME_H
#define CLI_FRAME_H

#include "api/cli/picture/texts.h"

struct frame_bytes {
    unsigned char *at;
    size_t used, room;
};

enum frame_column {
    FRAME_STRINGS,
    FRAME_OBJECTS,
    FRAME_PODS,
    FRAME_SHAPES,
    FRAME_STEPS,
    FRAME_TIMES,
    FRAME_WHO,
    FRAME_SHAPE,
    FRAME_ARGUMENTS,
    FRAME_COLUMNS
};

enum frame_argument { FRAME_NO_ARGUMENT, FRAME_NUMBER, FRAME_AGAIN };

struct frame_shape {
    uint8_t kind, subject, argument, probe, cause;
    uint32_t container, reason, field, to, message; /* strings */
    uint32_t exit_code, about;                      /* + 1 */
};

struct frames {
    struct texts strings, objects, shapes;
    uint64_t pods, records, messages_left_out;
    struct frame_bytes column[FRAME_COLUMNS], whole;
    uint32_t count[5]; /* of strings, objects, pods, shapes, records in this frame */
    int64_t at_ms, who, number; /* of the record, of the pod before */
    uint32_t shape_before;      /* + 1; 0: none in this frame */
    uint32_t *next[2]; /* by shape: what it was followed by, + 1; of the same pod, of another */
    size_t next_room;
    uint32_t step, steps; /* what the newest record said that said anything; those behind it */
    bool stepped;         /* there is one */
    struct texts lasts; /* who and shape of numbers */
    int64_t *last;
    size_t last_room;
    bool failed; /* out of memory */
};

uint32_t frame_string(struct frames *f, const char *s); /* NULL is "" */

uint32_t frame_message(struct frames *f, const char *s, size_t n);
/* The same for what somebody has said, of which there may be too much: then it is left out. */

uint32_t frame_object(struct frames *f, const char *kind, const char *ns, const char *name,
                      uint32_t owner);
/* An object's number; the owner (object + 1) counts when it is new. */

uint32_t frame_find_object(const struct frames *f, const char *kind, const char *ns,
                           const char *name);
/* TEXTS_NONE: it is not there yet. */

void frame_pod(struct frames *f, uint64_t number, const char *name, const char *ns,
               const char *labels, const char *node, uint32_t owner, const char *owner_name);
/* The next pod. */

uint32_t frame_shape(struct frames *f, const struct frame_shape *s);

void frame_record(struct frames *f, int64_t at_ms, uint32_t who, uint32_t shape);
void frame_record_number(struct frames *f, int64_t at_ms, uint32_t who, uint32_t shape, int64_t to);
void frame_record_again(struct frames *f, int64_t at_ms, uint32_t who, uint32_t shape, uint64_t n,
                        int64_t period_ms);

bool frame_is_full(const struct frames *f);

const struct frame_bytes *frame_close(struct frames *f);
/* The frame so far, until the next call; it begins anew. One without anything in it is NULL. */

void frame_free(struct frames *f);

#endif
