/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts.h - texts, or any bytes, each kept once and numbered from 0 in the order of their coming.
 */
#ifndef CLI_TEXTS_H
#define CLI_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct texts {
    struct texts_entry {
        uint64_t hash;
        size_t at, size;
    } *entry;
    size_t count, entry_room;
    char *bytes;
    size_t used, room;
    uint32_t *slot; /* number + 1; 0 = free */
    size_t slots;   /* 0 or a power of two, at most half of them taken */
};

#define TEXTS_NONE UINT32_MAX

uint32_t texts_number(struct texts *t, const void *bytes, size_t size, bool *is_new);
/* The number of these bytes, which are copied, with a NUL behind them, if they are new.
 * TEXTS_NONE: no memory, or as many as there can be. is_new may be NULL. */

uint32_t texts_find(const struct texts *t, const void *bytes, size_t size);
/* TEXTS_NONE: they have no number. */

const char *texts_at(const struct texts *t, uint32_t number, size_t *size);
/* Valid until the next new one. size may be NULL. */

void texts_free(struct texts *t);

#endif
