/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex_match.c - finds what a regular expression matches: by backtracking on a heap stack with
 * every step charged.
 *
 * Of all matches that begin leftmost the longest is taken, as POSIX asks; of equally long ones the
 * one whose first choices came first, as glibc does. What has been tried from a place in the code
 * and the text need not be tried again: once a search takes long, such pairs are remembered, and
 * the work is bounded by their number. Not so with back references, where it also matters what
 * groups hold: one of those that explodes ends in the script's step limit.
 */
#include <string.h>

#include "engine/box/run/regex.h"

enum {
    SLOTS = 2 * SH_REGEX_GROUPS + SH_REGEX_MARKS,
    STACK_MAX = 1 << 15,
    CHARGE_EVERY = 256,
    SEEN_BYTES_MAX = 256 << 10,
    SEEN_FROM = 1000 /* operations after which it pays to remember */
};

struct match {
    struct sh_task *t;
    const struct sh_regex *r;
    const char *text;
    int32_t length, best; /* best: where the longest match so far ends; -1: there is none */
    int32_t slot[SLOTS];
    int32_t group[2 * SH_REGEX_GROUPS]; /* of the best */
    struct sh_regex_room *kept;
    uint32_t used, work, tried;
    bool remembers; /* in kept->seen */
    bool out;       /* of budget */
};

static bool push(struct match *m, struct sh_regex_entry e)
{
    struct sh_regex_room *k = m->kept;

    if (m->used == k->stack_room) {
        uint32_t room = k->stack_room > 0 ? k->stack_room * 2 : 32;
        struct sh_regex_entry *bigger;

        if (room > STACK_MAX) {
            sh_limit(m->t, "a regular expression needs too much memory");
            m->out = true;
            return false;
        }
        bigger = sh_call_grow(m->t, k->stack, m->used * sizeof(e), room * sizeof(e));
        if (bigger == NULL) {
            m->out = true;
            return false;
        }
        k->stack = bigger;
        k->stack_room = room;
    }
    k->stack[m->used++] = e;
    return true;
}

/* From now on what has been tried is remembered, if there is room for it. */
static void remember(struct match *m)
{
    uint64_t bytes = ((uint64_t)m->r->count * ((uint32_t)m->length + 1) + 7) / 8;
    struct sh_regex_room *k = m->kept;

    if (m->r->back || bytes > SEEN_BYTES_MAX)
        return;
    if (bytes > k->seen_room) {
        k->seen = sh_call_grow(m->t, k->seen, 0, bytes);
        k->seen_room = k->seen != NULL ? (uint32_t)bytes : 0;
        m->out |= k->seen == NULL;
    } else {
        memset(k->seen, 0, bytes);
    }
    m->remembers = !m->out;
}

/* Has this been tried before? Then nothing new comes of it, in this search. */
static bool was_tried(struct match *m, uint32_t pc, int32_t at)
{
    uint64_t bit = (uint64_t)pc * ((uint32_t)m->length + 1) + (uint32_t)at;
    uint8_t *byte;

    if (!m->remembers)
        return false;
    byte = &m->kept->seen[bit / 8];
    if (*byte >> (bit & 7) & 1)
        return true;
    *byte |= (uint8_t)(1u << (bit & 7));
    return false;
}

static bool set_slot(struct match *m, int slot, int32_t value)
{
    if (!push(m, (struct sh_regex_entry){.slot = (int16_t)slot, .at = m->slot[slot]}))
        return false;
    m->slot[slot] = value;
    return true;
}

