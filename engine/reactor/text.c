/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - appending to a bounded buffer, and plain numbers. */
#include "engine/reactor/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"

size_t rx_text_end(struct rx_text *t)
{
    if (t->room > 0)
        t->out[t->length < t->room ? t->length : t->room - 1] = '\0';
    return t->length;
}

void rx_text_put(struct rx_text *t, const char *s, size_t n)
{
    if (t->length < t->room && n > 0) {
        size_t room = t->room - t->length;

        memcpy(t->out + t->length, s, n < room ? n : room);
    }
    t->length += n;
}

void rx_text_puts(struct rx_text *t, const char *s)
{
    if (s != NULL)
        rx_text_put(t, s, strlen(s));
}

void rx_text_putc(struct rx_text *t, char c)
{
    if (t->length < t->room)
        t->out[t->length] = c;
    t->length++;
}

void rx_text_fill(struct rx_text *t, char c, size_t n)
{
    while (n-- > 0)
        rx_text_putc(t, c);
}

void rx_text_pad(struct rx_text *t, size_t from, size_t width)
{
    size_t used = t->length - from;

    if (used < width)
        rx_text_fill(t, ' ', width - used);
}

void rx_text_u64(struct rx_text *t, uint64_t n)
{
    rx_text_padded(t, n, 1);
}

void rx_text_i64(struct rx_text *t, int64_t n)
{
    if (n < 0)
        rx_text_putc(t, '-');
    rx_text_u64(t, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void rx_text_padded(struct rx_text *t, uint64_t n, unsigned digits)
{
    char text[20];
    unsigned at = sizeof(text);

    do {
        text[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    if (sizeof(text) - at < digits)
        rx_text_fill(t, '0', digits - (sizeof(text) - at));
    rx_text_put(t, text + at, sizeof(text) - at);
}

void rx_text_hex64(struct rx_text *t, uint64_t n)
{
    for (int shift = 60; shift >= 0; shift -= 4)
        rx_text_putc(t, "0123456789abcdef"[n >> shift & 15]);
}

void rx_text_say(struct rx_text *t, const char *format, ...)
{
    char text[RX_TEXT_SAID_MAX];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (n > 0)
        rx_text_put(t, text, RX_MIN((size_t)n, sizeof(text) - 1));
}
