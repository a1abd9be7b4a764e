/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines.c - filters for lines and what is printable: nl, fold, strings.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

static bool go_on(struct sh_task *t)
{
    return t->doomed == 0 && !t->proc->over && !sh_full(t);
}

/* ---- nl ---------------------------------------------------------------------------------------
 */

enum { HEADER, BODY, FOOTER, SECTIONS };

struct nl {
    struct sh_input in;
    struct sh_opts o;
    char style[SECTIONS]; /* a, t, n, p */
    struct sh_regex *pattern[SECTIONS];
    int section;
    int64_t number, from, step, width, join,
        empty; /* join: of so many empty lines one is counted */
    const char *between, *format;
    bool busybox;
};

static bool nl_style(struct sh_task *t, struct nl *n, char letter, int section, const char *what)
{
    const char *word = n->o.arg[sh_opt_bit(letter)], *error;

    n->style[section] = section == BODY ? 't' : 'n';
    if (!sh_opt(&n->o, letter))
        return true;
    n->style[section] = *word;
    if (*word == 'p' && !n->busybox) {
        n->pattern[section] = sh_regex_new(t, word + 1, 0, &error);
        if (n->pattern[section] == NULL && !t->proc->over)
            sh_complain(t, "nl: %s", error);
        return n->pattern[section] != NULL;
    }
    if ((word[0] == 'a' || word[0] == 't' || word[0] == 'n') && word[1] == '\0')
        return true;
    if (n->busybox) /* what it does not know numbers nothing */
        n->style[section] = 'n';
    else
        sh_complain(t,
                    "nl: invalid %s numbering style: '%s'\nTry 'nl --help' for more information.",
                    what, word);
    return n->busybox;
}

static bool nl_number(struct sh_task *t, const struct nl *n, char letter, const char *what,
                      int64_t least, int64_t *out)
{
    const char *word = n->o.arg[sh_opt_bit(letter)];

    if (!sh_opt(&n->o, letter))
        return true;
    if (!sh_number(word, out))
        sh_complain(t, "nl: invalid %s%s'%s'", n->busybox ? "number" : what,
                    n->busybox ? " " : ": ", word);
    else if (*out < least && !n->busybox)
        sh_complain(t, "nl: invalid %s: '%s': Numerical result out of range", what, word);
    else
        return true;
    return false;
}

static bool nl_begin(struct sh_task *t, struct sh_call *c, struct nl *n)
{
    n->busybox = sh_has_busybox(t);
    n->from = n->step = n->join = 1;
    n->width = 6;
    n->section = BODY;
    if (!sh_options(
            t, c,
            n->busybox
                ? "b:i:s:v:w: body-numbering=b line-increment=i number-separator=s "
                  "starting-line-number=v number-width=w"
                : "b:f:h:i:l:n:ps:v:w: body-numbering=b footer-numbering=f header-numbering=h "
                  "line-increment=i join-blank-lines=l number-format=n no-renumber=p "
                  "number-separator=s starting-line-number=v number-width=w",
            &n->o) ||
        !nl_style(t, n, 'b', BODY, "body") || !nl_style(t, n, 'h', HEADER, "header") ||
        !nl_style(t, n, 'f', FOOTER, "footer") ||
        !nl_number(t, n, 'v', "starting line number", INT64_MIN, &n->from) ||
        !nl_number(t, n, 'i', "line number increment", INT64_MIN, &n->step) ||
        !nl_number(t, n, 'l', "line number of blank lines", 0, &n->join) ||
        !nl_number(t, n, 'w', "line number field width", 1, &n->width))
        return false;
    if (n->width > 100)
        return sh_refuse(t, "-w of more than 100") == 0;
    n->between = sh_opt(&n->o, 's') ? n->o.arg[sh_opt_bit('s')] : "\t";
    n->format = sh_opt(&n->o, 'n') ? n->o.arg[sh_opt_bit('n')] : "rn";
    if (strcmp(n->format, "rn") != 0 && strcmp(n->format, "ln") != 0 &&
        strcmp(n->format, "rz") != 0) {
        sh_complain(
            t, "nl: invalid line numbering format: '%s'\nTry 'nl --help' for more information.",
            n->format);
        return false;
    }
    n->number = n->from;
    sh_input_init(&n->in, c->argv + n->o.first, c->argc - n->o.first);
    n->in.errors = SH_INPUT_PLAIN;
    return true;
}

