/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jq_func.c - the functions of jq: those of values, those that evaluate their arguments
 * themselves, and those that are written in jq.
 */
#include <math.h>
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

typedef bool value_function(struct jq *k, const struct jq_val *v, struct jq_val *out);

/* ---- functions of values --------------------------------------------------------------------- */

static bool fn_length(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    if (v->kind == JQ_FALSE || v->kind == JQ_TRUE)
        return jq_fail_kind(k, *v, "has no length");
    *out = v->kind == JQ_NULL     ? jq_number(0)
           : v->kind == JQ_NUMBER ? jq_number(fabs(v->num))
           : v->kind == JQ_STRING ? jq_number(jq_points(*v))
                                  : jq_number(v->length);
    return true;
}

static bool fn_not(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)k;
    *out = jq_bool(!jq_true(*v));
    return true;
}

static bool fn_type(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)k;
    *out = jq_words(jq_kind_name(*v));
    return true;
}

static bool keys_of(struct jq *k, const struct jq_val *v, bool sorted, struct jq_val *out)
{
    struct jq_list l = {0};

    if (v->kind == JQ_OBJECT) {
        *out = jq_keys(k, *v, sorted);
        return true;
    }
    if (v->kind != JQ_ARRAY)
        return jq_fail_kind(k, *v, "has no keys");
    for (uint32_t i = 0; i < v->length; i++)
        jq_push(k, &l, jq_number(i));
    *out = jq_array(k, &l);
    return true;
}

static bool fn_keys(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return keys_of(k, v, true, out);
}

static bool fn_keys_unsorted(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return keys_of(k, v, false, out);
}

static bool fn_has(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    if (v[0].kind == JQ_OBJECT && v[1].kind == JQ_STRING)
        *out = jq_bool(jq_get(k, v[0], v[1]) != NULL);
    else if (v[0].kind == JQ_ARRAY && v[1].kind == JQ_NUMBER)
        *out = jq_bool(v[1].num >= 0 && v[1].num < v[0].length);
    else
        return jq_fail(k, "Cannot check whether %s has a %s key", jq_kind_name(v[0]),
                       jq_kind_name(v[1]));
    return true;
}

static bool has_text(struct jq_val a, struct jq_val b)
{
    return b.length == 0 || memmem(a.text, a.length, b.text, b.length) != NULL;
}

static bool contains(struct jq *k, struct jq_val a, struct jq_val b, bool *is)
{
    if (!sh_charge(k->t, 1))
        return false;
    *is = true;
    if (a.kind == JQ_OBJECT && b.kind == JQ_OBJECT) {
        for (uint32_t i = 0; i < b.length && *is; i++) {
            const struct jq_val *found = jq_get(k, a, b.pair[i].key);

            *is = found != NULL;
            if (*is && !contains(k, *found, b.pair[i].val, is))
                return false;
        }
    } else if (a.kind == JQ_ARRAY && b.kind == JQ_ARRAY) {
        for (uint32_t i = 0; i < b.length && *is; i++) {
            *is = false;
            for (uint32_t j = 0; j < a.length && !*is; j++)
                if (a.item[j].kind == b.item[i].kind && !contains(k, a.item[j], b.item[i], is))
                    return false;
        }
    } else if (a.kind == JQ_STRING && b.kind == JQ_STRING) {
        *is = has_text(a, b);
    } else if (a.kind == b.kind ||
               (a.kind < JQ_NUMBER && b.kind < JQ_NUMBER && a.kind > JQ_NULL && b.kind > JQ_NULL)) {
        *is = jq_compare(k, a, b) == 0;
    } else {
        return jq_fail_kinds(k, a, b, "cannot have their containment checked");
    }
    return true;
}

static bool fn_contains(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    bool is;

    if (!contains(k, v[0], v[1], &is))
        return false;
    *out = jq_bool(is);
    return true;
}

