/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/reactor/text.h"

void rx_text_cut(struct rx_text *t, const char *bytes)
{
    uint32_t fits = t->room - t->len;

    if (fits > 0)
        memcpy(t->at + t->len, bytes, fits);
    t->len = t->room;
    t->cut = true;
}

void rx_text_str(struct rx_text *t, const char *s)
{
    rx_text_add(t, s, strlen(s));
}

void rx_text_uint(struct rx_text *t, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    rx_text_add(t, digits + at, sizeof(digits) - at);
}