static unsigned fold(const struct sh_regex *r, unsigned c)
{
    return r->icase && c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool one(const struct match *m, const struct sh_regex_node *n, int32_t at)
{
    unsigned c;

    if (at >= m->length)
        return false;
    c = (unsigned char)m->text[at];
    switch (n->op) {
    case RE_CHAR:
        return fold(m->r, c) == fold(m->r, n->c);
    case RE_ANY:
        return true;
    default:
        return m->r->set[n->to][c >> 3] >> (c & 7) & 1;
    }
}

static bool at_edge(const struct match *m, int32_t at, unsigned which)
{
    bool before = at > 0 && sh_regex_word_char((unsigned char)m->text[at - 1]);
    bool after = at < m->length && sh_regex_word_char((unsigned char)m->text[at]);

    switch (which) {
    case RE_EDGE_START:
        return !before && after;
    case RE_EDGE_END:
        return before && !after;
    case RE_EDGE_NONE:
        return before == after;
    default:
        return before != after;
    }
}

static bool back_reference(struct match *m, unsigned n, int32_t *at)
{
    int32_t from = m->slot[2 * n], to = m->slot[2 * n + 1];

    if (from < 0 || to < from || *at + (to - from) > m->length)
        return false;
    for (int32_t i = from; i < to; i++)
        if (fold(m->r, (unsigned char)m->text[i]) !=
            fold(m->r, (unsigned char)m->text[*at + i - from]))
            return false;
    *at += to - from;
    return true;
}

/* Goes back to the last choice. False: there is none. */
static bool back(struct match *m, uint32_t *pc, int32_t *at)
{
    while (m->used > 0) {
        struct sh_regex_entry *e = &m->kept->stack[m->used - 1];

        if (e->slot >= 0) {
            m->slot[e->slot] = e->at;
            m->used--;
            continue;
        }
        *pc = e->pc;
        *at = e->at;
        if (e->least >= 0 && e->at > e->least)
            e->at--;
        else
            m->used--;
        m->work++;
        if (!was_tried(m, *pc, *at))
            return true;
    }
    return false;
}

static bool star(struct match *m, uint32_t *pc, int32_t *at)
{
    const struct sh_regex_node *n = &m->r->node[*pc + 1];
    int32_t from = *at;

    while (one(m, n, *at))
        ++*at;
    m->work += (uint32_t)(*at - from);
    *pc += 2;
    return *at == from ||
           push(m, (struct sh_regex_entry){.pc = (uint16_t)*pc, .slot = -1, .at = *at - 1,
                                           .least = from});
}

static bool charge(struct match *m)
{
    if (m->work < CHARGE_EVERY)
        return !m->out;
    m->tried += m->work;
    m->out |= !sh_charge(m->t, m->work / 4);
    m->work = 0;
    if (!m->remembers && !m->out && m->tried >= SEEN_FROM)
        remember(m);
    return !m->out;
}

/* The end of the code at this place: true if that settles it. */
static bool matched(struct match *m, int32_t at)
{
    if (at > m->best) {
        m->best = at;
        m->slot[1] = at;
        memcpy(m->group, m->slot, sizeof(m->group));
    }
    return !m->r->longer || at == m->length;
}

/* What matches a place and no character. */
static bool fits_here(const struct match *m, const struct sh_regex_node *n, int32_t at)
{
    return n->op == RE_BOL   ? at == 0
           : n->op == RE_EOL ? at == m->length
                             : at_edge(m, at, n->c);
}

/* Leaves the longest match that begins here in m->best. */
static void run(struct match *m, int32_t at)
{
    uint32_t pc = 0;

    for (;;) {
        const struct sh_regex_node *n = &m->r->node[pc];
        bool ok = true;

        m->work++;
        if (!charge(m))
            return;
        switch ((enum sh_regex_op)n->op) {
        case RE_CHAR:
        case RE_ANY:
        case RE_SET:
            ok = one(m, n, at++);
            pc++;
            break;
        case RE_STAR:
            ok = star(m, &pc, &at);
            break;
        case RE_SPLIT:
            ok = push(m, (struct sh_regex_entry){
                             .pc = (uint16_t)(pc + n->other), .slot = -1, .at = at, .least = -1});
            pc += n->to;
            break;
        case RE_JUMP:
            pc = (uint32_t)((int32_t)pc + n->to);
            break;
        case RE_SAVE:
            ok = set_slot(m, n->c, at);
            pc++;
            break;
        case RE_MARK:
            ok = set_slot(m, 2 * SH_REGEX_GROUPS + n->c, at);
            pc++;
            break;
        case RE_CHECK: /* a round that has matched nothing is the last */
            pc += m->slot[2 * SH_REGEX_GROUPS + n->c] == at ? 2 : 1;
            break;
        case RE_BOL:
        case RE_EOL:
        case RE_EDGE:
            ok = fits_here(m, n, at);
            pc++;
            break;
        case RE_BACKREF:
            ok = back_reference(m, n->c, &at);
            pc++;
            break;
        case RE_MATCH:
            if (matched(m, at))
                return;
            ok = false;
            break;
        }
        if (!ok && !back(m, &pc, &at))
            return;
    }
}

bool sh_regex_find(struct sh_task *t, const struct sh_regex *r, const char *text, size_t length,
                   size_t from, int32_t group_out[2 * SH_REGEX_GROUPS])
{
    struct match m = {.t = t, .r = r, .text = text, .length = (int32_t)length, .kept = r->kept};

    m.best = -1;
    for (size_t start = from; start <= length && !m.out; start++) {
        for (int i = 0; i < SLOTS; i++)
            m.slot[i] = -1;
        m.slot[0] = (int32_t)start;
        m.used = 0;
        m.work += 4;
        run(&m, (int32_t)start);
        if (m.best < 0 || m.out)
            continue;
        memcpy(group_out, m.group, sizeof(m.group));
        return true;
    }
    return false;
}