static bool fn_add(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_val sum = jq_null();

    if (v->kind != JQ_ARRAY && v->kind != JQ_OBJECT)
        return jq_fail(k, "Cannot iterate over %s", jq_kind_name(*v));
    for (uint32_t i = 0; i < v->length; i++)
        if (!jq_binary(k, JQ_ADD, sum, v->kind == JQ_ARRAY ? v->item[i] : v->pair[i].val, &sum))
            return false;
    *out = sum;
    return true;
}

/* The input and one key for each of its elements; the keys may be the input itself. */
static bool sorted(struct jq *k, const struct jq_val *v, struct jq_val keys, struct jq_list *key,
                   struct jq_list *item)
{
    if (v->kind != JQ_ARRAY)
        return jq_fail_kind(k, *v, "cannot be sorted, as it is not an array");
    if (!jq_list_of(k, key, keys) || !jq_list_of(k, item, *v))
        return false;
    jq_sort(k, key->item, item->item, item->count);
    return !k->t->proc->over;
}

static bool fn_sort(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_list key, item;

    if (!sorted(k, v, *v, &key, &item))
        return false;
    *out = jq_array(k, &item);
    return true;
}

static bool fn_unique(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_list key, item, l = {0};

    if (!sorted(k, v, *v, &key, &item))
        return false;
    for (uint32_t i = 0; i < item.count; i++)
        if (i == 0 || jq_compare(k, key.item[i - 1], key.item[i]) != 0)
            jq_push(k, &l, item.item[i]);
    *out = jq_array(k, &l);
    return true;
}

static bool best(struct jq *k, const struct jq_val *v, struct jq_val keys, bool most,
                 struct jq_val *out)
{
    uint32_t at = 0;

    if (v->kind != JQ_ARRAY)
        return jq_fail_kinds(k, *v, *v, "cannot be iterated over");
    *out = jq_null();
    for (uint32_t i = 1; i < v->length; i++) {
        int order = jq_compare(k, keys.item[i], keys.item[at]);

        if (most ? order >= 0 : order < 0)
            at = i;
    }
    if (v->length > 0)
        *out = v->item[at];
    return true;
}

static bool fn_min(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return best(k, v, *v, false, out);
}

static bool fn_max(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return best(k, v, *v, true, out);
}

static bool fn_reverse(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_list l = {0};

    if (v->kind != JQ_ARRAY && v->kind != JQ_NULL)
        return jq_fail(k, "Cannot index %s with number", jq_kind_name(*v));
    for (uint32_t i = v->length; i-- > 0;)
        jq_push(k, &l, v->item[i]);
    *out = jq_array(k, &l);
    return true;
}

static bool jq_flatten(struct jq *k, struct jq_list *l, struct jq_val v, double depth)
{
    if (v.kind != JQ_ARRAY && v.kind != JQ_OBJECT)
        return jq_fail(k, "Cannot iterate over %s", jq_kind_name(v));
    for (uint32_t i = 0; i < v.length; i++) {
        struct jq_val item = v.kind == JQ_ARRAY ? v.item[i] : v.pair[i].val;

        if (item.kind == JQ_ARRAY && depth > 0 ? !jq_flatten(k, l, item, depth - 1)
                                               : !jq_push(k, l, item))
            return false;
    }
    return true;
}

static bool fn_flatten(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_list l = {0};

    if (v[1].kind == JQ_NUMBER && v[1].num < 0)
        return jq_fail(k, "flatten depth must not be negative");
    if (!jq_flatten(k, &l, v[0], v[1].kind == JQ_NUMBER ? v[1].num : 1e9))
        return false;
    *out = jq_array(k, &l);
    return true;
}

static bool fn_error(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)out;
    k->failed = true;
    k->error = v[1];
    return false;
}

static bool fn_setpath(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return jq_set_path(k, v[0], v[1], 0, v[2], out);
}

static bool fn_delpaths(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    return jq_delete_paths(k, v[0], v[1], out);
}

static bool fn_now(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)v;
    *out = jq_number((double)(k->t->proc->setup.epoch_ms + k->t->proc->now) / RX_MS_PER_S);
    return true;
}

static bool fn_env(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)v;
    for (uint32_t i = 0; i < k->named.count; i++)
        if (jq_same_text(k->named.pair[i].key, "ENV"))
            *out = k->named.pair[i].val;
    return true;
}

