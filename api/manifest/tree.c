/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c - nodes put together as they are read, from YAML and JSON alike: an explicit stack,
 * anchors, merge keys and keys that stand twice.
 */
#include "api/manifest/tree.h"

#include "engine/reactor/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mf_node *key_make(struct mf_tree *t, struct mf_node *n);
static void mapping_finish(struct mf_tree *t, struct mf_node *m);

void mf_tree_begin(struct mf_tree *t)
{
    t->root = NULL;
    t->anchors = NULL;
    t->aliased = 0;
    t->depth = 0;
}

void mf_tree_end(struct mf_tree *t)
{
    struct mf_docs *d = t->out;

    if (t->root && t->root->type != MF_NULL &&
        mf_room(t->load, &t->load->scratch, &d->root, d->count, &d->room, sizeof(*d->root)))
        d->root[d->count++] = t->root;
    t->root = NULL;
}

struct mf_node *mf_tree_node(struct mf_tree *t, enum mf_type type, uint32_t line, uint32_t column)
{
    struct mf_node *n = rx_arena_alloc(&t->load->scratch, sizeof(*n));

    if (n == NULL) {
        t->load->no_memory = true;
        return NULL;
    }
    n->type = type;
    n->line = line;
    n->column = column;
    n->weight = 1;
    return n;
}

bool mf_tree_text(struct mf_tree *t, struct mf_node *n, const char *text, size_t length)
{
    n->text = rx_arena_strndup(&t->load->scratch, text, length);
    n->length = length;
    if (!n->text)
        t->load->no_memory = true;
    else if (memchr(text, '\0', length))
        mf_tree_fail(t, n->line, n->column, "a NUL character in a string is not supported");
    return !t->broken && !t->load->no_memory;
}

struct mf_anchor *mf_tree_anchor(struct mf_tree *t, const char *name, struct mf_node *n)
{
    struct mf_anchor *a = rx_arena_alloc(&t->load->scratch, sizeof(*a));

    if (a)
        a->name = rx_arena_strndup(&t->load->scratch, name, strlen(name));
    if (a == NULL || !a->name) {
        t->load->no_memory = true;
        return NULL;
    }
    a->node = n;
    a->next = t->anchors;
    t->anchors = a;
    return a;
}

void mf_tree_open(struct mf_tree *t, struct mf_node *n, struct mf_anchor *anchor)
{
    if (t->depth == MF_DEPTH_MAX) {
        mf_tree_fail(t, n->line, n->column, "nested too deeply");
        return;
    }
    t->stack[t->depth++] = (struct mf_frame){.node = n, .anchor = anchor};
}

void mf_tree_close(struct mf_tree *t)
{
    struct mf_frame *f;

    RX_ASSERT(t->depth > 0);
    f = &t->stack[--t->depth];
    if (f->node->type == MF_MAPPING)
        mapping_finish(t, f->node);
    if (f->anchor)
        f->anchor->complete = true;
    mf_tree_put(t, f->node);
}

void mf_tree_alias(struct mf_tree *t, const char *name, uint32_t line, uint32_t column)
{
    const struct mf_anchor *a = t->anchors;

    while (a && strcmp(a->name, name) != 0)
        a = a->next;
    if (a == NULL) {
        mf_tree_fail(t, line, column,
                     mf_scratch(t->load, "unknown anchor '%.64s' referenced", name));
        return;
    }
    if (!a->complete) {
        mf_tree_fail(t, line, column,
                     mf_scratch(t->load, "anchor '%.64s' value contains itself", a->name));
        return;
    }
    t->aliased += RX_MIN(a->node->weight, MF_ALIASED_MAX + 1u);
    if (t->aliased > MF_ALIASED_MAX) {
        mf_tree_fail(t, line, column, "document contains excessive aliasing");
        return;
    }
    mf_tree_put(t, a->node);
}

void mf_tree_fail(struct mf_tree *t, uint32_t line, uint32_t column, const char *text)
{
    struct mf_fault fault = {line, column, mf_scratch(t->load, "%s: %s", t->door, text)};

    t->broken = true;
    if (t->fault.text == NULL)
        t->fault = fault;
    if (!t->held && !t->load->no_memory)
        mf_tree_tell(t);
}

