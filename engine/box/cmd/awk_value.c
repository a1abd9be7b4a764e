/* SPDX-License-Identifier: Apache-2.0 */
/* awk_value.c - awk's strings, numbers and arrays, and the pool that they come from. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/awk.h"
#include "engine/reactor/base.h"

/* ---- the pool -------------------------------------------------------------------------------- */

enum { BLOCK_MIN = 32, CHUNK = 4096, BUCKETS_MIN = 16 };

static unsigned class_of(size_t size)
{
    unsigned class_ = 0;

    while (((size_t)BLOCK_MIN << class_) < size)
        class_++;
    return class_;
}

void *awk_alloc(struct awk *k, size_t size)
{
    unsigned class_ = class_of(size);
    uint32_t block = (uint32_t)BLOCK_MIN << class_;
    void *mem;

    if (class_ >= RX_ARRAY_LEN(k->pool))
        return NULL;
    mem = k->pool[class_];
    if (mem != NULL) {
        memcpy(&k->pool[class_], mem, sizeof(void *));
    } else if (block > CHUNK / 4) {
        mem = sh_call_alloc(k->t, block);
    } else {
        if (k->chunk_left < block) {
            k->chunk = sh_call_alloc(k->t, CHUNK);
            k->chunk_left = k->chunk != NULL ? CHUNK : 0;
        }
        if (k->chunk_left < block)
            return NULL;
        k->chunk_left -= block;
        mem = k->chunk + k->chunk_left;
    }
    if (mem != NULL)
        memset(mem, 0, size);
    return mem;
}

void awk_free(struct awk *k, void *mem, size_t size)
{
    unsigned class_ = class_of(size);

    if (mem == NULL)
        return;
    memcpy(mem, &k->pool[class_], sizeof(void *));
    k->pool[class_] = mem;
}

/* ---- strings --------------------------------------------------------------------------------- */

struct awk_str *awk_str(struct awk *k, const char *text, size_t length)
{
    struct awk_str *s;

    if (length > SHELL_WORD_MAX) {
        sh_limit(k->t, "a string is too long");
        return awk_str_keep(k->empty);
    }
    s = awk_alloc(k, sizeof(*s) + length + 1);
    if (s == NULL)
        return awk_str_keep(k->empty);
    s->refs = 1;
    s->length = (uint32_t)length;
    if (text != NULL && length > 0)
        memcpy(s->text, text, length);
    return s;
}

struct awk_str *awk_str_keep(struct awk_str *s)
{
    if (s != NULL)
        s->refs++;
    return s;
}

void awk_str_drop(struct awk *k, struct awk_str *s)
{
    if (s != NULL && --s->refs == 0)
        awk_free(k, s, sizeof(*s) + s->length + 1);
}

char awk_escaped(char c)
{
    static const char from[] = "nt\\\"/abfrv", to[] = "\n\t\\\"/\a\b\f\r\v";
    const char *known = c != '\0' ? strchr(from, c) : NULL;

    return known != NULL ? to[known - from] : '\0';
}

struct awk_str *awk_unescape(struct awk *k, struct awk_str *text)
{
    struct sh_buf b = {0};

    for (const char *s = text->text; *s != '\0'; s++) {
        char c = *s == '\\' ? awk_escaped(s[1]) : '\0';

        sh_buf_add(k->t, &b, c != '\0' ? &c : s, 1);
        s += c != '\0';
    }
    return awk_str(k, b.text, b.length);
}

/* ---- values ---------------------------------------------------------------------------------- */

struct awk_val awk_number(double n)
{
    return (struct awk_val){.kind = AWK_NUM, .num = n};
}

struct awk_val awk_string(struct awk_str *s)
{
    return (struct awk_val){.kind = AWK_STR, .str = s};
}

/* A decimal number at the beginning: digits, a point, an exponent. Returns its end. */
static const char *number_at(const char *s, double *out)
{
    const char *at = s + strspn(s, " \t\n"), *digits = at;
    char *end;

    at += *at == '-' || *at == '+';
    if ((*at < '0' || *at > '9') && (*at != '.' || at[1] < '0' || at[1] > '9')) {
        *out = 0;
        return s;
    }
    if (*at == '0' && (at[1] == 'x' || at[1] == 'X')) { /* hexadecimal is none in data */
        *out = 0;
        return at + 1;
    }
    *out = strtod(digits, &end);
    return end;
}

struct awk_val awk_outside(struct awk *k, struct awk_str *s)
{
    double n;
    const char *end = number_at(s->text, &n);

    (void)k;
    if (end == s->text || s->length == 0 || end[strspn(end, " \t\n")] != '\0' ||
        strlen(s->text) != s->length)
        return awk_string(s);
    return (struct awk_val){.kind = AWK_STRNUM, .num = n, .str = s};
}

struct awk_val awk_keep(struct awk_val v)
{
    if (v.kind >= AWK_STR)
        awk_str_keep(v.str);
    return v;
}

void awk_drop(struct awk *k, struct awk_val v)
{
    if (v.kind >= AWK_STR)
        awk_str_drop(k, v.str);
}

void awk_set(struct awk *k, struct awk_val *to, struct awk_val v)
{
    struct awk_val old = *to;

    *to = v;
    awk_drop(k, old);
}

double awk_num(struct awk_val v)
{
    double n = 0;

    switch (v.kind) {
    case AWK_NUM:
    case AWK_STRNUM:
        return v.num;
    case AWK_STR:
        number_at(v.str->text, &n);
        return n;
    default:
        return 0;
    }
}

int64_t awk_whole(double n)
{
    const double most = 9007199254740992.0;

    return isnan(n) ? 0 : (int64_t)fmin(fmax(n, -most), most);
}

