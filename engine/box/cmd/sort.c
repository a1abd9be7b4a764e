/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sort.c - sort: its options, its keys, and the order they make.
 *
 * The kinds of order themselves are in order.c.
 */
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/box/cmd/order.h"
#include "engine/reactor/base.h"

/* One end of a key. Fields and characters count from 1. */
struct key_end {
    uint32_t field, character; /* field 0: the line's end; character 0: the field's end */
    bool skips;                /* blanks before the character are not counted */
};

struct sort_key {
    struct key_end from, to;
    struct sh_order order;
    bool reverse;
};

struct sort_state {
    struct sh_input in;
    struct sh_opts o;
    struct sh_buf text; /* the lines, each with its NUL */
    struct sort_key *key;
    uint32_t count, keys;
    char separator; /* NUL: fields begin where blanks do */
};

static const char spec[] =
    "nrufsbcdghiMVzk:t:o: numeric-sort=n reverse=r unique=u ignore-case=f stable=s "
    "ignore-leading-blanks=b check=c dictionary-order=d general-numeric-sort=g "
    "human-numeric-sort=h ignore-nonprinting=i month-sort=M version-sort=V zero-terminated=z "
    "key=k field-separator=t output=o";

static int sort_begin(struct sh_task *t, struct sh_call *c, struct sort_state *s);
static int sort_check(struct sh_task *t, const struct sort_state *s);
static int sort_print(struct sh_task *t, struct sort_state *s);

int sh_cmd_sort(struct sh_task *t, struct sh_call *c)
{
    struct sort_state *s = c->state;
    uint32_t length;
    char *line;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        r = sort_begin(t, c, s);
        if (r != 0)
            return r;
    }
    while ((r = sh_input_line(t, &s->in, &line, &length)) == 1) {
        if (!sh_buf_add(t, &s->text, line, strlen(line)) || !sh_buf_add(t, &s->text, "", 1))
            return SH_BLOCKED;
        s->count++;
    }
    if (r == SH_BLOCKED)
        return r;
    if (s->in.status != 0)
        return 2; /* nothing is written of what could be read */
    return sh_opt(&s->o, 'c') ? sort_check(t, s) : sort_print(t, s);
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* A letter of -k, or of the options for all keys. */
static bool key_flag(struct sort_key *k, char letter, struct key_end *end)
{
    struct sh_order *o = &k->order;

    switch (letter) {
    case 'b':
        end->skips = true;
        return true;
    case 'r':
        k->reverse = true;
        return true;
    case 'f':
        o->folds = true;
        return true;
    case 'd':
        o->words_only = true;
        return true;
    case 'i':
        o->printable_only = true;
        return true;
    }
    return sh_order_kind(o, letter);
}

static bool read_number(const char **s, uint32_t *out)
{
    const char *from = *s;

    for (*out = 0; **s >= '0' && **s <= '9'; (*s)++)
        *out = *out < 100000000 ? *out * 10 + (uint32_t)(**s - '0') : *out;
    return *s > from;
}

/* FIELD[.CHARACTER][FLAGS]. A key without flags has those that are given for all. */
static bool key_end_read(struct sort_key *k, struct key_end *end, const char **s, bool *flags)
{
    if (!read_number(s, &end->field) || end->field == 0)
        return false;
    if (**s == '.') {
        (*s)++;
        if (!read_number(s, &end->character) || (end->character == 0 && end == &k->from))
            return false;
    }
    for (; **s != '\0' && **s != ','; (*s)++, *flags = true)
        if (!key_flag(k, **s, end))
            return false;
    return true;
}

static bool key_read(struct sort_key *k, const struct sort_key *all, const char *s)
{
    bool flags = false;

    if (!key_end_read(k, &k->from, &s, &flags))
        return false;
    if (*s == ',') {
        s++;
        if (!key_end_read(k, &k->to, &s, &flags))
            return false;
    }
    if (!flags) {
        k->order = all->order;
        k->reverse = all->reverse;
        k->from.skips = all->from.skips;
        k->to.skips = all->from.skips && !all->order.ash;
    }
    return *s == '\0';
}

static char *skip_blanks(char *p)
{
    return p + strspn(p, " \t");
}

/* Behind `fields` fields, and behind the separator of the last if `beyond`. */
static char *skip_fields(const struct sort_state *s, char *p, uint32_t fields, bool beyond)
{
    for (; fields > 0 && *p != '\0'; fields--) {
        if (s->separator == '\0') {
            p = skip_blanks(p);
            p += strcspn(p, " \t");
            continue;
        }
        while (*p != '\0' && *p != s->separator)
            p++;
        p += *p != '\0' && (fields > 1 || beyond);
    }
    return p;
}

