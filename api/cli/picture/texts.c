/* SPDX-License-Identifier: Apache-2.0 */
/* texts.c - open addressing over one block of bytes, which may move: entries know offsets. */
#include "api/cli/picture/texts.h"

#include <string.h>

#include "api/cli/io/grow.h"
#include "engine/reactor/hash.h"

static size_t slot_of(const struct texts *t, uint64_t hash, const void *bytes, size_t size)
{
    size_t i = (size_t)hash & (t->slots - 1);

    for (; t->slot[i] != 0; i = (i + 1) & (t->slots - 1)) {
        const struct texts_entry *e = &t->entry[t->slot[i] - 1];

        if (e->hash == hash && e->size == size && memcmp(t->bytes + e->at, bytes, size) == 0)
            break;
    }
    return i;
}

static bool more_slots(struct texts *t)
{
    size_t slots = t->slots == 0 ? 256 : 2 * t->slots;
    uint32_t *slot = calloc(slots, sizeof(*slot));

    if (slot == NULL)
        return false;
    free(t->slot);
    t->slot = slot;
    t->slots = slots;
    for (size_t n = 0; n < t->count; n++) {
        size_t i = (size_t)t->entry[n].hash & (slots - 1);

        while (slot[i] != 0)
            i = (i + 1) & (slots - 1);
        slot[i] = (uint32_t)n + 1;
    }
    return true;
}

static bool room_for(struct texts *t, size_t more)
{
    size_t room = t->room > 0 ? t->room : 4096;
    char *larger;

    while (room < t->used + more)
        room *= 2;
    if (room == t->room)
        return true;
    larger = realloc(t->bytes, room);
    if (larger == NULL)
        return false;
    t->bytes = larger;
    t->room = room;
    return true;
}

static uint64_t hash_of(const void *bytes, size_t size)
{
    return rx_hash_end(rx_hash_bytes(RX_HASH_START, bytes, size));
}

uint32_t texts_number(struct texts *t, const void *bytes, size_t size, bool *is_new)
{
    uint64_t hash = hash_of(bytes, size);
    size_t i;

    if (is_new != NULL)
        *is_new = false;
    if (2 * (t->count + 1) > t->slots && !more_slots(t))
        return TEXTS_NONE;
    i = slot_of(t, hash, bytes, size);
    if (t->slot[i] != 0)
        return t->slot[i] - 1;
    if (t->count >= TEXTS_NONE - 1 || !room_for(t, size + 1) ||
        !cli_grow((void **)&t->entry, t->count, &t->entry_room, sizeof(*t->entry)))
        return TEXTS_NONE;
    memcpy(t->bytes + t->used, bytes, size);
    t->bytes[t->used + size] = '\0';
    t->entry[t->count] = (struct texts_entry){.hash = hash, .at = t->used, .size = size};
    t->used += size + 1;
    t->slot[i] = (uint32_t)++t->count;
    if (is_new != NULL)
        *is_new = true;
    return (uint32_t)t->count - 1;
}

uint32_t texts_find(const struct texts *t, const void *bytes, size_t size)
{
    size_t i = t->slots > 0 ? slot_of(t, hash_of(bytes, size), bytes, size) : 0;

    return t->slots > 0 && t->slot[i] != 0 ? t->slot[i] - 1 : TEXTS_NONE;
}

const char *texts_at(const struct texts *t, uint32_t number, size_t *size)
{
    const struct texts_entry *e = &t->entry[number];

    if (size != NULL)
        *size = e->size;
    return t->bytes + e->at;
}

void texts_free(struct texts *t)
{
    free(t->entry);
    free(t->bytes);
    free(t->slot);
    *t = (struct texts){0};
}
