/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - the ring of records, the texts beside it, and the cursors that read them. */
#include "engine/store/log.h"

#include <string.h>

#include "engine/reactor/err.h"

enum { RECORDS_FIRST = 4096, TEXT_FIRST = 256 * 1024 };

static bool store(struct st_log *l, const struct st_record *r, rx_ms at, const char *text,
                  size_t length);
static void forget(struct st_log *l);
static bool grow_ring(struct st_log *l);
static bool grow_text(struct st_log *l, size_t more);
static void keep_spare(struct st_log *l);
static void on_grow(struct rx_mem_pool *p);

int st_log_init(struct st_log *l, const struct rx_mem *mem, struct rx_loop *loop, uint32_t max,
                bool keep)
{
    memset(l, 0, sizeof(*l));
    l->mem = mem;
    l->loop = loop;
    l->max = max;
    l->keep = keep;
    l->tail = l->base = 1;
    if (!keep)
        return 0;
    l->room = RECORDS_FIRST;
    l->text_room = TEXT_FIRST;
    l->ring = rx_mem_alloc(mem, l->room * sizeof(*l->ring));
    l->text = rx_mem_alloc(mem, l->text_room);
    if (l->ring == NULL || l->text == NULL) {
        st_log_fini(l);
        return -RX_ENOMEM;
    }
    rx_mem_pool_add(mem, &l->pool, on_grow);
    return 0;
}

void st_log_fini(struct st_log *l)
{
    rx_mem_pool_remove(&l->pool);
    rx_mem_free(l->mem, l->ring, l->room * sizeof(*l->ring));
    rx_mem_free(l->mem, l->text, l->text_room);
    l->ring = NULL;
    l->text = NULL;
}

int st_log_history(struct st_log *l, uint32_t records)
{
    while (l->keep && l->room < 2 * (uint64_t)records) {
        if (!grow_ring(l))
            return -RX_ENOMEM;
    }
    l->history = records;
    forget(l);
    return 0;
}

static uint32_t held(const struct st_log *l)
{
    return (uint32_t)(l->seq + 1 - l->tail);
}

static struct st_record *record_at(const struct st_log *l, uint64_t seq)
{
    return &l->ring[(seq - l->base) & (l->room - 1)];
}

/* Where the text of the oldest record begins. */
static uint64_t text_tail(const struct st_log *l)
{
    return held(l) > 0 ? record_at(l, l->tail)->text_at : l->text_at;
}

void st_log_reserve(struct st_log *l)
{
    if (!l->keep)
        return;
    if (held(l) > l->room / 2)
        grow_ring(l);
    if (l->text_at - text_tail(l) > l->text_room / 2)
        grow_text(l, 0);
}