struct awk_str *awk_text(struct awk *k, struct awk_val v, bool output)
{
    struct awk_str *format;
    char text[400];
    int n;

    if (v.kind >= AWK_STR)
        return awk_str_keep(v.str);
    if (v.kind == AWK_NONE)
        return awk_str_keep(k->empty);
    if (v.num == floor(v.num) && fabs(v.num) < 1e16) {
        n = snprintf(text, sizeof(text), "%lld", (long long)v.num);
        return awk_str(k, text, (size_t)n);
    }
    /* Only a format that takes one double is used: %.6g and its like. */
    format = awk_special_text(k, output ? AWK_OFMT : AWK_CONVFMT);
    n = -1;
    if (format->text[0] == '%') {
        size_t digits = strspn(format->text + 1, "-+ #0123456789.");
        char kind = format->text[1 + digits];

        if (digits < 12 && kind != '\0' && strchr("eEfFgG", kind) != NULL &&
            format->text[2 + digits] == '\0' && strspn(format->text + 1, "0123456789.") <= 6) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            n = snprintf(text, sizeof(text), format->text, v.num);
#pragma GCC diagnostic pop
        }
    }
    awk_str_drop(k, format);
    if (n < 0)
        n = snprintf(text, sizeof(text), "%.6g", v.num);
    return awk_str(k, text, RX_MIN((size_t)n, sizeof(text) - 1));
}

bool awk_true(struct awk_val v)
{
    switch (v.kind) {
    case AWK_NUM:
    case AWK_STRNUM:
        return v.num != 0;
    case AWK_STR:
        return v.str->length > 0;
    default:
        return false;
    }
}

int awk_compare(struct awk *k, struct awk_val a, struct awk_val b)
{
    struct awk_str *s, *z;
    int order;

    if (a.kind != AWK_STR && b.kind != AWK_STR)
        return (awk_num(a) > awk_num(b)) - (awk_num(a) < awk_num(b));
    s = awk_text(k, a, false);
    z = awk_text(k, b, false);
    order = memcmp(s->text, z->text, RX_MIN(s->length, z->length));
    if (order == 0)
        order = (s->length > z->length) - (s->length < z->length);
    awk_str_drop(k, s);
    awk_str_drop(k, z);
    return order;
}

/* ---- arrays ---------------------------------------------------------------------------------- */

struct awk_array *awk_array_new(struct awk *k)
{
    struct awk_array *a = awk_alloc(k, sizeof(*a));

    if (a == NULL)
        return NULL;
    a->bucket = awk_alloc(k, BUCKETS_MIN * sizeof(*a->bucket));
    a->buckets = a->bucket != NULL ? BUCKETS_MIN : 0;
    a->last = &a->first;
    return a->bucket != NULL ? a : NULL;
}

static uint32_t hash_of(const struct awk_str *s)
{
    uint32_t h = 2166136261u;

    for (uint32_t i = 0; i < s->length; i++)
        h = (h ^ (unsigned char)s->text[i]) * 16777619u;
    return h;
}

static void rehash(struct awk *k, struct awk_array *a)
{
    uint32_t buckets = a->buckets * 4;
    struct awk_elem **bucket = awk_alloc(k, buckets * sizeof(*bucket));

    if (bucket == NULL)
        return;
    awk_free(k, a->bucket, a->buckets * sizeof(*bucket));
    a->bucket = bucket;
    a->buckets = buckets;
    for (struct awk_elem *e = a->first; e != NULL; e = e->after) {
        struct awk_elem **at = &bucket[hash_of(e->key) & (buckets - 1)];

        e->next = *at;
        *at = e;
    }
}

static struct awk_elem **find(struct awk_array *a, const struct awk_str *key)
{
    struct awk_elem **at = &a->bucket[hash_of(key) & (a->buckets - 1)];

    while (*at != NULL && ((*at)->key->length != key->length ||
                           memcmp((*at)->key->text, key->text, key->length) != 0))
        at = &(*at)->next;
    return at;
}

struct awk_val *awk_array_at(struct awk *k, struct awk_array *a, struct awk_str *key, bool make)
{
    struct awk_elem **at = find(a, key), *e = *at;

    if (e != NULL || !make)
        return e != NULL ? &e->val : NULL;
    e = awk_alloc(k, sizeof(*e));
    if (e == NULL)
        return NULL;
    e->key = awk_str_keep(key);
    *at = e;
    *a->last = e;
    a->last = &e->after;
    if (++a->count > a->buckets * 2)
        rehash(k, a);
    return &e->val;
}

void awk_array_delete(struct awk *k, struct awk_array *a, struct awk_str *key)
{
    struct awk_elem **at = find(a, key), *e = *at, **in_order = &a->first;

    if (e == NULL)
        return;
    *at = e->next;
    /* The order is a plain list: deleting from a large array costs a walk, which is charged. */
    for (; *in_order != e; in_order = &(*in_order)->after)
        sh_charge(k->t, 1);
    *in_order = e->after;
    if (a->last == &e->after)
        a->last = in_order;
    a->count--;
    awk_str_drop(k, e->key);
    awk_drop(k, e->val);
    awk_free(k, e, sizeof(*e));
}

void awk_array_clear(struct awk *k, struct awk_array *a)
{
    for (struct awk_elem *e = a->first, *after; e != NULL; e = after) {
        after = e->after;
        awk_str_drop(k, e->key);
        awk_drop(k, e->val);
        awk_free(k, e, sizeof(*e));
    }
    memset(a->bucket, 0, a->buckets * sizeof(*a->bucket));
    a->first = NULL;
    a->last = &a->first;
    a->count = 0;
}
