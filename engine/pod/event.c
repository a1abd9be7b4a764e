/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/pod/event.h"

#include <string.h>

#include "engine/reactor/err.h"

enum { EVENTS_FIRST = 4096, TEXT_FIRST = 256 * 1024 };

int pod_events_init(struct pod_events *q, const struct rx_mem *mem, struct rx_loop *loop,
                    uint32_t max, bool keep)
{
    memset(q, 0, sizeof(*q));
    q->mem = mem;
    q->loop = loop;
    q->max = max;
    q->keep = keep;
    if (!keep)
        return 0;
    q->room = EVENTS_FIRST;
    q->text_room = TEXT_FIRST;
    q->ring = rx_mem_alloc(mem, q->room * sizeof(*q->ring));
    q->text = rx_mem_alloc(mem, q->text_room);
    if (q->ring == NULL || q->text == NULL) {
        pod_events_fini(q);
        return -RX_ENOMEM;
    }
    return 0;
}

void pod_events_fini(struct pod_events *q)
{
    rx_mem_free(q->mem, q->ring, q->room * sizeof(*q->ring));
    rx_mem_free(q->mem, q->text, q->text_room);
    q->ring = NULL;
    q->text = NULL;
}

static bool grow_ring(struct pod_events *q)
{
    struct pod_event *ring;

    if (q->count < q->room)
        return true;
    ring = rx_mem_alloc(q->mem, 2 * (size_t)q->room * sizeof(*ring));
    if (ring == NULL)
        return false;
    for (uint32_t i = 0; i < q->count; i++)
        ring[i] = q->ring[(q->head + i) & (q->room - 1)];
    rx_mem_free(q->mem, q->ring, q->room * sizeof(*q->ring));
    q->ring = ring;
    q->head = 0;
    q->room *= 2;
    return true;
}

static uint32_t keep_text(struct pod_events *q, const char *text, size_t length)
{
    uint32_t at = q->text_used;

    if (text == NULL)
        return POD_NO_TEXT;
    while (q->text_room - q->text_used < length + 1) {
        char *more;

        if (q->text_room > UINT32_MAX / 2)
            return POD_NO_TEXT;
        more = rx_mem_grow(q->mem, q->text, q->text_room, 2 * (size_t)q->text_room);
        if (more == NULL)
            return POD_NO_TEXT;
        q->text = more;
        q->text_room *= 2;
    }
    memcpy(q->text + at, text, length);
    q->text[at + length] = '\0';
    q->text_used += (uint32_t)length + 1;
    return at;
}

/* Every field goes in: two objects with equal digests have told the same story. */
static void go_on(struct rx_digest *story, const struct pod_event *e, rx_ms at, const char *text,
                  size_t length)
{
    rx_digest_u64(story, (uint64_t)at);
    rx_digest_u64(story, (uint64_t)e->kind << 32 | (uint64_t)e->field << 24 |
                             (uint64_t)e->container << 16 | (uint64_t)e->reason << 8);
    rx_digest_u64(story, e->from);
    rx_digest_u64(story, e->to);
    rx_digest_u64(story, (uint64_t)(int64_t)e->exit_code);
    if (text != NULL && !e->composed)
        rx_digest_bytes(story, text, length);
}

void pod_events_begin(struct pod_events *q, struct rx_digest *story, uint64_t hash, uint64_t number)
{
    rx_digest_init(story);
    rx_digest_u64(story, hash);
    rx_digest_u64(story, number);
    q->digest += rx_digest_value(story);
}

void pod_events_put(struct pod_events *q, const struct pod_event *e, struct rx_digest *story,
                    const char *text, size_t length)
{
    rx_ms at = rx_loop_now(q->loop);
    struct pod_event *slot;

    if (rx_mem_failed(q->mem)) /* what follows from memory that was not there has not happened */
        return;
    q->seq++;
    q->digest -= rx_digest_value(story);
    go_on(story, e, at, text, length);
    q->digest += rx_digest_value(story);
    if (!q->keep)
        return;
    if (!grow_ring(q)) {
        q->lost++;
        return;
    }
    slot = &q->ring[(q->head + q->count) & (q->room - 1)];
    *slot = *e;
    slot->at = at;
    slot->seq = q->seq;
    slot->text = keep_text(q, text, length);
    if (rx_mem_failed(q->mem)) {
        q->lost++;
        return;
    }
    q->count++;
    if (q->count >= q->max)
        q->loop->held = true;
}

const struct pod_event *pod_events_peek(const struct pod_events *q)
{
    return q->count > 0 ? &q->ring[q->head] : NULL;
}

void pod_events_pop(struct pod_events *q)
{
    RX_ASSERT(q->count > 0);
    q->head = (q->head + 1) & (q->room - 1);
    q->count--;
    if (q->count == 0) {
        q->head = 0;
        q->text_used = 0;
    }
    if (q->count < q->max)
        q->loop->held = false;
}

const char *pod_events_text(const struct pod_events *q, const struct pod_event *e)
{
    return e->text == POD_NO_TEXT ? "" : q->text + e->text;
}
