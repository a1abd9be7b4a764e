/* SPDX-License-Identifier: Apache-2.0 */
/* jq_path.c - jq's paths: what lies there, putting and deleting, and the assignments. */
#include <math.h>
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

/* ---- one step -------------------------------------------------------------------------------- */

struct jq_val jq_slice_key(struct jq *k, struct jq_val from, struct jq_val to)
{
    struct jq_map m = {0};

    jq_put(k, &m, jq_words("start"), from);
    jq_put(k, &m, jq_words("end"), to);
    return jq_object(k, &m);
}

/* A bound of a slice of so many; from the end if negative. */
static int64_t bound(double n, uint32_t length, bool up)
{
    n = up ? ceil(n) : floor(n);
    n = n < 0 ? n + length : n;
    return n != n || n < 0 ? 0 : n > length ? (int64_t)length : (int64_t)n;
}

static bool slice_bounds(struct jq *k, struct jq_val key, uint32_t length, int64_t at[2])
{
    const struct jq_val *from = jq_get(k, key, jq_words("start"));
    const struct jq_val *to = jq_get(k, key, jq_words("end"));

    if (from == NULL || to == NULL || (from->kind != JQ_NULL && from->kind != JQ_NUMBER) ||
        (to->kind != JQ_NULL && to->kind != JQ_NUMBER))
        return jq_fail(k, "Start and end indices of an array slice must be numbers");
    at[0] = from->kind == JQ_NULL ? 0 : bound(from->num, length, false);
    at[1] = to->kind == JQ_NULL ? (int64_t)length : bound(to->num, length, true);
    at[1] = RX_MAX(at[0], at[1]);
    return true;
}

static bool slice(struct jq *k, struct jq_val v, struct jq_val key, struct jq_val *out)
{
    struct jq_list l = {0};
    int64_t at[2];

    *out = jq_null();
    if (!slice_bounds(k, key, v.kind == JQ_STRING ? jq_points(v) : v.length, at))
        return false;
    if (v.kind == JQ_NULL)
        return true;
    if (v.kind == JQ_STRING) {
        *out = jq_text_slice(k, v, at[0], at[1]);
        return true;
    }
    for (int64_t i = at[0]; i < at[1]; i++)
        if (!jq_push(k, &l, v.item[i]))
            return false;
    *out = jq_array(k, &l);
    return true;
}

static bool cannot_index(struct jq *k, struct jq_val v, struct jq_val key)
{
    if (key.kind == JQ_STRING)
        return jq_fail(k, "Cannot index %s with string \"%.*s\"", jq_kind_name(v),
                       (int)RX_MIN(key.length, 100u), key.text);
    return jq_fail(k, "Cannot index %s with %s", jq_kind_name(v), jq_kind_name(key));
}

bool jq_index(struct jq *k, struct jq_val v, struct jq_val key, struct jq_val *out)
{
    *out = jq_null();
    if (v.kind == JQ_OBJECT && key.kind == JQ_STRING) {
        const struct jq_val *found = jq_get(k, v, key);

        *out = found != NULL ? *found : jq_null();
        return true;
    }
    if (v.kind == JQ_ARRAY && key.kind == JQ_NUMBER) {
        double at = floor(key.num);

        at = at < 0 ? at + v.length : at;
        if (at >= 0 && at < v.length)
            *out = v.item[(uint32_t)at];
        return true;
    }
    if (key.kind == JQ_OBJECT && (v.kind == JQ_ARRAY || v.kind == JQ_STRING || v.kind == JQ_NULL))
        return slice(k, v, key, out);
    if (v.kind == JQ_ARRAY && key.kind == JQ_ARRAY)
        return jq_fn_indices(k, (struct jq_val[]){v, key}, out);
    if (v.kind == JQ_NULL &&
        (key.kind == JQ_STRING || key.kind == JQ_NUMBER || key.kind == JQ_NULL))
        return true;
    return cannot_index(k, v, key);
}

/* v with its part at a key replaced. */
static bool put_array(struct jq *k, struct jq_val v, double n, struct jq_val part,
                      struct jq_val *out)
{
    double at = floor(n);
    struct jq_list l = {0};

    if (v.kind == JQ_ARRAY && !jq_list_of(k, &l, v))
        return false;
    at = at < 0 ? at + l.count : at;
    if (!(at >= 0))
        return jq_fail(k, "Out of bounds negative array index");
    while (l.count <= at)
        if (!sh_charge(k->t, 1) || !jq_push(k, &l, jq_null()))
            return false;
    l.item[(uint32_t)at] = part;
    *out = jq_array(k, &l);
    return true;
}

