/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - text under construction, in room that the caller lends.
 *
 * Appends what fits and drops the rest: a message that is too long is cut, never refused. There is no
 * terminator.
 */
#ifndef RX_TEXT_H
#define RX_TEXT_H

#include "engine/reactor/base.h"

#include <string.h>

struct rx_text {
    char *at;
    uint32_t len, room;
    bool cut; /* something did not fit */
};

void rx_text_cut(struct rx_text *t, const char *bytes);
/* Adds as much of them as there is room, which is less than all. */

/* Inline: most of what is added is a literal of a few bytes. */
static inline void rx_text_add(struct rx_text *t, const char *bytes, size_t n)
{
    if (RX_UNLIKELY(n > t->room - t->len)) {
        rx_text_cut(t, bytes);
        return;
    }
    if (n > 0)
        memcpy(t->at + t->len, bytes, n);
    t->len += (uint32_t)n;
}

void rx_text_str(struct rx_text *t, const char *s);
void rx_text_uint(struct rx_text *t, uint64_t v);

#endif
