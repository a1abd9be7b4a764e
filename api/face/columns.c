/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c - a column at a time: how wide are the cells that stand below each other? */
#include "api/face/columns.h"

#include <string.h>

enum { COLUMNS = 8, GAP = 2 };

struct line {
    const char *at, *end; /* end: its newline, or the end of the text */
    int cells;            /* that end with a tab */
};

static struct line line_at(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    struct line l = {.at = at, .end = newline != NULL ? newline : end};

    for (const char *p = at; p < l.end && l.cells < COLUMNS; p++)
        l.cells += *p == '\t';
    return l;
}

/* In characters, as far as UTF-8 tells: continuation bytes do not count. */
static size_t width_of(const char *at, const char *end)
{
    size_t n = 0;

    for (; at < end; at++)
        n += ((unsigned char)*at & 0xc0) != 0x80;
    return n;
}

static const char *cell_of(struct line l, int index, const char **end)
{
    const char *at = l.at;

    for (; index > 0; index--)
        at = (const char *)memchr(at, '\t', (size_t)(l.end - at)) + 1;
    *end = memchr(at, '\t', (size_t)(l.end - at));
    return at;
}

/* The width of the column that begins in this line. */
static size_t measure(struct line l, const char *end, int column)
{
    size_t widest = 0;

    while (l.cells > column) {
        const char *cell_end, *cell = cell_of(l, column, &cell_end);
        size_t width = width_of(cell, cell_end);

        widest = width > widest ? width : widest;
        if (l.end == end)
            break;
        l = line_at(l.end + 1, end);
    }
    return widest + GAP;
}

void face_columns(struct rx_text *t, const char *text, size_t length)
{
    const char *end = text + length;
    size_t width[COLUMNS];
    int known = 0; /* columns that go on from the line before */

    for (const char *at = text; at < end;) {
        struct line l = line_at(at, end);

        for (int i = 0; i < l.cells; i++) {
            const char *cell_end, *cell = cell_of(l, i, &cell_end);

            if (i >= known)
                width[i] = measure(l, end, i);
            rx_text_put(t, cell, (size_t)(cell_end - cell));
            rx_text_fill(t, ' ', width[i] - width_of(cell, cell_end));
            at = cell_end + 1;
        }
        known = l.cells;
        rx_text_put(t, at, (size_t)(l.end - at));
        if (l.end < end)
            rx_text_putc(t, '\n');
        at = l.end + 1;
    }
}