static bool put_slice(struct jq *k, struct jq_val v, struct jq_val key, struct jq_val part,
                      struct jq_val *out)
{
    struct jq_list l = {0};
    int64_t at[2];
    uint32_t length = v.kind == JQ_ARRAY ? v.length : 0;

    if (part.kind != JQ_ARRAY)
        return jq_fail(k, "A slice of an array can only be assigned another array");
    if (!slice_bounds(k, key, length, at))
        return false;
    for (int64_t i = 0; i < at[0]; i++)
        jq_push(k, &l, v.item[i]);
    for (uint32_t i = 0; i < part.length; i++)
        jq_push(k, &l, part.item[i]);
    for (int64_t i = at[1]; i < length; i++)
        jq_push(k, &l, v.item[i]);
    *out = jq_array(k, &l);
    return !k->t->proc->over;
}

static bool put(struct jq *k, struct jq_val v, struct jq_val key, struct jq_val part,
                struct jq_val *out)
{
    struct jq_map m = {0};

    if (key.kind == JQ_STRING && (v.kind == JQ_OBJECT || v.kind == JQ_NULL)) {
        if ((v.kind == JQ_OBJECT && !jq_map_of(k, &m, v)) || !jq_put(k, &m, key, part))
            return false;
        *out = jq_object(k, &m);
        return true;
    }
    if (key.kind == JQ_NUMBER && (v.kind == JQ_ARRAY || v.kind == JQ_NULL))
        return put_array(k, v, key.num, part, out);
    if (key.kind == JQ_OBJECT && (v.kind == JQ_ARRAY || v.kind == JQ_NULL))
        return put_slice(k, v, key, part, out);
    return cannot_index(k, v, key);
}

/* ---- whole paths ----------------------------------------------------------------------------- */

struct jq_val jq_path_array(struct jq *k, const struct jq_path *p)
{
    struct jq_list l = {0};

    for (; p != NULL && p->up != NULL; p = p->up)
        if (!jq_push(k, &l, p->key))
            break;
    for (uint32_t i = 0; i < l.count / 2; i++) {
        struct jq_val swap = l.item[i];

        l.item[i] = l.item[l.count - 1 - i];
        l.item[l.count - 1 - i] = swap;
    }
    return jq_array(k, &l);
}

static bool is_path(struct jq *k, struct jq_val path)
{
    if (path.kind != JQ_ARRAY)
        return jq_fail(k, "Path must be specified as an array");
    if (path.length > JQ_NEST_MAX)
        sh_limit(k->t, "jq: a value is nested too deep");
    return !k->t->proc->over;
}

bool jq_get_path(struct jq *k, struct jq_val v, struct jq_val path, struct jq_val *out)
{
    if (!is_path(k, path))
        return false;
    for (uint32_t i = 0; i < path.length; i++)
        if (!jq_index(k, v, path.item[i], &v))
            return false;
    *out = v;
    return true;
}

bool jq_set_path(struct jq *k, struct jq_val v, struct jq_val path, uint32_t from, struct jq_val to,
                 struct jq_val *out)
{
    struct jq_val part;

    if (!is_path(k, path))
        return false;
    if (from == path.length) {
        *out = to;
        return true;
    }
    return jq_index(k, v, path.item[from], &part) &&
           jq_set_path(k, part, path, from + 1, to, &part) && put(k, v, path.item[from], part, out);
}

static bool delete_key(struct jq *k, struct jq_val v, struct jq_val key, struct jq_val *out)
{
    struct jq_list l = {0};
    struct jq_map m = {0};
    int64_t at[2];

    *out = v;
    if (v.kind == JQ_NULL)
        return true;
    if (v.kind == JQ_OBJECT && key.kind == JQ_STRING) {
        for (uint32_t i = 0; i < v.length; i++)
            if (jq_compare(k, v.pair[i].key, key) != 0)
                jq_put(k, &m, v.pair[i].key, v.pair[i].val);
        *out = jq_object(k, &m);
        return !k->t->proc->over;
    }
    if (v.kind != JQ_ARRAY || (key.kind != JQ_NUMBER && key.kind != JQ_OBJECT))
        return jq_fail(k, "Cannot delete field at %s index of %s",
                       key.kind == JQ_STRING ? "object" : "array", jq_kind_name(v));
    if (key.kind == JQ_NUMBER) {
        double n = floor(key.num) < 0 ? floor(key.num) + v.length : floor(key.num);

        if (!(n >= 0 && n < v.length))
            return true;
        at[0] = (int64_t)n;
        at[1] = at[0] + 1;
    } else if (!slice_bounds(k, key, v.length, at)) {
        return false;
    }
    for (uint32_t i = 0; i < v.length; i++)
        if (i < at[0] || i >= at[1])
            jq_push(k, &l, v.item[i]);
    *out = jq_array(k, &l);
    return !k->t->proc->over;
}

