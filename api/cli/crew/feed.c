/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.c - several event streams made one, in the order in which one engine would have told them.
 */
#include "api/cli/crew/feed.h"

#include <stdlib.h>
#include <string.h>

#include "api/face/timeline.h"
#include "engine/reactor/base.h"
#include "engine/reactor/hash.h"

enum { READY_MAX = 4 << 20 }; /* bytes that an engine may be ahead */

/* What stands in `ready` before the texts of an event. */
struct record {
    int64_t at_ms;
    uint64_t number, object;
    uint32_t json, line;
};

void feed_open(struct feed *f, pthread_mutex_t *lock, pthread_cond_t *changed, atomic_bool *stop)
{
    *f = (struct feed){.lock = lock, .changed = changed, .stop = stop};
}

void feed_close(struct feed *f)
{
    free(f->entry);
    free(f->text.at);
    free(f->ready.at);
    free(f->taken.at);
    *f = (struct feed){0};
}

static char *room_for(struct feed_bytes *b, size_t more)
{
    size_t room = RX_MAX(b->room, 4096u);
    char *larger;

    while (room < b->used + more)
        room *= 2;
    if (room != b->room) {
        larger = realloc(b->at, room);
        if (larger == NULL)
            return NULL;
        b->at = larger;
        b->room = room;
    }
    return b->at + b->used;
}

/* ---- the engine's side ---------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const struct feed_entry *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->object != y->object)
        return x->object < y->object ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Under the lock. */
static void append(struct feed *f, const struct feed_entry *e)
{
    struct record r = {f->at_ms, e->number, e->object, e->json, e->line};
    size_t length = (size_t)e->json + e->line;
    char *at = room_for(&f->ready, sizeof(r) + length);

    if (at == NULL) {
        f->failed = true;
        return;
    }
    memcpy(at, &r, sizeof(r));
    memcpy(at + sizeof(r), f->text.at + e->offset, length);
    f->ready.used += sizeof(r) + length;
}

static void end_instant(struct feed *f, int64_t reached_ms)
{
    if (f->entries > 1)
        qsort(f->entry, f->entries, sizeof(*f->entry), by_number);
    pthread_mutex_lock(f->lock);
    for (size_t i = 0; i < f->entries; i++)
        append(f, &f->entry[i]);
    f->reached_ms = reached_ms;
    if (f->ready.used > READY_MAX || reached_ms == INT64_MAX)
        pthread_cond_broadcast(f->changed);
    while (f->ready.used > READY_MAX && !*f->stop && reached_ms != INT64_MAX)
        pthread_cond_wait(f->changed, f->lock);
    pthread_mutex_unlock(f->lock);
    f->entries = 0;
    f->text.used = 0;
}

void feed_reach(struct feed *f, int64_t at_ms)
{
    if (at_ms > f->at_ms)
        end_instant(f, at_ms);
    f->at_ms = at_ms;
}

/* The number of an event is given when all are in order, so the text begins behind it. */
static uint32_t render_json(struct feed *f, const struct podring_event *e)
{
    size_t n = podring_event_json(e, NULL, 0), head;
    char *at = room_for(&f->text, n + 1), *rest;

    if (at == NULL)
        return 0;
    podring_event_json(e, at, n + 1);
    rest = strstr(at, ",\"kind\"");
    head = (size_t)(rest - at);
    memmove(at, rest, n - head);
    at[n - head] = '\n';
    f->text.used += n - head + 1;
    return (uint32_t)(n - head + 1);
}

static uint32_t render_line(struct feed *f, const struct podring_event *e)
{
    struct rx_text t = rx_text_in(NULL, 0);
    char *at;

    face_timeline(&t, e);
    at = room_for(&f->text, t.length + 1);
    if (at == NULL)
        return 0;
    t = rx_text_in(at, t.length + 1);
    face_timeline(&t, e);
    f->text.used += t.length;
    return (uint32_t)t.length;
}

static uint64_t object_of(const struct podring_event *e)
{
    const char *ns = e->namespace_ != NULL ? e->namespace_ : "";

    if (e->object == NULL || e->number != 0)
        return 0;
    return rx_hash_end(rx_hash_bytes(rx_hash_bytes(0, ns, strlen(ns) + 1), e->object,
                                     strlen(e->object)));
}

