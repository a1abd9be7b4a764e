/* SPDX-License-Identifier: Apache-2.0 */
/*
 * extglob.c - patterns with ?(a|b), *(a|b), +(a|b), @(a|b) and !(a|b). They are tried one way
 * after the other; the work is charged, and their nesting limited, as they come from scripts.
 */
#include <string.h>

#include "engine/box/run/task.h"
#include "engine/reactor/base.h"

enum { DEPTH_MAX = 200 };

struct match {
    struct sh_task *t;
    uint32_t depth;
    bool nocase;
};

static bool here(struct match *m, const char *p, const char *p_end, const char *s, const char *end);

static bool is_quoted(const char *p, const char *p_end)
{
    return (*p == SH_ESC || *p == '\\') && p + 1 < p_end;
}

static bool begins_group(const char *p, const char *p_end)
{
    return p + 1 < p_end && p[1] == '(' && strchr("?*+@!", *p) != NULL;
}

/* The parenthesis that closes the one at p; NULL: none does. */
static const char *closing(const char *p, const char *p_end)
{
    int depth = 0;

    for (; p < p_end; p++) {
        if (is_quoted(p, p_end))
            p++;
        else if (*p == '(')
            depth++;
        else if (*p == ')' && --depth == 0)
            return p;
    }
    return NULL;
}

/* The end of the alternative that begins at p: a bar or `close`. */
static const char *alternative_end(const char *p, const char *close)
{
    int depth = 0;

    for (; p < close; p++) {
        if (is_quoted(p, close))
            p++;
        else if (*p == '(')
            depth++;
        else if (*p == ')')
            depth--;
        else if (*p == '|' && depth == 0)
            break;
    }
    return p;
}

/* Does one of the alternatives match exactly this text? */
static bool any_of(struct match *m, const char *open, const char *close, const char *s,
                   const char *end)
{
    for (const char *p = open + 1; p <= close;) {
        const char *to = alternative_end(p, close);

        if (here(m, p, to, s, end))
            return true;
        p = to + 1;
    }
    return false;
}

/* A group at p, then the rest of the pattern. again: it is one more time round. */
static bool group(struct match *m, const char *p, const char *p_end, const char *s, const char *end,
                  bool again)
{
    const char *close = closing(p + 1, p_end);
    char kind = *p;

    if ((kind == '?' || kind == '*' || again) && here(m, close + 1, p_end, s, end))
        return true;
    for (const char *k = s; k <= end && !m->t->proc->over; k++) {
        bool hit = any_of(m, p + 1, close, s, k);

        if (kind == '!') {
            if (!hit && here(m, close + 1, p_end, k, end))
                return true;
            continue;
        }
        if (!hit || (k == s && again))
            continue;
        if (here(m, close + 1, p_end, k, end))
            return true;
        if ((kind == '*' || kind == '+') && k > s && ++m->depth <= DEPTH_MAX) {
            if (group(m, p, p_end, k, end, true))
                return true;
            m->depth--;
        }
    }
    return false;
}

/* One element that is no star and no group, against one byte: where the pattern goes on; NULL: not.
 */
static const char *one(struct match *m, const char *p, const char *p_end, char c)
{
    char part[256], text[1] = {c};
    size_t n = 1;

    if (is_quoted(p, p_end)) {
        n = 2;
    } else if (*p == '[') {
        const char *q = p + 1;

        q += q < p_end && (*q == '!' || *q == '^');
        q += q < p_end && *q == ']';
        while (q < p_end && *q != ']') {
            if (*q == '[' && q + 1 < p_end && q[1] == ':') {
                const char *to = memmem(q, (size_t)(p_end - q), ":]", 2);

                q = to != NULL ? to + 1 : q;
            }
            q += is_quoted(q, p_end) ? 2 : 1;
        }
        n = q < p_end ? (size_t)(q + 1 - p) : 1;
    }
    if (n >= sizeof(part))
        return NULL;
    memcpy(part, p, n);
    part[n] = '\0';
    return sh_match(m->t, part, text, 1, m->nocase) ? p + n : NULL;
}

static bool here(struct match *m, const char *p, const char *p_end, const char *s, const char *end)
{
    bool found = false;

    if (!sh_charge(m->t, 1))
        return false;
    if (++m->depth > DEPTH_MAX) {
        sh_limit(m->t, "a pattern is nested too deep");
        return false;
    }
    for (;;) {
        if (p >= p_end) {
            found = s == end;
            break;
        }
        if (begins_group(p, p_end) && closing(p + 1, p_end) != NULL) {
            found = group(m, p, p_end, s, end, false);
            break;
        }
        if (*p == '*') {
            for (const char *k = s; !found && k <= end && !m->t->proc->over; k++)
                found = here(m, p + 1, p_end, k, end);
            break;
        }
        if (s >= end || (p = one(m, p, p_end, *s)) == NULL)
            break;
        s++;
    }
    m->depth--;
    return found;
}

bool sh_match_extended(struct sh_task *t, const char *pattern, const char *text, size_t length,
                       bool nocase)
{
    struct match m = {.t = t, .nocase = nocase};
    const char *p_end = pattern + strlen(pattern);

    for (const char *p = pattern; *p != '\0'; p++) {
        if (is_quoted(p, p_end))
            p++;
        else if (begins_group(p, p_end))
            return here(&m, pattern, p_end, text, text + length);
    }
    return sh_match(t, pattern, text, length, nocase);
}