static bool delete_path(struct jq *k, struct jq_val v, struct jq_val path, uint32_t from,
                        struct jq_val *out)
{
    struct jq_val part;

    *out = v;
    if (!is_path(k, path))
        return false;
    if (from == path.length) {
        *out = jq_null();
        return true;
    }
    if (from + 1 == path.length)
        return delete_key(k, v, path.item[from], out);
    if (!jq_index(k, v, path.item[from], &part))
        return false;
    if (part.kind == JQ_NULL)
        return true;
    return delete_path(k, part, path, from + 1, &part) && put(k, v, path.item[from], part, out);
}

bool jq_delete_paths(struct jq *k, struct jq_val v, struct jq_val paths, struct jq_val *out)
{
    struct jq_list l;

    if (paths.kind != JQ_ARRAY)
        return jq_fail(k, "Paths must be specified as an array");
    if (!jq_list_of(k, &l, paths))
        return false;
    jq_sort(k, l.item, l.item, l.count);
    for (uint32_t i = l.count; i-- > 0;) /* the last first: what is before it does not move */
        if (!delete_path(k, v, l.item[i], 0, &v))
            return false;
    *out = v;
    return true;
}

/* ---- assignments ----------------------------------------------------------------------------- */

struct first {
    struct jq_then then;
    struct jq_val *v;
};

static bool take_first(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct first *f = (const struct first *)(const void *)self;

    *f->v = v.v;
    k->leaving = f;
    return false;
}

/* The first output: 1; 0 if there is none, -1 if it fails. */
static int first_of(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_val in,
                    struct jq_val *v)
{
    struct first f = {{take_first}, v};

    if (jq_eval(k, n, e, (struct jq_item){in, NULL}, &f.then))
        return 0;
    if (k->leaving != &f)
        return -1;
    k->leaving = NULL;
    return 1;
}

static bool modify(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_item in,
                   const struct jq_then *then)
{
    struct jq_list paths = {0};
    struct jq_val v = in.v, part;

    if (!jq_collect(k, n->a, e, in.v, true, &paths))
        return false;
    for (uint32_t i = 0; i < paths.count; i++) {
        int r;

        if (!jq_get_path(k, v, paths.item[i], &part))
            return false;
        r = first_of(k, n->b, e, part, &part);
        if (r < 0 || (r == 1 && !jq_set_path(k, v, paths.item[i], 0, part, &v)) ||
            (r == 0 && !delete_path(k, v, paths.item[i], 0, &v)))
            return false;
    }
    return jq_send(k, then, v, &in);
}

struct assign_step {
    struct jq_then then;
    const struct jq_node *n;
    const struct jq_env *e;
    const struct jq_item *in;
    const struct jq_then *on;
};

static bool assign_value(struct jq *k, const struct jq_then *self, struct jq_item to)
{
    const struct assign_step *s = (const struct assign_step *)(const void *)self;
    struct jq_list paths = {0};
    struct jq_val v = s->in->v, part = to.v;

    if (!jq_collect(k, s->n->a, s->e, s->in->v, true, &paths))
        return false;
    for (uint32_t i = 0; i < paths.count; i++) {
        if (s->n->op == JQ_OP_UPDATE &&
            (!jq_get_path(k, v, paths.item[i], &part) ||
             !jq_binary(k, (enum jq_binary)s->n->how, part, to.v, &part)))
            return false;
        if (!jq_set_path(k, v, paths.item[i], 0, part, &v))
            return false;
    }
    return jq_send(k, s->on, v, s->in);
}

bool jq_assign(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_item in,
               const struct jq_then *then)
{
    struct assign_step s = {{assign_value}, n, e, &in, then};

    if (n->op == JQ_OP_MODIFY)
        return modify(k, n, e, in, then);
    return jq_eval(k, n->b, e, (struct jq_item){in.v, NULL}, &s.then);
}
