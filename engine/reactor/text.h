/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - text built into a caller's buffer: what everybody writes with.
 *
 * Appending past the end writes nothing but goes on counting, so `length` always ends up as what
 * the whole text needs: render once, and if length > room render again into something larger. No
 * allocation, no locale, no floating point: the same bytes on every machine.
 */
#ifndef RX_TEXT_H
#define RX_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct rx_text {
    char *out;
    size_t room;
    size_t length; /* what has been appended, written or not */
};

/* Without a buffer (NULL, also as the answer of an allocation that was refused) it only counts. */
static inline struct rx_text rx_text_in(char *out, size_t room)
{
    return (struct rx_text){.out = out, .room = out != NULL ? room : 0, .length = 0};
}

enum { RX_TEXT_SAID_MAX = 1024 };

size_t rx_text_end(struct rx_text *t);
/* Terminates with NUL inside the room (cutting the text if it must) and returns the length. */

void rx_text_put(struct rx_text *t, const char *s, size_t n);
void rx_text_puts(struct rx_text *t, const char *s);
/* NULL is "". */

void rx_text_putc(struct rx_text *t, char c);
void rx_text_fill(struct rx_text *t, char c, size_t n);

void rx_text_pad(struct rx_text *t, size_t from, size_t width);
/* Blanks until what was appended since length `from` is `width` bytes long. */

void rx_text_u64(struct rx_text *t, uint64_t n);
void rx_text_i64(struct rx_text *t, int64_t n);

void rx_text_padded(struct rx_text *t, uint64_t n, unsigned digits);
/* With zeros before it, if it has fewer digits. */

void rx_text_hex64(struct rx_text *t, uint64_t n);
/* Sixteen digits. */

void rx_text_say(struct rx_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As printf does, and at most so much a call: what is longer is cut. */

#endif
