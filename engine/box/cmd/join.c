/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join.c - join: lines of two sorted files that have a field in common.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/box/cmd/files.h"
#include "engine/box/cmd/texts.h"
#include "engine/reactor/base.h"

static const char options[] =
    "a:e:ij:1:2:o:t:v:zHCN ignore-case=i header=H check-order=C nocheck-order=N zero-terminated=z";

enum { COLUMNS_MAX = 64 };

struct word {
    const char *text;
    uint32_t length;
};

struct join_line {
    const char *text;
    uint32_t length;
};

struct join_side {
    struct join_line *line;
    uint32_t count, field; /* field: what is compared, from 0 */
    uint32_t fields;       /* of its first line: -o auto */
    bool unpaired, told;   /* unpaired: its lines that find none are printed */
};

struct join {
    struct sh_task *t;
    struct sh_opts o;
    struct sh_texts all;
    struct join_side side[2];
    const char *empty; /* -e */
    int tab;           /* -t; -1: blanks */
    bool only_unpaired, automatic, seen_unpaired, failed;
    struct {
        uint8_t side;
        uint32_t field;
    } column[COLUMNS_MAX]; /* -o; side 2: the field in common */
    uint32_t columns;
};

static bool is_blank(char b)
{
    return b == ' ' || b == '\t' || b == '\n';
}

/* A field of a line, from 0; text NULL: it has not so many. */
static struct word field_of(const struct join *k, const struct join_line *l, uint32_t n)
{
    const char *s = l->text, *end = s + l->length, *stop;

    for (uint32_t i = 0;; i++) {
        while (k->tab < 0 && s < end && is_blank(*s))
            s++;
        if (k->tab < 0 && s == end)
            return (struct word){0};
        for (stop = s; stop < end && (k->tab < 0 ? !is_blank(*stop) : *stop != (char)k->tab);)
            stop++;
        if (i == n)
            return (struct word){s, (uint32_t)(stop - s)};
        if (stop == end)
            return (struct word){0};
        s = stop + 1;
    }
}

static uint32_t fields_of(const struct join *k, const struct join_line *l)
{
    uint32_t n = 0;

    while (field_of(k, l, n).text != NULL)
        n++;
    return n;
}

static int compare(const struct join *k, const struct word *a, const struct word *b)
{
    uint32_t both = RX_MIN(a->length, b->length);
    int r = both == 0            ? 0
            : sh_opt(&k->o, 'i') ? strncasecmp(a->text, b->text, both)
                                 : memcmp(a->text, b->text, both);

    return r != 0 ? r : a->length < b->length ? -1 : a->length > b->length;
}

static struct word key_of(const struct join *k, int which, uint32_t line)
{
    return field_of(k, &k->side[which].line[line], k->side[which].field);
}

/* ---- printing ---------------------------------------------------------------------------------
 */

static void put_word(struct join *k, struct word w, bool *any)
{
    char between = k->tab < 0 ? ' ' : (char)k->tab;

    if (*any)
        sh_put(k->t, &between, 1);
    *any = true;
    if (w.length > 0)
        sh_put(k->t, w.text, w.length);
    else if (k->empty != NULL)
        sh_puts(k->t, k->empty);
}

static void put_rest(struct join *k, int which, const struct join_line *l, bool *any)
{
    uint32_t fields = k->automatic ? k->side[which].fields : UINT32_MAX;

    for (uint32_t n = 0; n < fields; n++) {
        struct word w = l != NULL ? field_of(k, l, n) : (struct word){0};

        if (w.text == NULL && !k->automatic)
            return;
        if (n != k->side[which].field)
            put_word(k, w, any);
    }
}

/* A line of each side, or of one of them. */
static void put_pair(struct join *k, const struct join_line *a, const struct join_line *b)
{
    const struct join_line *line[2] = {a, b};
    int from = a != NULL ? 0 : 1;
    bool any = false;

    if (!sh_charge(k->t, 2))
        return;
    for (uint32_t i = 0; i < k->columns; i++) {
        int which = k->column[i].side == 2 ? from : k->column[i].side;
        uint32_t field = k->column[i].side == 2 ? k->side[from].field : k->column[i].field;

        put_word(k, line[which] != NULL ? field_of(k, line[which], field) : (struct word){0}, &any);
    }
    if (k->columns == 0) {
        put_word(k, field_of(k, line[from], k->side[from].field), &any);
        for (int which = 0; which < 2; which++)
            if (line[which] != NULL || k->automatic)
                put_rest(k, which, line[which], &any);
    }
    sh_puts(k->t, "\n");
}

