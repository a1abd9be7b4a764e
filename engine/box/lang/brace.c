/* SPDX-License-Identifier: Apache-2.0 */
/*
 * brace.c - {a,b} and {1..3}, as bash has them: one word of the text becomes several, before
 * anything else happens to it.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/lang/ast.h"
#include "engine/reactor/base.h"

/* Bytes and parts that are copied for all the braces of a script. A word of ten of them makes some
 * twenty thousand words. */
enum { WORK_MAX = 1 << 18 };

struct item {
    struct sh_part *part; /* quoted or to be expanded: nothing to look into; NULL: */
    char c;
};

struct items {
    struct item *v;
    size_t n;
};

struct braces {
    struct sh_parser *p;
    struct sh_word **tail;
    uint32_t pos;
};

static bool expand(struct braces *b, struct items in, size_t from);

static bool charge(struct sh_parser *p, uint32_t pos, size_t n)
{
    p->braces += (uint32_t)RX_MIN(n, (size_t)WORK_MAX);
    if (p->braces <= WORK_MAX)
        return true;
    sh_error(p, SHELL_DIAG_LIMIT, pos, "{", "braces make too many words");
    return false;
}

/* ---- a word apart, and together again -------------------------------------------------------- */

static bool take_apart(struct sh_parser *p, const struct sh_word *w, struct items *out)
{
    size_t n = 0;

    for (const struct sh_part *part = w->part; part != NULL; part = part->next)
        n += part->kind == SH_PART_TEXT && !part->quoted ? strlen(part->text) : 1;
    out->v = sh_new(p, (n + 1) * sizeof(*out->v));
    if (out->v == NULL)
        return false;
    out->n = n;
    n = 0;
    for (struct sh_part *part = w->part; part != NULL; part = part->next) {
        if (part->kind != SH_PART_TEXT || part->quoted) {
            out->v[n++] = (struct item){.part = part};
            continue;
        }
        for (const char *s = part->text; *s != '\0'; s++)
            out->v[n++] = (struct item){.c = *s};
    }
    return true;
}

static bool put_together(struct braces *b, struct items in)
{
    struct sh_word *w = sh_new(b->p, sizeof(*w));
    struct sh_part **tail;

    if (w == NULL || !charge(b->p, b->pos, in.n + 1))
        return false;
    w->pos = b->pos;
    tail = &w->part;
    for (size_t i = 0; i < in.n;) {
        struct sh_part *part = sh_new(b->p, sizeof(*part));
        size_t n = 0;
        char *text;

        if (part == NULL)
            return false;
        if (in.v[i].part != NULL) {
            *part = *in.v[i++].part;
            part->next = NULL;
        } else {
            while (i + n < in.n && in.v[i + n].part == NULL)
                n++;
            text = sh_new(b->p, n + 1);
            if (text == NULL)
                return false;
            for (size_t k = 0; k < n; k++)
                text[k] = in.v[i + k].c;
            text[n] = '\0';
            part->kind = SH_PART_TEXT;
            part->text = text;
            part->pos = b->pos;
            w->literal = n == in.n ? text : NULL;
            i += n;
        }
        *tail = part;
        tail = &part->next;
    }
    *b->tail = w;
    b->tail = &w->next;
    return true;
}

/* before + middle + after, expanded from behind `before` on. */
static bool expand_with(struct braces *b, struct items before, struct items middle,
                        struct items after)
{
    struct items all = {.n = before.n + middle.n + after.n};
    bool ok;

    if (!charge(b->p, b->pos, all.n + 1) || !sh_enter(b->p))
        return false;
    all.v = sh_new(b->p, (all.n + 1) * sizeof(*all.v));
    if (all.v == NULL)
        return false;
    memcpy(all.v, before.v, before.n * sizeof(*all.v));
    if (middle.n > 0)
        memcpy(all.v + before.n, middle.v, middle.n * sizeof(*all.v));
    memcpy(all.v + before.n + middle.n, after.v, after.n * sizeof(*all.v));
    ok = expand(b, all, before.n);
    sh_leave(b->p);
    return ok;
}

/* ---- {1..3} ---------------------------------------------------------------------------------- */

struct sequence {
    int64_t first, last, step;
    int width; /* of numbers with zeros before them */
    bool letters;
};

static bool take_number(const char **s, int64_t *out, int *width)
{
    const char *start = *s;
    bool negative = **s == '-';
    int64_t n = 0;
    int digits = 0;

    *s += **s == '-' || **s == '+';
    for (; **s >= '0' && **s <= '9' && digits < 17; (*s)++, digits++)
        n = n * 10 + (**s - '0');
    if (digits > 1 && start[negative] == '0')
        *width = RX_MAX(*width, (int)(*s - start));
    *out = negative ? -n : n;
    return digits > 0;
}

