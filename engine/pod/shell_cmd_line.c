/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_cmd_line.c - filters that look at whole lines: sort, uniq.
 */
#include <string.h>

#include "engine/pod/shell_cmd.h"
#include "engine/reactor/base.h"

static bool go_on(struct sh_task *t)
{
    return t->doomed == 0 && !t->proc->over && !sh_full(t);
}

/* ---- sort ------------------------------------------------------------------------------------ */

struct sort_state {
    struct sh_input in;
    struct sh_opts o;
    struct sh_buf text; /* the lines, each with its NUL */
    uint32_t count, key;
    char separator;
};

static const char *sort_key(const struct sort_state *s, const char *line)
{
    for (uint32_t n = 1; n < s->key; n++) {
        if (s->separator != '\0') {
            line = strchr(line, s->separator);
            if (line == NULL)
                return "";
            line++;
        } else {
            line += strspn(line, " \t");
            line += strcspn(line, " \t");
        }
    }
    return line;
}

/* Digits before a point and behind it, with a sign. */
static int numeric_order(const char *a, const char *b)
{
    const char *p[2] = {a, b};
    int64_t n[2] = {0, 0};

    for (int i = 0; i < 2; i++) {
        const char *s = p[i] + strspn(p[i], " \t");
        bool negative = *s == '-';
        int64_t scale = 1000000;

        s += negative;
        for (; *s >= '0' && *s <= '9' && n[i] < INT64_MAX / 100000000; s++)
            n[i] = n[i] * 10 + (*s - '0');
        n[i] *= 1000000;
        if (*s == '.')
            for (s++; *s >= '0' && *s <= '9' && scale > 1; s++)
                n[i] += (*s - '0') * (scale /= 10);
        n[i] = negative ? -n[i] : n[i];
    }
    return (n[0] > n[1]) - (n[0] < n[1]);
}

static int folded_order(const char *a, const char *b)
{
    for (;; a++, b++) {
        int x = *a >= 'a' && *a <= 'z' ? *a - 32 : (unsigned char)*a;
        int y = *b >= 'a' && *b <= 'z' ? *b - 32 : (unsigned char)*b;

        if (x != y || x == '\0')
            return x - y;
    }
}

static int sort_order(const struct sort_state *s, const char *a, const char *b)
{
    const char *ka = sort_key(s, a), *kb = sort_key(s, b);
    int order = sh_opt(&s->o, 'n')   ? numeric_order(ka, kb)
                : sh_opt(&s->o, 'f') ? folded_order(ka, kb)
                                     : strcmp(ka, kb);

    if (order == 0 && !sh_opt(&s->o, 's') && !sh_opt(&s->o, 'u'))
        order = strcmp(a, b);
    return sh_opt(&s->o, 'r') ? -order : order;
}

/* Merges runs of doubling length: stable, and no recursion. */
static bool sort_lines(struct sh_task *t, const struct sort_state *s, const char ***line)
{
    const char **from = *line, **to = sh_call_alloc(t, (s->count + 1) * sizeof(*to)), **swap;

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

static int sort_print(struct sh_task *t, struct sort_state *s)
{
    const char **line = sh_call_alloc(t, (s->count + 1) * sizeof(*line)), *p = s->text.text;

    if (line == NULL)
        return SH_BLOCKED;
    for (uint32_t i = 0; i < s->count; i++, p += strlen(p) + 1)
        line[i] = p;
    if (!sort_lines(t, s, &line))
        return SH_BLOCKED;
    for (uint32_t i = 0; i < s->count; i++) {
        if (i > 0 && sh_opt(&s->o, 'u') && sort_order(s, line[i - 1], line[i]) == 0)
            continue;
        sh_puts(t, line[i]);
        sh_puts(t, "\n");
    }
    return s->in.status;
}

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
        if (!sh_options(t, c, "nrufsbk:t:", &s->o))
            return 2;
        s->key = 1;
        if (sh_opt(&s->o, 'k')) {
            const char *k = s->o.arg[sh_opt_bit('k')];

            for (s->key = 0; *k >= '0' && *k <= '9' && s->key < 1000; k++)
                s->key = s->key * 10 + (uint32_t)(*k - '0');
            if (strchr(k, 'n') != NULL)
                s->o.given |= 1ull << sh_opt_bit('n');
            if (strchr(k, 'r') != NULL)
                s->o.given |= 1ull << sh_opt_bit('r');
        }
        if (sh_opt(&s->o, 't'))
            s->separator = s->o.arg[sh_opt_bit('t')][0];
        sh_input_init(&s->in, c->argv + s->o.first, c->argc - s->o.first);
    }
    while ((r = sh_input_line(t, &s->in, &line, &length)) == 1) {
        if (!sh_buf_add(t, &s->text, line, strlen(line)) || !sh_buf_add(t, &s->text, "", 1))
            return SH_BLOCKED;
        s->count++;
    }
    return r == SH_BLOCKED ? r : sort_print(t, s);
}

/* ---- uniq ------------------------------------------------------------------------------------ */

struct uniq_state {
    struct sh_input in;
    struct sh_opts o;
    struct sh_buf last;
    int64_t count;
};

static void uniq_print(struct sh_task *t, const struct uniq_state *s)
{
    if (s->count == 0 || (sh_opt(&s->o, 'd') && s->count < 2) ||
        (sh_opt(&s->o, 'u') && s->count > 1))
        return;
    if (sh_opt(&s->o, 'c'))
        sh_printf(t, "%7lld ", (long long)s->count);
    sh_put(t, s->last.text, s->last.length);
    sh_put(t, "\n", 1);
}

int sh_cmd_uniq(struct sh_task *t, struct sh_call *c)
{
    struct uniq_state *s = c->state;
    uint32_t length;
    char *line;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "cdu", &s->o))
            return 1;
        sh_input_init(&s->in, c->argv + s->o.first, RX_MIN(c->argc - s->o.first, 1u));
    }
    while ((r = sh_input_line(t, &s->in, &line, &length)) == 1) {
        if (s->count > 0 && s->last.length == length && memcmp(s->last.text, line, length) == 0) {
            s->count++;
            continue;
        }
        uniq_print(t, s);
        s->last.length = 0;
        s->count = 1;
        if (!sh_buf_add(t, &s->last, line, length) || !go_on(t))
            return SH_BLOCKED;
    }
    if (r == SH_BLOCKED)
        return r;
    uniq_print(t, s);
    return s->in.status;
}