/* ---- the two files ----------------------------------------------------------------------------
 */

static bool cut(struct join *k, int which)
{
    struct join_side *s = &k->side[which];
    struct sh_text *text = &k->all.text[which];
    uint32_t room = 1;
    struct join_line l;

    for (uint32_t i = 0; i < text->buf.length; i++)
        room += text->buf.text[i] == '\n';
    s->line = sh_call_alloc(k->t, room * sizeof(*s->line));
    if (s->line == NULL)
        return false;
    while (sh_text_line(text, &l.text, &l.length))
        s->line[s->count++] = l;
    s->fields = s->count > 0 ? fields_of(k, &s->line[0]) : 0;
    return sh_charge(k->t, 1 + text->buf.length / 8);
}

/* Is the line behind the one before it? False: it is not, and that ends all. */
static bool in_order(struct join *k, int which, uint32_t line)
{
    struct join_side *s = &k->side[which];
    struct word before, now;

    if (line == 0 || line >= s->count || s->told || sh_opt(&k->o, 'N') ||
        !(sh_opt(&k->o, 'C') || k->seen_unpaired) || (sh_opt(&k->o, 'H') && line == 1))
        return true;
    before = key_of(k, which, line - 1);
    now = key_of(k, which, line);
    if (compare(k, &before, &now) <= 0)
        return true;
    sh_complain(k->t, "join: %s:%u: is not sorted: %.*s", k->all.text[which].path, line + 1,
                (int)RX_MIN(s->line[line].length, 200u), s->line[line].text);
    s->told = k->failed = true;
    return !sh_opt(&k->o, 'C');
}

static uint32_t run_end(struct join *k, int which, uint32_t line)
{
    struct word first = key_of(k, which, line), w;
    uint32_t end = line + 1;

    for (; end < k->side[which].count; end++) {
        w = key_of(k, which, end);
        if (compare(k, &first, &w) != 0)
            break;
    }
    return end;
}

static void put_unpaired(struct join *k, int which, uint32_t line)
{
    const struct join_line *l = &k->side[which].line[line];

    if (k->side[which].unpaired)
        put_pair(k, which == 0 ? l : NULL, which == 1 ? l : NULL);
}

static void match(struct join *k)
{
    uint32_t at[2] = {0, 0}, end[2];

    if (sh_opt(&k->o, 'H') && k->side[0].count + k->side[1].count > 0) {
        put_pair(k, k->side[0].count > 0 ? k->side[0].line : NULL,
                 k->side[1].count > 0 ? k->side[1].line : NULL);
        at[0] = k->side[0].count > 0;
        at[1] = k->side[1].count > 0;
    }
    while (at[0] < k->side[0].count && at[1] < k->side[1].count && sh_charge(k->t, 1)) {
        struct word a = key_of(k, 0, at[0]), b = key_of(k, 1, at[1]);
        int order = compare(k, &a, &b), which = order < 0 ? 0 : 1;

        if (order != 0) {
            put_unpaired(k, which, at[which]);
            k->seen_unpaired = true;
            if (!in_order(k, which, ++at[which]))
                return;
            continue;
        }
        end[0] = run_end(k, 0, at[0]);
        end[1] = run_end(k, 1, at[1]);
        for (which = 0; which < 2; which++)
            if (!in_order(k, which, end[which]))
                return;
        for (uint32_t i = at[0]; i < end[0] && !k->only_unpaired; i++)
            for (uint32_t j = at[1]; j < end[1] && !k->t->proc->over; j++)
                put_pair(k, &k->side[0].line[i], &k->side[1].line[j]);
        at[0] = end[0];
        at[1] = end[1];
    }
    for (int which = 0; which < 2; which++)
        for (; at[which] < k->side[which].count && !k->t->proc->over; at[which]++) {
            if (!in_order(k, which, at[which]))
                return;
            put_unpaired(k, which, at[which]);
        }
}

/* ---- the command line -------------------------------------------------------------------------
 */

static bool bad(struct join *k, const char *what, const char *word)
{
    sh_complain(k->t, "join: %s: '%s'", what, word);
    return false;
}

