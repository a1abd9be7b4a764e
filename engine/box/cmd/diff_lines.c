/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_lines.c - see diff.h.
 */
#include "engine/box/cmd/diff.h"

#include <stdlib.h>
#include <string.h>

#include "engine/reactor/base.h"

/* ---- lines that count as the same -------------------------------------------------------------
 */

static bool is_blank(char b)
{
    return b == ' ' || (b >= '\t' && b <= '\r');
}

/* The next byte of a line as it is compared; -1: the end. */
static int next(int flags, const char **at, const char *end)
{
    const char *s = *at, *behind = s;

    if (s < end && is_blank(*s) &&
        flags & (SH_DIFF_BLANKS | SH_DIFF_NO_BLANKS | SH_DIFF_TRAILING | SH_DIFF_RETURN)) {
        while (behind < end && is_blank(*behind))
            behind++;
        if (flags & SH_DIFF_NO_BLANKS) {
            s = behind;
        } else if (behind == end && flags & (SH_DIFF_BLANKS | SH_DIFF_TRAILING)) {
            return -1;
        } else if (flags & SH_DIFF_BLANKS) {
            *at = behind;
            return ' ';
        } else if (flags & SH_DIFF_RETURN && end - s == 2 && s[0] == '\r' && s[1] == '\n') {
            s++;
        }
    }
    if (s == end)
        return -1;
    *at = s + 1;
    return flags & SH_DIFF_CASE && *s >= 'A' && *s <= 'Z' ? *s + 'a' - 'A' : (unsigned char)*s;
}

struct table { /* one line of each kind, by the hash of what is compared */
    struct sh_diff_side *side;
    int flags;
    uint32_t *slot, room;  /* number of the kind + 1; 0: free. room: a power of two */
    uint32_t *line, kinds; /* where the first of it stands: line * 2 + side */
};

static uint32_t hash_of(const struct table *k, const struct sh_diff_side *s, uint32_t line)
{
    const char *at = s->text.text + s->start[line], *end = s->text.text + s->start[line + 1];
    uint32_t hash = 2166136261u;

    for (int b; (b = next(k->flags, &at, end)) >= 0;)
        hash = (hash ^ (uint32_t)b) * 16777619u;
    return hash ^ hash >> 15;
}

static bool same(const struct table *k, uint32_t one, const struct sh_diff_side *s, uint32_t line)
{
    const struct sh_diff_side *first = &k->side[one & 1];
    const char *a = first->text.text + first->start[one / 2];
    const char *a_end = first->text.text + first->start[one / 2 + 1];
    const char *b = s->text.text + s->start[line], *b_end = s->text.text + s->start[line + 1];
    int x, y;

    do {
        x = next(k->flags, &a, a_end);
        y = next(k->flags, &b, b_end);
    } while (x == y && x >= 0);
    return x == y;
}

static uint32_t kind_of(struct table *k, int which, uint32_t line)
{
    struct sh_diff_side *s = &k->side[which];
    uint32_t at = hash_of(k, s, line) & (k->room - 1);

    for (; k->slot[at] != 0; at = (at + 1) & (k->room - 1))
        if (same(k, k->line[k->slot[at] - 1], s, line))
            return k->slot[at] - 1;
    k->line[k->kinds] = line * 2 + (uint32_t)which;
    k->slot[at] = ++k->kinds;
    return k->kinds - 1;
}

static bool cut(struct sh_task *t, struct sh_diff_side *s)
{
    const char *text = s->text.text;
    uint32_t at = 0;

    s->count = 0;
    for (uint32_t i = 0; i < s->text.length; i++)
        s->count += text[i] == '\n' || i + 1 == s->text.length;
    s->start = sh_call_alloc(t, (s->count + 1) * sizeof(*s->start));
    s->id = sh_call_alloc(t, (s->count + 1) * sizeof(*s->id));
    s->changed = sh_call_alloc(t, s->count + 1);
    if (s->start == NULL || s->id == NULL || s->changed == NULL)
        return false;
    for (uint32_t i = 0; i < s->count; i++) {
        const char *end = memchr(text + at, '\n', s->text.length - at);

        s->start[i] = at;
        at = end != NULL ? (uint32_t)(end - text) + 1 : s->text.length;
    }
    s->start[s->count] = at;
    return sh_charge(t, 1 + s->text.length / 16);
}

static bool name_lines(struct sh_task *t, struct sh_diff_side side[2], int flags)
{
    struct table k = {.side = side, .flags = flags, .room = 16};
    uint32_t all = side[0].count + side[1].count;

    while (k.room < 2 * all)
        k.room *= 2;
    k.slot = sh_call_alloc(t, k.room * sizeof(*k.slot));
    k.line = sh_call_alloc(t, (all + 1) * sizeof(*k.line));
    if (k.slot == NULL || k.line == NULL)
        return false;
    for (int which = 0; which < 2; which++)
        for (uint32_t i = 0; i < side[which].count; i++)
            side[which].id[i] = kind_of(&k, which, i);
    return sh_charge(t, 1 + all);
}

/* ---- the fewest edits -------------------------------------------------------------------------
 */

struct search {
    struct sh_task *t;
    struct sh_diff_side *a, *b;
    /* How far the searches from both ends have come on each diagonal, x - y + shift. */
    int32_t *forth, *back, shift;
};

struct range {
    int32_t x, x_end, y, y_end;
};

/* One step of the search from the beginning: with one edit more, how far does each diagonal lead?
 * True: the other search has been there: *x, *y. */