/* Does this line begin a section of a page? */
static bool nl_section(struct sh_task *t, struct nl *n, const char *line)
{
    int section = strcmp(line, "\\:\\:\\:") == 0 ? HEADER
                  : strcmp(line, "\\:\\:") == 0  ? BODY
                  : strcmp(line, "\\:") == 0     ? FOOTER
                                                 : SECTIONS;

    if (section == SECTIONS || n->busybox)
        return false;
    if (section == HEADER && !sh_opt(&n->o, 'p'))
        n->number = n->from;
    n->section = section;
    sh_puts(t, "\n");
    return true;
}

static bool nl_counts(struct sh_task *t, struct nl *n, const char *line, uint32_t length)
{
    int32_t group[2 * SH_REGEX_GROUPS];

    switch (n->style[n->section]) {
    case 'a':
        if (length > 0 || n->join < 2)
            n->empty = 0;
        else if (++n->empty < n->join)
            return false;
        n->empty = 0;
        return true;
    case 't':
        return length > 0;
    case 'p':
        return sh_regex_find(t, n->pattern[n->section], line, length, 0, group);
    default:
        return false;
    }
}

int sh_cmd_nl(struct sh_task *t, struct sh_call *c)
{
    struct nl *n = c->state;
    uint32_t length;
    char *line;
    int r;

    if (n == NULL) {
        n = c->state = sh_call_alloc(t, sizeof(*n));
        if (n == NULL)
            return SH_BLOCKED;
        if (!nl_begin(t, c, n))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    while ((r = sh_input_line(t, &n->in, &line, &length)) == 1) {
        if (!nl_section(t, n, line)) {
            if (nl_counts(t, n, line, length)) {
                sh_printf(t,
                          n->format[0] == 'l'   ? "%-*lld"
                          : n->format[1] == 'z' ? "%0*lld"
                                                : "%*lld",
                          (int)n->width, (long long)n->number);
                sh_puts(t, n->between);
                n->number = (int64_t)((uint64_t)n->number + (uint64_t)n->step);
            } else {
                sh_printf(t, "%*s", (int)(n->width + (int64_t)strlen(n->between)), "");
            }
            sh_put(t, line, length);
            sh_puts(t, "\n");
        }
        if (!go_on(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : n->in.status;
}

/* ---- fold -------------------------------------------------------------------------------------
 */

struct fold {
    struct sh_input in;
    struct sh_opts o;
    struct sh_buf line; /* what of it is not printed yet */
    int64_t width;
    uint64_t column;
};

static uint64_t fold_column(const struct fold *f, uint64_t column, char b)
{
    if (sh_opt(&f->o, 'b'))
        return column + 1;
    return b == '\b'   ? column - (column > 0)
           : b == '\r' ? 0
           : b == '\t' ? column + 8 - column % 8
                       : column + 1;
}

/* The line is too long with the byte that comes next: prints its beginning. */
static void fold_break(struct sh_task *t, struct fold *f)
{
    uint32_t end = f->line.length;

    while (sh_opt(&f->o, 's') && end > 0 && f->line.text[end - 1] != ' ' &&
           f->line.text[end - 1] != '\t')
        end--;
    if (end == 0)
        end = f->line.length;
    sh_put(t, f->line.text, end);
    sh_puts(t, "\n");
    f->line.length -= end;
    memmove(f->line.text, f->line.text + end, f->line.length);
    f->column = 0;
    for (uint32_t i = 0; i < f->line.length; i++)
        f->column = fold_column(f, f->column, f->line.text[i]);
}

static bool fold_take(struct sh_task *t, struct fold *f, const char *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (data[i] == '\n') {
            sh_put(t, f->line.text != NULL ? f->line.text : "", f->line.length);
            sh_puts(t, "\n");
            f->line.length = 0;
            f->column = 0;
            continue;
        }
        while (f->line.length > 0 && fold_column(f, f->column, data[i]) > (uint64_t)f->width)
            fold_break(t, f);
        f->column = fold_column(f, f->column, data[i]);
        if (!sh_buf_add(t, &f->line, data + i, 1))
            return false;
    }
    return sh_charge(t, 1 + length / 8);
}

static bool fold_begin(struct sh_task *t, struct sh_call *c, struct fold *f)
{
    bool busybox = sh_has_busybox(t);
    const char *word;

    if (c->argc > 1 && c->argv[1][0] == '-' && c->argv[1][1] >= '0' && c->argv[1][1] <= '9') {
        char *room = sh_call_alloc(t, strlen(c->argv[1]) + 2); /* -20 is -w20 */

        if (room == NULL)
            return false;
        snprintf(room, strlen(c->argv[1]) + 2, "-w%s", c->argv[1] + 1);
        c->argv[1] = room;
    }
    f->width = 80;
    if (!sh_options(t, c, "bsw: bytes=b spaces=s width=w", &f->o))
        return false;
    word = f->o.arg[sh_opt_bit('w')];
    if (sh_opt(&f->o, 'w') && !sh_number(word, &f->width)) {
        sh_complain(t,
                    busybox ? "fold: invalid number '%s'" : "fold: invalid number of columns: '%s'",
                    word);
        return false;
    }
    if (f->width < 1 || (busybox && f->width > 10000)) {
        sh_complain(t,
                    busybox
                        ? "fold: number %s is not in 1..10000 range"
                        : "fold: invalid number of columns: '%s': Numerical result out of range",
                    word);
        return false;
    }
    sh_input_init(&f->in, c->argv + f->o.first, c->argc - f->o.first);
    f->in.errors = SH_INPUT_PLAIN;
    return true;
}

int sh_cmd_fold(struct sh_task *t, struct sh_call *c)
{
    struct fold *f = c->state;
    const char *data;
    uint32_t length;
    int r;

    if (f == NULL) {
        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        if (!fold_begin(t, c, f))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    while ((r = sh_input_chunk(t, &f->in, &data, &length)) == 1)
        if (!fold_take(t, f, data, length) || !go_on(t))
            return SH_BLOCKED;
    if (r == SH_BLOCKED)
        return r;
    sh_put(t, f->line.text != NULL ? f->line.text : "", f->line.length);
    return f->in.status;
}

/* ---- strings ----------------------------------------------------------------------------------
 */

struct strings {
    struct sh_input in;
    struct sh_opts o;
    char *input; /* what stands for standard input */
    int64_t least;
    char radix; /* of where they begin; 0: not told */
    bool busybox, started;
    uint32_t operand;
    int status;
    struct sh_buf held; /* a beginning that is too short as yet */
    bool within;
    uint64_t at;
};

static bool strings_begin(struct sh_task *t, struct sh_call *c, struct strings *s)
{
    const char *radix;

    s->busybox = sh_has_busybox(t);
    s->least = 4;
    if (!s->busybox && c->argc > 1 && c->argv[1][0] == '-' &&
        isdigit((unsigned char)c->argv[1][1])) {
        char *room = sh_call_alloc(t, strlen(c->argv[1]) + 2); /* -5 is -n5 */

        if (room == NULL)
            return false;
        snprintf(room, strlen(c->argv[1]) + 2, "-n%s", c->argv[1] + 1);
        c->argv[1] = room;
    }
    if (!sh_options(t, c, "afn:ot: all=a print-file-name=f bytes=n radix=t", &s->o))
        return false;
    if (sh_opt(&s->o, 'n')) {
        const char *word = s->o.arg[sh_opt_bit('n')];
        bool number = sh_number(word, &s->least);

        if (!number || s->least < 1) {
            sh_complain(t,
                        !number      ? (s->busybox ? "strings: invalid number '%s'"
                                                   : "strings: invalid integer argument %s")
                        : s->busybox ? "strings: number %s is not in 1..2147483647 range"
                                     : "strings: invalid minimum string length %s",
                        word);
            return false;
        }
    }
    radix = sh_opt(&s->o, 't') ? s->o.arg[sh_opt_bit('t')] : sh_opt(&s->o, 'o') ? "o" : "";
    if (*radix != '\0' && (strchr("odx", *radix) == NULL || radix[1] != '\0')) {
        sh_complain(t, "strings: usage: strings [-fo] [-t o|d|x] [-n LEN] [FILE]...");
        return false;
    }
    s->radix = *radix;
    return true;
}

static void strings_head(struct sh_task *t, const struct strings *s, const char *name)
{
    uint64_t from = s->at - s->held.length;

    if (sh_opt(&s->o, 'f')) {
        sh_puts(t, name);
        sh_puts(t, ": ");
    }
    if (s->radix != '\0')
        sh_printf(t,
                  s->radix == 'd'   ? "%7llu "
                  : s->radix == 'x' ? "%7llx "
                                    : "%7llo ",
                  (unsigned long long)from);
    sh_put(t, s->held.text, s->held.length);
}

static bool strings_take(struct sh_task *t, struct strings *s, const char *name, const char *data,
                         uint32_t length)
{
    for (uint32_t i = 0; i < length; i++, s->at++) {
        char b = data[i];

        if ((b < ' ' || b == 127) && b != '\t') {
            if (s->within)
                sh_puts(t, "\n");
            s->within = false;
            s->held.length = 0;
        } else if (s->within) {
            sh_put(t, &b, 1);
        } else {
            if (!sh_buf_add(t, &s->held, &b, 1))
                return false;
            if (s->held.length < s->least)
                continue;
            s->at++;
            strings_head(t, s, name);
            s->at--;
            s->within = true;
        }
    }
    return sh_charge(t, 1 + length / 8);
}

/* 0, or SH_BLOCKED. */
static int strings_file(struct sh_task *t, struct strings *s, char *const *path)
{
    const char *data, *name = path != NULL ? *path : "{standard input}";
    uint32_t length;
    int r;
    struct fs_stat st;

    if (!s->started) {
        sh_input_init(&s->in, path, path != NULL ? 1 : 0);
        s->in.errors = SH_INPUT_PLAIN;
        s->at = 0;
        s->held.length = 0;
        s->within = false;
        s->started = true;
        if (path != NULL && !s->busybox && sh_stat(t, *path, &st) != 0 &&
            !sh_is_descriptor(t, *path)) {
            sh_complain(t, "strings: '%s': No such file", *path);
            s->in.errors = SH_INPUT_SILENT;
        }
    }
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1)
        if (!strings_take(t, s, name, data, length) || !go_on(t))
            return SH_BLOCKED;
    if (r == SH_BLOCKED)
        return r;
    if (s->within)
        sh_puts(t, "\n");
    s->started = false;
    s->status |= s->in.status;
    return 0;
}

int sh_cmd_strings(struct sh_task *t, struct sh_call *c)
{
    struct strings *s = c->state;
    uint32_t count;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!strings_begin(t, c, s))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    count = c->argc - s->o.first;
    do {
        if (strings_file(t, s, count > 0 ? c->argv + s->o.first + s->operand : NULL) != 0)
            return SH_BLOCKED;
    } while (++s->operand < count);
    return s->status;
}
