/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.c - two texts as a unified diff. The lines that both begin and end with are left out;
 * between them the shortest way from one to the other is searched for (Myers, "An O(ND) Difference
 * Algorithm", 1986), which is short work for a few changed fields.
 */
#include "api/cli/advise/report.h"

#include <string.h>

#include "engine/reactor/base.h"

enum { CONTEXT = 3, STEPS_MAX = 4000 };

struct line {
    const char *text;
    size_t length; /* with its end */
};

struct side {
    struct line *line;
    size_t count;
};

/* A line of the diff: ' ', '-' or '+'. */
struct edit {
    char what;
    size_t a, b; /* lines of both sides before it */
};

struct diff {
    struct side a, b;
    size_t from, a_to, b_to; /* what differs */
    struct edit *edit;
    size_t edits;
};

static bool split(struct advise *a, const char *text, size_t length, struct side *out)
{
    size_t lines = 1;

    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    out->line = rx_arena_alloc(&a->arena, lines * sizeof(*out->line));
    if (out->line == NULL)
        return false;
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t n = end != NULL ? (size_t)(end - text) + 1 - at : length - at;

        out->line[out->count++] = (struct line){text + at, n};
        at += n;
    }
    return true;
}

static bool same(const struct diff *d, size_t a, size_t b)
{
    const struct line *x = &d->a.line[a], *y = &d->b.line[b];

    return x->length == y->length && memcmp(x->text, y->text, x->length) == 0;
}

/* The furthest line of `a` on each diagonal, after each number of steps. */
struct trace {
    size_t *v;
    long steps;
};

static bool walk_back(struct diff *d, const struct trace *trace, long steps, long n, long m)
{
    long x = n, y = m;
    size_t at = d->edits;

    for (long s = steps; s >= 0; s--) {
        const size_t *v = trace[s].v + s + 1; /* before this step */
        long k = x - y, was, wx, wy;

        was = k == -s || (k != s && v[k - 1] < v[k + 1]) ? k + 1 : k - 1;
        wx = s > 0 ? (long)v[was] : 0;
        wy = s > 0 ? wx - was : 0;
        while (x > wx && y > wy) {
            x--, y--;
            d->edit[--at] = (struct edit){' ', d->from + (size_t)x, d->from + (size_t)y};
        }
        if (s > 0) {
            d->edit[--at] =
                (struct edit){x == wx ? '+' : '-', d->from + (size_t)wx, d->from + (size_t)wy};
            x = wx, y = wy;
        }
    }
    memmove(d->edit, d->edit + at, (d->edits - at) * sizeof(*d->edit));
    d->edits -= at;
    return true;
}

static bool search(struct advise *a, struct diff *d)
{
    long n = (long)(d->a_to - d->from), m = (long)(d->b_to - d->from), most = n + m;
    struct trace *trace =
        rx_arena_alloc(&a->arena, (size_t)(RX_MIN(most, STEPS_MAX) + 2) * sizeof(*trace));
    size_t *now = NULL;

    d->edits = (size_t)most;
    d->edit = rx_arena_alloc(&a->arena, ((size_t)most + 1) * sizeof(*d->edit));
    if (trace == NULL || d->edit == NULL)
        return false;
    for (long s = 0; s <= RX_MIN(most, STEPS_MAX); s++) {
        size_t *copy = rx_arena_alloc(&a->arena, (size_t)(2 * s + 5) * sizeof(*copy));

        if (copy == NULL)
            return false;
        if (now != NULL)
            memcpy(copy + 1, now, (size_t)(2 * s + 1) * sizeof(*copy));
        trace[s].v = copy; /* as the step before has left it, its middle at s + 1 */
        now = rx_arena_alloc(&a->arena, (size_t)(2 * s + 3) * sizeof(*now));
        if (now == NULL)
            return false;
        for (long k = -s; k <= s; k += 2) {
            const size_t *v = copy + s + 1;
            bool down = k == -s || (k != s && v[k - 1] < v[k + 1]);
            long x = s == 0 ? 0 : down ? (long)v[k + 1] : (long)v[k - 1] + 1, y = x - k;

            while (x < n && y < m && same(d, d->from + (size_t)x, d->from + (size_t)y))
                x++, y++;
            now[k + s + 1] = (size_t)x;
            if (x >= n && y >= m)
                return walk_back(d, trace, s, n, m);
        }
    }
    return false;
}

