/* SPDX-License-Identifier: Apache-2.0 */
/*
 * array.c - bash's arrays. One is a variable whose block holds pairs: key NUL value NUL, by
 * number, or, of an associative one, in the order in which bash shows them, which is that of its
 * hash table. A change makes a new block, as for any variable; the work is charged by the block's
 * length.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/task.h"
#include "engine/reactor/base.h"

enum { BASH_BUCKETS = 1024, KEY_ROOM = 24 };

bool sh_is_array(const struct sh_var *v)
{
    return v != NULL && (v->flags & (SH_VAR_ARRAY | SH_VAR_ASSOC));
}

static const char *payload(const struct sh_var *v)
{
    return v->text + v->name_length + 1;
}

bool sh_array_next(const struct sh_var *v, uint32_t *cursor, const char **key, const char **value)
{
    const char *s = payload(v) + *cursor;

    if (*cursor >= v->length)
        return false;
    *key = s;
    *value = s + strlen(s) + 1;
    *cursor = (uint32_t)(*value + strlen(*value) + 1 - payload(v));
    return true;
}

const char *sh_array_look(struct sh_task *t, const struct sh_var *v, const char *key)
{
    return sh_charge(t, v->length / 64) ? sh_array_get(v, key) : NULL;
}

const char *sh_array_get(const struct sh_var *v, const char *key)
{
    const char *k, *value;
    uint32_t at = 0;

    while (sh_array_next(v, &at, &k, &value))
        if (strcmp(k, key) == 0)
            return value;
    return NULL;
}

static int64_t index_of(const char *key)
{
    int64_t n = 0;

    for (; *key >= '0' && *key <= '9'; key++)
        n = n * 10 + (*key - '0');
    return n;
}

int64_t sh_array_end(const struct sh_var *v)
{
    const char *key, *value;
    int64_t end = 0;
    uint32_t at = 0;

    if (v == NULL || (v->flags & SH_VAR_UNSET))
        return 0;
    if (!sh_is_array(v))
        return 1;
    while (sh_array_next(v, &at, &key, &value))
        end = index_of(key) + 1;
    return end;
}

/* Where bash's hash table has it: the low bits of FNV-1. */
static uint32_t bucket(const char *key)
{
    uint32_t h = 2166136261u;

    for (; *key != '\0'; key++)
        h = (h * 16777619u) ^ (unsigned char)*key;
    return h & (BASH_BUCKETS - 1);
}

/* Does the new key stand before the one that is there? */
static bool before(int flags, const char *new_, const char *there)
{
    if (flags & SH_VAR_ASSOC) /* of one bucket the newest comes first */
        return bucket(new_) <= bucket(there);
    return index_of(new_) < index_of(there);
}

bool sh_array_key(struct sh_task *t, const struct sh_var *v, const char *subscript,
                  char room[SH_KEY_MAX])
{
    int64_t n;

    if (v != NULL && (v->flags & SH_VAR_ASSOC)) {
        if (strlen(subscript) >= SH_KEY_MAX) {
            sh_limit(t, "the key of an array is too long");
            return false;
        }
        strcpy(room, subscript);
        return true;
    }
    if (!sh_arith(t, subscript, &n))
        return false;
    if (n < 0 && v != NULL && !sh_charge(t, v->length / 64))
        return false;
    if (n < 0)
        n += sh_array_end(v);
    if (n < 0) {
        sh_warn(t, "%s: bad array subscript", v != NULL ? v->text : subscript);
        return false;
    }
    snprintf(room, SH_KEY_MAX, "%lld", (long long)n);
    return true;
}

/* ---- changes --------------------------------------------------------------------------------- */

struct pairs { /* the block of a new variable, being filled */
    struct sh_var *v;
    uint32_t used;
};

static bool pairs_begin(struct sh_task *t, struct pairs *p, const char *name, size_t room,
                        int flags)
{
    p->used = 0;
    p->v = sh_charge(t, (uint32_t)(room / 32)) ? sh_var_block(t->proc, name, room, flags) : NULL;
    if (p->v == NULL && !t->proc->over)
        sh_limit(t, "a variable is too long");
    return p->v != NULL;
}

static void pairs_add(struct pairs *p, const char *key, const char *value)
{
    char *to = p->v->text + p->v->name_length + 1 + p->used;
    size_t n = strlen(key) + 1, m = strlen(value) + 1;

    RX_ASSERT(p->used + n + m <= p->v->length);
    memcpy(to, key, n);
    memcpy(to + n, value, m);
    p->used += (uint32_t)(n + m);
}

/* The block as it is, if it was filled; else one that fits. */
static bool pairs_end(struct sh_task *t, struct pairs *p, const char *name)
{
    struct sh_var *small = p->v;

    if (p->used < p->v->length) {
        small = sh_var_block(t->proc, name, p->used, p->v->flags);
        if (small != NULL)
            memcpy(small->text + small->name_length + 1, payload(p->v), p->used);
        sh_var_unref(t->proc, p->v);
    }
    return small != NULL && sh_vars_put(t, name, small);
}

static bool writable(struct sh_task *t, const struct sh_var *v)
{
    if (v == NULL || !(v->flags & SH_VAR_READONLY))
        return true;
    sh_warn(t, t->flavour == SHELL_BASH ? "%s: readonly variable" : "%s: is read only", v->text);
    return false;
}

/* What the variable has so far, as pairs. */
static size_t old_size(const struct sh_var *v)
{
    if (v == NULL || (v->flags & SH_VAR_UNSET))
        return 0;
    return sh_is_array(v) ? v->length : v->length + 3;
}

