/* SPDX-License-Identifier: Apache-2.0 */
/* fit.c - adds what fits, and cuts the rest. */
#include "engine/reactor/fit.h"

void rx_fit_cut(struct rx_fit *t, const char *bytes)
{
    uint32_t fits = t->room - t->len;

    if (fits > 0)
        memcpy(t->at + t->len, bytes, fits);
    t->len = t->room;
    t->cut = true;
}

void rx_fit_str(struct rx_fit *t, const char *s)
{
    rx_fit_add(t, s, strlen(s));
}

void rx_fit_uint(struct rx_fit *t, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    rx_fit_add(t, digits + at, sizeof(digits) - at);
}
