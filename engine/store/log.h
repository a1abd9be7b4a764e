/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - the change log: whatever changes is one record in it, in order.
 *
 * 1. A record is a value: what it says does not depend on what has become of its object when it is
 *    read, nor on when that is. Names are numbers from which they are rendered, words are
 *    enumerated, texts that a document invents are numbered (struct st_reasons), and free texts
 *    (probe output, messages) are copied.
 * 2. `seq` counts all records from 1, without gaps: it is the version of the store. The newest one
 *    about an object is the object's version.
 * 3. `told` counts those of the event stream in the same way. A record that the stream does not
 *    show has 0: a change of an object that is no pod (st_log_note).
 * 4. `cause` is the seq of the record that has led to this one, or 0: nothing has that is recorded,
 *    or nobody knows. It is always smaller. Whoever acts for somebody else (a step, a controller, a
 *    call of the API) says so with `acting`, which is the cause of all that has no other. `before`
 *    leads to the record about the same object before this one.
 * 5. Readers are cursors. One that holds is never overtaken: when `max` records of the stream are
 *    waiting for it the loop is held (loop.h), so that nothing is dropped. One that does not hold
 *    may fall behind: records that all holders have read stay only as long as `history` has room
 *    for them, and a reader that comes too late is told so.
 * 6. Room is taken before a turn (st_log_reserve): at least as much again as is in use. What one
 *    turn tells beyond that makes the log grow between two handlers, for which it keeps room for as
 *    much as one handler can tell (st_log_spare).
 *
 * The digest: each object of the stream rolls a digest of its own, its *story*, over its records in
 * their order; the digest of a log is the sum (modulo 2^64) of the stories' values. The order
 * between objects does not matter, so the digests of engines that share the pods of a run add up to
 * that of one engine that has them all.
 */
#ifndef ST_LOG_H
#define ST_LOG_H

#include "engine/reactor/digest.h"
#include "engine/reactor/loop.h"
#include "engine/store/words.h"

struct pod_owner;
struct pod_spec;

enum { ST_NO_CONTAINER = 255, ST_NO_TEXT = UINT32_MAX };

/* What an object is called. Lives as long as the log, also when the object has gone. */
struct st_who {
    const char *ns, *name; /* name NULL: it has none */
    uint8_t kind, sub;     /* as those of struct st_object */
};

struct st_record {
    rx_ms at;
    uint64_t seq, told, cause, before;
    uint64_t id, serial;  /* of its object: its id and its number */
    uint64_t from, to;    /* by field */
    const struct st_who *who; /* NULL: it is about a pod or a call */
    /* What a pod's name is made of; both live as long as the log. NULL: nothing of a pod. Where
     * there is a `who`, the pod that it is about as well. */
    const struct pod_spec *spec;
    const struct pod_owner *owner;
    uint64_t text_at;
    uint32_t text_length; /* ST_NO_TEXT: there is none */
    uint32_t ordinal;
    int32_t exit_code; /* -1 = does not apply */
    uint8_t object;    /* enum st_kind */
    uint8_t kind, field, container;
    uint8_t reason; /* STATE: enum pod_reason; conditions: enum pod_condition_reason */
    uint8_t probe;  /* UNHEALTHY: whose run, 1 + enum pod_probe_kind; 0: nobody's */
    bool composed;  /* the text was made because somebody listens. The story does without it,
                     * since it must not depend on that */
};

struct st_cursor {
    struct st_cursor *next;
    uint64_t seq;  /* of the record that is read next */
    uint64_t told; /* of the newest that it has read */
    bool holds;
};

struct st_log {
    const struct rx_mem *mem;
    struct rx_loop *loop;
    struct st_record *ring;
    uint32_t room; /* a power of two */
    uint32_t max, history;
    uint64_t tail, base; /* seq of the oldest record that is there; of the one that stands at 0 */
    char *text;
    uint32_t text_room;  /* a power of two */
    uint64_t text_at;    /* where the next text goes: counted on, modulo text_room */
    uint64_t seq, told;  /* of the newest record */
    uint64_t acting;     /* the record on whose behalf something is done at this moment, or 0 */
    uint64_t read, told_read; /* the newest that all holders have read; without holders the
                               * newest */
    struct st_cursor *cursors;
    uint32_t holders; /* of them */
    bool keep;       /* false: count and digest only */
    uint64_t lost;   /* no memory for a record: the engine says so, it never pretends */
    uint32_t spare, text_spare; /* records and bytes that one handler can tell */
    struct rx_mem_pool pool;
    uint64_t digest; /* sum of the values of all stories */
};

int st_log_init(struct st_log *l, const struct rx_mem *mem, struct rx_loop *loop, uint32_t max,
                bool keep);
void st_log_fini(struct st_log *l);

int st_log_history(struct st_log *l, uint32_t records);
/* Keeps so many that have been read, for readers that do not hold. -RX_ENOMEM. */

void st_log_reserve(struct st_log *l);
/* Before a turn: see 6. Without memory the log stays as it is. */

int st_log_spare(struct st_log *l, uint32_t records, uint32_t bytes);
/* From now on one handler may tell so much. -RX_ENOMEM. */

void st_log_begin(struct st_log *l, struct rx_digest *story, uint64_t hash, uint64_t number);
/* The story of an object begins: with the hash of its name and a number that tells it from earlier
 * objects of the same name. */

uint64_t st_log_put(struct st_log *l, const struct st_record *r, struct rx_digest *story,
                    const char *text, size_t length);
/* A record of the event stream. Stamps at, seq and told. text NULL = none; copied. The story must
 * have begun and goes on by this record. Returns its seq. */

uint64_t st_log_note(struct st_log *l, const struct st_record *r);
/* A record that is not of the stream, nor of any story. */

const struct st_record *st_log_at(const struct st_log *l, uint64_t seq);
/* NULL: it is not there, or not any more. */

static inline uint64_t st_log_seq(const struct st_log *l, uint32_t low)
{
    uint64_t seq = (l->seq & ~(uint64_t)UINT32_MAX) | low;

    return low == 0 ? 0 : seq > l->seq ? seq - ((uint64_t)1 << 32) : seq;
}
/* A seq of which the lower half was kept: the newest that it may be. 0: none. */

/* ---- readers --------------------------------------------------------------------------------- */

void st_cursor_open(struct st_log *l, struct st_cursor *c, bool holds);
/* Reads what comes from now on. */

int st_cursor_seek(struct st_log *l, struct st_cursor *c, uint64_t version);
/* Goes on behind that version of the store. -RX_ENOTFOUND: it is too old, what has changed since is
 * not there any more, or there is no such version yet; the cursor stays where it is. Only for one
 * that does not hold. */

const struct st_record *st_cursor_peek(const struct st_log *l, const struct st_cursor *c,
                                       bool *late);
/* The next record, valid until the log is written to or read on. NULL: there is none; *late (which
 * may be NULL) then tells whether that is because the reader has been overtaken. */

void st_cursor_pop(struct st_log *l, struct st_cursor *c);
/* The record that was peeked has been read. */

const char *st_log_text(const struct st_log *l, const struct st_record *r);
/* NUL-terminated, "" if none; valid as long as the record. */

#endif