static bool fn_nan(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)k;
    (void)v;
    *out = jq_number((double)NAN);
    return true;
}

static bool fn_infinite(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)k;
    (void)v;
    *out = jq_number((double)INFINITY);
    return true;
}

static bool fn_halt(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    (void)out;
    k->leaving = k;
    k->status = v[1].kind == JQ_NUMBER ? (int)fmod(fabs(v[1].num), 256) : 0;
    return false;
}

static bool fn_halt_error(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    struct jq_val text = jq_as_text(k, v[0]);

    sh_complain(k->t, "%.*s", (int)text.length, text.text);
    return fn_halt(k, (struct jq_val[]){v[0], v[1].kind == JQ_NUMBER ? v[1] : jq_number(5)}, out);
}

static bool number_of(struct jq *k, const struct jq_val *v)
{
    return v->kind == JQ_NUMBER || jq_fail_kind(k, *v, "number required");
}

#define MATH(name)                                                                                 \
    static bool fn_##name(struct jq *k, const struct jq_val *v, struct jq_val *out)                \
    {                                                                                              \
        if (!number_of(k, v))                                                                      \
            return false;                                                                          \
        *out = jq_number(name(v->num));                                                            \
        return true;                                                                               \
    }
MATH(floor)
MATH(ceil)
MATH(round)
MATH(sqrt)
MATH(fabs)
MATH(log)
MATH(exp)
MATH(log2)
MATH(log10)
MATH(isnan)

static bool fn_pow(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    if (!number_of(k, v + 1) || !number_of(k, v + 2))
        return false;
    *out = jq_number(pow(v[1].num, v[2].num));
    return true;
}

static bool fn_isnan_bool(struct jq *k, const struct jq_val *v, struct jq_val *out)
{
    if (!fn_isnan(k, v, out))
        return false;
    *out = jq_bool(out->num != 0);
    return true;
}

/* ---- those that evaluate their arguments themselves ------------------------------------------ */

typedef bool native_function(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                             struct jq_item in, const struct jq_then *then);

static bool at_empty(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                     struct jq_item in, const struct jq_then *then)
{
    (void)k;
    (void)n;
    (void)e;
    (void)in;
    (void)then;
    return true;
}

static bool at_path(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                    struct jq_item in, const struct jq_then *then)
{
    struct jq_list l = {0};

    if (!jq_collect(k, n->a, e, in.v, true, &l))
        return false;
    for (uint32_t i = 0; i < l.count; i++)
        if (!jq_send(k, then, l.item[i], &in))
            return false;
    return true;
}

/* The keys of the array, one for each element; they are arrays of all outputs of f. */
static bool keys_by(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_val v,
                    struct jq_val *keys)
{
    struct jq_list l = {0};

    if (v.kind != JQ_ARRAY)
        return jq_fail(k, "Cannot index %s with number", jq_kind_name(v));
    for (uint32_t i = 0; i < v.length; i++) {
        struct jq_list one = {0};

        if (!jq_collect(k, n->a, e, v.item[i], false, &one) || !jq_push(k, &l, jq_array(k, &one)))
            return false;
    }
    *keys = jq_array(k, &l);
    return true;
}

static bool groups_by(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_val v, struct jq_list *groups)
{
    struct jq_list key, item, group = {0};
    struct jq_val keys;

    if (!keys_by(k, n, e, v, &keys) || !sorted(k, &v, keys, &key, &item))
        return false;
    for (uint32_t i = 0; i < item.count; i++) {
        if (i > 0 && jq_compare(k, key.item[i - 1], key.item[i]) != 0) {
            jq_push(k, groups, jq_array(k, &group));
            group = (struct jq_list){0};
        }
        if (!jq_push(k, &group, item.item[i]))
            return false;
    }
    return group.count == 0 || jq_push(k, groups, jq_array(k, &group));
}