static bool step_forth(struct search *s, const struct range *r, int32_t edits, int32_t *x,
                       int32_t *y)
{
    int32_t origin = r->x - r->y, other = r->x_end - r->y_end;
    bool odd = (origin - other) & 1;

    for (int32_t k = origin + edits; k >= origin - edits; k -= 2) {
        int32_t *far = s->forth + s->shift + k;

        if (k < r->x - r->y_end || k > r->x_end - r->y)
            continue;
        if (edits > 0)
            *x = k == origin - edits || (k != origin + edits && far[-1] < far[1]) ? far[1]
                                                                                  : far[-1] + 1;
        else
            *x = r->x;
        if (*x > r->x_end || *x - k > r->y_end || *x < r->x) { /* not on the board */
            *far = INT32_MIN / 2;
            continue;
        }
        while (*x < r->x_end && *x - k < r->y_end && s->a->id[*x] == s->b->id[*x - k])
            ++*x;
        *far = *x;
        *y = *x - k;
        if (odd && k >= other - (edits - 1) && k <= other + (edits - 1) &&
            s->back[s->shift + k] <= *x)
            return true;
    }
    return false;
}

static bool step_back(struct search *s, const struct range *r, int32_t edits, int32_t *x,
                      int32_t *y)
{
    int32_t origin = r->x_end - r->y_end, other = r->x - r->y;
    bool odd = (origin - other) & 1;

    for (int32_t k = origin + edits; k >= origin - edits; k -= 2) {
        int32_t *far = s->back + s->shift + k;

        if (k < r->x - r->y_end || k > r->x_end - r->y)
            continue;
        if (edits > 0)
            *x = k == origin + edits || (k != origin - edits && far[-1] < far[1]) ? far[-1]
                                                                                  : far[1] - 1;
        else
            *x = r->x_end;
        if (*x < r->x || *x - k < r->y || *x > r->x_end) {
            *far = INT32_MAX / 2;
            continue;
        }
        while (*x > r->x && *x - k > r->y && s->a->id[*x - 1] == s->b->id[*x - k - 1])
            --*x;
        *far = *x;
        *y = *x - k;
        if (!odd && k >= other - edits && k <= other + edits && s->forth[s->shift + k] >= *x)
            return true;
    }
    return false;
}

/* A point that some shortest way goes through, about half-way. False: the proc is over. */
static bool middle(struct search *s, const struct range *r, int32_t *x, int32_t *y)
{
    int32_t low = r->x - r->y_end - 1, high = r->x_end - r->y + 1;

    for (int32_t k = low; k <= high; k++) {
        s->forth[s->shift + k] = INT32_MIN / 2;
        s->back[s->shift + k] = INT32_MAX / 2;
    }
    for (int32_t edits = 0;; edits++) {
        if (!sh_charge(s->t, 1 + (uint32_t)edits / 4))
            return false;
        if (step_forth(s, r, edits, x, y) || step_back(s, r, edits, x, y))
            return true;
    }
}

static bool compare(struct search *s, struct range r)
{
    int32_t x, y;

    while (r.x < r.x_end && r.y < r.y_end && s->a->id[r.x] == s->b->id[r.y]) {
        r.x++;
        r.y++;
    }
    while (r.x < r.x_end && r.y < r.y_end && s->a->id[r.x_end - 1] == s->b->id[r.y_end - 1]) {
        r.x_end--;
        r.y_end--;
    }
    if (r.x == r.x_end || r.y == r.y_end) {
        memset(s->a->changed + r.x, 1, (size_t)(r.x_end - r.x));
        memset(s->b->changed + r.y, 1, (size_t)(r.y_end - r.y));
        return true;
    }
    return middle(s, &r, &x, &y) && compare(s, (struct range){r.x, x, r.y, y}) &&
           compare(s, (struct range){x, r.x_end, y, r.y_end});
}

/* Lines that only one side has, if they could as well stand further down, do so; but best where the
 * other side has changes, too. */
static void slide(struct sh_diff_side *s, const struct sh_diff_side *other)
{
    uint32_t at = 0, j = 0;

    while (at < s->count) {
        uint32_t from, to, best;

        if (!s->changed[at]) {
            while (j < other->count && other->changed[j])
                j++;
            at++;
            j++;
            continue;
        }
        for (from = to = at; to < s->count && s->changed[to];)
            to++;
        best = j < other->count && other->changed[j] ? to : 0;
        while (to < s->count && s->id[from] == s->id[to]) {
            s->changed[from++] = false;
            s->changed[to++] = true;
            while (j < other->count && other->changed[j])
                j++;
            j++;
            while (to < s->count && s->changed[to])
                to++;
            if (j < other->count && other->changed[j])
                best = to;
        }
        for (; best != 0 && to > best;) {
            s->changed[--to] = false;
            s->changed[--from] = true;
            for (j--; j > 0 && other->changed[j - 1];)
                j--;
        }
        at = to;
        while (j < other->count && other->changed[j])
            j++;
    }
}

bool sh_diff_lines(struct sh_task *t, struct sh_diff_side side[2], int flags)
{
    struct search s = {.t = t, .a = &side[0], .b = &side[1]};
    size_t diagonals;

    if (!cut(t, &side[0]) || !cut(t, &side[1]) || !name_lines(t, side, flags))
        return false;
    diagonals = (size_t)side[0].count + side[1].count + 3;
    s.shift = (int32_t)side[1].count + 1;
    s.forth = sh_call_alloc(t, diagonals * sizeof(*s.forth));
    s.back = sh_call_alloc(t, diagonals * sizeof(*s.back));
    if (s.forth == NULL || s.back == NULL ||
        !compare(&s, (struct range){0, (int32_t)side[0].count, 0, (int32_t)side[1].count}))
        return false;
    slide(&side[0], &side[1]);
    slide(&side[1], &side[0]);
    return true;
}
