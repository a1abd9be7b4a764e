/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cut.c - cut: fields, characters and bytes of lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

struct range {
    uint64_t low, high; /* from 1 on */
};

struct cut {
    struct sh_input in;
    struct sh_opts o;
    struct range *range; /* in order, none touching another */
    uint32_t count;
    char kind; /* f, c or b */
    char delimiter;
    const char *between; /* NULL: the delimiter, or nothing */
    bool busybox;
};

static bool go_on(struct sh_task *t)
{
    return t->doomed == 0 && !t->proc->over && !sh_full(t);
}

/* ---- lists ------------------------------------------------------------------------------------
 */

static bool bad(struct sh_task *t, const char *what, const char *word)
{
    sh_complain(t, "cut: %s%s%s%s%s", what, word != NULL ? " '" : "", word != NULL ? word : "",
                word != NULL ? "'" : "",
                sh_has_busybox(t) ? "" : "\nTry 'cut --help' for more information.");
    return false;
}

static bool wrong_number(struct sh_task *t, const struct cut *k, const char *at)
{
    if (k->busybox)
        return bad(t, "invalid number", at);
    return bad(t, k->kind == 'f' ? "invalid field value" : "invalid byte/character position", at);
}

/* The digits there. False: said. */
static bool read_number(struct sh_task *t, const struct cut *k, const char **at, uint64_t *out)
{
    const char *from = *at;
    char word[40];

    for (*out = 0; **at >= '0' && **at <= '9'; ++*at) {
        if (*out <= INT64_MAX / 20) {
            *out = *out * 10 + (uint64_t)(**at - '0');
            continue;
        }
        snprintf(word, sizeof(word), "%.*s", (int)strspn(from, "0123456789"), from);
        if (k->busybox)
            return bad(t, "invalid number", word);
        sh_complain(t, "cut: %s '%s' is too large\nTry 'cut --help' for more information.",
                    k->kind == 'f' ? "field number" : "byte/character offset", word);
        return false;
    }
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct range *x = a, *y = b;

    return x->low < y->low ? -1 : x->low > y->low;
}

/* One of the list: "3", "3-", "-5", "3-5". */
static bool read_range(struct sh_task *t, const struct cut *k, const char **at, struct range *r)
{
    bool low = **at >= '0' && **at <= '9', high, dash;
    const char *from = *at;

    if (!read_number(t, k, at, &r->low))
        return false;
    dash = **at == '-';
    *at += dash;
    high = dash && **at >= '0' && **at <= '9';
    if (!read_number(t, k, at, &r->high))
        return false;
    if (**at != '\0' && **at != ',' && (k->busybox || (**at != ' ' && **at != '\t')))
        return wrong_number(t, k, k->busybox ? from : *at);
    if (dash && !low && !high)
        return k->busybox ? bad(t, "invalid number", from)
                          : bad(t, "invalid range with no endpoint: -", NULL);
    if (k->busybox && dash) { /* 0 is where a line begins, and where it ends */
        r->low = low && r->low == 0 ? 1 : r->low;
        high = high && r->high > 0;
    }
    if ((low && r->low == 0) || (!low && !dash))
        return k->busybox ? bad(t, "invalid number", from)
                          : bad(t,
                                k->kind == 'f' ? "fields are numbered from 1"
                                               : "byte/character positions are numbered from 1",
                                NULL);
    r->low = low ? r->low : 1;
    r->high = high ? r->high : dash ? UINT64_MAX : r->low;
    if (r->high >= r->low)
        return true;
    if (!k->busybox)
        return bad(t, "invalid decreasing range", NULL);
    sh_complain(t, "cut: %llu<%llu", (unsigned long long)r->high, (unsigned long long)r->low - 1);
    return false;
}

/* What lies between the ranges instead of them. */
static void complement(struct cut *k)
{
    struct range *r = k->range;
    uint64_t low = 1;
    uint32_t n = 0;

    for (uint32_t i = 0; i < k->count; i++) {
        struct range now = r[i];

        if (now.low > low)
            r[n++] = (struct range){low, now.low - 1};
        low = now.high == UINT64_MAX ? 0 : now.high + 1;
    }
    if (low != 0)
        r[n++] = (struct range){low, UINT64_MAX};
    k->count = n;
}

static bool read_list(struct sh_task *t, struct cut *k, const char *list)
{
    size_t room = 2;
    uint32_t n = 0;

    for (const char *s = list; *s != '\0'; s++)
        room += *s == ',' || *s == ' ' || *s == '\t';
    k->range = sh_call_alloc(t, room * sizeof(*k->range));
    if (k->range == NULL)
        return false;
    if (*list == '\0' && k->busybox)
        return bad(t, "missing list of positions", NULL);
    for (const char *s = list;; s++) {
        if (k->busybox && *s == ',') /* it does not mind */
            continue;
        if (!(k->busybox && *s == '\0') && !read_range(t, k, &s, &k->range[k->count++]))
            return false;
        if (*s == '\0')
            break;
    }
    qsort(k->range, k->count, sizeof(*k->range), by_place);
    for (uint32_t i = 1; i < k->count; i++) { /* those that overlap are one */
        if (k->range[i].low <= k->range[n].high)
            k->range[n].high = RX_MAX(k->range[n].high, k->range[i].high);
        else
            k->range[++n] = k->range[i];
    }
    k->count = k->count > 0 ? n + 1 : 0;
    if (sh_opt(&k->o, 'K'))
        complement(k);
    return true;
}