static bool at_sort_by(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                       struct jq_item in, const struct jq_then *then)
{
    struct jq_list key, item;
    struct jq_val keys;

    return keys_by(k, n, e, in.v, &keys) && sorted(k, &in.v, keys, &key, &item) &&
           jq_send(k, then, jq_array(k, &item), &in);
}

static bool at_group_by(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                        struct jq_item in, const struct jq_then *then)
{
    struct jq_list groups = {0};

    return groups_by(k, n, e, in.v, &groups) && jq_send(k, then, jq_array(k, &groups), &in);
}

static bool at_unique_by(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                         struct jq_item in, const struct jq_then *then)
{
    struct jq_list groups = {0};

    if (!groups_by(k, n, e, in.v, &groups))
        return false;
    for (uint32_t i = 0; i < groups.count; i++)
        groups.item[i] = groups.item[i].item[0];
    return jq_send(k, then, jq_array(k, &groups), &in);
}

static bool best_by(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                    struct jq_item in, const struct jq_then *then, bool most)
{
    struct jq_val keys, v;

    return keys_by(k, n, e, in.v, &keys) && best(k, &in.v, keys, most, &v) &&
           jq_send(k, then, v, &in);
}

static bool at_min_by(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_item in, const struct jq_then *then)
{
    return best_by(k, n, e, in, then, false);
}

static bool at_max_by(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_item in, const struct jq_then *then)
{
    return best_by(k, n, e, in, then, true);
}

/* .. : itself, then all below it. */
static bool at_recurse(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                       struct jq_item in, const struct jq_then *then)
{
    if (!sh_charge(k->t, 1) || !then->run(k, then, in))
        return false;
    if (in.v.kind != JQ_ARRAY && in.v.kind != JQ_OBJECT)
        return true;
    for (uint32_t i = 0; i < in.v.length; i++) {
        bool object = in.v.kind == JQ_OBJECT;
        struct jq_path p = {in.path, object ? in.v.pair[i].key : jq_number(i)};
        struct jq_item below = {object ? in.v.pair[i].val : in.v.item[i],
                                in.path != NULL && in.path != &jq_lost ? &p : in.path};

        if (!at_recurse(k, n, e, below, then))
            return false;
    }
    return true;
}

struct limit_step {
    struct jq_then then;
    const struct jq_then *on;
    double *left;
};

static bool limit_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct limit_step *s = (const struct limit_step *)(const void *)self;

    *s->left -= 1;
    if (!s->on->run(k, s->on, v))
        return false;
    if (*s->left > 0)
        return true;
    k->leaving = s->left;
    return false;
}

static bool limited(struct jq *k, const struct jq_node *f, const struct jq_env *e,
                    struct jq_item in, const struct jq_then *then, double count)
{
    struct limit_step s = {{limit_value}, then, &count};

    if (!(count > 0))
        return true;
    if (jq_eval(k, f, e, in, &s.then))
        return true;
    if (k->leaving != &count)
        return false;
    k->leaving = NULL;
    return true;
}

static bool at_first(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                     struct jq_item in, const struct jq_then *then)
{
    return limited(k, n->a, e, in, then, 1);
}

static bool at_limit(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                     struct jq_item in, const struct jq_then *then)
{
    struct jq_list l = {0};

    if (!jq_collect(k, n->a, e, in.v, false, &l))
        return false;
    for (uint32_t i = 0; i < l.count; i++) {
        if (l.item[i].kind != JQ_NUMBER)
            return jq_fail(k, "Invalid arguments to limit");
        if (!limited(k, n->a->next, e, in, then, l.item[i].num))
            return false;
    }
    return true;
}

/* Steps that go on from their own output: until, while, repeat. One output goes on in a loop. */
enum unfold { UNTIL, WHILE, REPEAT };

static bool condition(struct jq *k, const struct jq_node *f, const struct jq_env *e,
                      struct jq_val v, bool *is)
{
    struct jq_list l = {0};

    if (!jq_collect(k, f, e, v, false, &l))
        return false;
    *is = l.count > 0 && jq_true(l.item[0]);
    return true;
}