void mf_tree_tell(struct mf_tree *t)
{
    mf_say_at(t->load, MANIFEST_ERROR, t->fault.line, t->fault.column, "%s", t->fault.text);
}

/* A finished node goes where the innermost open collection wants it: as root, item, key or
 * value. */
void mf_tree_put(struct mf_tree *t, struct mf_node *n)
{
    struct mf_frame *f = t->depth > 0 ? &t->stack[t->depth - 1] : NULL;
    struct mf_node *into;

    into = f ? f->node : NULL;
    if (into && into->type == MF_MAPPING && !f->key) {
        f->key = key_make(t, n);
        return;
    }
    if (n->type == MF_FLOAT && !strpbrk(n->text, "0123456789")) {
        mf_tree_fail(t, n->line, n->column,
                     mf_scratch(t->load, "unsupported value: %s: JSON has no such number",
                                n->text));
        return;
    }
    if (into == NULL) {
        t->root = n;
        return;
    }
    if (n->depth + 1 > MF_DEPTH_MAX) { /* possible through aliases only */
        mf_tree_fail(t, n->line, n->column, "nested too deeply");
        return;
    }
    if (into->count == f->room) {
        uint32_t room = f->room ? f->room * 2 : 4;
        struct mf_pair *item = rx_arena_alloc(&t->load->scratch, room * sizeof(*item));

        if (item == NULL) {
            t->load->no_memory = true;
            return;
        }
        if (into->count)
            memcpy(item, into->item, into->count * sizeof(*item));
        into->item = item;
        f->room = room;
    }
    into->item[into->count++] = (struct mf_pair){.key = f->key, .value = n};
    into->weight += n->weight + (f->key != NULL);
    into->depth = (uint8_t)RX_MAX(into->depth, n->depth + 1);
    f->key = NULL;
}

/* As Go prints a key that is a 32-bit float: the shortest number that reads back the same. */
static int float_print(char *out, size_t room, const char *text)
{
    float value = strtof(text, NULL);
    int n = 0;

    if (!strpbrk(text, "0123456789"))
        return snprintf(out, room, "%s",
                        strpbrk(text, "aA") ? ".nan" : *text == '-' ? "-.inf" : ".inf");
    for (int digits = 6; digits <= 9; digits++) {
        n = snprintf(out, room, "%.*g", digits, (double)value);
        if (strtof(out, NULL) == value)
            break;
    }
    return n;
}

/* Keys become strings the way they do on kubectl's road to JSON: on: is "true", 0x10: is "16". A
 * number is copied first: through an alias it may be a value somewhere else. NULL: said. */
static struct mf_node *key_make(struct mf_tree *t, struct mf_node *n)
{
    char text[40];
    int length = 0;

    switch (n->type) {
    case MF_STRING:
        return n;
    case MF_BOOL:
        length = snprintf(text, sizeof(text), "%s", n->truth ? "true" : "false");
        break;
    case MF_INT:
        length = snprintf(text, sizeof(text), "%lld", (long long)n->number);
        break;
    case MF_FLOAT:
        length = float_print(text, sizeof(text), n->text);
        break;
    case MF_NULL:
        mf_tree_fail(t, n->line, n->column, "a key must not be null");
        return NULL;
    default:
        mf_tree_fail(t, n->line, n->column,
                     "a key must be a plain value, not a mapping or a sequence");
        return NULL;
    }
    n = mf_tree_node(t, MF_STRING, n->line, n->column);
    return n && mf_tree_text(t, n, text, (size_t)length) ? n : NULL;
}

/* ---- mappings: merge keys and keys that stand twice ------------------------------------------ */

/* An entry in the order in which kubectl's reader sets it: of equal keys the last one counts. */
struct candidate {
    struct mf_pair pair;
    uint32_t order;
    bool merged, dropped;
};

static int candidate_by_key(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    const struct mf_node *x = a->pair.key, *y = b->pair.key;
    int cmp = memcmp(x->text, y->text, RX_MIN(x->length, y->length));

    if (cmp == 0)
        cmp = (x->length > y->length) - (x->length < y->length);
    return cmp ? cmp : (a->order > b->order) - (a->order < b->order);
}

static int candidate_by_order(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    return (a->order > b->order) - (a->order < b->order);
}