static void put_line(struct rx_text *t, char what, const struct line *l)
{
    rx_text_putc(t, what);
    rx_text_put(t, l->text, l->length);
    if (l->text[l->length - 1] != '\n')
        rx_text_puts(t, "\n\\ No newline at end of file\n");
}

static void put_range(struct rx_text *t, size_t from, size_t count)
{
    rx_text_u64(t, count == 0 ? from : from + 1);
    if (count != 1) {
        rx_text_putc(t, ',');
        rx_text_u64(t, count);
    }
}

/* Edits first..last, both changes, and the lines around them. */
static void put_hunk(struct rx_text *t, const struct diff *d, size_t first, size_t last)
{
    const struct edit *e = &d->edit[first], *z = &d->edit[last];
    size_t lead = RX_MIN(e->a, (size_t)CONTEXT), a_end = z->a + (z->what == '-'),
           b_end = z->b + (z->what == '+'), tail = RX_MIN(d->a.count - a_end, (size_t)CONTEXT);

    rx_text_puts(t, "@@ -");
    put_range(t, e->a - lead, a_end + tail - (e->a - lead));
    rx_text_puts(t, " +");
    put_range(t, e->b - lead, b_end + tail - (e->b - lead));
    rx_text_puts(t, " @@\n");
    for (size_t i = e->a - lead; i < e->a; i++)
        put_line(t, ' ', &d->a.line[i]);
    for (size_t i = first; i <= last; i++)
        put_line(t, d->edit[i].what,
                 d->edit[i].what == '+' ? &d->b.line[d->edit[i].b] : &d->a.line[d->edit[i].a]);
    for (size_t i = 0; i < tail; i++)
        put_line(t, ' ', &d->a.line[a_end + i]);
}

static void put_diff(struct rx_text *t, const struct diff *d, const char *name)
{
    rx_text_say(t, "--- %s\n+++ %s\n", name, name);
    for (size_t i = 0; i < d->edits; i++) {
        size_t last = i;

        if (d->edit[i].what == ' ')
            continue;
        for (size_t k = i; k < d->edits && k - last <= 2 * CONTEXT; k++)
            if (d->edit[k].what != ' ')
                last = k;
        put_hunk(t, d, i, last);
        i = last;
    }
}

const char *advise_diff(struct advise *a, const char *name, const char *before,
                        size_t before_length, const char *after, size_t after_length)
{
    struct rx_text t = rx_text_in(NULL, 0);
    struct diff d = {0};

    if (!split(a, before, before_length, &d.a) || !split(a, after, after_length, &d.b)) {
        a->failed = true;
        return "";
    }
    d.a_to = d.a.count;
    d.b_to = d.b.count;
    while (d.from < d.a_to && d.from < d.b_to && same(&d, d.from, d.from))
        d.from++;
    while (d.a_to > d.from && d.b_to > d.from && same(&d, d.a_to - 1, d.b_to - 1)) {
        d.a_to--;
        d.b_to--;
    }
    if (d.a_to == d.from && d.b_to == d.from)
        return "";
    if (!search(a, &d)) {
        a->failed = true;
        return "";
    }
    put_diff(&t, &d, name);
    t = rx_text_in(rx_arena_alloc(&a->arena, t.length + 1), t.length + 1);
    if (t.out == NULL) {
        a->failed = true;
        return "";
    }
    put_diff(&t, &d, name);
    rx_text_end(&t);
    return t.out;
}