static char *skip_characters(char *p, uint32_t count)
{
    return p + strnlen(p, count);
}

static char *key_from(const struct sort_state *s, const struct sort_key *k, char *line)
{
    char *from = skip_fields(s, line, k->from.field - 1, true);

    if (k->from.skips)
        from = skip_blanks(from);
    return k->from.character > 0 ? skip_characters(from, k->from.character - 1) : from;
}

static char *key_to(const struct sort_state *s, const struct sort_key *k, char *line)
{
    char *to;

    if (k->to.field == 0)
        return line + strlen(line);
    if (k->to.character == 0)
        return skip_fields(s, line, k->to.field, false);
    to = skip_fields(s, line, k->to.field - 1, true);
    return skip_characters(k->to.skips ? skip_blanks(to) : to, k->to.character);
}

/* busybox counts the last character from where the line begins, whatever its field is; and b there
 * leaves out the blanks before the end. */
static char *key_to_ash(const struct sort_state *s, const struct sort_key *k, char *line)
{
    char *to;

    if (k->to.character > 0)
        return skip_characters(line, k->to.character);
    to = key_to(s, k, line);
    while (k->to.skips && to > line && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    return to;
}

/* Where the key begins in a line; *end: where it ends, not before that. */
static char *key_in(const struct sort_state *s, const struct sort_key *k, char *line, char **end)
{
    char *from = key_from(s, k, line);
    char *to = k->order.ash ? key_to_ash(s, k, line) : key_to(s, k, line);

    *end = RX_MAX(from, to);
    return from;
}

/* Both keys end in a NUL while they are compared. The lines are different ones. */
static int key_order(const struct sort_state *s, const struct sort_key *k, char *a, char *b)
{
    char *end[2], saved[2];
    int order;

    a = key_in(s, k, a, &end[0]);
    b = key_in(s, k, b, &end[1]);
    for (int i = 0; i < 2; i++) {
        saved[i] = *end[i];
        *end[i] = '\0';
    }
    order = sh_order(&k->order, a, b);
    for (int i = 0; i < 2; i++)
        *end[i] = saved[i];
    return k->reverse ? -order : order;
}

/* ---- options --------------------------------------------------------------------------------- */

static int complain(struct sh_task *t, const char *what, const char *word)
{
    sh_complain(t, "sort: %s '%s'", what, word);
    return 2;
}

/* The options for all keys make one of the whole line, which counts where no -k is given. */
static int read_keys(struct sh_task *t, struct sh_call *c, struct sort_state *s)
{
    struct sort_key all = {.from.field = 1};
    struct sh_opt_at at = {0};

    all.order.ash = sh_has_busybox(t);
    for (const char *letter = "bdfghiMnrV"; *letter != '\0'; letter++)
        if (sh_opt(&s->o, *letter) && !key_flag(&all, *letter, &all.from))
            return complain(t, "options are incompatible: two orders with",
                            (char[]){*letter, '\0'});
    s->key = sh_call_alloc(t, c->argc * sizeof(*s->key)); /* no word has two -k */
    if (s->key == NULL)
        return SH_BLOCKED;
    while (sh_opt_next(c, spec, &s->o, &at)) {
        struct sort_key *k = &s->key[s->keys];

        if (at.letter != 'k')
            continue;
        *k = (struct sort_key){.order.ash = all.order.ash};
        if (!key_read(k, &all, at.arg))
            return complain(t, "invalid field specification", at.arg);
        s->keys++;
    }
    if (s->keys == 0)
        s->key[s->keys++] = all;
    for (uint32_t i = 0; i < s->keys; i++)
        if (!sh_order_makes_sense(&s->key[i].order))
            return complain(t, "options are incompatible: -d or -i with",
                            (char[]){s->key[i].order.kind, '\0'});
    return 0;
}

/* 0, or how the command ends before it has read anything. */
static int sort_begin(struct sh_task *t, struct sh_call *c, struct sort_state *s)
{
    if (!sh_options(t, c, spec, &s->o))
        return 2;
    if (sh_opt(&s->o, 'h') && sh_has_busybox(t)) {
        sh_option_bad(t, c, "h");
        return 2;
    }
    if (sh_opt(&s->o, 'z')) {
        sh_refuse(t, "-z");
        return 2;
    }
    if (sh_opt(&s->o, 't')) {
        const char *word = s->o.arg[sh_opt_bit('t')];

        if (word[0] == '\0' || word[1] != '\0')
            return complain(t, "bad -t parameter", word);
        s->separator = word[0];
    }
    if (sh_opt(&s->o, 'c') && !sh_has_busybox(t) && c->argc > s->o.first + 1)
        return complain(t, "-c takes no further operand:", c->argv[s->o.first + 1]);
    sh_input_init(&s->in, c->argv + s->o.first, c->argc - s->o.first);
    return read_keys(t, c, s);
}

/* ---- order ----------------------------------------------------------------------------------- */

/* By the keys, one after the other. */
static int order_by_keys(const struct sort_state *s, char *a, char *b)
{
    int order = 0;

    for (uint32_t i = 0; i < s->keys && order == 0; i++)
        order = key_order(s, &s->key[i], a, b);
    return order;
}

/* Lines that are equal in all keys are compared as a whole, but with -s. GNU's sort does not do it
 * with -u either, so there the first of them in the input is kept. */
static int sort_order(const struct sort_state *s, char *a, char *b)
{
    int order = order_by_keys(s, a, b);

    if (order != 0 || sh_opt(&s->o, 's') || (sh_opt(&s->o, 'u') && !s->key[0].order.ash))
        return order;
    order = strcmp(a, b);
    return sh_opt(&s->o, 'r') ? -order : order;
}

static char **lines_of(struct sh_task *t, const struct sort_state *s)
{
    char **line = sh_call_alloc(t, (s->count + 1) * sizeof(*line)), *p = s->text.text;

    for (uint32_t i = 0; line != NULL && i < s->count; i++, p += strlen(p) + 1)
        line[i] = p;
    return line;
}

/* Merges runs of doubling length: stable, and no recursion. */
static bool sort_lines(struct sh_task *t, const struct sort_state *s, char ***line)
{
    char **from = *line, **to = sh_call_alloc(t, (s->count + 1) * sizeof(*to)), **swap;

    if (to == NULL)
        return false;
    for (uint32_t run = 1; run < s->count; run *= 2) {
        for (uint32_t at = 0; at < s->count; at += 2 * run) {
            uint32_t i = at, middle = RX_MIN(at + run, s->count), j = middle;
            uint32_t end = RX_MIN(at + 2 * run, s->count);

            for (uint32_t k = at; k < end; k++) {
                bool left = i < middle && (j >= end || sort_order(s, from[i], from[j]) <= 0);

                to[k] = left ? from[i++] : from[j++];
            }
            if (!sh_charge(t, 1 + (end - at) / 4))
                return false;
        }
        swap = from;
        from = to;
        to = swap;
    }
    *line = from;
    return true;
}

/* -c: names the first line that is not in its place. */
static int sort_check(struct sh_task *t, const struct sort_state *s)
{
    char **line = lines_of(t, s);

    if (line == NULL)
        return SH_BLOCKED;
    for (uint32_t i = 1; i < s->count; i++) {
        if (sort_order(s, line[i - 1], line[i]) < (sh_opt(&s->o, 'u') ? 0 : 1))
            continue;
        if (s->key[0].order.ash)
            sh_complain(t, "Check line %u", i);
        else
            sh_complain(t, "sort: %s:%u: disorder: %s", s->in.name, i + 1, line[i]);
        return 1;
    }
    return 0;
}

/* -o: the file is made when all has been read, so it may be one of those read. */
static int sort_write(struct sh_task *t, const struct sort_state *s, const struct sh_buf *text)
{
    const char *path = s->o.arg[sh_opt_bit('o')];
    struct sh_file *f = NULL;
    int error = sh_open(t, path, FS_WRITE | FS_CREATE | FS_TRUNCATE, &f);

    if (error == 0)
        error = sh_write_file(t, f, text->text, text->length);
    sh_file_unref(t->proc, f);
    if (error == 0)
        return 0;
    sh_perror(t, "can't open", path, error);
    return 2;
}

static int sort_print(struct sh_task *t, struct sort_state *s)
{
    char **line = lines_of(t, s);
    struct sh_buf text = {0};
    /* To busybox no two lines are equal with -s. */
    bool drops = sh_opt(&s->o, 'u') && !(s->key[0].order.ash && sh_opt(&s->o, 's'));

    if (line == NULL || !sort_lines(t, s, &line) || !sh_buf_add(t, &text, "", 0))
        return SH_BLOCKED;
    for (uint32_t i = 0; i < s->count; i++) {
        if (i > 0 && drops && order_by_keys(s, line[i - 1], line[i]) == 0)
            continue;
        if (!sh_buf_add(t, &text, line[i], strlen(line[i])) || !sh_buf_add(t, &text, "\n", 1))
            return SH_BLOCKED;
    }
    if (sh_opt(&s->o, 'o'))
        return sort_write(t, s, &text);
    sh_put(t, text.text, text.length);
    return 0;
}
