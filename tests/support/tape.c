/* SPDX-License-Identifier: Apache-2.0 */
/* tape.c - drawing, playing back, and making smaller. */
#include "tests/support/tape.h"

#include <stdlib.h>
#include <string.h>

#include "engine/reactor/base.h"

static void *grown(void *at, uint32_t *room, uint32_t count, size_t size)
{
    if (count < *room)
        return at;
    *room = 2 * count + 256;
    at = realloc(at, *room * size);
    if (at == NULL)
        abort();
    return at;
}

static void begin(struct tape *t)
{
    t->count = t->spans = t->depth = 0;
}

void tape_record(struct tape *t, uint64_t seed)
{
    begin(t);
    t->given = NULL;
    t->chance = rx_prng_stream(seed, 1000, 0);
}

void tape_replay(struct tape *t, const uint32_t *value, uint32_t count)
{
    static const uint32_t none;

    begin(t);
    t->given = count > 0 ? value : &none;
    t->given_count = count;
}

unsigned tape_draw(struct tape *t, unsigned n)
{
    uint32_t v = 0;

    if (n == 0)
        n = 1;
    if (t->given == NULL)
        v = (uint32_t)rx_prng_below(&t->chance, n);
    else if (t->count < t->given_count)
        v = RX_MIN(t->given[t->count], n - 1);
    t->value = grown(t->value, &t->room, t->count, sizeof(*t->value));
    t->value[t->count++] = v;
    return v;
}

void tape_open(struct tape *t)
{
    t->span = grown(t->span, &t->span_room, t->spans, sizeof(*t->span));
    t->span[t->spans].from = t->count;
    RX_ASSERT(t->depth < RX_ARRAY_LEN(t->open));
    t->open[t->depth++] = t->spans++;
}

void tape_close(struct tape *t)
{
    RX_ASSERT(t->depth > 0);
    t->span[t->open[--t->depth]].to = t->count;
}

void tape_free(struct tape *t)
{
    free(t->value);
    free(t->span);
    *t = (struct tape){0};
}

/* ---- shrinking ---------------------------------------------------------------------------------
 */

struct shrinking {
    struct tape *best, trial;
    uint32_t *candidate;
    uint32_t count, room;
    unsigned tries, most;
    tape_fails_fn *fails;
    void *ctx;
};

/* The best tape with its draws [from, to) replaced by `keep` zeros. */
static void without(struct shrinking *s, uint32_t from, uint32_t to, uint32_t keep)
{
    const struct tape *t = s->best;

    s->candidate = grown(s->candidate, &s->room, t->count + keep, sizeof(*s->candidate));
    memcpy(s->candidate, t->value, from * sizeof(*t->value));
    memset(s->candidate + from, 0, keep * sizeof(*t->value));
    memcpy(s->candidate + from + keep, t->value + to, (t->count - to) * sizeof(*t->value));
    s->count = t->count - (to - from) + keep;
}

static bool smaller(const struct tape *a, const struct tape *b)
{
    if (a->count != b->count)
        return a->count < b->count;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->value[i] != b->value[i])
            return a->value[i] < b->value[i];
    }
    return false;
}

/* True: the candidate fails, too, and is the best now. */
static bool take(struct shrinking *s)
{
    struct tape was = *s->best;

    if (s->tries >= s->most)
        return false;
    s->tries++;
    if (!s->fails(s->ctx, s->candidate, s->count, &s->trial) || !smaller(&s->trial, s->best))
        return false;
    *s->best = s->trial;
    s->trial = was;
    return true;
}

static bool drop_spans(struct shrinking *s)
{
    bool any = false;

    for (uint32_t i = 0; i < s->best->spans;) {
        const struct tape_span *span = &s->best->span[i];
        uint32_t from = span->from, to = span->to;

        if (to - from > 0) {
            without(s, from, to, 0); /* a thing of a list: the next takes its place */
            if (take(s)) {
                any = true;
                continue;
            }
        }
        if (to - from > 1) {
            without(s, from, to, 1); /* a thing that may be there or not */
            if (take(s)) {
                any = true;
                continue;
            }
        }
        i++;
    }
    return any;
}

static bool empty_spans(struct shrinking *s)
{
    bool any = false;

    for (uint32_t i = 0; i < s->best->spans; i++) {
        uint32_t from = s->best->span[i].from + 1, to = s->best->span[i].to;

        if (to <= from)
            continue;
        without(s, from, to, to - from); /* there, with nothing drawn for it */
        any |= take(s);
    }
    return any;
}

static bool set(struct shrinking *s, uint32_t at, uint32_t value)
{
    without(s, at, at + 1, 1);
    s->candidate[at] = value;
    return take(s);
}

static bool lower_draws(struct shrinking *s)
{
    bool any = false;

    for (uint32_t i = 0; i < s->best->count; i++) {
        uint32_t high = s->best->value[i], low = 0;

        if (high == 0)
            continue;
        if (set(s, i, 0)) {
            any = true;
            continue;
        }
        while (i < s->best->count && low + 1 < high) {
            uint32_t middle = low + (high - low) / 2;

            if (set(s, i, middle)) {
                high = middle;
                any = true;
            } else {
                low = middle;
            }
        }
    }
    return any;
}

unsigned tape_shrink(struct tape *t, unsigned tries, tape_fails_fn *fails, void *ctx)
{
    struct shrinking s = {.best = t, .most = tries, .fails = fails, .ctx = ctx};
    bool any = true;

    while (any && s.tries < s.most) {
        any = drop_spans(&s);
        any |= empty_spans(&s);
        any |= lower_draws(&s);
    }
    tape_free(&s.trial);
    free(s.candidate);
    return s.tries;
}
