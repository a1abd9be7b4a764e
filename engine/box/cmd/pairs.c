/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairs.c - paste and comm: lines of several files beside each other.
 */
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/box/cmd/texts.h"
#include "engine/reactor/base.h"

/* ---- paste ------------------------------------------------------------------------------------
 */

struct paste {
    struct sh_texts all;
    struct sh_opts o;
    char *between; /* the delimiters */
    bool *none;    /* of each: "\0", which is nothing */
    uint32_t count;
    bool busybox;
};

/* "\n", "\t", "\\" and "\0" in the list. False: the proc is over, or it has been said. */
static bool paste_delimiters(struct sh_task *t, struct paste *p)
{
    const char *list = sh_opt(&p->o, 'd') ? p->o.arg[sh_opt_bit('d')] : "\t";
    static const char letters[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";

    if (*list == '\0' && p->busybox) {
        sh_complain(t, "paste: -d '' is not supported");
        return false;
    }
    p->between = sh_call_alloc(t, strlen(list) + 1);
    p->none = sh_call_alloc(t, strlen(list) + 1);
    if (p->between == NULL || p->none == NULL)
        return false;
    for (const char *s = list; *s != '\0'; s++) {
        const char *known = *s == '\\' && s[1] != '\0' ? strchr(letters, s[1]) : NULL;

        s += *s == '\\' && s[1] != '\0';
        p->none[p->count] = s > list && s[-1] == '\\' && *s == '0';
        p->between[p->count++] = known != NULL ? values[known - letters] : *s;
    }
    if (p->count == 0) {
        p->none[0] = true;
        p->count = 1;
    }
    return true;
}

static void put_between(struct sh_task *t, const struct paste *p, uint32_t i)
{
    if (!p->none[i % p->count])
        sh_put(t, p->between + i % p->count, 1);
}

/* One file in one line. */
static void paste_serial(struct sh_task *t, struct paste *p, struct sh_text *text)
{
    const char *line;
    uint32_t length, n = 0;

    if (text->failed)
        return;
    for (; sh_text_line(text, &line, &length) && sh_charge(t, 1); n++) {
        if (n > 0)
            put_between(t, p, n - 1);
        sh_put(t, line, length);
    }
    if (n > 0 || !p->busybox)
        sh_puts(t, "\n");
}

/* One line of each; false: there is none left. What busybox puts behind a line is a delimiter, and
 * a newline behind that of the last file only: where another file is longer, its lines are not
 * ended. */
static bool paste_row(struct sh_task *t, struct paste *p)
{
    uint32_t marks = 0, due = 0;
    const char *line;
    uint32_t length;
    bool any = false;

    for (uint32_t i = 0; i < p->all.count; i++) {
        bool last = i + 1 == p->all.count, there = sh_text_line(&p->all.text[i], &line, &length);

        if (p->busybox && there) {
            sh_put(t, line, length);
            if (last)
                sh_puts(t, "\n");
            else
                put_between(t, p, marks++);
        }
        if (!p->busybox && there) {
            for (; due > 0; due--)
                put_between(t, p, marks++);
            sh_put(t, line, length);
        }
        any |= there;
        due += !last;
    }
    if (p->busybox || !any)
        return any;
    for (; due > 0; due--)
        put_between(t, p, marks++);
    sh_puts(t, "\n");
    return true;
}

int sh_cmd_paste(struct sh_task *t, struct sh_call *c)
{
    struct paste *p = c->state;
    int status;

    if (p == NULL) {
        p = c->state = sh_call_alloc(t, sizeof(*p));
        if (p == NULL)
            return SH_BLOCKED;
        p->busybox = sh_has_busybox(t);
        if (!sh_options(t, c, "d:s delimiters=d serial=s", &p->o) || !paste_delimiters(t, p) ||
            !sh_texts_new(t, &p->all, c->argv + p->o.first, c->argc - p->o.first))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    p->all.patient = sh_opt(&p->o, 's') && !p->busybox;
    status = sh_texts_load(t, &p->all);
    if (status == SH_BLOCKED || (status != 0 && !p->all.patient))
        return status;
    if (!sh_opt(&p->o, 's'))
        while (paste_row(t, p) && sh_charge(t, p->all.count))
            ;
    for (uint32_t i = 0; sh_opt(&p->o, 's') && i < p->all.count; i++)
        paste_serial(t, p, &p->all.text[i]);
    return t->proc->over ? SH_BLOCKED : status;
}

/* ---- comm -------------------------------------------------------------------------------------
 */

enum { COMM_ONLY_FIRST, COMM_ONLY_SECOND, COMM_BOTH, COMM_COLUMNS };

struct comm_side {
    const char *line, *before; /* before: the one that came before it; NULL: none */
    uint32_t length, before_length;
    bool there, told; /* told: that it is not sorted */
};

struct comm {
    struct sh_texts all;
    struct sh_opts o;
    const char *between;
    struct comm_side side[2];
    uint64_t total[COMM_COLUMNS];
    bool unpaired, checks, strict; /* strict: the first line out of order ends it */
};

static int compare(const char *a, uint32_t na, const char *b, uint32_t nb)
{
    int r = memcmp(a, b, RX_MIN(na, nb));

    return r != 0 ? r : na < nb ? -1 : na > nb;
}

/* The next line of one side. False: it is out of order, and that ends all. */
static bool comm_next(struct sh_task *t, struct comm *k, int which)
{
    struct comm_side *s = &k->side[which];

    s->before = s->there ? s->line : s->before;
    s->before_length = s->length;
    s->there = sh_text_line(&k->all.text[which], &s->line, &s->length);
    if (!s->there || s->before == NULL || s->told || !k->checks || !(k->strict || k->unpaired) ||
        compare(s->before, s->before_length, s->line, s->length) <= 0)
        return true;
    sh_complain(t, "comm: file %d is not in sorted order", which + 1);
    s->told = true;
    return !k->strict;
}

static void comm_put(struct sh_task *t, struct comm *k, int column)
{
    static const char letter[] = "123";
    const struct comm_side *s = &k->side[column == COMM_ONLY_SECOND ? 1 : 0];

    k->total[column]++;
    if (sh_opt(&k->o, letter[column]))
        return;
    for (int i = 0; i < column; i++)
        if (!sh_opt(&k->o, letter[i]))
            sh_puts(t, k->between);
    sh_put(t, s->line, s->length);
    sh_puts(t, "\n");
}

static int comm_all(struct sh_task *t, struct comm *k)
{
    if (!comm_next(t, k, 0) || !comm_next(t, k, 1))
        return 1;
    while ((k->side[0].there || k->side[1].there) && sh_charge(t, 1)) {
        int order = !k->side[0].there   ? 1
                    : !k->side[1].there ? -1
                                        : compare(k->side[0].line, k->side[0].length,
                                                  k->side[1].line, k->side[1].length);

        comm_put(t, k, order == 0 ? COMM_BOTH : order < 0 ? COMM_ONLY_FIRST : COMM_ONLY_SECOND);
        k->unpaired |= order != 0;
        if ((order <= 0 && !comm_next(t, k, 0)) || (order >= 0 && !comm_next(t, k, 1)))
            return 1;
    }
    if (sh_opt(&k->o, 'T')) {
        for (int i = 0; i < COMM_COLUMNS; i++) {
            sh_printf(t, "%llu", (unsigned long long)k->total[i]);
            sh_puts(t, k->between);
        }
        sh_puts(t, "total\n");
    }
    if (!k->side[0].told && !k->side[1].told)
        return 0;
    sh_complain(t, "comm: input is not in sorted order");
    return 1;
}

static bool comm_begin(struct sh_task *t, struct sh_call *c, struct comm *k)
{
    uint32_t count;

    if (!sh_options(
            t, c,
            "123zD:TCN output-delimiter=D total=T check-order=C nocheck-order=N zero-terminated=z",
            &k->o))
        return false;
    count = c->argc - k->o.first;
    if (count != 2) {
        if (sh_has_busybox(t))
            sh_complain(t, "comm: usage: comm [-123] FILE1 FILE2");
        else if (count == 0)
            sh_complain(t, "comm: missing operand\nTry 'comm --help' for more information.");
        else
            sh_complain(t, "comm: %s '%s'\nTry 'comm --help' for more information.",
                        count > 2 ? "extra operand" : "missing operand after",
                        count > 2 ? c->argv[k->o.first + 2] : c->argv[c->argc - 1]);
        return false;
    }
    if (sh_opt(&k->o, 'z'))
        return sh_refuse(t, "-z") == 0;
    k->between = sh_opt(&k->o, 'D') ? k->o.arg[sh_opt_bit('D')] : "\t";
    k->strict = sh_opt(&k->o, 'C');
    k->checks = !sh_has_busybox(t) && !sh_opt(&k->o, 'N');
    return sh_texts_new(t, &k->all, c->argv + k->o.first, 2);
}

int sh_cmd_comm(struct sh_task *t, struct sh_call *c)
{
    struct comm *k = c->state;
    int r;

    if (k == NULL) {
        k = c->state = sh_call_alloc(t, sizeof(*k));
        if (k == NULL)
            return SH_BLOCKED;
        if (!comm_begin(t, c, k))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    r = sh_texts_load(t, &k->all);
    if (r == 0)
        r = comm_all(t, k);
    return t->proc->over ? SH_BLOCKED : r;
}