void feed_put(struct feed *f, const struct podring_event *e, bool json, bool line)
{
    feed_reach(f, e->at_ms);
    if (f->entries == f->entry_room) {
        size_t room = f->entry_room * 2 + 64;
        struct feed_entry *larger = realloc(f->entry, room * sizeof(*larger));

        if (larger == NULL) {
            f->failed = true;
            return;
        }
        f->entry = larger;
        f->entry_room = room;
    }
    f->entry[f->entries] =
        (struct feed_entry){.number = e->number, .object = object_of(e), .order = f->entries,
                            .offset = f->text.used};
    if (json)
        f->entry[f->entries].json = render_json(f, e);
    if (line)
        f->entry[f->entries].line = render_line(f, e);
    f->entries++;
}

/* ---- the main thread's side ----------------------------------------------------------------- */

struct numbered {
    struct record record;
    uint64_t seq;
    const char *text;
};

static void render_numbered(struct rx_text *t, const void *what)
{
    const struct numbered *n = what;

    rx_text_puts(t, "{\"at_ms\":");
    rx_text_i64(t, n->record.at_ms);
    rx_text_puts(t, ",\"seq\":");
    rx_text_u64(t, n->seq);
    rx_text_put(t, n->text, n->record.json);
}

static void render_plain(struct rx_text *t, const void *what)
{
    const struct numbered *n = what;

    rx_text_put(t, n->text + n->record.json, n->record.line);
}

/* The feed's oldest event that has not been written. False: there is none now; *reached_ms is then
 * how far the engine has come. */
static bool look_at(struct feed *f, struct record *r, int64_t *reached_ms)
{
    if (f->next == f->taken.used) {
        struct feed_bytes empty = {.at = f->taken.at, .room = f->taken.room};

        pthread_mutex_lock(f->lock);
        f->taken = f->ready;
        f->ready = empty;
        *reached_ms = f->reached_ms;
        pthread_cond_broadcast(f->changed);
        pthread_mutex_unlock(f->lock);
        f->next = 0;
        if (f->taken.used == 0)
            return false;
    }
    memcpy(r, f->taken.at + f->next, sizeof(*r));
    return true;
}

/* Of all feeds the one whose event is next; NULL: none, or one that is behind may still have an
 * earlier one. */
static struct feed *choose(struct feed *const *feeds, uint32_t count, struct record *least)
{
    int64_t behind_ms = INT64_MAX;
    struct feed *chosen = NULL;

    for (uint32_t i = 0; i < count; i++) {
        struct record r;
        int64_t reached_ms = 0;

        if (!look_at(feeds[i], &r, &reached_ms)) {
            behind_ms = RX_MIN(behind_ms, reached_ms);
        } else if (chosen == NULL || r.at_ms < least->at_ms ||
                   (r.at_ms == least->at_ms &&
                    (r.number < least->number ||
                     (r.number == least->number && r.object < least->object)))) {
            *least = r;
            chosen = feeds[i];
        }
    }
    return chosen != NULL && least->at_ms < behind_ms ? chosen : NULL;
}

bool feed_pump(struct feed *const *feeds, uint32_t count, struct feed_sink *sink)
{
    struct record r = {0};
    struct feed *f;
    bool complete = true;

    while ((f = choose(feeds, count, &r)) != NULL) {
        struct numbered n = {r, ++sink->seq, f->taken.at + f->next + sizeof(r)};

        if (sink->json != NULL)
            out_render(sink->json, render_numbered, &n);
        if (sink->json2 != NULL)
            out_render(sink->json2, render_numbered, &n);
        if (sink->line != NULL)
            out_render(sink->line, render_plain, &n);
        f->next += sizeof(r) + r.json + r.line;
    }
    for (uint32_t i = 0; i < count; i++) {
        pthread_mutex_lock(feeds[i]->lock);
        complete &= !feeds[i]->failed;
        pthread_mutex_unlock(feeds[i]->lock);
    }
    return complete;
}
