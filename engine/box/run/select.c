/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select.c - what select of bash does before each round: the menu and the prompt on standard error,
 * a line from standard input.
 *
 * The words lie in the frame of the loop, as those of `for` do. Its cursor says how far it has
 * come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

enum { MENU, READING, ASKED }; /* f->cursor */

enum { BEHIND_NUMBER = 2, BETWEEN = 2, TAB = 8, WIDTH = 80 };

static uint32_t digits(uint32_t n)
{
    uint32_t d = 1;

    for (; n >= 10; n /= 10)
        d++;
    return d;
}

static void put(struct sh_task *t, const char *s, size_t length)
{
    sh_write_file(t, t->fd[2], s, length);
}

static const char *word_at(const struct sh_task *t, const struct sh_frame *f, uint32_t n)
{
    const char *s = t->bytes + f->bytes;

    while (n-- > 0)
        s += strlen(s) + 1;
    return s;
}

static void indent(struct sh_task *t, uint32_t from, uint32_t to)
{
    while (from < to) {
        bool tab = to / TAB > from / TAB;

        put(t, tab ? "\t" : " ", 1);
        from += tab ? TAB - from % TAB : 1;
    }
}

/* Column by column, as narrow as they may be together, but one column of what would fit into one
 * row. */
static void menu(struct sh_task *t, const struct sh_frame *f)
{
    const char *columns = sh_get(t, "COLUMNS");
    uint32_t width = columns != NULL && atoi(columns) > 0 ? (uint32_t)atoi(columns) : WIDTH;
    uint32_t widest = 0, cols, rows, number = digits(f->left);
    char text[16];

    for (uint32_t i = 0; i < f->left; i++)
        widest = RX_MAX(widest, (uint32_t)strlen(word_at(t, f, i)));
    widest += number + BEHIND_NUMBER + BETWEEN;
    cols = RX_MAX(width / widest, 1u);
    rows = (f->left + cols - 1) / cols;
    if (rows == 1)
        rows = cols;
    rows = RX_MIN(rows, f->left);
    for (uint32_t row = 0; row < rows && sh_charge(t, f->left); row++) {
        uint32_t at = 0;

        for (uint32_t i = row; i < f->left; i += rows, at += widest) {
            uint32_t numbers = i == row ? digits(rows) : number;
            const char *word = word_at(t, f, i);

            put(t, text, (size_t)snprintf(text, sizeof(text), "%*u) ", (int)numbers, i + 1));
            put(t, word, strlen(word));
            if (i + rows < f->left)
                indent(t, at + numbers + BEHIND_NUMBER + (uint32_t)strlen(word), at + widest);
        }
        put(t, "\n", 1);
    }
}

static void ask(struct sh_task *t, struct sh_frame *f)
{
    const char *reply = sh_get(t, "REPLY"), *prompt = sh_get(t, "PS3");

    if (f->cursor == MENU || reply == NULL || *reply == '\0')
        menu(t, f);
    if (prompt == NULL)
        prompt = "#? ";
    put(t, prompt, strlen(prompt));
    f->cursor = READING;
}

/* Reads on, onto the byte stack: 1 at the end of the line, 0 at the end of everything, or
 * SH_BLOCKED. */
static int read_line(struct sh_task *t)
{
    char c;
    int n;

    while ((n = sh_read_file(t, t->fd[0] != NULL ? t->fd[0] : &t->proc->null, &c, 1)) == 1) {
        if (c == '\n')
            return 1;
        if (c != '\0' && (!sh_charge(t, 1) || !sh_bytes(t, &c, 1)))
            return SH_BLOCKED;
    }
    return n;
}

/* What was read becomes REPLY and, by its number, the variable. */
static bool choose(struct sh_task *t, struct sh_frame *f, const char *name)
{
    const char *line, *chosen = "";
    char number[24];
    size_t end;
    int64_t n;
    bool ok;

    if (!sh_bytes(t, "", 1))
        return false;
    line = t->bytes + f->top + strspn(t->bytes + f->top, " \t");
    for (end = strlen(line); end > 0 && strchr(" \t", line[end - 1]) != NULL;)
        end--;
    if (end > 0 && end < sizeof(number)) {
        memcpy(number, line, end);
        number[end] = '\0';
        if (sh_number(number, &n) && n > 0 && n <= f->left)
            chosen = word_at(t, f, (uint32_t)n - 1);
    }
    ok = sh_set(t, "REPLY", t->bytes + f->top) && sh_set(t, name, chosen);
    t->length = f->top;
    return ok;
}

void sh_op_select(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_frame *f = sh_top(t);
    const char *reply;
    int n;

    if (f->left == 0) {
        t->pc = i->c;
        return;
    }
    if (f->cursor != READING)
        ask(t, f);
    n = read_line(t);
    if (n == SH_BLOCKED || t->proc->over)
        return;
    if (n == 0 && t->length == f->top) {
        sh_puts(t, "\n");
        f->status = 1;
        t->pc = i->c;
        return;
    }
    if (!choose(t, f, t->unit->str[i->b])) {
        if (!t->proc->over)
            sh_exit(t, 1);
        return;
    }
    reply = sh_get(t, "REPLY");
    f->cursor = ASKED;
    if (reply != NULL && *reply != '\0')
        t->pc++; /* else it asks again */
}