/* Entries that `<<` at this place brings in: of one mapping, or of several in a sequence. */
static uint32_t merge_count(const struct mf_node *v)
{
    uint32_t n = 0;

    if (v->type == MF_MAPPING)
        return v->count;
    for (uint32_t i = 0; v->type == MF_SEQUENCE && i < v->count; i++)
        n += v->item[i].value->type == MF_MAPPING ? v->item[i].value->count : 0;
    return n;
}

/* Of a sequence of mappings the first one has the last word. */
static uint32_t merge_spread(struct mf_tree *t, const struct mf_node *v, struct candidate *out)
{
    static const char wrong[] = "map merge requires map or sequence of maps as the value";
    uint32_t n = 0;

    if (v->type == MF_MAPPING) {
        for (; n < v->count; n++)
            out[n] = (struct candidate){.pair = v->item[n], .merged = true};
        return n;
    }
    if (v->type != MF_SEQUENCE)
        mf_tree_fail(t, v->line, v->column, wrong);
    for (uint32_t i = v->type == MF_SEQUENCE ? v->count : 0; i > 0 && !t->broken; i--) {
        const struct mf_node *m = v->item[i - 1].value;

        if (m->type == MF_MAPPING)
            n += merge_spread(t, m, out + n);
        else
            mf_tree_fail(t, m->line, m->column, wrong);
    }
    return n;
}

static bool merges(const struct mf_node *m)
{
    for (uint32_t i = 0; i < m->count; i++)
        if (m->item[i].key->merge)
            return true;
    return false;
}

/* What the entries of a mapping set, in that order. NULL: no memory. */
static struct candidate *candidates_take(struct mf_tree *t, const struct mf_node *m,
                                         uint32_t *count)
{
    uint32_t total = 0, n = 0;
    struct candidate *all;

    for (uint32_t i = 0; i < m->count; i++)
        total += m->item[i].key->merge ? merge_count(m->item[i].value) : 1;
    all = rx_arena_alloc(&t->load->scratch, (total + 1) * sizeof(*all));
    if (all == NULL) {
        t->load->no_memory = true;
        return NULL;
    }
    for (uint32_t i = 0; i < m->count && !t->broken; i++)
        if (m->item[i].key->merge)
            n += merge_spread(t, m->item[i].value, all + n);
        else
            all[n++] = (struct candidate){.pair = m->item[i]};
    for (uint32_t i = 0; i < n; i++)
        all[i].order = i;
    *count = n;
    return all;
}

/* Drops all but the last of equal keys, and tells of those that somebody has written twice. */
static bool candidates_drop(struct mf_tree *t, struct candidate *all, uint32_t count)
{
    bool dropped = false;

    qsort(all, count, sizeof(*all), candidate_by_key);
    for (uint32_t i = 1; i < count; i++) {
        const struct mf_node *key = all[i].pair.key, *before = all[i - 1].pair.key;

        if (key->length != before->length || memcmp(key->text, before->text, key->length) != 0)
            continue;
        all[i - 1].dropped = dropped = true;
        if (!all[i - 1].merged && !all[i].merged)
            mf_say_at(t->load, MANIFEST_DUPLICATE_KEY, key->line, key->column,
                      "key \"%.128s\" already set in map, in line %u, column %u: the last one "
                      "counts", key->text, before->line, before->column);
        else if (!all[i - 1].merged)
            mf_say_at(t->load, MANIFEST_WARNING, before->line, before->column,
                      "key \"%.128s\" is set again by a merge key that stands behind it",
                      before->text);
    }
    return dropped;
}

static void mapping_finish(struct mf_tree *t, struct mf_node *m)
{
    uint32_t count = 0, kept = 0;
    struct candidate *all;

    if (m->count == 0 || (m->count == 1 && !m->item[0].key->merge))
        return;
    all = candidates_take(t, m, &count);
    if (all == NULL || t->broken)
        return;
    if (!candidates_drop(t, all, count) && !merges(m))
        return; /* the entries stay as they are */
    qsort(all, count, sizeof(*all), candidate_by_order);
    m->item = rx_arena_alloc(&t->load->scratch, (count + 1) * sizeof(*m->item));
    m->count = 0;
    if (!m->item) {
        t->load->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!all[i].dropped)
            m->item[kept++] = all[i].pair;
    m->count = kept;
}