static bool read_field(struct join *k, const char *word, uint32_t *field)
{
    int64_t n;

    if (!sh_number(word, &n) || n < 1 || n > UINT32_MAX)
        return bad(k, "invalid field number", word);
    *field = (uint32_t)n - 1;
    return true;
}

static bool read_side(struct join *k, const char *word)
{
    if (strcmp(word, "1") != 0 && strcmp(word, "2") != 0)
        return bad(k, "invalid field number", word);
    k->side[*word - '1'].unpaired = true;
    return true;
}

/* "0,1.2 2.3", or auto. */
static bool read_columns(struct join *k, const char *list)
{
    char word[32];

    if (strcmp(list, "auto") == 0) {
        k->automatic = true;
        return true;
    }
    while (*list != '\0') {
        size_t n = strcspn(list, ", \t");
        bool common = n == 1 && *list == '0';

        snprintf(word, sizeof(word), "%.*s", (int)RX_MIN(n, sizeof(word) - 1), list);
        if (!common && ((word[0] != '1' && word[0] != '2') || word[1] != '.'))
            return bad(k,
                       word[0] != '0' && word[0] != '1' && word[0] != '2'
                           ? "invalid file number in field spec"
                           : "invalid field specifier",
                       word);
        if (k->columns == COLUMNS_MAX)
            return sh_refuse(k->t, "-o with more than 64 fields") == 0;
        k->column[k->columns].side = common ? 2 : (uint8_t)(word[0] - '1');
        if (!common && !read_field(k, word + 2, &k->column[k->columns].field))
            return false;
        k->columns++;
        list += n + (list[n] != '\0');
    }
    return true;
}

static bool take_option(struct join *k, char letter, const char *arg)
{
    switch (letter) {
    case 'a':
        return read_side(k, arg);
    case 'v':
        k->only_unpaired = true;
        return read_side(k, arg);
    case '1':
    case '2':
        return read_field(k, arg, &k->side[letter - '1'].field);
    case 'j':
        return read_field(k, arg, &k->side[0].field) && read_field(k, arg, &k->side[1].field);
    case 'o':
        return read_columns(k, arg);
    case 'e':
        k->empty = arg;
        return true;
    case 't':
        if (arg[0] != '\0' && arg[1] != '\0' && strcmp(arg, "\\0") != 0) {
            sh_complain(k->t, "join: multi-character tab '%s'", arg);
            return false;
        }
        k->tab = arg[0] == '\0' ? '\n' : arg[1] != '\0' ? 0 : (unsigned char)arg[0];
        return true;
    default:
        return true;
    }
}

static bool join_begin(struct join *k, struct sh_call *c)
{
    struct sh_opt_at at = {0};
    uint32_t count;

    k->tab = -1;
    if (!sh_options(k->t, c, options, &k->o))
        return false;
    if (sh_opt(&k->o, 'z'))
        return sh_refuse(k->t, "-z") == 0;
    while (sh_opt_next(c, options, &k->o, &at))
        if (!take_option(k, at.letter, at.arg))
            return false;
    count = c->argc - k->o.first;
    if (count != 2) {
        if (count == 0)
            sh_complain(k->t, "join: missing operand\nTry 'join --help' for more information.");
        else
            sh_complain(k->t, "join: %s '%s'\nTry 'join --help' for more information.",
                        count > 2 ? "extra operand" : "missing operand after",
                        count > 2 ? c->argv[k->o.first + 2] : c->argv[c->argc - 1]);
        return false;
    }
    return sh_texts_new(k->t, &k->all, c->argv + k->o.first, 2);
}

int sh_cmd_join(struct sh_task *t, struct sh_call *c)
{
    struct join *k = c->state;
    int r;

    if (k == NULL) {
        k = c->state = sh_call_alloc(t, sizeof(*k));
        if (k == NULL)
            return SH_BLOCKED;
        k->t = t;
        if (!join_begin(k, c))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    r = sh_texts_load(t, &k->all);
    if (r != 0)
        return r;
    if (!cut(k, 0) || !cut(k, 1))
        return SH_BLOCKED;
    match(k);
    if (t->proc->over)
        return SH_BLOCKED;
    if (k->failed && !sh_opt(&k->o, 'C'))
        sh_complain(t, "join: input is not in sorted order");
    return k->failed;
}
