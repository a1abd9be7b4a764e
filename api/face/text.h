/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - text built into a caller's buffer: what every face writes with.
 *
 * Appending past the end writes nothing but goes on counting, so `length` always ends up as what
 * the whole text needs: render once, and if length > room render again into something larger. No
 * allocation, no locale, no floating point: the same bytes on every machine.
 */
#ifndef FACE_TEXT_H
#define FACE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct face_text {
    char *out;
    size_t room;
    size_t length; /* what has been appended, written or not */
};

static inline struct face_text face_text_in(char *out, size_t room)
{
    return (struct face_text){.out = out, .room = room, .length = 0};
}

size_t face_end(struct face_text *t);
/* Terminates with NUL inside the room (cutting the text if it must) and returns the length. */

void face_put(struct face_text *t, const char *s, size_t n);
void face_puts(struct face_text *t, const char *s);
/* NULL is "". */

void face_plain(struct face_text *t, const char *s, size_t n);
/* For text that somebody else has written and that may reach a terminal: control characters other than
 * newline and tab are shown instead of sent, ESC as ^[ and a carriage return as \\r, as kubectl has it. */

void face_putc(struct face_text *t, char c);
void face_fill(struct face_text *t, char c, size_t n);

void face_pad(struct face_text *t, size_t from, size_t width);
/* Blanks until what was appended since length `from` is `width` bytes long. */

void face_u64(struct face_text *t, uint64_t n);
void face_i64(struct face_text *t, int64_t n);
void face_hex64(struct face_text *t, uint64_t n);
/* Sixteen digits. */

void face_grouped(struct face_text *t, uint64_t n);
/* 1,234,567 */

void face_fixed(struct face_text *t, uint64_t n, unsigned decimals);
/* n / 10^decimals, with exactly so many decimals. */

void face_age(struct face_text *t, int64_t ms);
/* As kubectl prints ages: 5s, 2m30s, 12m, 5h4m, 3d2h, 1y20d. */

void face_span(struct face_text *t, uint64_t ns);
/* A measured duration with three digits: 412ns, 3.04us, 41.2ms, 1.53s. Rounds to the nearest. */

void face_duration(struct face_text *t, int64_t ms);
/* Exact, the way Go prints it: 0s, 250ms, 1.5s, 1m20s, 5m0s, 1h0m0s. */

void face_bytes(struct face_text *t, uint64_t n);
/* 812 B, 12.3 KiB, 4.0 GiB. */

void face_rfc3339(struct face_text *t, int64_t unix_ms);
/* 2026-01-01T00:00:00Z; with milliseconds only if there are any. Years 0 to 9999. */

#endif