static bool unfold(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_item in,
                   const struct jq_then *then, enum unfold how)
{
    const struct jq_node *step = how == REPEAT ? n->a : n->a->next;
    struct jq_val v = in.v;

    for (;;) {
        struct jq_list l = {0};
        bool is = true;

        if (how != REPEAT && !condition(k, n->a, e, v, &is))
            return false;
        if (how == UNTIL ? is : !is)
            return how == WHILE || jq_send(k, then, v, &in);
        if ((how != UNTIL && !jq_send(k, then, v, &in)) || !jq_collect(k, step, e, v, false, &l) ||
            l.count == 0)
            return !k->failed && k->leaving == NULL && !k->t->proc->over && k->t->doomed == 0;
        for (uint32_t i = 0; i + 1 < l.count; i++) {
            bool ok;

            if (++k->depth > JQ_EVAL_DEPTH)
                sh_limit(k->t, "jq: a program calls itself too deep");
            ok = !k->t->proc->over &&
                 unfold(k, n, e, (struct jq_item){l.item[i], in.path}, then, how);
            k->depth--;
            if (!ok)
                return false;
        }
        v = l.item[l.count - 1];
    }
}

static bool at_until(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                     struct jq_item in, const struct jq_then *then)
{
    return unfold(k, n, e, in, then, UNTIL);
}

static bool at_while(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                     struct jq_item in, const struct jq_then *then)
{
    return unfold(k, n, e, in, then, WHILE);
}

static bool at_repeat(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_item in, const struct jq_then *then)
{
    return unfold(k, n, e, in, then, REPEAT);
}

static bool at_getpath(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                       struct jq_item in, const struct jq_then *then)
{
    struct jq_list l = {0};

    if (!jq_collect(k, n->a, e, in.v, false, &l))
        return false;
    for (uint32_t i = 0; i < l.count; i++) {
        const struct jq_val *path = &l.item[i];
        struct jq_path *step = jq_alloc(k, (path->length + 1u) * sizeof(*step));
        struct jq_item at = in;

        if (step == NULL || !jq_get_path(k, in.v, *path, &at.v))
            return false;
        for (uint32_t j = 0; in.path != NULL && in.path != &jq_lost && j < path->length; j++) {
            step[j] = (struct jq_path){at.path, path->item[j]};
            at.path = &step[j];
        }
        if (!then->run(k, then, at))
            return false;
    }
    return true;
}

static bool at_input(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                     struct jq_item in, const struct jq_then *then)
{
    struct jq_val v;

    (void)n;
    (void)e;
    if (!k->next(k, &v))
        return k->failed ? false : jq_fail(k, "break");
    return jq_send(k, then, v, &in);
}

static bool at_inputs(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_item in, const struct jq_then *then)
{
    struct jq_val v;

    (void)n;
    (void)e;
    while (k->next(k, &v))
        if (!jq_send(k, then, v, &in))
            return false;
    return !k->failed;
}

static bool send_range(struct jq *k, const struct jq_val *v, const struct jq_item *in,
                       const struct jq_then *then)
{
    if (v[1].kind != JQ_NUMBER || v[2].kind != JQ_NUMBER || v[3].kind != JQ_NUMBER)
        return jq_fail(k, "Range bounds must be numeric");
    if (v[3].num == 0)
        return true;
    for (double n = v[1].num; v[3].num > 0 ? n < v[2].num : n > v[2].num; n += v[3].num)
        if (!sh_charge(k->t, 1) || !jq_send(k, then, jq_number(n), in))
            return false;
    return true;
}

/* ---- the list -------------------------------------------------------------------------------- */