static bool read_sequence(const char *s, struct sequence *q)
{
    int ignored = 0;
    int64_t step = 0;

    *q = (struct sequence){0};
    if (sh_is_name_start((unsigned char)s[0]) && s[0] != '_' && s[1] == '.') {
        q->letters = true;
        q->first = (unsigned char)*s++;
    } else if (!take_number(&s, &q->first, &q->width)) {
        return false;
    }
    if (strncmp(s, "..", 2) != 0)
        return false;
    s += 2;
    if (q->letters) {
        if (!sh_is_name_start((unsigned char)*s) || *s == '_')
            return false;
        q->last = (unsigned char)*s++;
    } else if (!take_number(&s, &q->last, &q->width)) {
        return false;
    }
    if (strncmp(s, "..", 2) == 0) {
        s += 2;
        if (!take_number(&s, &step, &ignored))
            return false;
    }
    step = step < 0 ? -step : step == 0 ? 1 : step;
    q->step = q->first <= q->last ? step : -step;
    return *s == '\0';
}

/* The text between braces, if it is text only and short enough to be a sequence. */
static bool sequence_text(struct items in, char *text, size_t room)
{
    if (in.n + 1 > room)
        return false;
    for (size_t i = 0; i < in.n; i++) {
        if (in.v[i].part != NULL)
            return false;
        text[i] = in.v[i].c;
    }
    text[in.n] = '\0';
    return true;
}

static bool expand_sequence(struct braces *b, struct items before, const struct sequence *q,
                            struct items after)
{
    for (int64_t n = q->first; q->step > 0 ? n <= q->last : n >= q->last; n += q->step) {
        struct item v[48];
        char text[48];
        int length =
            q->letters ? snprintf(text, sizeof(text), "%c", (char)n)
                       : snprintf(text, sizeof(text), "%0*lld", RX_MIN(q->width, 40), (long long)n);

        for (int i = 0; i < length; i++)
            v[i] = (struct item){.c = text[i]};
        if (!expand_with(b, before, (struct items){v, (size_t)length}, after))
            return false;
    }
    return true;
}

/* ---- {a,b} ----------------------------------------------------------------------------------- */

static bool is(struct items in, size_t i, char c)
{
    return in.v[i].part == NULL && in.v[i].c == c;
}

/* The brace that closes the one at `open`, and how many commas are directly inside. */
static size_t closing(struct items in, size_t open, size_t *commas)
{
    size_t depth = 0;

    *commas = 0;
    for (size_t i = open; i < in.n; i++) {
        if (is(in, i, '{'))
            depth++;
        else if (is(in, i, '}') && --depth == 0)
            return i;
        else if (is(in, i, ',') && depth == 1)
            ++*commas;
    }
    return in.n;
}

static bool expand_list(struct braces *b, struct items in, size_t open, size_t close)
{
    struct items before = {in.v, open}, after = {in.v + close + 1, in.n - close - 1};
    size_t start = open + 1, depth = 0;

    for (size_t i = open + 1; i <= close; i++) {
        depth += is(in, i, '{');
        if (depth > 0) {
            depth -= is(in, i, '}');
            continue;
        }
        if (i < close && !is(in, i, ','))
            continue;
        if (!expand_with(b, before, (struct items){in.v + start, i - start}, after))
            return false;
        start = i + 1;
    }
    return true;
}

static bool expand(struct braces *b, struct items in, size_t from)
{
    for (size_t i = from; i < in.n; i++) {
        struct sequence q;
        size_t commas, close;
        char text[64];

        if (!is(in, i, '{'))
            continue;
        close = closing(in, i, &commas);
        if (!charge(b->p, b->pos, (close - i) / 8))
            return false;
        if (close == in.n)
            continue;
        if (commas > 0)
            return expand_list(b, in, i, close);
        if (sequence_text((struct items){in.v + i + 1, close - i - 1}, text, sizeof(text)) &&
            read_sequence(text, &q))
            return expand_sequence(b, (struct items){in.v, i}, &q,
                                   (struct items){in.v + close + 1, in.n - close - 1});
    }
    return put_together(b, in);
}

struct sh_word *sh_brace_expand(struct sh_parser *p, struct sh_word *word)
{
    struct sh_word *first = NULL;
    struct braces b = {.p = p, .tail = &first, .pos = word->pos};
    struct items in;
    bool any = false;

    for (const struct sh_part *part = word->part; part != NULL; part = part->next)
        any |= part->kind == SH_PART_TEXT && !part->quoted && strchr(part->text, '{') != NULL;
    if (!any || !sh_bash(p))
        return word;
    return take_apart(p, word, &in) && charge(p, word->pos, in.n) && expand(&b, in, 0) ? first
                                                                                       : NULL;
}
