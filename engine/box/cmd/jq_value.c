/* SPDX-License-Identifier: Apache-2.0 */
/* jq_value.c - jq's values, their order, and the arena that they live in. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

/* ---- the arena ------------------------------------------------------------------------------- */

enum { CHUNK = 8192 };

struct jq_chunk {
    struct jq_chunk *next;
    uint32_t size;
    _Alignas(16) char bytes[];
};

void *jq_alloc(struct jq *k, size_t size)
{
    size_t need = (size + 15) & ~(size_t)15;
    struct jq_chunk *c = k->chunk;

    if (need > SHELL_MEMORY_MAX) {
        sh_limit(k->t, "the script needs too much memory");
        return NULL;
    }
    while (c != NULL && c->size - k->chunk_used < need) {
        if (c->next == NULL || c->next->size < need)
            break;
        c = k->chunk = c->next;
        k->chunk_used = 0;
    }
    if (c == NULL || c->size - k->chunk_used < need) {
        uint32_t room = (uint32_t)RX_MAX(need, (size_t)CHUNK);
        struct jq_chunk *made = sh_call_alloc(k->t, sizeof(*made) + room);

        if (made == NULL)
            return NULL;
        made->size = room;
        if (c != NULL) {
            made->next = c->next;
            c->next = made;
        } else {
            k->chunks = made;
        }
        c = k->chunk = made;
        k->chunk_used = 0;
    }
    k->chunk_used += (uint32_t)need;
    return memset(c->bytes + k->chunk_used - need, 0, need);
}

struct jq_mark jq_mark(const struct jq *k)
{
    return (struct jq_mark){k->chunk, k->chunk_used};
}

void jq_wind_back(struct jq *k, struct jq_mark mark)
{
    k->chunk = mark.chunk != NULL ? mark.chunk : k->chunks;
    k->chunk_used = mark.chunk != NULL ? mark.used : 0;
}

/* ---- making ---------------------------------------------------------------------------------- */

struct jq_val jq_null(void)
{
    return (struct jq_val){.kind = JQ_NULL};
}

struct jq_val jq_bool(bool is)
{
    return (struct jq_val){.kind = is ? JQ_TRUE : JQ_FALSE};
}

struct jq_val jq_number(double n)
{
    return (struct jq_val){.kind = JQ_NUMBER, .num = n};
}

struct jq_val jq_words(const char *text)
{
    return (struct jq_val){.kind = JQ_STRING, .length = (uint32_t)strlen(text), .text = text};
}

struct jq_val jq_text(struct jq *k, const char *text, size_t length)
{
    char *copy = length <= SHELL_MEMORY_MAX ? jq_alloc(k, length + 1) : NULL;

    if (copy == NULL) {
        sh_limit(k->t, "the script needs too much memory");
        return jq_words("");
    }
    if (length > 0)
        memcpy(copy, text, length);
    sh_charge(k->t, (uint32_t)(length / 64));
    return (struct jq_val){.kind = JQ_STRING, .length = (uint32_t)length, .text = copy};
}

static uint16_t deeper(struct jq *k, uint16_t nested)
{
    if (nested >= JQ_NEST_MAX)
        sh_limit(k->t, "jq: a value is nested too deep");
    return (uint16_t)(nested + 1);
}

struct jq_val jq_array(struct jq *k, const struct jq_list *l)
{
    uint16_t nested = 0;

    for (uint32_t i = 0; i < l->count; i++)
        nested = RX_MAX(nested, l->item[i].nested);
    return (struct jq_val){
        .kind = JQ_ARRAY, .nested = deeper(k, nested), .length = l->count, .item = l->item};
}

struct jq_val jq_object(struct jq *k, const struct jq_map *m)
{
    uint16_t nested = 0;

    for (uint32_t i = 0; i < m->count; i++)
        nested = RX_MAX(nested, m->pair[i].val.nested);
    return (struct jq_val){
        .kind = JQ_OBJECT, .nested = deeper(k, nested), .length = m->count, .pair = m->pair};
}

/* Twice the room, in new memory. NULL: over. */
static void *regrown(struct jq *k, const void *old, uint32_t count, uint32_t *room, size_t size)
{
    uint32_t more = *room > 0 ? *room * 2 : 4;
    void *made = jq_alloc(k, more * size);

    if (made == NULL || !sh_charge(k->t, count / 16))
        return NULL;
    if (count > 0)
        memcpy(made, old, count * size);
    *room = more;
    return made;
}

bool jq_push(struct jq *k, struct jq_list *l, struct jq_val v)
{
    if (l->count == l->room) {
        struct jq_val *made = regrown(k, l->item, l->count, &l->room, sizeof(*made));

        if (made == NULL)
            return false;
        l->item = made;
    }
    l->item[l->count++] = v;
    return true;
}