/* ---- lines ------------------------------------------------------------------------------------
 */

/* The range that n is in or before. */
static const struct range *range_at(const struct cut *k, const struct range *r, uint64_t n)
{
    while (r < k->range + k->count && r->high < n)
        r++;
    return r;
}

static void put_between(struct sh_task *t, const struct cut *k)
{
    if (k->between != NULL)
        sh_puts(t, k->between);
    else if (k->kind == 'f')
        sh_put(t, &k->delimiter, 1);
}

static void cut_fields(struct sh_task *t, const struct cut *k, const char *line, uint32_t length)
{
    const char *end = line + length, *p = line;
    const struct range *r = k->range;
    bool any = false;

    if (memchr(line, k->delimiter, length) == NULL) {
        if (!sh_opt(&k->o, 's')) {
            sh_put(t, line, length);
            sh_put(t, "\n", 1);
        }
        return;
    }
    for (uint64_t n = 1; p <= end; n++) {
        const char *stop = memchr(p, k->delimiter, (size_t)(end - p));

        stop = stop != NULL ? stop : end;
        r = range_at(k, r, n);
        if (r < k->range + k->count && n >= r->low) {
            if (any)
                put_between(t, k);
            sh_put(t, p, (size_t)(stop - p));
            any = true;
        }
        p = stop + 1;
    }
    sh_put(t, "\n", 1);
}

static void cut_bytes(struct sh_task *t, const struct cut *k, const char *line, uint32_t length)
{
    bool any = false;

    for (uint32_t i = 0; i < k->count && k->range[i].low <= length; i++) {
        uint64_t from = k->range[i].low - 1, to = RX_MIN(k->range[i].high, (uint64_t)length);

        if (any)
            put_between(t, k);
        sh_put(t, line + from, (size_t)(to - from));
        any = true;
    }
    sh_put(t, "\n", 1);
}

/* ---- the command line -------------------------------------------------------------------------
 */

static bool cut_begin(struct sh_task *t, struct sh_call *c, struct cut *k)
{
    struct sh_opt_at at = {0};
    static const char options[] =
        "d:f:c:b:snzO:K delimiter=d fields=f characters=c bytes=b "
        "only-delimited=s output-delimiter=O complement=K zero-terminated=z";
    int lists = 0;

    k->busybox = sh_has_busybox(t);
    if (!sh_options(t, c, options, &k->o))
        return false;
    while (sh_opt_next(c, options, &k->o, &at))
        if (at.letter == 'f' || at.letter == 'c' || at.letter == 'b') {
            k->kind = at.letter;
            lists++;
        }
    if (lists == 0)
        return bad(t,
                   k->busybox ? "expected a list of bytes, characters, or fields"
                              : "you must specify a list of bytes, characters, or fields",
                   NULL);
    if (lists > 1)
        return bad(t, "only one list may be specified", NULL);
    if (sh_opt(&k->o, 'z'))
        return sh_refuse(t, "-z") == 0;
    k->delimiter = sh_opt(&k->o, 'd') ? k->o.arg[sh_opt_bit('d')][0] : '\t';
    if (k->delimiter != '\0' && sh_opt(&k->o, 'd') && k->o.arg[sh_opt_bit('d')][1] != '\0' &&
        !k->busybox)
        return bad(t, "the delimiter must be a single character", NULL);
    if (k->kind != 'f' && sh_opt(&k->o, 'd'))
        return bad(t,
                   k->busybox ? "a delimiter may be specified only when operating on fields"
                              : "an input delimiter may be specified only when operating on fields",
                   NULL);
    if (k->kind != 'f' && sh_opt(&k->o, 's'))
        return bad(
            t,
            k->busybox
                ? "suppressing non-delimited lines makes sense only when operating on fields"
                : "suppressing non-delimited lines makes sense\n\tonly when operating on fields",
            NULL);
    k->between = sh_opt(&k->o, 'O') ? k->o.arg[sh_opt_bit('O')] : NULL;
    sh_input_init(&k->in, c->argv + k->o.first, c->argc - k->o.first);
    k->in.errors = SH_INPUT_PLAIN;
    return read_list(t, k, k->o.arg[sh_opt_bit(k->kind)]);
}

int sh_cmd_cut(struct sh_task *t, struct sh_call *c)
{
    struct cut *k = c->state;
    uint32_t length;
    char *line;
    int r;

    if (k == NULL) {
        k = c->state = sh_call_alloc(t, sizeof(*k));
        if (k == NULL)
            return SH_BLOCKED;
        if (!cut_begin(t, c, k))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    while ((r = sh_input_line(t, &k->in, &line, &length)) == 1) {
        if (k->kind == 'f')
            cut_fields(t, k, line, length);
        else
            cut_bytes(t, k, line, length);
        if (!go_on(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : k->in.status;
}
