/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - tables of objects. */
#include "api/cli/show/print.h"

#include <stdlib.h>
#include <string.h>

static bool is_shown(const struct show_column *c, const struct show_style *style)
{
    return !c->wide || style->wide;
}

static void put_head(struct rx_text *t, const struct show_kind *k, const struct show_style *style)
{
    if (style->namespaces)
        rx_text_puts(t, "NAMESPACE\t");
    for (const struct show_column *c = k->column; c->title != NULL; c++) {
        if (!is_shown(c, style))
            continue;
        rx_text_puts(t, c->title);
        rx_text_putc(t, '\t');
    }
    rx_text_puts(t, style->labels ? "LABELS\t\n" : "\n");
}

/* A cell is one line: what stands behind a line break is left out, as kubectl does it. */
/* False: no memory. */
static bool put_cell(struct rx_text *t, const struct show_column *c, const struct show_in *in)
{
    char room[512], *text = room;
    struct rx_text cell = rx_text_in(room, sizeof(room));
    size_t n;

    c->cell(&cell, in);
    if (cell.length > sizeof(room)) {
        text = malloc(cell.length);
        if (text == NULL)
            return false;
        cell = rx_text_in(text, cell.length);
        c->cell(&cell, in);
    }
    for (n = 0; n < cell.length && strchr("\n\r\f", text[n]) == NULL; n++)
        ;
    for (size_t i = 0; i < n; i++)
        if (text[i] == '\t')
            text[i] = ' ';
    face_plain(t, text, n);
    rx_text_puts(t, n < cell.length ? "..." : "");
    if (text != room)
        free(text);
    return true;
}

static bool put_row(struct rx_text *t, const struct show_object *o, const struct show_in *in,
                    const struct show_style *style)
{
    if (style->namespaces) {
        rx_text_puts(t, o->ns);
        rx_text_putc(t, '\t');
    }
    for (const struct show_column *c = o->kind->column; c->title != NULL; c++) {
        if (!is_shown(c, style))
            continue;
        if (style->kinds && c == o->kind->column) {
            show_full_name(t, o->kind);
            rx_text_putc(t, '/');
        }
        if (!put_cell(t, c, in))
            return false;
        rx_text_putc(t, '\t');
    }
    if (style->labels) {
        show_labels(t, in->j, show_at(in, "metadata.labels"));
        rx_text_putc(t, '\t');
    }
    rx_text_putc(t, '\n');
    return true;
}

bool show_table(struct rx_text *t, const struct show_world *w, const struct show_object *item,
                size_t count, const struct show_style *style)
{
    if (!style->no_headers && count > 0)
        put_head(t, item[0].kind, style);
    for (size_t i = 0; i < count; i++) {
        struct show_in in;
        struct json j;
        bool whole = show_open(w, &item[i], &j, &in) && put_row(t, &item[i], &in, style);

        json_close(&j);
        if (!whole)
            return false;
    }
    return true;
}

/* ---- columns --------------------------------------------------------------------------------- */

enum { COLUMNS_MAX = 16, GAP = 3, WIDTH_MIN = 6 };

static size_t width_of(const char *at, size_t n)
{
    size_t width = 0;

    for (size_t i = 0; i < n; i++)
        width += ((unsigned char)at[i] & 0xc0) != 0x80;
    return width;
}

/* The last column of a line is not padded. */
void show_columns(struct rx_text *t, const char *text, size_t length)
{
    size_t width[COLUMNS_MAX];
    const char *end = text + length;

    for (int c = 0; c < COLUMNS_MAX; c++)
        width[c] = WIDTH_MIN - GAP;
    for (int pass = 0; pass < 2; pass++) {
        for (const char *at = text; at < end; at++) {
            for (int c = 0; *at != '\n'; c++) {
                size_t n = (size_t)((const char *)memchr(at, '\t', (size_t)(end - at)) - at);
                size_t wide = width_of(at, n);

                if (pass == 0 && c < COLUMNS_MAX && wide > width[c])
                    width[c] = wide;
                if (pass == 1)
                    rx_text_put(t, at, n);
                at += n + 1;
                if (pass == 1 && *at != '\n' && c < COLUMNS_MAX)
                    rx_text_fill(t, ' ', width[c] + GAP - wide);
            }
            if (pass == 1)
                rx_text_putc(t, '\n');
        }
    }
}