static bool old_next(const struct sh_var *v, uint32_t *at, const char **key, const char **value)
{
    if (v == NULL || (v->flags & SH_VAR_UNSET))
        return false;
    if (sh_is_array(v))
        return sh_array_next(v, at, key, value);
    *key = "0";
    *value = payload(v);
    return (*at)++ == 0;
}

static bool is_absent(const struct sh_var *v, const char *key)
{
    return !sh_is_array(v) ? strcmp(key, "0") != 0 : sh_array_get(v, key) == NULL;
}

/* A copy of the variable with the element at `key` set (value), removed (NULL). */
static bool change(struct sh_task *t, const char *name, const char *key, const char *value)
{
    const struct sh_var *old = sh_var_find(t, name);
    int flags = old != NULL ? old->flags & ~SH_VAR_UNSET : 0;
    const char *k, *v;
    struct pairs p;
    uint32_t at = 0;
    bool done = value == NULL;

    if (!(flags & SH_VAR_ASSOC))
        flags |= SH_VAR_ARRAY;
    if (!pairs_begin(t, &p, name,
                     old_size(old) + (value != NULL ? strlen(key) + strlen(value) + 2 : 0), flags))
        return false;
    while (old_next(old, &at, &k, &v)) {
        bool same = strcmp(k, key) == 0;

        if (!done && !same && before(flags, key, k) && is_absent(old, key)) {
            pairs_add(&p, key, value);
            done = true;
        }
        if (!same)
            pairs_add(&p, k, v);
        else if (!done)
            pairs_add(&p, key, value);
        done |= same;
    }
    if (!done)
        pairs_add(&p, key, value);
    return pairs_end(t, &p, name);
}

bool sh_array_set(struct sh_task *t, const char *name, const char *key, const char *value)
{
    name = sh_var_name(t, name);
    return writable(t, sh_var_find(t, name)) && change(t, name, key, value);
}

bool sh_array_unset(struct sh_task *t, const char *name, const char *key)
{
    const struct sh_var *v = sh_var_find(t, name);

    if (v == NULL || is_absent(v, key))
        return true;
    return writable(t, v) && change(t, sh_var_name(t, name), key, NULL);
}

/* The fields of name=(...) one after the other, into an array that has been emptied. With keys they
 * may come in any order, so each is a change of its own. */
static bool add_keyed(struct sh_task *t, const char *name, char *const *field, uint32_t count)
{
    char key[SH_KEY_MAX];
    int64_t next = sh_array_end(sh_var_find(t, name)); /* of an element without a key */

    for (uint32_t i = 0; i < count; i++) {
        const struct sh_var *v = sh_var_find(t, name);

        if (field[i][0] == SH_KEY && i + 1 < count) {
            if (!sh_array_key(t, v, field[i] + 1, key))
                return false;
            i++;
        } else if (v != NULL && (v->flags & SH_VAR_ASSOC)) {
            strcpy(key, "");
            if (strlen(field[i]) >= SH_KEY_MAX || i + 1 >= count)
                return true;
            strcpy(key, field[i++]); /* key value key value */
        } else {
            snprintf(key, sizeof(key), "%lld", (long long)next);
        }
        if (!change(t, name, key, field[i]))
            return false;
        next = index_of(key) + 1;
    }
    return true;
}

static bool make_empty(struct sh_task *t, const char *name, int flags)
{
    struct pairs p;

    if (!(flags & SH_VAR_ASSOC))
        flags |= SH_VAR_ARRAY;
    return pairs_begin(t, &p, name, 0, flags & ~SH_VAR_UNSET) && pairs_end(t, &p, name);
}

bool sh_array_assign(struct sh_task *t, const char *name, char *const *field, uint32_t count,
                     bool append, bool keyed)
{
    const struct sh_var *old = sh_var_find(t, name);
    int flags = old != NULL ? old->flags & ~SH_VAR_UNSET : 0;
    const char *key, *value;
    char number[KEY_ROOM];
    struct pairs p;
    int64_t end;
    size_t size;
    uint32_t at = 0;

    name = sh_var_name(t, name);
    if (!writable(t, old))
        return false;
    if (keyed || (flags & SH_VAR_ASSOC))
        return (append || make_empty(t, name, flags)) && add_keyed(t, name, field, count);
    size = append ? old_size(old) : 0;
    end = append ? sh_array_end(old) : 0;
    for (uint32_t i = 0; i < count; i++)
        size += strlen(field[i]) + 1 + (size_t)snprintf(NULL, 0, "%lld", (long long)end + i) + 1;
    if (!pairs_begin(t, &p, name, size, flags | SH_VAR_ARRAY))
        return false;
    while (append && old_next(old, &at, &key, &value))
        pairs_add(&p, key, value);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(number, sizeof(number), "%lld", (long long)end + i);
        pairs_add(&p, number, field[i]);
    }
    return pairs_end(t, &p, name);
}

bool sh_array_declare(struct sh_task *t, const char *name, bool associative)
{
    const struct sh_var *old = sh_var_find(t, name);
    int flags = (old != NULL ? old->flags & ~SH_VAR_UNSET : 0) |
                (associative ? SH_VAR_ASSOC : SH_VAR_ARRAY);

    name = sh_var_name(t, name);
    if (sh_is_array(old))
        return true;
    if (old != NULL && !(old->flags & SH_VAR_UNSET) && !associative)
        return change(t, name, "0", payload(old));
    return make_empty(t, name, flags);
}