static bool same_text(struct jq_val a, struct jq_val b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

bool jq_put(struct jq *k, struct jq_map *m, struct jq_val key, struct jq_val v)
{
    if (!sh_charge(k->t, m->count / 16))
        return false;
    for (uint32_t i = 0; i < m->count; i++)
        if (same_text(m->pair[i].key, key)) {
            m->pair[i].val = v;
            return true;
        }
    if (m->count == m->room) {
        struct jq_pair *made = regrown(k, m->pair, m->count, &m->room, sizeof(*made));

        if (made == NULL)
            return false;
        m->pair = made;
    }
    m->pair[m->count++] = (struct jq_pair){key, v};
    return true;
}

bool jq_map_of(struct jq *k, struct jq_map *m, struct jq_val object)
{
    *m = (struct jq_map){.count = object.length, .room = object.length + 1};
    m->pair = jq_alloc(k, m->room * sizeof(*m->pair));
    if (m->pair == NULL || !sh_charge(k->t, object.length / 16))
        return false;
    if (object.length > 0)
        memcpy(m->pair, object.pair, object.length * sizeof(*m->pair));
    return true;
}

bool jq_list_of(struct jq *k, struct jq_list *l, struct jq_val array)
{
    *l = (struct jq_list){.count = array.length, .room = array.length + 1};
    l->item = jq_alloc(k, l->room * sizeof(*l->item));
    if (l->item == NULL || !sh_charge(k->t, array.length / 16))
        return false;
    if (array.length > 0)
        memcpy(l->item, array.item, array.length * sizeof(*l->item));
    return true;
}

const struct jq_val *jq_get(struct jq *k, struct jq_val object, struct jq_val key)
{
    sh_charge(k->t, object.length / 16);
    for (uint32_t i = 0; i < object.length; i++)
        if (same_text(object.pair[i].key, key))
            return &object.pair[i].val;
    return NULL;
}

bool jq_same_text(struct jq_val v, const char *text)
{
    return v.length == strlen(text) && memcmp(v.text, text, v.length) == 0;
}

/* ---- order ----------------------------------------------------------------------------------- */

bool jq_true(struct jq_val v)
{
    return v.kind > JQ_FALSE;
}

const char *jq_kind_name(struct jq_val v)
{
    static const char *const name[] = {"null",   "boolean", "boolean", "number",
                                       "string", "array",   "object"};

    return name[v.kind];
}

static int text_order(struct jq_val a, struct jq_val b)
{
    int order = memcmp(a.text, b.text, RX_MIN(a.length, b.length));

    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* By the sorted keys first, then value by value in their order. */
static int object_order(struct jq *k, struct jq_val a, struct jq_val b)
{
    struct jq_val keys = jq_keys(k, a, true), other = jq_keys(k, b, true);
    int order = jq_compare(k, keys, other);

    for (uint32_t i = 0; i < keys.length && order == 0; i++) {
        const struct jq_val *x = jq_get(k, a, keys.item[i]), *y = jq_get(k, b, keys.item[i]);

        if (x == NULL || y == NULL)
            break;
        order = jq_compare(k, *x, *y);
    }
    return order;
}

int jq_compare(struct jq *k, struct jq_val a, struct jq_val b)
{
    if (a.kind != b.kind || !sh_charge(k->t, 1))
        return a.kind - b.kind;
    switch ((enum jq_kind)a.kind) {
    case JQ_NULL:
    case JQ_FALSE:
    case JQ_TRUE:
        break;
    case JQ_NUMBER:
        return a.num < b.num ? -1 : a.num > b.num ? 1 : a.num == b.num ? 0 : -1;
    case JQ_STRING:
        return text_order(a, b);
    case JQ_ARRAY:
        for (uint32_t i = 0; i < a.length && i < b.length; i++) {
            int order = jq_compare(k, a.item[i], b.item[i]);

            if (order != 0)
                return order;
        }
        return (a.length > b.length) - (a.length < b.length);
    case JQ_OBJECT:
        return object_order(k, a, b);
    }
    return 0;
}

struct jq_val jq_keys(struct jq *k, struct jq_val v, bool sorted)
{
    struct jq_list l = {0};

    for (uint32_t i = 0; i < v.length; i++)
        if (!jq_push(k, &l, v.pair[i].key))
            return jq_null();
    if (sorted)
        jq_sort(k, l.item, l.item, l.count);
    return jq_array(k, &l);
}

void jq_sort(struct jq *k, struct jq_val *key, struct jq_val *item, uint32_t count)
{
    struct jq_pair *from = jq_alloc(k, (count + 1) * sizeof(*from));
    struct jq_pair *to = jq_alloc(k, (count + 1) * sizeof(*to)), *swap;

    if (from == NULL || to == NULL)
        return;
    for (uint32_t i = 0; i < count; i++)
        from[i] = (struct jq_pair){key[i], item[i]};
    for (uint32_t run = 1; run < count; run *= 2) {
        for (uint32_t at = 0; at < count; at += 2 * run) {
            uint32_t i = at, middle = RX_MIN(at + run, count), j = middle;
            uint32_t end = RX_MIN(at + 2 * run, count);

            for (uint32_t n = at; n < end; n++) {
                bool left =
                    i < middle && (j >= end || jq_compare(k, from[i].key, from[j].key) <= 0);

                to[n] = left ? from[i++] : from[j++];
            }
            if (!sh_charge(k->t, 1))
                return;
        }
        swap = from;
        from = to;
        to = swap;
    }
    for (uint32_t i = 0; i < count; i++) {
        key[i] = from[i].key;
        item[i] = from[i].val;
    }
}

/* ---- failing --------------------------------------------------------------------------------- */

bool jq_fail(struct jq *k, const char *format, ...)
{
    char text[256];
    va_list args;
    int n;

    if (k->failed)
        return false;
    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    k->failed = true;
    k->error = jq_text(k, text, RX_MIN((size_t)n, sizeof(text) - 1));
    return false;
}