static const struct native {
    const char *name;
    uint32_t args;
    value_function *value;
    native_function *native;
} natives[] = {
#define X(name, args) {#name, args, jq_fn_##name, NULL},
    JQ_TEXT_FUNCTIONS(X)
#undef X
        {"todateiso8601", 0, jq_fn_todate, NULL},
    {"fromdateiso8601", 0, jq_fn_fromdate, NULL},
    {"length", 0, fn_length, NULL},
    {"not", 0, fn_not, NULL},
    {"type", 0, fn_type, NULL},
    {"keys", 0, fn_keys, NULL},
    {"keys_unsorted", 0, fn_keys_unsorted, NULL},
    {"has", 1, fn_has, NULL},
    {"contains", 1, fn_contains, NULL},
    {"add", 0, fn_add, NULL},
    {"sort", 0, fn_sort, NULL},
    {"unique", 0, fn_unique, NULL},
    {"min", 0, fn_min, NULL},
    {"max", 0, fn_max, NULL},
    {"reverse", 0, fn_reverse, NULL},
    {"flatten", 0, fn_flatten, NULL},
    {"flatten", 1, fn_flatten, NULL},
    {"error", 1, fn_error, NULL},
    {"setpath", 2, fn_setpath, NULL},
    {"delpaths", 1, fn_delpaths, NULL},
    {"now", 0, fn_now, NULL},
    {"env", 0, fn_env, NULL},
    {"nan", 0, fn_nan, NULL},
    {"infinite", 0, fn_infinite, NULL},
    {"isnan", 0, fn_isnan_bool, NULL},
    {"halt", 0, fn_halt, NULL},
    {"halt_error", 0, fn_halt_error, NULL},
    {"halt_error", 1, fn_halt_error, NULL},
    {"floor", 0, fn_floor, NULL},
    {"ceil", 0, fn_ceil, NULL},
    {"round", 0, fn_round, NULL},
    {"sqrt", 0, fn_sqrt, NULL},
    {"fabs", 0, fn_fabs, NULL},
    {"log", 0, fn_log, NULL},
    {"log2", 0, fn_log2, NULL},
    {"log10", 0, fn_log10, NULL},
    {"exp", 0, fn_exp, NULL},
    {"pow", 2, fn_pow, NULL},
    {"range", 3, NULL, NULL},
    {"empty", 0, NULL, at_empty},
    {"path", 1, NULL, at_path},
    {"sort_by", 1, NULL, at_sort_by},
    {"group_by", 1, NULL, at_group_by},
    {"unique_by", 1, NULL, at_unique_by},
    {"min_by", 1, NULL, at_min_by},
    {"max_by", 1, NULL, at_max_by},
    {"recurse", 0, NULL, at_recurse},
    {"first", 1, NULL, at_first},
    {"limit", 2, NULL, at_limit},
    {"until", 2, NULL, at_until},
    {"while", 2, NULL, at_while},
    {"repeat", 1, NULL, at_repeat},
    {"getpath", 1, NULL, at_getpath},
    {"input", 0, NULL, at_input},
    {"inputs", 0, NULL, at_inputs},
};

int jq_native_find(const char *name, size_t length, uint32_t args)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(natives); i++)
        if (natives[i].args == args && strlen(natives[i].name) == length &&
            memcmp(natives[i].name, name, length) == 0)
            return (int)i;
    return -1;
}

/* A function of values: called for each combination of its arguments' outputs. */
struct value_step {
    struct jq_then then;
    const struct native *f;
    const struct jq_node *arg; /* the next one */
    const struct jq_env *e;
    const struct jq_item *in;
    const struct jq_then *on;
    uint32_t count;
    struct jq_val v[4];
};

static bool value_args(struct jq *k, const struct value_step *s)
{
    struct jq_val out = jq_null();

    if (s->arg != NULL)
        return jq_eval(k, s->arg, s->e, (struct jq_item){s->in->v, NULL}, &s->then);
    if (s->f->value == NULL)
        return send_range(k, s->v, s->in, s->on);
    return s->f->value(k, s->v, &out) && jq_send(k, s->on, out, s->in);
}

static bool value_arg(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    struct value_step s = *(const struct value_step *)(const void *)self;

    s.v[++s.count] = v.v;
    s.arg = s.arg->next;
    return value_args(k, &s);
}

bool jq_native(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_item in,
               const struct jq_then *then)
{
    const struct native *f = &natives[n->how];
    struct value_step s = {{value_arg}, f, n->a, e, &in, then, 0, {in.v}};

    return f->native != NULL ? f->native(k, n, e, in, then) : value_args(k, &s);
}