int st_log_spare(struct st_log *l, uint32_t records, uint32_t bytes)
{
    while (l->keep && l->room / 2 < records) {
        if (!grow_ring(l))
            return -RX_ENOMEM;
    }
    while (l->keep && l->text_room / 2 < bytes) {
        if (!grow_text(l, 0))
            return -RX_ENOMEM;
    }
    l->spare = RX_MAX(l->spare, records);
    l->text_spare = RX_MAX(l->text_spare, bytes);
    keep_spare(l);
    return 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Every field goes in: two objects with equal digests have told the same story. */
static void go_on(struct rx_digest *story, const struct st_record *r, rx_ms at, const char *text,
                  size_t length)
{
    rx_digest_u64(story, (uint64_t)at);
    rx_digest_u64(story, (uint64_t)r->kind << 32 | (uint64_t)r->field << 24 |
                             (uint64_t)r->container << 16 | (uint64_t)r->reason << 8);
    rx_digest_u64(story, r->from);
    rx_digest_u64(story, r->to);
    rx_digest_u64(story, (uint64_t)(int64_t)r->exit_code);
    if (text != NULL && !r->composed)
        rx_digest_bytes(story, text, length);
}

void st_log_begin(struct st_log *l, struct rx_digest *story, uint64_t hash, uint64_t number)
{
    rx_digest_init(story);
    rx_digest_u64(story, hash);
    rx_digest_u64(story, number);
    l->digest += rx_digest_value(story);
}

uint64_t st_log_put(struct st_log *l, const struct st_record *r, struct rx_digest *story,
                    const char *text, size_t length)
{
    rx_ms at = rx_loop_now(l->loop);

    if (rx_mem_failed(l->mem)) /* what follows from memory that was not there has not happened */
        return l->seq;
    l->digest -= rx_digest_value(story);
    go_on(story, r, at, text, length);
    l->digest += rx_digest_value(story);
    l->told++;
    if (!l->keep)
        return ++l->seq;
    if (!store(l, r, at, text, length))
        return l->seq;
    record_at(l, l->seq)->told = l->told;
    if (l->told - l->told_read >= l->max && l->holders > 0)
        l->loop->held = true;
    return l->seq;
}

uint64_t st_log_note(struct st_log *l, const struct st_record *r)
{
    if (rx_mem_failed(l->mem))
        return l->seq;
    if (!l->keep)
        return ++l->seq;
    store(l, r, rx_loop_now(l->loop), NULL, 0);
    return l->seq;
}

/* The oldest that all holders have read makes room. */
static bool drop_oldest(struct st_log *l)
{
    if (l->tail > (l->holders > 0 ? l->read : l->seq))
        return false;
    l->tail++;
    return true;
}

/* A text does not lie across the end. */
static bool place_text(struct st_log *l, size_t size)
{
    for (;;) {
        uint64_t at = l->text_at, off = at & (l->text_room - 1);

        if (size == 0)
            return true;
        if (off + size > l->text_room)
            at += l->text_room - off;
        if (held(l) == 0 && size <= l->text_room) {
            l->text_at = at;
            return true;
        }
        if (at + size - text_tail(l) <= l->text_room) {
            l->text_at = at;
            return true;
        }
        if (!drop_oldest(l) && !grow_text(l, size))
            return false;
    }
}

/* Is there less room than one handler can fill, behind all that has to stay? */
static bool is_short(const struct st_log *l)
{
    return held(l) + l->spare > l->room ||
        l->text_at - text_tail(l) + l->text_spare > l->text_room;
}

/* What has been read makes room for what the next handler can tell, else the log grows. */
static void keep_spare(struct st_log *l)
{
    while (is_short(l) && drop_oldest(l)) {
    }
    if (is_short(l))
        rx_mem_want(l->mem);
}

static void on_grow(struct rx_mem_pool *p)
{
    struct st_log *l = rx_container_of(p, struct st_log, pool);

    while (held(l) + l->spare > l->room && grow_ring(l)) {
    }
    while (l->text_at - text_tail(l) + l->text_spare > l->text_room && grow_text(l, 0)) {
    }
}

static bool store(struct st_log *l, const struct st_record *r, rx_ms at, const char *text,
                  size_t length)
{
    struct st_record *slot;

    while (held(l) >= l->room && !drop_oldest(l)) {
        if (!grow_ring(l))
            break;
    }
    if (held(l) >= l->room || !place_text(l, text != NULL ? length + 1 : 0)) {
        l->lost++;
        return false;
    }
    l->seq++;
    slot = record_at(l, l->seq);
    *slot = *r;
    slot->at = at;
    slot->seq = l->seq;
    slot->told = 0;
    slot->cause = r->cause != 0 ? r->cause : l->acting;
    slot->text_at = l->text_at;
    slot->text_length = ST_NO_TEXT;
    if (text != NULL) {
        char *to = l->text + (l->text_at & (l->text_room - 1));

        memcpy(to, text, length);
        to[length] = '\0';
        slot->text_length = (uint32_t)length;
        l->text_at += length + 1;
    }
    keep_spare(l);
    return true;
}

static bool grow_ring(struct st_log *l)
{
    struct st_record *ring = rx_mem_alloc(l->mem, 2 * (size_t)l->room * sizeof(*ring));

    if (ring == NULL)
        return false;
    for (uint64_t s = l->tail; s <= l->seq; s++)
        ring[s - l->tail] = *record_at(l, s);
    rx_mem_free(l->mem, l->ring, l->room * sizeof(*ring));
    l->ring = ring;
    l->base = l->tail;
    l->room *= 2;
    return true;
}

/* All texts that are there, one after the other, in a buffer of twice the size or more. */
static bool grow_text(struct st_log *l, size_t more)
{
    uint64_t room = 2 * (uint64_t)l->text_room, at = 0;
    char *text;

    while (room < l->text_room + more)
        room *= 2;
    if (room > UINT32_MAX / 2)
        return false;
    text = rx_mem_alloc(l->mem, room);
    if (text == NULL)
        return false;
    for (uint64_t s = l->tail; s <= l->seq; s++) {
        struct st_record *r = record_at(l, s);

        if (r->text_length != ST_NO_TEXT)
            memcpy(text + at, l->text + (r->text_at & (l->text_room - 1)), r->text_length + 1);
        r->text_at = at;
        at += r->text_length != ST_NO_TEXT ? r->text_length + 1 : 0;
    }
    rx_mem_free(l->mem, l->text, l->text_room);
    l->text = text;
    l->text_room = (uint32_t)room;
    l->text_at = at;
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

const struct st_record *st_log_at(const struct st_log *l, uint64_t seq)
{
    return l->keep && seq >= l->tail && seq <= l->seq ? record_at(l, seq) : NULL;
}

/* Records that nobody is owed any more go. An empty log begins at its first places again, which are
 * in the processor's caches. */
static void forget(struct st_log *l)
{
    uint64_t oldest = l->read >= l->history ? l->read - l->history + 1 : 1;

    l->tail = RX_MAX(l->tail, oldest);
    if (held(l) == 0) {
        l->base = l->tail;
        l->text_at = 0;
    }
}

static void holders_have_read(struct st_log *l)
{
    l->read = l->seq;
    l->told_read = l->told;
    for (const struct st_cursor *c = l->cursors; c != NULL; c = c->next) {
        if (c->holds && c->seq <= l->read) {
            l->read = c->seq - 1;
            l->told_read = c->told;
        }
    }
    forget(l);
    if (l->told - l->told_read < l->max)
        l->loop->held = false;
}

void st_cursor_open(struct st_log *l, struct st_cursor *c, bool holds)
{
    *c = (struct st_cursor){.next = l->cursors, .seq = l->seq + 1, .told = l->told, .holds = holds};
    l->cursors = c;
    l->holders += holds;
}

int st_cursor_seek(struct st_log *l, struct st_cursor *c, uint64_t version)
{
    if (version + 1 < l->tail || version > l->seq)
        return -RX_ENOTFOUND;
    c->seq = version + 1;
    return 0;
}

const struct st_record *st_cursor_peek(const struct st_log *l, const struct st_cursor *c,
                                       bool *late)
{
    bool overtaken = c->seq < l->tail;

    if (late != NULL)
        *late = overtaken;
    return !overtaken && l->keep && c->seq <= l->seq ? record_at(l, c->seq) : NULL;
}

void st_cursor_pop(struct st_log *l, struct st_cursor *c)
{
    RX_ASSERT(c->seq >= l->tail && c->seq <= l->seq);
    c->told = RX_MAX(c->told, record_at(l, c->seq)->told);
    c->seq++;
    if (c->holds)
        holders_have_read(l);
}

const char *st_log_text(const struct st_log *l, const struct st_record *r)
{
    return r->text_length == ST_NO_TEXT ? "" : l->text + (r->text_at & (l->text_room - 1));
}
