/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fit.h - text under construction, in room that the caller lends.
 *
 * Appends what fits and drops the rest: a message that is too long is cut, never refused. There is
 * no terminator.
 */
#ifndef RX_FIT_H
#define RX_FIT_H

#include "engine/reactor/base.h"

#include <string.h>

struct rx_fit {
    char *at;
    uint32_t len, room;
    bool cut; /* something did not fit */
};

void rx_fit_cut(struct rx_fit *t, const char *bytes);
/* Adds as much of them as there is room, which is less than all. */

/* Inline: most of what is added is a literal of a few bytes. */
static inline void rx_fit_add(struct rx_fit *t, const char *bytes, size_t n)
{
    if (RX_UNLIKELY(n > t->room - t->len)) {
        rx_fit_cut(t, bytes);
        return;
    }
    if (n > 0)
        memcpy(t->at + t->len, bytes, n);
    t->len += (uint32_t)n;
}

void rx_fit_str(struct rx_fit *t, const char *s);
void rx_fit_uint(struct rx_fit *t, uint64_t v);

#endif
